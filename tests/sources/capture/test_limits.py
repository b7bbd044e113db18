"""Limits have sane defaults; that each is kept is tested where it bites."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from shadowai.sources.capture.limits import DEFAULT, Limits


def test_all_are_positive_numbers_and_described() -> None:
    for one in fields(Limits):
        assert getattr(DEFAULT, one.name) > 0
        assert f"``{one.name}``" in (Limits.__doc__ or ""), one.name


def test_they_cannot_change_under_way() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULT.flows = 1  # type: ignore[misc]
