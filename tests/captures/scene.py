"""A minute of a made-up office on the wire, for tests of what watches it and what reads it from a file."""

from __future__ import annotations

from collections.abc import Sequence

from tests.captures.conversations import START, Timed, merged, tcp, udp
from tests.captures.messages import dns_answer, dns_query, request, response
from tests.captures.quic import crypto, initial
from tests.captures.tls import application, client_hello, hello

SECOND = 1_000_000
ANN, BOB, EVE = "192.0.2.7", "192.0.2.8", "192.0.2.66"
RESOLVER, OPENAI, ANTHROPIC, WEB, LLM = (
    "192.0.2.53",
    "198.51.100.9",
    "198.51.100.20",
    "203.0.113.80",
    "192.0.2.200",
)
EXPECTED = {
    ("openai-chatgpt", ANN): "interactive",
    ("anthropic-claude", BOB): "connected",
    ("deepseek", BOB): "resolved",
    ("ollama", ANN): "integrated",
}
"""Service and user to the usage that a sure name shows."""


def scene() -> list[Timed]:
    """Ann uses ChatGPT and a model in the house, Bob looks DeepSeek up and uses Claude over QUIC, Eve uses nothing; 63 s in all."""
    ask = udp(ANN, RESOLVER, 53, client_port=50_001)
    ask.send(dns_query("chatgpt.com")).receive(dns_answer("chatgpt.com", [OPENAI]))
    chat = tcp(ANN, OPENAI, 443, client_port=40_001, time=START + SECOND).syn().send(hello("chatgpt.com", ech=True))
    chat.receive(application(3_000)).wait(20 * SECOND).send(application(15_000)).receive(application(40_000)).fin()
    look = udp(BOB, RESOLVER, 53, client_port=50_002, time=START + 2 * SECOND)
    look.send(dns_query("chat.deepseek.com")).receive(dns_answer("chat.deepseek.com", [WEB]))
    first = initial(b"12345678", crypto(client_hello("claude.ai", alpn=("h3",))))
    claude = (
        udp(BOB, ANTHROPIC, 443, client_port=40_003, time=START + 3 * SECOND).send(first).receive(b"\x41" + b"r" * 90)
    )
    local = tcp(ANN, LLM, 11434, client_port=40_004, time=START + 4 * SECOND).syn()
    body = b'{"model":"llama3","messages":[{"role":"user","content":"hi"}]}'
    local.send(request(f"{LLM}:11434", "/api/chat", method="POST", body=body))
    local.receive(response(b'{"model":"llama3","message":{"role":"assistant","content":"hi"},"done":true}')).fin()
    other = tcp(EVE, WEB, 443, client_port=40_005, time=START + 5 * SECOND).syn().send(hello("www.example.com"))
    other.receive(application(900)).wait(58 * SECOND).send(application(100))
    return merged(ask, chat, look, claude, local, other)


def raw(frames: Sequence[Timed], first: int = 1) -> list[tuple[int, int, int, bytes, int]]:
    """Frames as an interface gives them, numbered from ``first``."""
    return [(number, time, 1, data, len(data)) for number, (time, data) in enumerate(frames, first)]
