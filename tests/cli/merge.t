$ seq 1 6 > a.csv; seq 7 10 > b.csv; seq 1 10 > all.csv
$ loci remember a.csv --detail 4 -o a.loci && loci remember b.csv --detail 4 --start 6 -o b.loci && loci remember all.csv --detail 4 -o all.loci

# Joined pieces are the memory of the whole.
$ loci merge a.loci b.loci -o c.loci && cmp c.loci all.loci && loci recall c.loci --at 0,5,6,9
| time,u
| 0,1
| 5,6
| 6,7
| 9,10
$ loci merge a.loci b.loci -o - | loci inspect - | grep signal
| signal    10 samples at 1 Hz
| size      10 numbers a channel, 80 bytes in all; the signal as doubles: 80 bytes
| Forgotten: the mean square error of recall, as a share of the variance of the whole signal;
$ loci merge a.loci a.loci a.loci --append -o c.loci && loci recall c.loci --at 5,6,11,12,17
| time,u
| 5,6
| 6,1
| 11,6
| 12,1
| 17,6

# Of detail 0, the earlier ones longer and shorter: as the whole, whose mean and share are their own sums.
$ part() { seq $1 $2 | loci remember - --detail 0 --order 8 --start $(($1 - 1)) $3 -o $4; }
+ for joined in '' --linear; do
+   part 1 707 "$joined" whole.loci; part 1 700 "$joined" long.loci; part 701 707 "$joined" short.loci
+   part 1 7 "$joined" first.loci; part 8 707 "$joined" rest.loci
+   loci merge long.loci short.loci -o one.loci && loci merge first.loci rest.loci -o two.loci
+   for m in whole one two; do loci inspect $m.loci --json | grep -E '^  "(mean|samples)"' | tr -d '\n'; loci recall $m.loci --mean | tail -n 1; done
+ done
|   "samples": 707,  "mean": [354],0,707,354
|   "samples": 707,  "mean": [354],0,707,354
|   "samples": 707,  "mean": [354],0,707,354
|   "samples": 707,  "mean": [354],0,706,354
|   "samples": 707,  "mean": [354],0,706,354
|   "samples": 707,  "mean": [354],0,706,354

# In another order, twice, with a gap.
$ loci merge b.loci a.loci -o d.loci
! loci: a.loci: it begins at 0; 10, where the one before it ends, was expected, or --append
= 1
$ loci merge a.loci a.loci -o d.loci
! loci: a.loci: it begins at 0; 6, where the one before it ends, was expected, or --append
= 1
$ loci remember b.csv --detail 4 --start 7 -o gap.loci && loci merge a.loci gap.loci -o d.loci
! loci: gap.loci: it begins at 7; 6, where the one before it ends, was expected, or --append
= 1
$ loci remember b.csv --detail 4 --start 6.5 -o half.loci && loci merge a.loci half.loci -o d.loci
! loci: half.loci: it begins at 6.5; 6, where the one before it ends, was expected, or --append
= 1
$ loci merge a.loci gap.loci --append -o d.loci && loci recall d.loci --at 6,9
| time,u
| 6,7
| 9,10

