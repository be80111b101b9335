"""GraspGen's protocol over a real socket: what is sent, what comes of answers, and of none."""

import threading

import msgpack
import numpy as np
import pytest
import zmq

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import GraspServerUnavailable
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.pipeline.grasps_there import grasps_on
from rt_grasp_ros.proposals.outside.array_wire import packed, unpacked
from rt_grasp_ros.proposals.outside.graspgen import GraspGenProposals

TABLE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)
INTRINSICS = Intrinsics(600.0, 600.0, 319.5, 239.5, 640, 480)
BASE_TO_PADS_M = 0.1034
SILENT = object()


class StandIn:
    """A server that speaks the protocol and answers `infer` as it is told."""

    def __init__(self, answer):
        self.asked = []
        self._answer = answer
        self._context = zmq.Context()
        socket = self._context.socket(zmq.REP)
        port = socket.bind_to_random_port("tcp://127.0.0.1")
        self.url = f"tcp://127.0.0.1:{port}"
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(socket,))
        self._thread.start()

    def _serve(self, socket):
        while not self._end.is_set():
            if not socket.poll(20):
                continue
            request = msgpack.unpackb(socket.recv(), raw=False)
            request["point_cloud"] = unpacked(request["point_cloud"])
            self.asked.append(request)
            answer = self._answer(request) if callable(self._answer) else self._answer
            if answer is SILENT:
                break
            raw = answer if isinstance(answer, bytes) else msgpack.packb(answer, use_bin_type=True)
            socket.send(raw)
        self._end.wait()
        socket.close(linger=0)

    def close(self):
        self._end.set()
        self._thread.join()
        self._context.term()


@pytest.fixture
def serve():
    servers = []

    def start(answer):
        servers.append(StandIn(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def block():
    depth_m = np.full((480, 640), 0.7, np.float32)
    region = np.zeros((480, 640), bool)
    region[210:270, 305:335] = True
    depth_m[region] = 0.65
    return RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, INTRINSICS, "c", 0), region


def grasps(*x_m, z_m=0.67):
    """Poses of the hand's base above the block, their pads at `z_m`."""
    poses = np.tile(np.eye(4, dtype=np.float32), (len(x_m), 1, 1))
    poses[:, 0, 3], poses[:, 2, 3] = x_m, z_m - BASE_TO_PADS_M
    scores = np.linspace(0.9, 0.5, len(x_m), dtype=np.float32)
    return {"grasps": packed(poses), "confidences": packed(scores), "num_grasps": len(x_m)}


def propose(url, timeout_s=30.0):
    frame, region = block()
    server = GraspGenProposals(url, Gripper(), BASE_TO_PADS_M, timeout_s)
    return server.propose(frame, TABLE, region)


def test_the_thing_is_sent_and_grasps_come_back_where_the_pads_are(serve):
    server = serve(grasps(0.0, 0.5))
    (found,) = propose(server.url)  # the other one is beside the block
    (request,) = server.asked
    assert request["action"] == "infer"
    cloud_m = request["point_cloud"]
    assert cloud_m.dtype == np.float32
    assert 500 < len(cloud_m) <= 2000
    np.testing.assert_allclose(cloud_m[:, 2], 0.65, atol=1e-6)
    assert found.T_camera_grasp[2, 3] == pytest.approx(0.67)
    assert found.object_width_m == pytest.approx(0.032, abs=0.003)
    assert found.quality == pytest.approx(0.9)


def test_they_are_checked_like_our_own(serve):
    frame, region = block()
    beside = region.copy()
    beside[:, 336:346] = True  # a wall 1 mm beside the block, where a finger would come down
    frame.depth_m[beside & ~region & (np.indices(region.shape)[0] > 150)] = 0.6
    server = serve(grasps(0.0))
    proposals = GraspGenProposals(server.url, Gripper(), BASE_TO_PADS_M, 30.0)
    (walled,) = grasps_on(frame, region, TABLE, proposals, Gripper(), 1)
    free_frame, _ = block()
    (free,) = grasps_on(free_frame, region, TABLE, proposals, Gripper(), 1)
    assert free.is_executable
    assert not walled.is_executable
    assert walled.rejected_code is ErrorCode.NO_FINGER_CLEARANCE


def test_no_grasps_are_no_failure(serve):
    assert propose(serve(grasps()).url) == []


POSE = np.eye(4, dtype=np.float32)[None]
ONE = np.ones(1, np.float32)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"error": "CUDA out of memory"}, "failed .'CUDA out of memory'"),
        (b"\xc1 no msgpack", "no msgpack"),
        ([1, 2], "something else than a map"),
        ({}, "something else than grasps"),
        ({"grasps": packed(POSE * np.nan), "confidences": packed(ONE)}, "not finite"),
        ({"grasps": packed(POSE[:, :3]), "confidences": packed(ONE)}, "are no grasps"),
        ({"grasps": [[1.0], [1.0, 2.0]], "confidences": packed(ONE)}, "than grasps"),
        (
            {"grasps": {**packed(POSE), b"kind": b"O", b"type": "|O"}, "confidences": packed(ONE)},
            "plain numbers",
        ),
    ],
    ids=["error", "noise", "list", "empty", "nan", "shape", "ragged", "pickle"],
)
def test_any_other_answer_is_said_to_be_one(serve, answer, words):
    server = serve(answer)
    with pytest.raises(GraspServerUnavailable, match=words) as failure:
        propose(server.url)
    assert failure.value.code is ErrorCode.SERVER_UNAVAILABLE
    assert server.url in failure.value.message
    assert "graspgen_url" in failure.value.message


def test_a_server_that_does_not_answer_ends_in_time(serve):
    with pytest.raises(GraspServerUnavailable, match=r"did not answer within 0\.3 s"):
        propose(serve(SILENT).url, timeout_s=0.3)


def test_nobody_there_is_said_as_well():
    with pytest.raises(GraspServerUnavailable, match="did not answer"):
        propose("tcp://127.0.0.1:9", timeout_s=0.3)
    with pytest.raises(GraspServerUnavailable, match="can't be asked"):
        propose("nonsense", timeout_s=0.3)


def test_after_a_silence_the_next_answer_is_taken(serve):
    answers = iter([{"error": "warming up"}, grasps(0.0)])
    server = serve(lambda request: next(answers))
    with pytest.raises(GraspServerUnavailable):
        propose(server.url)
    assert len(propose(server.url)) == 1


@pytest.mark.parametrize(
    ("side_px", "most"), [(6, 0), (8, 64), (44, 1936), (46, 1058), (300, 2000)]
)
def test_at_most_2000_points_of_a_thing_are_sent_and_nothing_of_a_speck(serve, side_px, most):
    """A speck of fewer than 50 points is no thing to ask about."""
    frame, _ = block()
    region = np.zeros((480, 640), bool)
    region[100 : 100 + side_px, 200 : 200 + side_px] = True
    server = serve(grasps(0.0))
    GraspGenProposals(server.url, Gripper(), BASE_TO_PADS_M, 30.0).propose(frame, TABLE, region)
    assert [len(request["point_cloud"]) for request in server.asked] == ([most] if most else [])
    for request in server.asked:
        assert (request["num_grasps"], request["topk_num_grasps"]) == (200, 100)
