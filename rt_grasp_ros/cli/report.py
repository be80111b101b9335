"""What is said of results, and where they go."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..grasp.error_code import ErrorCode


def candidate_lines(candidates: Sequence[dict[str, Any]]) -> list[str]:
    """Return how many candidates there are, and a line for each rejected one.

    Args:
        candidates: from `pipeline.fields.candidate_fields`.
    """
    rejected = [
        f"candidate {number} of {len(candidates)} is rejected: "
        f"{ErrorCode(candidate['rejected_code']).name}: {candidate['rejected_reason']}"
        for number, candidate in enumerate(candidates, 1)
        if candidate["rejected_code"]
    ]
    possible = len(candidates) - len(rejected)
    return [f"{possible} of {len(candidates)} candidates may be executed", *rejected]


def write_json(result: dict[str, Any], target: str) -> None:
    """Write a result to a file, or to standard output where the target is `-`."""
    text = json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        Path(target).write_text(text, encoding="utf-8")
