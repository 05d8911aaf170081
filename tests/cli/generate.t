# Texts: what is learned of them, and what is written; texts and numbers that cannot be.
$ for i in 1 2 3 4 5 6 7 8 9 10; do for j in 1 2 3 4 5 6 7 8; do printf 'the cat sat on the mat; '; printf 'die K\303\244tze sa\303\237 dort.\n'; done; done >text.txt
$ echo 'loci train "$@" --layers 2 --width 32 --threads 1 --lr 0.01' >learn

# The characters of the text are the model's, its end is what is validated with.
$ sh learn text.txt --show | sed -n '1,5p; /embedding/p; /norm_f.weight/p; /decoder/p'
| data        text.txt: text, 1 input a sample
| training    13 sequences of 256 samples
|~ validation  1 sequence of 1[0-9]* samples
| task        next: the next token at every sample
|~ classes     2[0-9]: ?   . ; K a c d e h ...
|~   embedding.weight                            2[0-9] x 32 *
|   norm_f.weight                                    32         32  main
|~   decoder.weight                              2[0-9] x 32 *
|~   decoder.bias *
! loci: note: text.txt: is read as a text, so the task is next, to predict the next character (--task chooses)
$ sh learn text.txt -o m --epochs 80 2>err
|~ result      validation accuracy [91][0-9.]* %, loss 0.*, 0.[0-3]* bits a character, after epoch * of 80
|~ parameters  *
|~ time        *
|~ memory      *
| model       m
$ grep -c 'epoch .* bits a character, accuracy' err
| 80
$ loci eval m text.txt --json | grep -E 'task|targets|bits|perp'
|   "task": "next",
|~   "bits": 0.[0-3]*,
|~   "perplexity": 1.*,
|~   "targets": 35*,
! loci: note: text.txt: all of it is measured, what was trained on too where it is the same text
$ loci eval m text.txt | sed -n 2p
|~ loss        0.* nats, 0.* bits a character, perplexity 1.*
! loci: note: text.txt: all of it is measured, what was trained on too where it is the same text
$ loci eval m text.txt --window 1000 --json 2>err | grep -E 'samples|targets'
|   "samples": 4,
|~   "targets": 35*,
$ loci inspect m | sed -n 2p
| inputs      a character, one of 20, by an embedding of 20 rows
$ loci check m | tail -n 1
| all 7 gaps are within their bounds
$ loci check m text.txt --length 300 | sed -n 2p
|~ 300 samples of text.txt; answers from *
$ printf 'sa\303\237' >word.txt; loci predict m word.txt --top 1 | cut -d, -f 1-3
| file,sample,class
|~ word.txt,1,?*
|~ word.txt,2,?*
| word.txt,3," "

# What follows; the prompt is written, too, and a line ends.
$ loci generate m --prompt 'the c' --tokens 19 --temperature 0
| the cat sat on the mat; 
$ loci generate m --prompt 'die K' --tokens 18 --temperature 0
| die Kätze saß dort.
| the
$ loci generate m --tokens 23 --top-k 1
| the cat sat on the mat;
$ loci generate m --tokens 300 --seed 3 >one; loci generate m --tokens 300 --seed 3 >two; cmp one two; loci generate m --tokens 300 --temperature 2 --seed 4 >two; cmp -s one two
= 1
$ loci generate m --tokens 300 --top-p 0.01 >one; loci generate m --tokens 300 --temperature 0 >two; cmp one two
$ loci generate m --tokens 0 2>err | head -c 50000 | wc -c
| 50000

