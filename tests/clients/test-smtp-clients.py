# SPDX-License-Identifier: MIT
"""Real SMTP clients against a served office: what they send arrives, byte for byte, or is refused as it should."""
import base64
import email
import email.policy
import json
import re
import smtplib
import socket
import ssl
import threading

from cases import case, main, same, skip, true, well
from office import PASSWORD, Failed, added, until

ALICE, BOB, CAROL = "alice@athens.example", "bob@sparta.example", "carol@sparta.example"
LETTER = (
    "Date: Sat, 01 Feb 2025 10:00:00 +0100\r\n"
    "From: Alice <alice@athens.example>\r\n"
    "To: Bob <bob@sparta.example>\r\n"
    "Subject: A letter\r\n with a folded subject\r\n"
    "Message-ID: <{id}@athens.example>\r\n"
    "X-Odd:    spaces   kept  \r\n"
    "\r\n"
    "Dear Bob,\r\n"
    "\r\n"
    ".a line that begins with a dot\r\n"
    ".\t\r\n"
    "..\r\n"
    "trailing spaces  \r\n"
    "\r\n"
    "Alice\r\n")


def letter(name, extra=""):
    return (LETTER.replace("{id}", name) + extra).encode()


def submission(office, user="alice", tls=False):
    """A session with Athens' submission port, logged in."""
    client = smtplib.SMTP(*office.ports["athens", "submission"], timeout=30)
    if tls:
        client.starttls(context=ssl.create_default_context(cafile=office.authority))
    client.login(user, PASSWORD)
    return client


def arrived(office, sent, host="sparta", person="bob"):
    """The one letter of a mailbox is the one that was sent; returns what was put before it."""
    letters = office.wait_for_letters(host, person, 1)
    same(len(letters), 1, "the number of letters")
    return added(letters[0], sent)


def refused(call, code):
    try:
        call()
    except smtplib.SMTPResponseException as error:
        same(error.smtp_code, code, "the reply")
    except smtplib.SMTPRecipientsRefused as error:
        same([c for c, _ in error.recipients.values()], [code], "the replies")
    else:
        raise Failed(f"it was accepted, not refused with {code}")


# --- from Alice to Bob ---

@case("a letter goes from Alice over the gateway to Bob's Maildir, byte for byte")
def _(office):
    sent = letter("one")
    with submission(office) as client:
        client.sendmail(ALICE, [BOB], sent)
    head = arrived(office, sent).decode()
    fields = re.findall(r"^([\w-]+):", head, re.M)
    same(fields, ["Return-Path", "Received", "Received", "Received"], "what the office added")
    true(head.startswith(f"Return-Path: <{ALICE}>\r\n"), head)
    hops = re.findall(r"by (?:mail\.)?(\w+)\.example", head)
    same(hops, ["sparta", "gateway", "athens"], "the hops, newest first")


@case("the trace tells the letter's life, hop by hop, under one number")
def _(office):
    with submission(office) as client:
        client.sendmail(ALICE, [BOB], letter("life"))
    office.wait_for_letters("sparta", "bob", 1)
    office.wait_for_event(kind="mailbox", host="sparta")
    lookups = office.events(kind="lookup", domain="sparta.example")
    true(lookups and "gateway.example" in lookups[0]["answer"], f"the zone was asked: {lookups}")
    for host in ("athens", "gateway"):
        until(lambda h=host: office.events(kind="edge", machine="queue", host=h, to="delivered"),
              f"the queue of {host} has delivered it")
    letters = {e["letter"] for e in office.events(kind="letter")}
    same(len(letters), 1, "the letter's number through its life")


@case("an event's cause is there before it")
def _(office):
    with submission(office) as client:
        client.sendmail(ALICE, [BOB], letter("cause"))
    office.wait_for_letters("sparta", "bob", 1)
    office.stop()
    events = office.events()
    true(len(events) > 30, f"only {len(events)} events")
    numbers = [e["n"] for e in events]
    same(numbers, list(range(len(numbers))), "the numbers of the events")
    for event in events:
        true(event.get("cause", -1) < event["n"], f"{event} comes before its cause")


