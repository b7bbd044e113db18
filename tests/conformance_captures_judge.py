"""One capture against its truth: the names that must be found, the volumes, and who was taken for the client.

A truth file lists ``must`` and ``may``, each ``[kind, client, name]``, and ``named_flows``, each ``[protocol, client, client port,
server, server port, bytes up, bytes down, how the client was told, [[kind, name], …]]``. The reader is a parameter, so that the
judge can be tested without one.
"""

from __future__ import annotations

import ipaddress
import json
import re
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from shadowai.model import Gap, Note, Record

Reader = Callable[[Path], Iterable[Record | Gap | Note]]
"""How a capture is read."""

KINDS = ("tls_sni", "quic_sni", "dns_query", "mdns_query", "llmnr_query", "http_host")
"""The kinds that are judged. Records of other kinds (certificate names, SOCKS …) are only counted."""

SAME_KIND = {"gquic_sni": "quic_sni", "dtls_sni": "tls_sni"}
"""``must`` calls the names of Google QUIC ``quic_sni`` where ``named_flows`` says ``gquic_sni``. A record does not tell DTLS from TLS."""

_DNS = ("dns_query", "mdns_query", "llmnr_query")
_LOST = "\N{REPLACEMENT CHARACTER}"
_ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|[0-9]{3})")
_PORT = re.compile(r"(\[[^\]]*\]|[^:]*):[0-9]{1,5}")
_ODD = re.compile(r"[^\x21-\x7e]+")


class Seen(NamedTuple):
    """A name in canonical form: who asked for it, and by which protocol."""

    kind: str
    client: str
    name: str


class Flow(NamedTuple):
    """What identifies flows that are compared together. A record has no client port: flows of one key are summed."""

    client: str
    server: str
    port: int
    kind: str
    name: str


Sizes = tuple[int | None, int | None]
"""Bytes up and down; ``None`` where no record has any."""

EVERY = "*"
"""Stands for the name where the names of a flow are compared as one."""


@dataclass(slots=True)
class Names:
    """The names of one kind."""

    required: int = 0
    found: int = 0
    missed: list[Seen] = field(default_factory=list)
    beyond: list[Seen] = field(default_factory=list)


class Difference(NamedTuple):
    """A flow that was read otherwise: in which file, of whom, and how."""

    file: str
    flow: Flow
    text: str

    @property
    def seen(self) -> Seen:
        """The name it is about."""
        return Seen(self.flow.kind, self.flow.client, self.flow.name)

    def __str__(self) -> str:
        flow = self.flow
        return f"{self.file} {flow.kind} {flow.client} -> {flow.server}:{flow.port} {flow.name}: {self.text}"


@dataclass(slots=True)
class Volumes:
    """Named flows compared, by what identifies them and their name.

    ``whole`` agree only over all names between the same ends: the bytes of a flow are given to one of its names, here to one of
    another kind (a tunnel's and what is in it). ``several`` of all are flows with several names of a kind, compared as one.
    ``unsized`` are DNS records without bytes, and not compared. ``right``, ``swapped`` and ``other``: how the client was told, where
    the name was found at all.
    """

    agree: int = 0
    whole: int = 0
    several: int = 0
    unsized: int = 0
    absent: list[Difference] = field(default_factory=list)
    differ: list[Difference] = field(default_factory=list)
    right: int = 0
    swapped: list[Difference] = field(default_factory=list)
    other: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class Judged:
    """One capture. ``crash`` is the exception's text where the reader raised one; then nothing counts as found."""

    file: str
    tags: tuple[str, ...] = ()
    kinds: dict[str, Names] = field(default_factory=lambda: {kind: Names() for kind in KINDS})
    volumes: Volumes = field(default_factory=Volumes)
    unjudged: dict[str, int] = field(default_factory=dict)
    gaps: int = 0
    seconds: float = 0.0
    crash: str = ""


def product(path: Path) -> Iterator[Record | Gap | Note]:
    """The program, as ``shadowai read`` runs it."""
    from shadowai import pipeline

    return pipeline.read([str(path)], options=pipeline.ScanOptions())


