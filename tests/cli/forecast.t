# Two columns by the hour, six weeks of them: a day's swing in noise, and a slow noise.
$ awk 'BEGIN { s = 7; for (k = 0; k < 1000; k++) { s = s * 16807 % 2147483647; n = s / 2147483647 - 0.5; w = 0.9 * w + n;
+     printf "2024-%02d-%02dT%02d:00:00,%.4f,%.4f\n", 1 + int(k / 24 / 31), 1 + int(k / 24) % 31, k % 24, 100 + 20 * sin(k * 3.14159265 / 12) + n, 5 + w } }' > rows
$ (echo date,load,wind; cat rows) > load.csv; (echo date,load,wind; head -n 600 rows) > a.csv; (echo date,load,wind; tail -n +601 rows) > b.csv

# What it says of itself, and the next rows: within half a step of the noise of what comes.
$ loci forecast load.csv --horizon 12 -o load.loci > out; grep -c '^#' out; grep -v '^#' out | head -n 1; grep -v '^#' out | wc -l
| 16
| time,load,load_lower80,load_upper80,load_lower95,load_upper95,wind,wind_lower80,wind_upper80,wind_lower95,wind_upper95
| 13
$ head -n 1 out; sed -n 's/ rows  *[0-9. ]*$//p' out
| # 2 columns: 1,000 rows: 600 to learn from, 200 to choose by, 200 to test
| #   seasonal repeat of 24
$ grep -v '^#' out | awk -F , 'NR > 1 { k = 1000 + NR - 2; e = $2 - 100 - 20 * sin(k * 3.14159265 / 12); if (e * e > 1.5 || !($5 < $3 && $3 < $2 && $2 < $4 && $4 < $6)) print }'
$ loci forecast load.csv --horizon 12 --json | grep -o '"[a-z0-9_]*":' | tr -d '\n'; echo
| "horizon":"rows":"train":"valid":"test":"columns":"window":"order":"ridge":"own_weights":"season":"windows":"mse":"mae":"coverage80":"coverage95":"standardized":"mse":"mae":"baselines":"last":"standardized":"mse":"mae":"season":"standardized":"mse":"mae":"mean":"standardized":"mse":"mae":"ar":"standardized":"mse":"mae":"forecast":"times":"values":"lower80":"upper80":"lower":"upper":
$ loci forecast load.csv --horizon 12 --column load --window 48 --order 16 --ridge 0.1 --test 0 --json | grep -E '"(window|order|ridge|test|mse)"'
|   "rows": {"train": 800, "valid": 200, "test": 0},
|   "window": 48,
|   "order": 16,
|   "ridge": 0.1,

# The model: the same forecast, and after other rows theirs. Columns are found by their names.
$ loci forecast load.loci > again; grep -v '^#' out | cmp - again
$ awk -F , -v OFS=, '{ print $1, $3, "x" NR, $2 }' load.csv | sed '1s/x1/other/' > turned.csv; loci forecast load.loci turned.csv -o turned; cut -d , -f 1,2,7 turned | cut -c -24 > 1; cut -d , -f 1,2,7 again | cut -c -24 | cmp - 1
$ cut -d , -f 1,2 load.csv > one.csv; loci forecast load.loci one.csv
! loci: one.csv: has no column wind; there are date, load
= 1
$ head -n 5 load.csv | loci forecast load.loci - --time date
!~ loci: standard input: its 4 rows are fewer than the window of load.loci, *
= 1

