"""Lines and objects come out the same however the text arrives, with the numbers an editor shows."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.errors import SourceError
from shadowai.sources import framing
from shadowai.sources.replay import Replay

NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='ab"\\{}[],:\n\t\u2028é😀', max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='ab"\\{[', max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECTS = st.lists(
    st.dictionaries(st.text(alphabet='xy"\\}', min_size=1, max_size=5), NESTED, max_size=4), min_size=1, max_size=5
)


def framed(text: str | bytes, size: int = framing.BLOCK, *, as_json: bool = True) -> list[tuple[int, str]]:
    """Number and text of every line or object; numbers of those left out come as ``(number, "overlong")``."""
    raw = text.encode() if isinstance(text, str) else text
    found: list[tuple[int, str]] = []
    for block in framing.blocks(cast(BinaryIO, io.BytesIO(raw)), as_json=as_json, size=size):
        assert len(block.numbers) == len(block.lines)
        found += zip(block.numbers, block.lines, strict=True)
        found += [(number, "overlong") for number in block.overlong]
    return found


def objects(text: str, size: int = framing.BLOCK) -> list[Any]:
    return [json.loads(found) for _, found in framed(text, size)]


SHAPES: dict[str, Callable[[list[Any]], str]] = {
    "lines": lambda values: "\n".join(json.dumps(value) for value in values),
    "list": json.dumps,
    "list, one a line": lambda values: "[\n" + ",\n".join(json.dumps(value) for value in values) + "\n]\n",
    "pretty list": lambda values: json.dumps(values, indent=2, ensure_ascii=False),
    "pretty, one behind the other": lambda values: "\n".join(json.dumps(value, indent=1) for value in values),
    "one behind the other": lambda values: "".join(json.dumps(value, ensure_ascii=False) for value in values),
    "text sequence": lambda values: "".join(f"\x1e{json.dumps(value)}\n" for value in values),
}


@settings(deadline=None, max_examples=40)
@given(OBJECTS, st.sampled_from(sorted(SHAPES)))
def test_objects_are_the_same_at_every_size_of_piece(values: list[Any], shape: str) -> None:
    text = SHAPES[shape](values)
    whole = framed(text)
    if not any(envelope in text for envelope in framing.ENVELOPES):
        assert [json.loads(found) for _, found in whole] == values
    for size in range(1, 300, 7):
        assert framed(text, size) == whole, size


@settings(deadline=None, max_examples=60)
@given(OBJECTS, st.sampled_from(framing.ENVELOPES), st.integers(1, 300))
def test_the_records_of_an_envelope_are_its_elements(values: list[Any], key: str, size: int) -> None:
    values = [{"n": number} | value for number, value in enumerate(values)]
    for indent in (None, 2):
        text = json.dumps({"@odata.context": "x", "count": 3, key: values, "nextLink": "y"}, indent=indent)
        assert objects(text, size) == values
        assert objects(f"{text}\n{text}", size) == values * 2


@settings(deadline=None)
@given(st.text(alphabet='{}[]",:\\ab \n\x00é', max_size=80))
def test_text_that_only_looks_like_json_is_the_same_at_every_size_of_piece(text: str) -> None:
    whole = framed(text)
    for size in (1, 2, 3, 5, 8, 13, 50):
        assert framed(text, size) == whole, size


def test_every_size_from_1_to_300() -> None:
    text = (
        json.dumps({"records": [{"a": 'b"}{', "n": [{"z": "é€😀\\"}]}, {"c": None}]}, indent=1, ensure_ascii=False)
        + '\n{"d":1}\nplain [x]\n[{"e":2}]'
    )
    whole = framed(text)
    assert [number for number, _ in whole][-3:] == [16, 17, 18]
    for size in range(1, 301):
        assert framed(text, size) == whole, size


@pytest.mark.parametrize("size", range(1, 9))
def test_a_line_break_is_one_wherever_the_pieces_are_cut(size: int) -> None:
    """CR and LF in two pieces, with NULs between them, or within a character."""
    raw = b'{"a":"\xc3\0\xa9",\r\n\0"b"\r\0\n:1}\r\r\n{"c":2}\r\nplain\r'
    assert framed(raw, size) == framed(raw)
    assert framed(raw, size)[0] == (1, '{"a":"\u00e9", "b" :1}')


def test_objects_have_the_number_of_the_line_they_begin_in() -> None:
    assert framed('[\n\n{"a":1},\n {\n"b":2}]\n{"c":3}') == [(3, '{"a":1}'), (4, '{ "b":2}'), (6, '{"c":3}')]


@pytest.mark.parametrize("size", [1, 40, 1 << 20])
def test_batches_of_a_cloudwatch_subscription_are_their_events(size: int) -> None:
    events = [{"id": "1", "timestamp": 1767600000000, "message": "a {b"}, {"id": "2", "timestamp": 1, "message": "c"}]
    head = {
        "messageType": "DATA_MESSAGE",
        "owner": "1",
        "logGroup": "/g",
        "logStream": "s" * 300,
        "subscriptionFilters": ["x"],
    }
    batch = json.dumps({**head, "logEvents": events})
    assert framing.needs_json_framing(batch, whole=True)
    found = framed(batch + batch + "\n" + batch, size)  # Firehose puts nothing between them
    assert [json.loads(text) for _, text in found] == events * 3


@pytest.mark.parametrize("size", [1, 5, 1 << 20])
def test_what_is_no_object_stays_as_it_stands(size: int) -> None:
    """Only a reader that is lenient can say what its line breaks mean."""
    broken = '{"a": "two\nlines", "b":\n1}'
    assert framed(f'[{broken},\n{{"b":\n1}}]', size) == [(1, broken), (4, '{"b": 1}')]
    assert framed('{"a":\n[1}}', size) == [(1, '{"a":\n[1}}')]


def test_broken_objects_are_tried_a_few_times_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the decoder says of one takes as long as all that stands before it."""
    tried, end = [0], framing._end_of_object

    def counted(text: str, at: int) -> int:
        tried[0] += 1
        return end(text, at)

    monkeypatch.setattr(framing, "_end_of_object", counted)
    sound = [f'{{"a":{number}}}' for number in range(500)]
    framer = framing.JsonFramer()
    for _ in range(3):
        framer.feed("[" + "{x}," * 500 + ",".join(sound) + "]")
    assert tried[0] == 3 * framing._MOST_BROKEN
    text = "[" + "{x}," * 500 + ",".join(sound) + "]"
    assert [record for _, record in framed(text, 64)] == ["{x}"] * 500 + sound


