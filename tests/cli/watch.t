# A day's swing in noise, learned; then the same with a spike and with a night left out.
$ awk 'BEGIN { s = 7; print "load,other"; for (k = 0; k < 1500; k++) { s = s * 16807 % 2147483647; n = s / 2147483647 - 0.5; print 100 + 20 * sin(k * 3.14159265 / 12) + n "," n } }' > load.csv
$ loci forecast load.csv --column load --horizon 24 --window 48 --order 24 --ridge 0.001 -o load.loci > out
$ awk -F , -v OFS=, 'NR == 702 { $1 += 15 } NR > 1002 && NR < 1010 { $1 = 100 } { print }' load.csv > odd.csv
$ loci watch load.loci odd.csv > all; wc -l < all; head -n 3 all; sed -n '50p' all | sed 's/\(\.[0-9]\)[0-9]*/\1/g'
| 1501
| sample,value,expected,lower,upper,score
| 1,99.5001,,,,
| 2,105.597,,,,
|~ 49,100.*,*,*,*,0.*
$ loci watch load.loci odd.csv --alarms | awk -F , 'NR > 1 { print (int($1 / 100)) * 100 }' | sort -n | uniq | tr '\n' ' '; echo
| 700 1000 
$ loci watch load.loci odd.csv --alarms --threshold 1000
| sample,value,expected,lower,upper,score

# Any cut, states, pipes: the same digits.
$ for k in 1 47 48 700; do head -n $((k + 1)) odd.csv > 1.csv; (head -n 1 odd.csv; tail -n +$((k + 2)) odd.csv) > 2.csv; loci watch load.loci 1.csv --state-out s > a; loci watch load.loci 2.csv --state-in s | cat a - | cmp - all; done
$ cut -d , -f 1 odd.csv | loci watch load.loci | cmp - all
$ cut -d , -f 1 odd.csv | loci watch load.loci - -o b; cmp b all
$ awk -F , -v OFS=, '{ print $2, $1 }' odd.csv > turned.csv; loci watch load.loci turned.csv | cmp - all

# Holes: what was expected stands there.
$ sed '300s/.*/,/' load.csv > holes.csv; loci watch load.loci holes.csv | sed -n '300p' | sed 's/\.[0-9]*/.#/g'
|~ 299,,*.#,*.#,*.#,
$ loci watch load.loci holes.csv --alarms | wc -l
| 1

# Several columns, times.
$ awk -F , -v OFS=, '{ printf "%s,", NR == 1 ? "time" : 10 * NR; print }' load.csv > timed.csv; loci forecast timed.csv --time time --horizon 4 --window 32 --order 8 -o two.loci > out; loci watch two.loci timed.csv --time time | sed -n '1,3p'
| time,column,value,expected,lower,upper,score
| 20,load,99.5001,,,,
| 20,other,-0.499945,,,,

# Dates are found, where the model knows dates.
$ head -n 600 load.csv | awk -F , -v OFS=, '{ print (NR == 1 ? "day" : sprintf("2024-01-%02dT%02d:00", 1 + NR / 24, NR % 24)), $1 }' > dated.csv
$ loci forecast dated.csv --horizon 4 --window 32 --order 8 -o dated.loci > out; loci watch dated.loci dated.csv > found; loci watch dated.loci dated.csv --time day | cmp - found; sed -n 2p found
| 2024-01-01T02:00:00Z,99.5001,,,,
$ loci watch load.loci dated.csv 2>&1 | sed -n '2,$p' | head -n 2
| sample,value,expected,lower,upper,score
| 1,99.5001,,,,

# The same as JSON, a line for each.
$ loci watch load.loci odd.csv --json > all.json; sed -n '1p' all.json; wc -l < all.json; loci watch load.loci odd.csv -o b.jsonl; cmp all.json b.jsonl
| {"sample": 1, "value": 99.5001, "expected": null, "lower": null, "upper": null, "score": null, "odd": false}
| 1500
$ sed 's/"[a-z]*": //g; s/, \(true\|false\)}//; s/[{]//; s/null//g; s/, /,/g' all.json > 1; sed 1d all | cmp - 1
$ test $(loci watch load.loci odd.csv --alarms --json | grep -c '"odd": true') = $(loci watch load.loci odd.csv --alarms | sed 1d | wc -l)
$ loci watch two.loci timed.csv --time time --json | sed -n 2p
| {"time": 20, "column": "other", "value": -0.499945, "expected": null, "lower": null, "upper": null, "score": null, "odd": false}
$ loci watch load.loci odd.csv --json --plot -
! loci: watch: --json and --plot - both go to standard output; -o with a file was expected
= 2

# Refusals.
$ loci watch load.loci odd.csv --threshold 0
! loci: watch: --threshold is 0; more than 0 was expected
= 2
$ cut -d , -f 2 load.csv > o.csv; loci watch load.loci o.csv
! loci: o.csv: has no column load; there is other
= 1
$ cat load.csv | loci watch load.loci
! loci: standard input: it has 2 columns; 1, those of load.loci, were expected (--column chooses)
= 1
$ loci watch two.loci load.csv --state-in s
! loci: s: is the state of a watch by another model
= 1
$ loci watch load.loci odd.csv --state-in load.loci
! loci: load.loci: is no state of a watch: it does not begin like one
= 1
$ loci watch odd.csv odd.csv
! loci: odd.csv: is no forecaster: it does not begin like one
= 1
