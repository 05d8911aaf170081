/* SPDX-License-Identifier: MIT
 * python_system.c - _loci.System and _loci.Form: loci/system.h, loci/forms.h. */
#include "glue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static PyTypeObject *system_type, *form_type;

/* Files of systems are NumPy's own (.npz): Python reads them, and the module needs no zip. What loci_system_parse calls for a text
 * that ends so: */
loci_status loci_system_read(loci_system **system, const char *path, loci_error *error)
{
    *system = NULL;
    error->status = LOCI_E_UNSUPPORTED;
    snprintf(error->text, sizeof error->text, "%.100s: is a file; loci.System.load reads it", path);
    return error->status;
}

typedef struct {
    glue_object head;
    loci_system *system;
} system_object;

static PyObject *system_wrap(loci_system *system)
{
    system_object *self = (system_object *)glue_new(system_type);
    if (self)
        self->system = system;
    else
        loci_system_free(system);
    return (PyObject *)self;
}

static void system_delete(PyObject *object)
{
    loci_system_free(((system_object *)object)->system);
    glue_delete(object);
}

/* system_parse(text) */
static PyObject *system_parse(PyObject *module, PyObject *arguments)
{
    (void)module;
    const char *text;
    loci_system *system;
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "s", &text)) return NULL;
    Py_BEGIN_ALLOW_THREADS status = loci_system_parse(&system, text, &error);
    Py_END_ALLOW_THREADS return status ? glue_raise(&error) : system_wrap(system);
}

/* The arrays of a system in the order in which they come and go, and how many numbers each has; NULL: it has none such. */
enum { ARRAYS = 10 };
static void arrays_of(double **array, size_t *count, const loci_system *s)
{
    const size_t square = s->structure == LOCI_DENSE ? s->copies * s->order * s->order : s->copies * s->width;
    double *const all[ARRAYS] = {s->a_re, s->a_im, s->b_re, s->b_im, s->c_re,
                                 s->c_im, s->p_re, s->p_im, s->d,    s->dt};
    for (size_t i = 0; i < ARRAYS; i++) {
        array[i] = all[i];
        count[i] = i < 2   ? square
                   : i < 6 ? s->copies * s->width
                   : i < 8 ? s->rank * s->copies * s->width
                           : s->copies;
    }
}

/* system_from(structure, copies, order, rank, (a_re, a_im, b_re, b_im, c_re, c_im, p_re, p_im, d, dt)): doubles, None where there is no
 * such array. */
static PyObject *system_from(PyObject *module, PyObject *arguments)
{
    (void)module;
    int structure;
    Py_ssize_t copies, order, rank;
    PyObject *given;
    loci_system *system;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "innnO!", &structure, &copies, &order, &rank, &PyTuple_Type, &given))
        return NULL;
    if (PyTuple_Size(given) != ARRAYS) {
        PyErr_SetString(PyExc_TypeError, "ten arrays were expected");
        return NULL;
    }
    if (loci_system_create(&system, (loci_structure)structure, (size_t)copies, (size_t)order, (size_t)rank,
                           &error) != LOCI_OK)
        return glue_raise(&error);
    double *array[ARRAYS];
    size_t count[ARRAYS];
    arrays_of(array, count, system);
    int good = 1;
    for (size_t i = 0; good && i < ARRAYS; i++) {
        Py_buffer from;
        if (!array[i]) continue;
        good = PyObject_GetBuffer(PyTuple_GetItem(given, (Py_ssize_t)i), &from, PyBUF_SIMPLE) == 0;
        if (!good) break;
        good = glue_holds(&from, count[i], sizeof(double), "an array of the system");
        if (good) memcpy(array[i], from.buf, count[i] * sizeof(double));
        PyBuffer_Release(&from);
    }
    if (good && loci_system_check(system, &error) != LOCI_OK) glue_raise(&error), good = 0;
    if (good) return system_wrap(system);
    loci_system_free(system);
    return NULL;
}

/* (structure, copies, order, rank) */
static PyObject *system_inspect(PyObject *object, PyObject *none)
{
    (void)none;
    const loci_system *s = ((system_object *)object)->system;
    return Py_BuildValue("(innn)", (int)s->structure, (Py_ssize_t)s->copies, (Py_ssize_t)s->order,
                         (Py_ssize_t)s->rank);
}

