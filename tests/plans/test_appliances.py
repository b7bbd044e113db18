"""Block lists in the words of appliances."""

from __future__ import annotations

import re

import pytest

from shadowai.plans.appliances import APPLIANCES
from shadowai.plans.blocking import Host

HOSTS = (Host("chat.example", True), Host("api.vendor.example", False))
LISTS = {
    "hosts": "0.0.0.0 chat.example\n0.0.0.0 api.vendor.example\n",
    "rpz": (
        "$TTL 300\n@ SOA localhost. root.localhost. 1 3600 600 86400 300\n@ NS localhost.\n"
        "chat.example CNAME .\n*.chat.example CNAME .\napi.vendor.example CNAME .\n"
    ),
    "squid": ".chat.example\napi.vendor.example\n",
    "fortigate": "chat.example\n*.chat.example\napi.vendor.example\n",
    "panos": "chat.example/\n*.chat.example/\napi.vendor.example/\n",
}


@pytest.mark.parametrize("name", sorted(APPLIANCES))
def test_each_list_as_a_whole(name: str) -> None:
    assert APPLIANCES[name].render(HOSTS) == LISTS[name]


def test_every_list_has_a_file_of_its_own_and_says_what_it_is() -> None:
    assert set(APPLIANCES) == set(LISTS)
    files = [one.file for one in APPLIANCES.values()]
    assert len(set(files)) == len(files) and all(re.fullmatch(r"[a-z]+\.[a-z]+", file) for file in files)
    assert all(one.about for one in APPLIANCES.values())


def test_nothing_to_block_is_an_empty_list() -> None:
    assert APPLIANCES["squid"].render(()) == "" and APPLIANCES["rpz"].render(()).count("\n") == 3
