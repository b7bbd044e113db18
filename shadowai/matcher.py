"""From a name to the signature that explains it.

The order of resolution for hosts: the longest pattern, counted in labels; at the same length exact before glob before
suffix; at the same rank strong before weak. What is then still equal and comes from different signatures is returned
whole and marked ambiguous: never an arbitrary one.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from shadowai import normalize
from shadowai.catalog import Catalog
from shadowai.errors import SignatureError, UsageError
from shadowai.index import Rule, Table, company, redirect_host
from shadowai.model import Match, Name, Origin

MAX_TEXT = 512
"""How many characters of a user agent or an application's name are looked at: they come from outside."""

ABOUT = frozenset(
    {"about", "blog", "careers", "community", "docs", "help", "investors", "press", "status", "support", "trust"}
)
"""First labels at which vendors put what is read about a service. Directly below a strong suffix of role ``ui`` such a host is weak, unless
a pattern names it. Labels at which services also answer are none of them: ``developer`` (Voicemaker's API), ``learn``, ``legal``."""

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_PRODUCT = re.compile(r"@?[\w+-]+(?:/[\w+-]+)*/v?\d[\w.+-]*|[\w.+-]+/\d+(?:\.\d+)+", re.ASCII)  # RFC 9110, 10.1.5


_GOOGLE_CLIENT = re.compile(r"[0-9]{9,20}-[a-z0-9]+(?:\.apps\.googleusercontent\.com)?")
_REPLY = re.compile(r"([a-z][a-z0-9+.-]*)://([^/?#@\\\s]+)(/[^?#\\\s]*)?(?:[?#].*)?", re.IGNORECASE)
_DOTS = re.compile(r"/\.{1,2}(?:/|$)")


class Reply(NamedTuple):
    """A reply address (RFC 6749, section 3.1.2) taken apart. ``key`` is its host, or ``scheme://host`` of an app's own scheme;
    ``address`` is true for an IP address, which nobody's signature has."""

    key: str
    path: str
    address: bool = False


def reply_address(text: str) -> Reply | None:
    """A reply address as an app's registration has it; ``None`` where it is not absolute, holds user info or a backslash (which
    readers take differently), or leads to no host. A path that steps upwards is none."""
    found = _REPLY.fullmatch(text.strip())
    host = normalize.host(found[2]) if found else None
    if found is None or host is None:
        return None
    path = unquote(found[3] or "/")
    path = "/" if _DOTS.search(path) else path
    scheme = found[1].lower()
    if scheme not in ("http", "https"):
        return Reply(f"{scheme}://{host}", path)
    return Reply(host, path, host[-1].isdigit() or ":" in host)


class HostDecision(NamedTuple):
    """What a host alone says. ``needs_url``: a URL pattern is scoped to this host, so ask :meth:`Matcher.url`."""

    matches: tuple[Match, ...]
    needs_url: bool


NOTHING = HostDecision((), False)


