"""What each test file gets: its own ROS domain, and a word on the tests that cannot run here."""

import gc
import importlib.util
import os
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from rt_grasp_ros.ros.node.domain import take_domain

try:
    import hypothesis
except ImportError:  # the tests of a GPU do without, see `_only_gpu`
    pass
else:
    # The same examples on every machine, and however busy; `HYPOTHESIS_PROFILE=search` tries new.
    hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
    hypothesis.settings.register_profile("search", deadline=None, print_blob=True)
    hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# Before anything imports rclpy: no other ROS nodes are to hear the tests.
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"

NOT_RUN = "not run here: needs "
TORCH = "torch and transformers (extra [train])"
GPU = "a CUDA GPU"
LLAMA_CPP = "llama-cpp-python and gguf (extra [llama-cpp]; llama.cpp is compiled for it)"
MOVEIT = "moveit_msgs and control_msgs (built by `make test`)"
REAL_MOVEIT = "the real MoveIt with the Panda of moveit_resources (docs/moveit.md)"
MOVEIT_PACKAGES = (
    "moveit_ros_move_group",
    "moveit_planners_ompl",
    "moveit_kinematics",
    "moveit_simple_controller_manager",
    "moveit_configs_utils",
    "moveit_resources_panda_moveit_config",
)
REAL_MOVEIT_PY = "the real moveit_py (docs/moveit.md)"
BROWSER = "Chromium, playwright and viser (apt-get install chromium; run by `make test`)"
ROS = "ROS 2 and the built interfaces (make setup; run by `make test`)"


@pytest.fixture(scope="module", autouse=True)
def ros_domain() -> None:
    """Give each file of tests a ROS domain of its own, without nodes of the files before.

    A lifecycle node that was destroyed is there until Python has collected it: its state machine
    and its action clients hold it. Until then no node of that name gets a `/rosout` in this
    process, in whichever domain.
    """
    gc.collect()
    take_domain()


def _has_torch() -> bool:
    return all(importlib.util.find_spec(name) for name in ("torch", "transformers"))


def _has_gpu() -> bool:
    if not Path("/proc/driver/nvidia").exists() or not _has_torch():
        return False
    import torch

    return torch.cuda.is_available()


def _has_llama_cpp() -> bool:
    return all(importlib.util.find_spec(name) for name in ("llama_cpp", "gguf"))


def _has_ros() -> bool:
    try:
        import rclpy  # noqa: F401
        import rt_grasp_ros.msg  # noqa: F401
    except ImportError:
        return False
    return True


def _has_moveit() -> bool:
    try:
        import control_msgs.action  # noqa: F401
        import moveit_msgs.msg  # noqa: F401
    except ImportError:
        return False
    return True


def _has_real_moveit() -> bool:
    if not (_has_moveit() and os.environ.get("AMENT_PREFIX_PATH")):
        return False
    from ament_index_python.packages import get_packages_with_prefixes

    return set(MOVEIT_PACKAGES) <= get_packages_with_prefixes().keys()


def _has_real_moveit_py() -> bool:
    return _has_real_moveit() and importlib.util.find_spec("moveit") is not None


def _has_browser() -> bool:
    has_packages = all(importlib.util.find_spec(name) for name in ("playwright", "viser"))
    return has_packages and shutil.which("chromium") is not None


def _missing_needs() -> dict[str, str]:
    """Map each marker whose tests cannot run here to what they need."""
    checks = {
        "torch": (_has_torch, TORCH),
        "gpu": (_has_gpu, GPU),
        "llama_cpp": (_has_llama_cpp, LLAMA_CPP),
        "ros": (_has_ros, ROS),
        "moveit": (_has_moveit, MOVEIT),
        "real_moveit": (_has_real_moveit, REAL_MOVEIT),
        "real_moveit_py": (_has_real_moveit_py, REAL_MOVEIT_PY),
        "browser": (_has_browser, BROWSER),
    }
    return {marker: need for marker, (has, need) in checks.items() if not has()}


MISSING_NEEDS = _missing_needs()


def _module_needs(path: Path) -> set[str]:
    """List what a whole test module needs and this machine lacks, by its `pytestmark` line."""
    line = re.search(r"^pytestmark = .*", path.read_text(encoding="utf-8"), re.MULTILINE)
    markers = re.findall(r"pytest\.mark\.(\w+)", line.group()) if line else []
    return {MISSING_NEEDS[marker] for marker in markers if marker in MISSING_NEEDS}


def _only_gpu(config: pytest.Config) -> bool:
    """Whether the tests of a GPU alone are wanted: a GPU machine has neither ROS nor MuJoCo."""
    return bool(config.option.markexpr == "gpu")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the modules whose imports would fail; the summary names them."""
    if _only_gpu(config):
        files = (
            collection_path.rglob("test_*.py") if collection_path.is_dir() else [collection_path]
        )
        return None if any("pytest.mark.gpu" in file.read_text("utf-8") for file in files) else True
    if MISSING_NEEDS and collection_path.suffix == ".py" and _module_needs(collection_path):
        return True
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip single tests that need what this machine lacks, with the reason."""
    for item in items:
        for marker, need in MISSING_NEEDS.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=NOT_RUN + need))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests did not run here, and what they need."""
    single: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason.startswith(NOT_RUN):
            single[reason.removeprefix(NOT_RUN)] += 1
    modules = [
        (path, need)
        for path in sorted(Path(__file__).parent.rglob("test_*.py"))
        for need in sorted(_module_needs(path))
        if not _only_gpu(terminalreporter.config)
    ]
    if not single and not modules:
        return
    terminalreporter.section("not run here")
    for need, count in single.items():
        terminalreporter.write_line(f"{count} tests need {need}")
    for path, need in modules:
        terminalreporter.write_line(f"{path.relative_to(Path(__file__).parents[1])} needs {need}")
