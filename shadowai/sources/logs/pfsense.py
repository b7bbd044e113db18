"""pfSense and OPNsense packet filter log (``filterlog``): one line for a packet that a rule with logging met.

"Raw Filter Log Format", Netgate: comma separated, 9 is the IP version, behind which the places differ. The length is the packet's, not
the connection's, and is not read. pfBlockerNG's logs are comma separated, the first value says of what kind a line is.
"""

from shadowai.sources.logs.description import CsvPositional, Json, LogFormat, Part, TimeOf, Told, When, Whole

_V4 = ((9, r"^4$"),)
_V6 = ((9, r"^6$"),)
_PORTED = r"(?i)^(?:tcp|udp|sctp)$"

FILTERLOG = LogFormat(
    name="pfsense_filterlog",
    title="pfSense and OPNsense filter log",
    vendor="Netgate, Deciso",
    doc="https://docs.netgate.com/pfsense/en/latest/monitoring/logs/raw-filter-format.html",
    kind="connection",
    family=CsvPositional(at_least=17),
    line=r"^\d{1,10},[^,]{0,64},[^,]{0,64},[^,]{0,64},[^,]{1,64},[\w-]{1,32},(?:pass|block|reject|rdr|nat|binat|match|scrub),(?:in|out),[46],",
    fields={
        "client_ip": (Part(19, r"^(.+)$", _V4), Part(16, r"^(.+)$", _V6)),
        "server_ip": (Part(20, r"^(.+)$", _V4), Part(17, r"^(.+)$", _V6)),
        "server_port": (Part(22, r"^(\d+)$", (*_V4, (17, _PORTED))), Part(19, r"^(\d+)$", (*_V6, (13, _PORTED)))),
        "action": (7,),
    },
    blocked=(When(((7, r"^(?:block|reject)$"),)),),
    allowed=(When(((7, r"^pass$"),)),),
    uncounted=(
        When(((9, r"^4$"), (17, r"(?i)^(?!tcp$|udp$|sctp$)")), "a packet of a protocol without ports, not use of a service"),
        When(((9, r"^6$"), (13, r"(?i)^(?!tcp$|udp$|sctp$)")), "a packet of a protocol without ports, not use of a service"),
        When(((7, r"^(?:rdr|nat|binat|match|scrub)$"),), "a translation of addresses; the packet's pass is counted"),
    ),
    product="pf",
)  # fmt: skip

_BLOCK_LIST = ((1, r"^DNSBL"),)
_ANSWER = ((1, r"^DNS-reply$"),)
_PACKET = ((1, r"^(?:Block|Permit|Match)$"),)

PFBLOCKERNG = LogFormat(
    name="pfblockerng",
    title="pfBlockerNG: dnsbl.log, dns_reply.log and unified.log",
    vendor="Netgate",
    doc="https://docs.netgate.com/pfsense/en/latest/packages/pfblocker.html",
    kind="dns_query",
    family=CsvPositional(at_least=9),
    line=r"^(?:DNSBL-(?:python|Full|1x1)|DNS-reply|(?:Block|Permit|Match)(?=,[^,]{8,32},\d{1,12},[^,]*,[^,]*,[a-z]+,[46],)),"
    r"(?:[A-Z][a-z]{2} {1,2}\d{1,2} |\d{4}-\d\d-\d\d[ T]|\d\d/\d\d/\d\d )\d\d:\d\d:\d\d,",
    fields={
        "host": (Part(3, r"^(.+)$", _BLOCK_LIST), Part(7, r"^(.+)$", _ANSWER)),
        "client_ip": (Part(4, r"^(.+)$", _BLOCK_LIST), Part(8, r"^(.+)$", _ANSWER), Part(10, r"^(.+)$", _PACKET)),
        "server_ip": (Part(11, r"^(.+)$", _PACKET),),
        "server_port": (Part(13, r"^(\d+)$", _PACKET),),
        "action": (Part(1, r"^(DNSBL.*)$"), Part(6, r"^(.+)$", _PACKET)),
    },
    time=(TimeOf((2,)),),
    day_first=False,
    rank=12,
    kinds=((When(_PACKET), "connection"),),
    blocked=(When(_BLOCK_LIST), When(((1, r"^Block$"),))),
    allowed=(When(((1, r"^Permit$"),)),),
    uncounted=(When((*_PACKET, (14, r"(?i)^in$"), (1, r"^(?!Permit)")), "a packet from outside"),),
    told=Told((9,), (6,)),
    product="pf",
)
"""What its resolver answered (type of reply, of record, TTL, name, client, answer), and what a block list kept from being answered."""

ZENARMOR = LogFormat(
    name="zenarmor",
    title="Zenarmor on OPNsense and pfSense: connections, TLS, web and DNS (JSON)",
    vendor="Sunny Valley Networks",
    doc="https://www.zenarmor.com/docs/opnsense/configuring/data-management/streaming-reporting-data",
    kind="connection",
    family=Json(
        requires=(
            ("ip_src_saddr", r"^[0-9a-fA-F.:]+$"),
            ("ip_dst_saddr", r"^[0-9a-fA-F.:]+$"),
            ("is_blocked|conn_uuid|transport_proto", ""),
        )
    ),
    fields={
        "host": ("server_name", "query", "host", Part("dst_hostname", r"^(.*\.[A-Za-z][\w-]*)\.?$")),
        "user": ("src_username",),
        "device": (Part("src_hostname", r"^(.*[G-Zg-z_-].*)$"),),
        "client_ip": ("ip_src_saddr",),
        "server_ip": ("ip_dst_saddr",),
        "server_port": ("ip_dst_port",),
        "bytes_up": ("src_nbytes",),
        "bytes_down": ("dst_nbytes",),
    },
    time=(TimeOf(("start_time",)),),
    zone="utc",
    rank=12,
    kinds=(
        (When((("query", r"."),)), "dns_query"),
        (When((("server_name", r"."),)), "tls_connection"),
        (When((("host", r"."),)), "http_request"),
    ),
    blocked=(When((("is_blocked", r"^(?:1|true)$"),)),),
    allowed=(When((("is_blocked", r"^(?:0|false)$"),)),),
    uncounted=(When((("direction", r"^in$"),), "a connection from outside"),),
    session=("conn_uuid",),
    whole=Whole((When((("server_name", r"^$"), ("query", r"^$"), ("host", r"^$"))),), ("src_nbytes",), ("dst_nbytes",)),
    product="zenarmor",
)
"""Its reports of connections, TLS, web and DNS tell of one connection under the same ``conn_uuid``; ``src_nbytes`` is what the source
sent."""

FORMATS = (FILTERLOG, PFBLOCKERNG, ZENARMOR)
