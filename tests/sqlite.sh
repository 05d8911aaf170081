#!/bin/bash
# sqlite.sh EXTENSION PROGRAM - the functions of loci_sqlite in the shell of SQLite. Output is TAP. Status 77: there is no shell.
set -u
export LC_ALL=C
extension=$(realpath "$1") || exit 2
program=$(realpath "$2") || exit 2
command -v sqlite3 >/dev/null || { echo "1..0 # SKIP no sqlite3 here"; exit 77; }
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2
count=0
failures=0
sql() { sqlite3 -bail x.db ".load ${extension%.so}" "$@" 2>&1; }
report() {
    count=$((count + 1))
    if [ "$1" = 0 ]; then echo "ok $count - $2"; else failures=$((failures + 1)); echo "not ok $count - $2"; fi
}
same() { # NAME WANTED SQL
    local got
    got=$(sql "$3")
    [ "$got" = "$2" ]
    report $? "$1"
    [ "$got" = "$2" ] || printf '# wanted %s\n# got    %s\n' "$2" "${got:0:300}"
}
refused() { # NAME PART-OF-MESSAGE SQL
    local got
    got=$(sql "$3")
    [[ $? != 0 && $got == *"$2"* ]]
    report $? "$1"
    [[ $got == *"$2"* ]] || printf '# wanted %s\n# got    %s\n' "$2" "${got:0:300}"
}

# Values that every reader of text reads alike: multiples of 1/64.
awk 'BEGIN { print "value"; for (k = 0; k < 50000; k++) printf "%.6f\n", int(64 * (sin(k / 500) + 0.2 * sin(k / 7))) / 64 }' >value.csv
"$program" remember value.csv --order 64 --detail 4 -o value.loci
"$program" remember value.csv --error 0.01 -o archive.loci
sqlite3 x.db "CREATE TABLE text(value)" ".import --csv --skip 1 value.csv text" \
    "CREATE TABLE r AS SELECT rowid - 1 AS k, CAST(value AS REAL) AS value, (rowid - 1) * 0.5 + ((rowid - 1) % 3) * 0.125 AS t FROM text"
sql "SELECT writefile('mine.loci', loci_memory(value)), writefile('mine_archive.loci', loci_archive(value, 'error=0.01')) FROM r" >/dev/null
cmp mine.loci value.loci
report $? 'the bytes of loci remember'
cmp mine_archive.loci archive.loci
report $? 'the bytes of loci remember --error'
same 'a file is a value' "$("$program" recall value.loci --at 12345 | awk -F , 'END { printf "%.6g", $2 }')" \
    "SELECT printf('%.6g', loci_value(readfile('value.loci'), 12345))"
# Of detail 0 one stretch is kept, however many rows there were.
wrong=
for n in 2 63 64 65 500 4097; do
    sql "SELECT writefile('mine_whole.loci', loci_memory(value, t, 16, 0)) FROM (SELECT * FROM r WHERE k < $n ORDER BY k)" >/dev/null
    { echo t,value; sql -separator , "SELECT printf('%.17g', t), value FROM r WHERE k < $n ORDER BY k"; } >whole.csv
    "$program" remember whole.csv --time t --order 16 --detail 0 -o whole.loci
    [ "$("$program" recall mine_whole.loci --points 33)" = "$("$program" recall whole.loci --points 33)" ] || wrong+=" $n"
done
[ -z "$wrong" ]
report $? 'a memory of detail 0 is what loci remember --detail 0 recalls'
[ -z "$wrong" ] || echo "# not of rows:$wrong"
same 'memories of detail 0 rolled up' '50000|1' \
    "WITH h AS (SELECT loci_memory(value, t, 16, 0) AS m FROM r GROUP BY k / 777), d AS (SELECT loci_rollup(m) AS m FROM h), e AS (SELECT loci_memory(value, t, 16, 0) AS m FROM r) SELECT loci_samples(d.m), abs(loci_mean(d.m) - loci_mean(e.m)) < 1e-9 FROM d, e"
