"""WatchGuard Firebox (Fireware) traffic log over syslog, in its own form and in LEEF.

``msg_id="3000-0148" Allow 1-Trusted 0-External [length] tcp [header ttl] source destination port port …``, then ``name="value"`` pairs:
"Fireware Log Catalog". ``sent_bytes`` is what the source of the connection sent. The time in round
brackets is the Firebox's. For QRadar the same keys stand in LEEF ("Configure Syslog Server Settings", IBM LEEF).
"""

from dataclasses import replace

from shadowai.sources.logs.description import Leef, LogFormat, Part, Pattern, TimeOf, When

_MARK = r'^[^"=]{0,200}\bmsg_id="(?P<id>[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4})" '
_TIME = r"^(?:[^\"=(]{0,160}\((?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\))?"
_ADDRESS = r"(?=[0-9A-Fa-f]{0,4}[.:\d])[0-9A-Fa-f.:]{2,45}"
_TRAFFIC = (
    _TIME
    + _MARK[1:]
    + r"(?P<ahead>(?:fqdn_(?:src|dst)_match=\"[^\"]{0,255}\" ){0,2})"
    + r"(?P<action>Allow|Deny|Block|Drop|Reject)\w* (?P<interfaces>[^\"]{1,160}?) (?:\d{1,6} )?(?P<protocol>[a-z][\w-]{1,15}) "
    rf"(?:\d{{1,5}} \d{{1,5}} )?(?P<src>{_ADDRESS}) (?P<dst>{_ADDRESS})"
    r"(?: (?P<src_port>\d{1,5}) (?P<dst_port>\d{1,5}))?(?P<rest>(?: .*)?)$"
)
_MATCHED = r'(?<![\w-])fqdn_dst_match="([^"]+)"'
"""The name for which a policy took the destination; it stands before the verdict or behind the ports."""
_SECONDS = r'(?<![\w-])duration="(\d+)(?: seconds)?"'


def _pair(*names: str) -> tuple[Part, ...]:
    return tuple(Part("rest", rf'(?<![\w-]){name}="([^"]+)"') for name in names)


FIREBOX = LogFormat(
    name="watchguard_firebox",
    title="WatchGuard Firebox traffic log",
    vendor="WatchGuard",
    doc="https://www.watchguard.com/help/docs/fireware/12/en-US/log_catalog/12_Log-Catalog.pdf",
    kind="connection",
    family=Pattern((_TRAFFIC, _TIME + _MARK[1:] + r"(?P<rest>.*)$")),
    line=_MARK,
    fields={
        "host": (
            *_pair("dstname", "sni", "question", "query_name", "domain_name", "host"),
            Part("rest", r'header="Host: ([^"\\]+)'),
            *_pair("cn"),
            Part("ahead", _MATCHED),
            Part("rest", _MATCHED),
        ),
        "path": _pair("arg", "path"),
        "user": _pair("src_user", "authenticated_user", "username", "user"),
        "client_ip": (
            "src",
            Part("rest", rf"\b(?:from(?: client)?|Source IP Address:) ({_ADDRESS}?)\.?(?: |$)"),
        ),
        "server_ip": (
            "dst",
            Part("rest", rf"\b(?:against(?: server)?|to|Destination IP Address:) ({_ADDRESS}?)\.?(?: |$)"),
        ),
        "server_port": ("dst_port", Part("rest", r"\b(?:Destination Port:|on port) (\d+)")),
        "method": _pair("op", "method"),
        "action": ("action",),
        "bytes_up": _pair("sent_bytes"),
        "bytes_down": _pair("rcvd_bytes"),
    },
    time=(TimeOf(("time",)),),
    lasted=(Part("rest", _SECONDS),),
    kinds=(
        (When((("rest", r'(?:question|query_type)="|msg="[^"]*\bDNS\b'),)), "dns_query"),
        (When((("rest", r'sni="|cn="|msg="[^"]*\bHTTPS\b'),)), "tls_connection"),
        (When((("rest", r'dstname="|arg="|msg="[^"]*\bHTTP\b'),)), "http_request"),
    ),
    blocked=(When((("action", r"^(?:Deny|Block|Drop|Reject)"),)),),
    allowed=(When((("action", r"^Allow"),)),),
    uncounted=(
        When((("protocol", r"^icmp"),), "an ICMP exchange, not use of a service"),
        When((("dst", r"^$"),), "an event of the firewall itself, not use of a service"),
        When(
            (("id", r"^3000-01(?:48|49)$"), ("action", r"^Allow")),
            "the start of a connection; its end is counted",
            (("id", r"^3000-0151$"),),
        ),
        When(
            (("rest", r'msg="Proxy(?:Allow|Strip|Replace|Inspect|AvScan)'), ("action", r"^Allow"), ("rest", r'^(?!.*(?:dstname|sni)=")')),
            "a step within a connection; the connection is counted",
            (("rest", r'sent_bytes="'),),
        ),
    ),
    product="watchguard_firebox",
)  # fmt: skip

