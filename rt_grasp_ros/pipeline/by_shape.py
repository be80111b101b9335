"""The round one, the flat thing: what the model takes must not plainly have another shape."""

from __future__ import annotations

from dataclasses import replace

from ..grasp.errors import NoSupportPlane, WhichOne
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..grasp.support import Support
from ..language.request import Request
from ..proposals.antipodal_search import AntipodalSearch
from ..proposals.proposal import Proposals
from ..proposals.segments import find_segments
from ..proposals.shape_words import contradicts
from .grasps_there import grasps_on
from .looking import FindTable, Looked
from .telling import told_absent, told_grasp
from .things import taken_thing
from .which_one import whole_things

_GRASPS = 4


def of_that_shape(
    request: Request,
    frame: RgbdFrame,
    looked: Looked,
    gripper: Gripper,
    find_table: FindTable,
    search: Proposals | None = None,
) -> Looked:
    """Return answers about things that do not plainly lack the shape that was asked for.

    Where the model took none of those, the only thing of that shape is taken where geometry can.

    Args:
        request: whose noun is a word for a shape.
        frame: colour and depth.
        looked: what the model answers.
        gripper: its measures.
        find_table: finds the planes that things stand on.
        search: finds where the gripper could close; by depth alone where left out.

    Raises:
        WhichOne: several things may be meant, and the model took another one.
    """
    if looked.answers[0].rectangle is None:
        return looked
    try:
        support = Support((find_table().plane,))
    except NoSupportPlane:
        return looked
    things = whole_things(find_segments(frame, support, fold_limits=(None,)))
    others = [one for one in things if contradicts(request.noun, frame, one)]
    kept = [one for one in looked.answers if taken_thing(one.rectangle, others) is None]
    if kept:
        return replace(looked, answers=kept)
    fitting = [one for one in things if one not in others]
    if len(fitting) > 1:
        raise WhichOne(len(fitting), f"{request.noun} thing")
    search = search or AntipodalSearch(gripper)
    grasps = [
        grasp
        for one in fitting
        for grasp in grasps_on(frame, one.mask, one.plane, search, gripper, _GRASPS)
    ]
    told = [told_grasp(request, one) for one in grasps]
    return replace(looked, answers=told or [told_absent(request)])
