#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Where the instructions of one case go: a table by function, or by block.

    profile.py DIRECTORY DRIVER.CASE [-n LINES] [-b] [-a ACCOUNT]...
"""

import argparse
import collections
import os
import sys

from results import ACCOUNTS, ResultError, Symbols, read_cases


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", help="the results of a bench run")
    parser.add_argument("label", help="DRIVER.CASE, like gxdp.drop")
    parser.add_argument("-n", "--lines", type=int, default=40,
                        help="how many lines to show (default 40)")
    parser.add_argument("-b", "--blocks", action="store_true",
                        help="by translation block (function+offset) instead of by function")
    parser.add_argument("-a", "--account", action="append", choices=ACCOUNTS,
                        help="only these accounts (default: all)")
    return parser.parse_args()


def find_case(cases, label):
    for case in cases:
        if case.label == label:
            return case
    raise ResultError(f"no case {label} here; there are: " +
                      " ".join(case.label for case in cases))


def add_up(case, symbols, accounts, by_block):
    """key -> [instructions, runs of the key's first block]"""
    sums = collections.defaultdict(lambda: [0, 0])
    for account, addr, runs, insns in case.record.blocks:
        if account not in accounts:
            continue
        name, module, offset = symbols.find(addr)
        key = f"{name}+{offset:#x}" if by_block else name
        if module:
            key += " " + module
        sums[key][0] += insns
        if by_block or not offset:
            sums[key][1] += runs
    return sums


def show(case, sums, accounts, lines):
    total = sum(insns for insns, _ in sums.values())
    print(f"{case.label} ({case.mode}), {case.packets} packets, accounts {' '.join(accounts)}")
    print(f"{'insns/packet':>12} {'%':>6} {'calls/packet':>12}  function")
    ranked = sorted(sums.items(), key=lambda item: -item[1][0])
    for name, (insns, runs) in ranked[:lines]:
        print(f"{insns / case.packets:12.2f} {100 * insns / total:6.1f} "
              f"{runs / case.packets:12.3f}  {name}")
    rest = sum(insns for _, (insns, _) in ranked[lines:])
    if rest:
        print(f"{rest / case.packets:12.2f} {100 * rest / total:6.1f} {'':12}  "
              f"({len(ranked) - lines} more)")
    print(f"{total / case.packets:12.2f}  in all")


def main():
    args = parse()
    accounts = args.account or ACCOUNTS
    try:
        case = find_case(read_cases(args.directory), args.label)
        symbols = Symbols(os.path.join(args.directory, f"kallsyms.{case.driver}"))
    except (OSError, ResultError) as error:
        print(f"profile: {error}", file=sys.stderr)
        return 1
    show(case, add_up(case, symbols, accounts, args.blocks), accounts, args.lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
