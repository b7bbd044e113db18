"""Tables of the W3C extended format without a header, as proxies send them by syslog; and columns that several blanks part."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from shadowai.catalog import Catalog
from tests.fast.test_lines import _both as both
from tests.fast.test_pairs import folded
from tests.formats import expected

FORMATS = ("bluecoat_main_elff", "bluecoat_main_status_first", "iis_w3c")
WRITTEN_AGAIN = (
    "<134>Jan  5 08:00:01 proxy1 ",
    "<134>1 2026-01-05T08:00:01Z proxy1 app - - - ",
    "Jan  5 08:00:01 proxy1 app: ",
)


def _bare(path: Path) -> list[str]:
    """The lines of a sample without a header, as they were written."""
    lines = path.read_text().splitlines()
    return [line for line in lines if line[:2] in ("20", "18")] if not any(line[:1] == "#" for line in lines) else []


LINES = [(name, line) for name in FORMATS for path in expected.samples(name) for line in _bare(path)]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def test_there_are_lines_of_each_format() -> None:
    assert {name for name, _ in LINES} == set(FORMATS)


@pytest.mark.parametrize(("name", "line"), LINES, ids=[f"{name}-{place}" for place, (name, _) in enumerate(LINES)])
def test_lines_without_a_header_are_folded(
    name: str, line: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they stand, with more blanks between the columns, and behind a syslog header."""
    assert folded([line] * 9, name, catalog, monkeypatch) == 8
    assert folded([line, *[line.replace(" ", "  ", 3)] * 8], name, catalog, monkeypatch) == 8
    for header in WRITTEN_AGAIN:
        both("\n".join([header + line] * 9).encode(), catalog, monkeypatch)


@pytest.mark.parametrize("seed", range(60))
def test_lines_of_several_layouts_and_broken_ones(seed: int, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    name = chance.choice(FORMATS)
    some = chance.sample([line for one, line in LINES if one == name], 2)
    lines = []
    for _ in range(chance.randint(6, 40)):
        line = some[chance.random() < 0.1]
        if chance.random() < 0.2:
            at = chance.randrange(len(line))
            odd = ('"', " ", "  ", "\t", "#", "-", "\u00a0", "\u00e9", " - ", '" "', "[", "{")
            line = line[:at] + chance.choice(odd) + line[at + chance.randrange(3) :]
        lines.append(line)
    if chance.random() < 0.3:
        lines.insert(chance.randrange(len(lines)), "#Fields: date time c-ip cs-username cs-host cs-method sc-bytes")
        lines.append("2026-01-05 08:00:00 10.0.0.5  jdoe  chatgpt.com GET 10")
    if chance.random() < 0.4:
        header = chance.choice(WRITTEN_AGAIN)
        lines = [header + line if chance.random() < 0.9 else line for line in lines]
    both("\n".join(lines).encode(), catalog, monkeypatch, chance.choice((128, 1 << 20)))
