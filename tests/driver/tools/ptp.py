#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ptp.py set IF FILTER | now PHC | offset PHC | send IF MAC PHC N | recv IF PHC N

Hardware time stamps of PTP frames over Ethernet, held against the clock itself.
set: FILTER as a number (HWTSTAMP_FILTER_*), and stamps for what is sent; prints the
filter that came of it. now: prints the clock. offset: prints by how many milliseconds it
is ahead of the system's. send, recv: N Sync messages; each must have a stamp that lies
between two readings of /dev/ptpPHC. Exit status: 0 all had, 1 not.
"""
import ctypes
import fcntl
import os
import socket
import struct
import sys
import time

ETH_P_1588 = 0x88F7
SIOCSHWTSTAMP = 0x89B0
SO_TIMESTAMPING = 37
TX_HARDWARE, RX_HARDWARE, RAW_HARDWARE = 1, 4, 64
MSG_ERRQUEUE = 0x2000
SECOND = 10 ** 9


def set_filter(ifname, wanted):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        config = ctypes.create_string_buffer(struct.pack("iii", 0, 1, wanted), 12)
        fcntl.ioctl(s, SIOCSHWTSTAMP,
                    struct.pack("16sP16x", ifname.encode(), ctypes.addressof(config)))
        print("filter=%d" % struct.unpack("iii", config.raw)[2])


def phc(number):
    fd = os.open("/dev/ptp%d" % number, os.O_RDWR)
    clock = (~fd << 3) | 3
    return lambda: time.clock_gettime_ns(clock)


def open_socket(ifname):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_1588))
    s.bind((ifname, ETH_P_1588))
    s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING, TX_HARDWARE | RX_HARDWARE | RAW_HARDWARE)
    s.settimeout(10)
    return s


def stamp(ancillary):
    for _, kind, data in ancillary:
        if kind == SO_TIMESTAMPING:
            fields = struct.unpack("6q", data[:48])
            return fields[4] * SECOND + fields[5]
    return 0


def sync(dest, source, number):
    head = bytes.fromhex(dest.replace(":", "")) + source + struct.pack("!H", ETH_P_1588)
    return head + struct.pack("!BBHBBHqI8sHHBb10s", 0, 2, 44, 0, 0, 0, 0, 0, b"gxdptest", 1,
                              number, 0, 0, b"")


def judge(what, before, ns, after):
    right = before <= ns <= after
    print("%s stamp=%d after=%d before=%d %s" % (what, ns, ns - before, after - ns,
                                                 "right" if right else "WRONG"))
    return right


def wait_error_queue(s, limit=20):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        try:
            return s.recvmsg(256, 512, MSG_ERRQUEUE | socket.MSG_DONTWAIT)[1]
        except BlockingIOError:
            time.sleep(0.01)
    return []


def send(ifname, dest, clock, n):
    s = open_socket(ifname)
    source = s.getsockname()[4]
    good = 0
    for i in range(n):
        before = clock()
        s.send(sync(dest, source, i))
        ns = stamp(wait_error_queue(s))
        good += judge("sent", before, ns, clock())
    return good == n


def recv(ifname, clock, n):
    s = open_socket(ifname)
    before = clock()
    good = 0
    print("ready", flush=True)
    for _ in range(n):
        ns = stamp(s.recvmsg(256, 512)[1])
        after = clock()
        good += judge("received", before, ns, after)
        before = ns
    return good == n


def main(verb, ifname, *rest):
    if verb == "set":
        set_filter(ifname, int(rest[0]))
        return True
    if verb == "now":
        print(phc(int(ifname))())
        return True
    if verb == "offset":
        print((phc(int(ifname))() - time.time_ns()) // 10 ** 6)
        return True
    if verb == "send":
        return send(ifname, rest[0], phc(int(rest[1])), int(rest[2]))
    return recv(ifname, phc(int(rest[0])), int(rest[1]))


sys.exit(0 if main(*sys.argv[1:]) else 1)
