"""Texts with doubled quotes and with escapes of JSON, out of which names are cut: written out, and read as the reference reads them."""

from __future__ import annotations

import json

import pytest

from shadowai.catalog import Catalog
from tests.fast.test_pairs import folded, same

HOSTS = ("chatgpt.com", "www.example.com", "claude.ai")
HEAD = (
    "Timestamp,DeviceName,ActionType,RemoteIP,RemotePort,RemoteUrl,LocalIP,Protocol,InitiatingProcessFileName,"
    "InitiatingProcessAccountName,InitiatingProcessAccountUpn,AdditionalFields"
)
ROW = (
    "2026-01-05T08:00:{n:02}.123Z,pc17.example.com,SslConnectionInspected,192.0.2.7,443,,10.0.0.5,Tcp,chrome.exe,jdoe,jdoe@example.com,"
    '"{{""direction"":""Out"",""server_name"":""{host}"",""note"":""{note}""}}"'
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def _rows(*notes: str) -> list[str]:
    return [HEAD, *[ROW.format(n=n, host=HOSTS[n % 3], note=note) for n, note in enumerate(notes)]]


def test_doubled_quotes(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = _rows(*["x"] * 20)
    same(lines, "mde_hunting_csv", catalog, monkeypatch)
    assert folded(lines, "mde_hunting_csv", catalog, monkeypatch) == 20


ODD = (
    "", '""', '""""', '"', "\\", "\\n", "\\u0041", "[{", "é", "a,b", "x" * 20_000, '"",""server_name"":""claude.ai', "'", "\t", '""x"',
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=[f"{place}" for place in range(len(ODD))])
def test_what_else_may_stand_in_quotes(odd: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (256, 1 << 20):
        same(_rows("x", odd, "x", odd, odd, "x"), "mde_hunting_csv", catalog, monkeypatch, size)


EVENT = (
    "Network connection detected:\r\nRuleName: -\r\nUtcTime: 2026-01-05 08:00:{n:02}.123\r\nProcessGuid: {{1}}\r\nProcessId: 7\r\n"
    "Image: C:\\Program Files\\Chrome\\chrome.exe\r\nUser: EXAMPLE\\jdoe\r\nProtocol: tcp\r\nInitiated: true\r\nSourceIsIpv6: false\r\n"
    "SourceIp: 10.0.0.5\r\nSourceHostname: pc17.example.com\r\nSourcePort: 50001\r\nSourcePortName: -\r\nDestinationIsIpv6: false\r\n"
    "DestinationIp: 192.0.2.7\r\nDestinationHostname: {host}\r\nDestinationPort: 443\r\nDestinationPortName: {note}"
)


def _events(*notes: str) -> list[str]:
    return [
        json.dumps({
            "ProviderName": "Microsoft-Windows-Sysmon", "EventID": "3", "Channel": "Microsoft-Windows-Sysmon/Operational",
            "Computer": "pc1", "TimeCreated": f"2026/01/05 08:00:{n:02}.123000000",
            "Description": EVENT.format(n=n, host=HOSTS[n % 3], note=note),
        })
        for n, note in enumerate(notes)
    ]  # fmt: skip


def test_escapes_of_json(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = _events(*["https"] * 20)
    same(lines, "windows_sysmon_described", catalog, monkeypatch)
    assert folded(lines, "windows_sysmon_described", catalog, monkeypatch) == 20


ODD_EVENTS = ("", "\n", "x\n", "\r\n", "\x00", "\x7f", "é", "\U0001f600", "/", '"', "\\", "\b\f\t", "x" * 20_000)


@pytest.mark.parametrize("odd", ODD_EVENTS, ids=[f"{place}" for place in range(len(ODD_EVENTS))])
def test_what_else_may_be_escaped(odd: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = _events("x", odd, "x", odd)
    lines += [line.replace("chatgpt", "ch\\u0061tgpt").replace("/", "\\/") for line in lines]
    lines += [line.replace("jdoe", "j\\u00e9e") for line in lines]
    lines += [line.replace("443", "4\\uD8003").replace("tcp", "t\\xcp") for line in lines[:3]]
    for size in (256, 1 << 20):
        same(lines, "windows_sysmon_described", catalog, monkeypatch, size)
