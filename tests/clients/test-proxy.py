# SPDX-License-Identifier: MIT
"""The proxy: between real clients and our office: the same trace, holds and faults. (Postfix: test-postfix.py.)"""
import json
import smtplib
import socket
import subprocess

import witness
from cases import case, main, same, true, well
from office import DEADLINE, Failed, until
from proxy import Proxy

LETTER = b"From: Alice <alice@athens.example>\r\nTo: Bob <bob@sparta.example>\r\nSubject: by proxy\r\n\r\n.A dot\r\nand a line\r\n"


def edges(events):
    """[the edges of each session], in the order of their beginning."""
    return [witness.until_encrypted(e) for e in witness.edges_by_port(events).values()]


def compare(office, proxy, count):
    """Both traces tell of as many sessions, and the same of each."""
    until(lambda: len(office.events(kind="close")) >= count and len(proxy.events(kind="close")) >= count, f"{count} closed sessions")
    same(edges(proxy.events()), edges(office.events()), "what the proxy saw")


def send(office, port, *options):
    path = office.folder / "letter.eml"
    path.write_bytes(LETTER)
    return office.run("curl", "-sS", f"smtp://127.0.0.1:{port}", "--mail-from", "alice@athens.example", "--mail-rcpt",
                      "bob@sparta.example", "--upload-file", path, *options)


@case("curl through the proxy to our office: SMTP, IMAP, POP3", needs="curl")
def _(office):
    with Proxy(office, office.port("sparta", "smtp")) as proxy:
        well(send(office, proxy.port))
        stored = office.wait_for_letters("sparta", "bob", 1)
        true(stored[0].endswith(LETTER), "the letter is as it was sent")
        compare(office, proxy, 1)
        letter = proxy.wait(kind="letter")[0]
        same((letter["sender"], letter["count"], letter["size"]), ("alice@athens.example", 1, len(LETTER)), "the letter")
    with Proxy(office, office.port("sparta", "imap")) as imap, Proxy(office, office.port("sparta", "pop3")) as pop3:
        got = well(office.run("curl", "-sS", f"imap://127.0.0.1:{imap.port}/INBOX;MAILINDEX=1", "-u", "bob:glass"))
        true("and a line" in got.stdout, "IMAP's letter comes through")
        got = well(office.run("curl", "-sS", f"pop3://127.0.0.1:{pop3.port}/1", "-u", "bob:glass"))
        true("\n.A dot" in got.stdout, "POP3's letter comes through")
        until(lambda: len(office.events(kind="close")) >= 3, "three closed sessions")
        imap.wait(kind="close"), pop3.wait(kind="close")
        same(edges(imap.events()) + edges(pop3.events()), edges(office.events())[1:], "what the proxies saw")


@case("STARTTLS passes through, opaque", needs="curl")
def _(office):
    with Proxy(office, office.port("sparta", "smtp")) as proxy:
        well(send(office, proxy.port, "--ssl-reqd", "--cacert", office.authority, "--insecure"))
        office.wait_for_letters("sparta", "bob", 1)
        same(proxy.wait(kind="tls")[0]["result"], "opaque", "the tls event")
        compare(office, proxy, 1)
        true(not proxy.events(kind="data"), "no letter is told")


@case("a held command waits for Enter, and goes", needs="curl")
def _(office):
    with Proxy(office, office.port("sparta", "smtp"), "--hold", "verb = DATA and from = client") as proxy:
        office_sees = office.folder / "letter.eml"
        office_sees.write_bytes(LETTER)
        client = subprocess.Popen(["curl", "-sS", f"smtp://127.0.0.1:{proxy.port}", "--mail-from", "alice@athens.example", "--mail-rcpt",
                                   "bob@sparta.example", "--upload-file", office_sees], stdin=subprocess.DEVNULL)
        proxy.wait(kind="hold", action="hold")
        true(not office.events(kind="edge", verb="DATA"), "the server has not heard DATA")
        proxy.enter()
        same(client.wait(DEADLINE), 0, "curl's status")
        proxy.wait(kind="hold", action="release")
        office.wait_for_letters("sparta", "bob", 1)
        compare(office, proxy, 1)


