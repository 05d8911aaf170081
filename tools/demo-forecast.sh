#!/bin/bash
# demo-forecast.sh LOCI FOLDER - a part of ./demo: foretells a real series with the program LOCI, and watches it with two faults that are
# planted there. Seconds; the charts go into FOLDER.
#
# The series: carbon dioxide in the air on Mauna Loa, 2,284 weeks from 1958 to 2001, in tools/co2.csv (Keeling and Whorf 2004, CDIAC, Oak
# Ridge National Laboratory, U.S. Department of Energy; public domain).
set -eu -o pipefail
loci=$(realpath "$1")
mkdir -p "$2"
folder=$2
series=$(dirname "$0")/co2.csv
model=$folder/co2.loci

say() { printf '\n%s\n\n' "$*"; }

say "Carbon dioxide on Mauna Loa, 2,284 weeks. What are the next two years, and how good would such forecasts have been?"
"$loci" forecast "$series" --horizon 104 -o "$model" --plot "$folder/co2-next.svg" >"$folder/co2-next.csv"
grep '^#' "$folder/co2-next.csv"
"$loci" forecast "$model" "$series" --plot "$folder/co2-next.png" -o "$folder/co2-after.csv"

say "The last eleven years again, with two faults: from week 2,000 on the instrument hangs for twelve weeks, and week 2,110 is wrong."
awk -F , -v OFS=, '$1 ~ /^#/ { next } { week++ } $1 != "date" && week < 1702 { next }
    week >= 2001 && week < 2013 { $2 = 358.5 } week == 2111 { $2 += 4 } { print }' "$series" >"$folder/co2-faults.csv"
echo "What loci watch finds odd:"
"$loci" watch "$model" "$folder/co2-faults.csv" --alarms --plot "$folder/co2-watched.svg"
"$loci" watch "$model" "$folder/co2-faults.csv" --plot "$folder/co2-watched.png" -o "$folder/co2-watched.csv"

say "Pictures:"
for picture in co2-next co2-watched; do
    echo "$folder/$picture.svg"
    echo "$folder/$picture.png"
done
