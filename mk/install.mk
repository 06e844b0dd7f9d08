# SPDX-License-Identifier: GPL-2.0
# make install puts the module below /lib/modules of the kernel it was built
# for, and all else below PREFIX. DESTDIR stands before both.

module_release = $(shell modinfo -F vermagic $(B)/gxdp.ko 2>/dev/null | cut -d' ' -f1)
module_dir = $(DESTDIR)/lib/modules/$(module_release)/updates

gxdp_version := $(shell sed -nE 's/^\#define GXDP_VERSION[[:space:]]+"(.*)"/\1/p' include/gxdp/version.h)
dkms_dir = $(DESTDIR)/usr/src/gxdp-$(gxdp_version)

.PHONY: install-user install-module install-dkms
install: install-user install-module ## install the module (if built), BPF objects and loader

install-user: bpf loader
	+@$(MAKE) --no-print-directory -C bpf B=$(B) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) install
	+@$(MAKE) --no-print-directory -C loader B=$(B) DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) install

# What DKMS needs and nothing else; 'dkms install gxdp/VERSION' builds it.
install-dkms: ## put the module's source where DKMS looks for it
	@set -e; rm -rf $(dkms_dir); mkdir -p $(dkms_dir); \
	cp --parents $(module_files) $(dkms_dir)/; \
	rm -f $(dkms_dir)/kernel/compat/config.h; \
	chmod -R u=rwX,go=rX $(dkms_dir); \
	sed 's/#MODULE_VERSION#/$(gxdp_version)/' packaging/dkms/dkms.conf >$(dkms_dir)/dkms.conf; \
	echo "installed $(dkms_dir)"; \
	if [ -z '$(DESTDIR)' ] && command -v dkms >/dev/null; then \
		dkms status gxdp/$(gxdp_version) | grep -q . || dkms add gxdp/$(gxdp_version); \
		echo "now: dkms install gxdp/$(gxdp_version)"; \
	fi

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
