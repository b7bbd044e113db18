"""F5 BIG-IP: requests of its traffic manager and application security, as Telemetry Streaming, syslog, CEF and iRules write them.

Sizes are of the request as the client sent it (up) and of the response as it was sent to the client (down).
"""

from shadowai.sources.logs.description import Cef, Json, KeyValue, LogFormat, Part, Pattern, TimeOf, When

F5 = LogFormat(
    name="f5_bigip_json",
    title="F5 BIG-IP Telemetry Streaming: LTM requests and ASM (JSON)",
    vendor="F5",
    doc="https://clouddocs.f5.com/products/extensions/f5-telemetry-streaming/latest/output-example.html",
    kind="http_request",
    family=Json(requires=(("telemetryEventCategory", r"^[A-Z]"),)),
    fields={
        "host": (
            "http_host",
            Part("request", r"(?i)(?:\\r\\n|\r\n)Host: ?([^\s\\]+)"),
            Part("originalRawData", r"(?i)(?:\\r\\n|\r\n)Host: ?([^\s\\]+)"),
            Part("req", r"(?i)(?:\\r\\n|\r\n)Host: ?([^\s\\]+)"),
            "destination_fqdn",
        ),
        "path": ("http_uri", "http_url", "uri"),
        "user": ("user", "username"),
        "client_ip": ("client_ip", "src_ip", "ip_client", "source_ip"),
        "server_ip": ("server_ip", "vip", "dest_ip"),
        "server_port": ("dest_port", "node_port"),
        "method": ("http_method", "method"),
        "action": ("request_status", "req_status", "http_status", "enforcement_action"),
        "bytes_up": ("bytes_in",),
        "bytes_down": ("bytes_out",),
        "user_agent": ("http_user_agent", Part("request", r"(?i)(?:\\r\\n|\r\n)User-Agent: ?([^\r\n\\]+)")),
    },
    time=(
        TimeOf(("event_timestamp",)),
        TimeOf(("date_time",)),
        TimeOf(("req_start_time",)),
        TimeOf(("epoch_time",)),
        TimeOf(("Timestamp",)),
    ),
    rank=12,
    blocked=(When((("request_status|req_status", r"(?i)^blocked"),)),),
    allowed=(When((("request_status|req_status", r"(?i)^(?:passed|alerted)"),)),),
    uncounted=(When((("http_method|method", "^$"), ("http_uri|uri", "^$")), "no use of a service"),),
    product="f5",
)
"""``bytes_in`` is the request's length and ``bytes_out`` the response's in F5's request logging iRule. BIG-IP's own times have no
zone."""

F5_ASM = LogFormat(
    name="f5_asm_kv",
    title="F5 BIG-IP ASM and Advanced WAF requests (key=value by syslog)",
    vendor="F5",
    doc="https://techdocs.f5.com/en-us/bigip-15-0-0/big-ip-asm-implementations/logging-application-security-events.html",
    kind="http_request",
    family=KeyValue(dialect="comma", requires=("request_status",)),
    line=r'^(?:.{0,200}?\bASM:)?\w{2,40}="(?=.{0,8000}?\b(?:policy_name|violation_rating)=")(?=.{0,8000}?\brequest_status=")',
    fields={
        "host": (Part("request", r"(?i)(?:\\r\\n|\r\n|\\n)Host: ?([^\s\\]+)"),),
        "path": ("uri",),
        "user": ("username",),
        "client_ip": ("ip_client",),
        "server_ip": ("dest_ip",),
        "server_port": ("dest_port",),
        "method": ("method",),
        "action": ("request_status",),
        "user_agent": (Part("request", r"(?i)(?:\\r\\n|\r\n|\\n)User-Agent: ?([^\r\n\\]+)"),),
    },
    time=(TimeOf(("date_time",)),),
    rank=12,
    blocked=(When((("request_status", r"(?i)^blocked"),)),),
    allowed=(When((("request_status", r"(?i)^(?:passed|alerted)"),)),),
    product="f5",
)

_F5_EVENT = r"\bbigip_mgmt_ip=\"?[0-9a-fA-F.:]"

F5_BOTS = LogFormat(
    name="f5_bot_defense_kv",
    title="F5 BIG-IP bot defense requests (key=value by syslog)",
    vendor="F5",
    doc="https://techdocs.f5.com/en-us/bigip-15-0-0/big-ip-asm-implementations/logging-application-security-events.html",
    kind="http_request",
    family=KeyValue(dialect="comma", requires=("bigip_mgmt_ip", "client_ip", "errdefs_msgno")),
    line=rf'^(?:.{{0,200}}?[\s:])?\w{{2,40}}="(?=.{{0,2000}}?{_F5_EVENT})',
    fields={
        "host": (Part("http_request", r"(?i)(?:\\r\\n|\r\n|\\n)Host: ?([^\s\\]+)"),),
        "path": ("client_request_uri",),
        "client_ip": ("client_ip",),
        "server_ip": ("dest_ip",),
        "server_port": ("dest_port",),
        "method": ("http_method",),
        "action": ("actual_mitigation_action", "action"),
        "user_agent": (Part("http_request", r"(?i)(?:\\r\\n|\r\n|\\n)User-Agent: ?([^\r\n\\]+)"),),
    },
    time=(TimeOf(("request_date_time",)), TimeOf(("timestamp",))),
    rank=12,
    blocked=(When((("actual_mitigation_action", r"(?i)^(?:block|tcp reset|drop)"),)),),
    allowed=(When((("actual_mitigation_action", r"(?i)^(?:none|alarm)$"),)),),
    product="f5",
)

