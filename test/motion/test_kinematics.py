import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from poses import top_down
from scipy.spatial.transform import Rotation

from benchmarks.strangers.made_arm import ARM_JOINTS, HOME_RAD, MadeArm
from rt_grasp_ros.motion.kinematics import Kinematics
from rt_grasp_ros.motion.robot import load_robot

POSES = st.builds(
    top_down,
    st.floats(0.35, 0.65),
    st.floats(-0.25, 0.25),
    st.floats(0.0, 0.2),
    st.floats(-np.pi, np.pi),
)


@settings(max_examples=60, deadline=None)
@given(T_base_grasp=POSES)
def test_every_pose_over_the_table_is_reached_within_limits(
    robot, gripper, kinematics, T_base_grasp
):
    T_base_tip = T_base_grasp @ np.linalg.inv(gripper.T_tip_grasp)
    solutions = kinematics.solve_all(T_base_tip, robot.home_rad)
    assert solutions
    for positions in solutions:
        assert (positions >= robot.lower_rad).all()
        assert (positions <= robot.upper_rad).all()
        reached = kinematics.tip_pose(positions)
        assert np.linalg.norm(reached[:3, 3] - T_base_tip[:3, 3]) < 2e-4
        turn = Rotation.from_matrix(reached[:3, :3].T @ T_base_tip[:3, :3])
        assert turn.magnitude() < 2e-3


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.1, 0.9), min_size=7, max_size=7))
def test_a_pose_that_the_arm_has_is_found_again_near_it(robot, kinematics, shares):
    positions = robot.lower_rad + np.array(shares) * (robot.upper_rad - robot.lower_rad)
    pose = kinematics.tip_pose(positions)
    found = kinematics.solve(pose, positions + 0.02)
    assert found is not None
    assert np.allclose(kinematics.tip_pose(found), pose, atol=2e-3)


def test_out_of_reach_has_no_solution(robot, kinematics):
    assert kinematics.solve_all(top_down(1.5, 0.0, 0.1, 0.0), robot.home_rad) == []


def test_solutions_differ_and_the_same_call_gives_the_same(robot, kinematics):
    pose = top_down(0.5, 0.1, 0.3, 0.4)
    first = kinematics.solve_all(pose, robot.home_rad)
    second = kinematics.solve_all(pose, robot.home_rad)
    assert len(first) > 1
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert np.abs(first[0] - first[1]).max() > 0.1


def test_where_the_solver_of_a_step_gives_up_there_is_no_solution(kinematics):
    """Almost there, and stretched: daqp finds no step."""
    T_base_tip = np.eye(4)
    T_base_tip[:3] = [
        [
            7.0584839644442754e-01,
            7.0836293045078913e-01,
            -2.6435044093604832e-08,
            0.36546276376646453,
        ],
        [
            7.0836293045078957e-01,
            -7.0584839644442710e-01,
            2.2054383510395200e-08,
            0.19253654217892247,
        ],
        [
            -3.0366257465885272e-09,
            -3.4292654704764615e-08,
            -9.9999999999999911e-01,
            0.25570779804713817,
        ],
    ]
    seed_rad = np.array(
        [
            -1.7348642771849576,
            -0.45996278334085994,
            -2.8756615610050407,
            -0.5799967151351595,
            -2.0022598196813806,
            0.9913493782054711,
            2.20387269945731,
        ]
    )
    assert kinematics.solve(T_base_tip, seed_rad) is None


def test_joints_may_be_named_in_any_order(tmp_path):
    ordered = load_robot(MadeArm().write(tmp_path))
    positions = np.array([0.3, 0.5, -0.2, 1.0, 0.1, 0.8, -0.4])
    pose = Kinematics(ordered).tip_pose(positions)
    order = [4, 0, 6, 1, 3, 5, 2]
    mixed = load_robot(
        MadeArm().write(
            tmp_path,
            arm_joints=[ARM_JOINTS[index] for index in order],
            home_rad=[HOME_RAD[index] for index in order],
        )
    )
    kinematics = Kinematics(mixed)
    assert np.allclose(kinematics.tip_pose(positions[order]), pose)
    solution = kinematics.solve(pose, positions[order] + 0.05)
    assert np.allclose(kinematics.tip_pose(solution), pose, atol=2e-3)
    assert (solution >= mixed.lower_rad).all()
    assert (solution <= mixed.upper_rad).all()
