"""Check Point Log Exporter in its formats ``syslog``, ``cef``, ``leef`` and ``json``, Infinity Events (Harmony Endpoint), and Harmony
Email & Collaboration events.

``client_outbound_bytes`` (``sent_bytes`` in older blades) is what the client sent. ``time`` is the epoch. ``domain_name`` is a DNS
name only in some blades; in the audit log it is a management domain and has no dot. Updated logs of one connection share a ``loguid``:
each tells of all of it so far.
"""

from dataclasses import replace

from shadowai.sources.logs.description import (
    Cef,
    CsvHeader,
    Json,
    KeyValue,
    Leef,
    LogFormat,
    Part,
    Pattern,
    TimeOf,
    When,
    Whole,
)

_DOC = "https://support.checkpoint.com/results/sk/sk144192"
_EXPORTER_DOC = "https://sc1.checkpoint.com/documents/R81/WebAdminGuides/EN/CP_R81_LoggingAndMonitoring_AdminGuide/Topics-LMG/Log-Exporter-Appendix.htm"
_BLOCKED = r"(?i)^(?:drop|block|reject|prevent|deny|quarantine|https inspect reject|failed log in)$"
_REDIRECT = r"(?i)^redirect$"
_REDIRECTED = (("product", r"^(?!VPN-1 & FireWall-1$)"),)
"""A blade that redirects shows its own page instead; the firewall redirects a connection to its proxy."""
_ALLOWED = r"(?i)^(?:accept|allow|detect|inform|encrypt|decrypt|monitor|bypass|https inspect|https bypass|vpn routing|ask user)$"
_EVENT = r"(?i)^(?:log (?:in|out)|failed log in|forgot passcode|key install|update|ctl|ip changed|system|client.*)$"
_OWN_EVENT = "an event of the gateway or its management, not use of a service"
_UPDATED = Whole((When(()),))
_NO_ID = frozenset({"{0x0,0x0,0x0,0x0}"})
_DOMAIN = r"^([\w-]+(?:\.[\w-]+)+)\.?$"

SYSLOG = LogFormat(
    name="checkpoint_syslog_kv",
    title="Check Point Log Exporter (syslog)",
    vendor="Check Point",
    doc=_DOC,
    kind="connection",
    family=KeyValue("colon_quoted"),
    line=r'^(?=.*?(?:^|[\[\s;])(?:loguid|origin|originsicname|ifdir|product|action):+"(?!"[^";\s]))(?=.*?"; ?[A-Za-z_]\w*:+")',
    fields={
        "host": (
            "resource",
            "tls_server_host_name",
            "sni",
            "http_host",
            "dst_domain_name",
            Part("domain_name", _DOMAIN),
            "dns_query",
        ),
        "url": ("resource",),
        "user": ("src_user_name", "user", "src_user", "administrator"),
        "device": ("src_machine_name",),
        "client_ip": ("src", "client_ip", "endpoint_ip"),
        "server_ip": ("dst",),
        "server_port": ("service", "d_port"),
        "method": ("method", "http_method"),
        "action": ("action",),
        "bytes_up": ("client_outbound_bytes", "sent_bytes"),
        "bytes_down": ("client_inbound_bytes", "received_bytes"),
        "user_agent": ("user_agent", "web_client_type"),
    },
    time=(TimeOf(("time",)),),
    kinds=((When((("resource", r"."),)), "http_request"), (When((("dns_query", r"."),)), "dns_query")),
    blocked=(When((("action", _BLOCKED),)), When((("action", _REDIRECT), *_REDIRECTED))),
    allowed=(When((("action", _ALLOWED),)),),
    uncounted=(
        When((("administrator", r"."),), _OWN_EVENT),
        When((("action", _EVENT),), _OWN_EVENT),
        When((("src", r"^$"), ("dst", r"^$"), ("resource", r"^$")), _OWN_EVENT),
    ),
    session=("loguid",),
    whole=_UPDATED,
    nulls=_NO_ID,
    product="checkpoint",
)

JSON = replace(
    SYSLOG,
    name="checkpoint_json",
    title="Check Point Log Exporter (JSON)",
    family=Json(
        requires=(
            ("origin", ""),
            ("sequencenum", r"^\d+$"),
            ("product", ""),
            ("loguid|logid|log_id|originsicname", ""),
        )
    ),
    line="",
    time=(TimeOf(("time",)), TimeOf(("time.0",))),  # a log that was updated can have a list
)

