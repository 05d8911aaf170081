#!/bin/bash
# postgresql.sh EXTENSION-FOLDER PROGRAM - starts a PostgreSQL server of its own on a socket in a temporary folder, loads the extension that
# was built in the folder, and tests it. Output is TAP. Status 77: there is no server to start.
set -u
export LC_ALL=C
extension=$(realpath "$1") || exit 2
program=$(realpath "$2") || exit 2
here=$(cd "$(dirname "$0")" && pwd) || exit 2
binaries=$(pg_config --bindir 2>/dev/null)
[ -x "$binaries/initdb" ] || { echo "1..0 # SKIP no PostgreSQL server here"; exit 77; }
scratch=$(mktemp -d) || exit 2
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then # which a server refuses to be
    id postgres >/dev/null 2>&1 || { echo "1..0 # SKIP root, and no user postgres"; exit 77; }
    as() { runuser -u postgres -- "$@"; }
    chown postgres "$scratch"
fi
finish() {
    as "$binaries/pg_ctl" -D "$scratch/data" -m immediate stop >/dev/null 2>&1
    rm -rf "$scratch"
}
trap finish EXIT
chmod 755 "$scratch"
cp "$extension/loci.so" "$scratch/loci.so" && chmod 644 "$scratch/loci.so"
cd "$scratch" || exit 2
as "$binaries/initdb" -D "$scratch/data" -A trust -U postgres --no-sync >initdb.log 2>&1 || { cat initdb.log; exit 1; }
as "$binaries/pg_ctl" -D "$scratch/data" -w -l "$scratch/data/log" \
    -o "-c listen_addresses= -k $scratch -c fsync=off -c max_parallel_workers=8" start >start.log 2>&1 || { cat start.log; exit 1; }
