# Input that cannot be used: one sentence that says where, status 1, and no file.
$ loci remember none.csv -o m.loci
! loci: none.csv: cannot be opened: No such file or directory
= 1
$ : > empty.csv; loci remember empty.csv -o m.loci
! loci: empty.csv: is empty
= 1
$ loci remember - -o m.loci
! loci: standard input: is empty
= 1
$ printf 'a,b\n' > header.csv; loci remember header.csv -o m.loci
! loci: header.csv: holds no samples, only a header
= 1
$ mkdir folder; loci remember folder -o m.loci
! loci: folder: is a folder; the name of a file was expected
= 1
$ printf 'a,b\n1,2\n3,four\n' > text.csv; loci remember text.csv -o m.loci
! loci: text.csv: line 3: "four" stands in column b; a number was expected
= 1
$ printf 'a,b\n1,2\n3\n' > ragged.csv; loci remember ragged.csv -o m.loci
! loci: ragged.csv: line 3: has 1 field; 2 were expected
= 1
$ printf 'a,b\n1,2\n3,nan\n' > nan.csv; loci remember nan.csv --missing refuse -o m.loci
! loci: nan.csv: line 3: "b" is missing or not a number; a number was expected, or --missing hold
= 1
$ printf 'a,b\n1,2\n3,inf\n' > inf.csv; loci remember inf.csv -o m.loci
! loci: inf.csv: line 3: "b" is infinite; a finite number was expected
= 1
$ printf '1\n1e200\n' > large.csv; loci remember large.csv -o m.loci
! loci: large.csv: line 2: "u" is 1e+200; a number below 1.6e150 was expected, whose square can be summed
= 1
$ printf '1\n2\n3\n' | loci remember - --detail 4 --start 1e18 -o m.loci
! loci: start is 1e+18, where the nearest times that a double can tell apart lie 1.3e+02 s from one another, and a sample lasts 1 s; a start nearer to 0 was expected
= 1
$ loci remember inf.csv --missing hold -o m.loci
! loci: inf.csv: line 3: "b" is infinite; a finite number was expected
= 1
$ printf 'a,b\n1,\n3,4\n' > leading.csv; loci remember leading.csv --missing hold -o m.loci
! loci: leading.csv: line 2: "b" has no value yet that could be held; a number was expected first
= 1
$ printf 't,u\n1,5\n3,6\n2,7\n' > back.csv; loci remember back.csv --time t -o m.loci
! loci: back.csv: line 4: time goes back from 3 to 2; a later time was expected
= 1
$ printf 't,u\n1,5\n3,6\n3,7\n' > still.csv; loci remember still.csv --time t -o m.loci
! loci: still.csv: line 4: time stands still at 3; a later time was expected
= 1
$ printf 't,u\n1,5\n,6\n' > untimed.csv; loci remember untimed.csv --time t -o m.loci
! loci: untimed.csv: line 3: the time in column t is missing
= 1
$ printf 'd,u\n2020-01-01,5\n2020-02-30,6\n' > calendar.csv; loci remember calendar.csv --time d -o m.loci
! loci: calendar.csv: line 3: "2020-02-30" stands in column d; a time, in seconds or as a date (ISO 8601), was expected
= 1
$ printf 'd,u\n2020-01-02,5\n2020-01-01,6\n' > yesterday.csv; loci remember yesterday.csv --time d -o m.loci
! loci: yesterday.csv: line 3: time goes back from 2020-01-02T00:00:00Z to 2020-01-01T00:00:00Z; a later time was expected
= 1
$ printf '\000\000\200' > short.raw; loci remember short.raw --raw f32le -o m.loci
! loci: short.raw: has 3 bytes; a multiple of 4, the bytes of a sample of all channels, was expected
= 1
$ printf '\000\000\200\377' > nan.raw; printf '\000\000\300\177' >> nan.raw; loci remember nan.raw --raw f32le -o m.loci
! loci: nan.raw: sample 0: "u" is infinite; a finite number was expected
= 1
$ test -e m.loci
= 1

# One sample: at a rate it lasts one step, otherwise its end must be told.
$ printf '7\n' > one.csv; loci remember one.csv -o m.loci && loci recall m.loci --points 2
| time,u
| 0,7
| 1,7
$ loci remember one.csv --linear -o m.loci
! loci: one.csv: holds one sample, and nothing says how long it lasts; --end was expected
= 1
$ loci remember one.csv --linear --end 3 -o m.loci && loci recall m.loci --points 2
! loci: one.csv: --end: end is 3; this regular history ends at 0, or one step later
= 1
$ printf 't,u\n5,7\n' > stamp.csv; loci remember stamp.csv --time t --detail 4 -o m.loci
! loci: stamp.csv: holds one sample, and nothing says how long it lasts; --end was expected
= 1
$ loci remember stamp.csv --time t --end 5 -o m.loci
! loci: stamp.csv: --end: end is 5; a time after the last sample at 5 was expected
= 1
$ loci remember stamp.csv --time t --end 6 -o m.loci && loci recall m.loci --points 2
| time,u
| 5,7
| 6,7

# A constant signal is never forgotten, however coarse the memory.
$ yes 0.1 | head -n 1000 > constant.csv
$ loci remember constant.csv --detail 0 --order 2 -o m.loci && loci inspect m.loci --json | grep -E 'mean|variance|forgotten'
|   "mean": [0.1],
|   "variance": [0],
|   "forgotten": [0],
|   "forgotten_whole": [0],
|   "stretches": [{"start": 0, "end": 1000, "samples": 1000, "exact": false, "numbers": 2, "error": [0], "variance": [0]}]
$ loci recall m.loci --at 0,500,1000 && loci recall m.loci --against constant.csv --json | grep share
| time,u
| 0,0.1
| 500,0.1
| 1000,0.1
|   "share": [0],

# A fault far down is found at its line.
$ { seq 1 100000; echo x; seq 1 10; } > late.csv; loci remember late.csv -o m.loci
! loci: late.csv: line 100001: "x" stands in column 1; a number was expected
= 1
$ { seq 1 100000; echo; seq 1 10; } > late.csv; loci remember late.csv --missing refuse -o m.loci
! loci: late.csv: line 100001: "u" is missing or not a number; a number was expected, or --missing hold
= 1
$ { seq 1 100000; echo nan; seq 1 10; } > late.csv; loci remember late.csv --detail 4 -o m.loci
! loci: late.csv: line 100001: "u" is missing or not a number; a number was expected, or --missing hold
= 1
$ { seq 1 4096; echo 4096; } | sed 's/.*/&,1/' > late.csv; loci remember late.csv --time 1 -o m.loci
! loci: late.csv: line 4097: time stands still at 4096; a later time was expected
= 1
