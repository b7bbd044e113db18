"""Captures that were made: ``python -m tests.conformance capture-truth FILE TRUTH`` and ``… capture-variants DIR BASE``.

``capture-truth``: a large capture against what its generator put in: ``records``, each ``[kind, client, name]``, and ``bytes_by``,
each ``[protocol, client, server, server port, bytes up, bytes down, packets up, packets down]``. ``capture-variants``: every capture
of a folder is the base in another wrapping (tunnels, link types, fragments, segmentation, byte orders) and must give its names.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from shadowai.model import Record
from tests.conformance_captures_judge import KINDS, Reader, Seen, address, named, product, seen

LOSING = ("snap96", "snap300", "cut-tail")
"""Variants (as ``mut-<name>.…``) from which bytes were cut: they may give fewer names, none that is new."""

_SHOWN = 10
_DNS = ("dns_query", "mdns_query", "llmnr_query", "dns_answer")

Ends = tuple[str, str, int]
"""Client, server, server port."""


def truth_main(arguments: Sequence[str], reader: Reader = product) -> int:
    """Compare names and volumes; exits 0 where all agree, DNS without bytes aside."""
    if len(arguments) != 2:
        print(__doc__)
        return 2
    truth = json.loads(Path(arguments[1]).read_text("utf-8"))
    records = [item for item in reader(Path(arguments[0])) if isinstance(item, Record)]
    wanted = {seen(*one) for one in truth["records"]}
    names_agree = _names(wanted, named(records))
    return 0 if _volumes(truth["bytes_by"], records) and names_agree else 1


def _names(wanted: set[Seen], got: set[Seen]) -> bool:
    print(f"{'kind':12} {'required':>8} {'found':>8} {'missed':>8} {'beyond':>8}")
    for kind in KINDS:
        must, have = {one for one in wanted if one.kind == kind}, {one for one in got if one.kind == kind}
        if must or have:
            print(f"{kind:12} {len(must):8} {len(must & have):8} {len(must - have):8} {len(have - must):8}")
    _list("missed", (" ".join(one) for one in sorted(wanted - got)))
    _list("beyond", (" ".join(one) for one in sorted(got - wanted)))
    return wanted == got


def _volumes(flows: list[list[Any]], records: list[Record]) -> bool:
    """Bytes by client, server and port, over records of any kind: those of a capture made for this have one name a flow.

    Flows without a name (NTP, say) and DNS have no bytes in our read; they are counted by port and do not fail."""
    got = _sums(records)
    named_ends = {_ends(one) for one in records if one.host and one.kind not in _DNS}
    counts: Counter[str] = Counter()
    differing = []
    wanted: dict[Ends, list[int]] = defaultdict(lambda: [0, 0])
    for _, client, server, port, up, down, *_ in flows:
        into = wanted[address(client), address(server), port]
        into[0] += up
        into[1] += down
    for ends, sizes in sorted(wanted.items()):
        have = got.get(ends)
        if have == sizes:
            counts["agree"] += 1
        elif have is not None or ends in named_ends:
            counts["differ"] += 1
            differing.append(f"{ends[0]} -> {ends[1]}:{ends[2]}: truth {sizes}, read {have}")
        else:
            counts[f"without bytes in our read on port {ends[2]}"] += 1
    print("volumes: " + ", ".join(f"{count} {label}" for label, count in sorted(counts.items())))
    _list("differ", differing)
    return not counts["differ"]


def _ends(one: Record) -> Ends:
    return address(one.client_ip or "?"), address(one.server_ip or "?"), one.server_port or 0


def _sums(records: Iterable[Record]) -> dict[Ends, list[int]]:
    sums: dict[Ends, list[int]] = defaultdict(lambda: [0, 0])
    for one in records:
        if one.client_ip and one.server_ip and (one.bytes_up is not None or one.bytes_down is not None):
            into = sums[_ends(one)]
            into[0] += one.bytes_up or 0
            into[1] += one.bytes_down or 0
    return dict(sums)


def variants_main(arguments: Sequence[str], reader: Reader = product) -> int:
    """Compare the names of every variant with the base's; exits 0 where all agree."""
    if len(arguments) != 2:
        print(__doc__)
        return 2
    folder, base = map(Path, arguments)
    wanted = named(item for item in reader(base) if isinstance(item, Record))
    variants = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix != ".json"]
    print(f"{base.name}: {len(wanted)} names")
    failed = [path.name for path in variants if not _same(path, wanted, reader)]
    print(f"{len(variants)} variants, {len(failed)} differ" + (f": {', '.join(failed)}" if failed else ""))
    return 1 if failed or not wanted or not variants else 0


def _same(path: Path, wanted: set[Seen], reader: Reader) -> bool:
    got = named(item for item in reader(path) if isinstance(item, Record))
    losing = path.name.removeprefix("mut-").partition(".")[0] in LOSING
    good = got <= wanted if losing else got == wanted
    if got != wanted:
        label = "fewer, as it must be" if good else "DIFFERS"
        print(f"{path.name:32} {label}: {len(wanted - got)} missed, {len(got - wanted)} beyond")
        if not good:
            _list("missed", (" ".join(one) for one in sorted(wanted - got)), 3)
            _list("beyond", (" ".join(one) for one in sorted(got - wanted)), 3)
    return good


def _list(label: str, lines: Iterable[str], shown: int = _SHOWN) -> None:
    for place, line in enumerate(lines):
        if place == shown:
            print(f"  {label} …")
            break
        print(f"  {label} {line.encode('ascii', 'backslashreplace').decode()}")
