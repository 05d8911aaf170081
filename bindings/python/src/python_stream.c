/* SPDX-License-Identifier: MIT
 * python_stream.c - _loci.Tables, _loci.Stream and _loci.Window: loci/stream.h. */
#include "glue.h"

#include <math.h>
#include <stdlib.h>

static PyTypeObject *tables_type, *stream_type, *window_type;

/* --- tables: read-only, shared by streams --- */

typedef struct {
    glue_object head;
    PyObject *owner; /* of the model */
    loci_stream_tables *tables;
    size_t inputs, outputs;
} tables_object;

/* Tables(model, rate, chunks) */
static PyObject *tables_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)keywords;
    PyObject *owner;
    double rate;
    int chunks;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "Odp", &owner, &rate, &chunks)) return NULL;
    const loci_model *model = model_of(owner);
    if (!model) return NULL;
    tables_object *self = (tables_object *)glue_new(type);
    if (!self) return NULL;
    Py_INCREF(owner);
    self->owner = owner;
    self->inputs = loci_model_configuration(model)->inputs;
    self->outputs = loci_model_configuration(model)->outputs;
    Py_BEGIN_ALLOW_THREADS status = loci_stream_tables_create(&self->tables, model, rate, chunks, &error);
    Py_END_ALLOW_THREADS if (!status) return (PyObject *)self;
    Py_DECREF(self);
    return glue_raise(&error);
}

static void tables_delete(PyObject *object)
{
    tables_object *self = (tables_object *)object;
    loci_stream_tables_free(self->tables);
    Py_XDECREF(self->owner);
    glue_delete(object);
}

/* --- streams --- */

typedef struct {
    glue_object head;
    tables_object *tables;
    loci_stream *stream;
    size_t lanes;
} stream_object;

/* Stream(tables, lanes) */
static PyObject *stream_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)keywords;
    PyObject *tables;
    Py_ssize_t lanes;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "O!n", tables_type, &tables, &lanes)) return NULL;
    stream_object *self = (stream_object *)glue_new(type);
    if (!self) return NULL;
    Py_INCREF(tables);
    self->tables = (tables_object *)tables;
    self->lanes = lanes < 0 ? 0 : (size_t)lanes;
    if (loci_stream_init(&self->stream, NULL, 0, self->tables->tables, self->lanes, &error) == LOCI_OK)
        return (PyObject *)self;
    Py_DECREF(self);
    return glue_raise(&error);
}

static void stream_delete(PyObject *object)
{
    stream_object *self = (stream_object *)object;
    loci_stream_free(self->stream);
    Py_XDECREF((PyObject *)self->tables);
    glue_delete(object);
}

/* Whether there is such a lane; IndexError where not. */
static int has_lane(const stream_object *self, Py_ssize_t lane)
{
    if (lane >= 0 && (size_t)lane < self->lanes) return 1;
    PyErr_Format(PyExc_IndexError, "lane is %zd; 0 to %zu was expected", lane, self->lanes - 1);
    return 0;
}

/* push(lane or None, lanes, u, dt or None, n, every, out or None): lane [lanes] uint32, u [lanes][n][inputs], dt [lanes][n], out
 * [lanes][ceil(n/every)][outputs]. How many answers of the first of them were due, which is looked up under the lock that the push holds, so that
 * threads may push in turns. */
static PyObject *stream_push(PyObject *object, PyObject *arguments)
{
    const stream_object *self = (stream_object *)object;
    const tables_object *tables = self->tables;
    Py_buffer lane, u, dt, out;
    Py_ssize_t lanes, n, every;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "z*ny*z*nnz*", &lane, &lanes, &u, &dt, &n, &every, &out)) return NULL;
    const size_t rows = glue_times((size_t)lanes, (size_t)n),
                 groups = every > 0 && n > 0 ? ((size_t)n - 1) / (size_t)every + 1 : 0;
    size_t due = 0;
    int good =
        glue_holds(&u, glue_times(rows, tables->inputs), sizeof(float), "the samples") &&
        (!lane.buf || glue_holds(&lane, (size_t)lanes, sizeof(uint32_t), "the lanes")) &&
        (!dt.buf || glue_holds(&dt, rows, sizeof(double), "the steps")) &&
        (groups == 0 || glue_holds(&out, glue_times(glue_times((size_t)lanes, groups), tables->outputs),
                                   sizeof(float), "the answers"));
    if (good && (every < 0 || (groups > 0 && out.readonly))) {
        PyErr_SetString(PyExc_ValueError, "every below 0, or answers that cannot be written");
        good = 0;
    }
    if (good) {
        const uint32_t first = lane.buf && lanes > 0 ? *(const uint32_t *)lane.buf : 0;
        GLUE_RUN(self)
        if (first < self->lanes) due = loci_stream_due(self->stream, first, (size_t)n, (size_t)every);
        status = loci_stream_push(self->stream, lane.buf, (size_t)lanes, u.buf, dt.buf, (size_t)n,
                                  (size_t)every, out.buf, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&lane), PyBuffer_Release(&u), PyBuffer_Release(&dt), PyBuffer_Release(&out);
    if (!good) return NULL;
    return status ? glue_raise(&error) : PyLong_FromSize_t(due);
}

