"""Tables, objects and key=value lines of no known product, read by their names (see ``aliases``); and OCSF.

A column named ``host`` is the destination in a proxy's export and the proxy itself in a collector's. What can only be
the destination is therefore asked first: ``dest_host``, a full URL, a queried name; ``host`` is believed where nothing
else is.
"""

from __future__ import annotations

from shadowai.sources.logs.aliases import FLAT, LIKELY_HOST, VAGUE_HOST, flat
from shadowai.sources.logs.description import (
    CsvHeader,
    Family,
    Json,
    Key,
    KeyValue,
    Kind,
    LogFormat,
    Part,
    Shown,
    Take,
    TimeOf,
    When,
)
from shadowai.sources.logs.words import ALLOW_WORDS, ALLOWED_STATUS, BLOCK_WORDS, BLOCKED_STATUS

_NAME = r"^\s*+(?:[\w*-]++\.(?=[\w*-]))++[^\W\d_][\w-]*+\.?+(?::\d{1,5}+)?+\s*+$"
_NAME_OR_ADDRESS = r"^\s*([\w*-]+(?:\.[\w-]+)+\.?(?::\d{1,5})?|\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]+\]?(?::\d{1,5})?)\s*$"
_FULL_URL = r"^\s*+([A-Za-z][\w+.-]{0,15}+://.+)"
_FILE = r"(?!\S*\.(?:html?|php\d?|aspx?|jsp|do|cgi|js|css|png|gif|jpe?g|ico|svg|txt|xml|json|pdf|zip|woff2?)\s*$)"
_HOST_AND_PATH = r"^\s*((?:[\w*-]+\.)+[^\W\d_][\w-]*(?::\d{1,5}(?:/.*)?|/.*))$"
_BARE_HOST = rf"^\s*({_FILE}(?:[\w*-]+\.)+[^\W\d_][\w-]*)\.?\s*$"
_DOTTED = r"^\s*+((?:[^\s.]++\.)++[^\s.]*+)\s*+$"
"""The name of what was looked up; without a dot, that of a search that somebody saved (osquery, Sophos)."""
_REPORTER: tuple[tuple[Key, str], ...] = tuple((name, r"^[^.:]*$") for name in ("host", "hostname"))
"""``host`` is absent or no destination's name: another column may be."""
WRITTEN_BY_SERVER = (
    "remoteaddr", "bodybytessent", "latencyhuman", "clientresponsetime", "upstreamaddr", "upstreamresponsetime", "serverrouted",
)  # fmt: skip
"""Keys that web servers write (nginx, Echo, Azure's gateways): what they sent is what the client got."""
EITHER_WAY = (
    "bytessent", "bytesout", "bytesin", "bytesreceived", "sentbytes", "receivedbytes", "outbytes", "inbytes", "sent", "received",
)  # fmt: skip
"""Keys of sizes that mean the other direction in what a server writes."""
COLLECTED = "sourcecategory"
"""Beside it ``sourceHost`` is Sumo Logic's name for the collector."""
_NO_SERVER: tuple[tuple[Key, str], ...] = tuple((name, "^$") for name in WRITTEN_BY_SERVER)
WITH_VISITOR = (*WRITTEN_BY_SERVER, "request", "requesturi", "referer", "httpreferer")
"""Beside such keys the remote host is who came, and not where somebody went."""
_NO_VISITOR: tuple[tuple[Key, str], ...] = tuple((name, "^$") for name in WITH_VISITOR)

