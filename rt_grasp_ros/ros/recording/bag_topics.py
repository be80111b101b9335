"""Which topics of a bag are the colour, the depth and the camera_info of one camera."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...grasp.errors import DataInvalid

_DEPTH_NAME = re.compile(r"depth|disparity")
_DEPTH_ENCODING = re.compile(r"16UC1|32FC1|compressedDepth|mono16")
_REGISTERED = re.compile(r"aligned_depth_to_colou?r|depth_registered|depth_to_rgb")
_COLOUR_NAME = re.compile(r"colou?r|rgb")
_TRANSPORT = re.compile(r"/(compressed|compressedDepth)$")


@dataclass(frozen=True, slots=True)
class ImageTopic:
    """A topic of pictures: its name, the encoding of its first, and whether it is compressed."""

    name: str
    encoding: str
    is_compressed: bool

    @property
    def is_depth(self) -> bool:
        """Whether its encoding, or else its name, is that of depth."""
        named = _DEPTH_NAME.search(self.name) is not None
        return _DEPTH_ENCODING.search(self.encoding) is not None and (
            named or "mono16" not in self.encoding
        )


@dataclass(frozen=True, slots=True)
class CameraTopics:
    """The three topics of a camera."""

    colour: str
    depth: str
    info: str

    @property
    def is_rectified(self) -> bool:
        """Whether the colour topic is named as rectified pictures are."""
        return "rect" in _TRANSPORT.sub("", self.colour).rpartition("/")[2]


def choose_topics(
    images: Sequence[ImageTopic], infos: Sequence[str], given: tuple[str, str, str]
) -> CameraTopics:
    """Return the topics of the camera.

    Args:
        images: topics of pictures that hold any.
        infos: topics of camera_info.
        given: colour, depth and camera_info as the user names them; empty finds them.

    Raises:
        DataInvalid: one is missing, or several fit; the message lists what there is.
    """
    colours = [t for t in images if not t.is_depth and not _DEPTH_NAME.search(t.name)]
    depths = [t for t in images if t.is_depth]
    all_names = [t.name for t in images]
    there = (
        f"colour: {_listed([t.name for t in colours])}; depth: "
        f"{_listed([t.name for t in depths])}; camera_info: {_listed(infos)}"
    )
    plain = {t.name: not t.is_compressed for t in images}

    def rank_colour(name: str) -> tuple[bool, ...]:
        base = _TRANSPORT.sub("", name)
        return (
            _COLOUR_NAME.search(name) is not None,
            base.endswith(("image_raw", "/image")),
            plain[name],
        )

    def rank_depth(name: str) -> tuple[bool, ...]:
        return (_REGISTERED.search(name) is not None, plain[name])

    colour = _choose(
        "colour",
        "--color-topic",
        [t.name for t in colours],
        all_names,
        given[0],
        rank_colour,
        there,
    )
    depth = _choose(
        "depth", "--depth-topic", [t.name for t in depths], all_names, given[1], rank_depth, there
    )
    room = _TRANSPORT.sub("", colour).rpartition("/")[0]
    info = _choose(
        "camera_info",
        "--info-topic",
        infos,
        infos,
        given[2],
        lambda name: (name.rpartition("/")[0] == room,),
        there,
    )
    return CameraTopics(colour, depth, info)


def _choose(
    what: str,
    option: str,
    fitting: Sequence[str],
    takable: Sequence[str],
    given: str,
    rank: Callable[[str], tuple[bool, ...]],
    there: str,
) -> str:
    if given:
        if given in takable:
            return given
        raise DataInvalid(f"The bag holds no {what} on {given[:80]}; it holds {there}.")
    if not fitting:
        raise DataInvalid(
            f"The bag holds no {what}; it holds {there}. Record colour, registered depth and the "
            "camera_info of colour."
        )
    names = sorted(set(fitting), key=rank, reverse=True)
    if len(names) > 1 and rank(names[0]) == rank(names[1]):
        raise DataInvalid(
            f"Several topics may be the {what}; choose by {option}. It holds {there}."
        )
    return names[0]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(sorted(set(names))) or "none"
