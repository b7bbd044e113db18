"""What the flows of a capture told, until each of them ends: names, who sent them, and what was met on the way.

A name is believed only from the end that turned out to be the client: a server that sends a request or a hello back names
nobody's service.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from shadowai.sources.capture import hosts
from shadowai.sources.capture.attribution import Answers
from shadowai.sources.capture.limits import DEFAULT, Limits
from shadowai.sources.capture.sides import ends
from shadowai.wire import ai_protocols, tls

DNS_OVER_TLS = 853
"""The port of DNS over TLS (RFC 7858) and over QUIC (RFC 9250)."""
_PER_REQUEST = 512
"""Bytes that a request is held to cost besides its texts."""
_DNS_OVER_TLS = DNS_OVER_TLS.to_bytes(2, "big")
_PUBLIC_NAMES = 4096
_PROVIDERS_NAMES = 64
_UNKNOWN_SERVERS = {"mcp": "mcp-server", "a2a": "a2a-agent"}
"""Protocols of agents to the signatures that stand for whoever speaks them; all others are ``unknown-llm-server``."""

Wanted = Callable[[str | None, str | None], bool]
"""Whether a name (host, URL) has to be kept; a scan keeps what may be AI. One that has ``known``, a set of names, keeps no host that is
not among them or in one of them, addresses aside; the compiled walk asks it less then."""


class At(NamedTuple):
    """Where something was met: the flow and the direction, the flow's key as the sender has it, when, and in which frame, and of a
    segment of TCP up to where its sender had got all of the other direction."""

    flow: int
    which: int
    key: bytes
    time: int
    frame: int
    acknowledged: int = -1


class Seen(NamedTuple):
    """A name on a flow. ``which`` is the direction that sent it; ``because`` says why it is no use of that name.

    ``inferred`` names were not in the flow itself. ``proof`` is the id of the signature that the protocol spoken proves, ``facts``
    are words about the manner of use.
    """

    kind: str
    host: str | None
    frame: int
    time: int
    which: int
    url: str | None = None
    method: str | None = None
    user_agent: str | None = None
    because: str | None = None
    inferred: bool = False
    facts: frozenset[str] = frozenset()
    proof: str | None = None
    blocked: bool | None = None


class Query(NamedTuple):
    """A DNS question of a client."""

    kind: str
    host: str
    frame: int
    time: int
    client: bytes
    server: bytes
    server_port: int


class Told:
    """What is known of one flow: ``client`` is the direction (0 or 1) that turned out to be the client's, -1 unknown."""

    __slots__ = (
        "address",
        "ahead",
        "answered",
        "assumed",
        "client",
        "count",
        "ech",
        "hellos",
        "host",
        "kept",
        "last",
        "mixed",
        "names",
        "requests",
        "weight",
    )

    def __init__(self) -> None:
        self.client = -1
        self.names: list[Seen] = []
        self.host: str | None = None
        self.assumed: str | None = None
        """An address that stands for the host: the server's, where the first requests named none, or the one to which a proxy was
        asked for a tunnel. A name that comes later counts for all of the connection."""
        self.mixed = False
        """Different hosts were asked for over this one connection: its bytes belong to none of them alone."""
        self.hellos = 0
        self.ech = False
        """The server name is that of the provider; the real one is encrypted."""
        self.count = self.requests = 0
        """Names told, kept or not, and those of them that were told by requests."""
        self.weight = 0
        """Bytes that those requests are held to cost."""
        self.last: Seen | None = None
        """The latest name, which an answer may tell more about."""
        self.kept = False
        """``last`` is the last of ``names``: it was wanted."""
        self.ahead = 0
        """Requests that came in one frame with ``last``, and are answered before it."""
        self.answered = False
        """``last`` has got an answer: what else is answered is not to it."""
        self.address: bytes | None = None
        """The client's address according to a PROXY header."""


