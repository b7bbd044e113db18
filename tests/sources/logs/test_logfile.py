"""A file from its text to records: nothing is lost without a count, and what was assumed is said."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.model import Gap, Record
from shadowai.sources import container
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.file_head import OWN_INVENTORY
from shadowai.sources.logs.logfile import LogFile
from shadowai.sources.timestamps import iso
from tests.sources.logs.test_recognise import EVE, FORTIGATE, SQUID

JULY = 1720000000.0


def opened(text: str | bytes, path: str = "x.log", **options: Any) -> tuple[LogFile, list[Record]]:
    """The file, read to its end."""
    raw = text if isinstance(text, bytes) else text.encode()
    log = LogFile(Content(path, cast(BinaryIO, io.BytesIO(raw)), JULY), formats(), **options)
    records = [log.record(row) for row in log.rows()]
    log.tally.named = sum(record.host is not None for record in records)
    return log, records


def lines_of(records: Iterable[Record]) -> list[tuple[int, str, str | None]]:
    return [(record.line, record.format, record.host) for record in records]


def gaps(log: LogFile) -> list[tuple[str, int, list[object]]]:
    return [(gap.reason, gap.count, [place.position for place in gap.examples]) for gap in log.gaps()]


def test_records_have_their_lines() -> None:
    log, records = opened(f"{SQUID}\n\n{SQUID}\r\n{SQUID}")
    assert lines_of(records) == [
        (1, "squid_native", "chatgpt.com"),
        (3, "squid_native", "chatgpt.com"),
        (4, "squid_native", "chatgpt.com"),
    ]
    assert gaps(log) == [] and list(log.notes()) == []
    summary = log.summary()
    assert (summary.format, summary.lines, summary.records, summary.named, summary.unreadable) == (
        "squid_native",
        4,
        3,
        3,
        0,
    )


@pytest.mark.parametrize("text", ["", "\n", "\r\n \n\t\n", b"\0" * 900])
def test_an_empty_file_holds_nothing_and_is_no_gap(text: str | bytes) -> None:
    log, records = opened(text)
    assert records == [] and gaps(log) == []
    assert log.summary().format == "" and log.summary().records == 0


def test_a_file_nobody_knows_is_one_gap_that_says_what_to_do() -> None:
    log, records = opened("hello\nworld is no log\n" * 10)
    assert records == []
    [(reason, count, places)] = gaps(log)
    assert "--log-format" in reason and "shadowai formats" in reason and "TOML" in reason
    assert (count, len(places)) == (20, 5)


def test_a_file_half_understood_is_a_gap_with_a_count_and_five_places() -> None:
    log, records = opened(f"{SQUID}\njunk line\n" * 10)
    assert len(records) == 10
    assert gaps(log) == [("line is not squid_native", 10, [2, 4, 6, 8, 10])]


def test_records_that_never_name_a_host_are_a_gap() -> None:
    log, records = opened("\n".join([SQUID.replace("chatgpt.com:443", "-")] * 3))
    assert len(records) == 3
    [(reason, count, _)] = gaps(log)
    assert "host" in reason and "squid_native" in reason and "--log-format" in reason and count == 3


@pytest.mark.parametrize("times", [5, 900])
def test_lines_of_another_format_are_read_as_that(times: int) -> None:
    """A collector's file: also where the other format begins beyond what was looked at to tell the first."""
    log, records = opened("\n".join([SQUID] * times + [FORTIGATE] * 3 + [EVE]))
    assert [record.format for record in records] == ["squid_native"] * times + ["fortigate_kv"] * 3 + ["suricata_eve"]
    assert gaps(log) == []


def test_a_clients_line_among_its_gateways_is_the_clients() -> None:
    """FortiClient writes the gateway's keys, and means the computer by `hostname`."""
    client = (
        "date=2024-06-03 time=12:00:01 logver=1 type=traffic subtype=webfilter devid=FCT8000000000002 hostname=PC-9 "
        "fctver=7.0.3.0193 vd=root user=asmith srcip=10.0.0.9 direction=outbound dstip=192.0.2.7 "
        "remotename=claude.ai dstport=443 utmaction=passthrough utmevent=webfilter service=https"
    )
    _, records = opened("\n".join([FORTIGATE, client, FORTIGATE]))
    assert [(record.format, record.host) for record in records] == [
        ("fortigate_kv", "claude.ai"),
        ("forticlient", "claude.ai"),
        ("fortigate_kv", "claude.ai"),
    ]
    assert records[1].device == "pc-9"


