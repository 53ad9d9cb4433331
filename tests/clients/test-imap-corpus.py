# SPDX-License-Identifier: MIT
"""Real and broken letters of the world through a served office's IMAP: every section of each, to the byte.

The folder is named by the option `corpus` or by GPO_CORPUS; without it the test is skipped. Each file is APPENDed in
CRLF form, and laid as it is into the Maildir, as a local deliverer would. Of both, what FETCH gives must be these
bytes; the sections must tile the letter; sizes and line counts must be those of the sections; and the tree of parts,
their types and their bytes must be those that Python's `email` finds. Where the two differ for a reason, EXPLAINED
names it. In none is a byte lost or invented: what tiles the letter (`tile`) is checked for those too.
"""
import email.parser
import os
import pathlib
import re
import zlib

from cases import case, main, same, true
from imap_wire import Wire
from office import Failed, until

FOLDER = os.environ.get("GPO_CORPUS")

EARLY_BODY = "a line that is no field ends the header and begins the body; Python passes over one that is the first line"
NO_END = "no boundary ends the last part, so its last line ending is its own; Python takes it off"
NO_PARTS = "a multipart without a part is shown as text/plain, with all its bytes; Python keeps the type"
NO_LETTER = "only message/rfc822 is a letter in a letter; for Python every message/… is one"
ENCODED = "no section can be within a letter that is encoded, so it is shown as application/octet-stream"
ODD_TYPE = "a parameter without its semicolon; for Python it is part of the type"
EMPTY_PART = "a part without a byte between two boundaries is a part; Python drops it"
SAME_BOUNDARY = "three multiparts with one boundary: the inner ones count; for Python the outer one"

EXPLAINED = {
    "enmime/testdata__low-quality__bad-header-start.raw": EARLY_BODY,
    "enmime/testdata__mail__epilogue-sample.raw": NO_END,
    "enmime/testdata__mail__header-only.raw": NO_PARTS,
    "enmime/testdata__mail__mime-bad-content-type.raw": ODD_TYPE,
    "enmime/testdata__parts__multimixed-no-closing-boundary.raw": NO_END,
    "flanker/complaints__aol.eml": NO_LETTER,
    "flanker/enclosed-bad-encoding.eml": EARLY_BODY,
    "flanker/enclosed-broken.eml": EARLY_BODY,
    "flanker/enclosed.eml": EARLY_BODY,
    "flanker/false-multipart.eml": NO_PARTS,
    "flanker/iphone.eml": EARLY_BODY,
    "flanker/mailformed-headers.eml": NO_PARTS,
    "flanker/message-external-body.eml": NO_LETTER,
    "flanker/missing-final-boundary.eml": NO_END,
    "gmime/partial__input__photo-discuss__message-partial.1.eml": NO_LETTER,
    "mail-parser/malformed__000.eml": EMPTY_PART,
    "mail-parser/malformed__002.eml": NO_PARTS,
    "mail-parser/malformed__004.eml": NO_PARTS,
    "mail-parser/malformed__006.eml": NO_END,
    "mail-parser/malformed__008.eml": NO_END,
    "mail-parser/malformed__012.eml": NO_END,
    "mail-parser/malformed__016.eml": NO_END,
    "mail-parser/rfc__001.eml": NO_LETTER,
    "mail-parser/thirdparty__005.eml": NO_END,
    "mail-parser/thirdparty__009.eml": NO_LETTER,
    "mail-parser/thirdparty__015.eml": NO_PARTS,
    "mailcore2/parser__input__mbox__jwz__151": NO_LETTER,
    "mailcore2/parser__input__mbox__jwz__36": NO_LETTER,
    "mailcore2/parser__input__mbox__simple__2": SAME_BOUNDARY,
    "mailcore2/parser__input__messages__empty-multipart.txt": NO_PARTS,
    "mime4j/core__src__test__resources__testmsgs__bad-newlines-multiple-parts-base64.msg": ENCODED,
    "mime4j/core__src__test__resources__testmsgs__base64encoded-rfc822message.msg": ENCODED,
    "mime4j/core__src__test__resources__testmsgs__missing-inner-boundary.msg": NO_PARTS,
    "mime4j/core__src__test__resources__testmsgs__multipartnopart.msg": NO_PARTS,
    "python-email/msg_36.txt": NO_LETTER,
    "python-email/msg_42.txt": NO_PARTS,
    "rspamd/btc2.eml": NO_PARTS,
    "rspamd/btc4.eml": NO_PARTS,
    "rspamd/external_relay.eml": NO_PARTS,
    "rspamd/phish_sender6.eml": NO_PARTS,
    "ruby-mail/attachment_emails__attachment_message_rfc822_inline_image.eml": NO_PARTS,
    "ruby-mail/error_emails__bad_date_header2.eml": NO_PARTS,
    "ruby-mail/error_emails__empty_in_reply_to.eml": NO_PARTS,
    "ruby-mail/error_emails__missing_body.eml": NO_PARTS,
}


def corpus():
    folder = pathlib.Path(FOLDER)
    return [(str(p.relative_to(folder)), p.read_bytes()) for p in sorted(folder.rglob("*"))
            if p.is_file() and not p.name.endswith(("SOURCES", "gitattributes"))]


