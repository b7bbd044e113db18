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
    return SURE if at == self.line_end else UNSURE


cdef const uint8_t *_members(Fold self, const uint8_t *at, uint8_t *prefix, int length, int depth) noexcept nogil:
    """Where an object ends that begins at ``at``; ``NULL`` where it is not sure to be one. ``prefix`` is the path to its members."""
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *key
    cdef const uint8_t *begin
    cdef int size, wanted, deeper, place, order = 0
    if depth >= DEEPEST:
        return NULL
    at = _space(self, at + 1)
    if at < stop and at[0] == c'}':
        return at + 1
    while True:
        if at >= stop or at[0] != c'"':
            return NULL
        key = at + 1
        at = json_mark(key, stop)
        if at >= stop or at[0] != c'"':
            return NULL  # an escape within a key
        size = <int>(at - key)
        wanted = -1
        deeper = 0
        place = _name_of(self, key, size, prefix, length, order)
        order += 1
        if place >= 0:
            wanted = self.name[place].slot
            deeper = self.name[place].deeper
            if self.name[place].seen == self.number:
                return NULL  # said twice
            self.name[place].seen = self.number
        at = _space(self, at + 1)
        if at >= stop or at[0] != c':':
            return NULL
        at = begin = _space(self, at + 1)
        if at >= stop:
            return NULL
        if deeper:
            if at[0] == c'[' or (at[0] == c'"' and at + 1 < stop and (at[1] == c'{' or at[1] == c'[' or at[1] == c'\\')):
                return NULL  # a list's places and JSON within text can be asked for too
            if at[0] == c'{':
                memcpy(prefix + length, key, size)
                prefix[length + size] = c'.'
                at = _members(self, at, prefix, length + size + 1, depth + 1)
            else:
                at = _value(self, at, depth)
        else:
            at = _value(self, at, depth)
        if at == NULL:
            return NULL
        if wanted >= 0:
            if not self.may_be_list[wanted] and (begin[0] == c'[' or (begin[0] == c'{' and not self.may_be_object[wanted])):
                return NULL  # no text
            if begin[0] != c'n' and (begin[0] != c'{' or self.may_be_list[wanted]):  # null is no value
                self.begin[wanted] = begin
                self.end[wanted] = at
        at = _space(self, at)
        if at >= stop:
            return NULL
        if at[0] == c'}':
            return at + 1
        if at[0] != c',':
            return NULL
        at = _space(self, at + 1)


cdef int _name_of(Fold self, const uint8_t *key, int size, uint8_t *prefix, int length, int order) noexcept nogil:
    """The number of what is asked for under a key, -1 for nothing. The keys of a log's objects come in one order, mostly: the one that
    stood in this place before is tried first."""
    cdef Entry *entry
    cdef uint64_t hash = 0
    cdef int found
    if length < 0 or length + size >= MOST_NAME:
        return -1
    if length == 0 and order < MOST_ORDER and self.last_size[order] == size and same_text(self.last_key[order], key, size):
        return self.last_name[order]
    memcpy(prefix + length, key, size)
    entry = find(&self.keys, prefix, length + size, &hash)
    found = <int>entry.value if entry != NULL else -1
    if length == 0 and order < MOST_ORDER:
        memcpy(self.last_key[order], key, size)
        self.last_size[order], self.last_name[order] = size, found
    return found


cdef const uint8_t *_value(Fold self, const uint8_t *at, int depth) noexcept nogil:
    """Where a value ends; ``NULL`` where it is not sure to be one."""
    cdef const uint8_t *stop = self.line_end
    cdef uint8_t first = at[0]
    if first == c'"':
        return _string(self, at)
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
    """A number without exponent, of digits that every reader keeps."""
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *digits
    if at < stop and at[0] == c'-':
        at += 1
    digits = at
    while at < stop and c'0' <= at[0] <= c'9':
        at += 1
    if at == digits or at - digits > DIGITS or (digits[0] == c'0' and at - digits > 1):
        return NULL
    if at < stop and at[0] == c'.':
        if at - digits > 15:
            return NULL  # written otherwise when it is made text again
        digits = at + 1
        at += 1
        while at < stop and c'0' <= at[0] <= c'9':
            at += 1
        if at == digits or at - digits > DIGITS:
            return NULL
    if at < stop and (at[0] | 0x20) == c'e':
        return NULL
    return at


cdef inline const uint8_t *_space(Fold self, const uint8_t *at) noexcept nogil:
    while at < self.line_end and (at[0] == c' ' or at[0] == c'\t'):
        at += 1
    return at