_PROCESS = ("process", "processname", "processpath", "image", "imagepath")
"""Beside them ``host`` is the machine that they ran on."""
_LIKELY = tuple(flat(name) for name in LIKELY_HOST)
_VAGUE = tuple(flat(name) for name in VAGUE_HOST)
OF_SERVER = tuple(
    name for name in FLAT["server_ip"] if name.startswith(("dst", "dest", "target")) and name not in _LIKELY
)
"""Addresses of a destination, in whose place a name may stand; a remote name may be that of who came."""
_HOSTS: tuple[Take, ...] = (
    *(Part(name, _DOTTED) if name == "queryname" else name for name in FLAT["host"]),
    *(Part(name, _FULL_URL, by_head=True) for name in FLAT["url"]),
    *(Part(name, f"({_NAME})", any_name=True) for name in (*_LIKELY, *OF_SERVER)),
    *(Part(name, _FULL_URL, by_head=True) for name in (*_LIKELY, *_VAGUE) if name not in ("host", "hostname")),
    *(
        Part(name, pattern, by_head=True)
        for name in FLAT["url"]
        if name != "link"
        for pattern in (_HOST_AND_PATH, _BARE_HOST)
    ),
    *(Part("adresse", pattern, by_head=True) for pattern in (_FULL_URL, _HOST_AND_PATH, _BARE_HOST)),
    Part("resource", _FULL_URL, by_head=True),
    *(Part("domain", f"({_NAME})", only=((process, "."),)) for process in _PROCESS),
    *(
        Part(name, _NAME_OR_ADDRESS, only=(*_REPORTER, *(_NO_VISITOR if name == "remotehost" else ())))
        for name in (*_VAGUE, *_LIKELY)
        if name not in ("host", "hostname")
    ),
)

_NO_SENDER: tuple[tuple[Key, str], ...] = (("syslogmessage", "^$"), ("severitylevel", "^$"))
"""Beside a syslog message the host is who sent it."""
_LAST_ONLY = {"remotehost": _NO_VISITOR, "host": _NO_SENDER, "hostname": _NO_SENDER}
_LAST: tuple[Take, ...] = tuple(
    Part(name, _NAME_OR_ADDRESS, only=_LAST_ONLY.get(name, ())) for name in (*_LIKELY, *_VAGUE)
)
_OF_HOST: tuple[Take, ...] = tuple(Part(name, _NAME_OR_ADDRESS, only=_NO_SENDER) for name in ("host", "hostname"))
_SERVER: tuple[Take, ...] = tuple(
    Part(name, r"(.+)", only=(("internalip", "^$"), ("internalipaddress", "^$"))) if name == "externalip" else name
    for name in FLAT["server_ip"]
)
"""Beside an internal address the external one is that of the client's site."""
_OF_COLLECTOR = {"sourcehost": ((COLLECTED, "^$"),), "computer": _NO_SENDER}
"""Names of a device that are the collector's beside others."""
_PERSON = r"^\s*+(?:[^\n(]{0,200}\()?([^\s@()\\]{1,128}(?:@[^\s@()]{1,253}|\\[^\s@()\\]{1,128}))\)?\s*+$"
_TYPED_PERSON = ("identitytype", r"(?i)\b(?:user|person|people)")
_TYPED_DEVICE = ("identitytype", r"(?i)\b(?:computers?|devices?|machines?|hosts?|endpoints?|laptops?)\b")
"""An identity is a person, a computer or a site: what it is told to be, or what is written as people's accounts are."""
_USER: tuple[Take, ...] = tuple(
    take
    for name in FLAT["user"]
    for take in ((Part(name, _PERSON), Part(name, "(.+)", only=(_TYPED_PERSON,))) if name == "identity" else (name,))
)
_DEVICE: tuple[Take, ...] = (
    *(Part(name, r"(.+)", only=_OF_COLLECTOR[name]) if name in _OF_COLLECTOR else name for name in FLAT["device"]),
    Part("identity", "(.+)", only=(_TYPED_DEVICE,)),
    *(Part(name, r"^([^.\s]+)$", only=((process, "."),)) for name in ("host", "hostname") for process in _PROCESS),
)
_ADDRESS = r"^\s*(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})\s*$"
_NOT_REMOTE: tuple[tuple[Key, str], ...] = (("remotename", "^$"),)
"""Beside a remote name the remote address is the server's; web servers write their clients' there."""
_CLIENT: tuple[Take, ...] = (
    *(Part(name, "(.+)", only=_NOT_REMOTE) if name == "remoteaddr" else name for name in FLAT["client_ip"]),
    *(Part(name, _ADDRESS) for name in ("user", "username", "useraccount")),
)
"""Who did not sign in goes by an address in a user's column."""
_METHOD = (
    r"(?i)^\s*(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|TRACE|PURGE|PROPFIND|PROPPATCH|MKCOL|COPY|MOVE|LOCK|UNLOCK|SEARCH|REPORT|"
    r"MERGE|RPC_IN_DATA|RPC_OUT_DATA)\s*$"
)
"""Methods of HTTP and WebDAV; in a column ``Method`` another table says how somebody signed in or paid."""
_VERB = "(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT)"
"""The request line, as web servers write it into one key (nginx's ``$request``)."""
_OTHERS: dict[str, tuple[Take, ...]] = {name: names for name, names in FLAT.items() if name not in ("time", "host")} | {
    "server_ip": _SERVER,
    "device": _DEVICE,
    "user": _USER,
    "client_ip": _CLIENT,
    "url": (*FLAT["url"], Part("adresse", _FULL_URL), Part("resource", _FULL_URL)),
    "method": (
        *(Part(name, _METHOD) if name in ("method", "verb") else name for name in FLAT["method"]),
        Part("request", rf"^{_VERB} \S{{1,4096}} HTTP/\d"),
    ),
    "path": (*FLAT["path"], Part("request", rf"^(?:{_VERB[1:-1]}) (/\S{{0,4096}}) HTTP/\d")),
}
_SIZES = {
    field: tuple(Part(name, r"(.+)", only=_NO_SERVER) if name in EITHER_WAY else name for name in FLAT[field])
    for field in ("bytes_up", "bytes_down")
}
_COLUMNS = _OTHERS | _SIZES | {"host": (*_HOSTS, "host", "hostname", *_LAST)}
_KEYS = _OTHERS | _SIZES | {"host": (*_HOSTS, *_OF_HOST, *_LAST)}
"""Keys are less telling than a table's columns: of an object's ``host`` only what a name on the network looks like is one."""

