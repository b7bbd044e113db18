"""Proxies that people set up themselves, on a router or on their own computer: Xray and V2Ray, Clash and mihomo, sing-box, 3proxy."""

import re

from shadowai.sources.logs.description import LogFormat, Part, Pattern, TimeOf, When, Whole

_GO_TIME = r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?"
_END = r"^(?:tcp:|udp:)?\[?([0-9A-Fa-f.:]{2,45}?)\]?:\d{1,5}$"
"""An address with its port; Xray says before it by which protocol it came."""

XRAY = LogFormat(
    name="xray_access",
    title="Xray and V2Ray access log",
    vendor="Project X, V2Fly",
    doc="https://github.com/XTLS/Xray-core/blob/main/common/log/access.go",
    kind="http_request",
    family=Pattern(
        (
            rf"^(?P<time>{_GO_TIME}) (?:\[\w{{1,10}}\] (?:\[\d{{1,10}}\] )?)?(?:from )?(?P<client>\S{{1,300}}) (?P<action>accepted) "
            r"(?:tcp:|udp:|unix:)?(?P<url>\S{1,8000})(?: \[(?P<ways>[^\]]{0,500})\])?(?:.{0,400}? ?email: ?(?P<user>\S{1,300}))?",
            rf"^(?P<time>{_GO_TIME}) (?:\[\w{{1,10}}\] (?:\[\d{{1,10}}\] )?)?(?:from )?(?P<client>\S{{1,300}}) (?P<action>rejected) ",
        )
    ),
    line=rf"^{_GO_TIME} (?:\[\w{{1,10}}\] (?:\[\d{{1,10}}\] )?)?(?:from )?(?:(?:tcp:|udp:)?[\[\]0-9A-Fa-f.:]{{2,47}}:\d{{1,5}}|@|DNS) "
    r"(?:accepted (?:(?:tcp|udp|unix):\S|//\S|[a-z]+://\S)|rejected  )",
    fields={
        "host": (Part("url", r"^(?://)?(.+)"),),
        "url": (Part("url", r"^(?://)?(.+)"),),
        "user": ("user",),
        "client_ip": (Part("client", _END),),
        "action": ("action",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("ways", r"(?:^|[->] )block(?:ed)?$"),)),),
    allowed=(When((("action", r"^accepted$"), ("ways", r"^(?!.*(?:^|[->] )block(?:ed)?$)"))),),
    uncounted=(When((("action", r"^rejected$"),), "a client that was not let in, which named no destination"),),
    ignored=rf"^{_GO_TIME} (?:\[(?:Debug|Info|Warning|Error)\] |\S{{1,300}} (?:got answer|cache (?:HIT|OPTIMISTE)): )",
    product="xray",
)
"""``[inbound -> outbound]`` are tags that the configuration gives: what goes to ``block`` or ``blocked``, as the panels and clients write
them, goes nowhere. Requests of HTTP stand as Go writes their URL: ``//host:443`` for CONNECT."""

_LOGFMT = r'^time="?(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?)"? level=\w{3,10} msg="'
_SOURCE = r"\[?(?P<client>[0-9A-Fa-f.:]{2,45}?)\]?(?::\d{1,5})?(?:\([^)]{1,300}\))?"
CLASH = LogFormat(
    name="clash",
    title="Clash and mihomo log",
    vendor="MetaCubeX",
    doc="https://github.com/MetaCubeX/mihomo/blob/Meta/tunnel/tunnel.go",
    kind="http_request",
    family=Pattern(
        (
            rf"{_LOGFMT}\[(?:TCP|UDP)\] (?:{_SOURCE}|\S{{1,300}}) --> (?P<url>\S{{1,300}})"
            r"(?: match .{0,1000}?| doesn't match any rule)? using (?P<way>.{1,200}?)\"?$",
            rf"{_LOGFMT}\[(?:TCP|UDP)\] dial (?:\S{{0,300}} ){{1,200}}?--> (?P<url>\S{{1,300}}) (?P<failed>error): ",
        )
    ),
    line=re.sub(r"\?P<\w+>", "?:", _LOGFMT)
    + r"\[(?:TCP|UDP)\] (?:dial )?.{0,2000}?\S --> \S{1,300} (?:match |using |doesn't match |error: )",
    fields={
        "host": ("url",),
        "url": ("url",),
        "client_ip": ("client",),
        "action": ("way", "failed"),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("way", r"(?:^|\[)REJECT(?:-DROP)?\]?$"),)),),
    allowed=(When((("way", r"^(?!(?:.*\[)?REJECT(?:-DROP)?\]?$)."),)),),
    uncounted=(When((("failed", r"."),), "a connection that could not be made"),),
    ignored=re.sub(r"\?P<\w+>", "?:", _LOGFMT) + r"(?!\[(?:TCP|UDP)\] .{0,2000}?-->)",
    product="clash",
)
"""What a rule chose stands last, the node in brackets behind the group: ``REJECT`` is the one that refuses."""

