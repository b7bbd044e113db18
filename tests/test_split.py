"""A log read in parts gives what it gives in one go, or is not read in parts."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from datetime import date
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Self

import pytest

from shadowai import inputs, pipeline, split
from shadowai.catalog import Catalog
from shadowai.config import Settings
from shadowai.inventory import Inventory
from shadowai.model import Gap, Note, SourceSummary
from shadowai.names import Names
from shadowai.policy import Policy
from shadowai.sources import container
from shadowai.sources.logs import formats
from tests.formats import expected

SAMPLES = [sample for name in sorted(formats()) for sample in expected.samples(name)]
LINE = "1767600000.{n:03}     55 10.0.0.{n} TCP_TUNNEL/200 4000 CONNECT {host}:443 user{n} HIER_DIRECT/203.0.113.9 -"

Result = tuple[object, list[Gap], list[Note], SourceSummary]


class _Here:
    """A pool whose work is done at once, in this process."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *wrong: object) -> None:
        return None

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(work(*arguments))
        return done

    def shutdown(self, **how: bool) -> None:
        return None


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.fixture(scope="module")
def names(catalog: Catalog) -> Names:
    return Names(catalog)


def _in_parts(path: Path, names: Names, catalog: Catalog, count: int, pool: type[_Here] = _Here) -> Result | None:
    inventory = Inventory()
    log = split.fold(
        str(path),
        split.Reading(Settings()),
        names,
        lambda: names,
        count,
        inventory,
        pool=pool,  # type: ignore[arg-type]
    )
    if log is None:
        assert inventory.entries("user", lookup=_never, policy=Policy.empty(), today=date(2026, 3, 1)) == ()
        return None
    return _rows(inventory, catalog), list(log.gaps()), list(log.notes()), log.summary()


def _in_one_go(path: Path, names: Names, catalog: Catalog) -> Result:
    inventory = Inventory()
    (source,) = container.expand([str(path)])
    assert isinstance(source, container.Source)
    with container.opened(source) as stream:
        (content,) = container.contents(source, stream)
        assert isinstance(content, container.Content)
        log = inputs.log_file(content, Settings(), None, None)
        inputs.scan_log(log, names, inventory)
        return _rows(inventory, catalog), list(log.gaps()), list(log.notes()), log.summary()


def _rows(inventory: Inventory, catalog: Catalog) -> object:
    def signature(id: str) -> Any:
        return catalog.signatures[id]

    today = date(2026, 3, 1)
    rows = [inventory.entries(by, lookup=signature, policy=Policy.empty(), today=today) for by in ("service", "user")]
    return [*rows, inventory.candidates()]


def _never(id: str) -> Any:
    raise AssertionError(id)


def _is_plain(path: Path) -> bool:
    (source,) = container.expand([str(path)])
    assert isinstance(source, container.Source)
    with container.opened(source) as stream:
        return container.plain(source, stream) is not None


PLAIN = [sample for sample in SAMPLES if _is_plain(sample)]


