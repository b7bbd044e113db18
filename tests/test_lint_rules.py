"""What a lint is handed, and that each is tried."""

from __future__ import annotations

from types import ModuleType

import pytest

from shadowai import lint_clients, lint_documents, lint_hosts
from shadowai.lint import LINTS
from shadowai.lint_rules import Lint, each, strong
from shadowai.model import Origin
from shadowai.signature_file import parse
from tests import test_lint_clients, test_lint_documents, test_lint_hosts
from tests.signature_samples import SOUND

MODULES: tuple[tuple[ModuleType, ModuleType, set[str]], ...] = (
    (lint_hosts, test_lint_hosts, {"foreign-claim", "look-alike"}),
    (lint_clients, test_lint_clients, set()),
    (lint_documents, test_lint_documents, set()),
)
"""The modules of lints, the tests of each, and what is tried among several files."""


@pytest.mark.parametrize(("module", "tests", "elsewhere"), MODULES)
def test_every_lint_is_tried(module: ModuleType, tests: ModuleType, elsewhere: set[str]) -> None:
    (mark,) = tests.test_each_lint_finds_its_own.pytestmark
    assert {rule.name for rule in module.LINTS} == {row[0] for row in mark.args[1]} - {"yaml", "schema"} | elsewhere


def test_every_lint_advises_and_has_a_name_of_its_own() -> None:
    assert all(rule.advice for rule in LINTS)
    assert len({rule.name for rule in LINTS}) == len(LINTS) == len(set(map(type, LINTS)))
    assert {module.LINTS[0] for module, *_ in MODULES} < set(LINTS)


def test_a_lint_that_checks_nothing_says_so() -> None:
    file, _ = parse(SOUND.encode(), Origin("example-chat.yaml"))
    with pytest.raises(AssertionError, match="Lint checks nothing"):
        Lint().check(file, None)  # type: ignore[arg-type]


def test_shared_indicators_are_none_that_may_score() -> None:
    file, _ = parse(SOUND.encode(), Origin("example-chat.yaml"))
    scoring = [indicator.strength for _, indicator in each(file)]
    assert "shared" not in scoring and len(scoring) < len(file.signature.indicators)
    assert {indicator.kind for _, indicator in each(file, "host")} == {"host"}
    assert {indicator.strength for _, indicator in strong(file)} == {"strong"}