_LEVEL = r"(?:\x1b\[\d{1,3}m)?(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL|PANIC)(?:\x1b\[0m)?"
_NUMBER = r"(?:\[(?:\x1b\[[\d;]{1,20}m)?(?P<id>\d{1,10})(?:\x1b\[0m)?(?: [\d.hms]{1,20})?\] )?"
_BOX = rf"^(?:(?P<zone>[+-]\d{{4}}) (?P<time>\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d) )?{_LEVEL}(?:\[\d{{1,12}}\])? {_NUMBER}"
_BOX_LINE = re.sub(r"\?P<\w+>", "?:", _BOX)
_PLACE = r"(?:inbound|outbound)/[\w-]{1,40}\[.{0,200}?\]: (?:\[(?P<user>[^\]]{1,300})\] )?"
SING_BOX = LogFormat(
    name="sing_box",
    title="sing-box log",
    vendor="SagerNet",
    doc="https://sing-box.sagernet.org/configuration/log/",
    kind="http_request",
    family=Pattern(
        (
            rf"{_BOX}{_PLACE}(?P<what>inbound|outbound|blocked) (?:multiplex )?(?:packet )?connection to (?P<url>\S{{1,300}})",
            rf"{_BOX}{_PLACE}(?P<what>inbound) (?:packet )?connection from \[?(?P<client>[0-9A-Fa-f.:]{{2,45}}?)\]?:\d{{1,5}}$",
            rf"{_BOX}dns: (?P<what>exchanged) (?:(?P<asked>[\w.-]{{1,253}}) )?[A-Z]{{1,10}} (?P<name>[\w.-]{{1,253}}) \d{{1,10}} IN ",
        )
    ),
    line=rf"{_BOX_LINE}(?:(?:inbound|outbound)/[\w-]{{1,40}}\[.{{0,200}}?\]: "
    r"(?:\[[^\]]{1,300}\] )?(?:inbound|outbound|blocked) (?:multiplex )?(?:packet )?connection (?:to|from) |dns: exchanged )",
    fields={
        "host": ("url", "asked", "name"),
        "url": ("url",),
        "user": (Part("user", r"^(?!\d+$)(.+)"),),  # who has no name is told by number
        "client_ip": ("client",),
        "action": ("what",),
    },
    time=(TimeOf(("time", "zone")),),
    rank=12,
    kinds=((When((("what", r"^exchanged$"),)), "dns_query"),),
    blocked=(When((("what", r"^blocked$"),)),),
    allowed=(When((("what", r"^outbound$"),)),),
    uncounted=(
        When(
            (("what", r"^inbound$"), ("url", r"^$")), "the client of a connection, whose destination is in another line"
        ),
    ),
    session=("id",),
    whole=Whole(when=(When((("url", r"."),)),)),
    ignored=rf"{_BOX_LINE}(?!(?:inbound|outbound)/.{{0,300}}? connection (?:to|from) |dns: exchanged )",
    product="sing_box",
)
"""The lines of a connection have its number; the client is in one, the destination as it was asked for in another, with the user who
signed in, and in a third where it went, by the name that was found in its first bytes. The two last are counted as one."""

_CODES = (
    r"(?P<error>\d{5}) (?P<user>\S{1,300}) \[?(?P<client>[0-9A-Fa-f.:]{2,45}?)\]?:\d{1,5} "
    r"\[?(?P<server>[0-9A-Fa-f.:]{2,45}?)\]?:(?P<port>\d{1,5}) (?P<up>\d{1,18}) (?P<down>\d{1,18}) \d{1,4} "
)
_SAID = (
    r"(?:(?P<method>[A-Z]{3,20})[ _](?P<url>\S{1,8000}?)(?:[ _]HTTP/\d(?:\.\d)?)?\s{0,4}$|"
    r"[0-9a-f]{4}/(?P<asked>[\w.-]{1,253})/|.{0,8000}$)"
)
_SERVICE = r"[A-Z][A-Z\d]{1,19}\.\d{1,5} "
_STAMPED = (
    rf"^(?P<time>\d{{10}}\.\d{{3}}) {{1,4}}(?:\[\d\d/[A-Z][a-z]{{2}}/\d{{4}}:\d\d:\d\d:\d\d [+-]\d{{4}}\] {{1,4}})?{_SERVICE}{_CODES}",
    rf"^(?P<time>\d\d-\d\d-\d{{4}} \d\d:\d\d:\d\d(?: [+-]\d{{4}})?) {{1,4}}{_SERVICE}{_CODES}",
    rf"^\d{{12}}\.\d{{3}} \d{{1,5}} {_CODES}",
)
"""Behind each of the times that its sample of a configuration has, and behind that of none, whose year has two figures and which is not
read."""

_REFUSED = r"^000(?:0[1-9]|10)$"
THREE_PROXY = LogFormat(
    name="3proxy",
    title="3proxy log",
    vendor="3proxy",
    doc="https://github.com/3proxy/3proxy/blob/master/cfg/3proxy.cfg.sample",
    kind="http_request",
    family=Pattern(tuple(f"{head}{_SAID}" for head in _STAMPED)),
    line=re.sub(r"\?P<\w+>", "?:", "|".join(_STAMPED)),
    fields={
        "host": ("url", "asked"),
        "url": ("url",),
        "user": ("user",),
        "client_ip": ("client",),
        "server_ip": (Part("server", r"^(?!0\.0\.0\.0$|::$)(.+)"),),
        "server_port": (Part("port", r"^([1-9]\d*)$"),),
        "method": ("method",),
        "action": ("error",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
    },
    time=(TimeOf(("time",)),),
    day_first=True,
    rank=12,
    kinds=((When((("asked", r"."),)), "dns_query"),),
    blocked=(When((("error", _REFUSED),)),),
    allowed=(When((("error", r"^00000$"),)),),
    uncounted=(
        When((("error", r"^0000[45]$"), ("user", r"^-$")), "proxy authentication leg (407); the retry is counted"),
        When((("url", r"^$"), ("asked", r"^$")), "a note of the proxy, which names no destination"),
    ),
    product="3proxy",
)
"""``%E %U %C:%c %R:%r %O %I %h %T``: ``%O`` went out to the server, ``%I`` came in from it; blanks within ``%T`` are written as underscores
with the configuration that comes with it. Errors below 11 are refusals."""

FORMATS = (XRAY, CLASH, SING_BOX, THREE_PROXY)
