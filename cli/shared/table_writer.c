/* SPDX-License-Identifier: MIT
 * table_writer.c - a table, row by row, as CSV or NPY. */
#include "shared/table_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/ending.h"

enum { HEADER = 128 };

/* NPY, format 1.0, padded to HEADER bytes: the number of rows may come later. */
static void header_make(char *header, uint64_t count, size_t columns)
{
    static const char magic[8] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0};
    const uint16_t one = 1;
    const bool little = *(const unsigned char *)&one == 1;
    memset(header, ' ', HEADER);
    memcpy(header, magic, sizeof magic);
    header[8] = HEADER - 10;
    header[9] = 0;
    const int length = snprintf(header + 10, HEADER - 10,
                                "{'descr': '%cf8', 'fortran_order': False, 'shape': (%llu, %zu), }",
                                little ? '<' : '>', (unsigned long long)count, columns);
    header[10 + length] = ' ';
    header[HEADER - 1] = '\n';
}

void table_writer_open(table_writer *table, const char *path, const char *lead, bool iso, const char *name,
                       size_t columns)
{
    *table = (table_writer){.npy = path && ending_is(path, ".npy"), .iso = iso, .columns = columns};
    output_open(&table->out, path);
    if (table->npy) {
        char header[HEADER];
        header_make(header, 0, columns);
        output_bytes(&table->out, header, sizeof header);
        return;
    }
    output_field(&table->out, lead);
    if (columns == 1)
        output_format(&table->out, ",%s", name);
    else
        for (size_t i = 0; i < columns; i++) output_format(&table->out, ",%s%zu", name, i);
    output_text(&table->out, "\n");
}

void table_writer_put(table_writer *table, double lead, const double *values)
{
    table->count++;
    if (table->npy) {
        output_bytes(&table->out, values, table->columns * sizeof *values);
        return;
    }
    output_time(&table->out, lead, table->iso);
    for (size_t i = 0; i < table->columns; i++) {
        output_text(&table->out, ",");
        output_number(&table->out, values[i]);
    }
    output_text(&table->out, "\n");
}

bool table_writer_failed(const table_writer *table)
{
    return table->out.reason != 0;
}

int table_writer_close(table_writer *table)
{
    if (table->npy) {
        char header[HEADER];
        header_make(header, table->count, table->columns);
        output_begin(&table->out, header, sizeof header);
    }
    return output_close(&table->out);
}

void table_writer_abandon(table_writer *table)
{
    output_abandon(&table->out);
}
