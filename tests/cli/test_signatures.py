"""``shadowai signatures``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadowai import lint
from shadowai.catalog import Catalog, packaged_dir
from shadowai.cli import main
from shadowai.model import Origin
from tests.signature_samples import SOUND, put

Captured = pytest.CaptureFixture[str]


def test_list_has_a_line_for_each(capsys: Captured) -> None:
    assert main(["signatures", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(Catalog.load().signatures)
    assert any("ChatGPT (OpenAI), assistant" in line for line in lines)


def test_show_prints_the_file(capsys: Captured) -> None:
    assert main(["signatures", "show", "openai-chatgpt"]) == 0
    shown = capsys.readouterr().out
    assert shown == (packaged_dir() / "openai-chatgpt.yaml").read_text("utf-8")


@pytest.mark.parametrize("id", ["openai-chatgp", "", "../../etc/passwd", "\x1b[2J"])
def test_show_what_is_not_there(id: str, capsys: Captured) -> None:
    assert main(["signatures", "show", id]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "there is no signature" in said.err and "\x1b" not in said.err


def test_match_as_json_is_one_object_for_each_value(capsys: Captured) -> None:
    assert main(["signatures", "match", "--json", "chatgpt.com", "www.example.com", "https://CHATGPT.com./c?q=1"]) == 0
    strong = {"id": "openai-chatgpt", "service": "ChatGPT", "strength": "strong"}
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"value": "chatgpt.com", "matches": [strong]},
        {"value": "www.example.com", "matches": []},
        {"value": "https://CHATGPT.com./c?q=1", "matches": [strong]},
    ]


def test_match_for_people(capsys: Captured) -> None:
    assert main(["signatures", "match", "chatgpt.com", "chatgpt.com.example"]) == 0
    assert capsys.readouterr().out == (
        "chatgpt.com: ChatGPT [openai-chatgpt, strong]\nchatgpt.com.example: no AI service\n"
    )


@pytest.mark.parametrize("flag", [[], ["--json"]])
def test_a_value_cannot_speak_to_the_terminal(flag: list[str], capsys: Captured) -> None:
    assert main(["signatures", "match", *flag, "a\x1b[2J\x7f\u202e\udcff"]) == 0
    said = capsys.readouterr().out.rstrip("\n")
    assert said.isprintable()


def test_an_empty_value_is_wrong_usage(capsys: Captured) -> None:
    assert main(["signatures", "match", " "]) == 2


def test_lint_judges_the_packaged_signatures_by_default(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """That these have no errors is for the tests of :mod:`shadowai.lint`."""
    packaged = [lint.Finding(Origin("one.yaml", 3), "warning", "dates", "is old", "look again")]
    monkeypatch.setattr(lint, "lint", lambda target: packaged if target is None else [])
    assert main(["signatures", "lint"]) == 0
    said = capsys.readouterr()
    assert "one.yaml:3" in said.out and "0 errors, 1 warnings" in said.err


def test_lint_of_a_broken_file_fails_and_says_where(tmp_path: Path, capsys: Captured) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("schema: 1\nid: broken\nid: broken\n")
    assert main(["signatures", "lint", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert f"{broken}:" in said.out and "error" in said.out
    assert "1 errors" in said.err


def test_lint_of_a_path_that_is_not_there(capsys: Captured) -> None:
    assert main(["signatures", "lint", "absent"]) == 2
    assert "absent" in capsys.readouterr().err


def test_a_switched_off_signature_is_gone(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "own.toml").write_text('disable = ["openai-chatgpt"]\n')
    assert main(["signatures", "show", "openai-chatgpt", "--config", str(tmp_path / "own.toml")]) == 2
    assert main(["signatures", "match", "--json", "chatgpt.com", "--config", str(tmp_path / "own.toml")]) == 0
    assert "openai-chatgpt" not in capsys.readouterr().out


def test_no_command_shows_the_help(capsys: Captured) -> None:
    assert main(["signatures"]) == 2
    assert "match" in capsys.readouterr().err


def test_show_names_facts_that_are_stale(tmp_path: Path, capsys: Captured) -> None:
    put(
        tmp_path,
        SOUND.replace("example-chat", "local-chat"),
        ('com/", checked_on: 2026', 'com/", checked_on: 2025'),
        id="local-chat",
    )
    (tmp_path / "own.toml").write_text(f'signatures_dir = ["{tmp_path}"]\n')
    assert main(["signatures", "show", "local-chat", "--config", str(tmp_path / "own.toml")]) == 0
    assert capsys.readouterr().err == "stale: data handling of free, checked on 2025-11-01\n"
