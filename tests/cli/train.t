# A tiny set and a tiny model, which learns it.
$ "$FIXTURES"/../labelled.sh d 80
$ printf 'exec loci train d --layers 2 --width 8 --state 8 --dt-min 0.1 --dt-max 1 --batch 8 --valid 0.1 "$@"\n' > t
$ sh t --epochs 6 --show | grep -v ' ssm$\| main$'
| data        d: idx, 1 input a sample
| training    72 sequences of 20 samples
| validation  8 sequences of 20 samples
| classes     2: 0 1
|~ normalised  (u - 7[67].[0-9]*) 0.0[45][0-9]*
|
| model       small: 2 layers of s4d, width 8, state 8, zoh, steps 0.1 to 1
|             layer norms, post-norm, dropout 0.1 tied over time, the answer from the mean of all samples
| parameters  642
|
|
| steps       54, 6 epochs of 8 sequences a step
| rates       0.01, of state spaces 0.001, rising over 5 % of the steps, then a cosine
| decay       0.01, gradients of norm above 1 are scaled to it
| seed        0
$ ls
| d
| t
$ sh t --epochs 6 -o m.safetensors --log m.jsonl --note 'the first' --threads 1
|~ result      validation accuracy 100 %, loss 0.*, after epoch [56] of 6
| parameters  642
|~ time        *s, 54 steps
|~ memory      * MB at most
| model       m.safetensors
!~ epoch 1 of 6: loss 0.*, accuracy * %; validation loss 0.*, accuracy * %; *s, best so far
!~ epoch 2 of 6: loss 0.*, accuracy * %; validation loss 0.*, accuracy * %; *s*
!~ epoch 3 of 6: loss 0.*, accuracy * %; validation loss 0.*, accuracy * %; *s*
!~ epoch 4 of 6: loss 0.*, accuracy * %; validation loss 0.*, accuracy * %; *s*
!~ epoch 5 of 6: loss 0.*, accuracy * %; validation loss 0.*, accuracy * %; *s*
!~ epoch 6 of 6: loss 0.*, accuracy * %; validation loss 0.*, accuracy * %; *s*
$ ls
| d
| m.jsonl
| m.safetensors
| t
$ wc -l < m.jsonl; sed -n '1p; 10p; $p' m.jsonl
| 60
|~ {"step": 1, "epoch": 1, "loss": *, "seconds": *}
|~ {"epoch": 1, "train_loss": *, "valid_loss": *, "valid_accuracy": *, "seconds": *}
|~ {"epoch": 6, "train_loss": *, "valid_loss": *, "valid_accuracy": 1, "seconds": *}
$ grep -ao 'note":"[^}]*}' m.safetensors | tr -d '\\'
|~ note":"{"program":"loci *","command":"loci train d --layers 2 --width 8 --state 8 --dt-min 0.1 --dt-max 1 --valid 0.1 --epochs 6 --batch 8","seed":0,"steps":54,"epochs":6,"finished":true,"best_epoch":*,"train_loss":*,"valid_loss":*,"valid_accuracy":1.0,"note":"the first"}

# Images that are flipped and moved: what is asked for is said, and only images can be.
$ sh t --epochs 2 --augment flip,shift --show | tail -n 3
| decay       0.01, gradients of norm above 1 are scaled to it
| augment     flip, shift
| seed        0
$ sh t --epochs 2 --augment flip,shift -o a.safetensors --threads 1 >out 2>&1; sh t --epochs 2 --augment flip,shift -o b.safetensors --threads 2 >out 2>&1; cmp a.safetensors b.safetensors
$ sh t --epochs 2 -o b.safetensors --threads 2 >out 2>&1; cmp -s a.safetensors b.safetensors
= 1
$ grep -ao 'epochs 2 .*--augment[^"]*"' a.safetensors | tr -d '\\'
|~ *--augment flip,shift*
$ sh t --augment flop --show
! loci: train: --augment is "flop"; flip, shift or flip,shift was expected
= 2

# Products of floats, or of what is left of them in bfloat16, where the processor has such products.
$ sh t --epochs 2 --augment flip,shift --precision float -o b.safetensors --threads 2 >out 2>&1; cmp -s a.safetensors b.safetensors; for m in a b; do tail -c 2000 $m.safetensors >$m; done; cmp a b
$ sh t --precision half --show
! loci: train: --precision is "half"; float or bf16 was expected
= 2
$ sh t --epochs 2 --precision bf16 --show >out 2>&1; grep -cE '^precision   bf16, validated in float$|loci: train: --precision is bf16, and this processor has no such products .AVX512-BF16.; float was expected$' out
| 1
$ rm a b a.safetensors b.safetensors out

