"""Block lists hold hosts and nothing else, whoever wrote the names."""

from __future__ import annotations

import re

import pytest

from shadowai.plans.appliances import APPLIANCES
from tests.export.blocklists import hostile, shipped

LINES = {
    "hosts": ["0.0.0.0 good.example"],
    "rpz": [
        *("$TTL 300", "@ SOA localhost. root.localhost. 1 3600 600 86400 300", "@ NS localhost."),
        *("good.example CNAME .", "*.good.example CNAME ."),
    ],
    "squid": [".good.example"],
    "fortigate": ["good.example", "*.good.example"],
    "panos": ["good.example/", "*.good.example/"],
}
HOST = r"(?=[^ ]{1,254}( |/|$))[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)+"
FORMS = {
    "hosts": rf"0\.0\.0\.0 {HOST}",
    "rpz": rf"(\*\.)?{HOST} CNAME \.",
    "squid": rf"\.?{HOST}",
    "fortigate": rf"(\*\.)?{HOST}",
    "panos": rf"(\*\.)?{HOST}/",
}


def test_every_appliance_is_tested() -> None:
    assert set(LINES) == set(FORMS) == set(APPLIANCES)


@pytest.mark.parametrize("name", LINES)
def test_what_is_no_host_is_in_no_list(name: str) -> None:
    assert hostile(name) == "".join(f"{line}\n" for line in LINES[name])


@pytest.mark.parametrize("name", FORMS)
def test_every_line_for_the_shipped_services_has_the_form_of_the_list(name: str) -> None:
    lines = shipped(name).splitlines()[3 if name == "rpz" else 0 :]
    assert len(lines) > 1_000 and len(set(lines)) == len(lines)
    assert [line for line in lines if not re.fullmatch(FORMS[name], line)] == []
