"""DNS servers: BIND and its kin (Infoblox NIOS, EfficientIP SOLIDserver), Unbound, dnsmasq and Pi-hole, Microsoft DNS, CoreDNS,
AdGuard Home.

Only a client's question is activity: answers, forwarding, policy rewrites and failures stand beside it. A look-up is not use.
"""

from shadowai.sources.logs.description import Cef, Json, LogFormat, Part, Pattern, TimeOf, When

_IP = r"[0-9a-fA-F:]*[.:][0-9a-fA-F.:]+(?:%\w+)?"
_CLASS = r"(?:IN|CH|HS|ANY|NONE|CLASS\d+)"
_NO_QUESTION = "not a client's question, which is logged of its own"
_SERVER_EVENT = "an event of the server, not a client's question"

_BIND_TIME = r"^(?=(?:.{0,160}?(?P<time>\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})?)\s)?)"
_BEFORE = _BIND_TIME + r".{0,200}?"
_BIND_CLIENT = rf"(?<![\w.-])client (?:@(?:0x)?[0-9a-fA-F]+ )?(?P<client>{_IP})#\d+(?:/key \S+)?:?"
"""What stands behind the @ is a pointer, which C libraries write in their own ways: Windows' without 0x."""
_BIND_VIEW = r"(?: view [^:]{1,80}:)?(?: (?:UDP|TCP|TLS|HTTPS):)?"

BIND = LogFormat(
    name="bind_query",
    title="BIND query log; also Infoblox NIOS and EfficientIP SOLIDserver",
    vendor="ISC",
    doc="https://bind9.readthedocs.io/en/latest/reference.html#namedconf-statement-category",
    kind="dns_query",
    family=Pattern(
        (
            rf"{_BEFORE}{_BIND_CLIENT}(?: \(\S+?\):)?{_BIND_VIEW} (?P<query>query): (?P<name>\S+) {_CLASS} [A-Z0-9]+"
            r"(?: (?P<response>response):)?",
            rf"{_BEFORE}(?:List Matched) (?P<client>{_IP})#\d+: query: (?P<name>\S+) {_CLASS} (?P<type>[A-Z0-9]+)",
            rf"{_BEFORE}{_BIND_CLIENT}(?: \(\S+?\):)?{_BIND_VIEW} (?P<answer>answer): (?P<name>\S+) {_CLASS}",
            rf"{_BEFORE}{_BIND_CLIENT}(?: \(\S+?\):)?{_BIND_VIEW} (?P<response>response): (?P<name>\S+) {_CLASS} [A-Z0-9]+ [A-Z]+",
            rf"{_BEFORE}{_BIND_CLIENT}(?: \(\S+?\):)?{_BIND_VIEW} (?P<off>disabled )?(?P<rpz>rpz) [A-Z-]+ (?P<action>[A-Za-z-]+) rewrite "
            r"(?P<name>[^/\s]+)(?:/\S+| \[\w+\])? via ",
            rf"{_BEFORE}{_BIND_CLIENT}(?: \(\S+?\):)?{_BIND_VIEW} query failed \([^)]*\) for (?P<name>[^/\s]+)/",
            rf"{_BEFORE}{_BIND_CLIENT}{_BIND_VIEW} (?:updating|received notify for) zone '(?P<name>[^/'\s]+)",
            rf"{_BEFORE}{_BIND_CLIENT} \((?P<name>[^)\s]+)\):",
            rf"{_BEFORE}{_BIND_CLIENT}",
            rf"{_BEFORE}resolving '?(?P<name>[^/'\s]+)(?:/[A-Z0-9]+(?:/{_CLASS})?)?'?(?: for (?P<client>{_IP})#\d+)?",
            rf"{_BEFORE}validating (?P<name>[^/\s]+)/[A-Z0-9]+: ",
            rf"{_BEFORE}transfer of '(?P<name>[^/'\s]+)/{_CLASS}[^']*' from (?P<client>{_IP})#",
            rf"{_BEFORE}(?<!\w)zone (?P<name>[^/\s]+)/{_CLASS}[^:\s]*:"
            rf"(?:.{{0,100}}? (?:from|master|non-master:?) (?P<client>{_IP})#)?",
            rf"{_BIND_TIME}(?P<event>(?:.{{0,120}}?(?<!\w)named\[\d+\]|.{{0,120}}?(?<!\w)rpz): )",
        )
    ),
    line=rf"^.{{0,200}}?(?:(?<![\w.-])client (?:@(?:0x)?[0-9a-fA-F]+ )?{_IP}#\d|List Matched {_IP}#\d|"
    rf"lame server resolving '|resolving '?[^/'\s]+/[A-Z0-9]+(?:/IN)?'?(?:$|[:' ])|"
    rf"validating [^/\s]+/[A-Z0-9]+: |(?<!\w)(?:zone|transfer of) '?[^/'\s]+/{_CLASS}|(?<!\w)(?<!info: )rpz: |"
    r"(?<!\w)named\[\d+\]: (?!CEF:))",
    fields={"host": ("name",), "client_ip": ("client",), "action": ("action",)},
    time=(TimeOf(("time",)),),
    blocked=(When((("action", r"^(?:NXDOMAIN|NODATA|DROP|CNAME|Local-Data)$"), ("off", r"^$"))),),
    allowed=(When((("action", r"^PASSTHRU$"), ("off", r"^$"))),),
    uncounted=(
        When((("query", r"^$"), ("answer", r"^$"), ("response", r"^$"), ("rpz", r"^$")), _NO_QUESTION),
        *(
            When((("rpz", r"."),), "what a policy did with a question that is logged of its own", ((logged, r"."),))
            for logged in ("query", "response")
        ),
        When(
            (("answer", r"."),),
            "the answer to a question that is logged of its own",
            (("query", r"."), ("response", r"^$")),
        ),
        When(
            (("response", r"."),),
            "the answer to a question that is logged of its own",
            (("query", r"."), ("response", r"^$")),
        ),
    ),
    product="bind",
    same_as=("infoblox_nios_dns", "efficientip_dns"),
)

