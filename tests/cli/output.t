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

# A name that ends as another kind of file does is refused: of tables where they are none, of tables and charts where a model goes.
$ mkdir -p s/a s/b; for c in a b; do for k in 1 2 3; do { echo x; seq $k 14; } > s/$c/$k.csv; done; done; loci fit s -o f.safetensors --modes 4 > out; { echo x; seq 60 | awk '{ print sin($1) }'; } > wave.csv; loci forecast wave.csv -o wave.loci > out
$ for o in x.xyz x.2026-11-28; do loci predict f.safetensors s/a/1.csv -o $o; loci forecast wave.loci wave.csv -o $o; head -c 4 $o; echo; rm $o; done
| row,
| row,
$ for o in x.tsv x.csv.gz; do loci predict f.safetensors s/a/1.csv -o $o; done; for o in x.svg x.wav x.NPZ; do loci predict f.safetensors s/a/1.csv -o $o; loci forecast wave.loci -o $o; loci forecast wave.loci wave.csv -o $o; done
! loci: predict: -o x.tsv: .tsv is no kind of file that it writes; .csv, .txt, .npy, .json or .jsonl was expected
! loci: predict: -o x.csv.gz: .gz is no kind of file that it writes; .csv, .txt, .npy, .json or .jsonl was expected
! loci: predict: -o x.svg: .svg is no kind of file that it writes; .csv, .txt, .npy, .json or .jsonl was expected
! loci: forecast: -o x.svg: .svg is no kind of file that it writes; .csv, .txt, .json or .jsonl was expected
! loci: forecast: -o x.svg: .svg is no kind of file that it writes; .csv, .txt, .json or .jsonl was expected
! loci: predict: -o x.wav: .wav is no kind of file that it writes; .csv, .txt, .npy, .json or .jsonl was expected
! loci: forecast: -o x.wav: .wav is no kind of file that it writes; .csv, .txt, .json or .jsonl was expected
! loci: forecast: -o x.wav: .wav is no kind of file that it writes; .csv, .txt, .json or .jsonl was expected
! loci: predict: -o x.NPZ: .NPZ is no kind of file that it writes; .csv, .txt, .npy, .json or .jsonl was expected
! loci: forecast: -o x.NPZ: .NPZ is no kind of file that it writes; .csv, .txt, .json or .jsonl was expected
! loci: forecast: -o x.NPZ: .NPZ is no kind of file that it writes; .csv, .txt, .json or .jsonl was expected
= 2
$ for o in x.csv x.txt x.json x.svg x.PNG x.npy; do loci forecast wave.csv -o $o; done; loci forecast wave.loci wave.csv --update -o x.csv; loci forecast wave.loci wave.loci --add -o x.csv; loci forecast wave.csv --target x -o x.csv
! loci: forecast: -o x.csv is where the model goes, which is no .csv; a name that does not end so was expected
! loci: forecast: -o x.txt is where the model goes, which is no .txt; a name that does not end so was expected
! loci: forecast: -o x.json is where the model goes, which is no .json; a name that does not end so was expected
! loci: forecast: -o x.svg is where the model goes, which is no .svg; a name that does not end so was expected
! loci: forecast: -o x.PNG is where the model goes, which is no .PNG; a name that does not end so was expected
! loci: forecast: -o x.npy is where the model goes, which is no .npy; a name that does not end so was expected
! loci: forecast: -o x.csv is where the model goes, which is no .csv; a name that does not end so was expected
! loci: forecast: -o x.csv is where the model goes, which is no .csv; a name that does not end so was expected
! loci: forecast: -o x.csv is where the model goes, which is no .csv; a name that does not end so was expected
= 2
$ loci train s -o x.csv --epochs 1; loci fit s -o x.npy; loci convert f.safetensors -o x.json; loci remember wave.csv -o x.csv; loci remember wave.csv --detail 2 -o x.wav; loci merge a b -o x.csv; loci stream f.safetensors wave.csv --state-out x.csv; loci watch wave.loci wave.csv --state-out x.svg; ls x.*
! loci: train: -o x.csv is where the model goes, which is no .csv; a name that does not end so was expected
! loci: fit: -o x.npy is where the model goes, which is no .npy; a name that does not end so was expected
! loci: convert: -o x.json is where the model goes, which is no .json; a name that does not end so was expected
! loci: remember: -o x.csv is where the archive goes, which is no .csv; a name that does not end so was expected
! loci: remember: -o x.wav is where the memory goes, which is no .wav; a name that does not end so was expected
! loci: merge: -o x.csv is where the memory goes, which is no .csv; a name that does not end so was expected
! loci: stream: --state-out x.csv is where the state goes, which is no .csv; a name that does not end so was expected
! loci: watch: --state-out x.svg is where the state goes, which is no .svg; a name that does not end so was expected
! ls: cannot access 'x.*': No such file or directory
= 2
$ loci predict f.safetensors s/a/1.csv -o p.json; head -c 30 p.json; echo; loci forecast wave.loci -o next.json; head -n 2 next.json; loci predict f.safetensors s/a/1.csv -o p.CSV; head -n 1 p.CSV; loci predict f.safetensors s/a/1.csv -o plain; head -n 1 plain; loci forecast wave.loci --json -o n2.csv; cmp next.json n2.csv
| {
|   "classes": ["a", "b"],
|   "
| {
|   "horizon": 6,
| file,class,p_a,p_b
| file,class,p_a,p_b
