"""Forcepoint (Websense) web protection: the three predefined formats of its SIEM integration, and the report as CSV.

``bytesSent`` are "bytes sent as part of the request", ``bytesReceived`` those "received in response to the request"; CEF writes
them as ``out`` and ``in``, LEEF as ``srcBytes`` and ``dstBytes``, key=value as ``bytes_out`` and ``bytes_in``. The user is a path
of the directory (``LDAP://server OU=…/Jane Doe``) beside the login. ``rt`` is seconds or milliseconds since the epoch. Source:
https://help.forcepoint.com/websec/en-us/on-prem/85/siem/5EA353E4-BD6A-4DB1-9F1A-BB8AFA6A328E.html (keys) and
https://help.forcepoint.com/websec/en-us/on-prem/85/siem/B180CA52-DB55-4DCD-A393-2F3DE855CFC8.html (format strings).
"""

from shadowai.sources.logs.description import (
    Cef,
    CsvHeader,
    CsvPositional,
    Key,
    KeyValue,
    Leef,
    LogFormat,
    Part,
    TimeOf,
    When,
)

_DOC = "https://help.forcepoint.com/websec/en-us/on-prem/85/siem/B180CA52-DB55-4DCD-A393-2F3DE855CFC8.html"
_DEVICE = r"^(?:forcepoint|websense)\|(?:web )?security$"
_NAMED = r"^(?!\w+://[^/\s]*$)(.+)"
"""Any but the directory's server alone: the path behind it was written as keys of its own."""
_LEAVES = tuple(Part(key, r"/([^/=]+)$") for key in ("OU", "CN", "DC"))
_NULLS = frozenset({"ldap://-", "none://-"})
_NO_ADDRESS = r"^(?![0-9.]+$)(.+)"
"""The client's address stands for the user where nobody is known."""


def _blocked(*keys: Key) -> tuple[When, ...]:
    return tuple(When(((key, r"(?i)\bblock"),)) for key in keys)


def _allowed(*keys: Key) -> tuple[When, ...]:
    return tuple(When(((key, r"(?i)\bpermit|^allow"),)) for key in keys)


def _signing_in(key: Key) -> When:
    return When(
        ((key, r"(?i)^authentication required$"),),
        "the client was asked to sign in; the request that follows is counted",
    )


CEF = LogFormat(
    name="forcepoint_swg_cef",
    title="Forcepoint / Websense web security (CEF)",
    vendor="Forcepoint",
    doc=_DOC,
    kind="http_request",
    family=Cef(device=_DEVICE),
    fields={
        "host": ("dhost", "request"),
        "url": ("request",),
        "user": ("loginID", Part("suser", _NAMED), *_LEAVES, "suid"),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "method": ("requestMethod",),
        "action": ("act",),
        "bytes_up": ("out",),
        "bytes_down": ("in",),
        "user_agent": ("requestClientApplication",),
    },
    time=(TimeOf(("rt",)),),
    zone="utc",
    rank=14,
    nulls=_NULLS,
    blocked=_blocked("act", "cef.name"),
    allowed=_allowed("act", "cef.name"),
    product="forcepoint",
)

LEEF = LogFormat(
    name="websense_leef_cef",
    title="Forcepoint / Websense web security (LEEF)",
    vendor="Forcepoint",
    doc=_DOC,
    kind="http_request",
    family=Leef(device=_DEVICE),
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": ("loginID", "usrName"),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dstPort",),
        "method": ("method",),
        "action": (Part("leef.id", r"([^:]+)$"),),
        "bytes_up": ("srcBytes",),
        "bytes_down": ("dstBytes",),
        "user_agent": ("userAgent",),
    },
    time=(TimeOf(("devTime",)),),
    rank=14,
    nulls=_NULLS,
    blocked=_blocked("leef.id"),
    allowed=_allowed("leef.id"),
    product="forcepoint",
)

# The directory's path holds blanks and equals signs: its last part is the value of its last key.
KEYS = LogFormat(
    name="forcepoint_swg_kv",
    title="Forcepoint / Websense web security (key=value)",
    vendor="Forcepoint",
    doc=_DOC,
    kind="http_request",
    family=KeyValue("equals_blanks"),
    line=r"\bvendor=(?:Forcepoint|Websense) product=(?:Web )?Security ",
    fields={
        "host": ("dst_host", "url"),
        "url": ("url",),
        "user": ("loginID", Part("user", _NAMED), *_LEAVES),
        "client_ip": ("src_host",),
        "server_ip": ("dst_ip",),
        "server_port": ("dst_port",),
        "method": ("http_method",),
        "action": ("action",),
        "bytes_up": ("bytes_out",),
        "bytes_down": ("bytes_in",),
        "user_agent": ("http_user_agent",),
    },
    rank=14,
    nulls=_NULLS,
    blocked=_blocked("action"),
    allowed=_allowed("action"),
    product="forcepoint",
)

