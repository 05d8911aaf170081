$ awk 'BEGIN { for (k = 0; k < 100000; k++) print sin(k / 5000) + 0.3 * sin(k / 70) }' >waves.txt
# An error in % of what came first: promised, and kept.
$ loci remember waves.txt --error 1% -o waves.loci
$ loci inspect waves.loci | sed -n '1,3p;6p'
| archive   an rms error for every page; order 16
| signal    100,000 samples at 1 Hz
| time      0 to 100000 s: 27.78 h
| channel    rms promised    rms error max error at          min          max
$ loci inspect waves.loci --json | python3 -c "
+ import json, sys
+ a = json.load(sys.stdin)
+ print(a['kind'], a['samples'], a['bytes'] < 1000, a['rms_error'][0] <= a['bound'][0], len(a['pages']), a['min'], a['max'])"
| archive 100000 True True 2 [-1.29987] [1.29999]
$ loci recall waves.loci --against waves.txt --json | python3 -c "
+ import json, sys
+ a = json.load(sys.stdin)
+ print(abs(a['rms'][0] / a['stated_rms'][0] - 1) < 1e-9, a['max'][0] <= a['stated_max'][0], a['share'][0] < 1.1e-4)"
| True True True
$ loci recall waves.loci --against waves.txt | sed -n '1p;3p'
| Recall minus signal, measured, and as the archive states it:
| channel               rms         stated          max       stated        share

# Questions, near and far.
$ loci recall waves.loci --at 0,50000,99999 | awk -F, 'NR > 1 { k = $1; d = $2 - sin(k / 5000) - 0.3 * sin(k / 70); print (d * d < 0.01) }'
| 1
| 1
| 1
$ loci recall waves.loci --mean --points 4 | awk -F, 'NR > 1 { printf "%.2f\n", $3 }'
| 0.14
| 0.23
| -0.01
| -0.23
$ loci recall waves.loci --points 11 | awk -F, 'NR > 1 { d = $2 - sin($1 / 5000); print (d * d < 0.02) }' | uniq -c
|      11 1

# No sample off by more than the bound; nothing lost at all.
$ loci remember waves.txt --max 0.01 -o max.loci && loci recall max.loci --against waves.txt --json | grep -c '"max": .0.00'
| 1
$ seq 1 3 20000 | awk '{ print ($1 * $1) % 1000 / 100 }' >cents.txt && loci remember cents.txt --lossless 0.01 -o cents.loci
$ loci recall cents.loci --against cents.txt --json | grep -E 'rms|max'
|   "rms": [0],
|   "max": [0],
|   "stated_rms": [0],
|   "stated_max": [0],

