/* SPDX-License-Identifier: MIT
 * model/network.h - the functions of loci/network.h under their names without a precision. */
#ifndef LOCI_MODEL_NETWORK_H
#define LOCI_MODEL_NETWORK_H

#include <loci/network.h>

#include "base/real.h"

#define loci_network LOCI_NAME(loci_network)
#define loci_network_create LOCI_NAME(loci_network_create)
#define loci_network_free LOCI_NAME(loci_network_free)
#define loci_network_parts LOCI_NAME(loci_network_parts)
#define loci_network_prepare LOCI_NAME(loci_network_prepare)
#define loci_network_gradient_size LOCI_NAME(loci_network_gradient_size)
#define loci_network_workspace LOCI_NAME(loci_network_workspace)
#define loci_network_state LOCI_NAME(loci_network_state)
#define loci_network_forward LOCI_NAME(loci_network_forward)
#define loci_network_backward LOCI_NAME(loci_network_backward)
#define loci_network_gather LOCI_NAME(loci_network_gather)
#define loci_network_step_workspace LOCI_NAME(loci_network_step_workspace)
#define loci_network_step LOCI_NAME(loci_network_step)

#endif
