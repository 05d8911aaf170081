# Selective state spaces learn, answer, stream and are taken up again as other layers do.
$ "$FIXTURES"/../labelled.sh d 80
$ for k in mamba mamba2; do loci train d --layer $k --show | grep -e ^model -e rates; done
| model       mamba: 4 layers of mamba, width 128, state 16, steps 0.001 to 0.1
| rates       0.002, rising over 5 % of the steps, then a cosine
| model       mamba2: 4 layers of mamba2, width 128, state 32, steps 0.001 to 0.1
| rates       0.002, rising over 5 % of the steps, then a cosine
$ loci train d --preset mamba --state 3 --show | grep ^model
| model       mamba: 4 layers of mamba, width 128, state 3, steps 0.001 to 0.1
$ printf 'exec loci train d --layer mamba --layers 2 --width 20 --state 8 --dt-rank 3 --expand 1 --batch 8 --lr 0.01 --seed 2 --valid 0.1 "$@"\n' > mamba
$ printf 'exec loci train d --layer mamba2 --layers 2 --width 20 --state 16 --head-width 5 --groups 2 --kernel-width 3 --batch 8 --lr 0.01 --seed 2 --valid 0.1 "$@"\n' > mamba2
$ for k in mamba mamba2; do sh $k -o $k.safetensors --epochs 2 2>log | head -n 1; done
|~ result      validation accuracy * %, loss *, after epoch * of 2
|~ result      validation accuracy * %, loss *, after epoch * of 2

# The same bits for any number of threads, and after a stop.
$ for k in mamba mamba2; do for t in 3; do sh $k -o $t.safetensors --epochs 2 --threads $t >out 2>&1; cmp $t.safetensors $k.safetensors; done; done
$ { timeout -s TERM 0.2 sh mamba2 -o s.safetensors --epochs 2 || sh mamba2 -o s.safetensors --epochs 2 --resume; } >out 2>&1; cmp s.safetensors mamba2.safetensors

# Forward, step and double agree; a signal cut anywhere has the same answers.
$ for k in mamba mamba2; do loci check $k.safetensors | tail -n 1; done
| all 7 gaps are within their bounds
| all 7 gaps are within their bounds
$ awk 'BEGIN { for (k = 0; k < 200; k++) print 60 + 40 * sin(k / 3) }' > x.csv
$ for k in mamba mamba2; do loci stream $k.safetensors x.csv --every 1 > every.csv; for n in 1 64 130; do
+     head -n $n x.csv | loci stream $k.safetensors --every 1 --state-out s -o 1.csv; tail -n +$((n + 1)) x.csv |
+     loci stream $k.safetensors --every 1 --state-in s | cat 1.csv - | cmp - every.csv; done; done
$ loci stream mamba.safetensors x.csv --state-in s
! loci: s: is the state of a stream of another model, or of this one when its parameters, shift or scale were others
= 1
$ loci inspect mamba2.safetensors | sed -n '1p; /^part/,/^norms.0/p'
| layers      2 x mamba2 of width 20 and order 16, rms norms before them; dropout 0.1, tied
| part            parameters
| encoder                 40
| mamba_layers.0       2,928
| norms.0                 20

# What makes no sense.
$ loci inspect mamba2.safetensors --plot -
! loci: mamba2.safetensors: has layers of kind mamba2, which have no kernels to draw
= 1
$ loci train d -o x --layer mamba2 --head-width 7
! loci: train: layer mamba_layers.0 has heads of 7 of 128 channels; a number that divides these was expected
= 2
$ loci train d -o x --layer mamba2 --width 20 --head-width 5 --groups 3
! loci: train: layer mamba_layers.0 has 3 groups of 4 heads; a number that divides these was expected
= 2
$ loci train d -o x --layer mamba --expand 65
! loci: train: --expand is 65; 0 to 64 was expected
= 2
$ loci train d -o x --layer mamba --groups 2
! loci: train: --groups is not for layers of mamba
= 2

