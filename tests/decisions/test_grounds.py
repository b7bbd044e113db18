"""What changes ask for another look, each at its edge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.catalog import Catalog
from shadowai.decisions.grounds import JUMP, changes, facts_of, grounds_of, holds, is_expired, review
from shadowai.decisions.model import Columns, Grounds, Standing
from shadowai.model import Verdict
from shadowai.privacy import SMALL
from tests.decisions.making import GROUNDS, decided
from tests.history.making import entry

TODAY = "2026-06-01"


def standing(
    verdict: Verdict | None = Verdict.SANCTIONED, *, until: str = "", next_review: str | None = None
) -> Standing:
    decision = None if verdict is None else decided(verdict=verdict, until=until, grounds=GROUNDS)
    return Standing("0" * 16, "claude", False, decision, "2026-01-05", "Ann", 1, Columns(next_review=next_review))


def test_what_is_known_of_a_row() -> None:
    row = entry("claude", risk=40, scopes=("Mail.Read",), departments=("IT", "Finance"))
    assert grounds_of([row], ("country: US",)) == Grounds(40, "content", ("Finance", "IT"), ("country: US",))
    wide = replace(row, facts=("content_tenant_wide",))
    assert grounds_of([wide]).scope_class == "tenant"


def test_of_several_rows_the_risk_is_not_known() -> None:
    rows = [
        entry("claude", "ann", risk=10, departments=("IT",)),
        entry("claude", "bob", risk=90, scopes=("Mail.ReadWrite",)),
    ]
    assert grounds_of(rows) == Grounds(None, "write", ("IT",), ())
    assert grounds_of([]) == Grounds()


def test_departments_that_are_not_all_named_are_not_known() -> None:
    assert grounds_of([entry("claude", departments=("IT", SMALL))]).departments == ()


def test_facts_of_a_service_are_without_dates_and_hosts() -> None:
    file = Catalog.load().files["openai-chatgpt"]
    told = facts_of(file)
    assert "vendor: OpenAI" in told and f"country: {file.signature.country}" in told
    assert any("trains_by_default: " in fact for fact in told)
    later = replace(
        file, data_handling=tuple(one._replace(checked_on="2030-01-01", quote="x") for one in file.data_handling)
    )
    assert facts_of(later) == told
    other = replace(file, data_handling=tuple(one._replace(trains_by_default="?") for one in file.data_handling))
    assert facts_of(other) != told
    assert list(told) == sorted(told)
    unknown = replace(file, signature=replace(file.signature, country="", status=""), data_handling=())
    assert facts_of(unknown) == (f"category: {file.signature.category}", "vendor: OpenAI")
    several = file.data_handling[0]._replace(plan="p", trains_by_default="", residency=("EU", "US"))
    told = facts_of(replace(file, data_handling=(several,)))
    assert "p residency: EU, US" in told and not any("trains_by_default" in fact for fact in told)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (GROUNDS, ()),
        (GROUNDS._replace(risk=40 + JUMP - 1), ()),
        (GROUNDS._replace(risk=40 + JUMP), ("risk 40, now 55",)),
        (GROUNDS._replace(risk=0), ()),
        (GROUNDS._replace(risk=None), ()),
        (GROUNDS._replace(scope_class="other"), ()),
        (GROUNDS._replace(scope_class="write"), ("new scope class: content, now write",)),
        (GROUNDS._replace(departments=()), ()),
        (GROUNDS._replace(departments=("Finance", "IT")), ("new department: IT",)),
        (GROUNDS._replace(facts=()), ()),
        (GROUNDS._replace(facts=("country: CN",)), ("facts have changed: no longer country: US; country: CN",)),
    ],
)
def test_what_has_changed(now: Grounds, why: tuple[str, ...]) -> None:
    assert changes(GROUNDS, now) == why


def test_what_was_not_known_then_is_no_change() -> None:
    now = Grounds(90, "none", ("IT",), ("country: CN",))
    assert changes(Grounds(), now) == ()


def test_many_changed_facts_are_counted() -> None:
    now = GROUNDS._replace(facts=("a: 1", "b: 2", "c: 3", "country: US"))
    assert changes(GROUNDS._replace(facts=("country: CN",)), now)[0].endswith("a: 1; b: 2 and 2 more")
    three = GROUNDS._replace(facts=("a: 1", "b: 2", "country: US"))
    assert changes(GROUNDS, three) == ("facts have changed: a: 1; b: 2",)
    assert changes(GROUNDS._replace(facts=("c: 3", "country: US")), three) == (
        "facts have changed: no longer c: 3; a: 1; b: 2",
    )


def test_the_last_day_is_in() -> None:
    assert not is_expired(standing(until=TODAY), TODAY)
    assert is_expired(standing(until="2026-05-31"), TODAY)
    assert review(standing(until="2026-05-31"), GROUNDS, TODAY) == ("expired on 2026-05-31",)
    assert not is_expired(standing(None), TODAY)


def test_a_planned_review_is_due_on_its_day_until_somebody_decides() -> None:
    assert review(standing(next_review="2026-06-02"), GROUNDS, TODAY) == ()
    assert review(standing(next_review=TODAY), GROUNDS, TODAY) == (f"review planned for {TODAY}",)
    assert review(standing(None, next_review=TODAY), GROUNDS, TODAY) != ()
    assert review(standing(next_review="2026-01-05"), GROUNDS, TODAY) == ()  # the day of the decision, or before it


def test_approvals_hold_while_what_they_are_about_is_so_and_bans_hold() -> None:
    risen = GROUNDS._replace(risk=90)
    for verdict in (Verdict.SANCTIONED, Verdict.TOLERATED, Verdict.RISK_ACCEPTED, Verdict.NOT_AI):
        assert holds(standing(verdict), GROUNDS, TODAY) and not holds(standing(verdict), risen, TODAY)
    for verdict in (Verdict.PROHIBITED, Verdict.UNSANCTIONED, Verdict.IN_REVIEW):
        assert holds(standing(verdict), risen, TODAY)
        assert not holds(standing(verdict, until="2026-05-31"), GROUNDS, TODAY)
    assert not holds(standing(None), GROUNDS, TODAY)
    assert holds(standing(next_review=TODAY), GROUNDS, TODAY)
