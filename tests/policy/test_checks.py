"""All that can be wrong with a policy that is well written."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from shadowai.policy import deciding, disputes
from shadowai.policy import rules as rules_module
from shadowai.policy.checks import problems
from shadowai.policy.model import fold
from tests.policy.making import ALL, CHAT, TODAY, policy

RULES = """\
- service: openai-chatgtp
  status: prohibited
- service: openai-api
  source: [entra, squid]
  status: sanctioned
  alternative: far-chat
- vendor: OpenAI
  status: sanctioned
- category: assistant
  status: prohibited
"""


def test_problems_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(policy(tmp_path, RULES), ALL, {"entra", "squid_native"}, TODAY)
    assert [(one.origin.position, one.level) for one in found] == [
        (3, "error"), (3, "warning"), (6, "error"), (8, "warning"), (9, "error"),
    ]  # fmt: skip
    texts = [one.text for one in found]
    assert "did you mean 'openai-chatgpt'?" in texts[0] and "never applies" in texts[1]
    assert texts[2] == "no format and no platform is called 'squid': see shadowai formats"
    assert texts[3] == "the alternative far-chat is prohibited itself"
    assert str(found[4]).endswith(
        "error: two rules apply to openai-chatgpt, and disagree: sanctioned here and prohibited on line 11"
    )


def test_an_alternative_that_is_not_known_is_told_once_and_one_that_may_be_approved_is_none(tmp_path: Path) -> None:
    rules = (
        "- {service: openai-chatgpt, status: prohibited, alternative: nothing-such}\n"
        "- {service: far-chat, status: prohibited, alternative: openai-api}\n"
        "- {service: openai-api, department: HR, status: sanctioned}\n"
    )
    found = problems(policy(tmp_path, rules), ALL, (), TODAY)
    assert [(one.level, one.origin.position) for one in found] == [("error", 3)]
    assert "no signature has the service 'nothing-such'" in found[0].text


def test_a_sound_policy_has_no_problems(tmp_path: Path) -> None:
    rules = (
        "- {service: openai-api, status: sanctioned}\n- {vendor: OpenAI, status: prohibited, alternative: openai-api}\n"
    )
    assert problems(policy(tmp_path, rules), ALL, (), TODAY) == []


def test_a_rule_that_has_expired_is_a_warning_from_the_day_after(tmp_path: Path) -> None:
    rules = (
        "- {service: openai-api, status: risk_accepted, expires: 2026-01-05}\n"
        "- {service: openai-chatgpt, status: prohibited, alternative: openai-api}\n"
    )
    found = policy(tmp_path, rules)
    assert problems(found, ALL, (), TODAY) == []
    assert [(one.level, one.origin.position, one.text) for one in problems(found, ALL, (), TODAY + timedelta(1))] == [
        ("warning", 3, "expired on 2026-01-05: what it selects is in review"),
        ("warning", 4, "the alternative openai-api is in_review itself"),
    ]


def test_the_work_grows_with_rules_and_services_not_with_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are folded once for each rule and once for each service."""
    services = [replace(CHAT, id=f"service-{number}") for number in range(300)]
    rules = "".join(
        f"- {{service: {one.id}, department: D{n}, status: sanctioned}}\n" for n, one in enumerate(services)
    )
    made, calls = policy(tmp_path, rules), Counter[str]()

    def counting(text: str) -> str:
        calls[text] += 1
        return fold(text)

    for module in (deciding, disputes, rules_module):
        monkeypatch.setattr(module, "fold", counting)
    assert problems(made, services, (), TODAY) == []
    assert calls.total() < 20 * (len(services) + len(made.rules))


def test_an_alternative_to_a_service_that_is_not_known_either_way_is_no_problem_of_its_own(tmp_path: Path) -> None:
    rules = "- {service: openai-chatgpt, status: prohibited}\n- {service: far-chat, status: prohibited}\n"
    assert problems(policy(tmp_path, rules), ALL, (), TODAY) == []