def test_a_table_with_preamble_and_its_header_again() -> None:
    log, records = opened(
        "Report\n\ntime,dest_host,user\n2024-06-03T12:00:00Z,chatgpt.com,jdoe\ntime,dest_host,user\n2024-06-03T12:00:00Z,claude.ai,jdoe\n"
    )
    assert lines_of(records) == [(4, "generic_csv", "chatgpt.com"), (6, "generic_csv", "claude.ai")]
    assert gaps(log) == []


def test_a_quoted_line_break_is_within_a_record() -> None:
    _, records = opened(
        'time,dest_host,note\n2024-06-03T12:00:00Z,chatgpt.com,"a\nb"\n2024-06-03T12:00:00Z,claude.ai,x\n'
    )
    assert lines_of(records) == [(2, "generic_csv", "chatgpt.com"), (4, "generic_csv", "claude.ai")]


def test_a_quote_that_is_never_closed_costs_one_line() -> None:
    log, records = opened('time,dest_host,note\nt,chatgpt.com,"open\nt,claude.ai,x\nt,claude.ai,y\n')
    assert [line for line, _, _ in lines_of(records)] == [3, 4]
    assert gaps(log) == [("quote is never closed", 1, [2])]


def test_a_quoted_line_break_is_within_a_header() -> None:
    row, other = "2024-06-03T12:00:00Z,claude.ai,x\n", "x,chatgpt.com,2024-06-03T12:00:00Z\n"
    text = 'time,"dest_\nhost",note\n' + row + 'note,dest_host,"ti\nme"\n' + other
    log, records = opened(text, forced=formats()["generic_csv"])
    assert lines_of(records) == [(3, "generic_csv", "claude.ai"), (6, "generic_csv", "chatgpt.com")]
    assert gaps(log) == []


def test_stray_quotes_above_a_header_cost_one_line_each() -> None:
    head, row = "time,dest_host,note\n", "2024-06-03T12:00:00Z,claude.ai,x\n"
    log, records = opened('"Report\nof\n"June\n' + head + row * 2, forced=formats()["generic_csv"])
    assert [line for line, _, _ in lines_of(records)] == [5, 6]
    assert gaps(log) == [("quote is never closed", 2, [1, 3])]


def test_an_open_quote_is_not_sought_in_a_text_without_end() -> None:
    """Each further line is another look at all of them, and a cell of a megabyte is no column's name."""
    row, long = "2024-06-03T12:00:00Z,claude.ai,x\n", "2024-06-03T12:00:00Z,claude.ai," + "a" * (1 << 18) + "\n"
    log, records = opened("time,dest_host,note\n" + 't,chatgpt.com,"open\n' + row * 3 + long + row + 'x"\n' + row)
    assert [line for line, _, _ in lines_of(records)] == [3, 4, 5, 6, 7, 9]
    assert gaps(log) == [("quote is never closed", 2, [2, 8])]


def test_rows_between_two_stray_quotes_are_no_header() -> None:
    """Whatever else such a "header" holds, the rows are read."""
    names = [
        "username",
        "request_timestamp_epoch",
        "requested_host",
        "server_to_client_bytes",
        "client_to_server_bytes",
    ]
    head, row = ",".join(names) + "\n", "jo,1720000000,chatgpt.com,5,7\n"
    torn = f'{",".join(names[:2])},"{row * 2}",{",".join(names[2:])}\n'
    log, records = opened(head + row + torn + row, forced=formats()["skyhigh_wgcs_csv"])
    assert [line for line, _, _ in lines_of(records)] == [2, 4, 6]
    assert gaps(log) == [("quote is never closed", 2, [3, 5])]


