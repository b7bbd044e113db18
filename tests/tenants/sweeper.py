"""A process that sweeps in children of its own, so that each starts at once and can be killed: ``python -m tests.tenants.sweeper``.

It reads a line of JSON with the tenant, the settings and the store's path, forks a child that sweeps, and writes the child's
number; the next line, empty, makes it wait for that child and write how it ended. It has one thread, so that forking is safe.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from importlib import import_module
from pathlib import Path

from shadowai.sweep.runner import Runner, Wanted
from shadowai.sweep.session import open_session
from shadowai.sweep.store import Store
from shadowai.tenant import Swept
from tests.tenants.clock import QuickClock
from tests.tenants.sweeps import CONNECTORS, matcher, secrets

WORKERS = 4
LIBRARIES = ("msal", "googleapiclient.discovery", "google.auth.crypt", "google.auth.jwt", "shadowai.sweep.transport")
"""Imported before anything is forked: a child shall be killed while it sweeps, not while it imports."""


def run(name: str, settings: Mapping[str, str], path: Path, read: Callable[[Swept], None]) -> None:
    """Begin the sweep, or go on with it; ``read`` is given the result while it can be read."""
    connector = CONNECTORS[name]()
    with closing(Store(path)) as store, open_session(connector, settings, clock=QuickClock()) as session:
        runner = Runner(connector, session, store, Wanted("made"), is_ai=matcher().is_worth_a_look, workers=WORKERS)
        read(runner.run())


def main() -> None:
    """Serve until there are no more lines."""
    matcher()
    for library in LIBRARIES:
        import_module(library)
    with secrets():
        for line in sys.stdin:
            name, settings, path = json.loads(line)
            child = os.fork()
            if child == 0:
                try:
                    run(name, settings, Path(path), lambda swept: None)
                finally:
                    os._exit(0)
            print(child, flush=True)
            sys.stdin.readline()
            _, status = os.waitpid(child, 0)
            print(int(os.WIFSIGNALED(status)), flush=True)


if __name__ == "__main__":
    main()
