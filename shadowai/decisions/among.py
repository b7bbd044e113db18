"""Candidates for the person behind a pseudonym. A pseudonym cannot be reversed, only compared with those of users, devices and addresses
that somebody names."""

from __future__ import annotations

import csv
import ipaddress
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shadowai import normalize
from shadowai.errors import UsageError
from shadowai.model import Actor, Origin

MOST_ADDRESSES: Final = 1 << 20
"""The most addresses that a network may have to be tried."""
_REMEDY: Final = "name a network (10.0.0.0/16), a text or CSV with people, or an inventory by user as JSON"


def candidates(where: str) -> Iterator[tuple[str, str]]:
    """Pairs of a kind (``user``, ``device``, ``address``, ``object``) and a value from a network, an inventory by user (JSON), or a text or
    CSV file, each cell of which is given as every kind that it may be.

    Raises :class:`~shadowai.errors.UsageError` for what cannot be read.
    """
    try:
        network = ipaddress.ip_network(where, strict=False)
    except ValueError:
        yield from _in_file(Path(where))
        return
    if network.num_addresses > MOST_ADDRESSES:
        raise UsageError(f"{where} has more than {MOST_ADDRESSES:,} addresses", remedy="name a smaller network")
    yield from (("address", str(address)) for address in network)


def _in_file(path: Path) -> Iterator[tuple[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", origin=Origin(str(path)), remedy=_REMEDY) from None
    except UnicodeDecodeError:
        raise UsageError("is no text in UTF-8", origin=Origin(str(path)), remedy=_REMEDY) from None
    yield from _in_inventory(text, path) if text.lstrip().startswith("{") else _in_cells(text, path)


def _in_inventory(text: str, path: Path) -> Iterator[tuple[str, str]]:
    try:
        rows = json.loads(text)["entries"]
        found = [(kind, row.get(kind)) for row in rows for kind in Actor._fields]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError("is no inventory in JSON", origin=Origin(str(path)), remedy=_REMEDY) from None
    yield from ((kind, value) for kind, value in found if isinstance(value, str) and value)


def _in_cells(text: str, path: Path) -> Iterator[tuple[str, str]]:
    try:
        rows = list(csv.reader(text.splitlines()))
    except csv.Error:
        raise UsageError("is no CSV", origin=Origin(str(path)), remedy=_REMEDY) from None
    for cell in (part.strip() for row in rows for whole in row for part in whole.split(";")):
        if cell:
            yield from (("object", cell), ("device", cell), ("device", cell.lower()))
            yield from (("user", who) for who in {cell, cell.lower(), normalize.user(cell)} if who)
            address = normalize.address(cell)
            yield from [("address", address)] if address else []
