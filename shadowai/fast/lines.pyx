# cython: language_level=3, boundscheck=True, wraparound=False, initializedcheck=True, cdivision=True, embedsignature=True
"""The compiled fold of a block of log lines: cut into columns, looked up by what decides about them, added up.

It knows no format and no AI service. A *plan* says how a line is cut and which columns decide; a line whose deciding texts were
not met before is shown to the reference, whose answer holds for all lines with the same texts. Whatever is not plain (an odd
quote, a byte that is no ASCII where it matters, a size that is no number) is handed back, for the reference to read.

Rules of this file: a line is read between its own begin and end, and no byte behind its block is looked at; nothing is kept without
a bound; tables are hashed under a seed of their own, so that nobody can choose texts that collide.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memchr, memcmp, memcpy, memset

from os import urandom

cdef extern from "lines.h":
    const uint8_t *json_mark(const uint8_t *at, const uint8_t *end) noexcept nogil
    const uint8_t *text_in(const uint8_t *at, const uint8_t *end, const uint8_t *text, size_t length) noexcept nogil
    const uint8_t *either(const uint8_t *at, const uint8_t *end, uint8_t a, uint8_t b) noexcept nogil
    const int HAS_NUL, HAS_RETURN, HAS_BLANK, HAS_HIGH, HAS_HOLDER
    int marks(const uint8_t *at, const uint8_t *end) noexcept nogil
    const uint8_t *line_feed(const uint8_t *at, const uint8_t *end, int asked, const uint8_t **odd) noexcept nogil
    ctypedef struct byte_set:
        uint8_t members[256]
        int ranges
    const uint8_t *run_of(const byte_set *of, const uint8_t *at, const uint8_t *stop, const uint8_t *limit) noexcept nogil
    void find_ranges(byte_set *of) noexcept nogil
    int spaces(const uint8_t *at, const uint8_t *end, int *places, int most) noexcept nogil
    uint64_t text_hash(const uint8_t *at, size_t length, uint64_t seed) noexcept nogil
    bint same_text(const uint8_t *a, const uint8_t *b, size_t length) noexcept nogil
    size_t breaks(const uint8_t *at, size_t length) noexcept nogil
    void fetch_early(const void *at) noexcept nogil

cdef enum:
    BLANKS = 0
    QUOTED = 1
    TABS = 2
    OBJECT = 3
    W3C = 4
    PAIRS = 5
    CEF = 6
    PATTERN = 7
    PAIRED = 8
    LEEF = 9

    # what a column is to the name
    NAME = 0
    SURE_NAME = 1
    CONDITION = 2
    FORMAT = 3

    SURE = 0
    UNSURE = 1
    OPEN = 2  # a quote is open at the end of the line
    HEADER = 3  # what follows may be read otherwise

    MOST_WORDS = 16
    MOST_SLOTS = 160
    MOST_WIDTH = 512
    MOST_ELEMENTS = 24
    MOST_KEY = 1024
    MOST_NAME = 96
    LONGEST_KEY = 64
    MOST_PAIRS = 128
    MOST_SPELLINGS = 8
    MOST_FIELD = 131_072  # beyond that the reference's reader of quoted values gives up
    GAP = 16  # blanks between two pairs
    MOST_ORDER = 64
    DEEPEST = 16
    JOINED = 64  # lines that a record with a line break in it may run over
    DIGITS = 18
    ORIGINS = 5
    MOST_NAMES = 1 << 17
    MOST_CELLS = 1 << 16
    MOST_WAYS = 1 << 15  # counted apart
    MOST_TOGETHER = 1 << 17  # names with manners
    MOST_MANNERS = 1 << 15
    MOST_ACTORS = 1 << 16
    MOST_TIMES = 1 << 16
    MOST_FIRSTS = 1 << 12
    MOST_DAYS = 1 << 16
    MOST_BYTES = 1 << 24
    FIRST = 1 << 12
    CONFIRMED = 8

    # what a name may be
    REFUSED = 0
    KNOWN = 1
    BY_URL = 2
    READ = 3
    BY_SHAPE = 4  # the URLs decide that hold one of some words; all others are one
    NAMELESS = 5  # there is none

    # what is done with lines that name no host, and whose server's address is of no service
    LOOKED_AT = 0
    PASSED_BY = 1
    SET_ASIDE = 2  # as their manner says

    # what is said of a manner of lines that name no host
    BY_ADDRESS = 1  # a connection that an answer might name
    SIZED = 2  # the size of a connection that another line may name
    SHOWN = 4  # the reference has to read them
    COUNTED = 8  # they are activity
    STOPPED = 16  # which was blocked

    MOST_PLACES = 8
    MOST_ID = 256
    MOST_CUTS = 32
    MOST_ANSWERS = 4
    MOST_ANSWER = 1 << 14
    MOST_ONLY = 4
    PORT_OF_DNS = 53

    # what is told of a cell
    BLOCKED = 1
    HAS_UP = 2
    HAS_DOWN = 4
    TIMED = 8

    MOST_FACTS = 32
    CACHE_LINE = 64
    MOST_ASSUMED = 64
    MOST_PATTERNS = 32

    # what a way of use says of its lines
    PASS = 0
    COUNT = 1
    LEAVE_OUT = 2
    SHOW = 3


cdef int64_t DAY = 86_400_000_000
cdef int64_t NO_TIME = -0x7FFFFFFFFFFFFFFF
cdef int64_t MILLION = 1_000_000

cdef struct Element:
    byte_set bytes
    int least
    int most

cdef struct Only:  # a pattern for a column
    int slots[MOST_SPELLINGS]
    int spellings
    Machine *machine

cdef struct Cut:  # the first group of what is found in a column is one of its own, where all of the others hold
    Only of
    int into
    Only only[MOST_ONLY]
    int conditions

cdef struct Told:  # what a line without a name says of its connection
    int64_t number
    int64_t up
    int64_t down
    int64_t time
    int64_t began
    int length  # of its id
    int server  # of the server's address behind it; 0 where the connection does not wait for a name
    int client  # of the address behind that of who got an answer; 0 where there was none
    int answer[MOST_ANSWERS]  # of what was answered, behind that; -1: nothing there
    int actor
    int64_t assumed  # what the time had to assume; -1: nothing
    bint counted  # whether it is activity, and within the window
    bint has_up
    bint has_down
    bint has_began
    bint blocked
    bint sized  # whether its size is of interest

cdef struct Check:
    int slots[MOST_SPELLINGS]  # of which the first that is there counts
    int spellings
    int elements
    int whole
    int raw  # quotes are part of the text
    int more  # checks behind this one of which one is enough
    Element element[MOST_ELEMENTS]

cdef struct Entry:
    uint64_t hash
    int64_t value
    uint32_t at
    uint16_t length
    int16_t more

cdef struct Table:
    Entry *entries
    uint8_t *text
    size_t mask
    size_t used
    size_t most
    size_t filled
    size_t room  # bytes of text
    uint64_t seed

cdef struct Cell:  # 64 bytes, which one look at the memory brings
    int64_t events
    int64_t bytes_up
    int64_t bytes_down
    int64_t first
    int64_t last
    int64_t sent
    uint32_t facts  # which ones, a bit for each
    int32_t day
    int32_t actor
    int16_t way
    uint8_t origins
    uint8_t told

cdef struct Origins:
    int64_t line[ORIGINS]

cdef struct Way:
    uint8_t kind
    uint8_t blocked


cdef struct Day:
    int32_t cell
    int64_t day
    int64_t sent

cdef struct Pair:
    const uint8_t *key
    const uint8_t *value
    const uint8_t *end
    int size  # of the key


cdef struct Name:
    int deeper  # paths that begin with it
    int slot  # -1: only the beginning of others
    int64_t seen  # the line in which it was met last


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


cdef int put_slots(int *into, slots, int most) except -1:
    """How many ``slots`` there are, which are put in their place; raises ``ValueError`` where there is no room for so many."""
    if len(slots) > most:
        raise ValueError("a plan with too many columns")
    for place, slot in enumerate(slots):
        into[place] = slot
    return len(slots)


cdef int letter(uint8_t byte) noexcept nogil:
    """What a gram knows of a byte: the small letters from 1 on, what parts words, all others."""
    if c'a' <= byte <= c'z':
        return byte - c'a' + 1
    return 27 if byte == c'.' or byte == c'-' else 0


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


include "matcher.pxi"


def breaks_in(bytes data):
    """How many line feeds are in ``data``."""
    return breaks(<const uint8_t *>PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data))


cdef class Fold:
    """Adds up the lines of one file under one plan.

    ``ask`` answers for lines that are shown to it, as bytes. ``name(number, line, place)``: its name is of no AI service (0), of one (1), of
    one whose URLs decide (2), of one whose URLs decide that hold one of the ``words`` (4), there is none (5: see ``nameless``),
    or each such line is to be shown to the reference (3); what it is of is remembered under ``place``. ``way(number, line, place)``: lines
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
    cdef int actor_slots[MOST_SLOTS]
    cdef int n_host, n_actor, n_manner, n_url, n_time, n_up, n_down
    cdef Check *check
    cdef Check *test
    cdef Name *name
    cdef Table hosts, strangers, actors, ways, manners, times, keys, firsts, known
    cdef uint8_t gram[1 << 15]
    cdef tuple words  # keeps the next ones alive
    cdef const char *word[MOST_WORDS]
    cdef size_t word_size[MOST_WORDS]
    cdef int n_words
    cdef uint8_t of_host[256]  # what a host in small letters is made of
    cdef uint8_t of_key[256]  # what the keys of pairs are made of
    cdef int head_slots[6]  # of CEF's header
    cdef bint labels  # whether a label of CEF is asked for
    cdef int row[MOST_SLOTS]  # slots of pairs that have to stand behind one another, -1 between rows
    cdef int n_row
    cdef int absent[MOST_SLOTS]  # slots of which none may be there
    cdef int n_absent
    cdef bint may_be_object[MOST_SLOTS]  # which of them an object may be in the place of
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
    cdef bint sixes  # whether an IPv6 address may be of a service
    cdef const uint8_t *server_at  # the address of the server of the line at hand
    cdef const uint8_t *server_end
    cdef Check *aside_test
    cdef int aside_tests, aside_searches
    cdef list aside_searchers
    cdef Machine *aside_machine[MOST_PATTERNS]
    cdef int aside_slot[MOST_PATTERNS]
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
    cdef list cutters
    cdef Told *told
    cdef Py_ssize_t n_told, told_room
    cdef uint32_t *ranges  # first and last IPv4 addresses, in their order
    cdef int n_ranges
    cdef list matchers  # keeps the next ones alive
    cdef Machine *line_machine  # what every line has to match; NULL: nothing
    cdef Machine *machine[MOST_PATTERNS]
    cdef int n_machines
    cdef list searchers  # as ``matchers``
    cdef Machine *search_machine[MOST_PATTERNS]  # conditions that are patterns
    cdef int search_slot[MOST_PATTERNS]
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
    cdef int most_digits  # in what a header may begin with
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
    cdef uint8_t last_key[MOST_ORDER][MOST_NAME]
    cdef int last_size[MOST_ORDER]
    cdef int last_name[MOST_ORDER]
    cdef int odd  # marks of lines that are not cut here
    cdef const uint8_t *line_begin
    cdef const uint8_t *line_end
    cdef const uint8_t *limit  # the end of the block
    cdef int ahead_of  # which of the hosts was looked ahead for; -1: none
    cdef const uint8_t *ahead
    cdef const uint8_t *ahead_end
    cdef uint64_t ahead_hash
    cdef int64_t number
    # lines to be handed back: number, begin, end
    cdef int64_t *kept
    cdef Py_ssize_t n_kept, kept_room
    cdef long long refused, uncounted, outside, unnamed, connections
    cdef object block

    def __cinit__(self):
        self.kept_room = 1024
        self.kept = <int64_t *>malloc(self.kept_room * 3 * sizeof(int64_t))
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
        free(self.told)
        free(self.name)
        drop(&self.asides)
        drop(&self.heard)
        drop(&self.hosts)
        drop(&self.actors)
        drop(&self.ways)
        drop(&self.manners)
        drop(&self.times)
        drop(&self.keys)
        drop(&self.firsts)
        drop(&self.strangers)
        drop(&self.known)

    def __init__(self, plan, ask, known, since=None, until=None, grams=(), words=(), ranges=(), sixes=True):
        self.ask, self.sixes = ask, sixes
        for byte in b"abcdefghijklmnopqrstuvwxyz0123456789-.":
            self.of_host[<uint8_t>byte] = 1
        for byte in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-" + (b"[]" if plan.family == CEF else b"/"):
            self.of_key[<uint8_t>byte] = 1
        self.by_name = not any(part == FORMAT for _, _, part in plan.host)
        self._take_known(known)
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
        self.epoch = -1
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
        self.wrapped, self.apart, self.most_digits = plan.wrapped, plan.apart, plan.most_digits
        self.odd = HAS_NUL | HAS_RETURN  # what is taken out of a line, or parts it, before it is read
        if self.family == BLANKS or self.family == W3C or self.family == CEF:
            self.odd |= HAS_BLANK | HAS_HIGH
        if plan.programs or plan.line is not None:
            self.odd |= HAS_HIGH
        if self.family == BLANKS:
            self.odd |= HAS_HOLDER
        self.slots = len(plan.columns)
        if self.slots > MOST_SLOTS or self.width >= MOST_WIDTH or max(len(plan.host), len(plan.checks), len(plan.tests), len(plan.row)) > MOST_SLOTS:
            raise ValueError("a plan with too many columns")
        for place in range(MOST_WIDTH):
            self.slot_of[place] = -1
        for place in range(MOST_ORDER):
            self.last_size[place] = -1
        for slot, column in enumerate(plan.columns):
            if column is None:
                self.is_piece[slot] = True
            elif self.family == OBJECT:
                self._want(column, slot)
            elif self.family == PAIRS or self.family == PAIRED or self.family == CEF or self.family == LEEF:
                self._want_key(column, slot)
            elif self.family == PATTERN:
                pass  # its programs know the numbers
            elif column < MOST_WIDTH:  # a line with more columns is not cut here
                self.slot_of[column] = slot
            self.column_of[slot] = column if self.family == BLANKS and column is not None else 0
        self.n_host = len(plan.host)
        for place, (slot, whole, part) in enumerate(plan.host):
            self.host_slots[place], self.host_whole[place], self.host_part[place] = slot, whole, part
        self.n_actor = put_slots(self.actor_slots, plan.actor, MOST_SLOTS)
        self.n_manner = put_slots(self.manner_slots, plan.manner, MOST_SLOTS)
        self.n_url = put_slots(self.url_slots, plan.url, MOST_SLOTS)
        self.n_time = put_slots(self.time_slots, plan.time, MOST_SLOTS)
        self.n_up = put_slots(self.up_slots, plan.bytes_up, MOST_SLOTS)
        self.n_down = put_slots(self.down_slots, plan.bytes_down, MOST_SLOTS)
        self.checks = len(plan.checks)
        for place, (slots, elements, whole, raw, more) in enumerate(plan.checks):
            self._take_check(&self.check[place], slots, elements, whole, raw)
            self.check[place].more = more
        self.tests = len(plan.tests)
        for place, (slots, elements, whole, raw, _) in enumerate(plan.tests):
            self._take_check(&self.test[place], slots, elements, whole, raw)
        self._take_programs(plan.programs, plan.line, plan.searches)
        self._take_ranges(ranges)
        self.n_server = -1 if plan.server is None else put_slots(self.server_slots, plan.server, MOST_SLOTS)
        self.n_client = -1 if plan.client is None else put_slots(self.client_slots, plan.client, MOST_SLOTS)
        self.n_absent = put_slots(self.absent, plan.absent, MOST_SLOTS)
        for slot in plan.lists:
            self.may_be_object[slot] = True
        self.n_answers = len(plan.told)
        for place, slot in enumerate(plan.told):
            self.answer_slots[place], self.may_be_list[slot] = slot, plan.askers is not None
        self.n_askers = -1
        if plan.askers is not None and self.n_answers <= MOST_ANSWERS:
            self.n_askers = put_slots(self.asker_slots, plan.askers, MOST_SLOTS)
        self.n_row = put_slots(self.row, plan.row, MOST_SLOTS)
        if plan.aside is not None:
            self._take_aside(plan.aside)
        self._take_cuts(plan.cuts, plan.name_cuts)

    cdef int _take_aside(self, plan) except -1:
        """Keep where lines without a name tell the id and the size of a connection."""
        if len(plan.id) > MOST_PLACES or max(len(plan.tests), len(plan.searches)) > MOST_PATTERNS:
            raise ValueError("a connection's id with too many parts")
        for byte in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-_{},/":
            self.of_id[<uint8_t>byte] = 1
        self.id_prefix, self.always = plan.prefix, plan.always
        self.places = len(plan.id)
        for place, slots in enumerate(plan.id):
            self.id_spellings[place] = put_slots(self.id_slots[place], slots, MOST_SPELLINGS)
        self.n_port = put_slots(self.port_slots, plan.port, MOST_SPELLINGS)
        self.n_total_up = put_slots(self.total_up_slots, plan.bytes_up, MOST_SPELLINGS)
        self.n_total_down = put_slots(self.total_down_slots, plan.bytes_down, MOST_SPELLINGS)
        self.lasted_ms = plan.lasted_ms
        self.n_lasted = put_slots(self.lasted_slots, plan.lasted, MOST_SPELLINGS)
        self.aside_tests, self.aside_searches = len(plan.tests), len(plan.searches)
        for place, (slots, elements, whole, raw, _) in enumerate(plan.tests):
            self._take_check(&self.aside_test[place], slots, elements, whole, raw)
        self.aside_searchers = [Matcher(program) for _, program in plan.searches]
        for place, (slot, _) in enumerate(plan.searches):
            self.aside_slot[place], self.aside_machine[place] = slot, &(<Matcher>self.aside_searchers[place]).machine
        self.aside = True
        return 0

    cdef int _take_cuts(self, cuts, int name_cuts) except -1:
        """Keep how columns are cut out of others."""
        cdef Cut *cut
        if len(cuts) > MOST_CUTS:
            raise ValueError("a plan with too many pieces")
        self.cutters = []
        self.n_cuts, self.name_cuts = len(cuts), name_cuts
        for place, (slots, program, into, only) in enumerate(cuts):
            cut = &self.cuts[place]
            if len(only) > MOST_ONLY:
                raise ValueError("a piece with too many conditions")
            self._take_only(&cut.of, slots, program)
            cut.into, cut.conditions = into, len(only)
            for each, (held, pattern) in enumerate(only):
                self._take_only(&cut.only[each], held, pattern)
        for place in range(self.n_up):
            self.sizes_cut = self.sizes_cut or self.is_piece[self.up_slots[place]]
        for place in range(self.n_down):
            self.sizes_cut = self.sizes_cut or self.is_piece[self.down_slots[place]]
        return 0

    cdef int _take_only(self, Only *one, slots, program) except -1:
        if not 0 < len(slots) <= MOST_SPELLINGS:
            raise ValueError("a piece of too many columns")
        self.cutters.append(Matcher(program))
        one.machine = &(<Matcher>self.cutters[len(self.cutters) - 1]).machine
        one.spellings = len(slots)
        for place, slot in enumerate(slots):
            one.slots[place] = slot
        return 0

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

    cdef int _take_ranges(self, ranges) except -1:
        """Keep the addresses outside of which none is of a service."""
        self.n_ranges = len(ranges)
        self.ranges = <uint32_t *>malloc((2 * self.n_ranges + 1) * sizeof(uint32_t))
        if self.ranges == NULL:
            raise MemoryError
        for place, (first, last) in enumerate(ranges):
            self.ranges[2 * place], self.ranges[2 * place + 1] = first, last
        return 0

    cdef int _take_known(self, known) except -1:
        """Keep the hosts and parent domains without which a host is of no service."""
        cdef uint64_t hash = 0
        cdef bytes name
        make_table(&self.known, 1 << max(len(known) + 1, 2).bit_length())
        for name in known:
            if len(name) < MOST_KEY and self.known.filled + MOST_KEY < MOST_BYTES:
                find(&self.known, <const uint8_t *>PyBytes_AS_STRING(name), len(name), &hash)
                put(&self.known, <const uint8_t *>PyBytes_AS_STRING(name), len(name), hash, 0)
            else:
                self.by_name = False
        return 0

    cdef int _take_check(self, Check *check, slots, elements, bint whole, bint raw) except -1:
        if len(elements) > MOST_ELEMENTS or not 0 < len(slots) <= MOST_SPELLINGS:
            raise ValueError("a check with too many elements, or columns")
        check.spellings, check.elements, check.whole, check.raw = len(slots), len(elements), whole, raw
        for place, slot in enumerate(slots):
            check.slots[place] = slot
        for place, (members, least, most) in enumerate(elements):
            for byte in members:
                check.element[place].bytes.members[<uint8_t>byte] = 1
            find_ranges(&check.element[place].bytes)
            check.element[place].least, check.element[place].most = least, most
        return 0

    cdef int _take_programs(self, programs, line, searches) except -1:
        if len(programs) > MOST_PATTERNS or len(searches) > MOST_PATTERNS:
            raise ValueError("a plan with too many patterns")
        self.matchers = [Matcher(program) for program in programs]
        self.n_machines = len(programs)
        for place in range(self.n_machines):
            self.machine[place] = &(<Matcher>self.matchers[place]).machine
        if line is not None:
            self.matchers.append(Matcher(line))
            self.line_machine = &(<Matcher>self.matchers[self.n_machines]).machine
        self.searchers = [Matcher(program) for _, program in searches]
        self.searches = len(searches)
        for place, (slot, _) in enumerate(searches):
            self.search_slot[place], self.search_machine[place] = slot, &(<Matcher>self.searchers[place]).machine
        return 0

    cdef int _want(self, bytes path, int slot) except -1:
        """Look for the value under a dotted path, and into what its beginnings name."""
        cdef bytes part
        steps = path.split(b".")
        for count in range(1, len(steps) + 1):
            part = b".".join(steps[:count])
            if len(part) >= MOST_NAME or self.names >= MOST_SLOTS * 4:
                raise ValueError("a plan with too many names")
            self._put_name(part, slot if count == len(steps) else -1)
        return 0

    cdef int _want_key(self, bytes key, int slot) except -1:
        """Look for the value of a pair, or for a part of CEF's header or a custom field by its label."""
        heads = (b"vendor", b"product", b"version", b"class", b"name", b"severity")
        if self.family == LEEF:
            heads = (b"vendor", b"product", b"version", b"id")
        head, _, part = key.partition(b".")
        if (self.family == CEF and head == b"cef") or (self.family == LEEF and head == b"leef"):
            if part in heads:
                self.head_slots[heads.index(part)] = slot
            return 0
        if len(key) >= MOST_NAME or self.names >= MOST_SLOTS * 4:
            raise ValueError("a plan with too many names")
        self.labels = self.labels or (self.family == CEF and key.startswith(b"label."))
        return self._put_name(key, slot)

    cdef int _put_name(self, bytes text, int slot) except -1:
        cdef uint64_t hash = 0
        cdef const uint8_t *raw = <const uint8_t *>PyBytes_AS_STRING(text)
        cdef size_t length = PyBytes_GET_SIZE(text)
        cdef Entry *entry = find(&self.keys, raw, length, &hash)
        if entry == NULL:
            entry = put(&self.keys, raw, length, hash, self.names)
            self.name[self.names].slot = self.name[self.names].seen = -1
            self.name[self.names].deeper = 0
            self.names += 1
        if slot >= 0:
            self.name[entry.value].slot = slot
        else:
            self.name[entry.value].deeper += 1
        return 0

    # -- cutting a line into columns -------------------------------------------------------------------------------------------

    cdef inline void _set(self, int place, const uint8_t *begin, const uint8_t *end) noexcept nogil:
        cdef int slot
        if place < MOST_WIDTH:
            slot = self.slot_of[place]
            if slot >= 0:
                self.begin[slot] = begin
                self.end[slot] = end

    cdef bint _unwrap(self) noexcept nogil:
        """Let the line begin behind its syslog header (RFC 3164, or with a time as RFC 3339 has it); false where that is not plain."""
        cdef const uint8_t *at = self.line_begin
        cdef const uint8_t *stop = self.line_end
        cdef const uint8_t *tag
        cdef int count = 0
        cdef bint dated
        if at < stop and at[0] == c'<':
            at += 1
            while at < stop and c'0' <= at[0] <= c'9' and count < 3:
                at += 1
                count += 1
            if count == 0 or at >= stop or at[0] != c'>':
                return False
            at += 1
        dated = at < stop and c'0' <= at[0] <= c'9'
        at = self._date(at) if dated else self._month(at)
        if at == NULL or at >= stop or at[0] != c' ':
            return False
        at += 1
        if self._is_like(at, b"0000") or self._is_like(at, b"AAA") or self._is_like(at, b"std"):
            return False  # it may be a year, a zone, or a container's stream
        if not self._has_no_host(at):
            at = self._sender(at)
            if at == NULL:
                return False
        tag = at
        while at < stop and at - tag <= LONGEST_KEY and (self._is_word(at[0]) or memchr(b"./()-%", at[0], 6) != NULL):
            at += 1
        if at < stop and at[0] >= 0x80:
            return False
        if tag < at and at - tag <= LONGEST_KEY and at < stop:
            if at[0] == c'[':
                at += 1
                while at < stop and (self._is_word(at[0]) or at[0] == c'.' or at[0] == c':' or at[0] == c'-'):
                    at += 1
                if at < stop and at[0] >= 0x80:
                    return False
                at = at + 1 if at < stop and at[0] == c']' else stop
            if at < stop and at[0] == c':':
                at += 1
                tag = at + 1 if at < stop and (at[0] == c' ' or at[0] == c'\t') else at
        at = tag
        while at < stop:  # what a syslog server has escaped
            at = <const uint8_t *>memchr(at, c'#', stop - at)
            if at == NULL:
                break
            if at + 1 < stop and (at[1] == c'0' or at[1] == c'1'):
                return False
            at += 1
        self.line_begin = tag
        self.unwrapped = True
        return tag < stop

    cdef inline bint _is_word(self, uint8_t byte) noexcept nogil:
        return c'a' <= (byte | 0x20) <= c'z' or c'0' <= byte <= c'9' or byte == c'_'

    cdef bint _is_like(self, const uint8_t *at, const char *shape) noexcept nogil:
        """Whether text is as ``shape`` says: ``0`` is a digit, ``A`` and ``a`` are letters, all others themselves."""
        cdef int place = 0
        while shape[place]:
            if at + place >= self.line_end:
                return False
            if shape[place] == c'0':
                if not c'0' <= at[place] <= c'9':
                    return False
            elif shape[place] == c'A':
                if not c'A' <= at[place] <= c'Z':
                    return False
            elif shape[place] == c'a':
                if not c'a' <= at[place] <= c'z':
                    return False
            elif at[place] != <uint8_t>shape[place]:
                return False
            place += 1
        return True

    cdef const uint8_t *_month(self, const uint8_t *at) noexcept nogil:
        """Where ``Jan  5 08:00:00`` ends."""
        if self._is_like(at, b"Aaa 00 00:00:00") or self._is_like(at, b"Aaa  0 00:00:00"):
            return at + 15
        return at + 14 if self._is_like(at, b"Aaa 0 00:00:00") else NULL

    cdef const uint8_t *_date(self, const uint8_t *at) noexcept nogil:
        """Where ``2026-01-05T08:00:00.123+00:00`` ends."""
        cdef int digits = 0
        if not self._is_like(at, b"0000-00-00T00:00:00"):
            return NULL
        at += 19
        if at < self.line_end and at[0] == c'.':
            at += 1
            while at < self.line_end and c'0' <= at[0] <= c'9':
                at += 1
                digits += 1
            if not 0 < digits <= 9:
                return NULL
        if at < self.line_end and at[0] == c'Z':
            return at + 1
        return at + 6 if self._is_like(at, b"+00:00") or self._is_like(at, b"-00:00") else NULL

    cdef bint _has_no_host(self, const uint8_t *at) noexcept nogil:
        """Whether what stands where the host would is none: it holds what no host does."""
        while at < self.line_end and at[0] > c' ' and at[0] < 0x80:
            if at[0] == c'=' or at[0] == c'|' or at[0] == c',' or at[0] == c'"':
                return True
            at += 1
        return False

    cdef const uint8_t *_sender(self, const uint8_t *at) noexcept nogil:
        """What stands behind the host of a syslog header; ``NULL`` where it may be no host."""
        cdef const uint8_t *host = at
        while at < self.line_end and (self._is_word(at[0]) or at[0] == c'-' or at[0] == c'.'):
            at += 1
        return at + 1 if at > host and at < self.line_end and at[0] == c' ' else NULL

    cdef int _blanks(self) noexcept nogil:
        """Columns between blanks; no quote and no bracket, which may hold blanks."""
        cdef const uint8_t *begin = self.line_begin
        cdef int count, place, slot, column, more = 0, doubled = 0
        cdef int *places = self.spaces
        count = spaces(begin, self.line_end, places, MOST_WIDTH)
        if count == MOST_WIDTH or self.line_end == begin or (self.line_end - 1)[0] == c' ' or places[0] == 0:
            return UNSURE
        places[count] = <int>(self.line_end - begin)
        while more + 1 < count and places[more + 1] == places[more] + 1:
            more += 1
        for place in range(more + 1, count):
            doubled |= places[place] == places[place - 1] + 1
        if doubled or count - more + 1 < self.width:
            return UNSURE  # only what stands behind the time is set in columns
        for slot in range(self.slots):
            column = self.column_of[slot]
            if column == 0:
                self.begin[slot], self.end[slot] = begin, begin + places[0]
            elif column <= count - more:
                self.begin[slot], self.end[slot] = begin + places[column + more - 1] + 1, begin + places[column + more]
        return SURE

    cdef int _w3c(self) noexcept nogil:
        """Columns between single blanks, some in quotes; a line that begins with # is a directive."""
        cdef const uint8_t *at = self.line_begin
        cdef const uint8_t *stop = self.line_end
        cdef const uint8_t *mark
        cdef int place = 0
        if at < stop and at[0] == c'#':
            return HEADER
        while at < stop:
            if at[0] == c'"':
                mark = <const uint8_t *>memchr(at + 1, c'"', stop - at - 1)
                if mark == NULL or mark == at + 1 or (mark + 1 < stop and mark[1] != c' '):
                    return UNSURE
                mark += 1
            else:
                mark = either(at, stop, c' ', c'"')
                if mark == at or (mark < stop and mark[0] == c'"'):
                    return UNSURE
            self._set(place, at, mark)
            place += 1
            if mark == stop:
                break
            at = mark + 1
            if at == stop:
                return UNSURE
        return SURE if place == self.width else UNSURE

    cdef int _tabs(self) noexcept nogil:
        """Columns between single tabs (or another byte)."""
        cdef const uint8_t *at = self.line_begin
        cdef const uint8_t *stop = self.line_end
        cdef const uint8_t *mark
        cdef int place = 0
        if at < stop and at[0] == c'#':
            return HEADER
        while True:
            mark = <const uint8_t *>memchr(at, self.delimiter, stop - at) if at < stop else NULL
            if mark == NULL:
                mark = stop
            self._set(place, at, mark)
            place += 1
            if mark == stop:
                break
            at = mark + 1
        return SURE if place == self.width else UNSURE

    cdef int _quoted(self) except -1 nogil:
        """Comma separated values (RFC 4180): quotes around whole values only, two for one within."""
        cdef const uint8_t *at = self.line_begin
        cdef const uint8_t *stop = self.line_end
        cdef const uint8_t *mark
        cdef int place = 0
        while True:
            if at < stop and at[0] == c'"':
                mark = at + 1
                while True:
                    mark = <const uint8_t *>memchr(mark, c'"', stop - mark) if mark < stop else NULL
                    if mark == NULL:
                        return OPEN
                    if mark + 1 < stop and mark[1] == c'"':
                        mark += 2
                        continue
                    break
                mark += 1
                if mark < stop and mark[0] != self.delimiter:
                    return self._uncut()
            else:
                if at < stop and at[0] == c' ':
                    return self._uncut()
                mark = either(at, stop, self.delimiter, c'"')
                if mark < stop and mark[0] == c'"':
                    return self._uncut()
            if mark - at > MOST_FIELD:
                return self._uncut()
            if place == 0 and self.exact and self._letter(at, mark) and self._begins_header(at, mark):
                return self._uncut()
            self._set(place, at, mark)
            place += 1
            if mark == stop:
                break
            at = mark + 1
        return SURE if place == self.width or (place > self.width and not self.exact) else self._uncut()

    cdef int _uncut(self) noexcept nogil:
        """What a line is of which nothing is looked at: where there are headers, it may be one."""
        cdef const uint8_t *at = self.line_begin
        if self.family != QUOTED and self.family != TABS and self.family != W3C:
            return UNSURE
        if self.family == QUOTED:
            return OPEN if self._odd() == OPEN else HEADER if self.exact else UNSURE
        while at < self.line_end and at[0] == 0:
            at += 1
        return HEADER if at < self.line_end and at[0] == c'#' else UNSURE

    cdef int _odd(self) noexcept nogil:
        """What a line is that cannot be cut here: whether its last quote is open decides about the next lines."""
        cdef const uint8_t *at = self.line_begin
        cdef int quotes = 0
        while at < self.line_end:
            at = <const uint8_t *>memchr(at, c'"', self.line_end - at)
            if at == NULL:
                break
            quotes ^= 1
            at += 1
        return OPEN if quotes else UNSURE

    cdef bint _letter(self, const uint8_t *at, const uint8_t *end) noexcept nogil:
        """Whether a first column begins as a header's would."""
        if at < end and at[0] == c'"':
            at += 1
        if at >= end or at[0] == c'"':
            return self.first == c'"'
        return c'a' <= (at[0] | 0x20) <= c'z' or at[0] >= 0x80 or at[0] == self.first

    cdef int _object(self) noexcept nogil:
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
        at = self._members(at, prefix, 0, 0)
        return SURE if at == self.line_end else UNSURE

    cdef bint _begins_header(self, const uint8_t *at, const uint8_t *end) except -1 nogil:
        """Whether the reference thinks that a row which begins so may be a header; long texts are none of its columns."""
        cdef uint64_t hash = 0
        cdef Entry *entry
        cdef int digits = 0
        cdef const uint8_t *one = at
        if end - at > MOST_NAME:
            return False
        while one < end:
            digits += self._is_digit(one[0])
            one += 1
        if self.family == QUOTED and digits > self.most_digits:
            return False
        entry = find(&self.firsts, at, end - at, &hash)
        if entry != NULL:
            return entry.value != 0
        with gil:
            return self._ask_first(at, end, hash)

    cdef int _pairs(self) noexcept nogil:
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
            behind = key < equal and not self._begins_key(key[0])
            while key < equal and not self._begins_key(key[0]):
                key += 1
            if key == equal:
                at = equal + 1
                continue
            end = self._pair_end(equal + 1)
            if end == NULL:
                return UNSURE
            place = self._name_of(key, <int>(equal - key), prefix, 0, order)
            order += 1
            if place >= 0 and behind:
                return UNSURE  # the format may want its words whole
            if place >= 0 and self.begin[self.name[place].slot] == NULL:
                slot = self.name[place].slot
                self.begin[slot], self.end[slot], self.named[slot] = equal + 1, end, key
            at = end
        return SURE if order and self._in_a_row() else UNSURE

    cdef inline bint _begins_key(self, uint8_t byte) noexcept nogil:
        return c'a' <= (byte | 0x20) <= c'z' or byte == c'_'

    cdef const uint8_t *_pair_end(self, const uint8_t *at) noexcept nogil:
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

    cdef int _patterns(self) noexcept nogil:
        """The groups of the first pattern that matches, in the line as it stands or else behind its syslog header."""
        cdef int taken
        if self._may_be_object():
            return UNSURE
        taken = self._groups()
        if taken == UNSURE and self.wrapped and self._unwrap():
            taken = self._groups()
        return UNSURE if taken == OPEN else taken

    cdef bint _may_be_object(self) noexcept nogil:
        """Whether the line ends as an object does, in which a record would be escaped."""
        cdef const uint8_t *last = self.line_end
        while last > self.line_begin and (last - 1)[0] <= c' ':
            last -= 1
        return last > self.line_begin and (last - 1)[0] == c'}'

    cdef int _paired(self) noexcept nogil:
        """Pairs of a dialect, wherever its pattern finds one; the first of a key counts."""
        cdef Machine *machine = self.machine[0]
        cdef const uint8_t *at = self.line_begin
        cdef const uint8_t *value
        cdef const uint8_t *end
        cdef Entry *entry
        cdef uint64_t hash = 0
        cdef int slot
        if self._may_be_object():
            return UNSURE
        while at <= self.line_end and found(machine, self.line_begin, at, self.line_end):
            value, end = machine.saved[2], machine.saved[3]
            entry = NULL
            if machine.saved[1] - machine.saved[0] < MOST_NAME:
                entry = find(&self.keys, machine.saved[0], machine.saved[1] - machine.saved[0], &hash)
            slot = self.name[entry.value].slot if entry != NULL else -1
            if slot >= 0 and self.begin[slot] == NULL:
                if value < end and (value[0] == c"'" or (value[0] == c'"' and (end - value < 2 or (end - 1)[0] != c'"'))):
                    return UNSURE  # whether that is a quote is for the reference to say
                self.begin[slot], self.end[slot] = value, end
            at = max(machine.behind, at + 1)
        return UNSURE if machine.stuck else SURE

    cdef int _groups(self) noexcept nogil:
        """Take the groups of the first pattern that matches; ``OPEN`` where nobody knows whether one does."""
        cdef Machine *machine
        cdef int place, slot
        if self.line_machine != NULL and not found(self.line_machine, self.line_begin, self.line_begin, self.line_end):
            return OPEN if self.line_machine.stuck else UNSURE
        for place in range(self.n_machines):
            machine = self.machine[place]
            if found(machine, self.line_begin, self.line_begin, self.line_end):
                for slot in range(min(self.slots, machine.n_saved // 2)):
                    if machine.saved[2 * slot] != NULL and machine.saved[2 * slot + 1] != NULL:
                        self.begin[slot], self.end[slot] = machine.saved[2 * slot], machine.saved[2 * slot + 1]
                return SURE
            if machine.stuck:
                return OPEN
        return UNSURE

    cdef bint _in_a_row(self) noexcept nogil:
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

    cdef int _cef(self) except -1 nogil:
        """CEF: six fields behind the version, then pairs whose values may hold blanks."""
        cdef const uint8_t *at = self.line_begin
        cdef const uint8_t *stop = self.line_end
        cdef const uint8_t *begin[6]
        cdef const uint8_t *end[6]
        cdef int place, count = 0
        if at == stop or memchr(at, c'{', stop - at) != NULL or self._is_bare_cef():
            return UNSURE
        at = self._behind(b"CEF:", 4)
        if at == NULL:
            return UNSURE
        while at < stop and c'0' <= at[0] <= c'9':
            at += 1
            count += 1
        if not 0 < count < 3:
            return UNSURE
        for place in range(6):
            if at >= stop or at[0] != c'|':
                return UNSURE
            begin[place] = at + 1
            at = either(at + 1, stop, c'|', c'\\')
            if at < stop and at[0] != c'|':
                return UNSURE
            end[place] = at
        if end[1] - begin[0] > MOST_NAME or self._begins_header(begin[0], end[1]):
            return UNSURE
        count = self._extension(at + 1 if at < stop else stop)
        if count < 0 or (self.labels and not self._take_labels(count)):
            return UNSURE
        return SURE if self._take_head(begin, end, 6) else UNSURE

    cdef const uint8_t *_behind(self, const char *mark, size_t size) noexcept nogil:
        """What stands behind the first of a mark, and behind one blank there; ``NULL`` where it is nowhere."""
        cdef const uint8_t *at = self.line_begin
        cdef const uint8_t *stop = self.line_end
        while True:
            at = <const uint8_t *>memchr(at, mark[0], stop - at) if at < stop else NULL
            if at == NULL or <size_t>(stop - at) < size:
                return NULL
            if memcmp(at, mark, size) == 0:
                break
            at += 1
        at += size
        return at + 1 if at < stop and at[0] == c' ' else at

    cdef bint _take_head(self, const uint8_t **begin, const uint8_t **end, int count) noexcept nogil:
        """Set the fields of the header that are asked for; false where one begins with a quote, which is part of it."""
        cdef int place, slot
        for place in range(count):
            slot = self.head_slots[place]
            if slot >= 0:
                if begin[place] < end[place] and begin[place][0] == c'"':
                    return False
                self.begin[slot], self.end[slot] = begin[place], end[place]
        return True

    cdef int _leef(self) except -1 nogil:
        """LEEF: four fields behind the version, maybe what parts the pairs, then these."""
        cdef const uint8_t *at = self.line_begin
        cdef const uint8_t *stop = self.line_end
        cdef const uint8_t *begin[4]
        cdef const uint8_t *end[4]
        cdef int place, delimiter
        if at == stop or memchr(at, c'{', stop - at) != NULL or self._is_bare_leef() or self._has_written_tab():
            return UNSURE
        at = self._behind(b"LEEF:", 5)
        if at == NULL or stop - at < 4 or not self._is_digit(at[0]) or at[1] != c'.' or not self._is_digit(at[2]) or at[3] != c'|':
            return UNSURE
        at += 3
        for place in range(4):
            begin[place] = at + 1
            at = <const uint8_t *>memchr(at + 1, c'|', stop - at - 1)
            if at == NULL:
                return UNSURE
            end[place] = at
        if end[1] - begin[0] > MOST_NAME or self._begins_header(begin[0], end[1]):
            return UNSURE
        delimiter = self._delimiter(at + 1, &at)
        if delimiter <= 0 or not self._parts(at, <uint8_t>delimiter):
            return UNSURE
        return SURE if self._take_head(begin, end, 4) else UNSURE

    cdef bint _is_bare_leef(self) noexcept nogil:
        """Whether the line may begin with LEEF's version, without its name."""
        cdef const uint8_t *at = self.line_begin
        while at < self.line_end and at[0] <= c' ':
            at += 1
        return at < self.line_end and self._is_digit(at[0]) and at + 1 < self.line_end and at[1] == c'.'

    cdef bint _has_written_tab(self) noexcept nogil:
        """Whether a tab is written as rsyslog writes it."""
        cdef const uint8_t *at = self.line_begin
        while at < self.line_end:
            at = <const uint8_t *>memchr(at, c'#', self.line_end - at)
            if at == NULL:
                return False
            if self.line_end - at >= 4 and memcmp(at, b"#011", 4) == 0:
                return True
            at += 1
        return False

    cdef int _delimiter(self, const uint8_t *at, const uint8_t **rest) noexcept nogil:
        """The byte between two pairs, and where the first begins; -1 where it is none of ASCII, or the sign within a pair."""
        cdef const uint8_t *stop = self.line_end
        cdef const uint8_t *mark = at
        cdef int code = 0, digits = 0
        rest[0] = at
        if at < stop and at[0] == c'|':
            rest[0] = at + 1
            return c'\t'
        if stop - at >= 2 and at[1] == c'|' and not self._is_word(at[0]):
            rest[0] = at + 2
            return at[0] if at[0] < 0x80 and at[0] != c'=' else -1
        if mark < stop and mark[0] == c'0':
            mark += 1
        if mark < stop and mark[0] == c'x':
            mark += 1
            while mark < stop and digits < 5 and (self._is_digit(mark[0]) or c'a' <= (mark[0] | 0x20) <= c'f'):
                code = code * 16 + (mark[0] - c'0' if self._is_digit(mark[0]) else (mark[0] | 0x20) - c'a' + 10)
                digits += 1
                mark += 1
            if 0 < digits < 5 and mark < stop and mark[0] == c'|':
                rest[0] = mark + 1
                return code if 0 < code < 0x80 and code != c'=' else -1
        return c'\t' if at == stop or at[0] < 0x80 else -1

    cdef bint _parts(self, const uint8_t *at, uint8_t delimiter) noexcept nogil:
        """Set the pairs, of which the first of a key counts; false where they are not plain, or nothing parts them."""
        cdef const uint8_t *stop = self.line_end
        cdef const uint8_t *end
        cdef const uint8_t *equal
        cdef const uint8_t *last
        cdef uint8_t prefix[MOST_NAME]
        cdef int place, slot, order = 0
        if at >= stop or memchr(at, delimiter, stop - at) == NULL:
            return False
        while at < stop:
            end = <const uint8_t *>memchr(at, delimiter, stop - at)
            if end == NULL:
                end = stop
            equal = <const uint8_t *>memchr(at, c'=', end - at) if at < end else NULL
            if equal != NULL:
                last = equal
                while at < last and at[0] == c' ':
                    at += 1
                while last > at and (last - 1)[0] == c' ':
                    last -= 1
                if at < last and not (c' ' < at[0] < 0x7F and c' ' < (last - 1)[0] < 0x7F):
                    return False
                place = self._name_of(at, <int>min(last - at, MOST_NAME), prefix, 0, order)
                order += 1
                if place >= 0 and self.begin[self.name[place].slot] == NULL:
                    slot = self.name[place].slot
                    if equal + 1 < end and equal[1] == c'"':
                        return False  # a quote that is part of the value
                    self.begin[slot], self.end[slot] = equal + 1, end
            at = end + 1
        return True

    cdef bint _is_bare_cef(self) noexcept nogil:
        """Whether the line may begin with CEF's version, without its name."""
        cdef const uint8_t *at = self.line_begin
        cdef int count = 0
        while at < self.line_end and at[0] == c' ' and count < 8:
            at += 1
            count += 1
        count = 0
        while at < self.line_end and c'0' <= at[0] <= c'9' and count < 2:
            at += 1
            count += 1
        return count > 0 and at < self.line_end and at[0] == c'|'

    cdef int _extension(self, const uint8_t *at) noexcept nogil:
        """The pairs of CEF's extension, and how many; -1 where they are not plain. A value ends before blanks with a key behind them."""
        cdef const uint8_t *stop = self.line_end
        cdef Pair *pair
        cdef int place, slot, count = 0
        cdef uint8_t prefix[MOST_NAME]
        while at < stop and at[0] == c' ':
            at += 1
        while at < stop:
            if count == MOST_PAIRS:
                return -1
            pair = &self.pair[count]
            pair.key = at
            while at < stop and self.of_key[at[0]]:
                at += 1
            pair.size = <int>(at - pair.key)
            if at >= stop or at[0] != c'=' or pair.size == 0 or pair.size > LONGEST_KEY or memchr(b".-[]", pair.key[0], 4) != NULL:
                return -1
            if (pair.size > 4 and memcmp(pair.key, b"cef.", 4) == 0) or (pair.size > 6 and memcmp(pair.key, b"label.", 6) == 0):
                return -1
            pair.value = at + 1
            at = self._value_end(at + 1, &pair.end)
            if at == NULL:
                return -1
            place = self._name_of(pair.key, pair.size, prefix, 0, count)
            count += 1
            if place >= 0 and self.begin[self.name[place].slot] == NULL:
                slot = self.name[place].slot
                if self._is_in_quotes(pair):
                    return -1
                self.begin[slot], self.end[slot] = pair.value, pair.end
        return count

    cdef inline bint _is_in_quotes(self, const Pair *pair) noexcept nogil:
        """Whether a value begins with a quote, which is part of it in CEF and not elsewhere."""
        return pair.value < pair.end and pair.value[0] == c'"'

    cdef const uint8_t *_value_end(self, const uint8_t *at, const uint8_t **end) noexcept nogil:
        """Where the next key begins, or the line's end; ``end`` is where the value ends."""
        cdef const uint8_t *stop = self.line_end
        cdef const uint8_t *blank
        cdef const uint8_t *key
        while True:
            blank = <const uint8_t *>memchr(at, c' ', stop - at) if at < stop else NULL
            if blank == NULL:
                end[0] = stop
                return stop
            at = blank
            while at < stop and at[0] == c' ':
                at += 1
            key = at
            if at == stop:
                end[0] = blank
                return stop if stop - blank <= GAP else NULL
            if c'a' <= (at[0] | 0x20) <= c'z':
                while at < stop and at - key <= LONGEST_KEY and self.of_key[at[0]]:
                    at += 1
                if at < stop and at[0] == c'=' and at - key <= LONGEST_KEY:
                    end[0] = blank
                    return key if key - blank <= GAP else NULL

    cdef bint _take_labels(self, int count) noexcept nogil:
        """Set the custom fields that are asked for by their labels: the last of a label counts, and of its field the first."""
        cdef uint8_t name[MOST_NAME]
        cdef uint64_t hash = 0
        cdef Pair *pair
        cdef Pair *base
        cdef Entry *entry
        cdef const uint8_t *begin
        cdef const uint8_t *end
        cdef int place = count - 1, other, slot
        memcpy(name, b"label.", 6)
        while place >= 0:
            pair = &self.pair[place]
            place -= 1
            if pair.size <= 5 or memcmp(pair.key + pair.size - 5, b"Label", 5) != 0:
                continue
            begin, end = pair.value, pair.end
            while begin < end and begin[0] == c' ':
                begin += 1
            while end > begin and (end - 1)[0] == c' ':
                end -= 1
            if end - begin > MOST_NAME - 8:
                continue
            if end > begin:
                memcpy(name + 6, begin, end - begin)
            entry = find(&self.keys, name, 6 + (end - begin), &hash)
            if entry == NULL:
                continue
            slot = self.name[entry.value].slot
            for other in range(count):
                base = &self.pair[other]
                if base.size == pair.size - 5 and memcmp(base.key, pair.key, base.size) == 0:
                    if self._is_in_quotes(base):
                        return False
                    if self.begin[slot] == NULL:
                        self.begin[slot], self.end[slot] = base.value, base.end
                    break
        return True

    cdef const uint8_t *_members(self, const uint8_t *at, uint8_t *prefix, int length, int depth) noexcept nogil:
        """Where an object ends that begins at ``at``; ``NULL`` where it is not sure to be one. ``prefix`` is the path to its members."""
        cdef const uint8_t *stop = self.line_end
        cdef const uint8_t *key
        cdef const uint8_t *begin
        cdef int size, wanted, deeper, place, order = 0
        if depth >= DEEPEST:
            return NULL
        at = self._space(at + 1)
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
            place = self._name_of(key, size, prefix, length, order)
            order += 1
            if place >= 0:
                wanted = self.name[place].slot
                deeper = self.name[place].deeper
                if self.name[place].seen == self.number:
                    return NULL  # said twice
                self.name[place].seen = self.number
            at = self._space(at + 1)
            if at >= stop or at[0] != c':':
                return NULL
            at = begin = self._space(at + 1)
            if at >= stop:
                return NULL
            if deeper:
                if at[0] == c'[' or (at[0] == c'"' and at + 1 < stop and (at[1] == c'{' or at[1] == c'[' or at[1] == c'\\')):
                    return NULL  # a list's places and JSON within text can be asked for too
                if at[0] == c'{':
                    memcpy(prefix + length, key, size)
                    prefix[length + size] = c'.'
                    at = self._members(at, prefix, length + size + 1, depth + 1)
                else:
                    at = self._value(at, depth)
            else:
                at = self._value(at, depth)
            if at == NULL:
                return NULL
            if wanted >= 0:
                if not self.may_be_list[wanted] and (begin[0] == c'[' or (begin[0] == c'{' and not self.may_be_object[wanted])):
                    return NULL  # no text
                if begin[0] != c'n' and (begin[0] != c'{' or self.may_be_list[wanted]):  # null is no value
                    self.begin[wanted] = begin
                    self.end[wanted] = at
            at = self._space(at)
            if at >= stop:
                return NULL
            if at[0] == c'}':
                return at + 1
            if at[0] != c',':
                return NULL
            at = self._space(at + 1)

    cdef int _name_of(self, const uint8_t *key, int size, uint8_t *prefix, int length, int order) noexcept nogil:
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

    cdef const uint8_t *_value(self, const uint8_t *at, int depth) noexcept nogil:
        """Where a value ends; ``NULL`` where it is not sure to be one."""
        cdef const uint8_t *stop = self.line_end
        cdef uint8_t first = at[0]
        if first == c'"':
            return self._string(at)
        if first == c'{':
            return self._members(at, self.key, -1, depth + 1)
        if first == c'[':
            return self._list(at, depth)
        if first == c't':
            return at + 4 if stop - at >= 4 and memcmp(at, b"true", 4) == 0 else NULL
        if first == c'f':
            return at + 5 if stop - at >= 5 and memcmp(at, b"false", 5) == 0 else NULL
        if first == c'n':
            return at + 4 if stop - at >= 4 and memcmp(at, b"null", 4) == 0 else NULL
        return self._numeral(at)

    cdef const uint8_t *_list(self, const uint8_t *at, int depth) noexcept nogil:
        cdef const uint8_t *stop = self.line_end
        if depth >= DEEPEST:
            return NULL
        at = self._space(at + 1)
        if at < stop and at[0] == c']':
            return at + 1
        while at < stop:
            at = self._value(at, depth + 1)
            if at == NULL:
                return NULL
            at = self._space(at)
            if at >= stop:
                return NULL
            if at[0] == c']':
                return at + 1
            if at[0] != c',':
                return NULL
            at = self._space(at + 1)
        return NULL

    cdef const uint8_t *_string(self, const uint8_t *at) noexcept nogil:
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

    cdef const uint8_t *_numeral(self, const uint8_t *at) noexcept nogil:
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

    cdef inline const uint8_t *_space(self, const uint8_t *at) noexcept nogil:
        while at < self.line_end and (at[0] == c' ' or at[0] == c'\t'):
            at += 1
        return at

    cdef int _cut(self) except -1 nogil:
        cdef int taken
        memset(self.begin, 0, self.slots * sizeof(const uint8_t *))
        self.ahead_of = -1
        self.cut_out = 0
        if self.family == OBJECT:
            taken = self._object()
        elif self.family == QUOTED:
            taken = self._quoted()
        elif self.family == TABS:
            taken = self._tabs()
        elif self.family == W3C:
            taken = self._w3c()
        elif self.family == PAIRS:
            taken = self._pairs()
        elif self.family == CEF:
            taken = self._cef()
        elif self.family == LEEF:
            taken = self._leef()
        elif self.family == PATTERN:
            taken = self._patterns()
            return UNSURE if taken == SURE and not self._is_whole() else taken
        elif self.family == PAIRED:
            taken = self._paired()
        else:
            taken = self._blanks()
        if taken != SURE:
            return taken
        self._look_ahead()
        return SURE if self._is_whole() and self._checked() and self._looks_like_one() else UNSURE

    cdef inline bint _is_whole(self) noexcept nogil:
        """Whether nothing is there that is not gone into."""
        cdef int place
        cdef const uint8_t *at
        cdef const uint8_t *end
        self.answers = False
        for place in range(self.n_answers):
            if self._inner(self.answer_slots[place], &at, &end) and not (at == end or (end - at == 1 and at[0] == c'-')):
                if self.n_askers < 0:
                    return False
                self.answers = True
        for place in range(self.n_absent):
            if self.begin[self.absent[place]] != NULL:
                return False
        return True

    cdef bint _looks_like_one(self) noexcept nogil:
        """Whether the line is as every line of the format is."""
        cdef Machine *machine = self.line_machine
        return machine == NULL or found(machine, self.line_begin, self.line_begin, self.line_end)

    cdef bint _checked(self) noexcept nogil:
        """Whether of each check, or group of checks, one holds."""
        cdef int place = 0, last
        cdef bint held
        while place < self.checks:
            last = place + self.check[place].more
            held = False
            while place <= last:
                held = held or self._holds(&self.check[place])
                place += 1
            if not held:
                return False
        return True

    cdef bint _holds(self, const Check *check) noexcept nogil:
        """Whether a column is as the plan asks."""
        cdef const uint8_t *at
        cdef const uint8_t *end
        cdef int slot = self._spelt(check)
        if not self._inner(slot, &at, &end):
            return False
        if check.raw:
            at, end = self.begin[slot], self.end[slot]
        if check.elements and self._is_escaped(at, end):
            return False
        return self._fits(check, at, end)

    cdef int _tests(self, int length) noexcept nogil:
        """Put into the key which conditions hold; -1 where one is about text that the reference reads otherwise."""
        return self._conditions(length, self.test, self.tests, self.search_machine, self.search_slot, self.searches)

    cdef int _conditions(
        self, int length, const Check *test, int tests, Machine **machine, const int *slot, int searches
    ) noexcept nogil:
        cdef const uint8_t *at
        cdef const uint8_t *end
        cdef int place
        if length < 0 or length + tests + searches > MOST_KEY:
            return -1
        for place in range(tests):
            if not self._text(self._spelt(&test[place]), &at, &end):
                return -1
            self.key[length + place] = self._fits(&test[place], at, end)
        length += tests
        for place in range(searches):
            if not self._text(slot[place], &at, &end):
                return -1
            self.key[length + place] = found(machine[place], at, at, end)
            if machine[place].stuck:
                return -1
        return length + searches

    cdef inline int _spelt(self, const Check *check) noexcept nogil:
        return self._first_there(check.slots, check.spellings)

    cdef inline int _first_there(self, const int *slots, int count) noexcept nogil:
        """The first of some columns that is there, else the last."""
        cdef int spelling = 0
        while self.begin[slots[spelling]] == NULL and spelling + 1 < count:
            spelling += 1
        return slots[spelling]

    cdef bint _cut_pieces(self, int count) noexcept nogil:
        """Cut out the first so many columns that are pieces of others; false where one is of text that the reference reads otherwise."""
        cdef Cut *cut
        cdef Machine *machine
        cdef int place, each, held
        for place in range(self.cut_out, count):
            cut = &self.cuts[place]
            held = 1
            for each in range(cut.conditions):
                held = self._has(&cut.only[each])
                if held <= 0:
                    break
            if held > 0:
                held = self._has(&cut.of)
            if held < 0:
                return False
            machine = cut.of.machine
            if held and machine.n_saved == 2 and machine.saved[0] != NULL and machine.saved[1] != NULL:
                self.begin[cut.into], self.end[cut.into] = machine.saved[0], machine.saved[1]
        self.cut_out = max(self.cut_out, count)
        return True

    cdef int _has(self, Only *one) noexcept nogil:
        """Whether a pattern is found in a column; -1 where the reference has to say."""
        cdef const uint8_t *at
        cdef const uint8_t *end
        if not self._text(self._first_there(one.slots, one.spellings), &at, &end):
            return -1
        if found(one.machine, at, at, end):
            return 1
        return -1 if one.machine.stuck else 0

    cdef bint _text(self, int slot, const uint8_t **at, const uint8_t **end) noexcept nogil:
        """The text of a column that a condition is about, empty where it has none; false where the reference reads it otherwise."""
        cdef const uint8_t *raw = self.begin[slot]
        if not self._inner(slot, at, end):
            at[0] = end[0] = self.line_begin
            return True
        if self.family == OBJECT and raw[0] != c'"':
            return self._is_own(raw, self.end[slot])
        if marks(at[0], end[0]) & (HAS_HIGH if self.family == OBJECT or self.family == PATTERN else HAS_HIGH | HAS_HOLDER):
            return False
        return not self._is_escaped(at[0], end[0])

    cdef bint _is_own(self, const uint8_t *at, const uint8_t *end) noexcept nogil:
        """Whether a value of JSON that is no text is written as the reference writes it: a word, or a whole number."""
        if c'a' <= at[0] <= c'z':
            return True
        while at < end:
            if not self._is_digit(at[0]):
                return False
            at += 1
        return True

    cdef inline bint _is_escaped(self, const uint8_t *at, const uint8_t *end) noexcept nogil:
        """Whether a value may be another text to the reference."""
        return (
            (self.family == PAIRS or self.family == PAIRED or self.family == CEF or self.family == LEEF or self.family == OBJECT or self.family == TABS)
            and at < end and memchr(at, c'\\', end - at) != NULL
        )

    cdef bint _fits(self, const Check *check, const uint8_t *at, const uint8_t *end) noexcept nogil:
        """So many bytes of these, then so many of those, as many as there are."""
        cdef const Element *element = check.element
        cdef const Element *last = element + check.elements
        cdef const uint8_t *begin
        cdef const uint8_t *stop
        while element < last:
            begin = at
            stop = at + element.most if element.most < end - at else end
            at = run_of(&element.bytes, at, stop, self.limit)
            if at - begin < element.least:
                return False
            element += 1
        return at == end or not check.whole

    cdef inline bint _inner(self, int slot, const uint8_t **begin, const uint8_t **end) noexcept nogil:
        """The text of a column without its quotes; false where it has none."""
        begin[0], end[0] = self.begin[slot], self.end[slot]
        if begin[0] == NULL:
            return False
        if self.family != PATTERN and self.family != TABS and end[0] - begin[0] >= 2 and begin[0][0] == c'"' and not self.is_piece[slot]:
            begin[0] += 1
            end[0] -= 1
        return True

    # -- what decides ----------------------------------------------------------------------------------------------------------

    cdef int _add(self, int length, const uint8_t *begin, const uint8_t *end, uint8_t mark) noexcept nogil:
        """Put a column into the key; -1 where it has no room."""
        cdef Py_ssize_t size = end - begin if begin != NULL else 0
        if length < 0 or length + size + 4 > MOST_KEY:
            return -1
        if size:  # of a column that is not there not even nothing may be copied
            memcpy(self.key + length, begin, size)
        length += <int>size
        self.key[length] = 1 if begin != NULL else 0
        self.key[length + 1] = mark
        self.key[length + 2] = <uint8_t>(size & 0xFF)
        self.key[length + 3] = <uint8_t>(size >> 8)
        return length + 4

    cdef int _host_key(self) noexcept nogil:
        """The texts that decide the name: whole, or up to the path, of which is said that there is one."""
        cdef int length = 0, place, slot
        cdef const uint8_t *begin
        cdef const uint8_t *end
        cdef const uint8_t *cut
        for place in range(self.n_host):
            slot = self.host_slots[place]
            self._inner(slot, &begin, &end)
            cut = end
            if begin != NULL and not self.host_whole[place]:
                cut = self._authority(begin, end)
            length = self._add(length, begin, cut, 1 if cut < end else 0)
            if length < 0:
                return -1
        return length

    cdef const uint8_t *_authority(self, const uint8_t *begin, const uint8_t *end) noexcept nogil:
        """Where the path of a URL or of a host with a path begins; ``end`` where it is better taken whole."""
        cdef const uint8_t *at
        if self._is_path(begin, end):
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

    cdef void _look_ahead(self) noexcept nogil:
        """Let the memory bring what is known of the line's host while its columns are checked."""
        cdef int place
        if not self.by_name:
            return
        for place in range(self.n_host):
            if self._named(place, &self.ahead, &self.ahead_end):
                if self._bare(&self.ahead, &self.ahead_end):
                    self.ahead_of = place
                    self.ahead_hash = hash_in(&self.strangers, self.ahead, self._length(self.ahead, self.ahead_end))
                    fetch_early(&self.strangers.entries[(self.ahead_hash >> 1) & self.strangers.mask])
                return

    cdef inline bint _named(self, int place, const uint8_t **begin, const uint8_t **end) noexcept nogil:
        """Whether a column names a host, if in a URL."""
        if self.host_part[place] == CONDITION or not self._inner(self.host_slots[place], begin, end):
            return False
        return not (begin[0] == end[0] or (end[0] - begin[0] == 1 and begin[0][0] == c'-') or self._is_path(begin[0], end[0]))

    cdef bint _is_strange(self) except -1 nogil:
        """Whether the line names a host for sure, and all its names are plain and of no service."""
        cdef int place
        cdef bint named = False
        cdef const uint8_t *at
        cdef const uint8_t *end
        cdef const uint8_t *last = NULL
        cdef Py_ssize_t length = 0
        cdef uint64_t hash = 0
        for place in range(self.n_host):
            if place == self.ahead_of:
                at, end, hash = self.ahead, self.ahead_end, self.ahead_hash
            elif not self._named(place, &at, &end):
                continue
            elif not self._bare(&at, &end):
                return False
            else:
                hash = 0
            if last == NULL or end - at != length or not same_text(at, last, length):
                if not self._is_stranger(at, end, hash):
                    return False
                last, length = at, end - at
            named = named or self.host_part[place] == SURE_NAME
        return named

    cdef bint _bare(self, const uint8_t **begin, const uint8_t **end) noexcept nogil:
        """Reduces a URL, ``host:port`` or host to the host; false where that is not in small letters, or something else stands around it."""
        cdef const uint8_t *at = begin[0]
        cdef const uint8_t *stop = end[0]
        if stop - at > 8 and at[0] == c'h' and memcmp(at, b"http", 4) == 0:
            if memcmp(at + 4, b"://", 3) == 0:
                at += 7
            elif memcmp(at + 4, b"s://", 4) == 0:
                at += 8
        begin[0] = at
        while at < stop and self.of_host[at[0]]:
            at += 1
        end[0] = at
        return self._ends(at, stop)

    cdef inline Py_ssize_t _length(self, const uint8_t *at, const uint8_t *end) noexcept nogil:
        """Of a host, without the dot that DNS writes behind a whole name."""
        return end - at - 1 if end - at > 1 and (end - 1)[0] == c'.' else end - at

    cdef bint _is_stranger(self, const uint8_t *at, const uint8_t *end, uint64_t hash) except -1 nogil:
        """Whether a host is neither an address nor of a service; remembered, while there is room. ``hash`` is 0 where it is not known."""
        cdef Py_ssize_t length = self._length(at, end)
        cdef Entry *entry
        cdef bint found
        if not 0 < length <= MOST_NAME:
            return False
        if not hash:
            hash = hash_in(&self.strangers, at, length)
        entry = find_hashed(&self.strangers, at, length, hash)
        if entry != NULL:
            return entry.value != 0
        found = self._is_plain(at, at + length)
        if is_full(&self.strangers):
            clear(&self.strangers)
        put(&self.strangers, at, length, hash, found)
        return found

    cdef bint _is_plain(self, const uint8_t *name, const uint8_t *end) noexcept nogil:
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

    cdef bint _ends(self, const uint8_t *at, const uint8_t *end) noexcept nogil:
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

    cdef bint _is_path(self, const uint8_t *at, const uint8_t *end) noexcept nogil:
        """Whether a text is a path alone, in which there is no host; JSON may escape its slash."""
        if at < end and self.family == OBJECT and at[0] == c'\\':
            at += 1
        return at < end and at[0] == c'/' and (at + 1 == end or (at[1] != c'/' and at[1] != c'\\'))

    cdef int _actor_key(self) noexcept nogil:
        cdef int length = 0, place, slot
        if not self._cut_pieces(self.n_cuts):
            return -1
        for place in range(self.n_actor):
            slot = self.actor_slots[place]
            length = self._add(length, self.begin[slot], self.end[slot], 0)
            if length < 0:
                return -1
        return length

    cdef int _manner_key(self, int length) noexcept nogil:
        """Put what decides the manner behind ``length`` bytes of the key; -1 where it has no room, or is not plain."""
        cdef int place, slot
        if not self._cut_pieces(self.n_cuts):
            return -1
        length = self._tests(length)
        for place in range(self.n_manner):
            slot = self.manner_slots[place]
            length = self._add(length, self.begin[slot], self.end[slot], 0)
        return length

    cdef int _way_key(self, int64_t name, bint by_url) noexcept nogil:
        cdef int length, place, slot
        cdef const uint8_t *end
        cdef const uint8_t *query
        memcpy(self.key, &name, 8)
        length = self._manner_key(8)
        if by_url and length >= 0:
            for place in range(self.n_url):
                slot = self.url_slots[place]
                end = self.end[slot]
                if self.begin[slot] != NULL:
                    query = <const uint8_t *>memchr(self.begin[slot], c'?', end - self.begin[slot])
                    end = query if query != NULL else end
                length = self._add(length, self.begin[slot], end, 0)
                if length < 0:
                    return -1
        return length

    cdef bint _has_shape(self) noexcept nogil:
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

    # -- numbers and times -----------------------------------------------------------------------------------------------------

    cdef int _size(self, const int *slots, int count, int64_t *value) noexcept nogil:
        """1 and a size, 0 where there is none, -1 where the reference has to say."""
        cdef const uint8_t *at
        cdef const uint8_t *end
        cdef int place
        cdef int64_t found
        for place in range(count):
            if not self._inner(slots[place], &at, &end) or at == end or (end - at == 1 and at[0] == c'-'):
                continue
            if end - at > DIGITS:
                return -1
            found = 0
            while at < end:
                if not c'0' <= at[0] <= c'9':
                    return -1
                found = found * 10 + (at[0] - c'0')
                at += 1
            value[0] = found
            return 1
        return 0

    cdef int _when(self, int64_t *value) except -2 nogil:
        """1 and the time of the line (µs), 0 where the reference has to say. Texts that differ in the seconds of their clock, or in a
        fraction of one, are asked for once."""
        cdef int length, slot = self._only_time()
        cdef int64_t offset = 0, seconds = -1, since_epoch = 0
        cdef Py_ssize_t digits = self._since_epoch(&since_epoch)
        cdef const uint8_t *second = NULL
        cdef Entry *entry
        cdef uint64_t hash = 0
        self.last_assumed = -1
        if digits and self.first_sure == digits:
            value[0] = since_epoch
            return 1
        if slot >= 0:
            length = self._time_key(slot, &offset, &second, &seconds)
            if seconds >= 0 and self.epoch == slot:
                value[0] = seconds * MILLION + offset
                return 1
        else:
            length = self._times_key(&second)
        if length <= 0 or length >= MOST_KEY:
            return 0
        if second != NULL:
            offset += ((second[0] - c'0') * 10 + second[1] - c'0') * MILLION
        entry = find(&self.times, self.key, length, &hash)
        if entry == NULL:
            with gil:
                entry = self._ask_time(length, hash, offset, second[1] if second != NULL else 0)
            if seconds >= 0 and entry.value == seconds * MILLION:
                self.epoch = slot
            if digits:
                self.first_sure = digits if entry.value + offset == since_epoch else 0
        elif second != NULL and self.confirmed < CONFIRMED and self.times.text[entry.at + entry.length] != second[1]:
            with gil:
                return self._confirm_time(entry, offset, value)
        elif entry.more >= 0 and not self.uncounted_time:
            self._assume(entry.more)
        self.last_assumed = entry.more
        if entry.value == NO_TIME:
            return 0
        value[0] = entry.value + offset
        return 1

    cdef Py_ssize_t _since_epoch(self, int64_t *value) noexcept nogil:
        """The digits of the column that tells the time before all others, and the time (µs), where it may be a whole number of seconds,
        milli-, micro- or nanoseconds since the epoch; 0 where it is none."""
        cdef const uint8_t *at
        cdef const uint8_t *end
        cdef Py_ssize_t size
        if self.first_time < 0 or not self._inner(self.first_time, &at, &end):
            return 0
        size = end - at
        if (size != 10 and size != 13 and size != 16 and size != 19) or at[0] != c'1':
            return 0
        while at < end:
            if not self._is_digit(at[0]):
                return 0
            value[0] = value[0] * 10 + (at[0] - c'0')
            at += 1
        if size == 10:
            value[0] *= MILLION
        elif size == 13:
            value[0] *= 1000
        elif size == 19:
            value[0] //= 1000
        return size

    cdef int _assume(self, int16_t what) except -1 nogil:
        if what < MOST_ASSUMED:
            self.assumed[what] += 1
        else:
            with gil:
                self.assumed_more[what] = self.assumed_more.get(what, 0) + 1
        return 0

    cdef int _time_key(self, int slot, int64_t *fraction, const uint8_t **second, int64_t *seconds) noexcept nogil:
        """Make a column the key of its time, but for the seconds of its clock and their fraction (µs). ``seconds`` are those since the
        epoch where it may be such a number, else they stay."""
        cdef const uint8_t *at
        cdef const uint8_t *end
        cdef const uint8_t *point
        cdef const uint8_t *rest
        cdef int digits = 0, length
        self._inner(slot, &at, &end)
        rest = end
        point = self._point(at, end)
        if point != NULL:
            while point + digits + 1 < end and c'0' <= point[digits + 1] <= c'9':
                fraction[0] = fraction[0] * 10 + (point[digits + 1] - c'0')
                digits += 1
            rest = point + digits + 1
            while digits < 6:
                fraction[0] *= 10
                digits += 1
            if point - at == 10 and rest == end and at[0] == c'1':
                seconds[0] = self._digits(at, point)
                return self._add(self._add(0, at, point, 2), rest, end, <uint8_t>(slot + 4))
        second[0] = self._second(at, end)
        if second[0] != NULL and point != NULL and second[0] + 2 != point:
            second[0] = NULL
        if second[0] == NULL:
            length = self._add(0, at, point if point != NULL else end, 2 if point != NULL else 0)
        else:
            length = self._add(0, at, second[0], 3 if point != NULL else 1)
            if point == NULL:
                rest = second[0] + 2
        return self._add(length, rest, end, <uint8_t>(slot + 4))

    cdef int _times_key(self, const uint8_t **second) noexcept nogil:
        """Make all columns that may tell the time its key, but for the seconds of the only clock among them."""
        cdef const uint8_t *begin
        cdef const uint8_t *end
        cdef const uint8_t *found
        cdef int place, clock = -1, clocks = 0, length = 0
        for place in range(self.n_time):
            begin, end = self.begin[self.time_slots[place]], self.end[self.time_slots[place]]
            found = self._second(begin, end) if begin != NULL else NULL
            if found != NULL:
                second[0], clock = found, place
                clocks += 1
        if clocks != 1:
            second[0], clock = NULL, -1
        for place in range(self.n_time):
            begin, end = self.begin[self.time_slots[place]], self.end[self.time_slots[place]]
            if place == clock:
                length = self._add(self._add(length, begin, second[0], 2), second[0] + 2, end, 1)
            else:
                length = self._add(length, begin, end, 1)
        return length

    cdef const uint8_t *_second(self, const uint8_t *begin, const uint8_t *end) noexcept nogil:
        """The seconds of the only clock (``00:00:00``) in a text; ``NULL`` where there is none, or more than one, or where seconds were
        found not to add up."""
        cdef const uint8_t *at = begin
        cdef const uint8_t *found = NULL
        if self.confirmed < 0:
            return NULL
        while at < end:
            at = <const uint8_t *>memchr(at, c':', end - at)
            if at == NULL:
                break
            if (
                at - begin >= 2 and end - at >= 6 and at[3] == c':'
                and self._is_digit(at[-2]) and self._is_digit(at[-1]) and self._is_digit(at[1]) and self._is_digit(at[2])
                and c'0' <= at[4] <= c'5' and self._is_digit(at[5])
                and not (at - begin > 2 and self._is_digit(at[-3]))
                and not (end - at > 6 and (self._is_digit(at[6]) or at[6] == c':'))
            ):
                if found != NULL:
                    return NULL
                found = at + 4
                at += 6
            else:
                at += 1
        return found

    cdef inline bint _is_digit(self, uint8_t byte) noexcept nogil:
        return c'0' <= byte <= c'9'

    cdef int _only_time(self) noexcept nogil:
        """The column in which the line's time must be; -1 where there are several, or none."""
        cdef int place, slot, found = -1
        for place in range(self.n_time):
            slot = self.time_slots[place]
            if self.begin[slot] != NULL:
                if found >= 0:
                    return -1
                found = slot
        return found

    cdef const uint8_t *_point(self, const uint8_t *begin, const uint8_t *end) noexcept nogil:
        """The decimal point of a time's seconds: of a clock's, or of ten digits at most; ``NULL`` where there is none that is sure."""
        cdef const uint8_t *at = end - 1
        cdef const uint8_t *point
        while at > begin and at[0] != c'.':
            at -= 1
        if at - begin < 8 or not c'0' <= (at - 1)[0] <= c'9':
            return NULL
        point = at
        at += 1
        while at < end and c'0' <= at[0] <= c'9':
            at += 1
        if at == point + 1 or at - point > 7:
            return NULL
        if memchr(begin, c':', point - begin) == NULL and not (point - begin <= 10 and self._digits(begin, point) >= 0 and at == end):
            return NULL
        return point

    cdef int64_t _digits(self, const uint8_t *at, const uint8_t *end) noexcept nogil:
        cdef int64_t found = 0
        if end - at > DIGITS:
            return -1
        while at < end:
            if not c'0' <= at[0] <= c'9':
                return -1
            found = found * 10 + (at[0] - c'0')
            at += 1
        return found

    # -- questions to the reference --------------------------------------------------------------------------------------------

    cdef bytes _line(self):
        return (<const char *>self.line_begin)[: self.line_end - self.line_begin]

    cdef Entry *_ask_time(self, int length, uint64_t hash, int64_t offset, uint8_t second) except NULL:
        cdef bytes key = (<const char *>self.key)[:length]
        time, more, anew = self.ask.time(self.number, self._line(), self.uncounted_time)
        if anew or is_full(&self.times):
            clear(&self.times)
        cdef Entry *entry = put(&self.times, <const uint8_t *>PyBytes_AS_STRING(key), length, hash, NO_TIME if time is None else <int64_t>time - offset)
        entry.more = more
        self.times.text[self.times.filled] = second  # behind the key: which second was asked for
        self.times.filled += 1
        return entry

    cdef int _confirm_time(self, Entry *entry, int64_t offset, int64_t *value) except -2:
        """Ask for a time that differs from a known one in its seconds alone: whether these add up is for the reference to say."""
        cdef int64_t expected = entry.value if entry.value == NO_TIME else entry.value + offset
        time, more, anew = self.ask.time(self.number, self._line(), self.uncounted_time)
        self.last_assumed = more
        if anew:
            clear(&self.times)
        value[0] = NO_TIME if time is None else time
        self.confirmed = self.confirmed + 1 if value[0] == expected else -1
        return value[0] != NO_TIME

    cdef bint _ask_first(self, const uint8_t *at, const uint8_t *end, uint64_t hash) except -1:
        cdef bytes cell = (<const char *>at)[: end - at]
        found = bool(self.ask.is_foreign(cell) if self.family == CEF or self.family == LEEF else self.ask.begins_header(cell))
        if is_full(&self.firsts):
            clear(&self.firsts)
        put(&self.firsts, <const uint8_t *>PyBytes_AS_STRING(cell), PyBytes_GET_SIZE(cell), hash, found)
        return found

    cdef Entry *_ask_name(self, int length, uint64_t hash) except NULL:
        cdef bytes key = (<const char *>self.key)[:length]
        cdef int64_t kind = self.ask.name(self.number, self._line(), self.hosts.used)
        return put(&self.hosts, <const uint8_t *>PyBytes_AS_STRING(key), length, hash, kind | (<int64_t>self.hosts.used << 8))

    cdef Entry *_ask_way(self, int length, uint64_t hash) except NULL:
        cdef bytes key = (<const char *>self.key)[:length]
        return self._put_way(key, hash, self.ask.way(self.number, self._line(), self.n_ways))

    cdef Entry *_ask_together(self, int64_t name, int64_t manner, uint64_t hash) except NULL:
        cdef bytes key = (<const char *>self.key)[:16]
        return self._put_way(key, hash, self.ask.together(name, manner, self.n_ways))

    cdef Entry *_put_way(self, bytes key, uint64_t hash, tuple answer) except NULL:
        cdef int64_t place, bit
        kind, blocked, place, bit = answer
        if place == self.n_ways:
            self.way[place].kind, self.way[place].blocked = kind, blocked
            self.n_ways += 1
        elif not 0 <= place < self.n_ways:
            raise ValueError(f"there is no way {place}")
        return put(&self.ways, <const uint8_t *>PyBytes_AS_STRING(key), PyBytes_GET_SIZE(key), hash, place << 8 | min(max(bit, 0), MOST_FACTS))

    cdef Entry *_ask_manner(self, int length, uint64_t hash) except NULL:
        cdef bytes key = (<const char *>self.key)[:length]
        cdef int64_t kind = self.ask.manner(self.number, self._line(), self.n_manners)
        self.n_manners += 1
        return put(&self.manners, <const uint8_t *>PyBytes_AS_STRING(key), length, hash, <int64_t>(self.n_manners - 1) << 8 | kind)

    cdef Entry *_ask_aside(self, int length, uint64_t hash) except NULL:
        cdef bytes key = (<const char *>self.key)[:length]
        cdef int64_t kind = self.ask.aside(self.number, self._line())
        return put(&self.asides, <const uint8_t *>PyBytes_AS_STRING(key), length, hash, kind)

    cdef Entry *_ask_actor(self, int length, uint64_t hash) except NULL:
        cdef bytes key = (<const char *>self.key)[:length]
        self.ask.actor(self.number, self._line(), self.n_actors)
        self.n_actors += 1
        return put(&self.actors, <const uint8_t *>PyBytes_AS_STRING(key), length, hash, self.n_actors - 1)

    # -- the fold --------------------------------------------------------------------------------------------------------------

    def fold(self, bytes block, Py_ssize_t start, long long number):
        """Fold the lines of ``block`` from byte ``start`` on, of which the first has ``number``.

        Gives the lines to be read by the reference, as ``(number, begin, end)``; the byte up to which lines were looked at; how
        many these were; and what other lines say of connections that may be named elsewhere (see :meth:`_said`). It stops behind a line that may be a header, and where :meth:`drain` has to make room.
        """
        cdef const uint8_t *text = <const uint8_t *>PyBytes_AS_STRING(block)
        cdef Py_ssize_t size = PyBytes_GET_SIZE(block), at = start
        cdef long long lines = 0
        self.n_kept = self.n_told = 0
        self.ids_filled = 0
        with nogil:
            at = self._run(text, start, size, number, &lines)
        found = [
            (self.kept[3 * place], self.kept[3 * place + 1], self.kept[3 * place + 2]) for place in range(self.n_kept)
        ]
        return found, at, lines, self._said()

    cdef Py_ssize_t _run(self, const uint8_t *text, Py_ssize_t at, Py_ssize_t size, long long number, long long *lines) except -1 nogil:
        cdef const uint8_t *end
        cdef const uint8_t *odd
        cdef int kind
        cdef bint held
        cdef Py_ssize_t after
        self.limit = text + size
        while at <= size:
            if self._has_no_room():
                self.full = True
                return at
            end = line_feed(text + at, text + size, self.odd, &odd)
            after = end - text + 1
            self.line_begin = text + at
            self.line_end = end
            self.unwrapped = False
            if end > self.line_begin and (end - 1)[0] == c'\r':
                self.line_end = end - 1
            self.number = number + lines[0]
            lines[0] += 1
            kind = UNSURE
            held = self.doubtful > 0
            if held:
                self.doubtful -= 1
                if self._odd() == OPEN:
                    self.doubtful = JOINED
            elif self.wrapped and self.family != PATTERN and not self._unwrap():
                kind = self._uncut()
            elif self.line_end - self.line_begin > 1 << 20 or self._is_odd(odd):
                kind = self._uncut()
            else:
                kind = self._cut()
            if kind == OPEN:
                self.doubtful = JOINED
            if kind != SURE or not self._count():
                self._keep(at, self.line_end - text)
            at = after
            if kind == HEADER or (held and not self.doubtful):
                return at  # a record over several lines may have been a header, too
        return at

    cdef inline bint _is_odd(self, const uint8_t *odd) noexcept nogil:
        """Whether a mark of lines that are not cut here stands in the line, of which ``odd`` is the first; it may stand in the header."""
        return odd < self.line_end and (odd >= self.line_begin or marks(self.line_begin, self.line_end) & self.odd)

    cdef inline bint _has_no_room(self) noexcept nogil:
        return (
            self.n_days >= MOST_DAYS - 1
            or self.n_cells >= MOST_CELLS - 1
            or self.n_ways >= MOST_WAYS - 1
            or is_full(&self.hosts)
            or is_full(&self.ways)
            or is_full(&self.manners)
            or is_full(&self.asides)
            or is_full(&self.actors)
        )

    cdef int _keep(self, Py_ssize_t begin, Py_ssize_t end) except -1 nogil:
        cdef int64_t *room
        if self.n_kept == self.kept_room:
            room = <int64_t *>realloc(self.kept, self.kept_room * 6 * sizeof(int64_t))
            if room == NULL:
                with gil:
                    raise MemoryError
            self.kept = room
            self.kept_room *= 2
        self.kept[3 * self.n_kept] = self.number
        self.kept[3 * self.n_kept + 1] = begin
        self.kept[3 * self.n_kept + 2] = end
        self.n_kept += 1
        return 0

    cdef bint _count(self) except -1 nogil:
        """Count the line at hand; false where the reference has to read it."""
        cdef uint64_t hash = 0
        cdef Entry *entry
        cdef int length, kind
        if not self._cut_pieces(self.name_cuts):
            return False
        if self.by_name and self._is_strange():
            return self._refuse()
        if self.answers and not self.n_host:
            return False
        if not self.n_host:
            return self._pass_by()
        length = self._host_key()
        if length <= 0:
            return False
        entry = find(&self.hosts, self.key, length, &hash)
        if entry == NULL:
            with gil:
                entry = self._ask_name(length, hash)
        kind = entry.value & 0xFF
        if kind == REFUSED:
            return self._refuse()
        if self.answers:
            return False
        if kind == NAMELESS:
            return self._pass_by()
        if kind == READ:
            return False
        if kind == KNOWN and self.apart:
            return self._count_apart(entry.value >> 8)
        length = self._way_key(entry.value >> 8, kind == BY_URL or (kind == BY_SHAPE and self._has_shape()))
        if length < 0:
            return False
        entry = find(&self.ways, self.key, length, &hash)
        if entry == NULL:
            with gil:
                entry = self._ask_way(length, hash)
        return self._sum(<int>(entry.value >> 8), entry.value & 0xFF)

    cdef bint _refuse(self) except -1 nogil:
        """Count a line that is of no AI service; false where the reference has to read what it tells of addresses."""
        if self.answers and not self._tell_answer():
            return False
        self.refused += 1
        return True

    cdef bint _tell_answer(self) except -1 nogil:
        """Hand on who got what answer to a question that is of no AI service."""
        cdef Told told
        cdef const uint8_t *at
        cdef const uint8_t *end
        cdef int place
        cdef Py_ssize_t whole = 0
        if not self._cut_pieces(self.n_cuts) or self._is_elsewhere(self.asker_slots, self.n_askers, True) != 1:
            return False
        for place in range(self.n_answers):
            at, end = self.begin[self.answer_slots[place]], self.end[self.answer_slots[place]]
            if at != NULL:
                whole += end - at
                if marks(at, end) & HAS_HIGH or memchr(at, c'\\', end - at) != NULL:
                    return False
        if whole > MOST_ANSWER:
            return False
        while self.ids_filled + whole + MOST_ID > self.ids_room:
            self._lengthen()
        if self.n_told == self.told_room:
            self._widen()
        memset(&told, 0, sizeof(Told))
        told.number, told.client = self.number, <int>(self.server_end - self.server_at)
        memcpy(self.ids + self.ids_filled, self.server_at, told.client)
        self.ids_filled += told.client
        for place in range(self.n_answers):
            told.answer[place] = -1
            if self._inner(self.answer_slots[place], &at, &end):
                told.answer[place] = <int>(end - at)
                memcpy(self.ids + self.ids_filled, at, end - at)
                self.ids_filled += end - at
        self.told[self.n_told] = told
        self.n_told += 1
        return True

    cdef bint _pass_by(self) except -1 nogil:
        """Count a line that names no host, and whose server is surely of no service; false where the reference has to read it."""
        cdef int server, client
        if self.nameless == LOOKED_AT or not self._cut_pieces(self.n_cuts):
            return False
        client = self._is_elsewhere(self.client_slots, self.n_client, False) if self.nameless == SET_ASIDE else 0
        server = self._is_elsewhere(self.server_slots, self.n_server, True)
        if server < 0 or client < 0 or (server == 0 and self._may_be_blank()):
            return False
        if self.nameless == SET_ASIDE:
            return self._set_aside(server and client)
        self.unnamed += 1
        self.connections += server and client
        return True

    cdef bint _set_aside(self, bint by_address) except -1 nogil:
        """Count a line without a name, and hand on what it says of the size of its connection; ``by_address`` where both ends are known."""
        cdef int64_t kind = self._kind_of_aside()
        if kind < 0 or kind & SHOWN:
            return False
        by_address = by_address and kind & BY_ADDRESS
        if by_address and not self.hearing and self._is_heard():
            return False
        if kind and (self.places or (by_address and self.hearing)) and not self._tell(kind, by_address and self.hearing):
            return False
        self.unnamed += 1
        self.connections += by_address and not self.hearing
        return True

    cdef int64_t _kind_of_aside(self) except -2 nogil:
        """What is said of lines without a name of the manner of the one at hand; -1 where the reference has to read it."""
        cdef uint64_t hash = 0
        cdef Entry *entry
        cdef int length
        if not self.aside or self.always >= 0:
            return self.always if self.aside else -1
        length = self._conditions(
            self._manner_key(0), self.aside_test, self.aside_tests, self.aside_machine, self.aside_slot, self.aside_searches
        )
        if length < 0:
            return -1
        entry = find(&self.asides, self.key, length, &hash)
        if entry == NULL:
            with gil:
                entry = self._ask_aside(length, hash)
        return entry.value

    cdef bint _is_heard(self) noexcept nogil:
        """Whether an answer has told the address of the server."""
        cdef uint64_t hash = 0
        return self.heard.used and find(&self.heard, self.server_at, self.server_end - self.server_at, &hash) != NULL

    cdef bint _tell(self, int64_t kind, bint waits) except -1 nogil:
        """Hand on what the line tells of its connection: the id, the size, and where it ``waits`` for a name, who connected when to what
        address; false where the reference has to read that."""
        cdef Told told
        cdef int has_up, has_down, size = 0, port = self._port()
        memset(&told, 0, sizeof(Told))
        told.number = self.number
        if port < 0:
            return False
        if self.ids_filled + 2 * MOST_ID > self.ids_room:
            self._lengthen()
        if self.places:
            size = self._id()
        has_up = self._size(self.total_up_slots, self.n_total_up, &told.up)
        has_down = self._size(self.total_down_slots, self.n_total_down, &told.down)
        if size < 0 or has_up < 0 or has_down < 0:
            return False
        told.length, told.has_up, told.has_down = size, has_up, has_down
        told.sized = kind & SIZED and port != PORT_OF_DNS and (has_up or has_down)
        if waits:
            if not self._quiet_time(&told.time):
                return False
            told.assumed = self.last_assumed
            told.counted = kind & COUNTED and self.since <= told.time <= self.until
            told.actor = self._actor()
            told.has_began = self._began(told.time, &told.began)
            if told.actor < 0 or told.has_began < 0:
                return False
            told.blocked = kind & STOPPED
            told.server = <int>(self.server_end - self.server_at)
            memcpy(self.ids + self.ids_filled + size, self.server_at, told.server)
        if told.sized or waits:
            if self.n_told == self.told_room:
                self._widen()
            self.told[self.n_told] = told
            self.n_told += 1
            self.ids_filled += size + told.server
        return True

    cdef int _quiet_time(self, int64_t *value) except -2 nogil:
        """As :meth:`_when`, and what had to be assumed is not counted."""
        cdef int found
        self.uncounted_time = True
        found = self._when(value)
        self.uncounted_time = False
        return found

    cdef int _began(self, int64_t time, int64_t *value) noexcept nogil:
        """1 and when the connection began (µs), 0 where that is not told, -1 where the reference has to say."""
        cdef int64_t lasted = 0
        cdef int has = self._size(self.lasted_slots, self.n_lasted, &lasted)
        if has < 0 and self._clock(&lasted):
            has = 1
        if has <= 0:
            return has
        if lasted >= 1_000_000_000:
            return -1
        value[0] = time - lasted * (1000 if self.lasted_ms else MILLION)
        return 1

    cdef bint _clock(self, int64_t *value) noexcept nogil:
        """Whether the first column that tells how long it lasted is ``h:mm:ss``; and that in seconds."""
        cdef const uint8_t *at
        cdef const uint8_t *end
        cdef int place, part, digits
        cdef int64_t number
        for place in range(self.n_lasted):
            if self._inner(self.lasted_slots[place], &at, &end) and at < end:
                break
        else:
            return False
        value[0] = 0
        for part in range(3):
            number = 0
            digits = 0
            while at < end and self._is_digit(at[0]) and digits < 6:
                number = number * 10 + (at[0] - c'0')
                digits += 1
                at += 1
            if not digits or (part == 1 and digits > 2) or (part < 2 and (at == end or at[0] != c':')):
                return False
            at += part < 2
            value[0] = value[0] * 60 + number
        return at == end

    cdef int _port(self) noexcept nogil:
        """The server's port, 0 where there is none; -1 where the reference has to say."""
        cdef const uint8_t *at
        cdef const uint8_t *end
        cdef int place, port = 0
        for place in range(self.n_port):
            if self._inner(self.port_slots[place], &at, &end) and not (at == end or (end - at == 1 and at[0] == c'-')):
                if end - at > 5:
                    return -1
                while at < end:
                    if not self._is_digit(at[0]):
                        return -1
                    port = port * 10 + (at[0] - c'0')
                    at += 1
                return port
        for place in range(self.n_url):  # it may have one
            if self.begin[self.url_slots[place]] != NULL and self.end[self.url_slots[place]] - self.begin[self.url_slots[place]] > 2:
                return -1
        return 0

    cdef int _id(self) noexcept nogil:
        """Put the id of the line's connection behind those that are to be handed on, and give its length; -1 where the reference has to
        say what it is."""
        cdef const uint8_t *at
        cdef const uint8_t *end
        cdef const uint8_t *mark
        cdef int place, spelling
        cdef uint8_t *put
        cdef uint8_t *start
        start = put = self.ids + self.ids_filled
        for place in range(self.places):
            at = end = NULL
            for spelling in range(self.id_spellings[place]):
                if self._inner(self.id_slots[place][spelling], &at, &end) and at < end:
                    break
            if at == NULL or at == end or put - start + (end - at) + 1 > MOST_ID:
                return -1
            if place:
                put[0] = c'|'
                put += 1
            mark = at
            while mark < end and self._is_digit(mark[0]):
                mark += 1
            if mark < end and (not self._says_something(at, end) or (self.family == OBJECT and (at - 1)[0] != c'"')):
                return -1
            memcpy(put, at, end - at)
            put += end - at
        return <int>(put - start)

    cdef bint _says_something(self, const uint8_t *at, const uint8_t *end) noexcept nogil:
        """Whether a part of an id is plain, and surely no word for nothing: these have no digits, but for a format's own."""
        cdef const uint8_t *each = at
        cdef bint digits = False
        while each < end:
            if not self.of_id[each[0]]:
                return False
            digits = digits or (self._is_digit(each[0]) and each[0] != c'0')
            each += 1
        return digits

    cdef int _widen(self) except -1 nogil:
        cdef Py_ssize_t room = self.told_room * 2 if self.told_room else 1024
        cdef Told *told = <Told *>realloc(self.told, room * sizeof(Told))
        if told == NULL:
            with gil:
                raise MemoryError
        self.told, self.told_room = told, room
        return 0

    cdef int _lengthen(self) except -1 nogil:
        cdef size_t room = self.ids_room * 2 if self.ids_room else 1 << 16
        cdef uint8_t *ids = <uint8_t *>realloc(self.ids, room)
        if ids == NULL:
            with gil:
                raise MemoryError
        self.ids, self.ids_room = ids, room
        return 0

    cdef list _said(self):
        """What was told of connections: the line, the id, bytes up and down or ``None``, whether that is of interest; and of those that wait
        for a name, who it was, the server's address, the time, when it began, whether it was blocked, whether it counts, and the number of
        what its time had to assume. Or of a DNS record, who asked and what stands in each column with addresses."""
        cdef Py_ssize_t place
        cdef size_t at = 0
        cdef const char *ids = <const char *>self.ids
        cdef Told *told
        cdef int each
        cdef str prefix = self.id_prefix.decode() if self.n_told and self.aside else ""
        found = []
        for place in range(self.n_told):
            told = &self.told[place]
            if told.client:
                client = ids[at : at + told.client].decode("ascii")
                at += told.client
                answers = []
                for each in range(self.n_answers):
                    answers.append(ids[at : at + told.answer[each]].decode("ascii") if told.answer[each] >= 0 else None)
                    at += max(told.answer[each], 0)
                found.append((told.number, None, None, None, False, None, (client, answers)))
                continue
            found.append((
                told.number,
                prefix + ids[at : at + told.length].decode("ascii") if told.length else None,
                told.up if told.has_up else None,
                told.down if told.has_down else None,
                told.sized != 0,
                (
                    told.actor,
                    ids[at + told.length : at + told.length + told.server].decode("ascii"),
                    told.time,
                    told.began if told.has_began else None,
                    told.blocked != 0,
                    told.counted != 0,
                    told.assumed,
                ) if told.server else None,
                None,
            ))
            at += told.length + told.server
        return found

    cdef bint _may_be_blank(self) noexcept nogil:
        """Whether nothing may stand in the line but white space, which is no record."""
        cdef const uint8_t *at = self.line_begin
        while at < self.line_end and at[0] <= c' ':
            at += 1
        return at == self.line_end or at[0] >= 0x80

    cdef int _is_elsewhere(self, const int *slots, int count, bint of_server) noexcept nogil:
        """1 where an address is of no service, 0 where there is none, -1 where the reference has to say."""
        cdef const uint8_t *at
        cdef const uint8_t *end
        cdef int place, digits, octets = 0
        cdef uint32_t address = 0, octet
        if count < 0:
            return -1
        for place in range(count):
            if self._inner(slots[place], &at, &end) and not (at == end or (end - at == 1 and at[0] == c'-')):
                break
        else:
            return 0
        if of_server:
            self.server_at, self.server_end = at, end
        if end - at > 2 and (memchr(at, c':', 5 if end - at > 5 else end - at) != NULL):
            return 1 if self._is_six(at, end) else -1
        while octets < 4:
            octet = 0
            digits = 0
            while at < end and self._is_digit(at[0]) and digits < 4:
                if digits and not octet:
                    return -1  # with a zero before it, it is no address
                octet = octet * 10 + (at[0] - c'0')
                digits += 1
                at += 1
            octets += 1
            if not digits or octet > 255 or (octets < 4 and (at == end or at[0] != c'.')):
                return -1
            address = address << 8 | octet
            at += octets < 4
        if at != end and not self._is_packed(at, end):
            return -1
        if of_server:
            self.server_end = at
        for place in range(self.n_ranges):
            if self.ranges[2 * place] <= address <= self.ranges[2 * place + 1]:
                return -1
        return 1

    cdef bint _is_packed(self, const uint8_t *at, const uint8_t *end) noexcept nogil:
        """Whether a port stands behind an address, and maybe more (``:4522:X0``)."""
        cdef int digits = 0
        if at[0] != c':' and at[0] != c'#' and at[0] != c'/':
            return False
        at += 1
        while at < end and self._is_digit(at[0]) and digits < 5:
            at += 1
            digits += 1
        return at == end or at[0] == c':' or at[0] == c'/'

    cdef bint _is_six(self, const uint8_t *at, const uint8_t *end) noexcept nogil:
        """Whether it is an IPv6 address that no service has, written as RFC 5952 has it: no zero before a group or beside another."""
        cdef int groups = 0, digits = 0, gaps = 0
        cdef bint zero = False, before = False  # whether this group is zero, and the last one was
        if self.sixes or at[0] == c':' or at[0] == c'0':
            return False
        while True:
            if at == end or at[0] == c':':
                if not digits or digits > 4 or (zero and (digits > 1 or before)):
                    return False
                groups += 1
                before, zero = zero, False
                digits = 0
                if at == end:
                    break
                at += 1
                if at < end and at[0] == c':':
                    gaps += 1
                    before = False
                    at += 1
                    if at == end:
                        break
                    if at[0] == c'0':
                        return False
                elif at == end:
                    return False
            elif c'0' <= at[0] <= c'9' or c'a' <= at[0] <= c'f':
                zero = at[0] == c'0' if not digits else zero
                digits += 1
                at += 1
            else:
                return False
        return groups == 8 if not gaps else gaps == 1 and groups <= 6 and not before

    cdef bint _count_apart(self, int64_t name) except -1 nogil:
        """Count a line whose manner is looked up by itself: names and manners are few, and both together many."""
        cdef uint64_t hash = 0
        cdef int length = self._manner_key(0)
        cdef int64_t manner
        cdef Entry *entry
        if length < 0:
            return False
        entry = find(&self.manners, self.key, length, &hash)
        if entry == NULL:
            with gil:
                entry = self._ask_manner(length, hash)
        if entry.value & 0xFF == LEAVE_OUT:
            return self._leave_out()
        if entry.value & 0xFF != COUNT:
            return False
        manner = entry.value >> 8
        memcpy(self.key, &name, 8)
        memcpy(self.key + 8, &manner, 8)
        entry = find(&self.ways, self.key, 16, &hash)
        if entry == NULL:
            with gil:
                entry = self._ask_together(name, manner, hash)
        return self._sum(<int>(entry.value >> 8), entry.value & 0xFF)

    cdef bint _leave_out(self) noexcept nogil:
        """Count a line that is no activity. One with a header the reference reads as a whole, with what it has to assume of its time."""
        self.uncounted += not self.unwrapped
        return not self.unwrapped

    cdef int _actor(self) except -2 nogil:
        """The number of who the line is about; -1 where the reference has to say."""
        cdef uint64_t hash = 0
        cdef Entry *entry
        cdef int length = self._actor_key()
        if length < 0:
            return -1
        entry = find(&self.actors, self.key, length, &hash)
        if entry == NULL:
            with gil:
                entry = self._ask_actor(length, hash)
        return <int>entry.value

    cdef inline size_t _cell_place(self, int actor, int way) noexcept nogil:
        """Where the number of an actor's and a way's cell is looked for first."""
        cdef uint64_t mixed = ((<uint64_t>actor << 32) | <uint32_t>way) * 0x9E3779B97F4A7C15u
        return (mixed >> 40) & (MOST_CELLS * 2 - 1)

    cdef Cell *_cell(self, int actor, int way) noexcept nogil:
        """Where the lines of an actor and a way are counted."""
        cdef size_t place = self._cell_place(actor, way)
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

    cdef bint _sum(self, int way, int64_t facts) except -1 nogil:
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
            return self._leave_out()
        actor = self._actor()
        if actor < 0:
            return False
        fetch_early(&self.cell_at[self._cell_place(actor, way)])
        if self.sizes_cut and not self._cut_pieces(self.n_cuts):
            return False
        has_up = self._size(self.up_slots, self.n_up, &up)
        has_down = self._size(self.down_slots, self.n_down, &down)
        if has_up < 0 or has_down < 0:
            return False
        known = self.cell_at[self._cell_place(actor, way)]
        if known:
            fetch_early(&self.cells[known - 1])
        if not self._when(&time):
            return False
        if time < self.since or time > self.until:
            self.outside += 1
            return True
        cell = self._cell(actor, way)
        if cell.origins < ORIGINS:
            self.origins[cell - self.cells].line[cell.origins] = self.number
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
        self._day(cell, time, up)
        return True

    cdef void _day(self, Cell *cell, int64_t time, int64_t sent) noexcept nogil:
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
        days = {}
        for place in range(self.n_days):
            days.setdefault(self.days[place].cell, []).append((self.days[place].day, self.days[place].sent))
        found = []
        for place in range(self.n_cells):
            cell = &self.cells[place]
            if cell.told & TIMED:
                days.setdefault(place, []).append((cell.day, cell.sent))
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
                days.get(place, ()),
            ))
        assumed = {place: self.assumed[place] for place in range(MOST_ASSUMED) if self.assumed[place]} | self.assumed_more
        memset(self.assumed, 0, sizeof(self.assumed))
        self.assumed_more = {}
        self.n_days = self.n_cells = self.n_ways = self.n_manners = self.n_actors = 0
        memset(self.cell_at, 0, MOST_CELLS * 2 * sizeof(int32_t))
        self.full = False
        clear(&self.hosts)
        clear(&self.actors)
        clear(&self.ways)
        clear(&self.manners)
        clear(&self.asides)
        tallies = self.refused, self.uncounted, self.outside, self.unnamed, self.connections
        self.refused = self.uncounted = self.outside = self.unnamed = self.connections = 0
        return found, assumed, *tallies
