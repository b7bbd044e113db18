"""What is known of a use."""

from __future__ import annotations

import pytest

from shadowai.policy.uses import scope_class, use_of

JAN_5, JAN_31, FEB_1 = 20458, 20484, 20485
"""2026-01-05, 2026-01-31 and 2026-02-01 as days since 1970-01-01."""


def use(**more: object) -> object:
    given: dict[str, object] = {"facts": (), "sources": ("squid_native",), "scopes": (), "days": {}, "bytes_up": None}
    return use_of("ann@example.com", **(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scopes", "facts", "expected"),
    [
        ((), (), "none"),
        (("openid", "User.Read"), (), "identity"),
        (("Directory.Read.All",), (), "other"),
        (("no-such-permission",), (), "other"),
        (("openid", "Mail.Read"), (), "content"),
        (("Mail.Read", "Files.ReadWrite.All"), (), "write"),
        (("Mail.Read",), ("content_app_only",), "tenant"),
        (("Mail.Read",), ("content_tenant_wide",), "tenant"),
        (("Mail.Read",), ("app_only",), "content"),
    ],
)
def test_the_class_of_permissions(scopes: tuple[str, ...], facts: tuple[str, ...], expected: str) -> None:
    assert scope_class(scopes, facts) == expected


def test_sources_may_be_any_iterable() -> None:
    assert use(facts=("grant",), sources=iter(("entra",))) == use(facts=("grant",), sources=("entra",))


@pytest.mark.parametrize(
    ("days", "total", "expected"),
    [
        ({JAN_5: 10, JAN_31: 20, FEB_1: 25}, 55, 30),
        ({JAN_5: 10, FEB_1: 40}, 50, 40),
        ({}, 0, 0),
        ({}, 9, None),
        ({JAN_5: 10}, None, None),
        ({10**12: 7}, 7, 7),
    ],
)
def test_what_was_sent_up_in_the_month_with_the_most(
    days: dict[int, int], total: int | None, expected: int | None
) -> None:
    assert use(days=days, bytes_up=total).upload == expected  # type: ignore[attr-defined]


def test_a_department_is_known_or_not() -> None:
    assert use(department=lambda user: {"ann@example.com": "IT"}[user]).department == "IT"  # type: ignore[attr-defined]
    assert use(department=lambda user: "").department is None  # type: ignore[attr-defined]
    assert use().department is None  # type: ignore[attr-defined]
    nobody = use_of(None, facts=(), sources=(), scopes=(), days={}, bytes_up=0, department=lambda user: "IT")
    assert (nobody.user, nobody.department) == (None, None)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((), None),
        (("grant",), None),
        (("licensed",), {"corporate"}),
        (("account:personal",), {"personal"}),
        (("account:personal", "grant"), {"personal"}),
        (("account:personal", "licensed"), {"personal", "corporate"}),
    ],
)
def test_the_kind_of_account(facts: tuple[str, ...], expected: set[str] | None) -> None:
    assert use(facts=facts).account == expected  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("facts", "sources", "expected"),
    [
        ((), ("squid_native",), True),
        (("grant",), ("entra",), True),
        (("grant", "unverified_publisher"), ("entra",), False),
        (("grant",), ("google_workspace",), None),
    ],
)
def test_whether_a_publisher_is_verified(
    facts: tuple[str, ...], sources: tuple[str, ...], expected: bool | None
) -> None:
    assert use(facts=facts, sources=sources).verified is expected  # type: ignore[attr-defined]
