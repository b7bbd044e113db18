"""The law: a scan is the fold of the matched records of the reference path, whatever the input; and what a scan reports."""

from __future__ import annotations

import concurrent.futures
import gzip
import random
import shutil
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Self

import pytest

from shadowai import fast, inputs, pipeline
from shadowai.catalog import Catalog
from shadowai.cli import read as cli_read
from shadowai.errors import UsageError
from shadowai.inventory import Inventory
from shadowai.model import Actor, Gap, Note, Record, Report, Usage, Verdict
from shadowai.names import Names
from shadowai.pipeline import Outcome
from shadowai.policy import Policy, exit_code
from shadowai.sources import container
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile
from tests.conftest import ROOT
from tests.formats import expected

SQUID = "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT {host}:443 {user} HIER_DIRECT/203.0.113.9 -"
OTHER_NAMES = (b".chatgpt.com", b".chatgpt.com", b".acme-gpt.example", b".acme.ai", b".mullvad.net")
SAMPLES = [sample for name in sorted(formats()) for sample in expected.samples(name)]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def _scanned(
    path: Path, catalog: Catalog, *, block_size: int = 1 << 20, since: int | None = None, until: int | None = None
) -> Inventory:
    inventory = Inventory()
    for log in _logs(path, block_size):
        inputs.scan_log(log, Names(catalog), inventory, since=since, until=until)
    return inventory


def _read(path: Path, catalog: Catalog, *, since: int | None = None, until: int | None = None) -> Inventory:
    inventory = Inventory()
    for log in _logs(path, 1 << 20):
        pipeline.fold((log.record(row) for row in log.rows()), Names(catalog), inventory, since=since, until=until)
    return inventory


def _logs(path: Path, block_size: int) -> Iterator[LogFile]:
    (source,) = container.expand([str(path)])
    assert not isinstance(source, Gap)
    with container.opened(source) as stream:
        for content in container.contents(source, stream):
            if not isinstance(content, Gap):
                content.modified = expected.MODIFIED
                yield LogFile(content, formats(), block_size=block_size)


def _rows(inventory: Inventory, catalog: Catalog) -> object:
    def signature(id: str):  # type: ignore[no-untyped-def]
        return catalog.signatures[id]

    today = date(2026, 3, 1)
    rows = [inventory.entries(by, lookup=signature, policy=Policy.empty(), today=today) for by in ("service", "user")]
    return [*rows, inventory.candidates(), inventory.notes("service")]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_scan_is_the_fold_of_read(sample: Path, catalog: Catalog) -> None:
    wanted = _rows(_read(sample, catalog), catalog)
    for size in (1 << 20, 997, 64):
        assert _rows(_scanned(sample, catalog, block_size=size), catalog) == wanted


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_scan_is_the_fold_of_read_on_mutated_input(sample: Path, catalog: Catalog, tmp_path: Path) -> None:
    """Bytes flipped, lines cut, doubled, swapped and joined, AI hosts put where others were: still one truth."""
    rng = random.Random(sample.name)
    path = tmp_path / sample.name
    for turn in range(4):
        path.write_bytes(_mutated(sample.read_bytes(), rng, turn))
        window = {"since": 1_767_225_600_000_000, "until": 1_772_600_000_000_000} if turn == 3 else {}
        assert _rows(_scanned(path, catalog, block_size=rng.choice((50, 300, 5000)), **window), catalog) == _rows(
            _read(path, catalog, **window), catalog
        )


