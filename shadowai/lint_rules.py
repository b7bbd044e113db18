"""The lints: small classes, each with a name, a level and the advice it gives.

A lint is handed one signature file and what is known about all of them, and yields each problem as the place in the
document and a sentence. It never changes anything.
"""

from __future__ import annotations

import datetime
import ipaddress
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from shadowai import examples
from shadowai.catalog import LOCAL, Catalog
from shadowai.matcher import MAX_TEXT, Matcher, fits_host
from shadowai.model import Indicator, Name
from shadowai.popularity import Popularity
from shadowai.signature_file import SignatureFile, TestVector

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

Level = Literal["error", "warning"]
Place = tuple[str | int, ...]
Problem = tuple[Place, str]

HOST_KINDS = ("host", "dns_only", "redirect_host")
ID_KINDS = ("oauth_client_id", "github_app", "extension_chrome")
"""Kinds that a platform gives out itself, one to an application."""
WEAK = "weak"
"""Stands for the match in :attr:`Context.owners` where an id is only weak."""
SLOWEST = 0.02
"""Seconds that a regular expression may take over any text of :data:`shadowai.matcher.MAX_TEXT` characters."""

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


@dataclass(frozen=True)
class Context:
    """All signatures around the one being looked at, how popular names are, and the day on which facts
    are judged."""

    catalog: Catalog
    matcher: Matcher
    public_suffixes: PublicSuffixList
    registries: PublicSuffixList
    shared: Mapping[str, str]
    owners: Mapping[tuple[str, str, str], tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]]
    popular: Popularity
    today: datetime.date


class Lint:
    """One thing that may be wrong with a signature."""

    name: ClassVar[str]
    level: ClassVar[Level] = "error"
    advice: ClassVar[str]

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        """Each problem in ``file``; nothing where it is sound."""
        raise AssertionError(f"{type(self).__name__} checks nothing")


def each(file: SignatureFile, *kinds: str) -> Iterator[tuple[Place, Indicator]]:
    """The indicators of these kinds (of all, where none is named) that may score, and their places."""
    for position, indicator in enumerate(file.signature.indicators):
        if indicator.strength != "shared" and (not kinds or indicator.kind in kinds):
            yield ("indicators", position), indicator


def strong(file: SignatureFile, *kinds: str) -> Iterator[tuple[Place, Indicator]]:
    """Those of :func:`each` that identify the service alone."""
    return ((place, indicator) for place, indicator in each(file, *kinds) if indicator.strength == "strong")


def _examples(file: SignatureFile) -> Iterator[tuple[Place, str, TestVector]]:
    for position, example in enumerate(file.match):
        yield ("tests", "match", position), "match", example
    for position, example in enumerate(file.no_match):
        yield ("tests", "no_match", position), "no_match", example


def _shown(example: TestVector) -> str:
    """The example in a few words."""
    texts = (
        example.url or example.host, example.ip, example.user_agent, example.oauth_app, example.oauth_client_id,
        example.redirect_url, example.github_app, example.publisher, example.extension,
    )  # fmt: skip
    return " with ".join(text for text in texts if text) or "the example"


class FileName(Lint):
    """The id is what reports, policies and history hang on, and people look for a file of that name."""

    name, advice = "file-name", "name the file <id>.yaml"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        if file.origin.path and not re.search(rf"(?:^|[/\\]){re.escape(file.id)}\.yaml$", file.origin.path):
            yield ("id",), f"the id {file.id} is not the file's name"


class UniqueId(Lint):
    """An id, also a former one, stands for one service for ever."""

    name, advice = "unique-id", "choose another id, or remove it from previous_ids"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, name in [(("id",), file.id), *((("previous_ids",), old) for old in file.previous_ids)]:
            others = [owner for owner in around.names[name] if owner != file.origin.path]
            if others or around.names[name].count(file.origin.path) > 1:
                yield place, f"the id {name} is also used by {', '.join(others) or 'the same file'}"


