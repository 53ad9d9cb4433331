# SPDX-License-Identifier: MIT
"""Every command and option of `glasspost` is in the man page and offered by the completions. Argument: the program."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import project
from tap import Tap

GLASSPOST = pathlib.Path(sys.argv[1]).resolve()
MAN = project.ROOT / "docs" / "glasspost.1"
COMPLETIONS = project.ROOT / "docs" / "completions"
tap = Tap()


def run(*command, **more):
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, **more)


def commands():
    """{command: its long options}"""
    listed = re.search(r"^Commands:\n((?:  .*\n)+)", run(GLASSPOST, "--help").stdout, re.M)[1]
    found = {}
    for name in re.findall(r"^  ([a-z-]+) ", listed, re.M):
        shown = run(GLASSPOST, "help", name).stdout if name != "help" else ""
        found[name] = re.findall(r"^  (?:-\w, )?(--[a-z-]+)", shown, re.M)
    return found


def man_section(name, text):
    """What the man page says about a command: its .SS, up to the next heading."""
    found = re.search(rf"^\.SS {re.escape(name)}\b.*?(?=^\.S[SH] |\Z)", text, re.M | re.S)
    return found[0].replace("\\-", "-") if found else None


def bash_offers(words):
    """What the bash completion offers behind these words."""
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); '
              '_glasspost; printf "%s\\n" "${COMPREPLY[@]}"')
    path = f"{GLASSPOST.parent}:{os.environ['PATH']}"
    return run("bash", "-c", script, "bash", str(COMPLETIONS / "glasspost.bash"), *words,
               env=dict(os.environ, PATH=path)).stdout.split()


known = commands()
tap.check(len(known) > 1, "--help lists commands")
tap.check(run(GLASSPOST, "--version").stdout.startswith("glasspost "), "--version says the version")
wrong = run(GLASSPOST, "machin")
tap.check(wrong.returncode == 2 and '"machine"' in wrong.stderr, "a command typed wrong earns the nearest one",
          wrong.stderr)
page = MAN.read_text(encoding="utf-8")
top = bash_offers(["glasspost", ""])
for name, options in known.items():
    section = man_section(name, page)
    tap.check(section is not None, f"the man page has {name}", f"docs/glasspost.1 lacks: .SS {name}")
    tap.check(name in top, f"bash completes {name}", *top)
    if name == "help":
        continue
    shown = run(GLASSPOST, "help", name)
    tap.check(shown.returncode == 0 and "\nExamples:\n  glasspost " in shown.stdout, f"help {name} has examples")
    offered = bash_offers(["glasspost", name, "--"])
    for option in options:
        if option != "--help":
            tap.check(section and option in section, f"the man page has {name} {option}",
                      f"docs/glasspost.1, .SS {name}, lacks {option}")
        tap.check(option in offered, f"bash completes {name} {option}", *offered)
for name in re.findall(r"^\.SS (\S+)", page[page.find(".SH COMMANDS"):page.find(".SH SCENARIO") or None], re.M):
    tap.check(name in known, f"the man page's command {name} exists")
if shutil.which("groff"):
    lint = run("groff", "-man", "-Tutf8", "-ww", "-z", str(MAN))
    tap.check(lint.returncode == 0 and not lint.stderr, "groff reads the man page without a warning", lint.stderr)
else:
    tap.skip("groff reads the man page without a warning", "groff is not there")
for shell, file in (("bash", "glasspost.bash"), ("zsh", "_glasspost"), ("fish", "glasspost.fish")):
    if shutil.which(shell):
        parsed = run(shell, "-n", str(COMPLETIONS / file))
        tap.check(parsed.returncode == 0, f"{shell} parses its completion", parsed.stderr)
    else:
        tap.skip(f"{shell} parses its completion", f"{shell} is not there")
tap.done()
