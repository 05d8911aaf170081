/* SPDX-License-Identifier: MIT
 * test_file.c - whole files: what is written is read; a write that fails leaves the old file, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <loci/data.h>

#include "temporary.h"

static int files_in_folder(void)
{
    DIR *folder = opendir(temporary_folder);
    int count = -2;
    while (readdir(folder)) count++;
    closedir(folder);
    return count;
}

static void expect_content(const char *path, const void *expected, size_t expected_size)
{
    void *bytes;
    size_t size;
    assert_int_equal(loci_file_read(path, &bytes, &size, SIZE_MAX, NULL), LOCI_OK);
    assert_int_equal(size, expected_size);
    if (size > 0) assert_memory_equal(bytes, expected, size);
    loci_bytes_free(bytes);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 262143, 262144, 262145, 1000000};
    char *bytes = malloc(1000000);
    for (size_t i = 0; i < 1000000; i++) bytes[i] = (char)(i * i % 251);
    const char *path = temporary_path("file");
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        assert_int_equal(loci_file_write(path, bytes, sizes[k], NULL), LOCI_OK);
        expect_content(path, bytes, sizes[k]);
    }
    free(bytes);
    assert_int_equal(files_in_folder(), 1);
}

static void a_limit_is_kept(void **state)
{
    (void)state;
    const char *path = temporary_bytes("limit", "0123456789", 10);
    void *bytes;
    size_t size;
    loci_error error;
    assert_int_equal(loci_file_read(path, &bytes, &size, 10, NULL), LOCI_OK);
    assert_int_equal(size, 10);
    loci_bytes_free(bytes);
    assert_int_equal(loci_file_read(path, &bytes, &size, 9, &error), LOCI_E_FORMAT);
    assert_non_null(strstr(error.text, "larger than 9 bytes"));
    assert_null(bytes);
    /* a source without a known length */
    assert_int_equal(loci_file_read("/dev/zero", &bytes, &size, 300000, &error), LOCI_E_FORMAT);
    assert_null(bytes);
}

static void expect_read_error(const char *path, const char *part)
{
    void *bytes;
    size_t size;
    loci_error error = {0};
    assert_int_equal(loci_file_read(path, &bytes, &size, 100, &error), LOCI_E_IO);
    if (!strstr(error.text, part)) fail_msg("\"%s\" lacks \"%s\"", error.text, part);
    assert_null(bytes);
}

static void what_cannot_be_read_is_named(void **state)
{
    (void)state;
    expect_read_error("/nonexistent/file", "/nonexistent/file: cannot be opened: No such file or directory");
    expect_read_error(temporary_folder, "is a folder; the name of a file was expected");
    expect_read_error("", "(a file without a name): cannot be opened");
    char longer[5000]; /* the front of the path is dropped, the reason is not */
    memset(longer, 'x', sizeof longer);
    memcpy(longer + sizeof longer - 6, "y.loc", 6);
    expect_read_error(longer, "y.loc: cannot be opened: File name too long");
    if (geteuid() == 0) return; /* root may read all */
    const char *path = temporary_text("secret", "x");
    chmod(path, 0);
    expect_read_error(path, "cannot be opened: Permission denied");
}

static void expect_write_error(const char *path, const char *part)
{
    loci_error error = {0};
    assert_int_equal(loci_file_write(path, "new", 3, &error), LOCI_E_IO);
    if (!strstr(error.text, part)) fail_msg("\"%s\" lacks \"%s\"", error.text, part);
}

static void what_cannot_be_written_is_named(void **state)
{
    (void)state;
    expect_write_error("/nonexistent/file",
                       "/nonexistent/file: cannot be created: No such file or directory");
    expect_write_error(temporary_folder, "is a folder; the name of a file was expected");
    expect_write_error("/dev/full", "/dev/full: writing failed: No space left on device");
    expect_write_error("", "(a file without a name): writing failed");
    assert_int_equal(loci_file_write("/dev/null", "new", 3, NULL), LOCI_OK);
    if (geteuid() == 0) return; /* root may write everywhere */
    const char *path = temporary_path("locked");
    mkdir(path, 0500);
    char inside[400];
    snprintf(inside, sizeof inside, "%s/file", path);
    expect_write_error(inside, "cannot be created: Permission denied");
}

