/* SPDX-License-Identifier: MIT
 * test_team.c - ranks that work together: bytes arrive where they should, and trainings and evaluations have the bits that
 * one process alone has, for any number of ranks and of threads. */
#include "trainer_case.h"

#include "base/allocate.h"
#include "team_case.h"
#include "train/batch.h"

/* ---- bytes ---- */

enum { BYTES = 3000 };

typedef struct {
    unsigned char bytes[BYTES];
    size_t from, first[TEAM_MOST + 1];
    uint64_t number;
    size_t rank, which;
    loci_status status;
} parcel;

static void broadcasts(const loci_team *team, void *context)
{
    parcel *p = context;
    memset(p->bytes, team->rank == p->from ? 7 : (int)(100 + team->rank), BYTES);
    p->status = loci_team_broadcast(team, p->bytes, BYTES, p->from, NULL);
}

static void gathers(const loci_team *team, void *context)
{
    parcel *p = context;
    memset(p->bytes, 99, BYTES);
    for (size_t i = p->first[team->rank]; i < p->first[team->rank + 1]; i++)
        p->bytes[i] = (unsigned char)(i * 7 % 251);
    p->status = loci_team_gather(team, p->bytes, p->first, NULL);
}

static void compares(const loci_team *team, void *context)
{
    parcel *p = context;
    const uint64_t numbers[] = {5, team->rank >= p->from ? 6 + p->from : 6, 7};
    p->number = team->rank + 1;
    p->status = loci_team_compare(team, numbers, 3, &p->rank, &p->which, NULL);
    if (!p->status) p->status = loci_team_add(team, &p->number, NULL);
}

static void bytes_arrive(void **state)
{
    (void)state;
    static parcel all[TEAM_MOST];
    for (size_t ranks = 1; ranks <= TEAM_MOST; ranks++)
        for (size_t from = 0; from < ranks; from++) {
            for (size_t r = 0; r < ranks; r++) all[r].from = from;
            assert_true(team_run(ranks, SIZE_MAX, broadcasts, all, sizeof *all));
            for (size_t r = 0; r < ranks; r++)
                for (size_t i = 0; i < BYTES; i++) assert_int_equal(all[r].bytes[i], 7);
            size_t first[TEAM_MOST + 1] = {0}; /* some parts are empty */
            for (size_t r = 0; r < ranks; r++)
                first[r + 1] = first[r] + (r + from) % 3 * (loci_random_bits(from, r) % 100);
            for (size_t r = 0; r < TEAM_MOST; r++) memcpy(all[r].first, first, sizeof first);
            assert_true(team_run(ranks, SIZE_MAX, gathers, all, sizeof *all));
            for (size_t r = 0; r < ranks; r++)
                for (size_t i = 0; i < BYTES; i++)
                    assert_int_equal(all[r].bytes[i], i < first[ranks] ? i * 7 % 251 : 99);
            assert_true(team_run(ranks, SIZE_MAX, compares, all, sizeof *all));
            for (size_t r = 0; r < ranks; r++) {
                assert_int_equal(all[r].status, LOCI_OK);
                assert_int_equal(all[r].number, ranks * (ranks + 1) / 2);
                assert_int_equal(all[r].rank, from); /* 0: all the same */
                assert_int_equal(all[r].which, from > 0);
            }
        }
}

static int never(void *context, const void *out, size_t out_size, size_t to, void *in, size_t in_size,
                 size_t from)
{
    (void)context, (void)out, (void)out_size, (void)to, (void)in, (void)in_size, (void)from;
    return 1;
}

