/* SPDX-License-Identifier: MIT
 * python_model.c - _loci.Model: loci/model.h, loci/token.h. Its buffer is the parameters, floats. */
#include "glue.h"

#include <stdlib.h>
#include <string.h>

static PyTypeObject *model_type;

typedef struct {
    glue_object head;
    loci_model *model;
} model_object;

loci_model *model_of(PyObject *object)
{
    if (PyObject_TypeCheck(object, model_type)) return ((model_object *)object)->model;
    PyErr_SetString(PyExc_TypeError, "a model was expected");
    return NULL;
}

PyObject *model_wrap(loci_model *model)
{
    model_object *self = (model_object *)glue_new(model_type);
    if (self)
        self->model = model;
    else
        loci_model_free(model);
    return (PyObject *)self;
}

static void model_delete(PyObject *object)
{
    loci_model_free(((model_object *)object)->model);
    glue_delete(object);
}

static int model_buffer(PyObject *object, Py_buffer *view, int flags)
{
    loci_model *model = ((model_object *)object)->model;
    return PyBuffer_FillInfo(view, object, loci_model_values(model),
                             (Py_ssize_t)(loci_model_size(model) * sizeof(float)), 0, flags);
}

/* --- configurations --- */

/* {name: text} of the fields that layers of the kind have */
static PyObject *config_dict(const loci_model_config *config)
{
    PyObject *all = PyDict_New();
    const loci_field *field;
    for (size_t i = 0; all && (field = loci_config_field(i)) != NULL; i++) {
        char text[64];
        if (!loci_config_has(config, field) ||
            loci_config_get(config, field->name, text, sizeof text, NULL) != LOCI_OK)
            continue;
        PyObject *value = PyUnicode_FromString(text);
        const int failed = !value || PyDict_SetItemString(all, field->name, value) < 0;
        Py_XDECREF(value);
        if (failed) {
            Py_DECREF(all);
            return NULL;
        }
    }
    return all;
}

/* Sets the fields that `given`, a dict of texts, names; 0 with an exception. */
static int config_set(loci_model_config *config, PyObject *given)
{
    PyObject *key, *value;
    Py_ssize_t place = 0;
    loci_error error;
    while (PyDict_Next(given, &place, &key, &value)) {
        const char *name = PyUnicode_AsUTF8AndSize(key, NULL),
                   *text = name ? PyUnicode_AsUTF8AndSize(value, NULL) : NULL;
        if (!text) return 0;
        if (loci_config_set(config, name, text, &error) != LOCI_OK) {
            glue_raise(&error);
            return 0;
        }
        if (!loci_config_has(config, loci_config_find(name))) {
            glue_refuse(LOCI_E_ARGUMENT, "%s is not for layers of %s", name, loci_layer_name(config->layer));
            return 0;
        }
    }
    return 1;
}

/* model_new(preset, inputs, outputs, {field: text}): a model of a preset with changes, all parameters 0. */
static PyObject *model_new(PyObject *module, PyObject *arguments)
{
    (void)module;
    const char *preset;
    Py_ssize_t inputs, outputs;
    PyObject *given;
    loci_model_config config;
    loci_model *model;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "snnO!", &preset, &inputs, &outputs, &PyDict_Type, &given)) return NULL;
    if (loci_model_preset(&config, preset, (size_t)inputs, (size_t)outputs, &error) != LOCI_OK)
        return glue_raise(&error);
    PyObject *layer =
        PyDict_GetItemString(given, "layer"); /* the kind first: it says which fields there are */
    const char *kind = layer ? PyUnicode_AsUTF8AndSize(layer, NULL) : NULL;
    if (layer && !kind) return NULL;
    if (kind && loci_config_set(&config, "layer", kind, &error) != LOCI_OK) return glue_raise(&error);
    if (!config_set(&config, given)) return NULL;
    if (loci_model_create(&model, &config, &error) != LOCI_OK) return glue_raise(&error);
    return model_wrap(model);
}

