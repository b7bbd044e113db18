"""Load balancers and content networks in front of servers: AWS, Google Cloud, Azure, HAProxy, F5.

Sizes are of the request as the client sent it (up) and of the response as it was sent to the client (down); each vendor's words
are in its page. AWS: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html and
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html.
"""

from shadowai.sources.logs.description import Blank, Cef, Json, KeyValue, LogFormat, Part, Pattern, TimeOf, W3c, When

_ELB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/"
_REQUEST_URL = r"^[A-Z]+ ([a-z][\w+.-]*://\S+)"
_UNPORTED = r"^\[?([0-9A-Fa-f:.]+?)\]?:\d+$"
_ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?"

ALB = LogFormat(
    name="aws_alb",
    title="AWS Application Load Balancer access log",
    vendor="AWS",
    doc=f"{_ELB}application/load-balancer-access-logs.html",
    kind="http_request",
    family=Blank(at_least=17),
    line=rf"^(?:https?|h2|grpcs?|wss?) {_ISO} app/\S+ \S+ \S+ -?[\d.]+ -?[\d.]+ -?[\d.]+ (?:\d+|-) (?:\d+|-) \d+ \d+ \"",
    fields={
        "host": (Part(13, _REQUEST_URL), 19),
        "url": (Part(13, _REQUEST_URL),),
        "client_ip": (Part(4, _UNPORTED),),
        "server_ip": (Part(5, _UNPORTED),),
        "server_port": (Part(5, r":(\d+)$"),),
        "method": (Part(13, r"^([A-Z]{2,16}) "),),
        "action": (23,),
        "bytes_up": (11,),
        "bytes_down": (12,),
        "user_agent": (14,),
    },
    time=(TimeOf((2,)),),
    zone="utc",
    rank=12,
    blocked=(When(((23, r"(?:^|,)waf$"),)),),
    allowed=(When(((23, r"(?:^|,)(?:forward|redirect)(?:,|$)"),)),),
    uncounted=(When(((13, r"^- "),), "no request was made"),),
    product="aws_elb",
)
"""``received_bytes`` is "the size of the request, in bytes, received from the client (requester)". Where ``waf`` is the last of the
actions, "AWS WAF determined that the request should be rejected"."""

CLASSIC = LogFormat(
    name="aws_elb_classic",
    title="AWS Classic Load Balancer access log",
    vendor="AWS",
    doc=f"{_ELB}classic/access-log-collection.html",
    kind="http_request",
    family=Blank(at_least=12),
    line=rf"^{_ISO} \S+ \S+:\d+ \S+ -?[\d.]+ -?[\d.]+ -?[\d.]+ (?:\d+|-) (?:\d+|-) \d+ \d+ \"",
    fields={
        "host": (Part(12, _REQUEST_URL),),
        "url": (Part(12, _REQUEST_URL),),
        "client_ip": (Part(3, _UNPORTED),),
        "server_ip": (Part(4, _UNPORTED),),
        "server_port": (Part(4, r":(\d+)$"),),
        "method": (Part(12, r"^([A-Z]{2,16}) "),),
        "action": (8,),
        "bytes_up": (10,),
        "bytes_down": (11,),
        "user_agent": (13,),
    },
    time=(TimeOf((1,)),),
    zone="utc",
    rank=12,
    kinds=((When(((12, r"^- "),)), "connection"),),  # a TCP listener has no requests
    product="aws_elb",
)

NLB = LogFormat(
    name="aws_nlb_tls",
    title="AWS Network Load Balancer TLS access log",
    vendor="AWS",
    doc=f"{_ELB}network/load-balancer-access-logs.html",
    kind="tls_connection",
    family=Blank(at_least=18),
    line=rf"^tls \d\.\d {_ISO} net/\S+ \S+ \S+:\d+ \S+ \d+ ",
    fields={
        "host": (18,),
        "client_ip": (Part(6, _UNPORTED),),
        "server_ip": (Part(7, _UNPORTED),),
        "server_port": (Part(7, r":(\d+)$"),),
        "action": (12,),
        "bytes_up": (10,),
        "bytes_down": (11,),
    },
    time=(TimeOf((3,)),),
    zone="utc",
    rank=12,
    product="aws_elb",
)

_CLOUDFRONT = (
    "date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status", "cs(Referer)",
    "cs(User-Agent)", "cs-uri-query", "cs(Cookie)", "x-edge-result-type", "x-edge-request-id", "x-host-header", "cs-protocol",
    "cs-bytes", "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher", "x-edge-response-result-type", "cs-protocol-version",
    "fle-status", "fle-encrypted-fields", "c-port", "time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type",
    "sc-content-len", "sc-range-start", "sc-range-end",
)  # fmt: skip
"""The last seven came in December 2019, the two before them in 2017; collectors ship the records line by line, without the header."""

