"""Fortinet FortiGate and FortiProxy: the FortiOS log in its syslog formats ``default``, ``csv`` and ``cef``, and as JSON; FortiClient.

Directions, from the FortiOS log reference: ``sentbyte`` is what the source sent, ``rcvdbyte`` what it received. A long session is
reported again and again (log id 20): then ``sentdelta`` and ``rcvddelta`` are what came since the last report, and are taken.
``eventtime`` is the epoch (nanoseconds since FortiOS 6.2, seconds before); ``date`` and ``time`` are the
firewall's own, in the zone ``tz``.
A session is in the traffic log, and what web filter, application control and others found in it is in theirs, with the same
``sessionid``. ``sentbyte`` and ``rcvdbyte`` are the session's so far, in these too; ``countweb`` says that the web filter logged it.
FortiOS writes its CEF keys behind ``FTNTFGT``, or ``FortinetFortiGate`` since 6.4.
"""

from dataclasses import replace
from typing import Literal

from shadowai.sources.logs.description import (
    Cef,
    Json,
    Key,
    KeyValue,
    Kind,
    LogFormat,
    Part,
    Pattern,
    Take,
    TimeOf,
    When,
    Whole,
)

_DOC = "https://docs.fortinet.com/document/fortigate/latest/fortios-log-message-reference/357866/log-message-fields"
_CEF_DOC = "https://docs.fortinet.com/document/fortigate/latest/fortios-log-message-reference/604144/cef-support"

_BLOCKED = (
    r"(?i)^(?:deny|denied|block(?:ed)?|drop(?:ped)?|drop[_-]session|reset(?:[_-](?:client|server|both))?|clear[_-]session|redirect|"
    r"ban(?:-.*)?|quarantine.*)$"
)
_ALLOWED = (
    r"(?i)^(?:accept|close|client-rst|server-rst|timeout|start|allow(?:ed)?|pass(?:through|ed)?|permit|exempt|monitor(?:ed)?|"
    r"detected|log-only)$"
)
_BY_STATUS = (("action", r"^$"), ("type", r"^(?:traffic|webfilter|utm)$"))
"""Before FortiOS 5.2 the verdict is in ``status`` (and before 5.0 the sizes of the traffic log in ``sent`` and ``rcvd``)."""
_KV_FIELDS: dict[str, tuple[Take, ...]] = {
    "host": (
        "hostname",
        "qname",
        Part("qname", r"^\[([^\[\]]+)\]$"),
        "sni",
        "http_host",
        "dstname",
        Part("url", r"^(\w+://.+)"),
    ),
    "url": (Part("url", r"^(\w+://.+)"),),
    "path": ("url", "http_url"),
    "user": (Part("user", r"^([^,=]+),\w+="), "user", "unauthuser"),
    "device": ("srcname",),
    "client_ip": ("srcip", "clientip", "src"),
    "server_ip": ("dstip", "dst"),
    "server_port": ("dstport", "dst_port"),
    "method": ("httpmethod", "http_method", Part("rawdata", r"^Method=([A-Z]+)")),
    "action": ("action", Part("status", r"^(.+)$", only=_BY_STATUS)),
    "bytes_up": ("sentdelta", "reqlength", "sentbyte", "sent"),
    "bytes_down": ("rcvddelta", "resplength", "rcvdbyte", "rcvd"),
    "user_agent": ("agent", "http_agent"),
}
_KV_TIME = (TimeOf(("eventtime",)), TimeOf(("date", "time"), "tz"), TimeOf(("itime",)))
_IS_LOG = r"(?=.*?(?<![\w.])logid=|(?!.*?(?<![\w.])(?:fctver|msg_id)=).*?(?<![\w.])(?:vd|devid|logver)=)"
"""FortiClient, whose ``hostname`` is the device's own, FortiWeb and FortiADC write no ``logid``."""
_IN_ORDER = r'(?=.*?(?<![\w.])type="?(?!event|appevent)[\w-]+"?\s+subtype=)'
_IN_ANY_ORDER = r'(?=(?>.*?(?<![\w.])type="?)(?!event|appevent)[\w-]+"?\s)(?=.*?(?<![\w.])subtype=)'
"""FortiOS writes ``type`` and ``subtype`` side by side, FortiAnalyzer's raw log has its keys in no order."""
_CLIENT_OF_EVENT: tuple[Take, ...] = ("srcip", "remip", "userip", Part("ui", r"\(([^)]+)\)"), "ip")
_ANSWERED = (("subtype", r"^http-transaction$"), ("resptype", r"^generated$"))
"""FortiProxy wrote the answer itself. The verdict is with the session, in another record, and the request says only its status."""
_START = "the start of a session; its end is counted"
_QUESTION = "a DNS question; its answer is logged too, with the verdict"
_TRAFFIC_STARTS = (
    When(
        (("type", r"^traffic$"), ("action", r"^start$")), _START, (("type", r"^traffic$"), ("action", r"^(?!start$)"))
    ),
    When((*_BY_STATUS, ("status", r"^start$")), _START, (("type", r"^traffic$"), ("status", r"^(?!start$)."))),
)
_KV_KINDS: tuple[tuple[When, Kind], ...] = (
    (When((("qname", r"."),)), "dns_query"),
    (When((("type", r"^dns$"),)), "dns_query"),
    (When((("subtype", r"^dns$"),)), "dns_query"),
    (When((("subtype", r"^ssl$"),)), "tls_connection"),
    (When((("hostname", r"."),)), "http_request"),
    (When((("url", r"^\w+://"),)), "http_request"),
)
_KV_UNCOUNTED = (
    *_TRAFFIC_STARTS,
    When(
        (*_ANSWERED, ("statuscode", r"^407$")), "the client was asked to sign in; the request that follows is counted"
    ),
    When((("eventtype", r"^dns-query$"),), _QUESTION, (("eventtype", r"^dns-response$"),)),
    When(
        (("type", r"^dns$"), ("subtype", r"^dns-query$")),
        _QUESTION,
        (("type", r"^dns$"), ("subtype", r"^dns-response$")),
    ),
    When((("subtype", r"^local$"),), "traffic of the device itself"),
    When((("subtype", r"^forti-switch"),), "a copy of traffic seen elsewhere"),
    When((("subtype", r"^sniffer$"),), "a copy of traffic seen elsewhere", (("subtype", r"^forward$"),)),
)