_ZONE = "timezone"
_TIME = (
    TimeOf(("date", "time"), _ZONE),
    TimeOf(("logdate", "logtime"), _ZONE),
    TimeOf(("data", "time"), _ZONE),  # Italian and Portuguese for a date
    TimeOf(("date", "timestamp"), _ZONE),  # a word that is the time of day only beside a date
    *(
        TimeOf((date, time), _ZONE)
        for date in ("date", "eventdate")
        for time in ("eventtime", "accesstime", "visittime")
    ),
    *(TimeOf((alias,), None if "utc" in alias else _ZONE, utc="utc" in alias) for alias in FLAT["time"]),
)
_YES = r"true|yes|y|ja|oui|s\u00ed|si|sim|tak|\u306f\u3044|\u662f|\uc608|\u0434\u0430|evet"
_NO = r"false|no|n|nein|non|n\u00e3o|nao|nee|nie|nej|\u3044\u3044\u3048|\u5426|\uc544\ub2c8\uc624|\u043d\u0435\u0442|hay\u0131r"
FLAGS = (("blocked", "isblocked", "wasblocked"), rf"(?i)^(?:{_YES}|1)$", rf"(?i)^(?:{_NO}|0)$", "blocked")
"""Columns that say whether something was blocked, and what means that it was, and that it was not."""
_NO_COUNTS: tuple[tuple[Key, str], ...] = tuple(
    (name, r"^(?!\d\d)") for name in ("allowed", "requests", "queries", "hits")
)
"""Beside a count of what was let through, ``blocked`` is a count too."""
LET_THROUGH = (
    ("allowed", "isallowed", "permitted", "ispermitted", "wasallowed"), rf"(?i)^(?:{_YES})$", rf"(?i)^(?:{_NO})$", "allowed",
)  # fmt: skip
"""The same of whether it was let through; a number may be a count."""
LET_BY_NUMBER = ("isallowed", "ispermitted", "wasallowed")
"""Of these what is no count by its name."""
_BLOCKED = (
    *(When(((name, BLOCK_WORDS),)) for name in FLAT["action"]),
    *(When(((name, FLAGS[1]), *_NO_COUNTS)) for name in FLAGS[0]),
    *(When(((name, LET_THROUGH[2]),)) for name in LET_THROUGH[0]),
    *(When(((name, "^0$"),)) for name in LET_BY_NUMBER),
    When((("status", BLOCKED_STATUS),)),
)
_ALLOWED = (
    *(When(((name, ALLOW_WORDS),)) for name in FLAT["action"]),
    *(When(((name, FLAGS[2]),)) for name in FLAGS[0]),
    *(When(((name, LET_THROUGH[1]),)) for name in LET_THROUGH[0]),
    *(When(((name, "^1$"),)) for name in LET_BY_NUMBER),
    When((("status", ALLOWED_STATUS),)),
)


