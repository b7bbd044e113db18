"""Objects and pairs of no known product: folded where all their names are known, and read as the reference reads them where one is not."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from shadowai import fold_answers
from shadowai.catalog import Catalog
from shadowai.sources.logs import bulk, flat_names
from shadowai.sources.logs.aliases import FLAT
from tests.fast.test_pairs import folded, same

FLAT_ONE: dict[str, Any] = {
    "timestamp": "2026-01-05T08:00:01Z", "userName": "jdoe", "src_ip": "10.0.0.5", "dest_host": "chatgpt.com", "status": 200,
    "url": "https://chatgpt.com/c/1", "action": "allowed", "bytes_sent": 4000, "bytes_received": 90, "x": None, "tags": ["a", "b"],
}  # fmt: skip
NESTED: dict[str, Any] = {
    "when": {"time": "2026-01-05T08:00:01Z"}, "client": {"addr": "10.0.0.5", "name": "pc17"}, "http": {"host": "chatgpt.com"},
    "login": "jdoe", "status": "ok", "sizes": {"sent": 4000, "received": 90}, "agent": {"hostname": "sensor1"}, "seen": [{"by": "x"}],
}  # fmt: skip
HOSTS = ("chatgpt.com", "www.example.com", "claude.ai")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def _lines(one: dict[str, Any], count: int = 20) -> list[str]:
    text = json.dumps(one)
    return [
        text.replace("chatgpt.com", HOSTS[place % 3]).replace("08:00:01", f"08:00:{place:02}") for place in range(count)
    ]


@pytest.mark.parametrize("one", [FLAT_ONE, NESTED], ids=["flat", "nested"])
def test_objects_are_folded_once_their_names_are_known(
    one: dict[str, Any], catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = _lines(one)
    same(lines, "generic_json", catalog, monkeypatch)
    assert folded(lines, "generic_json", catalog, monkeypatch) == len(lines) - 1


def _with(**more: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda one: one | more


OTHERS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], bool]] = {
    "a name that says nothing": (_with(zone="dmz"), False),
    "a name that says nothing, without a value": (_with(zone=None), True),
    "a name that says something": (_with(sni="claude.ai"), False),
    "an object without names": (_with(inner={}), True),
    "a value that was an object": (_with(http="chatgpt.com"), False),
    "an object that was a value": (_with(login={"name": "jane"}), False),
    "what a log's writer says of itself": (_with(agent={"hostname": "sensor2"}), True),
    "no value": (_with(login=None), True),
    "the first of a list": (_with(login=[None, {"a": 1}, "jane", "jim"]), True),
    "a list within a list": (_with(login=[["jane"]]), False),
    "a list without a value": (_with(login=[{"a": "jane"}, None]), True),
    "a dotted name": (lambda one: {k: v for k, v in one.items() if k != "http"} | {"http.host": "claude.ai"}, True),
    "a name and its like": (_with(Login="jane"), False),
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_line_with_other_names(other: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between lines of known names; twice, where it has to be read the first time."""
    change, at_once = OTHERS[other]
    lines = _lines(NESTED, 9)
    lines[4] = json.dumps(change(NESTED))
    same(lines, "generic_json", catalog, monkeypatch)
    assert folded(lines, "generic_json", catalog, monkeypatch) == 8 - (not at_once)
    same([*lines, *lines], "generic_json", catalog, monkeypatch, 64)