# Learned in two, together or one after the other: as in one.
$ for m in a b load; do loci forecast $m.csv --horizon 12 --window 48 --order 16 --ridge 0.1 --shared -o $m.loci > $m.out; done
$ loci forecast a.loci b.loci --add -o ab.loci; loci forecast ab.loci | cut -d , -f 1,2,7 | sed 's/\(\.[0-9]\{9\}\)[0-9]*/\1/g' > 1; loci forecast load.loci | cut -d , -f 1,2,7 | sed 's/\(\.[0-9]\{9\}\)[0-9]*/\1/g' | cmp - 1
$ loci forecast a.loci b.csv --update -o u.loci | grep -v '^#' | cut -d , -f 1,2,7 | sed 's/\(\.[0-9]\{9\}\)[0-9]*/\1/g' | cmp - 1
$ loci forecast a.loci load.csv --update -o u.loci --json | grep updated; loci forecast u.loci | cut -d , -f 1,2,7 | sed 's/\(\.[0-9]\{9\}\)[0-9]*/\1/g' | cmp - 1
|   "updated": 400,

# Rows that go on are tried, whether those before them are handed over again or not: the errors are the same, and widths follow. A day at a time, too.
$ for d in load b; do loci forecast a.loci $d.csv --update -o u$d.loci --json | grep -E '"(windows|mse)"' | head -n 2 | sed 's/\(\.[0-9]\{4\}\)[0-9]*/\1/g' > tried.$d; done; cmp tried.load tried.b; head -n 1 tried.b
|   "windows": 389,
$ (echo date,load,wind; sed -n 601,624p rows) > day.csv; (echo date,load,wind; sed -n 611,634p rows) > lap.csv; loci forecast a.loci day.csv --update -o day.loci --json | grep windows; loci forecast day.loci lap.csv --update -o lap.loci --json | grep -E 'windows|updated'
|   "windows": 13,
|   "updated": 10,
$ for m in a day; do loci forecast $m.loci | tail -n 1 | awk -F , '{ printf "%.6f\n", $4 - $3 }'; done | uniq | wc -l
| 2

$ loci forecast b.csv --horizon 11 -o other.loci > o; loci forecast a.loci other.loci --add -o x.loci
! loci: other.loci: window is 48 in the one and 32 in the other; the same was expected
= 1
$ test ! -e x.loci

# Nothing to be foretold: the last value. A constant column.
$ awk 'BEGIN { s = 3; print "walk,flat"; for (k = 0; k < 600; k++) { s = s * 16807 % 2147483647; w += s / 2147483647 - 0.5; print w ",7.5" } }' > walk.csv
$ loci forecast walk.csv --column walk --horizon 5 | sed -n 2p
| # nothing foretells better than the last value, which is held
$ loci forecast walk.csv --column flat --horizon 2 --order 4 | grep -v '^#'
! loci: note: walk.csv: "flat" is constant over the first 360 rows; so is its forecast
| row,flat,flat_lower80,flat_upper80,flat_lower95,flat_upper95
| 600,7.5,7.5,7.5,7.5,7.5
| 601,7.5,7.5,7.5,7.5,7.5

# Columns called 0 and 1, and dates with slashes: the times are the dates, not the column called 1.
$ awk 'BEGIN { print "date,0,1,OT"; for (k = 0; k < 336; k++) printf "1990/%d/%d %d:00,%d,%d,%.3f\n", 1, 1 + k / 24, k % 24, k % 7, k % 5, sin(k) }' > numbered.csv
$ loci forecast numbered.csv --horizon 2
! loci: numbered.csv: line 1: "date" in column 1 may be a name or a value that cannot be read; a row of names or of numbers was expected (--header yes or no tells which, --skip leaves lines out)
= 1
$ for c in OT 0,1,OT; do loci forecast numbered.csv --header yes --column $c --horizon 2 --window 10 --order 0 --test 0 | grep -v '^#' | cut -d , -f 1,2; done
| time,OT
| 1990-01-15T00:00:00Z,0.913
| 1990-01-15T01:00:00Z,0.913
| time,0
| 1990-01-15T00:00:00Z,6
| 1990-01-15T01:00:00Z,6