same 'hours rolled up are the day' '1|1|1|50000' \
    "WITH h AS (SELECT loci_memory(value, t) AS m FROM r GROUP BY CAST(t / 3600 AS INT)), d AS (SELECT loci_rollup(m) AS m FROM h), e AS (SELECT loci_memory(value, t) AS m FROM r) SELECT abs(loci_mean(d.m) - loci_mean(e.m)) < 1e-9, loci_end(d.m) = loci_end(e.m), loci_start(d.m) = 0, loci_samples(d.m) FROM d, e"
same 'archives rolled up, in any order' '1|50000' \
    "WITH h AS (SELECT loci_archive(value, 'error=0.01') AS a FROM r WHERE k < 20000 UNION ALL SELECT loci_archive(value, 'error=0.01,start=20000') FROM r WHERE k >= 20000 ORDER BY 1 DESC), d AS (SELECT loci_rollup(a) AS a FROM h) SELECT loci_error(a) < 0.01, loci_samples(a) FROM d"
same 'accessors of an archive' '1|1|1|1|1' \
    "SELECT loci_max(a) = max, loci_min(a) = min, loci_error(a, 0, 100) <= 0.02, abs(loci_mean(a) - avg) < 0.01, abs(loci_integral(a) / 50000 - avg) < 0.01 FROM (SELECT loci_archive(value, 'max=0.02') AS a, max(value) AS max, min(value) AS min, avg(value) AS avg FROM r)"
refused 'an order of each row' 'order or detail changes within a group' "SELECT loci_memory(value, k, 1 + (k > 5)) FROM r"
refused 'an error of each row' 'what is asked for changes within a group' "SELECT loci_archive(value, k, 'error=' || (1 + (k > 5))) FROM r"
refused 'an error of each row, without times' 'what is asked for changes within a group' "SELECT loci_archive(value, 'error=' || (1 + (k > 5))) FROM r"
refused 'no error in some rows' 'what is asked for changes within a group' "SELECT loci_archive(value, CASE WHEN k < 9 THEN 'error=1' END) FROM r"
same 'points' '5|0.0|50000.0' "SELECT count(*), min(time), max(time) FROM loci_points(readfile('value.loci'), 5)"
same 'points of NULL, and NULL points' '0|0' \
    "SELECT (SELECT count(*) FROM loci_points(NULL, 5)), (SELECT count(*) FROM loci_points(readfile('value.loci'), NULL))"
same 'points of many memories' '6' \
    "SELECT count(*) FROM (SELECT loci_memory(value) AS m FROM r GROUP BY k % 2) AS h, loci_points(h.m, 3)"
same 'nothing' '1|1|1' "SELECT loci_memory(value, t) IS NULL, loci_rollup(NULL) IS NULL, loci_archive(value, 'error=1%') IS NULL FROM r WHERE k < 0"
same 'rows without value or time are no samples' '2' \
    "SELECT loci_samples(loci_memory(column1, column2)) FROM (VALUES (1, 1), (NULL, 2), (3, NULL), (4, 4))"
same 'NULL asks nothing' '1' "SELECT loci_value(NULL, 1) IS NULL"
same 'missing values of an archive' '1|3.0' \
    "SELECT loci_value(a, 1) IS NULL, loci_value(a, 2) FROM (SELECT loci_archive(column1, 'lossless=1') AS a FROM (VALUES (1), (NULL), (3)))"
