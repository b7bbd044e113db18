"""From a stream of text to numbered lines, or to numbered JSON objects where one object spans lines or one line holds all.

Lines end with LF; a CR before it goes. Bytes that are not UTF-8 are read as Latin-1, line by line. NUL runs, which crashed
writers leave behind, are dropped. A line longer than :data:`LONGEST` is left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO, NamedTuple, cast

from shadowai.errors import SourceError

BLOCK = 1 << 17
"""Bytes read at once: few enough for what is made of them to stay in a processor's cache."""
LONGEST = 16 << 20
"""Bytes of the longest line (or JSON object) that is read."""
ENVELOPES = (
    "records",
    "Records",
    "value",
    "events",
    "Events",
    "data",
    "logs",
    "result",
    "results",
    "Results",
    "items",
    "rows",
    "queries",
    "Browser History",
)
"""Keys under which exports put the list of their records."""

_ABOUT = (
    r"(?:status|success|ok|count|total\w{0,16}|code|msg|message|error\w{0,16}|next\w{0,24}|@odata[\w.]{0,24}|cursor|page\w{0,16}|limit|offset|"
    r"size|took|timed_out|has_?more|version|wait_time|timestamp_hwm|@timestamp|@version)"
)
_SCALAR = '"' + _ABOUT + r'"\s*:\s*(?:"[^"\\]{0,200}"|[\w.+-]{1,32})\s*,\s*'
_CLOUDWATCH = r'"messageType"\s*:\s*"DATA_MESSAGE"[^{}]{0,900}"logEvents"'
"""A batch of a CloudWatch Logs subscription, which has a list before its list of events."""
_GOOGLE = (
    r'"kind"\s*:\s*"[\w#./-]{1,64}"\s*,\s*(?:"(?:etag|nextPageToken)"\s*:\s*"(?:[^"\\]|\\.){0,300}"\s*,\s*){0,2}"items"'
)
"""A list as Google's APIs answer it."""
_WITHIN = r"\{[^{}]{0,800}+\}"
for _ in range(3):
    _WITHIN = rf"\{{(?:[^{{}}]++|{_WITHIN}){{0,64}}+\}}"
_SCHEMA = rf'(?:"(?:[Ss]chema|[Ss]tats|meta|_?links)"\s*:\s*(?:\[[^\[\]]{{0,1600}}\]|{_WITHIN})\s*,\s*){{0,2}}'
"""What stands before the rows: what the columns are (the API of Defender's hunting), what the answer is (JSON:API)."""
_HITS = (
    r'(?:"_shards"\s*:\s*\{[^{}]{0,200}\}\s*,\s*)?"hits"\s*:\s*\{\s*'
    r'(?:"total"\s*:\s*(?:\d{1,18}|\{[^{}]{0,100}\})\s*,\s*)?(?:"max_score"\s*:\s*[\w.]{1,24}\s*,\s*)?"hits"'
)
"""The answer of a search in Elasticsearch."""
_REPLY = (
    r'"reply"\s*:\s*\{\s*(?:"\w{1,40}"\s*:\s*(?:"[^"\\]{0,200}"|[\w.+-]{1,32}|\{[^{}]{0,400}\})\s*,\s*){0,8}'
    r'"results"\s*:\s*\{\s*"data"'
)
"""The answer of Cortex XDR to the question for a query's results."""
_RPC = (
    r'(?=[^{}\[\]]{0,600}"jsonrpc"\s*:)(?:"(?:jsonrpc|id|method)"\s*:\s*(?:"[^"\\]{0,200}"|[\w.+-]{1,32})\s*,\s*){1,3}'
    r'"(?:params|result)"\s*:\s*\{\s*(?:"\w{1,40}"\s*:\s*(?:"[^"\\]{0,200}"|[\w.+-]{1,32})\s*,\s*){0,6}'
    rf'"(?:{"|".join(ENVELOPES)})"'
)
"""A call or an answer of JSON-RPC, https://www.jsonrpc.org/specification, with a list of records in its parameters or its result."""
_GRAYLOG = (
    r'(?:"(?:schema|query|built_query|used_indices)"\s*:\s*'
    r'(?:"(?:[^"\\]|\\.){0,800}"|\[[^\[\]]{0,800}\]|\{\s*\})\s*,\s*){0,4}'
    r'"messages"(?=\s*:\s*\[\s*\{\s*"(?:highlight_ranges|message|index)"\s*:\s*[\{"])'
)
"""The answer of a search in Graylog."""
_SPLUNK = (
    r'"preview"\s*:\s*(?:true|false)\s*,\s*(?:"(?:init_offset|post_process_count)"\s*:\s*\d{1,12}\s*,\s*){0,2}'
    r'(?:"(?:messages|fields)"\s*:\s*\[[^\[\]]{0,3600}+\]\s*,\s*){0,2}"results"'
)
"""The answer of a search in Splunk (``output_mode=json``)."""
_NESTED = rf'"(?:data|response|result)"\s*:\s*\{{\s*(?:{_SCALAR}){{0,4}}"(?:{"|".join(ENVELOPES)})"'
"""An answer whose data are a page: ``{"data": {"total": 2, "items": […]}}``."""
_ENVELOPE = (
    rf"\s*\{{\s*(?:{_CLOUDWATCH}|{_GRAYLOG}|{_SPLUNK}|{_GOOGLE}|{_RPC}|{_REPLY}|(?:{_SCALAR}){{0,4}}(?:{_NESTED}|{_HITS}|{_SCHEMA}"
    rf'"(?:{"|".join(ENVELOPES)})"))\s*:\s*\[\s*\{{'
)
_ENVELOPE_HEAD = 4096
_NEVER = 1 << 30
_MOST_BROKEN = 4
_STRUCTURE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_LINE = re.compile(r"[^\n]+")
_BETWEEN = " \t\r\n,;\x1e\ufeff"
"""What may stand between outermost values: white space, separators (RFC 7464 has one of its own)."""
_OPENING = re.compile(r'["{]')
_ESCAPED = re.compile("[\udc80-\udcff]")
"""Bytes that are not UTF-8 (PEP 383)."""


