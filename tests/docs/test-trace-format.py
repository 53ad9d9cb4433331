# SPDX-License-Identifier: MIT
"""Every kind and every field of src/trace/event.h is in docs/trace-format.md, and its examples are read. Argument: the program."""
import json
import re
import subprocess
import sys

import project
from tap import Tap

tap = Tap()
page = project.read("docs/trace-format.md")
header = project.read("src/trace/event.h")


def words(name):
    block = re.search(rf"#define {name}\(X\)(.*?)\n\n|typedef", header[header.index(f"#define {name}(X)"):], re.S)[0]
    return re.findall(r'X \(\w+, "([^"]+)"\)', block)


kinds, fields = words("GPO_KINDS"), words("GPO_FIELDS")
tap.check(len(kinds) > 10 and len(fields) > 30, "event.h lists kinds and fields")
for kind in kinds:
    section = re.search(rf"^### `{re.escape(kind)}`\n.*?(?=^##)", page, re.M | re.S)
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
recorded = [path for path in project.ROOT.glob("**/*.trace") if "build" not in path.relative_to(project.ROOT).parts[0]]
placed = [str(path) for path in recorded if re.search(rb'"(scenario|path)":"[^"]*/', path.read_bytes())]
tap.check(len(recorded) > 100 and not placed, "no recorded trace names a folder of the machine it was recorded on", *placed)
tap.done()
