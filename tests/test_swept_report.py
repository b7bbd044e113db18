"""One inventory of several sweeps, with every gap in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.errors import SourceError
from shadowai.inventory import Inventory
from shadowai.model import Actor, Gap, Match, Name, Origin, Sighting, Usage
from shadowai.pipeline import ScanOptions
from shadowai.swept_report import Network, SweptReport
from shadowai.tenant import App, Completeness, Grant, Outcome, Person, Signal, Swept, Trouble

CHATGPT = App("entra", "t", "e0476654-c1d5-430b-ab80-70cbd947616a", "ChatGPT", reply_urls=("https://chatgpt.com/auth",))
CRM = App("entra", "t", "11111111-1111-1111-1111-111111111111", "Lombard Ledger")
SWEPT = Swept(
    name="main",
    platform="entra",
    title="Microsoft Entra",
    tenant="t",
    began=1_790_000_000_000_000,
    ended=1_790_000_001_000_000,
    mode="targeted",
    scope="ai",
    apps=(CHATGPT, CRM),
    grants=(
        Grant("entra", "t", "g1", CHATGPT.id, "delegated", "u1", ("Mail.Read",)),
        Grant("entra", "t", "g2", CRM.id, "delegated", "u1", ("User.Read",)),
    ),
    people=(),
    events=(),
    activity=(),
    outcomes=(Outcome("apps", "apps", Completeness.COMPLETE),),
    requests=7,
)


def test_the_inventory_of_a_sweep() -> None:
    made = SweptReport(ScanOptions(), {})
    assert made.is_ai(CHATGPT) and not made.is_ai(CRM)
    report = made.report([SWEPT], [])
    (entry,) = report.entries
    assert "ChatGPT" in entry.service and entry.users == 1 and "Mail.Read" in " ".join(entry.scopes)
    assert report.complete
    (source,) = report.sources
    assert (source.path, source.lines, source.records, source.ai) == ("entra:main", 7, 4, 1)


def test_what_could_not_be_looked_at() -> None:
    outcome = Outcome("grants/1", "grants", Completeness.FAILED, Trouble.SCOPE, "403", "ask")
    swept = replace(SWEPT, outcomes=(*SWEPT.outcomes, outcome))
    refused = SourceError("another sweep is running", origin=Origin("other.lock"), remedy="wait for it")
    report = SweptReport(ScanOptions(), {"entra": SIGNALS}).report([swept], [refused])
    assert [(str(gap.origin), gap.reason) for gap in report.gaps] == [
        ("entra:main/grants/1", "Delegated grants could not be looked at: a permission is missing (403); ask"),
        ("other.lock", "another sweep is running (wait for it)"),
    ]


SIGNALS = (
    Signal("grants", "Delegated grants", "/grants", (), gives=("grants",)),
    Signal("requests", "Requests", "/requests", (), gives=("offers", "requests")),
    Signal("log", "Log", "/log", (), gives=("apps", "grants", "events")),
    Signal("undeclared", "Else", "/else", ()),
)
CLAUDE = "08ad6f98-a4f8-4635-bb8d-f1a3044760f0"
NOW = 20_500 * 86_400_000_000
DONE = Outcome("grants", "grants", Completeness.COMPLETE)
FAILED = Outcome("grants", "grants", Completeness.FAILED, Trouble.SCOPE, "403", "grant it")
WORK = Swept(
    "work", "entra", "Entra", "contoso", NOW, NOW, "full", "ai", (App("entra", "contoso", CLAUDE, "Claude"),),
    tuple(Grant("entra", "contoso", f"g-{who}", CLAUDE, "delegated", who, ("Mail.Read",)) for who in ("ann", "eve")),
    tuple(Person("entra", "contoso", who, f"{who}@example.com") for who in ("ann", "eve")), (), (), (DONE,),
)  # fmt: skip


@pytest.fixture(scope="module")
def made() -> SweptReport:
    return SweptReport(ScanOptions(by="user"), {})


def network(*users: str, complete: bool = True) -> Network:
    inventory = Inventory()
    for user in users:
        name = Name("domain", "claude.ai")
        seen = Sighting(Actor(user, None, "192.0.2.1"), name, "proxy", events=5, source="squid")
        inventory.add(seen, (Match("anthropic-claude", "Claude", name, "strong"),))
    return Network(inventory, () if complete else (Gap(Origin("proxy.log", 3), "torn"),))


def test_tenants_alone(made: SweptReport) -> None:
    report = made.report([WORK], [])
    assert [(row.service_id, row.actor, row.usage) for row in report.entries] == [
        ("anthropic-claude", Actor(f"{who}@example.com"), Usage.INTEGRATED) for who in ("ann", "eve")
    ]
    assert report.complete and report.sources[0].named == 2 and report.sources[0].ai == 2


def test_a_person_has_one_row(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("person,login\nann@example.com,CORP\\ann\n", encoding="utf-8")
    joined = SweptReport(ScanOptions(by="user", identities=str(file)), {})
    report = joined.report([WORK], [], network("corp\\ann", "ben@example.com"))
    rows = {row.actor.user: row for row in report.entries if row.actor}
    assert set(rows) == {"ann@example.com", "ben@example.com", "eve@example.com"}
    assert (rows["ann@example.com"].events, rows["ann@example.com"].scopes) == (6, ("Mail.Read",))
    assert rows["ann@example.com"].sources == ("entra", "squid")
    assert sorted((note.kind, note.count) for note in report.notes if "_without_" in note.kind) == [
        ("grant_without_traffic", 1),
        ("traffic_without_grant", 1),
    ]


def test_no_contradiction_where_something_could_not_be_looked_at(made: SweptReport) -> None:
    def kinds(one: Swept, seen: Network, *refused: SourceError) -> set[str]:
        return {note.kind for note in made.report([one], refused, seen).notes if "_without_" in note.kind}

    def seen(complete: bool = True) -> Network:
        return network("ann@example.com", "ben@example.com", complete=complete)

    both = {"grant_without_traffic", "traffic_without_grant"}
    assert kinds(WORK, seen()) == both
    assert kinds(replace(WORK, outcomes=(FAILED,)), seen()) == set()
    assert kinds(replace(WORK, outcomes=()), seen()) == set()
    assert kinds(WORK, seen(complete=False)) == {"traffic_without_grant"}
    assert kinds(WORK, seen(), SourceError("locked", remedy="wait")) == both


@pytest.mark.parametrize(
    ("signal", "kinds"),
    [
        ("requests", {"grant_without_traffic", "traffic_without_grant"}),  # on what was asked for nothing rests
        ("grants", {"grant_without_traffic"}),  # those that are listed stand
        ("log", set()),  # the log gives and takes back
        ("undeclared", set()),
        ("*", set()),
    ],
)
def test_which_collections_a_contradiction_rests_on(signal: str, kinds: set[str]) -> None:
    made = SweptReport(ScanOptions(), {"entra": SIGNALS})
    one = replace(WORK, outcomes=(DONE, replace(FAILED, task=signal, signal=signal)))
    report = made.report([one], (), network("ann@example.com", "ben@example.com"))
    assert {note.kind for note in report.notes if "_without_" in note.kind} == kinds
    facts = {fact for entry in report.entries for fact in entry.facts if "_without_" in fact}
    assert facts == kinds


def test_a_partial_tenant_does_not_silence_another_one() -> None:
    made = SweptReport(ScanOptions(), {"entra": SIGNALS})
    other = replace(WORK, name="lab", tenant="lab", grants=(), people=(), outcomes=(FAILED,))
    report = made.report([WORK, other], (), network("ann@example.com", "ben@example.com"))
    told = {note.kind: note for note in report.notes if "_without_" in note.kind}
    assert set(told) == {"grant_without_traffic", "traffic_without_grant"}
    assert "entra:work" in told["traffic_without_grant"].text and "entra:lab" not in told["traffic_without_grant"].text
    facts = {fact for entry in report.entries for fact in entry.facts if "_without_" in fact}
    assert facts == {"grant_without_traffic"}  # of the other it is not sure: no fact, and no risk


def test_people_whose_names_could_not_be_read_are_no_strangers(made: SweptReport) -> None:
    nameless = replace(WORK, people=())
    notes = made.report([nameless], (), network("ann@example.com", "eve@example.com")).notes
    assert not [note for note in notes if "_without_" in note.kind]
    assert [(note.kind, note.count) for note in notes if note.kind == "nameless"] == [("nameless", 2)]


def test_an_identities_file_gives_ids_their_names(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("person,login\nann@example.com,entra:ann\neve@example.com,entra:eve\n", encoding="utf-8")
    joined = SweptReport(ScanOptions(by="user", identities=str(file)), {})
    notes = joined.report([replace(WORK, people=())], (), network("ann@example.com", "ben@example.com")).notes
    assert {note.kind for note in notes if "_without_" in note.kind} == {
        "grant_without_traffic",
        "traffic_without_grant",
    }


def test_what_a_sweep_must_look_at(made: SweptReport) -> None:
    assert made.is_ai(App("entra", "t", "x", "Otter.ai")) and not made.is_ai(App("entra", "t", "x", "Otter Insurance"))


def test_contradictions_are_facts_of_the_service_and_of_no_person() -> None:
    made = SweptReport(ScanOptions(), {})
    whole = network("ann@example.com", "ben@example.com")
    services, users = made.joined([WORK], (), ("service", "user"), whole).reports
    told = {"grant_without_traffic", "traffic_without_grant"}
    assert told <= set(services.entries[0].facts)
    assert not any(told & set(row.facts) for row in users.entries)


def test_every_row_is_rated(made: SweptReport) -> None:
    rows = made.report([WORK], [], network("ann@example.com", "ben@example.com")).entries
    assert rows and all(row.risk is not None and row.risk_low is not None and row.risk_level for row in rows)
    unverified = [row for row in rows if "content_unverified_publisher" in row.facts]
    assert unverified and all((row.risk, row.risk_level) == (70, "critical") for row in unverified)
