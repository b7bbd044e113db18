"""``shadowai formats``."""

from __future__ import annotations

from pathlib import Path

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


def test_a_guess_is_a_description_ready_to_use(tmp_path: Path, capsys: Captured) -> None:
    log = tmp_path / "Acme Gateway.csv"
    log.write_text("When,Emp,Where To\n2026-01-05T09:00:00Z,jdoe@example.com,chatgpt.com\n", "utf-8")
    assert main(["formats", "guess", str(log)]) == 0
    folder = tmp_path / "formats"
    folder.mkdir()
    (folder / "acme.toml").write_text(capsys.readouterr().out, "utf-8")
    config = tmp_path / "shadowai.toml"
    config.write_text(f'formats_dir = ["{folder}"]\n', "utf-8")
    assert main(["read", str(log), "--config", str(config)]) == 0
    said = capsys.readouterr().out
    assert '"format":"acme_gateway"' in said and '"host":"chatgpt.com"' in said and '"user":"jdoe@example.com"' in said


def test_a_guess_says_what_it_cannot_tell(tmp_path: Path, capsys: Captured) -> None:
    log = tmp_path / "x"
    log.write_text("a,b,c\nx,1,2\n", "utf-8")
    assert main(["formats", "guess", str(log), "--name", "mine"]) == 3
    assert 'name = "mine"' in capsys.readouterr().out
    log.write_text("once upon a time\n", "utf-8")
    assert main(["formats", "guess", str(log)]) == 3
    assert f"{log}: is no table" in (said := capsys.readouterr().err) and "family = 'blank'" in said
    log.write_bytes(bytes(range(256)) * 20)
    assert main(["formats", "guess", str(log)]) == 3
    assert f"shadowai: {log}: binary data" in capsys.readouterr().err
    assert main(["formats", "guess", str(tmp_path / "absent")]) == 2


def test_a_known_format_is_said_to_be_known(tmp_path: Path, capsys: Captured) -> None:
    log = tmp_path / "x"
    log.write_text(
        "1767600000.123     55 10.0.0.7 TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 - HIER_DIRECT/203.0.113.9 -\n" * 3
    )
    main(["formats", "guess", str(log)])
    assert "squid_native" in capsys.readouterr().err