CLOUDFRONT = LogFormat(
    name="aws_cloudfront",
    title="AWS CloudFront standard log",
    vendor="AWS",
    doc="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html",
    kind="http_request",
    family=W3c(
        columns=("x-edge-location", "cs(Host)", "c-ip"),
        layouts=(_CLOUDFRONT, _CLOUDFRONT[:26], _CLOUDFRONT[:24]),
        delimiter="tab",
    ),
    line=r"^#Fields:[^\n]*\sx-edge-location\s[^\n]*\s(?:x-edge-result-type|x-edge-request-id)\b"
    r"|^\d{4}-\d\d-\d\d\t\d\d:\d\d:\d\d\t[A-Z]{3}[\w-]{1,8}\t\d+\t[0-9A-Fa-f.:]{3,45}\t[A-Z]{3,16}\t[a-z0-9]{8,20}\.cloudfront\.net\t",
    fields={
        "host": ("x-host-header", "cs(Host)"),
        "path": ("cs-uri-stem",),
        "client_ip": ("c-ip",),
        "method": ("cs-method",),
        "action": ("x-edge-result-type",),
        "bytes_up": ("cs-bytes",),
        "bytes_down": ("sc-bytes",),
        "user_agent": ("cs(User-Agent)",),
    },
    percent_encoded=("user_agent",),
    time=(TimeOf(("date", "time")),),
    zone="utc",
    rank=12,
    blocked=(When((("x-edge-detailed-result-type", r"^ClientGeoBlocked$"),)),),
    allowed=(When((("x-edge-result-type", r"^(?:Hit|RefreshHit|Miss)$"),)),),
    product="aws_cloudfront",
)
"""``x-host-header`` is the Host of the viewer's request, ``cs(Host)`` the distribution's own name."""

CLOUDFRONT_JSON = LogFormat(
    name="aws_cloudfront_json",
    title="AWS CloudFront standard log (JSON)",
    vendor="AWS",
    doc="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html",
    kind="http_request",
    family=Json(requires=(("x-edge-location", ""), ("c-ip", ""), ("cs(Host)|x-host-header", ""))),
    fields=CLOUDFRONT.fields,
    percent_encoded=CLOUDFRONT.percent_encoded,
    time=(TimeOf(("date", "time")), TimeOf(("timestamp",)), TimeOf(("timestamp(ms)",))),
    zone="utc",
    rank=12,
    blocked=CLOUDFRONT.blocked,
    allowed=CLOUDFRONT.allowed,
    product="aws_cloudfront",
)

GCP = LogFormat(
    name="gcp_lb",
    title="Google Cloud load balancer and Secure Web Proxy log (JSON)",
    vendor="Google Cloud",
    doc="https://docs.cloud.google.com/load-balancing/docs/https/https-logging-monitoring",
    kind="http_request",
    family=Json(
        requires=(
            ("httpRequest.requestUrl|httpRequest.requestMethod", ""),
            (
                "resource.type",
                r"^(?:\w*http\w*|cloud_run_revision|gae_app|cloud_function|networkservices\.googleapis\.com/\w+)$",
            ),
        )
    ),
    fields={
        "host": ("httpRequest.requestUrl", "jsonPayload.enforcedGatewaySecurityPolicy.hostname"),
        "url": ("httpRequest.requestUrl",),
        "client_ip": ("httpRequest.remoteIp", "jsonPayload.remoteIp"),
        "server_ip": ("httpRequest.serverIp",),
        "method": ("httpRequest.requestMethod",),
        "action": (
            "jsonPayload.enforcedGatewaySecurityPolicy.matchedRules.0.action",
            "jsonPayload.enforcedSecurityPolicy.outcome",
            "jsonPayload.statusDetails",
        ),
        "bytes_up": ("httpRequest.requestSize",),
        "bytes_down": ("httpRequest.responseSize",),
        "user_agent": ("httpRequest.userAgent",),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("receiveTimestamp",))),
    zone="utc",
    rank=12,
    blocked=(
        When((("jsonPayload.enforcedGatewaySecurityPolicy.matchedRules.0.action", r"(?i)^den"),)),
        When((("jsonPayload.enforcedSecurityPolicy.outcome", r"(?i)^deny"),)),
        When((("jsonPayload.statusDetails", r"^denied_by_|_denied$|^blocked_by"),)),
    ),
    allowed=(
        When((("jsonPayload.enforcedGatewaySecurityPolicy.matchedRules.0.action", r"(?i)^allow"),)),
        When((("jsonPayload.enforcedSecurityPolicy.outcome", r"(?i)^accept"),)),
    ),
    product="gcp",
)
"""``requestSize`` is "the size of the HTTP request message in bytes, including the request headers and the request body"."""

