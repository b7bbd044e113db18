"""``python -m tests.fuzz.guided [--corpus DIR] [--kind wire|captures|lines] [-- libFuzzer options]``: inputs that find new paths (atheris).

atheris is not among the project's requirements: ``pip install atheris`` where there is a wheel of it. ``wire`` are payloads and frames for
their readers: the first byte says whether it is a frame (and of which link type) or a payload. ``captures`` go through both engines and
``lines`` through both ways to fold a log; what comes first says how they are read, and of which format a log is.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.seeds import Seeds

_LARGEST = 4_096
_FOLLOWED = {
    "wire": ["shadowai.wire", "shadowai.sources.capture"],
    "captures": ["shadowai.wire", "shadowai.sources.capture"],
    "lines": ["shadowai.sources.framing", "shadowai.sources.logs", "shadowai.names_first"],
}
"""Modules in which new paths are looked for."""


def main() -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guided", description=__doc__)
    parser.add_argument("--corpus", type=Path, help="a folder of captures and logs to begin with besides our own")
    parser.add_argument("--kind", choices=sorted(_FOLLOWED), default="wire")
    parser.add_argument("options", nargs="*", help="of libFuzzer, after --: -max_total_time=60 …")
    chosen = parser.parse_args()
    with atheris.instrument_imports(include=_FOLLOWED[chosen.kind]):
        from tests.fuzz.seeds import seeds

        found = seeds(chosen.corpus)
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(_inputs(chosen.kind, found)):
            Path(folder, f"{number}").write_bytes(data)
        atheris.Setup([sys.argv[0], folder, "-timeout=10", *chosen.options], _judge(chosen.kind))
        atheris.Fuzz()


def _inputs(kind: str, found: Seeds) -> Iterator[bytes]:
    """What libFuzzer begins with."""
    if kind == "wire":
        places = _links()
        yield from (b"\xff" + payload for payload in found.payloads if len(payload) < _LARGEST)
        yield from (bytes([places[one]]) + data for one, data in found.frames if one in places and len(data) < _LARGEST)
    elif kind == "captures":
        yield from (b"\0" + capture[:_LARGEST] for capture in found.captures)
    else:
        names = _formats()
        yield from (bytes([names.index(log.format), 0]) + log.data[:_LARGEST] for log in found.logs)


def _judge(kind: str) -> Callable[[bytes], None]:
    """What is done with each input; it raises what is found."""
    from tests.fuzz import engines, folds, wire

    names, links = _formats(), list(_links())

    def readers(data: bytes) -> None:
        if data[0] < len(links):
            wire.dissect(links[data[0]], data[1:])
            return
        for target in wire.WIRE.values():
            target(data[1:])

    def captures(data: bytes) -> None:
        engines.check(data[1:], random.Random(data[0]))

    def logs(data: bytes) -> None:
        folds.check(names[data[0] % len(names)], data[2:], random.Random(data[1]))

    judge = {"wire": readers, "captures": captures, "lines": logs}[kind]
    return lambda data: judge(data) if len(data) > 1 else None


def _links() -> dict[int, int]:
    """Link types, by the byte that stands for each."""
    from tests.fuzz.frames import LINK_TYPES

    return {kind: number for number, kind in enumerate(LINK_TYPES)}


def _formats() -> list[str]:
    """Formats that can be folded; their places stand for them."""
    from shadowai.sources.logs import formats
    from tests.fuzz import folds

    return [name for name in sorted(formats()) if folds.has_plan(name)]


if __name__ == "__main__":
    main()
