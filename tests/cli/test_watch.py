"""``shadowai watch`` from the command line to the inventory, on an interface that gives what it was told to."""

from __future__ import annotations

import csv
import io
import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

import pytest

from shadowai.cli import main, stopping
from shadowai.errors import SourceError, UsageError
from shadowai.model import Origin, Verdict
from shadowai.sources import live
from shadowai.sources.capture.flows import RawFrame
from tests.captures.conversations import Timed, tcp
from tests.captures.files import write_pcap
from tests.captures.scene import ANN, OPENAI, raw, scene
from tests.captures.tls import application, hello

Captured = pytest.CaptureFixture[str]
Step = Callable[[], None]


class FakeInterface:
    """Gives ``frames``, a few at a time, with ``steps`` done before the batches of their number; then nothing, until it is
    stopped."""

    frames: Sequence[Timed] = ()
    steps: dict[int, Step]
    drops = 0
    size = 10
    refuses: UsageError | None = None
    patience = 2_000
    opened: list[tuple[str, str | None]]
    closed = 0

    def __init__(self, name: str, *, bpf: str | None = None) -> None:
        if self.refuses is not None:
            raise self.refuses
        type(self).opened.append((name, bpf))
        self.dropped = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *wrong: object) -> None:
        type(self).closed += 1
        self.dropped = self.drops

    def batches(self, stop: Callable[[], bool]) -> Iterator[list[RawFrame]]:
        frames = raw(self.frames)
        batches = [frames[start : start + self.size] for start in range(0, len(frames), self.size)]
        for number in range(self.patience):
            if stop():
                return
            self.steps.get(number, lambda: None)()
            yield batches[number] if number < len(batches) else []
        raise AssertionError("nobody ended the watch")


def press(number: signal.Signals = signal.SIGINT) -> Step:
    """Somebody presses Ctrl-C, or sends another signal."""
    return lambda: signal.raise_signal(number)