EVENTS = replace(
    JSON,
    name="checkpoint_events_json",
    title="Check Point Infinity Events: Harmony Endpoint and gateways (API, JSON)",
    doc="https://www.elastic.co/docs/reference/integrations/checkpoint_harmony_endpoint",
    family=Json(
        requires=(
            ("orig", ""),
            ("sequencenum", r"^\d+$"),
            ("product", ""),
            ("product_family|client_name|event_type", ""),
        )
    ),
    zone="utc",
    session=(),
    whole=Whole(),
    nulls=_NO_ID | {"0.0.0.0"},
)
"""Many values are lists of one. The agent knows the address of what it blocked as ``0.0.0.0`` only."""

CEF = LogFormat(
    name="checkpoint_cef",
    title="Check Point Log Exporter (CEF)",
    vendor="Check Point",
    doc=_EXPORTER_DOC,
    kind="connection",
    family=Cef(device=r"^\|?Check ?Point(?:\||$)"),
    fields={
        "host": (
            "request",
            "resource",
            "tls_server_host_name",
            "sni",
            "destinationDnsDomain",
            "dhost",
            "dst_domain_name",
            Part("domain_name", _DOMAIN),
        ),
        "url": ("request", "resource"),
        "user": ("suser", "src_user_name", "user", "administrator"),
        "device": ("shost", "src_machine_name"),
        "client_ip": ("src", "client_ip", "endpoint_ip"),
        "server_ip": ("dst",),
        "server_port": ("dpt", "service"),
        "method": ("requestMethod", "method"),
        "action": ("act", "action"),
        "bytes_up": ("client_outbound_bytes", "sent_bytes", "out"),
        "bytes_down": ("client_inbound_bytes", "received_bytes", "in"),
        "user_agent": ("requestClientApplication", "user_agent"),
    },
    time=(TimeOf(("rt",)), TimeOf(("start",)), TimeOf(("time",))),
    kinds=((When((("request", r"."),)), "http_request"), (When((("resource", r"."),)), "http_request")),
    blocked=(
        When((("act", _BLOCKED),)),
        When((("action", _BLOCKED),)),
        When((("act", _REDIRECT), *_REDIRECTED)),
        When((("action", _REDIRECT), *_REDIRECTED)),
    ),
    allowed=(When((("act", _ALLOWED),)), When((("action", _ALLOWED),))),
    uncounted=(
        When((("administrator", r"."),), _OWN_EVENT),
        When((("act", _EVENT),), _OWN_EVENT),
        When((("src", r"^$"), ("dst", r"^$"), ("request", r"^$")), _OWN_EVENT),
    ),
    session=("loguid",),
    whole=_UPDATED,
    nulls=_NO_ID,
    product="checkpoint",
)

LEEF = LogFormat(
    name="checkpoint_leef",
    title="Check Point Log Exporter (LEEF)",
    vendor="Check Point",
    doc=_EXPORTER_DOC,
    kind="connection",
    family=Leef(device=r"^Check ?Point\|"),
    fields={
        "host": ("url", "resource", "tls_server_host_name", "sni", "dst_domain_name", Part("domain_name", _DOMAIN)),
        "url": ("url", "resource"),
        "user": ("usrName", "src_user_name", "user", "administrator"),
        "device": ("identHostName", "src_machine_name"),
        "client_ip": ("src", "client_ip"),
        "server_ip": ("dst",),
        "server_port": ("dstPort", "service"),
        "method": ("method",),
        "action": ("action", "rule_action"),
        "bytes_up": ("client_outbound_bytes", "srcBytes", "sent_bytes"),
        "bytes_down": ("client_inbound_bytes", "dstBytes", "received_bytes"),
        "user_agent": ("user_agent",),
    },
    time=(TimeOf(("devTime",)), TimeOf(("time",))),
    kinds=((When((("resource", r"."),)), "http_request"), (When((("url", r"."),)), "http_request")),
    blocked=(When((("action", _BLOCKED),)), When((("action", _REDIRECT), *_REDIRECTED))),
    allowed=(When((("action", _ALLOWED),)),),
    uncounted=(When((("administrator", r"."),), _OWN_EVENT), When((("action", _EVENT),), _OWN_EVENT)),
    session=("loguid",),
    whole=_UPDATED,
    nulls=_NO_ID,
    product="checkpoint",
)

_PAYLOAD = "event.entity.entity_payload"

