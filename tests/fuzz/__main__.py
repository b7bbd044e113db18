"""``python -m tests.fuzz [SECONDS] [--corpus DIR] [--seed N] [--kinds wire,frames,captures,lines] [--at N] [--out DIR]``

Runs each kind in a process of its own, so that a crash is a finding like others. Of each finding the input and what happened are
written to ``--out`` (``build/fuzz``); ``--at N`` with the same seed and corpus makes input number N again, and judges it in this process.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import secrets
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.rounds import KINDS, Rounds
from tests.fuzz.seeds import seeds

_MOST_FINDINGS = 50


def main() -> int:
    """Exit code 1 where there was a finding."""
    chosen = _options().parse_args()
    seed = secrets.randbelow(1 << 32) if chosen.seed is None else chosen.seed
    if chosen.work:
        return _work(chosen, seed)
    if chosen.at is not None:
        rounds = Rounds(seeds(chosen.corpus), seed)
        for kind in chosen.kinds.split(","):
            rounds.judge(kind, chosen.at)
        print("nothing found")
        return 0
    print(f"seed {seed}, corpus {chosen.corpus or 'our own'}", flush=True)
    kinds = chosen.kinds.split(",")
    running = [(kind, _start(chosen, kind, seed, 0, chosen.seconds)) for kind in kinds]
    began, found = time.monotonic(), 0
    while running:
        kind, process = running.pop(0)
        code = process.wait()
        found += code != 0
        left = chosen.seconds - (time.monotonic() - began)
        if code < 0:
            number = _crashed(chosen, kind, seed, code)
            if left > 0:
                running.append((kind, _start(chosen, kind, seed, number + 1, left)))
    return 1 if found else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=60)
    parser.add_argument("--corpus", type=Path, help="a folder of captures and logs to alter besides our own")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--at", type=int, help="only this input, in this process")
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"), help="where findings are written")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    return parser


def _start(chosen: argparse.Namespace, kind: str, seed: int, first: int, left: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.fuzz", str(left), "--work", "--kinds", kind]
    command += ["--seed", str(seed), "--first", str(first), "--out", str(chosen.out)]
    # large tables of the compiled part that few inputs fill come and go as pages, and are not cleared byte by byte
    surroundings = {**os.environ, "MALLOC_MMAP_THRESHOLD_": str(1 << 16)}
    return subprocess.Popen(command + (["--corpus", str(chosen.corpus)] if chosen.corpus else []), env=surroundings)


def _work(chosen: argparse.Namespace, seed: int) -> int:
    """Rounds of one kind until the time is over."""
    rounds, kind = Rounds(seeds(chosen.corpus), seed), chosen.kinds
    chosen.out.mkdir(parents=True, exist_ok=True)
    at = (chosen.out / f"{kind}-{seed}.at").open("wb", buffering=0)
    gc.freeze()  # what is altered stays, and is not looked through again
    end, number, findings = time.monotonic() + chosen.seconds, chosen.first, 0
    while time.monotonic() < end and findings < _MOST_FINDINGS:
        at.seek(0)
        at.write(b"%012d" % number)
        said = rounds.told(kind, number)
        if said is not None:
            findings += 1
            _report(chosen.out, kind, seed, number, rounds.made(kind, number), said)
        number += 1
    print(
        f"{kind}: {number - chosen.first:,} inputs, {f'{rounds.lines:,} lines, ' if rounds.lines else ''}"
        f"{rounds.executions:,} executions, {findings} findings, slowest "
        f"{rounds.slowest:.2f} s of processor time",
        flush=True,
    )
    return int(findings > 0)


def _report(out: Path, kind: str, seed: int, number: int, data: bytes, said: str) -> None:
    path = out / f"{kind}-{seed}-{number}"
    path.with_suffix(".input").write_bytes(data)
    path.with_suffix(".txt").write_text(said, encoding="utf-8")
    print(f"FOUND {kind} --seed {seed} --at {number}: {said.strip().splitlines()[-1][:600]}", flush=True)


def _crashed(chosen: argparse.Namespace, kind: str, seed: int, code: int) -> int:
    """The number of the input on which the process ended, which is written down."""
    number = int((chosen.out / f"{kind}-{seed}.at").read_bytes())
    data = Rounds(seeds(chosen.corpus), seed).made(kind, number)
    _report(chosen.out, kind, seed, number, data, f"the process ended by signal {-code}")
    return number


if __name__ == "__main__":
    random.seed(0)
    raise SystemExit(main())
