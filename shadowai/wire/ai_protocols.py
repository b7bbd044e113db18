"""AI protocols in clear, on whatever host and port: self-hosted model servers, the vendors' interfaces on hosts of nobody's
catalogue, the Model Context Protocol (MCP) and Agent2Agent (A2A).

A proof is certain where a sign that nothing else shows was seen (``Server: llama.cpp``, the answer ``Ollama is running``),
or two independent weaker ones (a path and the keys of the body). A path alone is never certain: other programs have an
``/api/chat`` as well. Who runs the server is for the caller to find out: the OpenAI interface on a vendor's own host is
that vendor's service.

Sources: the interface references of Ollama, llama.cpp (tools/server/README), vLLM, LM Studio, Open WebUI, KoboldCpp,
text-generation-inference, SGLang, Triton (generate extension), ComfyUI, stable-diffusion-webui, OpenAI, Anthropic and
Gemini; MCP 2025-11-25; A2A 0.3; praetorian-inc/julius for what servers answer. Bodies may be cut off or compressed: what
cannot be read proves nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from shadowai.wire.http import Request, Response

_MOST = 16384
_SHAPES = (
    ("anthropic", re.compile(rb"(?:/[A-Za-z0-9._-]{1,64}){0,4}?/v1/messages(?:/count_tokens)?")),
    ("azure-openai", re.compile(rb"/openai/deployments/[^/]{1,128}/[a-z/]{1,64}")),
    ("bedrock", re.compile(rb"/model/[^/]{1,256}/(?:invoke|invoke-with-response-stream|converse|converse-stream)")),
    (
        "vertex",
        re.compile(
            rb"/v1[a-z0-9]{0,8}/(?:[^/]{1,128}/){1,8}models/[^/:]{1,128}"
            rb":(?:(?:rawP|streamRawP|p)redict|(?:g|streamG)enerateContent)"
        ),
    ),
    ("ollama", re.compile(rb"(?:/ollama)?/api/(?:chat|generate|tags|pull|embed)")),
    ("mcp", re.compile(rb"(?:/[A-Za-z0-9._-]{1,64}){0,4}?/mcp/?")),
    ("a2a", re.compile(rb"/\.well-known/agent(?:-card)?\.json")),
)
_SDK_AGENTS = re.compile(rb"(?:Async)?(?:OpenAI|AzureOpenAI|Anthropic)/(?:Python|JS|Go|Java|Ruby)\b")
_OLLAMA_AGENT = re.compile(rb"ollama(?:-python|-js)?/\d")
_OPENAI_PATH = re.compile(
    rb"(?:/[A-Za-z0-9._-]{1,64}){0,4}?/v1/(?:(chat/completions|completions|embeddings|images/generations"
    rb"|audio/(?:transcriptions|translations|speech))|responses|models|rerank|score|realtime|moderations)"
)
_GEMINI_PATH = re.compile(
    rb"/v1(?:beta)?/models/[^/:]{1,128}:(?:generateContent|streamGenerateContent|embedContent|batchEmbedContents|countTokens)"
)
_WORKSPACE_PATH = re.compile(rb"/api/v1/workspace/[^/]{1,128}/(?:stream-)?chat")
_OLLAMA_PATHS = frozenset(
    b"/api/" + word for word in b"generate chat embed embeddings pull push create copy show tags ps version".split()
)
_OLLAMA_OWN = (b'"keep_alive":', b'"num_ctx":', b'"num_predict":')
_LM_STUDIO_PATHS = frozenset(
    b"/api/v0/" + word for word in b"models chat/completions completions embeddings".split()
) | {b"/lmstudio-greeting"}
_KOBOLD_PATHS = frozenset(
    b"/api/" + word for word in b"v1/generate extra/generate/stream extra/version extra/perf extra/tokencount".split()
)
_TRITON_PATH = re.compile(rb"/v2/models/[^/]{1,128}(?:/versions/[^/]{1,32})?/generate(?:_stream)?")
_LLAMA_OWN = (b'"n_predict":', b'"cache_prompt":', b'"id_slot":', b'"input_prefix":')
_MODEL_TAG = re.compile(rb'"(?:model|name)":"[A-Za-z0-9._/-]{1,128}:(?:latest|e?[0-9][0-9.x]{0,5}[bm])["-]')
_STRUCTURED = re.compile(rb"\s*(?:[0-9a-fA-F]{1,8}(?:;[^\r\n]{0,64})?\r\n)?\s*(?:[{\[:]|(?:data|event|id):)")

_METHOD = re.compile(rb'(?<!\\)"method":"([A-Za-z]{1,32}(?:/[A-Za-z_]{1,32}){0,3})"')
_MCP_METHODS = frozenset(
    b"tools/list tools/call resources/list resources/read resources/templates/list resources/subscribe"
    b" resources/unsubscribe prompts/list prompts/get completion/complete logging/setLevel sampling/createMessage"
    b" elicitation/create roots/list notifications/initialized notifications/tools/list_changed"
    b" notifications/resources/list_changed notifications/resources/updated notifications/prompts/list_changed"
    b" notifications/roots/list_changed notifications/message".split()
)
_MCP_VERSION = b'"protocolVersion":"20'  # its versions are dates; other protocols that begin so count from 1
_A2A_METHODS = frozenset(
    b"message/send message/stream tasks/resubscribe agent/getAuthenticatedExtendedCard tasks/pushNotificationConfig/set"
    b" tasks/pushNotificationConfig/get tasks/pushNotificationConfig/list tasks/pushNotificationConfig/delete".split()
)


class Proof(NamedTuple):
    """What was recognised: ``signature`` is the id of the program's signature, ``None`` where only the protocol is known.
    ``certain`` is false for what needs something beside it."""

    signature: str | None
    protocol: str
    certain: bool


_MCP = Proof(None, "mcp", True)
_MAYBE_MCP = Proof(None, "mcp", False)
_A2A = Proof(None, "a2a", True)

# What a structured answer (JSON, lines or events of it) must hold, all of it; the more telling first.
_ANSWERS: tuple[tuple[Proof, tuple[bytes, ...]], ...] = (
    (Proof("koboldcpp", "koboldai", True), (b'"result":"KoboldCpp"', b'"version":')),
    (Proof("koboldcpp", "openai", True), (b'"owned_by":"koboldcpp"', b'"object":"list"')),
    (Proof("koboldcpp", "ollama", True), (b'"family":"koboldcpp"', b'"models":')),
    (Proof("llama-cpp", "openai", True), (b'"owned_by":"llamacpp"', b'"object":"list"')),
    (Proof("llama-cpp", "openai", True), (b'"choices":', b'"timings":', b'"predicted_per_second":')),
    (Proof("llama-cpp", "llama-cpp", True), (b'"generation_settings":', b'"tokens_predicted":')),
    (Proof("vllm", "openai", True), (b'"owned_by":"vllm"', b'"object":"list"')),
    (Proof("gpt4all", "openai", True), (b'"owned_by":"humanity"', b'"object":"list"')),
    (Proof("ollama", "openai", True), (b'"system_fingerprint":"fp_ollama"', b'"choices":')),
    (Proof("ollama", "ollama", True), (b'"models":', b'"families":', b'"digest":')),
    (Proof("ollama", "ollama", True), (b'"model":', b'"created_at":', b'"done":', b'"response":')),
    (Proof("ollama", "ollama", True), (b'"model":', b'"created_at":', b'"done":', b'"message":')),
    (Proof("open-webui", "open-webui", True), (b'"name":"Open WebUI"', b'"features":')),
    (Proof("litellm", "openai", True), (b'"litellm_version":', b'"status":')),
    (Proof("anythingllm", "anythingllm", True), (b'"AnythingLLMOllamaModelPref":',)),
    (Proof("langflow", "langflow", True), (b'"package":"Langflow', b'"version":')),
    (Proof("jan", "openai", True), (b'"title":"Jan API Server Endpoints"', b'"openapi":')),
    (
        Proof("text-generation-webui", "text-generation-webui", True),
        (b"text-generation-webui/user_data/", b'"openapi":'),
    ),
    (Proof("sglang", "sglang", True), (b'"mem_fraction_static":', b'"disaggregation_mode":')),
    (
        Proof("text-generation-inference", "text-generation-inference", True),
        (b'"model_id":', b'"model_dtype":', b'"max_batch_total_tokens":'),
    ),
    (Proof(None, "openai", True), (b'"object":"chat.completion', b'"choices":')),
    (Proof(None, "openai", True), (b'"object":"text_completion"', b'"choices":')),
    (Proof(None, "openai", True), (b'"object":"response"', b'"output":', b'"model":')),
    (Proof(None, "openai", True), (b'"object":"embedding"', b'"embedding":', b'"model":')),
    (Proof(None, "openai", True), (b'"object":"list"', b'"object":"model"', b'"owned_by":')),
    (Proof(None, "anthropic", True), (b'"type":"message"', b'"role":"assistant"', b'"stop_reason":')),
    (Proof(None, "gemini", True), (b'"candidates":', b'"parts":', b'"usageMetadata":')),
    (Proof(None, "a2a", True), (b'"protocolVersion":', b'"skills":', b'"capabilities":', b'"defaultInputModes":')),
)
# The same for pages and metrics. A page may well write about a program, so that a title alone is never certain.
_PAGES: tuple[tuple[Proof, tuple[bytes, ...]], ...] = (
    (Proof("openclaw", "openclaw", True), (b"<title>OpenClaw Control</title>", b"<openclaw-app>")),
    (Proof("openclaw", "openclaw", True), (b"<title>Moltbot Control</title>", b"<moltbot-app>")),
    (Proof("dify", "dify", True), (b"<title>Dify</title>", b"data-public-edition")),
    (Proof("localai", "openai", True), (b"# HELP localai_", b"# TYPE localai_")),
    (Proof("vllm", "openai", True), (b"# HELP vllm:", b"# TYPE vllm:")),
    (Proof("open-webui", "open-webui", False), (b"<title>Open WebUI</title>",)),
    (Proof("librechat", "librechat", False), (b"<title>LibreChat</title>",)),
    (Proof("flowise", "flowise", False), (b"<title>Flowise", b"FlowiseAI")),
    (Proof("comfyui", "comfyui", False), (b"<title>ComfyUI</title>",)),
)


def of_request(request: Request, body: bytes) -> Proof | None:
    """What a request and the beginning of its body prove, or ``None``."""
    text = _compact(body)
    return (
        _mcp_request(request, body)
        or _ollama_request(request, text)
        or _server_request(request, text)
        or _vendor_request(request, text)
    )


def of_response(response: Response, body: bytes) -> Proof | None:
    """What a response and the beginning of its body prove, or ``None``."""
    if response.server is not None and response.server.startswith(b"llama.cpp"):
        return Proof("llama-cpp", "llama-cpp", True)
    if body.strip() == b"Ollama is running":
        return Proof("ollama", "ollama", True)
    headers = dict(response.headers)
    rpc = of_json_rpc(body)
    if rpc is not None:
        return rpc
    challenged = b"resource_metadata=" in headers.get(b"www-authenticate", b"")
    if b"mcp-session-id" in headers or b"mcp-protocol-version" in headers:
        streamed = headers.get(b"content-type", b"").startswith((b"text/event-stream", b"application/json"))
        return _MCP if challenged or streamed else _MAYBE_MCP
    text = _compact(body)
    if b"event: endpoint" in text and b"data: /" in text and b"session" in text:  # HTTP+SSE, MCP 2024-11-05
        return _MCP
    for proof, signs in _ANSWERS if _STRUCTURED.match(text) else _PAGES:
        if all(sign in text for sign in signs):
            return proof
    return None


def of_path(path: bytes) -> str | None:
    """The protocol whose shape a path (without query) has, or ``None``. It proves nothing: anybody may have such a path."""
    found = _OPENAI_PATH.fullmatch(path)
    if found is not None and (found[1] or path.startswith(b"/v1/")):
        return "openai"
    if _GEMINI_PATH.fullmatch(path):
        return "gemini"
    return next((protocol for protocol, shape in _SHAPES if shape.fullmatch(path)), None)


def of_json_rpc(body: bytes) -> Proof | None:
    """MCP or A2A in a JSON-RPC 2.0 message, a batch or a stream of events; ``None`` for any other JSON-RPC."""
    text = _compact(body)
    if b'"jsonrpc":"2.0"' not in text or _STRUCTURED.match(text) is None:
        return None
    for found in _METHOD.finditer(text):
        method = found[1]
        if method in _MCP_METHODS or (method == b"initialize" and _MCP_VERSION in text):
            return _MCP
        if method in _A2A_METHODS:
            return _A2A
    if _MCP_VERSION in text and b'"serverInfo":' in text:
        return _MCP
    return _MCP if b'"tools":[' in text and b'"inputSchema":' in text else None


def _compact(body: bytes) -> bytes:
    """The beginning of a body with JSON's usual blank behind a colon taken out, for plain searches. A quoted document within
    a string cannot be mistaken for the body's own: its quotes are escaped."""
    return body[:_MOST].replace(b'": ', b'":')


