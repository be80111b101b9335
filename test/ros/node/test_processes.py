import os
import signal
import subprocess
import sys
import time

import pytest

from benchmarks.faults.pids import is_running
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.node.processes import NodeDied, NodeProcesses

pytestmark = pytest.mark.ros

SIM = ("sim_node", {"image_width_px": 160, "image_height_px": 120, "seed": 1})


def wait_for(is_done, timeout_s=120.0):
    deadline_s = time.monotonic() + timeout_s
    while not is_done():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def pids(token):
    """Process ids of the processes whose command line holds a token."""
    found = subprocess.run(["pgrep", "-f", token], capture_output=True, text=True, check=False)
    return found.stdout.split()


def has_died(processes, node, exit_code, words=""):
    try:
        processes.require_alive()
    except NodeDied as error:
        assert (error.node, error.exit_code) == (node, exit_code)
        assert words in error.message
        return True
    return False


@pytest.mark.sim
def test_a_node_is_started_logged_and_ended(tmp_path):
    marker = str(tmp_path / "sim.yaml")
    (tmp_path / "sim.yaml").write_text(share_path("config/sim.yaml").read_text())
    with NodeProcesses(tmp_path / "logs") as processes:
        processes.start(*SIM, tmp_path / "sim.yaml")
        wait_for(lambda: "scene 1" in processes.log("sim_node").read_text())
        processes.require_alive()
        assert len(pids(marker)) == 1
    assert not pids(marker)


def test_a_node_that_ends_is_reported_with_what_it_said(tmp_path):
    with NodeProcesses(tmp_path) as processes:
        processes.start("sim_node", {"object_names": "unicorn"}, share_path("config/sim.yaml"))

        wait_for(lambda: has_died(processes, "sim_node", 1, "unicorn"))


def test_a_parameter_out_of_bounds_is_named(tmp_path):
    with NodeProcesses(tmp_path) as processes:
        processes.start("sim_node", {"image_width_px": 10}, share_path("config/sim.yaml"))
        wait_for(lambda: "image_width_px" in processes.log("sim_node").read_text())


def test_a_node_that_was_killed_is_reported(tmp_path):
    with NodeProcesses(tmp_path) as processes:
        processes.start("sim_node", {}, share_path("config/sim.yaml"))
        os.kill(processes.pid("sim_node"), signal.SIGKILL)
        wait_for(lambda: has_died(processes, "sim_node", -signal.SIGKILL))


PARENT = """
import sys, time
from pathlib import Path
from benchmarks.faults.pids import is_running
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.node.processes import NodeProcesses

processes = NodeProcesses(Path(sys.argv[1]))
processes.start("executor_node", {}, share_path("config/executor_cell.yaml"))
print(processes.pid("executor_node"), flush=True)
time.sleep(600)
"""


def test_nodes_end_with_a_process_that_was_killed(tmp_path):
    """They held a core for ever: who starts them can't end them any more."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with parent:
        node = int(parent.stdout.readline())
        parent.kill()
    wait_for(lambda: not is_running(node))
