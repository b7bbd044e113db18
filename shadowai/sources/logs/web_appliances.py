"""Web appliances with logs of their own: Barracuda Web Security Gateway, Sophos Web Appliance, Kerio Control, Digital Arts i-FILTER,
ALSI InterSafe, Kaspersky Web Traffic Security; and Mimecast's log of opened links."""

from shadowai.sources.logs.description import CsvPositional, Json, KeyValue, LogFormat, Part, Pattern, TimeOf, When

_EPOCH = r"(?:(?:http_?scan|NG_Firewall)\[\d{0,10}\]:\s{1,4})?"

BARRACUDA = LogFormat(
    name="barracuda_web",
    title="Barracuda Web Security Gateway (Web Filter), CloudGen Firewall web log streaming",
    vendor="Barracuda",
    doc="https://campus.barracuda.com/product/websecuritygateway/doc/6160435/syslog-and-the-barracuda-web-security-gateway/",
    kind="http_request",
    family=Pattern(
        (
            rf"{_EPOCH}(?P<time>\d{{10}}) \d (?P<client>\S+) (?P<server>[0-9A-Fa-f.:]+)(?:\([0-9A-Fa-f.:]+\))? \S+ \S+ (?P<url>\S+) "
            r"(?P<size>\d+)(?: [0-9a-f]{32})? BYF (?P<action>[A-Z]+) "
            r"(?:.{0,300}? \d+ [01] [01] (?P<policy>\d) \d \(.{0,300}?\) (?:.{0,2000}? \[(?P<user>[^\]]{1,200})\](?: |$))?)?",
        )
    ),
    line=rf"^{_EPOCH}\d{{10}} \d [0-9A-Fa-f.:]+ [0-9A-Fa-f.:]+\S{{0,60}} \S+ \S+ \S+ \d+(?: [0-9a-f]{{32}})? BYF [A-Z]+ ",
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": (Part("user", r"^(?!ANON)(?:\w+\d:)?(.+)"),),
        "client_ip": ("client",),
        "server_ip": ("server",),
        "action": ("action",),
        "bytes_down": ("size",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("action", r"^BLOCKED$"),)), When((("policy", r"^1$"),))),
    allowed=(When((("action", r"^ALLOWED$"), ("policy", r"^0?$"))),),
    product="barracuda_web",
)
"""``BYF`` is written before every action, and by CloudGen Firewall's streaming always ``ALLOWED``: the policy engine's own action tells
that a request was denied (1). Where it did something else than to allow (0) or deny, nothing is said."""

SOPHOS = LogFormat(
    name="sophos_swa",
    title="Sophos Web Appliance log (sophos_log)",
    vendor="Sophos",
    doc="https://docs.sophos.com/nsg/swa/help/en-us/nsg/swa/concepts/InterpretingLogFiles.html",
    kind="http_request",
    family=KeyValue(requires=("h", "s", "t", "act", "req")),
    line=r'(?:^|\s)h=[0-9A-Fa-f.:]+ u="[^"]*" s=\d{1,3} X=\S? t=\d{9,10} T=',
    fields={
        "host": (Part("req", r"^\"?[A-Z]+ (\S+)"), "dom"),
        "url": (Part("req", r"^\"?[A-Z]+ (\S+)"),),
        "user": ("u",),
        "client_ip": ("h",),
        "server_ip": ("target_ip",),
        "method": ("meth",),
        "action": ("act",),
        "bytes_up": ("in",),
        "bytes_down": ("out",),
        "user_agent": ("ua",),
    },
    time=(TimeOf(("t",)),),
    zone="utc",
    rank=12,
    blocked=(When((("act", r"^-[1356]$"),)),),
    allowed=(When((("act", r"^[1-5]$"),)),),
    uncounted=(When((("s", r"^407$"), ("u", r'^"?-?"?$')), "proxy authentication leg (407); the retry is counted"),),
    product="sophos_swa",
)
"""``in`` is what the appliance got from the client, ``out`` what it sent back (in the vendor's example a little more than the file).
Of ``act`` -1 is blocked, -3 "user proceeded but request was blocked", -5 and -6 out of quota; a warning alone is neither."""

_DATE = r"^\[(?P<time>\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d)\] "
_BY_SYSLOG = rf"^(?:{_DATE[1:]})?"
_ADDRESS = r"[0-9A-Fa-f.:]{3,45}"
_RULE = """(?:'[^']{0,200}'|"[^"]{0,200}")"""

