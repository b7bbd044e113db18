"""A real cluster of two workers on this machine: what it finds is what is found in one go, whoever dies."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from shadowai import cluster, pipeline, tasks
from shadowai.catalog import Catalog
from shadowai.errors import UsageError
from shadowai.names import Names
from shadowai.pipeline import ScanOptions
from shadowai.policy import Policy
from shadowai.sources import container
from tests.conftest import ROOT

LINE = "1767600000.{n:03}     55 10.0.0.{n} TCP_TUNNEL/200 4000 CONNECT {host}:443 user{n} HIER_DIRECT/203.0.113.9 -"
OPTIONS = ScanOptions(secret=b"one of the tests", jobs=1)


@cache
def _known() -> Catalog:
    return OPTIONS.load_catalog()


class Cluster(NamedTuple):
    address: str
    folder: Path
    processes: list[subprocess.Popen[bytes]]

    def worker(self, name: str) -> subprocess.Popen[bytes]:
        """One more worker, a process of its own."""
        command = ["distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        command += ["--name", name, "--memory-limit", "0", "--death-timeout", "30"]
        self.processes.append(_process(self.folder, command))
        return self.processes[-1]


def _process(folder: Path, command: list[str]) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    surroundings = {**os.environ, "PYTHONPATH": path, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with (folder / f"{len(list(folder.iterdir()))}.log").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", *command], cwd=folder, env=surroundings, stdout=said, stderr=said
        )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    note = folder / "scheduler.json"
    command = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(note)]
    processes = [_process(folder, ["distributed.cli.dask_scheduler", *command])]
    try:
        here = Cluster(_address(note), folder, processes)
        here.worker("one")
        here.worker("two")
        yield here
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _address(note: Path) -> str:
    for _ in range(300):
        try:
            return str(json.loads(note.read_text())["address"])
        except (OSError, ValueError):
            time.sleep(0.1)
    raise AssertionError(f"no scheduler: {[log.read_text() for log in note.parent.glob('*.log')]}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A large log, a small one that is compressed, a capture, and something that is neither."""
    made = tmp_path_factory.mktemp("logs")
    hosts = ("chatgpt.com", "www.example.com", "claude.ai")
    text = "".join(LINE.format(n=n % 250, host=hosts[n % 3]) + "\n" for n in range(4000)) + "no line of a log\n"
    (made / "a.log").write_text(text)
    (made / "b.log.gz").write_bytes(gzip.compress(text.encode()))
    (made / "c.bin").write_bytes(b"\1\2\3\4\5\6" * 99)
    shutil.copytree(ROOT / "samples", made / "samples")
    return made


def test_a_scan_on_a_cluster_is_the_scan_on_this_machine(running: Cluster, folder: Path) -> None:
    wanted = pipeline.scan_by([str(folder)], ("service", "user"), options=OPTIONS)
    on_it = ScanOptions(secret=OPTIONS.secret, cluster=running.address)
    assert pipeline.scan_by([str(folder)], ("service", "user"), options=on_it) == wanted
    assert wanted[0].gaps and any("pcap" in source.format for source in wanted[0].sources)


def test_a_worker_killed_in_the_middle_changes_nothing(running: Cluster, folder: Path) -> None:
    victim = running.worker("victim")
    done: list[Future[Any]] = []
    killed: list[int] = []

    def note(promise: Future[Any]) -> None:
        done.append(promise)
        if len(done) == 5:
            victim.send_signal(signal.SIGKILL)
            killed.append(victim.wait())

    known = _known()
    sources = list(container.expand([str(folder)]))
    with cluster.workers(running.address, tasks.packed(OPTIONS, known)) as found:
        _until(found, 3)

        def submit(work: Any, *arguments: Any) -> Any:
            promise = found.submit(slowly, work, *arguments)
            promise.add_done_callback(note)  # type: ignore[attr-defined]
            return promise

        outcomes = list(tasks.spread(sources, OPTIONS, known, found._replace(submit=submit), part=9_000))
    assert killed == [-signal.SIGKILL] and len(done) > 30
    assert len(outcomes) == len(sources)
    for source, outcome in zip(sources, outcomes, strict=True):
        assert _shown(outcome) == _shown(pipeline.scan_source(source, OPTIONS, Names(known), None))  # type: ignore[arg-type]


def slowly(work: Any, *arguments: Any) -> Any:
    """The task, taking so long that a worker dies with some of them in its hands."""
    time.sleep(0.05)
    return work(*arguments)


def _until(found: tasks.Workers, count: int) -> None:
    """Wait until a task was done by each of so many workers."""
    pids: set[int] = set()
    for _ in range(200):
        pids |= {promise.result() for promise in [found.submit(_pid, number) for number in range(2 * count)]}
        if len(pids) == count:
            return
    raise AssertionError(pids)


def _pid(number: int) -> int:
    time.sleep(0.01)
    return os.getpid()


def _shown(found: pipeline.Outcome) -> object:
    def entries(by: Any) -> object:
        lookup = _known().signatures.__getitem__
        return found.inventory.entries(by, lookup=lookup, policy=Policy.empty(), today=date.max)

    return entries("service"), entries("user"), found.gaps, found.notes, found.sources


def test_nobody_at_the_address(running: Cluster) -> None:
    for address in ("tcp://127.0.0.1:9", "nowhere://x"):
        with pytest.raises(UsageError, match="no scheduler answers"), cluster.workers(address, b"", patience=1):
            pass


def test_a_worker_of_another_release_or_without_the_program(running: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "__version__", "99.0")
    with pytest.raises(UsageError, match=r"and the scan 99\.0"), cluster.workers(running.address, b""):
        pass
    answer = {"tcp://192.0.2.1:40000": ModuleNotFoundError("No module named 'shadowai'")}
    with pytest.raises(UsageError, match=r"192\.0\.2\.1.* has none"):
        cluster._check(answer)


def test_what_a_worker_raises_reaches_the_caller(running: Cluster) -> None:
    with cluster.workers(running.address, b"no job") as found, pytest.raises(Exception, match="incorrect header check"):
        found.submit(tasks.whole, found.job, None).result()


def test_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="Dask") as wrong, cluster.workers("tcp://127.0.0.1:9", b""):
        pass
    assert "shadowai[cluster]" in wrong.value.remedy


def test_threads_are_gone(running: Cluster) -> None:
    """A client that was closed leaves no work behind that would keep the program from ending."""
    with cluster.workers(running.address, b""):
        pass
    assert not [thread for thread in threading.enumerate() if "executor" in thread.name.lower() and not thread.daemon]


def test_a_file_that_kills_its_workers_is_a_gap_and_others_are_read_still(running: Cluster, folder: Path) -> None:
    """Two of three workers die: the last test, for one is left."""
    known = _known()
    with cluster.workers(running.address, tasks.packed(OPTIONS, known)) as found:

        def submit(work: Any, *arguments: Any) -> Any:
            return found.submit(die)

        (source,) = container.expand([str(folder / "a.log")])
        assert isinstance(source, container.Source)
        running.worker("three")
        _until(found, 3)
        (lost,) = tasks.spread([source], OPTIONS, known, found._replace(submit=submit))
        (read,) = tasks.spread([source], OPTIONS, known, found)
    (gap,) = lost.gaps
    assert gap.origin.path == source.path and "KilledWorker" in gap.reason and not lost.sources
    assert read.sources[0].records == 4000


def die() -> None:
    """What a file may do to a worker: too large for its memory, say."""
    os.kill(os.getpid(), signal.SIGKILL)
