"""Web use as endpoint protection, mobile security and the Island browser log it: JSON, one event an object, and Sophos Central's CEF.

Such logs name the device's own host, too, under ``hostname``, ``computer_name``, ``location``, ``machineName``, ``userDeviceName``, and in
Sophos Central's CEF ``dhost``: the destination is elsewhere.
"""

from shadowai.sources.logs.description import Cef, Json, LogFormat, Part, TimeOf, When

_WEB = r"^((?!file:)[A-Za-z][\w+.-]*://.+)"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_JAMF_VENDOR = ("event.metadata.vendor", r"^(?:Jamf|Wandera)$")
_JAMF_USER = (
    Part("event.user.email", r"^(?!.*\.wnd$)(.+)"),
    Part("event.user.name", rf"^(?!{_UUID}$)(.+)"),
)
"""Where a person is not known, Jamf's address ends in ``.wnd``, and the name is a UUID."""

JAMF_TRAFFIC = LogFormat(
    name="jamf_network_traffic",
    title="Jamf Protect / Jamf Security Cloud (Wandera) network traffic stream (JSON)",
    vendor="Jamf",
    doc="https://www.elastic.co/docs/reference/integrations/jamf_protect",
    kind="dns_query",
    family=Json(requires=(_JAMF_VENDOR, ("event.metadata.product", r"(?i)^Network Traffic Stream$"))),
    fields={
        "host": ("event.hostName",),
        "user": _JAMF_USER,
        "device": ("event.device.userDeviceName", "event.device.deviceId"),
        "client_ip": ("event.source.ip",),
    },
    time=(TimeOf(("event.timestamp",)), TimeOf(("event.receiptTime",))),
    zone="utc",
    rank=12,
    blocked=(When((("event.blocked", r"(?i)^true$"),)),),
    allowed=(When((("event.blocked", r"(?i)^false$"),)),),
    product="jamf_security_cloud",
)

JAMF_THREATS = LogFormat(
    name="jamf_threat_events",
    title="Jamf Protect / Jamf Security Cloud (Wandera) threat events stream (JSON)",
    vendor="Jamf",
    doc="https://www.elastic.co/docs/reference/integrations/jamf_protect",
    kind="connection",
    family=Json(requires=(_JAMF_VENDOR, ("event.metadata.product", r"(?i)^Threat Events? Stream$"))),
    fields={
        "host": ("event.destination.name",),
        "user": _JAMF_USER,
        "device": ("event.device.userDeviceName", "event.device.deviceId"),
        "client_ip": ("event.source.ip",),
        "server_ip": ("event.destination.ip",),
        "server_port": ("event.destination.port",),
        "action": ("event.action",),
    },
    time=(TimeOf(("event.timestamp",)),),
    zone="utc",
    rank=12,
    blocked=(When((("event.action", r"(?i)^block"),)),),
    allowed=(When((("event.action", r"(?i)^(?:detect|allow|monitor)"),)),),
    uncounted=(
        When(
            (("event.eventType.name", r"^(?!ACCESS_|LEAK_)"),),
            "a finding about a device or an app, not use of a service",
        ),
    ),
    product="jamf_security_cloud",
)
"""What the sensor saw a device do begins with ``ACCESS_`` or ``LEAK_``; the other types are about the device, its apps and networks."""

