"""One signature file as typed data: what the YAML of ``signatures/<id>.yaml`` may hold, and nothing else.

``shadowai/signature.schema.json`` says the same as JSON Schema, for editors; a test holds the two together. Meaning,
not shape (is the host shared, do the examples pass?) is the business of :mod:`shadowai.lint`.
"""

from __future__ import annotations

import datetime
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from shadowai import normalize, strict_yaml
from shadowai.errors import SignatureError
from shadowai.model import Indicator, Origin, Signature

SCHEMA = 1
CATEGORIES = (
    "assistant", "search-research", "model-api", "ai-gateway", "coding", "agent-automation", "meeting",
    "writing-translation", "media", "productivity", "business-function", "companion", "ml-platform", "self-hosted",
)  # fmt: skip
STATUSES = ("experimental", "test", "stable", "deprecated", "retired")
SCOPES = ("ai-native", "embedded", "infrastructure")
STRENGTHS = ("strong", "weak", "shared")
ROLES = (
    "ui", "api", "auth", "telemetry", "cdn", "content", "docs", "download", "published-site", "widget", "mcp", "agent",
    "app", "brand",
)  # fmt: skip
REFERENCE_KINDS = ("vendor-docs", "vendor-code", "vendor-site", "measured", "list", "press")
ACCOUNT_KINDS = ("host", "url_prefix", "request_header", "response_error", "oauth_client_id")
ACCOUNT_MEANINGS = (
    "corporate", "personal", "anonymous", "enforced", "government", "individual-plan", "business-plan",
    "enterprise-plan",
)  # fmt: skip
STALE_AFTER = datetime.timedelta(days=180)
"""How long what a vendor says of its handling of data is taken to hold."""
SIGN_INS = ("none", "email", "google", "microsoft", "apple", "sso-saml", "sso-oidc", "scim")

_HOST = ("suffix", "exact", "glob")
_TEXT = ("regex", "prefix", "equals")
_ANY = ("suffix", "exact", "glob", "prefix", "contains", "regex", "cidr", "equals")
MATCHES: dict[str, tuple[str, ...]] = {
    "host": _HOST, "dns_only": _HOST, "redirect_host": _HOST, "url": ("prefix",), "ip_net": ("cidr",),
    "user_agent": _TEXT, "oauth_app_name": _TEXT, "http_path": _TEXT, "oauth_client_id": ("equals", "prefix"),
    "redirect_url": ("exact", "prefix"), "github_app": ("equals",), "publisher": ("equals",),
    "port": ("equals",), "asn": ("equals",), "extension_chrome": ("equals",),
    "extension_vscode": ("equals",), "extension_jetbrains": ("equals",), "app_bundle": ("equals",),
    "package_pypi": ("equals",), "package_npm": ("equals",), "request_header": _ANY, "response_header": _ANY,
    "response_body": _ANY, "ja4": _ANY, "websocket": _ANY, "api_key": _ANY, "process": _ANY, "env_var": _ANY,
    "email_sender": _ANY, "flow_shape": _ANY,
}  # fmt: skip
"""Each kind of indicator and the ways its value may be compared."""

_ID = r"[a-z0-9]+(-[a-z0-9]+)*"
_PROJECT = re.compile(r"[0-9]{9,20}-")
_GLOB_LABEL = re.compile(r"[a-z0-9_-]*\*?[a-z0-9_-]*")


class Reference(NamedTuple):
    """Where a fact comes from, and the ISO date on which somebody last looked. A ``vendor-site`` is the vendor's own address, at which
    nobody has: it has no date."""

    url: str
    checked_on: str = ""
    title: str = ""
    kind: str = ""


class Account(NamedTuple):
    """What tells a company account from a private one; ``means`` is one of :data:`ACCOUNT_MEANINGS`."""

    kind: str
    value: str
    means: str
    ref: int | None = None


class DataHandling(NamedTuple):
    """What the vendor says it does with customer data under one plan; empty text where nothing is known."""

    plan: str
    trains_by_default: str
    source: str
    checked_on: str
    opt_out: str = ""
    retention: str = ""
    residency: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    sign_in: tuple[str, ...] = ()
    human_review: str = ""
    source_kind: str = ""
    quote: str = ""

    def stale(self, today: datetime.date) -> bool:
        """Whether nobody has checked the fact for so long that it may mislead."""
        return today - datetime.date.fromisoformat(self.checked_on) > STALE_AFTER


