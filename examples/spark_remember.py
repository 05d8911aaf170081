#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""spark_remember.py - memories of many sensors by PySpark: each partition remembers its stretch, and stretches add up.

    python3 examples/spark_remember.py [SENSORS [SAMPLES]]

Rows are (sensor, sample number, value), in any order and any partitions, as a table would have them. Each sensor's rows are grouped by stretches of
4,096 samples, which become memories of a few kilobytes where they lie; only these travel, and are added in order. The result is that of one pass over the
signal, to the bit, which is checked. Needs pip install pyspark, and Java.
"""

import os
import sys

import loci
import numpy as np
from pyspark.sql import SparkSession

STRETCH = 4096  # a power of two: sums are then exact, to the bit (docs/python.md)


def signal(sensor: int, samples: int) -> np.ndarray:
    t = np.arange(samples)
    return np.sin(t / (20.0 + sensor)) + 0.1 * np.random.default_rng(sensor).standard_normal(samples)


def remember(stretch):
    """((sensor, number of the stretch), its rows) -> (sensor, [(number, its memory)])."""
    (sensor, number), rows = stretch
    values = np.array([value for _, value in sorted(rows)])
    return sensor, [(number, loci.Memory(order=64, detail=4, rate=1.0, start=number * STRETCH).push(values))]


def main(sensors: int = 3, samples: int = 50_000) -> int:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers that have loci, too
    spark = SparkSession.builder.master("local[2]").appName("loci").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    rows = spark.sparkContext.parallelize(range(sensors), sensors).flatMap(
        lambda sensor: ((sensor, k, float(v)) for k, v in enumerate(signal(sensor, samples)))
    )
    memories = (
        rows.map(lambda row: ((row[0], row[1] // STRETCH), (row[1], row[2])))
        .groupByKey(8)
        .map(remember)
        .reduceByKey(lambda a, b: a + b)  # lists of stretches
        .mapValues(lambda parts: sum(memory for _, memory in sorted(parts, key=lambda part: part[0])))
        .collectAsMap()
    )
    spark.stop()
    for sensor, memory in sorted(memories.items()):
        same = memory == loci.Memory(order=64, detail=4, rate=1.0).push(signal(sensor, samples))
        print(f"sensor {sensor}: {memory!r}, {'the same as' if same else 'NOT'} that of one pass")
        if not same:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
