"""A first description of an unknown log: which of its columns is which field, by its name and by what its values look like. A person
confirms it: the guess is TOML, with the reason beside each line (``shadowai formats guess``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from shadowai import normalize
from shadowai.sources.logs.aliases import (
    FLAT,
    LIKELY_HOST,
    PARTIES,
    REPORTERS,
    VAGUE_HOST,
    flat,
    in_english,
)
from shadowai.sources.logs.description import Key
from shadowai.sources.logs.first_records import Table
from shadowai.sources.logs.generic import (
    COLLECTED,
    EITHER_WAY,
    FLAGS,
    LET_BY_NUMBER,
    LET_THROUGH,
    LOOKED_UP,
    OF_SERVER,
    WITH_VISITOR,
    WRITTEN_BY_SERVER,
)
from shadowai.sources.logs.shapes import Values
from shadowai.sources.logs.words import ALLOW_WORDS, ALLOWED_STATUS, BLOCK_WORDS, BLOCKED_STATUS

_SURE, _MOSTLY = 0.8, 0.5
_COMMENT: Final = 120
_OTHERS = re.compile(
    r"(?i)src|source|client|user|device|computer|local|agent|refer|from|report|sensor|gateway|proxy|quell|origen|origem|origine|"
    r"categ|class|app|file|path|process|module|logger|bundle|package|issuer|sender|recipient|mail|principal|rule|policy|threat|title|prev|"
    r"^s[-_]|egress|extern|public|translat|nat|upstream|resolver|answer|relay|verweis|r\u00e9f\u00e9ren|referen|absender|empf\u00e4nger|\u30ea\u30d5\u30a1\u30e9|\u53c2\u7167\u5143"
)
"""Names of columns that hold names of hosts, or what looks like them, and not where somebody went."""
_LETTERS = re.compile(r"(?i)sender|recipient|absender|empf\u00e4nger|\b(?:mail_?)?(?:from|to|cc|bcc)\b")
"""Names of columns that hold the parties of a message."""
_SHAPE_OF: Mapping[str, str] = {
    "url": "url", "client_ip": "address", "server_ip": "address", "server_port": "port", "method": "method", "path": "path",
    "action": "action", "bytes_up": "number", "bytes_down": "number", "user_agent": "user_agent",
}  # fmt: skip
"""The shape that values of a field have; of ``user`` and ``device`` none is asked where the name is known."""


_AFTER: Final = (
    "path", "client_ip", "server_ip", "user", "device", "server_port", "method", "action", "bytes_up", "bytes_down", "user_agent",
)  # fmt: skip
"""Fields in the order in which they choose their columns, when time, URL and host have theirs."""
_SEVERAL: Final = ("client_ip", "user", "action")
"""Fields of which all columns with a name that is known for it are alternatives."""
_USE: Final = ("time", "user", "device", "client_ip", "server_ip", "method", "bytes_up", "bytes_down", "user_agent")
"""Fields of which a log of use has one beside where to."""


_LIKELY, _VAGUE = frozenset(map(flat, LIKELY_HOST)), frozenset(map(flat, VAGUE_HOST))
_OF_SERVER = frozenset(OF_SERVER)
_SAID = re.compile(f"{BLOCKED_STATUS}|{ALLOWED_STATUS.removeprefix('(?i)')}")
"""Blocked or allowed, and nothing else, in any language."""
_Fits = Callable[[Key, Values], tuple[float, str] | None]
"""Whether a column is a field, how likely, and why."""


class Found(NamedTuple):
    """Where a field is, and why that is thought."""

    keys: tuple[Key, ...]
    why: str


def fields_of(columns: Mapping[Key, Values]) -> dict[str, Found]:
    """Which column is which field, ``time`` among them."""
    found: dict[str, Found] = {}
    taken = set(_of_server(columns))

    def choose(field: str, fits: _Fits) -> None:
        ranked = [(fit, key) for key, values in columns.items() if key not in taken and (fit := fits(key, values))]
        ranked.sort(key=lambda item: -item[0][0])
        if ranked:
            (_, why), key = ranked[0]
            others = [other for (rank, _), other in ranked[1:] if field in _SEVERAL and rank >= _KNOWN]
            found[field] = Found(tuple(sorted((key, *others), key=lambda one: -_named(field, one))), why)
            taken.update(found[field].keys)

    if (time := _date_and_clock(columns)) is not None:
        found["time"] = time
        taken.update(time.keys)
    else:
        choose("time", _time)
    choose("url", _only_named("url", _as("url")))
    choose("host", _only_named("host", _host))
    if "url" not in found and "host" not in found:
        choose("url", _as("url"))
    if "url" not in found and "host" not in found:
        choose("host", _host)
    for field in _AFTER:
        choose(field, _as(field))
    if "url" in found:
        found["host"] = _with_url(found.get("host"), found["url"].keys)
    return found


def _of_server(columns: Mapping[Key, Values]) -> Iterator[Key]:
    """In what a web server or a collector writes: the columns that mean something else there than elsewhere."""
    known = {name for key in columns for name in _names(key)}
    for key in columns:
        names = set(_names(key))
        if not known.isdisjoint(WITH_VISITOR) and "remotehost" in names:
            yield key
        if COLLECTED in known and "sourcehost" in names:
            yield key
        if "remotename" in known and "remoteaddr" in names:
            yield key
        if not known.isdisjoint(("internalip", "internalipaddress")) and not names.isdisjoint(
            ("externalip", "externalipaddress")
        ):
            yield key
        if not known.isdisjoint(WRITTEN_BY_SERVER) and not names.isdisjoint(EITHER_WAY):
            yield key


def _only_named(field: str, fits: _Fits) -> _Fits:
    """``fits`` for columns whose name is known for it."""

    def named(key: Key, values: Values) -> tuple[float, str] | None:
        known = _named(field, key) or (field == "host" and _vaguely(key))
        return fits(key, values) if known else None

    return named


def _with_url(host: Found | None, url: tuple[Key, ...]) -> Found:
    """Where to, by a column and a URL: a column that may be the collector's own name comes after the URL."""
    if host is None:
        return Found(url, "the host of the URL")
    certain = any(_named("host", key) for key in host.keys)
    return Found((*host.keys, *url), host.why) if certain else Found((*url, *host.keys), "the host of the URL")


