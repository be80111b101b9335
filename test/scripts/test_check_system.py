import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "check_system.sh"


def check(*arguments, path=os.environ["PATH"]):
    return subprocess.run(
        ["/bin/sh", str(SCRIPT), *arguments],
        env={"PATH": path},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture
def bin_without_compiler(tmp_path):
    """A folder of commands that holds all the script runs, but no compiler."""
    (tmp_path / "ldconfig").write_text("#!/bin/sh\necho libEGL.so.1 libEGL_mesa.so.0 libGL.so.1\n")
    (tmp_path / "ldconfig").chmod(0o755)
    for command in ("grep", "ls", "echo"):
        (tmp_path / command).symlink_to(f"/bin/{command}")
    return str(tmp_path)


def test_names_a_missing_compiler_with_the_line_that_brings_it(bin_without_compiler):
    done = check(sys.executable, path=bin_without_compiler)
    assert done.returncode == 1
    assert "a C++ compiler" in done.stderr
    assert "sudo apt-get install -y" in done.stderr
    assert "g++" in done.stderr


def test_lists_the_missing_packages_alone(bin_without_compiler):
    done = check("--missing", sys.executable, path=bin_without_compiler)
    assert done.returncode == 0
    assert "g++" in done.stdout.split()
    assert done.stderr == ""


def test_names_a_missing_interpreter():
    done = check("python-that-is-not-there")
    assert done.returncode == 1
    assert "python3-venv" in done.stderr


def test_refuses_another_version_of_python(tmp_path):
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\necho 3.9\n")
    old.chmod(0o755)
    done = check(str(old))
    assert done.returncode == 1
    assert "3.11 or 3.12 is needed" in done.stderr
