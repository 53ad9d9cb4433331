# SPDX-License-Identifier: MIT
"""stories.py: what is played for each trace of this folder. README.md tells what to look for in them.

A story is a function over an office (tests/clients/office.py). People are Alice at athens; Bob and Carol at sparta; Mallory is
nobody's friend and has no mailbox. `Talk` is a client without manners: it says what it is told, line by line, and waits for each
answer, so that a trace holds exactly the lines that are written here.
"""
import base64
import dataclasses
import hashlib
import hmac
import os
import pathlib
import re
import socket
import ssl
import sys
import typing

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "clients"))
from office import DEADLINE, Failed, Office, until  # noqa: E402
from postfix import Postfix, free_port  # noqa: E402

WORLD = """[office]
title = Two towns and a gateway
start = 2026-01-05T09:00:00Z
[host athens]
roles = smtp; submission; imap; pop3
[host gateway]
roles = smtp
relay = yes
[host sparta]
roles = smtp; submission; imap; pop3
%s[person alice]
at = athens
name = Alice
[person bob]
at = sparta
name = Bob
[person carol]
at = sparta
name = Carol
[mx athens.example]
gateway = 10
athens = 20
[mx sparta.example]
gateway = 10
sparta = 20
[route athens.example]
at = gateway
next-hop = athens
[route sparta.example]
at = gateway
next-hop = sparta
""".replace("%s", "")


@dataclasses.dataclass
class Story:
    name: str
    play: typing.Callable
    world: str = ""
    needs: tuple = ()
    smarthost: bool = False


STORIES = []


def story(name, world="", needs="", smarthost=False):
    """smarthost: Athens sends everything through a Postfix, which `play` is given too."""
    def mark(function):
        STORIES.append(Story(name, function, world, tuple(needs.split()), smarthost))
        return function
    return mark


def quiet(office):
    """Waits until nothing is open and no letter waits to be sent at once."""
    def still():
        events = office.events()
        opened = {e["session"] for e in events if e["kind"] == "connect"}
        closed = {e["session"] for e in events if e["kind"] == "close"}
        last = {}
        for e in events:
            if e["kind"] == "edge" and e["machine"] == "queue":
                last[e["host"], e["letter"]] = e["to"]
        busy = [state for state in last.values() if state in ("received", "queued", "routed", "sending")]
        return opened <= closed and not busy
    until(still, "an office at rest")


Office.wait_for_quiet = quiet


def b64(text):
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


class Talk:
    """One connection. say() sends a line and returns the answer, all its lines."""

    def __init__(self, office, host, role="smtp", greeting=True):
        self.office, self.role = office, role
        self.socket = socket.create_connection(office.ports[host, role], DEADLINE)
        self.file = self.socket.makefile("rb")
        self.tag = 0
        if greeting:
            self.answer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def line(self):
        line = self.file.readline()
        if not line.endswith(b"\n"):
            raise Failed(f"the server hung up after {line!r}")
        return line.decode("utf-8", "replace").rstrip("\r\n")

    def answer(self):
        """A whole answer: SMTP's lines to the one without a hyphen; one line of the others."""
        lines = [self.line()]
        while self.role in ("smtp", "submission") and lines[-1][3:4] == "-":
            lines.append(self.line())
        return lines

    def send(self, text):
        self.socket.sendall(text.encode() if isinstance(text, str) else text)

    def say(self, *lines):
        """Each line with CRLF, all in one go; then as many answers."""
        self.send("".join(line + "\r\n" for line in lines))
        return [self.answer() for _ in lines][-1]

    def letter(self, text):
        """The lines of a letter and the dot."""
        self.send(text.replace("\n", "\r\n") + ".\r\n")
        return self.answer()

    def start_tls(self, server):
        context = ssl.create_default_context(cafile=self.office.authority)
        context.check_hostname = False
        self.file.close()
        self.socket = context.wrap_socket(self.socket, server_hostname=server)
        self.file = self.socket.makefile("rb")

    def imap(self, command):
        """A tagged command; its untagged answers and the last line."""
        self.tag += 1
        self.send(f"a{self.tag} {command}\r\n")
        return self.until_tag()

    def until_tag(self):
        lines = []
        while True:
            lines.append(self.line())
            literal = re.search(r"\{(\d+)\}$", lines[-1])
            if literal:
                lines.append(self.file.read(int(literal[1])).decode("utf-8", "replace"))
            elif lines[-1].startswith(f"a{self.tag} "):
                return lines

    def to_dot(self):
        lines = []
        while not lines or lines[-1] != ".":
            lines.append(self.line())
        return lines

    def plain(self, person):
        return self.say("AUTH PLAIN " + b64(f"\0{person}\0glass"))


