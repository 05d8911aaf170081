# The columns of a table that are learned from: whether the first row names them.
$ awk 'BEGIN { print "time,temp,hum,load,state"; for (k = 0; k < 300; k++) print 60 * k "," sprintf("%.2f,%.2f,%.2f,%s", 20 + 5 * sin(k / 15), 50 + 10 * cos(k / 20), 3 * sin(k / 9), k % 40 < 20 ? "off" : "on") }' > whole.csv
$ tail -n +2 whole.csv > bare.csv
# A row of data that has a label is no header, but where a column was asked for by a name in it.
$ for o in '--label 5' '--label state'; do for f in bare whole; do loci train $f.csv $o --window 10 --column 2 --show 2>&1 | grep -E '^training|loci:'; done; done
| training    30 sequences of 10 samples
| training    30 sequences of 10 samples
| loci: bare.csv: has no column state; its columns have no names, only numbers, 1 to 5
| training    30 sequences of 10 samples
$ sed '1s/.*/2019,2020,2021,2022,state/' whole.csv > years.csv; loci train years.csv --label state --column 2020 --window 10 --show | grep -E '^training'
| training    30 sequences of 10 samples
