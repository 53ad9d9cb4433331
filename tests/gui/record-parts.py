#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""record-parts.py GLASSPOST: records tests/gui/parts.trace, letters with much to see in the letter view.

Letter 1: Alice to Bob and, blind, Carol: folded and encoded fields, parts in three encodings, dots to stuff.
Letter 2: Mallory to Bob: forged Received fields, a name that climbs, marks that turn the direction of writing.
Letter 3: Alice to Bob by BDAT: 8bit, and dots that stay as they are.
Letter 4: an old letter with a uuencoded file.
"""
import base64
import os
import pathlib
import re
import smtplib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRACE = ROOT / "tests" / "gui" / "parts.trace"

PICTURE = bytes(range(256)) * 3
HTML = """<html><head><style>p { color: teal }</style><script>alert("never run")</script></head>
<body><h1>Olives</h1><p>The harvest is <b>in</b> &mdash; 40 jars &amp; more.</p>
<img src="http://mallory.example/seen.gif"></body></html>
"""


def crlf(text):
    return text.replace("\n", "\r\n").encode()


LETTER_1 = crlf(f"""From: Alice <alice@athens.example>
To: Bob <bob@sparta.example>
Cc: "The olive club" <club@athens.example>
Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe_und?= =?utf-8?B?IE9saXZlbg==?= for everybody
 who could not come
 to the harvest
Date: Tue, 24 Nov 2026 09:15:02 +0100
Message-ID: <olives.1@athens.example>
X-Mailer: Owl 1.2
X-Empty:
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_olives"

This is a letter in parts. (Old programs show this line.)
--=_olives
Content-Type: multipart/alternative; boundary=words

--words
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Dear Bob,

the harvest is in: 40 jars at 3 =E2=82=AC. This line is longer than a line m=
ay be, and so it is broken softly.
.This line began with one dot,
..and this one with two.

Gr=C3=BC=C3=9Fe, Alice
--words
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

{base64.encodebytes(HTML.encode()).decode()}--words--
--=_olives
Content-Type: image/png; name="olives.png"
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
 filename*0*=UTF-8''oliv%C3%A9;
 filename*1*=es.png

{base64.encodebytes(PICTURE).decode()}--=_olives--
""")

LETTER_2 = crlf("""Received: from bank.example (vault.bank.example [192.0.2.7])
	by mx.bank.example with ESMTPS id 4711
	for <bob@sparta.example>; Sun, 22 Nov 2026 23:59:00 +0000
Received: from nowhere (unknown) by vault.bank.example; Sun, 22 Nov 2026 01:00:00 +0000
From: "Your Bank" <bank@bank.example>
To: undisclosed-recipients:;
Bcc: bob@sparta.example, carol@sparta.example
Subject: invoice \u202efdp.exe
X-Priority: 1 (Highest)
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html

<p>Click <a href="http://mallory.example/">here</a>, \u200bBob.</p>
--b
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="../../.ssh/\u202efdp.exe"

TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAA
--b--
""")

LETTER_3 = b"""From: Alice <alice@athens.example>\r
To: Bob <bob@sparta.example>\r
Subject: by BDAT\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=iso-8859-1\r
Content-Transfer-Encoding: 8bit\r
\r
Gr\xfc\xdfe aus Athen.\r
..two dots, and nobody stuffed one\r
"""

LETTER_4 = (ROOT / "tests" / "letters" / "uuencoded.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def ports(trace):
    found = {}
    for line in trace.read_text(errors="replace").splitlines():
        host = re.search(r'"host":"(\w+)".*"roles":"([^"]+)"', line)
        if host:
            found[host[1]] = dict((r.split(":")[0], int(r.split(":")[1])) for r in host[2].split())
    return found


def wait(trace, what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if trace.exists() and what(trace.read_text(errors="replace")):
            return
        time.sleep(0.05)
    sys.exit("the office does not get there")


def bdat(port, letter):
    with smtplib.SMTP("127.0.0.1", port, "alice-laptop", 20) as smtp:
        smtp.ehlo()
        smtp.login("alice", "glass")
        smtp.docmd("MAIL FROM:<alice@athens.example> BODY=8BITMIME")
        smtp.docmd("RCPT TO:<bob@sparta.example>")
        smtp.send(b"BDAT %d LAST\r\n" % len(letter) + letter)
        smtp.getreply()


def main():
    if TRACE.exists():
        TRACE.unlink()
    office = subprocess.Popen([sys.argv[1], "serve", "--temporary", "--port-base", "0", "--trace", str(TRACE)],
                              stdout=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8"})
    try:
        wait(TRACE, lambda text: len(re.findall('"roles"', text)) == 3)
        at = ports(TRACE)
        delivered = lambda n: lambda text: text.count('"action":"deliver"') >= n
        with smtplib.SMTP("127.0.0.1", at["athens"]["submission"], "alice-laptop", 20) as smtp:
            smtp.login("alice", "glass")
            smtp.sendmail("alice@athens.example", ["bob@sparta.example", "carol@sparta.example"], LETTER_1)
        wait(TRACE, delivered(2))
        with smtplib.SMTP("127.0.0.1", at["sparta"]["smtp"], "mallory.example", 20) as smtp:
            smtp.sendmail("mallory@far.example", ["bob@sparta.example"], LETTER_2)
        wait(TRACE, delivered(3))
        bdat(at["athens"]["submission"], LETTER_3)
        wait(TRACE, delivered(4))
        with smtplib.SMTP("127.0.0.1", at["athens"]["submission"], "alice-laptop", 20) as smtp:
            smtp.login("alice", "glass")
            smtp.sendmail("alice@athens.example", ["bob@sparta.example"], LETTER_4)
        wait(TRACE, delivered(5))
    finally:
        office.terminate()
        office.wait(20)


main()
