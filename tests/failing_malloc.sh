#!/bin/sh
# failing_malloc.sh LIBRARY PROGRAM [PART PARTS] - runs commands of the program again and again, with its first allocation failing, then its
# second, and so on until one run needs fewer; now and then also with all that follow failing. LIBRARY is
# failing_malloc.c, built to be preloaded. Every run must
#   end with status 0, and have written just what it writes otherwise, or with 1 or 2, and a sentence on standard error
#   that names the program: never by a signal;
#   leave, when it fails, what stood in its output's place, and no other file.
# Output is TAP, a test a command. With PART and PARTS only one command in PARTS is tried so, beginning with number PART; the
# others run once, for what they write.
set -u
export LC_ALL=C
library=$(realpath "$1") || exit 2
program=$(realpath "$2") || exit 2
part=${3:-0}
parts=${4:-1}
golden=$(cd "$(dirname "$0")/golden" && pwd) || exit 2
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/work"
cd "$scratch/work" || exit 2
number=0
count=0
failures=0

complain() {
    [ -n "$complaint" ] || complaint="allocation $n${on:+ and all after it}: $1"
}

# What follows needs no process of its own where it can: there are thousands of runs.

# The names of what is in the folder.
list() {
    listed=
    for name in .[!.]* *; do
        [ ! -e "$name" ] || listed="$listed $name"
    done
}

# Whether a sentence on standard error names the program; the threads of some LAPACK end it with words of their own.
says_why() {
    while read -r line || [ -n "$line" ]; do
        case $line in *loci* | 'libgomp: Out of memory'*) return 0 ;; esac
    done <"$scratch/err"
    return 1
}

# Whether the output is what stood there, one line without an end.
is_unspoilt() {
    line=
    ! IFS= read -r line <"$output" && [ "$line" = 'what stood here' ]
}

# No two runs take the same time.
without_times() {
    sed -i -e '/^  "seconds": /d' -e '/^time  /d' "$1"
}

# The n-th allocation fails, in the command that `set --` holds; sets injected.
once() {
    rm -f "$scratch/mark"
    [ -z "$output" ] || printf 'what stood here' >"$output"
    LD_PRELOAD=$library LOCI_FAIL_AT=$n LOCI_FAIL_ON=${on:-0} LOCI_FAIL_MARK=$scratch/mark \
        "$program" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    status=$?
    injected=
    [ ! -e "$scratch/mark" ] || injected=1
    case $status in
    0)
        without_times "$scratch/out"
        cmp -s "$scratch/out" "$scratch/expected_out" || complain "status 0, but another standard output"
        [ -z "$output" ] || cmp -s "$output" "$scratch/expected_file" || complain "status 0, but another $output"
        ;;
    1 | 2)
        says_why || complain "status $status without a word"
        [ -z "$output" ] || is_unspoilt || complain "failed, and spoilt $output"
        ;;
    *) complain "status $status" ;;
    esac
    list
    [ "$listed" = "$files" ] || complain "left other files behind:$listed"
}

# check OUTPUT ARGUMENT...: OUTPUT is the file that is written, or nothing.
check() {
    output=$1
    shift
    number=$((number + 1))
    if [ $((number % parts)) != "$part" ]; then
        "$program" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
        return
    fi
    count=$((count + 1))
    complaint=
    n=0
    on=
    [ -z "$output" ] || : >"$output"
    list
    files=$listed
    "$program" "$@" >"$scratch/expected_out" 2>"$scratch/err" </dev/null || complain "fails as it is: $(cat "$scratch/err")"
    without_times "$scratch/expected_out"
    [ -z "$output" ] || cp "$output" "$scratch/expected_file"
    injected=1
    while [ -n "$injected" ] && [ -z "$complaint" ]; do
        n=$((n + 1 + n / 12)) # each of the first 12, then fewer and fewer
        on=
        once "$@"
        [ $((n % 4)) != 1 ] || { on=1 && once "$@"; }
    done
    [ "$n" -gt 1 ] || complain "no allocation could be made to fail"
    if [ -z "$complaint" ]; then
        echo "ok $count - loci $* ($n allocations)"
    else
        failures=$((failures + 1))
        echo "not ok $count - loci $*"
        echo "# $complaint"
        sed 's/^/# /' "$scratch/err"
    fi
}

