# Lines that are JSON objects.


cdef int _object(Fold self) noexcept nogil:
    """A JSON object (RFC 8259), checked throughout: only what is surely one is cut here."""
    cdef const uint8_t *at = self.line_begin
    cdef uint8_t prefix[MOST_NAME]
    if self.line_begin == self.line_end:
        return UNSURE
    if at[0] != c'{':  # what stands before an object is passed over
        at = <const uint8_t *>memchr(at, c'{', self.line_end - at)
        if at == NULL:
            return UNSURE
        self.line_begin = at
    at = _members(self, at, prefix, 0, 0)
    return SURE if at == self.line_end and _in_order(self) else UNSURE


cdef const uint8_t *_object_line(Fold self, int *kind) except? NULL nogil:
    """Where the line ends of which the object that begins it is all, and what it is; ``NULL`` where there is none, and
    it has to be found out where the line ends. No object that is read here has a line feed in it."""
    cdef const uint8_t *at = self.line_begin
    cdef uint8_t prefix[MOST_NAME]
    if at == self.limit or at[0] != c'{':
        return NULL
    self.line_end = self.limit
    _begin(self)
    at = _members(self, at, prefix, 0, 0)
    if at == NULL or at - self.line_begin > LONGEST_LINE:
        return NULL
    self.line_end = at
    if at < self.limit and at[0] == c'\r':
        at += 1
    if at < self.limit and at[0] != c'\n':
        return NULL
    kind[0] = _settled(self) if _in_order(self) else UNSURE
    return at


cdef inline bint _in_order(Fold self) noexcept nogil:
    """Put the first that are there of some columns into theirs; false where columns stand in another order than is known."""
    cdef int place, slot
    cdef First *first
    for place in range(self.n_orders):
        if self.begin[self.order[place][1]] != NULL and self.begin[self.order[place][0]] > self.begin[self.order[place][1]]:
            return False
    for place in range(self.n_firsts):
        first = &self.one_of[place]
        slot = _first_there(self, first.slots, first.count)
        self.begin[first.into], self.end[first.into] = self.begin[slot], self.end[slot]
    return True


cdef const uint8_t *_members(Fold self, const uint8_t *at, uint8_t *prefix, int length, int depth) noexcept nogil:
    """Where an object ends that begins at ``at``; ``NULL`` where it is not sure to be one. ``prefix`` is the path to its members, -1 bytes
    where nothing is asked for in it. What stands between the values of a log's objects is the same in all of them, mostly: what
    stood in this place before is tried first."""
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *behind  # the value before, or the brace
    cdef const uint8_t *begin
    cdef const uint8_t *key
    cdef Met *met
    cdef int size, place, order = 0
    if depth >= DEEPEST:
        return NULL
    behind = at + 1
    at = _space(self, behind)
    if at < stop and at[0] == c'}':
        return at + 1
    while True:
        met = &self.met[order] if length == 0 and order < MOST_ORDER else NULL
        order += 1
        if met != NULL and met.size and stop - behind > met.size and same_text(met.text, behind, met.size) and not (self.closed and behind[met.size] == c'{'):
            begin = behind + met.size
            place = met.name
            at = _value(self, begin, depth)
        else:
            at = _space(self, behind)
            if order > 1:
                if at >= stop or at[0] != c',':
                    return at + 1 if at < stop and at[0] == c'}' else NULL
                at = _space(self, at + 1)
            if at >= stop or at[0] != c'"':
                return NULL
            key = at + 1
            at = json_mark(key, stop)
            if at >= stop or at[0] != c'"':
                return NULL  # an escape within a key
            size = <int>(at - key)
            place = _found(self, key, size, prefix, length)
            at = _space(self, at + 1)
            if at >= stop or at[0] != c':':
                return NULL
            begin = _space(self, at + 1)
            if begin >= stop:
                return NULL
            if self.closed and length >= 0:
                if begin[0] == c'{' or not _may_be_value(self, place):
                    met = NULL
                at = _known(self, place, begin, prefix, length + size, depth)
            elif place >= 0 and self.name[place].deeper:
                met = NULL
                at = _into(self, place, begin, prefix, length + size, depth)
            else:
                at = _value(self, begin, depth)
            if met != NULL:
                met.size, met.name = 0, place
                if begin - behind <= LONGEST_GLUE:
                    met.size = <int>(begin - behind)
                    memcpy(met.text, behind, met.size)
        if at == NULL or (place >= 0 and not _take_member(self, place, begin, at)):
            return NULL
        behind = at
        if at < stop and at[0] == c'}':
            return at + 1


