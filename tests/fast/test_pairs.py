"""Lines of ``key=value``, of CEF and of LEEF: the compiled fold gives what the reference gives, and does most of it by itself."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shadowai import fast, fold_answers
from shadowai.catalog import Catalog
from shadowai.inventory import Inventory
from shadowai.names import Names
from shadowai.names_first import scan_file
from shadowai.policy import Policy
from shadowai.sources.container import Content
from shadowai.sources.logs import bulk, formats
from shadowai.sources.logs.description import KeyValue, TimeOf
from shadowai.sources.logs.logfile import LogFile
from tests.formats import expected

FORTI = (
    'date=2026-01-05 time=08:00:{n:02} tz="+0000" logid="0317013312" type="utm" subtype="webfilter" vd="root" sessionid={n} '
    'user="{user}" srcip=10.0.0.{n} dstip=203.0.113.9 dstport=443 hostname="{host}" action="passthrough" sentbyte=10 rcvdbyte=20'
)
XG = (
    'device="SFW" date=2026-01-05 time=08:00:{n:02} timezone="GMT" log_id=050901616001 log_type="Content Filtering" '
    'log_component="HTTP" log_subtype="Allowed" user_name="{user}" src_ip=10.0.0.{n} url=https://{host}/ sent_bytes=10 recv_bytes=20'
)
CEF = (
    "<14>Jan  5 08:00:{n:02} gw CEF:0|Zscaler|NSSWeblog|5.0|Allowed|Allowed|3|act=Allowed app=HTTPS cat=Internet Services dhost={host} "
    "dst=203.0.113.9 src=10.0.0.{n} in=20 out=10 rt=17676000{n:02}000 request={host}/ suser={user} cs1Label=dept cs1=Sales"
)
LEEF = (
    "<134>Jan  5 08:00:{n:02} nss LEEF:1.0|Zscaler|NSS|4.1|Allowed|cat=Allowed\tdevTime=Jan 05 2026 08:00:{n:02} UTC\tsrc=10.0.0.{n}\t"
    "dst=203.0.113.9\tusrName={user}\tsrcBytes=10\tdstBytes=20\tpolicy=None\turl={host}/c/1\thostname={host}\trequestmethod=GET"
)
LINES = {"fortigate_kv": FORTI, "sophos_xg": XG, "zscaler_nss_cef": CEF, "zscaler_nss_leef": LEEF}
HOSTS = ("chatgpt.com", "www.site.example", "claude.ai", "intranet.example", "api.openai.com", "acme-gpt.example")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def scanned(data: bytes, name: str, catalog: Catalog, size: int) -> object:
    content = Content("x", io.BytesIO(data), modified=expected.MODIFIED)
    log = LogFile(content, formats(), forced=formats()[name], block_size=size)
    inventory = Inventory()
    scan_file(log, Names(catalog), inventory)
    rows = inventory.entries(
        "user", lookup=catalog.signatures.__getitem__, policy=Policy.empty(), today=date(2026, 3, 1)
    )
    return rows, inventory.candidates(), log.tally, list(log.gaps()), list(log.notes()), log.summary()


def _log(name: str) -> list[str]:
    return [LINES[name].format(n=n, host=HOSTS[n % len(HOSTS)], user=f"user{n % 4}@example.com") for n in range(1, 19)]


def same(lines: list[str], name: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, size: int = 1 << 20) -> None:
    data = "\n".join(lines).encode()
    monkeypatch.delenv(fast.PURE, raising=False)
    found = scanned(data, name, catalog, size)
    monkeypatch.setenv(fast.PURE, "1")
    assert found == scanned(data, name, catalog, 1 << 20)


def test_keys_of_words_and_colons(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a description of a user's own has them."""
    own = replace(
        formats()["generic_kv_colon"],
        family=KeyValue("colon_words"),
        fields={
            "host": ("Dest Host",),
            "user": ("User Name",),
            "client_ip": ("Source IP",),
            "bytes_up": ("Bytes Sent",),
        },
        time=(TimeOf(("Event Time",)),),
        line="^Event Time: ",
        blocked=(),
        allowed=(),
        kinds=(),
    )
    known = {**formats(), "own_colon": replace(own, name="own_colon", guessed=False, rank=20)}
    monkeypatch.setattr("tests.fast.test_pairs.formats", lambda: known)
    chance = random.Random(3)
    bits = [
        ", ",
        ": ",
        ",",
        ":",
        '"',
        "\\",
        " ",
        "  ",
        "User Name: x",
        ", Dest Host: claude.ai",
        "a b c d",
        "\xa0",
        "é",
        "\t",
        ".",
        "x:",
    ]
    lines = []
    for n in range(900):
        line = (
            f"Event Time: 2026-01-05 10:00:{n % 60:02}, User Name: user{n % 5}, Source IP: 10.0.0.{n % 7}, "
            f"Dest Host: {HOSTS[n % len(HOSTS)]}, Bytes Sent: {n}"
        )
        for _ in range(chance.randrange(3)):
            at = chance.randrange(len(line))
            line = line[:at] + chance.choice(bits) + line[at + chance.randrange(3) :]
        lines.append(line)
    same(lines, "own_colon", catalog, monkeypatch)
    same(lines, "own_colon", catalog, monkeypatch, 64)


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("size", [1, 64, 4096, 1 << 20])
def test_the_same_at_every_boundary(name: str, size: int, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    same(_log(name), name, catalog, monkeypatch, size)


def folded(lines: list[str], name: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many of ``lines`` the compiled fold counts by itself; all of them where there is none."""
    monkeypatch.delenv(fast.PURE, raising=False)
    counts, fold = [0 if fast.lines_module() is not None else len(lines)], bulk.LineFold.fold

    def counting(self: bulk.LineFold, *where: Any) -> bulk.Kept:
        kept = fold(self, *where)
        counts[0] += kept.looked_at - len(kept.lines)
        return kept

    monkeypatch.setattr(bulk.LineFold, "fold", counting)
    scanned("\n".join(lines).encode(), name, catalog, 1 << 20)
    return counts[0]


@pytest.mark.parametrize("name", LINES)
def test_lines_are_folded(name: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folded(_log(name), name, catalog, monkeypatch) == 18


ODD = [
    "hostname=claude.ai ",
    " hostname=claude.ai",
    "x=y=z ",
    "=",
    "a==b ",
    '="" ',
    'k="open ',
    "k='one two' ",
    "k='open ",
    'k="a\\"b" ',
    'k="a\\',
    "user=CORP\\jo ",
    'user="CORP\\\\jo" ',
    'hostname="chat\\gpt.com" ',
    "\u00e9k=v ",
    "k\u00e9=v ",
    "k=\u00e9\u00a0v ",
    "k=a\x0bb ",
    "k=a\tb=c ",
    "{",
    '{"message": "x"} ',
    "-k=v /k=v .k=v 9k=v _k=v ",
    "x" * 63 + "=v ",
    "x" * 64 + "=v ",
    "x" * 65 + "=v ",
    "type=event subtype=x ",
    'type="utm"  subtype="x" ',
    "  ",
    " " * 17,
    "dhost=claude.ai ",
    'dhost="claude.ai" ',
    "cs1Label=dhost cs1=claude.ai ",
    "label.dept=x ",
    "cef.vendor=x ",
    "csLabel=x Label=y cs1Label= cs1Label=dept ",
    "CEF:0|a|b|c|d|e|f|",
    "3|a|b|",
    "|",
    "\\|",
    "\\",
    "=\\= ",
    "a b=c  d=e   f=g ",
    "2nd=x ",
    "7",
    "-7.",
    "a.b=c a[0]=d ",
    "\x00",
    "\r",
    "\x1f",
    "LEEF:1.0|a|b|c|d|",
    "1.0|a|b|c|d|",
    "#011",
    "\thostname=claude.ai\t",
    '\thostname="claude.ai"\t',
    "\t hostname =claude.ai\t",
    "\t\x1churl=x\t",
    "x09|",
]


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("odd", ODD)
def test_what_is_odd_is_read_alike(name: str, odd: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it stands: before the line, behind it, before and behind each pair, and in the middle of a value."""
    lines = _log(name)
    line = lines[0]
    places = [0, len(line), *(at for at, text in enumerate(line) if text in " |=\t")]
    for at in places:
        lines += [line[:at] + odd + line[at:], line[: at + 1] + odd + line[at + 1 :]]
    lines += [line[:at] for at in places]
    same(lines, name, catalog, monkeypatch)


def test_of_repeated_keys_and_labels_the_same_count(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    line = _log("zscaler_nss_cef")[0]
    more = (
        " dhost=claude.ai",
        " cs1Label=other",
        " cs1=x",
        " cs2Label=dept cs2=y",
        " suser=",
        " in=5 in=6",
        " act=Blocked",
    )
    same(
        [line, *(line + end for end in more), *(line + a + b for a in more for b in more)],
        "zscaler_nss_cef",
        catalog,
        monkeypatch,
    )


@pytest.mark.parametrize(
    "mark",
    [
        "^|",
        "|",
        "",
        "x5E|",
        "0x5e|",
        "x005E|",
        "x09|",
        "x|",
        "xZ|",
        "x0|",
        "x80|",
        "x12345|",
        "0|",
        "a|",
        "=|",
        " |",
        "\u00a7|",
        "\u00e9|",
        ";|",
        "x=1|",
    ],
)
@pytest.mark.parametrize("between", ["\t", "^", ";", " ", "|", "\u00a7", "="])
def test_what_parts_the_pairs_of_leef(
    mark: str, between: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line.replace("|cat=", f"|{mark}cat=").replace("\t", between) for line in _log("zscaler_nss_leef")]
    same(
        [*_log("zscaler_nss_leef"), *lines, *(line.replace("LEEF:1", "LEEF: 2") for line in lines)],
        "zscaler_nss_leef",
        catalog,
        monkeypatch,
    )


@pytest.mark.parametrize("pairs", [100, 127, 128, 129, 300])
def test_many_pairs(pairs: int, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LINES:
        many = " ".join(f"k{n}=v" for n in range(pairs))
        same([f"{line} {many}" for line in _log(name)], name, catalog, monkeypatch)


def test_a_device_of_another_format_is_no_record(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = _log("zscaler_nss_cef")
    other = [
        line.replace("Zscaler|NSSWeblog", device)
        for line in lines[:4]
        for device in ("Acme|Box", "zscaler|nss", "|", "a" * 200 + "|b")
    ]
    same([*lines, *other], "zscaler_nss_cef", catalog, monkeypatch)


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("asked", ["name", "url", "manner", "together", "actor", "time", "is_foreign"])
def test_no_error_of_who_answers_is_lost(
    name: str, asked: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fold works without the interpreter's lock: an error there must not be printed and passed over."""

    def fails(*_: object) -> object:
        raise MemoryError(asked)

    monkeypatch.delenv(fast.PURE, raising=False)
    monkeypatch.setattr(fold_answers.FoldAnswers, asked, fails)
    lines = "\n".join(_log(name)).encode()
    if fast.lines_module() is None or (asked == "is_foreign" and name not in ("zscaler_nss_cef", "zscaler_nss_leef")):
        scanned(lines, name, catalog, 1 << 20)
    else:
        with pytest.raises(MemoryError, match=asked):
            scanned(lines, name, catalog, 1 << 20)
