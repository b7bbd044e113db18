"""Palo Alto Networks: PAN-OS syslog (CSV without header), the web interface's CSV export, Cloud NGFW for Azure.

Positions are those of the vendor's "Syslog Field Descriptions"; later releases only append. ``bytes_sent`` is client to server.
A session is logged when it ends, and on request also when it starts. Times are the firewall's own; the last timestamp of newer
releases has a zone. Strata Logging Service sends the same columns by syslog, with times of ISO 8601 in UTC
(https://docs.paloaltonetworks.com/strata-logging-service/log-reference/network-logs/network-traffic-log/network-traffic-syslog-fields).
"""

from collections.abc import Mapping

from shadowai.sources.logs.description import (
    CsvHeader,
    CsvPositional,
    Json,
    Key,
    Kind,
    LogFormat,
    Part,
    Pattern,
    Take,
    TimeOf,
    When,
)

_DOC = "https://docs.paloaltonetworks.com/pan-os/11-1/pan-os-admin/monitoring/use-syslog-for-monitoring/syslog-field-descriptions"

BLOCKED = r"(?i)^(?:deny|drop\b.*|reset\b.*|block\b.*|sinkhole|random-drop)$"
ALLOWED = r"(?i)^(?:allow|alert|continue|override|forward|wildfire-upload-.*)$"
START = "the start of a session; its end is counted"
WITHIN = "a finding within a session; the session is in the traffic log"
OWN_EVENT = "an event of the firewall itself, not use of a service"
_OWNER: tuple[Take, ...] = (Part(13, r"^(?!x-fwd-for:)(.+)$"),)
"""Where PAN-OS is set to use X-Forwarded-For for User-ID, it writes that address into the column of the source user."""

_PRECISE = r"(?:,.*?,(?P<precise>\d{4}-\d\d-\d\dT[\d:.+-]+))?"


_SHAPES: tuple[tuple[Key, str], ...] = ((1, r"^[01]?$"), (2, r"^\d[\d/: .TZ-]{6,26}$"), (3, r"^[\w-]*$"))


def _line(kinds: str, subtypes: str = r"[^,]*") -> str:
    return rf"^[: ]{{0,2}}[01]?,\d[\d/: .TZ-]{{6,26}},[^,]*,{kinds},{subtypes},"


def _positional(
    name: str,
    title: str,
    kind: Kind,
    line: str,
    fields: Mapping[str, tuple[Take, ...]],
    precise: Key,
    uncounted: tuple[When, ...] = (),
    lasted: tuple[Take, ...] = (),
    shapes: tuple[tuple[Key, str], ...] = (),
) -> LogFormat:
    return LogFormat(
        name=name,
        title=title,
        vendor="Palo Alto Networks",
        doc=_DOC,
        kind=kind,
        family=CsvPositional(at_least=31),
        line=line,
        fields={
            "user": _OWNER,
            "client_ip": (8,),
            "server_ip": (9,),
            "server_port": (26,),
            "action": (31,),
            **fields,
        },
        time=(TimeOf((precise,)), TimeOf((7,)), TimeOf((2,))),
        day_first=False,
        blocked=(When(((31, BLOCKED),)),),
        allowed=(When(((31, ALLOWED),)),),
        uncounted=uncounted,
        session=(3, 23, 25),  # serial number, session id, source port: ids begin again
        lasted=lasted,
        shapes=shapes,
        product="panos",
    )


TRAFFIC = _positional(
    "panos_traffic",
    "PAN-OS traffic log (syslog)",
    "connection",
    _line("TRAFFIC"),
    {"device": (83,), "bytes_up": (33,), "bytes_down": (34,)},
    103,
    (When(((5, r"^start$"),), START, ((5, r"^end$"),)),),
    lasted=(37,),
    shapes=(*_SHAPES, (4, r"^TRAFFIC$"), (5, r"^[\w-]*$")),
)

URL = _positional(
    "panos_threat_url",
    "PAN-OS URL filtering log (syslog)",
    "http_request",
    _line("THREAT", "url"),
    {"host": (32,), "url": (32,), "device": (87,), "method": (64,), "user_agent": (47,)},
    108,
    shapes=(*_SHAPES, (4, r"^THREAT$"), (5, r"^url$")),
)

THREAT = _positional(
    "panos_threat",
    "PAN-OS threat log: files, data, vulnerabilities, spyware, viruses; tunnels (syslog)",
    "connection",
    _line("(?:THREAT|TUNNEL)", "(?!url,)[^,]*"),
    {},
    108,
    (When((), WITHIN),),
)

DECRYPTION = _positional(
    "panos_decryption",
    "PAN-OS decryption log (syslog)",
    "tls_connection",
    _line("DECRYPTION"),
    {"host": (64, 61)},
    73,
    shapes=(*_SHAPES, (4, r"^DECRYPTION$"), (5, r"^[\w-]*$")),
)

