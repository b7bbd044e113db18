"""The only sockets of a sweep. Built on requests: msal and google-auth speak it as it is, so one guarded session serves them and us.

Its traps are closed here: with ``trust_env`` the variable REQUESTS_CA_BUNDLE overrides ``verify`` and a ``.netrc`` replaces the
Authorization header, so ``trust_env`` is off and proxies are read from the environment by hand; a context given to the pool alone is
lost behind a proxy, so the proxy's pool and the connection to the proxy itself get it too. A compressed body is unpacked here: urllib3
does not tell one that is cut short from a whole one. A connection has a limit for the whole of its handshakes and of an answer's head, as
a body has: what sends a byte now and then is never late for the next.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from queue import Empty, SimpleQueue
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from shadowai import __version__
from shadowai.sweep.allowlist import LOOPBACK, AllowList, place
from shadowai.sweep.faults import Fault, Reply, of_exception, of_reply
from shadowai.tenant import TenantError, Trouble

CONNECT, READ = 15.0, 120.0
"""Seconds to wait for a connection, and for more of an answer."""
ANSWER = 900.0
"""Seconds in which an answer's head, and then its body, must have come whole: one that comes byte by byte would never be late for the
next."""
LARGEST = 256 << 20
"""Bytes that an answer may have, unpacked."""
CONNECTIONS = 32
CODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""The content codings that are asked for (RFC 9110, section 8.4.1), and how zlib reads each."""
LAYERS = 5
"""The most codings of one body, each of which may unpack to :data:`LARGEST`; one is usual, and urllib3 takes as many."""
MEMBERS = 100
"""The most members of one gzip body, each of which costs a copy of what follows it; one is usual."""
_CHUNK = 1 << 16
_MEMBER = b"\x1f\x8b"
_RAW = -15
"""Deflated data without the frame of zlib around it, which some servers send."""


class _Timed(HTTPConnection):
    """A connection that waits no longer than :data:`ANSWER` for the head of an answer, a proxy's too."""

    def _tunnel(self) -> None:
        """A proxy's answer; one that is cut off in its head would pass for a tunnel."""
        with _in_time(lambda: self.sock):
            super()._tunnel()

    def getresponse(self) -> Any:
        """The head of the answer."""
        with _in_time(lambda: self.sock):
            return super().getresponse()


class _TimedTls(_Timed, HTTPSConnection):
    """The same with TLS. Python bounds a handshake as a whole; urllib3, which makes the one within a proxy's TLS, only each read of it."""

    _late: Sequence[float] = ()

    def connect(self) -> None:
        """Connect, and shake hands with the proxy and with the service."""
        with _in_time(lambda: self.sock) as self._late:
            super().connect()

    def _tunnel(self) -> None:
        """The proxy's answer, within the time for all of it; nothing is sent where that is over."""
        super(_Timed, self)._tunnel()
        if self._late:
            raise TimeoutError


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Timed


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTls


_POOLS = {"http": _Pool, "https": _TlsPool}