@case("one letter to two people of a town is one transaction there")
def _(office):
    sent = letter("two")
    with submission(office) as client:
        client.sendmail(ALICE, [BOB, CAROL], sent)
    arrived(office, sent)
    arrived(office, sent, person="carol")
    office.stop()
    mails = office.events(kind="edge", machine="smtp-server", host="sparta", verb="MAIL", verdict="ok")
    same(len(mails), 1, "the transactions at Sparta")


@case("several letters over one connection")
def _(office):
    with submission(office) as client:
        for i in range(20):
            client.sendmail(ALICE, [BOB], letter(f"many-{i}"))
    letters = office.wait_for_letters("sparta", "bob", 20)
    names = sorted(re.search(rb"<many-(\d+)@", text)[1] for text in letters)
    same(len(set(names)), 20, "the different letters")


@case("a letter to a person of the same town is delivered there")
def _(office):
    sent = letter("home")
    with smtplib.SMTP(*office.ports["sparta", "smtp"], timeout=30) as client:
        client.sendmail("mallory@far.example", [BOB], sent)
    same(re.findall(r"^([\w-]+):", arrived(office, sent).decode(), re.M), ["Return-Path", "Received"])


@case("an 8-bit letter and UTF-8 addresses pass unchanged")
def _(office):
    sent = letter("utf8", "Grüße, ξ, 日本\r\n")
    with submission(office) as client:
        client.sendmail(ALICE, [BOB], sent, mail_options=["BODY=8BITMIME", "SMTPUTF8"])
    arrived(office, sent)


@case("a letter of 5 MB passes unchanged")
def _(office):
    sent = letter("big", ("x" * 76 + "\r\n") * 67000)
    with submission(office) as client:
        client.sendmail(ALICE, [BOB], sent)
    arrived(office, sent)


@case("submission adds the Date and Message-ID that are missing, and says so")
def _(office):
    sent = b"From: alice@athens.example\r\nBcc: carol@sparta.example\r\nSubject: bare\r\n\r\nhello\r\n"
    with submission(office) as client:
        client.sendmail(ALICE, [BOB], sent)
    text = office.wait_for_letters("sparta", "bob", 1)[0]
    true(text.endswith(sent), "what the client sent, Bcc and all, is kept")
    message = email.message_from_bytes(text)
    true(message["Date"] and message["Message-ID"], f"Date and Message-ID are there: {message.keys()}")
    until(lambda: any("Message-ID" in e.get("added", "") for e in office.events(kind="letter")),
          "the trace says what was added")


# --- what is refused ---

@case("submission wants a login first")
def _(office):
    with smtplib.SMTP(*office.ports["athens", "submission"], timeout=30) as client:
        client.ehlo()
        same(client.mail(ALICE)[0], 530, "the reply to MAIL")
    done = office.run(office.program, "send", "--server", "%s:%d" % office.ports["athens", "submission"], "--from", ALICE,
                      "--to", BOB, input="Subject: x\n\nx\n")
    same(done.returncode, 1, "the exit status of send")
    true("--auth USER:PASSWORD" in done.stderr, f"send names the cure, not {done.stderr!r}")


@case("send says what to do when TLS is wanted where there is none yet")
def _(office):
    done = office.run(office.program, "send", "--tls", "implicit", "--server", "%s:%d" % office.ports["sparta", "smtp"],
                      "--from", ALICE, "--to", BOB, input="Subject: x\n\nx\n")
    same(done.returncode, 1, "the exit status of send")
    true("try --tls starttls" in done.stderr, f"send names the cure, not {done.stderr!r}")


