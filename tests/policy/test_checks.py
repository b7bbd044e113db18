"""All that can be wrong with a policy that is well written."""

from __future__ import annotations

from pathlib import Path

from shadowai.policy.checks import problems
from tests.policy.making import ALL, policy

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
    found = problems(policy(tmp_path, RULES), ALL, {"entra", "squid_native"})
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
    assert problems(policy(tmp_path, rules), ALL, ()) == []
