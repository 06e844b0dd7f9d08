#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""zerocopy.py ADDRESS PORT: take one TCP connection, and its bytes by mapping their
pages (TCP_ZEROCOPY_RECEIVE), as far as they fill pages; byte i is i % 251. Prints
"mapped N copied N wrong N"."""

import ctypes
import errno
import mmap
import select
import socket
import struct
import sys

TCP_ZEROCOPY_RECEIVE = 35
CHUNK = 64 * 4096
PATTERN = bytes(i % 251 for i in range(251)) * (CHUNK // 251 + 2)

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int,
                      ctypes.c_int, ctypes.c_long]


def is_wrong(data, at):
    return data != PATTERN[at % 251:at % 251 + len(data)]


def main():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((sys.argv[1], int(sys.argv[2])))
    listener.listen()
    conn, _ = listener.accept()
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, CHUNK)
    address = libc.mmap(None, CHUNK, mmap.PROT_READ, mmap.MAP_SHARED, conn.fileno(), 0)
    if address == ctypes.c_void_p(-1).value:
        sys.exit(f"mmap of a socket: errno {ctypes.get_errno()}")
    mapped = copied = wrong = 0
    readable = select.poll()
    readable.register(conn, select.POLLIN)
    while True:
        readable.poll()     # a chunk, or the end
        # address, length, recv_skip_hint
        arg = ctypes.create_string_buffer(struct.pack("=QII", address, CHUNK, 0), 16)
        size = ctypes.c_uint(16)
        if libc.getsockopt(conn.fileno(), socket.IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, arg,
                           ctypes.byref(size)):
            if ctypes.get_errno() == errno.EIO:
                break       # the end
            sys.exit(f"TCP_ZEROCOPY_RECEIVE: errno {ctypes.get_errno()}")
        _, length, skip = struct.unpack("=QII", arg.raw)
        if length:
            wrong += is_wrong(ctypes.string_at(address, length), mapped + copied)
            mapped += length
        if skip or not length:
            data = conn.recv(skip or 4096)
            if not data:
                break
            wrong += is_wrong(data, mapped + copied)
            copied += len(data)
    print(f"mapped {mapped} copied {copied} wrong {wrong}")


main()