HEAD = "From: Alice <alice@athens.example>\nTo: Bob <bob@sparta.example>\nSubject: {}\n" \
       "Date: Mon, 05 Jan 2026 09:00:00 +0000\nMessage-ID: <{}@athens.example>\n"


def note(subject, word, text="Dear Bob,\n\nthe olives are ripe.\n\nAlice\n"):
    return HEAD.format(subject, word) + "\n" + text


def send(office, text, recipients=("bob@sparta.example",), sender="alice@athens.example", host="sparta"):
    """A letter straight to a town's daemon, one command at a time."""
    with Talk(office, host) as talk:
        talk.say("EHLO alice-laptop")
        talk.say(f"MAIL FROM:<{sender}>")
        for recipient in recipients:
            talk.say(f"RCPT TO:<{recipient}>")
        talk.say("DATA")
        talk.letter(text)
        talk.say("QUIT")


def submit(office, text, recipients=("bob@sparta.example",)):
    """Alice's mail program hands a letter to Athens, which must find the way."""
    with Talk(office, "athens", "submission") as talk:
        talk.say("EHLO alice-laptop")
        talk.plain("alice")
        talk.say("MAIL FROM:<alice@athens.example>")
        for recipient in recipients:
            talk.say(f"RCPT TO:<{recipient}>")
        talk.say("DATA")
        talk.letter(text)
        talk.say("QUIT")


def log_in(office, person="bob", role="imap"):
    talk = Talk(office, "sparta", role)
    if role == "imap":
        talk.imap(f"LOGIN {person} glass")
    else:
        talk.say(f"USER {person}")
        talk.say("PASS glass")
    return talk


# --- SMTP: the order of things ---

@story("01-first-letter")
def _(office):
    submit(office, note("The first letter", "first"))
    office.wait_for_letters("sparta", "bob", 1)


@story("02-out-of-order")
def _(office):
    with Talk(office, "sparta") as talk:
        talk.say("MAIL FROM:<alice@athens.example>")
        talk.say("EHLO alice-laptop")
        talk.say("RCPT TO:<bob@sparta.example>")
        talk.say("DATA")
        talk.say("MAIL FROM:<alice@athens.example>")
        talk.say("DATA")
        talk.say("MAIL FROM:<alice@athens.example>")
        talk.say("HOLA sparta")
        talk.say("RCPT TO:bob@sparta.example")
        talk.say("RSET")
        talk.say("QUIT")


@story("03-pipelining")
def _(office):
    with Talk(office, "sparta") as talk:
        talk.say("EHLO alice-laptop")
        talk.say("MAIL FROM:<alice@athens.example>", "RCPT TO:<bob@sparta.example>", "RCPT TO:<carol@sparta.example>", "DATA")
        talk.letter(note("All at once", "pipelining"))
        talk.say("QUIT")
    office.wait_for_letters("sparta", "carol", 1)


@story("04-two-recipients-one-bad")
def _(office):
    send(office, note("To two", "two"), ("bob@sparta.example", "nobody@sparta.example"))
    office.wait_for_letters("sparta", "bob", 1)


@story("05-blind-copy")
def _(office):
    send(office, note("A surprise for Bob", "blind"), ("bob@sparta.example", "carol@sparta.example"))
    office.wait_for_letters("sparta", "carol", 1)


