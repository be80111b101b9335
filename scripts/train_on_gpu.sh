#!/usr/bin/env bash
# Generation, training, export and a first evaluation on a machine with a GPU, within so many minutes.
#
#   scripts/train_on_gpu.sh MINUTES OUT [--plan]
#
# Pictures of the cell through all cameras, heights and slants are rendered on all cores (EGL: on the GPU), talked about, and the
# checkpoint BASE is tuned on them (all but its vision tower; accelerate takes the GPU that is there). What is measured for how long
# a step takes sets how many there are. OUT gets checkpoint/ in files of at most 15 MB (SPLIT files: cat NAME.part* > NAME),
# before.json and after.json of `evaluate sim`, and times.txt.
#
# --plan says what would run, and runs nothing. Settings by environment: BASE (models/rt-grasp-tiny), PRESET (tiny-full), CORES, SEED;
# to try the script on a small scale: PICTURES and STEPS (at most so many; else as many as there is time for), TRIAL_STEPS (20), SCENES (20).
set -euo pipefail

usage() { echo "usage: scripts/train_on_gpu.sh MINUTES OUT [--plan]" >&2; exit 2; }

[[ $# -ge 2 && $# -le 3 ]] || usage
minutes=$1 out=$2 plan=no
[[ $minutes =~ ^[1-9][0-9]*$ ]] || { echo "MINUTES is '$minutes'; give a whole number of at least 1." >&2; exit 2; }
if [[ $# -eq 3 ]]; then [[ $3 == --plan ]] && plan=yes || usage; fi
base=${BASE:-models/rt-grasp-tiny} preset=${PRESET:-tiny-full} seed=${SEED:-0}
cores=${CORES:-$(nproc)}
rt_grasp=${RT_GRASP:-rt-grasp}
started=$(date +%s)

share_s() { echo $((minutes * 60 * $1 / 100)); } # per cent of the time
pictures_s=$(share_s 38) talk_s=$(share_s 9) trial_s=$(share_s 6) train_s=$(share_s 33) evaluate_s=$(share_s 6)
trial_steps=${TRIAL_STEPS:-20} scenes=${SCENES:-20}
pictures=${PICTURES:-$((pictures_s * cores * 4))} # more than there is time for: a stopped build keeps its whole shards
data=$out/data

say() {
    if [[ $plan == yes ]]; then echo "$*"; else echo "[$(($(date +%s) - started)) s] $*" | tee -a "$out/times.txt"; fi
}

# limited SECONDS COMMAND...: run it for so long at most; to be stopped then is no failure
limited() {
    local seconds=$1 status=0
    shift
    say "at most $seconds s: $*"
    [[ $plan == no ]] || return 0
    timeout --signal=INT --kill-after=20 "$seconds" "$@" || status=$?
    [[ $status -eq 0 || $status -eq 124 || $status -eq 130 || $status -eq 137 ]] || { say "failed with status $status"; exit "$status"; }
}

evaluate() { limited "$evaluate_s" "$rt_grasp" evaluate sim --suite --scenes "$scenes" --seed 1 --model "$1" --processes "$cores" --json "$out/$2.json"; }

tune() { # SECONDS STEPS WORK RESULT
    limited "$1" "$rt_grasp" train --preset "$preset" --base "$base" --data "$data/conversations.jsonl" --images "$data" \
        --steps "$2" --seed "$seed" --work "$3" --out "$4"
}

if [[ $plan == no ]]; then
    command -v nvidia-smi >/dev/null || echo "No GPU is seen here; everything runs on $cores cores." >&2
    mkdir -p "$out"
    export MUJOCO_GL=${MUJOCO_GL:-egl}
fi

build_pictures() { # SECONDS COUNT FORMAT
    limited "$1" "$rt_grasp" data build --source sim --out "$data" --pictures "$2" --format "$3" --processes "$cores" --seed "$seed" \
        --camera cell --camera d415 --camera d435 --camera d455 --camera azure_kinect --height-m 0.45:1.2 --tilt-deg 0:45
}

build_pictures "$pictures_s" "$pictures" shards
# What is rendered is talked about: as many pictures as whole shards are there.
if [[ $plan == no ]]; then
    shards=("$data"/sim_*.npz)
    [[ -e ${shards[0]} ]] || { say "no shard was finished; give more minutes"; exit 1; }
    pictures=$((${#shards[@]} * 250))
fi
build_pictures "$talk_s" "$pictures" jsonl
[[ $plan == yes || -s $data/conversations.jsonl ]] || { say "the conversations were not finished; give more minutes"; exit 1; }

evaluate "$base" before
tried=$(date +%s)
tune "$trial_s" "$trial_steps" "$out/trial" "$out/trial/checkpoint"
if [[ $plan == yes ]]; then
    steps=STEPS
else
    took_s=$(($(date +%s) - tried + 1))
    steps=$((train_s * trial_steps * 8 / took_s / 10))
    [[ -z ${STEPS:-} || $steps -le $STEPS ]] || steps=$STEPS
    [[ $steps -ge 1 ]] || { say "a step takes too long for $minutes minutes"; exit 1; }
fi
tune "$train_s" "$steps" "$out/work" "$out/checkpoint"
[[ $plan == yes || -e $out/checkpoint/config.json ]] || { say "the training did not end in time; run the same command again"; exit 1; }
evaluate "$out/checkpoint" after

say "split what is larger than 15 MB in $out/checkpoint"
if [[ $plan == no ]]; then
    find "$out/checkpoint" -type f -size +15000000c -print0 | while IFS= read -r -d '' file; do
        split --bytes=15000000 --numeric-suffixes "$file" "$file.part" && rm "$file"
    done
    rm -rf "$out/trial"
fi
say "done"
