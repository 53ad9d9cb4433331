# SPDX-License-Identifier: MIT
"""`glasspost replay --text`: its keys on a terminal, and what it leaves of the terminal; traces that grow; traces of other ages.
Argument: the program glasspost."""
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import traceback
import fcntl

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "docs"))
from cases import same, true  # noqa: E402
from office import DEADLINE, Failed, until  # noqa: E402
from tap import Tap  # noqa: E402

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
EVENTS = 20
STATUS = re.compile(r"\x1b\[7m (>|\|\|)  event (\d+) of (\d+)  ([\d.]+) s  (\S+ times|no pauses)")
TAKEN, GIVEN_BACK = b"\x1b[?1049h", b"\x1b[?1049l"


def line(n, text=None):
    """Event n of a trace: a note, half a second after the one before."""
    return json.dumps({"n": n, "t": n * 500000, "kind": "note", "text": text or f"this is note {n}"})


# Another process, which writes each line in two pieces.
WRITER = """import sys
with open(sys.argv[1], "ab", buffering=0) as file:
    for n, line in enumerate(sys.stdin.buffer):
        file.write(line[:n % len(line)])
        file.write(line[n % len(line):])
"""
HEAD = json.dumps({"glasspost-trace": 1, "started": "2026-01-05T09:00:00.000000Z", "version": "0.1.0"})


def trace(folder, count=EVENTS, name="a.trace"):
    path = pathlib.Path(folder) / name
    path.write_text("\n".join([HEAD, *map(line, range(count))]) + "\n", encoding="utf-8")
    return path


class Terminal:
    """The program on a terminal of its own, 80 columns and `rows` lines."""

    def __init__(self, path, *options, rows=10):
        self.ours, self.theirs = pty.openpty()
        self.resize(rows)
        self.modes = termios.tcgetattr(self.theirs)
        self.out = b""
        self.pid = os.fork()
        if not self.pid:
            os.setsid()
            fcntl.ioctl(self.theirs, termios.TIOCSCTTY, 0)
            for fd in range(3):
                os.dup2(self.theirs, fd)
            os.execve(PROGRAM, [PROGRAM, "replay", str(path), "--text", *options], dict(os.environ, TERM="xterm"))

    def resize(self, rows):
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 80, 0, 0))

    def read(self):
        while select.select([self.ours], [], [], 0)[0]:
            self.out += os.read(self.ours, 65536)
        return self.out

    def frame(self):
        """What is on the screen: (playing, event, of, seconds, speed, the lines above); None before there is any."""
        shown = self.read().decode("utf-8", "replace").split("\x1b[H\x1b[J")[-1]
        found = STATUS.search(shown)
        if not found:
            return None
        lines = [text.rstrip() for text in re.sub(r"\x1b\[[\d;]*m", "", shown[:found.start()]).splitlines()]
        return (found[1] == ">", int(found[2]), int(found[3]), float(found[4]), found[5], [text for text in lines if "note" in text])

    def wait(self, what, good):
        seen = []

        def look():
            frame = self.frame()
            seen[:] = [frame]
            return frame if frame and good(*frame) else None
        try:
            return until(look, what)
        except Failed as failed:
            raise Failed(f"{failed}; the screen has {seen}") from failed

    def press(self, keys, what, good):
        os.write(self.ours, keys.encode())
        return self.wait(what, good)

    def status(self, flags=0):
        """Waits until it ended or stopped; reads meanwhile, so that it never waits for us."""
        def ended():
            self.read()
            pid, status = os.waitpid(self.pid, os.WNOHANG | flags)
            return (status,) if pid else None
        status = until(ended, "the end of the program")[0]
        self.read()
        return status

    def is_restored(self):
        same(termios.tcgetattr(self.theirs), self.modes, "the terminal's modes")
        true(self.out.rfind(GIVEN_BACK) > self.out.rfind(TAKEN), "the first screen is shown again")

    def close(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self.ours)
        os.close(self.theirs)


def at(event, playing=False):
    return lambda is_playing, n, *_: is_playing == playing and n == event