@case("a wrong password is refused")
def _(office):
    with smtplib.SMTP(*office.ports["athens", "submission"], timeout=30) as client:
        refused(lambda: client.login("alice", "wood"), 535)
    true(office.wait_for_event(kind="auth")["result"] != "ok", "the trace says that she was refused")


@case("nobody relays for a stranger")
def _(office):
    with smtplib.SMTP(*office.ports["sparta", "smtp"], timeout=30) as client:
        refused(lambda: client.sendmail("mallory@far.example", ["carol@else.example"], letter("relay")), 550)


@case("a person who is not there is refused at once where she would live")
def _(office):
    with smtplib.SMTP(*office.ports["sparta", "smtp"], timeout=30) as client:
        refused(lambda: client.sendmail(ALICE, ["nobody@sparta.example"], letter("nobody")), 550)


@case("a letter to nobody comes back as a report that another library can read")
def _(office):
    with submission(office) as client:
        client.sendmail(ALICE, ["nobody@sparta.example"], letter("bounce"))
    report = email.message_from_bytes(office.wait_for_letters("athens", "alice", 1)[0], policy=email.policy.default)
    same(report.get_content_type(), "multipart/report")
    same(report.get_param("report-type"), "delivery-status")
    same(report["Return-Path"], "<>", "its reverse-path")
    status = [part for part in report.walk() if part.get_content_type() == "message/delivery-status"]
    same(len(status), 1, "the delivery-status parts")
    fields = {name.lower(): value for block in status[0].get_payload() for name, value in block.items()}
    true("nobody@sparta.example" in fields["final-recipient"], fields)
    same(fields["action"], "failed")
    true(fields["status"].startswith("5."), fields)


@case("a line feed alone within a letter is refused, and no second letter comes of it")
def _(office):
    smuggled = (b"From: a@far.example\r\n\r\nhello\n.\nMAIL FROM:<x@far.example>\r\n")
    with socket.create_connection(office.ports["sparta", "smtp"], timeout=30) as peer:
        lines = peer.makefile("rwb")
        lines.readline()
        for command in (b"HELO c.example", b"MAIL FROM:<mallory@far.example>", b"RCPT TO:<bob@sparta.example>", b"DATA"):
            lines.write(command + b"\r\n")
            lines.flush()
            reply = lines.readline()
        true(reply.startswith(b"354"), reply)
        lines.write(smuggled + b".\r\nNOOP\r\nQUIT\r\n")
        lines.flush()
        same([lines.readline()[:3] for _ in range(3)], [b"550", b"250", b"221"], "the replies")
    same(office.letters("sparta", "bob"), [], "Bob's letters")


@case("a command that ends in a line feed alone is taken, and the trace says so")
def _(office):
    with socket.create_connection(office.ports["sparta", "smtp"], timeout=30) as peer:
        lines = peer.makefile("rwb")
        lines.readline()
        lines.write(b"HELO c.example\nQUIT\n")
        lines.flush()
        same([lines.readline()[:3] for _ in range(2)], [b"250", b"221"], "the replies")
    until(lambda: len(office.events(kind="line", ending="lf")) == 2, "two lines that ended so in the trace")


# --- other clients ---

@case("curl sends over STARTTLS, checking the certificate", needs="curl")
def _(office):
    sent = letter("curl")
    path = office.folder / "letter.eml"
    path.write_bytes(sent)
    well(office.run("curl", "-sS", "--ssl-reqd", "--cacert", office.authority, "--user", f"alice:{PASSWORD}",
                    "--url", office.url("smtp", "athens", "submission") + "/client.example", "--mail-from", ALICE,
                    "--mail-rcpt", BOB, "--upload-file", path))
    true(b"ESMTPSA" in arrived(office, sent), "Received says that it was encrypted and authenticated")


