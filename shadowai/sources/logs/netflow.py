"""NetFlow and IPFIX as collectors write them in JSON: by the names of Cisco (v5, v9), of IANA (IPFIX), of goflow2, nfdump and pmacct.

Names: https://www.iana.org/assignments/ipfix/ipfix.xhtml and https://www.cisco.com/en/US/technologies/tk648/tk362/technologies_white_paper09186a00800a3db9.html.
A flow has one direction: its octets went from the source to the destination. Where a probe joins both (nProbe's ``OUT_BYTES``), the
second number is what came back. Flows of what a well-known service port sent back are printed and not counted. ``FIRST_SWITCHED``
and ``flowStartSysUpTime`` are milliseconds since the exporter's start and tell no time of day.
"""

from shadowai.sources.logs.description import Json, KeyValue, LogFormat, Part, Pattern, Take, TimeOf, When

_SERVICE = r"^(?:53|80|443|853)$"
_EPHEMERAL = r"^\d{4,5}$"
_REPLY = "what the service sent back; the record of the other direction is counted"
_NUMBER = r"^\d+(?:\.0+)?$"


def _flow(
    name: str,
    title: str,
    doc: str,
    requires: tuple[tuple[str, str], ...],
    fields: dict[str, tuple[Take, ...]],
    source_port: str,
    time: tuple[str, ...],
    same_as: tuple[str, ...] = (),
) -> LogFormat:
    """A flow in one collector's names."""
    (port,) = fields["server_port"]
    assert isinstance(port, str)
    one_way = () if "bytes_down" not in fields else ((str(fields["bytes_down"][0]), r"^0?$"),)
    return LogFormat(
        name=name,
        title=title,
        vendor="IETF",
        doc=doc,
        kind="connection",
        family=Json(requires=requires),
        fields=fields,
        time=tuple(TimeOf((key,)) for key in time),
        zone="utc",
        uncounted=(When(((source_port, _SERVICE), (port, _EPHEMERAL), *one_way), _REPLY),),
        product="netflow",
        same_as=same_as,
    )


def _iana(*names: str) -> str:
    """Names of elements, bare, as ipfixcol2 prefixes them, and within super_mediator's object ``flows``."""
    return "|".join(f"{before}{name}" for before in ("", "iana:", "flows.") for name in names)


