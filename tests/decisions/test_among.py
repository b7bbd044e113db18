"""Whom a pseudonym may be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadowai.decisions.among import candidates
from shadowai.errors import UsageError


def test_a_network() -> None:
    assert list(candidates("192.0.2.8/30")) == [("address", f"192.0.2.{n}") for n in (8, 9, 10, 11)]
    assert list(candidates("192.0.2.10/30")) == list(candidates("192.0.2.8/30"))
    assert list(candidates("2001:db8::1")) == [("address", "2001:db8::1")]
    with pytest.raises(UsageError, match="smaller network"):
        list(candidates("2001:db8::/64"))


def test_a_network_of_as_many_addresses_as_are_tried_is_not_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shadowai.decisions.among.MOST_ADDRESSES", 4)
    assert len(list(candidates("192.0.2.8/30"))) == 4
    with pytest.raises(UsageError, match="more than 4 addresses"):
        list(candidates("192.0.2.8/29"))


def test_a_cell_is_whatever_it_may_be_and_an_empty_one_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "people.txt"
    path.write_text(" PC17 ;\n\n,10.0.0.9\n")
    assert set(candidates(str(path))) == {
        ("object", "PC17"), ("device", "PC17"), ("device", "pc17"), ("user", "PC17"), ("user", "pc17"),
        ("object", "10.0.0.9"), ("device", "10.0.0.9"), ("user", "10.0.0.9"), ("address", "10.0.0.9"),
    }  # fmt: skip


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
        json.dumps(
            {
                "entries": [
                    {"user": "ann", "device": None, "address": "192.0.2.1"},
                    {"service": "x"},
                    {"user": "", "device": 7},
                ]
            }
        )
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
