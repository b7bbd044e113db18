"""Further gateways: Juniper SSG (ScreenOS), Citrix ADC, OpenBSD's pf, MikroTik RouterOS, Symantec Endpoint Protection.

ScreenOS ("Messages Reference Guide", message 00257): ``sent`` is what the source sent, ``rcvd`` what it got back. Citrix ADC does not say
from whose side ``Total_bytes_send`` is counted: it is left out. pf and RouterOS log packets: their length is no size of a connection.
"""

from shadowai.sources.logs.description import KeyValue, LogFormat, Part, Pattern, TimeOf, When

_IP = r"[0-9a-fA-F.:]+?"
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

_STAMP = r"(?P<date>\d\d/\d\d/\d{4}):(?P<clock>\d\d:\d\d:\d\d)(?: (?P<zone>[A-Z]{3,4}))?"
_ENTRY = rf"(?:^|\s){_STAMP} \S+ \d+-PPE-\d+ :\s+(?:\S+ )?"
_DELINK = (
    rf"{_ENTRY}(?:TCP|SSLVPN|ICAP) (?P<event>\w+) \d+ \d+ :\s+"
    r"(?:Context (?P<context>\S+)@(?P<context_ip>[0-9a-fA-F.:]+) - )?(?:SessionId: ?\d+-? ?(?:- )?)?(?:User (?P<user>\S+) - )?"
    r"(?:Client_ip (?P<client>[0-9a-fA-F.:]+) - )?(?:Nat_ip \S+ - )?(?:Vserver (?P<first>\S+?):\d+ - )?"
    rf"Source (?P<source>{_IP}):\d+ - (?:Vserver (?P<vserver>{_IP}):\d+ - )?(?:NatIP {_IP}:\d+ - )?"
    rf"Destination (?P<destination>{_IP}):(?P<port>\d+)(?: |$)"
)
_REQUEST = (
    rf"{_ENTRY}SSLVPN (?P<event>HTTPREQUEST) \d+ \d+ :\s+Context (?P<context>\S+)@(?P<context_ip>[0-9a-fA-F.:]+) - "
    r"SessionId: ?\d+-? ?(?:- )?(?P<host>\S+) User (?P<user>\S+) : .{0,600}? : "
    r"(?P<method>GET|POST|PUT|HEAD|CONNECT|DELETE|PATCH|OPTIONS) (?P<path>\S+)"
)
_DENIED = (
    rf"{_ENTRY}SSLVPN (?P<event>HTTP_RESOURCEACCESS_DENIED) \d+ \d+ :\s+Context (?P<context>\S+)@(?P<context_ip>[0-9a-fA-F.:]+) - "
    r".{0,600}?Remote_host (?P<host>\S+) - Denied_url (?P<path>\S+)"
)
_OTHER = (
    rf"{_ENTRY}(?:TCP|SSLVPN|SSLLOG|ICAP) (?P<event>\w+) \d+ \d+ :\s+"
    r"(?:Context (?P<context>\S+)@(?P<context_ip>[0-9a-fA-F.:]+))?"
)
CITRIX = LogFormat(
    name="citrix_adc",
    title="Citrix ADC (NetScaler) connections and Gateway requests (syslog)",
    vendor="Citrix",
    doc="https://developer-docs.netscaler.com/en-us/netscaler-syslog-message-reference/current-release",
    kind="connection",
    family=Pattern((_DELINK, _REQUEST, _DENIED, _OTHER)),
    line=rf"{_ENTRY}(?:TCP|SSLVPN|SSLLOG|ICAP) \w+ \d+ \d+ :",
    fields={
        "host": ("host",),
        "path": ("path",),
        "user": ("user", "context"),
        "client_ip": ("client", "source", "context_ip"),
        "server_ip": ("destination",),
        "server_port": ("port",),
        "method": ("method",),
        "action": ("event",),
    },
    time=(TimeOf(("date", "clock"), "zone"),),
    day_first=False,
    rank=12,
    kinds=((When((("event", r"^HTTP"),)), "http_request"),),
    blocked=(When((("event", r"DENIED|BLOCKED"),)),),
    uncounted=(
        When(
            (("event", r"^(?!CONN_|TCPCONN|UDPFLOW|NAT_|HTTPREQUEST$|HTTP_RESOURCEACCESS_DENIED$|OTHERCONN)"),),
            "an event of the appliance itself",
        ),
    ),
    product="citrix_adc",
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
            r"(?P<destination>\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]+)(?:\.(?P<port>\d+))?:",
        )
    ),
    line=(
        r"^(?:[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? |\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? )?"
        r"rule \S{1,80} (?:\[[^\]]{0,80}\] )?(?:pass|block|match|rdr|nat|binat|scrub) (?:in|out) on \S{1,20}: "
    ),
    fields={
        "client_ip": ("source",),
        "server_ip": ("destination",),
        "server_port": ("port",),
        "action": ("action",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("action", r"^block$"),)),),
    allowed=(When((("action", r"^(?:pass|rdr|nat|binat)$"),)),),
    product="openbsd_pf",
)

