"""OpenTelemetry's records of calls to models: spans and events in OTLP's JSON, as exporters and the Collector's file exporter write them.

A span of kind client (3) is a request that a program made; of GenAI calls it names the provider (``gen_ai.provider.name``, before version
1.37 ``gen_ai.system``) and mostly the server. Spans of the server kind (2) are requests that the program answered. A resource is the
program, with the host it runs on. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding,
https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/; for Claude Code https://code.claude.com/docs/en/monitoring-usage, for
Codex https://developers.openai.com/codex/config-advanced, for Gemini CLI https://geminicli.com/docs/cli/telemetry.
"""

from dataclasses import replace

from shadowai.sources.logs.ai_gateways import provider
from shadowai.sources.logs.description import Json, LogFormat, Part, TimeOf, When

_SPAN = "resourceSpans.scopeSpans.spans"
_CONSOLE = ""
"""The SDKs' console exporter prints spans by themselves."""


def _of_span(*names: str) -> str:
    """Attributes of a span in OTLP, and as the console exporter prints them."""
    return "|".join(f"{inside}attributes.{name}" for name in names for inside in (f"{_SPAN}.", _CONSOLE))


_KIND = f"{_SPAN}.kind|kind"
_CALLED = r"(?i)^(?:3|SPAN_?KIND[_.]CLIENT|client)$"
_PROVIDER = _of_span("gen_ai.provider.name", "gen_ai.system")
_SERVER = _of_span("url.full", "http.url", "server.address", "net.peer.name", "http.host")
_OPERATION = _of_span("gen_ai.operation.name")

SPANS = LogFormat(
    name="otlp_spans",
    title="OpenTelemetry spans: calls to models, HTTP requests of programs (OTLP, JSON)",
    vendor="OpenTelemetry",
    doc="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/",
    kind="api_call",
    family=Json(
        requires=(
            (f"resourceSpans.0.scopeSpans.0.spans.0.spanId|{_SPAN}.spanId|context.span_id", r"^\S+$"),
            (
                f"resourceSpans.0.scopeSpans.0.spans.0.startTimeUnixNano|{_SPAN}.startTimeUnixNano|start_time",
                r"^\d",
            ),
        )
    ),
    rows=("resourceSpans.scopeSpans.spans",),
    fields={
        "host": (_SERVER, *provider(_PROVIDER)),
        "url": (_of_span("url.full", "http.url"),),
        "user": (
            _of_span("user.email", "enduser.id", "user.id", "langfuse.user.id"),
            _of_span("traceloop.association.properties.user_id", "user.name"),
        ),
        "device": ("resourceSpans.resource.attributes.host.name|resource.attributes.host.name",),
        "server_port": (_of_span("server.port", "net.peer.port"),),
        "method": (_of_span("http.request.method", "http.method"),),
        "action": (_OPERATION, f"{_SPAN}.name|name"),
        "bytes_up": (_of_span("http.request.body.size", "http.request_content_length"),),
        "bytes_down": (_of_span("http.response.body.size", "http.response_content_length"),),
    },
    time=(TimeOf((f"{_SPAN}.startTimeUnixNano|start_time",)),),
    zone="utc",
    rank=12,
    kinds=((When(((_PROVIDER, r"^$"), (_of_span("http.request.method", "http.method"), r"."))), "http_request"),),
    uncounted=(
        When(
            ((_OPERATION, r"_(?:tool|agent)$|^invoke_workflow$"),), "work of an agent; its calls to models are counted"
        ),
        When(((_PROVIDER, r"^$"), (_KIND, rf"^(?!{_CALLED[5:]})")), "work of the program itself, no call to another"),
        When(((_PROVIDER, r"^$"), (_SERVER, r"^$")), "names no destination"),
    ),
    product="opentelemetry",
)

_RECORD = "resourceLogs.scopeLogs.logRecords"
_SCOPE = "resourceLogs.0.scopeLogs.0.scope.name|resourceLogs.scopeLogs.scope.name"
_WHEN = (
    "resourceLogs.0.scopeLogs.0.logRecords.0.timeUnixNano|resourceLogs.0.scopeLogs.0.logRecords.0.observedTimeUnixNano|"
    f"{_RECORD}.timeUnixNano|{_RECORD}.observedTimeUnixNano"
)
_ATTRIBUTE = f"{_RECORD}.attributes."
_EVENT = f"{_ATTRIBUTE}event.name|{_RECORD}.body.stringValue"
_REQUEST = r"^(?:claude_code\.)?api_(?:request|error)$"
_ASKED = (_EVENT, _REQUEST)
_NO_REQUEST = "an event of the program itself, no request to a model"

