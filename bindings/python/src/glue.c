/* SPDX-License-Identifier: MIT
 * glue.c - errors, locks, buffers. */
#include "glue.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static PyObject *errors; /* a tuple, an exception for each status */

static PyObject *use_errors(PyObject *module, PyObject *classes)
{
    (void)module;
    if (!PyTuple_Check(classes) || PyTuple_Size(classes) <= LOCI_E_STOPPED) {
        PyErr_SetString(PyExc_TypeError, "a tuple of an exception for each status was expected");
        return NULL;
    }
    Py_INCREF(classes);
    Py_XDECREF(errors);
    errors = classes;
    Py_RETURN_NONE;
}

PyObject *glue_raise(const loci_error *error)
{
    if (PyErr_Occurred()) return NULL; /* what a callback raised comes first */
    if (error->status == LOCI_E_MEMORY) return PyErr_NoMemory();
    PyObject *class = errors ? PyTuple_GetItem(errors, error->status) : NULL;
    /* its end may lie within a character */
    PyObject *text = PyUnicode_DecodeUTF8(error->text, (Py_ssize_t)strlen(error->text), "replace");
    if (text) PyErr_SetObject(class ? class : PyExc_ValueError, text);
    Py_XDECREF(text);
    return NULL;
}

PyObject *glue_refuse(loci_status status, const char *format, ...)
{
    PyObject *class = errors ? PyTuple_GetItem(errors, status) : NULL;
    va_list arguments;
    va_start(arguments, format);
    PyErr_FormatV(class ? class : PyExc_ValueError, format, arguments);
    va_end(arguments);
    return NULL;
}

PyObject *glue_none(loci_status status, const loci_error *error)
{
    if (status) return glue_raise(error);
    Py_RETURN_NONE;
}

size_t glue_times(size_t a, size_t b)
{
    return b && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}

int glue_holds(const Py_buffer *buffer, size_t count, size_t width, const char *name)
{
    const size_t bytes = glue_times(count, width);
    if (bytes != SIZE_MAX && (size_t)buffer->len == bytes) return 1;
    PyErr_Format(PyExc_ValueError, "%s has %zd bytes; %zu numbers of %zu bytes were expected", name,
                 buffer->len, count, width);
    return 0;
}

void *glue_aligned(size_t size)
{
    void *memory = size > 0 && size < SIZE_MAX - 63 ? aligned_alloc(64, (size + 63) / 64 * 64) : NULL;
    if (!memory) PyErr_NoMemory();
    return memory;
}

/* --- objects --- */

PyObject *glue_new(PyTypeObject *type)
{
    allocfunc allocate = (allocfunc)(uintptr_t)PyType_GetSlot(type, Py_tp_alloc);
    PyObject *self = allocate(type, 0);
    if (!self) return NULL;
    ((glue_object *)self)->lock = PyThread_allocate_lock();
    if (((glue_object *)self)->lock) return self;
    Py_DECREF(self);
    return PyErr_NoMemory();
}

void glue_delete(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    if (((glue_object *)self)->lock) PyThread_free_lock(((glue_object *)self)->lock);
    freefunc release = (freefunc)(uintptr_t)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

void glue_enter(PyObject *self)
{
    PyThread_type_lock lock = ((glue_object *)self)->lock;
    if (PyThread_acquire_lock(lock, NOWAIT_LOCK)) return;
    Py_BEGIN_ALLOW_THREADS PyThread_acquire_lock(lock, WAIT_LOCK);
    Py_END_ALLOW_THREADS
}

void glue_leave(PyObject *self)
{
    PyThread_release_lock(((glue_object *)self)->lock);
}

void glue_enter_both(PyObject *a, PyObject *b)
{
    glue_enter((uintptr_t)a < (uintptr_t)b ? a : b);
    if (a != b) glue_enter((uintptr_t)a < (uintptr_t)b ? b : a);
}

void glue_leave_both(PyObject *a, PyObject *b)
{
    glue_leave(a);
    if (a != b) glue_leave(b);
}

int glue_type(PyObject *module, PyTypeObject **type, PyType_Spec *spec, const char *name)
{
    *type = (PyTypeObject *)PyType_FromSpec(spec);
    return *type ? PyModule_AddObjectRef(module, name, (PyObject *)*type) : -1;
}

int glue_interrupted(PyThreadState **thread)
{
    PyEval_RestoreThread(*thread);
    const int raised = PyErr_CheckSignals() != 0;
    *thread = PyEval_SaveThread();
    return raised;
}

/* --- bytes --- */

PyObject *glue_copy(const void *bytes, size_t size)
{
    return PyBytes_FromStringAndSize(bytes, (Py_ssize_t)size);
}

loci_status glue_sink(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    glue_bytes *all = target;
    if (at > all->size || size > SIZE_MAX / 4 - at) {
        *error = (loci_error){.status = LOCI_E_ARGUMENT, .text = "the bytes of an archive leave a gap"};
        return error->status;
    }
    if (at + size > all->room) {
        const size_t room = 2 * (at + size);
        char *larger = realloc(all->bytes, room);
        if (!larger) {
            *error = (loci_error){.status = LOCI_E_MEMORY, .text = "out of memory for an archive"};
            return error->status;
        }
        all->bytes = larger;
        all->room = room;
    }
    if (size) memcpy(all->bytes + at, bytes, size);
    all->size = at + size;
    return LOCI_OK;
}

/* --- the module --- */

static PyObject *version(PyObject *module, PyObject *none)
{
    (void)module, (void)none;
    return PyUnicode_FromString(loci_version());
}

static PyObject *write_file(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *path;
    Py_buffer bytes;
    loci_error error;
    if (!PyArg_ParseTuple(arguments, "O&y*", PyUnicode_FSConverter, &path, &bytes)) return NULL;
    loci_status status;
    Py_BEGIN_ALLOW_THREADS status =
        loci_file_write(PyBytes_AsString(path), bytes.buf, (size_t)bytes.len, &error);
    Py_END_ALLOW_THREADS PyBuffer_Release(&bytes);
    Py_DECREF(path);
    return glue_none(status, &error);
}

static PyMethodDef functions[] = {
    {"use_errors", use_errors, METH_O, "use_errors(classes): what is raised, an exception for each status."},
    {"version", version, METH_NOARGS, "version(): that of the library."},
    {"write_file", write_file, METH_VARARGS, "write_file(path, bytes): whole or not at all."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "loci._loci",
                                 .m_doc = "The C library, for the package loci.", .m_size = -1,
                                 .m_methods = functions};

PyMODINIT_FUNC PyInit__loci(void);
PyMODINIT_FUNC PyInit__loci(void)
{
    static int (*const parts[])(PyObject *) = {add_memory,  add_archive, add_readout, add_system,
                                               add_model,   add_network, add_stream,  add_dataset,
                                               add_reading, add_trainer, add_learner, add_export};
    PyObject *module = PyModule_Create(&definition);
    for (size_t i = 0; module && i < sizeof parts / sizeof *parts; i++)
        if (parts[i](module) < 0) {
            Py_DECREF(module);
            return NULL;
        }
    return module;
}
