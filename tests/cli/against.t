# A memory of one coefficient is the mean: of 0, 0, 2, 2 it forgets everything, 1 of 1.
$ printf '0\n0\n2\n2\n' > m.csv; loci remember m.csv --order 1 --detail 0 -o m.loci
$ loci inspect m.loci --json | grep -E 'forgotten|variance"' | grep -v stretches
|   "variance": [1],
|   "forgotten": [1],
|   "forgotten_whole": [1],
$ loci recall m.loci --against m.csv --json
| {
|   "mse": [1],
|   "share": [1],
|   "by_age": [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
|   "by_log_age": [[1]],
|   "variance": [1],
|   "names": ["u"]
| }
$ loci recall m.loci --against m.csv
| The mean square of recall minus signal, as a share of the whole signal's variance:
|
|                                        u
| mean square error                      1
| variance                               1
| share                              100 %
|
| by age, newest first
| 0 to 400 ms                        100 %
| 400 ms to 800 ms                   100 %
| 800 ms to 1.2 s                    100 %
| 1.2 s to 1.6 s                     100 %
| 1.6 s to 2 s                       100 %
| 2 s to 2.4 s                       100 %
| 2.4 s to 2.8 s                     100 %
| 2.8 s to 3.2 s                     100 %
| 3.2 s to 3.6 s                     100 %
| 3.6 s to 4 s                       100 %
|
| 0 to 4 samples                     100 %
$ loci recall m.loci --against - --json < m.csv | grep share
|   "share": [1],
$ loci recall m.loci --against m.csv --json -o m.json && grep -c share m.json
| 1

# Half of it in each of two channels, the newest decade exact.
$ yes "$(printf '0,1\n1,5')" | head -n 128 > square.csv; loci remember square.csv --order 1 --detail 1 -o s.loci
$ loci recall s.loci --against square.csv
| The mean square of recall minus signal, as a share of the whole signal's variance:
|
|                                       u0          u1
| mean square error                 0.2188         3.5
| variance                            0.25           4
| share                             87.5 %      87.5 %
|
| by age, newest first
| 0 to 12.8 s                          0 %         0 %
| 12.8 s to 25.6 s                    75 %        75 %
| 25.6 s to 38.4 s                   100 %       100 %
| 38.4 s to 51.2 s                   100 %       100 %
| 51.2 s to 64 s                     100 %       100 %
| 64 s to 76.8 s                     100 %       100 %
| 76.8 s to 89.6 s                   100 %       100 %
| 89.6 s to 102.4 s                  100 %       100 %
| 102.4 s to 115.2 s                 100 %       100 %
| 115.2 s to 2.133 min               100 %       100 %
|
| 0 to 10 samples                      0 %         0 %
| 10 to 100 samples                 93.3 %      93.3 %
| 100 to 128 samples                 100 %       100 %
$ loci recall s.loci --whole --against square.csv --json | grep -E 'mse|share'
|   "mse": [0.25, 4],
|   "share": [1, 1],

# Columns and times are those that were remembered, unless they are named again.
$ printf 'when,a,b,c\n0,1,5,x\n1,2,6,y\n3,4,7,z\n' > t.csv; loci remember t.csv --time when --column b --end 4 -o t.loci
$ loci recall t.loci --against t.csv --json
| {
|   "mse": [0],
|   "share": [0],
|   "by_age": [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
|   "by_log_age": [[0]],
|   "variance": [0.5],
|   "names": ["b"]
| }
$ loci recall t.loci --column a --against t.csv --json | grep -o '14.2'
| 14.2
$ sed s/when/then/ t.csv > u.csv; loci recall t.loci --against u.csv
! loci: u.csv: has no column when; there are then, a, b, c
= 1
$ loci recall t.loci --against u.csv --time then --json | grep share
|   "share": [0],
$ printf '\000\000\200\077\000\000\000\300' > r.raw; loci remember r.raw --detail 4 --raw f32le --rate 5 -o r.loci && loci recall r.loci --against r.raw --raw f32le --json | grep share
|   "share": [0],

# A window covers its own part only.
$ seq 1 100 > w.csv; loci remember w.csv --measure legt --window 20 --order 4 -o w.loci && loci recall w.loci --against w.csv --json | grep by_age | sed 's/[0-9.e-]*[1-9][0-9.e-]*/N/g'
|   "by_age": [[N, N, null, null, null, null, null, null, null, null]],

# What is not the signal.
$ loci recall m.loci --against none.csv
! loci: none.csv: cannot be opened: No such file or directory
= 1
$ loci recall m.loci --against square.csv
! loci: square.csv: it has 2 channels; m.loci has 1
= 1
$ head -n 3 m.csv > short.csv; loci recall m.loci --against short.csv
! loci: short.csv: the signal has 3 samples, the memory 4
= 1
$ loci recall m.loci --against w.csv
! loci: w.csv: the signal is longer than the memory's 4 samples
= 1
$ loci recall m.loci --against m.csv --rate 2
! loci: m.csv: its rate is 2 Hz; that of m.loci is 1
= 1
$ loci recall m.loci --against t.csv --time when --column a
! loci: t.csv: its samples have times, and m.loci was remembered at a rate; leave --time out
= 1
$ loci recall t.loci --against m.csv --rate 1
! loci: m.csv: has no column b; its columns have no names, only numbers, 1 to 1
= 1
$ loci recall m.loci --against m.csv --points 3
! loci: recall: --against compares the whole signal; it takes no times and no other question
= 2
$ loci recall m.loci --against m.csv --mean
! loci: recall: --against compares the whole signal; it takes no times and no other question
= 2
$ loci recall m.loci --against m.csv --plot m.pdf
! loci: recall: --plot: m.pdf: no chart can be written there; FILE.svg, FILE.png or - was expected
= 2
$ ln m.csv m.svg; loci recall m.loci --against m.csv --plot m.svg
! loci: recall: m.csv is the signal itself; another file was expected
= 2
$ loci recall m.loci --against m.csv --channels 2
! loci: recall: --channels is for --raw; other signals tell their channels themselves
= 2
$ loci recall m.loci --against m.csv -o m.csv
! loci: recall: m.csv is the signal itself; another file was expected
= 2
