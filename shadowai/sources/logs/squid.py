"""Squid's access logs. Source: https://wiki.squid-cache.org/Features/LogFormat and the ``logformat`` directive.

Result codes that say neither that a request was let through nor that it was denied (``NONE``, ``NONE_NONE``,
``TAG_NONE`` and the ``ERR_`` codes of old releases) leave ``blocked`` unknown: https://wiki.squid-cache.org/SquidFaq/SquidLogs.
"""

import re

from shadowai.sources.logs.description import Blank, Json, KeyValue, LogFormat, Part, Pattern, Take, TimeOf, When

_DOC = "https://www.squid-cache.org/Doc/config/logformat/"
_AUTH_LEG = "proxy authentication leg (407); the retry is counted"
_NO_REQUEST = "no request was made"
_NEIGHBOUR = "query of a neighbour cache (ICP or HTCP), not of a client"
_NAMED = r"^(?!error:)(.+)"
_NAMED_NOT_NUMBERED = r"^(?!error:|\[?[0-9A-Fa-f.:]+\]?(?::\d+)?\"?$)(.+)"
_PASSED = r"^TCP_(?!DENIED|[A-Z_]*ERR)"
_DENIED = r"^(?:TCP|UDP)_DENIED"
_BY_NAME = r"^(?![0-9A-Fa-f.:%]+$)([A-Za-z0-9][\w.-]*[A-Za-z][\w.-]*)$"
"""A client that is logged by its name (``log_fqdn``, ``%>A``)."""

_IN_HEADERS = r"(?i)(?:^|\\n|%0A)User-Agent:(?: |%20)(.+?)(?:\\r|%0D|$)"
"""With ``log_mime_hdrs`` the headers of the request and of the reply stand behind, in brackets."""

NATIVE = LogFormat(
    name="squid_native",
    title="Squid access.log (native)",
    vendor="Squid",
    doc=_DOC,
    kind="http_request",
    family=Blank(at_least=9),
    line=r"^\d{9,10}(?:\.\d{3})?\s+-?\d+ \S+ [A-Z_]+/\d{3} -?\d+ \S+ \S+ \S+ [A-Z_]+/\S+",
    fields={
        "host": (Part(7, _NAMED, by_head=True, any_name=True),),
        "url": (Part(7, _NAMED),),
        "user": (8,),
        "device": (Part(3, _BY_NAME),),
        "client_ip": (3,),
        "server_ip": (Part(9, r"/(.+)"),),
        "method": (6,),
        "action": (Part(4, r"^([A-Z_]+)"),),
        "bytes_down": (5,),
        "user_agent": (Part(12, r"^(?!HTTP/\d)(.+)"), Part(11, _IN_HEADERS)),
    },
    percent_encoded=("user",),
    time=(TimeOf((1,)),),
    zone="utc",
    blocked=(When(((4, _DENIED),)),),
    allowed=(When(((4, _PASSED),)),),
    uncounted=(
        When(((4, r"/407$"), (8, r"^-$")), _AUTH_LEG),
        When(((7, r"^error:"),), _NO_REQUEST),
        When(((4, r"^UDP_"),), _NEIGHBOUR),
    ),
    name_in=r"^\d{9,10}\.\d{3} ++-?\d++ (?![\"\[])\S++ [A-Z_]++/\d{3} -?\d++ (?![\"\[])\S++ "
    r"(?:https?://)?+([^\s/:@\[\"?#]++)(?::\d++)?+(?:/\S*+)? "
    r"(?![\"\[])\S++ [A-Z_]++/\S++ [^\r\n\"\[]++$",
    shapes=(
        (1, r"^\d{9,10}\.\d{3}$"),
        (2, r"^-?\d+$"),
        (4, r"^[A-Z_]+/\d{3}$"),
        (5, r"^-?\d+$"),
        (9, r"^[A-Z_]+/\S+$"),
    ),
    product="squid",
)

