"""The fold: what is counted, on what ground, and that the cut of the input makes no difference."""

from __future__ import annotations

import hashlib
import pickle
import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.inventory import By, Inventory, asset_id
from shadowai.inventory_rows import API_CATEGORIES, BULK_BYTES, INTERACTIVE_BYTES
from shadowai.inventory_tally import EVIDENCE_KEPT, NAMES_KEPT, SCOPES_KEPT
from shadowai.model import SEVERITY, Actor, Entry, Match, Name, Origin, Sighting, Signature, Strength, Usage, Verdict
from shadowai.policy import Policy, Word
from shadowai.policy.rules import Rule

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


def test_rows_that_are_alike_stand_in_the_order_of_their_actors() -> None:
    bare = Actor("ann", None, "10.0.0.9")
    made = fold((sighting(BEN), match()), (sighting(ANN), match()), (sighting(bare), match()))
    assert [entry.actor for entry in rows(made, "user")] == [bare, ANN, BEN]


def test_the_kind_of_account_is_a_fact_of_what_was_let_through() -> None:
    private = replace(match(), account="personal")
    assert row((sighting(), private)).accounts == ("personal",)
    assert row((sighting(), match())).facts == ()
    assert row((sighting(events=0, blocked=1), private)).accounts == ()


WATCHED = Match("?chat.acme.ai", "", Name("domain", "chat.acme.ai"), "shared")
HIDING = Match("?!vpn", "", Name("domain", "nordvpn.com"), "shared")


def test_hosts_that_are_only_watched_are_candidates_or_notes_and_no_rows() -> None:
    shape = replace(WATCHED, role="api_path:openai")
    made = fold(
        (sighting(name="chat.acme.ai", events=2), WATCHED),
        (sighting(BEN, "chat.acme.ai", bytes_up=7), shape),
        (sighting(name="nordvpn.com", events=4), HIDING),
    )
    assert rows(made) == ()
    (candidate,) = made.candidates()
    assert (candidate.name, candidate.users, candidate.events, candidate.bytes_up) == ("chat.acme.ai", 2, 3, 7)
    assert candidate.evidence == ("ai_host", "api_path:openai")
    assert [(note.kind, note.count) for note in made.notes("service")] == [("vpn", 4)]
    known = made.identified(lambda actor, first, last: Actor("ann"))
    assert rows(known) == () and [(one.users, one.events) for one in known.candidates()] == [(1, 3)]
    assert known.notes("service") == made.notes("service")


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
        if rng.random() < 0.5:
            parts[at].merge(following)
        else:
            parts[at].take(following)
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


def test_what_is_used_up_is_taken_over_as_merging_would_count_it() -> None:
    parts = [fold((sighting(days=((day, 1),)), match()), (sighting(BEN), match())) for day in (DAY, DAY + 1, DAY)]
    merged, taken = Inventory(), Inventory()
    for part in parts:
        merged.merge(part)
    for part in parts:
        taken.take(part)
    assert [rows(taken, by) for by in ("service", "user")] == [rows(merged, by) for by in ("service", "user")]


def test_every_verdict_has_a_place_in_the_order() -> None:
    assert set(SEVERITY) == set(Verdict)


def test_the_page_has_the_thresholds_and_limits(root: Path) -> None:
    page = (root / "docs" / "inventory.md").read_text(encoding="utf-8")
    assert f"or {INTERACTIVE_BYTES:,} bytes up" in page and f"| {BULK_BYTES:,} bytes up" in page
    assert f"at most {SCOPES_KEPT};" in page
    assert f"at most {NAMES_KEPT} |" in page and f"the first {EVIDENCE_KEPT} places" in page
    assert all(f"`{name}`" in page for name in API_CATEGORIES)
    assert ", ".join(verdict.value for verdict in SEVERITY) in page.replace("\n", " ")


def test_the_facts_of_what_counts_are_those_of_the_row() -> None:
    made = fold((sighting(facts=frozenset({"post", "agent"})), match()), (sighting(BEN, events=0, blocked=1), match()))
    assert rows(made)[0].facts == ("agent", "post")
    assert [entry.facts for entry in rows(made, "user")] == [("agent", "post"), ()]


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
