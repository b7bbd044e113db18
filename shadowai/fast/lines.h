/* Bytes of a line looked at many at once: where the next one is that matters. Every read lies before `end`, or `limit`. */
#ifndef SHADOWAI_LINES_H
#define SHADOWAI_LINES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* The first quote, backslash or control byte within a JSON string (RFC 8259, section 7); `end` where there is none. */
static inline const unsigned char *json_mark(const unsigned char *at, const unsigned char *end)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);
    for (; end - at >= 16; at += 16) {
        const __m128i some = _mm_loadu_si128((const __m128i *)at);
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(some, control), some);
        const int found = _mm_movemask_epi8(
            _mm_or_si128(low, _mm_or_si128(_mm_cmpeq_epi8(some, quote), _mm_cmpeq_epi8(some, slash))));
        if (found)
            return at + __builtin_ctz((unsigned)found);
    }
#endif
    for (; at < end; at++)
        if (*at == '"' || *at == '\\' || *at < 0x20)
            return at;
    return end;
}

/* Where a text stands; NULL where it does not. */
static inline const unsigned char *text_in(
    const unsigned char *at, const unsigned char *end, const unsigned char *text, size_t length)
{
    if ((size_t)(end - at) < length)
        return NULL;
    for (const unsigned char *last = end - length; at <= last; at++) {
        at = memchr(at, text[0], (size_t)(last - at) + 1);
        if (!at || !memcmp(at + 1, text + 1, length - 1))
            return at;
    }
    return NULL;
}

/* The first of two bytes; `end` where there is none. */
static inline const unsigned char *either(const unsigned char *at, const unsigned char *end, unsigned char a, unsigned char b)
{
#if defined(__SSE2__)
    const __m128i one = _mm_set1_epi8((char)a), two = _mm_set1_epi8((char)b);
    for (; end - at >= 16; at += 16) {
        const __m128i some = _mm_loadu_si128((const __m128i *)at);
        const int found = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(some, one), _mm_cmpeq_epi8(some, two)));
        if (found)
            return at + __builtin_ctz((unsigned)found);
    }
#endif
    for (; at < end; at++)
        if (*at == a || *at == b)
            return at;
    return end;
}

/* The first quote, or byte up to a carriage return, which may end a line; `end` where there is none. */
static inline const unsigned char *quote_or_end(const unsigned char *at, const unsigned char *end)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\r');
    for (; end - at >= 16; at += 16) {
        const __m128i some = _mm_loadu_si128((const __m128i *)at);
        const int found = _mm_movemask_epi8(
            _mm_or_si128(_mm_cmpeq_epi8(some, quote), _mm_cmpeq_epi8(_mm_min_epu8(some, back), some)));
        if (found)
            return at + __builtin_ctz((unsigned)found);
    }
#endif
    for (; at < end; at++)
        if (*at == '"' || *at <= '\r')
            return at;
    return end;
}

/* As `quote_or_end`, or a delimiter. */
static inline const unsigned char *cell_end(const unsigned char *at, const unsigned char *end, unsigned char delimiter)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\r'), part = _mm_set1_epi8((char)delimiter);
    for (; end - at >= 16; at += 16) {
        const __m128i some = _mm_loadu_si128((const __m128i *)at);
        const int found = _mm_movemask_epi8(_mm_or_si128(
            _mm_cmpeq_epi8(some, part),
            _mm_or_si128(_mm_cmpeq_epi8(some, quote), _mm_cmpeq_epi8(_mm_min_epu8(some, back), some))));
        if (found)
            return at + __builtin_ctz((unsigned)found);
    }
#endif
    for (; at < end; at++)
        if (*at == delimiter || *at == '"' || *at <= '\r')
            return at;
    return end;
}

#define HAS_NUL 1
#define HAS_RETURN 2
#define HAS_BLANK 4 /* white space to `str.split` of ASCII text that is no space: 9 to 13, 28 to 31; but no line feed */
#define HAS_HIGH 8 /* no ASCII */
#define HAS_HOLDER 16 /* a quote, bracket or brace */

