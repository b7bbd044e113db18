"""Field by field, how a thing differs from what it was; and what to call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shadowai.history.model import Finding, KnownApp, Thing
from shadowai.model import Usage, Verdict
from shadowai.tenant import EVERYONE, App, Grant, Person

_WORSE = (Verdict.UNSANCTIONED, Verdict.PROHIBITED)
_APP = ("name", "publisher", "verified_publisher", "owner_tenant", "homepage", "enabled", "users")
_APP_LISTS = ("reply_urls", "permissions", "holds")


class Difference(NamedTuple):
    """One field. ``more`` is true where something was added: a scope, a rung of use, a user."""

    field: str
    before: str
    after: str
    more: bool


def differences(before: Thing, after: Thing) -> list[Difference]:
    """What has changed, without what changes from day to day (names, sources, times)."""
    if isinstance(before, Finding) and isinstance(after, Finding):
        return list(_finding(before, after))
    if isinstance(before, KnownApp) and isinstance(after, KnownApp):
        return [*_app(before.app, after.app), *_list("services", before.services, after.services)]
    if isinstance(before, Grant) and isinstance(after, Grant):
        return [*_list("scopes", before.scopes, after.scopes), *_plain("principal", before.principal, after.principal)]
    return []


def _finding(before: Finding, after: Finding) -> Iterator[Difference]:
    for name in ("service", "vendor", "category", "confidence"):
        yield from _plain(name, getattr(before, name), getattr(after, name))
    if before.verdict is not after.verdict:
        worse = after.verdict in _WORSE and before.verdict not in _WORSE
        yield Difference("verdict", before.verdict.value, after.verdict.value, worse)
    if before.audited is not after.audited and {before.verdict, after.verdict} <= {*_WORSE}:
        yield Difference("mode", _mode(before), _mode(after), before.audited)
    if before.usage is not after.usage:
        yield Difference("usage", _usage(before.usage), _usage(after.usage), _rung(after.usage) > _rung(before.usage))
    elif before.used is not after.used:
        yield (
            Difference("use", "blocked", "let through", True)
            if after.used
            else Difference("use", "let through", "blocked", False)
        )
    if before.users is not None and after.users is not None and before.users != after.users:
        yield Difference("users", str(before.users), str(after.users), after.users > before.users)
    yield from _list("scopes", before.scopes, after.scopes)


def _app(before: App, after: App) -> Iterator[Difference]:
    for name in _APP:
        yield from _plain(name, getattr(before, name), getattr(after, name))
    for name in _APP_LISTS:
        yield from _list(name, getattr(before, name), getattr(after, name))


def _plain(name: str, before: object, after: object) -> Iterator[Difference]:
    if before != after:
        yield Difference(name, _text(before), _text(after), bool(after))


def _list(name: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Difference]:
    """What was taken away stands in ``before``, what was added in ``after``."""
    less, more = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    if less or more:
        yield Difference(name, " ".join(less), " ".join(more), bool(more))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _usage(usage: Usage | None) -> str:
    return usage.value if usage else ""


def _mode(finding: Finding) -> str:
    return "audit" if finding.audited else "enforce"


def _rung(usage: Usage | None) -> int:
    return -1 if usage is None else usage.rung


def subject(thing: Thing) -> str:
    """What people call it."""
    if isinstance(thing, Finding):
        return thing.service
    if isinstance(thing, KnownApp):
        return f"{thing.app.name or thing.app.id} ({thing.app.platform}:{thing.app.tenant})"
    if isinstance(thing, Person):
        return thing.address or thing.id
    return thing.app


def doubt(thing: Thing) -> str:
    """What keeps a row from being proven use, in words; empty for one that is, and for what is no row."""
    if not isinstance(thing, Finding):
        return ""
    if not thing.used:
        return (
            "looked up, no use seen" if thing.usage is Usage.RESOLVED else "no use seen: blocked, or leave to use alone"
        )
    return "" if thing.confidence == "confirmed" else f"use is not proven: {thing.confidence}"


def who(thing: Thing) -> str:
    """Whose it is, as far as the thing itself says."""
    if isinstance(thing, Finding):
        return thing.user or thing.device or thing.address or ""
    if isinstance(thing, Grant):
        return "everyone" if thing.principal == EVERYONE else thing.principal or ""
    return ""
