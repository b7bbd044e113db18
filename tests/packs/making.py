"""Packs for the tests: small ones, honest ones, and ones that no builder would make."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shadowai.config import Settings
from shadowai.model import Origin
from shadowai.packs import building, installing, loading, signing
from shadowai.packs.settings import Choice
from shadowai.packs.store import Store

TEXT = """schema: 1
id: {id}
name: {name}
vendor: {{name: Example, hq_country: NO}}
category: assistant
status: stable
first_published: 2026-01-01
updated: 2026-01-01
references: [{{url: "https://example.com/", checked_on: 2026-01-01}}]
indicators:
  - {{kind: host, match: suffix, value: {host}, strength: strong}}
tests:
  match: [{{host: {host}, expect_strength: {strength}}}, {{host: www.{host}}}]
  no_match: [{{host: not{host}}}, {{host: {host}.evil.example}}]
"""
ORIGIN = Origin("some.pack")
TODAY = datetime.date(2026, 11, 21)
Packed = tuple[bytes, bytes]
"""An archive and its signature."""
KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"2" * 32)
PUBLIC, OTHER_PUBLIC = (signing.written(key.public_key().public_bytes_raw()) for key in (KEY, OTHER_KEY))

SETTINGS = Settings(signatures=Choice((PUBLIC,)))
"""Those of somebody who trusts :data:`KEY`."""


def text(id: str, *, host: str = "", strength: str = "strong", name: str = "") -> bytes:
    """A signature file."""
    return TEXT.format(id=id, name=name or id.title(), host=host or f"{id}.example", strength=strength).encode()


def folder(where: Path, *ids: str, **hosts: str) -> Path:
    """A folder of signatures: those of ``ids``, and those of ``hosts`` with that host."""
    where.mkdir(parents=True, exist_ok=True)
    for id in ids:
        (where / f"{id}.yaml").write_bytes(text(id))
    for id, host in hosts.items():
        (where / f"{id}.yaml").write_bytes(text(id, host=host))
    return where


def pack(where: Path, serial: int = 1, *, expires: str = "2027-01-31", **about: Any) -> tuple[bytes, bytes]:
    """A pack of a folder's signatures, and its signature by :data:`KEY`."""
    data, _ = building.build(where, serial=serial, expires=expires, **about)
    return data, signing.sign(data, [KEY])


def gzipped(tar: bytes) -> bytes:
    """Any bytes as a gzip file."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return deflate.compress(tar) + deflate.flush()


def tarred(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.USTAR_FORMAT) -> bytes:
    """A tar of whatever members."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as made:
        for member, data in members:
            member.size = len(data)
            made.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def manifest_of(files: Mapping[str, bytes], /, **changes: Any) -> bytes:
    """A manifest of files, with its keys changed at will."""
    stated = {
        "format": 1,
        "pack": "shadowai",
        "serial": 1,
        "created": "2026-11-01",
        "expires": "2027-01-31",
        "schema": 1,
        "min_engine": "0.1.0",
        "engine": "0.1.0",
        "signatures": len(files),
        "indicators": len(files),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    return json.dumps(stated | changes).encode()


def install(packed: Packed, store: Store, settings: Settings = SETTINGS, today: datetime.date = TODAY) -> bool:
    """Put a pack in force; false where it was already."""
    return installing.install(*packed, settings, origin=ORIGIN, store=store, today=today)[1]


def known(store: Store, settings: Settings = SETTINGS) -> list[str]:
    """The ids of the signatures in force."""
    return list(loading.in_force(settings, store, today=TODAY).files)


def own(tmp_path: Path, overrides: str = "") -> Settings:
    """An organisation with a signature and overrides of its own."""
    own = folder(tmp_path / "signatures.d", "local-mine")
    path = tmp_path / "overrides.yaml"
    path.write_text(overrides or "disable: []\n")
    return Settings(signatures_dir=(own,), signatures=Choice((PUBLIC,), path))
