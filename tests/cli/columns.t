# The columns of a table that are learned from: how what is learned is called, and whether the first row names them.
$ awk 'BEGIN { print "time,temp,hum,load,state"; for (k = 0; k < 300; k++) print 60 * k "," sprintf("%.2f,%.2f,%.2f,%s", 20 + 5 * sin(k / 15), 50 + 10 * cos(k / 20), 3 * sin(k / 9), k % 40 < 20 ? "off" : "on") }' > whole.csv
$ for o in '--value load' '--value 4' '--horizon 2' '--horizon 2 --value 4' '--horizon 2 --column temp,load' '--horizon 2 --column load --column 2'; do loci fit whole.csv $o --window 20 --time time --modes 20 --threads 1 -o m > out; loci predict m whole.csv | head -n 1; loci stream m whole.csv --every 0 | head -n 1; done
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
$ loci train whole.csv --horizon 2 --window 20 --time time --layers 1 --width 4 --state 4 --steps 1 --valid 0 --threads 1 -o t.safetensors > out 2>&1; loci predict t.safetensors whole.csv | head -n 1; loci predict t.safetensors whole.csv --json | cut -c 1-40
| file,temp_1,hum_1,load_1,temp_2,hum_2,load_2
| {
|   "files": [{"file": "whole.csv", "value
| }
$ tail -n +2 whole.csv > bare.csv; loci fit bare.csv --horizon 2 --window 20 --column 2,4 --modes 20 --threads 1 -o m > out; loci predict m bare.csv | head -n 1; loci fit bare.csv --value 4 --window 20 --column 2 --modes 20 --threads 1 -o m > out; loci predict m bare.csv | head -n 1
| file,y0,y1,y2,y3
| file,y
$ sed '1s/.*/2019,x,x,"a,b",state/' whole.csv > odd.csv; loci fit odd.csv --horizon 1 --window 20 --modes 20 --threads 1 -o m > out; loci predict m odd.csv --header yes --skip 0 | head -n 1
| file,2019_1,x_1,x_1,"a,b_1"
! loci: note: odd.csv: column state holds text ("off") and is left out
# A row of data that has a label is no header, but where a column was asked for by a name in it.
$ for o in '--label 5' '--label state'; do for f in bare whole; do loci train $f.csv $o --window 10 --column 2 --show 2>&1 | grep -E '^training|loci:'; done; done
| training    30 sequences of 10 samples
| training    30 sequences of 10 samples
| loci: bare.csv: has no column state; its columns have no names, only numbers, 1 to 5
| training    30 sequences of 10 samples
$ sed '1s/.*/2019,2020,2021,2022,state/' whole.csv > years.csv; loci train years.csv --label state --column 2020 --window 10 --show | grep -E '^training'
| training    30 sequences of 10 samples
# Columns of a list are found by their names where they stand otherwise.
$ loci fit whole.csv --value load --column temp,hum --window 20 --modes 20 --threads 1 -o m > out; loci predict m whole.csv | tail -n 1 | cut -d , -f 2 > a; awk -F, '{ print $3 "," $2 }' whole.csv > swapped.csv; loci predict m swapped.csv | tail -n 1 | cut -d , -f 2 | cmp - a
