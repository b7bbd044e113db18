"""Palo Alto Networks in CEF, LEEF and JSON: PAN-OS, and Strata Logging Service (Cortex Data Lake, Prisma Access).

In the CEF that PAN-OS writes the vendor's own log format is ``in=$bytes_sent out=$bytes_received``: ``in`` is what the client sent;
in that of Strata Logging Service (product ``LF``) ``out`` is ``bytes_sent`` and ``in`` is ``bytes_received``.
"""

from shadowai.sources.logs.description import Cef, Json, Key, Leef, LogFormat, Part, TimeOf, When
from shadowai.sources.logs.paloalto import ALLOWED, BLOCKED, OWN_EVENT, START, WITHIN

_CEF_DOC = "https://docs.paloaltonetworks.com/resources/cef"
_SERVICE_DOC = "https://docs.paloaltonetworks.com/strata-logging-service/log-reference/network-logs"
_SERVICE: tuple[tuple[Key, str], ...] = (("cef.product", r"^LF$"),)
"""The logging service's own CEF, of which ``out`` is what the client sent; in that of PAN-OS it is ``in``."""

_LOGGED_IN = tuple(
    Part(key, r"(.+)", only=((place, r"^(?:AUTH|USERID|GLOBALPROTECT|HIPMATCH|SYSTEM|CONFIG)"),))
    for key in ("duser0", "duser")
    for place in ("cef.class", "cef.name")
)
"""Who logged in is the destination's user in the CEF of such events; of traffic and URLs that is not who used the service."""

CEF = LogFormat(
    name="prisma_access_cef",
    title="PAN-OS and Strata Logging Service (Prisma Access) in CEF",
    vendor="Palo Alto Networks",
    doc=_CEF_DOC,
    kind="connection",
    family=Cef(device=r"^Palo Alto Networks\|(?:LF|PAN-?OS)"),
    fields={
        "host": (
            "request",
            "PanOSURLDomain",
            "PanOSSNI",
            "PanOSServerNameIndication",
            "PanOSDNSQuery",
            "DestinationDNSDomain",
        ),
        "url": ("request",),
        "user": ("suser", "suser0", "PanOSAuthenticatedUserName", "PanOSSourceUserName", *_LOGGED_IN),
        "device": ("shost", "PanOSSourceDeviceHost", "PanOSSourceHostname", "PanOSEndpointDeviceName"),
        "client_ip": ("src", "PanOSPublicIPv4"),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "method": ("requestMethod", "PanOSHTTPMethod"),
        "action": ("act",),
        "bytes_up": ("PanOSBytesSent", Part("out", r"^(\d+)$", only=_SERVICE), "in"),
        "bytes_down": ("PanOSBytesReceived", Part("in", r"^(\d+)$", only=_SERVICE), "out"),
        "user_agent": ("requestClientApplication", "PanOSUserAgent"),
    },
    time=(TimeOf(("rt",), "dtz"), TimeOf(("start",), "dtz"), TimeOf(("PanOSTimeGeneratedHighResolution",), "dtz")),
    kinds=(
        (
            When((("cef.class", r"(?i)^(?:THREAT|url)"), ("cef.name", r"(?i)^(?:url|THREAT)$"), ("request", r"."))),
            "http_request",
        ),
        (When((("cef.class", r"^DECRYPTION"),)), "tls_connection"),
        (When((("cef.class", r"^DNS"),)), "dns_query"),
    ),
    blocked=(When((("act", BLOCKED),)),),
    allowed=(When((("act", ALLOWED),)),),
    uncounted=(
        When(
            (("cef.class", r"^TRAFFIC$"), ("cef.name", r"^start$")),
            START,
            (("cef.class", r"^TRAFFIC$"), ("cef.name", r"^end$")),
        ),
        When(
            (("cef.class", r"^start$"), ("cef.name", r"^TRAFFIC$")),
            START,
            (("cef.class", r"^end$"), ("cef.name", r"^TRAFFIC$")),
        ),
        When((("cef.class", r"^THREAT$"), ("cef.name", r"^(?!url)")), WITHIN),
        When((("cef.class", r"^(?!url)"), ("cef.name", r"^THREAT$")), WITHIN),
        When(
            (("cef.class", r"^(?!TRAFFIC|THREAT|DECRYPTION|DNS)"), ("cef.name", r"^(?!TRAFFIC|THREAT|DECRYPTION|DNS)")),
            OWN_EVENT,
        ),
    ),
    session=("deviceExternalId", "label.SessionID", "spt"),
    lasted=("label.SessionDuration",),
    product="panos",
    same_as=("prisma_access_mixed",),
)

_MISCELLANEOUS = Part("Miscellaneous", r"^\"?([\w.-]+\.[A-Za-z]{2,}(?::\d+)?/[^\"]*)\"?$")
"""A URL, or the name of a file, which the firewall writes in quotes."""

_TRAFFIC: tuple[Key, str] = ("cat", r"(?i)^traffic$")
_THREAT: tuple[Key, str] = ("cat", r"(?i)^threat$")
_SUBTYPES = ("Subtype", "SubType")

