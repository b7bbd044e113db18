# Lines of columns with something between them: blanks, tabs, commas with quotes, W3C.


cdef int _blanks(Fold self) noexcept nogil:
    """Columns between blanks; no quote and no bracket, which may hold blanks."""
    cdef const uint8_t *begin = self.line_begin
    cdef int count, slot, column, more = 0
    cdef int *places = self.spaces
    count = spaces(begin, self.line_end, places, MOST_WIDTH) if self.wrapped else self.n_spaces
    if count > MOST_WIDTH - 16 or self.line_end == begin or (self.line_end - 1)[0] == c' ' or places[0] == 0:
        return UNSURE
    places[count] = <int>(self.line_end - begin)
    while more + 1 < count and places[more + 1] == places[more] + 1:
        more += 1
    if not are_apart(places + more, count - more) or count - more + 1 < self.width:
        return UNSURE  # only what stands behind the time is set in columns
    count -= more
    for slot in range(self.slots):
        column = self.column_of[slot]
        if column == 0:
            self.begin[slot], self.end[slot] = begin, begin + places[0]
        elif 0 < column <= count:
            self.begin[slot], self.end[slot] = begin + places[more + column - 1] + 1, begin + places[more + column]
    return SURE


cdef int _held(Fold self) noexcept nogil:
    """Columns between blanks, of which some stand in quotes or brackets, that may hold blanks."""
    cdef const uint8_t *at = self.line_begin
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *mark
    cdef uint8_t holder
    cdef int place = 0
    while True:
        while at < stop and at[0] == c' ':
            at += 1
        if at == stop:
            return SURE if place >= self.width else UNSURE
        holder = at[0]
        if holder == c'"' or holder == c'[':
            at += 1
            mark = <const uint8_t *>memchr(at, c'"' if holder == c'"' else c']', stop - at)
            if mark == NULL or memchr(at, c'\\' if holder == c'"' else c'[', mark - at) != NULL or (mark + 1 < stop and mark[1] != c' '):
                return UNSURE
            _set(self, place, at, mark)
            at = mark + 1
        else:
            mark = <const uint8_t *>memchr(at, c' ', stop - at)
            if mark == NULL:
                mark = stop
            _set(self, place, at, mark)
            at = mark
        place += 1


cdef int _w3c(Fold self) noexcept nogil:
    """Columns between blanks, some in quotes; a line that begins with # is a directive."""
    cdef const uint8_t *at = self.line_begin
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *mark
    cdef int place = 0
    if at < stop and at[0] == c'#':
        return HEADER
    while True:
        while at < stop and at[0] == c' ':
            at += 1
        if at == stop:
            return SURE if place == self.width else UNSURE
        if at[0] == c'"':
            mark = <const uint8_t *>memchr(at + 1, c'"', stop - at - 1)
            if mark == NULL or mark == at + 1 or (mark + 1 < stop and mark[1] != c' '):
                return UNSURE
            mark += 1
        else:
            mark = either(at, stop, c' ', c'"')
            if mark < stop and mark[0] == c'"':
                return UNSURE
        _set(self, place, at, mark)
        place += 1
        at = mark


cdef int _tabs(Fold self) noexcept nogil:
    """Columns between single tabs (or another byte)."""
    cdef const uint8_t *at = self.line_begin
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *mark
    cdef int place = 0
    if at < stop and at[0] == c'#':
        return HEADER
    while True:
        mark = <const uint8_t *>memchr(at, self.delimiter, stop - at) if at < stop else NULL
        if mark == NULL:
            mark = stop
        _set(self, place, at, mark)
        place += 1
        if mark == stop:
            break
        at = mark + 1
    return SURE if place == self.width else UNSURE


cdef int _quoted(Fold self) except -1 nogil:
    """Comma separated values (RFC 4180): quotes around whole values only, two for one within."""
    cdef const uint8_t *at = self.line_begin
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *mark
    cdef int place = 0
    while True:
        if place and not self.checks:  # a check is of what stands between two delimiters
            while at < stop and at[0] == c' ':
                at += 1
        if at < stop and at[0] == c'"':
            mark = at + 1
            while True:
                mark = <const uint8_t *>memchr(mark, c'"', stop - mark) if mark < stop else NULL
                if mark == NULL:
                    return OPEN
                if mark + 1 < stop and mark[1] == c'"':
                    mark += 2
                    continue
                break
            mark += 1
            if mark < stop and mark[0] != self.delimiter:
                return _uncut(self)
        else:
            if at < stop and at[0] == c' ':
                return _uncut(self)
            mark = either(at, stop, self.delimiter, c'"')
            if mark < stop and mark[0] == c'"':
                return _uncut(self)
        if mark - at > MOST_FIELD:
            return _uncut(self)
        if place == 0 and self.exact and _letter(self, at, mark) and _begins_header(self, at, mark):
            return _uncut(self)
        _set(self, place, at, mark)
        place += 1
        if mark == stop:
            break
        at = mark + 1
    return SURE if place == self.width or (place > self.width and not self.exact) else _uncut(self)


