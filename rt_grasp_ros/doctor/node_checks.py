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


def check_executor(servers: int, heard: int = 0) -> Finding:
    """Return whether exactly one executor offers its action.

    Args:
        servers: how many nodes do by the graph, in which one that was killed stays for up to 20 s.
        heard: how many executors were heard of lately; 0 where none says that it is there.
    """
    if servers == 0:
        problem = f"Nobody offers execute_grasp, so that nothing moves; start it: {_LAUNCH}."
        return Finding("executor", "wrong", problem)
    if servers > 1 and heard == 1:
        seen = "offers execute_grasp; DDS still counts one that has ended"
        return Finding("executor", "ok", seen)
    if servers > 1:
        problem = (
            f"{max(heard, 2)} executors offer execute_grasp; end all but one, or give each robot a "
            "namespace."
        )
        return Finding("executor", "wrong", problem)
    return Finding("executor", "ok", "offers execute_grasp")
