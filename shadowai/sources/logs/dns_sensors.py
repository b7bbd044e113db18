"""DNS seen in passing and by lesser known servers: dnstap as golang-dnstap and Vector write it, passivedns, blocky, SmartDNS,
BlueCat Edge, and the events of Windows' DNS server as text.

Message types of dnstap: https://dnstap.info/; ``query_address`` is who asked. Only what a client asked is activity.
"""

from shadowai.sources.logs.description import CsvPositional, Json, LogFormat, Part, Pattern, TimeOf, Told, When

_IP = r"[0-9a-fA-F]*[.:][0-9a-fA-F.:]+"
_ANSWER = "a DNS answer; the query is counted"
_UPSTREAM = "what a resolver asked others, not a client's question"
_QUESTION = r"QUESTION SECTION:\s*;(\S{1,255})\s"

DNSTAP_JSON = LogFormat(
    name="dnstap_json",
    title="dnstap messages as JSON (golang-dnstap)",
    vendor="dnstap",
    doc="https://github.com/dnstap/golang-dnstap/blob/main/JsonFormat.go",
    kind="dns_query",
    family=Json(
        requires=(
            ("type", r"^MESSAGE$"),
            ("message.type", r"^[A-Z]+_(?:QUERY|RESPONSE)$"),
            ("message.query_address|message.response_address", ""),
        )
    ),
    fields={
        "host": (Part("message.query_message", _QUESTION), Part("message.response_message", _QUESTION)),
        "client_ip": ("message.query_address",),
        "action": (Part("message.response_message", r"status: ([A-Z]+),"),),
    },
    time=(TimeOf(("message.query_time",)), TimeOf(("message.response_time",))),
    zone="utc",
    rank=12,
    uncounted=(
        When((("message.type", r"^CLIENT_RESPONSE$"),), _ANSWER, (("message.type", r"^CLIENT_QUERY$"),)),
        When((("message.type", r"^(?!CLIENT_)"),), _UPSTREAM),
    ),
    product="dnstap",
)

DNSTAP_QUIET = LogFormat(
    name="dnstap_quiet",
    title="dnstap messages as short text (golang-dnstap -q)",
    vendor="dnstap",
    doc="https://github.com/dnstap/golang-dnstap/blob/main/QuietTextFormat.go",
    kind="dns_query",
    family=Pattern(
        (
            rf"^[\d?]{{2}}:[\d?]{{2}}:[\d?]{{2}}\.[\d?]{{6}} (?P<what>[CRAFS][QR]) (?P<client>{_IP}) [A-Z]+ \d+b "
            r'"(?P<name>[^"\s]{1,255})" [A-Z]+ [A-Z0-9]+\s*$',
        )
    ),
    line=rf'^[\d?]{{2}}:[\d?]{{2}}:[\d?]{{2}}\.[\d?]{{6}} [CRAFS][QR] {_IP} [A-Z]+ \d+b "[^"\s]{{1,255}}" [A-Z]+ [A-Z0-9]+\s*$',
    fields={"host": ("name",), "client_ip": ("client",)},
    rank=12,
    uncounted=(
        When((("what", r"^CR$"),), _ANSWER, (("what", r"^CQ$"),)),
        When((("what", r"^[^C]"),), _UPSTREAM),
    ),
    product="dnstap",
)
"""It has the time of day and no date, and so no time."""

