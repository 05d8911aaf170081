/* SPDX-License-Identifier: MIT
 * test_readout_team.c - readouts that several ranks learn and try together: the bytes of one process, for any number of ranks. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/readout.h>

#include "team_case.h"

enum { N = 2600, C = 2, TRAIN = 1500, VALID = 600, H = 21, SAVED = 1 << 19 };

typedef struct {
    double u[N * C], x[C][N];
    const double *rows[C];
    double score[C][2][5][H]; /* with widths, and plainly, which leaves the last two alone */
    char saved[SAVED];
    size_t size;
    int own; /* -1: chosen */
    loci_status status;
    loci_error error;
} job;

static void signals(job *j)
{
    uint64_t seed = 11;
    double walk = 0;
    for (size_t t = 0; t < N; t++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        const double noise = (double)(int64_t)seed * 0x1p-63;
        walk = 0.9 * walk + noise;
        j->x[0][t] = sin(0.2 * (double)t) + 0.3 * noise;
        j->x[1][t] = 500.0 + 40.0 * walk + 30.0 * cos(0.031 * (double)t);
        for (size_t c = 0; c < C; c++) j->u[t * C + c] = j->x[c][t];
    }
    for (size_t c = 0; c < C; c++) j->rows[c] = j->x[c];
}

static loci_status tried(job *j, loci_readout *r)
{
    loci_status status = LOCI_OK;
    for (size_t c = 0; c < C; c++)
        for (size_t plain = 0; plain < 2 && status == LOCI_OK; plain++) {
            double(*const of)[H] = j->score[c][plain];
            loci_readout_score score = {sizeof score, of[0], of[1], of[2], of[3], of[4]};
            if (plain) score.in80 = score.in95 = NULL;
            status = loci_readout_walk(r, c, &score, j->x[c], N, TRAIN + VALID - 1, &j->error);
        }
    return status;
}

/* Chosen, learned in pushes of several lengths, solved in between, tried, saved. */
static void work(const loci_team *team, void *context)
{
    job *j = context;
    const double scale[C] = {0.7, 30.0};
    loci_readout_spec spec = {.size = sizeof spec,
                              .channels = C,
                              .window = LOCI_READOUT_CHOOSE,
                              .order = LOCI_READOUT_CHOOSE,
                              .horizon = H,
                              .ridge = -1,
                              .own = j->own,
                              .team = team};
    loci_readout *r = NULL, *fork = NULL;
    loci_status status = loci_readout_choose(&spec, NULL, j->rows, TRAIN, VALID, scale, &j->error);
    if (status == LOCI_OK) status = loci_readout_create(&r, &spec, scale, &j->error);
    if (status == LOCI_OK) status = loci_readout_push(r, j->u, TRAIN, &j->error);
    if (status == LOCI_OK) status = loci_readout_push(r, j->u + TRAIN * C, 1, &j->error);
    if (status == LOCI_OK) status = loci_readout_push(r, j->u + TRAIN * C + C, VALID - 1, &j->error);
    if (status == LOCI_OK) status = loci_readout_solve(r, &j->error);
    if (status == LOCI_OK) status = tried(j, r);
    if (status == LOCI_OK) status = loci_readout_copy(&fork, r, &j->error);
    if (status == LOCI_OK)
        status = loci_readout_push(fork, j->u + (TRAIN + VALID) * C, N - TRAIN - VALID, &j->error);
    if (status == LOCI_OK) status = loci_readout_solve(fork, &j->error);
    if (status == LOCI_OK) {
        j->size = loci_readout_save_size(fork, 0);
        status =
            j->size <= SAVED ? loci_readout_save(fork, NULL, 0, j->saved, j->size, &j->error) : LOCI_E_MEMORY;
    }
    loci_readout_free(r);
    loci_readout_free(fork);
    j->status = status;
}

static job *jobs(size_t count, int own)
{
    job *all = calloc(count, sizeof *all);
    assert_non_null(all);
    for (size_t i = 0; i < count; i++) {
        signals(&all[i]);
        all[i].own = own;
    }
    return all;
}

static void any_number_of_ranks(void **state)
{
    (void)state;
    for (int own = -1; own < 2; own++) {
        job *one = jobs(1, own), *all = jobs(TEAM_MOST, own);
        work(NULL, one);
        assert_int_equal(one->status, LOCI_OK);
        assert_true(one->score[1][0][0][0] == N - TRAIN - VALID - H + 1);
        for (size_t ranks = 1; ranks <= TEAM_MOST; ranks += ranks < 4 ? 1 : 4) {
            for (size_t r = 0; r < ranks; r++) memset(all[r].score, 0, sizeof all[r].score);
            assert_true(team_run(ranks, SIZE_MAX, work, all, sizeof *all));
            for (size_t r = 0; r < ranks; r++) {
                assert_int_equal(all[r].status, LOCI_OK);
                assert_int_equal(all[r].size, one->size);
                assert_memory_equal(all[r].saved, one->saved, one->size);
                assert_memory_equal(all[r].score, one->score, sizeof one->score);
            }
        }
        free(one);
        free(all);
    }
}

/* What fails, on whom, and that nobody waits for ever. */
static void failing(void **state)
{
    (void)state;
    job *all = jobs(3, 0);
    for (size_t exchanges = 0; exchanges < 60; exchanges += 7) {
        assert_true(team_run(3, exchanges, work, all, sizeof *all));
        for (size_t r = 0; r < 3; r++) assert_int_equal(all[r].status, LOCI_E_IO);
    }
    all[1].u[(TRAIN + VALID + 77) * C] += 1e-9; /* among the rows learned last */
    assert_true(team_run(3, SIZE_MAX, work, all, sizeof *all));
    for (size_t r = 0; r < 3; r++) {
        assert_int_equal(all[r].status, LOCI_E_MISMATCH);
        assert_non_null(strstr(all[r].error.text, "the weights of rank 1 are other ones"));
    }
    free(all);

    loci_error error;
    loci_readout *r = NULL;
    const loci_team none = {.size = sizeof none, .rank = 2, .ranks = 2};
    loci_readout_spec spec = {.size = sizeof spec, .channels = 1, .window = 8, .order = 4, .horizon = 2};
    assert_int_equal(loci_readout_create(&r, &spec, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_readout_share(r, &none, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "rank 2 of 2"));
    assert_null(loci_readout_spec_of(r)->team);
    loci_readout_free(r);
    spec.team = &none;
    assert_int_equal(loci_readout_create(&r, &spec, NULL, &error), LOCI_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_ranks),
        cmocka_unit_test(failing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("readout_team", tests, NULL, NULL);
}
