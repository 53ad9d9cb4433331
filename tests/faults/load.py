# SPDX-License-Identifier: MIT
"""load.py: many clients at work, what they were promised, and whether it was kept.

    with Load(office, ways=[TO_GATEWAY, SUBMIT, TO_TOWN]) as load:
        load.wait(20)              twenty letters were answered with 250
        …                          the fault
    load.check(office)             each of them is in Bob's mailbox, whole

A letter is made from its name alone, so that it can be judged wherever it is found.
"""
import base64
import collections
import random
import re
import socket
import threading
import zlib

from office import PASSWORD, Failed, until

BOB = "bob@sparta.example"
ALICE = "alice@athens.example"
STRANGER = "carol@far.example"
# A way: the host and role that take the letter. Those of Athens and the gateway pass it on to Sparta.
SUBMIT, TO_GATEWAY, TO_TOWN = ("athens", "submission"), ("gateway", "smtp"), ("sparta", "smtp")

# The built-in world with short intervals between tries.
QUICK = ("intervals = 5m, 15m, 30m, 1h, 2h, 4h\n", "intervals = 1s\n")


def make_letter(name):
    """The letter of that name: mostly small, one in forty so large that it is streamed to the disk."""
    seed = zlib.crc32(name.encode())
    size = 150_000 + seed % 300_000 if seed % 40 == 0 else seed % 9_000
    line = f"{name} says the same again and again.\r\n".encode()
    head = (f"From: <{ALICE}>\r\nTo: <{BOB}>\r\nSubject: {name}\r\nDate: Sat, 01 Feb 2025 10:00:00 +0000\r\n"
            f"Message-ID: <{name}@load.example>\r\n\r\n.. begins with two dots\r\n").encode()
    return head + line * (size // len(line) + 1) + f"end of {name}\r\n".encode()


class Closed(Exception):
    """The other side ended the connection."""


class Client:
    """A plain SMTP client that says what it is told."""

    def __init__(self, address, timeout=30, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:                        # the kernel reads no more than this for us
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.input.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def reply(self):
        """The next reply: its code and the text of its last line."""
        while True:
            line = self.input.readline()
            if not line.endswith(b"\n"):
                raise Closed
            if line[3:4] != b"-":
                return int(line[:3]), line[4:].decode(errors="replace").strip()

    def say(self, line):
        self.send(line.encode() + b"\r\n")
        return self.reply()

    def greet(self, submission=False):
        self.expect(220, self.reply())
        self.expect(250, self.say("EHLO client.example"))
        if submission:
            proof = base64.b64encode(f"\0alice\0{PASSWORD}".encode()).decode()
            self.expect(235, self.say(f"AUTH PLAIN {proof}"))
        return self

    @staticmethod
    def expect(code, reply):
        if reply[0] == 421:
            raise Closed("421")
        if reply[0] != code:
            raise Failed(f"a reply {code} was expected, not {reply}")
        return reply

    def letter(self, sender, to, letter):
        """One transaction; returns its last reply."""
        for line in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>"):
            code, text = self.say(line)
            if code != 250:
                return code, text
        code, text = self.say("DATA")
        if code != 354:
            return code, text
        self.send(re.sub(rb"(?m)^\.", b"..", letter) + b".\r\n")
        return self.reply()


class Load:
    def __init__(self, office, ways, prefix="letter", clients=2):
        self.office = office
        self.answered = {}                       # name → text of the 250
        self.codes = collections.Counter()       # of other answers
        self.stopping = False
        self.wrong = []
        self.changed = threading.Condition()
        self.threads = [threading.Thread(target=self.work, args=(way, f"{prefix}-{way[0]}{i}"), daemon=True)
                        for way in ways for i in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping = True
        for thread in self.threads:
            thread.join(60)
        if self.wrong:
            raise Failed("\n".join(self.wrong))

    def note(self, name, reply):
        with self.changed:
            if reply[0] == 250:
                self.answered[name] = reply[1]
            else:
                self.codes[reply[0]] += 1
            self.changed.notify_all()

    def work(self, way, prefix):
        count = 0
        sender = ALICE if way == SUBMIT else STRANGER
        while not self.stopping:
            try:
                with Client(self.office.ports[way]) as client:
                    client.greet(submission=way == SUBMIT)
                    for _ in range(random.randint(1, 40)):
                        if self.stopping:
                            break
                        count += 1
                        name = f"{prefix}-{count}"
                        reply = client.letter(sender, BOB, make_letter(name))
                        self.note(name, reply)
                        if reply[0] == 421:
                            raise Closed("421")
            except Closed as closed:
                self.note(None, (421 if closed.args else 0, ""))
                return
            except OSError:
                self.note(None, (0, ""))
                return
            except Failed as failed:
                self.wrong.append(f"{prefix}: {failed}")
                return

    def wait(self, count):
        """Waits until so many letters were answered with 250."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.answered) >= count or self.wrong, 60):
                raise Failed(f"{count} letters were not answered within 60 s: {len(self.answered)}, {self.codes}")

    def check(self, office, what="each letter answered with 250 is there, whole"):
        Arrivals(office).check(self.answered, what)


class Arrivals:
    """What is in Bob's mailbox: each file is read once."""

    NAME = re.compile(rb"^Subject: (.+)\r$", re.M)
    NUMBER = re.compile(rb"\bid L(\d+)-")

    def __init__(self, office):
        self.folder = office.maildir("sparta", "bob")
        self.seen = set()                         # files
        self.found = collections.Counter()        # name → how often
        self.numbers = {}                         # letter number → name
        self.wrong = []

    def look(self):
        for below in ("new", "cur"):
            for path in (self.folder / below).glob("*"):
                if path.name not in self.seen:
                    self.seen.add(path.name)
                    self.take(path.name, path.read_bytes())
        return self

    def take(self, file, letter):
        name = self.NAME.search(letter)
        if not name:
            self.wrong.append(f"{file} is torn: {letter[:300]!r}")
            return
        name = name[1].decode()
        if not letter.endswith(b"\r\n" + make_letter(name)):
            self.wrong.append(f"{file}: the letter {name} is torn, {len(letter)} bytes")
        self.found[name] += 1
        for number in self.NUMBER.findall(letter[:letter.find(b"\r\nFrom: ")]):
            owner = self.numbers.setdefault(int(number), name)
            if owner != name:
                self.wrong.append(f"letter number {int(number)} was given to {owner} and to {name}")

    def check(self, answered, what="each letter answered with 250 is there, whole"):
        """Waits for all of them. Letters whose answer was lost may be there too."""
        def missing():
            found = self.look().found
            return sorted(name for name in answered if name not in found)
        try:
            until(lambda: not missing(), what)
        except Failed as failed:
            lost = missing()
            if lost:
                raise Failed(f"{failed}\n{len(lost)} of {len(answered)} are missing: {lost[:20]}") from failed
        if self.wrong:
            raise Failed("\n".join(self.wrong[:20]))

    @property
    def duplicates(self):
        return sum(n - 1 for n in self.found.values())


class NextHop:
    """A next hop of our own making, which takes all it is given. It may be away, and come back to its port."""

    def __init__(self):
        self.letters = []
        self.listener = None
        self.address = ("127.0.0.1", 0)

    def open(self):
        self.listener = socket.create_server(self.address)
        self.address = self.listener.getsockname()
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()
        return self

    def close(self):
        if self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None

    def accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 far.example\r\n")
            for line in lines:
                verb = line[:4].upper().strip()
                connection.sendall({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(verb, b"250 fine\r\n"))
                if verb == b"QUIT":
                    return
                if verb == b"DATA":
                    letter = b"".join(iter(lines.readline, b".\r\n"))
                    self.letters.append(re.sub(rb"(?m)^\.", b"", letter))
                    connection.sendall(b"250 taken\r\n")
