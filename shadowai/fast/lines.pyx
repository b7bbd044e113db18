# cython: language_level=3, boundscheck=True, wraparound=False, initializedcheck=True, cdivision=True, embedsignature=True
"""The compiled fold of a block of log lines: cut into columns, looked up by what decides about them, added up.

It knows no format and no AI service. A *plan* says how a line is cut and which columns decide; a line whose deciding texts were
not met before is shown to the reference, whose answer holds for all lines with the same texts. Whatever is not plain (an odd
quote, a byte that is no ASCII where it matters, a size that is no number) is handed back, for the reference to read.

Rules of this file: a line is read between its own begin and end, and no byte behind its block is looked at; nothing is kept without
a bound; tables are hashed under a seed of their own, so that nobody can choose texts that collide.
"""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memchr, memcmp, memcpy, memset

from os import urandom

cdef extern from "lines.h":
    const uint8_t *json_mark(const uint8_t *at, const uint8_t *end) noexcept nogil
    const uint8_t *text_in(const uint8_t *at, const uint8_t *end, const uint8_t *text, size_t length) noexcept nogil
    const uint8_t *either(const uint8_t *at, const uint8_t *end, uint8_t a, uint8_t b) noexcept nogil
    const uint8_t *quote_or_end(const uint8_t *at, const uint8_t *end) noexcept nogil
    const uint8_t *cell_end(const uint8_t *at, const uint8_t *end, uint8_t delimiter) noexcept nogil
    const int HAS_NUL, HAS_RETURN, HAS_BLANK, HAS_HIGH, HAS_HOLDER
    int marks(const uint8_t *at, const uint8_t *end) noexcept nogil
    const uint8_t *line_feed(const uint8_t *at, const uint8_t *end, int asked, const uint8_t **odd) noexcept nogil
    ctypedef struct byte_set:
        uint8_t members[256]
        int ranges
    const uint8_t *run_of(const byte_set *of, const uint8_t *at, const uint8_t *stop, const uint8_t *limit) noexcept nogil
    void find_ranges(byte_set *of) noexcept nogil
    const uint8_t *digits_end(const uint8_t *at, const uint8_t *stop, const uint8_t *limit) noexcept nogil
    bint is_shaped(const uint8_t *at, size_t size, const uint8_t *low, const uint8_t *span) noexcept nogil
    const uint8_t *blanks_of(const uint8_t *at, const uint8_t *end, int *places, int most, int *count, const uint8_t **odd) noexcept nogil
    int spaces(const uint8_t *at, const uint8_t *end, int *places, int most) noexcept nogil
    uint64_t text_hash(const uint8_t *at, size_t length, uint64_t seed) noexcept nogil
    bint same_text(const uint8_t *a, const uint8_t *b, size_t length) noexcept nogil
    size_t breaks(const uint8_t *at, size_t length) noexcept nogil
    int are_apart(const int *places, int count) noexcept nogil
    int has_high(const uint8_t *at, const uint8_t *end) noexcept nogil
    int is_utf_8(const uint8_t *at, const uint8_t *end) noexcept nogil
    void fetch_early(const void *at) noexcept nogil

include "line_fold/layout.pxi"
include "line_fold/tables.pxi"
include "line_fold/matcher.pxi"


def breaks_in(data):
    """How many line feeds are in ``data``, bytes that lie behind one another."""
    cdef Py_buffer view
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        return breaks(<const uint8_t *>view.buf, view.len)
    finally:
        PyBuffer_Release(&view)


