"""The matcher: the order of resolution, by hand and against a naive one, and names as logs and people write them."""

from __future__ import annotations

import random

import pytest

from shadowai import normalize
from shadowai.errors import SignatureError, UsageError
from shadowai.matcher import Matcher, covers_url, guess_name
from shadowai.model import Indicator, MatchType, Name, Signature, Strength
from tests import naive_matcher
from tests.naive_matcher import Claim, catalog_of, claims


def rule(
    value: str, match: MatchType = "suffix", strength: Strength = "strong", kind: str = "host", role: str = ""
) -> Indicator:
    return Indicator(kind, match, value, strength, role)


def signature(id: str, *indicators: Indicator, exclude: tuple[str, ...] = ()) -> Signature:
    return Signature(id, id.upper(), "Vendor", "assistant", indicators=indicators, exclude=exclude)


def matcher(*signatures: Signature) -> Matcher:
    return Matcher(catalog_of(*signatures))


CHAT = signature(
    "chat",
    rule("chatgpt.com"),
    rule("openai.com", strength="weak"),
    rule("auth.chatgpt.com", "exact", "shared"),
    rule("chatgpt.com/share/", "prefix", "weak", "url"),
    exclude=("api.openai.com",),
)
API = signature("api", rule("api.openai.com", "exact"), rule(r"^OpenAI/(?:Python|JS) ", "regex", "weak", "user_agent"))
CLOUD = signature(
    "cloud",
    rule("*-aiplatform.googleapis.com", "glob"),
    rule("bedrock-runtime.*.amazonaws.com", "glob"),
    rule("*.openai.azure.com", "glob"),
    rule("160.79.104.0/23", "cidr", "weak", "ip_net"),
    rule("2001:db8:1::/48", "cidr", "strong", "ip_net"),
)
SEARCH = signature("search", rule("bing.com/chat", "prefix", "strong", "url"), rule("bing.com", strength="weak"))
ALL = matcher(CHAT, API, CLOUD, SEARCH)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("chatgpt.com", {("chat", "strong")}),
        ("ab.chatgpt.com", {("chat", "strong")}),
        ("notchatgpt.com", set()),
        ("chatgpt.com.evil.example", set()),
        ("chat-gpt.com", set()),
        ("chatgpt.co", set()),
        ("com", set()),
        ("auth.chatgpt.com", set()),
        ("x.auth.chatgpt.com", set()),
        ("help.openai.com", {("chat", "weak")}),
        ("api.openai.com", {("api", "strong")}),
        ("eu.api.openai.com", set()),
        ("myapi.openai.com", {("chat", "weak")}),
        ("us-central1-aiplatform.googleapis.com", {("cloud", "strong")}),
        ("a.us-aiplatform.googleapis.com", set()),
        ("aiplatform.googleapis.com", set()),
        ("us-aiplatform.googleapis.com.evil.example", set()),
        ("bedrock-runtime.eu-west-1.amazonaws.com", {("cloud", "strong")}),
        ("bedrock-runtime.amazonaws.com", set()),
        ("bedrock-runtime.a.b.amazonaws.com", set()),
        ("openai.azure.com", set()),
        ("x.openai.azure.com", {("cloud", "strong")}),
        ("160.79.105.255", {("cloud", "weak")}),
        ("160.79.106.0", set()),
        ("2001:db8:1::5", {("cloud", "strong")}),
        ("2001:db8:2::5", set()),
        ("10.1.2.3", set()),
        ("", set()),
    ],
)
def test_host(host: str, expected: set[tuple[str, str]]) -> None:
    assert {(m.signature, m.strength) for m in ALL.host(host).matches} == expected


def test_a_match_says_what_won() -> None:
    (found,) = ALL.host("ab.chatgpt.com").matches
    assert (found.service, found.pattern, found.name) == ("CHAT", "chatgpt.com", Name("domain", "ab.chatgpt.com"))
    assert not found.ambiguous