VECTOR = LogFormat(
    name="dnstap_vector",
    title="dnstap messages as Vector writes them (JSON)",
    vendor="dnstap",
    doc="https://vector.dev/docs/reference/configuration/sources/dnstap/",
    kind="dns_query",
    family=Json(
        requires=(
            ("messageType", r"^[A-Z][a-z]+(?:Query|Response)$"),
            ("requestData.question.0.domainName|responseData.question.0.domainName", ""),
        )
    ),
    fields={
        "host": ("requestData.question.0.domainName|responseData.question.0.domainName",),
        "client_ip": ("sourceAddress",),
        "action": ("responseData.rcodeName",),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("time",))),
    zone="utc",
    rank=12,
    uncounted=(
        When((("messageType", r"^ClientResponse$"),), _ANSWER, (("messageType", r"^ClientQuery$"),)),
        When((("messageType", r"^(?!Client)"),), _UPSTREAM),
    ),
    told=Told(tuple(f"responseData.answers.{place}.rData" for place in range(8)), ("responseData.answers.0.ttl",)),
    product="dnstap",
)

PASSIVEDNS = LogFormat(
    name="passivedns",
    title="passivedns log (DNS answers seen on the wire)",
    vendor="gamelinux",
    doc="https://github.com/gamelinux/passivedns",
    kind="dns_query",
    family=Pattern(
        (
            rf"^(?P<time>\d{{9,11}}\.\d{{1,6}})\|\|(?P<client>{_IP})\|\|{_IP}\|\|[A-Z]+\|\|(?P<name>[^|\s]{{1,255}})\|\|"
            r"(?P<type>[A-Z0-9]+)\|\|(?P<answer>[^|]{0,1000})\|\|(?P<ttl>\d+)\|\|\d+",
        )
    ),
    line=rf"^\d{{9,11}}\.\d{{1,6}}\|\|{_IP}\|\|{_IP}\|\|[A-Z]+\|\|[^|\s]{{1,255}}\|\|[A-Z0-9]+\|\|[^|]{{0,1000}}\|\|\d+\|\|\d+",
    ignored=r"^#\s?timestamp",
    fields={"host": ("name",), "client_ip": ("client",)},
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    told=Told(("answer",), ("ttl",)),
    product="passivedns",
)
"""``timestamp||dns-client||dns-server||RR class||Query||Query Type||Answer||TTL||Count``: a line for each record of an answer."""

_BLOCKY = "https://0xerr0r.github.io/blocky/latest/configuration/#query-logging"
_BLOCKY_TYPE = r"(?:RESOLVED|CACHED|BLOCKED|CONDITIONAL|CUSTOMDNS|HOSTSFILE|FILTERED|NOTFQDN|SPECIAL)"
_NAMED = r"^(?![0-9a-fA-F.:]+$|none$)([^;]+)"

BLOCKY_FILE = LogFormat(
    name="blocky_csv",
    title="blocky query log (csv, csv-client: parted by tabs)",
    vendor="blocky",
    doc=_BLOCKY,
    kind="dns_query",
    family=CsvPositional(at_least=10, delimiter="\t"),
    line=(
        r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\t[0-9a-fA-F.:]*\t[^\t]*\t\d+\t[^\t]*\t[^\t]*\t[^\t]*\t[A-Z]*\t"
        rf"{_BLOCKY_TYPE}\t[A-Z0-9]*(?:\t|\s*$)"
    ),
    fields={"host": (6,), "client_ip": (2,), "device": (Part(3, _NAMED),), "action": (9,)},
    time=(TimeOf((1,)),),
    rank=12,
    blocked=(When(((9, r"^BLOCKED$"),)),),
    allowed=(When(((9, r"^(?:RESOLVED|CACHED|CONDITIONAL|CUSTOMDNS|HOSTSFILE)$"),)),),
    product="blocky",
)

