"""Build a pack from a folder of signatures: tested, with a manifest, byte for byte reproducible."""

from __future__ import annotations

import datetime
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import shadowai
from shadowai import catalog
from shadowai.errors import UsageError
from shadowai.model import Origin
from shadowai.packs import archive, manifest, proving
from shadowai.packs.manifest import Manifest
from shadowai.signature_file import SCHEMA

VARIABLE: Final = "SOURCE_DATE_EPOCH"
"""Seconds since the epoch that stand for the clock, so that a build can be repeated (https://reproducible-builds.org/specs/source-date-epoch)."""
LIFE: Final = 90
"""Days for which a pack may be put in force, where nothing else is said."""


def build(
    folder: Path,
    *,
    pack: str = "shadowai",
    serial: int | None = None,
    expires: str | None = None,
    min_engine: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[bytes, Manifest]:
    """The archive of the signatures in ``folder``, and its manifest; the same arguments and files give the same bytes.

    ``serial`` is by default the minute (UTC) as YYYYMMDDHHMM, ``expires`` (an ISO date) :data:`LIFE` days after that, ``min_engine``
    this version. Raises :class:`UsageError` for a wrong argument and :class:`SignatureError` for a file that is malformed or fails its
    own examples: what does not prove itself is not signed.
    """
    now = _now(os.environ if environ is None else environ)
    expires = expires or (now.date() + datetime.timedelta(LIFE)).isoformat()
    serial = int(now.strftime("%Y%m%d%H%M")) if serial is None else serial
    min_engine = min_engine or ".".join(map(str, manifest.numbers(shadowai.__version__))) or "0"
    _check(pack, serial, expires, min_engine)
    files = {f"{archive.FOLDER}{source.path.name}": source.data for source in catalog.find(folder)}
    signatures, indicators = proving.counts(proving.prove(files, Origin(str(folder))))
    made = Manifest(
        pack=pack,
        serial=serial,
        created=now.date().isoformat(),
        expires=expires,
        schema=SCHEMA,
        min_engine=min_engine,
        engine=min_engine if not manifest.is_version(shadowai.__version__) else shadowai.__version__,
        signatures=signatures,
        indicators=indicators,
        files={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    )
    return archive.pack({manifest.NAME: made.dump(), **files}), made


def _now(environ: Mapping[str, str]) -> datetime.datetime:
    given = environ.get(VARIABLE)
    if given is None:
        return datetime.datetime.now(datetime.UTC)
    if not re.fullmatch(r"[0-9]{1,11}", given):
        raise UsageError(f"${VARIABLE} is {given!r:.40}", remedy="give seconds since 1970, as a whole number")
    return datetime.datetime.fromtimestamp(int(given), datetime.UTC)


def _check(pack: str, serial: int, expires: str, min_engine: str) -> None:
    if not manifest.is_pack_id(pack):
        raise UsageError(f"{pack!r:.80} cannot name a pack", remedy="use lower-case words joined by hyphens")
    if not 0 < serial <= manifest.MAX_SERIAL:
        raise UsageError(f"{serial} is no serial", remedy=f"use a whole number from 1 to {manifest.MAX_SERIAL}")
    if not manifest.is_date(expires):
        raise UsageError(f"{expires!r:.80} is no date", remedy="write the day on which it expires as YYYY-MM-DD")
    if not manifest.is_version(min_engine):
        raise UsageError(f"{min_engine!r:.80} is no version", remedy="write it as 0.1.0")