@story("06-forged-from")
def _(office):
    forged = note("Send money", "forged").replace("the olives are ripe", "I lost my purse")
    send(office, forged, sender="mallory@nowhere.example")
    office.wait_for_letters("sparta", "bob", 1)


# --- store and forward ---

@story("07-bounce")
def _(office):
    submit(office, note("To nobody", "bounce"), ("nobody@sparta.example",))
    office.wait_for_letters("athens", "alice", 1)


@story("08-retry-and-delivery", world="""[retry]
intervals = 1s
[fault busy-sparta]
when = host = sparta and verb = RCPT and from = client
do = reply 451 4.3.2 Busy, come back later
times = 2
""")
def _(office):
    submit(office, note("Patience", "retry"))
    office.wait_for_letters("sparta", "bob", 1)


@story("09-loop")
def _(office):
    circles = "".join(f"Received: from sparta.example by athens.example; Mon, 05 Jan 2026 09:00:{n:02d} +0000\n"
                      f"Received: from athens.example by sparta.example; Mon, 05 Jan 2026 09:00:{n:02d} +0000\n" for n in range(16))
    send(office, circles + note("In circles", "loop"))


@story("10-line-cut-in-the-middle")
def _(office):
    talk = Talk(office, "sparta")
    with talk:
        talk.say("EHLO alice-laptop")
        talk.say("MAIL FROM:<alice@athens.example>")
        talk.say("RCPT TO:<bob@sparta.example>")
        talk.say("DATA")
        talk.send("From: Alice <alice@athens.example>\r\nSubject: Never whole\r\n\r\nDear Bob,\r\n\r\nthe ol")
        until(lambda: office.events(kind="edge", to="data"), "DATA")


# --- extensions ---

@story("11-starttls")
def _(office):
    with Talk(office, "sparta") as talk:
        talk.say("EHLO alice-laptop")
        talk.say("STARTTLS")
        talk.start_tls("sparta.example")
        talk.say("MAIL FROM:<alice@athens.example>")
        talk.say("EHLO alice-laptop")
        talk.say("MAIL FROM:<alice@athens.example>")
        talk.say("RCPT TO:<bob@sparta.example>")
        talk.say("DATA")
        talk.letter(note("Under seal", "starttls"))
        talk.say("QUIT")
    office.wait_for_letters("sparta", "bob", 1)


@story("12-auth-plain")
def _(office):
    with Talk(office, "sparta", "submission") as talk:
        talk.say("EHLO bob-phone")
        talk.say("MAIL FROM:<bob@sparta.example>")
        talk.say("AUTH PLAIN " + b64("\0bob\0wrong"))
        talk.say("AUTH PLAIN")
        talk.say(b64("\0bob\0glass"))
        talk.say("MAIL FROM:<bob@sparta.example>")
        talk.say("QUIT")


@story("13-auth-cram-md5")
def _(office):
    with Talk(office, "sparta", "submission") as talk:
        talk.say("EHLO bob-phone")
        challenge = base64.b64decode(talk.say("AUTH CRAM-MD5")[0][4:])
        talk.say(b64("bob " + hmac.new(b"glass", challenge, hashlib.md5).hexdigest()))
        talk.say("QUIT")


@story("14-auth-scram")
def _(office):
    with Talk(office, "sparta", "submission") as talk:
        talk.say("EHLO bob-phone")
        first = "n=bob,r=fyko+d2lbbFgONRv9qkxdawL"
        server = base64.b64decode(talk.say("AUTH SCRAM-SHA-256 " + b64("n,," + first))[0][4:]).decode()
        parts = dict(part.split("=", 1) for part in server.split(","))
        salted = hashlib.pbkdf2_hmac("sha256", b"glass", base64.b64decode(parts["s"]), int(parts["i"]))
        key = hmac.digest(salted, b"Client Key", "sha256")
        last = f"c=biws,r={parts['r']}"
        signature = hmac.digest(hashlib.sha256(key).digest(), f"{first},{server},{last}".encode(), "sha256")
        proof = bytes(a ^ b for a, b in zip(key, signature))
        talk.say(b64(f"{last},p={b64(proof)}"))
        talk.say("")
        talk.say("QUIT")


