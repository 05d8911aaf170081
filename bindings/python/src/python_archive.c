/* SPDX-License-Identifier: MIT
 * python_archive.c - _loci.ArchiveWriter and _loci.ArchiveReader: loci/archive.h. */
#include "glue.h"

#include <stdlib.h>
#include <string.h>

static PyTypeObject *writer_type, *reader_type;

/* --- writing, into bytes --- */

typedef struct {
    glue_object head;
    loci_archive_writer *writer;
    glue_bytes all; /* what was written so far: whole pages */
    size_t channels;
} writer_object;

/* ArchiveWriter(channels, dt, start, order, page, rule, bound, relative, budget, fading, note) */
static PyObject *writer_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)keywords;
    loci_archive_spec spec = loci_archive_defaults();
    Py_ssize_t channels, order, page, budget, length;
    int rule;
    const char *note;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "nddnnidpndy#", &channels, &spec.dt, &spec.start, &order, &page, &rule,
                          &spec.bound, &spec.relative, &budget, &spec.fading, &note, &length))
        return NULL;
    spec.channels = channels < 0 ? 0 : (size_t)channels;
    spec.order = (size_t)order, spec.page = (size_t)page, spec.budget = (size_t)budget;
    spec.rule = (loci_archive_rule)rule;
    writer_object *self = (writer_object *)glue_new(type);
    if (!self) return NULL;
    self->channels = spec.channels;
    if (loci_archive_writer_create(&self->writer, &spec, note, (size_t)length, glue_sink, &self->all,
                                   &error) == LOCI_OK)
        return (PyObject *)self;
    Py_DECREF(self);
    return glue_raise(&error);
}

/* archive_resume(bytes, channels): a writer that goes on behind an archive. */
static PyObject *archive_resume(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer bytes;
    Py_ssize_t channels;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "y*n", &bytes, &channels)) return NULL;
    writer_object *self = (writer_object *)glue_new(writer_type);
    if (self) {
        status = glue_sink(&self->all, 0, bytes.buf, (size_t)bytes.len, &error);
        self->channels = (size_t)channels;
        Py_BEGIN_ALLOW_THREADS if (!status) status = loci_archive_writer_resume(
            &self->writer, bytes.buf, (size_t)bytes.len, glue_sink, &self->all, &error);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&bytes);
    if (!status) return (PyObject *)self;
    Py_DECREF(self);
    return glue_raise(&error);
}

/* archive_step(times): of doubles. */
static PyObject *archive_step(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer t;
    if (!PyArg_ParseTuple(arguments, "y*", &t)) return NULL;
    const double step = loci_archive_step(t.buf, (size_t)t.len / sizeof(double), 1);
    PyBuffer_Release(&t);
    return PyFloat_FromDouble(step);
}

static void writer_delete(PyObject *object)
{
    writer_object *self = (writer_object *)object;
    loci_archive_writer_free(self->writer);
    free(self->all.bytes);
    glue_delete(object);
}

/* push(u, n) */
static PyObject *writer_push(PyObject *object, PyObject *arguments)
{
    writer_object *self = (writer_object *)object;
    Py_buffer u;
    Py_ssize_t n;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "y*n", &u, &n)) return NULL;
    const int good = glue_holds(&u, glue_times((size_t)n, self->channels), sizeof(double), "the samples");
    if (good) {
        GLUE_RUN(self)
        status = loci_archive_writer_push(self->writer, u.buf, (size_t)n, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&u);
    return good ? glue_none(status, &error) : NULL;
}

/* bytes(): of an archive with all samples so far. */
static PyObject *writer_bytes(PyObject *object, PyObject *none)
{
    (void)none;
    writer_object *self = (writer_object *)object;
    glue_bytes copy = {0};
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = glue_sink(&copy, 0, self->all.bytes, self->all.size, &error);
    if (!status) status = loci_archive_writer_peek(self->writer, glue_sink, &copy, &error);
    GLUE_DONE(self)
    PyObject *result = status ? glue_raise(&error) : glue_copy(copy.bytes, copy.size);
    free(copy.bytes);
    return result;
}

