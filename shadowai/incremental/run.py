"""Runs over the same files again and again, each of which reads what is new; and the report of everything so far.

Nothing is counted twice and nothing is left out, whatever became of the files in between: renamed, copied and cut off, compressed. What
was counted and up to where is one value (:class:`~shadowai.incremental.state.State`), written in one step.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from shadowai import pipeline
from shadowai.catalog import Catalog
from shadowai.errors import SourceError, UsageError
from shadowai.incremental import rotation, texts
from shadowai.incremental import state as states
from shadowai.incremental.known import HEAD, NOTHING, TOKEN, File, Seen, head_of
from shadowai.incremental.reading import Reader
from shadowai.incremental.state import State
from shadowai.incremental.texts import Text
from shadowai.inventory import By, Inventory
from shadowai.model import Gap, Note, Origin, Report
from shadowai.names import Names
from shadowai.pipeline import Outcome, Progress, ScanOptions
from shadowai.sources import container, duplicates, remote
from shadowai.sources.container import Source

_LATER: Final = "the next run looks at it again"
_SECOND: Final = 1_000_000_000
CHECKPOINT: Final = 30.0
"""Seconds of work after which what was done so far is written down."""


class Incremental:
    """Reads ``paths`` in steps; ``path`` is the state's file, or ``None`` to remember nothing beyond this process.

    Raises :class:`UsageError` where options, policy or state are wrong.
    """

    def __init__(self, paths: Sequence[str], options: ScanOptions, path: Path | None = None) -> None:
        if any(map(container.is_stdin, paths)):
            raise UsageError("standard input cannot be read again", remedy="give files and folders")
        self._paths, self._options, self._path = paths, options, path
        self._catalog = options.load_catalog()
        self._report = pipeline.reporting(options, self._catalog)
        self._reader = Reader(options, Names(self._catalog))
        self._gaps: list[Gap] = []
        self._notes: list[Note] = []
        self._present: dict[str, Source] = {}
        self._met: set[int] = set()
        self._before: dict[str, int] = {}
        self._saved = time.monotonic()
        self._state = _begin(path, options, self._catalog)
        self._mine = {os.path.realpath(one) for one in ((path, states.lock_of(path)) if path is not None else ())}

    def step(self, progress: Progress | None = None, *, tails: bool = True) -> int:
        """Read what is new; how many files had something. With ``tails``, a last line without an end is read where its file is quiet.
        Raises :class:`UsageError` for a path that is not there, and never was."""
        self._gaps, self._notes, self._met = [], [], set()
        self._before = {file.given: file.seen.modified or 0 for file in self._state.files if not file.rotated}
        changed = self._changed(list(self._there()))
        if progress is not None:
            progress.start(None)
        for source in changed:
            if progress is not None:
                progress.file(source.path)
            self._take(source, given=source.path, tails=tails)
        found = self._missing(tails=tails)
        return len(changed) + found

    def save(self) -> None:
        """Write down what was read so far, whole or not at all."""
        if self._path is not None:
            states.save(self._state, self._path)
        self._saved = time.monotonic()

    def reports(self, ways: Sequence[By]) -> tuple[Report, ...]:
        """The inventory of everything so far in several ``ways``; what is told of files is told under the names that they have now."""
        files = self._state.files
        paths = {file.number: file.path for file in files}
        found = Outcome(gaps=[*self._gaps], notes=[*self._state.notes, *self._notes])
        found.inventory.merge(self._state.total)
        for file in files:
            found.merge(Outcome(file.own, [*file.gaps, *_lost(file)], [*file.notes], [*file.sources]))
        return tuple(_renamed(self._report(found, by), paths) for by in ways)

    def _there(self) -> Iterator[str]:
        """The paths that are there; one that was there before may be in the midst of its rotation."""
        for path in self._paths:
            try:
                container.check_exist([path])
            except UsageError:
                if path not in self._before:
                    raise
                self._gaps.append(Gap(Origin(path), f"is not there at the moment: {_LATER}"))
            else:
                yield path

    def _changed(self, paths: Sequence[str]) -> list[Source]:
        """The files that have to be looked at: those that the system does not tell to be as they were."""
        sources: list[Source | Gap] = []
        seen: dict[str, Seen] = {}
        for found in self._expanded(paths):
            try:
                if isinstance(found, Source):
                    seen[found.path] = texts.seen_of(found)
                sources.append(found)
            except SourceError as wrong:
                self._gaps.append(_gap(wrong, found.path if isinstance(found, Source) else ""))
        known = {file.seen.key: file for file in self._state.files}
        self._present = {seen[one.path].key: one for one in sources if isinstance(one, Source)}
        if any(one.key not in known for one in seen.values()):
            sources, repeated = duplicates.distinct(sources)
            self._notes += repeated
        self._gaps += [source for source in sources if isinstance(source, Gap)]
        kept = {source.path for source in sources if isinstance(source, Source)}
        changed = []
        for source in list(self._present.values()):
            file = known.get(seen[source.path].key)
            if file is not None and (source.path not in kept or _unchanged(file, seen[source.path])):
                file.path = file.given = source.path
                self._meet(file)
            elif source.path in kept:
                changed.append(source)
        return changed

    def _expanded(self, paths: Sequence[str]) -> Iterator[Source | Gap]:
        for path in paths:
            try:
                for found in container.expand([path]):
                    if isinstance(found, Gap) or os.path.realpath(found.path) not in self._mine:
                        yield found
            except UsageError as gone:  # since it was looked at
                yield Gap(Origin(path), f"{gone.message}: {_LATER}")

    def _take(self, source: Source, *, given: str, tails: bool) -> bool:
        """Read what is new in one file; which one it is, its content tells. False where it cannot be read."""
        try:
            with texts.look(source) as text:
                self._check_not_copied(text)
                file = self._which(text)
                if file is None:
                    return False
                file.given, file.rotated = given, given != source.path
                self._meet(file)
                self._reader.read(file, text, self._state.total, self._checkpoint, tails=tails)
        except (SourceError, OSError) as wrong:
            self._gaps.append(_gap(wrong, source.path))
            seen = _seen(source.path)  # it is where it was, though it was not read
            self._met.update(
                file.number for file in self._state.files if seen is not None and file.seen.key == seen.key
            )
            return False
        return True

    def _meet(self, file: File) -> None:
        self._met.add(file.number)
        file.closed = file.lost = False

    def _which(self, text: Text) -> File | None:
        """The file that ``text`` is: of the known ones the longest that it begins with, or a new one; ``None`` where one that is there
        holds all of it."""
        files = self._state.files
        mine = next((file for file in files if file.seen.key == text.seen.key), None)
        if mine is not None and not (mine.head.fits(text.head) and texts.begins_with(text, mine.read, mine.read)):
            texts.check_same(text)
            mine.seen = mine.seen._replace(key="")  # another content in its place
            mine = None
        believed = mine.read if mine is not None else NOTHING
        heads = {length: head_of(text.head, length) for length in {one.head.length for one in files}}
        longer = [one for one in files if one.read.length > believed.length and one.head == heads[one.head.length]]
        longer.sort(key=lambda one: -one.read.length)
        best = next((one for one in longer if texts.begins_with(text, one.read, believed)), None)
        alone = best is None or best.seen.key in self._present
        if mine is None and alone and self._may_be_unfinished(text):
            raise SourceError("may be a copy in the making", origin=Origin(text.source.path), remedy=_LATER)
        if best is None:
            return mine or (None if self._is_held(text) else self._new(text))
        if best.seen.key not in self._present:  # it was moved, copied or compressed; what began like it is in it
            if mine is not None:
                self._is_part(mine, best)
            return best
        file = mine or self._new(text)
        if text.lines and not best.whole:  # what another file holds, too, was counted there
            file.settle(self._state.total)
            file.mark = replace(best.reached, tally=file.mark.tally, assumed=file.mark.assumed)
            file.shared = best.read.length
            self._notes.append(_shared(text.source.path, best))
        return file

    def _is_held(self, text: Text) -> bool:
        """Whether a known file that is there begins with all of ``text``: a copy that was taken while it grew."""
        for file in self._state.files if text.end else ():
            source = self._present.get(file.seen.key)
            if source is None or file.read.length < (text.end or 0):
                continue
            with texts.look(source) as other:
                if texts.holds(other, text):
                    self._notes.append(_held(text.source.path, source.path))
                    return True
        return False

    def _is_part(self, part: File, whole: File) -> None:
        """What was read as a file of its own has turned out to be the beginning of a known one, copied bit by bit."""
        if whole.shared <= part.mark.print.length:
            part.own = Inventory()
        part.settle(self._state.total)
        if part.mark.print.length > max(part.shared, whole.shared):
            self._state.notes.append(_twice(part, whole))
        part.seen, part.closed = part.seen._replace(key=""), True
        part.gaps = part.notes = part.sources = ()

    def _check_not_copied(self, text: Text) -> None:
        """Raises :class:`SourceError` for a log that is just being copied, perhaps to be cut off then: were it read on now, it could be
        that its copy holds less than was read, and is taken for another file."""
        path = text.source.path
        known = {file.seen.key for file in self._state.files}
        for entry in rotation.siblings(path) if text.lines and not remote.is_url(path) else ():
            seen = _seen(entry.path)
            if seen is None or seen.key in known or not texts.is_recent(seen):
                continue
            with Path(entry.path).open("rb") as copy:
                begin = copy.read(HEAD)
            if text.head.startswith(begin):
                raise SourceError(f"is just being copied to {entry.path}", origin=Origin(path), remedy=_LATER)

    def _may_be_unfinished(self, text: Text) -> bool:
        """Whether a file has a name as copies of logs have it, and was written to a moment ago."""
        return not texts.is_quiet(text) and self._was_rotated(text.source.path)

    def _new(self, text: Text) -> File:
        file = File(self._state.next_number, text.source.path, text.seen._replace(size=None))
        self._state.files.append(file)
        self._state.next_number += 1
        return file

    def _missing(self, *, tails: bool) -> int:
        """Look for files that lost their name to another one, and settle those that are gone; how many had something new."""
        given = {source.path for source in self._present.values()}
        unmet = [file for file in self._state.files if file.number not in self._met and not file.closed]
        alone = [path for path in self._paths if path in self._before]
        given.update(alone)
        found = 0
        for path in dict.fromkeys([*alone, *(file.given for file in unmet if file.given in given)]):
            found += self._rotated(path, [file for file in unmet if file.given == path], tails=tails)
        for file in unmet:
            if file.given not in given and not remote.is_url(file.path) and not os.path.lexists(file.path):
                self._close(file)
        return found

    def _rotated(self, path: str, waiting: Sequence[File], *, tails: bool) -> int:
        """Read on what had the name ``path`` under the names that rotation gives, and what had it in between; how many that were."""
        since = min([self._before.get(path, 0), *(file.seen.modified or 0 for file in waiting)])
        since -= since % _SECOND  # what compresses files keeps no more of it
        found, siblings = 0, [(entry, _seen(entry.path)) for entry in rotation.siblings(path)]
        last, passed = self._last_known(path, siblings), []
        for entry, seen in siblings:
            file = self._known(seen)
            later = (rotation.turns(entry.name, os.path.basename(path)) or last) < last  # noqa: PTH119 - see container
            if seen is None or (file is None and (seen.modified or 0) < since and not later):
                passed.append(entry.path)
                continue
            if file is not None and (file.number in self._met or _unchanged(file, seen)):
                file.path, file.rotated = entry.path, entry.path != file.given
                self._meet(file)
            else:
                found += self._take(_source(entry.path), given=path, tails=tails)
        for one in passed:  # before a file is given up: a clock that was set back makes it older than it was
            lonely = [file for file in waiting if file.number not in self._met and file.read.length]
            if lonely and _is_one_of(one, lonely):
                found += self._take(_source(one), given=path, tails=tails)
        for file in waiting:
            if file.number not in self._met:
                file.lost = file.read.length > 0 and not file.rotated and not self._was_rotated(path)
                self._close(file)
        return found

    def _known(self, seen: Seen | None) -> File | None:
        """The file that the system tells to be the same as one that was read."""
        return next((one for one in self._state.files if seen is not None and one.seen.key == seen.key), None)

    def _last_known(self, path: str, siblings: Sequence[tuple[os.DirEntry[str], Seen | None]]) -> int:
        """The largest number that rotation has given to a file that was read: those with smaller ones came later, whatever a clock says
        that was set back in between."""
        last, name = 0, os.path.basename(path)  # noqa: PTH119
        for entry, seen in siblings:
            file = self._known(seen)
            if file is not None and seen is not None and (seen.size or 0) >= (file.seen.size or 0):
                last = max(last, rotation.turns(entry.name, name) or 0)
        return last

    def _was_rotated(self, path: str) -> bool:
        """Whether a name is itself one that rotation gives: to lose it is usual."""
        folder, name = os.path.split(path)
        given = (os.path.split(source.path) for source in self._present.values())
        return any(place == folder and rotation.is_rotated(name, of) for place, of in given)

    def _close(self, file: File) -> None:
        """It is not there any more; should its content come back under any name, it is read on from where it was."""
        if file.rest != "read":
            file.settle(self._state.total)
        file.closed = True

    def _checkpoint(self) -> None:
        if time.monotonic() - self._saved >= CHECKPOINT:
            with suppress(UsageError):  # where it cannot be written now, reading goes on; at the end it is told
                self.save()
            self._saved = time.monotonic()


def _begin(path: Path | None, options: ScanOptions, known: Catalog) -> State:
    """The state to go on with, or a new one."""
    reading = (options.log_format or "", options.timezone or options.settings.timezone or "")
    found = states.load(path) if path is not None else None
    if found is None:
        return State(signatures=known.version, reading=reading)
    if found.reading != reading:
        raise UsageError(
            f"was made with --log-format {found.reading[0] or 'unset'} and --timezone {found.reading[1] or 'unset'}",
            origin=Origin(str(path)),
            remedy="give the same again, or another state file",
        )
    if found.signatures == known.version:
        return found
    if all(map(_is_there, found.files)):
        begun = State(signatures=known.version, reading=reading)
        text = "the signatures are others than in the run before: every file was read again"
        begun.notes.append(Note(Origin(str(path)), "signatures", text, len(found.files)))
        return begun
    text = (
        f"files were read with other signatures (version {found.signatures[:12]}), and not all of them are there to be read "
        "again: services that only the newer ones explain are not looked for in them"
    )
    found.notes.append(Note(Origin(str(path)), "signatures", text, len(found.files)))
    found.signatures = known.version
    return found


def _lost(file: File) -> tuple[Gap, ...]:
    if not file.lost:
        return ()
    reason = (
        f"was replaced, and what had been in it is not there under any name: what was written to it behind byte {file.read.length} "
        "was not read (run more often than it is rotated, or keep one rotated file)"
    )
    return (Gap(Origin(file.token), reason),)


def _is_there(file: File) -> bool:
    seen = _seen(file.path)
    return seen is not None and seen.key == file.seen.key and (seen.size or 0) >= (file.seen.size or 0)


def _is_one_of(path: str, files: Sequence[File]) -> bool:
    """Whether what is at a path begins with what was read of one of the files."""
    try:
        with texts.look(_source(path)) as text:
            return any(file.head.fits(text.head) and texts.begins_with(text, file.read) for file in files)
    except (SourceError, OSError):
        return False


def _unchanged(file: File, seen: Seen) -> bool:
    """Whether all there is in a file was read, as far as the system tells."""
    return file.seen == seen and file.rest != "left"


def _source(path: str) -> Source:
    return Source(path, lambda: Path(path).open("rb"))


def _seen(path: str) -> Seen | None:
    try:
        return texts.seen_of(_source(path))
    except SourceError:
        return None


def _shared(path: str, other: File) -> Note:
    text = f"its first {other.read.length} bytes are in {other.path}, too: counted once"
    return Note(Origin(path), "duplicate", text)


def _held(path: str, other: str) -> Note:
    return Note(Origin(path), "duplicate", f"all it holds is in {other}, too: read once")


def _twice(part: File, whole: File) -> Note:
    count = part.mark.print.length - max(part.shared, whole.shared)
    text = f"{count} bytes of it are counted twice: they were read before it was known for a copy of a file that was counted"
    return Note(Origin(part.token), "duplicate", text)


def _gap(wrong: SourceError | OSError, path: str) -> Gap:
    if isinstance(wrong, SourceError):
        return Gap(wrong.origin or Origin(path), wrong.message + (f" ({wrong.remedy})" if wrong.remedy else ""))
    return Gap(Origin(path), f"reading stopped: {wrong.strerror or wrong}")


def _renamed(report: Report, paths: dict[int, str]) -> Report:
    """``report`` with every place under the name that its file has now."""

    def name(text: str) -> str:
        return TOKEN.sub(lambda found: paths[int(found[1])], text, count=1)

    def place(origin: Origin) -> Origin:
        return origin._replace(path=name(origin.path))

    return replace(
        report,
        entries=tuple(replace(one, evidence=tuple(map(place, one.evidence))) for one in report.entries),
        gaps=tuple(
            replace(one, origin=place(one.origin), examples=tuple(map(place, one.examples))) for one in report.gaps
        ),
        notes=tuple(one if one.origin is None else replace(one, origin=place(one.origin)) for one in report.notes),
        sources=tuple(replace(one, path=name(one.path)) for one in report.sources),
        candidates=tuple(replace(one, origins=tuple(map(place, one.origins))) for one in report.candidates),
    )
