#!/bin/sh
# labelled.sh FOLDER COUNT - a data set that a tiny model learns at once: IDX images of 4 x 5 pixels, COUNT to train with and
# half as many to test with, in turn of class 0, stripes 2 wide, and of class 1, stripes 4 wide, with noise and a
# random phase. The same on every machine. Pixels are printable bytes, which every awk can write.
set -eu
mkdir -p "$1"
LC_ALL=C awk -v folder="$1" -v count="$2" '
function random(n) { state = state * 16807 % 2147483647; return int(state / 2147483647 * n) }
function number(file, n) { printf "%c%c%c%c", int(n / 16777216) % 256, int(n / 65536) % 256, int(n / 256) % 256, n % 256 >file }
function split_write(name, n,    i, k, phase, file) {
    file = folder "/" name "-images-idx3-ubyte"
    number(file, 2051); number(file, n); number(file, 4); number(file, 5)
    for (i = 0; i < n; i++) {
        phase = random(8)
        for (k = 0; k < 20; k++) printf "%c", 48 + random(20) + 40 * (int((k + phase) / (i % 2 ? 4 : 2)) % 2) >file
    }
    close(file)
    file = folder "/" name "-labels-idx1-ubyte"
    number(file, 2049); number(file, n)
    for (i = 0; i < n; i++) printf "%c", i % 2 >file
    close(file)
}
BEGIN { state = 1; split_write("train", count); split_write("t10k", int(count / 2)) }'
