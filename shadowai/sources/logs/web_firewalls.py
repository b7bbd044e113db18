"""Web application firewalls: AWS WAF, Akamai's security events, Imperva Cloud WAF, Fortinet's FortiWeb and FortiADC.

They stand before an organisation's own sites, and what they name is such a site. AWS WAF has the name among the headers, a list of
names and values. Imperva's files begin with a few lines about the file, up to ``|==|``; its ``suid`` is the number of the customer's
account and no user, and the side that ``in`` ("the content length") was counted on is not told. Akamai's ``bytes`` are those of the
response. Sources: https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html,
https://techdocs.akamai.com/siem-integration/reference/api,
https://docs.imperva.com/bundle/cloud-application-security/page/more/log-file-structure.htm.
FortiWeb's sizes are of the request and of the response, FortiADC's ``ibytes`` came from the client and ``obytes`` went to it.
"""

from shadowai.sources.logs.description import Cef, Json, KeyValue, LogFormat, Part, TimeOf, When

AWS = LogFormat(
    name="aws_waf",
    title="AWS WAF web ACL log (JSON)",
    vendor="Amazon",
    doc="https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html",
    kind="http_request",
    family=Json(
        requires=(("webaclId", ""), ("terminatingRuleId", ""), ("httpRequest.clientIp", ""), ("timestamp", r"^\d{12}"))
    ),
    fields={
        "host": ("httpRequest.host", "httpRequest.headers.host"),
        "path": ("httpRequest.uri",),
        "client_ip": ("httpRequest.clientIp",),
        "method": ("httpRequest.httpMethod",),
        "action": ("action",),
        "user_agent": ("httpRequest.headers.user-agent",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    rank=12,
    blocked=(When((("action", r"^(?:BLOCK|CHALLENGE|CAPTCHA)$"),)),),
    allowed=(When((("action", r"^(?:ALLOW|COUNT)$"),)),),
    product="aws_waf",
)

AKAMAI = LogFormat(
    name="akamai_siem",
    title="Akamai security events (SIEM integration, JSON)",
    vendor="Akamai",
    doc="https://techdocs.akamai.com/siem-integration/reference/api",
    kind="http_request",
    family=Json(
        requires=(
            ("attackData.configId|attackData.clientIP", ""),
            ("httpMessage.host", ""),
            ("httpMessage.start", r"^\d{9}"),
        )
    ),
    fields={
        "host": ("httpMessage.host",),
        "path": ("httpMessage.path",),
        "client_ip": ("attackData.clientIP",),
        "server_port": ("httpMessage.port",),
        "method": ("httpMessage.method",),
        "action": ("attackData.appliedAction", "httpMessage.status"),
        "bytes_down": ("httpMessage.bytes",),
    },
    time=(TimeOf(("httpMessage.start",)),),
    zone="utc",
    rank=12,
    blocked=(When((("attackData.appliedAction", r"(?i)^(?:deny|abort|tarpit|drop|slow)"),)),),
    allowed=(When((("attackData.appliedAction", r"(?i)^(?:alert|monitor|none|allow)"),)),),
    product="akamai_siem",
)

IMPERVA = LogFormat(
    name="imperva_cloud_waf",
    title="Imperva Cloud WAF (Incapsula), CEF",
    vendor="Imperva",
    doc="https://docs.imperva.com/bundle/cloud-application-security/page/more/log-file-structure.htm",
    kind="http_request",
    family=Cef(device=r"^incapsula\|siemintegration$"),
    line=r"CEF:\d\|Incapsula\|SIEMintegration\|",
    fields={
        "host": ("request", "sourceServiceName"),
        "url": ("request",),
        "client_ip": ("src",),
        "method": ("requestMethod", "requestmethod"),
        "action": ("act", "cn1"),
        "user_agent": ("requestClientApplication",),
    },
    time=(TimeOf(("start",)), TimeOf(("end",))),
    zone="utc",
    rank=14,
    blocked=(When((("act", r"^REQ_(?:BLOCKED|CHALLENGE|BAD)"),)),),
    allowed=(When((("act", r"^REQ_(?:PASSED|CACHED)"),)),),
    ignored=r"^(?:accountId|configId|checksum|format|startTime|endTime|publicKeyId|key):|^\|==\|$",
    product="imperva_cloud_waf",
)

FORTIWEB = LogFormat(
    name="fortiweb",
    title="FortiWeb and FortiADC traffic and attack log",
    vendor="Fortinet",
    doc="https://docs.fortinet.com/document/fortiweb/latest/log-message-reference/",
    kind="http_request",
    family=KeyValue(requires=("type", "subtype", "log_id", "msg_id")),
    line=r'^(?=.*?(?<![\w.])log_id="?\d)(?=.*?(?<![\w.])msg_id="?\d)(?=.*?(?<![\w.])type="?(?:traffic|attack|event)\b)',
    fields={
        "host": ("http_host",),
        "path": ("http_url",),
        "user": ("user_name", "user"),
        "client_ip": ("original_src", "src"),
        "server_ip": ("dst",),
        "server_port": ("dst_port",),
        "method": ("http_method",),
        "action": (Part("action", r"^(?!none$)(.+)"), "http_retcode", "status"),
        "bytes_up": ("http_request_bytes", "ibytes"),
        "bytes_down": ("http_response_bytes", "obytes"),
        "user_agent": ("http_agent",),
    },
    time=(TimeOf(("eventtime",)), TimeOf(("date", "time"))),
    rank=12,
    kinds=((When((("http_method", r"^(?:none)?$"), ("http_host", r"^(?:none)?$"))), "connection"),),
    blocked=(When((("action", r"(?i)(?:deny|block|redirect|drop)"),)),),
    uncounted=(
        When((("type", r"^event$"),), "an event of the device itself, not use of a service"),
        When((("type", r"^attack$"),), "a finding about a request; the request is counted", (("type", r"^traffic$"),)),
    ),
    nulls=frozenset({"none", "(null)", "Unknown"}),
    product="fortios",
    same_as=("fortiadc",),
)

FORMATS = (AWS, AKAMAI, IMPERVA, FORTIWEB)