LEEF = LogFormat(
    name="prisma_access_leef",
    title="PAN-OS and Strata Logging Service (Prisma Access) in LEEF",
    vendor="Palo Alto Networks",
    doc=_SERVICE_DOC,
    kind="connection",
    family=Leef(device=r"^Palo Alto Networks\|"),
    fields={
        "host": (
            "URL",
            "url",
            _MISCELLANEOUS,
            "SNI",
            "ServerNameIndication",
            "DNSQuery",
        ),
        "url": ("URL", "url", _MISCELLANEOUS),
        "user": ("usrName", "UsrName", "SourceUser"),
        "device": ("SourceDeviceHost", "identHostName"),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dstPort",),
        "method": ("HTTPMethod", "RequestMethod"),
        "action": (
            "action",
            "Action",
            Part("leef.id", r"(?i)^((?:allow|deny|drop|reset|block)\b.*)$", only=(_TRAFFIC,)),
        ),
        "bytes_up": ("srcBytes",),
        "bytes_down": ("dstBytes",),
        "user_agent": ("UserAgent", "userAgent"),
    },
    time=(TimeOf(("devTime",)), TimeOf(("TimeGenerated",)), TimeOf(("ReceiveTime",))),
    kinds=(
        (When((("cat", r"(?i)^dns$"),)), "dns_query"),
        (When((("URL", r"."),)), "http_request"),
        (When((("Subtype", r"^url$"),)), "http_request"),
    ),
    blocked=(
        When((("action", BLOCKED),)),
        When((("Action", BLOCKED),)),
        When((_TRAFFIC, ("leef.id", BLOCKED))),
    ),
    allowed=(
        When((("action", ALLOWED),)),
        When((("Action", ALLOWED),)),
        When((_TRAFFIC, ("leef.id", ALLOWED))),
    ),
    uncounted=(
        When((("Subtype", r"^start$"),), START, (("leef.id", r"^end$"),)),
        When((_TRAFFIC, ("leef.id", r"^start$")), START, (_TRAFFIC, ("leef.id", r"^end$"))),
        *(When((_TRAFFIC, (key, r"^start$")), START, (_TRAFFIC, (key, r"^end$"))) for key in _SUBTYPES),
        *(When((_THREAT, (key, r"^(?!url$).")), WITHIN) for key in _SUBTYPES),
        When((("cat", r"(?i)^(?:system|config|userid|globalprotect|hipmatch|auth)"),), OWN_EVENT),
    ),
    session=(("DeviceSN", "LogSourceID", "SerialNumber"), ("SessionID", "sessionID"), ("srcPort", "SourcePort")),
    lasted=("SessionDuration", "TotalTimeElapsed"),
    product="panos",
)
"""The service writes ``cat=traffic SubType=end``, and what was done with a session as the id of the event
(https://docs.paloaltonetworks.com/strata-logging-service/log-reference/network-logs/network-traffic-log/network-traffic-leef-fields);
the firewall ``cat=TRAFFIC|Subtype=end``."""

JSON = LogFormat(
    name="prisma_access_json",
    title="Strata Logging Service (Prisma Access) in JSON",
    vendor="Palo Alto Networks",
    doc=_SERVICE_DOC,
    kind="connection",
    family=Json(
        requires=(
            (
                "LogType",
                r"^(?:TRAFFIC|THREAT|URL|DECRYPTION|DNS|SYSTEM|CONFIG|USERID|GLOBALPROTECT|HIPMATCH|AUTH|TUNNEL|FILE|SCTP|IPTAG)",
            ),
            ("Subtype|SubType", ""),
        ),
    ),
    fields={
        "host": ("URL", "URLDomain", "SNI", "ServerNameIndication", "DNSQuery", "QueryDomain", "FQDN"),
        "url": ("URL",),
        "user": (
            "SourceUser",
            "SourceUserName",
            "AuthenticatedUserName",
            Part("EventDescription", r"(?:[Uu]ser '?|\bby )([A-Za-z][\w.@\\-]*[\w])'?(?:$|\.\s| logged)"),
        ),
        "device": ("SourceDeviceHost", "EndpointDeviceName"),
        "client_ip": (
            "SourceAddress",
            "SourceIP",
            "PublicIPv4",
            "EndpointIPAddress",
            Part("EventDescription", r"(?:from|by|ip|From:?) (\d+\.\d+\.\d+\.\d+)"),
        ),
        "server_ip": ("DestinationAddress",),
        "server_port": ("DestinationPort",),
        "method": ("HTTPMethod",),
        "action": ("Action",),
        "bytes_up": ("BytesSent",),
        "bytes_down": ("BytesReceived",),
        "user_agent": ("UserAgent",),
    },
    time=(TimeOf(("TimeGenerated",)), TimeOf(("EventTime",)), TimeOf(("TimeReceived",))),
    zone="utc",
    nulls=frozenset({"unknown"}),
    kinds=(
        (When((("Subtype", r"^url$"),)), "http_request"),
        (When((("LogType", r"^URL$"),)), "http_request"),
        (When((("LogType", r"^DECRYPTION$"),)), "tls_connection"),
        (When((("LogType", r"^DNS$"),)), "dns_query"),
    ),
    blocked=(When((("Action", BLOCKED),)),),
    allowed=(When((("Action", ALLOWED),)),),
    uncounted=(
        When(
            (("LogType", r"^TRAFFIC$"), ("Subtype", r"^start$")),
            START,
            (("LogType", r"^TRAFFIC$"), ("Subtype", r"^end$")),
        ),
        When((("LogType", r"^THREAT$"), ("Subtype", r"^(?!url$)")), WITHIN),
        When((("LogType", r"^(?!TRAFFIC|THREAT|URL|DECRYPTION|DNS)"),), OWN_EVENT),
    ),
    session=(("DeviceSN", "LogSourceID"), "SessionID", "SourcePort"),
    lasted=("SessionDuration", "TotalTimeElapsed"),
    product="panos",
)

FORMATS = (CEF, LEEF, JSON)