# An archive that grows, and goes on where it was cut off.
$ head -n 70000 waves.txt | loci remember - --append grows.loci --error 1% --page 4096 && tail -n 30000 waves.txt | loci remember - --append grows.loci
$ loci inspect grows.loci --json | grep -E '^  "(samples)"'
|   "samples": 100000,
$ loci recall grows.loci --against waves.txt --json | python3 -c "
+ import json, sys
+ a = json.load(sys.stdin)
+ print(abs(a['rms'][0] / a['stated_rms'][0] - 1) < 1e-9)"
| True
$ size=$(wc -c <grows.loci) && head -c $((size - 7)) grows.loci >cut.loci && loci inspect cut.loci --json | grep -E '^  "(samples|unfinished)"' | wc -l && seq 10 | loci remember - --append cut.loci && loci inspect cut.loci --json | grep -E '^  "(unfinished)"'
| 2
|   "unfinished": 0,
$ for i in 1 2 3 4 5 6; do yes 1 | timeout -s KILL 0.0$i loci remember - --append grows.loci ; loci inspect grows.loci >/dev/null || echo broken; done 2>/dev/null
$ loci recall grows.loci --from 0 --to 99999 --points 2 >/dev/null
# Where no page is whole, as after a kill or on a full disk, there is nothing yet: it is begun anew, as it is asked for then. What is damaged stays.
$ seq 20000 | awk '{ print sin($1 * $1) }' >rough.txt; for o in '--error 1e-9' '--lossless 1e-12' '--budget 200K'; do (trap '' XFSZ; ulimit -f 16; loci remember rough.txt --append full.loci $o --page 4096 2>&1 | grep writing); ! ls full.loci 2>/dev/null; done
| loci: full.loci: writing failed: File too large
| loci: full.loci: writing failed: File too large
| loci: full.loci: writing failed: File too large
$ (trap '' XFSZ; ulimit -f 144; loci remember rough.txt --append full.loci --error 1e-9 --page 4096); loci inspect full.loci --json | grep -E '^  "(samples|unfinished)'
|   "samples": 8192,
|   "unfinished": 0,
! loci: full.loci: writing failed: File too large
$ for size in 44 50 400; do head -c $size full.loci >begun.loci; seq 9 | loci remember - --append begun.loci --lossless 1; loci inspect begun.loci | grep -E '^archive|^signal|behind'; done
| archive   multiples of a unit, to the bit; order 4
| signal    9 samples at 1 Hz
| archive   multiples of a unit, to the bit; order 4
| signal    9 samples at 1 Hz
| archive   multiples of a unit, to the bit; order 4
| signal    9 samples at 1 Hz
$ head -c 40 full.loci >begun.loci; (head -c 46 full.loci; printf x; tail -c +48 full.loci) >first.loci; for f in begun first; do cp $f.loci was; seq 9 | loci remember - --append $f.loci; cmp $f.loci was; done
! loci: begun.loci: its header is damaged; an archive was expected
! loci: first.loci: page 1, from sample 0 on, is damaged; what was written was expected
# What is wrong with the command or its signal leaves it as it was.
$ head -c 50 full.loci >begun.loci; cp begun.loci was; seq 9 | loci remember - --append begun.loci --start zzz --error 0.1; echo $?; yes 0 | head -n 9 | loci remember - --append begun.loci --error 1%; echo $?; cmp begun.loci was
| 2
| 1
! loci: remember: --start: "zzz" is no time: a date as 2016-07-01 or 2016-07-01T02:00:00Z was expected
!~ loci: standard input: the first 9 samples are all zero or missing, *
# Its promise is not known any more: without another one that is said.
$ seq 9 | loci remember - --append begun.loci; loci inspect begun.loci | head -n 1; seq 9 | loci remember - --append begun.loci
| archive   a number of bytes; order 4
! loci: note: begun.loci: it holds no whole page, and is begun anew, in 65536 bytes a channel, whatever it promised; --error, --max, --lossless or --budget would promise again
# One at a time appends, and the other takes nothing away, nor what is no file. Of a pipe so much is read by who has the file alone. What this command made, and put nothing into, it takes away.
$ mkfifo go held; (seq 300000; : >held; cat go; seq 10) | loci remember - --append two.loci --lossless 1 --page 524288 & cat held; wc -c <two.loci; seq 9 | loci remember - --append two.loci; echo $?; : >go; wait; loci inspect two.loci | grep ^signal
| 0
| 1
| signal    300,010 samples at 1 Hz
! loci: two.loci: another program is appending to it; one at a time was expected
$ seq 9 | loci remember - --append go; test -p go; echo $?; : >nothing; for f in nothing new; do echo name | loci remember - --header yes --append $f; done; ls nothing new 2>/dev/null
| 0
| nothing
! loci: remember: --append is for a file that can grow; go is none
! loci: standard input: holds no samples, only a header
! loci: standard input: holds no samples, only a header
= 2

# Samples with times: the rate is theirs, and a gap is a gap.
$ printf 'time,u\n2020-01-01T00:00:00,1\n2020-01-01T00:15:00,2\n2020-01-01T01:00:00,5\n2020-01-01T01:15:00,nan\n2020-01-01T01:30:00,7\n' >gaps.csv
$ loci remember gaps.csv --time time --lossless 1 -o gaps.loci
! loci: note: gaps.csv: the times leave out 2 samples of 15 min, in 1 gap; they are missing in the archive
$ loci recall gaps.loci --at 2020-01-01T00:15:00,2020-01-01T00:30:00,2020-01-01T01:00:00,2020-01-01T01:30:00
| time,u
| 2020-01-01T00:15:00Z,2
| 2020-01-01T00:30:00Z,nan
| 2020-01-01T01:00:00Z,5
| 2020-01-01T01:30:00Z,7
$ loci inspect gaps.loci --json | grep -E '^  "(samples|missing|start|end)"'
|   "samples": 7,
|   "missing": 3,
|   "start": "2020-01-01T00:00:00Z",
|   "end": "2020-01-01T01:45:00Z",
$ loci inspect gaps.loci | sed -n 3p
| missing   3 samples
$ loci recall gaps.loci --against gaps.csv | sed -n 4p
| u                       0              0            0            0          0 %
! loci: note: gaps.csv: 3 samples left out, as they are missing in the archive or in the signal
# So where one of both alone has them.
$ awk 'BEGIN { print "u"; for (k = 0; k < 400; k++) print sin(k / 20) }' > full.csv; sed '100,110s/.*/NaN/' full.csv > holes.csv; loci remember holes.csv --error 0.01 -o holes.loci; loci remember full.csv --error 0.01 -o full.loci
$ loci recall holes.loci --against full.csv | sed -n 4p
|~ u * 0.00* 0.00* %
! loci: note: full.csv: 11 samples left out, as they are missing in the archive or in the signal
$ loci recall full.loci --against holes.csv --json | grep left_out; loci recall holes.loci --against full.csv --json | grep -c null
|   "left_out": [11],
| 0
! loci: note: holes.csv: 11 samples left out, as they are missing in the archive or in the signal
! loci: note: full.csv: 11 samples left out, as they are missing in the archive or in the signal
= 1
$ printf 'time,u\n0,1\n1,2\n2.4,3\n' | loci remember - --time time --error 1 -o x.loci
! loci: standard input: line 4: the time 2.4 does not lie on steps of 1 s behind the sample before it; an archive keeps samples at a rate, and a memory (--detail) at any times
= 1