EMAIL = LogFormat(
    name="checkpoint_hec_json",
    title="Check Point Harmony Email & Collaboration events",
    vendor="Check Point",
    doc="https://app.swaggerhub.com/apis-docs/Check-Point/harmony-email-collaboration-smart-api/",
    kind="api_call",
    family=Json(requires=(("event.security_event.entity_info.entity_type", ""),)),
    fields={
        "user": (f"{_PAYLOAD}.from_email", "event.security_event.saas_info.saas_actor_payload.email"),
        "client_ip": (f"{_PAYLOAD}.sender_client_ip", f"{_PAYLOAD}.sender_server_ip"),
        "action": ("event.security_event.security_event_action.0.action_type",),
    },
    time=(TimeOf(("event.security_event.time",)),),
    zone="utc",
    uncounted=(When((), "a finding about a mail or file, not use of a service"),),
    product="checkpoint_hec",
)


def _field(*names: str) -> tuple[Part, ...]:
    return tuple(Part("data", rf'(?<![\w-]){name}="([^"]+)"') for name in names)


STRUCTURED = LogFormat(
    name="checkpoint_structured",
    title='Check Point Log Exporter (syslog with structured data, k="v")',
    vendor="Check Point",
    doc=_DOC,
    kind="connection",
    family=Pattern(
        (
            r"(?:^|\s)(?:(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\S{0,8} \S+ .{0,200}?)?\[Fields@1\.3\.6\.1\.4\.1\.2620 (?P<data>.*)",
        )
    ),
    line=r"\[Fields@1\.3\.6\.1\.4\.1\.2620 ",
    fields={
        "host": _field("resource", "http_host", "dst_domain_name"),
        "url": _field("resource"),
        "user": _field("src_user_name", "user"),
        "device": _field("src_machine_name"),
        "client_ip": _field("src"),
        "server_ip": _field("dst"),
        "server_port": _field("svc", "service"),
        "action": _field("action", "rule_action"),
    },
    time=(TimeOf(("time",)),),
    kinds=((When((("data", r'\bresource="[^"]'),)), "http_request"),),
    blocked=(When((("data", r'(?i)\b(?:rule_)?action="(?:drop|block|reject|prevent)"'),)),),
    allowed=(When((("data", r'(?i)\b(?:rule_)?action="(?:accept|allow|detect|encrypt|decrypt)"'),)),),
    product="checkpoint",
)

TRACKER = LogFormat(
    name="checkpoint_tracker",
    title="Check Point SmartView Tracker export (quoted fields)",
    vendor="Check Point",
    doc="https://sc1.checkpoint.com/documents/R77/CP_R77_SmartViewTracker_WebAdminGuide/html_frameset.htm",
    kind="connection",
    family=Pattern(
        (
            r'^"\d+" "(?P<day>\d{1,2})(?P<month>[A-Z][a-z]{2})(?P<year>\d{4})" " ?(?P<clock>\d{1,2}:\d\d:\d\d)" "[^"]*" "[^"]*" "[^"]*" '
            r'"(?P<action>[^"]*)" "(?P<service>[^"]*)" "[^"]*" "(?P<src>[^"]*)" "(?P<dst>[^"]*)" "[^"]*"'
            r'(?: "[^"]*" "[^"]*" "[^"]*" "(?P<user>[^"]*)")?',
        )
    ),
    line=r'^"\d+" "\d{1,2}[A-Z][a-z]{2}\d{4}" "[ \d]\d?:\d\d:\d\d" "',
    fields={
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("service",),
        "user": ("user",),
        "action": ("action",),
    },
    time=(TimeOf(("day", "month", "year", "clock")),),
    blocked=(When((("action", _BLOCKED),)),),
    allowed=(When((("action", _ALLOWED),)),),
    uncounted=(When((("src", "^$"),), _OWN_EVENT), When((("dst", "^$"),), _OWN_EVENT)),
    product="checkpoint",
)
"""Number, Date, Time, Interface, Origin, Type, Action, Service, Source Port, Source, Destination, Protocol, Rule, Rule Name, Current
Rule Number, User, Information, Product, Source Machine Name, Source User Name."""


def _piped(*names: str, value: str = r"((?:[^|\\]|\\.)+)") -> tuple[Part, ...]:
    return tuple(Part("data", rf"\|{name}={value}") for name in names)