refused 'times backwards' 'ORDER BY time' "SELECT loci_memory(value, t) FROM (SELECT * FROM r ORDER BY t DESC)"
refused 'a value that is NULL, without times' 'a value is NULL' "SELECT loci_memory(NULL)"
refused 'a date' 'unixepoch()' "SELECT loci_memory(1, '2026-01-01')"
refused 'no order' 'order is no whole number' "SELECT loci_memory(1, 1, 0)"
refused 'what an archive keeps' 'does not say what an archive keeps' "SELECT loci_archive(1, 'much')"
refused 'a text' 'no blob' "SELECT loci_mean('x')"
refused 'damage' 'loci:' "SELECT loci_mean(substr(readfile('value.loci'), 1, 3000))"
refused 'a damaged archive' 'loci:' "SELECT loci_mean(CAST(substr(readfile('archive.loci'), 1, 200) || x'00' || substr(readfile('archive.loci'), 202) AS BLOB))"
refused 'overlap' 'overlap' "SELECT loci_rollup(column1) FROM (VALUES (readfile('value.loci')), (readfile('value.loci')))"
same 'a gap between archives is missing' '110000|1|1|1' \
    "WITH h AS (SELECT loci_archive(value, 'error=0.01') AS a FROM r UNION ALL SELECT loci_archive(value, 'error=0.01,start=60000') FROM r), d AS (SELECT loci_rollup(a) AS a FROM h) SELECT loci_samples(a), loci_value(a, 55555) IS NULL, abs(loci_value(a, 62345) - (SELECT value FROM r WHERE k = 2345)) < 0.1, loci_error(a) < 0.01 FROM d"
refused 'a gap between archives of no whole steps' 'whole steps' \
    "WITH h AS (SELECT loci_archive(value, 'error=0.01') AS a FROM r UNION ALL SELECT loci_archive(value, 'error=0.01,start=60000.5') FROM r) SELECT loci_rollup(a) FROM h"
refused 'archives that overlap' 'overlap' \
    "WITH h AS (SELECT loci_archive(value, 'error=0.01') AS a FROM r UNION ALL SELECT loci_archive(value, 'error=0.01,start=40000') FROM r) SELECT loci_rollup(a) FROM h"
same 'times of tenths of a second, which are rounded' '5000|5000|4949|1|1' \
    "WITH s AS (SELECT k, value, 1700000000 + k * 0.1 AS t FROM r WHERE k < 5000), a AS (SELECT loci_archive(value, t, 'error=0.01') AS a FROM s), b AS (SELECT loci_archive(value, t, 'error=0.01') AS a FROM s GROUP BY k / 1000), c AS (SELECT loci_archive(value, t, 'error=0.01') AS a FROM s WHERE k % 97 <> 3 OR k < 100), d AS (SELECT loci_archive(value, t, 'error=0.01,step=0.1') AS a FROM s) SELECT loci_samples(a.a), (SELECT loci_samples(loci_rollup(a)) FROM b), (SELECT sum(loci_value(c.a, 1700000000 + 0.1 * k) IS NOT NULL) FROM s), loci_end(a.a) = 1700000500.0, a.a = d.a FROM a, c, d"
same 'times of thirtieths of a second, which are rounded' '50000|1|1' \
    "SELECT loci_samples(a), abs(loci_end(a) - 50000 / 30.0) < 1e-6, loci_samples(b) = 50000 FROM (SELECT loci_archive(value, round(k / 30.0, 3), 'error=0.01') AS a, loci_archive(value, round(k / 30.0, 3), 'error=0.01,step=0.033333333333') AS b FROM r)"
refused 'times further from their steps' 'step=S says another step' \
    "SELECT loci_archive(value, CASE WHEN k = 9 THEN 9.06 ELSE k END, 'error=0.01') FROM r"
same 'and another step, as was said' '99901' \
    "SELECT loci_samples(loci_archive(value, CASE WHEN k = 9 THEN 9.06 ELSE k END, 'error=0.01,step=0.01')) FROM r WHERE k < 1000"
same 'steps that no decimal is' '1|1|1' \
    "SELECT a = (SELECT loci_archive(value, k * 0.015625, 'error=0.01,step=0.015625') FROM r), loci_samples(b) = 50000, abs(loci_end(b) - 50000 / 3.0) < 1e-6 FROM (SELECT loci_archive(value, k * 0.015625, 'error=0.01') AS a, loci_archive(value, k / 3.0, 'error=0.01') AS b FROM r)"
