/* SPDX-License-Identifier: MIT
 * python_dataset.c - _loci.Dataset: loci/dataset.h, of arrays that belong to Python. */
#include "glue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The arrays as they came: samples of all sequences one behind the other, and where each begins. */
typedef struct {
    Py_buffer x, y, starts; /* x [samples][inputs]; y: labels and values, doubles; starts [sequences + 1] */
    char kind;              /* of x: 'f', 'd', or 'B', bytes */
    size_t sequences, inputs;
    size_t targets;        /* numbers of a target */
    int each;              /* a target at every sample */
    double *origin, *unit; /* [inputs]: doubles are given as (x - origin) unit; NULL: as they are */
} arrays;

typedef struct {
    glue_object head;
    arrays held;
    PyObject *owner; /* the set that this is a part of, or NULL */
    loci_dataset *set;
} dataset_object;

static PyTypeObject *dataset_type;

loci_dataset *dataset_of(PyObject *object)
{
    if (PyObject_TypeCheck(object, dataset_type)) return ((dataset_object *)object)->set;
    PyErr_SetString(PyExc_TypeError, "a data set was expected");
    return NULL;
}

/* --- the source --- */

static size_t start_of(const arrays *a, size_t i)
{
    return (size_t)((const int64_t *)a->starts.buf)[i];
}

static size_t length_of(const void *context, size_t i)
{
    return start_of(context, i + 1) - start_of(context, i);
}

static void read_samples(const void *context, size_t i, float *u)
{
    const arrays *a = context;
    const size_t first = start_of(a, i) * a->inputs, count = length_of(a, i) * a->inputs;
    if (a->kind == 'f') {
        memcpy(u, (const float *)a->x.buf + first, count * sizeof *u);
    } else if (a->kind == 'B') {
        const unsigned char *x = (const unsigned char *)a->x.buf + first;
        for (size_t k = 0; k < count; k++) u[k] = x[k];
    } else {
        const double *x = (const double *)a->x.buf + first;
        for (size_t k = 0; k < count; k++) {
            const size_t c = k % a->inputs;
            u[k] = a->origin ? (float)((x[k] - a->origin[c]) * a->unit[c]) : (float)x[k];
        }
    }
}

static void read_target(const void *context, size_t i, double *target)
{
    const arrays *a = context;
    const size_t first = a->each ? start_of(a, i) : i, count = a->each ? length_of(a, i) : 1;
    memcpy(target, (const double *)a->y.buf + first * a->targets, count * a->targets * sizeof *target);
}

/* --- the object --- */

static void dataset_delete(PyObject *object)
{
    dataset_object *self = (dataset_object *)object;
    loci_dataset_close(self->set);
    PyBuffer_Release(&self->held.x), PyBuffer_Release(&self->held.y), PyBuffer_Release(&self->held.starts);
    free(self->held.origin);
    Py_XDECREF(self->owner);
    glue_delete(object);
}

/* Whether the arrays are as long as they say; raises where not. */
static int arrays_fit(const arrays *a, size_t width)
{
    if ((size_t)a->starts.len != (a->sequences + 1) * sizeof(int64_t) || a->sequences == 0) {
        PyErr_SetString(PyExc_ValueError, "the beginnings of sequences do not fit their number");
        return 0;
    }
    for (size_t i = 0; i < a->sequences; i++)
        if (start_of(a, i) >= start_of(a, i + 1) || start_of(a, 0) != 0) {
            PyErr_Format(PyExc_ValueError, "sequence %zu has no samples; one at least was expected", i);
            return 0;
        }
    const size_t samples = start_of(a, a->sequences);
    return glue_holds(&a->x, glue_times(samples, a->inputs), width, "x") &&
           glue_holds(&a->y, glue_times(a->each ? samples : a->sequences, a->targets), sizeof(double), "y");
}

/* Dataset(x, kind, starts, sequences, inputs, y, values, each, outputs, classes or None, rate, frame or None): frame is [2][inputs]
 * doubles, origin and unit; each 2: the next sample. */
static PyObject *dataset_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)keywords;
    Py_buffer x, starts, y, frame;
    int kind, values, each;
    Py_ssize_t sequences, inputs, outputs;
    PyObject *classes;
    double rate;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "y*Cy*nny*iinOdz*", &x, &kind, &starts, &sequences, &inputs, &y, &values,
                          &each, &outputs, &classes, &rate, &frame))
        return NULL;
    dataset_object *self = (dataset_object *)glue_new(type);
    if (!self) {
        PyBuffer_Release(&x), PyBuffer_Release(&starts), PyBuffer_Release(&y), PyBuffer_Release(&frame);
        return NULL;
    }
    arrays *a = &self->held;
    *a = (arrays){.x = x,
                  .y = y,
                  .starts = starts,
                  .kind = (char)kind,
                  .sequences = (size_t)sequences,
                  .inputs = (size_t)inputs,
                  .targets = values ? (size_t)outputs : 1,
                  .each = each != 0};
    int good = arrays_fit(a, kind == 'f' ? sizeof(float) : kind == 'd' ? sizeof(double) : 1);
    if (good && frame.buf) {
        good = glue_holds(&frame, 2 * a->inputs, sizeof(double), "the frame");
        a->origin = good ? malloc((size_t)frame.len) : NULL;
        if (good && !a->origin) PyErr_NoMemory(), good = 0;
        if (good) memcpy(a->origin, frame.buf, (size_t)frame.len), a->unit = a->origin + a->inputs;
    }
    PyBuffer_Release(&frame);
    const char **names = NULL;
    if (good && classes != Py_None) {
        good = PyTuple_Check(classes) && PyTuple_Size(classes) == outputs;
        names = good ? calloc((size_t)outputs + 1, sizeof *names) : NULL;
        if (!good) PyErr_SetString(PyExc_ValueError, "a tuple of a name for each class was expected");
        if (good && !names) PyErr_NoMemory(), good = 0;
        for (Py_ssize_t i = 0; good && i < outputs; i++)
            good = (names[i] = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(classes, i), NULL)) != NULL;
    }
    loci_status status = LOCI_OK;
    if (good) {
        const loci_dataset_source source = {.size = sizeof source,
                                            .context = a,
                                            .name = "x, y",
                                            .count = a->sequences,
                                            .inputs = a->inputs,
                                            .target = {.values = values, .each = each},
                                            .outputs = (size_t)outputs,
                                            .classes = names,
                                            .rate = rate,
                                            .length = length_of,
                                            .read = read_samples,
                                            .read_target = read_target,
                                            .origin = a->origin,
                                            .unit = a->unit};
        Py_BEGIN_ALLOW_THREADS status = loci_dataset_from(&self->set, &source, &error);
        Py_END_ALLOW_THREADS
    }
    free(names);
    if (good && !status) return (PyObject *)self;
    Py_DECREF(self);
    return good ? glue_raise(&error) : NULL;
}

