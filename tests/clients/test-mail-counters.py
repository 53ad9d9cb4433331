# SPDX-License-Identifier: MIT
"""Several sessions at a served office's mailbox counter: who is told what, and when; the maildrop's lock; what the
trace says of it. tests/dialogs has the same rules a command at a time; here the office, its disk and its post do it."""
import os
import poplib
import smtplib

from cases import case, main, same, skip, true
from imap_wire import Wire
from office import PASSWORD, Failed, until

LETTER = b"From: Alice <alice@athens.example>\r\nTo: bob@sparta.example\r\nSubject: %d\r\n\r\nDear Bob,\r\n"


def sessions(office, count, select="SELECT INBOX"):
    wires = [Wire(office.ports["sparta", "imap"]) for _ in range(count)]
    return wires, [wire.well(select) for wire in wires]


def fill(office, count, mailbox="INBOX"):
    wire = Wire(office.ports["sparta", "imap"])
    for number in range(count):
        wire.append(mailbox, LETTER % number)
    wire.close()


def number_of(word, answer):
    return next(int(line.split()[0]) for line in answer.untagged if line.endswith(word))


def post(office, number):
    """Alice sends Bob a letter: through Athens, the gateway and Sparta."""
    client = smtplib.SMTP(*office.ports["athens", "submission"], timeout=30)
    client.login("alice", PASSWORD)
    client.sendmail("alice@athens.example", ["bob@sparta.example"], LETTER % number)
    client.quit()


def pop3(office):
    client = poplib.POP3(*office.ports["sparta", "pop3"], timeout=30)
    client.user("bob")
    return client


@case("no EXPUNGE while FETCH, STORE or SEARCH is answered, to two other sessions")
def _(office):
    fill(office, 5)
    (first, second, third), _ = sessions(office, 3)
    idle = third.idle()
    first.well("STORE 2,4 +FLAGS.SILENT (\\Deleted)")
    same(first.well("EXPUNGE").untagged, [b"4 EXPUNGE", b"2 EXPUNGE"])
    for command in ("FETCH 1:5 UID", "SEARCH ALL", "STORE 1 +FLAGS (\\Seen)", "FETCH 5 BODY.PEEK[]"):
        for line in second.well(command).untagged:
            true(b"EXPUNGE" not in line, f"no EXPUNGE in answer to {command}")
    same([line for line in second.well("NOOP").untagged if b"EXPUNGE" in line], [b"4 EXPUNGE", b"2 EXPUNGE"])
    told = []
    while len([line for line in told if b"EXPUNGE" in line]) < 2:
        told.append(third.untagged())
    third.done(idle)
    for wire in (first, second, third):
        same([values["UID"] for _, values in wire.fetch("1:*", "UID") if "UID" in values], [1, 3, 5], "the UIDs")


@case("\\Recent goes to one session: the first that is told, and EXAMINE and STATUS take it from nobody")
def _(office):
    fill(office, 3)
    (looking,), (looked,) = sessions(office, 1, "EXAMINE INBOX")
    same(number_of(b" RECENT", looked), 3, "RECENT to EXAMINE")
    same(looking.well("STATUS INBOX (RECENT)").untagged, [b'STATUS "INBOX" (RECENT 3)'])
    _, answers = sessions(office, 3)
    same([number_of(b" RECENT", answer) for answer in answers], [3, 0, 0], "RECENT to each")
    fill(office, 1)
    wires, answers = sessions(office, 2)
    true(sum(number_of(b" RECENT", answer) for answer in answers) <= 1, "the fourth is recent to one session at most")
    flags = [values["FLAGS"] for wire in wires for _, values in wire.fetch("4", "FLAGS")]
    true(sum("\\Recent" in words for words in flags) <= 1, "FETCH says so too")


@case("dates of letters that the office never read: SEARCH, FETCH INTERNALDATE and COPY give the files' own, and what was told stays")
def _(office):
    cur = office.maildir("sparta", "bob") / "cur"
    cur.mkdir(parents=True, exist_ok=True)
    for day in range(1, 4):
        path = cur / f"{day}.M{day}.elsewhere,S=22,W=22:2,"
        path.write_bytes(b"Subject: one\r\n\r\ntext\r\n")
        os.utime(path, (1000000000 + day * 86400,) * 2)
    (wire,), _selected = sessions(office, 1)
    same(wire.well("SEARCH ON 11-Sep-2001").untagged, [b"SEARCH 2"])
    same(wire.well("FETCH 3 INTERNALDATE").untagged, [b'3 FETCH (INTERNALDATE "12-Sep-2001 01:46:40 +0000")'])
    for path in cur.iterdir():
        os.utime(path, (1200000000,) * 2)
    same(wire.well("FETCH 1:3 INTERNALDATE").untagged, [f'{n} FETCH (INTERNALDATE "{9 + n}-Sep-2001 01:46:40 +0000")'.encode() for n in (1, 2, 3)])
    wire.well("CREATE Other")
    wire.well("COPY 2 Other")
    wire.well("SELECT Other")
    same(wire.well("FETCH 1 INTERNALDATE").untagged, [b'1 FETCH (INTERNALDATE "11-Sep-2001 01:46:40 +0000")'])
    wire.close()


@case("a letter sent by SMTP is told in IDLE, and at NOOP to a session that does not idle")
def _(office):
    (idler, other), _ = sessions(office, 2)
    idle = idler.idle()
    post(office, 7)
    same(idler.untagged(), b"1 EXISTS")
    idler.done(idle)
    until(lambda: b"1 EXISTS" in other.well("NOOP").untagged, "EXISTS at NOOP")
    (_, got), = other.fetch("1", "BODY.PEEK[]")
    true(got["BODY[]"].endswith(LETTER % 7), "the letter's bytes")