cdef class Fold:
    """Adds up the lines of one file under one plan.

    ``ask`` answers for lines that are shown to it, as bytes. ``name(number, line, place)``: its name is of no AI service (0), of one (1), of
    one whose URLs decide (2), of one whose URLs decide that hold one of the ``words`` (4), there is none (5: see ``nameless``),
    or each such line is to be shown to the reference (3); what it is of is remembered under ``place``. ``url(number, line, place)``: as
    ``name``, where the URLs decide, of lines with this name and these URLs (0, 1, 3). ``way(number, line, place)``: lines
    with this name and manner are of no AI service after all (0), are counted (1), are no activity (2) or are to be shown
    (3); whether they were blocked; the number under which they are counted, ``place`` where they are the first of their kind; and the bit of
    the facts that they tell, or more than 31 for none. ``manner(number, line, place)``: the same of a manner alone, whatever the name is:
    counted (1), no activity (2), to be shown (3). ``together(name, manner, place)``: what ``way`` would say of lines with this name and this
    manner. ``actor(number, line, place)``: who it is about is remembered under ``place``. ``time(number, line, uncounted)``: the time (µs) or ``None``, a
    number for what had to be assumed (-1: nothing), and whether times are read otherwise from here on; what had to be assumed is counted
    there, or not. ``begins_header(cell)``: whether a row whose first cell is this may be a header.
    ``is_foreign(cell)``: whether CEF of the device ``vendor|product`` is of another format. ``aside(number, line)``: whether lines without
    a name, of this manner, are connections that an answer might name (1), tell the size of one (2), are to be shown (4), are activity (8),
    and were blocked (16).
    ``known`` are hosts and parent domains: of a plain name that is none of them, in none of them, and holds none of the ``grams`` nobody
    is asked. A gram is three small letters; ``.`` in it is a dot, a hyphen or the end of the name.
    """

    cdef int family, width, slots, checks, tests, names
    cdef uint8_t delimiter, first
    cdef bint exact
    cdef bint wrapped  # lines stand behind a syslog header
    cdef bint unwrapped  # it was taken off the line at hand
    cdef int16_t slot_of[MOST_WIDTH]
    cdef int column_of[MOST_SLOTS]
    cdef int host_slots[MOST_SLOTS], manner_slots[MOST_SLOTS], url_slots[MOST_SLOTS], time_slots[MOST_SLOTS]
    cdef int up_slots[MOST_SLOTS], down_slots[MOST_SLOTS]
    cdef uint8_t host_whole[MOST_SLOTS], host_part[MOST_SLOTS]
    cdef uint8_t no_name[MOST_SLOTS]  # whether no name is taken out of an IPv4 address there
    cdef int actor_slots[MOST_SLOTS]
    cdef int n_host, n_actor, n_manner, n_url, n_time, n_up, n_down
    cdef Check *check
    cdef Check *test
    cdef Name *name
    cdef Table hosts, urls, strangers, actors, ways, manners, times, keys, firsts, known
    cdef uint8_t gram[1 << 15]
    cdef tuple words  # keeps the next ones alive
    cdef const char *word[MOST_WORDS]
    cdef size_t word_size[MOST_WORDS]
    cdef int n_words
    cdef byte_set of_host  # what a host in small letters is made of
    cdef uint8_t of_key[256]  # what the keys of pairs are made of
    cdef int head_slots[6]  # of CEF's header
    cdef bint labels  # whether a label of CEF is asked for
    cdef int row[MOST_SLOTS]  # slots of pairs that have to stand behind one another, -1 between rows
    cdef int n_row
    cdef int answer_slots[MOST_SLOTS]  # what a DNS record tells of addresses
    cdef int n_answers
    cdef int asker_slots[MOST_SLOTS]
    cdef int n_askers  # -1: the reference has to look
    cdef bint may_be_list[MOST_SLOTS]  # which of them are taken whole, whatever they are
    cdef bint answers  # whether the line at hand has any
    cdef int server_slots[MOST_SLOTS], client_slots[MOST_SLOTS]
    cdef int n_server, n_client  # -1: the reference has to look for the address
    cdef public int nameless
    cdef public bint hearing  # connections by address are remembered still
    cdef Table asides, heard
    cdef bint aside
    cdef int64_t always  # what is said of every line without a name; -1: its manner tells
    cdef int[MOST_PLACES][MOST_SPELLINGS] id_slots
    cdef int[MOST_PLACES] id_spellings
    cdef int places, n_port, n_total_up, n_total_down, n_lasted
    cdef int[MOST_SPELLINGS] port_slots, total_up_slots, total_down_slots, lasted_slots
    cdef bint lasted_ms
    cdef bytes sixes  # keeps the next ones alive
    cdef const uint8_t *six  # first and last IPv6 addresses that may be of a service, 16 bytes each
    cdef int n_sixes
    cdef uint8_t server_six[LONGEST_ADDRESS]  # the server's, in its shortest form
    cdef const uint8_t *server_at  # the address of the server of the line at hand
    cdef const uint8_t *server_end
    cdef Check *aside_test
    cdef int aside_tests, aside_searches
    cdef Only aside_search[MOST_PATTERNS]
    cdef bytes id_prefix
    cdef uint8_t of_id[256]
    cdef uint8_t *ids  # of the connections whose sizes are handed on, one behind the other
    cdef size_t ids_filled, ids_room
    cdef Cut cuts[MOST_CUTS]  # columns that are pieces of others
    cdef int n_cuts
    cdef bint is_piece[MOST_SLOTS]
    cdef bint sizes_cut  # whether sizes are among them
    cdef int cut_out  # how many were cut out of the line at hand
    cdef int name_cuts  # how many decide the name
    cdef int use_cuts  # how many are asked for in lines with a name
    cdef Table cut_before[MOST_NAME_CUTS]  # texts out of which one of these was cut, and what; ``more``: whether that is of no service
    cdef int cut_into[MOST_SLOTS]  # which of them a column is; -1: none
    cdef Entry *was_cut[MOST_NAME_CUTS]  # for the line at hand; NULL: nothing is known
    cdef uint64_t cut_hash  # of the text out of which the first is cut; 0: not known
    cdef list cutters
    cdef Told *told
    cdef Py_ssize_t n_told, told_room
    cdef Address answered[MOST_ANSWERED]  # in the line at hand
    cdef int n_answered, n_pieces
    cdef uint8_t of_word[256]  # what stands around no address
    cdef uint8_t *others  # who was told which address for a name of no service, a line each
    cdef size_t others_filled, others_room
    cdef uint32_t *ranges  # first and last IPv4 addresses, in their order
    cdef int n_ranges
    cdef list matchers  # keeps the next ones alive
    cdef Machine *line_machine  # what every line has to match; NULL: nothing
    cdef Machine *opening_machine  # with ``shown``: what lines have that are sure to match
    cdef Only shown[MOST_PATTERNS]  # of some columns, what is found where the key of one begins
    cdef int n_shown
    cdef uint8_t of_before[256]  # what stands before such a key
    cdef Machine *held_machine  # what lines with columns in quotes or brackets have to match, too
    cdef Machine *machine[MOST_PATTERNS]
    cdef int n_machines
    cdef Only search[MOST_PATTERNS]  # conditions that are patterns
    cdef int searches
    cdef bint by_name  # whether names alone can tell that a line is of no service
    cdef Way *way
    cdef int32_t *cell_at  # open addressing: the cell of an actor and a way, one more than its number
    cdef int n_actors, n_ways, n_manners
    cdef bint apart  # whether a manner is the same whatever the name is
    cdef void *cell_room
    cdef Cell *cells  # in it, where a line of the processor's cache begins
    cdef Origins *origins  # of each cell
    cdef int n_cells
    cdef Day *days
    cdef int n_days
    cdef public int doubtful
    cdef int epoch  # the column whose times are seconds since the epoch; -1: none is known to be
    cdef int confirmed  # how often the seconds of a clock were found to add up; -1: they do not
    cdef uint8_t first_cell[MOST_NAME]  # the last one with more digits than a header's
    cdef int first_size
    cdef int most_digits  # in what a header may begin with
    cdef bint all_named  # whether every cell of a header is a column's name
    cdef bint full
    cdef int64_t since, until
    cdef object ask
    cdef int first_time  # the column whose time is taken before all others; -1: none is, or not as a number
    cdef Py_ssize_t first_sure  # digits of numbers there that were found to be times since the epoch
    cdef bint uncounted_time  # what a time has to assume is not counted, but handed on
    cdef int64_t last_assumed  # by the time looked at last
    cdef int64_t assumed[MOST_ASSUMED]  # how often what its place stands for
    cdef dict assumed_more  # of places beyond
    # what stands where in the line at hand
    cdef const uint8_t *begin[MOST_SLOTS]
    cdef const uint8_t *end[MOST_SLOTS]
    cdef const uint8_t *named[MOST_SLOTS]  # where the key of a pair begins
    cdef Pair pair[MOST_PAIRS]
    cdef uint8_t key[MOST_KEY]
    cdef int spaces[MOST_WIDTH + 1]
    cdef int n_spaces  # in the line at hand, where it is known
    cdef bint closed  # whether an object with names that are not known is not cut here
    cdef First one_of[MOST_SLOTS]
    cdef int n_firsts
    cdef int order[MOST_ORDERS][2]  # columns of which the second stands behind the first
    cdef int n_orders
    cdef uint8_t written[MOST_WRITTEN + FAR_BEHIND]  # texts of columns as the reference reads them
    cdef int n_written, written_slot  # bytes; the column of the last one, -1: none
    cdef const uint8_t *written_begin
    cdef const uint8_t *written_end
    cdef Met met[MOST_ORDER]  # by their place in the object
    cdef int asked  # marks of texts that the reference reads otherwise, and that may be in a line that is cut here
    cdef bint quoted  # whether the text of a column may stand in quotes
    cdef bint holds  # whether quotes and brackets hold together what stands between blanks
    cdef bint in_any_code  # whether lines may hold bytes that are no ASCII
    cdef uint8_t code  # of the texts of the line at hand: UTF_8, or ODD_CODE, in which the same bytes are other text
    cdef bint at_once  # whether columns are cut before it is known where the line ends
    cdef bint escaped  # whether a backslash may make another text of it
    cdef int odd  # marks of lines that are not cut here
    cdef const uint8_t *line_begin
    cdef const uint8_t *line_end
    cdef const uint8_t *limit  # the end of the block
    cdef int ahead_of  # which of the hosts was looked ahead for; -1: none
    cdef const uint8_t *ahead
    cdef const uint8_t *ahead_end
    cdef uint64_t ahead_hash
    cdef int64_t number
    cdef int64_t place  # where it stands for a reader: its number, or what that stands for
    cdef const int64_t *place_of  # what numbers stand for; NULL: for themselves
    cdef Py_ssize_t n_places
    # lines to be handed back: number, begin, end, and how much is told of others before it
    cdef int64_t *kept
    cdef Py_ssize_t n_kept, kept_room
    cdef long long refused, uncounted, outside, unnamed, connections
    cdef object block

    def __cinit__(self):
        self.kept_room = 1024
        self.kept = <int64_t *>malloc(self.kept_room * 4 * sizeof(int64_t))
        self.cell_room = malloc(MOST_CELLS * sizeof(Cell) + CACHE_LINE)
        self.cells = <Cell *>((<size_t>self.cell_room + CACHE_LINE - 1) & ~<size_t>(CACHE_LINE - 1))
        self.origins = <Origins *>malloc(MOST_CELLS * sizeof(Origins))
        self.way = <Way *>malloc(MOST_WAYS * sizeof(Way))
        self.cell_at = <int32_t *>calloc(MOST_CELLS * 2, sizeof(int32_t))
        self.days = <Day *>malloc(MOST_DAYS * sizeof(Day))
        self.check = <Check *>calloc(MOST_SLOTS, sizeof(Check))
        self.test = <Check *>calloc(MOST_SLOTS, sizeof(Check))
        self.aside_test = <Check *>calloc(MOST_PATTERNS, sizeof(Check))
        self.name = <Name *>calloc(MOST_SLOTS * 4, sizeof(Name))
        if not (self.kept and self.cell_room and self.origins and self.way and self.cell_at and self.days and self.check and self.test and self.aside_test and self.name):
            raise MemoryError
        make_table(&self.hosts, MOST_NAMES)
        make_table(&self.strangers, MOST_NAMES)
        make_table(&self.actors, MOST_ACTORS)
        make_table(&self.urls, MOST_TOGETHER)
        make_table(&self.ways, MOST_TOGETHER)
        make_table(&self.manners, MOST_MANNERS)
        make_table(&self.times, MOST_TIMES)
        make_table(&self.keys, 1024)
        make_table(&self.firsts, MOST_FIRSTS)
        make_table(&self.asides, MOST_MANNERS)
        make_table(&self.heard, 2)

    def __dealloc__(self):
        free(self.kept)
        free(self.ranges)
        free(self.cell_room)
        free(self.origins)
        free(self.way)
        free(self.cell_at)
        free(self.days)
        free(self.check)
        free(self.test)
        free(self.aside_test)
        free(self.ids)
        free(self.others)
        free(self.told)
        free(self.name)
        for place in range(MOST_NAME_CUTS):
            drop(&self.cut_before[place])
        drop(&self.asides)
        drop(&self.heard)
        drop(&self.hosts)
        drop(&self.actors)
        drop(&self.urls)
        drop(&self.ways)
        drop(&self.manners)
        drop(&self.times)
        drop(&self.keys)
        drop(&self.firsts)
        drop(&self.strangers)
        drop(&self.known)

    def __init__(self, plan, ask, known, since=None, until=None, grams=(), words=(), ranges=(), sixes=()):
        self.ask = ask
        for byte in b"abcdefghijklmnopqrstuvwxyz0123456789-.":
            self.of_host.members[<uint8_t>byte] = 1
        find_ranges(&self.of_host)
        for byte in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-" + (b"[]" if plan.family == CEF else b"/"):
            self.of_key[<uint8_t>byte] = 1
        for byte in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-":
            self.of_word[<uint8_t>byte] = 1
        self.by_name = not any(part == FORMAT for _, _, part in plan.host)
        _take_known(self, known)
        self.words = tuple(words)
        self.n_words = len(self.words)
        if self.n_words > MOST_WORDS or not all(self.words):
            raise ValueError("more words than there is room for, or one without letters")
        for place, one in enumerate(self.words):
            self.word[place], self.word_size[place] = PyBytes_AS_STRING(one), len(one)
        for one in grams:
            self.gram[(letter(one[0]) << 10) | (letter(one[1]) << 5) | letter(one[2])] = 1
        self.assumed_more = {}
        memset(self.assumed, 0, sizeof(self.assumed))
        self.epoch = self.first_size = -1
        self.first_time = plan.first_time
        for place in range(6):
            self.head_slots[place] = -1
        self.since = NO_TIME if since is None else since
        self.until = -NO_TIME if until is None else until
        self.family = plan.family
        self.delimiter = plan.delimiter
        self.width = plan.width
        self.exact = plan.exact
        self.first = plan.first[0] if plan.first else c'"'
        self.wrapped, self.apart, self.most_digits, self.all_named = plan.wrapped, plan.apart, plan.most_digits, plan.all_named
        self.odd = HAS_NUL | HAS_RETURN  # what is taken out of a line, or parts it, before it is read
        if self.family == BLANKS or self.family == W3C or self.family == CEF:
            self.odd |= HAS_BLANK | HAS_HIGH
        if plan.programs or plan.line is not None:
            self.odd |= HAS_HIGH
        if self.family == BLANKS:
            self.odd |= HAS_HOLDER
        # where a line is cut at once, no other marks are found in it
        self.at_once = not self.wrapped and self.family in (OBJECT, QUOTED) and self.odd == (HAS_NUL | HAS_RETURN)
        self.asked = (HAS_HIGH if self.family in (OBJECT, PATTERN, CEF, LEEF) else HAS_HIGH | HAS_HOLDER) & ~self.odd
        self.in_any_code = not self.odd & HAS_HIGH
        self.quoted = self.family not in (PATTERN, TABS, BLANKS, CEF, LEEF)
        self.holds, self.closed = plan.holds, plan.closed
        self.escaped = self.family in (PAIRS, PAIRED, CEF, LEEF, OBJECT, TABS)
        self.slots = len(plan.columns)
        if self.slots > MOST_SLOTS or self.width >= MOST_WIDTH or max(len(plan.host), len(plan.checks), len(plan.tests), len(plan.row)) > MOST_SLOTS:
            raise ValueError("a plan with too many columns")
        for place in range(MOST_WIDTH):
            self.slot_of[place] = -1
        memset(self.met, 0, sizeof(self.met))
        for slot, column in enumerate(plan.columns):
            if column is None:
                self.is_piece[slot] = True
            elif self.closed:  # its names are all known
                _want_only(self, column, slot)
            elif self.family == OBJECT:
                _want(self, column, slot)
            elif self.family == PAIRS or self.family == PAIRED or self.family == CEF or self.family == LEEF:
                _want_key(self, column, slot)
            elif self.family == PATTERN:
                pass  # its programs know the numbers
            elif column < MOST_WIDTH:  # a line with more columns is not cut here
                self.slot_of[column] = slot
            self.column_of[slot] = column if self.family == BLANKS and column is not None else -1
        self.pass_over(plan.passed)
        _take_orders(self, plan.orders)
        self.n_host = len(plan.host)
        for place, (slot, whole, part) in enumerate(plan.host):
            self.host_slots[place], self.host_whole[place], self.host_part[place] = slot, whole, part
        for slot in plan.nameless:
            self.no_name[slot] = True
        self.n_actor = put_slots(self.actor_slots, plan.actor, MOST_SLOTS)
        self.n_manner = put_slots(self.manner_slots, plan.manner, MOST_SLOTS)
        self.n_url = put_slots(self.url_slots, plan.url, MOST_SLOTS)
        self.n_time = put_slots(self.time_slots, plan.time, MOST_SLOTS)
        self.n_up = put_slots(self.up_slots, plan.bytes_up, MOST_SLOTS)
        self.n_down = put_slots(self.down_slots, plan.bytes_down, MOST_SLOTS)
        self.checks = len(plan.checks)
        for place, (slots, elements, whole, raw, more) in enumerate(plan.checks):
            _take_check(self, &self.check[place], slots, elements, whole, raw)
            self.check[place].more = more
        self.tests = len(plan.tests)
        for place, (slots, elements, whole, raw, _) in enumerate(plan.tests):
            _take_check(self, &self.test[place], slots, elements, whole, raw)
        self.cutters = []
        _take_programs(self, plan.programs, plan.line, plan.searches)
        if plan.held is not None:
            self.cutters.append(Matcher(plan.held))
            self.held_machine = &(<Matcher>self.cutters[len(self.cutters) - 1]).machine
        _take_shown(self, plan)
        _take_ranges(self, ranges, sixes)
        self.n_server = -1 if plan.server is None else put_slots(self.server_slots, plan.server, MOST_SLOTS)
        self.n_client = -1 if plan.client is None else put_slots(self.client_slots, plan.client, MOST_SLOTS)
        self.n_answers = len(plan.told)
        for place, slot in enumerate(plan.told):
            self.answer_slots[place], self.may_be_list[slot] = slot, plan.askers is not None
        self.n_askers = -1
        if plan.askers is not None:
            self.n_askers = put_slots(self.asker_slots, plan.askers, MOST_SLOTS)
        self.n_row = put_slots(self.row, plan.row, MOST_SLOTS)
        if plan.aside is not None:
            _take_aside(self, plan.aside)
        _take_cuts(self, plan)

    def pass_over(self, leaves):
        """Let something be at further paths that nobody asks for, ``(path, kind)``: a value (0), an object (1), or whatever it is (2)."""
        for path, kind in leaves:
            _pass_name(self, path.encode(), kind)

    def hear(self, addresses):
        """Connections to these ``addresses`` may be named by an answer: their lines are shown to the reference."""
        cdef uint64_t hash = 0
        cdef bytes text
        drop(&self.heard)
        make_table(&self.heard, 1 << max(len(addresses) + 1, 2).bit_length())
        for address in addresses:
            text = address.encode()
            if find(&self.heard, <const uint8_t *>PyBytes_AS_STRING(text), len(text), &hash) == NULL:
                put(&self.heard, <const uint8_t *>PyBytes_AS_STRING(text), len(text), hash, 0)

    def fold(self, block, Py_ssize_t start, Py_ssize_t stop, long long number, numbers=None):
        """Fold the lines of ``block`` from byte ``start`` to ``stop``, of which the first has ``number``; in ``block``, which is not changed
        meanwhile, no byte from ``stop`` on is looked at. Where ``numbers`` (an array of 64 bits each) are given, ``number`` and what it is
        counted up to are places in them, and only sums, and what is asked, tell of the numbers there.

        Gives the lines to be read by the reference, as ``(number, begin, end)``; the byte up to which lines were looked at; how
        many these were; and what other lines say to others (see :meth:`_said`). It stops behind a line that may be a header, and where :meth:`drain` has to make room.
        """
        cdef Py_buffer view, places
        cdef Py_ssize_t at = start
        cdef long long lines = 0
        self.n_kept = self.n_told = 0
        self.ids_filled = self.others_filled = 0
        PyObject_GetBuffer(block, &view, PyBUF_SIMPLE)
        try:
            if not 0 <= start <= stop <= view.len:
                raise ValueError("no such bytes in the block")
            if numbers is not None:
                PyObject_GetBuffer(numbers, &places, PyBUF_SIMPLE)
                self.place_of, self.n_places = <const int64_t *>places.buf, places.len // sizeof(int64_t)
            try:
                with nogil:
                    at = _run(self, <const uint8_t *>view.buf, start, stop, number, &lines)
            finally:
                self.place_of = NULL
                if numbers is not None:
                    PyBuffer_Release(&places)
        finally:
            PyBuffer_Release(&view)
        found = [
            (self.kept[4 * place], self.kept[4 * place + 1], self.kept[4 * place + 2]) for place in range(self.n_kept)
        ]
        return found, at, lines, _said(self)

    @property
    def needs_room(self):
        """True where :meth:`fold` stopped for want of room."""
        return self.full

    def drain(self):
        """What has been added up and is then forgotten, with all names and cells.

        For each actor and way that counted: their numbers, the bits of facts, events, bytes up and down (``None`` where no line had any),
        first and last time (µs), the lines it came from first, and its days as ``(day, bytes sent)``, which may come more than once. Then what times had to
        assume, as ``{number: lines}``; and how many lines were of no AI service, no activity, and outside the window; how
        many named no host, and of these told both addresses.
        """
        cdef Cell *cell
        cdef int place
        earlier = {}
        for place in range(self.n_days):
            earlier.setdefault(self.days[place].cell, []).append((self.days[place].day, self.days[place].sent))
        found = []
        for place in range(self.n_cells):
            cell = &self.cells[place]
            days = earlier.get(place, ()) if earlier else ()
            if cell.told & TIMED:
                days = (*days, (cell.day, cell.sent))
            found.append((
                cell.actor,
                cell.way,
                cell.facts,
                cell.events,
                cell.bytes_up if cell.told & HAS_UP else None,
                cell.bytes_down if cell.told & HAS_DOWN else None,
                cell.first,
                cell.last,
                [self.origins[place].line[one] for one in range(cell.origins)],
                days,
            ))
        assumed = {place: self.assumed[place] for place in range(MOST_ASSUMED) if self.assumed[place]} | self.assumed_more
        memset(self.assumed, 0, sizeof(self.assumed))
        self.assumed_more = {}
        self.n_days = self.n_cells = self.n_ways = self.n_manners = self.n_actors = 0
        memset(self.cell_at, 0, MOST_CELLS * 2 * sizeof(int32_t))
        self.full = False
        clear(&self.hosts)
        clear(&self.actors)
        clear(&self.urls)
        clear(&self.ways)
        clear(&self.manners)
        clear(&self.asides)
        tallies = self.refused, self.uncounted, self.outside, self.unnamed, self.connections
        self.refused = self.uncounted = self.outside = self.unnamed = self.connections = 0
        return found, assumed, *tallies


