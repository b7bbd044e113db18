"""Lines that are cut before it is known where they end, and what is remembered of those before: the answer is the reference's."""

from __future__ import annotations

import random

import pytest

from shadowai import fast
from shadowai.catalog import Catalog
from tests.fast.test_lines import _both as both
from tests.fast.test_lines import _scan as scan
from tests.fast.test_pairs import folded

HEADER = '"datetime","user","clientip","hostname","url","action","requestsize","responsesize"'
MEMBERS = {
    "ts": "1767600000.25",
    "uid": '"CHhAvVGS1DHFjwGM9"',
    "id.orig_h": '"10.0.0.7"',
    "id.orig_p": "51234",
    "id.resp_h": '"203.0.113.9"',
    "id.resp_p": "443",
    "trans_depth": "1",
    "method": '"POST"',
    "host": '"chatgpt.com"',
    "uri": '"/backend-api/conversation"',
    "request_body_len": "4000",
    "response_body_len": "90",
    "status_code": "200",
    "tags": "[]",
    "username": '"jo"',
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def _row(time: int, *changed: tuple[int, str]) -> str:
    cells = [
        f'"2026-01-05 10:00:{time % 60:02d}"', '"jo@example.com"', '"10.0.0.7"', '"chatgpt.com"',
        '"chatgpt.com/c"', '"Allowed"', '"400"', '"9"',
    ]  # fmt: skip
    for place, cell in changed:
        cells[place] = cell
    return ",".join(cells)


def _object(members: dict[str, str], comma: str = ",", colon: str = ":", around: str = "") -> str:
    return "{" + around + comma.join(f'"{key}"{colon}{value}' for key, value in members.items()) + around + "}"


def _among(odd: bytes, plain: bytes, head: bytes = b"") -> bytes:
    """An odd line first, between plain ones, and last, with no line break behind it."""
    return head + b"\n".join([odd, plain, plain, odd, odd, plain, odd])


ODD_OBJECTS = {
    "other order": _object(dict(reversed(MEMBERS.items()))),
    "one key fewer": _object({key: value for key, value in MEMBERS.items() if key != "id.orig_p"}),
    "no host": _object({key: value for key, value in MEMBERS.items() if key != "host"}),
    "one key more": _object({"_path": '"http"'} | MEMBERS),
    "spaces": _object(MEMBERS, ", ", ": ", " "),
    "tabs": _object(MEMBERS, ",\t", "\t:\t"),
    "a key said twice": _object(MEMBERS)[:-1] + ',"host":"example.com"}',
    "a key said twice at once": _object(MEMBERS).replace('"host"', '"host":"example.com","host"', 1),
    "an unknown key said twice": _object(MEMBERS)[:-1] + ',"a":1,"a":2}',
    "null": _object(MEMBERS | {"host": "null"}),
    "a number": _object(MEMBERS | {"host": "12"}),
    "true": _object(MEMBERS | {"method": "true"}),
    "an object": _object(MEMBERS | {"host": '{"a":"chatgpt.com"}'}),
    "a list": _object(MEMBERS | {"host": '["chatgpt.com"]'}),
    "a list of many": _object(MEMBERS | {"tags": '["HTTP::URI_SQLI", {"host": "claude.ai"}, [1, [2]], null]'}),
    "an escape": _object(MEMBERS | {"uri": '"\\/a\\"b"'}),
    "an escaped host": _object(MEMBERS | {"host": '"chatgpt\\u002ecom"'}),
    "half a character": _object(MEMBERS | {"username": '"\\ud83d"'}),
    "no number": _object(MEMBERS | {"trans_depth": "01"}),
    "a long number": _object(MEMBERS | {"request_body_len": "1" * 40}),
    "a number of many places": _object(MEMBERS | {"ts": "1767600000.1234567890123456789"}),
    "an exponent": _object(MEMBERS | {"request_body_len": "1e5"}),
    "a comma at the end": _object(MEMBERS)[:-1] + ",}",
    "no comma": _object(MEMBERS, " "),
    "no end": _object(MEMBERS)[:-1],
    "no closing quote": _object(MEMBERS)[:-2],
    "two in a line": _object(MEMBERS) * 2,
    "something behind": _object(MEMBERS) + " ;",
    "a blank behind": _object(MEMBERS) + " ",
    "something before": "x " + _object(MEMBERS),
    "a control byte": _object(MEMBERS | {"uri": '"/a\x01b"'}),
    "nothing in it": "{}",
    "a brace": "{",
    "nothing": "",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_OBJECTS)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_objects(name: str, ending: bytes, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    data = _among(ODD_OBJECTS[name].encode(), _object(MEMBERS).encode()).replace(b"\n", ending)
    both(data, catalog, monkeypatch)


@pytest.mark.parametrize("odd", [b"\0", b"\r", b"\r\r", b"\0\r", b"\xff", "é".encode(), b"\xe2\x80\xa8"])
@pytest.mark.parametrize("where", ["end", "value", "between"])
def test_odd_bytes_in_objects(odd: bytes, where: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = _object(MEMBERS).encode()
    line = {
        "end": plain + odd,
        "value": plain.replace(b'"jo"', b'"j' + odd + b'o"'),
        "between": plain.replace(b",", odd + b",", 1),
    }[where]
    both(_among(line, plain), catalog, monkeypatch)


def test_what_stood_between_values_before_is_not_taken_for_granted(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line differs from the one before in what is between the same two values."""
    chance = random.Random(1)
    lines = []
    for _ in range(600):
        members = {key: value for key, value in MEMBERS.items() if chance.random() > 0.03}
        keys = list(members)
        if chance.random() < 0.2:
            one, other = chance.randrange(len(keys)), chance.randrange(len(keys))
            keys[one], keys[other] = keys[other], keys[one]
        text = _object(
            {key: members[key] for key in keys}, chance.choice((",", ",", ", ")), chance.choice((":", ":", ": "))
        )
        if chance.random() < 0.1:
            at = chance.randrange(len(text))
            text = (
                text[:at] + chance.choice(('"', ",", "}", "{", ":", "\\", "0", " ")) + text[at + chance.randrange(2) :]
            )
        lines.append(text)
    both("\n".join(lines).encode(), catalog, monkeypatch)


@pytest.mark.parametrize(
    "name", ["other order", "one key fewer", "one key more", "spaces", "tabs", "an escape", "a list of many"]
)
def test_objects_that_differ_are_still_folded(name: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [ODD_OBJECTS[name], _object(MEMBERS), ODD_OBJECTS[name], _object(MEMBERS)]
    assert folded(lines, "zeek_http_json", catalog, monkeypatch) == len(lines)


def test_a_long_object(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a mebibyte a line is the reference's, wherever its end is found."""
    plain = _object(MEMBERS).encode()
    long = _object(MEMBERS | {"uri": '"/' + "a" * (1 << 20) + '"'}).encode()
    both(_among(long, plain), catalog, monkeypatch, size=1 << 22)


ODD_ROWS = {
    "no quotes": _row(1).replace('"', ""),
    "some quotes": _row(1, (1, "jo@example.com"), (6, "400")),
    "quotes of a quote": _row(1, (1, '"jo ""the"" smith"'), (4, '"chatgpt.com/?q=""a"",""b"""')),
    "a quote alone": _row(1, (1, 'jo "the" smith')),
    "text behind a quote": _row(1, (1, '"jo" smith')),
    "a comma in it": _row(1, (1, '"smith, jo"')),
    "empty": _row(1, (1, '""'), (2, "")),
    "a blank before": _row(1, (1, ' "jo"')),
    "a line break in it": _row(1, (1, '"jo\nsmith"')),
    "a row in it": _row(1, (1, f'"jo\n{_row(2)}\nsmith"')),
    "never closed": _row(1, (1, '"jo')),
    "a column more": _row(1) + ',"x"',
    "a column fewer": _row(1).rpartition(",")[0],
    "a comma at the end": _row(1) + ",",
    "another header": HEADER,
    "another header in another order": ",".join(reversed(HEADER.split(","))),
    "a tab in it": _row(1, (1, '"jo\tsmith"')),
    "a carriage return in it": _row(1, (1, '"jo\rsmith"')),
    "a zero in it": _row(1, (1, '"jo\0smith"')),
    "a zero at the end": _row(1) + "\0",
    "two carriage returns": _row(1) + "\r\r",
    "a long column": _row(1, (4, f'"chatgpt.com/{"a" * 140_000}"')),
    "long columns": _row(1, (4, f'"chatgpt.com/{"a" * 70_000}"'), (1, f'"{"b" * 70_000}"')),
    "a comment": "# " + _row(1),
    "nothing": "",
    "blanks": "   ",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_ROWS)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_rows(name: str, ending: bytes, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    data = _among(ODD_ROWS[name].encode(), _row(3).encode(), HEADER.encode() + b"\n")
    both(data.replace(b"\n", ending), catalog, monkeypatch)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_rows_between_other_delimiters(delimiter: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [HEADER, *(_row(each) for each in range(5)), _row(6, (1, "plain")), _row(7, (1, '"a, b; c|d"')), _row(8)]
    both("\n".join(lines).replace(",", delimiter).encode(), catalog, monkeypatch)


@pytest.mark.parametrize("size", range(1, 40))
def test_marks_at_every_place_of_what_is_looked_at_together(
    size: int, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quotes, commas and ends of lines around the edges of sixteen bytes."""
    names = ["u" * size, "u" * size + '""', '""' + "u" * size, "u" * size + ","]
    lines = [HEADER, *(_row(each, (1, f'"{name}"')) for each, name in enumerate(names)), _row(9, (1, "u" * size))]
    both("\n".join(lines).encode(), catalog, monkeypatch)


@pytest.mark.parametrize(
    "line",
    [
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        "176760000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        "17676000000123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        "1767600000:123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        "1767600000.123    -55 10.0.0.7 TCP_TUNNEL/200 -400 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        "1767600000.123    --5 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        "1767600000.123      - 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        "1767600000.123     5- 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL-200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/2O0 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        "1767600000.123     55 10.0.0.7 tcp_tunnel/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        f"1767600000.123 {'5' * 40} 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT -",
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9",
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 j[o HIER_DIRECT/203.0.113.9 -",
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 j\to HIER_DIRECT/203.0.113.9 -",
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 j\x7fo HIER_DIRECT/203.0.113.9 -",
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jö HIER_DIRECT/203.0.113.9 -",
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -\r",
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -\0",
        " 1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -",
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443  jo HIER_DIRECT/203.0.113.9 -",
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 - " + "x " * 700,
        "",
    ],
)  # fmt: skip
def test_columns_between_blanks(line: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found to be right of a line before makes nothing right that only looks like it."""
    plain = "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 -"
    both(_among(line.encode(), plain.encode(), plain.encode() + b"\n"), catalog, monkeypatch)


def test_texts_in_which_a_check_held_are_kept_until_they_are_too_many(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        f"1767600000.{each % 1000:03d} 55 10.0.0.7 TCP_{'ABCDEFGH'[each % 8] * (each % 7 + 1)}/200 4000 CONNECT "
        f"{'chatgpt.com' if each % 9 == 0 else 'example.com'}:443 jo HIER_DIRECT/203.0.113.9 -"
        for each in range(9000)
    ]
    lines[4500] = lines[4500].replace("/200", "-200")
    lines[8900] = lines[8900].replace("/200", "/2O0")
    data = "\n".join(lines).encode()
    both(data, catalog, monkeypatch)
    monkeypatch.delenv(fast.PURE, raising=False)
    assert sum(count for count, *_ in scan(data, catalog, 1 << 20)[1].unreadable.values()) == 2  # type: ignore[index]


def test_names_cut_out_of_a_column_are_remembered_by_its_text(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same text in a column gives the same piece, and texts that begin alike do not."""
    hosts = [
        "chatgpt.com",
        "chatgpt.com.example.org",
        "CHATGPT.com",
        "https://chatgpt.com/c",
        "HQ (chatgpt.com)",
        "",
        "-",
        "10.0.0.1",
        "a b",
    ]
    chance = random.Random(2)
    rows = [_row(each, (3, f'"{chance.choice(hosts)}"'), (4, f'"{chance.choice(hosts)}/x"')) for each in range(400)]
    both("\n".join([HEADER, *rows]).encode(), catalog, monkeypatch)


@pytest.mark.parametrize(
    "host",
    [
        "www.example.com",
        "www.example.com.",
        "www.example/le.com.",
        "www.example.com:443",
        "https://www.example.com/",
        "//",
    ],
)
def test_a_column_of_names_is_sure_of_names_alone(host: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with a path behind it is none in such a column, and the line has no name then."""
    rows = [f'"2026-01-05 10:00:00","jo","{one}","1"' for one in ("www.example.org", host, host)]
    lines = ['"when","who","Query","Count"', *rows]
    both("\n".join(lines).encode(), catalog, monkeypatch)


def test_the_same_bytes_are_other_text_in_a_line_that_is_no_utf_8(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line is decoded for itself: what was told of a host or a user in one is not told of the same bytes in the other."""
    names = ("https://ポ.example.com/", "https://ü.example.com/", "chatgpt.com", "chatgpt.com/ä")
    users = ("jürgen", "山田", "jo")
    chance = random.Random(3)
    lines = ["time,user,url,note"]
    lines += [f"2026-01-05 10:00:{each % 60:02d},{chance.choice(users)},{chance.choice(names)}," for each in range(300)]
    endings = (b"x", b"\xff", b"\xc3", "é".encode(), b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xe2\x82")
    data = b"\n".join(line.encode() + chance.choice(endings) for line in lines[1:])
    both(lines[0].encode() + b"\n" + data, catalog, monkeypatch)


def test_a_header_that_begins_with_an_empty_cell_may_come_again(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As data frames write their index; the second header has its columns in another order."""
    rows = [f"{each},2026-01-05 10:00:{each:02d},jo,https://chatgpt.com/" for each in range(4)]
    again = [f"{each},https://claude.ai/,2026-01-05 11:00:{each:02d},bea" for each in range(4)]
    lines = [",time,user,url", *rows, ",url,time,user", *again, ",time,user,url", *rows]
    both("\n".join(lines).encode(), catalog, monkeypatch)
