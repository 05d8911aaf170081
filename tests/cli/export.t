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

# Values of a target in its units, and tokens; the header is C++'s, too.
$ "$FIXTURES"/../delayed.sh v 16 values; yes 'to be or not to be' | head -n 200 > t.txt
$ loci train v --layer gru --width 8 --layers 1 --batch 8 --steps 2 --seed 4 -o values.safetensors >log 2>&1 || cat log
$ loci train t.txt --layer mingru --width 8 --layers 2 --batch 4 --steps 2 --seed 4 -o next.safetensors >log 2>&1 || cat log
$ for k in values next; do loci export $k.safetensors -o $k >log; done; rm objects/*; "$FIXTURES"/../exported.sh values next
$ awk 'BEGIN { for (k = 0; k < 2000; k++) print k * k % 7 }' > n.csv
$ for k in values next; do ./run $k < n.csv > mine.csv; loci stream $k.safetensors n.csv --every 1 --json | sed 's/.*\[\(.*\)\].*/\1/' | paste -d , mine.csv - |
+     awk -F, '{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); if (d < 0) d = -d; if (!(d <= most)) most = d; if ($i > high) high = $i } }
+              END { print "'$k'", NR, NF, (high > 50), (most < 1e-5 * high) }'; done
| values 2000 4 1 1
| next 2000 16 0 1
$ for k in s4 values next; do c++ -std=c++98 -Wall -Wextra -Werror -x c++ -fsyntax-only $k/$k.h || echo $k; done

# Without names of classes neither knows what the numbers are: both give them as the network does.
$ loci convert "$FIXTURES/s4d_state.safetensors" -o nameless.safetensors; loci export nameless.safetensors -o nameless | tail -n 1
|~ 256 samples of noise: at most ?.?e-0[5-8] from loci stream, whose answers are -* to *
$ cc -std=c99 nameless/*.c -lm -o own && ./own; grep -c softmax nameless/nameless.c; sed -n 's/.*OUTPUTS.: //p' nameless/nameless.h
|~ 64 samples: at most * from the answers of loci stream
| 0
| the network's own numbers: the model names no classes; NULL: not wanted now, which is quicker. */

