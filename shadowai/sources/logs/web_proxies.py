"""Further proxies: Caddy, e2guardian (DansGuardian), squidGuard, Cisco Cloud Web Security (ScanSafe), iboss, SafeSquid,
Tinyproxy, Trustwave WebMarshal."""

from dataclasses import replace

from shadowai.sources.logs.description import (
    CsvHeader,
    CsvPositional,
    Json,
    Key,
    KeyValue,
    LogFormat,
    Part,
    Pattern,
    Take,
    TimeOf,
    W3c,
    When,
)

_METHOD = "GET|POST|PUT|HEAD|CONNECT|DELETE|PATCH|OPTIONS"

CADDY = LogFormat(
    name="caddy",
    title="Caddy access log (JSON)",
    vendor="Caddy",
    doc="https://caddyserver.com/docs/logging",
    kind="http_request",
    family=Json(
        requires=(
            ("request.host", ""),
            ("request.uri", ""),
            ("request.remote_ip|request.remote_addr", ""),
            ("ts|bytes_read", ""),
        )
    ),
    fields={
        "host": ("request.host",),
        "path": ("request.uri",),
        "user": ("user_id",),
        "client_ip": ("request.client_ip", "request.remote_ip", "request.remote_addr"),
        "method": ("request.method",),
        "action": ("status",),
        "bytes_up": ("bytes_read",),
        "bytes_down": ("size",),
        "user_agent": ("request.headers.User-Agent",),
    },
    time=(TimeOf(("ts",)),),
    zone="utc",
    rank=12,
    product="caddy",
)
"""``size`` is the response's body, ``bytes_read`` the request's. On a console the time stands before the object."""

E2GUARDIAN = LogFormat(
    name="e2guardian",
    title="e2guardian and DansGuardian access.log",
    vendor="e2guardian",
    doc="https://github.com/e2guardian/e2guardian/wiki",
    kind="http_request",
    family=Pattern(
        (
            r"^(?P<time>\d{4}\.\d{1,2}\.\d{1,2} \d{1,2}:\d\d:\d\d) (?P<user>\S+) (?P<client>[0-9a-fA-F.:]+) (?P<url>\S+)\s+"
            r"(?P<action>(?:\*[A-Z]+\*\s?)*)[^\r\n]{0,2000}?\s(?P<method>" + _METHOD + r") (?P<size>\d+)\s",
            r'^"(?P<time>\d{4}\.\d{1,2}\.\d{1,2} \d{1,2}:\d\d:\d\d)","(?P<user>[^"]*)","(?P<client>[^"]*)","(?P<url>[^"]*)",'
            r'"(?P<action>(?:\*[A-Z]+\*\s?)*)[^"\r\n]{0,2000}","(?P<method>[A-Z]+)","(?P<size>\d+)",',
            r"^(?P<time>\d{4}\.\d{1,2}\.\d{1,2} \d{1,2}:\d\d:\d\d)\t(?P<user>[^\t]*)\t(?P<client>[^\t]*)\t(?P<url>[^\t]*)\t"
            r"(?P<action>(?:\*[A-Z]+\*\s?)*)[^\t\r\n]{0,2000}\t(?P<method>[A-Z]+)\t(?P<size>\d+)\t",
        )
    ),
    line=r'^"?\d{4}\.\d{1,2}\.\d{1,2} \d{1,2}:\d\d:\d\d(?:","|\t)[^",\t]{0,300}(?:","|\t)[0-9a-fA-F.:]+(?:","|\t)'
    r'[a-z]+:[^"\t]{1,4000}(?:","|\t)|'
    r"^\d{4}\.\d{1,2}\.\d{1,2} \d{1,2}:\d\d:\d\d \S+ [0-9a-fA-F.:]+ \S+\s.{0,2400} (?:" + _METHOD + r") \d+ ",
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": ("user",),
        "client_ip": ("client",),
        "method": ("method",),
        "action": ("action",),
        "bytes_down": ("size",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("action", r"\*DENIED\*"),)),),
    allowed=(When((("action", r"^(?!.*\*DENIED\*)"),)),),
    product="e2guardian",
)
"""``size`` is the document that was fetched."""