# Numbers of tokens in place of characters, by the order of the characters.
$ loci generate m --ids 18,9,8,1,6 --tokens 4
|~ *,*,*,*
$ printf '18\n9\n8\n' >ids.csv; loci stream m ids.csv --every 0 | tail -n 1 | cut -d, -f1,2
| 3," "
$ loci predict m ids.csv --top 1 | cut -d, -f 1-3
| file,sample,class
| ids.csv,1," "
| ids.csv,2,e
| ids.csv,3," "
$ printf '18\n99\n8\n' >ids.csv; loci stream m ids.csv >out
! loci: ids.csv: line 2: "u" is 99; a token, a whole number of 0 to 19, was expected
= 1
$ cut -d, -f 1-2 out | tail -n 1
|~ 1,*
$ loci train text.txt -o back --layer attention --layers 1 --width 8 --heads 2 --steps 1 >out 2>err
$ for n in 99 -1 1.5; do printf '18\n%s\n8\n' $n >ids.csv; loci predict back ids.csv >out; done
! loci: ids.csv: line 2: "u" is 99; a token, a whole number of 0 to 19, was expected
! loci: ids.csv: line 2: "u" is -1; a token, a whole number of 0 to 19, was expected
! loci: ids.csv: line 2: "u" is 1.5; a token, a whole number of 0 to 19, was expected
= 1

# Bytes of any file; the same bits for any number of threads, and after a stop.
$ head -c 3000 text.txt >bytes; printf '\000\377\001' >>bytes; sh learn bytes -o b --bytes --epochs 30 2>err | head -n 1
|~ result      validation accuracy *, loss *, * bits a byte, after epoch * of 30
$ loci inspect b --json | grep -c '"255"'
| 1
$ loci generate b --prompt "$(printf 'die K\303')" --tokens 1 --temperature 0 | tail -c 2 | od -An -t x1
|  c3 a4
$ loci generate b --ids 100,105,101 --tokens 2 | wc -l
| 1
$ loci eval b bytes | sed -n 2p
|~ loss        * nats, * bits a byte, perplexity *
! loci: note: bytes: all of it is measured, what was trained on too where it is the same text
$ sh learn bytes -o b1 --bytes --epochs 3 --threads 3 --window 100 >out 2>&1; sh learn bytes -o b2 --bytes --epochs 3 --threads 1 --window 100 >out 2>&1; cmp b1 b2
$ sh learn bytes -o b3 --bytes --epochs 3 --window 100 --log - 2>out | head -n 20 >cut; sh learn bytes -o b3 --bytes --epochs 3 --window 100 --resume >out 2>&1; cmp b1 b3
$ gzip -k text.txt; sh learn text.txt --steps 5 -o t1 >out 2>&1; sh learn text.txt.gz --steps 5 -o t2 >out 2>&1; loci inspect t1 | grep -v command >one; loci inspect t2 | grep -v command >two; cmp one two
$ sh learn text.txt --test 0.2 --steps 5 -o t >out 2>&1; loci eval t text.txt --json | grep targets; loci eval t text.txt --train --json | grep targets
|~   "targets": [67]*,
|~   "targets": 28*,

