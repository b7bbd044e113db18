"""What is known of an entry, as answers to the questions of the risk model: posture, exposure, control.

Each answer names what remains possible: one answer where the fact is known, several where it is not. Nothing here knows points.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from shadowai import accounts
from shadowai.inventory_rows import BULK_BYTES
from shadowai.model import ACCOUNT, Entry, Usage
from shadowai.risk.weights import Factor, Weights
from shadowai.signature_file import DataHandling, SignatureFile

FACTS: Final = frozenset({
    "app_only", "assigned", "clear_key", "content_app_only", "content_tenant_wide", "content_unverified_publisher", "grant",
    "grant_without_traffic", "impersonation", "key", "licensed", "server", "tenant_wide", "traffic_without_grant",
    "unverified_publisher", "verified_publisher",
})  # fmt: skip
"""The facts of an entry that the risk hangs on, beside those of accounts."""
PRIVATE: Final = frozenset({"personal", "anonymous"})
"""Accounts (:attr:`~shadowai.model.Entry.accounts`) that the organisation has no hand in; the others it has."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Answer(NamedTuple):
    """The answers to ``factor`` that are possible, why, and who says so and when (``YYYY-MM-DD``; empty where nobody does)."""

    factor: str
    possible: frozenset[str]
    why: str
    source: str = ""
    dated: str = ""


def kept(facts: Iterable[str]) -> tuple[str, ...]:
    """Those of an entry's facts that the risk hangs on."""
    return tuple(fact for fact in facts if fact in FACTS or fact.startswith(ACCOUNT))


def is_used(entry: Entry) -> bool:
    """Whether somebody got through to the service; a look-up is no use, nor is leave to use it."""
    return entry.usage is not None and entry.usage is not Usage.RESOLVED and entry.events > 0


def is_in_house(entry: Entry) -> bool:
    """Whether a service that one runs oneself was seen to answer on private addresses, and on no other (RFC 1918, RFC 4193)."""
    addresses = [found for found in map(_address, entry.names) if found is not None]
    proven = entry.category == "self-hosted" and "server" in entry.facts
    return proven and bool(addresses) and all(address.is_private for address in addresses)


def answers(entry: Entry, file: SignatureFile, weights: Weights) -> tuple[Answer, ...]:
    """One answer for each factor, in the order of the factors."""
    asked = _Asked(entry, file, weights)
    found = {answer.factor: answer for answer in asked.all()}
    return tuple(found[name] for name in weights.factors)


