"""What looks like AI and is in no catalogue: evidence, the bar it has to pass, and what is held of it."""

from __future__ import annotations

import io
import random
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai import candidates, inputs, pipeline
from shadowai.ai_domains_apart import DOMAINS
from shadowai.candidates import GRAMS, MARK, Known, Room
from shadowai.catalog import Catalog
from shadowai.fast import PURE
from shadowai.inventory import Inventory
from shadowai.model import Actor, Candidate, Match, Name, Origin, Sighting
from shadowai.names import Names
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile
from shadowai.wire import ai_protocols
from tests.conftest import ROOT

SHAPED = (ai_protocols._OPENAI_PATH, ai_protocols._GEMINI_PATH, *(shape for _, shape in ai_protocols._SHAPES))
LABEL = st.text("abgilmnoptcx-", min_size=1, max_size=8).filter(lambda text: text.strip("-") == text)
HOST = st.builds(
    lambda labels, top: ".".join((*labels, top)),
    st.lists(LABEL, min_size=1, max_size=3),
    st.sampled_from(("ai", "com")),
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.mark.parametrize(
    ("host", "evidence"),
    [
        ("my-gpt.example", ("name",)),
        ("askgpt.example", ("name",)),
        ("llm.corp.example", ("name",)),
        ("ai.corp.example", ("name",)),
        ("ai-tools.example", ("name",)),
        ("mcp.crm.example", ("name",)),
        ("chat.acme.ai", ("ai_host",)),
        ("chat.acme-gpt.ai", ("name", "ai_host")),
        ("acme.ai", ()),
        ("app.ai", ()),
        ("www.thai.example", ()),
        ("www.airline.example", ()),
        ("pullman.example", ()),
        ("tecnicopiloto.example", ()),
        ("cdn.mcp.example", ()),
        ("api.wknd.ai", ()),
        ("10.0.0.1", ()),
        ("2001:db8::a1", ()),
    ],
)
def test_what_a_name_says(host: str, evidence: tuple[str, ...]) -> None:
    assert candidates.evidence_of_name(host) == evidence


@given(HOST)
def test_the_cheap_test_refuses_no_watched_host(host: str) -> None:
    """The compiled fold asks about names that hold a gram, and about no others."""
    text = f".{host}.".replace("-", ".").encode()
    apart = ".".join(host.rsplit(".", 2)[-2:]) in DOMAINS
    watched = bool(candidates.evidence_of_name(host)) or (host.endswith(".ai") and not apart)
    assert candidates.is_watched(host) is (host in Known(())) is watched
    if watched:
        assert any(text[at : at + 3] in GRAMS for at in range(1, len(text) - 2))


@pytest.mark.parametrize("shape", SHAPED, ids=str)
@given(data=st.data())
def test_every_path_of_a_shape_holds_a_word_that_is_looked_for(shape: re.Pattern[bytes], data: st.DataObject) -> None:
    path = data.draw(st.from_regex(shape, fullmatch=True))
    assert any(word in path for word in candidates.SHAPES)


def test_hosts_set_apart_and_their_hosts_are_not_watched() -> None:
    assert DOMAINS and not any(candidates.is_watched(name) or candidates.is_watched(f"api.{name}") for name in DOMAINS)
    assert candidates.is_watched("notwknd.ai")


def test_three_letters_of_a_watched_host_are_not_enough() -> None:
    for host in ("film.example.com", "film-archive.example", "mosaic.example", "mail.ai.example.org"):
        assert candidates.is_watched(host) is bool(candidates.evidence_of_name(host)), host
    assert not candidates.is_watched("film.example.com") and candidates.is_watched("acme.ai")


def test_ids_that_are_no_candidate_s_have_no_host() -> None:
    hosts = [candidates.host_of(key) for key in (f"{MARK}chat.acme.ai", f"{MARK}!vpn", "openai-chatgpt", "", MARK)]
    assert hosts == ["chat.acme.ai", None, None, None, ""]


def test_only_what_another_part_had_no_room_for_is_let_go() -> None:
    small, large = Room(2), Room(100)
    keys = [f"{MARK}host{number}" for number in range(6)]
    for key in keys:
        large.grow(key, 1)
        if small.admits(key):
            small.grow(key, 1)
    left = [key for key in keys if small.admits(key)]
    assert len(left) == 2
    assert sorted(large.lower(small)) == sorted(set(keys) - set(left))
    assert large.lower(small) == large.lower(Room(9)) == [] and all(map(large.admits, left))
    empty = Room(9)
    assert empty.lower(small) == [] and empty.full


@pytest.mark.parametrize(
    ("evidence", "score", "level"),
    [
        (("ai_host", "name"), 2, "name"),
        (("ai_host", "app_name", "name"), 3, "name"),
        (("api_path:openai",), 3, "name"),
        (("api_path:openai", "api_path:mcp"), 3, "name"),
        (("event_stream", "name"), 3, "unconfirmed"),
        (("api_path:openai", "name"), 4, "unconfirmed"),
        (("app_name", "content_scopes"), 3, "unconfirmed"),
        (("ai_client", "api_path:mcp"), 6, "likely"),
        (("clear_key", "event_stream"), 5, "likely"),
        (("nonsense", "name"), 1, "name"),
        ((), 0, "name"),
    ],
)
def test_two_classes_are_needed_and_one_that_is_no_name(evidence: tuple[str, ...], score: int, level: str) -> None:
    found = candidates.scored(Candidate("h.example", evidence))
    assert (found.score, found.level) == (score, level)


def test_no_names_alone_ever_pass() -> None:
    assert candidates.scored(Candidate("h", tuple(candidates.OF_NAMES))).level == "name"


def test_the_surest_stand_first_then_the_new_then_those_of_many() -> None:
    one = Candidate("a", (), level="unconfirmed", users=1, bytes_up=5)
    order = [
        replace(one, name="likely", level="likely"),
        replace(one, name="new", new=True),
        replace(one, name="many", users=9),
        replace(one, name="much", bytes_up=9),
        one,
        replace(one, name="by name", level="name", users=99),
    ]
    shuffled = random.Random(1).sample(order, len(order))
    assert list(candidates.ranked(shuffled)) == order
    assert (
        len(candidates.ranked([replace(one, name=str(n)) for n in range(candidates.LISTED + 9)])) == candidates.LISTED
    )


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 3)), max_size=60), st.randoms(), st.integers(0, 60))
def test_what_has_room_does_not_depend_on_order_or_cuts(
    cells: list[tuple[int, int]], rng: random.Random, cut: int
) -> None:
    def held(*parts: list[tuple[int, int]]) -> dict[str, int]:
        rooms = []
        for part in parts:
            room, kept = Room(12), dict[str, int]()
            for number, more in part:
                _grow(room, kept, f"{MARK}{number}", more)
            rooms.append((room, kept))
        first, kept = rooms[0]
        for room, more_kept in rooms[1:]:
            for gone in first.lower(room):
                del kept[gone]
            for key, more in more_kept.items():
                _grow(first, kept, key, more)
        return kept

    shuffled = cells.copy()
    rng.shuffle(shuffled)
    assert held(cells) == held(shuffled) == held(cells[:cut], cells[cut:])
    assert sum(held(cells).values()) <= 12


