"""The fold: what is counted, on what ground, and that the cut of the input makes no difference."""

from __future__ import annotations

import hashlib
import pickle
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai import inventory
from shadowai.inventory import BULK_BYTES, INTERACTIVE_BYTES, By, Inventory, asset_id
from shadowai.inventory_tally import EVIDENCE_KEPT, NAMES_KEPT, SCOPES_KEPT
from shadowai.model import SEVERITY, Actor, Entry, Match, Name, Origin, Sighting, Signature, Strength, Usage, Verdict
from shadowai.policy import Policy, Word
from shadowai.policy.rules import Conditions, Rule

TODAY = date(2026, 1, 5)
DAY = 20458  # 2026-01-05 in days since the epoch
CATALOG = {
    "chat": Signature("chat", "Chat", "Example AI", "assistant"),
    "api": Signature("api", "Model API", "Example AI", "model-api"),
    "code": Signature("code", "Coder", "Example Code", "coding"),
}
ANN, BEN = Actor("ann", "pc1", "10.0.0.1"), Actor("ben", "pc2", "10.0.0.2")


def match(service: str = "chat", strength: Strength = "strong", role: str = "ui", ambiguous: bool = False) -> Match:
    name = Name("domain", f"{service}.example")
    return Match(service, service.title(), name, strength, role, name.value, ambiguous)


def sighting(actor: Actor = ANN, name: str = "chat.example", **more: Any) -> Sighting:
    usual: dict[str, Any] = {"channel": "proxy", "events": 1, "source": "proxy.log"}
    return Sighting(actor=actor, name=Name("domain", name), **(usual | more))


def fold(*pairs: tuple[Sighting, Match | tuple[Match, ...]]) -> Inventory:
    made = Inventory()
    for seen, found in pairs:
        made.add(seen, found if isinstance(found, tuple) else (found,))
    return made


def rows(made: Inventory, by: By = "service", policy: Policy | None = None) -> tuple[Entry, ...]:
    return made.entries(by, lookup=CATALOG.__getitem__, policy=policy or Policy.empty(), today=TODAY)


def row(*pairs: tuple[Sighting, Match | tuple[Match, ...]]) -> Entry:
    (entry,) = rows(fold(*pairs))
    return entry


def test_a_whole_entry_by_service() -> None:
    made = fold(
        (
            sighting(
                events=3,
                blocked=1,
                bytes_up=100,
                bytes_down=None,
                first_seen=5,
                last_seen=9,
                days=((DAY, 100),),
                origins=(Origin("proxy.log", 3),),
            ),
            match(),
        ),
        (
            sighting(
                BEN,
                "cdn.chat.example",
                events=2,
                bytes_up=None,
                first_seen=2,
                last_seen=7,
                days=((DAY, 0), (DAY + 1, 0)),
                origins=(Origin("b.log", 1),),
                source="b.log",
            ),
            match(),
        ),
    )
    assert rows(made) == (
        Entry(
            asset_id=asset_id("chat"),
            service_id="chat",
            service="Chat",
            vendor="Example AI",
            category="assistant",
            actor=None,
            verdict=Verdict.UNREVIEWED,
            confidence="confirmed",
            usage=Usage.CONNECTED,
            users=2,
            devices=2,
            events=5,
            blocked=1,
            bytes_up=100,
            bytes_down=None,
            first_seen=2,
            last_seen=9,
            active_days=2,
            sources=("b.log", "proxy.log"),
            names=("chat.example", "cdn.chat.example"),
            evidence=(Origin("proxy.log", 3), Origin("b.log", 1)),
            days=((DAY, 100), (DAY + 1, 0)),
        ),
    )


def test_by_user_gives_a_row_for_each_actor() -> None:
    made = fold((sighting(events=3), match()), (sighting(BEN), match()), (sighting(events=4), match()))
    found = rows(made, "user")
    assert [(entry.actor, entry.events, entry.users, entry.devices) for entry in found] == [
        (ANN, 7, 1, 1),
        (BEN, 1, 1, 1),
    ]
    assert [entry.asset_id for entry in found] == [asset_id("chat", ANN), asset_id("chat", BEN)]


