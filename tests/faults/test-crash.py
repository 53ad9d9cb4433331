# SPDX-License-Identifier: MIT
"""The office is killed (SIGKILL) at random moments under load, again and again on one store. Argument: the program.

Clients submit at Athens and hand letters to the gateway and to Sparta. Of each letter they know whether it was
answered with 250. However often the office dies: those letters reach Bob, whole; no letter number comes twice;
each trace can be read up to its torn last line. A letter may come twice, when the office died between a
delivery and the note that it was made (RFC 5321 §6.1); these are counted and said.

GPO_ROUNDS says how often (12), GPO_SEED makes a run repeat its random choices.
"""
import os
import pathlib
import random
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "clients"), str(HERE.parent / "docs")]
from load import QUICK, SUBMIT, TO_GATEWAY, TO_TOWN, Arrivals, Load  # noqa: E402
from office import Failed, Office  # noqa: E402
from tap import Tap  # noqa: E402

ROUNDS = int(os.environ.get("GPO_ROUNDS", "12"))
SEED = int(os.environ.get("GPO_SEED", str(random.SystemRandom().randrange(10_000))))


def quick_world(program, folder):
    text = subprocess.run([program, "serve", "--print-scenario"], check=True, capture_output=True, encoding="utf-8").stdout
    if QUICK[0] not in text:
        raise Failed("the built-in world has other retry intervals than this test knows")
    path = folder / "world.scenario"
    path.write_text(text.replace(*QUICK), encoding="utf-8")
    return path


class Crash:
    def __init__(self, program, office):
        self.program, self.office = program, office
        self.answered = {}
        self.torn = 0

    def one_round(self, n):
        self.office.start()
        with Load(self.office, [SUBMIT, TO_GATEWAY, TO_TOWN], prefix=f"round{n}") as load:
            load.wait(random.randrange(60))
            time.sleep(random.random() * 0.02)     # not on the beat of an answer
            self.office.crash()
        if load.codes.keys() - {0}:
            raise Failed(f"letters were refused: {load.codes}")
        self.answered.update(load.answered)
        self.read_trace()

    def read_trace(self):
        """What a reader sees of a trace whose writer died."""
        text = self.office.trace_path.read_bytes()
        self.torn += not text.endswith(b"\n")
        shown = subprocess.run([self.program, "show", "--json", str(self.office.trace_path)], capture_output=True,
                               check=False, timeout=120)
        whole = text.count(b"\n") - 1              # the first line is no event
        seen = shown.stdout.count(b"\n")
        complained = b"torn" in shown.stderr and not text.endswith(b"\n")
        if seen != whole or shown.returncode != (1 if complained else 0):
            raise Failed(f"show ended with {shown.returncode} and {seen} events of {whole}:\n{shown.stderr.decode()}")

    def tear(self):
        """Cuts the last trace in the middle of its last line, wherever the writer left it."""
        text = self.office.trace_path.read_bytes().rstrip(b"\n")
        cut = text.rfind(b"\n") + 1 + (len(text) - text.rfind(b"\n") - 1) // 2
        self.office.trace_path.write_bytes(text[:cut])
        self.read_trace()


def numbers_are_single(answered):
    """The queue IDs that clients were told."""
    seen = {}
    for name, text in answered.items():
        number = re.search(r"\bletter (\d+)", text)
        if not number:
            raise Failed(f"no letter number in the answer {text!r}")
        if seen.setdefault(int(number[1]), name) != name:
            raise Failed(f"letter number {number[1]} was given to {seen[int(number[1])]} and to {name}")


def attempt(tap, name, function):
    try:
        function()
        return tap.check(True, name)
    except Failed as failed:
        return tap.check(False, name, failed, f"repeat with GPO_SEED={SEED} GPO_ROUNDS={ROUNDS}")


def main():
    tap, program = Tap(), sys.argv[1]
    random.seed(SEED)
    office = Office(program)
    try:
        office.scenario = quick_world(program, office.folder)
        crash = Crash(program, office)

        def rounds():
            for n in range(ROUNDS):
                crash.one_round(n)
        if attempt(tap, f"the office starts and works after each of {ROUNDS} kills; its traces can be read", rounds):
            attempt(tap, "a trace with a torn last line is read up to it", crash.tear)
            arrivals = Arrivals(office)
            office.start()
            attempt(tap, "each letter answered with 250 reaches Bob, whole", lambda: arrivals.check(crash.answered))
            attempt(tap, "no letter number is given twice", lambda: numbers_are_single(crash.answered))
            attempt(tap, "the office ends in good order at last", office.stop)
            print(f"# {ROUNDS} kills, {len(crash.answered)} letters answered, {len(arrivals.found)} arrived, "
                  f"{arrivals.duplicates} duplicates, {crash.torn} torn traces, seed {SEED}")
    finally:
        office.kill()
    tap.done()


if __name__ == "__main__":
    main()
