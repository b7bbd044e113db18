"""Further gateways: Juniper SSG (ScreenOS), OpenBSD's pf, MikroTik RouterOS, Hillstone, Netgear, Symantec Endpoint Protection.

ScreenOS ("Messages Reference Guide", message 00257): ``sent`` is what the source sent, ``rcvd`` what it got back. pf and RouterOS log
packets: their length is no size of a connection.
"""

from shadowai.sources.logs.description import KeyValue, LogFormat, Part, Pattern, TimeOf, When

_START = "the start of a connection; its end is counted"

SCREENOS = LogFormat(
    name="juniper_ssg",
    title="Juniper SSG and NetScreen (ScreenOS) traffic log",
    vendor="Juniper",
    doc="https://www.juniper.net/documentation/software/screenos/",
    kind="connection",
    family=KeyValue(requires=("device_id",)),
    line=r"(?:^|\s)NetScreen device_id=\S+\s+\[[^\]]{1,64}\]system-\w+-\d{5}",
    fields={
        "host": ("url", "hostname"),
        "url": ("url",),
        "user": ("user", "username"),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dst_port",),
        "action": ("action",),
        "bytes_up": ("sent",),
        "bytes_down": ("rcvd",),
    },
    time=(TimeOf(("start_time",)),),
    blocked=(When((("action", r"(?i)^(?:deny|reject|drop|block)"),)),),
    allowed=(When((("action", r"(?i)^(?:permit|tunnel)"),)),),
    uncounted=(
        When((("reason", r"(?i)^creation$"),), _START, (("reason", r"(?i)^close"),)),
        When((("src", r"^$"), ("dst", r"^$")), "an event of the firewall itself"),
    ),
    product="juniper_ssg",
)

PF = LogFormat(
    name="openbsd_pf",
    title="OpenBSD and FreeBSD pf log (tcpdump of pflog0)",
    vendor="OpenBSD",
    doc="https://man.openbsd.org/pflogd",
    kind="connection",
    family=Pattern(
        (
            r"^(?:(?P<time>[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) )?rule \S+?:? "
            r"(?:\[[^\]]*\] )?(?P<action>pass|block|match|rdr|nat|binat|scrub) (?P<direction>in|out) on \S+: "
            r"(?:IP6? )?(?P<source>\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]+)(?:\.(?P<source_port>\d+))? > "
            r"(?P<destination>\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]+)(?:\.(?P<port>\d+))?:"
            r"(?: \d{1,5}[+%]{0,2} (?:\[\w{1,8}\] ){0,2}[A-Z][A-Za-z0-9]{0,9}\? (?P<name>[^\s?]+) \(\d{1,5}\)(?: |$))?",
        )
    ),
    line=(
        r"^(?:[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? |\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? )?"
        r"rule \S{1,80} (?:\[[^\]]{0,80}\] )?(?:pass|block|match|rdr|nat|binat|scrub) (?:in|out) on \S{1,20}: "
    ),
    fields={
        "host": ("name",),
        "client_ip": ("source",),
        "server_ip": ("destination",),
        "server_port": ("port",),
        "action": ("action",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("action", r"^block$"),)),),
    allowed=(When((("action", r"^(?:pass|rdr|nat|binat)$"),)),),
    kinds=((When((("name", r"."),)), "dns_query"),),
    product="pf",
)
"""Of a DNS query tcpdump shows its id, flags, type, name and length; a name cut off by the snap length has no length behind it."""

