# A file that is no data of the model's, and dates.
$ cp "$FIXTURES/formats/v1/s4d.safetensors" m.safetensors; printf 'time,temp\n2020-01-01,1\n2020-01-02,2\n2020-01-03,4\n2020-01-04,3\n2020-01-05,4\n' > clean.csv; head -c 100 /dev/zero > zero
# What advises an option that the command does not have is left out.
$ loci identify clean.csv --column temp --json | head -n 1; loci export m.safetensors -o fw --check clean.csv --column temp | head -n 1; loci remember clean.csv -o z.loci
| fw: model.c and its header, test, CMakeLists.txt, README.md
! loci: clean.csv: no rule was found: none of order up to 1 is exact, and 5 terms can show no more
! loci: note: clean.csv: column time looks like times; --time time reads it so
$ loci eval m.safetensors clean.csv; loci train clean.csv -o y; loci eval m.safetensors zero; loci fit zero -o y; loci train zero -o y
! loci: clean.csv: is a table of columns time, temp; the one to be learned was expected, of classes or of values
! loci: clean.csv: is a table of columns time, temp; the one to be learned was expected, of classes (--label NAME) or of values (--value NAME)
! loci: zero: is no text; a table, or the folder of a data set, was expected
! loci: zero: byte 1 is 0; a text without such was expected
! loci: zero: byte 1 is 0; a text without such was expected, or --bytes, which takes any file
= 1
$ { echo '# a,b'; seq 9 | sed 's/.*/&,&/'; } > two.csv; loci check m.safetensors two.csv; loci identify two.csv --column a --json | head -n 1
! loci: note: two.csv: line 1 begins with # and is taken for the header
! loci: two.csv: it has 2 channels, and m.safetensors has 1 input; as many were expected
! loci: note: two.csv: line 1 begins with # and is taken for the header (--header no, if it is none)
| {

# Names of files are left as they are.
$ loci inspect 'a (--b) c.loci'; loci recall 'm, or --old.loci'
! loci: a (--b) c.loci: cannot be opened: No such file or directory
! loci: m, or --old.loci: cannot be opened: No such file or directory
= 1