include "line_fold/plan.pxi"
include "line_fold/syslog.pxi"
include "line_fold/delimited.pxi"
include "line_fold/pairs.pxi"
include "line_fold/patterns.pxi"
include "line_fold/cef.pxi"
include "line_fold/objects.pxi"
include "line_fold/columns.pxi"
include "line_fold/keys.pxi"
include "line_fold/hosts.pxi"
include "line_fold/times.pxi"
include "line_fold/asking.pxi"
include "line_fold/aside.pxi"
include "line_fold/addresses.pxi"
include "line_fold/answers.pxi"
include "line_fold/sums.pxi"


cdef Py_ssize_t _run(Fold self, const uint8_t *text, Py_ssize_t at, Py_ssize_t size, long long number, long long *lines) except -1 nogil:
    cdef const uint8_t *end
    cdef const uint8_t *odd
    cdef int kind
    cdef bint held
    cdef Py_ssize_t after
    self.limit = text + size
    while at <= size:
        if _has_no_room(self):
            self.full = True
            return at
        self.line_begin = text + at
        self.unwrapped = False
        self.number = self.place = number + lines[0]
        if self.place_of != NULL and 0 <= self.number < self.n_places:
            self.place = self.place_of[self.number]
        lines[0] += 1
        held = self.doubtful > 0
        end = NULL
        if self.at_once and not held:
            end = _object_line(self, &kind) if self.family == OBJECT else _quoted_line(self, &kind)
        if end == NULL:
            if self.family == BLANKS and not self.wrapped:
                end = blanks_of(text + at, text + size, self.spaces, MOST_WIDTH, &self.n_spaces, &odd)
            else:
                end = line_feed(text + at, text + size, self.odd, &odd)
            self.line_end = end
            if end > self.line_begin and (end - 1)[0] == c'\r':
                self.line_end = end - 1
            kind = UNSURE
            if held:
                self.doubtful -= 1
                if _odd(self) == OPEN:
                    self.doubtful = JOINED
            elif self.wrapped and self.family != PATTERN and not _unwrap(self):
                kind = _uncut(self)
            elif self.line_end - self.line_begin > LONGEST_LINE:
                kind = _uncut(self)
            elif _is_odd(self, odd):
                kind = _cut_held(self) if self.holds else _uncut(self)
            else:
                kind = _cut(self)
        after = end - text + 1
        if kind == OPEN:
            self.doubtful = JOINED
        if kind != SURE or not _count(self):
            _keep(self, at, self.line_end - text)
        at = after
        if kind == HEADER or (held and not self.doubtful):
            return at  # a record over several lines may have been a header, too
    return at


