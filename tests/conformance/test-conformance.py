# SPDX-License-Identifier: MIT
"""All of traces/conformance against our own servers; what is reported of servers that differ, and of none. Argument: glasspost."""
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "clients"), str(HERE.parent / "docs")]
from office import Failed, Office  # noqa: E402
from tap import Tap  # noqa: E402

TRACES = HERE.parents[1] / "traces" / "conformance"
LEAST = {"smtp": 25, "imap": 20, "pop3": 12}


def same(got, wanted, what):
    if got != wanted:
        raise Failed(f"{what}: {got!r}, not {wanted!r}")


def replay(program, *words):
    return subprocess.run([program, "replay", *map(str, words)], capture_output=True, encoding="utf-8", timeout=240, check=False)


def deliver(office, count=2):
    import smtplib
    for i in range(count):
        with smtplib.SMTP("127.0.0.1", office.port("sparta", "smtp"), timeout=20) as client:
            client.sendmail("alice@athens.example", ["bob@sparta.example"], f"Subject: {i}\r\n\r\nHello.\r\n.dot\r\n")


def all_agree(program, protocol, tap):
    """A TAP case a case, from the JUnit report."""
    with Office(program) as office, tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.xml"
        if protocol == "pop3":
            deliver(office)
        done = replay(program, TRACES / protocol, "--against", f"127.0.0.1:{office.port('sparta', protocol)}", "--junit", report)
        cases = xml.etree.ElementTree.parse(report).getroot().findall("testcase")
        tap.check(len(cases) >= LEAST[protocol], f"{protocol}: {LEAST[protocol]} cases and more")
        for case in cases:
            bad = [child.get("message") + "\n" + (child.text or "") for child in case]
            tap.check(not bad, f"{protocol}: {case.get('name')}", *bad)
        tap.check(done.returncode == 0, f"{protocol}: exit status 0 when all agree", done.stdout[-2000:] + done.stderr)


def sources_and_traces_belong_together(program):
    for protocol in LEAST:
        dialogs = {path.stem for path in (HERE / protocol).glob("*.dialog")}
        same({path.stem for path in (TRACES / protocol).glob("*.trace")}, dialogs, f"cases of {protocol}")


def every_case_names_its_section(program):
    for path in TRACES.glob("*/*.trace"):
        note = json.loads(path.read_text(encoding="utf-8").splitlines()[1])
        if note["kind"] != "note" or not note["title"] or not note["spec"].startswith("RFC "):
            raise Failed(f"{path}: its first event is no note with title and section")


def recorded_anew_they_are_the_same(program):
    """A case of each kind, played and recorded again, differs in nothing that counts from the one that is kept."""
    with tempfile.TemporaryDirectory() as folder:
        names = ["pipelining", "starttls", "chunking", "fetch-body", "two-sessions", "dele-no-quit"]
        done = subprocess.run([HERE / "record", "--into", folder, program, *names], capture_output=True, encoding="utf-8", timeout=240,
                              check=False)
        same((done.returncode, done.stderr), (0, ""), "record")
        made = sorted(pathlib.Path(folder).glob("*/*.trace"))
        same({path.stem for path in made}, set(names), "traces recorded")
        for path in made:
            kept = TRACES / path.parent.name / path.name
            diff = subprocess.run([program, "diff", kept, path], capture_output=True, encoding="utf-8", timeout=60, check=False)
            same((diff.returncode, diff.stderr), (0, ""), f"{kept}: {diff.stdout}")


