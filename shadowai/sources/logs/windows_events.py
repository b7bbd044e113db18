"""Events of Windows as JSON: Sysmon, the DNS client, the filtering platform, the DNS server's analytical log.

Which event is what, and what its data are called: https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon. Shippers put the data
of an event in different places.
"""

from shadowai.sources.logs.description import Json, Kind, LogFormat, Part, TimeOf, When

_NOT_OURS = "a connection to the device, not from it"

_DATA = ("", "winlog.event_data.", "event_data.", "EventData.", "Event.EventData.")
"""Where shippers put the data of a Windows event: NXLog, Winlogbeat, older Winlogbeat, evtx converters."""


_WAZUH = ("data.win", "win")
"""Where Wazuh's alerts have a Windows event, and its agents' own lines, which its archives keep as ``full_log``."""


def _event(*names: str) -> str:
    """The paths of a piece of event data, as alternatives."""
    camel = (f"{win}.eventdata.{name[:1].lower()}{name[1:]}" for name in names for win in _WAZUH)
    return "|".join((*(f"{inside}{name}" for name in names for inside in _DATA), *camel))


_EVENT_ID = (
    "EventID|event_id|winlog.event_id|Event.System.EventID|Event.System.EventID.#text|data.win.system.eventID|win.system.eventID|"
    "System.EventID.Value|event.code"
)
_CHANNEL = (
    "Channel|SourceName|winlog.channel|winlog.provider_name|log_name|Event.System.Channel|data.win.system.channel|win.system.channel|"
    "System.Channel|source_name"
)
_MACHINE = (
    "Hostname",
    "Computer",
    "winlog.computer_name",
    "computer_name",
    "Event.System.Computer",
    "data.win.system.computer",
    "win.system.computer",
    "System.Computer",
)

SYSMON = LogFormat(
    name="windows_sysmon_json",
    title="Sysmon events as JSON (NXLog, Winlogbeat, evtx converters)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon",
    kind="endpoint_event",
    family=Json(requires=((_CHANNEL, r"Microsoft-Windows-Sysmon"), (_EVENT_ID, r"^\d{1,3}$"))),
    fields={
        "host": (_event("QueryName"), _event("DestinationHostname")),
        "user": (_event("User"), "AccountName"),
        "device": _MACHINE,
        "client_ip": (_event("SourceIp"),),
        "server_ip": (_event("DestinationIp"),),
        "server_port": (_event("DestinationPort"),),
        "action": (_event("QueryStatus"),),
    },
    time=(
        TimeOf((_event("UtcTime"),)),
        TimeOf(("@timestamp",)),
        TimeOf(("Event.System.TimeCreated.#attributes.SystemTime",)),
        TimeOf(("EventTime",)),
    ),
    zone="utc",
    kinds=((When(((_EVENT_ID, "^22$"),)), "dns_query"), (When(((_EVENT_ID, "^3$"),)), "connection")),
    uncounted=(
        When(((_event("Initiated"), "(?i)^false$"),), _NOT_OURS),
        When(((_EVENT_ID, r"^(?!3$|22$)"),), "neither a DNS query (22) nor a connection (3)"),
    ),
    product="windows",
)

_IS_SYSMON = ((_CHANNEL, r"Microsoft-Windows-Sysmon"), (_EVENT_ID, r"^\d{1,3}$"))
_KINDS_OF_SYSMON: tuple[tuple[When, Kind], ...] = (
    (When(((_EVENT_ID, "^22$"),)), "dns_query"),
    (When(((_EVENT_ID, "^3$"),)), "connection"),
)
_NO_NETWORK = When(((_EVENT_ID, r"^(?!3$|22$)"),), "neither a DNS query (22) nor a connection (3)")

