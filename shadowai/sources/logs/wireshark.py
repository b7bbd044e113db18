"""Packets as tables: the fields that ``tshark -T fields -E header=y`` was told to print, and Wireshark's list of packets saved as CSV.

A packet has a direction and no size of a transfer. What names whom a client wanted is its TLS hello, its request and its DNS query; all
other packets, the server's among them, name nobody and are not counted. Sources: https://www.wireshark.org/docs/man-pages/tshark.html
and the fields of https://www.wireshark.org/docs/dfref/ (``dns``, ``tls``, ``http``, ``http2``, ``frame``).
"""

from dataclasses import replace

from shadowai.sources.logs.description import CsvHeader, LogFormat, Part, TimeOf, When

_FIRST = r"^([^,\s]+)"
"""Of a field that a packet has several times (a tunnel's addresses) tshark prints all, with a comma between them."""
_HELLO = ("tls.handshake.extensions_server_name", "ssl.handshake.extensions_server_name")
_REQUESTED = ("http.request.full_uri", "http2.headers.authority", "http.host", "http3.headers.authority")
_ASKED = "dns.qry.name"
_ANSWER = "a DNS answer, not a client's question"
_YES = r"(?i)^(?:1|true)"
_NOBODY = "a packet that names nobody"

FIELDS = LogFormat(
    name="tshark_fields",
    title="tshark -T fields with a header line (tabs, commas …)",
    vendor="Wireshark",
    doc="https://www.wireshark.org/docs/man-pages/tshark.html",
    kind="connection",
    family=CsvHeader(columns=("ip.src", "frame.time_epoch")),
    fields={
        "host": tuple(Part(key, _FIRST) for key in (*_REQUESTED, *_HELLO, _ASKED)),
        "url": (Part("http.request.full_uri", _FIRST),),
        "path": ("http.request.uri", "http2.headers.path"),
        "client_ip": (Part("ip.src", _FIRST), Part("ipv6.src", _FIRST)),
        "server_ip": (Part("ip.dst", _FIRST), Part("ipv6.dst", _FIRST)),
        "server_port": tuple(Part(key, _FIRST) for key in ("tcp.dstport", "udp.dstport")),
        "method": ("http.request.method", "http2.headers.method"),
        "user_agent": ("http.user_agent", "http2.headers.user_agent"),
    },
    time=(TimeOf(("frame.time_epoch",)), TimeOf(("frame.time_utc",)), TimeOf(("frame.time",))),
    rank=12,
    kinds=(
        *((When(((key, r"."),)), "http_request") for key in _REQUESTED),
        *((When(((key, r"."),)), "tls_connection") for key in _HELLO),
        (When(((_ASKED, r"."),)), "dns_query"),
    ),
    uncounted=(
        When((("dns.flags.response", _YES),), _ANSWER),
        *(When(((_ASKED, r"."), (key, r"^53$")), _ANSWER) for key in ("udp.srcport", "tcp.srcport")),
        *(When(((_ASKED, r"."), (key, r".")), _ANSWER) for key in ("dns.a", "dns.aaaa", "dns.resp.name")),
        When(tuple((key, r"^$") for key in (*_REQUESTED, *_HELLO, _ASKED)), _NOBODY),
    ),
    product="wireshark",
)
DATED = replace(
    FIELDS,
    name="tshark_fields_dated",
    title="tshark -T fields with a header line, times as dates",
    family=CsvHeader(columns=("ip.src", "frame.time")),
)
LOOKUPS = replace(
    FIELDS,
    name="tshark_dns_fields",
    title="tshark -T fields with a header line: DNS queries",
    kind="dns_query",
    family=CsvHeader(columns=("ip.src", _ASKED)),
    fields={name: FIELDS.fields[name] for name in ("host", "client_ip", "server_ip")},
    time=(),
)
HELLOS = replace(
    FIELDS,
    name="tshark_tls_fields",
    title="tshark -T fields with a header line: names in TLS hellos",
    kind="tls_connection",
    family=CsvHeader(columns=("ip.src", _HELLO[0])),
    fields={name: FIELDS.fields[name] for name in ("host", "client_ip", "server_ip", "server_port")},
    time=(),
)
"""Which fields are printed is up to who prints them. ``ip.src`` and ``ip.dst`` alone are what other tables call addresses, too."""

_QUERY = r"^Standard query 0x[0-9a-fA-F]{4} [A-Z0-9]{1,12} ([^\s,\"]{1,255})"
_SNI = r"\(SNI=([^)\s]{1,255})\)"
_URL = r"^[A-Z]{3,16} (https?://\S{1,2000}) HTTP/"
_TUNNEL = r"^CONNECT (\S{1,255}) HTTP/"

PACKETS = LogFormat(
    name="wireshark_packet_list",
    title="Wireshark's packet list, exported as CSV",
    vendor="Wireshark",
    doc="https://www.wireshark.org/docs/wsug_html_chunked/ChIOExportSection.html",
    kind="connection",
    family=CsvHeader(columns=("No.", "Time", "Source", "Destination", "Protocol", "Info")),
    fields={
        "host": tuple(Part("Info", pattern) for pattern in (_QUERY, _SNI, _URL, _TUNNEL)),
        "url": (Part("Info", _URL),),
        "device": (Part("Source", r"^([A-Za-z][\w-]*(?:\.[\w-]+)*)$"),),
        "client_ip": ("Source",),
        "server_ip": ("Destination",),
        "method": (Part("Info", r"^([A-Z]{3,16}) \S+ HTTP/\d"),),
    },
    time=(TimeOf(("Time",)),),
    rank=12,
    kinds=(
        (When((("Info", _QUERY),)), "dns_query"),
        (When((("Info", _SNI),)), "tls_connection"),
        (When((("Info", r"^[A-Z]{3,16} \S+ HTTP/\d"),)), "http_request"),
    ),
    uncounted=(
        When(
            tuple(("Info", f"^(?!.*(?:{pattern.lstrip('^')}))") for pattern in (_QUERY, _SNI, _URL, _TUNNEL)), _NOBODY
        ),
    ),
    product="wireshark",
)
"""Times are seconds since the capture began, as long as nobody chose otherwise: these tell no time of day."""

FORMATS = (FIELDS, DATED, LOOKUPS, HELLOS, PACKETS)
