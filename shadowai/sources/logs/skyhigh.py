"""Skyhigh (McAfee) Secure Web Gateway, on site and in the cloud.

``bytes_to_client`` and ``server_to_client_bytes`` go down to the client. In the cloud's log ``source_ip`` is the
address of the site's egress and ``client_ip`` that of the device. ``block_res`` 0 lets a request pass, 80 to 82 are
authentication, the rest are blocks.
"""

from dataclasses import replace

from shadowai.sources.logs.description import (
    Cef,
    CsvHeader,
    CsvPositional,
    Json,
    KeyValue,
    Leef,
    LogFormat,
    Part,
    Pattern,
    TimeOf,
    When,
)

_DOC = "https://success.skyhighsecurity.com/Skyhigh_Secure_Web_Gateway_(On_Prem)/Monitoring/Logging/About_Logging"
_AUTH_LEG = "proxy authentication leg (407); the retry is counted"
_BLOCKED = (When((("result", r"^(?!0$|8[0-2]$)\d+$"),)),)
_ALLOWED = (When((("result", r"^0$"),)),)
_UNCOUNTED = (
    When((("status", "^407$"), ("user", "^-?$")), _AUTH_LEG),
    When((("result", "^8[0-2]$"), ("user", "^-?$")), _AUTH_LEG),
)
_URL = r"(?P<url>[a-zA-Z][a-zA-Z0-9+.-]*://\S*|[^\s/\"]+(?::\d+)?|/\S*|-)?"

LINE = LogFormat(
    name="skyhigh_swg_line",
    title="Skyhigh (McAfee) Web Gateway access.log",
    vendor="Skyhigh Security",
    doc=_DOC,
    kind="http_request",
    family=Pattern(
        (
            r"^\[(?P<time>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "
            r'"(?P<user>[^"]*)" (?P<client>\S+) (?P<status>\d{3}|-|0) '
            rf'"(?P<method>[A-Z_-]+)? ?{_URL}[^"]*" "[^"]*" "[^"]*" "[^"]*" (?P<size>\d+|-)(?: (?P<up>\d+|-))?'
            r'(?: "(?P<agent>[^"]*)")?(?: "[^"]*" "(?P<result>\d*)")?',
        )
    ),
    line=r"^\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]"
    r' "[^"]*" \S+ (?:\d{3}|-|0) "[^"]*" "[^"]*" "[^"]*" "[^"]*" (?:\d+|-)',
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": ("user",),
        "client_ip": ("client",),
        "method": ("method",),
        "action": ("result",),
        "bytes_up": ("up",),
        "bytes_down": ("size",),
        "user_agent": ("agent",),
    },
    time=(TimeOf(("time",)),),
    blocked=_BLOCKED,
    allowed=_ALLOWED,
    uncounted=_UNCOUNTED,
    product="skyhigh_swg",
)

