"""Checks the names in the scopes of budgets: with a misspelt one, a budget would count nothing and never be exceeded."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from shadowai.budgets.model import Budget, Budgets
from shadowai.errors import UsageError
from shadowai.model import Origin
from shadowai.policy.model import fold
from shadowai.policy.nodes import suggest


class Known(NamedTuple):
    """What a scope may name: ids and categories of signatures, and the formats and platforms that rows are seen in."""

    services: Collection[str]
    categories: Collection[str]
    sources: Collection[str]


def check(budgets: Budgets, known: Known) -> None:
    """Raises :class:`~shadowai.errors.UsageError` with the line of the first budget whose scope has an unknown name."""
    several = (
        ("service", known.services, "signatures list"),
        ("category", known.categories, "signatures list"),
        ("source", known.sources, "formats"),
    )
    for budget in budgets.budgets:
        for key, names, command in several:
            folded = {fold(name) for name in names}
            for word in sorted(_named(budget, key) - folded):
                remedy = suggest(word, folded) or f"see: shadowai {command}"
                message = f"the budget {budget.name!r} is of a {key} that there is not: {word!r}"
                raise UsageError(message, origin=Origin(budgets.path, budget.line), remedy=remedy)


def _named(budget: Budget, key: str) -> frozenset[str]:
    return {"service": budget.services, "category": budget.categories, "source": budget.sources}[key]
