"""Load balancers and content networks in front of servers: Google Cloud, Azure, HAProxy.

Sizes are of the request as the client sent it (up) and of the response as it was sent to the client (down); each vendor's words
are in its page.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Pattern, TimeOf, When

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

FORMATS = (
    GCP,
    AZURE,
    FRONT_DOOR,
    HAPROXY,
    HAPROXY_JSON,
)