_TOPIC = r"(?:^|[\s:])(?:firewall|web-proxy),\w+\s"
MIKROTIK = LogFormat(
    name="mikrotik",
    title="MikroTik RouterOS firewall and web proxy log",
    vendor="MikroTik",
    doc="https://help.mikrotik.com/docs/display/ROS/Log",
    kind="connection",
    family=Pattern(
        (
            r"web-proxy,\w+\s+(?P<source>[0-9a-fA-F.:]+) (?P<method>[A-Z]{3,8}) (?P<url>\S+)\s+action=(?P<action>\w+)",
            r"firewall,\w+\s+(?P<label>[^:]{0,64}): in:\S{0,40} out:\S{0,40},? .{0,300}?proto (?P<protocol>\w+)[^,]{0,40}, "
            r"\[?(?P<source>\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]+?)\]?(?::(?P<source_port>\d+))?->"
            r"\[?(?P<destination>\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]+?)\]?(?::(?P<port>\d+))?(?:,|\s|$)",
        )
    ),
    line=_TOPIC + r".{0,256}(?:->|action=)",
    fields={
        "host": ("url",),
        "url": ("url",),
        "client_ip": ("source",),
        "server_ip": ("destination",),
        "server_port": ("port",),
        "method": ("method",),
        "action": ("action", "label"),
    },
    kinds=((When((("url", r"."),)), "http_request"),),
    rank=12,
    blocked=(When((("action", r"(?i)^deny"),)), When((("label", r"(?i)\b(?:drop|reject|block|deny)"),))),
    allowed=(When((("action", r"(?i)^allow"),)),),
    product="mikrotik",
)
"""A packet's line names the chain and, where the rule has one, its prefix; only that can say that the packet was dropped."""

SEP = LogFormat(
    name="symantec_endpoint_traffic",
    title="Symantec Endpoint Protection traffic log (syslog of the manager)",
    vendor="Broadcom",
    doc="https://techdocs.broadcom.com/us/en/symantec-security-software/endpoint-security-and-management/endpoint-protection/all.html",
    kind="connection",
    family=Pattern(
        (
            r"(?:^|\s)(?P<device>[\w.-]{1,64}),(?:Event Description: [^,]*,)?Local(?: Host)?(?: IP)?: (?P<local>[0-9a-fA-F.:]+),"
            r"Local Port: (?P<local_port>\d*),(?:Local Host MAC: [^,]*,)?Remote(?: Host)? IP: (?P<remote>[0-9a-fA-F.:]+),"
            r"(?:Remote Host Name: (?P<host>[^,]*),)?Remote Port: (?P<port>\d*),(?:Remote Host MAC: [^,]*,)?"
            r"(?P<protocol>\w*),(?P<direction>Inbound|Outbound|Unknown)"
            r"(?:.{0,2000}?,Begin(?: Time)?: (?P<begin>[^,]*))?(?:.{0,2000}?,User(?: Name)?: (?P<user>[^,]*))?"
            r"(?:.{0,2000}?,Action: (?P<action>\w+))?",
        )
    ),
    line=r",Local Port: \d*,(?:Local Host MAC: [^,]{0,40},)?Remote(?: Host)? IP: ",
    fields={
        "host": ("host",),
        "user": ("user",),
        "device": ("device",),
        "client_ip": (Part("remote", "(.+)", (("direction", r"^Inbound$"),)), "local"),
        "server_ip": (Part("local", "(.+)", (("direction", r"^Inbound$"),)), "remote"),
        "server_port": (Part("local_port", "(.+)", (("direction", r"^Inbound$"),)), "port"),
        "action": ("action",),
    },
    time=(TimeOf(("begin",)),),
    rank=12,
    blocked=(When((("action", r"(?i)^block"),)),),
    allowed=(When((("action", r"(?i)^(?:allow|pass|permit)"),)),),
    uncounted=(When((("direction", r"^Inbound$"),), "a connection from outside to this device"),),
    product="symantec_endpoint",
)

FORMATS = (SCREENOS, CITRIX, PF, MIKROTIK, SEP)