static inline int mark_of(unsigned char byte)
{
    if (byte & 0x80)
        return HAS_HIGH;
    if (byte == '"' || byte == '[' || byte == '{')
        return HAS_HOLDER;
    if (byte == '\r')
        return HAS_RETURN | HAS_BLANK;
    if (byte == 0)
        return HAS_NUL;
    return (byte >= 9 && byte <= 13 && byte != '\n') || (byte >= 28 && byte <= 31) ? HAS_BLANK : 0;
}

/* Which of these marks stand anywhere between. */
static inline int marks(const unsigned char *at, const unsigned char *end)
{
    int found = 0;
#if defined(__SSE2__)
    const __m128i low = _mm_set1_epi8(0x1f), feed = _mm_set1_epi8('\n'), quote = _mm_set1_epi8('"');
    const __m128i bracket = _mm_set1_epi8('['), brace = _mm_set1_epi8('{');
    for (; end - at >= 16; at += 16) {
        const __m128i some = _mm_loadu_si128((const __m128i *)at);
        const __m128i control = _mm_andnot_si128(_mm_cmpeq_epi8(some, feed), _mm_cmpeq_epi8(_mm_min_epu8(some, low), some));
        const __m128i holder = _mm_or_si128(_mm_cmpeq_epi8(some, quote),
                                            _mm_or_si128(_mm_cmpeq_epi8(some, bracket), _mm_cmpeq_epi8(some, brace)));
        int odd = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(control, holder), some));
        if (!odd)
            continue;
        if (_mm_movemask_epi8(some))
            found |= HAS_HIGH;
        if (_mm_movemask_epi8(holder))
            found |= HAS_HOLDER;
        for (odd = _mm_movemask_epi8(control); odd; odd &= odd - 1)
            found |= mark_of(at[__builtin_ctz((unsigned)odd)]);
        if (found == (HAS_NUL | HAS_RETURN | HAS_BLANK | HAS_HIGH | HAS_HOLDER))
            return found;
    }
#endif
    for (; at < end; at++)
        found |= mark_of(*at);
    return found;
}

/* Where the line that begins at `at` ends: its line feed, or `end`. `odd` is where the first of the marks asked for stands in it, or its end. */
static inline const unsigned char *line_feed(const unsigned char *at, const unsigned char *end, int asked, const unsigned char **odd)
{
    const unsigned char *first = NULL;
#if defined(__SSE2__)
    const __m128i feed = _mm_set1_epi8('\n'), back = _mm_set1_epi8('\r'), none = _mm_setzero_si128();
    for (; end - at >= 16; at += 16) {
        const __m128i some = _mm_loadu_si128((const __m128i *)at);
        const __m128i feeds = _mm_cmpeq_epi8(some, feed);
        __m128i found = _mm_or_si128(_mm_cmpeq_epi8(some, back), _mm_cmpeq_epi8(some, none));
        int here, stop = _mm_movemask_epi8(feeds);
        if (asked & HAS_BLANK) {
            const __m128i tab = _mm_sub_epi8(some, _mm_set1_epi8(9)), part = _mm_sub_epi8(some, _mm_set1_epi8(28));
            const __m128i blank = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(tab, _mm_set1_epi8(4)), tab),
                                               _mm_cmpeq_epi8(_mm_min_epu8(part, _mm_set1_epi8(3)), part));
            found = _mm_or_si128(found, _mm_andnot_si128(feeds, blank));
        }
        if (asked & HAS_HOLDER)
            found = _mm_or_si128(found, _mm_or_si128(_mm_cmpeq_epi8(some, _mm_set1_epi8('"')),
                                                     _mm_or_si128(_mm_cmpeq_epi8(some, _mm_set1_epi8('[')),
                                                                  _mm_cmpeq_epi8(some, _mm_set1_epi8('{')))));
        here = _mm_movemask_epi8(asked & HAS_HIGH ? _mm_or_si128(found, some) : found);
        if (stop)
            here &= (stop & -stop) - 1;
        if (here && !first)
            first = at + __builtin_ctz((unsigned)here);
        if (stop) {
            at += __builtin_ctz((unsigned)stop);
            *odd = first ? first : at;
            return at;
        }
    }
