# SPDX-License-Identifier: MIT
"""`glasspost lab` as its users type it: list, show, run, grade, export, and what it says about wrong and hostile input.

Argument: the program."""
import csv
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "docs"))
from record import LABS    # noqa: E402
from stage import Smtp, until  # noqa: E402
from tap import Tap        # noqa: E402
import plays               # noqa: E402

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
tap = Tap()
temporary = tempfile.TemporaryDirectory(prefix="lab-command-")
home = pathlib.Path(temporary.name)
environment = dict(os.environ, XDG_DATA_HOME=str(home / "data"), XDG_RUNTIME_DIR=str(home), GPO_LABS=str(LABS), LC_ALL="C.UTF-8",
                   LANGUAGE="C")
FIRST = LABS / "01-first-letter"


def glasspost(*words, **more):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, encoding="utf-8", errors="replace", timeout=60,
                          env=environment, stdin=subprocess.DEVNULL, **more)


# --- list and show ---

listed = glasspost("lab", "list")
tap.check(listed.returncode == 0 and "01-first-letter" in listed.stdout and "The first letter" in listed.stdout, "list lists",
          listed.stdout, listed.stderr)
for word in "1", "01", "01-first", "01-first-letter", FIRST:
    tap.check("RCPT TO:<bob@sparta.example>" in glasspost("lab", "show", word).stdout, f"show {word} shows the lab")
wrong = glasspost("lab", "show", "99")
tap.check(wrong.returncode == 1 and '"99"' in wrong.stderr, "an unknown lab is named", wrong.stderr)
wrong = glasspost("lab", "grad", "1")
tap.check(wrong.returncode == 2 and '"grade"' in wrong.stderr, "a word typed wrong earns the nearest one", wrong.stderr)
german = subprocess.run([PROGRAM, "lab", "list"], capture_output=True, encoding="utf-8", timeout=60,
                        env=dict(environment, LANGUAGE="de"))
tap.check("Der erste Brief" in german.stdout, "titles come in the user's language", german.stdout[:300], german.stderr)

shown = subprocess.run([PROGRAM, "lab", "show", "1"], capture_output=True, encoding="utf-8", timeout=60,
                       env=dict(environment, LANGUAGE="de"))
tap.check("Sag guten Tag" in shown.stdout and "EHLO reader" in shown.stdout, "and so does the text", shown.stdout[:300])
tap.check("\n    DATA\n" in glasspost("lab", "show", "1").stdout, "a step that begins with code keeps its indent")

# --- run ---

