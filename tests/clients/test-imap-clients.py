# SPDX-License-Identifier: MIT
"""Real IMAP and POP3 clients against a served office: what they put in comes out byte for byte, for each of them."""
import imaplib
import os
import pathlib
import poplib
import ssl

from cases import case, main, same, true, well
from office import PASSWORD, until

# Each has a minute of its own: mutt sorts by it, and by the order of the folder's inodes where it is the same.
LETTER = (b"From: Alice <alice@athens.example>\r\nTo: bob@sparta.example\r\nSubject: A letter\r\n"
          b"Date: Sun, 22 Nov 2026 %02d:%02d:00 +0000\r\n"
          b"Message-ID: <%d@athens.example>\r\n\r\nDear Bob,\r\n\r\n.dot\r\n..\r\ntrailing  \r\n%s\r\n")


def letter(number, extra=b""):
    return LETTER % (number // 60 % 24, number % 60, number, extra)


def imap(office, user="bob", role="imap"):
    host, port = office.ports["sparta", role]
    if role == "imaps":
        client = imaplib.IMAP4_SSL(host, port, ssl_context=unchecked())
    else:
        client = imaplib.IMAP4(host, port)
    client.login(user, PASSWORD)
    return client


def unchecked():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def fill(office, count, mailbox="INBOX", user="bob"):
    client = imap(office, user)
    for number in range(count):
        flags = "(\\Flagged)" if number % 5 == 0 else None
        same(client.append(mailbox, flags, None, letter(number))[0], "OK", "APPEND")
    client.logout()


@case("imaplib: APPEND, FETCH, STORE, COPY, SEARCH, EXPUNGE")
def _(office):
    client = imap(office)
    client.select()
    for number in range(3):
        client.append("INBOX", None, None, letter(number))
    same(client.noop()[0], "OK")
    for number in range(3):
        same(client.fetch(str(number + 1), "(BODY.PEEK[])")[1][0][1], letter(number), "the letter")
    same(client.search(None, "HEADER", "Message-ID", "<1@athens.example>")[1], [b"2"])
    same(client.create("Kept/Deep")[0], "OK")
    same(client.copy("1:2", "Kept/Deep")[0], "OK")
    client.store("1", "+FLAGS", "\\Deleted")
    same(client.expunge()[1], [b"1"])
    same(client.status("Kept/Deep", "(MESSAGES)")[1], [b'"Kept/Deep" (MESSAGES 2)'])
    client.logout()


@case("imaplib: implicit TLS, STARTTLS, SASL PLAIN, CRAM-MD5")
def _(office):
    imap(office, role="imaps").logout()
    client = imaplib.IMAP4(*office.ports["sparta", "imap"])
    client.starttls(unchecked())
    same(client.authenticate("PLAIN", lambda _: b"\0bob\0" + PASSWORD.encode())[0], "OK")
    client.logout()
    client = imaplib.IMAP4(*office.ports["sparta", "imap"])
    same(client.login_cram_md5("bob", PASSWORD)[0], "OK")
    client.logout()


@case("UIDs and UIDVALIDITY outlive a restart")
def _(office):
    fill(office, 3)
    client = imap(office)
    client.select()
    before = client.response("UIDVALIDITY"), client.fetch("1:*", "(UID)")[1]
    client.logout()
    office.stop()
    office.start()
    client = imap(office)
    client.select()
    same((client.response("UIDVALIDITY"), client.fetch("1:*", "(UID)")[1]), before)
    client.logout()


@case("curl fetches and appends over IMAP", needs="curl")
def _(office):
    host, port = office.ports["sparta", "imap"]
    path = office.folder / "letter"
    path.write_bytes(letter(7))
    url = f"imap://{host}:{port}/INBOX"
    well(office.run("curl", "-sS", "-u", f"bob:{PASSWORD}", "-T", str(path), url))
    done = well(office.run("curl", "-sS", "-u", f"bob:{PASSWORD}", url + ";UID=1", "-o", str(office.folder / "out")))
    same((office.folder / "out").read_bytes(), letter(7), "the letter")
    true(done is not None, "curl ran")


@case("mbsync: two-way sync of 500 letters; the second run changes nothing", needs="mbsync")
def _(office):
    client = imap(office)
    client.create("Work/Deep")
    client.logout()
    fill(office, 333)
    fill(office, 167, "Work/Deep")
    host, port = office.ports["sparta", "imap"]
    local = office.folder / "local"
    local.mkdir()
    rc = office.folder / "mbsyncrc"
    rc.write_text(f"IMAPAccount s\nHost {host}\nPort {port}\nUser bob\nPass {PASSWORD}\nSSLType None\nAuthMechs *\n\n"
                  f"IMAPStore far\nAccount s\n\nMaildirStore near\nPath {local}/\nInbox {local}/INBOX\nSubFolders Verbatim\n\n"
                  "Channel c\nFar :far:\nNear :near:\nPatterns *\nCreate Both\nExpunge Both\nSyncState *\n", encoding="ascii")

    def files():
        return sorted(str(p.relative_to(local)) for p in pathlib.Path(local).rglob("*")
                      if p.is_file() and p.parent.name in ("cur", "new"))

    well(office.run("mbsync", "-c", str(rc), "-a"))
    first = files()
    same(len(first), 500, "the letters here")
    well(office.run("mbsync", "-c", str(rc), "-a"))
    same(files(), first, "the second run")
    for name in [n for n in first if n.startswith("INBOX/")][:5]:
        (local / name).unlink()
    well(office.run("mbsync", "-c", str(rc), "-a"))
    client = imap(office)
    same(client.status("INBOX", "(MESSAGES)")[1], [b'"INBOX" (MESSAGES 328)'])
    client.logout()


@case("poplib: STAT, LIST, UIDL, RETR, TOP, DELE, over STLS and with APOP")
def _(office):
    fill(office, 2)
    client = poplib.POP3(*office.ports["sparta", "pop3"])
    client.stls(unchecked())
    client.user("bob")
    client.pass_(PASSWORD)
    same(client.stat(), (2, len(letter(0)) + len(letter(1))))
    same(b"\r\n".join(client.retr(2)[1]) + b"\r\n", letter(1), "the letter")
    same(len(set(client.uidl()[1])), 2)
    client.dele(1)
    client.quit()
    client = poplib.POP3(*office.ports["sparta", "pop3"])
    client.apop("bob", PASSWORD)
    same(client.stat()[0], 1)
    client.quit()


@case("fetchmail takes letters over POP3 and leaves none", needs="fetchmail")
def _(office):
    fill(office, 3)
    host, port = office.ports["sparta", "pop3"]
    rc = office.folder / "fetchmailrc"
    out = office.folder / "fetched"
    rc.write_text(f'poll {host} service {port} protocol pop3 user bob password {PASSWORD} sslproto "" '
                  f"mda 'cat >> {out}' no keep\n", encoding="ascii")
    rc.chmod(0o600)
    well(office.run("fetchmail", "-f", str(rc), "--pidfile", str(office.folder / "pid"), "-s"))
    same(out.read_bytes().count(b"Dear Bob,"), 3)
    client = imap(office)
    same(client.status("INBOX", "(MESSAGES)")[1], [b'"INBOX" (MESSAGES 0)'])
    client.logout()


def mutt(office, mailbox, keys):
    """Runs mutt on a mailbox with these keys, in a terminal of its own."""
    host, port = office.ports["sparta", "imap"]
    rc = office.folder / "muttrc"
    rc.write_text(f"set ssl_starttls=no ssl_force_tls=no imap_authenticators=login imap_user=bob imap_pass={PASSWORD}\n"
                  f"set spoolfile=imap://{host}:{port}/INBOX folder={office.folder} mbox_type=Maildir\n"
                  "set delete=yes quit=yes move=no confirmappend=no confirmcreate=no wait_key=no beep=no\n", encoding="ascii")
    command = f"stty rows 40 cols 120; mutt -n -F {rc} -f {mailbox} -e 'push \"{keys}<quit>\"'"
    well(office.run("script", "-qec", command, "/dev/null", env={**os.environ, "TERM": "xterm", "HOME": str(office.folder)}),
         "mutt")


@case("mutt over IMAP: what it flags, deletes and saves, others see", needs="mutt script")
def _(office):
    fill(office, 3)
    host, port = office.ports["sparta", "imap"]
    client = imap(office)
    client.create("Kept")
    client.select()
    mutt(office, f"imap://{host}:{port}/INBOX",
         f"<next-entry><flag-message><next-entry><save-message>imap://{host}:{port}/Kept<enter>")
    until(lambda: client.noop() and client.response("EXPUNGE")[1] == [b"3"], "the letter that was saved away is told")
    same(client.search(None, "FLAGGED")[1], [b"1 2"], "the flagged letters")  # fill() flags the first
    client.select("Kept")
    same(client.fetch("1:*", "(BODY.PEEK[])")[1][0][1], letter(2), "the letter in Kept")
    client.logout()


@case("mutt straight on the Maildir, while an IMAP session is open", needs="mutt script")
def _(office):
    fill(office, 3)
    client = imap(office)
    client.select()
    uids = [line.split()[-1] for line in client.fetch("1:*", "(UID)")[1]]
    mutt(office, office.maildir("sparta", "bob"),
         "<first-entry><display-message><exit><next-entry><flag-message><next-entry><delete-message>")
    until(lambda: client.noop() and client.response("EXPUNGE")[1] == [b"3"], "the letter that mutt deleted is told")
    until(lambda: client.noop() and client.search(None, "SEEN")[1] == [b"1"], "the letter that mutt showed is seen")
    same(client.search(None, "FLAGGED")[1], [b"1 2"], "the flagged letters")
    same([line.split()[-1] for line in client.fetch("1:*", "(UID)")[1] if b"UID" in line], uids[:2], "the UIDs")
    same(client.fetch("2", "(BODY.PEEK[])")[1][0][1], letter(1), "a letter that was renamed")
    client.logout()


@case("a local reader and an open IMAP session see each other's changes")
def _(office):
    fill(office, 2)
    client = imap(office)
    client.select()
    maildir = office.store / "sparta" / "mail" / "bob" / "Maildir"
    found = [p for p in maildir.rglob("*") if p.parent.name in ("cur", "new") and "S=" in p.name]
    same(len(found), 2, "the files")
    found[0].unlink()

    def told():
        client.noop()
        return int(client.status("INBOX", "(MESSAGES)")[1][0].split()[-1].rstrip(b")")) == 1
    until(told, "the letter that was deleted locally is told")
    client.store("1", "+FLAGS", "\\Flagged")
    until(lambda: any("F" in p.name.partition(":2,")[2] for p in (maildir / "cur").iterdir()), "the flag is in the file's name")
    client.logout()


main()