@case("a held reply may be replaced, and pipelined lines keep their order")
def _(office):
    with Proxy(office, office.port("sparta", "smtp"), "--hold", "verb = RCPT and from = server") as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), DEADLINE) as wire:
            file = wire.makefile("rb")
            wire.sendall(b"EHLO me\r\nMAIL FROM:<alice@athens.example>\r\nRCPT TO:<bob@sparta.example>\r\nRSET\r\nQUIT\r\n")
            proxy.wait(kind="hold", action="hold")
            proxy.enter("451 4.3.0 Changed on the way")
            replies = [line.decode().rstrip() for line in file if line[3:4] == b" "]
        same([r[:3] for r in replies], ["220", "250", "250", "451", "250", "221"], "the replies")
        proxy.wait(kind="close")
        same([e["verdict"] for e in proxy.events(kind="edge", verb="RCPT")], ["deferred"], "what the client was told")
        same([e["verdict"] for e in office.events(kind="edge", verb="RCPT")], ["ok"], "what the server meant")


@case("faults act on what passes")
def _(office):
    with Proxy(office, office.port("sparta", "smtp"), "--fault", "when verb = RCPT and from = client do reply 450 4.2.0 Not now times 1",
               "--fault", "when verb = QUIT do drop") as proxy:
        with smtplib.SMTP("127.0.0.1", proxy.port, timeout=DEADLINE) as client:
            client.ehlo()
            client.mail("alice@athens.example")
            same(client.rcpt("bob@sparta.example")[0], 450, "the first RCPT")
            same(client.rcpt("bob@sparta.example")[0], 250, "the second RCPT")
            same(client.data(LETTER)[0], 250, "DATA")
            try:
                client.docmd("QUIT")
                raise Failed("QUIT was answered")
            except smtplib.SMTPServerDisconnected:
                pass
        same(len(proxy.wait(kind="fault", action="drop")), 1, "the drop")
        same([e["verdict"] for e in proxy.events(kind="edge", verb="RCPT")], ["deferred", "ok"], "RCPT")
        same(len(office.events(kind="edge", verb="RCPT")), 1, "what the server heard")


def ask(office, folder, *words):
    """The answer's lines."""
    got = well(office.run(office.program, "ask", "--store", folder, *words))
    return [json.loads(line) for line in got.stdout.splitlines()]


@case("asked from another process: curl's DATA is held, seen, and let go; so is a reply, changed", needs="curl")
def _(office):
    folder = office.folder / "control-smtp"
    with Proxy(office, office.port("sparta", "smtp"), "--control", folder) as proxy:
        ask(office, folder, "break", "verb = DATA and from = client")
        path = office.folder / "letter.eml"
        path.write_bytes(LETTER)
        command = ["curl", "-sS", f"smtp://127.0.0.1:{proxy.port}", "--mail-from", "alice@athens.example", "--mail-rcpt",
                   "bob@sparta.example", "--upload-file", path]
        client = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        proxy.wait(kind="hold", action="hold")
        held = [line for line in ask(office, folder, "held") if "session" in line]
        same([(h["session"], h["holds"]) for h in held], [(1, "command")], "what is held")
        true(not office.events(kind="edge", verb="DATA"), "the server has not heard DATA")
        same(ask(office, folder, "release", "1"), [{"count": 1}], "how many went")
        same(client.wait(DEADLINE), 0, "curl's status")
        office.wait_for_letters("sparta", "bob", 1)
        compare(office, proxy, 1)
        ask(office, folder, "unbreak")
        ask(office, folder, "break", "verb = RCPT and from = server")
        client = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: len(proxy.events(kind="hold", action="hold")) >= 2, "the held reply")
        same(ask(office, folder, "edit", "2", "550 5.1.1 Changed by hand"), [{"count": 1}], "how many were changed")
        same(client.wait(DEADLINE), 55, "curl's status: the recipient was refused")
        same(proxy.wait(kind="edge", verb="RCPT", code=550)[0]["verdict"], "refused", "what the client was told")


@case("asked from another process: faults come and go under curl's IMAP, and the trace is followed", needs="curl")
def _(office):
    folder = office.folder / "control-imap"
    with Proxy(office, office.port("sparta", "imap"), "--control", folder, "--protocol", "imap") as proxy:
        def listing():
            return office.run("curl", "-sS", f"imap://127.0.0.1:{proxy.port}/", "-u", "bob:glass")
        ask(office, folder, "fault", "add", "closed", "when", "verb = LIST do reply NO closed for today")
        true(listing().returncode != 0, "curl sees the fault")
        same([f["acted"] for f in ask(office, folder, "fault", "list")], [1], "how often it acted")
        ask(office, folder, "fault", "remove", "closed")
        true("INBOX" in well(listing()).stdout, "curl sees the mailboxes")
        ask(office, folder, "fault", "add", "cut", "when", "verb = LIST do drop times 1")
        true(listing().returncode != 0, "the connection is cut")
        true("INBOX" in well(listing()).stdout, "once")
        follow = subprocess.Popen([office.program, "show", "--live", "--office", folder / "control", "--json", "kind = fault"],
                                  stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, encoding="utf-8")
        true('"closed"' in follow.stdout.readline(), "the trace tells of the fault")
        follow.kill()
        follow.communicate()


