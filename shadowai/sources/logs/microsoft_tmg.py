"""Microsoft Forefront Threat Management Gateway and ISA Server, logs in the W3C extended format, parted by tabs.

https://learn.microsoft.com/en-us/previous-versions/tn-archive/cc441708(v=technet.10): times of the W3C format are in UTC. Bytes sent
(``cs-bytes``): "the number of bytes sent from the internal client to the external server"; received (``sc-bytes``) the other way.
"""

from shadowai.sources.logs.description import LogFormat, Part, TimeOf, W3c, When

_DOC = "https://learn.microsoft.com/en-us/previous-versions/tn-archive/cc441708(v=technet.10)"

WEB = LogFormat(
    name="tmg_web",
    title="Microsoft Forefront TMG and ISA Server web proxy log (W3C)",
    vendor="Microsoft",
    doc=_DOC,
    kind="http_request",
    family=W3c(columns=("c-ip", "sc-authenticated", "s-svcname", "r-host", "cs-uri"), delimiter="tab"),
    fields={
        "host": ("cs-uri", "r-host"),
        "url": ("cs-uri",),
        "user": ("cs-username",),
        "client_ip": ("c-ip",),
        "server_ip": ("r-ip",),
        "server_port": ("r-port",),
        "method": ("s-operation",),
        "action": ("action", "sc-status"),
        "bytes_up": ("cs-bytes",),
        "bytes_down": ("sc-bytes",),
        "user_agent": ("c-agent",),
    },
    time=(TimeOf(("date", "time")),),
    zone="utc",
    blocked=(When((("action", r"(?i)^denied"),)), When((("sc-status", r"^12(?:202|209|210|217|224|227|232|239)$"),))),
    allowed=(When((("action", r"(?i)^allowed"),)),),
    uncounted=(
        When((("sc-status", r"^(?:407|12209)$"),), "the first leg of a sign-in; the request that follows is counted"),
    ),
    nulls=frozenset({"anonymous"}),
    product="tmg",
)

FIREWALL = LogFormat(
    name="tmg_firewall",
    title="Microsoft Forefront TMG and ISA Server firewall log (W3C)",
    vendor="Microsoft",
    doc=_DOC,
    kind="connection",
    family=W3c(columns=("computer", "bidirectional", "intermediate"), delimiter="tab"),
    fields={
        "user": ("username", "client username"),
        "client_ip": (Part("original client IP", r"^(?!0\.0\.0\.0)(.+)"), Part("source", r"^(.+?)(?::\d+)?$")),
        "server_ip": (Part("destination", r"^(.+?)(?::\d+)?$"),),
        "server_port": (Part("destination", r":(\d+)$"),),
        "action": ("action",),
        "bytes_up": ("bytes sent",),
        "bytes_down": ("bytes received",),
    },
    time=(TimeOf(("date", "time")),),
    zone="utc",
    blocked=(When((("action", r"(?i)^(?:denied|deny)"),)),),
    allowed=(When((("action", r"(?i)^(?:allow|establish|terminate|closed|initiated)"),)),),
    uncounted=(
        When(
            (("action", r"(?i)^(?:establish|initiated)"),),
            "the start of a connection; its end is counted",
            (("action", r"(?i)^(?:terminate|closed)"),),
        ),
    ),
    product="tmg",
)

FORMATS = (WEB, FIREWALL)
