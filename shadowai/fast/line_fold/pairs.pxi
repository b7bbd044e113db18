# Lines of ``key=value``.


cdef int _pairs(Fold self) noexcept nogil:
    """``key=value`` between blanks, values in double quotes or without any; the first of a key counts. What stands between pairs (a
    syslog header before the first) is passed over, as the reference does."""
    cdef const uint8_t *at = self.line_begin
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *key
    cdef const uint8_t *equal
    cdef const uint8_t *end
    cdef uint8_t prefix[MOST_NAME]
    cdef int place, slot, order = 0
    cdef bint behind  # whether the key stands right behind digits or signs
    if at < stop and memchr(at, c'{', stop - at) != NULL:
        return UNSURE  # a shipper's object, maybe
    while at < stop:
        equal = <const uint8_t *>memchr(at, c'=', stop - at)
        if equal == NULL:
            break
        key = equal
        while key > at and equal - key <= LONGEST_KEY and self.of_key[(key - 1)[0]]:
            key -= 1
        if equal - key > LONGEST_KEY or (key > at and (key - 1)[0] >= 0x80):
            return UNSURE
        behind = key < equal and not _begins_key(self, key[0])
        while key < equal and not _begins_key(self, key[0]):
            key += 1
        if key == equal:
            at = equal + 1
            continue
        end = _pair_end(self, equal + 1)
        if end == NULL:
            return UNSURE
        place = _name_of(self, key, <int>(equal - key), prefix, order)
        order += 1
        if (place >= 0 and behind) or (place < 0 and self.closed):
            return UNSURE  # the format may want its words whole
        slot = self.name[place].slot if place >= 0 else -1
        if slot >= 0 and self.begin[slot] == NULL:
            if self.closed and not _is_bare(equal + 1, end):
                return UNSURE
            self.begin[slot], self.end[slot], self.named[slot] = equal + 1, end, key
        at = end
    return SURE if order and _in_a_row(self) and _in_order(self) else UNSURE


cdef inline bint _is_bare(const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether the reference takes nothing off a value's end."""
    return at == end or not ((end - 1)[0] == c',' or (end - 1)[0] == c';' or (end - 1)[0] == c']' or (end - 1)[0] <= c' ')


cdef inline bint _begins_key(Fold self, uint8_t byte) noexcept nogil:
    return c'a' <= (byte | 0x20) <= c'z' or byte == c'_'


cdef const uint8_t *_pair_end(Fold self, const uint8_t *at) noexcept nogil:
    """Where a value ends that begins at ``at``; ``NULL`` where it is not plain."""
    cdef const uint8_t *stop = self.line_end
    if at < stop and at[0] == c'"':
        at += 1
        while True:
            at = either(at, stop, c'"', c'\\')
            if at >= stop:
                return NULL
            if at[0] == c'"':
                return at + 1
            at += 2
            if at > stop:
                return NULL
    if at < stop and at[0] == c"'":
        return NULL
    while at < stop and at[0] != c' ' and at[0] != c'\t':
        if at[0] < 0x20 or at[0] >= 0x80 or at[0] == c'"':
            return NULL
        at += 1
    return at


cdef bint _in_a_row(Fold self) noexcept nogil:
    """Whether the pairs that have to stand behind one another do, one blank apart; before the first of each row (-1 parts them) stands
    a blank or nothing."""
    cdef const uint8_t *at = NULL  # where the pair before ends
    cdef const uint8_t *key
    cdef int place, slot
    for place in range(self.n_row):
        slot = self.row[place]
        if slot < 0:
            at = NULL
            continue
        key = self.named[slot]
        if self.begin[slot] == NULL or (key > self.line_begin and (key - 1)[0] != c' ') or (at != NULL and key != at + 1):
            return False
        at = self.end[slot]
    return True
