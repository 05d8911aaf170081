/* SPDX-License-Identifier: MIT
 * model/model_fingerprint.h - what states of streams were bound to before. */
#ifndef LOCI_MODEL_MODEL_FINGERPRINT_H
#define LOCI_MODEL_MODEL_FINGERPRINT_H

#include <loci/model.h>

/* The fingerprint that states of version 1 hold: of what training and initial values depend on too, but not of shift and
 * scale. */
uint64_t loci_model_fingerprint_1(const loci_model *model);

#endif
