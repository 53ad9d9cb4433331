# SPDX-License-Identifier: MIT
"""A file includes only from its own row or further down; basenames are unique; sources say their licence."""
import pathlib
import re

import project
from tap import Tap

# From the bottom up; folders of one row may use each other.
ROWS = [["wire"], ["protocol"], ["letter"], ["trace"], ["store"], ["roles"], ["lab", "replay"], ["office"],
        ["command", "main.c"], ["gui"]]
LEVEL = {folder: level for level, row in enumerate(ROWS) for folder in row}
# GTK stays in the window; the pure rows know no file, no socket and no process.
PURE = ("src/protocol/", "src/letter/")
IMPURE = re.compile(r"^#include <(?:sys/socket|sys/stat|unistd|fcntl|netdb|poll|glib/gstdio|stdio).*|"
                    r"\bg_(?:file|socket|spawn|input_stream|output_stream|thread|timeout|main_\w+)_\w+ \(", re.M)
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)

tap = Tap()


def row_of(path):
    parts = path.split("/")
    return parts[0] if parts[0] == "gui" else parts[1]


def check_includes(path, text):
    own = LEVEL.get(row_of(path))
    if not tap.check(own is not None, f"{path} lies in a known row", f"the rows are {ROWS}"):
        return
    wrong = []
    for include in INCLUDE.findall(text):
        folder = include.split("/")[0]
        if "/" not in include:
            # beside the file itself: only the window writes its includes so
            if row_of(path) != "gui":
                wrong.append(f'"{include}" is not written from src, like "trace/log.h"')
        elif folder not in LEVEL:
            wrong.append(f'"{include}" is in no known row')
        elif LEVEL[folder] > own:
            wrong.append(f'"{include}" is above it')
    tap.check(not wrong, f"{path} includes from its own row or further down", *wrong)


sources = project.files(".c", ".h", folders=("src", "gui"))
for path in sources:
    text = project.read(path)
    check_includes(path, text)
    if not path.startswith("gui/"):
        tap.check("<gtk/" not in text, f"{path} knows no GTK")
    if path.startswith(PURE):
        found = IMPURE.search(text)
        tap.check(not found, f"{path} does no I/O", found and found[0])

everything = project.files(".c", ".h", ".ui", ".py")
names = {}
for path in everything:
    names.setdefault(pathlib.PurePath(path).name, []).append(path)
for name, paths in sorted(names.items()):
    tap.check(len(paths) == 1, f"there is one {name}", *paths)

for path in everything + ["bootstrap", ".ci/run", "docs/regenerate", "tests/fuzz/run", "tests/count-cases"]:
    head = project.read(path).splitlines()[:3]
    tap.check(any("SPDX-License-Identifier: MIT" in line for line in head), f"{path} says its licence",
              "its first line (or the second, below #! or <?xml) is to be: SPDX-License-Identifier: MIT")
tap.done()
