"""Bring up grasping by command: perception and executor; the cell, RViz and a page on request.

With a camera and a robot, or all in simulation, and then a command from another terminal::

    ros2 launch rt_grasp_ros grasp.launch.py camera:=camera/camera
    ros2 launch rt_grasp_ros grasp.launch.py sim:=true

    ros2 action send_goal --feedback /grasp rt_grasp_ros/action/GraspByCommand
        "{command: 'grasp the banana', max_candidates: 4, execute: true}"

`--show-args` lists every argument.
"""

from pathlib import Path

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, GroupAction
from launch.conditions import IfCondition
from launch.some_substitutions_type import SomeSubstitutionsType
from launch.substitutions import (
    EqualsSubstitution,
    IfElseSubstitution,
    LaunchConfiguration,
)
from launch_ros.actions import Node, PushRosNamespace, SetParameter, SetRemap
from launch_ros.parameter_descriptions import ParameterFile, ParameterValue

PACKAGE = "rt_grasp_ros"
RESPAWN_DELAY_S = 2.0
ARM_TOPIC = "arm_controller/joint_trajectory"
HAND_TOPIC = "hand_controller/joint_trajectory"
CAMERA_TOPICS = (
    "color/image_raw",
    "color/camera_info",
    "aligned_depth_to_color/image_raw",
    "aligned_depth_to_color/camera_info",
)


SHARE = Path(__file__).absolute().parents[1]
AUTO = "auto"


def shipped(*path: str) -> str:
    """Name a file of this package's share folder, as `--show-args` shows it."""
    return str(SHARE.joinpath(*path))


def unless_told(argument: str, default: SomeSubstitutionsType) -> IfElseSubstitution:
    """Give what an argument says, or a default that depends on others where it says `auto`."""
    is_auto = EqualsSubstitution(LaunchConfiguration(argument), AUTO)
    return IfElseSubstitution(is_auto, default, LaunchConfiguration(argument))


ARGUMENTS = [
    DeclareLaunchArgument(
        "sim",
        default_value="false",
        choices=["true", "false"],
        description="Start the simulated cell, in place of a camera and a robot.",
    ),
    DeclareLaunchArgument(
        "rviz",
        default_value="true",
        choices=["true", "false"],
        description="Show camera, grasps and frames in RViz.",
    ),
    DeclareLaunchArgument(
        "browser",
        default_value="false",
        choices=["true", "false"],
        description="Show the same in a page of the browser, with a command box and a stop button.",
    ),
    DeclareLaunchArgument(
        "browser_port", default_value="8080", description="Port of that page, on this machine only."
    ),
    DeclareLaunchArgument(
        "doctor",
        default_value="false",
        choices=["true", "false"],
        description="Examine camera, frames and robot all the time, on /diagnostics.",
    ),
    DeclareLaunchArgument(
        "autostart",
        default_value="true",
        choices=["true", "false"],
        description="Configure and activate perception and executor.",
    ),
    DeclareLaunchArgument(
        "namespace", default_value="", description="Namespace of the nodes and their topics."
    ),
    DeclareLaunchArgument(
        "private_tf",
        default_value=AUTO,
        choices=[AUTO, "true", "false"],
        description="Keep frames on the namespace's own tf and tf_static, not on /tf: "
        "for robots whose frames have the same names, as all simulated cells do; auto: as sim.",
    ),
    DeclareLaunchArgument(
        "respawn",
        default_value="false",
        choices=["true", "false"],
        description="Start our nodes again when they end; no arm moves before the next command.",
    ),
    DeclareLaunchArgument(
        "camera",
        default_value="camera",
        description="Where the camera's topics are, such as camera/camera for a RealSense driver.",
    ),
    DeclareLaunchArgument(
        "robot",
        default_value="config/robots/panda.yaml",
        description="Robot profile: a path, or one relative to the package's share folder.",
    ),
    DeclareLaunchArgument(
        "gripper",
        default_value="config/grippers/panda_hand.yaml",
        description="Gripper profile: a path, or one relative to the package's share folder.",
    ),
    DeclareLaunchArgument(
        "arm_controller",
        default_value="arm_controller",
        description="Name of the arm's joint_trajectory_controller, such as panda_arm_controller.",
    ),
    DeclareLaunchArgument(
        "gripper_controller",
        default_value="",
        description="Name of the gripper's controller, such as panda_hand_controller, in place of "
        "the one in its profile's command_name; with a slash in it the whole topic or action.",
    ),
    DeclareLaunchArgument(
        "grasps_topic",
        default_value="",
        description="Topic (geometry_msgs/PoseArray) with grasps of another node, in place of the "
        "parameter in perception_params; empty: found by depth.",
    ),
    DeclareLaunchArgument(
        "perception_params",
        default_value=shipped("config", "perception.yaml"),
        description="Parameters of the perception node.",
    ),
    DeclareLaunchArgument(
        "executor_params",
        default_value=AUTO,
        description="Parameters of the executor node; auto: config/executor.yaml of the package's "
        "share folder, with sim config/executor_cell.yaml, as the cell's arm is faster.",
    ),
    DeclareLaunchArgument(
        "doctor_params",
        default_value=shipped("config", "doctor.yaml"),
        description="Parameters of the doctor's node.",
    ),
    DeclareLaunchArgument(
        "sim_params",
        default_value=shipped("config", "sim.yaml"),
        description="Parameters of the simulated cell.",
    ),
    DeclareLaunchArgument(
        "browser_params",
        default_value=shipped("config", "browser.yaml"),
        description="Parameters of the browser node.",
    ),
    DeclareLaunchArgument(
        "rviz_config",
        default_value=shipped("config", "grasp.rviz"),
        description="What RViz shows.",
    ),
    DeclareLaunchArgument(
        "use_sim_time",
        default_value=AUTO,
        choices=[AUTO, "true", "false"],
        description="Take the time from /clock; the simulated cell publishes it; auto: as sim.",
    ),
    DeclareLaunchArgument(
        "private_clock",
        default_value="false",
        choices=["true", "false"],
        description="Have the time on clock in the namespace, not on /clock; for several cells.",
    ),
    DeclareLaunchArgument(
        "enclave",
        default_value="/rt_grasp",
        description="What the SROS 2 enclaves of our nodes begin with (docs/security.md).",
    ),
    DeclareLaunchArgument(
        "log_level",
        default_value="info",
        choices=["debug", "info", "warn", "error", "fatal"],
        description="Least severe messages to log.",
    ),
]


