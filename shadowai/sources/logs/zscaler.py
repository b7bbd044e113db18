"""Zscaler Internet Access (NSS and Cloud NSS feeds) and Private Access (Log Streaming Service).

Feed fields: https://help.zscaler.com/zia/nss-feed-output-format-web-logs and its neighbours for firewall and DNS. In
firewall logs ``inbytes`` went from the server to the client and ``outbytes`` from the client to the server. NSS writes
bytes outside 0x21 to 0x7E as %HH. Times are in the feed's own zone, which JSON feeds may name in ``tz``.
"""

from shadowai.sources.logs.description import (
    CsvPositional,
    Json,
    Key,
    KeyValue,
    Kind,
    LogFormat,
    Part,
    Take,
    TimeOf,
    When,
    Whole,
)
from shadowai.sources.logs.zscaler_siem import NO_PLACE

_HELP = "https://help.zscaler.com/zia/nss-feed-output-format-"
_DATE = r'"?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}"?'
_TEXTS = ("host", "url", "user", "device", "user_agent")
_ADMIN = "an administration or alert event of the service, no traffic"
_AT_REST = "a scan of data stored in a tenant, no traffic"
_TUNNEL = "the state of a tunnel, not a use of a service"

_WEB: dict[str, tuple[str, ...]] = {
    "host": ("eurl", "url", "ehost", "hostname", "host"),
    "url": ("eurl", "url"),
    "user": ("login", "elogin", "user"),
    "device": ("devicehostname", "edevicehostname", "devicename"),
    "client_ip": ("cltip", "ClientIP", "cip", "cltintip", "cintip", "clientip", "clientpublicIP", "cltpubip"),
    "server_ip": ("serverip", "sip"),
    "method": ("reqmethod", "requestmethod"),
    "action": ("action",),
    "bytes_up": ("reqsize", "requestsize"),
    "bytes_down": ("respsize", "responsesize"),
    "user_agent": ("useragent", "ua"),
}
_FW: dict[str, tuple[str, ...]] = {
    "host": ("cdfqdn", "cltdomain", "ehost"),
    "user": ("user", "elogin", "login"),
    "device": ("devicehostname", "edevicehostname", "devicename"),
    "client_ip": ("csip", "tsip"),
    "server_ip": ("cdip", "sdip"),
    "server_port": ("cdport", "sdport"),
    "action": ("action",),
    "bytes_up": ("outbytes",),
    "bytes_down": ("inbytes",),
}
_DNS: dict[str, tuple[str, ...]] = {
    "host": ("dns_req", "req"),
    "user": ("user", "elogin", "login"),
    "device": ("devicehostname", "edevicehostname", "devicename"),
    "client_ip": ("clt_sip", "cip"),
    "action": ("reqaction", "resaction"),
}
_TIMES = ("time", "datetime", "epochtime")


def _person(*keys: Key) -> tuple[Take, ...]:
    """The login of a user; where nobody signed in, the location and its part stand there (``HQ->other``)."""
    return tuple(Part(key, NO_PLACE) for key in keys)


def _json(names: dict[str, tuple[str, ...]]) -> dict[str, tuple[Take, ...]]:
    return _kv({field: tuple(f"event.{name}" for name in keys) for field, keys in names.items()})


def _kv(names: dict[str, tuple[str, ...]]) -> dict[str, tuple[Take, ...]]:
    return {field: _person(*keys) if field == "user" else tuple(keys) for field, keys in names.items()}


def _feed(
    name: str,
    title: str,
    doc: str,
    kind: Kind,
    family: Json | CsvPositional | KeyValue,
    fields: dict[str, tuple[Take, ...]],
    *,
    action: tuple[Key, ...],
    line: str = "",
    rank: int = 10,
    shapes: tuple[tuple[Key, str], ...] = (),
) -> LogFormat:
    """One feed in one of its forms. ``action`` are the tokens that tell whether the traffic was let through."""
    if isinstance(family, Json) and action[0].startswith("event."):  # type: ignore[union-attr]
        times = tuple(TimeOf((f"event.{key}",), zone="event.tz") for key in _TIMES)
    elif isinstance(family, (Json, KeyValue)):
        times = tuple(TimeOf((key,), zone="tz") for key in _TIMES)
    else:
        times = (TimeOf((1,)),)
    return LogFormat(
        name=name,
        title=title,
        vendor="Zscaler",
        doc=doc,
        kind=kind,
        family=family,
        fields=fields,
        time=times,
        line=line,
        rank=rank,
        shapes=shapes,
        blocked=tuple(When(((key, r"(?i)block|drop|deny|denied|reset"),)) for key in action),
        allowed=(When(tuple((key, r"(?i)allow") for key in action)),),
        nulls=frozenset({"invalid", "notavailable"}),
        percent_encoded=_TEXTS,
        product="zscaler",
    )


_WEB_CSV: dict[str, tuple[Take, ...]] = {
    "host": (4,),
    "url": (4,),
    "user": _person(2),
    "device": (33,),
    "client_ip": (22,),
    "server_ip": (23,),
    "method": (24,),
    "action": (5,),
    "bytes_up": (8,),
    "bytes_down": (9,),
    "user_agent": (26,),
}


