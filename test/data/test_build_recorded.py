import json
from itertools import pairwise

import cv2
import numpy as np
import pytest
from cornell_pictures import write_pictures
from drawn_labels import paint
from real_data import ROOT, needs_cornell, needs_jacquard

from rt_grasp_ros.data.build_recorded import BuildSettings, build_recorded
from rt_grasp_ros.data.consistency import row_problems
from rt_grasp_ros.data.cornell import read_cornell
from rt_grasp_ros.data.jacquard import read_jacquard
from rt_grasp_ros.data.row_files import ROWS_FILE
from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.grasp.rectangle import GraspRectangle


def rows_in(folder):
    return [json.loads(line) for line in (folder / ROWS_FILE).read_text().splitlines()]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    pictures = write_pictures(tmp_path_factory.mktemp("pictures"), 36)
    settings = BuildSettings("test", views=2, dialogues=2, compositions=6)
    steps = []
    report = build_recorded(folder, pictures, settings, str, 2, lambda *step: steps.append(step))
    return folder, pictures, report, steps


def test_every_picture_is_written_about(built):
    folder, pictures, report, steps = built
    rows = rows_in(folder)
    assert report.rows == len(rows) == 2 * (2 * 36 + 6)
    assert (report.pictures, report.left_out) == (36, ())
    assert len({row["id"] for row in rows}) == len(rows)
    assert all((folder / row["image"]).is_file() for row in rows)
    assert [done for done, _ in steps] == list(range(steps[-1][1] + 1))
    first = (folder / rows[0]["image"]).read_bytes()
    assert first == pictures[0].image_path.read_bytes()


def test_every_row_holds_together_and_its_grasps_lie_on_its_picture(built):
    folder, *_ = built
    for row in rows_in(folder):
        assert row_problems(row) == []
        image = cv2.imread(str(folder / row["image"]), cv2.IMREAD_GRAYSCALE)
        assert image.shape == (row["height"], row["width"])
        for corners in row["grasps"]:
            label = GraspRectangle.from_corners(np.array(corners), row["width"], row["height"])
            under = image[paint(label, row["width"], row["height"])[..., 0] > 0]
            assert under.min() < 0.6 * np.median(image)  # the dark bar lies under every label


def test_the_same_settings_build_the_same_rows(built, tmp_path):
    folder, pictures, *_ = built
    settings = BuildSettings("test", views=2, dialogues=2, compositions=6)
    build_recorded(tmp_path, pictures, settings, str, 1)
    assert (tmp_path / ROWS_FILE).read_bytes() == (folder / ROWS_FILE).read_bytes()


def test_answers_are_rewritten(tmp_path):
    pictures = write_pictures(tmp_path, 3)
    build_recorded(tmp_path / "out", pictures, BuildSettings("test"), str.upper, 1)
    answers = [turn["value"] for row in rows_in(tmp_path / "out") for turn in row["conversations"]]
    assert all(answer.isupper() for answer in answers[1::2])


def test_pictures_without_labels_are_named_and_nothing_at_all_is_refused(tmp_path):
    first, second = write_pictures(tmp_path, 2)
    fields = {name: getattr(second, name) for name in second.__dataclass_fields__}
    bare = type(second)(**fields | {"rectangles": ()})
    report = build_recorded(tmp_path / "out", [first, bare], BuildSettings("test"), str, 1)
    assert report.left_out == ("1.png",)
    with pytest.raises(DataInvalid, match="in sight"):
        build_recorded(tmp_path / "none", [bare], BuildSettings("test"), str, 1)


@needs_cornell
def test_a_share_of_the_cornell_data_builds(tmp_path):
    """One in eighty; `rt-grasp data build --source cornell` checks every row of all it writes."""
    pictures = read_cornell(ROOT / "cornell", "train")[::80]
    pictures += read_cornell(ROOT / "cornell", "val", "frames")
    settings = BuildSettings("cornell", compositions=4)
    report = build_recorded(tmp_path, pictures, settings, str, 2)
    rows = rows_in(tmp_path)
    assert report.rows == len(rows) and report.pictures + len(report.left_out) == len(pictures)
    assert len(report.left_out) <= 1
    assert all(row_problems(row) == [] for row in rows)
    assert {"part", "absent", "color", "shape", "purpose", "name"} <= {
        turn["kind"] for row in rows for turn in row["turns"]
    }


@needs_jacquard
def test_jacquard_builds_without_names(tmp_path):
    pictures = read_jacquard(ROOT / "jacquard")[::18]
    build_recorded(tmp_path, pictures, BuildSettings("jacquard"), str, 1)
    rows = rows_in(tmp_path)
    assert len(rows) == 2 * len(pictures)
    assert all(row_problems(row) == [] for row in rows)
    assert all(one["id"] < other["id"] for one, other in pairwise(rows))