def _mcp_request(request: Request, body: bytes) -> Proof | None:
    """Streamable HTTP by its headers, either transport by its JSON-RPC, the agent card of A2A by its path."""
    found = of_json_rpc(body)
    if found is not None:
        return found
    headers = dict(request.headers)
    ours = sum(name in headers for name in (b"mcp-session-id", b"mcp-protocol-version", b"mcp-method"))
    streamed = b"text/event-stream" in headers.get(b"accept", b"")
    if ours:
        return _MCP if ours > 1 or streamed else _MAYBE_MCP
    if request.path in (b"/.well-known/agent-card.json", b"/.well-known/agent.json"):
        return Proof(None, "a2a", b"a2a-version" in headers)
    return _MAYBE_MCP if streamed and request.path.endswith((b"/sse", b"/mcp")) else None


def _ollama_request(request: Request, text: bytes) -> Proof | None:
    """Ollama's own interface: three of path, body, port, user agent and the options that only it has (a user agent counts
    twice); two leave it open."""
    path = request.path
    behind_webui = path.startswith(b"/ollama/api/")
    if behind_webui:  # Open WebUI passes these on (docs.openwebui.com, API endpoints)
        path = path.removeprefix(b"/ollama")
    signs = 2 * bool(request.user_agent and _OLLAMA_AGENT.match(request.user_agent))
    signs += (request.host or b"").endswith(b":11434")
    if path in _OLLAMA_PATHS:
        signs += 1 + behind_webui + _asks_a_model(text)
        signs += any(option in text for option in _OLLAMA_OWN) or _MODEL_TAG.search(text) is not None
    if signs < 2:
        return None
    return Proof("open-webui" if behind_webui else "ollama", "ollama", signs > 2)


