"""A certificate and its private key as msal takes them, looked at before they are used: what Microsoft says of a wrong one
("AADSTS700027: Client assertion failed signature validation") does not tell what is wrong with it.

Requirements: https://learn.microsoft.com/entra/identity-platform/certificate-credentials; an assertion is signed with RSA (RS256 or
PS256), of 2,048 bits or more (RFC 7518, section 3.3).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from shadowai.tenant import TenantError, Trouble

SMALLEST = 2048
"""Bits of an RSA key."""
MAKE = (
    "make an RSA one: openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj /CN=shadowai -keyout key.pem -out cert.pem; "
    "upload cert.pem to the app registration (Certificates & secrets), and put both into one file"
)
"""How to come by a key and a certificate that fit."""

_KEY = re.compile(r"-----BEGIN ([A-Z ]*)PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def credential(pem: str, password: str, now: int) -> dict[str, Any]:
    """What msal takes for ``client_credential``, the key's own certificate first. ``now`` in microseconds since 1970; an empty
    ``password`` is none.

    Raises :class:`~shadowai.tenant.TenantError` with what is wrong and what to do; the error never repeats the key.
    """
    keys, written = list(_KEY.finditer(pem)), _CERTIFICATE.findall(pem)
    if len(keys) != 1:
        raise _refused(
            f"the PEM holds {'no' if not keys else 'more than one'} private key", "one PEM with one private key"
        )
    if not written:
        raise _refused(
            "the PEM holds a private key and no certificate", "append the certificate that was uploaded to it"
        )
    key = _load(keys[0].group(), password)
    own = [one for one in written if _certificate(one).public_key() == key.public_key()]
    if not own:
        raise _refused(
            "the private key is not that of the certificate", "put the key beside the certificate made from it"
        )
    _check_time(_certificate(own[0]), now)
    others = [one for one in written if one not in own]
    found = {"private_key": keys[0].group(), "public_certificate": "\n".join([own[0], *others])}
    return found | ({"passphrase": password} if password else {})


def _load(pem: str, password: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    encrypted = "ENCRYPTED" in pem
    if encrypted and not password:
        raise _refused("the private key has a password", "set certificate_password")
    if password and not encrypted:
        raise _refused(
            "the private key has no password, and certificate_password is set", "leave certificate_password out"
        )
    try:
        key = load_pem_private_key(pem.encode(), password.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        wrong = "its password is another, or it is damaged" if encrypted else "it is damaged, or of no known kind"
        raise _refused(f"the private key cannot be read: {wrong}", MAKE) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _refused("the private key is not RSA, and Microsoft takes no other (no EC, no Ed25519)", MAKE)
    if key.key_size < SMALLEST:
        raise _refused(f"the private key has {key.key_size} bits, and needs {SMALLEST}", MAKE)
    return key


def _certificate(pem: str) -> Any:
    from cryptography.x509 import load_pem_x509_certificate

    try:
        return load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise _refused("a certificate in the PEM cannot be read: it is damaged", "copy it again") from None


def _check_time(certificate: Any, now: int) -> None:
    today = datetime.fromtimestamp(now / 1_000_000, tz=UTC)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if ends <= today:
        raise _refused(f"the certificate has ended on {ends:%Y-%m-%d}", MAKE)
    if begins > today:
        detail = f"the certificate begins on {begins:%Y-%m-%d %H:%M} UTC, and here it is {today:%Y-%m-%d %H:%M}"
        raise TenantError(Trouble.CLOCK, detail, remedy="set the clock of this machine, or wait until then")


def _refused(detail: str, remedy: str) -> TenantError:
    return TenantError(Trouble.CREDENTIALS, f"certificate: {detail}", remedy=remedy)