# The same seed, the same bits: for any number of threads, and for a training that was killed, again and again.
$ sh t --epochs 6 -o two.safetensors --threads 2 --note 'the first' >out 2>&1; cmp m.safetensors two.safetensors
$ sh t --epochs 6 -o three.safetensors --threads 3 --note 'the first' >out 2>&1; cmp m.safetensors three.safetensors
$ sh t --epochs 6 -o other.safetensors --seed 1 --note 'the first' >out 2>&1; cmp -s m.safetensors other.safetensors
= 1
$ : >k.jsonl; for lines in 3 12 30 47; do
+     [ ! -e k.safetensors.resume ] || : >k.jsonl
+     sh t --epochs 6 -o k.safetensors --resume --log k.jsonl --note 'the first' >out 2>&1 &
+     until [ "$(wc -l <k.jsonl)" -ge $lines ] || ! kill -0 $! 2>/dev/null; do :; done
+     kill -9 $! 2>/dev/null
+     wait $! 2>/dev/null
+ done; sh t --epochs 6 -o k.safetensors --resume --log k.jsonl --note 'the first' >out 2>&1; tail -n 1 out; ls k.*; cmp m.safetensors k.safetensors
|~ *k.safetensors*
| k.jsonl
| k.safetensors
$ for log in m k; do sed 's/, "seconds".*//' $log.jsonl > $log.told; done; cmp m.told k.told

# What is finished is not done again; what was stopped is not overwritten unless that is wanted.
$ sh t --epochs 6 -o k.safetensors --resume
! loci: k.safetensors: this training is finished
$ sh t --epochs 6 -o k.safetensors --resume --log k.jsonl; sh t --epochs 6 -o k.safetensors --resume --log late.jsonl --plot late.svg; ls late.* 2>/dev/null
! loci: k.safetensors: this training is finished
! loci: k.safetensors: this training is finished
! loci: warning: k.safetensors: its steps went with its end, so that there is nothing to write for --log and --plot; --restart trains anew
= 2
$ sh t --epochs 7 -o k.safetensors --resume
! loci: k.safetensors: was made by another command, and there is no k.safetensors.resume to go on from; without --resume it is made anew
= 1
$ env --default-signal=INT sh t --steps 1000000 -o s.safetensors --log s.jsonl 2>err &
+ until [ "$(wc -l 2>/dev/null <s.jsonl)" -ge 5 ] 2>/dev/null; do :; done; kill -INT $!; wait $!; echo $?; tail -n 1 err; ls s.jsonl s.safetensors.resume
| 130
|~ loci: train: interrupted after step * of 1000000; the same command with --resume goes on
| s.jsonl
| s.safetensors.resume
$ sh t --steps 1000000 -o s.safetensors
! loci: train: s.safetensors.resume is there: the training of s.safetensors was stopped; --resume, which goes on, or --restart, which begins anew, was expected
= 2
$ sh t --steps 1000000 --lr 0.02 -o s.safetensors --resume
! loci: s.safetensors.resume: lr was 0.01 in the saved training and is 0.02 now
= 1
$ sh t --steps 1000000 --width 16 -o s.safetensors --resume
! loci: s.safetensors.resume: configuration of the model is another one than that of the saved training
= 1
$ sh t --steps 1000000 -o s.safetensors --resume --log s.jsonl 2>err &
+ last=$(wc -l <s.jsonl); until [ "$(wc -l <s.jsonl)" -gt $last ]; do :; done; kill -TERM $!; wait $!; echo $?; tail -n 1 err
| 130
|~ loci: train: interrupted after step * of 1000000; the same command with --resume goes on
$ grep -o '"step": [0-9]*' s.jsonl | awk '$2 != NR { print "a step is missing:", NR }'
$ cp s.safetensors.resume whole; for at in 3 50 300 9000; do { head -c $at whole; printf '~'; tail -c +$((at + 2)) whole; } > s.safetensors.resume; sh t --steps 1000000 -o s.safetensors --resume 2>&1; done
|~ loci: s.safetensors.resume: is *damaged*
|~ loci: s.safetensors.resume: is *damaged*
|~ loci: s.safetensors.resume: is *damaged*
|~ loci: s.safetensors.resume: is *damaged*
= 1
$ head -c 1000 whole > s.safetensors.resume; sh t --steps 1000000 -o s.safetensors --resume
!~ loci: s.safetensors.resume: is *
= 1
$ sh t --steps 3 -o s.safetensors --restart >out 2>&1; ls s.*
| s.jsonl
| s.safetensors

