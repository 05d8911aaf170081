#!/bin/bash
# mpi.sh FOLDER - runs the loci and loci-mpi of the folder under mpirun: any number of ranks and threads makes the files that one process makes,
# whatever happens in between. Output is TAP.
set -u
export LC_ALL=C OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
unset OMPI_COMM_WORLD_SIZE PMI_SIZE SLURM_STEP_NUM_TASKS
folder=$(realpath "$1") || exit 2
here=$(cd "$(dirname "$0")" && pwd) || exit 2
loci=$folder/loci
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2

count=0
failures=0
report() { # OK NAME
    count=$((count + 1))
    if [ "$1" = 0 ]; then echo "ok $count - $2"; else failures=$((failures + 1)); echo "not ok $count - $2"; fi
}
same() { # NAME FILE FILE
    cmp "$2" "$3"
    report $? "$1"
}
# NAME STATUS LINE: what was printed to `err` by a run that ended with `status`, and of it the lines of ours
says() {
    local ours
    ours=$(grep '^loci: ' err)
    [[ $status = "$2" && $ours == *"$3"* && $(wc -l <<<"$ours") = 1 ]]
    local bad=$?
    report $bad "$1"
    [ $bad = 0 ] || sed 's/^/# /' err
}
ranks() { # N COMMAND...
    local n=$1
    shift
    mpirun -n "$n" "$@" >out 2>err
}
member() { # the process of one rank of the job: a child of mpirun, or, where the MPI is MPICH, of its proxy
    local children inner
    children=$(pgrep -P "$job" | tail -1)
    inner=$(pgrep -P "${children:-0}" | tail -1)
    echo "${inner:-$children}"
}
# Waits for $job, whose status it gives. Where a rank is killed as it starts, Open MPI's mpirun may wait for itself for ever (in
# PMIx_server_finalize): it has 20 seconds to end when no rank is left.
ended() {
    local alone=0
    while kill -0 "$job" 2>/dev/null && [ $alone -lt 200 ]; do
        if pgrep -r R,S,D -P "$job" >/dev/null; then alone=0; else alone=$((alone + 1)); fi
        sleep 0.1
    done
    kill -KILL "$job" 2>/dev/null
    wait "$job"
}
pairs() { # CLASSES SEED ROWS: lines of a UCR table
    awk -v classes="$1" -v seed="$2" -v rows="$3" 'BEGIN {
        srand(seed)
        for (i = 0; i < rows; i++) {
            printf "%d", i % classes
            phase = 6 * rand()
            for (t = 0; t < 80; t++) printf "\t%.4f", sin(0.1 * (i % classes + 1) * t + phase) + 0.3 * (rand() - 0.5)
            print ""
        }
    }'
}
pairs 3 1 150 >W_TRAIN.tsv
pairs 3 2 60 >W_TEST.tsv
train=(train W_TRAIN.tsv --layers 2 --width 16 --valid 0.2 --batch 20)

# --- a training ---
"$loci" "${train[@]}" --epochs 3 -o one.safetensors --threads 2 >/dev/null 2>&1
for n in 1 2 3 4; do
    ranks $n "$folder/loci-mpi" "${train[@]}" --epochs 3 -o many.safetensors --threads $((n % 2 + 1))
    same "$n ranks make the model of one process" one.safetensors many.safetensors
done
[[ $(cat out) == *"model       many.safetensors"* && $(wc -l <out) = 5 && $(grep -c '^epoch' err) = 3 ]]
report $? "one rank prints"
ranks 2 "$loci" "${train[@]}" --epochs 3 -o many.safetensors --threads 1
same "loci under mpirun becomes loci-mpi" one.safetensors many.safetensors
"$loci" "${train[@]}" --epochs 2 --shards 3 -o one3.safetensors --threads 2 >/dev/null 2>&1
ranks 4 "$loci" "${train[@]}" --epochs 2 --shards 3 -o many3.safetensors --threads 1
same "more ranks than shards" one3.safetensors many3.safetensors
from=(train W_TEST.tsv --from one.safetensors --batch 20 --epochs 2)
"$loci" "${from[@]}" -o onefrom.safetensors --threads 2 >/dev/null 2>&1
ranks 3 "$loci" "${from[@]}" -o manyfrom.safetensors --threads 1
same "a training that begins from a model" onefrom.safetensors manyfrom.safetensors
"$loci" eval one.safetensors W_TEST.tsv --confusion --json | grep -v seconds >one.json
ranks 3 "$loci" eval one.safetensors W_TEST.tsv --confusion --json --threads 1
grep -v seconds out >many.json
same "an evaluation" one.json many.json
mkdir files
for i in 1 2 3 4 5 6; do awk -v i=$i 'NR == i { for (k = 2; k <= NF; k++) print $k }' W_TEST.tsv >files/$i.csv; done
echo 1,x >files/4.csv
"$loci" predict one.safetensors files files/2.csv >one.csv 2>one.err
ranks 3 "$loci" predict one.safetensors files files/2.csv
status=$?
says "a file that is none among others" 1 'files/4.csv: line 1: "x" in column 2 may be a name'
same "and the answers to the others" one.csv out

