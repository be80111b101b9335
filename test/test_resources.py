import sys
from pathlib import Path

import pytest

from rt_grasp_ros import resources

RELATIVE = "config/robots/panda.yaml"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the package believe that it runs from site-packages; returns an empty prefix."""
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "site/rt_grasp_ros/resources.py"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "python"))
    monkeypatch.delenv("AMENT_PREFIX_PATH", raising=False)
    return tmp_path / "prefix"


def put(prefix: Path) -> Path:
    file = prefix / "share/rt_grasp_ros" / RELATIVE
    file.parent.mkdir(parents=True)
    file.write_text("name: panda")
    return file


def test_the_source_tree_has_the_files():
    assert resources.share_path(RELATIVE).is_file()


def test_the_ament_index_is_searched_in_order(installed: Path, monkeypatch: pytest.MonkeyPatch):
    file = put(installed)
    monkeypatch.setenv("AMENT_PREFIX_PATH", f"/nowhere:{installed}")
    assert resources.share_path(RELATIVE) == file


def test_the_python_environment_needs_no_activation(installed: Path):
    file = put(Path(sys.prefix))
    assert resources.share_path(RELATIVE) == file


def test_a_missing_file_says_where_it_was_looked_for(installed: Path):
    with pytest.raises(FileNotFoundError, match="python/share/rt_grasp_ros"):
        resources.share_path(RELATIVE)
