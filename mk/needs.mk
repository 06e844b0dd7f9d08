# SPDX-License-Identifier: GPL-2.0
# What a build needs and this machine does not have.
#
# $(call needs,COMMANDS,LIBRARIES): stops make unless all of them are here, and says what is
# missing by the names of Debian's packages, all at once. Commands as COMMAND:PACKAGE, libraries
# by pkg-config's names.
PKG_CONFIG ?= pkg-config

# What BPF objects are made with, also by CLANG=clang-19
CLANG ?= clang
LLVM_STRIP ?= $(if $(shell command -v llvm-strip),llvm-strip,$(CLANG:clang%=llvm-strip%))
needs_bpf = $(firstword $(CLANG)):clang $(firstword $(LLVM_STRIP)):llvm

# Where the package is not called LIBRARY-dev.
deb_smartcols := libsmartcols-dev
deb_libpcap := libpcap-dev
deb_jansson := libjansson-dev
deb_ncursesw := libncurses-dev

needs_cmd = $(if $(shell command -v $(firstword $(subst :, ,$(1)))),,$(lastword $(subst :, ,$(1))))
needs_lib = $(if $(shell $(PKG_CONFIG) --exists $(1) 2>/dev/null && echo yes),,$(or $(deb_$(1)),$(1)-dev))
# Without pkg-config no library can be seen: it is asked for first.
needs_libs = $(or $(call needs_cmd,$(PKG_CONFIG):pkgconf),$(foreach l,$(1),$(call needs_lib,$(l))))
needs_missing = $(strip $(foreach c,$(1),$(call needs_cmd,$(c))) $(call needs_libs,$(2)))
needs_stop = $(if $(1),$(error gxdp cannot be built without: $(1). On Debian: apt install $(1)))
needs = $(call needs_stop,$(call needs_missing,$(1),$(2)))
