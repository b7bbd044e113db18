"""Input number N of a seed, made and judged: nothing but the seed, the number and the corpus decides what it is."""

from __future__ import annotations

import random
import resource
import time
import traceback

from tests.fuzz import engines, folds, frames, logs, wire
from tests.fuzz.changes import changed
from tests.fuzz.seeds import Seeds

KINDS = ("wire", "frames", "captures", "lines")
"""Payloads to every reader of the wire; frames to the dissection; captures to both engines; logs to the compiled fold and the reference."""
_MORE_MEMORY = 64 << 10
"""KiB that the process may grow by one capture; the captures are less than 2 MB."""


class Rounds:
    """Makes and judges inputs. ``executions`` counts readers called on an input, ``lines`` those of logs, ``slowest`` is the longest that
    one took."""

    def __init__(self, seeds: Seeds, seed: int) -> None:
        self._seeds = seeds
        self._seed = seed
        self.executions = 0
        self.lines = 0
        self.slowest = 0.0

    def made(self, kind: str, number: int) -> bytes:
        """The input itself; a frame is preceded by its link type in two bytes, a log by a line with the name of its format."""
        return self._made(kind, self._rng(kind, number))

    def told(self, kind: str, number: int) -> str | None:
        """What is wrong with how input ``number`` is read; ``None`` where nothing is."""
        try:
            self.judge(kind, number)
        except Exception:  # whatever it is, it is what this looks for
            return traceback.format_exc()
        return None

    def judge(self, kind: str, number: int) -> None:
        """Raises what is wrong with how input ``number`` is read."""
        rng = self._rng(kind, number)
        data = self._made(kind, rng)
        if kind in ("captures", "lines"):
            engines.known_names()  # what is loaded once is not the reading's
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.process_time()
        if kind == "wire":
            with engines.in_time(len(data) * len(wire.WIRE)):
                self._read(data)
            self.executions += len(wire.WIRE)
        elif kind == "frames":
            with engines.in_time(len(data)):
                wire.dissect(int.from_bytes(data[:2], "big"), data[2:])
            self.executions += 1
        elif kind == "lines":
            form, _, log = data.partition(b"\n")
            self.executions += folds.check(form.decode(), log, rng)
            self.lines += log.count(b"\n") + 1
        else:
            self.executions += engines.check(data, rng)
        self.slowest = max(self.slowest, time.process_time() - began)
        more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        if number > 200 and more > _MORE_MEMORY:
            raise AssertionError(f"took {more >> 10} MiB of memory for {len(data):,} bytes")

    def _read(self, data: bytes) -> None:
        for name, target in wire.WIRE.items():
            try:
                target(data)
            except Exception as wrong:
                raise AssertionError(f"{name}: {wrong!r} on {data[:60]!r}…") from wrong

    def _rng(self, kind: str, number: int) -> random.Random:
        return random.Random(f"{self._seed} {kind} {number}")

    def _made(self, kind: str, rng: random.Random) -> bytes:
        if kind == "wire":
            return changed(rng.choice(self._seeds.payloads), rng, self._seeds.payloads)
        if kind == "frames":
            link_type, data = rng.choice(self._seeds.frames)
            if rng.random() < 0.05:
                link_type = rng.choice(wire.LINK_TYPES)
            return link_type.to_bytes(2, "big") + changed(data, rng, [rng.choice(self._seeds.frames)[1]])
        if kind == "lines":
            log = rng.choice(self._seeds.logs)
            return log.format.encode() + b"\n" + logs.mutated(log.data, rng, rng.choice(self._seeds.logs).data)
        place = rng.randrange(len(self._seeds.parsed))
        if rng.random() < 0.15:
            whole = self._seeds.captures[place][: 1 << 18]
            return changed(whole, rng, [rng.choice(self._seeds.captures)[:4096]], 1 << 20)
        return frames.mutated(self._seeds.parsed[place], rng, rng.choice(self._seeds.parsed))
