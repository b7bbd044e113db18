"""What flows told: whose name it is, what an encrypted hello hides, what is kept."""

from __future__ import annotations

import pytest

from shadowai.sources.capture.ledger import At, Ledger, Seen, proven
from shadowai.sources.capture.limits import Limits
from shadowai.wire.ai_protocols import Proof
from tests.captures import messages, quic, tls
from tests.captures.conversations import Timed, tcp, udp
from tests.captures.packets import packed
from tests.sources.capture.reading import CLIENT, RESOLVER, SERVER, Outcome, read

AT = At(1, 0, packed(CLIENT) + packed(SERVER) + b"\x99\x99\1\xbb", 5, 7)


def _seen(host: str | None, kind: str = "http_host") -> Seen:
    return Seen(kind, host, 7, 5, 0)


# --- Encrypted ClientHello -----------------------------------------------------------------------------------------------


def _look_up(name: str, public: str | None = None, address: str = SERVER, port: int = 50_001) -> list[Timed]:
    talk = udp(CLIENT, RESOLVER, 53, client_port=port)
    talk.send(messages.dns_query(name)).receive(messages.dns_answer(name, [address]))
    if public is not None:
        talk.send(messages.dns_query(name, kind=65)).receive(messages.https_record(name, public))
    return talk.frames


def _hello(name: str, ech: bool = True) -> list[Timed]:
    return (
        tcp(CLIENT, SERVER, 443).wait(50_000).syn().send(tls.hello(name, ech=ech)).receive(tls.application(900)).frames
    )


def _found(*talks: list[Timed]) -> Outcome:
    return read(sorted(frame for talk in talks for frame in talk))


def test_grease_keeps_its_name() -> None:
    found = _found(_hello("chatgpt.com"))
    assert found.names == [("tls_sni", "chatgpt.com")] and "encrypted_hello" not in found.notes


def test_the_outer_name_of_a_known_provider_is_a_blind_spot() -> None:
    found = _found(_hello("cloudflare-ech.com"))
    assert found.names == [] and found.notes["encrypted_hello"] == 1
    assert [(record.host, record.counted) for record in found.records] == [("cloudflare-ech.com", False), (None, True)]
    assert _found(_hello("cloudflare-ech.com", ech=False)).hosts == ["cloudflare-ech.com"]


def test_the_outer_name_in_quic_too() -> None:
    hello = tls.client_hello("cloudflare-ech.com", alpn=("h3",), ech=True)
    found = read(udp(CLIENT, SERVER, 443).send(quic.initial(bytes(8), quic.crypto(hello))).frames)
    assert found.names == [] and found.notes["encrypted_hello"] == 1


def test_what_the_client_had_asked_for_names_an_encrypted_hello() -> None:
    found = _found(_look_up("chatgpt.com"), _hello("cloudflare-ech.com"))
    (record,) = [record for record in found.records if record.kind == "dns_answer"]
    assert record.host == "chatgpt.com" and record.inferred and record.bytes_up


def test_an_outer_name_is_learnt_from_the_client_s_own_record() -> None:
    found = _found(_look_up("service.example", "front.example"), _hello("front.example"))
    assert ("dns_answer", "service.example") in found.names and ("tls_sni", "front.example") not in found.names
    assert found.notes["encrypted_hello"] == 1
    assert ("tls_sni", "front.example") in _found(
        _look_up("service.example", "front.example"), _hello("front.example", ech=False)
    ).names


def test_nobody_hides_a_service_by_declaring_its_name_an_outer_one() -> None:
    """Browsers grease every hello: a record of somebody else's domain must not make the use of a service invisible."""
    evil = _look_up("evil.example", "chatgpt.com", address="203.0.113.66", port=50_002)
    assert ("tls_sni", "chatgpt.com") in _found(evil, _hello("chatgpt.com")).names
    evil = _look_up("evil.example", "chatgpt.com", port=50_002)
    assert ("tls_sni", "chatgpt.com") in _found(evil, _look_up("chatgpt.com"), _hello("chatgpt.com")).names


def test_learnt_names_are_bounded() -> None:
    ledger = Ledger()
    for number in range(5000):
        ledger.learn_public_name(f"p{number}.example", "a.example")
        ledger.learn_public_name("p0.example", f"a{number}.example")
    assert len(ledger.ech_names) < 4200 and ledger.counts["public_names_limit"] == 904


# --- who and what --------------------------------------------------------------------------------------------------------


