"""Errors say what, where and what to do, in that order."""

from __future__ import annotations

import pickle

import pytest

from shadowai.errors import ShadowaiError, SignatureError, SourceError, UsageError
from shadowai.model import Origin


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ShadowaiError("is wrong"), "is wrong"),
        (UsageError("is wrong", origin=Origin("a.toml")), "a.toml: is wrong"),
        (SourceError("is cut", origin=Origin("a.log", 7), remedy="copy it again"), "a.log:7: is cut (copy it again)"),
        (SignatureError("has no id", remedy="give it one"), "has no id (give it one)"),
    ],
)
def test_an_error_tells_where_and_what_to_do(error: ShadowaiError, text: str) -> None:
    assert str(error) == text


def test_exit_codes_are_those_of_the_contract() -> None:
    codes = {kind.__name__: kind.exit_code for kind in (ShadowaiError, UsageError, SourceError, SignatureError)}
    assert codes == {"ShadowaiError": 2, "UsageError": 2, "SourceError": 3, "SignatureError": 2}


def test_the_parts_can_be_asked_for() -> None:
    error = UsageError("m", origin=Origin("p", 3), remedy="r")
    assert (error.message, error.origin, error.remedy) == ("m", Origin("p", 3), "r")


def test_an_error_crosses_processes_whole() -> None:
    """Work is split over processes: what goes wrong in one must arrive as it was."""
    error = pickle.loads(pickle.dumps(SourceError("m", origin=Origin("p", 3), remedy="r")))
    assert isinstance(error, SourceError)
    assert str(error) == "p:3: m (r)"