LOOKED_UP: tuple[tuple[When, Kind], ...] = tuple(
    (
        When(
            (
                (
                    name,
                    r"(?i)^(?:(?:\d{1,5} ?\()?(?:A|AAAA|A6|CNAME|HTTPS|SVCB|MX|NS|PTR|SOA|SRV|TXT|ANY|TYPE\d{1,5})\)?|1|28|65)$",
                ),
            )
        ),
        "dns_query",
    )
    for name in (
        "querytype",
        "querytypename",
        "qtype",
        "qtypename",
        "questiontype",
        "dnsquestiontype",
        "dnsquerytype",
        "dnsquerytypename",
    )
) + tuple(
    (When(((name, r"^(?:A|AAAA|A6|CNAME|HTTPS|SVCB|MX|NS|PTR|SOA|SRV|TXT|ANY)$"),)), "dns_query")
    for name in ("recordtype", "rrtype", "rrtypename", "dnsrecordtype", "dnstype", "type")
)
"""What names the type of a DNS record that was asked for tells of a look-up, and not of use."""


_NO_REQUEST: tuple[tuple[Key, str], ...] = tuple(
    (name, "^$")
    for name in (
        "url",
        "uri",
        "requesturl",
        "httphost",
        "sni",
        "tlssni",
        "servername",
        "method",
        "httpmethod",
        "useragent",
    )
)
_ASKED: tuple[tuple[When, Kind], ...] = tuple(
    (When(((name, r"\."), *_NO_REQUEST)), "dns_query")
    for name in (
        "qname",
        "queryname",
        "questionname",
        "dnsquery",
        "dnsqueryname",
        "dnsquestionname",
        "dnsrrname",
        "rrname",
    )
)
"""So does the name that was asked for, where nothing beside it tells of a request."""


def _generic(
    name: str, title: str, doc: str, family: Family, *, rank: int, line: str = "", shown: Shown | None = None
) -> LogFormat:
    return LogFormat(
        name=name,
        title=title,
        vendor="",
        doc=doc,
        kind="http_request",
        family=family,
        fields=_COLUMNS if isinstance(family, CsvHeader) else _KEYS,
        time=_TIME,
        line=line,
        shown=shown,
        blocked=_BLOCKED,
        allowed=_ALLOWED,
        rank=rank,
        kinds=(*LOOKED_UP, *_ASKED),
        guessed=True,
    )


_TO = (
    r"(?:dst|dest|destination|target|remote|visited|requested?|server|ziel|web|http)_?(?:host_?(?:name)?|name|fqdn|domain|site|ur[li])|"
    r"dhost|(?:full_?)?ur[li]|host(?:name)?|domain|fqdn|(?:tls_)?sni|q(?:uery_?)?name|query|(?:web_?)?site"
)
_TO_NAME = r"(?:dst|dest|destination|target|ziel|destino|destinazione|site)=[\"']?(?:[\w-]{1,63}\.){1,8}[a-z]"
"""What may hold an address as well."""
_BY = (
    r"(?:src|source|client|orig|initiator)(?:_?(?:ip|addr|address|user|host))?|c-?ip|user(?:_?(?:name|id|email))?|usr|[sd]user|"
    r"login|account|benutzer|usuario|utilisateur|utente|gebruiker"
)