/* layer_preset(layer): the preset that has such layers. */
static PyObject *layer_preset(PyObject *module, PyObject *arguments)
{
    (void)module;
    const char *name;
    loci_model_config config = {.size = sizeof config};
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "s", &name)) return NULL;
    if (loci_config_set(&config, "layer", name, &error) != LOCI_OK) return glue_raise(&error);
    return PyUnicode_FromString(config.layer == LOCI_LAYER_S4D ? "small"
                                                               : loci_layer_traits_of(config.layer)->preset);
}

static PyObject *model_config(PyObject *object, PyObject *none)
{
    (void)none;
    return config_dict(loci_model_configuration(((model_object *)object)->model));
}

/* --- what it is about --- */

static PyObject *numbers_tuple(const double *numbers, size_t count)
{
    if (!numbers) Py_RETURN_NONE;
    return glue_copy(numbers, count * sizeof *numbers);
}

static PyObject *words_tuple(const char *const *words, size_t count)
{
    if (!words) Py_RETURN_NONE;
    PyObject *all = PyTuple_New((Py_ssize_t)count);
    for (size_t i = 0; all && i < count; i++) {
        PyObject *word = PyUnicode_FromString(words[i]);
        if (!word) {
            Py_DECREF(all);
            return NULL;
        }
        PyTuple_SetItem(all, (Py_ssize_t)i, word);
    }
    return all;
}

/* (rate, shift, scale, classes, note, task, target_shift, target_scale); numbers are bytes of doubles or None */
static PyObject *model_about(PyObject *object, PyObject *none)
{
    (void)none;
    const loci_model *model = ((model_object *)object)->model;
    const loci_model_config *config = loci_model_configuration(model);
    const loci_model_about *about = loci_model_description(model);
    return Py_BuildValue("(dNNNzsNN)", about->rate, numbers_tuple(about->shift, config->inputs),
                         numbers_tuple(about->scale, config->inputs),
                         words_tuple(about->classes, config->outputs), about->note,
                         loci_task_inspect(about->task)->name,
                         numbers_tuple(about->target_shift, config->outputs),
                         numbers_tuple(about->target_scale, config->outputs));
}

/* describe(rate, shift, scale, classes, note, task, target_shift, target_scale), as about() tells it */
static PyObject *model_describe(PyObject *object, PyObject *arguments)
{
    model_object *self = (model_object *)object;
    const loci_model_config *config = loci_model_configuration(self->model);
    Py_buffer numbers[4];
    PyObject *classes;
    const char *note, *task;
    loci_model_about about = *loci_model_description(self->model);
    loci_error error;
    about.size = sizeof about;
    if (!PyArg_ParseTuple(arguments, "dz*z*Ozsz*z*", &about.rate, &numbers[0], &numbers[1], &classes, &note,
                          &task, &numbers[2], &numbers[3]))
        return NULL;
    int good = 1;
    for (size_t i = 0; good && i < 4; i++)
        good = !numbers[i].buf || glue_holds(&numbers[i], i < 2 ? config->inputs : config->outputs,
                                             sizeof(double), "an array of the description");
    const char **names = NULL;
    if (good && classes != Py_None) {
        good = PyTuple_Check(classes) && (size_t)PyTuple_Size(classes) == config->outputs;
        if (!good)
            PyErr_Format(PyExc_ValueError, "a tuple of %zu names of classes was expected", config->outputs);
        names = good ? calloc(config->outputs, sizeof *names) : NULL;
        if (good && !names) PyErr_NoMemory(), good = 0;
        for (size_t i = 0; good && i < config->outputs; i++)
            good =
                (names[i] = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(classes, (Py_ssize_t)i), NULL)) != NULL;
    }
    if (good) {
        about.shift = numbers[0].buf, about.scale = numbers[1].buf;
        about.target_shift = numbers[2].buf, about.target_scale = numbers[3].buf;
        about.classes = names;
        about.note = note;
        loci_status status = loci_task_find(&about.task, task, &error);
        if (!status) status = loci_model_describe(self->model, &about, &error);
        if (status) glue_raise(&error), good = 0;
    }
    free(names);
    for (size_t i = 0; i < 4; i++) PyBuffer_Release(&numbers[i]);
    if (!good) return NULL;
    Py_RETURN_NONE;
}

