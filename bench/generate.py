"""Large made-up logs, the same every time: Squid, CSV and JSON lines with a chosen share of AI lines.

Addresses are documentation and private ones, users are of example.com, ordinary hosts are of reserved domains. AI hosts are those
of the catalogue, a few known ones most often.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

from shadowai.catalog import Catalog

AI = (
    "chatgpt.com", "chat.openai.com", "api.openai.com", "claude.ai", "api.anthropic.com", "gemini.google.com", "copilot.microsoft.com",
    "www.perplexity.ai", "chat.deepseek.com", "api.mistral.ai", "huggingface.co", "api.groq.com", "openrouter.ai", "www.midjourney.com",
)  # fmt: skip
_WORDS = [
    "blue",
    "north",
    "cloud",
    "fast",
    "data",
    "media",
    "shop",
    "news",
    "mail",
    "soft",
    "bank",
    "tele",
    "auto",
    "food",
    "home",
    "metro",
    "prime",
    "alpha",
    "delta",
    "atlas",
    "vertex",
]
_SUBS = ("www", "api", "cdn", "static", "img", "assets", "login", "mail", "edge", "telemetry", "")
_ENDS = ("example", "example.com", "example.net", "example.org", "test", "invalid")
_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
_AGENTS = (
    *(_CHROME, _CHROME, _CHROME, f"{_CHROME} Edg/126.0.0.0"),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    *("Microsoft-CryptoAPI/10.0", "python-requests/2.31.0", "OpenAI/Python 1.30.1"),
)
_METHODS = ("GET", "GET", "GET", "POST", "CONNECT", "HEAD", "PUT")
_CATEGORIES = ('Marketing, ""Misc""', "General Browsing", "Business", "Software")
SERVICES = 1000
"""AI hosts in a log."""
_PATHS = (
    "/",
    "/index.html",
    "/api/v1/items",
    "/assets/app.3f2a91.js",
    "/search?q=weather",
    "/collect?v=2&tid=G-ABC123",
    "/track?ref=chatgpt.com",
)
START = 1_767_600_000.0
BATCH = 20_000
USERS = 5000
HABITS = 6
"""AI services a user goes to."""

Line = Callable[[random.Random, float, int, str], str]


def write(path: Path, kind: str, size: int, share: float, seed: int = 7) -> int:
    """Write at least ``size`` bytes of ``kind`` (squid, csv, json) with ``share`` of AI lines; returns the lines."""
    rng = random.Random(seed)
    hosts = [_host(rng) for _ in range(20_000)]
    weights = [1 / (place + 1) for place in range(len(hosts))]
    known = services()
    habits = [rng.choices(known, [1 / (place + 1) for place in range(len(known))], k=HABITS) for _ in range(USERS)]
    line = _KINDS[kind]
    lines = written = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        if kind == "csv":
            out.write(
                '"datetime","user","action","hostname","url","useragent","urlcategory","requestmethod","requestsize","responsesize","clientip"\r\n'
            )
        while written < size:
            picked = rng.choices(hosts, weights, k=BATCH)
            block = "".join(
                _line(line, rng, START + (lines + place) * 0.01, host, share, habits)
                for place, host in enumerate(picked)
            )
            out.write(block)
            written += len(block)
            lines += BATCH
    return lines


def services() -> list[str]:
    """AI hosts, those that everybody knows first."""
    found = {
        indicator.value
        for signature in Catalog.load().signatures.values()
        for indicator in signature.indicators
        if indicator.kind == "host" and indicator.strength == "strong" and indicator.match in ("exact", "suffix")
    }
    others = random.Random(SERVICES).sample(sorted(found.difference(AI)), SERVICES - len(AI))
    return [*AI, *others]


def _line(line: Line, rng: random.Random, time: float, host: str, share: float, habits: list[list[str]]) -> str:
    who = int(USERS * rng.random() ** 2)
    return line(rng, time, who, rng.choice(habits[who]) if rng.random() < share else host)


def _host(rng: random.Random) -> str:
    sub = rng.choice(_SUBS)
    return f"{sub}{'.' if sub else ''}{rng.choice(_WORDS)}{rng.choice(_WORDS)}{rng.randrange(100)}.{rng.choice(_ENDS)}"


def _squid(rng: random.Random, time: float, who: int, host: str) -> str:
    head = f"{time:.3f} {rng.randrange(9000):6d} 10.0.{who >> 8}.{who & 255}"
    tail = f"user{who} HIER_DIRECT/203.0.113.{rng.randrange(256)}"
    if rng.random() < 0.85:
        return f"{head} TCP_TUNNEL/200 {rng.randrange(60, 90000)} CONNECT {host}:443 {tail} -\n"
    return f"{head} TCP_MISS/200 {rng.randrange(60, 90000)} {rng.choice(_METHODS)} http://{host}{rng.choice(_PATHS)} {tail} text/html\n"


def _csv(rng: random.Random, time: float, who: int, host: str) -> str:
    clock = f"{int(time) // 3600 % 24:02d}:{int(time) // 60 % 60:02d}:{int(time) % 60:02d}"
    return (
        f'"2026-01-05 {clock}","user{who}@example.com","Allowed","{host}",'
        f'"{host}{rng.choice(_PATHS)}","{rng.choice(_AGENTS)}","{rng.choice(_CATEGORIES)}","{rng.choice(_METHODS)}",'
        f'"{rng.randrange(80, 9000)}","{rng.randrange(60, 90000)}",'
        f'"10.0.{who >> 8}.{who & 255}"\r\n'
    )


def _json(rng: random.Random, time: float, who: int, host: str) -> str:
    return (
        f'{{"ts":{time:.6f},"uid":"C{rng.randrange(1 << 64):017x}","id.orig_h":"10.0.{who >> 8}.{who & 255}",'
        f'"id.resp_h":"203.0.113.{rng.randrange(256)}","id.resp_p":443,"trans_depth":1,"method":"{rng.choice(_METHODS)}",'
        f'"host":"{host}","uri":"{rng.choice(_PATHS)}","user_agent":"{rng.choice(_AGENTS)}","request_body_len":{rng.randrange(80, 9000)},'
        f'"response_body_len":{rng.randrange(60, 90000)},"status_code":200,"username":"user{who}","tags":[]}}\n'
    )


_KINDS: dict[str, Line] = {"squid": _squid, "csv": _csv, "json": _json}


if __name__ == "__main__":
    print(write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
