/* SPDX-License-Identifier: MIT
 * python_reading.c - dataset_open, model_reading and model_read_as: loci/reading.h as a dict, of what is not left as it is. */
#include "glue.h"

#include <stdlib.h>
#include <string.h>

/* The fields by name. FLAG: a truth value; WORD: a text; COUNT: a whole number; NUMBER: a share or a rate; the others are alone of
 * their kind. */
typedef enum { FLAG, WORD, COUNT, NUMBER, COLUMNS, PERMUTE, DECIMAL, MISSING } kind;
typedef struct {
    const char *name;
    kind kind;
    size_t offset;
} field;
#define AT(member) offsetof(loci_reading, member)
static const field fields[] = {
    {"gray", FLAG, AT(gray)},          {"mono", FLAG, AT(mono)},        {"bytes", FLAG, AT(bytes)},
    {"label", WORD, AT(label)},        {"value", WORD, AT(value)},      {"group", WORD, AT(group)},
    {"time", WORD, AT(time)},          {"match", WORD, AT(match)},      {"except", WORD, AT(except)},
    {"window", COUNT, AT(window)},     {"stride", COUNT, AT(stride)},   {"skip", COUNT, AT(skip)},
    {"horizon", COUNT, AT(horizon)},   {"test", NUMBER, AT(test)},      {"resample", NUMBER, AT(resample)},
    {"column", COLUMNS, AT(columns)},  {"inputs", COLUMNS, AT(inputs)}, {"permute", PERMUTE, 0},
    {"decimal", DECIMAL, AT(decimal)}, {"missing", MISSING, AT(hold)},
};
enum { FIELDS = sizeof fields / sizeof *fields };

/* --- from a dict --- */

/* The list of a field of that kind, and how long it is. */
typedef struct {
    const char *const **names;
    size_t *count;
} list;

static list list_at(loci_reading *r, const field *f)
{
    return f->offset == AT(columns) ? (list){&r->columns, &r->column_count}
                                    : (list){&r->inputs, &r->input_count};
}

static int columns_take(list to, const char *name, PyObject *names)
{
    const Py_ssize_t count = PyTuple_Check(names) ? PyTuple_Size(names) : -1;
    if (count < 0) {
        PyErr_Format(PyExc_TypeError, "%s: a tuple of names was expected", name);
        return 0;
    }
    const char **columns = calloc((size_t)count + 1, sizeof *columns);
    *to.names = columns;
    *to.count = (size_t)count;
    if (!columns) return PyErr_NoMemory(), 0;
    for (Py_ssize_t i = 0; i < count; i++)
        if (!(columns[i] = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(names, i), NULL))) return 0;
    return 1;
}

/* One field. 0 with an exception. */
static int take(loci_reading *r, const field *f, PyObject *value)
{
    char *to = (char *)r + f->offset;
    const char *text = NULL;
    switch (f->kind) {
    case FLAG:
        *(int *)(void *)to = PyObject_IsTrue(value) > 0;
        break;
    case WORD:
        *(const char **)(void *)to = PyUnicode_AsUTF8AndSize(value, NULL);
        break;
    case COUNT:
        *(size_t *)(void *)to = PyLong_AsSize_t(value);
        break;
    case NUMBER:
        *(double *)(void *)to = PyFloat_AsDouble(value);
        break;
    case COLUMNS:
        return columns_take(list_at(r, f), f->name, value);
    case PERMUTE:
        r->permuted = 1;
        r->permutation = PyLong_AsUnsignedLongLong(value);
        break;
    case DECIMAL:
        text = PyUnicode_AsUTF8AndSize(value, NULL);
        r->decimal = text ? *text : 0;
        break;
    case MISSING:
        text = PyUnicode_AsUTF8AndSize(value, NULL);
        r->hold = text && strcmp(text, "hold") == 0;
    }
    return !PyErr_Occurred();
}

/* Borrows the texts of the dict; reading_free frees the lists. 0 with an exception. */
static int reading_take(loci_reading *r, PyObject *dict)
{
    *r = (loci_reading){0};
    if (!PyDict_Check(dict)) {
        PyErr_SetString(PyExc_TypeError, "a dict of how data are read was expected");
        return 0;
    }
    for (size_t i = 0; i < FIELDS; i++) {
        PyObject *value = PyDict_GetItemString(dict, fields[i].name);
        if (value && !take(r, &fields[i], value)) return 0;
    }
    return 1;
}

static void reading_free(loci_reading *r)
{
    free((void *)(uintptr_t)r->columns);
    free((void *)(uintptr_t)r->inputs);
}

/* --- to a dict --- */

static PyObject *columns_give(list from)
{
    PyObject *names = PyTuple_New((Py_ssize_t)*from.count);
    for (size_t i = 0; names && i < *from.count; i++) {
        PyObject *name = PyUnicode_FromString((*from.names)[i]);
        if (!name) {
            Py_DECREF(names);
            return NULL;
        }
        PyTuple_SetItem(names, (Py_ssize_t)i, name);
    }
    return names;
}

