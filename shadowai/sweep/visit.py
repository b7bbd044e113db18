"""One tenant from its settings to what a sweep of it gave: the connector loaded, the lock held, the store opened, the sockets closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from shadowai.connector import Connector, load
from shadowai.errors import UsageError
from shadowai.sweep.clock import Clock
from shadowai.sweep.doctor import Diagnosis, examine
from shadowai.sweep.lock import only_one
from shadowai.sweep.runner import Progress, Runner, Wanted
from shadowai.sweep.secrets import resolve
from shadowai.sweep.session import open_session
from shadowai.sweep.store import Store
from shadowai.tenant import App, Swept
from shadowai.tenants import Tenant, check

DOCTOR_TRIES = 3
"""A doctor waits for nobody: a service that refuses three times is said to refuse."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A sweep's result, and what to call when it is safe: from then on the next sweep builds on it."""

    swept: Swept
    remembered: Callable[[], None]


def connector_of(tenant: Tenant) -> Connector:
    """The tenant's connector, its settings held against it. Raises :class:`~shadowai.errors.UsageError`."""
    found = load(tenant.connector)
    check(tenant, found)
    try:
        found.tenant(tenant.settings)
    except UsageError as error:
        message = f"[tenants.{tenant.name}]: {error.message}"
        raise UsageError(message, origin=error.origin, remedy=error.remedy) from error
    return found


def check_secrets(tenant: Tenant, connector: Connector) -> None:
    """See that every secret that the tenant refers to is there: better before a sweep of an hour than in it. Raises
    :class:`~shadowai.errors.UsageError`."""
    for key in connector.secrets:
        if key in tenant.settings:
            resolve(tenant.settings[key], key=f"[tenants.{tenant.name}]: {key}")


@contextmanager
def visited(
    tenant: Tenant,
    wanted: Wanted,
    *,
    folder: Path,
    clock: Clock,
    is_ai: Callable[[App], bool],
    progress: Progress | None = None,
) -> Iterator[Visit]:
    """Sweep a tenant; its result may be read while inside."""
    connector = connector_of(tenant)
    place = folder / "sweeps"
    with only_one(place / f"{tenant.name}.lock"), closing(Store(place / f"{tenant.name}.sqlite")) as store:
        with open_session(connector, tenant.settings, clock=clock) as session:
            runner = Runner(connector, session, store, wanted, is_ai=is_ai, progress=progress)
            swept = runner.run()
        yield Visit(swept, runner.remembered)


def diagnosed(tenant: Tenant, *, clock: Clock) -> Diagnosis:
    """What the doctor finds out about a tenant."""
    connector = connector_of(tenant)
    with open_session(connector, tenant.settings, clock=clock, tries=DOCTOR_TRIES) as session:
        return examine(tenant.name, connector, session)
