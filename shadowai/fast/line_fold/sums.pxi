# Cells: what one actor did in one way.


cdef bint _refuse(Fold self) except -1 nogil:
    """Count a line that is of no AI service; false where the reference has to read what it tells of addresses."""
    if self.answers and not _tell_answer(self):
        return False
    self.refused += 1
    return True


cdef bint _count_apart(Fold self, int64_t name) except -1 nogil:
    """Count a line whose manner is looked up by itself: names and manners are few, and both together many."""
    cdef uint64_t hash = 0
    cdef int length = _manner_key(self, 0)
    cdef int64_t manner
    cdef Entry *entry
    if length < 0:
        return False
    entry = find(&self.manners, self.key, length, &hash)
    if entry == NULL:
        with gil:
            entry = _ask_manner(self, length, hash)
    if entry.value & 0xFF == LEAVE_OUT:
        return _leave_out(self)
    if entry.value & 0xFF != COUNT:
        return False
    manner = entry.value >> 8
    memcpy(self.key, &name, 8)
    memcpy(self.key + 8, &manner, 8)
    entry = find(&self.ways, self.key, 16, &hash)
    if entry == NULL:
        with gil:
            entry = _ask_together(self, name, manner, hash)
    return _sum(self, <int>(entry.value >> 8), entry.value & 0xFF)


cdef bint _leave_out(Fold self) noexcept nogil:
    """Count a line that is no activity. One with a header the reference reads as a whole, with what it has to assume of its time."""
    self.uncounted += not self.unwrapped
    return not self.unwrapped


cdef int _actor(Fold self) except -2 nogil:
    """The number of who the line is about; -1 where the reference has to say."""
    cdef uint64_t hash = 0
    cdef Entry *entry
    cdef int length = _actor_key(self)
    if length < 0:
        return -1
    entry = find(&self.actors, self.key, length, &hash)
    if entry == NULL:
        with gil:
            entry = _ask_actor(self, length, hash)
    return <int>entry.value


cdef inline size_t _cell_place(Fold self, int actor, int way) noexcept nogil:
    """Where the number of an actor's and a way's cell is looked for first."""
    cdef uint64_t mixed = ((<uint64_t>actor << 32) | <uint32_t>way) * 0x9E3779B97F4A7C15u
    return (mixed >> 40) & (MOST_CELLS * 2 - 1)


cdef Cell *_cell(Fold self, int actor, int way) noexcept nogil:
    """Where the lines of an actor and a way are counted."""
    cdef size_t place = _cell_place(self, actor, way)
    cdef Cell *cell
    while self.cell_at[place]:
        cell = &self.cells[self.cell_at[place] - 1]
        if cell.actor == actor and cell.way == way:
            return cell
        place = (place + 1) & (MOST_CELLS * 2 - 1)
    cell = &self.cells[self.n_cells]
    memset(cell, 0, sizeof(Cell))
    cell.actor, cell.way, cell.told = actor, <int16_t>way, BLOCKED if self.way[way].blocked else 0
    self.n_cells += 1
    self.cell_at[place] = self.n_cells
    return cell


cdef bint _sum(Fold self, int way, int64_t facts) except -1 nogil:
    cdef Cell *cell
    cdef int64_t time = 0, up = 0, down = 0
    cdef int has_up, has_down, actor, known
    cdef int kind = self.way[way].kind
    if kind == SHOW:
        return False
    if kind == PASS:
        self.refused += 1
        return True
    if kind == LEAVE_OUT:
        return _leave_out(self)
    actor = _actor(self)
    if actor < 0:
        return False
    fetch_early(&self.cell_at[_cell_place(self, actor, way)])
    if self.sizes_cut and not _cut_pieces(self, self.use_cuts):
        return False
    has_up = _size(self, self.up_slots, self.n_up, &up)
    has_down = _size(self, self.down_slots, self.n_down, &down)
    if has_up < 0 or has_down < 0:
        return False
    known = self.cell_at[_cell_place(self, actor, way)]
    if known:
        fetch_early(&self.cells[known - 1])
    if not _when(self, &time):
        return False
    if time < self.since or time > self.until:
        self.outside += 1
        return True
    cell = _cell(self, actor, way)
    if cell.origins < ORIGINS:
        self.origins[cell - self.cells].line[cell.origins] = self.place
        cell.origins += 1
    if not cell.events:
        cell.first = cell.last = time
    elif time > cell.last:
        cell.last = time
    elif time < cell.first:
        cell.first = time
    cell.events += 1
    if facts < MOST_FACTS:
        cell.facts |= <uint32_t>1 << facts
    if cell.told & BLOCKED:
        return True
    if has_up:
        cell.told |= HAS_UP
        cell.bytes_up += up
    if has_down:
        cell.told |= HAS_DOWN
        cell.bytes_down += down
    _day(self, cell, time, up)
    return True


cdef void _day(Fold self, Cell *cell, int64_t time, int64_t sent) noexcept nogil:
    cdef int32_t day = <int32_t>(time // DAY if time >= 0 else -((DAY - 1 - time) // DAY))
    if cell.told & TIMED and cell.day != day:
        self.days[self.n_days].cell = <int32_t>(cell - self.cells)
        self.days[self.n_days].day = cell.day
        self.days[self.n_days].sent = cell.sent
        self.n_days += 1
        cell.sent = 0
    cell.told |= TIMED
    cell.day = day
    cell.sent += sent