@story("15-dot-stuffing")
def _(office):
    send(office, note("Dots", "dots", "..a line that began with one dot\n...and one with two\n..\nthe line above held a dot alone\n"))
    office.wait_for_letters("sparta", "bob", 1)


@story("16-bdat")
def _(office):
    text = note("Counted, not ended", "bdat", "A dot alone\n.\nends nothing here.\n").replace("\n", "\r\n")
    first, second = text[:100], text[100:]
    with Talk(office, "sparta") as talk:
        talk.say("EHLO alice-laptop")
        talk.say("MAIL FROM:<alice@athens.example>")
        talk.say("RCPT TO:<bob@sparta.example>")
        talk.send(f"BDAT {len(first)}\r\n{first}")
        talk.answer()
        talk.send(f"BDAT {len(second)} LAST\r\n{second}")
        talk.answer()
        talk.say("QUIT")
    office.wait_for_letters("sparta", "bob", 1)


@story("17-smuggling-refused")
def _(office):
    hidden = "MAIL FROM:<boss@sparta.example>\r\nRCPT TO:<bob@sparta.example>\r\nDATA\r\nSubject: You are fired\r\n\r\nBoss\r\n"
    with Talk(office, "sparta") as talk:
        talk.say("EHLO mallory-pc")
        talk.say("MAIL FROM:<mallory@nowhere.example>")
        talk.say("RCPT TO:<bob@sparta.example>")
        talk.say("DATA")
        talk.send(f"Subject: Two letters in one\r\n\r\nHarmless\n.\r\n{hidden}.\r\n")
        talk.answer()
        talk.say("QUIT")


@story("18-greylist", world="""[fault greylist]
when = host = sparta and verb = RCPT
do = greylist
""")
def _(office):
    with Talk(office, "sparta") as talk:
        talk.say("EHLO alice-laptop")
        talk.say("MAIL FROM:<alice@athens.example>")
        talk.say("RCPT TO:<bob@sparta.example>")
        talk.say("QUIT")
    send(office, note("Once more", "greylist"))
    office.wait_for_letters("sparta", "bob", 1)


@story("19-smtputf8-bounce", world="""[host corinth]
roles = smtp
extensions-off = SMTPUTF8
""")
def _(office):
    with Talk(office, "athens", "submission") as talk:
        talk.say("EHLO alice-laptop")
        talk.plain("alice")
        talk.say("MAIL FROM:<alice@athens.example> SMTPUTF8")
        talk.say("RCPT TO:<böb@corinth.example>")
        talk.say("DATA")
        talk.letter(note("Grüße", "utf8").replace("Bob <bob@sparta.example>", "Böb <böb@corinth.example>"))
        talk.say("QUIT")
    office.wait_for_letters("athens", "alice", 1)


# --- reading ---

@story("20-imap-walk")
def _(office):
    send(office, note("One", "one"))
    send(office, note("Two", "two"))
    office.wait_for_letters("sparta", "bob", 2)
    with Talk(office, "sparta", "imap") as talk:
        talk.imap("CAPABILITY")
        talk.imap("SELECT INBOX")
        talk.imap("LOGIN bob wrong")
        talk.imap("LOGIN bob glass")
        talk.imap('LIST "" "*"')
        talk.imap("SELECT INBOX")
        talk.imap("FETCH 1:* (FLAGS UID ENVELOPE)")
        talk.imap("UID SEARCH SUBJECT Two")
        talk.imap("FETCH 2 BODY[]")
        talk.imap("STORE 1 +FLAGS (\\Flagged)")
        talk.imap("CREATE Kept")
        talk.imap("COPY 2 Kept")
        talk.imap("STORE 2 +FLAGS.SILENT (\\Deleted)")
        talk.imap("EXPUNGE")
        talk.imap("CLOSE")
        talk.imap("STATUS Kept (MESSAGES UNSEEN)")
        talk.imap("LOGOUT")


