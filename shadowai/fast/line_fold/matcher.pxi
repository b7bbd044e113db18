"""A backtracking matcher without the interpreter: takes the steps of :mod:`shadowai.sources.logs.programs` over ASCII text.

It gives up, and says so, where the way is longer than a line deserves; Python matches then.
"""

cdef enum:
    MATCH = 0
    SET = 1
    TEXT = 2
    SPLIT = 3
    JUMP = 4
    SAVE = 5
    BEGIN = 6
    END = 7
    BOUNDARY = 8
    GREEDY = 9
    LAZY = 10
    POSSESSIVE = 11
    AHEAD = 12
    NOT_AHEAD = 13
    BEHIND = 14
    NOT_BEHIND = 15
    ATOMIC = 16
    MET = 17

    MOST_FRAMES = 8192
    MOST_DEPTH = 6
    STEPS_A_BYTE = 64
    STEPS_A_LINE = 4096

    # frames beside those of steps
    GO_ON = 100  # at a step and a place
    RESTORE = 101  # a place that was remembered

cdef struct Step:
    int kind
    int a
    int b
    int c
    int hint  # the step that the next byte is for, behind those that take none; -1: there may be several

cdef struct Frame:
    int kind
    int step
    int left  # bytes that a lazy repetition may still take
    const uint8_t *at
    const uint8_t *low  # where a greedy repetition may not go below


cdef struct Machine:
    Step *steps
    int count
    uint8_t *sets  # 256 bytes each
    int n_sets
    const uint8_t *texts
    bint anchored
    Frame *frames
    int n_frames
    int64_t left  # steps until it is given up
    bint stuck  # nobody knows
    int n_saved
    const uint8_t *saved[2 * MOST_SLOTS]
    const uint8_t *begin
    const uint8_t *end
    const uint8_t *behind  # what was found
    const uint8_t *needed  # a text without which nothing is found
    size_t n_needed
    Py_ssize_t before  # bytes of a match before it; -1: as many as there are


