/* SPDX-License-Identifier: MIT
 * python_trainer.c - _loci.Trainer and evaluate: loci/train.h. */
#include "glue.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    glue_object head;
    PyObject *owner, *train,
        *valid; /* what must live as long: the model's and the sets' objects; valid NULL: none */
    loci_model *model;
    loci_trainer *trainer;
} trainer_object;

static PyTypeObject *trainer_type;

/* train_options(model, train): what suits them, as a tuple (batch, epochs, steps, lr, lr_ssm, decay, warmup, clip, patience) */
static PyObject *train_options(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *model, *train;
    if (!PyArg_ParseTuple(arguments, "OO", &model, &train) || !model_of(model) || !dataset_of(train))
        return NULL;
    const loci_dataset_info info = loci_dataset_inspect(dataset_of(train));
    const loci_train_options o = loci_train_options_for(loci_model_configuration(model_of(model)), &info);
    return Py_BuildValue("(nnKdddddn)", (Py_ssize_t)o.batch, (Py_ssize_t)o.epochs,
                         (unsigned long long)o.steps, o.lr, o.lr_ssm, o.decay, o.warmup, o.clip,
                         (Py_ssize_t)o.patience);
}

/* Trainer(model, train, valid or None, batch, epochs, steps, lr, lr_ssm, decay, warmup, clip, patience, seed, threads, augment, precision) */
static PyObject *trainer_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)keywords;
    PyObject *model, *train, *valid;
    Py_ssize_t batch, epochs, patience, threads;
    unsigned long long steps, seed, augment, precision;
    loci_train_options o = loci_train_options_default();
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "OOOnnKdddddnKnKK", &model, &train, &valid, &batch, &epochs, &steps,
                          &o.lr, &o.lr_ssm, &o.decay, &o.warmup, &o.clip, &patience, &seed, &threads,
                          &augment, &precision))
        return NULL;
    if (!model_of(model) || !dataset_of(train) || (valid != Py_None && !dataset_of(valid))) return NULL;
    o.batch = (size_t)batch, o.epochs = (size_t)epochs, o.steps = steps, o.patience = (size_t)patience;
    o.seed = seed, o.augment = augment, o.precision = precision, o.threads = (size_t)threads;
    trainer_object *self = (trainer_object *)glue_new(type);
    if (!self) return NULL;
    Py_INCREF(model), Py_INCREF(train);
    self->owner = model, self->train = train;
    if (valid != Py_None) Py_INCREF(valid), self->valid = valid;
    self->model = model_of(model);
    const loci_dataset *sets[] = {dataset_of(train), self->valid ? dataset_of(valid) : NULL};
    Py_BEGIN_ALLOW_THREADS status =
        loci_trainer_create(&self->trainer, self->model, sets[0], sets[1], &o, &error);
    Py_END_ALLOW_THREADS if (!status) return (PyObject *)self;
    Py_DECREF(self);
    return glue_raise(&error);
}

static void trainer_delete(PyObject *object)
{
    trainer_object *self = (trainer_object *)object;
    loci_trainer_free(self->trainer);
    Py_XDECREF(self->owner), Py_XDECREF(self->train), Py_XDECREF(self->valid);
    glue_delete(object);
}

/* (step, steps, epoch, epochs, sequences, loss, score, lr, norm, train_loss, train_score, valid_loss, valid_score, epoch_ended, improved,
 * finished) */
static PyObject *report_tuple(const loci_train_report *r)
{
    return Py_BuildValue("(KKnnnddddddddNNN)", (unsigned long long)r->step, (unsigned long long)r->steps,
                         (Py_ssize_t)r->epoch, (Py_ssize_t)r->epochs, (Py_ssize_t)r->sequences, r->loss,
                         r->score, r->lr, r->norm, r->train_loss, r->train_score, r->valid_loss,
                         r->valid_score, PyBool_FromLong(r->epoch_ended), PyBool_FromLong(r->improved),
                         PyBool_FromLong(r->finished));
}

static PyObject *trainer_step(PyObject *object, PyObject *none)
{
    (void)none;
    const trainer_object *self = (trainer_object *)object;
    loci_train_report report;
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = loci_trainer_step(self->trainer, &report, &error);
    GLUE_DONE(self)
    return status ? glue_raise(&error) : report_tuple(&report);
}

static int stopped(void *context, size_t done, size_t all)
{
    (void)done, (void)all;
    return glue_interrupted(context);
}

static PyObject *trainer_validate(PyObject *object, PyObject *none)
{
    (void)none;
    const trainer_object *self = (trainer_object *)object;
    loci_train_report report;
    loci_error error;
    glue_enter(object);
    PyThreadState *thread = PyEval_SaveThread();
    const loci_status status = loci_trainer_validate(self->trainer, stopped, &thread, &report, &error);
    PyEval_RestoreThread(thread);
    glue_leave(object);
    return status ? glue_raise(&error) : report_tuple(&report);
}

static PyObject *trainer_report(PyObject *object, PyObject *none)
{
    (void)none;
    glue_enter(object);
    const loci_train_report report = loci_trainer_report(((trainer_object *)object)->trainer);
    glue_leave(object);
    return report_tuple(&report);
}

