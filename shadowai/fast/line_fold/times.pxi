# Sizes and times.


cdef int _size(Fold self, const int *slots, int count, int64_t *value) noexcept nogil:
    """1 and a size, 0 where there is none, -1 where the reference has to say."""
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef int place
    cdef int64_t found
    for place in range(count):
        if not _inner(self, slots[place], &at, &end) or at == end or (end - at == 1 and at[0] == c'-'):
            continue
        if end - at > DIGITS:
            return -1
        found = 0
        while at < end:
            if not c'0' <= at[0] <= c'9':
                return -1
            found = found * 10 + (at[0] - c'0')
            at += 1
        value[0] = found
        return 1
    return 0


cdef int _when(Fold self, int64_t *value) except -2 nogil:
    """1 and the time of the line (µs), 0 where the reference has to say. Texts that differ in the seconds of their clock, or in a
    fraction of one, are asked for once."""
    cdef int length, slot = _only_time(self)
    cdef int64_t offset = 0, seconds = -1, since_epoch = 0
    cdef Py_ssize_t digits = _since_epoch(self, &since_epoch)
    cdef const uint8_t *second = NULL
    cdef Entry *entry
    cdef uint64_t hash = 0
    self.last_assumed = -1
    if digits and self.first_sure == digits:
        value[0] = since_epoch
        return 1
    if slot >= 0:
        length = _time_key(self, slot, &offset, &second, &seconds)
        if seconds >= 0 and self.epoch == slot:
            value[0] = seconds * MILLION + offset
            return 1
    else:
        length = _times_key(self, &second)
    if length <= 0 or length >= MOST_KEY:
        return 0
    if second != NULL:
        offset += ((second[0] - c'0') * 10 + second[1] - c'0') * MILLION
    entry = find(&self.times, self.key, length, &hash)
    if entry == NULL:
        with gil:
            entry = _ask_time(self, length, hash, offset, second[1] if second != NULL else 0)
        if seconds >= 0 and entry.value == seconds * MILLION:
            self.epoch = slot
        if digits:
            self.first_sure = digits if entry.value + offset == since_epoch else 0
    elif second != NULL and self.confirmed < CONFIRMED and self.times.text[entry.at + entry.length] != second[1]:
        with gil:
            return _confirm_time(self, entry, offset, value)
    elif entry.more >= 0 and not self.uncounted_time:
        _assume(self, entry.more)
    self.last_assumed = entry.more
    if entry.value == NO_TIME:
        return 0
    value[0] = entry.value + offset
    return 1


cdef Py_ssize_t _since_epoch(Fold self, int64_t *value) noexcept nogil:
    """The digits of the column that tells the time before all others, and the time (µs), where it may be a whole number of seconds,
    milli-, micro- or nanoseconds since the epoch; 0 where it is none."""
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef Py_ssize_t size
    if self.first_time < 0 or not _inner(self, self.first_time, &at, &end):
        return 0
    size = end - at
    if (size != 10 and size != 13 and size != 16 and size != 19) or at[0] != c'1':
        return 0
    while at < end:
        if not _is_digit(self, at[0]):
            return 0
        value[0] = value[0] * 10 + (at[0] - c'0')
        at += 1
    if size == 10:
        value[0] *= MILLION
    elif size == 13:
        value[0] *= 1000
    elif size == 19:
        value[0] //= 1000
    return size


cdef int _assume(Fold self, int16_t what) except -1 nogil:
    if what < MOST_ASSUMED:
        self.assumed[what] += 1
    else:
        with gil:
            self.assumed_more[what] = self.assumed_more.get(what, 0) + 1
    return 0


