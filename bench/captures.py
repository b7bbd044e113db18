"""``python -m bench --captures [--mb N] [--input FILE]``: the scan of a capture against cat, tcpdump, nDPI, tshark and dpkt.

Every engine runs as a process of its own, taking turns; the median counts. tshark and the dpkt loop read a smaller slice of the same
file, and their time is scaled by its size: the rows say so. Peak memory is that of the largest process of an engine. On a machine
that does other work too, compare the processor's seconds, which all threads of an engine are counted in.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

RUNS = 3
SLICE = 60_000_000
"""Bytes of the slice for the slow ones."""

_FINDINGS = (1, 3)
"""Exit codes of a scan that has done its work: a breach, or gaps."""

_FIELDS = ("tls.handshake.extensions_server_name", "dns.qry.name", "http.host", "quic.version")
_ORDERS = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}


@dataclass
class Engine:
    """A command, and the share of the file that it reads."""

    name: str
    command: list[str]
    share: float = 1.0
    environment: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    peak: float = 0.0

    @property
    def median(self) -> float:
        """Seconds for the whole file."""
        return statistics.median(self.seconds) / self.share

    @property
    def processor(self) -> float:
        """The processor's seconds for the whole file."""
        return statistics.median(self.worked) / self.share

    def run(self) -> None:
        """Once more, in a process of its own."""
        began = time.perf_counter()
        with (
            tempfile.TemporaryFile() as complaints,
            subprocess.Popen(
                self.command, stdout=subprocess.DEVNULL, stderr=complaints, env={**os.environ, **self.environment}
            ) as process,
        ):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            complaints.seek(0)
            said = complaints.read().decode(errors="replace")
        self.seconds.append(time.perf_counter() - began)
        self.worked.append(usage.ru_utime + usage.ru_stime)
        self.peak = max(self.peak, usage.ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1000))
        if process.returncode and not ("scan" in self.command and process.returncode in _FINDINGS):
            raise SystemExit(f"{' '.join(self.command)} ended with {process.returncode}: {said[-2000:]}")


