"""Frames walked over by the flow table of the reference engine: what it hands on, and the flows."""

from __future__ import annotations

from collections.abc import Iterable

from shadowai.sources.capture.flows import RawFrame, Table
from shadowai.sources.capture.limits import Limits
from shadowai.sources.capture.pieces import LOOK
from shadowai.sources.capture.sides import Flow
from tests.captures.conversations import Timed

Piece = tuple[int, int, int, int, bytes]
"""Kind, flow, direction, place in the stream (-1 where its beginning is not known), payload."""


def raw(frames: Iterable[Timed], cut: int = 1 << 20, link_type: int = 1) -> list[RawFrame]:
    return [(number, time, link_type, data[:cut], len(data)) for number, (time, data) in enumerate(frames, 1)]


def walk(
    frames: Iterable[Timed],
    *,
    verdict: int = LOOK,
    limits: Limits | None = None,
    cut: int = 1 << 20,
    link_type: int = 1,
) -> tuple[list[Flow], list[Piece], Table]:
    flows: list[Flow] = []
    pieces: list[Piece] = []

    def take(kind: int, flow: int, which: int, isn: int, sequence: int, *rest: object) -> int:
        assert isinstance(rest[2], bytes)
        pieces.append((kind, flow, which, sequence - isn if isn >= 0 else -1, rest[2]))
        return verdict

    table = Table(take, flows.append, limits or Limits())
    while table.walk(iter(raw(frames, cut, link_type)), 1 << 16):
        raise AssertionError("all frames fit into one walk")
    table.close()
    return flows, pieces, table