i=0
{
    echo 'time,temp,name,load'
    while [ "$i" -lt 300 ]; do
        echo "$((3 * i + i * i % 3)).25,$((i % 17)),text,-0.$i"
        i=$((i + 1))
    done
} >signal.csv
tail -n 150 signal.csv | cut -d , -f 2,4 >plain.csv

check memory.loci remember signal.csv -o memory.loci --time time --order 16 --detail 4
"$program" remember signal.csv -o memory.loci --time time --order 16 --detail 4 --end 1000
check plain.loci remember plain.csv -o plain.loci --order 8 --detail 4
"$program" remember plain.csv -o plain.loci --order 8 --detail 4
gzip -c plain.csv >plain.csv.gz
check '' remember plain.csv.gz -o - --order 8 --mono --detail 4
printf 'Logger\nwhen  a   b\ns     V   V\n0     1,5 2\n1     2,5 #N/A\n' >logger.txt
check logger.loci remember logger.txt -o logger.loci --detail 4 --skip 1 --decimal , --missing hold --column 'a,b'
printf 'RIFF\000\000\000\000WAVEfmt \020\000\000\000\001\000\002\000\010\000\000\000\020\000\000\000\002\000\010\000data\000\000\000\000\200\300\200\100' >two.wav
check '' remember two.wav -o - --mono
check window.loci remember plain.csv -o window.loci --order 8 --measure legt --window 50
check '' remember plain.csv -o - --order 8 --missing hold
check out.csv recall memory.loci --points 20 -o out.csv
check out.npy recall memory.loci --points 20 -o out.npy
check out.json recall memory.loci --points 20 -o out.json
check out.wav recall plain.loci -o out.wav
check '' remember plain.csv -o plain.loci --order 8 --detail 4 --resume
check '' remember plain.csv -o - --order 8 --detail 0
check '' recall memory.loci --mean --from 2 --to 9 --points 3
check '' recall memory.loci --plot - --points 50
check '' recall plain.loci --against plain.csv --json
check both.loci merge plain.loci plain.loci --append -o both.loci
check '' inspect plain.loci
check '' inspect plain.loci --json
check '' basis legendre --order 5
check kernel.npy kernel legs:6,copies=2 --length 20 -o kernel.npy
check '' kernel legs:4 --length 9 --plot -
check answer.csv simulate s4d-lin:4,copies=2 plain.csv --form convolution --switch-at 100 -o answer.csv
check answer.npy simulate legs:4 signal.csv --time time --column temp --form continuous -o answer.npy
check '' simulate legs:4 plain.csv --column 1 --plot -
check '' check s4d-lin:4 --length 9 --json
check fib.npz identify 1 1 2 3 5 8 -o fib.npz
check '' identify 1 3 4 4 --order 1 --json
cp "$golden/s4d_state.safetensors" state.safetensors
check model.safetensors convert state.safetensors -o model.safetensors --classes 0,1,2,3,4,5,6,7,8,9 --shift 1,2,3
check layer.safetensors convert "$golden/s5_state.safetensors" -o layer.safetensors
check mha.safetensors convert "$golden/mha_state.safetensors" --heads 2 -o mha.safetensors
check lm.safetensors convert "$golden/mamba_checkpoint" -o lm.safetensors --vocabulary 60
"$program" convert "$golden/s5_state.safetensors" -o layer.safetensors --rate 10
printf 't,a,b,c,d\n0,1,2,3,4\n0.1,4,3,2,1\n0.3,1,1,1,1\n' >timed.csv
check '' stream layer.safetensors timed.csv --time t
"$program" convert state.safetensors -o model.safetensors --rate 8000
check '' inspect model.safetensors
check '' inspect model.safetensors --json
check '' inspect model.safetensors --plot -
printf '1,2,3\n4,5,6\n7,8,9\n' >three.csv
check '' stream model.safetensors three.csv --every 1 --json
check '' stream model.safetensors three.csv --rate 9000 --resample 8000 --every 1 --plot -
"$program" convert state.safetensors -o wide.safetensors --shift 1e8,1e8,1e8
check '' stream wide.safetensors three.csv --every 1
check '' check wide.safetensors --length 9 --json
check kept stream model.safetensors three.csv --every 0 --state-out kept
"$program" stream model.safetensors three.csv --every 0 --state-out kept >"$scratch/out"
check answers.csv stream model.safetensors three.csv --state-in kept -o answers.csv
check answers.csv stream model.safetensors three.csv --window 3 --every 2 -o answers.csv
check '' check model.safetensors --length 9 --json
check '' check model.safetensors three.csv

