# The rule behind a sequence: numbers on the command line, a file, standard input.
$ loci identify 1 1 2 3 5 8 13 21 --next 3
| order        2, from 8 terms; whole numbers, exact
| recurrence   y[k] = y[k-1] + y[k-2]
| singular     33.49 0.4388 | 0 0; nothing but rounding behind 2
|
| pole                          magnitude  period, terms time const., terms
| 1.618033989                    1.618034              -     2.07809, grows
| -0.6180339887                0.61803399              2            2.07809
|
| next
| 34
| 55
| 89
# Exact as far as one likes: the 300th number of Fibonacci.
$ loci identify '1,1,2,3,5,8,13,21' --next 292 | tail -n 1
| 222232244629420445529739893461909967206666939096499764990979600
$ printf '1\n2\n4\n8\n16\n' | loci identify - --next 1 | grep -A 1 -e recurrence -e next
| recurrence   y[k] = 2 y[k-1]
| singular     21 | 0 0; nothing but rounding behind 1
| --
| next
| 32
$ echo 10,7,4,1,-2,-5 | loci identify - --next 2 | tail -n 2
| -8
| -11
$ loci identify --next 1 -- -1 3 -9 27 -81 | tail -n 1
| 243
$ printf 'a,b\n1,5\n2,6\n3,7\n4,8\n5,9\n6,10\n' > two.csv; loci identify two.csv --column b --next 2 | tail -n 2
| 11
| 12

# Sines with noise on them: the poles to 1e-3, the continuation to the noise.
$ cat > sines.awk <<'END'
+ BEGIN {
+     for (k = 0; k < 200; k++) {
+         s = (s * 16807 + 7) % 2147483647
+         y = exp(-k / 100) * sin(0.3 * k) + 0.7 * exp(-k / 50) * sin(0.8 * k + 1) + 1.3 * exp(-k / 200) * sin(1.7 * k + 2)
+         printf "%.12g\n", y + (s / 2147483647 - 0.5) * 0.024
+     }
+ }
+ END
$ awk -f sines.awk > sines.txt; loci identify sines.txt --json -o sines.npz > sines.json
$ cat > poles.awk <<'END'
+ BEGIN { n = 0 }
+ function near(size, angle) { far = 1; for (i = 0; i < n; i++) { d = (re[i] - size * cos(angle)) ^ 2 + (im[i] - size * sin(angle)) ^ 2; if (d < far) far = d } return sqrt(far) < 1e-3 }
+ /"re":/ { re[n] = $2 + 0 } /"im":/ { im[n++] = $2 + 0 }
+ END { print n, near(exp(-0.01), 0.3), near(exp(-0.02), 0.8), near(exp(-0.005), 1.7) }
+ END
$ tr '{,' '\n\n' < sines.json | awk -f poles.awk
| 6 1 1 1
$ awk 'BEGIN { print 1; for (k = 1; k < 200; k++) print 0 }' > one.txt
$ loci simulate sines.npz one.txt -o again.csv && paste -d, again.csv sines.txt | awk -F, 'NR > 1 && ($2 - y) ^ 2 > 0.0004 { far++ } { y = $3 } END { print far + 0 }' | head -n 1
| 0
$ loci check sines.npz --length 100 | tail -n 1
| all 19 gaps are within their bounds
$ loci identify sines.txt --rate 1000 --next 0 | grep -e +- | awk '{ printf "%.3f %.2f %s, %.0f %s\n", $4, $5, $6, $7, $8 }' | sort
| 0.980 7.85 ms, 50 ms
| 0.990 20.94 ms, 100 ms
| 0.995 3.70 ms, 200 ms
$ loci identify 1 4 9 16 25 36 49 64 81 --next 0 -o squares.npz > squares.out
! loci: note: squares.npz: its poles are 0 or not each for itself, so it is meant for --discretization euler
$ loci simulate squares.npz one.txt --discretization euler --form recurrent 2> warned | sed -n '2,5p'
| 1,1
| 2,4
| 3,9
| 4,16

$ loci identify 1 1 2 3 5 8 13 21 --next 0 -o grows.npz > out; loci check grows.npz --length 30 2> warned | tail -n 1
| all 19 gaps are within their bounds