static void no_team(void **state)
{
    (void)state;
    char bytes[4] = "abc";
    const size_t first[] = {0, 2, 4};
    loci_error error;
    const struct {
        loci_team team;
        loci_status status;
        const char *says;
    } cases[] = {{{.ranks = 0}, LOCI_E_ARGUMENT, "0 ranks"},
                 {{.ranks = 70000, .exchange = never}, LOCI_E_ARGUMENT, "70000 ranks"},
                 {{.ranks = 2, .rank = 2, .exchange = never}, LOCI_E_ARGUMENT, "rank 2 of 2"},
                 {{.ranks = 2}, LOCI_E_ARGUMENT, "no exchange"},
                 {{.ranks = 2, .exchange = never}, LOCI_E_IO, "could not exchange"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(loci_team_broadcast(&cases[i].team, bytes, 4, 0, &error), cases[i].status);
        assert_non_null(strstr(error.text, cases[i].says));
        assert_int_equal(loci_team_gather(&cases[i].team, bytes, first, &error), cases[i].status);
    }
    assert_int_equal(loci_team_broadcast(&cases[4].team, bytes, 4, 2, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_team_broadcast(NULL, bytes, 4, 0, &error), LOCI_OK);
}

/* ---- batches ---- */

enum { BATCH = 23, ROUNDS = 2 };

typedef struct {
    const loci_dataset *set;
    const loci_model *model;
    size_t threads, shards;
    float *gradient; /* [ROUNDS][size] */
    loci_tally tally[ROUNDS][BATCH];
} batch_work;

static void batches(const loci_team *team, void *context)
{
    batch_work *w = context;
    const size_t size = loci_model_size(w->model);
    loci_batch batch;
    size_t order[200];
    loci_status status =
        loci_batch_open(&batch, w->model, w->set, BATCH, w->shards, team, w->threads, 1, NULL);
    for (size_t r = 0; r < ROUNDS && !status; r++) {
        const size_t count = r ? BATCH : 5; /* fewer shards than ranks, where these are many */
        loci_random_permutation(order, loci_dataset_inspect(w->set).sequences, r);
        status = loci_batch_plan(&batch, order, count, NULL);
        if (!status) status = loci_batch_run(&batch, w->gradient + r * size, r, NULL);
        if (!status) memcpy(w->tally[r], batch.runner.tally, count * sizeof **w->tally);
    }
    loci_batch_close(&batch);
    if (status) memset(w->gradient, 0xff, size);
}

static void batches_have_the_same_bits(void **state)
{
    (void)state;
    loci_dataset *sets[] = {training_open(training_arrays("tb", 40, 50, 1, 3), 0, NULL),
                            training_open(training_sounds("ts", 40, 40, 900, 3), 0, "{label}_*")};
    for (size_t s = 0; s < 2; s++)
        for (size_t shards = 0; shards <= 20; shards += 5) {
            const loci_dataset_info info = loci_dataset_inspect(sets[s]);
            loci_model *model = training_model(info.inputs, info.classes, 20);
            const size_t bytes = ROUNDS * loci_model_size(model) * sizeof(float);
            static batch_work all[TEAM_MOST];
            batch_work one = {.set = sets[s], .model = model, .threads = 3, .shards = shards};
            memset(all, 0, sizeof all);
            one.gradient = loci_allocate(bytes, 1);
            for (size_t r = 0; r < TEAM_MOST; r++) {
                all[r] = (batch_work){.set = sets[s], .model = model, .threads = 1 + r % 2, .shards = shards};
                all[r].gradient = loci_allocate(bytes, 1);
            }
            batches(&(loci_team){.ranks = 1}, &one);
            for (size_t ranks = 2; ranks <= TEAM_MOST; ranks += ranks < 4 ? 1 : 4) {
                assert_true(team_run(ranks, SIZE_MAX, batches, all, sizeof *all));
                for (size_t r = 0; r < ranks; r++) {
                    assert_memory_equal(all[r].gradient, one.gradient, bytes);
                    assert_memory_equal(all[r].tally, one.tally, sizeof one.tally);
                }
            }
            for (size_t r = 0; r < TEAM_MOST; r++) loci_free(all[r].gradient);
            loci_free(one.gradient);
            loci_model_free(model);
        }
    loci_dataset_close(sets[0]), loci_dataset_close(sets[1]);
}

/* ---- trainings ---- */

typedef struct {
    const loci_dataset *train, *valid;
    loci_train_options options;
    const void *begun; /* saved; NULL: from the beginning */
    size_t begun_size, steps;
    void *saved; /* after so many steps */
    size_t saved_size;
    loci_evaluation measured;
    int (*progress)(void *, size_t, size_t);
    double rms;
    loci_status status;
    loci_error error;
} training;

static void trains(const loci_team *team, void *context)
{
    training *t = context;
    const loci_dataset_info info = loci_dataset_inspect(t->train);
    loci_model *model = training_model(info.inputs, info.classes, 16);
    loci_trainer *trainer = NULL;
    loci_train_report report = {0};
    t->options.team = team;
    loci_status status = loci_trainer_create(&trainer, model, t->train, t->valid, &t->options, &t->error);
    if (!status && t->begun) status = loci_trainer_restore(trainer, t->begun, t->begun_size, &t->error);
    for (size_t i = 0; i < t->steps && !status; i++) {
        status = loci_trainer_step(trainer, &report, &t->error);
        if (!status && report.epoch_ended)
            status = loci_trainer_validate(trainer, NULL, NULL, &report, &t->error);
    }
    loci_evaluate_options how = {sizeof how, .threads = t->options.threads, .team = team,
                                 .progress = t->progress};
    if (!status) status = loci_evaluate(&t->measured, model, t->valid, &how, &t->error);
    t->measured.seconds = 0;
    if (trainer) assert_int_equal(loci_trainer_save(trainer, &t->saved, &t->saved_size, NULL), LOCI_OK);
    loci_trainer_free(trainer);
    loci_model_free(model);
    t->status = status;
}

static void release(training *t, size_t count)
{
    for (size_t r = 0; r < count; r++) loci_bytes_free(t[r].saved);
}

static training usual(const loci_dataset *train, const loci_dataset *valid, size_t rank)
{
    training t = {.train = train, .valid = valid, .steps = 7};
    t.options = loci_train_options_default();
    t.options.batch = 11, t.options.epochs = 3, t.options.seed = 42, t.options.threads = 1 + rank % 2;
    return t;
}

static void trainings_have_the_same_bits(void **state)
{
    (void)state;
    const char *folder = training_arrays("tt", 40, 30, 2, 3);
    loci_dataset *train = training_open(folder, 0, NULL), *valid = training_open(folder, 1, NULL);
    training one = usual(train, valid, 1), begun = usual(train, valid, 0);
    begun.steps = 3;
    trains(NULL, &one), trains(NULL, &begun);
    assert_int_equal(one.status, LOCI_OK);
    for (size_t ranks = 2; ranks <= 5; ranks++)
        for (int resumed = 0; resumed < 2; resumed++) {
            training all[TEAM_MOST];
            for (size_t r = 0; r < ranks; r++) {
                all[r] = usual(train, valid, r);
                if (resumed)
                    all[r].begun = begun.saved, all[r].begun_size = begun.saved_size, all[r].steps = 4;
            }
            assert_true(team_run(ranks, SIZE_MAX, trains, all, sizeof *all));
            for (size_t r = 0; r < ranks; r++) {
                if (all[r].status) fail_msg("%s", all[r].error.text);
                assert_int_equal(all[r].saved_size, one.saved_size);
                assert_memory_equal(all[r].saved, one.saved, one.saved_size);
                assert_memory_equal(&all[r].measured, &one.measured, sizeof one.measured);
            }
            release(all, ranks);
        }
    release(&one, 1), release(&begun, 1);
    loci_dataset_close(train), loci_dataset_close(valid);
}

static void differences_are_named(void **state)
{
    (void)state;
    const char *folder = training_arrays("td", 20, 30, 2, 3);
    loci_dataset *train = training_open(folder, 0, NULL), *valid = training_open(folder, 1, NULL);
    for (int wrong = 0; wrong < 3; wrong++) {
        training all[3];
        for (size_t r = 0; r < 3; r++) all[r] = usual(train, valid, r);
        if (wrong == 0) all[2].options.seed = 1;
        if (wrong == 1) all[1].valid = train;
        if (wrong == 2) all[1].options.shards = 3, all[2].options.lr = 1;
        assert_true(team_run(3, SIZE_MAX, trains, all, sizeof *all));
        const char *says[] = {"seed of rank 2 ", "number of validation sequences of rank 1 ",
                              "number of shards of rank 1 "};
        for (size_t r = 0; r < 3; r++) {
            assert_int_equal(all[r].status, LOCI_E_MISMATCH);
            assert_ptr_equal(strstr(all[r].error.text, says[wrong]), all[r].error.text);
        }
        release(all, 3);
    }
    loci_dataset_close(train), loci_dataset_close(valid);
}

static int stops(void *context, size_t done, size_t all)
{
    (void)context, (void)done, (void)all;
    return 1;
}

/* One rank's wish stops the evaluation of all; what breaks off is told, and the training stands where it stood. */
static void ends_together(void **state)
{
    (void)state;
    const char *folder = training_arrays("te", 20, 30, 2, 3);
    loci_dataset *train = training_open(folder, 0, NULL), *valid = training_open(folder, 1, NULL);
    training all[3], none = usual(train, valid, 0), one = none;
    for (size_t r = 0; r < 3; r++) all[r] = usual(train, valid, r), all[r].steps = 0;
    all[1].progress = stops;
    assert_true(team_run(3, SIZE_MAX, trains, all, sizeof *all));
    for (size_t r = 0; r < 3; r++) assert_int_equal(all[r].status, LOCI_E_STOPPED);
    release(all, 3);
    none.steps = 0, one.steps = 1;
    trains(NULL, &none), trains(NULL, &one);
    for (size_t failing = 0; failing < 60; failing += 7) {
        for (size_t r = 0; r < 3; r++) all[r] = usual(train, valid, r), all[r].steps = 1;
        team_run(3, failing, trains, all, sizeof *all);
        for (size_t r = 0; r < 3; r++)
            if (all[r].status) {
                assert_int_equal(all[r].status, LOCI_E_IO);
                assert_non_null(strstr(all[r].error.text, "could not exchange"));
                if (!all[r].saved) continue; /* there was no trainer yet */
                assert_true(memcmp(all[r].saved, none.saved, none.saved_size) == 0 ||
                            memcmp(all[r].saved, one.saved, one.saved_size) == 0);
            }
        release(all, 3);
        assert_true(failing > 40 || all[0].status || all[1].status || all[2].status);
    }
    release(&none, 1), release(&one, 1);
    loci_dataset_close(train), loci_dataset_close(valid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bytes_arrive),
                                       cmocka_unit_test(no_team),
                                       cmocka_unit_test(batches_have_the_same_bits),
                                       cmocka_unit_test(trainings_have_the_same_bits),
                                       cmocka_unit_test(differences_are_named),
                                       cmocka_unit_test(ends_together)};
    return cmocka_run_group_tests(tests, temporary_setup, training_teardown);
}
