"""What one would write in ten minutes: split a line, try the suffixes of its host, count. ``python -m bench.naive KIND FILE WAY``.

It knows the format beforehand, checks nothing and keeps no evidence; it counts lines and bytes and keeps the first and the
last time, as written, per user and host: the floor that a careful reader is measured against.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator

from shadowai.catalog import Catalog


def suffixes() -> frozenset[str]:
    """Every host that a signature calls strong."""
    return frozenset(
        indicator.value
        for signature in Catalog.load().signatures.values()
        for indicator in signature.indicators
        if indicator.kind == "host" and indicator.strength == "strong"
    )


def squid(path: str) -> Iterator[tuple[str, str, str, str]]:
    """Time, user, host, bytes down."""
    with open(path, encoding="utf-8", errors="replace") as log:  # noqa: PTH123
        for line in log:
            part = line.split()
            url = part[6]
            host = url.split("/")[2] if "://" in url else url
            yield part[0], part[7], host.split(":")[0], part[4]


def table(path: str) -> Iterator[tuple[str, str, str, str]]:
    """Time, user, host, bytes down of the CSV."""
    with open(path, encoding="utf-8", errors="replace", newline="") as log:  # noqa: PTH123
        for row in csv.DictReader(log):
            yield row["datetime"], row["user"], row["hostname"], row["responsesize"]


def objects(path: str) -> Iterator[tuple[str, str, str, str]]:
    """Time, user, host, bytes down of the JSON lines."""
    with open(path, encoding="utf-8", errors="replace") as log:  # noqa: PTH123
        for line in log:
            record = json.loads(line)
            yield str(record["ts"]), record["username"], record["host"], record["response_body_len"]


def by_suffix(known: frozenset[str]) -> Callable[[str], bool]:
    """The usual way: every suffix is tried on every host."""
    endings = tuple(f".{name}" for name in known)
    return lambda host: host in known or host.endswith(endings)


def by_label(known: frozenset[str]) -> Callable[[str], bool]:
    """The tuned way: the host's own suffixes are looked up in a set."""

    def is_ai(host: str) -> bool:
        labels = host.split(".")
        return any(".".join(labels[place:]) in known for place in range(len(labels) - 1))

    return is_ai


def main(kind: str, path: str, way: str) -> None:
    """Count and print the number of AI lines and of (user, host) pairs."""
    is_ai = {"suffix": by_suffix, "label": by_label}[way](suffixes())
    seen: dict[tuple[str, str], tuple[int, int, str, str]] = {}
    lines = 0
    for time, user, host, size in {"squid": squid, "csv": table, "json": objects}[kind](path):
        if is_ai(host.lower().rstrip(".")):
            count, total, first, last = seen.get((user, host), (0, 0, time, time))
            seen[user, host] = (count + 1, total + int(size), min(first, time), max(last, time))
            lines += 1
    print(lines, len(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
