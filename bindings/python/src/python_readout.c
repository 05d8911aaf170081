/* SPDX-License-Identifier: MIT
 * python_readout.c - _loci.Readout: loci/readout.h. */
#include "glue.h"

#include <stdlib.h>

typedef struct {
    glue_object head;
    loci_readout *readout;
} readout_object;

static PyTypeObject *readout_type;

static const loci_readout_spec *spec_of(const readout_object *self)
{
    return loci_readout_spec_of(self->readout);
}

static PyObject *readout_wrap(loci_readout *readout)
{
    readout_object *self = (readout_object *)glue_new(readout_type);
    if (self)
        self->readout = readout;
    else
        loci_readout_free(readout);
    return (PyObject *)self;
}

/* Readout(channels, window, order, horizon, ridge, own, scale or None) */
static PyObject *readout_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)type, (void)keywords;
    loci_readout_spec spec = {.size = sizeof spec};
    Py_ssize_t channels, window, order, horizon;
    Py_buffer scale;
    loci_readout *readout = NULL;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "nnnndpz*", &channels, &window, &order, &horizon, &spec.ridge, &spec.own,
                          &scale))
        return NULL;
    spec.channels = (size_t)channels, spec.window = (size_t)window, spec.order = (size_t)order;
    spec.horizon = (size_t)horizon;
    const int good = !scale.buf || glue_holds(&scale, spec.channels, sizeof(double), "the scales");
    if (good) status = loci_readout_create(&readout, &spec, scale.buf, &error);
    PyBuffer_Release(&scale);
    if (!good) return NULL;
    return status ? glue_raise(&error) : readout_wrap(readout);
}

static void readout_delete(PyObject *object)
{
    loci_readout_free(((readout_object *)object)->readout);
    glue_delete(object);
}

/* readout_choose(x, channels, n, train, valid, horizon, window, order, ridge, own, scale): x [channels][n]; window and order -1,
 * ridge and own below 0: to be chosen. (window, order, ridge, own, valid, last) */
static PyObject *readout_choose(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer x, scale;
    Py_ssize_t channels, n, train, valid, horizon, window, order;
    loci_readout_spec spec = {.size = sizeof spec};
    loci_readout_choice choice = {.size = sizeof choice};
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "y*nnnnnnndiy*", &x, &channels, &n, &train, &valid, &horizon, &window,
                          &order, &spec.ridge, &spec.own, &scale))
        return NULL;
    spec.channels = (size_t)channels, spec.horizon = (size_t)horizon;
    spec.window = window < 0 ? LOCI_READOUT_CHOOSE : (size_t)window;
    spec.order = order < 0 ? LOCI_READOUT_CHOOSE : (size_t)order;
    int good = glue_holds(&x, glue_times((size_t)channels, (size_t)n), sizeof(double), "the signal") &&
               glue_holds(&scale, (size_t)channels, sizeof(double), "the scales");
    if (good && (train < 0 || valid < 0 || train > n || valid > n - train)) {
        PyErr_SetString(PyExc_ValueError, "train and valid are more than the samples that there are");
        good = 0;
    }
    const double **rows = good ? calloc((size_t)channels + 1, sizeof *rows) : NULL;
    if (good && !rows) PyErr_NoMemory();
    if (rows) {
        for (Py_ssize_t c = 0; c < channels; c++) rows[c] = (const double *)x.buf + c * n;
        Py_BEGIN_ALLOW_THREADS status =
            loci_readout_choose(&spec, &choice, rows, (size_t)train, (size_t)valid, scale.buf, &error);
        Py_END_ALLOW_THREADS
    }
    const int done = rows != NULL;
    free(rows);
    PyBuffer_Release(&x);
    PyBuffer_Release(&scale);
    if (!done) return NULL;
    if (status) return glue_raise(&error);
    return Py_BuildValue("(nndidd)", (Py_ssize_t)spec.window, (Py_ssize_t)spec.order, spec.ridge, spec.own,
                         choice.valid, choice.last);
}

static PyObject *readout_copy(PyObject *object, PyObject *none)
{
    (void)none;
    readout_object *self = (readout_object *)object;
    loci_readout *copy;
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = loci_readout_copy(&copy, self->readout, &error);
    GLUE_DONE(self)
    return status ? glue_raise(&error) : readout_wrap(copy);
}

