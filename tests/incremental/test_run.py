"""Runs over the same logs again and again: what they report is what one scan of everything would."""

from __future__ import annotations

import gzip
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from shadowai import pipeline
from shadowai.catalog import Catalog
from shadowai.errors import UsageError
from shadowai.incremental import reading, run, texts
from shadowai.incremental import state as states
from shadowai.incremental.run import Incremental
from shadowai.incremental.state import State, lock_of
from shadowai.model import Report
from shadowai.pipeline import ScanOptions
from tests.captures.files import write_pcap
from tests.captures.scene import scene
from tests.incremental.killed import killed
from tests.incremental.logs import GrowingLog, just_now, line, long_ago

SMALL = 8192


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs of a few hundred lines go the ways that those of gigabytes go."""
    monkeypatch.setattr(reading, "HEAD", SMALL)
    monkeypatch.setattr(texts, "HEAD", SMALL)
    monkeypatch.setattr(reading, "SLICE", SMALL)


@pytest.fixture
def log(tmp_path: Path) -> GrowingLog:
    (tmp_path / "logs").mkdir()
    return GrowingLog(tmp_path / "logs" / "access.log")


@pytest.fixture
def again(tmp_path: Path) -> Callable[..., Report]:
    """One run more, with the state of those before."""

    def report(*paths: Path, options: ScanOptions | None = None) -> Report:
        one = Incremental([str(path) for path in paths], options or ScanOptions(), tmp_path / "state")
        one.step()
        one.save()
        return one.reports(("user",))[0]

    return report


def _counted(report: Report) -> dict[str | None, int]:
    return {entry.actor.user: entry.events for entry in report.entries if entry.actor is not None}


def _each_once(count: int) -> dict[str, int]:
    return {f"u{n}": 1 for n in range(count)}


def _told(report: Report) -> list[tuple[str, str]]:
    return [(str(gap.origin), gap.reason) for gap in report.gaps]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("sizes", [(3, 4, 0, 5), (500, 1, 700, 2), (1, 2000)])
def test_a_growing_log_is_read_on(log: GrowingLog, again: Callable[..., Report], sizes: tuple[int, ...]) -> None:
    for size in sizes:
        log.write(size)
        assert _counted(again(log.path)) == _each_once(log.written)


@pytest.mark.usefixtures("small")
def test_what_was_settled_is_not_read_again(
    log: GrowingLog, again: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write(2000)
    again(log.path)
    log.write(1)
    taken: list[int] = []
    whole = texts.Lines.__init__

    def counting(lines: texts.Lines, *arguments: object, **more: object) -> None:
        whole(lines, *arguments, **more)  # type: ignore[arg-type]
        taken.append(lines._at)

    monkeypatch.setattr(texts.Lines, "__init__", counting)
    assert _counted(again(log.path)) == _each_once(2001)
    assert taken and all(at > log.path.stat().st_size - 70_000 for at in taken)


def test_nothing_new_is_nothing_read(
    log: GrowingLog, again: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write(5)
    first = again(log.path)
    monkeypatch.setattr(texts, "look", None)
    assert again(log.path).entries == first.entries


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("size", [20, 900])
@pytest.mark.parametrize("rotate", [GrowingLog.rename, GrowingLog.copytruncate])
@pytest.mark.parametrize("folder", [True, False])
def test_rotation_loses_nothing(
    log: GrowingLog, again: Callable[..., Report], rotate: Callable[[GrowingLog], None], folder: bool, size: int
) -> None:
    given = log.path.parent if folder else log.path
    for _ in range(3):
        log.write(size)
        again(given)
        log.write(3)
        rotate(log)
        log.write(2)
    report = again(given)
    assert _counted(report) == _each_once(log.written)
    assert _told(report) == []


def test_several_rotations_between_two_runs(log: GrowingLog, again: Callable[..., Report]) -> None:
    log.write(4)
    again(log.path)
    for _ in range(3):
        log.write(2)
        log.rename(late=1)
    for old in log.old[:-1]:
        now = old.stat().st_mtime
        os.utime(old, (now, now))
    texts_quiet, texts.QUIET = texts.QUIET, 0.0  # type: ignore[misc]
    try:
        report = again(log.path)
    finally:
        texts.QUIET = texts_quiet  # type: ignore[misc]
    assert _counted(report) == _each_once(log.written)


@pytest.mark.parametrize("compressed", [False, True])
def test_what_was_rotated_while_the_clock_was_set_back_is_read(
    log: GrowingLog, again: Callable[..., Report], compressed: bool
) -> None:
    before = log.path.with_name("access.log.1")
    before.write_text(line(900))  # of the time before the first run
    os.utime(before, (1_700_000_000, 1_700_000_000))
    log.write(4)
    again(log.path)
    for _ in range(3):
        log.write(2)
        log.rename()
    for old in log.old[:2]:
        os.utime(old, (1_750_000_000, 1_750_000_000))
        if compressed:
            packed = old.with_name(f"{old.name}.gz")
            packed.write_bytes(gzip.compress(old.read_bytes()))
            os.utime(packed, (1_750_000_000, 1_750_000_000))
            old.unlink()
    log.write(1)
    report = again(log.path)
    assert _counted(report) == _each_once(log.written)
    assert _told(report) == []


def test_a_log_that_was_rotated_and_compressed_while_the_clock_was_set_back_is_known(
    log: GrowingLog, again: Callable[..., Report]
) -> None:
    log.write(4)
    again(log.path)
    log.write(2)
    log.rename()
    (old,) = log.old
    packed = old.with_name(f"{old.name}.gz")
    packed.write_bytes(gzip.compress(old.read_bytes()))
    os.utime(packed, (1_750_000_000, 1_750_000_000))
    old.unlink()
    log.write(1)
    report = again(log.path)
    assert _counted(report) == _each_once(7)
    assert _told(report) == []


def test_a_writer_that_was_not_told_yet(log: GrowingLog, again: Callable[..., Report]) -> None:
    log.write(4)
    again(log.path)
    log.rename()
    again(log.path)
    with log.old[0].open("a") as file:
        file.write(line(4))
    assert _counted(again(log.path)) == _each_once(5)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("size", [20, 900])
@pytest.mark.parametrize("folder", [True, False])
def test_a_log_that_was_compressed_is_not_read_again(
    log: GrowingLog, again: Callable[..., Report], folder: bool, size: int
) -> None:
    given = log.path.parent if folder else log.path
    log.write(size)
    again(given)
    log.write(2)
    log.rename()
    log.compress()
    report = again(given)
    assert _counted(report) == _each_once(size + 2)
    assert {origin.path for entry in report.entries for origin in entry.evidence} == {f"{log.path}.1.gz"}
    assert _counted(again(given)) == _each_once(size + 2)


def test_evidence_follows_a_file_to_its_new_name(log: GrowingLog, again: Callable[..., Report]) -> None:
    log.write(2)
    again(log.path)
    log.rename()
    log.write(1)
    places = {entry.actor.user: str(entry.evidence[0]) for entry in again(log.path).entries if entry.actor}
    assert places == {"u0": f"{log.path}.1:1", "u1": f"{log.path}.1:2", "u2": f"{log.path}:1"}


def test_no_place_is_told_as_it_is_kept(log: GrowingLog, again: Callable[..., Report]) -> None:
    log.write(1)
    with log.path.open("a") as file:
        file.write(
            "no line of any kind\n"
            + "1767600000.001 55 10.0.0.1 TCP_TUNNEL/200 40 CONNECT llm-gateway.example.ai:443 x -\n"
        )
    assert "\x1f" not in repr(again(log.path)).replace("\\x1f", "\x1f")


def test_a_log_cut_off_in_place_is_a_gap_that_stays(log: GrowingLog, again: Callable[..., Report]) -> None:
    log.write(3)
    again(log.path)
    log.path.write_text(line(3))
    for _ in range(2):
        report = again(log.path)
        assert _counted(report) == _each_once(4)
        assert [reason.partition(":")[0] for _, reason in _told(report)] == [
            "was replaced, and what had been in it is not there under any name"
        ]


def test_a_file_that_was_removed_is_no_gap(log: GrowingLog, again: Callable[..., Report]) -> None:
    log.write(3)
    log.rename()
    long_ago(log.old[0])
    log.write(1)
    again(log.path.parent)
    log.old[0].unlink()
    report = again(log.path.parent)
    assert _counted(report) == _each_once(4)
    assert _told(report) == []


def test_a_file_that_comes_back_is_known(log: GrowingLog, again: Callable[..., Report], tmp_path: Path) -> None:
    log.write(3)
    log.path.rename(tmp_path / "kept")
    again(tmp_path / "kept")
    again(log.path.parent)
    (tmp_path / "kept").rename(log.path.parent / "back.log")
    with (log.path.parent / "back.log").open("a") as file:
        file.write(line(3))
    assert _counted(again(log.path.parent)) == _each_once(4)


def test_a_last_line_without_an_end_is_read_once(log: GrowingLog, again: Callable[..., Report]) -> None:
    log.write(2)
    with log.path.open("a") as file:
        file.write(line(2).rstrip("\n"))
    just_now(log.path)
    assert _counted(again(log.path)) == _each_once(2)
    long_ago(log.path)
    assert _counted(again(log.path)) == _each_once(3)
    with log.path.open("a") as file:
        file.write("\n" + line(3))
    assert _counted(again(log.path)) == _each_once(4)


@pytest.mark.parametrize("page", ["utf-8", "cp1251"])
def test_what_a_header_told_is_known_where_reading_goes_on(
    page: str, tmp_path: Path, again: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code page of a table, and what order its dates are likely to have."""
    for module, name in ((reading, "HEAD"), (texts, "HEAD"), (reading, "SLICE")):
        monkeypatch.setattr(module, name, 512)
    grown = tmp_path / "report.csv"
    rows = [f"01/05/2026 10:00:00;Петров{n};https://chatgpt.com/\n".encode(page) for n in range(90)]
    for count, some in enumerate(
        (["Дата и время;Пользователь;URL\n".encode(page), *rows[:40]], rows[40:60], rows[60:])
    ):
        with grown.open("ab") as file:
            file.write(b"".join(some))
        os.utime(grown, (1767600000 + count, 1767600000 + count))
        report = again(grown)
    whole = pipeline.scan([str(grown)], options=ScanOptions(by="user"))
    assert _counted(report) == {f"петров{n}": 1 for n in range(90)} == _counted(whole)
    assert {entry.first_seen for entry in report.entries} == {entry.first_seen for entry in whole.entries}
    assert [str(note) for note in report.notes] == [str(note) for note in whole.notes]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "name", ["w3c_generic", "zeek_ssl_tsv", "generic_csv", "squid_native", "fortigate_kv", "suricata_eve"]
)
def test_every_cut_gives_what_one_scan_gives(
    name: str, tmp_path: Path, again: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands at a cut: a header is known behind it, and so are the numbers of lines."""
    monkeypatch.setattr(reading, "HEAD", 512)
    monkeypatch.setattr(texts, "HEAD", 512)
    folder = Path(__file__).parents[1] / "formats" / name
    sample = next(path for path in sorted(folder.iterdir()) if "expected" not in path.name and path.is_file())
    data = sample.read_bytes()
    grown, draw = tmp_path / sample.name, random.Random(name)
    monkeypatch.setattr(reading, "SLICE", max(len(data) // 3, 1024))
    cuts = sorted(draw.randrange(600, max(len(data), 601)) for _ in range(2))
    for cut in [*cuts, len(data)]:
        with grown.open("ab") as file:
            file.write(data[file.tell() : cut])
        os.utime(grown, (1767600000 + cut, 1767600000 + cut))
        report = again(grown)
    whole = pipeline.scan([str(grown)], options=ScanOptions(by="user"))
    assert [(one.service_id, one.actor, one.events, one.bytes_up, one.evidence) for one in report.entries] == [
        (one.service_id, one.actor, one.events, one.bytes_up, one.evidence) for one in whole.entries
    ]
    assert [(one.lines, one.records) for one in report.sources] == [(one.lines, one.records) for one in whole.sources]


def test_a_record_over_several_lines_is_not_cut(
    tmp_path: Path, again: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "HEAD", 256)
    monkeypatch.setattr(texts, "HEAD", 256)
    log = tmp_path / "log.csv"
    rows = [f'2026-01-05T08:00:{n:02}Z,u{n},chatgpt.com,"a"\n' for n in range(30)]
    log.write_text("time,user,host,note\n" + "".join(rows) + '2026-01-05T08:00:40Z,u30,chatgpt.com,"begins\n')
    assert _counted(again(log)) == _each_once(30)
    with log.open("a") as file:
        file.write('and ends"\n2026-01-05T08:00:41Z,u31,chatgpt.com,b\n')
    report = again(log)
    assert _counted(report) == _each_once(32)
    assert _told(report) == []


def test_a_capture_that_grew_is_read_anew_in_place_of_what_it_gave(
    tmp_path: Path, again: Callable[..., Report]
) -> None:
    frames = scene()
    capture = tmp_path / "dump.pcap"
    for count in (len(frames) // 2, len(frames)):
        write_pcap(capture, frames[:count])
        report = again(capture)
    whole = pipeline.scan([str(capture)], options=ScanOptions(by="user"))
    assert report.entries and _events(report) == _events(whole)


def _events(report: Report) -> list[tuple[str, object, int, int | None]]:
    return [(one.service_id, one.actor, one.events, one.bytes_up) for one in report.entries]


def test_a_document_that_grew_is_counted_once(tmp_path: Path, again: Callable[..., Report]) -> None:
    export = tmp_path / "export.json"
    for count in (3, 5):
        objects = [f'{{"timestamp":"2026-01-05T08:00:0{n}Z","user":"u{n}","host":"chatgpt.com"}}' for n in range(count)]
        export.write_text("[" + ",\n".join(objects) + "]\n")
        assert _counted(again(export)) == _each_once(count)


def test_a_copy_is_counted_once(log: GrowingLog, again: Callable[..., Report]) -> None:
    log.write(50)
    again(log.path)
    shutil.copy(log.path, log.path.with_name("copy.log"))
    with log.path.with_name("copy.log").open("a") as file:
        file.write(line(50))
    assert _counted(again(log.path.parent)) == _each_once(51)


def test_a_compressed_file_that_is_being_written_is_left_for_later(
    log: GrowingLog, again: Callable[..., Report]
) -> None:
    log.write(500)
    packed = log.path.with_name("other.log.gz")
    whole = gzip.compress("".join(line(500 + n) for n in range(500)).encode())
    packed.write_bytes(whole[: len(whole) // 2])
    just_now(packed)
    report = again(log.path.parent)
    assert _counted(report) == _each_once(500)
    assert _told(report) == [(str(packed), "is still being written, or damaged (the next run looks at it again)")]
    packed.write_bytes(whole)
    report = again(log.path.parent)
    assert _counted(report) == _each_once(1000)
    assert _told(report) == []


def test_a_damaged_compressed_file_gives_what_came_before_and_a_gap(
    log: GrowingLog, again: Callable[..., Report]
) -> None:
    log.write(500)
    packed = log.path.with_name("other.log.gz")
    packed.write_bytes(gzip.compress("".join(line(500 + n) for n in range(5000)).encode())[:-9000])
    long_ago(packed)
    report = again(log.path.parent)
    assert len(_counted(report)) > 500
    assert {path for path, _ in _told(report)} == {str(packed)}
    assert any(reason.startswith("corrupt or truncated after") for _, reason in _told(report))


def _change_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run meets signatures of another version."""
    begin = run._begin

    def begun(path: Path | None, options: ScanOptions, known: Catalog) -> State:
        return begin(path, options, SimpleNamespace(version="another"))  # type: ignore[arg-type]

    monkeypatch.setattr(run, "_begin", begun)


def test_other_signatures_read_everything_again_where_it_is_there(
    log: GrowingLog, again: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write(3)
    again(log.path)
    _change_signatures(monkeypatch)
    report = again(log.path)
    assert _counted(report) == _each_once(3)
    assert [note.text for note in report.notes if note.kind == "signatures"] == [
        "the signatures are others than in the run before: every file was read again"
    ]


def test_other_signatures_are_told_where_a_file_is_gone(
    log: GrowingLog, again: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write(3)
    log.rename()
    long_ago(log.old[0])
    log.write(1)
    again(log.path.parent)
    log.old[0].unlink()
    _change_signatures(monkeypatch)
    for _ in range(2):
        report = again(log.path.parent)
        assert _counted(report) == _each_once(4)
        assert [note.text[:42] for note in report.notes if note.kind == "signatures"] == [
            "files were read with other signatures (ver"
        ]


def test_another_reading_is_refused(log: GrowingLog, again: Callable[..., Report]) -> None:
    log.write(1)
    again(log.path)
    with pytest.raises(UsageError, match="was made with --log-format unset"):
        again(log.path, options=ScanOptions(timezone="Europe/Berlin"))


def test_a_path_that_is_not_there_is_wrong_usage(again: Callable[..., Report], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        again(tmp_path / "nowhere.log")
    with pytest.raises(UsageError, match="standard input"):
        Incremental(["-"], ScanOptions())
    with pytest.raises(UsageError, match="standard input"):
        Incremental(["/dev/stdin"], ScanOptions())


def test_a_log_that_is_just_being_rotated_is_looked_for(log: GrowingLog, again: Callable[..., Report]) -> None:
    log.write(2)
    again(log.path)
    log.write(1)
    log.path.rename(f"{log.path}.1")
    report = again(log.path)
    assert _counted(report) == _each_once(3)
    assert _told(report) == [(str(log.path), "is not there at the moment: the next run looks at it again")]
    log.path.write_text(line(3))
    report = again(log.path)
    assert (_counted(report), _told(report)) == (_each_once(4), [])


def test_what_cannot_be_read_is_a_gap_and_read_later(log: GrowingLog, again: Callable[..., Report]) -> None:
    log.write(2)
    pipe = log.path.with_name("pipe")
    os.mkfifo(pipe)
    report = again(pipe, log.path)
    assert _counted(report) == _each_once(2)
    assert _told(report) == [(str(pipe), "is no regular file, which alone can be read on")]


def test_a_state_is_written_on_the_way(
    log: GrowingLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: None
) -> None:
    monkeypatch.setattr(run, "CHECKPOINT", 0.0)
    log.write(900)
    Incremental([str(log.path)], ScanOptions(), tmp_path / "state").step()
    half = Incremental([str(log.path)], ScanOptions(), tmp_path / "state")
    before = sum(_counted(half.reports(("user",))[0]).values())
    assert before > 0
    half.step()
    assert _counted(half.reports(("user",))[0]) == _each_once(900)


def test_kills_and_rotations_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((reading, "HEAD"), (texts, "HEAD"), (reading, "SLICE"), (texts, "QUIET"), (run, "CHECKPOINT")):
        monkeypatch.setattr(module, name, getattr(module, name))
    done = killed(4, seed=5, folder=False)
    assert done.fine, str(done)


def test_a_copy_that_is_read_bit_by_bit_is_counted_once(
    log: GrowingLog, again: Callable[..., Report], tmp_path: Path
) -> None:
    """Its original is gone, so that it is known for a copy only once it is whole."""
    folder, copy = log.path.parent, log.path.with_name("copy.log")
    log.write(50)
    again(folder)
    text = log.path.read_text()
    log.path.unlink()
    copy.write_text("".join(text.splitlines(keepends=True)[:10]))
    long_ago(copy)
    again(folder)
    copy.write_text(text + line(50))
    for _ in range(2):
        report = again(folder)
        assert (_counted(report), _told(report)) == (_each_once(51), [])


@pytest.mark.usefixtures("small")
def test_what_was_settled_of_a_copy_that_is_read_bit_by_bit_is_told(
    log: GrowingLog, again: Callable[..., Report]
) -> None:
    folder, copy = log.path.parent, log.path.with_name("copy.log")
    log.write(900)
    again(folder)
    text = log.path.read_text()
    log.path.unlink()
    copy.write_text("".join(text.splitlines(keepends=True)[:300]))
    long_ago(copy)
    again(folder)
    copy.write_text(text)
    notes = [note.text for note in again(folder).notes if note.kind == "duplicate"]
    assert len(notes) == 1 and "are counted twice" in notes[0]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("size", [20, 900])
@pytest.mark.parametrize("folder", [True, False])
def test_a_log_that_is_being_copied_is_left_until_it_is_cut_off(
    log: GrowingLog, again: Callable[..., Report], monkeypatch: pytest.MonkeyPatch, folder: bool, size: int
) -> None:
    """What is written to it behind the copy is in no file later: were it read, the copy would be taken for another file."""
    given = log.path.parent if folder else log.path
    log.write(size)
    again(given)
    log.write(5)
    shutil.copy(log.path, f"{log.path}.1")
    log.write(7)
    report = again(given)
    assert _counted(report) == _each_once(size)
    assert (str(log.path), f"is just being copied to {log.path}.1 (the next run looks at it again)") in _told(report)
    os.truncate(log.path, 0)
    monkeypatch.setattr(texts, "QUIET", 0.0)
    log.write(2)
    report = again(given)
    assert _counted(report) == _each_once(size + 5) | {f"u{size + 12 + n}": 1 for n in range(2)}
    assert _told(report) == []


def test_a_copy_of_a_log_that_goes_on_is_counted_once(
    log: GrowingLog, again: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write(20)
    again(log.path.parent)
    log.write(5)
    shutil.copy(log.path, f"{log.path}.1")
    log.write(5)
    again(log.path.parent)
    monkeypatch.setattr(texts, "QUIET", 0.0)
    for _ in range(2):
        report = again(log.path.parent)
        assert (_counted(report), _told(report)) == (_each_once(30), [])


def test_an_empty_log_that_was_written_to_and_compressed_is_no_gap(
    log: GrowingLog, again: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "QUIET", 0.0)
    again(log.path)
    log.write(3)
    log.rename()
    log.compress()
    log.write(2)
    report = again(log.path)
    assert (_counted(report), _told(report)) == (_each_once(5), [])


def test_a_known_log_that_cannot_be_read_now_is_not_given_up(
    log: GrowingLog, again: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write(3)
    again(log.path)
    log.write(1)
    with monkeypatch.context() as patched:
        patched.setattr(texts, "look", _refuse)
        report = again(log.path)
    assert (_counted(report), _told(report)) == (_each_once(3), [(str(log.path), "reading stopped: no rights")])
    report = again(log.path)
    assert (_counted(report), _told(report)) == (_each_once(4), [])


def _refuse(source: object) -> None:
    raise PermissionError(13, "no rights")


def test_the_state_itself_is_no_log(log: GrowingLog, tmp_path: Path) -> None:
    log.write(3)
    for _ in range(3):
        one = Incremental([str(log.path.parent)], ScanOptions(), log.path.parent / "state")
        lock_of(log.path.parent / "state").touch()
        one.step()
        one.save()
        report = one.reports(("user",))[0]
        assert (_counted(report), _told(report)) == (_each_once(3), [])
        assert [source.path for source in report.sources] == [str(log.path)]


def test_a_state_that_cannot_be_written_on_the_way_stops_no_reading(
    log: GrowingLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: None
) -> None:
    monkeypatch.setattr(run, "CHECKPOINT", 0.0)
    log.write(900)
    one = Incremental([str(log.path)], ScanOptions(), tmp_path / "state")
    with monkeypatch.context() as patched:
        patched.setattr(states, "whole_file", _full)
        one.step()
        with pytest.raises(UsageError, match="No space left"):
            one.save()
    assert _counted(one.reports(("user",))[0]) == _each_once(900)
    one.save()
    again = Incremental([str(log.path)], ScanOptions(), tmp_path / "state")
    again.step()
    assert _counted(again.reports(("user",))[0]) == _each_once(900)


def _full(path: Path) -> None:
    raise UsageError("cannot write: No space left on device")