@case("what a proxy cannot be asked is said; a second one in the same folder is refused")
def _(office):
    folder = office.folder / "control-words"
    with Proxy(office, office.port("sparta", "smtp"), "--control", folder) as proxy:
        wrong = office.run(office.program, "ask", "--store", folder, "clock", "speed", "2")
        true(wrong.returncode == 1 and 'there is no "clock"' in wrong.stderr, wrong.stderr)
        wrong = office.run(office.program, "ask", "--store", folder, "fault", "add", "x", "at", "athens", "when", "smtp", "do", "drop")
        true(wrong.returncode == 1 and 'there is no host "athens"' in wrong.stderr, wrong.stderr)
        same(oct((folder / "control").stat().st_mode & 0o777), "0o600", "the socket's mode")
        second = office.run(office.program, "proxy", "--listen", "0", "--to", f"127.0.0.1:{proxy.port}", "--control", folder)
        true(second.returncode == 1 and "answers" in second.stderr, second.stderr)
    true(not (folder / "control").exists(), "the socket is gone in the end")


@case("the office is asked in the same way")
def _(office):
    same([line["host"] for line in ask(office, office.store, "hosts")][:1] != [], True, "hosts")
    ask(office, office.store, "hold", "on")
    with socket.create_connection(office.ports["sparta", "smtp"], DEADLINE) as wire:
        until(lambda: [h for h in ask(office, office.store, "held") if "session" in h], "the held greeting")
        ask(office, office.store, "hold", "off")
        true(wire.recv(3) == b"220", "the greeting comes")


@case("IMAP at the gate: literals, IDLE, a refusal with the command's tag")
def _(office):
    with Proxy(office, office.port("sparta", "imap"), "--fault", "when verb = CREATE do reply NO not here", "--protocol", "imap") as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), DEADLINE) as wire:
            file = wire.makefile("rb")

            def say(text, until_line):
                wire.sendall(text.encode())
                while True:
                    line = file.readline().decode()
                    true(line, f"the connection stands until {until_line}")
                    if line.startswith(until_line):
                        return line
            file.readline()
            say("a LOGIN {3+}\r\nbob {5}\r\n", "+")
            say("glass\r\n", "a OK")
            same(say("b CREATE Kept\r\n", "b "), "b NO not here\r\n", "the refusal")
            say("c APPEND INBOX {4}\r\n", "+")
            say("abcd\r\n", "c OK")
            say("d SELECT INBOX\r\n", "d OK")
            say("e FETCH 1 BODY[]\r\n", "e OK")
            say("f IDLE\r\n", "+")
            say("DONE\r\n", "f OK")
            say("g LOGOUT\r\n", "g OK")
        proxy.wait(kind="close")
        until(lambda: office.events(kind="close"), "the end")
        seen = [e for e in edges(proxy.events())[0] if e[2] != "CREATE"]
        same(seen, edges(office.events())[0], "what the proxy saw")


@case("nobody answers: the client is told by the end of the connection")
def _(office):
    with socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))
        with Proxy(office, dead.getsockname()[1], "--protocol", "smtp") as proxy:
            with socket.create_connection(("127.0.0.1", proxy.port), DEADLINE) as wire:
                same(wire.recv(100), b"", "what the client gets")
            true("does not answer" in proxy.wait(kind="note")[0]["text"], "the trace says why")


@case("what is no mail at all passes untouched")
def _(office):
    with socket.create_server(("127.0.0.1", 0)) as server:
        with Proxy(office, server.getsockname()[1]) as proxy:
            with socket.create_connection(("127.0.0.1", proxy.port), DEADLINE) as wire:
                there = server.accept()[0]
                wire.sendall(b"GET / HTTP/1.0\r\n\r\n")
                same(there.recv(100), b"GET / HTTP/1.0\r\n\r\n", "what the server gets")
                there.sendall(bytes(range(256)) * 4000)
                there.close()
                got = b""
                while piece := wire.recv(65536):
                    got += piece
                same(got, bytes(range(256)) * 4000, "what the client gets")
        same(proxy.events(), [], "the trace")


main()
