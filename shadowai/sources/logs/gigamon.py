"""Gigamon Application Metadata Intelligence: what the visibility fabric extracts from copied traffic, as JSON and as CEF.

``src`` is who began a flow (``GigamonInitiatorOctets``), but where only the reply of a DNS server was seen: then port 53 is the source.
``ssl_common_name`` is the name of the TLS server. Which attributes are exported is the customer's choice.
"""

from shadowai.sources.logs.description import Cef, Json, Key, Kind, LogFormat, Part, Take, TimeOf, When

_DOC = "https://www.elastic.co/docs/reference/integrations/gigamon"


def _ends(near: Key, far: Key, port: Key) -> tuple[Take, ...]:
    """What is at the client's end: ``far`` in a reply from port 53, else ``near``."""
    return (Part(far, r"(.+)", only=((port, r"^53$"),)), near)


def _fields(ends: tuple[str, str, str, str, str, str], prefix: str) -> dict[str, tuple[Take, ...]]:
    """``ends``: the keys of address, port and bytes of the source, then of the destination."""
    src, sport, sent, dst, dport, received = ends
    return {
        "host": tuple(prefix + name for name in ("http_host", "ssl_common_name", "dns_query")),
        "path": (prefix + "http_uri_path",),
        "client_ip": _ends(src, dst, sport),
        "server_ip": _ends(dst, src, sport),
        "server_port": _ends(dport, sport, sport),
        "method": (prefix + "http_method",),
        "bytes_up": _ends(sent, received, sport),
        "bytes_down": _ends(received, sent, sport),
        "user_agent": (prefix + "http_user_agent",),
    }


def _kinds(prefix: str) -> tuple[tuple[When, Kind], ...]:
    return (
        (When(((prefix + "dns_query", r"."),)), "dns_query"),
        (When(((prefix + "http_host", r"."),)), "http_request"),
        (When(((prefix + "ssl_common_name", r"."),)), "tls_connection"),
    )


AMI = LogFormat(
    name="gigamon_ami",
    title="Gigamon Application Metadata Intelligence (JSON)",
    vendor="Gigamon",
    doc=_DOC,
    kind="connection",
    family=Json(
        requires=(("vendor", r"^Gigamon$"), ("generator|app_id|app_name", ""), ("ts|start_time|end_time", r"\d"))
    ),
    fields=_fields(("src_ip", "src_port", "src_bytes", "dst_ip", "dst_port", "dst_bytes"), ""),
    time=(TimeOf(("start_time",)), TimeOf(("end_time",)), TimeOf(("ts",))),
    rank=12,
    kinds=_kinds(""),
    product="gigamon_ami",
)

AMI_CEF = LogFormat(
    name="gigamon_ami_cef",
    title="Gigamon Application Metadata Intelligence (CEF)",
    vendor="Gigamon",
    doc=_DOC,
    kind="connection",
    family=Cef(device=r"^Gigamon\|"),
    fields=_fields(("src", "spt", "GigamonInitiatorOctets", "dst", "dpt", "GigamonResponderOctets"), "GigamonMdata_"),
    time=(TimeOf(("GigamonMdataFlowStartMsec",)), TimeOf(("rt",))),
    rank=12,
    kinds=_kinds("GigamonMdata_"),
    product="gigamon_ami",
)

FORMATS = (AMI, AMI_CEF)
