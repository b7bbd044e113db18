"""CrowdStrike Falcon Data Replicator: the sensor's events, one object a line, all values as text; and the Event Streams API.

``DomainName`` of a ``DnsRequest`` is the name asked for; a ``NetworkConnect`` has the remote address, on iOS also the
``OriginatingURL``. ``timestamp`` is epoch milliseconds, ``UTCTimestamp`` that of the events of the streaming API. ``aid`` is the
sensor and so the device, where no ``ComputerName`` was put in; ``aip`` the address from which the sensor reached the cloud,
which may be that of a whole site, and is taken only where the device's own is not logged. Whoever ran the process is in its
``ProcessRollup2`` event, and not in the events of its network use.
Source: https://docs.panther.com/data-onboarding/supported-logs/crowdstrike/falcon-data-replicator (``Crowdstrike.FDREvent``).
"""

from shadowai.sources.logs.description import Json, Kind, LogFormat, Part, TimeOf, When

_USE = r"^(?:(?:Suspicious)?DnsRequest|NetworkConnectIP[46]|Http\w*Request\w*)(?:V\d+)?$"

_NAMES = ("event_simpleName", "#event_simpleName")
"""LogScale marks the fields that it tags events with."""
_KINDS: tuple[tuple[str, Kind], ...] = (
    (r"DnsRequest", "dns_query"),
    (r"^NetworkConnect", "connection"),
    (r"^Http\w*Request", "http_request"),
)

FDR = LogFormat(
    name="crowdstrike_fdr",
    title="CrowdStrike Falcon Data Replicator (JSON)",
    vendor="CrowdStrike",
    doc="https://docs.panther.com/data-onboarding/supported-logs/crowdstrike/falcon-data-replicator",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("cid|#cid|#repo.cid", r"^[0-9A-Fa-f-]{7,36}$"),
            ("event_simpleName|#event_simpleName|aid|discoverer_aid|ExternalApiType", ""),
        )
    ),
    fields={
        "host": ("DomainName", "OriginatingURL", "HttpUrl", "HttpHost", "DownloadServer"),
        "url": ("OriginatingURL", "HttpUrl"),
        "path": ("HttpPath",),
        "user": ("UserPrincipal", "UserName", "UserSid"),
        "device": ("ComputerName", "aid"),
        "client_ip": ("LocalAddressIP4", "LocalAddressIP6", "LocalIP", "aip"),
        "server_ip": ("RemoteAddressIP4", "RemoteAddressIP6", "RespondingDnsServer"),
        "server_port": ("RemotePort", "DownloadPort"),
        "method": (Part("HttpMethod", r"^([A-Z]+)$"),),
        "action": ("event_simpleName", "#event_simpleName", "ExternalApiType"),
    },
    time=(
        TimeOf(("UTCTimestamp",)),
        TimeOf(("timestamp",)),
        TimeOf(("ContextTimeStamp",)),
        TimeOf(("FirstDiscoveredDate",)),
        TimeOf(("Time",)),
        TimeOf(("scores.modified_time",)),
        TimeOf(("_time",)),
        TimeOf(("@timestamp",)),
    ),
    zone="utc",
    rank=12,
    nulls=frozenset({"0.0.0.0", "::"}),
    kinds=tuple((When(((name, pattern),)), kind) for name in _NAMES for pattern, kind in _KINDS),
    uncounted=(
        *(
            When(((name, _USE), ("ConnectionDirection", r"^1$")), "a connection to the device, not from it")
            for name in _NAMES
        ),
        When(tuple((name, rf"^(?!{_USE[1:]})") for name in _NAMES), "no use of a service"),
    ),
    product="crowdstrike",
)

STREAM = LogFormat(
    name="crowdstrike_event_stream",
    title="CrowdStrike Falcon Event Streams (SIEM connector, JSON)",
    vendor="CrowdStrike",
    doc="https://www.elastic.co/docs/reference/integrations/crowdstrike",
    kind="endpoint_event",
    family=Json(requires=(("metadata.customerIDString", ""), ("metadata.eventType", r"^\w+$"))),
    fields={
        "user": ("event.UserName", "event.UserId"),
        "device": ("event.ComputerName", "event.HostName", "event.Hostname"),
        "client_ip": ("event.LocalAddress", "event.LocalIP", "event.UserIp"),
        "server_ip": ("event.RemoteAddress",),
        "server_port": ("event.RemotePort",),
        "action": ("metadata.eventType",),
    },
    time=(TimeOf(("event.Timestamp",)), TimeOf(("metadata.eventCreationTime",))),
    zone="utc",
    rank=12,
    kinds=((When((("metadata.eventType", r"^FirewallMatchEvent$"),)), "connection"),),
    blocked=(When((("metadata.eventType", r"^FirewallMatchEvent$"), ("event.RuleAction", r"^2$"))),),
    allowed=(When((("metadata.eventType", r"^FirewallMatchEvent$"), ("event.RuleAction", r"^1$"))),),
    uncounted=(
        When((("metadata.eventType", r"^(?!FirewallMatchEvent$)"),), "a detection or an event of the administration"),
        When((("event.ConnectionDirection", r"^1$"),), "a connection to the device, not from it"),
    ),
    product="crowdstrike",
)
"""Its events are of detections and of the console; only the firewall's tell of connections, by address."""

FORMATS = (FDR, STREAM)
