"""The manifest of a pack, ``pack.json``: which pack it is, for whom and until when, and the SHA-256 of every file."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Final

from shadowai.errors import SignatureError
from shadowai.model import Origin

NAME: Final = "pack.json"
FORMAT: Final = 1
MAX_SERIAL: Final = 10**15
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SUM = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6}){0,3}")
_REMEDY = "get it again from who built it"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a pack says of itself.

    ``serial`` only ever grows within one ``pack``. ``created`` and ``expires`` are ISO dates (UTC); the pack may be put in force up
    to and on the day it expires. ``schema`` is that of its signature files, ``min_engine`` the oldest version of the program that
    may use it, ``engine`` the version that built it. ``signatures`` and ``indicators`` are counts; ``files`` maps names to SHA-256.
    """

    pack: str
    serial: int
    created: str
    expires: str
    schema: int
    min_engine: str
    engine: str
    signatures: int
    indicators: int
    files: Mapping[str, str]

    def dump(self) -> bytes:
        """The canonical JSON: sorted keys, ASCII, one line feed at the end."""
        return json.dumps({"format": FORMAT, **asdict(self)}, sort_keys=True, indent=1).encode("ascii") + b"\n"

    def check_files(self, files: Mapping[str, bytes], origin: Origin) -> None:
        """Raises :class:`SignatureError` where ``files`` are not those that the manifest lists, byte for byte."""
        if files.keys() != self.files.keys():
            odd = min(files.keys() ^ self.files.keys())
            raise _wrong(f"the manifest and the archive disagree about {odd}", origin)
        for name, data in files.items():
            if hashlib.sha256(data).hexdigest() != self.files[name]:
                raise _wrong(f"{name} is not what the manifest says", origin)


def parse(data: bytes, origin: Origin) -> Manifest:
    """The manifest in ``data``; raises :class:`SignatureError` where it is none of this format."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise _wrong("its manifest is no JSON", origin) from None
    if not isinstance(found, dict) or found.pop("format", None) != FORMAT:
        raise SignatureError("its manifest is of an unknown format", origin=origin, remedy="upgrade the program")
    if found.keys() != {field.name for field in fields(Manifest)}:
        raise _wrong("its manifest has other keys than it must", origin)
    for key, value in found.items():
        if not _sound(key, value):
            raise _wrong(f"its manifest's {key} is malformed", origin)
    return Manifest(**found)


def content(sums: Iterable[tuple[str, str]]) -> str:
    """One SHA-256 for many files, each given by its bare name and its SHA-256."""
    return hashlib.sha256("".join(f"{sum_} {name}\n" for name, sum_ in sorted(sums)).encode()).hexdigest()


def numbers(version: str) -> tuple[int, ...]:
    """The numbers that a version begins with, for comparison: ``0.10.1rc1`` gives ``(0, 10, 1)``; without zeros at the end."""
    found = _VERSION.match(version)
    parts = [int(part) for part in found[0].split(".")] if found else []
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


def is_pack_id(value: object) -> bool:
    """Whether a value may name a pack: lower-case words joined by hyphens, at most 64 characters."""
    return isinstance(value, str) and len(value) <= 64 and _ID.fullmatch(value) is not None


def is_version(value: object) -> bool:
    """Whether a value is a version that :func:`numbers` takes whole."""
    return isinstance(value, str) and _VERSION.fullmatch(value) is not None


def is_date(value: object) -> bool:
    """Whether a value is a date as YYYY-MM-DD."""
    try:
        return isinstance(value, str) and datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _sound(key: str, value: object) -> bool:
    if key == "pack":
        return is_pack_id(value)
    if key in ("created", "expires"):
        return is_date(value)
    if key in ("min_engine", "engine"):
        return is_version(value)
    if key == "files":
        return isinstance(value, dict) and all(isinstance(one, str) and _SUM.fullmatch(one) for one in value.values())
    return type(value) is int and 0 < value <= MAX_SERIAL


def _wrong(message: str, origin: Origin) -> SignatureError:
    return SignatureError(message, origin=origin, remedy=_REMEDY)
