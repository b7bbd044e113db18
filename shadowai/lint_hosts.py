"""Lints of hosts, URLs and networks: whose they are, who else claims them, what looks like them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from shadowai import examples
from shadowai.lint_rules import HOST_KINDS, Context, Level, Lint, Place, Problem, each, examples_of, shown, strong
from shadowai.matcher import fits_host
from shadowai.model import Indicator
from shadowai.signature_file import SignatureFile

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


class UniquePattern(Lint):
    """Two signatures that are both sure of the same name make every finding ambiguous."""

    name, advice = "unique-pattern", "decide which service the pattern identifies; make it weak in the other"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in strong(file):
            owners = around.owners.get((indicator.kind, indicator.match, indicator.value.lower()), ())
            others = sorted(set(owners) - {file.id})
            if others:
                yield place, f"{indicator.value} is also strong in {', '.join(others)}"
            elif owners.count(file.id) > 1:
                yield place, f"{indicator.value} is listed {owners.count(file.id)} times"


def _claimed_domain(indicator: Indicator) -> str:
    """The host that a pattern claims with all its neighbours: itself, or what ``*.`` stands before."""
    rest = indicator.value.removeprefix("*.")
    return "" if "*" in rest or (rest == indicator.value and indicator.match == "glob") else rest


class PublicSuffix(Lint):
    """Below a public suffix (publicsuffix.org) live strangers: under ``com``, and under a hosting platform too."""

    name = "public-suffix"
    advice = "name the service's own host; its own platform may be strong as role content, or weak as published-site"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in each(file, *HOST_KINDS):
            domain = _claimed_domain(indicator)
            if not domain or (indicator.match == "exact" and "." in domain and indicator.strength == "weak"):
                continue
            if around.registries.is_public(domain):
                yield place, f"{indicator.value} is a public suffix"
            elif around.public_suffixes.is_public(domain) and _hosts_strangers(indicator):
                yield place, f"{indicator.value} is a hosting platform, whose sub-domains belong to its customers"


def _hosts_strangers(indicator: Indicator) -> bool:
    if indicator.match == "exact":  # the platform's own front page is its own
        return False
    return indicator.role != "content" if indicator.strength == "strong" else indicator.role != "published-site"


class SharedHost(Lint):
    """Infrastructure that many products load says nothing about any of them."""

    name, advice = "shared-host", "make it shared, or name the service's own sub-domain"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in strong(file, *HOST_KINDS):
            domain = _claimed_domain(indicator)
            if domain in around.shared:
                yield place, f"{indicator.value} is shared infrastructure ({around.shared[domain]})"
            elif domain and indicator.match == "suffix":
                yield from self._covered(file, around, place, domain)

    def _covered(self, file: SignatureFile, around: Context, place: Place, suffix: str) -> Iterator[Problem]:
        for host, why in around.shared.items():
            found = around.matcher.host(host).matches if host.endswith(f".{suffix}") else ()
            if any(m.signature == file.id and m.strength == "strong" and m.pattern == suffix for m in found):
                yield place, f"{suffix} covers {host}, which is shared infrastructure ({why})"


class ForeignClaim(Lint):
    """A positive example of one service that another is sure of is a wrong accusation in the making."""

    name, advice = "foreign-claim", "exclude the host from the other signature, or make the example unmistakable"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, kind, example in examples_of(file):
            found = [around.matcher.match(name) for name in examples.names(example)] if kind == "match" else []
            for matches in found:
                others = sorted({m.signature for m in matches if m.strength == "strong" and m.signature != file.id})
                ours = any(m.signature == file.id for m in matches)
                if others and (ours or len(found) == 1):
                    yield place, f"{shown(example)} is also claimed by {', '.join(others)}"


class LookAlike(Lint):
    """Names made to look like the service's own must be met with silence."""

    name, advice = "look-alike", "narrow the pattern that answers"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in strong(file, "host", "dns_only"):
            for name, domain in _look_alikes(indicator.value, around.registries):
                sure = [m for m in around.matcher.host(name).matches if m.strength == "strong"]
                strangers = [m for m in sure if not f".{m.pattern}".endswith(f".{domain}")]
                if strangers:
                    yield place, f"{name} is taken for {strangers[0].service} by {strangers[0].pattern}"


def _look_alikes(pattern: str, suffixes: PublicSuffixList) -> Iterator[tuple[str, str]]:
    """Hosts that resemble ``pattern`` and belong to somebody else, each with its registrable domain."""
    host = pattern.replace("*", "x1")
    domain = suffixes.privatesuffix(host) or host
    front, (label, _, suffix) = host[: len(host) - len(domain)], domain.partition(".")
    yield f"{host}.evil.example", "evil.example"
    yield f"{host}-evil.example", f"{host.rpartition('.')[2]}-evil.example"
    for other in (f"not{label}.{suffix}", f"{label}-login.{suffix}", f"secure-{label}.{suffix}", f"{label}.example"):
        yield front + other, other


class Glob(Lint):
    """A glob speaks of a vendor's own names, so the vendor's domain must stand in it."""

    name, advice = "glob", "leave at least two labels without '*' at the end"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in each(file):
            if indicator.match == "glob" and indicator.value.rpartition("*")[2].count(".") < 2:
                yield place, f"{indicator.value} has fewer than two literal labels behind its '*'"


class WideNetwork(Lint):
    """A wide network belongs to a hosting provider, or to everybody."""

    name, advice = "wide-network", "list the service's own networks"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in each(file, "ip_net"):
            network = ipaddress.ip_network(indicator.value)
            narrowest = 16 if network.version == 4 else 32
            if network.prefixlen < narrowest:
                yield place, f"{indicator.value} is wider than /{narrowest}"
            elif not network.is_global:
                yield place, f"{indicator.value} is not public: it is in everybody's own network"


class LookAlikeExample(Lint):
    """One counter-example must resemble the service's own name, or the dot boundary was never tried."""

    name, advice = "look-alike-example", "add a host such as notchatgpt.com to tests.no_match"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        domains = [
            around.public_suffixes.privatesuffix(i.value.replace("*", "x")) or i.value
            for _, i in strong(file, "host", "dns_only")
        ]
        words = {domain.partition(".")[0] for domain in domains}
        tried = [example.host or example.url for example in file.no_match]
        if words and not any(word in text.lower() for word in words for text in tried):
            yield ("tests", "no_match"), "no counter-example looks like one of the strong hosts"


class DeadExclude(Lint):
    """An exclusion under no suffix does nothing, and somebody believes that it does."""

    name, advice = "dead-exclude", "remove it, or correct the suffix it should be under"
    level: ClassVar[Level] = "warning"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        suffixes = [i.value for _, i in each(file, *HOST_KINDS) if i.match == "suffix"]
        for position, out in enumerate(file.signature.exclude):
            if not any(fits_host(suffix, out) or out.endswith(f".{suffix}") for suffix in suffixes):
                yield ("exclude", position), f"{out} lies under no suffix of this signature"


LINTS: tuple[Lint, ...] = (
    UniquePattern(),
    PublicSuffix(),
    SharedHost(),
    ForeignClaim(),
    LookAlike(),
    Glob(),
    WideNetwork(),
    LookAlikeExample(),
    DeadExclude(),
)
"""All of these, in no particular order: findings are sorted."""
