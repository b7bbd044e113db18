"""The names behind which others hide are names, and none hides in two ways."""

from __future__ import annotations

from shadowai import normalize
from shadowai.wire.hidden import ECH_PUBLIC_NAMES, ENCRYPTED_DNS


def test_each_is_in_the_one_form_in_which_it_is_compared() -> None:
    names = ECH_PUBLIC_NAMES | ENCRYPTED_DNS
    assert {name for name in names if normalize.host(name) != name} == set()


def test_none_hides_in_two_ways() -> None:
    assert not ECH_PUBLIC_NAMES & ENCRYPTED_DNS
    assert "cloudflare-ech.com" in ECH_PUBLIC_NAMES and {"dns.google", "203.107.1.97"} <= ENCRYPTED_DNS
