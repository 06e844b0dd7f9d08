# SPDX-License-Identifier: GPL-2.0
# The part of top.sh that looks at the screen.
import json
import os
import re
import signal
import subprocess
import sys
import termios
import traceback

sys.path.insert(0, os.path.dirname(__file__))
from terminal import Terminal

TOP = ["gxdp", "top", "-d", "0.2", "dev", "va"]
failed = 0


def gxdp(*args):
    return subprocess.run(["gxdp", *args], check=True, capture_output=True, text=True).stdout


def rules_of(lines):
    """number, PPS and PACKETS as shown, what it is: for each rule on a wide screen"""
    found = []
    for l in lines[next((i for i, l in enumerate(lines) if l.endswith("RULE") or " RULE " in l), 0) + 1:]:
        m = re.match(r"\s*(\S+)\s+(\S+)\s+(\S+)\s+\S+\s+(\d*)\s+(\S.*: .*|default.*|count.*)$", l)
        if m:
            found.append((m[4], m[1], m[3], m[5]))
    return found


def rule(lines, start):
    return next((r for r in rules_of(lines) if r[3].startswith(start)), None)


def busy(lines):
    """Has what is dropped got a rate?"""
    r = rule(lines, "noping")
    return r and r[1] not in "0-"


def counted():
    rules = json.loads(gxdp("-j", "show", "rules", "dev", "va"))["rules"]["rules"]
    return next(r for r in rules if r["name"] == "noping")["packets"]


def step(what, fn, *args):
    global failed
    try:
        fn(*args)
        print("ok:", what, flush=True)
    except Exception:
        failed = 1
        print("FAIL:", what)
        print(traceback.format_exc(), flush=True)


def start(**kwargs):
    t = Terminal(kwargs.pop("argv", TOP), **kwargs)
    t.wait_text(r"packets/s.* 3 rules|packets/s.* 3000 rules")
    return t


def end(t):
    t.send("q")
    assert t.wait_end() == 0


# --- three rules ---

def first_look():
    t = start()
    t.wait_for("a rate of what is dropped, and the last line", lambda l: busy(l) and l[23].startswith("q end  h help"))
    lines = t.lines()
    assert re.match(r"va: \S+ packets/s, \S+ bit/s, [1-9]\d*% dropped; 3 rules, generation \d+ +every 0.2 s", lines[0]), lines[0]
    for text in ("WHAT BECAME OF THEM", "dropped_by_rule", "QUEUE", "queue 0", "web: pass tcp dport", "count udp", "default pass"):
        assert text in t.text(), text + "\n" + t.text()
    assert all(len(l) <= 80 for l in lines)
    # the busiest first, and the numbers of rules are theirs
    assert rules_of(lines)[0][3].startswith("noping") and rules_of(lines)[0][0] == "1", t.text()
    end(t)


def sorting():
    t = start()
    t.send("o")
    t.wait_text(r"s sort \(order\)")
    t.wait_for("the file's order", lambda l: [r[3][:6] for r in rules_of(l)] == ["noping", "web: p", "count ", "defaul"])
    t.send("r")
    t.wait_for("the other way round", lambda l: [r[3][:6] for r in rules_of(l)] == ["defaul", "count ", "web: p", "noping"])
    for name, head in (("packets/s", r"\*PPS"), ("bits/s", r"\*BIT/S"), ("packets", r"\*PACKETS"), ("order", r"\*#")):
        t.send("s")
        t.wait_text(rf"s sort \({name}\)")
        t.wait_text(head)
    t.send("b")
    t.wait_text(r"\*BIT/S")
    t.send("a")
    t.wait_for("what has traffic alone", lambda l: rule(l, "noping") and not rule(l, "web"))
    t.send("a")
    t.wait_for("all again", lambda l: rule(l, "web"))
    end(t)


def help_():
    t = start()
    t.send("h")
    t.wait_text(r"^space +pause")
    t.send("x")
    t.wait_text(r"WHAT BECAME OF THEM")
    t.send("?")
    t.wait_text(r"^q +end")
    end(t)


def pause():
    t = start()
    t.wait_for("rates", busy)
    t.send("t")
    t.wait_text(r"\*PACKETS")
    t.send(" ")
    t.wait_for("a pause", lambda l: "PAUSED" in l[0] and rule(l, "noping"))
    shown = rule(t.lines(), "noping")
    before = counted()
    while counted() < before + 20:
        t.read(0.1)
    t.send("r")
    t.wait_text(r"least first")
    assert rule(t.lines(), "noping") == shown, t.text()
    t.send(" ")
    t.wait_for("it goes on", lambda l: "PAUSED" not in l[0] and rule(l, "noping") and rule(l, "noping")[2] != shown[2])
    end(t)