# Within a budget for ever; then less of it, and coarser.
$ loci remember waves.txt --budget 2K --page 4096 -o small.loci && test $(wc -c <small.loci) -le 2048 && loci inspect small.loci | sed -n '1,2p'
|~ archive   a number of bytes; order *
| budget    2.05 KB, fading 1
$ rm -f ring.loci; for i in 1 2 3; do loci remember waves.txt --append ring.loci $([ $i != 1 ] || echo --budget 3K --fading 2 --page 4096) && test $(wc -c <ring.loci) -le 3072 || echo larger; done
$ cat waves.txt waves.txt waves.txt | loci recall ring.loci --against - --json | python3 -c "
+ import json, sys
+ a = json.load(sys.stdin)
+ print(abs(a['rms'][0] / a['stated_rms'][0] - 1) < 1e-9, a['max'][0] <= a['stated_max'][0])"
| True True
$ loci remember ring.loci --budget 2K -o less.loci && test $(wc -c <less.loci) -le 2048 && loci remember waves.loci --error 0.1 -o coarse.loci && test $(wc -c <coarse.loci) -lt $(wc -c <waves.loci)
$ loci recall coarse.loci --against waves.txt --json | python3 -c "
+ import json, sys
+ a = json.load(sys.stdin)
+ print(abs(a['rms'][0] / a['stated_rms'][0] - 1) < 1e-9, a['rms'][0] <= 0.1)"
| True True
$ for o in '--column u' '--rate 2' '--missing hold' '--raw u8'; do loci remember waves.loci --error 0.1 $o -o x.loci; done; loci remember waves.loci --every 1 --budget 1K -o x.loci
! loci: remember: waves.loci is an archive already, which is made coarser as it is; --rate, --time, --column and their like, --missing and --every are for signals
! loci: remember: waves.loci is an archive already, which is made coarser as it is; --rate, --time, --column and their like, --missing and --every are for signals
! loci: remember: waves.loci is an archive already, which is made coarser as it is; --rate, --time, --column and their like, --missing and --every are for signals
! loci: remember: waves.loci is an archive already, which is made coarser as it is; --rate, --time, --column and their like, --missing and --every are for signals
! loci: remember: waves.loci is an archive already, which is made coarser as it is; --rate, --time, --column and their like, --missing and --every are for signals
= 2
$ loci remember waves.loci --max 0.1 -o x.loci
! loci: remember: waves.loci is an archive already; -o with --error, in the signal's unit, or --budget was expected, to make it coarser
= 2
$ loci remember waves.txt --budget 100 -o x.loci
! loci: remember: --budget is 100 bytes; 256 to 1099511627776 was expected
= 2
$ loci remember waves.txt --budget 17179869184G -o x.loci
! loci: remember: --budget is "17179869184G"; a number of bytes, as 65536, 64K or 1M, was expected
= 2
$ loci remember waves.txt --budget many -o x.loci
! loci: remember: --budget is "many"; a number of bytes, as 65536, 64K or 1M, was expected
= 2

# Frames of 4 x 4 grey pixels are 16 channels on one clock.
$ awk 'BEGIN { for (k = 0; k < 6000; k++) printf "%c", 65 + int(20 * (1 + sin(k % 16 / 3 + k / 900))) }' >clip.raw
$ loci remember clip.raw --raw u8 --channels 16 --rate 25 --budget 4K -o clip.loci && test $(wc -c <clip.loci) -le 4096 && loci inspect clip.loci | sed -n 3,4p
| signal    375 samples of 16 channels at 25 Hz
| time      0 to 15 s: 15 s
$ loci recall clip.loci --against clip.raw --raw u8 --channels 16 --json | python3 -c "
+ import json, sys
+ a = json.load(sys.stdin)
+ print(len(a['rms']), all(abs(r / s - 1) < 1e-9 for r, s in zip(a['rms'], a['stated_rms'])), max(a['share']) < 0.02)"
| 16 True True

