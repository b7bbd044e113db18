"""``shadowai export``: rules on stdout or in a file, of what was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.cli import main


def test_rules_of_one_service_go_to_stdout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["export", "sigma", "openai-chatgpt"]) == 0
    out, err = capfdbinary.readouterr()
    assert out.startswith(b"---\ntitle: ") and b'".chatgpt.com"' in out and b"claude.ai" not in out
    assert err == b"1 services; 0 without a host that identifies them for certain are not in it\n"


def test_a_category_goes_to_a_file_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "ai.rules"
    assert main(["export", "suricata", "--category", "companion", "-o", str(target)]) == 0
    first = target.read_bytes()
    assert first.count(b"\n") > 20 and all(line.startswith(b"alert ") for line in first.splitlines())
    assert main(["export", "suricata", "--category", "companion", "-o", str(target)]) == 0
    assert target.read_bytes() == first
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nonsense"], "nonsense"),
        (["sigma", "no-such-service"], "there is no signature 'no-such-service'"),
        (["sigma", "--category", "no-such"], "no signature has the category 'no-such'"),
        (["sigma", "-o", "no-such-folder/x"], "no such folder"),
    ],
)
def test_what_is_not_there_is_wrong_usage(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", *arguments]) == 2
    out, err = capsys.readouterr()
    assert says in err and not out


def test_a_service_without_a_sure_host_is_said_and_not_left_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from shadowai.catalog import Catalog
    from shadowai.export.rules.claims import claims

    known = Catalog.load()
    sure = {one.service.id for one in claims(list(known.signatures.values()), set(known.signatures))}
    silent = next(id for id in known.signatures if id not in sure)
    assert main(["export", "kql", silent]) == 2
    assert "no host identifies these services for certain" in capsys.readouterr().err
    assert main(["export", "kql", silent, "openai-chatgpt", "-o", str(tmp_path / "q.kql")]) == 0
    assert "1 services; 1 without" in capsys.readouterr().err
