"""``python -m tests.fuzz.guided [--corpus DIR] [-- libFuzzer options]``: inputs that find new paths through the readers (atheris).

atheris is not among the project's requirements: ``pip install atheris`` where there is a wheel of it. The first byte of an input says
whether it is a frame (and of which link type) or a payload.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path


def main() -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guided", description=__doc__)
    parser.add_argument("--corpus", type=Path, help="a folder of captures to begin with besides our own")
    parser.add_argument("options", nargs="*", help="of libFuzzer, after --: -max_total_time=60 …")
    chosen = parser.parse_args()
    with atheris.instrument_imports(include=["shadowai.wire", "shadowai.sources.capture"]):
        from tests.fuzz import wire
        from tests.fuzz.seeds import seeds

    def one(data: bytes) -> None:
        if not data:
            return
        if data[0] < len(wire.LINK_TYPES):
            wire.dissect(wire.LINK_TYPES[data[0]], data[1:])
            return
        for target in wire.WIRE.values():
            target(data[1:])

    found = seeds(chosen.corpus)
    with tempfile.TemporaryDirectory() as folder:
        places = {kind: number for number, kind in enumerate(wire.LINK_TYPES)}
        inputs = [b"\xff" + payload for payload in found.payloads if len(payload) < 4_096]
        inputs += [bytes([places[kind]]) + data for kind, data in found.frames if kind in places and len(data) < 4_096]
        for number, data in enumerate(inputs):
            Path(folder, f"{number}").write_bytes(data)
        atheris.Setup([sys.argv[0], folder, *chosen.options], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
