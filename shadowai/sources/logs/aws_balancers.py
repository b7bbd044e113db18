"""AWS's load balancers and CloudFront, its content network.

Sizes are of the request as the client sent it (up) and of the response as it was sent to the client (down):
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html and
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html.
"""

from shadowai.sources.logs.description import Blank, Json, LogFormat, Part, TimeOf, W3c, When

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

FORMATS = (
    ALB,
    CLASSIC,
    NLB,
    CLOUDFRONT,
    CLOUDFRONT_JSON,
)
