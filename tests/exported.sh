#!/bin/sh
# exported.sh NAME... - compiles the exported models NAME/NAME.c, one program for all: ./run NAME < NUMBERS prints the answers to
# samples, one a line; ./run NAME K goes on from sample K in a copy of the state, too, and says so where the two differ. Warnings are
# errors. What the sources need but memset and sqrtf is printed.
set -eu
flags='-std=c99 -O3 -Wall -Wextra -Wconversion -Wdouble-promotion -Wshadow -Werror'
{
    printf '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n'
    for n in "$@"; do
        big=$(echo "$n" | tr '[:lower:]' '[:upper:]')
        cat <<MODEL
#include "$n/$n.h"
static int run_$n(long fork)
{
    static ${n}_state state, copy;
    float in[${big}_INPUTS], out[${big}_OUTPUTS], other[${big}_OUTPUTS];
    ${n}_init(&state);
    for (long k = 0;; k++) {
        for (int i = 0; i < ${big}_INPUTS; i++)
            if (scanf("%f%*[, ]", &in[i]) != 1 && scanf("%f", &in[i]) != 1) return 0;
        if (k == fork) copy = state;
        ${n}_step(&state, in, out);
        if (fork >= 0 && k >= fork) {
            ${n}_step(&copy, in, other);
            if (memcmp(out, other, sizeof out) != 0) printf("sample %ld: the copy answers otherwise\n", k);
        }
        for (int i = 0; i < ${big}_OUTPUTS; i++) printf("%s%.9g", i ? "," : "", (double)out[i]);
        printf("\n");
    }
}
MODEL
    done
    printf 'int main(int argc, char **argv)\n{\n    const long fork = argc > 2 ? atol(argv[2]) : -1;\n'
    for n in "$@"; do printf '    if (argc > 1 && strcmp(argv[1], "%s") == 0) return run_%s(fork);\n' "$n" "$n"; done
    printf '    return 2;\n}\n'
} >run.c
mkdir -p objects
# shellcheck disable=SC2086
(
    for n in "$@"; do ${CC:-cc} $flags -c "$n/$n.c" -o "objects/$n.o"; done
    ${CC:-cc} $flags -Wno-unused-result -I. run.c objects/*.o -lm -o run
)
nm -u objects/*.o | awk 'NF == 2 { print $2 }' | sort -u | grep -vxE 'memset|_GLOBAL_OFFSET_TABLE_|sqrtf' || :
