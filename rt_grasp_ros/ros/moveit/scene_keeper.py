"""Our part of move_group's planning scene: put in, changed for a while, and taken out again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from moveit_msgs.msg import AllowedCollisionMatrix, CollisionObject, PlanningScene
from moveit_msgs.msg import PlanningSceneComponents as Components
from moveit_msgs.srv import ApplyPlanningScene, GetPlanningScene
from rclpy.callback_groups import CallbackGroup
from rclpy.node import Node

from ...grasp.errors import BackendUnavailable, RtGraspError
from ...motion.backend import IsCancelled, never
from ...motion.planning_scene import PlanningScene as Obstacles
from ...motion.robot import RobotProfile
from . import messages
from .remote_calls import RemoteService
from .scene_objects import OBSTACLES, TABLE, TARGET, objects_of

_log = logging.getLogger(__name__)


class SceneKeeper:
    """Obstacles, the attached target and allowed contacts in move_group.

    It remembers what it has put there, and `clear` takes out exactly that: other programs' objects
    stay. What could not be undone is undone with the next change.
    """

    def __init__(
        self, node: Node, robot: RobotProfile, group: CallbackGroup, timeout_s: float
    ) -> None:
        """Connect; the services need not be there yet.

        Args:
            node: which an executor spins.
            robot: its links beyond the tip frame are the ones that may touch the target.
            group: of the services' replies.
            timeout_s: for each of them to appear and to reply.
        """
        self._robot = robot
        self._timeout_s = timeout_s
        self._apply_service = RemoteService(node, ApplyPlanningScene, "apply_planning_scene", group)
        self._get_service = RemoteService(node, GetPlanningScene, "get_planning_scene", group)
        self._added: set[str] = set()
        self._is_attached = False
        self._matrix_to_restore: AllowedCollisionMatrix | None = None

    def set_scene(self, scene: Obstacles) -> None:
        """Make these our obstacles, in place of the ones before.

        Raises:
            BackendUnavailable: move_group does not answer or refuses them.
        """
        self.clear()
        added = objects_of(scene, self._robot.base_frame)
        self._added = {entry.id for entry in added}  # even where the reply gets lost
        change = messages.scene_diff()
        change.world.collision_objects = added
        self._apply(change)

    def attach_target(self) -> None:
        """Let the target move with the tip from now on; nothing where there is none."""
        if TARGET not in self._added or self._is_attached:
            return
        self._is_attached = True
        self._apply(self._attachment(CollisionObject.ADD))

    def detach_target(self) -> None:
        """Leave the target where it is; nothing where it is not attached."""
        if not self._is_attached:
            return
        self._apply(self._attachment(CollisionObject.REMOVE))
        self._is_attached = False

    @contextmanager
    def contact_allowed(self, is_cancelled: IsCancelled) -> Iterator[None]:
        """Let gripper, table and neighbours touch the target inside of the `with`, not after it.

        Raises:
            BackendUnavailable: move_group does not answer or refuses; also after the `with`.
            Cancelled: it was asked to stop.
        """
        if TARGET not in self._added:
            yield
            return
        components = Components(components=Components.ALLOWED_COLLISION_MATRIX)
        request = GetPlanningScene.Request(components=components)
        reply = self._get_service.call(request, self._timeout_s, is_cancelled)
        before = reply.scene.allowed_collision_matrix
        others = (*self._robot.links_beyond_tip, TABLE, OBSTACLES)
        edited = messages.allowed_collisions_from_message(before).with_contact(TARGET, others)
        self._matrix_to_restore = before
        try:
            self._apply_matrix(messages.allowed_collisions_to_message(edited, before))
            yield
        except BaseException:
            self._restore_later_if_need_be()
            raise
        self._restore_matrix()

    def clear(self) -> None:
        """Take everything of ours out: contacts, the attached target, obstacles.

        Raises:
            BackendUnavailable: move_group does not answer or refuses.
        """
        self._restore_matrix()
        self.detach_target()
        if not self._added:
            return
        change = messages.scene_diff()
        change.world.collision_objects = [
            messages.removed_object(name) for name in sorted(self._added)
        ]
        self._apply(change)
        self._added = set()

    def _attachment(self, operation: bytes) -> PlanningScene:
        change = messages.scene_diff()
        change.robot_state.attached_collision_objects = [
            messages.attached_object(
                TARGET, self._robot.tip_frame, self._robot.links_beyond_tip, operation
            )
        ]
        return change

    def _restore_matrix(self) -> None:
        if self._matrix_to_restore is not None:
            self._apply_matrix(self._matrix_to_restore)
            self._matrix_to_restore = None

    def _restore_later_if_need_be(self) -> None:
        """Restore the matrix; where that fails, what failed first says more."""
        try:
            self._restore_matrix()
        except RtGraspError as error:
            _log.error("allowed contacts are still to be undone: %s", error)

    def _apply_matrix(self, matrix: AllowedCollisionMatrix) -> None:
        change = messages.scene_diff()
        change.allowed_collision_matrix = matrix
        self._apply(change)

    def _apply(self, change: PlanningScene) -> None:
        """Change the scene; not to be cancelled, as half a change is worse than 10 ms."""
        request = ApplyPlanningScene.Request(scene=change)
        reply = self._apply_service.call(request, self._timeout_s, never)
        if not reply.success:
            raise BackendUnavailable(
                "move_group refused a change of its planning scene; look at its log."
            )
