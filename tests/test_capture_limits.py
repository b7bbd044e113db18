"""Floods: memory stays bounded with both engines, and what is given up is counted and said. `python -m bench --limits` runs them whole."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bench import limits
from shadowai import fast
from shadowai.sources.capture.sides import Side

ENGINES = ("reference",) if fast.is_missing() else ("compiled", "reference")


@pytest.mark.parametrize("compiled", [engine == "compiled" for engine in ENGINES])
@pytest.mark.parametrize(
    ("name", "count", "note"),
    [
        ("half hellos", 5_000, "streams_limit"),
        ("QUIC garbage", 300, "nameless"),
        ("fragments without end", 4_500, "fragments_limit"),
        ("segments of one byte", 20_000, None),
        ("DTLS pieces", 4_500, "streams_limit"),
    ],
)
def test_a_flood_is_read_to_its_end_and_said(name: str, count: int, note: str | None, compiled: bool) -> None:
    capture, _, _ = limits.flooded(limits.FLOODS[name][0](count), compiled=compiled)
    said = {one.kind: one.count for one in capture.notes()} | {gap.reason: gap.count for gap in capture.gaps()}
    assert capture.summary().lines >= count
    assert note is None or said.get(note, 0) > 0 or "no connection tells a name" in " ".join(said)


@pytest.mark.parametrize("engine", ENGINES)
def test_nested_headers_are_gaps(engine: str) -> None:
    capture, _, _ = limits.flooded(limits.nested(50), compiled=engine == "compiled")
    assert sum(gap.count for gap in capture.gaps()) >= 50


@pytest.mark.parametrize("engine", ENGINES)
def test_memory_of_a_syn_flood_is_bounded(engine: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != fast.PURE}
    if engine == "reference":
        environment[fast.PURE] = "1"
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    command = [sys.executable, "-m", "bench.limits", "SYN flood", engine, "0.04"]  # 320,000 connections
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert float(done.stdout.split("|")[1]) < 300
    assert "flows_limit" in done.stdout


def test_a_side_is_slotted() -> None:
    assert not hasattr(Side(1, 0, 6, bytes(12), 0, 1), "__dict__")