/* (channels, window, order, horizon, ridge, own, samples, windows, fingerprint, solved) */
static PyObject *readout_inspect(PyObject *object, PyObject *none)
{
    (void)none;
    readout_object *self = (readout_object *)object;
    loci_readout_info i;
    GLUE_RUN(self)
    i = loci_readout_inspect(self->readout);
    GLUE_DONE(self)
    return Py_BuildValue("(nnnndNKdKN)", (Py_ssize_t)i.spec.channels, (Py_ssize_t)i.spec.window,
                         (Py_ssize_t)i.spec.order, (Py_ssize_t)i.spec.horizon, i.spec.ridge,
                         PyBool_FromLong(i.spec.own), (unsigned long long)i.samples, i.windows,
                         (unsigned long long)i.fingerprint, PyBool_FromLong(i.solved));
}

/* push(u, n) */
static PyObject *readout_push(PyObject *object, PyObject *arguments)
{
    readout_object *self = (readout_object *)object;
    Py_buffer u;
    Py_ssize_t n;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "y*n", &u, &n)) return NULL;
    const int good =
        glue_holds(&u, glue_times((size_t)n, spec_of(self)->channels), sizeof(double), "the samples");
    if (good) {
        GLUE_RUN(self)
        status = loci_readout_push(self->readout, u.buf, (size_t)n, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&u);
    return good ? glue_none(status, &error) : NULL;
}

static PyObject *readout_part(PyObject *object, PyObject *none)
{
    (void)none;
    readout_object *self = (readout_object *)object;
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = loci_readout_part(self->readout, &error);
    GLUE_DONE(self)
    return glue_none(status, &error);
}

static PyObject *readout_forget(PyObject *object, PyObject *arguments)
{
    readout_object *self = (readout_object *)object;
    double keep;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "d", &keep)) return NULL;
    GLUE_RUN(self)
    status = loci_readout_forget(self->readout, keep, &error);
    GLUE_DONE(self)
    return glue_none(status, &error);
}

/* add(other, follows) */
static PyObject *readout_add(PyObject *object, PyObject *arguments)
{
    readout_object *self = (readout_object *)object;
    PyObject *other;
    int follows;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "O!p", readout_type, &other, &follows)) return NULL;
    glue_enter_both(object, other);
    Py_BEGIN_ALLOW_THREADS status =
        loci_readout_add(self->readout, ((readout_object *)other)->readout, follows, &error);
    Py_END_ALLOW_THREADS glue_leave_both(object, other);
    return glue_none(status, &error);
}

static PyObject *readout_solve(PyObject *object, PyObject *none)
{
    (void)none;
    readout_object *self = (readout_object *)object;
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = loci_readout_solve(self->readout, &error);
    GLUE_DONE(self)
    return glue_none(status, &error);
}

/* forecast(channel, y, lower, upper): [horizon], [2][horizon] twice */
static PyObject *readout_forecast(PyObject *object, PyObject *arguments)
{
    readout_object *self = (readout_object *)object;
    Py_ssize_t channel;
    Py_buffer y, lower, upper;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "nw*w*w*", &channel, &y, &lower, &upper)) return NULL;
    const size_t horizon = spec_of(self)->horizon;
    const int good = glue_holds(&y, horizon, sizeof(double), "the forecast") &&
                     glue_holds(&lower, 2 * horizon, sizeof(double), "the lower bounds") &&
                     glue_holds(&upper, 2 * horizon, sizeof(double), "the upper bounds");
    if (good) {
        GLUE_RUN(self)
        status = loci_readout_forecast(self->readout, (size_t)channel, y.buf, lower.buf, upper.buf, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&y), PyBuffer_Release(&lower), PyBuffer_Release(&upper);
    return good ? glue_none(status, &error) : NULL;
}

/* predict(channel, x, n, y): x [window - 1 + n], y [n][horizon] */
static PyObject *readout_predict(PyObject *object, PyObject *arguments)
{
    readout_object *self = (readout_object *)object;
    Py_ssize_t channel, n;
    Py_buffer x, y;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "ny*nw*", &channel, &x, &n, &y)) return NULL;
    const loci_readout_spec *spec = spec_of(self);
    const int good = glue_holds(&x, spec->window - 1 + (size_t)n, sizeof(double), "the signal") &&
                     glue_holds(&y, glue_times((size_t)n, spec->horizon), sizeof(double), "the forecasts");
    if (good) {
        GLUE_RUN(self)
        status = loci_readout_predict(self->readout, (size_t)channel, y.buf, x.buf, (size_t)n, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&x), PyBuffer_Release(&y);
    return good ? glue_none(status, &error) : NULL;
}

