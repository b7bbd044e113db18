"""A service's own log names its region or account, not its host: a part of a token is put into the host's text."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.catalog import Catalog
from shadowai.errors import UsageError
from shadowai.matcher import Matcher
from shadowai.model import Name
from shadowai.sources.logs import formats, toml_file
from shadowai.sources.logs.description import Json, LogFormat, Part
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.timestamps import Clock

OWN = r"""
name = "acme_models"
title = "Acme models"
family = "json"

[options]
requires = [["model", ""]]

[fields]
host = { key = "region", pattern = '^([a-z0-9-]+)$', only = { kind = '^call$' }, into = "models.{}.acme.example" }
"""


def _host(description: LogFormat, line: str) -> str | None:
    reader = FormatReader(description, Clock())
    tokens = reader.tokens(line)
    assert isinstance(tokens, dict)
    return reader.record("x", 1, tokens).host


def _own(folder: Path, text: str = OWN) -> LogFormat:
    path = folder / "acme.toml"
    path.write_text(text, "utf-8")
    return toml_file.read(path)


def test_the_piece_stands_within_the_text(tmp_path: Path) -> None:
    assert _host(_own(tmp_path), '{"model":"m","region":"eu-1","kind":"call"}') == "models.eu-1.acme.example"


@pytest.mark.parametrize(
    "line",
    [
        '{"model":"m","region":"eu-1","kind":"list"}',
        '{"model":"m","region":"eu/../1","kind":"call"}',
        '{"model":"m","kind":"call"}',
    ],
)
def test_without_the_piece_there_is_nothing(tmp_path: Path, line: str) -> None:
    assert _host(_own(tmp_path), line) is None


def test_a_text_without_a_place_is_given_as_it_is() -> None:
    part = Part("model", r"^(gpt)", into="api.example.com")
    made = LogFormat(
        "x", "x", "x", "https://example.com", "api_call", Json(requires=(("model", ""),)), {"host": (part,)}
    )
    assert _host(made, '{"model":"gpt-1"}') == "api.example.com"
    assert _host(made, '{"model":"other"}') is None


def test_the_piece_is_put_in_as_it_is(tmp_path: Path) -> None:
    """Braces in a hostile value are text, not places."""
    description = _own(tmp_path, OWN.replace("[a-z0-9-]+", "[^/]+"))
    assert _host(description, '{"model":"m","region":"{0.__class__}","kind":"call"}') is None


def test_into_is_a_text(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="into"):
        _own(tmp_path, OWN.replace('"models.{}.acme.example"', "7"))


def test_the_address_that_a_services_own_log_implies_proves_the_service() -> None:
    """A host that others share, or that is loaded without any use, would leave out of the inventory what the log says was used."""
    matcher = Matcher(Catalog.load())
    implied = {
        take.into.replace("{}", "eu-1")
        for fmt in formats().values()
        for name in ("host", "url")
        for take in fmt.fields.get(name, ())
        if isinstance(take, Part) and take.into not in ("{}", "http{}")
    }
    assert "https://m365.cloud.microsoft/chat" in implied
    names = [Name("url" if "/" in text else "domain", text) for text in sorted(implied)]
    assert [name.value for name in names if all(match.strength != "strong" for match in matcher.match(name))] == []
