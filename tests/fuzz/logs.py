"""Changes of logs that know what lines, columns, headers and objects are."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.fuzz.changes import changed

MOST_BYTES = 3 << 20
_MOST_LINES = 60
_MANY_LINES = 2_000
_PARTS = (b",", b"\t", b" ", b'","', b'" "', b";", b"|")
_DIGITS = re.compile(rb"\d+")
_NAMES = tuple(
    b"chatgpt.com claude.ai:443 CHATGPT.com chatgpt.com. .chatgpt.com jo@chatgpt.com chatgpt.com:99999 a.example a.b x "
    b"http://chatgpt.com/a?b=c https://api.openai.com/v1/files http:///a http:// :443 / // //chatgpt.com/x a/chatgpt.com "
    b"http:\\\\chatgpt.com http:\\/\\/chatgpt.com\\/a %63hatgpt.com chatgpt%2ecom chatgpt\\u002ecom github.com/copilot "
    b"https://www.bing.com/chat?q=1 203.0.113.9 203.0.113.9:443 [2001:db8::1]:443 ::1 acme-gpt.example my.ollama.example "
    b"xn--a.example *.openai.com - -- null true error:invalid-request".split()
)
_NUMBERS = tuple(
    b"0 00 -0 01 1 -1 +1 1.0 1.5 .5 5. 1e5 1E-3 0x1f 1,5 999999999999999999 9999999999999999999 18446744073709551616 1767600000 "
    b"1767600000.5 1767600000.123456 1767600000.1234567 1767600000123 0.1 NaN Infinity 31/12/2026 12/31/2026 1_000".split()
)
_BYTES = (
    *(bytes([one]) for one in b"\"'\0\r \t\\{}[]:,;#-=%/?@.\x0b\x1c\x1f\x7f\xff\xc3\x80"),
    *(text.encode() for text in ("é", "\u0661", "\u00a0", "\u2028", "\ufeff", "\u017f")),
    *(b"\n", b"\r\n", b"\0\0\0\0", b'""', b'","', b'\\"', b"\\u0000", b"\\ud800", b"  "),
)

Lines = list[bytes]
Change = Callable[[Lines, random.Random, Sequence[bytes]], None]


class Log(NamedTuple):
    """The name of a format with a plan, and a log of it."""

    format: str
    data: bytes


def mutated(data: bytes, rng: random.Random, other: bytes) -> bytes:
    """Some lines of ``data``, its first ones among them, with a few changes; ``other`` is what lines may be taken from."""
    lines, others = data.split(b"\n"), other[: 1 << 16].split(b"\n")
    if len(lines) > _MOST_LINES:
        place = rng.randrange(len(lines))
        lines = lines[:10] + lines[place : place + _MOST_LINES]
    more = lines[min(rng.choice((0, 1, 1, 1, 8)), len(lines) - 1) :]  # what stands in front may be a header
    lines += more * (max(_MANY_LINES // len(more), 1) if rng.random() < 0.06 else rng.choice((0, 0, 0, 1, 1, 3, 9)))
    for _ in range(rng.choice((0, 1, 3, 9, len(lines) // 4, len(lines)))):
        rng.choice(_CHANGES)(lines, rng, others)
    if rng.random() < 0.08:
        rng.choice(_LARGE)(lines, rng, others)
    return rng.choice((b"\n", b"\n", b"\n", b"\r\n")).join(lines)[:MOST_BYTES]


def _any(lines: Lines, rng: random.Random) -> int:
    if not lines:
        lines.append(b"")
    return rng.randrange(len(lines))


def _put(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    place = _any(lines, rng)
    line, what = lines[place], rng.choice(rng.choice((_BYTES, _BYTES, _NAMES)))
    at = rng.randrange(len(line) + 1)
    lines[place] = line[:at] + what + line[at + rng.choice((0, 0, 1, len(what))) :]


def _bytes(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    place = _any(lines, rng)
    lines[place] = changed(lines[place], rng, [rng.choice(others)], 1 << 18)


def _columns(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    """A column left out, said twice, exchanged, or with the text of another line."""
    place = _any(lines, rng)
    part = rng.choice([part for part in _PARTS if part in lines[place]] or [b" "])
    columns, kind = lines[place].split(part), rng.randrange(6)
    at, to = rng.randrange(len(columns)), rng.randrange(len(columns))
    if kind == 0:
        del columns[at]
    elif kind == 1:
        columns.insert(to, columns[at])
    elif kind == 2:
        columns[at], columns[to] = columns[to], columns[at]
    elif kind == 3:
        columns[at] = rng.choice((b"", b"-", b'""', *_NAMES, *_NUMBERS))
    elif kind == 4:
        columns[at] = b'"' + columns[at] + rng.choice((b'"', b'""', b""))
    else:
        columns[at] = rng.choice(lines[_any(lines, rng)].split(part))
    lines[place] = part.join(columns)


def _number(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    place = _any(lines, rng)
    found = list(_DIGITS.finditer(lines[place]))
    if found:
        begin, end = rng.choice(found).span()
        lines[place] = lines[place][:begin] + rng.choice(_NUMBERS) + lines[place][end:]


def _quoted(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    """The text between two quotes, or what else stands between marks."""
    place = _any(lines, rng)
    found = list(re.finditer(rb'(?<=[":,\s=])[^"\s:,=]+(?=[",\s}]|$)', lines[place][: 1 << 14]))
    if found:
        begin, end = rng.choice(found).span()
        lines[place] = lines[place][:begin] + rng.choice((*_NAMES, *_NUMBERS, b"{}", b"[]")) + lines[place][end:]


def _line(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    """A whole line: cut, said twice, in another case, moved, joined with the next, of another log."""
    place, kind = _any(lines, rng), rng.randrange(9)
    line = lines[place]
    if kind == 0:
        lines[place] = line[: rng.randrange(len(line) + 1)]
    elif kind == 1:
        lines[place] = line + line
    elif kind == 2:
        lines[place] = rng.choice((line.upper(), line.swapcase(), b" " + line, line + b" ", b"\t" + line, line + b"\r"))
    elif kind == 3:
        lines.insert(rng.randrange(len(lines)), line)
    elif kind == 4:
        lines.insert(rng.randrange(len(lines)), lines.pop(place))
    elif kind == 5:
        lines[place : place + 2] = [rng.choice((b"", b" ", b",", b"\r", b"\0")).join(lines[place : place + 2])]
    elif kind == 6:
        lines[place] = rng.choice(others)
    elif kind == 7:
        lines[place] = line.replace(b" ", b"  ", rng.randrange(4))
    else:
        lines[place] = rng.choice((b"", b"{}", b"{", b"#", b'"', b"#Fields: ", b"#fields\t", b"[]", b"null"))


def _header(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    """A header once more, perhaps with its columns in another order, fewer or more of them, or with a quote that stays open."""
    heads = [line for line in lines if line.startswith(b"#")] or lines[:1] or [b""]
    head = rng.choice(heads)
    part = rng.choice([part for part in (b",", b"\t", b" ", b";") if part in head] or [b" "])
    columns, kind = head.split(part), rng.randrange(7)
    at = rng.randrange(len(columns))
    if kind == 1:
        columns[1:] = rng.sample(columns[1:], len(columns) - 1)
    elif kind == 2:
        del columns[rng.randrange(len(columns))]
    elif kind == 3:
        columns.insert(rng.randrange(len(columns) + 1), rng.choice((*columns, b"host", b"c-ip", b"bytes")))
    elif kind == 4:
        columns = [column.upper() for column in columns]
    elif kind == 5:
        columns[at] = b'"' + columns[at][:2] + b"\n" + columns[at][2:] + b'"'
    elif kind == 6:
        columns[at] = rng.choice((b'"' + columns[at], columns[at] + b'"', columns[at] + b'"\n"'))
    lines.insert(rng.randrange(len(lines) + 1) if rng.random() < 0.7 else 0, part.join(columns))


def _wide(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    """About as many columns as are kept, or many more; in all lines, so that headers have them too, or in one."""
    part, count = rng.choice(_PARTS), rng.choice((80, 400, 500, 509, 510, 511, 512, 513, 700, 5_000))
    more = part.join(b"c%d" % number if rng.random() < 0.9 else b"" for number in range(count))
    chosen = range(len(lines)) if rng.random() < 0.7 else (_any(lines, rng),)
    behind = rng.random() < 0.7
    for place in chosen:
        lines[place] = lines[place] + part + more if behind else more + part + lines[place]


def _long(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    """A text as long as keys and lengths can be, or longer."""
    size = rng.choice((90, 96, 100, 1_000, 1_012, 1_016, 1_020, 1_024, 1_030, 4_096, 65_535, 65_536, 65_540))
    text = rng.choice((b"a", b"a.", b"/", b"1", b"\xc3\xa9", b"\\", b'"', b"{", b"[", b"0.", b"chatgpt.com,"))
    for _ in range(rng.choice((1, 2, 5))):
        place = _any(lines, rng)
        at = rng.randrange(len(lines[place]) + 1)
        lines[place] = lines[place][:at] + (text * size)[: size + rng.randrange(-4, 5)] + lines[place][at:]


def _huge(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    """A line about as long as lines are cut, 1 MiB."""
    place = _any(lines, rng)
    line, filling = lines[place], rng.choice((b"a", b" ", b'"', b",", b"\0", b"\t", b"{", b"x y"))
    at = rng.randrange(len(line) + 1)
    missing = max((1 << 20) + rng.randrange(-2, 3) - len(line), 0)
    lines[place] = line[:at] + (filling * missing)[:missing] + line[at:]


def _nest(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    """Objects and lists about as deep as they are followed, or much deeper."""
    place, depth = _any(lines, rng), rng.choice((1, 2, 13, 14, 15, 16, 17, 18, 40, 2_000))
    opens, closes = rng.choice(((b'{"x":', b"}"), (b"[", b"]"), (b'{"tls":', b"}"), (b'[{"x":', b"}]")))
    line, value = lines[place], rng.choice((b"1", b'"chatgpt.com"', b"null", b'{"sni":"chatgpt.com"}'))
    at = rng.choice([found.end() for found in re.finditer(rb'[{,](?=")', line[: 1 << 14])] or [0])
    key = rng.choice((b"x", b"tls", b"http", b"dns", b"a.b", b"request"))
    deep = b'"' + key + b'":' + opens * depth + value + closes * (depth - (rng.random() < 0.1)) + b","
    lines[place] = line[:at] + deep + line[at:]


def _members(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    """Members said twice, in another order, or more of them than are remembered."""
    place = _any(lines, rng)
    found = [one.span() for one in re.finditer(rb'"[^"\\]*":(?:"[^"\\]*"|[\w.]+),', lines[place][: 1 << 14])]
    if found:
        begin, end = rng.choice(found)
        at = rng.choice(found)[0]
        some = b"".join(b'"k%d":%d,' % (number, number) for number in range(rng.choice((0, 0, 1, 62, 64, 66, 300))))
        lines[place] = lines[place][:at] + some + lines[place][begin:end] + lines[place][at:]


def _nuls(lines: Lines, rng: random.Random, others: Sequence[bytes]) -> None:
    place = _any(lines, rng)
    at = rng.choice((0, len(lines[place]), rng.randrange(len(lines[place]) + 1)))
    lines[place] = lines[place][:at] + b"\0" * rng.choice((1, 15, 16, 17, 4_096)) + lines[place][at:]


_CHANGES: tuple[Change, ...] = (
    *(_put, _put, _bytes, _columns, _columns, _columns, _number, _number, _quoted, _quoted, _quoted),
    *(_line, _line, _header, _members, _nuls),
)
_LARGE: tuple[Change, ...] = (_wide, _wide, _long, _long, _nest, _nest, _huge)
