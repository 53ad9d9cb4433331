# SPDX-License-Identifier: MIT
"""What may go wrong around an office: its next hop, its end, its start, and clients that mean no good.

Argument: the program glasspost; further ones choose cases by words in their names."""
import json
import pathlib
import re
import resource
import signal
import socket
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "clients"), str(HERE.parent / "docs")]
from cases import case, main, same, true  # noqa: E402
from load import (ALICE, BOB, STRANGER, SUBMIT, TO_GATEWAY, TO_TOWN, Arrivals, Client, Load,  # noqa: E402
                  NextHop, make_letter)
from office import added, until  # noqa: E402

# --- the next hop ---

TO_FAR = "carol@far.example"
FAR = """[host athens]
domain = athens.example
roles = smtp; submission
[person alice]
at = athens
[route far.example]
next-hop = 127.0.0.1:{port}
[retry]
intervals = 200ms
"""


def far_world(office, hop):
    """A world in which far.example is behind that next hop; it is closed then."""
    hop.open()
    hop.close()
    office.stop()
    office.scenario = office.folder / "far.scenario"
    office.scenario.write_text(FAR.format(port=hop.address[1]), encoding="utf-8")
    office.start()


def submit(office, names):
    with Client(office.ports[SUBMIT]) as client:
        client.greet(submission=True)
        for name in names:
            same(client.letter(ALICE, TO_FAR, make_letter(name))[0], 250, "the answer")


def queue(office, *words):
    return office.run(office.program, "queue", "--store", str(office.store), *words)


def rows(office):
    return [json.loads(line) for line in queue(office, "--json").stdout.splitlines()]


@case("a next hop that is away puts letters off; when it is back they are delivered")
def _(office):
    hop = NextHop()
    far_world(office, hop)
    names = ["one", "two", "three"]
    submit(office, names)
    office.wait_for_event(kind="edge", machine="queue", host="athens", to="deferred")
    hop.open()
    until(lambda: len(hop.letters) >= 3, "three letters at the next hop")
    same(len(hop.letters), 3, "letters at the next hop")
    for letter in hop.letters:
        name = re.search(rb"Subject: (\w+)", letter)[1].decode()
        added(letter, make_letter(name))
        names.remove(name)
    office.wait_for_event(kind="edge", machine="queue", host="athens", to="delivered")
    hop.close()


@case("letters wait for a next hop over a kill of the office")
def _(office):
    hop = NextHop()
    far_world(office, hop)
    submit(office, ["one"])
    office.wait_for_event(kind="edge", machine="queue", host="athens", to="deferred")
    office.crash()
    office.start()
    hop.open()
    until(lambda: hop.letters, "the letter at the next hop")
    added(hop.letters[0], make_letter("one"))
    hop.close()


@case("a letter held while the office is stopped waits after the start, and goes when it is released")
def _(office):
    hop = NextHop()
    far_world(office, hop)
    submit(office, ["held"])
    office.wait_for_event(kind="edge", machine="queue", host="athens", to="deferred")
    office.stop()
    same(queue(office, "hold").stdout, "1 done\n", "hold")
    hop.open()
    office.start()
    same([row["state"] for row in rows(office)], ["held"], "the queue after the start")
    office.stop()
    true(not hop.letters, "nothing came while it was held")
    same(queue(office, "release").stdout, "1 done\n", "release")
    true("no office is running" in queue(office, "retry").stderr, "to retry needs somebody who works")
    office.start()
    until(lambda: hop.letters, "the letter at the next hop")
    hop.close()


@case("a next hop that hangs up in the middle of the letter gets it again")
def _(office):
    hop = NextHop()
    far_world(office, hop)
    listener = socket.create_server(hop.address)
    submit(office, ["again"])
    connection, _ = listener.accept()
    listener.close()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 far.example\r\n")
        for line in lines:
            if line == b"Subject: again\r\n":
                break
            if line.startswith((b"EHLO", b"MAIL", b"RCPT", b"DATA")):
                connection.sendall(b"354 go on\r\n" if line.startswith(b"DATA") else b"250 fine\r\n")
        connection.shutdown(socket.SHUT_RDWR)
    hop.open()
    until(lambda: hop.letters, "the letter at the next hop")
    added(hop.letters[0], make_letter("again"))
    hop.close()


