"""Trend Micro's web gateways, Trend Micro Web Security (CEF) and the InterScan Web Security appliance, and the activity data of Trend
Vision One: its internet access gateway and its endpoint sensor (JSON).

``upStreamSize`` is the "upstream payload from Trend Micro Web Security to server", ``downStreamSize`` that of the other direction; of
``userName`` it is said that it is the "user name or client IP". In Vision One ``requestSize`` is the "request length", ``hostName`` of
an endpoint's event "the domain name", ``objectHostName`` the "server name where Internet event was detected".
"""

from shadowai.sources.logs.description import Cef, Json, LogFormat, Part, Pattern, TimeOf, When

_NO_ADDRESS = r"^(?!\d{1,3}(?:\.\d{1,3}){3}$|[0-9A-Fa-f]*:[0-9A-Fa-f:]+$)(.+)"


def _part(key: str) -> str:
    """One of the pairs of a line, wherever it stands, if it is there."""
    return rf"(?=(?:.*?[\s,]tk_{key}=(?P<{key}>[^,]*))?)"


WEB_SECURITY = LogFormat(
    name="trendmicro_web_security",
    title="Trend Micro Web Security access log (CEF)",
    vendor="Trend Micro",
    doc="https://docs.trendmicro.com/en-us/documentation/article/trend-micro-web-security-online-help-syslog-content-mappi_002",
    kind="http_request",
    family=Cef(device=r"^Trend Micro\|Trend Micro Web Security"),
    fields={
        "host": ("domainName", Part("httpTrans", r'"host"\s?:\s?"([^"]+)"')),
        "user": (Part("userName", _NO_ADDRESS), "principalName"),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "method": ("requestMethod", Part("httpTrans", r'"method"\s?:\s?"([A-Z]+)"')),
        "action": ("act",),
        "bytes_up": ("upStreamSize",),
        "bytes_down": ("downStreamSize",),
    },
    time=(TimeOf(("rt",)),),
    zone="utc",
    rank=12,
    blocked=(When((("act", r"(?i)^block"),)),),
    allowed=(When((("act", r"(?i)^(?:allow|analyze|monitor|override)"),)),),
    uncounted=(When((("domainName", r"^-?$"), ("dst", r"^-?$")), "names no destination"),),
    product="trendmicro_web_security",
)

INTERSCAN = LogFormat(
    name="trendmicro_iwsva",
    title="Trend Micro InterScan Web Security (IWSVA) access and URL blocking log",
    vendor="Trend Micro",
    doc="https://docs.trendmicro.com/en-us/documentation/interscan-web-security-virtual-appliance/",
    kind="http_request",
    family=Pattern(
        (
            r"\[EVT_(?P<event>[A-Z_]+)\|[^\]]{0,40}\]"
            + "".join(map(_part, ("username", "url", "date_field", "client_ip", "server_ip", "operation"))),
        )
    ),
    line=r"\[EVT_[A-Z_]{3,60}\|[^\]]{1,40}\][^\r\n]{0,400}?\btk_(?:username|uid|date_field)=.{0,4000}?,tk_url=",
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": (Part("username", _NO_ADDRESS),),
        "client_ip": ("client_ip", Part("username", r"^(\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:]+)$")),
        "server_ip": ("server_ip",),
        "method": (Part("operation", r"^([A-Z]+)$"),),
        "action": ("event",),
    },
    time=(TimeOf(("date_field",)),),
    rank=12,
    blocked=(When((("event", r"^URL_BLOCKING$"),)),),
    allowed=(When((("event", r"^URL_ACCESS"),)),),
    product="trendmicro_iwsva",
)
"""A client whose user is not known is named by its address. ``tk_size`` is that of a file."""

_SCHEMA = "https://github.com/trendmicro/tm-v1-schema"

VISION_ONE_WEB = LogFormat(
    name="trendmicro_vision_one_web",
    title="Trend Vision One secure access activity: Zero Trust internet access gateway (JSON)",
    vendor="Trend Micro",
    doc=_SCHEMA,
    kind="http_request",
    family=Json(
        requires=(
            ("eventName", r"^SWG_ACTIVITY_LOG$"),
            ("request|requestBase", ""),
            ("clientIp|src|principalName|endpointHostName", ""),
        )
    ),
    fields={
        "host": ("request", "requestBase"),
        "url": ("request",),
        "user": ("principalName", Part("suid", _NO_ADDRESS)),
        "device": ("endpointHostName",),
        "client_ip": ("clientIp", "src"),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "method": ("requestMethod",),
        "action": ("act",),
        "bytes_up": ("requestSize",),
        "bytes_down": ("responseSize",),
        "user_agent": ("userAgent", "requestClientApplication"),
    },
    time=(TimeOf(("eventTime",)), TimeOf(("rt",))),
    zone="utc",
    rank=12,
    blocked=(When((("act", r"(?i)^(?:block|deny|2$)"),)),),
    allowed=(When((("act", r"(?i)^(?:allow|monitor|override|analyze|[0145]$)"),)),),
    product="trendmicro_vision_one",
)
"""``act`` is a word, or its number: 0 allow, 1 monitor, 2 block, 3 warn, 4 override, 5 analyze."""

_REACHES_OUT = r"^(?:[347]|TELEMETRY_(?:CONNECTION|DNS|INTERNET))$"
VISION_ONE_ENDPOINT = LogFormat(
    name="trendmicro_vision_one_endpoint",
    title="Trend Vision One endpoint activity: connections, DNS, internet (JSON)",
    vendor="Trend Micro",
    doc=_SCHEMA,
    kind="endpoint_event",
    family=Json(
        requires=(
            ("endpointGuid", ""),
            ("endpointHostName", ""),
            ("eventId", r"^(?:\d{1,2}|TELEMETRY_\w+)$"),
            ("eventSubId", r"^(?:\d{1,4}|TELEMETRY_\w+)$"),
            ("eventTime|eventTimeDT", ""),
        )
    ),
    fields={
        "host": ("request", "objectHostName", Part("hostName", r"(.+)", only=(("eventId", _REACHES_OUT),))),
        "url": ("request",),
        "user": ("logonUser", "processUser"),
        "device": ("endpointHostName",),
        "client_ip": ("src", "endpointIp"),
        "server_ip": ("dst", "objectIp"),
        "server_port": ("dpt", "objectPort"),
    },
    time=(TimeOf(("eventTime",)), TimeOf(("eventTimeDT",))),
    zone="utc",
    rank=12,
    kinds=(
        (When((("eventId", r"^(?:4|TELEMETRY_DNS)$"),)), "dns_query"),
        (When((("eventId", r"^(?:7|TELEMETRY_INTERNET)$"),)), "http_request"),
        (When((("eventId", r"^(?:3|TELEMETRY_CONNECTION)$"),)), "connection"),
    ),
    uncounted=(
        When((("eventId", rf"^(?!{_REACHES_OUT[1:]})"),), "no use of a service"),
        When(
            (("eventSubId", r"^(?:20[23]|TELEMETRY_CONNECTION_(?:LISTEN|CONNECT_INBOUND))$"),),
            "a connection to the device",
        ),
    ),
    product="trendmicro_vision_one",
)
"""``eventId`` 3 is a connection (``eventSubId`` 203 an inbound one), 4 a DNS query, 7 an internet event."""

FORMATS = (WEB_SECURITY, INTERSCAN, VISION_ONE_WEB, VISION_ONE_ENDPOINT)
