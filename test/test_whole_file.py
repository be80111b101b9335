import pytest

from rt_grasp_ros.whole_file import whole_file


def test_a_new_file_takes_the_old_ones_place_at_the_end(tmp_path):
    path = tmp_path / "table.json"
    path.write_text("old")
    with whole_file(path) as partial:
        partial.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_stays_where_writing_fails(tmp_path):
    path = tmp_path / "table.json"
    path.write_text("old")
    with pytest.raises(OSError, match="full"), whole_file(path) as partial:
        partial.write_text("ne")
        raise OSError("the disk is full")
    assert path.read_text() == "old"


def test_files_that_differ_in_their_ending_alone_do_not_meet(tmp_path):
    with whole_file(tmp_path / "table.json") as json, whole_file(tmp_path / "table.md") as markdown:
        json.write_text("{}")
        markdown.write_text("| |")
    assert (tmp_path / "table.json").read_text() == "{}"
    assert (tmp_path / "table.md").read_text() == "| |"