# What shows no rule, and what is no sequence.
$ loci identify 2 3 5 7 11 13 17 19 23 29 31 37
! loci: the sequence: no rule was found: none of order up to 5 is exact, none of order up to 2 leaves only noise, and 12 terms can show no more
= 1
$ awk 'BEGIN { s = 9; for (k = 0; k < 300; k++) { s = (s * 16807) % 2147483647; print s / 2147483647 - 0.5 } }' > noise.txt; loci identify noise.txt -o none.npz
! loci: noise.txt: no rule was found: none of order up to 128 is exact, none of order up to 98 leaves only noise, and 300 terms can show no more
= 1
$ test -e none.npz
= 1
$ loci identify 1 2
! loci: the sequence: 2 terms are too few to show a rule; 4 were expected for one of order 1
= 1
$ loci identify 0 0 0
! loci: the sequence: all terms are 0, which every rule goes with
= 1
$ loci identify two.csv
! loci: two.csv: it has 2 channels; one sequence was expected (--column chooses)
= 1
$ printf '1\n\n3\n4\n' | loci identify -
! loci: standard input: line 2: a value is missing; a sequence without gaps was expected
= 1
$ loci identify none.csv
! loci: none.csv: cannot be opened: No such file or directory
= 1
$ loci identify 1 2 x
! loci: identify: a file, or numbers, was expected, and not all of the operands are numbers
= 2
$ loci identify 1 2 3 4 --order 2
! loci: the sequence: order is 2; for 4 terms 1 at most was expected
= 1
$ loci identify 1 2 3 4 --order 0
! loci: identify: --order is 0; 1 to 128 was expected
= 2
$ loci identify 1 2 3 4 --next 10001
! loci: identify: --next is 10001; 0 to 10000 was expected
= 2
$ loci identify 1 1 2 3 5 8 --column zz --skip 4 --header no; loci identify '1,1,2,3,5,8' --mono; loci identify 1 1 2 3 5 8 --rate 2 --next 0 | head -n 1
| order        2, from 6 terms; whole numbers, exact
! loci: identify: --column, --header, --raw and their like are for files; the terms stand on the command line
! loci: identify: --column, --header, --raw and their like are for files; the terms stand on the command line
$ loci identify 1 2 3 4 -o x.csv
! loci: identify: -o is x.csv; a file that ends in .npz was expected for the system
= 2

# Whole numbers that doubles do not tell apart, and terms whose squares are 0.
$ awk 'BEGIN { a = b = 1; for (i = 0; i < 88; i++) { printf "%.0f\n", a; c = a + b; a = b; b = c } }' > fib.txt; loci identify fib.txt --next 1 | head -n 1; head -n 70 fib.txt > less.txt; loci identify less.txt --next 1 | sed -n 1p
! loci: note: fib.txt: whole numbers of 2^53 and more are rounded when they are read, and what is exact is looked for only where all are smaller; the terms before them may show more
| order        1, from 88 terms; exact to rounding
| order        2, from 70 terms; whole numbers, exact
$ loci identify 1e-200 2e-200 4e-200 8e-200 16e-200
! loci: the sequence: the terms are no larger than 1.6e-199; one of 1e-140, whose square is not rounded to 0, was expected
= 1

# What was found answers a single 1 with the sequence, however much it grows later; a pole of several fold within 1 grows without bound for nobody.
$ loci identify 1 8 27 64 125 216 343 512 729 1000 -o cubes.npz > o; printf '1\n0\n0\n0\n' > single.txt; loci simulate cubes.npz single.txt --discretization euler
! loci: note: cubes.npz: its poles are 0 or not each for itself, so it is meant for --discretization euler
| time,y
| 1,1
| 2,8
| 3,27
| 4,64
$ loci identify $(awk 'BEGIN { for (k = 0; k < 12; k++) printf "%.17g ", k * k * 0.999 ^ k }') -o within.npz > o; loci kernel within.npz --length 1 --discretization euler | head -n 1
! loci: note: within.npz: its poles are 0 or not each for itself, so it is meant for --discretization euler
| sample,k
$ loci inspect within.npz --plot x.svg
! loci: inspect: --plot draws the kernels of a model; within.npz is none
= 2
$ loci simulate s4-legs:4 single.txt --form continuous | wc -l
| 5
