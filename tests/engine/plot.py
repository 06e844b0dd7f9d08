#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""plot.py CSV SVG: cost over the number of rules, both axes logarithmic."""
import csv
import math
import sys

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 760, 440, 64, 56, 24, 150
COLOURS = {"acl": "#1b6ca8", "fw": "#c1440e", "ipc": "#2d8a4e", "few": "#7a7a7a",
           "set4": "#6f42c1", "set6": "#b8860b", "lpm4": "#d46a9c", "lpm6": "#5f9ea0",
           "hash4": "#333333", "nft": "#e0a800", "iptables": "#8b4513"}
LABELS = {"acl": "ACL rules", "fw": "firewall rules", "ipc": "IP chain rules",
          "few": "ACL, few headers", "set4": "IPv4 set", "set6": "IPv6 set",
          "lpm4": "kernel LPM, IPv4", "lpm6": "kernel LPM, IPv6",
          "hash4": "kernel hash, IPv4", "nft": "nft, ACL rules",
          "iptables": "iptables, ACL rules"}


def read(path):
    series = {}
    with open(path, newline="") as f:
        for name, shape, n, ns, _target, _bytes in csv.reader(f):
            if "IPv6" in name and shape in ("acl", "few"):
                continue
            if shape not in LABELS:
                continue
            if shape == "few" and "acl" not in name:
                continue
            series.setdefault(shape, []).append((int(n), max(float(ns), 1.0)))
    return series


def draw(series):
    points = [p for s in series.values() for p in s]
    top = max(p[1] for p in points)
    decades_x = (1, 6)
    decades_y = (0, math.ceil(math.log10(top)))

    def x(n):
        part = (math.log10(n) - decades_x[0]) / (decades_x[1] - decades_x[0])
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    def y(ns):
        part = (math.log10(ns) - decades_y[0]) / (decades_y[1] - decades_y[0])
        return HEIGHT - BOTTOM - part * (HEIGHT - BOTTOM - TOP)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
           'font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for d in range(decades_x[0], decades_x[1] + 1):
        out.append(f'<line x1="{x(10**d):.1f}" x2="{x(10**d):.1f}" y1="{TOP}" '
                   f'y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        out.append(f'<text x="{x(10**d):.1f}" y="{HEIGHT - BOTTOM + 18}" '
                   f'text-anchor="middle">{10**d:,}</text>')
    for d in range(decades_y[0], decades_y[1] + 1):
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(10**d):.1f}" '
                   f'y2="{y(10**d):.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(10**d) + 4:.1f}" '
                   f'text-anchor="end">{10**d:,}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" '
               'text-anchor="middle">rules, or prefixes in a set</text>')
    out.append(f'<text transform="translate(16 {HEIGHT / 2}) rotate(-90)" '
               'text-anchor="middle">ns per packet over an empty program</text>')
    for i, (shape, line) in enumerate(series.items()):
        line.sort()
        colour = COLOURS.get(shape, "black")
        path = " ".join(f"{x(n):.1f},{y(ns):.1f}" for n, ns in line)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" '
                   'stroke-width="2"/>')
        out += [f'<circle cx="{x(n):.1f}" cy="{y(ns):.1f}" r="3" fill="{colour}"/>'
                for n, ns in line]
        out.append(f'<text x="{WIDTH - RIGHT + 10}" y="{TOP + 14 + 18 * i}" '
                   f'fill="{colour}">{LABELS.get(shape, shape)}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main():
    series = read(sys.argv[1])
    if series:
        with open(sys.argv[2], "w") as f:
            f.write(draw(series))


main()
