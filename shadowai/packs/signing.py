"""Detached Ed25519 signatures (RFC 8032) of packs: the builder is verified before the archive is opened.

A public key is written ``ed25519:`` and the base64 of its 32 bytes. A signature file has a line for each key that signed:
``ed25519``, the key's id, the base64 of the 64 bytes. Two keys may be trusted at once, so that one can follow another: packs are
signed with both until everybody trusts the new one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shadowai.errors import SignatureError, UsageError
from shadowai.model import Origin

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

RELEASE_KEYS: tuple[str, ...] = ()
"""The project's own keys, at most two. There are none as yet, because the project publishes no packs: until it does, only keys that
the configuration names are trusted."""

MOST_KEYS: Final = 2
MAX_SIGNATURE: Final = 4096
"""The largest signature file, in bytes."""
_SCHEME = "ed25519"
_CONTEXT = b"shadowai signature pack 1\n"
"""Stands before what is signed, so that a signature of something else never fits a pack."""


def trusted(configured: Sequence[str]) -> tuple[bytes, ...]:
    """The public keys to go by, 32 bytes each: those configured, or else the project's own.

    Raises :class:`UsageError` where there is none, or one is malformed.
    """
    keys = tuple(public_key(text) for text in configured or RELEASE_KEYS)
    if not keys:
        remedy = 'name the builder\'s public key in the configuration: [signatures] keys = ["ed25519:…"]'
        raise UsageError("no key is trusted, so that no pack can be verified", remedy=remedy)
    return keys


def public_key(text: str) -> bytes:
    """The 32 bytes of a public key as it is written; raises :class:`UsageError` where it is none."""
    scheme, _, rest = text.partition(":")
    found = _decode(rest)
    if scheme != _SCHEME or len(found) != 32:
        raise UsageError(f"{text!r:.80} is no public key", remedy=f"write {_SCHEME}: and the base64 of 32 bytes")
    return found


def key_id(key: bytes) -> str:
    """A short name for a public key: 16 hex digits of its SHA-256."""
    return hashlib.sha256(key).hexdigest()[:16]


def verify(archive: bytes, signature: bytes, keys: Sequence[bytes], origin: Origin) -> str:
    """The id of the trusted key that signed ``archive``; raises :class:`SignatureError` where none did, with the reason."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    by_id = {key_id(key): key for key in keys}
    signers = _signers(signature, origin)
    known = [(name, made) for name, made in signers if name in by_id]
    if not known:
        who = ", ".join(name for name, _ in signers)
        reason = f"it is signed by {who}, and trusted are {', '.join(by_id)}"
        raise _refused(reason, origin, "name the key in the configuration only if you know whose it is")
    for name, made in known:
        try:
            Ed25519PublicKey.from_public_bytes(by_id[name]).verify(made, _CONTEXT + archive)
        except (InvalidSignature, ValueError):  # ValueError: a key that is no point of the curve
            continue
        return name
    raise _refused("its signature does not fit: it was damaged, truncated or altered after it was signed", origin)


def sign(archive: bytes, keys: Sequence[Ed25519PrivateKey]) -> bytes:
    """The signature file of ``archive``."""
    lines = [f"{_SCHEME} {key_id(public)} {_encode(key.sign(_CONTEXT + archive))}\n" for key, public in _publics(keys)]
    return "".join(lines).encode("ascii")


def make(path: Path) -> str:
    """Make a key pair, write the private half to the new file ``path`` (PKCS #8 in PEM, not encrypted, for the owner alone) and give the
    public half as it is written. Raises :class:`UsageError` where there is a file already, or none can be made."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(key.private_bytes(*form))
    except OSError as error:
        message = f"no key was made: {error.strerror}"
        raise UsageError(message, origin=Origin(str(path)), remedy="name a new file in a folder of yours") from None
    return written(key.public_key().public_bytes_raw())


def written(key: bytes) -> str:
    """A public key as it is written."""
    return f"{_SCHEME}:{_encode(key)}"


def private_key(path: Path) -> Ed25519PrivateKey:
    """The private key in a PEM file; raises :class:`UsageError` where there is none."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    origin, remedy = Origin(str(path)), "make one with `shadowai signatures keygen`"
    try:
        with path.open("rb") as stream:
            found = load_pem_private_key(stream.read(MAX_SIGNATURE), None)
    except OSError as error:
        raise UsageError(f"the key cannot be read: {error.strerror}", origin=origin, remedy=remedy) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError("is no private key in PEM, or an encrypted one", origin=origin, remedy=remedy) from None
    if not isinstance(found, Ed25519PrivateKey):
        raise UsageError("is no Ed25519 key", origin=origin, remedy=remedy)
    return found


def _publics(keys: Sequence[Ed25519PrivateKey]) -> list[tuple[Ed25519PrivateKey, bytes]]:
    return [(key, key.public_key().public_bytes_raw()) for key in keys]


def _signers(signature: bytes, origin: Origin) -> list[tuple[str, bytes]]:
    """The key ids and signatures in a signature file."""
    rows = [line.split(" ") for line in signature[: MAX_SIGNATURE + 1].decode("ascii", "replace").splitlines()]
    found = [(row[1], _decode(row[2])) for row in rows if len(row) == 3 and row[0] == _SCHEME]
    sound = [pair for pair in found if len(pair[0]) == 16 and pair[0].isalnum() and len(pair[1]) == 64]
    if not sound or len(sound) != len(rows) or len(signature) > MAX_SIGNATURE:
        raise _refused("its signature file is malformed", origin)
    return sound


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decode(text: str) -> bytes:
    """The bytes of base64 text, none where it is something else."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _refused(reason: str, origin: Origin, remedy: str = "get it again from who built it") -> SignatureError:
    return SignatureError(f"the pack is refused: {reason}", origin=origin, remedy=remedy)
