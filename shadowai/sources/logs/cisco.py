"""Cisco Secure Web Appliance (WSA, IronPort) and Umbrella.

WSA: "Access Log Format and Field Descriptions" of the user guide; ``bytes`` of its W3C log (``%B``) is the total of
both directions and is not read. Umbrella logs are in UTC and columns are only ever appended:
https://docs.umbrella.com/umbrella-user-guide/docs/log-format-and-versioning. An Umbrella identity is a person only
where its type says so; else it is a network, a site or a device.
"""

from dataclasses import replace

from shadowai.sources.logs.description import (
    CsvHeader,
    CsvPositional,
    Json,
    Key,
    KeyValue,
    Kind,
    LogFormat,
    Part,
    Pattern,
    Take,
    TimeOf,
    W3c,
    When,
)
from shadowai.sources.logs.umbrella_tables import MACHINE, MAIL, PERSON, TABLES

_WSA_DOC = "https://www.cisco.com/c/en/us/support/security/web-security-appliance/products-user-guide-list.html"
_UMBRELLA_DOC = "https://docs.umbrella.com/umbrella-user-guide/docs/"
_AUTH_LEG = "proxy authentication leg (407); the retry is counted"

_CLAIMED = r"^\"?\(unauthenticated\)(?![\d.:A-Fa-f]+[@\"])([^\"]+)"
"""How a guest is written who could not sign in: under the name that was tried, or the address, as it is set."""


def _guests(*keys: Key) -> tuple[Take, ...]:
    return tuple(part for key in keys for part in (Part(key, _CLAIMED), Part(key, r"^(?!\"?\(unauthenticated\))(.+)")))


_WSA_RECOMMENDED = (
    r"^(?:Info: )?(?P<time>\d{9,10}\.\d{3}) [\d.]{1,16} \S+ (?P<client>[0-9A-Fa-f.:]{2,45}) (?P<code>[A-Z_]+)/(?P<status>\d{3})"
    r" (?P<size>\d+) (?P<method>[A-Z]+) (?P<url>\S+) \S+ \S+ \S+ \S+ (?P<acl>[A-Z][A-Z0-9_]*)-[^\s-]+-\S+ \""
)
"""The W3C fields that Cisco recommends to readers of syslog, sent without their header."""

WSA = LogFormat(
    name="cisco_wsa",
    title="Cisco Secure Web Appliance access log (native)",
    vendor="Cisco",
    doc=_WSA_DOC,
    kind="http_request",
    family=Pattern(
        (
            r"^(?:Info: )?(?P<time>\d{9,10}\.\d{3})\s+\d+ (?P<client>\S+)(?: \((?P<name>[^()\s]{1,255})\))? "
            r"(?P<code>[A-Z_]+)/(?P<status>\d{3})"
            r" (?P<size>\d+) (?P<method>\S+) (?P<url>\S+)"
            r' (?P<user>"[^"]*"|\S+) [A-Z_]+/(?P<server>\S+) \S+'
            r"(?: [A-Z]{3}:\d+){0,4} (?P<acl>[A-Z][A-Z0-9_]*)-\S* <",
            _WSA_RECOMMENDED,
        )
    ),
    line=r"^(?:Info: )?\d{9,10}\.\d{3}\s+\d+ \S+ (?:\([^()\s]{1,255}\) )?[A-Z_]+/\d{3} \d+ \S+ \S+ (?:\"[^\"]*\"|\S+)"
    r" [A-Z_]+/\S+ \S+(?: [A-Z]{3}:\d+){0,4} [A-Z][A-Z0-9_]*-\S* <|" + _WSA_RECOMMENDED,
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": _guests("user"),
        "device": ("name",),
        "client_ip": ("client",),
        "server_ip": ("server",),
        "method": ("method",),
        "action": ("acl", "code"),
        "bytes_down": ("size",),
    },
    percent_encoded=("user",),
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("acl", "^(?:BLOCK|DROP)"),)), When((("code", "^TCP_DENIED"),))),
    allowed=(When((("code", "^TCP_(?!DENIED|[A-Z_]*ERR)"),)),),
    uncounted=(When((("status", "^407$"), ("user", "^-$")), _AUTH_LEG),),
    product="cisco_wsa",
)

