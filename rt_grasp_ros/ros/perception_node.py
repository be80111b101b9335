"""The perception node: from a sentence and the camera to grasps, and on request to the executor."""

from __future__ import annotations

import sys
from typing import Any

import rclpy
from rclpy.exceptions import ParameterException
from rclpy.executors import ExternalShutdownException, MultiThreadedExecutor
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from ..grasp.errors import RtGraspError
from ..model.worker import EngineSource, ModelWorker
from ..motion.gripper import load_gripper
from ..resources import given_or_shipped
from .heap import keep_freed_pictures
from .parameters import Parameters
from .perception_parameters import PerceptionParameters
from .perception_session import PerceptionSession

# Camera, command, a second command to refuse, the executor's answers, lifecycle, parameters.
THREADS = 6


class PerceptionNode(LifecycleNode):
    """Answers `grasp_command` while active.

    Configure loads the model into its process and connects the camera; activate lets commands in;
    deactivate refuses them and stops a motion under way; cleanup frees the model.
    """

    def __init__(self, engine: EngineSource | None = None, **options: Any) -> None:
        """Declare the parameters.

        Args:
            engine: answers in place of the engine that the parameters name.
            options: passed on to `LifecycleNode`.
        """
        super().__init__("perception_node", **options)
        self._declared = Parameters(self, PerceptionParameters)
        self._engine = engine
        self._session: PerceptionSession | None = None

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the model and create the interfaces; failing leaves the node unconfigured."""
        now = self._declared.snapshot()
        try:
            gripper = load_gripper(given_or_shipped(now.gripper)).geometry
            worker = ModelWorker(
                self._engine or _engine_of(now), load_timeout_s=now.model_load_timeout_s
            )
            worker.start()
        except (RtGraspError, FileNotFoundError) as error:
            self.get_logger().error(str(error))
            return TransitionCallbackReturn.FAILURE
        self._session = PerceptionSession(self, self._declared.snapshot, worker, gripper)
        return TransitionCallbackReturn.SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Let commands in."""
        if self._session is not None:
            self._session.open()
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Refuse commands."""
        if self._session is not None:
            self._session.close()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free the model and the interfaces."""
        self._end_session()
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free the model and the interfaces."""
        self._end_session()
        return TransitionCallbackReturn.SUCCESS

    def destroy_node(self) -> None:
        """Free the model and the interfaces, also without a transition."""
        self._end_session()
        super().destroy_node()

    def _end_session(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.destroy()


def _engine_of(parameters: PerceptionParameters) -> EngineSource:
    return EngineSource(
        arguments={
            "model_dir": given_or_shipped(parameters.model_dir),
            "backend": parameters.model_backend,
        }
    )


def main(args: list[str] | None = None) -> None:
    """Run the node until it is stopped."""
    keep_freed_pictures()
    rclpy.init(args=args)
    try:
        node = PerceptionNode()
    except ParameterException as error:
        rclpy.try_shutdown()
        sys.exit(f"perception_node: {error}")
    executor = MultiThreadedExecutor(THREADS)
    executor.add_node(node)
    try:
        executor.spin()
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


if __name__ == "__main__":
    main()
