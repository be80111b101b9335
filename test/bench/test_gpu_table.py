from rt_grasp_ros.bench.gpu_table import markdown_table

ROW = {
    "name": "int4, drafts of 7, 0.8 right",
    "decode_tokens_per_s": 412.34,
    "decode_tokens_per_s_lowest": 400.0,
    "decode_tokens_per_s_highest": 420.06,
    "first_token_s": 0.0412,
    "second_first_token_s": 0.0096,
    "answer_s": 0.405,
    "answer_tokens": 152,
    "tokens_per_pass": 4.161,
    "weights_mb": 4612.0,
    "speedup_over_generate": 25.14,
}
STOCK = {
    key: value for key, value in ROW.items() if key != "tokens_per_pass"
} | {"name": "generate", "second_first_token_s": None, "speedup_over_generate": None}  # fmt: skip
RESULT = {
    "rows": [ROW, STOCK],
    "not_run": ["int8"],
    "failed": {"bf16": "The memory was not enough."},
    "shapes": "a shape",
    "device": "a card",
    "runs": 5,
    "machine": {"torch": "2.13.0", "transformers": "5.23.0"},
}


def test_every_row_has_its_numbers_and_what_was_not_run_is_said():
    table = markdown_table(RESULT).splitlines()
    assert table[2] == (
        "| int4, drafts of 7, 0.8 right | 412.3 (400.0-420.1) | 41 ms | 10 ms "
        "| 0.41 s, 152 tokens | 4.16 | 4.6 GB | 25.1 |"
    )
    assert table[3].startswith("| generate | ")
    assert table[3].endswith(" |  | 0.41 s, 152 tokens | 1 | 4.6 GB |  |")
    assert "Not run: int8." in table
    assert "Failed: bf16: The memory was not enough." in table
    assert any("a card" in line and "torch 2.13.0" in line for line in table)
    assert all(line.count("|") == table[0].count("|") for line in table[:4])
