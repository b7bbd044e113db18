"""Turns Sigma rules from stdin into the searches of several products, with the backends in the folder that is named; prints JSON.

Run by the tests as a program of its own: the backends need another pySigma than the one that is installed.
"""

from __future__ import annotations

import json
import sys

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    from sigma.backends.elasticsearch import EqlBackend  # type: ignore[import-not-found]
    from sigma.backends.kusto import KustoBackend  # type: ignore[import-not-found]
    from sigma.backends.splunk import SplunkBackend  # type: ignore[import-not-found]
    from sigma.collection import SigmaCollection

    rules = SigmaCollection.from_yaml(sys.stdin.buffer.read().decode("utf-8"))
    made = {each.__name__: each().convert(rules) for each in (SplunkBackend, EqlBackend, KustoBackend)}
    print(json.dumps(made))
