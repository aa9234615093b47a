#!/usr/bin/env bash
# What each part of the system is worth: trains the full system and each of the seven that lack a part, on the same people for as
# many steps from the same seed, and evaluates them all at once.
#
#   benchmarks/ablations.sh [--steps N] [--output DIR] [--regressor DIR] [--pairs N] [OPTION...]
#
# --steps are those of each training (4000), --pairs those of the evaluation's protocols (200). DIR (runs/ablations) receives a run
# for each system, and table.md and metrics.json. --regressor is the directory of the trained regressor (the shipped weights). Other options, such as --device, --batch or --size,
# go to every training. Stopped or killed, the same command goes on. --dry-run only prints the commands.
# MIMESH names the program; unless given, the repository's own is run.
set -euo pipefail
# shellcheck source=../weights/reproduce.lib
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
