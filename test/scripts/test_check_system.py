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


def installing(folder, user_id, **commands):
    """Run `--install` as a user, with commands of one line in place of the system's."""
    commands = {"id": f"echo {user_id}", **commands}
    for name, line in commands.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    for command in ("timeout", "env", "dirname"):
        (folder / command).symlink_to(f"/usr/bin/{command}")
    return check("--install", sys.executable, path=str(folder))


@pytest.fixture
def apt(bin_without_compiler):
    """apt-get's line: it notes what it was told, and brings the compiler when it is to."""
    compiler = Path(bin_without_compiler, "c++")
    brings = f'case "$*" in install*g++*) echo > {compiler}; /bin/chmod +x {compiler};; esac'
    return f'echo "$@" >> {compiler.parent / "told"}; {brings}'


@pytest.mark.parametrize(
    ("user_id", "sudo"), [(0, None), (1000, 'shift; [ $1 = true ] || exec "$@"')]
)
def test_brings_what_is_missing_where_it_may_and_says_so(bin_without_compiler, apt, user_id, sudo):
    folder = Path(bin_without_compiler)
    done = installing(folder, user_id, **{"apt-get": apt}, **({"sudo": sudo} if sudo else {}))
    assert done.returncode == 0, done.stderr
    assert ("==> sudo apt-get install -y" if sudo else "==> apt-get install -y") in done.stdout
    updated, installed = (folder / "told").read_text().splitlines()
    assert updated.startswith("update")
    assert installed.startswith("install -y") and installed.endswith("g++")


@pytest.mark.parametrize("sudo", [None, "exit 1"])
def test_installs_nothing_where_it_may_not(bin_without_compiler, apt, sudo):
    folder = Path(bin_without_compiler)
    done = installing(folder, 1000, **{"apt-get": apt}, **({"sudo": sudo} if sudo else {}))
    assert done.returncode == 1
    assert "  sudo apt-get install -y g++" in done.stderr
    assert not (folder / "told").exists()


def test_says_what_is_still_missing_where_apt_fails(bin_without_compiler):
    done = installing(Path(bin_without_compiler), 0, **{"apt-get": "exit 100"})
    assert done.returncode == 1
    assert done.stderr.endswith("  sudo apt-get install -y g++\n")


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
