"""The settings of a Google Workspace tenant."""

from __future__ import annotations

import pytest

from shadowai.errors import UsageError
from shadowai_connectors.google_settings import SETTINGS, Roots, account

KEYED = {"administrator": "auditor@Example.com", "key": "env:KEY"}


def test_the_tenant_is_the_customer_or_the_domain() -> None:
    assert account(KEYED).tenant == "example.com"
    assert account({**KEYED, "customer": "C01abc"}).tenant == "C01abc"
    assert account(KEYED).roots == Roots() and account(KEYED).customer == "my_customer"


def test_one_address_may_stand_for_all_of_google() -> None:
    roots = account({**KEYED, "endpoint": "https://gateway.example:9443/"}).roots
    assert set(vars_of(roots)) == {"https://gateway.example:9443"}


def vars_of(roots: Roots) -> list[str]:
    return [getattr(roots, name) for name in Roots.__slots__]


def test_without_a_key_somebody_else_signs() -> None:
    keyless = {"administrator": "a@example.com", "service_account": "s@p.iam.gserviceaccount.com"}
    assert account(keyless).how == "machine"
    assert account({**keyless, "federation": "file:x"}).how == "federation"
    assert account(KEYED).how == "key"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"administrator": ""}, "administrator is not an address"),
        ({"administrator": "a@b/../c"}, "administrator is not an address"),
        ({"administrator": "a@example.com\n"}, "administrator is not an address"),
        ({"service_account": "s@p.iam.gserviceaccount.com"}, "contradict each other"),
        ({"federation": "file:x"}, "contradict each other"),
        ({"key": None}, "neither a key nor a service account"),
        ({"key": None, "service_account": "s@p/../:signBlob"}, "neither a key nor a service account"),
        ({"customer": "../x"}, "customer is not a customer id"),
        ({"endpoint": "http://gateway.example"}, "endpoint is not an https address"),
        ({"endpoint": "http://gateway.example", "insecure_localhost": "true"}, "endpoint is not an https address"),
        ({"endpoint": "https://user@gateway.example"}, "endpoint is not an https address"),
        ({"endpoint": "https://gateway.example/path"}, "endpoint is not an https address"),
        ({"endpoint": "https://[::1"}, "endpoint is not an https address"),
    ],
)
def test_what_is_wrong_is_said(changed: dict[str, str | None], message: str) -> None:
    found = {key: value for key, value in {**KEYED, **changed}.items() if value is not None}
    with pytest.raises(UsageError, match=message):
        account(found)


def test_required_settings_come_first() -> None:
    optional = [key.endswith("?") for key in SETTINGS]
    assert optional == sorted(optional) and all(SETTINGS.values())