SYSMON_ECS = LogFormat(
    name="windows_sysmon_ecs",
    title="Sysmon events as Elastic parses them (Winlogbeat's module, Windows integration; JSON)",
    vendor="Microsoft",
    doc="https://www.elastic.co/docs/reference/integrations/windows",
    kind="endpoint_event",
    family=Json(requires=(*_IS_SYSMON, ("dns.question.name|destination.ip", ""))),
    fields={
        "host": ("dns.question.name", "destination.domain"),
        "user": ("user.name", _event("User")),
        "device": _MACHINE,
        "client_ip": ("source.ip",),
        "server_ip": ("destination.ip",),
        "server_port": ("destination.port",),
        "action": ("sysmon.dns.status", "event.action"),
    },
    time=(TimeOf(("@timestamp",)),),
    zone="utc",
    rank=11,
    kinds=_KINDS_OF_SYSMON,
    uncounted=(
        When((("network.direction", r"(?i)^(?:ingress|inbound)$"),), _NOT_OURS),
        When(((_event("Initiated"), "(?i)^false$"),), _NOT_OURS),
        _NO_NETWORK,
    ),
    product="windows",
)


def _said(name: str) -> Part:
    """What an event's text says."""
    return Part("Description", rf"[\r\n]{name}: ([^\r\n]+)")


SYSMON_DESCRIBED = LogFormat(
    name="windows_sysmon_described",
    title="Sysmon events as Fluentd and Fluent Bit hand them on (a description; JSON)",
    vendor="Microsoft",
    doc="https://github.com/fluent/fluent-plugin-windows-eventlog",
    kind="endpoint_event",
    family=Json(requires=(*_IS_SYSMON, ("Description", r"^\w[^:]{1,80}:\s"))),
    fields={
        "host": (_said("QueryName"), _said("DestinationHostname")),
        "user": (_said("User"),),
        "device": _MACHINE,
        "client_ip": (_said("SourceIp"),),
        "server_ip": (_said("DestinationIp"),),
        "server_port": (_said("DestinationPort"),),
    },
    time=(TimeOf(("TimeCreated",)), TimeOf(("@timestamp",))),
    zone="utc",
    rank=11,
    kinds=_KINDS_OF_SYSMON,
    uncounted=(When((("Description", r"[\r\n]Initiated: false"),), _NOT_OURS), _NO_NETWORK),
    product="windows",
)

_XML_DATA = r"<Data Name=\"{}\">([^<]+)</Data>"
SYSMON_TABLE = LogFormat(
    name="windows_sysmon_table",
    title="Sysmon events in the Event table of Microsoft Sentinel (JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/event",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("Source|EventLog", r"Microsoft-Windows-Sysmon"),
            ("EventID", r"^\d{1,3}$"),
            ("EventData", r"<Data Name="),
        )
    ),
    fields={
        "host": tuple(Part("EventData", _XML_DATA.format(name)) for name in ("QueryName", "DestinationHostname")),
        "user": (Part("EventData", _XML_DATA.format("User")), "UserName"),
        "device": ("Computer",),
        "client_ip": (Part("EventData", _XML_DATA.format("SourceIp")),),
        "server_ip": (Part("EventData", _XML_DATA.format("DestinationIp")),),
        "server_port": (Part("EventData", _XML_DATA.format("DestinationPort")),),
    },
    time=(TimeOf(("TimeGenerated",)),),
    zone="utc",
    rank=12,
    kinds=((When((("EventID", "^22$"),)), "dns_query"), (When((("EventID", "^3$"),)), "connection")),
    uncounted=(
        When((("EventData", r"<Data Name=\"Initiated\">(?i:false)<"),), _NOT_OURS),
        When((("EventID", r"^(?!3$|22$)"),), "neither a DNS query (22) nor a connection (3)"),
    ),
    product="windows",
)

