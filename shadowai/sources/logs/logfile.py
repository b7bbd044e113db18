"""One log file from its text to rows: recognised, unwrapped, tokenized line by line; nothing lost without a count."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, BinaryIO, NamedTuple, Protocol, TypeVar

from shadowai.errors import SourceError
from shadowai.model import Gap, Note, Origin, Record, SourceSummary
from shadowai.sources import framing
from shadowai.sources.container import Content
from shadowai.sources.logs import bulk, fold_plan
from shadowai.sources.logs.bulk import LineFold
from shadowai.sources.logs.description import CsvHeader, Json, LogFormat, W3c, ZeekTsv
from shadowai.sources.logs.file_head import HEAD, HEADED, FileHead
from shadowai.sources.logs.folding import Folding
from shadowai.sources.logs.quick import JOINED_LINES
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.logs.recognise import recogniser
from shadowai.sources.logs.runs import Items, Line, Row, Run, Sifter
from shadowai.sources.logs.separated import CsvTokenizer
from shadowai.sources.logs.tally import Tally
from shadowai.sources.logs.tokens import HEADER, MORE
from shadowai.sources.replay import Replay
from shadowai.sources.syslog import NO_HEADER, Header, innermost_object, layers
from shadowai.sources.timestamps import UNREADABLE, Clock, assumptions, is_told, may_settle

_STRANGERS = 2048
"""Shapes of lines that no format knows, of which it is remembered."""
T = TypeVar("T")
OnBlock = Callable[[int], None]
"""Is called with the bytes of text of every block."""


class Standing(NamedTuple):
    """What was learnt of a log while reading it: the header lines in force, and the order of day and month."""

    headers: tuple[str, ...] = ()
    day_first: bool | None = None


class Waiting(Protocol):
    """Connections by address that wait for a name; see :class:`shadowai.answers.Answers`."""

    @property
    def heard(self) -> Collection[str] | None: ...
    def pass_by(self, count: int, /) -> None: ...


class Known(Protocol):
    """What is known beside a log of who its records are about; ``notes`` say what is not."""

    @property
    def notes(self) -> tuple[Note, ...]: ...

    def __call__(self, record: Record, /) -> Record: ...


class OutOfOrder(Exception):  # noqa: N818 - no failure: the file has to be read in one go
    """A part of a log means something only together with what stands before it."""


class LogFile:
    """A recognised log file. Iterate :meth:`rows` (or :meth:`records`) once, then ask for gaps, notes and the summary.

    ``forced`` is a format the user named: nothing else is tried. ``zone`` is the zone of times without one.
    """

    def __init__(
        self,
        content: Content,
        formats: Mapping[str, LogFormat],
        *,
        forced: LogFormat | None = None,
        zone: tzinfo | None = None,
        block_size: int = framing.BLOCK,
        on_block: OnBlock | None = None,
    ) -> None:
        self.path = content.path
        self.tally = Tally()
        self._recogniser = recogniser(formats)
        self._block_size = block_size
        self._on_block = on_block
        self._clock = Clock(zone, modified=_name_date(content.path) or content.modified)
        self._readers: dict[str, FormatReader] = {}
        self._strangers: set[str] = set()
        self._failure: SourceError | None = None
        self._may_settle = False
        self.aside: Callable[[Row], bool] | None = None
        """Is handed the records of formats whose records say something of others; those it takes are not among :meth:`runs`."""
        self.known: Known | None = None
        """What is known of devices; with it, :attr:`aside` is handed every record."""
        self.passed: Callable[[FormatReader, Sequence[Any]], None] | None = None
        """Is handed the tokens of DNS records that are passed over for their names: their answers matter to others."""
        self.answers: Waiting | None = None
        """Where the connections without a name wait that :attr:`aside` is handed; ``None`` while nothing can name them."""
        self.said: Callable[[bulk.Said], None] | None = None
        """Is handed what other records say of connections and answers, in their place between those :attr:`aside` is handed."""
        self._stream = Replay(content.stream)
        data = self._stream.head(HEAD)
        self._head = FileHead(data, self._stream.ended, formats, self._recogniser, self._clock, forced)
        self.format: LogFormat | None = self._head.format
        self._forced = forced is not None
        self._first_line = 1
        self._head_lines: int | None = None
        """Lines whose headers every part of the file knows; ``None`` where the file is read in one go."""
        self._headers: dict[str, str] = {}
        self.open_line: int | None = None
        """The line at which a record began that the text ended in, if it did: what follows may still belong to it."""

    @property
    def in_parts(self) -> bool:
        """Whether the file may be tried in parts: one record a line, of one format, as it stands, under one header at most."""
        head = self._head
        if head.format is None or head.as_json or head.depth or head.own_inventory:
            return False
        return not head.others and not isinstance(head.format.family, (W3c, ZeekTsv))

    @property
    def stands_alone(self) -> bool:
        """Whether nothing in the file says more of the connections that its other records tell of: they have no ids and no DNS answers
        beside them, or are requests with sizes of their own, each of which is a use of its own."""
        fmt = self.format
        if fmt is None or self._head.others:
            return False
        kinds = {fmt.kind, *(kind for _, kind in fmt.kinds)}
        requests = fmt.kind == "http_request" and kinds <= {"dns_query", "http_request"} and not fmt.whole.when
        apart = not fmt.session or requests
        return apart and (fmt.told is None or "connection" not in kinds)

    @property
    def tells_answers(self) -> bool:
        """Whether the file may hold DNS answers, which name connections of which others of its records tell addresses only."""
        fmt = self.format
        return fmt is None or fmt.told is not None or bool(self._head.others)

    def again(self, on_block: OnBlock | None = None) -> LogFile:
        """The same log once more, for a log of which nothing but the head was read: what that tells need not be found out again."""
        made = copy.copy(self)
        made.tally, made._clock, made._on_block = Tally(), copy.deepcopy(self._clock), on_block
        made._readers, made._strangers, made._headers = {}, set(), {}
        return made

    def part(self, stream: BinaryIO, first_line: int) -> None:
        """Read only ``stream``: whole lines of the file, the first of which has the number ``first_line``.

        What the head of the file tells is known; whatever would have to be known beside it raises :class:`OutOfOrder` while reading:
        a header further down, a record over several lines, a line of another format, a date that decides how others are read.
        """
        sample = self._head.lines_of(self._stream.ahead)
        self._head_lines = len(sample)
        if first_line > 1 and self.format is not None and isinstance(self.format.family, HEADED):
            primary = self._reader(self.format)
            for line in sample:
                primary.tokens(line)
            if isinstance(primary.tokenizer, CsvTokenizer) and primary.tokenizer.headless:
                raise OutOfOrder
        self._first_line = first_line
        self._stream = Replay(stream)

    @property
    def goes_on(self) -> bool:
        """Whether what is written behind the file's end can be read by itself: it is lines, and no document as a whole."""
        return not self._head.as_json and not self._head.own_inventory

    @property
    def standing(self) -> Standing:
        """What was learnt while reading that :meth:`resume` has to know."""
        return Standing(tuple(self._headers.values()), self._clock.day_first)

    def resume(self, stream: BinaryIO, first_line: int, standing: Standing | None = None) -> None:
        """Read only ``stream``, which goes on where reading stopped: whole lines, of which the first has the number ``first_line``.

        ``standing`` is what was learnt before by another :class:`LogFile` of the same file; ``None`` where it was this one.
        """
        if standing is not None:
            for line in standing.headers if self.format is not None else ():
                self.primary.tokens(line)
                self._remember_header(line)
            self._clock.day_first = standing.day_first
        self._first_line, self._stream, self.open_line = first_line, Replay(stream), None

    def _remember_header(self, line: str) -> None:
        """Of header lines, the last of each kind is in force, in the order in which they came."""
        word = _HEADER_WORD.match(line)
        kind = word[0].lower() if word is not None else ""
        if len(line) <= _LONGEST_HEADER:
            self._headers.pop(kind, None)
            self._headers[kind] = line

    def add_part(self, tally: Tally, assumed: Mapping[str, int]) -> None:
        """Take over what a later part of the same file counted, and what its times had to assume."""
        self.tally.merge(tally)
        self._clock.assumed.update(assumed)

    def assume(self, assumed: Mapping[str, int]) -> None:
        """The time of a record had to assume that."""
        self._clock.assumed.update(assumed)

    def look_at_time(self, row: Row, record: Record) -> None:
        """Count a record, which is counted as activity, where it tells a time that cannot be read."""
        if record.time is None and any(map(is_told, row.reader.time_texts(row.tokens))):
            self._clock.assumed[UNREADABLE] += 1

    @property
    def assumed(self) -> Mapping[str, int]:
        """What times had to assume, and how often."""
        return self._clock.assumed

    def rows(self) -> Iterator[Row]:
        """Every record's tokens, in file order."""
        for item in self.runs(None):
            yield from (item,) if isinstance(item, Row) else map(item.row, range(len(item.lines)))

    def runs(self, passed_over: Callable[[str], bool] | None, fold: LineFold | None = None) -> Iterator[Row | Run]:
        """The records in file order, many at once where their names were found without reading the rest.

        ``passed_over`` tells names that need no reading: records that are sure to have one are counted and left out. ``fold`` counts
        most records by itself, which are not given.
        """
        primary = self._reader(self.format) if self.format is not None else None
        family = primary.description.family if primary is not None else None
        below = self._head.depth > 0 and (isinstance(family, HEADED) or (isinstance(family, Json) and family.aliases))
        as_text = not isinstance(family, (Json, *HEADED))
        folds = fold is not None and primary is not None and self._folds(primary)
        lines = Items(self._folded(primary, passed_over, fold) if folds else self._lines(primary, passed_over))  # type: ignore[arg-type]
        day_first = self._clock.day_first
        for item in lines:
            if isinstance(item, Run):
                self.tally.records += len(item.lines)
                if self.sets_aside(item.reader):
                    yield from filter(self._is_left, map(item.row, range(len(item.lines))))
                else:
                    yield item
                continue
            number, line = item
            if not line or line.isspace():
                continue
            if as_text and "\r" in line:  # several records in one line, or a forged one: neither is to be believed
                self.tally.unread("carriage return within the line", number)
                continue
            wrapped = below or (as_text and "{" in line and innermost_object(list(layers(line))) > 0)
            tokens = None if wrapped or primary is None else primary.tokens(line)
            if tokens is None or primary is None:
                row = self._elsewhere(primary, number, line, surface=wrapped)
            elif tokens is HEADER:
                self._needs_order(number)
                self._remember_header(line)
                continue
            elif tokens is MORE:
                self._needs_order(number)
                row = self._joined(primary, number, line, lines)
            else:
                row = Row(number, primary, tokens, NO_HEADER, line)  # type: ignore[arg-type]
            if row is not None:
                self.tally.records += 1
                if self._may_settle:
                    self._look_at_date(row)
                if self._is_left(row):
                    yield row
        if self._clock.day_first is not day_first or self._failure is not None:
            self._needs_order(None)

    def _look_at_date(self, row: Row) -> None:
        """Let the clock see the time of a record, whatever that is about: it may tell whether days or months come first."""
        assumed = dict(self._clock.assumed)
        row.reader.amounts(row.tokens)
        self._clock.assumed.clear()
        self._clock.assumed.update(assumed)

    @property
    def primary(self) -> FormatReader:
        """The reader of the file's format, which is known."""
        return self._reader(self.format)  # type: ignore[arg-type]

    def sets_aside(self, reader: FormatReader) -> bool:
        """Whether records of the reader's format are handed to :attr:`aside`."""
        return self.aside is not None and (self.known is not None or reader.description.joins)

    def _is_left(self, row: Row) -> bool:
        """False for records that :attr:`aside` has taken."""
        return self.aside is None or not self.sets_aside(row.reader) or not self.aside(row)

    def record(self, row: Row) -> Record:
        """What a row says."""
        found = self._record(row)
        return found if self.known is None else self.known(found)

    def _record(self, row: Row) -> Record:
        if row.header is NO_HEADER and not row.reader.description.time:
            return row.reader.record(self.path, row.line, row.tokens, _own_header(row.text))
        found = row.reader.record(self.path, row.line, row.tokens, row.header)
        if found.time is None and row.header is NO_HEADER:
            header = _own_header(row.text)
            if header is not NO_HEADER:
                return row.reader.record(self.path, row.line, row.tokens, header)
        return found

    def gaps(self) -> Iterator[Gap]:
        """What could not be read, after the rows have been taken. A file of which nothing was understood is one gap."""
        tally = self.tally
        if self._failure is not None:
            remedy = f" ({self._failure.remedy})" if self._failure.remedy else ""
            yield Gap(Origin(self.path), f"{self._failure.message}{remedy}")
        unread = tally.unread_lines + self._headless()
        if not tally.records and unread:
            yield Gap(
                Origin(self.path),
                f"no line understood: {self._tried()}",
                unread,
                tuple(Origin(self.path, line) for line in tally.examples),
            )
            return
        for reason, (count, *lines) in sorted(tally.unreadable.items()):
            yield Gap(Origin(self.path), reason, count, tuple(Origin(self.path, line) for line in lines))
        if tally.records and not tally.named:
            name = self.format.name if self.format is not None else "?"
            yield Gap(
                Origin(self.path),
                f"no record names a host (read as {name}): AI use cannot show in them; add proxy or DNS logs of the same time, "
                "or force another format with --log-format NAME",
                tally.records,
            )

    def notes(self) -> Iterator[Note]:
        """What was assumed or left out on purpose."""
        if self._head.own_inventory:
            yield Note(Origin(self.path), "own_inventory", "an inventory written by this program, not a log: left out")
        if self.format is not None and self.format.guessed and not self._forced and self.tally.records:
            text = "the log is of no known product: its fields were taken by what they are called; `formats guess` shows how, to be settled"
            yield Note(Origin(self.path), "guess", text, self.tally.records)
        for kind, text, count in assumptions(self._clock):
            yield Note(Origin(self.path), kind, text, count)
            if kind == "zone" and self.known is not None:
                text = "its times have no zone, so that no lease can tell what device they are of; --timezone sets it"
                yield Note(Origin(self.path), "leases", text, count)

    def summary(self) -> SourceSummary:
        """Counts of the whole file."""
        tally = self.tally
        return SourceSummary(
            path=self.path,
            format=self.format.name if self.format is not None else "",
            lines=tally.lines,
            records=tally.records,
            named=tally.named,
            uncounted=tally.uncounted,
            outside=tally.outside,
            unreadable=tally.unread_lines,
            ai=tally.ai,
        )

    def _blocks(self) -> Iterator[framing.Block]:
        size, first = self._block_size, self._first_line
        blocks = framing.blocks(self._stream, as_json=self._head.as_json, size=size, first=first, page=self._head.page)  # type: ignore[arg-type]
        apart = self.format is not None and (self.format.each or self.format.rows)
        return self._reading(map(self._apart, blocks) if apart else blocks)

    def _apart(self, block: framing.Block) -> framing.Block:
        """``block`` with records that stand together in one line as lines of their own, under its number."""
        apart = [
            (number, record)
            for number, line in zip(block.numbers, block.lines, strict=False)
            for record in self._head.records_in(line)
        ]
        numbers, lines = [number for number, _ in apart], [record for _, record in apart]
        return framing.Block(numbers, lines, block.size, "", block.overlong)

    def _reading(self, items: Iterator[T]) -> Iterator[T]:
        """``items`` up to where reading fails."""
        try:
            yield from items
        except SourceError as wrong:
            self._failure = wrong
        except OSError as wrong:
            self._failure = SourceError(f"reading stopped: {wrong.strerror or wrong}", origin=Origin(self.path))

    def _folds(self, primary: FormatReader) -> bool:
        """Whether lines can be folded where they stand: each means what it means by itself, under one reading of dates."""
        head = self._head
        unwrapped = not head.depth or (head.depth == 1 and fold_plan.may_unwrap(primary.description))
        as_it_stands = unwrapped and not head.own_inventory and not primary.description.rows
        if head.as_json and (head.depth or not isinstance(primary.description.family, Json)):
            return False
        in_doubt = head.in_doubt and self._clock.day_first is None
        return as_it_stands and not in_doubt and fold_plan.may_fold(primary.description)

    def _folded(
        self, primary: FormatReader, passed_over: Callable[[str], bool] | None, fold: LineFold
    ) -> Iterator[Line | Run]:
        """The lines of the file that ``fold`` does not count."""
        fold.wrapped, fold.joined = self._head.depth == 1, self.aside is not None
        folding = Folding(primary, fold, self._sifter(primary, passed_over), self.tally, self.said)
        if self._head.as_json:
            for block in self._blocks():
                self._look_at_size(block)
                yield from folding.objects(block)
            return
        size = bulk.BLOCK if self._block_size == framing.BLOCK else self._block_size
        number = self._first_line
        for piece in self._reading(framing.pieces(self._stream, size, self._head.page)):  # type: ignore[arg-type]
            if piece.dropped:
                self._leave_out(number)
            if self._on_block is not None:
                self._on_block(piece.size)
            if piece.raw is not None:
                number = yield from folding.lines(piece, number)

    def _lines(self, primary: FormatReader | None, passed_over: Callable[[str], bool] | None) -> Iterator[Line | Run]:
        """The lines of the file, but for those that are sure to be records with a name that is passed over."""
        sift = self._sifter(primary, passed_over)
        for block in self._blocks():
            self._look_at_size(block)
            self.tally.lines += len(block.lines)
            if not self._head.own_inventory:
                yield from sift(block)

    def _look_at_size(self, block: framing.Block) -> None:
        for number in block.overlong:
            self._leave_out(number)
        if self._on_block is not None:
            self._on_block(block.size)

    def _leave_out(self, number: int) -> None:
        self.tally.unread(f"line longer than {framing.LONGEST >> 20} MiB", number)

    def _sifter(
        self, primary: FormatReader | None, passed_over: Callable[[str], bool] | None
    ) -> Callable[[framing.Block], Iterator[Line | Run]]:
        """A function that gives the lines of a block as :meth:`_lines` does."""
        sifter: Sifter | None = None
        if primary is not None and passed_over is not None and not self._head.depth:
            passed = self.passed if primary.description.told is not None else None
            sifter = Sifter(primary, passed_over, self.tally, passed)

        def sift(block: framing.Block) -> Iterator[Line | Run]:
            in_doubt = self._head.in_doubt and self._clock.day_first is None
            self._may_settle = in_doubt and may_settle(block.text)
            if sifter is None or self._may_settle:
                return zip(block.numbers, block.lines, strict=False)
            return sifter.sift(block)

        return sift

    def _reader(self, fmt: LogFormat) -> FormatReader:
        if fmt.name not in self._readers:
            reader = self._readers[fmt.name] = FormatReader(fmt, self._clock)
            reader.shown = self._head.shown.get(fmt.name, reader.shown)
        return self._readers[fmt.name]

    def _elsewhere(self, primary: FormatReader | None, number: int, line: str, *, surface: bool) -> Row | None:
        """A line that the file's format does not read as it stands: unwrapped, or of another known format; else counted.

        ``surface`` is false where the line as it stands has been tried.
        """
        if primary is not None:
            payloads = list(layers(line))
            for depth, payload in enumerate(payloads):
                if (depth == 0 and not surface) or not self._head.may_read(primary, depth, payloads):
                    continue
                tokens = primary.tokens(payload.text)
                if tokens is HEADER:
                    self._needs_order(number)
                    self._remember_header(payload.text)
                    return None
                if tokens is not None and tokens is not MORE:
                    return Row(number, primary, tokens, payload.header, line)  # type: ignore[arg-type]
        row = self._stranger(number, line)
        if row is not None:
            self._needs_order(None)
        if row is None:
            if primary is not None and line.startswith("#"):
                return None  # a comment, such as the names that a proxy writes above records without a standard
            name = primary.description.name if primary is not None else "any known format"
            self.tally.unread(f"line is not {name}", number)
        return row

    def _stranger(self, number: int, line: str) -> Row | None:
        """A line of another format in the same file (collectors write everything into one). Shapes that were not known
        once are not tried again."""
        if self.format is not None and isinstance(self.format.family, CsvHeader):
            return None
        shape = _DIGITS.sub("0", line[:48])
        if shape in self._strangers:
            return None
        vote = self._recogniser.line(line) if self.format is None or self._head.seen else None
        if vote is None or vote[0].rank < 5:
            if len(self._strangers) < _STRANGERS and not line.startswith("{"):  # objects begin alike and differ behind
                self._strangers.add(shape)
            return None
        fmt, _, payload = vote
        reader = self._reader(fmt)
        tokens = reader.tokens(payload.text)
        if tokens is None or tokens is HEADER or tokens is MORE:
            return None
        return Row(number, reader, tokens, payload.header, line)  # type: ignore[arg-type]

    def _joined(self, primary: FormatReader, number: int, line: str, lines: Items) -> Row | None:
        """A record over several lines (a quoted line break in CSV). Where it never closes, only its first line is lost."""
        held: list[Line] = [(number, line)]
        joined = line
        for following in lines:
            if isinstance(following, Run):
                lines.put_back([following])
                break
            held.append(following)
            joined += "\n" + following[1]
            tokens = primary.tokens(joined)
            if isinstance(tokens, (list, dict)):
                return Row(number, primary, tokens, NO_HEADER, line)
            if tokens is HEADER:
                self._remember_header(joined)
                return None
            if tokens is None or len(held) >= JOINED_LINES or len(joined) > _LONGEST_JOINED:
                break
        else:
            self.open_line = number
        self.tally.unread("quote is never closed", number)
        lines.put_back(held[1:])
        return None

    def _needs_order(self, line: int | None) -> None:
        """What was met at ``line`` matters to what follows it, unless every part of the file knows it."""
        if self._head_lines is not None and (line is None or line > self._head_lines):
            raise OutOfOrder

    def _tried(self) -> str:
        if self.format is not None:
            return f"it was taken for {self.format.name}; --log-format NAME forces another format"
        return "no known format fits; --log-format NAME forces one, `shadowai formats` lists them, a TOML file can describe another"

    def _headless(self) -> int:
        """Lines passed over as what stands before a table's header, which never came."""
        reads = (
            self._readers[self.format.name].tokenizer
            if self.format is not None and self.format.name in self._readers
            else None
        )
        return reads.headless if isinstance(reads, CsvTokenizer) else 0


_DIGITS = re.compile(r"\d+")
_HEADER_WORD = re.compile(r"#(?:fields|separator|path)\b", re.IGNORECASE)
"""Directives of W3C's and Zeek's headers that later ones of other names leave in force."""
_LONGEST_HEADER = 1 << 16
_LONGEST_JOINED = 1 << 18
"""Characters of the longest record over several lines: it is read anew with each of them."""
_DATED_NAME = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")


def _own_header(text: str) -> Header:
    """The innermost header of a line that tells a time: the writer's own, those around it are of relays."""
    headers = [payload.header for payload in layers(text) if payload.header.time is not None]
    return headers[-1] if headers else NO_HEADER


def _name_date(path: str) -> float | None:
    """The end of the day that a rotated file's name tells (``access.log-20240603``), epoch seconds."""
    from datetime import UTC, datetime, timedelta

    found = _DATED_NAME.search(path.rpartition("/")[2])
    if found is None:
        return None
    try:
        day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
    except ValueError:
        return None
    return (day + timedelta(days=1)).timestamp()