def crlf(data):
    """A letter as IMAP speaks of it: each bare LF is a CRLF."""
    return re.sub(rb"(?<!\r)\n", b"\r\n", data)


# --- the structure that the server tells ---

def count_lists(told):
    return next(i for i, value in enumerate(told) if not isinstance(value, list))


class Part:
    """A part as BODYSTRUCTURE tells it, with its number by RFC 3501 §6.4.5. A multipart that is a letter has the letter's
    number, "" for the whole; any other part that is a letter is number 1 of it."""

    def __init__(self, told, number="", letter=True):
        self.parts, self.letter, self.lines = [], None, None
        if isinstance(told[0], list):
            self.number, count = number, count_lists(told)
            self.parts = [Part(below, f"{number}.{i + 1}".lstrip("."), False) for i, below in enumerate(told[:count])]
            self.type = "multipart/" + told[count].decode().lower()
            self.parameters = told[count + 1]
            same(len(told), count + 5, f"the length of multipart {number}")
            return
        self.number = f"{number}.1".lstrip(".") if letter else number
        self.type = (told[0] + b"/" + told[1]).decode(errors="replace").lower()
        self.parameters, self.octets, rest = told[2], told[6], told[7:]
        if self.type == "message/rfc822":
            same(len(rest[0]), 10, "the length of an envelope")
            self.letter, rest = Part(rest[1], self.number), rest[2:]
        if self.letter or self.type.startswith("text/"):
            self.lines, rest = rest[0], rest[1:]
        same(len(rest), 4, f"the length of part {self.number}'s extension data")

    def walk(self):
        yield self
        for part in self.parts + ([self.letter] if self.letter else []):
            yield from part.walk()

    def boundary(self):
        pairs = self.parameters or []
        return next((pairs[i + 1] for i in range(0, len(pairs), 2) if pairs[i].lower() == b"boundary"), None)


def without_extension(told):
    """BODY, made from BODYSTRUCTURE."""
    if isinstance(told[0], list):
        count = count_lists(told)
        return [without_extension(below) for below in told[:count]] + [told[count]]
    told = told[:-4]
    if (told[0] + b"/" + told[1]).lower() == b"message/rfc822":
        told = told[:8] + [without_extension(told[8])] + told[9:]
    return told


# --- the letter's bytes against it ---

def sections_of(root):
    names = []
    for part in root.walk():
        if part.parts and part.number == "":
            continue
        names += [part.number, part.number + ".MIME"]
        if part.letter:
            names += [part.number + ".HEADER", part.number + ".TEXT"]
    return sorted(set(names))


def tile(part, body, got):
    """What `body` holds beside the parts is preamble, boundary lines and epilogue: no byte is lost, none in two."""
    if part.letter:
        header, text = got[part.number + ".HEADER"], got[part.number + ".TEXT"]
        same(header + text, body, f"header and text of {part.number}")
        tile(part.letter, text, got)
    if not part.parts:
        return
    boundary = part.boundary()
    if boundary is None:  # said in RFC 2231's ways, which the structure passes on undecoded
        boundary = b"".join(v for k, v in zip(part.parameters[::2], part.parameters[1::2])
                            if k.lower().startswith(b"boundary*"))
    line = rb"--" + re.escape(boundary.rstrip()) + rb"[ \t]*\r?(\n|\Z)"
    first = re.compile(rb"^" + line, re.M).search(body)
    true(first, f"a boundary in {part.number}")
    at = first.end()
    for i, below in enumerate(part.parts):
        if i:
            gap = re.compile(rb"(?:\r\n|\n)?" + line).match(body, at)
            true(gap, f"a boundary before {below.number}, not {body[at:at + 80]!r}")
            at = gap.end()
        inner = got[below.number] if below.number else b""
        whole = got[below.number + ".MIME"] + inner
        same(body[at:at + len(whole)], whole, f"part {below.number} in its place")
        at += len(whole)
        tile(below, inner, got)
    true(re.compile(rb"(?:\r\n|\n)?--" + re.escape(boundary.rstrip()) + rb"--|\Z|(?:\r\n|\n)\Z").match(body, at),
         f"the end boundary of {part.number}, not {body[at:at + 80]!r}")


def check_letter(wire, number, expected):
    items = "RFC822.SIZE BODYSTRUCTURE BODY ENVELOPE BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[TEXT]"
    (_, got), = wire.fetch(number, f"({items})")
    same(got["BODY[]"], expected, "BODY[]")
    same(got["RFC822.SIZE"], len(expected), "RFC822.SIZE")
    same(got["BODY[HEADER]"] + got["BODY[TEXT]"], expected, "header and text")
    same(got["BODY"], without_extension(got["BODYSTRUCTURE"]), "BODY")
    same(len(got["ENVELOPE"]), 10, "the length of the envelope")

    root = Part(got["BODYSTRUCTURE"])
    names = sections_of(root)
    (_, found), = wire.fetch(number, "(" + " ".join(f"BODY.PEEK[{name}]" for name in names) + ")")
    sections = {name: found[f"BODY[{name}]"] for name in names}
    for part in root.walk():
        if part.parts:
            continue
        body = sections[part.number]
        true(body is not None, f"BODY[{part.number}] is not NIL")
        same(part.octets, len(body), f"octets of {part.number}")
        if part.lines is not None:
            same(part.lines, body.count(b"\n"), f"lines of {part.number}")
    if root.parts:
        tile(root, got["BODY[TEXT]"], sections)
    else:
        same(sections["1"], got["BODY[TEXT]"], "BODY[1] of a letter with one part")
        tile(root, sections["1"], sections)
    check_partials(wire, number, {"": expected, "TEXT": got["BODY[TEXT]"], names[-1]: sections[names[-1]]})
    return root, sections


