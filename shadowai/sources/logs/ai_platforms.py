"""Logs that cloud providers keep about the use of their own AI platforms, and of all their services.

The platform is implied: what a record names is an account, a region or a service, and the host is put together as the provider
documents the address. Azure OpenAI: https://learn.microsoft.com/en-us/azure/ai-foundry/openai/monitor-openai-reference,
``https://{resource name}.openai.azure.com``. Bedrock: https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html,
``bedrock-runtime.{region}.amazonaws.com`` (https://docs.aws.amazon.com/general/latest/gr/bedrock.html). CloudTrail:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html.
"""

from dataclasses import replace

from shadowai.sources.logs.azure_firewall import AZURE_FIREWALL
from shadowai.sources.logs.description import CsvHeader, Json, LogFormat, Part, Take, TimeOf, When

_ACCOUNT = r"(?i)/PROVIDERS/MICROSOFT\.COGNITIVESERVICES/ACCOUNTS/([\w-]+)"
_RESOURCE = "resourceId|ResourceId|_ResourceId"
_AZURE = "https://learn.microsoft.com/en-us/azure/ai-foundry/openai/monitor-openai-reference"

AZURE_OPENAI = LogFormat(
    name="azure_openai",
    title="Azure OpenAI diagnostic log (JSON)",
    vendor="Microsoft",
    doc=_AZURE,
    kind="api_call",
    family=Json(
        requires=(
            (_RESOURCE, _ACCOUNT),
            ("category|Category", r"^(?:RequestResponse|Audit|Trace|AzureOpenAIRequestUsage)$"),
        )
    ),
    fields={
        "host": (Part(_RESOURCE, _ACCOUNT, into="{}.openai.azure.com"),),
        "user": ("properties.objectId|properties_s.objectId", "identity.claim.upn"),
        "client_ip": ("callerIpAddress|CallerIPAddress",),
        "action": ("operationName|OperationName",),
        "bytes_up": ("properties.requestLength|properties_s.requestLength",),
        "bytes_down": ("properties.responseLength|properties_s.responseLength",),
    },
    time=(TimeOf(("time|TimeGenerated",)),),
    zone="utc",
    rank=14,
    uncounted=(
        When((("category|Category", r"^(?!RequestResponse$)"),), "an event of the administration, no use of a model"),
    ),
    product="azure_openai",
)

_MESSAGE = "msg_s"


def _of_rule(field: str) -> tuple[Take, ...]:
    """What the message of a firewall's rule tells of a field."""
    takes = (take for take in AZURE_FIREWALL.fields[field] if isinstance(take, Part))
    return tuple(replace(take, key=_MESSAGE) for take in takes)


AZURE_DIAGNOSTICS = LogFormat(
    name="azure_diagnostics_csv",
    title="Azure OpenAI in the table AzureDiagnostics of Log Analytics (CSV export)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/azurediagnostics",
    kind="api_call",
    family=CsvHeader(columns=("ResourceId", "Category", "OperationName", "CallerIPAddress"), delimiters=","),
    fields={
        "host": (Part("ResourceId", _ACCOUNT, into="{}.openai.azure.com"), *_of_rule("host")),
        "url": _of_rule("url"),
        "user": (Part("properties_s", r'"objectId"\s*:\s*"([^"]{1,100})"'),),
        "client_ip": ("CallerIPAddress", *_of_rule("client_ip")),
        "server_ip": _of_rule("server_ip"),
        "server_port": _of_rule("server_port"),
        "action": (*_of_rule("action"), "OperationName"),
        "bytes_up": (Part("properties_s", r'"requestLength"\s*:\s*(\d{1,18})'),),
        "bytes_down": (Part("properties_s", r'"responseLength"\s*:\s*(\d{1,18})'),),
    },
    time=(TimeOf(("TimeGenerated [UTC]",)), TimeOf(("TimeGenerated",))),
    zone="utc",
    rank=12,
    uncounted=(
        When(
            (("Category", r"^(?!RequestResponse$|AzureFirewall)"), ("ResourceId", _ACCOUNT)),
            "an event of the administration, no use of a model",
        ),
        When(
            (("Category", r"^(?!AzureFirewall)"), ("ResourceId", rf"(?i)^(?!.*{_ACCOUNT[4:]})")),
            "of another service of Azure",
        ),
    ),
    kinds=(
        (When((("Category", r"^AzureFirewallDns"),)), "dns_query"),
        (When((("Category", r"^AzureFirewallApplicationRule"),)), "http_request"),
        (When((("Category", r"^AzureFirewall"),)), "connection"),
    ),
    blocked=tuple(When(((_MESSAGE, pattern),)) for pattern in (r"(?i)Action: (?:Deny|Drop)\b",)),
    allowed=tuple(When(((_MESSAGE, pattern),)) for pattern in (r"(?i)Action: (?:Allow|Alert)\b",)),
    product="azure_openai",
)
"""The table is that of many services: of Azure Firewall, too, the rule's message is in it."""

