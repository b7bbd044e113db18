"""Juniper SRX (Junos): flow, application tracking, web filter and IDP messages, as structured data (RFC 5424) or as text.

Structured: ``RT_FLOW_SESSION_CLOSE [junos@2636.… source-address="…" bytes-from-client="…" …]``; text: ``session closed REASON: a/p->b/p …
packets(bytes) packets(bytes)``, the client's first. Only closing messages have bytes. ("System Log Explorer", Juniper.)
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Pattern, TimeOf, When

_TAGS = (
    r"(?P<tag>(?:RT_FLOW|RT_SCREEN|RT_IDP|APPTRACK|WEBFILTER|AV|"
    r"CONTENT_FILTERING|ANTISPAM|IDP|AAMW|SECINTEL|APPFW|APPQOS|FLOW)_[A-Z0-9_]{2,48})"
)
_ADDRESS = r"[0-9A-Fa-f.:]{2,45}"
_FLOW = (
    rf"{_TAGS}: (?:APPTRACK|AppTrack|session|Session)[^:>]{{0,120}}?(?:: )?(?<=[ ])(?P<src>{_ADDRESS})/(?P<src_port>\d{{1,5}})"
    rf"->(?P<dst>{_ADDRESS})/(?P<dst_port>\d{{1,5}})\b"
    r"(?:.*? \d{1,12}\((?P<up>\d{1,18})\) \d{1,12}\((?P<down>\d{1,18})\) \d{1,12}"
    r"(?: \S+ \S+ (?P<user>[^\s()]{1,255})\(| (?P<tracked>\S{1,255}) \S+ (?:Yes|No)\b)?)?"
)
_FILTER = rf"{_TAGS}: .{{0,240}}?(?P<src>{_ADDRESS})\((?P<src_port>\d{{1,5}})\)->(?P<dst>{_ADDRESS})\((?P<dst_port>\d{{1,5}})\)(?P<text>.*)"


def _data(name: str) -> Part:
    return Part("data", rf'(?<![\w-]){name}="([^"]+)"')


_DOWNLOAD = (("tag", r"^AV_"),)
"""Of a file that the virus scanner met, ``filename`` is where it came from, and ``url`` may be the name of the virus."""
_FROM_SERVER = (*_DOWNLOAD, ("data", r'(?<![\w-])source-port="(?:80|443|8080|3128)"'))
"""The packets that carried the file: their source is the web server, their destination who asked for it."""
_WEB_FILTER = (("tag", r"^WEBFILTER_"),)
"""Which up to Junos 12 wrote the host as ``object-name`` and the path as ``pathname``."""
_SESSION_ID = Part("data", r'(?<![\w-])session-id(?:-32)?="([1-9]\d*)"')
"""Only structured data has it at a place of its own."""

SRX = LogFormat(
    name="juniper_srx",
    title="Juniper SRX (Junos) flow and web filter log",
    vendor="Juniper",
    doc="https://www.juniper.net/documentation/us/en/software/junos/network-mgmt/topics/topic-map/system-logging-for-a-security-device.html",
    kind="connection",
    family=Pattern(
        (
            rf"{_TAGS} \[(?:junos@\S{{1,40}} )?(?P<data>.*)",
            _FLOW,
            _FILTER,
            r"mgd\[\d{1,7}\]: (?P<tag>UI_\w{2,48}): (?P<text>.*)",
        )
    ),
    line=rf"(?:^|\s){_TAGS}(?:: | \[(?:junos@|[a-z-]{{2,40}}=\"))|(?:^|\s)mgd\[\d{{1,7}}\]: UI_[A-Z_]{{2,48}}: ",
    fields={
        "host": (
            Part("data", r'(?<![\w-])url="([^"]+)"', only=(("tag", r"^(?!AV_)"),)),
            Part("text", r"\bURL=(\S+)"),
            _data("http-host"),
            _data("hostname"),
            Part("data", r'(?<![\w-])object-name="([^"]+)"', only=_WEB_FILTER),
            Part("data", r'(?<![\w-])filename="((?:[\w-]+\.)+[A-Za-z0-9-]+/[^"]*)"', only=_DOWNLOAD),
        ),
        "path": (
            _data("obj"),
            Part("data", r'(?<![\w-])pathname="([^"]+)"', only=_WEB_FILTER),
            Part("text", r"\bOBJ=(\S+)"),
        ),
        "user": (
            "user",
            "tracked",
            _data("username"),
            Part("text", r"\b(?:USERNAME=|username )(\S+)"),
            Part("text", r"\b[Uu]ser '([^']{1,255})'"),
        ),
        "client_ip": (
            "src",
            Part("data", r'(?<![\w-])destination-address="([^"]+)"', only=_FROM_SERVER),
            _data("source-address"),
            Part("text", r"ssh-connection '(\S+)"),
        ),
        "server_ip": (
            "dst",
            Part("data", r'(?<![\w-])source-address="([^"]+)"', only=_FROM_SERVER),
            _data("destination-address"),
        ),
        "server_port": (
            "dst_port",
            Part("data", r'(?<![\w-])source-port="([^"]+)"', only=_FROM_SERVER),
            _data("destination-port"),
        ),
        "action": ("tag",),
        "bytes_up": ("up", _data("bytes-from-client")),
        "bytes_down": ("down", _data("bytes-from-server")),
    },
    nulls=frozenset({"na", "na na", "n/a", "unknown"}),
    kinds=((When((("tag", r"^(?:WEBFILTER|AV|CONTENT_FILTERING)_"),)), "http_request"),),
    blocked=(
        When((("tag", r"(?:_DENY|_BLOCKED|_DENIED|_REJECT\w*?|_DROPPED|_DROP_FILE)(?:_MT)?(?:_LS)?$"),)),
        When((("data", r'(?<![\w-])action="(?:drop|DROP|BLOCK|block|close|CLOSE\w*|DENY|deny|REJECT)'),)),
    ),
    allowed=(
        When((("tag", r"(?:_SESSION_CREATE(?:_LS)?|_SESSION_CLOSE(?:_LS)?|_UPDATE(?:_LS)?|_PERMITTED(?:_LS)?)$"),)),
        When((("data", r'(?<![\w-])action="(?:alarm-without-drop|PERMIT|permit|NONE|IGNORE)'),)),
    ),
    uncounted=(
        When(
            (("tag", r"_SESSION_CREATE(?:_LS)?$"),),
            "the start of a session; its end is counted",
            (("tag", r"_SESSION_CLOSE(?:_LS)?$"),),
        ),
        When(
            (("tag", r"^APPTRACK_SESSION_"),),
            "a repetition of a session that the flow log counts",
            (("tag", r"^RT_FLOW_SESSION_CLOSE"),),
        ),
        When(
            (("tag", r"^APPTRACK_SESSION_(?:VOL|APP|ROUTE)_UPDATE"),),
            "the middle of a session; its end is counted",
            (("tag", r"_SESSION_CLOSE(?:_LS)?$"),),
        ),
        When((("tag", r"^RT_SCREEN_"),), "an attack on the firewall's screen, not use of a service"),
        When((("tag", r"^UI_"),), "administration of the firewall, not use of a service"),
    ),
    session=(_SESSION_ID, _data("source-address"), _data("source-port")),
    lasted=(_data("elapsed-time"),),
    product="juniper_srx",
)  # fmt: skip

FILTER = LogFormat(
    name="juniper_filter",
    title="Juniper firewall filter log (syslog)",
    vendor="Juniper Networks",
    doc="https://www.juniper.net/documentation/us/en/software/junos/routing-policy/topics/concept/firewall-filter-option-syslog.html",
    kind="connection",
    family=Pattern(
        (
            r"\bFW: +\S+ +(?P<action>[ADR]) +(?P<protocol>\S+) +(?P<src>[0-9A-Fa-f.:]+) +(?P<dst>[0-9A-Fa-f.:]+) "
            r"+(?P<src_port>\d+) +(?P<dst_port>\d+)\b",
        )
    ),
    line=r"\bFW: +\w+-?[\d/]+\.\d+ +[ADR] +\w+ +[0-9A-Fa-f.:]+ +[0-9A-Fa-f.:]+ +\d+ +\d+\b",
    fields={
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dst_port",),
        "action": ("action",),
    },
    blocked=(When((("action", r"^[DR]$"),)),),
    allowed=(When((("action", r"^A$"),)),),
    uncounted=(When((("protocol", r"^(?!tcp$|udp$)"),), "not a connection of TCP or UDP"),),
    product="juniper_srx",
)
"""A filter's ``then syslog``: A is accept, D discard, R reject."""