# Of one kind they must be.
$ loci remember b.csv --detail 4 --start 6 --order 32 -o x.loci && loci merge a.loci x.loci -o d.loci
! loci: x.loci: its order is 32; that of a.loci is 64
= 1
$ loci remember b.csv --start 6 --detail 2 -o x.loci && loci merge a.loci x.loci -o d.loci
! loci: x.loci: its detail is 2; that of a.loci is 4
= 1
$ loci remember b.csv --detail 4 --start 6 --rate 2 -o x.loci && loci merge a.loci x.loci -o d.loci
! loci: x.loci: its rate is 2 Hz; that of a.loci is 1
= 1
$ loci remember b.csv --start 6 --linear -o x.loci && loci merge a.loci x.loci -o d.loci
! loci: x.loci: its samples are joined by lines; those of a.loci are not
= 1
$ loci remember b.csv --detail 4 --start 6 --missing hold -o x.loci && loci merge a.loci x.loci -o d.loci
! loci: x.loci: its missing values are held over; those of a.loci are not
= 1
$ loci remember b.csv --start 6 --method zoh -o x.loci && loci merge a.loci x.loci -o d.loci
! loci: x.loci: it was remembered by another method than a.loci
= 1
$ loci remember b.csv --start 6 --measure legt --window 3 -o x.loci && loci merge a.loci x.loci -o d.loci
! loci: x.loci: its measure is legt; that of a.loci is legs
= 1
$ loci remember b.csv --detail 4 --start 1970-01-01T00:00:06 -o x.loci && loci merge a.loci x.loci -o d.loci
! loci: x.loci: its times are dates; those of a.loci are not
= 1
$ printf 'v\n7\n' > v.csv; loci remember v.csv --detail 4 --start 6 -o x.loci && loci merge a.loci x.loci -o d.loci
! loci: x.loci: its channel 1 is "v"; that of a.loci is "u"
= 1
$ printf '7,7\n' > v.csv; loci remember v.csv --detail 4 --start 6 -o x.loci && loci merge a.loci x.loci -o d.loci
! loci: x.loci: it has 2 channels; a.loci has 1
= 1
$ printf 't,u\n7,7\n8,8\n' > v.csv; loci remember v.csv --detail 4 --time t -o x.loci && loci merge a.loci x.loci -o d.loci
! loci: x.loci: its samples have times; those of a.loci have a rate
= 1
$ loci merge a.loci none.loci -o d.loci
! loci: none.loci: cannot be opened: No such file or directory
= 1
$ loci merge a.loci b.csv -o d.loci
! loci: b.csv: is a text; a memory, or an archive, was expected
= 1
$ loci merge a.loci b.loci
! loci: merge: -o C.loci is missing; a file for the joined memory was expected
= 2

# With times, a gap is closed by holding, an overlap is wrong, and to append an end must be known.
$ printf 't,u\n0,1\n2,2\n' > s.csv; printf 't,u\n5,3\n6,4\n' > t.csv
$ loci remember s.csv --detail 4 --time t -o s.loci && loci remember t.csv --detail 4 --time t -o t.loci && loci merge s.loci t.loci -o st.loci && loci recall st.loci --at 0,1.5,2,4.5,5,6
| time,u
| 0,1
| 1.5,1
| 2,2
| 4.5,2
| 5,3
| 6,4
$ loci merge t.loci s.loci -o d.loci
! loci: s.loci: it begins at 0, but the one before it ends at 6; a later beginning was expected
= 1
$ loci merge s.loci s.loci --append -o d.loci
! loci: s.loci: nothing can be appended, since it is not known when the last sample before it ends; remember --end was expected
= 1
$ loci remember s.csv --time t --end 3 -o s.loci && loci merge s.loci s.loci --append -o d.loci && loci recall d.loci --at 0,2,3,5
| time,u
| 0,1
| 2,2
| 3,1
| 5,2
$ loci merge s.loci t.loci -o d.loci
! loci: t.loci: it begins at 5; 3, where the one before it ends, was expected, or --append
= 1

# Joined by lines at a rate.
$ loci remember a.csv --linear -o a.loci && loci remember b.csv --linear --start 6 -o b.loci && loci merge a.loci b.loci -o c.loci && loci recall c.loci --at 0.5,5.5,8.5
| time,u
| 0.5,1.5
| 5.5,6.5
| 8.5,9.5
$ loci merge a.loci a.loci --append -o c.loci && loci recall c.loci --at 5,5.5,6,10.5
| time,u
| 5,6
| 5.5,3.5
| 6,1
| 10.5,5.5

# Measures whose forgetting fades merge too.
$ loci remember a.csv --measure lagt --window 3 --order 2 -o a.loci && loci remember b.csv --measure lagt --window 3 --order 2 --start 6 -o b.loci && loci merge a.loci b.loci -o c.loci && loci inspect c.loci | grep signal
| signal    10 samples at 1 Hz
| size      6 numbers a channel, 48 bytes in all; the signal as doubles: 80 bytes

# The result may replace one of the pieces.
$ loci merge a.loci b.loci -o a.loci && cmp a.loci c.loci
