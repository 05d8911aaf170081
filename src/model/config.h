/* SPDX-License-Identifier: MIT
 * model/config.h - the table of a configuration's fields: what loci/model.h shows of each, and where its value lies. */
#ifndef LOCI_MODEL_CONFIG_H
#define LOCI_MODEL_CONFIG_H

#include <loci/model.h>

typedef struct {
    loci_field field;
    size_t offset;     /* in loci_model_config: of a size_t, a double or an int, by its kind */
    const int *values; /* what its words stand for; NULL: 0, 1, ... */
    int multiple;      /* the value is one of it; 0: any */
    unsigned any;      /* bits of layers for which it is any number from 1, too */
    /* of a count: the text of 0, which is no number of its range but means that there is none; or NULL */
    const char *absent;
} loci_config_row;

/* The caller's configuration, whole; to: zeros. */
#define LOCI_CONFIG_TAKE(to, from, error)                                                                    \
    LOCI_SIZED_TAKE_SINCE(to, from, loci_model_config, vocabulary, error)

/* In the order of the struct, [*count]. */
const loci_config_row *loci_config_rows(size_t *count);

/* Its value, of a number and of everything else; and setting it, from the one or the other. */
double loci_config_real(const loci_model_config *config, const loci_config_row *row);
size_t loci_config_whole(const loci_model_config *config, const loci_config_row *row);
void loci_config_put(loci_model_config *config, const loci_config_row *row, size_t whole, double number);

/* The word that the value stands for, and which of them a text is, from 0; NULL and -1: none. */
const char *loci_config_word(const loci_model_config *config, const loci_config_row *row);
int loci_config_choice(const loci_config_row *row, const char *word);

/* What is expected of a value, "1 to 65535", "mean, last or none". */
void loci_config_expected(char *text, size_t size, const loci_field *field);
int loci_config_in_range(const loci_model_config *config, const loci_config_row *row, double value);
/* LOCI_E_ARGUMENT: the field is `is`, and something else was expected. */
loci_status loci_config_refuse(const loci_field *field, const char *is, loci_error *error);

#endif
