"""CEF and LEEF of products without a description of their own, and CEF as Microsoft Sentinel keeps it.

The CEF standard's ``in`` and ``out`` are read by most products from their client's point of view: ``out`` is what the source sent, ``in``
what it received. Where a vendor means the opposite, its own description says so (Palo Alto Networks).
"""

from shadowai.sources.logs.description import Cef, CsvHeader, Json, Key, Leef, LogFormat, Part, Take, TimeOf, When
from shadowai.sources.logs.words import ALLOWED_STATUS, BLOCKED_STATUS

_CEF_DOC = "https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors-8.4/pdfdoc/cef-implementation-standard/cef-implementation-standard.pdf"
_LEEF_DOC = "https://www.ibm.com/docs/en/dsm?topic=leef-overview"
_BLOCKED = (
    r"(?i)^(?:block(?:ed)?|den(?:y|ied)|drop(?:ped)?|discard(?:ed)?|refused?|reject(?:ed)?|reset(?:[- _]?both)?|prevent(?:ed)?|"
    r"quarantined?|forbidden)$"
)
_ALLOWED = r"(?i)^(?:allow(?:ed)?|accept(?:ed)?|pass(?:ed|through)?|permit(?:ted)?|alert(?:ed)?|observed|detect(?:ed)?|monitor(?:ed)?)$"
_DOMAIN = r"^((?:[\w-]+\.)+[A-Za-z][\w-]*)\.?$"
_NOWHERE = "names no destination"

_URL = r"^([A-Za-z][\w+.-]{1,30}://.+)"

_SURFED: tuple[tuple[Key, str], ...] = (("src", r"."), ("duser", r"^[^@]*$"), ("label.Subject", r"^$"))
"""Beside a URL under a label: somebody's address went there, and it did not stand in a message to somebody."""
_LABELLED = tuple(
    f"label.{name}"
    for name in (
        "URL",
        "Url",
        "url",
        "Request URL",
        "Requested URL",
        "Destination Host",
        "Destination Domain",
        "Hostname",
        "FQDN",
        "SNI",
    )
)
_HOST: tuple[Take, ...] = (
    Part("request", _URL),  # a whole URL names what was asked for, ``dhost`` with some endpoint products the device
    "destinationHostName",
    "dhost",
    "destinationDnsDomain",
    "request",
    "requestUrl",
    "url",
    "sni",
    Part("dst", _DOMAIN),
    *(Part(name, pattern, only=_SURFED) for name in _LABELLED for pattern in (_URL, _DOMAIN)),
)

CEF = LogFormat(
    name="cef_generic",
    title="ArcSight Common Event Format of any product",
    vendor="",
    doc=_CEF_DOC,
    kind="connection",
    family=Cef(),
    line=r"CEF:\s?\d",
    fields={
        "host": _HOST,
        "url": ("request", "requestUrl", "url"),
        "user": (
            "suser",
            "sourceUserName",
            "duser",
            "destinationUserName",
            "label.User",
            "label.Username",
            "label.User Name",
            "suid",
        ),
        "device": ("shost", "sourceHostName"),
        "client_ip": ("src", "sourceAddress", "c6a2"),
        "server_ip": ("dst", "destinationAddress", "c6a3"),
        "server_port": ("dpt", "destinationPort"),
        "method": ("requestMethod",),
        "action": ("act", "deviceAction", "outcome"),
        "bytes_up": ("out", "bytesOut", "label.Bytes Sent", "label.BytesSent"),
        "bytes_down": ("in", "bytesIn", "label.Bytes Received", "label.BytesReceived"),
        "user_agent": ("requestClientApplication",),
    },
    time=(
        TimeOf(("rt",), "dtz"),
        TimeOf(("deviceReceiptTime",), "dtz"),
        TimeOf(("end",), "dtz"),
        TimeOf(("start",), "dtz"),
        TimeOf(("timestamp",), "dtz"),
        TimeOf(("event_time",), "dtz"),
    ),
    kinds=((When((("request", r"."),)), "http_request"), (When((("requestMethod", r"."),)), "http_request")),
    blocked=tuple(When(((key, words),)) for key in ("act", "deviceAction") for words in (_BLOCKED, BLOCKED_STATUS)),
    allowed=tuple(When(((key, words),)) for key in ("act", "deviceAction") for words in (_ALLOWED, ALLOWED_STATUS)),
    uncounted=(
        When(
            (
                *(
                    (str(key), r"^$")
                    for key in (
                        "dhost",
                        "destinationHostName",
                        "destinationDnsDomain",
                        "request",
                        "requestUrl",
                        "url",
                        "dst",
                        "destinationAddress",
                        "c6a3",
                        *_LABELLED,
                    )
                ),
            ),
            _NOWHERE,
        ),
    ),
    rank=6,
)

