#!/bin/bash
# on_gpu.sh MINUTES [FOLDER]: on a machine with a GPU, the tests that need one, then how fast the
# model answers and is tuned. Leaves gpu.json, gpu.md, training.json, training.md and tests.txt in
# FOLDER (default: gpu_results). Needs torch, transformers, bitsandbytes, numpy, OpenCV and Pillow,
# rich for what is measured, peft, accelerate and PyYAML for the tuning; neither ROS nor MuJoCo.
# TINY=1 tries all of it with a tiny model, on a machine without a GPU, too.
set -u
minutes=${1:?"say how many minutes it may take: scripts/on_gpu.sh MINUTES [FOLDER]"}
folder=${2:-gpu_results}
python=${PYTHON:-python3}
tiny=${TINY:+--tiny}
cd "$(dirname "$0")/.." || exit 2
mkdir -p "$folder" || exit 2
export PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH}
started=$SECONDS
status=0

left_s() { echo $((minutes * 60 - (SECONDS - started))); }

# measured NAME PER_CENT: `rt-grasp bench NAME` in so much of what is left of the time.
measured() {
  local name=$1 table=$3 seconds=$(($(left_s) * $2 / 100))
  echo "bench $name has $seconds s"
  # Killed at the end of the time, it leaves the rows that it has.
  timeout --kill-after=20 $((seconds > 1 ? seconds + 60 : 1)) "$python" -m rt_grasp_ros.cli bench "$name" $tiny \
    --json "$folder/$name.json" --minutes "$(awk "BEGIN { print $seconds / 60 }")" || status=1
  if [ -s "$folder/$name.json" ]; then
    "$python" -m "rt_grasp_ros.bench.$table" "$folder/$name.json" >"$folder/$name.md" || status=1
    cat "$folder/$name.md"
  fi
}

# The tests may take a third of the time, answers three quarters of the rest.
timeout $((minutes * 20)) "$python" -m pytest -m gpu -q 2>&1 | tee "$folder/tests.txt"
[ "${PIPESTATUS[0]}" = 0 ] || status=1
measured gpu 75 gpu_table
measured training 100 training_table
exit "$status"
