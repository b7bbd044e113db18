"""Decisions and reports: which goes before which, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from shadowai.decisions.applying import applied
from shadowai.decisions.model import Columns, Decided, Grounds
from shadowai.inventory import asset_id
from shadowai.model import Actor, Entry, Report, Ruling, Verdict
from tests.decisions.making import decided, written
from tests.history.making import entry

TODAY = date(2100, 6, 1)


def no_facts(service: str) -> tuple[str, ...]:
    return ()


def report(
    tmp_path: Path,
    entries: tuple[Entry, ...],
    *several: Decided,
    by_user: bool = False,
    alias: Callable[[Entry], str] | None = None,
) -> Report:
    found = written(tmp_path / "log", *several)
    return applied(
        Report(entries, by="user" if by_user else "service"), found, today=TODAY, facts=no_facts, alias=alias
    )


def notes(made: Report) -> dict[str, int]:
    return {note.kind: note.count for note in made.notes}


def test_without_decisions_nothing_changes(tmp_path: Path) -> None:
    before = Report((entry("claude"),))
    assert applied(before, written(tmp_path / "log"), today=TODAY, facts=no_facts) is before


def test_a_decision_goes_before_the_policy(tmp_path: Path) -> None:
    row = entry("claude", verdict=Verdict.SANCTIONED, verdict_reason="policy", ruling=Ruling(3, "gemini", (), 9))
    made = report(tmp_path, (row,), decided(verdict=Verdict.PROHIBITED, columns=Columns(owner="Bob")))
    found = made.entries[0]
    assert found.verdict is Verdict.PROHIBITED and found.verdict_owner == "Bob"
    assert found.verdict_reason.startswith("decided on 20") and found.verdict_reason.endswith(
        "by Ann Example: a contract"
    )
    assert found.ruling == Ruling(alternative="gemini")
    assert notes(made) == {"decisions": 1}


def test_an_approval_of_what_the_policy_forbids_is_told(tmp_path: Path) -> None:
    rows = (entry("claude", verdict=Verdict.PROHIBITED, ruling=Ruling(3)), entry("gemini", verdict=Verdict.PROHIBITED))
    made = report(tmp_path, rows, decided(verdict=Verdict.RISK_ACCEPTED, until="2100-06-01"))
    assert [one.verdict for one in made.entries] == [Verdict.PROHIBITED, Verdict.RISK_ACCEPTED]  # sorted anew
    assert notes(made) == {"decisions": 1, "decision_over_policy": 1}
    assert next(note for note in made.notes if note.kind == "decision_over_policy").services == ("claude",)
    assert made.entries[1].ruling is None


def test_in_audit_mode_a_decision_is_not_enforced_either(tmp_path: Path) -> None:
    made = report(tmp_path, (entry("claude", ruling=Ruling(3, enforced=False)),), decided(verdict=Verdict.PROHIBITED))
    assert made.entries[0].ruling == Ruling(enforced=False)


def test_an_expired_approval_is_in_review_or_what_the_policy_forbids(tmp_path: Path) -> None:
    rows = (
        entry("claude", verdict=Verdict.SANCTIONED),
        entry("gemini", verdict=Verdict.PROHIBITED, verdict_reason="line 3"),
    )
    gone = {"until": "2100-05-31", "verdict": Verdict.TOLERATED}
    made = report(tmp_path, rows, decided(**gone), decided("gemini", **gone))  # type: ignore[arg-type]
    by_id = {one.service_id: one for one in made.entries}
    assert by_id["claude"].verdict is Verdict.IN_REVIEW
    assert by_id["claude"].verdict_reason.startswith("tolerated no longer (expired on 2100-05-31); decided on")
    assert by_id["gemini"].verdict is Verdict.PROHIBITED and by_id["gemini"].verdict_reason == "line 3"
    assert all(one.dossier is not None and one.dossier.review == ("expired on 2100-05-31",) for one in made.entries)
    assert notes(made)["review"] == 2 and "decision_over_policy" not in notes(made)


def test_an_approval_whose_ground_has_changed_is_in_review_and_a_ban_stays(tmp_path: Path) -> None:
    then = Grounds(risk=20)
    rows = (entry("claude", risk=60), entry("gemini", risk=60))
    made = report(tmp_path, rows, decided(grounds=then), decided("gemini", verdict=Verdict.PROHIBITED, grounds=then))
    assert {one.service_id: one.verdict for one in made.entries} == {
        "claude": Verdict.IN_REVIEW,
        "gemini": Verdict.PROHIBITED,
    }
    assert all(one.dossier is not None and one.dossier.review == ("risk 20, now 60",) for one in made.entries)


def test_a_decision_about_a_person_goes_before_that_about_the_service(tmp_path: Path) -> None:
    rows = (entry("claude", "ann"), entry("claude", "bob"), entry("gemini", "ann"))
    some = (
        decided(verdict=Verdict.PROHIBITED, columns=Columns(owner="Bob", dpia="D-1")),
        decided(user="ann", verdict=Verdict.TOLERATED, columns=Columns(owner="Ann")),
    )
    made = report(tmp_path, rows, *some, by_user=True)
    assert {(one.service_id, str(one.actor and one.actor.user)): one.verdict for one in made.entries} == {
        ("claude", "ann"): Verdict.TOLERATED,
        ("claude", "bob"): Verdict.PROHIBITED,
        ("gemini", "ann"): Verdict.UNREVIEWED,
    }
    ann = next(one for one in made.entries if one.verdict is Verdict.TOLERATED)
    assert ann.dossier is not None and (ann.dossier.owner, ann.dossier.dpia) == ("Ann", "D-1")


def test_columns_of_a_person_s_row_keep_the_service_s_decision(tmp_path: Path) -> None:
    some = (decided(verdict=Verdict.PROHIBITED), decided(user="ann", verdict=None, columns=Columns(purpose="tests")))
    found = report(tmp_path, (entry("claude", "ann"),), *some, by_user=True).entries[0]
    assert found.verdict is Verdict.PROHIBITED and found.dossier is not None and found.dossier.purpose == "tests"


def test_in_rows_by_service_decisions_about_persons_are_told(tmp_path: Path) -> None:
    made = report(tmp_path, (entry("claude"),), decided(user="ann", verdict=Verdict.PROHIBITED))
    assert made.entries[0].verdict is Verdict.UNREVIEWED
    assert notes(made) == {"decisions_by_user": 1}


def test_rows_by_user_are_looked_at_together_for_their_service(tmp_path: Path) -> None:
    then = Grounds(risk=10, scope_class="identity", departments=("IT",))
    rows = (
        entry("claude", "ann", risk=90, departments=("IT",)),
        entry("claude", "bob", risk=90, departments=("Law",), scopes=("Mail.Read",)),
    )
    made = report(tmp_path, rows, decided(grounds=then), by_user=True)
    why = ("new scope class: identity, now content", "new department: Law")
    assert [one.dossier.review for one in made.entries if one.dossier] == [why, why]


def test_facts_are_those_of_today(tmp_path: Path) -> None:
    found = written(tmp_path / "log", decided(grounds=Grounds(facts=("country: US",))))
    made = applied(Report((entry("claude"),)), found, today=TODAY, facts=lambda service: (f"country: {service}",))
    assert made.entries[0].verdict is Verdict.IN_REVIEW


def test_columns_alone_change_no_verdict(tmp_path: Path) -> None:
    row = entry("claude", verdict=Verdict.SANCTIONED, verdict_reason="policy")
    columns = Columns("Ann", "drafts", ("mail",), "D-1", "C-1", "Bob", "2100-06-01")
    found = report(tmp_path, (row,), decided(verdict=None, columns=columns)).entries[0]
    assert (found.verdict, found.verdict_reason) == (Verdict.SANCTIONED, "policy")
    assert found.dossier is not None and found.dossier[:7] == (
        "Ann",
        "drafts",
        ("mail",),
        "D-1",
        "C-1",
        "Bob",
        "2100-06-01",
    )
    assert found.dossier.decided_on == "" and found.dossier.review == ("review planned for 2100-06-01",)


def test_a_row_is_known_by_its_id_under_pseudonyms(tmp_path: Path) -> None:
    hidden = asset_id("claude", Actor("user-1"))
    made = report(
        tmp_path,
        (entry("claude", "ann"),),
        decided(user="user-1", verdict=Verdict.TOLERATED),
        by_user=True,
        alias=lambda one: hidden,
    )
    assert made.entries[0].verdict is Verdict.TOLERATED


def test_not_ai_is_a_verdict_like_others(tmp_path: Path) -> None:
    made = report(tmp_path, (entry("claude"),), decided(verdict=Verdict.NOT_AI))
    assert made.entries[0].verdict is Verdict.NOT_AI


def test_a_row_keeps_what_is_known_of_a_decision_and_no_more(tmp_path: Path) -> None:
    rows = (entry("claude"), entry("gemini"))
    made = report(
        tmp_path, rows, decided(until="2100-12-31"), decided("gemini", verdict=None, columns=Columns(dpia="D-1"))
    )
    first, second = (one.dossier for one in sorted(made.entries, key=lambda one: one.service_id))
    assert first is not None and second is not None
    assert (first.decided_by, first.decided_until) == ("Ann Example", "2100-12-31") and first.decided_on
    assert first[:7] == ("", "", (), "", "", "", "")
    assert (second.dpia, second.decided_on, second.decided_by, second.decided_until) == ("D-1", "", "", "")
