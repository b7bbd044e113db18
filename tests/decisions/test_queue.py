"""The queue: who waits, in which order, and what would close many rows at once."""

from __future__ import annotations

import yaml

from shadowai.decisions.inventory_file import row_of
from shadowai.decisions.queue import Proposal, proposals, queue
from shadowai.model import Dossier, Entry, Ruling, Verdict
from tests.history.making import entry


def services(*entries: Entry) -> list[str]:
    return [one.row.entry.service_id for one in queue([row_of(row) for row in entries])]


def test_what_nobody_decided_and_what_is_due_waits() -> None:
    rows = [entry(verdict.value, verdict=verdict) for verdict in Verdict]
    assert sorted(services(*rows)) == ["in_review", "unreviewed"]
    due = entry(
        "claude", verdict=Verdict.PROHIBITED, dossier=Dossier(review=("expired on 2026-01-05", "risk 1, now 60"))
    )
    found = queue([row_of(due)])
    assert found[0].why == ("expired on 2026-01-05", "risk 1, now 60")
    assert queue([row_of(entry("x", verdict_reason="the rule on line 3 may apply"))])[0].why == (
        "the rule on line 3 may apply",
    )
    assert queue([row_of(entry("x"))])[0].why == ("nobody has decided",)


def test_the_surest_and_the_riskiest_come_first() -> None:
    rows = [
        entry("d-unsure", risk=99, confidence="unconfirmed"),
        entry("c-known", risk=60),
        entry("b-not-rated"),
        entry("e-more-users", risk=60, users=9),
        entry("a-maybe", risk=99, confidence="ambiguous"),
    ]
    assert services(*rows) == ["b-not-rated", "e-more-users", "c-known", "a-maybe", "d-unsure"]


def test_alternatives_are_approved_services_of_the_category() -> None:
    rows = [
        entry("claude", ruling=Ruling(alternative="copilot")),
        entry("gemini", verdict=Verdict.SANCTIONED, users=2),
        entry("mistral", verdict=Verdict.SANCTIONED, users=5),
        entry("tolerated", verdict=Verdict.TOLERATED),
        entry("other", verdict=Verdict.SANCTIONED, category="image"),
    ]
    assert queue([row_of(row) for row in rows])[0].alternatives == ("copilot", "mistral", "gemini")


def _proposed(*entries: Entry) -> list[tuple[str, str, int]]:
    return [(one.selector, one.value, len(one.assets)) for one in proposals(queue([row_of(row) for row in entries]))]


def test_the_rule_that_closes_most_comes_first_and_none_is_said_twice() -> None:
    rows = [entry(name, vendor="Big") for name in ("a", "b", "c")]
    rows += [entry("d", vendor="Other"), entry("e", category="image"), entry("f", category="image")]
    assert _proposed(*rows) == [("category", "assistant", 4), ("vendor", "Vendor", 2)]


def test_of_rules_that_close_as_many_the_narrower_one_is_proposed() -> None:
    assert _proposed(entry("claude", "ann"), entry("claude", "bob")) == [("service", "claude", 2)]
    assert _proposed(entry("a", vendor="Big"), entry("b", vendor="Big")) == [("vendor", "Big", 2)]


def test_no_rule_is_proposed_for_what_is_not_known() -> None:
    rows = [entry(name, vendor="", category=category) for name, category in (("a", "image"), ("b", "assistant"))]
    assert _proposed(*rows) == []


def test_what_a_rule_cannot_close_is_not_counted() -> None:
    held = [entry("a", verdict=Verdict.IN_REVIEW), entry("b", dossier=Dossier(review=("expired",))), entry("c")]
    assert _proposed(*held) == []


def test_a_rule_is_yaml_whatever_the_value() -> None:
    for value in ("it's", "a: b", "- x", "#", "ü\u2028"):
        told = yaml.safe_load(f"rules:\n{Proposal('vendor', value, ()).rule('tolerated')}")
        assert told == {"rules": [{"vendor": value, "status": "tolerated"}]}


def test_neither_itself_nor_the_same_service_twice_is_an_alternative() -> None:
    rows = [
        entry("claude", "ann", verdict=Verdict.SANCTIONED),
        entry("claude", "bob", ruling=Ruling(alternative="gemini")),
        entry("claude", "cid", ruling=Ruling()),
        entry("gemini", verdict=Verdict.SANCTIONED),
    ]
    assert [one.alternatives for one in queue([row_of(row) for row in rows])] == [("gemini",)] * 2
