/* SPDX-License-Identifier: MIT
 * rule_whole.c - recurrences of whole numbers: found modulo a prime, proved and gone on with in whole numbers of any size.
 *
 * A whole number is digits to the base 10^9, the lowest first, each 0 to 10^9 - 1 but for the highest, which has the sign: so
 * that adding never asks for it. */
#include "init/rule.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"

#define PRIME 2147483647 /* 2^31 - 1: products fit 64 bits */
#define BASE 1000000000

enum {
    ROOM = 3,     /* digits of a number below 2^53, and a carry */
    LEARNT = 4096 /* terms that a recurrence is made of; it must give the others */
};

static uint64_t power(uint64_t x, uint64_t exponent)
{
    uint64_t result = 1;
    for (; exponent; exponent >>= 1, x = x * x % PRIME)
        if (exponent & 1) result = result * x % PRIME;
    return result;
}

/* c [n + 1] and b, t likewise (scratch): sum over i of c[i] y[k - i] = 0 for all k >= the length, which is returned. */
static size_t massey(uint64_t *c, uint64_t *b, uint64_t *t, const uint64_t *y, size_t n)
{
    size_t length = 0, shift = 1;
    uint64_t before = 1;
    c[0] = b[0] = 1;
    for (size_t k = 0; k < n; k++) {
        uint64_t d = 0;
        for (size_t i = 0; i <= length; i++) d = (d + c[i] * y[k - i]) % PRIME;
        if (d == 0) {
            shift++;
            continue;
        }
        const uint64_t factor = PRIME - d * power(before, PRIME - 2) % PRIME;
        const bool longer = 2 * length <= k;
        if (longer) memcpy(t, c, (n + 1) * sizeof *c);
        for (size_t i = 0; i + shift <= k + 1; i++) c[i + shift] = (c[i + shift] + factor * b[i]) % PRIME;
        if (longer) {
            length = k + 1 - length;
            memcpy(b, t, (n + 1) * sizeof *b);
            before = d;
            shift = 1;
        } else {
            shift++;
        }
    }
    return length;
}

typedef struct {
    int64_t *digits;
    size_t count;
} whole;

static void whole_set(whole *x, double value)
{
    int64_t v = (int64_t)value;
    x->count = 0;
    for (; v >= BASE || v < -BASE; v = (v - x->digits[x->count - 1]) / BASE)
        x->digits[x->count++] = (v % BASE + BASE) % BASE;
    x->digits[x->count++] = v;
}

/* sum += c x; |c| < 2^30. */
static void whole_add(whole *sum, int64_t c, const whole *x)
{
    int64_t carry = 0;
    size_t i = 0;
    for (; i < sum->count || i < x->count || carry >= BASE || carry < -BASE; i++) {
        int64_t t = carry + (i < x->count ? c * x->digits[i] : 0) + (i < sum->count ? sum->digits[i] : 0);
        carry = t / BASE - (t % BASE < 0);
        sum->digits[i] = t - carry * BASE;
    }
    sum->digits[i++] = carry;
    while (i > 1 && (sum->digits[i - 1] == 0 || sum->digits[i - 1] == -1)) { /* the highest is of no use */
        if (sum->digits[i - 1] == -1) sum->digits[i - 2] -= BASE;
        i--;
    }
    sum->count = i;
}

static size_t whole_print(char *text, size_t room, const whole *x, int64_t *scratch)
{
    const bool negative = x->digits[x->count - 1] < 0;
    whole positive = {scratch, 1};
    scratch[0] = 0;
    whole_add(&positive, negative ? -1 : 1, x);
    size_t at = (size_t)snprintf(text, room, "%s%lld", negative ? "-" : "",
                                 (long long)positive.digits[positive.count - 1]);
    for (size_t i = positive.count - 1; i-- > 0;)
        at += (size_t)snprintf(text + at, room - at, "%09lld", (long long)positive.digits[i]);
    return at;
}

/* The last `order` terms of a recurrence in a ring. */
typedef struct {
    whole *terms;         /* [order + 1]; term k at k modulo that */
    size_t order, digits; /* room of each */
    const double *a;
} ring;

static void ring_release(ring *r)
{
    if (r->terms) loci_free(r->terms[0].digits);
    loci_free(r->terms);
    *r = (ring){0};
}

