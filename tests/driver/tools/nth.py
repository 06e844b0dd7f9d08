#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Lets the first, the second, the third ... allocation of an operation fail, until it
succeeds without a failure. Debug kernel only; what may fail is set in debugfs before.

    nth.py [-t TIMES] DEVICE OPERATION
        rings RX TX | mtu N | channels N | up | attach PROGRAM-PIN | bind-xsk QUEUE |
        close-xsk QUEUE
    nth.py [-s STEP] PCI-ADDRESS bind | sleep

After each failure that the operation told of, what it would have changed must be as
before. With -t the operation is tried so many times without any page to be had, or all
but the first or the first two, and it has to fail each time. With -s it goes on
by STEP after an allocation that could be done without. Ends with a line
"tried=N met=N failed=N": attempts, allocations that did fail in them, and errors told;
"wrong: ..." lines before it say what was not as it should be.

close-xsk is another matter: the kernel closes in a worker of its own, so that there the
allocations of all workers are counted, and nobody can be told of an error. The queue
has to be free for the next socket each time.
"""

import argparse
import ctypes
import errno
import fcntl
import glob
import mmap
import os
import socket
import struct
import sys
import time

SIOCETHTOOL, SIOCSIFMTU, SIOCGIFMTU = 0x8946, 0x8922, 0x8921
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
GRINGPARAM, SRINGPARAM, GCHANNELS, SCHANNELS = 0x10, 0x11, 0x3c, 0x3d
SYS_BPF, BPF_OBJ_GET, BPF_LINK_CREATE, BPF_XDP = 321, 7, 28, 37
XDP_FLAGS_DRV_MODE = 4
AF_XDP, SOL_XDP, XDP_ZEROCOPY = 44, 283, 4
XDP_RX_RING, XDP_TX_RING, XDP_UMEM_REG, XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING = 2, 3, 4, 5, 6
CHUNK, CHUNKS = 4096, 64
DEBUGFS = "/sys/kernel/debug/"
MOST = 20000
ATTEMPTS = 5
MCL_CURRENT = 1
PATIENCE = 60
# An allocation failed, or the copy of the arguments did.
EXPECTED = (errno.ENOMEM, errno.EFAULT, errno.ENOBUFS)
# What the core makes of it where a driver is bound: a region that it cannot note down is
# busy, and a device that has got no name is no device.
EXPECTED_OF_BIND = EXPECTED + (errno.EBUSY, errno.EINVAL)

libc = ctypes.CDLL(None, use_errno=True)


def call(function, *args):
    """A C function that says what is wrong in errno."""
    result = function(*args)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def bpf(command, attr):
    attr = attr.ljust(128, b"\0")
    return call(libc.syscall, SYS_BPF, command, ctypes.c_char_p(attr), len(attr))


class Nic:
    def __init__(self, name):
        self.name = name.encode()
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def request(self, cmd, payload):
        return fcntl.ioctl(self.sock, cmd, struct.pack("16s24s", self.name, payload))[16:]

    def ethtool(self, words):
        mem = (ctypes.c_uint32 * len(words))(*words)
        self.request(SIOCETHTOOL, struct.pack("P", ctypes.addressof(mem)))
        return list(mem)

    def index(self):
        return socket.if_nametoindex(self.name.decode())


class XskSocket:
    """A socket that is ready to be bound for zero-copy."""

    def __init__(self, nic, queue):
        self.sock = socket.socket(AF_XDP, socket.SOCK_RAW, 0)
        self.area = mmap.mmap(-1, CHUNKS * CHUNK)
        start = ctypes.addressof(ctypes.c_char.from_buffer(self.area))
        self.sock.setsockopt(SOL_XDP, XDP_UMEM_REG,
                             struct.pack("QQIIII", start, CHUNKS * CHUNK, CHUNK, 0, 0, 0))
        for ring in (XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING, XDP_TX_RING):
            self.sock.setsockopt(SOL_XDP, ring, struct.pack("I", CHUNKS))
        self.address = struct.pack("HHIII", AF_XDP, XDP_ZEROCOPY, nic.index(), queue, 0)

    def bind(self):
        call(libc.bind, self.sock.fileno(), ctypes.c_char_p(self.address), len(self.address))

    def bind_when_free(self):
        """The worker may not have closed the one before yet."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.bind()
            except OSError as e:
                if e.errno != errno.EBUSY or time.monotonic() > end:
                    raise
            time.sleep(0.01)

    def close(self):
        self.sock.close()