class ReplacedBy(Lint):
    """A renamed service must lead somewhere."""

    name, advice = "replaced-by", "name an existing signature"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        if file.replaced_by and file.replaced_by not in around.catalog.files:
            yield ("replaced_by",), f"there is no signature {file.replaced_by}"


class UniquePattern(Lint):
    """Two signatures that are both sure of the same name make every finding ambiguous."""

    name, advice = "unique-pattern", "decide which service the pattern identifies; make it weak in the other"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in strong(file):
            owners = around.owners.get((indicator.kind, indicator.match, indicator.value.lower()), ())
            others = sorted(set(owners) - {file.id})
            if others:
                yield place, f"{indicator.value} is also strong in {', '.join(others)}"
            elif owners.count(file.id) > 1:
                yield place, f"{indicator.value} is listed {owners.count(file.id)} times"


def _claimed_domain(indicator: Indicator) -> str:
    """The host that a pattern claims with all its neighbours: itself, or what ``*.`` stands before."""
    rest = indicator.value.removeprefix("*.")
    return "" if "*" in rest or (rest == indicator.value and indicator.match == "glob") else rest


class PublicSuffix(Lint):
    """Below a public suffix (publicsuffix.org) live strangers: under ``com``, and under a hosting platform too."""

    name = "public-suffix"
    advice = "name the service's own host; its own platform may be strong as role content, or weak as published-site"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in each(file, *HOST_KINDS):
            domain = _claimed_domain(indicator)
            if not domain or (indicator.match == "exact" and "." in domain and indicator.strength == "weak"):
                continue
            if around.registries.is_public(domain):
                yield place, f"{indicator.value} is a public suffix"
            elif around.public_suffixes.is_public(domain) and _hosts_strangers(indicator):
                yield place, f"{indicator.value} is a hosting platform, whose sub-domains belong to its customers"


def _hosts_strangers(indicator: Indicator) -> bool:
    if indicator.match == "exact":  # the platform's own front page is its own
        return False
    return indicator.role != "content" if indicator.strength == "strong" else indicator.role != "published-site"


class SharedHost(Lint):
    """Infrastructure that many products load says nothing about any of them."""

    name, advice = "shared-host", "make it shared, or name the service's own sub-domain"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in strong(file, *HOST_KINDS):
            domain = _claimed_domain(indicator)
            if domain in around.shared:
                yield place, f"{indicator.value} is shared infrastructure ({around.shared[domain]})"
            elif domain and indicator.match == "suffix":
                yield from self._covered(file, around, place, domain)

    def _covered(self, file: SignatureFile, around: Context, place: Place, suffix: str) -> Iterator[Problem]:
        for host, why in around.shared.items():
            found = around.matcher.host(host).matches if host.endswith(f".{suffix}") else ()
            if any(m.signature == file.id and m.strength == "strong" and m.pattern == suffix for m in found):
                yield place, f"{suffix} covers {host}, which is shared infrastructure ({why})"


class OwnExamples(Lint):
    """No example, no signature: what the file says of its own examples must be so."""

    name, advice = "own-examples", "correct the indicators, or say in the example what is right"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, kind, example in _examples(file):
            for failure in examples.failures(file, kind, example, around.matcher):
                yield place, f"{_shown(example)} {failure}"


class ForeignClaim(Lint):
    """A positive example of one service that another is sure of is a wrong accusation in the making."""

    name, advice = "foreign-claim", "exclude the host from the other signature, or make the example unmistakable"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, kind, example in _examples(file):
            found = [around.matcher.match(name) for name in examples.names(example)] if kind == "match" else []
            for matches in found:
                others = sorted({m.signature for m in matches if m.strength == "strong" and m.signature != file.id})
                ours = any(m.signature == file.id for m in matches)
                if others and (ours or len(found) == 1):
                    yield place, f"{_shown(example)} is also claimed by {', '.join(others)}"


