"""JA4 against the examples of its own specification, and against its rules one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.wire.ja4 import ja4
from shadowai.wire.tls import ClientHello


def codes(text: str) -> tuple[int, ...]:
    return tuple(int(code, 16) for code in text.split(","))


CIPHERS = codes("1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035")
EXTENSIONS = codes("001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015")
ALGORITHMS = codes("0403,0804,0401,0503,0805,0501,0806,0601")
EXAMPLE = ClientHello(
    0x0303,
    versions=(0x0304, 0x0303),
    alpn=(b"h2", b"http/1.1"),
    ciphers=(0x2A2A, *CIPHERS),
    extensions=(0x0A0A, *EXTENSIONS, 0xFAFA),
    signature_algorithms=ALGORITHMS,
)
NOTHING = "000000000000"


def test_the_example_of_the_specification() -> None:
    assert ja4(EXAMPLE, "t") == "t13d1516h2_8daaf6152771_e5627efa2ab1"


def test_the_order_of_ciphers_and_extensions_does_not_matter() -> None:
    turned = EXAMPLE._replace(ciphers=CIPHERS[::-1], extensions=EXTENSIONS[::-1])
    assert ja4(turned, "t") == ja4(EXAMPLE, "t")
    assert ja4(EXAMPLE._replace(signature_algorithms=ALGORITHMS[::-1]), "t") != ja4(EXAMPLE, "t")


def test_without_signature_algorithms_there_is_no_underscore() -> None:
    assert ja4(EXAMPLE._replace(signature_algorithms=()), "q") == "q13d1516h2_8daaf6152771_6d807ffa2a79"


def test_nothing_at_all() -> None:
    assert ja4(ClientHello(0x0301), "t") == f"t10i000000_{NOTHING}_{NOTHING}"
    assert ja4(ClientHello(0x0301, extensions=(0, 16), signature_algorithms=ALGORITHMS), "t").endswith(
        f"0200_{NOTHING}_{NOTHING}"
    )


def test_counts_end_at_99() -> None:
    many = tuple(range(300))
    assert ja4(ClientHello(0x0303, ciphers=many, extensions=many), "t").startswith("t12d999900_")


@pytest.mark.parametrize(
    ("version", "versions", "shown"),
    [
        (0x0300, (), "s3"),
        (0x0302, (), "11"),
        (0x0303, (0x0302, 0x0304), "13"),
        (0xFEFF, (), "d1"),
        (0xFEFD, (0xFEFD, 0xFEFC), "d3"),
        (0x7F12, (), "00"),
    ],
)
def test_versions(version: int, versions: tuple[int, ...], shown: str) -> None:
    assert ja4(ClientHello(version, versions), "d")[:3] == f"d{shown}"


@pytest.mark.parametrize(
    ("protocol", "shown"),
    [
        (b"http/1.1", "h1"),
        (b"x", "xx"),
        (b"", "00"),
        (b"\xab", "ab"),
        (b"\xab\xcd", "ad"),
        (b"\x30\xab", "3b"),
        (b"\x30\x31\xab\xcd", "3d"),
        (b"\x30\xab\xcd\x31", "01"),
    ],
)
def test_protocols(protocol: bytes, shown: str) -> None:
    assert ja4(ClientHello(0x0303, alpn=(protocol,)), "t")[8:10] == shown


CODES = st.lists(st.integers(0, 0xFFFF), max_size=120).map(tuple)


@given(st.integers(0, 0xFFFF), CODES, CODES, CODES, CODES, st.binary(max_size=5))
def test_any_hello_gives_36_characters(
    version: int,
    versions: tuple[int, ...],
    ciphers: tuple[int, ...],
    extensions: tuple[int, ...],
    algorithms: tuple[int, ...],
    protocol: bytes,
) -> None:
    found = ja4(ClientHello(version, versions, None, (protocol,), ciphers, extensions, algorithms), "q")
    assert len(found) == 36 and found.isascii() and found.count("_") == 2


def test_what_is_only_greased_in_has_no_part_in_it() -> None:
    assert ja4(EXAMPLE._replace(signature_algorithms=(0x8A8A, *ALGORITHMS)), "t") == ja4(EXAMPLE, "t")
