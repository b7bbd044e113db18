"""A made tenant and the logs of its people, joined by the command that users give."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from shadowai import connector as protocol
from shadowai.cli import main
from shadowai.sweep.clock import WallClock
from tests.tenants import microsoft
from tests.tenants.faults import Faults
from tests.tenants.graph import Graph
from tests.tenants.server import Server
from tests.tenants.sweeps import entra_settings, secrets

SIZE = microsoft.Size(users=60, apps=40, ai=10, given=150, events=40)
LINE = "{0}.000    120 10.0.0.{1} TCP_MISS/200 4512 GET http://{2}/ {3} HIER_DIRECT/203.0.113.9 text/html\n"
HOSTS = {"elevenlabs": "elevenlabs.io", "deepseek": "chat.deepseek.com"}


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Graph]:
    """A tenant behind a server, configured, in an empty folder."""
    points = [EntryPoint("entra", "shadowai_connectors.entra:Entra", protocol.GROUP)]
    monkeypatch.setattr(protocol, "entry_points", lambda group: points)
    monkeypatch.chdir(tmp_path)
    clock = WallClock()
    made = Graph(microsoft.Directory(SIZE, clock.time()), clock, Faults())
    made.latency = 0.0
    with secrets(), Server(made.answer) as server:
        made.root = server.root
        monkeypatch.setenv("SHADOWAI_STATE", str(tmp_path / "state"))
        lines = [f'{key} = "{value}"' for key, value in entra_settings(server.root).items()]
        Path("shadowai.toml").write_text("\n".join(["[tenants.contoso]", 'connector = "entra"', *lines]))
        yield made


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def log(*used: tuple[str, str], torn: bool = False) -> None:
    """A proxy's log of who used which host, and somebody's news."""
    lines = [
        LINE.format(1_767_614_400 + n, n, host, who) for n, (host, who) in enumerate([("example.com", "x"), *used])
    ]
    Path("proxy.log").write_text("".join(lines) + ("1767614400.000 torn\n" if torn else ""))


def test_grants_and_traffic_are_one_inventory(graph: Graph, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "--by", "user", "-o", "tenant.csv"]) == 0
    tenant = rows("tenant.csv")
    wide = {row["service_id"] for row in tenant if not row["user"]}
    service = next(one for one in HOSTS if one not in wide and any(row["service_id"] == one for row in tenant))
    granted = sorted(row["user"] for row in tenant if row["service_id"] == service)
    assert len(granted) > 2

    Path("people.csv").write_text(f"person,login\n{granted[0]},CORP\\first\n")
    log((HOSTS[service], "CORP\\first"), (HOSTS[service], "eve@example.com"), ("perplexity.ai", "eve@example.com"))
    capsys.readouterr()
    asked = ["sweep", "--by", "user", "-o", "joined.csv", "--identities", "people.csv", "--network", "proxy.log"]
    assert main(asked) == 0
    said = capsys.readouterr().err
    assert f"{len(granted) - 1} with a grant of" in said and "have no traffic to it in the logs" in said
    assert "1 use" in said and "private accounts are likely" in said
    assert "services of which the tenant knows no grant at all (Perplexity)" in said
    joined = {(row["service_id"], row["user"]): row for row in rows("joined.csv")}
    assert joined[service, granted[0]]["sources"] == "entra; squid_native"
    before = next(row for row in tenant if (row["service_id"], row["user"]) == (service, granted[0]))
    assert int(joined[service, granted[0]]["events"]) == int(before["events"]) + 1
    assert (service, "eve@example.com") in joined

    assert main(["diff", "--format", "csv", "-o", "diff.csv"]) in (0, 3)
    changes = {(row["change"], row["kind"], row["service_id"], row["who"]): row["cause"] for row in rows("diff.csv")}
    assert changes["new", "user", "perplexity", "eve@example.com"] == "coverage"  # nobody had read that log before
    assert not [change for change in changes if change[0] == "gone"]

    log((HOSTS[service], "eve@example.com"), torn=True)
    assert main(asked) == 3
    said = capsys.readouterr().err
    assert "have no traffic to it" not in said  # a torn log may have held it
    assert "private accounts are likely" in said  # what was read of it is traffic all the same


def test_the_sweep_without_the_log_takes_nothing_of_it_away(graph: Graph) -> None:
    log(("perplexity.ai", "eve@example.com"))
    assert main(["sweep", "--network", "proxy.log", "-o", "a.csv"]) == 0
    assert main(["sweep", "-o", "b.csv"]) == 0
    assert main(["diff", "--format", "csv", "-o", "diff.csv"]) == 3
    found = {(row["change"], row["kind"], row["service_id"]): row["cause"] for row in rows("diff.csv")}
    assert found["not_observable", "service", "perplexity"] == "coverage"
    assert not [change for change in found if change[0] == "gone"]


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--network", "absent.log"], "absent.log"),
        (["--network", "-", "--every", "6h"], "stdin can be read once only"),
        (["--identities", "absent.csv"], "absent.csv"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_asked(
    graph: Graph, argv: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", *argv]) == 2
    assert says in capsys.readouterr().err and not Path("state").exists()
