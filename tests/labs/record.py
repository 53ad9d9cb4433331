# SPDX-License-Identifier: MIT
"""Records the traces of the labs by playing them over real sockets: solution.trace and mistake-NAME.trace.

    tests/labs/record.py build/src/command/glasspost            all labs of labs/
    tests/labs/record.py build/src/command/glasspost 03 04      some of them
"""
import pathlib
import socket
import sys

import plays
from stage import Stage

LABS = pathlib.Path(__file__).resolve().parent.parent.parent / "labs"
# What a lab's scenario fixes for people, and a play has to choose: the port of the student's own server.
PORTS = {"19-your-own-server": "127.0.0.1:2500"}


def perform(program, lab, play, path):
    """Plays on an office of its own and keeps the trace."""
    changes = {}
    if lab.name in PORTS:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            changes[PORTS[lab.name]] = "127.0.0.1:{}".format(probe.getsockname()[1])
    with Stage(program, lab, **changes) as stage:
        play(stage)
        stage.keep(path)


def plays_of(name):
    """(file name, play) of every recording that a lab has."""
    yield "solution.trace", plays.SOLUTIONS[name]
    for (lab, mistake), play in plays.MISTAKES.items():
        if lab == name:
            yield f"mistake-{mistake}.trace", play
    if name in plays.RECORDINGS:
        yield plays.RECORDINGS[name]


def record(program, lab, folder):
    for file, play in plays_of(lab.name):
        perform(program, lab, play, folder / file)
        print(f"{lab.name}/{file}")


if __name__ == "__main__":
    for found in sorted(LABS.glob("*/checks.ini")):
        if len(sys.argv) == 2 or any(found.parent.name.startswith(word) for word in sys.argv[2:]):
            record(sys.argv[1], found.parent, found.parent)
