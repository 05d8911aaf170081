/* SPDX-License-Identifier: MIT
 * python_learner.c - _loci.Learner: loci/learner.h. */
#include "glue.h"

#include <stdlib.h>

typedef struct {
    glue_object head;
    loci_learner *learner;
} learner_object;

static PyTypeObject *learner_type;

static int stopped(void *context, size_t done, size_t all)
{
    (void)done, (void)all;
    return glue_interrupted(context);
}

static PyObject *learner_wrap(loci_learner *learner)
{
    learner_object *self = (learner_object *)glue_new(learner_type);
    if (self)
        self->learner = learner;
    else
        loci_learner_free(learner);
    return (PyObject *)self;
}

/* Learner(set, modes, statistics, seed, span, task or None, threads): statistics as a number */
static PyObject *learner_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)type, (void)keywords;
    PyObject *set;
    Py_ssize_t modes, threads;
    int statistics;
    unsigned long long seed;
    const char *task;
    loci_learner_options o = {.size = sizeof o, .progress = stopped};
    loci_learner *learner;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "OniKdzn", &set, &modes, &statistics, &seed, &o.span, &task, &threads))
        return NULL;
    const loci_dataset *data = dataset_of(set);
    if (!data) return NULL;
    if (task && loci_task_find(&o.task, task, &error) != LOCI_OK) return glue_raise(&error);
    o.task_given = task != NULL;
    o.modes = (size_t)modes, o.seed = seed, o.threads = (size_t)threads;
    o.statistics = (loci_statistics)statistics;
    PyThreadState *thread = PyEval_SaveThread();
    o.context = &thread;
    const loci_status status = loci_learner_create(&learner, data, &o, &error);
    PyEval_RestoreThread(thread);
    return status ? glue_raise(&error) : learner_wrap(learner);
}

static void learner_delete(PyObject *object)
{
    loci_learner_free(((learner_object *)object)->learner);
    glue_delete(object);
}

/* learner_like(model): one that knows nothing, with the bank of a model */
static PyObject *learner_like(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *model;
    loci_learner *learner;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "O", &model) || !model_of(model)) return NULL;
    if (loci_learner_like(&learner, model_of(model), &error) != LOCI_OK) return glue_raise(&error);
    return learner_wrap(learner);
}

/* push(set, threads) */
static PyObject *learner_push(PyObject *object, PyObject *arguments)
{
    const learner_object *self = (learner_object *)object;
    PyObject *set;
    Py_ssize_t threads;
    loci_learner_options o = {.size = sizeof o, .progress = stopped};
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "On", &set, &threads)) return NULL;
    const loci_dataset *data = dataset_of(set);
    if (!data) return NULL;
    o.threads = (size_t)threads;
    glue_enter(object);
    PyThreadState *thread = PyEval_SaveThread();
    o.context = &thread;
    const loci_status status = loci_learner_push(self->learner, data, &o, &error);
    PyEval_RestoreThread(thread);
    glue_leave(object);
    return glue_none(status, &error);
}

static PyObject *learner_add(PyObject *object, PyObject *arguments)
{
    const learner_object *self = (learner_object *)object;
    PyObject *other;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "O!", learner_type, &other)) return NULL;
    glue_enter_both(object, other);
    Py_BEGIN_ALLOW_THREADS status =
        loci_learner_add(self->learner, ((learner_object *)other)->learner, &error);
    Py_END_ALLOW_THREADS glue_leave_both(object, other);
    return glue_none(status, &error);
}

/* solve(): (sequences, features, modes, each, ridge, error, score) */
static PyObject *learner_solve(PyObject *object, PyObject *none)
{
    (void)none;
    const learner_object *self = (learner_object *)object;
    loci_learner_report r;
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = loci_learner_solve(self->learner, &r, &error);
    GLUE_DONE(self)
    if (status) return glue_raise(&error);
    return Py_BuildValue("(nnnNddd)", (Py_ssize_t)r.sequences, (Py_ssize_t)r.features, (Py_ssize_t)r.modes,
                         PyBool_FromLong(r.each), r.ridge, r.error, r.score);
}

/* model(): a copy of the model as the last solve left it */
static PyObject *learner_model(PyObject *object, PyObject *none)
{
    (void)none;
    loci_model *copy;
    loci_error error;
    glue_enter(object);
    const loci_status status =
        loci_model_copy(&copy, loci_learner_model(((learner_object *)object)->learner), &error);
    glue_leave(object);
    return status ? glue_raise(&error) : model_wrap(copy);
}

static PyObject *learner_save(PyObject *object, PyObject *none)
{
    (void)none;
    const learner_object *self = (learner_object *)object;
    void *bytes = NULL;
    size_t size = 0;
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = loci_learner_save(self->learner, &bytes, &size, &error);
    GLUE_DONE(self)
    if (status) return glue_raise(&error);
    PyObject *result = glue_copy(bytes, size);
    free(bytes);
    return result;
}

/* learner_load(model, bytes) */
static PyObject *learner_load(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *model;
    Py_buffer bytes;
    loci_learner *learner;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "Oy*", &model, &bytes)) return NULL;
    PyObject *result = NULL;
    if (model_of(model)) {
        if (loci_learner_load(&learner, model_of(model), bytes.buf, (size_t)bytes.len, &error) != LOCI_OK)
            glue_raise(&error);
        else
            result = learner_wrap(learner);
    }
    PyBuffer_Release(&bytes);
    return result;
}

static PyMethodDef methods[] = {
    {"push", learner_push, METH_VARARGS, NULL},  {"add", learner_add, METH_VARARGS, NULL},
    {"solve", learner_solve, METH_NOARGS, NULL}, {"model", learner_model, METH_NOARGS, NULL},
    {"save", learner_save, METH_NOARGS, NULL},   {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {GLUE_SLOT(Py_tp_new, learner_new),
                              GLUE_SLOT(Py_tp_dealloc, learner_delete),
                              {Py_tp_methods, methods},
                              {0, NULL}};
static PyType_Spec spec = {"loci._loci.Learner", sizeof(learner_object), 0, Py_TPFLAGS_DEFAULT, slots};
static PyMethodDef functions[] = {
    {"learner_like", learner_like, METH_VARARGS, NULL},
    {"learner_load", learner_load, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int add_learner(PyObject *module)
{
    if (glue_type(module, &learner_type, &spec, "Learner") < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