cdef inline bint _is_odd(Fold self, const uint8_t *odd) noexcept nogil:
    """Whether a mark of lines that are not cut here stands in the line, of which ``odd`` is the first; it may stand in the header."""
    return odd < self.line_end and (odd >= self.line_begin or marks(self.line_begin, self.line_end) & self.odd)


cdef inline bint _has_no_room(Fold self) noexcept nogil:
    return (
        self.n_days >= MOST_DAYS - 1
        or self.n_cells >= MOST_CELLS - 1
        or self.n_ways >= MOST_WAYS - 1
        or is_full(&self.hosts)
        or is_full(&self.urls)
        or is_full(&self.ways)
        or is_full(&self.manners)
        or is_full(&self.asides)
        or is_full(&self.actors)
    )


cdef int _keep(Fold self, Py_ssize_t begin, Py_ssize_t end) except -1 nogil:
    cdef int64_t *room
    if self.n_kept == self.kept_room:
        room = <int64_t *>realloc(self.kept, self.kept_room * 8 * sizeof(int64_t))
        if room == NULL:
            with gil:
                raise MemoryError
        self.kept = room
        self.kept_room *= 2
    self.kept[4 * self.n_kept] = self.number
    self.kept[4 * self.n_kept + 1] = begin
    self.kept[4 * self.n_kept + 2] = end
    self.kept[4 * self.n_kept + 3] = self.others_filled
    self.n_kept += 1
    return 0