# Each: what to do, how to undo it, and what tells whether it was done.

def ring_op(nic, rx, tx):
    def settings():
        return nic.ethtool([GRINGPARAM] + 8 * [0])

    def set_to(rx, tx):
        words = settings()
        words[0], words[5], words[8] = SRINGPARAM, rx, tx
        return lambda: nic.ethtool(words)

    now = settings()
    return set_to(int(rx), int(tx)), set_to(now[5], now[8]), settings


def channel_op(nic, n):
    def settings():
        return nic.ethtool([GCHANNELS] + 8 * [0])

    def set_to(n):
        words = settings()
        words[0], words[8] = SCHANNELS, n
        return lambda: nic.ethtool(words)

    return set_to(int(n)), set_to(settings()[8]), settings


def mtu_op(nic, mtu):
    def setting():
        return struct.unpack_from("i", nic.request(SIOCGIFMTU, b""))[0]

    now = setting()
    return ((lambda: nic.request(SIOCSIFMTU, struct.pack("i", int(mtu)))),
            (lambda: nic.request(SIOCSIFMTU, struct.pack("i", now))), setting)


def up_op(nic):
    def flags():
        return struct.unpack_from("h", nic.request(SIOCGIFFLAGS, b""))[0]

    def set_to(value):
        nic.request(SIOCSIFFLAGS, struct.pack("h", value))

    down = flags() & ~IFF_UP
    return (lambda: set_to(down | IFF_UP)), (lambda: set_to(down)), (lambda: flags() & IFF_UP)


def attach_op(nic, pin):
    path = ctypes.create_string_buffer(pin.encode())
    program = bpf(BPF_OBJ_GET, struct.pack("QII", ctypes.addressof(path), 0, 0))
    link = struct.pack("IIII", program, nic.index(), BPF_XDP, XDP_FLAGS_DRV_MODE)
    held = []

    def undo():
        os.close(held.pop())

    # A second one would be refused with EBUSY if the first had stayed.
    return (lambda: held.append(bpf(BPF_LINK_CREATE, link))), undo, (lambda: len(held))


def bind_xsk_op(nic, queue):
    ready = [XskSocket(nic, int(queue))]

    def undo():
        ready[0].close()
        ready[0] = XskSocket(nic, int(queue))

    # A queue that stayed taken shows with the next attempt: EBUSY.
    return (lambda: ready[0].bind()), undo, (lambda: 0)


def bind_op(pci):
    driver = "/sys/bus/pci/drivers/gxdp"
    bind = os.open(driver + "/bind", os.O_WRONLY)
    unbind = os.open(driver + "/unbind", os.O_WRONLY)
    return ((lambda: os.write(bind, pci.encode())), (lambda: os.write(unbind, pci.encode())),
            (lambda: os.path.exists(f"{driver}/{pci}")))


def sleep_op(pci):
    """sleep_one.ko is loaded for the device."""
    trigger = os.open("/sys/module/sleep_one/parameters/sleep", os.O_WRONLY)
    return (lambda: os.write(trigger, b"1")), (lambda: None), (lambda: 0)


def injected(nth):
    """Has the failure asked for happened? Reading may be what meets it."""
    try:
        return int(os.pread(nth, 16, 0)) == 0
    except OSError:
        return False


def disarm(nth):
    """Even the writing of this may be what meets the failure."""
    while True:
        try:
            return os.write(nth, b"0")
        except OSError:
            pass


def attempt(nth, number, operation):
    """The errno it gives, or 0; and whether a failure was met on the way."""
    error = 0
    os.write(nth, str(number).encode())
    try:
        operation()
    except OSError as e:
        error = e.errno
    hit = injected(nth)
    disarm(nth)
    return error, hit


def walk(operation, undo, state, step, expected):
    nth = os.open("/proc/thread-self/fail-nth", os.O_RDWR)
    before, n, tried, met, failed, undoing = state(), 1, 0, 0, 0, 0
    while n < MOST:
        error, hit = attempt(nth, n, operation)
        while error == errno.EBUSY and time.monotonic() < undoing:
            time.sleep(0.01)
            error, hit = attempt(nth, n, operation)
        undoing = 0
        tried += 1
        met += hit
        if not hit and error:
            print(f"wrong: without a failure it says {errno.errorcode[error]}")
        if error == errno.EFAULT and state() != before:
            undo()  # it was done, only the core's reply did not get out
        elif error:
            failed += 1
            if error not in expected:
                print(f"wrong: failure {n} is told as {errno.errorcode[error]}")
        elif hit:
            undo()  # it could do without
            undoing = time.monotonic() + PATIENCE
        if not hit:
            print(f"tried={tried} met={met} failed={failed}")
            return
        if state() != before:
            print(f"wrong: after failure {n} it is {state()}, not {before}")
            return
        n += 1 if error else step
    print("wrong: it never succeeds")


