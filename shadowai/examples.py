"""Tests a signature against its own examples: how strongly it matches each of them.

An example is several things seen together, so more counts here than in :mod:`shadowai.matcher`, which is handed one
name at a time: ports, paths, headers and bodies, and indicators that require one another.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from shadowai import normalize
from shadowai.index import company
from shadowai.matcher import MAX_TEXT, Matcher, covers_url, fits_host, fits_redirect
from shadowai.model import Indicator, Name
from shadowai.signature_file import Account, SignatureFile, TestVector

_NAMED = (
    "host", "dns_only", "url", "user_agent", "ip_net", "oauth_client_id", "oauth_app_name", "redirect_url", "redirect_host",
    "github_app", "publisher", "extension_chrome",
)  # fmt: skip
"""The kinds that the matcher decides; their rank counts, not merely whether they fit."""


def names(example: TestVector) -> Iterator[Name]:
    """The names in an example, as the matcher takes them."""
    if example.host:
        yield Name("domain", example.host)
    if example.url:
        yield Name("url", example.url)
    if example.user_agent:
        yield Name("user_agent", example.user_agent)
    if example.ip:
        yield Name("ip", example.ip)
    if example.oauth_client_id:
        yield Name("oauth_client", example.oauth_client_id)
    if example.oauth_app:
        yield Name("app_name", example.oauth_app)
    if example.redirect_url:
        yield Name("redirect_url", example.redirect_url)
    if example.github_app:
        yield Name("github_app", example.github_app)
    if example.publisher:
        yield Name("publisher", example.publisher)
    if example.extension:
        yield Name("extension", example.extension)


def strength(file: SignatureFile, example: TestVector, matcher: Matcher) -> str:
    """How strongly ``file`` claims the example, beside all other signatures: ``strong``, ``weak`` or ``none``."""
    found = {m.strength for name in names(example) for m in matcher.match(name) if m.signature == file.id}
    seen = [indicator for indicator in file.signature.indicators if _fits(indicator, example)]
    ids = {indicator.id for indicator in seen if indicator.id}
    for indicator in seen:
        if (indicator.requires or indicator.kind not in _NAMED) and ids.issuperset(indicator.requires):
            found.add(indicator.strength)
    return next((word for word in ("strong", "weak") if word in found), "none")


def failures(file: SignatureFile, kind: str, example: TestVector, matcher: Matcher) -> Iterator[str]:
    """What is not as the example of ``kind`` (``match`` or ``no_match``) says, in words that follow its name."""
    found, wanted = strength(file, example, matcher), example.expect_strength
    if kind == "match" and (found != wanted if wanted else found == "none"):
        yield f"is {found}, not {wanted or 'weak or strong'}"
    elif kind == "no_match" and found != "none" and not found == wanted == "weak":
        yield f"is {found}, not {wanted or 'none'}"
    if example.expect_account and example.expect_account not in accounts(file, example):
        yield f"finds no account marker that says {example.expect_account}"


def accounts(file: SignatureFile, example: TestVector) -> set[str]:
    """What the signature's account markers say of the example (``personal``, ``anonymous``, …)."""
    return {marker.means for marker in file.account if _marks(marker, example)}


def _marks(marker: Account, example: TestVector) -> bool:
    if marker.kind == "request_header":
        return any(marker.value.lower() in (key.lower(), f"{key}: {value}".lower()) for key, value in example.headers)
    if marker.kind == "response_error":
        return marker.value in example.body
    if marker.kind == "oauth_client_id":
        return marker.value.lower() == example.oauth_client_id.lower()
    url = normalize.url(example.url or example.host)
    if url is None or url.host is None:
        return False
    return fits_host(marker.value, url.host) if marker.kind == "host" else covers_url(marker.value, url.host, url.path)


def _fits(indicator: Indicator, example: TestVector) -> bool:
    """Whether the indicator alone fits something in the example."""
    return any(_compare(indicator, text) for text in _texts(indicator.kind, example))


def _texts(kind: str, example: TestVector) -> list[str]:
    url = normalize.url(example.url)
    if kind in ("host", "dns_only"):
        return [host for host in (normalize.host(example.host), url.host if url else None) if host]
    if kind == "url":
        return [f"{url.host}{url.path}"] if url else []
    if kind == "http_path":
        return [url.path, f"{example.method} {url.path}"] if url else []
    if kind == "port":
        return [str(port) for port in (example.port, url.port if url else None) if port]
    if kind in ("request_header", "response_header"):
        return [text for key, value in example.headers for text in (key, f"{key}: {value}")]
    simple = {
        "user_agent": example.user_agent, "response_body": example.body, "ja4": example.ja4, "ip_net": example.ip,
        "oauth_client_id": example.oauth_client_id, "oauth_app_name": example.oauth_app, "websocket": example.url,
        "redirect_url": example.redirect_url, "github_app": example.github_app, "publisher": example.publisher,
        "extension_chrome": example.extension,
    }  # fmt: skip
    return [simple[kind]] if simple.get(kind) else []


def _compare(indicator: Indicator, text: str) -> bool:
    match, value = indicator.match, indicator.value
    if indicator.kind == "url":
        host, _, path = text.partition("/")
        return covers_url(value, host, f"/{path}")
    if indicator.kind == "redirect_url":
        return fits_redirect(value, text, whole=match == "exact")
    if indicator.kind == "publisher":
        return company(value) == company(text)
    if match == "regex":
        return re.match(value, text if indicator.kind == "response_body" else text[:MAX_TEXT]) is not None
    if indicator.kind in ("request_header", "response_header"):
        text, value = text.lower(), value.lower()
    if match in ("exact", "suffix", "glob"):
        return fits_host(value, text) or (match == "suffix" and text.endswith(f".{value}"))
    if match == "cidr":
        return _within(value, text)
    if match == "contains":
        return value in text
    return text.startswith(value) if match == "prefix" else text == value


def _within(network: str, text: str) -> bool:
    address = normalize.address(text)
    try:
        return address is not None and ipaddress.ip_address(address) in ipaddress.ip_network(network)
    except ValueError:  # an address that is only the shape of one
        return False