CSV = _generic(
    "generic_csv",
    "Any CSV, TSV, semicolon or pipe separated table with a header",
    "https://www.rfc-editor.org/rfc/rfc4180",
    CsvHeader(),
    rank=2,
)
JSON = _generic(
    "generic_json",
    "Any JSON lines, lists or envelopes of objects",
    "https://www.rfc-editor.org/rfc/rfc8259",
    Json(aliases=True),
    rank=1,
)
_CALM = r"(?-i:(?!(?:[^lLdD\n]++|[lL](?![eE][aA][sS\u017f][eE])|[dD](?![hH][cC][pP]))*+[lLdD]))"
"""Neither word, told in one pass: so are most lines."""
_NO_LEASE = (
    rf"(?:{_CALM}|(?!(?:[^\n]*[\s,;|])?(?:lease|dhcp)[\w-]{{0,16}}=)(?![^\n]*\bDHCP(?:ACK|REQUEST|OFFER|DISCOVER)\b))"
)
_HOST_BEHIND, _NAME_BEHIND = r"=[\"']?[\w*\[]", r"=[\"']?\w"
_WHO_AND_WHERE = rf"{_NO_LEASE}(?=(?:.*?[\s,;|\[(])??(?:(?:{_TO}){_HOST_BEHIND}|{_TO_NAME}))(?=(?:.*?[\s,;|\[(])??(?:{_BY}){_NAME_BEHIND})"
_PAIR = r"[A-Za-z_][\w.\-/]{0,63}="
_GLUED = rf"{_PAIR}[^\s\"';|,=]{{0,256}}[;|,]"
"""A pair that ends in what is no blank: in two of them the key of the next would be taken for the value's end."""


def _shown(opening: str) -> Shown:
    return Shown(f"{opening}{_CALM}", ((_TO, _HOST_BEHIND), (_BY, _NAME_BEHIND)), " \t,;|[(")