@cache
def _of_envelopes() -> re.Pattern[str]:
    return re.compile(_ENVELOPE)  # of use in JSON alone, and long


def _envelope(text: str, at: int) -> re.Match[str] | None:
    """The beginning of an envelope at a place of a text."""
    return _of_envelopes().match(text, at, at + _ENVELOPE_HEAD)


@cache
def _decoder() -> Callable[[str, int], tuple[Any, int]]:
    from json import JSONDecoder

    return JSONDecoder().raw_decode


def _end_of_object(text: str, at: int) -> int:
    """Where the JSON object ends that begins at a place of a text; 0 where none is there, or not all of it."""
    try:
        return _decoder()(text, at)[1]
    except (ValueError, RecursionError):
        return 0


@dataclass(slots=True)
class Block:
    """Some lines with their numbers (1-based, as an editor counts them); ``overlong`` are numbers of lines left out.

    ``size`` is the bytes of text behind the block, for progress; ``joined`` the lines joined by LF, where they were before.
    """

    numbers: Sequence[int]
    lines: list[str]
    size: int = 0
    joined: str = ""
    overlong: Sequence[int] = ()

    @property
    def text(self) -> str:
        """The lines joined by LF."""
        return self.joined or "\n".join(self.lines)


class Piece(NamedTuple):
    """Whole lines, as they stand, from byte ``begin`` of ``raw`` to ``end``, without the last line break (``None`` for no line at all); the
    bytes read for them; and whether the first of them, which is empty here, was too long and left out."""

    raw: bytearray | None
    begin: int
    end: int
    size: int
    dropped: bool = False


def decode(raw: bytes, page: str | None = None) -> str:
    """UTF-8; those lines that are not UTF-8 in the code page ``page``, and those that are not in that either, in Latin-1. NULs go, CR
    before LF goes."""
    if b"\0" in raw:
        raw = raw.replace(b"\0", b"")
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _each_for_itself(raw, page)


def decode_line(raw: bytes | bytearray, begin: int, end: int) -> str:
    """The line between two places as :func:`decode` reads it among others; a CR at ``end`` belongs to the line break."""
    text = decode(bytes(raw[begin:end]))
    return text if raw[end : end + 1] == b"\r" else text.removesuffix("\r")  # where NULs stood between CR and LF


