"""Budget files."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.budgets.model import Budget, Coverage
from shadowai.budgets.reading import load
from shadowai.errors import UsageError
from shadowai.model import Verdict

WHOLE = """\
version: 1
mode: audit
budgets:
  - name: unapproved
    measure: bytes_up
    max: 5GB
    warn: 4GB
    max_per_week: 100MB
    department: [HR, Legal]
    source: entra
    surface: tenant
    status: [unsanctioned, unreviewed]
    category: Assistant
    service: openai-chatgpt
    mode: enforce
  - {name: old, measure: age, max: 30d}
coverage:
  sources: [squid_native, entra]
  max_gap: 2d
  min_named: 97.5%
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "budgets.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_with_all_that_it_may_have(tmp_path: Path) -> None:
    found = load(write(tmp_path, WHOLE))
    assert found.budgets == (
        Budget(
            "unapproved", 4, "bytes_up", 5_000_000_000, 4_000_000_000, 100_000_000, frozenset({"hr", "legal"}),
            frozenset({"entra"}), frozenset({"tenant"}), frozenset({Verdict.UNSANCTIONED, Verdict.UNREVIEWED}),
            frozenset({"assistant"}), frozenset({"openai-chatgpt"}), True,
        ),
        Budget("old", 16, "age", 30, enforced=False),
    )  # fmt: skip
    assert found.coverage == Coverage(18, ("squid_native", "entra"), 48, 9750)


def test_what_is_not_given_limits_nothing(tmp_path: Path) -> None:
    found = load(
        write(
            tmp_path, "version: 1\nbudgets: [{name: a, measure: users, max: 2, warn: 2}]\ncoverage: {sources: entra}\n"
        )
    )
    assert found.budgets == (Budget("a", 2, "users", 2, 2),)
    assert found.coverage == Coverage(3, ("entra",), None, None)


def test_a_policy_may_hold_budgets_and_a_budget_file_no_rules(tmp_path: Path) -> None:
    path = write(tmp_path, "version: 1\nrules: []\nbudgets:\n- {name: a, measure: users, max: 1}\n")
    assert len(load(path, "policy").budgets) == 1
    assert not load(write(tmp_path, "version: 1\nrules: []\n"), "policy")
    with pytest.raises(UsageError, match="unknown key 'rules'"):
        load(write(tmp_path, "version: 1\nrules: []\n"))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 2, "there is no budget in it"),
        ("budgets: {}", 2, "not a list"),
        ("budgets: [{measure: users, max: 1}]", 2, "has no name"),
        ("budgets: [{name: a, max: 1}]", 2, "has no measure"),
        ("budgets: [{name: a, measure: money, max: 1}]", 2, "unknown measure 'money'"),
        ("budgets: [{name: a, measure: users}]", 2, "has no limit"),
        ("budgets: [{name: a, measure: users, warn: 1}]", 2, "has no limit"),
        ("budgets: [{name: a, measure: users, max: 1, warn: 2}]", 2, "warn without a max above it"),
        ("budgets: [{name: a, measure: users, max_per_week: 1, warn: 0}]", 2, "warn without a max above it"),
        ("budgets: [{name: a, measure: users, max: -1}]", 2, "not a whole number"),
        ("budgets: [{name: a, measure: users, max: 1GB}]", 2, "not a whole number"),
        ("budgets: [{name: a, measure: bytes_up, max: 1}]", 2, "not a size"),
        ("budgets: [{name: a, measure: age, max: 1}]", 2, "not a length of time"),
        ("budgets: [{name: a, measure: users, max: 1, surface: cloud}]", 2, "unknown surface 'cloud'"),
        ("budgets: [{name: a, measure: users, max: 1, status: bad}]", 2, "unknown status 'bad'"),
        ("budgets: [{name: a, measure: users, max: 1, maximum: 2}]", 2, "unknown key 'maximum'"),
        ("budgets:\n- {name: a, measure: users, max: 1}\n- {name: a, measure: users, max: 2}", 4, "two budgets 'a'"),
        ("coverage: {}", 2, "requires nothing"),
        ("coverage: {min_named: 2}", 2, "not a share"),
        ("coverage: {max_gap: soon}", 2, "not a length of time"),
        ("coverage: {sources: []}", 2, "empty list"),
    ],
)
def test_what_is_refused_is_said_with_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(write(tmp_path, f"version: 1\n{text}\n"))
    assert says in str(caught.value)
    assert caught.value.origin is not None and caught.value.origin.position in (line, 1 if not text else line)


@pytest.mark.parametrize(("mode", "enforced"), [("", True), ("mode: enforce\n", True), ("mode: audit\n", False)])
def test_the_mode_of_a_file_is_that_of_its_budgets(tmp_path: Path, mode: str, enforced: bool) -> None:
    found = load(write(tmp_path, f"version: 1\n{mode}budgets: [{{name: a, measure: users, max: 1}}]\n"))
    assert found.budgets[0].enforced is enforced
