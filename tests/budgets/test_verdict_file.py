"""The verdict for other programs."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shadowai.budgets.model import Amount, Judged, State
from shadowai.budgets.verdict_file import Outcome, write
from shadowai.model import Actor, Gap, Origin, Report, Ruling, Verdict
from tests.policy.test_breach import OPEN, TRIAL
from tests.test_policy import ENTRY

TODAY = date(2026, 1, 5)
GAP = Gap(Origin("a.log"), "cut", 3)


def spent(state: State, what: str = "points", enforced: bool = True) -> Judged:
    return Judged("b", what, state, "why", Origin("b.yaml", 3), enforced, 5, Amount(3, None), Amount(1, 1), 2)


def written(outcome: Outcome) -> dict[str, Any]:
    stream = io.BytesIO()
    write(outcome, stream)
    assert stream.getvalue().isascii() and stream.getvalue().endswith(b"}\n")
    found: dict[str, Any] = json.loads(stream.getvalue())
    return found


@pytest.mark.parametrize(
    ("rows", "gaps", "judged", "code"),
    [
        ((), (), (), 0),
        ((), (), (spent("within"), spent("warned")), 0),
        ((), (), (spent("exceeded"),), 1),
        ((), (), (spent("unknown"),), 3),
        ((), (), (spent("exceeded", enforced=False), spent("unknown", enforced=False)), 0),
        ((), (), (spent("exceeded", "source"),), 3),
        ((), (), (spent("exceeded", "gap"), spent("exceeded", "users")), 1),
        ((), (), (spent("unknown"), spent("exceeded")), 1),
        ((ENTRY,), (), (spent("within"),), 1),
        ((TRIAL,), (), (), 0),
        ((OPEN,), (), (), 3),
        ((), (GAP,), (), 3),
        ((), (GAP,), (spent("exceeded"),), 1),
    ],
)
def test_the_exit_code(rows: tuple[Any, ...], gaps: tuple[Gap, ...], judged: tuple[Judged, ...], code: int) -> None:
    outcome = Outcome(Report(rows, gaps), judged, today=TODAY)
    assert outcome.exit_code == code
    found = written(outcome)
    assert (found["exit_code"], found["result"]) == (code, {0: "within", 1: "breached", 3: "incomplete"}[code])


def test_a_run_without_a_policy_names_none() -> None:
    told = [written(Outcome(Report(()), today=TODAY, policy=policy))["policy"] for policy in ("", "f00")]
    assert told == [None, "f00"]


def test_what_is_in_it() -> None:
    row = replace(
        ENTRY,
        actor=Actor("a\x7f\ud800\u202e<b>"),
        verdict_reason="why",
        ruling=Ruling(3, "other", (Verdict.PROHIBITED,), 9),
    )
    judged = (spent("warned"), spent("exceeded", "share"))
    found = written(Outcome(Report((row, TRIAL, OPEN), (GAP,), signatures="abc"), judged, today=TODAY, policy="f00"))
    assert found["schema"] == 1 and found["gaps"] == 3 and not found["complete"] and found["today"] == "2026-01-05"
    (breach,) = found["breaches"]
    assert breach["user"] == "a\x7f\\ud800\u202e<b>"
    assert (breach["rule"], breach["alternative"], breach["may_be"], breach["disputed_by"]) == (
        3,
        "other",
        ["prohibited"],
        9,
    )
    assert [len(found[key]) for key in ("audited", "undecided", "disputed", "budgets", "coverage")] == [1, 1, 1, 1, 1]
    assert found["budgets"][0]["amount"] == {"least": 3, "most": None} and found["budgets"][0]["at"] == "b.yaml:3"


def test_the_same_findings_give_the_same_bytes() -> None:
    one, two = io.BytesIO(), io.BytesIO()
    for stream in (one, two):
        write(Outcome(Report((ENTRY,)), (spent("within"),), today=TODAY), stream)
    assert one.getvalue() == two.getvalue()


def test_coverage_stands_apart_from_budgets() -> None:
    judged = (spent("warned"), spent("exceeded", "share"), spent("within", "users"), spent("unknown", "gap"))
    found = written(Outcome(Report(()), judged, today=TODAY))
    assert [one["state"] for one in found["budgets"]] == ["warned", "within"]
    assert [one["state"] for one in found["coverage"]] == ["exceeded", "unknown"]


def test_who_and_why_are_told_where_they_are_known() -> None:
    row = replace(ENTRY, verdict_reason="why", verdict_owner="ciso@example.com")
    (one,), (two,) = (written(Outcome(Report((row,)), today=TODAY))["breaches"] for row in (row, ENTRY))
    assert (one["reason"], one["owner"]) == ("why", "ciso@example.com")
    assert (two["reason"], two["owner"], two["user"]) == (None, None, None)


def test_the_verdicts_that_are_a_breach_stand_in_order() -> None:
    every = frozenset(verdict.value for verdict in Verdict)
    assert written(Outcome(Report(()), fail_on=every, today=TODAY))["fail_on"] == sorted(every)