CSV = LogFormat(
    name="forcepoint_web_csv",
    title="Forcepoint Web Security report (CSV)",
    vendor="Forcepoint",
    doc="https://help.forcepoint.com/websec/en-us/cloud/traffic_logging/6590dd12-054a-47c3-990e-10c1fa473238.html",
    kind="http_request",
    family=CsvHeader(columns=("Date & Time", "Domain", "URL Full")),
    fields={
        "host": ("URL Full", "Domain"),
        "url": ("URL Full",),
        "user": tuple(Part(key, _NO_ADDRESS) for key in ("User", "User Name", "Login Name")),
        "device": ("Workstation", "Source Host Name"),
        "client_ip": ("Source IP", "Client IP", "Connection IP", "Source IP Address"),
        "server_ip": ("Destination IP", "Server IP", "Destination IP Address"),
        "server_port": ("Port", "Destination Port"),
        "method": ("Request Method", "HTTP Method", "Method"),
        "action": ("Action", "Disposition"),
        "bytes_up": ("Bytes Sent", "Request Size", "Bytes Out"),
        "bytes_down": ("Bytes Received", "Response Size", "Bytes In"),
        "user_agent": ("User Agent", "User Agent String"),
    },
    time=(TimeOf(("Date & Time",)),),
    rank=14,
    nulls=frozenset({"not available", "anonymous"}),
    blocked=_blocked("Action", "Disposition"),
    allowed=_allowed("Action", "Disposition"),
    uncounted=(_signing_in("Action"), _signing_in("Disposition")),
    product="forcepoint",
)

# Date, time, user, workstation, category, action, risk class, policy, URL, connection IP (the site's egress), destination IP, source IP,
# threat type, threat name, user agent, status, method.
REPORT = LogFormat(
    name="forcepoint_web_report",
    title="Forcepoint Web Security Cloud report (CSV of the bulk export, no header)",
    vendor="Forcepoint",
    doc="https://help.forcepoint.com/websec/en-us/cloud/traffic_logging/6590dd12-054a-47c3-990e-10c1fa473238.html",
    kind="http_request",
    family=CsvPositional(at_least=17),
    line=r'^"\d\d/\d\d/\d{4}","\d\d:\d\d:\d\d","[^"]*","[^"]*","[^"]*","[A-Z][A-Za-z ]{2,40}","[^"]*","[^"]*","[^"]+","[\d.]+",',
    fields={
        "host": (9,),
        "url": (9,),
        "user": (Part(3, _NO_ADDRESS),),
        "device": (4,),
        "client_ip": (12, 10),
        "server_ip": (11,),
        "method": (17,),
        "action": (6,),
        "user_agent": (15,),
    },
    ignored=r'^"Date","Time","',
    time=(TimeOf((1, 2)),),
    day_first=True,
    rank=14,
    nulls=frozenset({"not available", "anonymous"}),
    blocked=_blocked(6),
    allowed=_allowed(6),
    uncounted=(_signing_in(6),),
    product="forcepoint",
)

INVESTIGATIVE = LogFormat(
    name="forcepoint_investigative_csv",
    title="Forcepoint / Websense investigative detail report (CSV)",
    vendor="Forcepoint",
    doc="https://help.forcepoint.com/websec/en-us/on-prem/85/web_admin_guide/guid-509de829-7e89-4693-8d6e-525af887098f.html",
    kind="http_request",
    family=CsvHeader(columns=("Day", "URL Hostname")),
    fields={
        "host": ("Full URL", "URL Hostname"),
        "url": ("Full URL",),
        "user": (Part("User", _NO_ADDRESS),),
        "client_ip": ("Source IP",),
        "server_ip": ("Destination IP",),
        "server_port": ("Port",),
        "action": ("Action",),
        "bytes_up": ("Bytes Sent",),
        "bytes_down": ("Bytes Received",),
    },
    time=(TimeOf(("Day", "Time")), TimeOf(("Day",))),
    rank=14,
    blocked=_blocked("Action"),
    allowed=_allowed("Action"),
    product="forcepoint",
)
"""``Domain`` is the directory's, and ``Bandwidth`` the total of both directions."""

