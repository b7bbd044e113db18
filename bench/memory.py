"""``python -m bench --memory``: peak memory of a scan against how much it is given, and against how much of it is distinct.

Logs are made while they are read, through a pipe: none is stored. Two kinds: the same names and people, for ever longer; and as many
distinct hosts, or pairs of user and host, as there are lines. ``python -m bench.memory STREAM COUNT`` writes one of them to stdout.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from bench import generate

LINE: Final = (
    "{time:.3f}     55 10.{a}.{b}.{c} TCP_TUNNEL/200 {size} CONNECT {host}:443 u{user} HIER_DIRECT/203.0.113.9 -\n"
)
"""One line of Squid's."""
TOGETHER: Final = 10_000
"""Lines that are written at once."""
AI_SHARE: Final = 50
"""Of so many lines one is AI, where a few are."""
_BLOCK: Final = 50_000_000
_TIME: Final = re.compile(rb"^\d+", re.MULTILINE)
_SERVICES: Final = len(generate.AI)


def lines_of(made: Callable[[int], tuple[int, str]], count: int) -> Iterator[bytes]:
    """``count`` lines, of which ``made`` gives the number of the user and the host."""
    for first in range(0, count, TOGETHER):
        text = []
        for number in range(first, min(first + TOGETHER, count)):
            user, host = made(number)
            a, b, c = user >> 16 & 255, user >> 8 & 255, user & 255
            time_ = generate.START + number * 0.01
            text.append(LINE.format(time=time_, a=a, b=b, c=c, size=number % 90_000, host=host, user=user))
        yield "".join(text).encode()


def same(megabytes: int) -> Iterator[bytes]:
    """So many MB with the same 20,000 hosts and 5,000 users, 2 % AI, a day more with every GB."""
    with tempfile.TemporaryDirectory(prefix="shadowai-bench-") as folder:
        path = Path(folder, "squid.log")
        generate.write(path, "squid", min(megabytes * 1_000_000, _BLOCK), 0.02)
        block = path.read_bytes()
    for number in range(-(-megabytes * 1_000_000 // len(block))):
        after = number * len(block) * 86_400 // 1_000_000_000
        yield _TIME.sub(lambda found: b"%d" % (int(found[0]) + after), block)  # noqa: B023 -- called at once


def hosts(count: int) -> Iterator[bytes]:
    """So many distinct hosts, one line each, of 5,000 users; none is AI, or looks like it."""
    return lines_of(lambda number: (number % generate.USERS, f"h{number:07d}.example.com"), count)


def ai_hosts(count: int) -> Iterator[bytes]:
    """So many distinct hosts under .ai, none of a service that is known."""
    return lines_of(lambda number: (number % generate.USERS, f"h{number:07d}.ai"), count)


def ai_looking(count: int) -> Iterator[bytes]:
    """So many distinct hosts whose first label and name speak of AI."""
    return lines_of(lambda number: (number % generate.USERS, f"chat.llm{number:07d}.ai"), count)


def pairs(count: int) -> Iterator[bytes]:
    """So many distinct pairs of one user and one host; one pair in fifty is of an AI service."""

    def made(number: int) -> tuple[int, str]:
        service, user = number // AI_SHARE % _SERVICES, number // AI_SHARE // _SERVICES
        return (
            (user, generate.AI[service])
            if number % AI_SHARE == 0
            else (number // 1000, f"www{number % 1000}.example.com")
        )

    return lines_of(made, count)


def ai_pairs(count: int) -> Iterator[bytes]:
    """So many distinct pairs of one user and one AI service."""
    return lines_of(lambda number: (number // _SERVICES, generate.AI[number % _SERVICES]), count)


def ai_users(count: int) -> Iterator[bytes]:
    """So many distinct users of one AI service."""
    return lines_of(lambda number: (number, generate.AI[0]), count)


class Stream(NamedTuple):
    """What is made, how much of it by default, and what it is counted in."""

    made: Callable[[int], Iterator[bytes]]
    counts: tuple[int, ...]
    unit: str


STREAMS: Final = {
    "same": Stream(same, (10, 100, 1000, 10_000), "MB"),
    "hosts": Stream(hosts, (5_000_000,), "distinct hosts"),
    "ai_hosts": Stream(ai_hosts, (700_000, 5_000_000), "distinct hosts under .ai"),
    "ai_looking": Stream(ai_looking, (5_000_000,), "distinct hosts that look like AI"),
    "pairs": Stream(pairs, (5_000_000,), "pairs of user and host, 2 % AI"),
    "ai_users": Stream(ai_users, (100_000,), "users of one AI service"),
    "ai_pairs": Stream(ai_pairs, (100_000, 1_000_000, 5_000_000), "pairs of user and AI service"),
}


def memory(most: int | None = None, only: str | None = None) -> None:
    """Print peak memory and time for every stream; of those that are counted in MB, up to ``most`` of them."""
    print(f"{'':>11} {'':34} {'s':>7} {'peak MB':>8}")
    for name, stream in STREAMS.items():
        for count in stream.counts if only in (None, name) else ():
            if stream.unit == "MB" and most is not None and count > most:
                continue
            seconds, peak = measured(name, count)
            print(f"{count:11,} {stream.unit:34} {seconds:7.1f} {peak:8.0f}", flush=True)


def measured(name: str, count: int, *options: str) -> tuple[float, float]:
    """Wall seconds and peak resident MB of a scan of one stream."""
    with tempfile.TemporaryDirectory(prefix="shadowai-bench-") as folder:
        scan = [
            sys.executable,
            "-m",
            "shadowai",
            "scan",
            "-",
            "--no-progress",
            "--no-history",
            "-o",
            str(Path(folder, "out.csv")),
        ]
        began = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", "bench.memory", name, str(count)], stdout=subprocess.PIPE
        ) as making:
            reading = subprocess.Popen([*scan, *options], stdin=making.stdout, stderr=subprocess.PIPE)
            assert making.stdout is not None and reading.stderr is not None
            making.stdout.close()
            said = reading.stderr.read().decode(errors="replace")
            _, status, usage = os.wait4(reading.pid, 0)
            reading.returncode = os.waitstatus_to_exitcode(status)
        if reading.returncode not in (0, 3):
            raise SystemExit(f"the scan of {name} ended with {reading.returncode}: {said}")
    return time.perf_counter() - began, usage.ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1000)


def main() -> None:
    """Write one stream to stdout."""
    parser = argparse.ArgumentParser()
    parser.add_argument("stream", choices=list(STREAMS))
    parser.add_argument("count", type=int)
    chosen = parser.parse_args()
    for block in STREAMS[chosen.stream].made(chosen.count):
        sys.stdout.buffer.write(block)


if __name__ == "__main__":
    main()
