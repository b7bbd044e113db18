"""The lints that know what everybody's traffic is full of."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from shadowai import catalog, lint_traffic, popularity
from shadowai.lint import Finding, lint
from shadowai.popularity import Popularity
from tests.signature_samples import SOUND, put

TODAY = datetime.date(2026, 11, 21)
HOST = "kind: host, strength: strong, "


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the packaged signatures."""
    folder = tmp_path / "signatures"
    folder.mkdir()
    monkeypatch.setattr(catalog, "packaged_dir", lambda: folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def popular(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Popular hosts and their ranks; what a test puts in is what the lints see."""
    hosts: dict[str, int] = {}
    monkeypatch.setattr(popularity, "installed", lambda: Popularity.of(hosts))
    return hosts


def found(folder: Path, line: str) -> list[Finding]:
    change = ("indicators:\n", f"indicators:\n  - {{{line}}}\n")
    return [finding for finding in lint([put(folder, SOUND, change)], today=TODAY) if finding.lint in NAMES]


NAMES = {rule.name for rule in lint_traffic.LINTS}


@pytest.mark.parametrize(
    ("line", "host"),
    [
        (HOST + "match: suffix, role: api, value: example-cdn.net", "static.example-cdn.net"),
        (HOST + "match: exact, role: api, value: example-cdn.net", "example-cdn.net"),
        (HOST + 'match: glob, role: api, value: "*.example-cdn.net"', "x1.example-cdn.net"),
    ],
)
def test_what_everybody_asks_for_identifies_nobody(
    packaged: Path, popular: dict[str, int], line: str, host: str
) -> None:
    popular[host] = 1000
    (finding,) = found(packaged, line)
    assert finding.lint == "popular" and "everybody asks for" in finding.message and finding.level == "error"
    popular[host] = 20_000
    assert found(packaged, line) == []


def test_a_part_more_popular_than_the_product(packaged: Path, popular: dict[str, int]) -> None:
    line = HOST + "match: exact, role: api, value: assistant.vendor.example"
    popular["assistant.vendor.example"] = 5000
    (finding,) = found(packaged, line)
    assert finding.lint == "popular" and "own page is not" in finding.message
    popular["www.example-chat.com"] = 10_000  # now the product has users, too
    assert found(packaged, line) == []


def test_a_product_that_everybody_uses(packaged: Path, popular: dict[str, int]) -> None:
    popular["chatgpt.com"] = 1000
    assert found(packaged, HOST + "match: suffix, role: ui, value: chatgpt.com") == []


@pytest.mark.parametrize("role", ["widget", "published-site"])
def test_what_other_pages_load_is_weak(packaged: Path, popular: dict[str, int], role: str) -> None:
    (finding,) = found(packaged, f"kind: url, match: prefix, strength: strong, role: {role}, value: example-chat.com/w")
    assert finding.lint == "loaded" and role in finding.message
    assert found(packaged, f"kind: url, match: prefix, strength: weak, role: {role}, value: example-chat.com/w") == []


def test_a_first_label_that_tells(packaged: Path, popular: dict[str, int]) -> None:
    line = HOST + "match: exact, role: ui, value: widget.example-chat.com"
    (finding,) = found(packaged, line)
    assert finding.lint == "loaded-name" and finding.level == "warning"
    assert found(packaged, line.replace("role: ui", "role: download")) == []


def test_a_popular_widget_below_a_strong_suffix(packaged: Path, popular: dict[str, int]) -> None:
    popular["embed.example-chat.com"] = 20_000
    popular["embed.notexample-chat.com"] = 20_000
    (finding,) = found(packaged, "kind: port, match: equals, strength: weak, value: '1'")
    assert finding.lint == "loaded-name" and "embed.example-chat.com is strong by example-chat.com" in finding.message
    assert (
        found(packaged, "kind: host, match: exact, strength: weak, role: widget, value: embed.example-chat.com") == []
    )


def test_a_hosting_provider_s_number(packaged: Path, popular: dict[str, int]) -> None:
    (finding,) = found(packaged, "kind: asn, match: equals, strength: weak, value: AS14061")
    assert finding.lint == "hoster-number" and "DigitalOcean" in finding.message
    assert found(packaged, "kind: asn, match: equals, strength: weak, value: AS399358") == []
