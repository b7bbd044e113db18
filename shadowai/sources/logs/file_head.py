"""The head of a log: what its first bytes tell of how all of it is to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from shadowai.sources import framing
from shadowai.sources.logs.aliases import page_of, puts_day_first
from shadowai.sources.logs.description import CsvHeader, Json, LogFormat, W3c, When, ZeekTsv
from shadowai.sources.logs.families import W3cTokenizer, ZeekTokenizer
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.recognise import Recogniser, Recognition
from shadowai.sources.logs.rows import rows as rows_within
from shadowai.sources.logs.separated import CsvTokenizer
from shadowai.sources.logs.tokens import LONGEST_NAME, Tokens
from shadowai.sources.syslog import Payload, innermost_object, layers
from shadowai.sources.timestamps import Clock, in_doubt

OWN_INVENTORY = "asset_id,service_id,service,vendor"
"""How an inventory written by this program begins: found in a scanned folder, it is no log."""
HEAD = 1 << 20
"""Bytes of a log by which it is told what it is."""
HEADLESS = 64
"""Lines looked at one by one for a header."""
_LEARNT = 1000
"""Lines from which a file's kinds of records are learnt; where the order of day and month is in doubt, all that are at hand."""
HEADED = (W3c, ZeekTsv, CsvHeader)
"""Families whose records mean something under a header line only."""


class FileHead:
    """What a log of which ``data`` are the first bytes (all of them where ``whole``) is, by one of ``formats``, or as ``forced`` by the
    user. ``clock``, by which its times are read, learns the order of day and month."""

    def __init__(
        self,
        data: bytes,
        whole: bool,
        formats: Mapping[str, LogFormat],
        recogniser: Recogniser,
        clock: Clock,
        forced: LogFormat | None,
    ) -> None:
        self._whole, self._formats, self._clock = whole, formats, clock
        text = framing.decode(data)
        self.page: str | None = None
        """The code page of lines that are not UTF-8; ``None`` where nothing tells it."""
        self.as_json = framing.needs_json_framing(text, whole=whole)
        """Whether it is JSON whose objects are not one a line."""
        self.format: LogFormat | None = forced
        self.depth = 0
        """What is wrapped around a record in its line: layers of syslog headers and shippers' objects."""
        self.seen: tuple[tuple[str, int], ...] = ()
        """Formats of its lines, with how many they were."""
        self.shown: dict[str, set[When]] = {}
        """By the format, conditions about what stands beside a record that was seen there."""
        self.in_doubt = False
        """Whether nothing tells if days or months come first in its dates."""
        sample = self._lines_of(text)
        self.own_inventory = bool(sample) and sample[0].startswith(OWN_INVENTORY)
        if not self.own_inventory:
            self._recognise(sample, Recogniser({forced.name: forced}) if forced is not None else recogniser, data)

    @property
    def others(self) -> list[str]:
        """Formats beside its own that were seen among its lines."""
        return [name for name, _ in self.seen if self.format is None or name != self.format.name]

    def lines_of(self, data: bytes) -> list[str]:
        """The whole lines of ``data``, from the head of the same file."""
        return self._lines_of(framing.decode(data, self.page))

    def records_in(self, line: str) -> Sequence[str]:
        """The records that stand together in one line."""
        if self.format is not None and self.format.rows:
            return rows_within(line, self.format.rows)
        each = self.format.each if self.format is not None else ""
        return (re.findall(each, line) if each else ()) or (line,)

    def may_read(self, reader: FormatReader, depth: int, payloads: Sequence[Payload]) -> bool:
        """Whether the layer of a line at ``depth`` can be a record of the reader's format.

        Tables learn from their header, so only where it stands. Text within a shipper's object is still escaped as JSON writes
        it: read there, its values would end in quotes and brackets.
        """
        family = reader.description.family
        if isinstance(family, HEADED):
            # a header may be a row's own beginning: what is behind it has other columns, and may be as many as the table's
            table = reader.tokenizer
            headed = isinstance(table, (W3cTokenizer, ZeekTokenizer)) and table.width > 0
            return depth == self.depth if headed else depth >= self.depth
        if isinstance(family, Json):
            return not family.aliases or depth >= min(self.depth, len(payloads) - 1)
        return depth >= innermost_object(payloads)

    def _lines_of(self, text: str) -> list[str]:
        if not self.as_json:
            lines = text.split("\n")
            return lines if self._whole or len(lines) < 2 else lines[:-1]
        framer = framing.JsonFramer()
        found = framer.feed(text).lines
        if self._whole:
            found += [line for block in framer.finish() for line in block.lines]
        return found

    def _recognise(self, sample: list[str], recogniser: Recogniser, data: bytes) -> None:
        found = recogniser.file(sample)
        if found is None:
            return
        self.format, self.depth, self.seen = found.format, found.depth, found.seen
        self._clock.day_first = found.format.day_first
        sample = self._look_at_header(sample, data)
        readers = [FormatReader(found.format, Clock()), *self._readers_beside(found)]
        times: list[str] = []
        for place, line in enumerate(record for whole in sample for record in self.records_in(whole)):
            if place >= _LEARNT and not (times and in_doubt(times[0])):
                break
            read = self._sampled(readers, line)
            if read is not None:
                reader, tokens = read
                times += reader.time_texts(tokens) if reader is readers[0] else ()
                reader.look_beside(tokens)
        self._clock.learn(times)
        self.in_doubt = bool(times) and in_doubt(times[0])
        self.shown = {reader.description.name: reader.shown for reader in readers}

    def _look_at_header(self, sample: list[str], data: bytes) -> list[str]:
        """Learn from a table's header what code page the table is in, and what order its dates are likely to have; the sampled lines."""
        fmt = cast(LogFormat, self.format)
        place, header = self._header_in(sample)
        page = page_of(header) if fmt.guessed else None
        if page is not None and not self.as_json:
            meant = self._lines_of(framing.decode(data, page))
            if meant[place] != sample[place]:  # or else it is in UTF-8, and says what it seems to say
                self.page, sample = page, meant
                _, header = self._header_in(sample)
        self._clock.supposed_day_first = fmt.day_first is None and puts_day_first(header)
        return sample

    def _header_in(self, sample: list[str]) -> tuple[int, list[str]]:
        """The first row that heads a table, and in which line it is; an empty one where there is none."""
        family = cast(LogFormat, self.format).family
        if not isinstance(family, CsvHeader):
            return 0, []
        reads = CsvTokenizer(family)
        for place, line in enumerate(sample[:HEADLESS]):
            payloads = list(layers(line))
            reads.read(payloads[min(self.depth, len(payloads) - 1)].text)
            if reads.header is not None:
                return place, [name[:LONGEST_NAME] for name in reads.header]
        return 0, []

    def _sampled(self, readers: list[FormatReader], line: str) -> tuple[FormatReader, Tokens] | None:
        """The tokens of a sampled line, and the first reader that has any."""
        payloads = list(layers(line))
        for depth, payload in enumerate(payloads):
            for reader in readers:
                if self.may_read(reader, depth, payloads):
                    tokens = reader.tokens(payload.text)
                    if isinstance(tokens, (list, dict)):
                        return reader, tokens
        return None

    def _readers_beside(self, found: Recognition) -> Iterator[FormatReader]:
        """Readers of the other formats among the file's first lines of which it matters what stands beside what."""
        for name, _ in found.seen:
            fmt = self._formats.get(name)
            if fmt is not None and fmt is not found.format and any(when.beside for when in fmt.uncounted):
                yield FormatReader(fmt, Clock())
