"""Microsoft 365's unified audit log, of which the interactions with Copilot are the use of an AI service.

https://learn.microsoft.com/en-us/office/office-365-management-api/copilot-schema: ``CopilotInteraction`` is a prompt that a person
sent and the answer; its host is put together as the service's address, since the record names the app that hosted it only.
``CreationTime`` is in UTC. In the portal's CSV export the record stands in the column ``AuditData``.
"""

from shadowai.sources.logs.description import CsvHeader, Json, LogFormat, Part, TimeOf, When

_DOC = "https://learn.microsoft.com/en-us/office/office-365-management-api/copilot-schema"
_COPILOT = r"(?i)^(?:CopilotInteraction)()$"
_OTHER = "an action in Microsoft 365 that is no interaction with an AI service"

AUDIT = LogFormat(
    name="microsoft365_audit",
    title="Microsoft 365 unified audit log, Copilot interactions (JSON)",
    vendor="Microsoft",
    doc=_DOC,
    kind="api_call",
    family=Json(
        requires=(("Operation", r"^\w"), ("Workload", r"^\w"), ("CreationTime", r"^\d{4}-"), ("RecordType", r"^\w"))
    ),
    fields={
        "host": (Part("Operation", _COPILOT, into="m365.cloud.microsoft"),),
        "user": ("UserId", "UserKey"),
        "client_ip": ("ClientIP", "ClientIPAddress"),
        "action": ("Operation",),
    },
    time=(TimeOf(("CreationTime",)),),
    zone="utc",
    rank=14,
    uncounted=(When((("Operation", r"(?i)^(?!\w*(?:Copilot|AIApp)\w*Interaction)"),), _OTHER),),
    product="microsoft365_audit",
)

AUDIT_CSV = LogFormat(
    name="microsoft365_audit_csv",
    title="Microsoft 365 audit search (CSV export of the Purview portal)",
    vendor="Microsoft",
    doc=_DOC,
    kind="api_call",
    family=CsvHeader(columns=("CreationDate", "RecordType", "Operation", "AuditData")),
    fields={
        "host": (Part("Operation", _COPILOT, into="m365.cloud.microsoft"),),
        "user": ("UserId", Part("AuditData", r'"UserId"\s*:\s*"([^"]{1,300})"')),
        "client_ip": (Part("AuditData", r'"ClientIP(?:Address)?"\s*:\s*"([^"]{1,64})"'),),
        "action": ("Operation",),
    },
    time=(TimeOf(("CreationDate",)),),
    zone="utc",
    rank=12,
    uncounted=(When((("Operation", r"(?i)^(?!\w*(?:Copilot|AIApp)\w*Interaction)"),), _OTHER),),
    product="microsoft365_audit",
)

FORMATS = (AUDIT, AUDIT_CSV)
