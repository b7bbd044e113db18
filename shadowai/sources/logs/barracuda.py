"""Barracuda CloudGen Firewall (JSON) and Web Application Firewall (syslog).

CloudGen: the firewall activity and web log as its Filebeat streaming writes them, one JSON object a line.

``fwd_bytes`` went from the source to the destination and ``rev_bytes`` back. ``size`` of the web log is the object that was downloaded.
``action`` of the web log is 0 for an allowed and 1 for a blocked request. A user who is not
known is written as the address. ``domain`` may be that of the referrer: ``name`` is the URL.

Web Application Firewall, default format of the access and firewall logs
(https://campus.barracuda.com/product/webapplicationfirewall/doc/92767349/exporting-log-formats/): ``%bs`` is what was sent to the
client, ``%br`` what was received from it; ``%au`` is the authenticated user; the last value is an id of the log. Its CEF, with or
without a head, names what was received ``in`` and what was sent ``out``.
"""

from shadowai.sources.logs.description import Cef, Json, KeyValue, LogFormat, Part, Pattern, TimeOf, When

_DOC = "https://campus.barracuda.com/product/cloudgenfirewall/doc/96026576/how-to-configure-filebeat-streaming/"

FIREWALL = LogFormat(
    name="barracuda_cloudgen_firewall",
    title="Barracuda CloudGen Firewall activity log",
    vendor="Barracuda",
    doc=_DOC,
    kind="connection",
    family=Json(requires=(("fwd_bytes", ""), ("rev_bytes", ""), ("src_ip", ""), ("fw_rule", ""))),
    fields={
        "user": ("user",),
        "client_ip": ("src_ip",),
        "server_ip": ("dst_ip",),
        "server_port": ("dst_port",),
        "action": ("action",),
        "bytes_up": ("fwd_bytes",),
        "bytes_down": ("rev_bytes",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    blocked=(When((("action", r"(?i)^(?:block|deny|drop|fail)"),)),),
    allowed=(When((("action", r"(?i)^(?:allow|end|begin|remove)"),)),),
    uncounted=(
        When(
            (("action", r"(?i)^(?:begin|allow|update)"),),
            "the start or middle of a connection; its end is counted",
            (("action", r"(?i)^(?:end|remove)"),),
        ),
    ),
    product="barracuda_cloudgen",
)

WEB = LogFormat(
    name="barracuda_cloudgen",
    title="Barracuda CloudGen Firewall web log",
    vendor="Barracuda",
    doc=_DOC,
    kind="http_request",
    family=Json(requires=(("source_ip", ""), ("traffic_type", ""), ("name", ""), ("fw_rule", ""))),
    fields={
        "host": ("name", "domain"),
        "url": ("name",),
        "user": (Part("user", r"^(?![0-9.]+$|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+$)(.+)$"),),
        "client_ip": ("source_ip",),
        "server_ip": ("destination_ip",),
        "server_port": ("destination_port",),
        "method": ("method",),
        "bytes_down": ("size",),
        "user_agent": ("user_agent",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    blocked=(When((("action", r"^1$"),)),),
    allowed=(When((("action", r"^0$"),)),),
    product="barracuda_cloudgen",
)

THREAT = LogFormat(
    name="barracuda_cloudgen_threat",
    title="Barracuda CloudGen Firewall threat log",
    vendor="Barracuda",
    doc=_DOC,
    kind="connection",
    family=Json(requires=(("threat_severity", ""), ("operation", ""), ("src_ip", ""), ("dst_ip", ""))),
    fields={
        "user": ("user",),
        "client_ip": ("src_ip",),
        "server_ip": ("dst_ip",),
        "server_port": ("port",),
        "action": ("operation",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    blocked=(When((("operation", r"(?i)^(?:block|drop|deny)"),)),),
    allowed=(When((("operation", r"(?i)^(?:allow|detect|log)"),)),),
    product="barracuda_cloudgen",
)

_STAMP = r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [+-]\d{4}) {1,4}\S+"
_T = r'(?:"[^"]*"|\S+) +'


def _token(name: str) -> str:
    return rf'(?:"(?P<{name}_q>[^"]*)"|(?P<{name}>\S+)) +'


_ACCESS = (
    rf"{_STAMP} TR (?P<service>[0-9a-fA-F.:]+) (?P<port>\d+) (?P<client>[0-9a-fA-F.:]+) \d+ +{_token('login')}{_T}"
    r"(?P<method>\S+) +(?P<protocol>\S+) +(?P<host>\S+) +(?P<version>\S+) +(?P<status>\d+) +(?P<sent>\d+) +(?P<received>\d+) +"
    rf"\d+ +\d+ +{_T}{_T}{_T}{_T}{_T}{_T}{_T}{_T}(?P<path>\S+) +{_T}{_T}{_T}{_token('agent')}{_T}{_T}{_token('user')}"
)
_ATTACK = (
    rf"{_STAMP} WF (?P<severity>[A-Z]{{4,5}}) (?P<attack>\w+) (?P<client>[0-9a-fA-F.:]+) \d+ (?P<service>[0-9a-fA-F.:]+) (?P<port>\d+) "
    rf"{_T}{_T}(?P<action>[A-Z]+) (?:\"[^\"]*\"|[A-Z][A-Z_ ]{{0,60}}?) +\[.{{0,4000}}?\] (?P<method>[A-Z]+) (?P<url>\S+) "
    rf"(?P<protocol>\S+) +{_T}{_token('agent')}{_T}{_T}{_token('user')}"
)
_NETWORK = (
    rf"{_STAMP} NF (?P<severity>[A-Z]{{4,5}}) (?P<transport>[A-Z]\w{{1,9}}) (?P<client>[0-9a-fA-F.:]+) \d+ (?P<service>[0-9a-fA-F.:]+) "
    r"(?P<port>\d+) (?P<action>[A-Z]+) "
)
_OWN = (
    rf"{_STAMP} (?P<own>AUDIT|SYS) (?:(?P<login>\S+) [A-Z]{{2,8}} (?P<client>[0-9a-fA-F.:]+) \d+ (?P<action>[A-Z_]+) )?"
)

WAF = LogFormat(
    name="barracuda_waf",
    title="Barracuda Web Application Firewall access and firewall log",
    vendor="Barracuda",
    doc="https://campus.barracuda.com/product/webapplicationfirewall/doc/92767349/exporting-log-formats/",
    kind="http_request",
    family=Pattern((_ACCESS, _ATTACK, _NETWORK, _OWN)),
    line=rf"{_STAMP} (?:TR [0-9a-fA-F.:]+ \d+ [0-9a-fA-F.:]+ \d+ |(?:WF|NF) [A-Z]{{4,5}} \w+ [0-9a-fA-F.:]+ \d+ "
    r"|AUDIT \S+ [A-Z]{2,8} [0-9a-fA-F.:]+ \d+ [A-Z_]+ |SYS [A-Z][A-Z_0-9]* [A-Z]{4,5} \d+ )",
    fields={
        "host": ("host", "url"),
        "url": ("url",),
        "path": ("path",),
        "user": ("user", "user_q", "login", "login_q"),
        "client_ip": ("client",),
        "server_ip": ("service",),
        "server_port": ("port",),
        "method": ("method",),
        "action": ("action", "status"),
        "bytes_up": ("received",),
        "bytes_down": ("sent",),
        "user_agent": ("agent_q", "agent"),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("action", r"^(?:DENY|BLOCK|CLOAK|REDIRECT)"),)),),
    uncounted=(
        When(
            (("attack", r"."),),
            "a finding about a request; the request is counted",
            (("status", r"."),),
        ),
        When((("own", r"."),), "an event of the appliance itself"),
    ),
    kinds=((When((("transport", r"."),)), "connection"),),
    product="barracuda_waf",
)


def _extension(name: str, title: str, family: Cef | KeyValue, line: str = "") -> LogFormat:
    """The access log as CEF's extension."""
    return LogFormat(
        name=name,
        title=title,
        vendor="Barracuda",
        doc="https://campus.barracuda.com/product/webapplicationfirewall/doc/92767349/exporting-log-formats/",
        kind="http_request",
        family=family,
        line=line,
        fields={
            "host": ("dhost",),
            "path": (Part("request", r"^(/.*)"),),
            "user": (Part("suser", r'^"?([^"-].*?)"?$'), Part("duser", r'^"?([^"-].*?)"?$')),
            "client_ip": ("src",),
            "server_ip": ("dst",),
            "server_port": ("dpt",),
            "method": ("requestMethod",),
            "action": ("act", "outcome"),
            "bytes_up": ("in",),
            "bytes_down": ("out",),
            "user_agent": ("requestClientApplication",),
        },
        time=(TimeOf(("rt",)),),
        rank=12,
        blocked=(When((("act", r"(?i)^(?:DENY|BLOCK|CLOAK|REDIRECT)"),)),),
        product="barracuda_waf",
    )


WAF_CEF = _extension("barracuda_waf_cef", "Barracuda Web Application Firewall, CEF", Cef(device="^Barracuda"))
WAF_KEYS = _extension(
    "barracuda_waf_kv",
    "Barracuda Web Application Firewall, keys of CEF without a head",
    KeyValue("equals_blanks", requires=("dvc", "dhost", "requestMethod", "BarracudaWafResponseType")),
    r" BarracudaWafResponseType=",
)

ACTIVITY = LogFormat(
    name="barracuda_cloudgen_activity",
    title="Barracuda CloudGen Firewall activity log (lines)",
    vendor="Barracuda",
    doc="https://campus.barracuda.com/product/cloudgenfirewall/doc/96026562/how-to-configure-syslog-streaming/",
    kind="connection",
    family=Pattern(
        (
            r"(?P<time>\d{4} \d\d \d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d) +(?:[\w.-]{1,64} +){0,3}(?P<action>[A-Z][a-z]+): "
            r"(?P<type>[A-Z]{2,5})\|(?P<protocol>\w+)\|[^|]*\|(?P<client>[0-9a-fA-F.:]+)\|\d*\|[^|]*\|(?P<server>[0-9a-fA-F.:]+)\|(?P<port>\d*)\|"
            r"(?:[^|]*\|){12}(?P<user>[^|]*)\|[^|]*\|[^|]*\|(?P<target>[^|]*)\|",
        )
    ),
    line=r"(?:^|\s)\d{4} \d\d \d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d +(?:[\w.-]{1,64} +){0,3}"
    r"[A-Z][a-z]+: [A-Z]{2,5}\|\w+\|[^|]*\|[0-9a-fA-F.:]+\|",
    fields={
        "host": ("target",),
        "user": ("user",),
        "client_ip": ("client",),
        "server_ip": ("server",),
        "server_port": ("port",),
        "action": ("action",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("action", r"^(?:Block|Deny|Drop|Fail)"),)),),
    allowed=(When((("action", r"^(?:Allow|Remove|Detect|Scan)"),)),),
    uncounted=(
        When(
            (("action", r"^Allow$"),),
            "the start of a connection; its end is counted",
            (("action", r"^Remove$"),),
        ),
    ),
    product="barracuda_cloudgen",
)
"""The sizes are not read: which of the two sides "received" means is not told."""


def _named(name: str, value: str = r"([^|]+)") -> Part:
    return Part("data", rf"(?:^|\|){name}={value}")


ACTIVITY_KEYS = LogFormat(
    name="barracuda_cloudgen_activity_kv",
    title="Barracuda CloudGen Firewall activity log (lines, fields with their names)",
    vendor="Barracuda",
    doc="https://campus.barracuda.com/product/cloudgenfirewall/doc/96026562/how-to-configure-syslog-streaming/",
    kind="connection",
    family=Pattern((r"(?:^|\s)(?P<action>[A-Z][A-Za-z]{2,15}): (?P<data>type=(?P<type>[A-Z]{2,8})\|proto=.*)",)),
    line=r"(?:^|\s)[A-Z][A-Za-z]{2,15}: type=[A-Z]{2,8}\|proto=\w{1,16}\|srcIF=[^|]{0,64}\|srcIP=[0-9a-fA-F.:]+\|",
    fields={
        "host": (_named("target", r"((?:[\w-]+\.)+[A-Za-z][\w-]*)(?=\||$)"),),
        "user": (_named("user"),),
        "client_ip": (_named("srcIP"),),
        "server_ip": (_named("dstIP"),),
        "server_port": (_named("dstPort", r"(\d{1,5})"),),
        "action": ("action",),
        "bytes_up": (_named("sentBytes", r"(\d+)"),),
        "bytes_down": (_named("receivedBytes", r"(\d+)"),),
    },
    rank=12,
    blocked=ACTIVITY.blocked,
    allowed=ACTIVITY.allowed,
    uncounted=(
        When((("type", r"^L"),), "traffic of the firewall itself"),
        *ACTIVITY.uncounted,
    ),
    product="barracuda_cloudgen",
)
"""``sentBytes`` is what the source sent: of a DNS look-up the lesser, as an answer repeats its question."""

FORMATS = (FIREWALL, WEB, THREAT, ACTIVITY, ACTIVITY_KEYS, WAF, WAF_CEF, WAF_KEYS)