# --- the end ---

@case("SIGTERM under load: sessions hear 421, the office ends well, nothing is lost")
def _(office):
    with Load(office, [SUBMIT, TO_GATEWAY, TO_TOWN]) as load:
        load.wait(60)
        office.stop()
    true(load.codes[421] >= 1, f"sessions heard 421: {load.codes}")
    same(set(load.codes) - {0, 421}, set(), "other answers")
    office.start()
    Arrivals(office).check(load.answered)


@case("SIGTERM in the middle of a letter: it is finished and answered with 250, then comes 421")
def _(office):
    whole = make_letter("cut")
    with Client(office.ports[TO_TOWN]) as client:
        client.greet()
        for line, code in ((f"MAIL FROM:<{STRANGER}>", 250), (f"RCPT TO:<{BOB}>", 250), ("DATA", 354)):
            same(client.say(line)[0], code, line)
        client.send(re.sub(rb"(?m)^\.", b"..", whole)[:200])
        office.process.send_signal(signal.SIGTERM)
        until(lambda: refused(office), "closed listeners")
        client.send(re.sub(rb"(?m)^\.", b"..", whole)[200:] + b".\r\n")
        same(client.reply()[0], 250, "the answer")
        same(client.reply()[0], 421, "what follows")
    office.stop()
    added(office.letters("sparta", "bob")[0], whole)


def refused(office):
    with socket.socket() as s:
        return s.connect_ex(office.ports[TO_TOWN]) != 0


# --- the start ---

def refused_start(office, *options):
    done = office.run(office.program, "serve", *options)
    same(done.returncode, 1, "the status")
    return done.stderr


@case("a port in use is named, with the cure")
def _(office):
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = s.getsockname()[1]
        said = refused_start(office, "--temporary", "--port-base", str(port - 1025))
    same(said, f"glasspost: smtp of athens: port {port} is in use by another program; "
               "move all ports with --port-base\n", "the error")


@case("a store that another office uses is named, with the cure")
def _(office):
    same(refused_start(office, "--store", str(office.store), "--port-base", "0"),
         f"glasspost: the store {office.store} is in use by process {office.process.pid}; "
         "end that office, or choose another folder with --store\n", "the error")
    with Client(office.ports[TO_TOWN]) as client:
        client.greet()


@case("a store that cannot be made is named, with the cure")
def _(office):
    path = office.folder / "log" / "store"
    same(refused_start(office, "--store", str(path), "--port-base", "0"),
         f"glasspost: the store {path} cannot be used: cannot make folder {path}: Not a directory; "
         "choose another with --store\n", "the error")


@case("a trace that cannot be made is named, with the cure")
def _(office):
    path = office.folder / "nowhere" / "trace"
    same(refused_start(office, "--temporary", "--port-base", "0", "--trace", str(path)),
         f"glasspost: cannot create the trace file {path}: No such file or directory; "
         "name a file in a folder that can be written\n", "the error")


@case("a bad scenario is named with file and line, and the nearest word that is known")
def _(office):
    path = office.folder / "bad.scenario"
    path.write_text("[host troy]\ndomian = troy.example\n", encoding="utf-8")
    same(refused_start(office, "--temporary", "--scenario", str(path)),
         f'glasspost: {path}:2: domian in [host troy]: there is no such key; did you mean "domain"?\n', "the error")
    path.unlink()
    same(refused_start(office, "--temporary", "--scenario", str(path)),
         f"glasspost: the scenario {path} cannot be read: there is no such file; "
         "name another file, or none for the default world\n", "the error")


# --- clients that mean no good ---

def still_serves(office, name="other"):
    with Client(office.ports[TO_TOWN]) as client:
        same(client.greet().letter(STRANGER, BOB, make_letter(name))[0], 250, "the answer to another client")


@case("a client that never reads is not read from, and costs no memory")
def _(office):
    before = office.memory()
    with Client(office.ports[TO_TOWN], timeout=3, receive_buffer=65536) as client:
        sent = 0
        try:
            while sent < 100_000_000:
                client.send(b"NOOP\r\n" * 10_000)
                sent += 60_000
        except TimeoutError:
            pass
        true(sent < 100_000_000, f"the office stopped reading ({sent} bytes were taken)")
        still_serves(office)
        grown = office.memory() - before
        true(grown < 150_000, f"the office grew by {grown} KiB, with the trace of {sent} bytes")