/* [(name, shape, first number, group)] */
static PyObject *model_parameters(PyObject *object, PyObject *none)
{
    (void)none;
    size_t count;
    const loci_parameter *table = loci_model_parameters(((model_object *)object)->model, &count);
    PyObject *all = PyList_New((Py_ssize_t)count);
    for (size_t i = 0; all && i < count; i++) {
        const loci_parameter *p = &table[i];
        PyObject *shape = PyTuple_New((Py_ssize_t)p->dimensions);
        for (size_t k = 0; shape && k < p->dimensions; k++)
            PyTuple_SetItem(shape, (Py_ssize_t)k, PyLong_FromSize_t(p->shape[k]));
        PyObject *row =
            shape ? Py_BuildValue("(sNni)", p->name, shape, (Py_ssize_t)p->offset, (int)p->group) : NULL;
        if (!row) {
            Py_DECREF(all);
            return NULL;
        }
        PyList_SetItem(all, (Py_ssize_t)i, row);
    }
    return all;
}

/* (inputs, outputs, numbers, takes steps, looks ahead, streams) */
static PyObject *model_inspect(PyObject *object, PyObject *none)
{
    (void)none;
    const loci_model *m = ((model_object *)object)->model;
    const loci_model_config *c = loci_model_configuration(m);
    return Py_BuildValue("(nnnNNN)", (Py_ssize_t)c->inputs, (Py_ssize_t)c->outputs,
                         (Py_ssize_t)loci_model_count(m), PyBool_FromLong(loci_model_takes_steps(m)),
                         PyBool_FromLong(loci_model_looks_ahead(m)), PyBool_FromLong(loci_model_streams(m)));
}

/* fingerprint(): goes through all parameters */
static PyObject *model_fingerprint(PyObject *object, PyObject *none)
{
    (void)none;
    return PyLong_FromUnsignedLongLong(loci_model_fingerprint(((model_object *)object)->model));
}

static PyObject *model_initialize(PyObject *object, PyObject *arguments)
{
    unsigned long long seed;
    if (!PyArg_ParseTuple(arguments, "K", &seed)) return NULL;
    loci_model_initialize(((model_object *)object)->model, seed);
    Py_RETURN_NONE;
}

static PyObject *model_copy(PyObject *object, PyObject *none)
{
    (void)none;
    loci_model *copy;
    loci_error error;
    if (loci_model_copy(&copy, ((model_object *)object)->model, &error) != LOCI_OK) return glue_raise(&error);
    return model_wrap(copy);
}

/* answer(y, rows, out): y [rows][outputs] floats, out likewise doubles */
static PyObject *model_answer(PyObject *object, PyObject *arguments)
{
    const loci_model *model = ((model_object *)object)->model;
    const size_t outputs = loci_model_configuration(model)->outputs;
    Py_buffer y, out;
    Py_ssize_t rows;
    if (!PyArg_ParseTuple(arguments, "y*nw*", &y, &rows, &out)) return NULL;
    const size_t count = glue_times((size_t)rows, outputs);
    const int good = glue_holds(&y, count, sizeof(float), "what the network answers") &&
                     glue_holds(&out, count, sizeof(double), "the answers");
    for (size_t i = 0; good && i < (size_t)rows; i++)
        loci_model_answer(model, (double *)out.buf + i * outputs, (const float *)y.buf + i * outputs);
    PyBuffer_Release(&y), PyBuffer_Release(&out);
    if (!good) return NULL;
    Py_RETURN_NONE;
}

/* --- files --- */

