"""Firewalls of many functions: Zyxel's ZLD (USG, ATP), UserGate NGFW, Versa Operating System (VOS), Ubiquiti UniFi, Sangfor NGAF.

Zyxel ("Syslog Logs" of its user's guides): a traffic log is sent when a session is closed, ``sent`` and ``rcvd`` are the source's.
UserGate ("Traffic log format"): ``in`` is "data transferred from the source to the destination", ``out`` what came back.
Versa ("Versa Analytics log format"): ``sentOctets`` are those of the flow's source; ``accessLog`` and ``flowMonLog`` tell of the
same flow, under its ``flowId``. Both take ``Unknown`` for nobody.
"""

from shadowai.sources.logs.description import Cef, Json, KeyValue, LogFormat, Part, Pattern, TimeOf, When, Whole

_PACKED = r"^\[?([0-9A-Fa-f.:]+?)\]?:\d+$"
_PORT = r":(\d{1,5})$"
_SITE = r"^((?:[\w-]+\.)+[A-Za-z][\w-]*[^\s,]*?)(?:: |, )"
_WEB = ("cat", r"(?i)web|url|content|dns filter")
_OF_TRAFFIC = (
    r"traffic log|security policy|firewall|access control|app(?:lication)? patrol|.*(?:web|url|content|dns filter)"
)
_BLOCKED = r"(?i)\b(?:block|drop|deny|reject)"

ZYXEL = LogFormat(
    name="zyxel",
    title="Zyxel ZyWALL, USG, ATP and VPN series syslog",
    vendor="Zyxel",
    doc="https://www.manualsdir.com/manuals/227660/zyxel-communications-zywall-2-plus.html?page=445",
    kind="connection",
    family=KeyValue(requires=("src", "dst", "note", "devID", "cat")),
    line=r'(?:^|\s)src="[^"]{0,64}" dst="[^"]{0,64}" msg="[^"]*" note="[^"]*" (?:user="[^"]*" )?devID="[0-9A-Fa-f]{12}" cat="',
    fields={
        "host": (Part("msg", _SITE, only=(_WEB,)),),
        "url": (Part("msg", _SITE, only=(_WEB,)),),
        "user": (Part("user", r"^(?!unknown$)(.+)"),),
        "client_ip": (Part("src", _PACKED),),
        "server_ip": (Part("dst", _PACKED),),
        "server_port": (Part("dst", _PORT),),
        "action": ("action", "note"),
        "bytes_up": ("sent",),
        "bytes_down": ("rcvd",),
    },
    kinds=((When((_WEB, ("msg", _SITE))), "http_request"),),
    blocked=(When((("note", _BLOCKED),)), When((("action", _BLOCKED),))),
    allowed=(When((("note", r"(?i)^(?:access|web) (?:forward|warning)"),)), When((("cat", r"(?i)^traffic log$"),))),
    uncounted=(When((("cat", rf"(?i)^(?!{_OF_TRAFFIC})"),), "an event of the device itself, not use of a service"),),
    lasted=("duration",),
    product="zyxel",
)

