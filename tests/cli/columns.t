# The columns of a table that are learned from: how what is learned is called, and whether the first row names them.
$ awk 'BEGIN { print "time,temp,hum,load,state"; for (k = 0; k < 300; k++) print 60 * k "," sprintf("%.2f,%.2f,%.2f,%s", 20 + 5 * sin(k / 15), 50 + 10 * cos(k / 20), 3 * sin(k / 9), k % 40 < 20 ? "off" : "on") }' > whole.csv
$ for o in '--value load' '--value 4' '--horizon 2' '--horizon 2 --value 4' '--horizon 2 --column temp,load' '--horizon 2 --column load --column 2'; do loci fit whole.csv $o --window 20 --time time --modes 20 --threads 1 -o m > out; loci predict m whole.csv 2> err | head -n 1; loci stream m whole.csv --every 0 2> err | head -n 1; done
| file,load
| sample,load
| file,load
| sample,load
| file,temp_1,hum_1,load_1,temp_2,hum_2,load_2
| sample,temp_1,hum_1,load_1,temp_2,hum_2,load_2
| file,load_1,load_2
| sample,load_1,load_2
| file,temp_1,load_1,temp_2,load_2
| sample,temp_1,load_1,temp_2,load_2
| file,load_1,temp_1,load_2,temp_2
| sample,load_1,temp_1,load_2,temp_2
$ loci train whole.csv --horizon 2 --window 20 --time time --layers 1 --width 4 --state 4 --steps 1 --valid 0 --threads 1 -o t.safetensors > out 2>&1; loci predict t.safetensors whole.csv 2> err | head -n 1; loci predict t.safetensors whole.csv --json 2> err | cut -c 1-40
| file,temp_1,hum_1,load_1,temp_2,hum_2,load_2
| {
|   "files": [{"file": "whole.csv", "value
| }
$ loci eval t.safetensors whole.csv --train | sed 1d | cut -d ' ' -f 1 | head -n 5; sed -i '1s/load/a name of many words/' whole.csv; loci fit whole.csv --horizon 1 --window 20 --time time --modes 20 --threads 1 -o m > out; loci eval m whole.csv 2> out | grep error | sed 's/ *error .*//'; sed -i '1s/a name of many words/load/' whole.csv
| temp
| hum
| load
| row
| row
| temp_1
| hum_1
| a name of many words_1
$ tail -n +2 whole.csv > bare.csv; loci fit bare.csv --horizon 2 --window 20 --column 2,4 --modes 20 --threads 1 -o m > out; loci predict m bare.csv 2> err | head -n 1; loci fit bare.csv --value 4 --window 20 --column 2 --modes 20 --threads 1 -o m > out; loci predict m bare.csv 2> err | head -n 1
| file,y0,y1,y2,y3
| file,y
$ sed '1s/.*/2019,x,x,"a,b",state/' whole.csv > odd.csv; loci fit odd.csv --horizon 1 --window 20 --modes 20 --threads 1 -o m > out; loci predict m odd.csv --header yes --skip 0 | head -n 1
| file,2019_1,x_1,x_1,"a,b_1"
! loci: note: odd.csv: column state holds text ("off") and is left out
! loci: note: odd.csv: the newest 20 of its 300 samples were taken, since m was trained on windows of so many
# A row of data that has a label is no header, but where a column was asked for by a name in it.
$ for o in '--label 5' '--label state'; do for f in bare whole; do loci train $f.csv $o --window 10 --column 2 --show 2>&1 | grep -E '^training|loci:'; done; done
| training    30 sequences of 10 samples
| training    30 sequences of 10 samples
| loci: bare.csv: has no column state; its columns have no names, only numbers, 1 to 5
| training    30 sequences of 10 samples
$ sed '1s/.*/2019,2020,2021,2022,state/' whole.csv > years.csv; loci train years.csv --label state --column 2020 --window 10 --show | grep -E '^training'
| training    30 sequences of 10 samples
# Columns of a list are found by their names where they stand otherwise.
$ loci fit whole.csv --value load --column temp,hum --window 20 --modes 20 --threads 1 -o m > out; loci predict m whole.csv 2> err | tail -n 1 | cut -d , -f 2 > a; awk -F, '{ print $3 "," $2 }' whole.csv > swapped.csv; loci predict m swapped.csv 2> err | tail -n 1 | cut -d , -f 2 | cmp - a
# Also those that nobody named are found by what the training called them, in predict, stream and eval, and on standard input.
$ loci fit whole.csv --horizon 1 --window 20 --time time --modes 20 --threads 1 -o m > out; loci predict m whole.csv 2> err | tail -n 1 | cut -d , -f 2- > a; loci stream m whole.csv --every 0 2> err | tail -n 1 | cut -d , -f 2- > s; loci eval m whole.csv 2> out | grep -v time > b; awk -F, '{ print $4 "," NR "," $3 "," $2 "," $1 }' OFS=, whole.csv | sed '1s/,1,/,more,/' > mixed.csv; head -n 3 mixed.csv
| load,more,hum,temp,time
| 0.00,2,60.00,20.00,0
| 0.33,3,59.99,20.33,60
$ loci predict m mixed.csv 2> err | tail -n 1 | cut -d , -f 2- | cmp - a; loci predict m - < mixed.csv 2> err | tail -n 1 | cut -d , -f 2- | cmp - a; loci stream m mixed.csv --every 0 2> err | tail -n 1 | cut -d , -f 2- | cmp - s; loci stream m - --every 0 < mixed.csv 2> err | tail -n 1 | cut -d , -f 2- | cmp - s; loci eval m mixed.csv 2> out | grep -v time | cmp - b
$ cut -d , -f 2-4 whole.csv | sed '1s/hum/damp/' > called.csv; loci predict m called.csv | tail -n 1 | cut -d , -f 2- | cmp - a
! loci: note: called.csv: has no column hum, which the model was trained on; its columns are taken in their order
! loci: note: called.csv: the newest 20 of its 300 samples were taken, since m was trained on windows of so many
$ loci stream m - --every 0 < called.csv | tail -n 1 | cut -d , -f 2- | cmp - s
! loci: note: standard input: has no column hum, which the model was trained on; its columns are taken in their order
! loci: note: m: was trained on windows of 20 samples; the answers here are about all samples so far (--window)
$ sed '1s/hum/damp/' whole.csv > damp.csv; loci eval m damp.csv --train | sed '/time/d' | cmp - b
! loci: note: damp.csv: has no column hum, which the model was trained on; its columns are taken in their order
$ tail -n +2 called.csv > called.txt; loci predict m called.txt 2> err | tail -n 1 | cut -d , -f 2- | cmp - a; loci predict m called.csv --column 1,2,3 2> err | tail -n 1 | cut -d , -f 2- | cmp - a
# Files of a folder likewise; names that two columns share name none.
$ mkdir -p files/a files/b; for k in 0 1 2 3 4; do sed -n "1p; $((60 * k + 2)),$((60 * k + 61))p" whole.csv | cut -d , -f 2-4 > files/$([ $((k % 2)) = 0 ] && echo a || echo b)/$k.csv; done; awk -F, '{ print $3, $1, $2 }' OFS=, files/b/3.csv > other.csv; loci fit files --modes 20 --threads 1 -o m > out; for f in files/b/3.csv other.csv; do loci predict m $f | tail -n 1 | cut -d , -f 2-; done | uniq | wc -l
| 1
$ mkdir -p turned/a turned/b; for f in a/0 a/2 a/4 b/1 b/3; do awk -F, '{ print $3, $1, $2 }' OFS=, files/$f.csv > turned/$f.csv; done; for d in files turned; do loci eval m $d 2> out | grep -v time; done | uniq -d | wc -l; loci fit turned -o n --modes 20 --threads 1 > out; loci fit files --add -o n --threads 1 > out; loci fit files files --modes 20 --threads 1 -o o > out; for m in n o; do loci predict $m files/a/2.csv | tail -n 1 | cut -d , -f 2; done
| 0
| a
| a
$ for f in files/*/*.csv; do sed -i '1s/.*/x,y,x/' $f; done; loci fit files --modes 20 --threads 1 -o m > out; loci predict m files/b/3.csv | head -n 1
| file,class,p_a,p_b
# Columns that were asked for in the training, by names, numbers or in lists, are those of a pipe, too, and of what fit adds; raw channels come in their order.
$ for c in temp,load 2,4 '4 --column temp'; do loci fit whole.csv --horizon 1 --column $c --window 20 --modes 20 --threads 1 -o m > out; loci predict m whole.csv 2> err | cut -d , -f 2- > a; loci predict m - < whole.csv 2> err | cut -d , -f 2- | cmp - a; { head -n 1 whole.csv; tail -n 20 whole.csv; } | loci stream m - --every 0 2> err | cut -d , -f 2- | cmp - a; done
$ loci fit whole.csv --horizon 1 --column load,temp --window 20 --modes 20 --threads 1 -o m > out; cp m n; cp m.learned n.learned; loci fit whole.csv --add --horizon 1 --window 20 --threads 1 -o m > out; loci fit whole.csv --add --horizon 1 --column load,temp --window 20 --threads 1 -o n > out; cmp m.learned n.learned; sed '1s/load/more/' called.csv > others.csv; loci fit others.csv --add --horizon 1 --window 20 --threads 1 -o m
! loci: others.csv: has no column load; there are temp, damp, more
= 1
$ loci fit called.csv --horizon 1 --window 20 --modes 20 --threads 1 -o m > out; loci fit others.csv --add --horizon 1 --window 20 --threads 1 -o m > out
! loci: note: others.csv: has no column load, which the model was trained on; its columns are taken in their order
$ printf 'y,x\n' > xy.csv; seq 40 | awk '{ print sin($1) "," cos($1) }' >> xy.csv; loci fit xy.csv --horizon 1 --column 2,1 --window 20 --modes 20 --threads 1 -o m > out; sed 1d xy.csv | awk -F, '{ print $2 "," $1 }' > turned.csv; loci stream m turned.csv --column 1,2 --every 0 > a 2> err; /usr/bin/perl -F, -ne 'print pack("d<2", @F)' turned.csv > raw.f64; loci stream m raw.f64 --raw f64le --channels 2 --every 0 2> err | cmp - a
# The mean of all channels is that of all, whatever they are called.
$ awk -F, '{ print $2 }' xy.csv > one.csv; loci fit one.csv --horizon 1 --window 20 --modes 20 --threads 1 -o m > out; sed '1s/.*/p,q/' xy.csv > pq.csv; loci stream m pq.csv --mono --every 0 > a 2> err; loci stream m xy.csv --mono --every 0 2> err | cmp - a
