# Pictures as files of text, one for each sequence of a test split.
$ "$FIXTURES"/../labelled.sh d 80; i=0; while [ $i -lt 40 ]; do
+     tail -c +$((17 + 20 * i)) d/t10k-images-idx3-ubyte | head -c 20 | od -An -v -tu1 | tr -s ' ' '\n' | grep . > $(printf %02d $i).txt; i=$((i + 1)); done
$ loci train d --layers 2 --width 8 --state 8 --dt-min 0.1 --dt-max 1 --batch 8 --epochs 6 -o m.safetensors >out 2>&1
$ loci predict m.safetensors 00.txt 01.txt
| file,class,p_0,p_1
|~ 00.txt,0,0.[5-9]*,0.[0-4]*
|~ 01.txt,1,0.[0-4]*,0.[5-9]*
$ loci predict m.safetensors - < 01.txt | cut -c -4
| file
| -,1,

# All of them are told as by eval, with the same loss to 6 digits or so.
$ loci predict m.safetensors ??.txt --top 1 | awk -F, 'NR > 1 { right += $2 == NR % 2 } END { print right }'
| 40
$ { loci eval m.safetensors d --json; loci predict m.safetensors ??.txt; } | sed 's/"loss": /,,,/' |
+     awk -F, '/,,,/ { loss = $4 } /^[0-9]/ { loss += log($(NR % 2 ? 3 : 4)) / 40 } END { print (loss * loss < 1e-10) }'
| 1
$ loci train d --layers 1 --width 4 --state 4 --permute 7 --steps 20 -o p.safetensors >out 2>&1
$ { loci eval p.safetensors d --json; loci predict p.safetensors ??.txt; } | sed 's/"loss": /,,,/' |
+     awk -F, '/,,,/ { loss = $4 } /^[0-9]/ { loss += log($(NR % 2 ? 3 : 4)) / 40 } END { print (loss * loss < 1e-10) }'
| 1

