# Models as C source with matrices of whole numbers: of weights alone, and with --calibrate of what they are multiplied with.
$ "$FIXTURES"/../labelled.sh d 60
$ for k in s4d lstm; do loci train d --layer $k --width 16 --batch 10 --steps 40 --lr 0.01 --seed 2 -o $k.safetensors >log 2>&1 || cat log; done
$ for k in s4d lstm; do loci export $k.safetensors -o ${k}_w --weights int8 --prefix ${k}_w >log || cat log; done
$ for k in s4d lstm; do loci export $k.safetensors -o ${k}_x --weights int8 --calibrate d --prefix ${k}_x | tail -n 1; done
|~ int8: of 60 sequences of d 100 % are right, with floats 100 %; answers differ by 0.0* at most, * on the average
|~ int8: of 60 sequences of d * % are right, with floats * %; answers differ by * at most, * on the average
$ "$FIXTURES"/../exported.sh s4d_w lstm_w s4d_x lstm_x

# Their own tests, and how far they are from a stream: not equal, for they are rounded, and not far.
$ for k in s4d lstm; do for w in w x; do cc -std=c99 ${k}_$w/*.c -lm -o own && ./own; done; done
|~ 64 samples: at most * from the answers of the library's own run
|~ 64 samples: at most * from the answers of the library's own run
|~ 64 samples: at most * from the answers of the library's own run
|~ 64 samples: at most * from the answers of the library's own run
$ awk 'BEGIN { for (k = 0; k < 500; k++) printf "%.4f\n", 60 + 20 * (int((k + k % 3) / 3) % 2) }' > x.csv
$ for k in s4d lstm; do for w in w x; do ./run ${k}_$w 100 < x.csv > mine.csv; loci stream $k.safetensors x.csv --every 1 | tail -n +2 | cut -d , -f 3- | paste -d , mine.csv - |
+     awk -F, '{ for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); if (d < 0) d = -d; if (!(d <= most)) most = d } }
+              END { if (NR != 500 || !(most < 0.1) || !(most > 1e-5)) print "'${k}_$w'", NR, most }'; done; done

# A matrix takes a quarter, and a float more a row; numbers of 32 bits are summed up.
$ loci export lstm.safetensors -o lstm >log; for f in lstm lstm_w; do sed -n 's/^| constants[^|]*| \([0-9]*\) bytes.*/\1/p' $f/README.md; done
| 5008
| 2104
$ grep -c 'int32_t s = 0' lstm_w/lstm_w.c lstm_x/lstm_x.c
| lstm_w/lstm_w.c:0
| lstm_x/lstm_x.c:2

# Bad input.
$ loci export lstm.safetensors -o new --weights int4
! loci: export: --weights is "int4"; float or int8 was expected
= 2
$ loci export lstm.safetensors -o new --calibrate d
! loci: export: --calibrate is about whole numbers; --weights int8 was expected, too
= 2
$ loci export lstm.safetensors -o new --weights int8 --calibrate nothing
!~ loci: nothing: *No such file or directory
= 1
$ mkdir -p m/a m/b; for i in 1 2 3; do printf 'x,y\n1,2\n3,4\n' | tee m/a/$i.csv > m/b/$i.csv; done; loci export lstm.safetensors -o new --weights int8 --calibrate m
!~ loci: m: *expected
= 1
$ loci fit d --modes 20 --final -o bank.safetensors >log 2>&1; loci export bank.safetensors -o new --weights int8
! loci: bank.safetensors: what reads a bank adds up large numbers that nearly cancel, for which weights of 8 bits are too few; weights of floats were expected
= 1
$ [ ! -e new ]