class GuardedAdapter(HTTPAdapter):
    """Sends what is allowed, with our trust, through the environment's proxies, and follows nothing."""

    def __init__(self, allowed: AllowList, trust: ssl.SSLContext, sent: Callable[[], None]) -> None:
        self._allowed, self._trust, self._sent = allowed, trust, sent
        super().__init__(pool_connections=CONNECTIONS, pool_maxsize=CONNECTIONS, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
        """The pool, with our trust."""
        super().init_poolmanager(*args, **{**kwargs, "ssl_context": self._trust})
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """The pool behind a proxy, with our trust for the service and for the proxy."""
        trust = {"ssl_context": self._trust, "proxy_ssl_context": self._trust}
        made = super().proxy_manager_for(proxy, **{**kwargs, **trust})
        made.pool_classes_by_scheme = _POOLS
        return made

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Always verifies, by the context alone: what a library asks for in ``verify`` does not count."""
        conn.cert_reqs = "CERT_REQUIRED"

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Refuse what is not allowed, before there is a socket; send the rest."""
        url = request.url or ""
        self._allowed.check(request.method or "", url, body=request.body, headers=request.headers)
        kwargs |= {"verify": True, "cert": None, "proxies": proxies(url), "timeout": (CONNECT, READ)}
        request.headers["Accept-Encoding"] = "gzip, deflate"
        self._sent()
        return super().send(request, **kwargs)

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """The answer with its body as it came: :func:`_whole` unpacks it."""
        made = super().build_response(req, resp)
        resp.headers.pop("Content-Encoding", None)  # the answer's own headers are a copy
        return made


class PatientAdapter(BaseAdapter):
    """What libraries get: they take a token endpoint that is busy for one that refuses, so what passes is tried again beneath them.
    ``again`` waits before the next try and says whether there may be one."""

    def __init__(self, inner: GuardedAdapter, again: Callable[[Fault, int], bool], now: Callable[[], float]) -> None:
        super().__init__()
        self._inner, self._again, self._now = inner, again, now

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send until there is an answer that stays."""
        tries = 0
        while True:
            tries += 1
            try:
                response = self._inner.send(request, stream=True)
                content = response._content = _in_whole(response)  # where requests itself keeps what it has read
            except (requests.RequestException, ConnectionError, TimeoutError) as error:
                if self._again(of_exception(error), tries):
                    continue
                raise
            lowered = {name.lower(): value for name, value in response.headers.items()}
            fault = of_reply(Reply(response.status_code, lowered, content, response.url), self._now())
            if fault is None or not fault.retry or not self._again(fault, tries):
                return response

    def close(self) -> None:
        """Nothing: the sockets are the other adapter's."""


class GuardedSession(requests.Session):
    """A session all of whose requests pass a :class:`GuardedAdapter`."""

    def __init__(self, adapter: BaseAdapter) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers["User-Agent"] = f"shadowai/{__version__}"
        self.adapters.clear()
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Nowhere: an answer that points elsewhere is the answer."""
        return None


def proxies(url: str) -> dict[str, str]:
    """The proxies that the environment names for ``url``; none for this machine."""
    found = place(url)
    if found is not None and found.host in LOOPBACK:
        return {}
    return dict(get_environ_proxies(url))


def fetch(
    session: requests.Session,
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None,
    headers: Mapping[str, str],
    data: Any = None,
) -> Reply:
    """One request, and its whole answer. Raises what requests raises, and
    :class:`~shadowai.tenant.TenantError` for an answer that is larger than any page should be, or that takes longer than :data:`ANSWER`."""
    response = session.request(method, url, params=dict(params or {}), headers=dict(headers), data=data, stream=True)
    content = _in_whole(response)
    lowered = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, lowered, content, response.url)


def _in_whole(response: requests.Response) -> bytes:
    """The body, unpacked, in time; the connection is given back."""
    with response, _in_time(lambda: response.raw):
        return _unpacked(_whole(response), response.headers.get("Content-Encoding", ""))


def _whole(response: requests.Response) -> bytes:
    chunks, size = [], 0
    for chunk in response.iter_content(_CHUNK):
        size += len(chunk)
        if size > LARGEST:
            raise _too_large()
        chunks.append(chunk)
    return b"".join(chunks)


def _unpacked(content: bytes, codings: str) -> bytes:
    """``content`` without the codings that the header names, the last one first. Raises what requests raises where it is cut short."""
    named = [name for part in codings.split(",") if (name := part.strip().lower())]
    if len(named) > LAYERS:
        raise requests.exceptions.ContentDecodingError(f"a body packed more than {LAYERS} times")
    for coding in reversed(named):
        if coding in CODINGS:
            content = _inflated(content, CODINGS[coding]) if content else b""
        elif coding != "identity":
            raise requests.exceptions.ContentDecodingError(f"a coding that nobody asked for: {coding[:20]!r}")
    return content


def _inflated(packed: bytes, bits: int) -> bytes:
    """``packed`` inflated, all members of it where it is gzip (RFC 1952, section 2.2); each must be whole. What else follows is padding."""
    found, rest = b"", packed
    for _ in range(MEMBERS):
        stream = zlib.decompressobj(bits)
        try:
            found += stream.decompress(rest, LARGEST + 1 - len(found))
        except zlib.error as error:
            if bits == CODINGS["deflate"]:
                return _inflated(packed, _RAW)
            raise requests.exceptions.ContentDecodingError(str(error)) from error
        if len(found) > LARGEST:
            raise _too_large()
        if not stream.eof:
            raise requests.exceptions.ContentDecodingError("the packed body is cut short")
        rest = stream.unused_data if bits == CODINGS["gzip"] else b""
        if not rest.startswith(_MEMBER):
            return found
    raise requests.exceptions.ContentDecodingError(f"a packed body of more than {MEMBERS} parts")


def _too_large() -> TenantError:
    return TenantError(Trouble.UNEXPECTED, f"an answer of more than {LARGEST >> 20} MB")


@contextmanager
def _in_time(waited_for: Callable[[], Any]) -> Iterator[Sequence[float]]:
    """Raises :class:`~shadowai.tenant.TenantError` where what is inside takes longer than :data:`ANSWER`, whatever became of it. Gives what
    is empty until then."""
    with _hung_up_after(ANSWER, waited_for) as late:
        try:
            yield late
        except (OSError, HTTPError, HTTPException, ValueError):  # the end of the connection shows as many things
            if not late:
                raise
        if late:
            raise TenantError(Trouble.UNREACHABLE, f"an answer that was not whole after {ANSWER:.0f} seconds")


@contextmanager
def _hung_up_after(seconds: float, waited_for: Callable[[], Any]) -> Iterator[list[float]]:
    """End the connection of what is ``waited_for`` (a socket, or an answer that has one) after so long; a list that has something in it
    from then on. Whoever reads it waits in the system for its next bytes, and would look at no clock."""
    whole: SimpleQueue[None] = SimpleQueue()
    late: list[float] = []

    def watch() -> None:
        with suppress(Empty):
            return whole.get(timeout=seconds)
        late.append(seconds)
        with suppress(OSError, ValueError, AttributeError), socket.socket(fileno=os.dup(waited_for().fileno())) as same:
            same.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=watch, name="answer", daemon=True).start()
    try:
        yield late
    finally:
        whole.put(None)
