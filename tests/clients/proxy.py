# SPDX-License-Identifier: MIT
"""proxy.py: a `glasspost proxy` for a test, and what its trace says."""
import re
import signal
import subprocess

import witness
from office import DEADLINE, Failed, until


class Proxy:
    """`glasspost proxy` to a port, with a trace; its own port is `port`."""

    def __init__(self, office, to, *options):
        self.trace = office.folder / f"proxy-{to}.trace"
        self.process = subprocess.Popen([office.program, "proxy", "--listen", "0", "--to", f"127.0.0.1:{to}", "--trace", self.trace,
                                         "--quiet", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        encoding="utf-8")

    def __enter__(self):
        line = self.process.stderr.readline()
        found = re.match(r"listening on 127\.0\.0\.1:(\d+)", line)
        if not found:
            raise Failed(f"the proxy says: {line}{self.process.stderr.read()}")
        self.port = int(found[1])
        return self

    def __exit__(self, kind, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            said = self.process.communicate(timeout=DEADLINE)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        if kind is None and self.process.returncode:
            raise Failed(f"the proxy ended with status {self.process.returncode}: {said}")

    def events(self, **wanted):
        events = witness.read(self.trace) if self.trace.exists() else []
        return [e for e in events if all(e.get(name) == value for name, value in wanted.items())]

    def wait(self, **wanted):
        return until(lambda: self.events(**wanted), f"an event with {wanted} in the proxy's trace")

    def enter(self, line=""):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