def toml(name: str, table: Table, fields: Mapping[str, Found]) -> str:
    """The description as a TOML file, with the reasons as comments."""
    return "\n".join(_written(name, table, fields)) + "\n"


def _written(name: str, table: Table, fields: Mapping[str, Found]) -> Iterator[str]:
    yield "# A guess, from the names and the values of the first records: read it, correct it, and put it into a folder that"
    yield '# `formats_dir = ["…"]` names in the configuration.'
    if fields.keys().isdisjoint(_USE):
        yield "# No column says who, when or how much: a list of names is no log of their use."
    yield f"name = {_text(name)}"
    yield f"title = {_text(name)}"
    yield f"family = {_text(table.family)}"
    if table.line:
        yield f"line = {_text(table.line)}"
    yield 'zone = "local"  # of times without one; "utc" where the product says so'
    kind, others = ("dns_query", "http_request") if _looks_up(table) else ("http_request", "dns_query")
    yield f'kind = "{kind}"  # or {others}, connection, tls_connection, endpoint_event, api_call'
    options = dict(table.options)
    used = [key for found in fields.values() for key in found.keys]
    if table.family == "csv":
        options["columns"] = [str(key) for key in dict.fromkeys(used)]
    if table.family == "json":
        always = _always(table)
        options["requires"] = [[str(key), ""] for key in dict.fromkeys(used) if key in always]
    if options:
        yield "\n[options]"
        yield from (f"{key} = {_text(value)}" for key, value in options.items())
    yield "\n[fields]"
    if "host" not in fields:
        yield '# host = "…"  # no column holds names of hosts: say which one tells where to'
    for field in sorted(fields.keys() - {"time"}, key=list(FLAT).index):
        keys = list(fields[field].keys)
        yield f"{field} = {_text(keys if len(keys) > 1 else keys[0])}  # {_comment(fields[field].why)}"
    for key, values in table.columns.items():
        if key not in used:
            yield f"# not used: {_comment(str(key))}, such as {_comment(values.example) or 'nothing'}"
    if "time" in fields:
        yield f"\n[[time]]  # {_comment(fields['time'].why)}"
        yield f"keys = {_text(list(fields['time'].keys))}"
    for key in fields["action"].keys if "action" in fields else ():
        flag = next((said for said in (FLAGS, LET_THROUGH) if in_english(str(key)) in said[0]), None)
        numbers = ("^0$", "^1$") if in_english(str(key)) in LET_BY_NUMBER else ("", "")
        for outcome, words, number in (("blocked", BLOCK_WORDS, numbers[0]), ("allowed", ALLOW_WORDS, numbers[1])):
            said = flag[1 if outcome == flag[3] else 2] if flag else words
            yield f"\n[[{outcome}]]"
            yield f"all = {{ {_text(str(key))} = {_text(f'{said}|{number}' if number else said)} }}"


def _looks_up(table: Table) -> bool:
    """Whether a column tells the type of a DNS record that was asked for."""
    patterns = {name: re.compile(pattern) for when, _ in LOOKED_UP for name, pattern in when.all}
    for key, values in table.columns.items():
        tells = [pattern for name in _names(key) if (pattern := patterns.get(name)) is not None]
        if tells and values.texts and all(map(tells[0].search, values.texts)):
            return True
    return False


def _always(table: Table) -> set[Key]:
    most = max((len(values.texts) for values in table.columns.values()), default=0)
    return {key for key, values in table.columns.items() if len(values.texts) == most}


