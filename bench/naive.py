"""What one would write in ten minutes: split a line, try the suffixes of its host, count. ``python -m bench.naive KIND FILE``.

It knows the format beforehand, checks nothing and keeps no evidence; it counts lines and bytes and keeps the first and the
last time, as written, per user and host: the floor that a careful reader is measured against.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator

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


def main(kind: str, path: str) -> None:
    """Count and print the number of AI lines and of (user, host) pairs."""
    known = suffixes()
    seen: dict[tuple[str, str], tuple[int, int, str, str]] = {}
    lines = 0
    for time, user, host, size in {"squid": squid, "csv": table, "json": objects}[kind](path):
        labels = host.lower().rstrip(".").split(".")
        if any(".".join(labels[place:]) in known for place in range(len(labels) - 1)):
            count, total, first, last = seen.get((user, host), (0, 0, time, time))
            seen[user, host] = (count + 1, total + int(size), min(first, time), max(last, time))
            lines += 1
    print(lines, len(seen))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