def check_partials(wire, number, sections):
    asked = [(name, start, count) for name, data in sections.items()
             for start, count in ((0, 10), (5, 7), (max(len(data) - 3, 0), 100), (len(data), 10))]
    items = " ".join(f"BODY.PEEK[{name}]<{start}.{count}>" for name, start, count in asked)
    (_, got), = wire.fetch(number, f"({items})")
    for name, start, count in asked:
        same(got[f"BODY[{name}]<{start}>"], sections[name][start:start + count], f"BODY[{name}]<{start}.{count}>")


# --- Python's reading beside ours ---

def ours(part, sections, depth=0):
    if part.parts:
        lines = [f"{'  ' * depth}{part.type} of {len(part.parts)}"]
        return lines + [line for below in part.parts for line in ours(below, sections, depth + 1)]
    if part.letter:
        return [f"{'  ' * depth}{part.type}"] + ours(part.letter, sections, depth + 1)
    return [f"{'  ' * depth}{part.type} {told(part.type, sections[part.number])}"]


def told(kind, body):
    # Python reads the fields of a delivery status and has no bytes of it to compare.
    return "fields" if kind == "message/delivery-status" else f"{len(body)} {zlib.crc32(body):08x}"


def pythons(message, depth=0):
    kind, payload = message.get_content_type(), message.get_payload()
    if kind == "message/delivery-status":
        return [f"{'  ' * depth}{kind} fields"]
    if isinstance(payload, list) and message.get_content_maintype() == "multipart":
        lines = [f"{'  ' * depth}{kind} of {len(payload)}"]
        return lines + [line for below in payload for line in pythons(below, depth + 1)]
    if isinstance(payload, list):
        return [f"{'  ' * depth}{kind}"] + pythons(payload[0], depth + 1)
    body = (payload or "").encode("latin-1")
    return [f"{'  ' * depth}{kind} {told(kind, body)}"]


def python_reading(letter):
    parser = email.parser.FeedParser()  # BytesFeedParser's payload comes through a charset
    parser.feed(letter.decode("latin-1"))
    return pythons(parser.close())


def compare(name, root, sections, letter):
    mine, theirs = ours(root, sections), python_reading(letter)
    if mine == theirs:
        true(name not in EXPLAINED, "a difference that the table explains: there is none now, take it out")
    else:
        true(name in EXPLAINED, "the same reading.\nOurs:\n" + "\n".join(mine) + "\nPython's:\n" + "\n".join(theirs))


# --- the cases ---

def check_all(wire, numbers, letters):
    wrong = []
    for number, (name, letter) in zip(numbers, letters):
        try:
            root, sections = check_letter(wire, str(number), crlf(letter))
            compare(name, root, sections, crlf(letter))
        except Failed as failed:
            wrong.append(f"{name}: {failed}")
    true(not wrong, f"{len(wrong)} of {len(letters)} letters:\n" + "\n".join(wrong))


@case("every letter of the corpus, by APPEND")
def _(office):
    letters = corpus()
    wire = Wire(office.ports["sparta", "imap"])
    wire.well("CREATE Corpus")
    for _, letter in letters:
        wire.append("Corpus", crlf(letter))
    wire.well("SELECT Corpus")
    check_all(wire, range(1, len(letters) + 1), letters)
    wire.close()


@case("every letter of the corpus as it is, laid into the Maildir")
def _(office):
    letters = corpus()
    wire = Wire(office.ports["sparta", "imap"])
    wire.well("CREATE Files")
    folder = office.maildir("sparta", "bob", ".Files")
    for number, (_, letter) in enumerate(letters):
        (folder / "tmp" / f"{number}.laid").write_bytes(letter)
        (folder / "tmp" / f"{number}.laid").rename(folder / "new" / f"{number}.laid")
    wire.well("SELECT Files")
    until(lambda: len(wire.fetch("1:*", "(UID)")) == len(letters) or wire.well("NOOP") and None, "all letters are told")
    numbers = {values["BODY[]"]: number for number, values in wire.fetch("1:*", "(BODY.PEEK[])")}
    for name, letter in letters:
        true(crlf(letter) in numbers, f"{name} is there to the byte")
    check_all(wire, [numbers[crlf(letter)] for _, letter in letters], letters)
    wire.close()


if FOLDER:
    main()
print("1..0 # SKIP the option corpus names no folder of letters")