NIOS_CEF = LogFormat(
    name="infoblox_nios_cef",
    title="Infoblox NIOS response policy hits (CEF)",
    vendor="Infoblox",
    doc="https://docs.infoblox.com/space/nios90/280760789/Infoblox+CEF+Log+Format",
    kind="dns_query",
    family=Cef(device=r"^Infoblox\|NIOS"),
    fields={
        "host": ("fqdn", "destinationDnsDomain", Part("msg", r"\brewrite (\S+?)(?:/[A-Z]+/IN)? ")),
        "client_ip": ("src",),
        "action": ("cef.name",),
    },
    time=(TimeOf(("rt",)),),
    blocked=(When((("cef.name", r"(?i)^(?:NXDOMAIN|NODATA|DROP|CNAME|Local-?Data|block)"),)),),
    allowed=(When((("cef.name", r"(?i)^(?:PASSTHRU|DISABLED|log)"),)),),
    product="bind",
)

UNBOUND = LogFormat(
    name="unbound",
    title="Unbound log-queries, log-replies and log-local-actions (pfSense, OPNsense)",
    vendor="NLnet Labs",
    doc="https://unbound.docs.nlnetlabs.nl/en/latest/manpages/unbound.conf.html",
    kind="dns_query",
    family=Pattern(
        (
            r"^(?:\[(?P<time>\d{9,11}(?:\.\d{1,6})?)\] )?.{0,160}?\b(?:info|query|reply): "
            rf"(?P<client>{_IP})(?:@\d+)? (?P<name>\S+) (?P<type>[A-Z][A-Z0-9]*) {_CLASS}(?: (?P<answer>[A-Z]+) [\d.]+ [01] \d+"
            r"(?: on \S+ \S+ \d+)?)?\s*$",
            r"^(?:\[(?P<time>\d{9,11}(?:\.\d{1,6})?)\] )?.{0,160}?\binfo: \S+ "
            rf"(?P<action>always_\w+|inform\w*|deny|refuse|redirect|static|(?:type)?transparent|block_a|nodefault) "
            rf"(?P<client>{_IP})@\d+ "
            rf"(?P<name>\S+) (?P<type>[A-Z][A-Z0-9]*) {_CLASS}\s*$",
            r"^(?:\[(?P<time>\d{9,11}(?:\.\d{1,6})?)\] )?.{0,160}?\binfo: (?:rpz: |RPZ )?applied (?:\[[^\]]{0,255}\] )?(?:\S+ ){1,2}?"
            rf"(?:rpz-)?(?P<action>[a-z]+(?:-[a-z]+)?) (?P<client>{_IP})@\d+ (?P<name>\S+) (?P<type>[A-Z][A-Z0-9]*) {_CLASS}\s*$",
            r"^(?:\[(?P<time>\d{9,11}(?:\.\d{1,6})?)\] )?.{0,120}?\bunbound\[\d+(?::[0-9a-f]+)?\]:? (?:\[\d+:[0-9a-f]+\] )?"
            r"(?P<event>info|notice|warning|error|debug|fatal error): ",
            r"^\[\d+:[0-9a-f]+\] (?P<event>info|notice|warning|error|debug|fatal error): ",
        )
    ),
    line=rf"(?:^|[\s\]])(?:info|query|reply): (?:\S+ [a-z_]+ |(?:rpz: |RPZ )?applied (?:\S+ ){{2,4}})?{_IP}(?:@\d+)? "
    rf"\S+ [A-Z][A-Z0-9]* {_CLASS}(?:\s|$)|"
    r"(?:^|[\s])unbound\[\d+(?::[0-9a-f]+)?\]:? (?:\[\d+:[0-9a-f]+\] )?(?:info|notice|warning|error|debug|fatal error): |"
    r"^\[\d{1,10}:[0-9a-f]{1,4}\] (?:info|notice|warning|error|debug|fatal error): ",
    fields={"host": ("name",), "client_ip": ("client",), "action": ("action",)},
    time=(TimeOf(("time",)),),
    blocked=(
        When(
            (
                (
                    "action",
                    r"^(?:always_(?:refuse|nxdomain|nodata|null|deny)|inform_(?:deny|redirect)|deny|refuse|static|redirect|"
                    r"nxdomain|nodata|drop|local-data|cname-override)$",
                ),
            )
        ),
    ),
    uncounted=(
        When(
            (("answer", r"."),),
            "the reply to a question that is logged of its own",
            (("type", r"."), ("answer", r"^$"), ("action", r"^$")),
        ),
        When((("event", r"."),), _SERVER_EVENT),
    ),
)

