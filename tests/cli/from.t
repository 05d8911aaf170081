# Sequences of classes, each a wave of its own; a tiny model that learns them.
$ waves() { awk -v names="$1" 'BEGIN { n = split(names, c, " "); print "@classLabel true " names "\n@data"; s = 7; for (i = 0; i < 48; i++) { k = i % n + 1; line = ""; for (t = 0; t < 30; t++) { s = s * 16807 % 2147483647; line = line (t ? "," : "") sprintf("%.3f", sin(0.2 * length(c[k]) * t + i) + s / 2147483647) } print line ":" c[k] } }'; }
+ waves 'crawl walking go' >A_TRAIN.ts; waves 'go crawl walking' >B_TRAIN.ts; waves 'go jog' >C_TRAIN.ts; waves 'go jog swim sprint' >D_TRAIN.ts
$ loci train A_TRAIN.ts -o a.safetensors --layers 2 --width 8 --state 8 --dt-min 0.1 --dt-max 1 --batch 8 --epochs 40 >out 2>&1; loci eval a.safetensors A_TRAIN.ts --train | grep accuracy
| accuracy    100 %, 48 of 48

# What is trained is that model: its configuration, its normalisation.
$ loci train A_TRAIN.ts --from a.safetensors --show | grep -A1 '^model'
| model       begins as a.safetensors: 2 layers of s4d, width 8, state 8, zoh, steps 0.1 to 1
|             layer norms, post-norm, dropout 0.1 tied over time, the answer from the mean of all samples
$ sed 's/^\([0-9-][^:]*\)/9,9,\1/' A_TRAIN.ts >E_TRAIN.ts; for d in A E; do loci train ${d}_TRAIN.ts --from a.safetensors --show | grep normalised; done | uniq | wc -l
| 1
$ loci train A_TRAIN.ts --from a.safetensors --width 8 --dropout 0 --postnorm --show | grep -A1 '^model' | tail -n 1
|             layer norms, post-norm, no dropout, the answer from the mean of all samples

# A step of no length gives its answers again, also where the classes stand in another order.
$ for d in A B; do loci train ${d}_TRAIN.ts -o $d.safetensors --from a.safetensors --steps 1 --lr 1e-30 >out 2>err; grep -c note: err; loci eval $d.safetensors ${d}_TRAIN.ts --train | head -n 1; done
| 0
| accuracy    100 %, 48 of 48
| 0
| accuracy    100 %, 48 of 48
$ loci inspect a.safetensors | grep -o 'fingerprint.*' >one; loci inspect A.safetensors | grep -o 'fingerprint.*' | cmp one -
$ grep -ao 'loci train A_TRAIN.ts --from [^"]*' A.safetensors
|~ loci train A_TRAIN.ts --from a.safetensors --steps 1 *

# Other classes: the decoder begins anew, which is said.
$ loci train C_TRAIN.ts --from a.safetensors --show | grep -A1 '^classes\|decoder'
| classes     2: go jog
|~ normalised *
|~ --*
|~   decoder.weight  * 2 x 8 *
|~   decoder.bias *
|
! loci: note: C_TRAIN.ts: has other classes than a.safetensors, of which all is taken but its decoder, which begins anew
$ loci train D_TRAIN.ts -o d.safetensors --from a.safetensors --epochs 30 --batch 8 >out 2>err; grep note: err; loci eval d.safetensors D_TRAIN.ts --train | grep -c accuracy
| loci: note: D_TRAIN.ts: has other classes than a.safetensors, of which all is taken but its decoder, which begins anew
| 1
$ awk 'BEGIN { print "g,x,y"; for (g = 0; g < 8; g++) for (t = 0; t < 9; t++) printf "%d,%.4f,%d\n", g, sin(g + t), g }' >v.csv; loci train v.csv --value y --group g --from a.safetensors -o v.safetensors --epochs 2 2>&1 >out | grep note
| loci: note: v.csv: targets are values of each sequence, so the task is value (--task chooses)
| loci: note: v.csv: has other targets than a.safetensors, of which all is taken but its decoder, which begins anew

# The same seed, the same bits: for any number of threads, and for a training that was stopped; what has become of the file that
# it began from is of no consequence, as long as that is a model of the same kind.
$ printf 'exec loci train B_TRAIN.ts --from begin.safetensors --batch 8 --epochs 300 --patience 10 --valid 0.25 "$@"\n' >t; cp a.safetensors begin.safetensors; sh t -o m.safetensors --threads 1 >out 2>&1; sh t -o n.safetensors --threads 2 >out 2>&1; cmp m.safetensors n.safetensors
$ env --default-signal=INT sh t -o k.safetensors --log k.jsonl 2>err & until [ "$(wc -l 2>/dev/null <k.jsonl)" -ge 9 ] 2>/dev/null; do :; done; kill -INT $!; wait $!; cp A.safetensors begin.safetensors; sh t -o k.safetensors --resume >out 2>&1; cmp m.safetensors k.safetensors
$ env --default-signal=TERM loci train B_TRAIN.ts -o q.safetensors --from a.safetensors --steps 1000000 --log q.jsonl 2>err & until [ "$(wc -l 2>/dev/null <q.jsonl)" -ge 9 ] 2>/dev/null; do :; done; kill -TERM $!; wait $!; loci train B_TRAIN.ts -o other.safetensors --layers 1 --width 8 --state 8 --steps 1 >out 2>&1; loci train B_TRAIN.ts -o q.safetensors --from other.safetensors --steps 1000000 --resume 2>&1 | tail -n 1
| loci: q.safetensors.resume: configuration of the model is another one than that of the saved training

