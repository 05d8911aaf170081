/* SPDX-License-Identifier: MIT
 * page_coder.c - the room in which pages are written and read. */
#include "archive/page_parts.h"

#include "base/allocate.h"

/* What only writing needs. */
static void room_free(page_coder *p)
{
    loci_free(p->u);
    loci_free(p->x);
    loci_free(p->expected);
    loci_free(p->recalled);
    for (size_t i = 0; i < 2; i++) loci_free(p->bytes[i]);
    p->u = p->x = p->expected = p->recalled = NULL;
    p->bytes[0] = p->bytes[1] = NULL;
}

size_t loci_page_coded_room(size_t samples)
{
    return 8 * samples + 1024;
}

page_coder *loci_page_coder_create(const loci_allocator *by, size_t order, size_t page)
{
    page_coder *p = loci_allocate_by(by, 1, sizeof *p);
    if (!p) return NULL;
    p->order = order;
    p->page = page;
    p->room = loci_page_coded_room(page);
    p->transform = loci_pyramid_create(by, order, page);
    p->coefficients = loci_coefficients_create(by, page);
    p->c = loci_allocate_room_by(by, page, sizeof *p->c);
    p->q = loci_allocate_room_by(by, page, sizeof *p->q);
    p->corrections = loci_allocate_room_by(by, page, sizeof *p->corrections);
    if (!p->transform || !p->coefficients || !p->c || !p->q || !p->corrections) {
        loci_page_coder_destroy(p);
        return NULL;
    }
    return p;
}

bool loci_page_coder_write(page_coder *p)
{
    const loci_allocator *by = loci_allocator_of(p);
    if (p->u) return true;
    p->x = loci_allocate_room_by(by, p->page, sizeof *p->x);
    p->expected = loci_allocate_room_by(by, p->page, sizeof *p->expected);
    p->recalled = loci_allocate_room_by(by, p->page, 2 * sizeof *p->recalled);
    for (size_t i = 0; i < 2; i++) p->bytes[i] = loci_allocate_room_by(by, p->room, 1);
    if (p->x && p->expected && p->recalled && p->bytes[0] && p->bytes[1] &&
        loci_coefficients_write(p->coefficients))
        p->u = loci_allocate_room_by(by, p->page, sizeof *p->u);
    if (p->u) return true;
    room_free(p);
    return false;
}

void loci_page_coder_destroy(page_coder *p)
{
    if (!p) return;
    room_free(p);
    loci_pyramid_destroy(p->transform);
    loci_coefficients_destroy(p->coefficients);
    loci_free(p->c);
    loci_free(p->q);
    loci_free(p->corrections);
    loci_free(p);
}

pyramid *loci_page_pyramid(page_coder *p)
{
    return p->transform;
}

size_t loci_page_order(const page_coder *p)
{
    return p->order;
}