def keys(folder, open_terminal):
    screen = open_terminal(trace(folder), "--speed", "0.015625")
    screen.wait("the first frame, playing", lambda playing, n, of, *_: playing and of == EVENTS)
    screen.press(" ", "paused by space", lambda playing, *_: not playing)
    screen.press("\x1b[H", "Home: before the first event", at(0))
    screen.press(".", "a step", at(1))
    frame = screen.press(".", "another step", at(2))
    true("this is note 1" in frame[5][-1], f"note 1 is the last that is shown: {frame[5]}")
    same(frame[3], 0.5, "its time")
    frame = screen.press(",", "a step back", at(1))
    true("this is note 0" in frame[5][-1], f"note 0 is the last again: {frame[5]}")
    screen.press("\x1b[C\x1b[C", "two steps by the arrow", at(3))
    screen.press("\x1b[D", "a step back by the arrow", at(2))
    frame = screen.press("\x1b[F", "End", at(EVENTS))
    true("this is note 19" in frame[5][-1], f"note 19 is the last: {frame[5]}")
    screen.press(".", "no further than the end", at(EVENTS))
    screen.press("\x1b[1~", "Home as other terminals say it", at(0))
    screen.press(",", "no further back than the beginning", at(0))
    screen.press("G", "G is End", at(EVENTS))
    screen.press("g", "g is Home", at(0))
    screen.press("q", "", lambda *_: True)
    same(screen.status(), 0, "the status")
    screen.is_restored()


def speeds(folder, open_terminal):
    screen = open_terminal(trace(folder), "--speed", "0.015625")
    screen.press("\x1b[H", "Home", at(0))
    screen.press("+", "faster", lambda *frame: frame[4] == "0.03125 times")
    for _ in range(5):
        os.write(screen.ours, b"+")
    screen.wait("as recorded", lambda *frame: frame[4] == "1 times")
    screen.press("-", "slower", lambda *frame: frame[4] == "0.5 times")
    os.write(screen.ours, b"+" * 20)
    screen.wait("the fastest", lambda *frame: frame[4] == "1024 times")
    screen.press(" ", "it plays to the end", at(EVENTS, playing=True))
    screen.press("q", "", lambda *_: True)
    same(screen.status(), 0, "the status")
    screen.is_restored()


def interrupted(folder, open_terminal):
    for way in ("Ctrl-C", "SIGTERM", "SIGHUP"):
        screen = open_terminal(trace(folder), "--speed", "0.015625")
        screen.press(" ", "paused: it waits for keys alone", lambda playing, *_: not playing)
        if way == "Ctrl-C":
            os.write(screen.ours, b"\x03")
        else:
            os.kill(screen.pid, getattr(signal, way))
        same(screen.status(), 0, f"the status after {way}")
        screen.is_restored()


def stopped(folder, open_terminal):
    screen = open_terminal(trace(folder), "--speed", "0.015625")
    screen.press("\x1b[H...", "three steps", at(3))
    os.write(screen.ours, b"\x1a")
    status = screen.status(os.WUNTRACED)
    true(os.WIFSTOPPED(status), f"Ctrl-Z stops it: {status}")
    screen.is_restored()
    screen.out = b""
    os.kill(screen.pid, signal.SIGCONT)
    screen.wait("the screen comes back", at(3))
    true(TAKEN in screen.out, "it takes the terminal again")
    true(not termios.tcgetattr(screen.theirs)[3] & termios.ECHO, "keys are not echoed")
    screen.press(".", "and hears keys", at(4))
    screen.press("q", "", lambda *_: True)
    same(screen.status(), 0, "the status")
    screen.is_restored()


def resized(folder, open_terminal):
    screen = open_terminal(trace(folder), "--speed", "0.015625", rows=6)
    frame = screen.press("\x1b[F", "End", at(EVENTS))
    same(len(frame[5]), 5, "lines above the status line")
    screen.resize(12)
    screen.wait("more lines, without a key", lambda *frame: len(frame[5]) == 11)
    screen.resize(4)
    screen.wait("fewer lines", lambda *frame: len(frame[5]) == 3)


def grows_on_screen(folder, open_terminal):
    path = trace(folder, 3)
    screen = open_terminal(path, "--follow", "--speed", "max")
    screen.wait("three events", at(3, playing=True))
    with open(path, "a", encoding="utf-8") as file:
        file.write(line(3)[:20])
        file.flush()
        screen.press("+", "a torn line is no event", at(3, playing=True))
        file.write(line(3)[20:] + "\n")
        file.flush()
        screen.wait("four events, once the line is whole", at(4, playing=True))
        screen.press(",", "a step back", at(3))
        file.write(line(4) + "\n")
        file.flush()
        screen.wait("who looks back is not pulled to the end", lambda playing, n, of, *_: (playing, n, of) == (False, 3, 5))
    screen.press("q", "", lambda *_: True)
    same(screen.status(), 0, "the status")


