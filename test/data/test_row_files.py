import fcntl
import json

import pytest

from rt_grasp_ros.data.row_files import LOCK_FILE, ROWS_FILE, checked_row, write_rows
from rt_grasp_ros.grasp.errors import DataInvalid


def count_up(folder, job):
    """Write two rows, and a file by which the test sees that the job ran."""
    (folder / f"ran-{job}").write_text(str(job))
    if (folder / "stop-at").is_file() and (folder / "stop-at").read_text() == str(job):
        raise RuntimeError("stopped")
    for number in range(2):
        yield {"id": f"{job}-{number}"}


def ids(folder):
    return [json.loads(line)["id"] for line in (folder / ROWS_FILE).read_text().splitlines()]


def test_rows_stand_in_the_jobs_order(tmp_path):
    seen = []
    assert write_rows(tmp_path, {"seed": 1}, [3, 1, 2], count_up, 2, seen.append) == 6
    assert ids(tmp_path) == ["3-0", "3-1", "1-0", "1-1", "2-0", "2-1"]
    assert seen == [0, 1, 2, 3]
    assert not (tmp_path / "parts").exists()


def test_a_stopped_build_goes_on_where_it_was(tmp_path):
    (tmp_path / "stop-at").write_text("2")
    with pytest.raises(RuntimeError, match="stopped"):
        write_rows(tmp_path, {}, [0, 1, 2], count_up, 1)
    assert not (tmp_path / ROWS_FILE).exists()
    (tmp_path / "stop-at").unlink()
    (tmp_path / "ran-0").unlink()
    assert write_rows(tmp_path, {}, [0, 1, 2], count_up, 1) == 6
    assert not (tmp_path / "ran-0").exists()
    assert ids(tmp_path) == ["0-0", "0-1", "1-0", "1-1", "2-0", "2-1"]


def test_a_finished_build_is_left_alone(tmp_path):
    write_rows(tmp_path, {}, [0], count_up, 1)
    (tmp_path / "ran-0").unlink()
    assert write_rows(tmp_path, {}, [0], count_up, 1) == 2
    assert not (tmp_path / "ran-0").exists()


def test_another_build_is_not_mixed_in(tmp_path):
    write_rows(tmp_path, {"seed": 1}, [0], count_up, 1)
    with pytest.raises(DataInvalid, match="other settings"):
        write_rows(tmp_path, {"seed": 2}, [0], count_up, 1)


def test_two_builds_do_not_write_at_once(tmp_path):
    with (tmp_path / LOCK_FILE).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DataInvalid, match="Another build"):
            write_rows(tmp_path, {}, [0], count_up, 1)
    assert write_rows(tmp_path, {}, [0], count_up, 1) == 2


def test_a_row_that_contradicts_itself_is_refused():
    row = {
        "id": "7",
        "width": 100,
        "height": 100,
        "conversations": [
            {"from": "human", "value": "<image>\ngrasp the cup"},
            {"from": "gpt", "value": "I see it on the left. x 0.900 y 0.500 theta 0.000 w 0.100"},
        ],
        "grasps": [[[85, 45], [95, 45], [95, 55], [85, 55]]],
        "turns": [{"kind": "name", "object": "cup", "part": ""}],
    }
    with pytest.raises(DataInvalid, match="Row 7"):
        checked_row(row, str)
