"""What is remembered, judged as the rows of a report are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shadowai.catalog import Catalog
from shadowai.decisions import applying, log
from shadowai.decisions.remembered import Judge, Remembered
from shadowai.errors import UsageError
from shadowai.inventory import asset_id
from shadowai.model import Actor, Report, Verdict
from shadowai.pipeline import ScanOptions
from shadowai.policy import Policy, Use
from tests.decisions.making import decided, written
from tests.policy.making import CHAT, FAR, policy

DAY = date(2026, 1, 5)


def judge(folder: Path, *several: object, rules: str = "[]") -> Judge:
    """A judge of a policy and of decisions, with the days of neither over."""
    found = written(folder / "log", *several)  # type: ignore[arg-type]
    rulebook = Policy.empty() if rules == "[]" else policy(folder, rules)
    return Judge(rulebook, DAY, lambda rows: applying.decided(rows, found, today=DAY, facts=lambda service: ()))


def test_the_policy_alone(tmp_path: Path) -> None:
    made = Judge(policy(tmp_path, "- {vendor: OpenAI, department: HR, status: prohibited, owner: Ann}\n"), DAY)
    uses = [
        Remembered(CHAT, Actor("bob"), Use("bob", "HR")),
        Remembered(FAR),
        Remembered(CHAT, None, Use(department="IT")),
    ]
    rows = made.rows(uses)
    assert [row.verdict.value for row in rows] == ["prohibited", "unreviewed", "unreviewed"]
    assert (rows[0].verdict_owner, rows[0].departments, rows[0].asset_id) == (
        "Ann", ("HR",), asset_id(CHAT.id, Actor("bob"))
    )  # fmt: skip


def test_decisions_go_before_it_and_one_about_a_person_before_one_about_the_service(tmp_path: Path) -> None:
    several = (
        decided(CHAT.id, verdict=Verdict.SANCTIONED),
        decided(CHAT.id, "eve", verdict=Verdict.PROHIBITED),
    )
    made = judge(tmp_path, *several, rules="- {service: openai-chatgpt, status: prohibited}\n")
    uses = [Remembered(CHAT, Actor(who)) for who in ("ann", "eve")]
    assert [row.verdict.value for row in made.rows([*uses, Remembered(CHAT)])] == [
        "sanctioned",
        "prohibited",
        "sanctioned",
    ]


def test_what_was_approved_under_less_is_open_again(tmp_path: Path) -> None:
    made = judge(tmp_path, decided(CHAT.id, verdict=Verdict.TOLERATED))
    (row,) = made.rows([Remembered(CHAT, Actor("ann"), scopes=("Mail.Read",), facts=("grant",))])
    assert row.verdict is Verdict.IN_REVIEW and "new scope class" in row.verdict_reason


def test_rows_are_those_that_a_report_with_the_same_rows_has(tmp_path: Path) -> None:
    found = written(tmp_path / "log", decided(CHAT.id, "ann", verdict=Verdict.NOT_AI))
    plain = Judge(Policy.empty(), DAY).rows([Remembered(CHAT, Actor("ann")), Remembered(CHAT, Actor("bob"))])
    report = applying.applied(Report(plain, by="user"), found, today=DAY, facts=lambda service: ())
    rows = applying.decided(plain, found, today=DAY, facts=lambda service: ())
    assert sorted(rows, key=lambda row: row.asset_id) == sorted(report.entries, key=lambda row: row.asset_id)
    assert [row.verdict for row in rows] == [Verdict.NOT_AI, Verdict.UNREVIEWED]


def test_the_log_that_options_name_is_read_and_must_verify(tmp_path: Path) -> None:
    known = Catalog.load()
    path = tmp_path / "log"
    written(path, decided(CHAT.id, verdict=Verdict.SANCTIONED))
    asked = ScanOptions(decisions=str(path))
    (row,) = Judge.of(asked, known, Policy.empty()).rows([Remembered(CHAT)])
    assert row.verdict is Verdict.SANCTIONED
    assert Judge.of(ScanOptions(), known, Policy.empty()).rows([Remembered(CHAT)])[0].verdict is Verdict.UNREVIEWED
    path.write_bytes(path.read_bytes().replace(b"contract", b"contrast"))
    with pytest.raises(UsageError, match="was changed"):
        Judge.of(asked, known, Policy.empty())
    path.unlink()
    with pytest.raises(UsageError, match="cut off"):
        Judge.of(asked, known, Policy.empty())
    log.head_path(path).unlink()
    assert Judge.of(asked, known, Policy.empty()).rows([Remembered(CHAT)])[0].verdict is Verdict.UNREVIEWED


def test_nothing_is_counted_of_what_is_remembered(tmp_path: Path) -> None:
    (row, bare) = judge(tmp_path).rows(
        [Remembered(CHAT, Actor("ann"), Use("ann", "HR"), ("grant",), ("Mail.Read",)), Remembered(CHAT)]
    )
    for one in (row, bare):
        assert (one.users, one.devices, one.events, one.blocked) == (0, 0, 0, 0)
        assert (one.usage, one.bytes_up, one.first_seen, one.is_use) == (None, None, None, False)
    assert (row.departments, row.facts, row.scopes) == (("HR",), ("grant",), ("Mail.Read",))
    assert (bare.departments, bare.facts, bare.scopes) == ((), (), ())
