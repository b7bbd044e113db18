"""DNS services and resolvers besides the usual servers: NextDNS, PowerDNS, dnsdist, dnscrypt-proxy, Pi-hole's database, F5 BIG-IP DNS.

Pi-hole's ``status``, https://docs.pi-hole.net/database/query-database/: 1, 4 to 11, 15, 16 and 18 are blocked, by a list, a rule, the
server asked, a busy database, or as a special domain; 2, 3, 12 to 14 and 17 were answered.
"""

from dataclasses import replace

from shadowai.sources.logs.description import CsvHeader, Json, LogFormat, Part, Pattern, TimeOf, Told, When

NEXTDNS = LogFormat(
    name="nextdns_csv",
    title="NextDNS query log (CSV download)",
    vendor="NextDNS",
    doc="https://nextdns.github.io/api/",
    kind="dns_query",
    family=CsvHeader(columns=("timestamp", "domain", "query_type", "status", "root_domain"), delimiters=","),
    fields={
        "host": ("domain",),
        "device": ("device_name", "client_name", "device_id"),
        "client_ip": ("device_local_ip", "client_ip"),
        "action": ("status",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    rank=12,
    blocked=(When((("status", r"(?i)^block"),)),),
    allowed=(When((("status", r"(?i)^(?:allow|default)"),)),),
    product="nextdns",
)

PIHOLE = LogFormat(
    name="pihole_ftl",
    title="Pi-hole's database of queries (pihole-FTL.db)",
    vendor="Pi-hole",
    doc="https://docs.pi-hole.net/database/query-database/",
    kind="dns_query",
    family=Json(requires=(("database", "^pihole-FTL$"), ("timestamp", ""), ("domain", ""))),
    fields={
        "host": ("domain",),
        "device": (Part("client", r"^(?!.*:)(.*[A-Za-z].*)$"),),
        "client_ip": ("client",),
        "action": ("status",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    rank=20,
    blocked=(When((("status", r"^(?:1|[4-9]|1[01568])$"),)),),
    allowed=(When((("status", r"^(?:2|3|1[2347])$"),)),),
    product="pihole_ftl",
)

PIHOLE_CSV = LogFormat(
    name="pihole_ftl_csv",
    title="Pi-hole's database of queries as sqlite3 writes it (CSV)",
    vendor="Pi-hole",
    doc=PIHOLE.doc,
    kind="dns_query",
    family=CsvHeader(columns=("timestamp", "type", "status", "domain", "client", "forward")),
    fields=PIHOLE.fields,
    time=PIHOLE.time,
    zone="utc",
    rank=12,
    blocked=PIHOLE.blocked,
    allowed=PIHOLE.allowed,
    product="pihole_ftl",
)

PIHOLE_JSON = replace(
    PIHOLE_CSV,
    name="pihole_ftl_json",
    title="Pi-hole's database of queries as sqlite3 writes it (JSON)",
    family=Json(
        requires=(
            ("id", r"^\d+$"),
            ("timestamp", r"^\d{10}(?:\.\d+)?$"),
            ("type", r"^\d{1,5}$"),
            ("status", r"^\d{1,2}$"),
            ("domain", "."),
            ("client", "."),
        )
    ),
)

PIHOLE_API = LogFormat(
    name="pihole_api",
    title="Pi-hole's queries as its API gives them (version 6, JSON)",
    vendor="Pi-hole",
    doc="https://docs.pi-hole.net/api/",
    kind="dns_query",
    family=Json(
        requires=(
            ("domain", ""),
            ("client.ip", ""),
            ("reply.type", ""),
            ("dnssec", ""),
            ("status", r"^[A-Z][A-Z_0-9]+$"),
            ("time", r"^\d"),
        )
    ),
    fields={"host": ("domain",), "device": ("client.name",), "client_ip": ("client.ip",), "action": ("status",)},
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=13,
    blocked=(When((("status", r"^(?:GRAVITY|REGEX|DENYLIST|EXTERNAL_BLOCKED|SPECIAL_DOMAIN|DBBUSY)"),)),),
    allowed=(When((("status", r"^(?:FORWARDED|CACHE|RETRIED|IN_PROGRESS)"),)),),
    product="pihole_ftl",
)

POWERDNS = LogFormat(
    name="powerdns",
    title="PowerDNS (Recursor, Authoritative Server) and dnsdist query log",
    vendor="PowerDNS",
    doc="https://doc.powerdns.com/recursor/settings.html#quiet",
    kind="dns_query",
    family=Pattern(
        (
            r"\[[\d/]{1,16}\] (?:TCP )?(?P<what>question) for '(?P<host>[^'|]{1,255})\|\w+' "
            r"from \[?(?P<client>\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F.:]{0,40}:[0-9a-fA-F.:]{0,40})\]?(?::\d{1,5})?(?:\s|$)",
            r"\[[\d/]{1,16}\] (?P<what>answer) to (?:TCP )?question '(?P<host>[^'|]{1,255})\|\w+'",
            r'msg="Question"(?=(?:.{0,400}? ts="(?P<time>[\d.]{9,20})")?).{0,400}? proto="\w+" '
            r'qname="(?P<host>[^"]{1,255})".{0,400}? remote="\[?(?P<client>[0-9a-fA-F.:]+?)\]?:\d+"',
            r"(?:^\[(?P<time>\d{9,11}\.\d{1,9})\] )?"
            r"Packet from \[?(?P<client>[0-9a-fA-F.:]+?)\]?:\d+ for (?P<host>\S{1,255}) \w+ with id \d+",
            r"Got query for (?P<host>[^\s|]{1,255})\|\w+ from \[?(?P<client>[0-9a-fA-F.:]+?)\]?:\d+[, ]",
            r"Remote (?P<client>[0-9a-fA-F.:]+)(?:<-\S{1,64})? wants '(?P<host>[^'|]{1,255})\|\w+'",
        )
    ),
    line=(
        r"\[[\d/]{1,16}\] (?:(?:TCP )?question for|answer to (?:TCP )?question) '[^'|]{1,255}\|\w+'|msg=\"Question\" .{0,400}qname=\"|"
        r"Packet from \[?[0-9a-fA-F.:]+\]?:\d+ for \S{1,255} \w+ with id \d+|"
        r"Got query for [^\s|]{1,255}\|\w+ from \[?[0-9a-fA-F.:]+\]?:\d+[, ]|Remote [0-9a-fA-F.:]+(?:<-\S{1,64})? wants '[^'|]{1,255}\|\w+'"
    ),
    fields={"host": ("host",), "client_ip": ("client",)},
    time=(TimeOf(("time",)),),
    rank=12,
    uncounted=(When((("what", r"^answer$"),), "a DNS answer; the query is counted", (("what", r"^question$"),)),),
    product="powerdns",
)

POWERDNS_JSON = LogFormat(
    name="powerdns_json",
    title="PowerDNS Recursor query log (structured logging, JSON)",
    vendor="PowerDNS",
    doc="https://doc.powerdns.com/recursor/appendices/structuredlogging.html",
    kind="dns_query",
    family=Json(requires=(("msg", r"^(?:Question|Answer)$"), ("qname", ""), ("subsystem", ""))),
    fields={"host": ("qname",), "client_ip": (Part("remote", r"^\[?([0-9a-fA-F.:]+?)\]?:\d+$"),)},
    time=(TimeOf(("ts",)),),
    zone="utc",
    rank=12,
    uncounted=(When((("msg", r"^Answer$"),), "a DNS answer; the query is counted", (("msg", r"^Question$"),)),),
    product="powerdns",
)

DNSCRYPT = LogFormat(
    name="dnscrypt_proxy",
    title="dnscrypt-proxy query.log (tab separated, LTSV)",
    vendor="DNSCrypt",
    doc="https://github.com/DNSCrypt/dnscrypt-proxy/wiki/Logging",
    kind="dns_query",
    family=Pattern(
        (
            r"^\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\]\t(?P<client>[^\t]{2,64})\t(?P<host>[^\t]{1,255})\t(?P<type>[A-Z0-9]{1,12})\t"
            r"(?P<action>[A-Z_]{2,20})(?:\t|$)",
            r"^time:(?P<time>\d{9,11})\thost:(?P<client>[^\t]{2,64})\tmessage:(?P<host>[^\t]{1,255})\ttype:(?P<type>[A-Z0-9]{1,12})\t"
            r"return:(?P<action>[A-Z_]{2,20})(?:\t|$)",
        )
    ),
    line=r"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]\t[^\t]{2,64}\t[^\t]{1,255}\t[A-Z0-9]{1,12}\t[A-Z_]{2,20}(?:\t|$)|"
    r"^time:\d{9,11}\thost:[^\t]{2,64}\tmessage:[^\t]{1,255}\ttype:[A-Z0-9]{1,12}\treturn:",
    fields={"host": ("host",), "client_ip": ("client",), "action": ("action",)},
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("action", r"^(?:REJECT|DROP|CLOAK)"),)),),
    allowed=(When((("action", r"^(?:PASS|FORWARD)$"),)),),
    product="dnscrypt_proxy",
)
"""CLOAK: the name was answered with an address of the administrator's own."""

NEXTDNS_API = LogFormat(
    name="nextdns_json",
    title="NextDNS query log as its API gives it (JSON)",
    vendor="NextDNS",
    doc="https://nextdns.github.io/api/",
    kind="dns_query",
    family=Json(requires=(("domain", ""), ("root", ""), ("encrypted", ""), ("clientIp|device.id|status", ""))),
    fields={
        "host": ("domain",),
        "device": ("device.name", "client", "device.id"),
        "client_ip": ("device.localIp", "clientIp"),
        "action": ("status",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    rank=12,
    blocked=(When((("status", r"(?i)^block"),)),),
    allowed=(When((("status", r"(?i)^(?:allow|default)"),)),),
    product="nextdns",
)

CONTROLD = LogFormat(
    name="controld_dns",
    title="Control D DNS query log (SIEM streaming, JSON)",
    vendor="Control D",
    doc="https://docs.controld.com/docs/log-field-reference",
    kind="dns_query",
    family=Json(requires=(("time", r"^\d{4}-"), ("query", ""), ("controld_action", r"^-?\d"), ("src_ip", ""))),
    fields={
        "host": ("query",),
        "device": ("client.name", "device.name", "client.id", "device.id"),
        "client_ip": ("src_ip",),
        "action": ("controld_action",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("controld_action", r"^0$"),)),),
    allowed=(When((("controld_action", r"^[13]$"),)),),
    product="controld_dns",
)
"""Actions: 0 blocks, 1 answers, 2 answers with an address of the administrator's own, 3 leads by way of a proxy, -1 is a failure."""

_F5 = (
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \S{1,255} qid \d{1,10} (?:from|to) "
    r"(?P<client>[0-9a-fA-F]*[.:][0-9a-fA-F.:]+)(?:%\d{1,6})?#\d{1,5}: "
)
F5_DNS = LogFormat(
    name="f5_bigip_dns",
    title="F5 BIG-IP DNS query and response log",
    vendor="F5",
    doc="https://techdocs.f5.com/en-us/bigip-14-1-0/big-ip-dns-implementations-14-1-0/configuring-remote-high-speed-dns-logging.html",
    kind="dns_query",
    family=Pattern(
        (
            _F5 + r"view [^:]{1,80}: (?P<query>query): (?P<name>\S{1,255}) \w{2,10} [A-Z0-9]{1,12}(?: |$)",
            _F5 + r"\[(?P<code>[A-Z]{2,12})[^\]]{0,40}\] (?P<response>response): "
            r"(?:empty|(?P<name>\S{1,255}) (?P<ttl>\d{1,10}) (?P<answer>.*))?",
        )
    ),
    line=r"\d \S{1,255} qid \d{1,10} (?:from|to) [0-9a-fA-F.:]{3,45}(?:%\d{1,6})?#\d{1,5}: "
    r"(?:view [^:]{1,80}: query: |\[[A-Z]{2,12}[^\]]{0,40}\] response: )",
    fields={"host": ("name",), "client_ip": ("client",), "action": ("code",)},
    time=(TimeOf(("time",)),),
    rank=12,
    uncounted=(When((("response", r"."),), "a DNS answer; the query is counted", (("query", r"."),)),),
    told=Told(("answer",), ("ttl",)),
    product="f5_bigip",
)
"""A response names what was answered, and not always what was asked for: nothing where it is empty."""

FORMATS = (
    PIHOLE,
    PIHOLE_CSV,
    PIHOLE_JSON,
    PIHOLE_API,
    NEXTDNS,
    NEXTDNS_API,
    POWERDNS,
    POWERDNS_JSON,
    DNSCRYPT,
    CONTROLD,
    F5_DNS,
)
