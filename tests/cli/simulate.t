# x' = -x + u, y = x by forward Euler at dt 0.5 halves the distance to the input: numbers that are exact.
$ printf '8\n8\n0\n0\n' > u.csv
$ loci simulate legs:1,lag=0,dt=0.5 u.csv --discretization euler --form recurrent
| time,y
| 0.5,4
| 1,6
| 1.5,3
| 2,1.5
$ loci simulate legs:1,lag=0 u.csv --rate 2 --discretization euler --form recurrent -o y.csv && cat y.csv
| time,y
| 0.5,4
| 1,6
| 1.5,3
| 2,1.5
$ loci simulate legs:1,lag=0,copies=2,dt=0.5 u.csv --discretization euler --form recurrent | head -n 2
| time,y0,y1
| 0.5,4,4
$ loci simulate legs:1,lag=0,copies=2 u.csv --discretization euler --form recurrent | cut -d, -f 1
| sample
| 0
| 1
| 2
| 3
$ loci simulate - u.csv
! loci: simulate: "-" is no system; KIND:N with legs, legt, fout, lagt, s4-legs, s4-legt, s4-fout, s4d-lin, s4d-inv, s4d-legs, s4d-real or s5 was expected, or an .npz file
= 2
$ loci simulate legs:1,lag=0,dt=0.5 - --discretization euler --form recurrent < u.csv | cmp - y.csv
$ loci simulate legs:1,lag=0,dt=0.1 u.csv --form recurrent | cut -d, -f 1 | tail -n 2
| 0.3
| 0.4

# All forms give the same; a signal may pass from one to another anywhere. compare: the largest difference of two columns.
$ cat > compare.awk <<'END'
+ BEGIN { FS = "," }
+ FNR == 1 { next }
+ NR == FNR { y[FNR] = $NF; next }
+ { d = y[FNR] - $NF; if (d < 0) d = -d; if (d > far) far = d; count++ }
+ END { print count, (far < 1e-12 ? "the same" : far) }
+ END
$ awk 'BEGIN { for (k = 0; k < 10001; k++) print sin(k * k / 1000) + (k % 7) / 7 }' > u.csv
$ loci simulate s4d-lin:16,dt=0.05 u.csv --form recurrent > y.csv
$ for f in continuous convolution mixed choose; do loci simulate s4d-lin:16,dt=0.05 u.csv --form $f | awk -f compare.awk y.csv -; done
| 10001 the same
| 10001 the same
| 10001 the same
| 10001 the same
$ for k in 0 1 4096 5000 10001; do
+     for f in continuous recurrent convolution mixed; do loci simulate s4d-lin:16,dt=0.05 u.csv --form $f --switch-at $k | awk -f compare.awk y.csv -; done; done | uniq -c | sed 's/^ *//'
| 20 10001 the same
$ loci simulate s4d-lin:16,dt=0.05 u.csv --form mixed --switch-at 10002 -o none.csv
! loci: u.csv: --switch-at is 10002; it has 10,001 samples
= 1
$ test -e none.csv
= 1
$ for s in legs:8,lag=1 s4-legt:6,copies=3,dt=0.1 "$FIXTURES/system_dplr.npz --column 1"; do
+     loci simulate $s u.csv --form recurrent > y.csv
+     for f in convolution mixed; do loci simulate $s u.csv --form $f | awk -f compare.awk y.csv -; done; done
| 10001 the same
| 10001 the same
| 10001 the same
| 10001 the same
| 10001 the same
| 10001 the same
$ loci simulate legs:8,lag=1 u.csv --discretization foh --form recurrent > y.csv; head -n 2 y.csv | cut -d , -f 1
| time
| 0
$ for f in continuous convolution mixed; do loci simulate legs:8,lag=1 u.csv --discretization foh --form $f | awk -f compare.awk y.csv -; done
| 10001 the same
| 10001 the same
| 10001 the same

# Arrays: [samples][copies].
$ loci simulate s4d-lin:8,copies=3 u.csv -o y.npy && head -c 128 y.npy | grep -ac "'shape': (10001, 3)"
| 1
# Endings tell the kind whatever the case of their letters.
$ loci simulate s4d-lin:8,copies=3 u.csv -o Y.NPY && cmp y.npy Y.NPY
$ loci simulate s4d-lin:8 u.csv -o y.npy && loci simulate legs:1,lag=0,dt=1 y.npy --form recurrent | wc -l
| 10002