EXTENSIVE = LogFormat(
    name="squid_extensive",
    title="Squid access.log with ports and the sizes of both directions",
    vendor="Squid",
    doc=_DOC,
    kind="http_request",
    family=Blank(at_least=17),
    line=r"^\d{9,10}\.\d{3}\s+-?\d+ [0-9A-Fa-f.:]+ \d+ [A-Z_]+/\d{3} \d+ \d+ \d+ \d+ (?:\d+|-) [A-Z_-]+ \S+ \d[\d.]* \S+ [A-Z_]+/\S+ ",
    fields={
        "host": (Part(12, _NAMED),),
        "url": (Part(12, _NAMED),),
        "user": (14,),
        "client_ip": (3,),
        "server_ip": (Part(15, r"/(.+)"),),
        "server_port": (16,),
        "method": (11,),
        "action": (Part(5, r"^([A-Z_]+)"),),
        "bytes_up": (7,),
        "bytes_down": (6,),
        "user_agent": (21,),
    },
    percent_encoded=("user",),
    time=(TimeOf((1,)),),
    zone="utc",
    rank=12,
    blocked=(When(((5, _DENIED),)),),
    allowed=(When(((5, _PASSED),)),),
    uncounted=(
        When(((5, r"/407$"), (14, r"^-$")), _AUTH_LEG),
        When(((12, r"^error:"),), _NO_REQUEST),
        When(((5, r"^UDP_"),), _NEIGHBOUR),
    ),
    product="squid",
)
"""``%ts.%03tu %6tr %>a %>p %Ss/%03>Hs %<st %>st %<sh %>sh %<ss %rm %ru %rv %un %Sh/%<a %<p %mt …``: ``%>st`` is the request as the
client sent it, ``%<st`` the reply sent to it."""

_GROUPS: dict[str, tuple[Take, ...]] = {
    "host": (Part("url", _NAMED),),
    "url": (Part("url", _NAMED),),
    "user": ("user",),
    "client_ip": ("client",),
    "method": ("method",),
    "action": ("code",),
    "bytes_down": ("size",),
    "user_agent": ("agent",),
}
"""What the groups of its patterns are."""
_NO_USE = (
    When((("status", r"^407$"), ("user", r"^-$")), _AUTH_LEG),
    When((("url", r"^error:"),), _NO_REQUEST),
    When((("code", r"^UDP_"),), _NEIGHBOUR),
)

COMMON = LogFormat(
    name="squid_common",
    title="Squid access.log (common, combined), other proxies in the common log format",
    vendor="Squid",
    doc=_DOC,
    kind="http_request",
    family=Pattern(
        (
            r'^(?P<client>\S+) \S+ (?P<user>"[^"]*"|\S+) \[(?P<time>[^\]]+)\] '
            r'"(?P<method>\S+) (?P<url>\S*)(?: [A-Z]+/[\d.]+)?" (?P<status>\d{1,3})'
            r"(?: (?P<size>\d+|-))?"
            r'(?: "(?P<referer>[^"\\]*+(?:\\.[^"\\]*+)*+)" "(?P<agent>[^"\\]*+(?:\\.[^"\\]*+)*+)")?'
            r"(?: (?P<code>[A-Z_]+):[A-Z_]+)?",
        )
    ),
    line=r'^\S+ \S+ (?:"[^"]*"|\S+) \[\d\d/\w{2,3}/\d{4}[: ][^\]]+\]'
    r' "(?:CONNECT \S|\S+ (?:[a-z][a-z0-9+.-]*://|error:))',
    fields={**_GROUPS, "device": (Part("client", _BY_NAME),)},
    percent_encoded=("user",),
    time=(TimeOf(("time",)),),
    blocked=(When((("code", _DENIED),)), When((("code", r"^$"), ("method", r"^CONNECT$"), ("status", r"^403$")))),
    allowed=(When((("code", _PASSED),)), When((("code", r"^$"), ("method", r"^CONNECT$"), ("status", r"^200$")))),
    uncounted=_NO_USE,
    product="squid",
    same_as=("olfeo_swg_clf",),
)
"""Squid's ``common`` and ``combined``, and the same text of Olfeo (``[15/04/2024 12:50:04]``) and of Apache as a proxy.

``common`` has no code of Squid's; but a tunnel is the proxy's own to make or to refuse, for no server is asked before it stands.
Bracketed dates in figures are day first with one product and month first with another: each file tells, or it is said.
"""