CLOUD_WEB_SECURITY = LogFormat(
    name="cisco_cws",
    title="Cisco Cloud Web Security (ScanSafe) log (W3C)",
    vendor="Cisco",
    doc="https://www.cisco.com/c/en/us/support/security/cloud-web-security/series.html",
    kind="http_request",
    family=W3c(columns=("datetime", "cs-host", "x-ss-category", "x-ss-last-rule-action"), delimiter="tab"),
    fields={
        "host": ("cs-host",),
        "path": ("cs-uri-path",),
        "user": ("cs-username",),
        "client_ip": ("c-ip",),
        "server_ip": ("s-ip",),
        "server_port": ("cs-uri-port",),
        "method": ("cs-method",),
        "action": ("x-ss-last-rule-action", "sc-status"),
        "bytes_up": ("cs-bytes",),
        "bytes_down": ("sc-bytes",),
        "user_agent": ("cs(User-Agent)",),
    },
    time=(TimeOf(("datetime",)),),
    zone="utc",
    rank=12,
    blocked=(When((("x-ss-last-rule-action", r"(?i)^block"),)), When((("x-ss-block-type", r"^(?!-$|none$)."),))),
    allowed=(When((("x-ss-last-rule-action", r"(?i)^(?:allow|warn|anonymi)"),)),),
    product="cisco_cws",
)
"""``datetime``: "the date and time of the request in GMT"."""
CLOUD_WEB_SECURITY_TABLE = replace(
    CLOUD_WEB_SECURITY,
    name="cisco_cws_tsv",
    title="Cisco Cloud Web Security (ScanSafe) log with its header as a table (TSV)",
    family=CsvHeader(columns=("datetime", "cs-host", "x-ss-category", "x-ss-last-rule-action")),
)

IBOSS = LogFormat(
    name="iboss_web",
    title="iboss web and DLP log (JSON)",
    vendor="iboss",
    doc="https://docs.datadoghq.com/integrations/iboss/",
    kind="http_request",
    family=Json(
        requires=(("ibossIpAddress|iboss", ""), ("host|url", ""), ("sourceIpAddress", ""), ("upstreamByteUsage", ""))
    ),
    fields={
        "host": ("host", "url"),
        "url": ("url",),
        "path": ("uriPath",),
        "user": ("username",),
        "device": ("computerName",),
        "client_ip": ("sourceIpAddress", "privateIp"),
        "server_ip": ("ipAddress",),
        "server_port": ("destinationPort",),
        "method": ("requestMethod",),
        "action": ("action", "sAction"),
        "bytes_up": ("upstreamByteUsage",),
        "bytes_down": ("downstreamByteUsage",),
        "user_agent": ("userAgent",),
    },
    time=(TimeOf(("logTime", "time")), TimeOf(("proxyTransactionStartTime",)), TimeOf(("logTime",))),
    zone="utc",
    rank=12,
    blocked=(When((("action", r"(?i)^(?:soft-)?block"),)),),
    allowed=(When((("action", r"(?i)^(?:allow|audit|monitor)"),)),),
    product="iboss",
)
"""``ipAddress`` is the server's, ``ibossIpAddress`` the gateway's own."""

_IBOSS_KEYS = ("URL", "ACTION", "SRC_IPADDR", "COMP_NAME", "USER", "REQUEST_METHOD", "USER_AGENT")

