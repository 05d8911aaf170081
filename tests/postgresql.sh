#!/bin/bash
# postgresql.sh EXTENSION-FOLDER PROGRAM [SQL...] - starts a PostgreSQL server of its own on a socket in a temporary folder, loads the extension that
# was built in the folder, and runs the tests of tests/postgresql.sql. Output is TAP. Status 77: there is no server to start.
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
    [ "$got" = "$2" ] || printf '# wanted %s\n# got    %s\n' "$2" "$got"
}
refused() { # NAME PART-OF-MESSAGE SQL
    local got
    got=$(sql -c "$3" 2>&1)
    [[ $? != 0 && $got == *"$2"* ]]
    report $? "$1"
    [[ $got == *"$2"* ]] || printf '# wanted %s\n# got    %s\n' "$2" "$got"
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
"$program" recall value.loci --at 12345 | tail -n 1 | cut -d , -f 2 >want
same 'a value is what loci recall says' "t" \
    "SELECT abs(loci_value(loci_memory(value ORDER BY k), 12345) - $(cat want)) < 1e-4 FROM p"
same 'accessors of an archive' 't|t|t|t' \
    "SELECT loci_max(a) = max, loci_min(a) = min, loci_error(a) <= 0.05, abs(loci_mean(a) - avg) < 0.01 FROM (SELECT loci_archive(value, 'max=0.05' ORDER BY k) AS a, max(value), min(value), avg(value) FROM p) AS x"
same 'times as timestamptz' 't' \
    "SELECT abs(loci_value(loci_memory(value, at ORDER BY at), to_timestamp(1700001000.05)) - loci_value(loci_memory(value, t ORDER BY t), 1000.05)) < 1e-6 FROM p WHERE k < 5000"
same 'points' '5|0|99999' \
    "SELECT count(*), min(q.time), round(max(q.time)) FROM (SELECT loci_memory(value, k::float8 ORDER BY k) AS m FROM p) AS one, loci_points(m, 5) AS q"
same 'text and binary' 't' "SELECT m::text::loci_summary::bytea = m::bytea AND m::bytea::loci_summary::text = m::text FROM one"
same 'nothing' 't|t' "SELECT loci_memory(value, t) IS NULL, loci_rollup(NULL::loci_summary) IS NULL FROM p WHERE k < 0"
same 'rows without value or time are no samples' '2' \
    "SELECT loci_samples(loci_memory(v, t)) FROM (VALUES (1::float8, 1::float8), (NULL, 2), (3, NULL), (4, 4)) AS x(v, t)"
refused 'NaN' 'a value is NaN' "SELECT loci_memory('nan'::float8, 1::float8)"
refused 'two samples of one time' 'two samples have the time 1' "SELECT loci_memory(1::float8, 1::float8) FROM generate_series(1, 2)"
refused 'no order' 'order 0' "SELECT loci_memory(1::float8, 1::float8, 0)"
refused 'what an archive keeps' 'does not say what an archive keeps' "SELECT loci_archive(1::float8, 'much')"
refused 'damaged bytes' 'loci:' "SELECT set_byte(m::bytea, 300, get_byte(m::bytea, 300) # 1)::loci_summary FROM one"
refused 'no memory' 'is not a memory' "SELECT '\\x00'::bytea::loci_summary"
refused 'overlap' 'overlap' "SELECT loci_rollup(m) FROM (SELECT m FROM one UNION ALL SELECT m FROM one) AS twice"
refused 'memories and archives' 'only one kind' "SELECT loci_rollup(m) FROM (SELECT m FROM one UNION ALL SELECT a FROM one) AS mixed"
refused 'a time outside' 'lies outside' "SELECT loci_value(m, -1) FROM one"
refused 'an interval that ends first' 'from <= to' "SELECT loci_mean(m, 5, 1) FROM one"
sql -c "CREATE DATABASE again" >/dev/null
"$binaries/pg_dump" -h "$scratch" -U postgres -t one postgres >dump.sql && PGOPTIONS='-c client_min_messages=warning' sql -d again -f load.sql >/dev/null && sql -d again -f dump.sql >/dev/null &&
    [ "$(sql -d again -c 'SELECT md5(m::bytea) FROM one')" = "$(sql -c 'SELECT md5(m::bytea) FROM one')" ]
report $? 'pg_dump and restore'
echo "1..$count"
[ "$failures" = 0 ]
