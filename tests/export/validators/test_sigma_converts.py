"""Sigma by the backends that people use: each rule becomes a search of Splunk, of Elasticsearch and of Kusto."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shadowai.catalog import Catalog
from shadowai.export.rules import sigma
from shadowai.export.rules.claims import claims
from tests.export.rules.examples import ALL
from tests.export.validators.install import PYTHON

BACKENDS = {"SplunkBackend", "EqlBackend", "KustoBackend"}


def converted(rules: str) -> dict[str, list[str]]:
    words = [sys.executable, "-I", str(Path(__file__).with_name("convert.py")), str(PYTHON)]
    made = subprocess.run(words, input=rules.encode("utf-8"), capture_output=True, check=True, timeout=300)
    found: dict[str, list[str]] = json.loads(made.stdout)
    return found


def test_every_rule_becomes_a_search() -> None:
    found = converted(sigma.render(claims(ALL, {"chat", "draw"})))
    assert set(found) == BACKENDS
    for searches in found.values():
        assert len(searches) == 4 and all("chat.example" in one or "chat-edge.example" in one for one in searches[:2])


def test_rules_of_shipped_services_do_too() -> None:
    shipped = Catalog.load().signatures
    some = claims(list(shipped.values()), set(sorted(shipped)[::100]))
    assert {len(searches) for searches in converted(sigma.render(some)).values()} == {2 * len(some)}


def test_the_backends_refuse_what_is_wrong() -> None:
    rules = sigma.render(claims(ALL, {"chat"}))
    with pytest.raises(subprocess.CalledProcessError):
        converted(rules.replace("condition: selection", "condition: selektion"))
