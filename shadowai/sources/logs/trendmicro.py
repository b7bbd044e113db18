"""Trend Micro's web gateways: Trend Micro Web Security (CEF) and the InterScan Web Security appliance.

``upStreamSize`` is the "upstream payload from Trend Micro Web Security to server", ``downStreamSize`` that of the other direction; of
``userName`` it is said that it is the "user name or client IP".
"""

from shadowai.sources.logs.description import Cef, LogFormat, Part, Pattern, TimeOf, When

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

FORMATS = (WEB_SECURITY, INTERSCAN)