cdef bint _count(Fold self) except -1 nogil:
    """Count the line at hand; false where the reference has to read it."""
    cdef uint64_t hash = 0
    cdef Entry *entry
    cdef int length, kind
    if not _cut_names(self):
        return False
    if self.by_name and _is_strange(self):
        return _refuse(self)
    if self.in_any_code and has_high(self.line_begin, self.line_end) and not is_utf_8(self.line_begin, self.line_end):
        self.code = ODD_CODE
    if self.answers and not self.n_host:
        return False
    if not self.n_host:
        return _pass_by(self)
    length = _host_key(self)
    if length <= 0:
        return False
    entry = find(&self.hosts, self.key, length, &hash)
    if entry == NULL:
        with gil:
            entry = _ask_name(self, length, hash)
    kind = entry.value & 0xFF
    if kind == REFUSED:
        return _refuse(self)
    if self.answers:
        return False
    if kind == NAMELESS:
        return _pass_by(self)
    if kind == READ:
        return False
    if kind != KNOWN and self.apart:
        length = _url_key(self, entry.value >> 8, kind == BY_URL or _has_shape(self))
        if length < 0:
            return False
        entry = find(&self.urls, self.key, length, &hash)
        if entry == NULL:
            with gil:
                entry = _ask_url(self, length, hash)
        if entry.value & 0xFF == REFUSED:
            return _refuse(self)
        if entry.value & 0xFF != KNOWN:
            return False
    if self.apart:
        return _count_apart(self, entry.value >> 8)
    length = _way_key(self, entry.value >> 8, kind == BY_URL or (kind == BY_SHAPE and _has_shape(self)))
    if length < 0:
        return False
    entry = find(&self.ways, self.key, length, &hash)
    if entry == NULL:
        with gil:
            entry = _ask_way(self, length, hash)
    return _sum(self, <int>(entry.value >> 8), entry.value & 0xFF)
