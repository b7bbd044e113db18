"""YAML that the program brings with it, as compiled JSON in the user's cache folder: its reader takes longer to import than a small
capture takes to read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import cast

import orjson

from shadowai import cache_folder, strict_yaml
from shadowai.model import Origin
from shadowai.strict_yaml import Plain

_KEEP = 4


def load(data: bytes, origin: Origin, cache: Path | None = None) -> Plain:
    """What :func:`shadowai.strict_yaml.load` makes of ``data``, which is kept; ``cache`` overrides the user's cache folder."""
    folder = cache or cache_folder.folder()
    code = Path(strict_yaml.__file__).read_bytes()
    place = folder / f"yaml-{hashlib.sha256(code + data).hexdigest()[:32]}.json" if folder else None
    kept = cache_folder.read(place) if place else None
    if kept is not None:
        return cast("Plain", orjson.loads(kept))
    found = strict_yaml.load(data, origin)
    if place is not None:
        cache_folder.write(place, orjson.dumps(found), keep=_KEEP)
    return found
