# Layers that look both ways learn, answer to whole sequences, and do not stream.
$ "$FIXTURES"/../labelled.sh d 80
$ for k in s4d lstm mingru; do loci train d --layer $k --bidirectional --width 20 --layers 2 --batch 8 --lr 0.01 --seed 2 --valid 0.1 --epochs 8 -o $k.safetensors 2>log | head -n 1; done
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 8
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 8
|~ result      validation accuracy 100 %, loss 0.*, after epoch * of 8
$ loci train d --layer s4d --bidirectional --width 20 --layers 2 --batch 8 --lr 0.01 --seed 2 --valid 0.1 --epochs 8 --threads 1 -o one.safetensors >log 2>&1; cmp one.safetensors s4d.safetensors
$ loci check lstm.safetensors --length 300 | tail -n +5 | sed 's/  [0-9].*e.*ok/ N ok/; s/  0  .*ok/ N ok/; s/  [0-9][.0-9]*e-[0-9]*/ N/; s/  */ /g'
|  forward, float : double N ok
|  ended : alone N ok
|  ended : alone, in double N ok
| 
| The model looks ahead (bidirectional): it has no steps and no streams.
| 
| float : double at every sample, behind forward
|  layer 1 N
|  layer 2 N
| 
| all 3 gaps are within their bounds
$ for k in s4d mingru; do loci check $k.safetensors | tail -n 1; done
| all 3 gaps are within their bounds
| all 3 gaps are within their bounds
$ loci inspect s4d.safetensors | head -n 1
| layers      2 x s4d of width 20 and order 32, zoh, bidirectional, layer norms behind them; dropout 0.1, tied
$ loci eval s4d.safetensors d | head -n 1
| accuracy    100 %, 40 of 40

# One sequence from a file, from standard input and from an array of sequences: the same answer.
$ awk 'BEGIN { for (k = 0; k < 20; k++) print 60 + 40 * sin(k / 3) }' > x.csv
$ loci predict s4d.safetensors x.csv | sed 's/^x.csv//' > one; loci predict s4d.safetensors - < x.csv | sed 's/^-//' | cmp - one
$ loci stream s4d.safetensors x.csv
! loci: s4d.safetensors: the model looks ahead (bidirectional layers): its answers need the whole sequence, which a stream does not have
= 1
$ loci predict s4d.safetensors x.csv --resample 4
! loci: x.csv: its rate is not known, which --resample starts from; --rate was expected
= 1
$ : | loci predict s4d.safetensors -
! loci: standard input: is empty
= 1