_SOURCE = _iana("sourceIPv4Address", "sourceIPv6Address")
_DESTINATION = _iana("destinationIPv4Address", "destinationIPv6Address")
IPFIX = _flow(
    "ipfix_json",
    "IPFIX in JSON, by the IANA names (Cisco SD-WAN, Logstash, ipfixcol2, YAF)",
    "https://www.iana.org/assignments/ipfix/ipfix.xhtml",
    ((_SOURCE, r"^[0-9a-fA-F.:]+$"), (_DESTINATION, r"^[0-9a-fA-F.:]+$")),
    {
        "host": ("httpRequestHost|tlsSNI|sslServerName|iana:httpRequestHost|flowmon:tlsSNI|cesnet:tlsSNI",),
        "client_ip": (_SOURCE,),
        "server_ip": (_DESTINATION,),
        "server_port": (_iana("destinationTransportPort"),),
        "user": ("userName|iana:userName",),
        "bytes_up": (_iana("octetDeltaCount", "initiatorOctets", "octetTotalCount"),),
        "bytes_down": (
            _iana("responderOctets", "reverseOctetDeltaCount", "reverseOctetTotalCount")
            + "|iana@reverse:octetDeltaCount",
        ),
    },
    _iana("sourceTransportPort"),
    (
        _iana("flowStartMilliseconds", "flowStartSeconds", "flowStartMicroseconds", "flowStartNanoseconds"),
        "@timestamp|timestamp|observationTimeMilliseconds|flowEndMilliseconds",
    ),
    ("cisco_sdwan",),
)
NETFLOW = _flow(
    "netflow_json",
    "NetFlow v5 and v9 in JSON, by Cisco's names (nProbe, Logstash, Cisco SD-WAN)",
    "https://www.cisco.com/en/US/technologies/tk648/tk362/technologies_white_paper09186a00800a3db9.html",
    (
        (
            "IPV4_SRC_ADDR|IPV6_SRC_ADDR|netflow.ipv4_src_addr|netflow.ipv6_src_addr|ipv4_src_addr|ipv6_src_addr",
            r"^[0-9a-fA-F.:]+$",
        ),
        (
            "IPV4_DST_ADDR|IPV6_DST_ADDR|netflow.ipv4_dst_addr|netflow.ipv6_dst_addr|ipv4_dst_addr|ipv6_dst_addr",
            r"^[0-9a-fA-F.:]+$",
        ),
        ("IN_BYTES|IN_OCTETS|netflow.in_bytes|in_bytes", _NUMBER),
    ),
    {
        "host": (
            "TLS_SERVER_NAME|SSL_SERVER_NAME|HTTP_HOST|QUIC_SERVER_NAME",
            "HTTP_SITE",
            "DNS_QUERY",
        ),
        "client_ip": (
            "IPV4_SRC_ADDR|IPV6_SRC_ADDR|netflow.ipv4_src_addr|netflow.ipv6_src_addr|ipv4_src_addr|ipv6_src_addr",
        ),
        "server_ip": (
            "IPV4_DST_ADDR|IPV6_DST_ADDR|netflow.ipv4_dst_addr|netflow.ipv6_dst_addr|ipv4_dst_addr|ipv6_dst_addr",
        ),
        "server_port": ("L4_DST_PORT|DST_PORT|netflow.l4_dst_port|l4_dst_port",),
        "bytes_up": ("IN_BYTES|IN_OCTETS|netflow.in_bytes|in_bytes",),
        "bytes_down": ("OUT_BYTES|netflow.out_bytes|out_bytes",),
    },
    "L4_SRC_PORT|SRC_PORT|netflow.l4_src_port|l4_src_port",
    ("FLOW_START_MILLISECONDS|FLOW_START_MICROSECONDS|FLOW_START_SEC", "@timestamp|timestamp|EXPORT_TIME"),
)
GOFLOW = _flow(
    "goflow2_json",
    "NetFlow, IPFIX and sFlow in JSON (goflow2)",
    "https://github.com/netsampler/goflow2/blob/main/docs/protocols.md",
    (
        ("type|Type", r"^(?:NETFLOW_V5|NETFLOW_V9|IPFIX|SFLOW_5|FLOWUNKNOWN)$"),
        ("src_addr|SrcAddr", r"^[0-9a-fA-F.:]+$"),
        ("dst_addr|DstAddr", r"^[0-9a-fA-F.:]+$"),
        ("bytes|Bytes", _NUMBER),
    ),
    {
        "client_ip": ("src_addr|SrcAddr",),
        "server_ip": ("dst_addr|DstAddr",),
        "server_port": ("dst_port|DstPort",),
        "bytes_up": ("bytes|Bytes",),
    },
    "src_port|SrcPort",
    (
        "time_flow_start_ns",
        "time_flow_start|TimeFlowStartMs|TimeFlowStart",
        "time_received_ns",
        "time_received|TimeReceived",
    ),
)
NFDUMP = _flow(
    "nfdump_json",
    "NetFlow in JSON (nfdump -o json)",
    "https://github.com/phaag/nfdump",
    (
        ("src4_addr|src6_addr", r"^[0-9a-fA-F.:]+$"),
        ("dst4_addr|dst6_addr", r"^[0-9a-fA-F.:]+$"),
        ("in_bytes", _NUMBER),
    ),
    {
        "client_ip": ("src4_addr|src6_addr",),
        "server_ip": ("dst4_addr|dst6_addr",),
        "server_port": ("dst_port",),
        "bytes_up": ("in_bytes",),
        "bytes_down": ("out_bytes",),
    },
    "src_port",
    ("first|t_first", "received|t_received"),
)
PMACCT = _flow(
    "pmacct_json",
    "NetFlow, IPFIX and sFlow in JSON (pmacct, nfacctd)",
    "https://github.com/pmacct/pmacct/blob/master/CONFIG-KEYS",
    (
        ("ip_src", r"^[0-9a-fA-F.:]+$"),
        ("ip_dst", r"^[0-9a-fA-F.:]+$"),
        ("bytes", _NUMBER),
        ("event_type|packets|stamp_inserted", ""),
    ),
    {
        "client_ip": ("ip_src",),
        "server_ip": ("ip_dst",),
        "server_port": ("port_dst",),
        "bytes_up": ("bytes",),
    },
    "port_src",
    ("timestamp_start", "timestamp_min", "stamp_inserted"),
)

GOFLOW_TEXT = LogFormat(
    name="goflow2_text",
    title="NetFlow, IPFIX and sFlow as key=value (goflow2 -format text)",
    vendor="IETF",
    doc=GOFLOW.doc,
    kind="connection",
    family=KeyValue(requires=("type", "src_addr", "dst_addr", "bytes")),
    line=r'^"?type"?="?(?:NETFLOW_V5|NETFLOW_V9|IPFIX|SFLOW_5)"? ',
    fields={
        "client_ip": ("src_addr",),
        "server_ip": ("dst_addr",),
        "server_port": ("dst_port",),
        "bytes_up": ("bytes",),
    },
    time=(TimeOf(("time_flow_start_ns",)), TimeOf(("time_flow_start",)), TimeOf(("time_received_ns",))),
    zone="utc",
    rank=12,
    uncounted=(When((("src_port", _SERVICE), ("dst_port", _EPHEMERAL)), _REPLY),),
    product="netflow",
)


