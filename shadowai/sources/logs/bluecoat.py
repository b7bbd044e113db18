"""Symantec (Blue Coat) ProxySG and Edge SWG, and Cloud SWG. Fields are named as in the vendor's ELFF tables.

``cs-bytes`` are bytes sent from the client to the appliance, ``sc-bytes`` from the appliance to the client (table in
https://success.myshn.net/Skyhigh_Secure_Web_Gateway_(On_Prem)/Content_Security_Reporter_(CSR)/Report_Server_Settings);
``date`` and ``time`` are in GMT.
"""

import re
from dataclasses import replace

from shadowai.sources.logs.description import Json, Key, KeyValue, LogFormat, Part, Pattern, Take, TimeOf, W3c, When

_DOC = "https://knowledge.broadcom.com/external/article?legacyId=TECH244752"
_AUTH_LEG = "proxy authentication leg (407); the retry is counted"
_AUTH_PAGE = "the client was sent to the authentication page"
_SIGNED_IN = "the client signed in and was sent back to the page; the request that follows is counted"

# The reporter's main format (bcreportermain_v1) since SGOS 5, and what later versions put behind it.
_MAIN = (
    "date", "time", "time-taken", "c-ip", "cs-username", "cs-auth-group", "x-exception-id", "sc-filter-result",
    "cs-categories", "cs(Referer)", "sc-status", "s-action", "cs-method", "rs(Content-Type)", "cs-uri-scheme",
    "cs-host", "cs-uri-port", "cs-uri-path", "cs-uri-query", "cs-uri-extension", "cs(User-Agent)", "s-ip",
    "sc-bytes", "cs-bytes", "x-virus-id",
)  # fmt: skip
_APPLICATION = ("x-bluecoat-application-name", "x-bluecoat-application-operation")
_SUPPLIER = ("s-supplier-name", "s-supplier-ip", "s-supplier-country", "s-supplier-failures")
_LAST = (
    "x-bluecoat-application-groups",
    "cs-threat-risk",
    "x-bluecoat-transaction-uuid",
    "x-icap-reqmod",
    "x-icap-respmod",
)
_THREATS = ("cs-threat-source", "cs-threat-id", "rs-threat-source", "rs-threat-id")
_POLICY = ("x-bluecoat-access-security-policy-action", "x-bluecoat-access-security-policy-reason")
_LATEST = (
    *_MAIN[:6], *_SUPPLIER, *_MAIN[6:], *_THREATS, *_APPLICATION, "x-bluecoat-application-groups", "cs-threat-risk", *_POLICY,
    "x-bluecoat-transaction-uuid", "x-icap-reqmod", "x-icap-respmod",
)  # fmt: skip
"""The main format since SGOS 7.3."""
_SSL = tuple(name for name in _MAIN if name not in ("cs(Referer)", "cs-uri-path", "cs-uri-query"))
_CERTIFICATE = (
    "x-rs-certificate-observed-errors", "x-cs-ocsp-error", "x-rs-ocsp-error", "x-rs-connection-negotiated-cipher-strength",
    "x-rs-certificate-hostname", "x-rs-certificate-hostname-category",
)  # fmt: skip
_RISK = ("cs-threat-risk", "x-rs-certificate-hostname-threat-risk")
_SSL_LAYOUTS = (
    (*_SSL, *(name for name in _CERTIFICATE if "ocsp" not in name)),
    (*_SSL, *_CERTIFICATE),
    (*_SSL[:6], *_SUPPLIER, *_SSL[6:], *_CERTIFICATE, *_RISK),
    (*_SSL[:6], *_SUPPLIER, *_SSL[6:], *_THREATS, *_CERTIFICATE, *_RISK, *_POLICY),
)
"""The format for intercepted and tunneled TLS, of SGOS 5 and what later versions put into it."""
_CLOUD = (
    "x-bluecoat-request-tenant-id", "date", "time", "x-bluecoat-appliance-name", "time-taken", "c-ip", "cs-userdn", "cs-auth-groups",
    *_MAIN[6:24], "x-icap-reqmod", "x-icap-respmod", "x-data-leak-detected", "x-virus-id", "x-bluecoat-location-id",
    "x-bluecoat-location-name", "x-bluecoat-access-type", *_APPLICATION, "r-ip", "r-supplier-country",
    "x-rs-certificate-validate-status", "x-rs-certificate-observed-errors", "x-cs-ocsp-error", "x-rs-ocsp-error",
    "x-rs-connection-negotiated-ssl-version", "x-rs-connection-negotiated-cipher", "x-rs-connection-negotiated-cipher-size",
    "x-rs-certificate-hostname", "x-rs-certificate-hostname-categories", "x-cs-connection-negotiated-ssl-version",
    "x-cs-connection-negotiated-cipher", "x-cs-connection-negotiated-cipher-size", "x-cs-certificate-subject", "cs-icap-status",
    "cs-icap-error-details", "rs-icap-status", "rs-icap-error-details", "s-supplier-ip", "s-supplier-country",
    "s-supplier-failures", "x-cs-client-ip-country", *_RISK, "x-client-agent-type", "x-client-os", "x-client-agent-sw",
    "x-client-device-id", "x-client-device-name", "x-client-device-type", "x-client-security-posture-details",
    "x-client-security-posture-risk-score", "x-bluecoat-reference-id", "x-sc-connection-issuer-keyring",
    "x-sc-connection-issuer-keyring-alias", "x-cloud-rs", "x-bluecoat-placeholder", "cs(X-Requested-With)", "x-random-ipv6",
    "x-bluecoat-transaction-uuid",
)  # fmt: skip
"""Cloud SWG, as its download API gives it."""
_CLOUD_FIRST = (
    *_CLOUD[: _CLOUD.index("x-icap-reqmod")],
    *_CLOUD[_CLOUD.index("x-data-leak-detected") : _CLOUD.index("x-cs-certificate-subject")],
    *_CLOUD[_CLOUD.index("cs-icap-status") : _CLOUD.index("x-cs-client-ip-country")],
    "x-bluecoat-transaction-uuid",
)
"""The same as it was in 2018, and as ProxySG sends it; without a tenant in front, and with the client's port behind
(https://go2docs.graylog.org/illuminate-current/content_packs/symantec_proxysg_content_pack.html)."""
_STATUS_FIRST = (
    "date", "time", "time-taken", "c-ip", "sc-status", "s-action", "sc-bytes", "cs-bytes", "cs-method", "cs-uri-scheme", "cs-host",
)  # fmt: skip
_ASKED = (*_STATUS_FIRST, "cs-uri-port", "cs-uri-path", "cs-uri-query", "cs-username", "cs-auth-group")
_ANSWERED = ("s-supplier-name", "rs(Content-Type)", "cs(Referer)")
_FILTERED = ("sc-filter-result", "cs-categories", "x-virus-id", "s-ip")
_PLAIN_LAYOUTS = (
    (
        *_STATUS_FIRST, "cs-uri-path", "cs-uri-query", "cs-username", "s-hierarchy", "s-supplier-name", "rs(Content-Type)",
        "cs(User-Agent)", "sc-filter-result", "sc-filter-category", "x-virus-id", "s-ip", "s-sitename", "x-virus-details",
        "x-icap-error-code", "x-icap-error-details",
    ),
    (*_ASKED, "s-hierarchy", *_ANSWERED, "cs(User-Agent)", *_FILTERED),
    (*_ASKED, *_ANSWERED, "cs(User-Agent)", *_FILTERED),
    (*_ASKED, "s-hierarchy", *_ANSWERED, *_FILTERED, "r-ip", "cs(User-Agent)", "x-rs-certificate-signature-algorithm"),
)  # fmt: skip
"""The format that is called main, of SGOS 3 to 5.2, of 5.3 to 6.6 and since, and as an administrator ordered it
(https://xsoar.pan.dev/docs/reference/packs/symantec-blue-coat-proxy-sg, https://www.elastic.co/docs/reference/integrations/proxysg)."""
_LAYOUTS = (
    _MAIN,
    _LATEST,
    *_SSL_LAYOUTS,
    _CLOUD,
    *(_CLOUD_FIRST[first:] + last for first in (0, 1) for last in ((), ("c-port",))),
    (*_MAIN, *_APPLICATION),
    (*_MAIN, *_APPLICATION, "x-bluecoat-application-groups", "cs-threat-risk"),
    (*_MAIN, *_APPLICATION, "c-port", "r-supplier-country", "cs-threat-risk"),
    (*_MAIN[:6], *_SUPPLIER, *_MAIN[6:], *_APPLICATION, *_LAST),
)


