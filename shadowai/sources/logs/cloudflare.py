"""Cloudflare's logs as Logpush writes them.

Source: https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/. Which fields a dataset has is the
customer's choice, so each is told by few. Times are RFC 3339, or Unix seconds or nanoseconds, as the job is set.
``BytesSent`` is "from the client to the origin": up.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Take, TimeOf, When

_DOC = "https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/account/"
_WHO: dict[str, tuple[Take, ...]] = {
    "user": (
        Part("Email", r"^(?!non_identity@)(.+)"),
        Part("UserID", r"^(?!0{8}-0{4})(.+)"),
    ),  # service tokens have no identity
    "device": ("DeviceName",),
}
_TIME = (TimeOf(("Datetime",)),)
_BLOCK = r"(?i)^(?:block|quarantine|deny|drop)"
_ALLOW = r"(?i)^(?:allow|none|isolate|noisolate|scan|noscan|bypass|off|on|inspect|donotinspect|override)"


def _of(name: str) -> str:
    """A field as Logpush writes it, and as the column of a custom log of Azure Monitor."""
    return f"{name}|{name}_s|{name}_d"


GATEWAY_DNS = LogFormat(
    name="cloudflare_gateway_dns",
    title="Cloudflare Gateway DNS (Logpush)",
    vendor="Cloudflare",
    doc=f"{_DOC}gateway_dns/",
    kind="dns_query",
    family=Json(requires=(("QueryName", "."), ("Datetime", r"^\d"), ("ResolverDecision|SrcIP|QueryNameReversed", ""))),
    fields={
        **_WHO,
        "host": ("QueryName",),
        "client_ip": ("SrcIP",),
        "server_ip": ("DstIP",),
        "server_port": ("DstPort",),
        "action": ("ResolverDecision",),
    },
    time=_TIME,
    zone="utc",
    blocked=(When((("ResolverDecision", r"(?i)^block"),)),),
    allowed=(When((("ResolverDecision", r"(?i)^allow|^overrideForSafeSearch"),)),),
    product="cloudflare",
)

GATEWAY_HTTP = LogFormat(
    name="cloudflare_gateway_http",
    title="Cloudflare Gateway HTTP (Logpush)",
    vendor="Cloudflare",
    doc=f"{_DOC}gateway_http/",
    kind="http_request",
    family=Json(
        requires=(
            ("HTTPHost|URL", "."),
            ("Datetime", r"^\d"),
            ("Action|HTTPMethod|HTTPVersion", ""),
            ("SourceIP|Email|DeviceID|UserID", ""),
        )
    ),
    fields={
        **_WHO,
        "host": ("URL", "HTTPHost"),
        "url": ("URL",),
        "client_ip": ("SourceIP", "SourceInternalIP"),
        "server_ip": ("DestinationIP",),
        "server_port": ("DestinationPort",),
        "method": ("HTTPMethod",),
        "action": ("Action",),
        "user_agent": ("UserAgent",),
    },
    time=_TIME,
    zone="utc",
    blocked=(When((("Action", _BLOCK),)),),
    allowed=(When((("Action", _ALLOW),)),),
    product="cloudflare",
)

GATEWAY_NETWORK = LogFormat(
    name="cloudflare_gateway_network",
    title="Cloudflare Gateway network (Logpush)",
    vendor="Cloudflare",
    doc=f"{_DOC}gateway_network/",
    kind="connection",
    family=Json(
        requires=(
            ("DestinationIP|SNI", "."),
            ("Datetime", r"^\d"),
            ("Transport|SNI|SessionID", ""),
            ("SourceIP", ""),
            ("Action", ""),
        )
    ),
    fields={
        **_WHO,
        "host": ("SNI",),
        "client_ip": ("SourceIP", "SourceInternalIP"),
        "server_ip": ("DestinationIP", "OverrideIP"),
        "server_port": ("DestinationPort",),
        "action": ("Action",),
    },
    time=_TIME,
    zone="utc",
    rank=9,  # the HTTP dataset has these fields too
    blocked=(When((("Action", _BLOCK),)),),
    allowed=(When((("Action", _ALLOW),)),),
    product="cloudflare",
)

NETWORK_SESSION = LogFormat(
    name="cloudflare_network_session",
    title="Cloudflare Zero Trust network sessions (Logpush)",
    vendor="Cloudflare",
    doc=f"{_DOC}zero_trust_network_sessions/",
    kind="connection",
    family=Json(
        requires=(
            ("SessionStartTime|SessionEndTime", r"^\d"),
            ("SourceIP|Email|DeviceID", ""),
            ("BytesSent|BytesReceived|SNI|OriginIP|ResolvedFQDN", ""),
        )
    ),
    fields={
        **_WHO,
        "host": ("SNI", "ResolvedFQDN"),
        "client_ip": ("SourceIP",),
        "server_ip": ("OriginIP",),
        "server_port": ("OriginPort",),
        "action": ("ConnectionCloseReason",),
        "bytes_up": ("BytesSent",),
        "bytes_down": ("BytesReceived",),
    },
    time=(TimeOf(("SessionStartTime",)), TimeOf(("SessionEndTime",))),
    zone="utc",
    blocked=(When((("ConnectionCloseReason", r"^PROXY_CONN_REFUSED$"),)),),
    product="cloudflare",
    same_as=("cloudflare_zero_trust_network_sessions",),
)

DNS_FIREWALL = LogFormat(
    name="cloudflare_dns_firewall",
    title="Cloudflare DNS Firewall, and DNS of an own zone (Logpush)",
    vendor="Cloudflare",
    doc=f"{_DOC}dns_firewall_logs/",
    kind="dns_query",
    family=Json(requires=(("QueryName", ""), ("Timestamp", r"^\d"), ("SourceIP|ResponseCode", ""))),
    fields={
        "host": ("QueryName",),
        "client_ip": ("SourceIP",),
        "server_ip": ("UpstreamIP",),
        "action": ("ClientResponseCode", "ResponseCode"),
    },
    time=(TimeOf(("Timestamp",)),),
    zone="utc",
    product="cloudflare",
)

HTTP_REQUEST = LogFormat(
    name="cloudflare_http_request",
    title="Cloudflare HTTP requests to an own zone, and firewall events of it (Logpush)",
    vendor="Cloudflare",
    doc="https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/http_requests/",
    kind="http_request",
    family=Json(
        requires=(
            ("RayID|ZoneID|ZoneName|RayID_s|ZoneName_s", ""),
            ("ClientRequestHost|ClientRequestURI|ZoneName|ClientRequestHost_s", ""),
        )
    ),
    fields={
        "host": (_of("ClientRequestHost"),),
        "path": (_of("ClientRequestURI"), _of("ClientRequestPath")),
        "client_ip": (_of("ClientIP"),),
        "server_ip": (_of("OriginIP"),),
        "method": (_of("ClientRequestMethod"),),
        "action": (_of("SecurityAction"), _of("WAFAction"), "Action", _of("EdgeResponseStatus")),
        "bytes_up": (_of("ClientRequestBytes"),),
        "bytes_down": (_of("EdgeResponseBytes"),),
        "user_agent": (_of("ClientRequestUserAgent"),),
    },
    time=(
        TimeOf(("EdgeStartTimestamp|EdgeStartTimestamp_t|EdgeStartTimestamp_t [UTC]|EdgeStartTimestamp_d",)),
        TimeOf(("EdgeEndTimestamp|EdgeEndTimestamp_t|EdgeEndTimestamp_t [UTC]|EdgeEndTimestamp_d",)),
        TimeOf(("Datetime|Datetime_t",)),
    ),
    zone="utc",
    blocked=(
        When((("SecurityAction|WAFAction|Action", r"(?i)^(?:block|drop|challenge)"),)),
        When((("SecurityAction_s|WAFAction_s", r"(?i)^(?:block|drop|challenge)"),)),
    ),
    uncounted=(When(((_of("ClientRequestHost"), "^$"),), "no request is in the record"),),
    product="cloudflare_http_request",
)
"""In Microsoft Sentinel's table Cloudflare_CL a name has its type behind it."""

