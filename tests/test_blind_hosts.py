"""Hosts that hide others are told by kind, with counts, and never by look-alikes."""

from __future__ import annotations

import pytest

from shadowai import blind_hosts, candidates, normalize
from shadowai.model import Match, Name


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("dns.google", "encrypted_dns"),
        ("203.107.1.1", "encrypted_dns"),
        ("resolvers-cn.httpdns.aliyuncs.com", "encrypted_dns"),
        ("cloudflare-ech.com", "encrypted_hello"),
        ("nordvpn.com", "vpn"),
        ("us123.nordvpn.com", "vpn"),
        ("doh.mullvad.net", "encrypted_dns"),
        ("se-got-wg-001.relays.mullvad.net", "vpn"),
    ],
)
def test_each_kind(host: str, kind: str) -> None:
    found = blind_hosts.blind(host)
    assert found is not None and found.signature == f"?!{kind}" and found.name.value == host
    assert not candidates.is_service(found) and candidates.host_of(found.signature) is None


@pytest.mark.parametrize("host", ["notnordvpn.com", "nordvpn.com.example", "xdns.google", "google", "203.107.1.2"])
def test_look_alikes_hide_nothing(host: str) -> None:
    assert blind_hosts.blind(host) is None


def test_every_name_is_canonical_and_is_found() -> None:
    assert all(normalize.host(name) == name and blind_hosts.blind(name) for name in blind_hosts.NAMES)


def test_a_capture_says_itself_what_its_packets_show() -> None:
    told = {
        host: blind_hosts.shows_in_captures(_blind(host))
        for host in ("dns.google", "cloudflare-ech.com", "nordvpn.com")
    }
    assert told == {"dns.google": True, "cloudflare-ech.com": True, "nordvpn.com": False}


def _blind(host: str) -> Match:
    found = blind_hosts.blind(host)
    assert found is not None
    return found


def test_the_note_has_the_count_and_some_hosts() -> None:
    note = blind_hosts.note("?!vpn", 7, ("a.example", "b.example", "c.example", "d.example"))
    assert (
        note is not None and (note.kind, note.count) == ("vpn", 7) and "a.example, b.example, c.example)" in note.text
    )
    assert blind_hosts.note("?!vpn", 0, ()) is None
    assert blind_hosts.note("?chat.acme.ai", 7, ()) is None
    assert not blind_hosts.shows_in_captures(
        Match("openai-chatgpt", "ChatGPT", Name("domain", "chatgpt.com"), "strong")
    )
