"""A lease tells whose an address was in its time, and never before or after; what is ambiguous names nobody."""

from __future__ import annotations

import json
import random
from datetime import timedelta, timezone
from pathlib import Path
from time import process_time

import pytest

from shadowai import inputs, leases, pipeline
from shadowai.catalog import Catalog
from shadowai.cli import main
from shadowai.config import Settings
from shadowai.errors import UsageError
from shadowai.inventory import Inventory
from shadowai.leases import Leases
from shadowai.model import Actor, Record, Report
from shadowai.names import Names
from shadowai.sources import container
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile
from tests.test_lease_files import DNSMASQ, ISC, KEA, ONE, TWO, WINDOWS, at, seconds, written
from tests.test_sessions import entries, names_of

ADDRESS = "10.0.0.5"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def kea(*rows: tuple[int, int, str, str]) -> str:
    """Leases of one address: from an hour for so many, to a card, by a name."""
    header = KEA.splitlines()[0]
    lines = [
        f"{ADDRESS},{card},,{hours * 3600},{seconds(hour + hours)},1,0,0,{name},0,,0"
        for hour, hours, card, name in rows
    ]
    return "\n".join([header, *lines, ""])


def loaded(folder: Path, *texts: str) -> Leases:
    paths = []
    for number, text in enumerate(texts):
        (folder / str(number)).mkdir(exist_ok=True)
        paths.append(written(folder / str(number), text.encode()))
    leases._loaded.cache_clear()
    return Leases.load(paths, timezone(timedelta(hours=1)))


def told(known: Leases, address: str = ADDRESS) -> dict[int, str | None]:
    """Who had the address at each half hour from 7 to 18."""
    times = [at(hour, minute) for hour in range(7, 18) for minute in (0, 30)]
    found: dict[int, str | None] = {}
    last: str | None = None
    for time in times:
        device = known.device(address, time)
        if device != last:
            found[(time - at(0)) // 60_000_000] = device
        last = device
    return found


def test_an_address_that_is_handed_on(tmp_path: Path) -> None:
    known = loaded(tmp_path, kea((8, 4, ONE, "PC17"), (10, 4, TWO, "pc18.")))
    assert told(known) == {480: "pc17", 600: "pc18", 870: None}
    assert known.device(ADDRESS, at(10) - 1) == "pc17"
    assert known.device(ADDRESS, at(8) - 1) is None
    assert known.device(ADDRESS, at(14)) == "pc18"
    assert known.device(ADDRESS, at(14) + 1) is None


def test_each_server_s_own_words(tmp_path: Path) -> None:
    assert told(loaded(tmp_path, ISC)) == {480: "pc17", 720: None}  # given back at 11:30
    assert told(loaded(tmp_path, WINDOWS)) == {
        480: "pc17.example.com",
        870: "pc18.example.com",
        930: None,
    }  # the log ends at 15:00
    assert told(loaded(tmp_path, DNSMASQ)) == {600: "pc17", 750: None}  # from when the file was written
    assert told(loaded(tmp_path, KEA)) == {480: "pc17.example.com", 540: None}  # taken away at some time after 8:30


def test_renewed_leases_are_one_and_a_gap_is_nobody_s(tmp_path: Path) -> None:
    known = loaded(tmp_path, kea((8, 2, ONE, "pc17"), (9, 2, ONE, ""), (13, 1, ONE, "pc17")))
    assert told(known) == {480: "pc17", 690: None, 780: "pc17", 870: None}


def test_two_sources_that_disagree_name_nobody_while_they_do(tmp_path: Path) -> None:
    known = loaded(tmp_path, kea((8, 4, ONE, "pc17")), kea((10, 4, TWO, "pc18")))
    assert told(known) == {480: "pc17", 600: None, 750: "pc18", 870: None}
    assert [note.count for note in known.notes if "at one time" in note.text] == [1]
    again = loaded(tmp_path, kea((8, 4, ONE, "pc17")), kea((8, 4, ONE, "pc17"), (10, 4, ONE, "pc17")))
    assert told(again) == {480: "pc17", 870: None}
    assert again.notes == ()


@pytest.mark.parametrize("name", ["", "a b", "<b>", "-x", "\u202e", "x" * 300])
def test_a_device_without_a_name_is_called_by_its_card(name: str, tmp_path: Path) -> None:
    assert loaded(tmp_path, kea((8, 1, ONE, name))).device(ADDRESS, at(8)) == ONE


def test_a_name_of_several_cards_is_nobody_s(tmp_path: Path) -> None:
    """Else whoever calls a telephone like somebody's computer acts in that person's name."""
    known = loaded(tmp_path, kea((8, 1, ONE, "pc17"), (10, 1, TWO, "PC17")))
    assert told(known) == {480: ONE, 570: None, 600: TWO, 690: None}
    assert any("several network cards" in note.text for note in known.notes)


@pytest.mark.parametrize("names", [("pc17.", "PC17"), ("pc17.example.com.", "pc17.example.com."), ("pc17", "pc17..")])
def test_the_dot_of_the_root_makes_no_other_name(names: tuple[str, str], tmp_path: Path) -> None:
    known = loaded(tmp_path, kea((8, 1, ONE, names[0]), (10, 1, TWO, names[1])))
    assert told(known) == {480: ONE, 570: None, 600: TWO, 690: None}
    assert [note.count for note in known.notes] == [1]
    assert told(loaded(tmp_path, kea((8, 1, ONE, names[0]), (10, 1, ONE, names[1])))) == {
        480: names[0].rstrip(".").lower(), 570: None, 600: names[1].rstrip(".").lower(), 690: None,
    }  # fmt: skip


def test_of_two_files_that_agree_nothing_is_stretched(tmp_path: Path) -> None:
    known = loaded(tmp_path, kea((9, 4, ONE, "pc17")), kea((8, 4, ONE, "pc17")))
    assert known.device(ADDRESS, at(8)) == known.device(ADDRESS, at(13)) == "pc17"
    assert known.device(ADDRESS, at(8) - 1) is None and known.device(ADDRESS, at(13) + 1) is None
    assert known.notes == ()
    late_first = loaded(tmp_path, kea((14, 1, TWO, "pc18")), kea((8, 1, ONE, "pc17"), (14, 1, ONE, "pc17")))
    assert [note.count for note in late_first.notes] == [1] and late_first.device(ADDRESS, at(14, 30)) is None


def test_what_is_no_lease_is_told_with_its_place(tmp_path: Path) -> None:
    known = loaded(tmp_path, kea((8, 1, ONE, "pc17")) + "10.0.0.9,x,,soon,never\n")
    (note,) = known.notes
    assert (note.count, note.origin and note.origin.position) == (1, 3)
    assert loaded(tmp_path, kea((8, 1, ONE, "pc17"))).notes == ()


def record(time: int | None, **more: object) -> Record:
    return Record("x", 1, "f", "connection", time, client_ip=ADDRESS, **more)  # type: ignore[arg-type]


def test_only_what_is_sure_is_said_of_a_record(tmp_path: Path) -> None:
    known = loaded(tmp_path, kea((8, 2, ONE, "pc17"), (10, 2, TWO, "pc18")))
    assert known(record(at(9))).device == "pc17"
    assert known(record(at(9), user="jdoe")).device == "pc17"
    assert known(record(at(11), began=at(10, 30))).device == "pc18"
    for unsure in (
        record(None),
        record(at(7)),
        record(at(9), device="other"),
        record(at(9), time_assumed="zone"),
        record(at(9), time_assumed="year,zone"),
        record(at(11), began=at(9)),
        Record("x", 1, "f", "connection", at(9), client_ip="10.0.0.6"),
        Record("x", 1, "f", "connection", at(9)),
    ):
        assert known(unsure) is unsure


def test_too_many_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "MOST", 1)
    with pytest.raises(UsageError, match="more than 1 leases"):
        loaded(tmp_path, kea((8, 1, ONE, ""), (10, 1, TWO, "")))


