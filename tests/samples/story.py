"""What happened at Example Insurance in the week from Monday 2026-03-02 to Sunday 2026-03-08 (UTC): the truth.

Every use of an AI service is told here, by hand, with the service it is; what is no AI is drawn at random around it. The
writers (``writers.py``) turn these events into logs and know nothing of services; the tests compare what a scan finds
with sums over these events, in which no log reader has a part.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

SEED = 20260302
MONDAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
DAYS = {"Mon": 0, "Tue": 1, "Wed": 2, "Thu": 3, "Fri": 4, "Sat": 5, "Sun": 6}
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:135.0) Gecko/20100101 Firefox/135.0"


class Who(NamedTuple):
    """A person or machine: the login without its domain, the device, and its address in the log."""

    login: str
    device: str
    address: str


@dataclass(frozen=True, slots=True)
class Event:
    """One request, connection or look-up. ``time`` is in seconds since the epoch; ``service`` is empty for what is no AI.

    ``weak`` marks a name that does not identify the service alone.
    """

    log: str
    time: int
    who: Who
    host: str
    path: str = "/"
    method: str = "GET"
    up: int = 0
    down: int = 0
    blocked: bool = False
    agent: str = BROWSER
    service: str = ""
    weak: bool = False
    referer: str = ""


JDOE, ASMITH, TNGUYEN, KMEIER = (
    Who(login, f"PC-{number}", f"10.1.10.{number}")
    for login, number in (("jdoe", 21), ("asmith", 22), ("tnguyen", 23), ("kmeier", 24))
)
MROSSI, LGARCIA, PNOWAK = (
    Who(login, f"NB-{number}", f"10.8.0.{number}")
    for login, number in (("mrossi", 31), ("lgarcia", 32), ("pnowak", 33))
)
JDOE_TRAVELLING = Who("jdoe", "NB-34", "10.8.0.34")
MMUELLER, SBROWN = Who("MMUELLER", "PC-41", "10.2.0.41"), Who("SBROWN", "PC-42", "10.2.0.42")
DKIM, RPATEL, BUILD = (
    Who("dkim", "DEV-51", "10.3.0.51"),
    Who("rpatel", "DEV-52", "10.3.0.52"),
    Who("svc-build", "", "10.3.9.5"),
)
TNGUYEN_HOME, HSATO_HOME = Who("tnguyen", "HOME-61", "198.51.100.61"), Who("hsato", "HOME-62", "198.51.100.62")
LAB = tuple(Who("", "", f"10.40.0.{number}") for number in (7, 8, 9))
GUESTS = tuple(Who("", "", f"10.99.0.{number}") for number in (101, 102, 103))
AGENTS = tuple(Who(f"agent0{number}", "", f"10.77.0.{number}") for number in (1, 2, 3))
CLAIMS_APP = Who("", "i-0d15cd0d3adb8a0bd", "10.5.0.11")
GATEWAY = (Who("kmeier", "pc-24", "10.1.10.24"), Who("svc-claims", "app-07", "10.1.30.7"))
SENSOR = (Who("", "", "10.3.0.53"), Who("", "", "10.3.0.54"))

CROWD: dict[str, tuple[int, tuple[Who, ...]]] = {
    "squid": (190, (JDOE, ASMITH, TNGUYEN, KMEIER)),
    "ms_dns": (46, (JDOE, ASMITH, TNGUYEN, KMEIER)),
    "zscaler": (46, (MROSSI, LGARCIA, PNOWAK)),
    "fortigate": (32, (MMUELLER, SBROWN)),
    "panos": (45, (DKIM, RPATEL, BUILD)),
    "defender": (30, (DKIM, RPATEL)),
    "cloudflare": (35, (TNGUYEN_HOME, HSATO_HOME)),
    "umbrella": (60, (MROSSI, LGARCIA, PNOWAK, JDOE_TRAVELLING)),
    "bind": (55, GUESTS),
    "route53": (20, (CLAIMS_APP,)),
    "zeek": (40, LAB),
    "suricata": (40, SENSOR),
    "partner": (60, AGENTS),
    "gateway": (40, GATEWAY),
    "span": (12, (MMUELLER, SBROWN)),
}
"""Log to the number of its ordinary events and to whose they are."""

ORDINARY = (
    ("intranet.example.com", "/start"), ("mail.google.com", "/mail/u/0"), ("www.aboutyou.com", "/c/shoes"),
    ("outlook.office.com", "/mail/inbox"), ("www.bing.com", "/search?q=chatgpt.com"), ("news.example.org", "/2026/03/claude.ai"),
    ("github.com", "/example/policy-forms"), ("api.github.com", "/repos/example/policy-forms"), ("m365.cloud.microsoft", "/apps"),
    ("notchatgpt.example", "/"), ("chatgpt.com.login.example", "/signin"), ("openai.example.org", "/blog"),
    ("www.google.com", "/url?url=https://chatgpt.com/"), ("static.example.net", "/app.js"), ("updates.example.com", "/manifest.xml"),
    ("www.notion.so", "/Team-wiki"), ("tickets.example.com", "/queue/7"), ("wiki.example.com", "/index.php?title=DeepSeek"),
)  # fmt: skip
"""Hosts and paths that are no AI service, look-alikes and mentions in paths, queries and referrers among them."""


def at(moment: str) -> int:
    """Seconds since the epoch of ``Wed 13:05:20``, UTC."""
    day, clock = moment.split()
    hour, minute, second = (int(part) for part in clock.split(":"))
    return MONDAY + DAYS[day] * 86400 + hour * 3600 + minute * 60 + second


def events() -> list[Event]:
    """Everything that happened, in order of time; the same on every machine."""
    every = [*told(), *ordinary(random.Random(SEED))]
    return sorted(every, key=lambda event: (event.time, event.log, event.who.address, event.host))


def told() -> Iterator[Event]:
    """The uses of AI services."""
    yield from _chatgpt()
    yield from _deepseek()
    yield from _developers()
    yield from _lookups()
    yield from _elsewhere()
    yield from _mirrored()


def _chatgpt() -> Iterator[Event]:
    """Sales chats all week, and one day one of them uploads a customer list; head office and a branch join in."""
    base = Event(
        "zscaler", 0, MROSSI, "chatgpt.com", service="openai-chatgpt", method="POST", path="/backend-api/conversation"
    )
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri"):
        for place, who in enumerate((MROSSI, LGARCIA)):
            yield replace(base, time=at(f"{day} 09:1{place}:07"), who=who, up=1800 + 40 * place, down=24_000)
            yield replace(base, time=at(f"{day} 14:3{place}:41"), who=who, up=2100, down=31_000 + place)
    files = replace(base, host="files.oaiusercontent.com", path="/file-7f3a", method="PUT")
    yield replace(files, time=at("Wed 15:02:11"), up=8_400_000, down=900)
    yield replace(files, time=at("Wed 15:09:48"), up=5_900_000, down=900)
    yield replace(
        base,
        time=at("Thu 10:00:00"),
        who=PNOWAK,
        host="help.openai.com",
        path="/en",
        method="GET",
        up=700,
        down=9000,
        weak=True,
    )
    tunnel = Event("squid", 0, JDOE, "chatgpt.com", method="CONNECT", service="openai-chatgpt")
    for moment in ("Mon 08:40:12", "Tue 08:41:50", "Thu 16:20:09"):
        yield replace(tunnel, time=at(moment), down=52_000)
    yield replace(base, time=at("Fri 07:55:30"), who=JDOE_TRAVELLING, method="GET", path="/", up=900, down=64_000)
    branch = Event("fortigate", 0, MMUELLER, "chatgpt.com", service="openai-chatgpt")
    for moment in ("Tue 10:12:00", "Thu 10:30:45"):
        yield replace(branch, time=at(moment), up=5200, down=41_000)
    for guest, moment in ((GUESTS[0], "Sat 11:00:10"), (GUESTS[1], "Sun 12:31:00")):
        yield Event("bind", at(moment), guest, "chatgpt.com", service="openai-chatgpt")
    yield Event("ms_dns", at("Mon 08:40:11"), JDOE, "chatgpt.com", service="openai-chatgpt")


def _deepseek() -> Iterator[Event]:
    """Blocked at head office, and tried again from home the same evening."""
    denied = Event(
        "squid", 0, TNGUYEN, "chat.deepseek.com", method="CONNECT", down=3900, blocked=True, service="deepseek"
    )
    for moment in ("Tue 13:01:00", "Tue 13:01:30", "Tue 13:04:12"):
        yield replace(denied, time=at(moment))
    yield replace(denied, time=at("Wed 09:20:00"), who=ASMITH)
    home = Event("cloudflare", 0, TNGUYEN_HOME, "chat.deepseek.com", service="deepseek")
    yield replace(home, time=at("Tue 19:45:02"), path="/")
    for moment in ("Tue 19:46:10", "Tue 19:52:33", "Thu 20:10:00"):
        yield replace(home, time=at(moment), method="POST", path="/api/v0/chat/completion")


def _developers() -> Iterator[Event]:
    """Copilot under contract, Claude Code on the build server, an editor nobody asked about, and an MCP server."""
    copilot = Event(
        "panos",
        0,
        DKIM,
        "api.business.githubcopilot.com",
        "/chat/completions",
        "POST",
        agent="",
        service="github-copilot",
    )
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri"):
        for who, clock in ((DKIM, "08:15:00"), (RPATEL, "09:40:30"), (DKIM, "13:22:10")):
            yield replace(copilot, time=at(f"{day} {clock}"), who=who)
    build = Event("panos", 0, BUILD, "api.anthropic.com", "/v1/messages", "POST", service="anthropic-api")
    for day in ("Tue", "Wed", "Thu", "Fri"):
        yield replace(build, time=at(f"{day} 02:00:05"), agent="claude-cli/2.1.40 (external, sdk-cli)")
        yield replace(build, time=at(f"{day} 02:00:09"), agent="Anthropic/Python 0.84.0")
    # The same machine in the traffic log, where only an address is known that the app and the API share.
    session = Event("panos_traffic", 0, BUILD, "160.79.104.10", service="anthropic-api", weak=True)
    yield replace(session, time=at("Fri 02:00:05"), up=9100, down=40_300)
    yield replace(session, time=at("Fri 10:17:00"), who=DKIM, up=2600, down=7900)
    claude = Event("defender", 0, DKIM, "claude.ai", service="anthropic-claude")
    for moment in ("Mon 10:05:00", "Wed 16:45:13", "Fri 11:11:11"):
        yield replace(claude, time=at(moment))
    for moment in ("Tue 18:30:00", "Sun 15:00:00"):
        yield replace(
            claude, log="cloudflare", time=at(moment), who=HSATO_HOME, method="POST", path="/api/append_message"
        )
    for moment in ("Wed 09:00:01", "Thu 09:02:44"):
        yield Event("defender", at(moment), RPATEL, "api2.cursor.sh", service="cursor")
    for moment in ("Thu 14:00:00", "Thu 14:00:03", "Fri 08:10:20"):
        yield Event("suricata", at(moment), SENSOR[0], "mcp.notion.com", service="mcp-remote-saas")


def _lookups() -> Iterator[Event]:
    """Names that were asked for, and nothing else is known."""
    for who, moment in ((LGARCIA, "Mon 13:00:02"), (LGARCIA, "Thu 13:00:04"), (PNOWAK, "Thu 13:00:05")):
        yield Event("umbrella", at(moment), who, "otter.ai", service="otter")
    for moment in ("Mon 06:00:00", "Wed 06:00:00", "Fri 06:00:00", "Sun 06:00:00"):
        yield Event("route53", at(moment), CLAIMS_APP, "api.openai.com", service="openai-api")
    yield Event("umbrella", at("Tue 21:15:00"), PNOWAK, "character.ai", blocked=True, service="character-ai")
    yield Event("bind", at("Sat 16:02:00"), GUESTS[2], "character.ai", service="character-ai")


def _elsewhere() -> Iterator[Event]:
    """The lab, the branch, the contact centre of a partner, and an application under contract."""
    for place, moment in enumerate(("Mon 15:10:00", "Mon 15:11:30", "Wed 11:45:00")):
        yield Event("zeek", at(moment), LAB[min(place, 1)], "registry.ollama.ai", service="ollama")
    for moment in ("Tue 17:00:00", "Wed 17:02:10"):
        yield Event("zeek", at(moment), LAB[2], "huggingface.co", service="hugging-face")
    draw = Event("fortigate", 0, SBROWN, "www.midjourney.com", blocked=True, service="midjourney", up=600)
    for moment in ("Wed 12:10:00", "Wed 12:10:20"):
        yield replace(draw, time=at(moment))
    yield Event(
        "fortigate",
        at("Fri 13:20:00"),
        SBROWN,
        "www.perplexity.ai",
        "/search",
        up=7300,
        down=88_000,
        service="perplexity",
    )
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat"):
        for place, who in enumerate(AGENTS):
            deepl = Event("partner", at(f"{day} 10:0{place}:00"), who, "www.deepl.com", "/translator", service="deepl")
            yield replace(deepl, up=4200 + place, down=6100)
    for moment in ("Tue 11:30:00", "Sat 11:30:00"):
        yield Event(
            "partner",
            at(moment),
            AGENTS[1],
            "gemini.google.com",
            "/app",
            up=15_000,
            down=70_000,
            service="google-gemini",
        )
    yield Event(
        "gateway",
        at("Mon 09:31:00"),
        GATEWAY[0],
        "gemini.google.com",
        "/app",
        up=1200,
        down=50_000,
        service="google-gemini",
    )
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        claims = Event(
            "gateway", at(f"{day} 03:00:00"), GATEWAY[1], "example-claims.openai.azure.com", "/openai/responses", "POST"
        )
        yield replace(claims, up=640_000, down=88_000, agent="claims-triage/3.2", service="azure-openai")
    for moment in ("Mon 09:15:40", "Wed 09:16:00"):
        yield Event(
            "zscaler", at(moment), LGARCIA, "app.grammarly.com", up=900, down=4000, service="grammarly", weak=True
        )


def _mirrored() -> Iterator[Event]:
    """What the branch's mirror port shows beside its firewall: who used what is on the wire itself, a model server among it."""
    yield Event("span_dns", at("Wed 10:04:58"), MMUELLER, "chatgpt.com", service="openai-chatgpt")
    chat = Event("span", at("Wed 10:05:00"), MMUELLER, "chatgpt.com", up=9_000, down=16_000, service="openai-chatgpt")
    yield chat
    yield replace(chat, time=at("Wed 10:40:00"), up=2_500, down=9_000)
    yield Event(
        "span",
        at("Wed 10:20:00"),
        SBROWN,
        "claude.ai",
        method="QUIC",
        up=6_000,
        down=12_000,
        service="anthropic-claude",
    )
    yield Event(
        "span", at("Wed 11:02:00"), SBROWN, "10.2.0.60", "/api/chat", "POST", up=3_000, down=900, service="ollama"
    )


