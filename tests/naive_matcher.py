"""The matcher again, as a plain walk over every indicator: slow, obvious, and written from docs/signatures.md alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from shadowai.catalog import Catalog
from shadowai.model import Indicator, Match, Origin, Signature
from shadowai.signature_file import SignatureFile


class Claim(NamedTuple):
    """What is compared: who claims a name, how surely, and whether others claim it as well."""

    signature: str
    strength: str
    ambiguous: bool


class Candidate(NamedTuple):
    rank: tuple[int, int, int]
    signature: str
    strength: str


def claims(matches: Iterable[Match]) -> set[Claim]:
    return {Claim(m.signature, m.strength, m.ambiguous) for m in matches}


def catalog_of(*signatures: Signature) -> Catalog:
    return Catalog.of(SignatureFile(signature, Origin("")) for signature in signatures)


def host(signatures: Iterable[Signature], name: str) -> set[Claim]:
    return _best(_host_candidates(signatures, name))


def url(signatures: Iterable[Signature], name: str, path: str) -> set[Claim]:
    signatures = list(signatures)
    found = [
        Candidate((len(i.value.split("/", 1)[1]), 0, i.strength == "strong"), s.id, i.strength)
        for s in signatures
        for i in s.indicators
        if i.kind == "url" and i.strength != "shared" and _covers(i.value, name, path)
    ]
    best = _best(found)
    if any(claim.strength == "strong" for claim in best):
        return best
    rest = {c for c in host(signatures, name) if c.signature not in {b.signature for b in best}}
    rest = {Claim(c.signature, c.strength, len(rest) > 1) for c in rest}
    return rest if not best or any(c.strength == "strong" for c in rest) else best


def needs_url(signatures: Iterable[Signature], name: str) -> bool:
    indicators = [i for s in signatures for i in s.indicators if i.kind == "url" and i.strength != "shared"]
    return any(_host_part(i.value, name) for i in indicators)


def _host_candidates(signatures: Iterable[Signature], name: str) -> list[Candidate]:
    found = []
    for signature in signatures:
        for indicator in signature.indicators:
            if indicator.kind == "host" and indicator.strength != "shared":
                rank = _rank(signature, indicator, name)
                if rank:
                    strength = "weak" if _only_read(indicator, name) else indicator.strength
                    found.append(Candidate((*rank, strength == "strong"), signature.id, strength))
    return found


def _rank(signature: Signature, indicator: Indicator, name: str) -> tuple[int, int] | None:
    labels, wanted = name.split("."), indicator.value.split(".")
    if indicator.match == "exact":
        return (len(labels), 2) if labels == wanted else None
    if indicator.match == "glob":
        return (len(labels), 1) if _glob(wanted, labels) else None
    if labels[-len(wanted) :] != wanted or _taken_out(signature, wanted, labels):
        return None
    return len(wanted), 0


def _only_read(indicator: Indicator, name: str) -> bool:
    first, _, rest = name.partition(".")
    below = indicator.match == "suffix" and indicator.role == "ui" and rest == indicator.value
    return (
        below
        and re.fullmatch(r"about|blog|careers|community|docs|help|investors|press|status|support|trust", first)
        is not None
    )


def _taken_out(signature: Signature, suffix: list[str], labels: list[str]) -> bool:
    shared = [i.value for i in signature.indicators if i.strength == "shared" and i.kind == "host"]
    for out in (value.split(".") for value in (*signature.exclude, *shared)):
        if out[-len(suffix) :] == suffix and _glob(out, labels[-len(out) :]):
            return True
    return False


def _glob(wanted: list[str], labels: list[str]) -> bool:
    if len(wanted) != len(labels):
        return False
    pairs = zip(wanted, labels, strict=True)
    return all(re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), label) for pattern, label in pairs)


def _host_part(value: str, name: str) -> bool:
    wanted = value.split("/", 1)[0]
    return _glob(wanted.split("."), name.split(".")) or ("*" not in wanted and name == "www." + wanted)


def _covers(value: str, name: str, path: str) -> bool:
    wanted = ("/" + value.split("/", 1)[1]).lower()
    given = unquote(path or "/").lower()
    inside = given.startswith(wanted) if wanted.endswith("/") else given == wanted or given.startswith(wanted + "/")
    return inside and _host_part(value, name)


def _best(candidates: list[Candidate]) -> set[Claim]:
    top = max((c.rank for c in candidates), default=None)
    found = {(c.signature, c.strength) for c in candidates if c.rank == top}
    return {Claim(signature, strength, len(found) > 1) for signature, strength in found}
