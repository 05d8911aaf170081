# Signals that never end: a memory that is killed, stopped, looked at while it runs, and goes on. Nothing here depends on how
# long anything takes: each step waits for what the one before has done.
$ cat > lib.sh <<'end'
+ samples() { loci inspect "$1" --json 2>/dev/null | sed -n 's/^  "samples": \([0-9]*\),/\1/p'; }
+ until_samples() { for i in $(seq 600); do [ "$(samples "$1")" = "$2" ] && return; sleep 0.05; done; echo "never $2: $(samples "$1")"; }
+ start() { rm -f in; mkfifo in; env --default-signal=INT loci remember "$@" --detail 4 2> said & pid=$!; exec 3> in; }
+ stop() { kill -$1 $pid; wait $pid; echo "status $?"; cat said; exec 3>&-; }
+ end

# Each signal that asks to end, by a named pipe, standard input, a line that was begun; what had been read is kept.
$ . ./lib.sh; for signal in INT TERM HUP; do rm -f m.loci; start in --every 0 -o m.loci; seq 5 >&3; until_samples m.loci 5; printf '12' >&3; stop $signal; loci recall m.loci --at 0,4; done
| status 130
| loci: remember: interrupted after 5 samples; m.loci holds them, and the same command with --resume goes on
| time,u
| 0,1
| 4,5
| status 130
| loci: remember: interrupted after 5 samples; m.loci holds them, and the same command with --resume goes on
| time,u
| 0,1
| 4,5
| status 130
| loci: remember: interrupted after 5 samples; m.loci holds them, and the same command with --resume goes on
| time,u
| 0,1
| 4,5
$ . ./lib.sh; start in --every 0 --resume -o m.loci; seq 6 9 >&3; until_samples m.loci 9; exec 3>&-; wait $pid; echo $?; cat said; seq 9 | loci remember - --detail 4 -o whole.loci; cmp m.loci whole.loci
| 0

# Killed where no program can help itself, thirty times, at any moment: the file opens, holds a beginning of what was sent, and
# nothing is left beside it once the next one has written.
$ cat > source.awk <<'end'
+ BEGIN { for (k = first + 1; k <= first + 200000; k++) { print k; if (k % 50 == 0) fflush() } }
+ end
$ . ./lib.sh; rm -f m.loci; had=0; for kill in $(seq 30); do
+     rm -f in; mkfifo in; loci remember in --every 0 --resume --order 8 --detail 1 -o m.loci 2>> said & pid=$!
+     awk -v first=$had -f source.awk > in 2>/dev/null & feeder=$!
+     for i in $(seq 6000); do n=$(samples m.loci); [ "${n:-0}" -gt $had ] && break; sleep 0.005; done
+     kill -9 $pid; wait $pid $feeder; n=$(samples m.loci)
+     [ "$n" -gt $had ] || echo "lost: $had, then $n"
+     loci recall m.loci --mean | tail -n 1 | awk -F, -v n=$n '{ d = $3 - (n + 1) / 2; if (d * d > 1e-9 * n) print "wrong mean", $3, n }'
+     had=$n
+ done 2>/dev/null; echo $((had + 1)) | loci remember - --resume --order 8 --detail 1 -o m.loci; [ "$(samples m.loci)" = $((had + 1)) ] && ls -A | grep part
= 1

# A file is read on behind what was remembered of it, times go on, and everything else must be the same.
$ printf 't,u\n1,5\n2,6\n' > log.csv; loci remember log.csv --detail 4 --time t --resume -o log.loci; printf '3,7\n4.5,8\n' >> log.csv; loci remember log.csv --detail 4 --time t --resume -o log.loci; loci remember log.csv --detail 4 --time t --resume -o log.loci; loci remember log.csv --detail 4 --time t -o all.loci; cmp log.loci all.loci; loci recall log.loci --at 1,2,3,4.5
| time,u
| 1,5
| 2,6
| 3,7
| 4.5,8
$ head -n 3 log.csv > short.csv; loci remember short.csv --detail 4 --time t --resume -o log.loci
! loci: short.csv: it holds 2 samples; at least the 4 that were remembered before were expected
= 1
$ printf '9\n' | loci remember - --detail 4 --resume --order 8 -o log.loci
! loci: this command: its order is 8; that of log.loci is 64
= 1
$ printf 't,u\n1,5\n' | loci remember - --detail 4 --time t --resume -o log.loci
!~ loci: standard input: *1*4.5*
= 1
$ printf '1\n2\n' | loci remember - --detail 4 --start 5 -o five.loci; printf '3\n' | loci remember - --detail 4 --start 6 --resume -o five.loci
! loci: five.loci: it begins at 5, and --start is 6; the same, or none, was expected
= 1
$ printf '3\n' | loci remember - --detail 4 --resume -o five.loci; loci recall five.loci --at 5,6,7
| time,u
| 5,1
| 6,2
| 7,3
$ loci remember log.csv --detail 4 --resume -o -
! loci: remember: --resume is for a file that can be replaced; - is none
= 2
$ loci remember log.csv --detail 4 --every -1 -o x.loci
! loci: remember: --every is -1; 0 seconds or more were expected
= 2