@pytest.mark.parametrize("sample", PLAIN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_parts_of_a_sample_give_what_the_whole_gives(
    sample: Path, names: Names, catalog: Catalog, tmp_path: Path
) -> None:
    """As it is, without a line break at the end, and trebled, so that there is something in every part."""
    data = sample.read_bytes()
    path = tmp_path / sample.name
    trebled = data + data.split(b"\n", 1)[-1] * 2
    for content, counts in ((data, (3, 7)), (data.rstrip(b"\n"), (2,)), (trebled, (2, 7))):
        path.write_bytes(content)
        wanted = _in_one_go(path, names, catalog)
        for count in counts:
            found = _in_parts(path, names, catalog, count)
            assert found is None or found == wanted


def test_most_formats_can_be_read_in_parts(names: Names, catalog: Catalog) -> None:
    taken = (sample for sample in PLAIN if _in_parts(sample, names, catalog, 2) is not None)
    assert sum(1 for _ in islice(taken, len(PLAIN) // 2 + 1)) > len(PLAIN) // 2


def test_mutated_logs_give_the_same_in_parts(names: Names, catalog: Catalog, tmp_path: Path) -> None:
    rng = random.Random(11)
    path = tmp_path / "access.log"
    hosts = ("chatgpt.com", "claude.ai", "www.example.com", "chat.deepseek.com")
    taken = 0
    for _ in range(40):
        lines = [LINE.format(n=n, host=rng.choice(hosts)).encode() for n in range(60)]
        for _ in range(rng.randrange(6)):
            place = rng.randrange(len(lines))
            lines[place] = rng.choice(
                (
                    b"",
                    b"junk \xff\xfe line",
                    b"\0\0" + lines[place],
                    lines[place] + b"\r",
                    lines[place][:20],
                    b"#comment",
                    b'"',
                )
            )
        end = rng.choice((b"\n", b"\r\n"))
        path.write_bytes(end.join(lines) + rng.choice((b"", end)))
        wanted = _in_one_go(path, names, catalog)
        for count in (2, 5, 13):
            found = _in_parts(path, names, catalog, count)
            assert found is None or found == wanted
            taken += found is not None
    assert taken > 60


@pytest.mark.parametrize("other", ["2026-01-05 10:00:00", "25/01/2026 10:00:00", "02/03/2026 10:00:00"])
@pytest.mark.parametrize("page", ["utf-8", "cp1251"])
def test_what_a_header_tells_is_known_to_every_part(
    page: str, other: str, names: Names, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code page of a table, and what order its dates are likely to have."""
    monkeypatch.setattr("shadowai.sources.logs.logfile.HEAD", 200)
    rows = [f"01/05/2026 10:00:00;{'Щщ'[n % 2]}укин{n % 7};https://chatgpt.com/" for n in range(60)]
    text = "\n".join(["Дата и время;Пользователь;URL", *rows, other + rows[0][19:], *rows, ""])
    path = tmp_path / "report.csv"
    path.write_bytes(text.encode(page))
    wanted = _in_one_go(path, names, catalog)
    found = [_in_parts(path, names, catalog, count) for count in (2, 5, 13)]
    settled = other.startswith("25")  # a date further down that tells the order decides how others are read
    assert found == [None if settled else wanted] * 3
    assert "щукин" in repr(wanted)


@pytest.mark.parametrize(
    "text",
    [
        "time,user,url\n"
        + "2026-03-02T08:00:00Z,jdoe,https://chatgpt.com/\n" * 9
        + "time,url,user\n2026-03-02T09:00:00Z,https://claude.ai/,asmith\n",
        "time,user,url\n" + '2026-03-02T08:00:00Z,"j\ndoe",https://chatgpt.com/\n' * 9,
    ],
    ids=["another header further down", "a record over several lines"],
)
def test_what_depends_on_lines_before_it_is_not_read_in_parts(
    text: str, names: Names, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shadowai.sources.logs.logfile.HEAD", 40)
    path = tmp_path / "report.csv"
    path.write_text(text)
    assert _in_parts(path, names, catalog, 3) is None


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"a", b"a\n", b"\n\na\n", b"ab\ncd\n\nefghij\nk", b"x" * 40, b"a\r\nb"]
)
def test_ranges_give_every_line_once(content: bytes) -> None:
    for size in range(1, len(content) + 2):
        starts = [*range(0, len(content), size)] or [0]
        found = b""
        for start, end in zip(starts, [*starts[1:], None], strict=True):
            lines = split.Lines(io.BytesIO(content), start, end)
            data = b"".join(iter(lambda lines=lines: lines.read(3), b""))  # type: ignore[misc]
            assert lines.breaks == data.count(b"\n")
            assert end is None or not data or data.endswith(b"\n") or end > content.rfind(b"\n")
            found += data
        assert found == content


def test_a_range_reads_on_in_pieces_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"".join(b"%d\n" % (7**n) for n in range(60))
    for piece in (1, 2, 7, 4096):
        monkeypatch.setattr(split, "_PIECE", piece)
        cuts = [0, 100, 101, 500, None]
        ranges = [split.Lines(io.BytesIO(content), start or 0, end) for start, end in pairwise(cuts)]
        assert b"".join(b"".join(iter(one.read, b"")) for one in ranges) == content


def test_ranges_hold_every_byte_once() -> None:
    for size in (0, 1, 7, 8, 9):
        for part in range(1, 11):
            found = split.ranges(size, part)
            assert found[0][0] == 0 and found[-1][1] is None
            assert [start for start, _ in found[1:]] == [end for _, end in found[:-1]]
    assert split.ranges(None, 5) == [(0, None)]


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b\x08\0" + b"x" * 40, "chatgpt.com\n".encode("utf-16"), b"\xef\xbb\xbfa\nb\n", b"PK\x03\x04"]
)
def test_what_is_no_plain_text_is_read_in_one_go(
    content: bytes, names: Names, catalog: Catalog, tmp_path: Path
) -> None:
    path = tmp_path / "log"
    path.write_bytes(content)
    assert _in_parts(path, names, catalog, 2) is None


def test_a_scan_of_one_large_log_uses_processes_and_finds_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "access.log"
    hosts = ("chatgpt.com", "www.example.com")
    path.write_text(
        "".join(LINE.format(n=n % 250, host=hosts[n % 2]) + "\n" for n in range(3000)) + "no line of a log\n"
    )
    one = pipeline.scan([str(path)], options=pipeline.ScanOptions(jobs=1, by="user"))
    several = pipeline.scan([str(path)], options=pipeline.ScanOptions(jobs=3, by="user"))
    assert one.gaps and len(one.entries) == 125
    assert several == one


def test_the_head_of_a_log_in_parts_is_looked_at_once(
    names: Names, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "access.log"
    path.write_text("".join(LINE.format(n=n, host="chatgpt.com") + "\n" for n in range(200)))
    wanted, looked, log_file = _in_one_go(path, names, catalog), 0, inputs.log_file

    def looking(*told: Any) -> Any:
        nonlocal looked
        looked += 1
        return log_file(*told)

    monkeypatch.setattr(inputs, "log_file", looking)
    assert _in_parts(path, names, catalog, 3) == wanted
    assert looked == 1
    assert not split._AT_HAND


def test_a_part_of_a_log_of_which_nothing_is_known_yet_is_read_by_its_own_head(names: Names, tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text("".join(LINE.format(n=n, host="chatgpt.com") + "\n" for n in range(200)))
    (source,) = container.expand([str(path)])
    assert isinstance(source, container.Source)
    found = split.piece(source, split.Reading(Settings()), names, 0, None)
    assert found is not None and found.tally.ai == 200


class _Killed(_Here):
    """A pool whose processes are killed."""

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        promise: Future[Any] = Future()
        promise.set_exception(BrokenExecutor("a process is gone"))
        return promise


def test_a_log_is_read_in_one_go_where_a_process_was_killed(names: Names, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text("".join(LINE.format(n=n, host="chatgpt.com") + "\n" for n in range(200)))
    assert _in_parts(path, names, catalog, 2) is not None
    assert _in_parts(path, names, catalog, 2, _Killed) is None