_AGW = "https://learn.microsoft.com/en-us/azure/application-gateway/monitor-application-gateway-reference"
_WAF_FINDING = "a finding of the firewall about a request that the access log counts"

_CATEGORY = "category|Category|Type"


def _agw(*names: str) -> str:
    """A field of the export, of the table ``AzureDiagnostics``, or of the table of its own, in which names begin with a capital."""
    return "|".join(
        spelt
        for name in names
        for spelt in (f"properties.{name}", f"{name}_s", f"{name}_d", f"{name[:1].upper()}{name[1:]}")
    )


AZURE = LogFormat(
    name="azure_application_gateway",
    title="Azure Application Gateway access and firewall log (JSON; also the tables of Sentinel)",
    vendor="Microsoft",
    doc=_AGW,
    kind="http_request",
    family=Json(
        requires=(
            (_CATEGORY, r"(?i)^(?:ApplicationGateway(?:Access|Firewall)Log|AGW(?:Access|Firewall)Logs)$"),
            (_agw("clientIP", "clientIp"), ""),
        )
    ),
    fields={
        "host": (_agw("host"), _agw("originalHost"), _agw("hostname")),
        "path": (_agw("originalRequestUriWithArgs"), _agw("requestUri")),
        "client_ip": (_agw("clientIP", "clientIp"),),
        "server_ip": (_agw("serverRouted"),),
        "server_port": (Part(_agw("serverRouted"), r":(\d+)$"),),
        "method": (_agw("httpMethod"),),
        "action": (_agw("action"), _agw("httpStatus")),
        "bytes_up": (_agw("receivedBytes"),),
        "bytes_down": (_agw("sentBytes"),),
        "user_agent": (_agw("userAgent"),),
    },
    time=(TimeOf(("timeStamp|timestamp|time|TimeGenerated",)),),
    zone="utc",
    rank=12,
    blocked=(When(((_agw("action"), r"(?i)^block"),)),),
    allowed=(When(((_agw("action"), r"(?i)^(?:allow|match|detect)"),)),),
    uncounted=(When(((_CATEGORY, r"(?i)FirewallLogs?$"),), _WAF_FINDING),),
    product="azure_gateway",
)
"""``receivedBytes`` is the "size of packet received, in bytes", from the client; ``sentBytes`` that sent to it.

"Matched" and "Detected" say that a rule of the firewall applied and did not stop the request by itself.
"""

FRONT_DOOR = LogFormat(
    name="azure_front_door",
    title="Azure Front Door access and firewall log (JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/frontdoor/monitor-front-door-reference",
    kind="http_request",
    family=Json(
        requires=(
            (_CATEGORY, r"(?i)^(?:FrontDoor|Frontdoor)\w*(?:Access|Firewall|HealthProbe)Log$"),
            (_agw("requestUri", "probeURL"), ""),
        )
    ),
    fields={
        "host": (_agw("requestUri"), _agw("hostName"), _agw("host")),
        "url": (_agw("requestUri"),),
        "path": (_agw("requestUri"),),
        "client_ip": (_agw("clientIp", "clientIP"), _agw("socketIp")),
        "server_ip": (_agw("originIp"),),
        "method": (_agw("httpMethod"),),
        "action": (_agw("action"), _agw("httpStatusCode")),
        "bytes_up": (_agw("requestBytes"),),
        "bytes_down": (_agw("responseBytes"),),
        "user_agent": (_agw("userAgent"),),
    },
    time=(TimeOf(("time|timestamp|timeStamp|TimeGenerated",)),),
    zone="utc",
    rank=12,
    blocked=(When(((_agw("action"), r"(?i)^(?:block|deny)"),)),),
    allowed=(When(((_agw("action"), r"(?i)^(?:allow|log)"),)),),
    uncounted=(
        When(((_CATEGORY, r"(?i)FirewallLog$"),), _WAF_FINDING),
        When(((_CATEGORY, r"(?i)HealthProbeLog$"),), "a probe of the gateway itself, not use of a service"),
    ),
    product="azure_gateway",
)
"""``requestBytes`` is "the size of the HTTP request message in bytes, including the request headers and the request body"."""

_HA_DAY = r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\.\d{3}"
_HA_WHO = rf"^(?:haproxy\[\d+\]: )?(?P<client>\S+):(?P<port>\d{{1,5}}) \[(?P<time>{_HA_DAY})\] (?P<frontend>\S+)"