def test_headers_that_change_within_a_file() -> None:
    head = "#Software: SGOS 6.7\n#Fields: "
    text = f"{head}date time c-ip cs-username cs-host sc-bytes cs-bytes\n2024-06-03 12:00:00 10.0.0.1 jdoe chatgpt.com 5 7\n"
    text += (
        f"{head}date time cs-host c-ip cs-username sc-bytes cs-bytes\n2024-06-03 12:00:00 claude.ai 10.0.0.2 jane 5 7\n"
    )
    log, records = opened(text)
    assert [(record.host, record.user, record.client_ip) for record in records] == [
        ("chatgpt.com", "jdoe", "10.0.0.1"),
        ("claude.ai", "jane", "10.0.0.2"),
    ]
    assert gaps(log) == []


def test_an_own_inventory_is_left_out_and_said() -> None:
    log, records = opened(f"{OWN_INVENTORY},category\nabc,openai-chatgpt,ChatGPT,OpenAI,chat\n")
    assert records == [] and gaps(log) == []
    assert [note.kind for note in log.notes()] == ["own_inventory"]


def test_a_log_of_no_known_product_is_said_to_be_guessed() -> None:
    rows = "time,user,dest_host\n" + "2026-01-05T08:00:00Z,jo,chatgpt.com\n" * 3
    log, _ = opened(rows, "x.csv")
    assert [(note.kind, note.count) for note in log.notes()] == [("guess", 3)]
    log, _ = opened(rows, "x.csv", forced=formats()["generic_csv"])  # somebody has settled it
    assert list(log.notes()) == []
    log, _ = opened("time,user,dest_host\n", "x.csv")
    assert list(log.notes()) == []


def test_a_forced_format_is_the_only_one_tried() -> None:
    log, records = opened(f"{SQUID}\n", forced=formats()["squid_native"])
    assert len(records) == 1
    log, records = opened(f"{FORTIGATE}\n", forced=formats()["squid_native"])
    assert records == []
    [(reason, count, places)] = gaps(log)
    assert "squid_native" in reason and "--log-format" in reason and (count, places) == (1, [1])


def test_a_forced_table_without_its_header_is_a_gap() -> None:
    """Lines before a header are passed over; where no header follows, nothing was understood."""
    for times in (3, 60):
        log, records = opened(f"{SQUID}\n" * times, forced=formats()["generic_csv"])
        assert records == []
        [(_, count, _)] = gaps(log)
        assert count == times


JSON = [{"time": "2024-06-03T12:00:00Z", "dest_host": host, "user": "jdoe"} for host in ("chatgpt.com", "claude.ai")]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(map(json.dumps, JSON)),
        json.dumps(JSON),
        json.dumps(JSON, indent=2),
        json.dumps({"records": JSON}),
        json.dumps({"value": JSON}, indent=1),
        "".join(map(json.dumps, JSON)),
        "\n".join(json.dumps(one, indent=1) for one in JSON),
        "\n".join(json.dumps({"records": [one]}) for one in JSON),
        "".join(f"<134>1 2024-06-03T12:00:00Z h a - - - {json.dumps(one)}\n" for one in JSON),
        ",\n".join(map(json.dumps, JSON)),
        "\n".join(json.dumps({"message": json.dumps(one)}) for one in JSON),
    ],
)
def test_objects_in_every_frame(text: str) -> None:
    log, records = opened(text)
    assert [record.host for record in records] == ["chatgpt.com", "claude.ai"]
    assert [record.user for record in records] == ["jdoe", "jdoe"]
    assert gaps(log) == []


def test_log_lines_behind_a_json_list_are_not_lost() -> None:
    """The file is then read as what is specific in it; objects of no known product are counted."""
    log, records = opened(json.dumps(JSON, indent=1) + f"\n{SQUID}\nplain line\n")

    assert lines_of(records) == [(13, "squid_native", "chatgpt.com")]
    assert [count for _, count, _ in gaps(log)] == [3]


def test_two_objects_in_one_line_are_never_one_record_silently() -> None:
    one, two = map(json.dumps, JSON)
    log, records = opened(f"{one}\n{one}{two}\n")
    assert len(records) + sum(count for _, count, _ in gaps(log)) >= 2
    assert gaps(log)


