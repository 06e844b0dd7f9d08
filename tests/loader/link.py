#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# link.py DEV PROGRAM PIN: put the program pinned at PROGRAM into the XDP hook of DEV by a
# bpf_link, native, and pin that: what bpftool has no command for.
import ctypes
import os
import socket
import struct
import sys

SYS_BPF = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
OBJ_PIN, OBJ_GET, LINK_CREATE = 6, 7, 28
XDP, DRV_MODE = 37, 1 << 2
libc = ctypes.CDLL(None, use_errno=True)


def bpf(cmd, attr):
    buf = ctypes.create_string_buffer(attr, 128)
    ret = libc.syscall(SYS_BPF, cmd, buf, 128)
    if ret < 0:
        err = ctypes.get_errno()
        raise OSError(err, os.strerror(err))
    return ret


def path_attr(path, fd=0):
    text = ctypes.create_string_buffer(path.encode())
    path_attr.kept = text
    return struct.pack("=QII", ctypes.addressof(text), fd, 0)


dev, program, pin = sys.argv[1:]
fd = bpf(OBJ_GET, path_attr(program))
link = bpf(LINK_CREATE, struct.pack("=IIII", fd, socket.if_nametoindex(dev), XDP, DRV_MODE))
bpf(OBJ_PIN, path_attr(pin, link))
