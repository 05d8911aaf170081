# GRU and minGRU learn, answer, stream and are taken up again as other layers do.
$ "$FIXTURES"/../labelled.sh d 80
$ for k in gru mingru; do loci train d --layer $k --show | grep -e ^model -e rates; done
| model       gru: 1 layer of gru, width 128
| rates       0.001, rising over 5 % of the steps, then a cosine
| model       mingru: 4 layers of mingru, width 64
| rates       0.01, rising over 5 % of the steps, then a cosine
$ for k in gru mingru; do printf 'exec loci train d --layer %s --width 20 --batch 8 --lr 0.01 --seed 2 --valid 0.1 "$@"\n' $k > $k; done
$ for k in gru mingru; do sh $k -o $k.safetensors --epochs 8 2>log | head -n 1; done
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 8
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 8

# The same bits for any number of threads, and after a stop.
$ for k in gru mingru; do for t in 1 2 3; do sh $k -o $t.safetensors --epochs 8 --threads $t >out 2>&1; cmp $t.safetensors $k.safetensors; done; done
$ for k in gru mingru; do { timeout -s TERM 0.2 sh $k -o s.safetensors --epochs 8 || sh $k -o s.safetensors --epochs 8 --resume; } >out 2>&1; cmp s.safetensors $k.safetensors; rm s.*; done

# Forward, step and double agree; a signal cut anywhere has the same answers.
$ for k in gru mingru; do loci check $k.safetensors | tail -n 1; done
| all 7 gaps are within their bounds
| all 7 gaps are within their bounds
$ awk 'BEGIN { for (k = 0; k < 200; k++) print 60 + 40 * sin(k / 3) }' > x.csv
$ for k in gru mingru; do loci stream $k.safetensors x.csv --every 1 > every.csv; for n in 1 64 130; do
+     head -n $n x.csv | loci stream $k.safetensors --every 1 --state-out s -o 1.csv; tail -n +$((n + 1)) x.csv |
+     loci stream $k.safetensors --every 1 --state-in s | cat 1.csv - | cmp - every.csv; done; done
$ loci stream gru.safetensors x.csv --state-in s
! loci: s: is the state of a stream of another model, or of this one when its parameters, shift or scale were others
= 1
$ loci inspect gru.safetensors | sed -n '1p; /^part/,$p'
| layers      1 x gru of width 20, one after the other
| part            parameters
| gru_layers.0         1,380
| decoder                 42
$ loci inspect mingru.safetensors --plot k.svg
! loci: mingru.safetensors: has layers of kind mingru, which have no kernels to draw
= 1
$ loci train d -o x --layer gru --state 4
! loci: train: --state is not for layers of gru
= 2
