"""One attempt at a command: all that went in and came out."""

from __future__ import annotations

from dataclasses import dataclass

from rt_grasp_ros.msg import Grasp as GraspMessage
from rt_grasp_ros.srv import GraspCommand

from ...grasp.frame import RgbdFrame
from ...grasp.grasp import Gripper
from ...language.prompt import Turn


@dataclass(frozen=True, slots=True)
class AttemptSettings:
    """What an attempt depends on beside its command and its picture.

    Attributes:
        node: full name of the node that carried it out.
        model_dir: folder of the model, as the node's parameter names it.
        approach: the approach that `lift` took.
        gripper: its measures.
    """

    node: str
    model_dir: str
    approach: str
    gripper: Gripper


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """A command that was carried out, whatever came of it.

    Attributes:
        request: what was asked for.
        response: what was replied, with the grasps and the outcome.
        frame: the picture that was used; None where it did not come to that.
        found: the candidates as they were before the arm was asked, best first, rejected ones last;
            the arm's check may have ranked those of the response anew.
        history: the earlier turns of the dialogue, oldest first.
        settings: what else it depended on.
        begun_ns: when the command came, on the node's clock.
        ended_ns: when the reply was ready.
    """

    request: GraspCommand.Request
    response: GraspCommand.Response
    frame: RgbdFrame | None
    found: list[GraspMessage]
    history: tuple[Turn, ...]
    settings: AttemptSettings
    begun_ns: int
    ended_ns: int
