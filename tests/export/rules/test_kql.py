"""KQL: two literal tables that are those of the signatures. No validator of the language can be installed here."""

from __future__ import annotations

import json
import re

import pytest

from shadowai.export.rules import kql
from shadowai.export.rules.claims import claims
from tests.export.rules.examples import ALL, SAID

TEXT = kql.render(claims(ALL, {"chat", "draw"}))


def bag(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(re.search(rf"^let {name} = dynamic\((.*)\);$", TEXT, re.M)[1])  # type: ignore[index]
    return found


@pytest.mark.parametrize(("name", "service"), SAID.items())
def test_the_look_up_is_true_of_the_same_hosts(name: str, service: str) -> None:
    exact, suffix = bag("Exact"), bag("Suffix")
    globs = re.findall(r'Host matches regex "([^"]*)", "([^"]*)"', TEXT)
    found = exact.get(name) if name in exact else next((s for source, s in globs if re.match(source, name)), None)
    labels = name.split(".")
    for depth in range(len(labels)):
        if found is None:
            found = suffix.get(".".join(labels[depth:]))
    assert (found or "") == service


def test_the_query_is_whole() -> None:
    assert TEXT.count("(") == TEXT.count(")") and TEXT.count('"') % 2 == 0
    assert "@" not in TEXT
    assert [line.split()[1] for line in TEXT.splitlines() if line.startswith("| ")] == [
        "where", "extend", "extend", "extend", "mv-apply", "extend", "where", "summarize",
    ]  # fmt: skip
