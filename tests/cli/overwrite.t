# Nothing is written over what is read, whatever the names that lead to it.
$ mkdir -p sounds/a sounds/b; for k in 0 1 2 3 4 5; do for c in a b; do awk -v k=$k -v c=$c 'BEGIN { print "x"; for (t = 0; t < 60; t++) printf "%.4f\n", sin((c == "a" ? 0.3 : 0.9) * t + k) }' > sounds/$c/$k.csv; done; done
$ loci fit sounds -o m.safetensors --modes 20 > out; cp -r sounds before; ln -s sounds/a/0.csv link.csv; ln sounds/a/1.csv hard.csv; cp m.safetensors m.before
$ loci predict m.safetensors sounds/a/0.csv -o sounds/a/0.csv
! loci: predict: sounds/a/0.csv is read and written; another file was expected
= 2
$ loci predict m.safetensors sounds/a/0.csv -o link.csv
! loci: predict: link.csv is read and written; another file was expected
= 2
$ loci predict m.safetensors sounds/b/0.csv sounds/a/1.csv -o hard.csv
! loci: predict: hard.csv is read and written; another file was expected
= 2
$ loci predict m.safetensors sounds/a/0.csv -o ./m.safetensors
! loci: predict: ./m.safetensors is read and written; another file was expected
= 2
$ loci predict m.safetensors sounds/a -o sounds/a/../a/3.csv
! loci: predict: sounds/a/../a/3.csv lies in the folder that is read; a file outside was expected
= 2
$ for o in '-o sounds/b/2.csv' '-o x.safetensors --log sounds/a/1.csv' '-o x.safetensors --log link.csv' '-o x.safetensors --plot x.safetensors' '-o x.safetensors --log x.safetensors.resume'; do loci train sounds $o --epochs 1; echo $?; done
| 2
| 2
| 2
| 2
| 2
! loci: train: sounds/b/2.csv lies in the folder that is read; a file outside was expected
! loci: train: sounds/a/1.csv lies in the folder that is read; a file outside was expected
! loci: train: link.csv lies in the folder that is read; a file outside was expected
!~ loci: train: --plot: *
! loci: train: x.safetensors.resume is named for two things that are written
$ cp sounds/a/0.csv chart.svg; loci train chart.svg -o x.safetensors --plot chart.svg --value x --window 10
! loci: train: chart.svg is read and written; another file was expected
= 2
$ { echo '@classLabel true a b'; echo '@data'; for k in 1 2 3 4 5 6; do echo "1,2,3,$k:a"; echo "3,1,2,$k:b"; done; } > N_TRAIN.ts; cp N_TRAIN.ts N_TEST.ts; loci train N_TRAIN.ts -o N_TEST.ts --epochs 1
! loci: train: N_TEST.ts is read and written; another file was expected
= 2
$ for o in '-o sounds/a/0.csv' '--like m.safetensors -o m.safetensors' 'm.safetensors --add -o m.safetensors'; do loci fit sounds $o; echo $?; done
| 2
| 2
| 2
! loci: fit: sounds/a/0.csv lies in the folder that is read; a file outside was expected
! loci: fit: m.safetensors is read and written; another file was expected
! loci: fit: m.safetensors would be added to itself; other data, or another model, was expected
$ diff -r sounds before && cmp m.safetensors m.before; ls x.*
! ls: cannot access 'x.*': No such file or directory
= 2
# Nor through links that are in a folder, which may lead out of it.
$ mkdir pd blobs snap; cp sounds/a/0.csv pd/b.csv; cp pd/b.csv orig.csv; cp orig.csv hard.csv; ln -s ../orig.csv pd/a.csv; ln hard.csv pd/c.csv; ln -s ../pd pd/again; cp orig.csv orig.before
$ for o in pd/a.csv orig.csv hard.csv pd/again/b.csv; do loci predict m.safetensors pd -o $o; echo $?; done; cmp orig.csv orig.before; cmp hard.csv orig.before
| 2
| 2
| 2
| 2
! loci: predict: pd/a.csv lies in the folder that is read; a file outside was expected
! loci: predict: orig.csv is read and written; another file was expected
! loci: predict: hard.csv is read and written; another file was expected
! loci: predict: pd/again/b.csv lies in the folder that is read; a file outside was expected
$ loci predict m.safetensors pd -o other.csv; loci predict m.safetensors pd -o other.csv; wc -l < other.csv
| 4
$ echo '{}' > blobs/b; echo x > blobs/a; ln -s ../blobs/b snap/config.json; ln -s ../blobs/a snap/model.safetensors
$ for o in snap/model.safetensors snap/config.json blobs/a blobs/b; do loci convert snap -o $o; echo $?; done; cat blobs/*
| 2
| 2
| 2
| 2
| x
| {}
! loci: convert: snap/model.safetensors lies in the folder that is read; a file outside was expected
! loci: convert: snap/config.json lies in the folder that is read; a file outside was expected
! loci: convert: blobs/a is read and written; another file was expected
! loci: convert: blobs/b is read and written; another file was expected
$ ln -s ../../orig.csv sounds/a/link.csv; loci train sounds -o x.safetensors --log orig.csv --epochs 1; rm sounds/a/link.csv
! loci: train: orig.csv is read and written; another file was expected
# What is not read of a folder does not count: hidden names, and folders beside files; where there are no files, or those of a set's classes, they do.
$ mkdir -p work/data/.git work/data/old; cp sounds/a/0.csv work/data; ln -s .. work/data/up; ln -s .. work/data/.up; loci predict m.safetensors work/data -o work/out.csv; ln work/out.csv work/data/.git/x; ln -s ../../out.csv work/data/old/last.csv; loci predict m.safetensors work/data -o work/out.csv; wc -l < work/out.csv
| 2
$ mkdir -p none/one far; touch none/README; ln -s ../../orig.csv none/one/a.csv; loci predict m.safetensors none -o orig.csv; ln -s ../orig.csv far/a.csv; ln -s ../far sounds/c; touch sounds/list.txt; loci train sounds -o x.safetensors --log orig.csv --epochs 1; rm sounds/c sounds/list.txt; cmp orig.csv orig.before
! loci: predict: orig.csv is read and written; another file was expected
! loci: train: orig.csv is read and written; another file was expected

# What is written again on purpose: a model that learns on, or is added to, also in the folder of its data.
$ loci fit sounds -o m.safetensors --add > out; loci fit sounds --like m.safetensors -o n.safetensors > out; loci fit m.safetensors n.safetensors -o m.safetensors | sed -n 2p
| learned     36 sequences, known one by one
$ for k in 1 2; do loci train sounds -o sounds/m.safetensors --epochs 1 --layers 1 --width 4 --log sounds/m.jsonl > out 2> err; echo $?; done
| 0
| 0
$ mkdir state; echo '{}' > state/config.json; touch state/model.safetensors; loci convert state -o state/model.safetensors
! loci: convert: state/model.safetensors lies in the folder that is read; a file outside was expected
= 2
$ : > state/config.json; ln -s model.safetensors state/link; for o in config.json shard-1.safetensors link; do echo x > state/shard-1.safetensors; loci convert state -o state/$o; done
! loci: convert: state/config.json lies in the folder that is read; a file outside was expected
! loci: convert: state/shard-1.safetensors lies in the folder that is read; a file outside was expected
! loci: convert: state/link lies in the folder that is read; a file outside was expected
= 2
$ loci train sounds -o state/loci.safetensors --epochs 1 --layers 1 --width 4 > out 2> err; loci convert state -o state/loci.safetensors 2>&1 | grep -c lies
| 0
= 1
$ mkdir shards; echo '{}' > shards/config.json; echo '{"weight_map": {"a": "1.safetensors"}}' > shards/model.safetensors.index.json
$ for o in shards/model.safetensors shards/../shards/model.safetensors; do loci convert shards -o $o; echo $?; done; rm shards/*.index.json; loci convert shards -o shards/model.safetensors.index.json; ls shards
| 2
| 2
| config.json
! loci: convert: shards/model.safetensors would be a part of the checkpoint that is read; another name was expected
! loci: convert: shards/../shards/model.safetensors would be a part of the checkpoint that is read; another name was expected
! loci: convert: shards/model.safetensors.index.json would be a part of the checkpoint that is read; another name was expected
$ loci train sounds -o /dev/null --log /dev/null --epochs 1 --layers 1 --width 4 > out 2> err; echo $?; loci train sounds -o /dev/null --resume --epochs 1 --layers 1 --width 4 > out 2> err; echo $?; loci fit sounds -o /dev/null --modes 20 | grep -c 'to go on'; ls /dev/null*
| 0
| 0
| 0
| /dev/null
