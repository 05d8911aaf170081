#!/bin/sh
# demo-memory.sh LOCI FOLDER - the second part of ./demo: remembers a real recording with the program LOCI, as an archive, as a palace of as
# many bytes, and as plain 64 coefficients, recalls it, and draws them over the original into FOLDER.
#
# The recording: five minutes of a human heart, 108,000 samples at 360 Hz; record 208, lead MLII, of the MIT-BIH Arrhythmia
# Database (Moody and Mark 2001; PhysioNet, Goldberger et al. 2000; Open Data Commons Attribution License), as Debian 12's
# package python3-scipy carries it.
set -eu
loci=$(realpath "$1")
mkdir -p "$2"
folder=$2
heart=$folder/heart.csv
palace=$folder/heart-palace.loci
plain=$folder/heart-plain.loci
archive=$folder/heart-archive.loci

say() { printf '\n%s\n\n' "$*"; }
bytes() { wc -c <"$1" | awk '{ printf "%.1f KB", $1 / 1000 }'; }

if ! /usr/bin/python3 -W ignore - >"$heart" <<'PYTHON'; then
from scipy.misc import electrocardiogram
print("ECG (mV)")
print("\n".join("%.3f" % millivolt for millivolt in electrocardiogram()))
PYTHON
    rm -f "$heart"
    echo "demo: the recording could not be read; it comes with python3-scipy of Debian 12 (scipy.misc.electrocardiogram)" >&2
    exit 1
fi

say "A recording: five minutes of a heart, 108,000 samples ($(bytes "$heart") as text)."
"$loci" remember "$heart" --rate 360 --order 64 --detail 4 -o "$palace"
"$loci" remember "$heart" --rate 360 --order 64 --detail 0 -o "$plain"
"$loci" remember "$heart" --rate 360 --budget 16128 -o "$archive" # as many bytes as 2,016 numbers
echo "An archive of all of it:                        $(bytes "$archive")"
echo "The palace, 64 coefficients a stretch:          $(bytes "$palace")"
echo "Plain, 64 coefficients for the whole history:   $(bytes "$plain")"

say "What the archive keeps, and what it knows that it is off:"
"$loci" inspect "$archive"

say "Is that true? Its recall against the recording itself:"
"$loci" recall "$archive" --against "$heart" | head -n 4

say "What the palace holds, and what it knows that it has forgotten:"
"$loci" inspect "$palace"

say "Is that true, too?"
"$loci" recall "$palace" --against "$heart" --beside "$archive" --plot "$folder/heart-recalled.svg"
"$loci" recall "$palace" --against "$heart" --beside "$archive" --plot "$folder/heart-recalled.png" >/dev/null

say "And the recall of plain 64 coefficients:"
"$loci" recall "$plain" --against "$heart" --plot "$folder/heart-plain.png" | sed -n '3,6p'
"$loci" recall "$plain" --against "$heart" --plot "$folder/heart-plain.svg" >/dev/null

cat <<'TEXT'

A rule of thumb: N coefficients resolve about N/3 cycles of a stretch, so 64 resolve 21. This heart beats 21 times in some
13 seconds: stretches much longer than that keep the slow drift but lose the beats, and plain 64 coefficients for five
minutes never had them. What is young lies in short stretches, and is sharp.

Three seconds of four minutes ago, from the archive alone:

TEXT
"$loci" recall "$archive" --from 60 --to 63 --points 2000 --plot -

say "Pictures (more: $1 figures FOLDER):"
for picture in heart-recalled heart-plain; do
    echo "$folder/$picture.svg"
    echo "$folder/$picture.png"
done
