# SPDX-License-Identifier: MIT
"""Every RFC section cited is in docs/rfc-index.md, which says what it is about, and every row there is cited."""
import project
from tap import Tap

CURE = "run docs/regenerate, and write into docs/rfc-index.md what the section says where it has put a ?"
tap = Tap()
rows = project.index()
cited = project.citations()
listed = [citation for citation, _, _ in rows]
tap.check(bool(cited), "the sources cite RFC sections")
for citation in sorted(cited, key=project.sort_key):
    tap.check(citation in listed, "RFC {} §{} is in the index".format(*citation),
              "cited in " + ", ".join(cited[citation]), CURE)
for citation, title, where in rows:
    name = "RFC {} §{}".format(*citation)
    tap.check(citation in cited, f"the index's {name} is cited somewhere", CURE)
    tap.check(title not in ("", "?"), f"the index's {name} says what it is about", CURE)
    for path in where.replace("`", "").split(", "):
        tap.check(path in cited.get(citation, ()), f"{path} cites {name}", CURE)
tap.check(len(listed) == len(set(listed)), "no section is listed twice", CURE)
tap.check(listed == sorted(listed, key=project.sort_key), "the index is in order", CURE)
tap.done()
