# A tiny model on the test split of its data, and on the training split.
$ "$FIXTURES"/../labelled.sh d 80
$ loci train d --layers 2 --width 8 --state 8 --dt-min 0.1 --dt-max 1 --batch 8 --epochs 6 -o m.safetensors >out 2>&1
$ loci eval m.safetensors d
| accuracy    100 %, 40 of 40
|~ loss        0.[0-9]* nats
|~ time        * sequences/s
$ loci eval m.safetensors d --train | head -n 1
| accuracy    100 %, 80 of 80
$ loci eval m.safetensors d --json
| {
|   "task": "classification",
|~   "loss": 0.[0-9]*,
|   "accuracy": 1,
|   "samples": 40,
|~   "seconds": *
| }
$ loci eval m.safetensors d --confusion | tail -n +4
|
| what it was, by rows, and what the answer was, by columns:
|
|           0     1
| 0        20     0
| 1         0    20
$ loci eval m.safetensors d --confusion --json | tail -n 3
|   "classes": ["0", "1"],
|   "confusion": [[20, 0], [0, 20]]
| }
$ for threads in 1 2 3; do loci eval m.safetensors d --json --threads $threads | grep -v seconds > $threads.json; done; cmp 1.json 2.json && cmp 1.json 3.json

# How the data were read is the model's: permuted images stay permuted.
$ loci train d --layers 1 --width 4 --state 4 --permute 7 --steps 2 -o p.safetensors >out 2>&1; loci eval p.safetensors d --json | grep loss > permuted; cp -r d e; loci eval p.safetensors e --json | grep loss | cmp - permuted

# Sounds at two rates, labelled by name: the model runs at the rate of what it is given.
$ mkdir s; for i in 1 2 3 4 5 6; do for kind in low high; do
+     LC_ALL=C awk -v kind=$kind -v i=$i 'function u(n, bytes) { while (bytes-- > 0) { printf "%c", n % 256; n = int(n / 256) } }
+         BEGIN { n = 256; printf "RIFF"; u(36 + n, 4); printf "WAVEfmt "; u(16, 4); u(1, 2); u(1, 2); u(800, 4); u(800, 4); u(1, 2); u(8, 2); printf "data"; u(n, 4)
+                 for (k = 0; k < n; k++) u(128 + int(60 * sin((kind == "low" ? 0.1 : 0.4) * k + i)), 1) }' > s/${kind}_$i.wav
+ done; done; ls s | wc -l
| 12
$ loci train s --label '{label}_*' --except '*_[12].wav' --layers 1 --width 8 --state 8 --dt-min 0.05 --dt-max 0.5 --dropout 0 --lr-ssm 0.01 --steps 40 --valid 0 -o s.safetensors >out 2>&1
$ loci eval s.safetensors s >out
! loci: warning: s: has no test split, so just what was trained on is measured, the 8 sequences that its --except chose; --match or --except chooses others
$ loci eval s.safetensors s --match '*_[12].wav' | head -n 1
| accuracy    100 %, 4 of 4
$ loci eval s.safetensors s --match '*_[12].wav' --resample 400 | head -n 1
| accuracy    100 %, 4 of 4
$ loci eval s.safetensors s --rate 400
! loci: s: its rate is 800 Hz, and --rate is 400; leave --rate out, or give the data's
= 1
$ loci eval s.safetensors s --match '*' --rate 800 | head -n 1
| accuracy    100 %, 12 of 12
$ loci eval m.safetensors d --rate 800
! loci: m.safetensors: was trained on data without a rate; leave --rate out
= 1
$ cp s/low_1.wav s/middle_3.wav; loci eval s.safetensors s
!~ loci: s: middle_3.wav is of class middle, which is none of the 2 that were expected
= 1

# What cannot be.
$ loci eval m.safetensors
! loci: eval: DATA is missing; 'loci help eval' shows how to use it
= 2
$ loci eval none.safetensors d
! loci: none.safetensors: cannot be opened: No such file or directory
= 1
$ loci eval out d
!~ loci: out: *
= 1
$ loci eval m.safetensors nowhere
! loci: nowhere: cannot be opened: No such file or directory
= 1
$ loci eval m.safetensors s
!~ loci: s: *
= 1
$ loci eval m.safetensors d --match '*'
! loci: d: is a data set of kind idx; match, except, resample and mono are for files in folders
= 1
$ loci eval m.safetensors d --rate 0
! loci: eval: --rate is 0; more than 0 Hz was expected
= 2
$ loci eval m.safetensors d --resample -1
! loci: eval: --resample is -1; more than 0 Hz was expected
= 2
$ loci eval m.safetensors d --threads 5000
! loci: eval: --threads is 5000; 0 to 1024 was expected
= 2
$ cp d/t10k-labels-idx1-ubyte e/t10k-labels-idx1-ubyte; printf '\003' | dd of=e/t10k-labels-idx1-ubyte bs=1 seek=9 conv=notrunc 2>/dev/null; loci eval m.safetensors e
!~ loci: e: *3*
= 1
$ head -c 2000 m.safetensors > cut.safetensors; loci eval cut.safetensors d
!~ loci: cut.safetensors: *
= 1
$ loci eval m.safetensors d >/dev/full
! loci: standard output: writing failed: No space left on device
= 1

# A share to test with is one.
$ for t in 0 1 2 -1; do loci eval m.safetensors d --test $t; done
! loci: eval: --test is 0; a share above 0 and below 1 was expected
! loci: eval: --test is 1; a share above 0 and below 1 was expected
! loci: eval: --test is 2; a share above 0 and below 1 was expected
! loci: eval: --test is -1; a share above 0 and below 1 was expected
= 2
