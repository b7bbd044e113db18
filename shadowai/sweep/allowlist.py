"""Which requests may leave: those that the connector names, which only read, and nothing else. Checked before there is a socket."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from shadowai.connector import Allowed
from shadowai.errors import UsageError
from shadowai.tenant import TenantError, Trouble

LOOPBACK = ("127.0.0.1", "localhost", "::1")
INSECURE = "insecure_localhost"
"""The setting that allows ``http`` to a server on this machine, for tests and demonstrations."""

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
            if rule.method not in ("GET", "POST") or (rule.method == "POST" and not rule.why.strip()):
                raise UsageError(
                    f"{who}: {rule.method} {rule.host}{rule.path} is allowed without saying why it reads only"
                )

    def check(self, method: str, url: str) -> Allowed:
        """The rule that allows the request. Raises :class:`~shadowai.tenant.TenantError` where there is none."""
        found = place(url)
        if found is None:
            raise self._refusal(method, "an address that is none")
        rule = self.rule(method, found)
        if rule is None:
            raise self._refusal(method, str(found))
        return rule

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


def _scheme(found: Place) -> str:
    return found.scheme if found.scheme in _PORTS else "https"


def _host(text: str) -> tuple[str, int | None]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname or parts.path or "*" in text:
        raise UsageError(f"{text!r} is not a host")
    return parts.hostname.lower(), parts.port


def _fits(rule: Allowed, path: str) -> bool:
    """Segment by segment: a GET may go deeper than the rule, a POST may not."""
    wanted, given = rule.path.strip("/").split("/"), path.strip("/").split("/")
    if rule.path.strip("/") == "":
        return rule.method == "GET" or given == [""]
    if len(given) < len(wanted) or (rule.method == "POST" and len(given) != len(wanted)):
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