def test_spans_agree_with_a_plain_look_through_all_of_them(tmp_path: Path) -> None:
    rng = random.Random(7)
    for _ in range(60):
        files = [
            [
                (rng.randrange(7, 16), rng.randrange(1, 4), rng.choice((ONE, TWO)), "")
                for _ in range(rng.randrange(1, 6))
            ]
            for _ in range(2)
        ]
        known = loaded(tmp_path, *(kea(*rows) for rows in files))
        for hour in range(7, 19):
            for time in (at(hour) - 1, at(hour), at(hour, 30)):
                assert known.device(ADDRESS, time) == _plainly(files, time)


def test_an_address_of_very_many_cards_takes_no_longer_for_each() -> None:
    spans = [leases.Span(2 * at, 2 * at, f"02:{at}") for at in range(30_000)]
    began = process_time()
    assert not leases._disagree(spans)
    assert leases._disagree([*spans, leases.Span(59_998, 59_999, "other")])
    assert leases._disagree([leases.Span(0, 2, "02:0"), *spans[1:]])
    assert process_time() - began < 5


def _plainly(files: list[list[tuple[int, int, str, str]]], time: int) -> str | None:
    """In each file, who got it last before ``time``, if that lasted; and nobody where files differ."""
    found = set()
    for rows in files:
        given = [row for row in sorted(rows, key=lambda row: row[0]) if at(row[0]) <= time]
        if given and time <= at(given[-1][0] + given[-1][1]):
            found.add(given[-1][2])
    return found.pop() if len(found) == 1 else None


def squid(hour: int, minute: int, host: str = "chatgpt.com", address: str = ADDRESS, user: str = "-") -> str:
    return f"{seconds(hour, minute)}.000     55 {address} TCP_TUNNEL/200 4000 CONNECT {host}:443 {user} HIER_DIRECT/203.0.113.9 -"


def used(report: Report) -> dict[Actor | None, int]:
    return {entry.actor: entry.events for entry in report.entries}


