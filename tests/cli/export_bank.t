# Banks of oscillators as C source: all statistics, levels alone, powers alone, several inputs, against `loci stream`.
$ "$FIXTURES"/../labelled.sh d 24
$ for s in all shares power; do loci fit d --modes 20 --statistics $s --final -o $s.safetensors >log 2>&1 || cat log; done; mv all.safetensors whole.safetensors
$ mkdir -p m/up m/down; awk 'BEGIN { for (i = 0; i < 12; i++) { f = "m/" (i % 2 ? "up/" : "down/") i ".csv"; print "a,b,c" >f
+ for (t = 0; t < 50; t++) print sin((0.3 + i % 2) * t + i) "," cos(t * i) "," t % 7 >f } }'
$ loci fit m --modes 31 --final -o three.safetensors >log 2>&1 || cat log
$ for k in whole shares power three; do loci export $k.safetensors -o $k | tail -n 1; done
|~ 256 samples of noise: at most ?.?e-0? from loci stream, whose answers are *
|~ 256 samples of noise: at most ?.?e-0? from loci stream, whose answers are *
|~ 256 samples of noise: at most ?.?e-0? from loci stream, whose answers are *
|~ 256 samples of noise: at most ?.?e-0? from loci stream, whose answers are *
$ "$FIXTURES"/../exported.sh whole shares power three

# 2,000 samples, so that sums are carried on seven times; a fork.
$ awk 'BEGIN { for (k = 0; k < 2000; k++) printf "%.4f\n", 60 + 40 * sin(k * k / 900) }' > x.csv
$ awk 'BEGIN { print "a,b,c"; for (k = 0; k < 2000; k++) printf "%.4f,%.4f,%.4f\n", sin(k * k / 900), cos(k / 3), k % 7 }' > x3.csv
$ for k in whole shares power three; do x=x.csv; [ $k != three ] || x=x3.csv
+     grep -v a $x | ./run $k 700 > mine.csv; loci stream $k.safetensors $x --every 1 | tail -n +2 | cut -d , -f 3- | paste -d , mine.csv - |
+     awk -F, '{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); if (d < 0) d = -d; if (!(d <= most)) most = d } }
+              END { if (NR != 2000 || !(most < 1e-4)) print "'$k'", NR, most }'; done

# The state is 11 numbers an oscillator; without an answer nothing but the state changes.
$ grep -h 'state, in RAM' whole/README.md three/README.md
| | state, in RAM | 892 bytes a stream |
| | state, in RAM | 1384 bytes a stream |
$ cat > quiet.c <<'END'
+ #include <stdio.h>
+ #include <string.h>
+ #include "whole/whole.h"
+ int main(void)
+ {
+     static whole_state loud, quiet;
+     float in, out[WHOLE_OUTPUTS], last[WHOLE_OUTPUTS];
+     whole_init(&loud);
+     whole_init(&quiet);
+     for (int k = 0; k < 300; k++) {
+         in = (float)(k % 13);
+         whole_step(&loud, &in, out);
+         whole_step(&quiet, &in, k == 299 ? last : NULL);
+     }
+     printf("%d %d\n", memcmp(&loud, &quiet, sizeof loud), memcmp(out, last, sizeof out));
+     return 0;
+ }
+ END
$ cc -std=c99 -Wall -Wextra -Werror -I. quiet.c whole/whole.c -lm -o quiet && ./quiet
| 0 0

# A signal whose powers no float holds has no answers to be compared with.
$ printf '1\n1e30\n' > huge.csv; loci export whole.safetensors -o new --check huge.csv; ls -d new*
! loci: huge.csv: at sample 1 an answer of loci stream is no finite number; samples as in the model's training were expected
! ls: cannot access 'new*': No such file or directory
= 2