_TIMED = r"(?:loc=\d{1,20}\|)?time=(?P<time>\d[\d :-]{8,20})(?=\|)"
PIPED = replace(
    SYSLOG,
    name="checkpoint_splunk",
    title="Check Point Log Exporter (splunk format) and OPSEC LEA: fields parted by |",
    doc="https://axoflow.com/docs/axosyslog-core/chapter-parsers/parser-checkpoint/",
    family=Pattern(
        (
            _TIMED + r"(?P<data>(?:(?=.*?\|product=(?P<product>[^|]*)))?(?:(?=.*?\|action=(?P<action>[^|]*)))?.*)",
        )
    ),
    line=rf"^(?:[^|=]{{0,160}}\s)?{_TIMED}(?=.*?\|action=)(?=.*?\|(?:origin|orig|hostname)=)(?=.*?\|(?:product|ifdir|i/f_dir)=)",
    fields={
        "host": (
            *_piped("resource", "tls_server_host_name", "sni", "http_host", "dst_domain_name"),
            *_piped("dst", value=r"((?:[\w-]+\.)+[A-Za-z][\w-]*)(?=\||$)"),
            *_piped("dns_query"),
        ),
        "url": _piped("resource"),
        "user": _piped("src_user_name", "user", "src_user", "administrator"),
        "device": (*_piped("src_machine_name"), *_piped("src", value=r"(?![\d.]+(?:\||$))([\w.-]+)(?=\||$)")),
        "client_ip": _piped("src", "client_ip", "endpoint_ip", value=r"([0-9a-fA-F.:]+)(?=\||$)"),
        "server_ip": _piped("dst", value=r"([0-9a-fA-F.:]+)(?=\||$)"),
        "server_port": _piped("service", "d_port", value=r"(\d{1,5})(?=\||$)"),
        "method": _piped("method", "http_method"),
        "action": ("action",),
        "bytes_up": _piped("client_outbound_bytes", "sent_bytes", value=r"(\d+)"),
        "bytes_down": _piped("client_inbound_bytes", "received_bytes", value=r"(\d+)"),
        "user_agent": _piped("user_agent", "web_client_type"),
    },
    kinds=((When((("data", r"\|resource=[^|]"),)), "http_request"), (When((("data", r"\|dns_query=[^|]"),)), "dns_query")),
    uncounted=(
        When((("data", r"\|administrator=[^|]"),), _OWN_EVENT),
        When((("action", _EVENT),), _OWN_EVENT),
        When((("data", r"^(?!.*\|(?:src|dst|resource)=[^|])"),), _OWN_EVENT),
    ),
    session=_piped("loguid"),
)  # fmt: skip
"""``\\|`` and ``\\=`` are escaped; the time of LEA is text in the zone of the collector."""

LOGEXPORT = replace(
    SYSLOG,
    name="checkpoint_logexport",
    title="Check Point log exported by fwm logexport (CSV parted by semicolons)",
    doc="https://sc1.checkpoint.com/documents/R81/WebAdminGuides/EN/CP_R81_CLI_ReferenceGuide/",
    family=CsvHeader(columns=("num", "date", "time", "orig", "action", "i/f_name", "src", "dst")),
    line="",
    time=(TimeOf(("date", "time")),),
    rank=12,
)

_IP = r"(?:^|\()((?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]*:[0-9A-Fa-f:]+)\)?$"
VIEW = LogFormat(
    name="checkpoint_csv",
    title="Check Point log exported as CSV from SmartConsole or SmartView",
    vendor="Check Point",
    doc=_EXPORTER_DOC,
    kind="connection",
    family=CsvHeader(columns=("Time", "Blade", "Action", "Origin", "Source", "Destination")),
    fields={
        "host": ("Resource", Part("Destination", r"^((?:[\w-]+\.)+[A-Za-z][\w-]*)(?: \(|$)")),
        "url": ("Resource",),
        "user": ("Source User Name", "User"),
        "device": ("Source Machine Name", Part("Source", r"^([A-Za-z][\w.-]*) \(")),
        "client_ip": (Part("Source", _IP),),
        "server_ip": (Part("Destination", _IP),),
        "server_port": (Part("Service", r"(?i)\((?:TCP|UDP)/(\d{1,5})\)"), Part("Service", r"^(\d{1,5})$")),
        "method": ("Method",),
        "action": ("Action",),
        "bytes_up": ("Client Outbound Bytes", "Sent Bytes"),
        "bytes_down": ("Client Inbound Bytes", "Received Bytes"),
    },
    time=(TimeOf(("Time",)),),
    rank=12,
    kinds=((When((("Resource", r"."),)), "http_request"),),
    blocked=(When((("Action", _BLOCKED),)), When((("Action", _REDIRECT), ("Blade", r"(?i)^(?!firewall$)")))),
    allowed=(When((("Action", _ALLOWED),)),),
    uncounted=(
        When((("Action", _EVENT),), _OWN_EVENT),
        When((("Source", r"^$"), ("Destination", r"^$"), ("Resource", r"^$")), _OWN_EVENT),
    ),
    product="checkpoint",
)

