"""The evidence of entries, read once more from logs, archives and captures."""

from __future__ import annotations

import gzip
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from shadowai import pipeline
from shadowai.catalog import Catalog
from shadowai.errors import UsageError
from shadowai.evidence import AT_ONE_PLACE, Evidence, reread
from shadowai.model import Actor, Entry, Origin
from tests.captures import files, tls
from tests.captures.conversations import tcp

LINE = "17676{:05d}.250    120 10.1.10.{} TCP_TUNNEL/200 5200 CONNECT {}:443 {} HIER_DIRECT/203.0.113.7 -"
OPTIONS = pipeline.ScanOptions()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return OPTIONS.load_catalog()


def squid(*pairs: tuple[str, str]) -> str:
    """A log of hosts and who asked for them."""
    return "".join(LINE.format(number, number, host, who) + "\n" for number, (host, who) in enumerate(pairs))


def found(
    catalog: Catalog, folder: Path, *, by: str = "service", wanted: int = 0
) -> tuple[tuple[Evidence, ...], tuple[Origin, ...]]:
    """The evidence of a row of the inventory of ``folder``."""
    services, users = pipeline.scan_by([str(folder)], ("service", "user"), options=OPTIONS)
    row = (services if by == "service" else users).entries[wanted]
    return reread(row, [str(folder)], options=OPTIONS, known=catalog)


LOG = squid(("shop.example", "ann"), ("chatgpt.com", "ann"), ("chatgpt.com", "ben"), ("claude.ai", "ben"))


def test_lines_are_given_as_they_stand_and_as_they_were_understood(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(LOG)
    shown, missing = found(catalog, tmp_path)
    assert [str(one.origin) for one in shown] == [
        f"{tmp_path}/access.log:2",
        f"{tmp_path}/access.log:3",
    ] and not missing
    assert [one.text for one in shown] == LOG.splitlines()[1:3]
    assert [(one.record.host, one.record.user) for one in shown] == [("chatgpt.com", "ann"), ("chatgpt.com", "ben")]


def test_compressed_files_and_members_of_archives(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(LOG.encode()))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("inner/proxy.log", LOG)
    shown, missing = found(catalog, tmp_path)
    assert len(shown) == 4 and not missing
    assert {one.text for one in shown} == set(LOG.splitlines()[1:3])
    assert len({one.origin.path for one in shown}) == 2


def test_frames_are_given_as_they_were_understood(catalog: Catalog, tmp_path: Path) -> None:
    talk = tcp("10.1.2.3", "198.51.100.7", 443).syn().send(tls.hello("chatgpt.com")).receive(tls.application(900))
    files.write_pcap(tmp_path / "dump.pcap", talk.frames)
    (one,), missing = found(catalog, tmp_path)
    assert one.origin.unit == "frame" and one.record.host == "chatgpt.com" and one.text == "" and not missing


def test_of_many_records_in_one_line_those_that_explain_the_row(catalog: Catalog, tmp_path: Path) -> None:
    row = '{{"Action":"allow","Datetime":"2026-03-03T19:45:0{}Z","Email":"{}","HTTPHost":"{}","SourceIP":"198.51.100.61","URL":"https://{}/"}}'
    pairs = [("shop.example", "ann@example.com")] * 3 + [("claude.ai", f"u{n}@example.com") for n in range(5)]
    rows = [row.format(n, who, host, host) for n, (host, who) in enumerate(pairs)]
    (tmp_path / "gateway.json").write_text("[" + ",".join(rows) + "]")
    shown, missing = found(catalog, tmp_path)
    assert len(shown) == AT_ONE_PLACE and {one.record.host for one in shown} == {"claude.ai"} and not missing


def test_a_row_by_user_shows_that_user(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(LOG)
    for number in range(2):
        shown, _ = found(catalog, tmp_path, by="user", wanted=number)
        assert len({one.record.user for one in shown}) == 1


def test_of_several_people_in_one_line_the_row_s_own_is_shown(catalog: Catalog, tmp_path: Path) -> None:
    row = '{{"Action":"allow","Datetime":"2026-03-03T19:45:00Z","Email":"{}","HTTPHost":"claude.ai","SourceIP":"198.51.100.{}","URL":"https://claude.ai/"}}'
    (tmp_path / "gateway.json").write_text("[" + ",".join(row.format(f"u{n}@example.com", n) for n in range(3)) + "]")
    entries = pipeline.scan_by([str(tmp_path)], ("user",), options=OPTIONS)[0].entries
    assert len(entries) == 3
    for entry in entries:
        assert entry.actor is not None and entry.actor.address is not None
        for actor in (entry.actor, Actor(entry.actor.user)):  # the second: whatever the device
            shown, _ = reread(replace(entry, actor=actor), [str(tmp_path)], options=OPTIONS, known=catalog)
            assert [one.record.user for one in shown] == [entry.actor.user]


def test_places_far_apart_in_one_file_are_all_given(catalog: Catalog, tmp_path: Path) -> None:
    hosts = ["chatgpt.com", "shop.example", "shop.example", "chatgpt.com", "shop.example", "chatgpt.com"]
    (tmp_path / "access.log").write_text(squid(*((host, "ann") for host in hosts)))
    shown, missing = found(catalog, tmp_path)
    assert [one.origin.position for one in shown] == [1, 4, 6] and not missing


def test_what_is_not_there_any_more_is_named(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(LOG)
    (entry,) = [
        row for row in pipeline.scan([str(tmp_path)], options=OPTIONS).entries if row.service_id == "openai-chatgpt"
    ]
    (tmp_path / "access.log").write_text(LOG.splitlines()[0] + "\n")
    assert reread(entry, [str(tmp_path)], options=OPTIONS, known=catalog) == ((), entry.evidence)
    assert reread(entry, [], options=OPTIONS, known=catalog) == ((), entry.evidence)


def test_what_cannot_be_read_is_named_and_the_rest_is_given(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LOG)
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(squid(("chatgpt.com", "eve")).encode()))
    entry = pipeline.scan([str(tmp_path)], options=OPTIONS).entries[0]
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(LOG.encode())[:20])
    shown, missing = reread(entry, [str(tmp_path)], options=OPTIONS, known=catalog)
    assert {Path(one.origin.path).name for one in shown} == {"a.log"}
    assert {Path(origin.path).name for origin in missing} == {"b.log.gz"}


def test_places_in_a_tenant_are_not_looked_for(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(LOG)
    row = pipeline.scan([str(tmp_path)], options=OPTIONS).entries[0]
    place = Origin("entra:work", "app/grant", "object")
    entry: Entry = replace(row, evidence=(place,), actor=Actor("ann"))
    assert reread(entry, [str(tmp_path)], options=OPTIONS, known=catalog) == ((), (place,))


def test_a_path_that_does_not_exist(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(LOG)
    row = pipeline.scan([str(tmp_path)], options=OPTIONS).entries[0]
    with pytest.raises(UsageError, match="no such file"):
        reread(row, [str(tmp_path / "none.log")], options=OPTIONS, known=catalog)