WSA_W3C = LogFormat(
    name="cisco_wsa_w3c",
    title="Cisco Secure Web Appliance access log (W3C)",
    vendor="Cisco",
    doc=_WSA_DOC,
    kind="http_request",
    family=W3c(),
    line=r"^#Software: AsyncOS|^#Fields:[^\n]*\sx-(?:acltag|resultcode-httpstatus|result-code|hierarchy-origin)\b",
    fields={
        "host": ("cs-url", "cs-uri", "cs-host"),
        "url": ("cs-url", "cs-uri"),
        "user": _guests("cs-username", "cs-auth-username"),
        "device": ("c-hostname",),
        "client_ip": ("c-ip", "c-a-ip"),
        "server_ip": ("s-ip", Part("x-hierarchy-origin", r"/(.+)")),
        "server_port": ("s-port",),
        "method": ("cs-method",),
        "action": ("x-acltag", "x-resultcode-httpstatus", "sc-result-code"),
        "bytes_up": ("cs-bytes",),
        "bytes_down": ("sc-bytes",),
        "user_agent": ("cs(User-Agent)",),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("date", "time"))),
    rank=12,
    blocked=(
        When((("x-acltag", "^(?:BLOCK|DROP)"),)),
        *(When(((key, "^TCP_DENIED"),)) for key in ("x-resultcode-httpstatus", "sc-result-code")),
    ),
    allowed=tuple(
        When(((key, "^TCP_(?!DENIED|[A-Z_]*ERR)"),)) for key in ("x-resultcode-httpstatus", "sc-result-code")
    ),
    uncounted=(
        When((("x-resultcode-httpstatus", "/407$"), ("cs-username", "^-?$")), _AUTH_LEG),
        When((("sc-http-status", "^407$"), ("cs-username", "^-?$")), _AUTH_LEG),
    ),
    product="cisco_wsa",
)

