# Noise, and a column that does what it did ten rows ago: its own past tells nothing of it.
$ awk 'BEGIN { s = 3; for (k = 0; k < 900; k++) { s = s * 16807 % 2147483647; x[k] = s / 2147483647; printf "%d,%.6f,%.6f\n", 60 * k, x[k], (k > 9 ? x[k - 10] : 0) } }' > rows
$ (echo t,lead,late; cat rows) > all.csv; (echo t,lead,late; head -n 700 rows) > a.csv; (echo t,lead,late; tail -n +701 rows) > b.csv
$ loci forecast all.csv --time t --column late --horizon 10 | grep -c "simple way is as good here: mean"
| 1
$ loci forecast all.csv --time t --target late --horizon 10 -o all.loci > out; sed -n '1,2p' out
| # 1 column: 900 rows: 540 to learn from, 180 to choose by, 180 to test
|~ # window *, from the memories of 2 columns
$ tail -n 10 rows | cut -d , -f 2 > truth; grep -v '^[#t]' out | cut -d , -f 2 | paste -d , - truth | awk -F , '{ e = $1 - $2; if (e * e > 1e-4) print } END { print NR }'
| 10
$ grep -v '^#' out | head -n 1
| time,late,late_lower80,late_upper80,late_lower95,late_upper95
$ loci forecast all.csv --time t --target late --horizon 10 --json | grep -E '"(columns|features|horizon)"'
|   "horizon": 10,
|   "columns": ["late"],
|   "features": ["lead", "late"],

