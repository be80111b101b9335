"""The shipped profile of Fast DDS: who uses it still finds all others on the machine."""

import os
import subprocess
import sys

import pytest

from rt_grasp_ros.resources import share_path

pytestmark = pytest.mark.ros

COUNT = 8
FIND_ALL = """
import sys, time
import rclpy

_, own, count = sys.argv
names = {f"one_of_many_{number}" for number in range(int(count))}
rclpy.init()
node = rclpy.create_node(f"one_of_many_{own}")
deadline_s = time.monotonic() + 60.0
while not names <= set(node.get_node_names()) and time.monotonic() < deadline_s:
    time.sleep(0.1)
print("misses", sorted(names - set(node.get_node_names())), flush=True)
sys.stdin.read()  # the others look for this one
"""


def test_every_process_finds_every_other_also_where_they_are_many():
    profile = str(share_path("config/fastdds.xml"))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", FIND_ALL, str(number), str(COUNT)],
            env=os.environ
            | {"FASTRTPS_DEFAULT_PROFILES_FILE": profile, "FASTDDS_DEFAULT_PROFILES_FILE": profile},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(COUNT)
    ]
    try:
        assert [process.stdout.readline() for process in processes] == ["misses []\n"] * COUNT
    finally:
        for process in processes:
            process.communicate(timeout=30.0)
