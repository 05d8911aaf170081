# What is missing in the numbers that are learned from: refused by line and column, or held (--missing hold).
$ awk 'BEGIN { print "time,temp,hum,load,state"; for (k = 0; k < 300; k++) { hole = k % 50 == 17 || k % 50 == 18; print 60 * k "," (hole ? (k % 100 < 50 ? "NA" : "") : sprintf("%.2f", 20 + 5 * sin(k / 15))) "," sprintf("%.2f,%.2f,%s", 50 + 10 * cos(k / 20), 3 * sin(k / 9), k % 40 < 20 ? "off" : "on") } }' > plant.csv; sed -n '18,20p' plant.csv
| 960,24.38,56.97,2.94,off
| 1020,NA,56.60,2.85,off
| 1080,NA,56.22,2.73,off
$ loci train plant.csv --label state --window 20 --time time --show; loci fit plant.csv --label state --window 20 --time time -o m
! loci: plant.csv: line 19: "NA" stands in column temp; a number was expected, or --missing hold
! loci: plant.csv: line 19: "NA" stands in column temp; a number was expected, or --missing hold
= 1
# A text that is none of these, and what is learned, no option helps.
$ sed '5s/,[^,]*/,x/' plant.csv > bad.csv; sed '5s/,[^,]*$/,/' plant.csv > unlabelled.csv; for f in bad unlabelled; do loci fit $f.csv --label state --window 20 --time time --missing hold -o m; done
! loci: bad.csv: line 5: "x" stands in column temp; a finite number was expected
! loci: unlabelled.csv: line 5: "" stands in column state; a class was expected
= 1
$ loci fit plant.csv --value temp --window 20 --time time --missing hold -o m
! loci: plant.csv: line 19: "NA" stands in column temp; a number was expected, as what is learned is never held
= 1
$ sed '4s/^[^,]*//' plant.csv > untimed.csv; loci fit untimed.csv --label state --window 20 --time time --missing hold -o m
! loci: untimed.csv: line 4: the time in column time is missing
= 1
$ for c in "fit -o m" "train -o m" "eval m" "predict m" "stream m" forecast; do loci $c plant.csv --missing keep 2>&1 | grep missing; done
| loci: fit: --missing is "keep"; refuse or hold was expected
| loci: train: --missing is "keep"; refuse or hold was expected
| loci: eval: --missing is "keep"; refuse or hold was expected
| loci: predict: --missing is "keep"; refuse or hold was expected
| loci: stream: --missing is "keep"; refuse or hold was expected
| loci: forecast: --missing is "keep"; refuse or hold was expected
# Held, the file is that without gaps, whose values stand there; and the model holds what comes, as it was trained, unless told otherwise.
$ awk -F, -v OFS=, 'NR > 1 && ($2 == "" || $2 == "NA") { $2 = last } { last = $2; print }' plant.csv > whole.csv
$ loci fit plant.csv --label state --window 20 --stride 5 --time time --missing hold --test 0.2 --threads 1 -o held | sed -n 2p
| learned     40 sequences, known one by one
! loci: note: plant.csv: 12 missing values; of each the value before stands there
$ loci fit whole.csv --label state --window 20 --stride 5 --time time --test 0.2 --threads 1 -o plain >out; cmp -s held.learned plain.learned; echo $?
| 0
$ for d in plant whole; do loci eval held $d.csv --json | grep -v seconds > $d.json; done; cmp plant.json whole.json; loci eval plain plant.csv; loci eval plain plant.csv --missing hold --json | grep -v seconds | cmp - whole.json
! loci: note: plant.csv: 12 missing values; of each the value before stands there
! loci: plant.csv: line 19: "NA" stands in column temp; a number was expected, or --missing hold
! loci: note: plant.csv: 12 missing values; of each the value before stands there
$ for m in 'held plant.csv' 'plain whole.csv' 'plain plant.csv --missing hold' 'held plant.csv plant.csv'; do loci predict $m 2> err | sed s/whole/plant/ | uniq > b; test -e answers || cp b answers; cmp answers b; grep -v windows err >&2; done
! loci: note: plant.csv: 12 missing values; of each the value before stands there
! loci: note: plant.csv: 12 missing values; of each the value before stands there
! loci: note: 24 missing values; of each the value before stands there
$ for m in 'predict held plant.csv --missing refuse' 'stream held plant.csv --missing refuse' 'stream plain plant.csv --every 0'; do loci $m > out 2> err; echo $?; grep -v windows err >&2; done
| 1
| 1
| 1
! loci: plant.csv: line 19: "temp" is missing or not a number; a number was expected, or --missing hold
! loci: plant.csv: line 19: "temp" is missing or not a number; a number was expected, or --missing hold
! loci: plant.csv: line 19: "temp" is missing or not a number; a number was expected, or --missing hold
$ loci stream held plant.csv --every 50 > a 2> err; grep -v windows err >&2; loci stream plain whole.csv --every 50 2> err | cmp - a
! loci: note: plant.csv: 12 missing values; of each the value before stands there
$ loci inspect held | grep ^data; for m in held plain; do loci inspect $m --json | grep '^  "missing"'; done
| data        columns temp, hum, load; over missing values the last ones were held; windows of 20 samples; 20 % kept to test with; labels in column state
|   "missing": "hold",
|   "missing": "refuse",
# A training that is told is bound to it.
$ loci train plant.csv --label state --window 20 --time time --missing hold --layers 1 --width 4 --state 4 --steps 2 --valid 0 --threads 1 -o t.safetensors > out 2>&1; loci inspect t.safetensors | grep command; loci eval t.safetensors plant.csv --train > out
|             command loci train plant.csv --layers 1 --width 4 --state 4 --valid 0 --label state --window 20 --time time --missing hold --steps 2
! loci: note: plant.csv: 12 missing values; of each the value before stands there
# Nothing to be held: at the beginning, of a group, and where all of a column or of a group is missing.
$ printf 'walk,x,y,gait\na,1,2,slow\na,,3,slow\nb,,4,fast\nb,5,6,fast\n' > groups.csv; loci fit groups.csv --label gait --group walk --missing hold -o m
! loci: groups.csv: line 4: column x of sequence b has no value yet that could be held; a number was expected first (--column chooses other inputs)
= 1
$ printf 'walk,x,y,gait\na,1,2,slow\nb,3,4,fast\na,,3,slow\nb,,,fast\n' > mixed.csv; loci fit mixed.csv --label gait --group walk --missing hold -o m --modes 2 --threads 1 | sed -n 2p
| learned     2 sequences, known one by one
! loci: note: mixed.csv: 3 missing values; of each the value before stands there
$ printf 'x,y,gait\n,2,slow\n,3,slow\n,4,fast\n' > none.csv; loci fit none.csv --label gait --window 1 --missing hold -o m; loci fit none.csv --label gait --window 1 --column y --modes 2 --threads 1 -o m | sed -n 2p
| learned     3 sequences, known one by one
! loci: none.csv: line 2: column x has no value yet that could be held; a number was expected first (--column chooses other inputs)
$ printf 'x\n2\n\n4\n' > gap.csv; printf 'x\n-nan\n4\n' > first.csv
# Folders of files, of which each is a sequence: also in predict, a file that begins with a gap is told and the others go on.
$ mkdir -p d/up d/down; for k in 1 2 3 4; do seq $k 12 | sed '3s/.*/NaN/; 5s/.*/#N\/A/' > d/up/$k.csv; seq 12 -1 $k | sed '4s/.*/null/' > d/down/$k.csv; done; loci fit d -o f --modes 20 --threads 1; loci fit d -o f --modes 20 --threads 1 --missing hold | sed -n 2p
| learned     8 sequences, known one by one
! loci: d: down/1.csv: line 4: "u" is missing or not a number; a number was expected, or --missing hold
! loci: note: d: 12 missing values; of each the value before stands there
$ loci predict f gap.csv first.csv d/up/1.csv --top 1 | cut -c 1-15
| file,class,prob
| gap.csv,down,0.
| d/up/1.csv,up,0
! loci: first.csv: line 2: "x" has no value yet that could be held; a number was expected first
! loci: note: 3 missing values; of each the value before stands there
$ loci predict f first.csv --missing refuse
! loci: first.csv: line 2: "x" is missing or not a number; a number was expected, or --missing hold
= 1