def test_asset_id_is_the_documented_hash_and_depends_on_nothing_counted() -> None:
    assert asset_id("chat") == hashlib.sha256(b"service:chat").hexdigest()[:16]
    text = b"service:chat\x1fuser:ann\x1fdevice:pc1\x1faddress:10.0.0.1"
    assert asset_id("chat", ANN) == hashlib.sha256(text).hexdigest()[:16]
    once, often = row((sighting(), match())), row((sighting(BEN, events=9), match()), (sighting(), match()))
    assert once.asset_id == often.asset_id


def test_asset_id_keeps_hostile_parts_apart() -> None:
    forged = Actor("ann\x1fdevice:pc1", None, None)
    ids = {asset_id("chat", actor) for actor in (forged, Actor("ann", "pc1"), Actor("ann\x1f", "pc1"), Actor("\udcff"))}
    assert len(ids) == 4


@pytest.mark.parametrize(
    ("more", "found", "expected"),
    [
        ({"channel": "dns"}, match(), Usage.RESOLVED),
        ({"channel": "dns", "facts": frozenset({"post", "sdk"})}, match(role="mcp"), Usage.RESOLVED),
        ({}, match(), Usage.CONNECTED),
        ({"facts": frozenset({"post"})}, match(), Usage.INTERACTIVE),
        ({"days": ((DAY, INTERACTIVE_BYTES - 1),)}, match(), Usage.CONNECTED),
        ({"days": ((DAY, INTERACTIVE_BYTES),)}, match(), Usage.INTERACTIVE),
        ({"days": ((DAY, BULK_BYTES - 1), (DAY + 1, BULK_BYTES - 1))}, match(), Usage.INTERACTIVE),
        ({"days": ((DAY, BULK_BYTES),)}, match(), Usage.BULK),
        ({"facts": frozenset({"sdk"})}, match(), Usage.INTEGRATED),
        ({}, match("api", role="api"), Usage.INTEGRATED),
        ({}, match("chat", role="api"), Usage.CONNECTED),
        ({"facts": frozenset({"agent"})}, match("code"), Usage.AUTONOMOUS),
        ({"facts": frozenset({"agent"})}, match("chat"), Usage.AUTONOMOUS),
        ({}, match(role="mcp"), Usage.AUTONOMOUS),
        ({"events": 0, "blocked": 4, "facts": frozenset({"post"})}, match(role="mcp"), None),
    ],
)
def test_the_ladder_of_use(more: dict[str, Any], found: Match, expected: Usage | None) -> None:
    assert row((sighting(**more), found)).usage is expected


def test_a_day_is_counted_per_actor_and_over_sightings() -> None:
    half = INTERACTIVE_BYTES // 2
    two_people = row((sighting(days=((DAY, half),)), match()), (sighting(BEN, days=((DAY, half),)), match()))
    one_person = row(
        (sighting(days=((DAY, half),)), match()), (sighting(name="b.example", days=((DAY, half),)), match())
    )
    assert (two_people.usage, one_person.usage) == (Usage.CONNECTED, Usage.INTERACTIVE)


def test_the_service_shows_the_highest_rung_of_any_actor() -> None:
    assert row((sighting(), match()), (sighting(BEN, facts=frozenset({"sdk"})), match())).usage is Usage.INTEGRATED


def test_a_lookup_is_not_use_once_there_is_use() -> None:
    looked = sighting(BEN, channel="dns", events=50, first_seen=1, last_seen=1, days=((DAY + 5, 0),), source="dns.log")
    used = sighting(events=2, bytes_up=7, first_seen=5, last_seen=9, days=((DAY, 7),))
    entry = row((looked, match()), (used, match()))
    assert (entry.events, entry.users, entry.devices, entry.active_days) == (2, 1, 1, 1)
    assert (entry.first_seen, entry.last_seen, entry.sources) == (1, 9, ("dns.log", "proxy.log"))
    found = {e.actor: (e.usage, e.events) for e in rows(fold((looked, match()), (used, match())), "user")}
    assert found == {ANN: (Usage.CONNECTED, 2), BEN: (Usage.RESOLVED, 50)}


def test_bytes_of_a_lookup_are_not_sent_to_the_service() -> None:
    entry = row((sighting(channel="dns", events=3, bytes_up=900, bytes_down=900), match()))
    assert (entry.bytes_up, entry.bytes_down, entry.events) == (None, None, 3)


