# Values and labels, of a sequence and at every sample; tests/delayed.sh says what is learned.
$ for task in value-each class-each values; do "$FIXTURES"/../delayed.sh $task 200 $task; done
$ echo 'loci train "$@" --layers 2 --width 32 --state 8 --dt-min 0.1 --dt-max 1 --dropout 0 --batch 16 --valid 0.1' >learn

$ sh learn value-each --task value-each -o each.safetensors --epochs 20 2>err | head -n 1
|~ result      validation variance explained 9[0-9]* %, loss 0.0*, after epoch * of 20
$ head -n 1 err
|~ epoch 1 of 20: loss *, variance explained * %; validation loss *, variance explained * %; *s, best so far
$ loci eval each.safetensors value-each | sed 's/time .*//'
|~ explained   9[0-9.]* % of the variance of 3,200 targets
|~ error       [0-9.]*, root mean square
|~ loss        0.0* of the variance
|
$ grep -ao 'valid_[a-z_]*' each.safetensors | sort -u
| valid_loss
| valid_variance_explained

$ sh learn class-each -o labels.safetensors --epochs 20 2>err | head -n 1
|~ result      validation accuracy 9[0-9.]* %, loss 0*, after epoch * of 20
$ head -n 1 err
| loci: note: class-each: targets are a label at every sample, so the task is class-each (--task chooses)
$ loci eval labels.safetensors class-each --confusion | sed '/time/d; /loss/d' | head -n 5
|~ accuracy    9[0-9.]* %, 3,[0-9]* of 3,200
|
| what it was, by rows, and what the answer was, by columns:
|
|           0     1

$ sh learn values -o values.safetensors --epochs 30 2>err | head -n 1
|~ result      validation variance explained [789][0-9.]* %, loss 0*, after epoch * of 30
$ loci eval values.safetensors values --json
| {
|   "task": "value",
|~   "loss": 0.*,
|~   "variance_explained": 0.[789]*,
|   "samples": 100,
|   "targets": 100,
|~   "rmse": [[]*, *],
|~   "variance_explained_by_output": [[]0.[789]*, 0.[789]*],
|~   "seconds": *
| }
$ sh learn values -o values.safetensors --show 2>out | sed -n '4,5p'
| task        value: 2 values of each sequence
|~ normalised  (u - *) *

# A stream answers in the units of the targets, and with a class where they are classes.
$ printf '%s\n' 79 100 60 120 79 90 40 >signal
$ loci stream each.safetensors signal | awk -F, 'NR == 1 { print; next } { if (NR > 3 && ($2 < 20 || $2 > 140)) print "far off:", $0 } END { print NR - 1 }'
| sample,y
| 7
$ loci stream labels.safetensors signal | cut -d , -f 1,2 | sed -n '1p; $p'
|~ sample,class
|~ 7,[01]
$ loci stream values.safetensors signal --every 0 --json
|~ {"sample": 7, "outputs": [[]*.*, *.*]}

# What a model learned, and in which units, stands in its file.
$ loci inspect values.safetensors | grep '^outputs'
|~ outputs     2 numbers from the mean over all samples; the network answers (target - [0-9.]*) [0-9.]*, (target - [0-9.]*) [0-9.]*
$ loci inspect labels.safetensors | grep '^outputs'
| outputs     2 numbers at every sample: 0, 1
$ loci inspect values.safetensors --json | grep -E '^  "(task|target_)'
|   "task": "value",
|~   "target_shift": [[]*.*, *.*],
|~   "target_scale": [[]*.*, *.*],
$ loci inspect labels.safetensors --json | grep -E '^  "(task|target_)'
|   "task": "class-each",
|   "target_shift": null,
|   "target_scale": null,

# The same bits for any number of threads, and after a stop.
$ for task in value-each class-each values; do
+     for threads in 1 3; do sh learn $task --task $(basename $task s) -o $task-$threads.safetensors --epochs 3 --threads $threads >out 2>&1; done
+     cmp $task-1.safetensors $task-3.safetensors
+     sh learn $task --task $(basename $task s) -o $task-k.safetensors --epochs 3 --log - 2>out | head -n 20 >cut
+     test -e $task-k.safetensors.resume || echo "$task: was not stopped"
+     sh learn $task --task $(basename $task s) -o $task-k.safetensors --epochs 3 --resume >out 2>&1
+     cmp $task-1.safetensors $task-k.safetensors
+ done

# Sequences of different lengths: what is behind their ends is not read.
$ for task in value-each class-each value; do "$FIXTURES"/../delayed.sh of-$task 60 $task lengths; cp -r of-$task other-$task; done
$ echo '{ head -c 128 "$1"; tail -c +129 "$1" | LC_ALL=C tr "\\000" "$2"; } >new; mv new "$1"' >spoil
$ for task in value-each value; do for split in train test; do sh spoil other-$task/${split}_x.npy '\377'; done; done
$ for split in train test; do sh spoil other-value-each/${split}_y.npy '\001'; done
$ for task in value-each value; do
+     for data in of other; do sh learn $data-$task --task $task -o $data.safetensors --epochs 2 --note same >out 2>&1; loci eval $data.safetensors $data-$task --json | grep -v seconds >$data.json; done
+     cmp of.json other.json
+ done
$ sh learn of-class-each -o m.safetensors --show 2>out | sed -n 2,4p
|~ training    54 sequences of 2[0-9] samples on average, 3[0-9] samples at most
|~ validation  6 sequences of 2[0-9] samples on average, [23][0-9] samples at most
| task        class-each: a label at every sample

