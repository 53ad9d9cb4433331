# SPDX-License-Identifier: MIT
"""docs/trace-format.md has every kind, field and action that the sources write and that recorded traces have, and its
examples are read. Argument: the program."""
import json
import re
import subprocess
import sys

import project
from tap import Tap

# Where the words of `action` are written: file, kind, and what finds them there.
ACTIONS = [
    ("src/office/office-hosts.c", "office", r'GPO_KIND_OFFICE, ([^;]*)'),
    ("src/office/office-closing.c", "office", r'GPO_KIND_OFFICE, ([^;]*)'),
    ("src/office/office-walls.c", "office", r'GPO_KIND_OFFICE, ([^;]*)'),
    ("src/office/intents.c", "clock", r'clock_event \((\w+, "[^;]*)'),
    ("src/office/intents.c", "note", r'GPO_FIELD_ACTION, ([^;]*)'),
    ("src/office/intent-lab.c", "lab", r'begin \((office, [^;]*?"\w+")'),
    ("src/office/gate.c", "hold", r'gpo_gate_record \(([^;]*)'),
    ("src/office/gate-people.c", "hold", r'record_setting \(([^;]*)'),
    ("src/office/office-letters.c", "mailbox", r'GPO_FIELD_ACTION, ([^;]*)'),
    ("src/office/office-mailboxes.c", "mailbox", r'GPO_FIELD_ACTION, ([^;]*)'),
    ("src/office/fault.h", "fault", r'^ \*     (\w+)'),
    ("src/replay/observer-smtp.c", "envelope", r'envelope_event \(([^;]*)'),
    ("src/roles/smtp-transaction.c", "envelope", r'envelope_event \(([^;]*)'),
    ("src/roles/smtp-server.c", "envelope", r'GPO_FIELD_ACTION, ([^;]*)'),
    ("src/roles/session.c", "hold", r'GPO_FIELD_ACTION, ([^;]*)'),
    ("src/roles/mail-counter.c", "mailbox", r'\[GPO_CHANGE_\w+\] = ("\w+")'),
    ("src/roles/pop3-maildrop.c", "mailbox", r'lock_event \(([^;]*)'),
    ("src/roles/imap-update.c", "mailbox", r'GPO_FIELD_ACTION, ([^;]*)'),
    ("src/roles/post-delivery.c", "mailbox", r'deliver = gpo_symbol \(([^;]*)'),
]
HEAD = {"n", "t", "kind", "host", "protocol", "session", "letter"}
tap = Tap()
page = project.read("docs/trace-format.md")
header = project.read("src/trace/event.h")


def words(name):
    block = re.search(rf"#define {name}\(X\)(.*?)\n\n|typedef", header[header.index(f"#define {name}(X)"):], re.S)[0]
    return re.findall(r'X \(\w+, "([^"]+)"\)', block)


kinds, fields = words("GPO_KINDS"), words("GPO_FIELDS")
tap.check(len(kinds) > 10 and len(fields) > 30, "event.h lists kinds and fields")
sections = {}
for kind in kinds:
    section = re.search(rf"^### `{re.escape(kind)}`\n.*?(?=^##)", page, re.M | re.S)
    sections[kind] = section[0] if section else ""
    tap.check(section is not None, f"the page has the kind {kind}", f"docs/trace-format.md lacks: ### `{kind}`")
    lines = re.findall(r"^\{.*\}$", section[0] if section else "", re.M)
    tap.check(len(lines) == 1, f"{kind} has an example line")
    for line in lines:
        said = json.loads(line)
        tap.check(kind == "unknown" or said["kind"] == kind, f"the example of {kind} is one")
        shown = subprocess.run([sys.argv[1], "show", "-", "--json"], input=line, capture_output=True, encoding="utf-8",
                               timeout=60)
        tap.check(shown.stdout == line + "\n" and not shown.stderr, f"the example of {kind} is read and written as it is",
                  shown.stdout, shown.stderr)
for field in fields:
    tap.check(re.search(rf"^\| `{re.escape(field)}` \| [^|\s]", page, re.M) is not None, f"the page explains the field {field}")

sources = {path: project.read(path) for path in project.files(".c", folders=("src",))}
for name in re.findall(r'X \((\w+), "[^"]+"\)', header[header.index("#define GPO_FIELDS(X)"):]):
    writes = rf"(?:add_\w+|_event) \([^;]*GPO_FIELD_{name}\b"
    tap.check(name in ("KIND", "HIDDEN") or any(re.search(writes, text) for text in sources.values()),
              f"some source writes the field {name}", "a field that nobody writes: take it out of event.h and the page")


def documented(kind, word):
    return re.search(rf"`{re.escape(word)}`", sections.get(kind, "")) is not None


for path, text in sources.items():
    if re.search(r"gpo_event_add_\w+ \([^;]*GPO_FIELD_ACTION", text) and not path.startswith("src/trace/"):
        tap.check(any(path == place for place, _, _ in ACTIONS) or path == "src/office/office-hosts.c",
                  f"{path} writes actions that this test looks for", "add to ACTIONS where its words stand")
for path, kind, pattern in ACTIONS:
    found = re.findall(pattern, project.read(path), re.M)
    actions = {word for text in found for word in (re.findall(r'"(\w+)"', text) or [text] * text.isalpha())}
    tap.check(bool(actions), f"{path} has actions of the kind {kind}", "its words stand elsewhere now")
    for action in sorted(actions):
        tap.check(documented(kind, action), f"the page has the action {action} of the kind {kind}",
                  f"{path} writes it; docs/trace-format.md: ### `{kind}`")

recorded = [path for path in project.ROOT.glob("**/*.trace") if "build" not in path.relative_to(project.ROOT).parts[0]]
seen = set()
for path in recorded:
    for line in path.read_bytes().split(b"\n"):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("kind") in kinds:
            seen |= {(event["kind"], name.rstrip("*")) for name in event if name not in HEAD}
            seen |= {(event["kind"], str(event["action"]).split(" ")[0])} if "action" in event else set()
for kind, word in sorted(seen):
    tap.check(documented(kind, word), f"the page says of the kind {kind} what {word} is",
              "a recorded trace has it; docs/trace-format.md: ### `%s`" % kind)
placed = [str(path) for path in recorded if re.search(rb'"(scenario|path)":"[^"]*/', path.read_bytes())]
tap.check(len(recorded) > 100 and not placed, "no recorded trace names a folder of the machine it was recorded on", *placed)
tap.done()
