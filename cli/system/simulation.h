/* SPDX-License-Identifier: MIT
 * simulation.h - a system on its way through a signal, in pieces, each in any form: the state goes along. */
#ifndef LOCI_CLI_SIMULATION_H
#define LOCI_CLI_SIMULATION_H

#include <stdbool.h>
#include <stdint.h>

#include <loci/forms.h>
#include <loci/system.h>

typedef enum { FORM_CONTINUOUS, FORM_RECURRENT, FORM_CONVOLUTION, FORM_MIXED, FORM_CHOOSE } form;

const char *form_name(form f);
bool form_parse(form *f, const char *name);

typedef struct {
    const loci_system *system;
    loci_system *unit; /* the same with time in samples, for the continuous form */
    loci_discretization discretization;
    size_t numbers; /* of the state of a copy */
    double *state;  /* [copies][numbers] */
    loci_ssm *ssm;  /* of the form run last, */
    form ready;     /* which is this, */
    size_t length;  /* for runs of up to so many samples */
    double *times;  /* [2][room], of the continuous form */
    size_t room;
} simulation;

/* The state begins at 0. The system must outlive the simulation. A simulation that was {0} or filled by this, even in vain,
 * is released by simulation_release. */
loci_status simulation_open(simulation *s, const loci_system *system, loci_discretization discretization,
                            loci_error *error);
void simulation_release(simulation *s);

/* y and u are [count][copies]. steps [count], or NULL for 1: sample k takes the copy's dt times steps[k], which only the
 * continuous and the recurrent form can do. `longest` is the count of the longest run in this form that is to come; the
 * convolution is prepared for that, and FORM_CHOOSE chooses by it. */
loci_status simulation_run(simulation *s, form f, double *y, const double *u, const double *steps,
                           size_t count, size_t longest, loci_error *error);

/* The name of the form that the last run had: what FORM_CHOOSE became. */
const char *simulation_form(const simulation *s);

/* Starts a signal joined by lines at its first sample u [copies], instead of with a line from 0: y [copies] is the answer
 * there. */
void simulation_begin(simulation *s, double *y, const double *u);

/* What went in and what came out, to be drawn: simulation_chart.c. */
typedef struct {
    size_t channels, copies, count, room;
    double *x, *u, *y; /* [room], [room][channels], [room][copies] */
} simulation_record;

/* Adds a sample; false: out of memory. */
bool simulation_record_add(simulation_record *record, double x, const double *u, const double *y);
void simulation_record_release(simulation_record *record);

typedef struct {
    const char *path, *title, *subtitle;
    const char *x_label;
    const char *(*channel)(void *context, size_t c); /* the name of a channel */
    void *context;
    bool dates;         /* x is in seconds since 1970 */
    uint64_t switch_at; /* a mark at this sample, where there is one */
} simulation_picture;
loci_status simulation_record_draw(const simulation_record *record, const simulation_picture *picture,
                                   loci_error *error);

#endif
