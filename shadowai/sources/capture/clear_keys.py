"""Keys to AI services that were sent in clear: each remembered once, never the key itself."""

from __future__ import annotations

import re
from typing import NamedTuple

from shadowai.sources.capture.ledger import At
from shadowai.wire import api_keys

_MOST = 20


class Sent(NamedTuple):
    """A key, the frame that showed it first, and how often it was sent."""

    key: api_keys.Key
    frame: int
    times: int


class ClearKeys:
    """The keys of one capture. ``secret`` keys their hashes."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._sent: dict[str, Sent] = {}
        self.further = 0
        """Sendings of keys beyond the first twenty distinct ones."""

    @property
    def sent(self) -> tuple[Sent, ...]:
        """The distinct keys, in the order in which they were first sent."""
        return tuple(self._sent.values())

    def look(self, head: bytes, at: At) -> tuple[api_keys.Key, ...]:
        """The keys in the head of a request."""
        found = api_keys.find(head, self._secret)
        for key in found:
            known = self._sent.get(key.digest)
            if known is not None:
                self._sent[key.digest] = known._replace(times=known.times + 1)
            elif len(self._sent) < _MOST:
                self._sent[key.digest] = Sent(key, at.frame, 1)
            else:
                self.further += 1
        return found


def masked(text: str, keys: tuple[api_keys.Key, ...]) -> str:
    """``text`` without the keys in it: a path or a user agent may hold one too."""
    for key in keys:
        shape = re.escape(key.prefix) + r"[A-Za-z0-9_-]*" + re.escape(key.last_four)
        text = re.sub(shape, f"{key.prefix}...{key.last_four}", text)
    return text
