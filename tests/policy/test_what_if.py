"""The same rows under two policies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.model import Actor, Ruling, Verdict
from shadowai.policy.what_if import differences
from tests.test_policy import ENTRY


def test_only_what_differs_is_told_and_what_of_it_is_a_breach() -> None:
    before = [
        replace(ENTRY, asset_id="a", verdict=Verdict.UNREVIEWED),
        replace(ENTRY, asset_id="b", verdict=Verdict.PROHIBITED),
        replace(ENTRY, asset_id="c", verdict=Verdict.SANCTIONED),
        replace(ENTRY, asset_id="d", verdict=Verdict.PROHIBITED, ruling=Ruling(3, enforced=False)),
        replace(ENTRY, asset_id="e", verdict=Verdict.UNREVIEWED, confidence="ambiguous", actor=Actor(device="pc")),
    ]
    after = [
        replace(before[0], verdict=Verdict.UNSANCTIONED, verdict_reason="why", ruling=Ruling(3, "other")),
        replace(before[1], verdict=Verdict.SANCTIONED),
        before[2],
        replace(before[3], ruling=Ruling(3)),
        replace(before[4], verdict=Verdict.PROHIBITED),
    ]
    found = {one.asset_id: one for one in differences(before, after)}
    assert {id: (one.begins, one.ends) for id, one in found.items()} == {
        "a": (True, False), "b": (False, True), "d": (True, False), "e": (False, False),
    }  # fmt: skip
    assert (found["a"].reason, found["a"].alternative, found["e"].user) == ("why", "other", "pc")
    assert list(differences(before, before)) == []


@pytest.mark.parametrize(
    ("actor", "shown"),
    [
        (Actor("ann", "pc", "192.0.2.1"), "ann"),
        (Actor(None, "pc", "192.0.2.1"), "pc"),
        (Actor(None, None, "192.0.2.1"), "192.0.2.1"),
        (Actor(), ""),
        (None, ""),
    ],
)
def test_a_row_is_told_by_its_user_device_or_address(actor: Actor | None, shown: str) -> None:
    before = replace(ENTRY, verdict=Verdict.UNREVIEWED, actor=actor)
    (found,) = differences([before], [replace(before, verdict=Verdict.SANCTIONED)])
    assert found.user == shown


def test_a_narrower_list_of_breaches_narrows_them() -> None:
    before = [replace(ENTRY, verdict=Verdict.UNREVIEWED)]
    after = [replace(ENTRY, verdict=Verdict.UNSANCTIONED)]
    (found,) = differences(before, after, frozenset({"prohibited"}))
    assert not found.begins


def test_what_is_a_breach_before_and_after_begins_and_ends_nothing() -> None:
    before = [replace(ENTRY, verdict=Verdict.UNSANCTIONED)]
    (found,) = differences(before, [replace(ENTRY, verdict=Verdict.PROHIBITED)])
    assert (found.begins, found.ends) == (False, False)
