"""Network sensors in plain text: Suricata's own logs beside EVE, and flows as nfdump, SiLK's rwcut and Argus' ra print them.

Suricata: https://docs.suricata.io/en/latest/output/log-rotation.html and ``log-httplog.c``, ``log-tlslog.c`` of its source: the client
stands on the left of ``->``, whoever sent the packet. A flow has one direction: its bytes went from the source to the destination.
"""

from shadowai.sources.logs.description import CsvHeader, LogFormat, Pattern, TimeOf, When

_DOC = "https://docs.suricata.io/en/suricata-5.0.0/output/index.html"
_TIME = r"^(?P<time>\d\d/\d\d/\d{4}-\d\d:\d\d:\d\d\.\d{6})"
_STAMP = r"^\d\d/\d\d/\d{4}-\d\d:\d\d:\d\d\.\d{6}"
_IP = r"[0-9a-fA-F]*[.:][0-9a-fA-F.:]+"
_ENDS = rf"(?P<client>{_IP}):\d+ -> (?P<server>{_IP}):(?P<port>\d+)(?=\s|$)"
_GAP = r" \[\*\*\] "
_REPLY = "what the service sent back; the record of the other direction is counted"
_SERVICE = r"^(?:53|80|443|853)$"
_EPHEMERAL = r"^\d{4,5}$"

HTTP_LOG = LogFormat(
    name="suricata_http_log",
    title="Suricata http.log (http-log)",
    vendor="OISF",
    doc=_DOC,
    kind="http_request",
    family=Pattern(
        (
            rf"{_TIME} (?P<host>\S{{1,300}}){_GAP}(?P<path>\S{{0,8000}}){_GAP}(?P<agent>.{{0,2000}}?){_GAP}.{{0,8000}}?{_GAP}"
            rf"(?P<method>[A-Z]{{2,20}}|<no method>){_GAP}(?:HTTP/\S+|<no protocol>){_GAP}(?P<status>\d{{3}}|<no status>)"
            rf"(?: => .{{0,8000}}?)?{_GAP}(?P<down>\d+) bytes{_GAP}{_ENDS}",
            rf"{_TIME} (?P<host>\S{{1,300}}|<hostname unknown>){_GAP}(?P<path>\S{{0,8000}}){_GAP}(?P<agent>.{{0,2000}}?){_GAP}{_ENDS}",
        )
    ),
    line=(
        rf"{_STAMP} (?:\S{{1,300}}|<hostname unknown>){_GAP}\S{{0,8000}}{_GAP}(?!Query TX|Response TX).{{0,9000}}{_GAP}"
        rf"{_IP}:\d+ -> {_IP}:\d+\s*$"
    ),
    fields={
        "host": ("host",),
        "path": ("path",),
        "client_ip": ("client",),
        "server_ip": ("server",),
        "server_port": ("port",),
        "method": ("method",),
        "action": ("status",),
        "bytes_down": ("down",),
        "user_agent": ("agent",),
    },
    time=(TimeOf(("time",)),),
    day_first=False,
    rank=12,
    nulls=frozenset({"<useragent unknown>", "<hostname unknown>", "<no method>", "<no status>"}),
    product="suricata",
)

TLS_LOG = LogFormat(
    name="suricata_tls_log",
    title="Suricata tls.log (tls-log)",
    vendor="OISF",
    doc=_DOC,
    kind="tls_connection",
    family=Pattern((rf"{_TIME} {_ENDS} +TLS: (?:.{{0,3000}}? SNI='(?P<host>[^']{{1,255}})')?",)),
    line=rf"{_STAMP} {_IP}:\d+ -> {_IP}:\d+ +TLS: ",
    fields={"host": ("host",), "client_ip": ("client",), "server_ip": ("server",), "server_port": ("port",)},
    time=(TimeOf(("time",)),),
    day_first=False,
    rank=12,
    product="suricata",
)

DNS_LOG = LogFormat(
    name="suricata_dns_log",
    title="Suricata dns.log (dns-log)",
    vendor="OISF",
    doc=_DOC,
    kind="dns_query",
    family=Pattern(
        (
            rf"{_TIME}{_GAP}(?P<what>Query|Response) TX [0-9a-f]+{_GAP}(?P<host>[^\[\s]{{1,255}}){_GAP}"
            rf"[\w-]+{_GAP}(?:.{{0,600}}?{_GAP})?{_ENDS}",
            rf"{_TIME}{_GAP}(?P<what>Query|Response) TX ",
        )
    ),
    line=rf"{_STAMP}{_GAP}(?:Query|Response) TX [0-9a-f]+{_GAP}",
    fields={"host": ("host",), "client_ip": ("client",), "server_ip": ("server",), "server_port": ("port",)},
    time=(TimeOf(("time",)),),
    day_first=False,
    rank=12,
    uncounted=(When((("what", r"^Response$"),), "a DNS answer; the query is counted"),),
    product="suricata",
)

