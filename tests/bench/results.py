# SPDX-License-Identifier: GPL-2.0
"""What a bench run left behind: the counter's records and the guest's cases."""

import bisect
import os

# What a packet costs: NAPI, interrupts, system calls, application.
COST = ("poll", "napi", "irq", "syscall", "app")
# The softirq machinery around NAPI, shown beside.
AROUND = ("rxaction", "softirq")
ACCOUNTS = COST + AROUND

LONGEST_FUNCTION = 64 << 10


class ResultError(Exception):
    """The files of a run do not hold what they should."""


class Record:
    """What the counter wrote between a begin and an end."""

    def __init__(self, label):
        self.label = label
        self.insns = {}
        self.driver = {}
        self.rep = {}
        self.brackets = {}
        self.blocks = []
        self.open = 0
        self.stale = 0
        self.complete = False

    def take(self, words):
        if words[0] == "account":
            name, insns, driver, rep, brackets = words[1], *map(int, words[2:6])
            self.insns[name] = insns
            self.driver[name] = driver
            self.rep[name] = rep
            self.brackets[name] = brackets
        elif words[0] == "block":
            account, addr, runs, insns = words[1:5]
            self.blocks.append((account, int(addr, 16), int(runs), int(insns)))
        elif words[0] in ("open", "stale"):
            setattr(self, words[0], int(words[1]))
        elif words[0] == "done":
            self.complete = words[1] == self.label

    def total(self, accounts):
        return sum(self.insns[a] for a in accounts)

    def total_driver(self, accounts):
        return sum(self.driver[a] for a in accounts)

    def total_rep(self, accounts):
        return sum(self.rep[a] for a in accounts)


class Case:
    """One case of one driver, with the counter's record of it."""

    def __init__(self, line, records):
        words = line.rstrip("\n").split("\t")
        if len(words) != 5:
            raise ResultError(f"cases.tsv: cannot read '{line.strip()}'")
        self.driver, self.name, self.mode = words[:3]
        self.packets, self.left = int(words[3]), int(words[4])
        self.label = f"{self.driver}.{self.name}"
        self.record = records.get(self.label)
        if not self.record or not self.record.complete:
            raise ResultError(f"the counter has no complete record of {self.label}; "
                              "see qemu.log of the run")
        if self.packets <= 0:
            raise ResultError(f"{self.label}: no packets counted")

    def per_packet(self, accounts):
        return self.record.total(accounts) / self.packets

    @property
    def sends(self):
        return self.name.split("-")[0] in ("tx", "txonly", "l2fwd", "redirect")

    @property
    def left_percent(self):
        return 100 * self.left / self.packets


def read_records(path):
    records, record = {}, None
    with open(path, encoding="ascii") as file:
        for line in file:
            words = line.rstrip("\n").split("\t")
            if words[0] == "case":
                record = records[words[1]] = Record(words[1])
            elif record:
                record.take(words)
    return records


def check_counter(records):
    """insnctl's loop of 100,000 turns, two instructions each: is it that long?"""
    record = records.get("selftest")
    counted = record.insns.get("app", 0) if record and record.complete else 0
    if not 200000 <= counted <= 200100:
        raise ResultError(f"the counter counted {counted} instructions in a loop of 200000; "
                          "its figures mean nothing")


def read_cases(directory):
    records = read_records(os.path.join(directory, "insn.tsv"))
    check_counter(records)
    with open(os.path.join(directory, "cases.tsv"), encoding="ascii") as file:
        return [Case(line, records) for line in file]


class Symbols:
    """Addresses of a running kernel, to names."""

    def __init__(self, path):
        symbols = {}
        with open(path, encoding="ascii", errors="replace") as file:
            for line in file:
                words = line.split()
                if len(words) >= 3 and words[1] in "tTwW":
                    module = words[3] if len(words) > 3 else ""
                    symbols.setdefault(int(words[0], 16), (words[2], module))
        self.addrs = sorted(symbols)
        self.names = [symbols[addr] for addr in self.addrs]

    def find(self, addr):
        """(name, module, offset) of the function that holds addr."""
        if addr < 1 << 47:
            return "(application)", "", 0
        i = bisect.bisect_right(self.addrs, addr) - 1
        offset = addr - self.addrs[i] if i >= 0 else addr
        if offset >= LONGEST_FUNCTION:
            # The program was gone when the symbols were read.
            return "(BPF program)", "", 0
        return *self.names[i], offset
