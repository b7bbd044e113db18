"""``sweep`` visits the tenants, writes one inventory, and remembers only what was written."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from shadowai import connector as protocol
from shadowai.cli import main, sweeping, tenants
from shadowai.errors import SourceError
from shadowai.model import Gap, Origin, Report
from shadowai.sweep.gaps import gaps
from shadowai.sweep.lock import only_one
from shadowai.swept_report import Network
from shadowai.tenant import App, Swept
from tests.sweep.conftest import service
from tests.sweep.service import SECRET, Service, reply

__all__ = ["service"]


class Join:
    """Makes a report of nothing but gaps, and keeps what it was given."""

    def __init__(self) -> None:
        self.sweeps: list[Swept] = []
        self.grants: list[int] = []
        self.networks: list[Network | None] = []
        self.breaks = False

    def is_ai(self, app: App) -> bool:
        """Whatever it is called."""
        return True

    def report(self, sweeps: Sequence[Swept], refused: Sequence[SourceError], network: Network | None = None) -> Report:
        """The gaps."""
        if self.breaks:
            raise SourceError("cannot")
        self.networks.append(network)
        self.sweeps += sweeps
        self.grants += [len(swept.grants) for swept in sweeps]
        found = [gap for swept in sweeps for gap in gaps(swept)]
        return Report((), (*found, *(Gap(error.origin or Origin("x"), error.message) for error in refused)))


@pytest.fixture
def join(monkeypatch: pytest.MonkeyPatch) -> Join:
    """What stands where sweeps meet signatures."""
    made = Join()
    monkeypatch.setattr(sweeping, "joined", lambda chosen: made)
    return made


@pytest.fixture
def configuration(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with the service as the tenants ``main`` and ``other``."""
    points = [EntryPoint("toy", "tests.sweep.service:Toy", protocol.GROUP)]
    monkeypatch.setattr(protocol, "entry_points", lambda group: points)
    monkeypatch.setenv("TOY_SECRET", SECRET)
    monkeypatch.setenv("SHADOWAI_STATE", str(tmp_path / "state"))
    path = tmp_path / "c.toml"
    about = f'connector = "toy"\nroot = "{service.root}"\nclient_secret = "env:TOY_SECRET"\ninsecure_localhost = true\n'
    path.write_text(f"[tenants.main]\n{about}[tenants.other]\n{about}")
    return path


def sweep(configuration: Path, *more: str) -> int:
    return main(["sweep", "--config", str(configuration), *more])


def test_a_sweep_of_all_tenants(configuration: Path, join: Join) -> None:
    assert sweep(configuration) == 0
    assert [swept.name for swept in join.sweeps] == ["main", "other"] and join.grants == [50, 50]
    assert {(swept.mode, swept.scope) for swept in join.sweeps} == {("targeted", "ai")}
    assert sweep(configuration, "main", "--scope", "all") == 0
    assert sweep(configuration, "main", "--full") == 0
    assert [(swept.mode, swept.scope) for swept in join.sweeps[2:]] == [("delta", "all"), ("full", "ai")]


def test_what_could_not_be_looked_at_is_incomplete(configuration: Path, join: Join, service: Service) -> None:
    service.always["/grants/app00003"] = reply(403, {})
    assert sweep(configuration, "main") == 3