def _fields(agents: tuple[Key, ...]) -> dict[str, tuple[Take, ...]]:
    return {
        # a tunnel to a bare address is better told by the name in the server's certificate
        "host": (
            Part("cs-host", r"^(?![\d.]+$|\[?[0-9A-Fa-f:]*:)(.+)$"),
            "x-rs-certificate-hostname",
            "cs-host",
            "cs-uri",
            "c-url",
        ),
        "url": ("c-url", "cs-uri"),
        "path": ("cs-uri-path",),
        "user": ("cs-username", "cs-userdn", "cs-user"),
        "device": ("x-client-device-name",),
        "client_ip": ("c-ip",),
        "server_ip": ("r-ip", "s-supplier-ip", "r-supplier-ip"),
        "server_port": ("cs-uri-port", "r-port"),
        "method": ("cs-method",),
        "action": ("sc-filter-result", "s-action"),
        "bytes_up": ("cs-bytes",),
        "bytes_down": ("sc-bytes",),
        "user_agent": agents,
    }


_BLOCKED = (When((("sc-filter-result", r"^DENIED"),)), When((("s-action", r"^TCP_DENIED|^DENIED"),)))
_ALLOWED = (When((("sc-filter-result", r"^(?:OBSERVED|PROXIED)"), ("s-action", r"^(?!TCP_DENIED|TCP_ERR)"))),)
_UNCOUNTED = (
    When((("sc-status", r"^407$"), ("cs-username", r"^-?$"), ("cs-userdn", r"^-?$")), _AUTH_LEG),
    When((("s-action", r"^TCP_AUTH_(?:REDIRECT|FORM)"),), _AUTH_PAGE),
    When((("x-exception-id", r"^authentication_(?:success|redirect)"),), _SIGNED_IN),
)
_AGENTS: tuple[Key, ...] = ("cs(User-Agent)", "cs-User-Agent", "cs-user-agent")

