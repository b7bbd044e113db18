"""Endpoint sensors beside the well known: LimaCharlie, Falco, Sysmon's messages as text, Trellix ePO, what HarfangLab's manager tells
of itself, and Symantec Endpoint Security.

Trellix ePO forwards events as XML in syslog; ``WP_EventInfoMT`` is what Web Control saw a person open. Elsewhere in them, hosts and
addresses are the computer's own.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Pattern, TimeOf, When

_INBOUND = "a connection to the device, not from it"

_CONNECTED = r"^(?:NEW|TERMINATED)_(?:TCP|UDP)[46]_CONNECTION$|^NETWORK_CONNECTIONS$"
LIMACHARLIE = LogFormat(
    name="limacharlie",
    title="LimaCharlie endpoint events (JSON)",
    vendor="LimaCharlie",
    doc="https://docs.limacharlie.io/docs/reference-edr-events",
    kind="endpoint_event",
    family=Json(
        requires=(("routing.event_type", r"^[A-Z]\w+$"), ("routing.sid|routing.oid", ""), ("routing.hostname", ""))
    ),
    fields={
        "host": (
            Part("event.DOMAIN_NAME", r"(.+)", only=(("routing.event_type", r"^DNS_REQUEST$"),)),
            Part("event.URL", r"(.+)", only=(("routing.event_type", r"^HTTP_REQUEST"),)),
        ),
        "url": (Part("event.URL", r"(.+)", only=(("routing.event_type", r"^HTTP_REQUEST"),)),),
        "user": ("event.USER_NAME",),
        "device": ("routing.hostname",),
        "client_ip": ("routing.int_ip", "routing.ext_ip"),
        "server_ip": ("event.DESTINATION.IP_ADDRESS", "event.NETWORK_ACTIVITY.0.DESTINATION.IP_ADDRESS"),
        "server_port": ("event.DESTINATION.PORT", "event.NETWORK_ACTIVITY.0.DESTINATION.PORT"),
        "action": ("routing.event_type",),
    },
    time=(TimeOf(("routing.event_time",)),),
    zone="utc",
    rank=12,
    kinds=(
        (When((("routing.event_type", r"^DNS_REQUEST$"),)), "dns_query"),
        (When((("routing.event_type", r"^HTTP_REQUEST"),)), "http_request"),
        (When((("routing.event_type", _CONNECTED),)), "connection"),
    ),
    uncounted=(
        When((("routing.event_type", rf"^(?!DNS_REQUEST$|HTTP_REQUEST|{_CONNECTED[1:]})"),), "no use of a service"),
        When((("routing.event_type", r"^TERMINATED_"),), "the end of a connection; its start is counted"),
        When((("event.IS_OUTGOING|event.NETWORK_ACTIVITY.0.IS_OUTGOING", r"^0$"),), _INBOUND),
    ),
    product="limacharlie",
)

_TUPLE = r"^([0-9a-fA-F.:]+?):\d+->[0-9a-fA-F.:]+?:\d+$"
FALCO = LogFormat(
    name="falco",
    title="Falco alerts (JSON)",
    vendor="Falco",
    doc="https://falco.org/docs/concepts/outputs/formatting/",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("rule", ""),
            ("priority", r"^(?:Emergency|Alert|Critical|Error|Warning|Notice|Informational|Info|Debug)$"),
            ("output", ""),
            ("output_fields.evt.time|output_fields.proc.cmdline|output_fields.fd.name|output_fields.container.id", ""),
        )
    ),
    fields={
        "host": ("output_fields.fd.sip.name",),
        "user": ("output_fields.user.name",),
        "device": ("output_fields.k8s.pod.name", "hostname"),
        "client_ip": (Part("output_fields.fd.name", _TUPLE), "output_fields.fd.cip"),
        "server_ip": (
            Part("output_fields.fd.name", r"->([0-9a-fA-F.:]+?):\d+$"),
            "output_fields.fd.sip",
            "output_fields.fd.rip",
        ),
        "server_port": (
            Part("output_fields.fd.name", r"->[0-9a-fA-F.:]+?:(\d+)$"),
            "output_fields.fd.sport",
        ),
        "action": ("rule",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    nulls=frozenset({"<na>"}),
    uncounted=(
        When(
            (("output_fields.fd.name", r"^(?!.*->)"), ("output_fields.fd.sip.name", r"^$")),
            "what a rule found on a machine, no use of a service",
        ),
    ),
    product="falco",
)
"""``fd.name`` of a connection is ``client:port->server:port``; ``fd.sip.name`` the name that was looked up for the server."""

_BEFORE = r".{0,200}?(?:MSWinEventLog\t(?:[^\t]{0,200}\t){9}|WinEvtLog: (?:[^:]{1,200}: ){5})"
"""What Snare's agent and OSSEC's write before the name of the computer."""
_BETWEEN = r".{0,3000}?\s"
SYSMON_TEXT = LogFormat(
    name="windows_sysmon_text",
    title="Sysmon events as text (syslog agents, Snare, event viewer)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon",
    kind="endpoint_event",
    family=Pattern(
        (
            rf"^(?:{_BEFORE}(?P<computer>[^\t:]{{1,255}})(?:\t|: ))?.{{0,2000}}?"
            rf"\b(?P<what>Dns query):\s.{{0,400}}?UtcTime: (?P<time>\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?){_BETWEEN}"
            rf"QueryName: (?P<host>\S{{1,255}})(?:{_BETWEEN}User: (?P<user>\S[^\t]{{0,100}}?)\s*(?:$|\t))?",
            rf"^(?:{_BEFORE}(?P<computer>[^\t:]{{1,255}})(?:\t|: ))?.{{0,2000}}?"
            rf"\b(?P<what>Network connection detected):\s.{{0,400}}?UtcTime: (?P<time>\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)"
            rf"(?:{_BETWEEN}User: (?P<user>\S.{{0,100}}?)\s+Protocol: )?{_BETWEEN}Initiated: (?P<initiated>\w+)"
            rf"{_BETWEEN}SourceIp: (?P<source>[0-9a-fA-F.:]+){_BETWEEN}DestinationIp: (?P<address>[0-9a-fA-F.:]+)\s"
            rf"(?:\s*DestinationHostname: (?P<host>(?!DestinationPort)\S{{1,255}}))?{_BETWEEN}DestinationPort: (?P<port>\d+)",
        )
    ),
    line=(
        r"\b(?:Dns query|Network connection detected):\s.{0,300}?UtcTime: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d.{0,1500}?\s"
        r"(?:QueryName|DestinationIp): \S"
    ),
    fields={
        "host": ("host",),
        "user": ("user",),
        "device": ("computer",),
        "client_ip": ("source",),
        "server_ip": ("address",),
        "server_port": ("port",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    kinds=((When((("what", r"^Dns"),)), "dns_query"), (When((("what", r"^Network"),)), "connection")),
    uncounted=(When((("initiated", r"(?i)^false$"),), _INBOUND),),
    product="windows",
)


def _tag(name: str, group: str) -> str:
    return rf"(?:(?=[\s\S]{{0,6000}}?<{name}>(?P<{group}>[^<]{{1,2000}})</{name}>))?"


_EPO = r"<(?:EPO[Ee]vent|UpdateEvents|AssessmentResultEvent)>\s*<MachineInfo>"
EPO_XML = LogFormat(
    name="trellix_epo",
    title="Trellix (McAfee) ePO events: Endpoint Security Web Control and others (XML in syslog)",
    vendor="Trellix",
    doc="https://docs.sekoia.io/integration/categories/network_security/trellix_epo_on_prem",
    kind="endpoint_event",
    family=Pattern(
        (
            _EPO
            + _tag("MachineName", "computer")
            + _tag("IPAddress", "address")
            + _tag("UserName", "logged")
            + _tag("GMTTime", "time")
            + _tag("ThreatActionTaken", "action")
            + _tag("SourceUserName", "source")
            + _tag("TargetUserName", "target")
            + r'(?:(?=[\s\S]{0,9000}?<CustomFields target="WP_EventInfoMT">[\s\S]{0,400}?<URL>(?P<url>[^<]{1,2000})</URL>))?',
        )
    ),
    line=_EPO,
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": ("source", "target", "logged"),
        "device": ("computer",),
        "client_ip": ("address",),
        "action": ("action",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    nulls=frozenset({"%ctx_domain_user%", "system"}),
    kinds=((When((("url", r"."),)), "http_request"),),
    blocked=(When((("action", r"(?i)^(?:blocked|denied)$|_(?:BLOCK|DEN)"),)),),
    allowed=(When((("action", r"(?i)^(?:allowed|warned)$|_ALLOW"),)),),
    uncounted=(When((("url", r"^$"),), "an event of the endpoint, not use of a service"),),
    product="trellix_epo",
)
"""``GMTTime`` is in UTC."""


def _epo(*names: str) -> tuple[str, ...]:
    """A field of an event by itself, and as the API wraps it."""
    return tuple(form for name in names for form in (name, f"attributes.{name}"))


_WEB_CONTROL = (("|".join(_epo("threatcategory")), r"^wp\."),)
EPO_JSON = LogFormat(
    name="trellix_epo_json",
    title="Trellix ePO SaaS events: Endpoint Security Web Control and others (API, JSON)",
    vendor="Trellix",
    doc="https://docs.trellix.com/docs/event-operation",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("|".join(_epo("threateventid")), r"^\d"),
            ("|".join(_epo("analyzername")), ""),
            ("|".join(_epo("agentguid")), ""),
        )
    ),
    fields={
        "host": tuple(Part(key, r"(.+)", _WEB_CONTROL) for key in _epo("sourceurl")),
        "url": tuple(Part(key, r"(.+)", _WEB_CONTROL) for key in _epo("sourceurl")),
        "user": _epo("sourceusername", "targetusername"),
        "device": _epo("analyzerhostname"),
        "client_ip": _epo("analyzeripv4"),
        "action": _epo("threatactiontaken"),
    },
    time=tuple(TimeOf((key,)) for key in _epo("detectedutc", "timestamp")),
    zone="utc",
    rank=12,
    kinds=((When(_WEB_CONTROL), "http_request"),),
    blocked=(When((("|".join(_epo("threatactiontaken")), r"(?i)^(?:blocked|denied)$|_(?:BLOCK|DEN)"),)),),
    allowed=(When((("|".join(_epo("threatactiontaken")), r"(?i)^(?:allowed|warned)$|_ALLOW"),)),),
    uncounted=(
        When((("|".join(_epo("threatcategory")), r"^(?!wp\.)"),), "an event of the endpoint, not use of a service"),
    ),
    product="trellix_epo",
)

HARFANG_AGENT = LogFormat(
    name="harfanglab_connectionlog",
    title="HarfangLab EDR: the manager's own logs (connections of agents, agents, audit; JSON)",
    vendor="HarfangLab",
    doc="https://harfanglab.io/",
    kind="connection",
    family=Json(
        requires=(
            ("log_type", r"^(?:connection|agent|audit)log$"),
            ("agent_id|agent.agentid|log_slug", ""),
            ("tenant|date|@timestamp|@event_create_date", ""),
        )
    ),
    fields={
        "user": ("username",),
        "device": ("agent.hostname", "hostname", "agent_id"),
        "client_ip": ("ip_address",),
        "method": ("request_method",),
        "action": ("log_slug",),
        "user_agent": ("user_agent",),
    },
    time=(TimeOf(("@event_create_date",)), TimeOf(("date",)), TimeOf(("@timestamp",))),
    zone="utc",
    rank=13,
    uncounted=(
        When((("log_type", r"^connectionlog$"),), "what an agent sent to its manager, no use of a service"),
        When((("log_type", r"."),), "an event of the manager, no use of a service"),
    ),
    product="harfanglab",
)

_UNKNOWN_PLACE = tuple(
    (key, r"^$") for key in ("connection.url.text", "connection.url.host", "connection.dst_name", "connection.dst_ip")
)
SES = LogFormat(
    name="symantec_endpoint_security",
    title="Symantec Endpoint Security events (event stream and export of ICDm, JSON)",
    vendor="Broadcom",
    doc="https://apidocs.securitycloud.symantec.com/",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("type_id", r"^\d{1,5}$"),
            ("category_id", r"^\d{1,2}$"),
            ("device_name|device_uid", ""),
            ("feature_name|feature_uid|product_uid|customer_uid", ""),
            ("time|device_time|log_time", r"^\d"),
        )
    ),
    fields={
        "host": ("connection.url.text", "connection.url.host", "connection.dst_name"),
        "url": ("connection.url.text",),
        "path": ("connection.url.path",),
        "user": ("user_name", "actor.user.name"),
        "device": ("device_name",),
        "client_ip": ("connection.src_ip", "device_ip"),
        "server_ip": ("connection.dst_ip",),
        "server_port": ("connection.dst_port", "connection.url.port"),
        "method": ("connection.url.method",),
        "action": ("feature_name", "type_id"),
        "bytes_up": ("connection.bytes_upload",),
        "bytes_down": ("connection.bytes_download",),
    },
    time=(TimeOf(("time",)), TimeOf(("device_time",)), TimeOf(("log_time",))),
    zone="utc",
    rank=12,
    kinds=(
        (When((("connection.url.text|connection.url.host", r"."),)), "http_request"),
        (When((("connection.dst_ip", r"."),)), "connection"),
    ),
    uncounted=(
        When((("connection.direction_id", r"^1$"),), _INBOUND),
        When(_UNKNOWN_PLACE, "names no destination"),
    ),
    product="symantec_endpoint_security",
)
"""``direction_id`` 1 is inbound, 2 outbound; of whatever concerns no connection the device and its user are all there is."""

FORMATS = (LIMACHARLIE, FALCO, SYSMON_TEXT, EPO_XML, EPO_JSON, HARFANG_AGENT, SES)