CLAUDE_CODE = LogFormat(
    name="claude_code_otlp",
    title="Claude Code telemetry: its requests to models (OpenTelemetry events, OTLP, JSON)",
    vendor="Anthropic",
    doc="https://code.claude.com/docs/en/monitoring-usage",
    kind="api_call",
    family=Json(
        requires=((_SCOPE, r"^(?:com\.anthropic\.claude_code|claude[-_]code)"), (_WHEN, r"^\d")),
    ),
    rows=("resourceLogs.scopeLogs.logRecords",),
    fields={
        "host": (
            Part(f"{_ATTRIBUTE}model", r"^claude-[\w.-]+()$", (_ASKED,), "api.anthropic.com"),
            Part(f"{_ATTRIBUTE}model", r"anthropic\.()", (_ASKED,), "bedrock-runtime.region.amazonaws.com"),
            Part(f"{_ATTRIBUTE}model", r"^claude-[\w.-]+@()", (_ASKED,), "aiplatform.googleapis.com"),
            Part(f"{_ATTRIBUTE}session.id", r".()", (_ASKED,), "api.anthropic.com"),
        ),
        "user": (f"{_ATTRIBUTE}user.email|{_ATTRIBUTE}user.account_uuid|{_ATTRIBUTE}user.id",),
        "device": ("resourceLogs.resource.attributes.host.name",),
        "action": (_EVENT,),
    },
    time=(TimeOf((f"{_RECORD}.timeUnixNano",)), TimeOf((f"{_RECORD}.observedTimeUnixNano",))),
    zone="utc",
    rank=12,
    uncounted=(When(((_EVENT, rf"^(?!{_REQUEST[1:]})"),), _NO_REQUEST),),
    product="opentelemetry",
)
"""The names of models tell who answers: Bedrock's begin with ``anthropic.`` or a region, Vertex AI's have a date behind ``@``."""

_TOLD = f"{_ATTRIBUTE}event.name|{_RECORD}.eventName|{_RECORD}.body.stringValue"
_CODEX_ASKS = r"^codex\.(?:api|websocket)_request$"
_MODE = f"{_ATTRIBUTE}auth_mode|{_ATTRIBUTE}auth.mode"
_CODEX = "https://chatgpt.com/backend-api/codex/responses"
_OPENAI = r"^(?:gpt|chatgpt|codex|o\d)"
_BY_ACCOUNT = Part(_TOLD, rf"{_CODEX_ASKS}()", ((_MODE, r"(?i)chatgpt"),), _CODEX)

CODEX = replace(
    CLAUDE_CODE,
    name="codex_otlp",
    title="OpenAI Codex telemetry: its requests to models (OpenTelemetry events, OTLP, JSON)",
    vendor="OpenAI",
    doc="https://developers.openai.com/codex/config-advanced",
    family=Json(requires=((_SCOPE, r"^codex_otel\b"), (_WHEN, r"^\d"))),
    fields={
        "host": (_BY_ACCOUNT, Part(_TOLD, rf"{_CODEX_ASKS}()", ((f"{_ATTRIBUTE}model", _OPENAI),), "api.openai.com")),
        "url": (_BY_ACCOUNT,),
        "user": (f"{_ATTRIBUTE}user.email|{_ATTRIBUTE}user.account_id",),
        "device": ("resourceLogs.resource.attributes.host.name",),
        "action": (_TOLD,),
    },
    uncounted=(When(((_TOLD, rf"^(?!{_CODEX_ASKS[1:]})"),), _NO_REQUEST),),
)
"""With an account of ChatGPT it asks ChatGPT's backend, with a key the API; another provider of models, which a request does not name,
has none of OpenAI's."""

_GEMINI_ANSWERED = r"^gemini_cli\.api_(?:response|error)$"
_AUTH = f"{_ATTRIBUTE}auth_type"


def _gemini(auth: str, host: str) -> Part:
    return Part(_TOLD, rf"{_GEMINI_ANSWERED}()", ((_AUTH, auth),), host)


GEMINI_CLI = replace(
    CLAUDE_CODE,
    name="gemini_cli_otlp",
    title="Gemini CLI telemetry: its requests to models (OpenTelemetry events, OTLP, JSON)",
    vendor="Google",
    doc="https://geminicli.com/docs/cli/telemetry",
    family=Json(requires=((_SCOPE, r"^gemini[-_]cli$"), (_WHEN, r"^\d"))),
    fields={
        "host": (
            _gemini(r"(?i)vertex", "aiplatform.googleapis.com"),
            _gemini(r"(?i)api[-_]?key", "generativelanguage.googleapis.com"),
            _gemini(r"", "cloudcode-pa.googleapis.com"),
        ),
        "user": (f"{_ATTRIBUTE}user.email",),
        "device": ("resourceLogs.resource.attributes.host.name",),
        "action": (_TOLD,),
    },
    uncounted=(When(((_TOLD, rf"^(?!{_GEMINI_ANSWERED[1:]})"),), _NO_REQUEST),),
)
"""A request has one answer or one error, which tell how the person signed in and so who answers."""

FORMATS = (SPANS, CLAUDE_CODE, CODEX, GEMINI_CLI)
