"""Popular names: what the lists say of a host and of the domains around it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadowai import popularity
from shadowai.popularity import Popularity


@pytest.fixture(autouse=True)
def fresh() -> None:
    popularity.installed.cache_clear()


def write(folder: Path, name: str, hosts: list[str]) -> None:
    target = folder / "data/misp-warninglists/lists" / name
    target.mkdir(parents=True)
    (target / "list.json").write_text(json.dumps({"name": name, "list": hosts}), encoding="utf-8")


def test_the_smallest_list_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "cisco_top1000", ["www.Example.com"])
    for name in ("cisco_top5k", "cisco_top10k", "cisco_top20k"):
        write(tmp_path, name, ["www.example.com", ".example.net"])
    monkeypatch.setattr(popularity, "package", lambda: tmp_path)
    found = popularity.installed()
    assert found.hosts == {"www.example.com": 1000, "example.net": 5000}
    assert found.domains["example.com"] == 1000 and found.domains["net"] == 5000


def test_a_domain_is_as_popular_as_its_most_popular_host() -> None:
    found = Popularity.of({"a.b.example": 20_000, "c.b.example": 1_000})
    assert found.domains == {"a.b.example": 20_000, "c.b.example": 1_000, "b.example": 1_000, "example": 1_000}


def test_without_the_package_nothing_is_popular(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(popularity, "package", lambda: None)
    assert popularity.installed() == Popularity({}, {})


def test_the_package_of_the_tests_has_the_lists() -> None:
    found = popularity.installed().hosts
    assert len(found) > 19_000 and found["www.google.com"] == 1000