#endif
    for (; at < end && *at != '\n'; at++)
        if (!first && mark_of(*at) & asked)
            first = at;
    *odd = first ? first : at;
    return at;
}

#define MOST_RANGES 4

/* A set of bytes: each by itself, and as ranges of bytes that follow one another where these are few (0: they are not). */
typedef struct {
    unsigned char members[256];
    unsigned char low[MOST_RANGES][16], span[MOST_RANGES][16];
    int ranges;
} byte_set;

/* Where bytes end that are all in a set, `stop` at the latest; no byte at `limit` or behind is looked at. */
static inline const unsigned char *run_of(const byte_set *set, const unsigned char *at, const unsigned char *stop, const unsigned char *limit)
{
#if defined(__SSE2__)
    while (set->ranges && at < stop && limit - at >= 16) {
        const __m128i some = _mm_loadu_si128((const __m128i *)at);
        __m128i in = _mm_setzero_si128();
        int place, out;
        for (place = 0; place < set->ranges; place++) {
            const __m128i above = _mm_sub_epi8(some, _mm_loadu_si128((const __m128i *)set->low[place]));
            in = _mm_or_si128(in, _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_loadu_si128((const __m128i *)set->span[place])), above));
        }
        out = ~_mm_movemask_epi8(in) & 0xffff;
        at += out ? __builtin_ctz((unsigned)out) : 16;
        if (out)
            return at < stop ? at : stop;
    }
#endif
    while (at < stop && set->members[*at])
        at++;
    return at < stop ? at : stop;
}

/* Where decimal digits end, `stop` at the latest; no byte at `limit` or behind is looked at. */
static inline const unsigned char *digits_end(const unsigned char *at, const unsigned char *stop, const unsigned char *limit)
{
#if defined(__SSE2__)
    const __m128i zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8(9);
    while (at < stop && limit - at >= 16) {
        const __m128i some = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)at), zero);
        const int out = ~_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(some, nine), some)) & 0xffff;
        at += out ? __builtin_ctz((unsigned)out) : 16;
        if (out)
            return at < stop ? at : stop;
    }
#endif
    while (at < stop && *at >= '0' && *at <= '9')
        at++;
    return at < stop ? at : stop;
}

/* Find the ranges of a set whose members are known. */
static inline void find_ranges(byte_set *set)
{
    int byte, count = 0;
    for (byte = 0; byte < 256; byte++) {
        if (!set->members[byte])
            continue;
        if (byte == 0 || !set->members[byte - 1]) {
            if (count++ == MOST_RANGES) {
                set->ranges = 0;
                return;
            }
            memset(set->low[count - 1], byte, 16);
            memset(set->span[count - 1], 0, 16);
        } else {
            memset(set->span[count - 1], set->span[count - 1][0] + 1, 16);
        }
    }
    set->ranges = count;
}

/* Where spaces stand, as distances from `at`: how many, up to `most`; more than `most - 16` where there are too many. */
static inline int spaces(const unsigned char *at, const unsigned char *end, int *places, int most)
{
    const unsigned char *begin = at;
    int count = 0;
#if defined(__SSE2__)
    const __m128i space = _mm_set1_epi8(' ');
    for (; end - at >= 16; at += 16) {
        int found = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)at), space));
        for (; found; found &= found - 1) {
            if (count == most)
                return count;
            places[count++] = (int)(at - begin) + __builtin_ctz((unsigned)found);
        }
    }
#endif
    for (; at < end; at++)
        if (*at == ' ') {
            if (count == most)
                return count;
            places[count++] = (int)(at - begin);
        }
    return count;
}

