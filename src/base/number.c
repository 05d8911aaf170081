/* SPDX-License-Identifier: MIT
 * number.c - decimal numbers to doubles: the exact ways for what one floating-point operation cannot do; and back. */
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- integers of a few limbs --- */

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;

#define FIVES 27 /* 5^27 is the largest power that fits a limb of 64 bits */
#define STEPS 3  /* of multiplying or dividing by up to 5^27 */

/* w 10^e = (w 5^e) 2^e: limb by limb, most significant first. A quotient keeps 64 bits or more, and whether anything was
 * left over, which is all that rounding asks for: floor(floor(a / b) / c) = floor(a / (b c)). */
static bool assemble_wide(double *value, uint64_t w, int64_t exponent)
{
    /* clang-format off */
    static const uint64_t fives[FIVES + 1] = {
        1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1953125, 9765625, 48828125, 244140625, 1220703125, 6103515625,
        30517578125, 152587890625, 762939453125, 3814697265625, 19073486328125, 95367431640625, 476837158203125,
        2384185791015625, 11920928955078125, 59604644775390625, 298023223876953125, 1490116119384765625,
        7450580596923828125};
    /* clang-format on */
    if (exponent < -FIVES * STEPS || exponent > FIVES * STEPS) return false;
    const bool divide = exponent < 0;
    int left = (int)(divide ? -exponent : exponent);
    const int count = 1 + (left + FIVES - 1) / FIVES, zeros = __builtin_clzll(w);
    uint64_t limb[STEPS + 1] = {0}, rest = 0;
    int power = (int)exponent - zeros - (divide ? 64 * (count - 1) : 0);
    limb[divide ? 0 : count - 1] = w << zeros;
    for (; left > 0; left -= FIVES) {
        const uint64_t five = fives[left < FIVES ? left : FIVES];
        uint64_t carry = 0;
        for (int i = 0; i < count && divide; i++) {
            const wide dividend = (wide)carry << 64 | limb[i];
            limb[i] = (uint64_t)(dividend / five);
            carry = (uint64_t)(dividend - (wide)limb[i] * five);
        }
        for (int i = count; i-- > 0 && !divide;) {
            const wide product = (wide)limb[i] * five + carry;
            limb[i] = (uint64_t)product;
            carry = (uint64_t)(product >> 64);
        }
        rest |= carry; /* of a division; a product fits */
    }
    int top = 0;
    while (limb[top] == 0) top++;
    const int shift = __builtin_clzll(limb[top]);
    power += 64 * (count - 1 - top) - shift;
    uint64_t q = limb[top] << shift;
    if (top + 1 < count) {
        const wide two = ((wide)limb[top] << 64 | limb[top + 1]) << shift;
        q = (uint64_t)(two >> 64);
        rest |= (uint64_t)two;
    }
    for (int i = top + 2; i < count; i++) rest |= limb[i];
    /* q * 2^power, rounded once: the last of q's 64 bits may stand for all that follow. 2^power is a normal number. */
    const uint64_t bits = (uint64_t)(power + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    *value = (double)(q | (rest != 0)) * scale;
    return true;
}
#else
static bool assemble_wide(double *value, uint64_t w, int64_t exponent)
{
    (void)value, (void)w, (void)exponent;
    return false;
}
#endif

/* --- any number of digits --- */

#define DIGITS 800 /* a double and the middle between two are told apart by 768 digits */
#define SHIFT 59   /* bits at once: 10 * 2^59 fits 64 bits */

/* 0.d0 d1 d2 ... * 10^point; d0 is not 0 unless count is 0. */
typedef struct {
    int count;
    int64_t point;
    bool cut; /* digits other than 0 came behind */
    unsigned char digit[DIGITS];
} decimal;

static void drop_trailing_zeros(decimal *d)
{
    while (d->count > 0 && d->digit[d->count - 1] == 0) d->count--;
}

static void shift_left(decimal *d, int bits)
{
    unsigned char product[DIGITS + 20];
    int at = (int)sizeof product;
    uint64_t carry = 0;
    for (int i = d->count; i-- > 0;) {
        carry += (uint64_t)d->digit[i] << bits;
        product[--at] = (unsigned char)(carry % 10);
        carry /= 10;
    }
    for (; carry > 0; carry /= 10) product[--at] = (unsigned char)(carry % 10);
    const int count = (int)sizeof product - at;
    d->point += count - d->count;
    d->count = count < DIGITS ? count : DIGITS;
    memcpy(d->digit, product + at, (size_t)d->count);
    for (int i = d->count; i < count; i++) d->cut = d->cut || product[at + i] != 0;
    drop_trailing_zeros(d);
}

static void shift_right(decimal *d, int bits)
{
    const uint64_t mask = ((uint64_t)1 << bits) - 1;
    unsigned char quotient[DIGITS];
    int count = 0;
    uint64_t rest = 0;
    for (int i = 0; i < d->count || rest > 0; i++) {
        rest = 10 * rest + (i < d->count ? d->digit[i] : 0);
        const unsigned char digit = (unsigned char)(rest >> bits);
        rest &= mask;
        if (count == 0 && digit == 0)
            d->point--;
        else if (count < DIGITS)
            quotient[count++] = digit;
        else
            d->cut = d->cut || digit != 0;
    }
    memcpy(d->digit, quotient, (size_t)count);
    d->count = count;
    drop_trailing_zeros(d);
}

/* floor of d < 10^19 */
static uint64_t whole_part(const decimal *d)
{
    uint64_t whole = 0;
    for (int i = 0; i < d->point; i++) whole = 10 * whole + (i < d->count ? d->digit[i] : 0);
    return whole;
}

static double nearest(decimal *d)
{
    if (d->count == 0 || d->point < -330) return 0; /* under half of 2^-1074 = 4.9e-324 */
    if (d->point > 310) return INFINITY;
    int power = 0;
    for (; d->point > 19; power += SHIFT) shift_right(d, SHIFT);
    for (; d->point <= 0; power -= SHIFT) shift_left(d, SHIFT);
    /* now 1 <= d < 10^19; where it has fewer than 59 bits before the point, on to 59 */
    uint64_t whole = whole_part(d);
    int bits = 0;
    while (bits < 64 && whole >> bits != 0) bits++;
    if (bits < 59) {
        shift_left(d, 59 - bits);
        power -= 59 - bits;
        bits = 59;
        whole = whole_part(d);
    }
    const bool rest = d->cut || d->count > d->point;
    /* 53 bits stay, fewer where their unit would be below 2^-1074 */
    int drop = bits - 53;
    if (power + drop < -1074) drop = -1074 - power;
    if (drop > 63) return 0;
    uint64_t kept = whole >> drop;
    const uint64_t cut = whole & (((uint64_t)1 << drop) - 1), half = (uint64_t)1 << (drop - 1);
    if (cut > half || (cut == half && (rest || kept % 2 == 1))) kept++;
    return ldexp((double)kept, power + drop);
}

double loci_number_assemble(uint64_t w, int64_t exponent)
{
    double value;
    if (w == 0) return 0;
    if (assemble_wide(&value, w, exponent)) return value;
    decimal d = {.count = 0};
    uint64_t unit = 1;
    while (w / unit >= 10) unit *= 10;
    for (; unit > 0; unit /= 10) d.digit[d.count++] = (unsigned char)(w / unit % 10);
    d.point = d.count + exponent;
    drop_trailing_zeros(&d);
    return nearest(&d);
}

static bool same_word(const char *text, const char *word)
{
    while (*word != 0 && (*text | 0x20) == *word) {
        text++;
        word++;
    }
    return *word == 0;
}

const char *loci_number_scan_slow(double *value, const char *text, char decimal_point)
{
    const char *p = text;
    const bool negative = *p == '-';
    p += negative || *p == '+';
    if (same_word(p, "inf")) {
        *value = negative ? -INFINITY : INFINITY;
        return p + (same_word(p, "infinity") ? 8 : 3);
    }
    decimal d; /* digits are not cleared */
    d.count = 0;
    d.point = 0;
    d.cut = false;
    bool some = false, point = false;
    for (;; p++) {
        if (*p == decimal_point && !point) {
            point = true;
            continue;
        }
        const unsigned digit = (unsigned)(unsigned char)*p - '0';
        if (digit > 9) break;
        some = true;
        if (d.count == 0 && digit == 0) {
            d.point -= point;
            continue;
        }
        d.point += !point;
        if (d.count < DIGITS)
            d.digit[d.count++] = (unsigned char)digit;
        else
            d.cut = d.cut || digit != 0;
    }
    if (!some) return NULL;
    if ((*p | 0x20) == 'e') {
        const char *sign = ++p;
        p += *sign == '-' || *sign == '+';
        const char *start = p;
        int64_t e = 0;
        for (; *p >= '0' && *p <= '9'; p++)
            if (e < (int64_t)1 << 40) e = 10 * e + (*p - '0');
        if (p == start) return NULL;
        d.point += *sign == '-' ? -e : e;
    }
    drop_trailing_zeros(&d);
    double magnitude;
    if (d.count > 19 || d.cut) {
        magnitude = nearest(&d);
    } else {
        uint64_t w = 0;
        for (int i = 0; i < d.count; i++) w = 10 * w + d.digit[i];
        magnitude = loci_number_assemble(w, d.point - d.count);
    }
    *value = negative ? -magnitude : magnitude;
    return p;
}

/* --- back --- */

/* A locale's point is a byte or more that are no other part of a number. */
static bool is_point(char c)
{
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return c && !letter && !(c >= '0' && c <= '9') && c != '-' && c != '+';
}

void loci_number_write(char *text, size_t size, double value, int digits)
{
    if (size == 0) return;
    snprintf(text, size, "%.*g", digits, value);
    char *to = text;
    for (const char *from = text; *from; from++)
        if (!is_point(*from))
            *to++ = *from;
        else if (!is_point(from[1]))
            *to++ = '.';
    *to = 0;
}
