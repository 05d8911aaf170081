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
    [ "$got" = "$2" ] || printf '# wanted %s\n# got    %s\n' "$2" "$got"
}
refused() { # NAME PART-OF-MESSAGE SQL
    local got
    got=$(sql "$3")
    [[ $? != 0 && $got == *"$2"* ]]
    report $? "$1"
    [[ $got == *"$2"* ]] || printf '# wanted %s\n# got    %s\n' "$2" "$got"
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
same 'hours rolled up are the day' '1|1|1|50000' \
    "WITH h AS (SELECT loci_memory(value, t) AS m FROM r GROUP BY CAST(t / 3600 AS INT)), d AS (SELECT loci_rollup(m) AS m FROM h), e AS (SELECT loci_memory(value, t) AS m FROM r) SELECT abs(loci_mean(d.m) - loci_mean(e.m)) < 1e-9, loci_end(d.m) = loci_end(e.m), loci_start(d.m) = 0, loci_samples(d.m) FROM d, e"
same 'archives rolled up, in any order' '1|50000' \
    "WITH h AS (SELECT loci_archive(value, 'error=0.01') AS a FROM r WHERE k < 20000 UNION ALL SELECT loci_archive(value, 'error=0.01,start=20000') FROM r WHERE k >= 20000 ORDER BY 1 DESC), d AS (SELECT loci_rollup(a) AS a FROM h) SELECT loci_error(a) < 0.01, loci_samples(a) FROM d"
same 'accessors of an archive' '1|1|1|1|1' \
    "SELECT loci_max(a) = max, loci_min(a) = min, loci_error(a, 0, 100) <= 0.02, abs(loci_mean(a) - avg) < 0.01, abs(loci_integral(a) / 50000 - avg) < 0.01 FROM (SELECT loci_archive(value, 'max=0.02') AS a, max(value) AS max, min(value) AS min, avg(value) AS avg FROM r)"
same 'points' '5|0.0|50000.0' "SELECT count(*), min(time), max(time) FROM loci_points(readfile('value.loci'), 5)"
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
refused 'a gap between archives' 'without a gap' \
    "WITH h AS (SELECT loci_archive(value, 'error=0.01') AS a FROM r UNION ALL SELECT loci_archive(value, 'error=0.01,start=60000') FROM r) SELECT loci_rollup(a) FROM h"
refused 'memories and archives' 'only one kind' "SELECT loci_rollup(column1) FROM (VALUES (readfile('value.loci')), (readfile('archive.loci')))"
refused 'a time outside' 'lies outside' "SELECT loci_value(readfile('value.loci'), -1)"
refused 'an interval that ends first' 'from <= to' "SELECT loci_mean(readfile('value.loci'), 5, 1)"
refused 'extremes of a memory' 'an archive does' "SELECT loci_max(readfile('value.loci'))"
refused 'no points' 'number of points' "SELECT * FROM loci_points(readfile('value.loci'), 0)"
echo "1..$count"
[ "$failures" = 0 ]
