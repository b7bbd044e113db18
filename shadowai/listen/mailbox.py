"""What was received and not yet read, in bounded memory: receivers put messages in, one reader takes them out."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final, NamedTuple

ROOM: Final = 64 << 20
"""Bytes of messages that may wait."""
_EACH: Final = 200
"""What a message costs beside its bytes."""


class Message(NamedTuple):
    """A line, and the address of who sent it."""

    sender: str
    line: bytes


class Mailbox:
    """Messages between the threads of those who receive and of the one who reads. ``dropped`` counts those there was no room for."""

    def __init__(self, room: int = ROOM) -> None:
        self._room, self._used = room, 0
        self._waiting: deque[Message] = deque()
        self._lock = threading.Lock()
        self.received = self.dropped = 0

    @property
    def is_full(self) -> bool:
        """Whether senders that can be made to wait had better be."""
        return self._used > self._room // 2

    def put(self, sender: str, line: bytes) -> None:
        """A message, or one more that was dropped."""
        cost = len(line) + _EACH
        with self._lock:
            self.received += 1
            if self._used + cost > self._room:
                self.dropped += 1
                return
            self._used += cost
            self._waiting.append(Message(sender, line))

    def take(self) -> list[Message]:
        """All that wait, in the order in which they came."""
        with self._lock:
            found, self._waiting, self._used = list(self._waiting), deque(), 0
        return found
