/* Opens the Initial packets of QUIC clients (RFC 9001, section 5): SHA-256 (FIPS 180-4), HMAC (RFC 2104), HKDF (RFC 5869),
   AES-128 (FIPS 197) and GCM (NIST SP 800-38D), for this one use. The keys are no secrets: they follow from the packet itself.

   Nothing here allocates, and nothing is read or written beyond the sizes that are given. */

#ifndef SHADOWAI_INITIAL_H
#define SHADOWAI_INITIAL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(SHADOWAI_PORTABLE)
#define INITIAL_X86 1
#include <immintrin.h>
#endif

typedef struct {
    uint32_t state[8];
} initial_sha;

typedef struct {
    uint8_t round[176]; /* eleven round keys */
} initial_aes;

typedef struct {
    initial_aes payload, mask;
    uint8_t iv[12];
    uint8_t h[16]; /* the hash key of GCM */
} initial_keys;

/* --- SHA-256 ---------------------------------------------------------------------------------------------------------- */

static const uint32_t INITIAL_K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static const initial_sha INITIAL_START = {{
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};

static inline uint32_t initial_turn(uint32_t x, int n) { return x >> n | x << (32 - n); }

static inline uint32_t initial_big(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline void initial_put(uint8_t *at, uint32_t x) {
    at[0] = (uint8_t)(x >> 24);
    at[1] = (uint8_t)(x >> 16);
    at[2] = (uint8_t)(x >> 8);
    at[3] = (uint8_t)x;
}

static void initial_compress(initial_sha *sha, const uint8_t block[64]) {
    uint32_t w[64], v[8];
    int i;
    for (i = 0; i < 16; i++) w[i] = initial_big(block + 4 * i);
    for (i = 16; i < 64; i++) {
        uint32_t x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + (initial_turn(x, 7) ^ initial_turn(x, 18) ^ x >> 3) + w[i - 7]
            + (initial_turn(y, 17) ^ initial_turn(y, 19) ^ y >> 10);
    }
    memcpy(v, sha->state, sizeof v);
    for (i = 0; i < 64; i++) {
        uint32_t a = v[0], e = v[4];
        uint32_t one = v[7] + (initial_turn(e, 6) ^ initial_turn(e, 11) ^ initial_turn(e, 25)) + ((e & v[5]) ^ (~e & v[6]))
            + INITIAL_K[i] + w[i];
        uint32_t two = (initial_turn(a, 2) ^ initial_turn(a, 13) ^ initial_turn(a, 22))
            + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
        v[7] = v[6], v[6] = v[5], v[5] = e, v[4] = v[3] + one;
        v[3] = v[2], v[2] = v[1], v[1] = a, v[0] = one + two;
    }
    for (i = 0; i < 8; i++) sha->state[i] += v[i];
}

/* The last block of a message: up to 55 bytes, after ``before`` whole blocks. */
static void initial_last(initial_sha *sha, const uint8_t *data, size_t size, size_t before, uint8_t out[32]) {
    uint8_t block[64] = {0};
    int i;
    memcpy(block, data, size);
    block[size] = 0x80;
    initial_put(block + 60, (uint32_t)((64 * before + size) * 8));
    initial_compress(sha, block);
    for (i = 0; i < 8; i++) initial_put(out + 4 * i, sha->state[i]);
}

/* HMAC-SHA-256 with a key of up to 64 bytes, kept as the states after the key's blocks. */
typedef struct {
    initial_sha inner, outer;
} initial_hmac;

static void initial_hmac_key(initial_hmac *hmac, const uint8_t *key, size_t size) {
    uint8_t block[64];
    size_t i;
    memset(block, 0x36, 64);
    for (i = 0; i < size; i++) block[i] ^= key[i];
    hmac->inner = INITIAL_START;
    initial_compress(&hmac->inner, block);
    for (i = 0; i < 64; i++) block[i] ^= 0x36 ^ 0x5C;
    hmac->outer = INITIAL_START;
    initial_compress(&hmac->outer, block);
}

/* Of a message of up to 55 bytes. */
static void initial_hmac_of(const initial_hmac *hmac, const uint8_t *data, size_t size, uint8_t out[32]) {
    initial_sha sha = hmac->inner;
    uint8_t inside[32];
    initial_last(&sha, data, size, 1, inside);
    sha = hmac->outer;
    initial_last(&sha, inside, 32, 1, out);
}

/* HKDF-Expand-Label (RFC 8446, section 7.1) for up to 32 bytes; the label, with its prefix, has up to 32. */
static void initial_expand(const initial_hmac *secret, const char *prefix, const char *label, uint8_t size, uint8_t out[32]) {
    uint8_t info[55];
    size_t at = 3, n;
    memcpy(info + at, "tls13 ", 6), at += 6;
    n = strlen(prefix), memcpy(info + at, prefix, n), at += n;
    n = strlen(label), memcpy(info + at, label, n), at += n;
    info[0] = 0, info[1] = size, info[2] = (uint8_t)(at - 3);
    info[at++] = 0;
    info[at++] = 1;
    initial_hmac_of(secret, info, at, out);
}

/* --- AES-128 ---------------------------------------------------------------------------------------------------------- */

static uint8_t INITIAL_BOX[256];
static uint32_t INITIAL_TABLE[256];
static int initial_with_x86 = 0;

/* Makes the tables; once, before anything else. */
static void initial_begin(void) {
    uint8_t p = 1, q = 1;
    int i;
    do { /* p runs through the field by 3, q by its inverse */
        p = (uint8_t)(p ^ p << 1 ^ (p & 0x80 ? 0x1B : 0));
        q ^= (uint8_t)(q << 1);
        q ^= (uint8_t)(q << 2);
        q ^= (uint8_t)(q << 4);
        if (q & 0x80) q ^= 0x09;
        INITIAL_BOX[p] = (uint8_t)(0x63 ^ q ^ (q << 1 | q >> 7) ^ (q << 2 | q >> 6) ^ (q << 3 | q >> 5) ^ (q << 4 | q >> 4));
    } while (p != 1);
    INITIAL_BOX[0] = 0x63;
    for (i = 0; i < 256; i++) {
        uint8_t s = INITIAL_BOX[i], two = (uint8_t)(s << 1 ^ (s & 0x80 ? 0x1B : 0));
        INITIAL_TABLE[i] = (uint32_t)two << 24 | (uint32_t)s << 16 | (uint32_t)s << 8 | (uint8_t)(two ^ s);
    }
#ifdef INITIAL_X86
    initial_with_x86 = __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("ssse3");
#endif
}

static void initial_aes_key(initial_aes *aes, const uint8_t key[16]) {
    uint8_t *r = aes->round, turn = 1;
    int i;
    memcpy(r, key, 16);
    for (i = 16; i < 176; i += 4) {
        uint8_t t[4] = {r[i - 4], r[i - 3], r[i - 2], r[i - 1]};
        if (i % 16 == 0) {
            uint8_t first = t[0];
            t[0] = INITIAL_BOX[t[1]] ^ turn, t[1] = INITIAL_BOX[t[2]], t[2] = INITIAL_BOX[t[3]], t[3] = INITIAL_BOX[first];
            turn = (uint8_t)(turn << 1 ^ (turn & 0x80 ? 0x1B : 0));
        }
        r[i] = r[i - 16] ^ t[0], r[i + 1] = r[i - 15] ^ t[1], r[i + 2] = r[i - 14] ^ t[2], r[i + 3] = r[i - 13] ^ t[3];
    }
}

static void initial_aes_block(const initial_aes *aes, const uint8_t in[16], uint8_t out[16]) {
    const uint8_t *r = aes->round;
    uint32_t a[4], b[4];
    int i, n;
    for (i = 0; i < 4; i++) a[i] = initial_big(in + 4 * i) ^ initial_big(r + 4 * i);
    for (n = 1; n < 10; n++) {
        r += 16;
        for (i = 0; i < 4; i++) {
            b[i] = INITIAL_TABLE[a[i] >> 24] ^ initial_turn(INITIAL_TABLE[a[(i + 1) & 3] >> 16 & 255], 8)
                ^ initial_turn(INITIAL_TABLE[a[(i + 2) & 3] >> 8 & 255], 16)
                ^ initial_turn(INITIAL_TABLE[a[(i + 3) & 3] & 255], 24) ^ initial_big(r + 4 * i);
        }
        memcpy(a, b, sizeof a);
    }
    r += 16;
    for (i = 0; i < 4; i++) {
        uint32_t x = (uint32_t)INITIAL_BOX[a[i] >> 24] << 24 | (uint32_t)INITIAL_BOX[a[(i + 1) & 3] >> 16 & 255] << 16
            | (uint32_t)INITIAL_BOX[a[(i + 2) & 3] >> 8 & 255] << 8 | INITIAL_BOX[a[(i + 3) & 3] & 255];
        initial_put(out + 4 * i, x ^ initial_big(r + 4 * i));
    }
}

/* --- GCM -------------------------------------------------------------------------------------------------------------- */

static const uint16_t INITIAL_REST[16] = {
    0x0000, 0x1C20, 0x3840, 0x2460, 0x7080, 0x6CA0, 0x48C0, 0x54E0, 0xE100, 0xFD20, 0xD940, 0xC560, 0x9180, 0x8DA0, 0xA9C0, 0xB5E0};

typedef struct {
    uint64_t high[16], low[16];
} initial_ghash_table;

static inline uint64_t initial_big64(const uint8_t *at) { return (uint64_t)initial_big(at) << 32 | initial_big(at + 4); }

static void initial_ghash_key(initial_ghash_table *table, const uint8_t h[16]) {
    uint64_t high = initial_big64(h), low = initial_big64(h + 8);
    int i, j;
    table->high[0] = table->low[0] = 0;
    table->high[8] = high, table->low[8] = low;
    for (i = 4; i > 0; i >>= 1) {
        uint64_t carry = (low & 1) * 0xE100000000000000u;
        low = high << 63 | low >> 1;
        high = high >> 1 ^ carry;
        table->high[i] = high, table->low[i] = low;
    }
    for (i = 2; i <= 8; i *= 2)
        for (j = 1; j < i; j++) {
            table->high[i + j] = table->high[i] ^ table->high[j];
            table->low[i + j] = table->low[i] ^ table->low[j];
        }
}

static void initial_ghash_block(const initial_ghash_table *table, uint8_t x[16]) {
    uint64_t high = 0, low = 0;
    int i;
    for (i = 31; i >= 0; i--) {
        int nibble = i & 1 ? x[i >> 1] & 15 : x[i >> 1] >> 4;
        int rest = (int)(low & 15);
        if (i != 31) {
            low = high << 60 | low >> 4;
            high = high >> 4 ^ (uint64_t)INITIAL_REST[rest] << 48;
        }
        high ^= table->high[nibble];
        low ^= table->low[nibble];
    }
    initial_put(x, (uint32_t)(high >> 32)), initial_put(x + 4, (uint32_t)high);
    initial_put(x + 8, (uint32_t)(low >> 32)), initial_put(x + 12, (uint32_t)low);
}

static void initial_ghash(const initial_ghash_table *table, uint8_t x[16], const uint8_t *data, size_t size) {
    size_t at, i;
    for (at = 0; at < size; at += 16) {
        for (i = 0; i < 16 && at + i < size; i++) x[i] ^= data[at + i];
        initial_ghash_block(table, x);
    }
}

static void initial_lengths(uint8_t block[16], size_t extra, size_t size) {
    memset(block, 0, 16);
    initial_put(block + 4, (uint32_t)(extra * 8));
    initial_put(block + 12, (uint32_t)(size * 8));
}

/* Tag of ``size`` encrypted bytes with ``extra`` authenticated ones, up to the encrypted counter block. */
static void initial_tag(
    const uint8_t h[16], const uint8_t *header, size_t extra, const uint8_t *data, size_t size, uint8_t x[16]
) {
    initial_ghash_table table;
    uint8_t lengths[16];
    initial_ghash_key(&table, h);
    memset(x, 0, 16);
    initial_ghash(&table, x, header, extra);
    initial_ghash(&table, x, data, size);
    initial_lengths(lengths, extra, size);
    initial_ghash(&table, x, lengths, 16);
}

static void initial_counter(const initial_aes *aes, const uint8_t nonce[12], const uint8_t *data, size_t size, uint8_t *out) {
    uint8_t counter[16], stream[16];
    size_t at, i;
    memcpy(counter, nonce, 12);
    for (at = 0; at < size; at += 16) {
        initial_put(counter + 12, (uint32_t)(at / 16 + 2));
        initial_aes_block(aes, counter, stream);
        for (i = 0; i < 16 && at + i < size; i++) out[at + i] = data[at + i] ^ stream[i];
    }
}

#ifdef INITIAL_X86

#define INITIAL_TARGET __attribute__((target("aes,pclmul,ssse3")))

/* Multiplication in GCM's field, of operands whose bytes are reversed (Gueron, Kounavis: Intel Carry-Less Multiplication
   Instruction and its Usage for Computing the GCM Mode, figure 5). */
INITIAL_TARGET static inline __m128i initial_multiplied(__m128i a, __m128i b) {
    __m128i low = _mm_clmulepi64_si128(a, b, 0x00), high = _mm_clmulepi64_si128(a, b, 0x11);
    __m128i middle = _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x10), _mm_clmulepi64_si128(a, b, 0x01));
    __m128i x, y, z;
    low = _mm_xor_si128(low, _mm_slli_si128(middle, 8));
    high = _mm_xor_si128(high, _mm_srli_si128(middle, 8));
    x = _mm_srli_epi32(low, 31), y = _mm_srli_epi32(high, 31);
    low = _mm_or_si128(_mm_slli_epi32(low, 1), _mm_slli_si128(x, 4));
    high = _mm_or_si128(_mm_or_si128(_mm_slli_epi32(high, 1), _mm_slli_si128(y, 4)), _mm_srli_si128(x, 12));
    x = _mm_xor_si128(_mm_xor_si128(_mm_slli_epi32(low, 31), _mm_slli_epi32(low, 30)), _mm_slli_epi32(low, 25));
    y = _mm_srli_si128(x, 4);
    low = _mm_xor_si128(low, _mm_slli_si128(x, 12));
    z = _mm_xor_si128(_mm_xor_si128(_mm_srli_epi32(low, 1), _mm_srli_epi32(low, 2)), _mm_srli_epi32(low, 7));
    return _mm_xor_si128(high, _mm_xor_si128(low, _mm_xor_si128(z, y)));
}