_APART = r"^(?:traffic:)?(?!http-transaction$|traffic:http-transaction$)"


def _whole(traffic: tuple[Key, str], log: Key, up: Key, down: Key, *web: Key) -> Whole:
    """The traffic log tells of the session as such, but for the HTTP transactions in it, whose sizes are their own."""
    only = ((log, _APART),)
    sent, received = (Part(key, r"^(\d+)$", only=only) for key in (up, down))
    return Whole((When((traffic, *only)),), (sent,), (received,), tuple(When(((key, r"^[1-9]"),)) for key in web))


def _key_value(name: str, title: str, dialect: Literal["equals", "comma"], line: str) -> LogFormat:
    return LogFormat(
        name=name,
        title=title,
        vendor="Fortinet",
        doc=_DOC,
        kind="connection",
        family=KeyValue(dialect, requires=("type", "subtype")),
        line=line,
        fields=_KV_FIELDS,
        time=_KV_TIME,
        kinds=_KV_KINDS,
        blocked=(
            When((("action", _BLOCKED),)),
            When((("utmaction", _BLOCKED),)),
            When((*_BY_STATUS, ("status", _BLOCKED))),
            When((*_ANSWERED, ("statuscode", r"^403$"))),
        ),
        allowed=(When((("action", _ALLOWED),)), When((*_BY_STATUS, ("status", _ALLOWED)))),
        uncounted=_KV_UNCOUNTED,
        session=("sessionid", "srcip", "srcport"),
        whole=_whole(("type", r"^traffic$"), "subtype", "sentbyte", "rcvdbyte", "countweb"),
        lasted=(Part("duration", r"^(\d+)$", only=(("subtype", _APART),)),),
        product="fortios",
    )


KV = replace(
    _key_value(
        "fortigate_kv",
        "FortiGate and FortiProxy syslog: traffic, UTM, HTTP transactions",
        "equals",
        rf"^(?:{_IN_ORDER}|{_IN_ANY_ORDER})" + _IS_LOG,
    ),
    same_as=("fortiproxy_kv",),
    shapes=(("type", r'^"?[b-df-z][\w-]*"?$'), ("logid", "")),
    in_a_row=(("type", "subtype"),),
)

CSV = _key_value(
    "fortigate_csv",
    "FortiGate syslog in its comma separated format",
    "comma",
    r'^(?=.*?(?<![\w.])type="?(?!event)[\w-]+"?,subtype=)' + _IS_LOG,
)

