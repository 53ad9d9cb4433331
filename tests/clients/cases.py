# SPDX-License-Identifier: MIT
"""cases.py: the cases of a test with real clients: functions marked with @case, each run and reported alone.

    @case("curl sends over STARTTLS", needs="curl")
    def _(office):
        same(office.run(…).returncode, 0)

    main()     # argument: the program glasspost

Each case has an office of its own. A case whose client is not installed is skipped, and says so.
"""
import pathlib
import shutil
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "docs"))
from office import Failed, Office  # noqa: E402
from tap import Tap  # noqa: E402

CASES = []


def case(name, needs=(), scenario=None, options=()):
    """Marks a case. `needs`: programs, separated by spaces; `scenario`: the text of a scenario file."""
    def mark(function):
        CASES.append((name, needs.split() if needs else [], scenario, options, function))
        return function
    return mark


class Skipped(Exception):
    """What this machine cannot do."""


def skip(why):
    raise Skipped(why)


def same(seen, expected, what="it"):
    if seen != expected:
        raise Failed(f"{what} is {seen!r}\nexpected  {expected!r}")


def true(condition, what):
    if not condition:
        raise Failed(what)


def well(done, what="the client"):
    """A client's run ended well."""
    if done.returncode:
        raise Failed(f"{what} ended with status {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


def run(tap, program, name, scenario, options, function):
    office = None
    try:
        office = Office(program, *options)
        if scenario:
            office.scenario = office.folder / "world.office"
            office.scenario.write_text(scenario, encoding="utf-8")
        with office:
            function(office)
        tap.check(True, name)
    except Skipped as skipped:
        tap.skip(name, skipped)
    except Failed as failed:
        tap.check(False, name, failed)
    except Exception:  # noqa: BLE001 a client library's own complaint is a failed case
        tap.check(False, name, traceback.format_exc())


def main():
    program, *wanted = sys.argv[1:]
    tap = Tap()
    for name, needs, scenario, options, function in CASES:
        if wanted and not any(word in name for word in wanted):
            continue
        missing = [need for need in needs if not shutil.which(need)]
        if missing:
            tap.skip(name, f"{', '.join(missing)} is not installed")
        else:
            run(tap, program, name, scenario, options, function)
    tap.done()
