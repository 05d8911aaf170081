# Data as people have them: a folder of tables with a sub-folder a class, columns in any order, and files that are no data.
$ cat > walk.awk <<'END'
+ # walk.awk - rows of WALKS walks, every other one slow, the same on every machine: t, walk, x, y, gait, speed
+ function random() { state = state * 16807 % 2147483647; return state / 2147483647 }
+ BEGIN {
+     state = 7
+     for (w = 0; w < walks; w++) {
+         f = w % 2 ? 0.3 : 0.9; p = 6 * random()
+         for (k = 0; k < 20 + w % 3; k++)
+             printf "%.1f,w%d,%.3f,%.3f,%s,%.2f\n", k / 10, w, sin(f * k + p) + 0.1 * random(), cos(f * k + p), w % 2 ? "slow" : "fast", f
+     }
+ }
+ END
$ awk -v walks=40 -f walk.awk > rows; { echo t,walk,x,y,gait,speed; cat rows; } > walks.csv; mkdir -p d/slow d/fast
$ awk -F, '{ file = "d/" $5 "/" $2 ".csv"; if (!(file in seen)) print ($2 ~ /[05]$/ ? "y,x,note" : "x,y,note") > file; seen[file]; print ($2 ~ /[05]$/ ? $4 "," $3 : $3 "," $4) ",walked" > file }' rows
$ printf 'exec loci train "$@" --layers 1 --width 8 --state 8 --dt-min 0.1 --dt-max 1 --threads 1\n' > t
$ sh t d --show | head -n 5
|~ data        d: files, 2 inputs a sample
| training    40 sequences of 20 samples on average, 22 samples at most
| validation  none
| classes     2: fast slow
|~ normalised  *
$ echo 'Recorded in 2016: no table.' > d/slow/README.txt; touch d/.DS_Store d/fast/.DS_Store; echo beside > d/notes; sh t d --show | sed -n 2p
| training    40 sequences of 20 samples on average, 22 samples at most
! loci: warning: d: passed over slow/README.txt, which is no data
$ echo 'x,y' > d/fast/empty.csv; sh t d --show
!~ loci: d*empty.csv*
= 1
$ printf 'x,y\n1,2\n' > d/fast/empty.csv; sh t d --show | sed -n 2p
|~ training    41 sequences of *
! loci: warning: d: passed over slow/README.txt, which is no data
$ printf 'x,z\n1,2\n' > d/fast/empty.csv; sh t d --show
!~ loci: d/fast/w0.csv: has no column z; *
= 1
$ rm d/fast/empty.csv d/slow/README.txt; mkdir d/none; sh t d --show
! loci: d: class none/ has no files
= 1
$ rmdir d/none; for c in slow fast; do for f in d/$c/*.csv; do echo; done; done | wc -l
| 40

# A share is held out, the same one whoever asks.
$ sh t d --test 0.2 -o m --epochs 40 2>&1 >out | grep -v ^epoch
| chosen for 32 sequences of at most 22 samples: 4 sequences a step, none to validate with, as a tenth would be too few to judge by (--batch --valid change it)
$ loci eval m d | sed -n 1p; loci eval m d --train | sed -n 1p; loci eval m d --all | sed -n 1p
| accuracy    100 %, 8 of 8
| accuracy    100 %, 32 of 32
| accuracy    100 %, 40 of 40
$ loci eval m d --json | grep loss > held; mv d/slow/w1.csv d/slow/z.csv; loci eval m d --json | grep loss | cmp - held; mv d/slow/z.csv d/slow/w1.csv
$ sh t d --test 1 -o x
! loci: train: --test is 1; 0 to below 1 was expected
= 2

# Sub-folders train and test above the classes; the labels in names; sounds with other channels.
$ mkdir -p s/train s/test flat; cp -r d/slow d/fast s/train; cp -r d/slow d/fast s/test; rm s/test/*/w[123]*.csv; sh t s --test 0.5 --show | sed -n 2p; loci eval m s | sed -n 1p
| training    40 sequences of 20 samples on average, 22 samples at most
|~ accuracy    100 %, * of *
$ for c in slow fast; do for f in d/$c/*.csv; do cp $f flat/$c-$(basename $f); done; done; echo none > flat/README; sh t flat --label '{label}-*' --show | sed -n 2,4p
| training    40 sequences of 20 samples on average, 22 samples at most
| validation  none
| classes     2: fast slow
! loci: warning: flat: passed over README, which is no data

# One table: a column of classes or values, and a column that names the sequence, or windows.
$ sh t walks.csv --show
! loci: walks.csv: is a table of columns t, walk, x, y, gait, speed; the one to be learned was expected, of classes (--label NAME) or of values (--value NAME)
= 1
$ loci train walks.csv -o m.safetensors --label foo
! loci: walks.csv: has no column foo; there are t, walk, x, y, gait, speed
= 1
$ sh t walks.csv --label gait --show
! loci: walks.csv: is a table of columns t, walk, x, y, gait, speed; the one that names the sequence of a row (--group NAME), or how many rows are one (--window n), was expected
= 1
$ sh t walks.csv --label gait --group walk --time t --column x --column y --test 0.2 --show | sed -n 1,4p
| data        walks.csv: table, 2 inputs a sample
|~ training    32 sequences of 2[01] samples on average, 22 samples at most
| validation  none
| classes     2: fast slow
$ sh t walks.csv --label gait --group walk --time t --column x --column y --test 0.2 -o w --epochs 40 >out 2>&1; loci eval w walks.csv | sed -n 1p; (sed -n 1p walks.csv; sed 1d walks.csv | sort -s -t, -k1,1n) > mixed.csv; loci eval w mixed.csv | sed -n 1p
| accuracy    100 %, 8 of 8
| accuracy    100 %, 8 of 8
$ sh t walks.csv --label gait --window 10 --stride 5 --group walk --column x --column y --show | sed -n 2p
| training    120 sequences of 10 samples
$ sh t walks.csv --label gait --window 10 --column x --column y --test 0.25 -o v --epochs 10 >out 2>&1; loci eval v walks.csv --json | grep samples; loci eval v walks.csv --train --json | grep samples
|   "samples": 21,
|   "samples": 62,
$ sh t walks.csv --label gait --window 30 --group walk --show
! loci: walks.csv: no sequence has 30 rows, which a window needs
= 1
$ sh t walks.csv --label step --group walk --show
!~ loci: walks.csv: has no column step; *
= 1
$ sh t walks.csv --label gait --value speed --group walk --show
! loci: train: --label and --value exclude each other; one was expected
= 2
$ sh t walks.csv --label gait --stride 5 --show
! loci: train: --stride is between windows; --window n was expected with it
= 2

# What follows: of a column, of another one, of all; the last windows to test with, as the model remembers.
$ awk 'BEGIN { print "time,x,y"; for (k = 0; k < 400; k++) printf "%d,%.4f,%.4f\n", 60 * k, sin(k * 0.3), cos(k * 0.3) }' > tone.csv
$ loci fit tone.csv --time time --value y --column x --horizon 6 --window 40 --test 0.2 -o ahead --modes 100 --threads 1 | sed -n 2,4p; loci eval ahead tone.csv | sed -n 1,5p
|~ learned     239 sequences, *
|~ left out    * % of the variance explained*
|~ test        99.* % of the variance of 71 sequences explained
|~ explained   99.* % of the variance of 71 targets
|~ all rows    error 0.0*, root mean square; 99.* % explained
|~ row 1       error 0.0*, root mean square; 99.* % explained
|~ row 4       error 0.0*, root mean square; 99.* % explained
|~ row 6       error 0.0*, root mean square; 99.* % explained
$ loci fit tone.csv --time time --horizon 5 --window 40 --test 0.2 -o both --modes 100 --threads 1 > told; loci eval both tone.csv | grep -E -o '^([xy]|row [0-9]+)'; loci eval both tone.csv --json | grep -o '"rmse": \[[^]]*' | tr , '\n' | grep -c .
| x
| y
| row 1
| row 4
| row 5
|~ 10
$ loci predict both tone.csv | head -n 1; loci predict ahead tone.csv | head -n 1
| file,x_1,y_1,x_2,y_2,x_3,y_3,x_4,y_4,x_5,y_5
| file,y_1,y_2,y_3,y_4,y_5,y_6
! loci: note: tone.csv: the newest 40 of its 400 samples were taken, since both was trained on windows of so many
! loci: note: tone.csv: the newest 40 of its 400 samples were taken, since ahead was trained on windows of so many
$ sh t tone.csv --time time --task value --horizon 24 --layer s4d --window 40 --valid 0.2 --show | sed -n 2,4p
| training    207 sequences of 40 samples
| validation  67 sequences of 40 samples
| task        value: 48 values of each sequence
$ sh t tone.csv --time time --task value --horizon 24 --valid 0.2 --show
! loci: tone.csv: no window is left to train with that shares no row with those to validate with; a larger stride, a smaller share or none may leave some
= 1
$ awk -v OFS=, 'BEGIN { print "x,c"; for (k = 0; k < 1600; k++) print sin(k), int(k / 50) % 2 }' > near.csv; sh t near.csv --label c --window 1000 --stride 1 --show | sed -n 2,3p
! loci: note: near.csv: no windows are kept to validate with, since all others share rows with them; a larger --stride allows it
| training    601 sequences of 1,000 samples
| validation  none
$ sh t near.csv --label c --window 1000 --stride 1 --patience 3 --show
! loci: near.csv: no window is left to train with that shares no row with those to validate with; a larger stride, a smaller share or none may leave some
= 1
$ sh t tone.csv --time time --horizon 380 --window 40 --show
! loci: tone.csv: no sequence has 420 rows, which a window with its horizon needs
= 1
$ sh t tone.csv --label y --horizon 6 --show
! loci: train: --label and --horizon exclude each other; one was expected
= 2
$ tr , '\t' < tone.csv > tone.tsv; sh t tone.tsv --time time --task value --horizon 24 --window 40 --show | sed -n 1p; sed 's/^9[06]0,/#&/' tone.csv > hash.csv; sh t hash.csv --time time --task value --horizon 24 --window 40 --show | sed -n 1p
|~ data        tone.tsv: table, *
|~ data        hash.csv: table, *
! loci: note: hash.csv: line 17 and 1 more begin with # and are left out as comments, though they may be rows
$ sh t d --horizon 5 --show
!~ loci: d: is a data set of kind *; horizon is for tables
= 1
$ sh t d --group walk --show
!~ loci: d: is a data set of kind *; value, group, window and stride are for tables
= 1
$ sed '5s/,w0,[^,]*/,w0,x/' walks.csv > bad.csv; sh t bad.csv --label gait --group walk --show
! loci: bad.csv: line 5: "x" stands in column x; a finite number was expected
= 1
$ sed '5s/,fast,/,,/' walks.csv > bad.csv; sh t bad.csv --label gait --group walk --show
! loci: bad.csv: line 5: "" stands in column gait; a class was expected
= 1
$ sed '5s/,fast,/,"fast,/' walks.csv > bad.csv; sh t bad.csv --label gait --group walk --show
! loci: bad.csv: line 5: a quote is not closed
= 1
$ sed '5s/$/,1/' walks.csv > bad.csv; sh t bad.csv --label gait --group walk --show
! loci: bad.csv: line 5: has 7 fields; 6 were expected
= 1

