"""The newer keys of a policy file; tests/test_policy.py has those that were there first."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.errors import UsageError
from tests.policy.making import policy

RULE = "- service: a\n  status: {status}\n  {more}\n"


def test_a_rule_with_all_that_it_may_have(tmp_path: Path) -> None:
    text = """\
- service: [a, b]
  vendor: V
  category: assistant
  country: [US, DE]
  account: [personal, anonymous]
  scope_class: content
  department: HR
  group: Board
  source: entra
  status: sanctioned
  conditions:
    departments: [IT, HR]
    max_upload_per_month: 2GB
    max_scope_class: write
    verified_publisher: true
  alternative: c
  mode: audit
"""
    read = policy(tmp_path, text, "groups: {board: ann@example.com}\n")
    rule = read.rules[0]
    assert [name for name, _ in rule.selects] == [
        "service", "vendor", "category", "country", "account", "scope_class", "department", "group", "source",
    ]  # fmt: skip
    assert rule.conditions is not None and rule.alternative is not None
    assert (rule.conditions.max_upload, rule.conditions.max_scope_class) == (2_000_000_000, "write")
    assert rule.conditions.verified_publisher and [word.text for word in rule.conditions.departments] == ["IT", "HR"]
    assert (rule.alternative.text, rule.enforced, read.mode) == ("c", False, "enforce")


@pytest.mark.parametrize(
    ("rules", "head", "line", "says"),
    [
        ("- {country: us, status: prohibited}", "", 3, "country is no code"),
        ("- {country: USA, status: prohibited}", "", 3, "country is no code"),
        ("- {account: private, status: prohibited}", "", 3, "unknown account 'private'"),
        ("- {scope_class: all, status: prohibited}", "", 3, "unknown scope_class 'all'"),
        ("- {group: board, status: prohibited}", "", 3, "there is no group 'board'"),
        ("- {group: board, status: prohibited}", "groups: {other: x}\n", 4, "there is no group 'board'"),
        ("- {service: a, status: prohibited, mode: dry}", "", 3, "unknown mode 'dry'"),
        ("  []", "mode: off\n", 2, "unknown mode 'off'"),
        ("  []", "groups: [a]\n", 2, "groups is not a mapping"),
        ("  []", "groups: {a: []}\n", 2, "empty list"),
        ("  []", "groups: {a: b, A: c}\n", 2, "there twice"),
        ("  []", "groups: {' ': b}\n", 2, "nameless"),
        ("  []", "groups: {a: ' '}\n", 2, "is empty"),
        (RULE.format(status="prohibited", more="conditions: {departments: IT}"), "", 5, "prohibited with conditions"),
        (RULE.format(status="sanctioned", more="conditions: {}"), "", 5, "conditions are empty"),
        (RULE.format(status="sanctioned", more="conditions: {department: IT}"), "", 5, "unknown key 'department'"),
        (RULE.format(status="sanctioned", more="conditions: {max_upload_per_month: lots}"), "", 5, "not a size"),
        (RULE.format(status="sanctioned", more="conditions: {verified_publisher: 1}"), "", 5, "unknown verified"),
        (
            RULE.format(status="sanctioned", more="conditions: {max_scope_class: root}"),
            "",
            5,
            "unknown max_scope_class",
        ),
        (RULE.format(status="sanctioned", more="alternative: [a, b]"), "", 5, "not a text"),
    ],
)
def test_what_is_refused_is_said_with_its_line(tmp_path: Path, rules: str, head: str, line: int, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        policy(tmp_path, f"{rules}\n", head)
    assert says in str(caught.value)
    assert caught.value.origin is not None and caught.value.origin.position == line


def test_two_rules_that_differ_in_whom_they_speak_of_are_no_doubles(tmp_path: Path) -> None:
    rules = "- {service: a, department: HR, status: prohibited}\n- {service: a, status: sanctioned}\n"
    assert len(policy(tmp_path, rules).rules) == 2
    with pytest.raises(UsageError, match="selects the same"):
        policy(tmp_path, rules.replace("status: s", "department: ' hr', status: s"))
