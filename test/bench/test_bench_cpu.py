import pytest

from rt_grasp_ros.bench.bench_cpu import STOCK, Contender, Timing, _row, bench_cpu
from rt_grasp_ros.resources import share_path


def test_a_row_has_medians_and_the_range_of_runs():
    runs = [
        [Timing(0.1, 0.2, 10), Timing(0.1, 0.4, 30)],
        [Timing(0.1, 0.6, 20), Timing(0.3, 0.5, 20)],
    ]
    row = _row(Contender("ours", None, weight_bytes=1000), runs, bandwidth=1e6)
    assert row["end_to_end_median_s"] == pytest.approx(0.45)
    assert row["end_to_end_lowest_run_s"] == pytest.approx(0.3)
    assert row["end_to_end_highest_run_s"] == pytest.approx(0.55)
    assert row["prefill_s"] == pytest.approx(0.1)
    assert row["decode_tokens_per_s"] == pytest.approx(100)
    assert row["bandwidth_share"] == pytest.approx(0.1)


def test_the_rate_of_several_candidates_is_left_out():
    row = _row(Contender("ours", None, 1000, candidates=5), [[Timing(0.1, 0.2, 10)]], 1e6)
    assert row["decode_tokens_per_s"] is None
    assert row["bandwidth_share"] is None


@pytest.mark.sim
@pytest.mark.torch
def test_everything_is_measured_beside_generate():
    done: list[tuple[int, int]] = []
    result = bench_cpu(
        share_path("models/rt-grasp-tiny"), 1, lambda *progress: done.append(progress), 1
    )
    assert done == [(0, 1), (1, 1)]
    assert result["speedup_over_generate"] > 1
    assert 0 < result["prefill_s"] < result["end_to_end_median_s"]
    assert result["decode_tokens_per_s"] > 0
    assert result["machine"]["onnxruntime"]
    stock = [row for row in result["rows"] if row["name"].startswith(STOCK)]
    assert max(row["speedup_over_generate"] for row in stock) == 1
    names = [row["name"] for row in result["rows"]]
    assert len(names) == len(set(names))