ACCESS = LogFormat(
    name="cloudflare_access_requests",
    title="Cloudflare Access requests: who was let in to an own application (Logpush)",
    vendor="Cloudflare",
    doc=f"{_DOC}access_requests/",
    kind="http_request",
    family=Json(requires=(("AppDomain", ""), ("CreatedAt", r"^\d"), ("IPAddress|Email", ""))),
    fields={
        "host": ("AppDomain",),
        "url": ("AppDomain",),
        "user": ("Email", "UserUID"),
        "client_ip": ("IPAddress",),
        "action": ("Action",),
    },
    time=(TimeOf(("CreatedAt",)),),
    zone="utc",
    blocked=(When((("Allowed", r"(?i)^false$"),)),),
    allowed=(When((("Allowed", r"(?i)^true$"),)),),
    product="cloudflare",
)

DEX_TESTS = LogFormat(
    name="cloudflare_dex_tests",
    title="Cloudflare digital experience: tests that devices run by themselves (Logpush)",
    vendor="Cloudflare",
    doc=f"{_DOC}dex_application_tests/",
    kind="http_request",
    family=Json(
        requires=(("TestID", ""), ("TestType", r"^(?:http|traceroute)$"), ("Timestamp", r"^\d"), ("DeviceID", ""))
    ),
    fields={
        "host": ("HTTPURL", "TracerouteDestinationHostname"),
        "url": ("HTTPURL",),
        "user": ("UserEmail",),
        "client_ip": ("HTTPClientIPAddress", "TracerouteSourceIPAddress"),
        "server_ip": ("HTTPServerIPAddress", "TracerouteDestinationIPAddress"),
        "method": ("HTTPMethod",),
        "action": ("HTTPStatusCode", "TracerouteStatus"),
    },
    time=(TimeOf(("Timestamp",)),),
    zone="utc",
    rank=12,
    uncounted=(When((("TestID", r"."),), "a test that the administrator set up, no use"),),
    product="cloudflare",
)