def test_blocked_attempts_are_counted_apart() -> None:
    blocked = sighting(BEN, events=0, blocked=9, bytes_up=BULK_BYTES, days=((DAY, BULK_BYTES),))
    entry = row((sighting(events=2, bytes_up=5), match()), (blocked, match()))
    assert (entry.events, entry.blocked, entry.bytes_up, entry.users, entry.usage) == (2, 9, 5, 1, Usage.CONNECTED)
    alone = row((blocked, match()))
    assert (alone.events, alone.blocked, alone.bytes_up, alone.users, alone.usage) == (0, 9, None, 1, None)
    assert alone.active_days == 0


def test_a_blocked_name_lends_no_role_to_another_that_was_let_through() -> None:
    blocked = (sighting(events=0, blocked=1), match(role="mcp"))
    assert row(blocked, (sighting(), match())).usage is Usage.CONNECTED


def test_unknown_bytes_stay_unknown_and_known_ones_are_a_lower_bound() -> None:
    assert row((sighting(), match())).bytes_up is None
    assert row((sighting(bytes_up=0), match())).bytes_up == 0
    assert row((sighting(), match())).active_days is None
    assert row((sighting(), match()), (sighting(bytes_up=7), match())).bytes_up == 7


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((match(),), "confirmed"),
        ((match(strength="weak"),), "unconfirmed"),
        ((match(strength="weak"), match()), "confirmed"),
        ((match(ambiguous=True),), "ambiguous"),
        ((match(strength="weak", ambiguous=True),), "ambiguous"),
    ],
)
def test_confidence(found: tuple[Match, ...], expected: str) -> None:
    entry = row((sighting(events=3), found))
    assert (entry.confidence, entry.events) == (expected, 3)


def test_an_ambiguous_name_gives_an_entry_for_each_claimant() -> None:
    made = fold((sighting(), (match("chat", ambiguous=True), match("api", ambiguous=True))))
    assert [(e.service_id, e.confidence) for e in rows(made)] == [("api", "ambiguous"), ("chat", "ambiguous")]


def test_shared_names_explain_nothing() -> None:
    assert rows(fold((sighting(), match(strength="shared")))) == ()


def test_weak_sightings_add_names_and_no_figures_to_a_confirmed_entry() -> None:
    weak = sighting(
        BEN, "docs.example", events=70, blocked=1, bytes_up=BULK_BYTES, days=((DAY, BULK_BYTES),), source="w"
    )
    made = fold((weak, match(strength="weak")), (sighting(events=2, origins=(Origin("a", 1),)), match()))
    (entry,) = rows(made)
    assert (entry.confidence, entry.events, entry.blocked, entry.users) == ("confirmed", 2, 0, 1)
    assert (entry.bytes_up, entry.usage, entry.sources) == (None, Usage.CONNECTED, ("proxy.log",))
    assert (entry.names, entry.evidence) == (("chat.example", "docs.example"), (Origin("a", 1),))
    assert [(note.kind, note.count, "71 events" in note.text) for note in made.notes("service")] == [
        ("weaker", 1, True)
    ]
    by_user = {e.actor: (e.confidence, e.events) for e in rows(made, "user")}
    assert by_user == {ANN: ("confirmed", 2), BEN: ("unconfirmed", 70)}
    assert made.notes("user") == ()


def test_a_strong_name_that_was_blocked_is_not_used_because_a_weak_one_was() -> None:
    entry = row((sighting(events=0, blocked=2), match()), (sighting(name="docs.example"), match(strength="weak")))
    assert (entry.confidence, entry.events, entry.blocked, entry.usage) == ("confirmed", 0, 2, None)


def test_devices_count_an_address_only_where_no_device_is_known() -> None:
    actors = (Actor("a", "pc1", "10.0.0.1"), Actor(None, None, "10.0.0.1"), Actor(None, None, "10.0.0.9"), Actor("a"))
    entry = row(*((sighting(actor), match()) for actor in actors))
    assert (entry.users, entry.devices) == (1, 2)


def test_names_and_evidence_keep_the_first_and_the_rest_is_said() -> None:
    seen = [(sighting(name=f"n{i}.example", origins=(Origin("a", i),)), match()) for i in range(NAMES_KEPT + 2)]
    exactly, over = fold(*seen[:NAMES_KEPT]), fold(*seen)
    assert exactly.notes("service") == ()
    assert [(note.kind, note.count) for note in over.notes("user")] == [("cut", 1)]
    (entry,) = rows(over)
    assert entry.names == tuple(f"n{i}.example" for i in range(NAMES_KEPT))
    assert entry.evidence == tuple(Origin("a", i) for i in range(5))


