"""Records add up to sightings: blocked apart from use, unknown apart from zero, evidence in input order."""

from __future__ import annotations

import random

import pytest

from shadowai.catalog import Catalog
from shadowai.inventory import Counter, Inventory
from shadowai.model import Actor, Match, Name, Origin, Record, Sighting
from shadowai.names import Names
from shadowai.sightings import DAY, Fold, Sum, Way, in_window, matches_of, sighting

HOUR = DAY // 24


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(Catalog.load())


def _record(line: int = 1, **fields: object) -> Record:
    values: dict[str, object] = {
        "kind": "http_request",
        "host": "chatgpt.com",
        "user": "jdoe",
        "time": 20_000 * DAY,
        **fields,
    }
    return Record("a.log", line, "squid_native", **values)  # type: ignore[arg-type]


class _Kept(Inventory):
    """An inventory that keeps the sightings whose sums it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Sighting] = []
        self.open = 0

    def counter(self, way: Way) -> Counter:
        assert way.matches
        self.open += 1
        counter = super().counter(way)
        kept = self

        class Keeping(Counter):
            def __init__(self) -> None:
                pass

            def count(self, actor: Actor, found: Sum) -> None:
                kept.found.append(sighting(actor, way, found))
                counter.count(actor, found)

            def close(self) -> None:
                kept.open -= 1
                counter.close()

        return Keeping()


def _folded(names: Names, *records: Record) -> list[Sighting]:
    inventory = _Kept()
    fold = Fold(inventory, names)
    for record in records:
        fold.add(record, matches_of(record, names))
    fold.flush()
    fold.flush()
    assert inventory.open == 0
    return inventory.found


def test_what_a_counter_counts_is_what_its_sightings_would_be(names: Names) -> None:
    """Of several actors, blocked and not, on several days, and of a host that is only watched."""
    draw = random.Random(7)
    records = [
        _record(
            line,
            host=draw.choice(("chatgpt.com", "api.openai.com", "claude.ai", "assistant-ai.example")),
            user=draw.choice(("jdoe", "asmith", None)),
            client_ip=draw.choice(("192.0.2.1", None)),
            blocked=draw.random() < 0.3,
            time=draw.choice((None, (20_000 + draw.randrange(4)) * DAY + line)),
            bytes_up=draw.choice((None, draw.randrange(100_000))),
            method=draw.choice(("GET", "POST")),
        )
        for line in range(1, 400)
    ]
    kept, inventory = _Kept(), Inventory()
    fold = Fold(kept, names)
    explained = [(record, found) for record in records if (found := matches_of(record, names))]
    for record, found in explained:
        fold.add(record, found)
    fold.flush()
    matches = {found[0].name: found for _, found in explained}
    for one in kept.found:
        inventory.add(one, matches[one.name])
    assert set(inventory._services) == {"openai-chatgpt", "openai-api", "anthropic-claude"}
    assert kept._services == inventory._services
    assert kept._watched == inventory._watched


def test_records_of_one_actor_and_name_are_one_sighting(names: Names) -> None:
    (one,) = _folded(
        names, _record(3, bytes_up=5, time=20_000 * DAY + HOUR), _record(9, bytes_down=7), _record(11, time=None)
    )
    assert (one.events, one.bytes_up, one.bytes_down) == (3, 5, 7)
    assert (one.first_seen, one.last_seen) == (20_000 * DAY, 20_000 * DAY + HOUR)
    assert one.days == ((20_000, 5),)
    assert one.origins == (Origin("a.log", 3), Origin("a.log", 9), Origin("a.log", 11))


def test_sums_of_parts_of_a_file_add_up_to_that_of_the_file() -> None:
    rows: list[tuple[int, int | None, bool, int | None, int | None, str]] = [
        (1, 5 * DAY, False, 10, None, "post"),
        (2, 4 * DAY, True, 99, 99, ""),
        (3, None, False, None, 7, ""),
        (4, 6 * DAY + 1, False, 30, 40, "sdk"),
        (5, 5 * DAY + 2, False, 1, 2, ""),
    ]

    def summed(part: list[tuple[int, int | None, bool, int | None, int | None, str]]) -> Sum:
        found = Sum()
        for line, time, blocked, up, down, fact in part:
            found.add("a.log", line, time, blocked, up, down)
            found.facts |= {fact} - {""}
        return found

    whole = summed(rows)
    assert (whole.events, whole.blocked, whole.bytes_up, whole.bytes_down) == (4, 1, 41, 49)
    assert (whole.first_seen, whole.last_seen, whole.days) == (4 * DAY, 6 * DAY + 1, {5: 11, 6: 30})
    for cut in range(len(rows) + 1):
        for first, second in ((rows[:cut], rows[cut:]), (rows[cut:], rows[:cut])):
            both = summed(first)
            both.take(summed(second))
            assert both == whole, cut


def test_what_was_blocked_is_no_use(names: Names) -> None:
    (one,) = _folded(names, _record(blocked=True, bytes_up=900, method="POST", user_agent="OpenAI/Python 1.0"))
    assert (one.events, one.blocked, one.bytes_up, one.days, one.facts) == (0, 1, None, (), frozenset())
    assert one.first_seen == 20_000 * DAY


def test_facts_come_from_the_manner_of_use(names: Names) -> None:
    (one,) = _folded(names, _record(method="POST"), _record(user_agent="claude-cli/2.1.329 (external, sdk-cli)"))
    assert one.facts == {"post", "sdk", "agent"}


@pytest.mark.parametrize(
    ("kind", "channel"),
    [("dns_query", "dns"), ("connection", "firewall"), ("http_request", "proxy"), (None, "network")],
)
def test_the_kind_of_record_is_the_channel(names: Names, kind: str | None, channel: str) -> None:
    assert [one.channel for one in _folded(names, _record(kind=kind))] == [channel]


def test_actors_services_and_channels_stay_apart(names: Names) -> None:
    records = (
        _record(),
        _record(user="ann"),
        _record(host="claude.ai"),
        _record(kind="dns_query"),
        _record(client_ip="10.0.0.1"),
    )
    assert len(_folded(names, *records)) == 5


def test_only_the_first_five_places_are_kept(names: Names) -> None:
    (one,) = _folded(names, *(_record(line) for line in range(1, 100)))
    assert [origin.position for origin in one.origins] == [1, 2, 3, 4, 5]


def test_a_record_without_host_is_explained_by_a_dedicated_address_only(names: Names) -> None:
    assert not matches_of(_record(host=None, server_ip="203.0.113.9"), names)
    assert not matches_of(_record(host="mail.example.com", server_ip="160.79.104.10"), names)
    assert {match.signature for match in matches_of(_record(host=None, server_ip="160.79.104.10"), names)} == {
        "anthropic-api"
    }


def test_windows_include_their_ends_and_records_without_time() -> None:
    assert in_window(_record(time=5), 5, 5)
    assert not in_window(_record(time=4), 5, None)
    assert not in_window(_record(time=6), None, 5)
    assert in_window(_record(time=None), 5, 5)


def _captured(**fields: object) -> Record:
    values: dict[str, object] = {"kind": "tls_sni", "host": "chatgpt.com", "client_ip": "192.0.2.7", **fields}
    return Record("a.pcap", 7, "pcap", unit="frame", **values)  # type: ignore[arg-type]


def test_what_was_inferred_is_never_sure(names: Names) -> None:
    (sure,), (inferred,) = (matches_of(_captured(inferred=flag), names) for flag in (False, True))
    assert (sure.strength, inferred.strength) == ("strong", "weak")
    (published,) = matches_of(_captured(host=None, server_ip="160.79.104.10", inferred=True), names)
    assert (published.signature, published.strength) == ("anthropic-api", "weak")


def test_beside_a_name_in_a_capture_the_address_says_nothing(names: Names) -> None:
    for host in ("evil\\064chatgpt.com", "shop.example"):
        assert matches_of(_captured(host=host, server_ip="160.79.104.10"), names) == ()


def test_a_proof_makes_a_service_of_any_host(names: Names) -> None:
    (match,) = matches_of(_captured(kind="http_host", host="10.1.2.3", proof="ollama"), names)
    assert (match.signature, match.strength, match.name.value) == ("ollama", "strong", "10.1.2.3")
    assert matches_of(_captured(host="10.1.2.3", proof="no-such-service"), names) == ()


def test_a_proof_makes_a_weak_match_strong_and_leaves_a_strong_one(names: Names) -> None:
    assert [match.signature for match in matches_of(_captured(proof="unknown-llm-server"), names)] == ["openai-chatgpt"]
    weak = next(
        host for host, found in _weak_hosts(names) if found and all(match.strength == "weak" for match in found)
    )
    strong = matches_of(_captured(host=weak, proof="unknown-llm-server"), names)
    assert strong and {match.strength for match in strong} == {"strong"}


def _weak_hosts(names: Names) -> list[tuple[str, tuple[Match, ...]]]:
    hosts = [
        indicator.value
        for signature in Catalog.load().signatures.values()
        for indicator in signature.indicators
        if indicator.strength == "weak" and indicator.kind == "host" and indicator.match in ("exact", "suffix")
    ]
    return [(host, matches_of(_captured(host=host), names)) for host in hosts]


def test_a_proof_on_a_host_that_many_share_is_not_lost(names: Names) -> None:
    shared = Match("openai-chatgpt", "ChatGPT", Name("domain", "shared.example"), "shared")

    class Sharing(Names):
        def matches(self, found: object, url: str | None) -> tuple[Match, ...]:
            return (shared,)

    found = matches_of(_captured(proof="ollama"), Sharing(Catalog.load()))
    assert [(match.signature, match.strength) for match in found] == [
        ("ollama", "strong"),
        ("openai-chatgpt", "shared"),
    ]


def test_frames_and_facts_of_a_capture(names: Names) -> None:
    (one,) = _folded(names, _captured(facts=frozenset({"key"}), bytes_up=900, payload_up=300, time=20_000 * DAY))
    assert [str(origin) for origin in one.origins] == ["a.pcap#7"] and one.facts == {"key"}
    assert one.bytes_up == 900 and one.days == ((20_000, 300),)


@pytest.mark.parametrize(
    ("kind", "channel"),
    [("mdns_query", "dns"), ("llmnr_query", "dns"), ("quic_sni", "network"), ("http_host", "network")],
)
def test_kinds_of_captures_have_channels(names: Names, kind: str, channel: str) -> None:
    assert [one.channel for one in _folded(names, _captured(kind=kind))] == [channel]
