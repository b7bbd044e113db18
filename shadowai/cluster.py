"""The workers of a Dask cluster that exists already (https://distributed.dask.org); the only home of that library.

Its scheduler does what schedulers do: it finds a worker for each task, and another where the first was lost. Whoever can reach it can
run anything on the workers, and the options of a scan travel to them: ``tls://`` addresses are for networks that are shared.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager

from shadowai import __version__
from shadowai.errors import UsageError
from shadowai.tasks import Workers

PATIENCE = 20
"""Seconds that a scheduler has to answer, and then to have a worker."""


@contextmanager
def workers(address: str, job: bytes, patience: float = PATIENCE) -> Iterator[Workers]:
    """The workers behind the scheduler at ``address`` (``tcp://scheduler:8786``), who have been told the ``job``.

    Raises :class:`UsageError` where the library or the scheduler is not there, where there is no worker in ``patience`` seconds, and
    where one has not the same release of this program: it would be restarted for ever, or count otherwise.
    """
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError as wrong:
        raise UsageError("--cluster needs Dask distributed", remedy="pip install 'shadowai[cluster]'") from wrong
    try:
        client = Client(address, timeout=patience, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as wrong:
        raise UsageError(
            f"no scheduler answers at {address}: {wrong}", remedy="give its address, such as tcp://scheduler:8786"
        ) from wrong
    with client:
        try:
            client.wait_for_workers(1, timeout=patience)
        except TimeoutError as wrong:
            raise UsageError(
                f"the cluster at {address} has no workers", remedy="start some: dask worker ADDRESS"
            ) from wrong
        _check(client.run(pkgutil.resolve_name, "shadowai:__version__", on_error="return"))
        # A task's result rather than scattered data: what all its holders took with them is made again.
        there = client.submit(bytes, job, pure=False)
        with client.get_executor(pure=False) as executor:  # type: ignore[no-untyped-call]
            yield Workers(executor.submit, there, (KilledWorker, CancelledError))


def _check(releases: Mapping[str, object]) -> None:
    """That every worker has this release: what it answered, by its address."""
    for worker, found in releases.items():
        if found != __version__:
            has = f"release {found}" if isinstance(found, str) else f"none ({found})"
            raise UsageError(
                f"worker {worker} has {has} of shadowai, and the scan {__version__}",
                remedy="install the same on every worker",
            )