_FROM = r" {1,4}(?P<action>[a-z]{3,20}) {1,4}(?P<origin>\S{1,255}) {1,4}(?:N/A {1,4}|[<>] ?\S{1,64} {1,4})?(?P<data>.*)"
_CLOCK = r"\s{0,3}(?P<clock>\d{1,2}:\d\d:\d\d)(?: {1,4}\d{1,3} {1,4}\S{1,16} {1,4}\d{1,10})?" + _FROM
_ENTRY = (
    r"^\s{0,3}(?:Date: [A-Z][a-z]{2} \d{1,2}, \d{4};? {1,3}|\d{1,2}[A-Z][a-z]{2}\d{4} )?\s{0,3}\d{1,2}:\d\d:\d\d"
    r"(?: {1,4}\d{1,3} {1,4}\S{1,16} {1,4}\d{1,10})? {1,4}[a-z]{3,20} {1,4}\S{1,255} {1,4}(?:N/A {1,4}|[<>] ?\S{1,64} {1,4})?"
    r"(?=.{0,8000}?(?:product|ProductName): )"
)


def _listed(*names: str, value: str = r"(?! )([^;]{1,8000}?) ?(?:;|$)") -> tuple[Part, ...]:
    return tuple(Part("data", rf"(?:^|[;\s]){name}: {{1,3}}{value}") for name in names)


FW_LOG = replace(
    PIPED,
    name="checkpoint_fw_log",
    title="Check Point log as the command fw log prints it",
    doc="https://sc1.checkpoint.com/documents/R81/WebAdminGuides/EN/CP_R81_CLI_ReferenceGuide/",
    family=Pattern(
        (
            r"^\s{0,3}Date: (?P<month>[A-Z][a-z]{2}) (?P<day>\d{1,2}), (?P<year>\d{4});? " + _CLOCK,
            r"^\s{0,3}(?P<day>\d{1,2})(?P<month>[A-Z][a-z]{2})(?P<year>\d{4}) " + _CLOCK,
            "^" + _CLOCK,
        )
    ),
    line=_ENTRY,
    fields={
        "host": (
            *_listed("resource", "tls_server_host_name", "sni", "http_host", "dst_domain_name"),
            *_listed("dst", value=r"((?:[\w-]+\.)+[A-Za-z][\w-]*) ?(?:;|$)"),
            *_listed("dns_query"),
        ),
        "url": _listed("resource"),
        "user": _listed("src_user_name", "user", "src_user"),
        "device": (*_listed("src_machine_name"), *_listed("src", value=r"(?![\d.]+ ?;)([\w.-]+) ?(?:;|$)")),
        "client_ip": _listed("src", "client_ip", "endpoint_ip", value=r"([0-9a-fA-F.:]+) ?(?:;|$)"),
        "server_ip": _listed("dst", value=r"([0-9a-fA-F.:]+) ?(?:;|$)"),
        "server_port": _listed("svc", "service", "d_port", value=r"(\d{1,5}) ?(?:;|$)"),
        "method": _listed("method", "http_method"),
        "action": ("action",),
        "bytes_up": _listed("client_outbound_bytes", "sent_bytes", value=r"(\d+)"),
        "bytes_down": _listed("client_inbound_bytes", "received_bytes", value=r"(\d+)"),
        "user_agent": _listed("user_agent", "web_client_type"),
    },
    time=(TimeOf(("day", "month", "year", "clock")),),
    kinds=((When((("data", r"(?:^|[;\s])resource: {1,3}[^;\s]"),)), "http_request"),),
    blocked=(When((("action", _BLOCKED),)),),
    uncounted=(
        When((("action", r"^(?:ctl|keyinst|authorize|deauthorize|update)$"),), _OWN_EVENT),
        When((("data", r"(?:^|[;\s])administrator: {1,3}[^;\s]"),), _OWN_EVENT),
        When((("data", r"^(?!.*(?:^|[;\s])(?:src|dst|resource): {1,3}[^;\s])"),), _OWN_EVENT),
    ),
    session=_listed("loguid"),
)
"""Without the option ``-l`` the date stands in a line of its own, and the records have the time of the day only."""

FORMATS = (SYSLOG, JSON, EVENTS, STRUCTURED, TRACKER, PIPED, LOGEXPORT, VIEW, FW_LOG, CEF, LEEF, EMAIL)
