"""What a log format is, as data: the vocabulary in which every vendor's format, and a user's own, is described.

A description names a tokenizer family and says which of its tokens is which field of a record. It holds no code, so a
TOML file can say all that a built-in one can (``docs/sources.md``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Key = int | str
"""How a family names a token: 1-based position, header name, key, or dotted JSON path."""

Kind = Literal["http_request", "dns_query", "connection", "tls_connection", "endpoint_event", "api_call"]
KINDS: tuple[Kind, ...] = ("http_request", "dns_query", "connection", "tls_connection", "endpoint_event", "api_call")

FIELDS = (
    "host", "url", "path", "user", "device", "client_ip", "server_ip", "server_port", "method", "action",
    "bytes_up", "bytes_down", "user_agent",
)  # fmt: skip
"""The fields a description can map. ``path`` is no field of its own: it completes ``url`` where a log has host and path apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a token: the first group of ``pattern`` (searched) in the token ``key``.

    ``only`` are conditions on tokens, as in :class:`When`, without which there is nothing to take (the identity of a log that
    names users and networks in one column). ``into`` is a text with ``{}`` where the piece goes (the log of a service that names
    its region and not its host).
    """

    key: Key
    pattern: str
    only: tuple[tuple[Key, str], ...] = ()
    into: str = "{}"
    by_head: bool = False
    """Whether the piece is there, and which host it names, is told by what stands before the path of the URL, and by whether a path
    follows: for a scan, which decides once about texts that begin alike."""
    any_name: bool = False
    """Whether every plain host name (labels of letters, digits and hyphens, parted by dots) is taken as it stands."""


Take = Key | Part
"""Where a field comes from. Several are alternatives: the first with a usable value wins."""


@dataclass(frozen=True, slots=True)
class When:
    """A condition on tokens: every ``(key, pattern)`` must match (searched, an absent token reads as empty).

    ``because`` says in plain words what a record is for which it holds. ``beside`` is for records that repeat others of the
    same log (a reply its query, the start of a session its end): the condition holds only in a file whose beginning also shows
    a record that matches ``beside``, so that nothing is lost where only the one kind is logged.
    """

    all: tuple[tuple[Key, str], ...]
    because: str = ""
    beside: tuple[tuple[Key, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TimeOf:
    """Where the time is: tokens joined by one blank, and the token that names its zone, if the format has one."""

    keys: tuple[Key, ...]
    zone: Key | None = None
    utc: bool = False
    """Whether the name of the token itself says that it is UTC."""


@dataclass(frozen=True, slots=True)
class Told:
    """Where a DNS log has the addresses that were the answer (every address in these tokens is taken), and for how many seconds they
    hold: the least of several, for a name may lead to its addresses by way of others. ``client`` is who asked, where that is not what
    ``client_ip`` says of such a record."""

    addresses: tuple[Key, ...]
    ttl: tuple[Key, ...] = ()
    client: tuple[Take, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """Which records of a connection tell of it as a whole, beside those of kind ``connection`` that name no host: those for which one
    of ``when`` holds, whatever they name.

    ``up`` and ``down`` are the bytes of all of the connection up to the record, where its own sizes are less or are of no whole;
    without them, a whole record's own sizes are. ``named`` holds for records whose connection others name, where anything does: an
    answer from a DNS log then names none.
    """

    when: tuple[When, ...] = ()
    up: tuple[Take, ...] = ()
    down: tuple[Take, ...] = ()
    named: tuple[When, ...] = ()
    nameless: bool = False
    """Whether no record of the product names a host under the id of a connection: only answers from a DNS log can name it."""


@dataclass(frozen=True, slots=True)
class Blank:
    """Fields parted by blanks; ``"…"`` and ``[…]`` hold blanks. Keys are 1-based positions; runs of blanks count once."""

    at_least: int
    quotes: bool = True


@dataclass(frozen=True, slots=True)
class W3c:
    """W3C Extended Log File Format with ``#Fields`` lines, which may change within a file. Keys are field names.

    Recognised by ``columns``, which must be among the ``#Fields``, or by ``line``, which may match a directive
    (``#Software: …``) or a record. ``layouts`` are the field lists of vendors' default formats, for files whose header
    lines were lost: a record that ``line`` recognises fits the layout with as many fields. ``decode_plus``: blanks were
    written as ``+`` (IIS). A ``#Fields`` line parted by tabs tells that the records are, too.
    """

    columns: tuple[str, ...] = ()
    layouts: tuple[tuple[str, ...], ...] = ()
    delimiter: Literal["blank", "tab"] = "blank"
    decode_plus: bool = False


@dataclass(frozen=True, slots=True)
class ZeekTsv:
    """Zeek's tab separated logs with ``#separator``, ``#fields`` and ``#path`` (``""``: any). Keys are field names."""

    path: str


@dataclass(frozen=True, slots=True)
class CsvHeader:
    """Delimiter separated values with a header row. Keys are header names without case, blanks and punctuation."""

    columns: tuple[str, ...] = ()
    """Columns that must be in the header, as written by the vendor: this is how the format is recognised."""
    delimiters: str = ",;\t|"


@dataclass(frozen=True, slots=True)
class CsvPositional:
    """Delimiter separated values without header. Keys are 1-based positions."""

    at_least: int
    delimiter: str = ","


Dialect = Literal["equals", "equals_blanks", "comma", "colon_quoted", "colon_comma", "colon_words", "tab", "parted"]


@dataclass(frozen=True, slots=True)
class KeyValue:
    """``key=value`` in its dialects.

    ``equals``: ``k=v k="v v"``; ``equals_blanks``: unquoted values may hold blanks and end before the next key;
    ``comma``: ``k=v,k="v v"``; ``colon_quoted``: Check Point's ``k:"v"; ``; ``colon_comma``: Cisco FTD's ``K: v, ``;
    ``colon_words``: ``Some key: v, other key: v`` with keys of up to three words, of which the first begins the line; ``tab``: ``k=v``
    parted by tabs; ``parted``: ``k=v;k="v v"`` or ``k=v|k=v``.
    """

    dialect: Dialect = "equals"
    requires: tuple[str, ...] = ()
    """Keys that every line of the format has."""
    aliases: bool = False
    """Keys are generic aliases, compared without case and punctuation (the generic format only)."""


@dataclass(frozen=True, slots=True)
class Cef:
    """ArcSight Common Event Format. Keys are extension keys, ``cef.vendor``, ``cef.product``, ``cef.version``,
    ``cef.class``, ``cef.name``, ``cef.severity``, and ``label.<csNLabel>`` for labelled custom fields.

    ``device`` is a pattern that ``vendor|product`` must match (searched, without regard to case).
    """

    device: str = ""


@dataclass(frozen=True, slots=True)
class Leef:
    """IBM QRadar Log Event Extended Format 1.0 and 2.0. Keys as in :class:`Cef`, with ``leef.`` in front."""

    device: str = ""


@dataclass(frozen=True, slots=True)
class Json:
    """JSON objects, one a line or in an array or envelope. Keys are dotted paths; a dotted flat key and nested objects
    are the same; a number is a place in a list, and any other step of a list a name in it (``[{"name": "Host", "value":
    "…"}]``); JSON within a string is looked into. ``a|b`` is either path, the first
    that is there.

    ``requires`` is how the format is recognised: paths that must be there, each with a pattern its value must match
    (``""``: any value).
    """

    requires: tuple[tuple[str, str], ...] = ()
    aliases: bool = False
    """Keys are generic aliases, compared without case and punctuation (the generic format only)."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Regular expressions with named groups, tried in order (``re.search``). Keys are group names."""

    patterns: tuple[str, ...]


Family = Blank | W3c | ZeekTsv | CsvHeader | CsvPositional | KeyValue | Cef | Leef | Json | Pattern


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows, sooner than a look at all of it, that a line of pairs matches :attr:`LogFormat.line`: ``opening`` is found in it, and for
    each of ``pairs`` there is one whose key is all of the first pattern, and which with what stands behind that is found by both, whatever
    the case of letters. Before the key there is one of ``before``, or nothing."""

    opening: str
    pairs: tuple[tuple[str, str], ...]
    before: str


@dataclass(frozen=True, slots=True)
class LogFormat:
    """One log format. ``name`` is stable: scripts give it to ``--log-format``.

    ``line`` recognises one line (``re.search`` on the line with its syslog header taken off, and on the whole line);
    families with a header or required keys recognise by these and need none. ``rank`` orders formats that recognise
    equally many lines: generic ones have less. ``zone`` says what a time without zone means: ``utc`` where the vendor
    documents UTC, ``local`` where it is the device's own (assumed to be UTC unless the user says, and said).
    """

    name: str
    title: str
    vendor: str
    doc: str
    kind: Kind
    family: Family
    fields: Mapping[str, tuple[Take, ...]]
    time: tuple[TimeOf, ...] = ()
    zone: Literal["utc", "local"] = "local"
    day_first: bool | None = None
    line: str = ""
    shown: Shown | None = None
    rank: int = 10
    guessed: bool = False
    """Whether nothing but what fields are called tells what they mean, whoever wrote the log."""
    kinds: tuple[tuple[When, Kind], ...] = ()
    blocked: tuple[When, ...] = ()
    allowed: tuple[When, ...] = ()
    uncounted: tuple[When, ...] = ()
    session: tuple[Take | tuple[Take, ...], ...] = ()
    """Tokens that together are the id of a connection, the same in all records that tell of it, be they of other formats of the same
    ``product``: a name in one and a size in another become one use. Several in one place are alternatives. What ids are used for
    again (they count from 1 when a firewall starts) needs the client's address and port beside it."""
    whole: Whole = Whole()
    lasted: tuple[Take, ...] = ()
    """How long the connection had lasted when the record was written: seconds, or ``h:mm:ss``."""
    lasted_ms: bool = False
    """Whether ``lasted`` is in milliseconds."""
    told: Told | None = None
    """What a DNS log tells of answers: it names connections of which other logs tell the address only."""
    nulls: frozenset[str] = frozenset()
    percent_encoded: bool | tuple[str, ...] = False
    """Values are %HH encoded by the writer (Zscaler NSS) and are decoded; or those of the named fields are (Squid's user)."""
    name_in: str = ""
    """A shortcut for scans: a pattern for a whole line (``^…$``, never a line break) that is sure to be a record of this format; group
    1 is the host, as the first ``host`` field gives it up to its path. Lines it does not match are read in full."""
    shapes: tuple[tuple[Key, str], ...] = ()
    """For formats of positions, and of key=value, with a ``line``: patterns for columns, or for what stands behind the ``=`` of keys
    (``""``: anything). A line of which all hold, its columns one blank apart (behind the first, several), is sure to match ``line``: for
    the compiled fold, which has no regular expressions."""
    in_a_row: tuple[tuple[str, ...], ...] = ()
    """For ``shapes`` of key=value: keys that have to stand behind one another, one blank apart, and behind a blank."""
    ignored: str = ""
    """Matches (searched) the lines that are no records of the format: banners, continuation lines, notes between records."""
    each: str = ""
    """A pattern with one group, for records that stand together in one line or object (the tuples of Azure's flow logs): where it is
    found, every match is read as a line of its own."""
    rows: tuple[str, ...] = ()
    """For JSON: paths of lists within an object of which every element is a record, which takes the list's place: it is read as a line
    of its own, with what stands around the list (the rows of osquery's snapshots, the spans of OpenTelemetry's OTLP)."""
    product: str = ""
    """The product this is one of several formats of (``fortigate`` for its key=value and CEF form)."""
    same_as: tuple[str, ...] = field(default=())
    """Other names that users and products call this very format."""

    @property
    def fields_given(self) -> tuple[str, ...]:
        """The record fields this format can give, in the order of ``read``."""
        order = ("time", "user", "device", "client_ip", "server_ip", "server_port", "host", "url", "method", "action",
                 "blocked", "bytes_up", "bytes_down", "user_agent")  # fmt: skip
        given = {name for name, takes in self.fields.items() if takes}
        if "path" in given and "host" in given:
            given.add("url")
        if self.time:
            given.add("time")
        if self.blocked:
            given.add("blocked")
        return tuple(name for name in order if name in given)

    @property
    def joins(self) -> bool:
        """Whether its records may say something of others: parts of one connection, DNS answers, connections by address."""
        return bool(self.session) or self.told is not None or self.kind == "connection"

    def check(self) -> None:
        """Raise ``ValueError`` where the description contradicts itself: unknown fields or kinds, patterns that are broken or take
        nothing, delimiters that are no single character."""
        unknown = sorted(set(self.fields) - set(FIELDS))
        if unknown:
            raise ValueError(f"unknown field {unknown[0]!r}: known are {', '.join(FIELDS)}")
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind!r}: known are {', '.join(KINDS)}")
        for text in self._patterns():
            try:
                re.compile(text)
            except re.error as wrong:
                raise ValueError(f"pattern {text!r}: {wrong}") from wrong
        if isinstance(self.family, (Cef, Leef)):
            device = re.compile(self.family.device)
            if device.groupindex or device.flags & re.VERBOSE:
                raise ValueError(f"pattern {self.family.device!r}: a device has no named groups and no (?x)")
        if self.rows and not isinstance(self.family, Json):
            raise ValueError("only JSON has rows within an object")
        if self.each and re.compile(self.each).groups != 1:
            raise ValueError(f"pattern {self.each!r} has not one group, which is the record")
        for part in self._parts():
            if re.compile(part.pattern).groups < 1:
                raise ValueError(f"pattern {part.pattern!r} has no group to take")
        delimiter = self.family.delimiter if isinstance(self.family, CsvPositional) else ","
        delimiters = self.family.delimiters if isinstance(self.family, CsvHeader) else delimiter
        if len(delimiter) != 1 or not delimiters:
            raise ValueError("a delimiter is one character")

    @property
    def session_takes(self) -> tuple[tuple[Take, ...], ...]:
        """The alternatives for each place of ``session``."""
        return tuple(one if isinstance(one, tuple) else (one,) for one in self.session)

    def _parts(self) -> list[Part]:
        beside = (*self.session_takes, self.whole.up, self.whole.down, self.lasted)
        return [take for takes in (*self.fields.values(), *beside) for take in takes if isinstance(take, Part)]

    def _patterns(self) -> list[str]:
        found = [self.line, self.name_in, self.ignored, self.each]
        found += [text for part in self._parts() for text in (part.pattern, *(pattern for _, pattern in part.only))]
        conditions = [*self.blocked, *self.allowed, *self.uncounted, *(when for when, _ in self.kinds)]
        conditions += [*self.whole.when, *self.whole.named]
        found += [text for when in conditions for _, text in (*when.all, *when.beside)]
        if isinstance(self.family, Pattern):
            found += self.family.patterns
        if isinstance(self.family, (Cef, Leef)):
            found.append(self.family.device)
        if isinstance(self.family, Json):
            found += [text for _, text in self.family.requires]
        return found
