"""Scans remember where they are asked to, sweeps unless they are asked not to."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from shadowai import webhook
from shadowai.cli import main, remembering
from shadowai.config import load
from shadowai.errors import SourceError
from shadowai.history import store
from shadowai.history.compare import compare
from shadowai.history.place import opened
from shadowai.model import Origin
from shadowai.pipeline import ScanOptions
from shadowai.swept_report import SweptReport
from shadowai.tenant import App, Grant, Outcome, Person, Swept
from tests.cli.conftest import environment
from tests.cli.test_diff import state
from tests.history.conftest import server, url
from tests.history.making import DAY, NOON, outcomes, told

__all__ = ["server", "state", "url"]

LINE = "1767614400.000    120 10.0.0.{0} TCP_MISS/200 4512 GET http://{1}/ {2} HIER_DIRECT/203.0.113.9 text/html\n"


def log(*rows: tuple[str, str]) -> None:
    Path("proxy.log").write_text("".join(LINE.format(n, host, user) for n, (host, user) in enumerate(rows, 1)))


def numbers() -> list[int]:
    with opened(None) as history, history.reading() as db:
        return [run.id for run in store.runs(db)]


def test_a_scan_is_not_remembered_without_being_asked(state: Path) -> None:
    log(("chatgpt.com", "ann"))
    assert main(["scan", "proxy.log"]) == 0
    assert not (state / "history.db").exists()
    assert main(["scan", "proxy.log", "--history", "default"]) == 0
    (state / "shadowai.toml").write_text("[history]\nscans = true\n")
    assert main(["scan", "proxy.log"]) == 0
    assert main(["scan", "proxy.log", "--no-history"]) == 0
    assert numbers() == [2, 1]
    assert main(["scan", "proxy.log", "--no-history", "--history", "default"]) == 2


def test_two_scans_and_what_differs(capsys: pytest.CaptureFixture[str]) -> None:
    for rows in ([("chatgpt.com", "ann")], [("chatgpt.com", "ann"), ("claude.ai", "bob")]):
        log(*rows)
        assert main(["scan", "proxy.log", "--history", "default", "--by", "user"]) == 0
    shown = capsys.readouterr().out
    assert "ann" in shown
    assert main(["diff"]) == 0
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["new", "service", "Claude"] in [row[:3] for row in printed]
    assert ["new", "user", "Claude", "bob", "environment", "unreviewed"] in printed


def test_scans_into_a_database_of_a_server_s(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for rows in ([("chatgpt.com", "ann")], [("claude.ai", "ann")]):
        log(*rows)
        assert main(["scan", "proxy.log", "--history", url]) == 0
    assert main(["diff", "--history", url, "--format", "csv"]) == 0
    printed = [line.split(",")[:3] for line in capsys.readouterr().out.splitlines()]
    assert ["new", "service", "Claude"] in printed and ["gone", "service", "ChatGPT"] in printed
    assert main(["history", "--history", url]) == 0
    assert "scan" in capsys.readouterr().out


def test_a_history_that_cannot_be_opened_is_said_before_the_work(state: Path) -> None:
    log(("chatgpt.com", "ann"))
    (state / "bad.db").write_bytes(b"no database" * 100)
    assert main(["scan", "proxy.log", "--history", "bad.db", "-o", "out.csv"]) == 2
    assert not (state / "out.csv").exists()


@pytest.mark.parametrize(("option", "named"), [("--history", "h.db: "), ("--output", "")])
def test_that_the_working_directory_is_gone_is_said(
    state: Path, option: str, named: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system says "No such file or directory", and of nothing."""
    log(("chatgpt.com", "ann"))
    gone = state / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["scan", str(state / "proxy.log"), "--format", "csv", "--no-progress", option, "h.db"]) == 2
    assert f"shadowai: {named}the working directory is gone (" in capsys.readouterr().err


def test_a_scan_without_a_history_does_not_load_the_library() -> None:
    log(("chatgpt.com", "ann"))
    code = "from shadowai.cli import main; main(['scan', 'proxy.log']); import sys; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


GPT = App(
    "entra", "contoso.example", "e0476654-c1d5-430b-ab80-70cbd947616a", "ChatGPT", verified_publisher="OpenAI, L.L.C."
)
ANN = Person("entra", "contoso.example", "p1", "ann@example.com")
GRANT = Grant("entra", "contoso.example", "g1", GPT.id, "delegated", "p1", ("Mail.Read",))


def swept(day: int, *grants: Grant, ends: tuple[Outcome, ...] | None = None) -> Swept:
    """A sweep of a tenant with one app."""
    began = NOON + day * DAY
    ends = ends or outcomes(apps="complete", grants="complete")
    return Swept(
        "main",
        "entra",
        "Entra",
        "contoso.example",
        began,
        began + 1,
        "full",
        "ai",
        (GPT,),
        grants,
        (ANN,),
        (),
        (),
        ends,
    )


