"""Runs with one state that are killed (SIGKILL) at random points, while the log grows, is rotated and compressed.

``python -m tests.incremental.killed [KILLS]`` prints what was lost and what was counted twice: nothing, or it ends with 1.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from shadowai.incremental import reading, run, texts
from shadowai.incremental.run import Incremental
from shadowai.pipeline import ScanOptions
from shadowai.sources.logs import formats
from tests.incremental.logs import GrowingLog

SMALL = 8192
"""Bytes by which a log is recognised here, and that are settled at once: so that small logs go all the ways that large ones do."""


@dataclass(slots=True)
class Killed:
    """What came of it: lines ``written``, those ``lost`` and counted ``again``, and gaps that the last report tells."""

    given: str
    kills: int = 0
    ended: int = 0
    written: int = 0
    lost: int = 0
    again: int = 0
    gaps: int = 0
    told: str = ""

    @property
    def fine(self) -> bool:
        """Whether there were kills and they did no harm."""
        return self.kills > 0 and not (self.lost or self.again or self.gaps)

    def __str__(self) -> str:
        done = f"{self.kills} kills and {self.ended} runs to the end, {self.written} lines"
        return f"{self.given:28} {done}: lost {self.lost}, counted again {self.again}, gaps {self.gaps}{self.told}"


def killed(kills: int, *, seed: int, folder: bool) -> Killed:
    """So many kills; the whole folder of logs is given to the runs, or the log alone and the others are found."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        state, logs = Path(place, "state"), Path(place, "logs")
        logs.mkdir()
        log = GrowingLog(logs / "access.log")
        log.write(100)
        given = str(logs if folder else log.path)
        done = Killed("the folder" if folder else "the log, the others found")
        _small()
        formats()  # once here, and not in every process that is killed
        whole = _alone(given, state)
        while done.kills < kills:
            if (done.kills + done.ended) % 10 == 9:
                whole = _alone(given, state)
            child = _started(given, state)
            delay, events = draw.uniform(0.0, 1.3 * whole), draw.randrange(12)
            for _ in range(events):
                log.one_of(draw)
                time.sleep(delay / events)
            if not events:
                time.sleep(delay)
            os.kill(child, signal.SIGKILL)
            if _wait(child):
                done.kills += 1
            else:
                done.ended += 1
        log.write(1)
        time.sleep(2 * texts.QUIET)
        last = Incremental([given], ScanOptions(), state)
        last.step()
        last.save()
        report = last.reports(("user",))[0]
        seen = {entry.actor.user: entry.events for entry in report.entries if entry.actor is not None}
        done.written = log.written
        done.lost = sum(f"u{n}" not in seen for n in range(log.written) if n not in log.cut)
        done.again = sum(events > 1 for events in seen.values())
        done.gaps = len(report.gaps)
        done.told = "".join(f"\n    {gap.origin}: {gap.reason}" for gap in report.gaps)
        return done


def _small() -> None:
    for module, name in ((reading, "HEAD"), (texts, "HEAD"), (reading, "SLICE")):
        setattr(module, name, SMALL)
    texts.QUIET, run.CHECKPOINT = 1.0, 0.0  # type: ignore[misc]


def _alone(given: str, state: Path) -> float:
    """A run that nobody kills; the seconds that it takes."""
    began = time.monotonic()
    _wait(_started(given, state))
    return time.monotonic() - began


def _started(given: str, state: Path) -> int:
    """A run in a process of its own."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        one = Incremental([given], ScanOptions(), state)
        one.step()
        one.save()
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(code)


def _wait(child: int) -> bool:
    """Whether the run was killed; raises where it failed by itself."""
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("a run failed by itself")
    return os.WIFSIGNALED(status)


def main(arguments: list[str]) -> int:
    """Print the table; 1 where something was lost or counted twice."""
    kills = int(arguments[0]) if arguments else 120
    fine = True
    for seed, folder in ((1, True), (2, False)):
        found = killed(kills, seed=seed, folder=folder)
        print(found, flush=True)
        fine = fine and found.fine
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
