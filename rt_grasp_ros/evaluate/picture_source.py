"""The data sets of recorded pictures: where they are and how they are split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..data.cornell import read_cornell
from ..data.cornell_download import read_cornell_download
from ..data.folder import read_folder
from ..data.grasp_picture import GraspPicture
from ..data.jacquard import read_jacquard
from ..grasp.errors import DataInvalid

TRAINING_SPLIT = "train"


@dataclass(frozen=True)
class PictureSource:
    """Pictures to be judged, and what may be known of the data set beforehand.

    Attributes:
        data_set: its name.
        picture_set: `crops` or `frames`; None where there is only one kind.
        split: name of the split; None where the data set has none.
        split_by: `object` where no object of the split is in the training split, `image` where
            only no picture is, None where there is no training split apart from it.
        pictures: of the split, in the data set's order.
        prior_pictures: of the training split; where none is apart, the same pictures.
        prior_split: which of the two `prior_pictures` are.
    """

    data_set: str
    picture_set: str | None
    split: str | None
    split_by: str | None
    pictures: tuple[GraspPicture, ...]
    prior_pictures: tuple[GraspPicture, ...]
    prior_split: str | None


def cornell_source(folder: Path, split: str, picture_set: str) -> PictureSource:
    """Read Cornell: JSON lines by split, or the authors' own download, which has no split.

    Raises:
        DataInvalid: the folder holds neither, or a file can't be read.
    """
    if any(folder.rglob("pcd*r.png")):
        return _without_split("cornell", read_cornell_download(folder))
    pictures = read_cornell(folder, split, picture_set)
    has_training = (folder / f"{picture_set}_{TRAINING_SPLIT}.jsonl").is_file()
    training = read_cornell(folder, TRAINING_SPLIT, picture_set) if has_training else []
    return _with_split("cornell", picture_set, split, pictures, training)


def jacquard_source(folder: Path) -> PictureSource:
    """Read Jacquard, which has no split.

    Raises:
        DataInvalid: the folder does not hold it, or a file can't be read.
    """
    return _without_split("jacquard", read_jacquard(folder))


def folder_source(folder: Path, split: str) -> PictureSource:
    """Read a user's own pictures.

    Raises:
        DataInvalid: the folder holds no labels, or a file can't be read.
    """
    pictures = read_folder(folder, split)
    try:
        training = read_folder(folder, TRAINING_SPLIT)
    except DataInvalid:
        training = []
    return _with_split("folder", None, split, pictures, training)


def _with_split(
    data_set: str,
    picture_set: str | None,
    split: str,
    pictures: Sequence[GraspPicture],
    training: Sequence[GraspPicture],
) -> PictureSource:
    is_apart = bool(training) and not _share(pictures, training, "picture_id")
    split_by = None
    if is_apart:
        split_by = "image" if _share(pictures, training, "object_id") else "object"
    return PictureSource(
        data_set=data_set,
        picture_set=picture_set,
        split=split,
        split_by=split_by,
        pictures=tuple(pictures),
        prior_pictures=tuple(training if is_apart else pictures),
        prior_split=TRAINING_SPLIT if is_apart else split,
    )


def _share(first: Sequence[GraspPicture], second: Sequence[GraspPicture], id_name: str) -> bool:
    """Whether an id occurs in both."""
    ids = {getattr(picture, id_name) for picture in first}
    return any(getattr(picture, id_name) in ids for picture in second)


def _without_split(data_set: str, pictures: Sequence[GraspPicture]) -> PictureSource:
    return PictureSource(data_set, None, None, None, tuple(pictures), tuple(pictures), None)