def test_evidence_is_the_first_in_input_order_over_all_actors_and_said_once() -> None:
    pairs = [
        (sighting(actor, origins=(Origin("a", n), Origin("a", n))), match()) for n, actor in enumerate((ANN, BEN) * 4)
    ]
    assert row(*pairs).evidence == tuple(Origin("a", n) for n in range(5))


def test_the_order_is_verdict_then_confidence_then_users_and_events() -> None:
    rules = (Rule(1, Verdict.SANCTIONED, (Word("api", 1),)), Rule(2, Verdict.PROHIBITED, (Word("code", 2),)))
    made = fold((sighting(events=99), match("api")), (sighting(), match("chat")), (sighting(), match("code")))
    assert [entry.service_id for entry in rows(made, policy=Policy("p", rules))] == ["code", "chat", "api"]
    made = fold(
        (sighting(events=9), match("chat", "weak")), (sighting(), match("code")), (sighting(events=2), match("api"))
    )
    assert [entry.service_id for entry in rows(made)] == ["api", "code", "chat"]
    made = fold((sighting(events=9), match("api")), (sighting(), match("code")), (sighting(BEN), match("code")))
    assert [entry.service_id for entry in rows(made)] == ["code", "api"]


def test_the_verdict_comes_with_its_reason_and_owner() -> None:
    policy = Policy("p", (Rule(1, Verdict.TOLERATED, (Word("chat", 1),), owner="it", reason="pilot"),))
    (entry,) = rows(fold((sighting(), match())), policy=policy)
    assert (entry.verdict, entry.verdict_reason, entry.verdict_owner) == (Verdict.TOLERATED, "pilot", "it")


_actors = st.sampled_from([ANN, BEN, Actor(None, None, "10.0.0.1"), Actor()])
_optional = st.none() | st.integers(0, 2 * BULK_BYTES)
_sightings = st.builds(
    Sighting,
    actor=_actors,
    name=st.builds(Name, st.just("domain"), st.sampled_from([f"n{i}.example" for i in range(60)])),
    channel=st.sampled_from(["proxy", "dns"]),
    events=st.integers(0, 3),
    blocked=st.integers(0, 3),
    bytes_up=_optional,
    bytes_down=_optional,
    first_seen=st.none() | st.integers(0, 9),
    last_seen=st.none() | st.integers(0, 9),
    days=st.lists(st.tuples(st.integers(1, 3), st.integers(0, BULK_BYTES)), max_size=2).map(tuple),
    origins=st.lists(st.builds(Origin, st.just("a"), st.integers(1, 20)), max_size=3).map(tuple),
    source=st.sampled_from(["", "a", "b"]),
    facts=st.frozensets(st.sampled_from(["post", "sdk", "agent"])),
)
_matches = st.lists(
    st.builds(
        match,
        st.sampled_from(list(CATALOG)),
        st.sampled_from(["strong", "weak", "shared"]),
        st.sampled_from(["ui", "api", "mcp"]),
        st.booleans(),
    ),
    max_size=3,
).map(tuple)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(_sightings, _matches), max_size=25), st.randoms(use_true_random=False))
def test_however_the_input_is_cut_the_entries_are_the_same(
    pairs: list[tuple[Sighting, tuple[Match, ...]]], rng: random.Random
) -> None:
    whole = Inventory()
    parts = [Inventory()]
    for seen, found in pairs:
        whole.add(seen, found)
        if rng.random() < 0.4:
            parts.append(Inventory())
        parts[-1].add(seen, found)
    while len(parts) > 1:  # merge neighbours in any grouping
        at = rng.randrange(len(parts) - 1)
        following = pickle.loads(pickle.dumps(parts.pop(at + 1)))
        parts[at].merge(following)
    for by in ("service", "user"):
        assert rows(parts[0], by) == rows(whole, by)
        assert parts[0].notes(by) == whole.notes(by)