cdef class Matcher:
    """One pattern, for its :class:`~shadowai.sources.logs.programs.Program`."""

    cdef Machine machine
    cdef bytes texts, needed

    def __cinit__(self, program):
        cdef int place, byte
        cdef Machine *machine = &self.machine
        machine.count, machine.n_sets = len(program.steps), len(program.sets)
        machine.steps = <Step *>calloc(machine.count + 1, sizeof(Step))
        machine.sets = <uint8_t *>calloc(machine.n_sets + 1, 256)
        machine.frames = <Frame *>malloc(MOST_FRAMES * sizeof(Frame))
        if not (machine.steps and machine.sets and machine.frames):
            raise MemoryError
        self.texts = program.text
        machine.texts = <const uint8_t *>PyBytes_AS_STRING(self.texts)
        machine.anchored = program.anchored
        self.needed, machine.before = program.needed
        machine.needed, machine.n_needed = <const uint8_t *>PyBytes_AS_STRING(self.needed), len(self.needed)
        for place, (kind, a, b, c) in enumerate(program.steps):
            self._check(kind, a, b)
            machine.steps[place].kind, machine.steps[place].a, machine.steps[place].b, machine.steps[place].c = kind, a, b, c
            if kind == SAVE or kind == MET:
                machine.n_saved = max(machine.n_saved, a + 1)
        if not machine.count or machine.steps[machine.count - 1].kind != MATCH:
            raise ValueError("a program without an end")
        for place in range(machine.count):
            machine.steps[place].hint = self._hint(machine.steps[place].a if machine.steps[place].kind == SPLIT else place + 1)
        for place, members in enumerate(program.sets):
            for byte in members:
                machine.sets[256 * place + (byte & 0xFF)] = 1

    def __dealloc__(self):
        free(self.machine.steps)
        free(self.machine.sets)
        free(self.machine.frames)

    cdef int _check(self, int kind, int a, int b) except -1:
        """Refuse a step that leads anywhere but where it may."""
        cdef int most = self.machine.count
        if kind == SET or kind == GREEDY or kind == LAZY or kind == POSSESSIVE:
            most = self.machine.n_sets
        elif kind == SAVE or kind == MET:
            most = 2 * MOST_SLOTS
        elif kind == TEXT:
            most = <int>len(self.texts) - max(b, 1) + 1
        elif kind == MATCH or kind == BEGIN or kind == END or kind == BOUNDARY:
            most = 1
        if not MATCH <= kind <= MET or not 0 <= a < most or b < 0 or (kind == SPLIT and b >= most) or (kind == MET and b >= self.machine.count):
            raise ValueError("a program that leads nowhere")
        return 0

    cdef int _hint(self, int place) noexcept:
        cdef Step *step
        while place < self.machine.count:
            step = &self.machine.steps[place]
            if step.kind == SET or step.kind == TEXT:
                return place
            if step.kind == BEHIND or step.kind == NOT_BEHIND:
                place = max(step.a, place + 1)
            elif step.kind == SAVE or step.kind == BOUNDARY:
                place += 1
            else:
                return -1
        return -1

    def search(self, bytes line):
        """Where what it remembers of a line begins and ends, by its number; ``None`` where it does not match. Raises
        :class:`RecursionError` where that was given up."""
        cdef const uint8_t *at = <const uint8_t *>PyBytes_AS_STRING(line)
        cdef Machine *machine = &self.machine
        cdef int place
        if not found(machine, at, at, at + PyBytes_GET_SIZE(line)):
            if machine.stuck:
                raise RecursionError("the way was too long")
            return None
        return {
            place: (machine.saved[2 * place] - at, machine.saved[2 * place + 1] - at)
            for place in range(machine.n_saved // 2)
            if machine.saved[2 * place] != NULL and machine.saved[2 * place + 1] != NULL
        }


cdef bint found(Machine *m, const uint8_t *begin, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether it matches anywhere from ``at`` on; ``stuck`` says that nobody knows."""
    cdef const uint8_t *needed = NULL
    m.begin, m.end = begin, end
    m.stuck = False
    m.left = STEPS_A_LINE + STEPS_A_BYTE * (end - begin)
    memset(m.saved, 0, m.n_saved * sizeof(const uint8_t *))
    while True:
        m.n_frames = 0
        at = begins_at(m, at)
        if at == NULL:
            return False
        if m.n_needed:
            if needed < at:
                needed = text_in(at, end, m.needed, m.n_needed)
                if needed == NULL:
                    return False
            if m.before >= 0 and needed - at > m.before:
                if m.anchored:
                    return False
                at = needed - m.before
                continue
        m.behind = match(m, 0, at, 0)
        if m.behind != NULL:
            return True
        if m.stuck or m.anchored or at == end:
            return False
        at += 1


cdef inline const uint8_t *begins_at(Machine *m, const uint8_t *at) noexcept nogil:
    """The next place where the first step may be taken; ``NULL`` where there is none."""
    cdef Step *step = m.steps
    if m.anchored:
        return at
    if step.kind == TEXT:
        return <const uint8_t *>memchr(at, m.texts[step.a], m.end - at) if at < m.end else NULL
    if step.kind == SET:
        while at < m.end and not m.sets[256 * step.a + at[0]]:
            at += 1
        return at if at < m.end else NULL
    return at


cdef inline bint may(Machine *m, Step *step, const uint8_t *at) noexcept nogil:
    """Whether a step may be taken, as far as the next byte tells."""
    if step.kind == SET:
        return at < m.end and m.sets[256 * step.a + at[0]]
    if step.kind == TEXT:
        return at < m.end and m.texts[step.a] == at[0]
    return True


cdef inline bint is_word(Machine *m, const uint8_t *at) noexcept nogil:
    return at < m.end and (
        c'a' <= (at[0] | 0x20) <= c'z' or c'0' <= at[0] <= c'9' or at[0] == c'_'
    )


cdef inline bint bounds(Machine *m, const uint8_t *at) noexcept nogil:
    return (at > m.begin and is_word(m, at - 1)) != is_word(m, at)


cdef inline bint push(Machine *m, int kind, int step, int left, const uint8_t *at, const uint8_t *low) noexcept nogil:
    cdef Frame *frame
    if m.n_frames == MOST_FRAMES:
        m.stuck = True
        return False
    frame = &m.frames[m.n_frames]
    frame.kind, frame.step, frame.left, frame.at, frame.low = kind, step, left, at, low
    m.n_frames += 1
    return True


cdef inline bint lazily(Machine *m, Step *step, const uint8_t **at, int *left) noexcept nogil:
    """Let a lazy repetition take what it has to until the step behind it may be taken; false where that never is."""
    cdef Step *next_
    if step.hint < 0:
        return True
    next_ = &m.steps[step.hint]
    while not may(m, next_, at[0]):
        if left[0] == 0 or at[0] == m.end or not m.sets[256 * step.a + at[0][0]]:
            return False
        at[0] += 1
        left[0] -= left[0] > 0
        m.left -= 1
    return True


cdef inline void settle(Machine *m, int base, int depth) noexcept nogil:
    """Forget the other ways of steps that were taken by themselves, but not what has to be put back should they be left."""
    cdef int each, kept = base
    if depth:
        for each in range(base, m.n_frames):
            if m.frames[each].kind == RESTORE:
                m.frames[kept] = m.frames[each]
                kept += 1
    m.n_frames = kept


cdef const uint8_t *match(Machine *m, int place, const uint8_t *at, int depth) noexcept nogil:
    """Where a match ends that begins with the step at ``place``; ``NULL`` where there is none."""
    cdef int base = m.n_frames
    cdef Step *step
    cdef Frame *frame
    cdef const uint8_t *low
    cdef const uint8_t *high
    cdef const uint8_t *set_
    cdef int left
    cdef bint holds
    while True:
        m.left -= 1
        if m.left < 0:
            m.stuck = True
        if m.stuck:
            m.n_frames = base
            return NULL
        step = &m.steps[place]
        holds = False
        if step.kind == SET:
            holds = at < m.end and m.sets[256 * step.a + at[0]]
            at += holds
            place += 1
        elif step.kind == TEXT:
            holds = m.end - at >= step.b and memcmp(at, m.texts + step.a, step.b) == 0
            if holds:
                at += step.b
            place += 1
        elif step.kind == GREEDY or step.kind == POSSESSIVE:
            set_ = m.sets + 256 * step.a
            high = m.end if step.c < 0 or m.end - at < step.c else at + step.c
            low = at + step.b if m.end - at >= step.b else NULL
            while at < high and set_[at[0]]:
                at += 1
            if low != NULL and at >= low:
                m.left -= at - low
                place += 1
                if step.kind == GREEDY:
                    while at > low and not may(m, step + 1, at):
                        at -= 1
                    holds = at == low or push(m, GREEDY, place, 0, at, low)
                else:
                    holds = True
        elif step.kind == LAZY:
            set_ = m.sets + 256 * step.a
            low = at + step.b if m.end - at >= step.b else NULL
            while low != NULL and at < low and set_[at[0]]:
                at += 1
            if low != NULL and at == low:
                left = step.c - step.b if step.c >= 0 else -1
                holds = lazily(m, step, &at, &left) and push(m, LAZY, place, left, at, NULL)
                place += 1
        elif step.kind == SPLIT:
            if step.hint >= 0 and not may(m, &m.steps[step.hint], at):
                place, holds = step.b, True
            else:
                holds = push(m, GO_ON, step.b, 0, at, NULL)
                place = step.a
        elif step.kind == JUMP:
            place, holds = step.a, True
        elif step.kind == SAVE:
            holds = push(m, RESTORE, step.a, 0, m.saved[step.a], NULL)
            m.saved[step.a] = at
            place += 1
        elif step.kind == MET:
            place, holds = (place + 1 if m.saved[step.a] != NULL else step.b), True
        elif step.kind == MATCH:
            settle(m, base, depth)
            return at
        elif step.kind == BEGIN:
            holds = at == m.begin
            place += 1
        elif step.kind == END:
            holds = at == m.end
            place += 1
        elif step.kind == BOUNDARY:
            holds = bounds(m, at)
            place += 1
        elif depth < MOST_DEPTH:
            high = at
            if step.kind == BEHIND or step.kind == NOT_BEHIND:
                high = at - step.b if at - m.begin >= step.b else NULL
            high = match(m, place + 1, high, depth + 1) if high != NULL else NULL
            holds = (high != NULL) != (step.kind == NOT_AHEAD or step.kind == NOT_BEHIND)
            if step.kind == ATOMIC and holds:
                at = high
            place = step.a
        else:
            m.stuck = True
        if holds:
            continue
        # another way
        while True:
            if m.stuck or m.n_frames == base:
                m.n_frames = base
                return NULL
            m.n_frames -= 1
            frame = &m.frames[m.n_frames]
            if frame.kind == RESTORE:
                m.saved[frame.step] = frame.at
                continue
            place, at = frame.step, frame.at
            if frame.kind == GREEDY:
                at -= 1
                while at > frame.low and not may(m, &m.steps[place], at):
                    at -= 1
                if at > frame.low:
                    frame.at = at
                    m.n_frames += 1
            elif frame.kind == LAZY:
                step = &m.steps[place]
                left = frame.left
                if left == 0 or at == m.end or not m.sets[256 * step.a + at[0]]:
                    continue
                at += 1
                left -= left > 0
                if not lazily(m, step, &at, &left):
                    continue
                frame.at, frame.left = at, left
                m.n_frames += 1
                place += 1
            break