OBJECT = LogFormat(
    name="squid_json",
    title="Squid access log of OPNsense (JSON in the Elastic Common Schema)",
    vendor="Squid",
    doc="https://docs.opnsense.org/manual/how-tos/cachingproxy.html",
    kind="http_request",
    family=Json(
        requires=(("event.dataset|service.type", r"^squid"), ("url.original", ""), ("labels.request_status", ""))
    ),
    fields={
        "host": (Part("url.original", _NAMED),),
        "url": (Part("url.original", _NAMED),),
        "user": ("user.name",),
        "client_ip": ("source.ip",),
        "method": ("http.request.method",),
        "action": ("labels.request_status",),
        "bytes_down": ("http.response.bytes",),
        "user_agent": ("user_agent.original",),
    },
    time=(TimeOf(("@timestamp",)),),
    zone="utc",
    rank=12,
    blocked=(When((("labels.request_status", _DENIED),)),),
    allowed=(When((("labels.request_status", _PASSED),)),),
    uncounted=(
        When((("http.response.body.status_code", r"^407$"), ("user.name", r"^-?$")), _AUTH_LEG),
        When((("url.original", r"^error:"),), _NO_REQUEST),
        When((("labels.request_status", r"^UDP_"),), _NEIGHBOUR),
    ),
    product="squid",
)

_DATE = (
    r"\[?\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]?|"
    r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?"
)
_DATED = r" {1,16}-?\d+ \S+ [A-Z_]+/\d{3} -?\d+ \S+ \S+ \S+ [A-Z_]+/\S+"

DATED = LogFormat(
    name="squid_native_dated",
    title="Squid access.log (native, with a date for the seconds since 1970)",
    vendor="Squid",
    doc=_DOC,
    kind="http_request",
    family=Pattern(
        (
            rf"^(?P<time>{_DATE}) {{1,16}}-?\d+ (?P<client>\S+) (?P<code>[A-Z_]+)/(?P<status>\d{{3}}) (?P<size>-?\d+) "
            r'(?P<method>\S+) (?P<url>\S+) (?P<user>\S+) [A-Z_]+/(?P<server>\S+)(?: \S+(?: "[^"]*" "(?P<agent>[^"]*)")?)?',
        )
    ),
    line=rf"^(?:{_DATE}){_DATED}",
    fields={**_GROUPS, "server_ip": ("server",)},
    percent_encoded=("user",),
    time=(TimeOf(("time",)),),
    blocked=(When((("code", _DENIED),)),),
    allowed=(When((("code", _PASSED),)),),
    uncounted=_NO_USE,
    product="squid",
)
"""``logformat squid %tl %6tr %>a …``, or with the date that a script or a shipper put there."""

SPLUNK = LogFormat(
    name="squid_kv",
    title="Squid access log (key=value, the format recommended for Splunk)",
    vendor="Squid",
    doc=_DOC,
    kind="http_request",
    family=KeyValue("equals_blanks", requires=("vendor_action", "dest_status", "url")),
    line=r"\bvendor_action=[A-Z_]+ dest_status=",
    fields={
        "host": (Part("url", _NAMED), "sni"),
        "url": (Part("url", _NAMED),),
        "user": ("user", "user_ident"),
        "client_ip": ("src_ip",),
        "server_ip": ("dest_ip",),
        "server_port": ("dest_port",),
        "method": ("http_method",),
        "action": ("vendor_action",),
        "bytes_up": ("bytes_in",),
        "bytes_down": ("bytes_out",),
        "user_agent": ("http_user_agent",),
    },
    percent_encoded=("user",),
    time=(TimeOf(("local_time",)),),
    rank=12,
    blocked=(When((("vendor_action", _DENIED),)),),
    allowed=(When((("vendor_action", _PASSED),)),),
    uncounted=(
        When((("status", r"^407$"), ("user", r'^"?-?"?$')), _AUTH_LEG),
        When((("url", r"^\"?error:"),), _NO_REQUEST),
        When((("vendor_action", r"^UDP_"),), _NEIGHBOUR),
    ),
    product="squid",
)
"""``bytes_in=%>st bytes_out=%<st``: what came in from the client, and what went out to it."""

