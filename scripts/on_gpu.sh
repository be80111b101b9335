#!/bin/bash
# on_gpu.sh MINUTES [FOLDER [PART...]]: on a machine with a GPU, the tests that need one, then how
# fast the model answers and is tuned. PARTs are tests, gpu and training; all three where none is named.
# Leaves machine.txt, tests.txt, gpu.json, gpu.md, training.json and training.md in FOLDER (default:
# gpu_results), each as far as it came: a machine that is lent for ten minutes at a time takes two calls,
#     scripts/on_gpu.sh 9 gpu_results gpu
#     scripts/on_gpu.sh 5 gpu_results tests training
# Needs no network, no ROS and no MuJoCo, but torch, transformers, bitsandbytes, numpy, OpenCV, Pillow,
# pytest for the tests, rich for what is measured, peft, accelerate and PyYAML for the tuning; a part
# that lacks something says so and is left out. PYTHON names the interpreter (python3).
# TINY=1 tries all of it with a tiny model, on a machine without a GPU, too.
set -u
minutes=${1:?"say how many minutes it may take: scripts/on_gpu.sh MINUTES [FOLDER [PART...]]"}
[[ $minutes =~ ^[1-9][0-9]*$ ]] || { echo "MINUTES is '$minutes'; give a whole number of at least 1." >&2; exit 2; }
folder=${2:-gpu_results}
shift $(($# < 2 ? $# : 2))
parts=("${@:-tests gpu training}")
read -ra parts <<<"${parts[*]}"
python=${PYTHON:-python3}
tiny=${TINY:+--tiny}
cd "$(dirname "$0")/.." || exit 2
mkdir -p "$folder" || exit 2
export PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH}
export HF_HUB_OFFLINE=1 # no waiting for a network that is not there
started=$SECONDS
status=0
declare -A share=([tests]=33 [gpu]=50 [training]=17) # of the minutes, in per cent
declare -A needs=(
  [tests]="pytest torch transformers numpy cv2"
  [gpu]="torch transformers numpy cv2 PIL rich"
  [training]="torch transformers numpy cv2 PIL rich peft accelerate yaml"
)

for part in "${parts[@]}"; do
  [ -n "${share[$part]:-}" ] || { echo "There is no part '$part'; choose from tests, gpu and training." >&2; exit 2; }
done

left_s() { echo $((minutes * 60 - (SECONDS - started))); }

# given_s PART: what of the time that is left is this part's, and what is the later ones'.
given_s() {
  local sum=0 is_later=no part
  for part in "${parts[@]}"; do
    [ "$part" = "$1" ] && is_later=yes
    [ "$is_later" = yes ] && sum=$((sum + share[$part]))
  done
  echo $(($(left_s) * share[$1] / sum))
}

# missing MODULE...: those that can't be found.
missing() {
  "$python" -c 'import importlib.util as u, sys; print(*(n for n in sys.argv[1:] if not u.find_spec(n)))' "$@"
}

tests() { # SECONDS: interrupted at their end, they still say what failed
  timeout --signal=INT --kill-after=20 "$1" "$python" -m pytest -m gpu -q 2>&1 | tee "$folder/tests.txt"
  return "${PIPESTATUS[0]}"
}

# measured NAME TABLE SECONDS: `rt-grasp bench NAME`, which begins no row that is not reckoned to fit.
measured() {
  local limit=$(($3 + 60)) left failed=0
  left=$(left_s)
  # Killed at the end of the time, it leaves the rows that it has.
  timeout --kill-after=20 $((limit < left ? limit : left)) "$python" -m rt_grasp_ros.cli bench "$1" $tiny \
    --json "$folder/$1.json" --minutes "$(awk "BEGIN { print $3 / 60 }")" || failed=1
  if [ -s "$folder/$1.json" ]; then
    "$python" -m "rt_grasp_ros.bench.$2" "$folder/$1.json" >"$folder/$1.md" || failed=1
    cat "$folder/$1.md"
  fi
  return "$failed"
}

{
  date
  nvidia-smi || echo "nvidia-smi is not here."
  "$python" -c 'from rt_grasp_ros.bench.machine import describe_machine as d; print(d())'
  "$python" -m pip list 2>/dev/null | grep -iE "^(torch|triton|transformers|bitsandbytes|peft|accelerate|llama)" || true
} >"$folder/machine.txt" 2>&1

for part in "${parts[@]}"; do
  lacks=$(missing ${needs[$part]}) || { echo "'$python' does not run; name another by PYTHON." >&2; exit 2; }
  if [ -n "$lacks" ]; then
    echo "$part: left out, for it needs $lacks"
    status=1
    continue
  fi
  seconds=$(given_s "$part")
  if [ "$seconds" -lt 1 ]; then
    echo "$part: left out, for no time is left"
    status=1
    continue
  fi
  echo "$part: has $seconds s"
  case $part in
    tests) tests "$seconds" || status=1 ;;
    gpu) measured gpu gpu_table "$seconds" || status=1 ;;
    training) measured training training_table "$seconds" || status=1 ;;
  esac
done
exit "$status"
