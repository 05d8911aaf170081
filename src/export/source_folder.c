/* SPDX-License-Identifier: MIT
 * source_folder.c - what stands beside an exported step: its test, CMakeLists.txt and README.md. */
#include "export/source_text.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

/* What the test compares with: matrices of whole numbers make answers of their own. */
static const char *whose(const loci_export *p)
{
    return p->whole ? "the answers of the library's own run" : "the answers of loci stream";
}

/* A sample or its answer, of floats or of doubles: a row of an array, eight numbers a line. */
static void put_row(loci_source_text *t, const float *x, const double *wide, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        loci_source_put(t, i == 0 ? "\n    {" : i % 8 ? ", " : ",\n     ");
        loci_source_float(t, x ? x[i] : (float)wide[i]);
    }
    loci_source_put(t, "},");
}

void loci_source_test(loci_source_text *t, const loci_export_samples *s)
{
    const loci_export *p = t->p;
    char big[LOCI_EXPORT_PREFIX];
    double most = 0;
    loci_source_capitals(p, big);
    for (size_t i = 0; i < s->count * p->outputs; i++) most = fmax(most, fabs(s->out[i]));
    loci_source_put(t,
                    "/* %s_test.c - %zu samples through %s_step, against %s. */\n"
                    "#include <math.h>\n#include <stdio.h>\n\n#include \"%s.h\"\n\n"
                    "enum { SAMPLES = %zu };\n\nstatic const float in[][%s_INPUTS] = {",
                    p->prefix, s->count, p->prefix, whose(p), p->prefix, s->count, big);
    for (size_t k = 0; k < s->count; k++) put_row(t, s->in + k * p->inputs, NULL, p->inputs);
    loci_source_put(t, "\n};\n\nstatic const float answers[][%s_OUTPUTS] = {", big);
    for (size_t k = 0; k < s->count; k++) put_row(t, NULL, s->out + k * p->outputs, p->outputs);
    loci_source_put(t, "\n};\n\nint main(void)\n{\n    const float within = ");
    loci_source_float(t, (float)fmin(most > 0 ? s->within * most : s->within, FLT_MAX));
    loci_source_put(
        t,
        ";\n"
        "    static %s_state state;\n"
        "    float most = 0.0f;\n"
        "    %s_init(&state);\n"
        "    for (int k = 0; k < SAMPLES; k++) {\n"
        "        float out[%s_OUTPUTS];\n"
        "        %s_step(&state, in[k], out);\n"
        "        for (int i = 0; i < %s_OUTPUTS; i++) {\n"
        "            const float apart = fabsf(out[i] - answers[k][i]);\n"
        "            if (!(apart <= within)) {\n"
        "                printf(\"sample %%d, answer %%d: %%.9g; %%.9g was expected\\n\", k, i, (double)out[i],\n"
        "                       (double)answers[k][i]);\n"
        "                return 1;\n"
        "            }\n"
        "            most = apart > most ? apart : most;\n"
        "        }\n"
        "    }\n"
        "    printf(\"%%d samples: at most %%.2g from %s\\n\", SAMPLES, (double)most);\n"
        "    return 0;\n}\n",
        p->prefix, p->prefix, big, p->prefix, big, whose(p));
}

void loci_source_cmake(loci_source_text *t)
{
    const char *name = t->p->prefix;
    loci_source_put(
        t,
        "# made by loci export: %s\ncmake_minimum_required(VERSION 3.13)\nproject(%s C)\n\n"
        "add_library(%s STATIC %s.c)\n"
        "target_include_directories(%s PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})\n"
        "set_target_properties(%s PROPERTIES C_STANDARD 99 C_STANDARD_REQUIRED ON)\n"
        "target_compile_options(%s PRIVATE $<$<C_COMPILER_ID:GNU,Clang>:-Wall;-Wextra;-Wconversion;-Wdouble-promotion>)\n"
        "target_link_libraries(%s PUBLIC m)\n\n"
        "if(CMAKE_SOURCE_DIR STREQUAL CMAKE_CURRENT_SOURCE_DIR AND NOT CMAKE_CROSSCOMPILING)\n"
        "  add_executable(%s_test %s_test.c)\n"
        "  target_link_libraries(%s_test PRIVATE %s)\n"
        "  enable_testing()\n"
        "  add_test(NAME %s COMMAND %s_test)\n"
        "endif()\n",
        name, name, name, name, name, name, name, name, name, name, name, name, name, name);
}

void loci_source_readme(loci_source_text *t)
{
    const loci_export *p = t->p;
    loci_export_facts f = {.size = sizeof f};
    loci_export_inspect(p, &f);
    loci_source_put(t,
                    "# %s\n\n"
                    "%s, as one step in C99: `%s.h`, `%s.c`. Made by `loci export` %s.\n\n"
                    "    %s_state state;\n"
                    "    float out[%zu];\n"
                    "    %s_init(&state);\n"
                    "    for (;;) {\n"
                    "        const float *in = ...; /* %zu number%s, as they come from the source */\n"
                    "        %s_step(&state, in, out); /* %s */\n"
                    "    }\n\n",
                    p->prefix, p->origin, p->prefix, p->prefix, loci_version(), p->prefix, p->outputs,
                    p->prefix, p->inputs, p->inputs == 1 ? "" : "s", p->prefix, p->answer);
    loci_source_put(t,
                    "| | |\n|---|---|\n"
                    "| constants, in flash | %zu bytes (%zu numbers), and 1.5 to 4 KB of code |\n"
                    "| state, in RAM | %zu bytes a stream |\n"
                    "| stack of a step | %zu bytes, and what calls take |\n"
                    "| a sample | %.0f multiply-adds, %.0f exponentials and the like |\n",
                    f.constants, f.constant, f.state, f.work, f.multiplies, f.functions);
    if (p->whole) loci_source_put(t, "| matrices | whole numbers of 8 bits |\n");
    if (p->rate > 0) {
        loci_source_put(t, "| a second, at ");
        loci_source_real(t, p->rate, 9);
        loci_source_put(t, " Hz | ");
        loci_source_real(t, f.multiplies * p->rate / 1e6, 3);
        loci_source_put(t, " million multiply-adds |\n");
    }
    loci_source_put(
        t,
        "\nNo allocation, no operating system, no library but libm's sqrtf; single precision alone. The state is a plain struct: a\n"
        "copy is a fork. Samples come at the rate of the model's training%s.\n\n"
        "The test compares with %s:\n\n"
        "    cmake -S . -B build && cmake --build build && build/%s_test\n",
        p->rate > 0 ? "" : ", which it does not know", whose(p), p->prefix);
}