JSON = replace(
    KV,
    name="fortigate_json",
    title="FortiGate and FortiProxy log as JSON (FortiAnalyzer, collectors)",
    family=Json(
        requires=(
            ("type", r"^(?:traffic|utm|event|app-ctrl|dns|webfilter|virus|ips|dlp|ssl|anomaly|waf|emailfilter)$"),
            ("subtype", r"^[\w-]+$"),
            ("devid|logid", r"^(?:F[A-Z0-9]{9,31}|\d{1,10})$"),
            ("vd|eventtime|itime", ""),
            ("level|policyid|sessionid", ""),
        )
    ),
    line="",
    uncounted=(*_KV_UNCOUNTED, When((("type", r"^event$"),), "an event of the device itself, not use of a service")),
    shapes=(),
    in_a_row=(),
    same_as=(),
)
_CELLS = (
    "eventtime", "date", "time", "tz", "itime", "type", "subtype", "eventtype", "hostname", "qname", "sni", "dstname", "url", "user",
    "unauthuser", "srcname", "srcip", "srcport", "dstip", "dstport", "httpmethod", "action", "utmaction", "sentdelta", "sentbyte",
    "rcvddelta", "rcvdbyte", "agent", "sessionid", "countweb", "duration",
)  # fmt: skip
_DOWNLOADED = r'^"itime=\d{9,10}",(?:"[^"]{0,200}(?:""[^"]{0,200}""){0,1}",){0,16}?"type="{0,2}[\w-]{1,24}"{1,3},'
_KEYED = "|".join(rf'{key}=(?:"")?(?P<{key}>[^"]{{0,4000}})(?=")' for key in _CELLS if key != "itime")
_CELL = rf'(?:"(?:{_KEYED})?+[^"]*+(?:""[^"]*+)*+(?:"[^,]*+|$)|[^",][^,]*+|)'
ANALYZER = replace(
    _key_value(
        "fortianalyzer_csv", "FortiAnalyzer log view, downloaded as CSV (key=value in each cell)", "comma", _DOWNLOADED
    ),
    doc="https://docs.fortinet.com/document/fortianalyzer/latest/administration-guide/",
    family=Pattern((rf'^"itime=(?P<itime>\d{{9,10}})"(?:,++{_CELL})*',)),
    fields={
        name: tuple(take for take in takes if (take.key if isinstance(take, Part) else take) in _CELLS)
        for name, takes in _KV_FIELDS.items()
    },
    blocked=(When((("action", _BLOCKED),)), When((("utmaction", _BLOCKED),))),
    allowed=(When((("action", _ALLOWED),)),),
    uncounted=(
        *_KV_UNCOUNTED,
        When((("type", r"^(?:app)?event$"),), "an event of the device itself, not use of a service"),
    ),
    time=(TimeOf(("eventtime",)), TimeOf(("itime",)), TimeOf(("date", "time"), "tz")),
    rank=12,
)
"""Cells without a header, each with its key, a text's in doubled quotes; what the record does not have is an empty cell."""


EVENT = LogFormat(
    name="fortigate_event",
    title="FortiGate and FortiProxy event log: administration, VPN, DHCP",
    vendor="Fortinet",
    doc=_DOC,
    kind="connection",
    family=KeyValue(requires=("type",)),
    line=r'^(?=.*?(?<![\w.])type="?(?:event|appevent)"?\s)(?=.*?(?<![\w.])subtype=)' + _IS_LOG,
    fields={
        "user": ("user",),
        "client_ip": _CLIENT_OF_EVENT,
        "action": ("action",),
        "bytes_up": ("sentbyte",),
        "bytes_down": ("rcvdbyte",),
    },
    time=_KV_TIME,
    uncounted=(When((), "an event of the device itself, not use of a service"),),
    product="fortios",
)

