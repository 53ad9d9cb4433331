# SPDX-License-Identifier: MIT
"""The office is killed (SIGKILL) while IMAP clients APPEND, STORE, COPY, MOVE and EXPUNGE. Arguments: the program, [--rounds 12].

Some clients work on letters of their own in two mailboxes of Bob's that they share, and note what they began and what was
answered. After each kill the office is started again and both mailboxes are read:

    what was answered is so, what was only begun is done or not;
    no letter is lost, none is twice in a mailbox, every one is whole, none is unknown;
    a letter keeps its UID as long as it is there, no UID is ever another letter's, and UIDVALIDITY stays.

GPO_SEED makes a run repeat its random choices. (The store alone, with more at a time: mailbox-kill.c.)
"""
import argparse
import os
import pathlib
import random
import re
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "clients"), str(HERE.parent / "docs")]
from imap_wire import Wire  # noqa: E402
from office import Failed, Office  # noqa: E402
from tap import Tap  # noqa: E402

SEED = int(os.environ.get("GPO_SEED", str(random.SystemRandom().randrange(10_000))))
CLIENTS = 4
BOXES = ("INBOX", "Other")
FLAGS = (r"\Seen", r"\Answered", r"\Flagged", "work")
OWN = {*FLAGS, r"\Deleted"}


def text_of(name):
    """A letter's bytes, of a length that its name tells."""
    return (f"Subject: {name}\r\n\r\n" + f"a line of {name}\r\n" * (1 + sum(name.encode()) % 80)).encode()


class Copy:
    """A letter in one mailbox, as its owner knows it."""

    def __init__(self, uid, flags):
        self.uid, self.flags = uid, frozenset(flags)
        self.doubt = None   # flags it may have as well
        self.may_go = False


class Client(threading.Thread):
    """Works until the office is gone. `letters`: name → {box: Copy}; `begun`: what the last command might have done."""

    def __init__(self, number, port, letters, dice):
        super().__init__()
        self.number, self.letters, self.dice = number, letters, dice
        self.wire, self.box = Wire(port), None
        self.begun = None   # (name, box): a letter that may have come there
        self.problem, self.answered = None, 0

    def run(self):
        try:
            while True:
                self.one()
                self.answered += 1
        except (OSError, ValueError):
            pass
        except Failed as failed:
            if "the connection ended" not in str(failed):
                self.problem = failed

    def well(self, command, code=None):
        answer = self.wire.do(command)
        if answer.status != "OK":
            raise Failed(f"{command!r}: {answer.status} {answer.text}")
        return re.search(code, answer.text + "\n" + b"\n".join(answer.untagged).decode(errors="replace")) if code else None

    def select(self, box):
        if self.box != box:
            self.well(f"SELECT {box}")
            self.box = box

    def one(self):
        mine = [(name, box) for name, boxes in self.letters.items() if name.startswith(f"c{self.number}-") for box in boxes]
        if len(mine) < 4:
            self.append()
            return
        name, box = self.dice.choice(mine)
        what = self.dice.choice((self.append, self.store, self.store, self.copy, self.move, self.expunge))
        what(*((name, box) if what != self.append else ()))

    def append(self):
        name, box = f"c{self.number}-{len(self.letters)}-{self.dice.randrange(10**9)}", self.dice.choice(BOXES)
        flags = self.dice.sample(FLAGS, self.dice.randrange(3))
        letter = text_of(name)
        self.letters[name] = {}
        self.begun = (name, box, flags)
        found = self.well(b"APPEND %s (%s) {%d+}\r\n%s" % (box.encode(), " ".join(flags).encode(), len(letter), letter),
                          r"APPENDUID \d+ (\d+)")
        self.letters[name][box] = Copy(int(found[1]), flags)
        self.begun = None

    def store(self, name, box):
        copy, flags = self.letters[name][box], self.dice.sample(FLAGS, self.dice.randrange(3))
        self.select(box)
        copy.doubt = frozenset(flags)
        self.well(f"UID STORE {copy.uid} FLAGS.SILENT ({' '.join(flags)})")
        copy.flags, copy.doubt = copy.doubt, None

    def transfer(self, name, box, verb):
        copy, to = self.letters[name][box], BOXES[1 - BOXES.index(box)]
        if to in self.letters[name]:
            self.expunge(name, box)
            return
        self.select(box)
        copy.may_go = verb == "MOVE"
        self.begun = (name, to, copy.flags)
        found = self.well(f"UID {verb} {copy.uid} {to}", r"COPYUID \d+ \d+ (\d+)")
        self.letters[name][to] = Copy(int(found[1]), copy.flags)
        self.begun = None
        if verb == "MOVE":
            del self.letters[name][box]

    def copy(self, name, box):
        self.transfer(name, box, "COPY")

    def move(self, name, box):
        self.transfer(name, box, "MOVE")

    def expunge(self, name, box):
        copy = self.letters[name][box]
        self.select(box)
        copy.doubt = copy.flags | {r"\Deleted"}
        self.well(f"UID STORE {copy.uid} +FLAGS.SILENT (\\Deleted)")
        copy.flags, copy.doubt, copy.may_go = copy.doubt, None, True
        self.well(f"UID EXPUNGE {copy.uid}")
        del self.letters[name][box]


