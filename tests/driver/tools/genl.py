#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""genl.py IFNAME: what the netdev family of generic netlink says of a device.

Prints "queue rx|tx ID IRQ" for each queue, by way of its NAPI, "stats rx|tx ID
PACKETS BYTES" for what each has counted, and "xsk FLAGS" for what may be asked for with
an AF_XDP frame (NETDEV_XSK_FLAGS_*). Exit status 1, and the reason on stderr,
when the kernel refuses.
"""
import os
import socket
import struct
import sys

NETLINK_GENERIC = 16
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_DUMP = 1, 0x300
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
DEV_GET, D_IFINDEX, D_XSK_FEATURES = 1, 1, 6
QUEUE_GET, NAPI_GET, QSTATS_GET = 10, 11, 12
Q_ID, Q_IFINDEX, Q_TYPE, Q_NAPI = 1, 2, 3, 4
N_IFINDEX, N_ID, N_IRQ = 1, 2, 3
S_IFINDEX, S_TYPE, S_ID, S_SCOPE = 1, 2, 3, 4
S_COUNTS = {0: (8, 9), 1: (10, 11)}
WAYS = {0: "rx", 1: "tx"}


def attr(kind, payload):
    data = struct.pack("=HH", 4 + len(payload), kind) + payload
    return data + bytes(-len(data) % 4)


def u32(value):
    return struct.pack("=I", value)


def attrs(data):
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        found[kind & 0x3fff] = int.from_bytes(data[4:size], sys.byteorder)
        data = data[(size + 3) & ~3:]
    return found


def ask(sock, family, command, payload, flags=0):
    """All answers to one request, each as a dictionary of its attributes."""
    body = struct.pack("=BBH", command, 1, 0) + payload
    sock.send(struct.pack("=IHHII", 16 + len(body), family,
                          NLM_F_REQUEST | flags, 1, 0) + body)
    answers = []
    while True:
        data = sock.recv(1 << 16)
        while data:
            size, kind = struct.unpack_from("=IH", data)
            if kind == NLMSG_ERROR:
                error = -struct.unpack_from("=i", data, 16)[0]
                if error:
                    raise OSError(error, os.strerror(error))
                return answers
            if kind == NLMSG_DONE:
                return answers
            answers.append(attrs(data[20:size]))
            if not flags & NLM_F_DUMP:
                return answers
            data = data[(size + 3) & ~3:]


def main():
    ifindex = socket.if_nametoindex(sys.argv[1])
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
    family = ask(sock, GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
                 attr(CTRL_ATTR_FAMILY_NAME, b"netdev\0"))[0][CTRL_ATTR_FAMILY_ID]
    irq = {n[N_ID]: n.get(N_IRQ, 0)
           for n in ask(sock, family, NAPI_GET, attr(N_IFINDEX, u32(ifindex)), NLM_F_DUMP)}
    for q in ask(sock, family, QUEUE_GET, attr(Q_IFINDEX, u32(ifindex)), NLM_F_DUMP):
        print("queue", WAYS[q[Q_TYPE]], q[Q_ID], irq.get(q.get(Q_NAPI), 0))
    dev = ask(sock, family, DEV_GET, attr(D_IFINDEX, u32(ifindex)))[0]
    print("xsk", dev.get(D_XSK_FEATURES, 0))
    stats = attr(S_IFINDEX, u32(ifindex)) + attr(S_SCOPE, struct.pack("=Q", 1))
    for s in ask(sock, family, QSTATS_GET, stats, NLM_F_DUMP):
        packets, octets = S_COUNTS[s[S_TYPE]]
        print("stats", WAYS[s[S_TYPE]], s[S_ID], s.get(packets, 0), s.get(octets, 0))


try:
    main()
except OSError as e:
    sys.exit(f"genl.py: {e}")
