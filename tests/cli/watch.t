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
! loci: note: odd.csv: 48 of 1,500 rows fill the window and were not judged
$ loci watch load.loci odd.csv --alarms --threshold 1000
| sample,value,expected,lower,upper,score
! loci: note: odd.csv: 48 of 1,500 rows fill the window and were not judged

# Any cut, states, pipes: the same digits.
$ for k in 1 47 48 700; do head -n $((k + 1)) odd.csv > 1.csv; (head -n 1 odd.csv; tail -n +$((k + 2)) odd.csv) > 2.csv; loci watch load.loci 1.csv --state-out s > a; loci watch load.loci 2.csv --state-in s | cat a - | cmp - all; done
! loci: note: 1.csv: 1 row, none judged: the first 48 fill the window (--state-in goes on from an earlier watch, --follows from the rows learned)
! loci: note: 1.csv: 47 rows, none judged: the first 48 fill the window (--state-in goes on from an earlier watch, --follows from the rows learned)
! loci: note: 1.csv: 48 rows, none judged: the first 48 fill the window (--state-in goes on from an earlier watch, --follows from the rows learned)
$ cut -d , -f 1 odd.csv | loci watch load.loci | cmp - all
$ cut -d , -f 1 odd.csv | loci watch load.loci - -o b; cmp b all
$ awk -F , -v OFS=, '{ print $2, $1 }' odd.csv > turned.csv; loci watch load.loci turned.csv | cmp - all

# Holes: what was expected stands there.
$ sed '300s/.*/,/' load.csv > holes.csv; loci watch load.loci holes.csv | sed -n '300p' | sed 's/\.[0-9]*/.#/g'
|~ 299,,*.#,*.#,*.#,
$ loci watch load.loci holes.csv --alarms | wc -l
| 1
! loci: note: holes.csv: 48 of 1,500 rows fill the window and were not judged

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
| {"sample": 1, "value": 99.5001, "expected": null, "lower": null, "upper": null, "score": null, "odd": null}
| 1500
$ sed 's/"[a-z]*": //g; s/, \(true\|false\|null\)}//; s/[{]//; s/null//g; s/, /,/g' all.json > 1; sed 1d all | cmp - 1
$ test $(loci watch load.loci odd.csv --alarms --json | grep -c '"odd": true') = $(loci watch load.loci odd.csv --alarms | sed 1d | wc -l)
! loci: note: odd.csv: 48 of 1,500 rows fill the window and were not judged
! loci: note: odd.csv: 48 of 1,500 rows fill the window and were not judged
$ loci watch two.loci timed.csv --time time --json | sed -n 2p
| {"time": 20, "column": "other", "value": -0.499945, "expected": null, "lower": null, "upper": null, "score": null, "odd": null}
$ loci watch load.loci odd.csv --json --plot -
! loci: watch: --json and --plot - both go to standard output; -o with a file was expected
= 2