def test_permissions_are_sorted_and_bounded() -> None:
    many = tuple(f"s{n:03}" for n in range(SCOPES_KEPT + 5))
    made = fold((sighting(scopes=many[100:][::-1]), match()), (sighting(BEN, scopes=many[:150]), match()))
    (entry,) = rows(made)
    assert entry.scopes == many[:SCOPES_KEPT]
    assert [note.text for note in made.notes("service")] == [
        "rows with more than 200 permissions list the first 200 only"
    ]
    (asked,) = rows(fold((sighting(events=0, blocked=1, scopes=("Mail.Read",)), match())))
    assert asked.scopes == ()


def test_merging_leaves_the_other_as_it_was() -> None:
    first, second = fold((sighting(days=((DAY, 1),)), match())), fold((sighting(BEN, days=((DAY, 2),)), match()))
    before = rows(second)
    target = Inventory()
    target.merge(second)
    target.merge(first)
    target.add(sighting(BEN, days=((DAY, 9),)), (match(),))
    assert rows(second) == before


def test_every_verdict_has_a_place_in_the_order() -> None:
    assert set(SEVERITY) == set(Verdict)


def test_the_page_has_the_thresholds_and_limits(root: Path) -> None:
    page = (root / "docs" / "inventory.md").read_text(encoding="utf-8")
    assert f"or {INTERACTIVE_BYTES:,} bytes up" in page and f"| {BULK_BYTES:,} bytes up" in page
    assert f"at most {SCOPES_KEPT};" in page
    assert f"at most {NAMES_KEPT} |" in page and f"the first {EVIDENCE_KEPT} places" in page
    assert all(f"`{name}`" in page for name in inventory.API_CATEGORIES)
    assert ", ".join(verdict.value for verdict in SEVERITY) in page.replace("\n", " ")


def test_the_facts_of_what_counts_are_those_of_the_row() -> None:
    made = fold((sighting(facts=frozenset({"post", "agent"})), match()), (sighting(BEN, events=0, blocked=1), match()))
    assert rows(made)[0].facts == ("agent", "post")
    assert [entry.facts for entry in rows(made, "user")] == [("agent", "post"), ()]


def test_departments_are_those_of_who_is_counted_as_far_as_they_are_known() -> None:
    known = {ANN.user: "Sales", BEN.user: "Finance"}
    made = fold((sighting(), match()), (sighting(BEN), match()), (sighting(Actor("eve")), match()))

    def departments(by: By) -> list[tuple[str, ...]]:
        found = made.entries(
            by,
            lookup=CATALOG.__getitem__,
            policy=Policy.empty(),
            today=TODAY,
            department=lambda user: known.get(user, ""),
        )
        return [entry.departments for entry in found]

    assert departments("service") == [("Finance", "Sales")]
    assert sorted(departments("user")) == [(), ("Finance",), ("Sales",)]
    assert rows(made)[0].departments == ()


@pytest.mark.parametrize("user", ["system", "nt authority\\local service", "s-1-5-20", "root"])
def test_an_account_of_every_machine_is_nobody(user: str) -> None:
    seen = [sighting(Actor(user, f"pc{n}", "10.0.0.9")) for n in range(3)] + [sighting(Actor(user, None, "10.0.0.1"))]
    made = fold(*[(one, match()) for one in (*seen, sighting(Actor("jo", "pc1", None)))])
    (whole,) = rows(made)
    assert (whole.users, whole.devices) == (1, 4)
    people = made.entries("user", lookup=CATALOG.__getitem__, policy=Policy.empty(), today=TODAY, persons=True)
    assert {entry.actor for entry in people} == {*(one.actor for one in seen), Actor("jo")}


def test_an_account_of_every_machine_is_somebody_where_the_machine_is_not_known() -> None:
    assert row((sighting(Actor("system")), match())).users == 1
    assert row((sighting(Actor("corp\\root", "pc1")), match())).users == 1


def test_a_policy_judges_accounts_of_machines_by_the_machine() -> None:
    limit = Conditions(max_upload=1_500)
    rules = Policy(rules=(Rule(1, Verdict.SANCTIONED, services=(Word("chat", 1),), conditions=limit),))
    for user, verdict in (("system", Verdict.SANCTIONED), ("jo", Verdict.UNSANCTIONED)):
        seen = [sighting(Actor(user, f"pc{n}"), bytes_up=1_000, days=((DAY, 1_000),)) for n in range(2)]
        assert rows(fold(*[(one, match()) for one in seen]), policy=rules)[0].verdict is verdict