_DNSMASQ_TIME = (
    r"^(?:<\d{1,3}>)?(?:(?P<time>(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?: \d{4})?) )?"
)
_DNSMASQ = r"(?:.{0,120}?\bdnsmasq(?:\[\d+\])?: (?:\d+ \S+ )?|(?:\d+ \S+/\d+ )?)"
"""Behind a header of RFC 5424, which has the program's name, the message begins with what was done (OPNsense)."""

DNSMASQ = LogFormat(
    name="dnsmasq_pihole",
    title="dnsmasq log-queries (Pi-hole, OpenWrt)",
    vendor="dnsmasq",
    doc="https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html",
    kind="dns_query",
    family=Pattern(
        (
            rf"{_DNSMASQ_TIME}{_DNSMASQ}(?P<query>query)\[(?P<type>[^\]]+)\] (?P<name>\S+) from (?P<client>\S+)",
            rf"{_DNSMASQ_TIME}{_DNSMASQ}(?P<action>gravity blocked|(?:exactly|regex) (?:blacklisted|denied)|blacklisted|special domain|"
            r"forwarded|reply|cached(?:-stale)?|config|validation|dnssec-(?:query|retry)\[\w+\]|auth\[\w+\]|/\S+|[Rr]ate-limit\w+) "
            r"(?P<name>\S+)",
            r"^(?P<event>.{0,160}?\bdnsmasq(?:-\w+)?\[\d+\]): ",
        )
    ),
    line=r"(?:^|[\s])dnsmasq(?:-\w+)?(?:\[\d+\])?: (?:\d+ \S+ )?\S|"
    r"^(?:\d+ \S+/\d+ )?(?:query\[[^\]\s]{1,16}\] \S+ from [0-9a-fA-F]*[.:]|forwarded \S+ to [0-9a-fA-F]*[.:]|"
    r"(?:reply|cached(?:-stale)?|config|gravity blocked) \S+ is (?:[0-9a-fA-F]*[.:]|<\w+>|NXDOMAIN|NODATA))",
    fields={"host": ("name",), "client_ip": ("client",), "action": ("action",)},
    time=(TimeOf(("time",)),),
    blocked=(When((("action", r"blocked|blacklisted|denied|special domain"),)),),
    uncounted=(
        When((("event", r"."),), _SERVER_EVENT),
        When((("query", r"^$"),), "what became of a question; the question is logged of its own"),
    ),
)