_LEEF_HOSTS = (
    "url", "dstHost", "dhost", "hostname", "host", "sni", "request", "URL", "requestURL", "requestUrl", "dstName",
    "dstHostName", "destHost", "destinationHost", "destinationHostName", "destinationDomain", "targetHost", "fqdn",
)  # fmt: skip
_LEEF_ACTIONS = ("action", "act", "disposition", "policyAction")

LEEF = LogFormat(
    name="leef_generic",
    title="IBM QRadar Log Event Extended Format of any product",
    vendor="",
    doc=_LEEF_DOC,
    kind="connection",
    family=Leef(),
    line=r"LEEF:\s?\d",
    fields={
        "host": (
            *_LEEF_HOSTS,
            *(Part("domain", _DOMAIN, only=((without, r"^$"),)) for without in ("usrName", "dst")),
            Part("dst", _DOMAIN),
        ),
        "url": ("url", "request", "URL", "requestURL", "requestUrl"),
        "user": ("usrName", "accountName", "suser", "userName", "username", "user"),
        "device": ("identHostName", "srcHost", "shost"),
        "client_ip": ("src", "identSrc"),
        "server_ip": ("dst",),
        "server_port": ("dstPort",),
        "method": ("method", "requestMethod", "httpMethod"),
        "action": _LEEF_ACTIONS,
        "bytes_up": ("srcBytes", "bytesOut", "bytesSent", "sentBytes"),
        "bytes_down": ("dstBytes", "bytesIn", "bytesReceived", "receivedBytes"),
        "user_agent": ("userAgent", "requestClientApplication"),
    },
    time=(TimeOf(("devTime",)), TimeOf(("deviceTime",))),
    kinds=((When((("url", r"."),)), "http_request"),),
    blocked=tuple(When(((key, words),)) for key in _LEEF_ACTIONS for words in (_BLOCKED, BLOCKED_STATUS)),
    allowed=tuple(When(((key, words),)) for key in _LEEF_ACTIONS for words in (_ALLOWED, ALLOWED_STATUS)),
    uncounted=(When((*((key, r"^$") for key in (*_LEEF_HOSTS, "dst")), ("domain", r"^[^.]*$")), _NOWHERE),),
    rank=6,
)
"""``domain`` is "the domain that is associated with the user account"; some write there what was asked for: beside a user and an address
it is his."""

_PALO_ALTO = ("DeviceVendor", r"^Palo Alto")
_USER_AS_TARGET = ("DeviceVendor", r"^(?:Fortinet|Forcepoint CASB)")
"""A FortiGate, and Forcepoint's CASB, write their user as ``duser``; a FortiGate the name in a DNS query as a key of its own."""
_ILLUMIO = ("DeviceVendor", r"^Illumio$")
"""Its sizes are totals since the flow began; under labels are those of the interval."""
_OTHERS = ("DeviceVendor", r"^(?!Palo Alto|Illumio$)")
_APEX = ("DeviceProduct", r"^Apex Central$")
_OF_ENDPOINTS = ("DeviceProduct", r"^(?:Apex Central|SecurityCenter)$")
"""Trend Micro's and Kaspersky's consoles: the destination is the endpoint itself, and its user."""
_NO_ENDPOINTS = ("DeviceProduct", r"^(?!(?:Apex Central|SecurityCenter)$)")
_SENTINEL_COLUMNS = ("DestinationHostName", "DestinationDnsDomain", "RequestURL", "DestinationIP")