class LookAlike(Lint):
    """Names made to look like the service's own must be met with silence."""

    name, advice = "look-alike", "narrow the pattern that answers"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in strong(file, "host", "dns_only"):
            for name, domain in _look_alikes(indicator.value, around.registries):
                sure = [m for m in around.matcher.host(name).matches if m.strength == "strong"]
                strangers = [m for m in sure if not f".{m.pattern}".endswith(f".{domain}")]
                if strangers:
                    yield place, f"{name} is taken for {strangers[0].service} by {strangers[0].pattern}"


def _look_alikes(pattern: str, suffixes: PublicSuffixList) -> Iterator[tuple[str, str]]:
    """Hosts that resemble ``pattern`` and belong to somebody else, each with its registrable domain."""
    host = pattern.replace("*", "x1")
    domain = suffixes.privatesuffix(host) or host
    front, (label, _, suffix) = host[: len(host) - len(domain)], domain.partition(".")
    yield f"{host}.evil.example", "evil.example"
    yield f"{host}-evil.example", f"{host.rpartition('.')[2]}-evil.example"
    for other in (f"not{label}.{suffix}", f"{label}-login.{suffix}", f"secure-{label}.{suffix}", f"{label}.example"):
        yield front + other, other


class Glob(Lint):
    """A glob speaks of a vendor's own names, so the vendor's domain must stand in it."""

    name, advice = "glob", "leave at least two labels without '*' at the end"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in each(file):
            if indicator.match == "glob" and indicator.value.rpartition("*")[2].count(".") < 2:
                yield place, f"{indicator.value} has fewer than two literal labels behind its '*'"


class WideNetwork(Lint):
    """A wide network belongs to a hosting provider, or to everybody."""

    name, advice = "wide-network", "list the service's own networks"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, indicator in each(file, "ip_net"):
            network = ipaddress.ip_network(indicator.value)
            narrowest = 16 if network.version == 4 else 32
            if network.prefixlen < narrowest:
                yield place, f"{indicator.value} is wider than /{narrowest}"
            elif not network.is_global:
                yield place, f"{indicator.value} is not public: it is in everybody's own network"


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
    start = time.perf_counter()
    expression.match(text)
    return time.perf_counter() - start


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


class LookAlikeExample(Lint):
    """One counter-example must resemble the service's own name, or the dot boundary was never tried."""

    name, advice = "look-alike-example", "add a host such as notchatgpt.com to tests.no_match"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        domains = [
            around.public_suffixes.privatesuffix(i.value.replace("*", "x")) or i.value
            for _, i in strong(file, "host", "dns_only")
        ]
        words = {domain.partition(".")[0] for domain in domains}
        tried = [example.host or example.url for example in file.no_match]
        if words and not any(word in text.lower() for word in words for text in tried):
            yield ("tests", "no_match"), "no counter-example looks like one of the strong hosts"


class Requires(Lint):
    """What an indicator requires must be another indicator of the same file."""

    name, advice = "requires", "give the other indicator an id and name it"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        ids = [indicator.id for indicator in file.signature.indicators if indicator.id]
        for place, indicator in each(file):
            for wanted in indicator.requires:
                if wanted not in ids or wanted == indicator.id:
                    yield place, f"there is no other indicator with the id {wanted}"
            if indicator.id and ids.count(indicator.id) > 1:
                yield place, f"the id {indicator.id} is used {ids.count(indicator.id)} times"


class References(Lint):
    """Every fact has a source that somebody looked at, on a day that has been."""

    name, advice = "references", "give the page's https address and the day you read it"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for position, reference in enumerate(file.references):
            if not reference.url.startswith("https://"):
                yield ("references", position, "url"), f"{reference.url} is not an https address"
        refs: list[tuple[Place, int | None]] = []
        refs += [(("indicators", n, "ref"), i.ref) for n, i in enumerate(file.signature.indicators)]
        refs += [(("account", n, "ref"), marker.ref) for n, marker in enumerate(file.account)]
        refs.append((("vendor", "hq_ref"), file.country_ref))
        for place, ref in refs:
            if ref is not None and ref >= len(file.references):
                yield place, f"there is no reference {ref} (they are counted from 0)"


