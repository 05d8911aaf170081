# Charts: what is drawn where, with hostile names, without gnuplot, and over old files.
$ mkdir bin && printf '#!/bin/sh\ncat >/dev/null\necho "line 3: out of ink" >&2\nexit 1\n' > bin/gnuplot && chmod +x bin/gnuplot
$ mkdir loci && ln -s "$(command -v loci)" loci/loci
$ i=0; echo u > long.csv; while [ $i -lt 2000 ]; do printf '1\n-1\n2\n3\n0\n'; i=$((i + 1)); done >> long.csv; loci remember long.csv --detail 4 --order 8 -o long.loci

$ printf "\140touch broken\140\\\\,it's \"@a\" {x}_2 <&>,\$HOME %%s\\\\n,größe\n1,2,3,4\n4,3,2,1\n" > names.csv; loci remember names.csv --detail 4 -o names.loci
$ if command -v gnuplot >/dev/null; then loci recall names.loci --plot n.svg -o n.csv && grep -o "<.svg>" n.svg; ls | grep broken; else echo '</svg>'; fi
| </svg>
= 1
$ loci recall names.loci --plot - | grep -c größe
| 1

# Long signals are thinned.
$ if command -v gnuplot >/dev/null; then loci recall long.loci --points 1000000 --plot l.svg > /dev/null && test "$(wc -c < l.svg)" -lt 400000; fi

# Curves in files, too, lie where they lie, however far their numbers are from 0: a thousandth of a second of today, the tenth digit of a value.
$ awk 'BEGIN { print "p"; for (k = 0; k < 300; k++) printf "%.7f\n", 101325 + 2e-4 * sin(k / 40) }' > far.csv; loci remember far.csv --rate 1000 --start 2024-05-01T10:00:00 -o far.loci
$ if command -v gnuplot >/dev/null; then loci recall far.loci --points 300 --plot far.svg > /dev/null; for k in 1 2; do grep -o '[0-9.]*,[0-9.]* ' far.svg | cut -d , -f $k | sort -u | awk 'END { print (NR > 200) }'; done; else echo 1; echo 1; fi
| 1
| 1

# Without gnuplot, the terminal still draws; files are refused before any work.
$ PATH=loci loci recall no-such.loci --plot p.svg
! loci: --plot: gnuplot was not found, which draws charts in files; the Debian package gnuplot-nox has it
= 1
$ PATH=loci loci figures pictures; test -e pictures
! loci: gnuplot was not found, which draws charts in files; the Debian package gnuplot-nox has it
= 1
$ PATH=loci loci recall long.loci --plot - > drawn && wc -l < drawn
| 25

# A gnuplot that fails leaves the old picture alone, and nothing else behind.
$ echo old > p.svg && PATH=bin:$PATH loci recall long.loci -o p.csv --plot p.svg; echo $? && cat p.svg && ls -A | grep 'p[.]svg'
! loci: gnuplot failed: line 3: out of ink
| 1
| old
| p.svg

# Recall against the signal: all of it, four looks, and what the memory says it forgot.
$ loci recall long.loci --against long.csv --plot - | grep -E '^[A-Z0-9].*(of it|ago|end|stretch)$'
| All of it
| 83.33 min ago
| 20.83 min ago
| 5.208 min ago
| The end
| What the memory says that it has forgotten of each stretch
$ loci recall long.loci --against long.csv --plot - --json
! loci: recall: the chart and the JSON both go to standard output; -o with a file was expected
= 2
$ if command -v gnuplot >/dev/null; then loci recall long.loci --against long.csv --plot a.png | head -n 1 && head -c 4 a.png | tail -c 3; else echo 'The mean square of recall minus signal, as a share of the whole signal'"'"'s variance:'; printf PNG; fi; echo
| The mean square of recall minus signal, as a share of the whole signal's variance:
| PNG

# Pictures of the mathematics.
$ echo > file; if command -v gnuplot >/dev/null; then loci figures file; else echo "loci: file: is a file; the name of a folder was expected" >&2; false; fi
! loci: file: is a file; the name of a folder was expected
= 1
