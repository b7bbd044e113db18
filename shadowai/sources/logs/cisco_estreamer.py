"""Cisco Secure Firewall (Firepower) events as the eStreamer client eNcore writes them: key=value for Splunk, CEF for ArcSight and Sentinel.

``estreamer/adapters/splunk.py`` and ``estreamer/adapters/cef.py`` of https://github.com/CiscoSecurity/fp-05-firepower-cef-connector-arcsight:
``src_bytes`` and ``bytesOut`` are what the initiator sent, ``dest_bytes`` and ``bytesIn`` what the responder sent. In CEF nothing is
written of what is empty or 0, addresses of version 6 stand under keys of their own, and ``requestClientApplication`` is the kind of
program that the firewall saw, no user agent.
"""

from shadowai.sources.logs.cisco_firewall import NO_USER, REFUSED
from shadowai.sources.logs.description import Cef, KeyValue, LogFormat, Part, TimeOf, When, Whole

_NOBODY = NO_USER | {"n/a", "unknown"}

_OF_CONNECTION = r"^1003$"
ESTREAMER = LogFormat(
    name="cisco_estreamer",
    title="Cisco Secure Firewall (Firepower) events of eStreamer eNcore, key=value for Splunk",
    vendor="Cisco",
    doc="https://www.cisco.com/c/en/us/td/docs/security/firepower/630/api/eStreamer_enCore/eStreamereNcoreSplunkOperationsGuide_630.html",
    kind="connection",
    family=KeyValue(requires=("rec_type", "src_ip", "dest_ip")),
    line=r"^(?:\S{1,64} )?rec_type=\d{1,4} (?=.{0,12000}?\bsrc_ip=)",
    fields={
        "host": ("dns_query", "url", "ssl_server_name", "referenced_host"),
        "url": ("url",),
        "user": ("user",),
        "client_ip": ("src_ip",),
        "server_ip": ("dest_ip",),
        "server_port": ("dest_port",),
        "action": ("fw_rule_action",),
        "bytes_up": ("src_bytes",),
        "bytes_down": ("dest_bytes",),
        "user_agent": ("user_agent",),
    },
    time=(TimeOf(("first_pkt_sec",)), TimeOf(("event_sec",)), TimeOf(("connection_sec",))),
    zone="utc",
    nulls=_NOBODY,
    rank=12,
    kinds=(
        (When((("dns_query", r"."),)), "dns_query"),
        (When((("url", r"^https://[^/]*/?$"),)), "tls_connection"),
        (When((("url", r"."),)), "http_request"),
    ),
    blocked=(
        When((("fw_rule_action", rf"(?i)^{REFUSED}"),)),
        When((("blocked", r"(?i)^(?:yes|1|true|blocked)$"),)),
    ),
    allowed=(When((("fw_rule_action", r"(?i)^(?:Allow|Trust|Fastpath|Monitor)"),)),),
    uncounted=(
        When(
            (("rec_type", r"^(?!71$)"),),
            "an event within a connection; the connection is counted",
            (("event_type", _OF_CONNECTION),),
        ),
        When((("rec_type", r"^71$"), ("event_type", r"^(?!1003$)")), "a finding about a host, not use of a service"),
    ),
    session=("instance_id", "first_pkt_sec", "connection_id", "src_ip", "src_port"),
    whole=Whole((When((("fw_rule_action", r"."),)),)),
    product="cisco_estreamer",
)
"""A connection may be told of when it begins and when it ends, with the same ids; the counts are those so far."""

CEF = LogFormat(
    name="cisco_estreamer_cef",
    title="Cisco Secure Firewall (Firepower) events of eStreamer eNcore (CEF)",
    vendor="Cisco",
    doc="https://github.com/CiscoSecurity/fp-05-firepower-cef-connector-arcsight",
    kind="connection",
    family=Cef(device=r"^Cisco\|Firepower$"),
    fields={
        "host": ("destinationDnsDomain", "request"),
        "url": ("request",),
        "user": (Part("suser", r"^([^{].*)"),),
        "client_ip": ("src", "c6a2"),
        "server_ip": ("dst", "c6a3"),
        "server_port": ("dpt",),
        "action": ("act",),
        "bytes_up": ("bytesOut",),
        "bytes_down": ("bytesIn",),
    },
    time=(TimeOf(("start",)), TimeOf(("rt",))),
    zone="utc",
    nulls=_NOBODY,
    rank=12,
    kinds=(
        (When((("destinationDnsDomain", r"."),)), "dns_query"),
        (When((("request", r"^https://[^/]*/?$"),)), "tls_connection"),
        (When((("request", r"."),)), "http_request"),
    ),
    blocked=(When((("act", rf"(?i)^{REFUSED}"),)),),
    allowed=(When((("act", r"(?i)^(?:Allow|Trust|Fastpath|Monitor)"),)),),
    uncounted=(
        When(
            (("cef.class", r"^(?!RNA:1003:)"),),
            "an event within a connection; the connection is counted",
            (("cef.class", r"^RNA:1003:"),),
        ),
        When((("dst", r"^$"), ("c6a3", r"^$"), ("request", r"^$")), "names no destination"),
    ),
    product="cisco_estreamer",
)
"""Without the time at which a connection began there is no id: the number of a connection is that of one process of one device."""

FORMATS = (ESTREAMER, CEF)
