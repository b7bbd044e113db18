"""What a report was made of, as one JSON object: inputs and their hashes, versions, options, counts, and the hash of what was written.

It has no time in it, so that the same input, signatures and options give the same bytes. Of a sweep the inputs are the rows that the
history has of each tenant, and how each task ended stands beside them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from shadowai import __version__
from shadowai.export.ascii_json import Json, dump, known
from shadowai.export.html.context import InputFile
from shadowai.model import Report

SCHEMA: Final = 1


class Output(NamedTuple):
    """What was written: its path, its format, and its SHA-256 in hex."""

    path: str
    format: str
    sha256: str


class Ended(NamedTuple):
    """How a task of a tenant's sweep ended: ``completeness`` in a word, and why where that is not ``complete``."""

    task: str
    signal: str
    completeness: str
    why: str
    pages: int
    items: int


class SweptTenant(NamedTuple):
    """A tenant as it was swept: its name in the configuration, the platform's name for it, and how each task ended. One that could not
    be swept has no ``mode``, and no tasks."""

    name: str
    connector: str
    tenant: str = ""
    mode: str = ""
    scope: str = ""
    complete: bool = False
    tasks: tuple[Ended, ...] = ()


class Sweep(NamedTuple):
    """What a sweep adds to a manifest; ``run`` is the number of the run that remembers it, ``None`` where none does."""

    tenants: tuple[SweptTenant, ...]
    run: int | None = None


def render(
    report: Report,
    inputs: Sequence[InputFile],
    options: Mapping[str, str],
    outputs: Sequence[Output] = (),
    sweep: Sweep | None = None,
) -> bytes:
    """The manifest of ``report``. ``options`` are what was asked for, by the names of the command line, without secrets."""
    packs = sorted({(entry.signature_pack, entry.service_id, entry.signature_sha256) for entry in report.entries})
    body: dict[str, Json] = {
        "schema": SCHEMA,
        "program": {"name": "shadowai", "version": __version__},
        "signatures": {
            "version": report.signatures,
            "packs": sorted({pack for pack, _, _ in packs if pack}),
            "used": [{"id": id, "sha256": digest or None} for _, id, digest in packs],
        },
        "options": dict(sorted(options.items())),
        "inputs": [known(one._asdict()) for one in inputs],
        "counts": _counts(report),
        "complete": report.complete,
        "outputs": [one._asdict() for one in outputs],
    }
    if sweep is not None:
        tenants = ({**one._asdict(), "tasks": [task._asdict() for task in one.tasks]} for one in sweep.tenants)
        body |= {"run": sweep.run, "tenants": list(tenants)}
    return f"{dump(body, indent=1)}\n".encode("ascii")


def _counts(report: Report) -> dict[str, Json]:
    return {
        "entries": len(report.entries),
        "gaps": sum(gap.count for gap in report.gaps),
        "notes": sum(note.count for note in report.notes),
        "sources": len(report.sources),
        "lines": sum(source.lines for source in report.sources),
        "records": sum(source.records for source in report.sources),
        "unreadable": sum(source.unreadable for source in report.sources),
        "ai": sum(source.ai for source in report.sources),
    }


def output(path: Path, layout: str) -> Output:
    """The file that was written, with its hash. Raises :class:`OSError` where it cannot be read back."""
    with path.open("rb") as stream:
        return Output(str(path), layout, hashlib.file_digest(stream, "sha256").hexdigest())
