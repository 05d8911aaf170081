/* SPDX-License-Identifier: MIT
 * python_memory.c - _loci.Plan and _loci.Memory: loci/memory.h. */
#include "glue.h"

#include <stdlib.h>
#include <string.h>

/* --- plans --- */

typedef struct {
    glue_object head;
    loci_memory_plan *plan;
} plan_object;

static PyTypeObject *plan_type, *memory_type;

/* Plan(measure, order, detail, dt, window, join, missing, method, discretization); enumerators as numbers. */
static PyObject *plan_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)keywords;
    loci_memory_spec spec = loci_memory_defaults();
    loci_error error;
    const char *measure, *discretization;
    int join, missing, method;
    Py_ssize_t order, detail;
    if (!PyArg_ParseTuple(arguments, "snnddiiis", &measure, &order, &detail, &spec.dt, &spec.window, &join,
                          &missing, &method, &discretization))
        return NULL;
    if (loci_measure_parse(&spec.measure, measure, &error) != LOCI_OK ||
        loci_discretization_parse(&spec.discretization, discretization, &error) != LOCI_OK)
        return glue_raise(&error);
    spec.order = order < 0 ? 0 : (size_t)order;
    spec.detail = detail < 0 ? SIZE_MAX : (size_t)detail;
    spec.join = (loci_join)join, spec.missing = (loci_missing)missing, spec.method = (loci_method)method;
    PyObject *self = glue_new(type);
    if (!self) return NULL;
    loci_status status;
    Py_BEGIN_ALLOW_THREADS status = loci_memory_plan_create(&((plan_object *)self)->plan, &spec, &error);
    Py_END_ALLOW_THREADS if (!status) return self;
    Py_DECREF(self);
    return glue_raise(&error);
}

static void plan_delete(PyObject *self)
{
    loci_memory_plan_free(((plan_object *)self)->plan);
    glue_delete(self);
}

/* --- memories --- */

typedef struct {
    glue_object head;
    plan_object *plan;
    loci_memory *memory;
    size_t channels;
} memory_object;

static const loci_memory_plan *plan_of(const memory_object *self)
{
    return self->plan->plan;
}

/* An object with room for a memory of so many channels. */
static memory_object *memory_room(PyObject *plan, Py_ssize_t channels)
{
    const size_t size = channels > 0 ? loci_memory_size(((plan_object *)plan)->plan, (size_t)channels) : 0;
    if (size == 0) {
        glue_refuse(LOCI_E_ARGUMENT, "channels is %zd; 1 to %d were expected", channels, LOCI_CHANNELS_MAX);
        return NULL;
    }
    memory_object *self = (memory_object *)glue_new(memory_type);
    if (!self) return NULL;
    Py_INCREF(plan);
    self->plan = (plan_object *)plan;
    self->channels = (size_t)channels;
    self->memory = glue_aligned(size);
    if (self->memory) return self;
    Py_DECREF(self);
    return NULL;
}

/* Memory(plan, channels, start) */
static PyObject *memory_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)type, (void)keywords;
    PyObject *plan;
    Py_ssize_t channels;
    double start;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "O!nd", plan_type, &plan, &channels, &start)) return NULL;
    memory_object *self = memory_room(plan, channels);
    if (!self) return NULL;
    if (loci_memory_init(self->memory, plan_of(self), self->channels, start, &error) == LOCI_OK)
        return (PyObject *)self;
    Py_DECREF(self);
    return glue_raise(&error);
}

static void memory_delete(PyObject *object)
{
    memory_object *self = (memory_object *)object;
    free(self->memory);
    Py_XDECREF((PyObject *)self->plan);
    glue_delete(object);
}

static PyObject *memory_copy(PyObject *object, PyObject *none)
{
    (void)none;
    memory_object *self = (memory_object *)object;
    memory_object *copy = memory_room((PyObject *)self->plan, (Py_ssize_t)self->channels);
    if (!copy) return NULL;
    GLUE_RUN(self)
    memcpy(copy->memory, self->memory, loci_memory_size(plan_of(self), self->channels));
    GLUE_DONE(self)
    return (PyObject *)copy;
}

static PyObject *memory_collapse(PyObject *object, PyObject *none)
{
    (void)none;
    memory_object *self = (memory_object *)object;
    memory_object *whole = memory_room((PyObject *)self->plan, (Py_ssize_t)self->channels);
    if (!whole) return NULL;
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = loci_memory_collapse(whole->memory, self->memory, plan_of(self), &error);
    GLUE_DONE(self)
    if (!status) return (PyObject *)whole;
    Py_DECREF(whole);
    return glue_raise(&error);
}