/* Where the line that begins at `at` ends, as `line_feed` tells it of all marks, and in one go where its spaces stand: up to `most`, and more than `most - 16` where there are too many. */
static inline const unsigned char *blanks_of(
    const unsigned char *at, const unsigned char *end, int *places, int most, int *count, const unsigned char **odd)
{
    const unsigned char *begin = at, *first = NULL;
    int found = 0;
#if defined(__SSE2__)
    const __m128i space = _mm_set1_epi8(' '), quote = _mm_set1_epi8('"'), brace = _mm_set1_epi8('{'), feed = _mm_set1_epi8('\n');
    const __m128i above = _mm_set1_epi8(' ' + 1);
    for (; end - at >= 16; at += 16) {
        const __m128i some = _mm_loadu_si128((const __m128i *)at), blank = _mm_cmpeq_epi8(some, space);
        const __m128i low = _mm_andnot_si128(blank, _mm_cmplt_epi8(some, above)); /* control bytes, and those beyond ASCII */
        /* a bracket differs from a brace in the bit of a space alone */
        const __m128i holder = _mm_or_si128(_mm_cmpeq_epi8(some, quote), _mm_cmpeq_epi8(_mm_or_si128(some, space), brace));
        int here = _mm_movemask_epi8(blank), marked = _mm_movemask_epi8(_mm_or_si128(low, holder)), stop = 0;
        if (marked) {
            stop = _mm_movemask_epi8(_mm_cmpeq_epi8(some, feed));
            marked &= ~stop;
            if (stop) {
                here &= (stop & -stop) - 1;
                marked &= (stop & -stop) - 1;
            }
            for (; marked && !first; marked &= marked - 1)
                if (mark_of(at[__builtin_ctz((unsigned)marked)]))
                    first = at + __builtin_ctz((unsigned)marked);
        }
        if (here && found <= most - 16) {
            const int before = (int)(at - begin);
            do
                places[found++] = before + __builtin_ctz((unsigned)here);
            while (here &= here - 1);
        }
        if (stop) {
            at += __builtin_ctz((unsigned)stop);
            *odd = first ? first : at;
            *count = found;
            return at;
        }
    }
#endif
    for (; at < end && *at != '\n'; at++) {
        if (!first && mark_of(*at))
            first = at;
        if (*at == ' ' && found <= most - 16)
            places[found++] = (int)(at - begin);
    }
    *odd = first ? first : at;
    *count = found;
    return at;
}

/* Whether each of `size` bytes, 16 at most, is in the range of its place; 16 bytes can be read everywhere. */
static inline int is_shaped(const unsigned char *at, size_t size, const unsigned char *low, const unsigned char *span)
{
#if defined(__SSE2__)
    const __m128i above = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)at), _mm_loadu_si128((const __m128i *)low));
    const int out = ~_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(above, _mm_loadu_si128((const __m128i *)span)), above));
    return !(out & ((1 << size) - 1));
#else
    size_t place;
    for (place = 0; place < size; place++)
        if ((unsigned char)(at[place] - low[place]) > span[place])
            return 0;
    return 1;
#endif
}

/* Whether no place, of `count` that rise, is right behind the one before. */
static inline int are_apart(const int *places, int count)
{
    int place, close = 0;
    for (place = 1; place < count; place++)
        close |= places[place] - places[place - 1] == 1;
    return !close;
}

/* Whether there is a byte that is no ASCII. */
static inline int has_high(const unsigned char *at, const unsigned char *end)
{
#if defined(__SSE2__)
    __m128i some = _mm_setzero_si128();
    for (; end - at >= 16; at += 16)
        some = _mm_or_si128(some, _mm_loadu_si128((const __m128i *)at));
    if (_mm_movemask_epi8(some))
        return 1;
#endif
    for (; at < end; at++)
        if (*at & 0x80)
            return 1;
    return 0;
}

