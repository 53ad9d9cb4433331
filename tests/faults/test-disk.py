# SPDX-License-Identifier: MIT
"""A full disk and one that cannot be written. Argument: the program glasspost.

The store lies on a small tmpfs that only this program and its children see: it starts itself anew in a mount
namespace of its own. Skipped where that is not allowed.
"""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "clients"), str(HERE.parent / "docs")]
from cases import same, true  # noqa: E402
from load import BOB, QUICK, STRANGER, SUBMIT, TO_GATEWAY, TO_TOWN, Arrivals, Client, Load, make_letter  # noqa: E402
from office import Failed, Office  # noqa: E402
from tap import Tap  # noqa: E402

PRIVATE = (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"])


def mount(*words):
    subprocess.run(["mount", *map(str, words)], check=True)


class SmallDisk:
    """An office whose store is a tmpfs of so many bytes."""

    def __init__(self, program, size="6M"):
        self.office = Office(program)
        self.office.store.mkdir()
        mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.office.store)
        text = subprocess.run([program, "serve", "--print-scenario"], check=True, capture_output=True,
                              encoding="utf-8").stdout
        self.office.scenario = self.office.folder / "world.scenario"
        self.office.scenario.write_text(text.replace(*QUICK), encoding="utf-8")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.office.kill()
        subprocess.run(["umount", "--lazy", str(self.office.store)], check=False)

    def fill(self):
        """Takes all room that is left; returns the file to remove."""
        path = self.office.store / "ballast"
        with open(path, "wb", buffering=0) as ballast:
            try:
                while ballast.write(bytes(4096)) == 4096:
                    pass
            except OSError:
                pass
        return path


def full(program):
    """452 as long as it is full; whatever was answered with 250 before, meanwhile and later arrives."""
    with SmallDisk(program) as disk:
        office = disk.office
        office.start()
        with Load(office, [SUBMIT, TO_GATEWAY, TO_TOWN]) as load:
            load.wait(30)
            ballast = disk.fill()
            with load.changed:
                load.changed.wait_for(lambda: load.codes[452] >= 20, 60)
        true(load.codes[452] >= 20, f"letters are answered with 452: {load.codes}")
        same(set(load.codes) - {0, 452}, set(), "other answers")
        small_and_large(office)
        ballast.unlink()
        Arrivals(office).check(load.answered)
        with Load(office, [SUBMIT, TO_GATEWAY], prefix="later") as later:
            later.wait(10)
        same(set(later.codes) - {0}, set(), "answers when there is room again")
        Arrivals(office).check({**load.answered, **later.answered})
        office.stop()


def small_and_large(office):
    """What a full disk is called, and that the session goes on."""
    with Client(office.ports[TO_TOWN]) as client:
        client.greet()
        for size in (20_000, 900_000):
            code, text = client.letter(STRANGER, BOB, b"Subject: x\r\n\r\n" + b"0123456789\r\n" * (size // 12))
            same((code, text[:5]), (452, "4.3.1"), f"the answer to {size} bytes ({text})")
        same(client.say("NOOP")[0], 250, "NOOP afterwards")


def full_and_killed(program):
    """The office dies while its disk is full, and starts when there is room."""
    with SmallDisk(program) as disk:
        office = disk.office
        office.start()
        with Load(office, [SUBMIT, TO_GATEWAY]) as load:
            load.wait(30)
            ballast = disk.fill()
            with load.changed:
                load.changed.wait_for(lambda: load.codes[452] >= 5, 60)
            office.crash()
        ballast.unlink()
        office.start()
        Arrivals(office).check(load.answered)
        office.stop()


def read_only_at_run_time(program):
    """Bob's mailbox can no longer be written: 451, and nothing that was said to be safe is lost."""
    with SmallDisk(program, "30M") as disk:
        office = disk.office
        office.start()
        with Client(office.ports[TO_TOWN]) as client:
            client.greet()
            same(client.letter(STRANGER, BOB, make_letter("before"))[0], 250, "the answer before")
            mount("-t", "tmpfs", "-o", "ro", "tmpfs", office.maildir("sparta", "bob") / "tmp")
            with Client(office.ports[TO_GATEWAY]) as other:
                same(other.greet().letter(STRANGER, BOB, make_letter("queued"))[0], 250, "the gateway's answer")
            for name in ("while", "still"):
                code, text = client.letter(STRANGER, BOB, make_letter(name))
                same((code, text[:5]), (451, "4.3.0"), "the answer meanwhile")
            subprocess.run(["umount", str(office.maildir("sparta", "bob") / "tmp")], check=True)
            same(client.letter(STRANGER, BOB, make_letter("after"))[0], 250, "the answer after")
        arrivals = Arrivals(office)
        arrivals.check({"before": "", "queued": "", "after": ""})
        same(set(arrivals.found), {"before", "queued", "after"}, "the letters in the mailbox")
        office.stop()


def unwritable_at_start(program):
    with SmallDisk(program) as disk:
        office = disk.office
        mount("-o", "remount,ro", office.store)
        done = office.run(program, "serve", "--store", office.store, "--port-base", "0")
        same(done.returncode, 1, "the status")
        true(str(office.store) in done.stderr and "Read-only file system" in done.stderr and "--store" in done.stderr,
             f"the folder, what is wrong with it, and the cure are named: {done.stderr}")


CASES = [("a full disk is answered with 452, loses nothing, and work goes on when there is room", full),
         ("killed with a full disk, the office loses nothing either", full_and_killed),
         ("a store that becomes unwritable is answered with 451", read_only_at_run_time),
         ("a store that cannot be written is refused at the start, with the cure", unwritable_at_start)]


def main():
    if "GPO_PRIVATE" not in os.environ:
        for way in PRIVATE:
            if subprocess.run([*way, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=False, capture_output=True).returncode == 0:
                os.execvpe(way[0], [*way, sys.executable, *sys.argv], {**os.environ, "GPO_PRIVATE": "yes"})
    tap, program = Tap(), sys.argv[1]
    for name, function in CASES:
        if "GPO_PRIVATE" not in os.environ:
            tap.skip(name, "this user may not mount")
            continue
        try:
            function(program)
            tap.check(True, name)
        except (Failed, OSError) as failed:
            tap.check(False, name, failed)
    tap.done()


if __name__ == "__main__":
    main()