refused 'a gap without end' 'at most 1e9 steps' "SELECT loci_archive(column1, column2, 'error=1') FROM (VALUES (1, 0), (2, 1), (3, 1e12))"
refused 'a start long before' 'at most 1e9 steps' "SELECT loci_archive(column1, column2, 'error=1,start=0,step=0.001') FROM (VALUES (1, 1.7e9), (2, 1.7e9 + 1))"
same 'many short archives, some of which are not there, within 60 MB' '60000000
12000|1|1' \
    "PRAGMA hard_heap_limit = 60000000; WITH h AS (SELECT k / 10 AS h, loci_archive(value, k * 60, 'lossless=0.015625,step=60') AS a FROM r WHERE k < 12000 AND (k / 10) % 50 <> 17 GROUP BY k / 10), d AS (SELECT loci_rollup(a) AS a FROM h) SELECT loci_samples(a), loci_value(a, 175 * 60) IS NULL, loci_value(a, 4321 * 60) = (SELECT value FROM r WHERE k = 4321) FROM d"
refused 'memories and archives' 'only one kind' "SELECT loci_rollup(column1) FROM (VALUES (readfile('value.loci')), (readfile('archive.loci')))"
refused 'a time outside' 'lies outside' "SELECT loci_value(readfile('value.loci'), -1)"
refused 'the error of an interval outside' 'lies outside' "SELECT loci_error(readfile('value.loci'), 60000, 70000)"
refused 'the error of an interval that ends outside' 'time 70000 lies outside of the history, 0 to 50000' "SELECT loci_error(readfile('value.loci'), 10, 70000)"
refused 'an error over an interval that ends first' 'from <= to' "SELECT loci_error(readfile('value.loci'), 5, 1)"
# Newest rows are kept as they are; the stretch before them is not, and only ends where they begin.
same 'the error of what begins where a stretch ends' '0.0|1|1|1' \
    "SELECT loci_error(m, 4096, 4100), loci_error(m, 4095, 4100) > 0, loci_error(m, 0, 4100) = loci_error(m), loci_error(m, 100, 100) > 0 FROM (SELECT loci_memory(value, k, 64, 1) AS m FROM (SELECT * FROM r WHERE k <= 4100 ORDER BY k))"
refused 'an interval that ends first' 'from <= to' "SELECT loci_mean(readfile('value.loci'), 5, 1)"
refused 'extremes of a memory' 'an archive does' "SELECT loci_max(readfile('value.loci'))"
refused 'no points' 'number of points' "SELECT * FROM loci_points(readfile('value.loci'), 0)"
# Forecasters. `next` is what came after the rows learned from.
fixed='horizon=24,window=64,order=16,ridge=0.01'
"$program" forecast value.csv --horizon 24 --window 64 --order 16 --ridge 0.01 -o forecaster.loci >/dev/null
"$program" forecast forecaster.loci | awk -F , 'NR > 1 { printf "%.9f\n", $2 }' >want
sql "SELECT printf('%.9f', value) FROM loci_forecast((SELECT loci_readout(value, '$fixed') FROM r))" >got
cmp got want
report $? 'the forecast of loci forecast'
sql "SELECT writefile('mine_forecaster.loci', loci_readout(value, '$fixed')) FROM r" >/dev/null
"$program" forecast mine_forecaster.loci | awk -F , 'NR > 1 { printf "%.9f\n", $2 }' >got
cmp got want
report $? 'loci forecast reads it'
same 'a forecaster that is a file' '24|50000.0|50023.0' \
    "SELECT count(*), min(time), max(time) FROM loci_forecast(readfile('forecaster.loci'))"
