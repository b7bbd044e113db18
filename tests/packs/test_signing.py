"""Keys and signatures: RFC 8032's own, rotation, and everything that does not fit."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from shadowai.errors import SignatureError, UsageError
from shadowai.packs import signing
from tests.packs.making import KEY, ORIGIN, OTHER_KEY, OTHER_PUBLIC, PUBLIC

DATA = b"an archive"
KEYS = signing.trusted([PUBLIC])


def test_signed_and_verified() -> None:
    assert signing.verify(DATA, signing.sign(DATA, [KEY]), KEYS, ORIGIN) == signing.key_id(KEYS[0])


def test_the_public_half_is_that_of_the_standard() -> None:
    """RFC 8032, section 7.1, test 1."""
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    found = ed25519.Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    assert signing.public_key(signing.written(found)) == public


def test_one_key_follows_another() -> None:
    both = signing.sign(DATA, [KEY, OTHER_KEY])
    for trusted in ([PUBLIC], [OTHER_PUBLIC], [PUBLIC, OTHER_PUBLIC]):
        signing.verify(DATA, both, signing.trusted(trusted), ORIGIN)
    signing.verify(DATA, signing.sign(DATA, [OTHER_KEY]), signing.trusted([PUBLIC, OTHER_PUBLIC]), ORIGIN)


def test_a_key_that_is_not_trusted() -> None:
    with pytest.raises(SignatureError, match=r"it is signed by .* and trusted are"):
        signing.verify(DATA, signing.sign(DATA, [OTHER_KEY]), KEYS, ORIGIN)


def test_a_signature_under_somebody_else_s_name() -> None:
    forged = signing.sign(DATA, [OTHER_KEY]).split()
    forged[1] = signing.key_id(KEYS[0]).encode()
    with pytest.raises(SignatureError, match="does not fit"):
        signing.verify(DATA, b" ".join(forged) + b"\n", KEYS, ORIGIN)


def test_changed_bytes_do_not_fit() -> None:
    signature = signing.sign(DATA, [KEY])
    for data in (b"", DATA[:-1], DATA + b"\0", b"An archive"):
        with pytest.raises(SignatureError, match="does not fit"):
            signing.verify(data, signature, KEYS, ORIGIN)


def test_a_signature_of_something_else_never_fits_a_pack() -> None:
    made = base64.b64encode(KEY.sign(DATA)).decode()
    with pytest.raises(SignatureError, match="does not fit"):
        signing.verify(DATA, f"ed25519 {signing.key_id(KEYS[0])} {made}\n".encode(), KEYS, ORIGIN)


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        b"\xff\xfe",
        b"ed25519",
        b"ed25519 aaaaaaaaaaaaaaaa AAAA\n",
        b"ed25519 aaaaaaaaaaaaaaaa not/base64!\n",
        b"rsa " + signing.sign(DATA, [KEY])[8:],
        signing.sign(DATA, [KEY]) + b"and more\n",
        signing.sign(DATA, [KEY]) * 100,
        signing.sign(DATA, [KEY])[:-4],
    ],
)
def test_a_malformed_signature_file(signature: bytes) -> None:
    with pytest.raises(SignatureError, match="signature file is malformed"):
        signing.verify(DATA, signature, KEYS, ORIGIN)


def test_a_key_that_is_no_point_is_no_crash() -> None:
    odd = b"\xff" * 32
    line = f"ed25519 {signing.key_id(odd)} {base64.b64encode(bytes(64)).decode()}\n"
    with pytest.raises(SignatureError, match="does not fit"):
        signing.verify(DATA, line.encode(), [odd], ORIGIN)


def test_no_key_at_all() -> None:
    assert signing.RELEASE_KEYS == ()
    with pytest.raises(UsageError, match="no key is trusted"):
        signing.trusted(())


def test_configured_keys_take_the_place_of_the_project_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "RELEASE_KEYS", (OTHER_PUBLIC,))
    assert signing.trusted([PUBLIC]) == KEYS
    assert signing.trusted([]) == (signing.public_key(OTHER_PUBLIC),)


@pytest.mark.parametrize(
    "text", ["", "ed25519:", "ed25519:AAAA", PUBLIC[8:], f"rsa{PUBLIC[7:]}", "ed25519:\udcff", f"{PUBLIC} "]
)
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(UsageError, match="is no public key"):
        signing.public_key(text)


def test_a_made_key_is_the_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    public = signing.make(path)
    assert path.stat().st_mode & 0o777 == 0o600
    signature = signing.sign(DATA, [signing.private_key(path)])
    signing.verify(DATA, signature, signing.trusted([public]), ORIGIN)
    with pytest.raises(UsageError, match="no key was made"):
        signing.make(path)
    assert signing.sign(DATA, [signing.private_key(path)]) == signature


def _pem(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey, password: bytes = b"") -> bytes:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no private key in PEM"),
        (b"\xff" * 100, "no private key in PEM"),
        (_pem(KEY, b"secret"), "no private key in PEM"),
        (_pem(ec.generate_private_key(ec.SECP256R1())), "no Ed25519 key"),
    ],
)
def test_what_is_no_private_key(tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "key.pem").write_bytes(data)
    with pytest.raises(UsageError, match=says):
        signing.private_key(tmp_path / "key.pem")


def test_a_private_key_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        signing.private_key(tmp_path / "key.pem")
