import json

from pictures import bar_pictures

from rt_grasp_ros.data.build_recorded import BuildSettings
from rt_grasp_ros.data.build_sim import build_sim_conversations
from rt_grasp_ros.data.consistency import row_problems
from rt_grasp_ros.data.row_files import ROWS_FILE
from rt_grasp_ros.data.sim_data import FIRST_TRAINING_SEED


def test_every_picture_of_every_shard_is_written_about(tmp_path):
    for shard in range(2):
        bar_pictures(3, seed=shard).save(tmp_path / f"sim_{shard:05d}.npz")
    steps = []
    report = build_sim_conversations(
        tmp_path,
        BuildSettings("sim", dialogues=2),
        str,
        1,
        lambda *step: steps.append(step),
    )
    rows = [json.loads(line) for line in (tmp_path / ROWS_FILE).read_text().splitlines()]
    assert (report.rows, report.pictures) == (len(rows), 6) == (12, 6)
    assert steps == [(0, 2), (1, 2), (2, 2)]
    for row in rows:
        assert row_problems(row) == []
        assert (row["width"], row["height"]) == (128, 96)
        assert (tmp_path / row["image"]).is_file()
        assert row["turns"][0]["object"] == "banana" or row["turns"][0]["kind"] == "absent"
        first_view = "0000.jpg" in row["image"]
        shard = int("sim_00001" in row["image"])
        assert row.get("scene_seed") == (FIRST_TRAINING_SEED + 3 * shard if first_view else None)
