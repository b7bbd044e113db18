"""A scan of one file reads of an AI record what was not met before, and counts the rest by its likes."""

from __future__ import annotations

import io
from typing import Any

import pytest

from shadowai.catalog import Catalog
from shadowai.inventory import Inventory
from shadowai.model import Record
from shadowai.names import Names
from shadowai.names_first import scan_file
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile
from shadowai.sources.logs.reader import FormatReader

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
