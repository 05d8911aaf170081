/* SPDX-License-Identifier: MIT
 * python_export.c - export_files: loci/export.h. */
#include "glue.h"

#include <loci/export.h>

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

/* export_files(model, prefix, origin or None, in, out, count, within): in [count][inputs] floats, out [count][outputs] doubles, what the test
 * compares with. ([(name, text)], (bytes of constants, state, work, multiply-adds, functions a sample)) */
static PyObject *export_files(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *model;
    loci_export_options options = {.size = sizeof options};
    Py_buffer in, out;
    Py_ssize_t count;
    loci_export_samples samples = {.size = sizeof samples};
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "Oszy*y*nd", &model, &options.prefix, &options.origin, &in, &out, &count,
                          &samples.within))
        return NULL;
    PyObject *result = NULL;
    const loci_model *m = model_of(model);
    const loci_model_config *c = m ? loci_model_configuration(m) : NULL;
    loci_export *program = NULL;
    if (m && glue_holds(&in, glue_times((size_t)count, c->inputs), sizeof(float), "the samples") &&
        glue_holds(&out, glue_times((size_t)count, c->outputs), sizeof(double), "the answers")) {
        samples.count = (size_t)count, samples.in = in.buf, samples.out = out.buf;
        if (loci_export_create(&program, m, &options, &error) != LOCI_OK)
            glue_raise(&error);
        else {
            loci_export_facts f = {.size = sizeof f};
            loci_export_inspect(program, &f);
            PyObject *files = files_of(program, &samples);
            if (files)
                result = Py_BuildValue("(N(nnndd))", files, (Py_ssize_t)f.constants, (Py_ssize_t)f.state,
                                       (Py_ssize_t)f.work, f.multiplies, f.functions);
        }
        loci_export_free(program);
    }
    PyBuffer_Release(&in), PyBuffer_Release(&out);
    return result;
}

static PyMethodDef functions[] = {{"export_files", export_files, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};

int add_export(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
