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

# Samples with times: the rate is theirs, and a gap is a gap.
$ printf 'time,u\n2020-01-01T00:00:00,1\n2020-01-01T00:15:00,2\n2020-01-01T01:00:00,5\n2020-01-01T01:15:00,nan\n2020-01-01T01:30:00,7\n' >gaps.csv
$ loci remember gaps.csv --time time --lossless 1 -o gaps.loci && loci recall gaps.loci --at 2020-01-01T00:15:00,2020-01-01T00:30:00,2020-01-01T01:00:00,2020-01-01T01:30:00
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
$ loci recall gaps.loci --against gaps.csv | tail -n 1
| u                       0              0            0            0          0 %
$ printf 'time,u\n0,1\n1,2\n2.4,3\n' | loci remember - --time time --error 1 -o x.loci
! loci: standard input: line 4: the time 2.4 does not lie on steps of 1 s behind the sample before it; an archive keeps samples at a rate
= 1

# Within a budget for ever; then less of it, and coarser.
$ loci remember waves.txt --budget 2K --page 4096 -o small.loci && test $(wc -c <small.loci) -le 2048 && loci inspect small.loci | sed -n '1,2p'
| archive   a number of bytes; order 16
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
$ loci remember waves.loci --max 0.1 -o x.loci
! loci: remember: waves.loci is an archive already; -o with --error, in the signal's unit, or --budget was expected, to make it coarser
= 2
$ loci remember waves.txt --budget 100 -o x.loci
! loci: remember: --budget is 100 bytes; 256 to 1099511627776 was expected
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
$ loci inspect bad.loci --salvage | grep -c '^damaged'
| 1

# What is wrong is said.
$ loci remember waves.txt --error 0 -o x.loci
! loci: remember: --error is "0"; a number above 0, in the signal's unit or in % was expected
= 2
$ loci remember waves.txt --error 1% --max 1 -o x.loci
! loci: remember: --error, --max, --lossless and --budget are different promises; one was expected
= 2
$ loci remember waves.txt --error 1% --detail 2 -o x.loci
! loci: remember: --detail is for a memory; an archive keeps the whole signal at a rate
= 2
$ loci remember waves.txt --error 1% --page 100 -o x.loci
! loci: remember: --page is 100; 1 times a power of 2, at least 64 where the order is left open, at most 1048576, was expected
= 2
$ loci remember waves.txt --append none.loci
! loci: remember: none.loci is not there yet; --error, --max, --lossless or --budget was expected
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
$ seq 100 | loci remember - -o memory.loci && loci merge both.loci memory.loci -o x.loci
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
