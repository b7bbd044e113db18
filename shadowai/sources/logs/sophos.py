"""Sophos Firewall (XG, SFOS) in both of its syslog dialects, and Sophos UTM (SG, Astaro).

SFOS up to 17 begins with ``device="SFW"`` and has ``sent_bytes``/``recv_bytes``, date and time in a named zone; the structured format
of SFOS 18 and later has ``timestamp``, ``bytes_sent``/``bytes_received``. Sent is what the client sent. UTM's web log has only ``size``,
the object that was downloaded.
"""

from shadowai.sources.logs.description import KeyValue, LogFormat, Part, TimeOf, When

_XG_DOC = "https://docs.sophos.com/nsg/sophos-firewall/20.0/Help/en-us/webhelp/onlinehelp/AdministratorHelp/Logs/LogFileGuide/index.html"
_UTM_DOC = (
    "https://docs.sophos.com/nsg/sophos-utm/utm-on-aws/9.7/help/en-us/Content/utm/utmAdminGuide/LoggingReporting.htm"
)
_BLOCKED = r"(?i)^(?:denied|deny|drop(?:ped)?|block(?:ed)?|reject(?:ed)?|virus|pua|malware|infected)$"
_CONNECTION = tuple(Part(key, r"^([1-9]\d*)$") for key in ("con_id", "connid"))
_MIDDLE = "the start or middle of a connection; its end is counted"

XG = LogFormat(
    name="sophos_xg",
    title="Sophos Firewall (XG, SFOS) syslog",
    vendor="Sophos",
    doc=_XG_DOC,
    kind="connection",
    family=KeyValue(requires=("log_type", "log_component")),
    line=r'^(?=.*?\blog_type=")(?=.*?\blog_component=")',
    shapes=(("log_type", '^"'), ("log_component", '^"')),
    fields={
        "host": ("url", "domain", "domainname", "website", "sni", "server_name", "dns_name"),
        "url": ("url",),
        "user": ("user_name", "user"),
        "client_ip": ("src_ip", "sourceip", "ipaddress"),
        "server_ip": ("dst_ip", "destinationip"),
        "server_port": ("dst_port",),
        "method": ("http_method", "method"),
        "action": ("log_subtype", "status"),
        "bytes_up": ("sent_bytes", "bytes_sent"),
        "bytes_down": ("recv_bytes", "bytes_received"),
        "user_agent": ("user_agent", "http_user_agent"),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("date", "time"), "timezone")),
    nulls=frozenset({"n/a"}),
    kinds=(
        (When((("log_component", r"(?i)^SSL"),)), "tls_connection"),
        (When((("log_component", r"(?i)^DNS"),)), "dns_query"),
        (When((("url", r"."),)), "http_request"),
        (
            When(
                (("log_type", r"(?i)^Content Filtering$"), ("log_component", r"(?i)^(?:HTTP|Web)")),
            ),
            "http_request",
        ),
    ),
    blocked=(When((("log_subtype", _BLOCKED),)), When((("status", _BLOCKED),)), When((("action", r"(?i)^deny$"),))),
    allowed=(When((("log_subtype", r"(?i)^(?:allowed|detect|decrypt|do not decrypt|clean)$"),)),),
    uncounted=(
        When(
            (("log_type", r"(?i)^(?:Event|System Health|SD-?WAN|Wireless|Anti-?Spam|Heartbeat|EATP|Zero-?day)"),),
            "an event of the firewall itself, not use of a service",
        ),
        When((("connevent", r"(?i)^(?:start|interim)$"),), _MIDDLE, (("connevent", r"(?i)^stop$"),)),
        When((("con_event", r"(?i)^(?:start|interim)$"),), _MIDDLE, (("con_event", r"(?i)^stop$"),)),
    ),
    session=(_CONNECTION, "src_ip", "src_port"),
    lasted=("duration",),
    product="sophos",
)

UTM = LogFormat(
    name="sophos_utm",
    title="Sophos UTM (SG) web, packet filter and event log",
    vendor="Sophos",
    doc=_UTM_DOC,
    kind="connection",
    family=KeyValue(requires=("id",)),
    line=r'(?:^|[\s:])id="\d{4}" (?:severity="\w+" sys="[\w-]+" sub="|srcip=")',
    shapes=(("id", r'^"\d{4}"$'), ("severity", r'^"\w+"$'), ("sys", r'^"[\w-]+"$'), ("sub", '^"')),
    in_a_row=(("id", "severity", "sys", "sub"),),
    fields={
        "host": ("url", "server", Part("host", r"^([\w.-]+)$", only=(("threatname", r"."),))),
        "url": ("url",),
        "user": ("user",),
        "client_ip": ("srcip",),
        "server_ip": ("dstip",),
        "server_port": ("dstport", "port"),
        "method": ("method",),
        "action": ("action",),
        "bytes_down": ("size",),
        "user_agent": ("ua",),
    },
    kinds=((When((("url", r"[^-]"),)), "http_request"),),
    blocked=(When((("action", r"(?i)^(?:block|drop|reject|deny)"),)),),
    allowed=(When((("action", r"(?i)^(?:pass|accept|allow)"),)),),
    uncounted=(
        When(
            (("sub", r"^(?:auth|loginuser|confd|ips-daemon)"),), "an event of the firewall itself, not use of a service"
        ),
        When((("url", r"^$"), ("dstip", r"^$")), "names no destination"),
        When((("statuscode", r"^407$"),), "proxy authentication leg (407); the retry is counted"),
        When((("id", r"^0072$"),), "the user went on after a warning; the request is logged too"),
        When((("localip", r"."), ("server", r".")), "a request to an own server that the firewall publishes"),
    ),
    product="sophos",
)

FORMATS = (XG, UTM)
