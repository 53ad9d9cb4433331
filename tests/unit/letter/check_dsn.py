#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_dsn.py PRINT-BOUNCE: reads each sample report with Python's email package, which knows
nothing of glasspost, and checks that it says what it should. Writes TAP, one case a report."""
import email
import email.policy
import pathlib
import subprocess
import sys

LETTERS = pathlib.Path(__file__).resolve().parents[2] / "letters"
ACTIONS = {"failed": "failed", "delayed": "delayed", "delivered": "delivered", "relayed": "relayed",
           "expanded": "expanded"}


def check(name, data):
    assert b"\n" not in data.replace(b"\r\n", b""), "a bare LF"
    assert b"\r" not in data.replace(b"\r\n", b""), "a bare CR"
    assert max(map(len, data.split(b"\r\n"))) <= 998, "a line is too long"
    report = email.message_from_bytes(data, policy=email.policy.default)
    assert not report.defects, report.defects
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    assert report["To"] == "alice@athens.example" or report["To"] == "<alice@athens.example>", report["To"]
    assert report["Auto-Submitted"] == "auto-replied"
    assert report["Date"].datetime.year == 2026 and report["Message-ID"]
    assert report["Subject"].startswith("Your letter")
    words, status, returned = report.iter_parts()
    assert words.get_content_type() == "text/plain"
    text = words.get_content()
    assert "gateway.example" in text and "sparta.example" in text and "carol" not in text, text
    assert max(map(len, text.splitlines())) <= 78, text
    check_status(name, status)
    check_returned(name, returned, data)


def check_status(name, status):
    kind = name.split("-")[0].replace("hostile", "failed")
    if name == "failed-utf8":
        assert status.get_content_type() == "message/global-delivery-status"
        payload = status.as_bytes()
        assert "Final-Recipient: utf-8; β@sparta.example".encode() in payload, payload
        return
    assert status.get_content_type() == "message/delivery-status"
    message, *recipients = status.get_payload()
    assert message["Reporting-MTA"] == "dns; gateway.example"
    assert message["Original-Envelope-Id"].startswith("id" if name == "hostile" else "QQ314159")
    assert "Subject" not in message, "a forged field"
    assert message["Arrival-Date"]
    assert len(recipients) == 1, "one recipient wanted a report"
    recipient = recipients[0]
    assert recipient["Original-Recipient"] == "rfc822;bob@old.example"
    assert recipient["Final-Recipient"] == "rfc822; bob@sparta.example"
    assert recipient["Action"] == ACTIONS[kind]
    assert recipient["Status"][0] == {"failed": "5", "delayed": "4"}.get(kind, "2"), recipient["Status"]
    assert recipient["Remote-MTA"] == "dns; sparta.example"
    if kind == "failed":
        assert recipient["Diagnostic-Code"].startswith("smtp; 550 ")
    if kind == "delayed":
        assert recipient["Diagnostic-Code"].startswith("x-glasspost; sparta.example: cannot "), "not in SMTP's words"
    assert ("Will-Retry-Until" in recipient) == (kind == "delayed")


def check_returned(name, part, data):
    letter = {"failed-full": "attachment", "failed-lf": "lf-only", "failed-8bit": "8-bit",
              "failed-utf8": "8-bit", "hostile": "no-header"}.get(name, "plain")
    original = (LETTERS / f"{letter}.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    full = name in ("failed-full", "failed-lf", "failed-8bit", "hostile")
    expected = {True: "message/rfc822", False: "text/rfc822-headers"}[full]
    if name == "failed-utf8":
        expected = "message/global-headers"
    assert part.get_content_type() == expected, part.get_content_type()
    kept = original if full else original[: original.index(b"\r\n\r\n") + 4]
    assert kept in data, "the letter is not in it as it was"
    assert full or b"Dear Bob" not in data, "the body is in it"


def main():
    program = sys.argv[1]
    names = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
    print(f"1..{len(names)}")
    failures = 0
    for number, name in enumerate(names, 1):
        data = subprocess.run([program, name], check=True, capture_output=True).stdout
        try:
            check(name, data)
            print(f"ok {number} - {name}")
        except Exception as problem:  # any surprise is this case's failure
            failures += 1
            print(f"not ok {number} - {name}")
            print("# " + repr(problem).replace("\n", "\n# "))
    return 1 if failures else 0


sys.exit(main())
