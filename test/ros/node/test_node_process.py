import os
import signal
import subprocess

import pytest

from rt_grasp_ros.grasp.errors import CommandEmpty
from rt_grasp_ros.ros.node.node_process import make_or_exit
from rt_grasp_ros.with_parent import start_with_parent

pytestmark = pytest.mark.ros

NODE = """
import os
import rclpy
from rclpy.node import Node
from rt_grasp_ros.ros.node.node_process import run_node

def say(word):
    os.write(1, word + b"\\n")  # one piece, whatever other threads write

class Idle(Node):
    def __init__(self):
        super().__init__("idle")
        self.create_timer(0.1, lambda: say(b"idles"))

    def destroy_node(self):
        say(b"destroyed")
        super().destroy_node()

run_node(Idle, "idle", None, *THREADS)
"""


def test_a_node_that_can_not_be_made_ends_the_process_with_one_sentence():
    def make():
        raise CommandEmpty

    with pytest.raises(SystemExit, match=r"^talker: The command is empty"):
        make_or_exit(make, "talker")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("threads", [(), (1,), (3,)])
def test_a_node_is_taken_down_when_it_is_stopped(number, threads):
    process = start_with_parent(
        ["-c", NODE.replace("THREADS", str(threads))],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    try:
        assert process.stdout.readline() == "idles\n"
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0
    assert out.splitlines().count("destroyed") == 1
