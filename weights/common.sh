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

# Checks that a value is a whole number from 1 on.
number() {
    [[ $2 =~ ^[1-9][0-9]{0,8}$ ]] || fail "$1 '$2' is not a whole number from 1 on"
}

# The program; with --dry-run, prints its command. It runs beside the script, which can then pass on that it is to stop.
mimesh() {
    if [[ -n $dry_run ]]; then
        printf 'mimesh' && printf ' %q' "$@" && echo
        return
    fi
    if [[ -n ${MIMESH:-} ]]; then
        "$MIMESH" "$@" &
    else
        dotnet run -c Release --project "$root/src/Cli" -- "$@" &
    fi
    local child=$!
    trap 'kill -TERM '$child'; wait '$child' || true; exit 130' INT TERM HUP
    wait "$child"
    trap - INT TERM HUP
}

# train DIR STEPS STAGE [OPTION ...]: what was trained for as many steps before is not trained again.
train() {
    mimesh train "${@:3}" --steps "$2" --output "$1"
}

# keep FILE COMMAND ...: shows what a command prints, and keeps it once the command is done.
keep() {
    if [[ -n $dry_run ]]; then
        "${@:2}"
    else
        "${@:2}" >"$1.part"
        mv "$1.part" "$1"
        cat "$1"
    fi
}