class Matcher:
    """Explains names with the signatures of ``catalog``; holds no state but the compiled patterns."""

    def __init__(self, catalog: Catalog) -> None:
        self._index = catalog.index
        tables = self._index.tables
        self._hosts = _Hosts(tables["exact"], tables["suffix"], tables["glob"], self._index.exclude, ABOUT)
        self._replies = _Hosts(tables["reply_exact"], tables["reply_suffix"], tables["reply_glob"], {})
        self.known: frozenset[str] = frozenset().union(
            *(tables[name] for name in ("exact", "suffix", "glob", "url", "url_glob"))
        )
        """Hosts and parent domains: a host that is none of them, and in none of them, is of no service."""

    def host(self, host: str) -> HostDecision:
        """The decision for a canonical host (:func:`shadowai.normalize.host`), be it a name or an address."""
        known, tail = self.known, host
        while tail not in known:
            tail = tail.partition(".")[2]
            if not tail:
                if host[-1:].isdigit() or ":" in host:
                    return HostDecision(self._matches(self._address(host), Name("ip", host)), False)
                return NOTHING
        rules = self._hosts.resolve(host)
        return HostDecision(self._matches(rules, Name("domain", host)), bool(self._paths(host)))

    def url(self, host: str, path: str) -> tuple[Match, ...]:
        """The decision for a canonical host and a path without query.

        A URL pattern is more specific than any pattern for the host, but a weak one never hides what another
        signature knows for certain about the host.
        """
        return self._matches(self._url(host, path), Name("url", host + path))

    def match(self, name: Name) -> tuple[Match, ...]:
        """The signatures that explain ``name``, none where nothing does. Hosts and URLs may be as logs write them."""
        return self._matches(self._rules(name), name)

    def _rules(self, name: Name) -> list[Rule]:
        tables, text = self._index.tables, name.value
        if name.kind == "user_agent" or name.kind == "app_name":
            return _expressions(tables[name.kind], text)
        if name.kind == "oauth_client":
            return self._client(text.strip().lower())
        if name.kind == "publisher":
            return _strongest(tables["publisher"].get(company(text), []))
        if name.kind == "github_app" or name.kind == "extension":
            return _strongest(tables[name.kind].get(text.strip().lower(), []))
        if name.kind == "redirect_url":
            return self._redirect(text)
        if name.kind == "url":
            found = normalize.url(text)
            return self._url(found.host, found.path) if found and found.host else []
        host = normalize.host(text)
        if host is None:
            return []
        if name.kind == "reply_host":
            return self._replies.resolve(host) or self._hosts.resolve(host)
        return self._hosts.resolve(host) or self._address(host)

    def _client(self, client: str) -> list[Rule]:
        """The rules of a whole client id, else those of the Google project whose number it begins with."""
        exact = self._index.tables["oauth_client"].get(client, [])
        if exact or not _GOOGLE_CLIENT.fullmatch(client):
            return _strongest(exact)
        return _strongest(self._index.tables["client_prefix"].get(client.partition("-")[0] + "-", []))

    def _redirect(self, text: str) -> list[Rule]:
        """The rules of a reply address: those that name it, the longest first; else what is known of its host."""
        found = reply_address(text)
        if found is None:
            return []
        rules = self._index.tables["redirect"].get(found.key, [])
        fitting = [rule for rule in rules if _leads(rule[3], found.path)]
        longest = max(map(_path_length, fitting), default=0)
        best = _strongest([rule for rule in fitting if _path_length(rule) == longest])
        if best or "://" in found.key or found.address:
            return best
        return self._replies.resolve(found.key) or self._url(found.key, found.path)

    def _url(self, host: str, path: str) -> list[Rule]:
        found = _longest_paths(self._paths(host), path or "/")
        if any(rule[1] == "strong" for rule in found):
            return found
        claimed = {rule[0] for rule in found}
        rest = [rule for rule in self._hosts.resolve(host) or self._address(host) if rule[0] not in claimed]
        return rest if not found or any(rule[1] == "strong" for rule in rest) else found

    def _paths(self, host: str) -> list[Rule]:
        """Every URL rule whose host part fits."""
        found = self._index.tables["url"].get(host, [])
        globs = self._index.tables["url_glob"]
        fitting = [
            rule for tail in _tails(host) for rule in globs.get(tail, ()) if fits_host(rule[3].partition("/")[0], host)
        ]
        return [*found, *fitting]

    def _address(self, text: str) -> list[Rule]:
        """The rules of the narrowest network around an address."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return []
        for (version, length), table in self._networks:
            if version == address.version:
                rules = table.get(int(address) >> (address.max_prefixlen - length))
                if rules:
                    return _strongest(rules)
        return []

    @functools.cached_property
    def _networks(self) -> list[tuple[tuple[int, int], dict[int, list[Rule]]]]:
        """Narrowest first: (IP version, prefix length) and the rules by the bits of that prefix."""
        found: dict[tuple[int, int], dict[int, list[Rule]]] = {}
        for text, rules in self._index.tables["net"].items():
            network = ipaddress.ip_network(text)
            bits = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
            found.setdefault((network.version, network.prefixlen), {}).setdefault(bits, []).extend(rules)
        return sorted(found.items(), key=lambda item: -item[0][1])

    def _matches(self, rules: list[Rule], name: Name) -> tuple[Match, ...]:
        if not rules:
            return ()
        services = self._index.services
        first: dict[str, Rule] = {}
        for rule in rules:
            first.setdefault(rule[0], rule)
        several = len(first) > 1
        whole = "$" if name.kind == "redirect_url" else ""
        return tuple(
            Match(
                key,
                services[key],
                name,
                "strong" if strength == "strong" else "weak",
                role,
                pattern.removesuffix(whole),
                several,
            )
            for key, strength, role, pattern in first.values()
        )


class _Hosts:
    """The tables for hosts, and the order of resolution over them; ``about`` are the first labels that are weak below a strong suffix."""

    def __init__(
        self,
        exact: Table,
        suffix: Table,
        glob: Table,
        exclude: dict[str, list[str]],
        about: frozenset[str] = frozenset(),
    ) -> None:
        self._exact, self._suffix, self._glob, self._exclude, self._about = exact, suffix, glob, exclude, about

    def resolve(self, host: str) -> list[Rule]:
        """The rules of the highest rank for ``host``. Exact and glob speak of the whole host, so they come first."""
        found = self._exact.get(host)
        if found:
            return _strongest(found)
        tails = _tails(host)
        found = [rule for tail in tails for rule in self._glob.get(tail, ()) if fits_host(rule[3], host)]
        if found:
            return _strongest(found)
        for tail in tails:
            found = [rule for rule in self._suffix.get(tail, ()) if not self._excluded(rule[0], tail, tails)]
            if found:
                first, _, rest = host.partition(".")
                told = map(_to_read, found) if rest == tail and first in self._about else found
                return _strongest(list(told))
        return []

    def _excluded(self, signature: str, suffix: str, tails: list[str]) -> bool:
        """Whether the signature takes the host out of ``suffix``: by itself, or by a domain between the two."""
        return any(
            (out == suffix or out.endswith(f".{suffix}")) and any(fits_host(out, tail) for tail in tails)
            for out in self._exclude.get(signature, ())
        )


def guess_name(value: str) -> Name:
    """The name that somebody means by ``value``: a host, URL, address, user agent or OAuth client id.

    Blanks, or a product with a version (``Product/1.2``), make a user agent; a UUID or ``….apps.googleusercontent.com``
    a client id. Raises :class:`UsageError` for empty text.
    """
    text = value.strip()
    if not text:
        raise UsageError("the value to match is empty", remedy="give a host, URL, address, user agent or client id")
    if re.search(r"\s", text):
        return Name("user_agent", text)
    if _UUID.fullmatch(text) or text.lower().endswith(".apps.googleusercontent.com"):
        return Name("oauth_client", text.lower())
    if _PRODUCT.fullmatch(text):
        return Name("user_agent", text)
    host = normalize.host(text)
    if host is None:
        return Name("user_agent", text)
    if "/" in text.partition("://")[2] or ("/" in text and "://" not in text):
        found = normalize.url(text)
        return Name("url", found.text) if found else Name("domain", host)
    is_address = ":" in host or re.fullmatch(r"[\d.]+", host)
    return Name("ip" if is_address else "domain", host)


def _tails(host: str) -> list[str]:
    """The host and its parent domains, longest first: ``a.b.c`` gives ``a.b.c``, ``b.c``, ``c``."""
    found = [host]
    while (dot := found[-1].find(".")) >= 0:
        found.append(found[-1][dot + 1 :])
    return found


def _to_read(rule: Rule) -> Rule:
    """The rule of a suffix for a host that is there to be read; below any role but ``ui``, customers may have chosen the label."""
    signature, strength, role, pattern = rule
    return [signature, "weak", "docs", pattern] if (strength, role) == ("strong", "ui") else rule


def _strongest(rules: list[Rule]) -> list[Rule]:
    return [rule for rule in rules if rule[1] == "strong"] or rules


def _longest_paths(rules: Iterable[Rule], path: str) -> list[Rule]:
    """The rules whose path is a prefix of ``path`` at a segment's end, and the longest such."""
    wanted = unquote(path).lower()
    fitting = [rule for rule in rules if _covers(rule[3].lower(), wanted)]
    longest = max(map(_path_length, fitting), default=0)
    return _strongest([rule for rule in fitting if _path_length(rule) == longest])