NFDUMP_CSV = LogFormat(
    name="nfdump_csv",
    title="NetFlow as CSV (nfdump -o csv)",
    vendor="IETF",
    doc="https://github.com/phaag/nfdump",
    kind="connection",
    family=CsvHeader(columns=("ts", "te", "td", "sa", "da", "ibyt"), delimiters=","),
    fields={
        "client_ip": ("sa",),
        "server_ip": ("da",),
        "server_port": ("dp",),
        "bytes_up": ("ibyt",),
        "bytes_down": ("obyt",),
    },
    time=(TimeOf(("ts",)),),
    rank=12,
    uncounted=(
        When((("da", r"^[^.:]*$"),), "a sum over flows"),
        When((("sp", _SERVICE), ("dp", _EPHEMERAL), ("obyt", r"^0?$")), _REPLY),
    ),
    product="netflow",
)
"""``ibyt`` are the bytes from ``sa`` to ``da``, ``obyt`` those back where flows were joined."""

NFDUMP_CSV_17 = LogFormat(
    name="nfdump_csv_17",
    title="NetFlow as CSV (nfdump 1.7 -o csv)",
    vendor="IETF",
    doc="https://github.com/phaag/nfdump",
    kind="connection",
    family=CsvHeader(columns=("firstSeen", "srcAddr", "srcPort", "dstAddr", "dstPort", "proto"), delimiters=","),
    fields={
        "client_ip": ("srcAddr",),
        "server_ip": ("dstAddr",),
        "server_port": ("dstPort",),
        "bytes_up": ("bytes", "inBytes"),
        "bytes_down": ("outBytes",),
    },
    time=(TimeOf(("firstSeen",)), TimeOf(("first",))),
    rank=12,
    uncounted=(
        When((("dstAddr", r"^[^.:]*$"),), "a sum over flows"),
        When((("srcPort", _SERVICE), ("dstPort", _EPHEMERAL), ("outBytes", r"^0?$")), _REPLY),
    ),
    product="netflow",
)
"""Names of columns as ``output_csv.c`` gives them: which ones are there is up to who prints (``-o csv:%ts,%sa,…``)."""

PMACCT_CSV = LogFormat(
    name="pmacct_csv",
    title="NetFlow, IPFIX and sFlow as CSV (pmacct, nfacctd)",
    vendor="pmacct",
    doc="https://github.com/pmacct/pmacct/blob/master/CONFIG-KEYS",
    kind="connection",
    family=CsvHeader(columns=("SRC_IP", "DST_IP", "SRC_PORT", "DST_PORT", "PROTOCOL", "TOS", "PACKETS", "BYTES")),
    fields={"client_ip": ("SRC_IP",), "server_ip": ("DST_IP",), "server_port": ("DST_PORT",), "bytes_up": ("BYTES",)},
    time=(TimeOf(("TIMESTAMP_START",)), TimeOf(("TIMESTAMP_MIN",)), TimeOf(("STAMP_INSERTED",))),
    rank=12,
    uncounted=(When((("SRC_PORT", _SERVICE), ("DST_PORT", _EPHEMERAL)), _REPLY),),
    product="netflow",
)

_V4, _V6 = r"\d{1,3}(?:\.\d{1,3}){3}", r"(?=[0-9a-fA-F]{0,4}:)[0-9a-fA-F:]{2,39}"
_NFDUMP_END = rf"(?:{_V4}:\d+(?:\.\d+)?|{_V6}\.\d+(?:\.\d+)?)"


def _end(address: str, port: str) -> str:
    """An address and its port, which stand with a colon between them, or with a dot where the address is of version 6."""
    return rf"(?P<{address}>{_V4}(?=:)|{_V6}(?=\.))[:.](?P<{port}>\d+)(?:\.\d+)?"