def test_wrapped_lines() -> None:
    text = f"<13>Jun  3 12:00:01 relay <134>Jun  3 12:00:00 p squid[1]: {SQUID}\n" + json.dumps(
        {"log": f"{SQUID}\n", "time": "2024-06-03T12:00:00Z"}
    )
    log, records = opened(text)
    assert [(record.host, record.time) for record in records] == [("chatgpt.com", 1717416000123000)] * 2
    assert gaps(log) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("x.log", "2023-12-31"),
        ("access.log-20230603", "2022-12-31"),
        ("access-2022-01-01.log", "2021-12-31"),
        ("20230603/x.log", "2023-12-31"),
        ("x-20231399.log", "2023-12-31"),
        ("log-20230231", "2023-12-31"),
    ],
)
def test_the_year_is_told_by_the_name_or_the_change_of_the_file(path: str, expected: str) -> None:
    line = FORTIGATE.replace("date=2024-06-03 time=12:00:00 ", "")
    log, (record,) = opened(f"<134>Dec 31 12:00:00 fw {line}\n", path)
    assert record.time is not None and iso(record.time).startswith(expected)
    assert record.time_assumed == "year,zone"
    assert [note.kind for note in log.notes()] == ["year", "zone"]


def test_the_order_of_day_and_month_is_decided_for_the_whole_file() -> None:
    rows = "".join(f"{day:02}/06/2024 12:00:00,chatgpt.com,jdoe\n" for day in (3, 4, 25))
    log, records = opened(f"time,dest_host,user\n{rows}")
    assert [iso(record.time or 0)[:10] for record in records] == ["2024-06-03", "2024-06-04", "2024-06-25"]
    assert "day_order" not in [note.kind for note in log.notes()]


@pytest.mark.parametrize(
    ("header", "time"),
    [
        ("Datum;Benutzer;URL", "2024-05-01"),
        ("Fecha;Usuario;URL", "2024-05-01"),
        ("date et heure;utilisateur;URL", "2024-05-01"),
        ("Data e ora;user;URL", "2024-05-01"),
        ("Data i godzina;user;URL", "2024-05-01"),
        ("tijdstip;gebruiker;URL", "2024-05-01"),
        ("Tidspunkt;Bruger;URL", "2024-05-01"),
        ("time;user;URL", "2024-01-05"),
        ("date;IP source;site web", "2024-01-05"),
        ("日時;ユーザー名;URL", "2024-01-05"),
        ("시간;사용자;URL", "2024-01-05"),
    ],
)
def test_the_language_of_a_header_tells_what_order_is_likely(header: str, time: str) -> None:
    log, (record,) = opened(f"{header}\n01/05/2024 12:00:00;10.0.0.7;https://chatgpt.com/\n")
    assert iso(record.time or 0)[:10] == time
    (said,) = (note for note in log.notes() if note.kind == "day_order")
    assert ("day/month" if time.endswith("01") else "month/day") in said.text and said.count == 1


@pytest.mark.parametrize("dates", [("01/05/2024", "01/25/2024"), ("01/25/2024", "01/05/2024")])
def test_a_date_tells_more_than_the_language_of_a_header(dates: tuple[str, str]) -> None:
    rows = "".join(f"{date} 12:00:00;jdoe;https://chatgpt.com/\n" for date in dates)
    log, records = opened(f"Datum;Benutzer;URL\n{rows}")
    assert sorted(iso(record.time or 0)[:10] for record in records) == ["2024-01-05", "2024-01-25"]
    assert "day_order" not in [note.kind for note in log.notes()]


def test_a_line_beyond_the_limit_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    from shadowai.sources import framing

    monkeypatch.setattr(framing, "LONGEST", 2000)
    log, records = opened(f"{SQUID}\n{'x' * 9000}\n{SQUID}\n", block_size=100)
    assert [record.line for record in records] == [1, 3]
    [(reason, count, places)] = gaps(log)
    assert "longer" in reason and (count, places) == (1, [2])