@pytest.fixture
def interface(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[FakeInterface]:
    """The interface of the whole scene, on which Ctrl-C is pressed after its last frame; the current folder is empty."""

    class Ours(FakeInterface):
        frames = scene()
        steps = {100: press()}  # noqa: RUF012 - one of each test
        opened: list[tuple[str, str | None]] = []  # noqa: RUF012

    monkeypatch.setattr(live, "Interface", Ours)
    monkeypatch.chdir(tmp_path)
    return Ours


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("by", ["service", "user"])
def test_the_inventory_is_that_of_a_scan_of_the_same_frames(
    by: str, interface: type[FakeInterface], tmp_path: Path, capsys: Captured
) -> None:
    write_pcap(tmp_path / "same.pcap", scene())
    assert main(["scan", "same.pcap", "--by", by, "-o", "scan.csv"]) == 0
    assert main(["watch", "-i", "eth0", "--by", by, "-o", "watch.csv"]) == 0
    scanned, watched = (_rows((tmp_path / name).read_text()) for name in ("scan.csv", "watch.csv"))
    assert len(watched) == 4
    for one, other in zip(scanned, watched, strict=True):
        assert (one.pop("sources"), other.pop("sources")) == ("pcap", "live")
        evidence = [sorted(place.split("#")[1] for place in row.pop("evidence").split("; ")) for row in (one, other)]
        assert evidence[0] == evidence[1]
        assert [sorted(row.pop("names").split("; ")) for row in (one,)] == [
            sorted(row.pop("names").split("; ")) for row in (other,)
        ]
        assert one == other


def test_an_interface_that_shows_nothing_was_not_looked_at(interface: type[FakeInterface], capsys: Captured) -> None:
    interface.frames = ()
    assert main(["watch", "-i", "eth0"]) == 3
    assert "no frame arrived" in capsys.readouterr().out


def test_a_table_on_stdout_unless_asked_otherwise(interface: type[FakeInterface], capsys: Captured) -> None:
    assert main(["watch", "-i", "eth0"]) == 0
    said = capsys.readouterr()
    assert "ChatGPT" in said.out and "eth0 (live)" in said.out
    assert said.err == ""
    assert interface.opened == [("eth0", None)]
    assert interface.closed == 1


@pytest.mark.parametrize("name", ["csv", "json"])
def test_formats_for_machines_have_stdout_alone(name: str, interface: type[FakeInterface], capsys: Captured) -> None:
    assert main(["watch", "-i", "eth0", "--format", name]) == 0
    said = capsys.readouterr()
    found = _rows(said.out) if name == "csv" else json.loads(said.out)["entries"]
    assert "openai-chatgpt" in {row["service_id"] for row in found}
    assert "eth0 (live)" in said.err


def test_the_filter_reaches_the_interface(interface: type[FakeInterface]) -> None:
    main(["watch", "--interface", "eth0", "--bpf", "tcp port 443"])
    assert interface.opened == [("eth0", "tcp port 443")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_ends_the_watch_and_reports(
    number: signal.Signals, interface: type[FakeInterface], capsys: Captured
) -> None:
    before = signal.getsignal(number)
    interface.steps = {2: press(number)}
    assert main(["watch", "-i", "eth0"]) == 0
    assert "ChatGPT" in capsys.readouterr().out
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_signal_ends_the_program(
    number: signal.Signals, interface: type[FakeInterface], capsys: Captured, tmp_path: Path
) -> None:
    before = signal.getsignal(signal.SIGINT)

    def twice() -> None:
        signal.raise_signal(number)
        signal.raise_signal(number)

    interface.steps = {2: twice}
    assert main(["watch", "-i", "eth0", "-o", "out.csv"]) == 130
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "interrupted\n")
    assert list(tmp_path.iterdir()) == []
    assert interface.closed == 1
    assert signal.getsignal(signal.SIGINT) is before


def test_the_duration_ends_the_watch(interface: type[FakeInterface], monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(1000, 100_000))
    monkeypatch.setattr(stopping, "monotonic", lambda: next(now))
    interface.steps = {}
    assert main(["watch", "-i", "eth0", "--duration", "30"]) == 0
    assert next(now) in (1031, 1032, 1033)


@pytest.mark.parametrize(
    ("status", "service", "options", "code"),
    [
        ("sanctioned", "openai-chatgpt", [], 0),
        ("prohibited", "openai-chatgpt", [], 1),
        ("unsanctioned", "openai-chatgpt", [], 1),
        ("unsanctioned", "openai-chatgpt", ["--fail-on", "prohibited"], 0),
        ("prohibited", "deepseek", [], 0),
    ],
)
def test_exit_codes_of_a_policy(
    status: str, service: str, options: list[str], code: int, interface: type[FakeInterface], tmp_path: Path
) -> None:
    (tmp_path / "policy.yaml").write_text(f"version: 1\nrules:\n  - service: {service}\n    status: {status}\n")
    assert main(["watch", "-i", "eth0", "--policy", "policy.yaml", *options]) == code


def test_what_the_kernel_dropped_is_a_gap(interface: type[FakeInterface], capsys: Captured, tmp_path: Path) -> None:
    interface.drops = 1234
    assert main(["watch", "-i", "eth0"]) == 3
    assert "INCOMPLETE: 1,234" in capsys.readouterr().out
    (tmp_path / "policy.yaml").write_text("version: 1\nrules:\n  - service: openai-chatgpt\n    status: prohibited\n")
    assert main(["watch", "-i", "eth0", "--policy", "policy.yaml"]) == 1


def test_an_interface_that_goes_away_ends_the_watch_with_what_was_seen(
    interface: type[FakeInterface], capsys: Captured
) -> None:
    def gone() -> None:
        raise SourceError("the interface stopped: Network is down", origin=Origin("eth0"))

    interface.steps = {100: gone}
    assert main(["watch", "-i", "eth0"]) == 3
    said = capsys.readouterr().out
    assert "ChatGPT" in said and "Network is down" in said


def test_an_interface_that_cannot_be_read_is_wrong_usage(interface: type[FakeInterface], capsys: Captured) -> None:
    interface.refuses = UsageError("this interface may not be read", origin=Origin("eth0"), remedy="run as root")
    assert main(["watch", "-i", "eth0"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "shadowai: eth0: this interface may not be read (run as root)\n")


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["-i", "eth0", "--duration", "0"],
        ["-i", "eth0", "--duration", "-1"],
        ["-i", "eth0", "--duration", "soon"],
        ["-i", "eth0", "-o", "out.doc"],
        ["-i", "eth0", "-o", "absent/out.csv"],
        ["-i", "eth0", "--fail-on", "sanctioned"],
        ["-i", "eth0", "--policy", "absent.yaml"],
        ["-i", "eth0", "--config", "absent.toml"],
        ["-i", "eth0", "a.pcap"],
    ],
)
def test_wrong_usage_is_said_before_the_watch(
    wrong: list[str], interface: type[FakeInterface], capsys: Captured
) -> None:
    assert main(["watch", *wrong]) == 2
    assert interface.opened == []
    assert capsys.readouterr().err


def test_hostile_names_reach_no_terminal_raw(interface: type[FakeInterface], capsys: Captured) -> None:
    interface.frames = tcp(ANN, OPENAI, 443).syn().send(hello(b"\x1b[2J\x07evil.chatgpt.com")).fin().frames
    assert main(["watch", "-i", "eth\x1b0"]) == 0
    said = capsys.readouterr()
    assert not [char for char in said.out + said.err if ord(char) < 32 and char != "\n"]