# Missing values, rows that are no even steps apart, too few of them.
$ sed '300s/,.*,/,,/; 301s/,.*,/,nan,/' load.csv > holes.csv; loci forecast holes.csv --horizon 2 > o
! loci: note: holes.csv: 2 missing values; of each the value before stands there
$ loci forecast holes.csv --missing refuse
! loci: holes.csv: line 300: "load" is missing or not a number; a number was expected, or --missing hold
= 1
$ sed '500,509d' load.csv > gap.csv; loci forecast gap.csv --horizon 2 > o
! loci: warning: gap.csv: the times are irregular: 1 of 989 steps are not 60 min long; rows are taken to follow one another evenly
$ (cat load.csv; tail -n 1 load.csv) > twice.csv; loci forecast twice.csv
! loci: twice.csv: the times do not go on after 2024-02-11T15:00:00Z, row 1000; later times were expected
= 1
$ head -n 12 load.csv | loci forecast - --time 1 --horizon 3
! loci: standard input: its 11 rows leave 2 to choose by and 2 to test on; 3, the horizon, were expected of each
= 1
$ head -n 20 load.csv > few.csv; loci forecast few.csv --horizon 2
! loci: few.csv: 11 samples to learn from are too few for a horizon of 2; 18 or more were expected
= 1

# Wrong usage.
$ loci forecast load.csv --horizon 0
! loci: forecast: --horizon is 0; 1 to 4096 was expected
= 2
$ loci forecast load.csv --window 10 --order 11
! loci: forecast: --order is 11; 0 to 10 was expected
= 2
$ loci forecast load.csv --valid 0.5 --test 0.5
! loci: forecast: --valid 0.5 and --test 0.5 leave nothing to learn from
= 2
$ loci forecast load.loci load.csv --window 10
! loci: forecast: --window is for learning from DATA alone; a model has its own
= 2
$ loci forecast a.loci b.loci --add
! loci: forecast: --add makes a model; -o with its file was expected
= 2
# What has no meaning is not ignored, and data are not written over.
$ cp load.csv kept.csv; loci forecast load.csv --horizon 4 --update -o load.csv; cmp load.csv kept.csv
! loci: forecast: --update learns from new rows; MODEL and DATA were expected
$ loci forecast load.csv --horizon 4 --update
! loci: forecast: --update learns from new rows; MODEL and DATA were expected
= 2
$ loci forecast a.loci --update
! loci: forecast: --update learns from new rows; MODEL and DATA were expected
= 2
$ loci forecast a.loci b.loci --add --update -o x.loci
! loci: forecast: --update and --add exclude each other; one of them was expected
= 2
$ for o in --json '--plot -' '--column wind' '--missing hold'; do loci forecast a.loci b.loci --add -o x.loci $o; echo $?; done; test ! -e x.loci
! loci: forecast: --add makes a model and foretells nothing that --json could show
! loci: forecast: --add makes a model and foretells nothing that --plot could show
! loci: forecast: --rate, --time, --column, --missing and their like are about DATA, which is not read here
! loci: forecast: --rate, --time, --column, --missing and their like are about DATA, which is not read here
| 2
| 2
| 2
| 2
$ for o in '--column zzz' '--skip 1' '--missing refuse' '--time date' '--rate 2'; do loci forecast a.loci $o 2>&1; done | uniq
| loci: forecast: --rate, --time, --column, --missing and their like are about DATA, which is not read here
$ printf 'x' | dd of=load.loci bs=1 seek=700 conv=notrunc 2> /dev/null; loci forecast load.loci
! loci: load.loci: is a damaged forecaster: its checksum does not fit its bytes
= 1
$ loci forecast load.csv load.csv
! loci: load.csv: is a text; a forecaster was expected
= 1

# A reader that has had enough does not lose the model.
$ loci forecast a.csv --horizon 60 --window 64 --order 8 --json -o piped.loci | true; test -s piped.loci