/* arrays(): the ten arrays as bytes, in the order of system_from; None for what is not there. */
static PyObject *system_arrays(PyObject *object, PyObject *none)
{
    (void)none;
    double *array[ARRAYS];
    size_t count[ARRAYS];
    arrays_of(array, count, ((system_object *)object)->system);
    PyObject *all = PyTuple_New(ARRAYS);
    for (size_t i = 0; all && i < ARRAYS; i++) {
        PyObject *bytes = array[i] ? glue_copy(array[i], count[i] * sizeof(double)) : NULL;
        if (array[i] && !bytes) {
            Py_DECREF(all);
            return NULL;
        }
        if (!bytes) bytes = Py_None, Py_INCREF(bytes);
        PyTuple_SetItem(all, (Py_ssize_t)i, bytes);
    }
    return all;
}

static PyObject *system_dense(PyObject *object, PyObject *none)
{
    (void)none;
    loci_system *dense;
    loci_error error;
    if (loci_system_to_dense(&dense, ((system_object *)object)->system, &error) != LOCI_OK)
        return glue_raise(&error);
    return system_wrap(dense);
}

/* growth(): (largest real part of an eigenvalue, its copy) */
static PyObject *system_growth(PyObject *object, PyObject *none)
{
    (void)none;
    const system_object *self = (system_object *)object;
    double growth;
    size_t copy;
    loci_error error;
    loci_status status;
    GLUE_RUN(self)
    status = loci_system_growth(self->system, &growth, &copy, &error);
    GLUE_DONE(self)
    return status ? glue_raise(&error) : Py_BuildValue("(dn)", growth, (Py_ssize_t)copy);
}

/* kernel(discretization, length, single, out): out [copies][length] */
static PyObject *system_kernel(PyObject *object, PyObject *arguments)
{
    const system_object *self = (system_object *)object;
    const char *name;
    Py_ssize_t length;
    int single;
    Py_buffer out;
    loci_discretization by;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "snpw*", &name, &length, &single, &out)) return NULL;
    const int good = glue_holds(&out, glue_times((size_t)length, self->system->copies),
                                single ? sizeof(float) : sizeof(double), "the kernel");
    if (good) {
        GLUE_RUN(self)
        status = loci_discretization_parse(&by, name, &error);
        if (!status)
            status = single ? loci_kernel_f32(out.buf, self->system, by, (size_t)length, &error)
                            : loci_kernel_f64(out.buf, self->system, by, (size_t)length, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&out);
    return good ? glue_none(status, &error) : NULL;
}

/* continuous(input, y, state, times, count, u, t, length, start): y [count][copies], state [copies][N, or N + 1] in and out */
static PyObject *system_continuous(PyObject *object, PyObject *arguments)
{
    const system_object *self = (system_object *)object;
    const loci_system *s = self->system;
    const char *name;
    Py_buffer y, state, times, u, t;
    Py_ssize_t count, length;
    double start;
    loci_discretization by;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "sw*w*y*ny*y*nd", &name, &y, &state, &times, &count, &u, &t, &length,
                          &start))
        return NULL;
    int good = 1;
    if (loci_discretization_parse(&by, name, &error) != LOCI_OK) glue_raise(&error), good = 0;
    good = good && glue_holds(&y, glue_times((size_t)count, s->copies), sizeof(double), "the answers") &&
           glue_holds(&state, s->copies * (s->order + (by == LOCI_FOH)), sizeof(double), "the state") &&
           glue_holds(&times, (size_t)count, sizeof(double), "the times of answers") &&
           glue_holds(&u, glue_times((size_t)length, s->copies), sizeof(double), "the input") &&
           glue_holds(&t, (size_t)length, sizeof(double), "the times of the input");
    if (good) {
        GLUE_RUN(self)
        status = loci_continuous_run(s, by, y.buf, state.buf, times.buf, (size_t)count, u.buf, t.buf,
                                     (size_t)length, start, &error);
        GLUE_DONE(self)
    }
    PyBuffer_Release(&y), PyBuffer_Release(&state), PyBuffer_Release(&times), PyBuffer_Release(&u);
    PyBuffer_Release(&t);
    return good ? glue_none(status, &error) : NULL;
}

/* --- a system in one form --- */

typedef struct {
    glue_object head;
    loci_ssm *ssm;
    size_t copies;
    int single;
} form_object;

