"""All that can be wrong with a policy that is well written."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from shadowai.policy.checks import problems
from tests.policy.making import ALL, TODAY, policy

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