_BLOCKY_LINE = (
    r"^(?:.{0,40}?(?P<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.\d]{0,10}(?:Z|[+-]\d\d:\d\d))?))?.{0,80}?"
    rf"\bquery resolved\b.{{0,2000}}\bclient_ip=(?P<client>{_IP})(?: client_names=\"?(?P<names>[^\"=]{{1,200}}?)\"?)?(?= \w+=)"
    r".{0,2000} question_name=(?P<name>\S{1,255})(?:.{0,600} response_type=(?P<what>[A-Z]+))?"
)
BLOCKY_TEXT = LogFormat(
    name="blocky_log",
    title="blocky query log (console)",
    vendor="blocky",
    doc=_BLOCKY,
    kind="dns_query",
    family=Pattern((_BLOCKY_LINE,)),
    line=r"\bquery resolved\b(?=.{0,2000}?\bclient_ip=[0-9a-fA-F.:]{2}).{0,2000}? question_name=\S",
    fields={"host": ("name",), "client_ip": ("client",), "device": (Part("names", _NAMED),), "action": ("what",)},
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("what", r"^BLOCKED$"),)),),
    allowed=(When((("what", r"^(?:RESOLVED|CACHED|CONDITIONAL|CUSTOMDNS|HOSTSFILE)$"),)),),
    product="blocky",
)
"""Fields stand in the order of the alphabet: the answer, which others write, is before those that are taken, and the last of each is."""

BLOCKY_JSON = LogFormat(
    name="blocky_json",
    title="blocky query log (console, log.format json)",
    vendor="blocky",
    doc="https://0xerr0r.github.io/blocky/latest/configuration/#logging-configuration",
    kind="dns_query",
    family=Json(
        requires=(
            ("msg|message", r"^query resolved$"),
            ("question_name", ""),
            ("client_ip", ""),
            ("response_type", r"^[A-Z]+$"),
        )
    ),
    fields={
        "host": ("question_name",),
        "client_ip": ("client_ip",),
        "device": (Part("client_names", _NAMED),),
        "action": ("response_type",),
    },
    time=(TimeOf(("time",)), TimeOf(("@timestamp",))),
    rank=12,
    blocked=(When((("response_type", r"^BLOCKED$"),)),),
    allowed=(When((("response_type", r"^(?:RESOLVED|CACHED|CONDITIONAL|CUSTOMDNS|HOSTSFILE)$"),)),),
    product="blocky",
)

_SMART = r"(?:\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] )?"
SMARTDNS = LogFormat(
    name="smartdns",
    title="SmartDNS audit log",
    vendor="SmartDNS",
    doc="https://github.com/pymumu/smartdns",
    kind="dns_query",
    family=Pattern(
        (
            _SMART
            + r"(?<!\S)(?P<client>[0-9a-fA-F.:]{2,45}|API) query (?P<name>[^\s,]{1,255}), type \d{1,5}, time \d{1,10}ms,"
            r"(?: speed: -?[\d.]{1,12}ms,)?(?: group [^,]{0,80},)? result ?(?P<answer>.*)",
        )
    ),
    line=r"(?<!\S)(?:[0-9a-fA-F.:]{2,45}|API) query [^\s,]{1,255}, type \d{1,5}, time \d{1,10}ms,(?: speed: -?[\d.]{1,12}ms,)?"
    r"(?: group [^,]{0,80},)? result",
    fields={"host": ("name",), "client_ip": ("client",)},
    time=(TimeOf(("time",)),),
    rank=12,
    told=Told(("answer",)),
    product="smartdns",
)

BLUECAT = LogFormat(
    name="bluecat_edge",
    title="BlueCat Edge (DNS Edge) query log (API, SIEM stream; JSON)",
    vendor="BlueCat",
    doc="https://docs.bluecatnetworks.com/r/BlueCat-Edge-API-Guide/v3/api/dnsQueryLogs-GET/Service-Point-v3.x.x",
    kind="dns_query",
    family=Json(
        requires=(
            ("query|question", ""),
            ("queryType|questionType", r"^[A-Z0-9]+$"),
            ("actionTaken", ""),
            ("source|extracted_source", ""),
            ("time", r"^\d"),
        )
    ),
    fields={
        "host": ("query|question",),
        "user": ("identity.userId",),
        "client_ip": ("source", "extracted_source"),
        "action": ("actionTaken",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("actionTaken", r"(?i)^(?:block|redirect)"),)),),
    allowed=(When((("actionTaken", r"(?i)^(?:query-response|allow|monitor|trust)"),)),),
    told=Told(tuple(f"answers.{place}.rData" for place in range(8)), ("answers.0.ttl",)),
    product="bluecat_edge",
)

