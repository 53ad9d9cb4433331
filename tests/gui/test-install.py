# SPDX-License-Identifier: MIT
"""`meson install` puts everything where a desktop and a shell look for it. Arguments: meson, the build folder."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "docs"))
from tap import Tap  # noqa: E402

MESON, BUILD = sys.argv[1:3]
WANTED = """bin/glasspost
libexec/glasspost-window
share/applications/org.glasspost.Glasspost.desktop
share/metainfo/org.glasspost.Glasspost.metainfo.xml
share/icons/hicolor/scalable/apps/org.glasspost.Glasspost.svg
share/icons/hicolor/symbolic/apps/org.glasspost.Glasspost-symbolic.svg
share/mime/packages/org.glasspost.Glasspost.xml
share/locale/de/LC_MESSAGES/glasspost.mo
share/man/man1/glasspost.1
share/bash-completion/completions/glasspost""".split()

tap = Tap()
with tempfile.TemporaryDirectory() as folder:
    done = subprocess.run([MESON, "install", "-C", BUILD, "--no-rebuild", "--quiet"], capture_output=True, encoding="utf-8",
                          timeout=120, env={**os.environ, "DESTDIR": folder})
    tap.check(done.returncode == 0, "meson install ends well", done.stdout, done.stderr)
    found = {path: path for path in pathlib.Path(folder).rglob("*") if path.is_file()}
    for wanted in WANTED:
        tap.check(any(str(path).endswith("/" + wanted) for path in found), f"{wanted} is installed")
    program = next((path for path in found if str(path).endswith("/bin/glasspost")), None)
    said = subprocess.run([program, "--version"], capture_output=True, encoding="utf-8", timeout=60) if program else None
    tap.check(said and said.returncode == 0 and "glasspost" in said.stdout, "the installed program runs", said)
    entry = next((path for path in found if path.suffix == ".desktop"), None)
    text = entry.read_text(encoding="utf-8") if entry else ""
    command = next((line[5:].split()[0] for line in text.splitlines() if line.startswith("Exec=")), "")
    tap.check(command and any(str(path).endswith(command) for path in found), "the desktop entry names the installed window", text)
tap.done()
