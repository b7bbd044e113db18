"""Logs and captures as the pipeline takes them."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from shadowai import inputs
from shadowai.catalog import Catalog
from shadowai.config import Settings
from shadowai.inventory import Inventory
from shadowai.model import Gap, Note, Origin, Record, SourceSummary
from shadowai.names import NOT_AI, Names
from shadowai.sources import container
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile
from tests.captures import conversations, files, tls
from tests.formats import expected

SQUID = "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 jdoe HIER_DIRECT/203.0.113.9 -\n"


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(Catalog.load())


def _input(path: Path) -> inputs.Input:
    (source,) = container.expand([str(path)])
    assert isinstance(source, container.Source)
    content = next(iter(container.contents(source, io.BytesIO(path.read_bytes()))))
    assert isinstance(content, container.Content)
    if content.capture:
        return inputs.capture(content, Settings(), b"secret", None)
    return inputs.log(content, Settings(), None, None, None)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text(SQUID + "no line of any log\n" + SQUID.replace("chatgpt.com", "www.example.com"))
    return path


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    talk = conversations.tcp("10.0.0.7", "203.0.113.9", 443).syn().send(tls.hello("chatgpt.com")).fin()
    return files.write_pcap(tmp_path / "traffic.pcap", talk.frames)


@pytest.mark.parametrize(("which", "kinds"), [("log", [Record, Gap, Record]), ("capture", [Record])])
def test_records_and_what_could_not_be_read_come_in_their_order(
    which: str, kinds: list[type], request: pytest.FixtureRequest
) -> None:
    found = list(_input(request.getfixturevalue(which)).records())
    assert [type(item) for item in found if not isinstance(item, Note)] == kinds
    assert next(item.host for item in found if isinstance(item, Record)) == "chatgpt.com"


@pytest.mark.parametrize("which", ["log", "capture"])
def test_a_fold_counts_and_then_tells_of_itself(which: str, names: Names, request: pytest.FixtureRequest) -> None:
    inventory = Inventory()
    one = _input(request.getfixturevalue(which))
    one.fold_into(inventory, names, None, None)
    assert one.summary().ai == 1
    assert len(list(one.gaps())) == (which == "log")
    window = _input(request.getfixturevalue(which))
    window.fold_into(Inventory(), names, 0, 1)
    assert (window.summary().ai, window.summary().outside) == (0, 1)


@pytest.mark.parametrize(
    ("which", "left_out"),
    [("capture", "shadowai.sources.logs.logfile"), ("log", "shadowai.sources.capture.capture_file")],
)
def test_what_the_other_kind_needs_is_not_imported(which: str, left_out: str, request: pytest.FixtureRequest) -> None:
    code = (
        "import sys; from shadowai.pipeline import ScanOptions, scan;"
        f"scan([sys.argv[1]], options=ScanOptions(jobs=2)); print({left_out!r} in sys.modules)"
    )
    path = request.getfixturevalue(which)
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


CONN = SourceSummary("conn.log", "zeek_conn_json", records=9)
SSL = SourceSummary("ssl.log", "zeek_ssl_json", records=9, named=9)
PROXY = SourceSummary("access.log", "squid_native", records=9, named=9)
NAMES_NONE = Gap(Origin("conn.log"), f"{inputs.NAMELESS} (read as zeek_conn_json): …", 9)
UNREAD = Gap(Origin("conn.log"), "line is not zeek_conn_json", 2)


def test_a_file_without_names_is_no_gap_beside_one_that_names_its_connections() -> None:
    gaps, notes = inputs.named_elsewhere([NAMES_NONE, UNREAD], [CONN, SSL], Settings())
    assert gaps == [UNREAD]
    assert [(note.origin, note.kind, note.count) for note in notes] == [(Origin("conn.log"), "joined", 9)]


def test_it_stays_a_gap_beside_other_products_or_alone() -> None:
    empty = SourceSummary("ssl.log", "zeek_ssl_json", records=3)
    for sources in ([CONN], [CONN, PROXY], [CONN, empty], []):
        assert inputs.named_elsewhere([NAMES_NONE, UNREAD], sources, Settings()) == ([NAMES_NONE, UNREAD], [])


@pytest.mark.parametrize("name", ["pfblockerng", "smartdns"])
def test_what_the_time_of_an_answer_had_to_assume_is_counted_once(name: str, names: Names) -> None:
    """Beside other logs, where answers are learnt from: for each record that may be an AI service's."""
    (sample, *_) = expected.samples(name)

    def log() -> LogFile:
        return LogFile(container.Content("x", io.BytesIO(sample.read_bytes()), modified=expected.MODIFIED), formats())

    reference = log()
    for row in reference.rows():
        if names.first(row.reader.candidates(row.tokens)) is not NOT_AI:
            reference.record(row)
    scan = log()
    inputs.scan_log(scan, names, Inventory(), alone=False)
    assert scan.assumed == reference.assumed and scan.assumed