_SEEN = r"^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) +"
_ENDS_OF_FLOW = _end("client", "from") + r" +(?P<both><?)-> +" + _end("server", "port")
_ONE_WAY, _BOTH_WAYS = (_ENDS_OF_FLOW.replace("<?", arrow) for arrow in ("", "<"))
_LASTING = r"[\d:.]+ +[A-Z0-9-]+ +"
_EVENT = r"(?P<event>[A-Z]+) +\S+ +[A-Z0-9-]+ +"
_FLAGS = r" +(?:[.A-Z]{6,8} +\d+ +)?"
_COUNT = r"\d+(?:\.\d+ [KMGT])?"
NFDUMP_TEXT = LogFormat(
    name="nfdump_text",
    title="NetFlow as text (nfdump -o line, long, extended, biline, bilong, nsel)",
    vendor="IETF",
    doc="https://github.com/phaag/nfdump",
    kind="connection",
    family=Pattern(
        (
            _SEEN + _LASTING + _ONE_WAY + _FLAGS + rf"{_COUNT} +(?P<up>{_COUNT})(?= +\d)",
            _SEEN
            + _LASTING
            + _BOTH_WAYS
            + _FLAGS
            + rf"{_COUNT} +{_COUNT} +(?P<down>{_COUNT}) +(?P<up>{_COUNT}) +\d+\s*$",
            _SEEN
            + _EVENT
            + _ONE_WAY
            + rf" +{_NFDUMP_END} +-> +{_NFDUMP_END} +(?P<up>{_COUNT}) +(?P<down>{_COUNT})\s*$",
            _SEEN + _LASTING + _ENDS_OF_FLOW,
            _SEEN + _EVENT + _ONE_WAY,
        )
    ),
    line=(
        rf"^\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{{3}} +(?:[\d:.]+|(?:INVALID|IGNORE|CREATE|DELETE|DENIED|ALERT|UPDATE) +\S+) +[A-Z0-9-]+ +"
        rf"{_NFDUMP_END} +<?-> +{_NFDUMP_END} +\S"
    ),
    ignored=r"^(?:Date (?:first seen|flow start)|Event time|Summary: |Time window: |Total flows|Sys: )",
    fields={
        "client_ip": ("client",),
        "server_ip": ("server",),
        "server_port": ("port",),
        "action": ("event",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("event", r"^DENIED$"),)),),
    allowed=(When((("event", r"^(?:CREATE|DELETE|UPDATE)$"),)),),
    uncounted=(
        When((("from", _SERVICE), ("port", _EPHEMERAL), ("both", r"^$"), ("event", r"^$")), _REPLY),
        When((("event", r"^CREATE$"),), "the start of a connection; its end is counted", (("event", r"^DELETE$"),)),
        When((("event", r"^ALERT$"),), "a finding about a flow, which is counted"),
    ),
    product="netflow",
)
"""``output.c``: of flows in both directions (``<->``) what came back (``%obyt``) stands before what was sent (``%ibyt``), of the events of
Cisco ASA (NSEL) behind it. Without ``-N`` sizes from a million on are rounded (``1.6 G``, which is 1.6 thousand millions)."""

NPROBE = LogFormat(
    name="netflow_csv",
    title="NetFlow as CSV under Cisco's names (nProbe)",
    vendor="ntop",
    doc="https://www.ntop.org/guides/nprobe/flow_information_elements.html",
    kind="connection",
    family=CsvHeader(columns=("IPV4_SRC_ADDR", "IPV4_DST_ADDR", "IN_BYTES")),
    fields={
        "host": ("TLS_SERVER_NAME", "SSL_SERVER_NAME", "QUIC_SERVER_NAME", "HTTP_HOST", "HTTP_SITE", "DNS_QUERY"),
        "client_ip": ("IPV4_SRC_ADDR",),
        "server_ip": ("IPV4_DST_ADDR",),
        "server_port": ("L4_DST_PORT",),
        "bytes_up": ("IN_BYTES",),
        "bytes_down": ("OUT_BYTES",),
    },
    time=(
        TimeOf(("FLOW_START_MILLISECONDS",)),
        TimeOf(("FLOW_START_SEC",)),
        TimeOf(("timestamp",)),
    ),
    zone="utc",
    rank=12,
    uncounted=(When((("L4_SRC_PORT", _SERVICE), ("L4_DST_PORT", _EPHEMERAL), ("OUT_BYTES", r"^0?$")), _REPLY),),
    product="netflow",
)

SILK = LogFormat(
    name="silk_rwcut",
    title="SiLK flow records as text (rwcut)",
    vendor="CERT NetSA",
    doc="https://tools.netsa.cert.org/silk/rwcut.html",
    kind="connection",
    family=CsvHeader(columns=("sIP", "dIP", "sPort", "dPort", "bytes"), delimiters="|"),
    fields={"client_ip": ("sIP",), "server_ip": ("dIP",), "server_port": ("dPort",), "bytes_up": ("bytes",)},
    time=(TimeOf(("sTime",)),),
    zone="utc",
    day_first=False,
    rank=12,
    uncounted=(When((("sPort", r"^\s*(?:53|80|443|853)\s*$"), ("dPort", r"^\s*\d{4,5}\s*$")), _REPLY),),
    product="silk",
)

ARGUS = LogFormat(
    name="argus_ra",
    title="Argus flow records as CSV (ra)",
    vendor="Argus",
    doc="https://openargus.org/documentation",
    kind="connection",
    family=CsvHeader(columns=("StartTime", "SrcAddr", "DstAddr", "Proto", "State"), delimiters=","),
    fields={
        "client_ip": ("SrcAddr",),
        "server_ip": ("DstAddr",),
        "server_port": ("Dport",),
        "action": ("State",),
        "bytes_up": ("SrcBytes",),
        "bytes_down": ("DstBytes",),
    },
    time=(TimeOf(("StartTime",)),),
    rank=12,
    product="argus",
)

FORMATS = (HTTP_LOG, TLS_LOG, DNS_LOG, NFDUMP_CSV, NFDUMP_CSV_17, NFDUMP_TEXT, NPROBE, PMACCT_CSV, SILK, ARGUS)
