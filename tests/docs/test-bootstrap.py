# SPDX-License-Identifier: MIT
"""bootstrap on machines that lack everything: which packages it asks which installer for, as root and by sudo.

The machine is a folder of programs: the few that a shell script needs, and for the rest stand-ins that write
down how they were called. Nothing is installed and nothing is built."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import project
from tap import Tap

tap = Tap()
NEEDED = "bash env grep sort sed cat id dirname rm tee chmod head ls uname true".split()
STAND_IN = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
{body}
"""


class Machine:
    def __init__(self, folder, installer, root=True, sudo=True, fails=""):
        self.calls = folder / "calls"
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        for name in [*NEEDED, "basename"]:
            (self.bin / name).symlink_to(shutil.which(name))
        if not root:
            (self.bin / "id").unlink()
            self.stand_in("id", "echo 1000", quiet=True)
        if sudo:
            self.stand_in("sudo", 'case $1 in -n) exit 0 ;; esac\nexec "$@"')
        if installer:
            self.stand_in(installer, f'case "$*" in {fails or "nothing-fails"}) exit 1 ;; esac')
        self.stand_in("meson", "exit 3")

    def stand_in(self, name, body, quiet=False):
        path = self.bin / name
        text = STAND_IN.format(body=body)
        path.write_text(text.replace(text.split("\n")[1] + "\n", "") if quiet else text, encoding="ascii")
        path.chmod(0o755)

    def bootstrap(self, *arguments):
        # a copy: bootstrap works in the folder it lies in
        here = self.bin.parent / "clone"
        here.mkdir(exist_ok=True)
        script = shutil.copy(project.ROOT / "bootstrap", here)
        text = pathlib.Path(script).read_text(encoding="utf-8").replace("PATH=$PATH:/usr/sbin:/sbin", ":")
        pathlib.Path(script).write_text(text, encoding="utf-8")
        environment = {"PATH": str(self.bin), "CALLS": str(self.calls), "HOME": str(here), "LC_ALL": "C"}
        done = subprocess.run([str(self.bin / "bash"), script, *arguments], env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, encoding="utf-8", timeout=60, cwd=here)
        calls = self.calls.read_text(encoding="utf-8").splitlines() if self.calls.exists() else []
        return done, calls


CASES = {
    "dnf": ("dnf install -y", ["gcc", "glib2-devel", "gtk4-devel", "gnutls-devel", "zlib-devel"]),
    "pacman": ("pacman -S --noconfirm --needed", ["gcc", "glib2", "gtk4", "gnutls", "zlib"]),
    "apt-get": ("apt-get install -y", ["gcc", "libglib2.0-dev", "libgtk-4-dev", "libgnutls28-dev", "zlib1g-dev"]),
}

with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    for installer, (command, packages) in CASES.items():
        for root in (True, False):
            who = "as root" if root else "by sudo"
            machine = Machine(folder / f"{installer}-{root}", installer, root=root)
            done, calls = machine.bootstrap("build")
            installs = [c for c in calls if c.startswith(installer) and (" install " in c or " -S " in c)]
            tap.check(len(installs) == 1 and installs[0].startswith(command), f"{installer}, {who}: one call without a question",
                      "\n".join(calls), done.stderr)
            words = installs[0].split() if installs else []
            tap.check(all(p in words for p in packages), f"{installer}, {who}: the packages go by their names there", words)
            tap.check(any(c.startswith("sudo") and installer in c for c in calls) != root, f"{installer}, {who}: sudo where it is needed",
                      "\n".join(calls))
            tap.check("Installing what is needed to build" in done.stderr and "gcc" in done.stderr,
                      f"{installer}, {who}: what is done is said", done.stderr)
            tap.check(any(c.startswith("meson setup") for c in calls), f"{installer}, {who}: then the build begins", "\n".join(calls))
    machine = Machine(folder / "one-missing", "dnf", fails="*gtk4-devel*")
    done, calls = machine.bootstrap("build")
    tap.check(any(c.endswith(" gcc") for c in calls) and any(c.endswith(" gtk4-devel") for c in calls),
              "one package that is not to be had keeps no other away", "\n".join(calls))
    tap.check("could not be installed" in done.stderr and "gtk4-devel" in done.stderr and done.returncode != 0,
              "and is named", done.stderr)
    done, calls = Machine(folder / "none", None).bootstrap("build")
    tap.check(done.returncode != 0 and "neither apt-get, dnf nor pacman" in done.stderr and "libgtk-4-dev" in done.stderr,
              "without an installer the packages are named", done.stderr)
    done, calls = Machine(folder / "nobody", "dnf", root=False, sudo=False).bootstrap("build")
    tap.check(done.returncode != 0 and "neither root nor sudo" in done.stderr and not any(c.startswith("dnf") for c in calls),
              "without root and sudo nothing is tried and the packages are named", done.stderr, "\n".join(calls))
    done, calls = Machine(folder / "wrong", "dnf").bootstrap("rum")
    tap.check(done.returncode == 2 and not calls, "a command that is none installs nothing", done.stderr)
tap.done()
