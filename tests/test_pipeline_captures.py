"""The law on captures: a scan is the fold of the matched records of the reference path; and what a scan makes of them."""

from __future__ import annotations

import gzip
import io
import random
from datetime import date
from pathlib import Path

import pytest

from shadowai import inputs, pipeline
from shadowai.catalog import Catalog
from shadowai.config import Settings
from shadowai.inventory import Inventory
from shadowai.model import Entry, Note, Record, Report, Usage, Verdict
from shadowai.names import Names
from shadowai.policy import Policy, exit_code
from shadowai.sources.capture.capture_file import CaptureFile
from shadowai.sources.capture.limits import Limits
from tests.captures import files, messages, quic, tls
from tests.captures.conversations import START, Timed, merged, tcp, udp
from tests.captures.packets import ACK, ethernet, fragments, tcp_segment, udp_datagram
from tests.sources.capture.reading import CLIENT, OTHER, RESOLVER, SERVER

ANTHROPIC = "160.79.104.10"
CHAT = b'{"model": "m", "messages": [{"role": "user", "content": "hi"}]}'
KEY = "gsk_" + "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOp"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def _everything() -> list[Timed]:
    """A little of all that a capture may show."""
    proxied = tcp(CLIENT, SERVER, 3128, client_port=2).syn()
    for host in ("chatgpt.com", "shop.example", "claude.ai"):
        proxied.send(messages.request(host)).receive(messages.response())
    refused = tcp(CLIENT, SERVER, 3128, client_port=3).syn().send(messages.connect("claude.ai:443"))
    server = tcp(CLIENT, "10.1.2.3", 11434, client_port=4).syn().send(messages.request("10.1.2.3:11434", "/"))
    chat = (
        tcp(CLIENT, "10.1.2.4", 8000, client_port=5)
        .syn()
        .send(messages.request("10.1.2.4:8000", "/", headers={"Authorization": f"Bearer {KEY}"}))
    )
    chat.receive(messages.response()).send(
        messages.request("10.1.2.4:8000", "/v1/chat/completions", method="POST", body=CHAT), mss=90
    )
    empty = tcp(CLIENT, SERVER, 3128, client_port=6).syn().send(messages.connect(":443")).receive(messages.ESTABLISHED)
    question = (
        udp(CLIENT, RESOLVER, 53)
        .send(messages.dns_query("gemini.google.com"))
        .receive(messages.dns_answer("gemini.google.com", [SERVER]))
    )
    return merged(
        tcp(CLIENT, SERVER, 443)
        .syn()
        .send(tls.hello("chatgpt.com"), mss=70, order="reversed")
        .receive(tls.application(9000)),
        tcp(OTHER, SERVER, 443).syn().send(tls.hello("shop.example")).send(b"x" * 900),
        proxied,
        refused.receive(messages.response(status="403 Forbidden")),
        server.receive(messages.response(b"Ollama is running")),
        chat,
        empty.send(tls.hello("chatgpt.com")),
        question,
        tcp(CLIENT, SERVER, 443, client_port=7).wait(90_000).syn().send(b"\x17\x03\x03" + bytes(40)),
        tcp(CLIENT, ANTHROPIC, 443, client_port=8).syn().send(b"\x17\x03\x03" + bytes(40)),
        tcp(CLIENT, SERVER, 443, client_port=9).wait(90_000).syn().send(tls.hello("cloudflare-ech.com", ech=True)),
        tcp(CLIENT, SERVER, 443, client_port=10).syn().send(tls.hello(None)).receive(tls.server_flight("claude.ai")),
        udp(CLIENT, SERVER, 443).send(quic.initial(bytes(8), quic.crypto(tls.client_hello("claude.ai")))),
        udp(CLIENT, SERVER, 4433).send(tls.dtls_hello("claude.ai"), tls.dtls_hello("claude.ai", cookie=b"x")),
    )


def _capture(data: bytes, limits: Limits) -> CaptureFile:
    return CaptureFile("x.pcap", io.BytesIO(data), limits=limits)


def _rows(inventory: Inventory, catalog: Catalog) -> list[tuple[Entry, ...]]:
    def signature(id: str):  # type: ignore[no-untyped-def]
        return catalog.signatures[id]

    return [
        inventory.entries(by, lookup=signature, policy=Policy.empty(), today=date(2026, 3, 1))
        for by in ("service", "user")
    ]


def _lawful(data: bytes, catalog: Catalog, names: Names, limits: Limits, **window: int) -> list[tuple[Entry, ...]]:
    """Both ways of one capture, which must agree in everything; gives the rows."""
    scanned, read = Inventory(), Inventory()
    one, other = _capture(data, limits), _capture(data, limits)
    inputs.scan_capture(one, names, scanned, since=window.get("since"), until=window.get("until"))
    pipeline.fold(other.records(), names, read, **window)
    rows = _rows(scanned, catalog)
    assert rows == _rows(read, catalog)
    assert scanned.candidates() == read.candidates() and scanned.notes("user") == read.notes("user")
    assert list(one.gaps()) == list(other.gaps())
    texts = [[(note.kind, note.count) for note in capture.notes()] for capture in (one, other)]
    assert texts[0] == texts[1]
    return rows


