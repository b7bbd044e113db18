"""The list of formats: complete, without doubles, and open to a user's own."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from shadowai.sources import logs
from shadowai.sources.logs import DESCRIPTIONS, formats, formats_with


def test_every_described_format_is_there_by_its_name() -> None:
    described = [fmt.name for module in DESCRIPTIONS for fmt in import_module(module).FORMATS]
    assert list(formats()) == described
    assert all(fmt.name == name for name, fmt in formats().items())


def test_formats_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        formats()["x"] = formats()["squid_native"]  # type: ignore[index]


def test_two_formats_of_one_name_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "DESCRIPTIONS", (DESCRIPTIONS[0], DESCRIPTIONS[0]))
    with pytest.raises(ValueError, match="two descriptions"):
        formats.__wrapped__()


def test_other_names_are_no_names_of_other_formats() -> None:
    names = set(formats())
    others = [other for fmt in formats().values() for other in fmt.same_as]
    assert not names & set(others)
    assert len(others) == len(set(others))


def test_without_folders_they_are_the_built_in_ones(tmp_path: Path) -> None:
    assert formats_with(()) is formats()
    assert dict(formats_with([tmp_path])) == dict(formats())
