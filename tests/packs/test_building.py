"""Building: the same input makes the same bytes, and what does not prove itself is not built."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import shadowai
from shadowai.errors import SignatureError, UsageError
from shadowai.packs import archive, building
from tests.packs.making import ORIGIN, folder, text

CLOCK = {"SOURCE_DATE_EPOCH": "1795244400"}  # 2026-11-21T07:00:00Z


def test_what_a_pack_says_of_itself(tmp_path: Path) -> None:
    data, made = building.build(folder(tmp_path, "one", "two"), environ=CLOCK)
    files = archive.unpack(data, ORIGIN)
    assert json.loads(files["pack.json"]) == {
        "format": 1,
        "pack": "shadowai",
        "serial": 202611210700,
        "created": "2026-11-21",
        "expires": "2027-02-19",
        "schema": 1,
        "min_engine": "0.1",
        "engine": shadowai.__version__,
        "signatures": 2,
        "indicators": 2,
        "files": dict(made.files),
    }
    assert files["signatures/one.yaml"] == text("one")
    made.check_files({name: files[name] for name in files if name != "pack.json"}, ORIGIN)


def test_the_same_input_makes_the_same_bytes(tmp_path: Path) -> None:
    first = folder(tmp_path / "a", "one", "two")
    second = folder(tmp_path / "b", "two", "one")
    for path in second.iterdir():
        path.chmod(0o600)
    made = {building.build(where, environ=CLOCK)[0] for where in (first, second, first)}
    assert len(made) == 1
    folder(second, one="other.example")
    assert building.build(second, environ=CLOCK)[0] not in made


def test_the_clock_is_asked_where_nobody_says(tmp_path: Path) -> None:
    _, made = building.build(folder(tmp_path, "one"), environ={})
    assert made.serial > 202611010000 and str(made.serial).startswith(made.created.replace("-", ""))


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"pack": "Ours"}, "cannot name a pack"),
        ({"serial": 0}, "no serial"),
        ({"serial": -1}, "no serial"),
        ({"expires": "soon"}, "no date"),
        ({"min_engine": "one"}, "no version"),
        ({"environ": {"SOURCE_DATE_EPOCH": "now"}}, "SOURCE_DATE_EPOCH"),
        ({"environ": {"SOURCE_DATE_EPOCH": ""}}, "SOURCE_DATE_EPOCH"),
    ],
)
def test_wrong_arguments(tmp_path: Path, about: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        building.build(folder(tmp_path, "one"), **{"environ": CLOCK, **about})


def test_what_fails_its_examples_is_not_built(tmp_path: Path) -> None:
    (folder(tmp_path, "one") / "two.yaml").write_bytes(text("two", strength="weak"))
    with pytest.raises(SignatureError, match="is strong, not weak"):
        building.build(tmp_path, environ=CLOCK)
    with pytest.raises(SignatureError, match="no signature"):
        building.build(folder(tmp_path / "empty"), environ=CLOCK)
    with pytest.raises(UsageError, match="cannot read"):
        building.build(tmp_path / "nowhere", environ=CLOCK)


def test_the_packaged_signatures_make_a_pack() -> None:
    """All of them: those who publish packs publish these. Their examples are tried by the lints' test."""
    from shadowai import catalog

    sources = catalog.find(catalog.packaged_dir())
    data = archive.pack({"pack.json": b"{}"} | {f"signatures/{source.path.name}": source.data for source in sources})
    assert len(archive.unpack(data, ORIGIN)) == len(sources) + 1
