# SPDX-License-Identifier: MIT
"""The German translation is complete, is a translation of the texts as they are now, and fits their formats.

Arguments: xgettext, msgfmt, msgmerge. POTFILES lists every source that has texts for people."""
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "docs"))
import project  # noqa: E402
from tap import Tap  # noqa: E402

XGETTEXT, MSGFMT, MSGMERGE = sys.argv[1:4]
PO = project.ROOT / "gui" / "po"
tap = Tap()


def run(*command):
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, cwd=project.ROOT)


sources = [line for line in (PO / "POTFILES").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
for path in sorted((project.ROOT / "gui").glob("*.[cu]*")):
    text = path.read_text(encoding="utf-8")
    marked = re.search(r"\b(N?_|ngettext) \(\"|translatable=\"yes\"", text)
    if marked and path.suffix in (".c", ".ui"):
        tap.check(f"gui/{path.name}" in sources, f"{path.name} is in POTFILES", "add it to gui/po/POTFILES")

with tempfile.TemporaryDirectory() as folder:
    pot, merged = f"{folder}/glasspost.pot", f"{folder}/de.po"
    done = run(XGETTEXT, "--from-code=UTF-8", "-k_", "-kN_", "-kngettext:1,2", "--flag=g_strdup_printf:1:c-format", "-o", pot, *sources)
    tap.check(done.returncode == 0 and "warning" not in done.stderr, "the texts can be collected", done.stderr)
    done = run(MSGMERGE, "--quiet", "--no-fuzzy-matching", "-o", merged, str(PO / "de.po"), pot)
    tap.check(done.returncode == 0, "the translation belongs to them", done.stderr)
    text = pathlib.Path(merged).read_text(encoding="utf-8")
    entries = [e for e in text.split("\n\n")[1:] if not re.search(r"^#~", e, re.M) and "msgid" in e]
    left = [re.sub(r"^#.*\n", "", e, flags=re.M) for e in entries if re.search(r'^msgstr(\[\d\])? ""\n?(?!")', e, re.M) and not re.search(r'^msgstr(\[\d\])? ""\n"', e, re.M)]
    tap.check(not left, f"all {len(entries)} texts are translated", *left[:20])
    done = run(MSGFMT, "--check", "-o", "/dev/null", merged)
    tap.check(done.returncode == 0, "formats and mnemonics fit", done.stderr)
tap.done()
