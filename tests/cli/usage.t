# What the program says about itself, and what it says to a command line that it does not understand.
$ loci --version
| loci 0.1.0
$ loci --help | head -n 1
| Usage: loci COMMAND [ARGUMENT]...
$ test "$(loci help)" = "$(loci --help)" && test "$(loci -h)" = "$(loci --help)"
$ test "$(loci help recall)" = "$(loci recall --help)" && test "$(loci recall -h)" = "$(loci help recall)"
$ loci help inspect
| Usage: loci inspect FILE [OPTION]...
|
| Say what a memory holds: its measure, its signal, its size, and how much of each
| stretch of the past it forgot. A stretch of N coefficients resolves about N/3
| cycles. Or what an archive keeps, in how many bytes, and how far off it is; what
| a forecaster learned from, what a state is of.
|
| Say what a model is made of: its layers, what it was trained on, its parameters,
| and how fast and how slow each layer is.
|
| Options:
|       --json       print everything as JSON
|       --salvage    of a damaged archive: leave out the pages that are damaged
|       --plot FILE  of a model: draw kernels of each layer as well: .svg, .png,
|                    or '-': in the terminal instead of the text
|       --help       print this page
$ loci
! loci: no command was given; 'loci --help' lists them
= 2
$ loci recal
! loci: "recal" is no command; did you mean recall?
= 2
$ loci help mrege
! loci: "mrege" is no command; did you mean merge?
= 2
$ loci help remember merge
! loci: help: "merge" is one argument too many
= 2
$ loci identify -1 2 -4 8
! loci: identify: -1 is no option; numbers below 0 are expected behind --
= 2
$ loci frobnicate
! loci: "frobnicate" is no command; 'loci --help' lists them
= 2
$ loci --frobnicate
! loci: --frobnicate is no option here; 'loci --help' explains
= 2
$ loci remember
! loci: remember: SIGNAL is missing; 'loci help remember' shows how to use it
= 2
$ loci remember --help | head -n 1
| Usage: loci remember SIGNAL -o M.loci [OPTION]...
$ loci merge one.loci -o two.loci
! loci: merge: there are too few memories: 1; at least 2 were expected
= 2
$ loci inspect a b
! loci: inspect: "b" is one argument too many; 'loci help inspect' shows how to use it
= 2
$ loci inspect --jason a
! loci: inspect: --jason is no option; did you mean --json?
= 2
$ loci inspect -x a
! loci: inspect: -x is no option; 'loci help inspect' lists them
= 2
$ loci inspect --json=yes a
! loci: inspect: --json takes no argument
= 2
$ loci recall a --points
! loci: recall: --points needs an argument: N
= 2
$ loci recall a --points many
! loci: recall: --points is "many"; a whole number was expected
= 2
$ loci recall a --points 1e3
! loci: recall: --points is "1e3"; a whole number was expected
= 2
$ loci recall a --points=-1
! loci: recall: --points is "-1"; a whole number of 0 or more was expected
= 2
$ loci recall a --at soon
! loci: recall: --at is "soon"; a time in seconds or an ISO 8601 date was expected
= 2
$ loci remember a --window wide -o b
! loci: remember: --window is "wide"; a number was expected
= 2
$ loci remember a --window inf -o b
! loci: remember: --window is "inf"; a number was expected
= 2

# Options and operands in any order; -o with its argument or apart; "--" ends the options.
$ printf '1\n2\n' > -odd.csv
$ loci remember -o a.loci -- -odd.csv
$ loci recall --points=2 a.loci -oa.csv && cat a.csv
| time,u
| 0,1
| 2,2

# What others call an option, and slips.
$ for o in --hlep --learning-rate --batch-size --num-layers; do loci train d $o 3; done
! loci: train: --hlep is no option; did you mean --help?
! loci: train: --learning-rate is no option; did you mean --lr?
! loci: train: --batch-size is no option; did you mean --batch?
! loci: train: --num-layers is no option; did you mean --layers?
= 2
$ loci remember x.csv --sample-rate 5 -o m
! loci: remember: --sample-rate is no option; did you mean --rate?
= 2
$ [ "$(loci version)" = "$(loci --version)" ] && [ "$(loci -V)" = "$(loci --version)" ]

# A signal is no memory yet; a place where nothing can be written is found before the work, by every command that writes.
$ printf '1\n2\n' > x.csv; loci inspect x.csv
! loci: x.csv: is a signal, neither a memory nor a model; 'loci remember x.csv -o M.loci' makes a memory of it to inspect
= 1
$ printf 'RIFF    WAVE' > x.dat; loci inspect x.dat
! loci: x.dat: is a signal, neither a memory nor a model; 'loci remember x.dat -o M.loci' makes a memory of it to inspect
= 1
$ mkdir here; for c in 'remember none.csv' 'recall none.loci' 'merge a b' 'train none' 'simulate legs:4 none' 'stream none none' 'kernel legs:4 --length 3' 'basis legendre' 'convert none'; do for o in no/way here; do loci $c -o $o; done; done
! loci: no/way: cannot be created: No such file or directory
! loci: here: is a folder; the name of a file was expected
! loci: no/way: cannot be created: No such file or directory
! loci: here: is a folder; the name of a file was expected
! loci: no/way: cannot be created: No such file or directory
! loci: here: is a folder; the name of a file was expected
! loci: no/way: cannot be created: No such file or directory
! loci: here: is a folder; the name of a file was expected
! loci: no/way: cannot be created: No such file or directory
! loci: here: is a folder; the name of a file was expected
! loci: no/way: cannot be created: No such file or directory
! loci: here: is a folder; the name of a file was expected
! loci: no/way: cannot be created: No such file or directory
! loci: here: is a folder; the name of a file was expected
! loci: no/way: cannot be created: No such file or directory
! loci: here: is a folder; the name of a file was expected
! loci: no/way: cannot be created: No such file or directory
! loci: here: is a folder; the name of a file was expected
= 1
