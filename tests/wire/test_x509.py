"""Names in certificates, compared with what a library reads of certificates made here."""

from __future__ import annotations

import datetime
from functools import cache

import pytest
from cryptography import x509 as library
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from shadowai.wire.x509 import names

DAY = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
ORGANISATION = library.NameAttribute(NameOID.ORGANIZATION_NAME, "Example")


@cache
def made(common: tuple[str, ...], alternatives: tuple[str, ...], kind: _ASN1Type = _ASN1Type.UTF8String) -> bytes:
    """A certificate signed by itself, as DER."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    subject = library.Name(
        [ORGANISATION, *(library.NameAttribute(NameOID.COMMON_NAME, name, _type=kind) for name in common)]
    )
    issuer = library.Name([library.NameAttribute(NameOID.COMMON_NAME, "issuer.example")])
    builder = library.CertificateBuilder(issuer, subject, key.public_key(), 7, DAY, DAY + datetime.timedelta(days=1))
    if common != ("bare.example",):
        builder = builder.add_extension(library.BasicConstraints(ca=False, path_length=None), critical=True)
    if alternatives:
        entries: list[library.GeneralName] = [library.RFC822Name("someone@example.com")]
        entries += [library.DNSName(name) for name in alternatives]
        builder = builder.add_extension(library.SubjectAlternativeName(entries), critical=len(common) == 0)
    return builder.sign(key, None).public_bytes(Encoding.DER)


MANY = tuple(f"host-{number}.example" for number in range(200))


@pytest.mark.parametrize(
    ("common", "alternatives"),
    [
        (("a.example",), ("a.example", "*.b.example")),
        (("a.example",), ()),
        ((), ("only.example",)),
        (("one.example", "two.example"), MANY),
        ((), ()),
    ],
)
def test_names_as_the_library_reads_them(common: tuple[str, ...], alternatives: tuple[str, ...]) -> None:
    der = made(common, alternatives)
    read = library.load_der_x509_certificate(der)
    expected = [attribute.value for attribute in read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if alternatives:
        entries = read.extensions.get_extension_for_class(library.SubjectAlternativeName).value
        expected = [*entries.get_values_for_type(library.DNSName), *expected]
    assert [name.decode() for name in names(der)] == list(dict.fromkeys(str(name) for name in expected))


@pytest.mark.parametrize("kind", [_ASN1Type.BMPString, _ASN1Type.UniversalString, _ASN1Type.PrintableString])
def test_kinds_of_strings(kind: _ASN1Type) -> None:
    assert names(made(("wide.example",), (), kind)) == (b"wide.example",)


def test_a_certificate_without_extensions() -> None:
    assert names(made(("bare.example",), ())) == (b"bare.example",)


def test_a_cut_at_every_byte_gives_no_names() -> None:
    der = made(("a.example",), ("b.example",))
    assert names(der) == (b"b.example", b"a.example")
    assert all(names(der[:end]) == () for end in range(len(der)))


@pytest.mark.parametrize(
    "der", [b"", b"\x30", b"\x30\x80\x00\x00", b"\x30\x00", b"\x30\x85\x01\x00\x00\x00\x00", b"\x31\x00"]
)
def test_no_certificate(der: bytes) -> None:
    assert names(der) == ()


@given(st.integers(0, 400), st.binary(min_size=1, max_size=6))
def test_changed_bytes(at: int, change: bytes) -> None:
    der = made(("a.example",), ("b.example",))
    found = names(der[:at] + change + der[at + len(change) :])
    assert all(found) and len(found) <= 4


@given(st.binary(max_size=200))
def test_arbitrary_bytes(data: bytes) -> None:
    assert len(names(data)) <= 100


def test_a_crowd_of_elements_is_bounded() -> None:
    assert names(b"\x30\x82\xff\xff" + b"\x05\x00" * 32767 + b"\x00") == ()


def test_other_extensions_with_names_in_them_name_nobody() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    subject = library.Name([library.NameAttribute(NameOID.COMMON_NAME, "server.example")])
    builder = library.CertificateBuilder(subject, subject, key.public_key(), 7, DAY, DAY + datetime.timedelta(days=1))
    other = library.IssuerAlternativeName([library.DNSName("chatgpt.com")])
    der = builder.add_extension(other, critical=False).sign(key, None).public_bytes(Encoding.DER)
    assert b"chatgpt.com" in der and names(der) == (b"server.example",)