/* answer(lane, out): out [outputs] floats */
static PyObject *stream_answer(PyObject *object, PyObject *arguments)
{
    const stream_object *self = (stream_object *)object;
    Py_ssize_t lane;
    Py_buffer out;
    if (!PyArg_ParseTuple(arguments, "nw*", &lane, &out)) return NULL;
    const int good =
        has_lane(self, lane) && glue_holds(&out, self->tables->outputs, sizeof(float), "the answer");
    if (good) {
        glue_enter(object);
        loci_stream_answer(self->stream, (uint32_t)lane, out.buf);
        glue_leave(object);
    }
    PyBuffer_Release(&out);
    if (!good) return NULL;
    Py_RETURN_NONE;
}

static PyObject *stream_samples(PyObject *object, PyObject *arguments)
{
    const stream_object *self = (stream_object *)object;
    Py_ssize_t lane;
    if (!PyArg_ParseTuple(arguments, "n", &lane) || !has_lane(self, lane)) return NULL;
    glue_enter(object);
    const uint64_t samples = loci_stream_samples(self->stream, (uint32_t)lane);
    glue_leave(object);
    return PyLong_FromUnsignedLongLong(samples);
}

static PyObject *stream_reset(PyObject *object, PyObject *arguments)
{
    const stream_object *self = (stream_object *)object;
    Py_ssize_t lane;
    if (!PyArg_ParseTuple(arguments, "n", &lane) || !has_lane(self, lane)) return NULL;
    glue_enter(object);
    loci_stream_reset(self->stream, (uint32_t)lane);
    glue_leave(object);
    Py_RETURN_NONE;
}

/* copy(lane, from, from_lane): the lane becomes what from_lane of the stream `from` is. */
static PyObject *stream_copy(PyObject *object, PyObject *arguments)
{
    const stream_object *self = (stream_object *)object;
    PyObject *from;
    Py_ssize_t lane, from_lane;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "nO!n", &lane, stream_type, &from, &from_lane)) return NULL;
    if (!has_lane(self, lane) || !has_lane((stream_object *)from, from_lane)) return NULL;
    glue_enter_both(object, from);
    const loci_status status = loci_stream_copy(self->stream, (uint32_t)lane, ((stream_object *)from)->stream,
                                                (uint32_t)from_lane, &error);
    glue_leave_both(object, from);
    return glue_none(status, &error);
}

/* save(lane): bytes */
static PyObject *stream_save(PyObject *object, PyObject *arguments)
{
    const stream_object *self = (stream_object *)object;
    Py_ssize_t lane;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "n", &lane) || !has_lane(self, lane)) return NULL;
    const size_t size = loci_stream_state_size(self->stream);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (!bytes) return NULL;
    char *into = PyBytes_AsString(bytes);
    GLUE_RUN(self)
    status = loci_stream_save(self->stream, (uint32_t)lane, into, size, &error);
    GLUE_DONE(self)
    if (!status) return bytes;
    Py_DECREF(bytes);
    return glue_raise(&error);
}

/* restore(lane, bytes) */
static PyObject *stream_restore(PyObject *object, PyObject *arguments)
{
    const stream_object *self = (stream_object *)object;
    Py_ssize_t lane;
    Py_buffer bytes;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "ny*", &lane, &bytes)) return NULL;
    const int good = has_lane(self, lane);
    if (good) {
        GLUE_RUN(self)
        status = loci_stream_restore(self->stream, (uint32_t)lane, bytes.buf, (size_t)bytes.len, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&bytes);
    return good ? glue_none(status, &error) : NULL;
}

/* --- windows --- */

typedef struct {
    glue_object head;
    tables_object *tables;
    loci_window *window;
} window_object;

/* Window(tables, length) */
static PyObject *window_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)keywords;
    PyObject *tables;
    unsigned long long length;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "O!K", tables_type, &tables, &length)) return NULL;
    window_object *self = (window_object *)glue_new(type);
    if (!self) return NULL;
    Py_INCREF(tables);
    self->tables = (tables_object *)tables;
    if (loci_window_create(&self->window, self->tables->tables, length, &error) == LOCI_OK)
        return (PyObject *)self;
    Py_DECREF(self);
    return glue_raise(&error);
}