/* best(): a copy of the model with the best parameters so far */
static PyObject *trainer_best(PyObject *object, PyObject *none)
{
    (void)none;
    const trainer_object *self = (trainer_object *)object;
    loci_model *best;
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = loci_model_copy(&best, self->model, &error);
    if (!status) loci_trainer_best(self->trainer, best);
    GLUE_DONE(self)
    return status ? glue_raise(&error) : model_wrap(best);
}

static PyObject *trainer_save(PyObject *object, PyObject *none)
{
    (void)none;
    const trainer_object *self = (trainer_object *)object;
    void *bytes = NULL;
    size_t size = 0;
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = loci_trainer_save(self->trainer, &bytes, &size, &error);
    GLUE_DONE(self)
    if (status) return glue_raise(&error);
    PyObject *result = glue_copy(bytes, size);
    loci_bytes_free(bytes);
    return result;
}

static PyObject *trainer_restore(PyObject *object, PyObject *arguments)
{
    const trainer_object *self = (trainer_object *)object;
    Py_buffer bytes;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "y*", &bytes)) return NULL;
    GLUE_RUN(self)
    status = loci_trainer_restore(self->trainer, bytes.buf, (size_t)bytes.len, &error);
    GLUE_DONE(self)
    PyBuffer_Release(&bytes);
    return glue_none(status, &error);
}

/* evaluate(model, set, threads, rate, confusion or None, error or None, explained or None): arrays are filled, int64 and doubles;
 * (sequences, targets, loss, score, seconds) */
static PyObject *evaluate(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *model, *set;
    Py_ssize_t threads;
    Py_buffer confusion, off, explained;
    loci_evaluate_options options = {.size = sizeof options, .progress = stopped};
    loci_evaluation result = {.size = sizeof result};
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "OOndz*z*z*", &model, &set, &threads, &options.rate, &confusion, &off,
                          &explained))
        return NULL;
    loci_status status = LOCI_OK;
    const size_t outputs = model_of(model) ? loci_model_configuration(model_of(model))->outputs : 0;
    _Static_assert(sizeof(size_t) == sizeof(int64_t), "a confusion is an array of int64");
    const int good =
        outputs && dataset_of(set) &&
        (!confusion.buf || glue_holds(&confusion, outputs * outputs, sizeof(size_t), "the confusion")) &&
        (!off.buf || glue_holds(&off, outputs, sizeof(double), "the errors")) &&
        (!explained.buf || glue_holds(&explained, outputs, sizeof(double), "the shares"));
    if (good) {
        result.confusion = confusion.buf, result.error = off.buf, result.explained = explained.buf;
        PyThreadState *thread = NULL;
        options.context = &thread;
        options.threads = (size_t)threads;
        const loci_model *m = model_of(model);
        const loci_dataset *s = dataset_of(set);
        thread = PyEval_SaveThread();
        status = loci_evaluate(&result, m, s, &options, &error);
        PyEval_RestoreThread(thread);
    }
    PyBuffer_Release(&confusion), PyBuffer_Release(&off), PyBuffer_Release(&explained);
    if (!good) return NULL;
    if (status) return glue_raise(&error);
    return Py_BuildValue("(nnddd)", (Py_ssize_t)result.sequences, (Py_ssize_t)result.targets, result.loss,
                         result.score, result.seconds);
}

/* tasks(): {name: (values, each, name of the score, its key, next)} */
static PyObject *tasks(PyObject *module, PyObject *none)
{
    (void)module, (void)none;
    PyObject *all = PyDict_New();
    for (int i = 0; all && i < LOCI_TASKS; i++) {
        const loci_task_info *t = loci_task_inspect((loci_task)i);
        PyObject *row = Py_BuildValue("(iissi)", t->values, t->each, t->score, t->key, t->next);
        const int failed = !row || PyDict_SetItemString(all, t->name, row) < 0;
        Py_XDECREF(row);
        if (failed) {
            Py_DECREF(all);
            return NULL;
        }
    }
    return all;
}

static PyMethodDef methods[] = {
    {"step", trainer_step, METH_NOARGS, NULL},
    {"validate", trainer_validate, METH_NOARGS, NULL},
    {"report", trainer_report, METH_NOARGS, NULL},
    {"best", trainer_best, METH_NOARGS, NULL},
    {"save", trainer_save, METH_NOARGS, NULL},
    {"restore", trainer_restore, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {GLUE_SLOT(Py_tp_new, trainer_new),
                              GLUE_SLOT(Py_tp_dealloc, trainer_delete),
                              {Py_tp_methods, methods},
                              {0, NULL}};
static PyType_Spec spec = {"loci._loci.Trainer", sizeof(trainer_object), 0, Py_TPFLAGS_DEFAULT, slots};
static PyMethodDef functions[] = {
    {"train_options", train_options, METH_VARARGS, NULL},
    {"evaluate", evaluate, METH_VARARGS, NULL},
    {"tasks", tasks, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int add_trainer(PyObject *module)
{
    if (glue_type(module, &trainer_type, &spec, "Trainer") < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