# What it prints.
$ loci predict m.safetensors 00.txt 01.txt --top 2 | tr '[2-9]' 1 | sed 's/0\.[0-9][0-9]*/#/g'
| file,class,probability,class_1,probability_1
| 00.txt,0,#,1,#
| 01.txt,1,#,0,#
$ loci predict m.safetensors 00.txt --json | sed 's/0\.[0-9][0-9]*/#/g'
| {
|   "classes": ["0", "1"],
|   "files": [{"file": "00.txt", "class": "0", "probability": #, "probabilities": [#, #]}]
| }
$ loci predict m.safetensors 01.txt --json --top 1 | sed 's/0\.[0-9][0-9]*/#/g'
| {
|   "classes": ["0", "1"],
|   "files": [{"file": "01.txt", "class": "1", "probability": #, "top": [{"class": "1", "probability": #}]}]
| }

# Sounds at the rate of the training, and at half of it.
$ mkdir s; for i in 1 2 3 4 5 6; do for kind in low high; do
+     LC_ALL=C awk -v kind=$kind -v i=$i 'function u(n, bytes) { while (bytes-- > 0) { printf "%c", n % 256; n = int(n / 256) } }
+         BEGIN { n = 256; printf "RIFF"; u(36 + n, 4); printf "WAVEfmt "; u(16, 4); u(1, 2); u(1, 2); u(800, 4); u(800, 4); u(1, 2); u(8, 2); printf "data"; u(n, 4)
+                 for (k = 0; k < n; k++) u(128 + int(60 * sin((kind == "low" ? 0.1 : 0.4) * k + i)), 1) }' > s/${kind}_$i.wav
+ done; done
$ loci train s --label '{label}_*' --except '*_[12].wav' --layers 1 --width 8 --state 8 --dt-min 0.05 --dt-max 0.5 --dropout 0 --lr-ssm 0.01 --steps 40 --valid 0 -o s.safetensors >out 2>&1
$ loci predict s.safetensors s/*_[12].wav --top 1 | cut -d , -f 1,2
| file,class
| s/high_1.wav,high
| s/high_2.wav,high
| s/low_1.wav,low
| s/low_2.wav,low
$ loci predict s.safetensors s/*_[12].wav --top 1 --resample 400 | cut -d , -f 1,2
| file,class
| s/high_1.wav,high
| s/high_2.wav,high
| s/low_1.wav,low
| s/low_2.wav,low
$ tail -c 256 s/low_1.wav | loci predict s.safetensors - --raw u8 --rate 800 | tail -n 1 > raw; loci predict s.safetensors s/low_1.wav | tail -n 1 | sed 's/.*wav/-/' | diff - raw

# Tables are read as in the training: its columns by their names, in any order, without the time; what eval says of a file, predict says.
$ mkdir -p t/slow t/fast; for i in 1 2 3 4 5 6; do for kind in slow fast; do
+     awk -v kind=$kind -v i=$i 'BEGIN { print "noise,time,temp"; for (k = 0; k < 40; k++) printf "%.4f,%d,%.4f\n", (k * k * i + 7 * k) % 11, 1700000000 + 60 * k, sin((kind == "slow" ? 0.2 : 0.8) * k + i) }' > t/$kind/$i.csv
+ done; done
$ awk -F , '{ print $3 "," $2 "," $1 }' t/slow/1.csv > other.csv; cut -d , -f 3 t/slow/1.csv > alone.csv; sed 1d alone.csv > bare.csv; sed 's/temp/cold/' t/slow/1.csv > cold.csv
$ loci train t --column temp --layers 1 --width 8 --state 8 --steps 30 --valid 0 -o t.safetensors >out 2>&1
$ loci predict t.safetensors t/slow/1.csv other.csv alone.csv bare.csv | cut -d , -f 2- | uniq | wc -l
| 2
$ loci predict t.safetensors cold.csv
! loci: cold.csv: has no column temp; there are noise, time, cold
= 1
$ { loci eval t.safetensors t --json; loci predict t.safetensors t/fast/*.csv t/slow/*.csv; } 2>/dev/null | sed 's/"loss": /,,,/' |
+     awk -F, '/,,,/ { loss = $4 } /^t/ { loss += log($(/^t.slow/ ? 4 : 3)) / 12 } END { print (loss * loss < 1e-10) }'
| 1
$ loci train t --time time --layers 1 --width 8 --state 8 --steps 30 --valid 0 -o t2.safetensors >out 2>&1
$ loci predict t2.safetensors t/slow/1.csv | cut -d , -f 1,2
|~ file,class
|~ t/slow/1.csv,*
$ loci predict t2.safetensors t/slow/1.csv --column time,temp >named; loci predict t2.safetensors t/slow/1.csv --column noise,temp | diff - named >/dev/null; echo $?
| 1
$ loci stream t.safetensors t/slow/1.csv | tail -n 1 | cut -d , -f 2- >streamed; loci predict t.safetensors t/slow/1.csv | tail -n 1 | cut -d , -f 2- | diff - streamed

# And a table of all sequences, of which one comes alone, with its class or without it.
$ { echo run,hour,level,kind; for i in 1 2 3 4 5 6 7 8; do awk -v i=$i 'BEGIN { for (k = 0; k < 20; k++) printf "%d,%d,%.4f,%d\n", i, k, sin((i % 2 ? 0.2 : 0.8) * k + i), i % 2 }'; done; } > runs.csv
$ loci train runs.csv --group run --label kind --time hour --layers 1 --width 8 --state 8 --steps 30 --valid 0 -o runs.safetensors >out 2>&1
$ awk -F , 'NR == 1 || $1 == 3' runs.csv > three.csv; cut -d , -f 3 three.csv > level.csv; cut -d , -f 2,3 three.csv > hour.csv
$ loci predict runs.safetensors three.csv level.csv hour.csv | cut -d , -f 2- | uniq | wc -l
| 2

# What was mixed to one channel in the training is mixed again: two channels that are one and its half are 3/4 of it.
$ mkdir -p o/slow o/fast; for kind in slow fast; do for i in 1 2 3 4; do awk -F , -v OFS=, 'NR == 1 { print "l,r"; next } { print $3, $3 / 2 }' t/$kind/$i.csv > o/$kind/$i.csv; done; done
$ loci train o --mono --layers 1 --width 8 --state 8 --steps 30 --valid 0 -o o.safetensors >out 2>&1
$ awk -F , 'NR == 1 { print "m"; next } { print ($1 + $2) / 2 }' o/slow/1.csv > mixed.csv
$ loci predict o.safetensors o/slow/1.csv mixed.csv | cut -d , -f 2- | uniq | wc -l; loci stream o.safetensors o/slow/1.csv | tail -n 1 | cut -d , -f 2- >streamed; loci predict o.safetensors o/slow/1.csv | tail -n 1 | cut -d , -f 2- | diff - streamed
| 2

# A file that cannot be used does not keep the others from their answers.
$ printf '1\n2\n\n nan\n3\n' > gap.txt; printf '1,2\n3,4\n' > two.txt; : > empty.txt
$ loci predict m.safetensors 00.txt nope gap.txt two.txt empty.txt s/low_1.wav 01.txt --top 1 | cut -c -8
! loci: nope: cannot be opened: No such file or directory
! loci: gap.txt: line 3: "u" is missing or not a number; a number was expected, or --missing hold
! loci: two.txt: it has 2 channels; 1, as many as m.safetensors has inputs, was expected (--column chooses, --mono mixes them)
! loci: empty.txt: is empty
| file,cla
| 00.txt,0
| s/low_1.
| 01.txt,1
$ loci predict m.safetensors nope
! loci: nope: cannot be opened: No such file or directory
= 1
$ printf '1e300\n' | loci predict m.safetensors -
! loci: standard input: line 1: "u" is 1e+300; a finite number in single precision was expected
= 1
$ loci predict s.safetensors s/low_1.wav --rate 400
! loci: s/low_1.wav: its rate is 800 Hz, and --rate is 400; leave --rate out, or give the file's
= 1
$ loci predict m.safetensors 00.txt --resample 4
! loci: 00.txt: its rate is not known, which --resample starts from; --rate was expected
= 1
$ loci predict m.safetensors 00.txt --rate 4
! loci: m.safetensors: was trained on data without a rate; leave --rate out
= 1

# What cannot be.
$ loci predict m.safetensors
! loci: predict: FILE is missing; 'loci help predict' shows how to use it
= 2
$ loci predict m.safetensors - - </dev/null
! loci: predict: standard input is named 2 times; once was expected
= 2
$ loci predict - - < m.safetensors
! loci: predict: standard input is named 2 times; once was expected
= 2
$ loci predict m.safetensors 00.txt --top 3
! loci: predict: --top is 3; m.safetensors has 2 classes
= 2
$ loci predict m.safetensors 00.txt --top 0
! loci: predict: --top is 0; at least 1 was expected
= 2
$ loci predict m.safetensors 00.txt --resample 0
! loci: predict: --resample is 0; more than 0 Hz was expected
= 2
$ loci predict none.safetensors 00.txt
! loci: none.safetensors: cannot be opened: No such file or directory
= 1
$ loci predict 00.txt 00.txt
!~ loci: 00.txt: *
= 1
$ loci predict m.safetensors 00.txt >/dev/full
! loci: standard output: writing failed: No space left on device
= 1

# A model of windows answers about the newest one of a longer sequence; one with an answer at every sample about all of it.
$ (echo x,state; awk 'BEGIN { for (t = 0; t < 400; t++) printf "%.4f,%s\n", sin((int(t / 100) % 2 ? 0.9 : 0.2) * t), int(t / 100) % 2 ? "fast" : "slow" }') > turns.csv
$ loci fit turns.csv --label state --window 50 --stride 10 --modes 50 -o w.safetensors > out; loci inspect w.safetensors | grep ^data; loci inspect w.safetensors --json | grep -e '"window"' -e '"horizon"' -e '"test"'
| data        column x; windows of 50 samples; labels in column state
|   "window": 50,
|   "horizon": null,
|   "test": null,
$ (head -n 1 turns.csv; tail -n 50 turns.csv) > newest.csv; head -n 21 turns.csv > few.csv; cut -d, -f1 turns.csv > all.csv; for f in turns newest all; do loci predict w.safetensors $f.csv | sed 1d | cut -d, -f 2-; done | uniq | wc -l
| 1
! loci: note: turns.csv: the newest 50 of its 400 samples were taken, since w.safetensors was trained on windows of so many
! loci: note: all.csv: the newest 50 of its 400 samples were taken, since w.safetensors was trained on windows of so many
$ loci predict w.safetensors turns.csv all.csv few.csv - < turns.csv | cut -d, -f 1,2
| file,class
| turns.csv,fast
| all.csv,fast
| few.csv,slow
| -,fast
! loci: note: turns.csv: the newest 50 of its 400 samples were taken, since w.safetensors was trained on windows of so many
! loci: note: few.csv: has 20 samples; w.safetensors was trained on windows of 50
$ loci stream w.safetensors all.csv --every 0 | cut -d, -f 1,2
| sample,class
| 400,fast
! loci: note: w.safetensors: was trained on windows of 50 samples; the answers here are about all samples so far (--window)
$ loci stream w.safetensors all.csv --every 0 --window 50 | cut -d, -f 1,2
| sample,class
| 400,fast
# What follows the file, by a horizon without --window, whose windows are of 336; a model that looks both ways.
$ loci fit turns.csv --column x --horizon 2 --modes 50 -o h.safetensors > out; loci inspect h.safetensors | grep ^data; (echo x; tail -n 336 all.csv) > tail.csv; for f in all tail; do loci predict h.safetensors $f.csv 2> err | sed 1d | cut -d, -f 2-; done | uniq | wc -l
| data        column x; windows of 336 samples; what is learned are the 2 behind each
| 1
$ loci train turns.csv --label state --window 50 --bidirectional --layers 1 --width 4 --steps 2 --valid 0 -o b.safetensors > out 2>&1; for f in turns newest; do loci predict b.safetensors $f.csv 2> err | sed 1d | cut -d, -f 2-; done | uniq | wc -l
| 1
$ (echo g,x,y; awk 'BEGIN { for (g = 0; g < 4; g++) for (t = 0; t < 30; t++) printf "g%d,%.3f,%.3f\n", g, sin(t + g), cos(t + g) }') > each.csv; loci train each.csv --value y --group g --layers 1 --width 4 --steps 2 --valid 0 -o e.safetensors > out 2>&1; loci predict e.safetensors each.csv | wc -l
| 121

# A folder of folders, as the model was trained on; a header comes with the first row.
$ mkdir -p deep/sub/a deep/sub/b deep/none; cp newest.csv deep/sub/a/1.csv; cp all.csv deep/sub/b/2.csv; echo about > deep/README; ln -s .. deep/none/round; loci predict w.safetensors deep 2> err | cut -d, -f 1,2
| file,class
| deep/sub/a/1.csv,fast
| deep/sub/b/2.csv,fast
$ cp few.csv deep/own.csv; loci predict w.safetensors deep 2> err | cut -d, -f 1,2
| file,class
| deep/own.csv,slow
$ mkdir -p bare/x/y; loci predict w.safetensors bare; loci predict w.safetensors none.csv -o no.csv; ls no.csv
! loci: bare: holds no files; sequences were expected
! loci: none.csv: cannot be opened: No such file or directory
! ls: cannot access 'no.csv': No such file or directory
= 2
$ loci predict w.safetensors none.csv none.csv few.csv | cut -d, -f 1,2; loci predict w.safetensors none.csv --json
| file,class
| few.csv,slow
| {
|   "classes": ["fast", "slow"],
|   "files": []
| }
! loci: none.csv: cannot be opened: No such file or directory
! loci: none.csv: cannot be opened: No such file or directory
! loci: note: few.csv: has 20 samples; w.safetensors was trained on windows of 50
! loci: none.csv: cannot be opened: No such file or directory
= 1