INITIAL_TARGET static __m128i initial_ghash_x86(__m128i x, __m128i h, __m128i swap, const uint8_t *data, size_t size) {
    uint8_t last[16] = {0};
    size_t at;
    for (at = 0; at + 16 <= size; at += 16) {
        __m128i block = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(data + at)), swap);
        x = initial_multiplied(_mm_xor_si128(x, block), h);
    }
    if (at < size) {
        memcpy(last, data + at, size - at);
        x = initial_multiplied(_mm_xor_si128(x, _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)last), swap)), h);
    }
    return x;
}

INITIAL_TARGET static void initial_tag_x86(
    const uint8_t h[16], const uint8_t *header, size_t extra, const uint8_t *data, size_t size, uint8_t out[16]
) {
    const __m128i swap = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m128i key = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)h), swap), x = _mm_setzero_si128();
    uint8_t lengths[16];
    x = initial_ghash_x86(x, key, swap, header, extra);
    x = initial_ghash_x86(x, key, swap, data, size);
    initial_lengths(lengths, extra, size);
    x = initial_ghash_x86(x, key, swap, lengths, 16);
    _mm_storeu_si128((__m128i *)out, _mm_shuffle_epi8(x, swap));
}

INITIAL_TARGET static void initial_counter_x86(
    const initial_aes *aes, const uint8_t nonce[12], const uint8_t *data, size_t size, uint8_t *out
) {
    __m128i round[11];
    uint8_t counter[64], stream[64];
    size_t at, i;
    int n, b;
    for (n = 0; n < 11; n++) round[n] = _mm_loadu_si128((const __m128i *)(aes->round + 16 * n));
    for (b = 0; b < 4; b++) memcpy(counter + 16 * b, nonce, 12);
    for (at = 0; at < size; at += 64) {
        __m128i block[4];
        for (b = 0; b < 4; b++) {
            initial_put(counter + 16 * b + 12, (uint32_t)(at / 16 + 2) + (uint32_t)b);
            block[b] = _mm_xor_si128(_mm_loadu_si128((const __m128i *)(counter + 16 * b)), round[0]);
        }
        for (n = 1; n < 10; n++)
            for (b = 0; b < 4; b++) block[b] = _mm_aesenc_si128(block[b], round[n]);
        for (b = 0; b < 4; b++) _mm_storeu_si128((__m128i *)(stream + 16 * b), _mm_aesenclast_si128(block[b], round[10]));
        for (i = 0; i < 64 && at + i < size; i++) out[at + i] = data[at + i] ^ stream[i];
    }
}

