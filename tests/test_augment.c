/* SPDX-License-Identifier: MIT
 * test_augment.c - images flipped and shifted: the pixels by another way, what is drawn, and trainings that keep their promises with it. */
#include "trainer_case.h"

#include "data/dataset_augment.h"

enum { ROWS = 5, COLUMNS = 9, COUNT = 24, PIXELS = ROWS * COLUMNS };

static unsigned char images[COUNT][PIXELS];

static void put_file(const char *folder, const char *name, const unsigned char *head, size_t head_size,
                     const unsigned char *bytes, size_t size)
{
    char path[256];
    snprintf(path, sizeof path, "%.100s/%.30s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    if (head) assert_int_equal(fwrite(head, 1, head_size, file), head_size);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* COUNT images of noise and, of class 1, a stripe. */
static const char *make_images(void)
{
    const char *folder = training_folder("images");
    unsigned char labels[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        labels[i] = i % 2;
        for (size_t p = 0; p < PIXELS; p++)
            images[i][p] =
                (unsigned char)(1 + 100 * loci_random_uniform(i, p) + (i % 2 && p % COLUMNS == 3 ? 150 : 0));
    }
    const unsigned char of_images[16] = {0, 0, 8, 3, 0, 0, 0, COUNT, 0, 0, 0, ROWS, 0, 0, 0, COLUMNS},
                        of_labels[8] = {0, 0, 8, 1, 0, 0, 0, COUNT};
    put_file(folder, "train-images-idx3-ubyte", of_images, 16, images[0], sizeof images);
    put_file(folder, "train-labels-idx1-ubyte", of_labels, 8, labels, COUNT);
    return folder;
}

static const char *folder;

static int set_up(void **state)
{
    if (temporary_setup(state)) return 1;
    folder = make_images();
    return 0;
}

static loci_dataset *open_set(const loci_reading *reading)
{
    loci_dataset *set;
    loci_error error;
    loci_dataset_options options = {.size = sizeof options};
    if (reading) options.reading = *reading;
    if (loci_dataset_open(&set, folder, &options, &error)) fail_msg("%s", error.text);
    return set;
}

/* ---- pixels ---- */

/* Step by step, each of them an image: the mirror, and then the move, pixel by pixel to where it goes. */
static void changed(float to[ROWS][COLUMNS], const unsigned char *image, loci_dataset_change change)
{
    unsigned char mirror[ROWS][COLUMNS];
    memset(to, 0, PIXELS * sizeof(float));
    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < COLUMNS; c++)
            mirror[r][change.flip ? COLUMNS - 1 - c : c] = image[r * COLUMNS + c];
    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < COLUMNS; c++) {
            const int at = r - (int)change.down,
                      side = change.flip ? c + (int)change.right : c - (int)change.right;
            if (at >= 0 && at < ROWS && side >= 0 && side < COLUMNS) to[at][side] = mirror[r][c];
        }
}

static void every_change(void **state)
{
    (void)state;
    loci_dataset *plain = open_set(NULL),
                 *permuted = open_set(&(loci_reading){.permuted = 1, .permutation = 7}), *part;
    assert_int_equal(loci_dataset_divide(&part, plain, 0.5, 3, NULL), LOCI_OK);
    const loci_dataset_info info = loci_dataset_inspect(part);
    assert_true(info.rows == ROWS && info.columns == COLUMNS);
    size_t order[PIXELS];
    loci_dataset_permutation(order, PIXELS, 7);
    for (ptrdiff_t down = -ROWS - 1; down <= ROWS + 1; down++)
        for (ptrdiff_t right = -COLUMNS - 1; right <= COLUMNS + 1; right++)
            for (int flip = 0; flip < 2; flip++) {
                const loci_dataset_change change = {.flip = flip, .down = down, .right = right};
                float u[PIXELS], wanted[ROWS][COLUMNS], as_is[PIXELS];
                changed(wanted, images[11], change);
                loci_dataset_read_changed(permuted, 11, change, u);
                for (size_t k = 0; k < PIXELS; k++)
                    assert_true(u[k] == wanted[order[k] / COLUMNS][order[k] % COLUMNS]);
                /* which image of the files the part's first one is, its own reading says */
                loci_dataset_read(part, 0, as_is);
                unsigned char image[PIXELS];
                for (size_t k = 0; k < PIXELS; k++) image[k] = (unsigned char)as_is[k];
                changed(wanted, image, change);
                loci_dataset_read_changed(part, 0, change, u);
                assert_memory_equal(u, wanted, sizeof u);
            }
    loci_dataset_close(part), loci_dataset_close(plain), loci_dataset_close(permuted);
}