def split(raw: bytes) -> tuple[list[str], str]:
    """The lines of ``raw`` as :func:`decode` reads them; and the text they were cut from, where it has them parted by LF."""
    if b"\r" in raw and b"\0" not in raw and raw.isascii():
        lines = raw.decode("ascii").split("\n")
        if {line[-1:] for line in lines} == {"\r"}:
            return [line[:-1] for line in lines], ""
    text = decode(raw.replace(b"\0", b"").removesuffix(b"\r"))
    return text.split("\n"), text


def blocks(
    stream: BinaryIO, *, as_json: bool = False, size: int = BLOCK, first: int = 1, page: str | None = None
) -> Iterator[Block]:
    """The stream's blocks; ``as_json`` frames JSON objects instead of lines, of which the first has the number ``first``. ``page`` is the
    code page of lines that are not UTF-8. Errors of the stream pass through, after everything that could be read has been yielded."""
    return _json_blocks(stream, size) if as_json else _line_blocks(stream, size, first, page)


def needs_json_framing(head: str, *, whole: bool) -> bool:
    """True where ``head`` (the start of a text, or all of it) is JSON whose objects are not one a line."""
    text = head.lstrip()
    if text.startswith("["):
        return bool(re.match(r"\[\s*(?:\{|$|\])", text)) and (whole or "{" in text[:4096])
    if not text.startswith("{"):
        return False
    if _envelope(text, 0):
        return True
    first, newline, _ = text.partition("\n")
    objects, balanced = _objects(first)
    if objects > 1:
        return True
    return not balanced if newline else not whole


def _each_for_itself(raw: bytes, page: str | None) -> str:
    """The lines of ``raw``, each in UTF-8, or else in ``page``, or else in Latin-1."""
    lines = raw.decode("utf-8", "surrogateescape").split("\n")
    odd = [place for place, line in enumerate(lines) if not line.isascii() and _ESCAPED.search(line) is not None]
    written = raw.split(b"\n")
    strange = [written[place] for place in odd]
    try:  # in no code page is a line break half of a character
        read = b"\n".join(strange).decode(page or "latin-1").split("\n")
    except UnicodeDecodeError:
        read = [_decode_line(line, page or "latin-1") for line in strange]
    for place, line in zip(odd, read, strict=False):
        lines[place] = line
    return "\n".join(lines)


def _decode_line(line: bytes, page: str) -> str:
    try:
        return line.decode(page)
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _closed(text: str) -> bool:
    """Whether a string mark has its closing quote, and not merely an escaped one."""
    return len(text) > 1 and text.endswith('"') and _STRING.fullmatch(text) is not None


def _objects(text: str) -> tuple[int, bool]:
    """How many outermost objects begin in ``text``, and whether everything opened in it is closed."""
    depth = objects = 0
    for found in _STRUCTURE.finditer(text):
        mark = found.group()
        objects += mark == "{" and depth == 0
        depth += 1 if mark in "[{" else -1 if mark in "]}" else 0
    return objects, depth == 0


def _line_blocks(stream: BinaryIO, size: int, number: int, page: str | None) -> Iterator[Block]:
    for piece in pieces(stream, size, page):
        overlong = [number] if piece.dropped else ()
        lines, text = split(bytes(piece.raw[piece.begin : piece.end])) if piece.raw is not None else ([], "")
        yield Block(range(number, number + len(lines)), lines, piece.size, text, overlong)
        number += len(lines)


def pieces(stream: BinaryIO, size: int, page: str | None = None) -> Iterator[Piece]:
    """The stream cut behind line breaks; where a code page ``page`` is told, all lines are written in UTF-8, as what :func:`decode` reads
    them, or else they are in one buffer, which is filled anew for each. Errors of the stream pass through, after everything that could be
    read has been yielded."""
    found = _pieces(stream, size)
    return found if page is None else (_in_utf_8(piece, page) for piece in found)


def _in_utf_8(piece: Piece, page: str) -> Piece:
    if piece.raw is None:
        return piece
    raw = bytes(piece.raw[piece.begin : piece.end])
    lines = _each_for_itself(raw.replace(b"\0", b""), page).encode("utf-8")
    behind = piece.raw[piece.end : piece.end + 1]  # a line break, or what may stand in its place
    return piece._replace(raw=bytearray(lines + behind), begin=0, end=len(lines))


