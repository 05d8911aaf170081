/* SPDX-License-Identifier: MIT
 * loci-train.h - everything that libloci-train offers: readers, systems from measures, text and files, training. */
#ifndef LOCI_TRAIN_LIBRARY_H
#define LOCI_TRAIN_LIBRARY_H

#include <loci.h>

#include <loci/calibration.h>
#include <loci/data.h>
#include <loci/dataset.h>
#include <loci/init.h>
#include <loci/learner.h>
#include <loci/rule.h>
#include <loci/train.h>

#endif