/* Colours, and colours made grey. */
static void colours(void **state)
{
    (void)state;
    static unsigned char record[20][3073];
    const char *cifar = training_folder("cifar");
    for (size_t i = 0; i < 20; i++)
        for (size_t p = 0; p < 3073; p++)
            record[i][p] =
                p ? (unsigned char)(256 * loci_random_uniform(100 + i, p)) : (unsigned char)(i % 10);
    put_file(cifar, "data_batch_1.bin", NULL, 0, record[0], sizeof record);
    loci_dataset *sets[2];
    for (int gray = 0; gray < 2; gray++) {
        const loci_dataset_options options = {.size = sizeof options, .reading = {.gray = gray}};
        assert_int_equal(loci_dataset_open(&sets[gray], cifar, &options, NULL), LOCI_OK);
    }
    const loci_dataset_change change = {.flip = true, .down = -3, .right = 2};
    static float u[3 * 1024], v[1024], plain[3 * 1024], grey[1024];
    loci_dataset_read(sets[0], 4, plain), loci_dataset_read(sets[1], 4, grey);
    loci_dataset_read_changed(sets[0], 4, change, u), loci_dataset_read_changed(sets[1], 4, change, v);
    for (int r = 0; r < 32; r++)
        for (int c = 0; c < 32; c++) {
            const int k = 32 * r + c, row = r - 3, column = 31 - c + 2, from = 32 * row + column;
            const bool inside = row >= 0 && column < 32;
            for (int p = 0; p < 3; p++) assert_true(u[3 * k + p] == (inside ? plain[3 * from + p] : 0));
            assert_true(v[k] == (inside ? grey[from] : 0));
        }
    loci_dataset_close(sets[0]), loci_dataset_close(sets[1]);
}

/* ---- draws ---- */

/* N draws evenly of m values: a count is N/m within 5 standard deviations, sqrt(N (1/m) (1 - 1/m)). */
static void evenly(const size_t *count, size_t m, double N)
{
    const double p = 1 / (double)m;
    for (size_t i = 0; i < m; i++) assert_true(fabs((double)count[i] - N * p) < 5 * sqrt(N * p * (1 - p)));
}

static void draws(void **state)
{
    (void)state;
    enum { N = 20000 };
    loci_dataset *set = open_set(NULL);
    size_t flips[2] = {0}, downs[3] = {0}, rights[5] = {0};
    for (uint64_t key = 0; key < N; key++) {
        const loci_dataset_change both = loci_dataset_draw(set, true, true, key),
                                  flip = loci_dataset_draw(set, true, false, key),
                                  shift = loci_dataset_draw(set, false, true, key);
        assert_true(flip.flip == both.flip && flip.down == 0 && flip.right == 0);
        assert_true(!shift.flip && shift.down == both.down && shift.right == both.right);
        assert_true(both.down >= -1 && both.down <= 1 && both.right >= -2 && both.right <= 2);
        flips[both.flip]++, downs[both.down + 1]++, rights[both.right + 2]++;
    }
    evenly(flips, 2, N), evenly(downs, 3, N), evenly(rights, 5, N);
    loci_dataset_close(set);
}

/* ---- trainings ---- */

static loci_train_options options_with(unsigned augment)
{
    loci_train_options o = loci_train_options_default();
    o.batch = 8, o.epochs = 3, o.threads = 1, o.seed = 42, o.augment = augment;
    return o;
}

