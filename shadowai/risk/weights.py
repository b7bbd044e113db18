"""The weights of the risk model: the published ones in ``weights.yaml``, and what a user's own file changes in them.

A user's file has the keys of the published one, and only those that it changes: mappings are merged key by key, lists are replaced.
What comes of it is held to everything that the published file is held to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from shadowai import compiled_yaml, strict_yaml
from shadowai.errors import UsageError
from shadowai.model import Origin
from shadowai.strict_yaml import Plain

PUBLISHED: Final = Path(__file__).with_name("weights.yaml")
VERSION: Final = 1
TOP: Final = 100
"""The highest score: the most points of all factors may not add up to more."""
MAX_FILE: Final = 1 << 20


class Factor(NamedTuple):
    """One question, and the points of each answer. ``steps`` are the numbers from which an answer to "how many" holds, ascending."""

    name: str
    group: str
    asks: str
    points: Mapping[str, int]
    means: Mapping[str, str]
    steps: tuple[tuple[int, str], ...] = ()

    def step(self, number: int) -> str:
        """The answer that a number is."""
        return next(answer for least, answer in reversed(self.steps) if number >= least)

    def between(self, least: int, most: int | None = None) -> frozenset[str]:
        """The answers of the numbers from ``least`` to ``most``, without end where that is ``None``."""
        first = self.step(least)
        above = {answer for start, answer in self.steps if start > least and (most is None or start <= most)}
        return frozenset({first, *above})


class Bound(NamedTuple):
    """A floor that a score is lifted to, or a ceiling that it is kept under, and why."""

    name: str
    score: int
    why: str


class Countries(NamedTuple):
    """Countries (ISO 3166-1 alpha-2) of one kind, who says so, and where."""

    codes: frozenset[str]
    source: str
    url: str


class Weights(NamedTuple):
    """Everything that decides about scores. ``name`` is shown with each of them; ``checked_on`` is the day on which the lists of
    countries were last looked at. ``levels`` ascend."""

    name: str
    checked_on: str
    levels: tuple[tuple[int, str], ...]
    groups: Mapping[str, str]
    factors: Mapping[str, Factor]
    floors: Mapping[str, Bound]
    ceilings: Mapping[str, Bound]
    countries: Mapping[str, Countries]
    plans: Mapping[str, frozenset[str]]
    tags: Mapping[str, frozenset[str]]

    def level(self, score: int) -> str:
        """What a score is called."""
        return next(name for least, name in reversed(self.levels) if score >= least)

    def country(self, code: str) -> tuple[str, str]:
        """The kind of a country, and who says so (nobody of ``other``)."""
        found = next(((kind, listed.source) for kind, listed in self.countries.items() if code in listed.codes), None)
        return found or ("other", "")


def load(own: Path | None = None) -> Weights:
    """The published weights, or those as ``own`` changes them. Raises :class:`~shadowai.errors.UsageError` with the line of what is wrong
    in it."""
    published = _File(PUBLISHED)
    base = published.mapping()
    if own is None:
        return _Reader(published, base).weights()
    changed = _File(own)
    change = changed.mapping()
    if "name" not in change:
        raise changed.wrong(("name",), "has no name", "name your weights: each score is shown with that name")
    return _Reader(changed, _merged(base, change, changed, ())).weights()


class _File:
    """A file of weights: what it says, and where it says it."""

    def __init__(self, path: Path) -> None:
        self.origin = Origin(str(path))
        try:
            with path.open("rb") as stream:
                self._data = stream.read(MAX_FILE + 1)
        except OSError as error:
            message = f"cannot read the weights of the risk model: {error.strerror}"
            raise UsageError(message, origin=self.origin, remedy="name a file that can be read") from error
        if len(self._data) > MAX_FILE:
            raise UsageError(f"is larger than {MAX_FILE >> 10} KiB", origin=self.origin, remedy="is it the right file?")

    def mapping(self) -> dict[str, Plain]:
        """The document."""
        if self.origin.path == str(PUBLISHED):
            found = compiled_yaml.load(self._data, self.origin)
        else:
            found = strict_yaml.load(self._data, self.origin, error=UsageError)
        if not isinstance(found, dict):
            raise self.wrong((), "is no mapping", "start it with 'version: 1'")
        if found.get("version") != VERSION:
            raise self.wrong(("version",), f"is not of version {VERSION}", f"write version: {VERSION}")
        return found

    def wrong(self, place: tuple[str, ...], message: str, remedy: str) -> UsageError:
        """An error about what is at ``place``."""
        line = strict_yaml.line_of(self._data, place, self.origin)
        where = f"{'.'.join(place)} " if place else ""
        return UsageError(f"{where}{message}", origin=Origin(self.origin.path, line), remedy=remedy)


def _merged(base: Plain, change: Plain, file: _File, place: tuple[str, ...]) -> Plain:
    """``base`` with what ``change`` says; a key that ``base`` has not would change nothing, and is refused."""
    if not isinstance(base, dict):
        return change
    if not isinstance(change, dict):
        raise file.wrong(place, "is no mapping", f"write keys below it: {', '.join(base)}")
    found = dict(base)
    for key, value in change.items():
        if key not in base:
            raise file.wrong((*place, key), "is not known", _near(key, base))
        found[key] = _merged(base[key], value, file, (*place, key))
    return found


class _Reader:
    """Plain data made into weights; every value has to fit."""

    def __init__(self, file: _File, data: Plain) -> None:
        self._file, self._data = file, data

    def weights(self) -> Weights:
        groups = {key: self._text("groups", key) for key in self._keys("groups")}
        made = Weights(
            name=self._text("name"),
            checked_on=self._text("checked_on"),
            levels=self._ascending("levels"),
            groups=groups,
            factors={key: self._factor(key, groups) for key in self._keys("factors")},
            floors={key: self._bound("floors", key, "least") for key in self._keys("floors")},
            ceilings={key: self._bound("ceilings", key, "most") for key in self._keys("ceilings")},
            countries={key: self._countries(key) for key in self._keys("countries")},
            plans={key: self._words("plans", key) for key in self._keys("plans")},
            tags={key: self._words("tags", key) for key in self._keys("tags")},
        )
        self._check(made)
        return made

    def _check(self, made: Weights) -> None:
        most = sum(max(factor.points.values()) for factor in made.factors.values())
        if most > TOP:
            raise self._file.wrong(("factors",), f"can give {most} points", f"keep the most of all to {TOP} together")
        seen: dict[str, str] = {}
        for kind, listed in made.countries.items():
            for code in sorted(listed.codes):
                if code in seen:
                    place = ("countries", kind, "list")
                    raise self._file.wrong(place, f"has {code}, as {seen[code]} has", "a country is of one kind")
                seen[code] = kind

    def _factor(self, name: str, groups: Mapping[str, str]) -> Factor:
        place = ("factors", name)
        group = self._text(*place, "group")
        if group not in groups:
            raise self._file.wrong((*place, "group"), f"is {group!r:.40}", f"one of {', '.join(groups)}")
        points = {key: self._number(*place, "points", key) for key in self._keys(*place, "points")}
        means = {key: self._text(*place, "means", key) for key in self._keys(*place, "means")}
        if points.keys() != means.keys():
            raise self._file.wrong(place, "explains other answers than it has points for", "give each its meaning")
        steps = self._ascending(*place, "from") if "from" in self._keys(*place) else ()
        if steps and {answer for _, answer in steps} != points.keys():
            raise self._file.wrong(place, "begins other answers than it has points for", "give each its beginning")
        return Factor(name, group, self._text(*place, "asks"), points, means, steps)

    def _ascending(self, *place: str) -> tuple[tuple[int, str], ...]:
        """Names with the number from which each holds; the first from 0."""
        found = tuple((self._number(*place, key, most=10**9), key) for key in self._keys(*place))
        numbers = [number for number, _ in found]
        if numbers[0] != 0 or numbers != sorted(set(numbers)):
            raise self._file.wrong(place, "does not ascend from 0", "each has to begin above the one before it")
        return found

    def _bound(self, kind: str, name: str, key: str) -> Bound:
        return Bound(name, self._number(kind, name, key), self._text(kind, name, "why"))

    def _countries(self, kind: str) -> Countries:
        codes = self._words("countries", kind, "list")
        odd = sorted(code for code in codes if not (len(code) == 2 and code.isascii() and code.isupper()))
        if odd:
            place = ("countries", kind, "list")
            raise self._file.wrong(place, f"has {odd[0]!r:.40}", "write the two capitals of ISO 3166-1")
        return Countries(codes, self._text("countries", kind, "source"), self._text("countries", kind, "url"))

    def _at(self, *place: str) -> Plain:
        found = self._data
        for key in place:
            if not isinstance(found, dict) or key not in found:
                raise self._file.wrong(place, "is missing", "give it a value")
            found = found[key]
        return found

    def _keys(self, *place: str) -> tuple[str, ...]:
        found = self._at(*place)
        if not isinstance(found, dict) or not found:
            raise self._file.wrong(place, "is no mapping of keys to values", "write keys below it")
        return tuple(found)

    def _text(self, *place: str) -> str:
        found = self._at(*place)
        if not isinstance(found, str) or not found.strip() or len(found) > 300:
            raise self._file.wrong(place, "is no text of at most 300 characters", "write a text")
        return found

    def _number(self, *place: str, most: int = TOP) -> int:
        found = self._at(*place)
        if not isinstance(found, int) or not 0 <= found <= most:
            raise self._file.wrong(place, f"is {found!r:.40}", f"write a whole number from 0 to {most}")
        return found

    def _words(self, *place: str) -> frozenset[str]:
        found = self._at(*place)
        if not isinstance(found, list):
            raise self._file.wrong(place, "is no list", "write [one, two], or [] for none")
        odd = [word for word in found if not isinstance(word, str)]
        if odd:
            raise self._file.wrong(place, f"has {odd[0]!r:.40}", "write words; put numbers in quotes")
        return frozenset(word for word in found if isinstance(word, str))


def _near(key: str, known: Iterable[str]) -> str:
    import difflib

    names = list(known)
    close = difflib.get_close_matches(key, names, n=1)
    return f"did you mean {close[0]}?" if close else f"known: {', '.join(names)}"
