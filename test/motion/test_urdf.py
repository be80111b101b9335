"""What is read of a URDF before a model is made of it."""

import pytest

from rt_grasp_ros.motion.urdf import Mimic, for_the_model, read_urdf


def joint(name, kind="revolute", inside="", parent="a", child="b"):
    return (
        f'<joint name="{name}" type="{kind}"><parent link="{parent}"/><child link="{child}"/>'
        f"{inside}</joint>"
    )


def robot(*joints):
    return f'<robot name="r"><link name="a"/><link name="b"/>{"".join(joints)}</robot>'


LIMIT = '<limit lower="-1" upper="2" effort="1" velocity="1"/>'


def test_limits_are_read_and_default_to_zero():
    urdf = read_urdf(robot(joint("x", inside=LIMIT), joint("y", inside='<limit effort="1"/>')))
    assert (urdf.joints["x"].lower, urdf.joints["x"].upper) == (-1.0, 2.0)
    assert (urdf.joints["y"].lower, urdf.joints["y"].upper) == (0.0, 0.0)
    assert read_urdf(robot(joint("z"))).joints["z"].lower is None
    continuous = read_urdf(robot(joint("c", "continuous", LIMIT))).joints["c"]
    assert continuous.lower is None  # it has none, whatever stands there
    assert continuous.turns


def test_a_mimic_of_a_mimic_follows_the_first():
    first = joint("x", inside=LIMIT)
    second = joint("y", inside=LIMIT + '<mimic joint="x" multiplier="-2" offset="0.1"/>')
    third = joint("z", inside=LIMIT + '<mimic joint="y" multiplier="3" offset="1"/>')
    urdf = read_urdf(robot(first, second, third))
    assert urdf.followed("x") is None
    assert urdf.followed("y") == Mimic("x", -2.0, 0.1)
    assert urdf.followed("z") == Mimic("x", -6.0, 1.3)


@pytest.mark.parametrize("other", ["y", "nobody"])
def test_a_joint_that_follows_itself_or_nobody_is_named(other):
    urdf = read_urdf(robot(joint("y", inside=LIMIT + f'<mimic joint="{other}"/>')))
    with pytest.raises(ValueError, match=f"'y' can't follow '{other}'"):
        urdf.followed("y")


def test_what_hangs_where():
    urdf = read_urdf(
        '<robot name="r"><link name="a"/><link name="b"/><link name="c"/><link name="d"/>'
        + joint("j1", parent="a", child="b")
        + joint("j2", parent="b", child="c")
        + joint("j3", parent="b", child="d")
        + "</robot>"
    )
    assert [j.name for j in urdf.joints_above("c")] == ["j1", "j2"]
    assert urdf.joints_above("a") == ()
    assert set(urdf.links_from("b")) == {"b", "c", "d"}


@pytest.mark.parametrize(
    ("inside", "has_body", "has_collision"),
    [
        ("", False, False),
        ('<inertial><mass value="0.0"/></inertial>', False, False),
        ('<inertial><mass value="1.5"/></inertial>', True, False),
        ("<visual/>", True, False),
        ("<collision><geometry/></collision>", False, False),
        ('<collision><geometry><sphere radius="1"/></geometry></collision>', False, True),
    ],
)
def test_a_link_is_a_body_or_a_frame(inside, has_body, has_collision):
    link = read_urdf(f'<robot name="r"><link name="a">{inside}</link></robot>').links["a"]
    assert (link.has_body, link.has_collision) == (has_body, has_collision)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<robot", "no XML"),
        ('<robot name="r"/>', "no links"),
        ('<robot xmlns:xacro="x"><xacro:arm/></robot>', "run `xacro"),
        (robot(joint("x", inside='<limit lower="low" upper="1"/>')), "'x' has 'low' for lower"),
        (robot(joint("x", inside='<limit lower="0" upper="inf"/>')), "'x' has 'inf' for upper"),
        (robot(joint("x", inside='<mimic joint="y" offset="nan"/>')), "'x' has 'nan' for offset"),
    ],
)
def test_what_can_not_be_read_is_named(text, says):
    with pytest.raises(ValueError, match=says):
        read_urdf(text)


def test_continuous_joints_and_capsules_in_words_that_the_model_knows():
    text = (
        '<robot name="r"><link name="a"/><link name="b"><collision><geometry>'
        '<capsule radius="0.05" length="0.2"/></geometry></collision></link>'
        + joint("c", "continuous")
        + joint("p", "prismatic", '<limit lower="0" upper="1"/>')
        + "</robot>"
    )
    urdf = read_urdf(for_the_model(text))
    assert urdf.joints["c"].kind == "revolute"
    assert urdf.joints["c"].upper > 1e6
    assert 'cylinder radius="0.05" length="0.3' in for_the_model(text)  # around it
    assert 'effort="0" velocity="0"' in for_the_model(text)
