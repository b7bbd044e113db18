"""Lints of clients and applications: user agents, expressions, ids of platforms, and what identifies nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import ClassVar

from shadowai.lint_rules import ID_KINDS, WEAK, Context, Lint, Problem, each, strong
from shadowai.matcher import MAX_TEXT
from shadowai.model import Name
from shadowai.signature_file import SignatureFile

SLOWEST = 0.02
"""Seconds of the processor that a regular expression may take over any text of :data:`shadowai.matcher.MAX_TEXT` characters."""

BENIGN_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Code/1.105.1 Chrome/138.0.7204.251"
    " Electron/37.6.0 Safari/537.36",
    "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", "Mozilla/5.0 (compatible; ClaudeBot/1.0)",
    "Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)", "CCBot/2.0", "Bytespider",
    "Mozilla/5.0 (compatible; OAI-SearchBot/1.3; +https://openai.com/searchbot)", "meta-externalagent/1.1",
    "curl/8.5.0", "Wget/1.21", "python-requests/2.32.5", "python-httpx/0.28.1", "Python/3.11 aiohttp/3.11.0", "node",
    "undici", "axios/1.7.9", "Go-http-client/2.0", "okhttp/4.12.0", "Java/21.0.1", "Boto3/1.40.1 md/Botocore#1.40.1",
    "git/2.43.0", "Bun/1.2.0", "Microsoft-Delivery-Optimization/10.1", "Slackbot-LinkExpanding 1.0", "PostmanRuntime/7",
)  # fmt: skip
"""User agents that no AI client has to itself (browsers, an editor, HTTP libraries), and crawlers, which come from the other direction."""


class NeverAlone(Lint):
    """A port, a network operator or a TLS fingerprint is shared by many programs."""

    name, advice = "never-alone", "make it weak"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in strong(file, "port", "asn", "ja4", "oauth_app_name"):
            yield place, f"a {indicator.kind} identifies nothing alone"


class Anchored(Lint):
    """Matching starts at the first character; ``^`` says so to the reader, look-around and back-references hide it."""

    name, advice = "regex-anchored", "start with ^, and use neither look-around nor back-references"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in each(file):
            if indicator.match == "regex":
                inside = indicator.kind in ("api_key", "response_body")  # these are looked for within a text
                if not inside and not re.match(r"(?:\(\?[aims]+\))?\^", indicator.value):
                    yield place, f"{indicator.value} does not start with ^"
                if re.search(r"\(\?(?:<?[=!]|P=)|\\[1-9]", indicator.value):
                    yield place, f"{indicator.value} uses look-around or a back-reference"


class BenignAgent(Lint):
    """Browsers, plain HTTP libraries and crawlers are not the use of AI."""

    name, advice = "benign-agent", "match the client's own product token"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for agent in BENIGN_AGENTS:
            for found in around.matcher.match(Name("user_agent", agent)):
                if found.signature == file.id:
                    yield ("indicators",), f"{found.pattern} matches {agent}"


class SlowRegex(Lint):
    """Text in logs is hostile: no expression may take more than linear patience over it."""

    name, advice = "regex-slow", "do not repeat a group that repeats, and bound what comes between"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        starts = [e.user_agent or e.oauth_app or e.body for e in (*file.match, *file.no_match)]
        for place, indicator in each(file):
            if indicator.match == "regex":
                slow = _slow_text(re.compile(indicator.value), [text[:80] for text in starts if text])
                if slow is not None:
                    yield place, f"{indicator.value} takes over {SLOWEST * 1000:.0f} ms on {len(slow)} characters"


def _slow_text(expression: re.Pattern[str], starts: list[str]) -> str | None:
    """A text on which the expression is slow: each start, cut anywhere, then one character over and over, then a
    character that fits nothing. Lengths grow in steps, so that an exponential one is caught while it is bearable."""
    heads = {text[:cut] for text in ["", *starts] for cut in range(len(text) + 1)}
    units = {*"a0 ./-", *(c for c in expression.pattern if c.isprintable()), *re.findall(r"\w+", expression.pattern)}
    for head in heads:
        for unit in {*head[-1:], "a", "0", " "} if head else units:
            for length in (12, 16, 20, 24, 28, 32, 64, 128, 256, 500):
                text = f"{head}{unit * length}"[:MAX_TEXT] + "\0"
                if _seconds(expression, text) > SLOWEST and _seconds(expression, text) > SLOWEST:
                    return text
    return None


def _seconds(expression: re.Pattern[str], text: str) -> float:
    """The processor's time that the expression takes: on a busy machine the clock tells what others do."""
    start = time.thread_time()
    expression.match(text)
    return time.thread_time() - start


class ExtensionId(Lint):
    """Chrome derives 32 letters a to p from a key; VS Code writes publisher.name."""

    name, advice = "extension-id", "copy the id from the store's page"
    _FORMS: ClassVar[dict[str, str]] = {
        "extension_chrome": r"[a-p]{32}",
        "extension_vscode": r"[A-Za-z0-9][A-Za-z0-9-]*\.[A-Za-z0-9][A-Za-z0-9._-]*",
    }

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in each(file, *self._FORMS):
            if not re.fullmatch(self._FORMS[indicator.kind], indicator.value):
                yield place, f"{indicator.value} is not what such an id looks like"


class OauthId(Lint):
    """The platforms' own ids have known forms, and each stands for one application: what has no such form is a typing error, or
    somebody's invention. Google: project number, hyphen, letters; Entra: a GUID; Slack: A and capitals; GitHub: a slug."""

    name, advice = "oauth-id", "copy the id from the platform; one signature has it"
    _CLIENT = re.compile(
        r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{9,20}-[a-z0-9]{20,40}\.apps\.googleusercontent\.com"
        r"|A[0-9A-Z]{8,12}|(?:Iv1\.|Iv23|Ov23)[A-Za-z0-9]{14,20}|app_[A-Za-z0-9]{16,40}"
    )
    _SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\[bot\])?")

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in each(file, "oauth_client_id", "github_app"):
            form = self._SLUG if indicator.kind == "github_app" else self._CLIENT
            if indicator.match == "equals" and not form.fullmatch(indicator.value):
                yield place, f"{indicator.value} is not what such an id looks like"
        for place, indicator in each(file, *ID_KINDS):
            value = indicator.value.lower()
            sure = around.owners.get((indicator.kind, indicator.match, value), ())
            weak = around.owners.get((indicator.kind, WEAK, value), ())
            others = sorted({*(sure if indicator.strength == "weak" else ()), *weak} - {file.id})
            if others:
                yield place, f"{indicator.value} is also in {', '.join(others)}"


class Brand(Lint):
    """A coined word alone lets a name be called borrowed; on anything but an application's name the role says nothing."""

    name, advice = "brand", "give the role to oauth_app_name alone"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in each(file):
            if indicator.role == "brand" and indicator.kind != "oauth_app_name":
                yield place, f"a {indicator.kind} is no brand"


class ClientRole(Lint):
    """A host is not told by whether a person or a program asks for it, nor a client by what a host is for: such a role says nothing."""

    name, advice = "client-role", "give agent and app to user_agent alone, and a user_agent no other role"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in each(file):
            if indicator.role and (indicator.role in ("agent", "app")) != (indicator.kind == "user_agent"):
                yield place, f"a {indicator.kind} has no role {indicator.role}"


LINTS: tuple[Lint, ...] = (
    NeverAlone(),
    Anchored(),
    BenignAgent(),
    SlowRegex(),
    ExtensionId(),
    OauthId(),
    Brand(),
    ClientRole(),
)
"""All of these, in no particular order: findings are sorted."""