_QUERY = r"(?:^|\s)dns(?:,\w+){0,3}:? query from (?P<source>[0-9a-fA-F.:]+): #\d+ (?P<name>[^\s#]+) (?P<type>[A-Z]\w{0,9})\s*$"
_TOPIC = r"(?:^|[\s:])(?:firewall|web-proxy),\w+\s"
MIKROTIK = LogFormat(
    name="mikrotik",
    title="MikroTik RouterOS firewall, web proxy and DNS log",
    vendor="MikroTik",
    doc="https://help.mikrotik.com/docs/display/ROS/Log",
    kind="connection",
    family=Pattern(
        (
            _QUERY,
            r"web-proxy,\w+\s+(?P<source>[0-9a-fA-F.:]+) (?P<method>[A-Z]{3,8}) (?P<url>\S+)\s+action=(?P<action>\w+)",
            r"(?:^|(?:(?:firewall,\w+|\w:)\s+|^\s{0,8}|(?<=\s)(?!\S{1,64} firewall,\w))(?P<label>[^:]{0,64}): )"
            r"in:[^,]{0,80}? out:[^,]{0,80}?,? .{0,300}?"
            r"proto (?P<protocol>\w+)(?: ?\([^()]{0,80}\))?, "
            r"\[?(?P<source>\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]+?)\]?(?::(?P<source_port>\d+))?->"
            r"\[?(?P<destination>\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]+?)\]?(?::(?P<port>\d+))?(?:,|\s|$)",
        )
    ),
    line=rf"{_TOPIC}.{{0,256}}(?:->|action=)|{_QUERY}|"
    r"\bin:[^,]{1,80}? out:[^,]{1,80}?,? "
    r"(?:connection-state:.{1,200}?, |src-mac [0-9A-Fa-f:]{17}, )proto .{1,200}->",
    fields={
        "host": ("url", "name"),
        "url": ("url",),
        "client_ip": ("source",),
        "server_ip": ("destination",),
        "server_port": ("port",),
        "method": ("method",),
        "action": ("action", "label"),
    },
    kinds=((When((("url", r"."),)), "http_request"), (When((("name", r"."),)), "dns_query")),
    ignored=r"(?:^|\s)dns(?:,\w+){0,3}:? done query: #\d",
    rank=12,
    blocked=(When((("action", r"(?i)^deny"),)), When((("label", r"(?i)\b(?:drop|reject|block|deny)"),))),
    allowed=(When((("action", r"(?i)^allow"),)),),
    product="mikrotik",
)
"""A packet's line names the chain and, where the rule has one, its prefix; only that can say that the packet was dropped. Names of
interfaces may hold blanks, and ``(unknown 0)`` is none."""

_FLOW = (
    r"Traffic@FLOW: (?P<type>SESSION|NAT|POLICY): (?P<source>[0-9a-fA-F.:]+?):(?P<source_port>\d{1,5})"
    r"->(?P<destination>[0-9a-fA-F.:]+?):(?P<port>\d{1,5})\((?P<protocol>[^)]{1,32})\), (?P<text>.*)"
)
HILLSTONE = LogFormat(
    name="hillstone",
    title="Hillstone firewall traffic log (StoneOS)",
    vendor="Hillstone Networks",
    doc="https://docs.hillstonenet.com/",
    kind="connection",
    family=Pattern((_FLOW,)),
    line=r"(?:^|\s)[0-9a-fA-F]{8} " + _FLOW,
    fields={
        "user": (Part("text", r"(?:^|, )user (?!-@)([^,]{1,255})@[^,@]*,"),),
        "device": (Part("text", r"(?:^|,? )host (?!-[, ])([^,\s]{1,255})[, ]"),),
        "client_ip": ("source",),
        "server_ip": ("destination",),
        "server_port": ("port",),
        "action": (Part("text", r"(?:^|[,.])\s?(session \w+|policy deny|[sd]nat)\b"),),
        "bytes_up": (Part("text", r",\s?send bytes (\d+)"),),
        "bytes_down": (Part("text", r",\s?receive bytes (\d+)"),),
    },
    rank=12,
    blocked=(When((("text", r"[,.]\s?(?:policy|session) deny\b"),)),),
    allowed=(When((("text", r"[,.]\s?session (?:start|end)\b"),)),),
    uncounted=(
        When((("type", r"^NAT$"),), "an address translation; the session is counted", (("type", r"^SESSION$"),)),
        When((("text", r"[,.]\s?session start\b"),), _START, (("text", r"[,.]\s?session end\b"),)),
    ),
    product="hillstone",
)
"""The user stands before the AAA server that knows them (``jdoe@local``); ``-@-`` is none. Some releases part the last fields by full
stops, and user, host and MAC address by blanks."""