def ordinary(chance: random.Random) -> Iterator[Event]:
    """What is no AI: office hours on weekdays, a little at the weekend. Whole numbers only: floats differ between machines."""
    for log, (count, people) in CROWD.items():
        for _ in range(count):
            day = chance.choice(_BUSY)
            second = 6 * 3600 + sum(chance.randrange(4 * 3600) for _ in range(3))
            host, path = chance.choice(ORDINARY)
            if log == "span":
                day = 2  # the mirror port was watched on Wednesday alone
            yield Event(
                log,
                MONDAY + day * 86400 + second,
                chance.choice(people),
                host,
                path,
                "POST" if chance.randrange(100) < 15 else "GET",
                chance.randrange(200, 3_000),
                chance.randrange(300, 30_000),
                blocked=chance.randrange(100) < 3,
                referer="https://chatgpt.com/" if chance.randrange(100) < 10 else "",
            )


_BUSY = tuple(day for day, share in enumerate((10, 10, 10, 10, 8, 1, 1)) for _ in range(share))
"""Days of the week, each as often as it is busy."""

USAGE = {
    "openai-chatgpt": "bulk", "deepl": "connected", "github-copilot": "interactive", "anthropic-claude": "interactive",
    "google-gemini": "interactive", "otter": "resolved", "anthropic-api": "autonomous", "azure-openai": "integrated",
    "deepseek": "interactive", "cursor": "connected", "perplexity": "connected", "midjourney": "", "openai-api": "resolved",
    "mcp-remote-saas": "autonomous", "ollama": "integrated", "hugging-face": "connected", "character-ai": "resolved",
    "grammarly": "connected",
}  # fmt: skip
"""Service to the highest rung of the ladder that the story lets anyone reach (``docs/inventory.md``), by hand."""