_MS_TIME = (
    r"(?:\d[\d./-]{5,9}|\d{1,4}\. \d{1,2}\. \d{1,4}\.?)\s+(?:[上下]午\s?|오[전후]\s?|午[前後]\s?)?"
    r"\d{1,2}[:.]\d\d[:.]\d\d(?:\s[AaPp]\.?\s?[Mm]\.?)?"
)

MS_DEBUG = LogFormat(
    name="ms_dns_debug",
    title="Microsoft DNS Server debug log (dns.log)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/cc759581(v=ws.10)",
    kind="dns_query",
    family=Pattern(
        (
            rf"^\s*(?P<time>{_MS_TIME})\s+[0-9A-Fa-f]{{3,5}}\s+PACKET\s+(?:[0-9A-Fa-f]{{8,16}}\s+)?"
            r"(?P<protocol>UDP|TCP)\s+(?P<direction>Rcv|Snd)\s+(?P<client>\S+)\s+[0-9A-Fa-f]{4}\s(?P<response>[R ])\s(?P<operation>\S)\s+"
            r"\[[0-9A-Fa-f]{4}[ A-Z]{1,10}? {1,3}(?P<code>[A-Z0-9]{3,10})\]\s+"
            r"(?:(?P<type>[^\s(]\S*)\s+\.?(?P<name>\(\d{1,2}\)\S*|\w[\w.-]*)|(?P<untyped>\(\d{1,2}\)\S*))",
        )
    ),
    line=rf"^\s*{_MS_TIME}\s+[0-9A-Fa-f]{{3,5}}\s+PACKET\s+(?:[0-9A-Fa-f]{{8,16}}\s+)?(?:UDP|TCP)\s+(?:Rcv|Snd)\s",
    ignored=r"^(?:\s|DNS Server log|Log file wrap|Message logging key|UDP (?:question|response)|TCP (?:question|response))|"
    r"^\d[\d./-]{5,9}\s+(?:\S\S\s?)?\d{1,2}[:.]\d\d[:.]\d\d.{0,6}\s+[0-9A-Fa-f]{3,5}\s+(?:Note:|(?!PACKET)\w+\s)",
    fields={"host": ("name", "untyped"), "client_ip": ("client",), "action": ("code",)},
    time=(TimeOf(("time",)),),
    uncounted=(
        When((("direction", r"^Snd$"),), "a packet that the server sent, not a client's question"),
        When((("response", r"^R$"),), "an answer, not a question"),
        When((("operation", r"^[^Q]"),), "an update or notification, not a question"),
    ),
)

