/* SPDX-License-Identifier: MIT
 *
 * glue.h - what the classes of the module _loci have in common.
 *
 * _loci is the inner module of the package: it takes and gives buffers, numbers and words, and checks their sizes alone; what
 * people call is Python on top of it (loci/). It is written against the stable ABI of Python 3.11.
 *
 * Every object has a lock, which a call holds while it uses the object with the interpreter's lock released: threads may use one
 * object, and take turns.
 */
#ifndef LOCI_PYTHON_GLUE_H
#define LOCI_PYTHON_GLUE_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <stdint.h>

#include <loci-train.h>
#include <loci.h>

/* Raises what stands for the error's status, with its sentence. NULL. */
PyObject *glue_raise(const loci_error *error);
/* The same with a sentence of our own, as PyErr_Format makes it. */
PyObject *glue_refuse(loci_status status, const char *format, ...);
/* The same where a function failed, else None. */
PyObject *glue_none(loci_status status, const loci_error *error);
/* Whether a buffer has count numbers of `width` bytes, and raises ValueError where not. */
int glue_holds(const Py_buffer *buffer, size_t count, size_t width, const char *name);
/* a b, or SIZE_MAX where that overflows, so that no buffer holds it. */
size_t glue_times(size_t a, size_t b);
/* Bytes on a 64-byte boundary, to be released by free; NULL, with MemoryError raised. */
void *glue_aligned(size_t size);

/* The head of every object. */
typedef struct {
    PyObject_HEAD PyThread_type_lock lock;
} glue_object;

/* An object of the type, all 0 but for its lock. */
PyObject *glue_new(PyTypeObject *type);
/* Gives the object itself back, after its parts. */
void glue_delete(PyObject *self);
void glue_enter(PyObject *self);
void glue_leave(PyObject *self);
/* Of two objects, in an order that does not depend on which is which; they may be one. */
void glue_enter_both(PyObject *a, PyObject *b);
void glue_leave_both(PyObject *a, PyObject *b);

/* The statements between run without the interpreter's lock, and with those of the objects. */
#define GLUE_RUN(self)                                                                                       \
    glue_enter((PyObject *)(self));                                                                          \
    Py_BEGIN_ALLOW_THREADS
#define GLUE_DONE(self) Py_END_ALLOW_THREADS glue_leave((PyObject *)(self));

/* A slot that is a function, which Python keeps as a pointer to an object. */
#define GLUE_SLOT(slot, function)                                                                            \
    {                                                                                                        \
        slot, (void *)(uintptr_t)(function)                                                                  \
    }
/* Makes a type, keeps it and adds it to the module; -1 where that fails. */
int glue_type(PyObject *module, PyTypeObject **type, PyType_Spec *spec, const char *name);

/* An archive's bytes and the like as they come: a sink for loci_archive_writer, whose target it is. */
typedef struct {
    char *bytes;
    size_t size, room;
} glue_bytes;
loci_status glue_sink(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error);
/* A bytes object of size bytes that `fill` writes; NULL where it cannot be had. */
PyObject *glue_copy(const void *bytes, size_t size);

/* Each adds what its file has to the module: 0, or -1. */
int add_memory(PyObject *module);
int add_archive(PyObject *module);
int add_readout(PyObject *module);
int add_system(PyObject *module);
int add_model(PyObject *module);
int add_network(PyObject *module);
int add_stream(PyObject *module);
int add_dataset(PyObject *module);
int add_reading(PyObject *module);
int add_trainer(PyObject *module);
int add_learner(PyObject *module);
int add_export(PyObject *module);

/* The model within an object of _loci.Model, for as long as the object lives; NULL, with TypeError raised. */
loci_model *model_of(PyObject *object);
/* A new object of _loci.Model, which the model belongs to from now on, also where it fails (NULL). */
PyObject *model_wrap(loci_model *model);
/* The set within an object of _loci.Dataset; NULL, with TypeError raised. A new object of a set, as model_wrap. */
loci_dataset *dataset_of(PyObject *object);
PyObject *dataset_wrap(loci_dataset *set);

/* For long work: whether a signal came that Python wants to raise (1); takes the interpreter's lock for it. `thread` is what
 * PyEval_SaveThread gave, and is renewed. */
int glue_interrupted(PyThreadState **thread);

#endif