AZURE_DIAGNOSTICS_MESSAGES = replace(
    AZURE_DIAGNOSTICS,
    name="azure_diagnostics_messages_csv",
    title="Azure Firewall in the table AzureDiagnostics of Log Analytics (CSV export)",
    family=CsvHeader(columns=("Category", "msg_s"), delimiters=","),
    fields={
        name: takes
        for name, takes in AZURE_DIAGNOSTICS.fields.items()
        if name not in ("user", "bytes_up", "bytes_down")
    },
    rank=11,
    product="azure_firewall",
)

AZURE_APIM = LogFormat(
    name="azure_api_management",
    title="Azure API Management gateway log (JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/api-management/gateway-log-schema-reference",
    kind="api_call",
    family=Json(
        requires=(
            ("resourceId", r"(?i)/PROVIDERS/MICROSOFT\.APIMANAGEMENT/"),
            ("category", r"^(?:Gateway(?:|Llm|MCP)Logs|WebSocketConnectionLogs|DeveloperPortalAuditLogs)$"),
        )
    ),
    fields={
        "host": ("properties.backendUrl", "properties.url"),
        "url": ("properties.backendUrl", "properties.url"),
        "user": ("properties.userId",),  # a subscription is a key that many may have
        "client_ip": ("callerIpAddress",),
        "method": ("properties.backendMethod", "properties.method"),
        "action": ("properties.operationId", "operationName"),
        "bytes_up": ("properties.requestSize",),
        "bytes_down": ("properties.responseSize",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=14,
    uncounted=(
        When(
            (("category", r"^(?!GatewayLogs$)"),),
            "tokens, messages or administration, beside a request that is logged of its own",
        ),
    ),
    product="azure_openai",
)
"""``backendUrl`` is the service that the gateway called, ``url`` the gateway; sizes are "bytes received from" and "sent to client".
``GatewayLlmLogs`` are of the same requests (``CorrelationId``), and name neither the caller nor the service."""

AZURE_APIM_TABLE = LogFormat(
    name="azure_api_management_table",
    title="Azure API Management in the table ApiManagementGatewayLogs (JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/apimanagementgatewaylogs",
    kind="api_call",
    family=Json(
        requires=(
            ("TimeGenerated", r"^\d"),
            ("BackendUrl|ApiId", ""),
            ("Url", r"^\w+://"),
            ("CallerIpAddress|ApimSubscriptionId", ""),
        )
    ),
    fields={
        "host": ("BackendUrl", "Url"),
        "url": ("BackendUrl", "Url"),
        "user": ("UserId",),
        "client_ip": ("CallerIpAddress",),
        "method": ("BackendMethod", "Method"),
        "action": ("OperationId", "OperationName"),
        "bytes_up": ("RequestSize",),
        "bytes_down": ("ResponseSize",),
    },
    time=(TimeOf(("TimeGenerated",)),),
    zone="utc",
    rank=14,
    product="azure_openai",
)

_PERSON = r"^arn:aws[\w-]*:sts::\d*:assumed-role/(?:[^/]+/(?=[^/\s]+@)|AWSReservedSSO_[^/]+/)([^/\s]+)$"
"""Who took a role by single sign-on: the session is named after the person. In the roles of IAM Identity Center it always is."""
_ROLE = r"^arn:aws[\w-]*:sts::\d*:assumed-role/([^/]+)/"
_IAM_USER = r"^arn:aws[\w-]*:iam::\d*:(?:user/(?:.*/)?)?([^/:]+)$"


def _identity(arn: str) -> tuple[Take, ...]:
    return (Part(arn, _PERSON), Part(arn, _IAM_USER), Part(arn, _ROLE))


BEDROCK = LogFormat(
    name="aws_bedrock_invocation",
    title="Amazon Bedrock model invocation log (JSON)",
    vendor="AWS",
    doc="https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html",
    kind="api_call",
    family=Json(
        requires=(
            ("modelId", ""),
            ("region", r"^[a-z]{2}(?:-[a-z]+)+-\d$"),
            ("operation", r"^[A-Z]\w+$"),
            ("schemaType|identity.arn|requestId", ""),
        )
    ),
    fields={
        "host": (Part("region", r"^([a-z0-9-]+)$", into="bedrock-runtime.{}.amazonaws.com"),),
        "user": _identity("identity.arn"),
        "action": ("operation",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    rank=14,
    blocked=(When((("errorCode", r"(?i)AccessDenied|Guardrail"),)),),
    product="aws_bedrock",
)

_RUNTIME = r"^(?:InvokeModel|Converse|InvokeAgent|InvokeInlineAgent|InvokeFlow|Retrieve|ApplyGuardrail)"

CLOUDTRAIL = LogFormat(
    name="aws_cloudtrail",
    title="AWS CloudTrail (JSON)",
    vendor="AWS",
    doc="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    kind="api_call",
    family=Json(
        requires=(
            ("eventVersion", r"^\d"),
            ("eventSource", r"^[\w.-]+$"),
            ("eventName", ""),
            ("userIdentity.type|eventType|recipientAccountId", ""),
        )
    ),
    fields={
        "host": (
            Part("tlsDetails.clientProvidedHostHeader", r"^([^\s/]+\.[^\s/]+)$"),
            Part(
                "awsRegion",
                r"^([a-z0-9-]+)$",
                only=(("eventSource", r"^bedrock\.amazonaws\.com$"), ("eventName", _RUNTIME)),
                into="bedrock-runtime.{}.amazonaws.com",
            ),
            Part(
                "awsRegion",
                r"^([a-z0-9-]+)$",
                only=(("eventSource", r"^bedrock\.amazonaws\.com$"),),
                into="bedrock.{}.amazonaws.com",
            ),
            "eventSource",
        ),
        "user": (
            Part("userIdentity.arn", _PERSON),
            "userIdentity.userName",
            "userIdentity.onBehalfOf.userId",
            "userIdentity.sessionContext.sessionIssuer.userName",
            *_identity("userIdentity.arn"),
        ),
        "client_ip": ("sourceIPAddress",),
        "action": ("eventName",),
        "user_agent": ("userAgent",),
    },
    time=(TimeOf(("eventTime",)),),
    zone="utc",
    rank=14,
    blocked=(When((("errorCode", r"(?i)AccessDenied|UnauthorizedOperation"),)),),
    uncounted=(
        When((("userIdentity.type", r"^AWSService$"),), "a call between AWS's own services"),
        When((("eventType", r"^(?!AwsApiCall$)."),), "an event of AWS or of its console, no call of an API"),
    ),
    product="aws_cloudtrail",
)

_BEDROCK_ONLY = ("EventSource", r"^bedrock(?:-runtime)?\.amazonaws\.com$")

_WITHIN = "CloudTrailEvent."


def _looked_up(take: Take) -> Take:
    """A field of an event within the answer of ``lookup-events``."""
    if not isinstance(take, Part):
        return f"{_WITHIN}{take}"
    return replace(take, key=f"{_WITHIN}{take.key}", only=tuple((f"{_WITHIN}{key}", text) for key, text in take.only))


CLOUDTRAIL_LOOKUP = replace(
    CLOUDTRAIL,
    name="aws_cloudtrail_lookup",
    title="AWS CloudTrail event history (answer of lookup-events, JSON)",
    doc="https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html",
    family=Json(
        requires=(("CloudTrailEvent", r"^\{"), ("EventId|EventName", ""), (f"{_WITHIN}eventSource", r"^[\w.-]+$"))
    ),
    fields={name: tuple(map(_looked_up, takes)) for name, takes in CLOUDTRAIL.fields.items()},
    time=(TimeOf((f"{_WITHIN}eventTime",)), TimeOf(("EventTime",))),
    blocked=(When(((f"{_WITHIN}errorCode", r"(?i)AccessDenied|UnauthorizedOperation"),)),),
    uncounted=tuple(
        replace(when, all=tuple((f"{_WITHIN}{key}", text) for key, text in when.all)) for when in CLOUDTRAIL.uncounted
    ),
)

_HISTORY_BEDROCK = ("Event source", r"^bedrock(?:-runtime)?\.amazonaws\.com$")
CLOUDTRAIL_CSV = LogFormat(
    name="aws_cloudtrail_csv",
    title="AWS CloudTrail event history (CSV download)",
    vendor="AWS",
    doc="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-console.html",
    kind="api_call",
    family=CsvHeader(columns=("Event name", "Event time", "Event source"), delimiters=","),
    fields={
        "host": (
            Part(
                "AWS region",
                r"^([a-z0-9-]+)$",
                (_HISTORY_BEDROCK, ("Event name", _RUNTIME)),
                "bedrock-runtime.{}.amazonaws.com",
            ),
            Part("AWS region", r"^([a-z0-9-]+)$", (_HISTORY_BEDROCK,), "bedrock.{}.amazonaws.com"),
            Part("Event source", r"()", (_HISTORY_BEDROCK,), "bedrock-runtime.region.amazonaws.com"),
            "Event source",
        ),
        "user": ("User name",),
        "client_ip": ("Source IP address",),
        "action": ("Event name",),
        "user_agent": ("User agent",),
    },
    time=(TimeOf(("Event time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("Error code", r"(?i)AccessDenied|UnauthorizedOperation"),)),),
    product="aws_cloudtrail",
)

CLOUDTRAIL_TABLE = LogFormat(
    name="aws_cloudtrail_table",
    title="AWS CloudTrail in Microsoft Sentinel's table AWSCloudTrail (JSON)",
    vendor="AWS",
    doc="https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/awscloudtrail",
    kind="api_call",
    family=Json(
        requires=(
            ("EventSource", r"\.amazonaws\.com$"),
            ("EventName", ""),
            ("TimeGenerated", ""),
            ("AWSRegion|AwsRegion", ""),
        )
    ),
    fields={
        "host": (
            Part(
                "AWSRegion|AwsRegion",
                r"^([a-z0-9-]+)$",
                (_BEDROCK_ONLY, ("EventName", _RUNTIME)),
                "bedrock-runtime.{}.amazonaws.com",
            ),
            Part("AWSRegion|AwsRegion", r"^([a-z0-9-]+)$", (_BEDROCK_ONLY,), "bedrock.{}.amazonaws.com"),
            "EventSource",
        ),
        "user": (
            Part("UserIdentityArn", _PERSON),
            "UserIdentityUserName",
            "SessionIssuerUserName",
            *_identity("UserIdentityArn"),
        ),
        "client_ip": ("SourceIpAddress",),
        "action": ("EventName",),
        "user_agent": ("UserAgent",),
    },
    time=(TimeOf(("TimeGenerated",)),),
    zone="utc",
    rank=14,
    blocked=(When((("ErrorCode", r"(?i)AccessDenied|UnauthorizedOperation"),)),),
    uncounted=(
        When((("UserIdentityType", r"^AWSService$"),), "a call between AWS's own services"),
        When((("EventTypeName", r"^(?!AwsApiCall$)."),), "an event of AWS or of its console, no call of an API"),
    ),
    product="aws_cloudtrail",
)

GCP_AUDIT = LogFormat(
    name="gcp_audit",
    title="Google Cloud audit log (JSON)",
    vendor="Google Cloud",
    doc="https://docs.cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog",
    kind="api_call",
    family=Json(
        requires=(
            ("protoPayload.serviceName", r"\."),
            ("protoPayload.methodName", ""),
            ("logName", r"cloudaudit\.googleapis\.com"),
        )
    ),
    fields={
        "host": ("protoPayload.serviceName",),
        "user": (
            "protoPayload.authenticationInfo.principalEmail",
            Part("protoPayload.authenticationInfo.principalSubject", r"/subject/([^/]+)$"),
        ),
        "client_ip": ("protoPayload.requestMetadata.callerIp",),
        "action": ("protoPayload.methodName",),
        "user_agent": ("protoPayload.requestMetadata.callerSuppliedUserAgent",),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("receiveTimestamp",))),
    zone="utc",
    rank=14,
    blocked=(When((("protoPayload.status.code", r"^7$"),)),),  # PERMISSION_DENIED
    uncounted=(When((("logName", r"system_event$"),), "an action of Google's own systems"),),
    product="gcp",
)
"""``serviceName`` is "the name of the API service performing the operation. For example, ``compute.googleapis.com``"."""

FORMATS = (
    AZURE_OPENAI,
    AZURE_DIAGNOSTICS,
    AZURE_DIAGNOSTICS_MESSAGES,
    AZURE_APIM,
    AZURE_APIM_TABLE,
    BEDROCK,
    CLOUDTRAIL,
    CLOUDTRAIL_LOOKUP,
    CLOUDTRAIL_CSV,
    CLOUDTRAIL_TABLE,
    GCP_AUDIT,
)
