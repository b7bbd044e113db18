"""``shadowai read``."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.cli import main
from shadowai.cli.read import KEYS, fields, line
from shadowai.model import Gap, Note, Origin, Record
from shadowai.pipeline import ScanOptions
from tests.cli.conftest import GAP, NOTE, RECORD, FakePipeline, program

Captured = pytest.CaptureFixture[str]
FULL = Record(
    "a.log", 1, "squid_native", kind="http_request", time=1_767_600_000_000_000, user="jdoe", device="pc17",
    client_ip="10.0.0.5", server_ip="192.0.2.1", server_port=443, host="chatgpt.com", url="chatgpt.com/c", method="GET",
    action="TCP_MISS/200", blocked=True, bytes_up=0, bytes_down=7, user_agent="ua", counted=False,
    uncounted_because="authentication", time_assumed="zone",
)  # fmt: skip


def test_keys_in_the_order_of_the_contract() -> None:
    assert tuple(fields(FULL)) == KEYS
    assert fields(FULL)["time"] == "2026-01-05T08:00:00Z"
    assert fields(FULL)["bytes_up"] == 0


def test_only_what_is_known_and_counted_only_where_it_is_false() -> None:
    assert fields(Record("a.log", 1, "f")) == {"path": "a.log", "line": 1, "format": "f"}
    assert fields(RECORD)["blocked"] is False


def test_every_field_of_a_record_is_printed_or_left_out_on_purpose() -> None:
    left_out = {"uncounted_because", "time_assumed", "unit", "inferred", "payload_up", "facts", "proof"}
    left_out |= {"session", "answer", "began"}  # what joins records to each other
    assert set(Record.__slots__) - set(KEYS) == left_out


CAPTURED = Record("a.pcap", 42, "pcap", kind="tls_sni", client_ip="192.0.2.7", host="chatgpt.com", unit="frame")


def test_a_capture_s_records_have_frames_and_say_what_was_inferred(fake: FakePipeline, capsys: Captured) -> None:
    fake.items = [CAPTURED, replace(CAPTURED, inferred=True), RECORD]
    assert main(["read", "proxy.log"]) == 0
    sure, inferred, line_ = map(json.loads, capsys.readouterr().out.splitlines())
    assert sure["frame"] == 42 and "line" not in sure and "inferred" not in sure
    assert list(sure)[:3] == ["path", "frame", "format"]
    assert inferred == {**sure, "inferred": True}
    assert line_["line"] == 17 and "frame" not in line_


def test_in_csv_the_frame_is_in_the_column_of_lines(fake: FakePipeline, capsys: Captured) -> None:
    fake.items = [replace(CAPTURED, inferred=True)]
    assert main(["read", "proxy.log", "--format", "csv"]) == 0
    header, row = csv.reader(io.StringIO(capsys.readouterr().out))
    assert tuple(header) == KEYS and row[KEYS.index("line")] == "42"


def test_a_capture_is_read_from_its_frames(tmp_path: Path, capsys: Captured) -> None:
    from tests.captures import files, tls
    from tests.captures.conversations import tcp

    talk = tcp("192.0.2.7", "198.51.100.9", 443).syn().send(tls.hello("chatgpt.com"))
    path = files.write_pcap(tmp_path / "x.pcap", talk.frames)
    assert main(["read", str(path)]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["frame"], row["kind"], row["host"], row["format"]) == (4, "tls_sni", "chatgpt.com", "pcap")
    assert row["bytes_up"] > row["bytes_down"] > 0


def test_json_lines(fake: FakePipeline, capsys: Captured) -> None:
    fake.items = [RECORD, Gap(Origin("proxy.log", 18), "not a request"), NOTE, replace(RECORD, line=19)]
    assert main(["read", "proxy.log", "--log-format", "squid_native", "--timezone", "+02:00"]) == 3
    said = capsys.readouterr()
    rows = [json.loads(row) for row in said.out.splitlines()]
    assert rows[0] == {
        "path": "proxy.log",
        "line": 17,
        "format": "squid_native",
        "time": "2026-01-05T08:00:00.250Z",
        "user": "jdoe",
        "blocked": False,
        "kind": "http_request",
    }
    assert rows[1] == {"path": "proxy.log", "line": 18, "gap": "not a request"}
    assert rows[2]["line"] == 19
    assert said.err == f"note: proxy.log: {NOTE.text} [3 times]\n"
    assert fake.options == ScanOptions(log_format="squid_native", timezone="+02:00")


@pytest.mark.parametrize(
    ("origin", "where"),
    [
        (Origin("a.log"), {"path": "a.log"}),
        (Origin("a.pcap", 42, "frame"), {"path": "a.pcap", "frame": 42}),
        (Origin("a.log", 3), {"path": "a.log", "line": 3}),
    ],
)
def test_a_gap_says_its_place(origin: Origin, where: dict[str, object], fake: FakePipeline, capsys: Captured) -> None:
    fake.items = [Gap(origin, "cut off", 12)]
    assert main(["read", "proxy.log"]) == 3
    assert json.loads(capsys.readouterr().out) == {**where, "gap": "cut off [12 times]"}


def test_csv_has_every_column_and_says_gaps_on_stderr(fake: FakePipeline, capsys: Captured) -> None:
    fake.items = [FULL, GAP]
    assert main(["read", "proxy.log", "--format", "csv"]) == 3
    said = capsys.readouterr()
    header, row = csv.reader(io.StringIO(said.out))
    assert tuple(header) == KEYS
    assert row[0:4] == ["a.log", "1", "squid_native", "2026-01-05T08:00:00Z"]
    assert (row[KEYS.index("blocked")], row[KEYS.index("counted")]) == ("true", "false")
    assert GAP.reason in said.err


@pytest.mark.parametrize("user", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_is_run_by_a_spreadsheet(user: str, fake: FakePipeline, capsys: Captured) -> None:
    fake.items = [replace(RECORD, user=user)]
    assert main(["read", "proxy.log", "--format", "csv"]) == 0
    _, row = csv.reader(io.StringIO(capsys.readouterr().out))
    assert row[KEYS.index("user")].startswith("'")


@given(st.text(st.characters()))
def test_no_value_reaches_the_terminal_as_a_control(text: str) -> None:
    shown = line({"path": text})
    assert shown.isascii() and shown.isprintable()
    if text.isprintable():
        assert json.loads(shown) == {"path": text}
    json.loads(shown)["path"].encode("utf-8")


def test_a_path_that_is_not_there(fake: FakePipeline, capsys: Captured) -> None:
    assert main(["read", "absent.log", "--format", "csv"]) == 2
    said = capsys.readouterr()
    assert "absent.log" in said.err and said.out == ""
    assert fake.paths == []


def test_a_pattern_is_left_to_the_pipeline(fake: FakePipeline) -> None:
    assert main(["read", "*.log"]) == 0
    assert fake.paths == ["*.log"]


def test_a_record_that_was_seen_before_the_failure_is_printed(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_bytes(
        b"1767600000.123 45 10.0.0.5 TCP_TUNNEL/200 5120 CONNECT chatgpt.com:443 jdoe HIER_DIRECT/192.0.2.1 -\n" * 8
        + b"\xff\x1b[2J broken\n"
    )
    done = program("read", "access.log", cwd=tmp_path)
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    assert [row.get("host") for row in rows] == ["chatgpt.com"] * 8 + [None]
    assert rows[-1]["line"] == 9 and "gap" in rows[-1]
    assert done.returncode == 3
    assert b"\x1b" not in done.stdout + done.stderr


def test_notes_are_no_records(fake: FakePipeline, capsys: Captured) -> None:
    fake.items = [Note(Origin("proxy.log"), "zone", "x\x1b")]
    assert main(["read", "proxy.log"]) == 0
    assert capsys.readouterr() == ("", "note: proxy.log: x\\x1b\n")
