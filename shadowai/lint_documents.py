"""Lints of a signature file as a document: its id, its references and dates, its own examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from shadowai import examples
from shadowai.catalog import LOCAL
from shadowai.lint_rules import Context, Level, Lint, Place, Problem, each, examples_of, shown, strong
from shadowai.signature_file import SignatureFile


class FileName(Lint):
    """The id is what reports, policies and history hang on, and people look for a file of that name."""

    name, advice = "file-name", "name the file <id>.yaml"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        if file.origin.path and not re.search(rf"(?:^|[/\\]){re.escape(file.id)}\.yaml$", file.origin.path):
            yield ("id",), f"the id {file.id} is not the file's name"


class UniqueId(Lint):
    """An id, also a former one, stands for one service for ever."""

    name, advice = "unique-id", "choose another id, or remove it from previous_ids"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, name in [(("id",), file.id), *((("previous_ids",), old) for old in file.previous_ids)]:
            others = [owner for owner in around.names[name] if owner != file.origin.path]
            if others or around.names[name].count(file.origin.path) > 1:
                yield place, f"the id {name} is also used by {', '.join(others) or 'the same file'}"


class ReplacedBy(Lint):
    """A renamed service must lead somewhere."""

    name, advice = "replaced-by", "name an existing signature"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        if file.replaced_by and file.replaced_by not in around.catalog.files:
            yield ("replaced_by",), f"there is no signature {file.replaced_by}"


class OwnExamples(Lint):
    """No example, no signature: what the file says of its own examples must be so."""

    name, advice = "own-examples", "correct the indicators, or say in the example what is right"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for place, kind, example in examples_of(file):
            for failure in examples.failures(file, kind, example, around.matcher):
                yield place, f"{shown(example)} {failure}"


class Requires(Lint):
    """What an indicator requires must be another indicator of the same file."""

    name, advice = "requires", "give the other indicator an id and name it"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        ids = [indicator.id for indicator in file.signature.indicators if indicator.id]
        for place, indicator in each(file):
            for wanted in indicator.requires:
                if wanted not in ids or wanted == indicator.id:
                    yield place, f"there is no other indicator with the id {wanted}"
            if indicator.id and ids.count(indicator.id) > 1:
                yield place, f"the id {indicator.id} is used {ids.count(indicator.id)} times"


class References(Lint):
    """Every fact has a source that somebody looked at, on a day that has been."""

    name, advice = "references", "give the page's https address and the day you read it"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for position, reference in enumerate(file.references):
            if not reference.url.startswith("https://"):
                yield ("references", position, "url"), f"{reference.url} is not an https address"
        refs: list[tuple[Place, int | None]] = []
        refs += [(("indicators", n, "ref"), i.ref) for n, i in enumerate(file.signature.indicators)]
        refs += [(("account", n, "ref"), marker.ref) for n, marker in enumerate(file.account)]
        refs.append((("vendor", "hq_ref"), file.country_ref))
        for place, ref in refs:
            if ref is not None and ref >= len(file.references):
                yield place, f"there is no reference {ref} (they are counted from 0)"


class Country(Lint):
    """An auditor acts on the country of a vendor: it is known, or somebody says why it is not."""

    name, advice = "country", "give hq_country, or say in hq_unknown why it is not known"
    level: ClassVar[Level] = "warning"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        country = file.signature.country
        if not country and not file.no_country:
            yield ("vendor",), "neither the vendor's country is given, nor why it is not known"
        elif country and file.no_country:
            yield ("vendor", "hq_unknown"), f"the country is said to be {country}, and not to be known"
        if file.country_ref is not None and not country:
            yield ("vendor", "hq_ref"), "a reference for a country that is not given"


class Dates(Lint):
    """A day that is still to come was not looked at."""

    name, advice = "dates", "write the day on which it was checked, published or changed"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        today = around.today.isoformat()
        days: list[Problem] = [(("updated",), file.updated), (("first_published",), file.first_published)]
        for n, reference in enumerate(file.references):
            if reference.checked_on:
                days.append((("references", n, "checked_on"), reference.checked_on))
            elif reference.kind != "vendor-site":
                yield ("references", n), "nobody says when it was looked at"
        days += [(("data_handling", n, "checked_on"), d.checked_on) for n, d in enumerate(file.data_handling)]
        for place, day in days:
            if day > today:
                yield place, f"{day} is in the future"
        if file.updated < file.first_published:
            yield ("updated",), f"{file.updated} is before the first publication"
        for place, indicator in strong(file):
            if indicator.until and indicator.until < today:
                yield place, f"{indicator.value} ended on {indicator.until}: its name may be somebody else's now"


class StaleFacts(Lint):
    """What vendors do with data changes, and old facts mislead."""

    name, advice = "stale-facts", "read the vendor's page again and set checked_on"
    level: ClassVar[Level] = "warning"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        for position, fact in enumerate(file.data_handling):
            if fact.stale(around.today):
                yield ("data_handling", position), f"{fact.plan}: checked on {fact.checked_on}"


class LocalId(Lint):
    """A folder of one's own loads only ids that no packaged signature can have."""

    name, advice = "local-id", f"start the id with {LOCAL} to load the file from your own folder"
    level: ClassVar[Level] = "warning"

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        from shadowai.catalog import packaged_dir

        inside = Path(file.origin.path).resolve().is_relative_to(packaged_dir().resolve())
        if inside == file.id.startswith(LOCAL):
            yield ("id",), f"{file.id} is {'in the packaged folder' if inside else 'outside the packaged folder'}"


LINTS: tuple[Lint, ...] = (
    FileName(),
    UniqueId(),
    ReplacedBy(),
    OwnExamples(),
    Requires(),
    References(),
    Country(),
    Dates(),
    StaleFacts(),
    LocalId(),
)
"""All of these, in no particular order: findings are sorted."""