ESET = LogFormat(
    name="eset_protect",
    title="ESET PROTECT events: filtered websites, firewall, detections (JSON)",
    vendor="ESET",
    doc="https://help.eset.com/protect_admin/latest/en-US/events-exported-to-json-format.html",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("event_type", r"(?:_Event|^ESET Inspect Alert)$"),
            ("occured", r"^\d{1,2}-[A-Z][a-z]{2}-\d{4} "),
            ("source_uuid|hostname", ""),
        )
    ),
    fields={
        "host": (Part("object_uri", _WEB),),
        "url": (Part("object_uri", _WEB),),
        "user": ("username", "account", "user"),
        "device": ("hostname",),
        "client_ip": ("source_address", "ipv4", "ipv6"),
        "server_ip": ("target_address",),
        "server_port": ("target_port",),
        "action": ("action_taken", "action", "event"),
    },
    time=(TimeOf(("occured",)),),
    zone="utc",
    rank=12,
    kinds=(
        (When((("object_uri", _WEB),)), "http_request"),
        (When((("event_type", r"^FirewallAggregated_Event$"),)), "connection"),
    ),
    blocked=(When((("action_taken|action", r"(?i)^(?:blocked|connection terminated)"),)),),
    allowed=(When((("action_taken|action", r"(?i)^(?:allowed|monitored|no action|none|retained)"),)),),
    uncounted=(
        When((("inbound", r"(?i)^true$"),), "a connection to the device, not from it"),
        When(
            (
                ("event_type", r"^(?!FilteredWebsites_Event$|FirewallAggregated_Event$)"),
                ("object_uri", rf"^(?!{_WEB[1:]})"),
            ),
            "no use of a service",
        ),
    ),
    product="eset_protect",
)
"""``occured`` (so written) is the "UTC time of occurrence"; ``hostname`` and ``ipv4`` are of the computer that reports."""


def _both(*names: str) -> tuple[str, ...]:
    """A field as the API names it, as the stream for a SIEM does, and in Microsoft Sentinel's tables (``topLevelUrl``,
    ``top_level_url``; ``TopLevelUrl``, and ``topLevelUrl_s`` in the older one)."""
    return tuple(
        form
        for name in names
        for form in (
            name,
            "".join(f"_{c.lower()}" if c.isupper() else c for c in name),
            name[0].upper() + name[1:],
            f"{name}_s",
        )
    )


_PAGE = _both("submittedUrl", "topLevelUrl", "websiteTopLevelUrl", "frameUrl")
_VERDICT = ("verdict", "Verdict", "verdict_s")
ISLAND = LogFormat(
    name="island_browser",
    title="Island Enterprise Browser audit events (API, SIEM stream, Sentinel; JSON)",
    vendor="Island",
    doc="https://www.elastic.co/docs/reference/integrations/island_browser",
    kind="http_request",
    family=Json(
        requires=(
            ("tenantId|tenant_id|IslandTenantId|tenantId_s|tenantId_g", ""),
            ("clientEventId|client_event_id|ClientEventId|clientEventId_s|clientEventId_g", ""),
            ("verdict|Verdict|verdict_s", ""),
            ("type|EventType|type_s", r"^[A-Za-z]+$"),
        )
    ),
    fields={
        "host": _PAGE,
        "url": _PAGE,
        "user": ("email", "Email", "email_s", *_both("userName", "osUserName")),
        "device": _both("machineName", "deviceId"),
        "client_ip": _both("sourceIp", "publicIp"),
        "action": _VERDICT,
    },
    time=(
        TimeOf(("timestamp",)),
        TimeOf(("timestamp_t",)),
        TimeOf(("createdDate|created_date",)),
        TimeOf(("TimeGenerated",)),
    ),
    zone="utc",
    rank=12,
    blocked=tuple(When(((name, r"(?i)^(?:block|den)"),)) for name in _VERDICT),
    allowed=tuple(When(((name, r"(?i)^(?:allow|isolat|warnedcontinue)"),)) for name in _VERDICT),
    uncounted=(When(tuple((name, r"^$") for name in _PAGE), "an event of the browser itself, no page"),),
    product="island_browser",
)
"""One event for each thing done in a page: navigation, upload, paste, print, a prompt (``GenAiInteraction``)."""


def _event(*names: str) -> tuple[str, ...]:
    """A field of an event by itself, and within its call of JSON-RPC."""
    return tuple(form for name in names for form in (name, f"event.{name}"))


def _either(name: str) -> str:
    return "|".join(_event(name))