# Rows that come right after those learned, as their times or the user say, are judged from the first on; others fill a window first, which is said.
$ cat > ten.awk <<'E'
+ BEGIN { s = 7; print "time,temp"; for (k = 0; k < to; k++) { s = s * 16807 % 2147483647; m = 10 * k; x = 15 + 10 * sin(k * 3.14159265 / 72) + s / 2147483647 - 0.5; if (k == odd) x += 12; if (k >= from) printf "2024-01-%02dT%02d:%02d,%.3f\n", 1 + m / 1440, m / 60 % 24, m % 60, x } }
+ E
$ awk -v to=1500 -f ten.awk > past.csv; awk -v from=1500 -v to=1600 -v odd=1550 -f ten.awk > next.csv; loci forecast past.csv --window 192 --order 16 --ridge 0.01 -o ten.loci > out
$ loci watch ten.loci next.csv --alarms | cut -d , -f 1,2 | sed -n 1,2p
| time,value
| 2024-01-11T18:20:00Z,16.635
$ sed 2,31d next.csv | loci watch ten.loci - --time time | sed -n 2p | cut -d , -f 1-2
| 2024-01-11T15:00:00Z,7.926
! loci: note: standard input: 30 missing rows in 1 place; what was expected stands for them
$ cut -d , -f 2 next.csv | loci watch ten.loci - --alarms --follows | cut -d , -f 1,2 | sed -n 1,2p
| sample,value
| 51,16.635
$ cut -d , -f 2 next.csv > bare.csv; loci watch ten.loci bare.csv --alarms --json --state-out s
! loci: note: bare.csv: 100 rows, none judged: the first 192 fill the window (--state-in goes on from an earlier watch, --follows from the rows learned)
$ loci watch ten.loci bare.csv --alarms --state-in s -o a
! loci: note: bare.csv: 92 of 100 rows fill the window and were not judged
$ loci watch ten.loci bare.csv --follows --state-out s > a; loci watch ten.loci bare.csv --state-in s | sed -n 1p | cut -d , -f 1,2
| 101,20.482
$ for k in 1 40 99; do head -n $((k + 1)) next.csv > 1.csv; (head -n 1 next.csv; tail -n +$((k + 2)) next.csv) > 2.csv; loci watch ten.loci 1.csv --state-out s > a; loci watch ten.loci 2.csv --state-in s >> a; loci watch ten.loci next.csv | cmp - a; done
$ loci watch ten.loci bare.csv --follows --state-in s
! loci: watch: --follows and --state-in exclude each other; one of them was expected
= 2

# Rows that are missing in even times: what was expected stands for them; behind more than a window of them a watch begins anew.
$ awk -v from=1500 -v to=3000 -f ten.awk > more.csv; sed 801,840d more.csv > gap.csv; loci watch ten.loci gap.csv --alarms
| time,value,expected,lower,upper,score
! loci: note: gap.csv: 40 missing rows in 1 place; what was expected stands for them
$ loci watch ten.loci gap.csv > all 2> notes; head -n 800 gap.csv > 1.csv; (head -n 1 gap.csv; tail -n +801 gap.csv) > 2.csv; loci watch ten.loci 1.csv --state-out s > a; loci watch ten.loci 2.csv --state-in s >> a; cmp a all
! loci: note: 2.csv: 40 missing rows in 1 place; what was expected stands for them
$ sed 801,1100d more.csv > gap.csv; loci watch ten.loci gap.csv --alarms --json
! loci: note: gap.csv: 1 gap longer than the window, 192 rows; behind it the watch begins anew
! loci: note: gap.csv: 192 of 1,200 rows fill the window and were not judged
$ awk -v from=1700 -v to=1800 -f ten.awk > late.csv; loci watch ten.loci late.csv --alarms
! loci: note: late.csv: 100 rows, none judged: the first 192 fill the window (--state-in goes on from an earlier watch, --follows from the rows learned)
| time,value,expected,lower,upper,score

# Of irregular times, rows follow one another, as they did when they were learned.
$ for f in past next; do awk 'NR == 1 || NR % 7 > 1' $f.csv > $f.7; done; loci forecast past.7 --horizon 24 --window 96 --order 16 --ridge 0.01 -o seven.loci > out
! loci: warning: past.7: the times are irregular: 214 of 1,071 steps are not 10 min long; rows are taken to follow one another evenly
$ loci watch seven.loci next.7 --alarms | cut -d , -f 1 | sed -n 1,2p
| time
| 2024-01-11T18:20:00Z
! loci: warning: next.7: the times are irregular: 14 of 72 steps are not 10 min long; rows are taken to follow one another evenly

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
! loci: load.loci: is a forecaster; the state of a watch was expected
= 1
$ loci watch odd.csv odd.csv
! loci: odd.csv: is a text; a forecaster was expected
= 1