/* push(u, t or None, n) */
static PyObject *memory_push(PyObject *object, PyObject *arguments)
{
    memory_object *self = (memory_object *)object;
    Py_buffer u, t;
    Py_ssize_t n;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "y*z*n", &u, &t, &n)) return NULL;
    const int good = glue_holds(&u, glue_times((size_t)n, self->channels), sizeof(double), "the samples") &&
                     (!t.buf || glue_holds(&t, (size_t)n, sizeof(double), "the times"));
    if (good) {
        GLUE_RUN(self)
        status = loci_memory_push(self->memory, plan_of(self), u.buf, t.buf, (size_t)n, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&u);
    PyBuffer_Release(&t);
    return good ? glue_none(status, &error) : NULL;
}

static PyObject *memory_close(PyObject *object, PyObject *arguments)
{
    memory_object *self = (memory_object *)object;
    double end;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "d", &end)) return NULL;
    glue_enter(object);
    const loci_status status = loci_memory_close(self->memory, plan_of(self), end, &error);
    glue_leave(object);
    return glue_none(status, &error);
}

static PyObject *memory_shift(PyObject *object, PyObject *arguments)
{
    memory_object *self = (memory_object *)object;
    double start;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "d", &start)) return NULL;
    glue_enter(object);
    const loci_status status = loci_memory_shift(self->memory, plan_of(self), start, &error);
    glue_leave(object);
    return glue_none(status, &error);
}

/* merge(other): other follows; of a plan of the same spec, which the library sees to: plans are dropped and made again. */
static PyObject *memory_merge(PyObject *object, PyObject *arguments)
{
    memory_object *self = (memory_object *)object;
    PyObject *given;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "O!", memory_type, &given)) return NULL;
    const memory_object *other = (memory_object *)given;
    glue_enter_both(object, given);
    Py_BEGIN_ALLOW_THREADS status = loci_memory_merge(self->memory, plan_of(self), other->memory, &error);
    Py_END_ALLOW_THREADS glue_leave_both(object, given);
    return glue_none(status, &error);
}

/* (channels, samples, start, end, missing, numbers, stretches) */
static PyObject *memory_inspect(PyObject *object, PyObject *none)
{
    (void)none;
    memory_object *self = (memory_object *)object;
    glue_enter(object);
    const loci_memory_info i = loci_memory_inspect(self->memory, plan_of(self));
    glue_leave(object);
    return Py_BuildValue("(nKddKnn)", (Py_ssize_t)i.channels, (unsigned long long)i.samples, i.start, i.end,
                         (unsigned long long)i.missing, (Py_ssize_t)i.numbers, (Py_ssize_t)i.stretches);
}

/* summarize(channel): (mean, variance, error, forgotten) */
static PyObject *memory_summarize(PyObject *object, PyObject *arguments)
{
    memory_object *self = (memory_object *)object;
    Py_ssize_t channel;
    loci_memory_summary s;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "n", &channel)) return NULL;
    GLUE_RUN(self)
    status = loci_memory_summarize(self->memory, plan_of(self), (size_t)channel, &s, &error);
    GLUE_DONE(self)
    return status ? glue_raise(&error) : Py_BuildValue("(dddd)", s.mean, s.variance, s.error, s.forgotten);
}

/* stretch(i, channel): (start, end, samples, exact, numbers, mean square error, variance) */
static PyObject *memory_stretch(PyObject *object, PyObject *arguments)
{
    memory_object *self = (memory_object *)object;
    Py_ssize_t i, channel;
    loci_memory_stretch_info s;
    double square, variance;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "nn", &i, &channel)) return NULL;
    glue_enter(object);
    loci_status status = loci_memory_stretch(self->memory, plan_of(self), (size_t)i, &s, &error);
    if (!status)
        status = loci_memory_stretch_error(self->memory, plan_of(self), (size_t)i, (size_t)channel, &square,
                                           &variance, &error);
    glue_leave(object);
    if (status) return glue_raise(&error);
    return Py_BuildValue("(ddKNndd)", s.start, s.end, (unsigned long long)s.samples, PyBool_FromLong(s.exact),
                         (Py_ssize_t)s.numbers, square, variance);
}

/* recall(ask, channel, t, n, out) */
static PyObject *memory_recall(PyObject *object, PyObject *arguments)
{
    memory_object *self = (memory_object *)object;
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
        status = loci_memory_recall(self->memory, plan_of(self), (loci_ask)ask, (size_t)channel, t.buf,
                                    (size_t)n, out.buf, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&t);
    PyBuffer_Release(&out);
    return good ? glue_none(status, &error) : NULL;
}

