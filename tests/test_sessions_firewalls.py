"""Firewalls that tell of one session in several records: one use with its size, whatever the order, the files and the ids."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest

from shadowai import answers, inputs, pipeline
from shadowai.catalog import Catalog
from shadowai.cli import main
from shadowai.inventory import Inventory
from shadowai.model import Gap
from shadowai.sources import container
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile
from tests.test_answers import dns
from tests.test_sessions import entries, figures, folded, names_of, scanned

AT = 1_770_710_400  # 2026-02-10T08:00:00Z
CLIENT, SERVER = "10.1.2.3", "203.0.113.10"

Figures = dict[str, tuple[int, int, int | None, int | None]]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def forti(kind: str, session: int, at: int = 0, **more: object) -> str:
    """A record of FortiGate's traffic log, or of one of its others."""
    kinds = {"traffic": ("traffic", "forward"), "web": ("utm", "webfilter"), "app": ("utm", "app-ctrl")}
    typed, subtype = kinds[kind]
    client = more.pop("client", CLIENT)
    given = {"action": "close" if kind == "traffic" else "passthrough", **more}
    ends = f"srcip={client} srcport={50000 + session} dstip={SERVER} dstport=443"
    told = " ".join(f'{key}="{value}"' for key, value in given.items())
    return (
        f'date=2026-02-10 time=08:00:00 devid="FG100" eventtime={AT + at}000000000 tz="+0000" logid="0000000013" type="{typed}" '
        f'subtype="{subtype}" level="notice" vd="root" sessionid={session} {ends} proto=6 {told}'
    )


def forti_cef(kind: str, session: int, **more: object) -> str:
    """The same in CEF."""
    cat = {"traffic": "traffic:forward", "web": "utm:webfilter"}[kind]
    told = " ".join(f"{key}={value}" for key, value in more.items())
    return (
        f"CEF:0|Fortinet|Fortigate|v7.4.9|13312|{cat} pass|3|deviceExternalId=FG100 FTNTFGTeventtime={AT} cat={cat} FTNTFGTvd=root "
        f"externalId={session} src={CLIENT} spt=50001 dst={SERVER} dpt=443 act=accept {told}"
    )


def built(
    number: int, at: int = 0, client: str = CLIENT, port: int = 50001, server: str = SERVER, host: str = "fw1"
) -> str:
    """That an ASA begins a connection."""
    ends = f"outside:{server}/443 ({server}/443) to inside:{client}/{port} (198.51.100.1/{port})"
    return f"{_stamp(at)} {host} : %ASA-6-302013: Built outbound TCP connection {number} for {ends}"


def ended(
    number: int, at: int, lasted: int, client: str = CLIENT, port: int = 50001, server: str = SERVER, host: str = "fw1"
) -> str:
    """That it ends one."""
    time = f"{lasted // 3600}:{lasted // 60 % 60:02}:{lasted % 60:02}"
    ends = f"outside:{server}/443 to inside:{client}/{port} duration {time} bytes 38110 TCP FINs"
    return f"{_stamp(at)} {host} : %ASA-6-302014: Teardown TCP connection {number} for {ends}"


def _stamp(at: int) -> str:
    hours, rest = divmod(8 * 3600 + at, 3600)
    return f"Feb 10 2026 {hours:02}:{rest // 60:02}:{rest % 60:02}"


def checkpoint(uid: str, at: int = 0, **more: object) -> str:
    told = " ".join(f'{key}:"{value}";' for key, value in more.items())
    return (
        f'<134>1 2026-02-10T08:00:00Z gw1 CheckPoint 7776 - [action:"{more.get("action", "Accept")}"; ifdir:"outbound"; '
        f'loguid:"{uid}"; origin:"192.0.2.1"; time:"{AT + at}"; product:"URL Filtering"; src:"{CLIENT}"; dst:"{SERVER}"; '
        f'proto:"6"; service:"443"; {told}]'
    )


