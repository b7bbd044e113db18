"""Rules: every selector has to hold, and what is not known holds nowhere and fails nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shadowai.model import Verdict
from shadowai.policy import Use, Word
from shadowai.policy.rules import ASKED, OF_SERVICE, SELECTORS, Conditions, Rule
from tests.policy.making import API, CHAT, NOWHERE, TODAY

GROUPS = {"board": frozenset({"ann@example.com"})}
FULL = Use("ann@example.com", "Legal", frozenset({"personal"}), frozenset({"squid_native"}), "content", 5, True)


def rule(**selectors: str) -> Rule:
    words = {name: (Word(text, 3),) for name, text in selectors.items()}
    return Rule(3, Verdict.PROHIBITED, **words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("selector", "hit", "miss"),
    [
        ("services", "OPENAI-CHATGPT", "openai"),
        ("vendors", "openai", "open"),
        ("categories", "assistant", "media"),
        ("countries", "US", "CN"),
        ("accounts", "personal", "corporate"),
        ("scope_classes", "content", "write"),
        ("departments", "legal", "sales"),
        ("groups", "Board", "interns"),
        ("sources", "squid_native", "entra"),
    ],
)
def test_each_selector_holds_and_does_not(selector: str, hit: str, miss: str) -> None:
    groups = {**GROUPS, "interns": frozenset({"bob@example.com"})}
    assert rule(**{selector: hit}).applies(CHAT, FULL, groups) is True
    assert rule(**{selector: miss}).applies(CHAT, FULL, groups) is False


@pytest.mark.parametrize("selector", ["countries", "accounts", "scope_classes", "departments", "groups", "sources"])
def test_what_is_not_known_is_neither(selector: str) -> None:
    text = {"groups": "board"}.get(selector, "x")
    assert rule(**{selector: text}).applies(NOWHERE, Use(), GROUPS) is None
    assert rule(**{selector: text}).wanting(NOWHERE, Use(), GROUPS)
    assert rule(**{selector: text, "services": "other"}).applies(NOWHERE, Use(), GROUPS) is False


def test_what_is_wanting_has_words() -> None:
    assert set(ASKED) == {*SELECTORS} - {"service", "vendor", "category"}


def test_only_selectors_of_the_service_need_no_look_at_its_use() -> None:
    assert OF_SERVICE == ("service", "vendor", "category", "country")
    assert not rule(services="a", countries="US").looks_at_use
    assert rule(services="a", sources="entra").looks_at_use
    assert replace(rule(services="a"), conditions=Conditions(max_upload=1)).looks_at_use


CONDITIONS = Conditions((Word("Legal", 4), Word("IT", 4)), 1000, "content", True)


def decided(use: Use, conditions: Conditions = CONDITIONS) -> tuple[str, str]:
    found = Rule(3, Verdict.SANCTIONED, reason="contract", conditions=conditions).decision(TODAY, use)
    return found.verdict.value, found.reason


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"department": "Sales"}, "department Sales"),
        ({"upload": 1001}, "1,001 bytes up in a month (allowed: 1,000)"),
        ({"scope_class": "write"}, "permissions of the class write"),
        ({"scope_class": "tenant"}, "permissions of the class tenant"),
        ({"verified": False}, "a publisher that is not verified"),
    ],
)
def test_outside_of_a_condition_is_unsanctioned(change: dict[str, Any], says: str) -> None:
    verdict, reason = decided(FULL._replace(**change))
    assert (verdict, reason) == ("unsanctioned", f"sanctioned on conditions, and outside of them: {says}: contract")


def test_at_the_edge_of_its_conditions_it_stays_sanctioned() -> None:
    assert decided(FULL._replace(upload=1000, department=" it ")) == ("sanctioned", "contract")
    assert decided(FULL._replace(scope_class="none", upload=0)) == ("sanctioned", "contract")


@pytest.mark.parametrize(
    ("conditions", "known"),
    [
        (Conditions(departments=(Word("Legal", 4),)), {"department": "Legal"}),
        (Conditions(max_upload=1000), {"upload": 1000}),
        (Conditions(max_scope_class="content"), {"scope_class": "content"}),
        (Conditions(verified_publisher=True), {"verified": True}),
    ],
)
def test_only_the_conditions_that_are_given_need_to_be_known(conditions: Conditions, known: dict[str, Any]) -> None:
    assert decided(Use(**known), conditions) == ("sanctioned", "contract")


@pytest.mark.parametrize("unknown", ["department", "upload", "scope_class", "verified"])
def test_a_condition_that_cannot_be_judged_is_for_a_person(unknown: str) -> None:
    found = Rule(3, Verdict.SANCTIONED, conditions=CONDITIONS).decision(TODAY, FULL._replace(**{unknown: None}))
    assert found.verdict is Verdict.IN_REVIEW
    assert found.may_be == (Verdict.SANCTIONED, Verdict.UNSANCTIONED)
    changes: dict[str, Any] = {unknown: None, "upload": 9999}
    both = FULL._replace(**changes)
    if unknown != "upload":
        assert decided(both)[0] == "unsanctioned"


def test_conditions_that_have_expired_are_not_asked_for() -> None:
    old = Rule(3, Verdict.SANCTIONED, expires=TODAY - timedelta(1), conditions=CONDITIONS)
    assert old.decision(TODAY, FULL._replace(upload=9999)).verdict is Verdict.IN_REVIEW


def test_a_rule_about_another_vendor_asks_nothing() -> None:
    assert rule(vendors="OpenAI", categories="model-api").applies(API, Use(), {}) is True
    assert rule(vendors="OpenAI", categories="model-api").applies(CHAT, Use(), {}) is False


def test_one_of_several_groups_is_enough() -> None:
    groups = {**GROUPS, "interns": frozenset({"bob@example.com"}), "guests": frozenset()}
    several = replace(rule(), groups=(Word("interns", 3), Word("Board", 3)))
    assert several.applies(CHAT, FULL, groups) is True
    assert replace(several, groups=(Word("interns", 3), Word("guests", 3))).applies(CHAT, FULL, groups) is False