def _text(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return normalize.printable(text[:_COMMENT]).replace("\n", " ").replace("\r", " ")


def _names(key: Key) -> Iterator[str]:
    """The flat names that a key goes by: the whole of it, and its ends that still say whose they are; none where it speaks of the log's
    writer."""
    steps = str(key).split(".")
    if len(steps) > 1 and any(step.lower() in REPORTERS for step in steps[:-1]):
        return
    for start, step in enumerate(steps):
        yield in_english(".".join(steps[start:]))
        if step.lower() in PARTIES:
            return


_NAMED: Mapping[str, tuple[str, ...]] = {
    "url": (*FLAT["url"], "adresse", "resource"),
    "action": (*FLAT["action"], *LET_THROUGH[0]),
}
"""Names that are known by the values that they have."""
_KNOWN: Final = 2.0
"""What :func:`_named` gives for names that are known, at least."""


def _named(field: str, key: Key) -> float:
    """How well a key's name says that it is ``field``: 0 for not at all, more for names that stand first in the list."""
    known = _NAMED.get(field, FLAT[field])
    places = [known.index(name) for name in _names(key) if name in known]
    return 3 - min(places) / len(known) if places else 0.0


def _why(key: Key, share: float, shape: str, example: str, *, named: bool) -> str:
    if not share:
        return f"its name is known for it; such as {example}"
    reason = f"{100 * share:.0f} % of the values look like one ({shape}), such as {example}"
    return f"its name is known for it; {reason}" if named else reason


def _as(field: str) -> _Fits:
    """Whether a column is ``field``, how likely, and why."""

    def fits(key: Key, values: Values) -> tuple[float, str] | None:
        named, shape = _named(field, key), _SHAPE_OF.get(field, "user")
        share = _share(values, shape)
        if field in ("user", "device"):
            ok = bool(named and values.texts) or (field == "user" and share >= _SURE and not _LETTERS.search(str(key)))
        elif field in ("client_ip", "server_ip"):
            inside = values.share("inside")
            apart = field == "server_ip" and _OTHERS.search(str(key)) is None and inside == 0
            ok = share >= _SURE and (bool(named) or apart or (field == "client_ip" and inside >= _SURE))
        elif field in ("bytes_up", "bytes_down"):
            ok = bool(named) and share > 0  # a number alone does not say which way
        elif field == "server_port":
            ok = bool(named) and share >= _SURE
        elif field in ("action", "user_agent"):
            ok = share >= _MOSTLY or (bool(named) and bool(values.texts))
        elif field == "path":
            ok = bool(named) and share >= _SURE
        elif field == "url":
            ok = share >= (_MOSTLY if named else _SURE) and (bool(named) or not _OTHERS.search(str(key)))
        else:
            ok = share >= _SURE
        return (named + share, _why(key, share, shape, values.example, named=named > 0)) if ok else None

    return fits


def _share(values: Values, shape: str) -> float:
    """The share of a shape; ``path`` is one, and numbers may be written as ``12.0``."""
    if shape == "path":
        return sum(text.startswith("/") for text in values.texts) / len(values.texts) if values.texts else 0.0
    if shape == "action" and values.texts:
        said = sum(_SAID.match(text) is not None for text in values.texts) / len(values.texts)
        return max(said, values.share(shape))
    if shape == "number":
        return Values([re.sub(r"\.0$", "", text) for text in values.texts]).share(shape)
    return values.share(shape)


def _host(key: Key, values: Values) -> tuple[float, str] | None:
    named = _named("host", key) or _vaguely(key)
    share = values.share("host")
    if share < (_MOSTLY if named else _SURE) or (not named and _OTHERS.search(str(key))):
        return None
    return named + share, _why(key, share, "host", values.example, named=named > 0)


def _vaguely(key: Key) -> float:
    """As :func:`_named` for names that are the destination's in some logs."""
    names = set(_names(key))
    return next(
        (rank for some, rank in ((_LIKELY, 1.5), (_OF_SERVER, 1.4), (_VAGUE, 1.0)) if not some.isdisjoint(names)), 0.0
    )


def _time(key: Key, values: Values) -> tuple[float, str] | None:
    named, share = _named("time", key), values.share("time")
    if share < (_MOSTLY if named else _SURE) or (not named and values.share("number") > 0):
        return None
    return named + share, _why(key, share, "time", values.example, named=named > 0)


def _date_and_clock(columns: Mapping[Key, Values]) -> Found | None:
    """Date and time in two columns."""
    for key, values in columns.items():
        if values.share("clock") >= _SURE:
            days = [
                other
                for other, its in columns.items()
                if other != key and its.texts and ("date" in in_english(str(other)) or in_english(str(other)) == "data")
            ]
            both = [day for day in days if _together(columns[day], values)]
            if both:
                return Found((both[0], key), f"a date and a time, such as {columns[both[0]].example} {values.example}")
    return None


def _together(days: Values, clocks: Values) -> bool:
    pairs = [f"{day} {clock}" for day, clock in zip(days.texts, clocks.texts, strict=False)]
    return Values(pairs).share("time") >= _SURE
