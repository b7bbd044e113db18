"""Reads an inventory that was written as JSON (docs/inventory.md), for a person to decide on its rows."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from shadowai.errors import UsageError
from shadowai.model import Actor, Dossier, Entry, Origin, Ruling, Usage, Verdict

_REMEDY: Final = "name a file that `shadowai scan -o inventory.json` wrote"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_PLACE: Final = re.compile(r"(.+)[:#]([0-9]{1,18})")
_LISTS: Final = ("sources", "names", "scopes", "facts", "departments")
_NUMBERS: Final = ("users", "devices", "events", "blocked")
_MAY_BE_UNKNOWN: Final = ("bytes_up", "bytes_down", "active_days", "risk", "risk_low")
_TEXTS: Final = ("risk_level", "verdict_reason", "verdict_owner", "signature_pack", "signature_sha256")


class Row(NamedTuple):
    """A row, and the SHA-256 of its JSON in the file (keys sorted, no blanks)."""

    entry: Entry
    sha256: str


class InventoryFile(NamedTuple):
    """The rows of a file, the SHA-256 of its bytes, and whether its report is complete."""

    rows: tuple[Row, ...]
    sha256: str
    complete: bool

    def row(self, asset: str) -> Row:
        """The row with an asset id, or with the only one that begins so, or with a service id. Raises :class:`UsageError` unless there
        is exactly one."""
        exact = [row for row in self.rows if asset == row.entry.asset_id]
        exact = exact or [row for row in self.rows if row.entry.actor is None and asset == row.entry.service_id]
        found = exact or [row for row in self.rows if len(asset) >= 4 and row.entry.asset_id.startswith(asset)]
        if not found and any(asset == row.entry.service_id for row in self.rows):
            told = f"{asset!r:.80} is a service, and the inventory has its rows by user"
            raise UsageError(told, remedy="name the asset_id of a row, or an inventory by service")
        if len(found) != 1:
            what = "is no asset of the inventory" if not found else f"begins {len(found)} assets"
            raise UsageError(f"{asset!r:.80} {what}", remedy="name an asset_id of the inventory, or a service_id")
        return found[0]


def read(path: Path) -> InventoryFile:
    """The inventory at ``path``. Raises :class:`UsageError` for what is none."""
    origin = Origin(str(path))
    try:
        data = path.read_bytes()
        found = json.loads(data)
        rows = tuple(_row(row) for row in found["entries"])
        return InventoryFile(rows, hashlib.sha256(data).hexdigest(), found["complete"] is True)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", origin=origin, remedy=_REMEDY) from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise UsageError("is no inventory in JSON", origin=origin, remedy=_REMEDY) from None


def digest(row: Mapping[str, Any]) -> str:
    """SHA-256 over the JSON of a row, keys sorted, no blanks, ASCII."""
    return hashlib.sha256(json.dumps(row, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def _row(row: Mapping[str, Any]) -> Row:
    told: dict[str, Any] = {
        **{key: _number(row[key]) or 0 for key in _NUMBERS},
        **{key: _number(row.get(key)) for key in _MAY_BE_UNKNOWN},
        **{key: _texts(row.get(key)) for key in _LISTS},
        **{key: _text(row.get(key)) for key in _TEXTS},
    }
    who = Actor(*(_text(row[key]) or None for key in Actor._fields)) if "user" in row else None
    entry = Entry(
        asset_id=_text(row["asset_id"]),
        service_id=_text(row["service_id"]),
        service=_text(row["service"]),
        vendor=_text(row["vendor"]),
        category=_text(row["category"]),
        actor=who,
        verdict=Verdict(row["verdict"]),
        confidence=_text(row["confidence"]),
        usage=Usage(row["usage"]) if row["usage"] else None,
        first_seen=_time(row["first_seen"]),
        last_seen=_time(row["last_seen"]),
        evidence=tuple(map(_origin, _texts(row["evidence"]))),
        ruling=_ruling(row),
        dossier=_dossier(row),
        **told,
    )
    return Row(entry, digest(row))


def _ruling(row: Mapping[str, Any]) -> Ruling | None:
    alternative = _text(row.get("alternative"))
    return Ruling(alternative=alternative) if alternative else None


def _dossier(row: Mapping[str, Any]) -> Dossier | None:
    told = row.get("dossier")
    if told is None:
        return None
    lists = ("data_categories", "review")
    known: dict[str, Any] = {
        key: _texts(told.get(key)) if key in lists else _text(told.get(key)) for key in Dossier._fields
    }
    return Dossier(**known)


def _origin(text: str) -> Origin:
    """A place as it was written; what is no line or frame stays one text."""
    numbered = _PLACE.fullmatch(text)
    if numbered is None:
        return Origin(text)
    return Origin(numbered[1], int(numbered[2]), "frame" if text[numbered.end(1)] == "#" else "line")


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _texts(value: object) -> tuple[str, ...]:
    if value is not None and not isinstance(value, list):
        raise TypeError(value)
    return tuple(map(_text, value or ()))


def _number(value: object) -> int | None:
    """A count. Raises for a negative one, which this program never writes."""
    if value is not None and (type(value) is not int or value < 0):
        raise TypeError(value)
    return value


def _time(value: object) -> int | None:
    words = _text(value)
    if not words:
        return None
    return (datetime.fromisoformat(words) - _EPOCH) // _SECOND * 1_000_000


def row_of(entry: Entry) -> Row:
    """A row that comes from no file: the hash is of its asset, names, permissions and places, which are what the history keeps."""
    told = {
        "asset_id": entry.asset_id,
        "names": entry.names,
        "scopes": entry.scopes,
        "sources": entry.sources,
        "evidence": tuple(map(str, entry.evidence)),
    }
    return Row(entry, digest(told))
