"""Names in the scopes of budgets that nothing has."""

from __future__ import annotations

import pytest

from shadowai.budgets.model import Budget, Budgets
from shadowai.budgets.scopes import Known, check
from shadowai.errors import UsageError

KNOWN = Known({"openai-chatgpt", "deepseek"}, {"assistant"}, {"squid_native", "entra"})
BUDGET = Budget("few", 7, "services", 1)


def test_what_there_is_passes_in_any_case() -> None:
    right = Budget(
        "few", 7, "services", 1, services=frozenset({"deepseek"}), categories=frozenset({"assistant"}),
        sources=frozenset({"entra"}),
    )  # fmt: skip
    check(Budgets("b.yaml", (BUDGET, right)), KNOWN)


@pytest.mark.parametrize(
    ("key", "word", "remedy"),
    [
        ("services", "deepsek", "did you mean 'deepseek'"),
        ("categories", "zzz", "shadowai signatures list"),
        ("sources", "zzz", "shadowai formats"),
    ],
)
def test_what_there_is_not_is_told_with_its_line(key: str, word: str, remedy: str) -> None:
    wrong = Budget("typo", 9, "services", 1, **{key: frozenset({word})})  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=f"'typo' is of a .* that there is not: '{word}'") as told:
        check(Budgets("b.yaml", (BUDGET, wrong)), KNOWN)
    assert str(told.value.origin) == "b.yaml:9" and remedy in told.value.remedy