MAIN = LogFormat(
    name="bluecoat_main_elff",
    title="Symantec ProxySG, Edge SWG and Cloud SWG access log (ELFF)",
    vendor="Broadcom",
    doc=_DOC,
    kind="http_request",
    family=W3c(layouts=_LAYOUTS),
    line=r"^#Software: SGOS|^#Fields:[^\n]*\ssc-filter-result\b"
    r'|^(?:\d{1,12} (?=\S+ \S+ "))?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +(?:"[^"]{1,100}" +)?\d+ +\S+'
    r' +(?:"[^"]*"|\S+) +(?:"[^"]*"|\S+) +(?:(?:"[^"]*"|\S+) +){1,5}?(?:OBSERVED|DENIED|PROXIED) +"',
    fields=_fields(_AGENTS),
    time=(
        TimeOf(("date", "time")),
        TimeOf(("gmttime",)),
        TimeOf(("x-timestamp-unix-utc",)),
        TimeOf(("x-timestamp-unix",)),
    ),
    zone="utc",
    rank=12,
    blocked=_BLOCKED,
    allowed=_ALLOWED,
    uncounted=_UNCOUNTED,
    product="bluecoat",
)

STATUS_FIRST = replace(
    MAIN,
    name="bluecoat_main_status_first",
    title="Symantec ProxySG and Edge SWG access log (format main without its header)",
    family=W3c(layouts=_PLAIN_LAYOUTS),
    fields={name: takes for name, takes in MAIN.fields.items() if name != "device"},
    line=r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\d+ +[0-9A-Fa-f.:]{2,45} +(?:\d{3}|0|-) +"
    r"(?:[A-Z]{3,16}_[A-Z_]{2,40}|TUNNELED|DENIED|ALLOWED|-) +\d+ +\d+ +[A-Za-z_-]{2,24} +[a-z-]{1,16} +\S+ +"
    r"(?=.{0,9000}? (?:OBSERVED|DENIED|PROXIED) )",
    time=(TimeOf(("date", "time")),),
    rank=11,
)
"""A format of its own, for its records have as many fields as those of another: a file may hold both."""