_COREDNS_WHO = r"(?P<client>\[[0-9a-fA-F:%\w]+\]|[0-9.]+):\d+"
_COREDNS_WHAT = (
    rf"\"(?P<type>[A-Z0-9]+) {_CLASS} (?P<name>\S+) (?P<protocol>\w+) (?P<up>\d+) (?:true|false) \d+\" "
    r"(?P<code>[A-Z]+|-) \S+ (?P<down>\d+) "
)

COREDNS = LogFormat(
    name="coredns",
    title="CoreDNS log plugin",
    vendor="CoreDNS",
    doc="https://coredns.io/plugins/log/",
    kind="dns_query",
    family=Pattern(
        (
            rf"(?:(?P<time>\d{{4}}/\d\d/\d\d \d\d:\d\d:\d\d) )?\[(?:INFO|ERROR)\] (?:plugin/log: )?{_COREDNS_WHO} - \d+ {_COREDNS_WHAT}",
            rf"^{_COREDNS_WHO} - \[(?P<time>[^\]]{{20,40}})\] \d+ {_COREDNS_WHAT}",
        )
    ),
    line=rf"(?:\[(?:INFO|ERROR)\] (?:plugin/log: )?|^)(?:\[[0-9a-fA-F:%\w]+\]|[0-9.]+):\d+ - (?:\[[^\]]{{20,40}}\] )?\d+ "
    rf"\"[A-Z0-9]+ {_CLASS} \S+ ",
    ignored=r"(?:^|\s)\[(?:INFO|WARNING|ERROR|DEBUG)\] (?:plugin/(?!log: )[\w/.-]{1,64}: |Reloading|Running configuration|"
    r"No files matching|SIG[A-Z]{2,6}: |Shutting down)|^CoreDNS-\d|^\w{1,10}/\w{1,10}, go\d|^\S{1,255}:\d{1,5}$",
    fields={
        "host": ("name",),
        "client_ip": ("client",),
        "action": ("code",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
    },
    time=(TimeOf(("time",)),),
)
"""Before 1.3 the time stood among the fields; 1.2.1 and later put that of Go's logger in front, or none."""

ADGUARD = LogFormat(
    name="adguard_home_querylog",
    title="AdGuard Home querylog.json",
    vendor="AdGuard",
    doc="https://github.com/AdguardTeam/AdGuardHome/wiki/Configuration#query-log",
    kind="dns_query",
    family=Json(requires=(("QH", ""), ("QT", r"^[A-Z]"))),
    fields={"host": ("QH",), "device": ("CID",), "client_ip": ("IP",), "action": ("Result.Reason",)},
    time=(TimeOf(("T",)),),
    blocked=(When((("Result.IsFiltered", r"^true$"), ("Result.Reason", r"^(?!7$)"))),),
)
"""Reason 7 is safe search: the name was answered with that of the safe form of the same service."""

ADGUARD_API = LogFormat(
    name="adguard_home_api",
    title="AdGuard Home query log as its API gives it (JSON)",
    vendor="AdGuard",
    doc="https://github.com/AdguardTeam/AdGuardHome/blob/master/openapi/openapi.yaml",
    kind="dns_query",
    family=Json(
        requires=(("question.name|question.host", ""), ("client", ""), ("elapsedMs", ""), ("reason", r"^[A-Z]\w+$"))
    ),
    fields={
        "host": ("question.name", "question.host"),
        "device": ("client_info.name", "client_id"),
        "client_ip": ("client",),
        "action": ("reason",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("reason", r"^Filtered(?!SafeSearch)"),)),),
    allowed=(When((("reason", r"^(?:NotFiltered|Rewrite|FilteredSafeSearch)"),)),),
    product="adguard_home_querylog",
)

FORMATS = (BIND, NIOS_CEF, UNBOUND, DNSMASQ, MS_DEBUG, COREDNS, ADGUARD, ADGUARD_API)