def _pieces(stream: BinaryIO, size: int) -> Iterator[Piece]:
    buffer = bytearray(2 * size)
    end = 0  # of a line that goes on, which begins the buffer
    dropping = False  # inside a line that is already known to be too long
    while True:
        if len(buffer) - end < size:
            buffer = buffer + bytes(
                len(buffer)
            )  # another one: an error met while reading may hold on to a part of this
        try:
            with memoryview(buffer) as view:
                got = fill(stream, view[end : end + size])
        except (SourceError, OSError):
            if end and not dropping:
                yield Piece(buffer, 0, _written(buffer, end), end)
            raise
        if not got:
            break
        before, end = end, end + got
        cut = buffer.rfind(b"\n", before, end)
        if cut < 0:
            dropping = dropping or end > LONGEST
            end = 0 if dropping else end
            continue
        yield Piece(buffer, buffer.index(b"\n") if dropping else 0, cut, got, dropping)
        dropping = False
        end -= cut + 1
        buffer[:end] = buffer[cut + 1 : cut + 1 + end]
    if dropping:
        yield Piece(None, 0, 0, 0, dropping)
    elif end:
        yield Piece(buffer, 0, _written(buffer, end), end)


def _written(buffer: bytearray, end: int) -> int:
    """Where the last line ends, without what may stand in the place of its line break."""
    while end and buffer[end - 1] in b"\r\0":
        end -= 1
    return end


def fill(stream: BinaryIO, room: memoryview) -> int:
    """Read some bytes of ``stream``, as many as there is ``room`` for at most; how many, 0 at the end."""
    into = getattr(stream, "readinto1", None)
    if into is not None:
        return cast(int, into(room))
    data = stream.read(len(room))
    room[: len(data)] = data
    return len(data)


def _json_blocks(stream: BinaryIO, size: int) -> Iterator[Block]:
    """Outermost objects, or the elements of an outermost list or envelope. What is no object is passed over with its
    line, so that the reader sees and counts it."""
    framer = JsonFramer()
    try:
        for piece in _line_pieces(stream, size):
            yield framer.feed(piece)
    except (SourceError, OSError):
        yield from framer.finish()
        raise
    yield from framer.finish()


def _line_pieces(stream: BinaryIO, size: int) -> Iterator[str]:
    held = b""
    try:
        while raw := stream.read(size):
            raw = held + raw
            cut = raw.rfind(b"\n") + 1
            if not cut:
                raw = raw.replace(b"\0", b"")
                cut = _whole_characters(raw.removesuffix(b"\r"))  # an LF may follow
            held = raw[cut:]
            yield decode(raw[:cut])
    except (SourceError, OSError):
        yield decode(held)
        raise
    if held:
        yield decode(held)


def _whole_characters(raw: bytes) -> int:
    """Where ``raw`` can be cut without splitting a UTF-8 character."""
    cut = len(raw)
    for back in range(1, min(4, len(raw)) + 1):
        byte = raw[-back]
        if byte >= 0xC0:
            return cut - back if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else cut
        if byte < 0x80:
            return cut
    return cut


