"""Signatures to make rules of, and hosts with what must be said of them."""

from __future__ import annotations

from shadowai.model import Indicator, Signature

CHAT = Signature(
    id="chat",
    name='Chat "One"; | \\ : $(x)\n</title>',
    vendor="Vendor, Inc.",
    category="assistant",
    indicators=(
        Indicator("host", "suffix", "chat.example", "strong"),
        Indicator("host", "exact", "ws.other.example", "strong"),
        Indicator("host", "exact", "deep.chat.example", "strong"),
        Indicator("host", "glob", "chat-prod-*.cloud.example", "strong"),
        Indicator("dns_only", "suffix", "chat-edge.example", "strong"),
        Indicator("host", "suffix", "weak.example", "weak"),
        Indicator("host", "exact", "telemetry.chat.example", "weak"),
        Indicator("host", "suffix", "shared.chat.example", "shared"),
        Indicator("host", "suffix", "needs.example", "strong", requires=("x",)),
        Indicator("url", "prefix", "paths.example/chat", "strong"),
    ),
    exclude=("out.chat.example",),
)
DRAW = Signature(
    id="draw",
    name="Draw",
    vendor="Vendor, Inc.",
    category="media",
    indicators=(Indicator("host", "suffix", "draw.chat.example", "strong"),),
)
SILENT = Signature("silent", "Silent", "Vendor", "media", indicators=(Indicator("asn", "equals", "AS64496", "weak"),))
ALL = (CHAT, DRAW, SILENT)

SAID = {
    "chat.example": "chat",
    "a.b.chat.example": "chat",
    "notchat.example": "",
    "chat.example.evil.example": "",
    "deep.chat.example": "chat",
    "telemetry.chat.example": "",
    "a.shared.chat.example": "",
    "out.chat.example": "",
    "a.out.chat.example": "",
    "draw.chat.example": "draw",
    "a.draw.chat.example": "draw",
    "ws.other.example": "chat",
    "a.ws.other.example": "",
    "chat-prod-7.cloud.example": "chat",
    "chat-prod-7.x.cloud.example": "",
    "edge.chat-edge.example": "chat",
    "weak.example": "",
    "needs.example": "",
    "paths.example": "",
}
"""Hosts, and the service that identifies itself by them; empty where none does for certain."""