_VIGOR_RULE = (
    r"\[(?P<what>FILTER|CSM_\w{1,8})\]\[(?P<action>\w{1,16})\](?:\[(?P<direction>[\w/]+->[\w/]+),[^\]]{0,64}\]|\[[^\]]{0,200}\]){0,4}"
    r"\[@S:R=\d{1,4}:\d{1,4}, (?P<src>[0-9.]+)(?::\d{1,5})?->(?:(?P<dst>[0-9.]+)(?::(?P<port>\d{1,5}))?|(?P<url>\w+://[^\s\]]*?)(?::\d{1,5})?)\]"
    r"\[(?P<protocol>\w+)"
)
_VIGOR_USER = (
    r"\bLocal User(?: \(MAC=(?P<mac>[0-9A-Fa-f]{2}(?:[-:][0-9A-Fa-f]{2}){5})\))?: (?P<src>[0-9.]{7,15})(?::\d{1,5})? "
    r"(?:DNS -> \S+ inquire (?P<name>\S+)|-{1,2}> (?P<dst>[0-9.]{7,15}):(?P<port>\d{1,5}) \((?P<protocol>\w+)\) ?(?P<note>.*))"
)
DRAYTEK = LogFormat(
    name="draytek",
    title="DrayTek Vigor firewall, content filter and user access log",
    vendor="DrayTek",
    doc="https://www.draytek.com/support/knowledge-base/5023",
    kind="connection",
    family=Pattern((_VIGOR_RULE, _VIGOR_USER)),
    line=r"\[(?:FILTER|CSM_\w{1,8})\]\[\w{1,16}\](?:\[[^\]]{0,200}\]){0,4}\[@S:R=\d{1,4}:\d{1,4}, [0-9.]+(?::\d{1,5})?->[^\s\]]{1,4000}\]\["
    r"|\bLocal User(?: \(MAC=[0-9A-Fa-f:-]{17}\))?: [0-9.]{7,15}(?::\d{1,5})? "
    r"(?:DNS -> \S{1,64} inquire \S|-{1,2}> [0-9.]{7,15}:\d{1,5} \()",
    fields={
        "host": ("url", "name"),
        "url": (Part("url", r"(.+)", only=(("what", r"^(?!CSM_DNSF)"),)),),
        "device": ("mac",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("port",),
        "action": ("action",),
    },
    rank=12,
    kinds=(
        (When((("name", r"."),)), "dns_query"),
        (When((("what", r"^CSM_DNSF$"),)), "dns_query"),
        (When((("url", r"."),)), "http_request"),
    ),
    blocked=(When((("action", r"(?i)^(?:block|drop|reject)"),)),),
    allowed=(When((("action", r"(?i)^pass"),)),),
    uncounted=(
        When((("direction", r"^WAN->"),), "a connection from outside"),
        When((("protocol", r"^(?!TCP$|UDP$|HTTP|DNS|SSL|QUIC)."),), "not a connection of TCP or UDP"),
        When(
            (("note", r"(?i)^close connection"),),
            "the end of a connection; its beginning is counted",
            (("note", r"^(?!close connection)"), ("port", r".")),
        ),
    ),
    product="draytek",
)
"""A rule's line names the filter set and rule (``@S:R``); the content filters (``CSM_``) write the site as a URL with its port."""

SEP = LogFormat(
    name="symantec_endpoint_traffic",
    title="Symantec Endpoint Protection traffic and security log (syslog of the manager)",
    vendor="Broadcom",
    doc="https://techdocs.broadcom.com/us/en/symantec-security-software/endpoint-security-and-management/endpoint-protection/all.html",
    kind="connection",
    family=Pattern(
        (
            r"(?:^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\w{1,16},)?|\s)(?P<device>[\w.-]{1,64}),"
            r"(?:Event Description: [^,]{0,1000},)?Local(?: Host)?(?: IP)?: (?P<local>[0-9a-fA-F.:]+),"
            r"Local Port: (?P<local_port>\d*),(?:Local Host MAC: [^,]*,)?Remote(?: Host)? IP: (?P<remote>[0-9a-fA-F.:]+),"
            r"(?:Remote Host Name: (?P<host>[^,]*),)?Remote Port: (?P<port>\d*),(?:Remote Host MAC: [^,]*,)?"
            r"(?:(?P<protocol>\w*),)?(?P<direction>Inbound|Outbound|Unknown)"
            r"(?:.{0,2000}?,Begin(?: Time)?: (?P<begin>[^,]*))?(?:.{0,2000}?,User(?: Name)?: (?P<user>[^,]*))?"
            r"(?:.{0,2000}?,Action: (?P<action>\w+))?",
            r"(?:^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\w{1,16},)?|\s)(?P<device>[\w.-]{1,64}),"
            r"Event Description: (?P<what>(?:[^,\n]{1,1000}+|,(?!Event Description: )){0,60}?),(?:Event Type: [^,]{0,80},)?"
            r"Local(?: Host)?(?: IP)?: (?P<local>[0-9a-fA-F.:]+),(?:Local Host MAC: [^,]*,)?Remote Host Name: (?P<host>[^,]*),"
            r"Remote Host IP: (?P<remote>[0-9a-fA-F.:]+),(?:Remote Host MAC: [^,]*,)?(?P<direction>Inbound|Outbound|Unknown),"
            r"(?P<protocol>\w*),(?:.{0,2000}?,?Begin(?: Time)?: (?P<begin>[^,]*))?(?:.{0,2000}?,User(?: Name)?: (?P<user>[^,]*))?"
            r"(?:.{0,2000}?,Local Port: (?P<local_port>\d*))?(?:,Remote Port: (?P<port>\d*))?"
            r'(?:.{0,2000}?,"?Intrusion URL: (?P<url>[^,"]*))?',
            r"^[^,]{1,80},IP Address: (?P<local>[^,]*),Computer name: (?P<device>[^,]*),(?P<risk>Source): "
            r".{0,4000}?,Event time: (?P<begin>[^,]*)(?:.{0,2000}?,User(?: Name)?: (?P<user>[^,]*))?",
        )
    ),
    line=r",Local Port: \d*,(?:Local Host MAC: [^,]{0,40},)?Remote(?: Host)? IP: "
    r"|,Local(?: Host)?(?: IP)?: [0-9a-fA-F.:]+,(?:Local Host MAC: [^,]{0,40},)?Remote Host Name: [^,]{0,255},Remote Host IP: "
    r"|^[^,]{1,80},IP Address: [^,]{0,64},Computer name: [^,]{1,64},Source: ",
    fields={
        "host": ("url", "host"),
        "url": ("url",),
        "user": ("user",),
        "device": ("device",),
        "client_ip": (Part("remote", "(.+)", (("direction", r"^Inbound$"),)), "local"),
        "server_ip": (Part("local", "(.+)", (("direction", r"^Inbound$"),)), "remote"),
        "server_port": (Part("local_port", "(.+)", (("direction", r"^Inbound$"),)), "port"),
        "action": ("action",),
    },
    time=(TimeOf(("begin",)),),
    rank=12,
    blocked=(When((("action", r"(?i)^block"),)), When((("what", r"(?i)(?<!not )\bblocked\b|\bwill block\b"),))),
    allowed=(When((("action", r"(?i)^(?:allow|pass|permit)"),)),),
    uncounted=(
        When((("direction", r"^Inbound$"),), "a connection from outside to this device"),
        When((("risk", "."),), "a finding of the virus scanner, no connection"),
    ),
    product="symantec_endpoint",
    same_as=("symantec_endpoint", "symantec_endpoint_protection"),
)

NETGEAR = LogFormat(
    name="netgear_router",
    title="Netgear router: sites allowed and blocked",
    vendor="Netgear",
    doc="https://kb.netgear.com/24213/How-do-I-view-activity-logs-on-my-Nighthawk-router",
    kind="http_request",
    family=Pattern(
        (
            r"(?i)\[site (?P<action>allowed|blocked): ?(?P<site>[^\]\s]{1,253})\] from "
            r"(?:source (?P<src>[0-9A-Fa-f.:]{3,45})|MAC Address (?P<mac>(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})),? "
            r"(?:\w{6,9}, ?)?(?P<month>[A-Z][a-z]{2})[a-z]{0,6} (?P<day>\d\d?), ?(?P<year>\d{4}) (?P<clock>\d\d:\d\d:\d\d)",
        )
    ),
    line=r"(?i)\[site (?:allowed|blocked): ?[^\]\s]{1,253}\] from (?:source|MAC Address) ",
    fields={
        "host": (Part("site", r"^([^/]*\.[^/]*(?:/.*)?)$"),),
        "device": ("mac",),
        "client_ip": ("src",),
        "action": ("action",),
    },
    time=(TimeOf(("month", "day", "year", "clock")),),
    rank=12,
    blocked=(When((("action", r"(?i)^blocked$"),)),),
    allowed=(When((("action", r"(?i)^allowed$"),)),),
    uncounted=(When((("site", r"^[^.]*$"),), "a word that is blocked, and no site"),),
    ignored=r"^\[(?!(?i:site) )[A-Za-z][^\]]{2,80}\]",
    product="netgear",
)
"""Where a word is blocked (``chatgpt``), the router names the word and not the site."""

FORMATS = (NETGEAR, SCREENOS, PF, MIKROTIK, HILLSTONE, DRAYTEK, SEP)