# What is in one.
$ loci inspect a.loci
| forecaster  of load, wind
| learned     from 600 rows, the last at 2024-01-25T23:00:00Z, 60 min apart
| horizon     12 rows
| weights     window 48, order 16, ridge 0.1, shared by all columns
| season      24 rows
$ loci inspect a.loci --json | grep -E '"(rows|step|season)"'
|   "rows": 600,
|   "step": 3600,
|   "season": 24

# Columns that lie far from 0 and vary little, as counters do: exact up to 2^53; one that never changes is called constant.
$ for e in 1000000000000 9000000000000000; do awk -v e=$e 'BEGIN { print "c"; for (k = 0; k < 500; k++) printf "%.0f\n", e + k % 3 }' > far.csv; loci forecast far.csv --horizon 2 --window 6 --order 6 --ridge 1e-9 -o far.loci | grep -v '^#' | cut -d , -f 1,2; loci watch far.loci far.csv --threshold 1000 | sed -n '500p' | cut -d , -f 1-3; done
| row,c
| 500,1000000000002
| 501,1000000000000
| 499,1000000000000,1000000000000
| row,c
| 500,9000000000000002
| 501,9e+15
| 499,9e+15,9e+15
$ yes 1e15 | head -n 100 > same.csv; loci forecast same.csv --horizon 2 > out
! loci: note: same.csv: "u" is constant over the first 60 rows; so is its forecast

# Rows without times, foretold by a model that learned from dates, are counted.
$ (echo load,wind; head -n 120 rows | cut -d , -f 2,3) > bare.csv; loci forecast a.loci bare.csv | grep -v '^#' | cut -d , -f 1 | sed -n 2,3p
| 120
| 121

# By a rate, rows have times. Rows without any that are learned later are counted on; charts, too, say what they go by.
$ tail -n +2 a.csv | cut -d , -f 2 > plain.csv; tail -n 100 rows | cut -d , -f 2 > plain2.csv; loci forecast plain.csv --rate 100 --horizon 2 --window 48 --order 8 -o rated.loci | grep -v '^#' | cut -d , -f 1; loci inspect rated.loci | sed -n 2p; loci forecast rated.loci --json | grep -o '"times": [^"]*'
| time
| 6
| 6.01
| learned     from 600 rows, the last at 5.99, 10 ms apart
| "times": [6, 6.01], 
$ loci forecast rated.loci plain2.csv --rate 100 --update | grep -v '^#' | cut -d , -f 1; loci forecast rated.loci plain2.csv --rate 100 | cut -d , -f 1
| time
| 7
| 7.01
| time
| 1
| 1.01
$ loci forecast plain.csv --horizon 2 --window 48 --order 8 -o plain.loci > o; loci forecast plain.loci plain2.csv --update | grep -v '^#' | cut -d , -f 1; loci inspect plain.loci | sed -n 2p
| row
| 700
| 701
| learned     from 700 rows, the last at 699
$ loci forecast plain.loci plain2.csv --update --plot - | tail -n 2 | sed 's/  */ /g'; for m in rated a; do loci forecast $m.loci --plot - | tail -n 1 | sed 's/  */ /g'; done
|  750 760 770 780 790 800
|  row
|  time (s)
|  time (2024-01-26 UTC)

# A rate of 1 Hz is one, too.
$ for r in '' '--rate 1'; do loci forecast plain.csv $r --horizon 2 --window 48 --order 8 -o one.loci | grep -v '^#' | sed 's/,.*//' | head -n 2; loci inspect one.loci | sed -n 2p; loci forecast one.loci --json | grep -oE '"(times|rows)": [^"]*'; loci forecast one.loci --plot - | tail -n 1 | sed 's/  */ /g'; done
| row
| 600
| learned     from 600 rows, the last at 599
| "rows": [600, 601], 
|  row
| time
| 600
| learned     from 600 rows, the last at 599, 1 s apart
| "times": [600, 601], 
|  time (s)

