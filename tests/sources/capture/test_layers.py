"""The kinds that steps hand to each other, and that every one of them has a step."""

from __future__ import annotations

import pytest

from shadowai.sources.capture import dot11, ethernet, layers, ppp

STEPS = [*ethernet.STEPS, *ppp.STEPS, *dot11.STEPS]


def test_kinds_without_an_ethertype_are_no_ethertypes() -> None:
    own = [layers.IP, layers.LLC, layers.NLPID, layers.CAPWAP_802_11]
    assert len(set(own)) == len(own)
    assert all(kind > 0xFFFF for kind in own)


def test_every_kind_has_one_step() -> None:
    assert len(set(STEPS)) == len(STEPS)
    named = [layers.ETHERNET, layers.MPLS, layers.PPP, layers.PPPOE, layers.NSH, layers.LLC, layers.NLPID]
    assert set(named) | {layers.CAPWAP_802_11} <= set(STEPS)
    assert not {layers.IP, layers.IPV4, layers.IPV6} & set(STEPS)  # where the steps end


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("data", [b"", b"\0", b"\xff" * 3, bytes(40), b"\xff" * 40])
def test_every_step_goes_forward_or_ends(kind: int, data: bytes) -> None:
    steps = {**ethernet.STEPS, **ppp.STEPS, **dot11.STEPS}
    found = steps[kind](b"head" + data, 4, 4 + len(data))
    if isinstance(found, layers.Inner):
        assert found.start > 4
        assert found.end <= 4 + len(data)


def test_a_cut_frame_is_a_gap_and_another_protocol_is_not() -> None:
    assert layers.CUT.lost
    assert not layers.NOT_IP.lost
