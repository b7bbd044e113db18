"""Names are decided once, the same way however they are written, and in bounded memory."""

from __future__ import annotations

import ipaddress
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai import candidates, normalize
from shadowai.candidates import Known
from shadowai.catalog import Catalog
from shadowai.inventory_rows import INTEGRATING_FACTS
from shadowai.model import Match, Name
from shadowai.names import NO_HOST, NOT_AI, Found, Names, authority
from shadowai.sightings import is_ai
from tests.signature_samples import SOUND, put


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(Catalog.load())


@pytest.mark.parametrize(
    "text",
    [
        "chatgpt.com",
        "ChatGPT.com.",
        "chatgpt.com:443",
        "https://chatgpt.com/c/1?q=x",
        "(7)chatgpt(3)com(0)",
        "u:p@chatgpt.com",
    ],
)
def test_spellings_of_one_host_are_one_decision(names: Names, text: str) -> None:
    found = names.decide(text)
    assert isinstance(found, Found)
    assert found.host == "chatgpt.com" and found.matches[0].signature == "openai-chatgpt"


@pytest.mark.parametrize(
    "text",
    ["notchatgpt.com", "https://example.com/?ref=chatgpt.com", "chatgpt.com.evil.example", "example.com/chatgpt.com"],
)
def test_look_alikes_are_not_ai(names: Names, text: str) -> None:
    decision = names.decide(text)
    assert names.is_refused(text) if decision is NOT_AI else not is_ai(decision.matches)  # type: ignore[union-attr]


def test_a_host_whose_name_speaks_of_ai_is_watched_and_is_no_service(names: Names) -> None:
    found = names.decide("https://chat.acme-example.ai/x")
    assert isinstance(found, Found) and found.needs_url and not is_ai(found.matches)
    (plain,) = names.matches(found, "https://chat.acme-example.ai/pricing")
    (shaped,) = names.matches(found, "https://chat.acme-example.ai/v1/chat/completions")
    assert (plain.role, shaped.role) == ("", "api_path:openai")
    assert names.decide("cdn.wknd.ai") is NOT_AI


def test_a_resolver_that_hides_look_ups_is_told_apart(names: Names) -> None:
    found = names.decide("dns.google:443")
    assert isinstance(found, Found) and not found.needs_url and not is_ai(found.matches)
    assert found.matches[0].signature == "?!encrypted_dns"


def test_accounts_show_where_a_host_or_a_path_tells_them(names: Names) -> None:
    plan = names.decide("api.business.githubcopilot.com")
    assert isinstance(plan, Found) and [match.account for match in plan.matches] == ["corporate"]
    chat = names.decide("chatgpt.com")
    assert isinstance(chat, Found) and chat.needs_url and [match.account for match in chat.matches] == [""]
    told = {path: names.matches(chat, f"https://chatgpt.com{path}")[0].account for path in ("/backend-anon/me", "/c/1")}
    assert told == {"/backend-anon/me": "anonymous", "/c/1": ""}
    assert names.matches(chat, "https://chatgpt.com/c/1")[0].name == Name("domain", "chatgpt.com")


@pytest.mark.parametrize("text", ["", "-", "/index.html", "a b", "\x00", "N/A", ' "n/a" '])
def test_what_holds_no_host_is_not_refused_but_without_host(names: Names, text: str) -> None:
    assert names.decide(text) is NO_HOST
    assert not names.is_refused(text)


def test_the_first_text_with_a_host_counts(names: Names) -> None:
    found = names.first(["-", "claude.ai", "chatgpt.com"])
    assert isinstance(found, Found) and found.host == "claude.ai"
    assert names.first([]) is NO_HOST


@given(
    st.text(st.characters(codec="utf-8")) | st.from_regex(r"[a-z]{0,5}:?/{0,3}[a-z.:@/?#\[\]]{0,20}", fullmatch=True)
)
def test_cutting_a_path_off_never_changes_the_host(text: str) -> None:
    assert normalize.host(authority(text)) == normalize.host(text)


def test_memory_is_bounded() -> None:
    small = Names(Catalog.load(), most=100)
    for number in range(1000):
        small.decide(f"host{number}.example")
        small.tool(f"agent/{number}")
        chat = small.decide("chatgpt.com")
        assert isinstance(chat, Found)
        small.matches(chat, f"https://chatgpt.com/c/{number}")
        small.weakened(Match("chat", "Chat", Name("domain", f"host{number}.example"), "strong"))
    assert len(small.decided) <= 100
    assert all(0 < len(held) <= 100 for held in (small._tools, small._by_url, small._weakened))
    assert isinstance(small.decide("claude.ai"), Found)


def test_hosts_that_are_only_watched_do_not_crowd_out_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shadowai.names._MOST_WATCHED", 20)
    small = Names(Catalog.load())
    small.decide("claude.ai")
    small.decide("www.example.com")
    for number in range(100):
        assert isinstance(small.decide(f"chat.host{number}-example.ai"), Found)
    assert {"claude.ai", "www.example.com"} <= small.decided.keys() and len(small.decided) <= 22


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("https://chatgpt.com/c/1", "https://chatgpt.com"),
        ("https://chatgpt.com/", "https://chatgpt.com"),
        ("gateway.example.com/c/1", "gateway.example.com"),
        ("//chatgpt.com/c/1", "//chatgpt.com/c/1"),
        ("chatgpt.com", "chatgpt.com"),
        ("https://chatgpt.com", "https://chatgpt.com"),
        ("N/A", "N/A"),
        ("/c/1", "/c/1"),
    ],
)
def test_a_name_is_kept_without_its_path(text: str, cut: str) -> None:
    assert authority(text) == cut