$ sh t walks.csv --value speed --group walk --column x --column y --test 0.2 -o r --epochs 40 >out 2>&1; loci eval r walks.csv | sed -n 1p; loci inspect r | grep -c value
|~ explained   9* % of the variance of 8 targets
| 1
$ sh t walks.csv --label gait --window 10 --column x --show | sed -n 1,2p
| data        walks.csv: table, 1 input a sample
| training    83 sequences of 10 samples

# Columns are told by most of their rows: a first one that cannot be read ends the reading, not its column.
$ for l in error 1,5 NaN; do { echo 'x;y;label'; echo "$l;2;a"; printf '1;3;b\n2;4;a\n3;4;b\n'; } > bad.csv; sh t bad.csv --label label --window 1 --show; done
! loci: bad.csv: line 2: "error" stands in column x; a finite number was expected
! loci: bad.csv: line 2: "1,5" stands in column x; a number with a decimal point (or --decimal ,) was expected
! loci: bad.csv: line 2: "NaN" stands in column x; a number was expected, or --missing hold
= 1
# An input that looks like times is said to be one.
$ mkdir times times/a times/b; for f in a/1 a/2 b/1 b/2; do printf 'Time [s],x\n0,1\n1,2\n2,%d\n' $((3 + ${#f})) > times/$f.csv; done; sed '1s/t/time/' walks.csv > timed.csv
$ sh t times --show | sed -n 1p; sh t times --show --time 'Time [s]' | sed -n 1p; sh t timed.csv --label gait --group walk --show | sed -n 1p; sh t timed.csv --label gait --group walk --show --time time | sed -n 1p
! loci: note: times: column Time [s] looks like times, and is an input; --time 'Time [s]' would leave it out
! loci: note: timed.csv: column time looks like times, and is an input; --time 'time' would leave it out
| data        times: files, 2 inputs a sample
| data        times: files, 1 input a sample
| data        timed.csv: table, 4 inputs a sample
| data        timed.csv: table, 3 inputs a sample

# The files of the UCR archive.
$ mkdir u; for s in TRAIN TEST; do { printf '@problemName Walks\n# two inputs\n@timeStamps false\n@classLabel true fast slow\n@data\n'; awk -F, '$2 != w { if (w != "") print x ":" y ":" g; w = $2; x = $3; y = $4; g = $5; next } { x = x "," $3; y = y "," $4 } END { print x ":" y ":" g }' rows; } > u/Walks_$s.ts; done
$ sh t u/Walks_TRAIN.ts --show | sed -n 1,4p; sh t u -o u.m --epochs 40 >out 2>&1; loci eval u.m u/Walks_TRAIN.ts | sed -n 1p; loci eval u.m u/Walks_TEST.ts | sed -n 1p
| data        u/Walks_TRAIN.ts: ucr, 2 inputs a sample
| training    40 sequences of 20 samples on average, 22 samples at most
| validation  none
| classes     2: fast slow
| accuracy    100 %, 40 of 40
| accuracy    100 %, 40 of 40
$ awk -F, '$2 != w { if (w != "") print line; w = $2; line = ($5 == "fast" ? -1 : 7); n = 0 } { line = line "\t" $3 } END { print line }' rows | awk -F '\t' '{ print NF < 23 ? $0 "\tNaN" : $0 }' > W_TRAIN.tsv; sh t W_TRAIN.tsv --show | sed -n 1,4p
| data        W_TRAIN.tsv: ucr, 1 input a sample
| training    40 sequences of 20 samples on average, 22 samples at most
| validation  none
| classes     2: -1 7
$ sed 's/false/true/' u/Walks_TRAIN.ts > b.ts; sh t b.ts --show
! loci: b.ts: line 3: samples have times, which are not read
= 1
$ sed '8s/:/,1:/' u/Walks_TRAIN.ts > b.ts; sh t b.ts --show
! loci: b.ts: line 8: the inputs have different numbers of samples
= 1
$ sed '8s/^[^:]*:/1,?,3:/' u/Walks_TRAIN.ts > b.ts; sh t b.ts --show
! loci: b.ts: line 8: the inputs have different numbers of samples
= 1
$ sed '8s/^[^,]*,/?,/' u/Walks_TRAIN.ts > b.ts; sh t b.ts --show
! loci: b.ts: line 8: sample 0 is missing or not a number; a number was expected, or --missing hold
= 1
$ sed '8s/^[^:]*://' u/Walks_TRAIN.ts > b.ts; sh t b.ts --show
! loci: b.ts: line 8: has 1 inputs, and the sequences before it have 2
= 1
$ sed /@data/d u/Walks_TRAIN.ts > b.ts; sh t b.ts --show
! loci: b.ts: line 5: stands above @data
= 1
$ mkdir several; cp u/Walks_TRAIN.ts several; cp u/Walks_TRAIN.ts several/Runs_TRAIN.ts; sh t several --show
! loci: several: holds several data sets of the UCR archive; the file of one was expected, as several/Runs_TRAIN.ts
= 1

# Arrays: labels as words or as whole numbers from anywhere keep their names; rate.txt.
$ cat > npy <<'END'
+ # npy DESCR SHAPE <ELEMENTS - an array; the header has 128 bytes with what is before it
+ printf '\223NUMPY\001\000v\000'; printf '%-117s\n' "{'descr': '$1', 'fortran_order': False, 'shape': ($2), }"; cat
+ END
$ mkdir words; echo 50 > words/rate.txt; (for i in 1 2 3 4 5 6 7 8 9 10; do printf abcdefghijklzyxwvutsrqponaaaabbbbcccc; done) > x; head -c 360 x | sh npy '|u1' '30, 12' > words/train_x.npy; cp -r words any
$ (for i in 1 2 3 4 5 6 7 8 9 10; do printf 'up\0\0downflat'; done) | sh npy '|S4' 30, > words/train_y.npy; (for i in 1 2 3 4 5 6 7 8 9 10; do printf '\377\005\001'; done) | sh npy '|i1' 30, > any/train_y.npy
$ sh t words --show | sed -n 1,4p; sh t any --show | sed -n 4p
| data        words: arrays, 1 input a sample, 50 Hz
| training    30 sequences of 12 samples
| validation  none
| classes     3: down flat up
| classes     3: -1 1 5
$ sh t words -o words.m --epochs 60 >out 2>&1; loci eval words.m words --train | sed -n 1p; cp words/train_x.npy words/test_x.npy; cp words/train_y.npy words/test_y.npy; loci eval words.m words | sed -n 1p
| accuracy    100 %, 30 of 30
| accuracy    100 %, 30 of 30
$ loci predict words.m words/train_x.npy --sequences | cut -d, -f1-3 | sed -n 1,3p; printf '1\n2\n' | loci stream words.m - | sed -n 1p; loci eval words.m any --train
| file,class,p_down
|~ words/train_x.npy[[]0],up,*
|~ words/train_x.npy[[]1],down,*
| time,class,p_down,p_flat,p_up
! loci: any: train_x.npy, sequence 0 is of class -1, which is none of the 3 that were expected
= 1
$ cp -r any named; printf 'up\nflat\ndown\n' > named/classes.txt; loci eval words.m named --train | sed -n 1p; cp any/train_x.npy named/test_x.npy; yes "$(printf '\005')" | tr -d '\n' | head -c 30 | sh npy '|i1' 30, > named/test_y.npy; loci eval words.m named | sed -n 1p
| accuracy    100 %, 30 of 30
|~ accuracy    33.3* %, 10 of 30
$ loci fit named -o named.m --modes 20 --threads 1 | sed -n 2,4p
|~ learned     30 sequences, *
|~ left out    *
|~ test        33.3* % *
$ sh t words --task value --show
! loci: words: train_y.npy holds words; values were expected
= 1
$ (for i in 1 2 3 4 5 6 7 8 9 10; do printf '\377\005\002'; done) | sh npy '|i1' 30, > any/test_y.npy; cp any/train_x.npy any/test_x.npy; sh t any -o any.m --epochs 2 >out 2>&1; loci eval any.m any; loci eval any.m any --train --json | grep samples; loci predict any.m any/train_x.npy --sequences | sed -n 1p
|   "samples": 30,
| file,class,p_-1,p_1,p_5
! loci: any: test_x.npy, sequence 2 is of class 2, which is none of the 3 that were expected

# Arrays to validate with, unless a share is asked for.
$ mkdir three; cp words/train_x.npy words/train_y.npy three; (for i in 1 2 3; do printf abcdefghijklzyxwvutsrqponaaaabbbbcccc; done) | head -c 108 | sh npy '|u1' '9, 12' > three/valid_x.npy; (for i in 1 2 3; do printf 'up\0\0downflat'; done) | sh npy '|S4' 9, > three/valid_y.npy
$ loci train three -o three.m --steps 2 --show | grep -E '^(training|validation)'
| training    30 sequences of 12 samples
| validation  9 sequences of 12 samples
$ loci train three -o three.m --steps 2 --valid 0.1 --show | grep -E '^(training|validation)'
| training    27 sequences of 12 samples
| validation  3 sequences of 12 samples
$ sh t three -o three.m --epochs 60 --log three.log >out 2>&1; tail -n 1 three.log | grep -c '"valid_accuracy": 1,'; loci eval three.m words --train | sed -n 1p
| 1
| accuracy    100 %, 30 of 30
$ (for i in 1 2 3; do printf 'up\0\0downleft'; done) | sh npy '|S4' 9, > three/valid_y.npy; loci train three -o no.m
! loci: three: valid_x.npy, sequence 2 is of class left, which is none of the 3 that were expected
= 1


# Sounds with one and with two channels: --mono takes the mean, so that a stereo copy of a sound is that sound.
$ cat > wav <<'END'
+ # wav mono|stereo <100 BYTES - sound of 8 bits at 8 kHz, in stereo both channels alike
+ fmt='WAVEfmt \020\0\0\0\001\0'
+ if [ $1 = mono ]; then
+     printf "RIFF\210\0\0\0$fmt\001\0\100\037\0\0\100\037\0\0\001\0\010\0data\144\0\0\0"; cat
+ else
+     printf "RIFF\354\0\0\0$fmt\002\0\100\037\0\0\200\076\0\0\002\0\010\0data\310\0\0\0"; sed 's/./&&/g'
+ fi
+ END
$ mkdir -p n/low n/high; for i in 1 2 3 4 5 6 7 8; do for c in low high; do awk -v i=$i -v f=$([ $c = low ] && echo 0.2 || echo 1.5) 'BEGIN { for (k = 0; k < 100; k++) printf "%c", 80 + 40 * sin(f * k + i) }' | sh wav mono > n/$c/$i.wav; done; done
$ sh t n --mono -o one.m --epochs 30 >out 2>&1; for f in n/*/[12].wav; do tail -c 100 $f | sh wav stereo > x; mv x $f; done; sh t n --mono -o two.m --epochs 30 >out 2>&1; cmp one.m two.m; loci eval two.m n --all | sed -n 1p
| accuracy    100 %, 16 of 16
$ sh t n --show
! loci: n: high/3.wav has 1 channel, and high/1.wav has 2; mono (--mono) mixes them to one
= 1

# Odd sets: one class, a class that has one group, one row, no row, no samples, and the same content in both classes.
$ mkdir -p o/a p/a p/b; for i in 1 2 3 4; do printf 'x\n1\n2\n' | tee o/a/$i.csv p/a/$i.csv >p/b/$i.csv; done; sh t o --show
! loci: o: all is of one class, a; two at least were expected
= 1
$ sh t p --test 0.5 -o p.m --epochs 1 >out 2>&1; for s in '' --train --all; do loci eval p.m p $s --json | grep samples; done
|   "samples": 4,
|   "samples": 4,
|   "samples": 8,
$ printf 'x,c,g\n1,a,1\n' > r.csv; sh t r.csv --label c --window 1 --column x --show
! loci: r.csv: all is of one class, a; two at least were expected
= 1
$ printf '2,a,1\n3,a,1\n1,b,2\n' >> r.csv; sh t r.csv --label c --group g --show | sed -n 2p; sh t r.csv --label c --group g --test 0.5 --show
| training    2 sequences of 2 samples on average, 3 samples at most
! loci: r.csv: nothing can be held out to test with: no class has two groups
= 1
$ printf '3\t1\t2\n' > o_TRAIN.tsv; sh t o_TRAIN.tsv --show
! loci: o_TRAIN.tsv: all is of one class, 3; two at least were expected
= 1
$ printf '1\n2\t1\n' > o_TRAIN.tsv; sh t o_TRAIN.tsv --show
! loci: o_TRAIN.tsv: line 1: has no samples
= 1
$ printf '1,\t5,6\n2\t,7 , \t8\n' > o_TRAIN.tsv; sh t o_TRAIN.tsv --show | sed -n 2p
| training    2 sequences of 2 samples
$ : > o_TRAIN.tsv; sh t o_TRAIN.tsv --show
! loci: o_TRAIN.tsv: its training split is empty
= 1

# The same table as others write it, packed: blanks, decimal commas, a line above the header; eval reads it as the training did.
$ { echo Logger; tr , ' ' < walks.csv | sed 's/\./,/g'; } > walks.txt; gzip walks.txt; sh t walks.txt.gz --skip 1 --decimal , --label gait --group walk --column x --column y --test 0.2 --epochs 3 -o txt.m >out 2>&1; sh t walks.csv --label gait --group walk --column x --column y --test 0.2 --epochs 3 -o csv.m >out 2>&1; { loci eval txt.m walks.txt.gz --json; loci eval csv.m walks.csv --json; } | grep loss | uniq | wc -l
| 1
$ loci eval txt.m walks.txt.gz | sed -n 1p
| accuracy    100 %, 8 of 8
$ sh t walks.csv --label gait --group walk --decimal x --show
! loci: train: --decimal is "x"; a point or a comma was expected
= 2
$ sh t walks.txt.gz --label gait --group walk --skip 1 --column x --show
! loci: walks.txt.gz: line 3: "0,092" stands in column x; a number with a decimal point (or --decimal ,) was expected
= 1
# Groups stay together when some are kept to validate with.
$ sh t walks.csv --label gait --group walk --window 5 --stride 2 --column x --valid 0.3 --show | sed -n 2,3p
| training    241 sequences of 5 samples
| validation  105 sequences of 5 samples
# What accompanies data is passed over; what cannot be told from chance is said of values, too.
$ echo 'Recorded in 2016.' > d/slow/README.txt; loci predict m d/slow 2>&1 >out | grep -v note; wc -l <out
| loci: warning: passed over d/slow/README.txt, which is no data
| 21
$ awk 'BEGIN { print "w,x,y"; s = 7; for (w = 0; w < 40; w++) for (k = 0; k < 4; k++) { s = s * 16807 % 2147483647; if (k == 0) z = int(s / 100) % 100; print "w" w "," k "," z } }' > noise.csv; sh t noise.csv --value y --group w --epochs 2 -o noise.m 2>&1 >out | grep chance
| loci: warning: the training ended at chance: 0 % of the variance is explained, which 40 sequences cannot tell from always answering the mean; more --epochs, another --lr or more data may help
$ rm d/notes; sh t d --label '{label}.csv' --show
! loci: d: there is no file in it, where those that have the label in their names were expected; of files in sub-folders these are the labels, without --label
= 1

# A signal far from 0, of which floats would keep little.
$ awk 'BEGIN { for (i = 0; i < 30; i++) { printf "%d", i % 2; for (k = 0; k < 40; k++) printf "\t%.6f", 1e8 + 0.5 * sin(k * (i % 2 ? 0.5 : 1.1) + i); print "" } }' > far_TRAIN.tsv; sh t far_TRAIN.tsv --test 0.3 -o far.m --epochs 40 >out 2>&1; loci eval far.m far_TRAIN.tsv | sed -n 1p
| accuracy    100 %, 10 of 10

# Columns are named one by one or with commas between.
$ { echo g,a,b,c,y; for i in 0 1 2 3 4 5 6 7; do for k in 1 2 3; do echo "s$i,$k,$((i % 2)),0.5,$((i % 2))"; done; done; } >abc.csv; for c in "--column a,b" "--column a --column 3"; do loci fit abc.csv --label y --group g $c -o abc.st >/dev/null && loci inspect abc.st | grep inputs && loci eval abc.st abc.csv 2>&1 | grep ^accuracy; done
| inputs      2 numbers a sample; the network sees (sample - 2) 1.2247, (sample - 0.5) 2
| accuracy    100 %, 8 of 8
| inputs      2 numbers a sample; the network sees (sample - 2) 1.2247, (sample - 0.5) 2
| accuracy    100 %, 8 of 8
$ loci fit abc.csv --label y --group g --column a,2 -o twice.st
! loci: abc.csv: column a is asked for twice
= 1

# A separator at the end of each line makes no column; a name, or a value that stands there, does.
$ printf 't,v,\n1,5,\n2,6,\n3,7,\n' > trailing.csv; loci remember trailing.csv --time t --error 0.1 -o trailing.loci && loci inspect trailing.loci --json | grep names
|   "names": ["v"],
! loci: note: trailing.csv: column 3 has no name, and is empty as far as was looked, and is left out
$ seq 40 | sed 's/.*/&;&;/' > bare.csv; loci forecast bare.csv --horizon 1 -o bare.loci | grep -v '^#'; loci watch bare.loci bare.csv | wc -l
| row,u0,u0_lower80,u0_upper80,u0_lower95,u0_upper95,u1,u1_lower80,u1_upper80,u1_lower95,u1_upper95
|~ 40,41,*
| 81
! loci: note: bare.csv: column 3 has no name, and is empty as far as was looked, and is left out
! loci: note: bare.csv: column 1 looks like times; --time 1 reads it so
! loci: note: bare.csv: column 3 has no name, and is empty as far as was looked, and is left out
! loci: note: bare.csv: column 1 looks like times; --time 1 reads it so
$ printf 't,v,w\n1,5,\n2,6,\n3,7,\n' > named.csv; loci remember named.csv --missing keep --error 0.1 --time t -o named.loci && loci inspect named.loci --json | grep names
|   "names": ["v", "w"],

# Blank lines in front of a table without names are passed over; below a name they are missing values.
$ printf '\n\n1\n2\n\n3\n' > blank.csv; loci remember blank.csv --missing hold -o blank.loci && loci inspect blank.loci --json | grep -E '^  "(samples|missing)"'
|   "samples": 4,
|   "missing": 1,
! loci: note: blank.csv: 1 missing value; of each the value before stands there
$ printf 'a\n\n1\n' > blank.csv; loci remember blank.csv -o blank.loci
! loci: blank.csv: line 2: "a" is missing or not a number; a number was expected, or --missing hold
= 1

# JSON is named, and dates that are none of ISO 8601 are, where commas stand before decimals, too.
$ printf '{"t": 1, "v": 2}\n{"t": 2, "v": 2}\n' > x.jsonl; for c in 'remember -o x.loci' forecast 'fit --value v --window 1 -o m'; do loci $c x.jsonl; done; printf '[\n{"t": 1}]\n' | loci remember - -o x.loci
! loci: x.jsonl: line 1: is JSON, which is not read; a table as text (CSV) was expected, a line a sample
! loci: x.jsonl: line 1: is JSON, which is not read; a table as text (CSV) was expected, a line a sample
! loci: x.jsonl: line 1: is JSON, which is not read; a table as text (CSV) was expected, a line a row
! loci: standard input: line 1: is JSON, which is not read; a table as text (CSV) was expected, a line a sample
= 1
$ printf '[s];[V]\n1;2\n2;3\n' | loci remember - --time '[s]' --error 1 -o x.loci
$ printf 't;v\n01.01.2023 00:00;1,5\n01.01.2023 01:00;1,5\n' > german.csv; loci remember german.csv --decimal , --time t -o x.loci; printf 't;v\n1.5;1,5\n2.5;1,5\n' | loci remember - --decimal , --time t -o x.loci
! loci: german.csv: line 2: "01.01.2023 00:00" stands in column t; a time, in seconds or as a date (ISO 8601), was expected
! loci: standard input: line 2: "1.5" stands in column t; a number with a decimal comma was expected
= 1

# A row of units below the header, and a separator at the end of lines, mean the same to what learns from tables.
$ awk 'BEGIN { print "time,hum,temp,state,"; print "s,%,C,-,"; for (k = 0; k < 200; k++) printf "%d,%.2f,%.2f,%s,\n", 60 * k, 50 + 10 * sin(k / 9), 20 + 3 * cos(k / 9), k % 40 < 20 ? "on" : "off" }' > log.csv; sed '2d; s/,$//' log.csv > plain.csv
$ loci fit log.csv --value hum --window 20 --time time --modes 5 --threads 1 -o log | sed -n 2p; loci fit plain.csv --value hum --window 20 --time time --modes 5 --threads 1 -o plain > out; cmp log.learned plain.learned && loci train log.csv --label state --window 20 --time time --layers 1 --width 4 --steps 1 --threads 1 --valid 0 -o m 2>&1 > out | grep note
| learned     10 sequences, known one by one
| loci: note: log.csv: line 2 is left out: it holds units, no numbers
| loci: note: log.csv: column 5 has no name, and is empty as far as was looked, and is left out
! loci: note: log.csv: line 2 is left out: it holds units, no numbers
! loci: note: log.csv: column 5 has no name, and is empty as far as was looked, and is left out
$ sed '2s/.*/x,x,x,on,/' log.csv > wrong.csv; loci fit wrong.csv --value hum --window 20 --time time -o log
! loci: wrong.csv: line 2: "x" stands in column hum; a finite number was expected
= 1
