#!/bin/bash
# on_gpu.sh MINUTES [FOLDER]: on a machine with a GPU, the tests that need one and then the benchmark.
# Leaves gpu.json, gpu.md and tests.txt in FOLDER (default: gpu_results). Needs torch, transformers,
# bitsandbytes, numpy and OpenCV, and rich for the benchmark; neither ROS nor MuJoCo.
set -u
minutes=${1:?"say how many minutes it may take: scripts/on_gpu.sh MINUTES [FOLDER]"}
folder=${2:-gpu_results}
python=${PYTHON:-python3}
cd "$(dirname "$0")/.." || exit 2
mkdir -p "$folder"
export PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH}
started=$SECONDS

# The tests may take a third of the time.
timeout $((minutes * 20)) "$python" -m pytest -m gpu -q 2>&1 | tee "$folder/tests.txt"
tests=${PIPESTATUS[0]}

left=$((minutes * 60 - (SECONDS - started)))
echo "the benchmark has $left s"
"$python" -m rt_grasp_ros.cli bench gpu --json "$folder/gpu.json" \
  --minutes "$(awk "BEGIN { print $left / 60 }")"
bench=$?
if [ -s "$folder/gpu.json" ]; then
  "$python" -m rt_grasp_ros.bench.gpu_table "$folder/gpu.json" >"$folder/gpu.md"
  cat "$folder/gpu.md"
fi
exit $((tests != 0 ? tests : bench))
