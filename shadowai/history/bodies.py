"""Things as text in a database, and back. Nothing but ASCII: names come from outside, and PostgreSQL takes no NUL, nobody a lone
surrogate (RFC 8259, section 7, has an escape for both)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from enum import Enum
from functools import lru_cache
from typing import Any

from shadowai.history.model import Finding, KnownApp, Look, Shower, Shown, Thing, ThingKind
from shadowai.model import Usage, Verdict
from shadowai.tenant import App, Completeness, Grant, Person

LONGEST_KEY = 400
"""Characters: PostgreSQL indexes no value over a third of a page (2,704 bytes), and an id may be as long as its owner likes."""


def key(*parts: str) -> str:
    """One text of ASCII for several of any content; different parts never give the same key."""
    text = json.dumps(parts, separators=(",", ":")) if len(parts) > 1 else json.dumps(parts[0])[1:-1]
    if len(text) <= LONGEST_KEY:
        return text
    return f"{text[: LONGEST_KEY - 65]}#{hashlib.sha256(text.encode()).hexdigest()}"


def digest(text: str) -> str:
    """A short hash by which bodies are compared."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def mark(thing: Thing) -> str:
    """A hash of what makes a new version of a thing when it changes. The names of a row by user do not: they differ every day."""
    if isinstance(thing, Finding) and thing.users is None:
        thing = replace(thing, names=())
    return digest(encode(thing))


def encode(thing: Thing) -> str:
    """The fields that are not at their defaults, by name: a field that is added later changes no digest."""
    if isinstance(thing, KnownApp):
        return _dump({**_plain(thing.app), "services": list(thing.services)})
    return _dump(_plain(thing))


def decode(kind: ThingKind, text: str) -> Thing:
    """The thing; fields that this version of the program does not know are passed over."""
    found = json.loads(text)
    if kind == "app":
        services = tuple(found.pop("services", ()))
        return KnownApp(App(**_known(App, found)), services)
    if kind == "grant":
        return Grant(**_known(Grant, found))
    if kind == "person":
        return Person(**_known(Person, found))
    usage = found.pop("usage", None)
    verdict = Verdict(found.pop("verdict"))
    return Finding(usage=None if usage is None else Usage(usage), verdict=verdict, **_known(Finding, found))


@lru_cache(1024)
def encode_shown(shown: Shown) -> str:
    """What showed a thing, as text; many things are shown by the same few tasks."""
    return _dump(sorted(shown)) if shown else ""


@lru_cache(1024)
def decode_shown(text: str) -> Shown:
    """What showed a thing."""
    return frozenset(Shower(source, task) for source, task in json.loads(text or "[]"))


def encode_look(look: Look) -> str:
    """A look as text."""
    found = asdict(look)
    found.update(labels=sorted(look.labels), completeness=look.completeness.value, reach=list(look.reach))
    return _dump(found)


def decode_look(text: str) -> Look:
    """The look."""
    found = json.loads(text)
    labels, reach = frozenset(found.pop("labels")), tuple(found.pop("reach"))
    completeness = Completeness(found.pop("completeness"))
    wanting = tuple((task, reason) for task, reason in found.pop("wanting", ()))
    return Look(labels=labels, reach=reach, completeness=completeness, wanting=wanting, **_known(Look, found))


def encode_options(options: Mapping[str, str]) -> str:
    """Options as text."""
    return _dump(dict(options))


def decode_options(text: str) -> dict[str, str]:
    """The options."""
    return {str(name): str(value) for name, value in json.loads(text).items()}


def _plain(thing: Any) -> dict[str, Any]:
    found = {}
    for spec in fields(thing):
        value = getattr(thing, spec.name)
        if value != spec.default:
            found[spec.name] = value.value if isinstance(value, Enum) else value
    return found


def _known(made: type[Any], found: Mapping[str, Any]) -> dict[str, Any]:
    names = {spec.name for spec in fields(made)}
    return {name: tuple(v) if isinstance(v, list) else v for name, v in found.items() if name in names}


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=True)
