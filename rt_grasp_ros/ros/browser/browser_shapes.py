"""Markers and paths as shapes of the page's view."""

from __future__ import annotations

import numpy as np
from nav_msgs.msg import Path
from numpy.typing import NDArray
from visualization_msgs.msg import Marker, MarkerArray

from ...browser.shapes import Colour, Label, Strokes, polyline
from ..messages.poses import matrix_from_pose

_PLAN_COLOUR: Colour = (255, 169, 77)
_PLAN_THICKNESS_M = 0.004


def shapes_from_markers(
    array: MarkerArray, T_base_frame: NDArray[np.float64]
) -> tuple[list[Strokes], list[Label]]:
    """Return grippers and texts of `grasp_markers`, which RViz shows, too.

    Args:
        array: line lists and texts, all in one frame; it replaces what was shown before.
        T_base_frame: maps that frame to the base frame, shape (4, 4), metres.

    Raises:
        RequestInvalid: a marker's pose is none.
    """
    grippers, labels = [], []
    for marker in array.markers:
        if marker.action != Marker.ADD:
            continue
        T_base_marker = T_base_frame @ matrix_from_pose(marker.pose)
        if marker.type == Marker.LINE_LIST:
            points = np.array([(point.x, point.y, point.z) for point in marker.points])
            points_m = points @ T_base_marker[:3, :3].T + T_base_marker[:3, 3]
            grippers.append(Strokes(points_m.reshape(-1, 2, 3), _colour(marker), marker.scale.x))
        elif marker.type == Marker.TEXT_VIEW_FACING:
            what_is_wrong, _, _ = " ".join(marker.text.split()).partition(
                ";"
            )  # what to do is in the table
            labels.append(Label(what_is_wrong, T_base_marker[:3, 3]))
    return grippers, labels


def way_from_path(path: Path) -> Strokes:
    """Return the way of a `plan`, which the executor gives in the base frame."""
    points_m = [
        (pose.pose.position.x, pose.pose.position.y, pose.pose.position.z) for pose in path.poses
    ]
    return polyline(np.array(points_m).reshape(-1, 3), _PLAN_COLOUR, _PLAN_THICKNESS_M)


def _colour(marker: Marker) -> Colour:
    red, green, blue = (
        round(255 * share) for share in (marker.color.r, marker.color.g, marker.color.b)
    )
    return red, green, blue
