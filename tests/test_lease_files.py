"""What each DHCP server writes, as events; what is no lease is told, and nothing is stretched."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from shadowai import lease_files
from shadowai.errors import UsageError
from shadowai.lease_files import Event, read

ONE, TWO = "02:00:00:00:00:01", "02:00:00:00:00:02"


def at(hour: int, minute: int = 0, second: int = 0) -> int:
    """Microseconds of that time on 2026-01-05, UTC."""
    return int(datetime(2026, 1, 5, hour, minute, second, tzinfo=UTC).timestamp()) * 1_000_000


def seconds(hour: int, minute: int = 0) -> int:
    return at(hour, minute) // 1_000_000


ISC = f"""\
# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;

server-duid "\\000\\001";

lease 10.0.0.5 {{
  starts 1 2026/01/05 08:00:00;
  ends 1 2026/01/05 16:00:00;
  cltt 1 2026/01/05 08:00:00;
  binding state active;
  next binding state free;
  rewind binding state free;
  hardware ethernet {ONE};
  uid "\\001\\002";
  client-hostname "PC17";
}}
lease 10.0.0.5 {{
  starts 1 2026/01/05 08:00:00;
  ends 1 2026/01/05 11:30:00;
  binding state free;
  hardware ethernet {ONE};
}}
lease 10.0.0.6 {{
  starts epoch {seconds(9)}; # Mon Jan 5 10:00:00 2026
  ends never;
  binding state active;
  hardware ethernet {TWO};
}}
lease 10.0.0.7 {{
  starts 1 2026/01/05 09:00:00;
  ends 1 2026/01/05 10:00:00;
  binding state abandoned;
}}
"""

KEA = f"""\
address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id
10.0.0.5,{ONE},,3600,{seconds(9)},1,0,0,pc17.example.com,0,,0
10.0.0.5,{ONE},,3600,{seconds(9, 30)},1,0,0,pc17.example.com,0,{{ "a": 1&#x2c "b": 2 }},0
10.0.0.5,{ONE},,0,{seconds(8, 30)},1,0,0,pc17.example.com,0,,0
10.0.0.6,,01:{TWO},3600,{seconds(10)},1,0,0,,0,,0
10.0.0.7,{TWO},,3600,{seconds(9)},1,0,0,,2,,0
10.0.0.8,,,3600,{seconds(9)},1,0,0,,1,,0
"""

KEA6 = f"""\
address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context
2001:db8::5,00:01:00:01,3600,{seconds(9)},1,1800,0,7,128,0,0,pc17,{ONE},0,
2001:db8:1::,00:01:00:01,3600,{seconds(9)},1,1800,2,7,56,0,0,,{ONE},0,
2001:db8::6,00:01:00:02,3600,{seconds(9)},1,1800,0,7,128,0,0,pc18,,0,
"""

WINDOWS = """\
\t\tMicrosoft DHCP Service Activity Log

Event ID  Meaning
00\tThe log was started.
10\tA new IP address was leased to a client.

ID,Date,Time,Description,IP Address,Host Name,MAC Address,User Name, TransactionID, QResult,Probationtime, CorrelationID,Dhcid
00,01/05/26,00:00:05,Started,,,,,0,6,,,,,,,,,0
10,01/05/26,09:00:00,Assign,10.0.0.5,PC17.example.com,020000000001,,123,0,,,,0x4D53,MSFT 5.0,,,,0
11,01/05/26,13:00:00,Renew,10.0.0.5,PC17.example.com,020000000001,,124,0,,,,0x4D53,MSFT 5.0,,,,0
12,01/05/26,15:00:00,Release,10.0.0.5,PC17.example.com,020000000001,,125,0,,,,,,,,,0
10,01/05/26,15:30:00,Assign,10.0.0.5,PC18.example.com,020000000002,,126,0,,,,,,,,,0
15,01/05/26,15:40:00,NACK,10.0.0.9,,020000000003,,0,6,,,,,,,,,0
30,01/05/26,16:00:00,DNS Update Request,5.0.0.10,PC17.example.com,,,0,6,,,,,,,,,0
"""

DNSMASQ = f"""\
{seconds(12)} {ONE} 10.0.0.5 pc17 01:{ONE}
0 {TWO} 10.0.0.6 * *
{seconds(8)} 02:00:00:00:00:03 10.0.0.7 old *
duid 00:01:00:01
"""

ZEEK = f"""\
#separator \\x09
#set_separator\t,
#path\tdhcp
#fields\tts\tuids\tclient_addr\tserver_addr\tmac\thost_name\tclient_fqdn\tdomain\trequested_addr\tassigned_addr\tlease_time\tmsg_types\tduration
#types\ttime\tset[string]\taddr\taddr\tstring\tstring\tstring\tstring\taddr\taddr\tinterval\tvector[string]\tinterval
{seconds(8)}.000000\tC1\t-\t10.0.0.1\t{ONE}\tpc17\t-\t-\t-\t10.0.0.5\t3600.000000\tDISCOVER,OFFER,REQUEST,ACK\t2.000000
{seconds(8, 30)}.0\tC2\t10.0.0.5\t10.0.0.1\t{ONE}\t-\t-\t-\t-\t-\t-\tRELEASE\t-
{seconds(9)}.0\tC3\t10.0.0.9\t10.0.0.1\t{TWO}\t-\t-\t-\t-\t-\t-\tINFORM,ACK\t0.1
{seconds(9)}.0\tC3\t-\t10.0.0.1\t{TWO}\t-\tpc18.example.com\t-\t-\t-\t-\tDISCOVER\t0.1
#close\t2026-01-05-10-00-00
"""

ZEEK_JSON = (
    f'{{"ts":{seconds(8)}.0,"uids":["C1"],"mac":"{ONE}","client_fqdn":"pc17","assigned_addr":"10.0.0.5",'
    '"lease_time":60.0,"msg_types":["REQUEST","ACK"]}\n'
)

FILES: dict[str, tuple[str, list[Event]]] = {
    "ISC": (
        ISC,
        [
            Event("10.0.0.5", at(8), at(16), ONE, "PC17"),
            Event("10.0.0.5", at(11, 30)),
            Event("10.0.0.6", at(9), None, TWO),
            Event("10.0.0.7", at(9)),
        ],
    ),
    "Kea": (
        KEA,
        [
            Event("10.0.0.5", at(8), at(9), ONE, "pc17.example.com"),
            Event("10.0.0.5", at(8, 30), at(9, 30), ONE, "pc17.example.com"),
            Event("10.0.0.5", at(8, 30)),
            Event("10.0.0.6", at(9), at(10), f"01:{TWO}"),
            Event("10.0.0.7", at(9)),
            Event("10.0.0.8", at(8)),
        ],
    ),
    "Kea, IPv6": (
        KEA6,
        [Event("2001:db8::5", at(8), at(9), ONE, "pc17"), Event("2001:db8::6", at(8), at(9), "00:01:00:02", "pc18")],
    ),
    "Windows": (
        WINDOWS,
        [
            Event("10.0.0.5", at(8), at(15), ONE, "PC17.example.com"),
            Event("10.0.0.5", at(12), at(15), ONE, "PC17.example.com"),
            Event("10.0.0.5", at(14)),
            Event("10.0.0.5", at(14, 30), at(15), TWO, "PC18.example.com"),
        ],
    ),
    "dnsmasq": (DNSMASQ, [Event("10.0.0.5", at(10), at(12), ONE, "pc17"), Event("10.0.0.6", at(10), None, TWO)]),
    "Zeek": (ZEEK, [Event("10.0.0.5", at(8, 0, 2), at(9, 0, 2), ONE, "pc17"), Event("10.0.0.5", at(8, 30))]),
    "Zeek, JSON": (ZEEK_JSON, [Event("10.0.0.5", at(8), at(8, 1), ONE, "pc17")]),
}
BERLIN = timezone(timedelta(hours=1))


def written(folder: Path, data: bytes) -> Path:
    path = folder / "leases"
    path.write_bytes(data)
    os.utime(path, (seconds(10), seconds(10)))
    return path


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_is_told_by_its_content(kind: str, tmp_path: Path) -> None:
    text, wanted = FILES[kind]
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), gzip.compress(text.encode()), text.encode("utf-16")):
        assert read(written(tmp_path, data), BERLIN) == (wanted, 0, None)
    assert read(written(tmp_path, text.replace("\n", "\r\n").encode()), BERLIN).events == wanted


def test_local_times_need_a_zone(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"without a zone.*--timezone"):
        read(written(tmp_path, WINDOWS.encode()), None)


BROKEN = {
    "ISC": (ISC + "lease 10.0.0.9 {\n  starts 1 2026/01/05", 34),
    "Kea": (KEA + "10.0.0.9,x,,soon,never\n", 8),
    "Windows": (WINDOWS + "10,13/45/26,09:00:00,Assign,10.0.0.5,PC17,020000000001\n", 15),
    "dnsmasq": (DNSMASQ + "what is this\n", 5),
    "Zeek": (ZEEK + "1\t2\n", 11),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_cannot_be_read_is_counted_and_the_rest_is_read(kind: str, tmp_path: Path) -> None:
    text, line = BROKEN[kind]
    assert read(written(tmp_path, text.encode()), BERLIN) == (FILES[kind][1], 1, line)


ISC_LEASE = "lease 10.0.0.9 {{\n  starts 1 2026/01/05 08:00:00;\n{}\n  binding state active;\n}}\n"


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("ISC", ISC_LEASE.format("  ends 1 2026/01/05 16:00:00;")),
        ("ISC", ISC_LEASE.format(f"  ends 1 2026/31/05 16:00:00;\n  hardware ethernet {ONE};")),
        ("Kea", f"10.0.0.9,,,3600,{seconds(9)},1,0,0,pc17,0,,0\n"),
        ("Kea", f"10.0.0.9,{ONE},,,{seconds(9)},1,0,0,pc17,0,,0\n"),
        ("Kea", f"10.0.0.9,{ONE},,3600,,1,0,0,pc17,0,,0\n"),
        ("Kea", f"no address,{ONE},,3600,{seconds(9)},1,0,0,pc17,0,,0\n"),
        ("Windows", "10,01/05/26,09:00:00,Assign,10.0.0.5,PC17,,,,\n"),
        ("Windows", "10,01/05/26,09:00:00,Assign,10.0.0.5,PC17\n"),
        ("Windows", "12,01/05/26,09:00:00,Release\n"),
        ("dnsmasq", f"{seconds(12)} {ONE} 10.0.0.9\n"),
        ("dnsmasq", f"soon {ONE} 10.0.0.9 pc17 *\n"),
        ("Zeek", f"{seconds(9)}.0\tC4\t-\t-\t{ONE}\tpc17\t-\t-\t-\t10.0.0.9\t-\tACK\t-\n"),
        ("Zeek", f"{seconds(9)}.0\tC4\t-\t-\t-\tpc17\t-\t-\t-\t10.0.0.9\t60.0\tACK\t-\n"),
    ],
)
def test_a_lease_without_a_card_or_an_end_gives_nobody_an_address(kind: str, more: str, tmp_path: Path) -> None:
    text, wanted = FILES[kind]
    found = read(written(tmp_path, (text + more).encode()), BERLIN)
    assert (found.events, found.unread) == (wanted, 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"time,host\n1,2\n",
        b"\x1f\x8b\x08\0broken",
        b"\0" * 4096,
        "lease me\n".encode("utf-16"),
        b"lease 10.0.0.5 {\n" * 50,
        b"address,hwaddr,\n1,2\n",
    ],
)
def test_what_is_no_file_of_leases_is_an_error_that_names_it(data: bytes, tmp_path: Path) -> None:
    path = written(tmp_path, data)
    with pytest.raises(UsageError) as wrong:
        read(path, BERLIN)
    assert str(path) in str(wrong.value) and wrong.value.remedy


def test_a_missing_file_and_one_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file or directory \\(name"):
        read(tmp_path / "none", None)
    monkeypatch.setattr(lease_files, "LARGEST", 40)
    with pytest.raises(UsageError, match="larger"):
        read(written(tmp_path, gzip.compress(ISC.encode())), None)


def test_a_name_cannot_say_more_than_a_name(tmp_path: Path) -> None:
    """The device chooses it: it must not give its lease another end, nor another address."""
    hostile = ISC.replace('"PC17"', '"a; ends never; hardware ethernet 02:00:00:00:00:09"')
    first = read(written(tmp_path, hostile.encode()), None).events[0]
    assert first[:4] == Event("10.0.0.5", at(8), at(16), ONE)[:4]


def test_hostile_text_is_read_in_time_that_grows_with_it(tmp_path: Path) -> None:
    for data in (
        b"lease 1.1.1.1 {" + b"\nlease 1.1.1.1 {" * 200_000,
        b"lease 1.1.1.1 {" + b" " * 2_000_000 + b"starts",
    ):
        with pytest.raises(UsageError):
            read(written(tmp_path, data), None)