# Steps, patience, no validation, the log as the output, a chart.
$ sh t --steps 12 --valid 0 -o n.safetensors --log - | tail -n 2
|~ {"step": 12, "epoch": 2, "loss": *, "seconds": *}
|~ {"epoch": 2, "train_loss": *, "valid_loss": null, "valid_accuracy": null, "seconds": *}
!~ epoch 1 of 2: loss *, accuracy * %; *s
!~ epoch 2 of 2: loss *, accuracy * %; *s
!~ loci: warning: the training ended at chance: 1[0-1] of 16 training sequences are answered right, *
$ sh t --epochs 50 --lr 1e-9 --patience 1 -o n.safetensors --log n.jsonl >out 2>&1; test "$(grep -c train_loss n.jsonl)" -lt 50
$ sh t --epochs 2 -o n.safetensors --plot - 2>out | head -n 1
| Training of n.safetensors

# What nobody gives is chosen from the data, and said; so is a training at chance.
$ loci train d --show | grep -A1 ^steps
| steps       1,940, 97 epochs of 4 sequences a step
|             chosen for 80 sequences of 20 samples: 4 sequences a step, 97 epochs, 1,940 steps in all, none to validate with, as a tenth would be too few to judge by (--batch --epochs --valid change it)
$ loci train d --show --patience 3 --batch 16 | grep -A1 ^steps
| steps       520, 104 epochs of 16 sequences a step; ends after 3 epochs without a better validation
|             chosen for 72 sequences of 20 samples to train with: 104 epochs, 520 steps in all, 8 to validate with (--epochs --valid change it)
$ "$FIXTURES"/../labelled.sh large 3000; loci train large --show | grep -A1 ^steps
| steps       430, 10 epochs of 64 sequences a step
|             chosen for 2,700 sequences of 20 samples to train with: 64 sequences a step, 10 epochs, 430 steps in all, 300 to validate with (--batch --epochs --valid change it)
$ loci train d --width 8 --state 8 --lr 1e-9 --epochs 2 --valid 0.5 -o n.safetensors 2>&1 >out | tail -n 1
|~ loci: warning: the training ended at chance: * of 40 validation sequences are answered right, which cannot be told from always answering "0", which 50 % are; *
$ loci train d --width 8 --state 8 --lr 1e-9 --steps 3 -o n.safetensors 2>&1 >out | tail -n 1
|~ loci: warning: the training ended at chance: * of 12 training sequences are answered right, which cannot be told from always answering "0", which 50 % are; *
$ loci train d --layers 2 --width 8 --state 8 --dt-min 0.1 --dt-max 1 -o n.safetensors 2>&1 >out | grep -v ^epoch; loci eval n.safetensors d | sed -n 1p
|~ chosen for 80 sequences of 20 samples: *
| accuracy    100 %, 40 of 40

# What cannot go on: the best model before, and the last state, stay.
$ sh t --epochs 3 --lr 1e30 --lr-ssm 1e30 --clip 0 --warmup 0 -o n.safetensors --restart; ls n.*
!~ loci: the * in step 2 is not finite; no epoch was finished, so that there is no model yet; a lower --lr with --restart may not diverge
| n.jsonl
| n.safetensors
| n.safetensors.resume
$ cp m.safetensors full.safetensors; (ulimit -f 4; sh t --epochs 3 -o full.safetensors); cmp m.safetensors full.safetensors; ls full*
! loci: full.safetensors.resume: writing failed: File too large
| full.safetensors
$ sh t --epochs 3 -o nowhere/m.safetensors
! loci: nowhere/m.safetensors: cannot be created: No such file or directory
= 1
$ mkdir folder; sh t --epochs 3 -o folder
! loci: folder: is a folder; the name of a file was expected
= 1
$ sh t --epochs 3 -o n.safetensors --restart --log folder
! loci: folder: is a folder; the name of a file was expected
= 1