SYSTEM = LogFormat(
    name="panos_system",
    title="PAN-OS system, User-ID, GlobalProtect, HIP match and configuration logs (syslog)",
    vendor="Palo Alto Networks",
    doc=_DOC,
    kind="connection",
    family=Pattern(
        (
            _line("USERID")[:-1]
            + r",[^,]*,(?P<time>[^,]+),[^,]*,(?P<client>[^,]*),(?P<user>[^,]*)(?:,.*,(?P<precise>\d{4}-\d\d-\d\dT[\d:.+-]+))?",
            _line("GLOBALPROTECT")[:-1]
            + r",[^,]*,(?P<time>[^,]+),(?:[^,]*,){5}(?P<user>[^,]*),[^,]*,(?P<device>[^,]*),(?P<client>[^,]*)"
            + _PRECISE,
            _line("HIPMATCH")[:-1]
            + r",[^,]*,(?P<time>[^,]+),(?P<user>[^,]*),[^,]*,(?P<device>[^,]*),[^,]*,(?P<client>[^,]*)"
            + _PRECISE,
            _line("SYSTEM")[:-1]
            + r",[^,]*,(?P<time>[^,]+),(?=.*?user '(?P<user>[^']*)')(?:(?=.*?From: (?P<client>[\d.a-fA-F:]+\d)))?"
            + _PRECISE,
            _line("(?:SYSTEM|CONFIG|USERID|AUTHENTICATION|CORRELATION|GTP|SCTP|IPTAG|AUDIT)")[:-1]
            + r",[^,]*,(?P<time>[^,]+)(?:,.*,(?P<precise>\d{4}-\d\d-\d\dT[\d:.+-]+))?",
        )
    ),
    line=_line("(?:SYSTEM|CONFIG|USERID|GLOBALPROTECT|HIPMATCH|AUTHENTICATION|CORRELATION|GTP|SCTP|IPTAG|AUDIT)"),
    fields={"user": ("user",), "device": ("device",), "client_ip": ("client",)},
    time=(TimeOf(("precise",)), TimeOf(("time",))),
    day_first=False,
    uncounted=(When((), OWN_EVENT),),
    product="panos",
)

EXPORT = LogFormat(
    name="panos_csv",
    title="PAN-OS and Panorama log exported as CSV from the web interface",
    vendor="Palo Alto Networks",
    doc="https://docs.paloaltonetworks.com/pan-os/11-1/pan-os-admin/monitoring/view-and-manage-logs/export-logs",
    kind="connection",
    family=CsvHeader(
        columns=("Receive Time", "Serial #", "Type", "Threat/Content Type", "Source address", "Destination address")
    ),
    fields={
        "host": ("URL", "URL/Filename", "Server Name Indication"),
        "url": ("URL", "URL/Filename"),
        "user": (Part("Source User", r"^(?!x-fwd-for:)(.+)$"),),
        "device": ("Source Hostname", "src_host"),
        "client_ip": ("Source address",),
        "server_ip": ("Destination address",),
        "server_port": ("Destination Port",),
        "method": ("http_method", "HTTP Method"),
        "action": ("Action",),
        "bytes_up": ("Bytes Sent",),
        "bytes_down": ("Bytes Received",),
        "user_agent": ("user_agent", "User Agent"),
    },
    time=(TimeOf(("high_res_timestamp",)), TimeOf(("Generate Time",)), TimeOf(("Receive Time",))),
    day_first=False,
    kinds=(
        (When((("Threat/Content Type", r"(?i)^url$"),)), "http_request"),
        (When((("Type", r"^DECRYPTION$"),)), "tls_connection"),
    ),
    blocked=(When((("Action", BLOCKED),)),),
    allowed=(When((("Action", ALLOWED),)),),
    uncounted=(
        When(
            (("Type", r"^TRAFFIC$"), ("Threat/Content Type", r"^start$")),
            START,
            (("Type", r"^TRAFFIC$"), ("Threat/Content Type", r"^end$")),
        ),
        When((("Type", r"^THREAT$"), ("Threat/Content Type", r"^(?!url$)")), WITHIN),
        When((("Type", r"^(?!TRAFFIC|THREAT|DECRYPTION)"),), OWN_EVENT),
    ),
    session=("Serial #", "Session ID", "Source Port"),
    lasted=("Elapsed Time (sec)",),
    product="panos",
    rank=12,
)


def _azure(name: str) -> Part:
    """A value of the record, which is JSON within a column."""
    return Part("Message", rf'"{name}"\s*:\s*"\s*([^"\s]+)\s*"')