def test_scan_is_the_fold_of_read(catalog: Catalog) -> None:
    rows = _lawful(files.pcap(_everything()), catalog, Names(catalog), Limits())
    found = {entry.service_id: entry.confidence for entry in rows[0]}
    assert found == {
        "openai-chatgpt": "confirmed",
        "anthropic-claude": "confirmed",
        "google-gemini": "confirmed",
        "anthropic-api": "unconfirmed",
        "ollama": "confirmed",
        "unknown-llm-server": "confirmed",
    }


def test_within_a_window_and_under_tiny_limits_too(catalog: Catalog) -> None:
    data, names = files.pcap(_everything()), Names(catalog)
    _lawful(data, catalog, names, Limits(), since=START + 3000, until=START + 8000)
    for limits in (
        Limits(flows=4),
        Limits(streams=1, stream_bytes=100),
        Limits(names_per_flow=1),
        Limits(quic_connections=1, dns_answers=1),
        Limits(stream_pieces=1),
    ):
        _lawful(data, catalog, names, limits)


def test_on_mutated_captures_too(catalog: Catalog) -> None:
    rng, names, base = random.Random(4), Names(catalog), _everything()
    for turn in range(60):
        frames = [(time, _mutated(data, rng)) for time, data in base]
        if turn % 3 == 1:
            rng.shuffle(frames)
        elif turn % 3 == 2:
            frames = [frame for frame in frames for _ in range(rng.randrange(3))]
        snaplen = rng.choice((262_144, 262_144, 160, 96))
        data = bytearray(files.pcap(frames, snaplen=snaplen))
        for _ in range(rng.randrange(3)):
            data[rng.randrange(24, len(data))] ^= rng.randrange(256)
        _lawful(
            bytes(data),
            catalog,
            names,
            Limits(stream_bytes=rng.choice((200, 32768)), names_per_flow=rng.choice((1, 256))),
        )


def _mutated(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    if rng.random() < 0.1:
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    if rng.random() < 0.05:
        changed = bytearray(bytes(changed).replace(b"shop.example", b"api.xai.com\0"[:12], 1))
    return bytes(changed)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_read_and_scan_of_files_agree(tmp_path: Path, catalog: Catalog, suffix: str) -> None:
    data = files.pcap(_everything())
    path = tmp_path / f"x.pcap{suffix}"
    path.write_bytes(gzip.compress(data) if suffix else data)
    options = pipeline.ScanOptions()
    inventory = Inventory()
    records = [item for item in pipeline.read([str(path)], options=options) if isinstance(item, Record)]
    pipeline.fold(records, Names(catalog), inventory)
    report = _scan(path)
    assert [entry.service_id for entry in report.entries] == [
        entry.service_id for entry in _rows(inventory, catalog)[0]
    ]
    (source,) = report.sources
    assert source.format == "pcap" and source.lines == len(_everything()) and source.records == len(records)


def _scan(path: Path, **options: object) -> Report:
    return pipeline.scan([str(path)], options=pipeline.ScanOptions(**options))  # type: ignore[arg-type]


def _written(tmp_path: Path, *conversations: object) -> Path:
    return files.write_pcap(tmp_path / "x.pcap", merged(*conversations))  # type: ignore[arg-type]


def test_an_upload_is_bulk_by_what_was_sent_once(tmp_path: Path) -> None:
    for retransmit, usage in ((False, Usage.INTERACTIVE), (True, Usage.INTERACTIVE)):
        talk = (
            tcp(CLIENT, SERVER, 443)
            .syn()
            .send(tls.hello("chatgpt.com"))
            .send(b"x" * 6_000_000, mss=60_000, retransmit=retransmit)
        )
        (entry,) = _scan(_written(tmp_path, talk)).entries
        assert entry.usage is usage and (entry.bytes_up or 0) > 6_000_000 * (1 + retransmit)


POLICY = "version: 1\nrules:\n  - service: {service}\n    status: prohibited\n"


@pytest.mark.parametrize(
    ("frames", "service"),
    [
        (
            [
                *udp(CLIENT, RESOLVER, 53)
                .send(messages.dns_query("a.example"))
                .receive(messages.dns_answer("a.example", [ANTHROPIC]))
                .frames,
                *tcp(CLIENT, ANTHROPIC, 443, time=START - 9).syn().send(b"\x17\x03\x03" + bytes(40)).frames,
            ],
            "anthropic-api",
        ),
        (
            tcp(CLIENT, SERVER, 443).syn().send(tls.hello(None)).receive(tls.server_flight("claude.ai")).frames,
            "anthropic-claude",
        ),
    ],
    ids=["published range", "certificate"],
)
def test_what_is_inferred_is_unconfirmed_and_no_breach(tmp_path: Path, frames: list[Timed], service: str) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY.format(service=service), "utf-8")
    report = _scan(files.write_pcap(tmp_path / "x.pcap", frames), policy=str(policy))
    (entry,) = report.entries
    assert (entry.service_id, entry.confidence) == (service, "unconfirmed")
    assert exit_code(report) == 0