@dataclass(frozen=True, slots=True)
class TestVector:
    """One example: everything said in it was seen together. ``expect_strength`` is docs/signatures.md's."""

    __test__ = False  # its name makes pytest think that it holds tests

    host: str = ""
    url: str = ""
    method: str = ""
    user_agent: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    ja4: str = ""
    ip: str = ""
    port: int | None = None
    oauth_app: str = ""
    oauth_client_id: str = ""
    redirect_url: str = ""
    github_app: str = ""
    publisher: str = ""
    extension: str = ""
    expect_account: str = ""
    expect_strength: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class SignatureFile:
    """Everything one YAML file says; ``signature`` is the part that scanning needs."""

    signature: Signature
    origin: Origin
    aliases: tuple[str, ...] = ()
    previous_ids: tuple[str, ...] = ()
    parent: str = ""
    no_country: str = ""
    """Why the vendor's country is not known; empty where it is, and where nobody says."""
    country_ref: int | None = None
    """The position of the reference that was read for the country."""
    replaced_by: str = ""
    first_published: str = ""
    updated: str = ""
    references: tuple[Reference, ...] = ()
    account: tuple[Account, ...] = ()
    data_handling: tuple[DataHandling, ...] = ()
    match: tuple[TestVector, ...] = ()
    no_match: tuple[TestVector, ...] = ()

    @property
    def id(self) -> str:
        """The signature's id."""
        return self.signature.id


def parse(data: bytes, origin: Origin) -> tuple[SignatureFile, strict_yaml.Plain]:
    """The signature in the YAML text ``data``, and the plain document it was read from.

    Raises :class:`SignatureError` with the line of the offending value.
    """
    plain = strict_yaml.load(data, origin)
    try:
        return from_plain(plain, origin), plain
    except _WrongError as wrong:
        where = Origin(origin.path, strict_yaml.line_of(data, wrong.path, origin))
        raise SignatureError(str(wrong), origin=where, remedy=wrong.remedy) from None


def from_plain(plain: object, origin: Origin) -> SignatureFile:
    """The signature in an already parsed document, or :class:`SignatureError` (without a line)."""
    found: dict[str, Any] = _DOCUMENT(plain)
    vendor, tests = found["vendor"], found["tests"]
    signature = Signature(
        **{key: found[key] for key in _SIGNATURE_KEYS if key in found},
        vendor=vendor["name"],
        country=vendor.get("hq_country", ""),
        source=origin.path,
    )
    rest = {key: value for key, value in found.items() if key in _FILE_KEYS}
    return SignatureFile(
        signature,
        origin,
        parent=vendor.get("parent", ""),
        no_country=vendor.get("hq_unknown", ""),
        country_ref=vendor.get("hq_ref"),
        match=tests["match"],
        no_match=tests["no_match"],
        **rest,
    )


class _WrongError(SignatureError):
    """A value of the wrong shape, before its line is known; ``path`` leads to it from the top of the document."""

    def __init__(self, message: str, remedy: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message, remedy=remedy)
        self.path = path

    def inside(self, key: str | int) -> _WrongError:
        return _WrongError(self.message, self.remedy, (key, *self.path))

    def __str__(self) -> str:
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).lstrip(".")
        return f"{place or 'the document'} {self.message}"


_Check = Callable[[object], Any]


def _text(limit: int = 300, pattern: str = r"(?s).+", wanted: str = "text that is not empty") -> _Check:
    compiled = re.compile(pattern)

    def check(value: object) -> str:
        if not isinstance(value, str):
            raise _WrongError("must be text", "put the value in quotes" if isinstance(value, int) else "write text")
        if not compiled.fullmatch(value):
            raise _WrongError(f"is {value!r:.80}, which is not {wanted}", f"write {wanted}")
        if len(value) > limit:
            raise _WrongError(f"is longer than {limit} characters", "shorten it")
        return value

    return check


def _choice(*words: str) -> _Check:
    allowed = frozenset(words)

    def check(value: object) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise _WrongError(f"is {value!r:.80}, which is not in the closed list", f"use one of {', '.join(words)}")
        return value

    return check


def _whole(least: int, most: int) -> _Check:
    def check(value: object) -> int:
        if not isinstance(value, int) or not least <= value <= most:
            raise _WrongError(f"must be a whole number from {least} to {most}", "write a number without quotes")
        return value

    return check