_SPACED = rf"(?i)^(?!{_GLUED}{_GLUED})"
_PARTED = rf"(?i)^(?=(?:[^;|\n]{{0,256}}[\s\[:])?{_PAIR}[^;|=]{{0,256}}[;|]\s?{_PAIR}[^;|]{{0,2048}}[;|]\s?{_PAIR})"
_BY_COMMAS = rf"(?i)^(?={_PAIR}(?:\"[^\"]{{0,4096}}\"|[^,\"\s]{{0,512}}(?: [^,\"\s=]{{1,64}})?),{_PAIR})"
KV = _generic(
    "generic_kv",
    "Any lines of key=value with a destination and a client or user",
    "https://docs.fluentbit.io/manual/pipeline/parsers/logfmt",
    KeyValue(aliases=True),
    rank=1,
    line=f"{_SPACED}{_WHO_AND_WHERE}",
    shown=_shown(_SPACED),
)
KV_PARTED = _generic(
    "generic_kv_parted",
    "Any lines of key=value parted by ; or |, with a destination and a client or user",
    "https://docs.fluentbit.io/manual/pipeline/parsers/logfmt",
    KeyValue("parted", aliases=True),
    rank=2,
    line=f"{_PARTED}{_WHO_AND_WHERE}",
    shown=_shown(_PARTED),
)
KV_COMMA = _generic(
    "generic_kv_comma",
    "Any lines of key=value parted by commas, with a destination and a client or user",
    "https://docs.fluentbit.io/manual/pipeline/parsers/logfmt",
    KeyValue("comma", aliases=True),
    rank=2,
    line=f"{_BY_COMMAS}{_WHO_AND_WHERE}",
    shown=_shown(_BY_COMMAS),
)
_WORDS = r"[^\W\d_][\w.\-/]{0,31}(?: [\w.\-/()]{1,31}){0,2}:"
_VALUE = r"\s{0,4}(?:\"[^\"]{0,4096}\"|[^,]{0,4096}(?:,\s{1,4}\d[^,]{0,64})?)"
"""What a pair holds that is no text behind the last one: of commas but the one of a date (``Jan 5, 2026 10:00``)."""
_TO_WORDS = (
    r"(?:(?:dst|dest|destination|target|remote|visited|requested?|server|ziel|web|http)[ _-]?"
    r"(?:host[ _]?(?:name)?|name|fqdn|domain|site|ur[li])|(?:full[ _]?)?ur[li]|(?:tls[ _]?)?sni|fqdn|q(?:uery[ _]?)?name|web[ _]?site)"
)
_BY_WORDS = (
    r"(?:(?:src|source|client|orig|initiator)[ _-]?(?:ip(?: address)?|addr(?:ess)?|user(?:[ _]?name)?|host(?:[ _]?name)?)?|"
    r"user(?:[ _]?(?:name|id|e?mail|account))?|login|account|benutzer(?:name)?|usuario|utilisateur|utente|gebruiker)"
)
_LETTER = r"(?:message[ _-]?id|subject|sender|recipients?)"
_HOST_BEHIND_WORDS, _NAME_BEHIND_WORDS = (
    r": {1,4}[\"']?(?:\w{1,16}://|[\w*-]{1,63}\.[\w.-]|\[)",
    r": {1,4}[\"']?\w",
)
_BY_WORDS_APART = rf"(?i)^(?={_WORDS}{_VALUE},\s{{1,4}}{_WORDS})"
_NO_LETTER = rf"(?!(?:.*?,\s{{1,4}})??{_LETTER}: )"
KV_COLON = _generic(
    "generic_kv_colon",
    "Any lines of Key: value parted by commas, with a destination and a client or user",
    "https://docs.fluentbit.io/manual/pipeline/parsers/logfmt",
    KeyValue("colon_words", aliases=True),
    rank=2,
    line=(
        rf"{_BY_WORDS_APART}{_NO_LEASE}{_NO_LETTER}"
        rf"(?=(?:.*?,\s{{1,4}})??{_TO_WORDS}{_HOST_BEHIND_WORDS})(?=(?:.*?,\s{{1,4}})??{_BY_WORDS}{_NAME_BEHIND_WORDS})"
    ),
    shown=Shown(
        f"{_BY_WORDS_APART}{_CALM}{_NO_LETTER}",
        ((_TO_WORDS, _HOST_BEHIND_WORDS), (_BY_WORDS, _NAME_BEHIND_WORDS)),
        " \t",  # behind a comma, as the dialect has it
    ),
)

_BY_PROCESS = (("actor.process.name|actor.process.file.name|actor.process.pid", "."),)

