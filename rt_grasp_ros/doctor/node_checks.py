"""Whether our own nodes run, and what keeps the model from answering."""

from __future__ import annotations

from .finding import Finding

_LAUNCH = "ros2 launch rt_grasp_ros grasp.launch.py"


def check_perception(state: str | None) -> Finding:
    """Return whether the perception node takes commands: its model is loaded and warm.

    Args:
        state: of its lifecycle; None where it does not say.
    """
    if state is None:
        problem = f"The perception node does not answer; start it: {_LAUNCH}."
        return Finding("perception", "wrong", problem)
    if state == "active":
        return Finding("perception", "ok", "active: the model is loaded and warm")
    if state == "inactive":
        problem = (
            "The model is loaded, but commands are refused; run `ros2 lifecycle set "
            "/perception_node activate`."
        )
        return Finding("perception", "wrong", problem)
    problem = (
        f"No model is loaded (state '{state}'); run `ros2 lifecycle set /perception_node "
        "configure`, and read the node's log if that fails."
    )
    return Finding("perception", "wrong", problem)


def check_executor(servers: int, heard: int = 0, state: str | None = "active") -> Finding:
    """Return whether exactly one executor offers its action, and takes goals.

    Args:
        servers: how many nodes do by the graph, in which one that was killed stays for up to 20 s.
        heard: how many executors were heard of lately; 0 where none says that it is there.
        state: of its lifecycle; None where it does not say.
    """
    if servers == 0:
        problem = f"Nobody offers execute_grasp, so that nothing moves; start it: {_LAUNCH}."
        return Finding("executor", "wrong", problem)
    refused = _refusal(state) if servers == 1 or heard == 1 else None
    if refused is not None:
        return Finding("executor", "wrong", refused)
    if servers > 1 and heard == 1:
        seen = "offers execute_grasp; DDS still counts one that has ended"
        return Finding("executor", "ok", seen)
    if servers > 1:
        problem = (
            f"{max(heard, 2)} executors offer execute_grasp; end all but one, or give each robot a "
            "namespace."
        )
        return Finding("executor", "wrong", problem)
    return Finding("executor", "ok", "active: offers execute_grasp")


def check_posted_grasps(topic: str, publishers: int) -> Finding:
    """Return whether somebody proposes the grasps that perception waits for.

    Args:
        topic: on which it hears them.
        publishers: how many nodes publish there.
    """
    if publishers == 0:
        problem = (
            f"Perception takes its grasps from {topic} (grasps_topic), and nobody publishes there; "
            "start what proposes them, or leave the parameter empty."
        )
        return Finding("grasps", "wrong", problem)
    nodes = "one node" if publishers == 1 else f"{publishers} nodes"
    return Finding("grasps", "ok", f"{nodes} on {topic}")


def _refusal(state: str | None) -> str | None:
    """Return why an executor takes no goals, by its state; None where it does."""
    if state == "active":
        return None
    if state is None:
        return "The executor does not say its state; look at its log, or start it anew."
    if state == "inactive":
        return (
            "The executor is inactive: it sees the robot, and refuses goals; run `ros2 lifecycle "
            "set /executor_node activate`."
        )
    return (
        f"The executor is not connected to a robot (state '{state}'); run `ros2 lifecycle set "
        "/executor_node configure`, and read its log if that fails."
    )