def test_only_the_client_s_end_names_a_service() -> None:
    ledger = Ledger()
    assert ledger.hello(AT, b"chatgpt.com", "tls_sni")
    assert not ledger.hello(AT._replace(which=1), b"claude.ai", "tls_sni")
    told = ledger.told(1)
    assert told is not None and told.client == 0 and [seen.host for seen in told.names] == ["chatgpt.com"]
    assert ledger.counts["misplaced"] == 1


def test_what_is_not_wanted_is_counted_and_not_kept() -> None:
    ledger = Ledger(wanted=lambda host, url: host == "chatgpt.com")
    told = ledger.of(1, 0)
    assert told is not None
    for host in ("shop.example", "chatgpt.com", None):
        ledger.see(told, _seen(host))
    assert [seen.host for seen in told.names] == ["chatgpt.com"] and told.mixed and ledger.named == 2


def test_an_answer_amends_the_last_name_whether_it_was_wanted_or_not() -> None:
    proof = Proof("ollama", "ollama", True)
    for wanted in (None, lambda host, url: False):
        ledger = Ledger(wanted=wanted)
        told = ledger.of(1, 0)
        assert told is not None
        ledger.see(told, _seen("a.example"))
        ledger.see(told, _seen("b.example"))
        assert told.last is not None
        ledger.amend(told, proven(told.last, proof))
        assert [(seen.host, seen.proof) for seen in told.names if seen.proof] == [("b.example", "ollama")]
        assert len([seen for seen in told.names if seen.host == "b.example"]) == 1


def test_names_beyond_the_limit_are_counted_alike_whatever_is_wanted() -> None:
    for wanted in (None, lambda host, url: False):
        ledger = Ledger(Limits(names_per_flow=2), wanted)
        told = ledger.of(1, 0)
        assert told is not None
        for number in range(5):
            ledger.see(told, _seen(f"n{number}.example"))
        assert ledger.counts["names_limit"] == 3 and told.last is None and ledger.named == 5


def test_requests_of_connections_that_ended_make_room() -> None:
    ledger = Ledger(Limits(requests=2))
    for flow in range(10):
        told = ledger.of(flow, 0)
        assert told is not None
        ledger.see(told, _seen("a.example"))
        ledger.see(told, _seen("a.example", "tls_sni"))
        assert ledger.forget(flow) is told and ledger.told(flow) is None
    assert ledger.counts["names_limit"] == 0 and ledger.forget(77) is None


@pytest.mark.parametrize(
    ("proof", "id", "facts"),
    [
        (None, None, frozenset()),
        (Proof("ollama", "ollama", False), None, frozenset()),
        (Proof("ollama", "ollama", True), "ollama", {"server"}),
        (Proof(None, "openai", True), "unknown-llm-server", {"server"}),
        (Proof(None, "mcp", True), "mcp-server", {"agent"}),
        (Proof(None, "a2a", True), "a2a-agent", {"agent"}),
    ],
)
def test_proofs(proof: Proof | None, id: str | None, facts: set[str]) -> None:
    seen = proven(_seen("x.example"), proof)
    assert seen.proof == id and seen.facts == frozenset(facts)
    assert proven(seen, Proof("vllm", "openai", True)).proof == (id or "vllm")


# --- look-ups that hide --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frames",
    [
        tcp(CLIENT, SERVER, 443).syn().send(tls.hello("dns.google")).frames,
        tcp(CLIENT, SERVER, 853).syn().send(tls.hello("resolver.example")).frames,
        tcp(CLIENT, SERVER, 853).syn().send(tls.hello(None)).frames,
        udp(CLIENT, SERVER, 853).send(quic.initial(bytes(8), quic.crypto(tls.client_hello("resolver.example")))).frames,
        tcp(CLIENT, "119.29.29.29", 80).syn().send(messages.request("119.29.29.29", "/d?dn=chatgpt.com")).frames,
    ],
    ids=["doh", "dot", "dot without a name", "doq", "httpdns"],
)
@pytest.mark.parametrize("wanted", [None, lambda host, url: False])
def test_encrypted_look_ups_are_a_blind_spot(frames: list[Timed], wanted: object) -> None:
    found = read(frames, wanted=wanted)  # type: ignore[arg-type]
    assert found.notes["encrypted_dns"] == 1 and "look-ups of their clients do not show" in found.texts
    assert "chatgpt" not in repr(found)


def test_other_connections_are_no_look_ups() -> None:
    assert "encrypted_dns" not in read(tcp(CLIENT, SERVER, 443).syn().send(tls.hello("chatgpt.com")).frames).notes
