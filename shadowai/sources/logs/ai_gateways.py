"""AI gateways' own logs: LiteLLM, Kong, Apache APISIX, Cloudflare AI Gateway, Portkey, Helicone and OpenRouter.

A gateway stands between people and model providers: the destination is the provider that it called, not the gateway. Where a log
names the provider and not its host, the host is put together as the provider documents it (``api.openai.com``).
"""

from dataclasses import replace

from shadowai.sources.logs.description import CsvHeader, Json, Key, LogFormat, Part, Take, TimeOf, When

_PROVIDERS = (
    (r"open[-_]?ai|text[-_]completion[-_]openai", "api.openai.com"),
    (r"anthropic|claude", "api.anthropic.com"),
    (r"(?:az|azure)(?:[._-](?:open[-_]?ai|text|ai[._]open[-_]?ai|ai[._]inference|ai))?", "openai.azure.com"),
    (r"(?:aws|amazon)[._-]?bedrock|bedrock(?:[-_]converse)?|aws", "bedrock-runtime.region.amazonaws.com"),
    (
        r"google(?:[-_]ai[-_]studio|[-_]genai|[-_]gemini)?|gemini|gcp[._](?:gemini|gen_ai)",
        "generativelanguage.googleapis.com",
    ),
    (
        r"(?:google[-_])?vertex(?:[-_]?ai)?(?:[-_]beta|[-_]agents?)?|gcp[._]vertex_ai(?:[._]\w+)?",
        "aiplatform.googleapis.com",
    ),
    (r"cohere(?:[-_]chat)?", "api.cohere.com"),
    (r"deepseek(?:[-_]ai)?", "api.deepseek.com"),
    (r"perplexity(?:[-_]?ai)?", "api.perplexity.ai"),
    (r"together(?:[-_]?ai)?", "api.together.xyz"),
    (r"groq", "api.groq.com"),
    (r"mistral(?:[-_]?ai)?", "api.mistral.ai"),
    (r"codestral", "codestral.mistral.ai"),
    (r"openrouter", "openrouter.ai"),
    (r"x[-_]?ai|grok", "api.x.ai"),
    (r"fireworks(?:[-_]?ai)?", "api.fireworks.ai"),
    (r"cerebras(?:[-_]ai)?", "api.cerebras.ai"),
    (r"deepinfra", "api.deepinfra.com"),
    (r"hugging[-_]?face", "router.huggingface.co"),
)
"""What gateways and instrumentations call a provider, and where it answers. Of Azure and Bedrock the host has the name of a customer's
resource or a region, which such a log does not tell."""


def provider(key: Key) -> tuple[Take, ...]:
    """The host of a provider that is only named."""
    return tuple(Part(key, rf"(?i)^(?:{named})()$", into=host) for named, host in _PROVIDERS)


LITELLM = LogFormat(
    name="litellm",
    title="LiteLLM proxy log (standard logging payload, JSON)",
    vendor="LiteLLM",
    doc="https://docs.litellm.ai/docs/proxy/logging_spec",
    kind="api_call",
    family=Json(
        requires=(
            ("call_type", r"^a?\w+$"),
            ("model", ""),
            ("metadata.user_api_key_hash|metadata.user_api_key_alias|custom_llm_provider|model_map_information", ""),
        )
    ),
    fields={
        "host": ("api_base", *provider("custom_llm_provider")),
        "url": ("api_base",),
        "user": (
            "metadata.user_api_key_user_email",
            "metadata.user_api_key_user_id",
            "user",
            "end_user",
            "metadata.user_api_key_end_user_id",
        ),
        "client_ip": ("requester_ip_address", "metadata.requester_ip_address"),
        "action": ("call_type",),
        "user_agent": ("metadata.user_agent", "metadata.requester_custom_headers.user-agent"),
    },
    time=(TimeOf(("startTime",)), TimeOf(("endTime",))),
    zone="utc",
    rank=14,
    blocked=(
        When((("guardrail_information.guardrail_status", r"(?i)intervened|block"),)),
        When((("error_information.error_class", r"(?i)^(?:Budget|RateLimit|Auth|Guardrail|Blocked)"),)),
    ),
    allowed=(When((("status", r"^success$"),)),),
    product="litellm",
)
"""``api_base`` is the provider's address; ``end_user`` what the caller put into ``user`` of the request. ``user`` itself is a column of the
table LiteLLM_SpendLogs (the answer of ``/spend/logs``): whose key it is."""