for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5"):
    @case(f"swaks logs in with {mechanism}", needs="swaks")
    def _(office, mechanism=mechanism):
        sent = letter("swaks")
        path = office.folder / "letter.eml"
        path.write_bytes(sent)
        done = well(office.run("swaks", "--server", "127.0.0.1", "--port", office.port("athens", "submission"),
                               "--auth", mechanism, "--auth-user", "alice", "--auth-password", PASSWORD,
                               "--from", ALICE, "--to", BOB, "--data", f"@{path}"))
        true("235" in done.stdout, done.stdout)
        # swaks ends what it sends with a line of its own
        text = office.wait_for_letters("sparta", "bob", 1)[0]
        true(sent in text, text)


@case("swaks logs in and sends over STARTTLS", needs="swaks")
def _(office):
    sent = letter("swaks-tls")
    path = office.folder / "letter.eml"
    path.write_bytes(sent)
    done = office.run("swaks", "--server", "127.0.0.1", "--port", office.port("athens", "submission"), "--tls",
                      "--tls-verify", "--tls-ca-path", office.authority, "--auth", "PLAIN", "--auth-user", "alice",
                      "--auth-password", PASSWORD, "--from", ALICE, "--to", BOB, "--data", f"@{path}")
    if "Net::SSLeay" in done.stdout + done.stderr:
        skip("swaks has no TLS here: libnet-ssleay-perl is missing")
    well(done)
    true("TLS started" in done.stdout, done.stdout)
    true(sent in office.wait_for_letters("sparta", "bob", 1)[0], "the letter as it was sent")


for mechanism in ("plain", "scram-sha-256"):
    @case(f"msmtp sends with {mechanism} over STARTTLS", needs="msmtp")
    def _(office, mechanism=mechanism):
        sent = letter("msmtp")
        host, port = office.ports["athens", "submission"]
        well(office.run("msmtp", "-C", "/dev/null", f"--host={host}", f"--port={port}", "--auth=" + mechanism,
                        "--user=alice", f"--passwordeval=echo {PASSWORD}", "--tls=on", "--tls-starttls=on",
                        f"--tls-trust-file={office.authority}", f"--from={ALICE}", BOB,
                        input=sent.decode().replace("\r\n", "\n")))
        arrived(office, sent)


@case("openssl trusts the certificate and speaks within", needs="openssl")
def _(office):
    host, port = office.ports["sparta", "smtp"]
    done = well(office.run("openssl", "s_client", "-connect", f"{host}:{port}", "-starttls", "smtp", "-CAfile",
                           office.authority, "-verify_return_error", "-verify_ip", "127.0.0.1", "-crlf", "-ign_eof",
                           input="EHLO c.example\nQUIT\n"))
    true("Verify return code: 0 (ok)" in done.stdout, done.stdout)
    true("\n221 " in done.stdout.replace("\r", ""), done.stdout)


@case("what was said in the clear behind STARTTLS is thrown away")
def _(office):
    with socket.create_connection(office.ports["sparta", "smtp"], timeout=30) as peer:
        lines = peer.makefile("rb")
        lines.readline()
        peer.sendall(b"EHLO c.example\r\n")
        while lines.readline()[3:4] == b"-":
            pass
        peer.sendall(b"STARTTLS\r\nMAIL FROM:<mallory@far.example>\r\n")
        true(lines.readline().startswith(b"220"), "STARTTLS is answered with 220")
        context = ssl.create_default_context(cafile=office.authority)
        with context.wrap_socket(peer, server_hostname="127.0.0.1") as tls:
            tls.sendall(b"NOOP\r\nQUIT\r\n")
            answers = b""
            while data := tls.recv(1000):
                answers += data
    same([line[:3] for line in answers.splitlines()], [b"250", b"221"], "the replies within TLS")


@case("smtplib logs in with CRAM-MD5, PLAIN and LOGIN over TLS")
def _(office):
    for mechanism in ("auth_cram_md5", "auth_plain", "auth_login"):
        with smtplib.SMTP(*office.ports["athens", "submission"], timeout=30) as client:
            client.starttls(context=ssl.create_default_context(cafile=office.authority))
            client.ehlo()
            client.user, client.password = "alice", PASSWORD
            name = mechanism[5:].replace("_", "-").upper()
            same(client.auth(name, getattr(client, mechanism))[0], 235, mechanism)