SIEM = LogFormat(
    name="skyhigh_swg_siem",
    title="Skyhigh (McAfee) Web Gateway log for a SIEM (McAfeeWG|…)",
    vendor="Skyhigh Security",
    doc=_DOC,
    kind="http_request",
    family=Pattern(
        (
            r"McAfeeWG\|time_stamp=\[(?P<time>[^\]|]*)\]\|auth_user=(?P<user>[^|]*)\|src_ip=(?P<client>[^|]*)"
            r"\|server_ip=(?P<server>[^|]*)\|host=(?P<host>[^|]*)"
            r"\|url_port=(?P<port>[^|]*)\|status_code=(?P<status>[^|]*)"
            r"\|bytes_from_client=(?P<up>[^|]*)\|bytes_to_client=(?P<down>[^|]*)"
            r"\|categories=[^|]*\|rep_level=[^|]*\|method=(?P<method>[^|]*)\|url=(?P<url>[^|]*)"
            r"\|media_type=[^|]*\|application_name=[^|]*"
            r"\|user_agent=(?P<agent>[^|]*)\|block_res=(?P<result>[^|]*)",
        )
    ),
    line=r"McAfeeWG\|time_stamp=\[",
    fields={
        "host": ("host", "url"),
        "url": ("url",),
        "user": ("user",),
        "client_ip": ("client",),
        "server_ip": ("server",),
        "server_port": ("port",),
        "method": ("method",),
        "action": ("result",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
        "user_agent": ("agent",),
    },
    time=(TimeOf(("time",)),),
    blocked=_BLOCKED,
    allowed=_ALLOWED,
    uncounted=_UNCOUNTED,
    product="skyhigh_swg",
)

_CLOUD_BLOCKED = tuple(When(((key, r"(?i)^(?:denied|blocked?)"),)) for key in ("result", "action"))
_CLOUD_ALLOWED = tuple(When(((key, r"(?i)^(?:observed|allowed?)"),)) for key in ("result", "action"))

KEYS = LogFormat(
    name="skyhigh_swg",
    title="Skyhigh Secure Web Gateway (key=value)",
    vendor="Skyhigh Security",
    doc=_DOC,
    kind="http_request",
    family=KeyValue("equals_blanks"),
    line=r"\b(?:requested_host|http_request_first_line|server_to_client_bytes)=",
    fields={
        "host": (
            "requested_host",
            "destination_host",
            "url",
            Part("http_request_first_line", r"^\"?[A-Z]+ ([^\s/:][^\s\"]*)"),
        ),
        "url": ("url", "requested_url", Part("http_request_first_line", r"^\"?[A-Z]+ ([a-z]+://[^\s\"]+)")),
        "path": ("requested_path",),
        "user": ("username", "user_name", "user", "user_id"),
        "client_ip": ("client_ip", "source_ip"),
        "server_ip": ("destination_ip",),
        "server_port": ("destination_port",),
        "method": ("http_action", "method", Part("http_request_first_line", r"^\"?([A-Z]+) ")),
        "action": ("result", "action", "block_reason"),
        "bytes_up": ("client_to_server_bytes", "source_bytes"),
        "bytes_down": ("server_to_client_bytes", "destination_bytes"),
        "user_agent": ("user_agent",),
    },
    time=(TimeOf(("request_timestamp_epoch",)), TimeOf(("request_timestamp",)), TimeOf(("date",))),
    nulls=frozenset({"-1"}),
    blocked=(*_CLOUD_BLOCKED, When((("block_id", r"^\"?(?!0\b|8[0-2]\b)\d+"),))),
    allowed=(*_CLOUD_ALLOWED, When((("block_id", r"^\"?0\b"),))),
    uncounted=(When((("http_status_code", "^407$"), ("username", r"^[-\"]*$")), _AUTH_LEG),),
    product="skyhigh_swg",
)

CLOUD = LogFormat(
    name="skyhigh_wgcs_csv",
    title="Skyhigh Web Gateway Cloud Service (CSV)",
    vendor="Skyhigh Security",
    doc="https://success.skyhighsecurity.com/Skyhigh_Secure_Web_Gateway_(On_Prem)/Content_Security_Reporter_(CSR)",
    kind="http_request",
    family=CsvHeader(columns=("requested_host", "server_to_client_bytes", "client_to_server_bytes")),
    fields={
        "host": ("requested_host",),
        "path": ("requested_path",),
        "user": ("username", "user_id"),
        "client_ip": ("client_ip", "source_ip"),
        "server_ip": ("destination_ip",),
        "server_port": ("destination_port",),
        "method": ("http_action",),
        "action": ("result",),
        "bytes_up": ("client_to_server_bytes",),
        "bytes_down": ("server_to_client_bytes",),
        "user_agent": ("user_agent_product",),
    },
    time=(TimeOf(("request_timestamp_epoch",)), TimeOf(("request_timestamp",))),
    zone="utc",
    nulls=frozenset({"-1"}),
    blocked=_CLOUD_BLOCKED[:1],
    allowed=_CLOUD_ALLOWED[:1],
    uncounted=(When((("http_status_code", "^407$"), ("username", "^-?$")), _AUTH_LEG),),
    product="skyhigh_swg",
)

CLOUD_JSON = replace(
    CLOUD,
    name="skyhigh_wgcs_json",
    title="Skyhigh Web Gateway Cloud Service (JSON)",
    family=Json(requires=(("requested_host", ""), ("server_to_client_bytes", ""), ("client_to_server_bytes", ""))),
)
"""What collectors make of the rows: objects with the names of the columns."""

CLOUD_ROWS = LogFormat(
    name="skyhigh_wgcs_rows",
    title="Skyhigh Web Gateway Cloud Service (CSV without its header)",
    vendor="Skyhigh Security",
    doc=CLOUD.doc,
    kind="http_request",
    family=CsvPositional(at_least=22),
    line=r'^"-?\d{1,12}","[^"]{0,256}","[0-9A-Fa-f.:]{0,45}","[A-Z]{3,16}","\d{1,18}","\d{1,18}","[^"]*","[^"]*","(?:OBSERVED|DENIED)","',
    fields={
        "host": (7,),
        "path": (8,),
        "user": (2,),
        "client_ip": (20, 3),
        "server_ip": (27,),
        "server_port": (28,),
        "method": (4,),
        "action": (9,),
        "bytes_up": (6,),
        "bytes_down": (5,),
        "user_agent": (23,),
    },
    time=(TimeOf((11,)), TimeOf((12,))),
    zone="utc",
    nulls=frozenset({"-1"}),
    blocked=(When(((9, r"^DENIED$"),)),),
    allowed=(When(((9, r"^OBSERVED$"),)),),
    uncounted=(When(((19, "^407$"), (2, "^-?$")), _AUTH_LEG),),
    product="skyhigh_swg",
)

LEEF = LogFormat(
    name="skyhigh_swg_leef",
    title="Skyhigh (McAfee) Web Gateway access log (LEEF)",
    vendor="Skyhigh Security",
    doc="https://www.ibm.com/docs/en/dsm?topic=mcafee-web-gateway",
    kind="http_request",
    family=Leef(device=r"^(?:mcafee|skyhigh(?: security)?)\|(?:secure )?web ?gateway$"),
    fields={
        "host": ("url", "request", "urlHost", "urlDomain"),
        "url": ("url", "request"),
        "user": ("usrName",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("url_port", "dstPort"),
        "method": ("method", "httpMethod", "requestMethod", "Meth"),
        "action": ("blockReason", "action", "block_res", "leef.id"),
        "bytes_up": ("bytes_from_client", "srcBytes"),
        "bytes_down": ("bytes_to_client", "bytes_from_server", "dstBytes"),
        "user_agent": ("userAgent", "usrAgent", "agent", "requestClientApplication"),
    },
    time=(TimeOf(("devTime",)), TimeOf(("DevTimeIso",))),
    blocked=(
        When((("block_res", r"^(?!0$|8[0-2]$)\d+$"),)),
        When((("leef.id", r"^(?!0$|8[0-2]$)\d+$"), ("blockReason", r"^(?!-$)."))),
        When((("action", r"(?i)^(?:block|den)"),)),
    ),
    allowed=(
        When((("block_res", r"^0$"),)),
        When((("leef.id", r"^0$"), ("block_res", r"^0?$"), ("blockReason", r"^-?$"))),
        When((("action", r"(?i)^(?:allow|permit)"),)),
    ),
    uncounted=(
        When((("httpStatus", "^407$"), ("usrName", "^-?$")), _AUTH_LEG),
        When((("block_res", "^8[0-2]$"), ("usrName", "^-?$")), _AUTH_LEG),
        When((("leef.id", "^8[0-2]$"), ("usrName", "^-?$")), _AUTH_LEG),
    ),
    product="skyhigh_swg",
)
"""The id of an event is the id of the block: 0 where the request passed."""

CEF = LogFormat(
    name="skyhigh_swg_cef",
    title="Skyhigh (McAfee) Web Gateway access log (CEF)",
    vendor="Skyhigh Security",
    doc=_DOC,
    kind="http_request",
    family=Cef(device=r"^(?:mcafee|skyhigh(?: security)?)\|(?:secure )?web ?gateway$"),
    fields={
        "host": ("request", "dhost"),
        "url": ("request",),
        "user": ("suser",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("label.Port", "dpt"),
        "method": ("requestMethod",),
        "action": ("label.Block Reason", "act", "cn1"),
        "bytes_up": ("in",),
        "bytes_down": ("out",),
        "user_agent": ("requestClientApplication",),
    },
    time=(TimeOf(("rt",)),),
    rank=12,
    blocked=(
        When((("cn1Label", r"(?i)^block"), ("cn1", r"^(?!0$|8[0-2]$)\d+$"))),
        When((("act", r"(?i)^(?:block|den)"),)),
    ),
    allowed=(When((("cn1Label", r"(?i)^block"), ("cn1", r"^0$"))), When((("act", r"(?i)^(?:allow|permit)"),))),
    uncounted=(When((("cef.class", "^407$"), ("suser", "^-?$")), _AUTH_LEG),),
    product="skyhigh_swg",
)
"""``in`` and ``out`` are the gateway's: what came in from the client, and what went out to it."""

FORMATS = (LINE, SIEM, KEYS, CLOUD, CLOUD_JSON, CLOUD_ROWS, LEEF, CEF)
