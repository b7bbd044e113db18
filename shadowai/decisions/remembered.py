"""Uses that no look has just counted (grants and names of the history), judged as the rows of a report are: by the policy, then by what
people have decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from shadowai.decisions.finishing import Decide, deciding
from shadowai.inventory import asset_id
from shadowai.model import Actor, Entry, Signature
from shadowai.policy import UNKNOWN, Policy, Use

if TYPE_CHECKING:
    from shadowai.catalog import Catalog
    from shadowai.pipeline import ScanOptions


class Remembered(NamedTuple):
    """What is known of a use of a service: the actor (``None``: the service as a whole), and facts and scopes as in
    :class:`~shadowai.model.Entry`."""

    signature: Signature
    actor: Actor | None = None
    use: Use = UNKNOWN
    facts: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judge:
    """Gives verdicts on uses: by the policy as of a day, then by decisions of people."""

    policy: Policy
    today: date
    decide: Decide = tuple

    @classmethod
    def of(cls, options: ScanOptions, known: Catalog, policy: Policy) -> Judge:
        """The judge that ``options`` ask for. Raises :class:`~shadowai.errors.UsageError` for a log of decisions that was changed."""
        return cls(policy, datetime.now(UTC).date(), deciding(options, known))

    def rows(self, uses: Iterable[Remembered]) -> tuple[Entry, ...]:
        """A row for each use, in their order, with its verdict. Nothing of it was counted: figures are zero, or not known."""
        return self.decide([self._row(one) for one in uses])

    def _row(self, one: Remembered) -> Entry:
        signature, said = one.signature, self.policy.decide(one.signature, self.today, one.use)
        return Entry(
            asset_id=asset_id(signature.id, one.actor),
            service_id=signature.id,
            service=signature.name,
            vendor=signature.vendor,
            category=signature.category,
            actor=one.actor,
            verdict=said.verdict,
            confidence="confirmed",
            usage=None,
            users=0,
            devices=0,
            events=0,
            blocked=0,
            bytes_up=None,
            bytes_down=None,
            first_seen=None,
            last_seen=None,
            active_days=None,
            sources=(),
            names=(),
            evidence=(),
            scopes=one.scopes,
            verdict_reason=said.reason,
            verdict_owner=said.owner,
            facts=one.facts,
            departments=(one.use.department,) if one.use.department else (),
            ruling=said.ruling,
        )
