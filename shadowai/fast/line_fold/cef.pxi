# CEF and LEEF.


cdef int _cef(Fold self) except -1 nogil:
    """CEF: six fields behind the version, then pairs whose values may hold blanks."""
    cdef const uint8_t *at = self.line_begin
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *begin[6]
    cdef const uint8_t *end[6]
    cdef int place, count = 0
    if at == stop or _may_be_object(self) or _is_bare_cef(self):
        return UNSURE
    at = _behind(self, b"CEF:", 4)
    if at == NULL:
        return UNSURE
    while at < stop and c'0' <= at[0] <= c'9':
        at += 1
        count += 1
    if not 0 < count < 3:
        return UNSURE
    for place in range(6):
        if at >= stop or at[0] != c'|':
            return UNSURE
        begin[place] = at + 1
        at = either(at + 1, stop, c'|', c'\\')
        if at < stop and at[0] != c'|':
            return UNSURE
        end[place] = at
    if end[1] - begin[0] > MOST_NAME or _begins_header(self, begin[0], end[1]):
        return UNSURE
    count = _extension(self, at + 1 if at < stop else stop)
    if count < 0:
        return UNSURE
    if self.labels:
        _take_labels(self, count)
    _take_head(self, begin, end, 6)
    return SURE


cdef const uint8_t *_behind(Fold self, const char *mark, size_t size) noexcept nogil:
    """What stands behind the first of a mark, and behind one blank there; ``NULL`` where it is nowhere."""
    cdef const uint8_t *at = self.line_begin
    cdef const uint8_t *stop = self.line_end
    while True:
        at = <const uint8_t *>memchr(at, mark[0], stop - at) if at < stop else NULL
        if at == NULL or <size_t>(stop - at) < size:
            return NULL
        if memcmp(at, mark, size) == 0:
            break
        at += 1
    at += size
    return at + 1 if at < stop and at[0] == c' ' else at


cdef void _take_head(Fold self, const uint8_t **begin, const uint8_t **end, int count) noexcept nogil:
    """Set the fields of the header that are asked for."""
    cdef int place, slot
    for place in range(count):
        slot = self.head_slots[place]
        if slot >= 0:
            self.begin[slot], self.end[slot] = begin[place], end[place]


cdef int _leef(Fold self) except -1 nogil:
    """LEEF: four fields behind the version, maybe what parts the pairs, then these."""
    cdef const uint8_t *at = self.line_begin
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *begin[4]
    cdef const uint8_t *end[4]
    cdef int place, delimiter
    if at == stop or _may_be_object(self) or _is_bare_leef(self) or _has_written_tab(self):
        return UNSURE
    at = _behind(self, b"LEEF:", 5)
    if at == NULL or stop - at < 4 or not _is_digit(self, at[0]) or at[1] != c'.' or not _is_digit(self, at[2]) or at[3] != c'|':
        return UNSURE
    at += 3
    for place in range(4):
        begin[place] = at + 1
        at = <const uint8_t *>memchr(at + 1, c'|', stop - at - 1)
        if at == NULL:
            return UNSURE
        end[place] = at
    if end[1] - begin[0] > MOST_NAME or _begins_header(self, begin[0], end[1]):
        return UNSURE
    delimiter = _delimiter(self, at + 1, &at)
    if delimiter <= 0 or not _parts(self, at, <uint8_t>delimiter):
        return UNSURE
    _take_head(self, begin, end, 4)
    return SURE


cdef bint _is_bare_leef(Fold self) noexcept nogil:
    """Whether the line may begin with LEEF's version, without its name."""
    cdef const uint8_t *at = self.line_begin
    while at < self.line_end and at[0] <= c' ':
        at += 1
    return at < self.line_end and _is_digit(self, at[0]) and at + 1 < self.line_end and at[1] == c'.'


cdef bint _has_written_tab(Fold self) noexcept nogil:
    """Whether a tab is written as rsyslog writes it."""
    cdef const uint8_t *at = self.line_begin
    while at < self.line_end:
        at = <const uint8_t *>memchr(at, c'#', self.line_end - at)
        if at == NULL:
            return False
        if self.line_end - at >= 4 and memcmp(at, b"#011", 4) == 0:
            return True
        at += 1
    return False


cdef int _delimiter(Fold self, const uint8_t *at, const uint8_t **rest) noexcept nogil:
    """The byte between two pairs, and where the first begins; -1 where it is none of ASCII, or the sign within a pair."""
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *mark = at
    cdef int code = 0, digits = 0
    rest[0] = at
    if at < stop and at[0] == c'|':
        rest[0] = at + 1
        return c'\t'
    if stop - at >= 2 and at[1] == c'|' and not _is_word(self, at[0]):
        rest[0] = at + 2
        return at[0] if at[0] < 0x80 and at[0] != c'=' else -1
    if mark < stop and mark[0] == c'0':
        mark += 1
    if mark < stop and mark[0] == c'x':
        mark += 1
        while mark < stop and digits < 5 and (_is_digit(self, mark[0]) or c'a' <= (mark[0] | 0x20) <= c'f'):
            code = code * 16 + (mark[0] - c'0' if _is_digit(self, mark[0]) else (mark[0] | 0x20) - c'a' + 10)
            digits += 1
            mark += 1
        if 0 < digits < 5 and mark < stop and mark[0] == c'|':
            rest[0] = mark + 1
            return code if 0 < code < 0x80 and code != c'=' else -1
    return c'\t' if at == stop or at[0] < 0x80 else -1


