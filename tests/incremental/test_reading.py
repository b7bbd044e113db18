"""One file read on; what runs do with many is in ``test_run``."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.catalog import Catalog
from shadowai.incremental import reading, texts
from shadowai.incremental.known import File
from shadowai.incremental.reading import Reader
from shadowai.inventory import Inventory
from shadowai.names import Names
from shadowai.pipeline import ScanOptions
from shadowai.sources.container import Source
from tests.incremental.logs import just_now, line


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(ScanOptions(), Names(Catalog.load()))


def _read(reader: Reader, path: Path, file: File | None = None) -> tuple[File, Inventory, int]:
    total, steps = Inventory(), []
    with texts.look(Source(str(path), lambda: path.open("rb"))) as text:
        file = file or File(1, str(path), text.seen)
        reader.read(file, text, total, lambda: steps.append(file.mark), tails=False)
    return file, total, len(steps)


def _events(inventory: Inventory) -> int:
    return sum(tally.events for actors in inventory._services.values() for tally in actors[None])


def test_a_short_log_is_its_own(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("".join(map(line, range(9))) + "half")
    just_now(tmp_path / "log")
    file, total, steps = _read(reader, tmp_path / "log")
    assert (_events(total), _events(file.own), steps) == (0, 9, 0)
    assert (file.mark.line, file.reached.line, file.rest, file.whole) == (1, 10, "left", False)


def test_a_long_one_is_settled_step_by_step(reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((reading, "HEAD"), (texts, "HEAD"), (reading, "SLICE")):
        monkeypatch.setattr(module, name, 4096)
    (tmp_path / "log").write_text("".join(map(line, range(300))))
    file, total, steps = _read(reader, tmp_path / "log")
    assert (_events(total), _events(file.own)) == (300, 0)
    assert (file.mark.line, file.read.length) == (301, (tmp_path / "log").stat().st_size)
    assert steps > 4
    assert file.mark.tally.records == 300
