from rt_grasp_ros.evaluate.comparison import comparison_table

CORNELL = {
    "n": 928,
    "own_width_accuracy": 0.9012,
    "own_width_accuracy_se": 0.021,
    "own_width_accuracy_seed_sd": 0.005,
    "median_centre_error_px": 5.25,
    "refused_rate": None,
    "model": "tiny | int8",
    "per_category": {"cup": {"n": 8}},
    "complete": True,
}
SIM = {"scenes": 50, "lifted_rate": 0.94, "seconds_per_attempt": 2.345, "model": "tiny", "seed": 1}


def test_one_column_a_result_and_one_row_a_number():
    assert comparison_table({"cornell": CORNELL, "sim": SIM}).splitlines() == [
        "|  | cornell | sim |",
        "| --- | ---: | ---: |",
        "| model | tiny \\| int8 | tiny |",
        "| seed | - | 1 |",
        "| n | 928 | - |",
        "| own width accuracy | 90.1% ± 2.1% | - |",
        "| own width accuracy seed sd | 0.5% | - |",
        "| median centre error | 5.2 px | - |",
        "| scenes | - | 50 |",
        "| lifted rate | - | 94.0% |",
        "| seconds per attempt | - | 2.35 s |",
    ]
