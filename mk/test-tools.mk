# SPDX-License-Identifier: GPL-2.0
# For the Makefiles of tests/*: programs that the tests need and nobody installs.
# They are built inside the lab's root, which has the headers, into $(O).
#
#	NAME := driver-tests
#	include ../../mk/test-tools.mk

ifndef B
$(error say where to build: make -C $(CURDIR) B=DIR)
endif

.DEFAULT_GOAL := all

CC ?= gcc
CLANG ?= clang
CFLAGS ?= -O2 -g
CFLAGS += -std=gnu11 -Wall -Wextra
O := $(B)/$(NAME)
ARCH := $(shell $(CC) -print-multiarch)
BPF_COMPILE = $(CLANG) -target bpf -O2 -g -Wall -idirafter /usr/include/$(ARCH)

$(O):
	mkdir -p $@

clean:
	rm -rf $(O)

.PHONY: all clean
