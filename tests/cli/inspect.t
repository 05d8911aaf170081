$ printf 'a,b\n1,8\n2,6\n3,4\n4,2\n' > m.csv; loci remember m.csv --detail 4 --rate 2 --order 1 -o m.loci
$ loci inspect m.loci
| measure   legs, the whole history; order 1, detail 4
| signal    4 samples of 2 channels at 2 Hz
| time      0 to 2 s: 2 s
| size      4 numbers a channel, 64 bytes in all; the signal as doubles: 64 bytes
|
| channel            mean     variance    forgotten   by 1 alone
| a                   2.5         1.25          0 %        100 %
| b                     5            5          0 %        100 %
|
| age, newest first                               kept as      numbers    forgotten
| 0 to 2 s                                      4 samples            4          0 %
|
| Forgotten: the mean square error of recall, as a share of the variance of the whole signal,
| of a stretch averaged over the channels;
| by 1 alone: if only 1 coefficient of the whole history was kept (recall --whole).
$ loci inspect m.loci --json
| {
|   "measure": "legs",
|   "order": 1,
|   "detail": 4,
|   "method": "exact",
|   "discretization": null,
|   "window": null,
|   "join": "hold",
|   "channels": 2,
|   "names": ["a", "b"],
|   "samples": 4,
|   "missing": 0,
|   "rate": 2,
|   "start": 0,
|   "end": 2,
|   "duration": 2,
|   "numbers": 4,
|   "mean": [2.5, 5],
|   "variance": [1.25, 5],
|   "forgotten": [0, 0],
|   "forgotten_whole": [1, 1],
|   "stretches": [{"start": 0, "end": 2, "samples": 4, "exact": true, "numbers": 4, "error": [0, 0], "variance": [1.25, 5]}]
| }
$ loci inspect - < m.loci | head -n 1
| measure   legs, the whole history; order 1, detail 4

# More samples than are kept as such.
$ yes "$(printf '0\n1')" | head -n 64 > square.csv; loci remember square.csv --order 1 --detail 1 -o s.loci && loci inspect s.loci
| measure   legs, the whole history; order 1, detail 1
| signal    64 samples at 1 Hz
| time      0 to 64 s: 64 s
| size      18 numbers a channel, 144 bytes in all; the signal as doubles: 512 bytes
|
| channel            mean     variance    forgotten   by 1 alone
| u                   0.5         0.25         75 %        100 %
|
| age, newest first                               kept as      numbers    forgotten
| 0 to 16 s                                    16 samples           16          0 %
| 16 s to 32 s                             1 x 16 samples            1        100 %
| 32 s to 64 s                             1 x 32 samples            1        100 %
|
| Forgotten: the mean square error of recall, as a share of the variance of the whole signal;
| by 1 alone: if only 1 coefficient of the whole history was kept (recall --whole).
$ loci inspect s.loci --json | grep -E 'forgotten|variance"|numbers"' | grep -v stretches
|   "numbers": 18,
|   "variance": [0.25],
|   "forgotten": [0.75],
|   "forgotten_whole": [1],
$ loci remember square.csv --order 4 --detail 0 -o s.loci && loci inspect s.loci --json | grep -E 'detail|numbers|stretches' | cut -c 1-60
|   "detail": 0,
|   "numbers": 4,
|   "stretches": [{"start": 0, "end": 64, "samples": 64, "exac

# Measures that cannot tell what they forgot.
$ loci remember m.csv --measure legt --window 1.5 --order 4 -o t.loci && loci inspect t.loci
| measure   legt, the last 1.5 s; order 4
| signal    4 samples of 2 channels at 1 Hz
| time      0 to 4 s: 4 s
| size      8 numbers a channel, 128 bytes in all; the signal as doubles: 64 bytes
| channels  a, b
|
| What was forgotten cannot be told from such a memory; 'loci recall --against SIGNAL' measures it.
$ loci inspect t.loci --json
| {
|   "measure": "legt",
|   "order": 4,
|   "detail": null,
|   "method": null,
|   "discretization": "zoh",
|   "window": 1.5,
|   "join": "hold",
|   "channels": 2,
|   "names": ["a", "b"],
|   "samples": 4,
|   "missing": 0,
|   "rate": 1,
|   "start": 0,
|   "end": 4,
|   "duration": 4,
|   "numbers": 8,
|   "mean": [null, null],
|   "variance": [null, null],
|   "forgotten": [null, null],
|   "forgotten_whole": [null, null],
|   "stretches": [{"start": 0, "end": 4, "samples": 4, "exact": false, "numbers": 4, "error": [null, null], "variance": [null, null]}]
| }
$ loci remember m.csv --measure lagt --window 1.5 --order 4 --discretization bilinear -o t.loci && loci inspect t.loci | head -n 1
| measure   lagt, fading with a time constant of 1.5 s; order 4, bilinear
$ loci remember m.csv --method bilinear --order 4 -o t.loci && loci inspect t.loci | head -n 1
| measure   legs, the whole history; order 4, by the published bilinear recurrence
$ loci inspect t.loci --json | grep -E 'detail|method|forgotten'
|   "detail": null,
|   "method": "bilinear",
|   "forgotten": [null, null],
|   "forgotten_whole": [null, null],

# Stamped, joined, with missing values held over.
$ printf 't,u\n0,1\n1,\n2,3\n' > h.csv; loci remember h.csv --time t --linear --missing hold -o h.loci && loci inspect h.loci | head -n 4
| measure   legs, the whole history; order 64, detail 4
| signal    3 samples, each with its time, joined by lines; 1 missing value held over
| time      0 to 2 s: 2 s
| size      3 numbers a channel, 24 bytes in all; the signal as doubles: 24 bytes
$ loci inspect h.loci --json | grep -E 'rate|join|missing|mean'
|   "join": "linear",
|   "missing": 1,
|   "rate": null,
|   "mean": [1.5],

$ loci inspect none.loci
! loci: none.loci: cannot be opened: No such file or directory
= 1
$ loci inspect m.csv
! loci: m.csv: is a signal, neither a memory nor a model; 'loci remember m.csv -o M.loci' makes a memory of it to inspect
= 1
$ loci inspect
! loci: inspect: FILE is missing; 'loci help inspect' shows how to use it
= 2
