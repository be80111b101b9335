"""A tree of coordinate frames over the last seconds; numpy only, safe between threads."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation, Slerp

from ...grasp.errors import TransformUnavailable
from ...grasp.numbers import told_apart

KEPT_NS = 10_000_000_000
"""How long moving transforms are remembered."""

IN_TURNS_NS = 1_000_000_000
"""A frame that is back below its former parent so soon has two publishers, and no true parent."""

NEWEST_IS_GOOD_FOR_NS = 500_000_000
"""How far past the newest transform a question may lie and still be answered with it."""


@dataclass(slots=True)
class _Edge:
    """How one frame lay in its parent: stamps ascending, poses (4, 4); static ones have one.

    Attributes:
        former: the parent that the frame had before this one.
        rival: a parent that comes in turns with this one.
    """

    parent: str
    is_static: bool
    former: str | None = None
    rival: str | None = None
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
        parent, child = parent.lstrip("/"), child.lstrip("/")
        if not parent or not child or parent == child:
            return  # as tf2: no transform at all
        with self._changed:
            edge = self._edges.get(child)
            if is_static or edge is None or edge.parent != parent or edge.is_static:
                edge = self._edges[child] = _begun(edge, parent, stamp_ns, is_static)
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
        target, source = target.lstrip("/"), source.lstrip("/")
        above_target, circle_of_target = self._above(target)
        above_source, circle_of_source = self._above(source)
        common = next((frame for frame in above_source if frame in above_target), None)
        if common is None:
            if circle := circle_of_target or circle_of_source:
                raise _goes_round(circle)
            known = ", ".join(sorted(self._edges)) or "none at all"
            raise TransformUnavailable(
                f"TF does not connect '{source}' to '{target}' (known frames: {known}); publish "
                "the camera's pose as a static transform, and the robot's state."
            )
        to_source = above_source[: above_source.index(common)]
        to_target = above_target[: above_target.index(common)]
        for circle in (circle_of_target, circle_of_source):
            if not circle.isdisjoint((*to_source, *to_target)):
                raise _goes_round(circle)
        T_common_target = self._pose(to_target, stamp_ns)
        return np.linalg.inv(T_common_target) @ self._pose(to_source, stamp_ns)

    def _above(self, frame: str) -> tuple[list[str], frozenset[str]]:
        """Return a frame and those above it in order, and the circle that they end in, if any."""
        passed = [frame]
        while (edge := self._edges.get(frame)) is not None:
            frame = edge.parent
            if frame in passed:
                return passed, frozenset(passed[passed.index(frame) :])
            passed.append(frame)
        return passed, frozenset()

    def _pose(self, frames: list[str], stamp_ns: int) -> NDArray[np.float64]:
        """Return the pose of the first of frames in the parent of the last, each below the next."""
        pose = np.eye(4)
        for frame in frames:
            pose = _at(self._edges[frame], frame, stamp_ns) @ pose
        return pose


def _goes_round(circle: frozenset[str]) -> TransformUnavailable:
    return TransformUnavailable(
        f"TF goes round in a circle at '{min(circle)}'; let only one node publish it."
    )


def _begun(before: _Edge | None, parent: str, stamp_ns: int, is_static: bool) -> _Edge:
    """Return a new edge of a frame that had another one before."""
    edge = _Edge(parent, is_static)
    if before is not None and before.parent != parent:
        edge.former = before.parent
        if before.former == parent and abs(stamp_ns - before.stamps_ns[0]) < IN_TURNS_NS:
            edge.rival = before.parent
    return edge


def _at(edge: _Edge, child: str, stamp_ns: int) -> NDArray[np.float64]:
    """Return an edge's pose at a moment, in between two known ones where need be."""
    if edge.rival is not None:
        raise TransformUnavailable(
            f"'{child}' is published below '{edge.rival}' and below '{edge.parent}' in turns; let "
            "only one node publish it."
        )
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