sql() { "$binaries/psql" -h "$scratch" -U postgres -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

# As CREATE EXTENSION does, without a place in the system's folders.
sed -e '/^.echo/d' -e "s|MODULE_PATHNAME|$scratch/loci|g" -e 's/@extschema@/public/g' "$here/../bindings/postgresql/loci--0.1.sql" >load.sql
PGOPTIONS='-c client_min_messages=warning' sql -f load.sql >load.log 2>&1 || { cat load.log; exit 1; }

count=0
failures=0
report() { # OK NAME
    count=$((count + 1))
    if [ "$1" = 0 ]; then echo "ok $count - $2"; else failures=$((failures + 1)); echo "not ok $count - $2"; fi
}
same() { # NAME WANTED SQL
    local got
    got=$(sql -c "$3" 2>&1)
    [ "$got" = "$2" ]
    report $? "$1"
    [ "$got" = "$2" ] || printf '# wanted %s\n# got    %s\n' "$2" "${got:0:300}"
}
refused() { # NAME PART-OF-MESSAGE SQL
    local got
    got=$(sql -c "$3" 2>&1)
    [[ $? != 0 && $got == *"$2"* ]]
    report $? "$1"
    [[ $got == *"$2"* ]] || printf '# wanted %s\n# got    %s\n' "$2" "${got:0:300}"
}

awk 'BEGIN { print "value"; for (k = 0; k < 100000; k++) printf "%.6f\n", sin(k / 500) + 0.1 * sin(k / 7) }' >value.csv
"$program" remember value.csv --order 64 --detail 4 -o value.loci
sql -c "CREATE TABLE r(k int, value float8, t float8, at timestamptz)" \
    -c "\\copy r(value) FROM value.csv WITH (FORMAT csv, HEADER)" >/dev/null
sql >/dev/null <<'SQL'
CREATE TABLE s AS SELECT n - 1 AS k, value, (n - 1) * 0.5 + ((n - 1) % 3) * 0.1 AS t FROM (SELECT row_number() OVER () AS n, value FROM r) AS numbered;
ALTER TABLE s ADD at timestamptz;
UPDATE s SET at = to_timestamp(1700000000) + t * interval '1 second';
CREATE TABLE p AS SELECT * FROM s ORDER BY k;
ANALYZE p;
SQL
same 'rows without times: the bytes of loci remember' "$(od -An -v -tx1 value.loci | tr -d ' \n')" \
    "SELECT encode(loci_memory(value ORDER BY k)::bytea, 'hex') FROM p"
parallel="SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 4; ALTER TABLE p SET (parallel_workers = 4);"
same 'a plan divided among workers' 't' \
    "DO \$\$ BEGIN END \$\$; $parallel CREATE TEMP TABLE plan(line text); DO \$\$ DECLARE l text; BEGIN FOR l IN EXPLAIN SELECT loci_memory(value, t) FROM p LOOP INSERT INTO plan VALUES (l); END LOOP; END \$\$; SELECT bool_or(line LIKE '%Partial Aggregate%') AND bool_or(line LIKE '%Gather%') FROM plan"
same 'workers and one alone: the same bytes' 't|t' \
    "CREATE TABLE one AS SELECT loci_memory(value, t ORDER BY t) AS m, loci_archive(value, at, 'error=0.01,step=0.1' ORDER BY at) AS a FROM p; $parallel CREATE TABLE many AS SELECT loci_memory(value, t) AS m, loci_archive(value, at, 'error=0.01,step=0.1') AS a FROM p; SELECT one.m::bytea = many.m::bytea, one.a::bytea = many.a::bytea FROM one, many"
same 'in any order' 't' \
    "SET max_parallel_workers_per_gather = 0; SELECT loci_memory(value, t)::bytea = (SELECT m::bytea FROM one) FROM (SELECT * FROM p ORDER BY k % 7, k) AS mixed"
same 'in no order at all, beyond work_mem' 't' \
    "SET max_parallel_workers_per_gather = 0; SET work_mem = '64kB'; SELECT loci_memory(value, t)::bytea = (SELECT m::bytea FROM one) FROM (SELECT * FROM p ORDER BY t DESC OFFSET 0) AS backwards"
same 'work_mem of 64 kB, in order' 't' \
    "SET max_parallel_workers_per_gather = 0; SET work_mem = '64kB'; SELECT loci_memory(value, t ORDER BY t)::bytea = (SELECT m::bytea FROM one) FROM p"
same 'hours rolled up are the day' 't|t|t|100000' \
    "WITH h AS (SELECT floor(t / 3600) AS hour, loci_memory(value, t) AS m FROM p GROUP BY 1), d AS (SELECT loci_rollup(m) AS m FROM h) SELECT abs(loci_mean(d.m) - loci_mean(one.m)) < 1e-9, abs(loci_integral(d.m, 5000, 40000) - loci_integral(one.m, 5000, 40000)) < 20, loci_end(d.m) = loci_end(one.m), loci_samples(d.m) FROM d, one"
same 'archives of halves rolled up' 't|100000' \
    "WITH h AS (SELECT loci_archive(value, k::float8, 'error=0.01,step=1' ORDER BY k) AS a FROM p GROUP BY k < 50000), d AS (SELECT loci_rollup(a) AS a FROM h) SELECT loci_error(a) < 0.01, loci_samples(a) FROM d"
same 'archives of hours, some of which are not there' '99999|t|t' \
    "WITH h AS (SELECT k / 60 AS h, loci_archive(value, to_timestamp(k), 'error=0.01,step=1') AS a FROM p WHERE (k / 60) % 100 <> 17 AND k < 99999 GROUP BY 1), d AS (SELECT loci_rollup(a) AS a FROM h) SELECT loci_samples(a), loci_value(a, 1025) IS NULL, abs(loci_value(a, 54321) - (SELECT value FROM p WHERE k = 54321)) < 0.1 FROM d"
"$program" recall value.loci --at 12345 | tail -n 1 | cut -d , -f 2 >want
same 'a value is what loci recall says' "t" \
    "SELECT abs(loci_value(loci_memory(value ORDER BY k), 12345) - $(cat want)) < 1e-4 FROM p"
same 'accessors of an archive' 't|t|t|t' \
    "SELECT loci_max(a) = max, loci_min(a) = min, loci_error(a) <= 0.05, abs(loci_mean(a) - avg) < 0.01 FROM (SELECT loci_archive(value, 'max=0.05' ORDER BY k) AS a, max(value), min(value), avg(value) FROM p) AS x"
same 'times as timestamptz' 't' \
    "SELECT abs(loci_value(loci_memory(value, at ORDER BY at), to_timestamp(1700001000.05)) - loci_value(loci_memory(value, t ORDER BY t), 1000.05)) < 1e-6 FROM p WHERE k < 5000"
same 'each row lies within the history, to the microsecond' '0|t' \
    "CREATE TEMP TABLE q AS SELECT timestamptz '2023-03-26 01:59:00+01' + k * interval '1.000003 s' AS at, value FROM p WHERE k < 3000; SELECT count(loci_value(m, at)) - 3000, bool_and(loci_start(own) = loci_seconds(at)) FROM (SELECT at, loci_memory(value, at) AS own FROM q GROUP BY at) AS each, (SELECT loci_memory(value, at) AS m FROM q) AS all_of_it"
same 'points' '5|0|99999' \
    "SELECT count(*), min(q.time), round(max(q.time)) FROM (SELECT loci_memory(value, k::float8 ORDER BY k) AS m FROM p) AS one, loci_points(m, 5) AS q"
same 'text and binary' 't' "SELECT m::text::loci_summary::bytea = m::bytea AND m::bytea::loci_summary::text = m::text FROM one"
same 'nothing' 't|t' "SELECT loci_memory(value, t) IS NULL, loci_rollup(NULL::loci_summary) IS NULL FROM p WHERE k < 0"
same 'rows without value or time are no samples' '2' \
    "SELECT loci_samples(loci_memory(v, t)) FROM (VALUES (1::float8, 1::float8), (NULL, 2), (3, NULL), (4, 4)) AS x(v, t)"
refused 'NaN' 'a value is NaN' "SELECT loci_memory('nan'::float8, 1::float8)"
refused 'two samples of one time' 'two samples have the time 1' "SELECT loci_memory(1::float8, 1::float8) FROM generate_series(1, 2)"
refused 'no order' 'order 0' "SELECT loci_memory(1::float8, 1::float8, 0)"
refused 'an order of each row' 'order or detail changes within a group' "SELECT loci_memory(value, t, (k + 1)::int) FROM p WHERE k < 9"
refused 'an order that workers do not share' 'order or detail changes within a group' "$parallel SELECT loci_memory(value, t, 8 + (k / 50000)::int) FROM p"
refused 'an error of each row' 'what an archive keeps changes within a group' "SELECT loci_archive(value, k::float8, 'error=' || k + 1) FROM p WHERE k < 9"
refused 'nothing to learn in some rows' 'what to learn changes within a group' "SELECT loci_readout(value, t, CASE WHEN k < 9 THEN 'horizon=3' END ORDER BY t) FROM p"
refused 'what an archive keeps' 'does not say what an archive keeps' "SELECT loci_archive(1::float8, 'much')"
refused 'damaged bytes' 'loci:' "SELECT set_byte(m::bytea, 300, get_byte(m::bytea, 300) # 1)::loci_summary FROM one"
refused 'no memory' 'is not a memory' "SELECT '\\x00'::bytea::loci_summary"
refused 'overlap' 'overlap' "SELECT loci_rollup(m) FROM (SELECT m FROM one UNION ALL SELECT m FROM one) AS twice"
refused 'memories and archives' 'only one kind' "SELECT loci_rollup(m) FROM (SELECT m FROM one UNION ALL SELECT a FROM one) AS mixed"
refused 'a time outside' 'lies outside' "SELECT loci_value(m, -1) FROM one"
refused 'the error of an interval outside' 'lies outside' "SELECT loci_error(m, -20, -10) FROM one"
same 'times of tenths of a second, which are rounded' '5000|t' \
    "SELECT loci_samples(a), loci_end(a) = 1700000500 FROM (SELECT loci_archive(value, 1700000000 + k * 0.1::float8, 'error=0.01') AS a FROM p WHERE k < 5000) AS x"
refused 'an interval that ends first' 'from <= to' "SELECT loci_mean(m, 5, 1) FROM one"
# Accessors beside loci recall, of the file.
sql -c "CREATE TABLE file(m loci_summary)" -c "INSERT INTO file SELECT '\\x$(od -An -v -tx1 value.loci | tr -d ' \n')'::bytea::loci_summary"
recalled() { "$program" recall value.loci "$@" | awk -F , 'END { print $NF }'; }
same 'value, derivative, mean and integral are those of loci recall' 't|t|t|t' \
    "SELECT abs(loci_value(m, 54321.5) / $(recalled --at 54321.5) - 1) < 1e-12, abs(loci_derivative(m, 54321.5) / $(recalled --at 54321.5 --derivative) - 1) < 1e-12, abs(loci_mean(m, 5000, 60000) / $(recalled --from 5000 --to 60000 --mean) - 1) < 1e-12, abs(loci_integral(m, 5000, 60000) / $(recalled --from 5000 --to 60000 --integral) - 1) < 1e-12 FROM file"
"$program" recall value.loci --points 101 | awk -F , 'NR > 1 { print $1 "," $2 }' >points.csv
sql -c "CREATE TABLE points(t float8, v float8)" -c "\\copy points FROM points.csv WITH (FORMAT csv)"
same 'so are points' '101' \
    "SELECT count(*) FROM file, loci_points(m, 101) AS q JOIN points ON abs(points.t - q.time) < 1e-6 AND abs(points.v - q.value) < 1e-12"

# Values as files: dates are dates. (The plan of a memory of a timestamptz is that of its seconds.)
file_of() { printf '%b' "$(sql -c "SELECT encode(($1)::bytea, 'hex')" | sed 's/../\\x&/g')"; }
file_of "SELECT loci_memory(value, at) FROM p" >at.loci
file_of "SELECT loci_rollup(m) FROM (SELECT loci_memory(value, at) AS m FROM p GROUP BY k / 30000) AS x" >up.loci
file_of "SELECT loci_archive(value, to_timestamp(1700000000 + k), 'error=0.01') FROM p" >at_archive.loci
[[ $("$program" recall at.loci --points 2) == *2023-11-14T22:13:20* && $("$program" recall up.loci --points 2) == *2023-11-14T22:13:20* &&
    $("$program" recall at_archive.loci --points 2) == *2023-11-14T22:13:20* ]]
report $? 'files of timestamptz have dates'
{ echo time,value; sql -F , -c "SELECT t, value FROM p ORDER BY t"; } >timed.csv
for given in '' ', 64, 0'; do # without, it is of order 64 and detail 4
    detail=${given:+0}
    detail=${detail:-4}
    "$program" remember timed.csv --time 1 --column value --order 64 --detail "$detail" -o timed.loci
    file_of "SELECT loci_memory(value, t$given) FROM p" >mine.loci
    "$program" recall timed.loci --points 777 >want
    "$program" recall mine.loci --points 777 >got
    cmp got want
    report $? "rows with times, detail $detail: what loci remember recalls"
done

# Forecasters.
fixed='horizon=24,window=64,order=16,ridge=0.01'
"$program" forecast value.csv --horizon 24 --window 64 --order 16 --ridge 0.01 -o forecaster.loci >/dev/null
"$program" forecast forecaster.loci | awk -F , 'NR > 1 { printf "%.9f\n", $2 }' >want
sql -c "SELECT round(value::numeric, 9) FROM (SELECT loci_readout(value, '$fixed' ORDER BY k) AS m FROM p) AS one, loci_forecast(m)" >got
cmp got want
report $? 'the forecast of loci forecast'
same 'a forecaster divided among workers' 't' \
    "$parallel CREATE TEMP TABLE plan(line text); DO \$\$ DECLARE l text; BEGIN FOR l IN EXPLAIN SELECT loci_readout(value, at, 'horizon=24') FROM p LOOP INSERT INTO plan VALUES (l); END LOOP; END \$\$; SELECT bool_or(line LIKE '%Partial Aggregate%') AND bool_or(line LIKE '%Gather%') FROM plan"
evenly="to_timestamp(1699999980 + 60 * k)"
sql -c "CREATE TABLE f AS SELECT loci_readout(value, $evenly, 'horizon=24' ORDER BY k) AS m FROM p WHERE k < 90000" -c "$parallel CREATE TABLE f4 AS SELECT loci_readout(value, $evenly, 'horizon=24') AS m FROM p WHERE k < 90000"
same 'workers and one alone: the same bytes of a forecaster' 't' "SELECT f.m::bytea = f4.m::bytea FROM f, f4"
same 'what came, and in its intervals' '24|t|t|t' \
    "SELECT count(*), max(abs(q.value - p.value)) < 0.05, sum((p.value BETWEEN lower95 AND upper95)::int) >= 20, bool_and(lower95 <= lower80 AND lower80 < q.value AND q.value < upper80 AND upper80 <= upper95) FROM f, loci_forecast(m) AS q JOIN p ON 1699999980 + 60 * k = q.time"
same 'rows that are not there' '90000|t' \
    "SELECT loci_samples(m), (SELECT max(abs(q.value - p.value)) < 0.2 FROM loci_forecast(m) AS q JOIN p ON 1699999980 + 60 * k = q.time) FROM (SELECT loci_readout(value, $evenly + k % 5 * interval '1 second', 'horizon=24,gather=60') AS m FROM p WHERE k < 90000 AND k % 97 <> 3 AND k NOT BETWEEN 50000 AND 50050) AS g"
sql -c "CREATE TABLE days AS SELECT k / 1440 AS day, loci_readout(value, $evenly, '$fixed') AS m FROM p WHERE k < 72000 GROUP BY day"
same 'days rolled up by workers are the whole' '24|72000|t' \
    "$parallel WITH whole AS (SELECT loci_readout(value, $evenly, '$fixed') AS m FROM p WHERE k < 72000), up AS (SELECT loci_rollup(m) AS m FROM days) SELECT count(*), min(loci_samples(up.m)), max(abs(a.value - b.value)) < 1e-8 FROM whole, up, loci_forecast(whole.m) AS a, loci_forecast(up.m) AS b WHERE a.time = b.time"
same 'a forecaster as text and binary' 't' "SELECT m::text::loci_summary::bytea = m::bytea FROM f"
same 'no forecaster of nothing' 't|0' "SELECT loci_readout(value, t) IS NULL, (SELECT count(*) FROM loci_forecast(NULL)) FROM p WHERE k < 0"
refused 'few rows' 'too few' "SELECT loci_readout(value, t) FROM p WHERE k < 5"
refused 'NaN to learn from' 'a value is NaN' "SELECT loci_readout('nan', t) FROM p"
refused 'a value that is NULL, without times' 'a value is NULL' "SELECT loci_readout(NULL)"
refused 'what is learned' 'does not say what to learn' "SELECT loci_readout(value, t, 'horizont=4') FROM p"
refused 'what is learned as NULL' 'what to learn is NULL' "SELECT loci_readout(value, t, NULL) FROM p"
refused 'a forecaster is not recalled' 'loci_forecast asks it' "SELECT loci_mean(m) FROM f"
refused 'a memory foretells nothing' 'a forecaster' "SELECT * FROM one, loci_forecast(m)"
refused 'beyond the horizon' '1 to 24' "SELECT * FROM f, loci_forecast(m, 25)"
refused 'damaged forecasters' 'checksum' "SELECT set_byte(m::bytea, 300, get_byte(m::bytea, 300) # 1)::loci_summary FROM f"
refused 'damaged archives' 'loci:' "SELECT set_byte(a::bytea, 300, get_byte(a::bytea, 300) # 1)::loci_summary FROM one"
refused 'forecasters of other windows' 'window is' \
    "SELECT loci_rollup(m) FROM (SELECT m FROM days WHERE day = 10 UNION ALL SELECT loci_readout(value, $evenly, 'horizon=24,window=32,order=16,ridge=1') FROM p WHERE k BETWEEN 20000 AND 21000) AS x"
refused 'forecasters of one time' 'overlap' "SELECT loci_rollup(m) FROM (SELECT m FROM days UNION ALL SELECT m FROM days) AS x"
refused 'memories of other orders' 'different order' \
    "SELECT loci_rollup(m) FROM (SELECT loci_memory(value, t, 64) AS m FROM p WHERE k < 1000 UNION ALL SELECT loci_memory(value, t, 32) FROM p WHERE k >= 1000) AS x"
refused 'an order that the query gives wrongly, beyond work_mem' 'Order the rows' \
    "SET work_mem = '64kB'; SELECT loci_memory(value, t ORDER BY k DESC) FROM p"
refused 'an archive of uneven times' 'gather=S' "SELECT loci_archive(value, (k * 60 + k % 7)::float8, 'error=1%') FROM p"
refused 'gathering without times' 'without times' "SELECT loci_archive(value, 'error=1%,gather=60') FROM p"

# A query that is stopped in the middle: soon, and nothing of it stays.
long="SELECT length(loci_memory(value, t + 100000.0 * g)::bytea) FROM p, generate_series(1, 300) AS g"
for what in "$long" "SELECT length(loci_readout(value, t + 100000.0 * g, 'gather=1')::bytea) FROM p, generate_series(1, 300) AS g"; do
    begun=$(date +%s%N)
    got=$(sql -c "SET statement_timeout = 300" -c "$what" 2>&1)
    [[ $got == *'statement timeout'* && $((($(date +%s%N) - begun) / 1000000)) -lt 5000 ]]
    report $? "statement_timeout: ${what:14:12}"
done
# Until the query that is told by its text is at work, then calls $1 on its process.
stopped() { # FUNCTION QUERY: what psql said
    PGAPPNAME=long sql -c "$2" >said 2>&1 &
    local client=$! pid
    for _ in $(seq 200); do
        pid=$(sql -c "SELECT pid FROM pg_stat_activity WHERE application_name = 'long' AND state = 'active' AND now() - query_start > interval '0.3 s' AND leader_pid IS NULL" 2>/dev/null)
        [ -n "$pid" ] && break
        sleep 0.05
    done
    "$1" "$pid" >/dev/null
    wait $client
    cat said
}
cancelled() { sql -c "SELECT pg_cancel_backend($1)"; }
terminated() { sql -c "SELECT pg_terminate_backend($1)"; }
killed() { as kill -9 "$1"; }
left() { find "$scratch/data/base/pgsql_tmp" -type f 2>/dev/null | wc -l; }
got=$(stopped cancelled "$long")
[[ $got == *'canceling statement due to user request'* ]]
report $? 'pg_cancel_backend'
got=$(stopped cancelled "$parallel $long")
[[ $got == *'canceling statement due to user request'* ]]
report $? 'pg_cancel_backend, of workers'
got=$(stopped terminated "CREATE TABLE never AS $long")
[[ $got == *'terminating connection'* && $(sql -c "SELECT to_regclass('never') IS NULL") == t ]]
report $? 'pg_terminate_backend leaves nothing'
sql -c CHECKPOINT
got=$(stopped killed "CREATE TABLE never AS SELECT loci_memory(value, t + 100000.0 * g ORDER BY t) FROM p, generate_series(1, 300) AS g")
for _ in $(seq 200); do
    [ "$(sql -c 'SELECT 1' 2>/dev/null)" = 1 ] && break
    sleep 0.05
done
[[ $got == *'closed the connection'* && $(left) = 0 && $(sql -c "SELECT to_regclass('never') IS NULL, (SELECT md5(m::bytea) FROM one) = (SELECT md5(loci_memory(value, t)::bytea) FROM p)") == 't|t' ]]
report $? 'a backend that is killed leaves nothing, and the server goes on'
# Memory of a session: 200 queries, and as many that fail, take no more than one.
grown="CREATE TEMP TABLE size(bytes bigint)"
ask="PERFORM loci_value(m, 100), loci_mean(m), loci_error(m) FROM one; PERFORM count(*) FROM f, loci_forecast(m); PERFORM loci_rollup(m) FROM days WHERE day < 3; PERFORM loci_memory(value, t) FROM p WHERE k < 100;"
fail="BEGIN PERFORM loci_rollup(m) FROM (SELECT m FROM one UNION ALL SELECT m FROM one) AS x; EXCEPTION WHEN OTHERS THEN END; BEGIN PERFORM loci_value(m, -1) FROM one; EXCEPTION WHEN OTHERS THEN END; BEGIN PERFORM loci_readout(value, t) FROM p WHERE k < 5; EXCEPTION WHEN OTHERS THEN END;"
measure="INSERT INTO size SELECT sum(total_bytes) FROM pg_backend_memory_contexts;"
same 'a session does not grow' 't' \
    "$grown; DO \$\$ BEGIN $ask $fail $measure END \$\$; DO \$\$ BEGIN FOR i IN 1..200 LOOP $ask $fail END LOOP; END \$\$; DO \$\$ BEGIN $ask $fail $measure END \$\$; SELECT max(bytes) - min(bytes) < 300000 FROM size"

sql -c "CREATE DATABASE again" >/dev/null
"$binaries/pg_dump" -h "$scratch" -U postgres -t one postgres >dump.sql && PGOPTIONS='-c client_min_messages=warning' sql -d again -f load.sql >/dev/null && sql -d again -f dump.sql >/dev/null &&
    [ "$(sql -d again -c 'SELECT md5(m::bytea) FROM one')" = "$(sql -c 'SELECT md5(m::bytea) FROM one')" ]
report $? 'pg_dump and restore'
echo "1..$count"
[ "$failures" = 0 ]
