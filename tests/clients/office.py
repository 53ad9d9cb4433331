# SPDX-License-Identifier: MIT
"""office.py: a served office of its own for a test, and what the test may look at: ports, trace, mailboxes.

    with Office(program) as office:
        office.run("curl", …)
        letters = office.wait_for_letters("sparta", "bob", 1)

Everything that waits has a deadline. The office ends by SIGTERM and must end with status 0.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

DEADLINE = float(os.environ.get("GPO_TEST_DEADLINE", "30"))
PASSWORD = "glass"


class Failed(Exception):
    """What went wrong, in words for the report."""


def until(look, what):
    """Looks again and again until there is an answer; fails with `what` at the deadline."""
    end = time.monotonic() + DEADLINE
    while not (answer := look()):
        if time.monotonic() > end:
            raise Failed(f"{what}: not within {DEADLINE:.0f} s")
        time.sleep(0.005)
    return answer


class Office:
    def __init__(self, program, *options, scenario=None):
        self.program = str(pathlib.Path(program).resolve())
        self.options = list(options)
        self.scenario = scenario
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="office-"))
        self.store = self.folder / "store"
        self.trace_path = self.folder / "office.trace"
        self.ports = {}
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, kind, *_):
        try:
            self.stop(check=kind is None)
        finally:
            self.kill()

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        """Starts it on kernel-chosen ports; also again, over the same store and with a new trace."""
        ports = self.folder / "ports"
        ports.unlink(missing_ok=True)
        self.trace_path.unlink(missing_ok=True)
        command = [self.program, "serve", "--store", str(self.store), "--port-base", "0", "--ports", str(ports),
                   "--trace", str(self.trace_path), *self.options]
        if self.scenario:
            command += ["--scenario", str(self.scenario)]
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

        def all_listen():
            if self.process.poll() is not None:
                raise Failed(f"serve ended with status {self.process.returncode}:\n{self.said()}")
            return ports.exists() and ports.read_text(encoding="utf-8")

        for line in until(all_listen, "the ports file").splitlines():
            host, role, address, port = line.split()
            self.ports[host, role] = address, int(port)

    def stop(self, check=True):
        """Ends it in good order."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired as error:
            raise Failed("serve did not end after SIGTERM") from error
        finally:
            self.log.close()
        if check and status != 0:
            raise Failed(f"serve ended with status {status}:\n{self.said()}")

    def crash(self):
        """Ends it as a power cut would: no part of it gets to run again."""
        self.process.kill()
        self.process.wait()
        self.log.close()

    def memory(self, field="VmRSS"):
        """KiB of its memory, as the kernel counts them."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field + ":"))

    def said(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def port(self, host, role):
        return self.ports[host, role][1]

    def url(self, scheme, host, role):
        return "{}://{}:{}".format(scheme, *self.ports[host, role])

    @property
    def authority(self):
        """The certificate that clients are told to trust; it is made while the office starts."""
        path = self.store / "tls" / "ca.pem"
        until(path.exists, "the office's authority")
        return str(path)

    def maildir(self, host, person, folder=""):
        return self.store / host / "mail" / person / "Maildir" / folder

    def letters(self, host, person, folder=""):
        """The letters in a mailbox, oldest first, as bytes."""
        found = [p for below in ("new", "cur") for p in (self.maildir(host, person, folder) / below).glob("*")]
        return [p.read_bytes() for p in sorted(found, key=lambda p: (p.stat().st_mtime_ns, p.name))]

    def wait_for_letters(self, host, person, count, folder=""):
        def enough():
            letters = self.letters(host, person, folder)
            return letters if len(letters) >= count else None
        return until(enough, f"{count} letters in {person}'s mailbox at {host} (there are "
                             f"{len(self.letters(host, person, folder))})")

    def events(self, **wanted):
        """The trace's events with these fields (kind="edge", machine="queue" …). A torn last line is not one."""
        lines = self.trace_path.read_bytes().split(b"\n")[1:-1] if self.trace_path.exists() else []
        events = [json.loads(line) for line in lines]
        return [e for e in events if all(e.get(name) == value for name, value in wanted.items())]

    def wait_for_event(self, **wanted):
        return until(lambda: self.events(**wanted), f"an event with {wanted}")[0]

    def run(self, *command, **more):
        """Runs a client; returns what it did (returncode, stdout, stderr as text)."""
        more.setdefault("timeout", DEADLINE * 2)
        more.setdefault("encoding", "utf-8")
        more.setdefault("errors", "replace")
        if "input" not in more:
            more.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run([str(word) for word in command], capture_output=True, check=False, **more)


def added(letter, original):
    """The header fields that the office put before the original bytes; fails if those are not all there."""
    if not letter.endswith(original):
        raise Failed(f"the bytes of the letter changed:\nsent:\n{original!r}\nstored:\n{letter!r}")
    return letter[:len(letter) - len(original)]
