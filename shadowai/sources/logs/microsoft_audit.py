"""Microsoft 365's unified audit log, of which interactions with Copilot and with other AI applications are the use of an AI service.

https://learn.microsoft.com/en-us/purview/audit-copilot: ``CopilotInteraction`` is of Microsoft's own assistants,
``ConnectedAIAppInteraction`` of applications that the organization registered, ``AIAppInteraction`` of others (seen by the browser and by
the device). Which one it was is told by ``AppIdentity``, ``workload.group.name``: ``Copilot.MicrosoftCopilot.BizChat``,
``Copilot.Studio.<id>``, ``ConnectedAIApp.AzureAI.<resource>``, ``AIApp.SaaS.<name>``; hosts are put together from it. A home page of
Microsoft 365 proves no use of Copilot, so the address of its chat is given. An application that is known by an id alone has no host.
``CreationTime`` is in UTC. In the portal's CSV export the record stands in the column ``AuditData``.
"""

from shadowai.sources.logs.description import CsvHeader, Json, Key, LogFormat, Part, Take, TimeOf, When

_DOC = "https://learn.microsoft.com/en-us/purview/audit-copilot"
_COPILOT = r"(?i)^(?:Team)?Copilot\w*Interaction()$"
_USE = r"(?i)^(?!\w*(?:Copilot|AIApp)\w*Interaction)"
_OTHER = "an action in Microsoft 365 that is no interaction with an AI service"
_CHAT = "https://m365.cloud.microsoft/chat"

_APPS = (
    (r"Copilot\.Security\.", "securitycopilot.microsoft.com"),
    (r"Copilot\.Studio\.", "copilotstudio.microsoft.com"),
    (r"ConnectedAIApp\.AzureAI\.", "openai.azure.com"),
    (r"(?:ConnectedAIApp|AIApp)\.[^.]{0,64}\.[^.]{0,64}ChatGPT", "chatgpt.com"),
    (r"AIApp\.[^.]{0,64}\.(?:Google\s?)?Gemini", "gemini.google.com"),
    (r"AIApp\.[^.]{0,64}\.(?:Microsoft\s?)?Copilot", "copilot.microsoft.com"),
    (r"AIApp\.[^.]{0,64}\.DeepSeek", "chat.deepseek.com"),
    (r"AIApp\.[^.]{0,64}\.(?:Anthropic\s?)?Claude", "claude.ai"),
    (r"AIApp\.[^.]{0,64}\.Perplexity", "www.perplexity.ai"),
    (r"AIApp\.[^.]{0,64}\.(?:x\.?AI\s?)?Grok", "grok.com"),
)
"""How an application's identity begins, and where it answers: that of ChatGPT as records have it, the others by their makers' names."""


def _hosts(identity: Key, before: str, chat: Part) -> tuple[Take, ...]:
    """The host of the application that ``identity`` names behind ``before``; of Copilot, that of ``chat`` where it names no other."""
    apps = tuple(Part(identity, rf"(?i){before}(?:{begin})()", into=host) for begin, host in _APPS)
    return (*apps, chat)


def _chat(operation: Key, identity: Key, before: str) -> Part:
    """The address of Microsoft 365 Copilot, for an interaction with Copilot that is none with an application by another name."""
    others = "|".join((*(begin for begin, _ in _APPS), r"Copilot\.Fabric\."))
    return Part(operation, _COPILOT, ((identity, rf"(?is)^(?!.*{before}(?:{others}))"),), _CHAT)


_IDENTITY = "AppIdentity|CopilotEventData.AppIdentity|LLMEventData.AppIdentity"
_OF_365 = _chat("Operation", _IDENTITY, "^")

AUDIT = LogFormat(
    name="microsoft365_audit",
    title="Microsoft 365 unified audit log: Copilot and other AI applications (JSON)",
    vendor="Microsoft",
    doc=_DOC,
    kind="api_call",
    family=Json(
        requires=(("Operation", r"^\w"), ("Workload", r"^\w"), ("CreationTime", r"^\d{4}-"), ("RecordType", r"^\w"))
    ),
    fields={
        "host": _hosts(_IDENTITY, "^", _OF_365),
        "url": (_OF_365,),
        "user": ("UserId", "UserKey"),
        "client_ip": ("ClientIP", "ClientIPAddress"),
        "action": ("Operation",),
    },
    time=(TimeOf(("CreationTime",)),),
    zone="utc",
    rank=14,
    uncounted=(When((("Operation", _USE),), _OTHER),),
    product="microsoft365_audit",
)


