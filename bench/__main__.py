"""``python -m bench [--mb N] [--memory]``: the scan against a naive loop, cat, wc, grep, rg and data frames, on the same files in one run.

Every engine runs as a process of its own, three times (``--runs``), taking turns; the median counts. Read the ratios: absolute times
drift with the machine. ``--memory`` is the peak memory of scans against how much they are given (:mod:`bench.memory`).
"""

from __future__ import annotations

import argparse
import atexit
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from shadowai import catalog

SIGNATURES = 2000
SHARES = (0.02, 0.30)


def main() -> None:
    """Run what was asked for and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--mb", type=int, help="size in MB of each log (default 100) or of the capture (1,000)")
    parser.add_argument("--runs", type=int, default=3, help="how often each engine runs (default 3)")
    parser.add_argument("--memory", action="store_true", help="peak memory over size instead of speed")
    parser.add_argument("--startup", action="store_true", help="start-up time only")
    parser.add_argument("--matching", action="store_true", help="distinct hosts decided, against a plain dictionary")
    parser.add_argument("--hosts", type=int, default=1_000_000, help="with --matching: how many hosts")
    parser.add_argument(
        "--families", action="store_true", help="the compiled fold against the reference, by how logs are written"
    )
    parser.add_argument("--captures", action="store_true", help="the scan of a capture")
    parser.add_argument(
        "--limits", action="store_true", help="floods that would exhaust memory: what is used, what given up"
    )
    parser.add_argument("--share", type=float, default=1.0, help="with --limits: the share of each flood")
    parser.add_argument("--input", help="with --captures: this pcap file")
    chosen = parser.parse_args()
    if chosen.limits:
        from bench.limits import limits

        raise SystemExit(limits(chosen.share))
    if chosen.matching:
        from bench.matching import matching

        return matching(chosen.hosts)
    mb = chosen.mb or (1000 if chosen.captures else 100)
    with tempfile.TemporaryDirectory(prefix="shadowai-bench-") as folder:
        if chosen.captures:
            from bench.captures import captures

            captures(Path(folder), mb, chosen.input)
        elif chosen.families:
            from bench.families import families

            families(Path(folder), chosen.mb or 50)
        elif chosen.startup:
            startup()
        elif chosen.memory:
            from bench.memory import memory

            memory(chosen.mb)
        else:
            startup()
            speed(Path(folder), mb, chosen.runs)


def startup() -> None:
    """How long ``--help`` takes, and to load 2,000 signatures that were compiled before."""
    times = sorted(_run([sys.executable, "-m", "shadowai", "--help"])[0] for _ in range(7))
    print(f"shadowai --help: {times[3] * 1000:.0f} ms (median of 7)")
    with tempfile.TemporaryDirectory(prefix="shadowai-bench-") as name:
        own, cache = Path(name, "own"), Path(name, "cache")
        own.mkdir()
        model = (catalog.packaged_dir() / "otter.yaml").read_text("utf-8")
        for number in range(SIGNATURES - len(catalog.Catalog.load(cache_dir=cache).signatures)):
            text = model.replace("\nid: otter\n", f"\nid: local-{number}\n", 1)
            (own / f"local-{number}.yaml").write_text(text, "utf-8")
        times = sorted(_loading(own, cache) for _ in range(8))
    print(f"{SIGNATURES:,} signatures: {times[-1] * 1000:.0f} ms cold, {times[3] * 1000:.0f} ms warm (median of 7)")


def _loading(own: Path, cache: Path) -> float:
    began = time.perf_counter()
    found = catalog.Catalog.load(extra_dirs=[own], cache_dir=cache)
    assert len(found.files) == SIGNATURES
    return time.perf_counter() - began


def speed(folder: Path, mb: int, runs: int) -> None:
    """Seconds, thousand lines a second, and the ratio to the naive loop."""
    print(f"{'log':14} {'engine':22} {'s':>7} {'k lines/s':>10} {'speed / naive':>14} {'peak MB':>8}")
    for kind in ("squid", "csv", "json"):
        for share in SHARES:
            path = folder / f"{kind}.log"
            lines = _write(path, kind, mb * 1_000_000, share)
            _table(f"{kind} {share:.0%} AI", path, kind, lines, runs)
            path.unlink()


def _write(path: Path, kind: str, size: int, share: float) -> int:
    """Make a log in a process of its own, so that this one stays small: a child begins with its parent's memory."""
    command = [sys.executable, "-m", "bench.generate", str(path), kind, str(size), str(share)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _table(title: str, path: Path, kind: str, lines: int, runs: int) -> None:
    engines = {
        "naive loop": [sys.executable, "-m", "bench.naive", kind, str(path), "suffix"],
        "naive loop, label set": [sys.executable, "-m", "bench.naive", kind, str(path), "label"],
        "shadowai scan": _scan(path),
        "shadowai scan --jobs 1": [*_scan(path), "--jobs", "1"],
        "shadowai scan, pure": ["env", "SHADOWAI_PURE=1", *_scan(path)],
        "cat": ["cat", str(path)],
        "wc -l": ["wc", "-l", str(path)],
        "grep -c -F -f": ["grep", "-c", "-F", "-f", str(_patterns(path.parent)), str(path)],
        "rg -c -F -f": ["rg", "-c", "-F", "-f", str(_patterns(path.parent)), str(path)],
    }
    engines |= {
        name: [sys.executable, "-m", "bench.frames", name, kind, str(path)] for name in ("duckdb", "polars", "pandas")
    }
    for name in [name for name in engines if not _is_there(name)]:
        print(f"{title:14} {name:22} not installed")
        del engines[name]
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in engines}
    for _ in range(runs):
        for name, command in engines.items():
            taken[name].append(_run(command))
    floor = statistics.median(seconds for seconds, _ in taken["naive loop"])
    for name, found in taken.items():
        seconds = statistics.median(one for one, _ in found)
        peak = max(two for _, two in found)
        print(
            f"{title:14} {name:22} {seconds:7.2f} {lines / seconds / 1000:10.0f} {floor / seconds:14.2f} {peak:8.0f}",
            flush=True,
        )


def _is_there(engine: str) -> bool:
    """Whether a tool that is only compared with is installed."""
    if engine.startswith("rg "):
        return shutil.which("rg") is not None
    return find_spec(engine) is not None if engine in ("duckdb", "polars", "pandas") else True


def _scan(path: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "shadowai",
        "scan",
        str(path),
        "--format",
        "csv",
        "--no-progress",
        "-o",
        str(path.with_suffix(".out.csv")),
    ]


def _patterns(folder: Path) -> Path:
    from bench.naive import suffixes

    path = folder / "patterns.txt"
    path.write_text("".join(f"{name}\n" for name in sorted(suffixes())), "utf-8")
    return path


def _run(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident MB of one process. Its output goes to a file: grep does next to nothing when it sees that
    nobody will look."""
    began = time.perf_counter()
    with (
        tempfile.TemporaryFile() as out,
        subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, env=_environment()) as process,
    ):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        complaint = process.stderr.read().decode(errors="replace") if process.stderr else ""
    if process.returncode not in (0, 3) and not (command[0] == "grep" and process.returncode == 1):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}: {complaint}")
    return time.perf_counter() - began, _megabytes(usage)


@cache
def _environment() -> dict[str, str]:
    """With room for byte code, as an installed program has it: what is measured must not compile its modules in every run."""
    rest = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    folder = tempfile.mkdtemp(prefix="shadowai-bench-code-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return {**rest, "PYTHONPYCACHEPREFIX": folder}


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1000)


if __name__ == "__main__":
    main()