cdef bint _parts(Fold self, const uint8_t *at, uint8_t delimiter) noexcept nogil:
    """Set the pairs, of which the first of a key counts; false where they are not plain, or nothing parts them."""
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *end
    cdef const uint8_t *equal
    cdef const uint8_t *last
    cdef uint8_t prefix[MOST_NAME]
    cdef int place, slot, order = 0
    if at >= stop or memchr(at, delimiter, stop - at) == NULL:
        return False
    while at < stop:
        end = <const uint8_t *>memchr(at, delimiter, stop - at)
        if end == NULL:
            end = stop
        equal = <const uint8_t *>memchr(at, c'=', end - at) if at < end else NULL
        if equal != NULL:
            last = equal
            while at < last and at[0] == c' ':
                at += 1
            while last > at and (last - 1)[0] == c' ':
                last -= 1
            if at < last and not (c' ' < at[0] < 0x7F and c' ' < (last - 1)[0] < 0x7F):
                return False
            place = _name_of(self, at, <int>min(last - at, MOST_NAME), prefix, order)
            order += 1
            if place >= 0 and self.begin[self.name[place].slot] == NULL:
                slot = self.name[place].slot
                self.begin[slot], self.end[slot] = equal + 1, end
        at = end + 1
    return True


cdef bint _is_bare_cef(Fold self) noexcept nogil:
    """Whether the line may begin with CEF's version, without its name."""
    cdef const uint8_t *at = self.line_begin
    cdef int count = 0
    while at < self.line_end and at[0] == c' ' and count < 8:
        at += 1
        count += 1
    count = 0
    while at < self.line_end and c'0' <= at[0] <= c'9' and count < 2:
        at += 1
        count += 1
    return count > 0 and at < self.line_end and at[0] == c'|'


cdef int _extension(Fold self, const uint8_t *at) noexcept nogil:
    """The pairs of CEF's extension, and how many; -1 where they are not plain. A value ends before blanks with a key behind them."""
    cdef const uint8_t *stop = self.line_end
    cdef Pair *pair
    cdef int place, slot, count = 0
    cdef uint8_t prefix[MOST_NAME]
    while at < stop and at[0] == c' ':
        at += 1
    while at < stop:
        if count == MOST_PAIRS:
            return -1
        pair = &self.pair[count]
        pair.key = at
        while at < stop and self.of_key[at[0]]:
            at += 1
        pair.size = <int>(at - pair.key)
        if at >= stop or at[0] != c'=' or pair.size == 0 or pair.size > LONGEST_KEY or memchr(b".-[]", pair.key[0], 4) != NULL:
            return -1
        if (pair.size > 4 and memcmp(pair.key, b"cef.", 4) == 0) or (pair.size > 6 and memcmp(pair.key, b"label.", 6) == 0):
            return -1
        pair.value = at + 1
        at = _value_end(self, at + 1, &pair.end)
        if at == NULL:
            return -1
        place = _name_of(self, pair.key, pair.size, prefix, count)
        count += 1
        if place >= 0 and self.begin[self.name[place].slot] == NULL:
            slot = self.name[place].slot
            self.begin[slot], self.end[slot] = pair.value, pair.end
    return count


cdef const uint8_t *_value_end(Fold self, const uint8_t *at, const uint8_t **end) noexcept nogil:
    """Where the next key begins, or the line's end; ``end`` is where the value ends."""
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *blank
    cdef const uint8_t *key
    while True:
        blank = <const uint8_t *>memchr(at, c' ', stop - at) if at < stop else NULL
        if blank == NULL:
            end[0] = stop
            return stop
        at = blank
        while at < stop and at[0] == c' ':
            at += 1
        key = at
        if at == stop:
            end[0] = blank
            return stop if stop - blank <= GAP else NULL
        if c'a' <= (at[0] | 0x20) <= c'z':
            while at < stop and at - key <= LONGEST_KEY and self.of_key[at[0]]:
                at += 1
            if at < stop and at[0] == c'=' and at - key <= LONGEST_KEY:
                end[0] = blank
                return key if key - blank <= GAP else NULL


cdef void _take_labels(Fold self, int count) noexcept nogil:
    """Set the custom fields that are asked for by their labels: the last of a label counts, and of its field the first."""
    cdef uint8_t name[MOST_NAME]
    cdef uint64_t hash = 0
    cdef Pair *pair
    cdef Pair *base
    cdef Entry *entry
    cdef const uint8_t *begin
    cdef const uint8_t *end
    cdef int place = count - 1, other, slot
    memcpy(name, b"label.", 6)
    while place >= 0:
        pair = &self.pair[place]
        place -= 1
        if pair.size <= 5 or memcmp(pair.key + pair.size - 5, b"Label", 5) != 0:
            continue
        begin, end = pair.value, pair.end
        while begin < end and begin[0] == c' ':
            begin += 1
        while end > begin and (end - 1)[0] == c' ':
            end -= 1
        if end - begin > MOST_NAME - 8:
            continue
        if end > begin:
            memcpy(name + 6, begin, end - begin)
        entry = find(&self.keys, name, 6 + (end - begin), &hash)
        if entry == NULL:
            continue
        slot = self.name[entry.value].slot
        for other in range(count):
            base = &self.pair[other]
            if base.size == pair.size - 5 and memcmp(base.key, pair.key, base.size) == 0:
                if self.begin[slot] == NULL:
                    self.begin[slot], self.end[slot] = base.value, base.end
                break