# --- signals ---
# 100,003 samples of sound
awk 'BEGIN { srand(1); for (k = 0; k < 100003; k++) print int(16000 * sin(k / 300) + 900 * rand()) / 32768 }' >x.csv
"$loci" remember x.csv --rate 8000 --lossless 0.000030517578125 -o x.loci && "$loci" recall x.loci -o x.wav
remembered() { # RANKS OPTION...
    local n=$1
    shift
    "$loci" remember x.wav "$@" -o one.loci
    ranks "$n" "$loci" remember x.wav "$@" -o many.loci
    same "$n ranks remember as one, $*" one.loci many.loci
}
remembered 2 --order 64 --detail 4
remembered 3 --order 20 --detail 1 --linear
remembered 4 --detail 0 --start 2016-07-01
remembered 3 --error 1%
remembered 4 --lossless 0.000030517578125 --page 4096
cp one.loci kept.loci
ranks 3 "$loci" remember x.wav -o many.loci
status=$?
says "a budget" 2 "a budget is kept by one process"
ranks 2 "$loci" remember W_TEST.tsv --detail 4 -o many.loci
status=$?
says "a signal of unknown length" 1 "W_TEST.tsv: does not tell how many samples it has"
mkdir here there
cp x.wav here/y.wav
{ head -c 4096 x.wav; tail -c +4101 x.wav; head -c 4 x.wav; } >there/y.wav # of the same size
# shellcheck disable=SC2016
each='if [ ${OMPI_COMM_WORLD_RANK:-$PMI_RANK} = 0 ]; then cd here; else cd there; fi; exec "$@"'
ranks 2 sh -c "$each" sh "$loci" remember y.wav --detail 4 -o ../many.loci
status=$?
says "signals that differ" 1 "y.wav: is not the same signal on all ranks"
same "and nothing is written" kept.loci many.loci

# --- forecasts ---
# 3 columns, a row every 10 minutes, in two files
awk 'BEGIN { srand(2); print "when,a,b,c"; for (k = 0; k < 3000; k++) {
    printf "2024-01-%02dT%02d:%02d:00Z,%.3f,%.3f,%.3f\n", 1 + k / 144, k / 6 % 24, k % 6 * 10, sin(k / 23) + rand() / 5, 70 + k / 1000 + rand(),
        rand() < 0.01 ? 5 : cos(k / 9) } }' >rows.csv
sed '2501,$d' rows.csv >older.csv
sed '2,2500d' rows.csv >newer.csv
forecast() { # RANKS ARGUMENT...: what is printed, and the model
    local n=$1
    shift
    "$loci" forecast "$@" -o one.loci >one.txt 2>/dev/null
    ranks "$n" "$loci" forecast "$@" -o many.loci
    cmp one.txt out && cmp one.loci many.loci
    report $? "$n ranks forecast as one, $*"
}
for n in 1 2 3 4; do forecast $n x.wav; done
forecast 4 rows.csv --horizon 50
forecast 3 older.csv --own --json
cp one.loci older.loci
forecast 2 older.loci newer.csv --update
forecast 3 older.loci rows.csv
forecast 2 older.loci older.loci --add
cp one.loci kept.loci
cp kept.loci many.loci
cp older.csv here/y.csv
sed '2000s/,7/,8/' older.csv >there/y.csv
ranks 3 sh -c "$each" sh "$loci" forecast y.csv -o ../many.loci
status=$?
says "rows that differ" 1 "y.csv: is not the same on all ranks"
cp older.loci here/y.loci
"$loci" forecast rows.csv -o there/y.loci >/dev/null 2>&1
ranks 2 sh -c "$each" sh "$loci" forecast y.loci y.csv --update -o ../many.loci
status=$?
says "models that differ" 1 "y.loci: is not the same on all ranks"
cut -d , -f 2 older.csv | mpirun -n 2 "$loci" forecast - -o many.loci >out 2>err
status=$?
says "rows for one rank alone" 1 "comes to one rank alone; a file that all can read was expected"
mpirun -n 3 "$loci" forecast x.wav --window 8192 --horizon 4000 -o many.loci >out 2>err & # seconds
job=$!
while kill -0 $job 2>/dev/null && ! pgrep -P $job >/dev/null; do sleep 0.005; done
kill -KILL "$(member)"
! ended && ! grep -q '^# ' out # some MPIs tell there what happened
report $? "a rank that is killed ends a forecast"
same "and nothing was written" kept.loci many.loci