# Joined.
$ head -n 65536 waves.txt | loci remember - --error 1% -o first.loci && tail -n +65537 waves.txt | loci remember - --error 1% --start 65536 -o second.loci
$ loci merge first.loci second.loci -o both.loci && loci inspect both.loci --json | grep -E '^  "(samples|end)"'
|   "samples": 100000,
|   "end": 100000,
$ loci recall both.loci --against waves.txt --json | python3 -c "
+ import json, sys
+ a = json.load(sys.stdin)
+ print(abs(a['rms'][0] / a['stated_rms'][0] - 1) < 1e-9)"
| True
$ loci merge first.loci first.loci -o x.loci
! loci: first.loci: it begins at 0; 65536, where the one before it ends, was expected, or --append
= 1

# Damage is named, and the rest can be had.
$ cp grows.loci bad.loci && printf 'x' | dd of=bad.loci bs=1 seek=500 conv=notrunc 2>/dev/null
$ loci inspect bad.loci
!~ loci: bad.loci: page *, *is damaged; what was written was expected
= 1
$ head -c -6 first.loci >broken.loci && printf 'broken' >>broken.loci; for pair in "first broken" "broken first"; do loci merge $(printf '%s.loci ' $pair) --append -o x.loci; done; ls x.loci 2>/dev/null
! loci: broken.loci: page 1, samples 0 to 65535, is damaged; what was written was expected
! loci: broken.loci: page 1, samples 0 to 65535, is damaged; what was written was expected
= 2
$ loci inspect bad.loci --salvage | grep -c '^damaged'
| 1
! loci: note: bad.loci: 1 damaged page, samples 8192 to 12287, left out
$ seq 6000 | awk '{ print int(100 * sin($1 / 20)) }' > whole.txt; loci remember whole.txt --lossless 1 --page 1024 -o sound.loci; cp sound.loci bad.loci; for at in 300 1000; do printf 'x' | dd of=bad.loci bs=1 seek=$at conv=notrunc 2>/dev/null; done; head -c -10 bad.loci > cut.loci
$ for f in sound bad cut; do loci recall $f.loci --salvage --at 3100,3073; done
| time,u
| 3100,-89
| 3073,23
| time,u
| 3100,nan
| 3073,nan
| time,u
| 3100,nan
| 3073,nan
! loci: note: bad.loci: 2 damaged pages, samples 0 to 1023, 3072 to 4095, left out
! loci: note: cut.loci: 2 damaged pages, samples 0 to 1023, 3072 to 4095, left out
!~ loci: note: cut.loci: * bytes behind its last whole page, of what is damaged or was not finished, left out
$ for f in sound bad; do loci inspect $f.loci --salvage --json 2> notes | grep -E '^  "(samples|bytes|damaged|bits_per_sample)"' | tr -d ' ,' | tr '\n' ' '; done | awk '{ split($2, a, ":"); split($6, b, ":"); split($4, c, ":"); split($8, d, ":"); print $1, $3, $5, $7, (b[2] < a[2] - 400), (d[2] > 0.7 * c[2]) }'
| "samples":6000 "damaged":0 "samples":4976 "damaged":2048 1 1

# Samples that are no multiples of the unit are kept as doubles, which is said once.
$ sed '3000s/.*/14.53/; 5000s/.*/1.5/' whole.txt > odd.txt; loci remember odd.txt --lossless 1 -o odd.loci; loci recall odd.loci --at 2999,4999
| time,u
| 2999,14.53
| 4999,1.5
! loci: note: odd.txt: line 3000: 14.53 is no multiple of 1; pages that hold such samples are kept as doubles
$ loci remember odd.txt --lossless 0.01 -o odd.loci; loci remember whole.txt --lossless 1 --append both.log; tail -n 3001 odd.txt | loci remember - --append both.log
! loci: note: standard input: line 1: 14.53 is no multiple of 1; pages that hold such samples are kept as doubles

