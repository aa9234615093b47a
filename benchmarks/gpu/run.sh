#!/usr/bin/env bash
# Measures Mimesh on a machine that has an NVIDIA GPU with its driver, and PyTorch, but no .NET: verifies every operation, times
# the kernels beside PyTorch and cuDNN in the same run, trains for a moment, and writes one table for benchmarks/RESULTS.md.
#
#   benchmarks/gpu/run.sh remote [USER@]HOST [OPTIONS]   pack here, measure there over ssh, bring the table back
#   benchmarks/gpu/run.sh local [OPTIONS]                pack and measure on this machine
#   benchmarks/gpu/run.sh pack FILE.tar.gz               pack, to be carried there; unpack it, and on that machine
#   ./run.sh measure [OPTIONS]                           measure
#
# Options: --device NAME (cuda), --steps N of the training (60), --preset NAME (base), --batch N (8), --python PROGRAM (python3),
# --output FILE (gpu.md). Packing needs the .NET SDK, measuring bash, tar and Python with PyTorch.
# Exit code 1 when the verification fails; the table is written all the same.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
    echo "run.sh: $1" >&2
    exit 2
}

usage() {
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}"
}

# What the other machine needs, in one archive.
pack() {
    local archive=$1 root project folder
    root=$(cd "$here/../.." && pwd)
    folder=$(mktemp -d)
    for project in src/Cli benchmarks; do
        dotnet publish "$root/$project" -c Release -r linux-x64 --self-contained -o "$folder/mimesh-gpu" -v quiet \
            -p:PublishSingleFile=true -p:IncludeNativeLibrariesForSelfExtract=true -p:DebugType=none -p:PublishDocumentationFiles=false
    done
    cp "$here/run.sh" "$here/pytorch.py" "$here/../pytorch/kernels.py" "$folder/mimesh-gpu/"
    tar -czf "$archive" -C "$folder" mimesh-gpu
    rm -rf "$folder"
    echo "$archive: $(du -h "$archive" | cut -f1)" >&2
}

measure() {
    local device=cuda steps=60 preset=base batch=8 python=python3 output=gpu.md work verified=0
    while (($# > 0)); do
        (($# > 1)) || fail "$1 needs a value"
        case $1 in
            --device) device=$2 ;;
            --steps) steps=$2 ;;
            --preset) preset=$2 ;;
            --batch) batch=$2 ;;
            --python) python=$2 ;;
            --output) output=$2 ;;
            *) fail "there is no option '$1'" ;;
        esac
        shift 2
    done
    [[ -x $here/mimesh ]] || fail "there is no build beside this script; use 'pack', 'local' or 'remote'"
    "$python" -c 'import torch' || fail "'$python' has no PyTorch; name another with --python"
    work=$(mktemp -d)
    # shellcheck disable=SC2064 # the folder of now
    trap "rm -rf '$work'" EXIT

    "$here/mimesh" verify --device "$device" --json "$work/rows.json" || verified=$?
    ((verified <= 1)) || exit "$verified"
    "$here/Mimesh.Benchmarks" time "$device" "$work/kernels.json"
    "$here/mimesh" train reenactor --device "$device" --preset "$preset" --batch "$batch" --steps "$steps" \
        --regressor "$here/weights" --output "$work/run" --render-threads "$(nproc)" --warm-up 0 --critic-from 0 2>&1 | tee "$work/training.txt"
    "$python" "$here/pytorch.py" --device "$device" --rows "$work/rows.json" --kernels "$work/kernels.json" \
        --training "$work/training.txt" --what "training step, $preset, batch $batch" --output "$output"
    cat "$output"
    exit "$verified"
}

case ${1:-} in
    pack)
        (($# == 2)) || fail "pack takes the name of the archive"
        pack "$2"
        ;;
    measure)
        shift
        measure "$@"
        ;;
    local | remote)
        where=$1
        shift
        if [[ $where == remote ]]; then
            (($# > 0)) || fail "remote takes a host"
            host=$1
            shift
        fi
        output=gpu.md
        for ((i = 1; i < $#; i++)); do
            if [[ ${!i} == --output ]]; then
                next=$((i + 1))
                output=${!next}
            fi
        done
        folder=$(mktemp -d)
        trap 'rm -rf "$folder"' EXIT
        pack "$folder/mimesh-gpu.tar.gz"
        status=0
        if [[ $where == local ]]; then
            tar -xzf "$folder/mimesh-gpu.tar.gz" -C "$folder"
            "$folder/mimesh-gpu/run.sh" measure "$@" || status=$?
        else
            there=$(ssh "$host" mktemp -d)
            scp -q "$folder/mimesh-gpu.tar.gz" "$host:$there/"
            # shellcheck disable=SC2029 # the options are quoted here for the shell there
            ssh "$host" "cd '$there' && tar -xzf mimesh-gpu.tar.gz && mimesh-gpu/run.sh measure $(printf '%q ' "$@") --output '$there/gpu.md'" || status=$?
            scp -q "$host:$there/gpu.md" "$output" || status=1
            # shellcheck disable=SC2029
            ssh "$host" "rm -rf '$there'"
        fi
        exit "$status"
        ;;
    -h | --help)
        usage
        ;;
    *)
        usage >&2
        exit 2
        ;;
esac