@case("a letter is one story in the trace, from submission to FETCH")
def _(office):
    (wire,), _ = sessions(office, 1)
    idle = wire.idle()
    post(office, 1)
    wire.untagged()
    wire.done(idle)
    wire.well("FETCH 1 BODY[]")
    stored = until(lambda: [e for e in office.events(kind="mailbox") if e.get("letter")], "the letter's mailbox event")[0]
    letter = stored["letter"]

    def kinds():
        mine = [e for e in office.events() if e.get("letter") == letter]
        return {(e["kind"], e.get("role") or e.get("proto") or e.get("protocol")) for e in mine}
    until(lambda: len(kinds()) >= 3, f"events of letter {letter}: {kinds()}")
    until(lambda: any(e["kind"] == "mailbox" and e.get("uid") == 1 for e in office.events()), "an event that names UID 1")


@case("twenty bad commands end in BYE; a huge literal is refused before it is read")
def _(office):
    wire = Wire(office.ports["sparta", "imap"])
    tag = wire.begin("APPEND INBOX {99999999999}")
    same(wire.end(tag).status in ("NO", "BAD"), True, "a refusal")
    wire.close()
    wire = Wire(office.ports["sparta", "imap"])
    wire.send(b"".join(b"x%d NONSENSE\r\n" % number for number in range(25)))
    heard = wire.file.read().splitlines()
    same([line[:8] for line in heard[-2:]], [b"x19 BAD ", b"* BYE to"], "the end")
    same(len(heard), 21, "the responses")


@case("a client that stops reading stops only itself")
def _(office):
    wire = Wire(office.ports["sparta", "imap"])
    big = LETTER % 1 + b"x" * 76 + b"\r\n"
    big += (b"y" * 76 + b"\r\n") * 20000
    for _ in range(8):
        wire.append("INBOX", big)
    wire.well("SELECT INBOX")
    deaf = wire.begin("FETCH 1:* BODY.PEEK[]")
    (other,), _ = sessions(office, 1)
    same(len(other.fetch("1:*", "(BODY.PEEK[])")), 8, "the letters that the other fetched")
    answer = wire.end(deaf)
    same(answer.status, "OK")
    same(len(answer.untagged), 8, "the letters that the first fetched after all")


@case("POP3: one session has the maildrop, seen in the reply and in the trace")
def _(office):
    fill(office, 2)
    first, second = pop3(office), pop3(office)
    first.pass_(PASSWORD)
    try:
        second.pass_(PASSWORD)
        raise Failed("the second session has the maildrop too")
    except poplib.error_proto as refusal:
        true(b"[IN-USE]" in refusal.args[0], f"[IN-USE] in {refusal}")
    first.quit()
    second.user("bob")
    second.pass_(PASSWORD)
    second.quit()
    actions = until(lambda: (lambda seen: seen if len(seen) == 4 else None)(
        [e["action"] for e in office.events(kind="mailbox") if e.get("action") in ("lock", "unlock")]), "the lock's events")
    same(actions, ["lock", "unlock", "lock", "unlock"])
    (refused,) = [e for e in office.events(kind="edge", machine="pop3-server") if e.get("verdict") == "deferred"]
    same(refused["verb"], "PASS")


@case("POP3: letters go at QUIT; a lost connection removes none and gives the lock back")
def _(office):
    fill(office, 3)
    client = pop3(office)
    client.pass_(PASSWORD)
    client.dele(1)
    client.dele(3)
    (wire,), _ = sessions(office, 1)
    same(len(wire.fetch("1:*", "UID")), 3, "the letters before QUIT")
    client.close()

    def again():
        try:
            next_one = pop3(office)
            next_one.pass_(PASSWORD)
            return next_one
        except poplib.error_proto:
            return None
    client = until(again, "the maildrop's lock")
    same(client.stat()[0], 3, "the letters after the connection was lost")
    client.dele(1)
    client.dele(2)
    client.rset()
    client.dele(3)
    client.quit()
    same([line for line in wire.well("NOOP").untagged if b"EXPUNGE" in line], [b"3 EXPUNGE"], "what IMAP is told")


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


@case("FETCH 1:* BODY.PEEK[] of 32 MB to a client that reads slowly: the office does not grow with it")
def _(office):
    wire = Wire(office.ports["sparta", "imap"])
    whole = b"Subject: long\r\n\r\n" + (b"x" * 70 + b"\r\n") * 14000
    wire.append("INBOX", whole)
    wire.well("SELECT INBOX")
    for _ in range(5):
        wire.well("COPY 1:* INBOX")
    wire.well("NOOP")
    before = resident(office.process.pid)
    wire.send(b"slow FETCH 1:* BODY.PEEK[]\r\n")
    other = Wire(office.ports["sparta", "imap"])
    grown, letters = 0, 0
    while not (got := wire.response()).startswith(b"slow "):
        true(whole in got, "each letter whole")
        letters += 1
        other.well("NOOP")
        grown = max(grown, resident(office.process.pid) - before)
    same((letters, got[:7]), (32, b"slow OK"), "letters, and the answer")
    with open(f"/proc/{office.process.pid}/maps", encoding="utf-8") as maps:
        if "libasan" in maps.read():
            skip("the address sanitizer keeps what was freed")
    true(grown < 12 * 1024, f"the office grew by {grown} KiB while it sent 32 MB")


main()
