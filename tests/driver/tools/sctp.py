#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A transfer over the kernel's SCTP, whose checksum is a CRC32c.

sctp.py receive ADDRESS PORT          "listening", then "bytes=N wrong=N"
sctp.py send    ADDRESS PORT BYTES

It is given up after a minute without a byte.
"""
import socket
import sys

PATTERN = bytes(i * 7 % 251 for i in range(251)) * 16


def endpoint(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
    sock.settimeout(60)
    return sock


def receive(address, port):
    listener = endpoint(address)
    listener.bind((address, port))
    listener.listen(1)
    print("listening", flush=True)
    peer, _ = listener.accept()
    peer.settimeout(60)
    got = wrong = 0
    while True:
        data = peer.recv(65536)
        if not data:
            break
        at = got % len(PATTERN)
        want = (PATTERN * (len(data) // len(PATTERN) + 2))[at:at + len(data)]
        wrong += sum(a != b for a, b in zip(data, want)) if data != want else 0
        got += len(data)
    print(f"bytes={got} wrong={wrong}")


def send(address, port, count):
    sock = endpoint(address)
    sock.connect((address, port))
    while count:
        count -= sock.send(PATTERN[:min(count, len(PATTERN))])
    sock.close()


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "receive":
        receive(sys.argv[2], int(sys.argv[3]))
    elif len(sys.argv) == 5 and sys.argv[1] == "send":
        send(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        sys.exit(__doc__)


main()
