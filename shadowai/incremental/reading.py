"""One file read on from where it was settled.

What a log is, is told by its beginning. A log shorter than that is read again as a whole when it has grown, and so is what has no
lines: captures, archives, documents of JSON. A longer log is settled line by line, and never read again.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO, Final, NamedTuple, cast

from shadowai import inputs, pipeline
from shadowai.errors import SourceError
from shadowai.incremental.known import File, Mark, head_of
from shadowai.incremental.texts import Lines, Text, check_same, fingerprint, is_quiet, is_whole, text_from
from shadowai.inventory import Inventory
from shadowai.model import Gap, Note, Origin, SourceSummary
from shadowai.names import Names
from shadowai.pipeline import ScanOptions
from shadowai.sources.container import Content
from shadowai.sources.logs.file_head import HEAD
from shadowai.sources.logs.logfile import LogFile, Standing

SLICE: Final = 256 << 20
"""Bytes that are settled at once."""
_LATER: Final = "the next run looks at it again"


@dataclass(frozen=True, slots=True)
class Reader:
    """How files are read: by which options and signatures."""

    options: ScanOptions
    names: Names

    def read(self, file: File, text: Text, total: Inventory, settled: Callable[[], None], *, tails: bool) -> None:
        """Read what is new in ``file``, whose content now is ``text``: settle in ``total`` what can be, and call ``settled`` after each
        step of that. A last line without an end is read with ``tails`` only, where it seems to be all there is. Raises
        :class:`SourceError` for a compressed file that was written a moment ago and has no end."""
        if text.end is None and not is_quiet(text) and not is_whole(text):
            raise SourceError("is still being written, or damaged", origin=Origin(text.source.path), remedy=_LATER)
        file.path, file.seen = (
            text.source.path,
            text.seen._replace(size=None),
        )  # what is written down now is not all of it
        log = self._log(file, text) if text.lines else None
        if log is None or not log.goes_on:
            self._whole(file, text)
        else:
            if len(text.head) >= HEAD:
                self._settle(file, text, total, settled)
                log = None
            self._own(file, text, log, partial=tails and (text.end is None or is_quiet(text)))
        file.seen = text.seen

    def _whole(self, file: File, text: Text) -> None:
        """Read everything again, in place of what it gave before."""
        read = fingerprint(text)
        found = pipeline.scan_source(replace(text.source, path=file.token), self.options, self.names, None)
        check_same(text)
        file.own, file.whole, file.mark, file.reached = found.inventory, True, Mark(), Mark(read)
        file.gaps, file.notes, file.sources = tuple(found.gaps), tuple(found.notes), tuple(found.sources)
        file.head, file.rest = head_of(text.head, read.length), ""

    def _settle(self, file: File, text: Text, total: Inventory, settled: Callable[[], None]) -> None:
        """Settle whole lines, slice by slice, for as long as there are any that do not need what follows them."""
        while text.end is None or file.mark.print.length < text.end:
            stop = None if text.end is None else min(file.mark.print.length + SLICE, text.end)
            found = self._fold(file, text, stop)
            if found.open_line is not None:  # a record that goes on behind the slice: up to where it begins
                found = self._fold(file, text, _begin_of(text, file.mark, found.open_line))
            if found.mark.print.length <= file.mark.print.length or found.open_line is not None:
                return
            total.merge(found.inventory)
            file.mark = file.reached = found.mark
            file.own, file.rest = Inventory(), ""
            file.head = head_of(text.head, file.read.length)
            file.gaps, file.notes, file.sources = found.told
            settled()
            if text.end is None:
                return

    def _own(self, file: File, text: Text, log: LogFile | None, *, partial: bool) -> None:
        """Read what is behind the mark, to be read again when there is more."""
        found = self._fold(file, text, text.end, log, partial=partial)
        file.own, file.reached, file.whole = found.inventory, found.mark, False
        file.gaps, file.notes, file.sources = found.told
        file.head = head_of(text.head, file.read.length)
        file.rest = "" if not found.rest else "read" if partial else "left"

    def _fold(
        self, file: File, text: Text, stop: int | None, log: LogFile | None = None, *, partial: bool = False
    ) -> _Folded:
        """The lines behind the mark, up to byte ``stop``, by ``log``, which has read nothing yet."""
        mark, inventory, options = file.mark, Inventory(), self.options
        log = log or self._log(file, text)
        if mark.tally is not None:
            log.tally = copy.deepcopy(mark.tally)
        log.add_part(type(log.tally)(), mark.counted())
        with text_from(text, mark.print.start) as stream:
            lines = Lines(stream, mark.print, stop, tail=partial)
            standing = Standing(mark.headers, mark.day_first) if mark.print.length else None
            log.resume(cast(BinaryIO, lines), mark.line, standing)
            inputs.scan_log(log, self.names, inventory, since=options.since, until=options.until)
        check_same(text)
        line, (headers, day_first) = mark.line + lines.breaks, log.standing
        assumed = tuple(sorted(log.assumed.items()))
        found = Mark(lines.given, line, headers, day_first, log.tally, assumed)
        gaps = (*log.gaps(), *_failed(file, lines.failure))
        return _Folded(inventory, found, (gaps, tuple(log.notes()), (log.summary(),)), log.open_line, lines.rest)

    def _log(self, file: File, text: Text) -> LogFile:
        """The log as its beginning tells it."""
        settings, options = self.options.settings, self.options
        modified = None if text.seen.modified is None else text.seen.modified / 1e9
        content = Content(file.token, io.BytesIO(text.head), modified)
        return inputs.log_file(content, settings, options.forced(), options.zone())


class _Folded(NamedTuple):
    """What some lines gave, and where they ended. ``told`` are the gaps, notes and summaries of the file up to there; ``open_line`` is
    where a record began that did not end; ``rest`` tells whether a line did not."""

    inventory: Inventory
    mark: Mark
    told: tuple[tuple[Gap, ...], tuple[Note, ...], tuple[SourceSummary, ...]]
    open_line: int | None
    rest: bool


def _failed(file: File, failure: SourceError | OSError | None) -> tuple[Gap, ...]:
    if failure is None:
        return ()
    if isinstance(failure, SourceError):
        then = f" ({failure.remedy})" if failure.remedy else ""
        return (Gap(Origin(file.token), f"{failure.message}{then}"),)
    return (Gap(Origin(file.token), f"reading stopped: {failure.strerror or failure}"),)


def _begin_of(text: Text, mark: Mark, line: int) -> int:
    """The byte at which ``line`` begins, which is behind the mark."""
    at, left = mark.print.length, line - mark.line
    with text_from(text, at) as stream:
        while left > 0 and (piece := stream.readline()):
            at, left = at + len(piece), left - 1
    return at
