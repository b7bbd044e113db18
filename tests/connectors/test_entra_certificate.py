"""Certificates that fit, and what is said of those that do not."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from shadowai.tenant import TenantError, Trouble
from shadowai_connectors.entra_certificate import credential

NOW = datetime(2026, 11, 18, 11, tzinfo=UTC)
MICROS = int(NOW.timestamp()) * 1_000_000


@cache
def key(kind: str = "rsa", number: int = 0) -> Any:
    """A private key, made once for each number."""
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    if kind == "small":
        return rsa.generate_private_key(65537, 1024)
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else ed25519.Ed25519PrivateKey.generate()


def private(of: Any, password: str = "") -> str:
    """It in PEM."""
    how = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return str(of.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how), "ascii")


def certificate(of: Any, *, begins: timedelta = timedelta(days=-1), ends: timedelta = timedelta(days=1)) -> str:
    """A certificate of it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "scanner.example.com")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(of.public_key())
    made = made.serial_number(7).not_valid_before(NOW + begins).not_valid_after(NOW + ends)
    signed = made.sign(of, None if isinstance(of, ed25519.Ed25519PrivateKey) else SHA256())
    return signed.public_bytes(Encoding.PEM).decode()


def pem(kind: str = "rsa", password: str = "", **times: timedelta) -> str:
    """A key and its certificate."""
    return private(key(kind), password) + certificate(key(kind), **times)


def test_a_key_and_its_certificate_are_what_msal_takes() -> None:
    found = credential(pem(), "", MICROS)
    assert found.keys() == {"private_key", "public_certificate"}
    assert found["private_key"].strip() in pem() and "BEGIN CERTIFICATE" in found["public_certificate"]
    assert credential(pem(password="correct horse"), "correct horse", MICROS)["passphrase"] == "correct horse"


def test_the_key_s_own_certificate_comes_before_those_that_signed_it() -> None:
    other = certificate(key("rsa", 1))
    found = credential(private(key()) + other + certificate(key()), "", MICROS)
    assert found["public_certificate"].startswith(certificate(key()).strip()[:200])
    assert found["public_certificate"].count("BEGIN CERTIFICATE") == 2


@pytest.mark.parametrize(
    ("text", "password", "says", "remedy"),
    [
        (lambda: "", "", "no private key", "one PEM"),
        (lambda: certificate(key()), "", "no private key", "one PEM"),
        (lambda: private(key()), "", "no certificate", "append"),
        (lambda: private(key("rsa", 1)) + pem(), "", "more than one", "one PEM"),
        (lambda: pem("ec"), "", "not RSA", "openssl req -x509 -newkey rsa"),
        (lambda: pem("ed25519"), "", "not RSA", "openssl req -x509 -newkey rsa"),
        (lambda: pem("small"), "", "1024 bits", "openssl req"),
        (lambda: private(key("rsa", 1)) + certificate(key()), "", "not that of the certificate", "beside"),
        (lambda: private(key()) + certificate(key("ec")), "", "not that of the certificate", "beside"),
        (lambda: pem(password="correct horse"), "", "has a password", "certificate_password"),
        (lambda: pem(password="correct horse"), "wrong staple", "its password is another", "openssl"),
        (lambda: pem(), "correct horse", "has no password", "leave certificate_password out"),
        (lambda: pem().replace("MII", "AAA", 1), "", "cannot be read", "openssl"),
        (lambda: private(key()) + damaged(), "", "cannot be read: it is damaged", "copy it again"),
        (lambda: pem(ends=timedelta(hours=-1)), "", "has ended on 2026-11-18", "openssl"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(text: Any, password: str, says: str, remedy: str) -> None:
    written = text()
    with pytest.raises(TenantError) as caught:
        credential(written, password, MICROS)
    error = caught.value
    assert error.trouble is Trouble.CREDENTIALS and says in error.detail and remedy in error.remedy
    body = "".join(line for line in written.splitlines() if not line.startswith("-----"))
    assert not body or body[:24] not in f"{error.detail}{error.remedy}", "the key"
    assert not password or password not in f"{error.detail}{error.remedy}"


def damaged() -> str:
    """What calls itself a certificate."""
    return f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(b'no certificate').decode()}\n-----END CERTIFICATE-----\n"


def test_a_certificate_that_has_not_begun_is_about_the_clock() -> None:
    with pytest.raises(TenantError, match="begins on 2026-11-18 12:00 UTC, and here it is 2026-11-18 11:00") as caught:
        credential(pem(begins=timedelta(hours=1)), "", MICROS)
    assert caught.value.trouble is Trouble.CLOCK and "clock" in caught.value.remedy
