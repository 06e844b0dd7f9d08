#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""life.py CAPTURE NAMES: packets that a machine with 192.168.7.2 and 2001:db8:7::2 meets, to a
capture, and the name of each, a line each, to another file."""

import sys

from scapy.all import *

conf.verb = 0
e = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
p4 = e/IP(src="198.51.100.9", dst="192.168.7.2")
p6 = e/IPv6(src="2001:db8:5::1", dst="2001:db8:7::2")
near6 = Ether(src="02:00:00:00:00:01", dst="33:33:00:00:00:01")/IPv6(src="fe80::1", dst="ff02::1", hlim=255)
all4 = Ether(dst="ff:ff:ff:ff:ff:ff")/IP(src="192.168.7.1", dst="255.255.255.255")
admin = e/IP(src="192.0.2.7", dst="192.168.7.2")
asked = IP(src="192.168.7.2", dst="198.51.100.9")/UDP(dport=53)/b"question"


def later(data):
    """A datagram's second fragment"""
    return e/IP(src="198.51.100.9", dst="192.168.7.2", proto=17, frag=185)/Raw(data)


def tiny(proto, data):
    """A first fragment with so little of a header, padded as it comes off a wire"""
    f = e/IP(src="198.51.100.9", dst="192.168.7.2", flags="MF", proto=proto)/Raw(data)
    return Ether(bytes(f).ljust(60, b"\0"))


PACKETS = {
    "arp": e/ARP(psrc="192.168.7.1", pdst="192.168.7.2", hwsrc="02:00:00:00:00:01"),
    "neighbour": near6/ICMPv6ND_NS(tgt="2001:db8:7::2"),
    "router": near6/ICMPv6ND_RA(),
    "too-big": p6/ICMPv6PacketTooBig(mtu=1280)/IPv6(src="2001:db8:7::2", dst="2001:db8:5::1")/TCP(),
    "frag-needed": p4/ICMP(type=3, code=4, nexthopmtu=1400)/asked,
    "echo-reply": p4/ICMP(type=0),
    "echo-reply6": p6/ICMPv6EchoReply(),
    "dhcp-ack": all4/UDP(sport=67, dport=68)/BOOTP(op=2),
    "dhcp6-reply": p6/UDP(sport=547, dport=546)/b"\7\0\0\0",
    "dns-answer": p4/UDP(sport=53, dport=40000)/b"answer",
    "dns-answer-rest": later(b"x" * 64),
    "ntp-answer": p6/UDP(sport=123, dport=40001)/b"time",
    "syn-ack": p4/TCP(sport=443, dport=40002, flags="SA"),
    "web": p4/TCP(dport=443, flags="S"),
    "web6": p6/TCP(dport=443, flags="S"),
    "web-data": p4/TCP(dport=443, flags="PA")/b"GET",
    "ssh": p4/TCP(dport=22, flags="S"),
    "admin-ssh": admin/TCP(dport=22, flags="S"),
    "telnet": p4/TCP(dport=23, flags="S"),
    "smb": p6/TCP(dport=445, flags="S"),
    "udp": p4/UDP(sport=40000, dport=40001)/b"x",
    "syn-fin": p4/TCP(dport=443, flags="SF"),
    "null": p4/TCP(dport=443, flags=0),
    "tiny": tiny(6, bytes(TCP(dport=443, flags="S"))[:8]),
    "tiny-udp": tiny(17, b"\0\x35\x9c\x40"),
    "monlist": p4/UDP(sport=123, dport=40000)/(b"x" * 1000),
}

capture, names = sys.argv[1:]
wrpcap(capture, list(PACKETS.values()))
with open(names, "w") as out:
    print("\n".join(PACKETS), file=out)
