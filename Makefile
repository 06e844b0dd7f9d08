# SPDX-License-Identifier: GPL-2.0
# gxdp. 'make help' lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := all

# Where everything is built; nothing is written beside the sources.
B ?= $(CURDIR)/build
override B := $(abspath $(B))
DESTDIR ?=
PREFIX ?= /usr/local
KERNEL ?=
FAMILY ?=
T ?=

include mk/module.mk
include mk/install.mk

# GXDP_CACHE: where the lab keeps its root file system and kernels.
GXDP_CACHE ?= /var/cache/gxdp
export GXDP_CACHE

.PHONY: all bpf loader module test-tools demo bench-filter bench-load soak-filter fuzz test test-debug check bench shell faults deb test-deb \
	deps install uninstall clean distclean help

all: module-if-headers bpf loader ## the module, the BPF objects and the loader

# What 'make' misses is said once and at once, before anything is built.
.PHONY: needs
needs:
	+@$(MAKE) --no-print-directory -C loader needs NEEDED_FOR='$(MAKECMDGOALS)'

bpf: | $(if $(filter bpf,$(MAKECMDGOALS)),,needs) ## BPF objects, in build/bpf/
	+@$(MAKE) --no-print-directory -C bpf B=$(B) PREFIX=$(PREFIX)

loader: bpf ## the gxdp command, in build/loader/
	+@$(MAKE) --no-print-directory -C loader B=$(B) PREFIX=$(PREFIX)

module: ## gxdp.ko for the running kernel, KVER=release or KDIR=path
	+@$(module_build)

# Programs that tests need and nobody installs.
test-tools:
	+@set -e; for m in $(wildcard tests/*/Makefile); do \
		$(MAKE) --no-print-directory -C $$(dirname $$m) B=$(B); \
	done

demo: deps ## show the main job on real traffic, in an emulated machine
	@tests/demo.sh

test: deps ## run all tests (KERNEL=6.1, 6.12 or 7.3; FAMILY=82574L or all; T=pattern)
	@tests/run $(addprefix -k ,$(KERNEL)) $(addprefix -F ,$(FAMILY)) $(T)

test-debug: deps ## the driver's tests on a kernel with KASAN, lockdep and more
	@tests/run -k debug $(addprefix -F ,$(FAMILY)) -f driver $(T)

check: deps ## static judges: W=1, sparse, checkpatch, cppcheck
	@tests/check

bench: deps ## guest instructions per packet, beside mainline; fails on lost frames, missed bounds (KERNEL=, FAMILY=)
	@tests/bench/run --check $(addprefix --kernel ,$(KERNEL)) $(addprefix --device ,$(FAMILY))

bench-filter: ## what a packet costs in the filter: table, and build/bench-filter.svg
	@tests/engine/bench-filter $(BENCH_ARGS)

bench-load: deps ## how many instructions loading the filter takes, on each kernel (KERNEL=)
	@tests/engine/bench-load $(KERNEL)

soak-filter: ## the filter against its rules' plain meaning, for SECONDS (3600)
	@tests/engine/soak $(or $(SECONDS),3600)

fuzz: deps ## all fuzzers, each for SECONDS (600)
	@tests/fuzz $(or $(SECONDS),600)

shell: deps ## a prompt in the emulated machine (KERNEL=6.12)
	@tests/vm/shell $(or $(KERNEL),6.12)

# Behind a strict IOMMU; the loader's commands are killed at each of their calls. What else
# causes faults is among the driver's tests; one of those has allocations fail, which takes
# the debug kernel (and no IOMMU, which allocates, too): here each of probe's, too
# (FAULT_PROBE_STEP).
FAULT_TESTS = faults/ driver/14-intx-shared driver/61-bad-descriptors driver/80-hang driver/84-kexec \
	=loader/kill =loader/kill-attach =loader/kill-sets
faults: export ALL_CALLS ?= 1
faults: export FAULT_ROUNDS ?= 100
faults: export FAULT_SLEEPS ?= 20
faults: export FAULT_HIBERNATIONS ?= 5
faults: export FAULT_KILLS ?= 200
faults: export FAULT_SECONDS ?= 600
faults: export FAULT_WRAPS ?= 10000
faults: export FAULT_PROBE_STEP ?= 1
faults: export GXDP_TIMEOUT_SCALE ?= 30
faults: export GXDP_IOMMU ?= 1
faults: deps ## cause faults, many of each (FAULT_ROUNDS=100, KERNEL=, FAMILY=, T=pattern)
	@tests/run $(addprefix -k ,$(or $(KERNEL),6.12)) $(addprefix -F ,$(FAMILY)) $(if $(T),-f faults $(T),$(FAULT_TESTS)); \
	status=$$?; [ -n '$(T)$(filter-out debug,$(KERNEL))$(FAMILY)' ] || GXDP_IOMMU= tests/run -k debug driver/52-alloc-fail || status=1; \
	exit $$status

deb: deps ## Debian packages, in build/deb/ (SUITE=bookworm or trixie)
	@packaging/deb $(SUITE)

test-deb: deps ## build, install, upgrade, remove, purge them on Debian 12 and 13
	@tests/packaging/lifecycle $(SUITE)

deps: ## install what the lab needs on this machine
	@tests/deps

clean: ## remove what was built
	@rm -rf $(B) 2>/dev/null || { echo "what the lab built belongs to root: sudo rm -rf $(B)"; sudo rm -rf $(B); }

distclean: ## and the lab's cache (GXDP_CACHE)
	@tests/vm/distclean
	@$(MAKE) --no-print-directory clean

help: ## this list
	@echo "gxdp: native XDP and AF_XDP for Intel gigabit NICs. Targets:"
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14
	@echo "By default the driver's tests run on 82574L, all on 6.12 and what depends on the kernel on"
	@echo "6.1 too, and in a short selection on 82576 and 82540EM on 6.12; tests/run -h says more."
	@echo "Variables: KVER, KDIR, KERNEL, FAMILY, SUITE, T, DESTDIR, PREFIX, SBINDIR, B (build directory),"
	@echo "GXDP_CACHE, SECONDS, BENCH_ARGS, FAULT_{ROUNDS,SLEEPS,KILLS,SECONDS,WRAPS,PROBE_STEP}, GXDP_IOMMU"