# What is wrong is said.
$ loci remember waves.txt --error 0 -o x.loci
! loci: remember: --error is "0"; a number above 0, in the signal's unit or in % was expected
= 2
$ loci remember waves.txt --error 1% --max 1 -o x.loci
! loci: remember: --error, --max, --lossless and --budget are different promises; one was expected
= 2
$ loci remember waves.txt --error 1% --detail 2 -o x.loci
! loci: remember: --detail is for a memory, and --error for an archive; one of both was expected
= 2
$ loci remember waves.txt --error 1% --page 100 -o x.loci
! loci: remember: --page is 100; 1 times a power of 2, at least 64 where the order is left open, at most 1048576, was expected
= 2
$ loci remember waves.txt --append both.loci --error 1
! loci: remember: both.loci is there and keeps what it promised; --error, --max, --lossless, --budget, --start, --order and --page are for a new one
= 2
$ printf '1,2\n3,4\n' | loci remember - --append both.loci
!~ loci: standard input: it has 2 channels; both.loci has 1
= 1
$ seq 5 | loci remember - --rate 2 --append both.loci
! loci: standard input: its rate is 2 Hz; that of both.loci is 1
= 1
$ seq 0 0 | loci remember - --error 1% -o x.loci
! loci: standard input: the first 1 samples are all zero or missing, so that a share of their deviation is no bound; one in the signal's unit was expected
= 1
$ loci recall both.loci --at 200000
! loci: both.loci: --at 200000 lies outside of what is remembered, 0 to 100000
= 1
$ loci merge both.loci waves.txt -o x.loci
!~ loci: waves.txt: *
= 1
$ seq 100 | loci remember - --detail 4 -o memory.loci && loci merge both.loci memory.loci -o x.loci
! loci: memory.loci: it is a memory, and both.loci is an archive; files of one kind were expected
= 1
$ test -e x.loci
= 1

# Times that a double cannot tell apart are refused at the start, as for memories.
$ seq 1 100 > s100; loci remember s100 --error 1% --start 2016-07-01 --rate 1e8 -o late.loci; loci remember s100 --error 1% --start 1e18 -o late.loci; ls late.loci
!~ loci: *start is 1467331200, where the nearest times that a double can tell apart lie 2.4e-07 s from one another, and a sample lasts 1e-08 s; a start nearer to 0 was expected
!~ loci: *start is 1e+18, where the nearest times*
!~ ls: *
= 2
$ loci remember s100 --error 1% --start 2016-07-01 --rate 1e6 -o late.loci

# Without a word: 64 KB a channel, which forgets less of every signal than as many bytes of coefficients; and what is short is kept as it is.
$ loci remember waves.txt -o usual.loci && test $(wc -c <usual.loci) -le 65536 && loci inspect usual.loci --json | grep -E '"(kind|rule|budget|fading)"'
|   "kind": "archive",
|   "promise": "budget",
|   "budget": 65536,
|   "fading": 1,
$ loci remember waves.txt --detail 4 -o palace.loci && for k in usual palace; do loci recall $k.loci --against waves.txt --json | python3 -c "import json, sys; print(json.load(sys.stdin)['share'][0] < 1e-5)"; done
| True
| False
$ seq 0.1 0.1 500 >short.txt; loci remember short.txt -o short.loci && loci recall short.loci --against short.txt --json | grep -E '"(max|share)"'
|   "max": [0],
|   "share": [0],
$ yes 0 | head -n 100 | loci remember - -o zero.loci && loci recall zero.loci --points 2
| time,u
| 0,0
| 100,0
$ printf '1,\n2,5\n,6\n' >few.csv; loci remember few.csv --missing keep -o few.loci && loci recall few.loci --at 0,1,2 && loci remember few.csv --missing hold -o few.loci
| time,u0,u1
| 0,1,nan
| 1,2,5
| 2,nan,6
! loci: few.csv: line 1: "u1" has no value yet that could be held; a number was expected first
= 1
$ for how in "" "--missing refuse"; do loci remember few.csv $how -o few.loci; done
! loci: few.csv: line 1: "u1" is missing or not a number; a number was expected, or --missing hold
! loci: few.csv: line 1: "u1" is missing or not a number; a number was expected, or --missing hold
= 1

