# SPDX-License-Identifier: MIT
"""plays.py: what a student does in each lab, well and wrongly, and in other ways that are just as good.

A play is a function that gets a stage. solution("01-first-letter") registers one; so do mistake(lab, name) and
variant(lab, name), for another client, another order, retries and sessions that have nothing to do with the lab.
"""
import pathlib
import socket

from stage import PASSWORD, Failed, Lines, Pop3, Smtp, Wire, b64, until, wire  # noqa: F401

SOLUTIONS, MISTAKES, VARIANTS = {}, {}, {}
ALICE, BOB, CAROL, NOBODY = "alice@athens.example", "bob@sparta.example", "carol@sparta.example", "nobody@sparta.example"


def solution(lab):
    def keep(play):
        SOLUTIONS[lab] = play
        return play
    return keep


def mistake(lab, name):
    def keep(play):
        MISTAKES[lab, name] = play
        return play
    return keep


def variant(lab, name):
    def keep(play):
        VARIANTS[lab, name] = play
        return play
    return keep


def letter(sender="Alice <alice@athens.example>", to="Bob <bob@sparta.example>", subject="A letter", body="Dear Bob, hello."):
    return f"From: {sender}\nTo: {to}\nSubject: {subject}\n\n{body}\n"


def delivered(stage, person, host="sparta", count=1):
    until(lambda: len(stage.events(kind="mailbox", action="deliver", mailbox=f"{person}/INBOX")) >= count,
          f"{count} letters for {person}")


def among_strangers(stage, play):
    """A play between callers who have nothing to do with it: at every host and port some say hello, some make a mess."""
    def strangers():
        for (host, role), address in stage.ports.items():
            if role in ("imaps", "wall"):
                continue
            caller = Lines(address, greeting=False)
            for line in b"NOOP\r\n", b"a NOOP\r\n", b"no such command\r\n", b"QUIT\r\n":
                caller.send(line)
            caller.socket.shutdown(socket.SHUT_WR)
            caller.file.read()
            caller.close()
    strangers()
    play(stage)
    strangers()


# --- 1 ---

@solution("01-first-letter")
def first_letter(stage):
    sparta = stage.smtp("sparta")
    sparta.envelope(ALICE, BOB)
    sparta.letter(letter(subject="My first letter", body="Dear Bob, I typed this by hand."))
    sparta.quit()
    delivered(stage, "bob")
    stage.answer("promise", "the 250 to the lone dot")


@variant("01-first-letter", "another-client-after-trouble")
def first_letter_again(stage):
    stage.smtp("gateway").quit()
    lost = stage.smtp("sparta")
    lost.do("MAIL FROM:alice", 501)
    lost.close()
    stage.answer("promise", "the 221 to QUIT")
    got = stage.run("swaks", "--server", "{}:{}".format(*stage.ports["sparta", "smtp"]), "--from", ALICE, "--to", BOB,
                    "--helo", "reader")
    if got.returncode == 127:
        raise Failed("swaks is not there")
    delivered(stage, "bob")
    stage.answer("promise", "The 250 to the lone dot.")


@mistake("01-first-letter", "quit-in-letter")
def quit_in_letter(stage):
    sparta = stage.smtp("sparta")
    sparta.envelope(ALICE, BOB)
    sparta.do("DATA", 354)
    sparta.send(wire(letter()) + b"QUIT\r\n")
    stage.wait_for_event(kind="data")
    sparta.close()
    stage.wait_for_event(kind="close")


@mistake("01-first-letter", "no-brackets")
def no_brackets(stage):
    stage.smtp("sparta").do("MAIL FROM: alice@athens.example of Athens", 501)


@mistake("01-first-letter", "wrong-town")
def wrong_town(stage):
    athens = stage.smtp("athens")
    athens.do(f"MAIL FROM:<{ALICE}>", 250)
    athens.do(f"RCPT TO:<{BOB}>", 550)
    athens.quit()


# --- 2 ---

@solution("02-out-of-order")
def out_of_order(stage):
    sparta = stage.smtp("sparta")
    sparta.do(f"RCPT TO:<{BOB}>", 503)
    stage.answer("state", "ready")
    sparta.envelope(ALICE, BOB)
    sparta.letter(letter())
    sparta.envelope(ALICE, CAROL)
    sparta.do("RSET", 250)
    sparta.quit()


@variant("02-out-of-order", "tried-twice-elsewhere-too")
def out_of_order_twice(stage):
    other = stage.smtp("athens")
    other.do("DATA", 503)
    sparta = stage.smtp("sparta")
    sparta.do(f"RCPT TO:<{BOB}>", 503)
    other.do(f"RCPT TO:<{BOB}>", 503)
    other.quit()
    sparta.do("RSET", 250)
    sparta.envelope(ALICE, CAROL)
    sparta.letter(letter())
    stage.answer("state", "mail")
    sparta.envelope(ALICE, BOB, CAROL)
    sparta.do("RSET", 250)
    stage.answer("state", "Ready")