cdef const uint8_t *_known(Fold self, int place, const uint8_t *begin, uint8_t *prefix, int length, int depth) noexcept nogil:
    """Where the value ends of a name, of which all have to be known; ``NULL`` where it is not, or not sure to be a value. ``length`` bytes of
    ``prefix`` are its path."""
    if begin[0] == c'{':
        if place >= 0 and self.name[place].whole:
            return _value(self, begin, depth)
        if length + 1 >= MOST_NAME:
            return NULL
        prefix[length] = c'.'
        return _members(self, begin, prefix, length + 1, depth + 1)
    if begin[0] == c'n' or _may_be_value(self, place):  # null is no value
        return _value(self, begin, depth)
    return NULL


cdef inline bint _may_be_value(Fold self, int place) noexcept nogil:
    """Whether a value is known to stand under a name, where all names have to be known."""
    return place >= 0 and (self.name[place].slot >= 0 or self.name[place].passed)


cdef const uint8_t *_into(Fold self, int place, const uint8_t *begin, uint8_t *prefix, int length, int depth) noexcept nogil:
    """Where the value ends of a name that others begin with, whose path is ``length`` bytes of ``prefix``; ``NULL`` where it is not sure
    to be one, or where the reference looks for them in text or in a list of names."""
    cdef const uint8_t *stop = self.line_end
    if begin[0] == c'"' and begin + 1 < stop and (begin[1] == c'{' or begin[1] == c'[' or begin[1] == c'\\'):
        return NULL
    if begin[0] != c'{' and begin[0] != c'[':
        return _value(self, begin, depth)
    prefix[length] = c'.'
    if begin[0] == c'{':
        return _members(self, begin, prefix, length + 1, depth + 1)
    return NULL if self.name[place].keyed else _places(self, begin, prefix, length + 1, depth + 1)


cdef const uint8_t *_places(Fold self, const uint8_t *at, uint8_t *prefix, int length, int depth) noexcept nogil:
    """Where a list ends of which some places are asked for, by their numbers; ``NULL`` where it is not sure to be one."""
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *begin
    cdef uint8_t number[LONGEST_PLACE]
    cdef int size, rest, place, order = 0
    if depth >= DEEPEST:
        return NULL
    begin = _space(self, at + 1)
    if begin < stop and begin[0] == c']':
        return begin + 1
    while begin < stop:
        size, rest = 1, order
        while rest > 9:
            size += 1
            rest //= 10
        if size > LONGEST_PLACE:
            return NULL
        rest = order
        for place in range(size):
            number[size - 1 - place] = <uint8_t>(c'0' + rest % 10)
            rest //= 10
        place = _found(self, number, size, prefix, length)
        if place >= 0 and self.name[place].deeper:
            at = _into(self, place, begin, prefix, length + size, depth)
        else:
            at = _value(self, begin, depth)
        if at == NULL or (place >= 0 and not _take_member(self, place, begin, at)):
            return NULL
        at = _space(self, at)
        if at >= stop or at[0] == c']':
            return at + 1 if at < stop else NULL
        if at[0] != c',':
            return NULL
        begin = _space(self, at + 1)
        order += 1
    return NULL


cdef inline bint _take_member(Fold self, int place, const uint8_t *begin, const uint8_t *end) noexcept nogil:
    """Keep the value of what is asked for; false where it is said twice, or is no text."""
    cdef Name *name = &self.name[place]
    if name.seen == self.number:
        return False
    name.seen = self.number
    if name.slot < 0:
        return True
    if begin[0] == c'[' and not self.may_be_list[name.slot]:
        return _take_first(self, name.slot, _space(self, begin + 1))
    if begin[0] == c'n' or (begin[0] == c'{' and not self.may_be_list[name.slot]):  # null is no value, and an object no text
        return True
    self.begin[name.slot], self.end[name.slot] = begin, end
    return True


cdef bint _take_first(Fold self, int slot, const uint8_t *begin) noexcept nogil:
    """Keep the first text or number of a list, as the reference does; false where one may be in a list within it."""
    cdef const uint8_t *end
    while begin[0] != c']':
        if begin[0] == c'[':
            return False
        end = _value(self, begin, 0)
        if begin[0] != c'n' and begin[0] != c'{':
            self.begin[slot], self.end[slot] = begin, end
            return True
        begin = _space(self, end)
        if begin[0] == c',':
            begin = _space(self, begin + 1)
    return True