def _date(value: object) -> str:
    try:
        if isinstance(value, str) and len(value) == 10:
            return datetime.date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise _WrongError(f"is {value!r:.80}, which is not a date", "write a date as YYYY-MM-DD")


def _many(check_item: _Check, least: int = 0) -> _Check:
    def check(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) < least:
            raise _WrongError(f"must be a list of {least} or more", "start each item with '- '")
        found = []
        for position, item in enumerate(value):
            try:
                found.append(check_item(item))
            except _WrongError as wrong:
                raise wrong.inside(position) from None
        return tuple(found)

    return check


def _record(fields: Mapping[str, _Check], required: tuple[str, ...], make: Callable[..., Any] = dict) -> _Check:
    known, needed = frozenset(fields), frozenset(required)

    def check(value: object) -> Any:
        if not isinstance(value, dict):
            raise _WrongError("must be a mapping of keys to values", f"give {', '.join(required) or 'a key'}")
        if not needed <= value.keys():
            raise _WrongError(f"lacks {', '.join(sorted(needed - value.keys()))}", "add what is missing")
        found = {}
        for key, item in value.items():
            if key not in known:
                raise _WrongError(f"has the unknown key {key!r:.80}", f"use one of {', '.join(sorted(known))}")
            try:
                found[key] = fields[key](item)
            except _WrongError as wrong:
                raise wrong.inside(key) from None
        return make(**found)

    return check


def is_glob(value: str) -> bool:
    """True for a host with ``*`` standing for any part of one label, at most once a label, never in the last."""
    labels = value.split(".")
    return (
        "*" in value
        and "*" not in labels[-1]
        and all(_GLOB_LABEL.fullmatch(label) for label in labels)
        and _is_host(value.replace("*", "a"))
    )


def _is_host(value: str) -> bool:
    """True for a canonical name (:func:`shadowai.normalize.host`), which an address is not."""
    return normalize.host(value) == value and not value[-1].isdigit() and ":" not in value


def _is_redirect(value: str) -> bool:
    """True for a reply address in the one form in which it is compared: lower case but for the path, the web's own scheme left out."""
    scheme, mark, rest = value.rpartition("://")
    host, slash, path = rest.partition("/")
    if mark and (scheme in ("http", "https") or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme)):
        return False
    return bool(slash) and _is_host(host) and not re.search(r"[?#*\\\s]", path)


def _host_pattern(value: object) -> str:
    if not isinstance(value, str) or not (_is_host(value) or is_glob(value)):
        raise _WrongError(f"is {value!r:.80}, which is not a host", "write it in lower case, without scheme or port")
    return value


def _value_problem(indicator: Indicator) -> str:
    """What is wrong with the value for its kind, or empty text."""
    value = indicator.value
    if indicator.match not in MATCHES[indicator.kind]:
        return f"kind {indicator.kind} is compared by {' or '.join(MATCHES[indicator.kind])}, not by {indicator.match}"
    if indicator.match == "glob" and not is_glob(value):
        return "a glob is a lower-case host with one '*' within a label, and none in the last label"
    if MATCHES[indicator.kind] == _HOST and indicator.match != "glob" and not _is_host(value):
        return "a host is lower case, without scheme, port, path or '*' (match: glob has '*')"
    if indicator.kind == "url":
        host, _, path = value.partition("/")
        if not path or not (_is_host(host) or is_glob(host)) or re.search(r"[?#\s]", path):
            return "a URL prefix is host/path, without scheme, port, query or fragment"
    if indicator.kind == "redirect_url" and not _is_redirect(value):
        return "a reply address is host/path, or scheme://host/path of an app's own scheme, without query or fragment"
    if indicator.kind == "oauth_client_id" and indicator.match == "prefix" and not _PROJECT.fullmatch(value):
        return "the beginning of a client id is a Google project's number with the hyphen behind it"
    return _compiles(indicator)


def _compiles(indicator: Indicator) -> str:
    try:
        if indicator.match == "regex":
            re.compile(indicator.value)
        elif indicator.match == "cidr":
            ipaddress.ip_network(indicator.value)
    except (ValueError, re.error, RecursionError, OverflowError) as wrong:
        return f"{indicator.match} is malformed: {wrong}"
    return ""


def _indicator(value: object) -> Indicator:
    found: Indicator = _INDICATOR(value)
    problem = _value_problem(found)
    if problem:
        raise _WrongError(f"is {found.value!r:.80}: {problem}", "correct the value or its match", ("value",))
    return found


