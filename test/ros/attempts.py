"""An attempt as the perception node would hand it to its recorder."""

import numpy as np
from rt_grasp_ros.srv import GraspCommand

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.language.memory import DialogueMemory
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.pipeline.command_flow import CommandFlow
from rt_grasp_ros.pipeline.command_outcome import CommandRequest
from rt_grasp_ros.ros.perception.command_messages import found_messages, grasp_messages
from rt_grasp_ros.ros.recording.attempt import Attempt, AttemptSettings

BEGUN_NS = 1_700_000_000_000_000_000
SETTINGS = AttemptSettings(
    node="/left/perception_node",
    model_dir="models/rt-grasp-tiny",
    approach="plane",
    gripper=Gripper(max_opening_m=0.085),
)
HISTORY = (Turn("grasp the box", "It lies there. x 0.5 y 0.4 theta 0.0 w 0.1"),)


def frame_of_box(seed=0):
    """Return a noisy picture of a box on a table, with holes in its depth."""
    rng = np.random.default_rng(seed)
    depth_m = np.full((240, 320), 0.7, np.float32)
    depth_m[80:160, 150:170] = 0.65
    depth_m[rng.random(depth_m.shape) < 0.02] = np.nan
    rgb = rng.integers(0, 256, (240, 320, 3), np.uint8)
    intrinsics = Intrinsics(300.25, 300.5, 159.5, 119.5, 320, 240)
    return RgbdFrame(rgb, depth_m, intrinsics, "camera_color_optical_frame", BEGUN_NS + 40_000_000)


class Surroundings:
    """A picture and an engine, and no arm."""

    def __init__(self, frame, engine):
        self.frame = frame
        self.engine = engine

    def take_frame(self):
        return self.frame

    def ask_model(self, image_rgb, command, max_candidates, history):
        return self.engine.answer(image_rgb, command, max_candidates, history=history)

    def show(self, frame, outcome):
        pass


def attempt_at(command, engine, frame=None, max_candidates=3, history=HISTORY, settings=SETTINGS):
    """Carry a command out and return the attempt."""
    frame = frame or frame_of_box()
    dialogues = DialogueMemory()
    dialogue_id = dialogues.enter("")
    for turn in history:
        dialogues.add(dialogue_id, turn)
    flow = CommandFlow(
        Surroundings(frame, engine), settings.gripper, lambda: settings.approach, dialogues
    )
    outcome = flow.run(CommandRequest(command, dialogue_id, max_candidates))
    return Attempt(
        request=GraspCommand.Request(
            command=command, dialogue_id=dialogue_id, max_candidates=max_candidates
        ),
        response=GraspCommand.Response(
            error_code=int(outcome.error_code),
            error_message=outcome.error_message,
            reasoning=outcome.reasoning,
            grasps=grasp_messages(frame, outcome),
            dialogue_id=outcome.dialogue_id,
        ),
        frame=frame,
        found=found_messages(frame, outcome),
        history=history,
        settings=settings,
        begun_ns=BEGUN_NS,
        ended_ns=BEGUN_NS + 300_000_000,
    )
