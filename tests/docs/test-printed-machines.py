# SPDX-License-Identifier: MIT
"""docs/machines holds what `glasspost machine` prints now. Argument: the program."""
import re
import subprocess
import sys

import project
from tap import Tap

CURE = "run docs/regenerate"
FOLDER = project.ROOT / "docs" / "machines"
tap = Tap()


def ask(*words):
    return subprocess.run([sys.argv[1], "machine", *words], check=True, capture_output=True,
                          encoding="utf-8", timeout=30).stdout


def kept(name):
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


names = [line.split()[0] for line in ask().splitlines()]
for name in names:
    table = re.sub(r"!\[[^\n]*\n\n", "", kept(f"{name}.md"), count=1)
    tap.check(table == ask(name, "--as", "md"), f"docs/machines/{name}.md is the table of {name}", CURE)
    dot = ask(name, "--as", "dot")
    tap.check(kept(f"{name}.dot") == dot, f"docs/machines/{name}.dot is the diagram of {name}", CURE)
    # Graphviz's versions lay out differently: the picture is compared by what it shows
    shown = set(re.findall(r"<title>([^<]*)</title>", kept(f"{name}.svg")))
    states = {s for s in re.findall(r'^  "([^"]+)"(?: \[peripheries=2\])?;$', dot, re.M)}
    arrows = {f"{a}&#45;&gt;{b}".replace("-", "&#45;") for a, b in re.findall(r'^  "([^"]+)" -> "([^"]+)" \[', dot, re.M)}
    missing = {s.replace("-", "&#45;") for s in states} - shown | arrows - shown
    tap.check(not missing and states, f"docs/machines/{name}.svg shows every state and arrow", CURE, *sorted(missing))
left = sorted(p.name for p in FOLDER.glob("*") if p.stem not in names) if FOLDER.is_dir() else []
tap.check(not left, "docs/machines holds no machine that is gone", CURE, *left)
tap.done()
