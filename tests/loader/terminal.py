# SPDX-License-Identifier: GPL-2.0
# A terminal to run a command in, and what its screen shows: enough of a VT100 and of
# xterm for what curses sends them.
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

CSI = re.compile(rb"\x1b\[([?>]?)([0-9;]*)([@-~])")
PATIENCE = 30


class Terminal:
    def __init__(self, argv, rows=24, columns=80, term="vt100", ignore_hup=False, stdin=None):
        self.argv = argv
        self.rest = b""
        self.red = False
        self.red_text = ""      # all that was ever written in red
        self.clear_all(rows, columns)
        self.status = None
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ["TERM"] = term
            if ignore_hup:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
            if stdin:
                os.dup2(os.open(stdin, os.O_RDONLY), 0)
            # the size is set before anybody looks
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvp(argv[0], argv)

    def clear_all(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.cell = [[" "] * columns for _ in range(rows)]
        self.y = self.x = 0
        self.top, self.bottom = 0, rows - 1     # what scrolls

    def resize(self, rows, columns):
        self.clear_all(rows, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, keys):
        os.write(self.fd, keys.encode())

    def lines(self):
        return ["".join(l).rstrip() for l in self.cell]

    def text(self):
        return "\n".join(self.lines())

    def hang_up(self):
        os.close(self.fd)
        self.fd = None

    # --- what comes back ---

    def put(self, c):
        if self.x >= self.columns:      # the margin: the next line
            self.x = 0
            self.line_feed()
        if self.y < self.rows:
            self.cell[self.y][self.x] = c
        if self.red:
            self.red_text += c
        self.last = c
        self.x += 1

    def erase(self, y, x0, x1):
        for x in range(max(x0, 0), min(x1, self.columns)):
            self.cell[y][x] = " "

    def scroll(self, top, by):
        """Lines from top to the end of what scrolls go up by so many, or down"""
        part = self.cell[top:self.bottom + 1]
        new = [[" "] * self.columns for _ in range(min(abs(by), len(part)))]
        part = part[by:] + new if by > 0 else new + part[:by]
        self.cell[top:self.bottom + 1] = part

    def line_feed(self):
        if self.y == self.bottom:
            self.scroll(self.top, 1)
        else:
            self.y = min(self.y + 1, self.rows - 1)

    def control(self, private, numbers, final):
        n = [int(v) if v else 0 for v in numbers.split(";")]
        one = max(n[0], 1)
        if final == "m" and not private:
            for code in n:
                self.red = code == 31 or (self.red and code not in (0, 39) and not 30 <= code <= 37)
            return
        if private or final in "hltc":
            return
        if final in "Hf":
            self.y = min(one, self.rows) - 1
            self.x = min(max(n[1], 1) if len(n) > 1 else 1, self.columns) - 1
        elif final == "r":
            self.top = one - 1
            self.bottom = (n[1] if len(n) > 1 and n[1] else self.rows) - 1
            self.y = self.x = 0
        elif final in "ST":
            self.scroll(self.top, one if final == "S" else -one)
        elif final in "ML":
            self.scroll(self.y, one if final == "M" else -one)
        elif final == "A":
            self.y = max(self.y - one, 0)
        elif final == "B":
            self.y = min(self.y + one, self.rows - 1)
        elif final == "C":
            self.x = min(self.x + one, self.columns - 1)
        elif final == "D":
            self.x = max(min(self.x, self.columns - 1) - one, 0)
        elif final == "G":
            self.x = min(one, self.columns) - 1
        elif final == "d":
            self.y = min(one, self.rows) - 1
        elif final == "J":
            first = 0 if n[0] == 2 else self.y + 1
            self.erase(self.y, 0 if n[0] == 2 else self.x, self.columns)
            for y in range(first, self.rows):
                self.erase(y, 0, self.columns)
        elif final == "K":
            self.erase(self.y, 0 if n[0] else self.x,
                       self.x + 1 if n[0] == 1 else self.columns)
        elif final == "X":
            self.erase(self.y, self.x, self.x + one)
        elif final == "b":
            for _ in range(one):
                self.put(self.last)
        elif final == "P":
            line = self.cell[self.y]
            self.cell[self.y] = line[:self.x] + line[self.x + one:] + [" "] * min(one, self.columns - self.x)
        elif final == "@":
            line = self.cell[self.y]
            self.cell[self.y] = (line[:self.x] + [" "] * one + line[self.x:])[:self.columns]
        else:
            raise AssertionError(f"the terminal does not know ESC [ {numbers} {final}")

    def take(self, data):
        data = self.rest + data
        at = 0
        while at < len(data):
            c = data[at:at + 1]
            if c == b"\x1b":
                m = CSI.match(data, at)
                if m:
                    self.control(m[1].decode(), m[2].decode(), m[3].decode())
                    at = m.end()
                    continue
                short = re.compile(rb"\x1b([()][0-9A-B]|[=>78M])").match(data, at)
                if short:
                    if short[1] == b"M" and self.y == self.top:
                        self.scroll(self.top, -1)
                    elif short[1] == b"M":
                        self.y -= 1
                    at = short.end()
                    continue
                if len(data) - at > 16:
                    raise AssertionError(f"the terminal does not know {data[at:at + 16]}")
                break
            if c == b"\r":
                self.x = 0
            elif c == b"\n":
                self.line_feed()
            elif c == b"\b":
                self.x = max(min(self.x, self.columns - 1) - 1, 0)
            elif c >= b" ":
                self.put(c.decode("ascii"))
            at += 1
        self.rest = data[at:]

    def read(self, seconds):
        """Take what comes within so long; False: the other end is closed."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.take(data)
        return bool(data)

    # --- waiting ---

    def wait_for(self, what, holds):
        """Until holds(lines) when nothing more comes; what: for when it does not."""
        end = time.monotonic() + PATIENCE
        while select.select([self.fd], [], [], 0)[0] or not holds(self.lines()):
            if time.monotonic() > end or not self.read(0.5):
                raise AssertionError(f"not seen: {what}. The screen:\n{self.text()}")

    def wait_text(self, pattern):
        self.wait_for(repr(pattern), lambda lines: re.search(pattern, "\n".join(lines), re.M))

    def wait_end(self):
        """Its exit status (-N: signal N)"""
        end = time.monotonic() + PATIENCE
        while True:
            if self.fd is not None and not self.read(0.1):
                self.hang_up()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self.fd is not None and select.select([self.fd], [], [], 0)[0] and self.read(0):
                    pass
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f"it does not end. The screen:\n{self.text()}")
            if self.fd is None:
                time.sleep(0.05)