class Failures:
    """Of one kind, in those tasks that have been marked."""

    def __init__(self, kind):
        self.attr = DEBUGFS + kind + "/"
        self.set("probability", 0)
        self.set("interval", 1)
        self.set("task-filter", "Y")

    def set(self, name, value):
        with open(self.attr + name, "w") as f:
            f.write(str(value))

    def start(self, spared, times):
        self.set("space", spared)
        self.set("times", times)
        self.set("probability", 100)

    def stop(self):
        """Whether there were as many as there should have been."""
        self.set("probability", 0)
        with open(self.attr + "times") as f:
            return int(f.read()) == 0


def without_pages(operation, pages, mark, spared):
    """The errno it gives, or 0; and whether pages were refused to its end.

    Many are, since the checkers ask for pages, too; but not for ever, since page faults of
    ours are tried again without end.
    """
    error = 0
    pages.start(spared, 5000)
    os.write(mark, b"1")
    try:
        operation()
    except OSError as e:
        error = e.errno
    os.write(mark, b"0")
    return error, not pages.stop()


def insist(operation, undo, state, times):
    pages = Failures("fail_page_alloc")
    mark = os.open("/proc/thread-self/make-it-fail", os.O_RDWR)
    call(libc.mlockall, MCL_CURRENT)
    before = state()
    for n in range(times):
        for _ in range(ATTEMPTS):
            error, to_the_end = without_pages(operation, pages, mark, n % 3)
            if to_the_end:
                break
            if not error:
                undo()  # ours have used them up
        if error not in EXPECTED:
            print(f"wrong: with {n % 3} pages it says {errno.errorcode.get(error, 'it succeeded')}")
            return
        if state() != before:
            print(f"wrong: after a failure it is {state()}, not {before}")
            return
    print(f"tried={times} met={times} failed={times}")


# --- closing -----------------------------------------------------------------

class Workers(Failures):
    """The kernel's workers only."""

    def start(self, spared, times):
        for comm in glob.glob("/proc/[0-9]*/comm"):
            try:
                # those still to come are children of kthreadd
                if open(comm).read().startswith(("kworker", "kthreadd")):
                    with open(os.path.dirname(comm) + "/make-it-fail", "w") as f:
                        f.write("1")
            except OSError:
                pass  # it has ended
        super().start(spared, times)


def walk_closes(nic, queue):
    tried = failed = 0
    # how much is let through first: pages in the one, bytes in the other
    for kind, step in (("fail_page_alloc", 1), ("failslab", 64)):
        workers = Workers(kind)
        one = XskSocket(nic, queue)
        one.bind_when_free()
        for n in range(MOST):
            workers.start(n * step, 1)
            one.close()
            one = XskSocket(nic, queue)
            one.bind_when_free()  # so the worker is done
            hit = workers.stop()
            tried += 1
            failed += hit
            if not hit:
                break
        one.close()
    print(f"tried={tried} met={failed} failed={failed}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-t", type=int, dest="times")
    parser.add_argument("-s", type=int, dest="step", default=1)
    parser.add_argument("target")
    parser.add_argument("operation")
    parser.add_argument("numbers", nargs="*")
    opt = parser.parse_args()

    if opt.operation == "close-xsk":
        walk_closes(Nic(opt.target), int(opt.numbers[0]))
        return
    if opt.operation in ("bind", "sleep"):
        steps = {"bind": bind_op, "sleep": sleep_op}[opt.operation](opt.target)
    else:
        make = {"rings": ring_op, "mtu": mtu_op, "channels": channel_op, "up": up_op,
                "attach": attach_op, "bind-xsk": bind_xsk_op}[opt.operation]
        steps = make(Nic(opt.target), *opt.numbers)
    if opt.times:
        insist(*steps, opt.times)
    else:
        walk(*steps, opt.step, EXPECTED_OF_BIND if opt.operation == "bind" else EXPECTED)


main()
