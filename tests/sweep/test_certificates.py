"""Whom we trust, and what is no bundle."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.sweep.certificates import context


def subjects(made: ssl.SSLContext) -> int:
    return len(made.get_ca_certs())


def test_it_always_verifies(ca_file: Path) -> None:
    for made in (
        context(environ={}),
        context(str(ca_file), environ={}),
        context(environ={"SSL_CERT_FILE": str(ca_file)}),
    ):
        assert made.verify_mode is ssl.CERT_REQUIRED and made.check_hostname
        assert made.minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_bundle_of_the_environment_replaces_the_systems(ca_file: Path) -> None:
    assert subjects(context(environ={"CURL_CA_BUNDLE": str(ca_file)})) == 1


def test_the_first_variable_counts(ca_file: Path, tmp_path: Path) -> None:
    environ = {"SSL_CERT_FILE": str(ca_file), "REQUESTS_CA_BUNDLE": str(tmp_path / "absent")}
    assert subjects(context(environ=environ)) == 1


def test_a_folder_of_certificates(tmp_path: Path) -> None:
    assert context(environ={"REQUESTS_CA_BUNDLE": str(tmp_path)}).verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize(("content", "says"), [(None, "No such file"), ("no certificate", "holds no certificate")])
def test_what_is_no_bundle(tmp_path: Path, content: str | None, says: str) -> None:
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match=f"ca_file: .*{says}"):
        context(str(path), environ={})
    with pytest.raises(UsageError, match=r"\$SSL_CERT_FILE: "):
        context(environ={"SSL_CERT_FILE": str(path)})
