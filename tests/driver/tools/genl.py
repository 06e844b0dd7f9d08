#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""genl.py IFNAME [napi QUEUE DEFER-HARD-IRQS GRO-FLUSH-TIMEOUT IRQ-SUSPEND-TIMEOUT]

What the netdev family of generic netlink says of a device: prints "queue rx|tx ID IRQ"
for each queue, by way of its NAPI; "napi QUEUE ID DEFER-HARD-IRQS GRO-FLUSH-TIMEOUT
IRQ-SUSPEND-TIMEOUT" for that ("-" where the kernel has no such setting); "xsk FLAGS" for
what may be asked for with an AF_XDP frame (NETDEV_XSK_FLAGS_*); "stats rx|tx ID PACKETS
BYTES" for what each queue has counted, and "sum rx|tx PACKETS BYTES" for the device, with
queues that are no more. With napi: sets those of a queue's NAPI. Exit status 1, and the
reason on stderr, when the kernel refuses.
"""
import os
import socket
import struct
import sys

NETLINK_GENERIC = 16
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
DEV_GET, D_IFINDEX, D_XSK_FEATURES = 1, 1, 6
QUEUE_GET, NAPI_GET, QSTATS_GET, NAPI_SET = 10, 11, 12, 14
Q_ID, Q_IFINDEX, Q_TYPE, Q_NAPI = 1, 2, 3, 4
N_IFINDEX, N_ID, N_IRQ = 1, 2, 3
N_SETTINGS = (5, 6, 7)
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
    napi = {n[N_ID]: n
            for n in ask(sock, family, NAPI_GET, attr(N_IFINDEX, u32(ifindex)), NLM_F_DUMP)}
    queues = ask(sock, family, QUEUE_GET, attr(Q_IFINDEX, u32(ifindex)), NLM_F_DUMP)
    of_queue = {q[Q_ID]: q[Q_NAPI] for q in queues if Q_NAPI in q}
    if sys.argv[2:3] == ["napi"]:
        what = attr(N_ID, u32(of_queue[int(sys.argv[3])]))
        for kind, value in zip(N_SETTINGS, sys.argv[4:]):
            what += attr(kind, u32(int(value)))
        ask(sock, family, NAPI_SET, what, NLM_F_ACK)
        return
    for q in queues:
        print("queue", WAYS[q[Q_TYPE]], q[Q_ID], napi.get(q.get(Q_NAPI), {}).get(N_IRQ, 0))
    for q, number in sorted(of_queue.items()):
        print("napi", q, number, *(napi[number].get(s, "-") for s in N_SETTINGS))
    dev = ask(sock, family, DEV_GET, attr(D_IFINDEX, u32(ifindex)))[0]
    print("xsk", dev.get(D_XSK_FEATURES, 0))
    stats = attr(S_IFINDEX, u32(ifindex)) + attr(S_SCOPE, struct.pack("=Q", 1))
    for s in ask(sock, family, QSTATS_GET, stats, NLM_F_DUMP):
        packets, octets = S_COUNTS[s[S_TYPE]]
        print("stats", WAYS[s[S_TYPE]], s[S_ID], s.get(packets, 0), s.get(octets, 0))
    for s in ask(sock, family, QSTATS_GET, attr(S_IFINDEX, u32(ifindex)), NLM_F_DUMP):
        for way, (packets, octets) in S_COUNTS.items():
            print("sum", WAYS[way], s.get(packets, 0), s.get(octets, 0))


try:
    main()
except OSError as e:
    sys.exit(f"genl.py: {e}")
