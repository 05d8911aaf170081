# Models as C source: every kind of layer, compiled with warnings as errors, against `loci stream`.
$ "$FIXTURES"/../labelled.sh d 24
$ cat > kinds <<'END'
+ s4d --layer s4d
+ s4d_three --layer s4d --discretization bilinear --kernels 3 --norm rms --prenorm
+ s4d_ends --layer s4d --taps 9 --mixer mlp --mixer-expand 2
+ s4 --layer s4 --mixer none
+ s4_two --layer s4 --init legt --kernels 2
+ s4_ends --layer s4 --taps 7 --kernels 2
+ s5 --layer s5
+ s5_liquid --layer s5 --liquid --discretization bilinear --mixer geglu
+ lstm --layer lstm
+ gru --layer gru
+ mingru --layer mingru
+ conv --layer conv --kernel-width 4 --dilations 3
+ conv_one --layer conv --kernel-width 1 --pool last
+ mamba --layer mamba
+ mamba_wide --layer mamba --kernel-width 1 --expand 3 --dt-rank 5
+ mamba2 --layer mamba2
+ mamba2_groups --layer mamba2 --groups 3 --head-width 4 --norm layer
+ attention --layer attention --attention-window 7 --heads 3
+ attention_sines --layer attention --attention-window 40 --heads 2 --positions sinusoidal --mixer gated
+ END
$ while read k o; do loci train d --width 12 --layers 2 --batch 8 --steps 2 --seed 4 -o $k.safetensors $o >log 2>&1 || cat log; loci export $k.safetensors -o $k | tail -n 1; done < kinds |
+     grep -vE '^256 samples of noise: at most .\..e-0[78] from loci stream, whose answers are 0.[0-9]* to 0.[0-9]*$'
= 1
$ "$FIXTURES"/../exported.sh $(cut -d ' ' -f 1 kinds)

# 2,000 samples; a fork by a copy of the struct.
$ awk 'BEGIN { for (k = 0; k < 2000; k++) printf "%.4f\n", 60 + 40 * sin(k * k / 900) }' > x.csv
$ for k in $(cut -d ' ' -f 1 kinds); do ./run $k 700 < x.csv > mine.csv; loci stream $k.safetensors x.csv --every 1 | tail -n +2 | cut -d , -f 3- | paste -d , mine.csv - |
+     awk -F, '{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); if (d < 0) d = -d; if (!(d <= most)) most = d } }
+              END { if (NR != 2000 || !(most < 1e-5)) print "'$k'", NR, most }'; done

# What lies in a folder; the test that comes with it.
$ ls s4d; sed -n 1p s4d/CMakeLists.txt
| CMakeLists.txt
| README.md
| s4d.c
| s4d.h
| s4d_test.c
| # made by loci export
$ cc -std=c99 s4d/s4d.c s4d/s4d_test.c -lm -o s4d_test && ./s4d_test
|~ 64 samples: at most * from the answers of loci stream
