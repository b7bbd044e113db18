"""A pipeline that does as it is told, and the program run as a process."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from shadowai import catalog, pipeline
from shadowai.catalog import Catalog
from shadowai.model import Actor, Entry, Gap, Note, Origin, Record, Report, SourceSummary, Usage, Verdict
from tests.conftest import ROOT

ENTRY = Entry(
    asset_id="a1b2",
    service_id="openai-chatgpt",
    service="ChatGPT",
    vendor="OpenAI",
    category="assistant",
    actor=None,
    verdict=Verdict.UNREVIEWED,
    confidence="confirmed",
    usage=Usage.INTERACTIVE,
    users=1,
    devices=1,
    events=3,
    blocked=0,
    bytes_up=2048,
    bytes_down=None,
    first_seen=1_767_600_000_000_000,
    last_seen=1_767_600_060_000_000,
    active_days=1,
    sources=("proxy.log",),
    names=("chatgpt.com",),
    evidence=(Origin("proxy.log", 17),),
)
WHO = Actor("jdoe", None, "10.0.0.5")
GAP = Gap(Origin("dns\x1b[2J.log", 4), "no field of this line is known", 2)
NOTE = Note(Origin("proxy.log"), "zone", "times without a zone were taken for UTC", 3)
SOURCE = SourceSummary("proxy.log", "squid_native", 3, 3, 3, ai=3)
RECORD = Record(
    "proxy.log", 17, "squid_native", kind="http_request", time=1_767_600_000_250_000, user="jdoe", blocked=False
)


MADE: dict[tuple[str, Path], Catalog] = {}
"""The packaged signatures by their version, with what was made of them."""


@pytest.fixture(scope="module", autouse=True)
def _made_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every command looks whether the packaged signatures have changed; those that have not are made of their documents once, for that
    takes longer than the rest of a small scan. The tests of the commands for signatures go without."""
    if request.path.stem.startswith("test_signatures"):
        yield
        return
    load = Catalog.load

    def loaded(cls: type[Catalog], /, **given: Any) -> Catalog:
        found = load(**given)
        if any(given.get(name) for name in ("extra_dirs", "disable", "overrides", "pack", "cache_dir")):
            return found
        known = MADE.setdefault((found.version, catalog.packaged_dir()), found)
        return replace(known, notes=found.notes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Catalog, "load", classmethod(loaded))
        yield


@dataclass
class FakePipeline:
    """Gives ``report`` and ``items``; remembers what it was asked for."""

    report: Report = field(default_factory=lambda: Report((ENTRY,), sources=(SOURCE,)))
    items: list[Record | Gap | Note] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    options: pipeline.ScanOptions = field(default_factory=pipeline.ScanOptions)
    during: Callable[[pipeline.Progress | None], None] = lambda progress: None

    def scan(
        self, paths: Sequence[str], *, options: pipeline.ScanOptions, progress: pipeline.Progress | None = None
    ) -> Report:
        self.paths, self.options = list(paths), options
        self.during(progress)
        return self.report

    def read(self, paths: Sequence[str], *, options: pipeline.ScanOptions) -> Iterator[Record | Gap | Note]:
        self.paths, self.options = list(paths), options
        yield from self.items


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakePipeline:
    """The pipeline replaced; the current folder is an empty one with ``proxy.log`` in it."""
    made = FakePipeline()
    monkeypatch.setattr(pipeline, "scan", made.scan)
    monkeypatch.setattr(pipeline, "read", made.read)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "proxy.log").write_text("")
    return made


def environment() -> dict[str, str]:
    """What a process of the program needs: the checkout on its path, where it is not installed."""
    return {**os.environ, **({"PYTHONPATH": str(ROOT)} if (ROOT / "shadowai").exists() else {})}


def program(*arguments: str, stdin: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """``python -m shadowai`` with ``arguments``."""
    command = [sys.executable, "-m", "shadowai", *arguments]
    return subprocess.run(command, input=stdin, cwd=cwd, env=environment(), capture_output=True, timeout=60)


def full_disk(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """A disk on which nothing can be kept until the event that is given is set."""
    room, fsync = threading.Event(), os.fsync

    def kept(file: int) -> None:
        if not room.is_set():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(file)

    monkeypatch.setattr(os, "fsync", kept)
    return room