# What cannot be.
$ printf 'caf\351 au lait\n' >latin; loci train latin -o x
! loci: latin: is no UTF-8: byte 4 is 0xe9; a text was expected, or --bytes, which takes any file
= 1
$ loci train bytes -o x
! loci: bytes: byte 3001 is 0; a text without such was expected, or --bytes, which takes any file
= 1
$ : >empty; loci train empty -o x
! loci: empty: is empty; a text was expected
= 1
$ printf aaaa >same; loci train same -o x
! loci: same: has 1 different character; two at least were expected
= 1
$ printf a >short; loci train short -o x --bytes
! loci: short: has 1 token; two at least were expected
= 1
$ printf '%s\n' x,y 1,2 3,4 >table.csv; loci train table.csv -o x --task next
! loci: table.csv: holds numbers; the task next learns texts: a file of UTF-8 was expected, or --bytes with any file
= 1
$ printf '%s\n' 'x y' '1.5 2' '-3 4e5' >numbers.txt; loci train numbers.txt -o x --task next
! loci: numbers.txt: holds numbers; the task next learns texts: a file of UTF-8 was expected, or --bytes with any file
= 1
$ mkdir -p d/a d/b; cp table.csv d/a; cp table.csv d/b; loci train d -o x --task next
! loci: d: holds numbers; the task next learns texts: a file of UTF-8 was expected, or --bytes with any file
= 1
$ loci train text.txt -o x --task value
!~ loci: text.txt: is a table *
= 1
$ loci train text.txt -o x --permute 3
! loci: text.txt: is a text, which cannot be permuted
= 1
$ loci train text.txt -o x --stride 3 --window 5
! loci: text.txt: is a data set of kind text; value, group, window and stride are for tables
= 1
$ loci train d -o x --bytes
! loci: d: is a data set of kind audio; bytes is for texts in files
= 1
$ printf 'the cat \303\251' >other.txt; loci eval m other.txt
!~ loci: other.txt: byte 9 begins the character U+00E9, "é", which is none of the 20 that the model knows
= 1
$ loci predict m other.txt --top 1
! loci: other.txt: character 9 is U+00E9, "é"; one of the 20 that the model knows was expected
= 1
$ loci eval m text.txt --window 0
! loci: eval: --window is 0; 1 or more was expected
= 2
$ loci generate m --prompt 'the dog'
!~ loci: m: --prompt: character 7 is U+0067, "g"; one of the 20 that the model knows was expected
= 1
$ for c in '\t' '\177' '\302\205' '\302\233'; do loci generate m --prompt "$(printf "the$c")"; done
! loci: m: --prompt: character 4 is U+0009; one of the 20 that the model knows was expected
! loci: m: --prompt: character 4 is U+007F; one of the 20 that the model knows was expected
! loci: m: --prompt: character 4 is U+0085; one of the 20 that the model knows was expected
! loci: m: --prompt: character 4 is U+009B; one of the 20 that the model knows was expected
= 1
$ printf 'the\tcat' > other.txt; loci eval m other.txt
! loci: other.txt: byte 4 begins the character U+0009, which is none of the 20 that the model knows
= 1
$ loci generate m --prompt "$(printf 't\377')"
! loci: m: --prompt: byte 2 is 0xff, which is no UTF-8
= 1
$ loci generate m --ids 3,99
!~ loci: m: token 99 does not exist; 0 to 19 was expected
= 1
$ for ids in '' 3, ,3 3,,4 -1 1.5 x; do loci generate m --ids "$ids" || echo $?; done
| 2
| 2
| 2
| 2
| 2
| 2
| 2
! loci: generate: --ids is ""; numbers of tokens separated by commas were expected
! loci: generate: --ids is "3,"; numbers of tokens separated by commas were expected
! loci: generate: --ids is ",3"; numbers of tokens separated by commas were expected
! loci: generate: --ids is "3,,4"; numbers of tokens separated by commas were expected
! loci: generate: --ids is "-1"; numbers of tokens separated by commas were expected
! loci: generate: --ids is "1.5"; numbers of tokens separated by commas were expected
! loci: generate: --ids is "x"; numbers of tokens separated by commas were expected
$ loci generate m --ids 1 --prompt a
! loci: generate: --prompt and --ids exclude each other; one was expected
= 2
$ loci generate m --temperature -1
! loci: generate: --temperature is -1; 0 or more was expected
= 2
$ loci generate m --top-p 1.5
! loci: generate: --top-p is 1.5; above 0, at most 1 was expected
= 2
$ loci generate m --top-k 0
! loci: generate: --top-k is 0; 1 or more was expected
= 2
$ "$FIXTURES"/../labelled.sh images 8; loci train images -o c --steps 1 --layers 1 --width 4 >out 2>&1; loci generate c
! loci: c: its samples are no tokens, or its answers none that follow; a model of the task next was expected
= 1
$ loci eval m d
!~ loci: d: holds numbers; *
= 1
$ loci train text.txt -o x --head tied --steps 1 --layers 1 --width 4 2>err | sed -n 2p
|~ parameters  *
$ loci train images -o x --head tied
! loci: train: head is tied, and without a vocabulary there is no embedding; linear or unbiased was expected
= 2
