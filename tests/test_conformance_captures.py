"""The judge of captures itself: it must see a miss, a swap, a wrong volume and a crash, and even out nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from shadowai.model import Gap, Note, Origin, Record
from tests import conformance, conformance_captures_reviewed
from tests.conformance_captures import captures, main, passes
from tests.conformance_captures_judge import Judged, canonical, judge
from tests.conformance_captures_made import truth_main, variants_main

CLIENT, SERVER = "192.0.2.7", "198.51.100.9"


def _record(kind: str, host: str | None, **fields: Any) -> Record:
    given: dict[str, Any] = {
        "client_ip": CLIENT,
        "server_ip": SERVER,
        "server_port": 443,
        "bytes_up": 700,
        "bytes_down": 9000,
    }
    return Record("x.pcap", 1, "capture", kind=kind, host=host, **(given | fields))


GOOD = [
    _record("tls_sni", "chatgpt.com", bytes_up=500, bytes_down=8000),
    _record("tls_sni", "chatgpt.com", bytes_up=200, bytes_down=1000, counted=False),
    _record("quic_sni", "claude.ai"),
    _record("dns_query", "claude.ai", server_ip="192.0.2.53", server_port=53, bytes_up=None, bytes_down=None),
    _record("http_host", "api.example.com", server_port=8080),
]
"""What a right reader gives for :data:`TRUTH`."""

TRUTH: dict[str, Any] = {
    "tags": ["ech", "ch_split_tcp"],
    "must": [
        ["tls_sni", CLIENT, "ChatGPT.com"],
        ["quic_sni", CLIENT, "claude.ai"],
        ["dns_query", CLIENT, "claude.ai."],
        ["http_host", CLIENT, "api.example.com:8080"],
    ],
    "may": [["tls_sni", CLIENT, "maybe.example"]],
    "named_flows": [
        ["tcp", CLIENT, 40000, SERVER, 443, 400, 5000, "syn", [["tls_sni", "ChatGPT.com"]]],
        ["tcp", CLIENT, 40001, SERVER, 443, 300, 4000, "first", [["tls_sni", "chatgpt.com"]]],
        ["udp", CLIENT, 40002, SERVER, 443, 700, 9000, "first", [["gquic_sni", "claude.ai"]]],
        ["udp", CLIENT, 40003, "192.0.2.53", 53, 60, 90, "first", [["dns_query", "claude.ai"]]],
        ["tcp", CLIENT, 40004, SERVER, 8080, 700, 9000, "syn", [["http_host", "api.example.com:8080"]]],
    ],
}


class Canned:
    """A reader of what it was given, for any capture."""

    def __init__(self, *items: Record | Gap | Note) -> None:
        self._items = items

    def __call__(self, path: Path) -> Iterable[Record | Gap | Note]:
        assert path.exists()
        return iter(self._items)


def _falls_over(path: Path) -> Iterable[Record | Gap | Note]:
    yield GOOD[0]
    raise IndexError("off the end")


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """A capture with its truth beside it."""
    path = tmp_path / "x.pcap"
    path.write_bytes(b"")
    path.with_name("x.pcap.truth.json").write_text(json.dumps(TRUTH), "utf-8")
    return path


def _counts(judged: Judged) -> dict[str, tuple[int, int, int, int]]:
    return {
        kind: (names.required, names.found, len(names.missed), len(names.beyond))
        for kind, names in judged.kinds.items()
        if names.required or names.beyond
    }


def test_everything_found(capture: Path) -> None:
    judged = judge(capture, Canned(*GOOD, Gap(Origin("x.pcap"), "cut short")))
    assert _counts(judged) == dict.fromkeys(("tls_sni", "quic_sni", "dns_query", "http_host"), (1, 1, 0, 0))
    sizes = judged.volumes
    assert (sizes.agree, sizes.differ, sizes.absent, sizes.unsized, sizes.right) == (3, [], [], 1, 4)
    assert (judged.gaps, judged.crash, passes([judged])) == (1, "", True)


def test_a_miss_is_listed_with_its_tags(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(capture.parent)], Canned(*GOOD[1:])) == 0
    assert main([str(capture.parent)], Canned(*GOOD[2:])) == 1
    out = capsys.readouterr().out
    assert f"missed x.pcap tls_sni {CLIENT} chatgpt.com [ech ch_split_tcp]\n" in out
    assert "NOT passed" in out


def test_a_name_in_dtls_is_one_of_tls(capture: Path) -> None:
    truth = {**TRUTH, "must": [["dtls_sni", CLIENT, "chatgpt.com"]]}
    capture.with_name("x.pcap.truth.json").write_text(json.dumps(truth), "utf-8")
    assert _counts(judge(capture, Canned(*GOOD[:1])))["tls_sni"] == (1, 1, 0, 0)


def test_a_name_of_another_client_or_kind_is_missed_and_beyond(capture: Path) -> None:
    other = [_record("tls_sni", "chatgpt.com", client_ip="192.0.2.8"), _record("tls_sni", "claude.ai")]
    judged = judge(capture, Canned(*other))
    assert _counts(judged)["tls_sni"] == (1, 0, 1, 2)
    assert _counts(judged)["quic_sni"] == (1, 0, 1, 0)


def test_a_name_the_truth_knows_is_not_beyond_it(capture: Path) -> None:
    judged = judge(capture, Canned(*GOOD, _record("tls_sni", "maybe.example")))
    assert _counts(judged)["tls_sni"] == (1, 1, 0, 0)


def test_records_of_other_kinds_are_counted_and_not_judged(capture: Path) -> None:
    other = [
        _record("cert_name", "a.example"),
        _record("tls_sni", None),
        _record("tls_sni", "b.example", inferred=True),
    ]
    judged = judge(capture, Canned(*GOOD, *other))
    assert judged.unjudged == {"cert_name": 1, "tls_sni without name": 1, "tls_sni inferred": 1}
    assert _counts(judged)["tls_sni"] == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("records", "agree", "differ", "absent"),
    [
        (GOOD[1:], 2, ["truth 700/9000, read 200/1000"], []),
        ([_record("tls_sni", "chatgpt.com", bytes_up=9000, bytes_down=700), *GOOD[2:]], 2, ["read 9000/700"], []),
        ([_record("tls_sni", "chatgpt.com", bytes_up=None, bytes_down=None), *GOOD[2:]], 2, [], ["no bytes"]),
        ([_record("tls_sni", "chatgpt.com", server_port=444), *GOOD[2:]], 2, [], ["no record of this flow"]),
    ],
)
def test_volumes(capture: Path, records: list[Record], agree: int, differ: list[str], absent: list[str]) -> None:
    volumes = judge(capture, Canned(*records)).volumes
    assert volumes.agree == agree
    for wanted, got in ((differ, volumes.differ), (absent, volumes.absent)):
        assert len(wanted) == len(got)
        assert all(text in str(line) for text, line in zip(wanted, got, strict=True))


def test_a_flow_with_several_names_is_compared_as_one(capture: Path) -> None:
    pairs = [["http_host", "a.example"], ["http_host", "b.example"]]
    truth = TRUTH | {"must": [], "named_flows": [["tcp", CLIENT, 1, SERVER, 80, 700, 900, "syn", pairs]]}
    capture.with_name("x.pcap.truth.json").write_text(json.dumps(truth), "utf-8")
    parts = [_record("http_host", f"{one}.example", server_port=80, bytes_up=350, bytes_down=450) for one in "ab"]
    volumes = judge(capture, Canned(*parts)).volumes
    assert (volumes.agree, volumes.several, volumes.differ) == (1, 1, [])
    twice = [_record("http_host", f"{one}.example", server_port=80, bytes_up=700, bytes_down=900) for one in "ab"]
    assert len(judge(capture, Canned(*twice)).volumes.differ) == 1


def test_bytes_given_to_another_name_of_the_flow_agree_as_a_whole(capture: Path) -> None:
    pairs = [["http_host", "a.example"], ["tls_sni", "a.example"]]
    truth = TRUTH | {"must": [], "named_flows": [["tcp", CLIENT, 1, SERVER, 3128, 700, 9000, "syn", pairs]]}
    capture.with_name("x.pcap.truth.json").write_text(json.dumps(truth), "utf-8")
    inner = _record("tls_sni", "a.example", server_port=3128, bytes_up=None, bytes_down=None, counted=False)
    volumes = judge(capture, Canned(_record("http_host", "a.example", server_port=3128), inner)).volumes
    assert (volumes.agree, volumes.whole, volumes.absent) == (1, 1, [])
    outer = _record("http_host", "a.example", server_port=3128, bytes_up=600)
    volumes = judge(capture, Canned(outer, inner)).volumes
    assert (volumes.agree, volumes.whole, len(volumes.absent), len(volumes.differ)) == (0, 0, 1, 1)


def test_the_wrong_end_taken_for_the_client_is_told_apart(capture: Path) -> None:
    swapped = _record("tls_sni", "chatgpt.com", client_ip=SERVER, server_ip=CLIENT)
    elsewhere = _record("quic_sni", "claude.ai", server_ip="203.0.113.1")
    volumes = judge(capture, Canned(swapped, elsewhere)).volumes
    assert (volumes.right, len(volumes.swapped), len(volumes.other)) == (0, 1, 1)


def test_a_crash_is_counted_apart_and_fails(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged = judge(capture, _falls_over)
    assert judged.crash.startswith("IndexError: off the end (test_conformance_captures.py:")
    assert _counts(judged)["tls_sni"] == (1, 0, 1, 0)
    assert main([str(capture.parent)], _falls_over) == 1
    out = capsys.readouterr().out
    assert "CRASH x.pcap: IndexError: off the end" in out and "1 crashed" in out
    assert "\nmissed " not in out  # nobody has looked


def _truth_of(capture: Path, must: list[list[str]]) -> None:
    truth = {"tags": [], "must": must, "may": [], "named_flows": []}
    capture.with_name("x.pcap.truth.json").write_text(json.dumps(truth), "utf-8")


def test_the_gate(capture: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """199 of 200 are 99.5 %; one TLS name is too much, unless it was reviewed."""
    names = [f"n{number}.example" for number in range(200)]
    found = [_record("dns_query", name) for name in names]
    _truth_of(capture, [["dns_query", CLIENT, name] for name in names])
    assert passes([judge(capture, Canned(*found[1:]))])
    assert not passes([judge(capture, Canned(*found[2:]))])
    _truth_of(capture, [["dns_query", CLIENT, name] for name in names] + [["tls_sni", CLIENT, "a.example"]])
    assert not passes([judge(capture, Canned(*found))])
    reviewed = (("x.pcap", "tls_sni", "*", "a.example", "cut off by the snap length"),)
    monkeypatch.setattr(conformance_captures_reviewed, "REVIEWED", reviewed)
    assert main([str(capture.parent)], Canned(*found)) == 0
    assert "reviewed: cut off by the snap length" in capsys.readouterr().out
    assert not passes([judge(capture, Canned(*found[1:]))])


def test_everything_as_json(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(capture.parent), "--json"], Canned(*GOOD[:2], _record("tls_sni", "odd.example"))) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["passed"] is False
    assert found["kinds"]["quic_sni"] == {"required": 1, "found": 0, "missed": 1, "beyond": 0}
    assert {"file": "x.pcap", "kind": "tls_sni", "client": CLIENT, "name": "odd.example"} in found["beyond"]
    assert found["volumes"]["agree"] == 1


def test_options(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reader = Canned(*GOOD, _record("tls_sni", "odd.example"))
    assert main([str(capture.parent), "--names-only"], reader) == 0
    out = capsys.readouterr().out
    assert "volumes" not in out and "odd.example" not in out
    assert main([str(capture.parent), "--extras", "--times"], reader) == 0
    out = capsys.readouterr().out
    assert f"beyond x.pcap tls_sni {CLIENT} odd.example" in out
    assert "4 required     4 found    1 beyond x.pcap" in out
    assert main([str(capture.parent), "y"], reader) == 2


def test_captures_are_those_with_a_truth(capture: Path) -> None:
    (capture.parent / "without.pcap").write_bytes(b"")
    assert captures(capture.parent) == [capture]
    assert captures(capture.parent, ["x"]) == [capture]
    assert captures(capture.parent, ["y"]) == []


def test_the_first_word_tells_logs_from_captures(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert conformance.main(["captures", str(capture.parent), "none"]) == 2
    assert "no capture with a truth file" in capsys.readouterr().out
    assert conformance.main(["capture-truth"]) == conformance.main(["capture-variants", "x"]) == 2
    folder = capture.parent / "logs"
    folder.mkdir()
    assert conformance.main([str(folder)]) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ChatGPT.com", "chatgpt.com."),
        ("a.example:8080", "a.example"),
        ("[2001:DB8:0::1]:11434", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:11434", "192.0.2.1"),
        ("*.example.com", "example.com"),
        ("b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example", "xn--bcher-kva.example"),
        ("fl\N{REPLACEMENT CHARACTER}te.example", "fl\\251te.example"),
        ("fl\N{REPLACEMENT CHARACTER}te.example", "fl\\xfb\\xfbte.example"),
        ("fl\N{REPLACEMENT CHARACTER}te.example", "fl\N{LATIN SMALL LETTER U WITH CIRCUMFLEX}\x80te.example"),
    ],
)
def test_the_same_name_written_differently(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.example", "b.example"),
        ("www.a.example", "a.example"),
        ("a.example", "a.example.com"),
        ("a.example..", "a.example"),
        ("fl\N{REPLACEMENT CHARACTER}te.example", "flte.example"),
        ("fl\N{REPLACEMENT CHARACTER}te.example", "fl?te.example"),
        ("a_b.example", "a-b.example"),
        ("2001:db8::1", "2001:db8::2"),
        ("a:b:80", "a:b"),
    ],
)
def test_names_that_are_not_the_same(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_a_made_capture_against_what_was_put_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capture, truth = tmp_path / "big.pcap", tmp_path / "truth.json"
    capture.write_bytes(b"")
    by = [["tcp", CLIENT, SERVER, 443, 700, 9000, 7, 9], ["udp", CLIENT, "192.0.2.53", 53, 60, 90, 1, 1]]
    wanted = {"records": [["tls_sni", CLIENT, "chatgpt.com"], ["dns_query", CLIENT, "claude.ai"]], "bytes_by": by}
    truth.write_text(json.dumps(wanted), "utf-8")
    arguments = [str(capture), str(truth)]
    assert truth_main(arguments, Canned(GOOD[0], GOOD[1], GOOD[3])) == 0
    assert "volumes: 1 agree, 1 without bytes in our read on port 53" in capsys.readouterr().out
    assert truth_main(arguments, Canned(GOOD[0], GOOD[3])) == 1
    assert "truth [700, 9000], read [500, 8000]" in capsys.readouterr().out
    unsized = _record("tls_sni", "chatgpt.com", bytes_up=None, bytes_down=None)
    assert truth_main(arguments, Canned(unsized, GOOD[3])) == 1
    assert "truth [700, 9000], read None" in capsys.readouterr().out
    assert truth_main(arguments, Canned(GOOD[0], GOOD[1])) == 1
    assert f"missed dns_query {CLIENT} claude.ai" in capsys.readouterr().out


def test_variants_must_give_the_names_of_their_base(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base, folder = tmp_path / "base.pcap", tmp_path / "variants"
    folder.mkdir()
    for path in (base, folder / "mut-vlan.pcap", folder / "mut-snap96.pcap"):
        path.write_bytes(b"")

    def reader(path: Path) -> Iterable[Record]:
        return GOOD[2:] if path.name in fewer else GOOD

    fewer: tuple[str, ...] = ()
    assert variants_main([str(folder), str(base)], reader) == 0
    fewer = ("mut-snap96.pcap",)
    assert variants_main([str(folder), str(base)], reader) == 0
    fewer = ("mut-vlan.pcap",)
    assert variants_main([str(folder), str(base)], reader) == 1
    assert "1 differ: mut-vlan.pcap" in capsys.readouterr().out
    fewer = ("base.pcap",)
    assert variants_main([str(folder), str(base)], reader) == 1
