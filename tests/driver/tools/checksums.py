#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""checksums.py frames DEST CASE... | verify IF N

frames: lines for xsk_meta, one for each CASE, to the MAC address DEST. A case is the
name of a frame, whose TCP or UDP checksum holds the pseudo header's sum, as CHECKSUM_PARTIAL
has it: udp4, tcp4, udp6, tcp6, vlan (UDP over IPv4 with a tag), hop (UDP over IPv6 with a
hop-by-hop header), runt (the shortest UDP). Behind it, what is done otherwise:

  +plain        no metadata, and the checksum is there
  +pieces       in three buffers
  +flags=N      in place of XDP_TXMD_FLAGS_CHECKSUM
  +start=N      in place of where the header begins; -N: before the frame's end
  +offset=N     in place of where the checksum is; -N: before the frame's end

verify: receive N such frames and say of each, in the order sent, "frame=I right|wrong".
Frames are told apart by their number, in the destination port. Exit status 1 when less
come within ten seconds.
"""
import socket
import struct
import sys
import time

CHECKSUM = 2
PORT = 20000
SOURCE = bytes.fromhex("02000000000b")
IP4 = {socket.AF_INET: ("10.9.0.77", "10.9.0.78"), socket.AF_INET6: ("fd09::77", "fd09::78")}
ETH_P_IP, ETH_P_IPV6, ETH_P_VLAN = 0x0800, 0x86dd, 0x8100
TCP, UDP, HOP = 6, 17, 0


def fold(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def pseudo(family, protocol, length):
    ends = b"".join(socket.inet_pton(family, a) for a in IP4[family])
    return ends + struct.pack("!II", length, protocol)


def transport(protocol, number, payload):
    """A header with no checksum, and where that belongs."""
    if protocol == UDP:
        return struct.pack("!HHHH", PORT, PORT + number, 8 + len(payload), 0) + payload, 6
    return struct.pack("!HHIIBBHHH", PORT, PORT + number, 1, 2, 0x50, 0x10, 512, 0, 0) + payload, 16


def network(family, protocol, body, hop):
    src, dst = (socket.inet_pton(family, a) for a in IP4[family])
    if family == socket.AF_INET6:
        option = bytes([protocol, 0, 1, 4, 0, 0, 0, 0]) if hop else b""
        return struct.pack("!IHBB", 6 << 28, len(option + body), HOP if hop else protocol,
                           64) + src + dst + option
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, protocol, 0) + src + dst
    return head[:10] + struct.pack("!H", 0xffff ^ fold(head)) + head[12:]


def build(dest, number, name, changes):
    family = socket.AF_INET6 if name in ("udp6", "tcp6", "hop") else socket.AF_INET
    protocol = TCP if name.startswith("tcp") else UDP
    # odd, so that the last byte has no partner
    payload = b"x" if name == "runt" else bytes(i * 7 + number & 255 for i in range(801))
    body, at = transport(protocol, number, payload)
    total = fold(pseudo(family, protocol, len(body)))
    if "plain" in changes:
        total = (0xffff ^ fold(struct.pack("!H", total) + body)) or 0xffff
    body = body[:at] + struct.pack("!H", total) + body[at + 2:]
    link = bytes.fromhex(dest.replace(":", "")) + SOURCE
    if name == "vlan":
        link += struct.pack("!HH", ETH_P_VLAN, 5)
    link += struct.pack("!H", ETH_P_IPV6 if family == socket.AF_INET6 else ETH_P_IP)
    head = link + network(family, protocol, body, name == "hop")
    return head + body, len(head), at


def line(dest, number, case):
    name, *changes = case.split("+")
    changes = dict(c.partition("=")[::2] for c in changes)
    frame, start, offset = build(dest, number, name, changes)
    start = int(changes.get("start", start))
    if start < 0:
        start += len(frame)
    offset = int(changes.get("offset", offset))
    if offset < 0:
        offset += len(frame) - start
    flags = "-" if "plain" in changes else changes.get("flags", CHECKSUM)
    cuts = [0, 100, 399, len(frame)] if "pieces" in changes else [0, len(frame)]
    pieces = ",".join(frame[a:b].hex() for a, b in zip(cuts, cuts[1:]))
    return "%s %d %d %s" % (flags, start, offset, pieces)


def judge(frame):
    """The number of one of ours and whether its checksum is right, or None."""
    if frame[6:12] != SOURCE:
        return None
    at = 12
    if frame[at:at + 2] == struct.pack("!H", ETH_P_VLAN):
        at += 4
    if frame[at + 2] >> 4 == 4:
        family, protocol, at, size = socket.AF_INET, frame[at + 11], at + 22, frame[at + 4:at + 6]
        length = struct.unpack("!H", size)[0] - 20
    else:
        family, protocol, size, at = socket.AF_INET6, frame[at + 8], frame[at + 6:at + 8], at + 42
        length = struct.unpack("!H", size)[0]
        if protocol == HOP:
            protocol, at, length = frame[at], at + 8, length - 8
    body = frame[at:at + length]
    number = struct.unpack("!H", body[2:4])[0] - PORT
    return number, len(body) == length and fold(pseudo(family, protocol, length) + body) == 0xffff


def verify(ifname, n):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    s.bind((ifname, 0))
    s.settimeout(1)
    print("ready", flush=True)
    found, end = {}, None
    while len(found) < n and (end is None or time.monotonic() < end):
        try:
            got = judge(s.recv(4096))
        except socket.timeout:
            continue
        if got:
            found[got[0]] = got[1]
            end = time.monotonic() + 10
    for number in sorted(found):
        print("frame=%d %s" % (number, "right" if found[number] else "wrong"))
    return len(found) == n


def main(verb, *rest):
    if verb == "verify":
        return verify(rest[0], int(rest[1]))
    for number, case in enumerate(rest[1:]):
        print(line(rest[0], number, case))
    return True


sys.exit(0 if main(*sys.argv[1:]) else 1)
