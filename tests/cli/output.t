# A full disk, a folder that is not there, a reader that leaves: said, and never a file by half.
$ seq 1 1000 > m.csv; loci remember m.csv -o m.loci; cp m.loci old.loci
$ loci recall m.loci > /dev/full
! loci: standard output: writing failed: No space left on device
= 1
$ loci recall m.loci --json > /dev/full
! loci: standard output: writing failed: No space left on device
= 1
$ loci inspect m.loci > /dev/full
! loci: standard output: writing failed: No space left on device
= 1
$ loci inspect m.loci --json > /dev/full
! loci: standard output: writing failed: No space left on device
= 1
$ loci recall m.loci --against m.csv > /dev/full
! loci: standard output: writing failed: No space left on device
= 1
$ loci recall m.loci --points 100000 > /dev/full
! loci: standard output: writing failed: No space left on device
= 1
$ loci recall m.loci -o /dev/full
! loci: /dev/full: writing failed: No space left on device
= 1
$ loci remember m.csv -o /dev/full
! loci: /dev/full: writing failed: No space left on device
= 1
$ loci remember m.csv -o - > /dev/full
! loci: standard output: writing failed: No space left on device
= 1
$ loci --help > /dev/full
! loci: standard output: writing failed: No space left on device
= 1
$ loci --version > /dev/full
! loci: standard output: writing failed: No space left on device
= 1
$ loci help recall > /dev/full
! loci: standard output: writing failed: No space left on device
= 1
$ loci recall m.loci >&-
! loci: standard output: writing failed: Bad file descriptor
= 1
$ loci remember m.csv -o nowhere/m.loci
! loci: nowhere/m.loci: cannot be created: No such file or directory
= 1
$ mkdir folder; loci remember m.csv -o folder
! loci: folder: is a folder; the name of a file was expected
= 1
$ loci recall m.loci -o nowhere/m.npy
! loci: nowhere/m.npy: cannot be created: No such file or directory
= 1
$ loci recall m.loci --points 100000 | head -n 1
| time,u

# The disk fills up while the file is written: the old one stands, and nothing is left beside it.
$ (ulimit -f 1; trap '' XFSZ; loci recall m.loci --points 100000 -o m.loci.csv; echo $?; loci remember m.csv --detail 9 -o old.loci; echo $?); cmp m.loci old.loci; ls
| 1
| 1
| folder
| m.csv
| m.loci
| old.loci
! loci: m.loci.csv: writing failed: File too large
! loci: old.loci: writing failed: File too large

# An interrupt ends the program at once; no file is left.
$ { cat m.csv; sleep 1; } | timeout --preserve-status -s INT 0.3 loci simulate legs:4 - -o i.csv
= 130
$ ls
| folder
| m.csv
| m.loci
| old.loci

# Standard output can be a memory's file.
$ loci remember m.csv -o - | cmp - m.loci
