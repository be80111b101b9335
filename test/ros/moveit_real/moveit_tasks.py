"""What the tests ask of the real MoveIt: the same poses, objects and walls for each backend."""

import numpy as np
from arm_world import ROBOT
from moveit_msgs.msg import PlanningSceneComponents as Components
from moveit_msgs.srv import GetPlanningScene
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from world import reply_of

from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.pick_plan import PickCandidate
from rt_grasp_ros.motion.planning_scene import PlanningScene
from rt_grasp_ros.motion.sequence import PickSequence
from rt_grasp_ros.resources import share_path

GRIPPER = load_gripper(share_path("config/grippers/panda_hand.yaml"))
HOME = ROBOT.home_rad
TURNED = HOME + np.eye(7)[0] * 1.5
SPEED = 0.5
STANDS_WITHIN_S = 1.0
OURS = "rt_grasp"
# A box of 4 cm to grasp at (0.5, 0), and a neighbour.
CLOUD = np.array([[x, y, z] for x in (0.48, 0.5, 0.52) for y in (0.0, 0.3) for z in (0.02, 0.05)])


class SceneUser(Node):
    """Whoever looks at MoveIt's planning scene from outside."""

    def __init__(self, world):
        super().__init__("user_of_moveit", context=world.context)
        self.group = ReentrantCallbackGroup()
        self._scene = self.create_client(
            GetPlanningScene, "get_planning_scene", callback_group=self.group
        )

    def scene(self):
        """Return what MoveIt has in its planning scene."""
        assert self._scene.wait_for_service(10.0)
        components = Components(
            components=Components.WORLD_OBJECT_NAMES
            | Components.ROBOT_STATE_ATTACHED_OBJECTS
            | Components.ALLOWED_COLLISION_MATRIX
        )
        request = GetPlanningScene.Request(components=components)
        return reply_of(self._scene.call_async(request)).scene


def assert_nothing_of_ours_in(scene):
    assert not [entry.id for entry in scene.world.collision_objects if OURS in entry.id]
    assert not scene.robot_state.attached_collision_objects
    assert not [name for name in scene.allowed_collision_matrix.entry_names if OURS in name]
    assert "panda_hand" in scene.allowed_collision_matrix.entry_names


def candidate(x_m, y_m=0.0, z_m=0.04):
    pose = np.array(
        [[0.0, 1.0, 0.0, x_m], [1.0, 0.0, 0.0, y_m], [0.0, 0.0, -1.0, z_m], [0, 0, 0, 1]]
    )
    return PickCandidate(pose, 0.06)


def pick(backend, *candidates, **options):
    return PickSequence(backend, GRIPPER, **options).run(candidates, CLOUD)


def wall():
    """Return a wall that stands upright halfway between home and the same configuration turned."""
    across = np.array([1.0, -1.0]) / np.sqrt(2)
    radii_m, heights_m = np.arange(0.25, 0.45, 0.01), np.arange(0.3, 0.65, 0.01)
    points = [[*(radius * across), z] for radius in radii_m for z in heights_m]
    return PlanningScene(np.array(points), np.zeros(len(points), bool), 0.0, 0.06)


def barrier():
    """Return a wall through the robot's axis; the arm stands in a low gate that is too narrow."""
    across = np.array([1.0, -1.0]) / np.sqrt(2)
    places = [(r, z) for r in np.arange(-0.95, 0.95, 0.02) for z in np.arange(0.0, 1.4, 0.02)]
    points = [[*(r * across), z] for r, z in places if abs(r) > 0.2 or z > 0.75]
    return PlanningScene(np.array(points), np.zeros(len(points), bool), 0.0, 0.06)


def has_left(arm):
    return np.abs(arm.arm_rad() - HOME).max() > 0.1