_CODE = (
    r"(?:(?:TCP|UDP)_(?=[A-Z_]{0,40}(?:HIT|MISS|DENIED|TUNNEL|REFRESH|REDIRECT|SWAPFAIL|EXPIRED|STALE))[A-Z_]{2,60}|"
    r"(?:NONE|TAG)_NONE)(?:/\d{3}|:[A-Z_]{2,60})?"
)
_OWN: dict[str, tuple[str, ...]] = {
    "code": (
        "squid_status", "squid_request_status", "squid_result", "squid_action", "squid_code", "cache_status", "cache_result",
        "cache_code", "cache_action", "result_code", "request_status", "req_status", "squidStatus", "cacheStatus", "requestStatus",
        "Ss", "ss", "decision", "cache", "result", "action", "status", "code", "peer",
    ),
    "status": ("http_status", "http_status_code", "status_code", "http_code", "statusCode", "httpStatus", "Hs", "status", "code"),
    "url": ("url", "uri", "request_url", "requested_url", "request_uri", "requestUrl", "full_url", "ru", "request"),
    "sni": ("sni", "ssl_sni", "tls_sni", "server_name"),
    "apart": ("host", "http_host", "domain", "request_domain", "dst", "dest", "destination"),
    "path": ("path", "url_path", "request_path"),
    "user": ("user", "username", "user_name", "userName", "auth_user", "login", "un", "ul", "user_id", "ident"),
    "client_ip": (
        "client_ip", "clientip", "clientIp", "client_address", "client_addr", "src_ip", "srcip", "source_ip", "source_address",
        "client_src_ip", "client", "src", "source", "remote_ip", "remote_addr", "remote_host", "ip",
    ),
    "server_ip": ("server_ip", "dest_ip", "dst_ip", "destination_ip", "peer_ip", "serverIp", "dst", "dest"),
    "method": ("method", "http_method", "request_method", "requestMethod", "rm"),
    "bytes_up": ("request_size", "request_bytes", "req_size", "req_bytes", "requestSize", "requestBytes"),
    "bytes_down": (
        "reply_size", "response_size", "reply_bytes", "response_bytes", "resp_size", "responseSize", "responseBytes", "size", "bytes",
    ),
    "user_agent": ("user_agent", "http_user_agent", "useragent", "userAgent", "ua"),
    "time": ("timestamp", "@timestamp", "time", "ts", "datetime", "date", "local_time", "event_time"),
}  # fmt: skip
"""What people call Squid's codes in formats of their own. ``bytes_in`` and ``bytes_sent`` are of the request with one and of the reply
with another, and are not read."""


def _custom(name: str, title: str, family: Json | KeyValue, *, line: str = "") -> LogFormat:
    """A ``logformat`` that somebody wrote, as objects or as key=value: told by the codes that only Squid and its kin write."""

    def keys(field: str) -> tuple[str, ...]:
        return ("|".join(_OWN[field]),) if isinstance(family, Json) else _OWN[field]

    denied = tuple(When(((key, r"^\"?(?:TCP|UDP)_DENIED"),)) for key in keys("code"))
    refused = tuple(
        When(((key, r"^\"?NONE_NONE\b"), (status, r"^\"?403\b")))
        for key in keys("code")
        for status in keys("status")[:3]
    )
    passed = tuple(When(((key, r"^\"?TCP_(?!DENIED|[A-Z_]*ERR)"),)) for key in keys("code"))
    nobody = tuple((key, r'^"?-?"?$') for key in keys("user"))
    urls = keys("url")
    return LogFormat(
        name=name,
        title=title,
        vendor="Squid",
        doc=_DOC,
        kind="http_request",
        family=family,
        fields={
            "host": (
                *(Part(key, _NAMED_NOT_NUMBERED) for key in urls),
                *keys("sni"),
                *(Part(key, _NAMED) for key in urls),
                *keys("apart"),
            ),
            "url": tuple(Part(key, _NAMED) for key in urls),
            "path": (*(Part(key, r"^\"?(/.*)") for key in urls), *keys("path")),
            "user": keys("user"),
            "client_ip": keys("client_ip"),
            "server_ip": keys("server_ip"),
            "method": keys("method"),
            "action": tuple(Part(key, r"^\"?([A-Z]+_[A-Z_]+)") for key in keys("code")),
            "bytes_up": keys("bytes_up"),
            "bytes_down": keys("bytes_down"),
            "user_agent": keys("user_agent"),
        },
        percent_encoded=("user",),
        time=tuple(TimeOf((key,)) for key in _OWN["time"]),
        line=line,
        rank=8,
        blocked=(*denied, *refused),
        allowed=passed,
        uncounted=(
            *(When(((key, r"^\"?407\"?$"), *nobody), _AUTH_LEG) for key in keys("status")),
            *(When(((key, r"/407\"?$"), *nobody), _AUTH_LEG) for key in keys("code")),
            *(When(((key, r"^\"?error:"),), _NO_REQUEST) for key in urls),
            *(When(((key, r"^\"?UDP_"),), _NEIGHBOUR) for key in keys("code")),
        ),
        product="squid",
    )


