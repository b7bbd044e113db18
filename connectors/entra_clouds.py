"""The Microsoft clouds: for each its authority, its Graph and the scope, which belong together and are never set apart.

Sources: https://learn.microsoft.com/graph/deployments and msal's list of known authorities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote, urlsplit

from shadowai.errors import UsageError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where tokens and data come from. ``authority`` and ``graph`` are ``https`` addresses without a slash at the end; ``known`` is
    true for Microsoft's own, whose authority msal looks up."""

    authority: str
    graph: str
    known: bool = True

    @property
    def scope(self) -> str:
        """All permissions that were consented to for this Graph."""
        return f"{self.graph}/.default"

    def of(self, tenant: str) -> str:
        """The authority of one tenant."""
        return f"{self.authority}/{tenant}"

    def consent_url(self, tenant: str, client: str) -> str:
        """Where an administrator consents to the permissions that the app registration ``client`` asks for."""
        return f"{self.authority}/{quote(tenant)}/adminconsent?client_id={quote(client)}"


class Cloud(Enum):
    """A Microsoft cloud by the name that the configuration gives it. GCC (moderate) lives in the global one."""

    GLOBAL = Endpoints("https://login.microsoftonline.com", "https://graph.microsoft.com")
    GCC_HIGH = Endpoints("https://login.microsoftonline.us", "https://graph.microsoft.us")
    DOD = Endpoints("https://login.microsoftonline.us", "https://dod-graph.microsoft.us")
    CHINA = Endpoints("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn")
    FRANCE = Endpoints("https://login.sovcloud-identity.fr", "https://graph.svc.sovcloud.fr")
    GERMANY = Endpoints("https://login.sovcloud-identity.de", "https://graph.svc.sovcloud.de")
    SINGAPORE = Endpoints("https://login.sovcloud-identity.sg", "https://graph.svc.sovcloud.sg")

    @property
    def label(self) -> str:
        """The name in the configuration: ``gcc-high``."""
        return self.name.lower().replace("_", "-")


def endpoints(settings: Mapping[str, str]) -> Endpoints:
    """What the settings ``cloud``, or ``authority`` and ``graph``, say; the global cloud where they say nothing.

    A private authority and a private Graph are only taken together: a token for one cloud is never sent to another.
    """
    named = settings.get("cloud", Cloud.GLOBAL.label)
    clouds = {cloud.label: cloud.value for cloud in Cloud}
    if named not in clouds:
        raise UsageError(f"no Microsoft cloud is called {named!r}", remedy=f"one of: {', '.join(clouds)}")
    authority, graph = settings.get("authority", ""), settings.get("graph", "")
    if not authority and not graph:
        return clouds[named]
    if not authority or not graph or "cloud" in settings:
        raise UsageError("authority and graph are set together, and without cloud", remedy="set cloud alone")
    insecure = settings.get("insecure_localhost") == "true"
    return Endpoints(_root("authority", authority), _root("graph", graph, insecure=insecure), known=False)


def _root(key: str, address: str, *, insecure: bool = False) -> str:
    """The address without what could change its meaning; ``https``, for tokens travel, unless they stay on this machine."""
    parts = urlsplit(address)
    safe = parts.scheme == "https" or (insecure and parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not safe or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise UsageError(f"{key} is not an https address: {address!r}", remedy="https://host[:port]")
    return address.rstrip("/")
