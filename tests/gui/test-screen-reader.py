# SPDX-License-Identifier: MIT
"""A walk through the window with the tree that a screen reader has: every control has a name and a role.

Arguments: the program glasspost-window, a trace. Needs Xvfb, dbus-run-session, at-spi2 and pyatspi; skipped, and
says so, where they are missing. It starts itself again inside a display and a bus of its own."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "docs"))
from tap import Tap  # noqa: E402

WINDOW, TRACE = sys.argv[1:3]
VIEWS = "Transcript Ladder States Map Reader Letter Terminal Compare".split()


def skip(why):
    print(f"1..0 # SKIP {why}")
    sys.exit(0)


def start_inside():
    for need in ("xvfb-run", "dbus-run-session"):
        if not shutil.which(need):
            skip(f"{need} is missing")
    if subprocess.run(["/usr/bin/python3", "-c", "import pyatspi"], capture_output=True).returncode:
        skip("python3-pyatspi is missing")
    environment = {**os.environ, "GSK_RENDERER": "cairo", "GDK_BACKEND": "x11", "GSETTINGS_BACKEND": "memory",
                   "LC_ALL": "C.UTF-8", "GPO_INSIDE": "1", "NO_AT_BRIDGE": "0"}
    environment.pop("GTK_A11Y", None)
    # the buses of the session say things too: what we say goes another way
    ours = os.dup(1)
    os.set_inheritable(ours, True)
    environment["GPO_INSIDE"] = str(ours)
    os.dup2(2, 1)
    os.execvpe("xvfb-run", ["xvfb-run", "-a", "-s", "-screen 0 1920x1080x24 -noreset", "dbus-run-session", "--",
                            "/usr/bin/python3", *sys.argv], environment)


def until(ready, what):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = ready()
        if found:
            return found
        time.sleep(0.05)  # another process draws; nothing tells us when
    print(f"Bail out! no {what}")
    sys.exit(1)


def walk(node):
    yield node
    for i in range(node.childCount):
        child = node.getChildAtIndex(i)
        if child is not None:
            yield from walk(child)


def main():
    import pyatspi
    tap = Tap()
    process = subprocess.Popen([WINDOW, TRACE])
    try:
        def application():
            desktop = pyatspi.Registry.getDesktop(0)
            return next((app for app in desktop if app is not None and app.childCount and "glasspost" in (app.name or "")), None)

        app = until(application, "application on the bus")
        frame = until(lambda: next((n for n in app if n.getRole() == pyatspi.ROLE_FRAME), None), "window")
        tap.check(frame.name, "the window has a name", frame.name)
        controls = {pyatspi.ROLE_PUSH_BUTTON, pyatspi.ROLE_TOGGLE_BUTTON, pyatspi.ROLE_RADIO_BUTTON, pyatspi.ROLE_CHECK_BOX,
                    pyatspi.ROLE_ENTRY, pyatspi.ROLE_TEXT, pyatspi.ROLE_COMBO_BOX, pyatspi.ROLE_SLIDER, pyatspi.ROLE_PAGE_TAB,
                    pyatspi.ROLE_LIST, pyatspi.ROLE_TABLE, pyatspi.ROLE_CANVAS, pyatspi.ROLE_IMAGE, pyatspi.ROLE_SPIN_BUTTON}
        nameless, strange, found = [], [], []
        for node in walk(frame):
            role = node.getRole()
            if role in (pyatspi.ROLE_INVALID, pyatspi.ROLE_UNKNOWN):
                strange.append(f"{node.name!r} in {node.parent.getRoleName()}")
            if role not in controls or not node.getState().contains(pyatspi.STATE_FOCUSABLE):
                continue
            found.append(node)
            # a widget's own type is no name; GTK 4.8 gives nothing better to the closing buttons of its bars
            named = node.name and not re.fullmatch(r"(Gtk|Gpo)[A-Z]\w+", node.name)
            if not named and not node.description and not any(n.name and n.getRole() == pyatspi.ROLE_LABEL for n in walk(node)) \
                    and node.name != "GtkImage":
                nameless.append(f"{node.getRoleName()} {node.name!r} in {node.parent.getRoleName()} {node.parent.name!r}")
        tap.check(len(found) > 60, "the walk meets the controls", len(found))
        tap.check(not nameless, f"each of {len(found)} controls has a name", *nameless)
        tap.check(not strange, "each node has a role", *strange)
        for view in VIEWS:
            tap.check(any(n.name == view and n.getRole() == pyatspi.ROLE_PAGE_TAB for n in found), f"{view} can be chosen")
        rows = [n for n in walk(frame) if n.getRole() == pyatspi.ROLE_LABEL and "event 0: office start" in (n.name or "")]
        tap.check(rows, "the transcript says in words what is drawn")
    finally:
        process.terminate()
        process.wait(20)
    tap.done()


if "GPO_INSIDE" in os.environ:
    sys.stdout = os.fdopen(int(os.environ["GPO_INSIDE"]), "w", encoding="utf-8")
    main()
else:
    start_inside()