GRAVITYZONE = LogFormat(
    name="bitdefender_gravityzone",
    title="Bitdefender GravityZone events: content control, phishing, data protection (JSON)",
    vendor="Bitdefender",
    doc="https://www.bitdefender.com/business/support/en/77209-135319-event-types.html",
    kind="endpoint_event",
    family=Json(
        requires=(
            (_either("module"), r"^[a-z][a-z-]{1,40}$"),
            (_either("companyId"), ""),
            ("|".join(_event("computer_name", "computerName", "endpointId", "syncerId")), ""),
        )
    ),
    fields={
        "host": _event("url"),
        "url": _event("url"),
        "user": _event("user.name", "user.userName", "username"),
        "device": _event("computer_name", "computerName"),
        "client_ip": tuple(Part(key, r"^([^,\s]+)") for key in _event("computer_ip", "computerIp")),
        "action": _event("status", "final_status"),
    },
    time=tuple(TimeOf((key,)) for key in _event("last_blocked", "timestamp", "date", "created", "detection_time")),
    zone="utc",
    rank=12,
    kinds=((When(((_either("url"), r"."),)), "http_request"),),
    blocked=(When(((_either("status"), r"_blocked$"),)),),
    uncounted=(When(((_either("url"), r"^$"),), "no use of a service"),),
    product="bitdefender_gravityzone",
)

_SITE = r"""['"]((?:[A-Za-z]\w*://)?[\w-]+(?:\.[\w-]+)+[^'"\s]*)['"]"""
_WEB_EVENT = r"^Event::Endpoint::Web"
_NO_WEB_EVENT = r"^(?!Event::Endpoint::Web)"
_STOPPED, _LET = r"(?i)\bblocked (?:due|to|because)", r"(?i)\b(?:bypassed|allowed)\b"
SOPHOS_CENTRAL = LogFormat(
    name="sophos_central",
    title="Sophos Central events: web control and others (SIEM API, JSON)",
    vendor="Sophos",
    doc="https://developer.sophos.com/docs/siem-v1/1/overview",
    kind="endpoint_event",
    family=Json(requires=(("type", r"^Event::\w+::"), ("customer_id|endpoint_id", ""), ("when|created_at|end|rt", ""))),
    fields={
        "host": (Part("name", _SITE, only=(("type", _WEB_EVENT),)),),
        "url": (Part("name", _SITE, only=(("type", _WEB_EVENT),)),),
        "user": ("source", "suser"),
        "device": ("location", "dhost"),
        "client_ip": ("source_info.ip", "source_info_ip"),
        "action": (Part("name", r"(?i)\b(blocked|warned|bypassed|allowed)\b", only=(("type", _WEB_EVENT),)),),
    },
    time=tuple(TimeOf((key,)) for key in ("when", "end", "created_at", "rt")),
    zone="utc",
    rank=12,
    kinds=((When((("type", _WEB_EVENT),)), "http_request"),),
    blocked=(When((("type", _WEB_EVENT), ("name", _STOPPED))),),
    allowed=(When((("type", _WEB_EVENT), ("name", _LET))),),
    uncounted=(When((("type", _NO_WEB_EVENT),), "an event of the endpoint, not use of a service"),),
    nulls=frozenset({"n/a"}),
    product="sophos_central",
)
"""The site is in the text alone: ``'https://chatgpt.com' blocked due to category 'Artificial Intelligence'``."""

SOPHOS_CENTRAL_CEF = LogFormat(
    name="sophos_central_cef",
    title="Sophos Central events in CEF (Sophos-Central-SIEM-Integration)",
    vendor="Sophos",
    doc="https://github.com/sophos/Sophos-Central-SIEM-Integration",
    kind="endpoint_event",
    family=Cef(device=r"(?i)^sophos\|sophos central"),
    fields={
        "host": (Part("cef.name", _SITE, only=(("cef.class", _WEB_EVENT),)),),
        "url": (Part("cef.name", _SITE, only=(("cef.class", _WEB_EVENT),)),),
        "user": ("suser",),
        "device": ("dhost",),
        "client_ip": ("source_info_ip",),
        "action": (Part("cef.name", r"(?i)\b(blocked|warned|bypassed|allowed)\b", only=(("cef.class", _WEB_EVENT),)),),
    },
    time=(TimeOf(("end",)), TimeOf(("rt",))),
    zone="utc",
    rank=12,
    kinds=((When((("cef.class", _WEB_EVENT),)), "http_request"),),
    blocked=(When((("cef.class", _WEB_EVENT), ("cef.name", _STOPPED))),),
    allowed=(When((("cef.class", _WEB_EVENT), ("cef.name", _LET))),),
    uncounted=(When((("cef.class", _NO_WEB_EVENT),), "an event of the endpoint, not use of a service"),),
    nulls=frozenset({"n/a"}),
    product="sophos_central",
)


