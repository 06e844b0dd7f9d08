#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""caps.py OUT COMMAND...: run a command, and write into OUT what capabilities it, and each
process that it started, had when it ended: a line each with the process's name and what
/proc/PID/status says, "gxdp CapInh=0 CapPrm=... CapEff=... CapBnd=... CapAmb=0".
The kernel stops them for that (PTRACE_EVENT_EXIT). Exit status: the command's."""
import ctypes, os, signal, sys

TRACEME, CONT, SETOPTIONS = 0, 7, 0x4200
EVENT_EXIT = 6
# fork, vfork, clone, exec, exit, and nobody is left behind if we go
OPTIONS = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << EVENT_EXIT | 1 << 20
WALL = 0x40000000

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 4


def ptrace(request, pid, data=0):
    if libc.ptrace(request, pid, 0, data) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def note(pid, out):
    status = dict(l.rstrip("\n").split(":\t", 1) for l in open(f"/proc/{pid}/status") if ":\t" in l)
    if int(status["Tgid"]) == pid:
        caps = " ".join(f"{k}={int(v, 16):x}" for k, v in status.items() if k.startswith("Cap"))
        print(status["Name"], caps, file=out)


def main():
    out = open(sys.argv[1], "w")
    first = os.fork()
    if not first:
        libc.ptrace(TRACEME, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        os.execvp(sys.argv[2], sys.argv[2:])
    os.waitpid(first, 0)
    ptrace(SETOPTIONS, first, OPTIONS)
    ptrace(CONT, first)
    ended = None
    while True:
        try:
            pid, status = os.waitpid(-1, WALL)
        except ChildProcessError:
            break
        if not os.WIFSTOPPED(status):
            if pid == first:
                ended = os.waitstatus_to_exitcode(status)
            continue
        event, sig = status >> 16, os.WSTOPSIG(status)
        if event == EVENT_EXIT:
            note(pid, out)
        # those of ptrace itself, and of a child that begins, are nobody's
        ptrace(CONT, pid, 0 if event or sig in (signal.SIGTRAP, signal.SIGSTOP) else sig)
    sys.exit(ended if ended >= 0 else 128 - ended)


main()
