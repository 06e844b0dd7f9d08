# SPDX-License-Identifier: GPL-2.0
# make install puts the module below /lib/modules of the kernel it was built
# for, and all else below PREFIX. DESTDIR stands before both.

module_release = $(shell modinfo -F vermagic $(B)/gxdp.ko 2>/dev/null | cut -d' ' -f1)
module_dir = $(DESTDIR)/lib/modules/$(module_release)/updates

.PHONY: install-module
install: bpf loader install-module ## install the module (if built), BPF objects and loader
	+@$(MAKE) --no-print-directory -C bpf B=$(B) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) install
	+@$(MAKE) --no-print-directory -C loader B=$(B) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) install

install-module:
	@set -e; if [ -e $(B)/gxdp.ko ]; then \
		install -D -m 644 $(B)/gxdp.ko $(module_dir)/gxdp.ko; \
		if [ -z '$(DESTDIR)' ]; then depmod $(module_release); fi; \
		echo "installed $(module_dir)/gxdp.ko"; \
	else \
		echo "no gxdp.ko built; not installing it ('make module' builds it)" >&2; \
	fi

uninstall: ## remove what 'make install' installed
	+@$(MAKE) --no-print-directory -C bpf B=$(B) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) uninstall
	+@$(MAKE) --no-print-directory -C loader B=$(B) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) uninstall
	@set -e; for f in $(DESTDIR)/lib/modules/*/updates/gxdp.ko; do \
		[ -e "$$f" ] || continue; \
		rm "$$f"; \
		if [ -z '$(DESTDIR)' ]; then depmod "$$(basename "$$(dirname "$$(dirname "$$f")")")"; fi; \
		echo "removed $$f"; \
	done
