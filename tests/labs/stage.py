# SPDX-License-Identifier: MIT
"""stage.py: an office for a lab, and clients that hide nothing, for plays.py.

    with Stage(program, labs / "03-envelope-is-not-header") as stage:
        gateway = stage.smtp("gateway")
        gateway.do("EHLO reader")
        stage.answer("why", "envelope")

Whatever is done here goes over real sockets; the trace of it is what a student would hand in.
"""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients"))
from imap_wire import Wire                                    # noqa: E402
from office import DEADLINE, PASSWORD, Failed, Office, until  # noqa: E402


class Lines:
    """A connection of lines: SMTP and POP3."""

    def __init__(self, address, greeting=True):
        self.socket = socket.create_connection(address, DEADLINE)
        self.socket.settimeout(DEADLINE)
        self.file = self.socket.makefile("rb")
        self.greeting = self.reply() if greeting else ""

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        got = self.file.readline()
        if not got.endswith(b"\n"):
            raise Failed(f"the connection ended in {got!r}")
        return got.decode("latin-1").rstrip("\r\n")

    def close(self):
        self.file.close()
        self.socket.close()


class Smtp(Lines):
    def reply(self):
        lines = [self.line()]
        while lines[-1][3:4] == "-":
            lines.append(self.line())
        return "\n".join(lines)

    def do(self, command, code=None):
        """One command; fails unless the reply begins with `code`."""
        self.send(command.encode() + b"\r\n")
        reply = self.reply()
        if code and not reply.startswith(str(code)):
            raise Failed(f"{command}: expected {code}, got {reply}")
        return reply

    def envelope(self, sender, *recipients):
        self.do(f"MAIL FROM:<{sender}>", 250)
        for recipient in recipients:
            self.do(f"RCPT TO:<{recipient}>", 250)

    def letter(self, text, code=250):
        """DATA and the letter, its lines as they stand; the dot at the end is added."""
        self.do("DATA", 354)
        self.send(wire(text) + b".\r\n")
        reply = self.reply()
        if not reply.startswith(str(code)):
            raise Failed(f"the letter: expected {code}, got {reply}")
        return reply

    def quit(self):
        self.do("QUIT", 221)
        self.close()

    def tls(self, authority):
        import ssl
        self.do("STARTTLS", 220)
        context = ssl.create_default_context(cafile=authority)
        context.check_hostname = False
        self.socket = context.wrap_socket(self.socket)
        self.file = self.socket.makefile("rb")

    def scram(self, user, password):
        """AUTH SCRAM-SHA-256, RFC 7677, by hand."""
        nonce = base64.b64encode(os.urandom(12)).decode()
        bare = f"n={user},r={nonce}"
        first = self.do("AUTH SCRAM-SHA-256 " + b64(f"n,,{bare}"), 334)
        server = base64.b64decode(first[4:]).decode()
        part = dict(item.split("=", 1) for item in server.split(","))
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(part["s"]), int(part["i"]))
        client = hmac.digest(salted, b"Client Key", "sha256")
        final = f"c=biws,r={part['r']}"
        signed = hmac.digest(hashlib.sha256(client).digest(), f"{bare},{server},{final}".encode(), "sha256")
        proof = base64.b64encode(bytes(a ^ b for a, b in zip(client, signed))).decode()
        if self.do("AUTH".replace("AUTH", "") + b64(f"{final},p={proof}")).startswith("334"):
            self.do("", 235)


class Pop3(Lines):
    def reply(self):
        return self.line()

    def do(self, command, lines=False):
        self.send(command.encode() + b"\r\n")
        got = [self.line()]
        if not got[0].startswith("+OK"):
            raise Failed(f"{command}: {got[0]}")
        while lines and got[-1] != ".":
            got.append(self.line())
        return got


def b64(text):
    return base64.b64encode(text.encode("latin-1")).decode()


def wire(text):
    """A text of a play with the line endings of the wire."""
    return text.strip("\n").replace("\n", "\r\n").encode() + b"\r\n"


class Stage(Office):
    def __init__(self, program, lab, **changes):
        self.lab = pathlib.Path(lab)
        start = self.lab / "start.office"
        super().__init__(program, scenario=start if start.exists() else None)
        self.changes = changes

    def __enter__(self):
        if self.changes and self.scenario:
            # Ports that the lab fixes for people are changed to free ones, so that plays can run beside each other.
            folder = self.folder / "lab"
            shutil.copytree(self.lab, folder)
            self.scenario = folder / "start.office"
            text = self.scenario.read_text(encoding="utf-8")
            for old, new in self.changes.items():
                text = text.replace(old, str(new))
            self.scenario.write_text(text, encoding="utf-8")
        super().__enter__()
        self.ask(f"lab {self.lab.name} start 1 Alice")
        return self

    def ask(self, intent):
        """An intent over the control socket; returns the answer's objects."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(DEADLINE)
            control.connect(str(self.store / "control"))
            control.sendall(intent.encode() + b"\n")
            answer = []
            for line in control.makefile("rb"):
                said = json.loads(line)
                if "error" in said:
                    raise Failed(f"{intent}: {said['error']}")
                if said.get("done"):
                    return answer
                answer.append(said)
        raise Failed(f"{intent}: no answer")

    def answer(self, question, text):
        self.ask(f"lab {self.lab.name} answer {question} {text}")

    def smtp(self, host, role="smtp", hello="reader"):
        client = Smtp(self.ports[host, role])
        if hello:
            client.do(f"EHLO {hello}", 250)
        return client

    def imap(self, user="bob", host="sparta"):
        return Wire(self.ports[host, "imap"], user)

    def pop3(self, user="bob", host="sparta"):
        client = Pop3(self.ports[host, "pop3"])
        client.do(f"USER {user}")
        client.do(f"PASS {PASSWORD}")
        return client

    def submit(self, sender, recipients, text, host="athens"):
        """Hands a letter in as its writer's program does."""
        client = self.smtp(host, "submission")
        client.do("AUTH PLAIN " + b64(f"\0{sender.split('@')[0]}\0{PASSWORD}"), 235)
        client.envelope(sender, *recipients)
        client.letter(text)
        client.quit()

    def keep(self, path):
        """Ends the office and keeps its trace."""
        self.stop()
        shutil.copyfile(self.trace_path, path)