@pytest.mark.parametrize(
    ("host", "needed"),
    [("bing.com", True), ("www.bing.com", True), ("m.bing.com", False), ("chatgpt.com", True), ("example.com", False)],
)
def test_needs_url(host: str, needed: bool) -> None:
    assert ALL.host(host).needs_url is needed


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("www.bing.com", "/chat", ("search", "strong")),
        ("bing.com", "/chat/new", ("search", "strong")),
        ("bing.com", "/Chat", ("search", "strong")),
        ("bing.com", "/%63hat", ("search", "strong")),
        ("bing.com", "/chatter", ("search", "weak")),
        ("m.bing.com", "/chat", ("search", "weak")),
        ("bing.com", "", ("search", "weak")),
        ("chatgpt.com", "/share/1", ("chat", "weak")),
        ("chatgpt.com", "/share", ("chat", "strong")),
        ("160.79.104.1", "/v1", ("cloud", "weak")),
        ("bing.com.evil.example", "/chat", None),
    ],
)
def test_url(host: str, path: str, expected: tuple[str, str] | None) -> None:
    found = ALL.url(host, path)
    assert [(m.signature, m.strength) for m in found] == ([expected] if expected else [])


def test_a_query_never_matches() -> None:
    assert [m.strength for m in ALL.match(Name("url", "https://bing.com/x?u=bing.com/chat#/chat"))] == ["weak"]
    assert ALL.match(Name("url", "https://example.com/?u=chatgpt.com")) == ()


def test_a_weak_url_never_hides_another_strong_host() -> None:
    found = matcher(signature("a", rule("example.com")), signature("b", rule("example.com/x", "prefix", "weak", "url")))
    assert claims(found.url("example.com", "/x")) == {Claim("a", "strong", False)}


def test_equal_claims_are_all_returned() -> None:
    one, two = signature("one", rule("example.com")), signature("two", rule("example.com"))
    assert claims(matcher(one, two).host("a.example.com").matches) == {
        Claim("one", "strong", True),
        Claim("two", "strong", True),
    }


def test_rank_beats_strength_and_strength_breaks_a_tie() -> None:
    weak, strong = signature("weak", rule("a.example.com", strength="weak")), signature("strong", rule("example.com"))
    assert claims(matcher(weak, strong).host("a.example.com").matches) == {Claim("weak", "weak", False)}
    same = signature("same", rule("a.example.com"))
    assert claims(matcher(weak, same).host("a.example.com").matches) == {Claim("same", "strong", False)}


def test_the_narrowest_network_wins() -> None:
    wide = signature("wide", rule("203.0.113.0/24", "cidr", kind="ip_net"))
    narrow = signature("narrow", rule("203.0.113.64/26", "cidr", "weak", "ip_net"))
    found = matcher(wide, narrow)
    assert claims(found.host("203.0.113.65").matches) == {Claim("narrow", "weak", False)}
    assert claims(found.host("203.0.113.1").matches) == {Claim("wide", "strong", False)}


def test_exact_before_glob_before_suffix() -> None:
    kinds = {"exact": "a.example.com", "glob": "*.example.com", "suffix": "a.example.com"}
    signatures = [signature(kind, rule(value, kind)) for kind, value in kinds.items()]  # type: ignore[arg-type]
    for first in ("exact", "glob", "suffix"):
        assert [m.signature for m in matcher(*signatures).host("a.example.com").matches] == [first]
        signatures = signatures[1:]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("chat.example", "strong"),
        ("docs.chat.example", "weak"),
        ("status.chat.example", "weak"),
        ("developer.chat.example", "strong"),
        ("docs-1.chat.example", "strong"),
        ("docs.eu.chat.example", "strong"),
        ("app.docs.chat.example", "strong"),
        ("help.chat.example", "strong"),
        ("docs.help.chat.example", "weak"),
        ("docs.named.example", "strong"),
        ("docs.tenants.example", "strong"),
        ("docs.api.example", "strong"),
    ],
)
def test_what_is_read_about_a_service_is_weak_directly_below_its_pages(host: str, expected: str) -> None:
    found = matcher(
        signature(
            "chat",
            rule("chat.example", role="ui"),
            rule("help.chat.example", role="ui"),
            rule("named.example", role="ui"),
            rule("docs.named.example", "exact", role="ui"),
            rule("*.tenants.example", "glob", role="ui"),
            rule("api.example", role="api"),
        )
    )
    (match,) = found.host(host).matches
    assert (match.strength, match.role == "docs") == (expected, expected == "weak")
    assert [m.strength for m in found.url(host, "/guide")] == [expected]


