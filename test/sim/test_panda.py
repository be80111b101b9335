import mujoco
import numpy as np
import pytest

from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.kinematics import Kinematics
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.sim.panda import (
    ARM_JOINTS,
    FINGER_JOINTS,
    HAND_BODY,
    HOME_POSITION_RAD,
    OPEN_POSITION_M,
    attach_panda,
    body_pose,
    put_at_home,
)

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    spec = mujoco.MjSpec()
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    attach_panda(spec)
    return spec.compile()


@pytest.fixture
def data(model) -> mujoco.MjData:
    data = mujoco.MjData(model)
    put_at_home(model, data)
    return data


def lowest_m(model, data, body_name) -> float:
    """Lowest vertex of a body's visible meshes."""
    lowest = np.inf
    body = model.body(body_name)
    for geom in range(body.geomadr[0], body.geomadr[0] + body.geomnum[0]):
        if model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_MESH:
            mesh = model.mesh(model.geom_dataid[geom])
            vertices = model.mesh_vert[mesh.vertadr[0] : mesh.vertadr[0] + mesh.vertnum[0]]
            in_world = vertices @ data.geom_xmat[geom].reshape(3, 3).T + data.geom_xpos[geom]
            lowest = min(lowest, in_world[:, 2].min())
    return lowest


def test_joints_are_named_as_in_the_urdf(model):
    assert [model.joint(i).name for i in range(model.njnt)] == [*ARM_JOINTS, *FINGER_JOINTS]


def test_rests_at_home_without_weight_or_contact(model, data):
    for _ in range(500):
        mujoco.mj_step(model, data)
    np.testing.assert_allclose(data.qpos[:7], HOME_POSITION_RAD, atol=1e-6)
    np.testing.assert_allclose(data.qpos[7:9], OPEN_POSITION_M, atol=1e-6)
    assert data.ncon == 0


@pytest.mark.parametrize("seed", range(5))
def test_hand_is_where_the_urdf_says(model, data, seed):
    robot = load_robot(share_path("config/robots/panda.yaml"))
    positions = np.random.default_rng(seed).uniform(robot.lower_rad, robot.upper_rad)
    data.qpos[:7] = positions
    mujoco.mj_forward(model, data)
    expected = Kinematics(robot).tip_pose(positions)
    np.testing.assert_allclose(body_pose(data, HAND_BODY), expected, atol=1e-6)


def test_fingertips_end_where_the_gripper_profile_says(model, data):
    gripper = load_gripper(share_path("config/grippers/panda_hand.yaml"))
    expected_m = gripper.T_tip_grasp[2, 3] + gripper.geometry.finger_overhang_m
    hand_height_m = body_pose(data, HAND_BODY)[2, 3]
    tip_height_m = lowest_m(model, data, "panda_leftfinger")
    assert hand_height_m - tip_height_m == pytest.approx(expected_m, abs=1e-3)


def test_fingers_close_together_with_at_most_70_newtons(model, data):
    data.actuator("panda_fingers").ctrl = 0.0
    strongest = 0.0
    for _ in range(500):
        mujoco.mj_step(model, data)
        strongest = max(strongest, abs(data.actuator("panda_fingers").force[0]))
        left, right = (data.joint(name).qpos[0] for name in FINGER_JOINTS)
        assert left == pytest.approx(right, abs=1e-4)
    assert left == pytest.approx(0.0, abs=1e-4)
    assert 20 < strongest <= 70


@pytest.mark.parametrize("joint", range(7))
def test_arm_reaches_its_target(model, data, joint):
    data.ctrl[joint] += 0.3
    for _ in range(1000):
        mujoco.mj_step(model, data)
    np.testing.assert_allclose(data.qpos[:7], data.ctrl[:7], atol=2e-3)
