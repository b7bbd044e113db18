"""Sigma: parsed by pySigma, and true of the hosts that the signatures are true of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import yaml
from sigma.collection import SigmaCollection
from sigma.rule import SigmaRule

from shadowai.export.rules import sigma
from shadowai.export.rules.claims import claims
from tests.export.rules.examples import ALL, CHAT, SAID

TEXT = sigma.render(claims(ALL, {"chat", "draw"}))


TESTS: dict[str, Callable[[str, str], object]] = {
    "": lambda text, value: text == value,
    "endswith": lambda text, value: text.endswith(value),
    "re|i": lambda text, value: re.search(value, text, re.I),
}
"""The modifiers in use, as the specification has them."""


def holds(selection: list[dict[str, list[str]]], name: str) -> bool:
    """Whether a selection, a list of which any item may hold, holds for a host."""
    keys = [(key.partition("|")[2], values) for item in selection for key, values in item.items()]
    return any(TESTS[how](name, value) for how, values in keys for value in values)


def says(name: str) -> set[str]:
    found = set()
    for rule in yaml.safe_load_all(TEXT):
        parts = dict(rule["detection"])
        condition = parts.pop("condition")
        told = {key: holds(value, name) for key, value in parts.items()}
        if eval(condition, {"__builtins__": {}}, told):
            found.add(re.search(r"service, (\S+)\.", rule["description"])[1])  # type: ignore[index]
    return found


def test_pysigma_reads_every_rule_without_an_error() -> None:
    found = SigmaCollection.from_yaml(TEXT, collect_errors=True)
    assert [error for rule in found for error in rule.errors] == []
    assert len(found) == 4
    rules = [rule for rule in found if isinstance(rule, SigmaRule)]
    assert {(rule.logsource.category, str(rule.level)) for rule in rules} == {
        ("dns", "informational"),
        ("proxy", "informational"),
    }


def test_pysigma_refuses_what_is_wrong() -> None:
    found = SigmaCollection.from_yaml(TEXT.replace("level: informational", "level: awful"), collect_errors=True)
    assert [error for rule in found for error in rule.errors]


@pytest.mark.parametrize(("name", "service"), SAID.items())
def test_rules_are_true_of_the_same_hosts(name: str, service: str) -> None:
    assert says(name) == ({service} if service else set())


def test_ids_differ_and_stay() -> None:
    ids = [rule["id"] for rule in yaml.safe_load_all(TEXT)]
    assert len(set(ids)) == 4
    renamed = sigma.render(claims((replace(CHAT, name="Other"),), {"chat"}))
    assert [rule["id"] for rule in yaml.safe_load_all(renamed)] == ids[:2]


def test_a_hostile_name_is_a_title_and_nothing_else() -> None:
    rule = next(yaml.safe_load_all(TEXT))
    assert rule["title"] == 'DNS query for Chat "One"; | \\ : $(x)\\n</title> (Vendor, Inc.)'


def test_a_glob_with_a_backslash_would_be_a_wildcard_and_there_is_none() -> None:
    assert "\\." not in TEXT and "*" not in "".join(re.findall(r'endswith:\n((?: +- "[^"]*"\n)+)', TEXT))