class Shown:
    """Takes the place of the view: remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int, int]] = []
        self.left = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *wrong: object) -> None:
        self.left = True

    def show(self, watch: object, dropped: int) -> None:
        self.seen.append((watch.frames, len(watch.standing()), dropped))  # type: ignore[attr-defined]


@pytest.mark.parametrize("way_out", ["signal", "abort"])
def test_the_view_is_shown_every_batch_and_left_at_the_end(
    way_out: str, interface: type[FakeInterface], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = Shown()
    monkeypatch.setattr("shadowai.cli.live_view.view_for", lambda wanted: view if wanted else None)

    def abort() -> None:
        raise KeyboardInterrupt

    interface.steps = {100: press() if way_out == "signal" else abort}
    assert main(["watch", "-i", "eth0"]) == (0 if way_out == "signal" else 130)
    assert view.left
    assert view.seen[0][0] == 10
    assert view.seen[-1] == (len(scene()), 4, 0)
    assert [frames for frames, _, _ in view.seen] == sorted(frames for frames, _, _ in view.seen)


def test_no_view_where_none_is_wanted_or_nobody_looks(
    interface: type[FakeInterface], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    main(["watch", "-i", "eth0"])
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    main(["watch", "-i", "eth0", "--no-progress"])
    assert "WHO" not in capsys.readouterr().out


def test_uploads_of_the_whole_watch_count(interface: type[FakeInterface], capsys: Captured) -> None:
    talk = tcp(ANN, OPENAI, 443).syn().send(hello("chatgpt.com"))
    for _ in range(60):
        talk.wait(5_000_000).send(application(1_000))
    interface.frames = talk.frames
    assert main(["watch", "-i", "eth0", "--format", "csv"]) == 0
    (row,) = _rows(capsys.readouterr().out)
    assert (row["events"], row["usage"]) == ("1", "interactive")
    assert int(row["bytes_up"]) > 60_000


BUDGET = "version: 1\nbudgets:\n- {{name: services, measure: services, max: {0}, warn: 1}}\n"


@pytest.mark.parametrize(("most", "code", "state"), [(9, 0, "warned"), (1, 1, "exceeded")])
def test_budgets_are_judged_at_the_end(
    most: int, code: int, state: str, interface: type[FakeInterface], tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "b.yaml").write_text(BUDGET.format(most))
    assert main(["watch", "-i", "eth0", "--budget", "b.yaml", "--verdict", "v.json", "-o", "out.csv"]) == code
    found = json.loads((tmp_path / "v.json").read_text())
    assert (found["exit_code"], found["budgets"][0]["state"]) == (code, state)
    assert f"services {state}" in capsys.readouterr().err
    (tmp_path / "p.yaml").write_text("version: 1\nrules: []\n" + BUDGET.format(most).removeprefix("version: 1\n"))
    assert main(["watch", "-i", "eth0", "--policy", "p.yaml", "--by", "user"]) == code


def test_what_a_budget_asks_of_logs_is_not_known_of_an_interface(
    interface: type[FakeInterface], tmp_path: Path
) -> None:
    (tmp_path / "b.yaml").write_text("version: 1\ncoverage: {max_gap: 1h}\n")
    assert main(["watch", "-i", "eth0", "--budget", "b.yaml"]) == 3


def test_what_people_have_decided_goes_before_the_policy(
    interface: type[FakeInterface], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tests.decisions.making import decided, written

    view = Verdicts()
    monkeypatch.setattr("shadowai.cli.live_view.view_for", lambda wanted: view)
    (tmp_path / "p.yaml").write_text("version: 1\nrules: [{vendor: OpenAI, status: prohibited}]\n")
    argv = ["watch", "-i", "eth0", "--policy", "p.yaml", "-o", "out.json", "--decisions", "log"]
    written(tmp_path / "log", decided("deepseek", verdict=Verdict.TOLERATED))
    assert main(argv) == 1
    assert view.last["openai-chatgpt"] == "prohibited"
    written(tmp_path / "log", decided("openai-chatgpt", verdict=Verdict.TOLERATED))
    assert main(argv) == 0
    assert view.last["openai-chatgpt"] == "tolerated"
    rows = json.loads((tmp_path / "out.json").read_text())["entries"]
    assert {row["service_id"]: row["verdict"] for row in rows}["openai-chatgpt"] == "tolerated"
    assert main([*argv[:-2], "--no-decisions"]) == 1
    assert main([*argv[:-1], "absent"]) == 2


class Verdicts(Shown):
    """Remembers the verdicts that it was shown last."""

    last: dict[str, str]

    def show(self, watch: object, dropped: int) -> None:
        self.last = {one.entry.service_id: one.entry.verdict.value for one in watch.standing()}  # type: ignore[attr-defined]


@pytest.mark.parametrize("option", ["-o", "--verdict"])
def test_what_a_watch_reads_is_not_written(tmp_path: Path, option: str) -> None:
    policy = tmp_path / "p.csv"
    policy.write_text("version: 1\nrules: []\n")
    assert main(["watch", "-i", "eth0", "--policy", str(policy), option, str(policy)]) == 2
    assert policy.read_text().startswith("version")


@pytest.mark.parametrize("seconds", ["nan", "inf", "0", "-1"])
def test_a_duration_ends(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "-i", "eth0", "--duration", seconds]) == 2
    assert "--duration" in capsys.readouterr().err
