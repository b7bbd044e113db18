"""The compiled walk over captures and the compiled fold of log lines, where they were built, and what they stand for where not.

:mod:`shadowai.fast.packets` and :mod:`shadowai.fast.lines` are Cython; ``pip install`` builds them where there is a C compiler. Nobody
else asks whether they are there: :func:`table` gives whichever flow table there is, :func:`lines_module` the fold or nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from shadowai.sources.capture.frames import Container
    from shadowai.sources.capture.limits import Limits
    from shadowai.sources.capture.naming import Naming
    from shadowai.sources.capture.sides import Flow

PURE = "SHADOWAI_PURE"
"""Environment variable that, if it is set to anything, makes a scan use the reference engine."""

MISSING = "the compiled part is not installed (no C compiler when it was built): captures are read several times slower"
"""What to say, once, to who scans a capture where :func:`is_missing`."""

FORMATS = frozenset({"pcap", "pcapng"})
"""Formats of captures that the compiled part walks over."""

_PACKETS = "shadowai.fast.packets"
_LINES = "shadowai.fast.lines"


class FlowTable(Protocol):
    """What a capture needs of a flow table; see :class:`shadowai.sources.capture.flows.Table`.

    ``nameless`` and ``lost`` are flows that the table settled by itself, so that they were never finished: those without a
    name, and those with one of which packets are missing. The owner takes the counts away (sets them to 0).
    """

    nameless: int
    lost: int

    @property
    def packets(self) -> int: ...
    @property
    def flows(self) -> int: ...
    @property
    def others(self) -> int: ...
    @property
    def let_go(self) -> int: ...
    @property
    def undecoded(self) -> dict[str, list[int]]: ...
    def close(self) -> None: ...
    def fragments_limited(self) -> int: ...
    def fragments_refused(self) -> int: ...


class CompiledTable(FlowTable, Protocol):
    """A flow table that walks over the container itself."""

    def walk(self, frames: Container, most: int, /) -> bool:
        """Count up to ``most`` frames; false once there are no more."""

    def silence(self, ports: Collection[int], /) -> None:
        """Ports between which no connection is asked for a name."""


def is_missing() -> bool:
    """True where the compiled part was not built, and nobody asked for the reference engine."""
    return PURE not in os.environ and find_spec(_PACKETS) is None


def table(
    naming: Naming, finish: Callable[[Flow], None], limits: Limits, silent_ports: Collection[int]
) -> CompiledTable | None:
    """A compiled flow table that hands pieces to ``naming`` and flows of which there is something to say to ``finish``.

    Walks over a :class:`~shadowai.sources.capture.frames.Container` as a whole. Connections without a name to or from
    ``silent_ports`` are not finished. ``None`` where it was not built or is not wanted.
    """
    module = _module()
    if module is None:
        return None
    found: CompiledTable = module.Table(naming.take, finish, limits, naming)
    found.silence(silent_ports)
    return found


def _module() -> ModuleType | None:
    if PURE in os.environ or find_spec(_PACKETS) is None:
        return None
    return import_module(_PACKETS)


def lines_module() -> str | None:
    """The name of the module with the compiled fold of log lines; ``None`` where it was not built or is not wanted."""
    return None if PURE in os.environ or find_spec(_LINES) is None else _LINES


def breaks(data: bytes | memoryview) -> int:
    """How many line feeds are in ``data``."""
    return _breaks()(data)


@cache
def _breaks() -> Callable[[bytes | memoryview], int]:
    name = lines_module()
    if name is None:
        return lambda data: bytes(data).count(b"\n")
    found: Callable[[bytes | memoryview], int] = import_module(name).breaks_in
    return found
