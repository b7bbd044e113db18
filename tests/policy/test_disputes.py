"""Rules that never apply, and rules that disagree."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.policy.disputes import Rulebook, marked
from tests.policy.making import ALL, policy


def lines(tmp_path: Path, rules: str, head: str = "") -> list[tuple[int, int]]:
    found = Rulebook(policy(tmp_path, rules, head), ALL).disputes()
    return [(one.first.line, one.second.line) for one in found]


def said(tmp_path: Path, rules: str) -> list[str]:
    return [
        f"{problem.origin.position} {problem.text}" for problem in Rulebook(policy(tmp_path, rules), ALL).problems()
    ]


@pytest.mark.parametrize(
    "rules",
    [
        "- {service: openai-chatgpt, status: sanctioned}\n- {category: assistant, status: prohibited}\n",
        "- {vendor: OpenAI, category: assistant, status: sanctioned}\n- {vendor: OpenAI, status: prohibited}\n",
        "- {service: openai-chatgpt, department: IT, status: sanctioned}\n- {service: openai-chatgpt, status: prohibited}\n",
        "- {department: IT, status: sanctioned}\n- {department: HR, status: prohibited}\n",
        "- {vendor: OpenAI, status: sanctioned}\n- {category: assistant, status: sanctioned}\n",
        "- {vendor: OpenAI, status: sanctioned}\n- {vendor: Far, status: prohibited}\n",
        "- {scope_class: write, status: prohibited}\n- {scope_class: content, status: tolerated}\n",
        "- {service: [openai-chatgpt, far-chat], status: sanctioned}\n- {category: assistant, status: prohibited}\n",
    ],
)
def test_exceptions_and_things_apart_are_no_dispute(tmp_path: Path, rules: str) -> None:
    assert lines(tmp_path, rules) == []


@pytest.mark.parametrize(
    "rules",
    [
        "- {vendor: OpenAI, status: sanctioned}\n- {category: assistant, status: prohibited}\n",
        "- {service: [openai-chatgpt, openai-api], status: sanctioned}\n- {service: [openai-api, far-chat], status: prohibited}\n",
        "- {department: IT, status: sanctioned}\n- {category: assistant, status: prohibited}\n",
        "- {source: entra, status: sanctioned}\n- {source: squid_native, status: prohibited}\n",
        "- {vendor: OpenAI, status: prohibited}\n- {service: openai-chatgpt, department: IT, status: sanctioned}\n",
        "- {vendor: OpenAI, status: sanctioned}\n- {category: assistant, status: sanctioned, conditions: {departments: IT}}\n",
    ],
)
def test_rules_that_cross_and_say_different_things_are_a_dispute(tmp_path: Path, rules: str) -> None:
    assert lines(tmp_path, rules) == [(3, 4)]


def test_a_rule_for_what_two_have_in_common_settles_it(tmp_path: Path) -> None:
    crossing = "- {vendor: OpenAI, status: sanctioned}\n- {category: assistant, status: prohibited}\n"
    assert lines(tmp_path, f"- {{service: openai-chatgpt, status: tolerated}}\n{crossing}") == []
    assert lines(tmp_path, f"- {{service: far-chat, status: tolerated}}\n{crossing}") == [(4, 5)]


def test_a_rule_that_takes_all_that_one_of_two_selects_settles_it(tmp_path: Path) -> None:
    crossing = "- {vendor: OpenAI, department: IT, status: sanctioned}\n- {category: assistant, status: prohibited}\n"
    settled = "- {service: openai-chatgpt, department: %s, status: sanctioned}\n"
    assert lines(tmp_path, settled % "IT" + crossing) == []
    assert lines(tmp_path, settled % "[IT, HR]" + crossing) == []
    assert lines(tmp_path, settled % "HR" + crossing) == [(4, 5)]


def test_groups_meet_where_somebody_is_in_both(tmp_path: Path) -> None:
    rules = "- {group: a, status: sanctioned}\n- {group: b, status: prohibited}\n"
    assert lines(tmp_path, rules, "groups: {a: [x, y], b: [y, z]}\n") == [(4, 5)]
    assert lines(tmp_path, rules, "groups: {a: [x], b: [z]}\n") == []
    assert lines(tmp_path, rules, "groups: {a: [x], b: [x, z]}\n") == []


def test_a_rule_behind_one_that_takes_everything_never_applies(tmp_path: Path) -> None:
    found = said(
        tmp_path, "- {category: assistant, status: prohibited}\n- {service: openai-chatgpt, status: sanctioned}\n"
    )
    assert found == ["4 never applies: what it selects is decided by line 3"]


def test_a_rule_behind_several_that_take_everything_together_never_applies(tmp_path: Path) -> None:
    rules = (
        "- {service: openai-chatgpt, status: sanctioned}\n- {service: openai-api, status: sanctioned}\n"
        "- {vendor: OpenAI, department: HR, status: prohibited}\n"
    )
    assert said(tmp_path, rules) == ["5 never applies: what it selects is decided by line 3, 4"]
    apart = "- {vendor: Far, status: sanctioned}\n"
    assert said(tmp_path, apart + rules) == ["6 never applies: what it selects is decided by line 4, 5"]


def test_a_rule_behind_one_of_a_department_still_applies_to_others(tmp_path: Path) -> None:
    rules = "- {vendor: OpenAI, department: HR, status: prohibited}\n- {vendor: OpenAI, status: sanctioned}\n"
    assert said(tmp_path, rules) == []


def test_a_rule_that_selects_no_service_is_said(tmp_path: Path) -> None:
    assert said(tmp_path, "- {vendor: Far, category: model-api, status: prohibited}\n") == [
        "3 selects no service of the catalogue, and never applies"
    ]


def test_a_dispute_names_some_of_what_it_is_about(tmp_path: Path) -> None:
    (found,) = said(tmp_path, "- {vendor: OpenAI, status: sanctioned}\n- {category: assistant, status: prohibited}\n")
    assert found == "3 two rules apply to openai-chatgpt, and disagree: sanctioned here and prohibited on line 4"
    (found,) = said(tmp_path, "- {source: entra, status: sanctioned}\n- {source: okta, status: prohibited}\n")
    assert "two rules apply to far-chat, nowhere-chat, openai-api and others, and disagree" in found


def test_a_policy_is_marked_with_its_disputes(tmp_path: Path) -> None:
    rules = "- {vendor: OpenAI, status: sanctioned}\n- {category: assistant, status: prohibited}\n"
    assert marked(policy(tmp_path, rules), ALL).disputes == {(3, 4)}
