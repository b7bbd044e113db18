"""The columns are a contract: scripts depend on their names and order."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from shadowai.export.columns import columns
from shadowai.model import Actor, Usage
from tests.export.reports import BY_USER, CHAT, UNKNOWN

SERVICE = """asset_id service_id service vendor category verdict risk risk_level confidence usage users devices events
blocked bytes_up bytes_down first_seen last_seen active_days sources names scopes evidence"""


def test_the_order_by_service_and_by_user() -> None:
    assert [column.name for column in columns("service")] == SERVICE.split()
    first, rest = SERVICE.split()[:4], SERVICE.split()[4:]
    assert [column.name for column in columns("user")] == [*first, "user", "device", "address", *rest]


def test_every_value_is_of_its_kind() -> None:
    types = {"text": (str,), "number": (int, type(None)), "time": (int, type(None)), "list": (tuple,)}
    for entry in (CHAT, UNKNOWN, *BY_USER.entries):
        for column in columns("user"):
            assert isinstance(column.value(entry), types[column.kind]), column.name


def test_the_page_describes_every_column_in_order(root: Path) -> None:
    page = (root / "docs" / "inventory.md").read_text(encoding="utf-8").partition("## Confidence")[0]
    rows = re.findall(r"^\| (`[^|]+`) \|", page, re.MULTILINE)
    assert re.findall(r"`(\w+)`", " ".join(rows)) == [column.name for column in columns("user")]


def test_the_columns_of_a_person_say_who_and_how() -> None:
    value = {column.name: column.value for column in columns("user")}
    row = replace(CHAT, actor=Actor("ann", "pc1", "192.0.2.1"), usage=Usage.BULK)
    told = [value[name](row) for name in ("user", "device", "address", "usage")]
    assert told == ["ann", "pc1", "192.0.2.1", "bulk"]
    unknown = replace(CHAT, actor=None, usage=None)
    assert [value[name](unknown) for name in ("user", "device", "address", "usage")] == [""] * 4
