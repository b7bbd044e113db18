"""Zscaler's NSS feeds in the forms for ArcSight (CEF) and QRadar (LEEF).

https://help.zscaler.com/zia/general-guidelines-nss-feeds-and-feed-formats: ``out`` is ``reqsize`` (firewall: ``outbytes``) and ``in`` is
``respsize`` (``inbytes``), both from the client's point of view. The LEEF form has the action in ``cat``, the size of the request
in ``srcBytes``.
"""

from shadowai.sources.logs.description import Cef, Json, Leef, LogFormat, Part, Pattern, TimeOf, When, Whole

_TUNNEL = "the state of a tunnel, not a use of a service"
_ADMIN = "an administration or alert event of the service, no traffic"
_DOC = "https://help.zscaler.com/zia/general-guidelines-nss-feeds-and-feed-formats"
_BLOCKED = r"(?i)^(?:re[qs]_)?(?:block|deny|drop|reset)"
_ALLOWED = r"(?i)^(?:re[qs]_)?(?:allow|permit|caution)"
_STOPPED = r"(?i)\bre[qs]\((?:block|deny|drop|reset)"
_PASSED = r"(?i)^req\(allow\),res\((?:allow|none)\)"
"""How the DNS feed says it of question and answer at once: ``Req(allow),Res(block)``."""

NO_PLACE = r"^([^>]+)$"
"""A location and its part (``HQ->other``) stand for the user where nobody signed in."""
_DECIDED = r"^re[qs]action$"
"""What was decided about question and answer stands in custom fields of the JSON feed's DNS log."""

CEF = LogFormat(
    name="zscaler_nss_cef",
    title="Zscaler web, firewall and DNS log (NSS, CEF)",
    vendor="Zscaler",
    doc=_DOC,
    kind="http_request",
    family=Cef(device=r"^Zscaler\|NSS"),
    fields={
        "host": ("dhost", "request", "label.dns_req", "destinationDnsDomain"),
        "url": ("request",),
        "user": (Part("suser", NO_PLACE),),
        "device": ("sourceHostName", "shost", "devicehostname", "dvchost"),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "method": ("requestMethod",),
        "action": ("act",),
        "bytes_up": ("out",),
        "bytes_down": ("in",),
        "user_agent": ("requestClientApplication",),
    },
    time=(TimeOf(("rt",)), TimeOf(("start",))),
    rank=12,
    kinds=(
        (When((("cef.product", r"(?i)^NSSDNS"),)), "dns_query"),
        (When((("cef.product", r"(?i)^NSS(?:FW|Tunnel)"),)), "connection"),
    ),
    blocked=(When((("act", _BLOCKED),)), When((("act", _STOPPED),))),
    allowed=(When((("act", _ALLOWED),)), When((("act", _PASSED),))),
    uncounted=(
        When((("cef.product", r"(?i)^NSSTunnel"),), _TUNNEL),
        When((("cef.product", r"(?i)^NSS(?:audit|alert|admin)"),), _ADMIN),
    ),
    nulls=frozenset({"not available"}),
    product="zscaler",
)

JSON = LogFormat(
    name="zscaler_nss_cef_json",
    title="Zscaler web, firewall and DNS log (Cloud NSS for Sentinel, JSON with keys of CEF)",
    vendor="Zscaler",
    doc="https://help.zscaler.com/zscaler-technology-partners/zscaler-and-microsoft-sentinel-deployment-guide",
    kind="http_request",
    family=Json(
        requires=(("DeviceVendor", r"(?i)^zscaler$"), ("DeviceProduct", r"(?i)^NSS"), ("act", ""), ("src|suser", ""))
    ),
    fields={
        "host": ("dhost", "request", Part("cs5", r"(.+)", only=(("cs5Label", r"^dns_req$"),))),
        "url": ("request",),
        "user": (Part("suser", NO_PLACE),),
        "device": ("dvchost", "shost"),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "method": ("requestMethod",),
        "action": ("act",),
        "bytes_up": ("out",),
        "bytes_down": ("in", "inbytes"),
        "user_agent": ("requestClientApplication",),
    },
    time=(TimeOf(("rt",)), TimeOf(("TimeGenerated",))),
    rank=14,
    kinds=(
        (When((("DeviceProduct", r"(?i)^NSSDNS"),)), "dns_query"),
        (When((("DeviceProduct", r"(?i)^NSS(?:FW|Tunnel)"),)), "connection"),
    ),
    blocked=(*CEF.blocked, *(When(((f"{cs}Label", _DECIDED), (cs, _BLOCKED))) for cs in ("cs2", "cs3"))),
    allowed=(
        *CEF.allowed,
        When(
            (
                ("cs2Label", _DECIDED),
                ("cs2", _ALLOWED),
                ("cs3Label", _DECIDED),
                ("cs3", r"(?i)^(?:res_)?(?:allow|none)"),
            )
        ),
    ),
    uncounted=(
        When((("DeviceProduct", r"(?i)^NSSTunnel"),), _TUNNEL),
        When((("DeviceProduct", r"(?i)^NSS(?:audit|alert|admin)"),), _ADMIN),
    ),
    nulls=frozenset({"not available", "NA"}),
    product="zscaler",
)

