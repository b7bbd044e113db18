"""Connectors are found by name, and imported when they are asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from shadowai import connector
from shadowai.connector import FINDINGS, Probe, Token, probe_of
from shadowai.errors import UsageError
from shadowai.tenant import TenantError, Trouble

MODULE = """
class Made:
    name, title, settings, secrets, signals = "made", "Made Up", {}, ("token",), ()
    def wanted(self, settings): return ()
    def allowed(self, settings): return ()
    def tenant(self, settings): return "t"
    def token(self, session, audience): return None
    def plan(self, view): return ()
    def run(self, task, session, cursor): yield from ()
    def doctor(self, session): yield from ()
class Bare:
    name = "bare"
class Demanding:
    def __init__(self, needed): pass
"""


def _install(monkeypatch: pytest.MonkeyPatch, **entries: str) -> None:
    points = [EntryPoint(name, value, connector.GROUP) for name, value in entries.items()]
    monkeypatch.setattr(connector, "entry_points", lambda group: [p for p in points if p.group == group])


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module ``made_up_connectors`` that can be imported and has not been."""
    (tmp_path / "made_up_connectors.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("made_up_connectors", None)


def test_listing_imports_nothing(made_up: None, monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, zoo="no_such_module:X", made="made_up_connectors:Made")
    assert list(connector.connectors()) == ["made", "zoo"]
    assert "made_up_connectors" not in sys.modules


def test_load_constructs_the_connector(made_up: None, monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, made="made_up_connectors:Made")
    found = connector.load("made")
    assert (found.name, found.title, found.secrets) == ("made", "Made Up", ("token",))


def test_an_unknown_name_says_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, made="made_up_connectors:Made")
    with pytest.raises(UsageError, match=r"no connector is called 'nope' \(installed: made\)"):
        connector.load("nope")
    _install(monkeypatch)
    with pytest.raises(UsageError, match="installed: none"):
        connector.load("nope")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no_such_module:X", "cannot be imported"),
        ("made_up_connectors:Absent", "is not a connector"),
        ("made_up_connectors:Bare", "is not a connector"),
        ("made_up_connectors:Demanding", "is not a connector"),
    ],
)
def test_what_cannot_be_loaded_says_why(
    value: str, message: str, made_up: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(monkeypatch, odd=value)
    with pytest.raises(UsageError, match=message):
        connector.load("odd")


def test_two_connectors_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint("made", value, connector.GROUP) for value in ("a:A", "b:B", "a:A")]
    monkeypatch.setattr(connector, "entry_points", lambda group: points)
    with pytest.raises(UsageError, match="two connectors are called 'made'"):
        connector.connectors()


def test_one_connector_listed_twice_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """An editable install beside a wheel shows the same entry point twice."""
    monkeypatch.setattr(connector, "entry_points", lambda group: [EntryPoint("made", "a:A", group)] * 2)
    assert list(connector.connectors()) == ["made"]


def test_what_is_registered_can_be_loaded() -> None:
    for name in connector.connectors():
        assert connector.load(name).name == name


def test_a_token_never_shows_its_value() -> None:
    assert "s3cret" not in repr(Token("s3cret", 5, permissions=("A",))) and Token("a").scheme == "Bearer"


@pytest.mark.parametrize("trouble", Trouble)
def test_what_a_probe_makes_of_a_trouble(trouble: Trouble) -> None:
    found = probe_of("apps", TenantError(trouble, "said", remedy="do"))
    assert found == Probe("apps", FINDINGS.get(trouble, "error"), "said", "do")
    assert found.finding not in ("ok", "excess")
