# SPDX-License-Identifier: MIT
"""Every lab of labs/: what is recorded there is right, and its plays still come out so with the server as it is now.

    the lab lints: its files, its scenario, its recordings
    its solution, played now, passes every check; and so do its variants (another client, order, retries, sessions)
    each of its mistakes, played now, leads to that mistake's message
    what has nothing to do with it (other sessions, other clients, failed tries) before and behind changes nothing
    each wrong answer that is named, given in an office, leads to what is said to it
    it has a teacher's page, and every mistake a play

Argument: the program.
"""
import configparser
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "docs"))
import plays                           # noqa: E402
from record import LABS, perform, plays_of  # noqa: E402
from stage import Failed               # noqa: E402
from tap import Tap                    # noqa: E402

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
tap = Tap()


def glasspost(*words):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, encoding="utf-8", errors="replace", timeout=120)


def lint(lab):
    done = glasspost("lab", "lint", lab)
    tap.check(done.returncode == 0, f"{lab.name} lints", done.stdout, done.stderr)
    tap.check((lab / "teacher.md").exists(), f"{lab.name} has teacher's notes")


def play_now(lab, folder):
    """Its recordings made anew, in a copy of the lab, must lint too."""
    copy = folder / lab.name
    shutil.copytree(lab, copy, ignore=shutil.ignore_patterns("solution.trace", "mistake-*.trace"))
    try:
        for file, play in plays_of(lab.name):
            perform(PROGRAM, lab, play, copy / file)
    except Failed as failed:
        tap.check(False, f"{lab.name}: {file} can be played", failed)
        return
    for needed in (lab / "checks.ini").read_text(encoding="utf-8").split("\n"):
        if needed.startswith("needs="):
            for name in needed[6:].split(";"):
                shutil.copytree(LABS / name.strip(), folder / name.strip(), dirs_exist_ok=True)
    done = glasspost("lab", "lint", copy)
    tap.check(done.returncode == 0, f"{lab.name}: solution passes and each mistake is named, played now", done.stdout, done.stderr)


def play_variants(lab, folder):
    for (name, variant), play in plays.VARIANTS.items():
        if name != lab.name:
            continue
        trace = folder / f"{lab.name}-{variant}.trace"
        try:
            perform(PROGRAM, lab, play, trace)
        except (Failed, FileNotFoundError) as failed:
            missing = isinstance(failed, FileNotFoundError) or "is not there" in str(failed)
            if missing:
                tap.skip(f"{lab.name}: {variant} passes", "a client is not there")
            else:
                tap.check(False, f"{lab.name}: {variant} can be played", failed)
            continue
        done = glasspost("lab", "grade", lab, trace)
        tap.check(done.returncode == 0, f"{lab.name}: {variant} passes", done.stdout, done.stderr)


def play_among_strangers(lab, folder):
    trace = folder / f"{lab.name}-strangers.trace"
    try:
        perform(PROGRAM, lab, lambda stage: plays.among_strangers(stage, plays.SOLUTIONS[lab.name]), trace)
    except Failed as failed:
        tap.check(False, f"{lab.name}: its solution can be played among strangers", failed)
        return
    done = glasspost("lab", "grade", lab, trace)
    tap.check(done.returncode == 0, f"{lab.name}: its solution passes among other sessions and failed tries", done.stdout, done.stderr)


def give_wrong_answers(lab, folder):
    """All in one office; what was said to each is read from the trace up to it."""
    checks = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",))
    checks.optionxform = str
    checks.read(lab / "checks.ini", encoding="utf-8")
    wrong = [(group.split()[1], key[6:], says) for group in checks.sections() if group.startswith("question ")
             for key, says in checks.items(group) if key.startswith("wrong.") and "[" not in key]
    if not wrong:
        return
    trace, part = folder / f"{lab.name}-wrong.trace", folder / "part.trace"

    def answer(stage):
        for question, text, _ in wrong:
            stage.answer(question, text)
    perform(PROGRAM, lab, answer, trace)
    lines = trace.read_bytes().splitlines(keepends=True)
    places = [i for i, line in enumerate(lines) if json.loads(line).get("action") == "answer"]
    for (question, text, says), place in zip(wrong, places, strict=True):
        part.write_bytes(b"".join(lines[:place + 1]))
        report = xml.fromstring(glasspost("lab", "grade", lab, part, "--junit").stdout)
        said = next((case.find("failure").text for case in report if case.get("name").endswith(f": {question}")), "")
        tap.check(said.startswith(says), f"{lab.name}: {question}: what is said to {text}", said, says)


labs = sorted(path.parent for path in LABS.glob("*/checks.ini"))
tap.check({lab.name for lab in labs} == set(plays.SOLUTIONS), "every lab has a solution and every solution a lab")
tap.check({lab for lab, _ in plays.VARIANTS} == set(plays.SOLUTIONS), "every lab has another way that passes too")
for (lab, _) in list(plays.MISTAKES) + list(plays.VARIANTS):
    if lab not in plays.SOLUTIONS:
        tap.check(False, f"the plays of {lab} have a lab")
only = sys.argv[2:]
for lab in labs:
    if only and not any(lab.name.startswith(word) for word in only):
        continue
    with tempfile.TemporaryDirectory(prefix="labs-") as temporary:
        lint(lab)
        play_now(lab, pathlib.Path(temporary))
        play_variants(lab, pathlib.Path(temporary))
        play_among_strangers(lab, pathlib.Path(temporary))
        give_wrong_answers(lab, pathlib.Path(temporary))
        empty = pathlib.Path(temporary) / "empty.trace"
        empty.write_text('{"glasspost-trace":1,"started":"2026-01-01T00:00:00.000000Z","version":"0"}\n', encoding="utf-8")
        done = glasspost("lab", "grade", lab, empty)
        tap.check(done.returncode == 1 and ": 0 of " in done.stdout, f"{lab.name}: an empty trace passes nothing", done.stdout)
tap.done()