/* walk(channel, x, n, from, scores): scores [5][horizon] of count, square, absolute, in80, in95 is added to. */
static PyObject *readout_walk(PyObject *object, PyObject *arguments)
{
    readout_object *self = (readout_object *)object;
    Py_ssize_t channel, n, from;
    Py_buffer x, sums;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "ny*nnw*", &channel, &x, &n, &from, &sums)) return NULL;
    const size_t horizon = spec_of(self)->horizon;
    int good = glue_holds(&x, (size_t)n, sizeof(double), "the signal") &&
               glue_holds(&sums, 5 * horizon, sizeof(double), "the sums");
    if (good && (from < (Py_ssize_t)spec_of(self)->window - 1 || from > n)) {
        PyErr_SetString(PyExc_ValueError, "the first forecast is not within the signal, behind a window");
        good = 0;
    }
    if (good) {
        double *s = sums.buf;
        const loci_readout_score score = {.size = sizeof score,
                                          .count = s,
                                          .square = s + horizon,
                                          .absolute = s + 2 * horizon,
                                          .in80 = s + 3 * horizon,
                                          .in95 = s + 4 * horizon};
        GLUE_RUN(self)
        status =
            loci_readout_walk(self->readout, (size_t)channel, &score, x.buf, (size_t)n, (size_t)from, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&x), PyBuffer_Release(&sums);
    return good ? glue_none(status, &error) : NULL;
}

/* save(note): bytes */
static PyObject *readout_save(PyObject *object, PyObject *arguments)
{
    readout_object *self = (readout_object *)object;
    const char *note;
    Py_ssize_t length;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "y#", &note, &length)) return NULL;
    glue_enter(object);
    const size_t size = loci_readout_save_size(self->readout, (size_t)length);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (!bytes) {
        glue_leave(object);
        return NULL;
    }
    char *into = PyBytes_AsString(bytes);
    Py_BEGIN_ALLOW_THREADS status =
        loci_readout_save(self->readout, note, (size_t)length, into, size, &error);
    Py_END_ALLOW_THREADS glue_leave(object);
    if (!status) return bytes;
    Py_DECREF(bytes);
    return glue_raise(&error);
}

/* readout_load(bytes): (readout, note) */
static PyObject *readout_load(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer bytes;
    loci_readout *readout;
    const char *note;
    size_t length;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "y*", &bytes)) return NULL;
    PyObject *result = NULL;
    if (loci_readout_load(&readout, &note, &length, bytes.buf, (size_t)bytes.len, NULL, &error) != LOCI_OK)
        glue_raise(&error);
    else
        result = Py_BuildValue("(Ny#)", readout_wrap(readout), note ? note : "", (Py_ssize_t)length);
    PyBuffer_Release(&bytes);
    return result;
}

static PyMethodDef readout_methods[] = {
    {"copy", readout_copy, METH_NOARGS, NULL},        {"inspect", readout_inspect, METH_NOARGS, NULL},
    {"push", readout_push, METH_VARARGS, NULL},       {"part", readout_part, METH_NOARGS, NULL},
    {"forget", readout_forget, METH_VARARGS, NULL},   {"add", readout_add, METH_VARARGS, NULL},
    {"solve", readout_solve, METH_NOARGS, NULL},      {"forecast", readout_forecast, METH_VARARGS, NULL},
    {"predict", readout_predict, METH_VARARGS, NULL}, {"walk", readout_walk, METH_VARARGS, NULL},
    {"save", readout_save, METH_VARARGS, NULL},       {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {GLUE_SLOT(Py_tp_new, readout_new),
                              GLUE_SLOT(Py_tp_dealloc, readout_delete),
                              {Py_tp_methods, readout_methods},
                              {0, NULL}};
static PyType_Spec spec = {"loci._loci.Readout", sizeof(readout_object), 0, Py_TPFLAGS_DEFAULT, slots};
static PyMethodDef functions[] = {
    {"readout_choose", readout_choose, METH_VARARGS, NULL},
    {"readout_load", readout_load, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int add_readout(PyObject *module)
{
    if (glue_type(module, &readout_type, &spec, "Readout") < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
