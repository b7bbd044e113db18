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
from typing import NamedTuple

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


class Popularity(NamedTuple):
    """Ranks of names, each the size of the smallest list that the name stands in: of ``hosts`` themselves, and of ``domains``, for which
    the most popular name counts that they are or hold."""

    hosts: Mapping[str, int]
    domains: Mapping[str, int]

    @classmethod
    def of(cls, hosts: Mapping[str, int]) -> Popularity:
        """The ranks of ``hosts`` and of every domain around them."""
        domains: dict[str, int] = {}
        for host, rank in hosts.items():
            tail = host
            while tail:
                domains[tail] = min(rank, domains.get(tail, rank))
                tail = tail.partition(".")[2]
        return cls(hosts, domains)


@functools.cache
def installed() -> Popularity:
    """What the installed package says; nothing where there is none."""
    folder, found = package(), dict[str, int]()
    if folder is None:
        return Popularity.of(found)
    for size in SIZES:
        for name in names(folder, "cisco_top1000" if size == 1_000 else f"cisco_top{size // 1000}k"):
            found.setdefault(name, size)
    return Popularity.of(found)