def test_a_url_decides_where_the_host_alone_does_not(names: Names) -> None:
    found = names.decide("www.bing.com")
    assert isinstance(found, Found) and found.needs_url and not found.matches
    assert names.matches(found, "https://www.bing.com/search") == ()
    (match,) = names.matches(found, "https://www.bing.com/chat/x")
    assert match.name.kind == "url" and match.name.value == match.pattern
    assert names.matches(found, None) == ()


def test_a_url_of_another_host_says_nothing(names: Names) -> None:
    found = names.decide("www.bing.com")
    assert isinstance(found, Found)
    assert names.matches(found, "https://evil.example/chat") == names.matches(found, "http://[") == ()
    watched = names.decide("chat.acme-example.ai")
    assert isinstance(watched, Found)
    for url in ("https://evil.example/v1/chat/completions", "http://["):
        assert names.matches(watched, url) == watched.matches


def test_user_agents_tell_the_tool(names: Names) -> None:
    assert names.tool("OpenAI/Python 1.30.1") == {"sdk"}
    assert names.tool("claude-cli/2.1.329 (external, sdk-cli)") == {"sdk", "agent"}
    assert names.tool("Mozilla/5.0 (X11; Linux x86_64)") == frozenset()


_APP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) {}/1.2.3 Chrome/142.0.1.2"
    " Electron/39.8.1 Safari/537.36"
)


@pytest.mark.parametrize(
    "user_agent",
    [
        *("GithubCopilot/1.388.0", "Cursor/1.2", "augment.vscode/0.5", "ChatGPT/1.2025.112 (Mac OS X 15.4; arm64)"),
        *map(_APP.format, ("Antigravity", "ChatGPT", "Claude", "Cursor", "Kiro", "Trae", "Windsurf")),
    ],
)
def test_an_app_in_which_a_person_types_is_no_program_that_asks(names: Names, user_agent: str) -> None:
    """Nor evidence for a candidate: the browsers within such apps send it to any page."""
    told = names.tool(user_agent)
    assert told == {"app"}
    assert told.isdisjoint(INTEGRATING_FACTS) and candidates.evidence("www.example.com", (), told) == ()


def test_any_other_app_of_the_same_make_tells_nothing(names: Names) -> None:
    assert names.tool(_APP.format("Code")) == names.tool(_APP.format("Slack")) == frozenset()


def test_an_organisations_own_signature_says_what_a_user_agent_is_of(tmp_path: Path) -> None:
    for word, role in (("lib", ""), ("app", ", role: app"), ("cli", ", role: agent")):
        agent = ('"^example-chat/\\\\d", strength: strong', f'"^example-{word}/\\\\d", strength: strong{role}')
        own = (
            agent,
            ("id: example-chat", f"id: local-{word}"),
            ("user_agent: example-chat/2", f"user_agent: example-{word}/2"),
        )
        put(tmp_path, SOUND, *own, id=f"local-{word}")
    names = Names(Catalog.load(extra_dirs=[tmp_path]))
    told = [names.tool(f"example-{word}/1") for word in ("lib", "app", "cli")]
    assert told == [{"sdk"}, {"app"}, {"sdk", "agent"}]


def test_matches_are_weakened_and_strengthened_and_proven(names: Names) -> None:
    found = names.decide("chatgpt.com")
    assert isinstance(found, Found)
    (strong,) = found.matches
    weak = names.weakened(strong)
    assert weak.strength == "weak" and weak == names.weakened(strong) == names.weakened(weak)
    assert names.strengthened((weak,)) == (strong,)
    shared = replace(strong, strength="shared")
    assert names.weakened(shared) == shared and names.strengthened((shared,)) == (shared,)
    (proof,) = names.proven("ollama", "10.1.2.3")
    assert (proof.signature, proof.strength, proof.name.value) == ("ollama", "strong", "10.1.2.3")
    assert names.proven("no-such-service", "10.1.2.3") == ()


def test_signatures_that_protocols_prove_exist(names: Names) -> None:
    for id in (
        "unknown-llm-server",
        "mcp-server",
        "a2a-agent",
        "ollama",
        "vllm",
        "llama-cpp",
        "lm-studio",
        "open-webui",
    ):
        assert names.proven(id, "10.1.2.3"), id


def test_addresses_outside_of_which_none_is_of_a_service() -> None:
    """Names of hosts that end in digits are no addresses: an organisation's own signatures have such."""
    names = Names(Catalog.load())
    before = names.ranges
    assert before and all(0 < first <= last < 1 << 32 for first, last in before)
    more = Names(Catalog.load())
    more.known = Known({*names.known, "gpu3", "llm.lab1", "1.2.3", "999.1.1.1", "2001:db8::1", "192.0.2.7"})
    assert set(more.ranges) - set(before) == {(0xC0000207, 0xC0000207)}


def test_ipv6_addresses_outside_of_which_none_is_of_a_service() -> None:
    names = Names(Catalog.load())
    before = names.sixes
    assert before and all(0 < first <= last < 1 << 128 for first, last in before)
    chance = random.Random(6)
    for _ in range(2000):
        address = ipaddress.IPv6Address(chance.getrandbits(chance.choice((8, 64, 128))))
        within = any(first <= int(address) <= last for first, last in before)
        assert (names.decide(str(address)) is NOT_AI) != within
    for first, last in before:
        assert names.decide(str(ipaddress.IPv6Address(first))) is not NOT_AI
        assert names.decide(str(ipaddress.IPv6Address(last))) is not NOT_AI
    more = Names(Catalog.load())
    more.known = Known({*names.known, "2001:db8::1", "2001:db8:0:0::/129", "gpu:3"})
    assert set(more.sixes) - set(before) == {(0x20010DB8 << 96 | 1,) * 2}
