"""What a URDF says of joints and links, read before a model is made of it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

_UNLIMITED_RAD = 1e9
_TURNING = ("revolute", "continuous")
_LIMITED = ("revolute", "prismatic")


@dataclass(frozen=True, slots=True)
class Mimic:
    """How a joint follows another: its position is `multiplier * other + offset`."""

    joint: str
    multiplier: float
    offset: float


@dataclass(frozen=True, slots=True)
class UrdfJoint:
    """One joint of a URDF.

    Attributes:
        name: of the joint.
        kind: `revolute`, `continuous`, `prismatic`, `fixed`, `planar` or `floating`.
        parent: link before it.
        child: link that it moves.
        lower: lowest position, rad or m; None where the URDF gives no limits.
        upper: highest position, rad or m; None as `lower`.
        mimic: which joint it follows, or None.
    """

    name: str
    kind: str
    parent: str
    child: str
    lower: float | None
    upper: float | None
    mimic: Mimic | None

    @property
    def turns(self) -> bool:
        """Whether it turns about an axis."""
        return self.kind in _TURNING


@dataclass(frozen=True, slots=True)
class UrdfLink:
    """One link of a URDF.

    Attributes:
        name: of the link.
        has_body: whether it is more than a frame: it is drawn, or has a mass.
        has_collision: whether it has a shape to collide with.
        meshes: the files of that shape, as they are named.
    """

    name: str
    has_body: bool
    has_collision: bool
    meshes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Urdf:
    """Joints and links of a URDF, by name."""

    joints: Mapping[str, UrdfJoint]
    links: Mapping[str, UrdfLink]

    @cached_property
    def _above(self) -> Mapping[str, UrdfJoint]:
        """By link: the joint that it hangs at."""
        return {joint.child: joint for joint in self.joints.values()}

    def joints_above(self, link: str) -> tuple[UrdfJoint, ...]:
        """Return the joints from the root to a link, the one next to the root first."""
        way: list[UrdfJoint] = []
        while link in self._above and self._above[link] not in way:
            way.append(self._above[link])
            link = way[-1].parent
        return tuple(reversed(way))

    def links_from(self, link: str) -> tuple[str, ...]:
        """Return a link and all that it carries."""
        links = [link]
        for parent in links:  # grows while it is gone through
            links += [
                joint.child
                for joint in self.joints.values()
                if joint.parent == parent and joint.child not in links
            ]
        return tuple(links)

    def followed(self, name: str) -> Mimic | None:
        """Return how a joint follows one that follows none, through others that do; or None.

        Raises:
            ValueError: it follows a joint that is not there, or itself.
        """
        mimic = self.joints[name].mimic
        if mimic is None:
            return None
        multiplier, offset, seen = mimic.multiplier, mimic.offset, [name]
        while True:
            if mimic.joint not in self.joints or mimic.joint in seen:
                raise ValueError(f"the joint '{name}' can't follow '{mimic.joint}'")
            further = self.joints[mimic.joint].mimic
            if further is None:
                return Mimic(mimic.joint, multiplier, offset)
            seen.append(mimic.joint)
            offset += multiplier * further.offset
            multiplier *= further.multiplier
            mimic = further


def read_urdf(text: str) -> Urdf:
    """Return what a URDF says of joints and links.

    Raises:
        ValueError: it is no XML, no URDF, or still xacro; or a joint lacks what it needs. The
            message names the joint.
    """
    if "xacro:" in text and "<xacro:" in text:
        raise ValueError("the URDF is still xacro; run `xacro my_arm.urdf.xacro > my_arm.urdf`")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314
    except ElementTree.ParseError as error:
        raise ValueError(f"the URDF is no XML ({error})") from error
    joints = [_joint(element) for element in root.findall("joint")]
    links = [_link(element) for element in root.findall("link")]
    if not links:
        raise ValueError("the URDF has no links")
    return Urdf({joint.name: joint for joint in joints}, {link.name: link for link in links})


def for_the_model(text: str) -> str:
    """Return a URDF in the words that pinocchio takes one number a joint for.

    A continuous joint becomes a revolute one whose limits are never met: pinocchio would hold its
    cosine and sine. A capsule, which URDF got late, becomes the cylinder around it. What mimics
    is left: whoever sets a configuration sets it along.
    """
    root = ElementTree.fromstring(text)  # noqa: S314
    for joint in root.findall("joint"):
        if joint.get("type") == "continuous":
            joint.set("type", "revolute")
            limit = joint.find("limit")
            if limit is None:
                limit = ElementTree.SubElement(joint, "limit")
            limit.set("lower", str(-_UNLIMITED_RAD))
            limit.set("upper", str(_UNLIMITED_RAD))
        for limit in joint.findall("limit"):
            for needed in ("effort", "velocity"):  # of no use here; readers ask for them
                limit.set(needed, limit.get(needed, "0"))
    for geometry in root.iter("geometry"):
        for capsule in geometry.findall("capsule"):
            radius, length = (float(capsule.get(name, "0")) for name in ("radius", "length"))
            capsule.tag = "cylinder"
            capsule.set("length", str(length + 2.0 * radius))
    return ElementTree.tostring(root, encoding="unicode")


def _joint(element: ElementTree.Element) -> UrdfJoint:
    """Return one joint, or say by name what is wrong with it."""
    name, kind = element.get("name", ""), element.get("type", "")
    ends = [element.find(end) for end in ("parent", "child")]
    parent, child = ("" if end is None else end.get("link", "") for end in ends)
    mimic = element.find("mimic")
    follows = None
    if mimic is not None:
        follows = Mimic(
            mimic.get("joint", ""),
            _number(mimic, "multiplier", 1.0, name),
            _number(mimic, "offset", 0.0, name),
        )
    limit = element.find("limit")
    lower = upper = None
    if limit is not None and kind in _LIMITED:
        lower, upper = (_number(limit, end, 0.0, name) for end in ("lower", "upper"))
    return UrdfJoint(name, kind, parent, child, lower, upper, follows)


def _number(element: ElementTree.Element, key: str, default: float, joint: str) -> float:
    """Return a finite number of a joint's element."""
    text = element.get(key)
    try:
        value = default if text is None else float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < float("inf"):
        raise ValueError(f"the joint '{joint}' has '{text}' for {key}, which is no number")
    return value


def _link(element: ElementTree.Element) -> UrdfLink:
    mass = element.find("inertial/mass")
    weighs = mass is not None and mass.get("value", "0").strip() not in ("", "0", "0.0")
    return UrdfLink(
        element.get("name", ""),
        weighs or element.find("visual") is not None,
        element.find("collision/geometry/*") is not None,
        tuple(mesh.get("filename", "") for mesh in element.findall("collision/geometry/mesh")),
    )