def sizes():
    t = start()
    t.resize(50, 200)
    t.wait_for("200 columns", lambda l: re.search("every 0.2 s$", l[0]) and len(l[0]) == 200)
    t.wait_for("the last line", lambda l: l[49].startswith("q end"))
    t.resize(8, 50)
    t.wait_for("one table alone", lambda l: l[7].startswith("q end") and "RULE" in l[1] and "PACKETS" not in l[1])
    t.send("\t")
    t.wait_text(r"WHAT BECAME")
    t.resize(3, 20)
    t.wait_for("no foot", lambda l: l[0].startswith("va: ") and "PPS" in l[1] and not l[2].startswith("q end"))
    t.resize(1, 1)
    t.wait_for("one letter", lambda l: l[0] == "v")
    t.resize(24, 80)
    t.wait_for("as before", lambda l: l[23].startswith("q end") and "dropped_by_rule" in "".join(l))
    end(t)


def colours():
    t = start(term="xterm-256color")
    t.wait_for("rules", lambda l: rule(l, "noping"))
    t.wait_for("a rule that drops, in red", lambda l: "noping" in t.red_text)
    end(t)


# --- how it ends ---

def ends():
    t = start(argv=TOP + ["-n", "2"])
    assert t.wait_end() == 0
    for keys in ("Q", "\x03"):
        t = start()
        t.send(keys)
        # the terminal is as it was: it shows what is typed
        assert t.wait_end() == 0, keys
    t = start()
    fd = os.open(os.readlink(f"/proc/{t.pid}/fd/0"), os.O_RDONLY | os.O_NOCTTY)
    assert not termios.tcgetattr(fd)[3] & termios.ECHO
    os.kill(t.pid, signal.SIGTERM)
    assert t.wait_end() == 0
    assert termios.tcgetattr(fd)[3] & termios.ECHO, "the terminal was left without echo"
    os.close(fd)


def hang_up():
    t = start(ignore_hup=True)
    t.hang_up()
    t.wait_end()


def no_screen():
    for term, argv in (("dumb", TOP), ("nonsense-1", TOP)):
        t = Terminal(argv, term=term)
        assert t.wait_end() == 2
        assert f'type "{term}" has no screen' in t.text() and "--batch" in t.text(), t.text()
    t = Terminal(TOP, stdin="/dev/null")
    assert t.wait_end() == 2 and "standard input is no terminal" in t.text(), t.text()


# --- three thousand, and changes as it runs ---

def many():
    t = start(term="xterm-256color")
    gxdp("apply", "/tmp/3000.rules", "dev", "va")
    t.wait_text(r"; 3000 rules, generation")
    t.wait_for("rates", busy)
    t.send("o")
    t.wait_text(r"RULE +1-\d+ of 3001$")
    t.send("\x1bOF")        # End
    t.wait_for("the last one", lambda l: rule(l, "default") and re.search(r"-3001 of 3001$", "\n".join(l), re.M))
    t.send("\x1b[5~")       # PgUp
    t.wait_for("the page before", lambda l: not rule(l, "default") and rule(l, "r29"))
    t.send("\x1bOH")        # Home
    t.wait_for("the first one", lambda l: rule(l, "noping"))
    t.send("jj")
    t.wait_text(r"RULE +3-\d+ of 3001$")
    t.send("k")
    t.wait_text(r"RULE +2-\d+ of 3001$")
    t.send("/r2777")
    t.wait_text(r"^rules with: r2777_")
    t.send("\r")
    t.wait_for("that rule alone", lambda l: [r[0] for r in rules_of(l)] == ["2777"])
    t.send("\x1b")
    t.wait_text(r"of 3001$")
    t.send("p")
    t.wait_for("the busiest first", lambda l: (rules_of(l) or ["    "])[0][3].startswith("noping"))
    end(t)


def taken_away():
    t = start()
    gxdp("detach", "dev", "va")
    assert t.wait_end() == 4
    assert "no rules are applied on va" in t.text(), t.text()
    gxdp("apply", "/tmp/3.rules", "dev", "va", "--exclusive")


step("what is seen at once", first_look)
step("sorting, and what has traffic alone", sorting)
step("help", help_)
step("a pause", pause)
step("other sizes, while it runs", sizes)
step("a terminal with colours", colours)
step("ends by count, key, signal, and leaves the terminal as it was", ends)
step("ends with its terminal", hang_up)
step("where there is no screen it says so", no_screen)
step("3,000 rules, applied as it runs: scrolling and finding", many)
step("rules taken away as it runs", taken_away)
sys.exit(failed)