LITELLM_CSV = replace(
    LITELLM,
    name="litellm_csv",
    title="LiteLLM proxy spend logs (CSV export of the table)",
    family=CsvHeader(columns=("request_id", "call_type", "startTime", "model")),
    fields={name: takes for name, takes in LITELLM.fields.items() if name != "user_agent"},
    blocked=(),
)

KONG = LogFormat(
    name="kong",
    title="Kong Gateway and Kong AI Gateway log (file-log, http-log …; JSON)",
    vendor="Kong",
    doc="https://developer.konghq.com/plugins/file-log/",
    kind="http_request",
    family=Json(
        requires=(
            ("latencies.request|latencies.kong|latencies.proxy", ""),
            ("request.method|request.uri|session", ""),
            ("client_ip|started_at", ""),
        )
    ),
    fields={
        "host": (
            *provider("ai.proxy.meta.provider_name"),
            *provider("ai.ai-proxy.meta.provider_name"),
            *provider("ai.ai-proxy-advanced.meta.provider_name"),
            Part("service.host", r"^((?!localhost$|ai-proxy\b).+)$"),
            "request.tls.sni",
            "request.headers.host",
        ),
        "path": ("upstream_uri", "request.uri"),
        "user": ("authenticated_entity.consumer_username", "consumer.username", "consumer.custom_id"),
        "client_ip": ("client_ip", "request.remote_addr"),
        "server_ip": ("tries.0.ip",),
        "server_port": ("tries.0.port", "service.port"),
        "method": ("request.method",),
        "action": ("response.status",),
        "bytes_up": ("request.size",),
        "bytes_down": ("response.size",),
        "user_agent": ("request.headers.user-agent",),
    },
    time=(TimeOf(("started_at",)),),
    zone="utc",
    rank=14,
    kinds=(
        (
            When(
                (
                    (
                        "ai.proxy.meta.provider_name|ai.ai-proxy.meta.provider_name|ai.ai-proxy-advanced.meta.provider_name",
                        r".",
                    ),
                )
            ),
            "api_call",
        ),
    ),
    blocked=(
        When(
            (("response.status", r"^(?:401|403|429)$"), ("tries.0.ip", r"^$")),
        ),
    ),
    product="kong",
)
"""``service.host`` is where Kong sent the request; for the AI plugins the provider is. A request that Kong refused has no ``tries``."""

APISIX = LogFormat(
    name="apisix",
    title="Apache APISIX log (file-logger, http-logger …; JSON)",
    vendor="Apache",
    doc="https://apisix.apache.org/docs/apisix/plugins/file-logger/",
    kind="http_request",
    family=Json(
        requires=(
            ("route_id|service_id", ""),
            ("client_ip", ""),
            ("request.method", ""),
            ("response.status", r"^\d{3}$"),
            ("server.hostname|server.version|apisix_latency", ""),
        )
    ),
    fields={
        "host": ("llm_summary.host", "request.url", "request.headers.host"),
        "url": ("request.url",),
        "path": ("request.uri",),
        "user": ("consumer.username",),
        "client_ip": ("client_ip",),
        "server_ip": (Part("upstream", r"^(.+):\d+$"),),
        "server_port": (Part("upstream", r":(\d+)$"),),
        "method": ("request.method",),
        "action": ("response.status",),
        "bytes_up": ("request.size",),
        "bytes_down": ("response.size",),
        "user_agent": ("request.headers.user-agent",),
    },
    time=(TimeOf(("start_time",)),),
    zone="utc",
    rank=14,
    product="apisix",
)

CLOUDFLARE_AI = LogFormat(
    name="cloudflare_ai_gateway",
    title="Cloudflare AI Gateway events (Logpush, JSON)",
    vendor="Cloudflare",
    doc="https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/account/ai_gateway_events/",
    kind="api_call",
    family=Json(requires=(("Gateway", ""), ("Provider", r"^[\w.-]+$"), ("Model", ""), ("StatusCode|Cached", ""))),
    fields={
        "host": (*provider("Provider"), Part("Gateway", r".()", into="gateway.ai.cloudflare.com")),
        "user": ("Metadata.user", "Metadata.email", "Metadata.userId", "Metadata.user_id"),
        "action": ("StatusCode",),
    },
    time=(TimeOf(("CreatedAt",)), TimeOf(("Datetime",))),
    zone="utc",
    rank=14,
    blocked=(When((("RateLimited", r"(?i)^(?:true|1)$"),)),),
    product="cloudflare_ai_gateway",
)