# Inputs far from 0: loci stream shifts them in double, the step has floats. What is told is that difference, and not what a stream of floats would be.
$ loci convert "$FIXTURES/s4d_state.safetensors" -o far.safetensors --shift 100000,0,0; loci export far.safetensors -o far | tail -n 1
|~ 256 samples of noise: at most ?.?e-0[234] from loci stream, whose answers are -* to *
!~ loci: warning: far.safetensors: the step is *e-0[234] from loci stream; less than 1e-05 of the answers' range was expected
$ cc -std=c99 far/*.c -lm -o own && ./own
|~ 64 samples: at most *e-0[678] from the answers of loci stream

# A signal is read as loci stream reads it: the columns of the training, held values.
$ awk 'BEGIN { print "t,v,w"; for (k = 0; k < 300; k++) printf "%d,%s,%d\n", k, k % 9 == 5 ? "" : sin(k / 5), k % 3 }' > holes.csv
$ loci train holes.csv --column v --missing hold --horizon 1 --window 30 --layer gru --width 4 --layers 1 --batch 8 --steps 2 --seed 4 -o holes.safetensors >log 2>&1 || cat log
$ loci export holes.safetensors -o holes --check holes.csv | tail -n 1
|~ 300 samples of holes.csv: at most ?.?e-0[78] from loci stream, whose answers are 0.* to 0.*
! loci: note: holes.csv: 33 missing values; of each the value before stands there

# What lies in a folder; the test that comes with it. An export may take the place of the one before, other files stay.
$ ls s4d; sed -n 1p s4d/CMakeLists.txt
| CMakeLists.txt
| README.md
| s4d.c
| s4d.h
| s4d_test.c
| # made by loci export: s4d
$ cc -std=c99 s4d/s4d.c s4d/s4d_test.c -lm -o s4d_test && ./s4d_test
|~ 64 samples: at most * from the answers of loci stream
$ echo mine > s4d/main.c; loci export s4d.safetensors -o s4d/ --check x.csv | tail -n 1; cat s4d/main.c; ls -A s4d | wc -l
|~ 2,000 samples of x.csv: at most ?.?e-0[78] from loci stream, whose answers are 0.* to 0.*
| mine
| 6
$ head -n 3 x.csv | tail -n 2; sed -n '/in\[\]/,/answers/p' s4d/s4d_test.c | grep f} | sed -n 2,3p
| 60.0444
| 60.1778
|     {60.0443993f},
|     {60.1777992f},
$ mkdir here; cd here; loci export ../gru.safetensors -o . --prefix Ear_2 | sed -n '1p; 3p'; ls; grep -c EAR_2_ Ear_2.h
| .: Ear_2.c and its header, test, CMakeLists.txt, README.md
|~ a sample: * multiply-adds, * exponentials and the like
| CMakeLists.txt
| Ear_2.c
| Ear_2.h
| Ear_2_test.c
| README.md
| 7
$ cp gru.safetensors 2-gru.safetensors; cp gru.safetensors test.safetensors; loci export test.safetensors -o of_test | head -n 1; loci export 2-gru.safetensors -o of_a_file | head -n 1; loci export - -o of_a_pipe < gru.safetensors | head -n 1; head -n 1 of_a_pipe/model.h
| of_test: model.c and its header, test, CMakeLists.txt, README.md
| of_a_file: model.c and its header, test, CMakeLists.txt, README.md
| of_a_pipe: model.c and its header, test, CMakeLists.txt, README.md
| /* model.h - a model, a sample at a time; made by `loci export` 0.1.0.

# What cannot be exported, and where it cannot go: nothing is left behind.
$ rm -r here of_test of_a_file of_a_pipe; ls > before
$ loci export gru.safetensors
! loci: export: -o is missing; a folder for the source was expected
= 2
$ loci export gru.safetensors -o ''
! loci: export: -o is empty; a folder for the source was expected
= 2
$ loci export gru.safetensors -o new --prefix 2gru
! loci: export: --prefix is "2gru"; a letter, then letters, digits and _, 31 at most, were expected
= 2
$ loci export gru.safetensors -o new --prefix Math
! loci: export: --prefix is "Math", the name of a header of C or of a target of CMake; another one was expected
= 2
$ loci export gru.safetensors -o new --column y
! loci: export: how a signal is read was said, but --check is missing
= 2
$ loci export gru.safetensors -o x.csv
! loci: x.csv: is no folder; a folder for the source was expected
= 1
$ loci export gru.safetensors -o d
! loci: d: has other files; an empty folder, a new one, or one of loci export was expected
= 1
$ loci export gru.safetensors -o s4d
! loci: s4d: has the export of s4d; another folder, or --prefix s4d, was expected
= 1
$ mkdir -p odd/README.md; cp s4d/CMakeLists.txt odd; loci export s4d.safetensors -o odd; ls -A odd; cmp odd/CMakeLists.txt s4d/CMakeLists.txt; rm -r odd
! loci: odd/README.md: is no file; a file to be written anew, or none, was expected
| CMakeLists.txt
| README.md
$ loci export gru.safetensors -o no/such/place
! loci: no/such/place: cannot be made: No such file or directory
= 1
$ loci export gru.safetensors -o x.csv/place
! loci: x.csv/place: cannot be made: Not a directory
= 1
$ loci export gru.safetensors -o /proc/self/new 2>&1 | sed 's/made: .*/made/'
| loci: /proc/self/new: cannot be made
$ loci export x.csv -o new
! loci: x.csv: is a text; a model was expected
= 1
$ loci export nothing.safetensors -o new
! loci: nothing.safetensors: cannot be opened: No such file or directory
= 1
$ loci train d --layer s4d --width 4 --layers 1 --bidirectional --batch 8 --steps 1 -o both.safetensors >log 2>&1; loci export both.safetensors -o new
! loci: both.safetensors: the model looks ahead (bidirectional layers): its answers need the whole sequence, which a microcontroller's step does not have
= 1
$ loci train d --layer attention --heads 2 --width 4 --layers 1 --batch 8 --steps 1 -o whole.safetensors >log 2>&1; loci export whole.safetensors -o new
! loci: whole.safetensors: the model's attention has no window: it looks back at every sample since the beginning, for which no state has room; an attention window was expected
= 1
$ { head -c -4 gru.safetensors; printf '\377\377\377\177'; } | sed 's/"checksum"/"checksux"/' > nan.safetensors; loci export nan.safetensors -o new
! loci: nan.safetensors: decoder.bias[1] is nan; a finite number was expected
= 1
$ printf '1,2\n3,4\n' > two.csv; loci export gru.safetensors -o new --check two.csv
! loci: two.csv: it has 2 channels; 1, as many as the model has inputs, was expected (--column chooses)
= 1
$ printf 'a,b\n1,2\n,3\n' > gap.csv; loci export gru.safetensors -o new --check gap.csv --column a
!~ loci: gap.csv: *"a" is missing or not finite; a number was expected
= 1
$ loci export gru.safetensors -o new --check nothing.csv
!~ loci: nothing.csv: *No such file or directory
= 1
$ ls | diff before - | grep '^>' | grep -v safetensors
| > gap.csv
| > two.csv
