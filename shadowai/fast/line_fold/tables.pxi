# Hash tables of texts, under a seed of their own.


cdef int make_table(Table *table, size_t most) except -1:
    """A table that begins small, so that what is looked up often stays near, and grows up to ``most`` entries."""
    table.most = most
    table.mask = min(most * 2, FIRST) - 1
    table.room = FIRST * 8
    table.entries = <Entry *>calloc(table.mask + 1, sizeof(Entry))
    table.text = <uint8_t *>malloc(table.room)
    table.used = table.filled = 0
    table.seed = int.from_bytes(urandom(8), "little")
    if table.entries == NULL or table.text == NULL:
        raise MemoryError
    return 0


cdef void drop(Table *table) noexcept:
    free(table.entries)
    free(table.text)


cdef void clear(Table *table) noexcept nogil:
    memset(table.entries, 0, (table.mask + 1) * sizeof(Entry))
    table.used = table.filled = 0


cdef uint64_t hash_in(const Table *table, const uint8_t *text, size_t length) noexcept nogil:
    """The hash of ``text`` in a table; never 0."""
    return text_hash(text, length, table.seed) | 1


cdef Entry *find(Table *table, const uint8_t *text, size_t length, uint64_t *hash) noexcept nogil:
    """The entry of ``text``, whose hash is given too; where there is none, ``NULL``."""
    hash[0] = hash_in(table, text, length)
    return find_hashed(table, text, length, hash[0])


cdef Entry *find_hashed(Table *table, const uint8_t *text, size_t length, uint64_t hash) noexcept nogil:
    """As :func:`find`, where the hash is known."""
    cdef size_t place = (hash >> 1) & table.mask
    while table.entries[place].hash:
        if (
            table.entries[place].hash == hash
            and table.entries[place].length == length
            and same_text(table.text + table.entries[place].at, text, length)
        ):
            return &table.entries[place]
        place = (place + 1) & table.mask
    return NULL


cdef bint is_full(const Table *table) noexcept nogil:
    return table.used >= table.most or table.filled + MOST_KEY > MOST_BYTES


cdef int grow(Table *table) except -1 nogil:
    """Make room for one more entry, which is known not to be there."""
    cdef size_t place, to, mask = table.mask * 2 + 1
    cdef Entry *entries
    cdef uint8_t *text
    if table.filled + MOST_KEY > table.room:
        text = <uint8_t *>realloc(table.text, table.room * 2)
        if text == NULL:
            with gil:
                raise MemoryError
        table.text = text
        table.room *= 2
    if table.used * 2 <= table.mask:
        return 0
    entries = <Entry *>calloc(mask + 1, sizeof(Entry))
    if entries == NULL:
        with gil:
            raise MemoryError
    for place in range(table.mask + 1):
        if table.entries[place].hash:
            to = (table.entries[place].hash >> 1) & mask
            while entries[to].hash:
                to = (to + 1) & mask
            entries[to] = table.entries[place]
    free(table.entries)
    table.entries = entries
    table.mask = mask
    return 0


cdef Entry *put(Table *table, const uint8_t *text, size_t length, uint64_t hash, int64_t value) except NULL nogil:
    """A new entry. There is room: see :func:`is_full`."""
    cdef size_t place
    grow(table)
    place = (hash >> 1) & table.mask
    while table.entries[place].hash:
        place = (place + 1) & table.mask
    memcpy(table.text + table.filled, text, length)
    table.entries[place].hash = hash
    table.entries[place].value = value
    table.entries[place].at = <uint32_t>table.filled
    table.entries[place].length = <uint16_t>length
    table.entries[place].more = -1
    table.filled += length
    table.used += 1
    return &table.entries[place]
