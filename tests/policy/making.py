"""Policies and signatures, made of little."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from shadowai.model import Signature
from shadowai.policy import Policy

TODAY = date(2026, 1, 5)
CHAT = Signature("openai-chatgpt", "ChatGPT", "OpenAI", "assistant", country="US")
API = Signature("openai-api", "OpenAI API", "OpenAI", "model-api", country="US")
FAR = Signature("far-chat", "Far Chat", "Far", "assistant", country="CN")
NOWHERE = Signature("nowhere-chat", "Nowhere", "Nowhere", "assistant")
ALL = (CHAT, API, FAR, NOWHERE)


def policy(folder: Path, rules: str, head: str = "") -> Policy:
    """A policy whose rules begin on line 3, or later by the lines of ``head``."""
    path = folder / "policy.yaml"
    path.write_text(f"version: 1\n{head}rules:\n{rules}", "utf-8")
    return Policy.load(path)