# Each sample has a time: answers at the ends of the intervals, or at the samples where lines join them.
$ printf 't,u\n0,8\n1,8\n1.5,0\n3,5\n' > t.csv
$ loci simulate legs:1,lag=0 t.csv --time t --discretization euler
| time,y
| 1,8
| 1.5,8
| 3,-4
$ loci simulate legs:1,lag=0 t.csv --time t --discretization euler --end 4
| time,y
| 1,8
| 1.5,8
| 3,-4
| 4,5
$ loci simulate legs:4,lag=0.5 t.csv --time t --form recurrent > y.csv; loci simulate legs:4,lag=0.5 t.csv --time t --form continuous | awk -f compare.awk y.csv -
| 3 the same
$ loci simulate legs:4,lag=0.5 t.csv --time t --form recurrent --discretization foh > y.csv; cut -d, -f 1 y.csv
| time
| 0
| 1
| 1.5
| 3
$ loci simulate legs:4,lag=0.5 t.csv --time t --form continuous --discretization foh | awk -f compare.awk y.csv -
| 4 the same
$ loci simulate legs:4,lag=0.5 t.csv --time t --form continuous --discretization foh --switch-at 2 | awk -f compare.awk y.csv -
| 4 the same
$ printf 'd,u\n2020-01-01,1\n2020-01-02,2\n2020-01-04,3\n' > d.csv; loci simulate legs:1,lag=0 d.csv --time d --end 2020-01-05 | cut -d, -f 1
| time
| 2020-01-02T00:00:00Z
| 2020-01-04T00:00:00Z
| 2020-01-05T00:00:00Z
$ loci simulate legs:1,lag=0,dt=0.5 t.csv --time t --discretization euler
| time,y
| 1,4
| 1.5,5
| 3,1.25
$ loci simulate legs:1,lag=0,dt=0.5 t.csv --time t --rate 2
! loci: simulate: --rate and --time exclude each other; one of them was expected
= 2
$ loci simulate legs:4 t.csv --time t --form convolution
! loci: simulate: --form convolution needs equal steps: with --time the system's matrices change from sample to sample, and such a recurrence is no convolution; continuous or recurrent was expected
= 2
$ loci simulate legs:4 t.csv --time t --form mixed
! loci: simulate: --form mixed needs equal steps: with --time the system's matrices change from sample to sample, and such a recurrence is no convolution; continuous or recurrent was expected
= 2
$ loci simulate legs:4 t.csv --time t --end 2
! loci: t.csv: --end is 2; a time after the last sample at 3 was expected
= 1
$ head -n 2 t.csv > one.csv; loci simulate legs:4 one.csv --time t
! loci: one.csv: holds one sample, and nothing says how long it lasts; --end was expected
= 1
$ loci simulate legs:4 t.csv --time t --end 4 --discretization foh
! loci: simulate: --end is for held samples; those joined by lines (foh) end with the last one
= 2

# Channels: one drives all copies; as many as copies, each its own.
$ printf 'a,b\n8,4\n8,4\n' > two.csv
$ loci simulate legs:1,lag=0,copies=2,dt=0.5 two.csv --discretization euler --form recurrent
| time,y0,y1
| 0.5,4,2
| 1,6,3
$ loci simulate legs:1,lag=0,dt=0.5 two.csv --discretization euler --form recurrent --column b
| time,y
| 0.5,2
| 1,3
$ loci simulate legs:1,lag=0 two.csv
! loci: two.csv: it has 2 channels, and legs:1,lag=0 has 1 copy; one channel for every copy was expected (--column chooses), or copies=2 in the system
= 1
$ loci simulate legs:1,lag=0,copies=3 two.csv
! loci: two.csv: it has 2 channels, and legs:1,lag=0,copies=3 has 3 copies; one channel for every copy, or one for each, was expected (--column chooses), or copies=2 in the system
= 1

# A system that grows.
$ loci simulate "$FIXTURES/system_dense.npz" u.csv -o y.npy 2>&1 | sed 's/ [^ ]*npz: / /'
| loci: warning: copy 0 is unstable: its state grows as exp(0.451 t), without bound
$ yes 1 | head -n 30000 | loci simulate "$FIXTURES/system_dense.npz" - -o y.npy 2>&1 | sed 's/ [^ ]*npz: / /'
| loci: warning: copy 0 is unstable: its state grows as exp(0.451 t), without bound
|~ loci: warning: the answer overflows; from sample * on it is no finite number

# Input that cannot be used.
$ printf '1\nnan\n3\n' > nan.csv; loci simulate legs:4 nan.csv -o y.csv
! loci: nan.csv: line 2: "u" is missing or not a number; a number was expected, or --missing hold
= 1
$ loci simulate legs:1,lag=0,dt=0.5 nan.csv --missing hold --discretization euler --form recurrent
| time,y
| 0.5,0.5
| 1,0.75
| 1.5,1.875
$ : > empty.csv; loci simulate legs:4 empty.csv
! loci: empty.csv: is empty
= 1
$ printf 't,u\n0,1\n1,2\n1,3\n' > still.csv; loci simulate legs:4 still.csv --time t -o y.npy
! loci: still.csv: line 4: time stands still at 1; a later time was expected
= 1
$ loci simulate legs:4 none.csv
! loci: none.csv: cannot be opened: No such file or directory
= 1
$ yes 1 | loci simulate legs:1,lag=0,dt=0.5 - --form recurrent --discretization euler | head -n 2
| time,y
| 0.5,0.5

# What it does not understand.
$ loci simulate legs:4
! loci: simulate: SIGNAL is missing; 'loci help simulate' shows how to use it
= 2
$ loci simulate legs:4 u.csv --form fast
! loci: simulate: --form is "fast"; continuous, recurrent, convolution, mixed or choose was expected
= 2
$ loci simulate legs:4 u.csv --form continuous --discretization bilinear
! loci: simulate: --form continuous with --discretization bilinear: a differential equation is not discretized; zoh, a held input, or foh, one joined by lines, was expected
= 2
$ loci simulate s4-legs:4 u.csv --discretization zoh
!~ loci: s4-legs:4: discretization is zoh, under which a diagonal plus low rank system becomes dense; bilinear was expected*
= 1
$ loci simulate legs:4 u.csv --rate 0
! loci: simulate: --rate is 0; more than 0 Hz was expected
= 2
$ loci simulate legs:4 u.csv --rate 2 --time t
! loci: simulate: --rate and --time exclude each other; one of them was expected
= 2
$ loci simulate legs:4 u.csv --end 3
! loci: simulate: --end is for --time; at equal steps the last sample lasts as long as the others
= 2
$ loci simulate legs:4 u.csv -o u.csv
! loci: simulate: u.csv is the signal itself; another file was expected for the answer
= 2
$ loci simulate legs:4 u.csv --missing interpolate
! loci: simulate: --missing is "interpolate"; refuse or hold was expected
= 2
