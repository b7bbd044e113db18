"""A few rounds of machine-made hostile input in every run of the tests: always the same ones. `make fuzz` makes others for as long as
one likes."""

from __future__ import annotations

import functools
import random

import pytest

from shadowai.sources.capture.limits import DEFAULT
from shadowai.sources.logs import formats
from tests.formats import expected
from tests.fuzz import engines, folds, logs, rounds, wire
from tests.fuzz.changes import changed
from tests.fuzz.rounds import Rounds
from tests.fuzz.seeds import seeds

ENGINES = engines.compiled_is_there()


@functools.cache
def _rounds() -> Rounds:
    return Rounds(seeds(), 1)


@pytest.mark.parametrize(("kind", "count"), [("wire", 1_500), ("frames", 8_000), ("captures", 150), ("lines", 30)])
def test_nothing_is_found(kind: str, count: int) -> None:
    found = [(number, said) for number in range(count) if (said := _rounds().told(kind, number)) is not None]
    assert not found


@pytest.mark.parametrize("kind", rounds.KINDS)
def test_an_input_can_be_made_again(kind: str) -> None:
    made = [_rounds().made(kind, number) for number in range(40)]
    assert made == [Rounds(seeds(), 1).made(kind, number) for number in range(40)]
    assert len(set(made)) > 30
    assert made != [Rounds(seeds(), 2).made(kind, number) for number in range(40)]


def test_every_public_reader_of_the_wire_is_called() -> None:
    import importlib
    import pkgutil

    import shadowai.wire

    called = {name.partition(",")[0] for name in wire.WIRE}
    beside = {"ja4.ja4", "tls.is_grease", "ai_protocols.of_request", "ai_protocols.of_response", "dtls.message"}
    public = set()
    for info in pkgutil.iter_modules(shadowai.wire.__path__):
        module = importlib.import_module(f"shadowai.wire.{info.name}")
        for name, value in vars(module).items():
            if callable(value) and getattr(value, "__module__", "") == module.__name__ and name[0].islower():
                public.add(f"{info.name}.{name}")
    assert public - called - beside == set()


def test_a_broken_promise_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes) -> object:
        raise IndexError("reader")

    monkeypatch.setitem(wire.WIRE, "tls.server_name", broken)
    said = _rounds().told("wire", 0)
    assert said is not None and "tls.server_name" in said and "IndexError" in said


def test_engines_that_differ_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    real = engines.found

    def found(*arguments: object, compiled: bool, way: engines.Reading) -> dict[str, object]:
        given = real(*arguments, compiled=compiled, way=way)  # type: ignore[arg-type]
        return {**given, "named": -1} if compiled else given

    monkeypatch.setattr(engines, "found", found)
    said = [_rounds().told("captures", number) for number in range(12)]
    assert any(one is not None and "named: reference" in one for one in said)


def test_changes_keep_to_their_bound() -> None:
    rng = random.Random(3)
    for _ in range(300):
        assert len(changed(b"x" * 100, rng, [b"y" * 500], 64)) <= 64
    assert {changed(b"", rng) for _ in range(20)} != {b""}


def test_limits_are_the_defaults_and_others() -> None:
    rng = random.Random(1)
    found = [engines.some_limits(rng) for _ in range(50)]
    assert DEFAULT in found and len(set(found)) > 10


def test_folds_that_differ_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = folds.found, 0

    def found(data: bytes, way: folds.Way) -> dict[str, object]:
        nonlocal asked
        asked += 1
        return {**real(data, way), "summary": asked}

    monkeypatch.setattr(folds, "found", found)
    said = _rounds().told("lines", 0)
    assert said is not None and "summary: reference 1, compiled 2" in said


def test_every_format_with_a_plan_is_altered() -> None:
    from shadowai.sources.logs import formats

    assert {log.format for log in seeds().logs} == {name for name in formats() if folds.has_plan(name)}


def test_logs_reach_the_limits_of_the_fold() -> None:
    """Of the limits that the compiled fold has, each is passed by some input: columns, length, depth, texts."""
    rng = random.Random(5)
    made = [logs.mutated(b'{"a":1,"b":"x"}\na,b,c\n', rng, b"d e f\ng h") for _ in range(1_500)]
    assert any(line.count(b",") > 600 for data in made for line in data.split(b"\n"))
    assert any(len(line) > 1 << 20 for data in made for line in data.split(b"\n"))
    assert any(b"[" * 17 in data or b'{"x":' * 17 in data for data in made)
    assert any(b"\0" * 4_096 in data for data in made)
    assert max(map(len, made)) <= logs.MOST_BYTES


@pytest.mark.parametrize("name", sorted(name for name, described in formats().items() if described.session))
def test_a_log_of_connections_alone_is_the_fold_of_its_records(name: str) -> None:
    """Where a log is all there is to read, fewer of its records wait for others: none may that say whether a connection was blocked."""
    for sample in expected.samples(name):
        folds.lawful(sample.read_bytes(), folds.Way(name, 1 << 18, None, None, joined=True, alone=True, waiting=1000))
