# Dates in give dates out.
$ printf 'date,u\n2020-02-28,1\n2020-02-29,2\n2020-03-01 12:00,3\n' > d.csv
$ loci remember d.csv --time date --end 2020-03-02T00:00:00+02:00 -o d.loci
$ loci recall d.loci --at 2020-02-28,2020-02-29T00:00:00Z 2020-03-01T23:59:59.5+02:00,2020-03-01T22:00
| time,u
| 2020-02-28T00:00:00Z,1
| 2020-02-29T00:00:00Z,2
| 2020-03-01T21:59:59.5Z,3
| 2020-03-01T22:00:00Z,3
$ loci recall d.loci --points 2 --from 2020-02-29
| time,u
| 2020-02-29T00:00:00Z,2
| 2020-03-01T22:00:00Z,3
$ loci recall d.loci --mean --from 2020-02-28 --to 2020-03-01 --json
| {
|   "from": ["2020-02-28T00:00:00Z"],
|   "to": ["2020-03-01T00:00:00Z"],
|   "names": ["u"],
|   "values": [[1.5]]
| }
$ loci recall d.loci --at 1582848000
| time,u
| 2020-02-28T00:00:00Z,1
$ loci recall d.loci --at 2020-02-27
! loci: d.loci: --at 2020-02-27 lies outside of what is remembered, 2020-02-28T00:00:00Z to 2020-03-01T22:00:00Z
= 1
$ loci recall d.loci --at 2020-02-30
! loci: recall: --at is "2020-02-30"; a time in seconds or an ISO 8601 date was expected
= 2
$ loci inspect d.loci --json | grep -E '^  "(start|end|duration|rate)"'
|   "rate": null,
|   "start": "2020-02-28T00:00:00Z",
|   "end": "2020-03-01T22:00:00Z",
|   "duration": 252000,
$ loci inspect d.loci | grep time
| signal    3 samples, each with its time
| time      2020-02-28T00:00:00Z to 2020-03-01T22:00:00Z: 2.917 days
$ loci recall d.loci --against d.csv --json | grep share
|   "share": [0],

# A start that is a date makes a regular signal one with dates.
$ printf '1\n2\n' > u.csv; loci remember u.csv --rate 4 --start 2021-06-01T12:00:00 -o u.loci && loci recall u.loci --points 3
| time,u
| 2021-06-01T12:00:00Z,1
| 2021-06-01T12:00:00.25Z,2
| 2021-06-01T12:00:00.5Z,2
$ loci remember u.csv --start noon -o u.loci
! loci: remember: --start: "noon" is no time: a date as 2016-07-01 or 2016-07-01T02:00:00Z was expected
= 2

# The memory of plain seconds knows no dates, and the other way round.
$ printf 't,u\n1,1\n2,2\n' > s.csv; loci remember s.csv --time t --end 2020-01-01 -o s.loci
! loci: remember: --end is the date 2020-01-01, but the times of the signal are plain seconds; a number was expected
= 2
$ loci remember s.csv --time t -o s.loci && loci recall s.loci --at 2020-01-01
! loci: recall: --at is the date 2020-01-01, but the times of s.loci are plain seconds; a number was expected
= 2
$ loci remember d.csv --time date --end yesterday -o x.loci
! loci: remember: --end: "yesterday" is no time: a date as 2016-07-01 or 2016-07-01T02:00:00Z was expected
= 2

# A slow rate is told as a time; a memory is no signal.
$ printf 'date,u\n2020-02-28 00:00,1\n2020-02-28 00:10,2\n2020-02-28 00:20,3\n' > slow.csv; loci remember slow.csv --time date -o slow.loci; loci inspect slow.loci | sed -n '/^signal/p'
| signal    3 samples every 10 min
$ printf '1\n2\n3\n' > h.csv; loci remember h.csv --detail 4 --rate 0.001 -o h.loci; loci inspect h.loci | sed -n '/^signal/p'
| signal    3 samples at 0.001 Hz
$ loci forecast slow.loci
! loci: slow.loci: is an archive; a signal was expected
= 1
$ loci remember h.loci -o again.loci
! loci: h.loci: is a memory; a signal was expected
= 1
