/* SPDX-License-Identifier: MIT
 * client.c - what a user's program is to the installed libraries; compiled as C and as C++. */
#ifdef CLIENT_TRAIN
#include <loci-train.h>
#else
#include <loci.h>
#endif

#include <stdio.h>
#include <string.h>

int main(void)
{
    loci_error error;
    double node[3], weight[3];
    if (loci_quadrature_gauss(node, weight, 3, &error) != LOCI_OK) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    if (loci_quadrature_gauss(node, weight, 0, &error) == LOCI_OK) return 1;
#ifdef CLIENT_TRAIN
    double seconds;
    if (loci_time_parse(&seconds, "1970-01-02", &error) != LOCI_OK || seconds != 86400) return 1;
#endif
    printf("%s %.3f\n", loci_version(), weight[0] + weight[1] + weight[2]);
    return 0;
}
