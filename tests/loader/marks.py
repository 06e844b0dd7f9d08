#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Print the mark that the stack sees on a datagram.

    marks.py ADDRESS PORT BOUND

The file BOUND is made when the socket is ready. A minute, or it fails.
"""
import socket
import struct
import sys

RCVMARK, MARK = 75, 36

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, RCVMARK, 1)
s.settimeout(60)
s.bind((sys.argv[1], int(sys.argv[2])))
open(sys.argv[3], "w").close()
_, ancillary, _, _ = s.recvmsg(16, 64)
print(*[struct.unpack("I", d)[0] for level, kind, d in ancillary if kind == MARK])
