"""The signatures' indicators turned round: from a name to the rules that explain it.

Built once from all signatures, kept as plain JSON beside the catalogue, and read by :mod:`shadowai.matcher`, which
knows the order of resolution. ``shared`` indicators and those with ``requires`` are left out: the first never match,
the second need more than one name can show.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from shadowai.model import Indicator, Signature

Rule = list[str]
"""``[signature id, strength, role, pattern]``; a list, because that is what JSON gives back."""

Table = dict[str, list[Rule]]
"""From a key to the rules found under it."""

TABLES = (
    "exact", "suffix", "glob", "url", "url_glob", "net", "user_agent", "oauth_client", "app_name", "publisher",
    "reply_exact", "reply_suffix", "reply_glob", "client_prefix", "redirect", "github_app", "extension",
)  # fmt: skip
"""``exact``, ``suffix``: host to rules. ``glob``, ``url_glob``: the host's last literal labels to rules. ``url``: host
to rules whose pattern is host/path. ``net``: CIDR to rules. ``user_agent``, ``app_name``: regular expression to rules.
``oauth_client``, ``github_app``, ``extension``: lower-case text to rules; ``publisher``: :func:`company` to rules.
``client_prefix``: a Google project's number with its hyphen to rules. ``reply_*``: the hosts of OAuth reply addresses;
``redirect``: their host (``scheme://host`` of an app's own scheme) to rules whose pattern ends in ``$`` where it is whole."""

_HOST_TABLE = {"host": "", "dns_only": "", "redirect_host": "reply_"}
_TEXT_TABLE = {"user_agent": "user_agent", "oauth_app_name": "app_name"}
_EQUALS_TABLE = {"oauth_client_id": "oauth_client", "github_app": "github_app", "extension_chrome": "extension"}
_LEGAL = frozenset(
    {
        "ab", "ag", "as", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "kg", "kk", "limited",
        "llc", "llp", "lp", "ltd", "nv", "opco", "oy", "pbc", "plc", "pte", "pty", "sa", "sas", "se", "spa", "srl", "the",
    }
)  # fmt: skip
"""Words of a company's name that say what it is in law, or nothing."""


class Index(NamedTuple):
    """``tables`` by name; ``services`` maps an id to the service's name; ``exclude`` an id to the hosts that are
    taken out of its suffixes (its ``exclude`` list and its ``shared`` hosts; globs are allowed)."""

    tables: dict[str, Table]
    services: dict[str, str]
    exclude: dict[str, list[str]]


def build(signatures: Iterable[Signature]) -> Index:
    """The index of ``signatures``, in the order of their ids."""
    index = Index({name: {} for name in TABLES}, {}, {})
    for signature in sorted(signatures, key=lambda s: s.id):
        index.services[signature.id] = signature.name
        out = [*signature.exclude]
        for indicator in signature.indicators:
            if indicator.strength == "shared":
                out += [indicator.value] if indicator.kind in ("host", "dns_only") else []
            elif not indicator.requires:
                _add(index.tables, signature.id, indicator)
        if out:
            index.exclude[signature.id] = out
    return index


def from_json(value: Any) -> Index | None:
    """The index in a decoded JSON value, or ``None`` where any part of it has the wrong shape."""
    if not isinstance(value, list) or len(value) != 3 or not all(isinstance(part, dict) for part in value):
        return None
    tables, services, exclude = value
    sound = (
        tables.keys() == set(TABLES)
        and all(isinstance(table, dict) and _sound_rules(table, services) for table in tables.values())
        and _are_networks(tables["net"])
        and all(type(name) is str for name in services.values())
        and all(type(hosts) is list and all(type(host) is str for host in hosts) for hosts in exclude.values())
    )
    return Index(tables, services, exclude) if sound else None


def company(name: str) -> str:
    """A company's name as it is compared: ``Anthropic, PBC`` gives ``anthropic``. Never empty for a name that is not."""
    words = re.findall(r"[^\W_]+(?:\.[^\W_]+)*", name.lower())
    return " ".join(word for word in words if word.replace(".", "") not in _LEGAL) or " ".join(words)


def redirect_host(pattern: str) -> str:
    """What a reply address of the index is found by: ``claude.ai`` of ``claude.ai/api``, ``cursor://x`` of ``cursor://x/y``."""
    scheme, mark, rest = pattern.rpartition("://")
    return f"{scheme}{mark}{rest.partition('/')[0]}"


def tail(glob: str) -> str:
    """The literal labels behind the last ``*`` of a glob: ``bedrock.*.amazonaws.com`` gives ``amazonaws.com``."""
    return glob.rpartition("*")[2].partition(".")[2]


def _sound_rules(table: dict[str, Any], services: dict[str, str]) -> bool:
    """Whether each key has rules, each of four texts, of a service that there is. All at once: there are ten thousand."""
    if not set(map(type, table.values())) <= {list} or not all(table.values()):
        return False
    rules = list(chain.from_iterable(table.values()))
    if not set(map(type, rules)) <= {list} or not set(map(len, rules)) <= {4}:
        return False
    if not set(map(type, chain.from_iterable(rules))) <= {str}:
        return False
    return set(map(itemgetter(0), rules)) <= services.keys() and set(map(itemgetter(1), rules)) <= _SCORING


def _are_networks(texts: Iterable[str]) -> bool:
    try:
        return all(ipaddress.ip_network(text) for text in texts)
    except ValueError:
        return False


_SCORING = frozenset({"strong", "weak"})


def _add(tables: dict[str, Table], signature: str, indicator: Indicator) -> None:
    whole = "$" if indicator.kind == "redirect_url" and indicator.match == "exact" else ""
    rule: Rule = [signature, indicator.strength, indicator.role, indicator.value + whole]
    for table, key in _keys(indicator):
        tables[table].setdefault(key, []).append(rule)


def _keys(indicator: Indicator) -> list[tuple[str, str]]:
    """The tables and keys under which an indicator is found; none for kinds that are not names."""
    kind, match, value = indicator.kind, indicator.match, indicator.value
    if kind in _HOST_TABLE:
        return [(f"{_HOST_TABLE[kind]}{match}", tail(value) if match == "glob" else value)]
    if kind == "url":
        host = value.partition("/")[0]
        return [("url_glob", tail(host))] if "*" in host else [("url", host), ("url", f"www.{host}")]
    if kind == "ip_net":
        return [("net", value)]
    if kind in _TEXT_TABLE:
        return [(_TEXT_TABLE[kind], _expression(match, value))]
    if kind == "oauth_client_id" and match == "prefix":
        return [("client_prefix", value)]
    if kind == "redirect_url":
        return [("redirect", redirect_host(value))]
    if kind == "publisher":
        return [("publisher", company(value))]
    return [(_EQUALS_TABLE[kind], value.strip().lower())] if kind in _EQUALS_TABLE else []


def _expression(match: str, value: str) -> str:
    """One regular expression, applied from the start of the text, for each way to compare text."""
    if match == "regex":
        return value
    return re.escape(value) + (r"\Z" if match == "equals" else "")