def test_sweeps(state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    sent: list[bytes] = []
    monkeypatch.setattr(webhook, "post", lambda url, data, ca_file: sent.append(data))
    (state / "shadowai.toml").write_text('[notify]\nurl = "env:HOOK"\n')
    settings = load()
    made = SweptReport(ScanOptions(settings=settings), {})
    with remembering.opened(None, settings) as history:
        join = remembering.RememberingJoin(made, history, "service", None, settings, {"scope": "ai"})
        assert join.is_ai(GPT)
        first = join.report([swept(0, GRANT)], [])
        assert [entry.service_id for entry in first.entries] == ["openai-chatgpt"] and sent == []
        other = replace(GRANT, id="g2", principal="p2")
        join.report([swept(1, GRANT, other)], [])
        assert len(sent) == 1 and b'"kind": "grant"' in sent[0]
        join.report([swept(2, ends=outcomes(apps="complete", grants="partial"))], [])
        changes = told(compare(history, 2, 3).changes)
        assert {change[0] for change in changes} <= {"not_observable", "changed"} and changes
        dated = [entry.first_seen for entry in join.report([swept(3, GRANT, other)], []).entries]
        assert dated == [NOON + 1]
    assert "told of" in capsys.readouterr().err


def test_a_webhook_that_cannot_be_told_ends_nothing(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (state / "shadowai.toml").write_text('[history]\nscans = true\n[notify]\nurl = "env:NO_SUCH_HOOK"\n')
    for host in ("example.com", "claude.ai"):
        log((host, "ann"))
        assert main(["scan", "proxy.log"]) == 0
    assert "NO_SUCH_HOOK is not set" in capsys.readouterr().err


def test_what_is_older_than_it_may_be_kept_is_forgotten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from shadowai.cli.remembering import forget_old
    from shadowai.config import Settings
    from shadowai.history.place import Remembering
    from shadowai.history.remember import remember
    from tests.history.making import entry, scan

    with opened(str(tmp_path / "history.db")) as history:
        remember(history, scan(entry("claude", "ann")))
        forget_old(history, Settings())
        forget_old(history, Settings(history=Remembering(keep_days=36_500)))
        with history.reading() as db:
            assert len(store.runs(db)) == 1
        forget_old(history, Settings(history=Remembering(keep_days=1)))
        with history.reading() as db:
            assert store.runs(db) == []
    assert "1 runs older than 1 days were forgotten" in capsys.readouterr().err


FULL = SourceError("the history cannot be used: database or disk is full", origin=Origin("sqlite:///history.db"))


def full(*about: object, **more: object) -> NoReturn:
    raise FULL


@pytest.mark.parametrize(("status", "code"), [("prohibited", 1), ("sanctioned", 3)])
@pytest.mark.parametrize("fails", ["shadowai.history.remember.remember", "shadowai.history.measures.put"])
def test_what_was_found_is_judged_where_it_cannot_be_remembered(
    state: Path, fails: str, status: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log(("chatgpt.com", "ann"))
    budget = "budgets: [{name: a, measure: users, max: 9}]"
    Path("p.yaml").write_text(f"version: 1\nrules: [{{service: openai-chatgpt, status: {status}}}]\n{budget}\n")
    monkeypatch.setattr(fails, full)
    asked = ["--policy", "p.yaml", "--history", "default", "--verdict", "v.json", "-o", "out.csv"]
    assert main(["scan", "proxy.log", *asked]) == code
    told = json.loads(Path("v.json").read_text())
    assert told["exit_code"] == code and len(told["breaches"]) == (code == 1)
    assert not told["complete"] and told["gaps"] == 1
    assert "ChatGPT" in Path("out.csv").read_text()
    assert "shadowai: sqlite:///history.db: the history cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize(("fails", "runs"), [("remember.remember", 0), ("gather.with_dates", 0), ("store.forget", 1)])
def test_a_sweep_gives_its_inventory_where_it_cannot_be_remembered(
    state: Path, fails: str, runs: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (state / "shadowai.toml").write_text("[history]\nkeep_days = 36500\n")
    settings = load()
    made = SweptReport(ScanOptions(settings=settings), {})
    monkeypatch.setattr(f"shadowai.history.{fails}", full)
    with remembering.opened(None, settings, make=True) as history:
        join = remembering.RememberingJoin(made, history, "user", None, settings, {"scope": "ai"})
        found = join.report([swept(0, GRANT)], [])
        assert [(one.service_id, one.users) for one in found.entries] == [("openai-chatgpt", 1)]
        assert [(str(gap.origin), gap.reason) for gap in found.gaps] == [("sqlite:///history.db", FULL.message)]
        assert all(one.gaps == found.gaps for one in join.both)
        assert (join.remembered is not None) == (runs == 1)
        with history.reading() as db:
            assert len(store.runs(db)) == runs
    assert "shadowai: sqlite:///history.db: the history cannot be used" in capsys.readouterr().err