@mistake("02-out-of-order", "new-connection")
def new_connection(stage):
    sparta = stage.smtp("sparta")
    sparta.do(f"RCPT TO:<{BOB}>", 503)
    sparta.quit()
    sparta = stage.smtp("sparta")
    sparta.envelope(ALICE, BOB)
    sparta.letter(letter())
    sparta.quit()


@mistake("02-out-of-order", "rset-too-early")
def rset_too_early(stage):
    sparta = stage.smtp("sparta")
    sparta.do(f"RCPT TO:<{BOB}>", 503)
    sparta.envelope(ALICE, BOB)
    sparta.letter(letter())
    sparta.do("RSET", 250)


# --- 3 ---

@solution("03-envelope-is-not-header")
def envelope_is_not_header(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, CAROL)
    gateway.letter(letter(subject="Who gets this?", body="Look at the envelope."))
    gateway.quit()
    delivered(stage, "carol")
    stage.answer("why", "envelope")


@variant("03-envelope-is-not-header", "after-a-wrong-try")
def envelope_after_a_wrong_try(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, BOB, CAROL)
    gateway.letter(letter(to="Bob <bob@sparta.example>, carol@sparta.example"))
    stage.answer("why", "header")
    got = stage.run("curl", "-sS", "--mail-from", ALICE, "--mail-rcpt", CAROL, "-T", "-",
                    stage.url("smtp", "gateway", "smtp") + "/reader", input=letter().replace("\n", "\r\n"))
    if got.returncode:
        raise Failed(got.stderr)
    delivered(stage, "carol", count=2)
    stage.answer("why", "the envelope")


@mistake("03-envelope-is-not-header", "carol-in-to")
def carol_in_to(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, CAROL)
    gateway.letter(letter(to="bob@sparta.example, carol@sparta.example"))
    delivered(stage, "carol")


@mistake("03-envelope-is-not-header", "bob-on-envelope")
def bob_on_envelope(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, BOB, CAROL)
    gateway.letter(letter())
    delivered(stage, "bob")
    delivered(stage, "carol")


# --- 4 ---

@solution("04-where-is-bcc")
def where_is_bcc(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, BOB, CAROL)
    gateway.letter(letter())
    gateway.quit()
    delivered(stage, "bob")
    delivered(stage, "carol")
    stage.answer("answer-to-all", "no")


@variant("04-where-is-bcc", "carol-first")
def where_is_bcc_carol_first(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, BOB)
    gateway.letter(letter())
    gateway.envelope(ALICE, CAROL, BOB)
    gateway.letter(letter())
    delivered(stage, "carol")
    delivered(stage, "bob", count=2)
    stage.answer("answer-to-all", "No")


@mistake("04-where-is-bcc", "bcc-field")
def bcc_field(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, BOB, CAROL)
    gateway.letter("Bcc: carol@sparta.example\n" + letter())
    delivered(stage, "carol")


@mistake("04-where-is-bcc", "carol-in-cc")
def carol_in_cc(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, BOB, CAROL)
    gateway.letter("Cc: carol@sparta.example\n" + letter())
    delivered(stage, "carol")


@mistake("04-where-is-bcc", "two-letters")
def two_letters(stage):
    gateway = stage.smtp("gateway")
    for recipient in BOB, CAROL:
        gateway.envelope(ALICE, recipient)
        gateway.letter(letter())
    delivered(stage, "carol")


# --- 5 ---

FORGED = letter(subject="Please send me your keys", body="Yours, Alice")


@solution("05-who-really-sent-this")
def who_really_sent_this(stage):
    gateway = stage.smtp("gateway", hello="somewhere")
    gateway.envelope(CAROL, BOB)
    gateway.letter(FORGED)
    gateway.quit()
    delivered(stage, "bob")
    stage.pop3().do("RETR 1", lines=True)
    stage.answer("field", "Return-Path")
    stage.answer("hop", "somewhere")


@variant("05-who-really-sent-this", "read-by-imap")
def who_really_sent_this_imap(stage):
    honest = stage.smtp("gateway", hello="honest")
    honest.envelope(ALICE, BOB)
    honest.letter(FORGED)
    gateway = stage.smtp("gateway", hello="elsewhere.example")
    gateway.envelope(CAROL, BOB)
    gateway.letter(FORGED)
    delivered(stage, "bob", count=2)
    imap = stage.imap()
    imap.well("SELECT INBOX")
    imap.fetch("1:2", "(BODY[])")
    stage.answer("hop", "gateway.example")
    stage.answer("hop", "elsewhere.example")
    stage.answer("field", "return-path:")


@mistake("05-who-really-sent-this", "same-sender")
def same_sender(stage):
    gateway = stage.smtp("gateway", hello="somewhere")
    gateway.envelope(ALICE, BOB)
    gateway.letter(FORGED)
    delivered(stage, "bob")


# --- 6 ---

