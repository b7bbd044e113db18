"""Hosts, URLs, users and addresses: one form for one thing, nothing guessed, nothing hostile left in it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shadowai import normalize

HOSTILE = (
    st.text()
    | st.text(alphabet="\\/\"'@$:.,=%[]()*-cnCNouLDAPldapxi0123456789 \t\n\r\0\x1b\x85\xa0\u2028\u202e。ß", max_size=40)
    | st.from_regex(
        r"(?:ldap://|cn=|https?://|\(\d\)|\[|\*\.){0,4}[\w.@\\$:%-]{0,20}(?:\$|\$@X|:\d+|\]|\\2C)?", fullmatch=True
    )
)
CONTROLS = frozenset(chr(code) for code in (*range(32), *range(0x7F, 0xA0)))


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("chatgpt.com", "chatgpt.com"),
        ("ChatGPT.COM", "chatgpt.com"),
        ("chatgpt.com.", "chatgpt.com"),
        ("chatgpt.com:443", "chatgpt.com"),
        ("chatgpt.com:", "chatgpt.com"),
        (' "chatgpt.com" ', "chatgpt.com"),
        ("'chatgpt.com'", "chatgpt.com"),
        ("*.openai.com", "openai.com"),
        ("https://chatgpt.com/c/1?q=2", "chatgpt.com"),
        ("https://jdoe:secret@chatgpt.com:8443/c", "chatgpt.com"),
        ("https://example.com@chatgpt.com/", "chatgpt.com"),
        ("chatgpt.com/c/1@example.com", "chatgpt.com"),
        ("chatgpt.com?x=@example.com", "chatgpt.com"),
        ("tunnel://chatgpt.com:443/", "chatgpt.com"),
        ("_ldap._tcp.example.com", "_ldap._tcp.example.com"),
        ("(7)chatgpt(3)com(0)", "chatgpt.com"),
        ("(7)ChatGPT(3)com(0)", "chatgpt.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example.", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("chatgpt。com", "chatgpt.com"),
        ("chatgpt.com。", "chatgpt.com"),
        ("\uff43\uff48\uff41\uff54\uff47\uff50\uff54.com", "chatgpt.com"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:8080", "192.0.2.7"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("fe80::1%\x1b[31m", "fe80::1"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
        ("gpu3", "gpu3"),
        ("llm.lab1", "llm.lab1"),
        ("GPU3:8080", "gpu3"),
    ],
)
def test_a_host_has_one_form(text: str, host: str) -> None:
    assert normalize.host(text) == host


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "--",
        '"-"',
        "N/A",
        "unknown",
        "(null)",
        "(empty)",
        "none",
        ".",
        "..",
        "*",
        "*.",
        "()",
        "(0)",
        "[]",
        "/index.html",
        "?@chatgpt.com",
        "#chatgpt.com",
        "/@chatgpt.com",
        "https://?@chatgpt.com",
        "a..b",
        "-a.example",
        "a-.example",
        "a b.example",
        "chat\x00gpt.com",
        "chatgpt\n.com",
        "chatgpt.com\x1b[2J.example",
        "<script>",
        "a,b",
        "256.1.1.1",
        "1.2.3",
        "1.2.3.4.5",
        "a" * 64 + ".example",
        ("a" * 60 + ".") * 5 + "example",
        "ü" * 300,
        "\ud800.example",
        "::g",
        "1:2:3",
        "chatgpt.com:443:443",
        "=cmd|' /C calc'!A0",
        "\u202emoc.tpgtahc",
    ],
)
def test_what_is_no_host_is_none(text: str) -> None:
    assert normalize.host(text) is None


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://chatgpt.com/c/1?q=secret#frag", ("https://chatgpt.com/c/1", "chatgpt.com", None, "/c/1")),
        ("HTTPS://ChatGPT.com:8443", ("https://ChatGPT.com:8443", "chatgpt.com", 8443, "")),
        ("https://jdoe:pw@chatgpt.com/", ("https://chatgpt.com/", "chatgpt.com", None, "/")),
        ("chatgpt.com:443", ("chatgpt.com:443", "chatgpt.com", 443, "")),
        ("chatgpt.com/c/a@b", ("chatgpt.com/c/a@b", "chatgpt.com", None, "/c/a@b")),
        ("chatgpt.com?token=secret", ("chatgpt.com", "chatgpt.com", None, "")),
        ("https://[2001:db8::1]:443/x", ("https://[2001:db8::1]:443/x", "2001:db8::1", 443, "/x")),
        ("tunnel://chatgpt.com:443/", ("tunnel://chatgpt.com:443/", "chatgpt.com", 443, "/")),
        ("http://chatgpt.com/\x1b[31m", ("http://chatgpt.com/%1B[31m", "chatgpt.com", None, "/%1B[31m")),
        ('"https://chatgpt.com/"', ("https://chatgpt.com/", "chatgpt.com", None, "/")),
    ],
)
def test_a_url_is_taken_apart(text: str, url: tuple[str, str, int | None, str]) -> None:
    assert normalize.url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "/index.html",
        "?q=1",
        "#x",
        "https://",
        "https:///",
        "http://-/",
        "http://a b/",
        "NULL",
        "N/A",
        "?@chatgpt.com/",
        "#@chatgpt.com",
        "/@chatgpt.com",
    ],
)
def test_what_has_no_host_is_no_url(text: str) -> None:
    assert normalize.url(text) is None


@pytest.mark.parametrize("blank", ["\x1c", "\x0b", " ", "\x85", "\u2028"])
def test_a_blank_behind_the_host_of_a_url_is_none_of_it(blank: str) -> None:
    text = f"https://gemini.google.com{blank}/app"
    found = normalize.url(text)
    assert found is not None and normalize.host(text) == found.host == "gemini.google.com"


def test_a_query_can_never_be_the_host_and_never_leaks() -> None:
    found = normalize.url("https://example.com?next=https://chatgpt.com/&token=s3cret")
    assert found == ("https://example.com", "example.com", None, "")


@pytest.mark.parametrize(
    ("authority", "port"),
    [
        ("a.example:443", 443),
        ("[::1]:53", 53),
        ("[::1]", None),
        ("a.example", None),
        ("::1", None),
        ("a:0", None),
        ("a:65535", 65535),
        ("a:65536", None),
        ("a:", None),
        ("a:x", None),
        ("a:٣", None),
        ("a:" + "9" * 5000, None),
    ],
)
def test_a_port_is_a_port(authority: str, port: int | None) -> None:
    assert normalize.port(authority) == port


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" '192.0.2.1' ", "192.0.2.1"),
        ("192.0.2.1:4522", "192.0.2.1"),
        ("192.0.2.1:4522:X0", "192.0.2.1"),
        ("192.0.2.1#53", "192.0.2.1"),
        ("192.0.2.1/443", "192.0.2.1"),
        ("::FFFF:192.0.2.1", "192.0.2.1"),
        ("[2001:0db8::0001]:443", "2001:db8::1"),
        ("fe80::1%12", "fe80::1"),
        ("10.1.2.x", "10.1.2.x"),
        ("10.1.2.X", "10.1.2.x"),
        ("172.888.1.2", "172.888.1.2"),
        ("192.0.2.256", "192.0.2.256"),
        ("", None),
        ("-", None),
        ("example.com", None),
        ("192.0.2", None),
        ("1", None),
        ("0x7f000001", None),
        ("192.0.2.1 x", None),
        ("١٩٢.0.2.1", None),
        ("10.1.2.٣", None),
        ("192.0.2.1\x1b", None),
        ("010.1.1.1.1", None),
    ],
)
def test_an_address_has_one_form(text: str, address: str | None) -> None:
    assert normalize.address(text) == address


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("jdoe", "jdoe"),
        ("JDoe@Example.COM", "jdoe@example.com"),
        ("CORP\\JDoe", "corp\\jdoe"),
        ("CORP\\\\JDoe", "corp\\jdoe"),
        ("CORP\\\\\\\\JDoe", "corp\\jdoe"),
        ("CORP\\jdoe@AD_Realm", "corp\\jdoe"),
        ('"jdoe"', "jdoe"),
        ("CN=Jane Doe,OU=Staff,DC=example,DC=com", "jane doe"),
        ("cn=Doe\\, Jane,ou=Staff", "doe, jane"),
        ("cn=Doe\\2C Jane,ou=Staff", "doe, jane"),
        ("cn=M\\C3\\BCller,ou=Staff", "müller"),
        ("uid=jdoe,ou=people,dc=example,dc=org", "jdoe"),
        ("ou=Staff,cn=Jane Doe,dc=example", "jane doe"),
        ("LDAP://192.0.2.1 OU=Users,DC=example,DC=com/Jane Doe", "jane doe"),
        ("ldap://dc1.example.com/CN=Jane Doe,OU=Users", "jane doe"),
        ("WinNT://EXAMPLE/jdoe", "jdoe"),
        ("jdoe@", "jdoe"),
        ("\x00jd\x1boe\x1f", "jd%1boe"),
        ("x\tb", "x%09b"),
        ("CORP\\x\x85b", "corp\\x%85b"),
        ("cn=x\\09b,ou=Staff", "x%09b"),
        ("Jürgen Groß", "jürgen groß"),
        ("-", None),
        ("", None),
        ("unknown", None),
        ("(null)", None),
        ("Unmapped User", None),
        ("-\\-", None),
        ("EXAMPLE\\", None),
        ("EXAMPLE\\N/A", None),
        ("-@", None),
        ("\x00-", None),
        ("PC17$", None),
        ("CORP\\PC17$", None),
        ("PC17$@EXAMPLE.COM", None),
        ("CORP\\PC17$@EXAMPLE.COM", None),
        ("OU=Staff,DC=example", None),
        ('"Doe, Jane" <JDoe@example.com>', "jdoe@example.com"),
        ("Jane Doe <jdoe>", "jane doe <jdoe>"),
        ("i:0#.f|membership|JDoe@example.com", "jdoe@example.com"),
        ("i:0i.t|00000003-0000-0ff1-ce00-000000000000|app@sharepoint", "app@sharepoint"),
    ],
)
def test_a_user_has_one_form(text: str, user: str | None) -> None:
    assert normalize.user(text) == user


@pytest.mark.parametrize(
    "text",
    [
        "anonymous", "NT AUTHORITY\\ANONYMOUS LOGON", "<Unknown>", "(none)", "No_User", "No Authentication Required", "Guest", "guest-user",
        "nobody", "k.A.", "#N/A", "\\N", "?", "...", "- -", "Unbekannt", "inconnu", "anónimo", "não autenticado", "sconosciuto", "onbekend",
        "gość", "неизвестно", "bilinmiyor", "匿名", "未知用户", "訪客", "알 수 없음", "S-1-5-7", "00000000-0000-0000-0000-000000000000",
        "192.0.2.7", "CORP\\192.0.2.7", "192.0.2.7:4522", "10.1.2.x", "2001:db8::7", "fe80::1%12", "[2001:db8::7]:443",
        "02-00-00-00-00-01", "0200.0000.0001", "host/pc17.example.com",
    ],
)  # fmt: skip
def test_nobody_is_no_user(text: str) -> None:
    assert normalize.user(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "guest2", "corp\\guest", "guest@example.com", "anonymous1", "unknownsoldier", "nobody@example.com", "na.example", "gastmann", "0",
        "123", "dead:beef", "fe80", "*****", "xxxxx", "192.0.2", "s-1-5-21-1-2-3-1104", "host", "host/",
    ],
)  # fmt: skip
def test_somebody_stays_a_user(text: str) -> None:
    assert normalize.user(text) == text


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("PC17$", "pc17"),
        ("02-00-00-00-00-01", "02-00-00-00-00-01"),
        ("0200.0000.0001", "0200.0000.0001"),
        ("host/PC17.example.com", "pc17.example.com"),
        ("HOST/PC17@EXAMPLE.COM", "pc17"),
        ("192.0.2.7", None),
        ("host/", None),
        ("CORP\\PC17$", "pc17"),
        ("PC17$@EXAMPLE.COM", "pc17"),
        ('"CORP\\PC17$"', "pc17"),
        ("P\x1bC17$\x00", "p%1bc17"),
        ("jdoe", None),
        ("$", None),
        ("CORP\\$", None),
        ("", None),
        ("ca$h@example.com", None),
    ],
)
def test_a_machine_account_is_a_device(text: str, device: str | None) -> None:
    assert normalize.device_account(text) == device


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("Jose\u0301@example.com", "jos\u00e9@example.com"),
        ("CORP\\JOSE\u0301", "corp\\jos\u00e9"),
        ("CN=Jose\\CC\\81,OU=x", "jos\u00e9"),  # UTF-8 of a DN in hexadecimal (RFC 4514)
        ("\u1112\u1161\u11ab@example.com", "\ud55c@example.com"),
        ("Invite\u0301", None),  # a guest
        ("jose@example.com", "jose@example.com"),
    ],
)
def test_a_user_is_composed(text: str, user: str | None) -> None:
    """macOS writes accents apart (NFD); both are one person."""
    assert normalize.user(text) == user == normalize.user(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("text", ["-", "N/A", ' "-" ', "NULL", "Undefined", "(Empty)"])
def test_no_value_is_told(text: str) -> None:
    assert normalize.is_null(text)


@pytest.mark.parametrize("text", ["0", "nobody", "null.example", "n"])
def test_a_value_is_not_taken_for_none(text: str) -> None:
    assert not normalize.is_null(text)


@given(HOSTILE)
@example("((0)")
@example("[%]:1")
@example("*.*.example.com")
def test_host_is_idempotent_and_clean(text: str) -> None:
    found = normalize.host(text)
    if found is not None:
        assert normalize.host(found) == found
        assert found == found.lower() and found.isascii() and not CONTROLS & set(found)
        assert 0 < len(found) <= 253


@given(HOSTILE)
@example("a.example/\x1f?")
@example("a.example\x1f/")
@example("'\"a.example/\" ?'")
def test_url_is_idempotent_and_clean(text: str) -> None:
    found = normalize.url(text)
    if found is not None:
        assert normalize.url(found.text) == found
        assert not CONTROLS & set(found.text)
        assert found.host == normalize.host(found.host or "")
        assert "?" not in found.text and "#" not in found.text


@given(HOSTILE)
@example("cn=cn=cn=x")
@example("\x00'\"a'")
@example("a\\\\\\\\b")
@example("cn=\\22x\\22")
def test_user_is_idempotent_and_clean(text: str) -> None:
    found = normalize.user(text)
    if found is not None:
        assert normalize.user(found) == found
        assert found == found.strip() and not CONTROLS & set(found)
        assert not normalize.is_null(found)


ACCOUNTS = st.from_regex(r"(?:[A-Za-z0-9._-]{1,6}\\)?[A-Za-z0-9._$@ -]{1,20}", fullmatch=True)
WORDS = st.sampled_from(sorted(normalize._NOBODY | normalize.NULLS)) | st.sampled_from(
    ("00-1b-63-84-45-e6", "aabb.ccdd.eeff", "a-b-c-d", "00000000-0000-0000-0000-000000000000")
)


@given(
    ACCOUNTS | HOSTILE | WORDS | st.builds("{}{}{}".format, st.sampled_from(("", "corp\\", ".", "-")), WORDS, ACCOUNTS)
)
@example("Guest")
@example("corp\\guest")
@example("corp\\none")
@example("Not-Available")
@example("n.a.")
@example("na")
@example("de-ad-be-ef-00-01")
@example("dead.beef.0001")
@example("\u212aelvin")
@example("user\n")
def test_what_is_plain_at_first_sight_is_what_the_long_way_finds(text: str) -> None:
    assert normalize.user(text) == normalize._unwrapped(text)


@pytest.mark.parametrize("text", ["jdoe", "J.Doe", "corp\\jdoe", "jane.doe@example.com", "svc_backup-2"])
def test_most_names_are_plain_at_first_sight(text: str) -> None:
    assert normalize._is_plain(text.lower())


@given(HOSTILE)
def test_a_user_is_never_a_device_too(text: str) -> None:
    device = normalize.device_account(text)
    if device is not None:
        assert normalize.user(text) is None
        assert not CONTROLS & set(device)


@given(HOSTILE | st.ip_addresses().map(str))
def test_address_is_idempotent_and_clean(text: str) -> None:
    found = normalize.address(text)
    if found is not None:
        assert normalize.address(found) == found
        assert found.isascii() and not CONTROLS & set(found)


@given(st.ip_addresses(v=6))
def test_every_address_is_a_host_of_the_same_form(address: object) -> None:
    assert normalize.host(f"[{address}]:443") == normalize.address(str(address))


@given(st.text() | st.text(alphabet="\x00\x1b\u202e\u2066\ud800\U000e0001a"))
def test_printable_is_safe_for_a_terminal(text: str) -> None:
    shown = normalize.printable(text)
    assert shown.isprintable()
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    shown.encode("utf-8")


def test_printable_leaves_text_as_it_is() -> None:
    assert normalize.printable("Jürgen <jdoe@example.com>") == "Jürgen <jdoe@example.com>"
    assert normalize.printable("a\u202eb\x1b") == "a\\u202eb\\x1b"


MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    "unit", ["a", "a.", "-", "(1)a", "[", ":", "ü", "*.", "cn=", "\\", "@", "ldap://", "1.", " ", "\\2C", '"', "%", "/"]
)
def test_a_megabyte_is_no_matter(unit: str) -> None:
    """Quadratic work would take minutes here, and the whole suite with it."""
    text = unit * (MEGABYTE // len(unit))
    for read in (
        normalize.host,
        normalize.url,
        normalize.address,
        normalize.user,
        normalize.device_account,
        normalize.port,
        normalize.is_null,
    ):
        read(text)
    for head in ("cn=", "ldap://", "a.example/", "http://"):
        normalize.user(head + text)
        normalize.url(head + text)