def test_what_is_read_hides_no_equal_claim() -> None:
    chat, also = (
        signature("chat", rule("chat.example", role="ui")),
        signature("also", rule("chat.example", strength="weak")),
    )
    assert claims(matcher(chat, also).host("docs.chat.example").matches) == {
        Claim("chat", "weak", True),
        Claim("also", "weak", True),
    }


def test_reply_addresses_are_as_their_own_table_says() -> None:
    found = matcher(signature("chat", rule("chat.example", kind="redirect_host", role="ui")))
    assert [m.strength for m in found.match(Name("reply_host", "docs.chat.example"))] == ["strong"]


def test_what_requires_more_is_not_matched_alone() -> None:
    needy = Indicator("host", "exact", "example.com", "strong", requires=("port",))
    assert matcher(signature("a", needy)).host("example.com").matches == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (Name("domain", "ChatGPT.COM."), {"chat"}),
        (Name("domain", "chatgpt.com:443"), {"chat"}),
        (Name("domain", "\x00chatgpt.com"), set()),
        (Name("url", "HTTPS://user:pw@ChatGPT.com:443/c/1"), {"chat"}),
        (Name("url", "https://chatgpt.com@evil.example/"), set()),
        (Name("url", "/chatgpt.com"), set()),
        (Name("ip", "160.79.104.9"), {"cloud"}),
        (Name("user_agent", "OpenAI/Python 2.54.0"), {"api"}),
        (Name("user_agent", "curl/8 OpenAI/Python 2.54.0"), set()),
        (Name("oauth_client", " 9D1C250A-e61b-44d9-88ed-5944d1962f5e "), {"oauth"}),
        (Name("publisher", "Example AI"), {"oauth"}),
        (Name("app_name", "Note taker (beta)"), {"oauth"}),
        (Name("app_name", "my Note taker"), set()),
        (Name("reply_host", "login.reply.example"), {"oauth"}),
        (Name("reply_host", "auth2.chatgpt.com"), {"chat"}),
        (Name("domain", "login.reply.example"), set()),
        (Name("oauth_client", "77377267392-9l01lg5g.apps.googleusercontent.com"), {"oauth"}),
        (Name("oauth_client", "77377267392-"), set()),
        (Name("oauth_client", "773772673921-9l01lg5g.apps.googleusercontent.com"), set()),
        (Name("oauth_client", "77377267392-9l01lg5g.apps.googleusercontent.com.evil.example"), set()),
        (Name("github_app", "Note-App"), {"oauth"}),
        (Name("github_app", "note-apps"), set()),
        (Name("extension", "abcdefghijklmnopabcdefghijklmnop"), {"oauth"}),
        (Name("publisher", "Example AI, Inc."), {"oauth"}),
        (Name("redirect_url", "https://hub.example/mcp/callback?x=1"), {"oauth"}),
        (Name("redirect_url", "https://HUB.example:443/MCP/callback/"), {"oauth"}),
        (Name("redirect_url", "https://hub.example/mcp/callbacks"), set()),
        (Name("redirect_url", "https://hub.example/mcp/callback/more"), set()),
        (Name("redirect_url", "https://hub.example/oauth/x/y"), {"oauth"}),
        (Name("redirect_url", "https://hub.example/oauthx"), set()),
        (Name("redirect_url", "https://hub.example/oauth/../else"), set()),
        (Name("redirect_url", "https://evilhub.example/oauth"), set()),
        (Name("redirect_url", "https://hub.example.attacker.example/oauth"), set()),
        (Name("redirect_url", "https://hub.example@attacker.example/oauth"), set()),
        (Name("redirect_url", "https://attacker.example\\@hub.example/oauth"), set()),
        (Name("redirect_url", "hub.example/oauth"), set()),
        (Name("redirect_url", "note://note.app/cb"), {"oauth"}),
        (Name("redirect_url", "notes://note.app/cb"), set()),
        (Name("redirect_url", "https://note.app/cb"), set()),
        (Name("redirect_url", "https://sso.reply.example/anything"), {"oauth"}),
        (Name("redirect_url", "https://chatgpt.com/aip/callback"), {"chat"}),
        (Name("redirect_url", "https://160.79.104.9/callback"), set()),
    ],
)
def test_every_kind_of_name(name: Name, expected: set[str]) -> None:
    oauth = signature(
        "oauth",
        rule("9d1c250a-e61b-44d9-88ed-5944d1962f5e", "equals", "strong", "oauth_client_id"),
        rule("Example AI", "equals", "weak", "publisher"),
        rule("Note taker", "prefix", "weak", "oauth_app_name"),
        rule("reply.example", "suffix", "strong", "redirect_host"),
        rule("77377267392-", "prefix", "strong", "oauth_client_id"),
        rule("note-app", "equals", "strong", "github_app"),
        rule("abcdefghijklmnopabcdefghijklmnop", "equals", "strong", "extension_chrome"),
        rule("hub.example/mcp/callback", "exact", "strong", "redirect_url"),
        rule("hub.example/oauth", "prefix", "strong", "redirect_url"),
        rule("note://note.app/cb", "prefix", "strong", "redirect_url"),
    )
    found = matcher(CHAT, API, CLOUD, SEARCH, oauth).match(name)
    assert {m.signature for m in found} == expected
    assert all(m.name == name for m in found)


