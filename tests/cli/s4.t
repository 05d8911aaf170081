# S4 learns, answers, streams and is taken up again as other layers do, from every beginning.
$ "$FIXTURES"/../labelled.sh d 80
$ loci train d --layer s4 --show | grep -e ^model -e rates -e parameters
| model       s4: 4 layers of s4, width 64, state 32, bilinear, steps 0.001 to 0.1
| parameters  67,330
| rates       0.01, of state spaces 0.001, rising over 5 % of the steps, then a cosine
$ printf 'exec loci train d --layers 2 --width 20 --state 16 --dt-min 0.02 --dt-max 0.3 --batch 8 --lr 0.01 --seed 2 --valid 0.1 --epochs 6 "$@"\n' > s4
$ for i in legs legt fout random; do sh s4 --layer s4 --init $i -o $i.safetensors 2>log | head -n 1; done
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 6
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 6
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 6
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 6
$ for i in inv quad legs random; do sh s4 --layer s4d --init $i -o d-$i.safetensors 2>log | head -n 1; done
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 6
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 6
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 6
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 6
$ sh s4 --layer s4d --init real -o d-real.safetensors >out 2>&1
$ for t in 1 3; do sh s4 --layer s4 --init legs -o $t.safetensors --threads $t >out 2>&1; cmp $t.safetensors legs.safetensors; done
$ { timeout -s TERM 0.1 sh s4 --layer s4 --init legs -o s.safetensors || sh s4 --layer s4 --init legs -o s.safetensors --resume; } >out 2>&1; cmp s.safetensors legs.safetensors
$ sh s4 --layer s4 --rank 2 --kernels 2 -o two.safetensors >out 2>&1; sh s4 --layer s4 --taps 6 -o ends.safetensors >out 2>&1
$ sh s4 --layer s4 --bidirectional -o both.safetensors >out 2>&1

# Forward, step and double agree; a signal cut anywhere has the same answers.
$ for k in legs legt fout random d-real two ends both; do loci check $k.safetensors --length 200 | tail -n 1; done | sort | uniq -c | sed 's/^ *//'
| 1 all 3 gaps are within their bounds
| 7 all 7 gaps are within their bounds
$ awk 'BEGIN { for (k = 0; k < 200; k++) print 60 + 40 * sin(k / 3) }' > x.csv
$ for k in legs two ends; do loci stream $k.safetensors x.csv --every 1 > every.csv; for n in 1 130; do
+     head -n $n x.csv | loci stream $k.safetensors --every 1 --state-out s -o 1.csv; tail -n +$((n + 1)) x.csv |
+     loci stream $k.safetensors --every 1 --state-in s | cat 1.csv - | cmp - every.csv; done; done
$ loci stream both.safetensors x.csv
! loci: both.safetensors: the model looks ahead (bidirectional layers): its answers need the whole sequence, which a stream does not have
= 1

# What it remembers and how fast; kernels are drawn.
$ loci inspect two.safetensors | sed -n '1p; /^part/,/^step/p'
| layers      2 x s4 of width 20 and order 16, bilinear, rank 2, 2 kernels a channel, layer norms behind them; dropout 0.1, tied
| part            parameters
| encoder                 40
| s4_layers.0          3,620
| norms.0                 40
| s4_layers.1          3,620
| norms.1                 40
| decoder                 42
| 
| step dt
$ loci inspect two.safetensors --plot k.svg > out; grep -c "dt 0" k.svg
| 6

# What does not fit.
$ loci train d -o x --layer s4 --init lin
! loci: train: init is lin; legs, legt, fout or random was expected for layers of s4
= 2
$ loci train d -o x --layer s4d --init legt
! loci: train: init is legt; lin, inv, quad, legs, real or random was expected for layers of s4d
= 2
$ loci train d -o x --layer s4 --init legt --rank 1
! loci: train: rank is 1; 2 was expected, which init legt takes
= 2
$ loci train d -o x --layer s4 --discretization zoh
! loci: train: --discretization is not for layers of s4
= 2
$ loci train d -o x --layer s4d --kernels 2 --mixer none
! loci: train: kernels is 2 and mixer none; gated was expected, which makes one channel of several
= 2
$ loci train d -o x --layer s4 --init best
! loci: train: --init is "best"; default, lin, inv, quad, legs, real, random, legt or fout was expected
= 2
$ loci train d -o x --layer lstm --rank 1
! loci: train: --rank is not for layers of lstm
= 2
$ loci train d -o x --layer s4 --rank 3
! loci: train: --rank is 3; 0 to 2 was expected
= 2