static PyObject *model_save(PyObject *object, PyObject *none)
{
    (void)none;
    const model_object *self = (model_object *)object;
    void *bytes = NULL;
    size_t size = 0;
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = loci_model_save(self->model, &bytes, &size, &error);
    GLUE_DONE(self)
    if (status) return glue_raise(&error);
    PyObject *result = glue_copy(bytes, size);
    loci_bytes_free(bytes);
    return result;
}

/* model_load(bytes) */
static PyObject *model_load(PyObject *module, PyObject *arguments)
{
    (void)module;
    Py_buffer bytes;
    loci_model *model = NULL;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "y*", &bytes)) return NULL;
    Py_BEGIN_ALLOW_THREADS status = loci_model_load(&model, bytes.buf, (size_t)bytes.len, &error);
    Py_END_ALLOW_THREADS PyBuffer_Release(&bytes);
    return status ? glue_raise(&error) : model_wrap(model);
}

/* model_import(kind, bytes, discretization, prenorm, liquid, heads, whole): kind "s4d", "s5" or "attention" */
static PyObject *model_import(PyObject *module, PyObject *arguments)
{
    (void)module;
    const char *kind, *name;
    Py_buffer bytes;
    int prenorm, liquid, whole;
    Py_ssize_t heads;
    loci_discretization by;
    loci_model *model = NULL;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "sy*sppnp", &kind, &bytes, &name, &prenorm, &liquid, &heads, &whole))
        return NULL;
    loci_status status = loci_discretization_parse(&by, name, &error);
    const size_t size = (size_t)bytes.len;
    Py_BEGIN_ALLOW_THREADS if (!status && strcmp(kind, "s5") == 0) status =
        loci_model_import_s5(&model, bytes.buf, size, by, liquid, NULL, &error);
    else if (!status && strcmp(kind, "attention") == 0) status =
        loci_model_import_attention(&model, bytes.buf, size, (size_t)heads, whole, NULL, &error);
    else if (!status) status = loci_model_import(&model, bytes.buf, size, prenorm, by, &error);
    Py_END_ALLOW_THREADS PyBuffer_Release(&bytes);
    return status ? glue_raise(&error) : model_wrap(model);
}

/* model_import_mamba((bytes, ...), config or None, tokens) */
static PyObject *model_import_mamba(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *given;
    const char *config;
    Py_ssize_t tokens;
    loci_model *model = NULL;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "O!zn", &PyTuple_Type, &given, &config, &tokens)) return NULL;
    enum { FILES = 1024 };
    const void *files[FILES];
    size_t sizes[FILES];
    const Py_ssize_t count = PyTuple_Size(given);
    if (count < 1 || count > FILES) {
        PyErr_Format(PyExc_ValueError, "there are %zd files; 1 to %d were expected", count, FILES);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        char *bytes;
        Py_ssize_t size;
        if (PyBytes_AsStringAndSize(PyTuple_GetItem(given, i), &bytes, &size) < 0) return NULL;
        files[i] = bytes, sizes[i] = (size_t)size;
    }
    Py_BEGIN_ALLOW_THREADS status =
        loci_model_import_mamba(&model, files, sizes, (size_t)count, config, (size_t)tokens, NULL, &error);
    Py_END_ALLOW_THREADS return status ? glue_raise(&error) : model_wrap(model);
}

/* --- tokens --- */

/* tokens(): (count, kind, whether the next one can be drawn) */
static PyObject *model_tokens(PyObject *object, PyObject *none)
{
    (void)none;
    const loci_model *m = ((model_object *)object)->model;
    return Py_BuildValue("(niN)", (Py_ssize_t)loci_token_count(m), loci_token_kind(m),
                         PyBool_FromLong(loci_token_follows(m)));
}