# Options that do not fit.
$ loci train d
! loci: train: -o MODEL.safetensors is missing; a file for the model was expected
= 2
$ loci train d -o -
! loci: train: -o is standard output; a file was expected, which is written again and again
= 2
$ loci train d -o x --preset tiny
!~ loci: train: --preset: there is no preset tiny; s4-example, small, audio, lstm, gru, mingru* was expected
= 2
$ loci train d -o x --layer rnn
!~ loci: train: --layer is "rnn"; s4d, lstm, gru, mingru* was expected
= 2
$ loci train d -o x --layers 0
! loci: train: --layers is 0; 1 to 1024 was expected
= 2
$ loci train d -o x --width 70000
! loci: train: --width is 70000; 1 to 65535 was expected
= 2
$ loci train d -o x --state 3
! loci: train: --state is 3; an even number of 2 to 1024, or of mamba and mamba2 any from 1, was expected
= 2
$ loci train d -o x --state 2000
! loci: train: --state is 2000; an even number of 2 to 1024, or of mamba and mamba2 any from 1, was expected
= 2
$ loci train d -o x --dropout 1
! loci: train: --dropout is 1; 0 to below 1 was expected
= 2
$ loci train d -o x --dt-min 0
! loci: train: --dt-min is 0; more than 0, at most 1e6 was expected
= 2
$ loci train d -o x --dt-min 1
! loci: train: dt_min is 1 and dt_max 0.1; the first was expected to be less
= 2
$ loci train d -o x --valid 0 --patience 2
! loci: train: --patience is about validation, and --valid 0 leaves none; one was expected
= 2
$ loci train d --layer lstm --show | grep rates; loci train d --layer lstm --lr 0.01 --show | grep rates
| rates       0.001, rising over 5 % of the steps, then a cosine
| rates       0.01, rising over 5 % of the steps, then a cosine
$ loci train d -o x --layer lstm --state 4
! loci: train: --state is not for layers of lstm
= 2
$ loci train d -o x --preset lstm --prenorm
! loci: train: the preset lstm has neither residuals nor norms; --norm, --prenorm and --postnorm are for others
= 2
$ loci train d -o x --prenorm --postnorm
! loci: train: --prenorm and --postnorm exclude each other; one was expected
= 2
$ loci train d -o x --batch 0
! loci: train: --batch is 0; 1 to 65536 was expected
= 2
$ loci train d -o x --lr 0
! loci: train: --lr is 0; more than 0 was expected
= 2
$ loci train d -o x --valid 1
! loci: train: --valid is 1; 0 to below 1 was expected
= 2
$ loci train d -o x --epochs 0
! loci: train: --epochs is 0, and no --steps ends the training; one was expected
= 2
$ loci train d -o x --steps 0
! loci: train: --steps is 0; 1 or more was expected
= 2
$ loci train d -o x --threads 1025
! loci: train: --threads is 1025; 0 to 1024 was expected
= 2
$ loci train d -o x --resume --restart
! loci: train: --resume and --restart exclude each other; one was expected
= 2
$ loci train d -o x --plot x.pdf
! loci: train: --plot: x.pdf: no chart can be written there; FILE.svg, FILE.png or - was expected
= 2
$ loci train d -o x --log - --plot -
! loci: train: the chart and the log both go to standard output; --log with a file was expected
= 2

# Data that cannot be.
$ loci train nowhere -o x
! loci: nowhere: cannot be opened: No such file or directory
= 1
$ cp t t.csv; loci train t.csv -o x
!~ loci: t.csv: is a table of columns exec, loci, train, d, *; the one to be learned was expected, *
= 1
$ loci train folder -o x
!~ loci: folder: holds no data set: * was expected
= 1
$ loci train d -o x --match '*'
! loci: d: is a data set of kind idx; match, except, resample and mono are for files in folders
= 1
$ cp -r d e; printf '\005' | dd of=e/train-labels-idx1-ubyte bs=1 seek=8 conv=notrunc 2>/dev/null; loci train e -o x
! loci: e: no sequence is of class 2; each class needs one
= 1
$ head -c 60 d/train-labels-idx1-ubyte > e/train-labels-idx1-ubyte; loci train e -o x
!~ loci: e*: *
= 1
$ test -e x || test -e x.resume
= 1