_LOGGED = (("cef.name", r"(?i)^HTTP_URL-?Logged$"),)
_SITE = r"^((?:\w+://)?(?:[\w-]+\.)+[A-Za-z][\w-]*(?:[:/].*)?)$"

NGFW = LogFormat(
    name="forcepoint_ngfw_cef",
    title="Forcepoint NGFW (Stonesoft) connections and logged URLs (CEF)",
    vendor="Forcepoint",
    doc="https://www.ibm.com/docs/en/dsm?topic=forcepoint-stonesoft-management-center",
    kind="connection",
    family=Cef(device=r"(?i)^(?:forcepoint|stonesoft|mcafee)\|(?:firewall|ips|ngfw|layer 2 firewall)$"),
    fields={
        "host": ("request", "dhost", Part("msg", _SITE, only=_LOGGED)),
        "url": ("request", Part("msg", _SITE, only=_LOGGED)),
        "user": ("suser", "duser"),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "method": ("requestMethod",),
        "action": ("act", "cef.name"),
        "bytes_up": ("out",),
        "bytes_down": ("in",),
        "user_agent": ("requestClientApplication",),
    },
    time=(TimeOf(("rt",)),),
    rank=14,
    kinds=(
        (When((("request", r"."),)), "http_request"),
        (When(_LOGGED), "http_request"),
    ),
    blocked=(
        When((("act", r"(?i)^(?:discard|refuse|terminate|block|deny|drop|reject)"),)),
        When((("cef.name", r"(?i)^Connection_(?:Discarded|Refused)$"),)),
    ),
    allowed=(When((("act", r"(?i)^(?:allow|permit)"),)), When((("cef.name", r"(?i)^Connection_(?:Allowed|Closed)"),))),
    uncounted=(
        When((("dst", r"^$"), ("request", r"^$")), "an event of the firewall itself, not use of a service"),
        When(
            (("cef.name", r"(?i)^Connection_Allowed$"),),
            "the start of a connection; its end is counted",
            (("cef.name", r"(?i)^Connection_Closed"),),
        ),
    ),
    product="forcepoint_ngfw",
)

_LOGGED_LEEF = (("leef.id", r"(?i)^HTTP_URL-?Logged$"),)

NGFW_LEEF = LogFormat(
    name="forcepoint_ngfw_leef",
    title="Forcepoint NGFW (Stonesoft) connections and logged URLs (LEEF)",
    vendor="Forcepoint",
    doc="https://www.ibm.com/docs/en/dsm?topic=forcepoint-stonesoft-management-center",
    kind="connection",
    family=Leef(device=r"(?i)^(?:forcepoint|stonesoft|mcafee)\|(?:firewall|ips|ngfw|layer 2 firewall)$"),
    fields={
        "host": ("url", "request", Part("msg", _SITE, only=_LOGGED_LEEF)),
        "url": ("url", "request", Part("msg", _SITE, only=_LOGGED_LEEF)),
        "user": ("usrName",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dstPort",),
        "action": ("action", "leef.id"),
        "bytes_up": ("srcBytes",),
        "bytes_down": ("dstBytes",),
    },
    time=(TimeOf(("devTime",)),),
    rank=14,
    kinds=((When((("url", r"."),)), "http_request"), (When(_LOGGED_LEEF), "http_request")),
    blocked=(
        When((("action", r"(?i)^(?:discard|refuse|terminate|block|deny|drop|reject)"),)),
        When((("leef.id", r"(?i)^Connection_(?:Discarded|Refused)$"),)),
    ),
    allowed=(
        When((("action", r"(?i)^(?:allow|permit)"),)),
        When((("leef.id", r"(?i)^Connection_(?:Allowed|Closed)"),)),
    ),
    uncounted=(
        When(
            (("dst", r"^$"), ("url", r"^$"), ("request", r"^$")),
            "an event of the firewall itself, not use of a service",
        ),
        When((("msg", r"^VPN trigger "),), "an event of the firewall itself, not use of a service"),
        When(
            (("leef.id", r"(?i)^Connection_Allowed$"),),
            "the start of a connection; its end is counted",
            (("leef.id", r"(?i)^Connection_Closed"),),
        ),
    ),
    product="forcepoint_ngfw",
)

FORMATS = (CEF, LEEF, KEYS, CSV, REPORT, INVESTIGATIVE, NGFW, NGFW_LEEF)
