"""Tenants in the configuration: references are kept, secrets refused without being repeated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from shadowai.config import read
from shadowai.errors import UsageError
from shadowai.tenants import Tenant, check
from tests.sweep.service import Toy

LITERAL = "hunter2-hunter2"


def tenants(folder: Path, text: str) -> tuple[Tenant, ...]:
    path = folder / "shadowai.toml"
    path.write_text(text)
    return read(path).tenants


def test_tenants_are_read_in_order(tmp_path: Path) -> None:
    text = """
    [tenants.zeta]
    connector = "toy"
    [tenants.alpha]
    connector = "entra"
    client_secret = "env:NAME"
    private_key = "file:keys/a.pem"
    ca_file = "ca.pem"
    insecure_localhost = true
    days = 30
    domains = ["a.example", "b.example"]
    """
    alpha, zeta = tenants(tmp_path, text)
    assert (alpha.name, alpha.connector, zeta.name, dict(zeta.settings)) == ("alpha", "entra", "zeta", {})
    assert dict(alpha.settings) == {
        "client_secret": "env:NAME",
        "private_key": f"file:{tmp_path / 'keys' / 'a.pem'}",
        "ca_file": str(tmp_path / "ca.pem"),
        "insecure_localhost": "true",
        "days": "30",
        "domains": "a.example,b.example",
    }


@pytest.mark.parametrize("key", ["client_secret", "token", "password", "admin_key", "api_key", "private_key", "Secret"])
def test_a_literal_secret_is_refused_unseen(tmp_path: Path, key: str) -> None:
    with pytest.raises(UsageError, match="is not a reference to a secret") as caught:
        tenants(tmp_path, f'[tenants.a]\nconnector = "toy"\n{key} = "{LITERAL}"')
    assert key in str(caught.value) and LITERAL not in repr(caught.value) and caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tenants = 1", "tenants is not a table of tables"),
        ("tenants.a = 1", "tenants is not a table of tables"),
        ('[tenants]\nb = 1\n[tenants.a]\nconnector = "toy"', "tenants is not a table of tables"),
        ("[tenants.a]\nx = 1", "[tenants.a]: connector is missing"),
        ('[tenants.a]\nconnector = ""', "connector is missing"),
        ('[tenants."../a"]\nconnector = "toy"', "a name is letters"),
        ('[tenants.a]\nconnector = "toy"\nx = 1.5', "x is not a text"),
        ('[tenants.a]\nconnector = "toy"\nx = {}', "x is not a text"),
        ('[tenants.a]\nconnector = "toy"\nx = ["a,b"]', "x is not a text"),
        ('[tenants.a]\nconnector = "toy"\nx = []', "x is not a text"),
        ('[tenants.a]\nconnector = "toy"\nx = ["a", 1]', "x is not a text"),
        ('[tenants.a]\nconnector = "toy"\nx = ["a", " "]', "x is not a text"),
        ('[tenants.a]\nconnector = " "', "connector is missing"),
        ('[tenants.a]\nconnector = "toy"\nx = " "', "x is empty"),
    ],
)
def test_what_is_no_tenant(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        tenants(tmp_path, text)
    assert says in str(caught.value) and str(tmp_path / "shadowai.toml") in str(caught.value)


def made(**settings: str) -> Tenant:
    return Tenant("a", "toy", settings)


def test_what_is_not_true_is_false(tmp_path: Path) -> None:
    (one,) = tenants(tmp_path, '[tenants.a]\nconnector = "toy"\nx = false\ny = true')
    assert dict(one.settings) == {"x": "false", "y": "true"}


def test_a_secret_that_may_be_left_out_may_be_left_out() -> None:
    class Open(Toy):
        settings: Mapping[str, str] = {"root": "where it is", "client_secret?": "a reference"}

    check(made(root="https://x.example"), Open())
    with pytest.raises(UsageError, match="is not a reference"):
        check(made(root="https://x.example", client_secret=LITERAL), Open())


def test_a_setting_of_blanks_is_missing() -> None:
    with pytest.raises(UsageError, match="root is missing"):
        check(made(root="  ", client_secret="env:A"), Toy())


def test_a_tenant_that_fits_its_connector() -> None:
    check(made(root="https://x.example", client_secret="env:A", ca_file="x", insecure_localhost="true"), Toy())


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"client_secret": "env:A"}, "root is missing (root: where it is)"),
        ({"root": "x", "client_secret": "env:A", "rooot": LITERAL}, "unknown setting 'rooot' (did you mean 'root'?"),
        ({"root": "x", "client_secret": LITERAL}, "client_secret is not a reference to a secret"),
    ],
)
def test_a_tenant_that_does_not(settings: Mapping[str, str], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(made(**settings), Toy())
    assert f"[tenants.a]: {says}" in str(caught.value) and LITERAL not in str(caught.value)