cdef int _name_of(Fold self, const uint8_t *key, int size, uint8_t *prefix, int order) noexcept nogil:
    """The number of what is asked for under the key of a pair, -1 for nothing; the one that stood in this place before is tried first."""
    cdef Met *met
    cdef int found
    if order >= MOST_ORDER or size >= LONGEST_GLUE:
        return _found(self, key, size, prefix, 0)
    met = &self.met[order]
    if met.size != size + 1 or not same_text(met.text, key, size):
        found = _found(self, key, size, prefix, 0)
        memcpy(met.text, key, size)
        met.size, met.name = size + 1, found
    return met.name


cdef int _found(Fold self, const uint8_t *key, int size, uint8_t *prefix, int length) noexcept nogil:
    """The number of what is asked for under a key behind ``prefix``, -1 for nothing."""
    cdef Entry *entry
    cdef uint64_t hash = 0
    if length < 0 or length + size >= MOST_NAME:
        return -1
    memcpy(prefix + length, key, size)
    entry = find(&self.keys, prefix, length + size, &hash)
    return <int>entry.value if entry != NULL else -1


cdef const uint8_t *_value(Fold self, const uint8_t *at, int depth) noexcept nogil:
    """Where a value ends; ``NULL`` where it is not sure to be one."""
    cdef const uint8_t *stop = self.line_end
    cdef uint8_t first = at[0]
    if first == c'"':
        return _string(self, at)
    if first <= c'9':
        return _numeral(self, at)
    if first == c'{':
        return _members(self, at, self.key, -1, depth + 1)
    if first == c'[':
        return _list(self, at, depth)
    if first == c't':
        return at + 4 if stop - at >= 4 and memcmp(at, b"true", 4) == 0 else NULL
    if first == c'f':
        return at + 5 if stop - at >= 5 and memcmp(at, b"false", 5) == 0 else NULL
    if first == c'n':
        return at + 4 if stop - at >= 4 and memcmp(at, b"null", 4) == 0 else NULL
    return _numeral(self, at)


cdef const uint8_t *_list(Fold self, const uint8_t *at, int depth) noexcept nogil:
    cdef const uint8_t *stop = self.line_end
    if depth >= DEEPEST:
        return NULL
    at = _space(self, at + 1)
    if at < stop and at[0] == c']':
        return at + 1
    while at < stop:
        at = _value(self, at, depth + 1)
        if at == NULL:
            return NULL
        at = _space(self, at)
        if at >= stop:
            return NULL
        if at[0] == c']':
            return at + 1
        if at[0] != c',':
            return NULL
        at = _space(self, at + 1)
    return NULL


cdef const uint8_t *_string(Fold self, const uint8_t *at) noexcept nogil:
    """Escapes are let pass where they stand for one character of their own; ``\\u`` only where it is no half of one."""
    cdef const uint8_t *stop = self.line_end
    cdef int digit
    at += 1
    while True:
        at = json_mark(at, stop)
        if at >= stop or at[0] < 0x20:
            return NULL
        if at[0] == c'"':
            return at + 1
        if stop - at < 2:
            return NULL
        if at[1] == c'u':
            if stop - at < 6 or (at[2] | 0x20) == c'd':
                return NULL
            for digit in range(2, 6):
                if not (c'0' <= at[digit] <= c'9' or c'a' <= (at[digit] | 0x20) <= c'f'):
                    return NULL
            at += 6
        elif memchr(b'"\\/bfnrt', at[1], 8) != NULL:
            at += 2
        else:
            return NULL


cdef const uint8_t *_numeral(Fold self, const uint8_t *at) noexcept nogil:
    """A number without exponent, of digits that every reader keeps: a whole one has up to 19, as nanoseconds since the epoch have."""
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *begin = at
    cdef const uint8_t *first
    if at < stop and at[0] == c'-':
        at += 1
    first = at
    at = digits_end(first, stop, self.limit)
    if at == first or at - first > DIGITS + (first == begin) or (first[0] == c'0' and at - first > 1):
        return NULL
    if at < stop and at[0] == c'.':
        if at - first > 15:
            return NULL  # written otherwise when it is made text again
        first = at + 1
        at = digits_end(first, stop, self.limit)
        if at == first or at - first > DIGITS:
            return NULL
    if at < stop and (at[0] | 0x20) == c'e':
        return NULL
    return at


cdef inline const uint8_t *_space(Fold self, const uint8_t *at) noexcept nogil:
    while at < self.line_end and (at[0] == c' ' or at[0] == c'\t'):
        at += 1
    return at