class Country(Lint):
    """An auditor acts on the country of a vendor: it is known, or somebody says why it is not."""

    name, advice = "country", "give hq_country, or say in hq_unknown why it is not known"
    level: ClassVar[Level] = "warning"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        country = file.signature.country
        if not country and not file.no_country:
            yield ("vendor",), "neither the vendor's country is given, nor why it is not known"
        elif country and file.no_country:
            yield ("vendor", "hq_unknown"), f"the country is said to be {country}, and not to be known"
        if file.country_ref is not None and not country:
            yield ("vendor", "hq_ref"), "a reference for a country that is not given"


class Dates(Lint):
    """A day that is still to come was not looked at."""

    name, advice = "dates", "write the day on which it was checked, published or changed"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        today = around.today.isoformat()
        days: list[Problem] = [(("updated",), file.updated), (("first_published",), file.first_published)]
        for n, reference in enumerate(file.references):
            if reference.checked_on:
                days.append((("references", n, "checked_on"), reference.checked_on))
            elif reference.kind != "vendor-site":
                yield ("references", n), "nobody says when it was looked at"
        days += [(("data_handling", n, "checked_on"), d.checked_on) for n, d in enumerate(file.data_handling)]
        for place, day in days:
            if day > today:
                yield place, f"{day} is in the future"
        if file.updated < file.first_published:
            yield ("updated",), f"{file.updated} is before the first publication"
        for place, indicator in strong(file):
            if indicator.until and indicator.until < today:
                yield place, f"{indicator.value} ended on {indicator.until}: its name may be somebody else's now"


class StaleFacts(Lint):
    """What vendors do with data changes, and old facts mislead."""

    name, advice = "stale-facts", "read the vendor's page again and set checked_on"
    level: ClassVar[Level] = "warning"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for position, fact in enumerate(file.data_handling):
            if fact.stale(around.today):
                yield ("data_handling", position), f"{fact.plan}: checked on {fact.checked_on}"


class DeadExclude(Lint):
    """An exclusion under no suffix does nothing, and somebody believes that it does."""

    name, advice = "dead-exclude", "remove it, or correct the suffix it should be under"
    level: ClassVar[Level] = "warning"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        suffixes = [i.value for _, i in each(file, *HOST_KINDS) if i.match == "suffix"]
        for position, out in enumerate(file.signature.exclude):
            if not any(fits_host(suffix, out) or out.endswith(f".{suffix}") for suffix in suffixes):
                yield ("exclude", position), f"{out} lies under no suffix of this signature"


class LocalId(Lint):
    """A folder of one's own loads only ids that no packaged signature can have."""

    name, advice = "local-id", f"start the id with {LOCAL} to load the file from your own folder"
    level: ClassVar[Level] = "warning"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        from shadowai.catalog import packaged_dir

        inside = Path(file.origin.path).resolve().is_relative_to(packaged_dir().resolve())
        if inside == file.id.startswith(LOCAL):
            yield ("id",), f"{file.id} is {'in the packaged folder' if inside else 'outside the packaged folder'}"


LINTS: tuple[Lint, ...] = (
    FileName(), UniqueId(), ReplacedBy(), UniquePattern(), PublicSuffix(), SharedHost(), OwnExamples(), ForeignClaim(),
    LookAlike(), Glob(), WideNetwork(), NeverAlone(), Anchored(), BenignAgent(), SlowRegex(), ExtensionId(),
    OauthId(), Brand(), ClientRole(),
    LookAlikeExample(), Requires(), References(), Country(), Dates(), StaleFacts(), DeadExclude(), LocalId(),
)  # fmt: skip
"""Every lint on a readable file, in the order of their findings; shape is :mod:`shadowai.lint`'s own."""
