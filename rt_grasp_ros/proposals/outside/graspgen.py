"""Grasps by NVIDIA's GraspGen on a server of its own, asked over ZeroMQ; the client side alone.

The protocol is that of `grasp_gen/serving/zmq_client.py` in NVlabs/GraspGen: msgpack over a REQ
socket, `{"action": "infer", "point_cloud": (N, 3), ...}` to `{"grasps": (M, 4, 4), "confidences":
(M,)}` or `{"error": ...}`. Poses are of the hand's base: +z approach, +x closing. GraspGen and its
weights are for research and evaluation only (NVIDIA License, 3.3); none of them is in this package.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import GraspServerUnavailable, ModelNotLoaded
from ...grasp.frame import RgbdFrame
from ...grasp.grasp import Gripper
from ...grasp.plane import Plane
from ..proposal import Proposal
from .array_wire import packed, unpacked
from .given_grasps import GivenGraspsInvalid, measured, require_grasps

_MOST_POINTS = 2000  # the server compares each with each
_FEWEST_POINTS = 50
_SAMPLED, _RETURNED = 200, 100
_LONGEST_BYTES = 4_000_000


class GraspGenProposals:
    """A `Proposals` that asks a GraspGen server; one request at a time."""

    def __init__(self, url: str, gripper: Gripper, base_to_pads_m: float, timeout_s: float) -> None:
        """Take where it is; nothing is asked yet.

        Args:
            url: such as `tcp://gpu-server:5556`.
            gripper: its measures.
            base_to_pads_m: from the hand's base, which its poses are of, to between the pads.
            timeout_s: for one answer.

        Raises:
            ModelNotLoaded: the extra [graspgen] is not installed.
        """
        try:
            import msgpack
            import zmq
        except ModuleNotFoundError as error:
            raise ModelNotLoaded(
                f"GraspGen's server is asked with the package '{error.name}'; install "
                "rt_grasp_ros with its extra [graspgen]."
            ) from error
        self._msgpack, self._zmq = msgpack, zmq
        self._url, self._gripper, self._timeout_s = url, gripper, timeout_s
        self._T_base_pads = np.eye(4)
        self._T_base_pads[2, 3] = base_to_pads_m

    def propose(self, frame: RgbdFrame, plane: Plane, region: NDArray[np.bool_]) -> list[Proposal]:
        """See `Proposals`.

        Raises:
            GraspServerUnavailable: it can't be reached, does not answer in time, says that it
                failed, or answers with something else than grasps.
        """
        points_m = frame.points_m[region]
        points_m = points_m[np.isfinite(points_m[:, 2])]
        if len(points_m) < _FEWEST_POINTS:
            return []
        step = -(-len(points_m) // _MOST_POINTS)
        reply = self._ask(
            {
                "action": "infer",
                "point_cloud": packed(points_m[::step].astype(np.float32)),
                "num_grasps": _SAMPLED,
                "topk_num_grasps": _RETURNED,
            }
        )
        try:
            T_camera_base, scores = require_grasps(
                unpacked(reply.get("grasps")), unpacked(reply.get("confidences"))
            )
        except (GivenGraspsInvalid, TypeError, ValueError) as error:
            raise GraspServerUnavailable(
                self._url, f"answered with something else than grasps ({error})"
            ) from error
        T_camera_grasp = T_camera_base @ self._T_base_pads
        return measured(T_camera_grasp, scores, points_m, plane, self._gripper)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the server's reply, over a socket of its own: a late one can't be mistaken."""
        timeout_ms = round(1000 * self._timeout_s)
        context = self._zmq.Context()
        socket = context.socket(self._zmq.REQ)
        try:
            for option in (self._zmq.RCVTIMEO, self._zmq.SNDTIMEO):
                socket.setsockopt(option, timeout_ms)
            socket.setsockopt(self._zmq.LINGER, 0)
            socket.setsockopt(self._zmq.MAXMSGSIZE, _LONGEST_BYTES)
            socket.connect(self._url)
            socket.send(self._msgpack.packb(request, use_bin_type=True))
            raw = socket.recv()
        except self._zmq.Again as error:
            raise GraspServerUnavailable(
                self._url, f"did not answer within {self._timeout_s:g} s"
            ) from error
        except self._zmq.ZMQError as error:
            raise GraspServerUnavailable(self._url, f"can't be asked ({error})") from error
        finally:
            socket.close()
            context.term()
        try:
            reply = self._msgpack.unpackb(raw, raw=False)
        except (ValueError, self._msgpack.exceptions.UnpackException) as error:
            raise GraspServerUnavailable(self._url, "answered with no msgpack") from error
        if not isinstance(reply, dict):
            raise GraspServerUnavailable(self._url, "answered with something else than a map")
        if "error" in reply:
            raise GraspServerUnavailable(self._url, f"failed ('{str(reply['error'])[:160]}')")
        return reply
