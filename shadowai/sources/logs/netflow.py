"""NetFlow and IPFIX as collectors write them in JSON: by the names of Cisco (v5, v9), of IANA (IPFIX), of goflow2, nfdump and pmacct.

Names: https://www.iana.org/assignments/ipfix/ipfix.xhtml and https://www.cisco.com/en/US/technologies/tk648/tk362/technologies_white_paper09186a00800a3db9.html.
A flow has one direction: its octets went from the source to the destination. Where a probe joins both (nProbe's ``OUT_BYTES``), the
second number is what came back. Flows of what a well-known service port sent back are printed and not counted. ``FIRST_SWITCHED``
and ``flowStartSysUpTime`` are milliseconds since the exporter's start and tell no time of day.
"""

from shadowai.sources.logs.description import Json, LogFormat, Take, TimeOf, When

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


IPFIX = _flow(
    "ipfix_json",
    "IPFIX in JSON, by the IANA names (Cisco SD-WAN, Logstash, ipfixcol2, YAF)",
    "https://www.iana.org/assignments/ipfix/ipfix.xhtml",
    (
        ("sourceIPv4Address|sourceIPv6Address|iana:sourceIPv4Address|iana:sourceIPv6Address", r"^[0-9a-fA-F.:]+$"),
        (
            "destinationIPv4Address|destinationIPv6Address|iana:destinationIPv4Address|iana:destinationIPv6Address",
            r"^[0-9a-fA-F.:]+$",
        ),
    ),
    {
        "host": ("httpRequestHost|tlsSNI|sslServerName|iana:httpRequestHost|flowmon:tlsSNI|cesnet:tlsSNI",),
        "client_ip": ("sourceIPv4Address|sourceIPv6Address|iana:sourceIPv4Address|iana:sourceIPv6Address",),
        "server_ip": (
            "destinationIPv4Address|destinationIPv6Address|iana:destinationIPv4Address|iana:destinationIPv6Address",
        ),
        "server_port": ("destinationTransportPort|iana:destinationTransportPort",),
        "user": ("userName|iana:userName",),
        "bytes_up": ("octetDeltaCount|initiatorOctets|octetTotalCount|iana:octetDeltaCount",),
        "bytes_down": ("responderOctets|reverseOctetDeltaCount|reverseOctetTotalCount|iana@reverse:octetDeltaCount",),
    },
    "sourceTransportPort|iana:sourceTransportPort",
    (
        "flowStartMilliseconds|flowStartSeconds|flowStartMicroseconds|flowStartNanoseconds|iana:flowStartMilliseconds",
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
        ("type", r"^(?:NETFLOW_V5|NETFLOW_V9|IPFIX|SFLOW_5|FLOWUNKNOWN)$"),
        ("src_addr", r"^[0-9a-fA-F.:]+$"),
        ("dst_addr", r"^[0-9a-fA-F.:]+$"),
        ("bytes", _NUMBER),
    ),
    {
        "client_ip": ("src_addr",),
        "server_ip": ("dst_addr",),
        "server_port": ("dst_port",),
        "bytes_up": ("bytes",),
    },
    "src_port",
    ("time_flow_start_ns", "time_flow_start", "time_received_ns", "time_received"),
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

FORMATS = (IPFIX, NETFLOW, GOFLOW, NFDUMP, PMACCT)
