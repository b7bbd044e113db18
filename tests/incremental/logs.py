"""A log that grows and is rotated, every line of which is the use of an AI service by a user of its own."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import time
from pathlib import Path

LINE = "{t}.{m:03d}     55 10.{a}.{b}.{c} TCP_TUNNEL/200 4000 CONNECT chatgpt.com:443 u{n} HIER_DIRECT/203.0.113.9 -\n"


def line(number: int) -> str:
    """One line of Squid's; its user is ``u`` and the number."""
    a, b, c = number >> 16 & 255, number >> 8 & 255, number & 255
    return LINE.format(t=1767600000 + number, m=number % 1000, a=a, b=b, c=c, n=number)


class GrowingLog:
    """Writes to ``path`` and rotates it: ``access.log.1`` is the newest of the others. ``written`` counts whole lines."""

    def __init__(self, path: Path) -> None:
        self.path, self.written = path, 0
        self.cut: set[int] = set()
        """Lines that were in the log only, which was cut off: nobody has to have seen them."""
        self._half = ""
        path.touch()

    def write(self, count: int, *, half: bool = False) -> None:
        """So many lines more, the last of them without its second half where ``half``; that comes with the next ones."""
        text = self._half + "".join(line(self.written + n) for n in range(count))
        self.written += count
        cut = len(text) - 40 if half and count else len(text)
        text, self._half = text[:cut], text[cut:]
        with self.path.open("a") as file:
            file.write(text)

    @property
    def old(self) -> list[Path]:
        """The rotated ones, the newest first."""
        found = [one for one in self.path.parent.iterdir() if one.name.startswith(f"{self.path.name}.")]
        return sorted(found, key=lambda one: int(one.name.removesuffix(".gz").rpartition(".")[2]))

    def rename(self, *, late: int = 0) -> None:
        """Rotation as most do it; so many lines more go to the old file, by a writer that was not told yet."""
        self.write(0)
        self._move()
        newest = self.path.with_name(f"{self.path.name}.1")
        self.path.rename(newest)
        with newest.open("a") as file:
            file.write("".join(line(self.written + n) for n in range(late)))
        self.written += late
        self.path.touch()

    def copytruncate(self, *, late: int = 0, pause: float = 0.0) -> None:
        """Rotation by copying the log and cutting it off, for writers that never open it again; so many lines are written in between,
        which are in the log only, and then so many seconds pass."""
        self.write(0)
        self._move()
        shutil.copy(self.path, self.path.with_name(f"{self.path.name}.1"))
        self.cut.update(range(self.written, self.written + late))
        self.write(late)
        time.sleep(pause)
        os.truncate(self.path, 0)

    def compress(self, which: int = -1) -> None:
        """One of the rotated files as gzip leaves it: compressed beside it, its time put on, the old one removed."""
        plain = [one for one in self.old if one.suffix != ".gz"]
        if not plain:
            return
        old = plain[which]
        packed, status = Path(f"{old}.gz"), old.stat()
        with old.open("rb") as reading, gzip.open(packed, "wb", 1) as writing:
            shutil.copyfileobj(reading, writing)
        os.utime(packed, ns=(status.st_atime_ns, status.st_mtime_ns))
        old.unlink()

    def one_of(self, draw: random.Random) -> None:
        """Something that happens to logs."""
        what = draw.random()
        if what < 0.94:
            self.write(draw.randrange(60), half=draw.random() < 0.3)
        elif what < 0.96:
            self.rename(late=draw.randrange(3))
        elif what < 0.98:
            self.copytruncate(late=draw.randrange(3), pause=draw.uniform(0.0, 0.05))
        else:
            self.compress()

    def _move(self) -> None:
        for one in reversed(self.old):
            packed = ".gz" if one.suffix == ".gz" else ""
            number = int(one.name.removesuffix(".gz").rpartition(".")[2])
            one.rename(one.with_name(f"{self.path.name}.{number + 1}{packed}"))


def just_now(path: Path) -> None:
    """``path`` was written a moment ago, however slow the machine is."""
    soon = time.time() + 3600
    os.utime(path, (soon, soon))


def long_ago(path: Path) -> None:
    """``path`` was written a minute ago."""
    then = time.time() - 60
    os.utime(path, (then, then))