EDGE_KV = LogFormat(
    name="bluecoat_edge_swg_kv",
    title="Symantec Edge SWG access log (key=value for Splunk)",
    vendor="Broadcom",
    doc=_DOC,
    kind="http_request",
    family=KeyValue(requires=("c-ip", "cs-host", "sc-filter-result")),
    line=r"\bsc-filter-result=",
    shapes=(("sc-filter-result", ""),),
    fields=_fields(_AGENTS),
    time=(TimeOf(("date", "time")), TimeOf(("x-timestamp-unix",))),
    zone="utc",
    blocked=_BLOCKED,
    allowed=_ALLOWED,
    uncounted=_UNCOUNTED,
    product="bluecoat",
)

CLOUD_JSON = LogFormat(
    name="bluecoat_cloud_swg_json",
    title="Symantec Cloud SWG access log (JSON)",
    vendor="Broadcom",
    doc="https://knowledge.broadcom.com/external/article?legacyId=tech253065",
    kind="http_request",
    family=Json(requires=(("cs-host|x-dns-cs-dns", ""), ("c-ip", ""), ("sc-filter-result|s-action|cs-method", ""))),
    fields={**_fields(_AGENTS), "host": (*_fields(_AGENTS)["host"], "x-dns-cs-dns")},
    kinds=((When((("x-dns-cs-dns", r"^(?!-$)."), ("cs-host", r"^-?$"))), "dns_query"),),
    time=(TimeOf(("date", "time")), TimeOf(("timestamp",))),
    zone="utc",
    blocked=_BLOCKED,
    allowed=_ALLOWED,
    uncounted=_UNCOUNTED,
    product="bluecoat",
)

_QRADAR_KEYS = (
    "username", "s-action", "sc-status", "cs-method", "sc-bytes", "cs-bytes", "cs-host", "cs-uri-path", "cs(User-Agent)",
    "sc-filter-result", "cs-uri",
)  # fmt: skip


def _key(name: str) -> str:
    """One of the pairs of a line, wherever it stands, if it is there."""
    return rf"(?=(?:.{{0,9000}}?\|{re.escape(name)}=(?P<{re.sub(r'[^a-z]', '', name.lower())}>[^|]*))?)"


QRADAR = LogFormat(
    name="bluecoat_qradar",
    title="Symantec (Blue Coat) ProxySG access log for QRadar (key=value between pipes)",
    vendor="Broadcom",
    doc="https://www.ibm.com/docs/en/dsm?topic=sg-creating-custom-event-format-blue-coat",
    kind="http_request",
    family=Pattern(
        (
            r"\|src=(?P<client>[^|]*)\|srcport=[^|]*\|dst=(?P<server>[^|]*)\|dstport=(?P<port>[^|]*)"
            r"(?=(?:.{0,9000}?\|devicetime=\[(?P<date>\d\d/\d\d/\d{4}):(?P<clock>[\d:]{8})[^|\]]*\]))?"
            + "".join(map(_key, _QRADAR_KEYS)),
        )
    ),
    line=r"\|src=[^|]{0,64}\|srcport=[^|]{0,16}\|dst=[^|]{0,300}\|dstport=[^|]{0,16}\|username=[^|]{0,300}\|devicetime=\[",
    fields={
        "host": ("cshost", "csuri"),
        "url": ("csuri",),
        "path": ("csuripath",),
        "user": ("username",),
        "client_ip": ("client",),
        "server_ip": ("server",),
        "server_port": ("port",),
        "method": ("csmethod",),
        "action": ("scfilterresult", "saction"),
        "bytes_up": ("csbytes",),
        "bytes_down": ("scbytes",),
        "user_agent": ("csuseragent",),
    },
    time=(TimeOf(("date", "clock")),),
    zone="utc",
    day_first=True,
    rank=12,
    blocked=(When((("scfilterresult", r"^DENIED"),)), When((("saction", r"^TCP_DENIED|^DENIED"),))),
    allowed=(When((("scfilterresult", r"^(?:OBSERVED|PROXIED)"), ("saction", r"^(?!TCP_DENIED|TCP_ERR)"))),),
    uncounted=(
        When((("scstatus", r"^407$"), ("username", r"^-?$")), _AUTH_LEG),
        When((("saction", r"^TCP_AUTH_(?:REDIRECT|FORM)"),), _AUTH_PAGE),
    ),
    product="bluecoat",
)
"""``devicetime`` is ``$(gmttime)``: the day first, in GMT."""

FORMATS = (MAIN, STATUS_FIRST, EDGE_KV, CLOUD_JSON, QRADAR)
