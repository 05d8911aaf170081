# The forms of every structure agree.
$ for s in legs:8 legt:9,lag=1 lagt:5 fout:6 s4d-lin:8 s4d-inv:16,copies=3 s4d-legs:4 s4d-real:2 s5:6,copies=2; do
+     for d in zoh foh bilinear backward; do loci check $s --length 333 --discretization $d | tail -n 1; done; done | sort | uniq -c | sed 's/^ *//'
| 18 all 15 gaps are within their bounds
| 18 all 19 gaps are within their bounds
$ for s in s4-legs:8 s4-legt:6 s4-fout:8,copies=9; do loci check $s --length 333 | tail -n 1; done
| all 15 gaps are within their bounds
| all 15 gaps are within their bounds
| all 15 gaps are within their bounds
$ for n in 1 2 3 63 64 65; do loci check s4d-lin:4 --seed $n --length $n | tail -n 1; done | uniq
| all 19 gaps are within their bounds
$ loci check "$FIXTURES/system_diagonal.npz" > table && tail -n 1 table
| all 19 gaps are within their bounds

# What it prints.
$ loci check s4d-lin:8 --length 100 | sed 's/[0-9.]*e-[01][0-9] /# /g'
| s4d-lin:8: diagonal, order 8, 1 copy, dt 0.01 s
|~ zoh, 100 samples of noise, cut after *, * and *; the largest answer is *
|
|~ double                                  gap         of state    bound
|~   recurrent : continuous*ok
|~   recurrent : convolution*ok
|~   recurrent : mixed*ok
|~   convolution : mixed*ok
|~   continuous, cut*ok
|~   recurrent, cut*ok
|~   convolution, cut*ok
|~   mixed, cut*ok
|~   recurrent : continuous, uneven steps*ok
|~   recurrent : differential equation*ok
|
|~ float                                   gap         of state    bound
|~   recurrent : convolution*ok
|~   recurrent : mixed*ok
|~   convolution : mixed*ok
|~   recurrent, cut*ok
|~   convolution, cut*ok
|~   mixed, cut*ok
|
|~ float : double                          gap         of state    bound
|~   recurrent*ok
|~   convolution*ok
|~   mixed*ok
|
| all 19 gaps are within their bounds
$ loci check s4-legs:8 --json | cut -c -59
| {
|   "pass": true,
|   "tolerance": 0.0001,
|   "tolerance_double": 1e-10,
|~   "gaps": {"double, recurrent : convolution": *
|~   "state_gaps": {"double, recurrent : convolution": *
|   "left_out": ["continuous: zoh, which holds its input, and
| }

# A slow mode behind a fast one: as the differential equation has it (1 - exp(-t/2) less what comes late, by hand).
$ loci check "$FIXTURES/system_stiff.npz" --length 200 | tail -n 1; for form in continuous recurrent convolution mixed; do
+     yes 1 | head -n 50 | loci simulate "$FIXTURES/system_stiff.npz" - --form $form | tail -n 1 | awk -F, '{ d = $2 - 0.472808429590719; print d * d < 1e-24 ? "the same" : $2 }'; done
| all 19 gaps are within their bounds
| the same
| the same
| the same
| the same
$ loci check s4d-lin:400 --length 3 | tail -n 4
|
| left out: differential equation: of order 400 it takes minutes
|
| all 18 gaps are within their bounds

# What overflows fails, and is not hidden.
$ loci check s4d-lin:64 --discretization euler --json | grep -E 'pass|null' | cut -c -14
|   "pass": fals
|   "gaps": {"do
|   "state_gaps"
! loci: warning: s4d-lin:64: unstable under euler, though the system itself is not: each step grows by a factor of up to 1.392; a smaller dt or another discretization would not
$ loci check s4d-lin:64 --discretization euler 2> warning | tail -n 1
| 9 of 15 gaps exceed their bounds
$ loci check "$FIXTURES/system_dense.npz" --length 30000 > table 2> warning
= 1
$ loci check "$FIXTURES/system_dense.npz" --length 100 2> warning | tail -n 1
| all 19 gaps are within their bounds
$ loci check legs:4 --length 0
! loci: check: --length is 0; at least 1 was expected
= 2
$ loci check legs:4 --length 1000000000000000
!~ loci: check: --length: running 1,000,000,000,000,000 samples in every form needs * of memory; this machine has *
= 1

# Trained models: what is a model, its content says.
$ loci convert "$FIXTURES/s4d_state.safetensors" -o model
$ loci check model --length 500 | sed 's/[0-9.]*e-[01][0-9] /# /; s/[0-9.]*e-[01][0-9]$/#/'
| model: 2 S4D layers of width 16, pooled
|~ 500 samples of noise; answers from * to *
|
|~                                         gap         bound
|~   step : forward                        *ok
|~   step : forward, in double             *ok
|~   forward, float : double               *ok
|~   step, float : double                  *ok
|   cut at random : step                  0           0           ok
|   restored : cut                        0           0           ok
|   forked : cut                          0           0           ok
|
| step : forward at every sample, behind  float       double
|~   layer 1                               *#
|~   layer 2                               *#
|
| all 7 gaps are within their bounds
$ for n in 1 2 64 65; do for s in 0 1 2; do loci check model --random --seed $s --length $n | tail -n 1; done; done | uniq
| all 7 gaps are within their bounds
$ awk 'BEGIN { for (k = 0; k < 90; k++) print sin(k), cos(k), k % 3 }' | tr ' ' ',' > x.csv; loci check model x.csv --json | sed 's/: [0-9.]*e-[01][0-9]/: #/g'
| {
|   "pass": true,
|   "tolerance": 0.0001,
|   "tolerance_double": #,
|   "samples": 90,
|~   "gaps": {"output": #, "output_double": *, "forward_float_double": #, "step_float_double": #, "cut": 0, "restored": 0, "forked": 0},
|~   "layers": ?{"output": #, "output_double": *}, {"output": #, "output_double": *}?
| }
$ loci check model x.csv --column 1
!~ loci: check: --column is no option*
= 2
$ cut -d , -f 1 x.csv > one.csv; loci check model one.csv
! loci: one.csv: it has 1 channel, and model has 3 inputs; as many were expected
= 1
$ loci check model x.csv --random
! loci: check: --random and x.csv exclude each other
= 2
$ loci check legs:4 x.csv
! loci: check: legs:4 is no model, and systems are run on noise; x.csv is one too many
= 2
$ loci check legs:4 --random
! loci: check: --random is for models; legs:4 is none, and systems are run on noise anyway
= 2
$ loci check model --discretization zoh
! loci: check: --discretization is for systems; model, a model, has its own
= 2
$ loci check model --length 0
! loci: check: --length is 0; at least 1 was expected
= 2
$ loci check model --length 100000000000000
!~ loci: check: --length: running 100,000,000,000,000 samples in every form needs * of memory; this machine has *
= 1
$ "$FIXTURES"/../labelled.sh d 40; loci train d --layers 1 --width 4 --state 4 --steps 3 -o trained >out 2>&1; loci check trained d --length 100 | sed -n '2p;$p'
|~ 100 samples of d; answers from * to *
| all 7 gaps are within their bounds
