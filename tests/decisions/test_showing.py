"""The queue on a terminal and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from shadowai.decisions import showing
from shadowai.decisions.inventory_file import row_of
from shadowai.decisions.queue import proposals, queue
from shadowai.model import Actor, Verdict
from tests.history.making import entry

ROWS = [
    entry(
        "claude", risk=60, risk_low=20, risk_level="high", scopes=tuple(f"s{n}" for n in range(9)), departments=("IT",)
    ),
    entry("gemini", "ann", risk=9, usage=None, bytes_up=None),
    entry("mistral", verdict=Verdict.SANCTIONED),
]


def test_rows_are_told_with_their_evidence() -> None:
    waiting = queue([row_of(row) for row in ROWS])
    assert list(showing.lines(waiting, (), 5)) == [
        "2 rows wait for a decision",
        "",
        f"1. Claude (Vendor, assistant)  {ROWS[0].asset_id}",
        "   unreviewed, confirmed, risk 20 to 60 high, interactive, 1 users, 3 events, 2,048 bytes up",
        "   why: nobody has decided",
        "   names: claude.example",
        "   permissions: s0; s1; s2; s3; s4; s5; s6; s7 and 1 more",
        "   departments: IT",
        "   seen: proxy.log:1",
        "   instead: mistral",
        "",
        f"2. Gemini (Vendor, assistant)  {ROWS[1].asset_id}",
        "   unreviewed, confirmed, risk 9, no use let through, 3 events",
        "   who: ann",
        "   why: nobody has decided",
        "   names: gemini.example",
        "   seen: proxy.log:1",
        "   instead: mistral",
    ]


def test_what_is_left_out_is_counted_and_rules_follow() -> None:
    waiting = queue([row_of(row) for row in ROWS])
    told = list(showing.lines(waiting, proposals(waiting), 1))
    assert "and 1 more (--limit)" in told
    assert told[-3:] == ["  # closes 2 rows", "  - vendor: 'Vendor'", "    status: STATUS"]


def test_json_has_everything() -> None:
    waiting = queue([row_of(row) for row in ROWS])
    told = json.loads(showing.as_json(waiting, proposals(waiting)))
    assert [row["service_id"] for row in told["waiting"]] == ["claude", "gemini"]
    assert (
        len(told["waiting"][0]["scopes"]) == 9
        and told["waiting"][1]["user"] == "ann"
        and "user" not in told["waiting"][0]
    )
    assert told["waiting"][0]["evidence_sha256"] == waiting[0].row.sha256
    assert told["rules"] == [{"selector": "vendor", "value": "Vendor", "assets": [row.asset_id for row in ROWS[:2]]}]


def test_what_is_not_known_of_a_row_is_said() -> None:
    row = entry("claude", "x", names=tuple(f"n{n}" for n in range(8)), evidence=())
    (one,) = queue([row_of(replace(row, actor=Actor()))])
    told = list(showing.about(one, 1))
    assert told[1:3] == [
        "   unreviewed, confirmed, risk not rated, interactive, 3 events, 2,048 bytes up",
        "   who: not known",
    ]
    assert told[-1] == "   names: n0; n1; n2; n3; n4; n5; n6; n7"


def test_where_nothing_is_left_out_and_no_rule_helps_nothing_is_said_of_it() -> None:
    waiting = queue([row_of(ROWS[0]), row_of(ROWS[2])])
    told = list(showing.lines(waiting, (), 1))
    assert told[0] == "1 rows wait for a decision" and told[-1] == "   instead: mistral"


def test_the_usage_stands_in_the_json() -> None:
    told = json.loads(showing.as_json(queue([row_of(row) for row in ROWS]), ()))
    assert [row["usage"] for row in told["waiting"]] == ["interactive", None]
