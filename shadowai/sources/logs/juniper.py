"""Juniper SRX (Junos): flow, application tracking, web filter and IDP messages, as structured data (RFC 5424) or as text.

Structured: ``RT_FLOW_SESSION_CLOSE [junos@2636.… source-address="…" bytes-from-client="…" …]``; text: ``session closed REASON: a/p->b/p …
packets(bytes) packets(bytes)``, the client's first. Only closing messages have bytes. ("System Log Explorer", Juniper.)
"""

from shadowai.sources.logs.description import LogFormat, Part, Pattern, When

_TAGS = (
    r"(?P<tag>(?:RT_FLOW|RT_SCREEN|RT_IDP|APPTRACK|WEBFILTER|AV|"
    r"CONTENT_FILTERING|ANTISPAM|IDP|AAMW|SECINTEL|APPFW|APPQOS|FLOW)_[A-Z0-9_]{2,48})"
)
_ADDRESS = r"[0-9A-Fa-f.:]{2,45}"
_FLOW = (
    rf"{_TAGS}: (?:APPTRACK|AppTrack|session|Session)[^:>]{{0,120}}?(?:: )?(?<=[ ])(?P<src>{_ADDRESS})/(?P<src_port>\d{{1,5}})"
    rf"->(?P<dst>{_ADDRESS})/(?P<dst_port>\d{{1,5}})\b"
    r"(?:.*? \d{1,12}\((?P<up>\d{1,18})\) \d{1,12}\((?P<down>\d{1,18})\) \d{1,12}(?: \S+ \S+ (?P<user>[^\s()]{1,255})\()?)?"
)
_FILTER = rf"{_TAGS}: .{{0,80}}?(?P<src>{_ADDRESS})\((?P<src_port>\d{{1,5}})\)->(?P<dst>{_ADDRESS})\((?P<dst_port>\d{{1,5}})\)(?P<text>.*)"


def _data(name: str) -> Part:
    return Part("data", rf'(?<![\w-]){name}="([^"]+)"')


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
        "host": (_data("url"), Part("text", r"\bURL=(\S+)"), _data("http-host"), _data("hostname")),
        "path": (_data("obj"), Part("text", r"\bOBJ=(\S+)")),
        "user": ("user", _data("username"), Part("text", r"\bUSERNAME=(\S+)"), Part("text", r"\b[Uu]ser '([^']{1,255})'")),
        "client_ip": ("src", _data("source-address"), Part("text", r"ssh-connection '(\S+)")),
        "server_ip": ("dst", _data("destination-address")),
        "server_port": ("dst_port", _data("destination-port")),
        "action": ("tag",),
        "bytes_up": ("up", _data("bytes-from-client")),
        "bytes_down": ("down", _data("bytes-from-server")),
    },
    nulls=frozenset({"na", "na na", "n/a", "unknown"}),
    kinds=((When((("tag", r"^(?:WEBFILTER|AV|CONTENT_FILTERING)_"),)), "http_request"),),
    blocked=(
        When((("tag", r"(?:_DENY(?:_LS)?|_BLOCKED|_DENIED|_REJECT\w*)$"),)),
        When((("data", r'(?<![\w-])action="(?:drop|DROP|BLOCK|block|close|CLOSE\w*|DENY|deny|REJECT)'),)),
    ),
    allowed=(
        When((("tag", r"(?:_SESSION_CREATE(?:_LS)?|_SESSION_CLOSE(?:_LS)?|_UPDATE(?:_LS)?|_PERMITTED)$"),)),
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
    product="juniper_srx",
)  # fmt: skip

FORMATS = (SRX,)
