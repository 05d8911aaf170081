/* SPDX-License-Identifier: MIT
 * precision.c - what products this processor has. */
#include <loci/network.h>

#include "transform/product.h"

int loci_precision_available(loci_precision precision)
{
    return precision == LOCI_PRECISION_FLOAT ||
           (precision == LOCI_PRECISION_BF16 && loci_product_get_bf16() != NULL);
}
