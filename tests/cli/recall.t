$ printf 'a,b\n1,8\n2,6\n3,4\n4,2\n' > m.csv; loci remember m.csv --detail 4 --rate 2 -o m.loci

# Values at equally spaced times, at given times, slopes, means and integrals.
$ loci recall m.loci | wc -l
| 1001
$ loci recall m.loci --points 5
| time,a,b
| 0,1,8
| 0.5,2,6
| 1,3,4
| 1.5,4,2
| 2,4,2
$ loci recall m.loci --points 1
| time,a,b
| 0,1,8
$ loci recall m.loci --points 3 --from 0.5 --to 1.5
| time,a,b
| 0.5,2,6
| 1,3,4
| 1.5,4,2
$ loci recall m.loci --from 1.5 --points 2
| time,a,b
| 1.5,4,2
| 2,4,2
$ loci recall m.loci --at 0 0.5 --at 1,1.5,2
| time,a,b
| 0,1,8
| 0.5,2,6
| 1,3,4
| 1.5,4,2
| 2,4,2
$ loci recall --at 0 0.75 m.loci
| time,a,b
| 0,1,8
| 0.75,2,6
$ loci recall m.loci --derivative --at 0.25
| time,a,b
| 0.25,2,-4
$ loci recall m.loci --mean
| from,to,a,b
| 0,2,2.5,5
$ loci recall m.loci --mean --from 0.25 --to 0.75
| from,to,a,b
| 0.25,0.75,1.5,7
$ loci recall m.loci --mean --from 0.25 --to 0.25
| from,to,a,b
| 0.25,0.25,1,8
$ loci recall m.loci --mean --points 4
| from,to,a,b
| 0,0.5,1,8
| 0.5,1,2,6
| 1,1.5,3,4
| 1.5,2,4,2
$ loci recall m.loci --integral --points 2 --from 0 --to 1
| from,to,a,b
| 0,0.5,0.5,4
| 0.5,1,1,3

# Where it goes.
$ loci recall m.loci --points 2 -o answer.csv && cat answer.csv
| time,a,b
| 0,1,8
| 2,4,2
$ loci recall m.loci --points 2 -o -
| time,a,b
| 0,1,8
| 2,4,2
$ loci recall m.loci --points 2 --json
| {
|   "time": [0, 2],
|   "names": ["a", "b"],
|   "values": [[1, 4], [8, 2]]
| }
$ loci recall m.loci --mean --json
| {
|   "from": [0],
|   "to": [2],
|   "names": ["a", "b"],
|   "values": [[2.5], [5]]
| }
$ loci recall m.loci --points 3 -o m.npy && loci remember m.npy --detail 4 -o n.loci && loci recall n.loci --at 0,1,2
| time,u0,u1,u2
| 0,0,1,8
| 1,1,3,4
| 2,2,4,2
$ loci recall - --points 2 < m.loci
| time,a,b
| 0,1,8
| 2,4,2

# Drawn in the terminal, alone or with the numbers in a file; in a file, with the numbers.
$ loci recall m.loci --plot - | head -n 1
| Recall from m.loci
$ loci recall m.loci --plot - --points 2 -o p.csv > chart && grep -c m.loci chart && cat p.csv
| 1
| time,a,b
| 0,1,8
| 2,4,2
$ if command -v gnuplot >/dev/null; then loci recall m.loci --plot m.svg --points 2 -o p2.csv && [ -z "$(loci recall m.loci --plot m.svg)" ] && grep -q '</svg>' m.svg && cmp p.csv p2.csv; fi

$ if command -v gnuplot >/dev/null; then loci recall m.loci --plot m.svg; loci recall m.loci --against m.csv --rate 2 --plot m.svg | head -n 1; else echo 'The mean square of recall minus signal, as a share of the whole signal'"'"'s variance:'; fi
| The mean square of recall minus signal, as a share of the whole signal's variance:

# The whole-history coefficients alone: with one of them, the mean.
$ loci remember m.csv --detail 4 --rate 2 --order 1 -o one.loci && loci recall one.loci --points 2 && loci recall one.loci --whole --points 2
| time,a,b
| 0,1,8
| 2,4,2
| time,a,b
| 0,2.5,5
| 2,2.5,5
$ loci remember m.csv --rate 2 --order 1 --detail 0 -o one.loci && loci recall one.loci --points 2
| time,a,b
| 0,2.5,5
| 2,2.5,5

