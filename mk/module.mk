# SPDX-License-Identifier: GPL-2.0
# Building gxdp.ko: which headers to build against, and where.
#
# KDIR wins over KVER, KVER over the running kernel, and that over the newest
# headers installed.

have_headers = $(wildcard $(1)/Makefile)
running_kdir := /lib/modules/$(shell uname -r)/build
newest_kdir := $(shell for d in /lib/modules/*/build; do \
	[ -e $$d/Makefile ] && echo $$d; done | sort -V | tail -n 1)

ifdef KDIR
kdir := $(KDIR)
kdir_why := KDIR
else ifdef KVER
kdir := /lib/modules/$(KVER)/build
kdir_why := KVER
else ifneq ($(call have_headers,$(running_kdir)),)
kdir := $(running_kdir)
kdir_why := the running kernel
else
kdir := $(newest_kdir)
kdir_why := the newest headers here; the running kernel $(shell uname -r) has none
endif

# The sources are copied, so that builds for several kernels can live side by
# side and the tree stays as it is. Only what is newer is copied; what has gone
# from kernel/ goes from the copy too.
module_src := $(B)/module
module_files := $(shell find kernel include -type f)

define module_build
set -e; \
if [ -z '$(call have_headers,$(kdir))' ]; then \
	echo "no kernel headers$(if $(kdir), in $(kdir)): gxdp.ko cannot be built." >&2; \
	echo "Install them (apt-get install linux-headers-$$(uname -r), or linux-headers-amd64)," >&2; \
	echo "or say where they are with KVER=release or KDIR=path." >&2; \
	exit 2; \
fi; \
echo "gxdp.ko: building for $(kdir) ($(kdir_why))"; \
mkdir -p $(module_src); \
exec 9>$(module_src)/.lock; flock 9; \
cp --parents -u $(module_files) $(module_src)/; \
(cd $(module_src) && find kernel include -name '*.[ch]' ! -name '*.mod.c' \
	! -path kernel/compat/config.h) | while read -r f; do \
	[ -e $$f ] || rm $(module_src)/$$f; \
done; \
$(MAKE) --no-print-directory -C $(kdir) M=$(module_src)/kernel $(KBUILD_OPTIONS) modules; \
cp -u $(module_src)/kernel/gxdp.ko $(B)/gxdp.ko
endef

# 'make' alone goes on without the module when there is nothing to build it against.
.PHONY: module-if-headers
module-if-headers:
ifneq ($(call have_headers,$(kdir)),)
	+@$(module_build)
else
	+@($(module_build)) || echo "Going on without the module." >&2
endif
