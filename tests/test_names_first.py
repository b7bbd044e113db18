"""A scan of one file reads of an AI record what was not met before, and counts the rest by its likes."""

from __future__ import annotations

import gc
import io
import weakref
from datetime import date
from typing import Any

import pytest

from shadowai import names_first
from shadowai.catalog import Catalog
from shadowai.inventory import Inventory
from shadowai.model import Record
from shadowai.names import Names
from shadowai.names_first import scan_file
from shadowai.policy import Policy
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.timestamps import iso

SQUID = "{time} 55 10.0.0.7 {status} {size} CONNECT {host}:443 {user} HIER_DIRECT/203.0.113.9 -\n"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def test_only_the_first_record_of_a_manner_is_read_in_full(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six hundred AI records of thirty people in two manners: two are read in full."""
    text = "".join(
        SQUID.format(
            time=f"{1_767_600_000 + n}.000", status="TCP_TUNNEL/200" if n % 2 else "TCP_DENIED/403", size=n,
            host="chatgpt.com", user=f"user{n % 30}",
        )
        for n in range(600)
    )  # fmt: skip
    whole, read = FormatReader.record, list[int]()

    def record(self: FormatReader, path: str, line: int, *rest: Any, **more: Any) -> Record:
        read.append(line)
        return whole(self, path, line, *rest, **more)

    monkeypatch.setattr(FormatReader, "record", record)
    log = LogFile(Content("access.log", io.BytesIO(text.encode())), formats())
    scan_file(log, Names(catalog), Inventory())
    assert read == [1, 2]
    assert (log.tally.records, log.tally.named, log.tally.ai) == (600, 600, 600)


def test_the_date_of_a_record_that_is_no_ai_tells_how_those_of_all_are_read(catalog: Catalog) -> None:
    """A report sorted by person: far behind its head one of its days cannot be a month."""
    header = (
        '"Date","Time","User","Workstation","Category","Action","Risk Class","Policy name","URL - full","Connection IP",'
        '"Destination IP","Source IP","Threat Type","Threat Name","User Agent","Status","Request Method"\n'
    )
    line = (
        '"{day}/02/2026","10:06:1{n}","jo","PC","AI","Allowed","None","Staff","https://{host}/","203.0.113.2",'
        '"192.0.2.1","10.0.1.3","None","None","Mozilla/5.0","200","Get"\n'
    )
    text = header + "".join(line.format(day="10", n=n % 10, host="files.example.org") for n in range(2000))
    text += line.format(day="23", n=1, host="files.example.org") + line.format(day="11", n=2, host="chatgpt.com")
    inventory = Inventory()
    log = LogFile(
        Content("report.csv", io.BytesIO(text.encode())), formats(), forced=formats()["forcepoint_web_report"]
    )
    scan_file(log, Names(catalog), inventory)
    (row,) = inventory.entries(
        "service", lookup=catalog.signatures.__getitem__, policy=Policy.empty(), today=date(2026, 3, 1)
    )
    assert row.first_seen is not None and iso(row.first_seen).startswith("2026-02-11T10:06:12")
    assert log.assumed == {"zone": 1}


def test_nothing_of_a_file_is_held_once_it_is_read(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of ten thousand logs takes no more memory than one."""
    made: list[weakref.ref[Any]] = []

    class Watched(names_first.NamesFirst):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            made.append(weakref.ref(self))

    monkeypatch.setattr(names_first, "NamesFirst", Watched)
    line = SQUID.format(time="1767600000.000", status="TCP_TUNNEL/200", size=1, host="chatgpt.com", user="jo")
    gc.disable()
    try:
        scan_file(LogFile(Content("x", io.BytesIO(line.encode() * 3)), formats()), Names(catalog), Inventory())
        assert [one() for one in made] == [None]
    finally:
        gc.enable()
