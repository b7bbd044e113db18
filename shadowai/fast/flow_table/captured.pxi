# Captured bytes, which are read through the functions here alone; and memory.

cdef struct Bytes:
    const uint8_t *at
    Py_ssize_t size


cdef inline int byte(Bytes data, Py_ssize_t place) except -1 nogil:
    if place < 0 or place >= data.size:
        with gil:
            raise IndexError("read beyond the captured bytes")
    return data.at[place]


cdef inline int two(Bytes data, Py_ssize_t place) except -1 nogil:
    """Two bytes in network order."""
    if place < 0 or place > data.size - 2:
        with gil:
            raise IndexError("read beyond the captured bytes")
    return data.at[place] << 8 | data.at[place + 1]


cdef inline int64_t four(Bytes data, Py_ssize_t place) except -1 nogil:
    """Four bytes in network order."""
    if place < 0 or place > data.size - 4:
        with gil:
            raise IndexError("read beyond the captured bytes")
    return (
        <int64_t> data.at[place] << 24
        | <int64_t> data.at[place + 1] << 16
        | <int64_t> data.at[place + 2] << 8
        | data.at[place + 3]
    )


cdef inline const uint8_t *some(Bytes data, Py_ssize_t place, Py_ssize_t size) except NULL nogil:
    """Where ``size`` bytes begin that are all there."""
    if place < 0 or size < 0 or place > data.size - size:
        with gil:
            raise IndexError("read beyond the captured bytes")
    return data.at + place


cdef inline int64_t file_word(Bytes data, Py_ssize_t place, bint big) except -1 nogil:
    """Four bytes of a file in its own order."""
    cdef int64_t word = four(data, place)
    if big:
        return word
    return (word & 0xFF) << 24 | (word & 0xFF00) << 8 | word >> 8 & 0xFF00 | word >> 24 & 0xFF


cdef inline bytes copied(Bytes data, Py_ssize_t start, Py_ssize_t stop):
    """``data[start:stop]`` as Python cuts it."""
    if stop > data.size:
        stop = data.size
    if start >= stop:
        return b""
    return PyBytes_FromStringAndSize(<const char *> some(data, start, stop - start), stop - start)


cdef void *cleared(size_t count, size_t size) except NULL:
    cdef void *found = calloc(count, size)
    if found == NULL:
        raise MemoryError
    return found


cdef void *grown(void *old, size_t size) except NULL:
    cdef void *found = realloc(old, size)
    if found == NULL:
        raise MemoryError
    return found
