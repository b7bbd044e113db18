"""Snort's alerts: alert_json (Snort 3), alert_csv (Snort 2 and 3, pfSense) and alert_fast, which Suricata's fast.log and syslog have, too.

https://docs.snort.org/start/alert_logging: ``dir`` is the direction of the packet, ``C2S`` or ``S2C``; ``pkt_len`` the length of the
one packet that raised the alert, and no size of what was sent. The time of an alert has no year in Snort's default; ``seconds``
of alert_json is the time since the epoch. The sender of an alert about a response is the server.
"""

from shadowai.sources.logs.description import CsvPositional, Json, Key, LogFormat, Part, Pattern, Take, TimeOf, When

_SERVICE = r"^(?:53|80|443|853|3128|8080|8443)$"
_HIGH = r"^(?:\d{5}|[1-9]\d{3})$"
_DOC = "https://docs.snort.org/start/alert_logging"
_BLOCKED = r"(?i)^(?:block|drop|reject|reset)"
_DATE = r"^(?:\d\d/\d\d(?:/\d{2,4})?-\d\d:\d\d:\d\d\.\d{1,9}) ?"


def _ends(
    source: Key, source_port: Key, destination: Key, destination_port: Key, from_server: tuple[tuple[Key, str], ...]
) -> dict[str, tuple[Take, ...]]:
    """Client and server of a packet; the other way round where ``from_server`` holds."""
    return {
        "client_ip": (Part(destination, r"(.+)", from_server), source),
        "server_ip": (Part(source, r"(.+)", from_server), destination),
        "server_port": (Part(source_port, r"(.+)", from_server), destination_port),
    }


JSON = LogFormat(
    name="snort",
    title="Snort 3 alerts (alert_json)",
    vendor="Cisco",
    doc=_DOC,
    kind="connection",
    family=Json(
        requires=(
            ("timestamp", r"^\d\d/\d\d(?:/\d{2,4})?-\d\d:"),
            ("rule|sid", r"^\d"),
            ("src_ap|src_addr", ""),
            ("dst_ap|dst_addr", ""),
        )
    ),
    fields={
        **_ends("src_addr|src_ap", "src_port|src_ap", "dst_addr|dst_ap", "dst_port|dst_ap", (("dir", "^S2C$"),)),
        "server_port": (
            Part("src_port|src_ap", r"(?:^|:)(\d+)$", (("dir", "^S2C$"),)),
            Part("dst_port|dst_ap", r"(?:^|:)(\d+)$", (("dir", "^(?!S2C$)"),)),
        ),
        "action": ("action",),
    },
    time=(TimeOf(("seconds",)), TimeOf(("timestamp",))),
    rank=12,
    blocked=(When((("action", _BLOCKED),)),),
    allowed=(When((("action", r"(?i)^(?:allow|alert|log|pass|would|can't)"),)),),
    product="snort",
)

CSV = LogFormat(
    name="snort_csv",
    title="Snort alerts (alert_csv; pfSense and OPNsense)",
    vendor="Cisco",
    doc=_DOC,
    kind="connection",
    family=CsvPositional(at_least=10),
    line=_DATE
    + r',\d+,\d+,\d+,(?:"[^"]*"|[^,]*),(?:TCP|UDP|ICMP|IP|IPV6-ICMP|PROTO:\d+),[0-9a-fA-F.:]+,\d*,[0-9a-fA-F.:]+,\d*,',
    fields=_ends(7, 8, 9, 10, ((8, _SERVICE), (10, _HIGH))),
    time=(TimeOf((1,)),),
    rank=12,
    product="snort",
)

_FAST = (
    r"(?:(?P<time>\d\d/\d\d(?:/\d{2,4})?-\d\d:\d\d:\d\d\.\d{1,9})\s{1,4})?"
    r"(?:\[(?P<action>[A-Za-z]{4,8})\]\s{1,4})?(?:\[\*\*\]\s{1,4})?"
    r"\[\d{1,4}:\d{1,10}:\d{1,5}\]\s{1,4}[^{}]{0,256}\{(?P<protocol>[\w:-]{1,20})\}\s{1,4}"
    r"(?P<source>\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]+?)(?::(?P<source_port>\d{1,5}))?\s{1,4}->\s{1,4}"
    r"(?P<destination>\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]+?)(?::(?P<destination_port>\d{1,5}))?(?:\s|$)"
)
FAST = LogFormat(
    name="snort_fast",
    title="Snort and Suricata alerts in one line (alert_fast, fast.log, syslog)",
    vendor="Cisco",
    doc=_DOC,
    kind="connection",
    family=Pattern((_FAST,)),
    line=r"(?:^|\s)\[\d{1,4}:\d{1,10}:\d{1,5}\]\s{1,4}[^{}]{0,256}\{[\w:-]{1,20}\}\s{1,4}[0-9a-fA-F.:]+\s{1,4}->\s{1,4}[0-9a-fA-F.:]+",
    fields={
        **_ends(
            "source",
            "source_port",
            "destination",
            "destination_port",
            (("source_port", _SERVICE), ("destination_port", _HIGH)),
        ),
        "action": ("action",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("action", r"(?i)^(?:block|[a-z]?drop|reject)"),)),),
    product="snort",
)

FORMATS = (JSON, CSV, FAST)