def srx(tag: str, session: int, **more: object) -> str:
    given = {
        "source-address": CLIENT,
        "source-port": 50001,
        "destination-address": SERVER,
        "destination-port": 443,
        **more,
    }
    told = " ".join(f'{key}="{value}"' for key, value in given.items())
    return (
        f'<14>1 2026-02-10T08:00:00.000Z srx1 RT_FLOW - {tag} [junos@2636.1.1.1.2.142 {told} session-id-32="{session}"]'
    )


def sophos(kind: str, connection: int, **more: object) -> str:
    log = {"web": ("Content Filtering", "HTTP"), "traffic": ("Firewall", "Firewall Rule")}[kind]
    told = " ".join(f'{key}="{value}"' for key, value in more.items())
    return (
        f'device_name="SFW" timestamp="2026-02-10T08:00:00+0000" device_model="XGS" log_id="010101600001" log_type="{log[0]}" '
        f'log_component="{log[1]}" log_subtype="Allowed" src_ip="{CLIENT}" src_port=50001 dst_ip="{SERVER}" dst_port=443 '
        f'protocol="TCP" con_id={connection} {told}'
    )


def pan(kind: str, serial: str, session: int, tail: str) -> str:
    head = f"1,2026/02/10 08:00:01,{serial},{kind},2816,2026/02/10 08:00:00,{CLIENT},{SERVER},0.0.0.0,0.0.0.0,rule,example\\jdoe,,ssl"
    return f"{head},vsys1,trust,untrust,e1,e2,fwd,2026/02/10 08:00:01,{session},1,50001,443,0,0,0x0,tcp,{tail}"


NAMED = {"hostname": "chatgpt.com", "sentbyte": 517, "rcvdbyte": 0}
GPT = "openai-chatgpt"

ONE: dict[str, tuple[list[str], Figures]] = {
    "FortiGate: web filter and traffic": (
        [forti("web", 1, 1, **NAMED), forti("traffic", 1, 60, sentbyte=9000, rcvdbyte=80000, duration=60)],
        {GPT: (1, 0, 9000, 80000)},
    ),
    "FortiGate: a size so far is no size of its own": (
        [forti("web", 1, 1, **NAMED), forti("web", 1, 2, **{**NAMED, "sentbyte": 700}), forti("web", 1, 9, **{**NAMED, "sentbyte": 900})],
        {GPT: (3, 0, 900, 0)},
    ),
    "FortiGate: the traffic log has the name, too": (
        [forti("web", 1, 1, **NAMED), forti("app", 1, 1, hostname="chatgpt.com"),
         forti("traffic", 1, 60, hostname="chatgpt.com", sentbyte=9000, rcvdbyte=80000)],
        {GPT: (2, 0, 9000, 80000)},
    ),
    "FortiGate: a long session is reported again and again": (
        [forti("traffic", 1, 120, hostname="chatgpt.com", action="accept", sentbyte=500, rcvdbyte=50, sentdelta=500, rcvddelta=50),
         forti("traffic", 1, 240, hostname="chatgpt.com", action="accept", sentbyte=800, rcvdbyte=90, sentdelta=300, rcvddelta=40),
         forti("traffic", 1, 300, hostname="chatgpt.com", sentbyte=900, rcvdbyte=95)],
        {GPT: (1, 0, 900, 95)},
    ),
    "FortiGate: blocked by the web filter": (
        [forti("web", 1, 1, **NAMED | {"action": "blocked"}), forti("traffic", 1, 5, utmaction="block", sentbyte=900, rcvdbyte=300)],
        {GPT: (0, 1, None, None)},
    ),
    "FortiGate: two sessions with one number": (
        [forti("web", 1, 1, **NAMED), forti("traffic", 1, 60, client="10.1.2.9", sentbyte=9000, rcvdbyte=80000)],
        {GPT: (1, 0, 517, 0)},
    ),
    "FortiGate in CEF": (
        [forti_cef("web", 7, dhost="chatgpt.com", out=517), forti_cef("traffic", 7, out=9000, **{"in": 80000})],
        {GPT: (1, 0, 9000, 80000)},
    ),
    "Check Point: a log that is updated": (
        [checkpoint("{0x1,0x0,0x1,0x1}", 0, sent_bytes=10),
         checkpoint("{0x1,0x0,0x1,0x1}", 0, resource="https://chatgpt.com/", sent_bytes=900, received_bytes=70),
         checkpoint("{0x1,0x0,0x1,0x1}", 5, resource="https://chatgpt.com/", sent_bytes=1900, received_bytes=7000)],
        {GPT: (1, 0, 1900, 7000)},
    ),
    "Check Point: stopped in the end": (
        [checkpoint("{0x1,0x0,0x1,0x1}", 0, resource="https://chatgpt.com/", sent_bytes=900),
         checkpoint("{0x1,0x0,0x1,0x1}", 1, resource="https://chatgpt.com/", action="Block")],
        {GPT: (0, 1, None, None)},
    ),
    "Check Point: no id is no id": (
        [checkpoint("{0x0,0x0,0x0,0x0}", at, resource="https://chatgpt.com/", sent_bytes=900) for at in range(3)],
        {GPT: (3, 0, 2700, None)},
    ),
    "Juniper SRX": (
        [srx("WEBFILTER_URL_PERMITTED", 7, url="chatgpt.com", obj="/c"),
         srx("RT_FLOW_SESSION_CLOSE", 7, **{"bytes-from-client": 3676, "bytes-from-server": 78670, "elapsed-time": 30})],
        {GPT: (1, 0, 3676, 78670)},
    ),
    "Sophos": (
        [sophos("web", 7, url="https://chatgpt.com/", domain="chatgpt.com"),
         sophos("traffic", 7, con_event="Stop", bytes_sent=770, bytes_received=1050, duration=30)],
        {GPT: (1, 0, 770, 1050)},
    ),
    "PAN-OS: two firewalls with one number": (
        [pan("THREAT,url", "0070511", 9, 'alert,"chatgpt.com/c",(9999),ai,informational,client-to-server'),
         pan("TRAFFIC,end", "0070522", 9, "allow,6000,5000,1000,12,2026/02/10 08:00:00,5,any")],
        {GPT: (1, 0, None, None)},
    ),
}  # fmt: skip


