"""Barracuda CloudGen Firewall: the firewall activity and web log as its Filebeat streaming writes them, one JSON object a line.

``fwd_bytes`` went from the source to the destination and ``rev_bytes`` back. ``size`` of the web log is the object that was downloaded.
``action`` of the web log is 0 for an allowed and 1 for a blocked request. A user who is not
known is written as the address. ``domain`` may be that of the referrer: ``name`` is the URL.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, TimeOf, When

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

FORMATS = (FIREWALL, WEB)
