"""A camera, a model and an arm around the flow of a command, all made of numbers."""

import numpy as np

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.grasp.verdict import Verdict
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.memory import DialogueMemory
from rt_grasp_ros.pipeline.command_flow import CommandFlow
from rt_grasp_ros.pipeline.command_outcome import CommandRequest, Execution

INTRINSICS = Intrinsics(300.0, 300.0, 159.5, 119.5, 320, 240)


def frame_of_box(width_px=18):
    depth_m = np.full((240, 320), 0.7, np.float32)
    depth_m[80:160, 160 - width_px // 2 : 160 + width_px // 2] = 0.65
    return RgbdFrame(np.zeros((240, 320, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)


def answer_at(x_px, score, reasoning="it lies there", opening_px=40.0):
    return Answer(reasoning, GraspRectangle(x_px, 120, 0, opening_px, 20, 320, 240), score)


class Surroundings:
    def __init__(self, answers, frame=None):
        self.answers = answers
        self.frame = frame or frame_of_box()
        self.shown = []
        self.executed = []
        self.histories = []
        self.verdicts = []
        self.execution = Execution(ErrorCode.OK, "", True, True, {"planning": 0.1, "lifting": 0.2})

    def take_frame(self):
        return self.frame

    def ask_model(self, image_rgb, command, max_candidates, history):
        self.histories.append(history)
        return self.answers

    def show(self, frame, outcome):
        self.shown.append([candidate.grasp for candidate in outcome.candidates])

    def execute(self, frame, outcome, on_verdicts):
        self.executed.append([candidate.reasoning for candidate in outcome.candidates])
        for verdicts in self.verdicts:
            on_verdicts([one for one in verdicts if one.grasp_index < len(self.executed[-1])])
        return self.execution


def run(surroundings, command="grasp the box", **fields):
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    return flow.run(CommandRequest(command, **fields))


def far(index, is_twin):
    return Verdict(index, is_twin, ErrorCode.OUT_OF_REACH, "It is too far away; move it.")


def flow_of(surroundings):
    return CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