/* The disk is full half-way: a limit on the size of files does the same, and does it here. */
static void a_failing_write_leaves_the_old_file(void **state)
{
    (void)state;
    const char *path = temporary_text("old", "old content");
    const int before = files_in_folder();
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {1000, 1000};
        char bytes[5000] = {0};
        loci_error error = {0};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(loci_file_write(path, bytes, sizeof bytes, &error) == LOCI_E_IO &&
                      strstr(error.text, "old: writing failed: File too large")
                  ? 0
                  : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    expect_content(path, "old content", 11);
    assert_int_equal(files_in_folder(), before);
}

static void permissions_and_links_stay(void **state)
{
    (void)state;
    const mode_t mask = umask(027);
    const char *fresh = temporary_path("fresh"), *link = temporary_path("link");
    struct stat there;
    assert_int_equal(loci_file_write(fresh, "1", 1, NULL), LOCI_OK);
    umask(mask);
    stat(fresh, &there);
    assert_int_equal(there.st_mode & 07777, 0640);
    chmod(fresh, 0600);
    assert_int_equal(loci_file_write(fresh, "2", 1, NULL), LOCI_OK);
    stat(fresh, &there);
    assert_int_equal(there.st_mode & 07777, 0600);
    assert_int_equal(symlink("fresh", link), 0);
    assert_int_equal(loci_file_write(link, "3", 1, NULL), LOCI_OK);
    lstat(link, &there);
    assert_true(S_ISLNK(there.st_mode));
    expect_content(fresh, "3", 1);
}

/* What a killed writer left goes with the next one's success; what another one is writing stays. */
static void leftovers_are_removed(void **state)
{
    (void)state;
    temporary_text(".loci-0.part", "half of some");
    const char *path = temporary_path("beside"), *part = temporary_path(".loci-0.part");
    assert_int_equal(loci_file_write(path, "mine", 4, NULL), LOCI_OK);
    expect_content(path, "mine", 4);
    assert_int_not_equal(access(part, F_OK), 0);
    temporary_text(".loci-0.part", "another's");
    const int writer = open(part, O_RDWR);
    assert_int_equal(flock(writer, LOCK_EX), 0);
    assert_int_equal(loci_file_write(path, "yours", 5, NULL), LOCI_OK);
    expect_content(path, "yours", 5);
    expect_content(part, "another's", 9);
    close(writer);
    /* a name in a folder of many is not followed elsewhere */
    unlink(part);
    assert_int_equal(symlink("beside", part), 0);
    assert_int_equal(loci_file_write(temporary_path("third"), "3", 1, NULL), LOCI_OK);
    expect_content(path, "yours", 5);
    unlink(part);
}

static void standard_streams_are_called_dash(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const int input = dup(STDIN_FILENO), output = dup(STDOUT_FILENO);
    dup2(ends[0], STDIN_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    const loci_status status = loci_file_write("-", "through", 7, NULL);
    dup2(output, STDOUT_FILENO);
    close(ends[1]);
    expect_content("-", "through", 7);
    dup2(input, STDIN_FILENO);
    close(input);
    close(output);
    close(ends[0]);
    assert_int_equal(status, LOCI_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_limit_is_kept),
        cmocka_unit_test(what_cannot_be_read_is_named),
        cmocka_unit_test(what_cannot_be_written_is_named),
        cmocka_unit_test(a_failing_write_leaves_the_old_file),
        cmocka_unit_test(permissions_and_links_stay),
        cmocka_unit_test(leftovers_are_removed),
        cmocka_unit_test(standard_streams_are_called_dash),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
