# A model on signals as they come: 3 inputs, 10 outputs; n knows neither a rate nor classes, m both.
$ loci convert "$FIXTURES/s4d_state.safetensors" -o n.safetensors
$ loci convert "$FIXTURES/s4d_state.safetensors" -o m.safetensors --rate 8000 --classes a,b,c,d,e,f,g,h,i,j
$ awk 'BEGIN { for (k = 0; k < 700; k++) print sin(k / 7) "," cos(k * k / 5000) "," k % 11 / 11 }' > x.csv

# Answers: outputs at every sample; classes ten times a second; the last one.
$ loci stream n.safetensors x.csv > every.csv && wc -l < every.csv && head -n 2 every.csv | sed 's/0\.[0-9]*/#/g'
| 701
| sample,y0,y1,y2,y3,y4,y5,y6,y7,y8,y9
|~ 1,*#,*#,*#,*#,*#,*#,*#,*#,*#,*#
$ loci stream m.safetensors x.csv | sed 's/0\.[0-9][0-9][0-9]*/#/g'
| time,class,p_a,p_b,p_c,p_d,p_e,p_f,p_g,p_h,p_i,p_j
|~ #,b,#,#,#,#,#,#,#,#,#,#
$ loci stream m.safetensors x.csv --every 300 | cut -d , -f 1,2
| time,class
| 0.0375,b
| 0.075,b
$ loci stream m.safetensors x.csv --every 0 --json | sed 's/0\.0*[1-9][0-9]*/#/g'
| {"sample": 700, "time": #, "class": "b", "probabilities": [#, #, #, #, #, #, #, #, #, #]}
$ loci stream n.safetensors x.csv --every 350 --json | cut -c -30
| {"sample": 350, "outputs": [0.
| {"sample": 700, "outputs": [0.
$ loci stream m.safetensors x.csv --every 1 --json | sed 's/.*\[//; s/\]}//; s/ //g' > p.json; loci stream m.safetensors x.csv --every 1 | tail -n +2 | cut -d , -f 3- | cmp - p.json

# However the signal is cut, the same digits.
$ for chunk in 1 2 3 64 65 1000; do loci stream n.safetensors x.csv --chunk $chunk | cmp - every.csv; done
$ cat x.csv | loci stream n.safetensors | cmp - every.csv
$ { head -n 100 x.csv; sleep 0.1; tail -n +101 x.csv; } | loci stream n.safetensors - | cmp - every.csv
$ for k in 1 64 250 699; do head -n $k x.csv | loci stream n.safetensors --state-out s -o 1.csv; tail -n +$((k + 1)) x.csv |
+     loci stream n.safetensors --state-in s | cat 1.csv - | cmp - every.csv; done

# Into a file of its own, an answer that goes on is a table with a header; JSON has none.
$ loci stream n.safetensors x.csv --state-out s -o 1.csv; head -n 5 x.csv | loci stream n.safetensors --state-in s -o 2.csv; head -n 1 2.csv; head -n 5 x.csv | loci stream n.safetensors --state-in s > 3.csv; tail -n +2 2.csv | cmp - 3.csv; head -n 5 x.csv | loci stream n.safetensors --state-in s -o 2.json; head -n 5 x.csv | loci stream n.safetensors --state-in s --json | cmp - 2.json
| sample,y0,y1,y2,y3,y4,y5,y6,y7,y8,y9

# A window: the same up to so many samples, then what the newest alone would give; the same however it is cut. Lanes begin at
# 0, 300, 600 and at 150, 450: at 700 samples the older one has 250.
$ loci stream n.safetensors x.csv --window 300 -o w.csv; head -n 301 w.csv > a; head -n 301 every.csv | cmp - a
$ for chunk in 1 3 65 1000; do loci stream n.safetensors x.csv --window 300 --chunk $chunk | cmp - w.csv; done
$ for n in 301 450 451 700; do head -n $n x.csv | tail -n +$((n <= 450 ? 151 : n <= 600 ? 301 : 451)) |
+     loci stream n.safetensors --every 0 | tail -n 1 | cut -d , -f 2- > a; sed -n $((n + 1))p w.csv | cut -d , -f 2- | cmp - a; done
$ for every in 7 300; do loci stream n.safetensors x.csv --window 300 --every $every | tail -n +2 > a; awk "NR > 1 && (NR - 1) % $every == 0" w.csv | cmp - a; done
$ loci stream n.safetensors x.csv --window 300 --every 0 | tail -n 1 > a; tail -n 1 w.csv | cmp - a; loci stream n.safetensors x.csv --window 1 | tail -n 1 > a; tail -n 1 x.csv | loci stream n.safetensors | tail -n 1 | sed 's/^1,/700,/' | cmp - a
$ loci stream n.safetensors x.csv --window 701 | cmp - every.csv
$ loci stream n.safetensors x.csv --window 0
! loci: stream: --window is 0; 1 sample or more was expected
= 2
$ loci stream n.safetensors x.csv --window 300 --state-out s
! loci: stream: with --window nothing older counts, so there is no state to be kept; no --state-in and --state-out were expected
= 2

# Bytes: 16-bit numbers are read as sound.
$ printf '\000\100\000\300\000\040\000\000\000\000\000\000' > x.raw
$ printf '0.5,-0.5,0.25\n0,0,0\n' | loci stream n.safetensors > one.csv; loci stream n.safetensors - --raw s16le --channels 3 < x.raw | cmp - one.csv

# Rates. A state belongs to one.
$ loci stream m.safetensors x.csv --rate 4000 --every 0 | cut -d , -f 1,2
| time,class
| 0.175,b
$ loci stream m.safetensors x.csv --rate 16000 --resample 8000 --every 0 | cut -d , -f 1
| time
| 0.04375
$ loci stream m.safetensors x.csv --rate 4000 --state-out s --every 0 -o out.csv
$ loci stream m.safetensors x.csv --state-in s
! loci: s: is the state of a stream at 4000 Hz; one at 8000 Hz was expected
= 1
$ loci stream m.safetensors x.csv --rate 4000 --state-in s --every 0 | tail -n 1 | cut -d , -f 1
| 0.35
$ loci stream m.safetensors x.csv --rate 1
! loci: m.safetensors: rate is 1 Hz, and the model was trained at 8000 Hz; within a factor of 1000 was expected
= 1
$ loci stream n.safetensors x.csv --rate 8000
! loci: n.safetensors: it does not know the rate of its training, which --rate would be set against; leave --rate out
= 1
$ loci stream n.safetensors x.csv --resample 8000
! loci: x.csv: its rate is not known, which --resample starts from; --rate was expected
= 1
$ loci stream n.safetensors x.csv --rate 16000 --resample 8000 --every 0 | cut -d , -f 1
| time
| 0.04375

# A bad sample is told with its place, after all answers before it.
$ printf '1,2,3\n4,5,6\n7,,9\n1,2,3\n' | loci stream n.safetensors | cut -d , -f 1
| sample
| 1
| 2
! loci: standard input: line 3: "u1" is missing or not a number; a number was expected, or --missing hold
$ printf '1,2,3\n4,5,6\n7,,9\n' | loci stream n.safetensors --missing hold > a.csv; printf '1,2,3\n4,5,6\n7,5,9\n' | loci stream n.safetensors | cmp - a.csv
! loci: note: standard input: 1 missing value; of each the value before stands there
$ printf '1,,3\n' | loci stream n.safetensors --missing hold
| sample,y0,y1,y2,y3,y4,y5,y6,y7,y8,y9
! loci: standard input: line 1: "u1" has no value yet that could be held; a number was expected first
= 1
$ printf '1,2,3\n4,inf,6\n' | loci stream n.safetensors --every 0 -o out.csv
! loci: standard input: line 2: "u1" is inf; a finite number in single precision was expected
= 1
$ printf '1,2,3\n4,1e300,6\n' | loci stream n.safetensors --every 0 -o out.csv
! loci: standard input: line 2: "u1" is 1e+300; a finite number in single precision was expected
= 1

# States of others, and damaged ones.
$ loci stream n.safetensors x.csv --state-out s --every 0 -o out.csv
$ loci convert "$FIXTURES/s4d_state.safetensors" -o other.safetensors --prenorm
$ loci stream other.safetensors x.csv --state-in s
! loci: s: is the state of a stream of another model, or of this one when its parameters, shift or scale were others
= 1
$ loci convert "$FIXTURES/s4d_state.safetensors" -o shifted.safetensors --shift 1,0,0
$ loci convert "$FIXTURES/s4d_state.safetensors" -o scaled.safetensors --scale 1,2,1
$ for m in shifted scaled; do loci stream $m.safetensors x.csv --state-in s; done
! loci: s: is the state of a stream of another model, or of this one when its parameters, shift or scale were others
! loci: s: is the state of a stream of another model, or of this one when its parameters, shift or scale were others
= 1

# Inputs far from 0, which are shifted in double: states are bound to the model of the file, whose shift counts.
$ for k in 1000 2000; do loci convert "$FIXTURES/s4d_state.safetensors" -o far$k.safetensors --shift $k,0,0; done
$ loci stream far1000.safetensors x.csv --state-out s --every 0 -o out.csv; for k in s far1000.safetensors; do loci inspect $k | sed -n 's/.*fingerprint //p'; done | uniq | wc -l
| 1
$ loci stream far1000.safetensors x.csv --state-in s --every 0 -o out.csv; loci stream far2000.safetensors x.csv --state-in s
! loci: s: is the state of a stream of another model, or of this one when its parameters, shift or scale were others
= 1

# A state that version 1 of the format holds, after three samples.
$ printf '1,2,3\n4,5,6\n' | loci stream n.safetensors --state-in "$FIXTURES/stream_state_1.bin" | cut -d , -f 1
| 4
| 5
$ printf '1,2,3\n4,5,6\n7,8,9\n1,2,3\n' | loci stream n.safetensors | tail -n 1 | cut -c 1-6 > new
$ echo 1,2,3 | loci stream n.safetensors --state-in "$FIXTURES/stream_state_1.bin" | tail -n 1 | cut -c 1-6 | cmp - new
$ echo 1,2,3 | loci stream other.safetensors --state-in "$FIXTURES/stream_state_1.bin"
!~ loci: *stream_state_1.bin: is the state of a stream of another model, or of this one when its parameters, shift or scale were others
= 1
$ head -c 300 s > cut && loci stream n.safetensors x.csv --state-in cut
!~ loci: cut: is the state of a stream cut short: 300 bytes of *
= 1
$ { head -c 300 s; printf x; tail -c +302 s; } > flipped && loci stream n.safetensors x.csv --state-in flipped
! loci: flipped: is the damaged state of a stream: its checksum does not fit its bytes
= 1
$ loci stream n.safetensors x.csv --state-in x.csv
! loci: x.csv: is a text; the state of a stream was expected
= 1
$ loci stream n.safetensors x.csv --state-in none
! loci: none: cannot be opened: No such file or directory
= 1

# A reader that leaves; an interrupt: what came is answered, and the state is kept.
$ { loci stream n.safetensors x.csv --state-out kept; echo $? > status; } | head -n 1 && cat status && test -s kept
| sample,y0,y1,y2,y3,y4,y5,y6,y7,y8,y9
| 1
$ mkfifo pipe; loci stream n.safetensors - --state-out kept < pipe > out.csv & exec 3> pipe; head -n 10 x.csv >&3
+     for i in $(seq 1000); do [ $(wc -l < out.csv) -lt 11 ] && sleep 0.01; done; kill -TERM $!; wait $!; echo $?; wc -l < out.csv
+     exec 3>&-; tail -n +11 x.csv | loci stream n.safetensors --state-in kept | cat out.csv - | cmp - every.csv
| 130
| 11

# A sample that is refused ends the stream; what went before is in the state. A state that could not be written is said at once.
$ { head -n 10 x.csv; echo nan,0,0; } | loci stream n.safetensors - --state-out kept > out.csv
!~ loci: standard input: line 11: * is missing or not a number; a number was expected, or --missing hold
= 1
$ tail -n +11 x.csv | loci stream n.safetensors --state-in kept | cat out.csv - | cmp - every.csv
$ rm kept; { head -n 10 x.csv; echo nan,0,0; } | loci stream n.safetensors - --state-out kept -o lost.csv 2>&1 | wc -l; { head -n 10 x.csv; echo nan,0,0; } | loci stream n.safetensors - --state-out kept --plot lost.svg 2>&1 | wc -l; ls kept lost.* 2>/dev/null
| 1
| 1
= 2
$ loci stream n.safetensors x.csv -o /dev/full --state-out kept; ls kept 2>/dev/null
!~ loci: /dev/full: *No space left on device
= 2
$ loci stream n.safetensors x.csv --state-out nowhere/kept
! loci: nowhere/kept: cannot be created: No such file or directory
= 1

# How long it took, and how it looks.
$ loci stream m.safetensors x.csv --latency -o out.csv
!~ loci: time a sample, of 700 samples: median * us, 99 % within * us, at most * us; a sample lasts 125 us
$ loci stream m.safetensors x.csv --every 10 --plot - | head -n 4
| x.csv through m.safetensors
| 700 samples at 8000 Hz
|
| probability   ── a   ── b   ── c   ── f   ── g   ── i

# What does not go together.
$ loci stream
! loci: stream: MODEL is missing; 'loci help stream' shows how to use it
= 2
$ loci stream - x.csv
! loci: stream: the model cannot come from standard input; a file was expected
= 2
$ loci stream x.csv x.csv
!~ loci: x.csv: *
= 1
$ loci stream n.safetensors x.csv --column 1
! loci: x.csv: it has 1 channel; 3, as many as n.safetensors has inputs, were expected (--column chooses)
= 1
$ loci stream n.safetensors x.csv --chunk 0
! loci: stream: --chunk is 0; 1 to 1048576 was expected
= 2
$ loci stream n.safetensors x.csv --plot - --json
! loci: stream: --json and --plot - both go to standard output; -o with a file was expected
= 2
$ loci stream n.safetensors x.csv -o n.safetensors
! loci: stream: n.safetensors is the model itself; another file was expected
= 2
$ loci stream n.safetensors x.csv -o y --state-out y
! loci: stream: y is named for two things that are written
= 2
$ mkdir -p in; loci stream n.safetensors x.csv -o y --state-out in/../y; ls y 2>/dev/null
! loci: stream: in/../y is named for two things that are written
= 2
$ loci stream n.safetensors x.csv --state-out -
! loci: stream: a state goes into and comes from a file; the name of one was expected
= 2
$ loci stream n.safetensors x.csv --raw s16le --column 1
! loci: stream: --column is for text, and --raw says that there is none
= 2
