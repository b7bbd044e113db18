"""Whom Umbrella's identities are: a person's machine, or what stands for many."""

from __future__ import annotations

import re

import pytest

from shadowai.sources.logs.umbrella_tables import MACHINE, TABLES


@pytest.mark.parametrize("told", ["Roaming Computers", "Mobile Devices", "Chromebooks", "Anyconnect Roaming Client"])
def test_machine_of_a_person(told: str) -> None:
    assert re.search(MACHINE, told)


@pytest.mark.parametrize("told", ["Network Devices", "CDFW Tunnel Device", "Networks", "Sites", "AD Users"])
def test_what_stands_for_many_is_no_machine(told: str) -> None:
    assert re.search(MACHINE, told) is None


def test_each_table_describes_itself() -> None:
    for table in TABLES:
        table.check()
    assert len({table.name for table in TABLES}) == 4