def test_what_an_answer_named_is_unconfirmed_and_no_breach_and_a_hello_is_one(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY.format(service="anthropic-claude"), "utf-8")
    question = (
        udp(OTHER, RESOLVER, 53)
        .send(messages.dns_query("x.example"))
        .receive(messages.dns_answer("x.example", [SERVER]))
    )
    mine = (
        udp(CLIENT, RESOLVER, 53)
        .send(messages.dns_query("claude.ai"))
        .receive(messages.dns_answer("claude.ai", [SERVER]))
    )
    nameless = tcp(CLIENT, SERVER, 443, time=START + 50_000).syn().send(b"\x17\x03\x03" + bytes(40))
    report = _scan(_written(tmp_path, question, mine, nameless), policy=str(policy))
    (entry,) = report.entries
    assert exit_code(report) == 0 and entry.usage is Usage.RESOLVED
    hello = tcp(CLIENT, SERVER, 443).syn().send(tls.hello("claude.ai"))
    assert exit_code(_scan(_written(tmp_path, hello), policy=str(policy))) == 1


def test_a_refused_tunnel_is_an_attempt(tmp_path: Path) -> None:
    talk = (
        tcp(CLIENT, SERVER, 3128)
        .syn()
        .send(messages.connect("claude.ai:443"))
        .receive(messages.response(status="403 Forbidden"))
    )
    (entry,) = _scan(_written(tmp_path, talk)).entries
    assert (entry.events, entry.blocked, entry.usage, entry.bytes_up) == (0, 1, None, None)


def test_a_key_makes_a_use_integrated_and_is_nowhere_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = messages.request("chatgpt.com", f"/v1?key={KEY}", headers={"Authorization": f"Bearer {KEY}"})
    path = _written(tmp_path, tcp(CLIENT, SERVER, 80).syn().send(head))
    monkeypatch.setenv(pipeline.HASH_KEY, "first secret")
    first, again = _scan(path), _scan(path)
    monkeypatch.setenv(pipeline.HASH_KEY, "second secret")
    other = _scan(path)
    assert first.entries[0].usage is Usage.INTEGRATED
    (told,) = [note for note in first.notes if note.kind == "clear_key"]
    assert str(told.origin) == f"{path}#4" and "groq (gsk_...MnOp, hash " in told.text
    assert first.notes == again.notes != other.notes
    monkeypatch.delenv(pipeline.HASH_KEY)
    assert _scan(path).notes != _scan(path).notes
    assert KEY not in repr(first) and KEY not in repr(list(pipeline.read([str(path)], options=pipeline.ScanOptions())))
    monkeypatch.setenv(pipeline.HASH_KEY, "first secret")
    assert "secret=" not in repr(pipeline.ScanOptions()) and pipeline.ScanOptions().secret == b"first secret"


def test_limits_of_the_configuration_are_kept(tmp_path: Path) -> None:
    path = files.write_pcap(tmp_path / "x.pcap", _everything())
    for limits, kind in ((Limits(flows=2), "flows_limit"), (Limits(names_per_flow=1), "names_limit")):
        assert kind in {note.kind for note in _scan(path, settings=Settings(capture=limits)).notes}
    told = pipeline.read([str(path)], options=pipeline.ScanOptions(settings=Settings(capture=Limits(flows=2))))
    assert any(isinstance(item, Note) and item.kind == "flows_limit" for item in told)


def test_names_in_fragments_and_far_segments(tmp_path: Path) -> None:
    packet = udp_datagram((CLIENT, 50_000, RESOLVER, 53), messages.dns_query("a" * 50 + ".chatgpt.com"))
    pieces = [(START + number, ethernet(piece)) for number, piece in enumerate(fragments(packet, 24))]
    (entry,) = _scan(files.write_pcap(tmp_path / "x.pcap", pieces)).entries
    assert entry.usage is Usage.RESOLVED
    talk = tcp(CLIENT, SERVER, 22).syn().send(b"SSH-2.0-x\r\n").frames
    forged = ethernet(tcp_segment((CLIENT, 40_000, SERVER, 22), 0x30000000, 0, ACK, tls.hello("chatgpt.com")))
    report = _scan(files.write_pcap(tmp_path / "y.pcap", [*talk, (START + 9999, forged)]))
    assert report.entries == () and "misplaced" in {note.kind for note in report.notes}


def test_several_captures_in_several_processes(tmp_path: Path) -> None:
    for number in range(3):
        files.write_pcap(tmp_path / f"{number}.pcap", [*_everything(), *_everything()[:number]])  # copies are read once
    one, two = _scan(tmp_path, jobs=1), _scan(tmp_path, jobs=2)
    assert one.entries == two.entries and one.entries[0].verdict is Verdict.UNREVIEWED
    keys = [note.text for note in two.notes if note.kind == "clear_key"]
    assert len(keys) == 3 and len(set(keys)) == 1
