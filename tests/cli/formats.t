# Files that version 0.1 wrote are read for ever. Memories: tests/core/read_memories.c.
$ cp -r "$FIXTURES"/formats/v1/* . && loci predict s4d.safetensors signal.txt
| file,class,p_0,p_1
| signal.txt,0,0.515608,0.484392
$ loci predict lstm.safetensors signal.txt
| file,class,p_0,p_1
| signal.txt,1,0.438032,0.561968
$ loci predict prenorm.safetensors signal.txt
| file,class,p_0,p_1
| signal.txt,0,0.509506,0.490494
$ loci eval s4d.safetensors d | head -2
| accuracy    41.7 %, 5 of 12
| loss        0.6956 nats
$ loci eval prenorm.safetensors d | head -2
| accuracy    66.7 %, 8 of 12
| loss        0.6649 nats
$ loci inspect s4d.safetensors | sed -n '1,4p; /note/p'
| layers      1 x s4d of width 4 and order 4, zoh, layer norms behind them; dropout 0.1, tied
| inputs      1 number a sample; the network sees (sample - 77.582) 0.048517
| outputs     2 numbers from the mean over all samples: 0, 1
| data        the samples of each sequence were permuted by seed 5
|             note frozen
# A stream goes on where it was: 30 samples are behind it.
$ tail -10 signal.txt | loci stream s4d.safetensors - --every 5 --state-in s4d.state
| 35,0,0.529209,0.470791
| 40,0,0.526008,0.473992
! loci: warning: s4d.safetensors: it was trained on samples in another order; the signal's must come in that order
$ tail -10 signal.txt | loci stream lstm.safetensors - --every 5 --state-in lstm.state
| 35,1,0.439117,0.560883
| 40,1,0.438032,0.561968
# A training that was stopped at step 24 of 120 ends where it would have.
$ loci train d --layers 1 --width 4 --state 4 --dt-min 0.1 --dt-max 1 --batch 8 --epochs 40 --valid 0.1 -o stopped.safetensors --resume 2>log; grep '^epoch 40' log
|~ result      validation accuracy 100 %, loss 0.249[0-9], after epoch 40 of 40
| parameters  106
|~ time        *s, 120 steps
|~ memory      * MB at most
| model       stopped.safetensors
|~ epoch 40 of 40: loss 0.297[0-9], accuracy 95.5 %; validation loss 0.249[0-9], accuracy 100 %; *s, best so far
$ loci kernel dense.npz --length 4 | awk -F, 'NR > 1 { $2 = sprintf("%.12f", $2) } { print $1 "," $2 }'
| sample,k
| 0,0.062747818411
| 1,0.039516040853
| 2,0.018712153496
| 3,0.000834911678
$ loci kernel diagonal.npz --length 4 | awk -F, 'NR > 1 { $2 = sprintf("%.12f", $2) } { print $1 "," $2 }'
| sample,k
| 0,-0.078679459388
| 1,-0.125226260737
| 2,-0.155030771037
| 3,-0.168520414831

# Archives of each promise: an rms error, dates; a largest error; without loss, some missing; a budget, whose old pages are joined; samples as they are.
$ for kind in error max lossless budget doubles; do loci recall archive_$kind.loci --points 61 -o now.csv && paste -d, archive_$kind.csv now.csv | awk -F, -v kind=$kind 'NR == 1 { n = NF / 2; next } { for (i = 2; i <= n; i++) { d = $i - $(i + n); off += (d * d > 1e-18) || ($i == "nan") != ($(i + n) == "nan") } off += $1 != $(1 + n) } END { print kind, NR - 1, off }'; done
| error 61 0
| max 61 0
| lossless 61 0
| budget 61 0
| doubles 61 0
$ for kind in error max lossless budget doubles; do loci inspect archive_$kind.loci --json | python3 -c "
+ import json, sys
+ a = json.load(sys.stdin)
+ print(a['promise'], a['samples'], a['missing'], len(a['pages']), a['bytes'], ['%.5g' % e for e in a['rms_error']])"; done
| error 3000 0 3 1889 ['0.043709', '0.039169']
| max 3000 0 3 2676 ['0.025216', '0.019656']
| lossless 3000 59 3 4880 ['0']
| budget 3000 0 11 2265 ['0.16717', '0.28258']
| budget 60 0 1 560 ['0']
# And they go on.
$ seq 100 | loci remember - --append archive_doubles.loci && loci recall archive_doubles.loci --at 59,60,159 && loci merge archive_budget.loci archive_budget.loci --append -o both.loci && loci inspect both.loci --json | grep -E '^  "samples"'
| time,u
| 59,60
| 60,1
| 159,100
|   "samples": 6000,
# A forecaster, what it expects next, and the state of a watch by it. Two as one.
$ loci forecast forecaster.loci | awk -F, 'NR > 1 { printf "%d %.6f %.6f %.6f\n", $1, $2, $3, $6 }'
| 40 217.620298 215.147176 220.123276
| 41 225.152686 220.640346 229.712654
| 42 208.721385 203.164767 214.328239
| 43 172.356938 166.216955 178.543145
$ tail -n 3 signal.txt | loci watch forecaster.loci --state-in watch.state | awk -F, '{ printf "%d %.6f %.6f %.6f\n", $1, $3, $4, $6 }'
| 41 217.620298 215.107288 49.590053
| 42 70.663208 68.126210 28.118592
| 43 118.441009 115.879796 27.158606
$ loci forecast forecaster.loci forecaster.loci --add -o twice.loci; loci forecast twice.loci | awk -F, 'NR > 1 { printf "%d %.6f\n", $1, $2 }' | head -n 1
| 40 217.620298
