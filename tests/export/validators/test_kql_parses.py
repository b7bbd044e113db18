"""KQL by Microsoft's own parser, names and types included, over the table that the query is for."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from shadowai.catalog import Catalog
from shadowai.export.rules import kql
from shadowai.export.rules.claims import claims
from tests.export.rules.examples import ALL
from tests.export.validators.install import module

SCHEMA = "(Timestamp: datetime, DeviceName: string, RemoteUrl: string, RemoteIP: string, InitiatingProcessAccountUpn: string)"
"""The columns in use of ``DeviceNetworkEvents`` (https://learn.microsoft.com/defender-xdr/advanced-hunting-devicenetworkevents-table)."""


WRONG = (
    ("RemoteUrl)))", "RemoteUri)))"),
    ("top 1 by", "topp 1 by"),
    ("tolower(RemoteUrl)", "tolower(RemoteUrl"),
    ('"chat"', '"chat'),
    ("make_set(Host, 50)", "make_sets(Host, 50)"),
    ("to typeof(long)", "to typeof(string)"),
)


def diagnostics(*queries: str) -> list[list[str]]:
    words = ["node", str(Path(__file__).with_name("kusto.js")), str(module("@kusto/language-service-next"))]
    asked = json.dumps(queries).encode()
    made = subprocess.run(
        [*words, "DeviceNetworkEvents", SCHEMA], input=asked, capture_output=True, check=True, timeout=300
    )
    found: list[list[str]] = json.loads(made.stdout)
    return found


def test_the_query_of_the_examples_and_that_of_all_services_parse_and_wrong_ones_do_not() -> None:
    small = kql.render(claims(ALL, {"chat", "draw"}))
    assert all(part in small for part, _ in WRONG)
    shipped = Catalog.load().signatures
    whole = kql.render(claims(list(shipped.values()), set(shipped)))
    right, whole_told, *wrong = diagnostics(small, whole, *(small.replace(part, other) for part, other in WRONG))
    assert right == whole_told == []
    for told, (_, other) in zip(wrong, WRONG, strict=True):
        assert any(one.startswith("Error") for one in told), other