KERIO = LogFormat(
    name="kerio_control",
    title="Kerio Control connection, web and filter log",
    vendor="GFI",
    doc="https://manuals.gfi.com/en/kerio/control/content/logs/using-the-connection-log-1457.html",
    kind="connection",
    family=Pattern(
        (
            _BY_SYSLOG + r"\[ID\] \d+ \[Rule\] .{0,300}?(?:\[User\] (?P<user>[^\[]{1,200}) )?\[Connection\] \w+ "
            rf"(?:(?P<client>{_ADDRESS}|\[{_ADDRESS}\])|(?P<device>[^\s:]+)):\d+ -?> (?P<host>\[{_ADDRESS}\]|[^\s:]+):(?P<port>\d+)"
            r"(?: \[Duration\] (?P<lasted>\d+) sec)?(?: \[Bytes\] (?P<up>\d+)/(?P<down>\d+)/\d+)?",
            _BY_SYSLOG + rf"(?P<action>[A-Z]+) (?:URL|FTP) {_RULE} (?P<client>{_ADDRESS})(?: (?P<user>\S+))? "
            r"(?:HTTP|FTP) (?P<method>[A-Z]+) (?P<url>\S+)",
            _DATE + rf'(?P<client>{_ADDRESS})(?: (?P<user>[^\s"]{{1,200}}))? "[^"]*" (?P<url>[a-z]+://\S+)',
            _BY_SYSLOG + rf"(?P<action>[A-Z]+) {_RULE} packet (?P<direction>to|from) [^,]*, proto:\w+, len:\d+, "
            rf"(?:ip/port:)?(?P<client>{_ADDRESS}?)(?::\d+)? -?> (?P<host>{_ADDRESS}?)(?::(?P<port>\d+))?,",
        )
    ),
    line=r"^(?:\[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d\] )?"
    rf"(?:\[ID\] \d+ \[Rule\] |(?:PERMIT|ALLOW|DENY|DROP) (?:(?:URL|FTP) {_RULE} {_ADDRESS} |{_RULE} packet ))|"
    rf'^\[\d\d/[A-Z][a-z]{{2}}/\d{{4}} \d\d:\d\d:\d\d\] {_ADDRESS} (?:[^\s"]{{1,200}} )?"[^"]*" [a-z]+://',
    fields={
        "host": ("url", Part("host", r"^((?:[\w-]+\.)+[A-Za-z][\w-]*)$")),
        "url": ("url",),
        "user": ("user",),
        "device": ("device",),
        "client_ip": ("client",),
        "server_ip": (Part("host", r"^\[?([0-9A-Fa-f.:]+)\]?$"),),
        "server_port": ("port",),
        "method": ("method",),
        "action": ("action",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    kinds=((When((("url", r"."),)), "http_request"),),
    blocked=(When((("action", r"^(?:DENY|DROP)$"),)),),
    allowed=(When((("action", r"^(?:ALLOW|PERMIT)$"),)),),
    lasted=("lasted",),
    product="kerio_control",
)
"""``[Bytes] 1575/1290/2865`` are transmitted, accepted and total; ``[Service]`` and ``[User]`` are left out where not known. Sent by
syslog, a record has no date of its own."""

I_FILTER = LogFormat(
    name="i_filter",
    title="Digital Arts i-FILTER, i-FILTER@Cloud and D-SPA access and block log",
    vendor="Digital Arts",
    doc="https://www.pa-solution.net/daj/bs/faq/detail.aspx?id=4301",
    kind="http_request",
    family=Pattern(
        (
            r"^(?:[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d )?(?:\d{1,10} )?\d{2,5}/\d\d/\S* \S+ "
            r"(?:(?P<server>[0-9A-Fa-f.]+)(?::(?P<port>\d+))?|\S+) \S+ (?P<client>\S+) (?P<device>\S+) (?P<user>\S+) "
            r"\[(?P<time>[^\]]{20,30})\](?: \[[^\]]{20,30}\])?(?: (?:\d{1,3}|-) \S+ \S+ (?P<action>[A-Za-z_-]+)(?= ))?.{0,1000}? "
            r'"(?P<method>[A-Z]+) (?P<url>[^\s"]+)',
            r"^\d{1,10} (?P<client>[0-9A-Fa-f.:]+) (?P<user>\S+) \S+ \d+ (?P<time>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}) "
            r"(?P<url>[a-z]+://\S+) (?P<action>[a-z]+) ",
        )
    ),
    line=r"^(?:[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d )?(?:\d{1,10} )?\d{2,5}/\d\d/\S{0,10} \S+ \S+ \S+ [0-9A-Fa-f.:]+ \S+ \S+ "
    r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d |"
    r"^\d{1,10} [0-9A-Fa-f.:]+ \S+ \S+ \d+ \d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4} [a-z]+://\S+ [a-z]+ \d",
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": ("user",),
        "device": ("device",),
        "client_ip": ("client",),
        "server_ip": ("server",),
        "server_port": ("port",),
        "method": ("method",),
        "action": ("action",),
    },
    percent_encoded=("user", "device"),
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("action", r"(?i)^block"),)),),
    product="i_filter",
)
"""Time, process, version, upstream proxy, server, who connected, client (of ``X-Forwarded-For``), its name, user, time of the request.
The sizes that follow are not read: what they are of is not said."""