def test_a_damaged_file_gives_what_came_before_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(gzip.compress(f"{SQUID}\n".encode() * 50)[:-6])
    (source,) = container.expand([str(path)])
    assert not isinstance(source, Gap)
    with container.opened(source) as stream:
        (content,) = container.contents(source, stream)
        assert isinstance(content, Content)
        log = LogFile(content, formats())
        assert len(list(log.rows())) == 50
        log.tally.named = 50
    [(reason, _, _)] = gaps(log)
    assert "truncated" in reason


def test_unread_lines_can_be_had_as_they_come() -> None:
    log = LogFile(Content("x", cast(BinaryIO, io.BytesIO(f"{SQUID}\njunk\n".encode()))), formats())
    log.tally.fresh = []
    assert [row.line for row in log.rows()] == [1]
    assert log.tally.fresh == [(2, "line is not squid_native")]


def test_progress_is_told_in_bytes_of_text() -> None:
    seen: list[int] = []
    text = f"{SQUID}\n" * 40
    opened(text, block_size=512, on_block=seen.append)
    assert len(seen) > 2
    assert sum(seen) == len(text)


PIECES = [
    SQUID,
    FORTIGATE,
    EVE,
    f"<134>Jun  3 12:00:00 p squid: {SQUID}",
    json.dumps({"message": SQUID}),
    "junk",
    "",
    "{",
    '{"a":',
    "#Fields: a b c",
    'a,b,"c',
    "\x00\x1b[31m",
    "time,dest_host,user",
    "t,chatgpt.com,jdoe",
    '[{"url": "https://chatgpt.com/"}]',
]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=30), max_size=12), st.integers(1, 200))
def test_any_mixture_is_read_the_same_in_blocks_of_any_size(pieces: list[str], size: int) -> None:
    text = "\n".join(pieces)
    log, records = opened(text)
    small, same = opened(text, block_size=size)
    assert same == records
    assert gaps(small) == gaps(log)
    assert log.tally.records == len(records)
    if not records and log.format is None:
        assert (
            gaps(log) or not text.replace("\0", "").strip() or log.summary().lines == 0 or text.lstrip().startswith("[")
        )


def test_records_that_stand_together_in_one_line_are_read_apart() -> None:
    """Each is a record at the line's number, whatever the block; a line with one record is read as before."""
    from dataclasses import replace

    from shadowai.sources.logs.description import LogFormat, Pattern

    together = LogFormat(
        name="acme",
        title="",
        vendor="",
        doc="",
        kind="connection",
        family=Pattern((r"^(?P<client>\d+\.\d+\.\d+\.\d+)>(?P<server>\d+\.\d+\.\d+\.\d+)$",)),
        fields={"client_ip": ("client",), "server_ip": ("server",)},
        line=r"\d>\d",
        each=r"\[(\d[^\]]*)\]",
    )
    text = b"[10.0.0.1>203.0.113.1][10.0.0.2>203.0.113.2]\n10.0.0.3>203.0.113.3\n[broken\n"
    for size in (1 << 20, 64, 7):
        content = Content("x.log", io.BytesIO(text))
        log = LogFile(content, {"acme": together}, block_size=size)
        records = [log.record(row) for row in log.rows()]
        assert [(record.line, record.client_ip) for record in records] == [
            (1, "10.0.0.1"),
            (1, "10.0.0.2"),
            (2, "10.0.0.3"),
        ]
        assert sum(found[0] for found in log.tally.unreadable.values()) == 1
    with pytest.raises(ValueError, match="one group"):
        replace(together, each="x").check()


def test_what_stands_behind_the_beginning_of_a_row_is_no_row() -> None:
    """A user agent of blanks makes a row too wide; what a syslog header would leave of it has the table's width, and other columns."""
    fields = "#Fields: date time c-ip cs-method cs-host cs-uri-stem cs-username sc-status cs(User-Agent)\n"
    row = "2026-01-05 08:00:{:02} 10.0.0.5 GET chatgpt.com /c jdoe 200 {}\n"
    text = fields + row.format(0, "curl/8.0") + row.format(1, "a b c d") + row.format(2, "curl/8.0")
    log = LogFile(Content("x", io.BytesIO(text.encode())), formats())
    assert [log.record(row).user for row in log.rows()] == ["jdoe", "jdoe"]
    assert next(log.gaps()).reason == "line is not w3c_generic"