def _element(number: str, group: str, value: str) -> str:
    """An element of a vFlow data set, by its number; what is absent takes nothing."""
    return rf'(?:(?=.{{0,8000}}?\{{"I": ?(?:{number}), ?"V": ?"?(?P<{group}>{value})"?[,}}])|)'


VFLOW = LogFormat(
    name="vflow_json",
    title="NetFlow v9 and IPFIX in JSON, by the numbers of elements (vFlow)",
    vendor="Edgio",
    doc="https://github.com/EdgeCast/vflow/blob/master/docs/design.md",
    kind="connection",
    family=Pattern(
        (
            r"^"
            + _element("8|27", "source", "[0-9a-fA-F.:]{2,45}")
            + _element("12|28", "destination", "[0-9a-fA-F.:]{2,45}")
            + _element("7", "source_port", r"\d{1,5}")
            + _element("11", "port", r"\d{1,5}")
            + _element("1|85|231", "up", r"\d{1,20}")
            + _element("232", "down", r"\d{1,20}")
            + _element("150|152", "time", r"\d{9,13}"),
        )
    ),
    line=r'^\{"AgentID": ?"[^"]{2,60}", ?"Header": ?\{"Version": ?(?:9|10),|^\[(?:\{"I": ?\d{1,5}, ?"V": ?[^{}]{1,200}\},? ?){2}',
    each=r'(\[\{"I": ?[^\[\]]{0,8000}\])',
    fields={
        "client_ip": ("source",),
        "server_ip": ("destination",),
        "server_port": ("port",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    uncounted=(When((("source_port", _SERVICE), ("port", _EPHEMERAL), ("down", r"^0?$")), _REPLY),),
    product="netflow",
)

_FROM, _TO = "flow.src.l4.port.id", "flow.dst.l4.port.id"
ELASTIFLOW = LogFormat(
    name="elastiflow_json",
    title="NetFlow, IPFIX and sFlow in JSON (ElastiFlow, CODEX schema)",
    vendor="ElastiFlow",
    doc="https://docs.elastiflow.com/docs/schemas/codex/",
    kind="connection",
    family=Json(requires=(("flow.client.ip.addr", r"^[0-9a-fA-F.:]+$"), ("flow.server.ip.addr", r"^[0-9a-fA-F.:]+$"))),
    fields={
        "device": (Part("flow.client.host.name", r"^(.*[A-Za-z].*)$"),),
        "client_ip": ("flow.client.ip.addr",),
        "server_ip": ("flow.server.ip.addr",),
        "server_port": ("flow.server.l4.port.id",),
        "bytes_up": (Part("flow.bytes", r"^(\d+)$", only=((_TO, _SERVICE),)),),
    },
    time=(TimeOf(("flow.start.timestamp",)), TimeOf(("@timestamp",)), TimeOf(("flow.collect.timestamp",))),
    zone="utc",
    rank=12,
    uncounted=(When(((_FROM, _SERVICE), (_TO, _EPHEMERAL)), _REPLY),),
    product="netflow",
)
"""Client and server are the roles, which are the same in both directions; source and destination are those of the flow. The name of the
server is what its address resolves to, which is not what was asked for: it is not taken."""

_ADDRESS = r"^[0-9a-fA-F.:]+$"
NETFLOW_NUMBERS = _flow(
    "netflow_numbers",
    "NetFlow v9 in JSON, by the numbers of its fields (nProbe without --json-labels)",
    "https://www.ntop.org/guides/nprobe/flow_information_elements.html",
    (("8|27", _ADDRESS), ("12|28", _ADDRESS), ("11", r"^\d{1,5}$"), ("1", _NUMBER)),
    {
        "host": ("57660", "57659", "57677"),
        "client_ip": ("8|27",),
        "server_ip": ("12|28",),
        "server_port": ("11",),
        "bytes_up": ("1",),
        "bytes_down": ("23",),
    },
    "7",
    ("152|150", "@timestamp|timestamp"),
)
"""57472 and the number of ntop's own element: 57660 is the name in TLS, 57659 that in HTTP, 57677 a DNS query."""
FORMATS = (IPFIX, NETFLOW, NETFLOW_NUMBERS, GOFLOW, GOFLOW_TEXT, NFDUMP, PMACCT, VFLOW, ELASTIFLOW)
