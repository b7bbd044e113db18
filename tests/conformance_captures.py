"""Agreement with other people's reading of captures: ``python -m tests.conformance captures DIR [NAME…]``.

``DIR/NAME`` is a capture and ``DIR/NAME.truth.json`` what is in it (:mod:`tests.conformance_captures_judge`). Prints per kind the
names required, found, missed and found beyond the truth, each miss with the capture's tags and, where it was reviewed, the reason;
then how volumes and clients agree. Exits 0 where at least 99.5 % of the required names are found, nothing raised an exception, and
no TLS or QUIC name is missed that ``conformance_captures_reviewed`` does not explain.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.conformance_captures_judge import KINDS, Judged, Names, Reader, Seen, Volumes, judge, product
from tests.conformance_captures_reviewed import reason

WANTED = 0.995
"""The share of required names that must be found."""

_STRICT = ("tls_sni", "quic_sni")
_SHOWN = 12


def main(arguments: Sequence[str], reader: Reader = product) -> int:
    """Run over the folder and print the tables."""
    chosen = _options().parse_args(arguments)
    judged = [judge(capture, reader) for capture in captures(chosen.folder, chosen.names)]
    if not judged:
        print(f"no capture with a truth file in {chosen.folder}")
        return 2
    if chosen.json:
        print(json.dumps(_as_json(judged), indent=1))
    else:
        _print(judged, chosen)
    return 0 if passes(judged) else 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.conformance captures", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="captures with NAME.truth.json beside them")
    parser.add_argument("names", nargs="*", help="only captures whose names begin so")
    parser.add_argument("--names-only", action="store_true", help="leave out volumes and clients")
    parser.add_argument("--extras", action="store_true", help="list the names found beyond the truth")
    parser.add_argument("--files", action="store_true", help="a row per capture")
    parser.add_argument("--times", action="store_true", help="seconds per capture, the slowest first")
    parser.add_argument("--all", action="store_true", help=f"every volume that differs, not only the first {_SHOWN}")
    parser.add_argument("--json", action="store_true", help="everything as one JSON object")
    return parser


def captures(folder: Path, names: Sequence[str] = ()) -> list[Path]:
    """The captures of a folder that have a truth, in order; only those whose names begin with one of ``names``, if any."""
    truths = sorted(folder.glob("*.truth.json"))
    found = [path.with_name(path.name.removesuffix(".truth.json")) for path in truths]
    return [path for path in found if not names or path.name.startswith(tuple(names))]


def passes(judged: Sequence[Judged]) -> bool:
    """The gate: enough of the names found, no crash, and no TLS or QUIC name missed without a reviewed reason."""
    names = total(judged)
    required, found = sum(one.required for one in names.values()), sum(one.found for one in names.values())
    strict = [miss for file, miss in misses(judged) if miss.kind in _STRICT and not reason(file, miss)]
    return found >= WANTED * required and not strict and not any(one.crash for one in judged)


def total(judged: Sequence[Judged]) -> dict[str, Names]:
    """The names of all captures by kind."""
    sums = {kind: Names() for kind in KINDS}
    for one in judged:
        for kind, names in one.kinds.items():
            into = sums.setdefault(kind, Names())
            into.required += names.required
            into.found += names.found
            into.missed += names.missed
            into.beyond += names.beyond
    return sums


def misses(judged: Sequence[Judged]) -> list[tuple[str, Seen]]:
    """Every name missed, with its capture."""
    return [(one.file, miss) for one in judged for names in one.kinds.values() for miss in names.missed]


def volumes(judged: Sequence[Judged]) -> Volumes:
    """The volumes of all captures."""
    sums = Volumes()
    for one in judged:
        for name in Volumes.__slots__:
            setattr(sums, name, getattr(sums, name) + getattr(one.volumes, name))
    return sums


def _print(judged: Sequence[Judged], chosen: argparse.Namespace) -> None:
    _print_names(judged)
    for one in judged:
        if one.crash:
            print(f"CRASH {one.file}: {one.crash}")
    for one in judged:
        for miss in (miss for names in one.kinds.values() for miss in names.missed if not one.crash):
            why = reason(one.file, miss)
            print(
                f"missed {one.file} {_shown(miss)} [{' '.join(one.tags)}]" + (f" reviewed: {why}" if why else ""),
            )
    if chosen.extras:
        for file, beyond in (
            (one.file, beyond) for one in judged for names in one.kinds.values() for beyond in names.beyond
        ):
            print(f"beyond {file} {_shown(beyond)}")
    if not chosen.names_only:
        _print_volumes(volumes(judged), None if chosen.all else _SHOWN)
    if chosen.files or chosen.times:
        _print_files(judged, chosen.times)
    kinds = sum((Counter(one.unjudged) for one in judged), Counter[str]())
    print(
        f"{len(judged)} captures, {sum(bool(one.crash) for one in judged)} crashed, {sum(one.gaps for one in judged)} gaps"
    )
    print("records not judged: " + (", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())) or "none"))
    print("passed" if passes(judged) else "NOT passed")


def _print_names(judged: Sequence[Judged]) -> None:
    print(f"{'kind':12} {'required':>8} {'found':>7} {'missed':>7} {'reviewed':>8} {'beyond':>7} {'%':>7}")
    sums = total(judged)
    reviewed = Counter(miss.kind for file, miss in misses(judged) if reason(file, miss))
    everything = Names()
    for kind, names in sums.items():
        _row(kind, names, reviewed[kind])
        everything.required += names.required
        everything.found += names.found
        everything.missed += names.missed
        everything.beyond += names.beyond
    _row("all", everything, reviewed.total())


def _row(label: str, names: Names, reviewed: int) -> None:
    share = f"{100 * names.found / names.required:7.2f}" if names.required else f"{'-':>7}"
    print(
        f"{label:12} {names.required:8} {names.found:7} {len(names.missed):7} {reviewed:8} {len(names.beyond):7} {share}"
    )


def _print_volumes(sums: Volumes, shown: int | None) -> None:
    print(
        f"volumes: {sums.agree} agree, {sums.whole} agree over all names of the flow, {len(sums.differ)} differ, "
        f"{len(sums.absent)} absent, {sums.unsized} DNS without bytes; {sums.several} of them several names as one"
    )
    print(f"clients: {sums.right} right, {len(sums.swapped)} swapped, {len(sums.other)} other")
    for label in ("differ", "absent", "swapped", "other"):
        for one in getattr(sums, label)[:shown]:
            why = reason(one.file, one.seen)
            print(f"  {label} {_printable(str(one))}" + (f" reviewed: {why}" if why else ""))


def _print_files(judged: Sequence[Judged], times: bool) -> None:
    for one in sorted(judged, key=lambda one: -one.seconds) if times else judged:
        names = one.kinds.values()
        counts = [sum(n.required for n in names), sum(n.found for n in names), sum(len(n.beyond) for n in names)]
        print(f"{one.seconds:8.3f} s {counts[0]:5} required {counts[1]:5} found {counts[2]:4} beyond {one.file}")


def _shown(one: Seen) -> str:
    return f"{one.kind} {one.client} {_printable(one.name)}"


def _printable(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()


def _as_json(judged: Sequence[Judged]) -> dict[str, object]:
    sums = total(judged)
    found = [(file, miss, reason(file, miss)) for file, miss in misses(judged)]
    return {
        "passed": passes(judged),
        "crashes": {one.file: one.crash for one in judged if one.crash},
        "kinds": {
            kind: {"required": n.required, "found": n.found, "missed": len(n.missed), "beyond": len(n.beyond)}
            for kind, n in sums.items()
        },
        "missed": [{"file": file, **miss._asdict(), "reviewed": why} for file, miss, why in found],
        "beyond": [{"file": one.file, **b._asdict()} for one in judged for n in one.kinds.values() for b in n.beyond],
        "volumes": {
            name: value if isinstance(value, int) else [f"{one}" for one in value]
            for name, value in asdict(volumes(judged)).items()
        },
        "seconds": {one.file: round(one.seconds, 4) for one in judged},
    }
