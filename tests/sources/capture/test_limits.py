"""Limits have sane defaults; that each is kept is tested where it bites."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError, fields

import pytest

from shadowai.sources.capture.limits import DEFAULT, Limits
from tests.conftest import ROOT


def test_all_are_positive_numbers_and_described() -> None:
    for one in fields(Limits):
        assert getattr(DEFAULT, one.name) > 0
        assert f"``{one.name}``" in (Limits.__doc__ or ""), one.name


def test_they_cannot_change_under_way() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULT.flows = 1  # type: ignore[misc]


def test_the_documentation_has_them_with_their_defaults() -> None:
    text = (ROOT / "docs" / "sources.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \| ([0-9]+) \|", text, re.MULTILINE)
    assert {key: int(value) for key, value in rows} == {one.name: getattr(DEFAULT, one.name) for one in fields(Limits)}
