# The functions that memories are made of.
$ loci basis legendre
| P_0(x) = 1
| P_1(x) = x
| P_2(x) = (3x^2 - 1)/2
| P_3(x) = (5x^3 - 3x)/2
| P_4(x) = (35x^4 - 30x^2 + 3)/8
| P_5(x) = (63x^5 - 70x^3 + 15x)/8
$ loci basis laguerre --order 5
| L_0(x) = 1
| L_1(x) = -x + 1
| L_2(x) = (x^2 - 4x + 2)/2
| L_3(x) = (-x^3 + 9x^2 - 18x + 6)/6
| L_4(x) = (x^4 - 16x^3 + 72x^2 - 96x + 24)/24
$ loci basis fourier --order 5
| f_0(x) = 1
| f_1(x) = 0
| f_2(x) = sqrt(2) cos(2 pi x)
| f_3(x) = sqrt(2) sin(2 pi x)
| f_4(x) = sqrt(2) cos(4 pi x)

# The last whose coefficients are written out: and what is said of those behind them.
$ loci basis legendre --order 33 | sed -n '31,$p' | cut -c 1-67
| P_30(x) = (7391536347803839x^30 - 54496920530418135x^28 + 180700315
| n P_n(x) = (2n - 1) x P_{n-1}(x) - (n - 1) P_{n-2}(x), n = 31 to 32
$ loci basis legendre --order 31 | wc -l
| 31
$ loci basis laguerre --order 20 | tail -n 2 | cut -c 1-64
| L_18(x) = (x^18 - 324x^17 + 46818x^16 - 3995136x^15 + 224726400x
| n L_n(x) = (2n - 1 - x) L_{n-1}(x) - (n - 1) L_{n-2}(x), n = 19

# Curves: with --points, and in files that hold numbers.
$ loci basis legendre --order 3 --points 3
| x,P_0,P_1,P_2
| -1,1,-1,1
| 0,1,0,-0.5
| 1,1,1,1
$ loci basis fourier --order 2 -o f.csv && head -n 2 f.csv && wc -l < f.csv
| x,f_0,f_1
| 0,1,0
| 1002
$ loci basis laguerre -o l.npy --points 5 && head -c 6 l.npy | tail -c 5 && echo
| NUMPY
$ loci basis legendre -o l.txt --order 1 && cat l.txt
| P_0(x) = 1
$ loci basis legendre --order 2 --json
| {
|   "basis": "legendre",
|   "order": 2,
|   "functions": [{"n": 0, "text": "P_0(x) = 1", "numerators": [1], "denominator": 1}, {"n": 1, "text": "P_1(x) = x", "numerators": [0, 1], "denominator": 1}]
| }
$ loci basis legendre --plot - | head -n 1
| Legendre polynomials P_n(x), n = 0 to 5
$ loci basis fourier --plot - -o f.txt | head -n 1 && head -n 1 f.txt
| Fourier functions f_n(x), n = 0 to 5
| f_0(x) = 1

$ loci basis
! loci: basis: NAME is missing; 'loci help basis' shows how to use it
= 2
$ loci basis chebyshev
! loci: basis: "chebyshev" is no basis; legendre, laguerre or fourier was expected
= 2
$ loci basis legendre --order 0
! loci: basis: --order is 0; 1 to 1024 was expected
= 2
$ loci basis legendre --order 1025
! loci: basis: --order is 1025; 1 to 1024 was expected
= 2
$ loci basis legendre --points 1
! loci: basis: --points is 1; at least 2 was expected
= 2
$ loci basis legendre --points 1000000000000
! loci: basis: --points is 1000000000000; at most 16666666 was expected with this order
= 2
$ loci basis legendre --points 3 --json
! loci: basis: --json is for the coefficients, --points for curves; one was expected
= 2
$ loci basis legendre --points 3 -o b.json
! loci: basis: a .json file is for the coefficients, --points for curves; one was expected
= 2
$ loci basis legendre --json -o b.csv; loci basis legendre --json -o b.npy; ls b.* 2>/dev/null
! loci: basis: --json and a .csv file exclude each other; one was expected
! loci: basis: --json and an .npy file exclude each other; one was expected
= 2
$ loci basis legendre --plot - --points 3
! loci: basis: the chart and the numbers both go to standard output; -o with a file was expected
= 2
$ loci basis legendre --plot p.gif
! loci: basis: --plot: p.gif: no chart can be written there; FILE.svg, FILE.png or - was expected
= 2