cdef const uint8_t *_quoted_line(Fold self, int *kind) except? NULL nogil:
    """As :func:`_quoted`, of a line of which it is not known where it ends: where that is, and what it is; ``NULL`` where it is not
    plain, and that has to be found out."""
    cdef const uint8_t *at = self.line_begin
    cdef const uint8_t *stop = self.limit
    cdef const uint8_t *mark
    cdef const uint8_t *first = NULL  # where the first column ends
    cdef int slot, place = 0
    cdef uint8_t delimiter = self.delimiter
    _begin(self)
    while place < MOST_WIDTH:
        if at < stop and at[0] == c'"':
            mark = quote_or_end(at + 1, stop)
            while True:
                if mark == stop or mark[0] != c'"':
                    return NULL
                mark += 1
                if mark == stop or mark[0] != c'"':
                    break
                mark = quote_or_end(mark + 1, stop)
        elif at < stop and at[0] == c' ':
            return NULL
        else:
            mark = cell_end(at, stop, delimiter)
        slot = self.slot_of[place]
        if slot >= 0:
            self.begin[slot], self.end[slot] = at, mark
        if place == 0:
            first = mark
        place += 1
        if mark == stop or mark[0] != delimiter:
            break
        at = mark + 1
    self.line_end = mark
    if mark < stop and mark[0] == c'\r':
        mark += 1
    if (mark < stop and mark[0] != c'\n') or mark - self.line_begin > MOST_FIELD:
        return NULL  # a column may be too long
    if place < self.width or (place > self.width and self.exact):
        return NULL
    if self.exact and _letter(self, self.line_begin, first) and _begins_header(self, self.line_begin, first):
        return NULL
    kind[0] = _settled(self)
    return mark


cdef bint _letter(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether a first column begins as a header's would."""
    if at < end and at[0] == c'"':
        at += 1
    if at >= end or at[0] == c'"':
        return self.first == c'"'
    return c'a' <= (at[0] | 0x20) <= c'z' or at[0] >= 0x80 or at[0] == self.first


cdef bint _begins_header(Fold self, const uint8_t *at, const uint8_t *end) except -1 nogil:
    """Whether the reference thinks that a row which begins so may be a header; long texts are none of its columns."""
    cdef uint64_t hash = 0
    cdef Entry *entry
    if end - at > MOST_NAME:
        return False
    if self.family == QUOTED and _has_many_digits(self, at, end):
        return False
    entry = find(&self.firsts, at, end - at, &hash)
    if entry != NULL:
        return entry.value != 0
    if self.all_named and _holds_values(self, end):
        return False
    with gil:
        return _ask_first(self, at, end, hash)


cdef inline bint _has_many_digits(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether a cell has more digits than the first of a header. Rows mostly begin as the one before does: with its time."""
    cdef const uint8_t *one = at
    cdef int digits = 0
    if end - at == self.first_size and same_text(self.first_cell, at, self.first_size):
        return True
    while one < end:
        digits += _is_digit(self, one[0])
        one += 1
    if digits > self.most_digits:
        self.first_size = <int>(end - at)
        memcpy(self.first_cell, at, self.first_size)
    return digits > self.most_digits


cdef bint _holds_values(Fold self, const uint8_t *at) noexcept nogil:
    """Whether one of the cells from ``at`` on has more digits than the name of a column; of a name the first 256 characters count."""
    cdef const uint8_t *begin = at
    cdef int digits = 0
    while at < self.line_end:
        if at[0] == self.delimiter or at[0] == c'"':
            digits, begin = 0, at
        elif _is_digit(self, at[0]) and at - begin <= LONGEST_NAME:
            digits += 1
            if digits > self.most_digits:
                return True
        at += 1
    return False