FORTICLIENT = LogFormat(
    name="forticlient",
    title="FortiClient traffic (web filter, firewall) and event log, to FortiAnalyzer or syslog",
    vendor="Fortinet",
    doc="https://docs.fortinet.com/document/forticlient/7.4.2/log-message-reference",
    kind="connection",
    family=KeyValue(requires=("type", "fctver")),
    line=r'^(?=.*?(?<![\w.])type="?[a-z]+"?\s)(?=.*?(?<![\w.])fctver=)(?=.*?(?<![\w.])devid="?FCT)',
    fields={
        "host": ("remotename", Part("url", r"^(\w+://.+)")),
        "url": (Part("url", r"^(\w+://.+)"),),
        "path": (Part("url", r"^(/.*)"),),
        "user": ("user",),
        "device": ("hostname",),
        "client_ip": ("srcip", "regip", "deviceip"),
        "server_ip": ("dstip", "remoteip"),
        "server_port": ("dstport", "remoteport"),
        "action": ("utmaction", "action"),
        "bytes_up": ("sentbyte",),
        "bytes_down": ("rcvdbyte",),
    },
    time=(TimeOf(("date", "time")),),
    rank=12,
    kinds=((When((("utmevent", r"(?i)^webfilter$"),)), "http_request"),),
    blocked=(When((("utmaction", _BLOCKED),)), When((("action", _BLOCKED),))),
    allowed=(When((("utmaction", _ALLOWED),)), When((("action", _ALLOWED),))),
    uncounted=(
        When((("direction", r"(?i)^in"),), "a connection from outside to this device"),
        When(
            (("remotename", r"^(?:N/A)?$"), ("url", r"^(?!\w+://)")), "an event of the endpoint, not use of a service"
        ),
    ),
    nulls=frozenset({"N/A"}),
    product="forticlient",
)
"""``hostname`` is the "host name of local machine", ``remotename`` the destination."""


def _cef(*names: str) -> tuple[str, ...]:
    """A FortiOS field under each of the prefixes its CEF and collectors give it."""
    return tuple(prefix + name for name in names for prefix in ("FTNTFGT", "FortinetFortiGate", "ad.", ""))


CEF = LogFormat(
    name="fortigate_cef",
    title="FortiGate in CEF",
    vendor="Fortinet",
    doc=_CEF_DOC,
    kind="connection",
    family=Cef(device=r"^Fortinet\|Forti(?:gate|OS|Proxy)"),
    fields={
        "host": (
            "dhost",
            *_cef("qname", "sni", "dstname"),
            Part("request", r"^(\w+://.+)"),
            Part("dst", r"^([\w-]+(?:\.[\w-]+)*\.[A-Za-z][\w-]*)$"),
        ),
        "url": (Part("request", r"^(\w+://.+)"),),
        "path": ("request",),
        "user": ("suser", "duser", *_cef("user", "unauthuser")),
        "device": ("shost", *_cef("srcname")),
        "client_ip": ("src", Part("sproc", r"\(([^)]+)\)"), "sproc"),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "method": ("requestMethod", *_cef("httpmethod"), Part("FTNTFGTrawdata", r"^Method=([A-Z]+)")),
        "action": ("act", *_cef("action")),
        "bytes_up": (*_cef("sentdelta"), "out"),
        "bytes_down": (*_cef("rcvddelta"), "in"),
        "user_agent": ("requestClientApplication", *_cef("agent")),
    },
    time=(*(TimeOf((key,)) for key in _cef("eventtime")), TimeOf(("start",), "FTNTFGTtz"), TimeOf(("rt",), "dtz")),
    kinds=(
        *((When(((key, r"."),)), "dns_query") for key in _cef("qname")),
        (When((("cat", r"^(?:utm:)?dns"),)), "dns_query"),
        (When((("dhost", r"."),)), "http_request"),
        (When((("request", r"^\w+://"),)), "http_request"),
    ),
    blocked=tuple(When(((key, _BLOCKED),)) for key in ("act", *_cef("action", "utmaction"))),
    allowed=tuple(When(((key, _ALLOWED),)) for key in ("act", *_cef("action"))),
    uncounted=(
        When((("cat", r"^event"),), "an event of the device itself, not use of a service"),
        When((("cat", r"^traffic"), ("act", r"^start$")), _START, (("cat", r"^traffic"), ("act", r"^(?!start$)"))),
        *(When(((key, r"^dns-query$"),), _QUESTION, ((key, r"^dns-response$"),)) for key in _cef("eventtype")),
        When((("cat", r"dns-query$"),), _QUESTION, (("cat", r"dns-response$"),)),
        When((("cat", r"^traffic:local"),), "traffic of the device itself"),
    ),
    session=("externalId", "src", "spt"),
    whole=_whole(("cat", r"^traffic"), "cat", "out", "in", *_cef("countweb")),
    lasted=tuple(Part(key, r"^(\d+)$", only=(("cat", _APART),)) for key in _cef("duration")),
    product="fortios",
)

FORMATS = (KV, CSV, ANALYZER, EVENT, FORTICLIENT, CEF, JSON)