def written(folder: Path, files: Sequence[Sequence[str]]) -> list[Path]:
    folder.mkdir(exist_ok=True, parents=True)
    paths = [folder / f"{number}.log" for number in range(len(files))]
    for path, lines in zip(paths, files, strict=True):
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return paths


def agreed(paths: Sequence[Path], catalog: Catalog) -> Inventory:
    """A scan of the files, after checking that the reference and a scan in several processes give the same."""
    found, apart, reference = scanned(paths, catalog), scanned(paths, catalog, apart=True), folded(paths, catalog)
    assert entries(found, catalog) == entries(reference, catalog) == entries(apart, catalog)
    assert found.notes("user") == reference.notes("user") == apart.notes("user")
    return found


@pytest.mark.parametrize("case", ONE)
def test_a_session_is_one_use_whatever_the_order(case: str, catalog: Catalog, tmp_path: Path) -> None:
    lines, wanted = ONE[case]
    for number, order in enumerate(permutations(lines)):
        for cut in range(len(order)):
            paths = written(tmp_path / f"{number}-{cut}", [part for part in (order[:cut], order[cut:]) if part])
            assert figures(agreed(paths, catalog), catalog) == wanted


def told_of(inventory: Inventory, kind: str) -> int:
    return sum(note.count for note in inventory.notes("user") if note.kind == kind)


ASKED = dns(0, CLIENT, "chatgpt.com", SERVER)

ASA: dict[str, tuple[list[str], int]] = {
    "begun and ended": ([built(7, 5), ended(7, 65, 60)], 1),
    "the end alone": ([ended(7, 65, 60)], 1),
    "the beginning alone": ([built(7, 5)], 1),
    "ended when the answer was long old": ([ended(7, 4000, 3990)], 1),
    "begun when the answer was old": ([built(7, 400), ended(7, 401, 1)], 0),
    "begun before the answer": ([ended(7, 60, 300)], 0),
    "a number used again": ([built(7, 5), ended(7, 6, 1), built(7, 9, port=50002), ended(7, 10, 1, port=50002)], 2),
    "a number used again by another client": (
        [built(7, 5), ended(7, 9, 4), built(7, 9, "10.1.2.9"), ended(7, 9, 0, "10.1.2.9")],
        1,
    ),
    "two devices in one file": (
        [built(7, 5), built(7, 5, "10.1.2.9", host="fw2"), ended(7, 9, 4, "10.1.2.9", host="fw2")],
        1,
    ),
    "numbers that wrap": (
        [built(4294967295, 5), built(1, 6, port=50002), ended(4294967295, 8, 3), ended(1, 8, 2, port=50002)],
        2,
    ),
}