def test_an_empty_list_or_envelope_holds_nothing() -> None:
    assert framed("[]") == framed("[ \n ]\n") == framed("") == []


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_an_object_left_open_is_given_for_the_reader_to_count(size: int) -> None:
    assert framed('[{"a":1},{"b":', size) == [(1, '{"a":1}'), (1, '{"b":')]
    assert framed('{"a":1}\n{"b":"x', size) == [(1, '{"a":1}'), (2, '{"b":"x')]


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_text_between_objects_is_given_for_the_reader_to_count(size: int) -> None:
    text = '[\n{"a":1}\n]\nJun  3 plain line\n\n another\n{"b":2}\ntail'
    assert framed(text, size) == [
        (2, '{"a":1}'),
        (4, "Jun  3 plain line"),
        (6, " another"),
        (7, '{"b":2}'),
        (8, "tail"),
    ]


class Failing(io.RawIOBase):
    """Gives its text in pieces, then fails as a corrupt file does."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__()
        self._pieces = list(pieces)

    def read(self, size: int = -1) -> bytes:
        if not self._pieces:
            raise SourceError("corrupt")
        return self._pieces.pop(0)


@pytest.mark.parametrize("as_json", [True, False])
def test_what_came_before_an_error_is_given_first(as_json: bool) -> None:
    lines: list[str] = []
    with pytest.raises(SourceError):
        for block in framing.blocks(cast(BinaryIO, Failing(b'{"a":1}\n', b'{"b":2}\n{"c"', b":3}")), as_json=as_json):
            lines += block.lines
    assert lines == ['{"a":1}', '{"b":2}', '{"c":3}']


def naive(raw: bytes) -> list[tuple[int, str]]:
    """What lines are, in the fewest words."""
    raw = raw.replace(b"\0", b"").replace(b"\r\n", b"\n")
    *lines, last = raw.split(b"\n")
    last = last.rstrip(b"\r")
    return list(enumerate(map(_text, [*lines, last] if last else lines), 1))


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


LINES = st.lists(
    st.sampled_from(
        [b"a", b"\n", b"\r\n", b"\r", b"\xe9", "é".encode(), "😀".encode(), b"\0", b"bc d", b"\x1b", b"\xf0\x9f"]
    ),
    max_size=40,
).map(b"".join)


@settings(deadline=None, max_examples=300)
@given(LINES, st.integers(1, 300))
def test_lines_are_those_of_a_naive_split_at_every_size_of_block(raw: bytes, size: int) -> None:
    found = framed(raw, size, as_json=False)
    assert [pair for pair in found if pair[1]] == [pair for pair in naive(raw) if pair[1]]
    assert [number for number, _ in found] == list(range(1, len(found) + 1))


def test_a_line_that_is_no_utf_8_is_latin_1_and_its_neighbours_are_not() -> None:
    assert framed("Jürgen\n".encode("latin-1") + "Jürgen €\n".encode(), as_json=False) == [
        (1, "Jürgen"),
        (2, "Jürgen €"),
    ]


@settings(deadline=None, max_examples=100)
@given(LINES)
def test_a_line_by_itself_is_what_it_is_among_others(raw: bytes) -> None:
    end = raw.find(b"\n") if b"\n" in raw else len(raw)
    bare = end - 1 if raw[:end].endswith(b"\r") else end
    assert framing.decode_line(raw, 0, bare) == framing.decode(raw[:end] + b"\n")[:-1]


def test_a_run_of_nuls_is_dropped() -> None:
    assert framed(b"a\n" + bytes(5000) + b"b\n" + bytes(5000), 64, as_json=False)[:2] == [(1, "a"), (2, "b")]


@pytest.mark.parametrize("size", [1 << 10, 1 << 16, 1 << 20])
def test_a_line_of_a_megabyte_is_a_line(size: int) -> None:
    long = "x" * (1 << 20)
    assert framed(f"a\n{long}\nb", size, as_json=False) == [(1, "a"), (2, long), (3, "b")]


@pytest.mark.parametrize("end", [b"\nafter\n", b""])
def test_a_line_beyond_the_limit_is_left_out_and_counted(end: bytes) -> None:
    found = framed(b"before\n" + b"x" * (framing.LONGEST + framing.BLOCK + 1) + end, as_json=False)
    assert [pair for pair in found if pair[1]] == [(1, "before"), *([(3, "after")] if end else []), (2, "overlong")]


def test_an_object_beyond_the_limit_is_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LONGEST", 5000)
    big = json.dumps({"a": "x" * 9000})
    found = framed(f'{{"n":1}}\n{big}\n{{"n":2}}\n', 1000)
    assert found[0] == (1, '{"n":1}') and found[-1] == (3, '{"n":2}')
    assert (2, "overlong") in found


@pytest.mark.parametrize(
    ("head", "whole", "json_framing"),
    [
        ('{"a":1}\n{"b":2}\n', True, False),
        ('{"a":1}', True, False),
        ('{"a":1}{"b":2}', True, True),
        ('{"a":1} {"b":2}\n{"c":3}\n', True, True),
        ('{"a":"}{"}\n{"b":2}', True, False),
        ('{"a":1},\n{"b":2},\n', True, False),
        ('{\n"a":1}\n', True, True),
        ('{"a":', False, True),
        ('[{"a":1}]', True, True),
        ("[\n  {", False, True),
        ("[]", True, True),
        ("[\n", False, False),
        ("[2024-06-03 10:00:00] GET chatgpt.com", True, False),
        ("[1, 2]", True, False),
        ('{"records":[{"a":1}]}', True, True),
        ('{"count":1,"value":[ {"a":1}]}\n', True, True),
        ('{"records":"x"}\n{}', True, False),
        ("plain", True, False),
        ("", True, False),
        ("\n\n[{", True, True),
    ],
)
def test_json_that_is_not_one_object_a_line_is_told(head: str, whole: bool, json_framing: bool) -> None:
    assert framing.needs_json_framing(head, whole=whole) is json_framing


@pytest.mark.parametrize("unit", ['"', "\\", "{", "[", '"\\', '{"a":', "x", "}", "a\n", '{"records":[{', '"\n'])
def test_hostile_text_is_framed_in_time(unit: str) -> None:
    text = unit * ((1 << 20) // len(unit))
    for as_json in (True, False):
        framed(text, 1 << 16, as_json=as_json)
    framing.needs_json_framing("{" + text, whole=True)
    framing.needs_json_framing(text, whole=False)


def test_a_string_of_many_megabytes_takes_no_memory_of_its_own() -> None:
    import tracemalloc

    raw = b'{"a":"' + b"x" * (8 << 20) + b'"}'
    tracemalloc.start()
    assert len(framed(raw)[0][1]) == len(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * len(raw)


def test_a_record_that_holds_a_list_is_no_envelope() -> None:
    record = '{"time":"2026-01-05T08:00:00Z","user":"jdoe","url":"https://chatgpt.com/","data":[{"a":1}]}'
    assert not framing.needs_json_framing(record + "\n", whole=True)
    assert framing.needs_json_framing('{"status":"success","count":1,"data":[{"a":1}]}', whole=True)
    assert not framing.needs_json_framing('{"kind":"a#b","id":"1","items":[{"a":1}]}\n', whole=True)
    assert not framing.needs_json_framing('{"user":"jdoe","data":{"items":[{"a":1}]}}\n', whole=True)
    assert not framing.needs_json_framing('{"data":{"user":"jdoe","items":[{"a":1}]}}\n', whole=True)
    assert not framing.needs_json_framing('{"id":1,"method":"x","params":{"events":[{"jsonrpc":1}]}}\n', whole=True)


@given(
    st.lists(
        st.sampled_from([b"a", b"b,c", b"", b"\r", b"\0", b"\xff", "é".encode(), b"\x85", b"\n", b"\r\n"]), max_size=12
    )
)
def test_lines_are_split_as_they_are_decoded(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    lines, text = framing.split(raw)
    assert lines == framing.decode(raw.replace(b"\0", b"").removesuffix(b"\r")).split("\n")
    assert text in ("", "\n".join(lines))
    assert framing.Block(range(1, len(lines) + 1), lines, 0, text).text == "\n".join(lines)


def test_what_stands_about_an_envelopes_list_is_no_record() -> None:
    rows = [{"a": {"b": 1}}, {"a": 2}]
    answers = (
        {"data": rows, "meta": {"pagination": {"cursor": "x"}}},
        {"Stats": {"time": 0.5}, "Schema": [{"Name": "a", "Type": "String"}], "Results": rows},
        {"Stats": {"use": {"cache": {"hits": {"a": 1}}}, "sets": [{"rows": 1}]}, "Schema": [], "Results": rows},
        {"reply": {"status": "SUCCESS", "remaining_quota": {"a": 1}, "results": {"data": rows}}},
        {"Browser History": rows},
        {"took": 1, "_shards": {"total": 1}, "hits": {"total": {"value": 2}, "max_score": None, "hits": rows}},
        {"kind": "admin#reports#activities", "etag": '"x"', "items": rows, "nextPageToken": "A:1"},
        {"data": {"items": rows}},
        {"code": 0, "data": {"total": 2, "items": rows, "page": 1}, "message": "ok"},
        {"jsonrpc": "2.0", "method": "addEvents", "params": {"events": rows}},
        {"id": "7", "jsonrpc": "2.0", "result": {"total": 2, "perPage": 30, "items": rows}},
        {
            "@timestamp": "2026-01-05T08:00:00.000Z",
            "@version": "1",
            "records": rows,
            "tags": ["hub"],
        },  # a batch within Logstash's event
    )
    for answer in answers:
        for text in (json.dumps(answer), json.dumps(answer, indent=2)):
            assert framing.needs_json_framing(text, whole=True)
            assert objects(text) == rows
            assert objects(text + "\n" + text, 7) == rows * 2


class _Failing(io.RawIOBase):
    """A stream of so many bytes of one line, which then fails."""

    def __init__(self, most: int) -> None:
        self._left = most

    def readinto1(self, room: memoryview) -> int:
        if not self._left:
            raise OSError(5, "Input/output error")
        got = min(self._left, len(room), 700)
        room[:got] = b"x" * got
        self._left -= got
        return got


@pytest.mark.parametrize("size", [1_000, 1_024, 2_047, 2_048, 3_000, 10_000])
def test_a_long_line_that_ends_in_an_error_is_read_up_to_it(size: int) -> None:
    """The error is kept until reading gets there, and holds on to nothing that has to grow meanwhile."""
    lines: list[str] = []
    with pytest.raises(OSError, match="Input/output"):
        for block in framing.blocks(cast(BinaryIO, Replay(cast(BinaryIO, _Failing(size)))), size=1_024):
            lines += block.lines
    assert lines == ["x" * size]
