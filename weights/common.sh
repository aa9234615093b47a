# What benchmarks/ablations.sh and weights/reproduce.sh share; they source it, with $root naming the repository.
# shellcheck shell=bash
dry_run=

fail() {
    echo "$(basename "$0"): $1" >&2
    exit 2
}

# The comment at a script's top.
usage() {
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$1"
}

# The program; with --dry-run, prints its command.
mimesh() {
    if [[ -n $dry_run ]]; then
        printf 'mimesh' && printf ' %q' "$@" && echo
    elif [[ -n ${MIMESH:-} ]]; then
        "$MIMESH" "$@"
    else
        dotnet run -c Release --project "$root/src/Cli" -- "$@"
    fi
}

# train DIR STEPS STAGE [OPTION ...]: what was trained for as many steps before is not trained again.
train() {
    local run=$1 steps=$2
    if [[ -z $dry_run && -f $run/trained && $(<"$run/trained") == "$steps" ]]; then
        echo "$run: trained before" >&2
        return
    fi
    mimesh train "${@:3}" --steps "$steps" --output "$run"
    [[ -n $dry_run ]] || echo "$steps" >"$run/trained"
}

# keep FILE COMMAND ...: shows what a command prints, and keeps it once the command is done.
keep() {
    local text
    text=$("${@:2}")
    echo "$text"
    [[ -n $dry_run ]] || echo "$text" >"$1"
}
