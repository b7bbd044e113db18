"""Names of columns: each means one field, bytes have a direction, and a header is no sentence."""

from __future__ import annotations

import pytest

from shadowai.sources.logs.aliases import (
    ALIASES,
    FLAT,
    LIKELY_HOST,
    PARTIES,
    REPORTERS,
    TELLING,
    VAGUE_HOST,
    flat,
    in_english,
    is_header,
    is_log,
    is_table_of_use,
)
from shadowai.sources.logs.description import FIELDS


@pytest.mark.parametrize(
    "name", ["Destination Host", "destination_host", "destinationHost", "DESTINATION-HOST", " destination.host "]
)
def test_case_blanks_and_punctuation_make_no_difference(name: str) -> None:
    assert flat(name) == "destinationhost"


def test_every_field_is_known() -> None:
    assert set(ALIASES) == {*FIELDS, "time"}


def test_one_name_is_one_field() -> None:
    """But a URI is a URL in one log and a path in another (the reader tells by its value), and W3C's s-ip the source's ``sip``."""
    seen: dict[str, str] = {}
    for field, names in FLAT.items():
        for name in names:
            if name not in ("requesturi", "uri", "sip"):
                assert seen.setdefault(name, field) == field, name


def test_a_source_is_no_server_where_the_destination_is_told() -> None:
    assert FLAT["server_ip"].index("dip") < FLAT["server_ip"].index("sip")
    assert FLAT["client_ip"].index("cip") < FLAT["client_ip"].index("sip")
    assert "sport" not in FLAT["server_port"]


def test_bytes_have_a_direction() -> None:
    assert not set(FLAT["bytes_up"]) & set(FLAT["bytes_down"])
    for up, down in (
        ("cs-bytes", "sc-bytes"),
        ("bytes_sent", "bytes_received"),
        ("bytes_out", "bytes_in"),
        ("sentbyte", "rcvdbyte"),
        ("request size", "response size"),
    ):
        assert flat(up) in FLAT["bytes_up"] and flat(down) in FLAT["bytes_down"]


def test_the_device_that_reports_is_never_the_destination() -> None:
    assert not set(FLAT["host"]) & {"host", "hostname", "devicename", "agenthostname", "computer"}
    assert not set(FLAT["host"]) & set(FLAT["device"])
    assert "agent" in REPORTERS and "source" in PARTIES
    assert all(flat(name) in TELLING for name in (*LIKELY_HOST, *VAGUE_HOST))


@pytest.mark.parametrize(
    ("names", "header"),
    [
        (("time", "desthost", "user"), True),
        (("url", "user"), True),
        (("time", "user", "bytes"), False),  # no destination
        (("desthost",), False),  # one cell
        (("desthost", "20240603"), False),  # values
        (("this", "is", "a", "sentence", "about", "the", "host"), False),
        (("url", "x" * 60), False),
        ((), False),
    ],
)
def test_a_header_is_told(names: tuple[str, ...], header: bool) -> None:
    assert is_header(names) is header


@pytest.mark.parametrize(
    ("names", "log"),
    [
        (("url",), False),  # a list
        (("url", "category", "action"), False),  # what is to be blocked
        (("url", "user"), True),
        (("url", "time"), True),
        (("desthost", "bytessent"), True),
        (("url", "time", "sender", "recipient", "subject"), False),  # a message in which it was written
        (("url", "timestamp", "networkmessageid", "urldomain", "urllocation"), False),
        (("url", "time", "sender", "recipient", "subject", "clicktime"), True),
        (("host", "user"), True),
        (("host", "message"), False),
        (("domain",), False),
        (("srcip", "user"), False),
        ((), False),
    ],
)
def test_an_object_that_can_be_a_record_is_told(names: tuple[str, ...], log: bool) -> None:
    assert is_log(names) is log


@pytest.mark.parametrize(
    ("names", "use"),
    [
        (("domain", "category"), False),
        (("rank", "domain"), False),
        (("website", "email", "phone"), False),
        (("domain", "firstseen", "score"), False),
        (("name", "source", "destination", "action"), False),
        (("name", "source", "destination", "action", "time"), True),
        (("date", "host", "service"), False),  # the machine that reports
        (("time", "host", "source", "sourcetype"), False),
        (("time", "host", "source"), True),
        (("date", "domain"), True),
        (("site", "hits"), True),
        (("user", "host"), True),
        (("hostname", "ipaddress", "owner", "os", "lastseen"), False),
        (("hostname", "ipaddress", "owner", "os", "time"), True),
        (("employee", "email", "website", "startdate"), False),
        (("policy", "user", "destinationurl", "action", "status", "modified"), False),
        (("date", "merchant", "employee", "url"), False),
        (("date", "currency", "employee", "url", "model"), True),  # what a gateway to models charges
        (("ticketid", "created", "requester", "url"), False),
        (("url", "username", "httprealm"), False),
        (("date", "from", "to", "subject", "url"), False),
        (("time", "from", "to", "src", "url"), True),  # zones
        (("source", "destination", "status"), False),
        (("source", "destination", "time"), True),
        (("url", "status"), False),
        (("ip", "fqdn", "protocol", "qid"), False),
        (("domain", "category", "action", "addedby", "date"), False),
        (("date", "user", "requestedurl", "approver", "decision"), False),
        (("vendor", "website", "contact", "email", "contractstart", "users"), False),
        (("date", "sourceip", "domain", "count", "spf", "dkim"), False),
        (("username", "email", "url", "role"), False),
        (("time", "username", "url", "role"), True),
        (("url", "action", "hits", "lastmodified"), False),
        (("zeit", "nutzer", "adresse"), False),
        (("time", "useraccount", "adresse"), True),
        (("date", "time", "ipaddress", "hostname", "macaddress", "username"), False),
        (("date", "time", "ipaddress", "hostname", "macaddress", "username", "domain"), True),
    ],
)
def test_a_list_of_names_is_no_table_of_use(names: tuple[str, ...], use: bool) -> None:
    assert is_header(names) or not use
    assert is_table_of_use(names) is use


@pytest.mark.parametrize(
    "header",
    [
        "Datum;Absender;Empf\u00e4nger;Betreff;URL", "Hostname;IP-Adresse;Benutzer;Betriebssystem",
        "Num\u00e9ro de facture;Date;Site web;Montant;Devise", "Ticket-Nr;Datum;Benutzer;URL", "Regla;Origen;Destino;Usuario",
    ],
)  # fmt: skip
def test_a_list_abroad_is_no_table_of_use(header: str) -> None:
    assert not is_table_of_use([in_english(name) for name in header.split(";")])


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("Benutzername", "username"),
        ("Quell-IP", "srcip"),
        ("Octets envoy\u00e9s", "bytesup"),
        ("Octets envoye\u0301s", "bytesup"),  # the accent as a character of its own
        ("\u5b9b\u5148\u30db\u30b9\u30c8", "desthost"),
        ("\uff35\uff32\uff2c", "url"),  # in full width
        ("Gr\u00f6\u00dfe", "gro\u00dfe"),
        ("user", "user"),
        ("Użytkownik", "user"),
        ("출발지 IP", "srcip"),
        ("Web.bytes_out", "bytesout"),
        ("dns.question.name", "dnsquestionname"),
    ],
)
def test_columns_abroad(name: str, english: str) -> None:
    assert in_english(name) == english
