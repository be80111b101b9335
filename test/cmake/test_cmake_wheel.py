import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from setuptools.errors import SetupError

SOURCE = Path(__file__).parents[2] / "cmake" / "cmake_wheel.py"


@pytest.fixture
def cmake_wheel():
    spec = importlib.util.spec_from_file_location("cmake_wheel", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def command(cmake_wheel, tmp_path, monkeypatch):
    """The command that fills a wheel, in an empty project, with the programs it runs recorded."""
    monkeypatch.chdir(tmp_path)
    programs = []
    monkeypatch.setattr(
        cmake_wheel.subprocess, "run", lambda arguments, **_: programs.append(arguments)
    )
    command = cmake_wheel.InstallWithCMake(cmake_wheel.CMakeDistribution({"name": "some_msgs"}))
    command.install_dir = str(tmp_path / "wheel")
    command.programs = programs
    return command


def distributions(*names):
    return lambda: [SimpleNamespace(metadata={"Name": name}) for name in names]


@pytest.mark.parametrize(
    ("names", "distro"),
    [
        (["numpy", "ros-jazzy-ament-cmake-core", "ros-jazzy-ament-cmake"], "jazzy"),
        (["ros-kilted-ament-cmake"], "kilted"),
        (["ros-ament-cmake", "numpy"], None),
    ],
)
def test_names_the_distribution_of_the_wheels(cmake_wheel, monkeypatch, names, distro):
    monkeypatch.setattr(cmake_wheel.importlib.metadata, "distributions", distributions(*names))
    assert cmake_wheel.find_ros_wheels_distro() == distro


def test_the_environment_leads_to_the_wheels(cmake_wheel):
    environment = cmake_wheel.cmake_environment(Path("/env"))
    assert environment["AMENT_PREFIX_PATH"] == environment["CMAKE_PREFIX_PATH"] == "/env"
    assert environment["PATH"].split(os.pathsep)[0] == "/env/bin"


def test_says_what_to_do_where_ros_is_missing(cmake_wheel, command, monkeypatch):
    monkeypatch.setattr(cmake_wheel.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SetupError, match="make setup"):
        command.run()
    assert command.programs == []


def test_configures_builds_and_installs_into_the_wheel(cmake_wheel, command, monkeypatch):
    monkeypatch.setattr(cmake_wheel, "find_ros_prefix", lambda: Path("/ros"))
    command.run()
    configure, build, install = command.programs
    assert "-DBUILD_TESTING=OFF" in configure
    assert build[1] == "--build"
    assert install[-2:] == ["--prefix", command.install_dir]


def test_starts_afresh_where_the_cache_is_of_another_environment(cmake_wheel, command, monkeypatch):
    monkeypatch.setattr(cmake_wheel, "find_ros_prefix", lambda: Path("/ros"))
    command.run()
    build_dir = Path(command.programs[1][-1])
    build_dir.mkdir(parents=True)
    (build_dir / "CMakeCache.txt").write_text("CMAKE_INSTALL_PREFIX:PATH=/elsewhere\n")
    command.run()
    assert "--fresh" not in command.programs[0]
    assert "--fresh" in command.programs[3]


def test_starts_afresh_where_an_isolated_build_had_its_ros_elsewhere(
    cmake_wheel, command, monkeypatch
):
    for prefix in ("/first", "/second"):
        monkeypatch.setattr(cmake_wheel, "find_ros_prefix", lambda prefix=prefix: Path(prefix))
        command.run()
        cache = Path(command.programs[1][-1], "CMakeCache.txt")
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(
            f"PREFIX:PATH={cmake_wheel.sys.prefix}\nrclpy_DIR:PATH=/first/share/rclpy\n"
        )
    assert "--fresh" in command.programs[3]


def test_ros_is_where_ament_was_found(cmake_wheel, monkeypatch):
    origin = "/overlay/lib/python3.11/site-packages/ament_package/__init__.py"
    found = SimpleNamespace(origin=origin)
    monkeypatch.setattr(cmake_wheel.importlib.util, "find_spec", lambda name: found)
    assert cmake_wheel.find_ros_prefix() == Path("/overlay")


def test_programs_run_with_the_interpreter_of_wherever_they_are_installed(
    cmake_wheel, command, monkeypatch, tmp_path
):
    monkeypatch.setattr(cmake_wheel, "find_ros_prefix", lambda: Path("/ros"))
    program = Path(command.install_dir, "lib/some_msgs/node")
    program.parent.mkdir(parents=True)
    program.write_text(f"#!{sys.executable}\nimport sys\nprint(sys.argv[1:], sys.executable)\n")
    program.chmod(0o755)
    command.run()
    elsewhere = Path(shutil.move(command.install_dir, tmp_path / "else where"))
    (elsewhere / "bin").mkdir()
    (elsewhere / "bin" / "python").symlink_to(sys.executable)
    run = [elsewhere / "lib/some_msgs/node", "an argument"]
    process = subprocess.Popen(run, stdout=subprocess.PIPE, text=True)
    printed, _ = process.communicate(timeout=60)
    assert printed == f"['an argument'] {elsewhere / 'bin/python'}\n"


def test_leaves_metadata_and_byte_code_to_the_installer(cmake_wheel, command, monkeypatch):
    monkeypatch.setattr(cmake_wheel, "find_ros_prefix", lambda: Path("/ros"))
    packages = Path(command.install_dir, "lib/python3.11/site-packages")
    for name in ("some_msgs/__init__.py", "some_msgs/__pycache__/a.pyc", "some.egg-info/PKG-INFO"):
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).touch()
    command.run()
    assert command.get_outputs() == [str(packages / "some_msgs/__init__.py")]