/* The value of a field; None where it is 0. */
static PyObject *give(const loci_reading *r, const field *f)
{
    const char *from = (const char *)r + f->offset, *text;
    loci_reading whole = *r;
    switch (f->kind) {
    case FLAG:
        if (*(const int *)(const void *)from) Py_RETURN_TRUE;
        break;
    case WORD:
        text = *(const char *const *)(const void *)from;
        if (text) return PyUnicode_FromString(text);
        break;
    case COUNT:
        if (*(const size_t *)(const void *)from)
            return PyLong_FromSize_t(*(const size_t *)(const void *)from);
        break;
    case NUMBER:
        if (*(const double *)(const void *)from != 0)
            return PyFloat_FromDouble(*(const double *)(const void *)from);
        break;
    case COLUMNS:
        if (*list_at(&whole, f).count) return columns_give(list_at(&whole, f));
        break;
    case PERMUTE:
        if (r->permuted) return PyLong_FromUnsignedLongLong(r->permutation);
        break;
    case DECIMAL:
        if (r->decimal) return PyUnicode_FromStringAndSize(&r->decimal, 1);
        break;
    case MISSING:
        if (r->hold) return PyUnicode_FromString("hold");
    }
    Py_RETURN_NONE;
}

/* model_reading(model): how its training data were read, as a dict of what is not left as it is */
static PyObject *model_reading(PyObject *module, PyObject *object)
{
    (void)module;
    const loci_model *model = model_of(object);
    PyObject *dict = model ? PyDict_New() : NULL;
    for (size_t i = 0; dict && i < FIELDS; i++) {
        PyObject *value = give(&loci_model_description(model)->reading, &fields[i]);
        const int good =
            value && (value == Py_None || PyDict_SetItemString(dict, fields[i].name, value) == 0);
        Py_XDECREF(value);
        if (good) continue;
        Py_DECREF(dict);
        return NULL;
    }
    return dict;
}

/* model_read_as(model, reading, set or None): tells the model how its training data were read, and what its inputs, and the columns
 * that are learned, are called in the set; without it they are called as before */
static PyObject *model_read_as(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *object, *dict, *set;
    loci_reading reading;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "OOO", &object, &dict, &set) || !model_of(object)) return NULL;
    if (set != Py_None && !dataset_of(set)) return NULL;
    loci_model *model = model_of(object);
    const int good = reading_take(&reading, dict);
    loci_status status = LOCI_OK;
    if (good) {
        loci_model_about about = *loci_model_description(model);
        about.size = sizeof about;
        const loci_reading before = about.reading;
        about.reading = reading;
        about.reading.learned = before.learned, about.reading.learned_count = before.learned_count;
        about.reading.inputs = before.inputs, about.reading.input_count = before.input_count;
        if (set != Py_None) {
            const loci_dataset_info info = loci_dataset_inspect(dataset_of(set));
            about.reading.learned = info.value_names, about.reading.learned_count = info.value_count;
            about.reading.inputs = info.input_names;
            about.reading.input_count = info.input_names ? info.inputs : 0;
        }
        status = loci_model_describe(model, &about, &error);
    }
    reading_free(&reading);
    return good ? glue_none(status, &error) : NULL;
}

/* --- data sets --- */

/* Names of classes out of a tuple, to be freed; NULL with an exception. */
static const char **classes_take(PyObject *classes)
{
    const Py_ssize_t count = PyTuple_Size(classes);
    const char **names = count < 0 ? NULL : calloc((size_t)count + 1, sizeof *names);
    if (!names && count >= 0) PyErr_NoMemory();
    for (Py_ssize_t i = 0; names && i < count; i++)
        if (!(names[i] = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(classes, i), NULL))) {
            free(names);
            return NULL;
        }
    return names;
}

/* dataset_open(path, split, classes or None, task or None, reading): split 0: training, 1: test, 2: validation */
static PyObject *dataset_open(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *path, *classes, *reading;
    const char *task, **names = NULL;
    loci_dataset_options options = {.size = sizeof options};
    loci_dataset *set = NULL;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "O&iOzO", PyUnicode_FSConverter, &path, &options.test, &classes, &task,
                          &reading))
        return NULL;
    int good = reading_take(&options.reading, reading);
    if (good && classes != Py_None) {
        good = (names = classes_take(classes)) != NULL;
        options.classes = names;
        options.class_count = good ? (size_t)PyTuple_Size(classes) : 0;
    }
    if (good && task) {
        loci_task number;
        status = loci_task_find(&number, task, &error);
        const loci_task_info *info = loci_task_inspect(status ? LOCI_TASK_CLASS : number);
        options.target_given = 1;
        options.target =
            (loci_target){.values = info->values, .each = info->next ? LOCI_TARGET_NEXT : info->each};
    }
    if (good && !status) {
        Py_BEGIN_ALLOW_THREADS status = loci_dataset_open(&set, PyBytes_AsString(path), &options, &error);
        Py_END_ALLOW_THREADS
    }
    free(names);
    reading_free(&options.reading);
    Py_DECREF(path);
    if (!good) return NULL;
    return status ? glue_raise(&error) : dataset_wrap(set);
}

static PyMethodDef functions[] = {
    {"dataset_open", dataset_open, METH_VARARGS, NULL},
    {"model_reading", model_reading, METH_O, NULL},
    {"model_read_as", model_read_as, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int add_reading(PyObject *module)
{
    return PyModule_AddFunctions(module, functions);
}
