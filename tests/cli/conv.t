# Convolutions, and mixers of channels, learn, answer, stream and are taken up again as other layers do.
$ "$FIXTURES"/../labelled.sh d 80
$ loci train d --layer conv --show | grep -e ^model -e rates
| model       conv: 8 layers of conv, width 64, 3 samples, 1 to 128 apart
| rates       0.001, rising over 5 % of the steps, then a cosine
$ printf 'exec loci train d --layer conv --layers 3 --width 20 --batch 8 --lr 0.01 --seed 2 --valid 0.1 "$@"\n' > conv
$ printf 'exec loci train d --layer conv --mixer mlp --mixer-expand 2 --kernel-width 5 --dilations 2 --layers 3 --width 20 --batch 8 --lr 0.01 --seed 2 --valid 0.1 "$@"\n' > mlp
$ for k in conv mlp; do sh $k -o $k.safetensors --epochs 4 2>log | head -n 1; done
|~ result      validation accuracy 100 %, loss *, after epoch * of 4
|~ result      validation accuracy 100 %, loss *, after epoch * of 4

# The same bits for any number of threads, and after a stop.
$ for k in conv mlp; do for t in 1 3; do sh $k -o $t.safetensors --epochs 4 --threads $t >out 2>&1; cmp $t.safetensors $k.safetensors; done; done
$ { timeout -s TERM 0.2 sh conv -o s.safetensors --epochs 4 || sh conv -o s.safetensors --epochs 4 --resume; } >out 2>&1; cmp s.safetensors conv.safetensors

# Forward, step and double agree; a signal cut anywhere has the same answers.
$ for k in conv mlp; do loci check $k.safetensors | tail -n 1; done
| all 7 gaps are within their bounds
| all 7 gaps are within their bounds
$ awk 'BEGIN { for (k = 0; k < 200; k++) print 60 + 40 * sin(k / 3) }' > x.csv
$ for k in conv mlp; do loci stream $k.safetensors x.csv --every 1 > every.csv; for n in 1 64 130; do
+     head -n $n x.csv | loci stream $k.safetensors --every 1 --state-out s -o 1.csv; tail -n +$((n + 1)) x.csv |
+     loci stream $k.safetensors --every 1 --state-in s | cat 1.csv - | cmp - every.csv; done; done
$ loci stream conv.safetensors x.csv --state-in s
! loci: s: is the state of a stream of another model, or of this one when its parameters, shift or scale were others
= 1
$ loci inspect mlp.safetensors | sed -n '1p; /^part/,/^mixer_norms.0/p'
| layers      3 x conv of width 20, 5 samples, 1 to 2 apart, mlp of 40 channels, layer norms before them; dropout 0.1, tied
| part            parameters
| encoder                 40
| conv_layers.0        2,020
| norms.0                 40
| mixers.0             1,660
| mixer_norms.0           40

# What makes no sense.
$ loci train d -o x --layer conv --kernel-width 0
! loci: train: --kernel-width is 0; 1 to 64 was expected
= 2
$ loci train d -o x --layer conv --dilations 13
! loci: train: --dilations is 13; 1 to 12 was expected
= 2
$ loci train d -o x --layer lstm --mixer mlp
! loci: train: --mixer is not for layers of lstm
= 2
$ loci train d -o x --mixer mlp --width 60000
! loci: train: width is 60000, and mixers have 4 times as many channels inside; at most 65535 were expected
= 2