# Pauses that were in what was learned, longer than the window: rows follow one another across them, as they did there. Times that go back
# are told. An update with one gap does not make an even series uneven.
$ cat > days.awk <<'END'
+ BEGIN { print "t,x"; for (d = from; d < to; d++) for (k = 0; k < 240; k++) printf "%d,%.4f\n", 86400 * d + 60 * k, sin((240 * d + k) / 7) + 0.01 * ((37 * k + d) % 11) }
+ END
$ awk -v from=0 -v to=6 -f days.awk > days.csv; awk -v from=6 -v to=9 -f days.awk > more.csv; loci forecast days.csv --time t --window 64 --horizon 8 -o days.loci >out 2>&1; loci watch days.loci more.csv --time t | grep -c ',,'
| 0
! loci: note: more.csv: 3 pauses, as there were in what was learned; rows follow one another across them
= 1
$ { head -n 300 more.csv; sed -n '4,5p' more.csv; } > back.csv; loci watch days.loci back.csv --time t | wc -l
| 302
! loci: warning: back.csv: the times of 2 rows are not after the latest before them; rows are taken as they come
! loci: note: back.csv: 2 pauses, as there were in what was learned; rows follow one another across them
$ seq 0 600 | awk 'BEGIN { print "t,x" } { print 60 * $1 "," sin($1 / 9) }' > even.csv; { echo t,x; seq 601 650 | awk '$1 != 620 { print 60 * $1 "," sin($1 / 9) }'; } > up.csv; loci forecast even.csv --time t --window 64 --horizon 4 -o even.loci >out 2>&1; loci forecast even.loci up.csv --time t --update >out 2>&1; loci inspect even.loci --json | grep even
|   "even": true,
$ loci watch even.loci up.csv --time t --state-out st >/dev/null 2>&1; loci inspect st | grep signal
| signal    50 samples so far

# A pause that was there once is none. A step that a few rows have is not that of the series; ten steps of another length make it uneven.
$ { echo t,x; seq 1 900 | awk '{ print 60 * ($1 + 100 * ($1 > 400)) "," sin($1 / 9) }'; } > once.csv; loci forecast once.csv --time t --window 64 --horizon 4 -o once.loci >out 2>&1; { echo t,x; seq 901 990 | awk '{ print 60 * ($1 + 100 + 150 * ($1 > 950)) "," sin($1 / 9) }'; } > on.csv; loci watch once.loci on.csv --time t | grep -c ',,'
| 40
! loci: note: on.csv: 1 gap longer than the window, 64 rows; behind it the watch begins anew
$ (cat once.csv; seq 901 910 | awk '{ print 60 * ($1 + 100) "," sin($1 / 9) }') > again.csv; loci forecast once.loci again.csv --time t --update -o seen.loci >out 2>&1; loci watch seen.loci on.csv --time t 2>&1 >out | grep -c 'begins anew'
| 1
$ cp even.loci step.loci; printf 't,x\n39060,0.1\n39180,0.2\n' > two.csv; loci forecast step.loci two.csv --time t --update >out 2>&1; loci inspect step.loci --json | grep -o '"step": [0-9]*'
| "step": 60
$ { echo t,x; seq 660 710 | awk '{ print 60 * $1 + 20 * ($1 % 3) "," sin($1 / 9) }'; } > jump.csv; loci forecast even.loci jump.csv --time t --update -o jump.loci 2>&1 >out | grep note; loci inspect jump.loci --json | grep even; loci inspect jump.loci | sed -n 2p
| loci: note: jump.csv: its first row is 10 min behind the last one learned; rows are taken to follow one another
|   "even": false,
| learned     from 701 rows, the last at 42640, 60 s apart, unevenly