IBOSS_SYSLOG = LogFormat(
    name="iboss_syslog",
    title="iboss web log (key=value)",
    vendor="iboss",
    doc="https://docs.datadoghq.com/integrations/iboss/",
    kind="http_request",
    family=Pattern(
        (
            r"(?:(?P<time>\d\d/\d\d/(?:\d{4}|\d\d) \d\d:\d\d:\d\d [AaPp][Mm])[^=]{0,200})?,URL_LOG_ENTRY,"
            + "".join(rf"(?=(?:.*?,{key}=(?P<{key}>.*?)(?:,\w+=|,?\s{{0,4}}$))?)" for key in _IBOSS_KEYS),
        )
    ),
    line=r",URL_LOG_ENTRY,(?:.{0,2000},)?URL_LOG_ID=",
    fields={
        "host": ("URL",),
        "url": ("URL",),
        "user": ("USER",),
        "device": ("COMP_NAME",),
        "client_ip": ("SRC_IPADDR",),
        "method": ("REQUEST_METHOD",),
        "action": ("ACTION",),
        "user_agent": ("USER_AGENT",),
    },
    time=(TimeOf(("time",)),),
    day_first=False,
    rank=12,
    blocked=(When((("ACTION", r"(?i)^(?:soft-)?block"),)),),
    allowed=(When((("ACTION", r"(?i)^(?:allow|audit|monitor)"),)),),
    product="iboss",
)
"""``BYTES`` is of both directions and is not read."""

SAFESQUID = LogFormat(
    name="safesquid_extended",
    title="SafeSquid extended.log",
    vendor="SafeSquid",
    doc="https://github.com/SafeSquid-Github/docs/blob/main/docs/15-Audit_Forensics/02-Security_Logs.md",
    kind="http_request",
    family=CsvPositional(at_least=25, delimiter="\t"),
    line=r'^"\d{9,16}\w{0,12}"\t"\d{1,10}"\t"\d{1,10}"\t"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d"\t',
    fields={
        "host": (14, 24),
        "url": (14,),
        "user": (Part(12, r"^(?!anonymous@)([^@]+)@"), Part(12, r"^([^@]+)$")),
        "client_ip": (11,),
        "method": (13,),
        "action": (21,),
        "bytes_up": (8,),
        "bytes_down": (9,),
        "user_agent": (16,),
    },
    time=(TimeOf((4,)),),
    rank=12,
    blocked=(When(((21, r"DENIED"),)),),
    allowed=(When(((21, r"^TCP_(?!DENIED)"),)),),
    product="safesquid",
)
"""What was uploaded comes before what was downloaded, whatever the vendor's explanation of the two says: its example of a refused upload
has the size in the former."""

_TINY = r"(?:[A-Z]{4,8} {1,6}(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) \[\d{1,10}\]|(?:^|\s)tinyproxy\[\d{1,10}\]): "
TINYPROXY = LogFormat(
    name="tinyproxy",
    title="Tinyproxy log",
    vendor="Tinyproxy",
    doc="https://tinyproxy.github.io/",
    kind="http_request",
    family=Pattern(
        patterns=(
            _TINY + rf"Request \(file descriptor \d{{1,9}}\): (?P<method>{_METHOD}) (?P<url>\S+)",
            _TINY + r'Proxying (?P<refused>refused) on filtered (?:domain|url) "(?P<url>[^"\s]+)"',
            _TINY + r"Connect \(file descriptor \d{1,9}\): .{0,300}?(?P<client>[0-9A-Fa-f.:]{3,45})\]?$",
            _TINY + r"(?P<note>.*)",
        )
    ),
    line=_TINY
    + r"(?:Re(?:quest|ading)|Proxying|Connect|Established|Closed|No (?:upstream )?proxy|Could not|opensock|Initializing|Setting)\b",
    fields={
        "host": ("url",),
        "url": ("url",),
        "client_ip": ("client",),
        "method": ("method",),
        "action": ("refused",),
    },
    time=(TimeOf(("time",)),),
    blocked=(When((("refused", r"."),)),),
    uncounted=(When((("url", r"^$"),), "a note about a connection; the request is counted"),),
    product="tinyproxy",
)
"""The client is in a line of its own, which names no request."""

