"""Every way that logs write a time, as microseconds since the epoch in UTC; and what had to be assumed on the way.

A time without zone, without year or with day and month in doubt is not guessed silently: :class:`Clock` decides once per
file, from what the file shows, and counts what it assumed.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import Any

from shadowai import normalize
from shadowai.errors import UsageError

MICROS = 1_000_000
_EPOCH_ORDINAL = datetime(1970, 1, 1).toordinal()
_EARLIEST, _LATEST = 1990, 2100
_FIRST, _LAST = 631_152_000, 4_102_444_800
"""The same bounds, in seconds since the epoch."""
_SINCE_1601 = 11_644_473_600 * MICROS
"""Between the epoch of Windows, in microseconds of which WebKit and Chrome count, and that of Unix."""
_REMEMBERED = 1 << 14
UNREADABLE = "time"
"""What is counted among the assumptions of a file for each record whose time cannot be read."""

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_MONTH = r"(?P<mon>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_CLOCK = r"(?P<h>\d{1,2}):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,:](?P<f>\d{1,9}))?)?(?:\s?(?P<ap>[AaPp])(?:\.\s?)?[Mm]\.?)?"
_ZONE = r"(?:\s*(?P<z>Z|[+-]\d\d:?\d\d|[+-]\d\d|\(?(?:UTC|GMT)[+-]\d\d?:?\d\d\)?|\(?[A-Z]{2,5}\)?)(?: [A-Z]{2,5})?)?"

_HALF = re.compile(r"(上午|下午|오전|오후|午前|午後)\s?(\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)")
"""The half of the day stands before the clock in Chinese, Korean and Japanese."""
_SPANISH_HALF = re.compile(r"[AaPp]\.\s[Mm]\.")
_EPOCH = re.compile(r"\d{9,19}(?:\.\d{1,9})?")
_SHAPES = (
    rf"(?P<y>\d{{4}})[-/:. ](?P<m>\d\d?)[-/:. ](?P<d>\d\d?)[T\s_-]+{_CLOCK}{_ZONE}",
    rf"(?P<y>\d{{4}})(?P<m>\d\d)(?P<d>\d\d)[T\s_-]?{_CLOCK}{_ZONE}",
    r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)T?(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)(?:\.(?P<f>\d{1,9}))?(?P<z>Z|[+-]\d{4})?",
    rf"(?P<d>\d\d?)[/\s-]?{_MONTH}[/\s-]?(?P<y>\d{{4}})[:\sT,]+{_CLOCK}{_ZONE}",  # Check Point writes 5Jan2026
    rf"(?:[a-z]{{3,9}},?\s+)?{_MONTH}\s+(?P<d>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}),?\s+(?:(?:@|at)\s)?{_CLOCK}{_ZONE}",
    # Kibana's has an @, Umbrella's an "at", Cortex's says 12th
    rf"(?:[a-z]{{3,9}},?\s+)?{_MONTH}\s+(?P<d>\d\d?)\s+{_CLOCK}(?:\s+(?P<z>[A-Z]{{3,5}}))?\s+(?P<y>\d{{4}})",
    rf"[a-z]{{3,9}},?\s+(?P<d>\d\d?)\s+{_MONTH}\s+(?P<y>\d{{4}})\s+{_CLOCK}{_ZONE}",
    rf"(?:[a-z]{{3}}\s+)?{_MONTH}\s+(?P<d>\d\d?)\s+{_CLOCK}{_ZONE}",
    rf"(?P<a>\d\d?)(?P<sep>[/.-])(?P<b>\d\d?)(?P=sep)(?P<y>\d{{4}}|\d\d),?\s+{_CLOCK}{_ZONE}",
    r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
    rf"(?P<m>\d\d)/(?P<d>\d\d)(?:/(?P<y>\d{{4}}|\d\d))?-{_CLOCK}",  # Snort's and Suricata's alerts
    rf"(?P<d>\d\d?)\. (?P<m>\d\d?)\. (?P<y>\d{{4}})\s+{_CLOCK}{_ZONE}",  # Windows in Czech, Slovak, Slovene
    rf"(?P<y>\d{{4}})\. (?P<m>\d\d?)\. (?P<d>\d\d?)\.?\s+{_CLOCK}{_ZONE}",  # in Hungarian and Korean
    rf"(?P<d>\d\d?) {_MONTH} (?P<y>\d\d), {_CLOCK}",  # Check Point's console
    rf"(?P<y>\d{{4}}) {_MONTH}\s+(?P<d>\d\d?) {_CLOCK}{_ZONE}",  # Cisco's devices, where asked to say the year
    r"(?P<d>\d\d?)(?P<sep>[./])(?P<m>\d\d?)(?P=sep)(?P<y>\d{4})\s+(?P<h>\d{1,2})\.(?P<mi>\d\d)\.(?P<s>\d\d)",
    # Windows in Finnish and Italian, whose clocks have dots
)

_IN_DOUBT = _SHAPES[8]
_BY_DIGIT = tuple(shape for shape in _SHAPES if re.match(r"\(\?P<\w>\\d", shape))
"""Those that begin with a digit; the others begin with a letter."""
_BY_LETTER = tuple(shape for shape in _SHAPES if shape not in _BY_DIGIT)


def _day_is_first(first: int, second: int) -> bool | None:
    """Which of the two numbers of a date is the day; ``None`` where either may be, or neither is."""
    if 12 < first <= 31 and second <= 12:
        return True
    return False if 12 < second <= 31 and first <= 12 else None


@cache
def _shape(shape: str) -> re.Pattern[str]:
    """One of them, compiled when it is first tried: a log writes its times in one or two of them."""
    return re.compile(shape, re.IGNORECASE if "mon" in shape else 0)


_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "cet": 60, "cest": 120, "eet": 120, "eest": 180, "wet": 0, "west": 60, "msk": 180,
    "est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "jst": 540, "kst": 540,
    "aest": 600, "aedt": 660, "acst": 570, "awst": 480, "nzst": 720, "nzdt": 780, "hst": -600, "akst": -540, "akdt": -480,
}  # fmt: skip
"""Minutes east of UTC of abbreviations that mean one zone. IST, BST, CST and AST mean several and are not here."""


def zone(text: str) -> tzinfo:
    """A zone the user names: IANA name, ``UTC`` or ``+02:00``. Raises :class:`UsageError` for any other."""
    fixed = _offset(text.strip())
    if fixed is not None:
        return fixed
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(text.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError) as wrong:
        raise UsageError(
            f"unknown time zone {text!r}", remedy="give an IANA name such as Europe/Berlin, or +02:00"
        ) from wrong


def iso(micros: int) -> str:
    """ISO 8601 in UTC, with as many digits of a second as are needed: ``2026-01-05T08:00:00Z``."""
    seconds, fraction = divmod(micros, MICROS)
    stamp = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return (
        f"{stamp}.{fraction:06d}Z"
        if fraction % 1000
        else f"{stamp}.{fraction // 1000:03d}Z"
        if fraction
        else f"{stamp}Z"
    )


_TELLING = re.compile(r"(?<!\d)(?:(?:1[3-9]|2\d|3[01])[/.-]\d\d?|\d\d?[/.-](?:1[3-9]|2\d|3[01]))[/.-]\d\d")


def in_doubt(text: str) -> bool:
    """Whether a time is written in a way that may put the day or the month first (``05/02/2025 11:30:29``)."""
    return _shape(_IN_DOUBT).match(text.strip(" []\"'")) is not None


def may_settle(text: str) -> bool:
    """Whether a date may stand in ``text`` that tells the order of day and month: one of the two is over 12."""
    return _TELLING.search(text) is not None


class Clock:
    """Reads the times of one file.

    ``default`` is the zone of times without one: the user's, or ``None`` (UTC is assumed, and said). ``modified``
    (epoch seconds) is the newest moment the file can speak of; it gives the year to dates without one.
    """

    def __init__(
        self, default: tzinfo | None = None, *, modified: float | None = None, day_first: bool | None = None
    ) -> None:
        self._default = default
        self._newest = datetime.fromtimestamp(modified, UTC) if modified is not None else None
        self.day_first = day_first
        self.supposed_day_first = False
        """The order of day and month where nothing tells it: it is assumed, and said."""
        self.assumed: Counter[str] = Counter()
        self.last: str | None = None
        self._days: dict[tuple[int, int, int], int | None] = {}
        self._known: dict[str, tuple[int | None, str | None]] = {}
        """Times read before, with what they assumed, all under these conditions: zone documented as UTC, day first."""
        self._conditions: tuple[bool, bool | None] = (False, None)

    def learn(self, samples: Iterable[str]) -> None:
        """Decide the order of day and month from the file's own times: any value over 12 tells; else AM and PM mean the
        American order, and dots the European one, as ``a. m.`` does, which is Spanish (CLDR). What the file shows outweighs what its
        format usually does."""
        usual, self.day_first = self.day_first, None
        for text in samples:
            found = _shape(_IN_DOUBT).match(text.strip(" []\"'"))
            if found is None:
                continue
            told = _day_is_first(int(found["a"]), int(found["b"]))
            if told is not None:
                self.day_first = told
                return
            if usual is None and (found["ap"] or found["sep"] == "."):
                usual = found["sep"] == "." or _SPANISH_HALF.search(text) is not None
        self.day_first = usual

    def parse(self, text: str, zone_text: str | None = None, *, documented_utc: bool = False) -> int | None:
        """Microseconds since the epoch, or ``None`` where ``text`` is no time. ``last`` says what was assumed, if anything."""
        self.last = None
        if len(text) == 14 and text[10] == "." and text[0] == "1":  # seconds and milliseconds, as Squid writes them
            whole, fraction = text[:10], text[11:]
            if whole.isdecimal() and fraction.isdecimal() and text.isascii():
                return int(whole) * MICROS + int(fraction) * 1000
        text = text.strip(" \t[]()\"'")
        if not text:
            return None
        if text[0].isdigit() and text.isascii() and _EPOCH.fullmatch(text):
            whole = text.partition(".")[0]
            if len(whole) not in (12, 14):
                return _epoch(text)
        if not text.isascii():
            text = _HALF.sub(lambda half: f"{half[2]} {'PM' if half[1] in '下午오후午後' else 'AM'}", text)
        for shape in _BY_DIGIT if text[0].isdecimal() else _BY_LETTER:
            found = _shape(shape).fullmatch(text)
            if found is not None:
                return self._read(found.groupdict(), zone_text, documented_utc)
        return None

    def parse_all(self, values: Sequence[Any], *, documented_utc: bool = False) -> list[int | None] | None:
        """:meth:`parse` of the texts (or JSON numbers) of many records; ``None``, and nothing counted, where one is neither."""
        kinds = set(map(type, values))
        if kinds == {float}:
            return [_seconds(value) or self.parse(repr(value)) for value in values]
        if kinds != {str}:
            return None
        return _milliseconds(values) or self._remembered(values, documented_utc)

    def _remembered(self, texts: Sequence[str], documented_utc: bool) -> list[int | None]:
        """Times of a log repeat: a text is read once while it is remembered, and what it assumed counted as often as it is met."""
        if (documented_utc, self.day_first) != self._conditions:
            self._known, self._conditions = {}, (documented_utc, self.day_first)
        known, found, met = self._known, [], []
        for text in texts:
            one = known.get(text)
            if one is None:
                one = (self.parse(text, documented_utc=documented_utc), self.last)
                if len(known) >= _REMEMBERED or self.day_first != self._conditions[1]:
                    known.clear()
                    self._conditions = (documented_utc, self.day_first)
                known[text] = one
            else:
                met.append(one[1])
            found.append(one[0])
        for assumed, count in Counter(met).items():
            for what in assumed.split(",") if assumed else ():
                self.assumed[what] += count
        return found

    def _read(self, part: dict[str, str | None], zone_text: str | None, documented_utc: bool) -> int | None:
        assumed: list[str] = []
        month, day = self._month_and_day(part, assumed)
        hour, minute, second = (
            int(part["h"] or 0) if "h" in part else 0,
            int(part.get("mi") or 0),
            int(part.get("s") or 0),
        )
        if part.get("ap"):
            hour = hour % 12 + (12 if str(part["ap"]).lower() == "p" else 0)
        year_text = part.get("y")
        year = int(year_text) if year_text else self._year(month, day, assumed)
        year += 2000 if year_text and len(year_text) == 2 else 0  # ``0001`` is a zero value (Go, .NET), no year
        if not (_EARLIEST <= year <= _LATEST and hour < 24 and minute < 60 and second < 61):
            return None
        days = self._day_number(year, month, day)
        if days is None:
            return None
        seconds = days * 86400 + hour * 3600 + minute * 60 + second
        fraction = int((part.get("f") or "0").ljust(6, "0")[:6])
        shift = self._shift(part.get("z") or zone_text, documented_utc, seconds, assumed)
        self.last = ",".join(assumed) or None
        for what in assumed:
            self.assumed[what] += 1
        return (seconds - shift) * MICROS + fraction

    def _month_and_day(self, part: dict[str, str | None], assumed: list[str]) -> tuple[int, int]:
        if part.get("mon"):
            return _MONTHS[str(part["mon"]).lower()], int(part["d"] or 0)
        if "a" not in part:
            return int(part["m"] or 0), int(part["d"] or 0)
        first, second = int(part["a"] or 0), int(part["b"] or 0)
        told = _day_is_first(first, second)
        if told is not None:
            self.day_first = told
        elif self.day_first is None and first != second:
            assumed.append("day_order")
        day_first = self.supposed_day_first if self.day_first is None else self.day_first
        return (second, first) if day_first else (first, second)

    def _year(self, month: int, day: int, assumed: list[str]) -> int:
        """The latest year in which the date is not after the file's own last change (a day's grace for zones)."""
        assumed.append("year")
        newest = (self._newest or datetime.now(UTC)) + timedelta(days=1)
        year = newest.year if (month, day) <= (newest.month, newest.day) else newest.year - 1
        while (month, day) == (2, 29) and not isleap(year):
            year -= 1
        return year

    def _day_number(self, year: int, month: int, day: int) -> int | None:
        key = (year, month, day)
        if key not in self._days:
            if len(self._days) > 4096:
                self._days.clear()
            try:
                self._days[key] = datetime(year, month, day).toordinal() - _EPOCH_ORDINAL
            except ValueError:
                self._days[key] = None
        return self._days[key]

    def _shift(self, text: str | None, documented_utc: bool, seconds: int, assumed: list[str]) -> int:
        """Seconds east of UTC for a local time ``seconds`` since the epoch."""
        given = (_offset(text.strip("() ")) or _named(text.strip())) if text else None
        if given is None:
            if documented_utc:
                return 0
            if self._default is None:
                assumed.append("zone")
                return 0
            given = self._default
        local = datetime(1970, 1, 1) + timedelta(seconds=seconds)
        offset = given.utcoffset(local.replace(tzinfo=given))
        return int(offset.total_seconds()) if offset is not None else 0


def is_told(text: str) -> bool:
    """Whether what stands where a time should be says anything: ``- -`` is no time, and ``never`` is one that cannot be read."""
    return not all(map(normalize.is_null, text.split()))


def assumptions(clock: Clock) -> Iterable[tuple[str, str, int]]:
    """What a file's clock had to assume: kind, sentence, number of records."""
    texts: dict[str, Callable[[], str]] = {
        "zone": lambda: "times without a zone were taken as UTC; --timezone sets it",
        "year": lambda: "dates without a year were given the latest one that is not after the file's own last change",
        UNREADABLE: lambda: (
            "records tell a time that cannot be read: they are shown without one, and are in every window of --since and --until"
        ),
        "day_order": lambda: (
            "dates such as 05/02/2025 could be read both ways and were taken as "
            + (
                "day/month, as is usual in the language of the table's header"
                if clock.supposed_day_first
                else "month/day"
            )
        ),
    }
    for kind, count in sorted(clock.assumed.items()):
        yield kind, texts[kind](), count


