# S5 learns, answers, streams and is taken up again as other layers do.
$ "$FIXTURES"/../labelled.sh d 80
$ loci train d --layer s5 --show | grep -e ^model -e rates -e parameters
| model       s5: 4 layers of s5, width 128, state 64, zoh, steps 0.001 to 0.1
| parameters  134,018
| rates       0.01, of state spaces 0.001, rising over 5 % of the steps, then a cosine
$ printf 'exec loci train d --layer s5 --layers 2 --width 20 --state 16 --blocks 2 --dt-min 0.02 --dt-max 0.3 --batch 8 --lr 0.01 --seed 2 --valid 0.1 "$@"\n' > s5
$ sh s5 -o s5.safetensors --epochs 12 2>log | head -n 1
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 12
$ for t in 1 2 3; do sh s5 -o $t.safetensors --epochs 12 --threads $t >out 2>&1; cmp $t.safetensors s5.safetensors; done
$ { timeout -s TERM 0.1 sh s5 -o s.safetensors --epochs 12 || sh s5 -o s.safetensors --epochs 12 --resume; } >out 2>&1; cmp s.safetensors s5.safetensors
$ sh s5 -o liquid.safetensors --epochs 2 --liquid --discretization bilinear --lr 0.001 --dt-max 0.05 >out 2>&1
$ sh s5 -o both.safetensors --epochs 2 --bidirectional >out 2>&1
$ sh s5 -o geglu.safetensors --epochs 2 --mixer geglu >out 2>&1; loci inspect geglu.safetensors | head -n 1
| layers      2 x s5 of width 20 and order 16, zoh, layer norms before them, whose answers residuals add; dropout 0.1, tied

# Forward, step and double agree; a signal cut anywhere has the same answers, at other rates too.
$ for k in s5 liquid geglu; do loci check $k.safetensors | tail -n 1; done
| all 7 gaps are within their bounds
| all 7 gaps are within their bounds
| all 7 gaps are within their bounds
$ awk 'BEGIN { for (k = 0; k < 200; k++) print 60 + 40 * sin(k / 3) }' > x.csv
$ for k in s5 liquid; do loci stream $k.safetensors x.csv --every 1 > every.csv; for n in 1 64 130; do
+     head -n $n x.csv | loci stream $k.safetensors --every 1 --state-out s -o 1.csv; tail -n +$((n + 1)) x.csv |
+     loci stream $k.safetensors --every 1 --state-in s | cat 1.csv - | cmp - every.csv; done; done
$ loci stream s5.safetensors x.csv --state-in s
! loci: s: is the state of a stream of another model, or of this one when its parameters, shift or scale were others
= 1
$ loci stream both.safetensors x.csv
!~ loci: both.safetensors: *
= 1

# What it remembers and how fast.
$ loci inspect s5.safetensors | sed -n '1p; /^part/,/^step/p'
| layers      2 x s5 of width 20 and order 16, zoh, layer norms before them; dropout 0.1, tied
| part            parameters
| encoder                 40
| s5_layers.0          1,104
| norms.0                 40
| s5_layers.1          1,104
| norms.1                 40
| decoder                 42
| 
| step dt
$ loci inspect s5.safetensors --json | grep -o '"modes[a-z_]*": [0-9]*'
| "modes": 8
| "modes_above_nyquist": 0
| "modes": 8
| "modes_above_nyquist": 0
$ sh s5 -o fast.safetensors --dt-min 1 --dt-max 2 --steps 1 >out 2>&1; loci inspect fast.safetensors | grep -e '\*'
|~ s5_layers.0 *[1-8] of 8
|~ s5_layers.1 *[1-8] of 8
| * so many turn more than half a turn a sample, above Nyquist: they are heard as slower ones.
$ loci inspect s5.safetensors --plot k.svg >out; grep -c "channel 1<" k.svg
| 2

$ loci train d -o x --layer s5 --blocks 3
! loci: train: blocks is 3; a number that divides 32, half of the order, was expected
= 2
$ loci train d -o x --layer gru --blocks 2
! loci: train: --blocks is not for layers of gru
= 2
$ loci train d -o x --liquid
! loci: train: --liquid is not for layers of s4d
= 2

# Samples at any times: one that lasts two steps is two of the same value.
$ cp "$FIXTURES/s5_state.safetensors" state.safetensors; loci convert state.safetensors --rate 10 -o layer.safetensors
$ awk 'BEGIN { print "t,a,b,c,d"; for (k = 0; k < 40; k++) { t += k % 3 == 2 ? 0.2 : 0.1; print t "," sin(k / 3) "," cos(k) "," k / 50 ",1" } }' > irregular.csv
$ awk -F, 'NR > 1 { for (k = NR % 3 == 1 ? 0 : 1; k < 2; k++) print $2 "," $3 "," $4 "," $5 }' irregular.csv > even.csv; sed -n '$=' even.csv
| 53
$ printf '%s\n' 'NR > 1 { printf "%s %.4f %.4f %.4f %.4f\n", $1, $2, $3, $4, $5 }' > rounded
$ loci stream layer.safetensors irregular.csv --time t --every 0 | awk -F, -f rounded > a; loci stream layer.safetensors even.csv --every 0 | awk -F, -f rounded | cmp - a
$ for n in 1 5 40; do loci stream layer.safetensors irregular.csv --time t --every 2 --chunk $n > $n.csv; cmp $n.csv 1.csv; done; sed -n '2p; $p' 1.csv | cut -d , -f 1
| 0.2
| 5.3
$ awk -F, -v OFS=, 'NR == 9 { $1 = 0.1 } 1' irregular.csv | loci stream layer.safetensors - --time t --every 0
! loci: standard input: line 9: its time is not after the one before; times in order were expected
| time,y0,y1,y2,y3
= 1
$ loci stream layer.safetensors irregular.csv --time t --resample 5
! loci: stream: with --time each sample lasts as long as it does; no --resample was expected
= 2
$ loci stream s5.safetensors irregular.csv --time t --column a
! loci: s5.safetensors: it does not know the rate of its training, which --time would be set against; leave --time out
= 1
