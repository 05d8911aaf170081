# Models as C source: every kind of layer, compiled with warnings as errors, against `loci stream`.
$ "$FIXTURES"/../labelled.sh d 24
$ for k in s4d lstm gru mingru; do loci train d --layer $k --width 12 --batch 8 --steps 3 --seed 4 -o $k.safetensors >log 2>&1 || cat log; done
$ for k in s4d lstm gru mingru; do loci export $k.safetensors -o $k | tail -n 1; done
|~ 256 samples of noise: at most ?.?e-0[78] from loci stream, whose answers are 0.* to 0.*
|~ 256 samples of noise: at most ?.?e-0[78] from loci stream, whose answers are 0.* to 0.*
|~ 256 samples of noise: at most ?.?e-0[78] from loci stream, whose answers are 0.* to 0.*
|~ 256 samples of noise: at most ?.?e-0[78] from loci stream, whose answers are 0.* to 0.*
$ ls s4d; sed -n 1p s4d/CMakeLists.txt
| CMakeLists.txt
| README.md
| s4d.c
| s4d.h
| s4d_test.c
| # made by loci export
$ "$FIXTURES"/../exported.sh s4d lstm gru mingru

# 2,000 samples; a fork by a copy of the struct.
$ awk 'BEGIN { for (k = 0; k < 2000; k++) printf "%.4f\n", 60 + 40 * sin(k * k / 900) }' > x.csv
$ for k in s4d lstm gru mingru; do ./run $k 700 < x.csv > mine.csv; loci stream $k.safetensors x.csv --every 1 | tail -n +2 | cut -d , -f 3- | paste -d , mine.csv - |
+     awk -F, '{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); if (d < 0) d = -d; if (!(d <= most)) most = d } }
+              END { if (NR != 2000 || !(most < 1e-5)) print "'$k'", NR, most }'; done

# The test that comes with it; its own CMakeLists.txt.
$ cc -std=c99 s4d/s4d.c s4d/s4d_test.c -lm -o s4d_test && ./s4d_test
|~ 64 samples: at most * from the answers of loci stream
