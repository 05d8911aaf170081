# Every kind of signal. What is short is kept as samples, so that recall is exact.
$ printf 'a,b\n1,10\n2,20\n3,30\n' > comma.csv
$ loci remember comma.csv --detail 4 -o m.loci && loci recall m.loci --at 0,1,2
| time,a,b
| 0,1,10
| 1,2,20
| 2,3,30
$ printf 'a;b\n1;10\n2;20\n3;30\n' > semicolon.csv
$ loci remember semicolon.csv --detail 4 --column b -o m.loci && loci recall m.loci --at 0,1,2
| time,b
| 0,10
| 1,20
| 2,30
$ printf '1\t10\n2\t20\n3\t30\n' > tab.csv
$ loci remember tab.csv --detail 4 --column 2 --column 1 -o m.loci && loci recall m.loci --at 0,1,2
| time,u0,u1
| 0,10,1
| 1,20,2
| 2,30,3
$ printf '1\n2\n3\n' | loci remember - --detail 4 -o m.loci && loci recall m.loci --at 0,1,2
| time,u
| 0,1
| 1,2
| 2,3
$ printf '\000\000\200\077\000\000\000\300' | loci remember - --detail 4 --raw f32le -o m.loci && loci recall m.loci --at 0,1
| time,u
| 0,1
| 1,-2
$ printf '\000\100\000\200\000\000\000\100' | loci remember - --detail 4 --raw s16le --channels 2 --rate 10 -o m.loci && loci recall m.loci --at 0,.1
| time,u0,u1
| 0,0.5,-1
| 0.1,0,0.5
$ printf '\000\200\300' > m.raw; loci remember m.raw --detail 4 --raw u8 -o m.loci && loci recall m.loci --at 0,1,2
| time,u
| 0,-1
| 1,0
| 2,0.5
$ loci recall m.loci --at 0,1,2 -o m.npy && loci remember m.npy --detail 4 -o n.loci && loci recall n.loci --at 0,1,2
| time,u0,u1
| 0,0,-1
| 1,1,0
| 2,2,0.5
$ printf 'RIFF\050\000\000\000WAVEfmt \020\000\000\000\001\000\001\000\010\000\000\000\010\000\000\000\001\000\010\000data\004\000\000\000\200\300\200\100' > m.wav
$ loci remember m.wav --detail 4 -o m.loci && loci recall m.loci --points 5
| time,u
| 0,0
| 0.125,0.5
| 0.25,0
| 0.375,-0.5
| 0.5,-0.5
$ loci remember m.wav --detail 4 --rate 8 -o m.loci
$ loci remember m.wav --detail 4 --rate 4 -o m.loci
! loci: m.wav: its rate is 8 Hz, and --rate is 4; leave --rate out, or give the file's
= 1

# Times: a rate, a start, stamps, an end.
$ printf '1\n2\n3\n4\n' > four.csv
$ loci remember four.csv --detail 4 --rate 2 --start 10 -o m.loci && loci recall m.loci --points 5
| time,u
| 10,1
| 10.5,2
| 11,3
| 11.5,4
| 12,4
$ printf 'when,u\n0,1\n10,2\n11,3\n' > stamped.csv
$ loci remember stamped.csv --detail 4 --time when -o m.loci && loci recall m.loci --at 0,9.5,10,11
| time,u
| 0,1
| 9.5,1
| 10,2
| 11,3
$ loci remember stamped.csv --time when --end 20 -o m.loci && loci recall m.loci --at 15 20
| time,u
| 15,3
| 20,3
$ loci remember stamped.csv --time when --end 5 -o m.loci
! loci: stamped.csv: --end is 5; the last sample lies at 11, and a later time was expected
= 1
$ loci remember stamped.csv --time when --linear -o m.loci && loci recall m.loci --at 0,5,10.5,11
| time,u
| 0,1
| 5,1.5
| 10.5,2.5
| 11,3
$ loci remember four.csv --linear --end 4 -o m.loci && loci recall m.loci --at 0,0.5,3,4
| time,u
| 0,1
| 0.5,1.5
| 3,4
| 4,4
$ printf 't,u\n0,1\n1e-9,2\n1,3\n' > ratio.csv
$ loci remember ratio.csv --time t --end 2 -o m.loci && loci recall m.loci --at 0,1e-9,1,2
| time,u
| 0,1
| 1e-09,2
| 1,3
| 2,3

# Missing values, refused and held.
$ printf 'a,b\n1,2\n,3\n4,NA\n' > holes.csv
$ loci remember holes.csv --detail 4 -o m.loci
! loci: holes.csv: line 3: "a" is missing or not a number; a number was expected, or --missing hold
= 1
$ loci remember holes.csv --detail 4 --missing hold -o m.loci && loci recall m.loci --at 0,1,2 && loci inspect m.loci --json | grep missing
| time,a,b
| 0,1,2
| 1,1,3
| 2,4,3
|   "missing": 2,

