# SPDX-License-Identifier: MIT
"""postfix.py: a real MTA for a test or a story: Postfix on loopback, with a configuration and a queue of its own.

    port = free_port()
    with Postfix(port) as postfix:
        postfix.start({"sparta.example": office.port("sparta", "smtp")})

Nothing of the system's is touched. It needs root, because Postfix switches users.
"""
import os
import pathlib
import random
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile

from office import until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import postfix_folder  # noqa: E402

MAIN = """myhostname = postfix.example
transport_maps = inline:{{ {transport} }}
smtp_tls_security_level = may
"""


def missing():
    """Why there can be no Postfix here; None if there can."""
    return "Postfix is not installed" if not shutil.which("postfix") else "Postfix needs root" if os.getuid() else None


def free_port():
    """A port for Postfix, which cannot be told to take what the kernel chooses. It is below the range the
    kernel chooses from: other tests that run meanwhile get theirs from there and never meet this one."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Postfix:
    """An instance of its own in a folder that goes away. `routes`: domain → port on loopback."""

    def __init__(self, port):
        self.port = port
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="postfix-"))
        self.process = None

    def start(self, routes):
        d = self.folder
        transport = ", ".join(f"{{ {domain} = smtp:[127.0.0.1]:{port} }}" for domain, port in routes.items())
        postfix_folder.fill(d, self.port, MAIN.format(transport=transport))
        self.process = subprocess.Popen(["postfix", "-c", str(d), "start-fg"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        until(self.answers, f"Postfix on port {self.port}\n{self.said()}")

    def answers(self):
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as client:
                return client.noop()[0] == 250
        except OSError:
            return False

    def said(self):
        return postfix_folder.log(self.folder)

    def stop(self):
        if self.process:
            subprocess.run(["postfix", "-c", str(self.folder), "stop"], check=False, capture_output=True, timeout=60)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