_EVENT = r"[A-Z]{2,12}(?:_[A-Z]{2,12}){1,3}"
MS_EVENTS = LogFormat(
    name="ms_dns_analytical_text",
    title="Windows DNS server analytical log as text (Get-WinEvent)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/windows-server/networking/dns/dns-logging-and-diagnostics",
    kind="dns_query",
    family=Pattern(
        (
            r"^(?:.{0,200}?(?P<time>\d{1,4}[./-]\d{1,2}[./-]\d{1,4} \d{1,2}:\d\d:\d\d(?: [AP]M)?))?.{0,300}?"
            rf"(?P<what>QUERY_RECEIVED): TCP=[01]; InterfaceIP={_IP}; Source=(?P<client>{_IP}); RD=[01]; QNAME=(?P<name>[^;\s]{{1,255}});",
            r"^(?:.{0,200}?(?P<time>\d{1,4}[./-]\d{1,2}[./-]\d{1,4} \d{1,2}:\d\d:\d\d(?: [AP]M)?))?.{0,300}?"
            rf"(?P<what>{_EVENT}): TCP=[01]; (?:.{{0,200}}?QNAME=(?P<name>[^;\s]{{1,255}});)?",
        )
    ),
    line=rf"\b{_EVENT}: TCP=[01]; (?:InterfaceIP|Source|Destination|XID|QXID)=",
    ignored=r'^\W{0,4}(?:TimeCreated|Message|Id)"?,(?:"?[A-Za-z]{1,40}"?,){0,20}"?[A-Za-z]{1,40}"?\s*$|^#TYPE ',
    fields={"host": ("name",), "client_ip": ("client",), "action": ("what",)},
    time=(TimeOf(("time",)),),
    rank=12,
    uncounted=(
        When(
            (("what", r"^(?!QUERY_RECEIVED$)"),),
            "not a query received (256) but an answer, a recursion or an update",
        ),
    ),
    product="ms_dns",
)

_SERVER = r"<Provider Name=['\"]Microsoft-Windows-DNSServer['\"]"


def _data(name: str, group: str) -> str:
    return rf"(?:(?=.{{0,6000}}?<Data Name=['\"]{name}['\"]>(?P<{group}>[^<]{{1,300}})</Data>))?"


MS_EVENTS_XML = LogFormat(
    name="ms_dns_analytical_xml",
    title="Windows DNS server analytical log as XML (wevtutil, Get-WinEvent)",
    vendor="Microsoft",
    doc=MS_EVENTS.doc,
    kind="dns_query",
    family=Pattern(
        (
            _SERVER + r"(?:(?=.{0,600}?<EventID[^<>]{0,40}>(?P<event>\d{1,5})</EventID>))?"
            r"(?:(?=.{0,3000}?\sSystemTime=['\"](?P<time>[^'\"]{10,40})['\"]))?"
            + _data("Source", "client")
            + _data("QNAME", "name"),
        )
    ),
    line=_SERVER,
    ignored=r"^\s*(?:<\?xml\b|</?Events\b)",
    fields={"host": ("name",), "client_ip": ("client",), "action": ("event",)},
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    uncounted=(When((("event", r"^(?!256$)"),), "not a query received (256) but an answer, a recursion or an update"),),
    product="ms_dns",
)

FORMATS = (
    DNSTAP_JSON,
    DNSTAP_QUIET,
    VECTOR,
    PASSIVEDNS,
    BLOCKY_FILE,
    BLOCKY_TEXT,
    BLOCKY_JSON,
    SMARTDNS,
    BLUECAT,
    MS_EVENTS,
    MS_EVENTS_XML,
)
