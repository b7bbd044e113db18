"""The W3C Extended Log File Format as IIS writes it and as anybody may, and the IIS native format.

Prefixes of field names tell the direction: ``cs`` is client to server, ``sc`` server to client
(https://www.w3.org/TR/WD-logfile.html). IIS: https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging.
"""

from shadowai.sources.logs.description import CsvPositional, LogFormat, TimeOf, W3c, When
from shadowai.sources.logs.words import ALLOW_WORDS, BLOCK_WORDS

_IIS = (
    "date", "time", "s-sitename", "s-computername", "s-ip", "cs-method", "cs-uri-stem", "cs-uri-query", "s-port",
    "cs-username", "c-ip", "cs-version", "cs(User-Agent)", "cs(Cookie)", "cs(Referer)", "cs-host", "sc-status",
    "sc-substatus", "sc-win32-status", "sc-bytes", "cs-bytes", "time-taken",
)  # fmt: skip
"""All fields that IIS can write, in its order."""


def _without(*names: str) -> tuple[str, ...]:
    return tuple(name for name in _IIS if name not in names)


_FEW = _without("s-sitename", "s-computername", "cs-version", "cs(Cookie)", "cs-host", "sc-bytes", "cs-bytes")
_LAYOUTS = (
    tuple(name for name in _FEW if name != "cs(Referer)"),  # the default of IIS 6 and 7
    _FEW,  # the default since IIS 8
    (*_FEW, "x-forwarded-for"),
    (*_FEW[:10], "cs(Cookie)", *_FEW[10:]),
    (*_FEW[:2], "s-computername", *_FEW[2:], "x-forwarded-for"),
    (*_FEW[:2], "s-computername", *_FEW[2:], "x-forwarded-for", "x-forwarded-port"),  # Exchange behind a proxy
    _without("cs-version", "cs(Cookie)", "sc-bytes", "cs-bytes"),
    _without("s-computername", "s-ip", "cs-version"),
    (*_without("s-sitename", "s-computername", "cs-version", "cs-host"), "x-forwarded-for"),
    _without("s-computername", "cs(Cookie)"),
    _without("s-sitename", "s-computername"),
    _IIS,
    (*_IIS, "x-forwarded-for"),
)

IIS = LogFormat(
    name="iis_w3c",
    title="Microsoft IIS (W3C)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging",
    kind="http_request",
    family=W3c(layouts=_LAYOUTS, decode_plus=True),
    line=r"^#Software: Microsoft (?:Internet Information|HTTP)"
    r"|^#Fields:[^\n]*\scs-uri-stem\s[^\n]*\ss(?:c-substatus|c-win32-status|-port)\b"
    r"|^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: \S+){1,3} [A-Z]{3,16} [/*]\S* \S+ \d{1,5} \S+ \S+ (?:HTTP/[\d.]+ )?\S+ \S+ ",
    fields={
        "host": ("cs-host", "cs(Host)"),
        "path": ("cs-uri-stem",),
        "user": ("cs-username",),
        "client_ip": ("c-ip",),
        "server_ip": ("s-ip",),
        "server_port": ("s-port",),
        "method": ("cs-method",),
        "bytes_up": ("cs-bytes",),
        "bytes_down": ("sc-bytes",),
        "user_agent": ("cs(User-Agent)",),
    },
    time=(TimeOf(("date", "time")),),
    zone="utc",
    product="iis",
)

IIS_NATIVE = LogFormat(
    name="iis_native",
    title="Microsoft IIS (native)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/windows/win32/http/iis-logging",
    kind="http_request",
    family=CsvPositional(at_least=14),
    line=r"^[0-9A-Fa-f.:%]+, [^,]*, \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}, \d{1,2}:\d\d:\d\d, [A-Z0-9]+,"
    r" [^,]*, [^,]*, \d+, \d+, \d+, ",
    fields={
        "user": (2,),
        "client_ip": (1,),
        "server_ip": (7,),
        "method": (13,),
        "bytes_up": (9,),
        "bytes_down": (10,),
    },
    time=(TimeOf((3, 4)),),
    day_first=False,
    product="iis_native",
)

_ACTIONS = (
    "sc-filter-result", "action", "s-action", "x-action", "x-verdict", "verdict", "x-filter-result", "x-filter-decision",
    "x-policy-action",
)  # fmt: skip

GENERIC = LogFormat(
    name="w3c_generic",
    title="Any log in the W3C extended format whose fields have the standard's names",
    vendor="",
    doc="https://www.w3.org/TR/WD-logfile.html",
    kind="http_request",
    family=W3c(),
    line=r"(?i)^#Fields:[^\n]*[\s:](?:cs-host|cs\(host\)|x-cs-sni|cs-dns|cs-uri|cs-url|c-uri|r-host|cs-uri-host|"
    r"dst-host|dest-host|destination-host|request-host|url)(?:\s|$)",
    fields={
        "host": (
            "cs-host",
            "cs(Host)",
            "x-host-header",
            "cs-uri-host",
            "x-cs-sni",
            "cs-dns",
            "r-host",
            "cs-uri",
            "cs-url",
            "c-uri",
            "dst-host",
            "dest-host",
            "destination-host",
            "request-host",
            "url",
        ),
        "url": ("cs-uri", "cs-url", "c-uri", "url"),
        "path": ("cs-uri-path", "cs-uri-stem"),
        "user": ("cs-username", "cs-userdn", "c-username", "cs-user", "username", "user"),
        "device": ("c-computername", "c-dns"),
        "client_ip": ("c-ip", "c-client-ip", "src-ip", "client-ip"),
        "server_ip": ("r-ip", "dst-ip"),
        "server_port": ("r-port", "cs-uri-port", "dst-port"),
        "method": ("cs-method", "s-operation", "method"),
        "action": _ACTIONS,
        "bytes_up": ("cs-bytes", "bytes-up"),
        "bytes_down": ("sc-bytes", "bytes-down"),
        "user_agent": ("cs(User-Agent)", "c-agent", "cs-user-agent"),
    },
    time=(TimeOf(("date", "time")), TimeOf(("timestamp",)), TimeOf(("x-timestamp",))),
    zone="utc",
    rank=3,
    blocked=tuple(When(((key, rf"(?i)\bfailed\b|{BLOCK_WORDS.removeprefix('(?i)')}"),)) for key in _ACTIONS),
    allowed=tuple(When(((key, rf"(?i)\bproxied\b|{ALLOW_WORDS.removeprefix('(?i)')}"),)) for key in _ACTIONS),
    nulls=frozenset({"anonymous"}),
    uncounted=(
        When(
            (("sc-status", r"^407$"), ("cs-username", r"(?i)^(?:-|anonymous)?$")),
            "proxy authentication leg (407); the retry is counted",
        ),
    ),
)

FORMATS = (IIS, IIS_NATIVE, GENERIC)