def test_names_that_say_nothing_are_learnt_without_another_fold(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, fold_of = [0], bulk.fold_of

    def counted(*args: Any) -> Any:
        made[0] += 1
        return fold_of(*args)

    monkeypatch.setattr(bulk, "fold_of", counted)
    lines = [json.dumps(FLAT_ONE | {f"note{place % 7}": place}) for place in range(9000)]
    assert folded(lines, "generic_json", catalog, monkeypatch) > 5000
    assert made[0] <= 1


def test_of_two_values_of_a_name_the_first_counts(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """``name`` of neither of two objects, but of the one that stands first; in whatever order they stand."""
    one = {"date": "2026-01-05T08:00:01Z", "a": {"sni": "chatgpt.com", "login": "jdoe"}, "b": {"sni": "claude.ai"}}
    other = {"date": "2026-01-05T08:00:02Z", "b": {"sni": "claude.ai"}, "a": {"sni": "chatgpt.com", "login": "jane"}}
    lines = [json.dumps(one)] * 5 + [json.dumps(other)] * 5
    same(lines, "generic_json", catalog, monkeypatch)
    assert folded(lines, "generic_json", catalog, monkeypatch) == 4


def _deep(value: Any) -> str:
    one: Any = {"dest_host": value}
    for step in ("f", "e", "d", "c", "b", "a", "z"):
        one = {step: one}
    return json.dumps(one | {"date": "2026-01-05T08:00:01Z", "login": "jdoe"})


def test_a_value_where_an_object_was_that_is_not_gone_into(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [_deep({"x": 1})] * 4 + [_deep("chatgpt.com")] * 3 + [_deep({"x": 1}), _deep("claude.ai")]
    same(lines, "generic_json", catalog, monkeypatch)
    assert (
        folded(lines, "generic_json", catalog, monkeypatch) == 5
    )  # all but the first, and three with a value where none was


@pytest.mark.parametrize(
    "before", ["{}", '{"domain": null}', '{"domain": {"value": "www.example.com"}}', '{"login": "jdoe"}']
)
@pytest.mark.parametrize("value", ['"claude.ai"', '["claude.ai"]', "[null]", "null", "5", '{"value": "claude.ai"}'])
def test_a_value_where_an_object_was(
    value: str, before: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = '{"domain": {"value": "chatgpt.com"}, "login": "jdoe"}'
    same(
        [first, before, f'{{"domain": {value}}}', before, f'{{"domain": {value}}}'],
        "generic_json",
        catalog,
        monkeypatch,
    )


SAID_TWICE = (
    '"http": {"host": "claude.ai"}, "http": {"status": 1}',
    '"http": {"host": "claude.ai"}, "http": null',
    '"http": {"status": 1}, "http": {"host": "claude.ai"}',
    '"http": {"host": "claude.ai", "host": "www.example.com"}',
    '"http": {"host": "claude.ai"}, "http.host": "www.example.com"',
    '"http": {"in": {"sni": "claude.ai"}, "in": {"sni": null}}',
    '"http": {"in": {"sni": "claude.ai"}}, "http.in": {"sni": "www.example.com"}',
    '"http": "claude.ai", "http": {"host": "www.example.com"}',
)


@pytest.mark.parametrize("twice", SAID_TWICE)
def test_what_is_said_twice(twice: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an object, too, the last counts."""
    plain = '{"date": "2026-01-05T08:00:01Z", "login": "jdoe", "http": {"host": "chatgpt.com", "status": 1, "in": {"sni": "claude.ai"}}}'
    odd = f'{{"date": "2026-01-05T08:00:02Z", "login": "jane", {twice}}}'
    once = odd.replace(twice, '"http": {"host": "claude.ai"}')
    lines = [plain, odd, once] * 4  # what is answered of a line that is said twice holds for no other
    same(lines, "generic_json", catalog, monkeypatch)
    assert folded(lines, "generic_json", catalog, monkeypatch) == 7


@pytest.mark.parametrize("most", [1, 4, 9])
def test_more_names_than_are_kept(most: int, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flat_names, "_MOST_LEAVES", most)
    same(_lines(FLAT_ONE), "generic_json", catalog, monkeypatch)


def test_names_of_log_analytics_are_left_to_the_reference(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """What its columns mean depends on those beside them."""
    lines = _lines({"TimeGenerated": "2026-01-05T08:00:01Z", "URL_s": "https://chatgpt.com/", "UserName_s": "jdoe"})
    same(lines, "generic_json", catalog, monkeypatch)
    assert folded(lines, "generic_json", catalog, monkeypatch) == 0


VALUES: tuple[Any, ...] = (
    "chatgpt.com", "www.example.com", "https://claude.ai/c?x", "192.0.2.7", "10.0.0.5", "jdoe", "EXAMPLE\\jdoe", "j@example.com", "", "-",
    "2026-01-05T08:00:01Z", 1767600001, 4000, "blocked", "allowed", "GET", None, True, 1.5, "é.example.com", [], ["claude.ai"],
    [None, {}, "pc1"], [{"name": "x"}], {}, {"value": "10.9.8.7"}, 'say "x"',
)  # fmt: skip
OBJECTS = ("http", "event", "source", "client", "agent", "host", "dns", "data", "user")


@pytest.mark.parametrize("seed", range(60))
def test_any_objects(seed: int, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    names = [chance.choice(FLAT[chance.choice(sorted(FLAT))]) for _ in range(chance.randint(2, 8))]
    paths = [(chance.choice(OBJECTS), name) if chance.random() < 0.4 else (name,) for name in names]
    lines = []
    for _ in range(chance.randint(5, 40)):
        one: dict[str, Any] = {}
        for outer, *inner in chance.sample(paths, len(paths)) if chance.random() < 0.2 else paths:
            if chance.random() < 0.1:
                continue
            if not inner:
                one[outer] = chance.choice(VALUES)
            elif isinstance(one.setdefault(outer, {}), dict):
                one[outer][inner[0]] = chance.choice(VALUES)
        text = json.dumps(one, ensure_ascii=chance.random() < 0.5)
        lines.append(text if chance.random() < 0.95 else text[:-1] + chance.choice((",}", "", ',"user":"x"}', "}}")))
    same(lines, "generic_json", catalog, monkeypatch, chance.choice((64, 1 << 20)))


PAIRS = {
    "generic_kv": (
        'time=2026-01-05T08:00:{n:02}Z user="jdoe" src_ip=10.0.0.5 dst_ip=192.0.2.{n} dest_host={host} action=allowed bytes_sent=40 x="a b"'
    ),
    "generic_kv_comma": "time=2026-01-05T08:00:{n:02}Z,user=jdoe,src_ip=10.0.0.5,dest_host={host},action=allowed,bytes_sent=40,x=a b",
    "generic_kv_parted": "time=2026-01-05T08:00:{n:02}Z; user=jdoe; src_ip=10.0.0.5; dest_host={host}; action=allowed; bytes_sent=4; x=y",
    "generic_kv_colon": (
        "Time: 2026-01-05T08:00:{n:02}Z, User Name: jdoe, Source IP: 10.0.0.5, Destination Host: {host}, Action: allowed, Bytes Sent: 4"
    ),
}  # fmt: skip


def _pairs(name: str, count: int = 20) -> list[str]:
    return [PAIRS[name].format(n=n, host=HOSTS[n % 3]) for n in range(count)]


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_are_folded_once_their_keys_are_known(
    name: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = _pairs(name)
    same(lines, name, catalog, monkeypatch)
    assert folded(lines, name, catalog, monkeypatch) == len(lines) - 1


ODD_PAIRS = (
    "", "x", "{", "[", "lease=1", "dhcp", "DHCPACK", "user=jane", "User=jane", "zone=dmz", "url=https://claude.ai/", "src_ip=10.0.0.9]",
    "action=blocked;", "user='jane'", 'user="ja\\"ne"', "user=j\u00e4ne", "dest_host=", "9user=jane", "user", "=", "user==x", "\t", ",,",
)  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("odd", ODD_PAIRS)
def test_odd_pairs(odd: str, name: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """In front, in the middle and behind; twice, once its keys are known."""
    mark = {"generic_kv": " ", "generic_kv_comma": ",", "generic_kv_parted": "; "}.get(name, ", ")
    pair = odd.replace("=", ": ") if name == "generic_kv_colon" else odd
    lines = _pairs(name, 6)
    parts = lines[3].split(mark)
    lines += [mark.join([*parts[:at], pair, *parts[at:]]) for at in range(len(parts) + 1)]
    same([*lines, *lines], name, catalog, monkeypatch, 256)


def test_an_address_where_a_name_may_stand_is_no_name(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked about each of the addresses of a host."""
    asked, name = [0], fold_answers.FoldAnswers.name

    def counted(self: fold_answers.FoldAnswers, number: int, line: bytes, place: int) -> int:
        asked[0] += 1
        return name(self, number, line, place)

    monkeypatch.setattr(fold_answers.FoldAnswers, "name", counted)
    table = [
        "time,user,dst_ip,dest_host",
        *[f"2026-01-05T08:00:01Z,jdoe,192.0.2.{n},www.example.com" for n in range(50)],
    ]
    same([*table, "2026-01-05T08:00:01Z,jdoe,claude.ai,www.example.com"], "generic_csv", catalog, monkeypatch)
    assert asked[0] <= 1
