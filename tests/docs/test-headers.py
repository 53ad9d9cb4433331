# SPDX-License-Identifier: MIT
"""The header is the reference: each public function below src has a comment, or stands in a group with one.

Headers named -internal.h or -private.h are shared by the files of one subject and are not public.

A group is a run of lines without an empty one. It has a comment before its functions, or behind each.
_init, _clear, _free, _ref, _unref and _error_quark say by their names what GLib's readers expect of them.
"""
import re

import project
from tap import Tap

FUNCTION = re.compile(r"^[A-Za-z_][\w \*]*?\b(gpo_\w+) \([^;{]*\)[^;{]*;", re.M)
CONVENTIONAL = re.compile(r"_(init|clear|free|ref|unref|error_quark)$")
tap = Tap()


def without_bodies(text):
    """The text with every {…} emptied, so that only declarations of the file itself are left."""
    out, depth = [], 0
    for line in text.split("\n"):
        if line.startswith('extern "C"'):
            continue
        if depth == 0:
            out.append(line)
        depth += line.count("{") - line.count("}")
    return "\n".join(out)


for path in project.files(".h", folders=("src",)):
    if path.endswith(("-internal.h", "-private.h")):
        continue
    # a macro between a comment and its functions does not part them
    text = re.sub(r"^#(?:.*\\\n)*.*\n\n?", "", project.read(path), flags=re.M)
    tap.check(text.lstrip().startswith("/*"), f"{path} opens with what it is")
    for group in re.split(r"\n[ \t]*\n", without_bodies(text)):
        documented = False
        for found in FUNCTION.finditer(group):
            before = "/*" in group[:found.start()]
            behind = group[found.end():].split("\n", 1)[0].strip().startswith("/*")
            documented = documented or before
            if not CONVENTIONAL.search(found[1]):
                tap.check(documented or behind, f"{path}: {found[1]}() has a comment",
                          "say what it does, who owns what, units, NULL and errors")
tap.done()