PORTKEY = LogFormat(
    name="portkey",
    title="Portkey AI gateway log export (JSON lines)",
    vendor="Portkey",
    doc="https://portkey.ai/docs/product/observability/logs-export.md",
    kind="api_call",
    family=Json(requires=(("ai_org", r"^[\w.@-]+$"), ("ai_model|request_url", ""), ("created_at", r"^\d"))),
    fields={
        "host": (Part("request_url", r"^(https?://.+)"), *provider("ai_org")),
        "url": (Part("request_url", r"^(https?://.+)"),),
        "user": ("metadata._user",),
        "action": ("response_status_code",),
    },
    time=(TimeOf(("created_at",)),),
    zone="utc",
    rank=14,
    blocked=(When((("response_status_code", r"^446$"),)),),
    product="portkey",
)
"""``_user`` is what the caller named; 446 is the status of a request that a guardrail denied."""

HELICONE = LogFormat(
    name="helicone",
    title="Helicone AI gateway request export (JSON lines)",
    vendor="Helicone",
    doc="https://docs.helicone.ai/rest/request/post-v1requestquery",
    kind="api_call",
    family=Json(
        requires=(
            ("request_created_at", r"^\d"),
            ("request_id", ""),
            ("provider|target_url|request_path", ""),
            ("request_model|response_status", ""),
        )
    ),
    fields={
        "host": (
            Part("target_url", r"^(https?://.+)"),
            Part("request_path", r"^(https?://.+)"),
            *provider("provider"),
        ),
        "url": (Part("target_url", r"^(https?://.+)"), Part("request_path", r"^(https?://.+)")),
        "user": ("request_user_id",),
        "action": ("response_status",),
    },
    time=(TimeOf(("request_created_at",)),),
    zone="utc",
    rank=14,
    product="helicone",
)
HELICONE_CSV = replace(
    HELICONE,
    name="helicone_csv",
    title="Helicone AI gateway requests (CSV export)",
    family=CsvHeader(columns=("request_created_at", "request_id", "response_status")),
)

_GENERATION = r"^gen-()"
OPENROUTER = LogFormat(
    name="openrouter_json",
    title="OpenRouter generations as its API gives them (JSON)",
    vendor="OpenRouter",
    doc="https://openrouter.ai/docs/api/api-reference/generations/get-generation",
    kind="api_call",
    family=Json(
        requires=(
            ("id|data.id", r"^gen-"),
            ("native_tokens_prompt|data.native_tokens_prompt|tokens_prompt|data.tokens_prompt", ""),
            ("model|data.model", ""),
        )
    ),
    fields={
        "host": (Part("id|data.id", _GENERATION, into="openrouter.ai"),),
        "user": ("external_user|data.external_user",),
        "action": ("model|data.model",),
    },
    time=(TimeOf(("created_at|data.created_at",)),),
    zone="utc",
    rank=14,
    product="openrouter",
)

OPENROUTER_CSV = LogFormat(
    name="openrouter_csv",
    title="OpenRouter activity (CSV export)",
    vendor="OpenRouter",
    doc="https://openrouter.ai/docs/cookbook/administration/activity-export",
    kind="api_call",
    family=CsvHeader(columns=("generation_id", "created_at", "model_permaslug", "provider_name"), delimiters=","),
    fields={
        "host": (Part("generation_id", _GENERATION, into="openrouter.ai"),),
        "user": ("user", "api_key_name"),
        "action": ("model_permaslug",),
    },
    time=(TimeOf(("created_at",)),),
    zone="utc",
    rank=14,
    product="openrouter",
)

FORMATS = (
    LITELLM,
    LITELLM_CSV,
    KONG,
    APISIX,
    CLOUDFLARE_AI,
    PORTKEY,
    HELICONE,
    HELICONE_CSV,
    OPENROUTER,
    OPENROUTER_CSV,
)
