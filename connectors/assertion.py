"""Signed assertions: what a private key says to get a token (RFC 7519; RFC 7523, section 2.2; RFC 7515, section 3)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from shadowai.tenant import TenantError, Trouble

SMALLEST = 2048
"""Bits of an RSA key: RFC 7518, section 3.3, allows no smaller one."""


def signed(key: str, claims: Mapping[str, object], *, key_id: str = "") -> str:
    """A JWT with these claims, signed by a private key in PEM: RS256 for RSA, ES256 for the curve P-256.

    Raises :class:`~shadowai.tenant.TenantError` for what is no such key; the error never repeats it.
    """
    private = _load(key)
    name, sign = _algorithm(private)
    header = {"alg": name, "typ": "JWT"} | ({"kid": key_id} if key_id else {})
    body = ".".join(_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    return f"{body}.{_encoded(sign(body.encode()))}"


def _load(key: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        pass
    raise _refused("the private key cannot be read") from None


def _algorithm(private: Any) -> tuple[str, Any]:
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    if isinstance(private, rsa.RSAPrivateKey) and private.key_size >= SMALLEST:
        return "RS256", lambda data: private.sign(data, padding.PKCS1v15(), SHA256())
    if isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP256R1):

        def sign(data: bytes) -> bytes:
            """The two numbers of the signature, 32 bytes each (RFC 7518, section 3.4)."""
            numbers = decode_dss_signature(private.sign(data, ec.ECDSA(SHA256())))
            return b"".join(number.to_bytes(32, "big") for number in numbers)

        return "ES256", sign
    raise _refused("the private key is neither RSA of 2048 bits or more nor on the curve P-256")


def _refused(detail: str) -> TenantError:
    return TenantError(Trouble.CREDENTIALS, detail, remedy="a private key in PEM, without a password")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