def test_a_tenant_that_is_being_swept_does_not_keep_the_others(
    configuration: Path, join: Join, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with only_one(tmp_path / "state" / "sweeps" / "main.lock"):
        assert sweep(configuration, "--format", "json") == 3
    assert [swept.name for swept in join.sweeps] == ["other"]
    assert "another sweep of this tenant is running" in capsys.readouterr().out


def test_what_was_not_written_is_not_remembered(configuration: Path, join: Join, service: Service) -> None:
    join.breaks = True
    assert sweep(configuration, "main") == 3
    asked = len(service.asked)
    join.breaks = False
    assert sweep(configuration, "main") == 0
    assert len(service.asked) == asked and join.grants == [50]  # nothing was asked again
    assert sweep(configuration, "main") == 0
    assert len(service.asked) > asked


def test_secrets_that_are_missing_are_said_before_anything(
    configuration: Path,
    join: Join,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("TOY_SECRET")
    assert sweep(configuration) == 2
    assert service.asked == [] and "TOY_SECRET is not set" in capsys.readouterr().err


def test_a_dry_run(configuration: Path, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    assert sweep(configuration, "main", "--dry-run") == 0
    said = capsys.readouterr()
    host = service.root.removeprefix("http://")
    assert said.out.splitlines() == [f"main\ttoken\t-\tPOST {host}/token", f"main\tapps\ttoy\tGET {service.root}/apps"]
    assert "not known before" in said.err and service.asked == []


def test_again_and_again_until_stopped(configuration: Path, join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    class Event(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            if timeout is not None and timeout > 100:
                waits.append(timeout)
                if len(waits) == 3:
                    self.set()
            return self.is_set()

    monkeypatch.setattr(threading, "Event", Event)
    report = join.report

    def breaks_once(sweeps: Sequence[Swept], refused: Sequence[SourceError], network: None) -> Report:
        join.breaks = len(waits) == 1
        return report(sweeps, refused)

    monkeypatch.setattr(join, "report", breaks_once)
    assert sweep(configuration, "main", "--every", "6h") == 0
    assert [swept.mode for swept in join.sweeps] == ["targeted", "delta"]
    assert all(6 * 3600 <= wait <= 6.6 * 3600 for wait in waits) and len(set(waits)) == 3


def test_a_configuration_that_is_being_edited_ends_no_schedule(
    configuration: Path, join: Join, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake that is there from the start does: nobody would look for it later."""
    rounds: list[str] = []

    class Event(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            if timeout is not None and timeout > 100:
                rounds.append("")
                monkeypatch.delenv("TOY_SECRET", raising=False)
                if len(rounds) == 2:
                    self.set()
            return self.is_set()

    monkeypatch.setattr(threading, "Event", Event)
    assert sweep(configuration, "main", "--every", "6h") == 2
    assert len(rounds) == 2 and len(join.sweeps) == 1 and "TOY_SECRET is not set" in capsys.readouterr().err
    assert sweep(configuration, "main", "--every", "6h") == 2
    assert len(rounds) == 2


def test_logs_are_read_after_the_sweep_and_not_once_it_is_stopped(
    configuration: Path, join: Join, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "proxy.log").write_text("1767614400.000 torn\n")
    asked = ["main", "--network", str(tmp_path / "proxy.log")]
    assert sweep(configuration, *asked) == 0
    (network,) = join.networks
    assert network is not None and network.gaps
    monkeypatch.setattr(tenants, "stopping", lambda: nullcontext(stopped()))
    assert sweep(configuration, *asked) == 3
    assert join.networks[1:] == [None]


def stopped() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--full", "--delta"], "exclude each other"),
        (["--every", "soon"], "is not a time like"),
        (["--scope", "some"], "some"),
        (["nobody"], "no tenant is called 'nobody'"),
        (["-o", "absent/x.csv"], "no such folder"),
        (["--fail-on", "x"], "is not a list of"),
    ],
)
def test_wrong_usage(configuration: Path, argv: list[str], says: str, capsys: pytest.CaptureFixture[Any]) -> None:
    assert sweep(configuration, *argv) == 2
    assert says in capsys.readouterr().err


def test_budgets_are_judged_with_a_history_and_without(configuration: Path, tmp_path: Path) -> None:
    text = "version: 1\nbudgets: [{name: a, measure: services, surface: tenant, max: 0}]\ncoverage: {sources: [toy], max_gap: 1h}\n"
    (tmp_path / "b.yaml").write_text(text)
    argv = ["main", "--budget", str(tmp_path / "b.yaml"), "--verdict", str(tmp_path / "v.json")]
    for more in (["--no-history"], ["--history", str(tmp_path / "h.db")]):
        assert sweep(configuration, *argv, *more) == 3  # there are no logs whose gaps could be told
        found = json.loads((tmp_path / "v.json").read_text())
        states = [(one["name"], one["state"]) for one in (*found["budgets"], *found["coverage"])]
        assert states == [("a", "within"), ("toy", "within"), ("max_gap", "unknown")]


def test_the_page_of_a_sweep_has_people_and_what_has_changed(configuration: Path, tmp_path: Path) -> None:
    target, remembered = tmp_path / "r.html", ["--history", str(tmp_path / "h.db")]
    for more, told in (
        (["--no-history"], 'id="people"'),
        (remembered, "a baseline, with nothing to compare"),
        (remembered, "Nothing has changed."),
    ):
        assert sweep(configuration, "main", "-o", str(target), *more) == 0
        assert told in target.read_text(encoding="utf-8")


def manifest(configuration: Path, tmp_path: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a sweep, and its manifest."""
    target = tmp_path / "m.json"
    code = sweep(configuration, "-o", str(tmp_path / "out.csv"), "--manifest", str(target), *more)
    return code, json.loads(target.read_bytes())


def test_a_manifest_says_what_was_collected_and_how_each_task_ended(
    configuration: Path, tmp_path: Path, service: Service
) -> None:
    service.always["/grants/app00003"] = reply(403, {"error": {"code": "Denied", "message": "not ann@example.com"}})
    history = ["--history", str(tmp_path / "h.db")]
    code, found = manifest(configuration, tmp_path, "main", *history)
    assert code == 3 and found["complete"] is False and found["counts"]["gaps"] == 1
    assert found["program"]["name"] == "shadowai" and found["signatures"]["version"]
    assert found["options"] == {"by": "service", "format": "csv", "scope": "ai"}
    written = hashlib.sha256((tmp_path / "out.csv").read_bytes()).hexdigest()
    assert found["outputs"] == [{"path": str(tmp_path / "out.csv"), "format": "csv", "sha256": written}]
    assert [one["path"] for one in found["inputs"]] == [
        "toy:toys.example/apps: 10 rows",
        "toy:toys.example/grants: 45 rows",
        "toy:toys.example/persons: 0 rows",
    ]
    (tenant,) = found["tenants"]
    about = (tenant["name"], tenant["connector"], tenant["tenant"], tenant["mode"], tenant["scope"], tenant["complete"])
    assert about == ("main", "toy", "toys.example", "targeted", "ai", False) and found["run"] == 1
    ends = {task["task"]: (task["completeness"], task["why"], task["items"]) for task in tenant["tasks"]}
    assert len(ends) == 11 and ends["apps"] == ("complete", "", 10)
    assert ends["grants/app00003"] == ("failed", "a permission is missing", 0)
    assert "ann@example.com" not in json.dumps(found)
    service.always.clear()
    _, again = manifest(configuration, tmp_path, "main", "--full", *history)
    assert again["options"]["mode"] == "full" and again["complete"] and again["run"] == 2
    assert again["inputs"][0] == found["inputs"][0] and again["inputs"][1] != found["inputs"][1]


def test_a_manifest_of_logs_and_tenants_that_could_not_be_swept(configuration: Path, tmp_path: Path) -> None:
    log = tmp_path / "proxy.log"
    log.write_text(
        "1767600000.000 10 192.0.2.7 TCP_TUNNEL/200 5120 CONNECT chatgpt.com:443 ann HIER_DIRECT/203.0.113.5 -\n"
    )
    with only_one(tmp_path / "state" / "sweeps" / "main.lock"), only_one(tmp_path / "state" / "sweeps" / "other.lock"):
        code, found = manifest(configuration, tmp_path, "--no-history", "--network", str(log))
    assert code == 3 and [(one["name"], one["mode"], one["tasks"]) for one in found["tenants"]] == [
        ("main", "", []),
        ("other", "", []),
    ]
    assert found["run"] is None and [one["sha256"] for one in found["inputs"]] == [
        hashlib.sha256(log.read_bytes()).hexdigest()
    ]
    _, found = manifest(configuration, tmp_path, "main", "--no-history")
    assert found["inputs"] == [{"path": "toy:toys.example", "why": "the sweep is not remembered"}]


def test_a_manifest_does_not_replace_the_inventory(configuration: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out.csv")
    assert sweep(configuration, "-o", out, "--manifest", out) == 2
    assert not (tmp_path / "out.csv").exists() and not (tmp_path / "state").exists()


def test_the_page_of_a_sweep_names_what_was_collected(configuration: Path, tmp_path: Path) -> None:
    target = tmp_path / "r.html"
    assert sweep(configuration, "main", "-o", str(target), "--history", str(tmp_path / "h.db")) == 0
    assert "toy:toys.example/grants: 50 rows" in target.read_text(encoding="utf-8")
