"""Whom a pseudonym may be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadowai.decisions.among import candidates
from shadowai.errors import UsageError


def test_a_network() -> None:
    assert list(candidates("192.0.2.8/30")) == [("address", f"192.0.2.{n}") for n in (8, 9, 10, 11)]
    assert list(candidates("2001:db8::1")) == [("address", "2001:db8::1")]
    with pytest.raises(UsageError, match="smaller network"):
        list(candidates("2001:db8::/64"))


def test_a_file_of_people(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("person,login\nJane.Doe@example.com,CORP\\jdoe;PC17\n,192.0.2.17\n", encoding="utf-8-sig")
    found = set(candidates(str(path)))
    assert {
        ("user", "jane.doe@example.com"),
        ("user", "corp\\jdoe"),
        ("device", "pc17"),
        ("address", "192.0.2.17"),
    } <= found


def test_an_inventory_by_user(tmp_path: Path) -> None:
    path = tmp_path / "inventory.json"
    path.write_text(
        json.dumps({"entries": [{"user": "ann", "device": None, "address": "192.0.2.1"}, {"service": "x"}]})
    )
    assert list(candidates(str(path))) == [("user", "ann"), ("address", "192.0.2.1")]


@pytest.mark.parametrize("text", [b"{", b'{"entries": 3}', b'{"entries": [3]}', b"\xff\xfe\x00"])
def test_what_is_nothing_of_the_kind_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(text)
    with pytest.raises(UsageError):
        list(candidates(str(path)))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        list(candidates(str(tmp_path / "none")))
