"""Entries and signatures to rate, made of little."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shadowai.model import Entry, Origin, Signature, Usage, Verdict
from shadowai.risk import weights
from shadowai.signature_file import Account, DataHandling, SignatureFile

WEIGHTS = weights.load()
NOON = 1_767_614_400_000_000
"""2026-01-05T12:00:00Z."""
ENTRY = Entry(
    asset_id="00112233445566aa",
    service_id="chat",
    service="Chat",
    vendor="Example",
    category="assistant",
    actor=None,
    verdict=Verdict.UNREVIEWED,
    confidence="confirmed",
    usage=Usage.CONNECTED,
    users=1,
    devices=1,
    events=3,
    blocked=0,
    bytes_up=0,
    bytes_down=None,
    first_seen=NOON,
    last_seen=NOON,
    active_days=1,
    sources=("squid_native",),
    names=("chat.example",),
    evidence=(Origin("proxy.log", 1),),
)


def entry(**more: Any) -> Entry:
    """A row of a service that one person was connected to, and nothing worse."""
    return replace(ENTRY, **more)


def plan(name: str, trains: str, kind: str = "vendor") -> DataHandling:
    """What a vendor says of one plan."""
    return DataHandling(name, trains, f"https://example.com/{name}", "2026-06-01", source_kind=kind)


def file(
    *plans: DataHandling,
    country: str = "DE",
    category: str = "assistant",
    scope: str = "ai-native",
    tags: tuple[str, ...] = (),
    account: tuple[Account, ...] = (),
) -> SignatureFile:
    """The signature of the service."""
    signature = Signature("chat", "Chat", "Example", category, country, scope, tags=tags)
    return SignatureFile(signature, Origin("chat.yaml"), updated="2026-05-01", account=account, data_handling=plans)
