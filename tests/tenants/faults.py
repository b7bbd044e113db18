"""What goes wrong on the way, by name, each as often as it is wanted; the same seed strikes the same requests."""

from __future__ import annotations

import email.utils
import random
import threading
from collections import Counter
from collections.abc import Iterable

from tests.tenants.server import Reply, reply

ANY = ("429", "429 date", "500", "502 html", "503", "reset", "truncated", "short", "html 200", "401", "duplicate page")
"""What may happen to every request."""
GRAPH = (*ANY, "inner 429", "inner 503", "no inner", "expired page")
GOOGLE = (*ANY, "403 quotaExceeded", "403 rateLimitExceeded", "expired page")
BROKEN = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
APART = 100
"""Requests between two withdrawals of all tokens."""
PATIENCE = 2
"""How often page tokens may expire in one collection: a service that forgets them always cannot be read."""


class Faults:
    """Draws a fault for a request: ``rate`` of the requests get one of ``kinds``. ``struck`` counts them by name."""

    def __init__(self, kinds: Iterable[str] = (), rate: float = 0.0, seed: int = 1) -> None:
        self.kinds, self.rate = tuple(kinds), rate
        self.struck: Counter[str] = Counter()
        self._draw = random.Random(seed)
        self._used: Counter[str] = Counter()
        self._since_401 = APART
        self._lock = threading.Lock()

    def strike(self, of: Iterable[str] | None = None) -> str | None:
        """The fault that befalls the next request, of those named in ``of``; ``None`` for none."""
        with self._lock:
            self._since_401 += of is None or "401" in of
            kinds = [kind for kind in self.kinds if of is None or kind in of]
            if not kinds or self._draw.random() >= self.rate:
                return None
            found = self._draw.choice(kinds)
            if found == "401":  # once a token was withdrawn, the next one is not withdrawn at once
                if self._since_401 < APART:
                    return None
                self._since_401 = 0
            self.struck[found] += 1
            return found

    def expires(self, collection: str) -> bool:
        """Whether a page token of that collection is honoured no more: every other one, until it has happened often enough."""
        with self._lock:
            used = self._used[collection]
            if "expired page" not in self.kinds or used >= 2 * PATIENCE:
                return False
            self._used[collection] += 1
            if used % 2:
                return False
            self.struck["expired page"] += 1
            return True


def outer(fault: str, now: float) -> Reply | None:
    """The answer to a request that a fault of the service itself befell; ``None`` for a reset."""
    if fault == "429":
        return reply(429, {"error": {"code": "TooManyRequests", "message": "slow down"}}, Retry_After="2")
    if fault == "429 date":
        then, at = (email.utils.formatdate(moment, usegmt=True) for moment in (now + 3, now))
        return reply(429, {"error": {"code": "TooManyRequests"}}, Retry_After=then, Date=at)
    if fault == "502 html":
        return reply(502, BROKEN, Content_Type="text/html")
    if fault == "html 200":
        return reply(200, BROKEN, Content_Type="text/html")
    if fault.startswith("403 "):
        reason = fault.removeprefix("403 ")
        error = {"code": 403, "message": "Quota exceeded", "errors": [{"reason": reason, "domain": "usageLimits"}]}
        return reply(403, {"error": error})
    if fault in ("500", "503"):
        return reply(int(fault), {"error": {"code": "InternalServerError", "message": "an error has occurred"}})
    return None


def damaged(fault: str, whole: Reply) -> Reply:
    """A good answer spoilt on the way."""
    half = whole.body[: len(whole.body) * 2 // 3]
    if fault == "short":
        return whole._replace(body=half, declared=len(whole.body))
    return whole._replace(body=half)
