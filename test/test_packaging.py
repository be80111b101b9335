"""What is said in several places must be the same in all of them."""

import ast
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import rt_grasp_ros

ROOT = Path(__file__).parents[1]
PACKAGE_XML = ET.parse(ROOT / "package.xml")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CMAKE = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")

# Import names that differ from the distribution's name.
DISTRIBUTIONS = {"cv2": "opencv-python-headless", "pinocchio": "pin", "pink": "pin-pink"}
DISTRIBUTIONS |= {"zmq": "pyzmq", "yaml": "pyyaml", "rosbags": "rosbags", "PIL": "pillow"}
DISTRIBUTIONS |= {"llama_cpp": "llama-cpp-python"}


def requirements(name):
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {re.match(r"[\w-]+", line).group() for line in lines if line and line[0] != "#"}


def imported_names():
    names = {}
    for path in (ROOT / "rt_grasp_ros").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found = [node.module]
            else:
                continue
            names |= {name.split(".")[0]: path.relative_to(ROOT) for name in found}
    known = {*sys.stdlib_module_names, "rt_grasp_ros"}
    return {name: path for name, path in names.items() if name not in known}


def test_the_version_is_in_one_place():
    assert PACKAGE_XML.findtext("version") == rt_grasp_ros.__version__
    assert "version" in PYPROJECT["project"]["dynamic"]
    holders = ["pyproject.toml", "setup.py", "rt_grasp_ros/__init__.py", "CITATION.cff"]
    written = [path for path in holders if re.search(r"\d+\.\d+\.\d+\"", (ROOT / path).read_text())]
    assert written == []


@pytest.mark.parametrize("share", ["", "env/share/rt_grasp_ros"])
def test_the_version_is_read_beside_the_sources_and_where_it_is_installed(share):
    installed = "env/lib/python3.11/site-packages" if share else ""
    with tempfile.TemporaryDirectory() as folder:
        for place in (share, f"{installed}/rt_grasp_ros"):
            Path(folder, place.lstrip("/")).mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "package.xml", Path(folder, share))
        shutil.copy(ROOT / "rt_grasp_ros" / "__init__.py", Path(folder, installed, "rt_grasp_ros"))
        command = [sys.executable, "-c", "import rt_grasp_ros; print(rt_grasp_ros.__version__)"]
        printed = subprocess.check_output(
            command, env={"PYTHONPATH": str(Path(folder, installed))}, cwd=folder, text=True
        )
    assert printed.strip() == PACKAGE_XML.findtext("version")


def test_the_changelog_has_the_version_and_room_for_the_next():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[(.+?)\]", changelog, re.MULTILINE)[:2] == [
        "Unreleased",
        rt_grasp_ros.__version__,
    ]


def test_everything_of_others_is_in_the_notice_with_its_licence():
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    folders = [
        *(path.parent for path in (ROOT / "config" / "robots").glob("*/README.md")),
        *(ROOT / "rt_grasp_ros" / "sim" / "assets").iterdir(),
        *(path.parent for path in (ROOT / "test" / "interfaces").glob("*/package.xml")),
    ]
    assert [f for f in folders if f"{f.relative_to(ROOT).as_posix()}: " not in notice] == []
    # The index of sim/assets/meshes names the licence of each mesh.
    licences = ("LICENSE", "index.json")
    assert [f for f in folders if not any((f / name).is_file() for name in licences)] == []


def test_cmake_builds_every_interface():
    built = set(re.findall(r'"((?:msg|srv|action)/\w+\.\w+)"', CMAKE))
    written = {
        path.relative_to(ROOT).as_posix()
        for folder in ("msg", "srv", "action")
        for path in (ROOT / folder).iterdir()
    }
    assert built == written


def test_cmake_finds_what_the_package_declares():
    found = set(re.findall(r"find_package\((\w+)", CMAKE))
    declared = {
        element.text
        for kind in ("depend", "buildtool_depend", "test_depend")
        for element in PACKAGE_XML.iter(kind)
    }
    assert found <= declared


def test_every_import_is_declared():
    to_ros = {element.text for element in PACKAGE_XML.iter() if element.tag.endswith("depend")}
    to_pip = requirements("base") | requirements("train") | requirements("gpu")
    to_pip |= (
        requirements("browser")
        | requirements("meshes")
        | requirements("mcp")
        | requirements("graspgen")
        | requirements("llama-cpp")
    )
    ros_modules = {"tf2_ros": "tf2_ros_py", "moveit": "moveit_py"}
    undeclared = {
        name: str(path)
        for name, path in imported_names().items()
        if ros_modules.get(name, name) not in to_ros and DISTRIBUTIONS.get(name, name) not in to_pip
    }
    assert not undeclared