@case("chunks (BDAT) make one letter, whatever bytes they are cut at")
def _(office):
    sent = letter("bdat")
    with submission(office) as client:
        client.mail(ALICE, [f"SIZE={len(sent)}"])
        client.rcpt(BOB)
        for start in range(0, len(sent), 50):
            chunk = sent[start:start + 50]
            last = " LAST" if start + 50 >= len(sent) else ""
            client.send(f"BDAT {len(chunk)}{last}\r\n".encode() + chunk)
            same(client.getreply()[0], 250, "the reply to BDAT")
    arrived(office, sent)


@case("a letter in chunks that ends within a line gets its last CR LF on the way, and the trace says so")
def _(office):
    sent = letter("within") + b"no end"
    with submission(office) as client:
        client.ehlo()
        client.mail(ALICE)
        client.rcpt(BOB)
        client.send(b"BDAT %d LAST\r\n" % len(sent) + sent)
        same(client.getreply()[0], 250, "BDAT")
    arrived(office, sent + b"\r\n")
    notes = [event["text"] for event in office.events(kind="note", host="athens", added="\r\n")]
    same(len(notes), 1, "the notes of added bytes")
    true("RFC 5321 §4.1.1.4" in notes[0], notes[0])


@case("commands in a row (PIPELINING) are answered in a row")
def _(office):
    sent = letter("pipeline")
    with submission(office) as client:
        client.send(f"MAIL FROM:<{ALICE}>\r\nRCPT TO:<{BOB}>\r\nRCPT TO:<nobody@athens.example>\r\nDATA\r\n")
        same([client.getreply()[0] for _ in range(4)], [250, 250, 550, 354], "the replies")
        client.send(sent.replace(b"\r\n.", b"\r\n..") + b".\r\nNOOP\r\n")
        same([client.getreply()[0] for _ in range(2)], [250, 250], "the replies")
    arrived(office, sent)


@case("a letter that is answered with 250 is there after a restart")
def _(office):
    sent = letter("restart")
    with submission(office) as client:
        client.sendmail(ALICE, [BOB], sent)
    office.stop()
    office.start()
    arrived(office, sent)


HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@case("an address that turns the writing or commands the terminal is shown, not obeyed, by queue and queue --json")
def _(office):
    well(office.run(office.program, "ask", "--store", office.store, "host", "down", "gateway"))
    well(office.run(office.program, "ask", "--store", office.store, "host", "down", "sparta"))
    with submission(office) as client:
        client.ehlo()
        client.mail(ALICE, ["SMTPUTF8"])
        same(client.rcpt("b\u202e\x9b31m@sparta.example")[0], 250, "RCPT")
        same(client.data(letter("turned"))[0], 250, "DATA")
    office.wait_for_event(kind="queue", state="deferred")
    for words in ([], ["--json"]):
        shown = well(office.run(office.program, "queue", "--store", office.store, *words)).stdout
        true("sparta.example" in shown and not HARMFUL.search(shown), f"harmless, not {shown!r}")
    same(json.loads(shown)["recipients"], ["b\u202e\x9b31m@sparta.example"], "the address, exactly")


@case("a server's words cannot act on the terminal of send --verbose, nor on that of its complaint")
def _(office):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve():
            with listener.accept()[0] as peer:
                peer.sendall("554 no \x9b31m \u202e \x1b[2J\r\n".encode())
                peer.recv(100)
        thread = threading.Thread(target=serve)
        thread.start()
        done = office.run(office.program, "send", "--server", "127.0.0.1:%d" % listener.getsockname()[1], "--from", ALICE,
                          "--to", BOB, "--verbose", input="Subject: x\n\nx\n")
        thread.join()
    same(done.returncode, 1, "the exit status")
    true("<- 554 no" in done.stdout and "554" in done.stderr, "both say what the server said")
    for shown in (done.stdout, done.stderr):
        true(not HARMFUL.search(shown), f"harmless, not {shown!r}")