HAPROXY = LogFormat(
    name="haproxy",
    title="HAProxy log (HTTP, HTTPS, TCP and default format)",
    vendor="HAProxy",
    doc="https://docs.haproxy.org/3.0/configuration.html#8.2",
    kind="http_request",
    family=Pattern(
        (
            rf"{_HA_WHO} (?P<backend>[^\s/]*)/(?P<server>\S*) (?:(?P<vhost>(?=[^\sA-Za-z/]*+[A-Za-z])[^\s/]++) )?"
            r"[\d/+-]+ (?P<status>-?\d+|-) (?P<down>\+?\d+) \S+ \S+ (?P<state>\S{4}) [\d/+]+ [\d/+]+"
            r"(?: \{(?P<captured>[^{}]*)\})?(?: \{[^{}]*\})?"
            r' "(?P<request>[^"]*)"?(?: [\d/-]+ (?P<sni>[^\s/]+)/\S+)?',
            rf"{_HA_WHO} (?P<backend>[^\s/]*)/(?P<server>\S*) [\d/+-]+ (?P<down>\+?\d+) (?P<state>\S\S) [\d/+]+ [\d/+]+",
            rf"{_HA_WHO}: (?P<error>.+)$",
            r"^(?:haproxy\[\d+\]: )?Connect from (?P<client>\S+):\d{1,5} to (?P<to>\S+):(?P<to_port>\d{1,5}) \(\S+/(?:HTTP|TCP)\)",
        )
    ),
    line=rf"^(?:haproxy\[\d+\]: )?(?:\S+:\d{{1,5}} \[{_HA_DAY}\] \S+|Connect from \S+:\d+ to \S+:\d+ \(\S+/(?:HTTP|TCP)\))",
    ignored=r"^(?:haproxy\[\d+\]: )?(?:(?:Backup )?Server \S+/\S+ (?:is|was|administratively) |"
    r"Health check for (?:backup )?server \S+/\S+ |"
    r"(?:[Bb]ackend|[Pp]roxy) \S+ (?:has no server available!|started\.|stopped |paused\.|enabled\.|disabled\.)|"
    r"Stopping (?:proxy|frontend|backend) \S+ )",
    fields={
        "host": (
            Part("request", r"^\S+ ([a-z][\w+.-]*://\S+)"),
            Part("request", r"^CONNECT (\S+)"),
            "vhost",
            Part("captured", r"^((?=[^|\s/]*[A-Za-z])[\w-]+(?:\.[\w-]+)+(?::\d+)?)(?:\||$)"),
            Part("sni", r"^(.*[A-Za-z].*)$"),
        ),
        "url": (Part("request", r"^\S+ ([a-z][\w+.-]*://\S+)"),),
        "path": (Part("request", r"^\S+ (/\S*)"),),
        "client_ip": ("client",),
        "server_ip": ("to",),
        "server_port": ("to_port",),
        "method": (Part("request", r"^([A-Z]{3,16}) "),),
        "action": ("status", "state"),
        "bytes_down": ("down",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    kinds=((When((("request", "^$"),)), "connection"),),
    blocked=(When((("state", r"^P[RT]"),)),),
    uncounted=(
        When((("error", "."),), "a connection that failed before a request"),
        When((("request", r"^<BADREQ>"),), "no request was made"),
    ),
    product="haproxy",
)
"""``bytes_read`` is "the total number of bytes transmitted to the client": down. What the client sent is not in the standard
formats. The first captured request header is the host where it has the shape of one (the manual's example captures Host); a
termination state ``PR`` or ``PT`` is the proxy's own refusal."""

HAPROXY_JSON = LogFormat(
    name="haproxy_enterprise_json",
    title="HAProxy Enterprise access log (JSON)",
    vendor="HAProxy",
    doc="https://docs.haproxy.org/3.0/configuration.html#8.2.6",
    kind="http_request",
    family=Json(requires=(("fqdn", ""), ("backend", ""), ("meth", ""), ("ip", ""), ("tt|trr|tr|trtt", ""))),
    fields={
        "host": ("fqdn",),
        "path": ("path",),
        "client_ip": ("ip",),
        "method": ("meth",),
        "action": ("action", "status"),
        "bytes_down": ("bytes",),
        "user_agent": ("ua",),
    },
    time=(TimeOf(("date",)),),
    zone="utc",
    rank=12,
    blocked=(When((("action", r"(?i)^(?:deny|block|drop|reject|tarpit)"),)),),
    allowed=(When((("action", r"(?i)^(?:forward|allow)"),)),),
    product="haproxy",
)

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
    ALB,
    CLASSIC,
    NLB,
    CLOUDFRONT,
    CLOUDFRONT_JSON,
    GCP,
    AZURE,
    FRONT_DOOR,
    HAPROXY,
    HAPROXY_JSON,
    F5,
    F5_CEF,
    F5_ASM,
    F5_BOTS,
    F5_DOS,
    F5_IRULE,
)
