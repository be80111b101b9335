"""`python -m build` makes an sdist and of it a wheel, which works without the checkout.

Built without isolation: ROS 2 is this environment's and not fetched again. The wheel is installed
into an empty environment, which finds what the wheel depends on in this one.
"""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = ("action", "cmake", "config", "launch", "models", "msg", "requirements")
SHIPPED += ("resource", "rt_grasp_ros", "srv")
FILES = ("CMakeLists.txt", "package.xml", "pyproject.toml", "setup.py", "MANIFEST.in")
TEXTS = ("README.md", "CHANGELOG.md", "LICENSE", "NOTICE")
LEFTOVERS = ("__pycache__", "*.py[cod]", "*.egg-info", "build")
LONGEST_S = 1700  # the interfaces are compiled: 50 s of one core, any time on a busy machine

HAS_BUILD = shutil.which("pyproject-build", path=Path(sys.executable).parent)
pytestmark = [
    pytest.mark.skipif(not HAS_BUILD, reason="not run here: needs build (extra [dev])"),
    pytest.mark.timeout(1800),
]


def files_below(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def run(command, folder):
    """Return what a command prints in a shell in which nothing was set up."""
    set_up = ("PYTHONPATH", "AMENT_PREFIX_PATH", "LD_LIBRARY_PATH")
    bare = {name: value for name, value in os.environ.items() if name not in set_up}
    done = subprocess.run(
        command, cwd=folder, env=bare, timeout=LONGEST_S, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Copy what is shipped, so that nothing that was built in the checkout helps."""
    folder = tmp_path_factory.mktemp("tree")
    for name in SHIPPED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*LEFTOVERS))
    for name in (*FILES, *TEXTS):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def built(tree, tmp_path_factory):
    """Return the sdist and the wheel that is built of nothing but it."""
    dist = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(dist)], tree)
    (sdist,), (wheel,) = dist.glob("*.tar.gz"), dist.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """Return an environment with the wheel alone, beside which lies what this one has."""
    prefix = tmp_path_factory.mktemp("environment")
    venv.create(prefix, with_pip=False, symlinks=True)
    python = prefix / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(built[1])], prefix)
    (site_packages,) = prefix.glob("lib/python*/site-packages")
    beside = sysconfig.get_path("purelib")  # its .pth files are read, too
    (site_packages / "beside.pth").write_text(f"import site; site.addsitedir({beside!r})\n")
    return prefix


def test_a_source_distribution_holds_what_a_build_reads(tree, built, tmp_path):
    with tarfile.open(built[0]) as opened:
        opened.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    held = {path for path in files_below(tree) if ".egg-info/" not in path}
    assert held - files_below(unpacked) == set()
    assert "rt_grasp_ros/py.typed" in held


def test_the_wheel_asks_for_what_the_package_needs_and_is_of_this_python(installed):
    (site_packages,) = installed.glob("lib/python*/site-packages")
    (ours,) = importlib.metadata.distributions(name="rt_grasp_ros", path=[str(site_packages)])
    base = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8").splitlines()
    wanted = {re.match(r"[\w-]+", line).group() for line in base if line and line[0] != "#"}
    asked = {re.match(r"[\w-]+", each).group() for each in ours.requires if "extra ==" not in each}
    assert asked == wanted
    tags = ours.read_text("WHEEL")
    assert f"Tag: cp{sys.version_info.major}{sys.version_info.minor}-" in tags
    assert "Root-Is-Purelib: false" in tags


def test_the_installed_wheel_grasps_the_shipped_example(installed, tmp_path):
    example = installed / "share" / "rt_grasp_ros" / "resource" / "example"
    command = [str(installed / "bin" / "rt-grasp"), "detect", "--json", "-"]
    command += ["--command", "grasp the mug by its handle", "--out", "out"]
    command += ["--color", str(example / "color.png"), "--depth", str(example / "depth_mm.png")]
    command += ["--intrinsics", str(example / "intrinsics.json")]
    found = json.loads(run(command, tmp_path))
    assert found["error_code"] == 0
    assert "mug" in found["reasoning"]
    assert 0.005 < found["opening_m"] < 0.08
    assert (tmp_path / "out" / "grasp.png").read_bytes().startswith(b"\x89PNG")


def test_the_five_lines_of_the_readme_draw_a_picture(installed, tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.search(r"```python\n(from rt_grasp_ros.api .*?)```", readme, re.DOTALL).group(1)
    script = f"{lines}\nimport rt_grasp_ros; print(rt_grasp_ros.__file__)\n"
    printed = run([str(installed / "bin" / "python"), "-c", script], tmp_path).splitlines()
    assert printed[-1].startswith(str(installed))  # not the one beside
    assert "mug" in printed[0]
    assert (tmp_path / "grasp.png").read_bytes().startswith(b"\x89PNG")
    assert len([line for line in lines.splitlines() if line]) == 5