PAGE_SHIELD = LogFormat(
    name="cloudflare_page_shield",
    title="Cloudflare Page Shield: what the pages of an own zone load (Logpush)",
    vendor="Cloudflare",
    doc="https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/page_shield_events/",
    kind="http_request",
    family=Json(requires=(("URLHost", ""), ("PageURL", ""), ("CSPDirective|PolicyID|ResourceType", ""))),
    fields={"host": ("URLHost", "URL"), "url": ("URL",), "action": ("Action",)},
    time=(TimeOf(("Timestamp",)),),
    zone="utc",
    rank=12,
    uncounted=(When((("PageURL", r"."),), "a report of a visitor's browser about an own site, no use"),),
    product="cloudflare",
)

MCP_PORTAL = LogFormat(
    name="cloudflare_mcp_portal",
    title="Cloudflare MCP server portals: agents' calls of tools (Logpush)",
    vendor="Cloudflare",
    doc=f"{_DOC}mcp_portal_logs/",
    kind="api_call",
    family=Json(
        requires=(("PortalID|PortalAUD", ""), ("Method", r"^[a-z]"), ("Datetime", r"^\d"), ("ServerURL", r"."))
    ),
    fields={
        "host": ("ServerURL",),
        "url": ("ServerURL",),
        "user": ("UserEmail", "UserID"),
        "client_ip": ("ClientIP",),
        "action": ("Method",),
    },
    time=_TIME,
    zone="utc",
    rank=12,
    product="cloudflare",
)
"""What a portal let through to a server of tools (``Success`` tells whether the server answered, not whether it may be asked)."""

FORMATS = (
    GATEWAY_DNS,
    GATEWAY_HTTP,
    GATEWAY_NETWORK,
    NETWORK_SESSION,
    DNS_FIREWALL,
    HTTP_REQUEST,
    ACCESS,
    DEX_TESTS,
    PAGE_SHIELD,
    MCP_PORTAL,
)
