"""The shortcuts never say anything else than the reference: names found early, and texts that decide a record."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from shadowai import normalize
from shadowai.names import authority
from shadowai.sources.framing import Block
from shadowai.sources.logs import formats
from shadowai.sources.logs.description import LogFormat
from shadowai.sources.logs.quick import ACTOR, MANNER, Finder, dimensions, keys_of, names_of
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.tokens import Tokens
from shadowai.sources.timestamps import Clock
from tests.formats import expected

SHORT = [fmt for fmt in formats().values() if fmt.name_in]


def _lines(fmt: LogFormat) -> list[str]:
    return [
        line
        for sample in expected.samples(fmt.name)
        for line in sample.read_text("utf-8", errors="replace").split("\n")
    ]


def _block(lines: list[str]) -> Block:
    return Block(range(1, len(lines) + 1), lines, 0, "\n".join(lines))


def _names(find: Finder, lines: list[str]) -> Sequence[str | None] | None:
    named = find(_block(lines))
    return None if named is None else named.names


def test_there_is_a_shortcut_for_the_most_common_proxy() -> None:
    assert "squid_native" in {fmt.name for fmt in SHORT}


@pytest.mark.parametrize("fmt", SHORT, ids=lambda fmt: fmt.name)
def test_a_name_found_early_is_the_name_of_the_record(fmt: LogFormat) -> None:
    """Over the samples and thousands of damaged lines: where the pattern finds a name, the reader finds a record with it."""
    assert fmt.name_in.startswith("^") and fmt.name_in.endswith("$")
    rng = random.Random(fmt.name)
    reader, find = FormatReader(fmt, Clock()), names_of(FormatReader(fmt, Clock()))
    assert find is not None
    found = 0
    for line in _lines(fmt) * 60:
        damaged = list(line)
        for _ in range(rng.randrange(3)):
            if damaged:
                damaged[rng.randrange(len(damaged))] = rng.choice(' /:@"[]?#-._%0aA\t')
        text = "".join(damaged)
        named = find(_block([text]))
        name = named.names[0] if named is not None else None
        if name is None:
            continue
        found += 1
        tokens = reader.tokens(text)
        assert isinstance(tokens, (list, dict)), text
        first = next(reader.candidates(tokens))
        assert normalize.host(authority(first)) == normalize.host(name), text
    assert found > 50


@pytest.mark.parametrize("fmt", SHORT, ids=lambda fmt: fmt.name)
def test_a_name_pattern_never_reaches_over_a_line_break(fmt: LogFormat) -> None:
    pattern = re.compile(fmt.name_in, re.MULTILINE)
    lines = [line for line in _lines(fmt) if pattern.match(line)]
    assert lines
    for line in lines:
        for place in range(len(line)):
            assert not any("\n" in found.group() for found in pattern.finditer(f"{line[:place]}\n{line[place:]}"))


def test_a_block_with_one_odd_line_still_gives_the_other_names() -> None:
    fmt = formats()["squid_native"]
    good = "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT {}:443 jdoe HIER_DIRECT/203.0.113.9 -"
    find = names_of(FormatReader(fmt, Clock()))
    assert find is not None
    lines = [good.format("a.example"), "junk", good.format("b.example")]
    assert _names(find, lines) == ["a.example", None, "b.example"]
    assert _names(find, lines[::2]) == ["a.example", "b.example"]


def test_tables_are_sure_only_of_rows_of_the_headers_width() -> None:
    reader = FormatReader(formats()["generic_csv"], Clock())
    find = names_of(reader)
    assert find is not None
    assert _names(find, ["user,host", "a,x.example"]) is None, "the header is not known yet"
    reader.tokens("user,host")
    assert _names(find, ["a,x.example", "b", 'c,"y.example"']) == ["x.example", None, "y.example"]
    assert _names(find, ["a,x.example", "host,user", "y.example,b"]) is None, "a second table begins"


def test_tables_are_not_sure_near_an_open_quote() -> None:
    reader = FormatReader(formats()["generic_csv"], Clock())
    find = names_of(reader)
    assert find is not None
    reader.tokens("user,host")
    assert _names(find, ['"a', 'b",x.example']) is None, "a row over two lines"
    assert _names(find, ['"a,x.example']) is None
    assert _names(find, ["b,x.example"]) is None, "may still be within the quote of the block before"
    assert _names(find, ["b,x.example"] * 70) is None
    assert _names(find, ["b,x.example"]) == ["x.example"]


@pytest.mark.parametrize("name", sorted(formats()))
def test_equal_dimensions_are_equal_records(name: str) -> None:
    """Records of one sample with the same dimensions differ in nothing that decides where they are counted."""
    fmt = formats()[name]
    reader = FormatReader(fmt, Clock(modified=expected.MODIFIED))
    actors: dict[object, set[object]] = {}
    manners: dict[object, set[object]] = {}
    for line in _lines(fmt):
        tokens = reader.tokens(line)
        if not isinstance(tokens, (list, dict)):
            continue
        record = reader.record("x", 1, tokens)
        actor, manner = dimensions(reader, ACTOR)(tokens), dimensions(reader, MANNER, conditions=True)(tokens)
        actors.setdefault(actor, set()).add((record.user, record.device, record.client_ip))
        manners.setdefault(manner, set()).add(
            (record.method, record.user_agent, record.blocked, record.counted, record.kind)
        )
        assert reader.actor(tokens) == (record.user, record.device, record.client_ip)
        assert reader.amounts(tokens) == (record.time, record.bytes_up, record.bytes_down)
    assert all(len(values) == 1 for values in (*actors.values(), *manners.values()))


@pytest.mark.parametrize("name", sorted(formats()))
def test_many_records_at_once_say_what_each_says(name: str) -> None:
    """Names, times and sizes; and records of one key are records of the same dimensions."""
    fmt = formats()[name]
    many, single = (
        FormatReader(fmt, Clock(modified=expected.MODIFIED)),
        FormatReader(fmt, Clock(modified=expected.MODIFIED)),
    )
    groups: dict[int, list[Tokens]] = {}
    for line in _lines(fmt):
        tokens = many.tokens(line)
        single.tokens(line)
        if isinstance(tokens, (list, dict)):
            groups.setdefault(many.tokenizer.version, []).append(tokens)
    rows = groups.get(many.tokenizer.version, [])
    for some in (rows, rows[:1], rows[1:]):
        assert many.first_candidates(some) == [single.first_candidate(tokens) for tokens in some]
        assert many.amounts_of(some) == [single.amounts(tokens) for tokens in some]
    assert many.clock.assumed == single.clock.assumed
    told: dict[object, set[object]] = {}
    for key, tokens in zip(keys_of(many, (*ACTOR, *MANNER))(rows), rows, strict=True):
        told.setdefault(key, set()).add(dimensions(single, (*ACTOR, *MANNER), conditions=True)(tokens))
    assert all(len(values) == 1 for values in told.values())


def test_keys_of_objects_tell_numbers_from_words() -> None:
    fmt = formats()["zeek_http_json"]
    reader = FormatReader(fmt, Clock())
    base = {"uid": "Cabcdef1", "ts": 1.5, "trans_depth": 1, "request_body_len": 0}
    methods: list[object] = [1, True, 1.0, "1", "true", None, [1], {"a": 1}, "", 0, False]
    rows: list[Tokens] = [
        {**base, "method": method, "id": other} for method in methods for other in (1, {"orig_h": "10.0.0.7"})
    ]
    rows += [base, {**base, "id.orig_h": None, "id": {"orig_h": "10.0.0.7"}}, {**base, "id": '{"orig_h": "10.0.0.8"}'}]
    reader.tokens("{}")
    for some in (rows, *([row] for row in rows)):
        keys = keys_of(reader, (*ACTOR, *MANNER))(some)
        told = [dimensions(reader, (*ACTOR, *MANNER), conditions=True)(row) for row in some]
        assert all(a == b for k, a in zip(keys, told, strict=True) for n, b in zip(keys, told, strict=True) if k == n)
    plain = [row for row in rows if isinstance(row, dict) and row.get("method") in ("1", "true", "", None)]
    assert len(set(keys_of(reader, MANNER)([row for row in plain if row.get("method") is not True]))) >= 4


def test_a_table_with_a_stray_quote_is_left_to_the_reference() -> None:
    reader = FormatReader(formats()["generic_csv"], Clock())
    find = names_of(reader)
    assert find is not None
    reader.tokens("user,host")
    assert _names(find, ['a"b,x.example', 'c"d,y.example']) is None, (
        "each may be the beginning of a record over two lines"
    )


def test_hosts_of_urls_are_few() -> None:
    reader = FormatReader(formats()["generic_csv"], Clock())
    find = names_of(reader)
    assert find is not None
    reader.tokens("user,url")
    lines = ["a,x.example/1", "b,x.example/2", "c,https://x.example/3", "d,x.example:8443/4"]
    assert _names(find, lines) == ["x.example", "x.example", "https://x.example/3", "x.example:8443"]


def test_formats_without_shortcut_have_none() -> None:
    fmt = replace(formats()["squid_native"], name_in="")
    assert names_of(FormatReader(fmt, Clock())) is None
