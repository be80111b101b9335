"""The parameters of every node that takes pictures: how the camera's driver publishes them."""

from __future__ import annotations

from dataclasses import dataclass

from ..node.parameters import parameter


@dataclass(frozen=True)
class CameraParameters:
    """What a node must be told of a camera that its topics do not tell."""

    camera_rectified: str = parameter(
        "auto",
        "Whether pictures are rectified, so that P of camera_info counts and not K and D; `auto` "
        "takes those of a topic with `rect` in its name for rectified.",
        choices=("auto", "raw", "rectified"),
    )
    camera_stamps: str = parameter(
        "header",
        "When a picture was taken: as its header says, or, for drivers that stamp by another "
        "clock or not at all, when it arrived.",
        choices=("header", "arrival"),
    )
    camera_trigger: str = parameter(
        "",
        "Service (std_srvs/Trigger) that makes the camera take a picture, called before each is "
        "waited for; empty for a camera that streams.",
        read_only=True,
    )
    depth_scale: float = parameter(
        0.0,
        "Metres of one unit of depth; 0 for the encoding's, millimetres of 16UC1 and metres of "
        "32FC1.",
        minimum=0.0,
        maximum=10.0,
    )
