"""What a report for reading may show beside the inventory. All of it is optional, and what is not given is not guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from shadowai.model import Report

if TYPE_CHECKING:
    from shadowai.history.model import Comparison


class Reason(NamedTuple):
    """One reason why an asset deserves attention. ``points`` are the most that it adds to the asset's risk, ``low`` the least where that
    differs; both only where a risk model gave them."""

    text: str
    points: int | None = None
    low: int | None = None


class InputFile(NamedTuple):
    """One input: its path, its bytes and its SHA-256 in hex; where there is no hash, ``why`` not."""

    path: str
    size: int | None = None
    sha256: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """``people`` is the same look by user. ``drift`` is a comparison with an earlier look. ``risks`` are the contributions to the risk
    of an asset by its id, the largest first: where they are given, they are its reasons. ``written`` is the time to print, in
    microseconds since the epoch: a page without one depends on its input alone."""

    people: Report | None = None
    drift: Comparison | None = None
    risks: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)
    inputs: tuple[InputFile, ...] = ()
    written: int | None = None