INTERSAFE = LogFormat(
    name="intersafe",
    title="ALSI InterSafe WebFilter, GatewayConnection and CATS access log",
    vendor="ALSI",
    doc="https://alsifaq.dga.jp/faq_detail.html?category=269&id=5168",
    kind="http_request",
    family=CsvPositional(at_least=14, delimiter="\t"),
    line=r"^\d{4}/\d\d/\d\d\t\d\d:\d\d:\d\d\t[A-Z]{2,8}\t[0-9A-Fa-f.:]{2,45}\t(?:[^\t]*\t){3}[A-Z][A-Za-z]{3,15}\t[^\t]*\t(?:\d{1,3}|-)\t",
    fields={
        "host": (11, 22),
        "url": (22,),
        "user": (6,),
        "client_ip": (4,),
        "server_ip": (9,),
        "method": (24,),
        "action": (8,),
        "bytes_up": (13,),
        "bytes_down": (14,),
    },
    time=(TimeOf((1, 2)),),
    rank=12,
    blocked=(When(((8, r"^(?:Blocked|BlkPost)$"),)),),
    allowed=(When(((8, r"^(?:Proxied|Allowed|Release)$"),)),),
    product="intersafe",
)
"""Columns parted by tabs: date, time, protocol, client, group, account, browser, what was done, server, status, its name, milliseconds,
size sent and received, type, -, reason, categories (4), URL, version, method, referrer. The agents' logs end earlier. ``Proxied`` and
``Allowed`` pass, ``BlkPost`` is writing that was refused, ``Release`` a block that the user lifted
(https://alsifaq.dga.jp/faq_detail.html?id=5299). A proxy's size sent is the body's (HTTP) or all of the connection's (HTTPS)."""

KASPERSKY = LogFormat(
    name="kaspersky_web_traffic",
    title="Kaspersky Web Traffic Security (KWTS) syslog",
    vendor="Kaspersky",
    doc="https://support.kaspersky.com/KWTS/6.0/en-US/179953.htm",
    kind="http_request",
    family=Pattern(
        (
            r'type="(?P<type>Request|Response)": method="(?P<method>[^"]*)": action="(?P<action>[^"]*)": (?:workspace="[^"]*": )?'
            r'http_user_name="(?P<user>[^"]*)": http_user_agent="(?P<agent>[^"]*)": http_user_ip="(?P<client>[^"]*)": url="(?P<url>[^"]*)"',
        )
    ),
    line=r'(?:^|\s)type="(?:Request|Response)": method="[^"]{0,32}": action="[^"]{0,32}": (?:workspace="[^"]{0,256}": )?http_user_name="',
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": ("user",),
        "client_ip": ("client",),
        "method": ("method",),
        "action": ("action",),
        "user_agent": ("agent",),
    },
    rank=12,
    blocked=(When((("action", r"(?i)^(?:deny|block)"),)),),
    allowed=(When((("action", r"(?i)^allow"),)),),
    uncounted=(
        When(
            (("type", r"^Request$"), ("action", r"(?i)^allow")),
            "a request that went on; its response is counted",
            (("type", r"^Response$"),),
        ),
    ),
    product="kaspersky_web_traffic",
)
"""Of a request that was redirected it is not said whether the page was refused."""

MIMECAST = LogFormat(
    name="mimecast_url_protect",
    title="Mimecast URL Protect: links that were opened from messages (JSON)",
    vendor="Mimecast",
    doc="https://integrations.mimecast.com/documentation/endpoint-reference/logs-and-statistics/get-ttp-url-logs/",
    kind="http_request",
    family=Json(
        requires=(
            ("userEmailAddress", ""),
            ("url", ""),
            ("scanResult|ttpDefinition", ""),
            ("userOverride|adminOverride|userAwarenessAction|creationMethod", ""),
        )
    ),
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": ("userEmailAddress",),
        "action": ("action",),
    },
    time=(TimeOf(("date",)),),
    rank=12,
    blocked=(When((("action", r"(?i)^block"),)),),
    allowed=(When((("action", r"(?i)^allow"),)),),
    uncounted=(When((("creationMethod", r"(?i)scan"),), "a link that was looked at in a message, and not opened"),),
    product="mimecast",
)
"""``sendingIp`` is the server that sent the message, ``fromUserEmailAddress`` who did: neither opened the link."""

FORMATS = (MIMECAST, BARRACUDA, SOPHOS, KERIO, I_FILTER, INTERSAFE, KASPERSKY)