# --- a training that is killed, and goes on in other numbers ---
"$loci" "${train[@]}" --epochs 100 -o one30.safetensors --threads 2 >/dev/null 2>&1
await() { # WORDS: until they stand in err, 20 seconds at most
    for _ in $(seq 4000); do
        grep -q "$1" err 2>/dev/null && return
        sleep 0.005
    done
}
begin() { # N OPTION...
    local n=$1
    shift
    : >err
    mpirun -n "$n" "$loci" "${train[@]}" --epochs 100 -o many30.safetensors --threads 1 "$@" >out 2>err &
    job=$!
}
begin 3
await 'epoch 2 of'
kill -KILL "$(member)"
ended
status=$?
says "a rank that is killed ends the job with one line" 137 "another rank is at work, or gone; many30.safetensors.resume holds step"
[[ -s many30.safetensors.resume ]]
report $? "and leaves a state"
begin 2 --resume
await '^epoch [0-9]* of' # the first that is left, wherever the others were killed
kill -TERM "$(member)"
ended
status=$?
says "a signal to one rank stops all" 130 "interrupted after step"
ranks 4 "$loci" "${train[@]}" --epochs 100 -o many30.safetensors --threads 1 --resume
same "3 ranks, then 2, then 4 make the model of one process" one30.safetensors many30.safetensors
[ ! -e many30.safetensors.resume ]
report $? "and leave no state"
ranks 2 "$loci" "${train[@]}" --epochs 100 -o many30.safetensors --threads 1 --resume
status=$?
says "a training that is finished" 0 "this training is finished"

# --- clocks that differ: the minute's save is due by that of rank 0 alone ---
cat >clock.c <<'END'
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *time)
{
    const int bad = (int)syscall(SYS_clock_gettime, clock, time);
    if (clock == CLOCK_MONOTONIC) time->tv_sec = time->tv_sec * 1000 + time->tv_nsec / 1000000;
    return bad;
}
END
cc -shared -fPIC clock.c -o clock.so
for fast in 0 1; do # a thousand times as fast: a minute is over every few steps
    # shellcheck disable=SC2016
    timeout 60 mpirun -n 2 sh -c "[ \${OMPI_COMM_WORLD_RANK:-\$PMI_RANK} != $fast ] || export LD_PRELOAD=$PWD/clock.so; exec \"\$@\"" \
        sh "$folder/loci-mpi" "${train[@]}" --epochs 3 -o many.safetensors --threads 1 >out 2>err
    same "a clock that is fast on rank $fast" one.safetensors many.safetensors
done

# --- the jobs of examples/slurm, without Slurm ---
jobs=$here/../examples/slurm
PATH=$folder:$PATH LAUNCH='mpirun -n 3' DATA=W_TRAIN.tsv MODEL=job.safetensors SLURM_CPUS_PER_TASK=2 \
    "$jobs/train.sbatch" "${train[@]:2}" --epochs 3 >out 2>err
same "a job trains" one.safetensors job.safetensors
PATH=$folder:$PATH LAUNCH='mpirun -n 2' SIGNAL=x.wav ARCHIVE=job.loci "$jobs/remember.sbatch" --error 1% >out 2>err
"$loci" remember x.wav --error 1% -o one.loci
same "a job remembers" one.loci job.loci

# --- what cannot be ---
mkdir alone
cp "$loci" alone
ranks 4 alone/loci "${train[@]}" -o a.safetensors
status=$?
says "a program without MPI" 2 "train: this is one of 4 processes that were started together, and without MPI"
[ ! -e a.safetensors ] && [ ! -e a.safetensors.resume ]
report $? "and nothing is written"
ranks 2 alone/loci inspect one.safetensors
status=$?
says "a command that is not shared" 0 "warning: inspect is the work of one process"
OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_RANK=0 "$folder/loci-mpi" "${train[@]}" -o a.safetensors >out 2>err
status=$?
says "an MPI that finds nobody" 2 "this is one of 4 processes that were started together, and MPI knows of none but itself"
ranks 1 "$loci" "${train[@]}" -o a.safetensors --seed 1 : -n 1 "$loci" "${train[@]}" -o a.safetensors
status=$?
says "different command lines" 2 "the ranks have different command lines"
cp W_TRAIN.tsv here
sed '1s/0\.1/0.2/' W_TRAIN.tsv >there/W_TRAIN.tsv
ranks 3 sh -c "$each" sh "$loci" "${train[@]}" -o a.safetensors
status=$?
says "different data" 1 "training set of rank 1 is another one than that of rank 0"
rm there/W_TRAIN.tsv
ranks 2 sh -c "$each" sh "$loci" "${train[@]}" -o a.safetensors
status=$?
says "data that one rank has not" 1 "rank 1: W_TRAIN.tsv: cannot be opened"
ranks 3 "$loci" train nothing -o a.safetensors
status=$?
says "data that none has" 1 "nothing: cannot be opened"

echo "1..$count"
[ "$failures" = 0 ]
