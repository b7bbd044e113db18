"""Trellix Network Security (FireEye NX, MPS) alerts in CEF, and the events of Trellix EDR's endpoints (JSON).

``start`` is when what the alert is about was seen, ``rt`` when the alert was written. ``cncHost`` and ``channel`` (the request, its lines
parted by ``::~~``) say where an infected host spoke to. An address in IPv6 has a label of its own: ``Victim IP`` is the infected client.
EDR's event has the fields of its kind, of which ``dnsName`` is the name that was asked for and ``dnsNames`` the answers.
"""

from shadowai.sources.logs.description import Cef, Json, LogFormat, Part, TimeOf, When

_NAME = r"^((?:[\w-]+\.)+[A-Za-z][\w-]*)\.?$"

NX = LogFormat(
    name="trellix_nx",
    title="Trellix (FireEye) Network Security alerts (CEF)",
    vendor="Trellix",
    doc="https://docs.trellix.com/",
    kind="connection",
    family=Cef(device=r"^(?:Trellix|FireEye)\|(?:MPS|NX|IPS|VX|CMS)"),
    fields={
        "host": (
            Part("label.channel", r"(?i)(?:^|::~~)Host: ?([^\s:]+)"),
            "request",
            Part("label.cncHost", _NAME),
            Part("filePath", r"^((?:[\w-]+\.)+[A-Za-z][\w-]*)/"),
            "label.cncHost",
            "dhost",
        ),
        "url": ("request", Part("filePath", r"^((?:[\w-]+\.)+[A-Za-z][\w-]*/.*)")),
        "user": ("suser",),
        "device": ("shost",),
        "client_ip": ("src", "label.Victim IP", "c6a2"),
        "server_ip": ("dst", "label.Attacker IP", "c6a3"),
        "server_port": ("dpt",),
        "method": ("requestMethod",),
        "action": ("act",),
        "user_agent": ("requestClientApplication",),
    },
    time=(TimeOf(("start",)), TimeOf(("rt",)), TimeOf(("end",))),
    rank=12,
    kinds=(
        (When((("cef.class", r"^DM$"),)), "dns_query"),
        (When((("request", r"."),)), "http_request"),
        (When((("label.channel", r"."),)), "http_request"),
    ),
    blocked=(When((("act", r"(?i)^block"),)),),
    allowed=(When((("act", r"(?i)^(?:notified|allow|alert)"),)),),
    uncounted=(When((("src", r"^$"), ("c6a2", r"^$"), ("request", r"^$")), "an event of the appliance itself"),),
    product="trellix_nx",
)

EDR = LogFormat(
    name="trellix_edr",
    title="Trellix EDR endpoint events: connections, DNS, HTTP (JSON)",
    vendor="Trellix",
    doc="https://docs.trellix.com/",
    kind="endpoint_event",
    family=Json(requires=(("_eventType", ""), ("_deviceId", ""), ("_time", ""), ("_serverId|_eventId|_ver", ""))),
    fields={
        "host": ("httpUrl", "dnsName"),
        "url": ("httpUrl",),
        "user": ("userName",),
        "device": ("hostName", "_deviceId"),
        "client_ip": ("sourceAddress",),
        "server_ip": ("destAddress",),
        "server_port": ("destPort",),
        "method": (Part("httpRequestHeaders", r"^([A-Z]{3,10})\b"),),
        "user_agent": (Part("httpRequestHeaders", r"(?i)(?:^|\n|\\n)User-Agent: ?([^\r\n\\]+)"),),
    },
    time=(TimeOf(("_time",)),),
    zone="utc",
    rank=12,
    kinds=(
        (When((("httpUrl", r"."),)), "http_request"),
        (When((("dnsName", r"."),)), "dns_query"),
        (When((("destAddress", r"."),)), "connection"),
    ),
    uncounted=(
        When((("httpUrl", r"^$"), ("dnsName", r"^$"), ("destAddress", r"^$")), "no use of a service"),
        When((("direction", r"(?i)^inbound$"),), "a connection to the device"),
    ),
    product="trellix_edr",
)

FORMATS = (NX, EDR)
