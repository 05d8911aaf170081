# Attention learns and answers; with a window it streams, and is taken up again as other layers do.
$ "$FIXTURES"/../labelled.sh d 80
$ loci train d --layer attention --show | grep -e ^model -e ^parameters -e rates
| model       attention: 4 layers of attention, width 64, 4 heads, rotary positions, mlp of 256 channels
| parameters  200,194
| rates       0.001, rising over 5 % of the steps, then a cosine
$ printf 'exec loci train d --layer attention --layers 2 --width 20 --batch 8 --lr 0.01 --seed 2 --valid 0.1 "$@"\n' > all
$ printf 'exec sh all --attention-window 9 --heads 2 "$@"\n' > window
$ for k in all window; do sh $k -o $k.safetensors --epochs 4 2>log | head -n 1; done
|~ result      validation accuracy 100 %, loss *, after epoch * of 4
|~ result      validation accuracy 100 %, loss *, after epoch * of 4
$ sh all -o both.safetensors --epochs 1 --bidirectional --positions sinusoidal --mixer gated >out 2>&1
$ for k in all window; do for t in 1 3; do sh $k -o $t.safetensors --epochs 4 --threads $t >out 2>&1; cmp $t.safetensors $k.safetensors; done; done
$ { timeout -s TERM 0.2 sh all -o s.safetensors --epochs 4 || sh all -o s.safetensors --epochs 4 --resume; } >out 2>&1; cmp s.safetensors all.safetensors

# Forward, step and double agree; a signal cut anywhere has the same answers.
$ for k in all window both; do loci check $k.safetensors | tail -n 1; done
| all 3 gaps are within their bounds
| all 7 gaps are within their bounds
| all 3 gaps are within their bounds
$ awk 'BEGIN { for (k = 0; k < 200; k++) print 60 + 40 * sin(k / 3) }' > x.csv
$ loci stream window.safetensors x.csv --every 1 > every.csv; for n in 1 64 130; do
+     head -n $n x.csv | loci stream window.safetensors --every 1 --state-out s -o 1.csv; tail -n +$((n + 1)) x.csv |
+     loci stream window.safetensors --every 1 --state-in s | cat 1.csv - | cmp - every.csv; done
$ loci eval all.safetensors d | head -n 1
|~ accuracy    9* %, * of 40
$ loci predict all.safetensors x.csv | tail -n 1 | cut -d , -f 1
| x.csv

# What has no window cannot stream, and says so.
$ loci stream all.safetensors x.csv
! loci: all.safetensors: the model's attention has no window: it looks back at every sample since the beginning, for which the fixed memory of a stream has no room; layers with an attention window were expected
= 1
$ loci stream both.safetensors x.csv
! loci: both.safetensors: the model looks ahead (bidirectional layers): its answers need the whole sequence, which a stream does not have
= 1
$ loci check all.safetensors --length 9 | grep The
| The model's attention has no window: it has no steps and no streams.
$ loci inspect window.safetensors | sed -n '1p; /^part/,/^mixers.0/p'
| layers      2 x attention of width 20, 2 heads, rotary positions, a window of 9, mlp of 80 channels, layer norms before them; dropout 0.1, tied
| part            parameters
| encoder                 40
| attention_layers.0      1,680
| norms.0                 40
| mixers.0             3,300

# What makes no sense.
$ loci train d -o x --layer attention --attention-window 0
! loci: train: --attention-window is 0; 1 to 65536 was expected
= 2
$ loci train d -o x --layer attention --heads 3
! loci: train: heads is 3; a number that divides 64, the width, was expected
= 2
$ loci train d -o x --layer attention --positions learned
! loci: train: --positions is "learned"; rotary, sinusoidal or none was expected
= 2
$ loci train d -o x --layer conv --heads 2
! loci: train: --heads is not for layers of conv
= 2

# A text, which a window writes on, and its absence does not.
$ yes 'the cat sat on the mat.' | head -n 40 > t.txt
$ printf 'exec loci train t.txt --layer attention --heads 2 --layers 1 --width 16 --window 32 --steps 3 --threads 1 "$@"\n' > text
$ sh text --attention-window 8 -o t8.safetensors >out 2>&1; loci generate t8.safetensors --prompt 'the c' --tokens 5 | wc -c
| 10
$ sh text -o t.safetensors >out 2>&1; loci generate t.safetensors --prompt 'the c' --tokens 5
! loci: t.safetensors: the model's attention has no window: it looks back at every sample since the beginning, for which the fixed memory of a stream has no room; layers with an attention window were expected
= 1