def grows_in_a_pipe(folder, _):
    """Another process writes while this one reads."""
    path = trace(folder, 3)
    reader = subprocess.Popen([PROGRAM, "replay", path, "--text", "--follow", "--speed", "max"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.set_blocking(reader.stdout.fileno(), False)
    got = b""

    def has(text):
        nonlocal got
        got += reader.stdout.read() or b""
        return text in got
    try:
        until(lambda: has(b"note 2"), "what was there")
        writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdin=subprocess.PIPE)
        for n in range(3, 200):
            writer.stdin.write((line(n) + "\n").encode())
        writer.stdin.close()
        same(writer.wait(DEADLINE), 0, "the writer's status")
        until(lambda: has(b"note 199"), "what was written meanwhile")
        same([int(n) for n in re.findall(rb"this is note (\d+)", got)], list(range(200)), "the events, each once and in order")
        true(reader.poll() is None, "it goes on waiting")
        path.unlink()
        same(reader.wait(DEADLINE), 0, "the status once the file is gone")
    finally:
        reader.kill()
        reader.communicate()


def torn(folder, _):
    """A last line that was torn by a crash costs that line and is told."""
    path = trace(folder, 3)
    with open(path, "a", encoding="utf-8") as file:
        file.write(line(3)[:25])
    done = subprocess.run([PROGRAM, "replay", path, "--text", "--speed", "max"], capture_output=True, encoding="utf-8",
                          stdin=subprocess.DEVNULL, timeout=DEADLINE)
    same(re.findall(r"this is note (\d+)", done.stdout), ["0", "1", "2"], "what is shown")
    true(done.returncode == 1 and ":5:" in done.stderr and "torn" in done.stderr, f"what is told: {done.returncode} {done.stderr}")


def other_ages(folder, _):
    """Kinds and fields of a newer version are played, and kept by who loads and writes."""
    newer = [json.dumps({"n": 1, "t": 5, "kind": "weather", "host": "sparta", "degrees": 31, "sky": "clear"}),
             json.dumps({"n": 2, "t": 6, "kind": "line", "protocol": "smtp", "session": 1, "from": "client", "verb": "EHLO",
                         "text": "EHLO later\r\n", "mood": {"of": ["the", "client"]}})]
    path = pathlib.Path(folder) / "newer.trace"
    path.write_text("\n".join([HEAD, line(0), *newer]) + "\n", encoding="utf-8")
    done = subprocess.run([PROGRAM, "show", path, "--json"], capture_output=True, encoding="utf-8", timeout=DEADLINE)
    same(done.returncode, 0, "the status")
    kept = [json.loads(text) for text in done.stdout.splitlines() if "\"n\"" in text]
    same(kept[1:], [json.loads(text) for text in newer], "what is kept")
    done = subprocess.run([PROGRAM, "replay", path, "--text", "--speed", "max"], capture_output=True, encoding="utf-8",
                          stdin=subprocess.DEVNULL, timeout=DEADLINE)
    true(done.returncode == 0 and "EHLO later" in done.stdout and "weather" in done.stdout, f"it is played: {done.stdout}{done.stderr}")


CASES = [("keys: space . , arrows Home End g G q", keys), ("+ and - change the speed", speeds),
         ("an interrupted player gives the terminal back", interrupted), ("Ctrl-Z gives it back, and fg takes it again", stopped),
         ("a window that changes its size is drawn anew", resized), ("--follow on a terminal, a line torn for a while", grows_on_screen),
         ("--follow in a pipe, each line written in two pieces", grows_in_a_pipe), ("a torn last line costs that line", torn),
         ("kinds and fields of a newer version", other_ages)]


def run(function):
    open_ones = []

    def open_terminal(*args, **more):
        open_ones.append(Terminal(*args, **more))
        return open_ones[-1]
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        try:
            function(folder, open_terminal)
        finally:
            for one in open_ones:
                one.close()


def main():
    tap = Tap()
    for name, function in CASES:
        try:
            run(function)
            tap.check(True, name)
        except (Failed, OSError, ValueError, subprocess.SubprocessError) as error:
            tap.check(False, name, str(error) or traceback.format_exc())
    tap.done()


main()