def _mutated(data: bytes, rng: random.Random, turn: int) -> bytes:
    lines = data.split(b"\n") * (2 if turn else 1)
    for _ in range(max(3, len(lines) // 4)):
        place = rng.randrange(len(lines))
        line = bytearray(lines[place])
        kind = rng.randrange(6)
        if kind == 0 and line:
            line[rng.randrange(len(line))] = rng.choice(b"\"',;= \t\\[]{}:-/#%0\x00\xff")
        elif kind == 1:
            line = line[: rng.randrange(len(line) + 1)]
        elif kind == 2:
            line = bytearray(bytes(line).replace(b".example", OTHER_NAMES[place % len(OTHER_NAMES)], 1))
        elif kind == 3:
            line += b" " + lines[rng.randrange(len(lines))]
        elif kind == 4:
            line = bytearray(
                bytes(line).replace(
                    b"chatgpt.com", rng.choice((b"ChatGPT.com.", b"chatgpt.com:443", b"a@chatgpt.com", b"[::1]", b"-"))
                )
            )
        elif len(line) > 4:
            cut = rng.randrange(len(line))
            line = line[:cut] + line[cut : cut + 3] + line[cut:]
        lines[place] = bytes(line)
    return b"\n".join(lines)


def test_generated_squid_lines_obey_the_law(tmp_path: Path, catalog: Catalog) -> None:
    rng = random.Random(3)
    path = tmp_path / "access.log"
    lines = []
    for _ in range(3000):
        host = rng.choice(
            (
                "chatgpt.com",
                "www.claude.ai",
                "notchatgpt.com",
                "intranet.example",
                "[2001:db8::1]",
                "bing.com",
                "chatgpt.com.evil.example",
            )
        )
        target = rng.choice(
            (
                f"CONNECT {host}:443",
                f"GET http://{host}/chat",
                f"GET https://u:p@{host}/chat?x=claude.ai",
                f"POST {host}",
                "NONE error:invalid-request",
            )
        )
        status = rng.choice(("TCP_MISS/200", "TCP_DENIED/403", "TCP_DENIED/407", "NONE/400", "TCP_TUNNEL/200"))
        user = rng.choice(("-", "CORP\\jdoe", "ann@example.com", "jdoe"))
        lines.append(
            f"{1767600000 + rng.random() * 1e6:.3f} {rng.randrange(99):4d} 10.0.0.{rng.randrange(5)} {status} "
            f"{rng.randrange(9999)} {target} {user} HIER_DIRECT/203.0.113.9 -"
        )
    path.write_text("\n".join(lines), "utf-8")
    wanted = _rows(_read(path, catalog), catalog)
    assert wanted[0]  # type: ignore[index]
    for size in (64, 4096, 1 << 20):
        assert _rows(_scanned(path, catalog, block_size=size), catalog) == wanted


def _scan(*paths: Path, **options: object) -> Report:
    return pipeline.scan([str(path) for path in paths], options=pipeline.ScanOptions(**options))  # type: ignore[arg-type]


def test_a_small_log_gives_its_inventory(tmp_path: Path) -> None:
    log = tmp_path / "anything"
    log.write_text(
        "\n".join(
            SQUID.format(host=host, user=user) for host, user in (("chatgpt.com", "jdoe"), ("mail.example.com", "jdoe"))
        ),
        "utf-8",
    )
    report = _scan(log)
    (entry,) = report.entries
    assert (entry.service_id, entry.users, entry.events, entry.bytes_down, entry.usage) == (
        "openai-chatgpt",
        1,
        1,
        4000,
        Usage.CONNECTED,
    )
    assert [str(origin) for origin in entry.evidence] == [f"{log}:1"]
    assert report.complete and exit_code(report) == 0
    (summary,) = report.sources
    assert (summary.format, summary.records, summary.named, summary.ai) == ("squid_native", 2, 2, 1)


def test_a_window_leaves_out_what_is_outside(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(SQUID.format(host="chatgpt.com", user="jdoe") + "\n", "utf-8")
    at = 1_767_600_000_123_000
    assert _scan(log, since=at, until=at).entries
    assert not _scan(log, since=at + 1).entries
    assert _scan(log, until=at - 1).sources[0].outside == 1


def test_a_policy_breach_and_a_gap_give_one_and_a_gap_alone_three(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(SQUID.format(host="chatgpt.com", user="jdoe") + "\n%%% not a log line\n", "utf-8")
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 1\nrules:\n  - service: openai-chatgpt\n    status: prohibited\n", "utf-8")
    half = _scan(log)
    assert [(gap.count, [str(at) for at in gap.examples]) for gap in half.gaps] == [(1, [f"{log}:2"])]
    assert exit_code(half) == 3
    both = _scan(log, policy=str(policy))
    assert both.entries[0].verdict is Verdict.PROHIBITED
    assert exit_code(both) == 1


def test_a_policy_that_names_an_unknown_service_is_refused(tmp_path: Path) -> None:
    log, policy = tmp_path / "a", tmp_path / "policy.yaml"
    log.write_text(SQUID.format(host="chatgpt.com", user="jdoe"), "utf-8")
    policy.write_text("version: 1\nrules:\n  - service: openai-chatgbt\n    status: prohibited\n", "utf-8")
    with pytest.raises(UsageError, match="openai-chatgbt") as caught:
        _scan(log, policy=str(policy))
    assert caught.value.origin is not None and caught.value.origin.position == 3


def test_a_file_nobody_knows_is_a_gap_with_the_remedy(tmp_path: Path) -> None:
    log = tmp_path / "poem.txt"
    log.write_text("so much depends\nupon\na red wheel\nbarrow\n", "utf-8")
    report = _scan(log)
    (gap,) = report.gaps
    assert gap.origin.path == str(log) and "--log-format" in gap.reason and gap.count == 4
    assert exit_code(report) == 3


def test_a_path_that_does_not_exist_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        _scan(tmp_path / "nothing")


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x", "utf-8")
    with pytest.raises(UsageError, match="unknown log format"):
        _scan(tmp_path / "a", log_format="nope")


def test_a_broken_capture_is_a_gap_and_never_nothing(tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(b"\xd4\xc3\xb2\xa1" + bytes(40))
    report = _scan(tmp_path / "dump")
    (gap,) = report.gaps
    assert gap.reason.startswith("corrupt record") and exit_code(report) == 3


def test_processes_and_one_process_agree(tmp_path: Path) -> None:
    for number in range(4):
        lines = [
            SQUID.format(host="claude.ai", user=f"user{number}"),
            SQUID.format(host="chatgpt.com", user="jdoe"),
            "junk" * (number == 2),
        ]
        (tmp_path / f"{number}.log").write_text("\n".join(lines), "utf-8")
    assert _scan(tmp_path, jobs=2) == _scan(tmp_path, jobs=1)
    assert _scan(tmp_path, jobs=2, by="user") == _scan(tmp_path, jobs=1, by="user")


class _Killed:
    """A pool that loses a process with its first file."""

    def __init__(self, workers: int) -> None:
        self._lost = False
        self.workers = workers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *wrong: object) -> None:
        pass

    def submit(self, work: object, *arguments: object) -> Future[Outcome]:
        if self._lost:
            raise BrokenExecutor("a process is gone")
        self._lost = True
        promise: Future[Outcome] = Future()
        promise.set_exception(BrokenExecutor("a process is gone"))
        return promise


def test_files_of_a_process_that_was_killed_are_gaps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        (tmp_path / f"{number}.log").write_text(SQUID.format(host=f"{number}.claude.ai", user="jdoe"), "utf-8")
    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", _Killed)
    report = _scan(tmp_path, jobs=2)
    assert [gap.origin.path for gap in report.gaps] == [str(tmp_path / f"{number}.log") for number in range(3)]
    assert all("was killed" in gap.reason for gap in report.gaps)
    assert exit_code(report) == 3


def test_a_truncated_gzip_is_read_as_far_as_it_goes_and_said(tmp_path: Path) -> None:
    whole = gzip.compress(
        "".join(SQUID.format(host="chatgpt.com", user=f"user{n}") + "\n" for n in range(20_000)).encode()
    )
    (tmp_path / "access.log").write_bytes(whole[: len(whole) // 2])
    report = _scan(tmp_path / "access.log")
    assert report.entries[0].users > 100
    assert any("truncated" in gap.reason for gap in report.gaps)


def test_memory_does_not_grow_with_lines(tmp_path: Path, catalog: Catalog) -> None:
    """Two logs of the same people, one twenty times as long: the fold holds the same."""
    sizes = []
    for times in (1, 20):
        log = tmp_path / f"{times}.log"
        log.write_text(
            "".join(SQUID.format(host=f"h{n % 50}.chatgpt.com", user=f"u{n % 30}") + "\n" for n in range(600 * times)),
            "utf-8",
        )
        inventory = _scanned(log, catalog)
        sizes.append(sum(len(actors) for actors in inventory._services.values()))
    assert sizes[0] == sizes[1] == 31


def test_read_gives_records_gaps_in_place_and_notes(tmp_path: Path) -> None:
    log = tmp_path / "users.csv"
    log.write_text(
        'time,user,host\n2026-01-05 08:00:00,jdoe,chatgpt.com\n"never closed,x,y\n2026-01-05 08:00:01,ann,claude.ai\n',
        "utf-8",
    )
    items = list(pipeline.read([str(log)], options=pipeline.ScanOptions()))
    records = [item for item in items if isinstance(item, Record)]
    assert [(record.line, record.host) for record in records] == [(2, "chatgpt.com"), (4, "claude.ai")]
    assert [str(item.origin) for item in items if isinstance(item, Gap)] == [f"{log}:3"]
    assert [item.kind for item in items if isinstance(item, Note)] == ["guess", "zone"]


def test_a_users_own_format_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "formats"
    folder.mkdir()
    (folder / "acme.toml").write_text(
        'name = "acme"\nfamily = "blank"\nline = "^ACME "\n[options]\nat_least = 4\n[fields]\nhost = 3\nuser = 4\n[[time]]\nkeys = [2]\n',
        "utf-8",
    )
    log = tmp_path / "acme.log"
    log.write_text("ACME 2026-01-05T08:00:00Z chatgpt.com jdoe\n", "utf-8")
    settings = replace(pipeline.ScanOptions().settings, formats_dir=(folder,))
    assert _scan(log, settings=settings).entries[0].users == 1
    assert _scan(log).gaps


def test_progress_is_told_of_every_byte(tmp_path: Path) -> None:
    class Told:
        total: int | None = None
        seen = 0
        files: list[str]

        def start(self, total_bytes: int | None) -> None:
            self.total, self.files = total_bytes, []

        def file(self, path: str) -> None:
            self.files.append(path)

        def advance(self, n_bytes: int) -> None:
            self.seen += n_bytes

        def done(self) -> None:
            self.total = self.total or -1

    log = tmp_path / "access.log"
    log.write_text(SQUID.format(host="chatgpt.com", user="jdoe") + "\n", "utf-8")
    told = Told()
    pipeline.scan([str(log)], options=pipeline.ScanOptions(), progress=told)
    assert told.total == log.stat().st_size == told.seen
    assert told.files == [str(log)]


def test_what_read_prints_can_be_scanned_again(tmp_path: Path) -> None:
    """The records of the samples' logs, printed and read back: the same inventory but for where it was seen.

    Captures are left out: what their protocols prove is not among the fields of a record that is printed. So is the log of which several
    records tell of one connection: the id that joins them is not printed either.
    """
    samples = tmp_path / "samples"
    shutil.copytree(ROOT / "samples", samples, ignore=shutil.ignore_patterns("*.pcap", "fortigate.log"))
    options = pipeline.ScanOptions()
    printed = tmp_path / "records.jsonl"
    items = pipeline.read([str(samples)], options=options)
    lines = [cli_read.line(cli_read.fields(item)) for item in items if isinstance(item, Record)]
    printed.write_text("\n".join(lines), "utf-8")
    first, second = _scan(samples, by="user"), _scan(printed, by="user")
    assert len(first.entries) > 20

    def figures(report: Report) -> list[object]:
        return [replace(entry, sources=(), evidence=()) for entry in report.entries]

    assert figures(second) == figures(first)
    assert {source.format for source in second.sources} == {"shadowai_read"}


def test_records_parted_by_bare_carriage_returns_are_counted_and_not_half_read(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    lines = [
        SQUID.format(host="chatgpt.com", user="jdoe"),
        SQUID.format(host="claude.ai", user="ann") + "\r" + SQUID.format(host="x.ai", user="bob"),
    ]
    log.write_bytes("\n".join(lines).encode())
    report = _scan(log)
    assert [entry.service_id for entry in report.entries] == ["openai-chatgpt"]
    assert [(gap.reason, gap.count) for gap in report.gaps] == [("carriage return within the line", 1)]


def test_identities_join_rows(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    lines = [
        f"17672184{n:02}.000    100 192.0.2.{n} TCP_MISS/200 4000 GET https://chatgpt.com/ {user} HIER_DIRECT/203.0.113.5 text/html"
        for n, user in ((10, "jdoe"), (11, "-"), (12, "raj"))
    ]
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    people = tmp_path / "people.csv"
    people.write_text("person,login,address\njane@example.com,jdoe,192.0.2.11\n", encoding="utf-8")
    apart = pipeline.scan([str(log)], options=pipeline.ScanOptions(by="user"))
    joined = pipeline.scan([str(log)], options=pipeline.ScanOptions(by="user", identities=str(people)))
    assert len(apart.entries) == 3
    assert {(row.actor, row.events) for row in joined.entries} == {(Actor("jane@example.com"), 2), (Actor("raj"), 1)}


BAD_TIMES = "".join(
    f"{time},{user},chatgpt.com\n"
    for time, user in (
        ("2026-01-05T08:00:00Z", "ann"), ("never", "ben"), ("4102444800", "cy"), ("-", "dee"), ("- -", "eve"), ("never", "ben"),
    )
)  # fmt: skip


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize("beside", [False, True])
def test_times_that_cannot_be_read_are_said(
    pure: bool, beside: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alone, where the compiled fold may count, and beside another log; never those of other hosts, nor where no time is told."""
    if pure:
        monkeypatch.setenv(fast.PURE, "1")
    log = tmp_path / "times.csv"
    log.write_text(f"time,user,host\n{BAD_TIMES}never,fay,files.example.org\n", "utf-8")
    if beside:
        (tmp_path / "other.csv").write_text("time,user,host\n2026-01-05T08:00:00Z,ann,claude.ai\n", "utf-8")
    options = pipeline.ScanOptions(since=1_893_456_000_000_000)  # 2030
    report = pipeline.scan([str(tmp_path if beside else log)], options=options)
    assert [(row.service_id, row.events) for row in report.entries] == [("openai-chatgpt", 5)]
    told = [note for note in report.notes if note.kind == "time"]
    assert [(str(note.origin), note.count) for note in told] == [(str(log), 3)]
    assert "--since" in told[0].text


def test_read_says_which_times_it_cannot_read(tmp_path: Path) -> None:
    log = tmp_path / "times.csv"
    log.write_text(f"time,user,host\n{BAD_TIMES}", "utf-8")
    items = list(pipeline.read([str(log)], options=pipeline.ScanOptions()))
    assert [item.count for item in items if isinstance(item, Note) and item.kind == "time"] == [3]
    assert sum(item.time is None for item in items if isinstance(item, Record)) == 5


LEASES = """
lease 192.0.2.17 {
  starts 4 2026/01/01 07:00:00;
  ends 4 2026/01/01 08:30:00;
  hardware ethernet 02:00:00:00:00:01;
  client-hostname "pc17";
}
lease 192.0.2.17 {
  starts 4 2026/01/01 08:45:00;
  ends 4 2026/01/01 12:30:00;
  hardware ethernet 02:00:00:00:00:02;
  client-hostname "pc99";
}
"""


def test_who_has_an_address_is_not_who_had_it(tmp_path: Path) -> None:
    """The lease says that another device had the address that the file of people gives to Jane."""
    log, leases, people = tmp_path / "access.log", tmp_path / "dhcpd.leases", tmp_path / "people.csv"
    line = "{}.000    100 192.0.2.17 TCP_MISS/200 4000 GET https://{}/ - HIER_DIRECT/203.0.113.5 text/html\n"
    log.write_text(line.format(1767254400, "chatgpt.com") + line.format(1767258000, "claude.ai"), "utf-8")
    leases.write_text(LEASES, "utf-8")
    people.write_text("person,host,address\njane@example.com,pc17,192.0.2.17\n", "utf-8")
    settings = replace(pipeline.ScanOptions().settings, leases=(leases,))
    report = pipeline.scan(
        [str(log)], options=pipeline.ScanOptions(by="user", identities=str(people), settings=settings)
    )
    assert {(row.service_id, row.actor) for row in report.entries} == {
        ("openai-chatgpt", Actor("jane@example.com")),
        ("anthropic-claude", Actor(None, "pc99", "192.0.2.17")),
    }
    assert [(str(note.origin), note.count) for note in report.notes if note.kind == "identities"] == [(str(people), 1)]
