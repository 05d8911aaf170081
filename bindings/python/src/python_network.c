/* SPDX-License-Identifier: MIT
 * python_network.c - _loci.Network: loci/network.h. */
#include "glue.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    glue_object head;
    PyObject *owner; /* of the model */
    const loci_model *model;
    loci_network *network;
    size_t L;
} network_object;

static PyTypeObject *network_type;

/* Network(model, L, rate, frame or None): prepared for sequences of L samples at so many Hz, 0: as the model was trained; L 0: for
 * steps alone. frame [2][inputs] doubles, origin and unit: samples come as (x - origin) unit. */
static PyObject *network_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)keywords;
    PyObject *owner;
    Py_ssize_t length;
    double rate, steps;
    Py_buffer frame;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "Ondz*", &owner, &length, &rate, &frame)) return NULL;
    const loci_model *model = model_of(owner);
    const size_t inputs = model ? loci_model_configuration(model)->inputs : 0;
    network_object *self = NULL;
    if (model && (!frame.buf || glue_holds(&frame, 2 * inputs, sizeof(double), "the frame")))
        self = (network_object *)glue_new(type);
    if (!self) {
        PyBuffer_Release(&frame);
        return NULL;
    }
    Py_INCREF(owner);
    self->owner = owner;
    self->model = model;
    self->L = (size_t)length;
    Py_BEGIN_ALLOW_THREADS status = loci_model_steps(&steps, model, rate, &error);
    if (!status) status = loci_network_create(&self->network, model, self->L, &error);
    if (!status && frame.buf) {
        const double *origin = frame.buf;
        loci_network_frame(self->network, model, origin, origin + inputs);
    }
    for (size_t part = 0; !status && part < loci_network_parts(self->network); part++)
        loci_network_prepare(self->network, loci_model_values_const(model), steps, part);
    Py_END_ALLOW_THREADS if (!status) return (PyObject *)self;
    Py_DECREF(self);
    return glue_raise(&error);
}

static void network_delete(PyObject *object)
{
    network_object *self = (network_object *)object;
    loci_network_free(self->network);
    Py_XDECREF(self->owner);
    glue_delete(object);
}

/* forward(u, B, lengths or None, y): u [B][L][inputs], y [B][outputs] or [B][L][outputs], floats; threads share the network. */
static PyObject *network_forward(PyObject *object, PyObject *arguments)
{
    const network_object *self = (network_object *)object;
    const loci_model_config *config = loci_model_configuration(self->model);
    Py_buffer u, lengths, y;
    Py_ssize_t B;
    if (!PyArg_ParseTuple(arguments, "y*nz*w*", &u, &B, &lengths, &y)) return NULL;
    const size_t rows = glue_times((size_t)B, self->L),
                 answers = config->pool == LOCI_POOL_NONE ? rows : (size_t)B;
    int good = B > 0 && self->L > 0 &&
               glue_holds(&u, glue_times(rows, config->inputs), sizeof(float), "the samples") &&
               glue_holds(&y, glue_times(answers, config->outputs), sizeof(float), "the answers") &&
               (!lengths.buf || glue_holds(&lengths, (size_t)B, sizeof(size_t), "the lengths"));
    for (Py_ssize_t b = 0; good && lengths.buf && b < B; b++)
        if (((const size_t *)lengths.buf)[b] > self->L) {
            PyErr_SetString(PyExc_ValueError, "a sequence is longer than the network");
            good = 0;
        }
    void *room = good ? glue_aligned(loci_network_workspace_size(self->network, (size_t)B, 0)) : NULL;
    if (room) {
        const loci_pass pass = {.size = sizeof pass, .B = (size_t)B, .L = self->L, .length = lengths.buf};
        Py_BEGIN_ALLOW_THREADS loci_network_forward(self->network, y.buf, u.buf, &pass, NULL, 0, room);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&u), PyBuffer_Release(&lengths), PyBuffer_Release(&y);
    if (!room) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "a batch of one sequence at least was expected");
        return NULL;
    }
    free(room);
    Py_RETURN_NONE;
}

/* state_size(): numbers of one sequence's state; 0: there is none */
static PyObject *network_state_size(PyObject *object, PyObject *none)
{
    (void)none;
    const network_object *self = (network_object *)object;
    return PyLong_FromSize_t(loci_model_streams(self->model) ? loci_network_state_size(self->network) : 0);
}

/* step(u, lanes, dt or None, state, y): u [lanes][inputs], state [lanes][state_size()] in and out, y [lanes][outputs] */
static PyObject *network_step(PyObject *object, PyObject *arguments)
{
    const network_object *self = (network_object *)object;
    const loci_model_config *config = loci_model_configuration(self->model);
    Py_buffer u, dt, state, y;
    Py_ssize_t lanes;
    if (!PyArg_ParseTuple(arguments, "y*nz*w*w*", &u, &lanes, &dt, &state, &y)) return NULL;
    const size_t count = (size_t)lanes, numbers = loci_network_state_size(self->network);
    const int good = lanes > 0 && loci_model_streams(self->model) &&
                     glue_holds(&u, glue_times(count, config->inputs), sizeof(float), "the samples") &&
                     glue_holds(&y, glue_times(count, config->outputs), sizeof(float), "the answers") &&
                     glue_holds(&state, glue_times(count, numbers), sizeof(float), "the states") &&
                     (!dt.buf || glue_holds(&dt, count, sizeof(double), "the steps"));
    const size_t stride = (numbers + 15) / 16 * 16; /* states begin on 64 bytes */
    float *copy = good ? glue_aligned(glue_times(glue_times(count, stride), sizeof(float)) + 64) : NULL;
    float **each = copy ? malloc(count * sizeof *each) : NULL;
    void *room = each ? glue_aligned(loci_network_step_workspace_size(self->network, count)) : NULL;
    if (room) {
        for (size_t i = 0; i < count; i++) each[i] = copy + i * stride;
        Py_BEGIN_ALLOW_THREADS for (size_t i = 0; i < count; i++)
            memcpy(each[i], (const float *)state.buf + i * numbers, numbers * sizeof(float));
        loci_network_step(self->network, y.buf, u.buf, count, dt.buf, each, room);
        for (size_t i = 0; i < count; i++)
            memcpy((float *)state.buf + i * numbers, each[i], numbers * sizeof(float));
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&u), PyBuffer_Release(&dt), PyBuffer_Release(&state), PyBuffer_Release(&y);
    const int done = room != NULL;
    free(room), free(each), free(copy);
    if (done) Py_RETURN_NONE;
    if (!PyErr_Occurred()) {
        if (good) return PyErr_NoMemory();
        PyErr_SetString(PyExc_ValueError, "one lane at least, of a model that has a state, was expected");
    }
    return NULL;
}

static PyMethodDef network_methods[] = {
    {"forward", network_forward, METH_VARARGS, NULL},
    {"state_size", network_state_size, METH_NOARGS, NULL},
    {"step", network_step, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {GLUE_SLOT(Py_tp_new, network_new),
                              GLUE_SLOT(Py_tp_dealloc, network_delete),
                              {Py_tp_methods, network_methods},
                              {0, NULL}};
static PyType_Spec spec = {"loci._loci.Network", sizeof(network_object), 0, Py_TPFLAGS_DEFAULT, slots};

int add_network(PyObject *module)
{
    return glue_type(module, &network_type, &spec, "Network");
}