/* --- reading, from bytes --- */

typedef struct {
    glue_object head;
    loci_archive *archive;
    Py_buffer bytes; /* held as long as the archive is open */
    size_t channels;
} reader_object;

/* ArchiveReader(bytes, salvage) */
static PyObject *reader_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)keywords;
    Py_buffer bytes;
    int salvage;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "y*p", &bytes, &salvage)) return NULL;
    reader_object *self = (reader_object *)glue_new(type);
    if (!self) {
        PyBuffer_Release(&bytes);
        return NULL;
    }
    self->bytes = bytes;
    Py_BEGIN_ALLOW_THREADS status =
        loci_archive_open(&self->archive, bytes.buf, (size_t)bytes.len,
                          salvage ? LOCI_ARCHIVE_SALVAGE : LOCI_ARCHIVE_WHOLE, &error);
    Py_END_ALLOW_THREADS if (!status)
    {
        self->channels = loci_archive_inspect(self->archive).channels;
        return (PyObject *)self;
    }
    Py_DECREF(self);
    return glue_raise(&error);
}

static void reader_delete(PyObject *object)
{
    reader_object *self = (reader_object *)object;
    loci_archive_close(self->archive);
    PyBuffer_Release(&self->bytes);
    glue_delete(object);
}

static PyObject *reader_verify(PyObject *object, PyObject *none)
{
    (void)none;
    reader_object *self = (reader_object *)object;
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = loci_archive_verify(self->archive, &error);
    GLUE_DONE(self)
    return glue_none(status, &error);
}

/* (channels, order, page, rule, dt, start, end, first, samples, pages, bytes, unfinished, damaged, note, budget, fading) */
static PyObject *reader_inspect(PyObject *object, PyObject *none)
{
    (void)none;
    reader_object *self = (reader_object *)object;
    const loci_archive_info i = loci_archive_inspect(self->archive);
    return Py_BuildValue("(nnnidddKKnKKKy#nd)", (Py_ssize_t)i.channels, (Py_ssize_t)i.order,
                         (Py_ssize_t)i.page, (int)i.rule, i.dt, i.start, i.end, (unsigned long long)i.first,
                         (unsigned long long)i.samples, (Py_ssize_t)i.pages, (unsigned long long)i.bytes,
                         (unsigned long long)i.unfinished, (unsigned long long)i.damaged,
                         i.note ? i.note : "", (Py_ssize_t)i.note_length, (Py_ssize_t)i.budget, i.fading);
}

static PyObject *reader_bound(PyObject *object, PyObject *arguments)
{
    reader_object *self = (reader_object *)object;
    Py_ssize_t channel;
    if (!PyArg_ParseTuple(arguments, "n", &channel)) return NULL;
    if (channel < 0 || (size_t)channel >= self->channels) {
        PyErr_SetString(PyExc_IndexError, "there is no such channel");
        return NULL;
    }
    return PyFloat_FromDouble(loci_archive_bound(self->archive, (size_t)channel));
}

static PyObject *known_tuple(const loci_archive_known *k)
{
    return Py_BuildValue("(KKddddN)", (unsigned long long)k->samples, (unsigned long long)k->missing,
                         k->mean_square, k->largest, k->least, k->most, PyBool_FromLong(k->exact));
}

/* stretch(channel, from, to): (samples, missing, mean square error, largest error, least, most, exact) */
static PyObject *reader_stretch(PyObject *object, PyObject *arguments)
{
    reader_object *self = (reader_object *)object;
    Py_ssize_t channel;
    double from, to;
    loci_archive_known known;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "ndd", &channel, &from, &to)) return NULL;
    GLUE_RUN(self)
    status = loci_archive_stretch(self->archive, (size_t)channel, from, to, &known, &error);
    GLUE_DONE(self)
    return status ? glue_raise(&error) : known_tuple(&known);
}

