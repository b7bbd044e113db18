"""Signed assertions are those of the RFCs, and never tell the key."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shadowai.tenant import TenantError, Trouble
from shadowai_connectors.assertion import signed
from tests.connectors.saas_server import private_key


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


def test_rsa_is_verified_by_the_public_key() -> None:
    header, claims, signature = signed(private_key(), {"iss": "0oa1", "exp": 5}, key_id="k1").split(".")
    assert json.loads(decoded(header)) == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    assert json.loads(decoded(claims)) == {"iss": "0oa1", "exp": 5}
    public = load_pem_private_key(private_key().encode(), None).public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(decoded(signature), f"{header}.{claims}".encode(), padding.PKCS1v15(), SHA256())


def test_elliptic_signatures_are_two_numbers_of_32_bytes() -> None:
    for _ in range(20):  # short numbers are padded: one in 128 signatures has one
        header, claims, signature = signed(private_key("ec"), {"iss": "a"}).split(".")
        raw = decoded(signature)
        assert json.loads(decoded(header)) == {"alg": "ES256", "typ": "JWT"} and len(raw) == 64
        public = load_pem_private_key(private_key("ec").encode(), None).public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        public.verify(der, f"{header}.{claims}".encode(), ec.ECDSA(SHA256()))


@pytest.mark.parametrize(
    "key",
    [
        "correct-horse-battery-staple",
        "",
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0LXNlY3JldC1zZWNyZXQ=\n-----END PRIVATE KEY-----",
        pem(rsa.generate_private_key(65537, 1024)),
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(ec.generate_private_key(ec.SECP256R1()), b"password"),
        private_key().partition("-----END")[0],
    ],
    ids=["words", "nothing", "broken", "short", "curve", "locked", "cut"],
)
def test_what_is_no_such_key_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(TenantError) as raised:
        signed(key, {"iss": "a"})
    assert raised.value.trouble is Trouble.CREDENTIALS and "PEM" in raised.value.remedy
    told = f"{raised.value} {raised.value.remedy} {raised.value.__cause__}"
    assert not any(line and line in told for line in key.splitlines()[:2])
