"""K-fold splits for data sets that come without one: image-wise or object-wise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..grasp.errors import RequestInvalid
from .grasp_picture import GraspPicture

SPLITS_BY = ("image", "object")
_SEED = 0


def assign_folds(pictures: Sequence[GraspPicture], folds: int, by: str) -> list[int]:
    """Say for each picture in which fold it is held out.

    Crops of one recording stay together image-wise, all pictures of one object object-wise. The
    assignment depends on the ids alone, not on the pictures' order.

    Args:
        pictures: of one data set.
        folds: how many, at least 2.
        by: `image` or `object`.

    Returns:
        Numbers in 0..folds - 1, one a picture; the folds' numbers of groups differ by at most one.

    Raises:
        RequestInvalid: there are fewer than two folds, or fewer groups than folds.
    """
    groups = [picture.picture_id if by == "image" else picture.object_id for picture in pictures]
    names = sorted(set(groups))
    if not 2 <= folds <= len(names):
        raise RequestInvalid(
            f"{folds} folds of {len(names)} {by}s are not possible; give from 2 to {len(names)}."
        )
    shuffled = np.random.default_rng(_SEED).permutation(len(names))
    fold_of = {names[index]: rank % folds for rank, index in enumerate(shuffled.tolist())}
    return [fold_of[group] for group in groups]
