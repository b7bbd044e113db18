"""Microsoft Forefront Threat Management Gateway and ISA Server: logs in the W3C extended format, parted by tabs, and in the servers' own
text format, parted by commas, which has all fields in one order and no header.

https://learn.microsoft.com/en-us/previous-versions/tn-archive/cc441708(v=technet.10): times of the W3C format are in UTC, those of the
text format are the server's own. Bytes sent (``cs-bytes``): "the number of bytes sent from the internal client to the external server";
received (``sc-bytes``) the other way. The text format has the former first, as Proxy Server 2.0 had: the order of the columns of a W3C
log is the administrator's. Commas within a value of the text format are written as backquotes.
"""

from dataclasses import replace

from shadowai.sources.logs.description import CsvPositional, Key, LogFormat, Part, Take, TimeOf, W3c, When

_DOC = "https://learn.microsoft.com/en-us/previous-versions/tn-archive/cc441708(v=technet.10)"
_ACCOUNT = r"^(.+?) ?(?:\(\?\))?\??$"
"""A question mark behind says that the client gave the name and nobody has checked it."""
_NAMED = r"^(?!\[?[0-9A-Fa-f.:]+\]?$)(.+)"

WEB = LogFormat(
    name="tmg_web",
    title="Microsoft Forefront TMG and ISA Server web proxy log (W3C)",
    vendor="Microsoft",
    doc=_DOC,
    kind="http_request",
    family=W3c(columns=("c-ip", "c-agent", "s-operation", "r-host", "cs-uri"), delimiter="tab"),
    fields={
        "host": ("cs-uri", "r-host"),
        "url": ("cs-uri",),
        "user": (Part("cs-username", _ACCOUNT),),
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
    family=W3c(columns=("computer", "original", "intermediate"), delimiter="tab"),
    fields={
        "host": (Part("destination name", _NAMED),),
        "user": (Part("username", _ACCOUNT), Part("client username", _ACCOUNT)),
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
    allowed=(When((("action", r"(?i)^(?:allow|establish|terminate|closed|initiated|intermediate)"),)),),
    uncounted=(
        When(
            (("action", r"(?i)^(?:establish|initiated|intermediate)"),),
            "the start or the course of a connection; its end is counted",
            (("action", r"(?i)^(?:terminate|closed)"),),
        ),
    ),
    nulls=frozenset({"anonymous"}),
    product="tmg",
)


def _placed(fmt: LogFormat, places: dict[str, int]) -> LogFormat:
    """``fmt`` with its tokens at ``places`` of a line."""

    def take(one: Take) -> Take:
        return replace(one, key=places[str(one.key)]) if isinstance(one, Part) else places[str(one)]

    def when(one: When) -> When:
        def at(conditions: tuple[tuple[Key, str], ...]) -> tuple[tuple[Key, str], ...]:
            return tuple((places[str(key)], pattern) for key, pattern in conditions)

        return replace(one, all=at(one.all), beside=at(one.beside))

    def known(one: Take) -> bool:
        return str(one.key if isinstance(one, Part) else one) in places

    return replace(
        fmt,
        fields={name: tuple(take(one) for one in takes if known(one)) for name, takes in fmt.fields.items()},
        time=tuple(TimeOf(tuple(places[str(key)] for key in time.keys)) for time in fmt.time),
        blocked=tuple(when(one) for one in fmt.blocked),
        allowed=tuple(when(one) for one in fmt.allowed),
        uncounted=tuple(when(one) for one in fmt.uncounted),
        zone="local",
    )


_WEB_FIELDS = (
    "c-ip", "cs-username", "c-agent", "sc-authenticated", "date", "time", "s-svcname", "s-computername", "cs-referred", "r-host", "r-ip",
    "r-port", "time-taken", "cs-bytes", "sc-bytes", "cs-protocol", "cs-transport", "s-operation", "cs-uri", "cs-mime-type",
    "s-object-source", "sc-status", "s-cache-info", "rule", "FilterInfo", "cs-Network", "sc-Network", "error-info", "action",
)  # fmt: skip
_FIREWALL_FIELDS = (
    "computer", "date", "time", "IP protocol", "source", "destination", "original client IP", "source network", "destination network",
    "action", "status", "rule", "application protocol", "bidirectional", "bytes sent", "bytes sent intermediate", "bytes received",
    "bytes received intermediate", "connection time", "connection time intermediate", "source name", "destination name", "username",
)  # fmt: skip
_CALENDAR = r"(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d)"

WEB_TEXT = _placed(
    replace(
        WEB,
        name="tmg_web_text",
        title="Microsoft Forefront TMG and ISA Server web proxy log (text)",
        family=CsvPositional(at_least=22),
        line=rf"^[0-9A-Fa-f.:]{{2,45}}, [^,]{{1,300}}, [^,]{{1,2000}}, [YN-], {_CALENDAR}, \d{{1,2}}:\d\d:\d\d(?: [AP]M)?, "
        r"(?:w3proxy|w3reverseproxy|fwsrv|Proxy|Reverse Proxy|-), ",
    ),
    {name: place for place, name in enumerate(_WEB_FIELDS, 1)},
)
FIREWALL_TEXT = _placed(
    replace(
        FIREWALL,
        name="tmg_firewall_text",
        title="Microsoft Forefront TMG and ISA Server firewall log (text)",
        family=CsvPositional(at_least=22),
        line=rf"^[^,]{{1,100}}, {_CALENDAR}, \d{{1,2}}:\d\d:\d\d(?: [AP]M)?, [\w/ -]{{1,30}}, [0-9A-Fa-f.:\[\]-]{{1,60}}, "
        r"[0-9A-Fa-f.:\[\]-]{1,60}, [0-9A-Fa-f.:-]{1,45}, [^,]{1,200}, [^,]{1,200}, [A-Za-z ]{1,40}, 0x[0-9a-fA-F]{1,8}, ",
    ),
    {name: place for place, name in enumerate(_FIREWALL_FIELDS, 1)} | {"client username": len(_FIREWALL_FIELDS)},
)

FORMATS = (WEB, FIREWALL, WEB_TEXT, FIREWALL_TEXT)
