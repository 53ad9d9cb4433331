# SPDX-License-Identifier: MIT
"""Captures: what tcpdump sees of real clients becomes the edges that the server recorded; what is exported, tshark decodes."""
import os
import pathlib
import signal
import smtplib
import socket
import subprocess

import witness
from cases import case, main, same, true, well
from office import DEADLINE, Failed, until

SAMPLE = pathlib.Path(__file__).resolve().parents[1] / "fuzz" / "corpus" / "pcap" / "session.pcap"
LETTER = "From: Alice <alice@athens.example>\r\nTo: Bob <bob@sparta.example>\r\nSubject: %s\r\n\r\n.A dot\r\nand a line\r\n"


class Capture:
    """tcpdump on loopback while the block runs; `path` holds what it saw of these ports."""

    def __init__(self, office, ports, interface="lo"):
        self.path = office.folder / "capture.pcap"
        ports = " or ".join(f"port {port}" for port in ports)
        self.process = subprocess.Popen(
            ["tcpdump", "-i", interface, "-U", "-B", "8192", "-s", "0", "-w", str(self.path), f"tcp and ({ports})"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8")
        self.said = ""

    def __enter__(self):
        while "listening on" not in self.said:
            line = self.process.stderr.readline()
            if not line:
                raise Failed(f"tcpdump does not capture: {self.said}")
            self.said += line
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=DEADLINE)


def may_capture():
    """tcpdump needs rights that not everybody has: then these cases are skipped."""
    try:
        done = subprocess.run(["tcpdump", "-i", "lo", "-c", "1", "-w", os.devnull, "udp", "port", "9"], timeout=0.7,
                              capture_output=True, encoding="utf-8", check=False)
        return False if done.returncode else True
    except subprocess.TimeoutExpired:
        return True
    except OSError:
        return False


def wait_for_end(office, path, count):
    """Until the capture holds the last packets of `count` connections: it is read as it grows."""
    def seen():
        done = office.run(office.program, "import", path, "-o", office.folder / "seen.trace")
        events = witness.read(office.folder / "seen.trace") if done.returncode == 0 else []
        return sum(e["kind"] == "close" for e in events) >= count
    until(seen, f"{count} connections in the capture")


def check(office, capture, count):
    """Imports it; `count` connections must have been seen, each with the server's own edges."""
    seen = office.folder / "seen.trace"
    theirs = witness.edges_by_port(witness.read(seen))
    same(len(theirs), count, "the number of connections")
    ports = set(theirs)
    until(lambda: all(any(e["kind"] == "close" and e["session"] == c["session"] for e in office.events(kind="close"))
                      for c in office.events(kind="connect") if int(c["from"].rsplit(":", 1)[1]) in ports),
          "the office's end of the connections")
    wrong = witness.compare(witness.edges_by_port(office.events()), theirs)
    true(not wrong, "\n".join(wrong))


def send(office, subject, *options):
    path = office.folder / "letter.eml"
    path.write_bytes((LETTER % subject).encode())
    return well(office.run("curl", "-sS", office.url("smtp", "sparta", "smtp"), "--mail-from", "alice@athens.example",
                           "--mail-rcpt", "bob@sparta.example", "--upload-file", path, *options))


@case("an export is decoded by tshark without a malformed packet, and imports to the same edges", needs="tshark curl")
def _(office):
    send(office, "by curl")
    send(office, "another")
    office.wait_for_letters("sparta", "bob", 2)
    well(office.run("curl", "-sS", office.url("imap", "sparta", "imap") + "/INBOX;MAILINDEX=1", "-u", "bob:glass"))
    well(office.run("curl", "-sS", office.url("pop3", "sparta", "pop3") + "/2", "-u", "bob:glass"))
    until(lambda: len(office.events(kind="close")) >= 4, "four closed connections")
    out, back = office.folder / "out.pcapng", office.folder / "back.trace"
    exported = well(office.run(office.program, "export", office.trace_path, out))
    true("not in the trace" not in exported.stderr, exported.stderr)
    shown = well(office.run("tshark", "-r", out, "-T", "fields", "-e", "_ws.malformed", "-e", "tcp.analysis.flags",
                            "-e", "_ws.col.Protocol", "-e", "frame.comment", "-e", "ip.checksum.status"))
    rows = [line.split("\t") for line in shown.stdout.splitlines()]
    true(not [row for row in rows if row[0] or row[1]], "no packet is malformed, missing or sent twice")
    for protocol in ("SMTP", "IMAP", "POP"):
        true([row for row in rows if row[2].startswith(protocol)], f"tshark decodes {protocol}")
    imf = office.run("tshark", "-r", out, "-Y", "imf", "-T", "fields", "-e", "imf.subject").stdout.split("\n")
    true("by curl" in imf and "another" in imf, f"tshark finds the letters: {imf}")
    number = office.events(kind="letter")[0]["letter"]
    true([row for row in rows if f"letter {number};" in row[3] and "end-of-data ok, now ready (RFC 5321" in row[3]],
         "comments say states and letters")
    well(office.run(office.program, "import", out, "-o", back))
    ours = {session: edges for session, edges in enumerate(witness.edges_by_port(office.events()).values(), 1)}
    theirs = {port - 10000: edges for port, edges in witness.edges_by_port(witness.read(back)).items()}
    same(theirs, ours, "the edges of the imported export")


@case("a capture comes by standard input, and a file that is appended to is kept")
def _(office):
    out = office.folder / "all.traces"
    out.write_bytes(b"kept\n")
    with open(SAMPLE, "rb") as capture, open(out, "ab") as appended:
        done = subprocess.run([office.program, "import", "-"], stdin=capture, stdout=appended, stderr=subprocess.PIPE, check=False,
                              timeout=DEADLINE)
    same(done.returncode, 0, f"the status ({done.stderr!r})")
    lines = out.read_bytes().splitlines()
    same(lines[0], b"kept", "what was there")
    true(lines[1].startswith(b'{"glasspost-trace":1,"started":"2023-'), "the trace begins at the first packet's time")
    true(b'"to":"closed"' in out.read_bytes(), "the session went to its end")


@case("what cannot be read says what, where and what to do")
def _(office):
    torn, no = office.folder / "torn.pcap", office.folder / "no.pcap"
    torn.write_bytes(SAMPLE.read_bytes()[:1500])
    no.write_bytes(b"this is no capture, though it is called so")
    for path, words in ((torn, "behind packet"), (no, "tcpdump -w"), (office.folder / "missing", "No such file")):
        done = office.run(office.program, "import", path)
        same(done.returncode, 1, f"the status for {path.name}")
        true(str(path) in done.stderr and words in done.stderr, f"{words!r} is said of {path.name}: {done.stderr}")
    true([e for e in witness.read(office.folder / "torn.trace") if e["kind"] == "edge"], "what came before the tear is there")


if may_capture():
    @case("a capture of curl and swaks imports to the server's own edges", needs="tcpdump curl swaks")
    def _(office):
        ports = [office.port("sparta", role) for role in ("smtp", "submission", "imap", "pop3")]
        with Capture(office, ports) as capture:
            send(office, "by curl")
            office.run("swaks", "--server", f"127.0.0.1:{ports[0]}", "--from", "alice@athens.example", "--to",
                       "nobody@sparta.example,bob@sparta.example", "--body", "by swaks")
            office.run("swaks", "--server", f"127.0.0.1:{ports[1]}", "--from", "bob@sparta.example", "--to",
                       "carol@sparta.example", "--auth", "CRAM-MD5", "--auth-user", "bob", "--auth-password", "glass")
            office.wait_for_letters("sparta", "bob", 2)
            well(office.run("curl", "-sS", office.url("imap", "sparta", "imap") + "/INBOX;MAILINDEX=1", "-u", "bob:glass"))
            well(office.run("curl", "-sS", office.url("pop3", "sparta", "pop3") + "/1", "-u", "bob:glass"))
            wait_for_end(office, capture.path, 5)
        check(office, capture, 5)
        letters = [e for e in witness.read(office.folder / "seen.trace") if e["kind"] == "letter"]
        same(len(letters), 3, "the number of letters seen")
        true("Subject: by curl" in letters[0]["header"], "the first letter's header was seen")
        same(letters[1]["count"], 1, "recipients of the second letter")

    @case("what is encrypted is opaque, and marked", needs="tcpdump curl")
    def _(office):
        with Capture(office, [office.port("sparta", "smtp")]) as capture:
            send(office, "encrypted", "--ssl-reqd", "--cacert", office.authority, "--insecure")
            wait_for_end(office, capture.path, 1)
        check(office, capture, 1)
        events = witness.read(office.folder / "seen.trace")
        true(any(e["kind"] == "tls" and e["result"] == "opaque" for e in events), "there is a tls event")
        true(not any(e["kind"] == "data" for e in events), "no letter is told")

    @case("a pipelined session and one cut off import to the server's own edges", needs="tcpdump")
    def _(office):
        port = office.port("sparta", "smtp")
        with Capture(office, [port], "any") as capture:
            with socket.create_connection(("127.0.0.1", port)) as wire:
                wire.sendall(b"EHLO me\r\nMAIL FROM:<alice@athens.example>\r\nRCPT TO:<bob@sparta.example>\r\nDATA\r\n"
                             b"Subject: x\r\n\r\n..\r\n.\r\nNOOP\r\nBDAT 4\r\nabcdRSET\r\nQUIT\r\n")
                while wire.recv(4096):
                    pass
            with smtplib.SMTP("127.0.0.1", port) as client:
                client.ehlo()
                client.mail("alice@athens.example")
                client.sock.close()
                client.sock = None
            wait_for_end(office, capture.path, 2)
        check(office, capture, 2)
else:
    @case("captures of real clients", needs="tcpdump leave-to-capture")
    def _(office):
        raise Failed("never run")


main()