def _data(*names: str) -> tuple[str, ...]:
    """A field of an event by itself, and where a shipper left it in the answer of the API."""
    return tuple(form for name in names for form in (name, f"data.{name}"))


_OUT = ("network_info.dirty_url", "network_info.remote_ip")
SECURE_ENDPOINT = LogFormat(
    name="cisco_secure_endpoint",
    title="Cisco Secure Endpoint (AMP for Endpoints) events (API, JSON)",
    vendor="Cisco",
    doc="https://developer.cisco.com/docs/secure-endpoint/",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("|".join(_data("event_type")), ""),
            ("|".join(_data("connector_guid", "computer.connector_guid")), ""),
            ("|".join(_data("computer.hostname")), ""),
        )
    ),
    fields={
        "host": _data("network_info.dirty_url"),
        "url": _data("network_info.dirty_url"),
        "user": _data("computer.user"),
        "device": _data("computer.hostname"),
        "client_ip": _data("network_info.local_ip", "computer.network_addresses.0.ip"),
        "server_ip": _data("network_info.remote_ip"),
        "server_port": _data("network_info.remote_port"),
        "action": _data("event_type"),
    },
    time=tuple(TimeOf((key,)) for key in _data("date", "timestamp")),
    zone="utc",
    rank=12,
    kinds=(
        (When((("|".join(_data(_OUT[0])), r"."),)), "http_request"),
        (When((("|".join(_data(_OUT[1])), r"."),)), "connection"),
    ),
    uncounted=(
        When((("|".join(_data("network_info.nfm.direction")), r"(?i)^in"),), "a connection to the device, not from it"),
        When(tuple(("|".join(_data(name)), r"^$") for name in _OUT), "no use of a service"),
    ),
    product="cisco_secure_endpoint",
)
"""``dirty_url`` is what the device flow correlation saw the device ask for; ``computer.hostname`` is the device."""

PROOFPOINT_ITM = LogFormat(
    name="proofpoint_itm",
    title="Proofpoint Insider Threat Management (ObserveIT) user activity reports (JSON)",
    vendor="Proofpoint",
    doc="https://www.elastic.co/docs/reference/integrations/proofpoint_itm",
    kind="http_request",
    family=Json(
        requires=(
            ("endpointName|endpointId", ""),
            ("loginName", ""),
            ("observedAt|createdAt", ""),
            ("applicationName|windowTitle|accessedUrl", ""),
            ("collectorId|playbackUrl|sessionId", ""),
        )
    ),
    fields={
        "host": ("accessedUrl",),
        "url": ("accessedUrl",),
        "user": ("secondaryLoginName", "loginName"),
        "device": ("endpointName",),
        "action": ("operationKind",),
    },
    time=(TimeOf(("observedAt",)), TimeOf(("createdAt",)), TimeOf(("_time",))),
    zone="utc",
    rank=12,
    uncounted=(When((("accessedUrl", r"^(?:n/a|-)?$"),), "work in a program, no page"),),
    nulls=frozenset({"n/a", "N/A"}),
    product="proofpoint_itm",
)
"""``secondaryLoginName`` is who worked under a shared account; ``remoteAddress`` is where a remote session came from."""

FORMATS = (
    JAMF_TRAFFIC,
    JAMF_THREATS,
    ESET,
    ISLAND,
    GRAVITYZONE,
    SOPHOS_CENTRAL,
    SOPHOS_CENTRAL_CEF,
    SECURE_ENDPOINT,
    PROOFPOINT_ITM,
)