/* Form(system, form, discretization, single, length, chunk) */
static PyObject *form_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)keywords;
    PyObject *given;
    const char *form, *by;
    Py_ssize_t length, chunk;
    loci_ssm_options options = {.size = sizeof options};
    loci_error error;
    loci_status status;
    if (!PyArg_ParseTuple(arguments, "O!sspnn", system_type, &given, &form, &by, &options.single, &length,
                          &chunk))
        return NULL;
    form_object *self = (form_object *)glue_new(type);
    if (!self) return NULL;
    options.length = (size_t)length, options.chunk = (size_t)chunk;
    const loci_system *system = ((system_object *)given)->system;
    self->copies = system->copies;
    self->single = options.single;
    GLUE_RUN(given)
    status = loci_form_parse(&options.form, form, &error);
    if (!status) status = loci_discretization_parse(&options.discretization, by, &error);
    if (!status) status = loci_ssm_create(&self->ssm, system, &options, &error);
    GLUE_DONE(given)
    if (!status) return (PyObject *)self;
    Py_DECREF(self);
    return glue_raise(&error);
}

static void form_delete(PyObject *object)
{
    loci_ssm_free(((form_object *)object)->ssm);
    glue_delete(object);
}

/* (form, numbers of a copy's state, radius) */
static PyObject *form_inspect(PyObject *object, PyObject *none)
{
    (void)none;
    const form_object *self = (form_object *)object;
    return Py_BuildValue("(snd)", loci_form_name(loci_ssm_form(self->ssm)),
                         (Py_ssize_t)loci_ssm_state_size(self->ssm), loci_ssm_radius(self->ssm));
}

/* run(y, state, u, steps or None, batch, length): y, u [batch][length][copies], state [batch][copies][numbers] in and out */
static PyObject *form_run(PyObject *object, PyObject *arguments)
{
    const form_object *self = (form_object *)object;
    Py_buffer y, state, u, steps;
    Py_ssize_t batch, length;
    loci_error error;
    loci_status status = LOCI_OK;
    if (!PyArg_ParseTuple(arguments, "w*w*y*z*nn", &y, &state, &u, &steps, &batch, &length)) return NULL;
    const size_t width = self->single ? sizeof(float) : sizeof(double),
                 rows = glue_times((size_t)batch, (size_t)length),
                 states = glue_times((size_t)batch, self->copies * loci_ssm_state_size(self->ssm));
    const int good = glue_holds(&y, glue_times(rows, self->copies), width, "the answers") &&
                     glue_holds(&u, glue_times(rows, self->copies), width, "the input") &&
                     glue_holds(&state, states, width, "the state") &&
                     (!steps.buf || glue_holds(&steps, rows, sizeof(double), "the steps"));
    if (good) { /* read-only, so that threads share it */
        Py_BEGIN_ALLOW_THREADS status = self->single
                                            ? loci_ssm_run_f32(self->ssm, y.buf, state.buf, u.buf, steps.buf,
                                                               (size_t)batch, (size_t)length, NULL, &error)
                                            : loci_ssm_run_f64(self->ssm, y.buf, state.buf, u.buf, steps.buf,
                                                               (size_t)batch, (size_t)length, NULL, &error);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&y), PyBuffer_Release(&state), PyBuffer_Release(&u), PyBuffer_Release(&steps);
    return good ? glue_none(status, &error) : NULL;
}

static PyMethodDef system_methods[] = {
    {"inspect", system_inspect, METH_NOARGS, NULL},
    {"arrays", system_arrays, METH_NOARGS, NULL},
    {"dense", system_dense, METH_NOARGS, NULL},
    {"growth", system_growth, METH_NOARGS, NULL},
    {"kernel", system_kernel, METH_VARARGS, NULL},
    {"continuous", system_continuous, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMethodDef form_methods[] = {
    {"inspect", form_inspect, METH_NOARGS, NULL},
    {"run", form_run, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot system_slots[] = {
    GLUE_SLOT(Py_tp_dealloc, system_delete), {Py_tp_methods, system_methods}, {0, NULL}};
static PyType_Spec system_spec = {"loci._loci.System", sizeof(system_object), 0,
                                  Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, system_slots};
static PyType_Slot form_slots[] = {GLUE_SLOT(Py_tp_new, form_new),
                                   GLUE_SLOT(Py_tp_dealloc, form_delete),
                                   {Py_tp_methods, form_methods},
                                   {0, NULL}};
static PyType_Spec form_spec = {"loci._loci.Form", sizeof(form_object), 0, Py_TPFLAGS_DEFAULT, form_slots};
static PyMethodDef functions[] = {
    {"system_parse", system_parse, METH_VARARGS, NULL},
    {"system_from", system_from, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int add_system(PyObject *module)
{
    if (glue_type(module, &system_type, &system_spec, "System") < 0) return -1;
    if (glue_type(module, &form_type, &form_spec, "Form") < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
