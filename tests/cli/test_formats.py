"""``shadowai formats``."""

from __future__ import annotations

import pytest

from shadowai.cli import main
from shadowai.sources.capture.capture_file import FIELDS, FORMATS
from shadowai.sources.logs import formats

Captured = pytest.CaptureFixture[str]


def test_every_format_is_listed_once_with_its_fields(capsys: Captured) -> None:
    assert main(["formats"]) == 0
    said = capsys.readouterr().out
    names = [row.split()[0] for row in said.splitlines() if not row.startswith(" ")]
    assert names == sorted({**formats(), **FORMATS})
    blocks = dict(zip(names, _blocks(said), strict=True))
    for name, title in FORMATS.items():
        assert title in blocks[name] and " ".join(blocks[name].split()).endswith(", ".join(FIELDS))
    for name, log_format in formats().items():
        assert log_format.title in blocks[name]
        assert " ".join(blocks[name].split()).endswith(", ".join(log_format.fields_given))


def _blocks(said: str) -> list[str]:
    """The lines of one format each."""
    blocks: list[str] = []
    for row in said.splitlines():
        if row.startswith(" "):
            blocks[-1] += "\n" + row
        else:
            blocks.append(row)
    return blocks


def test_no_line_is_wider_than_it_should_be(capsys: Captured) -> None:
    main(["formats"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 120


def test_a_wrong_configuration_is_said(capsys: Captured) -> None:
    assert main(["formats", "--config", "absent.toml"]) == 2
    assert "absent.toml" in capsys.readouterr().err
