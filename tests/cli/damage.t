# A damaged memory is refused, whatever was damaged; nothing is answered from it.
$ seq 1 300 > m.csv; loci remember m.csv --order 4 --detail 2 -o m.loci; loci recall m.loci > good.csv
$ size=$(wc -c < m.loci); i=0; bad=0
+ while [ $i -lt $size ]; do
+     byte=$(od -An -tu1 -j $i -N 1 m.loci)
+     cp m.loci x.loci
+     printf "$(printf '\\%03o' $((byte ^ 1 << i % 8)))" | dd of=x.loci bs=1 seek=$i conv=notrunc 2>/dev/null
+     loci recall x.loci >out 2>err
+     [ $? = 1 ] && [ ! -s out ] && [ "$(wc -l < err)" = 1 ] || bad=$((bad + 1))
+     i=$((i + 7))
+ done
+ echo $bad
| 0
$ for n in 0 1 7 8 64 100 500; do head -c $n m.loci > x.loci; loci inspect x.loci 2>/dev/null; echo $?; done
| 1
| 1
| 1
| 1
| 1
| 1
| 1
$ { cat m.loci; echo; } > x.loci; loci inspect x.loci
! loci: x.loci: is a damaged memory: its checksum does not fit its bytes
= 1
$ : > x.loci; loci inspect x.loci
! loci: x.loci: is empty; a file that loci wrote was expected
= 1
$ printf 'loci' > x.loci; loci recall x.loci
! loci: x.loci: is a text; a memory, or an archive, was expected
= 1
$ head -c 100000 /dev/zero > x.loci; loci recall x.loci
! loci: x.loci: is not a memory: it does not begin like one
= 1
$ loci merge m.loci x.loci -o y.loci; echo $?; test -e y.loci
| 1
! loci: x.loci: is not a memory: it does not begin like one
= 1