/* With room for `steps` terms behind the first ones of y [order]. */
static bool ring_begin(const loci_allocator *by, ring *r, const double *a, const double *y, size_t order,
                       size_t steps)
{
    double growth = 1;
    size_t all;
    for (size_t i = 0; i < order; i++) growth += fabs(a[i]);
    *r = (ring){
        .order = order, .a = a, .digits = ROOM + 2 + (size_t)ceil((double)steps * log2(growth) / 29.8)};
    r->terms = loci_allocate_by(by, order + 1, sizeof *r->terms);
    int64_t *digits =
        loci_size_multiply(&all, order + 1, r->digits) ? loci_allocate_by(by, all, sizeof *digits) : NULL;
    if (!r->terms || !digits) {
        loci_free(digits);
        loci_free(r->terms);
        return false;
    }
    for (size_t i = 0; i <= order; i++) r->terms[i] = (whole){digits + i * r->digits, 1};
    for (size_t i = 0; i < order; i++) whole_set(&r->terms[i], y[i]);
    return true;
}

static const whole *ring_next(ring *r, size_t k)
{
    whole *next = &r->terms[k % (r->order + 1)];
    next->count = 1;
    next->digits[0] = 0;
    for (size_t i = 0; i < r->order; i++)
        if (r->a[i] != 0) whole_add(next, (int64_t)r->a[i], &r->terms[(k - 1 - i) % (r->order + 1)]);
    return next;
}

/* Whether the recurrence gives terms `order` to n - 1; a mismatch ends it before numbers grow. */
static bool gives(ring *r, const double *y, size_t n)
{
    int64_t digits[ROOM + 2];
    whole wanted = {digits, 0};
    for (size_t k = r->order; k < n; k++) {
        const whole *x = ring_next(r, k);
        whole_set(&wanted, y[k]);
        if (x->count != wanted.count || memcmp(x->digits, digits, x->count * sizeof *digits) != 0)
            return false;
    }
    return true;
}

loci_status loci_rule_whole(const loci_allocator *by, double *a, size_t *order, const double *y, size_t n,
                            loci_error *error)
{
    *order = 0;
    for (size_t k = 0; k < n; k++)
        if (!(fabs(y[k]) < 0x1p53 && y[k] == floor(y[k]))) return LOCI_OK;
    const size_t m = n < LEARNT ? n : LEARNT;
    uint64_t *const scratch = loci_allocate_by(by, 4 * (m + 1), sizeof *scratch);
    if (!scratch) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu terms", n);
    uint64_t *const c = scratch, *const residues = c + 3 * (m + 1);
    for (size_t k = 0; k < m; k++) residues[k] = (uint64_t)(((int64_t)y[k] % PRIME + PRIME) % PRIME);
    const size_t length = massey(c, c + (m + 1), c + 2 * (m + 1), residues, m);
    bool fits = length > 0 && 2 * length + 2 <= m;
    for (size_t i = 0; fits && i < length; i++) {
        const int64_t below = (int64_t)c[i + 1]; /* of y_k = -c_1 y_{k-1} - ... */
        a[i] = (double)(below > PRIME / 2 ? PRIME - below : -below);
        fits = fabs(a[i]) < 0x1p30;
    }
    loci_free(scratch);
    if (!fits) return LOCI_OK;
    ring r;
    /* terms that agree with y stay small: room for one that does not is enough */
    if (!ring_begin(by, &r, a, y, length, 2))
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a rule of order %zu", length);
    if (gives(&r, y, n)) *order = length;
    ring_release(&r);
    return LOCI_OK;
}

loci_status loci_rule_digits(const loci_rule *rule, char **text, size_t count, loci_error *error)
{
    const size_t order = rule->info.order, terms = rule->info.terms;
    *text = NULL;
    if (!rule->info.whole)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "the rule is not one of whole numbers");
    if (count > LOCI_RULE_NEXT_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "%zu terms are asked for; %d at most were expected", count,
                         LOCI_RULE_NEXT_MAX);
    ring r;
    if (!ring_begin(rule->by, &r, rule->a, rule->y + (terms - order), order, count))
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu terms", count);
    const size_t line = 9 * r.digits + 3;
    int64_t *spare = loci_allocate_by(rule->by, r.digits + 2, sizeof *spare);
    size_t size = 0, room = 0;
    char *all = malloc(1);
    bool well = spare && all;
    if (all) all[0] = '\0';
    for (size_t k = order; well && k < order + count; k++) {
        const whole *x = ring_next(&r, k);
        if (size + line > room) {
            room = 2 * room + line;
            char *larger = realloc(all, room);
            well = larger != NULL;
            if (larger) all = larger;
        }
        if (!well) break;
        size += whole_print(all + size, room - size - 2, x, spare);
        all[size++] = '\n';
        all[size] = '\0';
    }
    loci_free(spare);
    ring_release(&r);
    if (!well) {
        free(all);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu terms", count);
    }
    *text = all;
    return LOCI_OK;
}