static void window_delete(PyObject *object)
{
    window_object *self = (window_object *)object;
    loci_window_free(self->window);
    Py_XDECREF((PyObject *)self->tables);
    glue_delete(object);
}

/* push(u, n, every, out or None): u [n][inputs], out [answers that are due][outputs]. How many these are is looked up under the lock
 * that the push holds, so that threads may push in turns. */
static PyObject *window_push(PyObject *object, PyObject *arguments)
{
    const window_object *self = (window_object *)object;
    Py_buffer u, out;
    Py_ssize_t n, every;
    loci_error error;
    loci_status status = LOCI_OK;
    size_t due = 0;
    if (!PyArg_ParseTuple(arguments, "y*nnz*", &u, &n, &every, &out)) return NULL;
    const size_t groups = every > 0 && n > 0 ? ((size_t)n - 1) / (size_t)every + 1 : 0;
    int good = glue_holds(&u, glue_times((size_t)n, self->tables->inputs), sizeof(float), "the samples") &&
               (groups == 0 ||
                glue_holds(&out, glue_times(groups, self->tables->outputs), sizeof(float), "the answers"));
    if (good && (every < 0 || (groups > 0 && out.readonly))) {
        PyErr_SetString(PyExc_ValueError, "every below 0, or answers that cannot be written");
        good = 0;
    }
    if (good) {
        GLUE_RUN(self)
        due = every ? loci_window_due(self->window, (size_t)n, (size_t)every) : 0;
        status = loci_window_push(self->window, u.buf, (size_t)n, (size_t)every, out.buf, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&u), PyBuffer_Release(&out);
    if (!good) return NULL;
    return status ? glue_raise(&error) : PyLong_FromSize_t(due);
}

/* answer(out): out [outputs] floats */
static PyObject *window_answer(PyObject *object, PyObject *arguments)
{
    const window_object *self = (window_object *)object;
    Py_buffer out;
    if (!PyArg_ParseTuple(arguments, "w*", &out)) return NULL;
    const int good = glue_holds(&out, self->tables->outputs, sizeof(float), "the answer");
    if (good) {
        glue_enter(object);
        loci_window_answer(self->window, out.buf);
        glue_leave(object);
    }
    PyBuffer_Release(&out);
    if (!good) return NULL;
    Py_RETURN_NONE;
}

static PyObject *window_samples(PyObject *object, PyObject *none)
{
    (void)none;
    glue_enter(object);
    const uint64_t samples = loci_window_samples(((window_object *)object)->window);
    glue_leave(object);
    return PyLong_FromUnsignedLongLong(samples);
}

static PyMethodDef window_methods[] = {
    {"push", window_push, METH_VARARGS, NULL},
    {"answer", window_answer, METH_VARARGS, NULL},
    {"samples", window_samples, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot window_slots[] = {GLUE_SLOT(Py_tp_new, window_new),
                                     GLUE_SLOT(Py_tp_dealloc, window_delete),
                                     {Py_tp_methods, window_methods},
                                     {0, NULL}};
static PyType_Spec window_spec = {"loci._loci.Window", sizeof(window_object), 0, Py_TPFLAGS_DEFAULT,
                                  window_slots};

static PyMethodDef stream_methods[] = {
    {"push", stream_push, METH_VARARGS, NULL},       {"answer", stream_answer, METH_VARARGS, NULL},
    {"samples", stream_samples, METH_VARARGS, NULL}, {"reset", stream_reset, METH_VARARGS, NULL},
    {"copy", stream_copy, METH_VARARGS, NULL},       {"save", stream_save, METH_VARARGS, NULL},
    {"restore", stream_restore, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL},
};
static PyType_Slot tables_slots[] = {
    GLUE_SLOT(Py_tp_new, tables_new), GLUE_SLOT(Py_tp_dealloc, tables_delete), {0, NULL}};
static PyType_Spec tables_spec = {"loci._loci.Tables", sizeof(tables_object), 0, Py_TPFLAGS_DEFAULT,
                                  tables_slots};
static PyType_Slot stream_slots[] = {GLUE_SLOT(Py_tp_new, stream_new),
                                     GLUE_SLOT(Py_tp_dealloc, stream_delete),
                                     {Py_tp_methods, stream_methods},
                                     {0, NULL}};
static PyType_Spec stream_spec = {"loci._loci.Stream", sizeof(stream_object), 0, Py_TPFLAGS_DEFAULT,
                                  stream_slots};

int add_stream(PyObject *module)
{
    if (glue_type(module, &tables_type, &tables_spec, "Tables") < 0 ||
        glue_type(module, &window_type, &window_spec, "Window") < 0)
        return -1;
    return glue_type(module, &stream_type, &stream_spec, "Stream");
}