def _cloud_firewall(name: str, title: str, family: Json | CsvHeader) -> LogFormat:
    return LogFormat(
        name=name,
        title=title,
        vendor="Palo Alto Networks",
        doc="https://github.com/Azure/Azure-Sentinel/tree/master/Sample%20Data/Custom/Azure%20Cloud%20NGFW%20by%20Palo%20Alto%20Networks",
        kind="connection",
        family=family,
        fields={
            "host": (_azure("server_name_indication"),),
            "client_ip": (_azure("src_ip"),),
            "server_ip": (_azure("dst(?:_ip)?"),),
            "server_port": (_azure("dport"),),
            "action": (_azure("action"),),
            "bytes_up": (_azure("bytes_sent"),),
            "bytes_down": (_azure("bytes_recv"),),
        },
        time=(TimeOf(("TimeGenerated",)), TimeOf(("TimeGenerated [UTC]",)), TimeOf(("_timestamp_d",))),
        zone="utc",
        rank=12,
        kinds=((When((("ident_s", r"^DECRYPTION$"),)), "tls_connection"),),
        blocked=(When((("Message", r'"action"\s*:\s*"(?:deny|drop|reset|block)'),)),),
        allowed=(When((("Message", r'"action"\s*:\s*"(?:allow|alert)"'),)),),
        uncounted=(When((("ident_s", r"^THREAT$"),), WITHIN, (("ident_s", r"^TRAFFIC$"),)),),
        product="paloalto_azure",
    )


AZURE = _cloud_firewall(
    "paloalto_azure_json",
    "Palo Alto Networks Cloud NGFW for Azure (Log Analytics table fluentbit_CL, JSON)",
    Json(requires=(("FirewallName_s", ""), ("ident_s", r"^(?:TRAFFIC|THREAT|DECRYPTION)$"), ("Message", r"src_ip"))),
)
AZURE_CSV = _cloud_firewall(
    "paloalto_azure_csv",
    "Palo Alto Networks Cloud NGFW for Azure (Log Analytics table fluentbit_CL, CSV export)",
    CsvHeader(columns=("FirewallName_s", "ident_s", "Message"), delimiters=","),
)


def _named(*names: str) -> str:
    """A variable of PAN-OS as a key, by itself and in Oracle Cloud's log events."""
    return "|".join(f"{before}{name}" for before in ("", "logContent.data.", "data.") for name in names)


_WHERE = (_named("subtype"), r"^url$")
_PAGE = r'^"?((?:[a-z]{3,5}://)?[\w.-]+\.[A-Za-z]{2,}(?::\d+)?(?:/.*?)?)"?$'
FORWARDED = LogFormat(
    name="panos_json",
    title="PAN-OS log as JSON under its own variables (HTTP forwarding, Oracle Cloud)",
    vendor="Palo Alto Networks",
    doc="https://docs.paloaltonetworks.com/pan-os/11-1/pan-os-admin/monitoring/forward-logs-to-an-https-destination",
    kind="connection",
    family=Json(
        requires=(
            (_named("type"), r"^(?:TRAFFIC|THREAT)$"),
            (_named("subtype"), r"^[a-z-]+$"),
            (_named("src"), r"^[0-9a-fA-F.:]+$"),
            (_named("dst"), r"^[0-9a-fA-F.:]+$"),
            (_named("dport", "srcuser", "serial", "rule"), ""),
        )
    ),
    fields={
        "host": (Part(_named("misc"), _PAGE, only=(_WHERE,)), Part(_named("url"), _PAGE, only=(_WHERE,))),
        "url": (Part(_named("misc"), _PAGE, only=(_WHERE,)), Part(_named("url"), _PAGE, only=(_WHERE,))),
        "user": (_named("srcuser"),),
        "client_ip": (_named("src"),),
        "server_ip": (_named("dst"),),
        "server_port": (_named("dport"),),
        "method": (_named("http_method"),),
        "action": (_named("action"),),
        "bytes_up": (_named("bytes_sent"),),
        "bytes_down": (_named("bytes_received"),),
        "user_agent": (Part(_named("user_agent"), r"(.+)", only=(_WHERE,)),),
    },
    time=(
        TimeOf((_named("high_res_timestamp"),)),
        TimeOf((_named("time_generated"),)),
        TimeOf((_named("receive_time"),)),
    ),
    day_first=False,
    rank=12,
    kinds=((When((_WHERE,)), "http_request"),),
    blocked=(When(((_named("action"), BLOCKED),)),),
    allowed=(When(((_named("action"), ALLOWED),)),),
    uncounted=(
        When(((_named("subtype"), r"^start$"),), START, ((_named("subtype"), r"^end$"),)),
        When(((_named("type"), r"^THREAT$"), (_named("subtype"), r"^(?!url$)")), WITHIN),
    ),
    session=(_named("serial"), _named("sessionid"), _named("sport")),
    product="panos",
)
"""The variables that the administrator puts into a log's payload have the names of the syslog fields. ``misc`` is the URL in the URL
log, and a file's name in others."""

FORMATS = (TRAFFIC, URL, THREAT, DECRYPTION, SYSTEM, EXPORT, FORWARDED, AZURE, AZURE_CSV)
