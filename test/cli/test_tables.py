import pytest
from rich.console import Console

from rt_grasp_ros.cli import bench_cpu, bench_gpu, evaluate_cameras
from rt_grasp_ros.cli.tables import results_table


def lines(table):
    console = Console(width=80, no_color=True)
    with console.capture() as capture:
        console.print(table)
    return capture.get().splitlines()


def shown_whole(table, *values):
    printed = lines(table)
    text = "\n".join(printed)
    assert max(map(len, printed)) <= 80
    assert "…" not in text
    assert [value for value in values if value not in text.split()] == []


@pytest.mark.parametrize("width", [1, 3, 8])
def test_numbers_are_never_cut_words_wrap(width):
    numbers = [f"{1234.5:.1f}"] * min(width, 7)
    table = results_table("a title", ["what"], [f"n{i}" for i in range(len(numbers))])
    table.add_row("a very long name of a way to do it " * 3, *numbers)
    shown_whole(table, *numbers)


def test_no_headings_no_header():
    table = results_table("a title", ["", ""])
    table.add_row("accuracy", "91.9 %")
    assert sum("91.9" in line for line in lines(table)) == 1
    assert not table.show_header


def test_the_benchmark_on_a_cpu_fits_80_columns():
    row = {
        "name": "transformers' generate, float32, as a user would call it",
        "end_to_end_median_s": 2.3951,
        "end_to_end_lowest_run_s": 2.3842,
        "end_to_end_highest_run_s": 12.4013,
        "prefill_s": 1.1024,
        "decode_tokens_per_s": 1398.4,
        "speedup_over_generate": 110.3,
    }
    result = {"checkpoint": "rt-grasp-tiny", "machine": {"cpu": "AMD EPYC 9V74"}, "rows": [row]}
    values = ("2395.1", "2384.2", "12401.3", "1102.4", "1398", "110.3")
    shown_whole(bench_cpu._table(result), *values)


def test_the_benchmark_on_a_gpu_fits_80_columns(monkeypatch):
    row = {
        "name": "ours, nf4, CUDA graphs, drafts verified",
        "decode_tokens_per_s": 1234.56,
        "decode_tokens_per_s_lowest": 1111.11,
        "decode_tokens_per_s_highest": 2222.22,
        "first_token_s": 1.2345,
        "second_first_token_s": 0.3211,
        "answer_s": 123.456,
        "weights_mb": 14123.0,
        "bandwidth_share": 0.87,
        "speedup_over_generate": 12.3,
    }
    tables = []
    monkeypatch.setattr(bench_gpu.Console, "print", lambda _, table: tables.append(table))
    shown = {"shapes": "LLaVA-1.5-7B", "device": "H100", "rows": [row]}
    bench_gpu._show({**shown, "failed": {}, "not_run": []})
    monkeypatch.undo()
    values = ("1234.6", "1111.1", "2222.2", "1234", "321", "123.46", "14123", "12.3")
    shown_whole(tables[0], *values)


def test_the_cameras_fit_80_columns():
    one = {
        "asked": 12345,
        "found_rate": 0.987,
        "loss": -0.123,
        "loss_se": 0.045,
        "absent_refused_rate": 0.876,
        "errors": {"SUPPORT_PLANE_FAR": 12, "DEPTH_SHOWS_NOTHING": 123, "ABSENCE_UNSURE": 4},
    }
    report = {"scenes": 200, "seed": 0, "model": "rt-grasp-tiny", "by_camera": {"d435": one}}
    shown_whole(evaluate_cameras._table(report), "12345", "99%", "-12%", "88%", "d435")