def test_equals_and_prefix_are_literal() -> None:
    equals, prefix = rule("Foo.1", "equals", kind="user_agent"), rule("B+/", "prefix", kind="user_agent")
    found = matcher(signature("a", equals, prefix))
    assert [bool(found.match(Name("user_agent", t))) for t in ("Foo.1", "Foo.12", "Foox1", "B+/2", "BB/2")] == [
        True, False, False, True, False,
    ]  # fmt: skip


def test_an_endless_user_agent_is_cut() -> None:
    late = matcher(signature("a", rule("^x*y", "regex", "strong", "user_agent")))
    assert late.match(Name("user_agent", "x" * 100 + "y"))
    assert not late.match(Name("user_agent", "x" * 100_000 + "y"))


def test_a_malformed_regex_is_a_signature_error() -> None:
    broken = matcher(signature("a", rule("^(", "regex", "strong", "user_agent")))
    with pytest.raises(SignatureError, match="malformed"):
        broken.match(Name("user_agent", "x"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ChatGPT.com.", Name("domain", "chatgpt.com")),
        ("chatgpt.com:443", Name("domain", "chatgpt.com")),
        ("b\u00fccher.example", Name("domain", "xn--bcher-kva.example")),
        ("https://chatgpt.com/c/1?q=2", Name("url", "https://chatgpt.com/c/1")),
        ("chatgpt.com/c/1", Name("url", "chatgpt.com/c/1")),
        ("https://chatgpt.com", Name("domain", "chatgpt.com")),
        ("192.0.2.7", Name("ip", "192.0.2.7")),
        ("192.0.2.7:443", Name("ip", "192.0.2.7")),
        ("[2001:db8::1]:443", Name("ip", "2001:db8::1")),
        ("2001:DB8:0::1", Name("ip", "2001:db8::1")),
        ("OpenAI/Python 2.54.0", Name("user_agent", "OpenAI/Python 2.54.0")),
        ("claude-cli/2.1.329", Name("user_agent", "claude-cli/2.1.329")),
        ("augment.cli/0.36.0", Name("user_agent", "augment.cli/0.36.0")),
        ("@huggingface/inference/4.13", Name("user_agent", "@huggingface/inference/4.13")),
        ("9D1C250A-E61B-44D9-88ED-5944D1962F5E", Name("oauth_client", "9d1c250a-e61b-44d9-88ed-5944d1962f5e")),
        ("1-a.apps.googleusercontent.com", Name("oauth_client", "1-a.apps.googleusercontent.com")),
        ("***", Name("user_agent", "***")),
    ],
)
def test_guess_name(value: str, expected: Name) -> None:
    assert guess_name(f" {value} ") == expected


def test_nothing_to_guess() -> None:
    with pytest.raises(UsageError, match="empty"):
        guess_name(" \t")


LABELS = ("a", "b", "ab", "notab", "a-b", "api", "www", "docs", "help", "xn--bcher-kva")
TAILS = ("x.com", "y.com", "ab.x.com", "x.co.uk", "com")


