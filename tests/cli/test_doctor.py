"""``doctor`` prints what is missing and what to do, and its exit code says whether a sweep would see everything."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from shadowai import connector as protocol
from shadowai.cli import main
from shadowai.connector import Probe
from tests.sweep.conftest import service
from tests.sweep.service import SECRET, Service, Toy, reply

__all__ = ["service"]


@pytest.fixture
def configuration(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with the service as tenant ``main``."""
    points = [EntryPoint("toy", "tests.sweep.service:Toy", protocol.GROUP)]
    monkeypatch.setattr(protocol, "entry_points", lambda group: points)
    monkeypatch.setenv("TOY_SECRET", SECRET)
    path = tmp_path / "c.toml"
    rest = 'client_secret = "env:TOY_SECRET"\ninsecure_localhost = true'
    path.write_text(f'[tenants.main]\nconnector = "toy"\nroot = "{service.root}"\n{rest}\n')
    return path


def doctor(configuration: Path, *more: str) -> int:
    return main(["doctor", "--config", str(configuration), *more])


def test_all_is_well(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor(configuration) == 0
    assert capsys.readouterr().out == "main (toy)\n  + Apps    ok\n  + Grants  ok\n"


def test_what_is_missing(configuration: Path, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    service.always["/apps"] = reply(403, {"error": {"code": "Denied", "message": f"\x1b[31m for {SECRET}"}})
    service.always["/grants/app00000"] = reply(402, {})
    assert doctor(configuration, "toy") == 3
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "main (toy)",
        "! Apps missing scope (minimal) 403 Denied: \\x1b[31m for [hidden]",
        "-> grant Apps.Read",
        "- Grants licence (minimal) 402",
    ]


def test_what_a_higher_tier_would_need(
    configuration: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Toy, "signals", (Toy.signals[0], replace(Toy.signals[1], tier="deep")))
    monkeypatch.setattr(Toy, "wanted", lambda self, settings: self.signals[:1])
    monkeypatch.setattr(Toy, "doctor", lambda self, session: iter([Probe("apps", "ok")]))
    assert doctor(configuration) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    needs = "Grants.Read or Grants.ReadAll"
    assert lines == ["main (toy)", "+ Apps ok", f'Grants not needed tier = "deep" asks for it, and needs {needs}']
    assert doctor(configuration, "--json") == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["signal"], row["tier"], row["finding"]) for row in found] == [
        ("apps", "minimal", "ok"),
        ("grants", "deep", "unasked"),
    ]


def test_as_json(
    configuration: Path, service: Service, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Toy, "permissions", ("Apps.Read", "Apps.ReadWrite"))
    service.always["/grants/app00000"] = reply(403, {})
    assert doctor(configuration, "--json") == 0
    found: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["signal"], row["finding"], row["required"]) for row in found] == [
        ("apps", "ok", True),
        ("grants", "scope", False),
        ("*", "excess", True),
    ]
    assert found[1] == {
        "tenant": "main",
        "connector": "toy",
        "signal": "grants",
        "required": False,
        "tier": "minimal",
        "finding": "scope",
        "detail": "403",
        "remedy": "",
        "any_of": ["Grants.Read", "Grants.ReadAll"],
        "licence": "",
    }
    assert "Apps.ReadWrite" in found[2]["detail"] and "take" in found[2]["remedy"]


def test_wrong_configurations(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor(configuration, "nobody") == 2
    configuration.write_text('[tenants.main]\nconnector = "toy"\nclient_secret = "hunter2-hunter2"\n')
    assert doctor(configuration) == 2
    said = capsys.readouterr().err
    assert "no tenant is called 'nobody'" in said and "not a reference" in said and "hunter2" not in said
