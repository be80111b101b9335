#!/usr/bin/env bash
# Generation, training, export and a first evaluation on a machine with a GPU, within so many minutes.
#
#   scripts/train_on_gpu.sh MINUTES OUT [--plan]
#
# Pictures of the cell through all cameras, heights and slants are rendered on all cores (EGL: on the GPU), talked about, and the
# checkpoint BASE is tuned on them (all but its vision tower; accelerate takes the GPU that is there), or, with BASE=nothing, an
# embedded model is trained from nothing, both stages on the GPU (in float32; PRECISION=bf16 for less). What is measured for how long
# a step takes sets how many there are. OUT gets checkpoint/ in files of at most 15 MB (SPLIT files: cat NAME.part* > NAME),
# before.json and after.json of `evaluate sim`, and times.txt. The same command again goes on where it was stopped.
#
# Needs no network and no ROS, but MuJoCo with EGL's libraries, torch, transformers, onnx, OpenCV, PyYAML, rich, and for tuning peft,
# accelerate and Pillow; what is missing is said before the first minute is used. Where what the evaluation needs is missing (onnxruntime,
# pinocchio, pink, coal, ompl, toppra), it is left out, and the training is not. Without an installed `rt-grasp` PYTHON (python3) runs it
# from here; RT_GRASP names another.
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
if [[ -n ${RT_GRASP:-} ]]; then
    read -ra rt_grasp <<<"$RT_GRASP"
    python=${PYTHON:-python3}
elif installed=$(command -v rt-grasp); then
    rt_grasp=("$installed")
    python=$(dirname "$installed")/python3 # of its environment
else
    python=${PYTHON:-python3}
    rt_grasp=("$python" -m rt_grasp_ros.cli)
    here=$(cd "$(dirname "$0")/.." && pwd)
    export PYTHONPATH=$here${PYTHONPATH:+:$PYTHONPATH}
fi
export HF_HUB_OFFLINE=1 # no waiting for a network that is not there
started=$(date +%s)

trains="mujoco torch transformers safetensors tokenizers onnx cv2 scipy yaml rich"
[[ $base == nothing ]] || trains+=" peft accelerate PIL"
evaluates="onnxruntime pinocchio pink coal ompl toppra"

# missing MODULE...: those that can't be found
missing() { "$python" -c 'import importlib.util as u, sys; print(*(n for n in sys.argv[1:] if not u.find_spec(n)))' "$@"; }

share_s() { echo $((minutes * 60 * $1 / 100)); } # per cent of the time
pictures_s=$(share_s 38) talk_s=$(share_s 9) trial_s=$(share_s 6) train_s=$(share_s 33) evaluate_s=$(share_s 6)
trial_steps=${TRIAL_STEPS:-20} scenes=${SCENES:-20}
pictures=${PICTURES:-$((pictures_s * cores * 4))} # more than there is time for: a stopped build keeps its whole shards
data=$out/data

say() {
    if [[ $plan == yes ]]; then echo "$*"; else echo "[$(($(date +%s) - started)) s] $*" | tee -a "$out/times.txt"; fi
}

# limited SECONDS ARGUMENT...: run rt-grasp for so long at most; to be stopped then is no failure
limited() {
    local seconds=$1 status=0
    shift
    say "at most $seconds s: rt-grasp $*"
    [[ $plan == no ]] || return 0
    timeout --signal=INT --kill-after=20 "$seconds" "${rt_grasp[@]}" "$@" || status=$?
    [[ $status -eq 0 || $status -eq 124 || $status -eq 130 || $status -eq 137 ]] || { say "failed with status $status"; exit "$status"; }
}

evaluate() { [[ -n $lacks ]] || limited "$evaluate_s" evaluate sim --suite --scenes "$scenes" --seed 1 --model "$1" --processes "$cores" --json "$out/$2.json"; }

train() { # SECONDS STEPS WORK RESULT
    if [[ $base == nothing ]]; then
        limited "$1" train --strategy scratch --data "$data" --tower-steps "$2" --language-model-steps "$2" --threads "$cores" \
            ${PRECISION:+--precision "$PRECISION"} --seed "$seed" --work "$3" --out "$4"
        return
    fi
    limited "$1" train --preset "$preset" --base "$base" --data "$data/conversations.jsonl" --images "$data" \
        --steps "$2" --seed "$seed" --work "$3" --out "$4"
}

lacks=
if [[ $plan == no ]]; then
    unfit=$(missing $trains) || { echo "'$python' does not run; name another by PYTHON." >&2; exit 2; }
    [[ -z $unfit ]] || { echo "Training needs $unfit; install rt_grasp_ros[train], or carry them along." >&2; exit 2; }
    lacks=$(missing $evaluates)
    [[ -z $lacks ]] || echo "Nothing is evaluated here, for that needs $lacks." >&2
    command -v nvidia-smi >/dev/null || echo "No GPU is seen here; everything runs on $cores cores." >&2
    mkdir -p "$out"
    export MUJOCO_GL=${MUJOCO_GL:-egl}
    "$python" -c 'import mujoco; mujoco.GLContext(64, 64).free()' 2>"$out/gl.txt" ||
        { echo "MuJoCo can't draw with MUJOCO_GL=$MUJOCO_GL ($(tail -1 "$out/gl.txt")); install EGL's libraries, or set MUJOCO_GL=osmesa." >&2; exit 2; }
    rm -f "$out/gl.txt"
fi

build_pictures() { # SECONDS COUNT FORMAT
    limited "$1" data build --source sim --out "$data" --pictures "$2" --format "$3" --processes "$cores" --seed "$seed" \
        --camera cell --camera d415 --camera d435 --camera d455 --camera azure_kinect --height-m 0.45:1.2 --tilt-deg 0:45
}

build_pictures "$pictures_s" "$pictures" shards
# What is rendered is talked about: as many pictures as whole shards are there.
if [[ $plan == no ]]; then
    shards=("$data"/sim_*.npz)
    [[ -e ${shards[0]} ]] || { say "no shard was finished; give more minutes"; exit 1; }
    pictures=$((${#shards[@]} * 250))
fi
if [[ $base == nothing ]]; then
    train_s=$((train_s + talk_s + evaluate_s)) # learned from the shards; there is nothing to evaluate before
else
    build_pictures "$talk_s" "$pictures" jsonl
    [[ $plan == yes || -s $data/conversations.jsonl ]] || { say "the conversations were not finished; give more minutes"; exit 1; }
    evaluate "$base" before
fi
tried=$(date +%s)
train "$trial_s" "$trial_steps" "$out/trial" "$out/trial/checkpoint"
if [[ $plan == yes ]]; then
    steps=STEPS
else
    took_s=$(($(date +%s) - tried + 1))
    steps=$((train_s * trial_steps * 8 / took_s / 10))
    [[ -z ${STEPS:-} || $steps -le $STEPS ]] || steps=$STEPS
    [[ $steps -ge 1 ]] || { say "a step takes too long for $minutes minutes"; exit 1; }
fi
train "$train_s" "$steps" "$out/work" "$out/checkpoint"
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