@case("a follower of the trace that stops reading is let go")
def _(office):
    follower = socket.socket(socket.AF_UNIX)
    follower.settimeout(30)
    follower.connect(str(office.store / "control"))
    follower.sendall(b"trace 0\n")
    with socket.create_connection(office.ports["sparta", "smtp"], 30) as peer, peer.makefile("rb") as replies:
        replies.readline()
        for _ in range(100):
            peer.sendall(b"HELP\r\n" * 1000)
            for _ in range(3000):
                replies.readline()
    while follower.recv(65536):
        pass
    follower.close()


class NextHop(threading.Thread):
    """A server outside of the office that takes one letter."""
    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = "127.0.0.1:{}".format(self.listener.getsockname()[1])
        self.commands = []
        self.start()

    def run(self):
        peer, _ = self.listener.accept()
        with peer, peer.makefile("rwb") as stream:
            def say(text):
                stream.write(text.encode() + b"\r\n")
                stream.flush()
            say("220 outside.example")
            for line in stream:
                self.commands.append(line.decode().strip())
                if line.startswith(b"EHLO"):
                    say("250-outside.example\r\n250-8BITMIME\r\n250 DSN")
                elif line == b"DATA\r\n":
                    say("354 go on")
                    while stream.readline() != b".\r\n":
                        pass
                    say("250 taken")
                else:
                    say("250 ok")


