"""A scan in tasks gives what it gives in one go, wherever and however often they ran."""

from __future__ import annotations

import gzip
import os
import pickle
import random
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Future
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shadowai import pipeline, tasks
from shadowai.catalog import Catalog
from shadowai.config import Settings
from shadowai.errors import UsageError
from shadowai.model import Gap
from shadowai.names import Names
from shadowai.pipeline import Outcome, ScanOptions
from shadowai.policy import Policy
from shadowai.sources import container
from shadowai.sources.logs import formats
from shadowai.tenants import Tenant
from tests.formats import expected

LINE = "1767600000.{n:03}     55 10.0.0.{n} TCP_TUNNEL/200 4000 CONNECT {host}:443 user{n} HIER_DIRECT/203.0.113.9 -"
SAMPLES = [sample for name in sorted(formats()) for sample in expected.samples(name)]
OPTIONS = ScanOptions(secret=b"one of the tests")
Work = Callable[..., Any]
OWN = """
name = "own"
title = "Our own gateway"
family = "csv_positional"
line = '^[^|]+Z[|]'

[options]
delimiter = "|"
at_least = 3

[fields]
user = 2
host = 3

[[time]]
keys = [1]
"""


@pytest.fixture(scope="module")
def known() -> Catalog:
    return Catalog.load()


def _here(work: Work, *arguments: Any) -> Future[Any]:
    """What a pool does, at once and in this process; everything goes through a pickle, as it would."""
    done: Future[Any] = Future()
    work, arguments = pickle.loads(pickle.dumps((work, arguments)))
    done.set_result(pickle.loads(pickle.dumps(work(*arguments))))
    return done


def _rows(found: Outcome, known: Catalog) -> object:
    def entries(by: Any) -> object:
        return found.inventory.entries(by, lookup=known.signatures.__getitem__, policy=Policy.empty(), today=date.max)

    return entries("service"), entries("user"), found.gaps, found.notes, found.sources


def _spread(
    paths: Sequence[Path | str], known: Catalog, part: int, submit: tasks.Submit = _here, options: ScanOptions = OPTIONS
) -> object:
    sources = list(container.expand([str(path) for path in paths]))
    workers = tasks.Workers(submit, tasks.packed(options, known))
    return _sum(tasks.spread(sources, options, known, workers, part=part), known)


def _in_one_go(paths: Sequence[Path | str], known: Catalog, options: ScanOptions = OPTIONS) -> object:
    names = Names(known)
    sources = container.expand([str(path) for path in paths])
    found = (
        Outcome(gaps=[one]) if isinstance(one, Gap) else pipeline.scan_source(one, options, names, None)
        for one in sources
    )
    return _sum(found, known)