sql "CREATE TABLE learned AS SELECT loci_readout(value, k * 60, 'horizon=24') AS m FROM (SELECT * FROM r WHERE k >= 20000 AND k < 40000 ORDER BY k % 7)"
same 'what came, and in its intervals' '24|1|1|1' \
    "SELECT count(*), max(abs(f.value - r.value)) < 0.05, sum(r.value BETWEEN lower95 AND upper95) >= 20, min(lower95 <= lower80 AND lower80 < f.value AND f.value < upper80 AND upper80 <= upper95) FROM learned, loci_forecast(m) AS f JOIN r ON r.k * 60 = f.time"
same 'rows in any order' '1' \
    "SELECT m = (SELECT loci_readout(value, k * 60, 'horizon=24') FROM (SELECT * FROM r WHERE k >= 20000 AND k < 40000 ORDER BY k)) FROM learned"
same 'as many rows as are asked for' '3' "SELECT count(*) FROM learned, loci_forecast(m, 3)"
same 'rows that are not there' '20000|1|1' \
    "SELECT loci_samples(g.m), loci_end(g.m) = 39999 * 60, (SELECT max(abs(f.value - r.value)) < 0.2 FROM loci_forecast(g.m) AS f JOIN r ON r.k * 60 = f.time) FROM (SELECT loci_readout(value, k * 60 + k % 5, 'horizon=24,gather=60') AS m FROM r WHERE k >= 20000 AND k < 40000 AND k % 97 <> 3 AND k NOT BETWEEN 30000 AND 30050) AS g"
same 'times that are not even' '20000' \
    "SELECT loci_samples(loci_readout(value, k * 60 + k % 7)) FROM r WHERE k >= 20000 AND k < 40000 AND k % 97 <> 3"
same 'rows of a minute as hours: means' '334|1' \
    "SELECT loci_samples(m), loci_end(m) = 39960 * 60 FROM (SELECT loci_readout(value, k * 60, 'horizon=4,gather=3600') AS m FROM r WHERE k >= 20000 AND k < 40000)"
sql "CREATE TABLE days AS SELECT k / 1440 AS day, loci_readout(value, k * 60, '$fixed') AS m FROM r WHERE k >= 14400 AND k < 43200 GROUP BY day"
same 'days rolled up, in any order, are the whole' '24|28800|1' \
    "WITH whole AS (SELECT loci_readout(value, k * 60, '$fixed') AS m FROM r WHERE k >= 14400 AND k < 43200), up AS (SELECT loci_rollup(m) AS m FROM (SELECT m FROM days ORDER BY day % 3, day)) SELECT count(*), loci_samples(up.m), max(abs(a.value - b.value)) < 1e-8 FROM whole, up, loci_forecast(whole.m) AS a, loci_forecast(up.m) AS b WHERE a.time = b.time"
same 'and rolled up again' '1|1' \
    "WITH half AS (SELECT loci_rollup(m) AS m FROM days GROUP BY day < 20), up AS (SELECT loci_rollup(m) AS m FROM half) SELECT loci_end(up.m) = 43199 * 60, max(abs(a.value - r.value)) < 0.05 FROM up, loci_forecast(up.m) AS a JOIN r ON r.k * 60 = a.time"
same 'a day that is not there' '27360|1' \
    "WITH up AS (SELECT loci_rollup(m) AS m FROM days WHERE day <> 20) SELECT loci_samples(up.m), max(abs(a.value - r.value)) < 0.05 FROM up, loci_forecast(up.m) AS a JOIN r ON r.k * 60 = a.time"
same 'a forecaster begins where its first rows do, gaps or not' '1|1' \
    "WITH up AS (SELECT loci_rollup(m) AS m FROM days WHERE day <> 20) SELECT loci_start(m) = 14400 * 60, (SELECT loci_start(loci_rollup(m)) = 14400 * 60 FROM (SELECT m FROM up)) FROM up"