class World:
    def __init__(self, office):
        self.office, self.letters, self.owners = office, [{} for _ in range(CLIENTS)], {box: {} for box in BOXES}
        self.validity, self.answered, self.doubtful = {}, 0, 0

    @property
    def port(self):
        return self.office.ports["sparta", "imap"]

    def one_round(self, dice):
        clients = [Client(n, self.port, self.letters[n], random.Random(dice.random())) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(dice.random() * 0.4)   # not on the beat of an answer
        self.office.crash()
        for client in clients:
            client.join()
            client.wire.close()
            if client.problem:
                raise client.problem
            self.answered += client.answered
        self.office.start()
        self.compare(clients)

    def read(self, wire, box):
        """{name: [(uid, flags)]} of a mailbox; every letter is looked at whole."""
        found = {}
        answer = wire.well(f"SELECT {box}")
        validity = re.search(rb"UIDVALIDITY (\d+)", b"\n".join(answer.untagged))[1]
        if self.validity.setdefault(box, validity) != validity:
            raise Failed(f"{box} has another UIDVALIDITY")
        for _, items in wire.fetch("1:*", "(FLAGS BODY.PEEK[])", "UID FETCH"):
            name = items["BODY[]"].split(b"\r\n")[0].removeprefix(b"Subject: ").decode(errors="replace")
            if items["BODY[]"] != text_of(name):
                raise Failed(f"{name} in {box} is not whole")
            if self.owners[box].setdefault(items["UID"], name) != name:
                raise Failed(f"UID {items['UID']} of {box} was {self.owners[box][items['UID']]}'s and is {name}'s now")
            found.setdefault(name, []).append((items["UID"], frozenset(items["FLAGS"]) & OWN))
        return found

    def compare(self, clients):
        wire = Wire(self.port)
        found = {box: self.read(wire, box) for box in BOXES}
        wire.close()
        for client in clients:
            for name, boxes in client.letters.items():
                self.compare_letter(client, name, boxes, found)
            client.letters = {}
        for box in BOXES:
            for name in found[box]:
                if not any(name in letters for letters in self.letters):
                    raise Failed(f"{name} in {box} is nobody's")

    def compare_letter(self, client, name, boxes, found):
        here = {box: found[box].get(name, []) for box in BOXES}
        began = client.begun if client.begun and client.begun[0] == name else None
        if boxes and not any(here.values()) and not all(copy.flags >= {r"\Deleted"} and copy.may_go for copy in boxes.values()):
            raise Failed(f"{name} is lost; it was in {sorted(boxes)}")
        for box in BOXES:
            copy, got = boxes.get(box), here[box]
            if len(got) > 1:
                raise Failed(f"{name} is {len(got)} times in {box}")
            if copy:
                self.doubtful += copy.doubt is not None or copy.may_go
                self.compare_copy(name, box, copy, got)
            elif got and not (began and began[1] == box):
                raise Failed(f"{name} is in {box}, where nobody put it, or from where it was removed")
            elif got and got[0][1] != frozenset(began[2]):
                raise Failed(f"{name} came to {box} with {set(got[0][1])}, not {set(began[2])}")
        self.letters[client.number][name] = {box: Copy(*got[0]) for box, got in here.items() if got}

    @staticmethod
    def compare_copy(name, box, copy, got):
        if not got:
            if not copy.may_go:
                raise Failed(f"{name} is not in {box} any more")
            return
        uid, flags = got[0]
        if uid != copy.uid:
            raise Failed(f"{name} in {box} had UID {copy.uid} and has {uid}")
        if flags not in (copy.flags, copy.doubt):
            raise Failed(f"{name} in {box} has {set(flags)}, not {set(copy.flags)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=12)
    options = parser.parse_args()
    tap, dice, office = Tap(), random.Random(SEED), Office(options.program)
    world = World(office)
    name = f"after each of {options.rounds} kills the mailboxes are as their clients know them"
    try:
        office.start()
        wire = Wire(world.port)
        wire.well("CREATE Other")
        wire.close()
        for _ in range(options.rounds):
            world.one_round(dice)
        tap.check(True, name)
        print(f"# {options.rounds} kills, {world.answered} commands answered, {world.doubtful} letters with one that was not, seed {SEED}")
    except Failed as failed:
        tap.check(False, name, failed, f"repeat with GPO_SEED={SEED}")
    finally:
        office.kill()
    tap.done()


if __name__ == "__main__":
    main()
