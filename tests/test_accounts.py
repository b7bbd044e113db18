"""Whose account: only what a marker says, by label and by path segment."""

from __future__ import annotations

import pytest

from shadowai import accounts
from shadowai.catalog import Catalog
from shadowai.signature_file import ACCOUNT_MEANINGS, Account

MARKERS = (
    Account("request_header", "X-Allowed", "enforced"),
    Account("url_prefix", "chat.example/anon/", "anonymous"),
    Account("url_prefix", "chat.example/team", "corporate"),
    Account("host", "api.business.chat.example", "business-plan"),
    Account("host", "gov.chat.example", "government"),
    Account("host", "me.chat.example", "individual-plan"),
)


@pytest.mark.parametrize(
    ("host", "path", "account"),
    [
        ("chat.example", "/anon/x", "anonymous"),
        ("www.chat.example", "/anon/x", "anonymous"),
        ("chat.example", "/anon", ""),
        ("chat.example", "/anonymous/x", ""),
        ("chat.example", "/team", "corporate"),
        ("chat.example", "/team/1", "corporate"),
        ("chat.example", "/teams", ""),
        ("eu.chat.example", "/anon/x", ""),
        ("api.business.chat.example", "", "corporate"),
        ("x.gov.chat.example", "", "corporate"),
        ("me.chat.example", "/team", "personal"),
        ("notgov.chat.example", "", ""),
        ("chat.example", "", ""),
    ],
)
def test_what_markers_say(host: str, path: str, account: str) -> None:
    assert accounts.of(MARKERS, host, path) == account


def test_markers_of_other_kinds_speak_of_no_host_and_no_path() -> None:
    others = (
        Account("request_header", "chat.example", "enforced"),
        Account("request_header", "chat.example/x", "enforced"),
    )
    assert accounts.of(others, "chat.example", "/x") == accounts.of(others, "eu.chat.example", "") == ""
    assert not accounts.by_path(others, "chat.example")


def test_a_prefix_of_several_segments_is_below_its_host() -> None:
    deep = (Account("url_prefix", "chat.example/a/b", "corporate"),)
    assert accounts.by_path(deep, "chat.example")
    assert [accounts.of(deep, "chat.example", path) for path in ("/a/b", "/a/b/c", "/a", "/b")] == [
        "corporate", "corporate", "", "",
    ]  # fmt: skip


def test_which_hosts_need_their_paths() -> None:
    assert accounts.by_path(MARKERS, "chat.example") and accounts.by_path(MARKERS, "www.chat.example")
    assert not accounts.by_path(MARKERS, "me.chat.example")


def test_every_meaning_has_a_word() -> None:
    assert set(accounts.WORDS) == set(ACCOUNT_MEANINGS)


def test_the_header_markers_of_the_catalogue_are_those_that_captures_look_for() -> None:
    from shadowai.wire.http import TENANT_CONTROLS

    known = {
        marker.value.lower().encode()
        for file in Catalog.load().files.values()
        for marker in file.account
        if marker.kind == "request_header"
    }
    assert known and known <= TENANT_CONTROLS


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ((), set()),
        (("grant", "key", "installed", "verified_publisher"), set()),
        (("licensed",), {"corporate"}),
        (("assigned", "grant"), {"corporate"}),
        (("account:anonymous", "assigned"), {"anonymous", "corporate"}),
        (("account:enforced", "grant"), {"enforced"}),
    ],
)
def test_a_seat_is_an_account_of_the_company_s_and_a_grant_is_none(facts: tuple[str, ...], shown: set[str]) -> None:
    assert accounts.shown(facts) == shown
