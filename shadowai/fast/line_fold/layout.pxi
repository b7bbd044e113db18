# Numbers that plans and answers use, bounds, and what is kept of lines.


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
    LONGEST_NAME = 256  # of a column
    MOST_PAIRS = 128
    MOST_SPELLINGS = 24
    LONGEST_LINE = 1 << 20
    MOST_FIELD = 131_072  # beyond that the reference's reader of quoted values gives up
    GAP = 16  # blanks between two pairs
    MOST_ORDER = 64
    MOST_ORDERS = 128
    MOST_WRITTEN = 1 << 14
    FAR_BEHIND = 64  # bytes that may be looked at behind a text, for nothing
    LONGEST_GLUE = 96  # between two values
    DEEPEST = 16
    LONGEST_PLACE = 6  # digits of the number of a place in a list
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
    SHORT = 16  # bytes that are looked at in one go
    FEW_HELD = 4
    OFTEN = 1 << 12
    FEW = 4  # bytes that are looked at one by one
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
    MOST_NAME_CUTS = 8
    UTF_8 = 1
    ODD_CODE = 2
    NOT_CUT = -1
    MOST_ANSWERED = 64
    MOST_KEYS = 16
    LONGEST_ADDRESS = 39
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

cdef struct Address:
    int length
    uint8_t text[LONGEST_ADDRESS]

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
    int number  # whether it is of decimal digits alone; 2: a minus may stand before them
    int shape  # so long are texts in each of whose places one range of bytes may stand; 0: none is
    uint8_t low[SHORT]  # the first of each range,
    uint8_t span[SHORT]  # and how many follow it
    uint8_t held[FEW_HELD][SHORT]  # texts for which it was found to hold
    uint8_t held_size[FEW_HELD]
    int not_held  # how often it held for another text
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


cdef struct Met:  # what stood in some place of the line before
    int name  # of what is asked for there; -1: nothing is
    int size  # of the text; 0 where there is none
    uint8_t text[LONGEST_GLUE]  # between two values: comma, key, colon and spaces


cdef struct First:  # a column that is the first that is there of others
    int into, count
    int slots[MOST_SPELLINGS]


cdef struct Name:
    bint passed  # nobody asks for the value
    bint whole  # nor for what is in it
    int deeper  # paths that begin with it
    bint keyed  # some of these go on with what is no place of a list
    int slot  # -1: only the beginning of others
    int64_t seen  # the line in which it was met last
