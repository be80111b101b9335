"""Where the data sets lie: in the folder that one variable of the environment names."""

from __future__ import annotations

import os
from pathlib import Path

from ..grasp.errors import DataInvalid

DATA_VARIABLE = "RT_GRASP_DATA"


def folder_of(data_set: str) -> Path:
    """Return a data set's folder in the one that `RT_GRASP_DATA` names.

    Args:
        data_set: its name, such as `cornell`, which its folder has, too.

    Raises:
        DataInvalid: the variable is not set.
    """
    parent = os.environ.get(DATA_VARIABLE)
    if not parent:
        raise DataInvalid(
            f"Say where the data set '{data_set}' lies: --data names its folder, or "
            f"{DATA_VARIABLE} the folder around it; docs/data.md says where to get it."
        )
    return Path(parent).expanduser() / data_set
