"""Lines without a name, of which the compiled fold hands on what they say of others: as the reference does, at every limit."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shadowai import answers, fast, sessions, sightings
from shadowai.catalog import Catalog
from shadowai.inputs import scan_log
from shadowai.inventory import Inventory
from shadowai.model import Answer, Note, Record
from shadowai.names import Names
from shadowai.sources.container import Content
from shadowai.sources.logs import fold_plan, formats
from shadowai.sources.logs.logfile import Known, LogFile
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.timestamps import Clock
from tests.fast.test_lines import _mutations
from tests.formats import expected

JOINING = sorted(name for name, one in formats().items() if one.joins and fold_plan.may_fold(one))
SAMPLES = [sample for name in JOINING for sample in expected.samples(name)]
PANOS = (
    "<14>Feb 10 08:00:00 fw1 1,2026/02/10 08:00:00,001801000000,TRAFFIC,end,2305,2026/02/10 08:00:00,10.1.0.{client},"
    "{server},198.51.100.1,203.0.113.9,out,corp\\jo,,ssl,vsys1,trust,untrust,ae1,ae2,fwd,2026/02/10 08:00:00,{id},1,"
    "50000,{port},40000,443,0x400053,tcp,allow,91111,{up},{down},90,2026/02/10 07:59:00,60,any"
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.fixture(autouse=True)
def _low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "CONNECTIONS", 4)
    monkeypatch.setattr(sessions, "SIZES", 6)


def _scan(
    data: bytes, catalog: Catalog, *, alone: bool, told: tuple[str, ...] = (), known: Known | None = None
) -> tuple[Any, ...]:
    log = LogFile(Content("x", io.BytesIO(data), modified=expected.MODIFIED), formats(), block_size=1 << 20)
    log.known = known
    inventory, names = Inventory(), Names(catalog)
    joins = inventory.joins
    for address in told:
        asked = Record("dns", 1, "x", kind="dns_query", host="chatgpt.com", time=1770710400_000000)
        answer = Answer("10.1.0.7", (address,), 86400)
        joins.answers.learn(replace(asked, answer=answer), sightings.matches_of(asked, names))
    scan_log(log, names, inventory, alone=alone)
    state = joins.sessions._sizes, joins.sessions._unkept, joins.answers._unkept
    told_of = sorted(joins.answers._others), joins.answers._told
    held = {pair: list(map(str, some)) for pair, some in joins.answers._connections.items()}
    uses = {session: list(map(str, several)) for session, several in joins.sessions._uses.items()}
    return (
        state,
        held,
        uses,
        told_of,
        list(joins.notes()),
        log.tally,
        list(log.gaps()),
        list(log.notes()),
        log.summary(),
    )


def _both(data: bytes, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, **how: Any) -> tuple[Any, ...]:
    monkeypatch.delenv(fast.PURE, raising=False)
    found = _scan(data, catalog, **how)
    monkeypatch.setenv(fast.PURE, "1")
    assert found == _scan(data, catalog, **how)
    return found


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_samples_and_what_broken_writers_make_of_them_say_the_same_of_others(
    sample: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = sample.read_bytes()
    chance = random.Random(sample.name)
    _both(data * 3, catalog, monkeypatch, alone=False)
    for changed in _mutations(data, chance):
        _both(changed, catalog, monkeypatch, alone=chance.random() < 0.3, told=("203.0.113.9",))


def _panos(count: int, **fixed: object) -> bytes:
    chance = random.Random(5)
    lines = []
    for place in range(count):
        said = {
            "client": place % 9 + 1,
            "server": f"192.0.2.{chance.randrange(20)}",
            "id": chance.choice((place, place % 7, 0)),
            "port": chance.choice((443, 443, 53, 0)),
            "up": chance.choice((place * 10, "", 0)),
            "down": place,
        } | fixed
        lines.append(PANOS.format(**said))
    return "\n".join(lines).encode() + b"\n"


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("told", [(), ("192.0.2.3", "192.0.2.4")])
def test_sizes_and_connections_by_address_wait_as_the_reference_lets_them(
    alone: bool, told: tuple[str, ...], catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, held, _, _, _, tally, *_ = _both(_panos(400), catalog, monkeypatch, alone=alone, told=told)
    sizes, unkept, by_address = state
    assert len(sizes) == 6 and unkept > 100
    assert tally.records == 400 and tally.named == 0
    assert (by_address > 200 and held) if not alone else (not by_address and not held)


def test_what_an_answer_can_name_is_remembered_when_nothing_else_is(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = _panos(60, server="192.0.2.99") + _panos(9, server="192.0.2.3") + _panos(60, server="192.0.2.99")
    _, held, *_ = _both(data, catalog, monkeypatch, alone=False, told=("192.0.2.3",))
    assert ("10.1.0.7", "192.0.2.3") in held


class _Leases:
    """Every address was one device's."""

    notes: tuple[Note, ...] = ()

    def __call__(self, record: Record) -> Record:
        return replace(record, device=f"pc-{record.client_ip}")


