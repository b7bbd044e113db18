# Reading a file while the part before is worked on.

cdef class Ahead:
    """Reads a file piece by piece while the piece before is worked on: two buffers, and a thread that fills the other one.

    Before each piece there is room for what was left of the one before. Nothing is under way outside of a walk.
    """

    cdef int file, current
    cdef size_t front, piece
    cdef uint8_t *rooms[2]
    cdef int64_t offset, got
    cdef bint under_way, threaded, ending
    cdef PyThread_type_lock wanted, done

    def __cinit__(self, int file, size_t front, size_t piece, bint threaded):
        self.file, self.front, self.piece, self.threaded = file, front, piece, threaded
        self.rooms[0] = <uint8_t *> grown(NULL, front + piece)
        self.rooms[1] = <uint8_t *> grown(NULL, front + piece)
        if threaded:
            self.wanted, self.done = PyThread_allocate_lock(), PyThread_allocate_lock()
            if self.wanted == NULL or self.done == NULL:
                raise MemoryError
            PyThread_acquire_lock(self.wanted, WAIT_LOCK)
            PyThread_acquire_lock(self.done, WAIT_LOCK)

    def __dealloc__(self):
        if self.wanted != NULL:
            PyThread_free_lock(self.wanted)
        if self.done != NULL:
            PyThread_free_lock(self.done)
        free(self.rooms[0])
        free(self.rooms[1])

    def serve(self):
        """What the thread does until :meth:`end`."""
        with nogil:
            while True:
                PyThread_acquire_lock(self.wanted, WAIT_LOCK)
                if self.ending:
                    break
                self.got = read_at(self.file, self.rooms[1 - self.current] + self.front, self.piece, self.offset)
                PyThread_release_lock(self.done)

    cdef void end(self):
        """Let the thread go."""
        self.settle()
        if self.threaded and not self.ending:
            self.ending = True
            PyThread_release_lock(self.wanted)

    cdef void settle(self) noexcept nogil:
        """Wait for what is under way, and forget it."""
        if self.under_way:
            PyThread_acquire_lock(self.done, WAIT_LOCK)
            self.under_way = False

    cdef void ask(self, int64_t offset) noexcept nogil:
        self.offset = offset
        self.under_way = True
        PyThread_release_lock(self.wanted)

    cdef int64_t next(self, int64_t offset) noexcept nogil:
        """Fill the other buffer from ``offset`` and make it the current one; the bytes read, 0 at the end, -1 for an error."""
        cdef int64_t got
        if self.under_way and self.offset != offset:
            self.settle()
        if not self.threaded:
            got = read_at(self.file, self.rooms[1 - self.current] + self.front, self.piece, offset)
        else:
            if not self.under_way:
                self.ask(offset)
            PyThread_acquire_lock(self.done, WAIT_LOCK)
            self.under_way = False
            got = self.got
        self.current = 1 - self.current
        return got

    cdef void go_on(self, int64_t offset) noexcept nogil:
        """Fill the other buffer, of which nothing is needed any more, from ``offset``."""
        if self.threaded:
            self.ask(offset)
