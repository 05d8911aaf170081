/* SPDX-License-Identifier: MIT
 * forms_run.c - the discrete forms run, and their gradients: signals and states between the row-major outside and blocks of 16 copies. */
#include "base/each_precision.h"
#include "ssm/forms_made.h"

#include <string.h>

#include "ssm/kernel.h"
#include "ssm/kernel_diagonal.h"
#include "ssm/state_diagonal.h"

enum { V = LOCI_LANES };

/* What a run needs, for one block at a time; bytes of it where base is NULL. */
typedef struct {
    real *u, *y, *du, *dy;        /* [length][V] */
    real *state, *dstate, *spare; /* [state][V] */
    real *other;                  /* [state][V] */
    real *dtables;                /* gradient of the prepared kernel, or of the chunk tables */
    real *varying;                /* coefficients of a step of its own */
    double *dblock, *exact;       /* gradient of a block; a block, or a dense system, of a step of its own */
    void *scratch;                /* the form's own */
    size_t bytes;
    bool fits;
} spaces;

static void *take(spaces *w, char *base, size_t count, size_t size)
{
    const size_t at = w->bytes;
    size_t bytes;
    w->fits = w->fits && loci_size_multiply(&bytes, count, size) && loci_size_add(&bytes, bytes, 63) &&
              loci_size_add(&w->bytes, at, bytes / 64 * 64);
    return base ? base + at : NULL;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static spaces lay_out(const loci_forms *f, size_t length, void *base)
{
    const loci_system *s = f->system;
    const bool diagonal = s->structure == LOCI_DIAGONAL, dense = s->structure == LOCI_DENSE;
    spaces w = {.fits = true};
    size_t scratch = 0, samples = 0, tables = 0;
    if (f->options.form == LOCI_CONVOLUTION) {
        length = f->options.length;
        scratch = loci_convolution_scratch_size(f->plan) * sizeof(real);
        tables = f->prepared;
        if (diagonal) scratch = larger(scratch, loci_state_scratch(s->width, length));
        if (s->structure == LOCI_DPLR)
            scratch = larger(scratch, loci_recurrence_dplr_scratch(s->width, length));
    } else if (f->options.form == LOCI_MIXED) {
        const loci_chunk chunk = loci_forms_chunk(f, NULL);
        scratch = loci_chunk_scratch(&chunk, length);
        tables = loci_forms_chunk_size(f);
        if (diagonal) scratch = larger(scratch, loci_kernel_diagonal_scratch(s->width));
    }
    if (dense) scratch = larger(scratch, (2 * length + 2 * f->state) * sizeof(real));
    w.fits = length < SIZE_MAX / (1024 * V) && loci_size_multiply(&samples, length, V);
    const size_t state = (f->state + 3) * V;
    w.u = take(&w, base, samples, sizeof(real));
    w.y = take(&w, base, samples, sizeof(real));
    w.du = take(&w, base, samples, sizeof(real));
    w.dy = take(&w, base, samples, sizeof(real));
    w.state = take(&w, base, state, sizeof(real));
    w.dstate = take(&w, base, state, sizeof(real));
    w.spare = take(&w, base, state, sizeof(real));
    w.other = take(&w, base, state, sizeof(real));
    w.dtables = take(&w, base, tables, sizeof(real));
    w.varying = take(&w, base, f->recurrence_size, sizeof(real));
    w.dblock = take(&w, base, loci_block_size(s->width, s->rank), sizeof(double));
    w.exact =
        take(&w, base, larger(loci_block_size(s->width, s->rank), s->order * (s->order + 2)), sizeof(double));
    w.scratch = take(&w, base, scratch, 1);
    return w;
}

size_t loci_forms_workspace(const loci_forms *f, size_t length)
{
    const spaces w = lay_out(f, length, NULL);
    return w.fits ? w.bytes : 0;
}

/* to [rows][V] from the columns first, ... of from [rows][copies]; `total` rows, those beyond are 0. */
static void pack(real *to, const real *from, size_t rows, size_t total, size_t copies, size_t first)
{
    const size_t lanes = copies - first < V ? copies - first : V;
    for (size_t l = 0; l < rows; l++)
        for (size_t i = 0; i < V; i++) to[l * V + i] = i < lanes ? from[l * copies + first + i] : 0;
    memset(to + rows * V, 0, (total - rows) * V * sizeof *to);
}

static void unpack(real *to, const real *from, size_t rows, size_t copies, size_t first)
{
    const size_t lanes = copies - first < V ? copies - first : V;
    for (size_t l = 0; l < rows; l++) memcpy(to + l * copies + first, from + l * V, lanes * sizeof *to);
}

/* to [numbers][V] from from [copies][numbers] at the first copy; NULL: 0. */
static void pack_state(real *to, const real *from, size_t numbers, size_t copies, size_t first)
{
    for (size_t n = 0; n < numbers; n++)
        for (size_t i = 0; i < V; i++)
            to[n * V + i] = from && first + i < copies ? from[(first + i) * numbers + n] : 0;
}

static void unpack_state(real *to, const real *from, size_t numbers, size_t copies, size_t first)
{
    for (size_t i = 0; i < V && first + i < copies; i++)
        for (size_t n = 0; n < numbers; n++) to[(first + i) * numbers + n] = from[n * V + i];
}

/* The recurrence of a block: y and u may be NULL. */
static void recur(const loci_forms *f, real *y, real *state, const real *u, const real *memory, size_t block,
                  size_t length, const spaces *w)
{
    const loci_system *s = f->system;
    const size_t n = s->order, S = f->state;
    if (s->structure != LOCI_DENSE) {
        real *at = (real *)(uintptr_t)memory;
        const loci_recurrence_block c = loci_forms_coefficients(at, NULL, s->width, s->rank, f->joined);
        if (s->structure == LOCI_DIAGONAL)
            loci_recurrence_diagonal(y, state, u, &c, length);
        else
            loci_recurrence_dplr(y, state, u, &c, length);
        return;
    }
    real *in = w->scratch, *out = in + length, *x = out + length, *next = x + S; /* one copy, in one row */
    for (size_t i = 0; i < V && block * V + i < s->copies; i++, memory += f->recurrence_size) {
        for (size_t l = 0; u && l < length; l++) in[l] = u[l * V + i];
        for (size_t k = 0; k < S; k++) x[k] = state[k * V + i];
        loci_recurrence_dense(y ? out : NULL, x, u ? in : NULL, memory, memory + n * n,
                              f->joined ? memory + n * n + n : NULL, memory + n * n + 2 * n,
                              (real)s->d[block * V + i], next, n, length);
        for (size_t l = 0; y && l < length; l++) y[l * V + i] = out[l];
        for (size_t k = 0; k < S; k++) state[k * V + i] = x[k];
    }
}

static loci_recurrence_block coefficients_of(const loci_forms *f, size_t block)
{
    return loci_forms_coefficients(f->recurrence + block * f->recurrence_size, NULL, f->system->width,
                                   f->system->rank, f->joined);
}

static const real *coefficients_at(const loci_forms *f, size_t block)
{
    return f->recurrence + (f->system->structure == LOCI_DENSE ? block * V : block) * f->recurrence_size;
}

/* A step of its own for every sample: equal ones in a row share their coefficients. */
static loci_status recur_varying(const loci_forms *f, const double *steps, size_t block, size_t length,
                                 const spaces *w, loci_error *error)
{
    const loci_system *s = f->system;
    const size_t lanes =
        s->structure == LOCI_DENSE ? (s->copies - block * V < V ? s->copies - block * V : V) : 1;
    for (size_t i = 0; i < lanes; i++) {
        for (size_t l = 0; l < length;) {
            size_t same = 1;
            loci_status status;
            while (l + same < length && steps[l + same] == steps[l]) same++;
            if (s->structure == LOCI_DENSE) {
                status = loci_forms_dense_coefficients(w->varying, w->exact, s, block * V + i,
                                                       f->options.discretization, steps[l], error);
            } else {
                loci_block exact = loci_block_lay_out(w->exact, s, f->options.discretization);
                status =
                    loci_block_discretize(&exact, s, block * V, f->options.discretization, steps[l], error);
                loci_forms_coefficients(w->varying, &exact, s->width, s->rank, f->joined);
            }
            if (status) return status;
            if (s->structure == LOCI_DENSE) {
                const size_t n = s->order;
                real *x = w->scratch, *next = x + f->state, *in = next + n, *out = in + same;
                for (size_t k = 0; k < f->state; k++) x[k] = w->state[k * V + i];
                for (size_t k = 0; k < same; k++) in[k] = w->u[(l + k) * V + i];
                loci_recurrence_dense(out, x, in, w->varying, w->varying + n * n,
                                      f->joined ? w->varying + n * n + n : NULL, w->varying + n * n + 2 * n,
                                      (real)s->d[block * V + i], next, n, same);
                for (size_t k = 0; k < f->state; k++) w->state[k * V + i] = x[k];
                for (size_t k = 0; k < same; k++) w->y[(l + k) * V + i] = out[k];
            } else {
                recur(f, w->y + l * V, w->state, w->u + l * V, w->varying, block, same, w);
            }
            l += same;
        }
    }
    return LOCI_OK;
}

/* The convolution of a block, the initial state's answer, the final state. */
static void convolve(const loci_forms *f, int with_state, size_t block, size_t length, const spaces *w)
{
    loci_convolution_apply(f->plan, w->y, w->u, f->kernels + block * f->prepared, w->scratch);
    if (!with_state) return;
    if (f->system->structure == LOCI_DIAGONAL) {
        const loci_block modes = loci_forms_block(f, block);
        loci_state_diagonal(w->y, w->state, w->u, &modes, length, w->scratch);
        return;
    }
    memcpy(w->spare, w->state, f->state * V * sizeof *w->spare);
    recur(f, w->dy, w->spare, NULL, coefficients_at(f, block), block, length, w);
    for (size_t i = 0; i < length * V; i++) w->y[i] += w->dy[i];
    recur(f, NULL, w->state, w->u, coefficients_at(f, block), block, length, w);
}

loci_status loci_forms_run(const loci_forms *f, real *y, real *state, const real *u, const double *steps,
                           size_t batch, size_t length, void *workspace, loci_error *error)
{
    const size_t copies = f->system->copies, samples = length * copies, numbers = f->state * copies;
    const size_t total = f->options.form == LOCI_CONVOLUTION ? f->options.length : length;
    const spaces w = lay_out(f, length, workspace);
    for (size_t block = 0; block < f->blocks; block++)
        for (size_t b = 0; b < batch; b++) {
            real *states = state ? state + b * numbers : NULL;
            pack(w.u, u + b * samples, length, total, copies, block * V);
            pack_state(w.state, states, f->state, copies, block * V);
            if (f->options.form == LOCI_CONVOLUTION) {
                convolve(f, state != NULL, block, length, &w);
            } else if (f->options.form == LOCI_MIXED) {
                const loci_chunk tables = loci_forms_chunk(f, f->chunks + block * loci_forms_chunk_size(f));
                loci_chunk_run(w.y, w.state, w.u, &tables, length, w.scratch);
            } else if (steps) {
                loci_status status = recur_varying(f, steps + b * length, block, length, &w, error);
                if (status) return status;
            } else {
                recur(f, w.y, w.state, w.u, coefficients_at(f, block), block, length, &w);
            }
            unpack(y + b * samples, w.y, length, copies, block * V);
            if (states) unpack_state(states, w.state, f->state, copies, block * V);
        }
    return LOCI_OK;
}

/* ---- backward ---- */

/* The way back for gradients: adds to lane i of dblock. */
static void dplr_of_dense(loci_block *dblock, const loci_block *block, const double *dabar, const double *db1,
                          const double *dc, size_t i)
{
    const size_t M = block->modes, N = 2 * M, array = M * 2 * V;
    for (size_t n = 0; n < M; n++) {
        const size_t re = n * 2 * V + i, im = re + V;
        dblock->z[re] += dabar[n * N + n] + dabar[(n + M) * N + n + M];
        dblock->z[im] += dabar[(n + M) * N + n] - dabar[n * N + n + M];
        dblock->b1[re] += db1[n];
        dblock->b1[im] += db1[n + M];
        dblock->c[re] += 2 * dc[n];
        dblock->c[im] -= 2 * dc[n + M];
    }
    for (size_t r = 0; r < block->rank; r++)
        for (size_t n = 0; n < M; n++)
            for (size_t k = 0; k < M; k++) {
                const size_t at_n = r * array + n * 2 * V + i, at_k = r * array + k * 2 * V + i;
                const double re_re = dabar[n * N + k], re_im = dabar[n * N + k + M];
                const double im_re = dabar[(n + M) * N + k], im_im = dabar[(n + M) * N + k + M];
                dblock->q[at_n] -= 2 * (re_re * block->g[at_k] - re_im * block->g[at_k + V]);
                dblock->q[at_n + V] -= 2 * (im_re * block->g[at_k] - im_im * block->g[at_k + V]);
                dblock->g[at_k] -= 2 * (re_re * block->q[at_n] + im_re * block->q[at_n + V]);
                dblock->g[at_k + V] += 2 * (re_im * block->q[at_n] + im_im * block->q[at_n + V]);
            }
}

/* The adjoint of the dense recurrences of a block: dstate, and du (added) from the final state's gradient and dy (NULL: 0). */
static void recur_dense_backward(const loci_forms *f, real *du, const real *dy, size_t block, size_t length,
                                 const spaces *w)
{
    const loci_system *s = f->system;
    const size_t n = s->order, S = f->state;
    const real *memory = coefficients_at(f, block);
    real *x = w->scratch, *before = x + S;
    for (size_t i = 0; i < V && block * V + i < s->copies; i++, memory += f->recurrence_size) {
        const real *b1 = memory + n * n, *b0 = b1 + n, *c = b0 + n;
        for (size_t k = 0; k < S; k++) x[k] = w->dstate[k * V + i];
        for (size_t l = length; l-- > 0;) {
            real input = f->joined ? x[n] : 0, earlier = 0;
            for (size_t k = 0; k < n; k++) {
                if (dy) x[k] += c[k] * dy[l * V + i];
                input += b1[k] * x[k];
                earlier += b0[k] * x[k];
            }
            if (du) du[l * V + i] += input;
            for (size_t j = 0; j < n; j++) {
                real sum = 0;
                for (size_t k = 0; k < n; k++) sum += memory[j * n + k] * x[k];
                before[j] = sum;
            }
            memcpy(x, before, n * sizeof *x);
            if (f->joined) x[n] = earlier;
        }
        for (size_t k = 0; k < S; k++) w->dstate[k * V + i] = x[k];
    }
}

/* The states beside the convolution of one signal: du is added to. */
static void states_backward(const loci_forms *f, loci_block *dblock, size_t block, size_t length,
                            const spaces *w)
{
    const loci_system *s = f->system;
    const size_t bytes = f->state * V * sizeof *w->state;
    if (s->structure == LOCI_DIAGONAL) {
        const loci_block modes = loci_forms_block(f, block);
        loci_state_diagonal_backward(dblock, w->du, w->dstate, w->dy, w->u, w->state, &modes, length,
                                     w->scratch);
        return;
    }
    if (s->structure == LOCI_DENSE) {
        recur_dense_backward(f, w->du, NULL, block, length, w);
        memcpy(w->other, w->dstate, bytes);
        memset(w->dstate, 0, bytes);
        recur_dense_backward(f, NULL, w->dy, block, length, w);
    } else { /* the final state, from inputs and initial state; then the answers to the initial state */
        const loci_recurrence_block c = coefficients_of(f, block);
        const loci_recurrence_block *at = &c;
        const size_t array = s->width * 2 * V;
        real *g = w->varying;
        const loci_recurrence_gradient d = {.z = g,
                                            .b1 = g + array,
                                            .c = g + 3 * array,
                                            .d = g + 4 * array,
                                            .q = g + 4 * array + V,
                                            .g = g + (4 + s->rank) * array + V};
        memset(g, 0, loci_block_size(s->width, s->rank) * sizeof *g);
        loci_recurrence_dplr_backward(&d, w->y, w->dstate, NULL, w->state, w->u, at, length, w->scratch);
        for (size_t i = 0; i < length * V; i++) w->du[i] += w->y[i];
        memcpy(w->other, w->dstate, bytes);
        memset(w->dstate, 0, bytes);
        loci_recurrence_dplr_backward(&d, NULL, w->dstate, w->dy, w->state, NULL, at, length, w->scratch);
        for (size_t i = 0; dblock && i < array; i++) {
            dblock->z[i] += (double)d.z[i];
            dblock->b1[i] += (double)d.b1[i];
            dblock->c[i] += 2 * (double)d.c[i];
        }
        for (size_t i = 0; dblock && i < s->rank * array; i++) {
            dblock->q[i] += (double)d.q[i];
            dblock->g[i] += 2 * (double)d.g[i];
        }
    }
    for (size_t i = 0; i < f->state * V; i++) w->dstate[i] += w->other[i];
}

/* From the gradient of a block's tables to that of its parameters. */
static loci_status gather_chunk(const loci_forms *f, loci_block *dblock, size_t block, const spaces *w,
                                loci_error *error)
{
    const loci_system *s = f->system;
    const loci_chunk tables = loci_forms_chunk(f, w->dtables);
    const loci_block modes = loci_forms_block(f, block);
    if (s->structure == LOCI_DIAGONAL) {
        loci_chunk_gather(dblock, &tables, &modes, w->scratch);
        return LOCI_OK;
    }
    const size_t n = s->order, square = n * n, T = f->options.chunk;
    double *abar =
        loci_allocate_by(loci_allocator_of(f->system),
                         2 * square + 4 * n + 4 * T * n + (2 * tables.levels + 1) * square, sizeof *abar);
    if (!abar) return loci_forms_no_memory(s, error);
    double *dabar = abar + square, *b1 = dabar + square, *c = b1 + n, *db1 = c + n, *dc = db1 + n;
    for (size_t i = 0; i < V && block * V + i < s->copies; i++) {
        loci_forms_dense_of_dplr(abar, b1, c, &modes, i);
        memset(dabar, 0, square * sizeof *dabar);
        memset(db1, 0, 2 * n * sizeof *db1);
        loci_chunk_gather_dense(dabar, db1, dc, dblock->d + i, &tables, i, abar, b1, c, dc + n);
        dplr_of_dense(dblock, &modes, dabar, db1, dc, i);
    }
    loci_free(abar);
    return LOCI_OK;
}

static loci_status gather_kernel(const loci_forms *f, loci_system *gradient, size_t block, const spaces *w,
                                 loci_error *error)
{
    loci_convolution_gradient(f->plan, w->dy, w->dtables, w->scratch);
    for (size_t i = 0; i < V && block * V + i < f->system->copies; i++)
        gradient->d[block * V + i] += (double)w->dy[i];
    return loci_kernel_block_backward(gradient, w->dy, f->system, block * V, f->options.discretization,
                                      f->options.length, error);
}

loci_status loci_forms_backward(const loci_forms *f, loci_system *gradient, real *du, real *dstate,
                                const real *dy, const real *u, const real *state, size_t batch, size_t length,
                                void *workspace, loci_error *error)
{
    const loci_system *s = f->system;
    const size_t copies = s->copies, samples = length * copies, numbers = f->state * copies;
    const bool convolution = f->options.form == LOCI_CONVOLUTION;
    const size_t total = convolution ? f->options.length : length;
    const spaces w = lay_out(f, length, workspace);
    loci_status status = LOCI_OK;
    for (size_t block = 0; !status && block < f->blocks; block++) {
        loci_block dblock = loci_block_lay_out(w.dblock, s, f->options.discretization);
        loci_block *wanted = gradient ? &dblock : NULL;
        loci_chunk tables = {0}, dtables = {0};
        memset(w.dblock, 0, loci_block_size(s->width, s->rank) * sizeof *w.dblock);
        memset(w.dtables, 0, (convolution ? f->prepared : loci_forms_chunk_size(f)) * sizeof *w.dtables);
        if (!convolution) {
            tables = loci_forms_chunk(f, f->chunks + block * loci_forms_chunk_size(f));
            dtables = loci_forms_chunk(f, w.dtables);
        }
        for (size_t b = 0; b < batch; b++) {
            pack(w.u, u + b * samples, length, total, copies, block * V);
            pack(w.dy, dy + b * samples, length, total, copies, block * V);
            pack_state(w.state, state ? state + b * numbers : NULL, f->state, copies, block * V);
            pack_state(w.dstate, dstate ? dstate + b * numbers : NULL, f->state, copies, block * V);
            if (convolution) {
                loci_convolution_backward(f->plan, w.du, w.dtables, w.dy, w.u,
                                          f->kernels + block * f->prepared, w.scratch);
                if (state || dstate) states_backward(f, wanted, block, length, &w);
            } else {
                loci_chunk_backward(gradient ? &dtables : NULL, w.du, w.dstate, w.dy, w.u, w.state, &tables,
                                    length, w.scratch);
            }
            if (du) unpack(du + b * samples, w.du, length, copies, block * V);
            if (dstate) unpack_state(dstate + b * numbers, w.dstate, f->state, copies, block * V);
        }
        if (!gradient) continue;
        status = convolution ? gather_kernel(f, gradient, block, &w, error)
                             : gather_chunk(f, &dblock, block, &w, error);
        const loci_block modes = loci_forms_block(f, block);
        if (!status)
            status = loci_block_backward(gradient, &dblock, &modes, s, block * V, f->options.discretization,
                                         error);
    }
    return status;
}
