"""Logs that cloud providers keep about the use of their own AI platforms, and of all their services.

The platform is implied: what a record names is an account, a region or a service, and the host is put together as the provider
documents the address. Azure OpenAI: https://learn.microsoft.com/en-us/azure/ai-foundry/openai/monitor-openai-reference,
``https://{resource name}.openai.azure.com``. Bedrock: https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html,
``bedrock-runtime.{region}.amazonaws.com`` (https://docs.aws.amazon.com/general/latest/gr/bedrock.html). CloudTrail:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html.
"""

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

AZURE_DIAGNOSTICS = LogFormat(
    name="azure_diagnostics_csv",
    title="Azure OpenAI in the table AzureDiagnostics of Log Analytics (CSV export)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/azurediagnostics",
    kind="api_call",
    family=CsvHeader(columns=("ResourceId", "Category", "OperationName", "CallerIPAddress"), delimiters=","),
    fields={
        "host": (Part("ResourceId", _ACCOUNT, into="{}.openai.azure.com"),),
        "user": (Part("properties_s", r'"objectId"\s*:\s*"([^"]{1,100})"'),),
        "client_ip": ("CallerIPAddress",),
        "action": ("OperationName",),
        "bytes_up": (Part("properties_s", r'"requestLength"\s*:\s*(\d{1,18})'),),
        "bytes_down": (Part("properties_s", r'"responseLength"\s*:\s*(\d{1,18})'),),
    },
    time=(TimeOf(("TimeGenerated [UTC]",)), TimeOf(("TimeGenerated",))),
    zone="utc",
    rank=12,
    uncounted=(
        When((("Category", r"^(?!RequestResponse$)"),), "an event of the administration, no use of a model"),
        When((("ResourceId", rf"(?i)^(?!.*{_ACCOUNT[4:]})"),), "of another service of Azure"),
    ),
    product="azure_openai",
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
            ("category", r"^GatewayLogs$"),
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
    product="azure_openai",
)
"""``backendUrl`` is the service that the gateway called, ``url`` the gateway; sizes are "bytes received from" and "sent to client"."""

_PERSON = r"^arn:aws[\w-]*:sts::\d*:assumed-role/[^/]+/([^/\s]+@[^/\s]+)$"
"""Who took a role by single sign-on: the session is named after the person."""
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
        "user": ("protoPayload.authenticationInfo.principalEmail",),
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

FORMATS = (AZURE_OPENAI, AZURE_DIAGNOSTICS, AZURE_APIM, BEDROCK, CLOUDTRAIL, CLOUDTRAIL_TABLE, GCP_AUDIT)
