"""A sweep in a process of its own, to be killed: ``python -m tests.sweep.killed ROOT STORE DELAY`` prints what it found."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from shadowai.sweep.runner import Runner, Wanted
from shadowai.sweep.session import open_session
from shadowai.sweep.store import Store
from tests.sweep.service import Toy


def main(root: str, path: str, delay: str) -> None:
    """Sweep, slowly."""
    connector = Toy()
    connector.delay = float(delay)
    settings = {"root": root, "client_secret": "env:TOY_SECRET", "insecure_localhost": "true"}
    with open_session(connector, settings) as session:
        store = Store(Path(path))
        found = Runner(connector, session, store, Wanted("toy"), is_ai=lambda app: True, workers=4).run()
        print(json.dumps([found.complete, [app.id for app in found.apps], [grant.id for grant in found.grants]]))


if __name__ == "__main__":
    main(*sys.argv[1:])