def parameters_of(argument: str) -> ParameterFile:
    """Give the parameter file that a launch argument names; $(var ...) in it is substituted."""
    return ParameterFile(LaunchConfiguration(argument), allow_substs=True)


def generate_launch_description() -> LaunchDescription:
    """Describe what `ros2 launch` starts."""
    log = ["--log-level", LaunchConfiguration("log_level")]

    def ros_arguments_of(executable: str) -> list[SomeSubstitutionsType]:
        return [*log, "--enclave", [LaunchConfiguration("enclave"), f"/{executable}"]]

    respawn = {"respawn": LaunchConfiguration("respawn"), "respawn_delay": RESPAWN_DELAY_S}
    camera = [
        (f"camera/{topic}", [LaunchConfiguration("camera"), f"/{topic}"]) for topic in CAMERA_TOPICS
    ]
    arm = [(ARM_TOPIC, [LaunchConfiguration("arm_controller"), "/joint_trajectory"])]
    hand = IfElseSubstitution(
        EqualsSubstitution(LaunchConfiguration("gripper_controller"), ""),
        HAND_TOPIC,
        [LaunchConfiguration("gripper_controller"), "/joint_trajectory"],
    )
    profiles = {
        "robot": LaunchConfiguration("robot"),
        "gripper": LaunchConfiguration("gripper"),
    }
    driven = {
        **profiles,
        "gripper_controller": ParameterValue(
            LaunchConfiguration("gripper_controller"), value_type=str
        ),
    }
    proposed = {"grasps_topic": ParameterValue(LaunchConfiguration("grasps_topic"), value_type=str)}
    managed = {"autostart": ParameterValue(LaunchConfiguration("autostart"), value_type=bool)}
    executor_params = unless_told(
        "executor_params",
        IfElseSubstitution(
            LaunchConfiguration("sim"),
            shipped("config", "executor_cell.yaml"),
            shipped("config", "executor.yaml"),
        ),
    )
    perception = Node(
        package=PACKAGE,
        executable="perception_node",
        name="perception_node",
        output="screen",
        parameters=[
            parameters_of("perception_params"),
            {**profiles, **managed, **proposed},
        ],
        remappings=camera,
        ros_arguments=ros_arguments_of("perception_node"),
        **respawn,
    )
    executor = Node(
        package=PACKAGE,
        executable="executor_node",
        name="executor_node",
        output="screen",
        parameters=[ParameterFile(executor_params, allow_substs=True), {**driven, **managed}],
        remappings=[*camera, *arm],
        ros_arguments=ros_arguments_of("executor_node"),
        **respawn,
    )
    sim = Node(
        package=PACKAGE,
        executable="sim_node",
        name="sim_node",
        output="screen",
        parameters=[parameters_of("sim_params"), {"use_sim_time": False}],
        remappings=[*camera, *arm, (HAND_TOPIC, hand)],
        ros_arguments=ros_arguments_of("sim_node"),
        condition=IfCondition(LaunchConfiguration("sim")),
    )
    doctor = Node(
        package=PACKAGE,
        executable="doctor_node",
        name="doctor_node",
        output="screen",
        parameters=[parameters_of("doctor_params"), driven],
        remappings=[*camera, *arm],
        ros_arguments=ros_arguments_of("doctor_node"),
        **respawn,
        condition=IfCondition(LaunchConfiguration("doctor")),
    )
    browser = Node(
        package=PACKAGE,
        executable="browser_node",
        name="browser_node",
        output="screen",
        parameters=[
            parameters_of("browser_params"),
            {
                "robot": profiles["robot"],
                "port": ParameterValue(LaunchConfiguration("browser_port"), value_type=int),
            },
        ],
        remappings=camera,
        ros_arguments=ros_arguments_of("browser_node"),
        **respawn,
        condition=IfCondition(LaunchConfiguration("browser")),
    )
    rviz = Node(
        package="rviz2",
        executable="rviz2",
        name="rviz2",
        arguments=["-d", LaunchConfiguration("rviz_config")],
        # RViz makes the name of depth's camera_info itself, and makes it absolute.
        remappings=[*camera, *((f"/{name}", topic) for name, topic in camera if "depth" in name)],
        condition=IfCondition(LaunchConfiguration("rviz")),
    )
    private_tf = IfCondition(unless_told("private_tf", LaunchConfiguration("sim")))
    private_clock = IfCondition(LaunchConfiguration("private_clock"))
    nodes = GroupAction(
        [
            PushRosNamespace(LaunchConfiguration("namespace")),
            SetParameter("use_sim_time", unless_told("use_sim_time", LaunchConfiguration("sim"))),
            SetRemap("/clock", "clock", condition=private_clock),
            SetRemap("/tf", "tf", condition=private_tf),
            SetRemap("/tf_static", "tf_static", condition=private_tf),
            sim,
            executor,
            perception,
            doctor,
            browser,
            rviz,
        ]
    )
    return LaunchDescription([*ARGUMENTS, nodes])