def _headers(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not value or not all(isinstance(item, str) for item in value.values()):
        raise _WrongError("must map header names to text", "name a header, and put numbers in quotes")
    return tuple(value.items())


def _vector(value: object) -> TestVector:
    found: TestVector = _VECTOR(value)
    if found == TestVector(why=found.why, expect_strength=found.expect_strength, expect_account=found.expect_account):
        raise _WrongError("names nothing that was seen", "add a host, url, user_agent, …")
    return found


_LINE = _text()
_WORDS = _many(_LINE)
_HTTPS = _text(500, r"https?://\S+", "a web address")
_REF = _whole(0, 999)
_SLUG = _text(64, _ID, "lower-case words joined by hyphens")
_INDICATOR = _record(
    {
        "kind": _choice(*MATCHES), "match": _choice(*_ANY), "value": _LINE, "strength": _choice(*STRENGTHS),
        "role": _choice(*ROLES), "id": _LINE, "requires": _WORDS, "ref": _REF, "since": _date, "until": _date,
        "note": _text(200),
    },
    ("kind", "match", "value", "strength"),
    Indicator,
)  # fmt: skip
_VECTOR = _record(
    {
        **dict.fromkeys(("host", "url", "method", "ja4", "ip", "oauth_app", "oauth_client_id", "why"), _LINE),
        **dict.fromkeys(("redirect_url", "github_app", "publisher", "extension"), _LINE),
        "user_agent": _text(1000), "body": _text(4000), "headers": _headers, "port": _whole(1, 65535),
        "expect_account": _choice(*ACCOUNT_MEANINGS), "expect_strength": _choice("strong", "weak", "none"),
    },
    (),
    TestVector,
)  # fmt: skip
_REFERENCE = _record(
    {"url": _HTTPS, "title": _LINE, "kind": _choice(*REFERENCE_KINDS), "checked_on": _date},
    ("url",),
    Reference,
)
_ACCOUNT = _record(
    {"kind": _choice(*ACCOUNT_KINDS), "value": _LINE, "means": _choice(*ACCOUNT_MEANINGS), "ref": _REF},
    ("kind", "value", "means"),
    Account,
)
_DATA_HANDLING = _record(
    {
        "plan": _LINE, "trains_by_default": _choice("yes", "no", "opt-in", "unknown"), "opt_out": _LINE,
        "retention": _LINE, "residency": _WORDS, "certifications": _WORDS, "sign_in": _many(_choice(*SIGN_INS)),
        "human_review": _choice("yes", "no", "unknown"), "source": _HTTPS,
        "source_kind": _choice("vendor", "secondary"), "checked_on": _date, "quote": _LINE,
    },
    ("plan", "trains_by_default", "source", "checked_on"),
    DataHandling,
)  # fmt: skip
_VENDOR = _record(
    {
        "name": _LINE, "hq_country": _text(2, r"[A-Z]{2}", "two capitals"), "hq_ref": _REF, "hq_unknown": _text(100),
        "parent": _LINE,
    },
    ("name",),
)  # fmt: skip
_TESTS = _record({"match": _many(_vector, 2), "no_match": _many(_vector, 2)}, ("match", "no_match"))
_DOCUMENT = _record(
    {
        "schema": _whole(SCHEMA, SCHEMA), "id": _SLUG, "name": _text(80), "aliases": _WORDS,
        "previous_ids": _many(_SLUG), "vendor": _VENDOR, "category": _choice(*CATEGORIES),
        "tags": _many(_text(64, r"[a-z0-9-]+", "a lower-case word")), "scope": _choice(*SCOPES),
        "description": _text(400), "status": _choice(*STATUSES), "first_published": _date, "updated": _date,
        "replaced_by": _SLUG, "references": _many(_REFERENCE, 1), "indicators": _many(_indicator, 1),
        "exclude": _many(_host_pattern), "account": _many(_ACCOUNT), "data_handling": _many(_DATA_HANDLING),
        "tests": _TESTS,
    },
    (
        "schema", "id", "name", "vendor", "category", "status", "first_published", "updated", "references",
        "indicators", "tests",
    ),
)  # fmt: skip
_SIGNATURE_KEYS = ("id", "name", "category", "scope", "status", "tags", "description", "indicators", "exclude")
_FILE_KEYS = frozenset(
    {"aliases", "previous_ids", "replaced_by", "first_published", "updated", "references", "account", "data_handling"}
)