# What was held is counted: of a budget wherever it is, of other archives in the first page.
$ printf '1\n-nan\n3\nNA\n' >held.csv; for how in "--error 0.1" ""; do loci remember held.csv --missing hold $how -o held.loci && loci inspect held.loci | grep missing; loci inspect held.loci --json | grep -E '^  "(samples|missing)"'; done; loci recall held.loci --at 0,1,2,3
| missing   2 samples; of each the value before stands there
|   "samples": 4,
|   "missing": 2,
| missing   2 samples; of each the value before stands there
|   "samples": 4,
|   "missing": 2,
| time,u
| 0,1
| 1,1
| 2,3
| 3,3
! loci: note: held.csv: 2 missing values; of each the value before stands there
! loci: note: held.csv: 2 missing values; of each the value before stands there
$ for how in "--error 0.1" "--budget 4K"; do printf '1\n2\n' | loci remember - $how -o none.loci; for f in held late; do loci remember held.csv --missing hold $how -o $f.loci 2>notes; done; loci merge held.loci none.loci late.loci --append -o both.loci; loci merge none.loci held.loci --append -o last.loci; for f in both last; do loci inspect $f.loci | grep missing; loci inspect $f.loci --json | grep -E '^  "(samples|missing)"'; done; done
| missing   4 samples; of each the value before stands there
|   "samples": 10,
|   "missing": 4,
| missing   2 samples; of each the value before stands there
|   "samples": 6,
|   "missing": 2,
| missing   4 samples; of each the value before stands there
|   "samples": 10,
|   "missing": 4,
| missing   2 samples; of each the value before stands there
|   "samples": 6,
|   "missing": 2,
# A channel of which nothing can be compared is not off by 0.
$ printf 'a,b\n,1\n,2\n' >half.csv; loci remember half.csv --missing keep -o half.loci; loci recall half.loci --against half.csv | sed -n 3,5p; loci recall half.loci --against half.csv --json | grep -E 'rms|max|share'
| channel               rms         stated          max       stated        share
| a                     nan            nan          nan          nan            ?
| b                       0              0            0            0          0 %
|   "rms": [null, 0],
|   "max": [null, 0],
|   "share": [null, 0],
|   "stated_rms": [null, 0],
|   "stated_max": [null, 0],
! loci: note: half.csv: 2 samples of all channels together left out, as they are missing in the archive or in the signal
! loci: note: half.csv: 2 samples of all channels together left out, as they are missing in the archive or in the signal
$ seq 40000 | sed '0~1000s/.*/nan/' >many.csv; loci remember many.csv --missing hold -o many.loci && loci inspect many.loci --json | grep '"missing"'; head -n 30000 many.csv | loci remember - --missing hold -o some.loci && loci remember many.csv --missing hold --resume -o some.loci && loci inspect some.loci --json | grep '"missing"'
|   "missing": 40,
|   "missing": 40,
! loci: note: many.csv: 40 missing values; of each the value before stands there
! loci: note: standard input: 30 missing values; of each the value before stands there
! loci: note: many.csv: 10 missing values; of each the value before stands there
$ printf '1\n\n3\n' | loci remember - --error 0.1 -o kept.loci && loci inspect kept.loci | grep missing
| missing   1 sample
$ loci remember held.csv --detail 4 --missing keep -o m.loci
! loci: remember: --missing is "keep"; of a memory refuse or hold was expected
= 2
$ seq 1000 | loci remember - --rate 1e-307 -o slow.loci; test -e slow.loci
! loci: standard input: samples 1e+307 s apart end beyond the largest double; less time was expected
= 1

# Comparison by age, and pictures: of an archive, and of an archive beside a memory.
$ loci recall usual.loci --against waves.txt --json | python3 -c "
+ import json, sys
+ a = json.load(sys.stdin)
+ print(len(a['by_age'][0]), len(a['by_log_age'][0]), abs(sum(a['by_age'][0]) / 10 / a['share'][0] - 1) < 1e-6)"
| 10 5 True
$ loci recall usual.loci --against waves.txt --plot usual.svg >/dev/null && loci recall palace.loci --against waves.txt --beside usual.loci --plot both.svg >/dev/null && grep -c 'archive: ' both.svg && loci recall usual.loci --against waves.txt --plot - | head -n 1
| 2
|~ 100,000 samples recalled from *
$ loci recall palace.loci --against waves.txt --beside few.loci --plot x.svg
! loci: few.loci: it is not of the signal of palace.loci: its channels or its end are others
= 1
$ loci recall palace.loci --beside usual.loci
! loci: recall: --beside is for the chart of --against SIGNAL --plot FILE
= 2

# How a signal was read is remembered, too.
$ printf '# a log\nx;y\n1,5;2\n2,5;3\n' >log.csv; for kind in --detail=4 --missing=refuse; do loci remember log.csv --skip 1 --decimal , --mono $kind -o log.loci && loci recall log.loci --against log.csv --json | grep share; done
|   "share": [0],
|   "share": [0],