OWN_JSON = _custom(
    "squid_custom_json",
    "Squid access log in a format of one's own (JSON)",
    Json(
        requires=(
            ("|".join(_OWN["code"]), rf"^{_CODE}$"),
            ("|".join((*_OWN["url"], *_OWN["sni"], *_OWN["apart"])), "."),
        )
    ),
)
_ANY_CEF = r"(?:[^CL]++|(?<=\w)[CL]|C(?!EF:\d)|L(?!EEF:\d))*+\b(?:CEF|LEEF):\d"
_TO_A_KEY = r"(?:[^\s,|]*+[\s,|])*?"
OWN_KEYS = _custom(
    "squid_custom_kv",
    "Squid access log in a format of one's own (key=value)",
    KeyValue("equals"),
    line=rf"^(?!{_ANY_CEF})(?={_TO_A_KEY}(?:{'|'.join((*_OWN['url'], *_OWN['sni'], *_OWN['apart']))})=)"
    rf"(?={_TO_A_KEY}(?:{'|'.join(_OWN['code'])})=\"?{_CODE}\"?(?:[\s,|]|$))",
)

_ADDRESS = r"\[?[0-9A-Fa-f.:]{2,45}?\]?"
FIREWALL = LogFormat(
    name="squid_agent_firewall",
    title="Squid access.log of the firewall for GitHub's agentic workflows (gh-aw-firewall)",
    vendor="GitHub",
    doc="https://github.com/github/gh-aw-firewall/blob/main/docs/logging_quickref.md",
    kind="http_request",
    family=Pattern(
        (
            r"^\s{0,16}(?P<time>\d{9,10}\.\d{3}) \[?(?P<client>[0-9A-Fa-f.:]{2,45}?)\]?:\d{1,5} (?P<name>\S{1,300}) "
            r"\[?(?P<server>[0-9A-Fa-f.:]{2,45}?|-)\]?:(?P<port>\d{1,5}|-) [\d.-]{1,8} (?P<method>[A-Z_-]{1,32}) (?P<status>\d{1,3}) "
            r'(?P<code>[A-Z_]{3,60}):[A-Z_]{3,60} (?P<url>\S{1,8000}) "(?P<agent>[^"]{0,2000})"',
        )
    ),
    line=rf"^\s{{0,16}}\d{{9,10}}\.\d{{3}} {_ADDRESS}:\d{{1,5}} \S{{1,300}} (?:{_ADDRESS}|-):(?:\d{{1,5}}|-) [\d.-]{{1,8}} "
    r"[A-Z_-]{1,32} \d{1,3} [A-Z_]{3,60}:[A-Z_]{3,60} \S{1,8000} \"",
    fields={
        "host": (Part("url", _NAMED), "name"),
        "url": (Part("url", _NAMED),),
        "client_ip": ("client",),
        "server_ip": ("server",),
        "server_port": ("port",),
        "method": ("method",),
        "action": ("code",),
        "user_agent": ("agent",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("code", _DENIED),)), When((("code", r"^NONE_NONE$"), ("status", r"^403$")))),
    allowed=(When((("code", _PASSED),)),),
    uncounted=(When((("url", r"^error:"),), _NO_REQUEST), When((("code", r"^UDP_"),), _NEIGHBOUR)),
    product="squid",
)
"""``logformat firewall_detailed %ts.%03tu %>a:%>p %{Host}>h %<a:%<p %rv %rm %>Hs %Ss:%Sh %ru "%{User-Agent}>h"``."""