cdef int _time_key(Fold self, int slot, int64_t *fraction, const uint8_t **second, int64_t *seconds) noexcept nogil:
    """Make a column the key of its time, but for the seconds of its clock and their fraction (µs). ``seconds`` are those since the
    epoch where it may be such a number, else they stay."""
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef const uint8_t *point
    cdef const uint8_t *rest
    cdef int digits = 0, length
    _inner(self, slot, &at, &end)
    rest = end
    point = _point(self, at, end)
    if point != NULL:
        while point + digits + 1 < end and c'0' <= point[digits + 1] <= c'9':
            fraction[0] = fraction[0] * 10 + (point[digits + 1] - c'0')
            digits += 1
        rest = point + digits + 1
        while digits < 6:
            fraction[0] *= 10
            digits += 1
        if point - at == 10 and rest == end and at[0] == c'1':
            seconds[0] = _digits(self, at, point)
            return _add(self, _add(self, 0, at, point, 2), rest, end, <uint8_t>(slot + 4))
    second[0] = _second(self, at, end)
    if second[0] != NULL and point != NULL and second[0] + 2 != point:
        second[0] = NULL
    if second[0] == NULL:
        length = _add(self, 0, at, point if point != NULL else end, 2 if point != NULL else 0)
    else:
        length = _add(self, 0, at, second[0], 3 if point != NULL else 1)
        if point == NULL:
            rest = second[0] + 2
    return _add(self, length, rest, end, <uint8_t>(slot + 4))


cdef int _times_key(Fold self, const uint8_t **second) noexcept nogil:
    """Make all columns that may tell the time its key, but for the seconds of the only clock among them."""
    cdef const uint8_t *begin
    cdef const uint8_t *end
    cdef const uint8_t *found
    cdef int place, clock = -1, clocks = 0, length = 0
    for place in range(self.n_time):
        begin, end = self.begin[self.time_slots[place]], self.end[self.time_slots[place]]
        found = _second(self, begin, end) if begin != NULL else NULL
        if found != NULL:
            second[0], clock = found, place
            clocks += 1
    if clocks != 1:
        second[0], clock = NULL, -1
    for place in range(self.n_time):
        begin, end = self.begin[self.time_slots[place]], self.end[self.time_slots[place]]
        if place == clock:
            length = _add(self, _add(self, length, begin, second[0], 2), second[0] + 2, end, 1)
        else:
            length = _add(self, length, begin, end, 1)
    return length


cdef const uint8_t *_second(Fold self, const uint8_t *begin, const uint8_t *end) noexcept nogil:
    """The seconds of the only clock (``00:00:00``) in a text; ``NULL`` where there is none, or more than one, or where seconds were
    found not to add up."""
    cdef const uint8_t *at = begin
    cdef const uint8_t *found = NULL
    if self.confirmed < 0:
        return NULL
    while at < end:
        at = <const uint8_t *>memchr(at, c':', end - at)
        if at == NULL:
            break
        if (
            at - begin >= 2 and end - at >= 6 and at[3] == c':'
            and _is_digit(self, at[-2]) and _is_digit(self, at[-1]) and _is_digit(self, at[1]) and _is_digit(self, at[2])
            and c'0' <= at[4] <= c'5' and _is_digit(self, at[5])
            and not (at - begin > 2 and _is_digit(self, at[-3]))
            and not (end - at > 6 and (_is_digit(self, at[6]) or at[6] == c':'))
        ):
            if found != NULL:
                return NULL
            found = at + 4
            at += 6
        else:
            at += 1
    return found


cdef inline bint _is_digit(Fold self, uint8_t byte) noexcept nogil:
    return c'0' <= byte <= c'9'


cdef int _only_time(Fold self) noexcept nogil:
    """The column in which the line's time must be; -1 where there are several, or none."""
    cdef int place, slot, found = -1
    for place in range(self.n_time):
        slot = self.time_slots[place]
        if self.begin[slot] != NULL:
            if found >= 0:
                return -1
            found = slot
    return found


cdef const uint8_t *_point(Fold self, const uint8_t *begin, const uint8_t *end) noexcept nogil:
    """The decimal point of a time's seconds: of a clock's, or of ten digits at most; ``NULL`` where there is none that is sure."""
    cdef const uint8_t *at = end - 1
    cdef const uint8_t *point
    while at > begin and at[0] != c'.':
        at -= 1
    if at - begin < 8 or not c'0' <= (at - 1)[0] <= c'9':
        return NULL
    point = at
    at += 1
    while at < end and c'0' <= at[0] <= c'9':
        at += 1
    if at == point + 1 or at - point > 7:
        return NULL
    if memchr(begin, c':', point - begin) == NULL and not (point - begin <= 10 and _digits(self, begin, point) >= 0 and at == end):
        return NULL
    return point


cdef int64_t _digits(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    cdef int64_t found = 0
    if end - at > DIGITS:
        return -1
    while at < end:
        if not c'0' <= at[0] <= c'9':
            return -1
        found = found * 10 + (at[0] - c'0')
        at += 1
    return found
