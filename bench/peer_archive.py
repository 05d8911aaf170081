#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""peer_archive.py LOCI [NAME=FILE.npy]... [--svg FILE] - bytes a sample of archives beside those of other compressors, at the same error.

LOCI is the program. Signals are one-dimensional arrays; without any, three that are made here: a random walk, two sines, noise.
For each, and for errors of 5 % and 1.5 % of the standard deviation, a table of bytes a sample: at that rms error, then at a largest
error of twice that. With --svg the first is drawn over errors from 0.3 % to 30 %, SIGNAL by SIGNAL.

Peers, each left out with a word where it is missing: SZ3 (pysz), zfp (zfpy), wavelets (pywt: db4, the k largest coefficients at 2 bytes and
the cheapest code for which they are), pcodec (lossless); and the swinging door, which is here. Then means over random windows, at the bytes of
the archive of 5 %: of the archive, of equal stretches' averages as rrdtool keeps them (its file's header is not counted), of a swinging door.
"""
import math
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np


def optional(name):
    try:
        return __import__(name)
    except ImportError:
        print(f"# {name} is not there: left out")
        return None


pysz, zfpy, pywt, pcodec = (optional(name) for name in ("pysz", "zfpy", "pywt", "pcodec"))


def rms(a, b):
    return float(np.sqrt(np.mean((a - b) ** 2)))


class Loci:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def run(self, x, *options):
        """Bytes a sample, and the recall."""
        signal, archive, recalled = (os.path.join(self.folder, name) for name in ("x.npy", "a.loci", "y.npy"))
        np.save(signal, x)
        subprocess.run([self.program, "remember", signal, "-o", archive, *options], check=True)
        size = os.path.getsize(archive)
        subprocess.run([self.program, "recall", archive, "--from", "0", "--to", str(len(x) - 1), "--points", str(len(x)), "-o",
                        recalled], check=True)
        return size / len(x), np.load(recalled)[:, 1]

    def at_rms(self, x, error):
        return self.run(x, "--error", repr(float(error)))

    def at_largest(self, x, error):
        return self.run(x, "--max", repr(float(error)))


def sz3(x, bound):
    config = pysz.szConfig()
    config.errorBoundMode = pysz.szErrorBoundMode.ABS
    config.absErrorBound = bound
    data, _ = pysz.sz.compress(x, config)
    y, _ = pysz.sz.decompress(data, x.dtype, x.shape)
    return len(data) / len(x), y


def zfp(x, bound):
    data = zfpy.compress_numpy(x, tolerance=bound)
    return len(data) / len(x), zfpy.decompress_numpy(data)


def swinging_door(x, bound):
    """Bristol 1990: as long as one line through the last point kept passes within `bound` of all samples, none is kept; 8 bytes a value,
    2 a distance."""
    y, at, kept = np.empty_like(x), 0, 1
    while at < len(x) - 1:
        low, high, end = -math.inf, math.inf, at + 1
        for i in range(at + 1, len(x)):
            low, high = max(low, (x[i] - bound - x[at]) / (i - at)), min(high, (x[i] + bound - x[at]) / (i - at))
            if low > high:
                break
            end = i
        y[at:end + 1] = x[at] + (x[end] - x[at]) * np.arange(end - at + 1) / (end - at)
        at, kept = end, kept + 1
    return kept * 10 / len(x), y


def wavelets(x, share):
    """The share of coefficients that are largest."""
    parts = pywt.wavedec(x, "db4", mode="periodization")
    flat, shape = pywt.coeffs_to_array(parts)
    k = max(1, int(share * len(flat)))
    limit = np.sort(np.abs(flat))[-k]
    kept = np.where(np.abs(flat) >= limit, flat, 0)
    p = k / len(flat)
    indices = len(flat) * (-(p * math.log2(p)) - ((1 - p) * math.log2(1 - p) if p < 1 else 0)) / 8
    y = pywt.waverec(pywt.array_to_coeffs(kept, shape, output_format="wavedec"), "db4", mode="periodization")
    return (2 * k + indices) / len(x), y[:len(x)]


def at_error(coder, x, target, low, high, error=rms):
    """By bisection: the fewest bytes of a coder whose error does not pass the target."""
    best = None
    for _ in range(18):
        middle = math.sqrt(low * high)
        size, y = coder(x, middle)
        if error(x, y) <= target:
            best, low = (size, y), middle
        else:
            high = middle
    return best[0] if best else math.nan


def least(coder, x, target, low, high):
    """The fewest bytes over forty bounds, for a coder whose errors do not rise evenly with its bound."""
    found = [(size, rms(x, y)) for size, y in (coder(x, bound) for bound in np.geomspace(low, high, 40))]
    return min((size for size, error in found if error <= target), default=math.nan)


def peers_at_rms(x, target, door=True):
    deviation = float(x.std())
    row = {}
    if pysz:
        row["SZ3"] = least(sz3, x, target, target, 5 * target)
    if zfpy:
        row["zfp"] = at_error(zfp, x, target, target / 4, 64 * target)
    if pywt:
        row["wavelets"] = at_error(lambda x, s: wavelets(x, 1 / s), x, target, 1, len(x))
    if door:
        row["swinging door"] = at_error(swinging_door, x, target, target / 2, 8 * target + 1e-9 * deviation)
    return row


def table(loci, signals):
    for name, x in signals.items():
        print(f"\n{name}, {len(x)} samples: bytes a sample")
        for share in (0.05, 0.015):
            target = share * float(x.std())
            size, y = loci.at_rms(x, target)
            row = {"loci": size, **peers_at_rms(x, rms(x, y))}
            print(f"  rms {100 * rms(x, y) / x.std():.2f} %:     " + "  ".join(f"{k} {v:.4f}" for k, v in row.items()))
            size, y = loci.at_largest(x, 2 * target)
            row = {"loci": size}
            if pysz:
                row["SZ3"] = sz3(x, 2 * target)[0]
            if zfpy:
                row["zfp"] = zfp(x, 2 * target)[0]
            print(f"  largest {200 * share:.1f} %: " + "  ".join(f"{k} {v:.4f}" for k, v in row.items()))
        whole = np.rint(100 * x / x.std()).astype(np.int64)
        row = {"loci": loci.run(whole.astype(float), "--lossless", "1")[0]}
        if pcodec:
            from pcodec import ChunkConfig, standalone
            row["pcodec"] = len(standalone.simple_compress(whole, ChunkConfig())) / len(x)
        print("  lossless, of hundredths of the deviation: " + "  ".join(f"{k} {v:.4f}" for k, v in row.items()))


def rrdtool_averages(x, rows, folder):
    """x as a round-robin archive of so many averages tells it: [n], each stretch its average."""
    path, each = os.path.join(folder, "x.rrd"), -(-len(x) // rows)
    start = 10**9 // each * each  # its stretches begin at multiples of their length
    subprocess.run(["rrdtool", "create", path, "--start", str(start), "--step", "1", "DS:x:GAUGE:2:U:U", f"RRA:AVERAGE:0.5:{each}:{rows + 1}"], check=True)
    for at in range(0, len(x), 2000):
        subprocess.run(["rrdtool", "update", path, *(f"{start + at + i + 1}:{v!r}" for i, v in enumerate(x[at:at + 2000].tolist()))], check=True)
    end = len(x) // each * each
    text = subprocess.run(["rrdtool", "fetch", path, "AVERAGE", "-r", str(each), "-s", str(start), "-e", str(start + end - 1)], check=True, capture_output=True,
                          text=True).stdout
    kept = {int(line.split(":")[0]): float(line.split(":")[1]) for line in text.splitlines() if ":" in line}
    y = np.repeat([kept.get(start + (i + 1) * each, math.nan) for i in range(end // each)], each)
    return np.append(y, np.full(len(x) - end, y[-1]))


def means_table(loci, signals):
    """The rms error of means over 2,000 windows, of 10 samples to a tenth of the signal, in % of the standard deviation."""
    random = np.random.default_rng(2)
    for name, x in signals.items():
        n, deviation = len(x), float(x.std())
        lengths = np.exp(random.uniform(math.log(10), math.log(n / 10), 2000)).astype(int)
        begins = (random.random(2000) * (n - lengths)).astype(int)

        def off(y):
            sums = np.concatenate([[0.0], np.cumsum(y - x)])
            return 100 * float(np.sqrt(np.mean(((sums[begins + lengths] - sums[begins]) / lengths) ** 2))) / deviation

        size, y = loci.at_rms(x, 0.05 * deviation)
        row = {"loci": off(y)}
        if shutil.which("rrdtool"):
            row["rrdtool"] = off(rrdtool_averages(x, max(1, int(size * n / 8)), loci.folder))
        low, high = 1e-3 * deviation, 10 * deviation
        for _ in range(12):
            middle = math.sqrt(low * high)
            kept, z = swinging_door(x, middle)
            low, high = (low, middle) if kept <= size else (middle, high)
        row["swinging door"] = off(swinging_door(x, high)[1])
        print(f"{name}: means at {size:.4f} bytes a sample, off by  " + "  ".join(f"{k} {v:.3f} %" for k, v in row.items()))


COLOURS = {"loci": "#1f6fb2", "SZ3": "#c8553d", "zfp": "#7a9e3f", "wavelets": "#8a63a8"}


def picture(loci, signals, path):
    """Bytes a sample over rms error, both logarithmic, a panel a signal, four a row."""
    wide, high, rows = 230, 190, (len(signals) + 3) // 4
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {4 * wide} {rows * high + 30}" font-family="sans-serif" '
           'font-size="11"><rect width="100%" height="100%" fill="white"/>']
    for index, (name, x) in enumerate(signals.items()):
        left, top = index % 4 * wide + 40, index // 4 * high + 22
        width, height = wide - 55, high - 55
        place = lambda share, size: (left + width * (math.log10(share) + 2.5) / 2,
                                     top + height * (math.log10(2) - math.log10(max(size, 2e-4))) / 4)
        out.append(f'<text x="{left}" y="{top - 6}" font-weight="bold">{name}</text>'
                   f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="none" stroke="#bbb"/>')
        for share in (0.01, 0.1):
            at = place(share, 1)[0]
            out.append(f'<text x="{at}" y="{top + height + 13}" text-anchor="middle">{share:.0%}</text>')
        for size in (1, 0.1, 0.01, 0.001):
            at = place(1, size)[1]
            out.append(f'<text x="{left - 4}" y="{at + 4}" text-anchor="end">{size:g}</text>'
                       f'<line x1="{left}" x2="{left + width}" y1="{at}" y2="{at}" stroke="#eee"/>')
        lines = {}
        for share in np.geomspace(0.004, 0.25, 9):
            size, y = loci.at_rms(x, share * float(x.std()))
            reached = rms(x, y) / float(x.std())
            for peer, bytes_a_sample in {"loci": size, **peers_at_rms(x, rms(x, y), door=False)}.items():
                if bytes_a_sample == bytes_a_sample:
                    lines.setdefault(peer, []).append(place(min(max(reached, 0.0032), 0.31), min(bytes_a_sample, 2)))
        for peer, points in lines.items():
            path_of = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
            out.append(f'<polyline points="{path_of}" fill="none" stroke="{COLOURS[peer]}" '
                       f'stroke-width="{2.5 if peer == "loci" else 1.3}"/>')
    for index, (peer, colour) in enumerate(COLOURS.items()):
        out.append(f'<text x="{40 + 130 * index}" y="{rows * high + 18}" fill="{colour}">{peer}</text>')
    out.append(f'<text x="{40 + 130 * len(COLOURS)}" y="{rows * high + 18}">bytes a sample over rms error</text></svg>')
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


def main():
    arguments = sys.argv[1:]
    svg = None
    if "--svg" in arguments:
        at = arguments.index("--svg")
        svg = arguments[at + 1]
        del arguments[at:at + 2]
    if not arguments:
        sys.exit(__doc__)
    random, k = np.random.default_rng(1), np.arange(100000)
    signals = {name: np.load(file).astype(float) for name, file in (a.split("=", 1) for a in arguments[1:])}
    if not signals:
        signals = {"walk": np.cumsum(random.standard_normal(100000)), "sines": np.sin(k / 5000) + 0.3 * np.sin(k / 70),
                   "noise": random.standard_normal(100000)}
    with tempfile.TemporaryDirectory() as folder:
        loci = Loci(arguments[0], folder)
        if svg:
            picture(loci, signals, svg)
        else:
            table(loci, signals)
            means_table(loci, signals)


if __name__ == "__main__":
    main()