/* page(page, channel): (start, end, first, bytes, step, what stretch tells) */
static PyObject *reader_page(PyObject *object, PyObject *arguments)
{
    reader_object *self = (reader_object *)object;
    Py_ssize_t page, channel;
    loci_archive_page_info i;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "nn", &page, &channel)) return NULL;
    GLUE_RUN(self)
    status = loci_archive_page(self->archive, (size_t)page, (size_t)channel, &i, &error);
    GLUE_DONE(self)
    if (status) return glue_raise(&error);
    return Py_BuildValue("(ddKKdN)", i.start, i.end, (unsigned long long)i.first, (unsigned long long)i.bytes,
                         i.step, known_tuple(&i.known));
}

/* samples(channel, first, n, out) */
static PyObject *reader_samples(PyObject *object, PyObject *arguments)
{
    reader_object *self = (reader_object *)object;
    Py_ssize_t channel, n;
    unsigned long long first;
    Py_buffer out;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "nKnw*", &channel, &first, &n, &out)) return NULL;
    const int good = glue_holds(&out, (size_t)n, sizeof(double), "the samples");
    if (good) {
        GLUE_RUN(self)
        status = loci_archive_samples(self->archive, (size_t)channel, first, (size_t)n, out.buf, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&out);
    return good ? glue_none(status, &error) : NULL;
}

/* recall(ask, channel, t, n, out) */
static PyObject *reader_recall(PyObject *object, PyObject *arguments)
{
    reader_object *self = (reader_object *)object;
    int ask;
    Py_ssize_t channel, n;
    Py_buffer t, out;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "iny*nw*", &ask, &channel, &t, &n, &out)) return NULL;
    const size_t times = ask == LOCI_MEAN || ask == LOCI_INTEGRAL ? 2 : 1;
    const int good = glue_holds(&t, glue_times((size_t)n, times), sizeof(double), "the times") &&
                     glue_holds(&out, (size_t)n, sizeof(double), "the answers");
    if (good) {
        GLUE_RUN(self)
        status = loci_archive_recall(self->archive, (loci_ask)ask, (size_t)channel, t.buf, (size_t)n, out.buf,
                                     &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&t);
    PyBuffer_Release(&out);
    return good ? glue_none(status, &error) : NULL;
}

/* zoom(channel, from, to, n, out) */
static PyObject *reader_zoom(PyObject *object, PyObject *arguments)
{
    reader_object *self = (reader_object *)object;
    Py_ssize_t channel, n;
    double from, to;
    Py_buffer out;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "nddnw*", &channel, &from, &to, &n, &out)) return NULL;
    const int good = glue_holds(&out, (size_t)n, sizeof(double), "the answers");
    if (good) {
        GLUE_RUN(self)
        status = loci_archive_zoom(self->archive, (size_t)channel, from, to, (size_t)n, out.buf, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&out);
    return good ? glue_none(status, &error) : NULL;
}

/* --- changing: each gives the bytes of a new archive --- */

static PyObject *finished(loci_status status, glue_bytes *all, const loci_error *error)
{
    PyObject *result = status ? glue_raise(error) : glue_copy(all->bytes, all->size);
    free(all->bytes);
    return result;
}

/* recode(rms): rms [channels] */
static PyObject *reader_recode(PyObject *object, PyObject *arguments)
{
    reader_object *self = (reader_object *)object;
    Py_buffer rms;
    glue_bytes all = {0};
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "y*", &rms)) return NULL;
    const int good = glue_holds(&rms, self->channels, sizeof(double), "the errors");
    if (good) {
        GLUE_RUN(self)
        status = loci_archive_recode(self->archive, rms.buf, glue_sink, &all, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&rms);
    return good ? finished(status, &all, &error) : NULL;
}

