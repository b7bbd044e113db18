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


def test_built_in_accounts_of_a_known_machine_are_no_person() -> None:
    assert [Actor("root", *where).person for where in (("pc", None), (None, "192.0.2.1"), (None, None))] == [
        None,
        None,
        "root",
    ]
    assert Actor("ann", "pc", "192.0.2.1").person == "ann" and Actor(None, "pc").person is None
    assert Actor("corp\\root", "pc").person == "corp\\root"


_ENTRY = Entry(
    "0" * 16, "chat", "Chat", "Example AI", "assistant", None, Verdict.PROHIBITED, "confirmed", Usage.CONNECTED,
    1, 1, 2, 0, None, None, None, None, None, (), (), (),
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "use", "enforced", "breach"),
    [
        ({}, True, True, True),
        ({"verdict": Verdict.UNSANCTIONED}, True, True, True),
        ({"verdict": Verdict.UNREVIEWED}, True, True, False),
        ({"confidence": "ambiguous"}, False, True, False),
        ({"confidence": "unconfirmed"}, False, True, False),
        ({"events": 0}, False, True, False),
        ({"events": 1}, True, True, True),
        ({"usage": None}, False, True, False),
        ({"usage": Usage.RESOLVED}, False, True, False),
        ({"usage": Usage.AUTONOMOUS}, True, True, True),
        ({"ruling": model.Ruling(3)}, True, True, True),
        ({"ruling": model.Ruling(3, enforced=False)}, True, False, False),
    ],
)
def test_a_breach_is_proven_use_that_an_enforced_rule_forbids(
    change: dict[str, object], use: bool, enforced: bool, breach: bool
) -> None:
    entry = dataclasses.replace(_ENTRY, **change)  # type: ignore[arg-type]
    assert (entry.is_use, entry.is_enforced, entry.is_breach) == (use, enforced, breach)


def test_accounts_are_the_facts_that_are_marked_so() -> None:
    entry = dataclasses.replace(_ENTRY, facts=("account:corporate", "account:enforced", "my-account:", "post"))
    assert entry.accounts == ("corporate", "enforced")


def test_rows_are_ordered_by_how_sure_they_are() -> None:
    told = [
        dataclasses.replace(_ENTRY, confidence=word).certainty
        for word in ("confirmed", "ambiguous", "unconfirmed", "x")
    ]
    assert told == [0, 1, 2, 3]


@pytest.mark.parametrize("kind", [model.Candidate, Sighting, SourceSummary])
def test_nothing_is_counted_that_was_not_given(kind: type) -> None:
    defaults = [field.default for field in dataclasses.fields(kind) if isinstance(field.default, int)]
    assert defaults and not any(defaults)


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
