/* Bytes of a line looked at many at once: where the next one is that matters. Every read lies before `end`. */
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

/* Where spaces stand, as distances from `at`, up to `most` of them; how many. */
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

/* A seeded hash: texts that collide under one seed do not under another. */
static inline uint64_t text_hash(const unsigned char *at, size_t length, uint64_t seed)
{
    uint64_t sum = seed ^ (length * 0x9E3779B97F4A7C15ull), some;
    for (; length >= 8; at += 8, length -= 8) {
        memcpy(&some, at, 8);
        sum = (sum ^ some) * 0xff51afd7ed558ccdull;
        sum ^= sum >> 32;
    }
    if (length) {
        some = 0;
        memcpy(&some, at, length);
        sum = (sum ^ some) * 0xff51afd7ed558ccdull;
    }
    sum ^= sum >> 29;
    sum *= 0xc4ceb9fe1a85ec53ull;
    return sum ^ (sum >> 32);
}

#endif