_GUARD = (
    r"^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \[\d{1,10}\] Request\([^/()\s]{1,100}/[^/()\s]{1,100}/[^()\s]{1,100}\) "
)
SQUIDGUARD = LogFormat(
    name="squidguard",
    title="squidGuard log (block.log of pfSense)",
    vendor="squidGuard",
    doc="https://www.squidguard.org/Doc/extended.html",
    kind="http_request",
    family=Pattern(
        (
            _GUARD + r"(?P<url>\S{1,8000}) (?P<client>[0-9A-Fa-f.:]{2,45})/(?P<device>\S{1,255}) (?P<user>\S{1,255}) "
            r"(?P<method>[A-Z-]{1,20}) (?P<action>[A-Z]+)",
        )
    ),
    line=_GUARD.replace("?P<time>", "?:")
    + r"\S{1,8000} [0-9A-Fa-f.:]{2,45}/\S{1,255} \S{1,255} [A-Z-]{1,20} (?:REDIRECT|PASS|REWRITE)",
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": ("user",),
        "client_ip": ("client",),
        "device": (Part("device", r"^(?![0-9A-Fa-f.:]+$)(.+)"),),
        "method": ("method",),
        "action": ("action",),
    },
    percent_encoded=("user",),
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("action", r"^REDIRECT$"),)),),
    allowed=(When((("action", r"^PASS$"),)),),
    product="squidguard",
)
"""``Request(source/target/rewrite) URL address/name ident method``: what was redirected went to the page that says why."""


def _webmarshal(
    name: str,
    form: str,
    article: int,
    family: KeyValue | W3c,
    line: str,
    time: tuple[Key, ...],
    fields: tuple[Key, ...],
) -> LogFormat:
    """WebMarshal's traffic log in one of its forms; ``fields`` are in the order of the description's below."""
    user, client, device, host, server, port, path, up, down, agent, method, action = fields
    takes: dict[str, tuple[Take, ...]] = {
        "host": (host,),
        "path": (path,),
        "user": (Part(user, r"^(?![0-9.]+$|[0-9A-Fa-f]*:)(.+)"),),
        "device": (device,),
        "client_ip": (client,),
        "server_ip": (server,),
        "server_port": (port,),
        "method": (method,),
        "action": (action,),
        "bytes_up": (up,),
        "bytes_down": (down,),
        "user_agent": (agent,),
    }
    return LogFormat(
        name=name,
        title=f"Trustwave WebMarshal traffic log ({form})",
        vendor="Trustwave",
        doc=f"https://support.trustwave.com/kb/Print{article}.aspx",
        kind="http_request",
        family=family,
        fields=takes,
        time=(TimeOf(time),),
        line=line,
        rank=12,
        blocked=(When(((action, r"(?i)^block"),)),),
        allowed=(When(((action, r"(?i)^pass"),)),),
        product="webmarshal",
    )


WEBMARSHAL_W3C = _webmarshal(
    "webmarshal_w3c",
    "W3C",
    15048,
    W3c(columns=("r-host", "x-category-action")),
    "",
    ("date", "time"),
    (
        "cs-username", "c-ip", "c-name", "r-host", "r-ip", "s-port", "cs-uri-stem", "cs-bytes", "sc-bytes", "x-user-agent", "x-method",
        "x-category-action",
    ),
)  # fmt: skip
WEBMARSHAL_WELF = _webmarshal(
    "webmarshal_welf",
    "WELF",
    21119,
    KeyValue(requires=("fw", "pri")),
    r'(?:^|\s)id="?WebMarshal"? time="',
    ("time",),
    ("user", "src", "srcname", "dstname", "dst", "proto", "arg", "sent", "rcvd", "agent", "op", "cat_action"),
)
"""Times are the server's own in both forms; the user is the computer or its address where nobody signed in; ``s-port`` and ``proto`` are
the "port on the remote site"; sizes are of what was uploaded and downloaded."""

FORMATS = (
    CADDY,
    E2GUARDIAN,
    SQUIDGUARD,
    CLOUD_WEB_SECURITY,
    CLOUD_WEB_SECURITY_TABLE,
    IBOSS,
    IBOSS_SYSLOG,
    SAFESQUID,
    TINYPROXY,
    WEBMARSHAL_W3C,
    WEBMARSHAL_WELF,
)
