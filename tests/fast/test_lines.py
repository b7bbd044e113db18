"""The compiled fold of log lines and the reference: the same inventory, counts, gaps and notes, whatever the lines are."""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shadowai import fast, fold_answers
from shadowai.catalog import Catalog
from shadowai.inventory import Inventory
from shadowai.names import Names
from shadowai.names_first import scan_file
from shadowai.policy import Policy
from shadowai.sources.container import Content
from shadowai.sources.logs import bulk, fold_plan, formats
from shadowai.sources.logs.logfile import LogFile
from tests.formats import expected
from tests.fuzz import folds

NAMES = sorted(name for name, one in formats().items() if fold_plan.may_fold(one))
SAMPLES = [sample for name in NAMES for sample in expected.samples(name)]
HEAD = "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT "
TAIL = " jo HIER_DIRECT/203.0.113.9 -"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def _scan(data: bytes, catalog: Catalog, size: int, since: int | None = None, until: int | None = None) -> object:
    log = LogFile(Content("x", io.BytesIO(data), modified=expected.MODIFIED), formats(), block_size=size)
    inventory = Inventory()
    scan_file(log, Names(catalog), inventory, since=since, until=until)
    rows = [
        inventory.entries(by, lookup=catalog.signatures.__getitem__, policy=Policy.empty(), today=date(2026, 3, 1))
        for by in ("service", "user")
    ]
    return (rows, inventory.candidates()), log.tally, list(log.gaps()), list(log.notes()), log.summary()


def _both(data: bytes, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, size: int = 1 << 20, **window: int) -> None:
    monkeypatch.delenv(fast.PURE, raising=False)
    found = _scan(data, catalog, size, **window)
    monkeypatch.setenv(fast.PURE, "1")
    assert found == _scan(data, catalog, 1 << 20, **window)


def _mutations(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """The file with its lines changed as broken writers and attackers would."""
    lines = data.split(b"\n")
    for _ in range(6):
        found = list(lines) * chance.choice((1, 3))
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(found))
            found[place] = chance.choice(CHANGES)(found[place], chance)
        yield chance.choice((b"\n", b"\n", b"\r\n")).join(found)


def _put(what: bytes) -> Callable[[bytes, random.Random], bytes]:
    def change(line: bytes, chance: random.Random) -> bytes:
        at = chance.randrange(len(line) + 1)
        return line[:at] + what + line[at + chance.randrange(2) :]

    return change


CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *map(
        _put,
        (
            b'"',
            b"\0",
            b"\r",
            b" ",
            b"\t",
            b"\xff",
            "é".encode(),
            b"\\",
            b"{",
            b"}",
            b"[",
            b",",
            b"#",
            b"-",
            b"\x1c",
            b"\n",
            b"=",
        ),
    ),
    *map(
        _put,
        (
            b"%2e",
            b"\\u002e",
            b"\\/",
            b"error:",
            b"/",
            b"?",
            b"@",
            b":443",
            b"chatgpt.com",
            b"CHATGPT.com",
            b".",
            b"null",
            b"1e5",
        ),
    ),
    lambda line, chance: line[: chance.randrange(len(line) + 1)],
    lambda line, chance: line + line,
    lambda line, chance: line.upper(),
    lambda line, chance: b" " + line,
    lambda line, chance: line.replace(b" ", b"  ", chance.randrange(3)),
    lambda line, chance: line.replace(b"202", b"19", 1),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_samples_whole_and_broken(sample: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    data = sample.read_bytes()
    if not data.isascii() and b"\0" in data:  # not text as it stands
        return
    chance = random.Random(sample.name)
    _both(data, catalog, monkeypatch)
    for changed in _mutations(data, chance):
        _both(changed, catalog, monkeypatch, chance.choice((64, 997, 1 << 20)))


def test_is_there_where_the_walk_over_captures_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(fast.PURE, raising=False)
    assert (fast.lines_module() is None) == fast.is_missing()


def test_windows(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{1767600000 + 60 * place}.{place:03}{HEAD[14:]}chatgpt.com:443{TAIL}" for place in range(200)]
    data = "\n".join(lines).encode()
    for minutes in ((10, 20), (0, 0), (300, 400)):
        since, until = ((1767600000 + 60 * minute) * 1_000_000 for minute in minutes)
        _both(data, catalog, monkeypatch, since=since, until=until)


def test_many_names_and_users(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """More cells and names than are kept at once."""
    hosts = ["chatgpt.com:443", "claude.ai:443", "n{0}.example:443", "http://n{0}.example/a", "x{0}.openai.com:443"]
    lines = [f"{HEAD}{hosts[place % 5].format(place)} u{place % 40_000} HIER_NONE/- -" for place in range(220_000)]
    _both("\n".join(lines).encode(), catalog, monkeypatch)


def test_two_spellings_of_a_person(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fold tells users apart by their bytes: composed and decomposed ones are one person, in both ways."""
    users = ["jos\u00e9@example.com", "Jose\u0301@example.com", "jose@example.com"]
    data = "".join(f"{HEAD}chatgpt.com:443 {user} HIER_NONE/- -\n" for user in users * 20).encode()
    _both(data, catalog, monkeypatch)
    monkeypatch.delenv(fast.PURE)
    inventory = Inventory()
    scan_file(LogFile(Content("x", io.BytesIO(data)), formats()), Names(catalog), inventory, since=None, until=None)
    by_user = inventory.entries(
        "user", lookup=catalog.signatures.__getitem__, policy=Policy.empty(), today=date(2026, 3, 1)
    )
    assert sorted(one.events for one in by_user) == [20, 40]


def test_days_that_alternate(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{1767600000 + 86400 * (place % 9)}.000{HEAD[14:]}claude.ai:443{TAIL}" for place in range(140_000)]
    _both("\n".join(lines).encode(), catalog, monkeypatch)


def test_headers_in_the_middle(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    one = "#Fields: date time c-ip cs-username cs-host cs-bytes sc-bytes\n2026-01-05 08:00:00 10.0.0.1 jo chatgpt.com 5 7\n"
    other = "#Fields: date time cs-host c-ip cs-bytes\n2026-01-06 09:00:00 claude.ai 10.0.0.2 9\n"
    _both((one * 3 + other * 2 + one).encode(), catalog, monkeypatch)
    table = "time,user,dest_host,bytes_sent\n2026-01-05T08:00:00Z,jo,chatgpt.com,5\n"
    turned = "user,time,bytes_sent,dest_host\njo,2026-01-05T08:00:00Z,5,claude.ai\n"
    _both((table * 2 + turned * 2 + table).encode(), catalog, monkeypatch)


def test_rows_that_begin_like_a_header(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        "user,2026-01-05T08:00:00Z,chatgpt.com,5",
        "ann,2026-01-05T08:00:00Z,chatgpt.com,5",
        "time,user,bytes_sent,dest_host",
        "2026-01-05T08:00:00Z,bea,7,claude.ai",
        'user,"time, 123456",dest_host,bytes_sent',
        "user,time,bytes sent (1 2 3 4 5 6),dest_host",
        f"user,time,dest_host{' ' * 300}123456,bytes_sent",
        "cid,2026-01-05T08:00:00Z,claude.ai,9",
        "domain user,2026-01-05T08:00:00Z,claude.ai,9",
    ]
    for places in (rows, rows[::-1], rows[4:] + rows[:4]):
        _both("\n".join(["user,time,dest_host,bytes_sent", *places]).encode(), catalog, monkeypatch)


def test_quotes_that_stay_open(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    head = "time,user,dest_host,bytes_sent,agent\n"
    row = '2026-01-05T08:00:00Z,jo,chatgpt.com,5,"Mozilla"\n'
    opened = '2026-01-05T08:00:00Z,jo,chatgpt.com,5,"Mozi\n'
    for text in (
        opened + 'lla"\n' + row * 3,
        opened + row * 90,
        row * 3 + opened + row * 5,
        row + '"' + row,
        opened * 7 + row,
    ):
        _both((head + row + text).encode(), catalog, monkeypatch, 256)


def test_a_second_header_whose_quote_stays_open(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    head, row = "time,user,dest_host,bytes_sent\n", "2026-01-05T08:00:00Z,jo,chatgpt.com,5\n"
    turned, other = 'user,"ti', "jo,2026-01-05T08:00:00Z,5,claude.ai\n"
    for text in (
        turned + "\n" + row * 90,
        turned + 'me",bytes_sent,dest_host\n' + other * 3,
        'user,time,bytes_sent,"dest_\nhost"\n' + other * 90,
        'time,user,"dest_host\n' + row * 3 + '"\n' + row * 80,
    ):
        for size in (64, 1 << 20):
            _both((head + row * 2 + text).encode(), catalog, monkeypatch, size)
    nul = "user,time,bytes_sent,dest_host\0\n" + other * 3  # what a crashed writer left in a header
    _both((head + row * 2 + nul).encode(), catalog, monkeypatch)


def test_headers_and_quotes_that_stay_open_among_each_other() -> None:
    """The fold may not go on under a header that the reference met while it looked for the end of a quote."""
    names = [
        "username",
        "request_timestamp_epoch",
        "requested_host",
        "server_to_client_bytes",
        "client_to_server_bytes",
    ]
    head, row, opened = ",".join(names), "jo,1720000000,chatgpt.com,5,7", 'jo,1720000000,"chatgpt.com,5,7'
    first, last, most = ",".join(names[:2]), ",".join(names[2:]), ",".join(names[:4])
    torn = [f'username,"{names[1]}', f'x",{last}']
    for lines in (
        [head, *torn, row, 'server_bytes"', head + '"', opened, f'{first},"'],
        [f'",{last}', 'jo,1720000000,chatgpt.com,5,"7', '",5,7', head, row, f'"{head}', *[row] * 70],
        [head, *torn, row, *[f'{most},"client_to_'] * 2, f'",{last}', torn[0], *[row] * 70],
    ):
        for size in (1, 64, 1 << 20):
            folds.same("\n".join([*lines, ""]).encode(), folds.Way("skyhigh_wgcs_csv", size))


@pytest.mark.parametrize("first", ["_time", "", '""', '"_time"', "5min", " time", "(x)"])
def test_a_header_that_begins_with_no_letter_and_comes_again(first: str) -> None:
    head = f"{first},user,time,dest_host"
    text = f"{head}\na,jo,2026-01-05T08:00:00Z,chatgpt.com\n{head}\n,jo,2026-01-05T08:00:00Z,claude.ai\n{head}\r\n" * 2
    for size in (1, 1 << 20):
        folds.same(text.encode(), folds.Way("generic_csv", size))


def test_headers_without_end_are_left_to_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fold is not made anew for every few lines."""
    heads = ("time,user,dest_host,bytes_sent", "user,time,dest_host,bytes_sent")
    rows = ("2026-01-05T08:00:00Z,jo,chatgpt.com,5", "jo,2026-01-05T08:00:00Z,claude.ai,5")
    text = "".join(f"{heads[number & 1]}\n{rows[number & 1]}\n" for number in range(100)).encode()
    folds.same(text, folds.Way("generic_csv", 997))
    real, made = bulk.fold_of, 0

    def fold_of(*given: Any) -> Any:
        nonlocal made
        made += 1
        return real(*given)

    monkeypatch.setattr(bulk, "fold_of", fold_of)
    folds.found(text, folds.Way("generic_csv"))
    assert 0 < made <= 65


@pytest.mark.parametrize("blank", ["", " ", "\t", "\x1c\x0b", "\xa0", "\u2003", "\x7f", "-"], ids=repr)
def test_a_blank_line_is_no_record_without_a_name(
    blank: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for header in ("#Fields: c-ip", "#Fields: c-ip\tr-ip", "#Fields: c-ip r-ip", "src;dst", "srcip,dst_ip"):
        _both(f"{header}\n10.0.0.1\n{blank}\n10.0.0.2 10.0.0.3\n{blank}".encode(), catalog, monkeypatch)


def test_nuls_between_the_bytes_of_a_line_break(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    line = f"{HEAD}chatgpt.com:443{TAIL}"
    text = "".join(line + end for end in ("\r\0\n", "\0\r\n", "\r\r\0\n", "\r\0\r\n", "\n", "\r\0")) * 2
    for size in (1, 7, 64, 1 << 20):
        _both((line + "\n" + text).encode(), catalog, monkeypatch, size)


@pytest.mark.parametrize(
    ("page", "header", "row", "part"),
    [
        (
            "cp1251",
            "Дата и время;Пользователь;URL;Действие",
            "2026-01-0{day} 10:00:00;{user};https://{host}/;Запрещено",
            ";",
        ),
        ("cp932", "日時|ユーザー名|ウェブサイト|宛先ポート", "2026-01-0{day} 10:00:00|{user}|{host}|443", "|"),
        ("gb18030", "时间,用户名,域名,动作", "2026-01-0{day} 10:00:00,{user},{host},拒绝", ","),
        ("cp1250", "Data i godzina\tUżytkownik\tURL", "0{day}/05/2026 10:00:00\t{user}\thttps://{host}/", "\t"),
    ],
)
def test_tables_in_code_pages(
    page: str, header: str, row: str, part: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(page)
    users = ["Иванов", "иванов", "髙橋ポ", "张三", "jdoe", "JDoe", "Żak", "żak", "müller", "a\\b", "\u0420\u00b0"]
    hosts = [
        "chatgpt.com",
        "claude.ai",
        "www.example.com",
        "ポ.example.com",
        "ЧАТ.example.com",
        "CHATGPT.com",
        "пример.рф",
    ]
    for _ in range(20):
        rows = [header.encode(page)]
        for _ in range(60):
            text = row.format(day=chance.randrange(1, 9), user=chance.choice(users), host=chance.choice(hosts))
            rows.append(text.encode(chance.choice((page, page, page, "utf-8", "cp1252")), "ignore"))
            if chance.random() < 0.2:
                rows[-1] = chance.choice(CHANGES)(rows[-1], chance)
            if chance.random() < 0.1:
                odd = bytes(chance.choices(range(128, 256), k=chance.randrange(1, 4)))
                rows[-1] = rows[-1].replace(part.encode(), chance.choice((b"", part.encode())) + odd, 1)
        for size in (97, 1 << 20):
            _both(chance.choice((b"\n", b"\r\n")).join(rows), catalog, monkeypatch, size)


@pytest.mark.parametrize(
    "odd", [b"\0", b"\r", b'"', b"[", b"{", b"\t", b"\x0b", b"\x1c", b"\x1f", b"\x7f", b"\xe9", b" "], ids=repr
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=repr)
def test_an_odd_byte_at_every_place(odd: bytes, ends: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are looked through sixteen bytes at a time."""
    line = f"{HEAD}chatgpt.com:443{TAIL}".encode()
    broken = [line[:at] + odd + line[at:] for at in range(len(line) + 1)]
    _both(ends.encode().join([line, *broken, line]), catalog, monkeypatch, 1 << 12)


def test_columns_that_end_where_the_block_does(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{HEAD}chatgpt.com:443 jo HIER_DIRECT/203.0.113.9 {'a' * size}".encode() for size in range(1, 40)]
    for line in lines:
        _both(lines[0] + b"\n" + line, catalog, monkeypatch)
        _both(lines[0] + b"\n" + line.replace(b"TCP_TUNNEL/200", b"TCP_TUNNEL/20x"), catalog, monkeypatch, len(line))


def test_objects_said_twice_and_nested(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    event = '{"timestamp":"2026-01-05T08:00:00.000000+0000","flow_id":1,"event_type":"tls","src_ip":"10.0.0.7","dest_ip":"192.0.2.1",'
    tails = (
        '"tls":{"sni":"chatgpt.com"}}',
        '"tls":{"sni":"chatgpt.com"},"tls":{}}',
        '"tls":{"sni":"a.example","sni":"chatgpt.com"}}',
        '"tls.sni":"chatgpt.com","tls":{"sni":"a.example"}}',
        '"tls":"{\\"sni\\":\\"chatgpt.com\\"}"}',
        '"tls":{"sni":null}}',
        '"tls":{"sni":"chatgpt\\u002ecom"}}',
        '"tls":[{"sni":"chatgpt.com"}]}',
        '"tls":{"sni":"chatgpt.com"}} ',
        '"tls":{"sni":"chatgpt.com"}}}',
        '"tls":{"sni":"chatgpt.com"},"x":01}',
        '"tls":{"sni":"chatgpt.com"},"x":"\\ud800"}',
    )
    _both("\n".join(event + tail for tail in tails * 3).encode(), catalog, monkeypatch)


def test_times_with_and_without_fractions(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    head = "time,user,dest_host,bytes_sent\n"
    times = (
        "2026-01-05T08:00:00Z", "2026-01-05T08:00:00.5Z", "2026-01-05T08:00:00.123456Z", "2026-01-05T08:00:00.1234567Z",
        "2026-01-05 08:00:00", "2026-01-05 08:00:00.25", "2026-01-05T08:00:00.5+02:00", "1767600000", "1767600000.5",
        "1767600000123", "1767600000123.5", "05/01/2026 08:00:00.5", "Jan  5 08:00:00.25", "", "-", "soon", "9999999999.1",
    )  # fmt: skip
    rows = "".join(f"{time},jo,chatgpt.com,5\n" for time in times * 3)
    for first in times[:6]:
        _both(f"{head}{first},jo,chatgpt.com,5\n{rows}".encode(), catalog, monkeypatch)


@pytest.mark.parametrize(
    "url", [":443", "http://:443/", "https://:443/a", "http:///a", "http://", "/", "-", "chatgpt.com"]
)
def test_urls_without_a_host(url: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    _both("\n".join([f"{HEAD}chatgpt.com:443{TAIL}", f"{HEAD}{url}{TAIL}"] * 3).encode(), catalog, monkeypatch)


@pytest.mark.parametrize("column", [20, 511, 512, 513, 600, 40_000])
def test_a_column_that_few_lines_have(column: int, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's description may ask for one that lies beyond those that are kept."""
    squid = formats()["squid_native"]
    far = replace(squid, fields={**squid.fields, "user": (column,)})
    line = f"{HEAD}chatgpt.com:443{TAIL}"
    wide = line + " x" * (column - len(line.split()) - 1) + " anna"
    data = "\n".join([line, wide] * 2).encode()
    found = []
    for _ in range(2):
        log, inventory = LogFile(Content("x", io.BytesIO(data)), formats(), forced=far), Inventory()
        scan_file(log, Names(catalog), inventory)
        entries = inventory.entries(
            "user", lookup=catalog.signatures.__getitem__, policy=Policy.empty(), today=date(2026, 3, 1)
        )
        found.append((entries, log.summary()))
        monkeypatch.setenv(fast.PURE, "1")
    assert found[0] == found[1]
    assert {entry.actor.user for entry in found[0][0] if entry.actor is not None} == {None, "anna"}


@pytest.mark.parametrize("width", [90, 510, 511, 512, 513, 700])
def test_tables_wider_than_what_is_kept(width: int, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    head = ["time", "user", "dest_host", "bytes_sent"] + [f"c{place}" for place in range(width - 4)]
    row = ["2026-01-05T08:00:00Z", "jo", "chatgpt.com", "5"] + ["x"] * (width - 4)
    _both("\n".join([",".join(head)] + [",".join(row)] * 4).encode(), catalog, monkeypatch)


def test_a_separator_that_changes(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = "#fields\tts\tuid\tid.orig_h\tid.resp_h\tmethod\thost\turi\n"
    row = "1767600000.5\tC1\t10.0.0.7\t192.0.2.1\tGET\tchatgpt.com\t/\n"
    _both(("#path\thttp\n" + fields + row + "#separator |\n" + row * 3).encode(), catalog, monkeypatch)


@pytest.mark.parametrize("method", ['"""', '"a"b', "[a]b", '"a', "[a"])
def test_quotes_beside_text(method: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    line = HEAD.replace("CONNECT", method) + "chatgpt.com:443" + TAIL
    _both("\n".join([line] * 3).encode(), catalog, monkeypatch)


@pytest.mark.parametrize("odd", ["user\0,", " user,", "use\rr,", '"us"er,', "user," + "x" * (1 << 20)])
def test_headers_that_are_not_plain(odd: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines below a header are read under its columns, whatever it holds besides."""
    head = "time,user,dest_host,bytes_sent\n"
    row = "2026-01-05T08:00:00Z,jo,chatgpt.com,5\n"
    turned = f"{odd}time,bytes_sent,dest_host\njo,2026-01-05T08:00:00Z,5,claude.ai\n"
    _both((head + row * 2 + turned + row * 2).encode(), catalog, monkeypatch)
    fields = "#Fields: date time c-ip cs-username cs-host cs-bytes sc-bytes\n"
    use = "2026-01-05 08:00:00 10.0.0.1 jo chatgpt.com 5 7\n"
    other = "#Fields:\tdate\ttime\tcs-host\tc-ip\tcs-username\tcs-bytes\tsc-bytes\n"
    _both((fields + use * 2 + other + use * 3).encode(), catalog, monkeypatch)
    _both(
        (fields + use * 2 + other.replace("\t", " ").replace("c-ip", "c-ip\0") + use * 3).encode(), catalog, monkeypatch
    )


CLOCKS = (
    "2026-01-05 08:{minute:02}:{second:02}", "2026-01-05T08:{minute:02}:{second:02}Z", "2026-01-05T08:{minute:02}:{second:02}.5Z",
    "05/Jan/2026:08:{minute:02}:{second:02} +0200", "Mon Jan 05 08:{minute:02}:{second:02} 2026", "Jan  5 08:{minute:02}:{second:02}",
    "01/05/2026 08:{minute:02}:{second:02} PM", "2026-01-05 23:59:{second:02}", "2026-03-29 02:{minute:02}:{second:02}",
    "2026-01-05 8:{minute:02}:{second:02}", "08:{minute:02}:{second:02}", "2026-01-05 24:00:{second:02}",
    "2026-01-05 08:{minute:02}:6{second}",
    "2026-01-05 08:00:00 08:{minute:02}:{second:02}", "2026-01-05 08:{minute:02}:{second:02}:00", "2026-01-05 08:{minute:02}:{second}",
    "12026-01-05 108:{minute:02}:{second:02}",
)  # fmt: skip


@pytest.mark.parametrize("clock", CLOCKS)
def test_seconds_of_a_clock(clock: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [clock.format(minute=number // 17, second=number * 7 % 60) for number in range(100)]
    text = "".join(f"{time},jo,chatgpt.com,5\n" for time in rows)
    _both(f"time,user,dest_host,bytes_sent\n{text}".encode(), catalog, monkeypatch)


def test_times_in_two_columns(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    line = "2026-01-05 08:{minute:02}:{second:02} 10.0.0.7 GET https chatgpt.com 443 / - 200 0 0 5"
    head = "#Fields: date time c-ip cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs(User-Agent) sc-status sc-bytes x-a cs-bytes"
    lines = [line.format(minute=number // 17, second=number * 7 % 60) for number in range(100)]
    _both("\n".join([head, *lines]).encode(), catalog, monkeypatch)


def test_seconds_that_do_not_add_up_are_asked_for(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the fold concludes from clocks is held to what is read, before it is relied on."""
    if fast.lines_module() is None:
        return
    told: list[int] = []

    def time(_: object, number: int, line: bytes, uncounted: bool) -> tuple[int, int, bool]:
        told.append(number * number * 1_000_000)
        return told[-1], -1, False

    monkeypatch.setattr(fold_answers.FoldAnswers, "time", time)
    rows = "".join(f"2026-01-05 08:00:{number:02},jo,chatgpt.com,5\n" for number in range(60))
    log = LogFile(Content("x", io.BytesIO(f"time,user,dest_host,bytes_sent\n{rows}".encode())), formats())
    inventory = Inventory()
    scan_file(log, Names(catalog), inventory)
    (entry,) = inventory.entries(
        "user", lookup=catalog.signatures.__getitem__, policy=Policy.empty(), today=date(2026, 3, 1)
    )
    assert (entry.events, len(told)) == (60, 60)
    assert (entry.first_seen, entry.last_seen) == (min(told), max(told))


@pytest.mark.parametrize("most", [0, 1, 2, 32])
def test_manners_that_tell_something(most: int, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of one service are counted together, whatever they tell beside."""
    monkeypatch.setattr(fold_answers, "_MOST_FACTS", most)
    agents = (
        "Mozilla/5.0",
        "OpenAI/Python 1.30.1",
        "python-requests/2.31.0",
        "anthropic-sdk",
        "curl/8.0",
        "langchain/0.2",
        "",
    )
    rows = "".join(
        f"2026-01-05T08:00:{number % 60:02}Z,user{number % 3},{host},{5 + number},{method},{agent},{action}\n"
        for number, (host, method, agent, action) in enumerate(
            itertools.product(
                ("chatgpt.com", "claude.ai", "a.example", "api.openai.com"),
                ("GET", "POST"),
                agents,
                ("allowed", "blocked"),
            )
        )
    )
    _both(f"time,user,dest_host,bytes_sent,method,user_agent,action\n{rows}".encode(), catalog, monkeypatch)
