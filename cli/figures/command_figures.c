/* SPDX-License-Identifier: MIT
 * command_figures.c - draws what the mathematics looks like, with numbers that the library computes. */
#include "shared/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "figures/figures.h"
#include "shared/message.h"
#include "shared/options.h"
#include "shared/output.h"
#include "figures/polynomial.h"

enum { POLYNOMIALS = 11, PATH_MOST = 4096 };

static const struct {
    const char *name, *shows;
    figure_draw *draw;
} figures[] = {
    {"legendre-polynomials", "the first six Legendre polynomials", figure_legendre},
    {"coefficients-of-a-signal",
     "10,000 samples, their 64 coefficients as they come, and the recall from those", figure_trajectories},
    {"palace-being-built", "a palace of memory fitted at t0, kept, updated at t1 and t2", figure_palace},
    {"decay-of-memory", "error by age for legs, legs-lti, legt and the palace", figure_decay},
    {"measure-matrices", "the matrix A of each measure", figure_matrices},
    {"legendre-against-fourier", "one signal in 32 Legendre and in 32 Fourier coefficients", figure_fourier},
    {"order-against-error", "what N coefficients forget of a smooth and of a rough signal", figure_orders},
    {"exact-against-bilinear", "how far the published recurrences are from the exact projection",
     figure_exact},
    {"one-system-three-forms", "a system as differential equation, recurrence and convolution, on one input",
     figure_forms},
    {"recurrence-unrolled", "the recurrence as a sum over all inputs so far", figure_unrolled},
    {"kernel-sliding", "a kernel of length 3, and one of full length, on their way along an input",
     figure_sliding},
    {"initial-kernels", "kernels of each initialisation", figure_kernels},
    {"half-and-half", "one signal half as a convolution, half sample by sample", figure_halves},
    {"two-sampling-rates", "one kernel at two sampling rates", figure_rates},
    {"hippo-against-random",
     "a layer that begins as a HiPPO memory and one that begins at random learn to recall", figure_learning},
};
enum { FIGURES = sizeof figures / sizeof figures[0] };

static int folder(const char *path)
{
    struct stat there;
    if (mkdir(path, 0777) == 0) return STATUS_DONE;
    const int reason = errno;
    if (reason == EEXIST && stat(path, &there) == 0) {
        if (S_ISDIR(there.st_mode)) return STATUS_DONE;
        return message_fail("%s: is a file; the name of a folder was expected", path);
    }
    return message_fail("%s: cannot be created: %s", path, strerror(reason));
}

static int print(const char *line)
{
    output out;
    output_open(&out, NULL);
    output_text(&out, line);
    output_text(&out, "\n");
    return output_close(&out);
}

static int polynomials(void)
{
    char text[POLYNOMIAL_SIZE];
    int status = STATUS_DONE;
    for (size_t n = 0; n < POLYNOMIALS && !status; n++) {
        polynomial_write(text, LOCI_LEGENDRE, n);
        status = print(text);
    }
    return status ? status : print("");
}

static int draw(size_t i, const char *directory)
{
    static const char *const endings[] = {"svg", "png"};
    loci_error error;
    chart *drawing = figures[i].draw(&error);
    if (!drawing) return message_error(figures[i].name, &error);
    int status = STATUS_DONE;
    char path[PATH_MOST];
    for (size_t k = 0; k < 2 && !status; k++) {
        snprintf(path, sizeof path, "%s/%02zu-%s.%s", directory, i + 1, figures[i].name, endings[k]);
        if (chart_write(drawing, path, &error) != LOCI_OK) status = message_error(NULL, &error);
    }
    chart_destroy(drawing);
    if (status) return status;
    char line[PATH_MOST + 128];
    snprintf(line, sizeof line, "%.*s.{svg,png}  %s", (int)(strlen(path) - 4), path, figures[i].shows);
    return print(line);
}

int command_figures(int argc, char **argv)
{
    const options_page page = {
        .command = "figures",
        .synopsis = "DIRECTORY",
        .purpose =
            "Draw what memories and linear systems are made of and how they behave, each as SVG and PNG in DIRECTORY (created where it is "
            "missing), from numbers that are computed on the spot; and print the first 11 Legendre polynomials.",
        .operand = "DIRECTORY",
        .least = 1,
        .most = 1,
    };
    int status = options_parse(&page, &argc, argv);
    if (status != OPTIONS_GO) return status;
    const char *directory = argv[1];
    loci_error error;
    if (strlen(directory) > PATH_MOST - 64)
        return message_usage("figures: the name of the folder is too long");
    if (chart_check("figure.svg", &error) != LOCI_OK) return message_error(NULL, &error);
    status = folder(directory);
    if (!status) status = polynomials();
    for (size_t i = 0; i < FIGURES && !status; i++) status = draw(i, directory);
    return status;
}