@solution("06-one-good-one-bad")
def one_good_one_bad(stage):
    sparta = stage.smtp("sparta")
    sparta.do(f"MAIL FROM:<{ALICE}>", 250)
    sparta.do(f"RCPT TO:<{NOBODY}>", 550)
    sparta.do(f"RCPT TO:<{BOB}>", 250)
    sparta.letter(letter())
    sparta.quit()
    delivered(stage, "bob")
    stage.answer("who-tells", "the client that was told 550")


@variant("06-one-good-one-bad", "good-one-first")
def good_one_first(stage):
    sparta = stage.smtp("sparta")
    sparta.do(f"MAIL FROM:<{ALICE}>", 250)
    sparta.do(f"RCPT TO:<{BOB}>", 250)
    sparta.do(f"RCPT TO:<{NOBODY}>", 550)
    sparta.letter(letter())
    delivered(stage, "bob")
    stage.answer("who-tells", "nobody")
    stage.answer("who-tells", "the client that was told 550")


@mistake("06-one-good-one-bad", "via-gateway")
def via_gateway(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, NOBODY, BOB)
    gateway.letter(letter())
    delivered(stage, "bob")


@mistake("06-one-good-one-bad", "gave-up")
def gave_up(stage):
    sparta = stage.smtp("sparta")
    sparta.do(f"MAIL FROM:<{ALICE}>", 250)
    sparta.do(f"RCPT TO:<{NOBODY}>", 550)
    sparta.quit()


# --- 7 ---

FROM_CAROL = letter(sender="Carol <carol@sparta.example>", to=NOBODY, subject="Are you there?", body="Hello?")


@solution("07-250-is-not-delivery")
def not_delivery(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, NOBODY)
    gateway.letter(FROM_CAROL)
    gateway.quit()
    delivered(stage, "alice")
    stage.answer("to-whom", "the one in MAIL FROM")
    stage.answer("why-null", "so that no report is ever sent about a report")


@variant("07-250-is-not-delivery", "with-other-letters")
def not_delivery_among_others(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope(CAROL, BOB)
    gateway.letter(letter())
    gateway.envelope(ALICE, BOB, NOBODY)
    gateway.letter(FROM_CAROL)
    delivered(stage, "alice")
    stage.answer("why-null", "to hide who sent it")
    stage.answer("why-null", "so that no report is ever sent about a report")
    stage.answer("to-whom", "the one in MAIL FROM")


@mistake("07-250-is-not-delivery", "null-sender")
def null_sender(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope("", NOBODY)
    gateway.letter(FROM_CAROL)
    stage.wait_for_event(kind="edge", machine="queue", to="bounced")


@mistake("07-250-is-not-delivery", "asked-sparta")
def asked_sparta(stage):
    sparta = stage.smtp("sparta")
    sparta.do(f"MAIL FROM:<{ALICE}>", 250)
    sparta.do(f"RCPT TO:<{NOBODY}>", 550)


# --- 8 ---

DOTS = b"Subject: dots\r\n\r\none\r\n..\r\n...\r\n..hidden\r\nfive\r\n"


def size_of(stage, host="sparta"):
    return str(stage.wait_for_event(kind="letter", host=host)["size"])


@solution("08-the-lone-dot")
def lone_dot(stage):
    sparta = stage.smtp("sparta")
    sparta.envelope(ALICE, BOB)
    sparta.do("DATA", 354)
    sparta.send(DOTS + b".\r\n")
    sparta.reply()
    sparta.quit()
    delivered(stage, "bob")
    imap = stage.imap()
    imap.well("SELECT INBOX")
    imap.fetch("1", "(BODY[])")
    stage.answer("dots", "3")
    stage.answer("size", size_of(stage))


@variant("08-the-lone-dot", "typed-slowly-read-by-pop3")
def lone_dot_slowly(stage):
    sparta = stage.smtp("sparta")
    sparta.envelope(ALICE, CAROL, BOB)
    sparta.do("DATA", 354)
    for line in DOTS.splitlines(keepends=True):
        sparta.send(line)
    sparta.send(b".\r\n")
    sparta.reply()
    delivered(stage, "bob")
    stage.pop3().do("RETR 1", lines=True)
    stage.answer("dots", "1")
    stage.answer("dots", "3 ")
    stage.answer("size", size_of(stage))


@mistake("08-the-lone-dot", "cut-short")
def cut_short(stage):
    sparta = stage.smtp("sparta")
    sparta.envelope(ALICE, BOB)
    sparta.do("DATA", 354)
    sparta.send(b"Subject: dots\r\n\r\none\r\n.\r\n..\r\n.hidden\r\nfive\r\n.\r\n")
    for _ in range(5):
        sparta.reply()


@mistake("08-the-lone-dot", "one-dot")
def one_dot(stage):
    sparta = stage.smtp("sparta")
    sparta.envelope(ALICE, BOB)
    sparta.do("DATA", 354)
    sparta.send(b"Subject: dots\r\n\r\none\r\n.hidden\r\nfive\r\n.\r\n")
    sparta.reply()


# --- 9 ---

def file_of(stage, name):
    return (stage.lab / name).read_bytes()


def send_file(stage, host, data):
    """As nc -N does: all at once, then no more is said, and the answers are read to the end."""
    client = stage.smtp(host, hello=None)
    client.send(data)
    client.socket.shutdown(socket.SHUT_WR)
    answers = client.file.read()
    client.close()
    return answers


@solution("09-where-a-line-ends")
def where_a_line_ends(stage):
    send_file(stage, "gateway", file_of(stage, "bare-lf.smtp"))
    send_file(stage, "gateway", file_of(stage, "smuggle.smtp"))
    answers = send_file(stage, "sparta", file_of(stage, "smuggle.smtp"))
    if b"250 2.0.0" not in answers or b"221" not in answers:
        raise Failed(f"who hangs up half is not told what became of the letter: {answers}")
    delivered(stage, "bob")
    stage.answer("letters", "2")
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, BOB)
    gateway.letter(letter())
    gateway.quit()


@variant("09-where-a-line-ends", "clean-one-first")
def clean_one_first(stage):
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, CAROL)
    gateway.letter(letter())
    send_file(stage, "sparta", file_of(stage, "smuggle.smtp"))
    for _ in range(2):
        send_file(stage, "gateway", file_of(stage, "smuggle.smtp"))
        send_file(stage, "gateway", file_of(stage, "bare-lf.smtp"))
    stage.answer("letters", "one")
    stage.answer("letters", "two")
    delivered(stage, "bob")


