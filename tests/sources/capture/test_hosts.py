"""Names from the wire become hosts, or harmless text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai import normalize
from shadowai.catalog import Catalog
from shadowai.names import Found, Names
from shadowai.sightings import is_ai
from shadowai.sources.capture import hosts


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(Catalog.load())


@pytest.mark.parametrize("raw", [b"chatgpt.com", b"ChatGPT.com", b"CHATGPT.COM."])
def test_spellings_of_a_host(raw: bytes) -> None:
    assert hosts.text(raw) == hosts.dns_name(raw) == "chatgpt.com"


def test_only_authorities_and_server_names_have_ports_and_stars() -> None:
    assert hosts.text(b"chatgpt.com:8443") == hosts.text(b"*.chatgpt.com") == "chatgpt.com"
    assert hosts.dns_name(b"chatgpt.com:8443") == "chatgpt.com\\0588443"
    assert hosts.dns_name(b"*.chatgpt.com") == "\\042.chatgpt.com"
    assert hosts.text(b"[2001:db8::1]:443") == hosts.text(b"[2001:DB8:0::1]") == "2001:db8::1"
    assert hosts.text(b"") is hosts.text(b":443") is hosts.dns_name(b"") is None


@pytest.mark.parametrize("port", [b"", b"0443", b"0000000080"])
def test_a_port_may_be_empty_or_have_zeros_in_front(port: bytes) -> None:
    """RFC 3986, section 3.2.3: ``port = *DIGIT``."""
    assert hosts.text(b"chatgpt.com:" + port) == "chatgpt.com"
    assert hosts.text(b"[2001:db8::1]:" + port) == "2001:db8::1"
    shown = ":443" if port == b"0443" else ""
    assert hosts.url(b"chatgpt.com:" + port, b"/x", "chatgpt.com") == f"http://chatgpt.com{shown}/x"


@pytest.mark.parametrize(
    "raw", [b"chatgpt.com:0", b"chatgpt.com:00000", b"chatgpt.com:65536", b"chatgpt.com::", b"2001:db8::x:"]
)
def test_what_is_no_port_makes_no_host(raw: bytes) -> None:
    assert "\\058" in (hosts.text(raw) or "")


def test_addresses_are_told_from_names() -> None:
    assert hosts.is_address("198.51.100.9") and hosts.is_address("2001:db8::9")
    assert not hosts.is_address("chatgpt.com") and not hosts.is_address("a1") and not hosts.is_address(None)


@pytest.mark.parametrize(
    "raw",
    [
        b"evil@chatgpt.com",
        b"http://chatgpt.com",
        b"chatgpt.com\0.example",
        b"chatgpt.com..",
        b".chatgpt.com",
        b"chatgpt.com/",
        b"chatgpt.com#x",
        b"x?chatgpt.com",
        b'"chatgpt.com"',
        b" chatgpt.com",
        b"chatgpt.com\t",
        b"(7)chatgpt(3)com(0)",
        b"chatgpt.com:99999",
        b"chatgpt.com:443:443",
        b"[chatgpt.com]",
        b"\xff.chatgpt.com",
        b"\xe2\x80\xae.chatgpt.com",
        "\uff43hatgpt.com".encode(),
        "chat\u00adgpt.com".encode(),
        "chatgpt\u3002com".encode(),
        b"chatgpt\\046com",
        b"chatgpt.com" + b"." * 300,
    ],
)
def test_what_is_no_host_matches_nothing(names: Names, raw: bytes) -> None:
    for shown in (hosts.text(raw), hosts.dns_name(raw)):
        assert shown is not None and shown.isascii() and shown.isprintable()
        assert not isinstance(names.decide(shown), Found)


@given(st.binary(max_size=40) | st.binary(max_size=6).map(lambda junk: b"chatgpt.com" + junk))
def test_a_name_is_a_host_as_it_stands_or_none_at_all(raw: bytes) -> None:
    shown = hosts.dns_name(raw)
    if shown is None:
        assert raw == b""
    elif normalize.host(shown) is not None and raw.isascii() and not raw.startswith(b"["):
        assert shown == normalize.host(shown) == raw.decode().lower().removesuffix(".") or normalize.address(shown)
    assert shown is None or (shown.isascii() and shown.isprintable())


def test_international_names_are_the_same_in_both_spellings() -> None:
    assert (
        hosts.dns_name("bücher.example".encode()) == hosts.dns_name(b"xn--bcher-kva.example") == "xn--bcher-kva.example"
    )


def test_an_address_without_its_brackets() -> None:
    assert (
        hosts.text(b"2001:DB8::5")
        == hosts.text(b"[2001:db8::5]")
        == hosts.text(b"[2001:db8:0::5]:443")
        == "2001:db8::5"
    )
    for raw in (b"2001:db8::5::", b"a:b:c", b"1.2.3.4:5:6", b"\xff::1"):
        found = hosts.text(raw)
        assert found is not None and "\\" in found
    assert "\\" in (hosts.dns_name(b"2001:db8::5") or "")


def test_addresses() -> None:
    assert hosts.address(bytes([192, 0, 2, 1])) == "192.0.2.1"
    assert hosts.address(bytes(10) + b"\xff\xff" + bytes([192, 0, 2, 1])) == "192.0.2.1"
    assert hosts.address(bytes.fromhex("20010db8000000000000000000000001")) == "2001:db8::1"
    assert hosts.address(bytes.fromhex("0064ff9b") + bytes(8) + bytes([203, 0, 113, 9])) == "203.0.113.9"
    assert hosts.address(bytes.fromhex("0064ff9b0001") + bytes(6) + bytes([203, 0, 113, 9])) == "64:ff9b:1::cb00:7109"


def test_urls_have_the_port_and_no_control_characters() -> None:
    assert hosts.url(b"x.example:80", b"/a b\r\n\xff", "x.example") == "http://x.example/a b%0D%0A%FF"
    assert hosts.url(b"x.example:08080", b"/", "x.example") == "http://x.example:8080/"
    assert hosts.url(None, b"/", "2001:db8::1") == "http://[2001:db8::1]/"
    assert len(hosts.url(None, b"/" + b"a" * 9999, "x.example")) < 600


@pytest.mark.parametrize(
    ("names", "owner"),
    [
        ([b"chatgpt.com", b"*.chatgpt.com"], "chatgpt.com"),
        ([b"www.chatgpt.com", b"chatgpt.com"], "www.chatgpt.com"),
        ([b"*.chatgpt.com"], "chatgpt.com"),
        ([b"chatgpt.com", b"Example Inc."], "chatgpt.com"),
        ([b"chatgpt.com", b"evilchatgpt.com"], None),
        ([b"chatgpt.com", b"shop.example"], None),
        ([b"localhost"], None),
        ([b"J. Doe"], None),
        ([], None),
    ],
)
def test_a_certificate_names_one_owner_or_nobody(names: list[bytes], owner: str | None) -> None:
    assert hosts.one_owner(names) == owner


def test_lists_are_canonical() -> None:
    for name in hosts.ENCRYPTED_DNS | hosts.ECH_PUBLIC_NAMES:
        assert hosts.text(name.encode()) == name


def test_no_resolver_is_an_ai_service(names: Names) -> None:
    found = {name: names.decide(name) for name in hosts.ENCRYPTED_DNS}
    assert [name for name, one in found.items() if isinstance(one, Found) and is_ai(one.matches)] == []
