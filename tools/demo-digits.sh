#!/bin/bash
# demo-digits.sh LOCI FOLDER - a part of ./demo: the program LOCI listens to a spoken digit, with a model that comes with loci. A chart goes
# into FOLDER. Model and sound are of the Free Spoken Digit Dataset (models/README.md).
set -eu -o pipefail
cd "$(dirname "$0")/.."
loci=$(realpath "$1")
mkdir -p "$2"

say() { printf '\n%s\n\n' "$*"; }

say "A spoken word, of a voice whose other recordings the model models/digits.safetensors has learned from, in 33 KB. It comes as 3,457
samples, one after the other, and there is an answer after each:"
"$loci" stream models/digits.safetensors models/seven.wav --every 400 --plot "$2/seven.svg" -o - |
    awk -F, 'NR > 1 { printf "after %.2f s  %s  %5.1f %%\n", $1, $2, 100 * $($2 + 3) }'
say "The chart of it is $2/seven.svg. The same model runs on a microcontroller, as one C file: examples/firmware."