def captures(folder: Path, mb: int, given: str | None = None) -> None:
    """Make a capture, or take the one that is given, and print the tables. Python's bytecode is kept, as it is for what is
    installed, whatever the environment says."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    path = Path(given) if given else _made(folder, mb)
    small, size = _slice(path, folder), path.stat().st_size
    share = small.stat().st_size / size
    engines, absent = _engines(path, small, share, folder)
    for _ in range(RUNS):
        for one in engines:
            one.run()
    packets = _packets(small) / share
    print(f"{path.name}: {size / 1e6:,.0f} MB, about {packets / 1e6:.2f} M packets; slice of {share:.1%} where said")
    _table(engines, size, packets)
    for name, why in absent:
        print(f"{name:32} not measured: {why}")
    _small(folder, small)


def _made(folder: Path, mb: int) -> Path:
    """Made by a process of its own, so that this one stays small: a child begins with its parent's memory."""
    path = folder / "made.pcap"
    command = [sys.executable, "-m", "bench.generate_capture", str(path), str(mb * 1_000_000)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def _engines(path: Path, small: Path, share: float, folder: Path) -> tuple[list[Engine], list[tuple[str, str]]]:
    """Those that are here, and those that are not."""
    fields = [part for name in _FIELDS for part in ("-e", name)]
    python = sys.executable
    wanted = [
        Engine("cat >/dev/null", ["cat", str(path)]),
        Engine("tcpdump -w /dev/null", ["tcpdump", "-r", str(path), "-w", "/dev/null"]),
        Engine("ndpiReader -q", ["ndpiReader", "-q", "-i", str(path)]),
        Engine("tshark, name fields (slice)", ["tshark", "-n", "-r", str(small), "-T", "fields", *fields], share),
        Engine("dpkt loop (slice)", [python, "-m", "bench.naive_dpkt", str(small)], share),
        Engine("shadowai scan", _scan(path, folder)),
        Engine("shadowai scan, pure Python", _scan(path, folder), environment={"SHADOWAI_PURE": "1"}),
    ]
    absent = {one.name: f"{one.command[0]} is not installed" for one in wanted if not shutil.which(one.command[0])}
    if not _installed("dpkt"):
        absent["dpkt loop (slice)"] = "dpkt is not installed"
    if not _installed("shadowai.fast.packets"):
        absent["shadowai scan"] = "the compiled core is not built: pure Python is what runs"
    return [one for one in wanted if one.name not in absent], list(absent.items())


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of its package
        return False


def _scan(path: Path, folder: Path) -> list[str]:
    out = str(folder / "inventory.csv")
    return [sys.executable, "-m", "shadowai", "scan", str(path), "--no-progress", "-o", out]


def _table(engines: list[Engine], size: int, packets: float) -> None:
    cat = next((one.median for one in engines if one.name.startswith("cat")), None)
    scans = [one for one in engines if one.name.startswith("shadowai")]
    print(f"{'engine':32} {'s':>8} {'MB/s':>7} {'M packets/s':>11} {'CPU s':>6} {'/ cat':>8}", end="")
    print("".join(f"{'/ ' + label:>8}" for label in _labels(scans)), f"{'peak MB':>8}")
    for one in engines:
        ratios = "".join(f"{one.median / scan.median:8.2f}" for scan in scans)
        against = f"{one.median / cat:8.2f}" if cat else f"{'-':>8}"
        print(
            f"{one.name:32} {one.median:8.2f} {size / one.median / 1e6:7.0f} {packets / one.median / 1e6:11.2f} "
            f"{one.processor:6.2f} {against}{ratios} {one.peak:8.0f}"
        )


def _labels(scans: list[Engine]) -> list[str]:
    return ["pure" if "pure" in one.name else "scan" for one in scans]


def _walk(path: Path, size: int) -> tuple[int, int]:
    """The first records of a pcap file that take at most ``size`` bytes: where they end, and how many they are.

    Reads headers alone: what this process holds would count as its children's memory.
    """
    place, count, last = 24, 0, min(size, path.stat().st_size)
    with path.open("rb") as stream:
        order = _ORDERS.get(stream.read(24)[:4])
        if order is None:
            raise SystemExit(f"{path} is no pcap file; `editcap -F pcap` makes one")
        length = struct.Struct(f"{order}8xI4x")
        while len(head := stream.read(16)) == 16:
            end = place + 16 + length.unpack(head)[0]
            if end > last:
                break
            place, count = end, count + 1
            stream.seek(place)
    return place, count


def _slice(path: Path, folder: Path, size: int = SLICE, name: str = "slice.pcap") -> Path:
    left, _ = _walk(path, size)
    small = folder / name
    with path.open("rb") as stream, small.open("wb") as out:
        while left:
            left -= out.write(stream.read(min(left, 1 << 20)))
    return small


def _packets(path: Path) -> int:
    return _walk(path, path.stat().st_size)[1]


def _small(folder: Path, source: Path) -> None:
    """What a tiny capture costs over a bare start, and a compressed one over its decompression."""
    tiny = _slice(source, folder, 12_000, "tiny.pcap")
    packed = folder / "slice.pcap.gz"
    with packed.open("wb") as out:
        subprocess.run(["gzip", "-1", "-c", str(source)], check=True, stdout=out)
    engines = [
        Engine("shadowai --help", [sys.executable, "-m", "shadowai", "--help"]),
        Engine(f"scan of {_packets(tiny)} packets", _scan(tiny, folder)),
        Engine("gzip -dc of the slice", ["gzip", "-dc", str(packed)]),
        Engine("scan of the slice, gzip", _scan(packed, folder)),
        Engine("scan of the slice", _scan(source, folder)),
    ]
    for _ in range(2 * RUNS - 1):
        for one in engines:
            one.run()
    for one in engines:
        print(f"{one.name:32} {one.median * 1000:8.0f} ms {one.peak:20.0f} MB")