def _sentinel(
    name: str, title: str, family: CsvHeader | Json, times: tuple[str, ...], *, utc: bool = True
) -> LogFormat:
    """Sentinel's table CommonSecurityLog: every CEF message of any product, its keys renamed."""
    return LogFormat(
        name=name,
        title=title,
        vendor="Microsoft",
        doc="https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/commonsecuritylog",
        kind="connection",
        family=family,
        fields={
            "host": (
                Part("RequestURL", r"^([A-Za-z][\w+.-]*://.+|(?:[\w-]+\.)+[A-Za-z].*)"),
                Part("AdditionalExtensions", r"(?:^|;)reqHost=([^;]+)", only=(("DeviceVendor", r"^WireX$"),)),
                Part("DestinationHostName", "(.+)", only=(_NO_ENDPOINTS,)),
                "DestinationDnsDomain",
                Part("AdditionalExtensions", r"(?:^|;)FTNTFGTqname=\[?([^;\]]+)"),
                Part("DestinationIP", _DOMAIN),
            ),
            "url": (Part("RequestURL", r"^([^/].*)"),),
            "path": (Part("RequestURL", r"^(/.*)"),),
            "user": (
                Part("SourceUserName", r"(?i)^(?!not available$|unknown$)(.+)"),
                Part("DestinationUserName", "(.+)", only=(_USER_AS_TARGET,)),
                Part("DestinationUserName", "(.+)", only=(_OF_ENDPOINTS, ("RequestURL", r"."))),
                "SourceUserID",
            ),
            "device": ("SourceHostName", Part("DestinationHostName", "(.+)", only=(_OF_ENDPOINTS,))),
            "client_ip": ("SourceIP", Part("DestinationIP", "(.+)", only=(_OF_ENDPOINTS,))),
            "server_ip": (Part("DestinationIP", "(.+)", only=(_NO_ENDPOINTS,)),),
            "server_port": ("DestinationPort",),
            "method": (
                "RequestMethod",
                Part(
                    "AdditionalExtensions",
                    r"(?:^|;)(?:FTNTFGT(?:http|req)method|PanOSHTTPMethod|[rR]eq(?:uest)?Method)=\[?([A-Za-z]{3,10})",
                ),
            ),
            "action": ("DeviceAction", "SimplifiedDeviceAction"),
            "bytes_up": (
                Part("ReceivedBytes", "(.+)", only=(_PALO_ALTO,)),
                Part("DeviceCustomNumber2", "(.+)", only=(_ILLUMIO, ("DeviceCustomNumber2Label", r"^dbi$"))),
                Part("SentBytes", "(.+)", only=(_OTHERS,)),
                Part("AdditionalExtensions", r"(?:^|;)bytesOut=(\d+)", only=(_OTHERS,)),
            ),
            "bytes_down": (
                Part("SentBytes", "(.+)", only=(_PALO_ALTO,)),
                Part("DeviceCustomNumber3", "(.+)", only=(_ILLUMIO, ("DeviceCustomNumber3Label", r"^dbo$"))),
                Part("ReceivedBytes", "(.+)", only=(_OTHERS,)),
                Part("AdditionalExtensions", r"(?:^|;)bytesIn=(\d+)", only=(_OTHERS,)),
            ),
            "user_agent": ("RequestClientApplication",),
        },
        time=tuple(TimeOf((column,)) for column in times),
        zone="utc" if utc else "local",
        rank=10 if utc else 11,
        kinds=(
            (When((("RequestURL", r"."),)), "http_request"),
            (When((("ApplicationProtocol", r"(?i)^dns$"),)), "dns_query"),
            (When((("AdditionalExtensions", r"\bFTNTFGTqname="),)), "dns_query"),
        ),
        blocked=(
            When((("DeviceAction", _BLOCKED),)),
            When((_ILLUMIO, ("DeviceEventClassID", r"^flow_blocked$"))),
            When((_APEX, ("DeviceEventClassID", r"^WB:"), ("DeviceAction", r"^[245]$"))),
        ),
        allowed=(
            When((("DeviceAction", _ALLOWED),)),
            When((_ILLUMIO, ("DeviceEventClassID", r"^flow_(?:potentially_blocked|allowed)$"))),
            When((_APEX, ("DeviceEventClassID", r"^WB:"), ("DeviceAction", r"^[1378]$"))),
        ),
        uncounted=(
            When(tuple((column, r"^$") for column in _SENTINEL_COLUMNS), _NOWHERE),
            When((_OF_ENDPOINTS, ("RequestURL", r"^$")), "an event of the endpoint, not use of a service"),
            When(
                (_ILLUMIO, ("DeviceEventClassID", r"^(?!flow_)")),
                "an event of the product itself, not use of a service",
            ),
            When(
                (("DeviceVendor", r"^Forcepoint"), ("DeviceAction", r"(?i)^authentication required$")),
                "the client was asked to sign in; the request that follows is counted",
            ),
            When(
                (("AdditionalExtensions", r"\bFTNTFGTeventtype=dns-response\b"),),
                "a DNS answer; the query is counted",
                (("AdditionalExtensions", r"\bFTNTFGTeventtype=dns-query\b"),),
            ),
        ),
        product="CommonSecurityLog",
    )


SENTINEL_CSV = _sentinel(
    "sentinel_cef_csv",
    "Microsoft Sentinel CommonSecurityLog (CSV export)",
    CsvHeader(columns=("DeviceVendor", "DeviceProduct", "SourceIP", "DeviceEventClassID")),
    ("TimeGenerated [UTC]", "TimeGenerated"),
)
SENTINEL_CSV_LOCAL = _sentinel(
    "sentinel_cef_csv_local",
    "Microsoft Sentinel CommonSecurityLog (CSV export, times in the zone of who exported)",
    CsvHeader(
        columns=("DeviceVendor", "DeviceProduct", "SourceIP", "DeviceEventClassID", "TimeGenerated [Local Time]")
    ),
    ("TimeGenerated [Local Time]",),
    utc=False,
)
SENTINEL_JSON = _sentinel(
    "sentinel_cef_json",
    "Microsoft Sentinel CommonSecurityLog (JSON)",
    Json(
        requires=(
            ("DeviceVendor", ""),
            ("DeviceProduct", ""),
            ("DeviceEventClassID|Activity|DeviceAction|LogSeverity", ""),
            ("SourceIP|DestinationIP", ""),
        )
    ),
    ("TimeGenerated", "StartTime", "ReceiptTime"),
)

FORMATS = (CEF, LEEF, SENTINEL_CSV, SENTINEL_CSV_LOCAL, SENTINEL_JSON)