def test_only_model_and_learn_need_what_the_base_lacks():
    extra = requirements("train") - requirements("base")
    gpu_benchmarks = {
        "bench_gpu.py", "bench_training.py", "draft_plans.py", "give_back.py", "gpu_model.py",
        "gpu_session.py", "gpu_ways.py", "llama_cpp_way.py",
    }  # fmt: skip
    for path in (ROOT / "rt_grasp_ros").rglob("*.py"):
        room = path.relative_to(ROOT / "rt_grasp_ros").parts[0]
        if room in ("model", "learn") or (room == "bench" and path.name in gpu_benchmarks):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & extra, path


@pytest.mark.parametrize(
    "name", ["base", "train", "gpu", "llama-cpp", "browser", "meshes", "mcp", "graspgen"]
)
def test_every_dependency_is_explained(name):
    explained = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert [each for each in requirements(name) if f"`{each}`" not in explained] == []


def test_both_distributions_of_ros_bring_the_same():
    jazzy = {each.replace("-jazzy-", "-") for each in requirements("ros-jazzy")}
    kilted = {each.replace("-kilted-", "-") for each in requirements("ros-kilted")}
    assert jazzy - kilted == {"ros-python-cmake-module"}
    assert kilted - jazzy == {"ros-ament-cmake-ros-core"}


def test_the_containerfile_builds_as_the_readme_says():
    container = (ROOT / "Containerfile").read_text(encoding="utf-8")
    assert "not run here" in container.splitlines()[0]
    assert re.findall(r"^FROM (.+)$", container, re.MULTILINE) == [
        "docker.io/library/ros:jazzy-ros-base"
    ]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    steps = (
        "rosdep install --from-paths src --ignore-src -y",
        "python3 -m venv --system-site-packages venv",
        "-r src/rt_grasp_ros/requirements/base.txt",
        "python -m colcon build",
    )
    assert [step for step in steps if step not in container or step not in readme] == []
    # Without a screen: what rosdep leaves out is not launched.
    assert "ENV RT_GRASP_RVIZ=0" in container and "rviz:=false" in container


def test_the_workflow_brings_what_make_test_brings():
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "never run" in workflow.splitlines()[0]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    brought = re.search(r"install --prefer-binary (-r requirements/dev.txt.*)$", makefile, re.M)[1]
    wanted = {"base.txt", *re.findall(r"(\w+\.txt)", brought)}
    assert {"dev.txt", "mcp.txt"} < wanted
    assert set(re.findall(r"-r (\w+\.txt)", workflow)) == wanted


@pytest.mark.parametrize("distro", ["jazzy", "lyrical"])
def test_pixi_brings_what_the_package_needs_of_a_whole_ros(distro):
    text = (ROOT / "pixi.toml").read_text(encoding="utf-8")
    assert "not run here" in "".join(text.splitlines()[:4])
    pixi = tomllib.loads(text)
    assert f"https://prefix.dev/robostack-{distro}" in pixi["feature"][distro]["channels"]
    brought = {
        name.removeprefix(f"ros-{distro}-").replace("-", "_")
        for name in pixi["feature"][distro]["dependencies"]
    }
    # `desktop` holds the core, launch, the common messages and RViz; the rest is named.
    wanted = {each.text for each in PACKAGE_XML.iter("exec_depend") if each.get("condition")}
    assert wanted - {"rviz2"} | {"control_msgs", "desktop"} <= brought


def test_pixi_installs_the_same_libraries_and_builds_before_it_starts():
    pixi = tomllib.loads((ROOT / "pixi.toml").read_text(encoding="utf-8"))
    assert pixi["tasks"]["libraries"].endswith(" -r requirements/base.txt")
    assert pixi["tasks"]["build"]["depends-on"] == ["libraries"]
    assert pixi["tasks"]["cell"]["depends-on"] == ["build"]
    assert pixi["dependencies"]["numpy"] == ">=2"  # pin and coal of PyPI ask for it
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "pixi run cell" in readme


def test_ranges_that_were_tried_with_numpy_1_and_2_are_asked_for():
    lines = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8").splitlines()
    assert "numpy>=1.26,<3" in lines
    # toppra imports it, and takes Ubuntu 24.04's 3.6, which can't be imported beside numpy 2.
    assert "matplotlib>=3.9,<4" in lines


def test_no_two_test_files_share_a_name():
    """Pytest imports a test by its file's name: of two alike it collects one, and fails."""
    paths: dict[str, list[Path]] = {}
    for path in (ROOT / "test").rglob("*.py"):
        if path.name not in ("__init__.py", "conftest.py"):
            paths.setdefault(path.name, []).append(path.relative_to(ROOT))
    assert {name: some for name, some in paths.items() if len(some) > 1} == {}
