"""Whom TLS trusts. It always verifies; a corporate authority is added by setting or by the usual variables."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from pathlib import Path

from shadowai.errors import UsageError

VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Each names a bundle that is trusted instead of the system's, as OpenSSL, requests and curl take it; the first one set is used."""


def context(ca_file: str = "", environ: Mapping[str, str] | None = None) -> ssl.SSLContext:
    """The TLS context of every connection.

    It trusts what the first set of :data:`VARIABLES` names, else the system's store (through truststore, so that what Windows, macOS
    and mobile device management trust counts), and besides it ``ca_file``: a PEM file with the authorities of a company that
    inspects its TLS. Raises :class:`~shadowai.errors.UsageError` for a bundle that cannot be read.
    """
    surroundings = os.environ if environ is None else environ
    named = next(((name, surroundings[name]) for name in VARIABLES if surroundings.get(name)), None)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if named else _system()
    if named:
        _trust(made, Path(named[1]), f"${named[0]}")
    if ca_file:
        _trust(made, Path(ca_file).expanduser(), "ca_file")
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def _system() -> ssl.SSLContext:
    """The system's store; both kinds of context verify the chain and the host name unless told otherwise."""
    try:
        import truststore
    except ImportError:
        return ssl.create_default_context()
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _trust(made: ssl.SSLContext, path: Path, who: str) -> None:
    try:
        folder = path.is_dir()
        made.load_verify_locations(cafile=None if folder else str(path), capath=str(path) if folder else None)
    except OSError as error:  # ssl.SSLError is one: the file holds no certificate
        problem = "holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else error.strerror
        raise UsageError(
            f"{who}: {path}: {problem}", remedy="name a PEM file with the authority's certificate"
        ) from None
