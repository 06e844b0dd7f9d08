# SPDX-License-Identifier: GPL-2.0
"""datagrams.py HOST PORT COUNT: numbered datagrams there and back.

Keeps a window of them on the way, checks that every one comes back once, in
order and unchanged, and sends nothing twice: a lost one is a failure.
"""
import socket
import sys

WINDOW = 32


def payload(i):
    return b"%08d " % i + bytes((i + k) & 0xff for k in range(i % 400))


def main():
    host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(20)
    s.connect((host, port))
    sent = 0
    for back in range(count):
        while sent < count and sent - back < WINDOW:
            s.send(payload(sent))
            sent += 1
        try:
            data = s.recv(2048)
        except TimeoutError:
            sys.exit(f"datagram {back} did not come back")
        if data != payload(back):
            sys.exit(f"expected datagram {back}, got {data[:9]!r}")
    print(f"{count} back, in order")


main()
