# Kernels of x' = -x + u, y = x, whose numbers are exact.
$ loci kernel legs:1,lag=0,dt=0.5 --length 4 --discretization euler
| sample,k
| 0,0.5
| 1,0.25
| 2,0.125
| 3,0.0625
$ loci kernel legs:1,lag=0 --dt 1 --length 3 --discretization backward
| sample,k
| 0,0.5
| 1,0.25
| 2,0.125
$ loci kernel legs:1,lag=0 --dt 2 --length 2 --discretization bilinear
| sample,k
| 0,1
| 1,0
$ loci kernel legs:1,lag=0,copies=2 --dt 0.5 --length 2 --discretization euler
| sample,k0,k1
| 0,0.5,0.5
| 1,0.25,0.25

# zoh is exact: the sum of the kernel is the answer to a step, 1 - exp(-t).
$ loci kernel legs:1,lag=0,dt=0.01 --length 100 | awk -F, 'NR > 1 { sum += $2 } END { printf "%.12f %.12f\n", sum, 1 - exp(-1) }'
| 0.632120558829 0.632120558829

# Where it goes.
$ loci kernel legs:1,lag=0,dt=0.5 --length 2 --discretization euler -o k.csv && cat k.csv
| sample,k
| 0,0.5
| 1,0.25
$ loci kernel s4d-lin:8,copies=3 --length 5 -o k.npy && head -c 128 k.npy | grep -ac "'shape': (3, 5)"
| 1
$ loci kernel s4d-lin:8,copies=3 --length 5 > a.csv && loci kernel s4d-lin:8,copies=3 --length 5 -o - | cmp - a.csv
$ loci kernel s4d-lin:8,seed=1 --length 5 | cmp -s - a.csv
= 1
$ loci kernel legs:16,lag=0.5 --length 200 --plot - | head -n 2
| Kernel of legs:16,lag=0.5
| dense, order 16, 1 copy, dt 0.01 s, zoh; 200 samples
$ loci kernel "$FIXTURES/system_dplr.npz" --length 2 | wc -l
| 3

# A system that grows is told of, and run.
$ loci kernel "$FIXTURES/system_dense.npz" --length 1 -o k.npy
!~ loci: warning: *system_dense.npz: copy 0 is unstable: its state grows as exp(0.451 t), without bound
$ loci kernel s4d-lin:64 --length 1 --discretization euler -o k.npy
! loci: warning: s4d-lin:64: unstable under euler, though the system itself is not: each step grows by a factor of up to 1.392; a smaller dt or another discretization would not
$ loci kernel s4d-lin:64 --length 1 --discretization euler --dt 0.0001 -o k.npy

# What it does not understand.
$ loci kernel
! loci: kernel: SYSTEM is missing; 'loci help kernel' shows how to use it
= 2
$ loci kernel legs:4
! loci: kernel: --length is missing; how many samples of the kernel was expected
= 2
$ loci kernel legs:4 --length 0
! loci: kernel: --length is 0; at least 1 was expected
= 2
$ loci kernel legs:4 --length -3
! loci: kernel: --length is "-3"; a whole number of 0 or more was expected
= 2
$ loci kernel legs:4 --length 9 --dt 0
! loci: kernel: --dt is 0; more than 0 seconds was expected
= 2
$ loci kernel legs:4 --length 9 --dt nan
! loci: kernel: --dt is "nan"; a number was expected
= 2
$ loci kernel legs:4 --length 9 --plot - -o -
! loci: kernel: the chart and the numbers both go to standard output; -o with a file was expected
= 2
$ loci kernel legs:4 --length 9 -o k.svg
! loci: kernel: -o is for numbers; --plot k.svg draws
= 2
$ loci kernel legs:4 --length 9 -o k.csv --plot k.csv
! loci: kernel: -o and --plot both name k.csv; two files were expected
= 2
$ cp "$FIXTURES/system_dplr.npz" s.npz; loci kernel s.npz --length 9 -o s.npz
! loci: kernel: s.npz is the system itself; another file was expected for the kernel
= 2
$ loci kernel legs:4 --length 1000000000000000
!~ loci: kernel: --length: a kernel of 1,000,000,000,000,000 samples needs 8 PB of memory; this machine has *
= 1
$ loci kernel legs:4,copies=10 --length 18446744073709551614
!~ loci: kernel: --length: a kernel of 18,446,744,073,709,551,614 samples for each of 10 copies needs * of memory; this machine has *
= 1
