# SPDX-License-Identifier: MIT
"""dialogs.py: dialogue files (tests/dialogs/dialog.h says how they are written) played over sockets.

Beyond what stands there: `S-list:` is any lines up to a dot alone (POP3), `letters: N` says how many letters the person
must have, and a literal of IMAP with what follows it is part of its line.
"""
import re
import socket
import ssl

TIMEOUT = 20


class Differs(Exception):
    """Where the server did not say what the dialogue wants."""


class Dialog:
    """`steps`: (line in the file, verb, session, bytes): say, hear, hear-any, list, tls, close, closed."""
    VERBS = {"C": "say", "C-bytes": "say", "C-tls": "tls", "C-close": "close", "S": "hear", "S*": "hear-any",
             "S-list": "list", "S-closed": "closed"}

    def __init__(self, path):
        self.path, self.head, self.steps = path, {}, []
        head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
        for line in head.splitlines():
            name, _, value = line.partition(":")
            self.head[name] = value.strip()
        for number, line in enumerate(body.splitlines(), head.count("\n") + 3):
            match = re.fullmatch(r"([CS])(\d?)(-[a-z]+|\*)?: ?(.*)", line)
            if not match:
                raise Differs(f"{path}:{number}: what is \"{line}\"?")
            side, session, more, text = match.groups()
            data = unescape(text) if more == "-bytes" else text.encode() + (b"\r\n" if side == "C" else b"")
            self.steps.append((number, self.VERBS[side + (more or "")], int(session or 1), data))


def unescape(text):
    """\\r \\n \\t \\0 \\xNN \\\\ and \\{600:x} for 600 times x."""
    def one(match):
        word = match.group(1)
        if word[0] == "{":
            count, what = word[1:-1].split(":", 1)
            return what * int(count)
        return chr(int(word[1:], 16)) if word[0] == "x" else {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}[word]
    return re.sub(r"\\(\{\d+:[^}]*\}|x[0-9a-fA-F]{2}|.)", one, text).encode("latin-1")


class Party:
    """One connection: what was sent in one write is kept in `groups`."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, TIMEOUT)
        self.name = self.socket.getsockname()
        self.kept, self.groups, self.out = b"", [], b""

    def flush(self):
        if self.out:
            self.socket.sendall(self.out)
            self.groups.append(len(self.out))
            self.out = b""

    def fill(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.kept += data
        return bool(data)

    def line(self):
        """The next line with its literals, without its ending; not taken yet. None: the server hung up."""
        at = 0
        while True:
            end = self.kept.find(b"\n", at)
            if end < 0:
                if not self.fill():
                    return None
                continue
            literal = re.search(rb"\{(\d+)\+?\}\r?$", self.kept[at:end])
            if not literal or not self.kept.startswith(b"* "):
                return self.kept[:end + 1]
            at = end + 1 + int(literal.group(1))
            while len(self.kept) < at and self.fill():
                pass

    def secure(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)


def matches(pattern, line):
    text, star = pattern.decode(), ""
    if text.startswith("* "):
        text, star = text[2:], r"\* "
    return re.fullmatch(star + ".*".join(re.escape(part) for part in text.split("*")), line.decode("latin-1").rstrip("\r\n"), re.S)


def play(dialog, address):
    """Plays it; returns the parties in the order of their numbers. Raises Differs."""
    parties = {}
    for number, verb, session, data in dialog.steps:
        if session not in parties:
            parties[session] = Party(address)
        party = parties[session]
        if verb == "say":
            party.out += data
            continue
        party.flush()
        if verb == "tls":
            party.secure()
        elif verb == "close":
            party.socket.close()
        elif verb == "closed":
            while party.fill():
                pass
        else:
            hear(dialog, number, verb, party, data)
    for party in parties.values():
        party.socket.close()
    return [parties[n] for n in sorted(parties)]


def hear(dialog, number, verb, party, pattern):
    while True:
        line = party.line()
        if line is None:
            raise Differs(f"{dialog.path}:{number}: the server hung up")
        if verb == "list" or matches(pattern, line):
            party.kept = party.kept[len(line):]
            if verb == "hear" or (verb == "list" and line.rstrip() == b"."):
                return
        elif verb == "hear-any":
            return
        else:
            raise Differs(f"{dialog.path}:{number}: expected {pattern!r}, but: {line!r}")