ports = home / "ports"
run = subprocess.Popen([PROGRAM, "lab", "run", "1", "--port-base", "0", "--ports", str(ports), "--student", "Alice Example"],
                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
address = next(line.split()[2:] for line in until(lambda: ports.exists() and ports.read_text(), "the ports").splitlines()
               if line.startswith("sparta smtp "))
sparta = Smtp((address[0], int(address[1])))
sparta.do("EHLO reader", 250)
sparta.do("MAIL FROM: alice of Athens", 501)
said = ""
while "alice·of·Athens" not in said and (line := run.stdout.readline()):
    said += line.decode()
sparta.envelope(plays.ALICE, plays.BOB)
sparta.letter(plays.letter())
run.stdin.write(b"hint promise\nanswer promise the 354 to DATA\n")
run.stdin.flush()
while "354 asks for the letter" not in said and (line := run.stdout.readline()):
    said += line.decode()
run.stdin.write(b"answer promise the 250 to the lone dot\n")
run.stdin.flush()
out, err = run.communicate(timeout=30)
said += out.decode()
tap.check(run.returncode == 0, "run ends with 0 when all is passed", said, err.decode())
tap.check("✓ Bob's" not in said and "✓ The letter lies in Bob's mailbox" in said, "a check that passes is said at once", said)
tap.check("MAIL·FROM:·alice·of·Athens\\r\\n" in said, "bytes of a failure are shown with CR, LF and spaces", said)
tap.check("354 asks for the letter" in said, "a wrong answer is answered", said)
tap.check("All 6 checks passed" in said, "the end is said", said)
traces = list((home / "data/glasspost/labs/01-first-letter").glob("*.trace"))
tap.check(len(traces) == 1, "the run was recorded")
tap.check("6/6" in glasspost("lab", "list").stdout, "progress is kept")

# --- hand in and grade ---

hand_in = home / "class" / "carol.hand-in"
hand_in.parent.mkdir()
done = glasspost("lab", "export", "--student", "carol", "--output", hand_in)
tap.check(done.returncode == 0 and "1 trace" in done.stdout, "export writes one file", done.stdout, done.stderr)
done = glasspost("lab", "grade", "1", hand_in)
tap.check(done.returncode == 0 and "6 of 6" in done.stdout and "carol" in done.stdout, "what was exported is graded",
          done.stdout, done.stderr)

with_hostile = home / "class"
(with_hostile / "bob.trace").write_bytes((FIRST / "mistake-quit-in-letter.trace").read_bytes())
(with_hostile / "empty.trace").write_bytes(b"")
(with_hostile / "noise.trace").write_bytes(os.urandom(50000))
(with_hostile / "torn.trace").write_bytes((FIRST / "solution.trace").read_bytes()[:20000])
(with_hostile / "letters.docx").write_bytes(b"PK\x03\x04 not a trace")
(with_hostile / "outside.trace").symlink_to("/etc/passwd")
os.mkfifo(with_hostile / "pipe.trace")
(with_hostile / "=cmd().trace").write_bytes((FIRST / "mistake-no-brackets.trace").read_bytes().replace(b'"person":"Alice"', b'"person":"=cmd()"'))
(with_hostile / "head.hand-in").write_bytes(b'{"glasspost-hand-in":1,"student":"../../x\\u0000"}\n{"glasspost-hand-in-part":"../../etc"}\n{}\n')
(with_hostile / "line.trace").write_bytes(b'{"glasspost-trace":1}\n{"kind":"line","text":"' + b"A" * (8 << 20) + b'"}\n')
(with_hostile / "ends\x1b[2J\nhere.trace").write_bytes((FIRST / "mistake-no-brackets.trace").read_bytes())
(with_hostile / "up.trace").symlink_to("..")
(with_hostile / "bomb.hand-in").write_bytes(b'{"glasspost-hand-in":1,"student":"mallory"}\n' + b'{"glasspost-hand-in-part":"01-first-letter"}\n' * 5000)
(with_hostile / "nothing.hand-in").write_bytes(b'{"glasspost-hand-in":1}\n')
deep = with_hostile / "a/b/c/d/e/f"
deep.mkdir(parents=True)
with open(with_hostile / "huge.trace", "wb") as huge:
    huge.truncate(1 << 40)
done = glasspost("lab", "grade", "1", with_hostile, "--csv")
rows = list(csv.reader(io.StringIO(done.stdout)))
tap.check(done.returncode == 1 and rows[0] == ["student", "lab", "version", "passed", "of", "minutes", "hints", "first failure"],
          "hostile input is survived", done.stdout, done.stderr)
tap.check(["carol", "01-first-letter", "1", "6", "6"] in [r[:5] for r in rows],
          "and the others are graded", done.stdout)
tap.check(not any(sign in done.stdout + done.stderr for sign in "\x1b\x07\x00"), "no control byte of a name reaches the terminal",
          ascii(done.stderr[:2000]))
tap.check(sum("bomb.hand-in" in line for line in done.stderr.splitlines()) < 30, "a file of a thousand broken parts is told in few words")
tap.check(any(r[0] == "'=cmd()" for r in rows), "no cell is a formula", done.stdout)
for name in "empty.trace", "noise.trace", "letters.docx", "outside.trace", "pipe.trace", "huge.trace", "up.trace", "nothing.hand-in", "a/b/c/d":
    tap.check(any(name in line and "skipped" in line for line in done.stderr.splitlines()), f"{name} is named and skipped", done.stderr)
tap.check(done.stdout == glasspost("lab", "grade", "1", with_hostile, "--csv").stdout, "grading is deterministic")
failed = glasspost("lab", "grade", "1", with_hostile, "--failed-only")
tap.check("carol:" not in failed.stdout and "bob: 01" in failed.stdout, "--failed-only leaves out who passed", failed.stdout)
tap.check("QUIT is inside the letter" in failed.stdout, "the report leads with the mistake", failed.stdout)
junit = xml.fromstring(glasspost("lab", "grade", "1", with_hostile, "--junit").stdout)
tap.check(junit.tag == "testsuite" and int(junit.get("failures")) > 0 and len(junit) == int(junit.get("tests")), "--junit is JUnit")
everything = glasspost("lab", "grade", "all", hand_in)
tap.check(everything.returncode == 0 and "1 graded" in everything.stdout, "all grades what was begun", everything.stdout, everything.stderr)

# --- what an author gets wrong ---

WRONG = [
    ("[lab]\ntitle=X\nminutes=5\n[check a]\nstep=1\nsays=a\nse=edge\n", "checks.ini:7", '"see"'),
    ("[lab]\ntitle=X\nminutes=5\n[check a]\nstep=1\nsays=a\nsee=edge and verb RCPT\n", "checks.ini:7", "column"),
    ("[lab]\ntitle=X\nminutes=5\n[check a]\nstep=2\nsays=a\nsee=edge\n", "checks.ini:5", "1 to 1"),
    ("[lab]\ntitle=X\nminutes=5\n[check a]\nstep=1\nsays=a\nnever=edge\n", "checks.ini:4", "after="),
    ("[lab]\ntitle=X\nminutes=5\n[check a]\nstep=1\nsays=a\nsee=edge\nafter=b\n", "checks.ini:8", '"b"'),
    ("[lab]\ntitle=X\nminutes=5\n[check a]\nstep=1\nsays=a\nsee=edge\nafter=a\n", "checks.ini:4", "waits for itself"),
    ("[lab]\ntitle=X\nminutes=5\n[check a]\nstep=1\nsays=a\nstate=smtp-server:rcp\n", "checks.ini:7", "rcp"),
    ("[lab]\ntitle=X\nminutes=5\n[check a]\nstep=1\nsays=a\nsee=edge\nhint=a\nhint=b\n", "checks.ini:9", "hint-2"),
    ("[lab]\ntitle=X\nminutes=5\n[chek a]\nstep=1\n", "checks.ini:4", "[check NAME]"),
    ("[lab]\ntitle=Y\nminutes=5\n[check a]\nstep=1\nsays=a\nsee=edge\n", "lab.md", "make them the same"),
    ("[lab]\ntitle=X\nminutes=5\n[question a]\nstep=1\nask=a?\nchoices=x; y\nanswer=z\n", "checks.ini:8", '"z"'),
]
GERMAN = "[lab]\ntitle=X\ntitle[de]=X\nminutes=5\n[check a]\nstep=1\nsays=a\nsays[de]=a\nsee=edge\n"
WRONG += [
    ("no group\n", "checks.ini:1", "[group]"),
    ("[lab]\nminutes=5\n", "checks.ini:1", "title"),
    ("[lab]\ntitle=X\nminutes=long\n", "checks.ini:3", "from 1 to 600"),
    ("[lab]\ntitle=X\nminutes=5\n", "checks.ini:1", "nothing to check"),
    ("[lab]\ntitle=X\nminutes=5\n[check a]\nstep=1\nsays=a\nsee=edge\n[check a]\n", "checks.ini:8", "already"),
    ("[lab]\ntitle=X\nminutes=5\n[question a]\nstep=1\nask=a?\nchoices=x; y\nanswer=y\nwrong.z=no\n", "checks.ini:9", '"z"'),
    ("[lab]\ntitle=X\nminutes=5\n[question a]\nstep=1\nask=a?\nanswer=y\nwrong.y=no\n", "checks.ini:4", "taken as right"),
    ("[lab]\ntitle=X\nminutes=5\n[check a]\nstep=1\nsays=a\nsee=edge\n[mistake m]\nsays=m\nwhen=edge\ncheck=b\n", "checks.ini:11", '"b"'),
    (GERMAN.replace("says[de]=a\n", ""), "checks.ini:7", "says[de]="),
    (GERMAN, "lab.de.md", "translate lab.md"),
    (GERMAN + "hint[de]=a\n", "checks.ini:10", "hint="),
    ("[lab]\ntitle=X\nminutes=5\n[question a]\nstep=1\nask=a?\nask[de]=a?\nchoices=x; y\nchoices[de]=x\nanswer=y\n", "checks.ini:8",
     "in the same order"),
]
bad = home / "bad"
bad.mkdir()
(bad / "lab.md").write_text("# X\n\n## One\n\nDo it.\n", encoding="utf-8")
for text, place, cure in WRONG:
    (bad / "checks.ini").write_text(text, encoding="utf-8")
    done = glasspost("lab", "lint", bad)
    tap.check(done.returncode == 1 and place in done.stderr and cure in done.stderr, f"lint says {place} and {cure}", done.stderr)
tap.done()