# They are counted on by the model's rate: behind its last row, though another one is given. Without one, its rate is theirs; with a model without one, they are counted.
$ for r in '--rate 10' ''; do loci forecast rated.loci plain2.csv $r --update -o on.loci | grep -v '^#' | cut -d , -f 1; loci inspect on.loci | sed -n 2p; loci forecast on.loci --json | grep -o '"times": [^"]*'; loci forecast rated.loci plain2.csv $r | cut -d , -f 1; done
| time
| 8
| 8.01
| learned     from 800 rows, the last at 7.99, 10 ms apart
| "times": [8, 8.01], 
| time
| 10
| 10.1
| time
| 8
| 8.01
| learned     from 800 rows, the last at 7.99, 10 ms apart
| "times": [8, 8.01], 
| time
| 1
| 1.01
! loci: warning: plain2.csv: its rows are 0.1 s apart, those of rated.loci were 0.01 s
! loci: warning: plain2.csv: its rows are 0.1 s apart, those of rated.loci were 0.01 s
$ loci forecast plain.loci plain2.csv --rate 10 --update -o on.loci | grep -v '^#' | cut -d , -f 1; loci inspect on.loci | sed -n 2p
| row
| 900
| 901
| learned     from 900 rows, the last at 899
! loci: warning: plain2.csv: has a rate, but the rows of plain.loci are counted; so are these

# A sum goes on from the last row of the first, and so does what it learns.
$ for m in plain rated; do loci forecast $m.loci $m.loci --add -o sum.loci; loci forecast sum.loci | cut -d , -f 1; loci inspect sum.loci | sed -n 2p; loci forecast sum.loci plain2.csv --update | grep -v '^#' | cut -d , -f 1; loci inspect sum.loci | sed -n 2p; done
| row
| 800
| 801
| learned     from 1,600 rows, the last at 799
| row
| 900
| 901
| learned     from 1,700 rows, the last at 899
| time
| 7
| 7.01
| learned     from 1,400 rows, the last at 6.99, 10 ms apart
| time
| 8
| 8.01
| learned     from 1,500 rows, the last at 7.99, 10 ms apart

# A name of any length has all of its five columns; what is wrong with a chart's file is said once.
$ (awk 'BEGIN { while (i++ < 600) printf "n"; print "" }'; sed -n 2,101p one.csv | cut -d , -f 2) > named.csv; loci forecast named.csv --horizon 1 | grep -v '^#' | head -n 1 | tr , '\n' | sed 's/^n*//'
| row
| 
| _lower80
| _upper80
| _lower95
| _upper95
$ loci forecast a.loci --plot - >&-
! loci: standard output: writing failed: Bad file descriptor
= 1

# What was learned is known by its times: rows that are missing, and a file of yesterday, change nothing. A sum that cannot go on ends where the first does.
$ awk 'BEGIN { print "t,x"; for (k = 0; k < 900; k++) printf "%d,%.4f\n", 60 * (k + (k >= 700 ? 50 : 0)), sin(k * .26) + k % 7 / 9 }' > all.csv; head -n 651 all.csv > part.csv; loci forecast part.csv --time t --horizon 10 --window 24 --order 8 -o part.loci > o; loci forecast part.loci all.csv --time t --update -o v.loci --json 2> notes | grep updated
|   "updated": 250,
$ loci forecast v.loci part.csv --time t --update > o; loci inspect v.loci | sed -n 2p
| learned     from 900 rows, the last at 56940, 60 s apart
$ (echo date,load,wind; sed -n 601,800p rows) > b2.csv; (echo date,load,wind; sed -n 801,1000p rows) > c2.csv; for m in a b2 c2; do loci forecast $m.csv --horizon 12 --window 48 --order 16 --ridge 0.1 --shared -o $m.loci > o; done; loci forecast b2.loci c2.loci --add -o bc.loci > o; loci forecast a.loci bc.loci --add -o abc.loci > o; loci inspect abc.loci | sed -n 2p
| learned     from 1,000 rows, the last at 2024-01-25T23:00:00Z, 60 min apart
