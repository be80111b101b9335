"""The GPU benchmark's JSON as a Markdown table: `python -m rt_grasp_ros.bench.gpu_table FILE`."""

from __future__ import annotations

from typing import Any

from .result_table import print_table, table_of

_HEAD = """\
| way | tokens/s (range) | first token | second command | answer | tokens a pass | weights | over `generate` NF4 |
|---|---|---|---|---|---|---|---|
"""  # noqa: E501


def markdown_table(result: dict[str, Any]) -> str:
    """Return the table of a result of `bench_gpu`, what was not run, and where it ran."""
    return table_of(result, _HEAD, _cells, "runs")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    second_s, faster = row["second_first_token_s"], row["speedup_over_generate"]
    return (
        row["name"],
        f"{row['decode_tokens_per_s']:.1f} ({row['decode_tokens_per_s_lowest']:.1f}-"
        f"{row['decode_tokens_per_s_highest']:.1f})",
        f"{1000 * row['first_token_s']:.0f} ms",
        "" if second_s is None else f"{1000 * second_s:.0f} ms",
        f"{row['answer_s']:.2f} s, {row['answer_tokens']:.0f} tokens",
        f"{row['tokens_per_pass']:.2f}" if "tokens_per_pass" in row else "1",
        f"{row['weights_mb'] / 1000:.1f} GB",
        "" if faster is None else f"{faster:.1f}",
    )


if __name__ == "__main__":
    print_table(markdown_table)