@mistake("09-where-a-line-ends", "real-end")
def real_end(stage):
    send_file(stage, "gateway", file_of(stage, "smuggle.smtp").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


# --- 10 ---

@solution("10-read-received-from-the-bottom")
def read_received(stage):
    stage.submit(ALICE, [BOB], letter(body="Which way did I come?"))
    delivered(stage, "bob")
    stage.pop3().do("RETR 1", lines=True)
    stage.answer("hops", "3")
    stage.answer("first", "athens.example")
    stage.answer("proof", "the one of Athens")


@variant("10-read-received-from-the-bottom", "glasspost-send-and-imap")
def read_received_imap(stage):
    straight = stage.smtp("sparta")
    straight.envelope(ALICE, BOB)
    straight.letter(letter())
    got = stage.run(stage.program, "send", "--server", "{}:{}".format(*stage.ports["athens", "submission"]), "--auth", f"alice:{PASSWORD}",
                    "--ca", stage.authority, "--add-missing", "--from", ALICE, "--to", BOB, input="Which way did I come?\n")
    if got.returncode:
        raise Failed(got.stderr)
    delivered(stage, "bob", count=2)
    imap = stage.imap()
    imap.well("SELECT INBOX")
    imap.fetch("2", "(BODY[])")
    stage.answer("proof", "none")
    stage.answer("proof", "the one of Athens")
    stage.answer("hops", "three")
    stage.answer("first", "athens.example")


@mistake("10-read-received-from-the-bottom", "straight")
def straight(stage):
    sparta = stage.smtp("sparta")
    sparta.envelope(ALICE, BOB)
    sparta.letter(letter())


@mistake("10-read-received-from-the-bottom", "not-logged-in")
def not_logged_in(stage):
    stage.smtp("athens", "submission").do(f"MAIL FROM:<{ALICE}>", 530)


# --- 11 ---

@solution("11-which-way-to-sparta")
def which_way(stage):
    stage.submit(ALICE, [BOB], letter())
    delivered(stage, "bob")
    stage.answer("number", "the lowest number")
    stage.ask("host down gateway")
    stage.submit(ALICE, [BOB], letter())
    delivered(stage, "bob", count=2)
    stage.ask("host up gateway")
    stage.submit(ALICE, ["carol@corinth.example"], letter(to="carol@corinth.example"))
    delivered(stage, "carol")
    stage.submit(ALICE, ["somebody@troy.example"], letter(to="somebody@troy.example"))
    delivered(stage, "alice")
    stage.answer("how", "Received fields")


@variant("11-which-way-to-sparta", "other-order")
def which_way_other_order(stage):
    stage.submit(ALICE, ["somebody@troy.example", "carol@corinth.example"], letter(to="both"))
    delivered(stage, "alice")
    delivered(stage, "carol")
    stage.submit(ALICE, [BOB], letter())
    delivered(stage, "bob")
    stage.submit(ALICE, [BOB], letter())
    delivered(stage, "bob", count=2)
    stage.ask("host down gateway")
    stage.submit(ALICE, [BOB], letter())
    delivered(stage, "bob", count=3)
    stage.answer("how", "received fields")
    stage.answer("number", "the lowest number")


@mistake("11-which-way-to-sparta", "still-up")
def still_up(stage):
    for n in 1, 2:
        stage.submit(ALICE, [BOB], letter())
        delivered(stage, "bob", count=n)


# --- 12 ---

@solution("12-the-gateway-is-down")
def gateway_is_down(stage):
    stage.submit(ALICE, [BOB], letter(body="Is anybody there?"))
    stage.wait_for_event(kind="queue", host="athens", state="deferred")
    stage.ask("host up gateway")
    stage.ask("clock skip")
    delivered(stage, "bob")
    stage.submit(ALICE, [NOBODY], letter(to=NOBODY))
    delivered(stage, "alice")
    stage.answer("which", "4")


@variant("12-the-gateway-is-down", "patience-and-other-letters")
def gateway_is_down_longer(stage):
    stage.submit(ALICE, [ALICE], letter(to=ALICE))
    stage.submit(ALICE, [BOB], letter())
    stage.submit(ALICE, [NOBODY], letter(to=NOBODY))
    until(lambda: len(stage.events(kind="queue", host="athens", state="deferred")) >= 2, "two letters that wait")
    stage.ask("clock skip")
    until(lambda: len(stage.events(kind="queue", host="athens", state="deferred")) >= 4, "a try in vain")
    stage.ask("host up gateway")
    stage.ask("queue retry")
    delivered(stage, "bob")
    delivered(stage, "alice", "athens", 2)
    stage.answer("which", "5")
    stage.answer("which", "4")


@mistake("12-the-gateway-is-down", "up-first")
def up_first(stage):
    stage.ask("host up gateway")
    stage.submit(ALICE, [BOB], letter())
    delivered(stage, "bob")


@mistake("12-the-gateway-is-down", "removed")
def removed(stage):
    stage.submit(ALICE, [BOB], letter())
    stage.wait_for_event(kind="queue", host="athens", state="deferred")
    stage.ask("queue remove all")


# --- 13 ---

def login(stage, *how):
    got = stage.run(stage.program, "send", "--server", "{}:{}".format(*stage.ports["athens", "submission"]), "--auth", f"alice:{PASSWORD}",
                    "--add-missing", "--from", ALICE, "--to", BOB, *how, input="hello\n")
    if got.returncode:
        raise Failed(got.stderr)


@solution("13-base64-is-not-a-lock")
def not_a_lock(stage):
    login(stage, "--tls", "none", "--mechanism", "PLAIN")
    stage.answer("password", "glass")
    login(stage, "--tls", "require", "--mechanism", "PLAIN", "--ca", stage.authority)
    login(stage, "--tls", "none", "--mechanism", "SCRAM-SHA-256")
    stage.answer("scram-password", "no")
    stage.answer("what", "to carry any bytes in lines of plain letters")


@variant("13-base64-is-not-a-lock", "by-hand-and-backwards")
def not_a_lock_by_hand(stage):
    scram = stage.smtp("athens", "submission")
    scram.scram("alice", PASSWORD)
    scram.quit()
    secure = stage.smtp("athens", "submission")
    secure.tls(stage.authority)
    secure.do("EHLO reader", 250)
    secure.do("AUTH PLAIN", 334)
    secure.do(b64(f"\0alice\0{PASSWORD}"), 235)
    secure.quit()
    bare = stage.smtp("athens", "submission")
    bare.do("AUTH PLAIN " + b64("\0alice\0wrong"), 535)
    bare.do("AUTH PLAIN " + b64(f"\0alice\0{PASSWORD}"), 235)
    stage.answer("what", "to carry any bytes in lines of plain letters")
    stage.answer("scram-password", "no")
    stage.answer("password", "alice")
    stage.answer("password", "Glass")


@mistake("13-base64-is-not-a-lock", "wrong-password")
def wrong_password(stage):
    stage.smtp("athens", "submission").do("AUTH PLAIN " + b64("\0alice\0open sesame"), 535)


@mistake("13-base64-is-not-a-lock", "encrypted")
def encrypted(stage):
    login(stage, "--tls", "require", "--mechanism", "PLAIN", "--ca", stage.authority)


# --- 14 ---

def message_id(stage):
    header = stage.wait_for_event(kind="mailbox", action="deliver", mailbox="bob/INBOX")["header"]
    return next(line.split(" ", 1)[1] for line in header.split("\r\n") if line.lower().startswith("message-id:"))


@solution("14-push-and-pull")
def push_and_pull(stage):
    stage.submit(ALICE, [BOB], letter(body="Shall we meet?"))
    delivered(stage, "bob")
    imap = stage.imap()
    imap.well("SELECT INBOX")
    imap.fetch("1", "(BODY[])")
    stage.submit(BOB, [ALICE], f"In-Reply-To: {message_id(stage)}\n" + letter(sender=BOB, to=ALICE, subject="Re: A letter"),
                 host="sparta")
    delivered(stage, "alice")
    stage.answer("fetcher", "Bob's program")
    stage.answer("send", "SMTP")


@variant("14-push-and-pull", "curl-and-pop3")
def push_and_pull_curl(stage):
    stage.submit(ALICE, [CAROL], letter(to=CAROL))
    stage.submit(ALICE, [BOB, CAROL], letter())
    delivered(stage, "bob")
    got = stage.run("curl", "-sS", "-u", f"bob:{PASSWORD}", stage.url("pop3", "sparta", "pop3") + "/1")
    if got.returncode:
        raise Failed(got.stderr)
    for reference in "", f"In-Reply-To: {message_id(stage)}\n":
        stage.submit(BOB, [ALICE], reference + letter(sender=BOB, to=ALICE), host="sparta")
    delivered(stage, "alice", count=2)
    stage.answer("send", "IMAP")
    stage.answer("send", "SMTP")
    stage.answer("fetcher", "Bob's program")


@mistake("14-push-and-pull", "no-reference")
def no_reference(stage):
    stage.submit(BOB, [ALICE], letter(sender=BOB, to=ALICE), host="sparta")
    delivered(stage, "alice")


# --- 15 ---

def three_greetings(stage):
    Wire(stage.ports["corinth", "imap"], None).close()
    first = Wire(stage.ports["troy", "imap"], None)
    Wire(stage.ports["troy", "imap"], None).close()
    first.close()


@solution("15-walk-the-imap-diagram")
def walk_the_diagram(stage):
    three_greetings(stage)
    imap = stage.imap()
    for command in "SELECT INBOX", "CLOSE", "SELECT INBOX":
        imap.well(command)
    imap.do("SELECT Nowhere")
    stage.answer("state", "authenticated")
    imap.well("LOGOUT")


@variant("15-walk-the-imap-diagram", "two-sessions-other-commands")
def walk_the_diagram_twice(stage):
    imap = stage.imap()
    imap.do("SELECT Nowhere")
    imap.well("EXAMINE Letters")
    imap.do("SELECT Nowhere")
    imap.well("NOOP")
    imap.close()
    imap = stage.imap()
    imap.well("SELECT INBOX")
    imap.well("CLOSE")
    imap.well("LOGOUT")
    three_greetings(stage)
    stage.answer("state", "selected")
    stage.answer("state", "Authenticated")


@mistake("15-walk-the-imap-diagram", "select-first")
def select_first(stage):
    Wire(stage.ports["sparta", "imap"], None).do("SELECT INBOX")


@mistake("15-walk-the-imap-diagram", "failed-outside")
def failed_outside(stage):
    imap = stage.imap()
    imap.do("SELECT Nowhere")
    imap.well("SELECT INBOX")


# --- 16 ---

@solution("16-deleted-is-not-gone")
def deleted_is_not_gone(stage):
    desk, telephone = stage.imap(), stage.imap()
    desk.well("SELECT INBOX")
    telephone.well("SELECT INBOX")
    desk.well(r"STORE 2 +FLAGS (\Deleted)")
    telephone.well("NOOP")
    desk.well("EXPUNGE")
    telephone.well("NOOP")
    telephone.well("FETCH 2 (UID FLAGS)")
    stage.answer("uid", "3")


@variant("16-deleted-is-not-gone", "idle-and-uid-commands")
def deleted_is_not_gone_idle(stage):
    desk, telephone = stage.imap(), stage.imap()
    telephone.well("SELECT INBOX")
    desk.well("SELECT INBOX")
    desk.well("EXPUNGE")
    tag = telephone.idle()
    desk.well(r"UID STORE 2 +FLAGS.SILENT (\Deleted)")
    telephone.untagged()
    desk.well("UID EXPUNGE 2")
    telephone.untagged()
    telephone.done(tag)
    telephone.well("UID FETCH 3 (FLAGS)")
    stage.answer("uid", "2")
    stage.answer("uid", "3")


@mistake("16-deleted-is-not-gone", "closed")
def closed(stage):
    desk, telephone = stage.imap(), stage.imap()
    desk.well("SELECT INBOX")
    telephone.well("SELECT INBOX")
    desk.well(r"STORE 2 +FLAGS (\Deleted)")
    desk.well("CLOSE")


@mistake("16-deleted-is-not-gone", "expunged-first")
def expunged_first(stage):
    desk = stage.imap()
    desk.well("SELECT INBOX")
    desk.well("EXPUNGE")


# --- 17 ---

def send_bytes(stage, data):
    gateway = stage.smtp("gateway")
    gateway.envelope(ALICE, BOB)
    gateway.do("DATA", 354)
    gateway.send(data + b".\r\n")
    return gateway.reply()


@solution("17-a-picture-in-seven-bits")
def a_picture(stage):
    for n, name in enumerate(("old-way.eml", "new-way.eml"), 1):
        send_bytes(stage, file_of(stage, name))
        delivered(stage, "bob", count=n)
    imap = stage.imap()
    imap.well("SELECT INBOX")
    imap.well("FETCH 1:2 BODYSTRUCTURE")
    stage.answer("knows", "1")
    stage.answer("grew", "1.3")


@variant("17-a-picture-in-seven-bits", "new-first-by-swaks")
def a_picture_swaks(stage):
    send_bytes(stage, file_of(stage, "new-way.eml"))
    delivered(stage, "bob")
    imap = stage.imap()
    imap.well("SELECT INBOX")
    imap.well("FETCH 1 (UID BODYSTRUCTURE)")
    got = stage.run("swaks", "--server", "{}:{}".format(*stage.ports["sparta", "smtp"]), "--from", ALICE, "--to", BOB,
                    "--data", "-", input=file_of(stage, "old-way.eml").decode().replace("\r\n", "\n"))
    if got.returncode:
        raise Failed(got.stdout + got.stderr)
    stage.answer("knows", "one")
    stage.answer("grew", "4/3")


@mistake("17-a-picture-in-seven-bits", "raw")
def raw(stage):
    send_bytes(stage, b"Subject: A picture\r\n\r\n" + file_of(stage, "picture.png").replace(b"\r\n", b"").replace(b"\n", b"") + b"\r\n")


@mistake("17-a-picture-in-seven-bits", "no-mime-version")
def no_mime_version(stage):
    send_bytes(stage, file_of(stage, "new-way.eml").replace(b"MIME-Version: 1.0\r\n", b""))


# --- 18 ---

def a_strangers_afternoon(stage):
    athens = stage.smtp("athens", "submission")
    athens.do(f"MAIL FROM:<{ALICE}>", 530)
    athens.do("AUTH PLAIN " + b64(f"\0alice\0{PASSWORD}"), 235)
    athens.envelope(ALICE, BOB, NOBODY)
    athens.letter(letter(to="bob@sparta.example, nobody@sparta.example", subject="The keys", body="They are under the mat."))
    athens.quit()
    delivered(stage, "bob")
    delivered(stage, "alice")
    pop3 = stage.pop3()
    pop3.do("STAT")
    pop3.do("RETR 1", lines=True)
    pop3.do("DELE 1")
    pop3.do("NOOP")
    pop3.do("QUIT")
    stage.wait_for_event(kind="mailbox", action="expunge")


RECORDINGS = {"18-a-strangers-trace": ("stranger.trace", a_strangers_afternoon)}


@solution("18-a-strangers-trace")
def strangers_trace(stage):
    for question, text in (("code", "530"), ("who", "alice"), ("recipients", "2"), ("refused", NOBODY), ("who-wrote", "gateway"),
                           ("hosts", "3"), ("protocol", "POP3"), ("gone", "QUIT")):
        stage.answer(question, text)


@variant("18-a-strangers-trace", "guessed-backwards")
def strangers_trace_backwards(stage):
    for question, text in (("gone", "DELE"), ("gone", "quit"), ("protocol", "pop3"), ("hosts", "three"), ("who-wrote", "sparta"),
                           ("who-wrote", "gateway"), ("refused", "nobody@Sparta.example"), ("recipients", "two"), ("who", "Alice"),
                           ("code", "503"), ("code", "530")):
        stage.answer(question, text)


# --- 19 ---

class OwnServer:
    """A student's server: what SMTP cannot do without, and nothing else. What it says to a command may be changed, and
    `stateless` makes it a first try that takes everything at any time."""

    def __init__(self, stage, stateless=False, **says):
        import re
        import threading
        text = pathlib.Path(stage.scenario).read_text(encoding="utf-8")
        self.listener = socket.create_server(("127.0.0.1", int(re.search(r"next-hop = 127.0.0.1:(\d+)", text)[1])))
        self.stateless = stateless
        self.says = {"greeting": "220 student.example", "EHLO": "250 student.example", "HELO": "250 student.example",
                     "DATA": "354 go on", "end": "250 taken", "QUIT": "221 bye", **says}
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            caller, _ = self.listener.accept()
            with caller, caller.makefile("rwb") as file:
                try:
                    self.talk(file)
                except OSError:
                    pass

    def refusal(self, verb, state):
        """What is wrong with the command in this state, or None."""
        if verb not in ("EHLO", "HELO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY"):
            return "500 what?"
        allowed = {"MAIL": ["ready"], "RCPT": ["mail", "rcpt"], "DATA": ["rcpt"]}.get(verb)
        return "503 not now" if allowed and state not in allowed and not self.stateless else None

    def talk(self, file):
        def say(words):
            file.write(words.encode() + b"\r\n")
            file.flush()
        say(self.says["greeting"])
        state = "start"
        while line := file.readline():
            verb = line[:4].decode("latin-1").upper().strip()
            answer = self.refusal(verb, state) or self.says.get(verb, "250 well")
            if not answer:
                return
            say(answer)
            if answer.startswith("354"):
                while (line := file.readline()) != b".\r\n":
                    if not line:
                        return
                say(self.says["end"])
            if answer[0] in "23":
                state = {"EHLO": "ready", "HELO": "ready", "MAIL": "mail", "RCPT": "rcpt", "DATA": "ready",
                         "RSET": "ready" if state != "start" else state}.get(verb, state)
            if verb == "QUIT":
                return


CASES = pathlib.Path(__file__).resolve().parents[2] / "traces/conformance/smtp"
RULES = "ehlo", "helo", "noop", "rset", "rcpt-before-mail", "data-before-mail", "unknown-command", "two-letters"


def to_student(stage):
    stage.submit(ALICE, ["you@student.example"], letter(to="you@student.example"))


def through_the_glass(stage, *cases):
    """Recorded conversations, played against the student's server through the wall; how many differ."""
    differ = 0
    for case in cases:
        got = stage.run(stage.program, "replay", CASES / f"{case}.trace", "--against",
                        "127.0.0.1:{}".format(stage.ports["student", "wall"][1]))
        if got.returncode not in (0, 1):
            raise Failed(got.stdout + got.stderr)
        differ += got.returncode
    return differ


@solution("19-your-own-server")
def own_server(stage):
    OwnServer(stage)
    to_student(stage)
    stage.wait_for_event(kind="queue", state="delivered")
    through_the_glass(stage, *RULES)
    stage.answer("promise", "your program, if it remembers")


@variant("19-your-own-server", "after-it-was-mended")
def own_server_mended(stage):
    to_student(stage)
    stage.wait_for_event(kind="queue", state="deferred")
    server = OwnServer(stage, stateless=True, end="451 the disk is full", EHLO="502 what?")
    if not through_the_glass(stage, *RULES):
        raise Failed("a server without state agrees with everything")
    stage.ask("queue retry")
    until(lambda: len(stage.events(kind="queue", state="deferred")) >= 2, "a second try")
    server.says.update(end="250 taken", EHLO="250 student.example")
    server.stateless = False
    through_the_glass(stage, *reversed(RULES))
    stage.ask("queue retry")
    stage.wait_for_event(kind="queue", state="delivered")
    stage.answer("promise", "Athens")
    stage.answer("promise", "your program, if it remembers")


@mistake("19-your-own-server", "no-354")
def no_354(stage):
    OwnServer(stage, DATA="250 go on")
    to_student(stage)
    stage.wait_for_event(kind="edge", machine="smtp-client", **{"from": "data"})


@mistake("19-your-own-server", "refuses")
def refuses(stage):
    OwnServer(stage, RCPT="550 who is that?")
    to_student(stage)
    stage.wait_for_event(kind="queue", state="bounced")


@mistake("19-your-own-server", "hangs-up")
def hangs_up(stage):
    OwnServer(stage, EHLO="")
    to_student(stage)
    stage.wait_for_event(kind="queue", state="deferred")


@mistake("19-your-own-server", "no-order")
def no_order(stage):
    OwnServer(stage, stateless=True)
    through_the_glass(stage, "rcpt-before-mail")


@mistake("19-your-own-server", "keeps-envelope")
def keeps_envelope(stage):
    OwnServer(stage, stateless=True)
    through_the_glass(stage, "rset")


# --- 20 ---

SPAM = letter(subject="You have won the lottery")
FETE = letter(subject="The lottery at the school fete")


@solution("20-keep-the-bad-mail-out")
def keep_out(stage):
    sparta = stage.smtp("sparta")
    sparta.do("MAIL FROM:<offers@mallory.example>", 550)
    sparta.do(f"MAIL FROM:<{ALICE}>", 250)
    sparta.do(f"RCPT TO:<{BOB}>", 450)
    stage.ask("clock skip 10m")
    sparta.do("RSET", 250)
    for text in SPAM, FETE:
        sparta.envelope(ALICE, BOB)
        sparta.letter(text)
    sparta.quit()
    for question, text in (("cost-grey", "time"), ("cost-filter", "perhaps the reader's attention"), ("cost-block", "the blocklist")):
        stage.answer(question, text)


@variant("20-keep-the-bad-mail-out", "filter-first-blocklist-last")
def keep_out_backwards(stage):
    for recipient in CAROL, BOB:
        sparta = stage.smtp("sparta")
        sparta.do(f"MAIL FROM:<{ALICE}>", 250)
        sparta.do(f"RCPT TO:<{recipient}>", 450)
        sparta.quit()
    stage.ask("clock skip 10m")
    sparta = stage.smtp("sparta")
    sparta.envelope(ALICE, CAROL)
    sparta.letter(FETE)
    sparta.envelope(ALICE, BOB)
    sparta.letter(SPAM)
    sparta.do("MAIL FROM:<offers@mallory.example>", 550)
    for question, text in (("cost-block", "the filter"), ("cost-block", "the blocklist"),
                           ("cost-filter", "perhaps the reader's attention"), ("cost-grey", "Time")):
        stage.answer(question, text)


@mistake("20-keep-the-bad-mail-out", "too-soon")
def too_soon(stage):
    sparta = stage.smtp("sparta")
    sparta.do(f"MAIL FROM:<{ALICE}>", 250)
    sparta.do(f"RCPT TO:<{BOB}>", 450)
    sparta.do(f"RCPT TO:<{BOB}>", 450)
