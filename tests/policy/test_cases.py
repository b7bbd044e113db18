"""Cases beside a policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.policy import cases
from tests.policy.making import ALL, TODAY, policy

RULES = """\
- service: openai-chatgpt
  status: sanctioned
  expires: 2026-06-30
  alternative: openai-api
  conditions: {departments: IT, max_upload_per_month: 1MB, max_scope_class: content, verified_publisher: true}
- {account: personal, status: prohibited}
"""
KNOWN = {one.id: one for one in ALL}
GOOD = "department: IT, upload_per_month: 1MB, scope_class: none, verified_publisher: true"


def run(tmp_path: Path, text: str, head: str = "") -> list[str]:
    path = tmp_path / "policy.cases.yaml"
    path.write_text(f"version: 1\n{head}cases:\n{text}", "utf-8")
    found = cases.failures(policy(tmp_path, RULES), cases.load(path), KNOWN.get, TODAY)
    return [failure.text for failure in found]


def test_cases_stand_beside_their_policy() -> None:
    assert cases.beside(Path("a/policy.yaml")) == Path("a/policy.cases.yaml")
    assert cases.beside(Path("p.yml")) == Path("p.cases.yml")


def test_what_a_policy_says_as_expected_is_no_failure(tmp_path: Path) -> None:
    text = f"""\
- {{service: openai-chatgpt, {GOOD}, expect: sanctioned, alternative: openai-api}}
- {{service: openai-chatgpt, {GOOD.replace("IT", "HR")}, expect: unsanctioned}}
- {{service: openai-chatgpt, expect: in_review}}
- {{service: openai-chatgpt, {GOOD}, today: 2026-07-01, expect: in_review}}
- {{service: far-chat, account: [personal], user: ann@example.com, source: squid_native, expect: prohibited}}
- {{service: far-chat, account: corporate, expect: unreviewed}}
"""
    assert run(tmp_path, text) == []


def test_what_it_says_otherwise_is_told_with_the_rule(tmp_path: Path) -> None:
    text = f"""\
- {{name: IT may, service: openai-chatgpt, {GOOD.replace("1MB", "2MB")}, expect: sanctioned}}
- {{service: openai-chatgpt, {GOOD}, expect: sanctioned, alternative: far-chat}}
- {{service: openai-chatgtp, expect: sanctioned}}
- {{service: far-chat, account: corporate, expect: prohibited}}
"""
    assert run(tmp_path, text) == [
        "IT may: expected sanctioned, and the policy says unsanctioned (the rule on line 3: sanctioned on conditions, and outside of "
        "them: 2,000,000 bytes up in a month (allowed: 1,000,000))",
        "openai-chatgpt: expected the alternative far-chat, and the policy names openai-api (the rule on line 3)",
        "openai-chatgtp: no signature has the service 'openai-chatgtp'",
        "far-chat: expected prohibited, and the policy says unreviewed (no rule applies)",
    ]


def test_a_file_has_its_own_day(tmp_path: Path) -> None:
    text = f"- {{service: openai-chatgpt, {GOOD}, expect: in_review}}\n"
    assert run(tmp_path, text, "today: 2026-07-01\n") == []
    assert len(run(tmp_path, text)) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("  []\n", "there are no cases"),
        ("- {service: a}\n", "the case has no expect"),
        ("- {expect: sanctioned}\n", "the case has no service"),
        ("- {service: a, expect: fine}\n", "unknown status 'fine'"),
        ("- {service: a, expect: sanctioned, account: mine}\n", "unknown account 'mine'"),
        ("- {service: a, expect: sanctioned, upload_per_month: 5}\n", "not a size"),
        ("- {service: a, expect: sanctioned, departmnet: IT}\n", "did you mean 'department'?"),
    ],
)
def test_what_is_no_case_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        run(tmp_path, text)
    assert says in str(caught.value) and caught.value.origin is not None and caught.value.origin.position


@pytest.mark.parametrize(
    ("selector", "hit", "miss"),
    [
        ("group: board", "user: ANN@example.com", "user: eve@example.com"),
        ("source: entra", "source: entra", "source: okta"),
    ],
)
def test_a_case_is_of_the_user_and_the_source_that_it_names(tmp_path: Path, selector: str, hit: str, miss: str) -> None:
    head = "groups: {board: ann@example.com}\n" if "group" in selector else ""
    read = policy(tmp_path, f"- {{{selector}, status: prohibited}}\n", head)
    for text, verdict in ((hit, "prohibited"), (miss, "unreviewed"), ("name: nothing known", "in_review")):
        path = tmp_path / "policy.cases.yaml"
        path.write_text(f"version: 1\ncases:\n- {{service: far-chat, {text}, expect: {verdict}}}\n", "utf-8")
        assert list(cases.failures(read, cases.load(path), KNOWN.get, TODAY)) == []


def test_an_alternative_that_is_not_named_is_told_as_none(tmp_path: Path) -> None:
    (found,) = run(tmp_path, "- {service: far-chat, account: personal, expect: prohibited, alternative: openai-api}\n")
    assert found.startswith("far-chat: expected the alternative openai-api, and the policy names none")