refused 'an overlap with a forecaster that has a gap' 'they overlap' \
    "SELECT loci_rollup(m) FROM (SELECT loci_rollup(m) AS m FROM days WHERE day <> 20 UNION ALL SELECT m FROM days WHERE day = 10)"
same 'a file of loci forecast begins as before' '0.0|50000' "SELECT loci_start(m), loci_samples(m) FROM (SELECT readfile('forecaster.loci') AS m)"
same 'what lies far from zero is no constant' '1' \
    "SELECT max(abs(value - 1e12 - (time % 3))) < 0.1 FROM loci_forecast((SELECT loci_readout(1e12 + k % 3, k, 'horizon=6') FROM r WHERE k < 3000))"
same 'pieces too short to foretell, and all of them' '' \
    "SELECT 1 FROM (SELECT loci_rollup(m) AS m FROM (SELECT loci_readout(value, k * 60, '$fixed') AS m FROM r WHERE k < 1000 GROUP BY k / 50)) AS up, loci_forecast(m) AS f JOIN r ON r.k * 60 = f.time WHERE NOT abs(f.value - r.value) < 0.2"
same 'no forecaster of nothing' '1|1' "SELECT loci_readout(value, t) IS NULL, loci_readout(value, NULL) IS NULL FROM r WHERE k < 0"
same 'no forecast of nothing' '0|0' \
    "SELECT (SELECT count(*) FROM loci_forecast(NULL)), (SELECT count(*) FROM loci_forecast(readfile('forecaster.loci'), NULL))"
same 'times of an archive' '3|1|2.5' \
    "SELECT loci_samples(a), loci_value(a, 60) IS NULL, loci_value(a, 120) FROM (SELECT loci_archive(column1, column2, 'lossless=0.5') AS a FROM (VALUES (3, 120 + 60), (2.5, 120), (1, 0)) WHERE column2 <= 120 OR column1 > 5 UNION ALL SELECT loci_archive(column1, column2, 'lossless=0.5,gather=60') FROM (VALUES (1, 7), (2, 120), (3, 179))) WHERE loci_samples(a) = 3 AND loci_value(a, loci_end(a)) = 2.5"
refused 'few rows' 'too few' "SELECT loci_readout(value, k) FROM r WHERE k < 5"
refused 'times of another step' 'gather=S' "SELECT loci_readout(value, t) FROM r"
refused 'what is learned' 'does not say what to learn' "SELECT loci_readout(value, t, 'horizont=4') FROM r"
refused 'a horizon of none' 'horizon=0' "SELECT loci_readout(value, t, 'horizon=0') FROM r"
refused 'an order above the window' 'more than window=8' "SELECT loci_readout(value, t, 'window=8,order=9') FROM r"
refused 'rows of two signals' 'GROUP BY' "SELECT loci_readout(value, k / 2) FROM r"
refused 'hardly any rows' 'gathers rows' "SELECT loci_readout(value, k * k) FROM r"
refused 'a date to learn by' 'unixepoch()' "SELECT loci_readout(value, '2026-01-01') FROM r"
refused 'an infinite value' 'not finite' "SELECT loci_readout(9e999, 1)"
refused 'gathering without times' 'without times' "SELECT loci_readout(value, 'gather=60') FROM r"
refused 'gathering an archive without times' 'without times' "SELECT loci_archive(value, 'error=1%,gather=60') FROM r"
refused 'an archive of uneven times' 'gather=S' "SELECT loci_archive(value, k * 60 + k % 7, 'error=1%') FROM r"
refused 'a forecaster is not recalled' 'loci_forecast asks it' "SELECT loci_mean(m) FROM learned"
refused 'a memory foretells nothing' 'a forecaster' "SELECT * FROM loci_forecast(readfile('value.loci'))"
refused 'beyond the horizon' '1 to 24' "SELECT * FROM learned, loci_forecast(m, 25)"
refused 'a forecaster cut short' 'cut short' "SELECT * FROM loci_forecast((SELECT CAST(substr(m, 1, 5000) AS BLOB) FROM learned))"
refused 'a damaged forecaster' 'checksum' "SELECT * FROM loci_forecast((SELECT CAST(substr(m, 1, 200) || x'00ff' || substr(m, 203) AS BLOB) FROM learned))"
refused 'forecasters of one time' 'overlap' "SELECT loci_rollup(m) FROM (SELECT m FROM days UNION ALL SELECT m FROM days)"
refused 'forecasters of other windows' 'window is 32 in the one' \
    "SELECT loci_rollup(m) FROM (SELECT m FROM days WHERE day = 10 UNION ALL SELECT loci_readout(value, k * 60, 'horizon=24,window=32,order=16,ridge=1') FROM r WHERE k BETWEEN 20000 AND 21000)"