/* coefficients(channel, out) */
static PyObject *memory_coefficients(PyObject *object, PyObject *arguments)
{
    memory_object *self = (memory_object *)object;
    Py_ssize_t channel;
    Py_buffer out;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "nw*", &channel, &out)) return NULL;
    int good =
        glue_holds(&out, loci_memory_plan_spec(plan_of(self))->order, sizeof(double), "the coefficients");
    loci_memory *scratch = good ? glue_aligned(loci_memory_size(plan_of(self), self->channels)) : NULL;
    good = scratch != NULL;
    if (good) {
        GLUE_RUN(self)
        status =
            loci_memory_coefficients(self->memory, plan_of(self), (size_t)channel, out.buf, scratch, &error);
        GLUE_DONE(self)
    }
    free(scratch);
    PyBuffer_Release(&out);
    return good ? glue_none(status, &error) : NULL;
}

/* save(note): bytes */
static PyObject *memory_save(PyObject *object, PyObject *arguments)
{
    memory_object *self = (memory_object *)object;
    const char *note;
    Py_ssize_t length;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "y#", &note, &length)) return NULL;
    glue_enter(object);
    const size_t size = loci_memory_save_size(self->memory, plan_of(self), (size_t)length);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (!bytes) {
        glue_leave(object);
        return NULL;
    }
    char *into = PyBytes_AsString(bytes);
    Py_BEGIN_ALLOW_THREADS status =
        loci_memory_save(self->memory, plan_of(self), note, (size_t)length, into, size, &error);
    Py_END_ALLOW_THREADS glue_leave(object);
    if (!status) return bytes;
    Py_DECREF(bytes);
    return glue_raise(&error);
}

/* memory_header(bytes): (measure, order, detail, dt, window, join, missing, method, discretization), channels, note */
static PyObject *memory_header(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer bytes;
    loci_memory_header h;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "y*", &bytes)) return NULL;
    PyObject *result = NULL;
    if (loci_memory_load_header(&h, bytes.buf, (size_t)bytes.len, &error) != LOCI_OK)
        glue_raise(&error);
    else
        result = Py_BuildValue("((snnddiiis)ny#)", loci_measure_name(h.spec.measure),
                               (Py_ssize_t)h.spec.order, (Py_ssize_t)h.spec.detail, h.spec.dt, h.spec.window,
                               (int)h.spec.join, (int)h.spec.missing, (int)h.spec.method,
                               loci_discretization_name(h.spec.discretization), (Py_ssize_t)h.channels,
                               h.note ? h.note : "", (Py_ssize_t)h.note_length);
    PyBuffer_Release(&bytes);
    return result;
}

/* memory_load(plan, channels, bytes) */
static PyObject *memory_load(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *plan;
    Py_ssize_t channels;
    Py_buffer bytes;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "O!ny*", plan_type, &plan, &channels, &bytes)) return NULL;
    memory_object *self = memory_room(plan, channels);
    loci_status status = LOCI_OK;
    if (self) status = loci_memory_load(self->memory, plan_of(self), bytes.buf, (size_t)bytes.len, &error);
    PyBuffer_Release(&bytes);
    if (!status) return (PyObject *)self;
    Py_DECREF(self);
    return glue_raise(&error);
}

static PyMethodDef memory_methods[] = {
    {"push", memory_push, METH_VARARGS, NULL},
    {"close", memory_close, METH_VARARGS, NULL},
    {"shift", memory_shift, METH_VARARGS, NULL},
    {"merge", memory_merge, METH_VARARGS, NULL},
    {"copy", memory_copy, METH_NOARGS, NULL},
    {"collapse", memory_collapse, METH_NOARGS, NULL},
    {"inspect", memory_inspect, METH_NOARGS, NULL},
    {"summarize", memory_summarize, METH_VARARGS, NULL},
    {"stretch", memory_stretch, METH_VARARGS, NULL},
    {"recall", memory_recall, METH_VARARGS, NULL},
    {"coefficients", memory_coefficients, METH_VARARGS, NULL},
    {"save", memory_save, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot plan_slots[] = {
    GLUE_SLOT(Py_tp_new, plan_new), GLUE_SLOT(Py_tp_dealloc, plan_delete), {0, NULL}};
static PyType_Spec plan_spec = {"loci._loci.Plan", sizeof(plan_object), 0, Py_TPFLAGS_DEFAULT, plan_slots};
static PyType_Slot memory_slots[] = {GLUE_SLOT(Py_tp_new, memory_new),
                                     GLUE_SLOT(Py_tp_dealloc, memory_delete),
                                     {Py_tp_methods, memory_methods},
                                     {0, NULL}};
static PyType_Spec memory_spec = {"loci._loci.Memory", sizeof(memory_object), 0, Py_TPFLAGS_DEFAULT,
                                  memory_slots};
static PyMethodDef functions[] = {
    {"memory_header", memory_header, METH_VARARGS, NULL},
    {"memory_load", memory_load, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int add_memory(PyObject *module)
{
    if (glue_type(module, &plan_type, &plan_spec, "Plan") < 0) return -1;
    if (glue_type(module, &memory_type, &memory_spec, "Memory") < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