_SHOWN = (
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:Member\d{1,2} )?(?P<action>Allow|Deny) "
    rf"(?P<src>{_ADDRESS}) (?P<dst>{_ADDRESS}) (?P<service>[^\s/]{{1,64}}/(?P<protocol>\w{{1,16}})) "
    r"(?:(?P<src_port>\d{1,5}) (?P<dst_port>\d{1,5}) )?"
    r"(?P<rest>[^\"]{1,400}? (?:proc_id|msg_id)=\".*)$"
)
MONITOR = replace(
    FIREBOX,
    name="watchguard_traffic_monitor",
    title="WatchGuard Firebox traffic log as Traffic Monitor and Log Manager show it",
    doc="https://www.watchguard.com/help/docs/help-center/en-US/Content/en-US/Fireware/logging/read_log-msg.html",
    family=Pattern((_SHOWN,)),
    line=rf"^{_SHOWN}",
    uncounted=(
        When((("protocol", r"^icmp"),), "an ICMP exchange, not use of a service"),
        When(
            (("rest", r'msg_id="3000-01(?:48|49)"'), ("rest", r"^(?!.* rcvd_bytes=)"), ("action", r"^Allow")),
            "the start of a connection; its end is counted",
            (("rest", r" rcvd_bytes="),),
        ),
        When(
            (("rest", r" Proxy(?:Allow|Strip|Replace|Inspect|AvScan)"), ("action", r"^Allow"), ("rest", r'^(?!.*(?:dstname|sni)=")')),
            "a step within a connection; the connection is counted",
            (("rest", r" sent_bytes="),),
        ),
    ),
    kinds=(
        (When((("rest", r'(?:question|query_type)="'),)), "dns_query"),
        (When((("rest", r' (?:sni|cn)="'),)), "tls_connection"),
        (When((("rest", r' (?:dstname|arg)="'),)), "http_request"),
    ),
)  # fmt: skip

_LOGIN = r"(?i)\buser \[?([^\s@\[\]<>]+(?:@[^\s@\[\]]+\.[^\s@\[\]]+)?)@"
"""A user before the server that knows them: ``[jdoe@example.com@radius]``, ``jdoe@Firebox-DB``."""
_OWN = (("dst", r"^$"),)

LEEF = LogFormat(
    name="watchguard_firebox_leef",
    title="WatchGuard Firebox traffic log (LEEF)",
    vendor="WatchGuard",
    doc="https://www.watchguard.com/help/docs/help-center/en-US/Content/en-US/Fireware/logging/send_logs_to_syslog_c.html",
    kind="connection",
    family=Leef(device=r"^watchguard\|"),
    fields={
        "host": ("dstname", "sni", "question", "query_name", "cn"),
        "path": ("arg", "path"),
        "user": ("src_user", "usrName", "user", Part("msg", _LOGIN, _OWN)),
        "client_ip": ("src", Part("msg", rf"\bfrom ({_ADDRESS}?)[.,]?(?:\s|$)", _OWN)),
        "server_ip": ("dst",),
        "server_port": ("dstPort",),
        "method": ("op",),
        "action": ("disp",),
        "bytes_up": ("sent_bytes",),
        "bytes_down": ("rcvd_bytes",),
    },
    time=(TimeOf(("devTime",)),),
    kinds=(
        (When((("question", r"."),)), "dns_query"),
        (When((("query_type", r"."),)), "dns_query"),
        (When((("dstname", r"."),)), "http_request"),
        (When((("sni", r"."),)), "tls_connection"),
        (When((("cn", r"."),)), "tls_connection"),
    ),
    blocked=(When((("disp", r"^(?:Deny|Block|Drop|Reject)"),)),),
    allowed=(When((("disp", r"^Allow"),)),),
    lasted=("duration",),
    uncounted=(
        When(_OWN, "an event of the firewall itself, not use of a service"),
        When(
            (("leef.id", r"^3000014[89]$"), ("disp", r"^Allow")),
            "the start of a connection; its end is counted",
            (("leef.id", r"^30000151$"),),
        ),
    ),
    product="watchguard_firebox",
)

FORMATS = (FIREBOX, MONITOR, LEEF)