# Without a season, or with one longer than the rows known, nothing stands for it.
$ for s in 0 720 721; do loci forecast all.csv --time t --column late --horizon 10 --season $s | grep -E '^#   (last|seasonal)' | sed 's/   *[0-9.]*  *[0-9.]*$//'; done
| #   last value
| #   last value
| #   seasonal repeat of 720 rows
| #   last value
$ for s in 0 720 721; do loci forecast all.csv --time t --column late --horizon 10 --season $s --json | grep -o '"season": {"standardized": {"mse": ....'; done
| "season": {"standardized": {"mse": null
| "season": {"standardized": {"mse": 1.89
| "season": {"standardized": {"mse": null

# The model: the same forecast; after other rows theirs; columns are found by their names.
$ loci forecast all.loci > again; grep -v '^#' out | cmp - again
$ awk -F , -v OFS=, '{ print $3, $1, $2 }' all.csv > turned.csv; loci forecast all.loci turned.csv --time t | cut -c -20 > 1; cut -c -20 again | cmp - 1
$ cut -d , -f 1,3 all.csv > one.csv; loci forecast all.loci one.csv --time t
! loci: one.csv: has no column lead; there are t, late
= 1

# Learned on: as in one, but for digits.
$ for m in a all; do loci forecast $m.csv --time t --features all --horizon 10 --window 24 --order 24 --ridge 0.001 -o $m.loci > o; done
$ loci forecast all.loci | sed 's/\(\.[0-9]\{2\}\)[0-9]*/\1/g' | cut -d , -f 1,7 > 1; loci forecast a.loci b.csv --time t --update -o u.loci | grep -v '^#' | sed 's/\(\.[0-9]\{2\}\)[0-9]*/\1/g' | cut -d , -f 1,7 | cmp - 1
$ loci forecast a.loci all.csv --time t --update -o v.loci --json | grep updated; loci forecast u.loci | cut -d , -f 1,7 > 1; loci forecast v.loci | cut -d , -f 1,7 | cmp - 1
|   "updated": 200,
$ loci forecast all.csv --time t --target late,lead --horizon 3 | grep -v '^#' | head -n 1
| time,late,late_lower80,late_upper80,late_lower95,late_upper95,lead,lead_lower80,lead_upper80,lead_lower95,lead_upper95
$ loci inspect u.loci | sed -n '1,4p'
| forecaster  of lead, late
| from        the memories of lead, late
| learned     from 900 rows, the last at 53940, 60 s apart
| horizon     10 rows
$ loci inspect u.loci --json | grep '"rows"'; loci inspect v.loci | sed -n 3p
|   "rows": 900,
| learned     from 900 rows, the last at 53940, 60 s apart

# Without times, rows are counted on.
$ for m in a b; do cut -d , -f 2,3 $m.csv > $m.bare; done; loci forecast a.bare --features all --horizon 2 --window 24 -o bare.loci > o; loci forecast bare.loci b.bare --update | grep -v '^#' | cut -d , -f 1; loci inspect bare.loci | sed -n 3p; loci forecast bare.loci b.bare | cut -d , -f 1
| row
| 900
| 901
| learned     from 900 rows, the last at 899
| row
| 200
| 201
$ loci forecast a.bare --rate 2 --features all --horizon 2 --window 24 -o rated.loci > o; for m in bare rated; do loci forecast $m.loci b.bare --update | grep -v '^#' | cut -d , -f 1; loci forecast $m.loci $m.loci --add -o sum.loci; loci forecast sum.loci | cut -d , -f 1; loci forecast sum.loci b.bare --update | grep -v '^#' | cut -d , -f 1; loci inspect sum.loci | sed -n 3p; done
| row
| 1100
| 1101
| row
| 1100
| 1101
| row
| 1300
| 1301
| learned     from 2,400 rows, the last at 1299
| time
| 450
| 450.5
| time
| 450
| 450.5
| time
| 550
| 550.5
| learned     from 2,000 rows, the last at 549.5, 500 ms apart

# A file of before does not tell how many rows were read: here 160, in two histories.
$ cp "$FIXTURES/probe_without_rows.loci" old.loci; loci inspect old.loci | sed -n 3p; loci inspect old.loci --json | grep '"rows"'; tail -n 50 a.csv | cut -d , -f 2,3 > more.bare; loci forecast old.loci more.bare --column 1,2 --update > o; loci inspect old.loci | sed -n 3p; loci forecast "$FIXTURES/probe_without_rows.loci" old.loci --add -o sum.loci; loci inspect sum.loci | sed -n 3p
| learned     from at least 153 rows, the last at 159
|   "rows": 153,
| learned     from at least 203 rows, the last at 209
| learned     from at least 356 rows, the last at 159

# Two that go by the same units add; others do not.
$ loci forecast u.loci a.loci --add -o sum.loci; loci inspect sum.loci | sed -n 3p
| learned     from 1,600 rows, the last at 53940, 60 s apart
$ loci forecast u.loci all.loci --add -o x.loci
!~ loci: all.loci: input 0 is taken less *
= 1
$ test ! -e x.loci; loci forecast all.csv --time t --horizon 10 -o own.loci > o; loci forecast u.loci own.loci --add -o x.loci
! loci: u.loci: foretells from columns together; two models of that kind, or none, were expected
= 1

# What cannot be.
$ loci watch u.loci all.csv --time t
! loci: u.loci: foretells from several columns together; a model of columns each from its own past (loci forecast --features own) was expected
= 1
$ loci forecast all.csv --time t --target wind
! loci: all.csv: no column "wind" is read that could be foretold
= 1
$ loci forecast all.csv --time t --target late,late
! loci: forecast: --target names "late" twice
= 2
$ loci forecast all.csv --features some
! loci: forecast: --features is "some"; own or all was expected
= 2
$ loci forecast all.csv --features own --target late --column late
! loci: forecast: of columns each from its own past, --target and --column name the same; one of them was expected
= 2
$ loci forecast all.csv --target late --own
! loci: forecast: --own is for columns each from its own past; --features own was expected
= 2
$ loci forecast u.loci --target late
! loci: forecast: --target is for learning from DATA alone; a model has its own
= 2
$ loci forecast all.csv --time t --features own --target late --horizon 10 | sed -n 2p
|~ # window *, order *, ridge *
$ printf 'x' | dd of=u.loci bs=1 seek=900 conv=notrunc 2> /dev/null; loci forecast u.loci
! loci: u.loci: is a damaged probe: its checksum does not fit its bytes
= 1