def _some_host(random: random.Random) -> str:
    return ".".join([*random.choices(LABELS, k=random.randrange(4)), random.choice(TAILS)])


def _some_glob(random: random.Random) -> str:
    labels = random.choices(("*", "*-b", "a*", "a*b", "api"), k=random.randrange(1, 3))
    return ".".join([*labels, "*"[: "*" not in "".join(labels)] or "a", random.choice(TAILS)])


def _some_signature(random: random.Random, id: str) -> Signature:
    found = []
    for _ in range(random.randrange(1, 6)):
        strength: Strength = random.choice(("strong", "strong", "weak", "shared"))
        match: MatchType = random.choice(("suffix", "exact", "glob", "prefix"))
        host = _some_glob(random) if match == "glob" or random.random() < 0.2 else _some_host(random)
        if match == "prefix":
            path = random.choice(("a", "a/", "a/b", "A%20c"))
            found.append(rule(f"{host}/{path}", "prefix", strength, "url"))
        else:
            role = random.choice(("", "api", "ui", "ui"))
            found.append(rule(host if match == "glob" else host.replace("*", "a"), match, strength, role=role))
    out = tuple(random.choice((_some_host, _some_glob))(random) for _ in range(random.randrange(3)))
    return signature(id, *found, exclude=out)


def _near(random: random.Random, signatures: list[Signature]) -> str:
    """A host that some pattern speaks of, below it, or a look-alike of it."""
    pattern = random.choice(random.choice(signatures).indicators).value.partition("/")[0]
    while "*" in pattern:
        pattern = pattern.replace("*", random.choice(LABELS), 1)
    return (
        random.choice(("", "", "www.", "docs.", "a.b.", "not", "a-"))
        + pattern
        + random.choice(("", "", "", ".evil.example"))
    )


def _in_unicode(host: str) -> str:
    return ".".join("b\u00fccher" if label == "xn--bcher-kva" else label for label in host.split("."))


def _as_written(random: random.Random, host: str) -> str:
    """The host as a log might write it."""
    text = random.choice((host, host.upper(), host.title(), _in_unicode(host)))
    return text + random.choice(("", ".", ":443", ".:8080"))


@pytest.mark.parametrize("seed", range(20))
def test_the_same_as_the_naive_matcher(seed: int) -> None:
    chance = random.Random(seed)
    hits = 0
    for _ in range(20):
        signatures = [_some_signature(chance, f"s{n}") for n in range(chance.randrange(1, 8))]
        indexed = matcher(*signatures)
        for _ in range(25):
            host = chance.choice((_some_host(chance), _near(chance, signatures)))
            assert normalize.host(_as_written(chance, host)) == host
            path = chance.choice(("", "/", "/a", "/a/", "/a/b/c", "/ab", "/%61/b", "/A/B"))
            decision = indexed.host(host)
            hits += bool(decision.matches)
            assert claims(decision.matches) == naive_matcher.host(signatures, host), (host, signatures)
            assert decision.needs_url == naive_matcher.needs_url(signatures, host), (host, signatures)
            wanted = naive_matcher.url(signatures, host, path)
            assert claims(indexed.url(host, path)) == wanted, (host, path, signatures)
    assert hits > 50  # the generator does meet what it generates


@pytest.mark.parametrize(
    ("pattern", "host", "path", "covered"),
    [
        ("chat.example/app", "chat.example", "/app", True),
        ("chat.example/app", "chat.example", "/APP/1", True),
        ("chat.example/app", "chat.example", "/%61pp", True),
        ("chat.example/app", "chat.example", "/apple", False),
        ("chat.example/app", "chat.example", "", False),
        ("chat.example/", "chat.example", "", True),
        ("chat.example/app", "www.chat.example", "/app", True),
        ("chat.example/app", "a.chat.example", "/app", False),
        ("chat.example/app", "notchat.example", "/app", False),
        ("*.chat.example/app", "a.chat.example", "/app", True),
        ("x-*.chat.example/app", "www.x-*.chat.example", "/app", False),
    ],
)
def test_a_url_pattern_covers_its_host_and_the_one_with_www(pattern: str, host: str, path: str, covered: bool) -> None:
    assert covers_url(pattern, host, path) is covered
