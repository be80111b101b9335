from rt_grasp_ros.cli.bench_gpu import _show

ROW = {
    "name": "static cache",
    "decode_tokens_per_s": 30.0,
    "decode_tokens_per_s_lowest": 29.0,
    "decode_tokens_per_s_highest": 31.0,
    "first_token_s": 0.1,
    "second_first_token_s": 0.05,
    "answer_s": 5.0,
    "weights_mb": 4000.0,
    "bandwidth_share": 0.2,
    "speedup_over_generate": 1.0,
    "profile": [{"what": "aten::mm", "calls": 3, "us": 1500.0}],
}


def test_a_table_and_a_profile_are_shown(capsys):
    _show(
        {
            "shapes": "tiny",
            "device": "CPU",
            "rows": [ROW],
            "not_run": [],
            "failed": {"int8": "no kernel"},
        }
    )
    shown = capsys.readouterr().out
    assert "20 %" in shown
    assert "int8 failed: no kernel" in shown
    assert "1.50 ms" in shown
    assert "aten::mm" in shown
