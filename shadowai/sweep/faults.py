"""What can go wrong with a request, and what to make of it: try again, go slower, or say why not."""

from __future__ import annotations

import email.utils
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from shadowai.normalize import printable
from shadowai.tenant import TenantError, Trouble

THROTTLING = frozenset(
    {
        "quotaexceeded",
        "userratelimitexceeded",
        "ratelimitexceeded",
        "rate_limit_exceeded",
        "resource_exhausted",
        "toomanyrequests",
        "ratelimited",
    }
)
"""Codes that mean "later" whatever the status: Google's Directory API answers 403 with the first three."""
EXHAUSTED = frozenset({"dailylimitexceeded"})
"""Codes that mean "not today": waiting for it is no use."""
PAGE = "look at the address in the settings, and at the proxy or gateway between: its page was the answer"
"""What to do about a web page instead of an answer."""
_WORDS = 300
_HTML = (b"<!doctype", b"<html", b"<head", b"<body", b"<?xml")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came: ``headers`` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A request that gave no answer: whether to try again (``retry``), after how many seconds where the service says so (``after``), and
    whether the service was asked too often (``throttled``)."""

    trouble: Trouble
    detail: str
    retry: bool = False
    after: float | None = None
    throttled: bool = False
    status: int | None = None
    code: str = ""
    body: Any = None
    remedy: str = ""

    def error(self, detail: str) -> TenantError:
        """As an error with ``detail`` made safe to show."""
        return TenantError(self.trouble, detail, remedy=self.remedy, status=self.status, code=self.code, body=self.body)


def of_reply(reply: Reply, now: float) -> Fault | None:
    """What is wrong with an answer, ``None`` where it is below 300 and holds JSON, or says that it holds nothing. ``now`` in seconds
    since 1970."""
    body, broken = decode(reply)
    if reply.status == 200 and not reply.content.strip():
        broken = "an empty answer"
    if reply.status == 206:  # RFC 9110, section 15.3.7: an answer to who asked for a part, which nobody here does
        broken = "a part of an answer"
    if reply.status < 300:
        return None if broken is None else _not_the_service(reply, broken)
    code, words = said(body)
    named = f"{reply.status} {code}".rstrip()
    detail = f"{named}: {words}".rstrip(": ") if broken is None else f"{reply.status}, {broken}"
    if reply.status < 400:
        return Fault(Trouble.UNEXPECTED, f"{reply.status}: sent elsewhere, which is not followed", status=reply.status)
    found = _refusal(reply, code, detail, body, now)
    return found if broken is None or found.retry else _not_the_service(reply, detail)


def _not_the_service(reply: Reply, detail: str) -> Fault:
    """An answer that is cut off, or that is not the service's: a gateway's page says nothing about permissions, and a 404 of it nothing
    about what there is. It therefore has no status for a connector to go by."""
    if _is_page(reply.content):
        return Fault(Trouble.UNREACHABLE, detail, retry=True, remedy=PAGE)
    return Fault(Trouble.UNEXPECTED, detail, retry=True)


def _refusal(reply: Reply, code: str, detail: str, body: Any, now: float) -> Fault:
    status, after = reply.status, retry_after(reply.headers, now)
    about = {"status": status, "code": code, "body": body}
    if code.lower() in EXHAUSTED:
        return Fault(Trouble.THROTTLED, detail, throttled=True, remedy="raise the quota, or sweep tomorrow", **about)
    if status in (429, 503) or code.lower() in THROTTLING or _secondary_limit(reply):
        return Fault(Trouble.THROTTLED if status != 503 else Trouble.SERVER, detail, True, after, True, **about)
    if (status >= 500 and status not in (501, 505)) or status in (408, 425):
        return Fault(Trouble.SERVER, detail, True, after, **about)
    trouble = {401: Trouble.CREDENTIALS, 402: Trouble.LICENCE, 403: Trouble.SCOPE, 407: Trouble.UNREACHABLE}
    usual = Trouble.SERVER if status >= 500 else Trouble.UNEXPECTED
    return Fault(trouble.get(status, usual), detail, **about)


def _secondary_limit(reply: Reply) -> bool:
    """GitHub's limits answer 403 with ``Retry-After`` or with nothing remaining (docs.github.com, "Rate limits for the REST API")."""
    return reply.status == 403 and ("retry-after" in reply.headers or reply.headers.get("x-ratelimit-remaining") == "0")