/* shrink(budget, fading) */
static PyObject *reader_shrink(PyObject *object, PyObject *arguments)
{
    reader_object *self = (reader_object *)object;
    Py_ssize_t budget;
    double fading;
    glue_bytes all = {0};
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "nd", &budget, &fading)) return NULL;
    GLUE_RUN(self)
    status = loci_archive_shrink(self->archive, (size_t)budget, fading, glue_sink, &all, &error);
    GLUE_DONE(self)
    return finished(status, &all, &error);
}

/* forget(before) */
static PyObject *reader_forget(PyObject *object, PyObject *arguments)
{
    reader_object *self = (reader_object *)object;
    double before;
    glue_bytes all = {0};
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "d", &before)) return NULL;
    GLUE_RUN(self)
    status = loci_archive_forget(self->archive, before, glue_sink, &all, &error);
    GLUE_DONE(self)
    return finished(status, &all, &error);
}

/* merge(other): the bytes of both, one behind the other. */
static PyObject *reader_merge(PyObject *object, PyObject *arguments)
{
    reader_object *self = (reader_object *)object;
    PyObject *given;
    glue_bytes all = {0};
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "O!", reader_type, &given)) return NULL;
    loci_archive *const both[] = {self->archive, ((reader_object *)given)->archive};
    glue_enter_both(object, given);
    Py_BEGIN_ALLOW_THREADS status = loci_archive_merge(both, 2, glue_sink, &all, &error);
    Py_END_ALLOW_THREADS glue_leave_both(object, given);
    return finished(status, &all, &error);
}

static PyMethodDef writer_methods[] = {
    {"push", writer_push, METH_VARARGS, NULL},
    {"bytes", writer_bytes, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMethodDef reader_methods[] = {
    {"verify", reader_verify, METH_NOARGS, NULL},
    {"inspect", reader_inspect, METH_NOARGS, NULL},
    {"bound", reader_bound, METH_VARARGS, NULL},
    {"stretch", reader_stretch, METH_VARARGS, NULL},
    {"page", reader_page, METH_VARARGS, NULL},
    {"samples", reader_samples, METH_VARARGS, NULL},
    {"recall", reader_recall, METH_VARARGS, NULL},
    {"zoom", reader_zoom, METH_VARARGS, NULL},
    {"recode", reader_recode, METH_VARARGS, NULL},
    {"shrink", reader_shrink, METH_VARARGS, NULL},
    {"forget", reader_forget, METH_VARARGS, NULL},
    {"merge", reader_merge, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot writer_slots[] = {GLUE_SLOT(Py_tp_new, writer_new),
                                     GLUE_SLOT(Py_tp_dealloc, writer_delete),
                                     {Py_tp_methods, writer_methods},
                                     {0, NULL}};
static PyType_Slot reader_slots[] = {GLUE_SLOT(Py_tp_new, reader_new),
                                     GLUE_SLOT(Py_tp_dealloc, reader_delete),
                                     {Py_tp_methods, reader_methods},
                                     {0, NULL}};
static PyType_Spec writer_spec = {"loci._loci.ArchiveWriter", sizeof(writer_object), 0, Py_TPFLAGS_DEFAULT,
                                  writer_slots};
static PyType_Spec reader_spec = {"loci._loci.ArchiveReader", sizeof(reader_object), 0, Py_TPFLAGS_DEFAULT,
                                  reader_slots};
static PyMethodDef functions[] = {{"archive_resume", archive_resume, METH_VARARGS, NULL},
                                  {"archive_step", archive_step, METH_VARARGS, NULL},
                                  {NULL, NULL, 0, NULL}};

int add_archive(PyObject *module)
{
    if (glue_type(module, &writer_type, &writer_spec, "ArchiveWriter") < 0) return -1;
    if (glue_type(module, &reader_type, &reader_spec, "ArchiveReader") < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
