"""Get a pack and its signature from files, or from a server over TLS that is verified: bounded in size and in time."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from shadowai.errors import SignatureError, SourceError, UsageError
from shadowai.model import Origin
from shadowai.packs.archive import MAX_ARCHIVE
from shadowai.packs.signing import MAX_SIGNATURE

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

SUFFIX: Final = ".sig"
"""What the name of a pack's signature ends with, behind the whole name of the pack."""
TIMEOUT: Final = 30.0
"""Seconds without an answer."""
LONGEST: Final = 300.0
"""Seconds for one file: a server that sends a byte now and then must not hold an update for ever."""
_BLOCK: Final = 1 << 16


def get(place: str) -> tuple[bytes, bytes, Origin]:
    """The archive at ``place`` (a path, or an ``https`` URL), its signature, which lies beside it, and where that was.

    Raises :class:`SourceError` where something is not there or cannot be fetched, :class:`SignatureError` where it is too large, and
    :class:`UsageError` for a URL of another kind.
    """
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", place):
        path = Path(place)
        beside = path.with_name(path.name + SUFFIX) if path.name else path
        return _read(path, MAX_ARCHIVE), _read(beside, MAX_SIGNATURE), Origin(place)
    _check(place)
    parts = urlsplit(place)
    beside_url = parts._replace(path=parts.path + SUFFIX).geturl()
    opener = _opener()
    shown = Origin(parts._replace(query="", fragment="").geturl())  # a query may be a secret
    return _fetch(opener, place, MAX_ARCHIVE, shown), _fetch(opener, beside_url, MAX_SIGNATURE, shown), shown


def _read(path: Path, most: int) -> bytes:
    origin = Origin(str(path))
    try:
        if not path.is_file():
            raise SourceError("is not there, or is no regular file", origin=origin, remedy="check the path")
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", origin=origin, remedy="check its permissions") from None
    return _bounded(data, most, origin)


def _bounded(data: bytes, most: int, origin: Origin) -> bytes:
    if len(data) > most:
        message = f"the pack is refused: it, or its signature, is larger than {most >> 10} KiB"
        raise SignatureError(message, origin=origin, remedy="get it again from who built it")
    return data


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        sound = parts.scheme == "https" and bool(parts.hostname) and parts.username is None and (parts.port or 443) > 0
    except ValueError:
        sound = False
    if not sound or not url.isascii() or any(character <= " " for character in url):
        raise UsageError("packs are fetched from https addresses only", remedy="give an https URL, or a path")


def _opener() -> OpenerDirector:
    from urllib.request import HTTPRedirectHandler, HTTPSHandler, build_opener

    from shadowai.sweep.certificates import context

    class Onward(HTTPRedirectHandler):
        """Follows redirects, at most ten, and never away from TLS."""

        def redirect_request(self, request: Any, answer: Any, code: int, message: str, headers: Any, url: str) -> Any:
            _check(url)
            return super().redirect_request(request, answer, code, message, headers, url)

    return build_opener(HTTPSHandler(context=context()), Onward())


def _fetch(opener: OpenerDirector, url: str, most: int, origin: Origin) -> bytes:
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import Request

    until, found = time.monotonic() + LONGEST, bytearray()
    try:
        with opener.open(Request(url, headers={"User-Agent": "shadowai"}), timeout=TIMEOUT) as answer:
            while len(found) <= most and (block := answer.read1(_BLOCK)):
                found += block
                if time.monotonic() > until:
                    raise TimeoutError
    except HTTPError as error:
        with error:
            raise _unfetched(f"status {error.code}", origin) from None
    except (URLError, HTTPException, OSError) as error:
        cause = error.reason if isinstance(error, URLError) else error
        raise _unfetched(type(cause).__name__, origin) from None
    return _bounded(bytes(found), most, origin)


def _unfetched(reason: str, origin: Origin) -> SourceError:
    remedy = "check the address and the network; the signatures in force stay as they are"
    return SourceError(f"the pack or its signature could not be fetched: {reason}", origin=origin, remedy=remedy)
