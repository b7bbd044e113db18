# What decides about a line, put together as one text.


cdef int _add(Fold self, int length, const uint8_t *begin, const uint8_t *end, uint8_t mark) noexcept nogil:
    """Put a column into the key; -1 where it has no room."""
    cdef Py_ssize_t size = end - begin if begin != NULL else 0
    if length < 0 or length + size + 4 > MOST_KEY:
        return -1
    if size:  # of a column that is not there not even nothing may be copied
        memcpy(self.key + length, begin, size)
    length += <int>size
    self.key[length] = self.code if begin != NULL else 0
    self.key[length + 1] = mark
    self.key[length + 2] = <uint8_t>(size & 0xFF)
    self.key[length + 3] = <uint8_t>(size >> 8)
    return length + 4


cdef int _host_key(Fold self) noexcept nogil:
    """The texts that decide the name: whole, or up to the path, of which is said that there is one."""
    cdef int length = 0, place, slot
    cdef const uint8_t *begin
    cdef const uint8_t *end
    cdef const uint8_t *cut
    for place in range(self.n_host):
        slot = self.host_slots[place]
        _inner(self, slot, &begin, &end)
        cut = end
        if begin != NULL and not self.host_whole[place]:
            cut = _authority(self, begin, end)
        length = _add(self, length, begin, cut, 1 if cut < end else 0)
        if length < 0:
            return -1
    return length


cdef const uint8_t *_authority(Fold self, const uint8_t *begin, const uint8_t *end) noexcept nogil:
    """Where the path of a URL or of a host with a path begins; ``end`` where it is better taken whole."""
    cdef const uint8_t *at
    if _is_path(self, begin, end):
        return begin
    cdef const uint8_t *slash = <const uint8_t *>memchr(begin, c'/', end - begin)
    if slash == NULL or memchr(begin, c'\\', slash - begin) != NULL:
        return end
    at = begin
    if slash > begin and (slash - 1)[0] == c':' and slash + 1 < end and slash[1] == c'/':
        at = slash + 2
        slash = <const uint8_t *>memchr(at, c'/', end - at)
        if slash == NULL or memchr(at, c'\\', slash - at) != NULL:
            return end
    return slash if memchr(at, c'.', slash - at) != NULL else end


cdef int _actor_key(Fold self) noexcept nogil:
    cdef int length = 0, place, slot
    if not _cut_pieces(self, self.use_cuts):
        return -1
    for place in range(self.n_actor):
        slot = self.actor_slots[place]
        length = _add(self, length, self.begin[slot], self.end[slot], 0)
        if length < 0:
            return -1
    return length


cdef int _manner_key(Fold self, int length) noexcept nogil:
    """Put what decides the manner behind ``length`` bytes of the key; -1 where it has no room, or is not plain."""
    cdef int place, slot
    if not _cut_pieces(self, self.use_cuts):
        return -1
    length = _tests(self, length)
    for place in range(self.n_manner):
        slot = self.manner_slots[place]
        length = _add(self, length, self.begin[slot], self.end[slot], 0)
    return length


cdef int _way_key(Fold self, int64_t name, bint by_url) noexcept nogil:
    memcpy(self.key, &name, 8)
    return _add_urls(self, _manner_key(self, 8), by_url)


cdef int _url_key(Fold self, int64_t name, bint by_url) noexcept nogil:
    """The texts that decide what a name is of whose URLs decide."""
    memcpy(self.key, &name, 8)
    return _add_urls(self, 8, by_url) if _cut_pieces(self, self.use_cuts) else -1


cdef int _add_urls(Fold self, int length, bint wanted) noexcept nogil:
    """Put the URLs without their queries into the key, where they are wanted; -1 where it has no room."""
    cdef int place, slot
    cdef const uint8_t *end
    cdef const uint8_t *query
    if wanted and length >= 0:
        for place in range(self.n_url):
            slot = self.url_slots[place]
            end = self.end[slot]
            if self.begin[slot] != NULL:
                query = <const uint8_t *>memchr(self.begin[slot], c'?', end - self.begin[slot])
                end = query if query != NULL else end
            length = _add(self, length, self.begin[slot], end, 0)
            if length < 0:
                return -1
    return length


cdef bint _has_shape(Fold self) noexcept nogil:
    """Whether the URL of the line holds one of the words, or is written in a way in which they may hide."""
    cdef int place, each
    cdef const uint8_t *at
    cdef const uint8_t *end
    for place in range(self.n_url):
        at, end = self.begin[self.url_slots[place]], self.end[self.url_slots[place]]
        while at != NULL and at < end:
            if at[0] == c'\\':
                return True
            for each in range(self.n_words):
                if <size_t>(end - at) >= self.word_size[each] and memcmp(at, self.word[each], self.word_size[each]) == 0:
                    return True
            at += 1
    return False