def _grow(room: Room, kept: dict[str, int], key: str, more: int) -> None:
    if room.admits(key):
        kept[key] = kept.get(key, 0) + more
        for gone in room.grow(key, more):
            del kept[gone]


def test_memory_is_bounded_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    inventory = Inventory()
    inventory._room.most = 10
    for number in range(50):
        _see(inventory, f"chat.a{number}.ai")
    assert len(inventory.candidates()) == 5  # a host that one person met takes two places
    (note,) = inventory.notes("service")
    assert note.kind == "candidates_limit" and "5" in note.text


def _see(inventory: Inventory, host: str, role: str = "", user: str = "ann") -> None:
    match = Match(MARK + host, "", Name("domain", host), "shared", role, role)
    inventory.add(Sighting(Actor(user), match.name, "proxy", 1, origins=(Origin("a.log", 1),)), (match,))


def test_parts_merge_to_the_whole_and_no_row_comes_of_it() -> None:
    whole, one, other = Inventory(), Inventory(), Inventory()
    for inventory in (whole, one):
        _see(inventory, "llm.acme.example", "api_path:openai")
    for inventory in (whole, other):
        _see(inventory, "llm.acme.example", user="bob")
        _see(inventory, "chat.acme.ai")
    one.merge(other)
    assert one.candidates() == whole.candidates()
    assert [(one.name, one.users, one.level) for one in whole.candidates()] == [
        ("llm.acme.example", 2, "unconfirmed"),
        ("chat.acme.ai", 1, "name"),
    ]
    assert whole.entries("service", lookup=_never, policy=_never, today=_never) == ()  # type: ignore[arg-type]