def canonical(name: str) -> str:
    """One form for what a truth and a record write differently; nothing else is evened out.

    Lower case (RFC 4343); no port and no brackets (``host:port`` of a Host field; a truth has both forms); addresses in their
    shortest form; no trailing dot; no ``*.`` in front, which :func:`shadowai.normalize.host` drops; IDNA A-labels. Of bytes that
    are no text a truth keeps only that there were some (U+FFFD, one for one byte or for several): any run of bytes outside
    printable ASCII, raw or escaped as ``\\ddd`` (RFC 1035) or ``\\xhh``, becomes one mark.
    """
    text = name.strip().lower()
    if found := _PORT.fullmatch(text):
        text = found[1]
    text = address(text.removeprefix("[").removesuffix("]")).removesuffix(".").removeprefix("*.")
    if text.isascii() and "\\" not in text:
        return _ODD.sub(_LOST, text)
    return _alabels(text) or _ODD.sub(_LOST, _ESCAPE.sub(_LOST, text))


def _alabels(text: str) -> str | None:
    if _LOST in text or text.isascii():
        return None
    import idna

    try:
        return idna.encode(text, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None


def address(text: str) -> str:
    """The shortest form of an address, IPv4 in IPv6 as IPv4; other text as it is."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return text
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def seen(kind: str, client: str | None, name: str) -> Seen:
    """A truth's or a record's name in canonical form."""
    return Seen(SAME_KIND.get(kind, kind), address(client or "?"), canonical(name))


def named(records: Iterable[Record]) -> set[Seen]:
    """The names of records, of the kinds that are judged; a name that was only inferred is in no truth."""
    found = (seen(one.kind, one.client_ip, one.host) for one in records if one.kind and one.host and not one.inferred)
    return {one for one in found if one.kind in KINDS}


def judge(capture: Path, reader: Reader = product) -> Judged:
    """The score of one capture that has its truth beside it."""
    truth = json.loads(capture.with_name(f"{capture.name}.truth.json").read_text("utf-8"))
    judged = Judged(capture.name, tuple(map(str, truth.get("tags", ()))))
    records = _read(capture, reader, judged)
    _judge_names(judged, truth, named(records))
    if not judged.crash:
        _judge_volumes(judged.volumes, capture.name, truth["named_flows"], records)
    return judged


def _read(capture: Path, reader: Reader, judged: Judged) -> list[Record]:
    """What the reader gave, until it ended or fell over: a capture that brings it down must not hide the others."""
    records = []
    began = time.perf_counter()
    try:
        for item in reader(capture):
            if isinstance(item, Record):
                records.append(item)
            else:
                judged.gaps += isinstance(item, Gap)
    except Exception as wrong:
        place = traceback.extract_tb(wrong.__traceback__)[-1]
        judged.crash = f"{type(wrong).__name__}: {wrong} ({Path(place.filename).name}:{place.lineno})"
        records = []
    judged.seconds = time.perf_counter() - began
    for record in records:
        kind = SAME_KIND.get(record.kind or "", record.kind or "")
        if kind not in KINDS or not record.host or record.inferred:
            label = f"{kind or 'none'}{' inferred' if record.inferred else '' if record.host else ' without name'}"
            judged.unjudged[label] = judged.unjudged.get(label, 0) + 1
    return records


def _judge_names(judged: Judged, truth: dict[str, Any], found: set[Seen]) -> None:
    must = {seen(*one) for one in truth["must"]}
    known = must | {seen(*one) for one in truth["may"]}
    known |= {seen(kind, flow[1], name) for flow in truth["named_flows"] for kind, name in flow[8]}
    for one in sorted(must):
        names = judged.kinds.setdefault(one.kind, Names())
        names.required += 1
        if one in found:
            names.found += 1
        else:
            names.missed.append(one)
    for one in sorted(found - known):
        judged.kinds[one.kind].beyond.append(one)


def _judge_volumes(volumes: Volumes, file: str, flows: list[list[Any]], records: list[Record]) -> None:
    got = sums(records)
    by_name: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for key in got:
        by_name[key.kind, key.name].add((key.client, key.server))
    together = _together(flows)
    merged, whole, truth = _merged(got, together), _whole(records), _whole_truth(flows)
    for flow in sorted({key for keys, _ in _keyed(flows) for key in keys}):
        ends = by_name.get((flow.kind, flow.name))
        if ends:
            _judge_client(volumes, file, flow, ends)
    for flow, wanted in sorted(_wanted(flows, together).items()):
        volumes.several += flow.name == EVERY
        if whole.get(_ends(flow)) == truth[_ends(flow)] and merged.get(flow, (None, None)) != wanted:
            volumes.whole += 1
        else:
            _judge_sizes(volumes, file, flow, wanted, merged.get(flow))


def _ends(flow: Flow) -> tuple[str, str, int]:
    return flow.client, flow.server, flow.port


def _whole(records: Iterable[Record]) -> dict[tuple[str, str, int], Sizes]:
    """Bytes of all records between the same ends, whatever their kind."""
    found: dict[tuple[str, str, int], Sizes] = {}
    for one in records:
        if one.client_ip and one.server_ip:
            key = (address(one.client_ip), address(one.server_ip), one.server_port or 0)
            before = found.get(key, (None, None))
            found[key] = (_plus(before[0], one.bytes_up), _plus(before[1], one.bytes_down))
    return found


def _whole_truth(flows: list[list[Any]]) -> dict[tuple[str, str, int], Sizes]:
    found: dict[tuple[str, str, int], Sizes] = {}
    for _, client, _, server, port, up, down, *_ in flows:
        key = (address(client), address(server), port)
        before = found.get(key, (None, None))
        found[key] = (_plus(before[0], up), _plus(before[1], down))
    return found


def _judge_sizes(volumes: Volumes, file: str, flow: Flow, wanted: tuple[int, int], sizes: Sizes | None) -> None:
    if sizes is None:
        volumes.absent.append(Difference(file, flow, "no record of this flow"))
    elif sizes == (None, None) and flow.kind in _DNS:
        volumes.unsized += 1
    elif sizes == (None, None):
        volumes.absent.append(Difference(file, flow, "no bytes"))
    elif sizes == wanted:
        volumes.agree += 1
    else:
        text = f"truth {wanted[0]}/{wanted[1]}, read {sizes[0]}/{sizes[1]}"
        volumes.differ.append(Difference(file, flow, text))


def _keyed(flows: list[list[Any]]) -> Iterator[tuple[set[Flow], tuple[int, int]]]:
    """Per flow and kind the keys of its names, and its bytes up and down."""
    for _, client, _, server, port, up, down, _, pairs in flows:
        kinds: dict[str, set[Flow]] = defaultdict(set)
        for kind, name in pairs:
            one = seen(kind, client, name)
            kinds[one.kind].add(Flow(one.client, address(server), port, one.kind, one.name))
        for keys in kinds.values():
            yield keys, (up, down)


def _together(flows: list[list[Any]]) -> set[Flow]:
    """Keys, without name, of what can only be compared as a whole: a flow with several names shares its bytes among them."""
    return {next(iter(keys))._replace(name=EVERY) for keys, _ in _keyed(flows) if len(keys) > 1}


def _wanted(flows: list[list[Any]], together: set[Flow]) -> dict[Flow, tuple[int, int]]:
    wanted: dict[Flow, tuple[int, int]] = {}
    for keys, (up, down) in _keyed(flows):
        key = next(iter(keys))
        whole = key._replace(name=EVERY)
        key = whole if whole in together else key
        before = wanted.get(key, (0, 0))
        wanted[key] = (before[0] + up, before[1] + down)
    return wanted


def _merged(got: dict[Flow, Sizes], together: set[Flow]) -> dict[Flow, Sizes]:
    merged: dict[Flow, Sizes] = {}
    for key, sizes in got.items():
        whole = key._replace(name=EVERY)
        key = whole if whole in together else key
        before = merged.get(key, (None, None))
        merged[key] = (_plus(before[0], sizes[0]), _plus(before[1], sizes[1]))
    return merged


def sums(records: Iterable[Record]) -> dict[Flow, Sizes]:
    """Bytes up and down of records, counted or not, by key; ``None`` where no record has any."""
    found: dict[Flow, Sizes] = {}
    for one in records:
        if one.kind and one.host and one.server_ip and not one.inferred:
            kind, client, name = seen(one.kind, one.client_ip, one.host)
            key = Flow(client, address(one.server_ip), one.server_port or 0, kind, name)
            up, down = found.get(key, (None, None))
            found[key] = (_plus(up, one.bytes_up), _plus(down, one.bytes_down))
    return found


def _plus(total: int | None, more: int | None) -> int | None:
    return more if total is None else total if more is None else total + more


def _judge_client(volumes: Volumes, file: str, flow: Flow, ends: set[tuple[str, str]]) -> None:
    if (flow.client, flow.server) in ends:
        volumes.right += 1
    elif (flow.server, flow.client) in ends:
        volumes.swapped.append(Difference(file, flow, "client and server swapped"))
    else:
        read = ", ".join(f"{client} -> {server}" for client, server in sorted(ends)[:3])
        volumes.other.append(Difference(file, flow, f"read {read}"))
