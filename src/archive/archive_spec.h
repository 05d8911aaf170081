/* SPDX-License-Identifier: MIT
 * archive/archive_spec.h - the spec of an archive as its writer takes it. */
#ifndef LOCI_ARCHIVE_ARCHIVE_SPEC_H
#define LOCI_ARCHIVE_ARCHIVE_SPEC_H

#include <loci/archive.h>

/* The spec that was given whole, as this version knows it, and checked. s holds the defaults of what a shorter one leaves out. */
loci_status loci_archive_spec_take(loci_archive_spec *s, const loci_archive_spec *given, loci_error *error);

/* The samples of a page where the spec does not say. */
size_t loci_archive_spec_page(const loci_archive_spec *s);

#endif