def test_a_scan_names_devices_by_the_time_of_each_record(tmp_path: Path) -> None:
    """One address, three holders and a time without one: nobody is taken for another, in one process or in several."""
    lines = [squid(7, 59), squid(8, 1), squid(9, 59), squid(10, 1), squid(12, 1), squid(10, 5, "www.example.com")]
    log = tmp_path / "access.log"
    log.write_text("\n".join([*lines, ""]) * 50)
    path = written(tmp_path, kea((8, 4, ONE, "pc17"), (10, 2, TWO, "pc18")).encode())
    for jobs in (1, 3):
        report = pipeline.scan(
            [str(log)], options=pipeline.ScanOptions(by="user", jobs=jobs, settings=Settings(leases=(path,)))
        )
        assert used(report) == {
            Actor(None, None, ADDRESS): 100,
            Actor(None, "pc17", ADDRESS): 100,
            Actor(None, "pc18", ADDRESS): 50,
        }
    plain = pipeline.scan([str(log)], options=pipeline.ScanOptions(by="user"))
    assert used(plain) == {Actor(None, None, ADDRESS): 250}
    assert [one.named for one in plain.sources] == [one.named for one in report.sources]
    assert [one.ai for one in plain.sources] == [one.ai for one in report.sources]


def test_scan_is_the_fold_of_read_with_leases_too(catalog: Catalog, tmp_path: Path) -> None:
    rng = random.Random(2)
    hosts = ("chatgpt.com", "claude.ai", "www.example.com", "huggingface.co")
    users = ("-", "jdoe")
    path = written(tmp_path, kea((8, 4, ONE, "pc17"), (10, 2, TWO, "pc18")).encode())
    log = tmp_path / "access.log"
    settings = Settings(leases=(path,))
    for _ in range(5):
        lines = [
            squid(rng.randrange(7, 15), rng.randrange(60), rng.choice(hosts), user=rng.choice(users))
            for _ in range(200)
        ]
        log.write_text("\n".join([*lines, "no line of a log", ""]))
        wanted, names = Inventory(), Names(catalog)
        options = pipeline.ScanOptions(settings=settings)
        pipeline.fold(
            [one for one in pipeline.read([str(log)], options=options) if isinstance(one, Record)], names, wanted
        )
        for size in (1, 7, 997, 1 << 20):
            found = Inventory()
            (source,) = container.expand([str(log)])
            assert isinstance(source, container.Source)
            with container.opened(source) as stream:
                for content in container.contents(source, stream):
                    assert isinstance(content, container.Content)
                    file = LogFile(content, formats(), block_size=size)
                    file.known = inputs.leases(settings)
                    inputs.scan_log(file, names_of(catalog), found)
            assert entries(found, catalog) == entries(wanted, catalog)


def test_a_person_is_joined_by_the_device_that_had_the_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, people, path = tmp_path / "access.log", tmp_path / "people.csv", written(tmp_path, WINDOWS.encode())
    log.write_text("\n".join([squid(8, 5), squid(14, 10), squid(14, 40), ""]))
    people.write_text("person,host\njane.doe@example.com,pc17.example.com\njohn.roe@example.com,pc18.example.com\n")
    given = [
        "scan",
        str(log),
        "--no-progress",
        "--by",
        "user",
        "--format",
        "json",
        "-o",
        "-",
        "--identities",
        str(people),
    ]
    assert main([*given, "--leases", str(path)]) == 2
    assert "--timezone" in capsys.readouterr().err
    assert main([*given, "--leases", str(path), "--timezone", "+01:00"]) == 0
    rows = json.loads(capsys.readouterr().out)["entries"]
    seen = {(row.get("user"), row.get("address")): row["events"] for row in rows}
    assert seen == {("jane.doe@example.com", None): 1, ("john.roe@example.com", None): 1, (None, ADDRESS): 1}


def test_what_leases_leave_open_is_told_once(tmp_path: Path) -> None:
    several = [
        written(_folder(tmp_path, name), kea((8, 4, card, name)).encode()) for name, card in (("a", ONE), ("b", TWO))
    ]
    logs = [tmp_path / name for name in ("one.log", "two.log")]
    for number, log in enumerate(logs):
        log.write_text(f"{squid(9, number)}\n")
    report = pipeline.scan(
        [str(log) for log in logs], options=pipeline.ScanOptions(settings=Settings(leases=tuple(several)))
    )
    assert [note.count for note in report.notes if note.kind == "leases"] == [1]


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


def test_times_without_a_zone_name_nobody_and_that_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, kea((8, 4, ONE, "pc17")).encode())
    log = tmp_path / "report.csv"
    log.write_text("time,client_ip,url\n2026-01-05 09:00:00,10.0.0.5,https://chatgpt.com/\n")
    asked = pipeline.ScanOptions(by="user", settings=Settings(leases=(path,)))
    report = pipeline.scan([str(log)], options=asked)
    assert used(report) == {Actor(None, None, ADDRESS): 1}
    assert any(note.kind == "leases" and "--timezone" in note.text for note in report.notes)
    report = pipeline.scan(
        [str(log)], options=pipeline.ScanOptions(by="user", timezone="+00:00", settings=asked.settings)
    )
    assert used(report) == {Actor(None, "pc17", ADDRESS): 1}