DNS_CLIENT = LogFormat(
    name="windows_dns_client",
    title="Windows DNS client events as JSON (NXLog, Winlogbeat, evtx converters)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/windows/win32/dns/dns-functions",
    kind="dns_query",
    family=Json(
        requires=((_CHANNEL, r"Microsoft-Windows-DNS-Client"), (_EVENT_ID, r"^3\d{3}$"), (_event("QueryName"), ""))
    ),
    fields={
        "host": (_event("QueryName"),),
        "user": ("AccountName", "winlog.user.name"),
        "device": _MACHINE,
        "action": (_event("QueryStatus", "Status"),),
    },
    time=(
        TimeOf(("@timestamp",)),
        TimeOf(("Event.System.TimeCreated.#attributes.SystemTime",)),
        TimeOf(("EventTime",)),
    ),
    rank=12,
    nulls=frozenset({"network service", "local service", "system"}),
    uncounted=(
        When(
            ((_EVENT_ID, r"^30(?:0[789]|1\d|20)$"),),
            "what became of a look-up; its start is counted",
            ((_EVENT_ID, r"^3006$"),),
        ),
    ),
    product="windows",
)
"""Event 3006 is the call of a program, 3008 its end; others tell of servers asked and of the cache."""

EVENTS = LogFormat(
    name="windows_event_json",
    title="Windows events as JSON: filtering platform, BITS, network policy server",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-5156",
    kind="endpoint_event",
    family=Json(
        requires=(
            (
                "SourceName|winlog.provider_name",
                r"^(?:Microsoft-Windows-(?:Security-Auditing|Bits-Client)|AD FS Auditing)$",
            ),
            (_EVENT_ID, r"^\d{1,5}$"),
        )
    ),
    fields={
        "host": (_event("url"), _event("RemoteName")),
        "url": (_event("url"), _event("RemoteName")),
        "user": (_event("User"), _event("SubjectUserName"), "AccountName", "UserID"),
        "device": _MACHINE,
        "client_ip": (_event("SourceAddress"), _event("CallingStationID"), _event("IpAddress")),
        "server_ip": (_event("DestAddress"),),
        "server_port": (_event("DestPort"),),
        "action": ("Category", "EventType"),
    },
    time=(TimeOf(("@timestamp",)), TimeOf(("EventTime",))),
    nulls=frozenset({"s-1-5-18", "s-1-5-19", "s-1-5-20", "s-1-0-0"}),
    blocked=(When(((_EVENT_ID, r"^515[2357]$"),)),),
    allowed=(When(((_EVENT_ID, "^5156$"),)),),
    kinds=((When(((_EVENT_ID, r"^515\d$"),)), "connection"),),
    uncounted=(
        When(((_event("Direction"), "%%14592"),), _NOT_OURS),
        When(((_event("url", "RemoteName"), "^$"), (_event("DestAddress"), "^$")), "an event without a destination"),
    ),
    product="windows",
)

DNS_ANALYTICAL = LogFormat(
    name="ms_dns_analytical",
    title="Windows DNS server analytical log as JSON",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/windows-server/networking/dns/dns-logging-and-diagnostics",
    kind="dns_query",
    family=Json(requires=((_event("QNAME"), ""), (_event("XID", "InterfaceIP"), ""))),
    fields={
        "host": (_event("QNAME"),),
        "client_ip": (_event("Source"),),
        "server_ip": (_event("InterfaceIP"),),
        "action": (_event("RCODE"),),
    },
    time=(
        TimeOf(("@timestamp",)),
        TimeOf(("TimeCreated",)),
        TimeOf(("Event.System.TimeCreated.#attributes.SystemTime|Event.System.TimeCreated.SystemTime",)),
        TimeOf(("EventTime",)),
    ),
    nulls=frozenset({"0.0.0.0"}),
    uncounted=(
        When(((_EVENT_ID, r"^(?!256$|$)"),), "not a query received (256) but an answer, a recursion or an update"),
    ),
    product="ms_dns",
)

FORMATS = (
    SYSMON,
    SYSMON_ECS,
    SYSMON_DESCRIBED,
    SYSMON_TABLE,
    DNS_CLIENT,
    EVENTS,
    DNS_ANALYTICAL,
)