#endif

/* --- Initial packets -------------------------------------------------------------------------------------------------- */

/* The keys of a client's Initials: of its version's salt, with the prefix of its labels ("quic " or "quicv2 "), and the
   connection id, up to 20 bytes. */
static void initial_derive(initial_keys *keys, const initial_hmac *salt, const char *prefix, const uint8_t *id, size_t size) {
    static const uint8_t zero[16] = {0};
    uint8_t out[32];
    initial_hmac hmac;
    initial_hmac_of(salt, id, size, out);
    initial_hmac_key(&hmac, out, 32);
    initial_expand(&hmac, "client ", "in", 32, out);
    initial_hmac_key(&hmac, out, 32);
    initial_expand(&hmac, prefix, "key", 16, out);
    initial_aes_key(&keys->payload, out);
    initial_expand(&hmac, prefix, "iv", 12, out);
    memcpy(keys->iv, out, 12);
    initial_expand(&hmac, prefix, "hp", 16, out);
    initial_aes_key(&keys->mask, out);
    initial_aes_block(&keys->payload, zero, keys->h);
}

/* The frames of the Initial packet of ``size`` bytes whose number begins at ``number_at``, written to ``plain``, which has room
   for ``size`` bytes: how many there are, or -1 where the packet was not protected with these keys. */
