# Names of hosts: which of them are of no service, without asking anybody.


cdef void _look_ahead(Fold self) noexcept nogil:
    """Let the memory bring what is known of the line's host while its columns are checked."""
    cdef int place
    self.cut_hash = 0
    if not self.by_name:
        return
    if self.name_cuts and self.cut_before[0].entries != NULL:  # what is cut out decides first
        if _cut_from(self, &self.cuts[0], &self.ahead, &self.ahead_end):
            self.cut_hash = hash_in(&self.cut_before[0], self.ahead, self.ahead_end - self.ahead)
            fetch_early(&self.cut_before[0].entries[(self.cut_hash >> 1) & self.cut_before[0].mask])
        return
    for place in range(self.n_host):
        if _named(self, place, &self.ahead, &self.ahead_end):
            if _bare(self, &self.ahead, &self.ahead_end):
                self.ahead_of = place
                self.ahead_hash = hash_in(&self.strangers, self.ahead, _length(self, self.ahead, self.ahead_end))
                fetch_early(&self.strangers.entries[(self.ahead_hash >> 1) & self.strangers.mask])
            return


cdef inline bint _named(Fold self, int place, const uint8_t **begin, const uint8_t **end) noexcept nogil:
    """Whether a column names a host, if in a URL."""
    if self.host_part[place] == CONDITION or not _inner(self, self.host_slots[place], begin, end):
        return False
    return not (begin[0] == end[0] or (end[0] - begin[0] == 1 and begin[0][0] == c'-') or _is_path(self, begin[0], end[0]))


cdef bint _is_strange(Fold self) except -1 nogil:
    """Whether the line names a host for sure, and all its names are plain and of no service."""
    cdef int place, slot, piece
    cdef bint named = False
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef const uint8_t *last = NULL
    cdef Py_ssize_t length = 0
    cdef uint64_t hash = 0
    cdef Entry *known
    for place in range(self.n_host):
        slot = self.host_slots[place]
        if place and named and slot == self.host_slots[place - 1] and self.host_part[place] == self.host_part[place - 1]:
            continue  # it is cut out in two ways
        piece = self.cut_into[slot]
        known = self.was_cut[piece] if piece >= 0 else NULL
        if known != NULL and known.more >= 0 and self.host_part[place] != CONDITION:
            if not known.more:
                return False
            last, length = self.begin[slot], self.end[slot] - self.begin[slot]
            named = named or self.host_part[place] == SURE_NAME
            continue
        if self.no_name[slot] and _is_quad(self, slot):
            continue
        if place == self.ahead_of:
            at, end, hash = self.ahead, self.ahead_end, self.ahead_hash
        elif not _named(self, place, &at, &end):
            continue
        elif not _bare(self, &at, &end):
            return False
        else:
            hash = 0
        if self.host_whole[place] and self.host_part[place] == SURE_NAME and not _is_all(self, slot, at, end):
            return False  # it is sure of a name alone, and something stands around this one
        if last == NULL or end - at != length or not same_text(at, last, length):
            if not _is_stranger(self, at, end, hash):
                return False
            last, length = at, end - at
        if known != NULL and at == self.begin[slot] and end == self.end[slot]:
            known.more = True  # nothing else stands in it
        named = named or self.host_part[place] == SURE_NAME
    return named


cdef bint _is_quad(Fold self, int slot) noexcept nogil:
    """Whether a column is of digits and dots alone."""
    cdef const uint8_t *at
    cdef const uint8_t *end
    if not _inner(self, slot, &at, &end) or not 7 <= end - at <= 15:
        return False
    while at < end and (c'0' <= at[0] <= c'9' or at[0] == c'.'):
        at += 1
    return at == end


cdef inline bint _is_all(Fold self, int slot, const uint8_t *begin, const uint8_t *end) noexcept nogil:
    """Whether a column is this text and no more."""
    cdef const uint8_t *at
    cdef const uint8_t *stop
    return _inner(self, slot, &at, &stop) and at == begin and stop == end


cdef bint _bare(Fold self, const uint8_t **begin, const uint8_t **end) noexcept nogil:
    """Reduces a URL, ``host:port`` or host to the host; false where that is not in small letters, or something else stands around it."""
    cdef const uint8_t *at = begin[0]
    cdef const uint8_t *stop = end[0]
    if stop - at > 8 and at[0] == c'h' and memcmp(at, b"http", 4) == 0:
        if memcmp(at + 4, b"://", 3) == 0:
            at += 7
        elif memcmp(at + 4, b"s://", 4) == 0:
            at += 8
    begin[0] = at
    end[0] = at = run_of(&self.of_host, at, stop, self.limit)
    return _ends(self, at, stop)


cdef inline Py_ssize_t _length(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Of a host, without the dot that DNS writes behind a whole name."""
    return end - at - 1 if end - at > 1 and (end - 1)[0] == c'.' else end - at


cdef bint _is_stranger(Fold self, const uint8_t *at, const uint8_t *end, uint64_t hash) except -1 nogil:
    """Whether a host is neither an address nor of a service; remembered, while there is room. ``hash`` is 0 where it is not known."""
    cdef Py_ssize_t length = _length(self, at, end)
    cdef Entry *entry
    cdef bint found
    if not 0 < length <= MOST_NAME:
        return False
    if not hash:
        hash = hash_in(&self.strangers, at, length)
    entry = find_hashed(&self.strangers, at, length, hash)
    if entry != NULL:
        return entry.value != 0
    found = _is_plain(self, at, at + length)
    if is_full(&self.strangers):
        clear(&self.strangers)
    put(&self.strangers, at, length, hash, found)
    return found


cdef bint _is_plain(Fold self, const uint8_t *name, const uint8_t *end) noexcept nogil:
    """Whether a host in small letters is a name of several labels (RFC 1123, section 2.1), and of no service."""
    cdef const uint8_t *at
    cdef const uint8_t *label = name
    cdef int labels = 1, last = letter(c'.')
    cdef uint64_t hash = 0
    at = name
    while at < end:
        if at[0] == c'.':
            if at == label or at - label > 63 or label[0] == c'-' or (at - 1)[0] == c'-':
                return False
            labels += 1
            label = at + 1
        last = ((last << 5) | letter(at[0])) & 0x7FFF
        if self.gram[last]:
            return False
        at += 1
    if self.gram[((last << 5) | letter(c'.')) & 0x7FFF]:
        return False
    if labels < 2 or end - label < 2 or end - label > 63 or label[0] == c'-' or not c'a' <= (end - 1)[0] <= c'z':
        return False
    label = name
    while label < end:
        if find(&self.known, label, end - label, &hash) != NULL:
            return False
        while label < end and label[0] != c'.':
            label += 1
        label += 1
    return True


cdef bint _ends(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether behind a host nothing stands but a port and a path."""
    cdef int digits = 0
    if at < end and at[0] == c':':
        at += 1
        while at < end and c'0' <= at[0] <= c'9':
            at += 1
            digits += 1
        if not 0 < digits < 6:
            return False
    return at == end or at[0] == c'/'


cdef bint _is_path(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether a text is a path alone, in which there is no host; JSON may escape its slash."""
    if at < end and self.family == OBJECT and at[0] == c'\\':
        at += 1
    return at < end and at[0] == c'/' and (at + 1 == end or (at[1] != c'/' and at[1] != c'\\'))
