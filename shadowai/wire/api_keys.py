"""Keys to AI services that cross the network in clear: which kind, and enough to recognise one again; never the key itself.

The shapes are those that secretlint and gitleaks publish and the vendors' consoles hand out. A key's text leaves this module
as its public prefix, its last four characters and a keyed hash.
"""

from __future__ import annotations

import functools
import hmac
import re
from typing import NamedTuple

_MAX_KEYS = 64
_FEWEST_DIFFERENT = 8  # characters: ``sk-xxxxxxxx…`` and ``sk-000000…`` stand in manuals for a key


class Key(NamedTuple):
    """A key as it may be shown: ``kind`` is the id of the service's signature, or ``google-api`` (any Google service, not
    only AI) or ``openai-style`` (``sk-`` keys that several vendors hand out). ``digest`` is 16 hexadecimal digits of an
    HMAC-SHA-256: the same key gives the same digest under the same secret."""

    kind: str
    prefix: str
    last_four: str
    digest: str


class _Shape(NamedTuple):
    """``alone`` is false for shapes that other things have as well: they count only where a key is expected."""

    kind: str
    prefix: bytes
    body: bytes
    alone: bool = True


_SHAPES = (
    _Shape("openrouter", rb"sk-or-v1-", rb"[a-f0-9]{64}"),
    _Shape("anthropic-api", rb"sk-ant-api0\d-", rb"[A-Za-z0-9_-]{80,128}"),
    _Shape("anthropic-claude", rb"sk-ant-(?:oat|admin|sid)\d{2}-", rb"[A-Za-z0-9_-]{20,}"),
    _Shape("litellm", rb"sk-litellm-", rb"[A-Za-z0-9_-]{16,}"),
    _Shape("langfuse", rb"sk-lf-", rb"[a-f0-9-]{36}"),
    _Shape("openai-api", rb"sk-(?:proj|svcacct|admin)-", rb"[A-Za-z0-9_-]{32,}"),
    _Shape("openai-api", rb"sk-", rb"[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"),
    _Shape("openai-style", rb"sk-", rb"[A-Za-z0-9_-]{32,}", alone=False),
    _Shape("elevenlabs", rb"sk_", rb"[a-f0-9]{48}", alone=False),
    _Shape("google-api", rb"AIza", rb"[0-9A-Za-z_-]{35}"),
    _Shape("groq", rb"gsk_", rb"[A-Za-z0-9]{52}"),
    _Shape("hugging-face", rb"hf_", rb"[A-Za-z]{34}"),
    _Shape("replicate", rb"r8_", rb"[A-Za-z0-9]{37,40}"),
    _Shape("xai-api", rb"xai-", rb"[A-Za-z0-9]{60,}"),
    _Shape("perplexity", rb"pplx-", rb"[A-Za-z0-9]{40,}"),
    _Shape("together-ai", rb"tgp_v1_", rb"[A-Za-z0-9_-]{30,}"),
    _Shape("cerebras", rb"csk-", rb"[A-Za-z0-9]{30,}"),
    _Shape("nvidia-nim", rb"nvapi-", rb"[A-Za-z0-9_-]{60,}"),
    _Shape("langsmith", rb"lsv2_(?:pt|sk)_", rb"[a-f0-9]{32}_[a-f0-9]{10}"),
    _Shape("pinecone", rb"pcsk_", rb"[A-Za-z0-9_]{20,}"),
    _Shape("e2b", rb"e2b_", rb"[a-f0-9]{40}"),
    _Shape("tavily", rb"tvly-(?:dev-|prod-)?", rb"[A-Za-z0-9_-]{20,}"),
    _Shape("firecrawl", rb"fc-", rb"[a-f0-9]{32}", alone=False),
    _Shape("dify", rb"app-", rb"[A-Za-z0-9]{24}", alone=False),
    _Shape("fireworks-ai", rb"fw_", rb"[A-Za-z0-9]{24}", alone=False),
    _Shape("voyage", rb"pa-", rb"[A-Za-z0-9_-]{43}", alone=False),
    _Shape("jina", rb"jina_", rb"[A-Za-z0-9]{32}[A-Za-z0-9_-]{20,}"),
    _Shape("factory", rb"fk-", rb"[A-Za-z0-9_-]{20,}", alone=False),
)
# One pass over the data: what begins like a key and runs on in the characters of one. No repetition within another.
_CANDIDATE = re.compile(
    rb"(?:(?<![A-Za-z0-9_-])|(?<=%3[Dd])|(?<=%2[02]))"
    rb"(?:sk[-_]|AIza|gsk_|hf_|r8_|xai-|pplx-|tgp_v1_|csk-|nvapi-|lsv2_|pcsk_|e2b_|tvly-|fc-|app-|fw_|pa-|jina_|fk-)"
    rb"[A-Za-z0-9_-]{16,512}"
)
_EXPECTED = re.compile(
    rb"(?:bearer|token|authorization:|api[-_]?key[\"']?\s?[:=]|[?&]key=|[?&;]token=)\s?[\"']?\Z", re.IGNORECASE
)


def find(data: bytes, secret: bytes) -> tuple[Key, ...]:
    """The keys (up to 64, each once) in clear text: a request's head or body. ``secret`` keys the digests."""
    found: dict[str, Key] = {}
    for candidate in _CANDIDATE.finditer(data):
        key = _key(candidate[0], data[max(0, candidate.start() - 32) : candidate.start()], secret)
        if key is not None:
            found.setdefault(key.digest, key)
        if len(found) >= _MAX_KEYS:
            break
    return tuple(found.values())


@functools.cache
def _patterns() -> tuple[tuple[_Shape, re.Pattern[bytes]], ...]:
    """Compiled where something begins like a key: few captures have one."""
    return tuple((shape, re.compile(rb"(%s)(%s)" % (shape.prefix, shape.body))) for shape in _SHAPES)


def _key(text: bytes, before: bytes, secret: bytes) -> Key | None:
    for shape, pattern in _patterns():
        match = pattern.fullmatch(text)
        if match is None:
            continue
        if len(set(match[2])) < _FEWEST_DIFFERENT or not (shape.alone or _EXPECTED.search(before)):
            return None
        digest = hmac.digest(secret, text, "sha256").hex()[:16]
        return Key(shape.kind, match[1].decode("ascii"), text[-4:].decode("ascii"), digest)
    return None