class JsonFramer:
    """Finds JSON objects in text that arrives in pieces, by structure alone: strings, braces, brackets. Text between
    outermost values is given line by line, for the reader to see and count."""

    def __init__(self) -> None:
        self._text = ""
        self._line = 1  # line number at the start of _text
        self._scan = 0  # up to where _text has been scanned
        self._depth = 0
        self._base = 0  # depth at which a record's object opens
        self._start = -1  # where the open object starts in _text
        self._idle = 0  # where the text between outermost values starts in _text
        self._listed = False  # whether the records are those of an envelope's list
        self._first = -1  # where the first record of an envelope starts in _text
        self._numbers: list[int] = []
        self._records: list[str] = []  # completed by the piece at hand
        self._counted = 0  # up to where its line breaks are counted in _line
        self._broken = 0  # objects of the piece at hand that the decoder did not read

    def feed(self, piece: str, *, last: bool = False) -> Block:
        """The objects completed by ``piece``; ``last`` says that nothing follows."""
        self._text += piece
        overlong: list[int] = []
        self._numbers, self._records = [], []
        self._counted, self._first, self._broken = 0, -1, 0
        pending = self._walk(last)
        text = self._text
        if self._depth == 0:
            self._pass_over(len(text) if last else max(text.rfind("\n", self._idle, pending) + 1, self._idle))
            self._scan = max(self._scan, self._idle)
        keep = self._start if self._start >= 0 else self._idle if self._depth == 0 else self._unfinished(text)
        self._line += text.count("\n", self._counted, keep)
        if len(text) - keep > LONGEST:
            overlong.append(self._line)
            self._line += text.count("\n", keep)
            keep, self._start, self._depth, self._base, self._idle = len(text), -1, 0, 0, len(text)
            self._listed = False
        self._text = text[keep:]
        self._scan = max(self._scan - keep, 0)
        self._idle = max(self._idle - keep, 0)
        if self._start >= 0:
            self._start -= keep
        return Block(self._numbers, self._records, len(piece), overlong=overlong)

    def _walk(self, last: bool) -> int:
        """Go on through the text as far as it can be told what it is: up to where that is."""
        text = self._text
        marks = _STRUCTURE.finditer(text, self._scan)
        while (mark := next(marks, None)) is not None:
            at, kind = mark.start(), text[mark.start()]
            if kind == "{" and self._depth == 0 and len(text) - at < _ENVELOPE_HEAD and not last:
                return at  # too little to tell an envelope from a record
            if kind == '"':
                if mark.end() == len(text) and not _closed(mark.group()):
                    return at  # a string still open: scan it again with what follows
                self._scan = mark.end()
                continue
            self._scan = mark.end()
            if kind not in "[{":
                self._close(at)
            elif self._open(at, kind) and (end := self._end(at)):
                self._scan = end
                self._give(at, end, sure=True)
                self._left(end)
                marks = _STRUCTURE.finditer(text, end)
            else:
                self._depth += 1
        return len(text)

    def _end(self, at: int) -> int:
        """Where the object ends that begins at a place; 0 where that is not sure. Where several are broken no more of the piece are tried:
        to say where one is costs the decoder a look at all that stands before it."""
        found = _end_of_object(self._text, at) if self._broken < _MOST_BROKEN else 0
        self._broken += not found
        return found

    def _open(self, at: int, kind: str) -> bool:
        """A bracket opens; whether it is that of a record."""
        if self._depth == 0:
            self._pass_over(at)
        if self._start >= 0 or kind != "{":
            if self._start < 0 and self._depth == 0:
                self._base = 1
            return False
        envelope = _envelope(self._text, at) if self._depth == 0 else None
        if envelope is not None:
            self._first, self._base, self._listed = envelope.end() - 1, _NEVER, True
        elif at == self._first or self._depth >= self._base or self._depth == 0:
            self._start, self._base = at, self._depth
            return True
        return False

    def _close(self, at: int) -> None:
        if self._depth == 0:
            self._pass_over(at)
        self._depth = max(self._depth - 1, 0)
        if self._start >= 0 and self._depth == self._base:
            self._give(self._start, at + 1)
        elif self._listed and self._depth < self._base:
            self._base = _NEVER  # what follows an envelope's list is about it
        self._left(at + 1)

    def _left(self, end: int) -> None:
        """What ended at ``end`` may have been an outermost value."""
        if self._depth == 0:
            self._base, self._listed = 0, False
            self._idle = end

    def _give(self, start: int, end: int, *, sure: bool = False) -> None:
        """A record, or a line that is none; ``sure`` to be an object or not. No string of an object has a line break in it: it becomes one
        line."""
        text = self._text
        self._line += text.count("\n", self._counted, start)
        self._counted, self._start = start, -1
        found = text[start:end]
        self._numbers.append(self._line)
        if "\n" in found and (sure or _end_of_object(found, 0) == len(found)):
            found = found.replace("\n", " ")
        self._records.append(found)

    def _pass_over(self, end: int) -> None:
        """Text between outermost values up to ``end``."""
        text = self._text
        if text[self._idle : end].strip(_BETWEEN):
            for part in _LINE.finditer(text, self._idle, end):
                if part[0].strip(_BETWEEN):
                    self._give(*part.span())
        self._idle = end

    def finish(self) -> Iterator[Block]:
        """What was held back, and an object left open at the end as one line that is no JSON, for the reader to count."""
        yield self.feed("", last=True)
        rest = self._text.strip() if self._start >= 0 else ""
        if rest:
            yield Block([self._line], [rest], 0)

    def _unfinished(self, text: str) -> int:
        """Where scanning must resume: after the last mark, but before a string that is still open."""
        opening = _OPENING.search(text, self._scan)
        return opening.start() if opening else len(text)
