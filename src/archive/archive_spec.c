/* SPDX-License-Identifier: MIT
 * archive_spec.c - what an archive is to be: checked, and what it leaves open. */
#include "archive/archive_spec.h"

#include <math.h>
#include <stdbool.h>

#include "archive/units.h"
#include "base/sized.h"
#include "base/status.h"
#include "base/time_grid.h"

enum {
    PAGE_SAMPLES = 65536, /* of all channels together, about, where nothing else is said */
    PAGE_MANY = 262144,   /* the same where there are many */
    PAGE_LEAST = 1024,
    PAGE_OF_BUDGET = 16384, /* where there is a budget, so that there are several pages to weigh */
    BUDGET_LEAST = 256
};

size_t loci_archive_spec_page(const loci_archive_spec *s)
{
    size_t page = s->order > 0 ? s->order : 1;
    size_t most = s->channels <= PAGE_MANY / PAGE_SAMPLES ? PAGE_SAMPLES : PAGE_MANY / s->channels;
    if (s->rule == LOCI_KEEP_BUDGET && most > PAGE_OF_BUDGET) most = PAGE_OF_BUDGET;
    while (2 * page <= (most > PAGE_LEAST ? most : PAGE_LEAST)) page *= 2;
    return page;
}

/* order times a power of 2 */
static bool page_fits(size_t page, size_t order)
{
    const size_t leaves = page / order;
    return page % order == 0 && leaves > 0 && (leaves & (leaves - 1)) == 0 && page <= LOCI_ARCHIVE_PAGE_MAX;
}

loci_status loci_archive_spec_take(loci_archive_spec *s, const loci_archive_spec *given, loci_error *error)
{
    const loci_status status = LOCI_SIZED_TAKE(s, given, "loci_archive_spec", error);
    if (status != LOCI_OK) return status;
    if (s->channels < 1 || s->channels > LOCI_ARCHIVE_CHANNELS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "channels is %zu; 1 to %d was expected", s->channels,
                         LOCI_ARCHIVE_CHANNELS_MAX);
    if (!(s->dt > 0.0) || !isfinite(s->dt))
        return loci_fail(error, LOCI_E_ARGUMENT, "dt is %g; a time above 0 was expected", s->dt);
    if (!isfinite(s->start))
        return loci_fail(error, LOCI_E_ARGUMENT, "start is %g; a finite time was expected", s->start);
    if (!loci_time_tells(s->start, s->dt))
        return loci_fail(error, LOCI_E_ARGUMENT, LOCI_TIME_TOO_FAR, s->start, loci_time_spacing(s->start),
                         s->dt);
    if (s->order > LOCI_ARCHIVE_ORDER_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; 1 to %d was expected", s->order,
                         LOCI_ARCHIVE_ORDER_MAX);
    if (s->page != 0 && (!page_fits(s->page, s->order > 0 ? s->order : 1) || (s->order == 0 && s->page < 64)))
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "page is %zu; %zu times a power of 2, at least 64 where the order is left open, at most %zu, was "
            "expected",
            s->page, s->order > 0 ? s->order : 1, LOCI_ARCHIVE_PAGE_MAX);
    if (s->rule > LOCI_KEEP_BUDGET)
        return loci_fail(error, LOCI_E_ARGUMENT, "rule is %d; a loci_archive_rule was expected",
                         (int)s->rule);
    if (s->rule == LOCI_KEEP_BUDGET) {
        if (s->budget < BUDGET_LEAST || s->budget > LOCI_ARCHIVE_BUDGET_MAX)
            return loci_fail(error, LOCI_E_ARGUMENT, "budget is %zu bytes; %d to %zu was expected", s->budget,
                             BUDGET_LEAST, LOCI_ARCHIVE_BUDGET_MAX);
        if (!(s->fading >= 0.0 && s->fading <= LOCI_ARCHIVE_FADING_MAX))
            return loci_fail(error, LOCI_E_ARGUMENT, "fading is %g; 0 to %g was expected", s->fading,
                             LOCI_ARCHIVE_FADING_MAX);
        return LOCI_OK;
    }
    if (!(s->bound > 0.0) || !isfinite(s->bound))
        return loci_fail(error, LOCI_E_ARGUMENT, "bound is %g; a number above 0 was expected", s->bound);
    if (s->relative && s->rule == LOCI_KEEP_UNITS)
        return loci_fail(error, LOCI_E_ARGUMENT, "relative is set; a unit is no share of anything");
    return LOCI_OK;
}

loci_status loci_archive_check(const loci_archive_spec *spec, loci_error *error)
{
    loci_archive_spec whole = loci_archive_defaults();
    return loci_archive_spec_take(&whole, spec, error);
}

size_t loci_archive_multiples(const double *u, size_t n, double unit)
{
    for (size_t i = 0; i < n; i++) {
        const double units = rint(u[i] / unit);
        if (!isnan(u[i]) && (fabs(units) >= 0x1p52 || loci_units_value(units, unit) != u[i])) return i;
    }
    return n;
}