/* read(text): bytes of floats */
static PyObject *model_read(PyObject *object, PyObject *arguments)
{
    const char *text;
    Py_ssize_t size;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "y#", &text, &size)) return NULL;
    size_t count = 0;
    float *tokens = malloc((size_t)size * sizeof *tokens + 1);
    if (!tokens) return PyErr_NoMemory();
    const loci_status status =
        loci_token_read(((model_object *)object)->model, tokens, &count, text, (size_t)size, &error);
    PyObject *result = status ? glue_raise(&error) : glue_copy(tokens, count * sizeof *tokens);
    free(tokens);
    return result;
}

/* spell(token): its bytes */
static PyObject *model_spell(PyObject *object, PyObject *arguments)
{
    Py_ssize_t token;
    char text[LOCI_TOKEN_TEXT];
    const loci_model *model = ((model_object *)object)->model;
    if (!PyArg_ParseTuple(arguments, "n", &token)) return NULL;
    if (token < 0 || (size_t)token >= loci_token_count(model)) {
        PyErr_SetString(PyExc_IndexError, "there is no such token");
        return NULL;
    }
    return glue_copy(text, loci_token_spell(model, text, (size_t)token));
}

/* draw(y, temperature, top_k, top_p, seed, number): y [outputs] floats; the token */
static PyObject *model_draw(PyObject *object, PyObject *arguments)
{
    const loci_model *model = ((model_object *)object)->model;
    Py_buffer y;
    Py_ssize_t top_k;
    unsigned long long seed, number;
    loci_token_choice choice = {.size = sizeof choice};
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "y*dndKK", &y, &choice.temperature, &top_k, &choice.top_p, &seed,
                          &number))
        return NULL;
    choice.top_k = (size_t)top_k;
    PyObject *result = NULL;
    loci_token_weight *room = malloc((loci_token_count(model) + 1) * sizeof *room);
    if (!room)
        PyErr_NoMemory();
    else if (!loci_token_follows(model))
        PyErr_SetString(PyExc_ValueError, "the model does not tell the next token");
    else if (loci_token_check(&choice, &error) != LOCI_OK)
        glue_raise(&error);
    else if (glue_holds(&y, loci_model_configuration(model)->outputs, sizeof(float), "the answer"))
        result = PyLong_FromSize_t(loci_token_draw(model, y.buf, &choice, seed, number, room));
    free(room);
    PyBuffer_Release(&y);
    return result;
}

static PyMethodDef model_methods[] = {
    {"config", model_config, METH_NOARGS, NULL},
    {"about", model_about, METH_NOARGS, NULL},
    {"describe", model_describe, METH_VARARGS, NULL},
    {"parameters", model_parameters, METH_NOARGS, NULL},
    {"inspect", model_inspect, METH_NOARGS, NULL},
    {"fingerprint", model_fingerprint, METH_NOARGS, NULL},
    {"initialize", model_initialize, METH_VARARGS, NULL},
    {"copy", model_copy, METH_NOARGS, NULL},
    {"answer", model_answer, METH_VARARGS, NULL},
    {"save", model_save, METH_NOARGS, NULL},
    {"tokens", model_tokens, METH_NOARGS, NULL},
    {"read", model_read, METH_VARARGS, NULL},
    {"spell", model_spell, METH_VARARGS, NULL},
    {"draw", model_draw, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {GLUE_SLOT(Py_tp_dealloc, model_delete),
                              GLUE_SLOT(Py_bf_getbuffer, model_buffer),
                              {Py_tp_methods, model_methods},
                              {0, NULL}};
static PyType_Spec spec = {"loci._loci.Model", sizeof(model_object), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
static PyMethodDef functions[] = {
    {"model_new", model_new, METH_VARARGS, NULL},
    {"model_load", model_load, METH_VARARGS, NULL},
    {"model_import", model_import, METH_VARARGS, NULL},
    {"model_import_mamba", model_import_mamba, METH_VARARGS, NULL},
    {"layer_preset", layer_preset, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int add_model(PyObject *module)
{
    if (glue_type(module, &model_type, &spec, "Model") < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