@pytest.mark.parametrize("case", ASA)
def test_an_asa_s_two_lines_are_one_connection(case: str, catalog: Catalog, tmp_path: Path) -> None:
    lines, wanted = ASA[case]
    for number, order in enumerate(list(permutations(lines))[:: 1 if len(lines) < 4 else 5]):
        for place, files in enumerate(([[ASKED], order], [order, [ASKED]], [order[:1], [ASKED], order[1:]])):
            paths = written(tmp_path / f"{number}-{place}", [file for file in files if file])
            assert told_of(agreed(paths, catalog), "inferred") == wanted


def test_who_began_is_what_the_first_line_says(catalog: Catalog, tmp_path: Path) -> None:
    """The end alone takes the well-known port for the server's; where the beginning says otherwise, nobody has used anything."""
    ends = f"outside:{SERVER}/443 ({SERVER}/443) to inside:{CLIENT}/50001 (198.51.100.1/50001)"
    inbound = f"{_stamp(5)} fw1 : %ASA-6-302013: Built inbound TCP connection 7 for {ends}"
    for lines in ([inbound, ended(7, 5, 0)], [ended(7, 5, 0), inbound]):
        assert told_of(agreed(written(tmp_path, [[ASKED], lines]), catalog), "inferred") == 0
    assert told_of(agreed(written(tmp_path, [[ASKED], [ended(7, 5, 0)]]), catalog), "inferred") == 1


def test_what_a_session_is_named_is_not_inferred_as_well(catalog: Catalog, tmp_path: Path) -> None:
    """The web filter names it: one use, confirmed. Where it names something else (it says how often it did), none is inferred."""
    asked = dns(0, CLIENT, "claude.ai", SERVER)
    traffic = forti("traffic", 1, 60, sentbyte=9000, rcvdbyte=80000, duration=55)
    found = agreed(written(tmp_path / "a", [[asked], [forti("web", 1, 6, **NAMED), traffic]]), catalog)
    assert figures(found, catalog)[GPT] == (1, 0, 9000, 80000)
    assert told_of(found, "inferred") == 0
    cases: tuple[tuple[dict[str, int], int], ...] = (({}, 1), ({"countweb": 1}, 0), ({"countweb": 0}, 1))
    for more, inferred in cases:
        elsewhere = [
            forti("web", 1, 6, hostname="www.example.com"),
            forti("traffic", 1, 60, sentbyte=1, duration=55, **more),
        ]
        found = agreed(written(tmp_path / f"b{more}", [[asked], elsewhere]), catalog)
        assert told_of(found, "inferred") == inferred


def test_a_connection_by_address_has_the_largest_size_that_is_told(catalog: Catalog, tmp_path: Path) -> None:
    reports = [
        forti("traffic", 1, at, action="accept", sentbyte=at, sentdelta=60, rcvdbyte=9, duration=at)
        for at in (120, 240)
    ]
    answered = [
        '{"timestamp": "2026-02-10T08:00:00.0+0000", "flow_id": 7, "event_type": "dns", "src_ip": "10.0.0.53", "src_port": 53, '
        f'"dest_ip": "{CLIENT}", "dest_port": 50123, "proto": "UDP", "dns": {{"type": "answer", "rrname": "claude.ai", '
        f'"grouped": {{"A": ["{SERVER}"]}}, "rcode": "NOERROR"}}}}'
    ]
    found = agreed(written(tmp_path, [answered, reports]), catalog)
    assert figures(found, catalog) == {"anthropic-claude": (1, 0, 240, 9)}