class Ledger:
    """What all flows of one capture told. ``wanted`` spares what nobody asks for; ``None`` keeps everything."""

    def __init__(self, limits: Limits = DEFAULT, wanted: Wanted | None = None) -> None:
        self._limits = limits
        self._wanted = wanted
        self._told: dict[int, Told] = {}
        self.answers = Answers(limits.dns_answers)
        self.asked: set[int] = set()
        """Flows on which a DNS question was captured: only there an answer is believed."""
        self.ech_names = set(hosts.ECH_PUBLIC_NAMES)
        """Names that may be the outer ones of an encrypted hello."""
        self._behind: dict[str, set[str]] = {}
        self.queries: list[Query] = []
        """DNS questions since the owner last took them away."""
        self.counts: Counter[str] = Counter()
        """What was met and what had to be given up: for notes and gaps."""
        self.named = 0
        """Names that were told, wanted or not."""
        self._requests = self._weight = 0

    @property
    def wanted(self) -> Wanted | None:
        """Whether a name has to be kept; ``None`` keeps all."""
        return self._wanted

    def told(self, flow: int) -> Told | None:
        """What a flow told so far."""
        return self._told.get(flow)

    def of(self, flow: int, client: int) -> Told | None:
        """What a flow told, if ``client`` is or may be the direction of its client; ``None``, and counted, if it cannot be."""
        told = self._told.get(flow)
        if told is None:
            told = self._told[flow] = Told()
        if told.client < 0:
            told.client = client
        if told.client != client:
            self.counts["misplaced"] += 1
            return None
        return told

    def hello(self, at: At, name: bytes, kind: str, message: bytes | None = None) -> bool:
        """A server name in a hello; false where it came from the server's end. ``message`` is the hello, where it is whole."""
        told = self.of(at.flow, at.which)
        if told is None:
            return False
        host = hosts.text(name)
        because = None
        if host in self.ech_names and self._is_outer(host, at, message):
            told.ech = True
            because = "the server name of an encrypted hello is its provider's"
            self.counts["encrypted_hello"] += 1
        self.resolver(at, host)
        told.hellos += 1
        if host is None:
            return True
        if because is None and self._wanted is not None and not self._wanted(host, None):
            self._tell(told, host)  # the usual case in a scan
        else:
            self.see(told, Seen(kind, host, at.frame, at.time, at.which, because=because))
        return True

    def nameless_hello(self, at: At) -> None:
        """A hello without a server name."""
        if self.of(at.flow, at.which) is not None:
            self.resolver(at, None)

    def resolver(self, at: At, host: str | None) -> None:
        """Count a connection whose look-ups do not show: to a resolver that is asked over TLS, QUIC or HTTP."""
        if host in hosts.ENCRYPTED_DNS or at.key[-2:] == _DNS_OVER_TLS:
            self.counts["encrypted_dns"] += 1

    def see(self, told: Told, seen: Seen) -> None:
        """Keep a name. One without a host is none: the flow stays nameless."""
        if seen.host is None or not self._tell(told, seen.host, _weight(seen)):
            return
        told.last = seen
        told.kept = seen.proof is not None or self._is_wanted(seen)
        if told.kept:
            told.names.append(seen)

    def _is_wanted(self, seen: Seen) -> bool:
        return self._wanted is None or self._wanted(seen.host, seen.url)

    def _tell(self, told: Told, host: str, weight: int = 0) -> bool:
        """Count a name; false where there were too many before it. ``weight`` is what a request is held to cost."""
        self.named += 1
        if told.host is None or told.host == told.assumed:
            told.host = host
        elif host != told.host:
            told.mixed = True
        told.count += 1
        told.last, told.kept, told.answered = None, False, False
        if weight:
            told.requests += 1
            told.weight += weight
            self._requests += 1
            self._weight += weight
        limits = self._limits
        if (
            told.count > limits.names_per_flow
            or self._requests > limits.requests
            or self._weight > limits.request_bytes
        ):
            self.counts["names_limit"] += 1
            return False
        return True

    def amend(self, told: Told, seen: Seen) -> None:
        """``seen`` is the latest name with what an answer tells of it."""
        told.answered = True
        if told.kept and seen.proof is None and told.names[-1].proof is not None and not self._is_wanted(seen):
            told.names.pop()
            told.kept = False
        elif told.kept:
            told.names[-1] = seen
        elif seen.proof is not None:
            told.names.append(seen)
            told.kept = True
        told.last = seen

    def forget(self, flow: int) -> Told | None:
        """The flow ended: what it told, which is not remembered any longer."""
        told = self._told.pop(flow, None)
        if told is not None:
            self._requests -= told.requests
            self._weight -= told.weight
        return told

    def learn_public_name(self, public: str, service: str) -> None:
        """``service`` is to be reached by encrypted hellos under the name ``public``."""
        behind = self._behind.get(public)
        if behind is None:
            if len(self._behind) >= _PUBLIC_NAMES:
                self.counts["public_names_limit"] += 1
                return
            behind = self._behind[public] = set()
            self.ech_names.add(public)
        if len(behind) < _PROVIDERS_NAMES:
            behind.add(service)

    def _is_outer(self, host: str | None, at: At, message: bytes | None) -> bool:
        """True where ``host`` is the outer name of an encrypted hello.

        What a DNS record says of outer names is said by whoever owns the record: it is believed only of a client that was
        told the address under a name that has such a record, and was not told it under ``host`` itself. Else any owner of a
        domain could make a service invisible by declaring its name an outer one.
        """
        if host is None or not _is_encrypted(message):
            return False
        if host in hosts.ECH_PUBLIC_NAMES:
            return True
        if not at.key:
            return False
        client, server, _, _ = ends(at.key)
        asked = self.answers.names(client, server, at.time)
        return host not in asked and any(name in self._behind.get(host, ()) for name in asked)


def _weight(seen: Seen) -> int:
    """Bytes that a request is held to cost; 0 for other names."""
    if seen.kind != "http_host":
        return 0
    return _PER_REQUEST + len(seen.host or "") + len(seen.url or "") + len(seen.user_agent or "")


def proven(seen: Seen, proof: ai_protocols.Proof | None) -> Seen:
    """``seen`` with what the protocol proves; the first certain proof stands."""
    if proof is None or not proof.certain or seen.proof is not None:
        return seen
    id = proof.signature or _UNKNOWN_SERVERS.get(proof.protocol, "unknown-llm-server")
    return seen._replace(proof=id, facts=seen.facts | {"agent" if proof.protocol in _UNKNOWN_SERVERS else "server"})


def _is_encrypted(message: bytes | None) -> bool:
    """True where a hello has an encrypted one within, or the message cannot tell."""
    hello = tls.client_hello(message) if message is not None else None
    return hello is None or hello.ech is not None
