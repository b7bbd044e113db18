"""Tables in files of their own kind, as JSON lines: Parquet (exports of data lakes), Pi-hole's database of queries, CSV of log lines
and of a Log Analytics workspace; events that are laid out over many lines, and what collectors give back. Pages and workbooks are refused.

Both stream: a batch of rows is text before the next is read. What is written into them is hostile: only known columns of a known
schema are asked of a database, nothing of its own is run, and a statement that works too long without a row is stopped.

Sources: https://parquet.apache.org/docs/file-format/, https://docs.pi-hole.net/database/query-database/.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from shadowai.errors import SourceError
from shadowai.model import Origin
from shadowai.sources import documents, enclosed, laid_out, shipped, workspace

if TYPE_CHECKING:
    import sqlite3

PARQUET: Final = b"PAR1"
SQLITE: Final = b"SQLite format 3\x00"
BATCH: Final = 4096
"""Rows that are text at once."""
PATIENCE: Final = 50_000_000
"""Instructions of a database's machine that may pass between two rows."""
_STEP = 100_000
_PIHOLE = "SELECT timestamp, type, status, domain, client FROM queries"
_PIHOLE_COLUMNS: Final = ("timestamp", "type", "status", "domain", "client")

Lines = Iterator[bytes]


def converter(head: bytes) -> Callable[[BinaryIO, str], BinaryIO] | None:
    """What makes JSON lines of a file that begins with ``head`` (given its bytes and its path); ``None`` where it is no table.

    Reading what it makes raises :class:`~shadowai.errors.SourceError` for a table that is damaged or of no known schema.
    """
    if head.startswith(PARQUET):
        return lambda stream, path: _stream(_parquet(stream, path))
    if head.startswith(SQLITE):
        return lambda stream, path: _stream(_pihole(stream, path))
    columns = enclosed.columns(head)
    if columns is not None:
        return lambda stream, _: _stream(enclosed.lines(stream, columns))
    table = workspace.table(head)
    if table is not None:
        return lambda stream, _: _stream(workspace.lines(stream, table))
    if laid_out.is_laid_out(head):
        return lambda stream, _: _stream(laid_out.lines(stream))
    if laid_out.is_windows_text(head):
        return lambda stream, _: _stream(laid_out.windows_text(stream))
    document = documents.written(head)
    if document is not None:
        return lambda _, path: _stream(_refused(path, *document))
    given_back = shipped.reading(head)
    if given_back is not None:
        return lambda stream, _: _stream(given_back(stream))
    return None


def _refused(path: str, what: str, remedy: str) -> Lines:
    raise SourceError(f"{what}: not read", origin=Origin(path), remedy=remedy)
    yield  # so that it is raised where the text is read


def _parquet(stream: BinaryIO, path: str) -> Lines:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as missing:
        remedy = "install shadowai[parquet], or export it as JSON lines"
        raise SourceError("Parquet cannot be read without pyarrow", origin=Origin(path), remedy=remedy) from missing
    from shadowai.sources.archives import seekable as seeking

    try:
        with seeking(stream) as seekable, closing(pyarrow.parquet.ParquetFile(seekable)) as table:
            for batch in table.iter_batches(batch_size=BATCH, use_threads=False):
                yield _lines(batch.to_pylist())
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as wrong:
        raise SourceError(f"damaged Parquet file: {wrong}", origin=Origin(path), remedy="export it again") from wrong


def _pihole(stream: BinaryIO, path: str) -> Lines:
    import sqlite3

    other = SourceError(
        "SQLite database that is not Pi-hole's: not read", origin=Origin(path), remedy="export its query table as CSV"
    )
    with _on_disk(stream) as place:
        try:
            with closing(sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)) as database:
                for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
                    database.execute(f"PRAGMA {pragma}")
                database.text_factory = lambda raw: raw.decode("utf-8", "replace")
                columns = {row[1] for row in database.execute("PRAGMA table_info(queries)")}
                if not columns.issuperset(_PIHOLE_COLUMNS):
                    raise other
                yield from _queries(database)
        except sqlite3.Error as wrong:
            raise SourceError(
                f"damaged SQLite database: {wrong}", origin=Origin(path), remedy="copy it again"
            ) from wrong


def _queries(database: sqlite3.Connection) -> Lines:
    waited = 0

    def impatient() -> bool:
        nonlocal waited
        waited += _STEP
        return waited > PATIENCE

    database.set_progress_handler(impatient, _STEP)
    rows = database.execute(_PIHOLE)
    while some := rows.fetchmany(BATCH):
        waited = 0
        yield _lines({"database": "pihole-FTL", **dict(zip(_PIHOLE_COLUMNS, row, strict=True))} for row in some)


def _lines(rows: Iterable[Mapping[str, object]]) -> bytes:
    return "".join(json.dumps(row, default=_plain, separators=(",", ":")) + "\n" for row in rows).encode("ascii")


def _plain(value: object) -> object:
    """What JSON has no type for."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


@contextmanager
def _on_disk(stream: BinaryIO) -> Iterator[str]:
    """A place where a database can be opened: a copy, so that nothing is locked and no journal of somebody else's is written."""
    import shutil
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".db") as copy:
        if stream.seekable():
            stream.seek(0)
        shutil.copyfileobj(stream, copy)
        copy.flush()
        yield copy.name


def _stream(lines: Lines) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Chunks(lines), 1 << 18))


class _Chunks(io.RawIOBase):
    """Pieces of bytes as a stream."""

    def __init__(self, pieces: Lines) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(cast(bytearray, buffer))
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        size = min(len(target), len(self._left))
        target[:size], self._left = self._left[:size], self._left[size:]
        return size