def decode(reply: Reply) -> tuple[Any, str | None]:
    """The decoded body, and what is wrong with it where it is no JSON. An empty one is ``None``."""
    content = reply.content.strip()
    if not content:
        return None, None
    try:
        return json.loads(content), None
    except (ValueError, RecursionError):
        pass
    if _is_page(content):
        return None, "a web page instead of JSON: a proxy's, or an error page"
    if "json" not in reply.headers.get("content-type", "json").lower():
        return None, "not JSON"
    return None, "JSON that is cut off or broken"


def _is_page(content: bytes) -> bool:
    return content.lstrip()[:64].lower().startswith(_HTML)


def said(body: Any) -> tuple[str, str]:
    """The code and the words of a refusal, in the shapes of Graph and Google (``error.code``, ``error.errors[].reason``), OAuth
    (RFC 6749, section 5.2), Okta (``errorCode``), GitHub (``message``) and Slack (``error``)."""
    if not isinstance(body, dict):
        return "", ""
    inner = body.get("error")
    if isinstance(inner, dict):
        return _code(inner), _words(inner.get("message"))
    if isinstance(inner, str):
        return _short(inner), _words(body.get("error_description"))
    if "errorCode" in body:
        return _short(body["errorCode"]), _words(body.get("errorSummary"))
    return _short(body.get("code", "")), _words(body.get("message"))


def _code(inner: Mapping[str, Any]) -> str:
    errors = inner.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict) and isinstance(errors[0].get("reason"), str):
        return _short(errors[0]["reason"])
    for key in ("code", "status", "type"):
        if isinstance(inner.get(key), str) and inner[key]:
            return _short(inner[key])
    return ""


def _short(value: object) -> str:
    return printable(value[:80]) if isinstance(value, str) else ""


def _words(value: object) -> str:
    return printable(" ".join(value[: 4 * _WORDS].split())[:_WORDS]) if isinstance(value, str) else ""


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds to wait that ``Retry-After`` asks for, as a number or a date (RFC 9110, section 10.2.3); ``None`` without one. A date is
    GMT in the form that does not say so, too (section 5.6.7)."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.replace(".", "", 1).isdigit() and text.isascii():
        return float(text)
    try:
        said_at = headers.get("date", "")
        return max(0.0, _moment(text) - (_moment(said_at) if said_at else now))
    except (ValueError, TypeError, OverflowError):
        return None


def _moment(text: str) -> float:
    found = email.utils.parsedate_to_datetime(text)
    return found.replace(tzinfo=found.tzinfo or UTC).timestamp()


def of_exception(error: BaseException) -> Fault:
    """What a failure on the way means. ``error`` is one of requests', or what it wraps."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(cause)
    name = type(error).__name__
    if "Proxy" in name:
        return Fault(Trouble.UNREACHABLE, "the proxy cannot be reached or refuses", True, remedy="see $HTTPS_PROXY")
    if "Timeout" in name:
        return Fault(Trouble.UNREACHABLE, "no answer in time", True)
    if any(word in name for word in ("Chunked", "Decoding", "IncompleteRead")):
        return Fault(Trouble.SERVER, "the answer was cut off", True)
    detail = "the name cannot be resolved" if _unresolved(error) else "the connection was refused or reset"
    return Fault(Trouble.UNREACHABLE, detail, True)


def _untrusted(error: ssl.SSLCertVerificationError) -> Fault:
    code, words = getattr(error, "verify_code", 0), printable(str(getattr(error, "verify_message", "")))[:_WORDS]
    if code in (9, 10):  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
        return Fault(
            Trouble.CLOCK, words, remedy="set the clock; if it is right, the certificate is too old or too new"
        )
    remedy = "name the authority of what inspects TLS in ca_file or $SSL_CERT_FILE"
    return Fault(Trouble.INTERCEPTED, words or "the certificate is not trusted", remedy=remedy)


def _unresolved(error: BaseException) -> bool:
    return any(type(cause).__name__ in ("gaierror", "NameResolutionError") for cause in _causes(error))


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it wraps: by cause, by context, as an argument, or as urllib3 does, as its reason."""
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(found) < 32:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found
