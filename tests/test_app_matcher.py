"""Applications: each way to recognise one, what must never be taken for AI, and what contradicts itself."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowai.app_matcher import AppMatch, AppMatcher
from shadowai.catalog import Catalog
from shadowai.tenant import App

CLAUDE_CLIENT = "08ad6f98-a4f8-4635-bb8d-f1a3044760f0"
CLAUDE_REPLY = "https://claude.ai/api/mcp/auth_callback"
CHATGPT_REPLY = "https://chatgpt.com/connector_platform_oauth_redirect"
STRANGE = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> AppMatcher:
    folder: Path = tmp_path_factory.mktemp("cache")
    return AppMatcher(Catalog.load(cache_dir=folder))


def app(name: str = "Thing", id: str = STRANGE, **said: object) -> App:
    return replace(App("entra", "contoso.example", id, name), **said)  # type: ignore[arg-type]


def ids(found: AppMatch) -> list[tuple[str, str]]:
    return [(match.signature, match.strength) for match in found.matches]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (app("x", CLAUDE_CLIENT), "anthropic-claude"),
        (app("x", CLAUDE_CLIENT.upper()), "anthropic-claude"),
        (replace(app("x", "77377267392-q1w2e3r4t5y6.apps.googleusercontent.com"), platform="google"), "openai-chatgpt"),
        (replace(app("x", "A08SF47R6P4"), platform="slack"), "anthropic-claude"),
        (replace(app("x", "coderabbitai"), platform="github"), "coderabbit"),
        (app("x", "fcoeoabgfenejglbffodgkkbkcdhcgfn", kind="extension"), "anthropic-claude"),
        (app("x", kind="agent_package", holds=(CLAUDE_CLIENT,)), "anthropic-claude"),
        (app(reply_urls=(CLAUDE_REPLY,)), "anthropic-claude"),
        (
            app(reply_urls=("http://localhost:3000/cb", "https://CLAUDE.ai:443/api/mcp/auth_callback?x=1")),
            "anthropic-claude",
        ),
        (app(reply_urls=("cursor://anysphere.cursor-mcp/oauth/callback",)), "cursor"),
        (app(reply_urls=("https://eu.perplexity.ai/anything",)), "perplexity"),
        (app(verified_publisher="OpenAI OpCo, LLC"), "openai-chatgpt"),
        (app("ChatGPT", reply_urls=(CHATGPT_REPLY, "https://login.vendor.example/cb")), "openai-chatgpt"),
    ],
)
def test_one_strong_sign_is_enough(known: AppMatcher, one: App, expected: str) -> None:
    found = known.match(one)
    assert ids(found) == [(expected, "strong")]
    assert not found.impersonation and not found.wired and not found.candidate
    assert not found.matches[0].ambiguous


@pytest.mark.parametrize(
    "one",
    [
        app("Lombard"), app("Hallmark"), app("Otter Insurance"), app("notopenai.com"), app("Gemini Exchange"),
        app("Otter Insurance", homepage="https://otter-insurance.example", publisher="Otter Insurance Ltd"),
        app("Lombard", homepage="https://lombard.example", reply_urls=("https://lombard.example/cb",)),
        app("Hallmark", verified_publisher="Hallmark Cards, Inc."),
        app("notopenai.com", homepage="https://notopenai.com", publisher="notopenai.com"),
        app(reply_urls=("https://evilchatgpt.com/connector_platform_oauth_redirect",)),
        app(reply_urls=("https://claude.ai.attacker.example/api/mcp/auth_callback",)),
        app(reply_urls=("https://attacker.example/?next=https://claude.ai/api/mcp/auth_callback",)),
        app(reply_urls=("https://claude.ai@attacker.example/api/mcp/auth_callback",)),
        app(reply_urls=("https://attacker.example\\@claude.ai/api/mcp/auth_callback",)),
        app(reply_urls=("https://claude.ai%2eattacker.example/api/mcp/auth_callback",)),
        app(reply_urls=("javascript:alert(1)//claude.ai/", "", "claude.ai", "urn:ietf:wg:oauth:2.0:oob")),
        app(reply_urls=("https://contoso.auth0.com/login/callback",)),
        app(homepage="https://evilchatgpt.com/"), app(id=CLAUDE_CLIENT + "0"), app(id=""), app(name=""),
        replace(app("x", "coderabbitai"), platform="okta"),
        *(replace(app("x", id), platform="google") for id in (
            "anonymous", "77377267392", "77377267392.apps.googleusercontent.com", "177377267392-q1.apps.googleusercontent.com",
            "773772673920-q1.apps.googleusercontent.com", "x77377267392-q1.apps.googleusercontent.com", "-", "https://example.com/",
            "77377267392-q1.apps.googleusercontent.com.attacker.example", "\u0667" * 11 + "-q1.apps.googleusercontent.com",
        )),
    ],
)  # fmt: skip
def test_what_is_never_ai(known: AppMatcher, one: App) -> None:
    assert known.match(one) == AppMatch()


def test_one_weak_sign_is_a_candidate_and_two_are_unconfirmed(known: AppMatcher) -> None:
    name, homepage = app("Otter.ai"), app("Notes", homepage="https://otter.ai/")
    for one in (name, homepage):
        assert known.match(one).candidate and not known.match(one).matches
    assert ids(known.match(app("Otter.ai", homepage="otter.ai"))) == [("otter", "weak")]
    assert ids(known.match(app("Otter.ai", publisher="Otter.ai, Inc."))) == [("otter", "weak")]
    assert known.match(
        app("Otter.ai", homepage="https://fireflies.ai")
    ).candidate  # two signs that do not agree are none
    assert known.is_worth_a_look(name) and not known.is_worth_a_look(app("Lombard"))


def test_a_name_in_other_letters_is_the_name(known: AppMatcher) -> None:
    for written in ("Chat\u200bGPT", "\uff23\uff48\uff41\uff54\uff27\uff30\uff34", "ChatGPT\x00", " chatgpt\n"):
        assert [signal.kind for signal in known.match(app(written)).signals] == ["name"], written


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (app("ChatGPT", reply_urls=(CLAUDE_REPLY,)), "the name is ChatGPT's, and its users are sent to Claude"),
        (
            app("ChatGPT", reply_urls=("https://tokens.attacker.example/cb",)),
            "the name is ChatGPT's, the publisher is not verified, and users are sent to tokens.attacker.example",
        ),
        (
            app(
                "ChatGPT", homepage="https://chatgpt.com", publisher="OpenAI", reply_urls=("https://a.workers.dev/cb",)
            ),
            "the name is ChatGPT's, the publisher is not verified, and users are sent to a.workers.dev",
        ),
        (
            app("Helper", verified_publisher="OpenAI", reply_urls=(CLAUDE_REPLY,)),
            "the verified publisher stands for ChatGPT, the reply address for Claude",
        ),
        (
            app("Helper", CLAUDE_CLIENT, verified_publisher="OpenAI"),
            "the id stands for Claude, the verified publisher for ChatGPT",
        ),
    ],
)
def test_strong_signs_that_disagree(known: AppMatcher, one: App, expected: str) -> None:
    assert known.match(one).impersonation == expected


def test_borrowed_signs_explain_nothing(known: AppMatcher) -> None:
    found = known.match(app("ChatGPT", homepage="https://chatgpt.com", reply_urls=("https://attacker.example/cb",)))
    assert found.impersonation and not found.matches and found.candidate


@pytest.mark.parametrize(
    "one",
    [
        app("ChatGPT", in_house=True, reply_urls=("https://chat.contoso.example/cb",)),
        app("ChatGPT", tags=("gallery",), reply_urls=("https://sso.broker.example/acs",)),
        app("ChatGPT", verified_publisher="Contoso", reply_urls=("https://contoso.example/cb",)),
        app("ChatGPT", reply_urls=("https://contoso.auth0.com/cb", "http://localhost/cb", "myapp://x/cb")),
        app("ChatGPT", reply_urls=("https://auth.openai.com/cb",)),
        app("ChatGPT helper for Jira", reply_urls=("https://helper.example/cb",)),
        app("Claude Monet Gallery", reply_urls=("https://gallery.example/cb",)),
        app("Otter", reply_urls=("https://otter-boats.example/cb",)),
        app("GitHub Copilot", id="x", verified_publisher="Microsoft", reply_urls=("https://github.com/copilot",)),
    ],
)
def test_no_wrong_accusation(known: AppMatcher, one: App) -> None:
    assert known.match(one).impersonation == ""


def test_in_house_apps_wired_to_an_assistant(known: AppMatcher) -> None:
    found = known.match(
        app("Contoso Orders", in_house=True, reply_urls=(CLAUDE_REPLY, "https://orders.contoso.example/cb"))
    )
    assert found.matches == () and [match.signature for match in found.wired] == ["anthropic-claude"]
    assert not found.impersonation and not found.candidate


def test_somebody_s_app_that_lets_assistants_in_is_not_the_assistant(known: AppMatcher) -> None:
    found = known.match(app("Tickets", reply_urls=(CLAUDE_REPLY, CHATGPT_REPLY, "https://tickets.example/cb")))
    assert found.matches == () and {match.signature for match in found.wired} == {"anthropic-claude", "openai-chatgpt"}
    several = known.match(app("Tickets", reply_urls=(CLAUDE_REPLY, CHATGPT_REPLY)))
    assert {m.signature for m in several.matches} == {"anthropic-claude", "openai-chatgpt"}
    assert all(match.ambiguous for match in several.matches)


def test_the_vendor_s_own_interface_says_what_it_is(known: AppMatcher) -> None:
    one = app(
        "OpenAI API platform",
        "x",
        kind="vendor_org",
        homepage="https://platform.openai.com",
        verified_publisher="OpenAI",
    )
    assert ids(known.match(one)) == [("openai-api", "strong")]
    copilot = app("GitHub Copilot", "y", kind="vendor_org", homepage="https://github.com/features/copilot")
    assert ids(known.match(copilot)) == [("github-copilot", "strong")]


PIECES = (
    CLAUDE_REPLY,
    CHATGPT_REPLY,
    "https://attacker.example/",
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "http://[::1]/",
    "x",
)


@settings(max_examples=150, deadline=None)
@given(
    name=st.one_of(st.sampled_from(["ChatGPT", "Otter.ai", "Claude", "Lombard"]), st.text(max_size=40)),
    replies=st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=60)), max_size=6),
    publisher=st.one_of(st.none(), st.sampled_from(["OpenAI", "=cmd()"]), st.text(max_size=20)),
    homepage=st.one_of(st.none(), st.sampled_from(["https://chatgpt.com", "otter.ai"]), st.text(max_size=40)),
    seed=st.integers(0, 99),
)
def test_whatever_the_order_and_whatever_the_text(
    known: AppMatcher, name: str, replies: list[str], publisher: str | None, homepage: str | None, seed: int
) -> None:
    one = app(name, reply_urls=tuple(replies), publisher=publisher, homepage=homepage, verified_publisher=publisher)
    shuffled = [*replies, *replies[:1]]
    random.Random(seed).shuffle(shuffled)
    found = known.match(one)
    assert found == known.match(replace(one, reply_urls=tuple(shuffled)))
    assert found.impersonation.isprintable()
    assert not (found.matches and found.wired)


def test_a_google_project_is_told_from_a_client_id(known: AppMatcher) -> None:
    google = replace(app("x", "77377267392-q1w2e3r4t5y6.apps.googleusercontent.com"), platform="google")
    assert [signal.kind for signal in known.match(google).signals] == ["project"]
    assert [signal.kind for signal in known.match(app("x", CLAUDE_CLIENT)).signals] == ["id"]


def test_an_app_of_the_tenant_s_own_from_the_gallery_is_what_it_says(known: AppMatcher) -> None:
    own = app(reply_urls=(CLAUDE_REPLY,), in_house=True)
    taken = known.match(replace(own, tags=("gallery",)))
    assert ids(taken) == [("anthropic-claude", "strong")] and not taken.wired
    assert known.match(own).wired and not known.match(own).matches


def test_a_name_of_another_brand_under_a_verified_publisher_who_owns_the_addresses_is_no_impersonation(
    known: AppMatcher,
) -> None:
    found = known.match(app("Claude", verified_publisher="OpenAI OpCo, LLC", reply_urls=(CHATGPT_REPLY,)))
    assert not found.impersonation and ids(found) == [("openai-chatgpt", "strong")]
    unproven = known.match(app("Claude", reply_urls=(CHATGPT_REPLY,)))
    assert unproven.impersonation == "the name is Claude's, and its users are sent to ChatGPT"