# Pauses that are learned one by one, in tables that overlap: as if all rows had been in one table.
$ for d in 0 1 2 3 4 5; do awk -v from=$((d > 0 ? d - 1 : d)) -v to=$((d + 1)) -f days.awk > day.csv; loci forecast $(test $d = 0 && echo day.csv --window 64 --order 8 --ridge 1e-5 --horizon 8 -o daily.loci || echo daily.loci day.csv --update) --time t >out 2>&1; done; loci watch daily.loci more.csv --time t | grep -c ',,'; loci inspect daily.loci | sed -n 2p; loci inspect daily.loci --json | grep windows; loci forecast days.csv --time t --window 64 --order 8 --ridge 1e-5 --horizon 8 -o days8.loci >out 2>&1; loci inspect days8.loci --json | grep windows
| 0
| learned     from 1,440 rows, the last at 446340, 60 s apart
|   "windows": 1369,
|   "windows": 1369,
! loci: note: more.csv: 3 pauses, as there were in what was learned; rows follow one another across them

# Rows behind the latest time, and a clock that is set back; a state knows the latest time, so that going on is as one run is.
$ awk 'BEGIN { print "t,x"; for (k = 651; k <= 850; k++) print 60 * k "," sin(k / 9); print 60 * 660 "," sin(9) }' > a.csv; awk 'BEGIN { print "t,x"; for (k = 851; k <= 950; k++) if (k < 900 || k > 905) print 60 * k "," sin(k / 9) }' > b.csv; (cat a.csv; tail -n +2 b.csv) > ab.csv
$ loci watch even.loci ab.csv --time t -o whole; loci watch even.loci a.csv --time t --state-out s > cut; loci watch even.loci b.csv --time t --state-in s >> cut; cmp whole cut
! loci: warning: ab.csv: the times of 1 row are not after the latest before them; rows are taken as they come
! loci: note: ab.csv: 6 missing rows in 1 place; what was expected stands for them
! loci: warning: a.csv: the times of 1 row are not after the latest before them; rows are taken as they come
! loci: note: b.csv: 6 missing rows in 1 place; what was expected stands for them
$ (cat a.csv; echo 9e9,0; awk 'NR > 1' b.csv) > far.csv; loci watch even.loci far.csv --time t | grep -c ',,'
| 64
! loci: warning: far.csv: the times of 66 rows are not after the latest before them; rows are taken as they come
! loci: note: far.csv: 1 gap longer than the window, 64 rows; behind it the watch begins anew

# A number that is refused: the state has what came before it, and no rows that are missing behind.
$ { echo t,x; seq 651 670 | awk '$1 != 661 { print 60 * $1 "," ($1 == 655 ? 1e200 : 0.5) }'; } > bad.csv; loci watch even.loci bad.csv --time t --state-out st >out; loci inspect st | grep signal
! loci: bad.csv: line 6: a number within 1e150 was expected
| signal    4 samples so far
$ { echo t,x; printf '39060,1\n39120,1\n39240,1e200\n'; } > bad.csv; loci watch even.loci bad.csv --time t --state-out st >out; printf 't,x\n39240,1\n' > good.csv; loci watch even.loci good.csv --time t --state-in st --state-out st >out; loci inspect st | grep signal
! loci: bad.csv: line 4: a number within 1e150 was expected
| signal    4 samples so far

# A chart says what it goes by, has all of a long signal, and tells once what is wrong with it.
$ loci watch two.loci timed.csv --time time --plot - | tail -n 1 | sed 's/  */ /g'; head -n 40 dated.csv > short.csv; loci watch dated.loci short.csv --plot - | tail -n 1 | sed 's/  */ /g'; loci watch load.loci odd.csv --plot - | tail -n 1 | sed 's/  */ /g'
|  time (s)
|  time (2024, UTC)
|  sample
$ awk 'BEGIN { for (k = 0; k < 850000; k++) printf "%c", 75 + (k == 849900 ? 40 : int(9 * sin(k / 9) + k * 7919 % 13 / 6)) }' > long; head -c 3000 long > past; loci forecast past --raw u8 --window 32 --order 8 --horizon 4 -o u8.loci > out; loci watch u8.loci long --raw u8 --plot - > drawn; sed -n 2p drawn; grep -c odd drawn
| 850,000 samples; odd: those 3 halves of the interval away, or more
| 2
$ loci watch u8.loci past --raw u8 --plot - >&-
! loci: standard output: writing failed: Bad file descriptor
= 1
