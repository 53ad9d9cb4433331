# SPDX-License-Identifier: MIT
"""imap_wire.py: an IMAP client that hides nothing: each response as it came, taken apart by RFC 3501 §9's grammar.

    wire = Wire(office.ports["sparta", "imap"])
    answer = wire.do("SELECT INBOX")      # Answer: status, text, untagged
    wire.fetch("1", "(UID BODY[])")       # [(1, {"UID": 7, "BODY[]": b"…"})]

Strings and literals are bytes, numbers int, NIL None, lists list, any other atom str. It waits with a deadline and
checks no more than the grammar: what came is the tests' to judge.
"""
import re
import socket
import typing

from office import DEADLINE, PASSWORD, Failed

ATOM = re.compile(rb"[^\s()\"{\[]+(?:\[[^\]]*\](?:<\d+>)?)?")


class Answer(typing.NamedTuple):
    status: str     # OK, NO or BAD
    text: str       # behind it, with the response code
    untagged: list  # each response behind "* " as bytes, with its literals


class Wire:
    def __init__(self, address, user="bob"):
        self.socket = socket.create_connection(address, DEADLINE)
        self.file = self.socket.makefile("rb")
        self.tags = 0
        self.greeting = self.response()
        if user:
            self.well(f"LOGIN {user} {PASSWORD}")

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def response(self):
        """One response: its line and the literals in it; without the last CRLF."""
        whole = b""
        while True:
            line = self.file.readline()
            if not line.endswith(b"\r\n"):
                raise Failed(f"the connection ended in {whole + line!r}")
            whole += line
            literal = re.search(rb"\{(\d+)\}\r\n\Z", line)
            if not literal:
                return whole[:-2]
            whole += self.file.read(int(literal[1]))

    def untagged(self):
        """One untagged response that comes by itself, as in IDLE."""
        got = self.response()
        if not got.startswith(b"* "):
            raise Failed(f"expected an untagged response, got {got!r}")
        return got[2:]

    def begin(self, command):
        self.tags += 1
        tag = b"t%d" % self.tags
        self.send(tag + b" " + (command if isinstance(command, bytes) else command.encode()) + b"\r\n")
        return tag

    def end(self, tag):
        untagged = []
        while True:
            got = self.response()
            if got.startswith(tag + b" "):
                status, _, text = got[len(tag) + 1:].decode(errors="replace").partition(" ")
                return Answer(status, text, untagged)
            if not got.startswith(b"* "):
                raise Failed(f"expected an untagged response or {tag.decode()}, got {got!r}")
            untagged.append(got[2:])

    def do(self, command):
        return self.end(self.begin(command))

    def well(self, command):
        answer = self.do(command)
        if answer.status != "OK":
            raise Failed(f"{command[:200]!r}: {answer.status} {answer.text}")
        return answer

    def append(self, mailbox, letter):
        return self.well(b"APPEND %s {%d+}\r\n%s" % (mailbox.encode(), len(letter), letter))

    def idle(self):
        """Begins IDLE; done() ends it."""
        tag = self.begin("IDLE")
        got = self.response()
        if not got.startswith(b"+"):
            raise Failed(f"expected + to IDLE, got {got!r}")
        return tag

    def done(self, tag):
        self.send(b"DONE\r\n")
        return self.end(tag)

    def fetch(self, numbers, items, command="FETCH"):
        """The FETCH responses: (sequence number, {item: value})."""
        found = []
        for line in self.well(f"{command} {numbers} {items}").untagged:
            kind = re.match(rb"(\d+) FETCH ", line)
            if kind:
                values = parse(line[kind.end():])
                found.append((int(kind[1]), {values[i].upper(): values[i + 1] for i in range(0, len(values), 2)}))
        return found


def parse(data):
    """A parenthesised list as Python's."""
    value, at = parse_one(data, 0)
    if at != len(data):
        raise Failed(f"{data[at:at + 40]!r} stands behind a list")
    return value


def parse_list(data, at):
    found = []
    while data[at:at + 1] != b")":
        value, at = parse_one(data, at)
        found.append(value)
        if data[at:at + 1] == b" ":
            at += 1
        elif data[at:at + 1] not in (b")", b"("):  # body parts follow each other without a space
            raise Failed(f"expected space or ), got {data[at:at + 40]!r}")
    return found, at + 1


def parse_one(data, at):
    if data[at:at + 1] == b"(":
        return parse_list(data, at + 1)
    if data[at:at + 1] == b'"':
        quoted = re.compile(rb'"((?:[^"\\\r\n]|\\["\\])*)"').match(data, at)
        if not quoted:
            raise Failed(f"no quoted string: {data[at:at + 60]!r}")
        return re.sub(rb"\\(.)", rb"\1", quoted[1]), quoted.end()
    literal = re.compile(rb"\{(\d+)\}\r\n").match(data, at)
    if literal:
        end = literal.end() + int(literal[1])
        return data[literal.end():end], end
    atom = ATOM.match(data, at)
    if not atom:
        raise Failed(f"no value: {data[at:at + 60]!r}")
    text = atom[0].decode()
    return (None if text == "NIL" else int(text) if text.isdigit() else text), atom.end()
