#!/usr/bin/env bash
# What each part of the system is worth: trains the full system, and eleven that lack a part each, on the same people, from the same
# seed, for as many steps; then evaluates all of them at once. Stopped or killed, the same command goes on where it was.
#
#   benchmarks/ablations.sh [--steps N] [--count N] [--output DIR] [--regressor DIR] [--dry-run] [OPTION ...]
#
# --steps N        steps of each training (4000)
# --count N        pairs of each protocol to evaluate on (200)
# --output DIR     receives a run for each system, and table.txt and metrics.json (runs/ablations in the repository)
# --regressor DIR  the trained regressor (weights)
# --dry-run        only prints the commands
# --warm-up N, --critic-from N   stages of the trainings (a quarter and half of the steps)
# --size, --batch, --learning-rate, --clip-norm, --checkpoint-every, --seed, --data, --rendered, --device, --threads and --render-threads
# go to all the trainings as they are.
#
# The variable MIMESH names the program, as in MIMESH=./mimesh; unless given, the repository's is built and run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=../weights/common.sh
source "$root/weights/common.sh"

steps=4000 count=200 warm_up= critic_from= output=$root/runs/ablations regressor=$root/weights training=()
while (($# > 0)); do
    case $1 in
        --dry-run) dry_run=1 && shift && continue ;;
        -h | --help) usage "${BASH_SOURCE[0]}" && exit ;;
    esac
    (($# > 1)) && [[ -n $2 && $2 != --* ]] || fail "'$1' needs a value"
    case $1 in
        --steps) steps=$2 ;;
        --count) count=$2 ;;
        --output) output=$2 ;;
        --regressor) regressor=$2 ;;
        --warm-up) warm_up=$2 ;;
        --critic-from) critic_from=$2 ;;
        --size | --batch | --learning-rate | --clip-norm | --checkpoint-every | --seed | --data | --rendered | --device | --threads | --render-threads)
            training+=("$1" "$2")
            ;;
        *) fail "'$1' is not an option; see --help" ;;
    esac
    shift 2
done
number --steps "$steps"
number --count "$count"
for stage in "$warm_up" "$critic_from"; do
    [[ -z $stage || $stage == 0 ]] || number '--warm-up or --critic-from' "$stage"
done

weights=()
for part in '' mesh swap occlusion flow-mask coefficients adversarial flow-loss parts mirror surroundings sharpening; do
    run=$output/${part:+without-}${part:-full}
    lacking=(${part:+--without "$part"})
    train "$run" "$steps" reenactor --preset small --regressor "$regressor" ${lacking[@]+"${lacking[@]}"} \
        --warm-up "${warm_up:-$((steps / 4))}" --critic-from "${critic_from:-$((steps / 2))}" ${training[@]+"${training[@]}"}
    weights+=(--weights "$run")
done

keep "$output/table.txt" mimesh evaluate "${weights[@]}" --count "$count" --json "$output/metrics.json"
