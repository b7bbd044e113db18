"""How often Python looks for circular garbage while a capture is read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_GARBAGE = 200_000
"""Objects made and kept between two looks for garbage."""


@contextmanager
def rare_garbage() -> Iterator[None]:
    """Look for circular garbage seldom: reading a capture makes none, and looking for it costs a third of a walk's time."""
    before = gc.get_threshold()
    if before[0]:  # else it is never looked for
        gc.set_threshold(max(_GARBAGE, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