def test_whose_device_a_connection_was_is_known_beside_the_log(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = _panos(60, server="192.0.2.3")
    _, held, *_ = _both(data, catalog, monkeypatch, alone=False, told=("192.0.2.3",), known=_Leases())
    assert held and all("pc-10.1.0." in one for some in held.values() for one in some)


def test_the_compiled_fold_hands_sizes_on(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    if fast.lines_module() is None:
        return
    handed: list[str] = []
    keep, wait = sessions.Sessions.keep, answers.Answers.wait

    def size(self: sessions.Sessions, session: str, up: int | None, down: int | None) -> None:
        handed.append("size")
        keep(self, session, up, down)

    def waits(self: answers.Answers, server: str, one: answers.Connection) -> None:
        handed.append("connection")
        wait(self, server, one)

    monkeypatch.setattr(sessions.Sessions, "keep", size)
    monkeypatch.setattr(answers.Answers, "wait", waits)
    monkeypatch.setattr(FormatReader, "session", None)  # of what is handed on nothing is read
    monkeypatch.delenv(fast.PURE, raising=False)
    _scan(_panos(50, up=1), catalog, alone=False)
    assert handed.count("size") > 20 and handed.count("connection") == 4


@pytest.mark.parametrize("name", ["panos_traffic", "fortigate_kv", "zeek_conn_json", "sophos_xg", "cisco_ftd"])
def test_common_firewalls_have_a_plan_for_lines_without_a_name(name: str) -> None:
    reader = FormatReader(formats()[name], Clock(None))
    plan = fold_plan.plan_of(reader)
    assert plan is not None and plan.aside is not None and plan.aside.id


def test_ids_that_may_be_no_word_are_left_to_the_reference() -> None:
    described = formats()["panos_traffic"]
    reader = FormatReader(replace(described, nulls=frozenset({"0x1"})), Clock(None))
    plan = fold_plan.plan_of(reader)
    assert plan is not None and plan.aside is None


ZEEK = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqtype_name\trcode_name\trejected\tanswers\tTTLs\n"
)
DNS = {
    "zeek_dns_tsv": "177071040{n}.5\tC{n:017}\t10.0.0.{n}\t5353\t10.0.0.53\t53\tudp\t{host}\tA\tNOERROR\tF\t{answers}\t60.0,60.0",
    "suricata_eve": (
        '{{"timestamp":"2026-02-10T08:00:0{n}.123456+0000","flow_id":{n},"event_type":"dns","src_ip":"10.0.0.{n}","src_port":4444,'
        '"dest_ip":"10.0.0.53","dest_port":53,"proto":"UDP","dns":{{"type":"answer","rrname":"{host}","rrtype":"A",'
        '"answers":[{{"rrname":"{host}","rdata":"192.0.2.1"}}],"grouped":{{"A":["192.0.2.1","192.0.2.{n}"],"CNAME":["a.example"]}}}}}}'
    ),
    "aws_route53_resolver": (
        '{{"query_timestamp":"2026-02-10T08:00:0{n}Z","query_name":"{host}.","query_type":"A","rcode":"NOERROR","account_id":"1",'
        '"vpc_id":"v","answers":[{{"Rdata":"192.0.2.{n}","Type":"A"}}],"srcaddr":"10.0.0.{n}","srcids":{{"instance":"i-{n}"}}}}'
    ),
}


@pytest.mark.parametrize("name", DNS)
def test_answers_to_questions_of_no_service_are_handed_on(
    name: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = ["www.example.org", "mail.example.net", "chatgpt.com", "-", "EXAMPLE.org"]
    answers = ["192.0.2.1,192.0.2.{n}", "-", "(empty)", "2001:db8::1", "cdn.example.net,192.0.2.7"]
    lines = [
        DNS[name].format(n=n % 9, host=hosts[n % 5], answers=answers[n // 5 % 5].format(n=n % 9)) for n in range(90)
    ]
    data = (ZEEK if name == "zeek_dns_tsv" else "") + "\n".join(lines) + "\n"
    _, _, _, (others, told), *_ = _both(data.encode(), catalog, monkeypatch, alone=False)
    assert len(others) > 5 and told
    for changed in _mutations(data.encode(), random.Random(name)):
        _both(changed, catalog, monkeypatch, alone=False)