# What cannot be.
$ loci recall none.loci
! loci: none.loci: cannot be opened: No such file or directory
= 1
$ loci recall m.csv
! loci: m.csv: is a text; a memory, or an archive, was expected
= 1
$ loci recall m.loci --at 3
! loci: m.loci: --at 3 lies outside of what is remembered, 0 to 2
= 1
$ loci recall m.loci --from -1
! loci: m.loci: --from -1 lies outside of what is remembered, 0 to 2
= 1
$ loci recall m.loci --to 2.5
! loci: m.loci: --to 2.5 lies outside of what is remembered, 0 to 2
= 1
$ loci recall m.loci --from 1 --to 0.5
! loci: recall: --from lies after --to; a stretch forward in time was expected
= 2
$ loci recall m.loci --from 2020-01-01
! loci: recall: --from is the date 2020-01-01, but the times of m.loci are plain seconds; a number was expected
= 2
$ loci recall m.loci --from now
! loci: recall: --from: "now" is no time: a date as 2016-07-01 or 2016-07-01T02:00:00Z was expected
= 2
$ loci recall m.loci --points 0
! loci: recall: --points is 0; at least 1 was expected
= 2
$ loci recall m.loci --at 1 --points 5
! loci: recall: --at names the times; --points, --from and --to do not go with it
= 2
$ loci recall m.loci --at 1 --from 0
! loci: recall: --at names the times; --points, --from and --to do not go with it
= 2
$ loci recall m.loci --at 1 --mean
! loci: recall: --mean is over a stretch, --from A --to B; --at names single times
= 2
$ loci recall m.loci --mean --integral
! loci: recall: --derivative, --mean and --integral exclude each other; one was expected
= 2
$ loci recall m.loci --json -o m.npy
! loci: recall: --json and an .npy file exclude each other; one was expected
= 2
$ loci recall m.loci --json --plot -
! loci: recall: the chart and the JSON both go to standard output; -o with a file was expected
= 2
$ loci recall m.loci --plot - -o -
! loci: recall: the chart and the numbers both go to standard output; -o with a file was expected
= 2
$ loci recall m.loci --plot m.pdf
! loci: recall: --plot: m.pdf: no chart can be written there; FILE.svg, FILE.png or - was expected
= 2
$ loci recall m.loci -o m.svg
! loci: recall: -o is for numbers; --plot m.svg draws
= 2
$ loci recall m.loci -o m.loci
! loci: recall: m.loci is the memory itself; another file was expected for the answer
= 2
$ loci recall m.loci --rate 2
! loci: recall: --rate, --time, --column, --raw and their like are about the signal of --against
= 2
$ loci recall m.loci --points 18446744073709551615
! loci: recall: --points is "18446744073709551615"; a whole number was expected
= 2

# A window, and times that fade.
$ seq 1 100 > long.csv; loci remember long.csv --measure legt --order 8 --window 10 -o w.loci
$ loci recall w.loci --points 2 | cut -d, -f1
| time
| 90
| 100
$ loci recall w.loci --at 50
! loci: w.loci: --at 50 lies outside of what is remembered, 90 to 100
= 1
$ loci recall w.loci --whole
! loci: recall: --whole is for legs; legt has one state and no stretches
= 2
$ loci remember long.csv --measure lagt --order 8 --window 10 -o l.loci && loci recall l.loci --points 2 | cut -d, -f1
| time
| 0
| 100

# Names that need quotes, or would do harm on a terminal.
$ printf '"a,b","say ""hi""","x\177y"\n1,2,3\n' > names.csv; loci remember names.csv --detail 4 -o names.loci
$ loci recall names.loci --at 0 | tr '\177' '~'
| time,"a,b","say ""hi""",x?y
| 0,1,2,3
$ loci recall names.loci --at 0 --json | grep names
|   "names": ["a,b", "say \"hi\"", "x?y"],
$ loci inspect names.loci | grep -c "$(printf '\177')"
| 0
= 1

# By the name of the file: JSON, sound at the samples' own rate, and nothing else. (30 samples at 10 Hz are a WAV of 30.)
$ seq 0 0.03125 0.9 | head -n 29 > wave.txt; loci remember wave.txt --detail 4 --rate 10 -o w.loci; loci recall w.loci -o w.wav && loci remember w.wav --detail 4 -o again.loci && loci inspect again.loci | sed -n 's/^signal *//p'; loci recall again.loci -o again.wav && cmp w.wav again.wav; loci recall again.loci --at 0,1,2.8
| 29 samples at 10 Hz
| time,u
| 0,0
| 1,0.3125
| 2.8,0.875
$ loci recall w.loci --at 0,2.9 -o w.json && cat w.json
| {
|   "time": [0, 2.9],
|   "names": ["u"],
|   "values": [[0, 0.875]]
| }
$ loci recall w.loci --from 1 --to 2 --points 5 -o slow.wav && loci remember slow.wav --detail 4 -o slow.loci && loci inspect slow.loci | sed -n 's/^signal *//p'
| 5 samples at 4 Hz
$ for name in x.xyz x.mp3 a.b/x.wave x.tsv; do mkdir -p a.b; loci recall w.loci -o $name; done; ls x.* a.b
! loci: recall: -o x.xyz: .xyz is no kind of file that it writes; .csv, .txt, .npy, .json, .jsonl or .wav was expected
! loci: recall: -o x.mp3: .mp3 is no kind of file that it writes; .csv, .txt, .npy, .json, .jsonl or .wav was expected
! loci: recall: -o a.b/x.wave: .wave is no kind of file that it writes; .csv, .txt, .npy, .json, .jsonl or .wav was expected
! loci: recall: -o x.tsv: .tsv is no kind of file that it writes; .csv, .txt, .npy, .json, .jsonl or .wav was expected
!~ ls: *
|~ a.b:*
= 2
$ loci recall w.loci --mean -o x.wav
! loci: recall: a .wav file holds values at equal steps; no --at, --mean or --integral was expected
= 2
$ printf 't,u\n0,1\n1,2\n' | loci remember - --detail 4 --time t -o t.loci; loci recall t.loci -o x.wav
! loci: t.loci: its samples have times and no rate, which a .wav needs; --points was expected
= 1
$ loci recall w.loci --from 1 --to 2 --points 4 -o x.wav && loci inspect x.wav > said 2>&1; loci recall t.loci --points 2 -o x.wav; printf '1\n2\n' | loci remember - --detail 4 --rate 0.5 -o half.loci; loci recall half.loci -o x.wav
! loci: x.wav: a WAV has a whole number of samples a second; its rate would be 0.5 Hz
= 1
