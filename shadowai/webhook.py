"""Posts a message to a webhook over TLS, with a bounded number of tries. The address is a secret: it is in no error text."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from shadowai.errors import SourceError, UsageError

if TYPE_CHECKING:
    import ssl

TRIES: Final = 4
PAUSE: Final = 1.0
"""Seconds before the second try; each further one waits twice as long."""
LONGEST_PAUSE: Final = 30.0
TIMEOUT: Final = 15.0
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


def post(
    reference: str,
    data: bytes,
    *,
    ca_file: Path | None = None,
    sleep: Callable[[float], None] = time.sleep,
    environ: Mapping[str, str] | None = None,
) -> None:
    """Post JSON to the address that ``reference`` says where to find. What is refused for load or by a failing server is tried again,
    :data:`TRIES` times in all. ``ca_file`` names further authorities to trust.

    Raises :class:`~shadowai.errors.UsageError` where the address is not there or no ``https``, and
    :class:`~shadowai.errors.SourceError` where it could not be told.
    """
    from shadowai.sweep.certificates import context
    from shadowai.sweep.secrets import resolve

    url = _checked(resolve(reference, key="[notify] url", environ=environ).strip())
    trusted = context(str(ca_file) if ca_file else "", environ)
    for attempt in range(TRIES):
        reason, wait, again = _once(url, data, trusted)
        if not reason:
            return
        if not again or attempt == TRIES - 1:
            remedy = "it is told again after the next run, or by shadowai history notify"
            raise SourceError(f"the webhook could not be told: {reason}", remedy=remedy)
        sleep(min(LONGEST_PAUSE, PAUSE * 2**attempt if wait is None else wait))


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        sound = parts.scheme == "https" and bool(parts.hostname) and (parts.port or 443) > 0 and url.isascii()
    except ValueError:
        sound = False
    if not sound or any(character <= " " for character in url):
        raise UsageError(
            "the address of [notify] is no https address", remedy="put an https address where url refers to"
        )
    return url


def _once(url: str, data: bytes, context: ssl.SSLContext) -> tuple[str, float | None, bool]:
    """One try: why it failed (empty: it did not), how long to wait, whether to try again. Redirects are not followed: they would
    carry the message to a place that nobody named."""
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *about: Any) -> None:
            return None

    request = Request(url, data, {"Content-Type": "application/json", "User-Agent": "shadowai"}, method="POST")
    opener = build_opener(HTTPSHandler(context=context), Stay())
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            answer.read(1024)
            return "", None, False
    except HTTPError as error:
        with error:
            return f"status {error.code}", _retry_after(error.headers.get("Retry-After")), error.code in _AGAIN
    except (URLError, HTTPException, TimeoutError, OSError) as error:
        cause = error.reason if isinstance(error, URLError) else error
        certificate = type(cause).__name__ == "SSLCertVerificationError"
        reason = "its certificate is not trusted" if certificate else type(cause).__name__
        return reason, None, not certificate


def _retry_after(value: str | None) -> float | None:
    """Seconds; the form with a date is not worth waiting for here, and counts as none."""
    return float(value) if value is not None and re.fullmatch(r"[0-9]{1,6}", value.strip()) else None
