"""The paper's ablation: what an answer consists of, times what is trained, times seeds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import mean
from typing import Any

from ...data.grasp_picture import GraspPicture
from ...language.answer import NO_GRASP
from ...whole_file import whole_file
from .answer_formats import AnswerFormat
from .base_model import CPU, arithmetic, load_base
from .batches import Encoder
from .conversations import ConversationFile
from .outputs import AS_IT_IS, load_result
from .pictures import VisualTokens
from .run import TuneFiles, tune
from .scoring import score
from .settings import TuneSettings

_RESULT = "result.json"
_SCORES = ("own_width_accuracy", "ground_truth_width_accuracy")


@dataclass(frozen=True)
class Run:
    """One training of the ablation.

    Attributes:
        answer_format: what the answers consist of.
        strategy: what is trained.
        seed: of weights and order.
    """

    answer_format: AnswerFormat
    strategy: str
    seed: int

    @property
    def name(self) -> str:
        """Its folder's name."""
        return f"{self.answer_format}-{self.strategy}-{self.seed}"


def plan(strategies: Sequence[str], seeds: int) -> list[Run]:
    """Return all runs; every combination has its first seed before any has its second."""
    return [
        Run(answer_format, strategy, seed)
        for seed in range(seeds)
        for strategy in strategies
        for answer_format in AnswerFormat
    ]


def reformat(source: Path, target: Path, answer_format: AnswerFormat) -> None:
    """Write a file of conversations with its first answers in another format.

    As in the paper, only grasps are learned, one turn each: refusals and later turns are left out.

    Args:
        source: conversations as JSON lines, see `ConversationFile`.
        target: the file to write; kept if it exists.
        answer_format: of the answers.
    """
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        source.open(encoding="utf-8") as lines,
        whole_file(target) as partial,
        partial.open("w", encoding="utf-8") as file,
    ):
        for line in lines:
            row: dict[str, Any] = json.loads(line)
            human, gpt = row["conversations"][:2]
            if str(gpt["value"]).strip().endswith(NO_GRASP):
                continue
            answer = answer_format.write(str(gpt["value"]).strip())
            row["conversations"] = [human, {**gpt, "value": answer}]
            file.write(json.dumps(row) + "\n")


class Ablation:
    """Trains and scores runs that share a base, and what its frozen tower says of the pictures."""

    def __init__(
        self,
        base_dir: Path,
        data: Path,
        image_dir: Path | None,
        pictures: Sequence[GraspPicture],
        out_dir: Path,
    ) -> None:
        """Load the tower.

        Args:
            base_dir: what each run starts from.
            data: conversations with reasoning and labelled numbers.
            image_dir: what their pictures' paths are relative to; None for the file's folder.
            pictures: what runs are scored on.
            out_dir: gets a folder for each run, with its curves, weights and result.
        """
        self._data = ConversationFile(data).path
        self._base_dir, self._image_dir = base_dir, image_dir or self._data.parent
        self._pictures, self._out_dir = pictures, out_dir
        base = load_base(base_dir, AS_IT_IS)
        self._encoder = Encoder(base.tokenizer)
        self._visual_tokens = VisualTokens(base, keep=True)

    def result(self, run: Run, settings: TuneSettings) -> dict[str, Any]:
        """Return a run's result: its format, strategy, seed and scores; trained if there is none.

        Args:
            run: which one.
            settings: its training; its strategy and seed are the run's.
        """
        folder = self._out_dir / run.name
        path = folder / _RESULT
        if not path.exists():
            data = self._out_dir / "data" / f"{run.answer_format}.jsonl"
            reformat(self._data, data, run.answer_format)
            settings = replace(settings, strategy=run.strategy, seed=run.seed)
            files = TuneFiles(self._base_dir, data, self._image_dir, folder, folder / "model")
            tune(files, settings, visual_tokens=self._visual_tokens)
            llava = load_result(load_base(self._base_dir, AS_IT_IS), files.out_dir)
            with arithmetic(settings, CPU):
                scores = score(
                    llava, self._encoder, self._visual_tokens, self._pictures, run.answer_format
                )
            path.write_text(json.dumps(asdict(run) | scores) + "\n", encoding="utf-8")
        result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return result


def table(results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one row a combination: number of seeds, mean and spread (min, max) of the scores."""
    rows = []
    for combination in dict.fromkeys((r["answer_format"], r["strategy"]) for r in results):
        own = [r for r in results if (r["answer_format"], r["strategy"]) == combination]
        row: dict[str, Any] = {
            "answer_format": combination[0],
            "strategy": combination[1],
            "seeds": len(own),
        }
        for name in (*_SCORES, "parse_failure_rate"):
            values = [r[name] for r in own]
            row[name] = {"mean": mean(values), "min": min(values), "max": max(values)}
        rows.append(row)
    return rows


def to_markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Write the rows of `table` as Markdown, in percent."""

    def percent(values: dict[str, float]) -> str:
        mean_, low, high = (100 * values[key] for key in ("mean", "min", "max"))
        return f"{mean_:.1f} ({low:.1f}-{high:.1f})"

    lines = [
        "| answer | trained | seeds | own width | ground-truth width | not parsed |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        scores = (percent(row[name]) for name in (*_SCORES, "parse_failure_rate"))
        cells = (row["answer_format"], row["strategy"], str(row["seeds"]), *scores)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
