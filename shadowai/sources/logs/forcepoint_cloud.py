"""Forcepoint Web Security Cloud, full traffic logging: a list in brackets per line.

https://help.forcepoint.com/websec/en-us/cloud/traffic_logging/6590dd12-054a-47c3-990e-10c1fa473238.html, in this order: DateAndTime
("in seconds in UNIX time"), AccountID, UserID, ClientIP ("shown in integer format": the client's external address, which many share, and
no address as it stands), RequestCount, RequestSize, ResponseSize, Disposition, Categories, Protocol, Port, DestinationIP, URI.

Forcepoint ONE (once Bitglass): the log API's JSON, also as Microsoft Sentinel's table has it. A request of the web gateway names
its server and its path apart; the proxy for a managed service names the service's URL without a scheme.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Pattern, TimeOf, When

_NUMBER = r'"?\d{1,20}"?'
_HEAD = (
    rf'^\s?\[\s?"?(?P<time>\d{{10}})"?,\s?{_NUMBER},\s?(?:"(?P<user>[^"]{{0,300}})"|null),\s?{_NUMBER},\s?{_NUMBER},'
)
_LINE = (
    rf'{_HEAD}\s?"?(?P<up>\d{{1,18}})"?,\s?"?(?P<down>\d{{1,18}})"?,\s?"?(?P<disposition>\d{{1,6}})"?,'
    r'\s?(?:"[^"]{0,400}"|\[[^\]]{0,400}\]|[\d;]{0,400}),\s?"(?P<protocol>[^"]{0,40})",\s?"?(?P<port>\d{1,5})"?,'
    rf'\s?{_NUMBER},\s?"(?P<uri>[^"]{{1,8000}})"'
)

_SERVICE = tuple(Part(name, r"^((?:https?://)?[\w-]+\.[\w.-]+(?:[:/].*)?)$") for name in ("url", "url_s"))

FULL = LogFormat(
    name="forcepoint_cloud_full",
    title="Forcepoint Web Security Cloud full traffic log (a list per line)",
    vendor="Forcepoint",
    doc="https://help.forcepoint.com/websec/en-us/cloud/traffic_logging/6590dd12-054a-47c3-990e-10c1fa473238.html",
    kind="http_request",
    family=Pattern((_LINE,)),
    line=_HEAD,
    fields={
        "host": ("uri",),
        "url": ("uri",),
        "user": ("user",),
        "server_port": ("port",),
        "action": ("disposition",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("disposition", r"^1025$"),)),),
    allowed=(When((("disposition", r"^1026$"),)),),
    product="forcepoint_cloud",
)
"""Disposition 1025 is "category blocked" and 1026 "category not blocked"; of the other codes nothing is said."""

ONE = LogFormat(
    name="forcepoint_one",
    title="Forcepoint ONE (Bitglass) web and access log (log API, Microsoft Sentinel; JSON)",
    vendor="Forcepoint",
    doc="https://help.forcepoint.com/fpone/deploy/rhtml/guid-58f76f66-45d3-41ea-bc4b-c43ff220c4ac.html",
    kind="http_request",
    family=Json(
        requires=(
            ("syslogheader|syslogheader_s", r"\bNILVALUE \w+$|bitglass"),
            ("email|email_s|owner|owner_s", ""),
            ("requestdomain|requestdomain_s|application|application_s", ""),
        )
    ),
    fields={
        "host": ("requestdomain", "requestdomain_s", *_SERVICE),
        "path": ("uri", "uri_s"),
        "url": _SERVICE,
        "user": ("email", "email_s", "user", "user_s"),
        "device": ("devicehostname", "devicehostname_s"),
        "client_ip": ("ipaddress", "ipaddress_s"),
        "server_ip": ("destinationip", "destinationip_s"),
        "method": ("requestmethod", "requestmethod_s"),
        "action": ("action", "action_s"),
        "bytes_up": ("uploadedbytes", "uploadedbytes_s"),
        "user_agent": ("useragent", "useragent_s"),
    },
    time=(TimeOf(("time",)), TimeOf(("time_s",)), TimeOf(("TimeGenerated",))),
    zone="utc",
    rank=12,
    blocked=(
        *(When(((name, r"(?i)\bblock"),)) for name in ("action", "action_s")),
        *(When(((name, r"(?i)\bdenied\b"),)) for name in ("activity", "activity_s")),
    ),
    allowed=tuple(When(((name, r"(?i)^(?:allow|tobitglass|bypass|direct)"),)) for name in ("action", "action_s")),
    uncounted=tuple(
        condition
        for name in ("syslogheader", "syslogheader_s")
        for condition in (
            When(
                ((name, r" swgwebdlp$"),),
                "a finding about a request; the request is counted",
                ((name, r" swgweb$"),),
            ),
            When(((name, r" cloudaudit$"),), "a scan of a service's files, not use of a service"),
        )
    ),
    product="forcepoint_one",
)

FORMATS = (FULL, ONE)