_SPLUNK = "https://splunk.github.io/splunk-add-on-for-cisco-wsa/CustomiseLogFieldExtractionsForSupportedSourcetypes"
WSA_KEYS = replace(
    WSA_W3C,
    name="cisco_wsa_kv",
    title="Cisco Secure Web Appliance access log (key=value, as recommended for Splunk)",
    doc=_SPLUNK,
    family=KeyValue(requires=("c_ip", "x_resultcode_httpstatus", "cs_url")),
    line=r"\bx_resultcode_httpstatus=\"?[A-Z_]{3,60}/\d{3}\b",
    fields={
        "host": ("cs_url", "s_hostname"),
        "url": ("cs_url",),
        "user": _guests("cs_username"),
        "client_ip": ("c_ip",),
        "server_ip": ("s_ip",),
        "server_port": ("s_port",),
        "method": ("cs_method",),
        "action": ("x_acltag", "x_resultcode_httpstatus"),
        "bytes_up": ("cs_bytes",),
        "bytes_down": ("sc_bytes",),
        "user_agent": ("cs_User_Agent",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    blocked=(When((("x_acltag", "^(?:BLOCK|DROP)"),)), When((("x_resultcode_httpstatus", "^TCP_DENIED"),))),
    allowed=(When((("x_resultcode_httpstatus", "^TCP_(?!DENIED|[A-Z_]*ERR)"),)),),
    uncounted=(When((("x_resultcode_httpstatus", "/407$"), ("cs_username", "^-?$")), _AUTH_LEG),),
)
"""The names of the W3C log, with ``_`` for what is neither letter nor digit."""

_END = r"(?P<{0}>[0-9A-Fa-f.:]{{2,45}}?)(?:\((?P<{1}>[^()\s]{{1,255}})\))?(?::\d{{1,5}})?(?: \((?P<{1}_too>[^()\s]{{1,255}})\))?"
_WHEN_WRITTEN = r"[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}"
_DAY_FIRST = r"\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d"
_L4TM = (
    rf"^(?:(?P<time>{_WHEN_WRITTEN}) |(?P<day_first>{_DAY_FIRST}) \((?:GMT|UTC)? ?(?P<zone>[+-]?[\d:]{{0,6}})\) )?"
    r"Info: Firewall (?P<action>[a-z]{3,20}) (?P<protocol>[A-Z]{2,6}) data "
    rf"from {_END.format('client', 'machine')} to {_END.format('server', 'name')}\.?$"
)
L4TM = LogFormat(
    name="cisco_wsa_l4tm",
    title="Cisco Secure Web Appliance L4 traffic monitor log",
    vendor="Cisco",
    doc=_WSA_DOC,
    kind="connection",
    family=Pattern((_L4TM,)),
    line=rf"^(?:{_WHEN_WRITTEN} |{_DAY_FIRST} \([^()]{{1,12}}\) )?Info: Firewall [a-z]{{3,20}} [A-Z]{{2,6}} data "
    r"from [0-9A-Fa-f.:]{2,45}",
    fields={
        "host": ("name", "name_too"),
        "device": ("machine", "machine_too"),
        "client_ip": ("client",),
        "server_ip": ("server",),
        "action": ("action",),
    },
    time=(TimeOf(("time",)), TimeOf(("day_first",), zone="zone")),
    rank=12,
    blocked=(When((("action", r"^block"),)),),
    allowed=(When((("action", r"^(?:allowed|noted|monitored|passed)"),)),),
    ignored=r"Info: Address \S+ (?:\(\S+\) )?(?:(?:discovered )?for \S+ )?(?:\(\S+\) )?(?:added to|removed from) firewall"
    r"|Info: (?:Begin Logfile|End Logfile|Version: \S+ SN: |Time offset from UTC: )",
    product="cisco_wsa_l4tm",
)
"""Lines on what came into the lists or left them are no traffic."""

_Columns = dict[str, tuple[int, tuple[str, ...]]]
"""A field to its place, counted from 1, and to its names in a header row."""
_DNS: _Columns = {
    "time": (1, ("Timestamp",)),
    "identity": (2, ("Most Granular Identity",)),
    "identities": (3, ("Identities",)),
    "internal": (4, ("Internal IP",)),
    "external": (5, ("External IP",)),
    "action": (6, ("Action",)),
    "host": (9, ("Domain",)),
    "type": (11, ("Most Granular Identity Type",)),
    "types": (12, ("Identity Types",)),
}
_WEB: _Columns = {
    "time": (1, ("Timestamp",)),
    "identity": (2, ("Policy Identity Label", "Policy Identity")),
    "internal": (3, ("Internal Client IP",)),
    "external": (4, ("External Client IP",)),
    "server": (5, ("Destination IP",)),
    "action": (7, ("Action",)),
    "url": (8, ("URL",)),
    "agent": (10, ("User Agent",)),
    "up": (12, ("Request Size", "Request Size (bytes)")),
    "down": (13, ("Response Size", "Response Size (bytes)")),
    "type": (22, ("Policy Identity Type",)),
    "identities": (24, ("Identities",)),
    "types": (25, ("Identity Types",)),
    "method": (26, ("Request Method",)),
}
_IP: _Columns = {
    "time": (1, ("Timestamp",)),
    "identity": (2, ("Identity", "Identities")),
    "internal": (3, ("Source IP",)),
    "server": (5, ("Destination IP",)),
    "port": (6, ("Destination Port",)),
    "type": (8, ("Identity Types",)),
}
_FIREWALL: _Columns = {
    "time": (1, ("Timestamp",)),
    "direction": (5, ("Direction",)),
    "size": (7, ("Packet Size",)),
    "internal": (8, ("Source IP",)),
    "server": (10, ("Destination IP",)),
    "port": (11, ("Destination Port",)),
    "action": (14, ("Action",)),
    "names": (15, ("FQDNs", "FQDN")),
    "up": (21, ("Bytes Sent",)),
    "down": (22, ("Bytes Received",)),
}


def _umbrella(
    name: str,
    title: str,
    page: str,
    kind: Kind,
    columns: _Columns,
    *,
    line: str = "",
    at_least: int = 0,
    headed: tuple[str, ...] = (),
    shapes: tuple[tuple[Key, str], ...] = (),
) -> LogFormat:
    """An Umbrella log by position, or with a header row, which is told by the columns ``headed``."""

    def takes(*fields: str) -> tuple[Key, ...]:
        found = [columns[field] for field in fields if field in columns]
        return tuple(key for place, names in found for key in (names if headed else (place,)))

    def at(field: str) -> Key:
        return takes(field)[0]

    fields: dict[str, tuple[Take, ...]] = {
        "host": takes("host", "url"),
        "url": takes("url"),
        "client_ip": takes("internal", "external"),
        "server_ip": takes("server"),
        "server_port": takes("port"),
        "method": takes("method"),
        "action": takes("action"),
        "bytes_up": takes("up"),
        "bytes_down": takes("down"),
        "user_agent": takes("agent"),
    }
    if "identity" in columns:
        people = tuple(Part(key, "(.+)", ((at("type"), PERSON),)) for key in takes("identity"))
        mails = tuple(Part(key, MAIL) for key in takes("identity", "identities"))
        first = (
            tuple(Part(key, "(.+)", ((at("types"), r"(?i)^ad user"),)) for key in takes("identity"))
            if "types" in columns
            else ()
        )
        fields["user"] = (*mails, *people, *first)
        fields["device"] = tuple(Part(key, "(.+)", ((at("type"), MACHINE),)) for key in takes("identity"))
    if "names" in columns:
        # sizes of the whole session since version 8; before, that of one packet which the firewall received from the client
        fields["host"] = tuple(Part(key, r"^([^,]+)") for key in takes("names"))
        packet = Part(at("size"), r"^(\d+)$", ((at("direction"), "(?i)^OUTBOUND"),))
        fields["bytes_up"] = (*(Part(key, r"^(\d+)$") for key in takes("up")), packet)
        fields["bytes_down"] = tuple(Part(key, r"^(\d+)$") for key in takes("down"))
    action = takes("action")
    return LogFormat(
        name=name,
        title=title,
        vendor="Cisco",
        doc=_UMBRELLA_DOC + page,
        kind=kind,
        family=CsvHeader(columns=headed) if headed else CsvPositional(at_least=at_least),
        fields={field: found for field, found in fields.items() if found},
        time=(TimeOf((at("time"),)),),
        zone="utc",
        line=line,
        shapes=shapes,
        rank=11,
        blocked=tuple(When(((key, r"(?i)^block"),)) for key in action),
        allowed=tuple(When(((key, r"(?i)^(?:allow|proxied|warn|isolat)"),)) for key in action),
        product=name.removesuffix("_headed"),
    )


_WHEN = r'^ {0,4}"?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"?, ?'
_ANY = r'(?:"(?:[^"]|"")*"|[^",]*), ?'
_ADDRESS = r'"?[0-9A-Fa-f.:]*"?, ?'


def _shapes(*addresses: int) -> tuple[tuple[Key, str], ...]:
    """What :data:`_WHEN` and :data:`_ADDRESS` ask of their columns."""
    when = r'^"?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"?$'
    return ((1, when), *((place, r'^"?[0-9A-Fa-f.:]*"?$') for place in addresses))


def _api(name: str, title: str, kind: Kind, told_by: tuple[str, str], fields: dict[str, tuple[Take, ...]]) -> LogFormat:
    """One type of activity as the reporting API gives it; ``told_by`` are the pattern of its type, and a key that it has."""
    pattern, key = told_by
    label, type_of = "identities.0.label", "identities.0.type.type"
    return LogFormat(
        name=f"umbrella_api_{name}",
        title=title,
        vendor="Cisco",
        doc="https://developer.cisco.com/docs/cloud-security/umbrella-api-reference-reports-overview/",
        kind=kind,
        family=Json(requires=(("type", pattern), (key, ""), ("verdict", ""), ("internalip|externalip", ""))),
        fields={
            "user": (
                Part(label, r"([\w.+-]+@[\w.-]+)"),
                Part(label, r"^([^()]+)$", only=((type_of, r"^directory_user$"),)),
            ),
            "device": (Part(label, r"^([\w.-]+)$", only=((type_of, r"^(?:roaming|anyconnect)"),)),),
            "client_ip": ("internalip", "externalip"),
            "action": ("verdict",),
            **fields,
        },
        time=(TimeOf(("timestamp",)), TimeOf(("date", "time"))),
        zone="utc",
        rank=11,
        blocked=(When((("verdict", r"(?i)^block"),)),),
        allowed=(When((("verdict", r"(?i)^(?:allow|proxied)"),)),),
        product=f"umbrella_{name}",
    )


_API_PROXY: dict[str, tuple[Take, ...]] = {
    "host": ("url",),
    "url": ("url",),
    "server_ip": ("destinationip",),
    "server_port": ("port",),
    "method": ("requestmethod",),
    "bytes_up": ("requestsize",),
    "bytes_down": ("responsesize",),
    "user_agent": ("useragent",),
}

FORMATS = (
    WSA,
    WSA_W3C,
    WSA_KEYS,
    L4TM,
    _umbrella(
        "umbrella_dns",
        "Cisco Umbrella DNS log",
        "dns-log-formats",
        "dns_query",
        _DNS,
        line=rf'{_WHEN}{_ANY}{_ANY}{_ADDRESS}{_ADDRESS}"?(?:Allowed|Blocked|Proxied)"?, ?"?(?:\d+ \(|[A-Z])',
        at_least=9,
        shapes=(
            *_shapes(4, 5),
            (6, r'^"?(?:Allowed|Blocked|Proxied)"?$'),
            (7, r'^"?(?:\d+ [(]|[A-Z])'),
        ),
    ),
    _umbrella(
        "umbrella_dns_headed",
        "Cisco Umbrella DNS log with header row",
        "dns-log-formats",
        "dns_query",
        _DNS,
        headed=("Most Granular Identity", "Query Type", "Domain"),
    ),
    _umbrella(
        "umbrella_proxy",
        "Cisco Umbrella web (proxy) log",
        "web-log-formats",
        "http_request",
        _WEB,
        line=rf'{_WHEN}{_ANY}{_ADDRESS}{_ADDRESS}{_ADDRESS}{_ANY}"?(?:ALLOWED|BLOCKED|PROXIED|WARN\w*|ISOLAT\w*)"?, ?',
        at_least=13,
        shapes=(*_shapes(3, 4, 5), (7, r'^"?(?:ALLOWED|BLOCKED|PROXIED|WARN\w*|ISOLAT\w*)"?$')),
    ),
    _umbrella(
        "umbrella_proxy_headed",
        "Cisco Umbrella web (proxy) log with header row",
        "web-log-formats",
        "http_request",
        _WEB,
        headed=("Internal Client IP", "External Client IP", "URL"),
    ),
    _umbrella(
        "umbrella_ip",
        "Cisco Umbrella IP layer log",
        "ip-log-formats",
        "connection",
        _IP,
        line=rf'{_WHEN}{_ANY}"?[0-9A-Fa-f.:]+"?, ?"?\d*"?, ?"?[0-9A-Fa-f.:]+"?, ?"?\d*"?, ?'
        r'(?:"[^"]*"|[^",]*)(?:, ?(?:"[^"]*"|[^",]*))?$',
        at_least=6,
    ),
    _umbrella(
        "umbrella_firewall_headed",
        "Cisco Umbrella cloud firewall log with header row",
        "cloud-firewall-log-formats",
        "connection",
        _FIREWALL,
        headed=("Origin IDs", "Direction", "Packet Size"),
    ),
    _umbrella(
        "umbrella_firewall",
        "Cisco Umbrella cloud firewall log",
        "cloud-firewall-log-formats",
        "connection",
        _FIREWALL,
        line=rf'{_WHEN}"?\[\d*\]"?, ?{_ANY}{_ANY}"?(?:OUTBOUND|INBOUND)"?, ?',
        at_least=14,
    ),
    LogFormat(
        name="umbrella_dlp",
        title="Cisco Umbrella data loss prevention log",
        vendor="Cisco",
        doc=_UMBRELLA_DOC + "dlp-log-formats",
        kind="http_request",
        family=CsvPositional(at_least=16),
        line=rf'{_WHEN}"?(?:Real ?Time|SaaS ?API|API|Endpoint)[^",]{{0,40}}"?, ?"?[0-9a-f]{{8}}-[0-9a-f-]{{27}}',
        fields={
            "host": (9,),
            "url": (9,),
            "user": (Part(5, MAIL), Part(5, r"^([^()\s]+@[^()\s]+)$")),
            "action": (10,),
        },
        time=(TimeOf((1,)),),
        zone="utc",
        rank=11,
        blocked=(When(((10, r"(?i)^block"),)),),
        allowed=(When(((10, r"(?i)^(?:allow|monitor|alert)"),)),),
        uncounted=(When(((9, "^$"),), "names no destination"),),
        product="umbrella_dlp",
    ),
    LogFormat(
        name="umbrella_intrusion",
        title="Cisco Umbrella intrusion prevention log",
        vendor="Cisco",
        doc=_UMBRELLA_DOC + "ips-log-formats",
        kind="connection",
        family=CsvPositional(at_least=17),
        line=rf'{_WHEN}{_ANY}{_ANY}"?\d+"?, ?"?\d+"?, ?{_ANY}"?\d*"?, ?"?(?:INFORMATIONAL|LOW|MEDIUM|HIGH|VERY HIGH|CRITICAL)"?, ?',
        fields={"client_ip": (13,), "server_ip": (15,), "server_port": (16,), "action": (17,)},
        time=(TimeOf((1,)),),
        zone="utc",
        rank=11,
        blocked=(When(((17, r"(?i)^(?:block|drop)"),)),),
        allowed=(When(((17, r"(?i)^(?:allow|log|would|detect)"),)),),
        product="umbrella_intrusion",
    ),
    _api(
        "dns",
        "Cisco Umbrella reporting API, DNS activity (JSON)",
        "dns_query",
        (r"^dns$", "domain"),
        {"host": ("domain",)},
    ),
    _api(
        "proxy",
        "Cisco Umbrella reporting API, web activity (JSON)",
        "http_request",
        (r"^proxy$", "url"),
        _API_PROXY,
    ),
    *TABLES,
)