static long initial_open(
    const initial_keys *keys, const uint8_t *packet, size_t size, size_t number_at, uint8_t *plain, int portable
) {
    uint8_t header[512], mask[16], nonce[16], tag[16], last[16];
    size_t length, start, content, i;
    if (number_at < 7 || number_at > 500 || size < number_at + 20) return -1;
    initial_aes_block(&keys->mask, packet + number_at + 4, mask);
    memcpy(header, packet, number_at + 4);
    header[0] ^= mask[0] & 0x0F;
    length = (size_t)(header[0] & 3) + 1;
    start = number_at + length;
    content = size - start - 16;
    memcpy(nonce, keys->iv, 12);
    for (i = 0; i < length; i++) {
        header[number_at + i] ^= mask[1 + i];
        nonce[12 - length + i] ^= header[number_at + i];
    }
    memset(nonce + 12, 0, 3);
    nonce[15] = 1;
#ifdef INITIAL_X86
    if (initial_with_x86 && !portable)
        initial_tag_x86(keys->h, header, start, packet + start, content, tag);
    else
#endif
        initial_tag(keys->h, header, start, packet + start, content, tag);
    initial_aes_block(&keys->payload, nonce, last);
    for (i = 0; i < 16; i++)
        if ((tag[i] ^ last[i]) != packet[start + content + i]) return -1;
#ifdef INITIAL_X86
    if (initial_with_x86 && !portable)
        initial_counter_x86(&keys->payload, nonce, packet + start, content, plain);
    else
#endif
        initial_counter(&keys->payload, nonce, packet + start, content, plain);
    return (long)content;
}

#endif
