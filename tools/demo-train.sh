#!/bin/bash
# demo-train.sh LOCI FOLDER - the third part of ./demo: trains a small S4D with the program LOCI on real data, measures it, and
# lets it look at one image pixel by pixel. The model and the charts go into FOLDER.
#
# The data: Fashion-MNIST (Xiao, Rasul and Vollgraf 2017; Zalando SE, MIT license), 70,000 images of 28 x 28 pixels of
# clothes, as Debian's package dataset-fashion-mnist carries them.
set -eu -o pipefail
loci=$(realpath "$1")
mkdir -p "$2"
folder=$2
model=$folder/fashion.safetensors
steps=2000
names=("a T-shirt or top" "trousers" "a pullover" "a dress" "a coat" "a sandal" "a shirt" "a sneaker" "a bag" "an ankle boot")

say() { printf '\n%s\n\n' "$*"; }

data=$(dpkg-query -L dataset-fashion-mnist 2>/dev/null | sed -n 's:/train-images-idx3-ubyte.gz$::p' || true)
if [ ! -e "$data/train-images-idx3-ubyte.gz" ]; then
    echo "demo: the images are not there; they come with Debian's package dataset-fashion-mnist" >&2
    exit 1
fi

say "Clothes: 60,000 images of ten kinds, each read pixel by pixel, a sequence of 784 samples. A small S4D learns to tell
them apart, in $steps steps of 64 images."
resume=
[ ! -e "$model.resume" ] || resume=--resume # of a demo that was stopped

# How long that takes here: twenty steps, of which the first ones wait for memory.
trial=$folder/trial.safetensors
"$loci" train "$data" -o "$trial" --steps 20 --valid 0.05 --dropout 0 --seed 1 --restart --log "$folder/trial.jsonl" >/dev/null 2>&1
awk -v steps="$steps" -F '"seconds": ' '
    /"step"/ { split($2, number, "}"); at[++count] = number[1] }
    END { seconds = (at[20] - at[5]) / 15 * steps
          if (seconds < 90) printf "Twenty of them tell: on this machine that takes about %.0f seconds.\n\n", seconds
          else printf "Twenty of them tell: on this machine that takes about %.0f minutes.\n\n", seconds / 60 }' "$folder/trial.jsonl"
rm -f "$trial" "$folder/trial.jsonl"
"$loci" train "$data" -o "$model" --steps "$steps" --valid 0.05 --dropout 0 --seed 1 $resume \
    --log "$folder/fashion-training.jsonl" --plot "$folder/fashion-training.svg"

say "How good is it on 10,000 images that it has not seen?"
"$loci" eval "$model" "$data"

# Behind 16 bytes of header stand the images, a byte a pixel; behind 8 the labels.
pixels=$folder/fashion-0.txt
unpack() { gzip -dc "$data/$1.gz" 2>/dev/null || true; } # whoever reads it has enough before its end
unpack t10k-images-idx3-ubyte | od -An -v -tu1 -w1 -j16 -N784 >"$pixels"
label=$(unpack t10k-labels-idx1-ubyte | od -An -v -tu1 -j8 -N1)
say "The first of them is ${names[label]}, number $((label)). Its pixels come out of a pipe, one after the other, and the model has
an answer after each:"
"$loci" stream "$model" - --plot "$folder/fashion-answer.svg" -o - <"$pixels" |
    awk -F, -v names="$(IFS=,; echo "${names[*]}")" '
        BEGIN { split(names, name) }
        NR > 1 && $1 % 112 == 0 { printf "after %3d pixels  %-18s %5.1f %%\n", $1, name[$2 + 1], 100 * $($2 + 3) }'

say "The same, pixel by pixel (5: a sandal, 7: a sneaker, 8: a bag, 9: an ankle boot):"
"$loci" stream "$model" - --plot - <"$pixels"

say "Pictures, the model, and its training step by step:"
for file in fashion-training.svg fashion-answer.svg fashion.safetensors fashion-training.jsonl; do
    echo "$folder/$file"
done