# What comes through a pipe can be saved every now and then, and goes on.
$ mkfifo pipe; loci remember pipe --every 0 -o live.loci & seq 100 >pipe.txt; exec 3>pipe; cat pipe.txt >&3; until loci inspect live.loci --json 2>/dev/null | grep -q '"samples": 100,'; do sleep 0.05; done; cp live.loci seen.loci; exec 3>&-; wait; loci recall seen.loci --at 0,99; cmp seen.loci live.loci
| time,u
| 0,1
| 99,100
$ seq 101 150 | loci remember - --resume -o live.loci && seq 150 >all.txt && loci remember all.txt --resume -o live.loci && loci recall live.loci --against all.txt --json | grep '"max"'
|   "max": [0],
$ loci remember all.txt --resume --budget 1M -o live.loci; loci remember all.txt --resume --order 16 -o live.loci; loci remember all.txt --resume --start 7 -o live.loci; loci remember all.txt --resume --error 1 -o live.loci
! loci: live.loci: its budget is 65536 bytes, fading 1; this command has 1048576, fading 1
!~ loci: live.loci: its order is * and its page *; this command has others
! loci: live.loci: it begins at 0, and --start is 7; the same, or none, was expected
! loci: remember: --resume is for a memory or a budget; --append continues any archive, and it is whole at every moment
= 2
$ printf 't,u\n10,1\n12,2\n14,3\n' >stamped.csv; loci remember stamped.csv --time t -o stamped.loci; printf '18,5\n' >>stamped.csv; loci remember stamped.csv --time t --resume -o stamped.loci; loci recall stamped.loci --at 10,14,16,18
! loci: note: stamped.csv: the times leave out 1 sample of 2 s, in 1 gap; it is missing in the archive
| time,u
| 10,1
| 14,3
| 16,nan
| 18,5
$ printf '1\n2\n' | loci remember - --rate 1e-320 -o x.loci
! loci: remember: --rate is 9.99989e-321; a rate whose samples last finite seconds was expected
= 2

# A clip through a pipe, where ffmpeg is there; and some of its frames as a picture.
$ if command -v ffmpeg >/dev/null; then ffmpeg -v error -f lavfi -i testsrc2=duration=12:size=64x64:rate=25 -f rawvideo -pix_fmt gray -s 16x16 - | tee film.raw | loci remember - --raw u8 --channels 256 --rate 25 --budget 40K -o film.loci && loci recall film.loci --against film.raw --raw u8 --channels 256 --json | python3 -c "
+ import json, sys
+ share = [s for s in json.load(sys.stdin)['share'] if s is not None]
+ print(sum(share) / len(share) < 0.1)"; else echo True; fi
| True
$ if command -v ffmpeg >/dev/null; then loci recall film.loci --at 0,4,8 | LC_ALL=C awk -F, 'NR > 1 { for (c = 2; c <= NF; c++) { v = int(128 * $c + 128.5); p[NR, c] = v < 0 ? 0 : (v > 255 ? 255 : v) } } END { for (y = 0; y < 16; y++) for (f = 2; f <= NR; f++) for (x = 2; x < 18; x++) printf "%c", p[f, 16 * y + x] }' | tee strip.raw | wc -c && ffmpeg -v error -f rawvideo -pix_fmt gray -s 48x16 -i strip.raw -frames:v 1 strip.png && test -s strip.png; else echo 768; fi
| 768

# Of squares that vanish no share is known.
$ awk 'BEGIN { for (k = 0; k < 300; k++) print 1e-170 * (k * k % 97) }' >tiny.csv && loci remember tiny.csv --budget 500 -o tiny.loci && loci recall tiny.loci --against tiny.csv | grep -c '?$'
| 14
$ awk 'BEGIN { for (k = 0; k < 300; k++) print 1e-60 * (k * k % 97) }' >tiny.csv && loci remember tiny.csv --error 5% -o tiny.loci && loci recall tiny.loci --against tiny.csv --json | python3 -c "import json, sys; print(0.001 < json.load(sys.stdin)['share'][0] <= 0.0025)"
| True

# A signal that begins quietly, and one that ends so: the budget is used, for what is loud.
$ awk 'BEGIN { srand(1); for (k = 0; k < 20000; k++) print (rand() - 0.5) * 0.01; for (k = 0; k < 60000; k++) print sin(k / 100) + 0.2 * sin(k / 3) + rand() * 0.02 }' >begins.txt
$ for k in '' '--budget 64K --fading 0' '--order 8' '--budget 16K'; do loci remember begins.txt $k -o begins.loci && loci inspect begins.loci --json >i.json && loci recall begins.loci --against begins.txt --json >r.json && python3 -c "
+ import json
+ i, r = json.load(open('i.json')), json.load(open('r.json'))
+ print(i['budget'] / 2 < i['bytes'] <= i['budget'], r['share'][0] < (1e-6 if i['budget'] == 65536 else 1e-3))"; done
| True True
| True True
| True True
| True True
$ awk 'BEGIN { for (k = 0; k < 140000; k++) print (k < 70000 ? 1 : 100) * sin(k / 100) }' >louder.txt && loci remember louder.txt --budget 6K -o louder.loci && loci recall louder.loci --against louder.txt --json | python3 -c "import json, sys; print(json.load(sys.stdin)['share'][0] < 1e-6)" && test $(wc -c <louder.loci) -gt 3072
| True

