"""A user's own log formats: one TOML file each, saying what a built-in description says (``docs/sources.md`` has an example)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields as fields_of
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from shadowai.errors import UsageError
from shadowai.model import Origin
from shadowai.sources.logs.description import (
    KINDS,
    Blank,
    Cef,
    CsvHeader,
    CsvPositional,
    Family,
    Json,
    Key,
    KeyValue,
    Kind,
    Leef,
    LogFormat,
    Part,
    Pattern,
    Take,
    TimeOf,
    Told,
    W3c,
    When,
    Whole,
    ZeekTsv,
)

FAMILIES: Mapping[str, type[Any]] = {
    "blank": Blank,
    "w3c": W3c,
    "zeek": ZeekTsv,
    "csv": CsvHeader,
    "csv_positional": CsvPositional,
    "key_value": KeyValue,
    "cef": Cef,
    "leef": Leef,
    "json": Json,
    "pattern": Pattern,
}
"""What ``family = "…"`` may be."""

_TEXTS = ("title", "vendor", "doc", "line", "ignored", "each", "product", "name_in")
_KEYS = (
    "name", *_TEXTS, "kind", "family", "options", "fields", "time", "zone", "day_first", "rank", "kinds", "blocked", "allowed",
    "uncounted", "session", "whole", "lasted", "lasted_ms", "told", "nulls", "percent_encoded", "rows", "same_as",
)  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]{1,63}")
_LARGEST = 1 << 18
_PART = frozenset({"key", "pattern", "only", "into"})
T = TypeVar("T")


def load(folder: Path) -> list[LogFormat]:
    """The formats described by ``*.toml`` in ``folder``. Raises :class:`UsageError` naming the file and what is wrong in it."""
    if not folder.is_dir():
        raise UsageError(
            "no such folder of log formats",
            origin=Origin(str(folder)),
            remedy="correct formats_dir in the configuration",
        )
    return [read(path) for path in sorted(folder.glob("*.toml"))]


def read(path: Path) -> LogFormat:
    """One description."""
    try:
        if path.stat().st_size > _LARGEST:
            raise _wrong(path, f"is larger than {_LARGEST >> 10} KiB")
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise _wrong(path, f"cannot be read as TOML: {wrong}") from wrong
    return _Reader(path, table).format()


class _Reader:
    """Turns a TOML table into a description, complaining about the first thing that is not one."""

    def __init__(self, path: Path, table: dict[str, Any]) -> None:
        self._path = path
        self._table = table

    def format(self) -> LogFormat:
        unknown = sorted(set(self._table) - set(_KEYS))
        if unknown:
            raise self._error(f"unknown key {unknown[0]!r}", f"known are {', '.join(_KEYS)}")
        name = self._get("name", str, "")
        if not _NAME.fullmatch(name):
            raise self._error(
                f"name {name!r} is not of lower-case letters, digits and _", "give it a name such as acme_proxy"
            )
        described = LogFormat(
            name=name,
            title=self._get("title", str, name),
            vendor=self._get("vendor", str, ""),
            doc=self._get("doc", str, ""),
            kind=self._get("kind", str, "http_request"),  # type: ignore[arg-type]
            family=self._family(),
            fields={field: self._takes(value) for field, value in self._get("fields", dict, {}).items()},
            time=tuple(self._time(entry) for entry in self._get("time", list, [])),
            zone=self._zone(),
            day_first=self._get("day_first", bool, False) if "day_first" in self._table else None,
            line=self._get("line", str, ""),
            rank=self._get("rank", int, 15),
            kinds=tuple(self._kind(entry) for entry in self._get("kinds", list, [])),
            blocked=self._conditions("blocked"),
            allowed=self._conditions("allowed"),
            uncounted=self._conditions("uncounted"),
            session=self._session(),
            whole=self._whole(),
            lasted=self._takes(self._table.get("lasted", [])),
            lasted_ms=self._get("lasted_ms", bool, False),
            told=self._told(),
            nulls=frozenset(str(null).lower() for null in self._get("nulls", list, [])),
            percent_encoded=self._percent_encoded(),
            name_in=self._get("name_in", str, ""),
            ignored=self._get("ignored", str, ""),
            each=self._get("each", str, ""),
            rows=tuple(str(path) for path in self._get("rows", list, [])),
            product=self._get("product", str, ""),
            same_as=tuple(str(other) for other in self._get("same_as", list, [])),
        )
        self._check(described)
        return described

    def _check(self, described: LogFormat) -> None:
        try:
            described.check()
        except ValueError as wrong:
            raise self._error(str(wrong), "correct the description") from wrong
        if not described.fields.get("host") and not described.fields.get("server_ip"):
            raise self._error("no field gives a host", "say under [fields] where host (or at least server_ip) is")
        if isinstance(described.family, (Blank, CsvPositional)) and (
            named := [key for key in _keys(described) if isinstance(key, str)]
        ):
            raise self._error(
                f"{named[0]!r} is no position", "fields of this family have no names: give positions counted from 1"
            )
        headed = isinstance(described.family, (CsvHeader, ZeekTsv, W3c, Cef, Leef))
        if not described.line and not headed and not (isinstance(described.family, Json) and described.family.requires):
            raise self._error(
                "nothing says how a line is recognised", "give line = '^…' (for JSON: requires under [options])"
            )

    def _zone(self) -> Literal["utc", "local"]:
        zone = self._get("zone", str, "local")
        if zone not in ("utc", "local"):
            raise self._error(
                f"zone {zone!r} is neither 'utc' nor 'local'", "the zone of local times is set by --timezone"
            )
        return "utc" if zone == "utc" else "local"

    def _family(self) -> Family:
        name = self._get("family", str, "")
        if name not in FAMILIES:
            raise self._error(f"unknown family {name!r}", f"known are {', '.join(FAMILIES)}")
        made = FAMILIES[name]
        options = self._get("options", dict, {})
        known = [field.name for field in fields_of(made)]
        unknown = sorted(set(options) - set(known))
        if unknown:
            raise self._error(f"family {name} has no option {unknown[0]!r}", f"known are {', '.join(known) or 'none'}")
        hints = get_type_hints(made)
        given = {key: _frozen(value) for key, value in options.items()}
        wrong_type = [key for key, value in given.items() if not _fits(value, hints[key])]
        if wrong_type:
            option = wrong_type[0]
            raise self._error(
                f"option {option} = {options[option]!r} is not {_shown(hints[option])}", "correct the value"
            )
        try:
            family: Family = made(**given)
        except TypeError as wrong:
            raise self._error(f"family {name}: {wrong}", f"its options are {', '.join(known)}") from wrong
        return family

    def _takes(self, value: Any) -> tuple[Take, ...]:
        return tuple(self._take(one) for one in _list(value))

    def _take(self, value: Any) -> Take:
        if isinstance(value, dict):
            given = {"into": "{}", **value}
            if (
                not {"key", "pattern"} <= set(value) <= _PART
                or not isinstance(given["pattern"], str)
                or not isinstance(given["into"], str)
            ):
                advice = "a part of a token has both, and perhaps only = {…} or into = '…{}…'"
                raise self._error(f"{value!r} is not {{key = …, pattern = '…'}}", advice)
            return Part(
                self._key(given["key"]), given["pattern"], self._tests(given.get("only", {}), "only"), given["into"]
            )
        return self._key(value)

    def _key(self, value: Any) -> Key:
        if isinstance(value, bool) or not isinstance(value, (int, str)) or (isinstance(value, int) and value < 1):
            raise self._error(f"{value!r} names no token", "use a position counted from 1, a column, a key or a path")
        return value

    def _time(self, entry: Any) -> TimeOf:
        if (
            not isinstance(entry, dict)
            or not set(entry) <= {"keys", "zone"}
            or not isinstance(entry.get("keys"), list)
            or not entry["keys"]
        ):
            raise self._error(
                "[[time]] needs keys = [ … ]", "list the tokens that make up the time, and zone if there is one"
            )
        return TimeOf(
            tuple(self._key(key) for key in entry["keys"]), self._key(entry["zone"]) if "zone" in entry else None
        )

    def _kind(self, entry: Any) -> tuple[When, Kind]:
        if not isinstance(entry, dict) or entry.get("kind") not in KINDS:
            raise self._error(
                "[[kinds]] needs kind = '…' and all = { key = 'pattern' }", f"known kinds are {', '.join(KINDS)}"
            )
        return self._condition("kinds", {key: value for key, value in entry.items() if key != "kind"}), entry["kind"]

    def _conditions(self, name: str) -> tuple[When, ...]:
        return tuple(self._condition(name, entry) for entry in self._get(name, list, []))

    def _condition(self, name: str, entry: Any) -> When:
        if not isinstance(entry, dict) or not entry.get("all") or not set(entry) <= {"all", "because", "beside"}:
            raise self._error(
                f"[[{name}]] needs all = {{ key = 'pattern' }}",
                "every pattern of it must match for the condition to hold",
            )
        because = str(entry.get("because", ""))
        if name == "uncounted" and not because:
            raise self._error("[[uncounted]] needs because = '…'", "say what these records are, if no activity")
        return When(self._tests(entry["all"], name), because, self._tests(entry.get("beside", {}), name))

    def _tests(self, tests: Any, name: str) -> tuple[tuple[Key, str], ...]:
        if not isinstance(tests, dict) or not all(isinstance(pattern, str) for pattern in tests.values()):
            raise self._error(f"{name}: {tests!r} is not {{ key = 'pattern' }}", "give a pattern for each token")
        return tuple((int(key) if key.isdecimal() else key, pattern) for key, pattern in tests.items())

    def _session(self) -> tuple[Take | tuple[Take, ...], ...]:
        value = self._table.get("session", [])
        return tuple(self._takes(one) if isinstance(one, list) else self._take(one) for one in _list(value))

    def _whole(self) -> Whole:
        table = self._get("whole", dict, {})
        unknown = sorted(set(table) - {"when", "up", "down", "named", "nameless"})
        if unknown or not isinstance(table.get("nameless", False), bool):
            raise self._error(
                f"[whole] has {(*unknown, 'nameless')[0]!r}", "it has when, up, down, named, and nameless = true"
            )
        when, named = (
            tuple(self._condition("whole", entry) for entry in _list(table.get(key, []))) for key in ("when", "named")
        )
        up, down = (self._takes(table.get(key, [])) for key in ("up", "down"))
        return Whole(when, up, down, named, table.get("nameless", False))

    def _told(self) -> Told | None:
        table = self._get("told", dict, {})
        unknown = sorted(set(table) - {"addresses", "ttl", "client"})
        if unknown or (table and "addresses" not in table):
            raise self._error(
                "[told] has no addresses, or more than addresses, ttl and client", "say where answers are"
            )
        parts = {name: self._takes(value) for name, value in table.items()}
        if any(isinstance(take, Part) for name in ("addresses", "ttl") for take in parts.get(name, ())):
            raise self._error("[told] takes a piece of a token", "name whole tokens: all addresses in them are taken")
        return Told(**parts) if parts else None  # type: ignore[arg-type]

    def _percent_encoded(self) -> bool | tuple[str, ...]:
        value = self._table.get("percent_encoded", False)
        if isinstance(value, list) and all(isinstance(field, str) for field in value):
            return tuple(value)
        return self._get("percent_encoded", bool, False)

    def _get(self, key: str, kind: type[T], default: T) -> T:
        value = self._table.get(key, default)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self._error(f"{key} = {value!r} is not of type {kind.__name__}", "correct the value")
        return value

    def _error(self, message: str, remedy: str) -> UsageError:
        return UsageError(message, origin=Origin(str(self._path)), remedy=remedy)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value from TOML, lists made tuples, is of the type an option has."""
    inner = get_args(hint)
    if get_origin(hint) is Literal:
        return value in inner
    if get_origin(hint) is tuple:
        wanted = [inner[0]] * len(value) if inner[-1] is Ellipsis and isinstance(value, tuple) else inner
        return isinstance(value, tuple) and len(value) == len(wanted) and all(map(_fits, value, wanted))
    return isinstance(value, hint) and not (hint is int and isinstance(value, bool))


def _shown(hint: Any) -> str:
    """A type in words for whoever writes TOML."""
    inner = get_args(hint)
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(map(str, inner))
    if get_origin(hint) is tuple:
        return f"a list of {_shown(inner[0])}" if inner[-1] is Ellipsis else f"[{', '.join(map(_shown, inner))}]"
    return {int: "a whole number", str: "text", bool: "true or false"}[hint]


def _keys(described: LogFormat) -> list[Key]:
    """Every token that a description speaks of."""
    whole = described.whole
    beside = (*described.session_takes, whole.up, whole.down, described.lasted)
    takes = [take for given in (*described.fields.values(), *beside) for take in given]
    found = [take.key if isinstance(take, Part) else take for take in takes] + [
        key for time in described.time for key in time.keys
    ]
    found += described.told.addresses + described.told.ttl if described.told else ()
    conditions = (*described.blocked, *described.allowed, *described.uncounted, *whole.when, *whole.named)
    return found + [key for when in conditions for key, _ in when.all]


def _wrong(path: Path, message: str) -> UsageError:
    return UsageError(message, origin=Origin(str(path)), remedy="see docs/sources.md for an example")