# What does not go together.
$ loci train value-each -o m.safetensors --task regression
! loci: train: --task is "regression"; class, class-each, value, value-each or next was expected
= 2
$ loci train value-each -o m.safetensors --task value-each --pool last
! loci: train: --pool makes one answer of a sequence, and the task value-each has one at every sample; no --pool was expected
= 2
$ loci train value-each -o m.safetensors --task class
! loci: value-each: train_y.npy has the shape [200][32]; [sequences] was expected, for one label each
= 1
$ loci train values -o m.safetensors --task class-each
! loci: values: train_y.npy has the shape [200][2]; [sequences][samples] was expected, for a label at every sample
= 1
$ loci eval each.safetensors values
! loci: values: test_y.npy has the shape [100][2]; [sequences][samples] or [sequences][samples][values] was expected, for values at every sample
= 1
$ loci eval values.safetensors value-each
! loci: value-each: the set has 32 values a target; the model has 2
= 1
$ loci eval values.safetensors values --confusion
! loci: values.safetensors: its task is value, of which there are no classes; no --confusion was expected
= 1
$ "$FIXTURES"/../labelled.sh images 8; loci train images -o m.safetensors --task value
! loci: images: each sequence has one label; values were expected
= 1
$ cp -r of-value bad; cp of-value/train_x.npy bad/train_length.npy; loci train bad -o m.safetensors --task value
! loci: bad: train_length.npy has 2 dimensions; [sequences] was expected
= 1
$ { head -c 128 of-value/train_length.npy; printf '!'; tail -c +130 of-value/train_length.npy; } >bad/train_length.npy; loci train bad -o m.safetensors --task value
! loci: bad: train_length.npy: length 0 is 33; a whole number of 1 to 32 was expected
= 1
$ { head -c 129 of-value/train_length.npy; printf '\000'; tail -c +131 of-value/train_length.npy; } >bad/train_length.npy; loci train bad -o m.safetensors --task value
! loci: bad: train_length.npy: length 1 is 0; a whole number of 1 to 32 was expected
= 1
$ rm bad/train_length.npy; { head -c 128 of-value/train_y.npy; awk 'BEGIN { while (i++ < 60) printf "A" }'; } >bad/train_y.npy; loci train bad -o m.safetensors --task value
! loci: bad: value 0 of the targets is 65 in all of the training; values that differ were expected
= 1

# An answer a sequence: of arrays, folders and files; what predict says, stream and eval say as well.
$ loci predict each.safetensors signal | cut -d , -f 2- >one; loci stream each.safetensors signal | cmp - one; head -n 1 one
| sample,y
$ loci predict labels.safetensors class-each/test_x.npy --sequences >answers; head -n 1 answers; wc -l <answers
| file,sample,class,p_0,p_1
| 3201
$ sed -n 2p answers | cut -d , -f 1,2
| class-each/test_x.npy[0],1
$ tail -c 3200 class-each/test_y.npy | LC_ALL=C tr '\000\001' '01' | fold -w 1 >true; echo >>true; cut -d , -f 3 answers | sed 1d | paste -d , - true | awk -F, '{ right += $1 == $2 } END { print "accuracy", right }' >counted; loci eval labels.safetensors class-each | awk '{ gsub(/,/, ""); print "accuracy", $4; exit }' | cmp - counted
$ loci predict values.safetensors values/test_x.npy --sequences -o answers.csv; head -n 1 answers.csv; wc -l <answers.csv
| file,y0,y1
| 101
$ loci predict values.safetensors values/test_x.npy --sequences -o answers.npy; wc -c <answers.npy; grep -ao "shape': ([0-9, ]*" answers.npy
| 1728
| shape': (100, 2
$ loci predict values.safetensors values/test_x.npy
! loci: values/test_x.npy: it has 32 channels; 1, as many as values.safetensors has inputs, was expected (--sequences takes each row for a sequence)
= 1
$ printf '79\n60\n' >good; printf '79\nno\n' >wrong; loci predict values.safetensors good wrong good -o three.npy
! loci: wrong: line 2: "no" stands in column 1; a number was expected
= 1
$ grep -ao "shape': ([0-9, ]*" three.npy; tail -c 48 three.npy | od -An -v -t f8 -w16 | awk '{ print $1 == "nan" ? "nan" : $1 == first || !first ? "the same" : "another"; if (NR == 1) first = $1 }'
| shape': (3, 2
| the same
| nan
| the same
$ mkdir folder; cp signal folder/b.txt; head -n 4 signal >folder/a.txt; loci predict values.safetensors folder | cut -d , -f 1
| file
| folder/a.txt
| folder/b.txt
$ loci predict values.safetensors folder/b.txt --json
| {
|~   "files": [[]{"file": "folder/b.txt", "values": [[]*, *]}]
| }
$ loci predict of.safetensors of-value/test_x.npy --sequences -o short.npy; loci predict of.safetensors other-value/test_x.npy --sequences -o other.npy; cmp short.npy other.npy
$ mkdir empty; loci predict values.safetensors empty
! loci: empty: holds no files; sequences were expected
= 1
$ loci predict values.safetensors signal --top 1
! loci: predict: --top is for classes, and the task of values.safetensors is value
= 2
$ loci predict labels.safetensors signal -o x.npy --json
! loci: predict: an array holds all answers as numbers; no --json and --top were expected
= 2