def _sum(found: Any, known: Catalog) -> object:
    total = Outcome()
    for one in found:
        total.merge(one)
    return _rows(total, known)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    hosts = ("chatgpt.com", "www.example.com", "claude.ai")
    lines = [LINE.format(n=n % 250, host=hosts[n % 3]) for n in range(1200)]
    lines[600] = "no line of a log"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("sample", SAMPLES[::4], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_sample_in_tasks_gives_what_it_gives_in_one_go(sample: Path, known: Catalog, tmp_path: Path) -> None:
    data = sample.read_bytes()
    path = tmp_path / sample.name
    path.write_bytes(data + data.split(b"\n", 1)[-1] * 2)
    assert _spread([path], known, path.stat().st_size // 3 + 1) == _in_one_go([path], known)


def test_several_files_and_what_is_no_file(log: Path, known: Catalog, root: Path) -> None:
    (log.parent / "b.gz").write_bytes(gzip.compress(log.read_bytes()))
    (log.parent / "c.bin").write_bytes(b"\1\2\3\4\5\6" * 99)
    paths = [log.parent, root / "samples"]
    wanted = _in_one_go(paths, known)
    assert _spread(paths, known, 40_000) == wanted
    assert _spread(paths, known, tasks.PART) == wanted


def test_one_large_log_really_is_read_in_ranges(log: Path, known: Catalog) -> None:
    given: list[Work] = []

    def submit(work: Work, *arguments: Any) -> Future[Any]:
        given.append(work)
        return _here(work, *arguments)

    size = log.stat().st_size
    assert _spread([log], known, size // 7 + 1, submit) == _in_one_go([log], known)
    assert given == [tasks.piece] * 7


def test_mutated_logs_give_the_same(known: Catalog, tmp_path: Path) -> None:
    rng = random.Random(5)
    path = tmp_path / "access.log"
    junk = (b"", b"junk \xff\xfe line", b"\0\0", b"\r", b"#comment", b'"', b"x" * 3000, b'{"a": 1}', b"a,b,c")
    for _ in range(12):
        lines = [LINE.format(n=n, host=rng.choice(("chatgpt.com", "example.com"))).encode() for n in range(60)]
        for _ in range(rng.randrange(5)):
            lines.insert(rng.randrange(len(lines)), rng.choice(junk))
        path.write_bytes(rng.choice((b"\n", b"\r\n")).join(lines) + rng.choice((b"", b"\n")))
        assert _spread([path], known, rng.randrange(200, 4000)) == _in_one_go([path], known)


def test_what_depends_on_lines_before_it_is_read_in_one_go(known: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    row, other = "2026-03-02T08:00:00Z,jdoe,https://chatgpt.com/\n", "2026-03-02T09:00:00Z,https://claude.ai/,asmith\n"
    path.write_text(f"time,user,url\n{row * 30000}time,url,user\n{other * 30000}")
    assert path.stat().st_size > 2 << 20
    assert _spread([path], known, 500_000) == _in_one_go([path], known)


def test_a_task_done_twice_and_tasks_done_in_any_order_change_nothing(log: Path, known: Catalog) -> None:
    """A scheduler that takes a slow worker for a lost one has its task done again; both may end."""
    waiting: list[tuple[Future[Any], Work, tuple[Any, ...]]] = []

    class Late(Future[Any]):
        def result(self, timeout: float | None = None) -> Any:
            random.Random(3).shuffle(waiting)
            for promise, work, arguments in [*waiting, *waiting]:
                if not promise.done():
                    _here(work, *arguments)  # the one whose answer nobody heard
                    promise.set_result(_here(work, *arguments).result())
            waiting.clear()
            return super().result(timeout)

    def submit(work: Work, *arguments: Any) -> Future[Any]:
        promise = Late()
        waiting.append((promise, work, arguments))
        return promise

    assert _spread([log, log.parent], known, 20_000, submit) == _in_one_go([log, log.parent], known)


def test_a_file_whose_every_worker_died_is_a_gap_and_the_rest_is_read(log: Path, known: Catalog) -> None:
    (log.parent / "deadly.log").write_text(LINE.format(n=1, host="claude.ai") + "\n")

    def submit(work: Work, job: bytes, source: container.Source, *cut: Any) -> Future[Any]:
        promise: Future[Any] = Future()
        if "deadly" in source.path:
            promise.set_exception(BrokenExecutor("it died"))
            return promise
        return _here(work, job, source, *cut)

    found: Any = _spread([log.parent], known, 50_000, submit)
    rows, _, gaps, *_ = found
    assert {row.service_id for row in rows} >= {"openai-chatgpt"}
    (gap,) = [gap for gap in gaps if gap.origin.path.endswith("deadly.log")]
    assert "every worker" in gap.reason


def test_what_a_task_raises_is_raised(log: Path, known: Catalog) -> None:
    def submit(work: Work, *arguments: Any) -> Future[Any]:
        promise: Future[Any] = Future()
        promise.set_exception(ModuleNotFoundError("No module named 'shadowai'"))
        return promise

    with pytest.raises(ModuleNotFoundError):
        _spread([log], known, 50_000, submit)


def test_tasks_that_nobody_waits_for_any_more_are_taken_back(log: Path, known: Catalog) -> None:
    taken_back: list[Future[Any]] = []

    class Counted(Future[Any]):
        def cancel(self) -> bool:
            taken_back.append(self)
            return super().cancel()

    def submit(work: Work, *arguments: Any) -> Future[Any]:
        return Counted()

    for name in "bc":
        (log.parent / name).write_text("x")
    sources = list(container.expand([str(log), str(log.parent)]))
    found = tasks.spread(sources, OPTIONS, known, tasks.Workers(submit, b""), part=30_000)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Counted, "result", lambda self: (_ for _ in ()).throw(KeyboardInterrupt()))
        next(found)
    assert len(taken_back) > 3


def test_signatures_and_formats_of_the_user_travel_and_tenants_do_not(known: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "formats"
    folder.mkdir()
    (folder / "own.toml").write_text(OWN)
    path = tmp_path / "own.log"
    path.write_text("2026-03-02T08:00:00Z|jdoe|chatgpt.com\n" * 3)
    options = replace(OPTIONS, settings=Settings(formats_dir=(folder,), disable=("openai-chatgpt",)), log_format="own")
    less = options.load_catalog()
    wanted = _in_one_go([path], less, options)
    job = tasks.packed(options, less)
    (folder / "own.toml").unlink()  # a worker has no such folder
    source = next(iter(container.expand([str(path)])))
    assert isinstance(source, container.Source)
    found = tasks.whole(job, source)
    assert _rows(found, less) == wanted
    assert found.sources[0].format == "own" and found.sources[0].records == 3
    tenants = (Tenant("acme", "entra", {"client_secret": "env:SECRET"}),)
    with_tenants = replace(OPTIONS, settings=Settings(tenants=tenants))
    assert tasks._ready(tasks.packed(with_tenants, less)).options.settings == Settings()


def test_where_nothing_travels_nothing_is_laid_down(known: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is killed would leave an empty folder each time."""
    tasks._ready.cache_clear()
    monkeypatch.setattr("tempfile.mkdtemp", lambda **about: pytest.fail("a folder for nothing"))
    assert tasks._ready(tasks.packed(OPTIONS, known)).options.settings == OPTIONS.settings


def test_leases_travel_with_the_time_at_which_they_were_written(log: Path, known: Catalog) -> None:
    path = log.with_name("dnsmasq.leases")
    path.write_text("1767603600 02:00:00:00:00:01 10.0.0.7 pc7 *\n")
    os.utime(path, (1767600000, 1767600000))
    log.write_text(LINE.format(n=7, host="chatgpt.com") + "\n")
    options = replace(OPTIONS, settings=Settings(leases=(path,)))
    job = tasks.packed(options, known)
    path.unlink()  # a worker has no such file
    (source,) = container.expand([str(log)])
    found = tasks.whole(job, source)  # type: ignore[arg-type]
    rows = found.inventory.entries("user", lookup=known.signatures.__getitem__, policy=Policy.empty(), today=date.max)
    assert [row.actor and row.actor.device for row in rows] == ["pc7"]


def test_a_worker_of_another_release_is_refused(log: Path, known: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    job = tasks.packed(OPTIONS, known)
    monkeypatch.setattr(tasks, "__version__", "0.0")
    source = next(iter(container.expand([str(log)])))
    tasks._ready.cache_clear()
    with pytest.raises(UsageError, match=r"release 0\.0"):
        tasks.whole(job, source)  # type: ignore[arg-type]


def test_a_worker_has_another_current_folder(
    log: Path, known: Catalog, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(log.parent)
    (source,) = container.expand([log.name])
    assert isinstance(source, container.Source)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    found = tasks.whole(tasks.packed(OPTIONS, known), pickle.loads(pickle.dumps(source)))
    assert found.sources[0].records == 1199 and found.sources[0].path == log.name