def _seconds(value: float) -> int | None:
    """What :func:`_epoch` makes of a number's text, without making it: exact where the number is one of whole microseconds, which
    lie further apart than such numbers can (2**-22 s); else ``None``."""
    if not _FIRST <= value < _LAST:
        return None
    micros = int(value * MICROS + 0.5)
    return micros if micros / MICROS == value else None


def _milliseconds(texts: Sequence[str]) -> list[int | None] | None:
    """Times that are all seconds and milliseconds, as Squid writes them; else ``None``."""
    if set(map(len, texts)) != {14}:
        return None
    whole = "".join(texts)
    digits = whole.replace(".", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) == 13 * len(texts)):
        return None
    if set(whole[10::14]) != {"."} or set(whole[::14]) != {"1"}:
        return None
    return [int(digits[at : at + 13]) * 1000 for at in range(0, len(digits), 13)]


def _epoch(text: str) -> int | None:
    whole, _, fraction = text.partition(".")
    digits = len(whole)
    value = int(whole)
    if digits <= 10:
        micros = value * MICROS + int(fraction.ljust(6, "0")[:6] or 0)
    elif digits <= 13:
        micros = value * 1000 + int(fraction.ljust(3, "0")[:3] or 0)
    elif digits <= 16:
        micros = value
    elif digits == 17:
        micros = value - _SINCE_1601  # of Chrome's history; as nanoseconds it would be long before the first log
    else:
        micros = value // 1000
    return micros if _FIRST * MICROS <= micros < _LAST * MICROS else None


@lru_cache(maxsize=256)
def _named(text: str) -> tzinfo | None:
    """The zone that a log names as IANA does (``Europe/Berlin``), where it is known here."""
    if re.fullmatch(r"[A-Z][A-Za-z]{1,20}(?:/[A-Za-z0-9_+-]{1,30}){1,2}", text) is None:
        return None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _offset(text: str) -> tzinfo | None:
    if text.upper().startswith(("UTC", "GMT")) and len(text) > 3:
        text = text[3:]
    minutes = _ZONES.get(text.lower())
    if minutes is None:
        found = re.fullmatch(r"([+-])(\d\d?):?(\d\d)?", text)
        if found is None:
            return None
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes > 15 * 60:
            return None
        minutes = -minutes if found[1] == "-" else minutes
    return timezone(timedelta(minutes=minutes))