# Where most is forgotten all the same a note says so: of noise, from which nothing can be left out, also of what is appended, and of an archive that is made coarser.
$ awk 'BEGIN { srand(2); for (k = 0; k < 40000; k++) print rand() }' >noise.txt && loci remember noise.txt --budget 1K -o noise.loci; paste -d, noise.txt louder.txt | head -n 40000 >pair.csv; loci remember pair.csv --budget 4K -o pair.loci; rm -f noise.loci; head -n 100 noise.txt | loci remember - --budget 1K --append noise.loci; loci remember noise.txt --append noise.loci; loci remember noise.txt --error 1% -o noise.loci && loci remember noise.loci --budget 1K -o less.loci
!~ loci: note: noise.txt: * % of its variance is forgotten; a larger --budget keeps more
!~ loci: note: pair.csv: of 1 of 2 channels more than half of the variance is forgotten, of "u0" * %; a larger --budget keeps more
!~ loci: note: noise.txt: * % of its variance is forgotten; a larger --budget keeps more
!~ loci: note: noise.loci: * % of its variance is forgotten; a larger --budget keeps more

# A channel that is constant at first has no deviation of its own yet: appended to, and joined, it is kept as in one go.
$ awk 'BEGIN { s = 7; print "a,b"; for (k = 0; k < 26000; k++) { s = s * 16807 % 2147483647; n = s / 2147483647 - 0.5; s = s * 16807 % 2147483647; printf "%.6f,%.6f\n", 1e6 + (k < 6000 ? 0 : 0.04 * n), 3.4 * (s / 2147483647 - 0.5) } }' > ab.csv; head -n 6001 ab.csv > x1.csv; { head -n 1 ab.csv; tail -n +6002 ab.csv; } > x2.csv
$ loci remember x1.csv --budget 20K -o app.loci; loci remember x2.csv --append app.loci; loci remember x1.csv --budget 20K -o m1.loci; loci remember x2.csv --budget 20K --start 6000 -o m2.loci; loci merge m1.loci m2.loci -o both.loci
$ for f in app both; do loci recall $f.loci --against ab.csv | awk '/^[ab] / { print ($6 < 8) }'; done
| 1
| 1
| 1
| 1

# Times of seconds since 1970 are rounded to a quarter of a microsecond, others by who wrote them: the step is that of all rows.
$ cat > at.awk <<'END'
+ BEGIN { print "t,x"; for (k = 0; k < n; k++) printf "%.*f,%.3f\n", digits, 1700000000 + k / rate, sin(k / 50) }
+ END
$ for r in '-v n=60000 -v rate=10 -v digits=1' '-v n=60000 -v rate=30 -v digits=3' '-v n=20000 -v rate=100 -v digits=2' '-v n=20000 -v rate=8000 -v digits=6'; do awk $r -f at.awk > t.csv; loci remember t.csv --time t -o t.loci; loci inspect t.loci | grep ^signal; head -n 3 t.csv | loci remember - --time t -o - > two.loci; loci inspect two.loci | grep ^signal; done
| signal    60,000 samples at 10 Hz
| signal    2 samples at 10 Hz
| signal    60,000 samples at 30 Hz
|~ signal    2 samples at 30.3* Hz
| signal    20,000 samples at 100 Hz
| signal    2 samples at 100 Hz
| signal    20,000 samples at 8000 Hz
| signal    2 samples at 8000 Hz
$ awk -v n=60000 -v rate=30 -v digits=3 -f at.awk > t.csv; head -n 30001 t.csv | loci remember - --time t --append t30.loci --error 1%; (head -n 1 t.csv; tail -n +30002 t.csv) | loci remember - --time t --append t30.loci; loci inspect t30.loci | grep ^signal; loci recall t30.loci --against t.csv --time t | grep -c '^x'
| signal    60,000 samples at 30 Hz
| 1

# Where samples are missing does not matter for that, not even behind the first.
$ printf 't,x\n0,1\n20,2\n30,3\n40,4\n' > early.csv; loci remember early.csv --time t --error 1% -o early.loci; loci inspect early.loci | grep ^signal
! loci: note: early.csv: the times leave out 1 sample of 10 s, in 1 gap; it is missing in the archive
| signal    5 samples at 0.1 Hz

# A time far ahead is no gap.
$ printf 't,x\n0,1\n0.001,2\n0.002,3\n1e12,4\n' > ahead.csv; loci remember ahead.csv --time t --error 0.01 --append ahead.loci
! loci: ahead.csv: line 5: before the time 1000000000000 1e+15 steps of 0.001 s are missing; a gap of at most 1e+09 steps was expected
= 1
