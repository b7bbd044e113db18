"""Inputs by URL: objects in a store, files on a server, through fsspec (https://filesystem-spec.readthedocs.io); its only home.

They are listed like folders and patterns on disk and read as they stream, in ranges of a few MiB (on web servers in one go): nothing
is copied to this machine.
Credentials are found by each store's own library, where it always finds them (environment, profile, role of the machine), and are never
printed. What cannot be listed or read is a gap with the URL, and never an empty answer.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from shadowai.errors import SourceError, UsageError
from shadowai.model import Origin

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

LIBRARIES: Mapping[str, str] = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "abfs": "adlfs",
    "abfss": "adlfs",
    "az": "adlfs",
    "hdfs": "pyarrow",
    "webhdfs": "requests",
    "http": "aiohttp",
    "https": "aiohttp",
}
"""Scheme of a URL to the library that fsspec reads it with."""
MOST_DAYS = 3660
_BLOCK = 8 << 20
"""Bytes asked for at once: requests are paid for, and memory is."""
_WEB = ("http", "https")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+]+)://")
_USER = re.compile(r"(?<=://)[^/?#@\s]*:[^/?#@\s]*@")
_WEB_USER = re.compile(r"(?<=://)[^/?#@\s]*@")
_QUERY = re.compile(r"\?[^\s'\")>]*")
_DATE = re.compile(r"\{date(?::([^{}]*))?\}")
_GLOB = frozenset("*?[")
_TIMES = ("LastModified", "last_modified", "updated", "mtime", "modified")
"""Where the stores' libraries put the time of an object's last change."""


class Found(NamedTuple):
    """An object: how it is shown, how it is opened, its size in bytes, its last change in epoch seconds."""

    path: str
    open: partial[BinaryIO]
    size: int | None
    modified: float | None


def is_url(text: str) -> bool:
    """Whether an input is named by a URL, of whatever scheme."""
    return _URL.match(text) is not None


def check(url: str) -> None:
    """Raise :class:`UsageError` for a URL that nothing here can read, whatever is there."""
    scheme = _scheme(url)
    if scheme not in LIBRARIES:
        known = ", ".join(f"{name}://" for name in LIBRARIES)
        raise UsageError(f"{scheme}:// is not read", origin=Origin(shown(url)), remedy=f"one of {known}, or a path")
    if _DATE.search(url):
        raise UsageError(
            "{date} stands for the days of a window", origin=Origin(shown(url)), remedy="scan with --since"
        )


def dated(texts: Iterable[str], since: int | None, until: int | None) -> list[str]:
    """``texts``, with each URL that has ``{date}`` in it once for each day (UTC) from ``since`` to ``until`` (µs), or to today.

    A day is written as 2026-01-31, or as ``{date:%Y/%m/%d}`` says (strftime). Raises :class:`UsageError` where there is no ``since``, and
    for more than :data:`MOST_DAYS` days.
    """
    found: list[str] = []
    for text in texts:
        if is_url(text) and _DATE.search(text) and since is not None:
            found += [_DATE.sub(partial(_day, day), text) for day in _days(text, since, until)]
        else:
            found.append(text)
    return list(dict.fromkeys(found))


def expand(url: str) -> Iterator[Found]:
    """Every object behind ``url``: itself, all in a folder (in the order of their names, hidden ones left out), or those that a pattern
    fits (``*``, ``**``, ``?``, ``[]``; not on web servers, which have no lists).

    Raises :class:`SourceError` where the store cannot be asked, refuses, or has nothing there.
    """
    with _said(url):
        store, path = _store(url)
        listed = list(_listed(store, path, pattern=_scheme(url) not in _WEB))
    if not listed:
        raise SourceError(
            "no object is there", origin=Origin(shown(url)), remedy="check the bucket, the prefix and the pattern"
        )
    for name, info in listed:
        place = shown(url if name == path else store.unstrip_protocol(name))
        size = info.get("size")
        yield Found(place, partial(_open, url, name, place), size if isinstance(size, int) else None, _modified(info))


def shown(url: str) -> str:
    """``url`` without what may be a secret: user and password, and on the web the query, for which its hash stands."""
    if _scheme(url) not in _WEB:
        return _USER.sub("", url)
    place, mark, query = _WEB_USER.sub("", url).partition("?")
    return f"{place}?{hashlib.sha256(query.encode()).hexdigest()[:8]}" if mark else place


def without_secrets(said: str) -> str:
    """The first line of what a library says, without users, passwords and queries of the URLs in it."""
    return _QUERY.sub("?…", _WEB_USER.sub("", said)).strip().partition("\n")[0][:200]


def _scheme(url: str) -> str:
    found = _URL.match(url)
    return found[1].lower() if found else ""


def _day(day: date, found: re.Match[str]) -> str:
    return day.strftime(found[1] or "%Y-%m-%d")


def _days(url: str, since: int, until: int | None) -> Iterator[date]:
    first = datetime.fromtimestamp(since // 1_000_000, UTC).date()
    last = datetime.now(UTC).date() if until is None else datetime.fromtimestamp(until // 1_000_000, UTC).date()
    count = (last - first).days + 1
    if count > MOST_DAYS:
        raise UsageError(f"{{date}} would be {count} days", origin=Origin(shown(url)), remedy="give a narrower window")
    return (first + timedelta(days=number) for number in range(count))


def _store(url: str) -> tuple[AbstractFileSystem, str]:
    """The store that a URL names, and the path in it."""
    from fsspec.core import url_to_fs

    store, path = url_to_fs(url, use_listings_cache=False)
    return store, str(path)


def _listed(store: AbstractFileSystem, path: str, *, pattern: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    if pattern and _GLOB & set(path):
        found = store.glob(path, detail=True)
    else:
        info = store.info(path)
        if info.get("type") != "directory":
            yield path, info
            return
        found = store.find(path, detail=True)
        found = {name: one for name, one in found.items() if "/." not in name.removeprefix(path)}
    for name, info in sorted(found.items()):
        if info.get("type") == "file" and not name.endswith("/"):
            yield name, info


def _modified(info: Mapping[str, Any]) -> float | None:
    for key in _TIMES:
        value = info.get(key)
        if isinstance(value, datetime):
            return value.timestamp()
        if isinstance(value, int | float):
            return float(value)
    return None


def _open(url: str, name: str, place: str) -> BinaryIO:
    """The object ``name`` in the store of ``url``. Names and not handles travel to workers, which open it for themselves."""
    with _said(url):
        store, _ = _store(url)
        web = _scheme(url) in _WEB  # in one go: whether a server gives ranges shows when it is too late
        stream = store.open(name, "rb", block_size=0 if web else _BLOCK)
    return cast(BinaryIO, io.BufferedReader(_Stream(stream, place), 1 << 20))


class _Stream(io.RawIOBase):
    """An object's bytes; each of the many errors of the stores becomes one that names the URL, and so does an early end."""

    def __init__(self, stream: Any, place: str) -> None:
        super().__init__()
        self._stream, self._place = stream, place
        self._size: int | None = getattr(stream, "size", None)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._size is not None

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if not self.seekable():
            raise io.UnsupportedOperation("seek")
        return int(self._stream.seek(offset, whence))

    def tell(self) -> int:
        return int(self._stream.tell())

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        with _said(self._place):
            data = self._stream.read(len(buffer))
        if not data and self._size is not None and self.tell() < self._size:
            raise SourceError(
                f"ended after {self.tell()} of {self._size} bytes", origin=Origin(self._place), remedy="scan it again"
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


@contextmanager
def _said(url: str) -> Iterator[None]:
    """Turn whatever a store's library raises, each with errors of its own, into a :class:`SourceError` without secrets."""
    try:
        yield
    except SourceError:
        raise
    except Exception as wrong:
        message, remedy = _reason(wrong, _scheme(url))
        raise SourceError(message, origin=Origin(shown(url)), remedy=remedy) from wrong


def _reason(wrong: Exception, scheme: str) -> tuple[str, str]:
    if isinstance(wrong, ImportError):
        library = LIBRARIES[scheme]
        return f"{scheme}:// needs the libraries fsspec and {library}", f"pip install 'shadowai[remote]' {library}"
    if isinstance(wrong, FileNotFoundError):
        return "no object is there", "check the bucket, the prefix and the name"
    if isinstance(wrong, PermissionError) or "Credentials" in type(wrong).__name__:
        return "access is refused", "give this machine credentials that may list and read there"
    if isinstance(wrong, TimeoutError):
        return "no answer in time", "check the address and the network, and scan it again"
    return (
        f"cannot be read: {type(wrong).__name__}: {without_secrets(str(wrong))}",
        "check the address and the network, and scan it again",
    )