/* Whether bytes are UTF-8 (RFC 3629, section 4). */
static inline int is_utf_8(const unsigned char *at, const unsigned char *end)
{
    while (at < end) {
        const unsigned char first = *at++;
        unsigned char low = 0x80, high = 0xbf;
        int more;
        if (first < 0x80)
            continue;
        if (first < 0xc2 || first > 0xf4)
            return 0;
        more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        if (first == 0xe0)
            low = 0xa0; /* shorter forms are none */
        else if (first == 0xed)
            high = 0x9f; /* nor are halves of surrogate pairs */
        else if (first == 0xf0)
            low = 0x90;
        else if (first == 0xf4)
            high = 0x8f; /* beyond Unicode */
        for (; more; more--, low = 0x80, high = 0xbf)
            if (at == end || *at < low || *at++ > high)
                return 0;
    }
    return 1;
}

/* Some bytes as a number: all of them where there are fewer than 8, which texts of one length do not share. */
static inline uint64_t few_bytes(const unsigned char *at, size_t length)
{
    uint32_t head, tail;
    if (length >= 4) {
        memcpy(&head, at, 4);
        memcpy(&tail, at + length - 4, 4);
        return (uint64_t)head << 32 | tail;
    }
    return length ? (uint64_t)at[0] << 16 | (uint64_t)at[length / 2] << 8 | at[length - 1] : 0;
}

/* A seeded hash: texts that collide under one seed do not under another. */
static inline uint64_t text_hash(const unsigned char *at, size_t length, uint64_t seed)
{
    const unsigned char *end = at + length;
    uint64_t sum = seed ^ (length * 0x9E3779B97F4A7C15ull), some;
    if (length < 8) {
        sum = (sum ^ few_bytes(at, length)) * 0xff51afd7ed558ccdull;
    } else {
        for (; end - at > 8; at += 8) {
            memcpy(&some, at, 8);
            sum = (sum ^ some) * 0xff51afd7ed558ccdull;
            sum ^= sum >> 32;
        }
        memcpy(&some, end - 8, 8); /* some of which may have been taken already */
        sum = (sum ^ some) * 0xff51afd7ed558ccdull;
    }
    sum ^= sum >> 29;
    sum *= 0xc4ceb9fe1a85ec53ull;
    return sum ^ (sum >> 32);
}

/* Whether two texts of one length are the same; most are short, for which calling memcmp costs more than comparing. */
static inline int same_text(const unsigned char *a, const unsigned char *b, size_t length)
{
    const unsigned char *end = a + length;
    uint64_t one, two;
    if (length < 8)
        return few_bytes(a, length) == few_bytes(b, length);
    if (length > 64)
        return memcmp(a, b, length) == 0;
    for (; end - a > 8; a += 8, b += 8) {
        memcpy(&one, a, 8);
        memcpy(&two, b, 8);
        if (one != two)
            return 0;
    }
    memcpy(&one, end - 8, 8);
    memcpy(&two, b - 8 + (end - a), 8);
    return one == two;
}

/* How many line feeds there are. */
static inline size_t breaks(const unsigned char *at, size_t length)
{
    const unsigned char *end = at + length;
    size_t count = 0;
#if defined(__SSE2__)
    const __m128i feed = _mm_set1_epi8('\n'), none = _mm_setzero_si128();
    while (end - at >= 16) {
        __m128i some = none; /* bytes that count for themselves, 255 at most */
        int left = (end - at) / 16 < 255 ? (int)((end - at) / 16) : 255;
        for (; left; left--, at += 16)
            some = _mm_sub_epi8(some, _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)at), feed));
        some = _mm_sad_epu8(some, none);
        count += (size_t)_mm_cvtsi128_si32(some) + (size_t)_mm_cvtsi128_si32(_mm_srli_si128(some, 8));
    }
#endif
    for (; at < end; at++)
        count += *at == '\n';
    return count;
}

static inline void fetch_early(const void *at)
{
#if defined(__GNUC__)
    __builtin_prefetch(at);
#else
    (void)at;
#endif
}

#endif
