"""The ablation trains what is missing, and its table says what the runs said."""

import json

import cv2
import numpy as np
import pytest
from drawn_conversations import HEIGHT_PX, WIDTH_PX, draw_bar, write_conversations

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.learn.tune.ablation import Ablation, Run, plan, reformat, table, to_markdown
from rt_grasp_ros.learn.tune.answer_formats import AnswerFormat
from rt_grasp_ros.learn.tune.conversations import ConversationFile
from rt_grasp_ros.learn.tune.settings import TuneSettings

pytestmark = pytest.mark.torch


def test_every_combination_has_its_first_seed_first():
    runs = plan(["projector", "lora"], seeds=3)
    assert len(runs) == len(set(runs)) == 18
    assert {run.seed for run in runs[:6]} == {0}
    assert len({(run.answer_format, run.strategy) for run in runs[:6]}) == 6


def test_reformatting_keeps_grasps_alone(tmp_path):
    source = write_conversations(tmp_path, pictures=2)
    rows = [json.loads(line) for line in source.read_text().splitlines()]
    rows[0]["conversations"] += [
        {"from": "human", "value": "further left"},
        {"from": "gpt", "value": "x 0.1"},
    ]
    rows[1]["conversations"][1]["value"] = "There is no marker. No grasp."
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    reformat(source, tmp_path / "numbers.jsonl", AnswerFormat.NUMBERS)
    (row,) = ConversationFile(tmp_path / "numbers.jsonl", tmp_path)
    (turn,) = row.turns
    assert turn.answer.replace(" ", "").replace(".", "").isdecimal()


def test_a_run_is_trained_once(tmp_path, embedded_dir):
    rng = np.random.default_rng(0)
    pictures = []
    for index in range(3):
        picture, label = draw_bar(rng)
        path = tmp_path / f"val{index}.png"
        cv2.imwrite(str(path), picture[..., ::-1])
        said = {"name": "Grasp the marker."}
        size = WIDTH_PX, HEIGHT_PX
        pictures.append(
            GraspPicture("0", "0", "marker", path, None, *size, (label,), instructions=said)
        )
    data = write_conversations(tmp_path / "data", pictures=3)
    ablation = Ablation(embedded_dir, data, None, pictures, tmp_path / "out")
    settings = TuneSettings("lora", 1e-3, batch=2, steps=2, lora_rank=4, cache_visual_tokens=True)
    run = Run(AnswerFormat.LABELLED, "projector", 1)
    result = ablation.result(run, settings)
    assert result["n"] == 3
    assert 0 <= result["own_width_accuracy"] <= 1
    assert (result["strategy"], result["seed"]) == ("projector", 1)
    path = tmp_path / "out" / run.name / "result.json"
    path.write_text(json.dumps(result | {"n": 77}))
    assert ablation.result(run, settings)["n"] == 77


def test_the_table_has_mean_and_range():
    results = [
        {
            "answer_format": "numbers",
            "strategy": "lora",
            "seed": seed,
            "own_width_accuracy": own,
            "ground_truth_width_accuracy": own,
            "parse_failure_rate": 0.0,
        }
        for seed, own in enumerate((0.5, 0.6, 0.7))
    ]
    (row,) = table(results)
    assert row["seeds"] == 3
    assert row["own_width_accuracy"] == {"mean": pytest.approx(0.6), "min": 0.5, "max": 0.7}
    assert "| numbers | lora | 3 | 60.0 (50.0-70.0) |" in to_markdown([row])
