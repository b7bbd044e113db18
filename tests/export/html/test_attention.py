from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.export.html.attention import concerns, height, top_risks
from shadowai.export.html.context import Reason
from shadowai.model import Entry, Ruling, Usage, Verdict
from tests.export.html.pages import entry


@pytest.mark.parametrize(
    "changes",
    [
        {"confidence": "unconfirmed"},
        {"confidence": "ambiguous"},
        {"events": 0},
        {"usage": Usage.RESOLVED},
        {"usage": None},
    ],
    ids=str,
)
def test_less_than_proven_use_is_held_against_nobody(changes: dict[str, object]) -> None:
    row = entry(**changes)
    assert concerns([row], {}) == ()


@pytest.mark.parametrize("verdict", [Verdict.SANCTIONED, Verdict.TOLERATED, Verdict.RISK_ACCEPTED, Verdict.NOT_AI])
def test_what_is_settled_needs_no_attention(verdict: Verdict) -> None:
    assert concerns([entry(verdict=verdict)], {}) == ()


def test_breaches_come_first_then_risk_then_the_manner_of_use_then_size() -> None:
    rows = [
        entry(asset_id="large", verdict=Verdict.UNREVIEWED, usage=Usage.BULK, bytes_up=9),
        entry(asset_id="small", verdict=Verdict.UNREVIEWED, usage=Usage.BULK, bytes_up=None),
        entry(asset_id="agent", verdict=Verdict.IN_REVIEW, usage=Usage.AUTONOMOUS),
        entry(asset_id="unsanctioned", verdict=Verdict.UNSANCTIONED, usage=Usage.CONNECTED),
        entry(asset_id="prohibited", usage=Usage.CONNECTED),
    ]
    order = ["prohibited", "unsanctioned", "agent", "large", "small"]
    assert [concern.entry.asset_id for concern in concerns(rows, {})] == order
    assert [concern.entry.asset_id for concern in concerns(rows[::-1], {})] == order


def test_the_manner_of_use_size_and_people_go_before_names() -> None:
    same = {"verdict": Verdict.UNREVIEWED, "bytes_up": None, "users": 1}
    rows = [
        entry(asset_id="d", **same | {"usage": Usage.AUTONOMOUS}),
        entry(asset_id="c", **same | {"usage": Usage.CONNECTED, "bytes_up": 9}),
        entry(asset_id="b", **same | {"usage": Usage.CONNECTED, "users": 5}),
        entry(asset_id="a", **same | {"usage": Usage.CONNECTED}),
    ]
    for given in (rows, rows[::-1]):
        assert [concern.entry.asset_id for concern in concerns(given, {})] == ["d", "c", "b", "a"]


def _rated(id: str, low: int | None, high: int, level: str, **changes: object) -> Entry:
    return replace(entry(asset_id=id, **changes), risk=high, risk_low=low, risk_level=level)


LADDER = (
    _rated("sure", 60, 60, "high"),
    _rated("wide", 26, 69, "high"),
    _rated("same low, less", 26, 57, "high"),
    _rated("hardly", 44, 49, "medium"),
    _rated("low", None, 12, "low"),
    entry(asset_id="unrated"),
)
"""The highest risk first: the level of the most that it may be, then what is known, then what may be."""


def test_risks_are_ordered_by_level_then_by_what_is_known_then_by_what_may_be() -> None:
    assert [one.entry.asset_id for one in concerns(LADDER[::-1], {})] == [one.asset_id for one in LADDER]
    assert [height(one) for one in LADDER] == sorted((height(one) for one in LADDER), reverse=True)
    assert len({height(one) for one in LADDER}) == len(LADDER)


def test_a_verdict_goes_before_a_risk_in_the_queue_and_has_no_part_in_the_list_of_risks() -> None:
    approved, forbidden = _rated("a", 90, 90, "critical", verdict=Verdict.SANCTIONED), _rated("b", 5, 5, "low")
    undecided = _rated("c", 95, 95, "critical", verdict=Verdict.UNREVIEWED)
    rows, made = (approved, forbidden, undecided), {id: (Reason("why", 1, 1),) for id in "abc"}
    assert [one.entry.asset_id for one in concerns(rows, made)] == ["b", "c"]
    assert [one.entry.asset_id for one in top_risks(rows, made)] == ["c", "a", "b"]


def test_of_the_same_risk_what_is_confirmed_comes_first_and_none_is_left_out_for_want_of_proof() -> None:
    rows = (_rated("u", 60, 60, "high", confidence="unconfirmed"), _rated("z", 60, 60, "high"))
    made = {id: (Reason("why", 1, 1),) for id in "uzn"}
    assert [one.entry.asset_id for one in top_risks(rows, made)] == ["z", "u"]
    assert top_risks((_rated("n", 60, 60, "high", verdict=Verdict.NOT_AI), entry(asset_id="unrated")), made) == ()


def _texts(**changes: object) -> list[str]:
    return [reason.text for reason in concerns([entry(**changes)], {})[0].reasons]


def test_reasons_say_what_the_row_bears_out() -> None:
    assert _texts() == [
        "The policy says: not approved",
        "One person sent more than 10 MB to it in a day",
        "At least 12.3 MB were sent",
        "2 people used it, since 5 Jan 2026",
        "3 attempts were blocked, 1,200 let through",
    ]


def test_who_is_not_known_is_said_to_be_not_known() -> None:
    plain = {"verdict_reason": "", "usage": Usage.CONNECTED, "bytes_up": None, "blocked": 0, "first_seen": None}
    assert _texts(**plain, users=0) == ["1 device used it; no source names a person"]
    assert _texts(**plain, users=0, devices=0) == ["No source says who used it"]
    assert _texts(**plain, users=1) == ["1 person used it"]


def test_scopes_are_named_up_to_three() -> None:
    row = replace(entry(), scopes=("a", "b", "c", "d", "e"))
    assert "It was granted a, b, c and 2 more" in [reason.text for reason in concerns([row], {})[0].reasons]


def test_what_to_use_instead_is_said() -> None:
    row = replace(entry(), ruling=Ruling(7, "azure-openai"))
    assert concerns([row], {})[0].reasons[1].text == "To be used instead: azure-openai"


def test_a_rule_that_names_nothing_to_use_instead_says_nothing_of_it() -> None:
    told = [reason.text for reason in concerns([replace(entry(), ruling=Ruling(7))], {})[0].reasons]
    assert told[0] == "The policy says: not approved" and not any("instead" in text for text in told)


def test_a_risk_model_s_contributions_take_the_place_of_the_row_s_own() -> None:
    given = (Reason("holds mail of everyone", 40), Reason("vendor unknown", 5))
    assert concerns([entry(verdict_reason="")], {CHAT_ID: given})[0].reasons == given
    assert concerns([entry()], {CHAT_ID: given})[0].reasons[0].text == "The policy says: not approved"
    assert concerns([entry()], {"another": given})[0].reasons[1].text.startswith("One person")


CHAT_ID = "00000000000000a1"
