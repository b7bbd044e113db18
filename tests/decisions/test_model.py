"""Columns over columns."""

from __future__ import annotations

from shadowai.decisions.model import Columns


def test_what_is_said_later_goes_over_what_was_said() -> None:
    earlier = Columns(owner="Ann", purpose="drafts", data_categories=("mail",))
    assert Columns(owner="Bob").over(earlier) == Columns(owner="Bob", purpose="drafts", data_categories=("mail",))
    assert Columns(purpose="", data_categories=()).over(earlier) == Columns(owner="Ann", purpose="", data_categories=())
    assert Columns().over(earlier) == earlier