_WEB_SHAPES: tuple[tuple[Key, str], ...] = (
    (1, f"^{_DATE}$"),
    (2, r'^"?[\w@.%+ -]*"?$'),
    (3, r'^"?[A-Z][A-Z0-9_]*"?$'),
    (4, r'^"?[\w@.%+:/?&=~,;-]*"?$'),
    (5, r'^"?(?:Allowed|Blocked)"?$'),
    (6, r'^"?[\w@.%+:/?&=~,;() -]*"?$'),
    (7, r'^"?[\w@.%+:/?&=~,;() -]*"?$'),
    (8, r'^"?\d+"?$'),
    (9, r'^"?\d+"?$'),
)
"""An administrator may order the fields otherwise: what has no sizes where the default feed has them is not read by it."""


def _web_csv(name: str, title: str, delimiter: str) -> LogFormat:
    text = rf'(?:"[^"]*"|[^"{delimiter}]*){delimiter}'
    line = rf'^{_DATE}{delimiter}{text}"?[A-Z][A-Z0-9_]*"?{delimiter}{text}"?(?:Allowed|Blocked)"?{delimiter}'
    line += rf'(?:{text}){{2}}"?\d+"?{delimiter}"?\d+"?{delimiter}'
    family = CsvPositional(at_least=26, delimiter=delimiter)
    return _feed(
        name, title, f"{_HELP}web-logs", "http_request", family, _WEB_CSV, action=(5,), line=line, shapes=_WEB_SHAPES
    )


