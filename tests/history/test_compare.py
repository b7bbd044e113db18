"""Which runs are compared, and how a comparison is put together (causes: test_remember.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.errors import UsageError
from shadowai.history.compare import compare, last_two
from shadowai.history.remember import remember
from shadowai.history.store import History
from shadowai.model import Ruling, Usage, Verdict
from tests.history.making import app, entry, scan, sweep, told


def test_nothing_remembered(history: History) -> None:
    with pytest.raises(UsageError, match="no run is remembered"):
        last_two(history)


def test_the_last_two_that_looked_at_some_of_the_same(history: History) -> None:
    remember(history, scan(logs=["a.log"]))
    assert last_two(history) == (None, 1)
    remember(history, sweep(day=1))
    assert last_two(history) == (None, 2)
    remember(history, scan(logs=["a.log", "b.log"], day=2))
    assert last_two(history) == (1, 3)
    remember(history, scan(logs=["c.log"], day=3))
    assert last_two(history) == (None, 4)


def test_a_baseline_alerts_nothing(history: History) -> None:
    remember(history, scan(entry("claude", verdict=Verdict.PROHIBITED), gaps=["proxy.log"]))
    found = compare(history, None, 1)
    assert found.before is None and found.changes == () and found.unseen == ("proxy.log: could not be read",)


def test_the_order_of_runs(history: History) -> None:
    for day in range(2):
        remember(history, scan(day=day))
    for one, two in ((2, 1), (1, 1)):
        with pytest.raises(UsageError, match="is not before"):
            compare(history, one, two)
    with pytest.raises(UsageError, match="no run 9"):
        compare(history, 1, 9)


def test_runs_that_looked_at_different_things(history: History) -> None:
    remember(history, scan(entry("claude"), entry("chatgpt"), logs=["a.log"]))
    remember(history, scan(entry("claude", users=4), entry("gemini"), logs=["b.log"], day=1))
    found = compare(history, 1, 2)
    assert told(found.changes) == {
        ("new", "service", "Gemini", "coverage"),
        ("not_observable", "service", "Chatgpt", "coverage"),
        ("changed", "service", "Claude", "users", "coverage"),
    }
    assert found.unseen == ("a.log was not looked at",)


def test_breaches_come_first(history: History) -> None:
    remember(history, scan())
    bad = entry("gemini", verdict=Verdict.UNSANCTIONED)
    remember(history, scan(entry("chatgpt"), entry("claude"), bad, day=1))
    changes = compare(history, 1, 2).changes
    assert [change.service for change in changes] == ["gemini", "chatgpt", "claude"]
    assert [change.breach for change in changes] == [True, False, False]


def test_more_seen_after_a_partial_look_may_have_been_there(history: History) -> None:
    remember(history, scan(entry("claude", users=1), gaps=["proxy.log"]))
    remember(history, scan(entry("claude", users=3), day=1))
    assert told(compare(history, 1, 2).changes) == {("changed", "service", "Claude", "users", "coverage")}


def test_a_rule_that_expires_is_the_policy_s(history: History) -> None:
    remember(history, scan(entry("claude", verdict=Verdict.RISK_ACCEPTED), policy="p"))
    remember(history, scan(entry("claude", verdict=Verdict.IN_REVIEW), policy="p", day=1))
    (change,) = compare(history, 1, 2).changes
    assert (change.cause, change.detail) == ("policy", "a rule or a decision has begun or ceased to hold")


def test_a_verdict_by_a_signature_that_changed(history: History) -> None:
    remember(history, scan(entry("claude", category="assistant"), policy="p"))
    other = entry("claude", category="agent", verdict=Verdict.TOLERATED)
    remember(history, scan(other, policy="p", day=1, digests={"claude": "2"}))
    assert {change.cause for change in compare(history, 1, 2).changes} == {"catalogue"}


def test_a_swept_app_s_field_after_a_partial_look(history: History) -> None:
    from tests.history.making import outcomes

    remember(history, sweep(apps=[app("a")], ends=outcomes(apps="partial")))
    remember(history, sweep(apps=[app("a", homepage="https://a.example")], ends=outcomes(apps="complete"), day=1))
    assert told(compare(history, 1, 2).changes) == {("changed", "app", "A", "homepage", "coverage")}


TRIAL = Ruling(rule=3, enforced=False)


def test_what_a_rule_in_audit_mode_forbids_is_told_and_breaches_nothing(history: History) -> None:
    on_trial = entry("claude", verdict=Verdict.PROHIBITED, ruling=TRIAL)
    remember(history, scan())
    remember(history, scan(on_trial, day=1))
    (new,) = compare(history, 1, 2).changes
    assert (new.verdict, new.breach, new.audited) == (Verdict.PROHIBITED, False, True)
    remember(history, scan(replace(on_trial, usage=Usage.BULK), day=2))
    (wider,) = compare(history, 2, 3).changes
    assert (wider.field, wider.breach, wider.audited) == ("usage", False, True)


def test_a_rule_that_is_enforced_now_makes_a_breach_of_what_was_on_trial(history: History) -> None:
    on_trial = entry("claude", verdict=Verdict.PROHIBITED, ruling=TRIAL)
    for day, (row, policy) in enumerate(
        [
            (on_trial, "1"),
            (replace(on_trial, verdict=Verdict.UNSANCTIONED, ruling=Ruling(rule=3)), "2"),
            (on_trial, "1"),
        ]
    ):
        remember(history, scan(row, day=day, policy=policy))
    found = {change.field: change for change in compare(history, 1, 2).changes}
    assert (found["mode"].before, found["mode"].after, found["mode"].cause) == ("audit", "enforce", "policy")
    assert found["mode"].breach and not found["verdict"].breach
    back = compare(history, 2, 3).changes
    assert {change.field for change in back} == {"mode", "verdict"}
    assert not any(change.breach or change.audited for change in back)


def test_a_policy_in_audit_mode_is_no_news_of_what_it_allows(history: History) -> None:
    allowed = entry("claude", verdict=Verdict.SANCTIONED)
    remember(history, scan(allowed))
    remember(history, scan(replace(allowed, ruling=TRIAL), day=1))
    assert compare(history, 1, 2).changes == ()


@pytest.mark.parametrize(
    ("names", "digest", "cause"),
    [
        (("claude.example",), "2", "catalogue"),
        (("claude.example",), "1", "environment"),
        (("api.claude.example", "claude.example"), "2", "environment"),
    ],
    ids=["the signature has changed", "another one has", "and a further name was seen"],
)
def test_a_row_is_surer_by_what_was_seen_or_by_its_signature(
    history: History, names: tuple[str, ...], digest: str, cause: str
) -> None:
    remember(history, scan(entry("claude", confidence="unconfirmed"), digests={"claude": "1", "gemini": "1"}))
    remember(history, scan(entry("claude", names=names), digests={"claude": digest, "gemini": "2"}, day=1))
    (change,) = compare(history, 1, 2).changes
    assert (change.field, change.before, change.after) == ("confidence", "unconfirmed", "confirmed")
    assert change.cause == cause


def test_a_signature_that_changed_is_no_cause_of_more_use(history: History) -> None:
    remember(history, scan(entry("claude", users=1), digests={"claude": "1"}))
    after = entry("claude", users=2, usage=Usage.BULK, confidence="unconfirmed")
    remember(history, scan(after, digests={"claude": "2"}, day=1))
    causes = {change.field: change.cause for change in compare(history, 1, 2).changes}
    assert causes == {"confidence": "catalogue", "usage": "environment", "users": "environment"}


def test_a_row_is_less_sure_by_its_signature_where_no_name_is_missing(history: History) -> None:
    names = ("api.claude.example", "claude.example")
    remember(history, scan(entry("claude", names=names), digests={"claude": "1"}))
    remember(history, scan(entry("claude", names=names, confidence="unconfirmed"), digests={"claude": "2"}, day=1))
    remember(history, scan(entry("claude"), digests={"claude": "2"}, day=2))
    remember(history, scan(entry("claude", confidence="unconfirmed", names=()), digests={"claude": "3"}, day=3))
    (first,), (last,) = compare(history, 1, 2).changes, compare(history, 3, 4).changes
    assert (first.cause, last.cause) == ("catalogue", "environment")


def test_of_what_is_new_it_is_said_what_keeps_it_from_being_use(history: History) -> None:
    remember(history, scan())
    rows = (
        entry("claude", "ann", usage=Usage.RESOLVED),
        entry("claude", "bob", usage=None, events=0, blocked=2),
        entry("claude", "cid", confidence="unconfirmed"),
        entry("claude", "dan"),
    )
    remember(history, scan(*rows, logs=["proxy.log", "b.log"], day=1))
    told = {change.who: change.detail.partition("; ") for change in compare(history, 1, 2).changes}
    assert told["ann"][0] == "looked up, no use seen" and "b.log" in told["ann"][2]
    assert told["bob"][0] == "no use seen: blocked, or leave to use alone"
    assert told["cid"][0] == "use is not proven: unconfirmed"
    assert told["dan"][0].startswith("b.log")