F5_DOS = LogFormat(
    name="f5_dos_events",
    title="F5 BIG-IP application denial of service events (syslog)",
    vendor="F5",
    doc="https://techdocs.f5.com/en-us/bigip-15-0-0/big-ip-asm-implementations/logging-application-security-events.html",
    kind="http_request",
    family=Pattern((r"^.{0,4000}?;dos_attack_name=(?:.{0,4000}?;source_ip=(?P<client>[^;]*);)?",)),
    line=r"^(?:[^;]{0,200};){1,5}bigip_mgmt_ip=[0-9a-fA-F.:]{2,45};.{0,4000}?;dos_attack_name=",
    fields={"client_ip": ("client",)},
    rank=12,
    uncounted=(When((), "a finding about the load on an own site, no use"),),
    product="f5",
)

F5_CEF = LogFormat(
    name="f5_bigip_cef",
    title="F5 BIG-IP application security and network firewall (CEF)",
    vendor="F5",
    doc="https://techdocs.f5.com/en-us/bigip-15-1-0/big-ip-asm-implementations/logging-application-security-events.html",
    kind="http_request",
    family=Cef(device=r"^f5\|"),
    fields={
        "host": (
            Part("cs3", r"(?i)(?:\\r\\n|\n)Host: ?([^\s\\]+)", only=(("cs3Label", "^full_request$"),)),
            "dhost",
        ),
        "path": (Part("request", r"^(/.*)"),),
        "user": (Part("suser", r"^(?!N/A$)(.+)"),),
        "client_ip": ("src", "c6a2"),
        "server_ip": ("dst", "c6a3"),
        "server_port": ("dpt",),
        "method": ("requestMethod",),
        "action": ("act",),
        "user_agent": (
            "requestClientApplication",
            Part("cs3", r"(?i)(?:\\r\\n|\n)User-Agent: ?([^\r\n\\]+)", only=(("cs3Label", "^full_request$"),)),
        ),
    },
    time=(TimeOf(("rt",)),),
    kinds=((When((("requestMethod", "^$"),)), "connection"),),
    rank=12,
    blocked=(When((("act", r"(?i)^(?:blocked|drop|reject)"),)),),
    allowed=(When((("act", r"(?i)^(?:passed|alerted|accept|established|closed)"),)),),
    uncounted=(When((("dst", "^$"), ("requestMethod", "^$")), "no use of a service"),),
    product="f5",
    same_as=("f5_bigip", "f5_big_ip"),
)
"""``dvchost`` is the appliance, ``suid`` a session."""

F5_IRULE = LogFormat(
    name="f5_bigip_irule",
    title="F5 BIG-IP requests logged by an iRule (syslog)",
    vendor="F5",
    doc="https://clouddocs.f5.com/api/irules/HTTP_RESPONSE.html",
    kind="http_request",
    family=Pattern((r"(?:^|[\s:])Rule /(?P<rule>\S+) <(?P<event>HTTP_[A-Z_]+)>: (?P<text>.*)$",)),
    line=r"(?:^|[\s:])Rule /\S+ <HTTP_[A-Z_]+>: ",
    fields={
        "host": (
            Part("text", r"\bhost=\"?([^\s\",;]+)"),
            Part("text", r"\bURL: ([^\s/]+)"),
            Part("text", r"\bRequest: [A-Z]{3,8} ([\w.-]+)(?=[\s/]|$)"),
        ),
        "path": (
            Part("text", r"\brequest=\"[A-Z]{3,8} (/\S*)"),
            Part("text", r"\b(?:URL: |Request: [A-Z]{3,8} )[^\s/]+(/\S*)"),
        ),
        "user": (Part("text", r"\busername=([^\s/\"]+)"),),
        "client_ip": (Part("text", r"\bclient_ip=([^\s,;]+)"), Part("text", r"^(\d{1,3}(?:\.\d{1,3}){3}):\d+: ")),
        "server_ip": (Part("text", r"\blb_server=([\d.]+):\d"), Part("text", r"\bresponse to from ([\d.]+):\d")),
        "server_port": (Part("text", r"\blb_server=[\d.]+:(\d+)"), Part("text", r"\bresponse to from [\d.]+:(\d+)")),
        "method": (
            Part("text", r"\brequest=\"([A-Z]{3,8}) /"),
            Part("text", r"\bRequest: ([A-Z]{3,8}) "),
        ),
        "action": (Part("text", r"\bserver_status=(\d{3})"), Part("text", r"\bHTTP: (\d{3}) ")),
        "bytes_down": (Part("text", r"\bcontent_length=(\d+)", only=(("event", "^HTTP_RESPONSE"),)),),
        "user_agent": (Part("text", r"\buser_agent=\"([^\"]+)"),),
    },
    rank=12,
    uncounted=(When((("text", r"^(?!.*(?:\bhost=[^\s,;]|\bURL: |\bRequest: [A-Z]))"),), "names no destination"),),
    product="f5",
)
"""What an iRule writes is the site's own: the forms of F5's own examples are read."""

FORMATS = (
    F5,
    F5_CEF,
    F5_ASM,
    F5_BOTS,
    F5_DOS,
    F5_IRULE,
)
