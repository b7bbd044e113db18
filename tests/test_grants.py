"""Grants as sightings: who let what in, how it is dated, what acts for what, and what is only worth a look."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shadowai.app_matcher import AppMatcher
from shadowai.catalog import Catalog
from shadowai.export.inert import cell
from shadowai.grants import Assessed, SweptGrants, fold
from shadowai.inventory import By, Inventory
from shadowai.model import Actor, Entry, Sighting, Usage
from shadowai.policy import Policy
from shadowai.tenant import EVERYONE, Activity, App, Completeness, Event, Grant, Outcome, Person, Swept

DAY = 86_400_000_000
NOW = 20_500 * DAY
CLAUDE, SERVER = "08ad6f98-a4f8-4635-bb8d-f1a3044760f0", "07c030f6-5743-41b7-ba00-0a6e85f37c17"
GRAPH = "00000003-0000-0000-c000-000000000000"
REPLY = "https://claude.ai/api/mcp/auth_callback"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return Catalog.load(cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def known(catalog: Catalog) -> AppMatcher:
    return AppMatcher(catalog)


def app(id: str, name: str = "Thing", **more: Any) -> App:
    return replace(App("entra", "contoso", id, name), **more)


def grant(id: str, of: str, principal: str | None = "ann", *scopes: str, **more: Any) -> Grant:
    return replace(Grant("entra", "contoso", id, of, "delegated", principal, scopes), **more)


def swept(
    apps: Collection[App] = (), grants: Collection[Grant] = (), people: Collection[Person] = (), **more: Any
) -> Swept:
    done = Outcome("apps", "apps", Completeness.COMPLETE)
    made = Swept(
        "work", "entra", "Entra", "contoso", NOW, NOW + DAY, "full", "ai", apps, grants, people, (), (), (done,)
    )
    return replace(made, **more)


PEOPLE = (
    Person("entra", "contoso", "ann", "Ann@Contoso.example"),
    Person("entra", "contoso", "ben", "ben@contoso.example"),
)


def seen(known: AppMatcher, one: Swept) -> list[Sighting]:
    return [sighting for sighting, _ in SweptGrants(one, known).sightings()]


def rows(catalog: Catalog, one: Swept, by: By = "service") -> tuple[tuple[Entry, ...], Assessed]:
    inventory = Inventory()
    assessed = fold(one, AppMatcher(catalog), inventory)
    found = inventory.entries(by, lookup=catalog.signatures.__getitem__, policy=Policy.empty(), today=date(2026, 3, 1))
    return found, assessed


def test_a_grant_is_a_row(catalog: Catalog) -> None:
    one = swept(
        [app(CLAUDE, "Claude")],
        [grant("g1", CLAUDE, "ann", "Mail.Read", "offline_access", granted=NOW - DAY, date_source="api")],
        PEOPLE,
    )
    (entry,), assessed = rows(catalog, one, "user")
    assert (entry.service_id, entry.actor, entry.usage) == (
        "anthropic-claude",
        Actor("ann@contoso.example"),
        Usage.INTEGRATED,
    )
    assert (entry.confidence, entry.events, entry.blocked) == ("confirmed", 1, 0)
    assert entry.scopes == ("Mail.Read", "offline_access")
    assert (entry.first_seen, entry.last_seen) == (NOW - DAY, NOW - DAY)
    assert (entry.names, entry.sources) == (("Claude",), ("entra",))
    assert [str(origin) for origin in entry.evidence] == [f"entra:work/{CLAUDE}/g1"]
    assert assessed == Assessed(services={CLAUDE: ("anthropic-claude",)})


def test_everybody_and_nobody(known: AppMatcher) -> None:
    wide, alone = seen(
        known,
        swept(
            [app(CLAUDE)],
            [
                grant("g1", CLAUDE, EVERYONE, "Files.ReadWrite.All"),
                grant("g2", CLAUDE, None, "Mail.Send", kind="application"),
            ],
        ),
    )[::-1]
    assert wide.actor == alone.actor == Actor()
    assert {"grant", "tenant_wide", "write", "unverified_publisher"} <= wide.facts and "app_only" not in wide.facts
    assert {"grant", "app_only"} <= alone.facts and "tenant_wide" not in alone.facts


def test_requests_are_attempts_and_seats_are_leave(catalog: Catalog, known: AppMatcher) -> None:
    asked = grant("r", CLAUDE, "ann", "Mail.Read", kind="request")
    idle = grant("s", CLAUDE, "ben", kind="seat")
    used = grant("s", CLAUDE, "ben", kind="seat", last_used=NOW - DAY, granted=NOW - 9 * DAY)
    (entry,), _ = rows(catalog, swept([app(CLAUDE)], [asked, idle], PEOPLE))
    assert (entry.events, entry.blocked, entry.usage, entry.scopes) == (0, 1, None, ())
    (entry,), _ = rows(catalog, swept([app(CLAUDE)], [asked, used], PEOPLE))
    assert (entry.events, entry.users, entry.usage, entry.last_seen) == (1, 1, Usage.CONNECTED, NOW)
    assert {"licensed"} <= seen(known, swept([app(CLAUDE)], [used], PEOPLE))[0].facts


def test_what_dates_a_grant(known: AppMatcher) -> None:
    def dated(one: Grant, *events: Event) -> tuple[int | None, list[str]]:
        (sighting,) = seen(known, swept([app(CLAUDE)], [one], PEOPLE, events=events))
        return sighting.first_seen, [fact for fact in sighting.facts if fact.startswith("dated")]

    consent = Event("entra", "contoso", "e", CLAUDE, "granted", NOW - 5 * DAY, "ann")
    assert dated(grant("g", CLAUDE, granted=5, date_source="api"), consent) == (5, ["dated_api"])
    assert dated(grant("g", CLAUDE), consent) == (NOW - 5 * DAY, ["dated_audit_log"])
    assert dated(grant("g", CLAUDE), replace(consent, principal="ben")) == (NOW, ["dated_first_sweep"])
    notes = SweptGrants(swept([app(CLAUDE)], [grant("g", CLAUDE)], PEOPLE), known).assessed().notes
    assert [(note.kind, note.count) for note in notes] == [("dated_by_sweep", 1)]
    assert "then or before" in notes[0].text


def test_an_application_is_not_given_everything_when_it_is_installed(known: AppMatcher) -> None:
    """It was there in spring; what it may do as itself was given later, nobody knows when."""
    there = Event("entra", "contoso", "e", CLAUDE, "installed", NOW - 90 * DAY)

    def dated(kind: Any, *events: Event) -> tuple[int | None, set[str]]:
        one = grant("g", CLAUDE, None, "Mail.Read", kind=kind)
        (sighting,) = seen(known, swept([app(CLAUDE)], [one], events=[there, *events]))
        return sighting.first_seen, {fact for fact in sighting.facts if fact.startswith("dated")}

    assert dated("application") == (NOW, {"dated_first_sweep"})
    assert dated("install") == (NOW - 90 * DAY, {"dated_audit_log"})  # of an installation it is the event itself
    consent = Event("entra", "contoso", "f", CLAUDE, "granted", NOW - 3 * DAY, None, ("Mail.Read",))
    assert dated("application", consent) == (NOW - 3 * DAY, {"dated_audit_log"})


def test_the_log_s_date_is_not_lost_to_the_first_sweep_s(known: AppMatcher) -> None:
    """The history dates what it has seen before; that is a bound, and the log knows better."""
    bound = grant("g", CLAUDE, granted=NOW - 4 * DAY, date_source="first_sweep")
    consent = Event("entra", "contoso", "e", CLAUDE, "granted", NOW - 5 * DAY, "ann")
    for events, wanted in (([consent], (NOW - 5 * DAY, "audit_log")), ([], (NOW - 4 * DAY, "first_sweep"))):
        (sighting,) = seen(known, swept([app(CLAUDE)], [bound], PEOPLE, events=events))
        assert sighting.first_seen == wanted[0] and f"dated_{wanted[1]}" in sighting.facts
    later = replace(consent, time=NOW - DAY)  # the grant was there before: the event is about something else
    (sighting,) = seen(known, swept([app(CLAUDE)], [bound], PEOPLE, events=[later]))
    assert sighting.first_seen == NOW - 4 * DAY and "dated_first_sweep" in sighting.facts


def test_a_row_of_several_grants_says_all_that_dates_it(known: AppMatcher) -> None:
    grants = [grant("g", CLAUDE, granted=NOW - 9 * DAY, date_source="api"), grant("h", CLAUDE)]
    (sighting,) = seen(known, swept([app(CLAUDE)], grants, PEOPLE))
    assert sighting.first_seen == NOW - 9 * DAY and {"dated_api", "dated_first_sweep"} <= sighting.facts


def test_what_is_counted_is_known_since_a_sweep_saw_it_first(known: AppMatcher) -> None:
    extension = "fcoeoabgfenejglbffodgkkbkcdhcgfn"
    counted = swept([app(extension, "Claude", kind="extension", users=7)])
    assert [one.first_seen for one in seen(known, counted)] == [NOW]
    (one,) = seen(known, replace(counted, known_since={extension: NOW - 8 * DAY}))
    assert (one.first_seen, one.last_seen) == (NOW - 8 * DAY, NOW) and "dated_first_sweep" in one.facts


def test_what_the_log_gave_and_took_back(known: AppMatcher) -> None:
    given = grant("g", CLAUDE, granted=NOW - 9 * DAY, date_source="audit_log")
    taken = Event("entra", "contoso", "e", CLAUDE, "revoked", NOW - 5 * DAY, "ann")
    later = replace(given, id="h", granted=NOW - DAY)
    assert seen(known, swept([app(CLAUDE)], [given], PEOPLE, events=[taken])) == []
    assert len(seen(known, swept([app(CLAUDE)], [given, later], PEOPLE, events=[taken]))) == 1
    assert len(seen(known, swept([app(CLAUDE)], [replace(given, date_source="api")], PEOPLE, events=[taken]))) == 1


def test_on_behalf_of(known: AppMatcher) -> None:
    """A client that may only ask a server does what the server may, for the same person, for everybody, and as itself."""
    server = app("server", "Middleman")
    grants = [
        grant("g1", CLAUDE, "ann", "access_as_user", resource="server"),
        grant("g2", "server", "ann", "Mail.Read", resource=GRAPH),
        grant("g3", "server", "ben", "Chat.Read", resource=GRAPH),
        grant("g4", "server", EVERYONE, "Files.Read.All", resource="deep"),
        grant("g5", "deep", None, "Sites.Read.All", kind="application", resource=GRAPH),
        grant("g6", "deep", "ann", "x", resource=CLAUDE),
    ]
    apps = [app(CLAUDE), server, app("deep"), app(GRAPH, first_party=True)]
    (sighting,) = seen(known, swept(apps, grants, PEOPLE))
    assert sighting.scopes == ("Files.Read.All", "Mail.Read", "Sites.Read.All", "access_as_user", "x")
    assert "content" in sighting.facts
    counted = SweptGrants(swept(apps, grants, PEOPLE), known).assessed().services
    assert counted == dict.fromkeys((CLAUDE, "server", "deep"), ("anthropic-claude",))
    held = seen(
        known, swept([app(CLAUDE, holds=("server",)), server], [*grants[1:3], grant("g", CLAUDE, "ann", "a")], PEOPLE)
    )
    assert held[0].scopes == ("Mail.Read", "a")


def test_dormant(known: AppMatcher) -> None:
    def dormant(one: Grant, *activity: Activity, **more: Any) -> bool:
        found = seen(known, swept([app(CLAUDE)], [one], PEOPLE, activity=activity, **more))
        return any("dormant" in sighting.facts for sighting in found)

    used = Activity("entra", "contoso", CLAUDE, "ben", NOW - 2 * DAY, NOW - DAY, 3)
    old = grant("g", CLAUDE, granted=NOW - 200 * DAY, date_source="api")
    assert dormant(old, used) and not dormant(old)  # nobody tells of uses: nothing can be said
    assert not dormant(old, replace(used, principal="ann"))
    assert dormant(replace(old, last_used=NOW - 100 * DAY)) and not dormant(replace(old, last_used=NOW - DAY))
    partial = (Outcome("activity", "activity", Completeness.PARTIAL),)
    assert not dormant(old, used, outcomes=partial)


def test_use_is_counted(catalog: Catalog) -> None:
    used = [Activity("entra", "contoso", CLAUDE, "ann", NOW - 2 * DAY, NOW - DAY, n, 10) for n in (3, 4)]
    (entry,), _ = rows(catalog, swept([app(CLAUDE)], [], PEOPLE, activity=used), "user")
    assert (entry.events, entry.bytes_down, entry.usage) == (7, 20, Usage.CONNECTED)
    assert entry.actor == Actor("ann@contoso.example")


def test_people_without_an_address_and_groups(known: AppMatcher) -> None:
    nameless = Person("entra", "contoso", "octo")
    grants = [grant("g", CLAUDE, "octo"), grant("h", CLAUDE, "a-group", kind="assignment"), grant("i", CLAUDE, "gone")]
    one = swept([app(CLAUDE)], grants, [nameless])
    assert sorted(str(s.actor.user) for s in seen(known, one)) == ["None", "entra:gone", "entra:octo"]
    assert "nameless" in {note.kind for note in SweptGrants(one, known).assessed().notes}


def test_an_editor_is_ai_where_its_grant_reaches_an_ai_server(known: AppMatcher) -> None:
    code = app("aebc6443-996d-45c2-90f0-388ff96faa56", "Visual Studio Code", first_party=True)
    work_iq = app("16b1878d-62c7-4009-aa25-68989d63bbad", "Work IQ Mail MCP", first_party=True)
    to_mcp = swept([code, work_iq], [grant("g", code.id, "ann", "Tools", resource=work_iq.id)], PEOPLE)
    found = [(s.name.value, m.signature, m.strength) for s, ms in SweptGrants(to_mcp, known).sightings() for m in ms]
    assert found == [("Visual Studio Code", "mcp-server", "weak")]
    to_graph = swept(
        [code, app(GRAPH, first_party=True)], [grant("g", code.id, "ann", "User.Read", resource=GRAPH)], PEOPLE
    )
    assert seen(known, to_graph) == []


def test_an_app_that_lets_an_assistant_in_accuses_nobody(known: AppMatcher) -> None:
    orders = app("orders", "Orders", in_house=True, reply_urls=(REPLY, "https://orders.contoso.example/cb"))
    one = swept([orders], [grant("g", "orders", "ann", "Mail.Read"), grant("h", "orders", "ben", "Chat.Read")], PEOPLE)
    (sighting,) = seen(known, one)
    assert sighting.actor == Actor() and sighting.scopes == ("Chat.Read", "Mail.Read")
    assert {"wired", "in_house", "grant"} <= sighting.facts
    (finding,) = SweptGrants(one, known).assessed().findings
    assert (finding.kind, finding.users) == ("wired", 2)
    assert finding.text == "Orders: an application of the tenant's own sends its users' tokens to Claude"


def test_impersonation_is_a_finding_and_no_service(known: AppMatcher) -> None:
    false = app("f", "ChatGPT", homepage="https://chatgpt.com", reply_urls=("https://tokens.attacker.example/cb",))
    one = SweptGrants(swept([false], [grant("g", "f", "ann", "Mail.Read")], PEOPLE), known)
    assert list(one.sightings()) == []
    assessed = one.assessed()
    assert [finding.kind for finding in assessed.findings] == ["impersonation"]
    assert next((note.kind, str(note.origin)) for note in assessed.notes) == ("impersonation", "entra:work/f")
    assert assessed.candidates[0].why.startswith("the name is ChatGPT's")


@pytest.mark.parametrize(
    ("one", "scopes", "expected"),
    [
        (app("x", "Otter.ai"), ("openid",), {"ai": True, "consented": True, "all": True}),
        (app("x", "Meeting Notetaker"), ("Calendars.Read",), {"ai": True, "consented": True, "all": True}),
        (app("x", "Docs Helper"), ("Files.Read.All",), {"ai": False, "consented": True, "all": True}),
        (app("x", "Sales Agent"), ("User.Read",), {"ai": False, "consented": True, "all": True}),
        (app("x", "Docs Helper"), ("User.Read",), {"ai": False, "consented": False, "all": False}),
        (app("x", "Docs Helper", in_house=True), ("Files.Read.All",), {"ai": False, "consented": False, "all": False}),
        (app("x", "Office", first_party=True), ("Files.Read.All",), {"ai": False, "consented": False, "all": False}),
        (app("x", "Daily Maid Aid"), (), {"ai": False, "consented": False, "all": False}),
        (app("x", "Triage", kind="agent_identity"), (), {"ai": True, "consented": True, "all": True}),
    ],
)
def test_what_is_worth_a_look(known: AppMatcher, one: App, scopes: tuple[str, ...], expected: dict[str, bool]) -> None:
    for scope, wanted in expected.items():
        gathered = SweptGrants(swept([one], [grant("g", "x", "ann", *scopes)], PEOPLE, scope=scope), known)
        assert list(gathered.sightings()) == []  # never an accusation
        assert bool(gathered.assessed().candidates) is wanted, scope


def test_ai_apps_without_a_grant(known: AppMatcher) -> None:
    (candidate,) = SweptGrants(swept([app(CLAUDE)]), known).assessed().candidates
    assert candidate.why == "Claude: known to the tenant, and nothing is granted to it"


def test_installations_that_are_only_counted(known: AppMatcher) -> None:
    extension = app("fcoeoabgfenejglbffodgkkbkcdhcgfn", "Claude", kind="extension", users=42, permissions=("tabs",))
    (sighting,) = seen(known, swept([extension]))
    assert (sighting.actor, sighting.events, sighting.scopes) == (Actor(), 42, ("tabs",))


def test_a_login_of_one_platform_is_nobody_of_another_s(catalog: Catalog) -> None:
    inventory, match = Inventory(), AppMatcher(catalog)
    for platform in ("entra", "okta"):
        one = [replace(app(CLAUDE), platform=platform)]
        held = [replace(grant("g", CLAUDE), platform=platform)]
        people = [Person(platform, "org", "ann", "ann" if platform == "okta" else None)]
        fold(swept(one, held, people, platform=platform), match, inventory)
    found = inventory.entries(
        "user", lookup=catalog.signatures.__getitem__, policy=Policy.empty(), today=date(2026, 3, 1)
    )
    assert sorted(str(row.actor.user) for row in found if row.actor) == ["entra:ann", "okta:ann"]


def test_an_address_that_was_given_to_a_newcomer_is_not_the_leaver_s(catalog: Catalog) -> None:
    told = [
        Person("google", "c", "111", "ann@example.com"),
        Person("google", "c", "222", "ann@example.com", enabled=True, created=NOW - 5 * DAY),
        Person("google", "c", "ann@example.com", "ann@example.com"),
    ]
    client = app(CLAUDE, platform="google")
    used = [
        Activity("google", "c", CLAUDE, who, at, at, 1)
        for who, at in (("111", NOW - 9 * DAY), ("222", NOW - DAY), ("ann@example.com", NOW - 8 * DAY))
    ]
    found, assessed = rows(catalog, swept([client], [], told, activity=used, platform="google"), "user")
    assert {str(row.actor.user): row.events for row in found if row.actor} == {
        "ann@example.com": 1, "google:111": 1, "google:ann@example.com": 1,
    }  # fmt: skip
    assert assessed.nameless == {"google:111", "google:ann@example.com"}
    late = [replace(used[2], first=NOW - 2 * DAY, last=NOW - 2 * DAY)]
    (mine,), _ = rows(catalog, swept([client], [], told, activity=[used[1], *late], platform="google"), "user")
    assert (mine.actor, mine.events) == (Actor("ann@example.com"), 2)


@pytest.mark.parametrize("address", ["null", "-", " ", "n/a", None])
def test_an_address_that_is_none_leaves_the_person_the_tenant_s_own_id(catalog: Catalog, address: str | None) -> None:
    (entry,), assessed = rows(
        catalog, swept([app(CLAUDE)], [grant("g", CLAUDE)], [Person("entra", "contoso", "ann", address)]), "user"
    )
    assert entry.actor == Actor("entra:ann") and assessed.nameless == {"entra:ann"}


def test_seats_that_are_counted_are_no_use(catalog: Catalog) -> None:
    bought = app(
        "github-copilot", "GitHub Copilot", kind="vendor_org", verified_publisher="GitHub", first_party=True,
        homepage="https://github.com/features/copilot", users=2,
    )  # fmt: skip
    idle = [grant(who, "github-copilot", who, kind="seat") for who in ("ann", "ben")]
    for grants, users in ((idle, 2), ([], 0)):
        (entry,), _ = rows(catalog, swept([bought], grants, PEOPLE))
        assert (entry.service_id, entry.users, entry.events, entry.usage) == ("github-copilot", users, 0, None)
    assert len(rows(catalog, swept([bought], idle, PEOPLE), "user")[0]) == 2


def test_hostile_names_and_ids(catalog: Catalog) -> None:
    name = "=HYPERLINK(1)\x1b[2J\n\u202eClaude" + "x" * 5000
    one = app(CLAUDE, name, publisher="+cmd|' /C calc'!A0\x00")
    false = app("=f\x1b", "\u200bChatGPT\x07", reply_urls=("https://x.attacker.example/\x1b",))
    bad = Person("entra", "contoso", "ann", "=1+1\x1b@contoso.example")
    both = swept(
        [one, false], [grant("=g\x1b", CLAUDE, "ann", "=scope\x1b"), grant("h", "=f\x1b", "ann", "Mail.Read")], [bad]
    )
    (entry,), assessed = rows(catalog, both, "user")
    assert len(entry.names[0]) <= 80 and entry.names[0].isprintable()
    assert all(cell(scope).isprintable() and cell(scope).startswith("'") for scope in entry.scopes)
    assert all(note.text.isprintable() for note in assessed.notes)


def test_the_order_of_what_comes_makes_no_difference(known: AppMatcher) -> None:
    apps = [app(CLAUDE, "Claude"), app("server"), app("x", "Otter.ai"), app("o", in_house=True, reply_urls=(REPLY,))]
    grants = [
        grant(
            f"g{n}",
            [CLAUDE, "server", "x", "o"][n % 4],
            ["ann", "ben", EVERYONE, None][n % 3],
            f"s{n}",
            resource="server",
        )
        for n in range(40)
    ]
    rng = random.Random(7)
    first = SweptGrants(swept(apps, grants, PEOPLE), known)
    wanted = {(s.actor, s.name, s.events, s.scopes, s.facts) for s, _ in first.sightings()}
    for _ in range(5):
        rng.shuffle(apps)
        rng.shuffle(grants)
        again = SweptGrants(swept(tuple(apps), tuple(grants), PEOPLE[::-1]), known)
        assert {(s.actor, s.name, s.events, s.scopes, s.facts) for s, _ in again.sightings()} == wanted
        assert again.assessed().candidates == first.assessed().candidates


def test_an_empty_sweep(known: AppMatcher, tmp_path: Path) -> None:
    assert seen(known, swept()) == [] and SweptGrants(swept(), known).assessed() == Assessed()


def test_what_reaches_content_and_is_ill_secured_is_said_of_one_grant(known: AppMatcher) -> None:
    one = [grant("g1", CLAUDE, None, "User.Read", kind="application"), grant("g2", CLAUDE, "ann", "Mail.Read")]
    apart = {sighting.actor: sighting.facts for sighting in seen(known, swept([app(CLAUDE)], one))}
    assert "content_app_only" not in apart[Actor()] and "app_only" in apart[Actor()]
    several = [grant("g1", CLAUDE, None, "Mail.Read", kind="application")]
    (both,) = seen(known, swept([app(CLAUDE)], several))
    assert {"content_app_only", "content_unverified_publisher"} <= both.facts


def test_a_publisher_is_verified_or_not_or_nobody_says(known: AppMatcher) -> None:
    def publisher(**more: Any) -> set[str]:
        (found,) = seen(known, swept([app(CLAUDE, **more)], [grant("g", CLAUDE, "ann", "openid")]))
        return {fact for fact in found.facts if fact.endswith("verified_publisher")}

    assert publisher() == {"unverified_publisher"}
    assert publisher(verified_publisher="Anthropic, PBC") == {"verified_publisher"}
    assert publisher(kind="agent_identity") == set()


def test_a_product_and_an_agent_that_no_signature_explains_are_candidates_with_their_users(known: AppMatcher) -> None:
    """The log that the product has for itself says that it is AI; which of its events are use by whom is not documented."""
    studio = App(
        "google",
        "t",
        "workspace_studio",
        "Google Workspace Studio",
        kind="vendor_org",
        first_party=True,
        tags=("embedded",),
    )
    agent = App("google", "t", "agent-1", "Mail sorter", kind="agent_identity")
    other = App("google", "t", "api", "Google Plain API", kind="vendor_org", first_party=True)
    used = [
        Activity("google", "t", id, who, NOW - DAY, NOW - DAY, 2)
        for id in ("workspace_studio", "agent-1", "api")
        for who in ("ann", "ben", None)
    ]
    one = SweptGrants(swept([studio, agent, other], activity=used, platform="google"), known)
    assert list(one.sightings()) == []
    assert [(found.app.id, found.users, found.why) for found in one.assessed().candidates] == [
        ("agent-1", 2, "an agent that no signature explains"),
        ("workspace_studio", 2, "an AI product of the platform's own that no signature explains"),
    ]


def test_what_dates_something_wired_is_what_dates_its_grants(known: AppMatcher) -> None:
    orders = app("orders", "Orders", in_house=True, reply_urls=(REPLY, "https://orders.contoso.example/cb"))
    for one, dated in (
        (grant("g", "orders", granted=NOW - DAY, date_source="api"), {"dated_api"}),
        (grant("g", "orders"), {"dated_first_sweep"}),
    ):
        (sighting,) = seen(known, swept([orders], [one], PEOPLE))
        assert {fact for fact in sighting.facts if fact.startswith("dated_")} == dated
    (bare,) = seen(known, swept([orders]))
    assert {fact for fact in bare.facts if fact.startswith("dated_")} == {"dated_first_sweep"}


def test_a_grant_was_last_there_when_it_was_last_used(known: AppMatcher) -> None:
    given = grant("g", CLAUDE, granted=NOW - 9 * DAY, date_source="api", last_used=NOW - 2 * DAY)
    (sighting,) = seen(known, swept([app(CLAUDE)], [given], PEOPLE))
    assert (sighting.first_seen, sighting.last_seen) == (NOW - 9 * DAY, NOW - 2 * DAY)


def test_installations_are_not_counted_beside_the_grants_that_name_them(known: AppMatcher) -> None:
    extension = app("fcoeoabgfenejglbffodgkkbkcdhcgfn", "Claude", kind="extension", users=7)
    installed = grant("g", extension.id, "ann", kind="install")
    assert sorted(one.events for one in seen(known, swept([extension], [installed], PEOPLE))) == [1]
    asked = grant("g", extension.id, "ann", kind="request")
    assert sorted(one.events for one in seen(known, swept([extension], [asked], PEOPLE))) == [0, 7]


def test_only_grants_of_ai_applications_that_were_given_are_told_to_be_undated(known: AppMatcher) -> None:
    grants = [
        grant("g1", CLAUDE, "ann", "access", resource="server"),
        grant("g2", "server", "ann", "Mail.Read", resource=GRAPH),
        grant("g3", CLAUDE, "ben", kind="request"),
    ]
    apps = [app(CLAUDE), app("server", "Middleman"), app(GRAPH, first_party=True)]
    notes = SweptGrants(swept(apps, grants, PEOPLE), known).assessed().notes
    assert [note.count for note in notes if note.kind == "dated_by_sweep"] == [1]


def test_an_editor_whose_grant_reaches_what_lets_an_assistant_in_is_ai_too(known: AppMatcher) -> None:
    code = app("aebc6443-996d-45c2-90f0-388ff96faa56", "Visual Studio Code", first_party=True)
    orders = app("orders", "Orders", in_house=True, reply_urls=(REPLY, "https://orders.contoso.example/cb"))
    found = seen(known, swept([code, orders], [grant("g", code.id, "ann", "Tools", resource="orders")], PEOPLE))
    assert [one.name.value for one in found if one.actor != Actor()] == ["Visual Studio Code"]


def test_applications_come_in_the_order_of_their_ids(known: AppMatcher) -> None:
    other = "fcoeoabgfenejglbffodgkkbkcdhcgfn"
    apps = [app(other, "Claude", kind="extension", users=1), app(CLAUDE, "Claude for Entra")]
    grants = [grant("h", CLAUDE, "ben"), grant("g", CLAUDE, "ann")]
    for order in (apps, apps[::-1]):
        names = [(one.name.value, one.actor.user) for one in seen(known, swept(order, grants, PEOPLE))]
        assert names == [
            ("Claude for Entra", "ann@contoso.example"), ("Claude for Entra", "ben@contoso.example"), ("Claude", None),
        ]  # fmt: skip


def test_what_the_platform_or_the_tenant_made_needs_no_verified_publisher(known: AppMatcher) -> None:
    for more in ({"first_party": True}, {"in_house": True}, {"verified_publisher": "Anthropic"}):
        (sighting,) = seen(known, swept([app(CLAUDE, **more)], [grant("g", CLAUDE)], PEOPLE))
        assert "verified_publisher" in sighting.facts and "unverified_publisher" not in sighting.facts
    (sighting,) = seen(known, swept([app(CLAUDE)], [grant("g", CLAUDE)], PEOPLE))
    assert "unverified_publisher" in sighting.facts and "verified_publisher" not in sighting.facts


def test_whether_anything_is_known_of_a_candidate(known: AppMatcher) -> None:
    apps = [app("x", "Sales Agent"), app("y", "Otter.ai")]
    grants = [grant("g", "x", "ann", "Mail.Read"), grant("h", "y", "ann", "openid")]
    found = SweptGrants(swept(apps, grants, PEOPLE, scope="all"), known).assessed().candidates
    assert {one.app.id: one.unknown for one in found} == {"x": True, "y": False}


@pytest.mark.parametrize(("scope", "looked_at"), [("ai", False), ("consented", False), ("all", True)])
def test_a_name_alone_is_looked_at_where_all_is(known: AppMatcher, scope: str, looked_at: bool) -> None:
    found = SweptGrants(swept([app("x", "Sales Agent")], scope=scope), known).assessed().candidates
    assert bool(found) is looked_at


@pytest.mark.parametrize(
    ("who", "kind", "alone"),
    [
        (None, "application", True),
        (None, "install", True),
        (None, "delegated", False),
        ("ann", "install", False),
        ("ann", "application", False),
    ],
)
def test_only_what_an_application_holds_for_itself_is_app_only(
    known: AppMatcher, who: str | None, kind: str, alone: bool
) -> None:
    (sighting,) = seen(known, swept([app(CLAUDE)], [grant("g", CLAUDE, who, "Mail.Read", kind=kind)], PEOPLE))
    assert ("app_only" in sighting.facts) is alone


def test_an_application_without_a_name_is_told_by_its_id(known: AppMatcher) -> None:
    for name, shown in (
        ("", ("oauth_client", CLAUDE)),
        (" \n", ("oauth_client", CLAUDE)),
        ("Notes", ("app_name", "Notes")),
    ):
        (sighting,) = seen(known, swept([app(CLAUDE, name)], [grant("g", CLAUDE)], PEOPLE))
        assert sighting.name == shown


def test_an_app_that_lets_an_assistant_in_is_no_candidate_beside_its_row(known: AppMatcher) -> None:
    one = SweptGrants(swept([app("orders", "Orders", in_house=True, reply_urls=(REPLY,))], scope="all"), known)
    assert len(list(one.sightings())) == 1
    assert one.assessed().candidates == () and [note.kind for note in one.assessed().notes] == ["wired"]
