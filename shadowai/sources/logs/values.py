"""What the texts of a record's fields say: sizes, lasting times, addresses, numbers, names; ``None`` where they say nothing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from shadowai import normalize

_MEMO = 1 << 16
MOST_ADDRESSES = 64
"""Addresses, or numbers, of one record that are taken."""
_ADDRESSES = re.compile(r"(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]+)(?![\w:-])")
_LASTING = re.compile(r"(?:([0-9]{1,6}):([0-9]{1,2}):)?([0-9]{1,12})(?:\.([0-9]+))?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3}){1,5}")  # as Kibana and spreadsheets write whole numbers
_GROUPED_ELSEWHERE = re.compile(
    r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){2,5}|(?:[\u00a0\u2009\u202f][0-9]{3}){1,5}|(?:['\u2019][0-9]{3}){1,5})"
)
"""The same in other languages (Unicode CLDR, ``symbols`` of each locale). Of points there have to be two: one may part decimals."""
_SCIENTIFIC = re.compile(r"([1-9])(?:[.,]([0-9]{1,14}))?E\+([01][0-9])")
"""``1.23E+09``: what a spreadsheet saves of a number that was too long for its cell."""
_NUMBER = re.compile(r"[0-9]{1,18}(?:\.(?:0{1,2}|0{4,}))?")  # where a point parts thousands, ``34.000`` is no 34
_WITH_UNIT = re.compile(
    r"([0-9]{1,12}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,3})(?:[.,]([0-9]{1,2}))?\s?(?:([KkMGT])(i?)(?:[Bo]|$)|[Bb]ytes?$|[Bo]$)"
)
"""``1.2 MB``, ``12K``, ``1,5 Mo``, ``512 bytes``. A small ``b`` may be bits; what a point before three digits parts is not known."""

user = lru_cache(maxsize=_MEMO)(normalize.user)
device_account = lru_cache(maxsize=_MEMO)(normalize.device_account)
address = lru_cache(maxsize=_MEMO)(normalize.address)
host = lru_cache(maxsize=_MEMO)(normalize.host)
url = lru_cache(maxsize=_MEMO)(normalize.url)


def addresses(value: object) -> list[str]:
    """Every address in a text, or in what JSON has of lists and objects."""
    if not value:
        return []
    whole = value if isinstance(value, list) and all(isinstance(one, str) for one in value) else None
    pieces = _ADDRESSES.findall(str(value)) if whole is None else whole
    return [found for piece in pieces[:MOST_ADDRESSES] if (found := address(piece))]


def numbers(value: object) -> list[int]:
    """Every whole number in a text or a list, fractions cut off."""
    if value is None:
        return []
    pieces = value if isinstance(value, list) else re.split(r"[,;\s]+", str(value or ""))
    return [number for piece in pieces[:MOST_ADDRESSES] if (number := size(str(piece).partition(".")[0])) is not None]


def word(text: str) -> str | None:
    """A method or the like in capital letters."""
    found = text.strip().upper()
    return found if found.isascii() and found.replace("-", "").replace("_", "").isalnum() and len(found) <= 32 else None


def name(text: str) -> str | None:
    """The name of a device in small letters."""
    return text.strip().lower().rstrip(".") or None


def plain_sizes(values: list[Any]) -> list[int | None] | None:
    """What :func:`size` makes of each, where all are whole numbers as programs write them; else ``None``."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return values if min(values) >= 0 and max(values) < 10**18 else None
    if kinds != {str} or "" in values or max(map(len, values)) > 18:
        return None
    digits = "".join(values)
    return list(map(int, values)) if digits.isascii() and digits.isdecimal() else None


def lasting(text: str) -> int | None:
    """Microseconds of a number of seconds, or of ``h:mm:ss``."""
    parts = _LASTING.fullmatch(text.strip())
    if parts is None:
        return None
    hours, minutes, seconds, fraction = parts.groups()
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds)
    return whole * 1_000_000 + int((fraction or "")[:6].ljust(6, "0"))


def size(text: str) -> int | None:
    """Bytes: a whole number, perhaps grouped or rounded by a spreadsheet, or one with a unit (``1.2 MB``)."""
    if text.isdecimal() and text.isascii() and len(text) < 19:
        return int(text)
    text = text.strip()
    if "," in text and _GROUPED.fullmatch(text):
        return int(text.replace(",", ""))
    if _NUMBER.fullmatch(text):
        return int(text.partition(".")[0])
    if text[-1:].isdecimal():
        return _of_spreadsheets(text)
    return None if (found := _WITH_UNIT.fullmatch(text)) is None else _of_units(found)


def _of_spreadsheets(text: str) -> int | None:
    """Bytes of a number as a spreadsheet saved it."""
    if _GROUPED_ELSEWHERE.fullmatch(text):
        return int(re.sub(r"[^0-9]", "", text))
    found = _SCIENTIFIC.fullmatch(text)
    if found is None or int(found[3]) > 17 or len(found[2] or "") > int(found[3]):
        return None
    return int(found[1] + (found[2] or "").ljust(int(found[3]), "0"))


def _of_units(found: re.Match[str]) -> int | None:
    """Bytes of a size that was rounded for people to read: a kilobyte is 1000 where it is not said to be 1024 (IEC 80000-13)."""
    whole, hundredths, unit, binary = found.groups()
    factor = (1024 if binary else 1000) ** " KMGT".index((unit or " ").upper())
    in_bytes = (int(whole.replace(",", "")) * 100 + int((hundredths or "").ljust(2, "0"))) * factor // 100
    return in_bytes if in_bytes < 10**18 else None