class Liar:
    """An SMTP server that says 250 to everything but the greeting, DATA, the letter and QUIT."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                with client, client.makefile("rwb") as stream:
                    self.serve(stream)
            except OSError:
                pass  # the player hung up

    @staticmethod
    def serve(stream):
        def say(line):
            stream.write(line + b"\r\n")
            stream.flush()
        say(b"220 liar.example")
        while line := stream.readline():
            if line.upper().startswith(b"DATA"):
                say(b"354 go on")
                while (line := stream.readline()) and line != b".\r\n":
                    pass
            say(b"221 bye" if line.upper().startswith(b"QUIT") else b"250 certainly")
            if line.upper().startswith(b"QUIT"):
                return


def a_liar_is_found_out(program):
    liar = Liar()
    where = f"127.0.0.1:{liar.port}"
    same(replay(program, TRACES / "smtp" / "one-letter.trace", "--against", where).returncode, 0, "what a liar says of a good letter")
    done = replay(program, TRACES / "smtp" / "one-recipient-refused.trace", "--against", where)
    same(done.returncode, 1, "exit status")
    for words in ("! RCPT TO:<nobody@sparta.example>", "250 instead of 550", "in state rcpt, not mail"):
        if words not in done.stdout:
            raise Failed(f"not said: {words}\n{done.stdout}")
    done = replay(program, TRACES / "smtp" / "rset.trace", "--against", where)
    same(done.returncode, 1, "after an unasked 354 the player goes on")
    if "354 instead of 503" not in done.stdout or "~ QUIT" not in done.stdout:
        raise Failed(done.stdout)
    done = replay(program, TRACES / "smtp" / "chunking.trace", "--against", where)
    same(done.returncode, 1, "a server without CHUNKING")


def remarks_count_when_strict(program):
    liar = Liar()
    trace = TRACES / "smtp" / "noop.trace"
    same(replay(program, trace, "--against", f"127.0.0.1:{liar.port}").returncode, 0, "other enhanced codes")
    same(replay(program, trace, "--strict", "--against", f"127.0.0.1:{liar.port}").returncode, 1, "the same, strict")


def nobody_there_could_not_run(program):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    done = replay(program, TRACES / "smtp" / "noop.trace", "--against", f"127.0.0.1:{port}")
    same(done.returncode, 2, "exit status")
    same((f"127.0.0.1 port {port}" in done.stderr, "glasspost serve" in done.stderr), (True, True), f"place and cure; {done.stderr}")
    same(replay(program, TRACES / "none.trace", "--against", f"127.0.0.1:{port}").returncode, 2, "no such trace")


def not_anywhere_unasked(program):
    done = replay(program, TRACES / "smtp" / "noop.trace", "--against", "192.0.2.1:25")
    same((done.returncode, "--anywhere" in done.stderr), (2, True), "a server that is not here")


def the_silent_are_not_waited_for(program):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = replay(program, TRACES / "smtp" / "noop.trace", "--timeout", 1, "--against", f"127.0.0.1:{listener.getsockname()[1]}")
    same((done.returncode, "says nothing" in done.stdout), (1, True), "a silent server")


def challenges_are_answered_anew(program):
    """A login by CRAM-MD5 and one by SCRAM, recorded at one office, at another."""
    with Office(program) as office:
        office.run("curl", "--silent", "--url", office.url("imap", "sparta", "imap"), "--user", "bob:glass", "--login-options",
                   "AUTH=CRAM-MD5", "--request", "NOOP")
        office.wait_for_event(kind="auth", result="ok", mechanism="CRAM-MD5")
        session = office.wait_for_event(kind="close", protocol="imap")["session"]
        recorded = office.trace_path.read_bytes()
    with Office(program) as office, tempfile.NamedTemporaryFile(suffix=".trace") as file:
        file.write(recorded)
        file.flush()
        done = replay(program, file.name, "--session", session, "--against", f"127.0.0.1:{office.port('sparta', 'imap')}")
        same(done.returncode, 0, f"exit status; {done.stdout}{done.stderr}")
        same(office.wait_for_event(kind="auth")["result"], "ok", "the login")
        done = replay(program, file.name, "--session", session, "--login", "carol:wrong",
                      "--against", f"127.0.0.1:{office.port('sparta', 'imap')}")
        same(done.returncode, 1, "with a wrong password")


def main():
    program, tap = sys.argv[1], Tap()
    for protocol in LEAST:
        all_agree(program, protocol, tap)
    for check in (sources_and_traces_belong_together, every_case_names_its_section,
                  recorded_anew_they_are_the_same, a_liar_is_found_out, remarks_count_when_strict,
                  nobody_there_could_not_run, not_anywhere_unasked, the_silent_are_not_waited_for, challenges_are_answered_anew):
        try:
            check(program)
            tap.check(True, check.__name__)
        except (Failed, OSError, subprocess.SubprocessError) as error:
            tap.check(False, check.__name__, str(error))
    tap.done()


if __name__ == "__main__":
    main()