_IN_CSV = r'"AppIdentity"\s?:\s?"'
_CSV_OF_365 = _chat("Operation", "AuditData", _IN_CSV)

AUDIT_CSV = LogFormat(
    name="microsoft365_audit_csv",
    title="Microsoft 365 audit search (CSV export of the Purview portal)",
    vendor="Microsoft",
    doc=_DOC,
    kind="api_call",
    family=CsvHeader(columns=("CreationDate", "RecordType", "Operation", "AuditData")),
    fields={
        "host": _hosts("AuditData", _IN_CSV, _CSV_OF_365),
        "url": (_CSV_OF_365,),
        "user": ("UserId", Part("AuditData", r'"UserId"\s*:\s*"([^"]{1,300})"')),
        "client_ip": (Part("AuditData", r'"ClientIP(?:Address)?"\s*:\s*"([^"]{1,64})"'),),
        "action": ("Operation",),
    },
    time=(TimeOf(("CreationDate",)),),
    zone="utc",
    rank=12,
    uncounted=(When((("Operation", _USE),), _OTHER),),
    product="microsoft365_audit",
)

_TABLE_OF_365 = _chat("RecordType", _IDENTITY, "^")

ACTIVITY_TABLE = LogFormat(
    name="copilot_activity_table",
    title="Copilot and AI applications, tables CopilotActivity and LLMActivity (JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/copilotactivity",
    kind="api_call",
    family=Json(
        requires=(
            ("ActorName|ActorUserId", ""),
            ("RecordType", r"^[A-Z]\w+$"),
            ("TimeGenerated", r"^\d"),
            ("LLMEventData|AppIdentity|AppHost", ""),
        )
    ),
    fields={
        "host": _hosts(_IDENTITY, "^", _TABLE_OF_365),
        "url": (_TABLE_OF_365,),
        "user": ("ActorName", "ActorUserId"),
        "client_ip": ("SrcIpAddr",),
        "action": ("RecordType",),
    },
    time=(TimeOf(("TimeGenerated",)),),
    zone="utc",
    rank=14,
    uncounted=(When((("RecordType", _USE),), _OTHER),),
    product="microsoft365_audit",
)


def _row(*names: str) -> str:
    """A column of a table of Defender's hunting: of a streamed row, and of a result."""
    return "|".join(f"{inside}{name}" for name in names for inside in ("properties.", ""))


_APP = _row("RawEventData.AppIdentity", "RawEventData.CopilotEventData.AppIdentity")
_ACTION = _row("ActionType")
_ROW_OF_365 = _chat(_ACTION, _APP, "^")

CLOUD_APP_EVENTS = LogFormat(
    name="mde_cloud_app_events",
    title="Microsoft Defender, advanced hunting: CloudAppEvents (Copilot, AI applications; JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-cloudappevents-table",
    kind="api_call",
    family=Json(
        requires=(
            (_row("RawEventData.Operation", "RawEventData.Workload"), ""),
            (_row("ActionType"), r"^\w"),
            (_row("Application", "ApplicationId"), ""),
            (_row("Timestamp", "TimeGenerated"), r"^\d"),
        )
    ),
    fields={
        "host": _hosts(_APP, "^", _ROW_OF_365),
        "url": (_ROW_OF_365,),
        "user": (_row("RawEventData.UserId"), _row("AccountId"), _row("AccountDisplayName")),
        "client_ip": (_row("IPAddress"),),
        "action": (_ACTION,),
    },
    time=(TimeOf((_row("Timestamp"),)), TimeOf((_row("TimeGenerated"),))),
    zone="utc",
    rank=14,
    uncounted=(When(((_ACTION, _USE),), _OTHER),),
    product="mde",
)

FORMATS = (AUDIT, AUDIT_CSV, ACTIVITY_TABLE, CLOUD_APP_EVENTS)
