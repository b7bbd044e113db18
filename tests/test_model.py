"""The nouns: what they print, that nothing changes them, and that they cross processes."""

from __future__ import annotations

import ast
import dataclasses
import pickle
import sys

import pytest

from shadowai import model
from shadowai.model import (
    Actor,
    Entry,
    Gap,
    Match,
    Name,
    Note,
    Origin,
    Record,
    Report,
    Sighting,
    Signature,
    SourceSummary,
    Usage,
    Verdict,
)
from tests.conftest import SOURCE

FROZEN = (model.Candidate, Record, Gap, Note, model.Indicator, Signature, Match, Sighting, Entry, SourceSummary, Report)


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        (Origin("access.log", 17), "access.log:17"),
        (Origin("dump.pcapng", 42, "frame"), "dump.pcapng#42"),
        (Origin("entra:servicePrincipals", "ab-12", "object"), "entra:servicePrincipals/ab-12"),
        (Origin("logs.zip!a.log"), "logs.zip!a.log"),
        (Origin("a.log", 0), "a.log:0"),
    ],
)
def test_an_origin_prints_as_a_place(origin: Origin, text: str) -> None:
    assert str(origin) == text


def test_the_ladder_of_use_has_its_rungs_in_order() -> None:
    assert [usage.value for usage in sorted(Usage, key=lambda usage: usage.rung)] == [
        "resolved",
        "connected",
        "interactive",
        "bulk",
        "integrated",
        "autonomous",
    ]
    assert Usage.RESOLVED.rung == 0


def test_verdicts_are_those_of_the_contract() -> None:
    assert {verdict.value for verdict in Verdict} == {
        "unreviewed",
        "in_review",
        "sanctioned",
        "tolerated",
        "risk_accepted",
        "unsanctioned",
        "prohibited",
        "not_ai",
    }


@pytest.mark.parametrize("kind", FROZEN)
def test_nouns_are_frozen_and_slotted(kind: type) -> None:
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(kind)


def test_every_dataclass_is_among_those_tested() -> None:
    found = {value for value in vars(model).values() if dataclasses.is_dataclass(value)}
    assert found == set(FROZEN)


def test_absent_is_none_and_never_zero() -> None:
    record = Record("a.log", 1, "squid_native")
    given = ("path", "line", "format", "counted", "unit", "inferred", "facts")
    absent = [f.name for f in dataclasses.fields(Record) if f.name not in given]
    assert {getattr(record, name) for name in absent} == {None}
    assert (record.counted, record.unit, record.inferred, record.facts) == (True, "line", False, frozenset())
    assert Actor() == (None, None, None)


def test_a_report_is_complete_without_gaps_only() -> None:
    assert Report(()).complete
    assert not Report((), gaps=(Gap(Origin("a.log"), "cut"),)).complete


def test_nouns_cross_processes() -> None:
    sighting = Sighting(
        Actor("jdoe"),
        Name("domain", "chatgpt.com"),
        "proxy",
        events=2,
        origins=(Origin("a", 1),),
        facts=frozenset({"post"}),
    )
    assert pickle.loads(pickle.dumps(sighting)) == sighting


def test_the_model_imports_the_standard_library_only() -> None:
    tree = ast.parse((SOURCE / "shadowai" / "model.py").read_text("utf-8"))
    roots = {
        node.module.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }
    roots |= {
        alias.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert roots <= set(sys.stdlib_module_names)
