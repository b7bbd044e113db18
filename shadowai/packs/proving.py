"""Tests a pack before it is installed: the examples of every signature are matched against all signatures of the pack.

It is what the lints ask of examples, and needs none of their libraries.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from shadowai import examples, signature_file
from shadowai.catalog import LOCAL, Catalog
from shadowai.errors import SignatureError
from shadowai.matcher import Matcher
from shadowai.model import Origin
from shadowai.packs.manifest import Manifest
from shadowai.signature_file import SignatureFile


def prove(files: Mapping[str, bytes], origin: Origin) -> Catalog:
    """The catalogue of a pack's signature files, given by name; raises :class:`SignatureError` with the file of the first problem."""
    found: dict[str, SignatureFile] = {}
    for name, data in files.items():
        where = Origin(f"{origin.path}!{name}")
        file, _ = signature_file.parse(data, where)
        if file.id != PurePosixPath(name).stem:
            raise _wrong(f"its id {file.id!r} is not its file name", where)
        if file.id.startswith(LOCAL):
            raise _wrong(f"ids that start with {LOCAL!r} are kept for an organisation's own", where)
        found[file.id] = file
    if not found:
        raise _wrong("it holds no signature", origin)
    known = Catalog.of(found.values())
    matcher = Matcher(known)
    for file in found.values():
        _try_examples(file, matcher)
    return known


def check_counts(stated: Manifest, known: Catalog, origin: Origin) -> None:
    """Raises :class:`SignatureError` where the manifest counts other signatures or indicators than there are."""
    if (stated.signatures, stated.indicators) != counts(known):
        raise _wrong("its manifest miscounts its signatures or indicators", origin)


def counts(known: Catalog) -> tuple[int, int]:
    """How many signatures and how many indicators there are."""
    return len(known.signatures), sum(len(signature.indicators) for signature in known.signatures.values())


def _try_examples(file: SignatureFile, matcher: Matcher) -> None:
    for kind, vectors in (("match", file.match), ("no_match", file.no_match)):
        for number, example in enumerate(vectors, 1):
            for failure in examples.failures(file, kind, example, matcher):
                raise _wrong(f"example {number} of tests.{kind} {failure}", file.origin)


def _wrong(reason: str, origin: Origin) -> SignatureError:
    return SignatureError(f"the pack is refused: {reason}", origin=origin, remedy="tell who built it")
