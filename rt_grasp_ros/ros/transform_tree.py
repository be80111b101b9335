"""A tree of coordinate frames over the last seconds; numpy only, safe between threads."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation, Slerp

from ..grasp.errors import TransformUnavailable
from ..grasp.numbers import told_apart

KEPT_NS = 10_000_000_000
"""How long moving transforms are remembered."""

NEWEST_IS_GOOD_FOR_NS = 500_000_000
"""How far past the newest transform a question may lie and still be answered with it."""


@dataclass(slots=True)
class _Edge:
    """How one frame lay in its parent: stamps ascending, poses (4, 4); static ones have one."""

    parent: str
    is_static: bool
    stamps_ns: deque[int] = field(default_factory=deque)
    poses: deque[NDArray[np.float64]] = field(default_factory=deque)


class TransformTree:
    """Remembers transforms as they come, and answers how frames lay to each other."""

    def __init__(self) -> None:
        self._edges: dict[str, _Edge] = {}
        self._changed = threading.Condition()

    def put(
        self,
        parent: str,
        child: str,
        T_parent_child: NDArray[np.float64],
        stamp_ns: int,
        *,
        is_static: bool,
    ) -> None:
        """Take a transform.

        Args:
            parent: frame that the transform maps to.
            child: frame that it maps from.
            T_parent_child: shape (4, 4), metres.
            stamp_ns: when it was so; a static one holds for ever.
            is_static: whether it came from `/tf_static`.
        """
        with self._changed:
            edge = self._edges.get(child)
            if is_static or edge is None or edge.parent != parent or edge.is_static:
                edge = self._edges[child] = _Edge(parent, is_static)
            elif edge.stamps_ns and stamp_ns <= edge.stamps_ns[-1]:
                if edge.stamps_ns[-1] - stamp_ns < KEPT_NS:
                    return  # late or twice: what is newer is known already
                edge.stamps_ns.clear()  # the clock was set back
                edge.poses.clear()
            edge.stamps_ns.append(stamp_ns)
            edge.poses.append(T_parent_child)
            while edge.stamps_ns[-1] - edge.stamps_ns[0] > KEPT_NS:
                edge.stamps_ns.popleft()
                edge.poses.popleft()
            self._changed.notify_all()

    def frames(self) -> list[str]:
        """Return the names of all known frames, sorted."""
        with self._changed:
            return sorted({*self._edges, *(edge.parent for edge in self._edges.values())})

    def lookup(
        self, target: str, source: str, stamp_ns: int, timeout_s: float
    ) -> NDArray[np.float64]:
        """Return `T_target_source` at a moment, shape (4, 4), metres; wait for it if need be.

        Raises:
            TransformUnavailable: the frames were not connected at that moment within the time.
        """
        with self._changed:
            found: list[NDArray[np.float64]] = []
            problem = ""

            def is_answered() -> bool:
                nonlocal problem
                try:
                    found.append(self._lookup(target, source, stamp_ns))
                except TransformUnavailable as error:
                    problem = error.message
                return bool(found)

            if not self._changed.wait_for(is_answered, timeout_s):
                raise TransformUnavailable(problem)
            return found[0]

    def _lookup(self, target: str, source: str, stamp_ns: int) -> NDArray[np.float64]:
        to_root_of_target = self._to_root(target, stamp_ns)
        to_root_of_source = self._to_root(source, stamp_ns)
        if to_root_of_target[0] != to_root_of_source[0]:
            known = ", ".join(sorted(self._edges)) or "none at all"
            raise TransformUnavailable(
                f"TF does not connect '{source}' to '{target}' (known frames: {known}); publish "
                "the camera's pose as a static transform, and the robot's state."
            )
        return np.linalg.inv(to_root_of_target[1]) @ to_root_of_source[1]

    def _to_root(self, frame: str, stamp_ns: int) -> tuple[str, NDArray[np.float64]]:
        """Return the root above a frame and the frame's pose in it."""
        pose = np.eye(4)
        passed = {frame}
        while frame in self._edges:
            edge = self._edges[frame]
            pose = _at(edge, frame, stamp_ns) @ pose
            frame = edge.parent
            if frame in passed:
                raise TransformUnavailable(
                    f"TF goes round in a circle at '{frame}'; let only one node publish it."
                )
            passed.add(frame)
        return frame, pose


def _at(edge: _Edge, child: str, stamp_ns: int) -> NDArray[np.float64]:
    """Return an edge's pose at a moment, in between two known ones where need be."""
    if edge.is_static:
        return edge.poses[-1]
    after = bisect_left(edge.stamps_ns, stamp_ns)
    if after == len(edge.stamps_ns):
        late_ns = stamp_ns - edge.stamps_ns[-1]
        if late_ns > NEWEST_IS_GOOD_FOR_NS:
            late, _ = told_apart(late_ns / 1e9, 0.0, 1)
            raise TransformUnavailable(
                f"The newest transform of '{child}' is {late} s older than asked "
                "for; check that its publisher runs and that the clocks agree."
            )
        return edge.poses[-1]
    if edge.stamps_ns[after] == stamp_ns:
        return edge.poses[after]
    if after == 0:
        early_ns = edge.stamps_ns[0] - stamp_ns
        early, _ = told_apart(early_ns / 1e9, 0.0, 1)
        raise TransformUnavailable(
            f"The oldest known transform of '{child}' is {early} s younger than "
            "asked for; send a newer grasp."
        )
    start_ns, end_ns = edge.stamps_ns[after - 1], edge.stamps_ns[after]
    return _between(
        edge.poses[after - 1], edge.poses[after], (stamp_ns - start_ns) / (end_ns - start_ns)
    )


def _between(
    start: NDArray[np.float64], end: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    """Interpolate two poses (4, 4) at a share in 0..1."""
    pose = np.eye(4)
    turn = Rotation.from_matrix(np.stack([start[:3, :3], end[:3, :3]]))
    pose[:3, :3] = Slerp([0.0, 1.0], turn)(share).as_matrix()
    pose[:3, 3] = start[:3, 3] + share * (end[:3, 3] - start[:3, 3])
    return pose
