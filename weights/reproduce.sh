#!/usr/bin/env bash
# Trains everything that is shipped from nothing, and measures it: regressor, finder, embedding, the reenactor small, and from it base at
# 128² and then at 256². Stopped or killed, the same command goes on where it was. On two processor cores that takes days; with
# --device cuda hours.
#
#   weights/reproduce.sh [--output DIR] [--dry-run] [OPTION ...]
#
# --output DIR  receives a folder for each training, and figures/ (runs/reproduce in the repository)
# --dry-run     only prints the commands
# --device, --threads, --render-threads, --batch, --learning-rate, --clip-norm, --checkpoint-every and --seed go to all the trainings as they
# are; a --batch must suit the embedding, which takes multiples of 4 from 8 on. The steps of each are set below; the variable STEPS stands
# for all of them.
#
# The variable MIMESH names the program, as in MIMESH=./mimesh; unless given, the repository's is built and run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=common.sh
source "$root/weights/common.sh"

[[ -z ${STEPS:-} ]] || number STEPS "$STEPS"
regressor_steps=${STEPS:-20000}
finder_steps=${STEPS:-20000}
embedding_steps=${STEPS:-4000}
small_steps=${STEPS:-20000}
base_128_steps=${STEPS:-20000}
base_256_steps=${STEPS:-10000}

output=$root/runs/reproduce training=()
while (($# > 0)); do
    case $1 in
        --dry-run) dry_run=1 && shift && continue ;;
        -h | --help) usage "${BASH_SOURCE[0]}" && exit ;;
    esac
    (($# > 1)) && [[ -n $2 && $2 != --* ]] || fail "'$1' needs a value"
    case $1 in
        --output) output=$2 ;;
        --batch)
            number --batch "$2"
            (($2 >= 8 && $2 % 4 == 0)) || fail "--batch $2 does not suit the embedding; give a multiple of 4 from 8 on"
            training+=("$1" "$2")
            ;;
        --device | --threads | --render-threads | --learning-rate | --clip-norm | --checkpoint-every | --seed) training+=("$1" "$2") ;;
        *) fail "'$1' is not an option; see --help" ;;
    esac
    shift 2
done

learn() {
    train "$output/$1" "${@:2}" ${training[@]+"${training[@]}"}
}

learn regressor "$regressor_steps" regressor
learn finder "$finder_steps" finder
learn embedding "$embedding_steps" embedding
learn small "$small_steps" reenactor --preset small --regressor "$output/regressor"
learn base-128 "$base_128_steps" reenactor --preset base --size 128 --from "$output/small" --regressor "$output/regressor" --warm-up 0 --critic-from 0
learn base "$base_256_steps" reenactor --preset base --size 256 --from "$output/base-128" --regressor "$output/regressor" --warm-up 0 --critic-from 0

# The figures of the cards.
if [[ -z $dry_run ]]; then
    mkdir -p "$output/figures"
    for run in small base; do
        cp "$output/embedding/embedding.safetensors" "$output/$run/"
    done
fi
figures=$output/figures
keep "$figures/regressor.txt" mimesh evaluate regressor --weights "$output/regressor"
keep "$figures/finder.txt" mimesh evaluate finder --weights "$output/finder"
for run in small base; do
    keep "$figures/$run.txt" mimesh evaluate --weights "$output/$run" --json "$figures/$run.json"
done