awk 'BEGIN { for (k = 0; k < 300; k++) print sin(k / 9) }' >sines
"$program" export model.safetensors -o source >"$scratch/out"
check '' export model.safetensors -o source --check three.csv
check '' export model.safetensors -o source --weights int8
check archive.loci remember sines --error 1% --page 128 -o archive.loci
"$program" remember sines --error 1% --page 128 -o archive.loci
check '' inspect archive.loci --json
check '' recall archive.loci --points 5
check '' recall archive.loci --mean
check '' recall archive.loci --against sines
check joined.loci merge archive.loci archive.loci --append -o joined.loci
check small.loci remember sines --budget 400 --page 64 -o small.loci
check small.loci remember archive.loci --error 0.1 -o small.loci
"$program" remember sines --page 64 -o usual.loci
check '' remember sines --page 64 --resume -o usual.loci
check '' recall archive.loci --against sines --beside usual.loci --plot -

set -- train tiny --layers 1 --width 2 --state 2 --batch 4 --steps 5 --threads 1
"$golden/../labelled.sh" tiny 8
check '' "$@" --show
"$program" "$@" -o tiny.safetensors >"$scratch/out" 2>"$scratch/err" || failures=1
check '' eval tiny.safetensors tiny --threads 1 --confusion
check '' eval tiny.safetensors tiny --threads 1 --json
printf '1,2,3,4\n5,6,7,8\n' | tr ',' '\n' >8.csv
check '' predict tiny.safetensors 8.csv 8.csv --top 2
check '' predict tiny.safetensors 8.csv --rate 8 --resample 4 --json
"$program" "$@" --bidirectional -o both.safetensors >"$scratch/out" 2>"$scratch/err" || failures=1
check '' predict both.safetensors 8.csv
check '' "$@" --layer s4 --show
check '' train tiny --from tiny.safetensors --batch 4 --steps 5 --threads 1 --show
check c.safetensors convert "$golden/s4_small.safetensors" -o c.safetensors

# Tasks, from arrays: values and labels, of sequences of one length and of several; and gates.
learn() {
    task=$1
    "$golden/../delayed.sh" "$task" 8 "$task" "$2"
    set -- train "$task" --task "$task" --layer mingru --layers 1 --width 2 --batch 4 --steps 2 --threads 1
    check '' "$@" --show
    "$program" "$@" -o "$task.safetensors" >"$scratch/out" 2>"$scratch/err" || failures=1
    check '' eval "$task.safetensors" "$task" --threads 1 --json
    check '' predict "$task.safetensors" "$task/test_x.npy" --sequences
}
learn value lengths
learn class-each ''
check '' inspect value.safetensors --json
check '' stream value.safetensors 8.csv --window 4
check '' stream class-each.safetensors 8.csv
mkdir folder
cp 8.csv folder/a.csv
check '' predict value.safetensors folder --json
cp "$golden"/formats/v1/forecaster.loci "$golden"/formats/v1/signal.txt .
awk 'BEGIN { print "a,b"; for (k = 0; k < 60; k++) print k * 7 % 13 "," k * 5 % 11 }' > pair.txt
check next.loci forecast signal.txt --horizon 4 --window 8 --order 4 --ridge 0.1 -o next.loci
check '' forecast signal.txt --horizon 4 --json
check '' forecast forecaster.loci signal.txt --plot -
check sum.loci forecast forecaster.loci forecaster.loci --add -o sum.loci
check '' watch forecaster.loci signal.txt
check '' watch forecaster.loci signal.txt --plot -
check pair.loci forecast pair.txt --target b --horizon 2 --window 4 --order 2 --ridge 0.1 -o pair.loci
"$program" forecast pair.txt --target b --horizon 2 --window 4 --order 2 -o joint.loci >"$scratch/out" || failures=1
check '' forecast joint.loci pair.txt
check more.loci forecast joint.loci pair.txt --update -o more.loci
check '' inspect joint.loci
check '' train value --task value --layer gru --layers 1 --width 2 --show
check '' train value --task value --layer conv --mixer mlp --layers 1 --width 2 --show
check '' train value --task value --layer attention --heads 1 --layers 1 --width 2 --show
check '' train value --task value --layer mamba2 --layers 1 --width 2 --show

