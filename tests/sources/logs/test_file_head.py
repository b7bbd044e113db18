"""The head of a log tells its format, what is wrapped around its records, and how its dates are read."""

from __future__ import annotations

from shadowai.sources.logs import formats
from shadowai.sources.logs.file_head import OWN_INVENTORY, FileHead
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.recognise import recogniser
from shadowai.sources.syslog import layers
from shadowai.sources.timestamps import Clock
from tests.sources.logs.test_recognise import EVE, FORTIGATE, SQUID

TABLE = "Date,User,Host,Bytes\n{},jo@example.com,chatgpt.com,5\n"


def _head(text: str | bytes, *, whole: bool = True, forced: str | None = None) -> tuple[FileHead, Clock]:
    clock, known = Clock(), formats()
    data = text if isinstance(text, bytes) else text.encode()
    return FileHead(data, whole, known, recogniser(known), clock, known[forced] if forced is not None else None), clock


def _format(head: FileHead) -> str | None:
    return head.format.name if head.format is not None else None


def test_lines_tell_the_format() -> None:
    head, _ = _head(f"{SQUID}\n{SQUID}\n")
    assert (_format(head), head.depth, head.as_json, head.own_inventory, head.others) == (
        "squid_native",
        0,
        False,
        False,
        [],
    )


def test_other_formats_among_the_lines_are_told() -> None:
    head, _ = _head(f"{SQUID}\n{SQUID}\n{FORTIGATE}\n{EVE}\n")
    assert _format(head) == "squid_native"
    assert {"fortigate_kv", "suricata_eve"} <= {*head.others} and "squid_native" not in head.others


def test_what_is_wrapped_around_records_is_told_and_where_they_may_be_read() -> None:
    head, clock = _head(f"<134>Jan  5 10:00:00 proxy1 squid[7]: {SQUID}\n" * 3)
    assert (_format(head), head.depth) == ("squid_native", 1)
    assert head.format is not None
    payloads = list(layers(f"<134>Jan  5 10:00:00 proxy1 squid[7]: {SQUID}"))
    assert head.may_read(FormatReader(head.format, clock), 1, payloads)


def test_nothing_known_is_no_format_unless_the_user_names_one() -> None:
    assert _format(_head("hello\nworld\n")[0]) is None
    assert _format(_head("hello\nworld\n", forced="squid_native")[0]) == "squid_native"


def test_an_inventory_of_this_program_is_no_log() -> None:
    head, _ = _head(f"{OWN_INVENTORY},category\nx,openai,OpenAI,OpenAI,llm\n")
    assert head.own_inventory and head.format is None


def test_a_line_that_may_go_on_behind_the_head_is_no_sample() -> None:
    text = f"{SQUID}\n{SQUID[:40]}".encode()
    assert _head(text, whole=False)[0].lines_of(text) == [SQUID]
    assert _head(text, whole=True)[0].lines_of(text) == [SQUID, SQUID[:40]]


def test_objects_over_several_lines_are_framed_as_json() -> None:
    head, _ = _head('[\n {"host": "chatgpt.com",\n "user": "jo"},\n {"host": "claude.ai",\n "user": "ann"}\n]\n')
    assert head.as_json
    assert len(head.lines_of(b'[\n {"a": 1},\n {"b":\n 2}\n]')) == 2


def test_dates_tell_their_order_or_leave_it_in_doubt() -> None:
    told, clock = _head(TABLE.format("25/01/2026 10:00:00") + "01/02/2026 10:00:00,jo@example.com,chatgpt.com,5\n")
    assert clock.day_first is True and told.in_doubt
    doubtful, clock = _head(TABLE.format("01/02/2026 10:00:00"))
    assert clock.day_first is None and doubtful.in_doubt
    plain, clock = _head(TABLE.format("2026-02-01 10:00:00"))
    assert clock.day_first is None and not plain.in_doubt


def test_a_table_in_a_code_page_is_read_in_it() -> None:
    text = "дата,пользователь,адрес сайта,действие\n2026-01-05 10:00:00,Иванов,chatgpt.com,разрешено\n"
    head, _ = _head(text.encode("cp1251"))
    assert head.page == "cp1251"
    assert head.lines_of(text.encode("cp1251"))[1].split(",")[1] == "Иванов"
    assert _head(text)[0].page is None