LEEF = LogFormat(
    name="zscaler_nss_leef",
    title="Zscaler web log (NSS, LEEF for QRadar)",
    vendor="Zscaler",
    doc=_DOC,
    kind="http_request",
    family=Leef(device=r"^Zscaler\|NSS"),
    fields={
        "host": ("hostname", "url", "dhost"),
        "url": ("url",),
        "user": (Part("usrName", NO_PLACE),),
        "device": ("devicehostname",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dstPort",),
        "method": ("requestmethod", "reqmethod", "method"),
        "action": ("cat", "action"),
        "bytes_up": ("srcBytes",),
        "bytes_down": ("dstBytes",),
        "user_agent": ("useragent", "ua"),
    },
    time=(TimeOf(("devTime",)),),
    rank=12,
    kinds=((When((("leef.product", r"(?i)^NSS-?FW"),)), "connection"),),
    blocked=(When((("cat", _BLOCKED),)), When((("action", _BLOCKED),))),
    allowed=(When((("cat", _ALLOWED),)), When((("action", _ALLOWED),))),
    nulls=frozenset({"not available"}),
    product="zscaler",
)

_RSA_KEYS = (
    "timezone", "action", "hostname", "serverip", "url", "clientpublicIP", "ClientIP", "useragent", "user", "requestmethod",
    "requestsize", "responsesize",
)  # fmt: skip

RSA = LogFormat(
    name="zscaler_nss_rsa",
    title="Zscaler web log (NSS, for RSA NetWitness)",
    vendor="Zscaler",
    doc=_DOC,
    kind="http_request",
    family=Pattern(
        (
            r"ZSCALERNSS: time=(?P<time>[^^]{10,40})"
            + "".join(rf"(?=(?:.*?\^\^{key}=(?P<{key}>.*?)(?:\^\^|$))?)" for key in _RSA_KEYS),
        )
    ),
    line=r"\bZSCALERNSS: time=[^^]{10,40}\^\^",
    fields={
        "host": ("url", "hostname"),
        "url": ("url",),
        "user": (Part("user", NO_PLACE),),
        "client_ip": ("ClientIP", Part("clientpublicIP", r"^([0-9A-Fa-f.:]+)$")),
        "server_ip": ("serverip",),
        "method": ("requestmethod",),
        "action": ("action",),
        "bytes_up": ("requestsize",),
        "bytes_down": ("responsesize",),
        "user_agent": ("useragent",),
    },
    percent_encoded=("host", "url", "user", "user_agent"),
    time=(TimeOf(("time",), zone="timezone"),),
    rank=12,
    blocked=(When((("action", _BLOCKED),)),),
    allowed=(When((("action", _ALLOWED),)),),
    nulls=frozenset({"not available"}),
    product="zscaler",
)

PRIVATE_ACCESS = LogFormat(
    name="zscaler_zpa_leef",
    title="Zscaler Private Access log (LSS, LEEF for QRadar)",
    vendor="Zscaler",
    doc="https://www.ibm.com/docs/en/dsm?topic=zscaler-private-access",
    kind="connection",
    family=Leef(device=r"^Zscaler\|ZPA"),
    fields={
        "host": ("ApplicationName",),
        "user": ("usrName",),
        "device": ("identHostName",),
        "client_ip": ("src", "srcPreNAT"),
        "server_ip": ("dst",),
        "server_port": ("dstPort",),
        "action": ("ConnectionStatus", "SessionStatus"),
        "bytes_up": ("ZENTotalBytesRxClient",),
        "bytes_down": ("ZENTotalBytesTxClient",),
    },
    time=(TimeOf(("devTime",)),),
    zone="utc",
    rank=12,
    session=(Part("ConnectionID", "(.+)", only=(("ConnectionStatus", "."),)),),
    whole=Whole(when=(When((("ConnectionStatus", "."),)),)),
    blocked=(When((("InternalReason", "(?i)REJECTED_BY_POLICY|DENIED"),)),),
    allowed=(
        When(
            (
                ("ConnectionStatus", "(?i)^(?:open|active|close)"),
                ("InternalReason", "(?i)^(?!.*(?:REJECT|DENIED|FAIL))"),
            )
        ),
    ),
    uncounted=(
        When(
            (("ApplicationName", "^$"), ("dst", "^$")), "the session of a client or connector, not a use of a service"
        ),
    ),
    product="zscaler",
)
"""What the service received from the client went up. Reports of a connection have its sizes from its beginning."""

FORMATS = (CEF, JSON, LEEF, RSA, PRIVATE_ACCESS)
