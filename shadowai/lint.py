"""Lint signatures: their shape, then every lint, among all the signatures there are."""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from shadowai import catalog as catalogs
from shadowai import lint_clients, lint_documents, lint_hosts, lint_traffic, popularity, signature_file, strict_yaml
from shadowai.catalog import Catalog, Source
from shadowai.errors import ShadowaiError, SignatureError, UsageError
from shadowai.lint_rules import ID_KINDS, WEAK, Context, Level, Lint, Place
from shadowai.matcher import Matcher
from shadowai.model import Origin
from shadowai.shared_hosts import SHARED
from shadowai.signature_file import SignatureFile

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

LINTS: tuple[Lint, ...] = (*lint_documents.LINTS, *lint_hosts.LINTS, *lint_clients.LINTS, *lint_traffic.LINTS)
"""Every lint on a readable file; shape is this module's own."""
_REMEDY = "install the lints with: pip install 'shadowai[lint]'"


class Finding(NamedTuple):
    """One problem: where it is, how bad, which lint found it, what it is, and what to do."""

    origin: Origin
    level: Level
    lint: str
    message: str
    advice: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.level}: {self.lint}: {self.message} ({self.advice})"


def lint(target: Catalog | Iterable[Path] | None = None, *, today: datetime.date | None = None) -> list[Finding]:
    """What is wrong with the signatures of ``target``: a catalogue, files and folders, or the packaged ones (``None``).

    They are judged among the packaged signatures, of which a file of the same id takes the place. ``today`` is the day
    on which facts are judged. Raises :class:`UsageError` for a path that is not there or a library that is missing.
    """
    check_shape = _shape()
    if target is None:
        target = [catalogs.packaged_dir()]
    paths = [Path(file.origin.path) for file in target.files.values()] if isinstance(target, Catalog) else target
    findings: list[Finding] = []
    files: list[tuple[SignatureFile, bytes]] = []
    for path in _signature_paths(paths):
        source, problem = _read(path)
        if source is None:
            findings += [problem] if problem else []
            continue
        file, found = _document(source, check_shape)
        findings += found
        files += [(file, source.data)] if file else []
    around = _context([file for file, _ in files], target, today or datetime.date.today())
    for file, data in files:
        findings += _run(file, data, around)
    return sorted(findings, key=lambda f: (f.origin.path, f.origin.position or 0, f.lint, f.message))


def _signature_paths(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = (p for p in path.iterdir() if p.suffix in (".yaml", ".yml") and not p.name.startswith("."))
            yield from sorted(inside)
        elif path.exists():
            yield path
        else:
            raise UsageError("there is no such file or folder", origin=Origin(str(path)), remedy="check the path")


def _read(path: Path) -> tuple[Source | None, Finding | None]:
    try:
        return catalogs.read(path), None
    except SignatureError as wrong:
        return None, _finding(wrong, "file")


def _finding(wrong: ShadowaiError, lint_name: str) -> Finding:
    return Finding(wrong.origin or Origin(""), "error", lint_name, wrong.message, wrong.remedy)


def _document(
    source: Source, check_shape: Callable[[object], Iterable[tuple[Place, str]]]
) -> tuple[SignatureFile | None, list[Finding]]:
    """The file, if it can be read, and what is wrong with its YAML or its shape."""
    try:
        plain = strict_yaml.load(source.data, source.origin)
    except SignatureError as wrong:
        return None, [_finding(wrong, "yaml")]
    found = [
        Finding(_at(source.origin, source.data, place), "error", "schema", message, "see docs/signatures.md")
        for place, message in check_shape(plain)
    ]
    try:
        return signature_file.parse(source.data, source.origin)[0], found
    except SignatureError as wrong:  # its words are plainer than the schema's, but it knows only the first problem
        return None, [_finding(wrong, "schema"), *(other for other in found if other.origin != wrong.origin)]


def _shape() -> Callable[[object], Iterable[tuple[Place, str]]]:
    """A check of plain documents against the JSON Schema."""
    try:
        import jsonschema
    except ImportError:
        raise UsageError("linting needs the library jsonschema", remedy=_REMEDY) from None
    schema = json.loads((Path(__file__).parent / "signature.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())

    def check(plain: object) -> Iterable[tuple[Place, str]]:
        for error in validator.iter_errors(plain):
            yield tuple(error.absolute_path), f"{error.json_path}: {error.message:.200}"

    return check


def _suffix_lists() -> tuple[PublicSuffixList, PublicSuffixList]:
    """Public suffixes with the private section (hosting platforms), and those of registries only."""
    try:
        from publicsuffixlist import PublicSuffixList
    except ImportError:
        raise UsageError("linting needs the library publicsuffixlist", remedy=_REMEDY) from None
    return _read_suffixes(PublicSuffixList, only_icann=False), _read_suffixes(PublicSuffixList, only_icann=True)


@functools.cache
def _read_suffixes(make: type[PublicSuffixList], *, only_icann: bool) -> PublicSuffixList:
    return make(only_icann=only_icann)


def _context(files: list[SignatureFile], target: object, today: datetime.date) -> Context:
    given = {file.id: file for file in files}
    others: dict[str, SignatureFile] = {}
    if not isinstance(target, Catalog):
        try:
            others = {key: file for key, file in Catalog.load().files.items() if key not in given}
        except SignatureError:  # a malformed file among the packaged ones, which are then linted by themselves
            others = {}
    everything = [*others.values(), *files]
    catalog = Catalog.of(everything)
    suffixes, registries = _suffix_lists()
    return Context(
        catalog=catalog,
        matcher=Matcher(catalog),
        public_suffixes=suffixes,
        registries=registries,
        shared=_shared(everything),
        owners=_owners(everything),
        names=_names(everything),
        popular=popularity.installed(),
        today=today,
    )


def _shared(files: Iterable[SignatureFile]) -> dict[str, str]:
    found = dict.fromkeys(sorted(SHARED), "known to serve many products")
    for file in files:
        for indicator in file.signature.indicators:
            if indicator.strength == "shared" and indicator.kind in ("host", "dns_only", "redirect_host"):
                found.setdefault(indicator.value, f"listed as shared by {file.id}")
    return found


def _owners(files: Iterable[SignatureFile]) -> dict[tuple[str, str, str], tuple[str, ...]]:
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for file in files:
        for indicator in file.signature.indicators:
            strong = indicator.strength == "strong"
            if strong or (indicator.strength == "weak" and indicator.kind in ID_KINDS):
                key = (indicator.kind, indicator.match if strong else WEAK, indicator.value.lower())
                found[key] = (*found.get(key, ()), file.id)
    return found


def _names(files: Iterable[SignatureFile]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for file in files:
        for name in (file.id, *file.previous_ids):
            found[name] = (*found.get(name, ()), file.origin.path)
    return found


def _run(file: SignatureFile, data: bytes, around: Context) -> Iterator[Finding]:
    for rule in LINTS:
        for place, message in rule.check(file, around):
            yield Finding(_at(file.origin, data, place), rule.level, rule.name, message, rule.advice)


def _at(origin: Origin, data: bytes, place: Place) -> Origin:
    return Origin(origin.path, strict_yaml.line_of(data, place, origin))
