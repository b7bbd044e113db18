"""How long it takes to say of a million distinct hosts whether they are AI, against a plain dictionary that knows the answers.

``python -m bench --matching [--hosts N]``. The dictionary holds exactly these hosts: nothing that has to find out can be as fast.
Ratios are what to read; they hold on a busy machine, too, for everything takes turns.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from shadowai.catalog import Catalog
from shadowai.matcher import Matcher
from shadowai.names import Names

RUNS = 3
SHARE = 0.02
"""How many of the hosts are an AI service's, or below one."""
_LETTERS = "abdefghiklmnoprstuvwz"
_SUBS = ("www", "api", "cdn", "static", "img", "edge", "mail", "login", "eu-west-1.api", "a.b.c")
_ENDS = ("example", "example.com", "example.net", "example.org", "test")


def matching(count: int) -> None:
    """Load the catalogue, decide about ``count`` hosts in each way, and print the seconds and the ratios."""
    began = time.perf_counter()
    catalog = Catalog.load()
    matcher = Matcher(catalog)
    print(f"{len(catalog.signatures):,} signatures loaded in {(time.perf_counter() - began) * 1000:.0f} ms")
    hosts = list(islice(_hosts(catalog, random.Random(7)), count))
    answers = {host: bool(matcher.host(host).matches) for host in hosts}
    assert len(answers) == count
    print(f"{count:,} distinct hosts, {sum(answers.values()):,} of them AI; the median of {RUNS}, taking turns")
    strong = frozenset(host for host in matcher.known if "*" not in host)
    ways: dict[str, Callable[[Sequence[str]], int]] = {
        "dictionary of these hosts": lambda names: sum(map(answers.__getitem__, names)),
        "set of suffixes, label by label": lambda names: sum(_by_label(name, strong) for name in names),
        "matcher": lambda names: sum(bool(matcher.host(name).matches) for name in names),
        "names met for the first time": lambda names: _decided(Names(catalog, most=count + 1), names),
    }
    known = Names(catalog, most=count + 1)
    _decided(known, hosts)
    ways["names met before"] = lambda names: _decided(known, names)
    _table(ways, hosts)


def _table(ways: dict[str, Callable[[Sequence[str]], int]], hosts: Sequence[str]) -> None:
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(RUNS):
        for name, way in ways.items():
            began = time.process_time()
            way(hosts)
            taken[name].append(time.process_time() - began)
    floor = statistics.median(next(iter(taken.values())))
    print(f"{'way':34} {'s':>7} {'us/host':>8} {'times the dictionary':>21}")
    for name, runs in taken.items():
        seconds = statistics.median(runs)
        print(f"{name:34} {seconds:7.2f} {seconds / len(hosts) * 1e6:8.2f} {seconds / floor:21.1f}")


def _by_label(host: str, known: frozenset[str]) -> bool:
    while host:
        if host in known:
            return True
        host = host.partition(".")[2]
    return False


def _decided(names: Names, hosts: Sequence[str]) -> int:
    decide = names.decide
    return sum(decide(host) is not None for host in hosts)


def _hosts(catalog: Catalog, chance: random.Random) -> Iterator[str]:
    """Distinct hosts without end: made-up ones of reserved domains, and made-up ones below the catalogue's own."""
    own = [
        indicator.value
        for signature in catalog.signatures.values()
        for indicator in signature.indicators
        if (indicator.kind, indicator.match, indicator.strength) == ("host", "suffix", "strong")
    ]
    met = set[str]()
    while True:
        word = "".join(chance.choices(_LETTERS, k=7))
        if chance.random() < SHARE:
            host = f"{word}.{chance.choice(own)}"
        else:
            host = f"{chance.choice(_SUBS)}.{word}{chance.randrange(1000)}.{chance.choice(_ENDS)}"
        if host not in met:
            met.add(host)
            yield host


if __name__ == "__main__":
    matching(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
