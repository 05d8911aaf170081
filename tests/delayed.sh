#!/bin/sh
# delayed.sh FOLDER COUNT TASK [LENGTHS] - arrays whose targets no linear filter gives: the input u is noise of -1 to 1, p the product
# of the samples one and three before. COUNT sequences of 32 samples to train with and half as many to test with:
#     value-each   79 + 47 p, at every sample           class-each   whether p > 0, at every sample
#     value        60 + 30 c, where u is such noise that each sample is c times the one before it and something new
#     values       that, and 100 - 20 c
# With LENGTHS sequences have 20 to 32 samples, and what is behind their ends is 0. The same on every machine.
# Everything is bytes of 32 to 126, which every awk can write.
set -eu
mkdir -p "$1"
LC_ALL=C awk -v folder="$1" -v count="$2" -v task="$3" -v lengths="${4:-}" '
function random() { state = state * 16807 % 2147483647; return state / 2147483647 * 2 - 1 }
function byte(x, file) { printf "%c", int(x + 0.5) >file }
function header(file, shape,    text, i) {
    text = sprintf("{\"descr\": \"|u1\", \"fortran_order\": False, \"shape\": (%s), }", shape)
    gsub("\"", "\047", text)
    printf "%cNUMPY%c%c%c%c%-117s\n", 147, 1, 0, 118, 0, text >file
}
function split_write(name, n,    x, y, l, i, k, c, u, p, length_) {
    x = folder "/" name "_x.npy"; y = folder "/" name "_y.npy"; l = folder "/" name "_length.npy"
    header(x, n ", 32")
    header(y, task == "value" ? n "," : task == "values" ? n ", 2" : n ", 32")
    if (lengths) header(l, n ",")
    for (i = 0; i < n; i++) {
        c = task ~ /^values?$/ ? 0.9 * random() : 0
        length_ = lengths ? 20 + int((random() + 1) * 6.499) : 32
        for (k = 0; k < 32; k++) {
            u[k] = k ? c * u[k - 1] + (1 - (c < 0 ? -c : c)) * random() : random()
            byte(k < length_ ? 79 + 47 * u[k] : 0, x)
        }
        for (k = 0; k < 32 && task ~ /each/; k++) {
            p = k < 3 ? 0 : u[k - 1] * u[k - 3]
            byte(k >= length_ ? 0 : task == "value-each" ? 79 + 47 * p : p > 0, y)
        }
        if (task ~ /^values?$/) byte(60 + 30 * c, y)
        if (task == "values") byte(100 - 20 * c, y)
        if (lengths) byte(length_, l)
    }
    close(x); close(y); close(l)
}
BEGIN { state = 1; split_write("train", count); split_write("test", int(count / 2)) }'
