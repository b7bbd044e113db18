"""Which requests may leave: those that the connector names, which only read, and nothing else. Checked before there is a socket, with
their bodies where these hold requests, and with the headers that would make another method of the one that is sent.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from shadowai.connector import Allowed
from shadowai.errors import UsageError
from shadowai.normalize import printable
from shadowai.tenant import TenantError, Trouble

LOOPBACK = ("127.0.0.1", "localhost", "::1")
INSECURE = "insecure_localhost"
"""The setting that allows ``http`` to a server on this machine, for tests and demonstrations."""

OVERRIDES = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
"""Headers by which some services, Google's among them, take a POST for another method."""
PART = {"id", "method", "url"}
"""What a request in a batch consists of. Neither a body nor headers, which a GET needs none of."""

_PORTS = {"https": 443, "http": 80}
_ODD = re.compile(r"[\x00-\x20\x7f\\]|%(?:2e|2f|5c|00)", re.IGNORECASE)


class Place(NamedTuple):
    """Where a request goes; ``path`` as it is sent."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what RFC 6454 calls an origin."""
        return self[:3]

    def __str__(self) -> str:
        default = self.port == _PORTS.get(self.scheme)
        return f"{self.scheme}://{self.host}{'' if default else f':{self.port}'}{self.path}"


def place(url: str) -> Place | None:
    """Where ``url`` leads; ``None`` for what is no plain absolute address: user names in it, control characters, backslashes,
    hidden or open steps upwards, a fragment."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    path = parts.path or "/"
    upwards = any(unquote(segment) in (".", "..") for segment in path.split("/"))
    if (
        not parts.scheme
        or not parts.hostname
        or "@" in parts.netloc
        or _ODD.search(url.partition("?")[0])
        or upwards
        or "#" in url
    ):
        return None
    if not url.isascii() or any(ord(character) <= 32 for character in url):
        return None
    return Place(parts.scheme, parts.hostname.lower(), port or _PORTS.get(parts.scheme, 0), path)


class AllowList:
    """What one tenant's connector may ask."""

    def __init__(self, allowed: Iterable[Allowed], settings: Mapping[str, str], *, who: str) -> None:
        self._who = who
        self._insecure = settings.get(INSECURE, "") == "true"
        self._rules = [(_host(rule.host), rule) for rule in allowed]
        for _, rule in self._rules:
            explained = rule.why.strip() if rule.method == "POST" else not rule.batch
            if rule.method not in ("GET", "POST") or not explained:
                raise UsageError(
                    f"{who}: {rule.method} {rule.host}{rule.path} is allowed without saying why it reads only"
                )

    def check(self, method: str, url: str, *, body: object = None, headers: Iterable[str] = ()) -> Allowed:
        """The rule that allows the request, its ``body`` where that is a batch, and the names of its ``headers``. Raises
        :class:`~shadowai.tenant.TenantError` where there is none."""
        found = place(url)
        if found is None:
            raise self._refusal(method, "an address that is none")
        rule = self.rule(method, found)
        if rule is None:
            raise self._refusal(method, str(found))
        if any(name.lower() in OVERRIDES for name in headers):
            raise self._refusal(method, f"{found} as another method")
        if rule.batch:
            self._check_batch(found, body)
        return rule

    def _check_batch(self, batch: Place, body: object) -> None:
        """Every request of a batch must be one that might be sent by itself: a GET of what is allowed, relative to the batch."""
        base = str(batch).rpartition("/")[0]
        parts = _parts(body)
        if parts is None:
            raise self._refusal("POST", f"{batch} with a body that is no list of requests")
        for part in parts:
            method, url = part.get("method"), part.get("url")
            if not isinstance(url, str) or not url.startswith("/") or url.startswith("//") or not part.keys() <= PART:
                raise self._refusal("POST", f"{batch} with a request that is more than a GET of a relative address")
            found = place(base + url)
            if method != "GET" or found is None or self.rule("GET", found) is None:
                raise self._refusal(
                    "POST", f"{batch} with {printable(str(method))[:20]} {found or 'of no address'} in it"
                )

    def rule(self, method: str, found: Place) -> Allowed | None:
        """The first rule that allows it, ``None`` where there is none."""
        for (host, port), rule in self._rules:
            if rule.method != method or host != found.host or (port or _PORTS[_scheme(found)]) != found.port:
                continue
            if _fits(rule, found.path) and self._safe(rule, found):
                return rule
        return None

    def _safe(self, rule: Allowed, found: Place) -> bool:
        if found.scheme == "https":
            return True
        if found.scheme != "http":
            return False
        return (self._insecure and found.host in LOOPBACK) or (rule.plain and _never_leaves(found.host))

    def _refusal(self, method: str, where: str) -> TenantError:
        return TenantError(Trouble.UNEXPECTED, f"refused to send {method} {where}: {self._who} may not ask that")


def _parts(body: object) -> list[dict[str, Any]] | None:
    """The requests of a batch; ``None`` for a body that is anything else, or that two readers may understand differently."""
    try:
        read = json.loads(body, object_pairs_hook=_once) if isinstance(body, bytes | str) else None
    except (ValueError, RecursionError):
        return None
    parts = read.get("requests") if isinstance(read, dict) and read.keys() == {"requests"} else None
    whole = isinstance(parts, list) and all(isinstance(part, dict) for part in parts)
    return parts if whole else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object no key of which is there twice: which one counts would be for the service to say."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _scheme(found: Place) -> str:
    return found.scheme if found.scheme in _PORTS else "https"


def _host(text: str) -> tuple[str, int | None]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname or parts.path or "*" in text:
        raise UsageError(f"{text!r} is not a host")
    return parts.hostname.lower(), parts.port


def _fits(rule: Allowed, path: str) -> bool:
    """Segment by segment: a GET may go deeper than the rule where that is not exact, a POST may not."""
    wanted, given = rule.path.strip("/").split("/"), path.strip("/").split("/")
    alone = rule.exact or rule.method == "POST"
    if rule.path.strip("/") == "":
        return not alone or given == [""]
    if len(given) < len(wanted) or (alone and len(given) != len(wanted)):
        return False
    return all(segment in ("*", other) and other for segment, other in zip(wanted, given, strict=False))


def _never_leaves(host: str) -> bool:
    """Loopback and link-local addresses (RFC 3927): the host itself, and the one that it runs on."""
    if host in LOOPBACK:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_link_local
