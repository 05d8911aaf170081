#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""peer_minirocket.py LOCI [--rounds N] [--digits RECORDINGS] [SET]... - `loci fit` beside MiniROCKET, in turns on one core.

LOCI is the program. SETs are names of those that the package aeon carries (GunPoint, ItalyPowerDemand, ArrowHead, BasicMotions, OSULeaf, ACSF1),
all of them without any, or files NAME_TRAIN.ts with NAME_TEST.ts beside them. RECORDINGS is the folder of the Free Spoken Digit Dataset, of
whose speakers' takes 0 to 4 are the test split; for MiniROCKET its sounds are padded with zeros to the longest.

MiniROCKET is aeon's, 10,000 features, with its own ridge classifier. Seconds are those of the processor, the least of N rounds (3; 1 of digits) in
which both take turns, for learning and answering the test split: loci's with starting the program twice and reading files, MiniROCKET's without
starting Python and reading, and after a fit that compiled it. Where aeon is missing, it says so and ends well.
"""
import argparse
import glob
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import wave

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
try:
    import aeon.datasets
    import numpy as np
    from aeon.classification.convolution_based import MiniRocketClassifier
except ImportError as missing:
    print(f"# {missing.name} is not there: MiniROCKET is left out, and nothing was measured")
    sys.exit(0)

SETS = ("GunPoint", "ItalyPowerDemand", "ArrowHead", "BasicMotions", "OSULeaf", "ACSF1")


def of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def loci(program, data, folder, *options, test=()):
    """Share of right answers, and seconds of the processor."""
    model = os.path.join(folder, "model.safetensors")
    before = of_children()
    subprocess.run([program, "fit", data, "-o", model, "--final", "--threads", "1", *options], check=True, stdout=subprocess.DEVNULL)
    said = subprocess.run([program, "eval", model, data, "--threads", "1", "--json", *test], check=True, capture_output=True, text=True)
    seconds = of_children() - before
    os.remove(model)
    return json.loads(said.stdout)["accuracy"], seconds


def minirocket(train, test):
    before = time.process_time()
    learned = MiniRocketClassifier(n_kernels=10000, n_jobs=1, random_state=0)
    learned.fit(*train)
    right = float(np.mean(learned.predict(test[0]) == test[1]))
    return right, time.process_time() - before


def sound(path):
    with wave.open(path) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float) / 32768


def digits(folder):
    """Both splits, padded: [n][1][longest], and what was said."""
    paths = sorted(glob.glob(os.path.join(folder, "*.wav")))
    sounds = [sound(path) for path in paths]
    x = np.zeros((len(paths), 1, max(len(s) for s in sounds)))
    for row, s in zip(x, sounds):
        row[0, :len(s)] = s
    y = np.array([os.path.basename(path)[0] for path in paths])
    held = np.array([path[-5] in "01234" and path[-6] == "_" for path in paths])
    return (x[~held], y[~held]), (x[held], y[held])


def table(name, rounds, ours, theirs):
    best = [[0, float("inf")], [0, float("inf")]]
    for _ in range(rounds):
        for one, run in zip(best, (ours, theirs)):
            right, seconds = run()
            one[0], one[1] = right, min(one[1], seconds)
    (a, s), (b, t) = best
    print(f"| {name} | {100 * a:.1f} % | {s:.2f} | {100 * b:.1f} % | {t:.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("loci")
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--digits")
    said = parser.parse_args()
    own = os.path.join(os.path.dirname(aeon.datasets.__file__), "data")
    print("| | loci fit | seconds | MiniROCKET | seconds |\n|---|---|---|---|---|", flush=True)
    rng = np.random.default_rng(0)
    minirocket((rng.normal(size=(8, 1, 64)), np.arange(8) % 2), (rng.normal(size=(2, 1, 64)), np.arange(2)))  # compiles
    minirocket((rng.normal(size=(8, 2, 64)), np.arange(8) % 2), (rng.normal(size=(2, 2, 64)), np.arange(2)))
    with tempfile.TemporaryDirectory() as folder:
        for name in said.sets or ([] if said.digits else SETS):
            file = name if name.endswith("_TRAIN.ts") else os.path.join(own, name, name + "_TRAIN.ts")
            splits = [aeon.datasets.load_from_ts_file(file.replace("_TRAIN.ts", part)) for part in ("_TRAIN.ts", "_TEST.ts")]
            table(os.path.basename(file)[:-9], said.rounds, lambda: loci(said.loci, file, folder), lambda: minirocket(*splits))
        if said.digits:
            splits = digits(said.digits)
            table("spoken digits", 1, lambda: loci(said.loci, said.digits, folder, "--label", "{label}_*", "--except", "*_[0-4].wav",
                                                   test=("--match", "*_[0-4].wav")), lambda: minirocket(*splits))


main()