def _path_length(rule: Rule) -> int:
    return len(rule[3].rpartition("://")[2].partition("/")[2])


def _covers(pattern: str, path: str) -> bool:
    """Whether the path of the pattern ``host/path`` is a prefix of ``path`` that ends where a segment does."""
    prefix = "/" + pattern.partition("/")[2]
    return path.startswith(prefix) and (prefix[-1] == "/" or path[len(prefix) : len(prefix) + 1] in ("", "/"))


def _leads(pattern: str, path: str) -> bool:
    """Whether the path of a reply address's pattern is ``path`` (``$`` at its end: the whole of it), without regard to case."""
    whole = pattern.endswith("$")
    wanted = pattern.removesuffix("$").rpartition("://")[2].lower()
    given = path.lower()
    return given.rstrip("/") == f"/{wanted.partition('/')[2]}".rstrip("/") if whole else _covers(wanted, given)


def fits_redirect(pattern: str, text: str, *, whole: bool) -> bool:
    """Whether the reply address ``text`` is what ``pattern`` names."""
    found = reply_address(text)
    return found is not None and found.key == redirect_host(pattern) and _leads(pattern + "$" * whole, found.path)


def covers_url(pattern: str, host: str, path: str) -> bool:
    """Whether the URL pattern ``host/path`` covers a canonical host (or its ``www.`` twin) and a path."""
    wanted = pattern.partition("/")[0]
    fits = fits_host(wanted, host) or ("*" not in wanted and host == f"www.{wanted}")
    return fits and _covers(pattern.lower(), unquote(path or "/").lower())


def fits_host(pattern: str, host: str) -> bool:
    """Whether ``host`` is what ``pattern`` says, label by label; a ``*`` stands within one label."""
    return pattern == host or ("*" in pattern and _glob(pattern).fullmatch(host) is not None)


@functools.lru_cache(maxsize=4096)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", "[^.]*"))


def _expressions(table: Table, text: str) -> list[Rule]:
    """The rules of every expression that fits the start of ``text``."""
    shown = text.strip()[:MAX_TEXT]
    return _strongest([rule for source, rules in table.items() if _compiled(source).match(shown) for rule in rules])


@functools.lru_cache(maxsize=4096)
def _compiled(source: str) -> re.Pattern[str]:
    try:
        return re.compile(source)
    except re.error as wrong:
        remedy = "run `shadowai signatures lint`"
        raise SignatureError(f"regex is malformed: {wrong}", origin=Origin(source), remedy=remedy) from None