FORMATS = (
    _web_csv("zscaler_nss_web_csv", "Zscaler Internet Access web log (NSS, default CSV)", ","),
    _web_csv("zscaler_nss_web_tsv", "Zscaler Internet Access web log (NSS, default TSV)", "\t"),
    _feed(
        "zscaler_nss_web_kv",
        "Zscaler Internet Access web log (NSS, key=value for Splunk)",
        f"{_HELP}web-logs",
        "http_request",
        KeyValue("tab", requires=("action", "url", "requestsize")),
        _kv(_WEB),
        action=("action",),
        line=r"\trequestsize=",
        rank=12,
    ),
    _feed(
        "zscaler_nss_fw_csv",
        "Zscaler firewall log (NSS, default CSV)",
        f"{_HELP}firewall-logs",
        "connection",
        CsvPositional(at_least=31),
        {
            "user": _person(2),
            "device": (36,),
            "client_ip": (9, 13),
            "server_ip": (10, 12),
            "server_port": (5, 7),
            "action": (16,),
            "bytes_up": (28,),
            "bytes_down": (27,),
        },
        action=(16,),
        line=rf'^{_DATE},"[^"]*","[^"]*","[^"]*","\d+","\d+","\d+","\d+","[0-9A-Fa-f.:]+","[0-9A-Fa-f.:]+",',
    ),
    _feed(
        "zscaler_nss_fw_kv",
        "Zscaler firewall log (NSS, key=value for Splunk)",
        f"{_HELP}firewall-logs",
        "connection",
        KeyValue("tab", requires=("csip", "cdip", "outbytes")),
        _kv(_FW),
        action=("action",),
        line=r"\tcdip=",
        rank=12,
    ),
    _feed(
        "zscaler_nss_dns_csv",
        "Zscaler DNS log (NSS, default CSV)",
        f"{_HELP}dns-logs",
        "dns_query",
        CsvPositional(at_least=16),
        {
            "host": (10,),
            "user": _person(2),
            "device": (19, Part(18, "(.+)", only=((19, "^$"),))),
            "client_ip": (14,),
            "action": (5, 6),
        },
        action=(5, 6),
        line=rf'^{_DATE},(?:"[^"]*",){{3}}"[A-Za-z_ ]{{2,40}}","[A-Za-z_ ]{{2,40}}",(?:"[^"]*",){{2}}"[^",]{{1,24}}","[^",]{{1,255}}",'
        r'"[^"]*","\d+","\d+","[0-9A-Fa-f.:]*","[0-9A-Fa-f.:]*","',
    ),
    _feed(
        "zscaler_nss_dns_kv",
        "Zscaler DNS log (NSS, key=value for Splunk)",
        f"{_HELP}dns-logs",
        "dns_query",
        KeyValue("tab", requires=("dns_req", "reqaction")),
        _kv(_DNS),
        action=("reqaction", "resaction"),
        line=r"\tdns_req=",
        rank=12,
    ),
    _feed(
        "zscaler_zia_web",
        "Zscaler Internet Access web log (JSON)",
        f"{_HELP}web-logs",
        "http_request",
        Json(requires=(("sourcetype", "^zscalernss-web"),)),
        _json(_WEB),
        action=("event.action",),
    ),
    _feed(
        "zscaler_zia_firewall",
        "Zscaler firewall log (JSON)",
        f"{_HELP}firewall-logs",
        "connection",
        Json(requires=(("sourcetype", "^zscalernss-fw"),)),
        _json(_FW),
        action=("event.action",),
    ),
    _feed(
        "zscaler_zia_dns",
        "Zscaler DNS log (JSON)",
        f"{_HELP}dns-logs",
        "dns_query",
        Json(requires=(("sourcetype", "^zscalernss-dns"),)),
        _json(_DNS),
        action=("event.reqaction", "event.resaction"),
    ),
    _feed(
        "zscaler_zia_web_flat",
        "Zscaler Internet Access web log (JSON without an envelope)",
        f"{_HELP}web-logs",
        "http_request",
        Json(requires=(("eurl", ""), ("login|elogin|ologin", ""), ("reqsize|requestsize|respsize", ""))),
        _kv(_WEB),
        action=("action",),
        rank=9,
    ),
    _feed(
        "zscaler_zia_firewall_flat",
        "Zscaler firewall log (JSON without an envelope)",
        f"{_HELP}firewall-logs",
        "connection",
        Json(requires=(("csip|tsip", ""), ("cdip|cdfqdn", ""), ("outbytes", ""), ("inbytes", ""))),
        _kv(_FW),
        action=("action",),
        rank=9,
    ),
    _feed(
        "zscaler_zia_dns_flat",
        "Zscaler DNS log (JSON without an envelope)",
        f"{_HELP}dns-logs",
        "dns_query",
        Json(requires=(("dns_req", ""), ("reqaction", ""), ("clt_sip|user|login", ""))),
        _kv(_DNS),
        action=("reqaction", "resaction"),
        rank=9,
    ),
    LogFormat(
        name="zscaler_zia_tunnel",
        title="Zscaler tunnel log (JSON)",
        vendor="Zscaler",
        doc=f"{_HELP}tunnel-logs",
        kind="connection",
        family=Json(requires=(("sourcetype", "^zscalernss-tunnel"),)),
        fields={
            "user": ("event.user",),
            "client_ip": ("event.sourceip",),
            "server_ip": ("event.destinationip",),
            "action": ("event.event", "event.Recordtype"),
            "bytes_up": ("event.rxbytes",),  # the service received it
            "bytes_down": ("event.txbytes",),
        },
        time=(TimeOf(("event.datetime",), zone="event.tz"),),
        uncounted=(When((("sourcetype", "."),), _TUNNEL),),
        percent_encoded=_TEXTS,
        product="zscaler",
    ),
    LogFormat(
        name="zscaler_zia_json",
        title="Zscaler audit, alert and SaaS security events (JSON)",
        vendor="Zscaler",
        doc="https://help.zscaler.com/zia/nss-feed-output-format-saas-security-logs",
        kind="api_call",
        family=Json(requires=(("sourcetype", r"^zscalernss-(?!web|fw|dns|tunnel)"),)),
        fields={
            "host": ("event.fullurl", "event.url"),
            "url": ("event.fullurl", "event.url"),
            "user": ("event.login", "event.user", "event.adminid", "user_name"),
            "client_ip": ("event.clientip",),
            "action": ("event.action", "event.actiontaken", "event.policy", "actions"),
        },
        time=(
            TimeOf(("event.time",), zone="event.tz"),
            TimeOf(("event.datetime",), zone="event.tz"),
            TimeOf(("time",), zone="tz"),
        ),
        uncounted=(When((("sourcetype", "casb"),), _AT_REST), When((("sourcetype", "."),), _ADMIN)),
        percent_encoded=_TEXTS,
        product="zscaler",
    ),
    LogFormat(
        name="zscaler_zpa",
        title="Zscaler Private Access log (LSS, JSON)",
        vendor="Zscaler",
        doc="https://help.zscaler.com/zpa/about-log-streaming-service",
        kind="connection",
        family=Json(requires=(("LogTimestamp", r"^[A-Z][a-z]{2} [A-Z][a-z]{2} "), ("Customer", ""))),
        fields={
            "host": ("Host",),
            "path": ("URL",),
            "user": ("NameID", "Username"),
            "device": ("Hostname",),
            "client_ip": ("ClientPublicIp", "ClientPublicIP", "PublicIP", "ClientPrivateIp", "ClientPrivateIP"),
            "server_ip": ("ServerIP",),
            "server_port": ("ApplicationPort", "ServicePort", "ServerPort"),
            "method": ("Method",),
            "action": ("ConnectionStatus", "InternalReason", "SessionStatus"),
            "bytes_up": ("RequestSize", "ZENTotalBytesRxClient"),
            "bytes_down": ("ResponseSize", "ZENTotalBytesTxClient"),
            "user_agent": ("UserAgent",),
        },
        time=(TimeOf(("LogTimestamp",)),),
        zone="utc",
        kinds=((When((("Method", r"^[A-Z]+$"),)), "http_request"),),
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
            When((("Host", "^$"), ("ServerIP", "^$")), "the session of a client or connector, not a use of a service"),
        ),
        product="zscaler",
    ),
)
