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
import tempfile

from office import until

MAIN = """compatibility_level = 3.6
queue_directory = {d}/queue
data_directory = {d}/data
command_directory = {commands}
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
myhostname = postfix.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
local_recipient_maps =
alias_maps =
alias_database =
transport_maps = inline:{{ {transport} }}
smtp_tls_security_level = may
maillog_file = {d}/log/maillog
maillog_file_prefixes = {d}
"""
SERVICES = """{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
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
        d.chmod(0o755)
        for name in ("queue", "data", "log"):
            (d / name).mkdir()
        shutil.chown(d / "data", "postfix")
        transport = ", ".join(f"{{ {domain} = smtp:[127.0.0.1]:{port} }}" for domain, port in routes.items())
        (d / "main.cf").write_text(MAIN.format(d=d, transport=transport, commands=ask("command_directory"),
                                               daemons=ask("daemon_directory")), encoding="utf-8")
        (d / "master.cf").write_text(SERVICES.format(port=f"127.0.0.1:{self.port}"), encoding="utf-8")
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
        log = self.folder / "log" / "maillog"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def stop(self):
        if self.process:
            subprocess.run(["postfix", "-c", str(self.folder), "stop"], check=False, capture_output=True, timeout=60)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def ask(name):
    return subprocess.run(["postconf", "-dh", name], check=True, capture_output=True, encoding="utf-8").stdout.strip()