_MODE = r"(?:none|client-first|server-first|peek|stare|splice|bump|terminate)"
_SNI = r"[A-Za-z0-9_*-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){1,20}\.?"
_BUMPED = (
    rf"(?:\"?(?P<sni>-|{_SNI})\"? \"?(?P<mode>-|{_MODE})\"?|"
    rf"\"?(?P<mode_before>{_MODE})\"? \"?(?P<sni_behind>-|{_SNI})\"?|"
    rf"(?:squid\.ssl\.)?bump_mode=\"?(?P<mode_named>-|{_MODE})\"? (?:squid\.ssl\.)?sni=\"?(?P<sni_named>-|{_SNI})\"?|"
    rf"(?:squid\.ssl\.)?sni=\"?(?P<sni_first>-|{_SNI})\"? (?:squid\.ssl\.)?bump_mode=\"?(?P<mode_last>-|{_MODE})\"?|"
    rf"\"?(?P<sni_alone>-|{_SNI})\"?)"
    r"(?: \d{1,5})?\s{0,16}$"
)
_COLUMNS = (
    r"^(?P<time>\d{9,10}(?:\.\d{3})?) {1,16}-?\d{1,15} (?P<client>\S{1,300}) (?P<code>[A-Z_]{3,60})/(?P<status>\d{3}) "
    r"(?P<size>-?\d{1,18}) (?P<method>\S{1,60}) (?P<url>\S{1,16000}) (?P<user>\S{1,1000}) [A-Z_]{3,60}/(?P<server>\S{1,300}) "
    r"\S{1,300}(?: \"[^\"]{0,8000}\" \"(?P<agent>[^\"]{0,8000})\")? "
)

BUMPED = LogFormat(
    name="squid_native_sni",
    title="Squid access.log (native, with the TLS server name and the SslBump mode behind)",
    vendor="Squid",
    doc="https://wiki.squid-cache.org/Features/SslPeekAndSplice",
    kind="http_request",
    family=Pattern((_COLUMNS + _BUMPED,)),
    line=re.sub(r"\?P<\w+>", "?:", _COLUMNS + _BUMPED),
    fields={
        **_GROUPS,
        "host": (
            Part("url", _NAMED_NOT_NUMBERED),
            "sni",
            "sni_behind",
            "sni_named",
            "sni_first",
            "sni_alone",
            Part("url", _NAMED),
        ),
        "server_ip": ("server", Part("url", r"^(?:https?://)?\[?([0-9A-Fa-f.:]{2,45}?)\]?(?::\d{1,5})?(?:/|$)")),
    },
    percent_encoded=("user",),
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    blocked=(
        When((("code", _DENIED),)),
        *(When(((mode, r"^terminate$"),)) for mode in ("mode", "mode_before", "mode_named", "mode_last")),
    ),
    allowed=(When((("code", _PASSED),)),),
    uncounted=_NO_USE,
    product="squid",
)
"""``… %mt %ssl::>sni %ssl::bump_mode`` behind the native columns: of a connection that a router turned to the proxy, ``%ru`` has the
address alone and the name stands in the client's greeting. Requests that are not TLS have ``- -`` there."""

_COMPOSED = r"^[\w.-]{1,63} {1,40}\| "
_BEHIND_COLUMNS = _COLUMNS.removeprefix("^").removesuffix(" ")
COMPOSED = LogFormat(
    name="squid_native_composed",
    title="Squid access.log (native) of a container, as Docker Compose prints it",
    vendor="Squid",
    doc="https://docs.docker.com/reference/cli/docker/compose/logs/",
    kind="http_request",
    family=Pattern((_COMPOSED + _BEHIND_COLUMNS,)),
    line=re.sub(r"\?P<\w+>", "?:", _COMPOSED + _BEHIND_COLUMNS),
    fields={**_GROUPS, "device": (Part("client", _BY_NAME),), "server_ip": ("server",)},
    percent_encoded=("user",),
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("code", _DENIED),)),),
    allowed=(When((("code", _PASSED),)),),
    uncounted=_NO_USE,
    ignored=_COMPOSED + r"\s{0,16}(?:\d{4}/\d\d/\d\d \d\d:\d\d:\d\d|$)",
    product="squid",
)
"""``docker compose logs`` puts the container before each line."""

FORMATS = (NATIVE, COMPOSED, BUMPED, EXTENSIVE, COMMON, OBJECT, DATED, SPLUNK, OWN_JSON, OWN_KEYS, FIREWALL)