def test_limits_are_told(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "CONNECTIONS", 2)
    lines = [built(number, 5, port=50000 + number) for number in range(9)]
    found = scanned(written(tmp_path, [[ASKED], lines]), catalog)
    entries(found, catalog)
    assert told_of(found, "inferred") == 9
    assert any("before all of them were read" in note.text for note in found.notes("user"))
    found = scanned(written(tmp_path, [lines, [ASKED]]), catalog)
    entries(found, catalog)
    assert told_of(found, "inferred") == 2
    assert told_of(found, "answers_limit") == 7


def _cut(path: Path, size: int, catalog: Catalog, inventory: Inventory) -> None:
    (source,) = container.expand([str(path)])
    assert not isinstance(source, Gap)
    with container.opened(source) as stream:
        for content in container.contents(source, stream):
            assert not isinstance(content, Gap)
            inputs.scan_log(LogFile(content, formats(), block_size=size), names_of(catalog), inventory)


def test_scan_is_the_fold_of_read_however_the_file_is_cut(catalog: Catalog, tmp_path: Path) -> None:
    rng = random.Random(3)
    hosts = ("chatgpt.com", "claude.ai", "www.example.com")
    for turn in range(6):
        kinds = [
            lambda n: forti("web", n, rng.randrange(99), hostname=rng.choice(hosts), sentbyte=rng.randrange(999)),
            lambda n: forti("traffic", n, rng.randrange(99), sentbyte=rng.randrange(999), duration=rng.randrange(99)),
            lambda n: forti("traffic", n, rng.randrange(99), hostname=rng.choice(hosts), sentbyte=1, action=rng.choice(("close", "deny"))),
            lambda n: built(n, rng.randrange(99), port=50000 + n),
            lambda n: ended(n, rng.randrange(99), rng.randrange(99), port=50000 + n),
            lambda n: checkpoint(f"{{0x1,0x{n},0x1,0x1}}", rng.randrange(9), resource=f"https://{rng.choice(hosts)}/", sent_bytes=n),
            lambda n: srx("RT_FLOW_SESSION_CLOSE", n, **{"bytes-from-client": rng.randrange(999)}),
            lambda n: srx("WEBFILTER_URL_PERMITTED", n, url=rng.choice(hosts)),
            lambda n: dns(rng.randrange(50), CLIENT, rng.choice(hosts), SERVER),
        ]  # fmt: skip
        lines = [rng.choice(kinds)(rng.randrange(1, 9)) for _ in range(80)]
        paths = written(tmp_path / str(turn), [lines[:30], lines[30:]])
        wanted = agreed(paths, catalog)
        for size in (1, 7, 64, 997):
            found = Inventory()
            for path in paths:
                _cut(path, size, catalog, found)
            assert entries(found, catalog) == entries(wanted, catalog)
            assert found.notes("user") == wanted.notes("user")


def test_the_command_line_joins_files_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The web filter's file and the firewall's, whose records name nobody: one use with its size, no gap, and two notes."""
    web = [forti("web", number, 1, **NAMED) for number in range(1, 4)]
    traffic = [forti("traffic", number, 60, sentbyte=1000, rcvdbyte=9, duration=59) for number in range(1, 9)]
    paths = written(tmp_path, [traffic, web])
    assert main(["scan", *map(str, paths), "--no-progress", "--format", "json", "-o", "-"]) == 0
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert [(row["events"], row["bytes_up"], row["bytes_down"]) for row in report["entries"]] == [(3, 3000, 27)]
    assert sorted((note["kind"], note["count"]) for note in report["notes"]) == [("joined", 3), ("joined", 8)]
    assert report["gaps"] == []
    assert "name no host; other files of the same product name their connections" in said.err


def test_an_asa_s_file_stays_a_gap_for_no_other_file_names_its_connections(tmp_path: Path) -> None:
    url = f"{_stamp(5)} fw1 : %ASA-5-304001: {CLIENT} Accessed URL {SERVER}:http://www.example.com/x"
    paths = written(tmp_path, [[built(7, 5), ended(7, 9, 4)], [url] * 3])
    report = pipeline.scan([str(path) for path in paths], options=pipeline.ScanOptions())
    assert [gap.origin.path for gap in report.gaps] == [str(paths[0])]