static int differ(const loci_model *a, const loci_model *b)
{
    return memcmp(loci_model_values_const(a), loci_model_values_const(b),
                  loci_model_size(a) * sizeof(float)) != 0;
}

static void the_same_bits(void **state)
{
    (void)state;
    loci_dataset *set = open_set(NULL);
    loci_model *model[2][4];
    for (unsigned augment = 0; augment < 4; augment++) {
        loci_train_options o = options_with(augment);
        for (int k = 0; k < 2; k++) {
            void *bytes;
            size_t size;
            loci_error error;
            model[k][augment] = training_model(1, 2, 20);
            loci_trainer *trainer = training_trainer(model[k][augment], set, NULL, &o);
            o.threads = 3;
            if (k == 1) { /* other threads, in two pieces */
                training_steps(trainer, 4);
                assert_int_equal(loci_trainer_save(trainer, &bytes, &size, NULL), LOCI_OK);
                loci_trainer_free(trainer), loci_model_free(model[k][augment]);
                model[k][augment] = training_model(1, 2, 20);
                trainer = training_trainer(model[k][augment], set, NULL, &o);
                if (loci_trainer_restore(trainer, bytes, size, &error)) fail_msg("%s", error.text);
                loci_bytes_free(bytes);
            }
            training_steps(trainer, k == 1 ? 5 : 9);
            loci_trainer_free(trainer);
        }
        assert_false(differ(model[0][augment], model[1][augment]));
        for (unsigned other = 0; other < augment; other++)
            assert_true(differ(model[0][augment], model[0][other]));
    }
    for (int i = 0; i < 8; i++) loci_model_free(model[i / 4][i % 4]);
    loci_dataset_close(set);
}

static void what_does_not_fit(void **state)
{
    (void)state;
    loci_dataset *set = open_set(NULL);
    loci_model *model = training_model(1, 2, 20);
    loci_train_options o = options_with(LOCI_AUGMENT_FLIP);
    loci_trainer *trainer = training_trainer(model, set, NULL, &o), *other;
    loci_error error;
    void *bytes;
    size_t size;
    assert_int_equal(loci_trainer_save(trainer, &bytes, &size, NULL), LOCI_OK);
    loci_trainer_free(trainer);
    o.augment = 0;
    trainer = training_trainer(model, set, NULL, &o);
    assert_int_equal(loci_trainer_restore(trainer, bytes, size, &error), LOCI_E_MISMATCH);
    assert_string_equal(error.text, "augment was 1 in the saved training and is 0 now");
    loci_bytes_free(bytes);
    assert_int_equal(loci_trainer_save(trainer, &bytes, &size, NULL), LOCI_OK);
    loci_trainer_free(trainer);
    o.augment = LOCI_AUGMENT_SHIFT;
    trainer = training_trainer(model, set, NULL, &o);
    assert_int_equal(loci_trainer_restore(trainer, bytes, size, &error), LOCI_E_MISMATCH);
    assert_string_equal(error.text, "augment was 0 in the saved training and is 2 now");
    loci_bytes_free(bytes), loci_trainer_free(trainer);
    o.augment = 4;
    assert_int_equal(loci_trainer_create(&other, model, set, NULL, &o, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "augment is 4; LOCI_AUGMENT_FLIP and LOCI_AUGMENT_SHIFT were expected");
    loci_dataset_close(set);
    set = training_open(training_arrays("arrays", 8, 45, 1, 2), 0, NULL);
    o.augment = LOCI_AUGMENT_SHIFT;
    assert_int_equal(loci_trainer_create(&other, model, set, NULL, &o, &error), LOCI_E_ARGUMENT);
    assert_string_equal(
        error.text, "augment is about images, and the training set is of the kind arrays; none was expected");
    loci_dataset_close(set), loci_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_change), cmocka_unit_test(colours),
                                       cmocka_unit_test(draws), cmocka_unit_test(the_same_bits),
                                       cmocka_unit_test(what_does_not_fit)};
    return cmocka_run_group_tests(tests, set_up, training_teardown);
}
