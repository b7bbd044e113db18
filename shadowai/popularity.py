"""How many people ask for a name: Cisco Umbrella's lists of the most asked for names of the DNS.

They come with the package ``pymispwarninglists`` (MISP's warning lists, in the public domain; the package is BSD-3),
which the lints use where it is installed. Nothing of them is part of this project, and a scan never reads them.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path

SIZES = (1_000, 5_000, 10_000, 20_000)
"""How many names each of the lists holds, the most popular first."""

_LISTS = "data/misp-warninglists/lists"


def names(folder: Path, name: str) -> list[str]:
    """The hosts of one of MISP's lists (``{"list": [...]}``) below ``folder``, lower-case, without the dot that means "and below"."""
    text = (folder / _LISTS / name / "list.json").read_text(encoding="utf-8")
    return [entry.lstrip(".").lower() for entry in json.loads(text)["list"]]


def package() -> Path | None:
    """The folder of the installed package, if there is one."""
    found = importlib.util.find_spec("pymispwarninglists")
    return Path(found.origin).parent if found and found.origin else None


@functools.cache
def ranks() -> Mapping[str, int]:
    """Each popular host and the size of the smallest list that it stands in; nothing where the package is not installed."""
    folder = package()
    if folder is None:
        return {}
    found: dict[str, int] = {}
    for size in SIZES:
        for name in names(folder, f"cisco_top{size // 1000}k" if size > 1000 else "cisco_top1000"):
            found.setdefault(name, size)
    return found