def _server_request(request: Request, text: bytes) -> Proof | None:
    """The other self-hosted programs, by path and body."""
    path = request.path
    asks = _asks_a_model(text)
    if path in _LM_STUDIO_PATHS:
        return Proof("lm-studio", "openai", asks or (request.host or b"").endswith(b":1234"))
    if path in (b"/completion", b"/completions", b"/infill") and b'"prompt":' in text:
        return Proof("llama-cpp", "llama-cpp", any(option in text for option in _LLAMA_OWN))
    if path in _KOBOLD_PATHS:
        own = b'"prompt":' in text and (b'"max_context_length":' in text or b'"max_length":' in text)
        return Proof("koboldcpp", "koboldai", own) if own or path.startswith(b"/api/extra/") else None
    if path in (b"/generate", b"/generate_stream") and b'"inputs":' in text and b'"parameters":' in text:
        return Proof(None, "text-generation-inference", b'"max_new_tokens":' in text)
    if path == b"/generate" and b'"sampling_params":' in text and (b'"text":' in text or b'"input_ids":' in text):
        return Proof("sglang", "sglang", b'"max_new_tokens":' in text)
    if _TRITON_PATH.fullmatch(path) and b'"text_input":' in text:
        return Proof("triton", "triton", True)
    if path in (b"/prompt", b"/api/prompt") and b'"class_type":' in text and b'"inputs":' in text:
        return Proof("comfyui", "comfyui", True)
    if path in (b"/sdapi/v1/txt2img", b"/sdapi/v1/img2img"):
        return Proof("automatic1111", "sdapi", b'"prompt":' in text)
    if path in (b"/api/chat/completions", b"/api/v1/chat/completions") and asks:
        return Proof("open-webui", "openai", b'"chat_id":' in text and b'"session_id":' in text)
    if _WORKSPACE_PATH.fullmatch(path):
        return Proof("anythingllm", "anythingllm", b'"message":' in text and b'"mode":' in text)
    return None


def _vendor_request(request: Request, text: bytes) -> Proof | None:
    """The interfaces of OpenAI, Anthropic and Gemini, which many programs imitate."""
    headers = dict(request.headers)
    client = any(name.startswith((b"x-stainless-", b"openai-")) for name in headers) or bool(
        request.user_agent and _SDK_AGENTS.match(request.user_agent)
    )
    asks = _asks_a_model(text)
    if request.path.endswith((b"/v1/messages", b"/v1/messages/count_tokens")):
        speaks = b"anthropic-version" in headers
        return Proof(None, "anthropic", speaks or asks or client) if speaks or asks or client else None
    if _GEMINI_PATH.fullmatch(request.path):
        return Proof(None, "gemini", b'"contents":' in text or b'"content":' in text)
    path = _OPENAI_PATH.fullmatch(request.path)
    # ``/shop/api/v1/models`` is anybody's: of the common words only the usual place counts without more.
    if path is not None and (path[1] or asks or client or request.path.startswith(b"/v1/")):
        return Proof(None, "openai", asks or client)
    return None


def _asks_a_model(text: bytes) -> bool:
    """Does the body name a model and give it something to work on?"""
    return b'"model":"' in text and any(key in text for key in (b'"messages":', b'"prompt":', b'"input":'))
