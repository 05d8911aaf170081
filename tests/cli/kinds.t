# inspect says of each kind of file that loci writes what it is.
$ v1=$FIXTURES/formats/v1; cp "$v1/s4d.safetensors" m.safetensors; cp "$v1/s4d.state" stream.state; cp "$v1/watch.state" watch.state; cp "$v1/stopped.safetensors.resume" .; cp "$v1/forecaster.loci" f.loci; cp "$v1/archive_max.loci" a.loci; cp "$v1/legs_held.loci" m.loci; cp "$v1/dense.npz" "$v1/diagonal.npz" .; printf 'time,temp\n2020-01-01,1\n2020-01-02,2\n2020-01-03,4\n2020-01-04,3\n2020-01-05,4\n' > clean.csv; : > empty
$ for f in stream.state watch.state stopped.safetensors.resume dense.npz diagonal.npz; do loci inspect $f; done
| kind      the state of a stream, version 1
| of        a model with the fingerprint 6f72e6d13c00b805
| signal    30 samples so far
| size      528 bytes
| kind      the state of a watch, version 1
| of        a forecaster with the fingerprint 0dd5535e3e017010
| signal    40 samples so far
| size      224 bytes
| kind      a stopped training, version 1
| steps     24, of 8 sequences
| epochs    8 of 40, the best 8
| size      4.87 KB
| kind      a system, dense
| size      2 states; copies: 1
| kind      a system, diagonal
| size      4 states; copies: 1
$ for f in stream.state watch.state stopped.safetensors.resume dense.npz - ; do loci inspect $f --json < stream.state | tr -d '\n'; echo; done
| {  "kind": "stream",  "version": 1,  "bytes": 528,  "fingerprint": "6f72e6d13c00b805",  "samples": 30}
| {  "kind": "watch",  "version": 1,  "bytes": 224,  "fingerprint": "0dd5535e3e017010",  "samples": 40}
| {  "kind": "stopped",  "version": 1,  "bytes": 4872,  "step": 24,  "steps": 0,  "epochs": 40,  "batch": 8,  "epochs_done": 8}
| {  "kind": "system",  "structure": "dense",  "states": 2,  "rank": 0,  "copies": 1}
| {  "kind": "stream",  "version": 1,  "bytes": 528,  "fingerprint": "6f72e6d13c00b805",  "samples": 30}
$ for f in m.loci a.loci f.loci m.safetensors; do loci inspect $f | head -n 1; done
| measure   legs, the whole history; order 16, detail 3
| archive   a largest error for every sample; order 4
| forecaster  of u
| layers      1 x s4d of width 4 and order 4, zoh, layer norms behind them; dropout 0.1, tied
$ mkdir -p d/a d/b; for c in a b; do for k in 1 2 3; do { echo x; seq $k 12; } > d/$c/$k.csv; done; done; loci fit d -o l.safetensors --modes 4 > out; loci inspect l.safetensors.learned; loci inspect l.safetensors.learned --json
| kind      what a model of fit has learned, version 1
| learned   6 sequences, known one by one
| of each   12 statistics, 2 targets
| size      456 bytes
| {
|   "kind": "learned",
|   "version": 1,
|   "bytes": 456,
|   "sequences": 6,
|   "statistics": 12,
|   "targets": 2,
|   "one_by_one": true
| }
# The other files that a stopped training leaves, and those that were cut or changed.
$ for f in stream.state watch.state stopped.safetensors.resume l.safetensors.learned; do s=$(($(stat -c %s $f) - 1)); { head -c $((s - 20)) $f; printf x; tail -c 20 $f; } > changed; head -c $s $f > cut; loci inspect changed; loci inspect cut; done; head -c 50 stream.state > cut; loci inspect cut
! loci: changed: is the state of a stream, but damaged or cut: its checksum does not fit its bytes
! loci: cut: is the state of a stream, but damaged or cut: its checksum does not fit its bytes
! loci: changed: is the state of a watch, but damaged or cut: its checksum does not fit its bytes
! loci: cut: is the state of a watch, but damaged or cut: its checksum does not fit its bytes
! loci: changed: is a stopped training, but damaged or cut: its checksum does not fit its bytes
! loci: cut: is a stopped training, but damaged or cut: its checksum does not fit its bytes
! loci: changed: is what a model of fit has learned, but damaged or cut: its checksum does not fit its bytes
! loci: cut: is what a model of fit has learned, but damaged or cut: its checksum does not fit its bytes
! loci: cut: is the state of a stream, but damaged or cut: its checksum does not fit its bytes
= 1
$ for f in m.loci stream.state dense.npz; do loci inspect $f --salvage; done; loci recall m.loci --salvage
! loci: inspect: m.loci is a memory, and --salvage is for archives
! loci: inspect: stream.state is the state of a stream, and --salvage is for archives
! loci: inspect: dense.npz is a zip file, as of systems and of arrays, and --salvage is for archives
! loci: recall: m.loci is a memory, and --salvage is for archives
= 2
$ loci inspect stream.state --plot -; loci inspect f.loci --salvage; loci inspect - < f.loci; loci inspect empty; echo text > text; loci inspect text; head -c 100 /dev/zero > zero; loci inspect zero; cp text text.npz; printf 'PK\003\004' > x.npz; loci inspect x.npz
! loci: inspect: --plot draws the kernels of a model; stream.state is none
! loci: inspect: f.loci is a forecaster, and --salvage is for archives
! loci: inspect: standard input is a forecaster, of which the name of a file was expected
! loci: empty: is empty; a file that loci wrote was expected
! loci: text: is a text; a file that loci wrote was expected
! loci: zero: begins like none of the files that loci writes
! loci: x.npz: is a zip file, as of systems and of arrays; a file that loci wrote was expected
= 1
# A file of another kind than was expected is called what it is.
$ for c in 'predict a.loci' 'stream f.loci' 'eval stream.state' 'predict empty' 'predict zero' 'predict dense.npz'; do loci $c clean.csv > out; done; loci export m.loci -o fw; loci convert clean.csv -o y; loci convert a.loci -o y; loci fit d --like watch.state -o y; loci generate a.loci
! loci: a.loci: is an archive; a model was expected
! loci: f.loci: is a forecaster; a model was expected
! loci: stream.state: is the state of a stream; a model was expected
! loci: empty: is empty; a model was expected
! loci: zero: does not begin like a file of safetensors; a model was expected
! loci: dense.npz: is a zip file, as of systems and of arrays; a model was expected
! loci: m.loci: is a memory; a model was expected
! loci: clean.csv: is a text; a state_dict in safetensors was expected
! loci: a.loci: is an archive; a state_dict in safetensors was expected
! loci: watch.state: is the state of a watch; a model was expected
! loci: a.loci: is an archive; a model was expected
= 1
$ for f in m.safetensors f.loci l.safetensors.learned empty; do loci recall $f; loci merge $f $f -o z.loci; done
! loci: m.safetensors: is a model; a memory, or an archive, was expected
! loci: m.safetensors: is a model; a memory, or an archive, was expected
! loci: f.loci: is a forecaster; a memory, or an archive, was expected
! loci: f.loci: is a forecaster; a memory, or an archive, was expected
! loci: l.safetensors.learned: is what a model of fit has learned; a memory, or an archive, was expected
! loci: l.safetensors.learned: is what a model of fit has learned; a memory, or an archive, was expected
! loci: empty: is empty; a memory, or an archive, was expected
! loci: empty: is empty; a memory, or an archive, was expected
= 1
$ for f in a.loci m.safetensors stopped.safetensors.resume; do loci watch $f clean.csv; loci forecast $f clean.csv; loci remember $f -o z.loci --detail 2; loci train $f -o y; loci fit $f -o y; loci eval m.safetensors $f; loci watch f.loci clean.csv --time time --state-in $f > out; done
! loci: a.loci: is an archive; a forecaster was expected
! loci: a.loci: is an archive; a forecaster was expected
! loci: a.loci: is an archive; a signal was expected
! loci: a.loci: is an archive; a data set was expected
! loci: a.loci: is an archive; a data set was expected
! loci: a.loci: is an archive; a data set was expected
! loci: a.loci: is an archive; the state of a watch was expected
! loci: m.safetensors: is a model; a forecaster was expected
! loci: m.safetensors: is a model; a forecaster was expected
! loci: m.safetensors: is a model; a signal was expected
! loci: m.safetensors: is a model; a data set was expected
! loci: m.safetensors: there is no m.safetensors.learned beside it, what it has learned so far; fit writes one, unless it is --final
! loci: m.safetensors: is a model; a data set was expected
! loci: m.safetensors: is a model; the state of a watch was expected
! loci: stopped.safetensors.resume: is a stopped training; a forecaster was expected
! loci: stopped.safetensors.resume: is a stopped training; a forecaster was expected
! loci: stopped.safetensors.resume: is a stopped training; a signal was expected
! loci: stopped.safetensors.resume: is a stopped training; a data set was expected
! loci: stopped.safetensors.resume: is a stopped training; a data set was expected
! loci: stopped.safetensors.resume: is a stopped training; a data set was expected
! loci: stopped.safetensors.resume: is a stopped training; the state of a watch was expected
= 1
$ loci stream m.safetensors clean.csv --column temp --state-in watch.state
! loci: note: clean.csv: column time looks like times; --time time reads it so
! loci: warning: m.safetensors: it was trained on samples in another order; the signal's must come in that order
! loci: watch.state: is the state of a watch; the state of a stream was expected
= 1
$ loci train a.loci --bytes -o y --show | sed -n 2p
| training    10 sequences of 256 samples
! loci: note: a.loci: is read as a text, so the task is next, to predict the next byte (--task chooses)
