"""Lints that weigh a signature against what everybody's traffic is full of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from shadowai.index import tail
from shadowai.lint_rules import HOST_KINDS, Context, Level, Lint, Problem, each, strong
from shadowai.matcher import fits_host
from shadowai.model import Indicator
from shadowai.signature_file import SignatureFile

EVERYBODY = 1_000
"""A name in a popularity list of this size is on the network of everybody, whatever they use."""
CROWD = 5_000
UNKNOWN = 1_000_000
USED_BY_ALL = frozenset({"chatgpt.com"})
"""Products that really have so many users."""
LOADED = frozenset({"badge", "beacon", "embed", "pixel", "script", "scripts", "tracker", "widget", "widgets"})
"""First labels of hosts that other people's pages load."""
PASSIVE = ("published-site", "widget")
HOSTERS = {
    "AS13335": "Cloudflare", "AS16509": "Amazon", "AS14618": "Amazon", "AS15169": "Google", "AS396982": "Google Cloud",
    "AS8075": "Microsoft", "AS14061": "DigitalOcean", "AS20473": "Vultr", "AS24940": "Hetzner", "AS16276": "OVH",
    "AS63949": "Linode", "AS54113": "Fastly", "AS20940": "Akamai", "AS31898": "Oracle", "AS45102": "Alibaba Cloud",
    "AS132203": "Tencent Cloud", "AS12876": "Scaleway", "AS60068": "Datacamp", "AS36351": "IBM Cloud",
}  # fmt: skip
"""Operators that anybody can rent from, by their numbers in the registries' delegation files."""


class Popular(Lint):
    """Products have users; what is asked for more often than the product itself is loaded by something else."""

    name = "popular"
    advice = "make it weak or shared, or find the part of it that only the product's users reach"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        product = min((_rank(i, around) for _, i in strong(file, *HOST_KINDS) if i.role == "ui"), default=UNKNOWN)
        for place, indicator in strong(file, *HOST_KINDS):
            rank = _rank(indicator, around)
            if rank <= EVERYBODY and indicator.value not in USED_BY_ALL:
                yield place, f"{indicator.value} is among the {rank} names that everybody asks for"
            elif EVERYBODY < rank <= CROWD and product > 4 * rank:
                yield place, f"{indicator.value} is among the {rank} most popular names, the product's own page is not"


def _rank(indicator: Indicator, around: Context) -> int:
    """The size of the smallest list with a name that the indicator covers."""
    popular = around.popular
    if indicator.match != "glob":
        return (popular.hosts if indicator.match == "exact" else popular.domains).get(indicator.value, UNKNOWN)
    if tail(indicator.value) not in popular.domains:
        return UNKNOWN
    return min((rank for host, rank in popular.hosts.items() if fits_host(indicator.value, host)), default=UNKNOWN)


class Loaded(Lint):
    """A host that other people's pages load says that somebody read such a page, not that he used the service."""

    name, advice = "loaded", "make it weak, with the role widget or published-site"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in strong(file, *HOST_KINDS, "url"):
            if indicator.role in PASSIVE:
                yield place, f"{indicator.value} is a {indicator.role} and yet strong"


class LoadedName(Lint):
    """The first label often says that a host is loaded by other people's pages."""

    name = "loaded-name"
    advice = "add the host as weak with the role widget, or say by its role what else it is"
    level: ClassVar[Level] = "warning"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in strong(file, *HOST_KINDS):
            if indicator.value.partition(".")[0] in LOADED and indicator.role not in ("api", "content", "download"):
                yield place, f"{indicator.value} looks like something that other people's pages load"
            if indicator.match == "suffix" and indicator.value in around.popular.domains:
                for host in _loaded(file, indicator, around):
                    yield place, f"{host} is strong by {indicator.value}"


def _loaded(file: SignatureFile, indicator: Indicator, around: Context) -> Iterator[str]:
    """Popular hosts below a suffix that have such a first label and are strong by that suffix."""
    for host in around.popular.hosts:
        if host.partition(".")[0] in LOADED and host.endswith(f".{indicator.value}"):
            for match in around.matcher.host(host).matches:
                if match.signature == file.id and match.strength == "strong" and match.pattern == indicator.value:
                    yield host


class HosterNumber(Lint):
    """Half the services there are run at the same few operators."""

    name, advice = "hoster-number", "leave it out: list the service's own networks, if it has any"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in each(file, "asn"):
            if indicator.value in HOSTERS:
                yield place, f"{indicator.value} is {HOSTERS[indicator.value]}, where anybody may rent"


LINTS: tuple[Lint, ...] = (Popular(), Loaded(), LoadedName(), HosterNumber())