refused 'forecasters of other steps' 'steps of' \
    "SELECT loci_rollup(m) FROM (SELECT m FROM days WHERE day = 10 UNION ALL SELECT loci_readout(value, k * 30, '$fixed') FROM r WHERE k BETWEEN 40000 AND 41000)"
refused 'forecasters and memories' 'only one kind' "SELECT loci_rollup(m) FROM (SELECT m FROM learned UNION ALL SELECT readfile('value.loci'))"
tail -n +2 value.csv | head -n 1000 >former.csv
tail -n +1002 value.csv | head -n 1000 | sed '7s/.*/nan/' >later.csv
"$program" remember former.csv --order 64 --detail 4 -o former.loci
"$program" remember later.csv --order 64 --detail 4 --missing hold --start 1000 -o later.loci
same 'memories that missing values are refused of, and held over in' '2000|1|1' \
    "WITH m(a, b) AS (SELECT readfile('former.loci'), readfile('later.loci')) SELECT loci_samples(loci_rollup(x)), max(loci_end(x)) = 2000, abs(loci_integral(loci_rollup(x)) - sum(loci_integral(x))) < 1e-9 FROM (SELECT a AS x FROM m UNION ALL SELECT b FROM m)"
refused 'memories of other orders' 'different order' \
    "SELECT loci_rollup(m) FROM (SELECT loci_memory(value, t, 64) AS m FROM r WHERE k < 1000 UNION ALL SELECT loci_memory(value, t, 32) FROM r WHERE k >= 1000)"

# Short of memory: the answer, or a sentence, whatever the limit.
lost=0
for limit in 500000 700000 1000000 1500000 2500000 4000000 6000000 9000000 20000000; do
    got=$(sql "PRAGMA hard_heap_limit = $limit" "SELECT 'learned', length(loci_readout(value, k, 'horizon=24')) > 0 FROM r WHERE k < 5000")
    [[ $got == *learned* || $got == *'out of memory'* ]] || lost=1
done
[ $lost = 0 ]
report $? 'short of memory'

# A program.
for python in python3 /usr/bin/python3; do
    "$python" -c 'import sqlite3; sqlite3.connect(":memory:").enable_load_extension(True)' 2>/dev/null || continue
    "$python" - "${extension%.so}" >got <<'PYTHON'
import sqlite3, sys
db = sqlite3.connect("x.db")
db.enable_load_extension(True)
db.load_extension(sys.argv[1])
file = open("value.loci", "rb").read()
print(db.execute("SELECT loci_memory(value) = ?, loci_samples(?) FROM r", (file, file)).fetchone(),
      len(db.execute("SELECT * FROM loci_forecast(?, 5)", (open("forecaster.loci", "rb").read(),)).fetchall()))
try:
    db.execute("SELECT loci_mean(?)", (file[:100],)).fetchone()
except sqlite3.OperationalError as error:
    print(str(error)[:5])
PYTHON
    [ "$(cat got)" = "(1, 50000) 5
loci:" ]
    report $? "Python's sqlite3"
    break
done
echo "1..$count"
[ "$failures" = 0 ]
