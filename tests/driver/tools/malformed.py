#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""malformed.py IFNAME DST-MAC SRC-IP DST-IP KIND COUNT: frames as no sound sender
makes them. KIND is one of

  good            UDP to port 7777, for comparison
  no_checksum     the same with the checksum left out, which is allowed
  bad_udp         its UDP checksum is wrong
  bad_tcp         TCP with a wrong checksum
  bad_ip          its IP header checksum is wrong
  short           nothing but a header, or less of it
  truncated       headers that promise more than there is
  giant           1523 to 9000 bytes
  garbage         random bytes, lengths and protocols (always the same ones)

Prints how many were sent.
"""
import random
import socket
import struct
import sys

ETH_P_IP, ETH_P_IPV6, ETH_P_8021Q = 0x0800, 0x86dd, 0x8100


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Sender:
    def __init__(self, ifname, dst, src_ip, dst_ip):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.sock.bind((ifname, 0))
        own = self.sock.getsockname()[4]
        self.macs = bytes.fromhex(dst.replace(":", "")) + own
        self.src, self.dst = socket.inet_aton(src_ip), socket.inet_aton(dst_ip)
        self.random = random.Random(82574)

    def ethernet(self, proto, payload):
        return self.macs + struct.pack("!H", proto) + payload

    def ip(self, proto, payload, wrong=0, total=None, ihl=5):
        head = struct.pack("!BBHHHBBH4s4s", 0x40 | ihl, 0, total or 20 + len(payload), 0, 0, 64,
                           proto, 0, self.src, self.dst)
        head = head[:10] + struct.pack("!H", checksum(head) ^ wrong) + head[12:]
        return self.ethernet(ETH_P_IP, head + payload)

    def l4(self, proto, head, at, wrong):
        pseudo = self.src + self.dst + struct.pack("!BBH", 0, proto, len(head))
        value = checksum(pseudo + head) ^ wrong
        return head[:at] + struct.pack("!H", value) + head[at + 2:]

    def udp(self, wrong=0):
        head = struct.pack("!HHHH", 9, 7777, 8 + 64, 0) + bytes(range(64))
        return self.l4(17, head, 6, wrong)

    def good(self, n):
        return self.ip(17, self.udp())

    def no_checksum(self, n):
        udp = self.udp()
        return self.ip(17, udp[:6] + b"\0\0" + udp[8:])

    def bad_udp(self, n):
        return self.ip(17, self.udp(wrong=0x0101))

    def bad_tcp(self, n):
        head = struct.pack("!HHIIBBHHH", 9, 7777, n, 0, 0x50, 2, 1000, 0, 0) + bytes(40)
        return self.ip(6, self.l4(6, head, 16, 0x0101))

    def bad_ip(self, n):
        return self.ip(17, self.udp(), wrong=0x0101)

    def short(self, n):
        return self.ethernet([0x88b5, ETH_P_IP, ETH_P_IPV6, ETH_P_8021Q, 0x0806][n % 5],
                             bytes(n // 5 % 24))

    def truncated(self, n):
        frames = [
            self.ip(17, self.udp(), total=1500),
            self.ip(17, self.udp()[:4]),
            self.ip(6, bytes(7)),
            self.ip(17, b"", ihl=15),
            self.ip(17, self.udp(), ihl=4),
            self.ip(17, self.udp(), total=19),
            self.ethernet(ETH_P_IPV6, b"\x60" + bytes(3) + struct.pack("!HBB", 900, 17, 64) + bytes(32)),
            self.ethernet(ETH_P_IPV6, b"\x60" + bytes(20)),
            self.ethernet(ETH_P_8021Q, b"\0\x05"),
            self.ethernet(ETH_P_8021Q, b"\0\x05\x08\0\x45"),
            self.ethernet(0x0806, bytes(5)),
            self.ethernet(1500, bytes(40)),     # a length, not a protocol
        ]
        return frames[n % len(frames)]

    def giant(self, n):
        return self.ethernet(0x88b5, bytes(1523 - 14 + n * 397 % 7400))

    def garbage(self, n):
        kind = self.random.choice([ETH_P_IP, ETH_P_IPV6, ETH_P_8021Q, 0x88b5, self.random.getrandbits(16)])
        data = self.random.randbytes(self.random.randrange(0, 1500))
        if kind == ETH_P_IP and data:
            data = b"\x45" + data[1:]
        return self.ethernet(kind, data)


def main():
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    ifname, dst, src_ip, dst_ip, kind, count = sys.argv[1:]
    sender = Sender(ifname, dst, src_ip, dst_ip)
    for n in range(int(count)):
        sender.sock.send(getattr(sender, kind)(n))
    print(count)


main()
