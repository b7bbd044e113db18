"""Agreement with other people's parses: ``python -m tests.conformance DIR [FORMAT…]``.

``DIR/<format>/NAME`` is a log and ``DIR/<format>/NAME.truth.json`` what its lines mean: ``{"lines": [{"line_no", "ts", "host",
"client_ip", "user", "bytes_up", "bytes_down", "event_type", …}]}``, fields only where known, a line with ``skip`` is not judged.
Prints a row per format: records, fields compared, agreed, differing. Exits 1 where a field differs that ``conformance_reviewed``
does not explain, or a file is taken for another format.

``python -m tests.conformance captures DIR``, ``… capture-truth FILE TRUTH`` and ``… capture-variants DIR BASE`` do the same for
captures: :mod:`tests.conformance_captures` and :mod:`tests.conformance_captures_made`.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shadowai import normalize
from shadowai.model import Gap, Record
from shadowai.sources import container
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile
from shadowai.sources.timestamps import Clock, iso
from tests import conformance_captures, conformance_captures_made
from tests.conformance_reviewed import ANY_LINE, REVIEWED

CAPTURES: dict[str, Callable[[Sequence[str]], int]] = {
    "captures": conformance_captures.main,
    "capture-truth": conformance_captures_made.truth_main,
    "capture-variants": conformance_captures_made.variants_main,
}
"""What does the work where the first argument is this word and no folder (a folder of that name: ``./captures``)."""

FIELDS = ("host", "client_ip", "user", "bytes_up", "bytes_down", "time", "blocked")

_SHIFT = re.compile(r"line numbers shift by (\d+) after line (\d+)")
"""How a truth file says that it does not count the lines that were put in to disturb."""


@dataclass
class Score:
    """Counts of one format folder."""

    records: int = 0
    compared: int = 0
    agreed: int = 0
    assumed: int = 0
    reviewed: int = 0
    differing: list[str] = field(default_factory=list)
    mistaken: list[str] = field(default_factory=list)


def judge(folder: Path) -> Score:
    """The score of one folder ``DIR/<format>``."""
    score = Score()
    for truth_file in sorted(folder.glob("*.truth.json")):
        log = truth_file.with_name(truth_file.name.removesuffix(".truth.json"))
        truth = json.loads(truth_file.read_text("utf-8"))
        records = _read(log)
        shift = _SHIFT.search(truth.get("note", ""))
        for line in truth["lines"]:
            if not line.get("skip"):
                number = line["line_no"] + (int(shift[1]) if shift and line["line_no"] > int(shift[2]) else 0)
                _judge_line(score, folder.name, f"{folder.name}/{log.name}", {**line, "line_no": number}, records)
    return score


def _read(log: Path) -> dict[int, list[Record]]:
    found: dict[int, list[Record]] = defaultdict(list)
    (source,) = container.expand([str(log)])
    assert not isinstance(source, Gap)
    with container.opened(source) as stream:
        for content in container.contents(source, stream):
            if isinstance(content, Gap):
                continue
            log_file = LogFile(content, formats())
            for row in log_file.rows():
                found[row.line].append(log_file.record(row))
    return found


def _judge_line(score: Score, name: str, file: str, line: dict[str, Any], records: dict[int, list[Record]]) -> None:
    wanted = {key: value for key in FIELDS if (value := _truth(line, key)) is not None}
    number = line["line_no"]
    here = records.get(number, [])
    score.records += bool(here)
    for key, value in wanted.items():
        reviewed = REVIEWED.get((file, number, key)) or REVIEWED.get((file, ANY_LINE, key))
        if reviewed:
            score.reviewed += 1
            continue
        score.compared += 1
        verdicts = [_agrees(key, value, record) for record in here]
        if any(verdicts):
            score.agreed += 1
            score.assumed += "assumed" in verdicts
        else:
            got = sorted({str(_shown(record, key)) for record in here}) or ["no record"]
            score.differing.append(f"{file}:{number} {key}: truth {value!r}, read {', '.join(got)}")
    for record in here:
        if (
            not _is_format(record.format, name)
            and wanted
            and (file, number, "format") not in REVIEWED
            and (file, ANY_LINE, "format") not in REVIEWED
        ):
            score.mistaken.append(f"{file}:{number} taken for {record.format}")


def _truth(line: dict[str, Any], key: str) -> Any:
    if key == "time":
        return line.get("ts")
    if key == "blocked":
        kinds = line.get("event_type") or ()
        return True if "denied" in kinds else False if "allowed" in kinds else None
    if key == "user" and line.get("user"):
        domain = line.get("user_domain")
        return (line["user"], line.get("user_email"), f"{domain}\\{line['user']}" if domain else None)
    return line.get(key)


def _agrees(key: str, value: Any, record: Record) -> bool | str:
    got = getattr(record, key)
    if key == "host":
        return got is not None and got == normalize.host(str(value))
    if key == "client_ip":
        return got is not None and got == normalize.address(str(value))
    if key == "user":
        spelled = {normalize.user(text) or text.lower() for text in value if text}
        bare = normalize.user(value[0]) or value[0].lower()
        return got is not None and (
            got in spelled or got.rpartition("\\")[2] == bare or (value[1] is None and got.partition("@")[0] == bare)
        )
    if key == "time":
        return _same_time(str(value), record)
    return bool(got == value)


def _same_time(text: str, record: Record) -> bool | str:
    """Equal to the millisecond; or different only by what the log does not say (its zone, its year)."""
    wanted = Clock().parse(text)
    if record.time is None or wanted is None:
        return False
    if abs(wanted - record.time) < 1000:
        return True
    assumed = record.time_assumed or ""
    off = abs(wanted - record.time) // 1000 * 1000
    if "year" in assumed:
        off %= 86_400_000_000
        off = min(off, 86_400_000_000 - off)
    if "zone" in assumed and off % 900_000_000 < 1000 and off <= 14 * 3_600_000_000:
        return "assumed"
    return "assumed" if "year" in assumed and off < 1000 else False


def _is_format(got: str, name: str) -> bool:
    known = formats()
    if got == name or name == "edge_cases":
        return True
    fmt = known[got]
    if name in fmt.same_as:
        return True
    named = known.get(name) or next((one for one in known.values() if name in one.same_as), None)
    return named is not None and bool(named.product) and named.product == fmt.product


def _shown(record: Record, key: str) -> Any:
    value = getattr(record, key)
    return iso(value) if key == "time" and value is not None else value


def main(arguments: list[str]) -> int:
    """Run over the folder and print the table."""
    if not arguments:
        print(__doc__)
        return 2
    if arguments[0] in CAPTURES:
        return CAPTURES[arguments[0]](arguments[1:])
    only = set(arguments[1:])
    names = sorted(
        path.name for path in Path(arguments[0]).iterdir() if path.is_dir() and (not only or path.name in only)
    )
    print(
        f"{'format':28} {'records':>7} {'compared':>8} {'agreed':>7} {'assumed':>7} {'reviewed':>8} {'differing':>9} {'mistaken':>8}"
    )
    total = Score()
    for name in names:
        score = judge(Path(arguments[0]) / name)
        _row(name, score)
        for line in (*score.differing[:8], *score.mistaken[:3]) if len(names) < 8 else ():
            print("   ", line[:220])
        for key in ("records", "compared", "agreed", "assumed", "reviewed"):
            setattr(total, key, getattr(total, key) + getattr(score, key))
        total.differing += score.differing
        total.mistaken += score.mistaken
    _row("all", total)
    return 1 if total.differing or total.mistaken else 0


def _row(name: str, score: Score) -> None:
    print(
        f"{name:28} {score.records:7} {score.compared:8} {score.agreed:7} {score.assumed:7} {score.reviewed:8} "
        f"{len(score.differing):9} {len(score.mistaken):8}"
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
