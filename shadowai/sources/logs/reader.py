"""From tokens to records: a description applied to one file.

:class:`FormatReader` is the reference for what a line means. It also finds the *name* of a line alone (``candidates``), so
that a scan can decide about a name before it reads the rest of the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from shadowai import normalize
from shadowai.model import Actor, Answer, Record, Session
from shadowai.sources.logs import values
from shadowai.sources.logs.acceptance import acceptance
from shadowai.sources.logs.description import FIELDS, Key, Kind, LogFormat, Take, When
from shadowai.sources.logs.families import tokenizer
from shadowai.sources.logs.getters import Getters, Test, never
from shadowai.sources.logs.json_objects import raw_value
from shadowai.sources.logs.tokens import Column, Getter, Row, Tokens, nothing
from shadowai.sources.syslog import NO_HEADER, Header
from shadowai.sources.timestamps import Clock

T = TypeVar("T")

_MOST_PLANS = 256
"""Sets of columns for which it is remembered what gives each field."""
Amounts = tuple[int | None, int | None, int | None]
"""What differs from record to record of one kind: time, bytes up, bytes down."""


class _Plan(NamedTuple):
    """A description under the columns that a file has: where each field comes from, and what conditions can hold."""

    take: dict[str, tuple[Getter, ...]]
    times: list[tuple[tuple[Getter, ...], Getter | None]]
    plain_time: Getter | None
    columns: dict[str, list[Column]]
    """``take`` for many records at once, of the fields that are asked of many; ``time`` is the first, where it is one token."""
    uncounted: list[tuple[Test, str]]
    blocked: list[Test]
    allowed: list[Test]
    kinds: list[tuple[Test, Kind]]
    session: tuple[tuple[Getter, ...], ...] = ()
    whole: tuple[Test, ...] = ()
    named: tuple[Test, ...] = ()
    totals: tuple[tuple[Getter, ...], tuple[Getter, ...]] = ((), ())
    lasted: tuple[Getter, ...] = ()
    asker: tuple[Getter, ...] = ()


class FormatReader(Getters):
    """One format over one file. Not shared between files: tokenizers learn from header lines."""

    def __init__(self, description: LogFormat, clock: Clock) -> None:
        super().__init__(tokenizer(description.family))
        self.description = description
        self.clock = clock
        self._version = -1
        self.accept = acceptance(description, self.tokenizer)
        """:meth:`tokens` for formats whose columns never change."""
        self._nulls = normalize.NULLS | {null.lower() for null in description.nulls}
        self._undotted = not any("." in null for null in self._nulls)
        self._utc = description.zone == "utc"
        self._product = description.product or description.name
        self._plans: dict[int, _Plan] = {}
        self._plan = _Plan({}, [], None, {}, [], [], [], [])
        self.shown: set[When] = set()
        """The conditions whose ``beside`` the file has shown; the others of this kind do not hold."""

    def tokens(self, line: str) -> Row:
        """The tokens of a line, under the header in force; ``None`` for a line of another format."""
        return self._under_columns(self.accept(line))

    def tokens_of_record(self, line: str) -> Row:
        """The tokens of a line that is known to be a record of this format."""
        return self._under_columns(self.tokenizer.read(line))

    def rows(self, lines: Sequence[str]) -> list[Tokens] | None:
        """:meth:`tokens_of_record` of many lines; ``None`` where they have not all the same columns."""
        found = self.tokenizer.read_all(lines)
        self._under_columns(None)
        return found  # type: ignore[return-value]

    def _under_columns(self, row: Row) -> Row:
        if self._version != self.tokenizer.version:
            self._compile()
        return row

    def candidates(self, tokens: Tokens) -> Iterator[str]:
        """The texts in which this record's host would be looked for, in order of preference, as written; those that say
        "no value" (``N/A``, and what the format has for it) are left out."""
        undotted = self._undotted
        for take in self._plan.take["host"]:
            text = take(tokens)
            if text and ((undotted and "." in text) or not self._is_null(text)):
                yield text

    def first_candidate(self, tokens: Tokens) -> str | None:
        """The first of :meth:`candidates`; ``None`` where there is none."""
        undotted = self._undotted
        for take in self._plan.take["host"]:
            text = take(tokens)
            if text and ((undotted and "." in text) or not self._is_null(text)):
                return text
        return None

    def first_candidates(self, rows: Sequence[Tokens]) -> list[str | None]:
        """:meth:`first_candidate` of many records under the same columns: in most, a name with a dot stands in the first place."""
        self._under_columns(None)
        first = self.first_candidate
        for column in self._plan.columns["host"] if self._undotted else ():
            texts = column(rows)
            if any(texts):
                return [
                    text if type(text) is str and "." in text else first(tokens)
                    for text, tokens in zip(texts, rows, strict=True)
                ]
        return [first(tokens) for tokens in rows]

    def amounts(self, tokens: Tokens) -> Amounts:
        """Time, bytes up and bytes down of :meth:`record`."""
        plain = self._plan.plain_time
        if plain is not None:
            text = plain(tokens)
            time = self.clock.parse(text, None, documented_utc=self._utc) if text else None
        else:
            time, _ = self._time(tokens, NO_HEADER)
        take = self._plan.take
        bytes_up = self._first("bytes_up", tokens, values.size) if take["bytes_up"] else None
        bytes_down = self._first("bytes_down", tokens, values.size) if take["bytes_down"] else None
        return time, bytes_up, bytes_down

    def amounts_of(self, rows: Sequence[Tokens]) -> list[Amounts]:
        """:meth:`amounts` of many records under the same columns."""
        return list(
            zip(self._times_of(rows), self._sizes("bytes_up", rows), self._sizes("bytes_down", rows), strict=True)
        )

    def _times_of(self, rows: Sequence[Tokens]) -> list[int | None]:
        for column in self._plan.columns["time"]:
            found = self.clock.parse_all(column(rows), documented_utc=self._utc)
            if found is not None:
                one = self._time
                return [
                    one(tokens, NO_HEADER)[0] if time is None else time
                    for time, tokens in zip(found, rows, strict=True)
                ]
        return [self._time(tokens, NO_HEADER)[0] for tokens in rows]

    def _sizes(self, field: str, rows: Sequence[Tokens]) -> list[int | None]:
        columns = self._plan.columns[field]
        if not columns:
            return [None] * len(rows)
        return values.plain_sizes(columns[0](rows)) or [self._first(field, tokens, values.size) for tokens in rows]

    def actor(self, tokens: Tokens) -> Actor:
        """Who: the user, device and address of :meth:`record`."""
        user = self._first("user", tokens, values.user)
        return Actor(user, self._device(tokens, user), self._first("client_ip", tokens, values.address))

    def client(self, tokens: Tokens) -> str | None:
        """The client's address."""
        return self._first("client_ip", tokens, values.address)

    def server(self, tokens: Tokens) -> str | None:
        """The server's address, for records that name no host."""
        return self._first("server_ip", tokens, values.address)

    def session(self, tokens: Tokens) -> Session | None:
        """The record's connection, by the product's id of it; ``None`` where a part of the id is missing."""
        plan = self._plan
        parts = [self._usable(takes, tokens) for takes in plan.session]
        if not parts or None in parts:
            return None
        whole = any(holds(tokens) for holds in plan.whole)
        if not whole and self.kind(tokens) == "connection":
            whole = self._first("host", tokens, values.host) is None
        up, down = (self._usable_size(takes, tokens) for takes in plan.totals)
        if whole and plan.totals == ((), ()):
            up, down = self.sizes(tokens)
        return Session(f"{self._product}:{'|'.join(parts)}", whole, up, down, self.is_named(tokens))  # type: ignore[arg-type]

    @property
    def totals(self) -> tuple[tuple[Take, ...], tuple[Take, ...]]:
        """What tells bytes up and down of the whole of a connection, in records that name nothing."""
        whole, fields = self.description.whole, self.description.fields
        up, down = (self._there(whole.up), self._there(whole.down)) if self.has_ids else ((), ())
        return (
            (up, down)
            if up or down
            else (self._there(fields.get("bytes_up", ())), self._there(fields.get("bytes_down", ())))
        )

    def _there(self, takes: Iterable[Take]) -> tuple[Take, ...]:
        return tuple(take for take in takes if self.getter(take) is not nothing)

    @property
    def has_ids(self) -> bool:
        """Whether records may have the ids of connections, under the columns in force."""
        places = self.description.session_takes
        return bool(places) and all(map(self._there, places))

    def is_blocked(self, tokens: Tokens) -> bool:
        """Whether what a record tells of was blocked."""
        return bool(self._blocked(tokens))

    def is_named(self, tokens: Tokens) -> bool:
        """Whether other records name the connection of this one, where anything does."""
        return any(holds(tokens) for holds in self._plan.named)

    def _usable(self, takes: Iterable[Getter], tokens: Tokens) -> str | None:
        """The first text that says something."""
        for take in takes:
            text = take(tokens)
            if text and not self._is_null(text):
                return text.strip()
        return None

    def _usable_size(self, takes: Iterable[Getter], tokens: Tokens) -> int | None:
        text = self._usable(takes, tokens)
        return None if text is None else values.size(text)

    def began(self, tokens: Tokens, time: int | None) -> int | None:
        """When the connection began of which a record was written at ``time``, where that is told."""
        text = self._usable(self._plan.lasted, tokens) if time is not None else None
        lasted = None if text is None else values.lasting(text)
        if time is None or lasted is None:
            return None
        return time - (lasted // 1000 if self.description.lasted_ms else lasted)

    def answer(self, tokens: Tokens) -> Answer | None:
        """What a DNS record tells of addresses, where it tells anything."""
        told = self.description.told
        if told is None:
            return None
        found = self._told_in(self._whole(key, tokens) for key in told.addresses)
        if not found:
            return None
        client = next(filter(None, (values.address(take(tokens) or "") for take in self._plan.asker)), None)
        client = client or self.client(tokens)
        lasting = [ttl for key in told.ttl for ttl in values.numbers(self._whole(key, tokens))]
        return None if client is None else Answer(client, found, min(lasting, default=None))

    def _told_in(self, tokens: Iterable[object]) -> tuple[str, ...]:
        found = (address for value in tokens for address in values.addresses(value))
        return tuple(dict.fromkeys(found))[: values.MOST_ADDRESSES]

    def _whole(self, key: Key, tokens: Tokens) -> object:
        """A token as it stands: of an object in JSON maybe a list, else text."""
        if isinstance(tokens, dict) and isinstance(key, str):
            return raw_value(tokens, key)
        return self.plain_getter(key)(tokens)

    def record(self, path: str, line: int, tokens: Tokens, header: Header = NO_HEADER, *, timed: bool = True) -> Record:
        """The record as understood. Values that cannot be made canonical are absent; the time too where it is not asked for."""
        description = self.description
        user, device, address = self.actor(tokens)
        host = self._first("host", tokens, values.host)
        url = self.url(tokens, host)
        time, assumed = self._time(tokens, header) if timed else (None, None)
        because = self._uncounted(tokens)
        return Record(
            path=path,
            line=line,
            format=description.name,
            kind=self.kind(tokens),
            time=time,
            user=user,
            device=device,
            client_ip=address,
            server_ip=self._first("server_ip", tokens, values.address),
            server_port=self.port(tokens),
            host=host,
            url=url,
            method=self._first("method", tokens, values.word),
            action=self._first("action", tokens, str.strip),
            blocked=self._blocked(tokens),
            bytes_up=self._first("bytes_up", tokens, values.size),
            bytes_down=self._first("bytes_down", tokens, values.size),
            user_agent=self._first("user_agent", tokens, str.strip),
            counted=because is None,
            uncounted_because=because,
            time_assumed=assumed,
            began=self.began(tokens, time) if self._plan.lasted else None,
            session=self.session(tokens) if self._plan.session else None,
            answer=self.answer(tokens) if description.told is not None else None,
        )

    def kind(self, tokens: Tokens) -> Kind:
        """What it is a record of."""
        return next((kind for holds, kind in self._plan.kinds if holds(tokens)), self.description.kind)

    def sizes(self, tokens: Tokens) -> tuple[int | None, int | None]:
        """Bytes up and down."""
        return self._first("bytes_up", tokens, values.size), self._first("bytes_down", tokens, values.size)

    def time_texts(self, tokens: Tokens) -> Iterator[str]:
        """The texts in which this record's time is looked for, as written."""
        for takes, _ in self._plan.times:
            parts = [take(tokens) for take in takes]
            if all(parts):
                yield " ".join(part for part in parts if part)

    def look_beside(self, tokens: Tokens) -> None:
        """Learn from a record of the file's beginning which kinds of records it has (see :class:`When`)."""
        for when in self.description.uncounted:
            if when.beside and when not in self.shown and self.condition(When(when.beside))(tokens):
                self.shown.add(when)
                self._plans.clear()
                self._version = -1

    def counts(self, tokens: Tokens) -> bool:
        """False for records that are no activity."""
        return self._uncounted(tokens) is None

    def _compile(self) -> None:
        """Getters and conditions under the columns in force; what cannot give or hold anything is left out."""
        self._version = self.tokenizer.version
        plan = self._plans.get(self._version)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[self._version] = self._plan_now()
        self._plan = plan

    def _plan_now(self) -> _Plan:
        description = self.description
        told, encoded = description.told, description.percent_encoded
        decoded = FIELDS if encoded is True else encoded or ()
        times: list[tuple[tuple[Getter, ...], Getter | None]] = []
        keys: list[tuple[Key, ...]] = []
        for time in description.time:
            getters = tuple(self.getter(key) for key in time.keys)
            if nothing not in getters:
                zone = _in_utc if time.utc else nothing if time.zone is None else self.getter(time.zone)
                times.append((getters, None if zone is nothing else zone))
                keys.append(time.keys)
        first = times[0][0] if times and times[0][1] is None and len(keys[0]) == 1 else ()
        beside = [when for when in description.uncounted if not when.beside or when in self.shown]
        return _Plan(
            take={field: self.getters(description.fields.get(field, ()), field in decoded) for field in FIELDS},
            times=times,
            plain_time=first[0] if first and len(times) == 1 else None,
            columns={field: self._columns(field, decoded) for field in ("host", "bytes_up", "bytes_down")}
            | {"time": [self.tokenizer.column(keys[0][0])] if first else []},
            uncounted=[(test, when.because) for when in beside if (test := self.condition(when)) is not never],
            blocked=[test for when in description.blocked if (test := self.condition(when)) is not never],
            allowed=[test for when in description.allowed if (test := self.condition(when)) is not never],
            kinds=[(test, kind) for when, kind in description.kinds if (test := self.condition(when)) is not never],
            session=tuple(self.getters(takes, decoded=False) for takes in description.session_takes),
            whole=self._tests(description.whole.when),
            named=self._tests(description.whole.named),
            totals=(self.getters(description.whole.up, False), self.getters(description.whole.down, False)),
            lasted=self.getters(description.lasted, decoded=False),
            asker=tuple(self.getter(take) for take in told.client) if told is not None else (),
        )

    def _tests(self, conditions: Iterable[When]) -> tuple[Test, ...]:
        return tuple(test for when in conditions if (test := self.condition(when)) is not never)

    def _columns(self, field: str, decoded: Sequence[str]) -> list[Column]:
        """:meth:`getters` for many records at once."""
        takes = [take for take in self.description.fields.get(field, ()) if self.getter(take) is not nothing]
        return [self.column(take, field in decoded) for take in takes]

    def _is_null(self, text: str) -> bool:
        return not text.isdecimal() and text.strip(' "').lower() in self._nulls

    def _first(self, field: str, tokens: Tokens, convert: Callable[[str], T | None]) -> T | None:
        for take in self._plan.take[field]:
            text = take(tokens)
            if text and not self._is_null(text):
                value = convert(text)
                if value is not None and value != "":
                    return value
        return None

    def url(self, tokens: Tokens, host: str | None) -> str | None:
        """The URL without its query, where it is of ``host``: the record's own, or host and path put together."""
        found = self._first("url", tokens, values.url)
        if found is not None:
            return found.text if found.host == host or host is None else None
        if host is None or not self._plan.take["path"]:
            return None
        path = self._first("path", tokens, str.strip)
        if path is None or not path.startswith("/"):
            return None
        whole = normalize.url(f"{f'[{host}]' if ':' in host else host}{path}")
        return whole.text if whole is not None else None

    def _device(self, tokens: Tokens, user: str | None) -> str | None:
        device = self._first("device", tokens, values.name)
        if device is None and user is None:
            return self._first("user", tokens, values.device_account)
        return device

    def port(self, tokens: Tokens) -> int | None:
        """The server's port: the record's own, else that of its URL or host."""
        text = self._first("server_port", tokens, str.strip)
        if text is not None:
            return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) < 65536 else None
        found = self._first("url", tokens, values.url) or self._first("host", tokens, values.url)
        return found.port if found is not None else None

    def _time(self, tokens: Tokens, header: Header) -> tuple[int | None, str | None]:
        clock = self.clock
        for takes, zone in self._plan.times:
            if len(takes) == 1:
                text = takes[0](tokens)
            else:
                parts = [take(tokens) or "" for take in takes]
                text = " ".join(parts) if all(parts) else None
            if text:
                time = clock.parse(text, zone(tokens) if zone else None, documented_utc=self._utc)
                if time is not None:
                    return time, clock.last
        if header.time is not None:
            return clock.parse(header.time), clock.last
        return None, None

    def _uncounted(self, tokens: Tokens) -> str | None:
        return next((because for holds, because in self._plan.uncounted if holds(tokens)), None)

    def _blocked(self, tokens: Tokens) -> bool | None:
        if any(holds(tokens) for holds in self._plan.blocked):
            return True
        return False if any(holds(tokens) for holds in self._plan.allowed) else None


def _in_utc(tokens: Any) -> str | None:
    return "UTC"