PyObject *dataset_wrap(loci_dataset *set)
{
    dataset_object *self = (dataset_object *)glue_new(dataset_type);
    if (self)
        self->set = set;
    else
        loci_dataset_close(set);
    return (PyObject *)self;
}

/* divide(share, seed): takes a share out of the set and gives it as a set. */
static PyObject *dataset_divide(PyObject *object, PyObject *arguments)
{
    dataset_object *self = (dataset_object *)object;
    double share;
    unsigned long long seed;
    loci_dataset *part;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "dK", &share, &seed)) return NULL;
    if (loci_dataset_divide(&part, self->set, share, seed, &error) != LOCI_OK) return glue_raise(&error);
    dataset_object *other = (dataset_object *)dataset_wrap(part);
    if (!other) return NULL;
    other->owner = object;
    Py_INCREF(object);
    return (PyObject *)other;
}

/* (sequences, inputs, longest, samples, values, each, outputs, classes, rate, fingerprint, share to validate with, kind, has a split to
 * validate with, has a test split, files passed over, the first of them or None, a column like times or None,
 * numbers that were missing) */
static PyObject *dataset_inspect(PyObject *object, PyObject *none)
{
    (void)none;
    const loci_dataset_info i = loci_dataset_inspect(((dataset_object *)object)->set);
    PyObject *names = PyTuple_New((Py_ssize_t)i.classes);
    for (size_t c = 0; names && c < i.classes; c++) {
        PyObject *name = PyUnicode_FromString(i.names[c]);
        if (!name) {
            Py_DECREF(names);
            return NULL;
        }
        PyTuple_SetItem(names, (Py_ssize_t)c, name);
    }
    if (!names) return NULL;
    return Py_BuildValue("(nnnKiinNdKdsiinzzK)", (Py_ssize_t)i.sequences, (Py_ssize_t)i.inputs,
                         (Py_ssize_t)i.longest, (unsigned long long)i.samples, i.target.values, i.target.each,
                         (Py_ssize_t)i.outputs, names, i.rate, (unsigned long long)i.fingerprint,
                         loci_train_valid_share(&i), i.kind, i.validates, i.split || i.held_out,
                         (Py_ssize_t)i.passed_over, i.first_passed, i.time_like,
                         (unsigned long long)i.missing);
}

/* moments(mean, deviation) [inputs], target_moments(mean, deviation) [outputs] */
static PyObject *moments(PyObject *object, PyObject *arguments, int target)
{
    const dataset_object *self = (dataset_object *)object;
    const loci_dataset_info info = loci_dataset_inspect(self->set);
    const size_t count = target ? info.outputs : info.inputs;
    Py_buffer mean, deviation;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "w*w*", &mean, &deviation)) return NULL;
    const int good = glue_holds(&mean, count, sizeof(double), "the means") &&
                     glue_holds(&deviation, count, sizeof(double), "the deviations");
    if (good) {
        GLUE_RUN(self)
        status = target ? loci_dataset_target_moments(self->set, mean.buf, deviation.buf, &error)
                        : loci_dataset_moments(self->set, mean.buf, deviation.buf, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&mean), PyBuffer_Release(&deviation);
    return good ? glue_none(status, &error) : NULL;
}

static PyObject *dataset_moments(PyObject *object, PyObject *arguments)
{
    return moments(object, arguments, 0);
}

static PyObject *dataset_target_moments(PyObject *object, PyObject *arguments)
{
    return moments(object, arguments, 1);
}

static PyMethodDef methods[] = {
    {"divide", dataset_divide, METH_VARARGS, NULL},
    {"inspect", dataset_inspect, METH_NOARGS, NULL},
    {"moments", dataset_moments, METH_VARARGS, NULL},
    {"target_moments", dataset_target_moments, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {GLUE_SLOT(Py_tp_new, dataset_new),
                              GLUE_SLOT(Py_tp_dealloc, dataset_delete),
                              {Py_tp_methods, methods},
                              {0, NULL}};
static PyType_Spec spec = {"loci._loci.Dataset", sizeof(dataset_object), 0, Py_TPFLAGS_DEFAULT, slots};

int add_dataset(PyObject *module)
{
    return glue_type(module, &dataset_type, &spec, "Dataset");
}
