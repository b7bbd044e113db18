"""The joint report: tenants and network in one inventory, gaps kept, contradictions only where both are whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.app_matcher import AppMatcher
from shadowai.catalog import Catalog
from shadowai.errors import SourceError
from shadowai.identities import Identities
from shadowai.inventory import Inventory
from shadowai.model import Actor, Match, Name, Origin, Sighting, Usage
from shadowai.policy import Policy
from shadowai.tenant import App, Completeness, Grant, Outcome, Person, Swept, Trouble
from shadowai.tenant_report import Network, TenantReports

CLAUDE = "08ad6f98-a4f8-4635-bb8d-f1a3044760f0"
NOW = 20_500 * 86_400_000_000
DONE = Outcome("grants", "grants", Completeness.COMPLETE)
FAILED = Outcome("grants", "grants", Completeness.FAILED, Trouble.SCOPE, "403", "grant it")
SWEPT = Swept(
    "work", "entra", "Entra", "contoso", NOW, NOW, "full", "ai", (App("entra", "contoso", CLAUDE, "Claude"),),
    tuple(Grant("entra", "contoso", f"g-{who}", CLAUDE, "delegated", who, ("Mail.Read",)) for who in ("ann", "eve")),
    tuple(Person("entra", "contoso", who, f"{who}@example.com") for who in ("ann", "eve")), (), (), (DONE,),
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> TenantReports:
    catalog = Catalog.load(cache_dir=tmp_path_factory.mktemp("cache"))
    return TenantReports(catalog, AppMatcher(catalog), Policy.empty(), "user")


def network(*users: str, complete: bool = True) -> Network:
    inventory = Inventory()
    for user in users:
        name = Name("domain", "claude.ai")
        seen = Sighting(Actor(user, None, "192.0.2.1"), name, "proxy", events=5, source="squid")
        inventory.add(seen, (Match("anthropic-claude", "Claude", name, "strong"),))
    return Network(inventory, complete)


def test_tenants_alone(made: TenantReports) -> None:
    report, (assessed,) = made.joint([SWEPT])
    assert [(row.service_id, row.actor, row.usage) for row in report.entries] == [
        ("anthropic-claude", Actor(f"{who}@example.com"), Usage.INTEGRATED) for who in ("ann", "eve")
    ]
    assert report.complete and report.sources[0].records == 2 and report.sources[0].ai == 2
    assert assessed.findings == ()


def test_a_person_has_one_row(made: TenantReports, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("person,login\nann@example.com,CORP\\ann\n", encoding="utf-8")
    joined = replace(made, people=Identities.load(file))
    report, _ = joined.joint([SWEPT], network=network("corp\\ann", "ben@example.com"))
    rows = {row.actor.user: row for row in report.entries if row.actor}
    assert set(rows) == {"ann@example.com", "ben@example.com", "eve@example.com"}
    assert (rows["ann@example.com"].events, rows["ann@example.com"].scopes) == (6, ("Mail.Read",))
    assert rows["ann@example.com"].sources == ("entra", "squid")
    assert sorted((note.kind, note.count) for note in report.notes if "_without_" in note.kind) == [
        ("grant_without_traffic", 1),
        ("traffic_without_grant", 1),
    ]


def test_no_contradiction_where_something_could_not_be_looked_at(made: TenantReports) -> None:
    def kinds(one: Swept, seen: Network, *refused: SourceError) -> set[str]:
        return {note.kind for note in made.joint([one], refused, seen).report.notes if "_without_" in note.kind}

    whole = network("ann@example.com", "ben@example.com")
    assert kinds(SWEPT, whole) == {"grant_without_traffic", "traffic_without_grant"}
    assert kinds(replace(SWEPT, outcomes=(FAILED,)), whole) == set()
    assert kinds(replace(SWEPT, outcomes=()), whole) == set()
    assert kinds(SWEPT, whole._replace(complete=False)) == set()
    assert kinds(SWEPT, whole, SourceError("locked", remedy="wait")) == set()


def test_what_could_not_be_looked_at_is_a_gap(made: TenantReports) -> None:
    error = SourceError("is being swept already", origin=Origin("okta:work"), remedy="wait")
    report, _ = made.joint([replace(SWEPT, grants=(), outcomes=(DONE, FAILED))], [error])
    assert not report.complete and [gap.count for gap in report.gaps] == [1, 1]
    assert "a permission is missing" in report.gaps[0].reason
    assert report.gaps[1].reason == "could not be swept: is being swept already (wait)"


def test_what_a_sweep_must_look_at(made: TenantReports) -> None:
    assert made.is_ai(App("entra", "t", "x", "Otter.ai")) and not made.is_ai(App("entra", "t", "x", "Otter Insurance"))