USERGATE = LogFormat(
    name="usergate_cef",
    title="UserGate NGFW and UTM: web access, traffic, DNS and events (CEF)",
    vendor="UserGate",
    doc="https://support.usergate.com/docs/version/7.x/usergate-ngfw-710-0/traffic-log-format-1",
    kind="connection",
    family=Cef(device=r"(?i)^usergate\|"),
    fields={
        "host": ("request", "dhost"),
        "url": ("request",),
        "user": ("suser",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "method": ("requestMethod",),
        "action": ("act",),
        "bytes_up": ("in",),
        "bytes_down": ("out",),
        "user_agent": ("requestClientApplication",),
    },
    time=(TimeOf(("rt",)),),
    rank=12,
    kinds=(
        (When((("request", r"."),)), "http_request"),
        (When((("cef.class", r"(?i)^dns$"),)), "dns_query"),
    ),
    blocked=(When((("act", r"(?i)^(?:block|deny|drop|reject)"),)),),
    allowed=(When((("act", r"(?i)^(?:accept|allow|pass|monitor|warning)"),)),),
    uncounted=(
        When((("dst", r"^$"), ("request", r"^$"), ("dhost", r"^$")), "an event of the device itself"),
        When((("cef.class", r"(?i)^mail"),), "mail, not use of a service"),
    ),
    nulls=frozenset({"Unknown"}),
    product="usergate",
)

VERSA = LogFormat(
    name="versa",
    title="Versa Operating System (VOS) flow, access, URL filter and threat logs",
    vendor="Versa Networks",
    doc="https://docs.versa-networks.com/",
    kind="connection",
    family=KeyValue("comma", requires=("applianceName", "tenantName")),
    line=r"(?:^|\s)[a-z]\w{1,31}Log, ?applianceName=[^,]{0,128}, ?tenantName=",
    fields={
        "host": ("httpUrl", "host"),
        "url": ("httpUrl",),
        "user": ("fromUser",),
        "device": ("deviceName",),
        "client_ip": ("sourceIPv4Address", "sourceIPv6Address"),
        "server_ip": ("destinationIPv4Address", "destinationIPv6Address"),
        "server_port": (Part("destinationTransportPort", r"^(\d{1,5})$"), Part("destinationPort", r"^(\d{1,5})$")),
        "action": ("urlfAction", "action", "idpAction", "avAction"),
        "bytes_up": ("sentOctets",),
        "bytes_down": ("recvdOctets",),
    },
    rank=12,
    kinds=((When((("httpUrl", r"."),)), "http_request"),),
    blocked=tuple(
        When(((key, r"(?i)^(?:block|deny|drop|reject|reset)"),)) for key in ("urlfAction", "action", "idpAction")
    ),
    allowed=tuple(When(((key, r"(?i)^(?:allow|alert|permit)"),)) for key in ("urlfAction", "action")),
    uncounted=(
        When((("eventType", r"^start$"),), "the start of a flow; its end is counted", (("eventType", r"^end$"),)),
        When(
            (("sourceIPv4Address", r"^$"), ("sourceIPv6Address", r"^$"), ("httpUrl", r"^$")),
            "an event of the device itself",
        ),
        When((("signatureId", r"."),), "a finding about a flow; the flow is counted"),
    ),
    session=("applianceName", "flowId", "flowCookie"),
    whole=Whole((When((("sentOctets", r"."),)),)),
    nulls=frozenset({"Unknown", "unknown"}),
    product="versa",
)

_INCOMING = ("UNIFIdirection", r"(?i)^incoming$")
_OUTGOING = ("UNIFIdirection", r"(?i)^(?!incoming$)")
UNIFI = LogFormat(
    name="unifi_cef",
    title="Ubiquiti UniFi Network: firewall, intrusion and client events (CEF)",
    vendor="Ubiquiti",
    doc="https://help.ui.com/hc/en-us/articles/33349041044119-UniFi-System-Logs-SIEM-Integration",
    kind="connection",
    family=Cef(device=r"(?i)^Ubiquiti\|"),
    fields={
        "host": (Part("UNIFIdstDomain", r"^(\S+\.\S+)$", only=(_OUTGOING,)),),
        "device": ("UNIFIsrcClientHostname", "UNIFIclientHostname", "UNIFIsrcClientAlias", "UNIFIclientAlias"),
        "client_ip": ("src", "UNIFIsrcClientIp", "UNIFIclientIp"),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "action": ("act", "cef.name"),
    },
    time=(TimeOf(("UNIFIutcTime",)),),
    rank=12,
    blocked=(
        When((("act", r"(?i)^(?:block|drop|deny|reject)"),)),
        When((("act", r"^$"), ("cef.name", r"\bBlocked\b"))),
    ),
    allowed=(When((("act", r"(?i)^(?:allow|accept|detect)"),)),),
    uncounted=(
        When((_INCOMING,), "a connection from outside"),
        When((("UNIFIdstDomain", r"^$"), ("dst", r"^$")), "an event of the network itself, not use of a service"),
    ),
    product="unifi",
)
"""A blocked client has ``UNIFIsrcClientIp`` where others have ``src``; older versions tell in the name alone that something was blocked."""

UNIFI_DNS = LogFormat(
    name="unifi_dns",
    title="Ubiquiti UniFi gateway: DNS questions that ad blocking stopped (coredns, JSON)",
    vendor="Ubiquiti",
    doc=UNIFI.doc,
    kind="dns_query",
    family=Json(requires=(("type", r"^dns[A-Z]\w{2,40}$"), ("domain", r"^\S+$"), ("src_ip|ip", r"^[0-9A-Fa-f.:]+$"))),
    fields={
        "host": ("domain",),
        "device": ("mac",),
        "client_ip": ("src_ip", "ip"),
        "server_ip": ("dst_ip",),
        "server_port": ("dst_port",),
        "action": ("action", "type"),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("unix_milli_timestamp",))),
    rank=12,
    blocked=(When((("type", r"Block$"),)), When((("action", r"(?i)^block"),))),
    product="unifi",
)
"""Only what was stopped is logged; ``dst_ip`` is the gateway's own resolver."""


def _said(*names: str, value: str) -> tuple[Part, ...]:
    return tuple(Part("data", rf"(?i)(?:^|, ?){name}: ?{value}") for name in names)


SANGFOR = LogFormat(
    name="sangfor_ngaf",
    title="Sangfor NGAF (Network Secure) syslog: websites, application control, threats",
    vendor="Sangfor",
    doc="https://community.sangfor.com/",
    kind="connection",
    family=Pattern((r"[Ll]og [Tt]ype: ?(?P<type>[^,]{1,64}), ?(?P<data>.*)",)),
    line=r"(?:^|\bfwlog(?:\[\d{1,10}\])?: ?)Log [Tt]ype: ?[A-Za-z][^,]{1,64}, ?[A-Za-z][\w /()]{1,32}:",
    fields={
        "host": _said("URL", value=r"([^\s,\"]+\.[^\s,\"]+)"),
        "url": _said("URL", value=r"(\w+://[^\s,\"]+|[^\s,\"/]+\.[^\s,\"/]+/[^\s,\"]*)"),
        "user": _said("user", "user ?name", value=r"\(?(?!null\b|-)([^\s,()]+)"),
        "client_ip": _said("src IP", value=r"([0-9A-Fa-f.:]+)"),
        "server_ip": _said("dst IP", value=r"(?!0\.0\.0\.0)([0-9A-Fa-f.:]+)"),
        "server_port": _said("dst port", value=r"(\d{1,5})"),
        "action": _said("action", value=r"([A-Za-z]+)"),
    },
    rank=12,
    kinds=((When((("type", r"(?i)^(?:website|url)"),)), "http_request"),),
    blocked=(When((("data", r"(?i)(?:^|, ?)action: ?(?:den|block|drop|reject)"),)),),
    allowed=(When((("data", r"(?i)(?:^|, ?)action: ?(?:allow|permit|pass)"),)),),
    uncounted=(
        When(
            (("type", r"(?i)^(?!website|url|application|service|apt)"),),
            "a finding, a sum over an application or an event of the device, not use of a service",
        ),
    ),
    product="sangfor",
)

FORMATS = (ZYXEL, USERGATE, VERSA, UNIFI, UNIFI_DNS, SANGFOR)
