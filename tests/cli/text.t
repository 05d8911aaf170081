# Text as people have it: separators, lines that are no rows, and what is said about them.
$ printf 'Logger 7\nserial 123\ntime  temp\ns     C\n 0    1.5\n 1    2.5\n' > logger.txt
$ loci remember logger.txt -o m.loci
! loci: logger.txt: line 1: "Logger" in column 1 may be a name or a value that cannot be read; a row of names or of numbers was expected (--header yes or no tells which, --skip leaves lines out)
= 1
$ loci remember logger.txt --skip 2 -o m.loci && loci recall m.loci --at 0
| time,time,temp
| 0,0,1.5
! loci: note: logger.txt: line 4 is left out: it holds units, no numbers
! loci: note: logger.txt: column time looks like times; --time time reads it so
$ loci remember logger.txt --skip 2 --rate 1 --column temp -o m.loci
! loci: note: logger.txt: line 4 is left out: it holds units, no numbers
$ loci remember logger.txt --skip 2 --time time -o m.loci && loci recall m.loci --at 0
| time,temp
| 0,1.5
! loci: note: logger.txt: line 4 is left out: it holds units, no numbers
$ printf 'Logger 7\ntime;temp\n0;1.5\n1;2\n2;3\n' > preamble.csv; loci remember preamble.csv -o m.loci
! loci: preamble.csv: line 1: has 1 field; 2 were expected, as in most rows (--skip leaves lines out)
= 1
$ printf 'a;b\n1,5;2\n-2,25;3\n' > comma.csv; loci remember comma.csv -o m.loci
! loci: comma.csv: line 2: "1,5" stands in column a; a number with a decimal point was expected (--decimal , reads commas)
= 1
$ loci remember comma.csv --decimal , -o m.loci && loci recall m.loci --at 0,1
| time,a,b
| 0,1.5,2
| 1,-2.25,3
$ loci remember comma.csv --decimal , --column b,a -o m.loci && loci recall m.loci --at 1
| time,b,a
| 1,3,-2.25
$ loci remember comma.csv --decimal x -o m.loci
! loci: remember: --decimal is "x"; a point or a comma was expected
= 2
$ loci remember comma.csv --header maybe -o m.loci
! loci: remember: --header is "maybe"; yes or no was expected
= 2
$ loci remember comma.csv --raw u8 --skip 1 -o m.loci
! loci: remember: --skip is for text, and --raw says that there is none
= 2

# A first row that may be either is asked for.
$ printf 'error\n1\n2\n' > error.txt; loci remember error.txt -o m.loci
! loci: error.txt: line 1: "error" in column 1 may be a name or a value that cannot be read; a row of names or of numbers was expected (--header yes or no tells which, --skip leaves lines out)
= 1
$ loci remember error.txt --header yes -o m.loci && loci recall m.loci --at 0
| time,error
| 0,1
$ loci remember error.txt --header no -o m.loci
! loci: error.txt: line 1: "error" stands in column 1; a number was expected
= 1

# Rows that begin with #, blank lines, columns of text.
$ printf 'temp,load\n1,10\n#N/A,20\n3,30\n' > hash.csv; loci remember hash.csv --missing refuse -o m.loci
! loci: hash.csv: line 3: "temp" is missing or not a number; a number was expected, or --missing hold
= 1
$ loci remember hash.csv --detail 4 --missing hold -o m.loci && loci inspect m.loci --json | grep '"missing"'
|   "missing": 1,
$ printf 'temp,load\n1,10\n#2,20\n\n3,30\n#4,40\n' | loci remember - -o m.loci && loci recall m.loci --points 2
| time,temp,load
| 0,1,10
| 2,3,30
! loci: note: standard input: line 3 begins with # and is left out as a comment, though it may be a row
! loci: note: standard input: line 4 is blank and left out
$ printf 'u\n1\n\n3\n' | loci remember - --detail 4 --missing hold -o m.loci && loci inspect m.loci --json | grep -E '^  .(samples|missing)"'
|   "samples": 3,
|   "missing": 1,
$ printf 'name,u,unit\nx,1,V\ny,2,V\n' | loci remember - -o m.loci
! loci: note: standard input: column name and 1 more hold text and are left out

# Times: not named, in milliseconds, closer than they can be told apart.
$ printf 'date,u\n2016-07-01,1\n2016-07-02,2\n' > dates.csv; loci remember dates.csv -o m.loci
! loci: note: dates.csv: column date looks like times; --time date reads it so
$ loci remember dates.csv --rate 1 -o m.loci
$ printf 't,u\n1700000000123,1\n1700000001123,2\n' > ms.csv; loci remember ms.csv --time t --detail 4 -o m.loci && loci recall m.loci --points 2
| time,u
| 1700000000.123,1
| 1700000001.123,2
! loci: note: ms.csv: the times in column t are read as milliseconds since 1970

# Packed by gzip, mixed down, raw of other kinds, audio through a pipe, and a recorder that was killed.
$ gzip -c comma.csv | loci remember - --decimal , --mono -o m.loci && loci recall m.loci --at 0,1
| time,u
| 0,1.75
| 1,0.375
$ printf '\100\000\300\000' | loci remember - --raw S16_BE -o m.loci && loci recall m.loci --at 0,1
| time,u
| 0,0.5
| 1,-0.5
$ printf '\000\000\100' | loci remember - --raw s24le -o m.loci && loci recall m.loci --at 0
| time,u
| 0,0.5
$ loci remember comma.csv --raw s17le -o m.loci
! loci: remember: --raw: "s17le" is no kind of raw samples; u8, s8, s16le, s24le, s32le, f32le, f64le, mulaw, alaw or arecord's name (S16_LE), or be for le, was expected
= 2
$ printf 'RIFF\000\000\000\000WAVEfmt \020\000\000\000\001\000\002\000\010\000\000\000\020\000\000\000\002\000\010\000data\000\000\000\000\200\300\200\100' > killed.wav
$ loci remember killed.wav --mono -o m.loci && loci recall m.loci --points 2
| time,u
| 0,0.25
| 0.25,-0.25
! loci: note: killed.wav: its header does not tell how many samples there are; they are read to the end
$ loci remember - -o m.loci < killed.wav && loci recall m.loci --points 2
| time,u0,u1
| 0,0,0.5
| 0.25,0,-0.5
! loci: note: standard input: its header does not tell how many samples there are; they are read to the end

# Times closer than double precision can tell apart, 2.4e-7 s since 1970.
$ printf 't,u\n1700000000.00000001,1\n1700000000.00000002,2\n' > close.csv; loci remember close.csv --detail 4 --time t -o m.loci
! loci: close.csv: line 3: time stands still at 1700000000, where double precision tells times apart that differ by 2e-07 s or more; a later time was expected
= 1
$ printf '1700000000123456789,1\n1700000000123456800,2\n' > close.csv; loci remember close.csv --detail 4 --time 1 -o m.loci
! loci: note: close.csv: the times in column 1 are read as nanoseconds since 1970
! loci: close.csv: line 2: time stands still at 1700000000.1234567, where double precision tells times apart that differ by 2e-07 s or more; a later time was expected
= 1
