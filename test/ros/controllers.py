"""ros2_control's controllers as far as a user of theirs sees them: names, joints, refusals."""

from control_msgs.action import GripperCommand, ParallelGripperCommand
from rclpy.action import ActionServer, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from trajectory_msgs.msg import JointTrajectory

KINDS = {
    "gripper_command": GripperCommand,
    "parallel_gripper_command": ParallelGripperCommand,
}


class TrajectoryController(Node):
    """A joint_trajectory_controller: a topic that refuses other joints without a word."""

    def __init__(self, world, name, joints, tells=True, **parameters):
        super().__init__(name, context=world.context)
        self.accepted = []
        self._joints = list(joints)
        for parameter, value in parameters.items():
            self.declare_parameter(parameter, value)
        if tells:
            self.declare_parameter("joints", self._joints)
        self.create_subscription(
            JointTrajectory,
            f"{name}/joint_trajectory",
            self._hear,
            10,
            callback_group=ReentrantCallbackGroup(),
        )

    def _hear(self, message):
        if sorted(message.joint_names) == sorted(self._joints):
            self.accepted.append(message)


class GripperController(Node):
    """A gripper's action controller: of one joint, told by its parameter `joint`."""

    def __init__(self, world, name, command_type, joint, tells=True, accepts=True):
        super().__init__(name, context=world.context)
        self.accepted = []
        self._joint, self._accepts = joint, accepts
        if tells:
            self.declare_parameter("joint", joint)
        self._kind = KINDS[command_type]
        self._server = ActionServer(
            self,
            self._kind,
            f"{name}/gripper_cmd",
            self._execute,
            goal_callback=self._judge,
            callback_group=ReentrantCallbackGroup(),
        )

    def _judge(self, request):
        names = getattr(request.command, "name", [self._joint])
        fits = list(names) == [self._joint]
        return GoalResponse.ACCEPT if fits and self._accepts else GoalResponse.REJECT

    def _execute(self, goal):
        self.accepted.append(goal.request)
        goal.succeed()
        return self._kind.Result()

    def destroy_node(self):
        self._server.destroy()
        super().destroy_node()