OCSF = LogFormat(
    name="ocsf_network_activity",
    title="OCSF network, HTTP and DNS activity (Amazon Security Lake)",
    vendor="OCSF",
    doc="https://schema.ocsf.io/categories/network",
    kind="connection",
    family=Json(
        requires=(("class_uid", r"^40\d\d$"), ("metadata.version|metadata.product.name|category_uid|activity_id", ""))
    ),
    fields={
        "host": (
            "http_request.url.hostname",
            "http_request.url.url_string",
            "http_request.url.text",
            "query.hostname",
            "tls.sni",
            "url.hostname",
            "dst_endpoint.hostname",
            "dst_endpoint.domain",
        ),
        "url": ("http_request.url.url_string", "http_request.url.text", "url.url_string"),
        "path": ("http_request.url.path",),
        "user": (
            "actor.user.email_addr",
            "actor.user.name",
            "actor.process.user.name",
            "src_endpoint.owner.email_addr",
            "src_endpoint.owner.name",
            "user.name",
        ),
        "device": (  # ``device`` is what reports, and not who, unless it knows the process
            "src_endpoint.hostname",
            "src_endpoint.instance_uid",
            Part("device.hostname", "(.+)", _BY_PROCESS),
        ),
        "client_ip": ("src_endpoint.ip", Part("device.ip", "(.+)", _BY_PROCESS)),
        "server_ip": ("dst_endpoint.ip",),
        "server_port": ("dst_endpoint.port", "http_request.url.port"),
        "method": ("http_request.http_method",),
        "action": ("disposition", "action", "activity_name", "status"),
        "bytes_up": ("traffic.bytes_out",),
        "bytes_down": ("traffic.bytes_in",),
        "user_agent": ("http_request.user_agent",),
    },
    time=(TimeOf(("time",)), TimeOf(("time_dt",)), TimeOf(("start_time",))),
    zone="utc",
    kinds=((When((("class_uid", "^4002$"),)), "http_request"), (When((("class_uid", "^4003$"),)), "dns_query")),
    blocked=(
        When((("disposition_id", r"^[236]$"),)),
        When((("action_id", r"^2$"),)),
        When((("disposition|action", r"(?i)^(?:blocked|denied|dropped|rejected)"),)),
    ),
    allowed=(When((("disposition_id|action_id", r"^1$"),)), When((("disposition|action", r"(?i)^allowed"),))),
    uncounted=(
        When(
            (("class_uid", "^4003$"), ("activity_id", "^2$")),
            "a DNS answer; the query is counted",
            (("class_uid", "^4003$"), ("activity_id", "^[16]$")),
        ),
        When((("class_uid", r"^(?!400[123]$)"),), "no use of a service"),
        When(
            (_BY_PROCESS[0], ("connection_info.direction_id|connection_info.direction", r"(?i)^(?:1|inbound)$")),
            "a connection from outside to this device",
        ),
    ),
    product="ocsf",
)

OCSF_API = LogFormat(
    name="ocsf_api_activity",
    title="OCSF API activity: calls of a cloud's services (Amazon Security Lake)",
    vendor="OCSF",
    doc="https://schema.ocsf.io/classes/api_activity",
    kind="api_call",
    family=Json(requires=(("class_uid", r"^6003$"), ("api.operation", ""), ("metadata.version|category_uid", ""))),
    fields={
        "host": (
            Part(
                "cloud.region",
                r"^([a-z0-9-]+)$",
                only=(
                    ("api.service.name", r"^bedrock(?:-runtime)?\.amazonaws\.com$"),
                    (
                        "api.operation",
                        r"^(?:InvokeModel|Converse|InvokeAgent|InvokeInlineAgent|InvokeFlow|Retrieve|ApplyGuardrail)",
                    ),
                ),
                into="bedrock-runtime.{}.amazonaws.com",
            ),
            Part(
                "cloud.region",
                r"^([a-z0-9-]+)$",
                only=(("api.service.name", r"^bedrock\.amazonaws\.com$"),),
                into="bedrock.{}.amazonaws.com",
            ),
            "api.service.name",
            "dst_endpoint.svc_name",
        ),
        "user": (
            "actor.user.email_addr",
            Part(
                "actor.user.uid",
                r"^arn:aws[\w-]*:sts::\d*:assumed-role/(?:[^/]+/(?=[^/\s]+@)|AWSReservedSSO_[^/]+/)([^/\s]+)$",
            ),
            "actor.user.name",
            "actor.session.issuer",
        ),
        "client_ip": ("src_endpoint.ip",),
        "action": ("api.operation",),
        "user_agent": ("http_request.user_agent",),
    },
    time=(TimeOf(("time",)), TimeOf(("time_dt",))),
    zone="utc",
    rank=12,
    blocked=(When((("api.response.error", r"(?i)AccessDenied|Unauthorized"),)),),
    product="ocsf",
)

FORMATS = (OCSF, OCSF_API, CSV, JSON, KV, KV_COMMA, KV_PARTED, KV_COLON)