# Values: columns by their names, in the order of the model; answers in the units that they are in now.
$ awk 'BEGIN { print "g,a,b,y"; for (g = 0; g < 40; g++) for (t = 0; t < 20; t++) printf "%d,%.4f,%.4f,%.4f\n", g, sin(0.3 * t) * (g % 7), cos(0.3 * t), 3 * (g % 7) }' >v.csv; awk -F, -v OFS=, '{ print $4, $3, $2, $1 }' v.csv >w.csv
$ loci train v.csv --value y --group g -o v.safetensors --layers 1 --width 8 --state 8 --epochs 20 >out 2>&1; loci train w.csv --value y --group g -o w.safetensors --from v.safetensors --steps 1 --lr 1e-30 >out 2>&1; for m in v w; do loci eval $m.safetensors w.csv 2>err | grep error; done | uniq | wc -l
| 1
$ loci train v.csv --value y --group g --column b,a -o w.safetensors --from v.safetensors --steps 1 2>&1 | tail -n 1
| loci: v.csv: input 1 is b, which is input 2 of v.safetensors; the same order was expected
$ sed 1s/a,b/a,c/ v.csv >u.csv; loci train u.csv --value y --group g -o w.safetensors --from v.safetensors --steps 1 2>&1 | grep column
| loci: note: u.csv: has no column b, which the model was trained on; its columns are taken in their order

# Texts: the characters are the model's.
$ yes 'the cat sat on the mat.' | head -n 60 >t.txt; yes 'that mat sat on the cat' | head -n 60 >u.txt; loci train t.txt -o t.safetensors --layers 1 --width 16 --window 32 --steps 40 >out 2>&1; loci train u.txt --from t.safetensors -o u.safetensors --window 32 --steps 40 2>&1 >out | head -n 1; grep -c 'bits a character' out
| loci: note: u.txt: is read as a text, so the task is next, to predict the next character (--task chooses)
| 1
$ loci train A_TRAIN.ts --from t.safetensors -o u.safetensors --task class
! loci: A_TRAIN.ts: the task is class, and t.safetensors, which the training is to begin from, answers with the next token
= 1
$ echo Zebra >>u.txt; loci train u.txt --from t.safetensors -o u.safetensors
! loci: u.txt: byte 1441 begins the character U+005A, "Z", which is none of the 12 that the model knows
= 1
$ loci train t.txt --from t.safetensors -o u.safetensors --bytes 2>&1 | tail -n 1
| loci: t.txt: vocabulary is 256, and 12 in the model that it is to begin as
$ loci train t.txt --from a.safetensors -o u.safetensors 2>&1 | tail -n 1
| loci: t.txt: the task is next, and a.safetensors, which the training is to begin from, answers once a sequence

# What does not fit.
$ for o in '--preset small' '--layer lstm' '--width 16' '--prenorm' '--norm rms' '--dt-min 0.2' '--heads 2' '--from -' '-o a.safetensors' '-o B_TRAIN.ts' '--log a.safetensors'; do loci train B_TRAIN.ts --from a.safetensors -o x.safetensors $o; echo $?; done
| 2
| 2
| 2
| 2
| 2
| 2
| 2
| 2
| 2
| 2
| 2
! loci: train: --from and --preset exclude each other; one was expected
! loci: train: --layer is lstm; s4d, as a.safetensors has it, or none was expected with --from
! loci: train: --width is 16; 8, as a.safetensors has it, or none was expected with --from
! loci: train: --prenorm is not how a.safetensors was made; none was expected with --from
! loci: train: --norm is rms; layer, as a.safetensors has it, or none was expected with --from
! loci: train: --dt-min is 0.2; 0.1, as a.safetensors has it, or none was expected with --from
! loci: train: --heads is not for layers of s4d
! loci: train: --from is standard input; a file was expected, which --resume reads again
! loci: train: a.safetensors is read and written; another file was expected
! loci: train: B_TRAIN.ts is read and written; another file was expected
! loci: train: a.safetensors is read and written; another file was expected
$ loci train v.csv --value y --group g --from a.safetensors -o x.safetensors 2>&1 | tail -n 1
| loci: v.csv: has 2 inputs a sample; 1, as a.safetensors takes, was expected
$ loci train A_TRAIN.ts --from a.safetensors -o x.safetensors --task class-each
! loci: A_TRAIN.ts: the task is class-each, and a.safetensors, which the training is to begin from, answers once a sequence
= 1
$ loci fit A_TRAIN.ts -o bank.safetensors --modes 20 >out; loci export a.safetensors -o exported >out; head -c 3000 a.safetensors >cut.safetensors; for f in bank.safetensors bank.safetensors.learned exported nothing A_TRAIN.ts cut.safetensors "$FIXTURES"/s4d_state.safetensors; do loci train A_TRAIN.ts --from "$f" -o x.safetensors 2>&1; done
| loci: bank.safetensors: is a bank of oscillators, which 'loci fit' learns with; a network was expected
| loci: bank.safetensors.learned: is what a model of fit has learned; a model was expected
| loci: exported: is a folder; the name of a file was expected
| loci: nothing: cannot be opened: No such file or directory
| loci: A_TRAIN.ts: is a text; a model was expected
|~ loci: cut.safetensors: *
|~ loci: *s4d_state.safetensors: holds tensors, but no model of loci *
= 1