_TAG = "syslog.msgid"
OBJECTS = LogFormat(
    name="juniper_srx_json",
    title="Juniper SRX (Junos), structured data as JSON (syslog-ng, Datadog)",
    vendor="Juniper",
    doc=SRX.doc,
    kind="connection",
    family=Json(
        requires=(
            (_TAG, r"^(?:RT_|APPTRACK_|WEBFILTER_|AV_|IDP_|CONTENT_|AAMW_|SECINTEL_|FLOW_)"),
            ("source-address", ""),
        )
    ),
    fields={
        "host": ("url", "http-host", Part("hostname", r"^(\S+\.\S+)$")),
        "url": ("url",),
        "path": ("obj",),
        "user": ("username",),
        "client_ip": ("source-address",),
        "server_ip": ("destination-address",),
        "server_port": ("destination-port",),
        "action": (_TAG,),
        "bytes_up": ("bytes-from-client",),
        "bytes_down": ("bytes-from-server",),
    },
    nulls=SRX.nulls,
    time=(TimeOf(("syslog.timestamp",)),),
    zone="utc",
    kinds=((When(((_TAG, r"^(?:WEBFILTER|AV|CONTENT_FILTERING)_"),)), "http_request"),),
    blocked=(
        When(((_TAG, r"(?:_DENY|_BLOCKED|_DENIED|_REJECT\w*?|_DROPPED|_PKT_DROP)(?:_MT)?(?:_LS)?$"),)),
        When((("action", r"(?i)^(?:drop|block|close|deny|reject)"),)),
    ),
    allowed=(
        When(((_TAG, r"(?:_SESSION_CREATE|_SESSION_CLOSE|_UPDATE|_PERMITTED)(?:_LS)?$"),)),
        When((("action", r"(?i)^(?:alarm-without-drop|permit|none|ignore)"),)),
    ),
    uncounted=(
        When(
            ((_TAG, r"_SESSION_CREATE(?:_LS)?$"),),
            "the start of a session; its end is counted",
            ((_TAG, r"_SESSION_CLOSE(?:_LS)?$"),),
        ),
        When(
            ((_TAG, r"^APPTRACK_SESSION_"),),
            "a repetition of a session that the flow log counts",
            ((_TAG, r"^RT_FLOW_SESSION_CLOSE"),),
        ),
        When(((_TAG, r"^RT_SCREEN_"),), "an attack on the firewall's screen, not use of a service"),
        When((("destination-address|url", r"^$"),), "names no destination"),
    ),
    product="juniper_srx",
)

FORMATS = (SRX, FILTER, OBJECTS)