# A published language model: a folder of a configuration and two files; the greedy continuation is the published one.
$ loci convert "$FIXTURES/mamba_checkpoint" -o lm.safetensors
$ loci generate lm.safetensors --ids 60,57,56,28,28,60,42,1,23,11,53,34,24,57,11,25,45,20,26 --tokens 8
| 14,54,18,9,14,29,6,56
$ loci check lm.safetensors | tail -n 1
| all 7 gaps are within their bounds
$ cp -r "$FIXTURES/mamba_checkpoint" folder && chmod -R u+w folder
$ loci convert folder -o less.safetensors --vocabulary 50
$ loci generate less.safetensors --ids 60
! loci: less.safetensors: token 60 does not exist; 0 to 49 was expected
= 1
$ loci generate less.safetensors --ids 42,1,23,11 --tokens 500 --temperature 5 | tr , '\n' | sort -n | tail -n 1
| 49
$ loci convert folder -o two.safetensors --vocabulary 2; printf '1\n0\n1\n' > ids; loci predict two.safetensors ids | head -n 1; loci predict two.safetensors ids --json | grep classes
| file,sample,class,p_0,p_1
|   "classes": ["0", "1"],
$ loci predict two.safetensors ids | tail -n +2 | awk -F , '{ print ($4 + $5 > 0.99999 && $3 == ($5 > $4)) }'
| 1
| 1
| 1
$ loci predict two.safetensors ids --top 3
! loci: predict: --top is 3; two.safetensors has 2 classes
= 2
$ loci convert folder -o x --vocabulary 65
! loci: folder: vocabulary is 65; 1 to 64, the rows of its embedding, was expected
= 1
$ loci convert folder -o x --vocabulary 0
! loci: convert: --vocabulary is 0; 1 or more was expected
= 2
$ loci convert folder -o x --shift 1
! loci: convert: --shift is not for models of tokens
= 2
$ loci convert "$FIXTURES/s4d_state.safetensors" -o x --vocabulary 5
!~ loci: *s4d_state.safetensors: tensor backbone.embedding.weight is missing; a language model of Mamba was expected
= 1
$ sed -i 's/"ssm_cfg": {}/"ssm_cfg": {"layer": "Mamba3"}/' folder/config.json; loci convert folder -o x
! loci: folder: has layers of kind Mamba3; Mamba1 or Mamba2 was expected
= 1
$ cp -r "$FIXTURES/mamba_checkpoint" bad && chmod -R u+w bad
$ second=bad/model-00002-of-00002.safetensors; for k in cut lfs loci zip; do
+     case $k in cut) head -c 3000 "$FIXTURES/mamba_checkpoint/${second#bad/}" ;; lfs) printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n' ;; loci) cat lm.safetensors ;; zip) printf 'PK\003\004' ;; esac > $second
+     loci convert bad -o x; done
!~ loci: bad/model-00002-of-00002.safetensors: *
! loci: bad/model-00002-of-00002.safetensors: is what Git LFS keeps in place of a file; a state_dict in safetensors, as 'git lfs pull' fetches it, was expected
! loci: bad/model-00002-of-00002.safetensors: is a model of loci already; a state_dict was expected
! loci: bad/model-00002-of-00002.safetensors: is what torch.save writes; what safetensors.torch.save_file writes of its state_dict was expected
= 1
$ printf 'version https://git-lfs.github.com/spec/v1\n' > pointer.safetensors; loci predict pointer.safetensors x.csv
! loci: pointer.safetensors: is what Git LFS keeps in place of a file; a model, as 'git lfs pull' fetches it, was expected
= 1
$ for i in '1,2' '{"weight_map": {"a": "1", "a": "2"}}' '{"weight_map": ' '{}\0'; do printf "$i" > bad/model.safetensors.index.json; loci convert bad -o x; done
! loci: bad/model.safetensors.index.json: is no JSON: more than one value
!~ loci: bad/model.safetensors.index.json: is no JSON: duplicate object key*
!~ loci: bad/model.safetensors.index.json: is no JSON: *
! loci: bad/model.safetensors.index.json: has a byte 0, which is in no JSON
= 1
$ printf '{}\0{' > bad/config.json; loci convert bad -o x
! loci: bad/config.json: has a byte 0, which is in no JSON
= 1
$ echo '{"n_layer": 2}' > folder/config.json; rm folder/model-00002*; loci convert folder -o x
! loci: folder/model-00002-of-00002.safetensors: cannot be opened: No such file or directory
= 1
$ sed -i 's/model-00002-of/model-00001-of/' folder/model.safetensors.index.json; loci convert folder -o x
! loci: folder: tensor backbone.layers.1.mixer.A_log is missing
= 1
$ cp folder/model-00001-of-00002.safetensors folder/copy.safetensors; echo '{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "copy.safetensors"}}' > folder/model.safetensors.index.json; loci convert folder -o x
!~ loci: folder: tensor * is in two of its files; one was expected
= 1
$ rm folder/copy.safetensors
$ echo '{"weight_map": {"a": "../a"}}' > folder/model.safetensors.index.json; loci convert folder -o x
! loci: folder/model.safetensors.index.json: tensor a is in no file of the folder
= 1
$ echo '{}' > folder/model.safetensors.index.json; loci convert folder -o x
! loci: folder/model.safetensors.index.json: has no weight_map, which says where tensors are
= 1
$ rm folder/model.safetensors.index.json; : > folder/pytorch_model.bin; loci convert folder -o x
! loci: folder: has no model.safetensors, but pytorch_model.bin: what safetensors.torch.save_file makes of it was expected
= 1
$ rm folder/config.json; loci convert folder -o x
! loci: folder: has no config.json; the folder of a checkpoint was expected
= 1
$ ls x
! ls: cannot access 'x': No such file or directory
= 2
