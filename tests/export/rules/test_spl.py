"""SPL: tests in an order in which the first that holds decides. No validator of the language can be installed here."""

from __future__ import annotations

import re

import pytest

from shadowai.export.rules import spl
from shadowai.export.rules.claims import claims
from tests.export.rules.examples import ALL, SAID

TEXT = spl.render(claims(ALL, {"chat", "draw"}))


@pytest.mark.parametrize(("name", "service"), SAID.items())
def test_the_first_test_that_holds_decides(name: str, service: str) -> None:
    tests = re.findall(r'match\(ai_host, "([^"]*)"\), "([^"]*)"', TEXT)
    assert next((said for source, said in tests if re.search(source, name)), "") == service


def test_the_search_is_whole() -> None:
    assert TEXT.count("(") == TEXT.count(")") and TEXT.count('"') % 2 == 0
    assert "`" not in TEXT and "$(" not in TEXT and "\\" not in TEXT
    assert [line.split()[1] for line in TEXT.splitlines() if line.startswith("| ")] == [
        "eval", "eval", "where", "fillnull", "stats",
    ]  # fmt: skip
