"""The report on a catalogue: what is counted, what changed, and how often it was right."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from shadowai.catalog import Catalog
from shadowai.errors import SignatureError, UsageError
from shadowai.model import Origin
from shadowai.signature_file import parse
from shadowai.signature_report import Change, Host, Precision, compare, report
from tests.signature_samples import SOUND, put

TODAY = datetime.date(2026, 11, 21)
OTHER = (
    SOUND.replace("example-chat", "other-chat")
    .replace("hq_country: US", "hq_unknown: no imprint found")
    .replace("strong, role: ui", "weak")
)


@pytest.fixture
def known() -> Catalog:
    files = [parse(text.encode(), Origin("a.yaml"))[0] for text in (SOUND, OTHER)]
    return Catalog.of(files, version="abc")


def test_it_counts(known: Catalog) -> None:
    made = report(known, today=TODAY)
    assert (made.version, made.services, made.indicators) == ("abc", 2, 14)
    assert made.categories == (("assistant", 2),)
    assert made.kinds[0] == ("host", 6) and dict(made.strengths) == {"strong": 5, "weak": 7, "shared": 2}
    assert made.countries == (("US", 1), ("unknown: no imprint found", 1)) and made.countries_read == 0
    assert made.references == (("vendor-docs", 2),)
    assert made.ages == (("30 days or less", 2),)
    assert (made.data_facts, made.data_services, made.stale_facts) == (2, 2, ())
    assert made.change is None and made.precision is None


def test_it_tells_countries_that_were_read_and_those_of_which_nobody_says_why() -> None:
    read = SOUND.replace("hq_country: US", "hq_country: US, hq_ref: 0")
    silent = OTHER.replace(", hq_unknown: no imprint found", "")
    made = report(
        Catalog.of([parse(text.encode(), Origin("a.yaml"))[0] for text in (read, silent)], version="a"), today=TODAY
    )
    assert made.countries == (("US", 1), ("unknown: nobody says why", 1)) and made.countries_read == 1


@pytest.mark.parametrize(
    ("days", "age", "stale"),
    [
        (30, "30 days or less", 0),
        (31, "31 to 90 days", 0),
        (180, "91 to 180 days", 0),
        (181, "more than 180 days", 2),
    ],
)
def test_facts_grow_old(known: Catalog, days: int, age: str, stale: int) -> None:
    made = report(known, today=datetime.date(2026, 11, 1) + datetime.timedelta(days))
    assert made.ages == ((age, 2),)
    assert len(made.stale_facts) == stale and all("free, 2026-11-01" in fact for fact in made.stale_facts)


def test_hosts_come_go_and_change() -> None:
    before = [
        Host("suffix a.example", "x", "strong"),
        Host("exact b.example", "x", "strong"),
        Host("exact c.example", "x", "weak"),
    ]
    after = [
        Host("suffix a.example", "x", "weak"),
        Host("exact b.example", "y", "strong"),
        Host("exact c.example", "x", "weak"),
    ]
    assert compare(before, after) == Change(gained=(after[1],), lost=(before[1],), changed=((before[0], after[0]),))


def test_since_a_folder(known: Catalog, tmp_path: Path) -> None:
    put(
        tmp_path,
        SOUND,
        ("value: example-chat.com, ", "value: old-chat.com, "),
        ("exclude: [cdn.example-chat.com]\n", ""),
    )
    made = report(known, today=TODAY, since=tmp_path)
    assert made.change is not None
    assert made.change.lost == (Host("suffix old-chat.com", "example-chat", "strong"),)
    assert Host("suffix example-chat.com", "example-chat", "strong") in made.change.gained
    assert {host.signature for host in made.change.gained} == {"example-chat", "other-chat"}


def test_since_an_earlier_report(known: Catalog, tmp_path: Path) -> None:
    earlier = tmp_path / "report.json"
    earlier.write_text(json.dumps({"hosts": report(known, today=TODAY).hosts}))
    assert report(known, today=TODAY, since=earlier).change == Change((), (), ())


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"hosts": [["a"]]}', '{"hosts": 3}', "\x00", "[" * 100_000, "\udcff"]
)
def test_since_something_else(known: Catalog, tmp_path: Path, text: str) -> None:
    wrong = tmp_path / "report.json"
    wrong.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(UsageError, match="is no report") as raised:
        report(known, today=TODAY, since=wrong)
    assert raised.value.origin == Origin(str(wrong))


def test_since_nothing(known: Catalog, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        report(known, today=TODAY, since=tmp_path / "absent")


def test_precision_of_what_a_signature_was_sure_of(known: Catalog, tmp_path: Path) -> None:
    sample = tmp_path / "sample.csv"
    sample.write_text(
        "www.example-chat.com,example-chat\nhttps://example-chat.com/x,example-chat\n\nb.example-chat.com,\n"
        "www.other-chat.com,other-chat\nexample.org,\n"
    )
    assert report(known, today=TODAY, labelled=sample).precision == (Precision("example-chat", 2, 3),)
    assert str(Precision("example-chat", 2, 3)) == "2 of 3"


@pytest.mark.parametrize("line", ["example.org", ",example-chat", "a,b,c"])
def test_a_sample_of_another_shape(known: Catalog, tmp_path: Path, line: str) -> None:
    sample = tmp_path / "sample.csv"
    sample.write_text(f"example.org,\n{line}\n")
    with pytest.raises(UsageError, match="not a name and an id") as raised:
        report(known, today=TODAY, labelled=sample)
    assert raised.value.origin == Origin(str(sample), 2)


def test_a_sample_of_another_catalogue(known: Catalog, tmp_path: Path) -> None:
    sample = tmp_path / "sample.csv"
    sample.write_text("example.org,nobody\n")
    with pytest.raises(SignatureError, match="no signature 'nobody'"):
        report(known, today=TODAY, labelled=sample)


@pytest.mark.parametrize("data", [b"\xff\xfe", b'"' + b"a" * 200_000 + b'",\n'])
def test_a_sample_that_is_no_text(known: Catalog, tmp_path: Path, data: bytes) -> None:
    sample = tmp_path / "sample.csv"
    sample.write_bytes(data)
    with pytest.raises(UsageError, match="no CSV"):
        report(known, today=TODAY, labelled=sample)


def test_a_sample_that_is_not_there(known: Catalog, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        report(known, today=TODAY, labelled=tmp_path)
