# SPDX-License-Identifier: MIT
"""project.py: the project's own files, and what the docs and their tests read out of them."""
import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("src", "gui", "tests", "labs", "docs", "scenarios")
# other people's inputs and recorded bytes are no sources
RECORDED = ("tests/fuzz/corpus/", "traces/")
CITATION = re.compile(r"RFC (\d+) §([0-9A-Z]+(?:\.\d+)*)")
INDEX = ROOT / "docs" / "rfc-index.md"
INDEX_ROW = re.compile(r"^\| RFC (\d+) §(\S+) \| (.*?) \| (.*?) \|$")


def files(*suffixes, folders=FOLDERS):
    """Paths below ROOT, as strings with /, sorted."""
    found = []
    for folder in folders:
        for here, below, names in os.walk(ROOT / folder):
            below[:] = sorted(d for d in below if not d.startswith(("build", ".", "__")))
            for name in sorted(names):
                path = str((pathlib.Path(here) / name).relative_to(ROOT))
                if name.endswith(suffixes) and not path.startswith(RECORDED):
                    found.append(path)
    return found


def read(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def sort_key(citation):
    """RFC 5321 §4.5.3.1 after §4.5.3, §10 after §9, appendices last."""
    rfc, section = citation
    return int(rfc), [(p.isalpha(), int(p) if p.isdigit() else 0, p) for p in section.split(".")]


def citations():
    """{(rfc, section): sorted paths} over all files but the index and the printed machines."""
    found = {}
    for path in files(".c", ".h", ".ui", ".py", ".md", ".dialog", ".lab", ".ini", ".office", ".1"):
        if path == "docs/rfc-index.md" or path.startswith("docs/machines/"):
            continue
        for citation in CITATION.findall(unwrapped(read(path))):
            found.setdefault(citation, set()).add(path)
    return {c: sorted(paths) for c, paths in found.items()}


def unwrapped(text):
    """Comments are filled: "RFC 5321" may stand at the end of a line and its section on the next."""
    return re.sub(r"RFC(\s+\d+)?\n[ \t]*(?:\*|#|//)?[ \t]*(?=\d+ §|§)", lambda m: f"RFC{m[1] or ''} ", text)


def index():
    """The rows of docs/rfc-index.md: [((rfc, section), what it says, where)]."""
    rows = []
    if INDEX.exists():
        for line in INDEX.read_text(encoding="utf-8").splitlines():
            if row := INDEX_ROW.match(line):
                rows.append(((row[1], row[2]), row[3], row[4]))
    return rows


def titles():
    """What tests/docs/rfc-titles.tsv says of sections, whether they are cited or not: {(rfc, section): title}."""
    found = {}
    for line in read("tests/docs/rfc-titles.tsv").splitlines():
        if not line.startswith("#"):
            citation, title = line.split("\t")
            found[tuple(citation.split(" "))] = title
    return found
