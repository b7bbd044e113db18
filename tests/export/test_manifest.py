"""The manifest: what a report was made of, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from shadowai import __version__
from shadowai.export import manifest
from shadowai.export.html.context import InputFile
from shadowai.export.manifest import Output
from shadowai.model import Report
from tests.export.reports import CHAT, EMPTY, HOSTILE, NUMBERS, SMALL

INPUTS = (InputFile("proxy.log", 12, "ab" * 32), InputFile("-", why="a stream can be read only once"))


def test_a_whole_manifest() -> None:
    signed = replace(SMALL, entries=(replace(CHAT, signature_pack="pack 7", signature_sha256="cd" * 32),))
    found = json.loads(
        manifest.render(signed, INPUTS, {"policy": "p.yaml", "by": "service"}, (Output("o.csv", "csv", "ef" * 32),))
    )
    assert found == {
        "schema": 1,
        "program": {"name": "shadowai", "version": __version__},
        "signatures": {
            "version": "2026.11.21",
            "packs": ["pack 7"],
            "used": [{"id": "openai-chatgpt", "sha256": "cd" * 32}],
        },
        "options": {"by": "service", "policy": "p.yaml"},
        "inputs": [
            {"path": "proxy.log", "size": 12, "sha256": "ab" * 32},
            {"path": "-", "why": "a stream can be read only once"},
        ],
        "counts": {
            "entries": 1, "gaps": 2, "notes": 40, "sources": 1, "lines": 45, "records": 43, "unreadable": 2, "ai": 5,
        },
        "complete": False,
        "outputs": [{"path": "o.csv", "format": "csv", "sha256": "ef" * 32}],
    }  # fmt: skip


def test_the_order_of_options_and_of_rows_makes_no_difference() -> None:
    turned = replace(SMALL, entries=SMALL.entries[::-1])
    first = manifest.render(SMALL, INPUTS, {"a": "1", "b": "2"})
    assert first == manifest.render(turned, INPUTS, {"b": "2", "a": "1"})
    assert first != manifest.render(SMALL, INPUTS[:1], {"a": "1", "b": "2"})


@pytest.mark.parametrize("text", HOSTILE, ids=NUMBERS)
def test_hostile_paths_are_ascii(text: str) -> None:
    out = manifest.render(Report((), signatures=text), (InputFile(text, why=text),), {"policy": text})
    assert all(byte == 0x0A or 0x20 <= byte < 0x7F for byte in out)


def test_an_output_has_the_hash_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(b"x")
    assert manifest.output(path, "csv") == Output(str(path), "csv", hashlib.sha256(b"x").hexdigest())
    with pytest.raises(OSError, match="No such file"):
        manifest.output(tmp_path / "none", "csv")


def test_nothing_found_is_a_manifest_too() -> None:
    assert json.loads(manifest.render(EMPTY, (), {}))["counts"]["entries"] == 0