class _Asked:
    """The questions about one entry."""

    def __init__(self, entry: Entry, file: SignatureFile, weights: Weights) -> None:
        self._entry, self._file, self._weights = entry, file, weights
        self._facts = frozenset(entry.facts)
        self._catalogue = f"signature {file.id}"
        self._seen = ", ".join(entry.sources)
        self._day = day(entry.last_seen)
        self._used, self._in_house = is_used(entry), is_in_house(entry)

    def all(self) -> Iterator[Answer]:
        account = self._account()
        yield from (self._training(account.possible), self._jurisdiction(), *self._kind())
        yield from (self._usage(), self._upload(), self._users(), self._departments(), self._permissions())
        yield from (account, self._publisher(), *self._sightings(), self._contradiction())

    def _factor(self, name: str) -> Factor:
        return self._weights.factors[name]

    def _any(self, name: str, *but: str) -> frozenset[str]:
        return frozenset(self._factor(name).points) - {*but}

    def _here(self, factor: str, possible: Iterable[str], why: str) -> Answer:
        """An answer that the sources of the entry give."""
        return Answer(factor, frozenset(possible), why, self._seen, self._day)

    def _known(self, factor: str, possible: Iterable[str], why: str) -> Answer:
        """An answer that the catalogue gives."""
        return Answer(factor, frozenset(possible), why, self._catalogue, self._file.updated)

    # --- posture: the service

    def _training(self, account: frozenset[str]) -> Answer:
        if self._in_house:
            return self._here("training", {"in-house"}, "it answers on a private address")
        anything = self._any("training", "in-house")
        plans = [plan for plan in self._file.data_handling if account & self._accounts_of(plan)]
        if not plans:
            return Answer("training", anything, "nothing is known of what the vendor does with data")
        covered = frozenset().union(*map(self._accounts_of, plans))
        said = {plan.trains_by_default for plan in plans}
        possible = anything if "unknown" in said or not account <= covered else frozenset(said)
        words = ", ".join(f"{plan.trains_by_default} under the plan {plan.plan!r}" for plan in plans)
        more = "; whether that is the plan in use is not known" if len(possible) > 1 else ""
        sources = dict.fromkeys(f"{plan.source}{_kind(plan)}" for plan in plans)
        return Answer("training", possible, f"{words}{more}", " ".join(sources), min(plan.checked_on for plan in plans))

    def _accounts_of(self, plan: DataHandling) -> frozenset[str]:
        """Whose accounts have a plan, by the words of its name; every account's where they do not say."""
        words = frozenset(plan.plan.lower().split("-"))
        kinds = frozenset(kind for kind in ("managed", "private") if words & self._weights.plans[kind])
        return kinds if kinds and "all" not in words else frozenset({"managed", "private", "not-needed"})

    def _jurisdiction(self) -> Answer:
        if self._in_house:
            return self._here("jurisdiction", {"in-house"}, "it answers on a private address")
        code = self._file.signature.country
        if not code:
            return Answer("jurisdiction", self._any("jurisdiction", "in-house"), "the vendor's country is not known")
        kind, source = self._weights.country(code)
        listed = f"{self._catalogue}; {source}" if source else self._catalogue
        return Answer("jurisdiction", frozenset({kind}), f"the vendor is in {code}", listed, self._file.updated)

    def _kind(self) -> Iterator[Answer]:
        signature = self._file.signature
        bad = [kind for kind in ("non-consensual", "adult") if self._weights.tags[kind] & set(signature.tags)]
        told = {"category": signature.category, "scope": signature.scope, "content": bad[0] if bad else "plain"}
        for factor, answer in told.items():
            yield self._known(factor, {answer}, self._factor(factor).means[answer])

    # --- exposure: what is done here

    def _usage(self) -> Answer:
        entry = self._entry
        if entry.usage is not None:
            return self._here("usage", {entry.usage.value}, "the highest rung that any one of its users reached")
        if entry.blocked:
            tried = _many(entry.blocked, "attempt")
            return self._here("usage", {"blocked"}, f"{tried}, and nothing was let through or granted")
        return self._here("usage", {"unused"}, "no use is known")

    def _upload(self) -> Answer:
        factor, entry = self._factor("upload"), self._entry
        if not self._used:
            return self._here("upload", factor.between(0, 0), "nothing got through to it")
        if entry.bytes_up is not None:
            sent = f"{entry.bytes_up:,} bytes, as far as the sources tell sizes"
            return self._here("upload", factor.between(entry.bytes_up, entry.bytes_up), sent)
        if entry.usage is Usage.BULK:
            return self._here("upload", factor.between(BULK_BYTES), f"{BULK_BYTES:,} bytes or more in one day")
        return self._here("upload", factor.between(0), "no source tells sizes")

    def _users(self) -> Answer:
        factor, entry = self._factor("users"), self._entry
        if not self._used:
            return self._here("users", factor.between(0, 0), "nobody got through to it")
        if self._facts & {"tenant_wide", "app_only"}:
            most = factor.steps[-1][0]
            return self._here("users", factor.between(most, most), "it was let in for the whole tenant")
        if entry.users:
            return self._here("users", factor.between(entry.users, entry.users), f"{_many(entry.users, 'user')}")
        if entry.devices:
            words = f"{_many(entry.devices, 'device')}, and no source names users"
            return self._here("users", factor.between(entry.devices, entry.devices), words)
        return self._here("users", factor.between(1), "no source names users or devices")

    def _departments(self) -> Answer:
        factor, entry = self._factor("departments"), self._entry
        if not self._used:
            return self._here("departments", factor.between(0, 0), "nobody got through to it")
        if entry.departments:
            number = len(entry.departments)
            return self._here("departments", factor.between(number, number), ", ".join(entry.departments))
        most = None if self._facts & {"tenant_wide", "app_only"} else (entry.users or entry.devices or None)
        why = "a single user" if most == 1 else "an identities file with departments would tell"
        return self._here("departments", factor.between(0, most), why)

    def _permissions(self) -> Answer:
        scopes = self._entry.scopes
        if not scopes:
            untold = "grant" in self._facts and "key" not in self._facts
            possible = self._any("permissions", "none") if untold else {"none"}
            return self._here(
                "permissions", possible, "no source tells what was granted" if untold else "no grant is known"
            )
        from shadowai import permissions

        listed = ", ".join(scopes[:3]) + (f" and {len(scopes) - 3} more" if len(scopes) > 3 else "")
        if self._facts & {"content_app_only", "content_tenant_wide"}:
            return self._here("permissions", {"everybody"}, f"for the whole tenant: {listed}")
        if any(map(permissions.is_write, scopes)):
            return self._here("permissions", {"write"}, listed)
        if any(map(permissions.is_content, scopes)):
            return self._here("permissions", {"read"}, listed)
        if all(scope.lower() in permissions.IDENTITY for scope in scopes):
            return self._here("permissions", {"identity"}, listed)
        return self._here("permissions", {"unclear"}, listed)

    # --- control: what stands between

    def _account(self) -> Answer:
        if self._in_house or not self._used:
            why = "it runs in-house" if self._in_house else "nobody got through to it"
            return self._here("account", {"not-needed"}, why)
        shown = accounts.shown(self._facts)
        listed = ", ".join(sorted(shown))
        if shown & PRIVATE:
            return self._here("account", {"private"}, f"the traffic shows it: {listed}")
        if "traffic_without_grant" in self._facts:
            return self._here(
                "account", {"managed", "private"}, "people use it of whom the tenant knows no grant or seat"
            )
        if self._facts & accounts.HANDED_OUT:
            return self._here("account", {"managed"}, "the tenant has seats of it, or assigned it")
        if "enforced" in shown or (shown and all(map(self._is_marked, self._entry.names))):
            return self._here("account", {"managed"}, f"the traffic shows it: {listed}")
        if shown:
            return self._here(
                "account", {"managed", "private"}, "some uses show company accounts, and others show nothing"
            )
        return self._here("account", {"managed", "private"}, "nothing shows whose accounts are used")

    def _is_marked(self, name: str) -> bool:
        """Whether a name tells by itself whose account its use was of."""
        host, slash, path = name.partition("/")
        return bool(accounts.of(self._file.account, host, slash + path))

    def _publisher(self) -> Answer:
        let_in = bool(self._entry.scopes) or ("grant" in self._facts and "key" not in self._facts)
        if "impersonation" in self._facts:
            return self._here("publisher", {"posing"}, "its name is one service's, and its users' tokens go to another")
        if not let_in:
            return self._here("publisher", {"not-an-app"}, "no application was granted anything")
        if "unverified_publisher" in self._facts:
            return self._here("publisher", {"unverified"}, "the platform has not verified its publisher")
        if "verified_publisher" in self._facts:
            return self._here(
                "publisher", {"verified"}, "the platform has verified its publisher, or it is the tenant's own"
            )
        return self._here("publisher", {"verified", "unverified"}, "the platform verifies no publishers")

    def _sightings(self) -> Iterator[Answer]:
        """What counts where it was seen, and is no question where it was not."""
        key, server = "clear_key" in self._facts, "server" in self._facts
        yield self._here("secret", {"seen" if key else "not-seen"}, "in a request in clear" if key else "none was seen")
        words = "it spoke its protocol in clear" if server else "none was seen"
        yield self._here("server", {"seen" if server else "not-seen"}, words)

    def _contradiction(self) -> Answer:
        if "traffic_without_grant" in self._facts:
            return self._here("contradiction", {"no-grant"}, "traffic of people without a grant or seat")
        if "grant_without_traffic" in self._facts:
            return self._here("contradiction", {"idle-grant"}, "a grant without traffic")
        return self._here("contradiction", {"none"}, "none was found")


def day(time: int | None) -> str:
    """The UTC day of a time in microseconds, as ``YYYY-MM-DD``; empty where it is not known or no calendar has it."""
    if time is None:
        return ""
    try:
        return (_EPOCH + timedelta(microseconds=time)).date().isoformat()
    except OverflowError:
        return ""


def _kind(plan: DataHandling) -> str:
    return " (not the vendor's own words)" if plan.source_kind == "secondary" else ""


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