def _never(*anything: object) -> None:
    raise AssertionError(anything)


def test_persons_are_counted_once_and_places_move() -> None:
    inventory = Inventory()
    _see(inventory, "llm.acme.example", user="ann")
    _see(inventory, "llm.acme.example", user="ANN@x")
    inventory.move(4)
    (found,) = inventory.identified(lambda *who: Actor("ann")).candidates()
    assert (found.users, found.events, found.origins) == (1, 2, (Origin("a.log", 5),))


HOSTS = (
    *("chatgpt.com", "llm.acme.example", "chat.acme.ai", "acme.ai", "cdn.wknd.ai", "www.shop.example", "dns.google"),
    *("us1.nordvpn.com", "my-gpt.example", "api.business.githubcopilot.com", "intranet.example", "[2001:db8::1]"),
)
PATHS = ("/", "/v1/chat/completions", "/v1/messages?beta=1", "/backend-anon/me", "/mcp", "/pricing#x", "")
AGENTS = ("-", "OpenAI/Python 2.54.0", "Mozilla/5.0", "claude-cli/2.1.329 (external, sdk-cli)")


def _lines(rng: random.Random, count: int) -> bytes:
    lines = []
    for number in range(count):
        host, path = rng.choice(HOSTS), rng.choice(PATHS)
        target = rng.choice((f"CONNECT {host}:443", f"GET http://{host}{path}", f"POST https://{host}{path}"))
        status, size = rng.choice(("200", "403", "407")), rng.choice(("-", "17", "40000"))
        lines.append(
            f"10.0.0.{rng.randrange(4)} - {rng.choice(('-', 'ann', 'bob'))} [05/Jan/2026:08:{number % 60:02}:00 +0000] "
            f'"{target} HTTP/1.1" {status} {size} "-" "{rng.choice(AGENTS)}" TCP_MISS:HIER_DIRECT'
        )
    return "\n".join(lines).encode()


@pytest.mark.parametrize("pure", [False, True])
def test_scan_is_the_fold_of_read(pure: bool, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    if pure:
        monkeypatch.setenv(PURE, "1")
    data = _lines(random.Random(7), 1500)
    read, log = Inventory(), _log(data)
    explained = pipeline.fold((log.record(row) for row in log.rows()), Names(catalog), read)
    for size in (1 << 20, 700):
        scanned, log = Inventory(), _log(data, size)
        inputs.scan_log(log, Names(catalog), scanned)
        assert scanned.candidates() == read.candidates() and scanned.notes("user") == read.notes("user")
        assert log.summary().ai == explained
    found = {one.name: one.evidence for one in read.candidates()}
    assert found["llm.acme.example"] == ("ai_client", "api_path:anthropic", "api_path:mcp", "api_path:openai", "name")
    assert set(found) == {"llm.acme.example", "chat.acme.ai", "my-gpt.example", "acme.ai"}
    assert {note.kind for note in read.notes("user")} >= {"encrypted_dns", "vpn"}


def test_a_path_in_escapes_is_read_as_the_reference_reads_it(catalog: Catalog) -> None:
    sample = (ROOT / "samples/example-company/remote/gateway-http.json").read_bytes().splitlines()
    host = re.search(rb"https://([a-z0-9.-]+)/", b"\n".join(sample))
    assert host is not None
    lines = [line for line in sample if host[0] in line]
    for path in (rb"\/v1\/chat\/completions", rb"\u002fv1/messages", b"/v1/models", b"/plain", rb"/m\u0063p"):
        lines += [re.sub(rb"https://[a-z0-9.-]+/[^\"]*", lambda _, to=path: b"https://llm.acme.example" + to, lines[0])]  # type: ignore[misc]
    data = b"\n".join(line.replace(host[1], b"llm.acme.example") for line in lines)
    read, log = Inventory(), _log(data)
    pipeline.fold((log.record(row) for row in log.rows()), Names(catalog), read)
    scanned = Inventory()
    inputs.scan_log(_log(data), Names(catalog), scanned)
    (one,) = read.candidates()
    assert scanned.candidates() == (one,)
    assert {"api_path:openai", "api_path:anthropic", "api_path:mcp"} <= set(one.evidence)


def _log(data: bytes, size: int = 1 << 20) -> LogFile:
    return LogFile(Content("x.log", io.BytesIO(data)), formats(), block_size=size)
