"""Grasps on what somebody pointed at."""

import math

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.grasp.support import Support
from rt_grasp_ros.pipeline.grasps_there import grasps_on, plane_under
from rt_grasp_ros.proposals.antipodal_search import AntipodalSearch
from rt_grasp_ros.proposals.proposal import Proposal

INTRINSICS = Intrinsics(600.0, 600.0, 319.5, 239.5, 640, 480)
TABLE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)
BOX_TOP = Plane(np.array([0.0, 0.0, -1.0]), 0.55, 0.001)
FLOOR = Plane(np.array([0.0, 0.0, -1.0]), 1.4, 0.001)


def scene(*boxes):
    depth_m = np.full((480, 640), 0.7, np.float32)
    regions = []
    for left, top, right, bottom, height_m in boxes:
        region = np.zeros((480, 640), bool)
        region[top:bottom, left:right] = True
        depth_m[region] = 0.7 - height_m
        regions.append(region)
    rgb = np.zeros((480, 640, 3), np.uint8)
    return RgbdFrame(rgb, depth_m, INTRINSICS, "camera", 0), regions


def grasps(frame, region, count=4):
    search = AntipodalSearch(Gripper())
    return grasps_on(frame, region, TABLE, search, Gripper(), count)


def test_free_grasps_come_first_and_no_more_than_asked_for():
    frame, (region,) = scene((300, 200, 330, 300, 0.05))
    found = grasps(frame, region, count=3)
    assert len(found) == 3
    assert all(grasp.is_executable for grasp in found)
    assert region[int(found[0].rectangle.y_px), int(found[0].rectangle.x_px)]


def test_what_the_hand_would_hit_is_rejected_with_its_reason():
    tall = [(100, 100, 280, 400, 0.16), (350, 100, 540, 400, 0.16)]
    tall += [(280, 100, 350, 210, 0.16), (280, 280, 350, 400, 0.16)]
    frame, (region, *_) = scene((298, 230, 332, 260, 0.03), *tall)
    found = grasps(frame, region)
    assert found
    assert {grasp.rejected_code for grasp in found} == {ErrorCode.NO_FINGER_CLEARANCE}
    assert all("would hit" in grasp.rejected_reason for grasp in found)


class Proposed:
    """Proposes grasps across a bar along x, at given places, each with its quality."""

    def __init__(self, *places):
        self.places = places

    def propose(self, frame, plane, region):
        turned = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])  # closes along the picture's y
        found = []
        for x_m, quality in self.places:
            pose = np.eye(4)
            pose[:3, :3], pose[:3, 3] = turned, (x_m, 0.0, 0.67)
            found.append(Proposal(pose, 0.05, 0.034, 0.03, quality))
        return found


def test_what_reaches_less_far_down_is_worth_less_than_a_little_worse_that_reaches_far():
    bar = (200, 226, 440, 255, 0.05)
    step = (200, 256, 300, 300, 0.035)  # beside the left half of it: fingers stay above
    frame, (region, _) = scene(bar, step)
    at_step, beside_it = (-0.09, 0.8), (0.08, 0.75)
    found = grasps_on(frame, region, TABLE, Proposed(at_step, beside_it), Gripper(), 2)
    assert [round(grasp.position_m[0], 2) for grasp in found] == [0.08, -0.09]
    drawn_back_m = 0.67 - found[1].position_m[2]
    assert drawn_back_m > 0.01
    assert found[1].score == pytest.approx(0.8 * math.exp(-25 * drawn_back_m))
    assert found[0].score == 0.75
    (best,) = grasps_on(frame, region, TABLE, Proposed(at_step, beside_it), Gripper(), 1)
    assert best.position_m[0] == pytest.approx(0.08)


@pytest.mark.parametrize("planes", [(TABLE, FLOOR), (FLOOR, TABLE), (BOX_TOP, FLOOR, TABLE)])
def test_a_thing_stands_on_the_nearest_plane_below_it(planes):
    frame, (region,) = scene((300, 200, 360, 300, 0.05))
    assert plane_under(frame, region, Support(planes)) is TABLE


def test_a_thing_does_not_stand_on_its_own_top():
    frame, (region,) = scene((300, 200, 360, 300, 0.15))
    assert plane_under(frame, region, Support((BOX_TOP, TABLE))) is TABLE


def test_where_nothing_was_measured_the_first_plane_bears_it():
    frame, _ = scene()
    region = np.zeros((480, 640), bool)
    assert plane_under(frame, region, Support((TABLE, FLOOR))) is TABLE


def test_rejected_grasps_come_best_first():
    tall = [(100, 100, 280, 400, 0.16), (350, 100, 540, 400, 0.16)]
    tall += [(280, 100, 350, 210, 0.16), (280, 280, 350, 400, 0.16)]
    frame, (region, *_) = scene((298, 230, 332, 260, 0.03), *tall)
    proposed = Proposed((0.0, 0.2), (0.002, 0.9), (-0.002, 0.5))
    found = grasps_on(frame, region, TABLE, proposed, Gripper(), 3)
    assert [grasp.score for grasp in found] == [0.9, 0.5, 0.2]
    assert not any(grasp.is_executable for grasp in found)


@pytest.mark.parametrize(("share", "plane"), [(0.03, BOX_TOP), (0.1, TABLE)])
def test_what_reaches_below_a_plane_by_more_than_a_twentieth_does_not_stand_on_it(share, plane):
    frame, (region,) = scene((300, 200, 360, 300, 0.2))
    frame.depth_m[200 : 200 + round(100 * share), 300:360] = 0.6  # 5 cm below the box's top
    assert plane_under(frame, region, Support((BOX_TOP, TABLE))) is plane


@pytest.mark.parametrize(("height_m", "plane"), [(0.005, FLOOR), (0.008, TABLE)])
def test_what_rises_by_less_than_six_millimetres_is_the_plane_itself(height_m, plane):
    smooth = Plane(TABLE.normal, 0.7, 0.0002)
    frame, (region,) = scene((300, 200, 360, 300, height_m))
    found = plane_under(frame, region, Support((FLOOR, smooth)))
    assert found is (smooth if plane is TABLE else FLOOR)
