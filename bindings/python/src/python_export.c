/* SPDX-License-Identifier: MIT
 * python_export.c - export_files: loci/export.h, loci/calibration.h. */
#include "glue.h"

#include <math.h>
#include <stdlib.h>

/* The files of a program as [(name, text)]; NULL with an exception. */
static PyObject *files_of(const loci_export *program, const loci_export_samples *samples)
{
    PyObject *all = PyList_New(0);
    for (int i = 0; all && i < LOCI_EXPORT_FILES; i++) {
        char name[LOCI_EXPORT_PREFIX + 16];
        void *text = NULL;
        size_t length = 0;
        loci_error error;
        const loci_export_file file = (loci_export_file)i;
        loci_export_name(program, file, name);
        PyObject *row = NULL;
        if (loci_export_write(program, file, file == LOCI_EXPORT_TEST ? samples : NULL, &text, &length,
                              &error) != LOCI_OK)
            glue_raise(&error);
        else
            row = Py_BuildValue("(sy#)", name, (const char *)text, (Py_ssize_t)length);
        loci_bytes_free(text);
        const int failed = !row || PyList_Append(all, row) < 0;
        Py_XDECREF(row);
        if (!failed) continue;
        Py_DECREF(all);
        return NULL;
    }
    return all;
}

/* The step's own answers to the samples, and how far they are from those that are given; 0 with an exception. */
static int answer(const loci_export *program, const loci_export_samples *samples, size_t inputs,
                  size_t outputs, double *own, double *gap)
{
    char *room = glue_aligned(loci_export_state_size(program) + loci_export_work_size(program) + 64);
    float *out = malloc(outputs * sizeof *out);
    const int good = room && out;
    if (room && !out) PyErr_NoMemory();
    if (good) {
        char *work = room + (loci_export_state_size(program) + 7) / 8 * 8;
        Py_BEGIN_ALLOW_THREADS loci_export_init(program, room);
        for (size_t k = 0; k < samples->count; k++) {
            loci_export_step(program, room, out, samples->in + k * inputs, work);
            for (size_t i = 0; i < outputs; i++) {
                own[k * outputs + i] = out[i];
                *gap = fmax(*gap, fabs(out[i] - samples->out[k * outputs + i]));
            }
        }
        Py_END_ALLOW_THREADS
    }
    free(out), free(room);
    return good;
}

/* What a program takes and its files, as export_files gives them. */
static PyObject *result_of(const loci_export *program, const loci_export_samples *samples, double gap,
                           PyObject *calibration)
{
    loci_export_facts f = {.size = sizeof f};
    loci_export_inspect(program, &f);
    PyObject *files = files_of(program, samples);
    if (!files) return NULL;
    return Py_BuildValue("(N(nnnddd)O)", files, (Py_ssize_t)f.constants, (Py_ssize_t)f.state,
                         (Py_ssize_t)f.work, f.multiplies, f.functions, gap, calibration);
}

static int stopped(void *context, size_t done, size_t all)
{
    (void)done, (void)all;
    return glue_interrupted(context);
}

/* The program, with what a calibration makes of it where there is a set; *facts then are (sequences, score of floats, of whole numbers,
 * largest difference, mean difference), else None. NULL with an exception. */
static loci_export *program_of(const loci_model *model, const loci_dataset *set, loci_export_options *options,
                               PyObject **facts)
{
    loci_calibrate_options how = {.size = sizeof how, .progress = stopped};
    loci_calibration_result r = {.size = sizeof r};
    loci_export_options plain = *options;
    loci_export *floats = NULL, *program = NULL;
    loci_calibration *calibration = NULL;
    loci_error error;
    loci_status status = LOCI_OK;
    PyThreadState *thread = PyEval_SaveThread();
    how.context = &thread;
    plain.weights = LOCI_EXPORT_FLOAT;
    if (set) status = loci_export_create(&floats, model, &plain, &error);
    if (set && !status) status = loci_calibration_create(&calibration, model, floats, set, &how, &error);
    if (set && !status) options->ranges = loci_calibration_ranges(calibration);
    if (!status) status = loci_export_create(&program, model, options, &error);
    if (set && !status) status = loci_calibration_compare(calibration, program, &r, &error);
    loci_calibration_free(calibration);
    loci_export_free(floats);
    PyEval_RestoreThread(thread);
    *facts = status ? glue_raise(&error)
             : set  ? Py_BuildValue("(ndddd)", (Py_ssize_t)r.sequences, r.floats, r.whole, r.most, r.mean)
                    : Py_BuildValue("");
    if (*facts) return program;
    loci_export_free(program);
    return NULL;
}

/* export_files(model, prefix, origin or None, weights, set or None, in, out, count, within): weights as a number; a set calibrates; in
 * [count][inputs] floats, out [count][outputs] doubles, a stream's answers, which the test compares with; that of whole numbers with its own.
 * ([(name, text)], (bytes of constants, state, work, multiply-adds, functions a sample, largest difference from out), what program_of tells) */
static PyObject *export_files(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *model, *set, *facts = NULL, *result = NULL;
    loci_export_options options = {.size = sizeof options};
    int weights;
    Py_buffer in, out;
    Py_ssize_t count;
    loci_export_samples samples = {.size = sizeof samples};
    if (!PyArg_ParseTuple(arguments, "OsziOy*y*nd", &model, &options.prefix, &options.origin, &weights, &set,
                          &in, &out, &count, &samples.within))
        return NULL;
    const loci_model *m = model_of(model);
    const loci_model_config *c = m ? loci_model_configuration(m) : NULL;
    loci_export *program = NULL;
    if (m && (set == Py_None || dataset_of(set)) &&
        glue_holds(&in, glue_times((size_t)count, c->inputs), sizeof(float), "the samples") &&
        glue_holds(&out, glue_times((size_t)count, c->outputs), sizeof(double), "the answers")) {
        samples.count = (size_t)count, samples.in = in.buf, samples.out = out.buf;
        options.weights = (loci_export_weights)weights;
        double gap = 0, *own = malloc(glue_times((size_t)count, c->outputs) * sizeof *own + 1);
        if (!own) PyErr_NoMemory();
        if (own) program = program_of(m, set == Py_None ? NULL : dataset_of(set), &options, &facts);
        if (program && answer(program, &samples, c->inputs, c->outputs, own, &gap)) {
            if (options.weights == LOCI_EXPORT_INT8) samples.out = own;
            result = result_of(program, &samples, gap, facts);
        }
        loci_export_free(program);
        free(own);
    }
    Py_XDECREF(facts);
    PyBuffer_Release(&in), PyBuffer_Release(&out);
    return result;
}

static PyMethodDef functions[] = {
    {"export_files", export_files, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int add_export(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
