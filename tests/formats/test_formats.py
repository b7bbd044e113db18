"""Every format reads its own sample as written down, is recognised as itself, and has its directions right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadowai.sources.logs import formats
from tests.formats import expected

NAMES = sorted(formats())
SAMPLES = [(name, sample) for name in NAMES for sample in expected.samples(name)]


def _records(sample: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in Path(f"{sample}.expected.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("name", NAMES)
def test_format_has_a_sample(name: str) -> None:
    assert expected.samples(name), f"put a sample of {name} into tests/formats/{name}/"


def test_every_folder_is_a_format() -> None:
    folders = {path.name for path in expected.HERE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(NAMES)


@pytest.mark.parametrize(("name", "sample"), SAMPLES, ids=lambda value: getattr(value, "name", value))
def test_sample_gives_its_records(name: str, sample: Path) -> None:
    assert expected.records(sample) == Path(f"{sample}.expected.jsonl").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_sample_is_recognised_as_its_format(name: str) -> None:
    read = {record["format"] for sample in expected.samples(name) for record in _records(sample) if "format" in record}
    assert read == {name}


@pytest.mark.parametrize("name", NAMES)
def test_sample_shows_every_field_the_format_gives(name: str) -> None:
    shown = {key for sample in expected.samples(name) for record in _records(sample) for key in record}
    assert set(formats()[name].fields_given) - shown == set()


@pytest.mark.parametrize(
    "name", [name for name in NAMES if {"bytes_up", "bytes_down"} <= set(formats()[name].fields_given)]
)
def test_sample_shows_both_directions(name: str) -> None:
    """A download with more bytes down than up, and an upload with more up than down: swapped fields cannot pass."""
    pairs = [
        (record["bytes_up"], record["bytes_down"])
        for sample in expected.samples(name)
        for record in _records(sample)
        if "bytes_up" in record and "bytes_down" in record
    ]
    assert any(up < down for up, down in pairs), "no download in the sample"  # type: ignore[operator]
    assert any(up > down for up, down in pairs), "no upload in the sample"  # type: ignore[operator]


def test_descriptions_are_consistent() -> None:
    for fmt in formats().values():
        fmt.check()
        assert fmt.doc.startswith("https://"), fmt.name
