/* SPDX-License-Identifier: MIT
 * unpack.c - what the readers ask of zlib (src/data/gzip.c), from the zlib that Python has. It is called without the interpreter's
 * lock, and takes it. */
#include "glue.h"

#include <string.h>

#include <zlib.h>

static const char missing[] = "this Python has no module zlib", damaged[] = "gzip cannot unpack it";

/* A new zlib.decompressobj(wbits) as the state of the stream; an exception where there is none. */
static void begin(z_stream *stream, int bits)
{
    PyObject *zlib = PyImport_ImportModule("zlib");
    stream->state = zlib ? PyObject_CallMethod(zlib, "decompressobj", "i", bits) : NULL;
    Py_XDECREF(zlib);
}

/* bits are kept in `adler`, of which gzip.c knows nothing. */
int inflateInit2_(z_stream *stream, int bits, const char *version, int size)
{
    (void)version, (void)size;
    const PyGILState_STATE lock = PyGILState_Ensure();
    begin(stream, bits);
    const int memory = PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_MemoryError);
    stream->adler = (uLong)bits;
    stream->msg = stream->state ? NULL : missing;
    PyErr_Clear();
    PyGILState_Release(lock);
    return memory ? Z_MEM_ERROR : Z_OK;
}

int inflateEnd(z_stream *stream)
{
    const PyGILState_STATE lock = PyGILState_Ensure();
    Py_XDECREF((PyObject *)stream->state);
    stream->state = NULL;
    PyGILState_Release(lock);
    return Z_OK;
}

int inflateReset(z_stream *stream)
{
    inflateEnd(stream);
    return inflateInit2_(stream, (int)stream->adler, ZLIB_VERSION, (int)sizeof *stream);
}

/* Bytes of an attribute of the state. */
static Py_ssize_t left(PyObject *state, const char *name)
{
    PyObject *bytes = PyObject_GetAttrString(state, name);
    const Py_ssize_t size = bytes ? PyBytes_Size(bytes) : 0;
    Py_XDECREF(bytes);
    return size;
}

/* Takes some of the input, gives some output. */
static int some(z_stream *stream)
{
    PyObject *state = stream->state,
             *out = PyObject_CallMethod(state, "decompress", "y#I", stream->next_in,
                                        (Py_ssize_t)stream->avail_in, stream->avail_out);
    PyObject *eof = out ? PyObject_GetAttrString(state, "eof") : NULL;
    int code = eof && PyObject_IsTrue(eof) > 0 ? Z_STREAM_END : Z_OK;
    if (eof) {
        const size_t size = (size_t)PyBytes_Size(out);
        /* at the end what follows is under both names where output was limited before, else under one */
        const Py_ssize_t unused = left(state, code == Z_STREAM_END ? "unused_data" : "unconsumed_tail");
        memcpy(stream->next_out, PyBytes_AsString(out), size);
        stream->next_out += size;
        stream->avail_out -= (uInt)size;
        stream->next_in += stream->avail_in - (uInt)unused;
        stream->avail_in = (uInt)unused;
    } else {
        code = PyErr_ExceptionMatches(PyExc_MemoryError) ? Z_MEM_ERROR : Z_DATA_ERROR;
        stream->msg = damaged;
    }
    PyErr_Clear();
    Py_XDECREF(eof), Py_XDECREF(out);
    return code;
}

int inflate(z_stream *stream, int flush)
{
    (void)flush;
    if (!stream->state) return Z_DATA_ERROR;
    const PyGILState_STATE lock = PyGILState_Ensure();
    const int code = some(stream);
    PyGILState_Release(lock);
    return code;
}