# Options that do not fit.
$ loci remember four.csv --detail 4
! loci: remember: -o M.loci is missing; a file for the memory was expected
= 2
$ loci remember four.csv --detail 4 -o four.csv
! loci: remember: four.csv is the signal itself; another file was expected for the memory
= 2
$ loci remember four.csv --measure lags -o m.loci
! loci: remember: --measure is "lags"; legs, legs-lti, legt, lagt or fout was expected
= 2
$ loci remember four.csv --measure legt -o m.loci
! loci: remember: legt needs --window: how far back it looks, in seconds
= 2
$ loci remember four.csv --measure lagt -o m.loci
! loci: remember: lagt needs --window: its time constant, in seconds
= 2
$ loci remember four.csv --measure legt --window 0 -o m.loci
! loci: remember: --window is 0; legt needs one, in seconds, above 0
= 2
$ loci remember four.csv --measure legt --window 3 --detail 2 -o m.loci
! loci: remember: --detail is for legs by --method exact; others keep one state
= 2
$ loci remember four.csv --measure legt --window 3 --linear -o m.loci
! loci: remember: --linear is for legs by --method exact; others hold each sample
= 2
$ loci remember four.csv --measure legt --window 3 --method zoh -o m.loci
! loci: remember: --method is for legs; legt has --discretization
= 2
$ loci remember four.csv --measure fout --window 3 --order 5 -o m.loci
! loci: remember: --order is 5; fout takes even orders
= 2
$ loci remember four.csv --window 3 -o m.loci
! loci: remember: --window is for legt, fout, legs-lti and lagt; legs remembers the whole history
= 2
$ loci remember four.csv --discretization zoh -o m.loci
! loci: remember: --discretization is for legs-lti, legt, lagt and fout; legs has --method
= 2
$ loci remember four.csv --measure legt --window 3 --discretization euler -o m.loci
! loci: remember: --discretization is "euler"; zoh or bilinear was expected
= 2
$ loci remember four.csv --method euler -o m.loci
! loci: remember: --method is "euler"; exact, bilinear, backward or zoh was expected
= 2
$ loci remember four.csv --method zoh --detail 3 -o m.loci
! loci: remember: --detail is for legs by --method exact; others keep one state
= 2
$ loci remember four.csv --method zoh --linear -o m.loci
! loci: remember: --linear is for legs by --method exact; others hold each sample
= 2
$ loci remember four.csv --detail 4 --missing ignore -o m.loci
! loci: remember: --missing is "ignore"; refuse or hold was expected
= 2
$ loci remember four.csv --detail 4 --order 0 -o m.loci
! loci: remember: --order is 0; 1 to 1024 was expected
= 2
$ loci remember four.csv --detail 4 --order 5000 -o m.loci
! loci: remember: --order is 5000; 1 to 1024 was expected
= 2
$ loci remember four.csv --detail 257 -o m.loci
! loci: remember: --detail is 257; 0 to 256 was expected
= 2
$ loci remember four.csv --detail 4 --rate 0 -o m.loci
! loci: remember: --rate is 0; more than 0 Hz was expected
= 2
$ loci remember four.csv --end 4 -o m.loci
! loci: remember: --end is for --time and --linear, whose last sample has no end; at a rate it lasts as long as the others
= 2
$ loci remember stamped.csv --detail 4 --time when --rate 2 -o m.loci
! loci: remember: --rate and --time exclude each other; one of them was expected
= 2
$ loci remember stamped.csv --detail 4 --time when --start 2 -o m.loci
! loci: remember: --start is for signals without times of their own; with --time it is the first
= 2
$ loci remember stamped.csv --detail 4 --time then -o m.loci
! loci: stamped.csv: has no column then; there are when, u
= 1
$ loci remember stamped.csv --detail 4 --column v -o m.loci
! loci: stamped.csv: has no column v; there are when, u
= 1
$ loci remember four.csv --detail 4 --channels 2 -o m.loci
! loci: remember: --channels is for --raw; other signals tell their channels themselves
= 2
$ loci remember four.csv --detail 4 --raw s16 -o m.loci
! loci: remember: --raw: "s16" is no kind of raw samples; u8, s8, s16le, s24le, s32le, f32le, f64le, mulaw, alaw or arecord's name (S16_LE), or be for le, was expected
= 2
$ loci remember four.csv --detail 4 --raw u8 --channels 0 -o m.loci
! loci: remember: --channels is 0; 1 to 65535 was expected
= 2
$ loci remember four.csv --detail 4 --raw u8 --time t -o m.loci
! loci: remember: --time is for text, and --raw says that there is none
= 2
$ loci remember m.wav --detail 4 --time t -o m.loci
! loci: m.wav: is no CSV file, so that it has no column of times
= 1

# Nothing of all that touched the memory.
$ loci recall m.loci --at 0,1,2
| time,a,b
| 0,1,2
| 1,1,3
| 2,4,3