SHORT = "[host sparta]\nroles = smtp\nlimit-command-timeout = {command}\nlimit-data-timeout = {data}\n[person bob]\nat = sparta\n"


@case("clients that send a byte now and then hold nobody up; those that fall silent hear 421",
      scenario=SHORT.format(command="1s", data="1s"))
def _(office):
    slow = [Client(office.ports[TO_TOWN]) for _ in range(100)]
    for client in slow:
        same(client.reply()[0], 220, "a greeting")
    for _ in range(5):
        for client in slow:
            client.send(b"N")
        still_serves(office)
    for client in slow:
        same(client.reply()[0], 421, "what a silent client hears")
        client.close()


@case("a command line without end is refused, and costs no memory")
def _(office):
    before = office.memory()
    with Client(office.ports[TO_TOWN]) as client:
        client.greet()
        for _ in range(640):
            client.send(b"x" * 100_000)
        client.send(b"\r\n")
        same(client.reply()[0], 500, "the answer")
        same(client.say("NOOP")[0], 250, "NOOP afterwards")
    grown = office.memory() - before
    true(grown < 20_000, f"the office grew by {grown} KiB")
    still_serves(office)


@case("a line without end in a letter is refused, costs no memory, and the session stays in step")
def _(office):
    before = office.memory()
    with Client(office.ports[TO_TOWN]) as client:
        client.greet()
        for line, code in ((f"MAIL FROM:<{STRANGER}>", 250), (f"RCPT TO:<{BOB}>", 250), ("DATA", 354)):
            same(client.say(line)[0], code, line)
        for _ in range(320):
            client.send(b"x" * 100_000)
        client.send(b"\r\n.\r\n")
        same(client.reply()[0] // 100, 5, "the class of the answer")
        same(client.say("NOOP")[0], 250, "NOOP afterwards")
    grown = office.memory() - before
    true(grown < 60_000, f"the office grew by {grown} KiB")
    same(office.letters("sparta", "bob"), [], "letters in the mailbox")


MANY = 2000


@case("beyond 2,000 connections comes 421; those there are go on, and free places are taken again",
      scenario=f"[host sparta]\nroles = smtp\nlimit-connections = {MANY}\nlimit-connections-per-peer = 0\n"
               "[person bob]\nat = sparta\n")
def _(office):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * MANY + 100:
        true(soft, "a limit of open files")
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * MANY + 100), hard))
    clients = [Client(office.ports[TO_TOWN]) for _ in range(MANY)]
    for client in clients:
        same(client.reply()[0], 220, "a greeting")
    with Client(office.ports[TO_TOWN]) as beyond:
        same(beyond.reply()[0], 421, "the greeting of one too many")
    same(clients[0].say("NOOP")[0], 250, "NOOP of the first")
    same(clients[-1].say("EHLO client.example")[0], 250, "EHLO of the last")
    same(clients[-1].letter(STRANGER, BOB, make_letter("last"))[0], 250, "a letter of the last")
    same(clients[1].say("QUIT")[0], 221, "QUIT of the second")
    clients[1].close()

    def freed():
        with Client(office.ports[TO_TOWN]) as client:
            return client.reply()[0] == 220
    until(freed, "a greeting in the free place")
    for client in clients:
        client.close()


TIRED = """[host athens]
domain = athens.example
roles = smtp; imap
limit-command-timeout = 1s
limit-imap-timeout = 1s
[person alice]
at = athens
"""


@case("a client that sends a line byte by byte is not waited for longer than one that is silent")
def _(office):
    office.stop()
    office.scenario = office.folder / "tired.scenario"
    office.scenario.write_text(TIRED, encoding="utf-8")
    office.start()
    for role, wanted in (("smtp", b"421"), ("imap", b"* BYE")):
        with socket.create_connection(office.ports["athens", role], timeout=20) as client:
            client.recv(4096)
            client.settimeout(0.05)
            answer = b""

            def answered():
                nonlocal answer
                try:
                    client.send(b"x")
                    answer += client.recv(4096)
                except TimeoutError:
                    pass
                return wanted in answer

            until(answered, "the end of patience")
            true(answer.startswith(wanted), f"said {answer!r}")


main()
