"""What requests, answers and JSON-RPC prove, and what they do not."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.wire import ai_protocols, http
from shadowai.wire.ai_protocols import Proof

ASKS = {"model": "some-model", "messages": [{"role": "user", "content": "hi"}]}


def request(line: str, body: object = None, *headers: str, host: str = "10.0.0.5:8000") -> Proof | None:
    head = "\r\n".join((f"{line} HTTP/1.1", f"Host: {host}", *headers, "", "")).encode()
    found = http.request(head)
    assert isinstance(found, http.Request)
    return ai_protocols.of_request(found, b"" if body is None else json.dumps(body).encode())


def answer(body: object, *headers: str) -> Proof | None:
    found = http.response("\r\n".join(("HTTP/1.1 200 OK", *headers, "", "")).encode())
    assert isinstance(found, http.Response)
    return ai_protocols.of_response(found, body if isinstance(body, bytes) else json.dumps(body).encode())


def rpc(method: str, **params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


@pytest.mark.parametrize(
    ("line", "body", "headers", "host", "proof"),
    [
        ("POST /api/chat", {**ASKS, "model": "llama3.2:3b"}, (), "10.0.0.5", Proof("ollama", "ollama", True)),
        ("POST /api/chat", ASKS, (), "10.0.0.5:11434", Proof("ollama", "ollama", True)),
        (
            "POST /api/generate",
            {"model": "m", "prompt": "p", "keep_alive": 1},
            (),
            "x",
            Proof("ollama", "ollama", True),
        ),
        ("GET /api/tags", None, ("User-Agent: ollama-python/0.6.3",), "x", Proof("ollama", "ollama", True)),
        ("POST /ollama/api/chat", ASKS, (), "x", Proof("open-webui", "ollama", True)),
        ("POST /completion", {"prompt": "p", "n_predict": 9}, (), "x", Proof("llama-cpp", "llama-cpp", True)),
        ("POST /api/v0/chat/completions", ASKS, (), "x", Proof("lm-studio", "openai", True)),
        ("POST /api/v1/generate", {"prompt": "p", "max_length": 9}, (), "x", Proof("koboldcpp", "koboldai", True)),
        (
            "POST /generate",
            {"inputs": "p", "parameters": {"max_new_tokens": 9}},
            (),
            "x",
            Proof(None, "text-generation-inference", True),
        ),
        (
            "POST /generate",
            {"text": "p", "sampling_params": {"max_new_tokens": 9}},
            (),
            "x",
            Proof("sglang", "sglang", True),
        ),
        ("POST /generate", {"text": "p", "sampling_params": {}}, (), "x", Proof("sglang", "sglang", False)),
        ("POST /v2/models/m/generate", {"text_input": "p"}, (), "x", Proof("triton", "triton", True)),
        ("POST /v2/models/m/versions/1/generate_stream", {"text_input": "p"}, (), "x", Proof("triton", "triton", True)),
        (
            "POST /prompt",
            {"prompt": {"3": {"class_type": "K", "inputs": {}}}},
            (),
            "x",
            Proof("comfyui", "comfyui", True),
        ),
        ("POST /sdapi/v1/txt2img", {"prompt": "p", "steps": 9}, (), "x", Proof("automatic1111", "sdapi", True)),
        (
            "POST /api/chat/completions",
            {**ASKS, "chat_id": "a", "session_id": "b"},
            (),
            "x",
            Proof("open-webui", "openai", True),
        ),
        (
            "POST /api/v1/workspace/mine/chat",
            {"message": "m", "mode": "chat"},
            (),
            "x",
            Proof("anythingllm", "anythingllm", True),
        ),
        ("POST /v1/chat/completions", ASKS, (), "x", Proof(None, "openai", True)),
        ("POST /proxy/openai/v1/responses?a=b", {"model": "m", "input": "p"}, (), "x", Proof(None, "openai", True)),
        ("GET /v1/models", None, ("User-Agent: OpenAI/Python 2.54.0",), "x", Proof(None, "openai", True)),
        ("GET /v1/models", None, ("X-Stainless-Lang: python",), "x", Proof(None, "openai", True)),
        ("POST /v1/messages", None, ("anthropic-version: 2023-06-01",), "x", Proof(None, "anthropic", True)),
        ("POST /v1beta/models/some:generateContent", {"contents": []}, (), "x", Proof(None, "gemini", True)),
        ("POST /mcp", rpc("tools/list"), (), "x", Proof(None, "mcp", True)),
        ("POST /anything", rpc("initialize", protocolVersion="2025-11-25"), (), "x", Proof(None, "mcp", True)),
        ("GET /mcp", None, ("Mcp-Session-Id: a", "Accept: text/event-stream"), "x", Proof(None, "mcp", True)),
        ("POST /mcp", None, ("Mcp-Session-Id: a", "MCP-Protocol-Version: 2025-06-18"), "x", Proof(None, "mcp", True)),
        ("POST /a2a", rpc("message/send"), (), "x", Proof(None, "a2a", True)),
    ],
)
def test_requests_that_are_certain(line: str, body: object, headers: tuple[str, ...], host: str, proof: Proof) -> None:
    assert request(line, body, *headers, host=host) == proof


@pytest.mark.parametrize(
    ("line", "body", "headers", "host", "proof"),
    [
        ("POST /api/chat", ASKS, (), "x", Proof("ollama", "ollama", False)),
        ("GET /api/tags", None, (), "x:11434", Proof("ollama", "ollama", False)),
        ("POST /completion", {"prompt": "p"}, (), "x", Proof("llama-cpp", "llama-cpp", False)),
        ("GET /v1/models", None, (), "x", Proof(None, "openai", False)),
        ("POST /v1/chat/completions", None, (), "x", Proof(None, "openai", False)),
        ("GET /api/v0/models", None, (), "x", Proof("lm-studio", "openai", False)),
        ("GET /sse", None, ("Accept: text/event-stream",), "x", Proof(None, "mcp", False)),
        ("POST /", None, ("Mcp-Session-Id: a",), "x", Proof(None, "mcp", False)),
        ("GET /.well-known/agent-card.json", None, (), "x", Proof(None, "a2a", False)),
    ],
)
def test_requests_that_need_something_beside_them(
    line: str, body: object, headers: tuple[str, ...], host: str, proof: Proof
) -> None:
    assert request(line, body, *headers, host=host) == proof


@pytest.mark.parametrize(
    ("line", "body", "headers", "host"),
    [
        ("GET /", None, (), "x:11434"),
        ("GET /api/chat", None, (), "x"),
        ("POST /api/chat", {"id": 1, "messages": []}, (), "x"),
        ("POST /completion", None, (), "x"),
        ("POST /generate", {"inputs": "p"}, (), "x"),
        ("GET /shop/api/v1/models", None, (), "x"),
        ("POST /v1/messages", {"to": "+1", "text": "hi"}, (), "x"),
        ("GET /v1/models/42", None, (), "x"),
        ("GET /sse", None, (), "x"),
        ("POST /rpc", rpc("textDocument/hover"), (), "x"),
        ("POST /rpc", rpc("initialize", capabilities={}), (), "x"),
        ("POST /rpc", rpc("initialize", protocolVersion=1), (), "x"),
        ("POST /rpc", {"method": "tools/list"}, (), "x"),
        ("POST /v2/models/resnet/infer", {"inputs": [{"name": "x", "datatype": "FP32"}]}, (), "x"),
        ("POST /prompt", {"prompt": "Your name?"}, (), "x"),
        ("POST /generate", {"text": "p"}, (), "x"),
        ("POST /notes", {"text": json.dumps(rpc("tools/list"))}, (), "x"),
    ],
)
def test_requests_that_prove_nothing(line: str, body: object, headers: tuple[str, ...], host: str) -> None:
    assert request(line, body, *headers, host=host) is None


TGI = "text-generation-inference"
CHAT = {"id": "a", "object": "chat.completion", "choices": [{"message": {"role": "assistant", "content": "hi"}}]}
MODELS = {"object": "list", "data": [{"id": "m", "object": "model", "owned_by": "someone"}]}


def owned(owner: str) -> dict[str, object]:
    return {"object": "list", "data": [{"id": "m", "object": "model", "owned_by": owner}]}


@pytest.mark.parametrize(
    ("body", "proof"),
    [
        (b"Ollama is running", Proof("ollama", "ollama", True)),
        ({"models": [{"details": {"families": []}, "digest": "a"}]}, Proof("ollama", "ollama", True)),
        (
            {"models": [{"details": {"family": "koboldcpp", "families": []}, "digest": "a"}]},
            Proof("koboldcpp", "ollama", True),
        ),
        ({"model": "m", "created_at": "t", "response": "r", "done": False}, Proof("ollama", "ollama", True)),
        ({**CHAT, "system_fingerprint": "fp_ollama"}, Proof("ollama", "openai", True)),
        (owned("vllm"), Proof("vllm", "openai", True)),
        (owned("llamacpp"), Proof("llama-cpp", "openai", True)),
        (owned("humanity"), Proof("gpt4all", "openai", True)),
        ({"content": "x", "generation_settings": {}, "tokens_predicted": 3}, Proof("llama-cpp", "llama-cpp", True)),
        ({"status": True, "name": "Open WebUI", "features": {}}, Proof("open-webui", "open-webui", True)),
        (b"<html><title>Open WebUI</title>", Proof("open-webui", "open-webui", False)),
        (b"# HELP localai_api_call x\n# TYPE localai_api_call histogram\n", Proof("localai", "openai", True)),
        (
            b"# HELP vllm:num_requests_running n\n# TYPE vllm:num_requests_running gauge\n",
            Proof("vllm", "openai", True),
        ),
        ({"model_id": "m", "model_dtype": "f", "max_batch_total_tokens": 9}, Proof(TGI, TGI, True)),
        ({"mem_fraction_static": 0.8, "disaggregation_mode": "null"}, Proof("sglang", "sglang", True)),
        (CHAT, Proof(None, "openai", True)),
        (b'1f4\r\n{"object":"chat.completion","choices":[]}\r\n0\r\n\r\n', Proof(None, "openai", True)),
        (b'data: {"object":"chat.completion.chunk","choices":[]}\n\n', Proof(None, "openai", True)),
        (MODELS, Proof(None, "openai", True)),
        ({"type": "message", "role": "assistant", "stop_reason": None}, Proof(None, "anthropic", True)),
        ({"candidates": [{"content": {"parts": []}}], "usageMetadata": {}}, Proof(None, "gemini", True)),
        ({"jsonrpc": "2.0", "result": {"protocolVersion": "2025-06-18", "serverInfo": {}}}, Proof(None, "mcp", True)),
        ({"jsonrpc": "2.0", "result": {"tools": [{"inputSchema": {}}]}}, Proof(None, "mcp", True)),
        (b"event: endpoint\ndata: /messages/?session_id=a\n\n", Proof(None, "mcp", True)),
    ],
)
def test_answers(body: object, proof: Proof) -> None:
    assert answer(body) == proof


def test_headers_of_answers() -> None:
    assert answer(b"", "Server: llama.cpp") == Proof("llama-cpp", "llama-cpp", True)
    assert answer(b"", "Mcp-Session-Id: a", "Content-Type: text/event-stream") == Proof(None, "mcp", True)
    assert answer(b"", "Mcp-Session-Id: a") == Proof(None, "mcp", False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<p>The server answers Ollama is running</p>",
        b'<pre>{"object":"chat.completion","choices":[]}</pre>',  # a manual
        {"text": json.dumps(CHAT)},  # a document that quotes one
        {"object": "list", "data": []},
        {"jsonrpc": "2.0", "result": {"tools": []}},
        {"jsonrpc": "2.0", "result": None},
        {"models": ["a"], "digest": "b"},
        {"model": "Civic", "created_at": "2026", "done": True},
    ],
)
def test_answers_that_prove_nothing(body: object) -> None:
    assert answer(body) is None
    assert answer(body, "Server: uvicorn") is None


def test_bodies_cut_off_prove_nothing_more_than_they_hold() -> None:
    whole = json.dumps(owned("vllm")).encode()
    proofs = [answer(whole[:end]) for end in range(len(whole) + 1)]
    assert proofs[0] is None and proofs[-1] == Proof("vllm", "openai", True)
    assert all(proof in (None, Proof(None, "openai", True), Proof("vllm", "openai", True)) for proof in proofs)


@given(st.binary(max_size=200), st.sampled_from(["/api/chat", "/v1/models", "/mcp", "/generate", "/completion", "/"]))
def test_any_bytes(data: bytes, path: str) -> None:
    made = http.Request(b"POST", path.encode(), path.encode(), data, data, None, ((b"accept", data),), 0)
    ai_protocols.of_request(made, data)
    ai_protocols.of_request(made._replace(path=data), b'{"jsonrpc":"2.0","method":"' + data)
    ai_protocols.of_response(http.Response(200, data, ((b"content-type", data),)), data)
    ai_protocols.of_json_rpc(b'{"jsonrpc":"2.0",' + data)


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/v1/chat/completions", "openai"),
        ("/gateway/openai/v1/chat/completions", "openai"),
        ("/v1/models", "openai"),
        ("/shop/api/v1/models", None),
        ("/v1/messages", "anthropic"),
        ("/v1beta/models/gemini-3:streamGenerateContent", "gemini"),
        ("/v1/projects/p/locations/l/publishers/google/models/g:generateContent", "vertex"),
        ("/model/anthropic.claude-3/invoke-with-response-stream", "bedrock"),
        ("/openai/deployments/gpt/chat/completions", "azure-openai"),
        ("/api/generate", "ollama"),
        ("/api/generate-invoice", None),
        ("/mcp", "mcp"),
        ("/mcp-server/mcp", "mcp"),
        ("/mcpx", None),
        ("/.well-known/agent-card.json", "a2a"),
        ("/v1/chat", None),
        ("", None),
        ("/", None),
    ],
)
def test_shapes_of_paths(path: str, shape: str | None) -> None:
    assert ai_protocols.of_path(path.encode()) == shape


@pytest.mark.parametrize("unit", [b"/", b"/a", b"/v1", b"/models", b"/v1/models/", b"/mcp"])
def test_a_long_path_takes_no_time(unit: bytes) -> None:
    began = time.perf_counter()
    ai_protocols.of_path(unit * 20_000)
    assert time.perf_counter() - began < 0.5


def test_either_header_of_mcp_marks_an_answer() -> None:
    for header in ("Mcp-Session-Id: a", "MCP-Protocol-Version: 2025-11-25"):
        assert answer(b"", header) == Proof(None, "mcp", False)


def test_the_name_of_a_server_is_how_it_begins() -> None:
    assert answer(b"", "Server: llama.cpp/b4000") == Proof("llama-cpp", "llama-cpp", True)
    assert answer(b"", "Server: proxy for llama.cpp") is None


@pytest.mark.parametrize(
    ("body", "program"),
    [
        ({"openapi": "3.0.0", "info": {"title": "Jan API Server Endpoints"}}, "jan"),
        ({"openapi": "3.1.0", "paths": {"/a": "text-generation-webui/user_data/models"}}, "text-generation-webui"),
        ({"package": "Langflow Base", "version": "1.0"}, "langflow"),
        ({"settings": {"AnythingLLMOllamaModelPref": None}}, "anythingllm"),
    ],
)
def test_programs_that_name_themselves_are_certain(body: object, program: str) -> None:
    proof = answer(body)
    assert proof is not None and (proof[0], proof[-1]) == (program, True)