@case("a letter's bytes are in the trace once, over both hops and beyond")
def _(office):
    hop = NextHop()
    world = office.run(office.program, "serve", "--print-scenario").stdout
    office.stop()
    office.scenario = office.folder / "world.office"
    office.scenario.write_text(world + f"\n[route corinth.example]\nat = gateway\nnext-hop = {hop.endpoint}\n"
                                       "[mx corinth.example]\ngateway = 10\n", encoding="utf-8")
    office.start()
    with submission(office) as client:
        client.sendmail(ALICE, [BOB, "carol@corinth.example"], letter("once"), ["ENVID=e+3D1", "RET=HDRS"],
                        ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;someone@else.example"])
    office.wait_for_letters("sparta", "bob", 1)
    until(lambda: "DATA" in hop.commands and len(office.events(kind="queue", state="delivered")) >= 2, "both deliveries")
    mine = [e for e in office.events(kind="data") if e["letter"] == office.events(kind="letter")[0]["letter"]]
    same(sum("text" in e or "text*" in e for e in mine), 1, "the number of data events with bytes")
    true(len(mine) >= 4, "each hop has a data event")
    mail = [c for c in hop.commands if c.startswith("MAIL")][0]
    rcpt = [c for c in hop.commands if c.startswith("RCPT")][0]
    true("ENVID=e+3D1" in mail and "RET=HDRS" in mail, f"MAIL passes ENVID and RET on: {mail}")
    true("NOTIFY=SUCCESS,FAILURE" in rcpt and "ORCPT=rfc822;someone@else.example" in rcpt,
         f"RCPT passes NOTIFY and ORCPT on: {rcpt}")


@case("who ends its side behind QUIT, as nc does, still hears that the letter is safe")
def _(office):
    commands = b"EHLO x\r\nMAIL FROM:<a@far.example>\r\nRCPT TO:<bob@sparta.example>\r\n"
    for command in (b"DATA\r\n" + b"\r\n".join(letter("half").splitlines()) + b"\r\n.\r\n", b"BDAT 8 LAST\r\n\r\nbody\r\n"):
        with socket.create_connection(office.ports["sparta", "smtp"], timeout=30) as client:
            client.sendall(commands + command + commands[8:] + command + b"QUIT\r\n")
            client.shutdown(socket.SHUT_WR)
            said = b"".join(iter(lambda: client.recv(65536), b"")).decode()
        same([line[:9] for line in said.splitlines() if "is safe" in line or line.startswith("221")],
             ["250 2.0.0", "250 2.0.0", "221 2.0.0"], "the answers")


@case("VRFY knows the postmaster and lists; an alias of one is delivered to, an alias of several is expanded",
      scenario="[host sparta]\n[person bob]\nat = sparta\n[person carol]\nat = sparta\n"
               "[alias friends@sparta.example]\nmembers = bob; carol\n[alias bobby@sparta.example]\nmembers = bob\n")
def _(office):
    with smtplib.SMTP(*office.ports["sparta", "submission"], timeout=30) as client:
        client.login("carol", PASSWORD)
        same(client.verify("postmaster")[0], 250, "the reply to VRFY postmaster")
        same(client.verify("friends"), (250, b"2.1.5 <friends@sparta.example>"), "the reply to VRFY friends")
        same(client.verify("nobody")[0], 550, "the reply to VRFY nobody")
        client.sendmail("carol@sparta.example", ["friends@sparta.example", "bobby@sparta.example"], letter("list"), [],
                        ["NOTIFY=SUCCESS"])
    letters = office.wait_for_letters("sparta", "carol", 3)
    reports = [m.get_payload(1).get_payload()[1] for m in map(email.message_from_bytes, letters) if m.is_multipart()]
    same(sorted((r["Final-Recipient"], r["Action"], r["Status"]) for r in reports),
         [("rfc822; bobby@sparta.example", "delivered", "2.0.0"), ("rfc822; friends@sparta.example", "expanded", "2.0.0")],
         "the reports")


@case("behind an alias of several the sender hears of failures only, and a member elsewhere is told so")
def _(office):
    hop = NextHop()
    world = office.run(office.program, "serve", "--print-scenario").stdout
    office.stop()
    office.scenario = office.folder / "world.office"
    office.scenario.write_text(world + "\n[alias everybody@athens.example]\nmembers = alice; carol@corinth.example\n"
                                       f"[route corinth.example]\nat = gateway\nnext-hop = {hop.endpoint}\n"
                                       "[mx corinth.example]\ngateway = 10\n", encoding="utf-8")
    office.start()
    with submission(office) as client:
        client.sendmail(ALICE, ["everybody@athens.example"], letter("expanded"), ["ENVID=e7"], ["NOTIFY=SUCCESS,FAILURE"])
    until(lambda: "DATA" in hop.commands, "the letter at the next hop")
    mail = [c for c in hop.commands if c.startswith("MAIL")][0]
    rcpt = [c for c in hop.commands if c.startswith("RCPT")][0]
    true("ENVID=e7" in mail, f"MAIL passes ENVID on: {mail}")
    true("NOTIFY=FAILURE" in rcpt and "SUCCESS" not in rcpt, f"RCPT passes on all but SUCCESS: {rcpt}")
    letters = office.wait_for_letters("athens", "alice", 2)
    report = [m for m in map(email.message_from_bytes, letters) if m.is_multipart()][0]
    told = report.get_payload(1).get_payload()[1]
    same((told["Final-Recipient"], told["Action"]), ("rfc822; everybody@athens.example", "expanded"), "the report")
    true(b"corinth" not in bytes(report.get_payload(1)), "a report names no member")


@case("AUTH in one line, base64 by hand")
def _(office):
    with smtplib.SMTP(*office.ports["athens", "submission"], timeout=30) as client:
        client.ehlo()
        token = base64.b64encode(f"\0alice@athens.example\0{PASSWORD}".encode()).decode()
        same(client.docmd("AUTH", "PLAIN " + token)[0], 235, "the reply")
        same(client.docmd("AUTH", "PLAIN " + token)[0], 503, "the reply to a second AUTH")


main()