# Texts, and what follows them.
printf 'a bad cab; a cab\n' >cab.txt
check '' train cab.txt --window 4 --layers 1 --width 2 --show
"$program" train cab.txt --window 4 --layers 1 --width 2 --steps 2 --threads 1 -o cab.safetensors >"$scratch/out" 2>"$scratch/err" || failures=1
check '' generate cab.safetensors --prompt 'a b' --tokens 3
check '' eval cab.safetensors cab.txt --threads 1

# Learned in one pass, and on.
"$program" fit value -o fitted.safetensors --task value --modes 2 --threads 1 >"$scratch/out"
check new.safetensors fit value -o new.safetensors --task value --modes 2 --threads 1 --final
check new.safetensors fit fitted.safetensors -o new.safetensors --final --json
rm new.safetensors

# Data sets of every other kind, read to be shown.
awk 'BEGIN { print "t,walk,x,gait"; for (i = 0; i < 48; i++) printf "%d,w%d,%.2f,%s\n", i, i / 6, sin(i * (1 + int(i / 6) % 2)), int(i / 6) % 2 ? "slow" : "fast" }' >walks.csv
check '' train walks.csv --label gait --group walk --time t --test 0.5 --show
check '' train walks.csv --value x --window 6 --column t --show
awk -F , -v OFS=, 'NR == 4 { $3 = "" } { print }' walks.csv >holes.csv
check '' train holes.csv --horizon 2 --window 4 --group walk --time t --missing hold --show
mkdir -p gaits/slow gaits/fast
awk -F , 'NR > 1 { print $3 >"gaits/" $4 "/" $2 ".csv" }' walks.csv
check '' train gaits --test 0.5 --show
printf '1\t0.5\t1.5\t2\n2\t3\t1\t0\n1\t0\t1\t2\n' >few_TRAIN.tsv
check '' train few_TRAIN.tsv --show
printf '@problemName few\n@classLabel true 1 2\n@data\n1,2,3:4,5,6:1\n1,2:4,5:2\n' >few_TRAIN.ts
check '' train few_TRAIN.ts --show
mkdir words # two sequences of three bytes, and a word of two for each; a header has 128 bytes
array() { # NAME TYPE SHAPE BYTES
    {
        printf '\223NUMPY\001\000v\000'
        printf '%-117s\n' "{'descr': '$2', 'fortran_order': False, 'shape': ($3), }"
        printf %s "$4"
    } >"words/train_$1.npy"
}
array x '|u1' 2,3 abcacb
array y '|S2' 2, upno
echo 50 >words/rate.txt
check '' train words --show

# A training that runs out of memory leaves what stood in the model's place, or a whole model; and what it leaves to go on
# from leads to the same model.
untouched() { head -c 4 new.safetensors | grep -q what; }
if [ "$part" = 0 ]; then
    count=$((count + 1))
    complaint=
    n=0
    injected=1
    while [ -n "$injected" ] && [ -z "$complaint" ]; do
        n=$((n + 1 + n / 10))
        rm -f "$scratch/mark" new.safetensors.resume
        printf 'what stood here' >new.safetensors
        LD_PRELOAD=$library LOCI_FAIL_AT=$n LOCI_FAIL_ON=0 LOCI_FAIL_MARK=$scratch/mark \
            "$program" "$@" -o new.safetensors >"$scratch/out" 2>"$scratch/err"
        status=$?
        injected=
        [ ! -e "$scratch/mark" ] || injected=1
        [ "$status" -le 1 ] || complain "status $status"
        [ "$status" = 0 ] || grep -q '^loci: ' "$scratch/err" || complain "status $status without a word"
        if [ "$status" = 0 ]; then
            cmp -s new.safetensors tiny.safetensors || complain "status 0, but another model"
        elif ! untouched; then
            "$program" eval new.safetensors tiny >"$scratch/out" || complain "status $status, and a damaged model"
        fi
        [ ! -e new.safetensors.resume ] || "$program" "$@" -o new.safetensors --resume >"$scratch/out" 2>"$scratch/err" ||
            complain "cannot be resumed"
        untouched || cmp -s new.safetensors tiny.safetensors ||
            complain "resumed to another model"
    done
    if [ -z "$complaint" ]; then
        echo "ok $count - loci train ($n allocations)"
    else
        failures=$((failures + 1))
        echo "not ok $count - loci train"
        echo "# $complaint"
        sed 's/^/# /' "$scratch/err"
    fi
fi

echo "1..$count"
[ "$failures" = 0 ]