@story("21-two-imap-clients")
def _(office):
    for word in ("one", "two", "three"):
        send(office, note(word, word))
    office.wait_for_letters("sparta", "bob", 3)
    with log_in(office) as phone, log_in(office) as laptop:
        phone.imap("SELECT INBOX")
        laptop.imap("SELECT INBOX")
        laptop.imap("STORE 2 +FLAGS (\\Deleted)")
        laptop.imap("EXPUNGE")
        phone.imap("FETCH 3 FLAGS")
        phone.imap("NOOP")
        phone.imap("LOGOUT")
        laptop.imap("LOGOUT")


@story("22-idle")
def _(office):
    with log_in(office) as talk:
        talk.imap("SELECT INBOX")
        talk.tag += 1
        talk.send(f"a{talk.tag} IDLE\r\n")
        talk.line()
        send(office, note("While you wait", "idle"))
        while "EXISTS" not in talk.line():
            pass
        talk.send("DONE\r\n")
        talk.until_tag()
        talk.imap("LOGOUT")


@story("23-append-and-literals")
def _(office):
    draft = note("A draft", "draft").replace("\n", "\r\n")
    with Talk(office, "sparta", "imap") as talk:
        talk.send("a1 LOGIN {3}\r\n")
        talk.line()
        talk.send("bob {5+}\r\nglass\r\n")
        talk.tag = 1
        talk.until_tag()
        talk.imap("CREATE Drafts")
        talk.tag += 1
        talk.send(f"a{talk.tag} APPEND Drafts (\\Draft) {{{len(draft)}}}\r\n")
        talk.line()
        talk.send(draft + "\r\n")
        talk.until_tag()
        talk.tag += 1
        talk.send(f"a{talk.tag} APPEND Nowhere {{{len(draft)}+}}\r\n{draft}\r\n")
        talk.until_tag()
        talk.imap("LOGOUT")


@story("24-pop3-delete-at-quit")
def _(office):
    for word in ("one", "two"):
        send(office, note(word, word))
    office.wait_for_letters("sparta", "bob", 2)
    with log_in(office, role="pop3") as talk:
        talk.say("STAT")
        talk.say("LIST")
        talk.to_dot()
        talk.say("RETR 1")
        talk.to_dot()
        talk.say("DELE 1")
        talk.say("RETR 1")
    quiet(office)  # it hung up without QUIT: nothing is removed
    with log_in(office, role="pop3") as talk:
        talk.say("STAT")
        talk.say("DELE 1")
        talk.say("QUIT")


@story("25-mime-and-uuencode")
def _(office):
    picture = bytes(range(64)) * 3
    import binascii
    lines = [binascii.b2a_uu(picture[i:i + 45]).decode() for i in range(0, len(picture), 45)]
    send(office, note("The old way", "uuencode", "Look at this:\n\nbegin 644 olive.bin\n" + "".join(lines) + "`\nend\n"))
    mime = HEAD.format("The new way", "mime") + (
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=cut\n\n--cut\nContent-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n\nLook at this: Gr=C3=BC=C3=9Fe\n--cut\n"
        "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=olive.bin\n"
        "Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(picture).decode() + "--cut--\n")
    send(office, mime)
    office.wait_for_letters("sparta", "bob", 2)
    with log_in(office) as talk:
        talk.imap("SELECT INBOX")
        talk.imap("FETCH 1:2 BODYSTRUCTURE")
        talk.imap("FETCH 2 BODY[2]")
        talk.imap("LOGOUT")


# --- a stranger in between ---

@story("26-smarthost-postfix", smarthost=True)
def _(office, postfix):
    postfix.start({"sparta.example": office.port("sparta", "smtp")})
    submit(office, note("By way of a stranger", "smarthost"))
    office.wait_for_letters("sparta", "bob", 1)


@story("27-postfix-brings-it-back", smarthost=True)
def _(office, postfix):
    postfix.start({"sparta.example": office.port("sparta", "smtp"), "athens.example": office.port("athens", "smtp")})
    submit(office, note("To nobody, by way of a stranger", "brought-back"), ("nobody@sparta.example",))
    office.wait_for_letters("athens", "alice", 1)
