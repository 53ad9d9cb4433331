# SPDX-License-Identifier: MIT
"""A real MTA both ways: Postfix sends to our gateway, and is the smarthost of a town. Argument: the program glasspost.

Each case has an office and a Postfix of its own, on loopback, with a private configuration that touches nothing
of the system's. Skipped where Postfix is not installed or this is not root (Postfix switches users).
"""
import email
import email.policy
import pathlib
import smtplib
import subprocess
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "docs"))
from cases import same, true  # noqa: E402
from office import PASSWORD, Failed, Office, added  # noqa: E402
from postfix import Postfix, free_port, missing  # noqa: E402
from proxy import Proxy  # noqa: E402
from tap import Tap  # noqa: E402

LETTER = ("From: {sender}\r\nTo: {to}\r\nSubject: both ways\r\nDate: Sat, 01 Feb 2025 10:00:00 +0000\r\n"
          "Message-ID: <{id}@example>\r\n\r\n.a dot\r\n..two\r\nbye\r\n")
ALICE, BOB, NOBODY = "alice@athens.example", "bob@sparta.example", "nobody@sparta.example"


def make_letter(sender, to, name):
    return LETTER.format(sender=sender, to=to, id=name).encode()


def received_by(letter):
    parsed = email.message_from_bytes(letter, policy=email.policy.default)
    fields = [str(field).split() for field in parsed.get_all("Received", [])]
    return [words[words.index("by") + 1] for words in fields]


def to_us(office, postfix):
    """Postfix → gateway → Sparta."""
    postfix.start({"sparta.example": office.port("gateway", "smtp")})
    sent = make_letter("carol@far.example", BOB, "one")
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=30) as client:
        client.sendmail("carol@far.example", [BOB], sent)
    letter = office.wait_for_letters("sparta", "bob", 1)[0]
    added(letter, sent)
    same(received_by(letter), ["sparta.example", "gateway.example", "postfix.example"], "the way it came")


def by_us(office, postfix):
    """Athens → Postfix as its smarthost → Sparta."""
    postfix.start({"sparta.example": office.port("sparta", "smtp")})
    sent = make_letter(ALICE, BOB, "two")
    submit(office, [BOB], sent)
    letter = office.wait_for_letters("sparta", "bob", 1)[0]
    added(letter, sent)
    same(received_by(letter), ["sparta.example", "postfix.example", "athens.example"], "the way it came")
    office.wait_for_event(kind="edge", machine="queue", host="athens", to="delivered")


def bounced(office, postfix):
    """What Sparta refuses to Postfix comes back to Alice: a letter of Postfix's, with our status in it."""
    postfix.start({"sparta.example": office.port("sparta", "smtp"), "athens.example": office.port("athens", "smtp")})
    submit(office, [NOBODY], make_letter(ALICE, NOBODY, "three"))
    letter = office.wait_for_letters("athens", "alice", 1)[0]
    true(b"Return-Path: <>" in letter, "the report has the null reverse-path")
    true(b"Status: 5.1.1" in letter, f"the report says 5.1.1:\n{letter.decode(errors='replace')}")


def through_the_proxy(office, postfix):
    """A client → proxy → Postfix → Sparta: a stranger's session has states too."""
    postfix.start({"sparta.example": office.port("sparta", "smtp")})
    sent = make_letter(ALICE, BOB, "four")
    with Proxy(office, postfix.port) as proxy:
        with smtplib.SMTP("127.0.0.1", proxy.port, timeout=30) as client:
            client.ehlo("reader")
            same(client.docmd("HOLA")[0] // 100, 5, "the class of Postfix's answer to HOLA")
            client.sendmail(ALICE, [BOB], sent)
        added(office.wait_for_letters("sparta", "bob", 1)[0], sent)
        proxy.wait(kind="close")
        seen = [(e["verb"], e["verdict"], e["to"]) for e in proxy.events(kind="edge")]
        same(seen, [("connect", "ok", "greeted"), ("EHLO", "ok", "ready"), ("unknown", "unknown", "ready"), ("MAIL", "ok", "mail"),
                    ("RCPT", "ok", "rcpt"), ("DATA", "more", "data"), ("end-of-data", "ok", "ready"), ("QUIT", "ok", "closed")],
             "the edges of Postfix")
        same([e for e in proxy.events(kind="edge") if "reason" in e], [], "steps that our table does not have")


def submit(office, to, letter):
    with smtplib.SMTP(*office.ports["athens", "submission"], timeout=30) as client:
        client.login("alice", PASSWORD)
        client.sendmail(ALICE, to, letter)


CASES = [("a letter from Postfix goes over the gateway to Sparta", to_us),
         ("a town sends through Postfix as its smarthost", by_us),
         ("what is refused behind the smarthost comes back as a report", bounced),
         ("a client's session with Postfix is followed through the proxy", through_the_proxy)]


def scenario(program, folder, port):
    """The built-in world, in which Athens has a smarthost."""
    text = subprocess.run([program, "serve", "--print-scenario"], check=True, capture_output=True, encoding="utf-8").stdout
    path = pathlib.Path(folder) / "world.scenario"
    path.write_text(text.replace("[host athens]\n", f"[host athens]\nsmarthost = 127.0.0.1:{port}\n"), encoding="utf-8")
    return path


def run(program, function):
    port = free_port()
    postfix = Postfix(port)
    try:
        with Office(program, scenario=scenario(program, postfix.folder, port)) as office:
            try:
                function(office, postfix)
            except Failed as error:
                raise Failed(f"{error}\nPostfix said:\n{postfix.said()[-3000:]}") from error
    finally:
        postfix.stop()


def main():
    tap = Tap()
    why_not = missing()
    for name, function in CASES:
        if why_not:
            tap.skip(name, why_not)
            continue
        try:
            run(sys.argv[1], function)
            tap.check(True, name)
        except (Failed, OSError, subprocess.SubprocessError, smtplib.SMTPException) as error:
            tap.check(False, name, str(error) or traceback.format_exc())
    tap.done()


if __name__ == "__main__":
    main()
