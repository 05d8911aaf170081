#!/bin/bash
# python.sh BUILD PROGRAM - the package for Python: a wheel of the module in BUILD, installed by pip without the network into an environment of
# its own, build/python, that sees Debian's NumPy and pytest; then tests/python. Output is TAP.
set -u
cd "$(dirname "$0")/.." || exit 2
module=$(realpath "$1")/_loci.abi3.so
LOCI=$(realpath "$2")
folder=build/python
python=/usr/bin/python3
export LOCI LOCI_TAP=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1

count=0
step() { # TITLE COMMAND...: a line of TAP for what precedes the tests
    count=$((count + 1))
    local title=$1 said
    shift
    if said=$("$@" 2>&1); then return; fi
    echo "not ok - $title"
    echo "$said"
    exit 1
}

step "the readers need no more of zlib and libsndfile than bindings/python/standin has" \
    cc -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Werror -fsyntax-only -Ibindings/python/standin -Iinclude -Isrc src/data/audio.c src/data/gzip.c
[ -x $folder/bin/python ] || step "an environment" $python -m venv --system-site-packages $folder
step "pip installs the package" $folder/bin/pip install --quiet --no-index --no-deps --force-reinstall \
    --config-settings module="$module" ./bindings/python
step "the wheel alone is what is imported" $folder/bin/python -c '
import loci, sys
assert loci.__file__.startswith(sys.prefix), loci.__file__'
cd $folder || exit 2
exec bin/python -P -m pytest -q -p no:cacheprovider -s ../../tests/python
